//! The evidence pack: everything that verdicts on some models rest on, in one file that anybody can check again who has
//! only this program. It is made from members that others gather, and checked from its bytes alone.

mod check;
mod checked;
mod fault;
mod judge;
mod make;
mod manifest;
mod members;
mod verdict;
mod zip;

pub use check::check_pack;
pub use checked::{CheckedCheckpoint, CheckedPack, CheckedRecord, CheckedVerdict};
pub use fault::{PackFault, PackFaultKind};
pub use make::{FinishedPack, Pack};
pub use manifest::{
    KINDS, MANIFEST, ManifestSchema, MemberKind, PACK_TYPE, PackManifest, PackMember, PackedModel,
    PackedVerdictSchema, SIGNATURE, record_name,
};
pub use verdict::{PackedVerdict, ReadVerdict, anchor_files, judged, pieces_of};
pub use zip::{Archive, Member, crc32};
