//! The Sigstore instances that this program knows: the root of each inside it, and the repository of The
//! Update Framework (TUF) from which a newer one comes. It fetches nothing.

use crate::json;
use serde_json::Value;
use std::collections::BTreeSet;

use super::anchor::{Anchor, AnchorMaterial};

/// A Sigstore instance whose trusted root is inside this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedded {
    /// The public-good instance.
    PublicGood,
    /// Sigstore's staging instance: for tests only.
    Staging,
    /// GitHub's own instance, for attestations of its private repositories.
    Github,
}

struct Known {
    name: &'static str,
    anchor: fn() -> Anchor,
    #[cfg(feature = "keyless")]
    repository: &'static str,
    /// The TUF root from which every later one is reached: as in sigstore-trust-root 0.15.1.
    #[cfg(feature = "keyless")]
    tuf_root: &'static [u8],
}

static PUBLIC_GOOD: Known = Known {
    name: "public-good",
    anchor: Anchor::public_good,
    #[cfg(feature = "keyless")]
    repository: "https://tuf-repo-cdn.sigstore.dev",
    #[cfg(feature = "keyless")]
    tuf_root: include_bytes!("../../roots/tuf/public-good.json"),
};
static STAGING: Known = Known {
    name: "staging",
    anchor: Anchor::staging,
    #[cfg(feature = "keyless")]
    repository: "https://tuf-repo-cdn.sigstage.dev",
    #[cfg(feature = "keyless")]
    tuf_root: include_bytes!("../../roots/tuf/staging.json"),
};
static GITHUB: Known = Known {
    name: "github",
    anchor: Anchor::github,
    #[cfg(feature = "keyless")]
    repository: "https://tuf-repo.github.com",
    #[cfg(feature = "keyless")]
    tuf_root: include_bytes!("../../roots/tuf/github.json"),
};

const MAX_DEPTH: usize = 32;

impl Embedded {
    /// All of them.
    pub const ALL: [Embedded; 3] = [Embedded::PublicGood, Embedded::Staging, Embedded::Github];

    fn known(self) -> &'static Known {
        match self {
            Embedded::PublicGood => &PUBLIC_GOOD,
            Embedded::Staging => &STAGING,
            Embedded::Github => &GITHUB,
        }
    }

    /// `public-good`, `staging` or `github`.
    pub fn name(self) -> &'static str {
        self.known().name
    }

    /// The instance of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|instance| instance.name() == name)
    }

    /// Its root inside this program.
    pub fn anchor(self) -> Anchor {
        (self.known().anchor)()
    }

    /// Its root as JSON.
    pub fn root(self) -> String {
        match self.anchor().material {
            AnchorMaterial::Sigstore(root) => root.json().to_owned(),
            _ => String::new(),
        }
    }

    /// The instance that a Sigstore anchor is of: all of its certificate authorities stand at the addresses
    /// of that instance, and one of them is inside this program. A root of several instances is of none, so
    /// that refreshing it takes nothing away.
    pub fn of(anchor: &Anchor) -> Option<Self> {
        let AnchorMaterial::Sigstore(root) = &anchor.material else { return None };
        let own = Authorities::of(root.json())?;
        Self::ALL.into_iter().find(|instance| {
            Authorities::of(&instance.root()).is_some_and(|known| {
                own.addresses.is_subset(&known.addresses)
                    && !own.certificates.is_disjoint(&known.certificates)
            })
        })
    }

    /// Where its TUF repository is.
    #[cfg(feature = "keyless")]
    pub fn repository(self) -> &'static str {
        self.known().repository
    }

    /// The TUF root that is trusted to begin with.
    #[cfg(feature = "keyless")]
    pub fn tuf_root(self) -> &'static [u8] {
        self.known().tuf_root
    }
}

struct Authorities {
    addresses: BTreeSet<String>,
    certificates: BTreeSet<String>,
}

impl Authorities {
    fn of(root: &str) -> Option<Self> {
        let document = json::parse(root.as_bytes(), MAX_DEPTH).ok()?;
        let mut all = Authorities { addresses: BTreeSet::new(), certificates: BTreeSet::new() };
        for authority in document.get("certificateAuthorities")?.as_array()? {
            all.addresses.insert(authority.get("uri")?.as_str()?.to_owned());
            let chain = authority.pointer("/certChain/certificates").and_then(Value::as_array);
            let der = |certificate: &Value| Some(certificate.get("rawBytes")?.as_str()?.to_owned());
            all.certificates.extend(chain.into_iter().flatten().filter_map(der));
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_root_inside_is_told_apart_and_a_mixed_one_is_of_none() {
        for instance in Embedded::ALL {
            assert_eq!(Embedded::of(&instance.anchor()), Some(instance));
            assert_eq!(Embedded::from_name(instance.name()), Some(instance));
        }
        let mut mixed: Value = serde_json::from_str(&Embedded::PublicGood.root()).unwrap();
        let other: Value = serde_json::from_str(&Embedded::Staging.root()).unwrap();
        let more = other["certificateAuthorities"][0].clone();
        mixed["certificateAuthorities"].as_array_mut().unwrap().push(more);
        let mixed = Anchor::sigstore("mixed", "here", mixed.to_string().as_bytes(), None).unwrap();
        assert_eq!(Embedded::of(&mixed), None);
    }
}
