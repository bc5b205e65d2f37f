//! Verdicts: own and effective level, cap, and the decision at a stage.

use crate::inventory::{Model, ModelId};
use crate::lineage::Graph;
use crate::maturity::{
    Assessment, CapNode, CapState, Effective, Evidence, Rubric, Severity, assess, cap_reason, effective,
};
use crate::policy::{Action, Class, Policy, Stage};
use crate::signing::{Check, Outcome, Recalled, Stage as CheckStage, Verification};
use crate::text::{Untrusted, count};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::HashMap;

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

/// Everything a verdict depends on.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The inventory, sorted by id.
    pub models: &'a [Model],
    /// Its graph.
    pub graph: &'a Graph,
    /// The latest verification of each model (same order as `models`), policy applied, and the digest of the
    /// policy under which it was recorded.
    pub verifications: &'a [Option<(Verification, String)>],
    /// The policy.
    pub policy: &'a Policy,
    /// The stage's name.
    pub stage: &'a str,
    /// The rubric.
    pub rubric: &'a Rubric,
    /// When.
    pub now: jiff::Timestamp,
}

/// Judges every model; same order as `input.models`. Pure and deterministic: the order of the models does
/// not matter to any verdict. A stage that the policy does not know refuses everything.
pub fn evaluate(input: &Input<'_>) -> Vec<Verdict> {
    let judged: Vec<Judged<'_>> = input
        .models
        .iter()
        .enumerate()
        .map(|(index, model)| {
            Judged::new(input, model, input.verifications.get(index).and_then(Option::as_ref))
        })
        .collect();
    let family = Family::new(input, &judged);
    let stage = input.policy.stage(input.stage);
    judged.iter().map(|judged| verdict(input, stage, judged, &family)).collect()
}

/// One model with what its own evidence earns.
struct Judged<'a> {
    model: &'a Model,
    verification: Option<&'a Verification>,
    assessment: Assessment,
}

impl<'a> Judged<'a> {
    fn new(input: &Input<'_>, model: &'a Model, verified: Option<&'a (Verification, String)>) -> Self {
        let verification = verified.map(|(verification, _)| verification);
        let evidence = Evidence {
            model,
            verification,
            policy: input.policy,
            verified_under: verified.map(|(_, digest)| digest.as_str()),
            now: input.now,
        };
        Judged { model, verification, assessment: assess(&evidence, input.rubric) }
    }

    /// Whether its own evidence contradicts: what taints descendants. What a policy bans is no contradiction of
    /// evidence: it is a reason of its own and says nothing of what was made from the model.
    fn contradicts(&self) -> bool {
        let contradicts = |check: &Check| check.outcome == Outcome::Fail && check.stage != CheckStage::Policy;
        self.verification.is_some_and(|verification| verification.checks.iter().any(contradicts))
    }
}

/// The lineage as the caps see it, and what became of it.
struct Family<'a> {
    ids: Vec<&'a ModelId>,
    index: HashMap<&'a ModelId, usize>,
    nodes: Vec<CapNode>,
    effective: Vec<Effective>,
}

impl<'a> Family<'a> {
    fn new(input: &Input<'a>, judged: &[Judged<'a>]) -> Self {
        let models: HashMap<&ModelId, &Judged<'_>> =
            judged.iter().map(|judged| (&judged.model.id, judged)).collect();
        // Sorted by id, so that ties between caps do not depend on the order of the models.
        let mut ids: Vec<&ModelId> = input.models.iter().map(|model| &model.id).collect();
        ids.extend(input.graph.nodes().into_iter().map(|node| &node.id));
        ids.sort_unstable();
        ids.dedup();
        let index: HashMap<&ModelId, usize> =
            ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
        let node = |id: &&ModelId| {
            let parents = input.graph.parents(id);
            let weights = parents.iter().filter(|(_, edge)| edge.relation.bears_weight());
            let judged = models.get(*id);
            CapNode {
                state: match judged {
                    None => CapState::Unresolved,
                    Some(judged) if judged.contradicts() => CapState::Contradicted,
                    Some(judged) if judged.model.signature.is_none() => CapState::Unsigned,
                    Some(_) => CapState::Signed,
                },
                own: judged.map_or(0, |judged| judged.assessment.score.own),
                root_claim: false,
                summary_level: 0,
                parents: weights.filter_map(|(parent, _)| index.get(&parent.id).copied()).collect(),
            }
        };
        let nodes: Vec<CapNode> = ids.iter().map(node).collect();
        let effective = effective(&nodes);
        Family { ids, index, nodes, effective }
    }

    fn of(&self, id: &ModelId) -> Option<(&CapNode, &Effective)> {
        let index = *self.index.get(id)?;
        Some((self.nodes.get(index)?, self.effective.get(index)?))
    }

    /// Why the level is below the model's own, or why the model is tainted though its own evidence is not.
    fn cap(&self, id: &ModelId) -> Option<String> {
        const NAMED: usize = 3;
        let (node, result) = self.of(id)?;
        let mut parents = result.capped_by.clone();
        if parents.is_empty() && result.tainted {
            let tainted = |parent: &usize| self.effective.get(*parent).is_some_and(|result| result.tainted);
            parents = node.parents.iter().copied().filter(tainted).map(|parent| (parent, 0)).collect();
        }
        let mut reasons: Vec<String> = parents
            .iter()
            .take(NAMED)
            .filter_map(|(parent, cap)| {
                let (id, node) = (self.ids.get(*parent)?, self.nodes.get(*parent)?);
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

fn verdict(input: &Input<'_>, stage: Option<&Stage>, judged: &Judged<'_>, family: &Family<'_>) -> Verdict {
    let own = judged.assessment.score.own;
    let (level, tainted) = match family.of(&judged.model.id) {
        Some((_, result)) => (result.level, result.tainted),
        None => (0, false),
    };
    let cap = family.cap(&judged.model.id);
    let reasons = match stage {
        Some(stage) => reasons(input, stage, judged, (own, level, tainted), cap.as_deref()),
        None => vec![Reason {
            code: "STAGE".to_owned(),
            class: Some(Class::Error),
            action: Action::Closed,
            text: Untrusted::new(format!("the policy has no stage `{}`", input.stage)),
            remedy: "name a stage of the policy".to_owned(),
        }],
    };
    let decision = match reasons.iter().map(|reason| reason.action).max() {
        Some(Action::Closed) => Decision::Refuse,
        Some(Action::Warn) => Decision::Warn,
        Some(Action::Open) | None => Decision::Admit,
    };
    Verdict {
        model: judged.model.id.clone(),
        assessment: judged.assessment.clone(),
        effective: level,
        cap: cap.map(Untrusted::new),
        tainted,
        cached: judged.verification.and_then(|verification| verification.files.recalled),
        stage: input.stage.to_owned(),
        decision,
        reasons,
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
    const STOPPED: [&str; 3] = ["-UNREADABLE", "-UNUSABLE", "-TOO-MANY"];
    let stopped = |check: &Check| {
        check.outcome == Outcome::Unknown && STOPPED.iter().any(|ending| check.code.ends_with(ending))
    };
    !verification.files.unreadable.is_empty() || verification.checks.iter().any(stopped)
}

fn reasons(
    input: &Input<'_>,
    stage: &Stage,
    judged: &Judged<'_>,
    (own, level, tainted): (u8, u8, bool),
    cap: Option<&str>,
) -> Vec<Reason> {
    let reason = |code: &str, class: Class, text: Untrusted, remedy: &str| Reason {
        code: code.to_owned(),
        class: Some(class),
        action: stage.action(class),
        text,
        remedy: remedy.to_owned(),
    };
    let unreadable = judged.verification.is_some_and(unreadable);
    let mut reasons = Vec::new();

    // Rulings 4: the musts up to the stage's level, the named controls, and contradictions at every level.
    for result in &judged.assessment.controls {
        let Some(class) = class_of(result.outcome, unreadable) else { continue };
        let must = input.rubric.control(&result.id).is_some_and(|control| {
            let raised = input.policy.raise.contains(&control.id);
            control.level <= stage.min_level && (control.severity == Severity::Must || raised)
        });
        if must || class == Class::Contradicted || stage.require_controls.contains(&result.id) {
            reasons.push(reason(&result.id, class, result.found.clone(), &result.remedy));
        }
    }
    let judged_at_all = |id: &String| judged.assessment.controls.iter().any(|result| result.id == *id);
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
    if let Some(verification) = judged.verification {
        let told: Vec<Class> = reasons.iter().filter_map(|reason| reason.class).collect();
        for check in &verification.checks {
            let Some(class) = class_of(check.outcome, unreadable) else { continue };
            let of_policy = check.stage == CheckStage::Policy && check.code != check.stage.name();
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
                let text = Untrusted::new(check.summary.clone());
                reasons.push(reason(&check.code, class, text, check.remedy.as_deref().unwrap_or_default()));
            }
        }
    }
    if let Some(recalled) = judged.verification.and_then(|verification| verification.files.recalled)
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

    let tainted_from_above = tainted && !judged.contradicts();
    if cap.is_some() || tainted_from_above || level < own.min(stage.min_level) {
        let text = Untrusted::new(cap.unwrap_or("capped by its lineage"));
        let remedy = "have the ancestors signed and verified, or build on others";
        if tainted_from_above {
            reasons.push(reason("CAP", Class::Contradicted, text, remedy));
        } else if level < stage.min_level {
            reasons.push(reason("CAP", Class::Missing, text, remedy));
        } else {
            let (code, remedy) = ("CAP".to_owned(), remedy.to_owned());
            reasons.push(Reason { code, class: None, action: Action::Open, text, remedy });
        }
    }

    let order = |reason: &Reason| (Reverse(reason.action), reason.class.is_none(), reason.class);
    reasons.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| (&a.code, &a.text).cmp(&(&b.code, &b.text))));
    reasons
}
