//! Package URLs, as far as it takes to tell whether two name the same package. It must not know a registry.

use crate::inventory::folded;

/// Registries by the names that OSV has for them, with the types of package URLs.
const ECOSYSTEMS: &[(&str, &str)] = &[
    ("PyPI", "pypi"),
    ("npm", "npm"),
    ("Go", "golang"),
    ("crates.io", "cargo"),
    ("Maven", "maven"),
    ("RubyGems", "gem"),
    ("NuGet", "nuget"),
    ("Packagist", "composer"),
    ("Hex", "hex"),
    ("Pub", "pub"),
    ("Hugging Face", "huggingface"),
];

/// A package URL: what names the package, and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Purl {
    /// The same for all that mean the same package.
    pub(super) key: String,
    /// The version.
    pub(super) version: Option<String>,
}

impl Purl {
    pub(super) fn parse(raw: &str) -> Option<Purl> {
        let (scheme, rest) = raw.trim().split_once(':')?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return None;
        }
        let rest = rest.split(['?', '#']).next()?.trim_matches('/');
        let (kind, rest) = rest.split_once('/')?;
        let kind = kind.to_ascii_lowercase();
        // The name of a scope of npm begins with an `@`.
        let (path, version) = match rest.rsplit_once('@').filter(|(path, _)| !path.is_empty()) {
            Some((path, version)) if !version.contains('/') => (path, Some(plain(version))),
            _ => (rest, None),
        };
        let name = plain(path);
        let name = if kind == "pypi" { name.replace(['_', '.'], "-") } else { name };
        let name = folded(&name);
        let is_one = !name.is_empty() && !kind.is_empty();
        let version = version.filter(|version| !version.is_empty());
        is_one.then(|| Purl { key: format!("{kind}/{name}"), version })
    }
}

/// The package URL of a package of a registry that OSV names.
pub(super) fn of_ecosystem(ecosystem: &str, name: &str) -> Option<String> {
    let registry = ecosystem.split(':').next().unwrap_or_default();
    let (_, kind) = ECOSYSTEMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(registry))?;
    let name = if *kind == "maven" { name.replacen(':', "/", 1) } else { name.to_owned() };
    Some(format!("pkg:{kind}/{name}"))
}

/// Without escapes.
fn plain(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%');
        let byte = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = after.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_the_same_package_has_one_key() {
        for (one, other) in [
            ("pkg:pypi/My_Pack.age@1.0", "pkg:PyPI/my-pack-age"),
            ("pkg:huggingface/Acme/Bot@abc?x=y#z", "pkg:huggingface/acme/bot"),
            ("pkg:npm/%40scope/name@1.0.0", "pkg:npm/@scope/name"),
        ] {
            assert_eq!(Purl::parse(one).unwrap().key, Purl::parse(other).unwrap().key, "{one}");
        }
        assert_eq!(Purl::parse("pkg:npm/@scope/name@1.0.0").unwrap().version.as_deref(), Some("1.0.0"));
        assert_eq!(Purl::parse("pkg:npm/@scope/name").unwrap().version, None);
        assert_eq!(of_ecosystem("Maven", "org.x:y").as_deref(), Some("pkg:maven/org.x/y"));
        assert_ne!(Purl::parse("pkg:pypi/a").unwrap().key, Purl::parse("pkg:npm/a").unwrap().key);
        for none in ["pkg:pypi", "pkg:/x", "http://x/y", "pkg:pypi/", "", "%", "pkg:a/%zz%"] {
            assert_eq!(Purl::parse(none).is_some(), none == "pkg:a/%zz%", "{none}");
        }
    }
}
