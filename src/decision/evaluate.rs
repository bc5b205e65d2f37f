//! Verdicts: own and effective level, cap, and the decision at a stage.

use crate::inventory::{Model, ModelId};
use crate::lineage::Graph;
use crate::maturity::{
    Assessment, CapNode, CapState, Effective, Evidence, Rubric, Severity, assess, cap_reason, effective,
};
use crate::policy::{Action, Class, Policy, Stage};
use crate::signing::{Check, Outcome, Recalled, Stage as CheckStage, Verification};
use crate::text::{Untrusted, count};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What a policy says of a model at a stage (rulings 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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

/// One reason of a decision, worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A control id (`L1.03`) or `LEVEL` or `CAP`.
    pub code: String,
    /// Its class; none for information (the reason of a cap).
    pub class: Option<Class>,
    /// What the stage does about it.
    pub action: Action,
    /// What it is; may quote the model.
    pub text: Untrusted,
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
    /// Why it is below the own level: `capped by vendor/claims-lora: ancestor unsigned`; may quote ids.
    pub cap: Option<Untrusted>,
    /// Whether a contradiction in an ancestor taints it.
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
        let stage = input.policy.stage(input.stage);
        let own: Vec<Own> =
            input.models.par_iter().enumerate().map(|(at, _)| Own::of(input, stage, at)).collect();
        let family = Family::of(input, &own);
        let standing = |(at, own): (usize, &Own)| {
            let (effective, tainted) = family.level(at);
            let cap = stage.and_then(|stage| family.weighs(stage, at, own));
            let worst = own.worst.max(cap.map(|class| action_on(stage, class)));
            Standing { own: own.level, effective, tainted, decision: decision(worst) }
        };
        let standings = own.iter().enumerate().map(standing).collect();
        Judgement { standings, family }
    }

    /// Where the model of an index stands.
    pub fn standing(&self, index: usize) -> Option<Standing> {
        self.standings.get(index).copied()
    }

    /// Where all stand, in the order of the models.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Why the level is below the model's own; may quote ids.
    pub fn cap(&self, input: &Input<'_>, index: usize) -> Option<Untrusted> {
        self.family.cap(input, index).map(Untrusted::new)
    }

    /// The whole verdict of one model, from the input that was judged.
    pub fn verdict(&self, input: &Input<'_>, index: usize) -> Option<Verdict> {
        let (standing, model) = (self.standing(index)?, input.models.get(index)?);
        let assessment = assessed(input, index);
        let verification = (input.verified)(index).map(|(verification, _)| verification);
        let stage = input.policy.stage(input.stage);
        let mut reasons = own_reasons(input, stage, &assessment, verification);
        let own = Own { level: standing.own, contradicts: contradicts(verification), worst: None };
        let class = stage.and_then(|stage| self.family.weighs(stage, index, &own));
        reasons.extend(class.map(|class| Reason {
            code: "CAP".to_owned(),
            class,
            action: action_on(stage, class),
            text: self.cap(input, index).unwrap_or_else(|| "capped by its lineage".into()),
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
            cap: self.cap(input, index),
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

fn assessed(input: &Input<'_>, index: usize) -> Assessment {
    let Some(model) = input.models.get(index) else { return Assessment::default() };
    let known = (input.verified)(index);
    let evidence = Evidence {
        model,
        verification: known.map(|(verification, _)| verification),
        policy: input.policy,
        verified_under: known.map(|(_, digest)| digest),
        now: input.now,
    };
    assess(&evidence, input.rubric)
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
struct Own {
    level: u8,
    contradicts: bool,
    worst: Option<Action>,
}

impl Own {
    fn of(input: &Input<'_>, stage: Option<&Stage>, index: usize) -> Self {
        let assessment = assessed(input, index);
        let verification = (input.verified)(index).map(|(verification, _)| verification);
        let reasons = own_reasons(input, stage, &assessment, verification);
        Own {
            level: assessment.score.own,
            contradicts: contradicts(verification),
            worst: reasons.iter().map(|reason| reason.action).max(),
        }
    }
}

/// The lineage as the caps see it, and what became of it; by the graph's places.
#[derive(Debug, Clone, Default)]
struct Family {
    /// By the index of a model.
    places: Vec<Option<usize>>,
    nodes: Vec<CapNode>,
    effective: Vec<Effective>,
}

impl Family {
    fn of(input: &Input<'_>, own: &[Own]) -> Self {
        let nodes: Vec<CapNode> = input
            .graph
            .nodes()
            .into_iter()
            .enumerate()
            .map(|(place, node)| {
                let judged = node.model.and_then(|at| Some((input.models.get(at)?, own.get(at)?)));
                CapNode {
                    state: match judged {
                        None => CapState::Unresolved,
                        Some((_, own)) if own.contradicts => CapState::Contradicted,
                        Some((model, _)) if model.signature.is_none() => CapState::Unsigned,
                        Some(_) => CapState::Signed,
                    },
                    own: judged.map_or(0, |(_, own)| own.level),
                    root_claim: false,
                    summary_level: 0,
                    parents: input.graph.weight_bearing(place),
                }
            })
            .collect();
        let effective = effective(&nodes);
        Family { places: input.graph.places_of_models(), nodes, effective }
    }

    fn at(&self, index: usize) -> Option<(&CapNode, &Effective)> {
        let place = (*self.places.get(index)?)?;
        Some((self.nodes.get(place)?, self.effective.get(place)?))
    }

    /// The level after the caps, and whether the model is tainted.
    fn level(&self, index: usize) -> (u8, bool) {
        self.at(index).map_or((0, false), |(_, result)| (result.level, result.tainted))
    }

    /// What the lineage does to a model at a stage: nothing, a reason of a class, or one that only informs.
    fn weighs(&self, stage: &Stage, index: usize, own: &Own) -> Option<Option<Class>> {
        let (level, tainted) = self.level(index);
        let tainted_from_above = tainted && !own.contradicts;
        if tainted_from_above {
            return Some(Some(Class::Contradicted));
        }
        let (node, result) = self.at(index)?;
        let is_tainted = |parent: &usize| self.effective.get(*parent).is_some_and(|result| result.tainted);
        let is_capped = result.on_cycle
            || !result.capped_by.is_empty()
            || result.tainted && node.parents.iter().any(is_tainted);
        let weighs = is_capped || level < own.level.min(stage.min_level);
        weighs.then_some((level < stage.min_level).then_some(Class::Missing))
    }

    /// Why the level is below the model's own, or why the model is tainted though its own evidence is not.
    fn cap(&self, input: &Input<'_>, index: usize) -> Option<String> {
        const NAMED: usize = 3;
        let (node, result) = self.at(index)?;
        let mut parents = result.capped_by.clone();
        if parents.is_empty() && result.tainted {
            let tainted = |parent: &usize| self.effective.get(*parent).is_some_and(|result| result.tainted);
            parents = node.parents.iter().copied().filter(tainted).map(|parent| (parent, 0)).collect();
        }
        let mut reasons: Vec<String> = parents
            .iter()
            .take(NAMED)
            .filter_map(|(parent, cap)| {
                let (id, node) = (input.graph.id_at(*parent)?, self.nodes.get(*parent)?);
                Some(format!("{}: {}", id.raw(), cap_reason(node, *cap)))
            })
            .collect();
        if parents.len() > NAMED {
            reasons.push(format!("and {} more", parents.len() - NAMED));
        }
        if result.on_cycle {
            reasons.insert(0, "its own lineage: these models derive from each other".to_owned());
        }
        (!reasons.is_empty()).then(|| format!("capped by {}", reasons.join("; ")))
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
    Reason { code: code.to_owned(), class: Some(class), action, text, remedy: remedy.to_owned() }
}

/// The reasons that lie in the model itself, in no order.
fn own_reasons(
    input: &Input<'_>,
    stage: Option<&Stage>,
    assessment: &Assessment,
    verification: Option<&Verification>,
) -> Vec<Reason> {
    let Some(stage) = stage else {
        return vec![Reason {
            code: "STAGE".to_owned(),
            class: Some(Class::Error),
            action: Action::Closed,
            text: Untrusted::new(format!("the policy has no stage `{}`", input.stage)),
            remedy: "name a stage of the policy".to_owned(),
        }];
    };
    let reason = |code: &str, class, text, remedy: &str| reason(stage, code, class, text, remedy);
    let own = assessment.score.own;
    let unreadable = verification.is_some_and(unreadable);
    let mut reasons = Vec::new();

    // Rulings 4: the musts up to the stage's level, the named controls, and contradictions at every level.
    for result in &assessment.controls {
        let Some(class) = class_of(result.outcome, unreadable) else { continue };
        let must = input.rubric.control(&result.id).is_some_and(|control| {
            let raised = input.policy.raise.contains(&control.id);
            control.level <= stage.min_level && (control.severity == Severity::Must || raised)
        });
        if must || class == Class::Contradicted || stage.require_controls.contains(&result.id) {
            reasons.push(reason(&result.id, class, result.found.clone(), &result.remedy));
        }
    }
    let judged_at_all = |id: &String| assessment.controls.iter().any(|result| result.id == *id);
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
