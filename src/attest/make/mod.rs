//! Making claims: statements from typed values, in the form that the registry of predicates asks for. What is made is
//! read back before it is signed. Signing and storing are elsewhere.

mod card;
mod content;
mod draft;
mod given;
mod heading;
mod parts;
mod provenance;
mod summary;

pub use card::CardDraft;
pub use content::{
    CompositionDraft, ConfigDraft, DataDraft, DatasetDraft, EvaluationDraft, ResultOf, ReviewDraft,
};
pub use draft::{Draft, Made, Subject};
pub use given::given;
pub use heading::headings;
pub use provenance::ProvenanceDraft;
pub use summary::{Attested, PolicyNamed, ResultDraft, SummaryDraft};
