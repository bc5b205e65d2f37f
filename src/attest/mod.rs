//! Claims beyond integrity: what a `claims.jsonl` holds, whatever the order of its lines, whose each claim is
//! and whether that is to be believed; how a claim is appended, and whether a file was only ever appended to.
//! What a predicate says is read by the registry, and not weighed here. Knows no store and no screen.

mod append;
mod beside;
mod build_types;
mod check;
mod claimed;
mod claims;
mod decimal;
mod digests;
mod exact;
mod field;
mod history;
mod judge;
mod kind;
mod make;
mod present;
mod reading;
mod received;
mod registry;
mod said;
mod select;
mod shown;
mod strict;

pub use crate::signing::About;
pub use append::{Appended, append_claims, check_appendable};
pub use beside::{ClaimsFound, ClaimsPlace, claims_file, claims_with};
pub use build_types::{BuildType, Parameter};
pub use claimed::{Claimed, Cosigner, FaultKind, JoinedBy, SchemaFault, Validity};
pub use claims::{
    Claim, ClaimFile, LIMIT_CLAIMS, LIMIT_CLAIMS_BYTES, LIMIT_LINE_BYTES, UnknownLine, UnreadClaims,
    claims_in, claims_to_keep, read_claims,
};
pub use decimal::Decimal;
pub use field::{Field, FieldPath, FieldType};
pub use history::{Change, Difference, History, LIMIT_LINES, check_append_only, compare_lines};
pub use judge::{Claims, Judge, Judged, Piece, Weighed, judge, judge_each, predicates_by, predicates_check};
pub use kind::PredicateKind;
pub use make::{
    Attested, CardDraft, CompositionDraft, ConfigDraft, DataDraft, DatasetDraft, Draft, EvaluationDraft,
    Made, PolicyNamed, ProvenanceDraft, ResultDraft, ResultOf, ReviewDraft, Subject, SummaryDraft, given,
    headings,
};
pub use present::{Present, Signed, SignedPart, present, root_without};
pub use received::{AppendedClaims, ClaimForm, FormedClaim, Received, ReceivedFile};
pub use registry::{Predicate, Registry, Standing};
pub use said::{
    AgentSaid, Assurance, BindingSaid, CardSaid, Comparator, ConfigSaid, DataSaid, Domain, Evaluation,
    InfrastructureSaid, Input, InputRole, Metric, NamedDigest, Provenance, ReleaseSaid, ReviewDecision,
    ReviewSaid, Said, Summary, Transformation, Triage, VulnerabilitiesSaid,
};
pub use select::{ClaimPlace, Selection};
