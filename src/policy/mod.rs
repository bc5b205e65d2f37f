//! The trust policy document: types, validation with lines and nearest keys, matching of publishers and
//! identities. It knows no level, no decision and no screen.

mod alike;
mod assumed;
mod canonical;
mod class;
mod clauses;
mod concerns;
pub mod convert;
mod data;
mod dead;
mod demanded;
mod demands;
mod diff;
mod document;
mod edit;
mod edits;
mod exception;
mod grants;
mod index;
mod keys;
mod layers;
pub mod lint;
mod matching;
mod mutants;
mod names;
mod parse;
mod patterns;
mod requirement;
mod rewrite;
mod role;
mod roles;
mod rules;
mod stage_reading;
mod stage_rules;
mod text_pattern;
mod texts;
mod trial;
mod trial_reading;
mod written;

pub use crate::signing::AnchorKind;
/// One fault of a policy file.
pub use crate::tables::Fault as PolicyError;
pub use alike::{NameMark, NameMarks, identity_like, publisher_like};
pub use class::{Action, Class};
pub use clauses::{Answer, ClauseFault, answer};
pub use concerns::{ConcernIndex, Concerns, PublisherConcern, concerns};
pub use data::{DatasetPattern, LicencePattern};
pub use diff::{Became, DiffLine, diff};
pub use document::{
    AcceptCache, AnchorSource, Artifact, Attester, Crypto, DenyIdentity, Freshness, IdentityPattern,
    LedgerRules, LogRules, PartialVerification, Policy, Publisher, Publishers, Stage,
};
pub use edit::{with_anchor, without_anchor};
pub use edits::{NewIdentity, PolicyEdit, edited, edited_on};
pub use exception::{Exception, Excused, Subject, Term, WARN_DAYS};
pub use index::Patterns;
pub use keys::{EXTENDS, Form, Key, Layout, POLICY, Thing};
pub use layers::{extends, layered};
pub use matching::Window;
pub use mutants::{Change, Mutant, mutants};
pub use parse::{Parsed, parse};
pub use patterns::ModelPattern;
pub use requirement::{
    Clause, ClausePath, Measure, Order, Requirement, Scalar, SelfAttested, Severity, Step, Test, reaches,
};
pub use role::Role;
pub use roles::Granted;
pub use rules::{ConflictRules, LineageRules, Strategy, SummaryKind, TrustedSummary, UnsignedAncestor};
pub use stage_rules::{BreakGlass, DigestBasis, EvidenceRule, IrSurface, Moment, Risk, RiskLevels, RiskRule};
pub use text_pattern::TextPattern;
pub use trial::{
    Around, Expected, Given, GivenClaim, GivenGlass, GivenLedger, GivenLogged, GivenSigner, PolicyTest,
    State, Wanted,
};

/// How the policies in `policies/trust` name their schema. Elsewhere it is not found, so the program leaves it out.
const SCHEMA_LINE: &str = "#:schema ../schema/trust-policy-0.1.json\n";

/// The built-in policies: name and text.
pub const BUILT_IN: [(&str, &str); 3] = [
    ("baseline", include_str!("../../policies/trust/baseline.toml").split_at(SCHEMA_LINE.len()).1),
    ("strict", include_str!("../../policies/trust/strict.toml").split_at(SCHEMA_LINE.len()).1),
    ("research", include_str!("../../policies/trust/research.toml").split_at(SCHEMA_LINE.len()).1),
];
