//! Words for what is wrong with a pack.

use crate::pack::PackFaultKind as Kind;

/// What is wrong, in a few words.
pub fn pack_fault(kind: Kind) -> &'static str {
    match kind {
        Kind::ManifestMissing => "the manifest is missing",
        Kind::ManifestForm => "this is not a manifest, or not written as one",
        Kind::ManifestOrder => "the manifest is not sorted, or has an entry twice",
        Kind::MemberName => "the name does not fit the kind and digest of the member",
        Kind::MemberMissing => "the member is missing",
        Kind::MemberUnnamed => "the manifest does not name this member",
        Kind::MemberNotRedacted => "the manifest says that this member was left out",
        Kind::MemberChanged => "the member was changed: its digest is another one",
        Kind::MemberSize => "the manifest states another size",
        Kind::MemberChecksum => "the checksum of the zip does not fit",
        Kind::SignatureForm => "this is not a signature",
        Kind::SignatureOther => "the signature is about another pack",
        Kind::SignatureInvalid => "the signature does not hold",
        Kind::VerdictMissing => "a model without a verdict, or a verdict without a model",
        Kind::VerdictForm => "this is not a verdict",
        Kind::VerdictOther => "the verdict is on another model, or for another stage or time",
        Kind::VerdictDiffers => "the evidence comes to another verdict",
        Kind::VerdictUnjudged => "the evidence of the verdict cannot be judged",
        Kind::RecordMissing => "no record of the ledger says that this evidence was seen",
        Kind::RecordForm => "this is not a record of a ledger",
        Kind::RecordPlace => "the record has another number",
        Kind::RecordChanged => "the record was changed: its content does not match its hash",
        Kind::RecordChain => "the record does not follow the one before it",
        Kind::RecordDiffers => "the evidence comes to something else than the record says",
        Kind::ProofBroken => "the proof does not lead from the record to its root",
        Kind::ProofOther => "the proof belongs to another checkpoint",
        Kind::CheckpointForm => "this is not a checkpoint",
        Kind::CheckpointInvalid => "the signature of the checkpoint does not hold",
    }
}
