//! The canonical form of a policy: canonical JSON that holds everything that can change a decision or a text, and
//! nothing else. Two files of the same form mean the same, whatever their comments, white space and order of keys.
//! It knows no file and no place of one.

use super::class::Action;
use super::demanded::{ConflictsForm, LineageForm, RequirementForm, SummaryForm};
use super::document::{
    AnchorSource, Artifact, Attester, Crypto, DenyIdentity, Freshness, IdentityPattern, LedgerRules,
    LogRules, Policy, Publisher, Stage,
};
use super::exception::{Exception, Excused};
use super::names::{
    ACCEPT_CACHE, ACTIONS, CLASSES, FORMATS, HASHES, KEYS, KINDS, METHODS, RISKS, ROLES, UNAVAILABLE, word,
};
use super::role::Role;
use super::stage_rules::{BreakGlass, DigestBasis, EvidenceRule, IrSurface, Moment, RiskLevels, RiskRule};
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::signing::sha256_hex;
use crate::tables::Few;
use serde::Serialize;
use std::collections::BTreeSet;

const SCHEMA: &str = "touchmark.policy-canonical/1";

/// A policy, with its sets as sets and its lists in their order.
#[derive(Serialize)]
pub(super) struct Form<'p> {
    schema: &'static str,
    name: &'p str,
    version: &'p str,
    pub expires: Option<String>,
    owner: Option<&'p str>,
    approved_by: &'p [String],
    /// In the order in which they are tried.
    pub trust: Vec<AnchorForm<'p>>,
    /// The first of equals is a model's publisher.
    pub publishers: Vec<PublisherForm<'p>>,
    /// The first that grants what a claim needs is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attesters: Vec<AttesterForm<'p>>,
    /// The first that matches a signer is named.
    pub denied: Vec<DeniedForm<'p>>,
    pub crypto: CryptoForm,
    pub artifact: ArtifactForm<'p>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<RequirementForm<'p>>,
    /// The first that fits is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_summaries: Vec<SummaryForm<'p>>,
    #[serde(skip_serializing_if = "LineageForm::is_empty")]
    pub lineage: LineageForm,
    #[serde(skip_serializing_if = "ConflictsForm::is_empty")]
    pub conflicts: ConflictsForm,
    pub log: LogForm,
    pub freshness: FreshnessForm,
    #[serde(skip_serializing_if = "LedgerForm::is_empty")]
    pub ledger: LedgerForm<'p>,
    pub raise: BTreeSet<&'p str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<RiskForm<'p>>,
    /// In the order of promotion.
    pub stages: Vec<StageForm<'p>>,
    /// The first that excuses is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionForm<'p>>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct RiskForm<'p> {
    class: &'static str,
    models: BTreeSet<&'p str>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct ExceptionForm<'p> {
    id: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<&'p str>,
    subject: String,
    stages: BTreeSet<&'p str>,
    owner: &'p str,
    approved_by: &'p str,
    reason: &'p str,
    compensating: &'p [String],
    created: String,
    expires: String,
    warn_days: u32,
}

#[derive(Serialize, PartialEq)]
pub(super) struct AnchorForm<'p> {
    pub name: &'p str,
    kind: &'static str,
    /// In the order in which they are tried.
    files: Vec<String>,
    crls: Vec<String>,
    max_age_days: Option<u32>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct PublisherForm<'p> {
    pub id: &'p str,
    models: BTreeSet<&'p str>,
    pub trust: BTreeSet<&'p str>,
    pub identities: BTreeSet<IdentityForm<'p>>,
    /// Left out of a producer only, so that policies without roles keep their digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<&'static str>>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct AttesterForm<'p> {
    id: &'p str,
    trust: BTreeSet<&'p str>,
    identities: BTreeSet<IdentityForm<'p>>,
    roles: Vec<&'static str>,
    domains: BTreeSet<&'p str>,
    models: BTreeSet<&'p str>,
    valid_from: Option<String>,
    valid_until: Option<String>,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdentityForm<'p> {
    issuer: Option<&'p str>,
    subject: String,
}

#[derive(Serialize, PartialEq, Eq, Hash, Clone)]
pub(super) struct DeniedForm<'p> {
    subject: String,
    after: Option<String>,
    reason: Option<&'p str>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct CryptoForm {
    hash: BTreeSet<&'static str>,
    keys: BTreeSet<&'static str>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct ArtifactForm<'p> {
    ban_formats: BTreeSet<&'static str>,
    allow_ignore_paths: BTreeSet<&'p str>,
    allow_symlinks: bool,
    /// Left out where they are as without the keys, so that such policies keep their digests.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    allow_resign_at_ingest: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    dataset_deny: BTreeSet<&'p str>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    license_deny: BTreeSet<&'p str>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct LogForm {
    required: BTreeSet<&'static str>,
    /// Left out where it is as without the key, so that such policies keep their digests.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    accept_promise_only: bool,
}

#[derive(Serialize, PartialEq)]
pub(super) struct FreshnessForm {
    max_verification_age_days: u32,
    clock_skew_seconds: u32,
}

/// Left out where nothing is said, so that policies which ask for no checkpoints keep their digests.
#[derive(Serialize, PartialEq)]
pub(super) struct LedgerForm<'p> {
    max_unanchored_records: Option<u32>,
    max_unanchored_days: Option<u32>,
    trust: BTreeSet<&'p str>,
    identities: BTreeSet<IdentityForm<'p>>,
}

impl LedgerForm<'_> {
    fn is_empty(&self) -> bool {
        self.max_unanchored_records.is_none()
            && self.max_unanchored_days.is_none()
            && self.trust.is_empty()
            && self.identities.is_empty()
    }
}

#[derive(Serialize, PartialEq)]
pub(super) struct StageForm<'p> {
    name: &'p str,
    production: bool,
    min_level: u8,
    on_contradicted: &'static str,
    on_missing: &'static str,
    on_error: &'static str,
    on_unavailable: &'static str,
    /// Left out where it is as it is without the key, so that such policies keep their digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_partial: Option<&'static str>,
    /// Left out where it is as any part is.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_load_set: Option<&'static str>,
    require: BTreeSet<&'p str>,
    cached_digests_max_hours: Option<u32>,
    /// Left out where it is as it is without the key, so that such policies keep their digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    refuse_rejected: Option<bool>,
    /// Left out where it is not written: a policy that does not say it keeps its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    accept_cache: Option<&'static str>,
    /// These are left out where they are not written, for the same reason.
    #[serde(skip_serializing_if = "RiskLevelsForm::is_empty")]
    min_level_by_risk: RiskLevelsForm,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    require_claims: BTreeSet<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    break_glass: Option<BreakGlassForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ir_surface: Option<IrSurfaceForm<'p>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_evidence_profile: Option<EvidenceRuleForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    digest_basis: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    at: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_max_hours: Option<u32>,
}

#[derive(Serialize, PartialEq)]
struct RiskLevelsForm {
    minimal: Option<u8>,
    limited: Option<u8>,
    high: Option<u8>,
}

impl RiskLevelsForm {
    fn is_empty(&self) -> bool {
        self.minimal.is_none() && self.limited.is_none() && self.high.is_none()
    }
}

#[derive(Serialize, PartialEq)]
struct BreakGlassForm {
    approvers: u32,
    max_hours: u32,
    forbids: Vec<&'static str>,
}

#[derive(Serialize, PartialEq)]
struct EvidenceRuleForm {
    profiles: BTreeSet<&'static str>,
    min_retention_days: u32,
}

#[derive(Serialize, PartialEq)]
struct IrSurfaceForm<'p> {
    runbook: &'p str,
    evidence: BTreeSet<&'p str>,
    retention_days: Option<u32>,
}

impl Policy {
    /// Its canonical form (RFC 8785), from which [`Policy::digest`] is taken. It is not safe to print.
    ///
    /// # Errors
    /// `E-INTERNAL`, never in practice: a policy holds nothing that has no canonical form.
    pub fn canonical(&self) -> Result<Vec<u8>> {
        canonical(&Form::of(self))
            .map_err(|error| Error::new(Code::Internal, format!("a policy without canonical form: {error}")))
    }

    /// It again, with the digest of its canonical form.
    pub(super) fn sealed(self) -> Result<Self> {
        let digest = sha256_hex(&self.canonical()?);
        Ok(Policy { digest, ..self })
    }
}

// Each type is taken apart by all of its fields, so that a new one cannot be forgotten.
impl<'p> Form<'p> {
    pub fn of(policy: &'p Policy) -> Self {
        let Policy {
            name,
            version,
            expires,
            owner,
            approved_by,
            trust,
            publishers,
            attesters,
            denied,
            crypto: Crypto { hash, keys },
            artifact,
            requirements,
            summaries,
            lineage,
            conflicts,
            log: LogRules { required, accept_promise_only },
            ledger,
            freshness: Freshness { max_verification_age_days, clock_skew_seconds, any_age: _ },
            raise,
            risks,
            stages,
            exceptions,
            // They decide nothing.
            tests: _,
            expires_line: _,
            digest: _,
            file_digest: _,
            text: _,
            origin: _,
            base: _,
            below: _,
        } = policy;
        Form {
            schema: SCHEMA,
            name,
            version,
            expires: expires.map(|at| at.to_string()),
            owner: owner.as_deref(),
            approved_by,
            trust: trust.iter().map(anchor).collect(),
            publishers: publishers.iter().map(publisher).collect(),
            attesters: attesters.iter().map(attester).collect(),
            denied: denied.iter().map(denial).collect(),
            crypto: CryptoForm {
                hash: hash.iter().map(|hash| word(&HASHES, *hash)).collect(),
                keys: keys.iter().map(|kind| word(&KEYS, *kind)).collect(),
            },
            artifact: artifact_form(artifact),
            require: requirements.iter().map(RequirementForm::of).collect(),
            trusted_summaries: summaries.iter().map(SummaryForm::of).collect(),
            lineage: LineageForm::of(lineage),
            conflicts: ConflictsForm::of(conflicts),
            log: LogForm {
                required: required.iter().map(|method| word(&METHODS, *method)).collect(),
                accept_promise_only: *accept_promise_only,
            },
            freshness: FreshnessForm {
                max_verification_age_days: *max_verification_age_days,
                clock_skew_seconds: *clock_skew_seconds,
            },
            ledger: ledger_form(ledger),
            raise: set(raise),
            risks: risks.iter().map(risk).collect(),
            stages: stages.iter().map(stage).collect(),
            exceptions: exceptions.iter().map(exception).collect(),
        }
    }
}

fn artifact_form(artifact: &Artifact) -> ArtifactForm<'_> {
    let Artifact {
        ban_formats,
        allow_ignore_paths,
        allow_symlinks,
        allow_resign_at_ingest,
        dataset_deny,
        license_deny,
        // It says what stages do which say nothing themselves: theirs is what they do.
        partial_verification: _,
    } = artifact;
    ArtifactForm {
        ban_formats: ban_formats.iter().map(|format| word(&FORMATS, *format)).collect(),
        allow_ignore_paths: set(allow_ignore_paths),
        allow_symlinks: *allow_symlinks,
        allow_resign_at_ingest: *allow_resign_at_ingest,
        dataset_deny: dataset_deny.iter().map(|pattern| pattern.as_str()).collect(),
        license_deny: license_deny.iter().map(|pattern| pattern.as_str()).collect(),
    }
}

fn ledger_form(ledger: &LedgerRules) -> LedgerForm<'_> {
    let LedgerRules { max_unanchored_records, max_unanchored_days, trust, identities } = ledger;
    LedgerForm {
        max_unanchored_records: *max_unanchored_records,
        max_unanchored_days: *max_unanchored_days,
        trust: set(trust),
        identities: identities.iter().map(identity).collect(),
    }
}

fn set(texts: &[String]) -> BTreeSet<&str> {
    texts.iter().map(String::as_str).collect()
}

fn anchor(source: &AnchorSource) -> AnchorForm<'_> {
    let AnchorSource { name, kind, files, crls, max_age_days } = source;
    AnchorForm {
        name,
        kind: word(&KINDS, *kind),
        files: files.iter().map(|file| file.to_string_lossy().into_owned()).collect(),
        crls: crls.iter().map(|file| file.to_string_lossy().into_owned()).collect(),
        max_age_days: *max_age_days,
    }
}

fn publisher(publisher: &Publisher) -> PublisherForm<'_> {
    let Publisher { id, models, trust, identities, roles, valid_from, valid_until } = publisher;
    let producer: Few<Role> = vec![Role::Producer].into();
    PublisherForm {
        id,
        models: models.iter().map(|pattern| pattern.as_str()).collect(),
        trust: set(trust),
        identities: identities.iter().map(identity).collect(),
        roles: (*roles != producer).then(|| role_words(*roles)),
        valid_from: valid_from.map(|at| at.to_string()),
        valid_until: valid_until.map(|at| at.to_string()),
    }
}

/// In the order of the vocabulary, which is that of the set.
fn role_words(roles: Few<Role>) -> Vec<&'static str> {
    roles.iter().map(|role| word(&ROLES, role)).collect()
}

fn attester(attester: &Attester) -> AttesterForm<'_> {
    let Attester { id, trust, identities, roles, domains, models, valid_from, valid_until } = attester;
    AttesterForm {
        id,
        trust: set(trust),
        identities: identities.iter().map(identity).collect(),
        roles: role_words(*roles),
        domains: set(domains),
        models: models.iter().map(|pattern| pattern.as_str()).collect(),
        valid_from: valid_from.map(|at| at.to_string()),
        valid_until: valid_until.map(|at| at.to_string()),
    }
}

fn identity(pattern: &IdentityPattern) -> IdentityForm<'_> {
    let IdentityPattern { issuer, subject } = pattern;
    IdentityForm { issuer: issuer.as_deref(), subject: subject.as_written() }
}

fn denial(denied: &DenyIdentity) -> DeniedForm<'_> {
    let DenyIdentity { subject, after, reason } = denied;
    DeniedForm {
        subject: subject.as_written(),
        after: after.map(|at| at.to_string()),
        reason: reason.as_deref(),
    }
}

fn stage(stage: &Stage) -> StageForm<'_> {
    let Stage {
        name,
        production,
        min_level,
        on_contradicted,
        on_missing,
        on_error,
        on_unavailable,
        cached_max_hours,
        on_partial,
        on_load_set,
        require_controls,
        cached_digests_max_hours,
        refuse_rejected,
        accept_cache,
        min_level_by_risk: RiskLevels { minimal, limited, high },
        require_claims,
        break_glass,
        ir_surface,
        require_evidence_profile,
        digest_basis,
        at,
        from,
    } = stage;
    StageForm {
        name,
        production: *production,
        min_level: *min_level,
        on_contradicted: word(&ACTIONS, *on_contradicted),
        on_missing: word(&ACTIONS, *on_missing),
        on_error: word(&ACTIONS, *on_error),
        on_unavailable: word(&UNAVAILABLE, cached_max_hours.is_none().then_some(*on_unavailable)),
        on_partial: (*on_partial != Action::Closed).then(|| word(&ACTIONS, *on_partial)),
        on_load_set: (on_load_set != on_partial).then(|| word(&ACTIONS, *on_load_set)),
        require: set(require_controls),
        cached_digests_max_hours: *cached_digests_max_hours,
        refuse_rejected: (refuse_rejected != production).then_some(*refuse_rejected),
        accept_cache: accept_cache.map(|accept| word(&ACCEPT_CACHE, accept)),
        min_level_by_risk: RiskLevelsForm { minimal: *minimal, limited: *limited, high: *high },
        require_claims: set(require_claims),
        break_glass: break_glass.as_ref().map(glass),
        ir_surface: ir_surface.as_ref().map(surface),
        require_evidence_profile: require_evidence_profile.as_ref().map(evidence_rule),
        digest_basis: digest_basis.iter().map(|basis| word(&DigestBasis::WORDS, basis)).collect(),
        at: at.iter().map(|moment| word(&Moment::WORDS, moment)).collect(),
        from: from.as_deref(),
        cached_max_hours: *cached_max_hours,
    }
}

fn glass(glass: &BreakGlass) -> BreakGlassForm {
    let BreakGlass { approvers, max_hours, forbids } = glass;
    let forbids = forbids.iter().map(|class| word(&CLASSES, class)).collect();
    BreakGlassForm { approvers: *approvers, max_hours: *max_hours, forbids }
}

fn evidence_rule(rule: &EvidenceRule) -> EvidenceRuleForm {
    let EvidenceRule { profiles, min_retention_days } = rule;
    EvidenceRuleForm { profiles: profiles.iter().copied().collect(), min_retention_days: *min_retention_days }
}

fn surface(surface: &IrSurface) -> IrSurfaceForm<'_> {
    let IrSurface { runbook, evidence, retention_days } = surface;
    IrSurfaceForm { runbook, evidence: set(evidence), retention_days: *retention_days }
}

fn risk(rule: &RiskRule) -> RiskForm<'_> {
    let RiskRule { class, models } = rule;
    RiskForm { class: word(&RISKS, *class), models: models.iter().map(|pattern| pattern.as_str()).collect() }
}

fn exception(exception: &Exception) -> ExceptionForm<'_> {
    let Exception {
        id,
        excuses,
        subject,
        stages,
        owner,
        approved_by,
        reason,
        compensating,
        created,
        expires,
        warn_days,
    } = exception;
    let (control, requirement) = match excuses {
        Excused::Requirement(id) => (None, Some(id.as_str())),
        Excused::Control(_) | Excused::Ancestors => (Some(excuses.as_str()), None),
    };
    ExceptionForm {
        id,
        control,
        requirement,
        subject: subject.as_written(),
        stages: set(stages),
        owner,
        approved_by,
        reason,
        compensating,
        created: created.to_string(),
        expires: expires.to_string(),
        warn_days: *warn_days,
    }
}
