//! What was seen inside a model's files when they were hashed, as plain values: verdicts rest on this, and never on
//! what an earlier scan saw. What looks stands with the readers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::descriptor::Descriptor;
use super::format::Format;
use super::hazard::Hazard;
use super::models::{Kind, Model};
use crate::text::Untrusted;

/// What was seen inside a model's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Looked {
    /// What the files make it.
    pub kind: Kind,
    /// Formats found.
    pub formats: Vec<Format>,
    /// What can run code when it is loaded, worst first for each file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// Descriptors of agents and servers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub descriptors: Vec<Descriptor>,
    /// Configurations and indexes that lead a loader to where nothing is signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Lead>,
    /// Files that a loader would take, where other tools leave everything out: in a nested `.git`, in a folder that
    /// is named like a signature or claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<Untrusted>,
    /// Whether files changed while they were looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changing: bool,
}

/// A file of the model that names another one which no signature covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Lead {
    /// The file, below the model's folder.
    pub file: Untrusted,
    /// What it names.
    pub to: Untrusted,
}

impl Looked {
    /// What a reader of the folder found.
    pub fn of(model: &Model) -> Self {
        Looked {
            kind: model.kind,
            formats: model.formats.clone(),
            hazards: model.hazards.clone(),
            descriptors: model.descriptors.clone(),
            leads: Vec::new(),
            hidden: Vec::new(),
            changing: false,
        }
    }
}
