//! What it would mean that an identity is not to be trusted from some time on: what it signed, by when that was, and what
//! would no longer be let in where it runs. It judges nothing.

use super::View;
use super::flips::Flips;
use crate::decision::Decision;
use crate::inventory::ModelId;
use crate::maturity::Deployed;
use crate::policy::{DiffLine, diff};
use crate::signing::Identity;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// An identity under suspicion, and what would follow from denying it.
#[derive(Debug, Clone)]
pub struct Suspected {
    /// The subject, or the fingerprint of a key.
    pub subject: Untrusted,
    /// From then on it is not trusted; none: it never was to be.
    pub since: Option<Timestamp>,
    /// The edit of the policy that denies it.
    pub edit: Vec<DiffLine>,
    /// What it signed, by model.
    pub signed: Vec<Signed>,
    /// The models that would stand elsewhere.
    pub flips: Flips,
    /// Where models run that would be decided otherwise there.
    pub running: Vec<Running>,
}

/// When something was signed, by a time that is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before: it would still count.
    Before,
    /// Then or later: it would not count.
    After,
    /// There is no trusted time: it would not count.
    Without,
}

impl When {
    /// All, in their order.
    pub const ALL: [When; 3] = [When::Before, When::After, When::Without];
}

/// One thing that the identity signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The model that it is about.
    pub model: ModelId,
    /// The type of the claim; none: it is the signature of the model's files.
    pub claim: Option<Untrusted>,
    /// The trusted time.
    pub at: Option<Timestamp>,
    /// Where that lies.
    pub when: When,
}

/// A place where a model runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The model.
    pub model: ModelId,
    /// Where it runs.
    pub deployed: Deployed,
    /// When a gate let it in there last.
    pub let_in: Option<Timestamp>,
    /// The decision at the stage of that place.
    pub before: Decision,
    /// What it would be.
    pub after: Decision,
}

impl Suspected {
    /// What differs between the view as it is and one under a policy that denies the identity.
    pub fn between(subject: &str, since: Option<Timestamp>, before: &View, after: &View) -> Self {
        let signed = (0..before.models.len()).flat_map(|index| before.signed_by(index, subject, since));
        Suspected {
            subject: Untrusted::new(subject),
            since,
            edit: diff(&before.policy_text, &after.policy_text),
            signed: signed.collect(),
            flips: Flips::between(before, after),
            running: running(before, after),
        }
    }

    /// How many things it signed by a time.
    pub fn count(&self, when: When) -> usize {
        self.signed.iter().filter(|signed| signed.when == when).count()
    }
}

impl View {
    /// What somebody signed of the model of an index, as far as that is proven.
    fn signed_by(&self, index: usize, subject: &str, since: Option<Timestamp>) -> Vec<Signed> {
        let (Some(model), Some(verified)) = (self.models.get(index), self.standing(index)) else {
            return Vec::new();
        };
        let verification = &verified.verification;
        let own = verification.signer.as_ref().filter(|_| verification.signer_proven());
        let own = own.map(|signer| (signer, None, verification.signed_at.map(|(at, _)| at)));
        let claims = verified.testimonies.iter().map(|testimony| &testimony.claimed);
        let claims = claims.filter_map(|claimed| {
            Some((claimed.signer.as_ref()?, Some(claimed.predicate_type.clone()), claimed.signed_at))
        });
        let mut signed = Vec::new();
        for (_, claim, at) in own.into_iter().chain(claims).filter(|(signer, ..)| is_it(signer, subject)) {
            let when = match (at, since) {
                (None, _) => When::Without,
                (Some(at), Some(since)) if at < since => When::Before,
                (Some(_), _) => When::After,
            };
            signed.push(Signed { model: model.id.clone(), claim, at, when });
        }
        signed
    }
}

fn is_it(signer: &Identity, subject: &str) -> bool {
    signer.subject.raw() == subject || signer.fingerprint.as_deref() == Some(subject)
}

/// Where models run that are decided otherwise at the stage of that place.
fn running(before: &View, after: &View) -> Vec<Running> {
    let mut stages: BTreeMap<String, Option<(View, View)>> = BTreeMap::new();
    let mut found = Vec::new();
    for (id, usage) in before.usage.iter() {
        let Some((index, _)) = before.model(id) else { continue };
        for deployed in &usage.deployments {
            let stage = deployed.stage.raw();
            let views = stages
                .entry(stage.to_owned())
                .or_insert_with(|| Some((before.at_stage(stage)?, after.at_stage(stage)?)));
            let Some((was, is)) = views else { continue };
            let (Some(was), Some(is)) = (was.judgement.standing(index), is.judgement.standing(index)) else {
                continue;
            };
            if was.decision != is.decision {
                let gates = usage.gates.iter().filter(|gate| gate.let_in && gate.stage == deployed.stage);
                found.push(Running {
                    model: id.clone(),
                    deployed: deployed.clone(),
                    let_in: gates.map(|gate| gate.at).max(),
                    before: was.decision,
                    after: is.decision,
                });
            }
        }
    }
    found
}
