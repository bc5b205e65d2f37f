//! A report on a policy as a document: what it asks at each stage, what it comes to for the models of the report, whom it
//! trusts with what, its exceptions, and who changed it when. Nothing is judged here.

use super::incident_report::ReportPeriod;
use super::maturity_report::{Population, ReportAbout, ReportInputs, ReportedMapping, exceptions, inputs_of};
use super::names;
use super::policy_exceptions::ExceptionDocument;
use super::policy_explain::IdentityDocument;
use super::policy_lint::LintFindingDocument;
use crate::decision::{ChangedDecisions, Decision, RecordRef, digest_of};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::maturity::SCOPE;
use crate::policy::lint::Lint;
use crate::policy::{
    Action, DenyIdentity, IdentityPattern, Moment, Policy, Publisher, Risk, Role, Severity, Stage,
};
use crate::progress::Progress;
use crate::signing::{Outcome, RootDigest};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use crate::view::activity::{Activity, GateWords, PolicyChanged};
use crate::view::excepted::Excepted;
use crate::view::ruled::{ModelRuled, PublisherRuled, ReasonCount, Ruled, StageRuled};
use crate::view::{AnchorInfo, Survey, View};
use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A report on the policy of a workspace.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyReportDocument<'a> {
    /// The document's name.
    pub schema: names::ReportPolicy,
    /// Which models it is about.
    pub about: ReportAbout<'a>,
    /// What a level is about, and what it is not.
    pub scope: &'static str,
    /// What all of it rests on, by digest.
    pub rests_on: ReportInputs<'a>,
    /// The models that it covers, and those that it does not.
    pub population: Population,
    /// The policy's own head.
    pub policy: ReportedPolicy<'a>,
    /// The stages, in the order of the policy: what each asks, and what that comes to.
    pub stages: Vec<ReportedStage<'a>>,
    /// Whom the policy trusts as roots.
    pub anchors: Vec<ReportedAnchor<'a>>,
    /// Who may sign which models.
    pub publishers: Vec<ReportedPublisher<'a>>,
    /// How many models no publisher of the policy has.
    pub unowned: usize,
    /// Who may make claims about models of others.
    pub attesters: Vec<ReportedAttester<'a>>,
    /// Who is denied.
    pub denied: Vec<ReportedDenied<'a>>,
    /// What claims must state.
    pub requirements: Vec<ReportedRequirement<'a>>,
    /// The exceptions, with how many models of the report they are for, by their ends.
    pub exceptions: Vec<ExceptionDocument<'a>>,
    /// What is valid in the policy and probably not meant.
    pub findings: Vec<LintFindingDocument<'a>>,
    /// Codes of the linter's rules that were not examined for this report.
    pub not_examined: Vec<&'static str>,
    /// The period of what follows; absent for all that is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<ReportPeriod>,
    /// Changes of the policy that were recorded, oldest first.
    pub changes: Vec<ReportedChange<'a>>,
    /// What gates said, by stage.
    pub gates: &'a BTreeMap<String, GateWords>,
    /// Records of the period that an earlier version wrote and that are not counted.
    pub unread: usize,
    /// To which clauses of laws and standards the evidence is relevant. Nothing here says that a clause is met.
    pub relevant_to: Vec<ReportedMapping<'a>>,
    /// The models, by id, each with what every stage comes to.
    pub models: Vec<DecidedModel<'a>>,
}

/// The head of a policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedPolicy<'a> {
    /// Its version, as it says.
    pub version: &'a str,
    /// Who answers for it, as it says.
    pub owner: Option<&'a str>,
    /// Who approved it, as it says.
    pub approved_by: &'a [String],
    /// From when on it is an error to use it.
    pub expires: Option<Timestamp>,
    /// The name of the policy that it extends.
    pub extends: Option<&'a str>,
    /// What became of its own signature.
    pub signature: Outcome,
    /// The same in words.
    pub signed: String,
    /// How many tests it brings along. `touchmark policy test` runs them.
    pub tests: usize,
}

/// A stage.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedStage<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is production.
    pub production: bool,
    /// The level that it asks of every model.
    pub min_level: u8,
    /// Higher levels by the risk of a model's use.
    pub min_level_by_risk: BTreeMap<&'static str, u8>,
    /// What it does on each class of evidence.
    pub on: BTreeMap<&'static str, Action>,
    /// Controls that must pass beside those of the level.
    pub requires_controls: &'a [String],
    /// Requirements that claims must meet.
    pub requires_claims: &'a [String],
    /// The evidence profiles that have to be logged wherever a model runs at it.
    pub evidence_profiles: Vec<&'static str>,
    /// The stage that must have let in the same bytes before.
    pub from: Option<&'a str>,
    /// When its gate is asked; empty: at any time.
    pub at: Vec<&'static str>,
    /// How many accounts can let in for some hours what it refuses; none: nobody.
    pub break_glass_approvers: Option<u32>,
    /// How many models are admitted.
    pub admit: usize,
    /// How many models are let in after somebody acknowledged a warning.
    pub warn: usize,
    /// How many models are refused.
    pub refuse: usize,
    /// Of how many models nothing was decided.
    pub not_judged: usize,
    /// What stands in the way of models that were judged: what refuses first, then what concerns most models.
    pub reasons: &'a [ReasonCount],
}

/// A trust anchor.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedAnchor<'a> {
    /// What is known of it.
    #[serde(flatten)]
    pub anchor: &'a AnchorInfo,
    /// How many models have a signature that it proves.
    pub models: usize,
}

/// A publisher.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedPublisher<'a> {
    /// Its id.
    pub id: &'a str,
    /// The patterns of its models.
    pub patterns: Vec<&'a str>,
    /// Names of its anchors.
    pub trust: &'a [String],
    /// Its identities; empty: whoever the anchors stand for.
    pub identities: Vec<IdentityDocument<'a>>,
    /// What it may claim.
    pub roles: Vec<Role>,
    /// Since when the grant is in force, where that is limited.
    pub valid_from: Option<Timestamp>,
    /// Until when.
    pub valid_until: Option<Timestamp>,
    /// What it comes to.
    #[serde(flatten)]
    pub counts: PublisherRuled,
}

/// An attester.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedAttester<'a> {
    /// Its id.
    pub id: &'a str,
    /// Names of its anchors.
    pub trust: &'a [String],
    /// Its identities.
    pub identities: Vec<IdentityDocument<'a>>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// How many of its claims count.
    pub claims: usize,
}

/// An identity that is denied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedDenied<'a> {
    /// The subject, as the policy writes it.
    pub subject: String,
    /// Signatures with an earlier trusted time still count.
    pub after: Option<Timestamp>,
    /// Why.
    pub reason: Option<&'a str>,
    /// How many models are kept out by it.
    pub models: usize,
}

/// A requirement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedRequirement<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its predicate.
    pub predicate: &'a str,
    /// Whether it binds.
    pub severity: Severity,
    /// What the claims of how many models come to.
    pub outcomes: BTreeMap<&'static str, usize>,
}

/// A change of the policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedChange<'a> {
    /// The record.
    pub record: RecordRef,
    /// When it was recorded.
    pub at: Timestamp,
    /// The account.
    pub account: Untrusted,
    /// The file.
    pub file: &'a ModelId,
    /// Why, as they said.
    pub reason: &'a Untrusted,
    /// The digest of the policy before.
    pub before: &'a str,
    /// The digest of the policy since.
    pub after: &'a str,
    /// The stage that was judged for.
    pub stage: &'a str,
    /// Models that were decided upon.
    pub models: usize,
    /// How many are decided otherwise since, by what they were and are.
    pub changed: &'a [ChangedDecisions],
}

/// A model, and what every stage comes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecidedModel<'a> {
    /// Its id.
    pub id: &'a ModelId,
    /// The root digest of the files that were verified; none where none was computed, or they changed since.
    pub root_digest: Option<RootDigest>,
    /// The publisher that owns it; none: no pattern of the policy matches.
    pub publisher: Option<&'a str>,
    /// At each stage, in the order of the policy.
    pub stages: Vec<DecidedStage<'a>>,
    /// Digest of what is known of it; none where it cannot be named.
    pub evidence: Option<EvidenceDigest>,
}

/// What a stage comes to for a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecidedStage<'a> {
    /// The stage.
    pub stage: &'a str,
    /// What it comes to.
    #[serde(flatten)]
    pub ruled: &'a ModelRuled,
}

/// What a report on a policy is made from.
#[derive(Debug, Clone, Copy)]
pub struct PolicyFigures<'a> {
    /// The figures of the inventory, with the digests that they rest on.
    pub survey: &'a Survey,
    /// What the policy comes to.
    pub ruled: &'a Ruled,
    /// The exceptions.
    pub excepted: &'a [Excepted],
    /// What the linter found.
    pub lint: &'a Lint,
    /// What was recorded.
    pub activity: &'a Activity,
    /// In which period; none: all of it.
    pub period: Option<ReportPeriod>,
}

fn identities(all: &[IdentityPattern]) -> Vec<IdentityDocument<'_>> {
    all.iter().map(IdentityDocument::from).collect()
}

impl<'a> PolicyReportDocument<'a> {
    /// Of the policy in force, for models by their indices. `filter` says in words which they are.
    ///
    /// # Errors
    /// `E-INTERNAL` when the figures do not name what they rest on; `E-CANCELLED` when somebody asked to stop.
    pub fn of(
        view: &'a View,
        about: ReportAbout<'a>,
        (models, filter): (&[usize], &str),
        figures: PolicyFigures<'a>,
        progress: &Progress,
    ) -> Result<Self> {
        let PolicyFigures { survey, ruled, excepted, lint, activity, period } = figures;
        let policy = &view.policy;
        let decided = |(place, index): (usize, &usize)| match progress.check() {
            Ok(()) => DecidedModel::of(view, *index, ruled, place).map(Ok),
            Err(error) => Some(Err(error)),
        };
        let zipped = |many: &'a [usize]| many.iter().copied();
        let stages = policy.stages.iter().zip(&ruled.stages);
        let anchors = view.anchors.iter().map(|anchor| {
            let place = policy.trust.iter().position(|one| one.name == anchor.name);
            let models = place.and_then(|place| ruled.anchors.get(place)).copied().unwrap_or_default();
            ReportedAnchor { anchor, models }
        });
        let publishers = policy.publishers.iter().zip(&ruled.publishers);
        let attesters = policy.attesters.iter().zip(zipped(&ruled.attesters));
        let denied = policy.denied.iter().zip(zipped(&ruled.denied));
        let requirements = policy.requirements.iter().zip(&ruled.requirements);
        Ok(PolicyReportDocument {
            schema: names::ReportPolicy,
            about,
            scope: SCOPE,
            rests_on: ReportInputs::of(view, inputs_of(survey)?),
            population: Population::of(survey, filter),
            policy: ReportedPolicy::of(view),
            stages: stages.map(|(stage, of)| ReportedStage::of(stage, of)).collect(),
            anchors: anchors.collect(),
            publishers: publishers
                .map(|(publisher, counts)| ReportedPublisher::of(publisher, *counts))
                .collect(),
            unowned: ruled.unowned,
            attesters: attesters
                .map(|(attester, claims)| ReportedAttester {
                    id: &attester.id,
                    trust: &attester.trust,
                    identities: identities(&attester.identities),
                    roles: attester.roles.iter().collect(),
                    claims,
                })
                .collect(),
            denied: denied.map(|(denied, models)| ReportedDenied::of(denied, models)).collect(),
            requirements: requirements
                .map(|(requirement, outcomes)| ReportedRequirement {
                    id: &requirement.id,
                    predicate: &requirement.predicate,
                    severity: requirement.severity,
                    outcomes: outcomes.iter().map(|(outcome, many)| (outcome.word(), *many)).collect(),
                })
                .collect(),
            exceptions: exceptions(excepted),
            findings: lint.findings.iter().map(LintFindingDocument::from).collect(),
            not_examined: lint.not_examined.iter().map(|rule| rule.code).collect(),
            period,
            changes: activity.changes.iter().map(ReportedChange::of).collect(),
            gates: &activity.gates,
            unread: activity.unread,
            relevant_to: ReportedMapping::all(&view.rubric),
            models: models.par_iter().enumerate().filter_map(decided).collect::<Result<_>>()?,
        })
    }
}

impl<'a> ReportedPolicy<'a> {
    fn of(view: &'a View) -> Self {
        let policy: &Policy = &view.policy;
        let (signature, signed) = crate::words::seal::seal(&view.seal);
        ReportedPolicy {
            version: &policy.version,
            owner: policy.owner.as_deref(),
            approved_by: &policy.approved_by,
            expires: policy.expires,
            extends: policy.below.as_ref().map(|below| below.name.as_str()),
            signature,
            signed,
            tests: policy.tests.len(),
        }
    }
}

impl<'a> ReportedStage<'a> {
    fn of(stage: &'a Stage, ruled: &'a StageRuled) -> Self {
        let many = |decision| ruled.decided.get(&decision).copied().unwrap_or_default();
        let risks = [("minimal", Risk::Minimal), ("limited", Risk::Limited), ("high", Risk::High)];
        let by_risk =
            risks.into_iter().filter_map(|(word, risk)| Some((word, stage.min_level_by_risk.of(risk)?)));
        let on = [
            ("contradicted", stage.on_contradicted),
            ("missing", stage.on_missing),
            ("error", stage.on_error),
            ("unavailable", stage.on_unavailable),
            ("partial", stage.on_partial),
        ];
        let at = Moment::WORDS.iter().filter(|(_, moment)| stage.at.contains(*moment));
        let logged = stage.require_evidence_profile.iter().flat_map(|rule| rule.profiles.iter().copied());
        ReportedStage {
            name: &stage.name,
            production: stage.production,
            min_level: stage.min_level,
            min_level_by_risk: by_risk.collect(),
            on: on.into_iter().collect(),
            requires_controls: &stage.require_controls,
            requires_claims: &stage.require_claims,
            evidence_profiles: logged.collect(),
            from: stage.from.as_deref(),
            at: at.map(|(word, _)| *word).collect(),
            break_glass_approvers: stage.break_glass.as_ref().map(|glass| glass.approvers),
            admit: many(Decision::Admit),
            warn: many(Decision::Warn),
            refuse: many(Decision::Refuse),
            not_judged: many(Decision::NotJudged),
            reasons: &ruled.reasons,
        }
    }
}

impl<'a> ReportedPublisher<'a> {
    fn of(publisher: &'a Publisher, counts: PublisherRuled) -> Self {
        ReportedPublisher {
            id: &publisher.id,
            patterns: publisher.models.iter().map(|pattern| pattern.as_str()).collect(),
            trust: &publisher.trust,
            identities: identities(&publisher.identities),
            roles: publisher.roles.iter().collect(),
            valid_from: publisher.valid_from,
            valid_until: publisher.valid_until,
            counts,
        }
    }
}

impl<'a> ReportedDenied<'a> {
    fn of(denied: &'a DenyIdentity, models: usize) -> Self {
        ReportedDenied {
            subject: denied.subject.as_written(),
            after: denied.after,
            reason: denied.reason.as_deref(),
            models,
        }
    }
}

impl<'a> ReportedChange<'a> {
    fn of(changed: &'a PolicyChanged) -> Self {
        let PolicyChanged { record, file, change } = changed;
        ReportedChange {
            record: *record,
            at: change.made.recorded,
            account: change.made.by.shown(),
            file,
            reason: &change.reason,
            before: &change.before.digest,
            after: &change.after.digest,
            stage: &change.stage,
            models: change.models,
            changed: &change.changed,
        }
    }
}

impl<'a> DecidedModel<'a> {
    /// Of the model of an index, which is at this place among those of the figures.
    fn of(view: &'a View, index: usize, ruled: &'a Ruled, place: usize) -> Option<Self> {
        let model = view.models.get(index)?;
        let standing = view.standing(index).map(|verified| &verified.verification);
        let line = view.evidence_line(index).ok().flatten();
        let stage = |of: &'a StageRuled| {
            let ruled = of.models.get(place)?.as_ref()?;
            Some(DecidedStage { stage: &of.stage, ruled })
        };
        Some(DecidedModel {
            id: &model.id,
            root_digest: standing.and_then(|verification| verification.root_digest),
            publisher: view.policy.publisher_of(model.id.raw()).map(|publisher| publisher.id.as_str()),
            stages: ruled.stages.iter().filter_map(stage).collect(),
            evidence: line.and_then(|line| digest_of(&line).ok()),
        })
    }
}
