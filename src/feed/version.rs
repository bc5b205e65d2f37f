//! Which of two versions is the newer one, where that can be said.

use super::item::Scheme;
use std::cmp::Ordering;

/// How a version compares with another; none where nobody can tell from their text.
pub(super) fn compare(scheme: Scheme, one: &str, other: &str) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    let (one, other) = match scheme {
        Scheme::Git => return None,
        Scheme::Semver | Scheme::Other => (Version::parse(one)?, Version::parse(other)?),
    };
    // What precedes a release differs from registry to registry.
    let is_plain = one.before.is_none() && other.before.is_none();
    (scheme == Scheme::Semver || is_plain).then(|| one.cmp(&other))
}

/// Numbers, and what precedes a release.
struct Version<'a> {
    numbers: Vec<u64>,
    before: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.split('+').next()?;
        let (numbers, before) = match text.split_once('-') {
            Some((numbers, before)) => (numbers, Some(before)),
            None => (text, None),
        };
        let number = |part: &str| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten()
        };
        let numbers = numbers.split('.').take(16).map(number).collect::<Option<Vec<u64>>>()?;
        Some(Version { numbers, before })
    }

    /// As Semantic Versioning has it; numbers that are not there are zero.
    fn cmp(&self, other: &Version<'_>) -> Ordering {
        let most = self.numbers.len().max(other.numbers.len());
        let at = |version: &Version<'_>, place: usize| version.numbers.get(place).copied().unwrap_or(0);
        let by_numbers = (0..most).map(|place| at(self, place).cmp(&at(other, place))).find(|by| by.is_ne());
        by_numbers.unwrap_or_else(|| match (self.before, other.before) {
            (None, None) => Ordering::Equal,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => by_parts(one, other),
        })
    }
}

/// Parts between dots: numbers by their value and before words, words by their letters, fewer before more.
fn by_parts(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        let by = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(other)) => match (one.parse::<u64>(), other.parse::<u64>()) {
                (Ok(one), Ok(other)) => one.cmp(&other),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => one.cmp(other),
            },
        };
        if by.is_ne() {
            return by;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_where_that_can_be_said() {
        use Ordering::{Equal, Greater, Less};
        use Scheme::{Git, Other, Semver};
        for (scheme, one, other, by) in [
            (Semver, "1.2.3", "1.10.0", Some(Less)),
            (Semver, "v1.2", "1.2.0", Some(Equal)),
            (Semver, "1.0.0-rc.2", "1.0.0-rc.10", Some(Less)),
            (Semver, "1.0.0-rc.1", "1.0.0", Some(Less)),
            (Semver, "1.0.0", "1.0.0-1", Some(Greater)),
            (Semver, "1.0.0-alpha", "1.0.0-alpha.1", Some(Less)),
            (Semver, "1.0.0-1", "1.0.0-a", Some(Less)),
            (Semver, "1.0.0+a", "1.0.0+b", Some(Equal)),
            (Other, "4.36.0", "4.37", Some(Less)),
            (Other, "4.36.0-1", "4.37", None),
            (Other, "4.36.0rc1", "4.36.0", None),
            (Other, "main", "1.0", None),
            (Other, "99999999999999999999", "1", None),
            (Git, "abc", "abd", None),
            (Git, "abc", "abc", Some(Equal)),
        ] {
            assert_eq!(compare(scheme, one, other), by, "{one} {other}");
        }
    }
}
