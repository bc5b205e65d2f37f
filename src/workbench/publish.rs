//! How a new view comes to be. It is made from the one that is current, without keeping anybody waiting, and
//! published only if that one still is: nobody's change is lost, and no generation is given twice.

use super::anchors;
use super::door::Workbench;
use super::fresh::Fresh;
use super::in_force::{PolicyInForce, in_force};
use super::inventory::Inventory;
use super::threats::feed_age;
use crate::decision::{Judgement, Touched};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::signing::{ModelState, Progress};
use crate::store::LedgerEnd;
use crate::view::View;
use jiff::Timestamp;
use std::sync::{Arc, MutexGuard, PoisonError};

/// So many times a view is made while others may publish theirs; then they wait for it.
const FREE_TRIES: u32 = 3;

/// What a view is made of, besides what the store and the files beside the policy say at that moment.
#[derive(Clone)]
pub(super) struct Next {
    pub inventory: Inventory,
    pub in_force: PolicyInForce,
    pub stage: String,
    /// What was just verified.
    pub fresh: Option<Fresh>,
    /// The time to judge by; none: now.
    pub at: Option<Timestamp>,
    /// Whether somebody still waits for it.
    pub progress: Progress,
}

impl Next {
    /// The same as in a view.
    pub fn as_in(view: &View) -> Self {
        let (inventory, in_force) = (Inventory::of(view), in_force(view));
        let (stage, progress) = (view.stage.clone(), Progress::default());
        Next { inventory, in_force, stage, fresh: None, at: None, progress }
    }

    /// The same after the files of some models were looked at.
    pub fn looked_at(self, looked: &[(ModelId, Option<ModelState>)]) -> Self {
        match looked {
            [] => self,
            looked => Next { inventory: self.inventory.looked_at(looked), ..self },
        }
    }
}

impl Workbench {
    /// Publishes a new view and tells everybody. `change` says what is in it, given the current one; it is asked
    /// again when somebody else has published meanwhile.
    pub(super) fn renew(&self, change: impl Fn(&View) -> Result<Next>) -> Result<Arc<View>> {
        let made = || -> Result<View> {
            let current = self.view();
            let (mut view, touched) = self.made_from(&current, change(&current)?)?;
            view.judge_after(&current, touched.as_ref());
            Ok(view)
        };
        for _ in 0..FREE_TRIES {
            let view = made()?;
            let turn = self.turn();
            if self.view().generation + 1 == view.generation {
                return Ok(self.publish(view, turn));
            }
        }
        let turn = self.turn();
        Ok(self.publish(made()?, turn))
    }

    /// One at a time publishes.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.publishing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a view the current one. It must have been made from the one that is current in this turn.
    pub(super) fn publish(&self, view: View, turn: MutexGuard<'_, ()>) -> Arc<View> {
        let view = Arc::new(view);
        *self.inner.view.write().unwrap_or_else(PoisonError::into_inner) = view.clone();
        self.inner.listeners.put(view.clone());
        drop(turn);
        self.inner.listeners.tell_views();
        view
    }

    /// The view after another one, with what was verified and reviewed so far, not yet judged; and which of its models
    /// may be judged differently, as [`Workbench::refresh`] says.
    pub(super) fn made_from(&self, before: &View, next: Next) -> Result<(View, Option<Touched>)> {
        let Next { inventory, in_force, stage, fresh, at, progress } = next;
        let at = at.unwrap_or_else(|| self.now());
        let Inventory { models, findings, graph, proven, is_whole, states } = inventory;
        let (trust, anchors) = anchors::load(&in_force.policy, at)?;
        let same_names =
            Arc::ptr_eq(&before.models, &models) && before.policy.digest == in_force.policy.digest;
        let names = if same_names { before.names.clone() } else { Arc::default() };
        let mut view = View {
            generation: before.generation + 1,
            workspace: self.workspace(),
            trust,
            anchors,
            policy: in_force.policy,
            policy_text: in_force.text,
            policy_errors: in_force.faults,
            stage,
            rubric: self.inner.rubric.clone(),
            verified: Arc::default(),
            states,
            lost: Arc::default(),
            reviews: Arc::default(),
            usage: before.usage.clone(),
            gates: Arc::default(),
            surfaces: Arc::default(),
            feeds: before.feeds.clone(),
            drills: before.drills.clone(),
            seal: in_force.seal,
            anchoring: None,
            ledger: LedgerEnd::default(),
            judgement: Judgement::default(),
            is_whole,
            models,
            findings,
            graph,
            proven,
            digests: before.digests.clone(),
            names,
            at,
        };
        let refreshed = self.refresh(before, &mut view, fresh.as_ref(), &progress)?;
        let (mut touched, decided) = (refreshed.touched, refreshed.decided);
        let (feeds, incidents) = (refreshed.feeds, refreshed.incidents);
        view.prove_after(before, touched.as_ref());
        self.renew_surfaces(before, &mut view)?;
        let mut deployed = view.take_deployments(before);
        deployed.extend(self.renew_gates(before, &mut view, decided)?);
        deployed.extend(self.renew_threats(before, &mut view, feeds)?);
        deployed.extend(self.renew_drills(before, &mut view, incidents)?);
        if let Some(touched) = &mut touched {
            touched.also(deployed);
            // The policy's own signature is evidence on every model.
            touched.rules |= before.seal != view.seal;
            // And so is whether there is a feed that counts.
            touched.rules |= feed_age(before) != feed_age(&view);
        }
        view.anchoring = self.anchoring(&view)?;
        Ok((view, touched))
    }
}
