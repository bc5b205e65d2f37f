//! What several sections of a policy share: how a name is written, and the words of its closed vocabularies.

use super::class::{Action, Class};
use super::document::{AcceptCache, PartialVerification};
use super::requirement::{Order, SelfAttested, Severity};
use super::role::Role;
use super::rules::{Strategy, SummaryKind, UnsignedAncestor};
use super::stage_rules::Risk;
use super::trial::State;
use crate::inventory::Format;
use crate::signing::{AnchorKind, HashAlgorithm, KeyKind, Method};
use crate::tables::{At, Faults, quote};

/// The version of the format.
pub(super) const SCHEMA: &str = "trust-policy/0.1";

pub(super) const KINDS: [(&str, AnchorKind); 4] = [
    ("key", AnchorKind::Key),
    ("x509", AnchorKind::Ca),
    ("sigstore", AnchorKind::Sigstore),
    ("tsa", AnchorKind::Tsa),
];
pub(super) const HASHES: [(&str, HashAlgorithm); 3] = [
    ("sha256", HashAlgorithm::Sha256),
    ("blake2b", HashAlgorithm::Blake2b),
    ("blake3", HashAlgorithm::Blake3),
];
pub(super) const KEYS: [(&str, KeyKind); 5] = [
    ("p256", KeyKind::P256),
    ("p384", KeyKind::P384),
    ("p521", KeyKind::P521),
    ("rsa", KeyKind::Rsa),
    ("ed25519", KeyKind::Ed25519),
];
pub(super) const FORMATS: [(&str, Format); 6] = [
    ("pickle", Format::Pickle),
    ("remote-code", Format::RemoteCode),
    ("keras-code", Format::KerasCode),
    ("onnx", Format::Onnx),
    ("safetensors", Format::Safetensors),
    ("gguf", Format::Gguf),
];
pub(super) const METHODS: [(&str, Method); 3] =
    [("key", Method::Key), ("certificate", Method::Certificate), ("sigstore", Method::Sigstore)];
pub(super) const ACTIONS: [(&str, Action); 3] =
    [("open", Action::Open), ("warn", Action::Warn), ("closed", Action::Closed)];
/// Of `on_unavailable`; none is the word of an earlier decision.
pub(super) const UNAVAILABLE: [(&str, Option<Action>); 4] = [
    ("open", Some(Action::Open)),
    ("warn", Some(Action::Warn)),
    ("closed", Some(Action::Closed)),
    ("cached", None),
];
pub(super) const STATES: [(&str, State); 5] = [
    ("signed", State::Signed),
    ("tampered", State::Tampered),
    ("unsigned", State::Unsigned),
    ("unreadable", State::Unreadable),
    ("unverified", State::Unverified),
];
pub(super) const PARTS: [(&str, PartialVerification); 3] = [
    ("never", PartialVerification::Never),
    ("load-set-only", PartialVerification::LoadSetOnly),
    ("any", PartialVerification::Any),
];

pub(super) const CLASSES: [(&str, Class); 4] = [
    ("contradicted", Class::Contradicted),
    ("error", Class::Error),
    ("unavailable", Class::Unavailable),
    ("missing", Class::Missing),
];
pub(super) const RISKS: [(&str, Risk); 3] =
    [("minimal", Risk::Minimal), ("limited", Risk::Limited), ("high", Risk::High)];

pub(super) const ROLES: [(&str, Role); 11] = [
    ("producer", Role::Producer),
    ("lineage", Role::Lineage),
    ("build", Role::Build),
    ("data", Role::Data),
    ("eval", Role::Eval),
    ("card", Role::Card),
    ("infrastructure", Role::Infrastructure),
    ("verifier", Role::Verifier),
    ("distributor", Role::Distributor),
    ("ingest", Role::Ingest),
    ("reviewer", Role::Reviewer),
];

pub(super) const SUMMARIES: [(&str, SummaryKind); 2] = [("vsa", SummaryKind::Vsa), ("svr", SummaryKind::Svr)];
pub(super) const UNSIGNED_ANCESTORS: [(&str, UnsignedAncestor); 3] =
    [("cap", UnsignedAncestor::Cap), ("warn", UnsignedAncestor::Warn), ("fail", UnsignedAncestor::Fail)];
pub(super) const STRATEGIES: [(&str, Strategy); 4] = [
    ("strict", Strategy::Strict),
    ("quorum", Strategy::Quorum),
    ("hierarchy", Strategy::Hierarchy),
    ("latest", Strategy::Latest),
];
pub(super) const SEVERITIES: [(&str, Severity); 2] = [("must", Severity::Must), ("should", Severity::Should)];
pub(super) const SELF_ATTESTED: [(&str, SelfAttested); 3] =
    [("pass", SelfAttested::Pass), ("warn", SelfAttested::Warn), ("fail", SelfAttested::Fail)];
pub(super) const ORDERS: [(&str, Order); 4] =
    [("<", Order::Less), ("<=", Order::AtMost), (">=", Order::AtLeast), (">", Order::More)];

/// The evidence profiles that all runbooks share; a test holds them against those.
pub(super) const EVIDENCE_PROFILES: [(&str, &str); 9] = [
    ("agent", "agent"),
    ("data", "data"),
    ("drift", "drift"),
    ("egress", "egress"),
    ("infer_abuse", "infer_abuse"),
    ("infra", "infra"),
    ("llm_trace", "llm_trace"),
    ("model_integrity", "model_integrity"),
    ("rag", "rag"),
];

/// The operators of clauses.
pub(super) const OPERATORS: [&str; 14] = [
    "==",
    "!=",
    "in",
    "not_in",
    "<",
    "<=",
    ">=",
    ">",
    "matches",
    "contains",
    "covers",
    "contains_level",
    "exists",
    "between_dates",
];
/// The only word for what no policy can change.
pub(super) const ALWAYS: [(&str, ()); 1] = [("fail", ())];
pub(super) const DENY_ALL: [(&str, ()); 1] = [("deny", ())];

pub(super) const ACCEPT_CACHE: [(&str, AcceptCache); 1] = [("knowing", AcceptCache::Knowing)];

/// How a policy writes a value of a vocabulary, which has a word for each.
pub(super) fn word<T: Copy + PartialEq>(vocabulary: &[(&'static str, T)], value: T) -> &'static str {
    vocabulary.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| word)
}

/// A name that messages may quote as it is: letters, digits, `.`, `_`, `-`.
pub(super) fn plain_name(faults: &mut Faults<'_>, what: &str, name: At<String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.value.len() > 64 || !name.value.chars().all(plain) {
        let message = format!("{what} cannot be `{}`", quote(&name.value));
        faults.add(Some(name.at), message, "use at most 64 letters, digits, `.`, `_` and `-`");
    }
    name.value
}

/// A set, in the one order that nothing but its content decides.
pub(super) fn set(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}
