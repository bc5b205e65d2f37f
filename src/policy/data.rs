//! Patterns of datasets and licences that a policy denies.

use super::patterns::ModelPattern;
use crate::inventory::folded;

/// Where datasets are addressed; what follows is their name.
const ADDRESSES: [&str; 9] = [
    "pkg:huggingface/datasets/",
    "pkg:huggingface/",
    "https://huggingface.co/datasets/",
    "https://hf.co/datasets/",
    "hf://datasets/",
    "huggingface.co/datasets/",
    "hf.co/datasets/",
    "datasets/",
    "dataset:",
];
const DIGEST: &str = "sha256:";

/// A denied dataset: by its name, in which `*` matches any run of characters, or by a digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatasetPattern {
    /// As it stands in the policy, but for the dress of an address.
    written: String,
    kind: DatasetKind,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum DatasetKind {
    Digest(String),
    Name(ModelPattern),
}

impl DatasetPattern {
    /// The pattern of a text; none when it begins as a digest and is none.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digest) = text.strip_prefix(DIGEST) {
            let is_digest =
                digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let kind = DatasetKind::Digest(digest.to_owned());
            return is_digest.then(|| DatasetPattern { written: text.to_owned(), kind });
        }
        let name = ModelPattern::new(name_of(text));
        Some(DatasetPattern { written: name.as_str().to_owned(), kind: DatasetKind::Name(name) })
    }

    /// As messages quote it.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it denies a dataset of this name or address.
    pub fn names(&self, dataset: &str) -> bool {
        match &self.kind {
            DatasetKind::Digest(digest) => dataset.strip_prefix(DIGEST).is_some_and(|found| found == digest),
            DatasetKind::Name(pattern) => pattern.matches(&folded(name_of(dataset))),
        }
    }

    /// Whether it denies a dataset of this SHA-256, hex.
    pub fn has_digest(&self, sha256: &str) -> bool {
        matches!(&self.kind, DatasetKind::Digest(digest) if digest.eq_ignore_ascii_case(sha256))
    }
}

/// The name in an address, without its revision.
fn name_of(text: &str) -> &str {
    let text = text.trim();
    let is_at =
        |address: &&&str| text.get(..address.len()).is_some_and(|start| start.eq_ignore_ascii_case(address));
    let start = ADDRESSES.iter().find(is_at).map_or(0, |address| address.len());
    let name = text.get(start..).unwrap_or_default();
    name.split(['@', '?', '#']).next().unwrap_or_default().trim_matches('/')
}

/// A denied licence: an SPDX id, in which `*` matches any run of characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LicencePattern(ModelPattern);

impl LicencePattern {
    /// The pattern of a text.
    pub fn new(text: &str) -> Self {
        LicencePattern(ModelPattern::new(text.trim()))
    }

    /// As messages quote it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it denies a licence, by its id or an expression of ids. Of alternatives (`MIT OR CC-BY-NC-4.0`) each has to be
    /// denied: the others are a choice.
    pub fn names(&self, licence: &str) -> bool {
        let licence = folded(licence.trim());
        if self.0.matches(&licence) {
            return true;
        }
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | ':' | '_');
        let words: Vec<&str> = licence.split(|c: char| !plain(c)).filter(|word| !word.is_empty()).collect();
        let denied = |words: &[&str]| words.iter().any(|word| self.0.matches(word));
        match licence.contains('(') {
            true => denied(&words),
            false => words.split(|word| *word == "or").all(denied),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_is_denied_by_its_name_in_any_dress_or_by_its_digest() {
        let hex = "ab".repeat(32);
        for (pattern, dataset, denied) in [
            ("pkg:huggingface/datasets/bad/*", "bad/set", true),
            ("pkg:huggingface/datasets/bad/*", "https://huggingface.co/datasets/Bad/set?x=1", true),
            ("bad/*", "pkg:huggingface/datasets/bad/set@abc", true),
            ("bad/set", "bad/set2", false),
            ("bad/*", "good/bad/set", false),
            (&format!("sha256:{hex}"), &format!("sha256:{hex}"), true),
            (&format!("sha256:{hex}"), &hex, false),
        ] {
            assert_eq!(DatasetPattern::new(pattern).unwrap().names(dataset), denied, "{pattern} {dataset}");
        }
        assert!(DatasetPattern::new(&format!("sha256:{hex}")).unwrap().has_digest(&hex.to_uppercase()));
        assert!(!DatasetPattern::new("bad/*").unwrap().has_digest(&hex));
        assert!(DatasetPattern::new("sha256:dead").is_none());
    }

    #[test]
    fn a_licence_is_denied_unless_the_model_offers_another_one() {
        for (pattern, licence, denied) in [
            ("CC-BY-NC-*", "cc-by-nc-4.0", true),
            ("CC-BY-NC-*", "CC-BY-4.0", false),
            ("CC-BY-NC-*", "MIT OR CC-BY-NC-4.0", false),
            ("CC-BY-NC-*", "MIT AND CC-BY-NC-4.0", true),
            ("CC-BY-NC-*", "(MIT OR Apache-2.0) AND CC-BY-NC-4.0", true),
            ("GPL-3.0", "GPL-3.0-only", false),
            ("*", "anything at all", true),
        ] {
            assert_eq!(LicencePattern::new(pattern).names(licence), denied, "{pattern} {licence}");
        }
    }
}
