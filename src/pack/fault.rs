//! What can be wrong with a pack. What it is called for people stands in the catalogue of words.

use crate::decision::{Difference, ProofFault};
use schemars::JsonSchema;
use serde::Serialize;

/// What is wrong with a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PackFaultKind {
    /// The manifest is not there.
    ManifestMissing,
    /// The manifest is none, or is not written as a manifest is.
    ManifestForm,
    /// The manifest has two members of one name, or they are not sorted.
    ManifestOrder,
    /// A member is not called as a member of its kind and digest is.
    MemberName,
    /// A member that the manifest names is not there.
    MemberMissing,
    /// A member is there that the manifest does not name.
    MemberUnnamed,
    /// A member is there that the manifest says was left out.
    MemberNotRedacted,
    /// A member has other bytes than the manifest says.
    MemberChanged,
    /// A member has another size than the manifest says.
    MemberSize,
    /// The zip's checksum does not fit a member.
    MemberChecksum,
    /// The signature is no bundle.
    SignatureForm,
    /// The signature is about another pack.
    SignatureOther,
    /// The signature does not hold.
    SignatureInvalid,
    /// A model has no verdict, or a verdict no model.
    VerdictMissing,
    /// A verdict cannot be read.
    VerdictForm,
    /// A verdict is on another model, or for another stage or time.
    VerdictOther,
    /// Something else comes of the evidence that a verdict names.
    VerdictDiffers,
    /// The evidence of a verdict cannot be judged.
    VerdictUnjudged,
    /// The ledger does not say that the evidence of a verdict was seen.
    RecordMissing,
    /// A record cannot be read.
    RecordForm,
    /// A record stands under another number than its own, or is there twice.
    RecordPlace,
    /// The content of a record is not what its hash was taken over.
    RecordChanged,
    /// A record does not follow the one before it.
    RecordChain,
    /// Something else comes of the evidence that a record names.
    RecordDiffers,
    /// The proof of a record does not lead to its root.
    ProofBroken,
    /// The proof of a record belongs to another checkpoint.
    ProofOther,
    /// A checkpoint cannot be read.
    CheckpointForm,
    /// The signature of a checkpoint does not hold.
    CheckpointInvalid,
}

impl From<ProofFault> for PackFaultKind {
    fn from(fault: ProofFault) -> Self {
        match fault {
            ProofFault::OtherRecord => PackFaultKind::RecordPlace,
            ProofFault::RecordChanged => PackFaultKind::RecordChanged,
            ProofFault::PathBroken => PackFaultKind::ProofBroken,
            ProofFault::NoRoot | ProofFault::OtherCheckpoint => PackFaultKind::ProofOther,
        }
    }
}

/// Something that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFault {
    /// What.
    pub kind: PackFaultKind,
    /// The member.
    pub member: String,
    /// Why, as far as more is known.
    pub why: Option<String>,
    /// What is not the same, where something else comes of the evidence.
    pub differences: Vec<Difference>,
}

/// What is wrong, as it is found.
#[derive(Default)]
pub(super) struct Faults(Vec<PackFault>);

impl Faults {
    pub(super) fn add(&mut self, kind: PackFaultKind, member: &str) {
        self.tell(kind, member, None);
    }

    pub(super) fn tell(&mut self, kind: PackFaultKind, member: &str, why: Option<String>) {
        self.put(PackFault { kind, member: member.to_owned(), why, differences: Vec::new() });
    }

    /// All of it.
    pub(super) fn found(self) -> Vec<PackFault> {
        self.0
    }

    pub(super) fn put(&mut self, fault: PackFault) {
        self.0.push(fault);
    }
}
