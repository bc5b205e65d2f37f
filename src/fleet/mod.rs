//! A million models in object stores: planned once, worked in shards by as many machines as there are, sealed into one
//! root. Whoever starts the machines and tries again is somebody else; what machines say to each other is that an object
//! is put only where none is. It must not know a workspace, a screen, or who schedules.
//!
//! The documents are always here; what makes them comes with the feature `fleet`.

#[cfg(feature = "fleet")]
mod columns;
mod documents;
#[cfg(feature = "fleet")]
mod grouping;
#[cfg(feature = "fleet")]
mod judging;
#[cfg(feature = "fleet")]
mod known;
#[cfg(feature = "fleet")]
mod layouts;
#[cfg(feature = "fleet")]
mod packing;
#[cfg(feature = "fleet")]
mod planning;
#[cfg(feature = "fleet")]
mod provider;
#[cfg(feature = "fleet")]
mod proving;
#[cfg(feature = "fleet")]
mod run;
#[cfg(feature = "fleet")]
mod sealing;
#[cfg(feature = "fleet")]
mod shards;
#[cfg(feature = "fleet")]
mod spool;
#[cfg(feature = "fleet")]
mod working;

pub use documents::{
    CheckRecord, Conflict, Counts, Digests, Finding, FleetEnvelope, FleetItem, FleetLine, FleetPlan,
    FleetPlanSchema, FleetProof, FleetProofSchema, FleetQuestion, FleetRecord, FleetRecordSchema,
    FleetRunRecord, FleetRunRecordSchema, FleetSealed, FleetSealedSchema, FleetShard, FleetShardSchema,
    FleetTool, KnownRun, MissingShard, OddKey, SHARD_TYPE, SealedPart, ShardPlan, UnknownClass, WantedBasis,
    Writer,
};
#[cfg(feature = "fleet")]
pub use planning::{Inputs, Limits, Planned, Planning, plan};
#[cfg(feature = "fleet")]
pub use proving::{Proved, prove};
#[cfg(feature = "fleet")]
pub use run::{Run, binary_digest};
#[cfg(feature = "fleet")]
pub use sealing::{Sealed, Sealing, seal};
#[cfg(feature = "fleet")]
pub use shards::{Standing, Status, status};
#[cfg(feature = "fleet")]
pub use working::{Told, Work, Worked, work};
