//! The trust policy document: types, validation with lines and nearest keys, matching of publishers and
//! identities. It knows no level, no decision and no screen.

mod canonical;
mod concerns;
mod dead;
mod document;
mod edit;
mod grants;
mod matching;
mod names;
mod parse;
mod patterns;

pub use crate::signing::AnchorKind;
/// One fault of a policy file.
pub use crate::tables::Fault as PolicyError;
pub use concerns::{Concerns, PublisherConcern, concerns};
pub use document::{
    Action, AnchorSource, Artifact, Class, Crypto, DenyIdentity, Freshness, IdentityPattern, Policy,
    Publisher, Stage, TextPattern,
};
pub use edit::{with_anchor, without_anchor};
pub use matching::Window;
pub use parse::parse;
pub use patterns::ModelPattern;

/// The built-in policies: name and text.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("baseline", include_str!("../../policies/trust/baseline.toml")),
    ("strict", include_str!("../../policies/trust/strict.toml")),
];
