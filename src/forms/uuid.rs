//! Names that are made from what they name (UUID version 5, RFC 9562), so that the same report has the same ones.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde::{Serialize, Serializer};
use std::fmt;

/// A UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Uuid([u8; 16]);

/// The namespace for URLs and URNs of RFC 9562.
const URLS: Uuid =
    Uuid([0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8]);
/// All names are made below this one.
const OURS: &str = "urn:touchmark:report";

impl Uuid {
    /// Of a thing of a kind, by what tells it from all others of that kind.
    pub fn of(kind: &str, parts: &[&str]) -> Self {
        let ours = Uuid::version_5(URLS, OURS.as_bytes());
        // Each part with its length: no other parts come to the same bytes.
        let mut name = String::new();
        for part in std::iter::once(&kind).chain(parts) {
            name.push_str(&format!("{}:{part}", part.len()));
        }
        Uuid::version_5(ours, name.as_bytes())
    }

    fn version_5(namespace: Uuid, name: &[u8]) -> Self {
        let bytes = [&namespace.0, name].concat();
        let mut uuid = [0; 16];
        for (to, from) in uuid.iter_mut().zip(digest(&SHA1_FOR_LEGACY_USE_ONLY, &bytes).as_ref()) {
            *to = *from;
        }
        uuid[6] = uuid[6] & 0x0f | 0x50;
        uuid[8] = uuid[8] & 0x3f | 0x80;
        Uuid(uuid)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{URLS, Uuid};

    #[test]
    fn names_are_those_of_the_standard() {
        // RFC 9562, appendix A.4, in the namespace for names of hosts.
        let mut hosts = URLS;
        hosts.0[3] = 0x10;
        let example = Uuid::version_5(hosts, b"www.example.com");
        assert_eq!(example.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn other_parts_have_other_names() {
        let all = [
            Uuid::of("a", &["b", "c"]),
            Uuid::of("a", &["bc"]),
            Uuid::of("a", &["b:1:c"]),
            Uuid::of("ab", &["c"]),
            Uuid::of("a", &["b", "c", ""]),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one), "{place}");
        }
        assert_eq!(Uuid::of("a", &["b", "c"]), all[0]);
    }
}
