//! Verdicts: own and effective level, cap, and the decision at a stage.

use super::family::{Cap, Descent, Family};
use crate::inventory::{Model, ModelId};
use crate::lineage::Graph;
use crate::maturity::{Assessment, CapNode, CapState, Evidence, Musts, Rubric, assess};
use crate::policy::{Action, Class, Policy, Stage};
use crate::signing::{Check, Outcome, Recalled, Stage as CheckStage, Verification};
use crate::text::{Untrusted, count};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::sync::Arc;

/// What a policy says of a model at a stage (rulings 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Let it in.
    Admit,
    /// Let it in when somebody acknowledges the warning.
    Warn,
    /// Keep it out.
    Refuse,
}

impl Decision {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Admit => "admit",
            Decision::Warn => "warn",
            Decision::Refuse => "refuse",
        }
    }
}

/// What a reason says; may quote the model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReasonText {
    /// In words.
    Words(Untrusted),
    /// That lineage caps it, and why.
    Cap(Cap),
}

/// One reason of a decision, worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A control id (`L1.03`) or `LEVEL` or `CAP`.
    pub code: String,
    /// Its class; none for information (the reason of a cap).
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// What it is.
    pub text: ReasonText,
    /// What would lift it.
    pub remedy: String,
}

/// Everything that is concluded of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The model.
    pub model: ModelId,
    /// The controls and own score.
    pub assessment: Assessment,
    /// The level after the caps.
    pub effective: u8,
    /// Why it is below the own level.
    pub cap: Option<Cap>,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
    /// Digests that were not computed at the verification: the level rests on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<Recalled>,
    /// The stage judged for.
    pub stage: String,
    /// The decision.
    pub decision: Decision,
    /// The reasons, worst first.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    /// What a level has to be told with when not all digests were computed at the verification, else nothing:
    /// ` (cached, since 2026-11-02T09:00:00Z)`.
    pub fn adjective(&self) -> String {
        self.cached.map(|cached| format!(" (cached, since {})", cached.oldest)).unwrap_or_default()
    }

    /// The reasons, worst first; controls that say the same and want the same are told together, by their codes.
    pub fn told(&self) -> Vec<(Vec<&str>, &Reason)> {
        let mut told: Vec<(Vec<&str>, &Reason)> = Vec::new();
        for reason in &self.reasons {
            let same = |other: &&mut (Vec<&str>, &Reason)| {
                (&other.1.text, &other.1.remedy, other.1.class)
                    == (&reason.text, &reason.remedy, reason.class)
            };
            match told.iter_mut().find(same) {
                Some((codes, _)) => codes.push(&reason.code),
                None => told.push((vec![&reason.code], reason)),
            }
        }
        told
    }
}

/// What is known of a model's verification: as recorded with the policy applied, and the digest of the policy under
/// which it was recorded.
pub type Known<'a> = Option<(&'a Verification, &'a str)>;

/// Everything a verdict depends on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The inventory.
    pub models: &'a [Model],
    /// The graph that was built from these models.
    pub graph: &'a Graph,
    /// The latest verification of the model of an index.
    pub verified: &'a (dyn Fn(usize) -> Known<'a> + Sync),
    /// The policy.
    pub policy: &'a Policy,
    /// The stage's name.
    pub stage: &'a str,
    /// The rubric.
    pub rubric: &'a Rubric,
    /// When.
    pub now: jiff::Timestamp,
}

/// What tables show of a model; the rest of its verdict is made when somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Own level.
    pub own: u8,
    /// The level after the caps.
    pub effective: u8,
    /// Whether a contradiction, its own or an ancestor's, taints it.
    pub tainted: bool,
    /// The decision at the stage.
    pub decision: Decision,
}

/// The judgement of a whole inventory: where every model stands, and what its verdict is made from.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    standings: Vec<Standing>,
    family: Family,
}

impl Judgement {
    /// Judges every model. Pure and deterministic: the order of the models does not matter to any verdict. A stage
    /// that the policy does not know refuses everything.
    pub fn of(input: &Input<'_>) -> Self {
        Judgement::within(Arc::new(Descent::of(input.graph)), input)
    }

    /// The same, with what follows from the input's graph alone, for who has it from an earlier judgement.
    pub fn within(descent: Arc<Descent>, input: &Input<'_>) -> Self {
        let stage = input.policy.stage(input.stage);
        let musts = Musts::of(input.rubric, &input.policy.raise);
        let own: Vec<Own> =
            input.models.par_iter().enumerate().map(|(at, _)| Own::of(input, &musts, stage, at)).collect();
        let family = Family::of(descent, |at| Some(own.get(at)?.as_ancestor(input.models.get(at)?)));
        let standing = |(at, own): (usize, &Own)| {
            let (effective, tainted) = family.level(at);
            let cap = stage.and_then(|stage| family.weighs(stage, at));
            let worst = own.worst.max(cap.map(|class| action_on(stage, class)));
            Standing { own: own.level, effective, tainted, decision: decision(worst) }
        };
        let standings = own.iter().enumerate().map(standing).collect();
        Judgement { standings, family }
    }

    /// What followed from the graph alone.
    pub fn descent(&self) -> &Arc<Descent> {
        self.family.descent()
    }

    /// Where the model of an index stands.
    pub fn standing(&self, index: usize) -> Option<Standing> {
        self.standings.get(index).copied()
    }

    /// Where all stand, in the order of the models.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Why the level is below the model's own.
    pub fn cap(&self, input: &Input<'_>, index: usize) -> Option<Cap> {
        self.family.cap(input.graph, index)
    }

    /// The whole verdict of one model, from the input that was judged.
    pub fn verdict(&self, input: &Input<'_>, index: usize) -> Option<Verdict> {
        let (standing, model) = (self.standing(index)?, input.models.get(index)?);
        let musts = Musts::of(input.rubric, &input.policy.raise);
        let assessment = assessed(input, &musts, index);
        let verification = (input.verified)(index).map(|(verification, _)| verification);
        let stage = input.policy.stage(input.stage);
        let mut reasons = own_reasons(input, &musts, stage, &assessment, verification);
        let cap = self.cap(input, index);
        let class = stage.and_then(|stage| self.family.weighs(stage, index));
        reasons.extend(class.map(|class| Reason {
            code: "CAP".to_owned(),
            class,
            action: action_on(stage, class),
            text: ReasonText::Cap(cap.clone().unwrap_or_default()),
            remedy: "have the ancestors signed and verified, or build on others".to_owned(),
        }));
        let order = |reason: &Reason| (Reverse(reason.action), reason.class.is_none(), reason.class);
        reasons.sort_by(|a, b| {
            order(a).cmp(&order(b)).then_with(|| (&a.code, &a.text).cmp(&(&b.code, &b.text)))
        });
        Some(Verdict {
            model: model.id.clone(),
            assessment,
            effective: standing.effective,
            cap,
            tainted: standing.tainted,
            cached: verification.and_then(|verification| verification.files.recalled),
            stage: input.stage.to_owned(),
            decision: standing.decision,
            reasons,
        })
    }
}

/// The verdicts of all models, in their order. For many models ask [`Judgement`] for those that are looked at.
pub fn evaluate(input: &Input<'_>) -> Vec<Verdict> {
    let judgement = Judgement::of(input);
    (0..input.models.len()).filter_map(|index| judgement.verdict(input, index)).collect()
}

fn assessed(input: &Input<'_>, musts: &Musts, index: usize) -> Assessment {
    let Some(model) = input.models.get(index) else { return Assessment::default() };
    let known = (input.verified)(index);
    let evidence = Evidence {
        model,
        verification: known.map(|(verification, _)| verification),
        policy: input.policy,
        verified_under: known.map(|(_, digest)| digest),
        now: input.now,
    };
    assess(&evidence, input.rubric, musts)
}

/// Whether a model's own evidence contradicts: what taints descendants. What a policy bans is no contradiction of
/// evidence: it is a reason of its own and says nothing of what was made from the model.
fn contradicts(verification: Option<&Verification>) -> bool {
    let contradicts = |check: &Check| check.outcome == Outcome::Fail && check.stage != CheckStage::Policy;
    verification.is_some_and(|verification| verification.checks.iter().any(contradicts))
}

fn action_on(stage: Option<&Stage>, class: Option<Class>) -> Action {
    stage.zip(class).map_or(Action::Open, |(stage, class)| stage.action(class))
}

fn decision(worst: Option<Action>) -> Decision {
    match worst {
        Some(Action::Closed) => Decision::Refuse,
        Some(Action::Warn) => Decision::Warn,
        Some(Action::Open) | None => Decision::Admit,
    }
}

/// What a model's own evidence earns, without its family.
#[derive(Clone, Copy)]
struct Own {
    level: u8,
    contradicts: bool,
    worst: Option<Action>,
}

impl Own {
    fn of(input: &Input<'_>, musts: &Musts, stage: Option<&Stage>, index: usize) -> Self {
        let assessment = assessed(input, musts, index);
        let verification = (input.verified)(index).map(|(verification, _)| verification);
        let reasons = own_reasons(input, musts, stage, &assessment, verification);
        Own {
            level: assessment.score.own,
            contradicts: contradicts(verification),
            worst: reasons.iter().map(|reason| reason.action).max(),
        }
    }

    /// What its descendants see of it.
    fn as_ancestor(self, model: &Model) -> CapNode {
        let state = match self {
            Own { contradicts: true, .. } => CapState::Contradicted,
            _ if model.signature.is_none() => CapState::Unsigned,
            _ => CapState::Signed,
        };
        CapNode { state, own: self.level, root_claim: false, summary_level: 0 }
    }
}

/// The class of an open control (rulings 3); none when it is not open.
fn class_of(outcome: Outcome, unreadable: bool) -> Option<Class> {
    match outcome {
        Outcome::Pass | Outcome::NotApplicable => None,
        Outcome::Fail => Some(Class::Contradicted),
        Outcome::Missing | Outcome::Partial => Some(Class::Missing),
        Outcome::Unknown if unreadable => Some(Class::Error),
        Outcome::Unknown => Some(Class::Unavailable),
    }
}

/// Whether something stopped us from looking, and not only that nobody has looked.
fn unreadable(verification: &Verification) -> bool {
    let stopped = |check: &Check| check.outcome == Outcome::Unknown && check.code.could_not_look();
    !verification.files.unreadable.is_empty() || verification.checks.iter().any(stopped)
}

fn reason(stage: &Stage, code: &str, class: Class, text: Untrusted, remedy: &str) -> Reason {
    let action = stage.action(class);
    let text = ReasonText::Words(text);
    Reason { code: code.to_owned(), class: Some(class), action, text, remedy: remedy.to_owned() }
}

/// The reasons that lie in the model itself, in no order.
fn own_reasons(
    input: &Input<'_>,
    musts: &Musts,
    stage: Option<&Stage>,
    assessment: &Assessment,
    verification: Option<&Verification>,
) -> Vec<Reason> {
    let Some(stage) = stage else {
        return vec![Reason {
            code: "STAGE".to_owned(),
            class: Some(Class::Error),
            action: Action::Closed,
            text: ReasonText::Words(Untrusted::new(format!("the policy has no stage `{}`", input.stage))),
            remedy: "name a stage of the policy".to_owned(),
        }];
    };
    let reason = |code: &str, class, text, remedy: &str| reason(stage, code, class, text, remedy);
    let own = assessment.score.own;
    let unreadable = verification.is_some_and(unreadable);
    let mut reasons = Vec::new();

    // Rulings 4: the musts up to the stage's level, the named controls, and contradictions at every level.
    let is_required = |id: &str| stage.require_controls.iter().any(|required| required == id);
    for (index, (control, result)) in input.rubric.controls.iter().zip(&assessment.controls).enumerate() {
        let Some(class) = class_of(result.outcome, unreadable) else { continue };
        let must = control.level <= stage.min_level && musts.contains(index);
        if must || class == Class::Contradicted || is_required(&result.id) {
            reasons.push(reason(&result.id, class, result.found.clone(), &result.remedy));
        }
    }
    let judged_at_all = |id: &String| assessment.controls.iter().any(|result| *result.id == **id);
    for id in stage.require_controls.iter().filter(|id| !judged_at_all(id)) {
        let text = Untrusted::new("the stage requires a control that the rubric does not have");
        reasons.push(reason(id, Class::Error, text, "correct `require` of the stage"));
    }

    let known = |id: &String| input.rubric.control(id).is_some();
    for id in input.policy.raise.iter().filter(|id| !known(id)) {
        let text = Untrusted::new("the policy raises a control that the rubric does not have");
        reasons.push(reason(id, Class::Error, text, "correct `raise` of the policy"));
    }

    // What no control speaks of still counts: what the policy says, and any check that stands in the way alone.
    if let Some(verification) = verification {
        let told: Vec<Class> = reasons.iter().filter_map(|reason| reason.class).collect();
        for check in &verification.checks {
            let Some(class) = class_of(check.outcome, unreadable) else { continue };
            let of_policy = check.stage == CheckStage::Policy && !check.code.is_plain();
            let counts = match check.outcome {
                Outcome::Fail => of_policy || !told.contains(&Class::Contradicted),
                // One reason of a class is enough to decide; the policy's own must not hide behind another class.
                Outcome::Missing | Outcome::Unknown if of_policy => {
                    stage.min_level > 0 && !told.contains(&class)
                }
                Outcome::Missing | Outcome::Unknown => {
                    stage.min_level > 0 && told.is_empty() && check.outcome == verification.outcome()
                }
                Outcome::Pass | Outcome::Partial | Outcome::NotApplicable => false,
            };
            if counts {
                let text = Untrusted::new(check.words().summary.clone());
                reasons.push(reason(
                    check.code.as_str(),
                    class,
                    text,
                    check.words().remedy.as_deref().unwrap_or_default(),
                ));
            }
        }
    }
    if let Some(recalled) = verification.and_then(|verification| verification.files.recalled)
        && !stage.lets_count(&recalled, input.now)
    {
        let text = Untrusted::new(format!(
            "the digests of {} were not computed at the verification but {}",
            count(usize::try_from(recalled.parts).unwrap_or(usize::MAX), "file or shard"),
            recalled.age(input.now)
        ));
        reasons.push(reason("FILES-CACHED", Class::Unavailable, text, "verify in full for this stage (F)"));
    }
    if own < stage.min_level && reasons.is_empty() {
        let text = Untrusted::new(format!("level {own}, and the stage wants level {}", stage.min_level));
        reasons.push(reason("LEVEL", Class::Missing, text, "see what the next level wants"));
    }

    reasons
}
