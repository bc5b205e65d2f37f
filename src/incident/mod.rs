//! Incidents: runbooks as data, and cases as what the ledger says was done. It reads no file and asks no clock; what a view
//! knows of a model is handed to it.

mod cacao;
mod case;
mod common;
mod disclosure;
mod drill;
mod filling;
mod library;
mod lint;
mod logs;
mod misfit;
mod parts;
mod placed;
mod plain;
mod reading;
mod record;
mod rules;
mod runbook;
mod standing;
mod surface;
mod surface_reading;
mod triage;
mod vocabulary;

pub use cacao::cacao;
pub use case::{Case, Cases, Logged, StepState, Stray};
pub use disclosure::{Affected, Disclosed, Disclosure, StatedAs, Statement};
pub use drill::{Drill, DrillEntry, DrillOutcome, Drillable, DrilledRun, DrilledStep};
pub use filling::{Filling, Word};
pub use library::{INVALID, Library, Origin, Shelved, Trouble, shared_profiles};
pub(crate) use logs::fuzz;
pub use logs::{FieldSeen, LIMIT_LINE, LogReader, LogSeen};
pub use misfit::Misfit;
pub use placed::{Gap, PlacedModel, PlacedRunbook, PlacedSurface, Versioned};
pub use reading::LIMIT_BYTES;
pub use record::{
    CloseEntry, Entry, EvidenceEntry, Held, HoldEntry, IncidentRecord, IncidentRecordSchema, KeptFile, Kin,
    KnownField, NoteEntry, Opening, RunsAt, SeverityEntry, StepEntry, StepOutcome, Subject,
};
pub use rules::{HEAD, RULES, Rule};
pub use runbook::{Branch, Clock, END, Field, Profile, Runbook, SeverityRule, Step};
pub use standing::{Item, ItemState, Timer};
pub use surface::{
    Contact, Covered, CoveredField, Declared, Issue, Issued, Log, Part as SurfacePart, Surface, SurfaceEntry,
    SurfaceRecord, SurfaceRecordSchema, Surfaces,
};
pub use surface_reading::read_surface;
pub use triage::{
    Age, Class, DeniedBy, Difference, Event, EvidenceState, Expected, ExpectedFrom, Facts, FileDiffers, How,
    Moment, Observed, Part, Patch, ProfileLacks, Radius, Rollback, Shared, Siblings, StageStood, Timeline,
    Triage, Unseen, Version, What,
};
pub use vocabulary::{Basis, Integrity, Phase, PlaybookType, Severity, StepKind};
