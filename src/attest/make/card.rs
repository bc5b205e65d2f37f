//! The draft of a card: a file, bound to a model by its digest.

use super::super::said::NamedDigest;
use super::draft::Draft;
use super::heading::headings;
use super::parts::{digests, put};
use crate::signing::sha256_hex;
use serde_json::{Map, Value, json};

/// A card of a model, or of a system that it runs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardDraft {
    /// The name of the file.
    pub file: String,
    /// SHA-256 over its bytes, hex.
    pub digest: String,
    /// Its sections.
    pub sections: Vec<String>,
    /// The model that it is about.
    pub model: String,
    /// The model's version.
    pub version: Option<String>,
    /// The system, where it is a system's card.
    pub system: Option<String>,
}

/// Endings of files, with their media types.
const MEDIA: &[(&str, &str)] = &[
    ("md", "text/markdown"),
    ("markdown", "text/markdown"),
    ("html", "text/html"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
];

impl CardDraft {
    /// The type of a model's card.
    pub const TYPE: &'static str = "urn:touchmark:model-card:1";
    /// The type of a system's card.
    pub const SYSTEM: &'static str = "urn:touchmark:system-card:1";

    /// Of a file: its digest is that of all bytes, its sections are the headings of a text in Markdown.
    pub fn of(file: &str, bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).ok().filter(|_| media_type(file) == Some("text/markdown"));
        CardDraft {
            file: file.to_owned(),
            digest: sha256_hex(bytes),
            sections: text.map(headings).unwrap_or_default(),
            ..CardDraft::default()
        }
    }

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let mut card = Map::new();
        card.insert("name".to_owned(), self.file.as_str().into());
        card.insert("digest".to_owned(), digests(&[NamedDigest::sha256(self.digest.as_str())]));
        put(&mut card, "mediaType", media_type(&self.file));
        let mut model = Map::new();
        model.insert("name".to_owned(), self.model.as_str().into());
        put(&mut model, "version", self.version.as_deref());
        let mut predicate = json!({ "card": card, "model": model, "sections": self.sections });
        let mut predicate_type = Self::TYPE;
        if let (Some(system), Value::Object(members)) = (&self.system, &mut predicate) {
            members.insert("system".to_owned(), system.as_str().into());
            predicate_type = Self::SYSTEM;
        }
        Draft { predicate_type: predicate_type.to_owned(), predicate }
    }
}

fn media_type(file: &str) -> Option<&'static str> {
    let (_, ending) = file.rsplit_once('.')?;
    MEDIA.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, media)| *media)
}
