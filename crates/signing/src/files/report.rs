//! What became of the files of a model.

use crate::error::ReadFault;
use crate::hashing::remembered::Recalled;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

use super::links::FollowedLinks;
use super::localise::{ChangedFile, MovedFile};

/// What became of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
pub struct FilesReport {
    /// Files that were signed.
    #[serde(default)]
    pub signed: u64,
    /// Files that lie here and could have been signed.
    #[serde(default)]
    pub here: u64,
    /// Whether the statement names another model than the one that lies here.
    #[serde(default)]
    pub named_otherwise: bool,
    /// Files and shards whose digests were compared.
    #[serde(default)]
    pub compared: u64,
    /// Resources that match.
    pub matched: u64,
    /// Bytes hashed.
    pub bytes: u64,
    /// Bytes of the files that match as a whole.
    #[serde(default)]
    pub matched_bytes: u64,
    /// Bytes of all files in the folder, signed or not, without the signature itself; none when nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_bytes: Option<u64>,
    /// Files that differ.
    pub changed: Vec<ChangedFile>,
    /// Files that are gone from where they were signed.
    pub missing: Vec<Untrusted>,
    /// Unsigned files.
    pub extra: Vec<Untrusted>,
    /// Pairs of a missing and an extra file that are one file under two names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedFile>,
    /// Files that the bundle's own `ignore_paths` hide.
    pub ignored: Vec<Untrusted>,
    /// Claims and signatures that lie beside the signed files, added since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Untrusted>,
    /// Unsigned files that an interrupted signing left behind, by their names and contents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<Untrusted>,
    /// Links that were followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<FollowedLinks>,
    /// Files whose content is not what the name of their blob, a SHA-256, says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misnamed: Vec<Untrusted>,
    /// Files that could not be read or that changed while they were read, with the reason.
    pub unreadable: Vec<(Untrusted, ReadFault)>,
    /// Digests that were computed earlier and not this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled: Option<Recalled>,
}

impl FilesReport {
    /// Missing files that were not found under another name.
    pub fn truly_missing(&self) -> impl Iterator<Item = &Untrusted> {
        let moved: HashSet<&Untrusted> = self.moved.iter().map(|file| &file.name).collect();
        self.missing.iter().filter(move |name| !moved.contains(name))
    }

    /// Unsigned files that are not a signed file under another name.
    pub fn truly_extra(&self) -> impl Iterator<Item = &Untrusted> {
        let moved: HashSet<&Untrusted> = self.moved.iter().map(|file| &file.found).collect();
        self.extra.iter().filter(move |name| !moved.contains(name))
    }
}
