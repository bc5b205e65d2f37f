//! What the linter of policies knows of an inventory: its models and signers, the age of anchors, and the requirements
//! of the policy in force that no model meets, or without which nothing would be judged otherwise.

use super::View;
use crate::decision::Standing;
use crate::policy::Requirement;
use crate::policy::lint::{Idle, Inventory, SeenAnchor, Why};
use crate::signing::{Identity, Outcome};

impl View {
    /// As much of it as is known without looking at what was verified: what a linter can ask at every key.
    pub fn listed_for_lint(&self) -> Inventory {
        let anchors = self
            .anchors
            .iter()
            .filter_map(|anchor| Some(SeenAnchor { name: anchor.name.clone(), age_days: anchor.age_days? }));
        Inventory {
            models: self.models.iter().map(|model| model.id.raw().to_owned()).collect(),
            anchors: anchors.collect(),
            ..Inventory::default()
        }
    }

    /// What the linter knows of it.
    pub fn for_lint(&self) -> Inventory {
        let verified = || self.verified.iter().flatten();
        let signers = verified().flat_map(|verified| {
            let own = verified.verification.signer.iter().filter(|_| verified.verification.signer_proven());
            own.chain(verified.testimonies.iter().filter_map(|claim| claim.claimed.signer.as_ref()))
        });
        let mut seen: Vec<Identity> = Vec::new();
        for signer in signers {
            if !seen.contains(signer) {
                seen.push(signer.clone());
            }
        }
        Inventory {
            is_verified: verified().next().is_some(),
            signers: seen,
            idle: self.idle_requirements(),
            ..self.listed_for_lint()
        }
    }

    fn idle_requirements(&self) -> Vec<Idle> {
        if self.policy.requirements.is_empty() || self.verified.iter().all(Option::is_none) {
            return Vec::new();
        }
        let (with, scores) = (self.at_all_stages(), self.scores());
        let idle = self.policy.requirements.iter().enumerate().filter_map(|(at, requirement)| {
            let mut without = self.clone();
            without.policy.requirements.remove(at);
            without.judge();
            let why = self.why_idle(requirement);
            let changes_nothing = || without.at_all_stages() == with && without.scores() == scores;
            let is_idle = why == Why::NeverMet || changes_nothing();
            is_idle.then(|| Idle { requirement: requirement.id.to_string(), why })
        });
        idle.collect()
    }

    /// Where every model stands at every stage.
    fn at_all_stages(&self) -> Vec<Vec<Standing>> {
        let stages = self.policy.stages.iter().filter_map(|stage| self.at_stage(&stage.name));
        stages.map(|view| view.judgement.standings().to_vec()).collect()
    }

    fn why_idle(&self, requirement: &Requirement) -> Why {
        let is_met = |index| {
            let mut said = self.known(index).testimonies.iter().flat_map(|claim| &claim.meets);
            said.any(|met| {
                met.requirement == requirement.id && matches!(met.outcome, Outcome::Pass | Outcome::Partial)
            })
        };
        match (0..self.models.len()).filter(|index| is_met(*index)).count() {
            0 => Why::NeverMet,
            all if all == self.models.len() => Why::NeverFails,
            _ => Why::Other,
        }
    }
}
