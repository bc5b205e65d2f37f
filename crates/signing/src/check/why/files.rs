//! FILES: counts and kinds. Which files these are, the report of the files says.

use crate::check::fault::Unlistable;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The files against those that were signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FilesWhy {
    /// They were compared.
    Compared {
        /// How many digests were signed.
        signed: u64,
        /// Of what.
        parts: Parts,
        /// What became of the files.
        tally: FilesTally,
        /// What that comes to.
        found: FilesFound,
    },
    /// They cannot be listed.
    NotListed(Unlistable),
    /// They were not compared with this signature.
    NotCompared,
    /// They changed while they were looked at.
    Changing,
}

/// What a digest was signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Parts {
    /// Whole files.
    Files,
    /// Shards of files.
    Shards,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilesTally {
    /// Files or shards that are as signed.
    pub unchanged: u64,
    /// Files that differ.
    pub changed: u64,
    /// Files that are gone from where they were signed.
    pub missing: u64,
    /// Unsigned files.
    pub unsigned: u64,
    /// Files that could not be read.
    pub unreadable: u64,
}

/// What a comparison comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FilesFound {
    /// All are as signed, and nothing was added.
    Unchanged {
        /// Files that the signature itself leaves out.
        ignored: u64,
    },
    /// All are as signed; the unsigned ones were ignored on request.
    UnsignedIgnored,
    /// The signature has nearly nothing in common with these files.
    OtherModel {
        /// The model that it names.
        name: Untrusted,
        /// How many files it lists.
        files: u64,
    },
    /// Some differ.
    Changed {
        /// What all of them show, when they show the same.
        cause: Option<LikelyCause>,
    },
    /// Some are gone.
    Missing(MissingKind),
    /// Blobs of a cache are not what their names say.
    BlobName {
        /// How many.
        files: u64,
    },
    /// All are as signed; beside them lie empty files that shards leave out, and some have names of code.
    EmptyCode {
        /// How many of them.
        files: u64,
    },
    /// The digests that a registry lists are those that were signed; the files were not read.
    Registry,
    /// Some were never signed.
    Unsigned,
    /// The part that was asked for is as signed; nobody looked at the rest.
    Part {
        /// Signed files that are no part of it.
        signed_beside: u64,
        /// Files that lie here and are no part of it.
        here_beside: u64,
    },
    /// A pattern for the part that was asked for fits no signed file.
    NoPart,
    /// All that were never signed are what an interrupted signing left behind.
    Leftovers,
    /// Some cannot be read.
    Unreadable,
}

/// A harmless cause of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LikelyCause {
    /// Git LFS pointers lie in their place.
    LfsPointer,
    /// The ends of lines were converted.
    LineEnds,
    /// Editors or hooks wrote the same text in another form.
    TextForm,
    /// They end too early, or are empty.
    CutOff,
    /// HTML pages lie in their place.
    HtmlPage,
}

/// How files went missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingKind {
    /// They are not here.
    Gone,
    /// They are not here, and each has a sibling that is: another quantisation, another part of a split file.
    NotFetched,
    /// Some lie here under a name that differs in case or Unicode form.
    Renamed,
    /// The bytes of some lie elsewhere in the model.
    Moved,
}
