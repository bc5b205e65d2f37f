//! The policy as plain values.

use super::class::{Action, Class};
use super::data::{DatasetPattern, LicencePattern};
use super::exception::Exception;
use super::index::{Patterns, Signers};
use super::patterns::ModelPattern;
use super::requirement::Requirement;
use super::role::Role;
use super::rules::{ConflictRules, LineageRules, TrustedSummary};
use super::stage_rules::{
    BreakGlass, DigestBasis, EvidenceRule, IrSurface, Moment, Risk, RiskLevels, RiskRule,
};
use super::text_pattern::TextPattern;
use super::trial::PolicyTest;
use crate::inventory::{Format, folded};
use crate::signing::{AnchorKind, Beyond, HashAlgorithm, KeyKind, Method, Recalled};
use crate::tables::{Fault, Few};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// One `[trust.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorSource {
    /// The name.
    pub name: String,
    /// What it holds.
    pub kind: AnchorKind,
    /// Files, relative to the policy file: PEM keys, PEM certificates or one `trusted_root.json`; empty for
    /// `sigstore` means the public-good root inside the program.
    pub files: Vec<PathBuf>,
    /// For `x509`: files of revocation lists, relative to the policy file.
    pub crls: Vec<PathBuf>,
    /// An anchor older than this many days is reported.
    pub max_age_days: Option<u32>,
}

impl AnchorSource {
    /// Whether an anchor of this age, in days, is older than `max_age_days` allows.
    pub fn is_stale(&self, age_days: Option<i64>) -> bool {
        matches!((age_days, self.max_age_days), (Some(age), Some(most)) if age > i64::from(most))
    }
}

/// An identity that a publisher signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityPattern {
    /// The OIDC issuer or certificate issuer, exact; none means that the anchor suffices.
    pub issuer: Option<String>,
    /// The subject: key fingerprint, certificate subject or OIDC subject.
    pub subject: TextPattern,
}

/// One `[[publisher]]`: which models are its, and who signs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Its id.
    pub id: String,
    /// Its models, a set.
    pub models: Vec<ModelPattern>,
    /// Names of anchors, a set.
    pub trust: Vec<String>,
    /// Signer identities, a set.
    pub identities: Vec<IdentityPattern>,
    /// What it may claim about its models; by default, only as their producer.
    pub roles: Few<Role>,
    /// The grant begins.
    pub valid_from: Option<jiff::Timestamp>,
    /// The grant ends.
    pub valid_until: Option<jiff::Timestamp>,
}

/// One `[[attester]]`: a signer that may make claims about models that others publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attester {
    /// Its id.
    pub id: String,
    /// Names of anchors, a set.
    pub trust: Vec<String>,
    /// Signer identities, a set.
    pub identities: Vec<IdentityPattern>,
    /// Its roles.
    pub roles: Few<Role>,
    /// Its domains (`safety`, `accuracy`), a set; empty: all.
    pub domains: Vec<String>,
    /// Patterns of its models, a set; empty: all.
    pub models: Vec<ModelPattern>,
    /// The grant begins.
    pub valid_from: Option<jiff::Timestamp>,
    /// The grant ends.
    pub valid_until: Option<jiff::Timestamp>,
}

/// The publishers of a policy, in the order of the file. They are read once and never change, so that they can be found
/// without asking each.
#[derive(Debug, Clone, Default)]
pub struct Publishers {
    pub(super) list: Vec<Publisher>,
    pub(super) index: OnceLock<Box<PublisherIndex>>,
}

/// What of publishers is looked for by value.
#[derive(Debug, Clone)]
pub(super) struct PublisherIndex {
    pub models: Patterns,
    /// Of each pattern, whose it is.
    pub owners: Vec<usize>,
    pub grants: Signers,
    /// When grants begin and end, sorted.
    pub moments: Vec<jiff::Timestamp>,
}

impl From<Vec<Publisher>> for Publishers {
    fn from(list: Vec<Publisher>) -> Self {
        Publishers { list, index: OnceLock::new() }
    }
}

impl Deref for Publishers {
    type Target = [Publisher];

    fn deref(&self) -> &[Publisher] {
        &self.list
    }
}

impl<'p> IntoIterator for &'p Publishers {
    type Item = &'p Publisher;
    type IntoIter = std::slice::Iter<'p, Publisher>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// One `[[deny_identity]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenyIdentity {
    /// Who is denied.
    pub subject: TextPattern,
    /// Signatures with a trusted time before this still count.
    pub after: Option<jiff::Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

/// `[crypto]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crypto {
    /// Allowed file hashes.
    pub hash: Vec<HashAlgorithm>,
    /// Allowed keys of signers.
    pub keys: Vec<KeyKind>,
}

/// `[artifact]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Formats that may not be in a model.
    pub ban_formats: Vec<Format>,
    /// Paths that a bundle may leave out.
    pub allow_ignore_paths: Vec<String>,
    /// Whether a manifest may follow symbolic links.
    pub allow_symlinks: bool,
    /// Whether a signature by an attester with the role `ingest` replaces the producer's.
    pub allow_resign_at_ingest: bool,
    /// Denied datasets, a set.
    pub dataset_deny: Vec<DatasetPattern>,
    /// Denied licences, a set.
    pub license_deny: Vec<LicencePattern>,
    /// Which parts of a model are let in where the stage does not say `on_partial`.
    pub partial_verification: PartialVerification,
}

/// Which parts of a model are enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartialVerification {
    /// None: the whole model is verified.
    #[default]
    Never,
    /// All that a loader takes.
    LoadSetOnly,
    /// Any.
    Any,
}

/// `[log]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRules {
    /// Methods for which a log entry is mandatory.
    pub required: Vec<Method>,
    /// Whether the log's promise does where nothing proves the entry.
    pub accept_promise_only: bool,
}

/// `[freshness]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// A verification older than this is not counted.
    pub max_verification_age_days: u32,
    /// Tolerated difference of clocks.
    pub clock_skew_seconds: u32,
    /// Whether a verification counts at any age. No policy file sets this; it is for judging at another time
    /// than now.
    pub any_age: bool,
}

/// `[ledger]`: which checkpoints of the ledger the policy asks for, and whose count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerRules {
    /// So many records may stand behind the newest checkpoint.
    pub max_unanchored_records: Option<u32>,
    /// For so many days a record may stand behind the newest checkpoint.
    pub max_unanchored_days: Option<u32>,
    /// Names of anchors whose signers may sign checkpoints, a set; none: every key and certificate authority.
    pub trust: Vec<String>,
    /// Who signs checkpoints, a set; none: whoever the anchors stand for.
    pub identities: Vec<IdentityPattern>,
}

impl LedgerRules {
    /// Whether checkpoints are asked for.
    pub fn asks(&self) -> bool {
        self.max_unanchored_records.is_some() || self.max_unanchored_days.is_some()
    }
}

/// A view may be as much older than what another process remembered meanwhile.
const SLACK_SECONDS: i64 = 300;

/// One `[[stage]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Whether it is production: it then always refuses contradictions.
    pub production: bool,
    /// The effective level it requires.
    pub min_level: u8,
    /// Higher levels that it requires by the risk of a model's use.
    pub min_level_by_risk: RiskLevels,
    /// On contradicted evidence.
    pub on_contradicted: Action,
    /// On missing evidence.
    pub on_missing: Action,
    /// On errors.
    pub on_error: Action,
    /// On evidence that was not checked yet.
    pub on_unavailable: Action,
    /// For so many hours it lets in what it let in before, where evidence is not available: the same bytes under the
    /// same policy. `on_unavailable` is closed then.
    pub cached_max_hours: Option<u32>,
    /// On a model of which only part was verified; where nothing is said, as `[artifact]` says.
    pub on_partial: Action,
    /// The same, where that part is all that a loader takes.
    pub on_load_set: Action,
    /// Control ids that must pass here besides the level's.
    pub require_controls: Vec<String>,
    /// Requirements, by their ids, that claims must meet here.
    pub require_claims: Vec<String>,
    /// How old a remembered digest may be to count here; none: every digest is computed at the verification.
    pub cached_digests_max_hours: Option<u32>,
    /// Whether a standing rejection by a reviewer refuses here; where nothing is said, in production.
    pub refuse_rejected: bool,
    /// That whoever wrote the policy knows what a remembered digest does not show. A production stage asks for it.
    pub accept_cache: Option<AcceptCache>,
    /// Who may let in for some hours what is refused here.
    pub break_glass: Option<BreakGlass>,
    /// What incident response needs where a model runs at this stage.
    pub ir_surface: Option<IrSurface>,
    /// What has to be logged wherever a model runs at this stage.
    pub require_evidence_profile: Option<EvidenceRule>,
    /// The stage that must have let in the same bytes before.
    pub from: Option<String>,
    /// What digests may rest on here; none of them: it does not say. Bytes that were read are enough in any case.
    pub digest_basis: Few<DigestBasis>,
    /// When its gate is asked; none of them: at any time.
    pub at: Few<Moment>,
}

/// The word by which a stage takes remembered digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptCache {
    /// Knowing that a file can change under the same times: through a mapping that was open before, or when the clock or
    /// the disk is changed by an administrator.
    Knowing,
}

impl Stage {
    /// How old a remembered digest may be here; none where every digest is computed.
    pub fn cached_hours(&self) -> Option<u32> {
        let is_knowing = self.accept_cache == Some(AcceptCache::Knowing);
        self.cached_digests_max_hours.filter(|_| !self.production || is_knowing)
    }

    /// Whether digests that were remembered count here at a time. Those of a later time do not: a question about an
    /// earlier time makes nothing young again.
    pub fn lets_count(&self, recalled: &Recalled, now: jiff::Timestamp) -> bool {
        let age = now.as_second() - recalled.oldest.as_second();
        self.cached_hours().is_some_and(|hours| (-SLACK_SECONDS..=i64::from(hours) * 3600).contains(&age))
    }

    /// Whether digests that rest on that are enough here; none where the stage does not say.
    pub fn accepts(&self, basis: DigestBasis) -> Option<bool> {
        let accepts = basis == DigestBasis::Recomputed || self.digest_basis.contains(basis);
        (!self.digest_basis.is_empty()).then_some(accepts)
    }

    /// Whether its gate is asked at that moment.
    pub fn is_for(&self, moment: Moment) -> bool {
        self.at.is_empty() || self.at.contains(moment)
    }

    /// What it does on a model of which only part was verified.
    pub fn on_part(&self, is_load_set: bool) -> Action {
        if is_load_set { self.on_load_set } else { self.on_partial }
    }

    /// The effective level that it requires of models of a risk.
    pub fn level_for(&self, risk: Option<Risk>) -> u8 {
        risk.and_then(|risk| self.min_level_by_risk.of(risk)).unwrap_or(0).max(self.min_level)
    }

    /// What this stage does on a class.
    pub fn action(&self, class: Class) -> Action {
        match class {
            Class::Contradicted => self.on_contradicted,
            Class::Error => self.on_error,
            Class::Unavailable => self.on_unavailable,
            Class::Missing => self.on_missing,
        }
    }
}

/// A whole policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// From this second on it is an error to use it.
    pub expires: Option<jiff::Timestamp>,
    /// The line of `expires` in the file.
    pub expires_line: Option<usize>,
    /// Who is responsible for it.
    pub owner: Option<String>,
    /// Who approved it, according to the file.
    pub approved_by: Vec<String>,
    /// Anchors.
    pub trust: Vec<AnchorSource>,
    /// Publishers.
    pub publishers: Publishers,
    /// Attesters, in the order of the file.
    pub attesters: Vec<Attester>,
    /// Denied identities.
    pub denied: Vec<DenyIdentity>,
    /// `[crypto]`.
    pub crypto: Crypto,
    /// `[artifact]`.
    pub artifact: Artifact,
    /// `[log]`.
    pub log: LogRules,
    /// `[freshness]`.
    pub freshness: Freshness,
    /// What claims must state, in the order of the file.
    pub requirements: Vec<Requirement>,
    /// Whose summaries replace the evidence of ancestors.
    pub summaries: Vec<TrustedSummary>,
    /// `[lineage]`.
    pub lineage: LineageRules,
    /// `[conflicts]`.
    pub conflicts: ConflictRules,
    /// `[ledger]`.
    pub ledger: LedgerRules,
    /// Controls raised from should to must.
    pub raise: Vec<String>,
    /// Classes of risk and their models.
    pub risks: Vec<RiskRule>,
    /// Stages.
    pub stages: Vec<Stage>,
    /// Exceptions, in the order of the file.
    pub exceptions: Vec<Exception>,
    /// What its author expects of it, in the order of the file. They decide nothing, and its digest leaves them out.
    pub tests: Arc<[PolicyTest]>,
    /// SHA-256 over the canonical form, hex: it names what the policy means.
    pub digest: String,
    /// SHA-256 over the file's bytes, hex: it names the file.
    pub file_digest: String,
    /// The text that it was read from.
    pub text: Arc<str>,
    /// The file's name, or `built-in`.
    pub origin: String,
    /// The folder against which the anchors' files are resolved; none for a built-in policy.
    pub base: Option<PathBuf>,
    /// The policy that its file extends.
    pub below: Option<Arc<Policy>>,
}

impl Policy {
    /// Whether a stage asks for an earlier word of a gate: that of the stage before, or its own.
    pub fn asks_gates(&self) -> bool {
        self.stages.iter().any(|stage| stage.from.is_some() || stage.cached_max_hours.is_some())
    }

    /// The kinds of keys beyond OMS v1.0 that it lists.
    pub fn beyond(&self) -> Beyond {
        Beyond::of(&self.crypto.keys)
    }

    /// The risk of a model's use: the highest of the classes that name it.
    pub fn risk_of(&self, model: &str) -> Option<Risk> {
        let model = folded(model);
        let named = |rule: &&RiskRule| rule.models.iter().any(|pattern| pattern.matches(&model));
        self.risks.iter().filter(named).map(|rule| rule.class).max()
    }

    /// Whether it has expired at a time.
    pub fn expired_at(&self, now: jiff::Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// What is wrong with using it at a time: that it has expired.
    pub fn fault_at(&self, now: jiff::Timestamp) -> Option<Fault> {
        let expires = self.expires.filter(|_| self.expired_at(now))?;
        Some(Fault {
            line: self.expires_line,
            message: format!("the policy expired on {expires}"),
            help: Some("review the policy, then extend `expires`".to_owned()),
        })
    }

    /// Itself, unless [`Policy::fault_at`] finds something.
    ///
    /// # Errors
    /// That one fault, in the form in which [`super::parse()`] gives faults.
    pub fn valid_at(self, now: jiff::Timestamp) -> Result<Self, Vec<Fault>> {
        match self.fault_at(now) {
            Some(fault) => Err(vec![fault]),
            None => Ok(self),
        }
    }
}
