//! Words for what is wrong with a proof of a record.

use crate::decision::ProofFault;

/// What is wrong, in a few words.
pub fn proof_fault(fault: ProofFault) -> &'static str {
    match fault {
        ProofFault::OtherRecord => "the proof is about another record",
        ProofFault::RecordChanged => "the record was changed: its content does not match its hash",
        ProofFault::PathBroken => "the hashes of the proof do not lead from the record to its root",
        ProofFault::NoRoot => "the checkpoint names no root: an earlier version made it",
        ProofFault::OtherCheckpoint => "the proof belongs to another checkpoint",
    }
}
