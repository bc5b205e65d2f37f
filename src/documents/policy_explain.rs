//! Which rules of the policy concern a model, as a document.

use super::names;
use super::policy_suggest::UnjudgedDocument;
use crate::decision::{Decision, Reason};
use crate::inventory::ModelId;
use crate::policy::{IdentityPattern, ModelPattern, Risk, Role, Severity, Term, Window};
use crate::signing::{CheckCode, Identity, Outcome};
use crate::view::explained::{Claimant, Demand, Explained, Owner, Signer};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The rules that concern a model, and what each comes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyExplainDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyExplain,
    /// The model.
    pub model: &'a ModelId,
    /// The publisher that owns it; none: no pattern of the policy matches.
    pub publisher: Option<OwnerDocument<'a>>,
    /// Who signed it; none: not known.
    pub signer: Option<SignerDocument<'a>>,
    /// The attesters that may make claims about it.
    pub attesters: Vec<ClaimantDocument<'a>>,
    /// The requirements of the policy.
    pub requirements: Vec<DemandDocument<'a>>,
    /// The exceptions that name it, at any stage and time.
    pub exceptions: Vec<ExceptionDocument<'a>>,
    /// The stage.
    pub stage: StageDocument<'a>,
    /// Why nothing was decided about it, and what to do first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unjudged: Option<UnjudgedDocument>,
    /// What was decided at the stage.
    pub decision: Decision,
    /// Its own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// The reasons, worst first.
    pub reasons: &'a [Reason],
}

/// The publisher of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OwnerDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its pattern that matches.
    pub pattern: Option<&'a str>,
    /// Names of its anchors.
    pub trust: &'a [String],
    /// Its identities.
    pub identities: Vec<IdentityDocument<'a>>,
    /// What it may claim.
    pub roles: Vec<Role>,
    /// Whether its grant is in force now.
    pub in_force: bool,
}

/// An identity of the policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IdentityDocument<'a> {
    /// The subject, as the policy writes it.
    pub subject: String,
    /// The issuer.
    pub issuer: Option<&'a str>,
}

/// The signer of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SignerDocument<'a> {
    /// Who.
    pub identity: &'a Identity,
    /// The name of the anchor that proves it; none: nothing does.
    pub anchor: Option<&'a str>,
    /// The trusted time of the signature.
    pub signed_at: Option<Timestamp>,
    /// The publisher's identity that it is.
    pub granted: Option<IdentityDocument<'a>>,
    /// The subject of the rule that denies it.
    pub denied: Option<String>,
    /// What the check IDENTITY comes to.
    pub identity_check: Option<CheckedDocument>,
    /// What the check POLICY comes to.
    pub policy_check: Option<CheckedDocument>,
}

/// What a check comes to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckedDocument {
    /// Its code.
    pub code: CheckCode,
    /// Its outcome.
    pub outcome: Outcome,
}

/// An attester that may make claims about a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClaimantDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its roles.
    pub roles: Vec<Role>,
    /// How many claims of its are known.
    pub claims: usize,
}

/// A requirement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DemandDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its predicate.
    pub predicate: &'a str,
    /// Whether it binds.
    pub severity: Severity,
    /// What the claims of the model come to.
    pub outcome: Outcome,
    /// Whether any claim is about its predicate.
    pub claimed: bool,
}

/// An exception.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExceptionDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// What may be missing.
    pub excuses: &'a str,
    /// The stages.
    pub stages: &'a [String],
    /// Whether it is in force now.
    pub in_force: bool,
    /// When it ends.
    pub expires: Timestamp,
}

/// The stage.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StageDocument<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is production.
    pub production: bool,
    /// The level that it requires of the model.
    pub min_level: u8,
    /// The risk of the model's use.
    pub risk: Option<Risk>,
    /// The controls and requirements that must be met there.
    pub requires: Vec<&'a str>,
    /// The evidence profiles that have to be logged wherever the model runs.
    pub evidence_profiles: &'a [&'static str],
    /// For how many days; none where none has to be.
    pub min_retention_days: Option<u32>,
}

impl<'a> PolicyExplainDocument<'a> {
    /// Of the rules that concern a model.
    pub fn of(explained: &'a Explained<'a>) -> Self {
        let Explained { model, attesters, requirements, exceptions, verdict, stage, .. } = explained;
        let requires =
            stage.iter().flat_map(|stage| stage.require_controls.iter().chain(&stage.require_claims));
        let logged = stage.and_then(|stage| stage.require_evidence_profile.as_ref());
        PolicyExplainDocument {
            schema: names::PolicyExplain,
            model,
            publisher: explained.publisher.as_ref().map(OwnerDocument::from),
            signer: explained.signer.as_ref().map(SignerDocument::from),
            attesters: attesters.iter().map(ClaimantDocument::from).collect(),
            requirements: requirements.iter().map(DemandDocument::from).collect(),
            exceptions: exceptions
                .iter()
                .map(|(exception, term)| ExceptionDocument {
                    id: &exception.id,
                    excuses: exception.excuses.as_str(),
                    stages: &exception.stages,
                    in_force: matches!(term, Term::Running | Term::EndsSoon),
                    expires: exception.expires,
                })
                .collect(),
            stage: StageDocument {
                name: &verdict.stage,
                production: stage.is_some_and(|stage| stage.production),
                min_level: explained.min_level,
                risk: explained.risk,
                requires: requires.map(String::as_str).collect(),
                evidence_profiles: logged.map(|rule| rule.profiles.as_slice()).unwrap_or_default(),
                min_retention_days: logged.map(|rule| rule.min_retention_days),
            },
            unjudged: explained.unjudged.map(|why| UnjudgedDocument::of(why, model)),
            decision: verdict.decision,
            own: verdict.assessment.score.own,
            effective: verdict.effective,
            reasons: &verdict.reasons,
        }
    }
}

impl<'a> From<&Owner<'a>> for OwnerDocument<'a> {
    fn from(Owner { publisher, pattern, now }: &Owner<'a>) -> Self {
        OwnerDocument {
            id: &publisher.id,
            pattern: pattern.map(ModelPattern::as_str),
            trust: &publisher.trust,
            identities: publisher.identities.iter().map(IdentityDocument::from).collect(),
            roles: publisher.roles.iter().collect(),
            in_force: *now == Window::Inside,
        }
    }
}

impl<'a> From<&'a IdentityPattern> for IdentityDocument<'a> {
    fn from(identity: &'a IdentityPattern) -> Self {
        IdentityDocument { subject: identity.subject.as_written(), issuer: identity.issuer.as_deref() }
    }
}

impl<'a> From<&Signer<'a>> for SignerDocument<'a> {
    fn from(signer: &Signer<'a>) -> Self {
        let checked = |check: Option<(CheckCode, Outcome)>| {
            check.map(|(code, outcome)| CheckedDocument { code, outcome })
        };
        SignerDocument {
            identity: signer.identity,
            anchor: signer.anchor.map(|anchor| anchor.name.as_str()),
            signed_at: signer.signed_at,
            granted: signer.granted.map(IdentityDocument::from),
            denied: signer.denied.map(|denied| denied.subject.as_written()),
            identity_check: checked(signer.identity_check),
            policy_check: checked(signer.policy_check),
        }
    }
}

impl<'a> From<&Claimant<'a>> for ClaimantDocument<'a> {
    fn from(Claimant { attester, claims }: &Claimant<'a>) -> Self {
        ClaimantDocument { id: &attester.id, roles: attester.roles.iter().collect(), claims: *claims }
    }
}

impl<'a> From<&Demand<'a>> for DemandDocument<'a> {
    fn from(demand: &Demand<'a>) -> Self {
        let requirement = demand.requirement;
        DemandDocument {
            id: &requirement.id,
            predicate: &requirement.predicate,
            severity: requirement.severity,
            outcome: demand.outcome(),
            claimed: demand.met.is_some(),
        }
    }
}
