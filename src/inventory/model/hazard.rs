//! What can run code when a model is loaded, as plain values and in words. What looks for it stands with the readers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;
use crate::text::Untrusted;

/// Names told in one line.
const MAX_OF_LINE: usize = 4;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Runs what its maker likes, or leaves the folder.
    Dangerous,
    /// Could not be looked at to the end: may hold anything.
    Unreadable,
    /// Nobody has said that it is harmless.
    Suspicious,
    /// Told, not judged.
    Noted,
    /// Looked at to the end: rebuilds data only.
    Safe,
}

impl Tier {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Dangerous => "dangerous",
            Tier::Unreadable => "unreadable",
            Tier::Suspicious => "suspicious",
            Tier::Noted => "noted",
            Tier::Safe => "safe",
        }
    }

    fn code(self) -> Option<&'static str> {
        match self {
            Tier::Dangerous => Some("F-LOAD-DANGEROUS"),
            Tier::Unreadable => Some("F-LOAD-UNREADABLE"),
            Tier::Suspicious => Some("F-LOAD-SUSPICIOUS"),
            Tier::Noted | Tier::Safe => None,
        }
    }
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HazardKind {
    /// What a pickle imports.
    Pickle,
    /// How an archive is built.
    Archive,
    /// A file outside the folder, or an operator from elsewhere.
    Onnx,
    /// A layer that holds code, or comes from elsewhere.
    Keras,
    /// Python that a loader fetches or finds beside the weights.
    RemoteCode,
    /// A template that a tokenizer runs.
    Template,
    /// A header that lies.
    Header,
    /// A file that was not looked into.
    File,
    /// A program or library, in a form that people cannot read.
    Program,
    /// A program in text.
    Script,
    /// A file of no kind that is known to be data.
    Unknown,
}

impl HazardKind {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            HazardKind::Pickle => "pickle",
            HazardKind::Archive => "archive",
            HazardKind::Onnx => "ONNX",
            HazardKind::Keras => "Keras",
            HazardKind::RemoteCode => "remote code",
            HazardKind::Template => "template",
            HazardKind::Header => "header",
            HazardKind::File => "file",
            HazardKind::Program | HazardKind::Script => "program",
            HazardKind::Unknown => "file",
        }
    }
}

/// One thing that matters when a file is loaded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Hazard {
    /// How bad it is.
    pub tier: Tier,
    /// What kind of thing it is.
    pub kind: HazardKind,
    /// The file, below the model's folder.
    pub file: Untrusted,
    /// Where inside it.
    pub place: Untrusted,
    /// What it is, for example `posix.system`.
    pub what: Untrusted,
    /// What it does, in our own words.
    pub why: String,
}

impl Hazard {
    /// The code of the finding. What is only noted, or safe, is none; a file that was not looked into already has one.
    pub(in crate::inventory) fn code(&self) -> Option<&'static str> {
        self.tier.code().filter(|_| self.kind != HazardKind::File)
    }

    /// The format by which a policy bans it.
    pub(in crate::inventory) fn format(&self) -> Option<Format> {
        match (self.kind, self.tier) {
            (HazardKind::Pickle, _) => Some(Format::Pickle),
            (_, Tier::Noted) => None,
            (HazardKind::RemoteCode, _) => Some(Format::RemoteCode),
            (HazardKind::Keras, Tier::Dangerous | Tier::Suspicious) => Some(Format::KerasCode),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match (self.kind, self.tier) {
            (HazardKind::Program | HazardKind::Script, _) => {
                "ask for a model without it, or review it and keep it elsewhere"
            }
            (HazardKind::Unknown, _) => {
                "ask its producer what it is for; leave it out where the model works without it"
            }
            (HazardKind::Archive, Tier::Unreadable) => {
                "ask its producer for the files themselves; do not unpack it to find out"
            }
            (HazardKind::File, _) => "make it a regular, readable file of the folder and scan again",
            (_, Tier::Unreadable) => {
                "ask its producer for a file that can be read to its end; do not load it to find out"
            }
            (HazardKind::Pickle, _) => {
                "ask for the weights as safetensors; do not load this file to convert it"
            }
            (HazardKind::Archive, _) => {
                "ask its producer for an archive as its tool writes it; do not unpack this one"
            }
            (HazardKind::Onnx, Tier::Dangerous) => {
                "ask for a model whose weights lie in its folder and that runs no code"
            }
            (HazardKind::Onnx, _) => "load a library of operators only when you trust its maker",
            (HazardKind::Keras, _) => "ask for a model without code; `safe_mode` does not stop all of it",
            (HazardKind::RemoteCode, Tier::Dangerous) => {
                "do not allow remote code; ask for a model whose code lies beside it, signed, and read it"
            }
            (HazardKind::RemoteCode, _) => {
                "do not allow remote code unless you have read what is signed here"
            }
            (HazardKind::Template, _) => "render it in a sandbox only",
            (HazardKind::Header, _) => "ask its producer for a whole file",
        }
    }

    /// One safe line.
    pub fn line(&self) -> String {
        self.line_with(&[])
    }

    /// The same, with others that differ in what they are only.
    pub(in crate::inventory) fn line_with(&self, others: &[&Hazard]) -> String {
        let all = std::iter::once(self).chain(others.iter().copied());
        let names: Vec<_> = all.map(|hazard| hazard.what.screen()).filter(|what| !what.is_empty()).collect();
        let (shown, rest) = names.split_at(names.len().min(MAX_OF_LINE));
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let space = if shown.is_empty() { "" } else { " " };
        let names = shown.join(", ");
        format!("{} {}{space}{names}{more}: {}", self.tier.word(), self.kind.word(), self.why)
    }
}
