//! What became of the files of a model.

use crate::bundle::manifest::RootDigest;
use crate::check::fault::Unlistable;
use crate::check::thing::Thing;
use crate::error::ReadFault;
use crate::hashing::remembered::Recalled;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

use super::aside::Aside;
use super::formats;
use super::links::FollowedLinks;
use super::localise::{ChangedFile, MovedFile};
use super::part::PartSeen;

/// Another folder that bears the name of the model, looked at with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CopySeen {
    /// Where it lies, as whoever asked for it calls it.
    pub place: Untrusted,
    /// The root digest of the files that lie there; none unless they are all as signed there, and nothing else lies
    /// there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_digest: Option<RootDigest>,
    /// SHA-256 over the signature there, hex; none when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_digest: Option<String>,
}

/// What became of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
pub struct FilesReport {
    /// What they are, as far as whoever looked at them knew: remedies speak of it.
    #[serde(default, skip_serializing_if = "Thing::is_model")]
    pub thing: Thing,
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
    /// Which part was verified, where it was not the whole: then nothing is said of the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartSeen>,
    /// Files that differ.
    pub changed: Vec<ChangedFile>,
    /// Files that are gone from where they were signed.
    pub missing: Vec<Untrusted>,
    /// Those of the missing files that have a sibling here: another making of the same file, such as another quantisation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_fetched: Vec<Untrusted>,
    /// Unsigned files.
    pub extra: Vec<Untrusted>,
    /// Those of the unsigned that are no regular files or cannot be looked into, where unsigned files are ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub odd: Vec<Unlistable>,
    /// Empty files that nobody signed and nobody could have: shards leave them out (OMS v1.0, 6.3.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsigned_empty: Vec<Untrusted>,
    /// Pairs of a missing and an extra file that are one file under two names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedFile>,
    /// Files that the bundle's own `ignore_paths` hide.
    pub ignored: Vec<Untrusted>,
    /// Everything that is left out: how much of which kind.
    #[serde(default, skip_serializing_if = "Aside::is_empty")]
    pub aside: Aside,
    /// Claims and signatures that lie beside the signed files, added since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Untrusted>,
    /// Unsigned files that an interrupted signing left behind, by their names and contents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<Untrusted>,
    /// Unsigned files that hold claims and nothing else, so that `claims append` takes them. No reason to trust them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Untrusted>,
    /// Links that were followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<FollowedLinks>,
    /// Files whose content is not what the name of their blob, a SHA-256, says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misnamed: Vec<Untrusted>,
    /// Files that could not be read or that changed while they were read, with the reason.
    pub unreadable: Vec<(Untrusted, ReadFault)>,
    /// Other folders that bear the model's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<CopySeen>,
    /// Resources whose digest is the one that a registry's manifest lists, and whose bytes were not read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub by_registry: u64,
    /// Those of them whose digest is the one that a store of objects says, and no registry.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub by_provider: u64,
    /// Digests that were computed earlier and not this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled: Option<Recalled>,
}

#[expect(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl FilesReport {
    /// Unsigned empty files with names under which a loader or Python looks for code: empty, they can still stand in
    /// the place of what is meant.
    pub fn empty_code(&self) -> impl Iterator<Item = &Untrusted> {
        self.unsigned_empty.iter().filter(|name| formats::is_code(name.raw()))
    }

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
