//! The way up of a model, and what one thing would raise most models, as documents.

use super::names;
use crate::decision::{AncestorUnlock, Risen, Unlock};
use crate::inventory::ModelId;
use crate::maturity::{Deed, Party, SCOPE};
use crate::text::Untrusted;
use crate::view::View;
use crate::view::way_up::{NextStep, WayUp, Ways};
use crate::words::Face;
use crate::words::controls::control;
use crate::words::remedies::of_model;
use crate::words::way_up::{assumed, blank, what};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// The way up of a model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WayUpBody {
    /// The model.
    pub model: ModelId,
    /// Its own level.
    pub own: u8,
    /// Its level after the caps.
    pub effective: u8,
    /// The ways to the next own level; none at the highest.
    pub to_own: Option<WaysBody>,
    /// The ways to the next effective level, where ancestors cap the model.
    pub to_effective: Option<WaysBody>,
}

/// The ways to a level.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WaysBody {
    /// The level.
    pub level: u8,
    /// The controls that are open for it.
    pub open: Vec<Arc<str>>,
    /// The ancestors that keep the model from it.
    pub ancestors: Vec<ModelId>,
    /// How many further ancestors do, without steps here.
    pub more_ancestors: usize,
    /// Whether the model has to be verified first: what else is needed shows then.
    pub is_first: bool,
    /// The ways, the least effort first.
    pub ways: Vec<WayBody>,
}

/// One way: all of its steps, in their order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WayBody {
    /// How much it takes: the sum of its steps.
    pub effort: u32,
    /// The steps.
    pub steps: Vec<StepBody>,
}

/// One step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepBody {
    /// What is done.
    pub deed: Deed,
    /// Who has to act.
    pub party: Party,
    /// How much it takes.
    pub effort: u32,
    /// With which model: the one asked about, or an ancestor.
    pub on: ModelId,
    /// The controls that it is for; empty where other steps need it.
    pub controls: Vec<Arc<str>>,
    /// The step in words.
    pub what: Untrusted,
    /// What it takes for granted, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<&'static str>,
    /// The command, as a shell in the workspace's folder takes it; none if no command does it.
    pub command: Option<String>,
    /// The variables of the command: values that only the user knows.
    pub variables: Vec<VariableBody>,
}

/// A value that the user has to supply.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VariableBody {
    /// The variable of the shell.
    pub name: String,
    /// What it stands for.
    pub what: &'static str,
}

impl WayUpBody {
    /// Of a way up from this view.
    pub fn of(view: &View, way_up: &WayUp) -> Self {
        let ways = |ways: &Option<Ways>| ways.as_ref().map(|ways| WaysBody::of(view, ways));
        WayUpBody {
            model: way_up.model.clone(),
            own: way_up.own,
            effective: way_up.effective,
            to_own: ways(&way_up.to_own),
            to_effective: ways(&way_up.to_effective),
        }
    }
}

impl WaysBody {
    fn of(view: &View, ways: &Ways) -> Self {
        let way = |way: &crate::view::way_up::Way| WayBody {
            effort: way.effort,
            steps: way.steps.iter().map(|step| StepBody::of(view, step)).collect(),
        };
        WaysBody {
            level: ways.level,
            open: ways.open.clone(),
            ancestors: ways.ancestors.clone(),
            more_ancestors: ways.more_ancestors,
            is_first: ways.is_first,
            ways: ways.ways.iter().map(way).collect(),
        }
    }
}

impl StepBody {
    fn of(view: &View, step: &NextStep) -> Self {
        let said = view.said(step).map(|said| {
            let remedy = control(&said.result, said.control, said.about, Face::Text).1;
            of_model(remedy, &step.on)
        });
        StepBody {
            deed: step.deed,
            party: step.party,
            effort: step.effort,
            on: step.on.clone(),
            controls: step.controls.clone(),
            what: what(step.deed, step.on.raw(), step.is_ancestor, said).into(),
            remark: step.assumed.map(assumed),
            command: step.command.clone(),
            variables: step
                .blanks
                .iter()
                .map(|value| VariableBody { name: value.name.clone(), what: blank(value.blank) })
                .collect(),
        }
    }
}

/// What one thing would raise most models: a control, a step, or an ancestor.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnlockDocument {
    /// The document's name.
    pub schema: names::MaturityUnlock,
    /// The scope of a level.
    pub scope: &'static str,
    /// Models that were judged.
    pub judged: usize,
    /// Models that were not verified: what would raise them is not known.
    pub not_judged: usize,
    /// Controls that alone raise models where they pass, most models first.
    pub controls: Vec<ControlUnlockBody>,
    /// Steps that alone raise models, most models first.
    pub steps: Vec<StepUnlockBody>,
    /// Ancestors that alone raise their descendants, most models first.
    pub ancestors: Vec<AncestorUnlockBody>,
    /// How many further ancestors do.
    pub more_ancestors: usize,
}

/// How many models rise.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct RisenBody {
    /// Models whose own level rises.
    pub own: usize,
    /// Models whose effective level rises, descendants among them.
    pub effective: usize,
}

impl From<Risen> for RisenBody {
    fn from(risen: Risen) -> Self {
        RisenBody { own: risen.own, effective: risen.effective }
    }
}

/// A control, and what rises if it passes wherever it is open.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ControlUnlockBody {
    /// The control.
    pub control: Arc<str>,
    /// What it asks.
    pub title: Untrusted,
    /// What rises.
    pub models: RisenBody,
}

/// A step, and what rises if it is taken for every model.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepUnlockBody {
    /// What is done.
    pub deed: Deed,
    /// Who has to act.
    pub party: Party,
    /// The step in words.
    pub what: String,
    /// The open controls that pass by it.
    pub controls: Vec<Arc<str>>,
    /// What rises.
    pub models: RisenBody,
}

/// An ancestor, and what rises if it is in order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AncestorUnlockBody {
    /// The ancestor.
    pub model: ModelId,
    /// Whether the inventory has it.
    pub in_inventory: bool,
    /// Its own level; 0 if the inventory does not have it.
    pub own: u8,
    /// How many of its descendants rise in effective level.
    pub models: usize,
}

impl UnlockDocument {
    /// Of what was found from this view.
    pub fn of(view: &View, unlock: &Unlock) -> Self {
        let title =
            |id: &str| view.rubric.control(id).map(|control| control.title.as_str()).unwrap_or_default();
        let ancestor = |one: &AncestorUnlock| AncestorUnlockBody {
            model: one.model.clone(),
            in_inventory: one.in_inventory,
            own: one.own,
            models: one.models,
        };
        UnlockDocument {
            schema: names::MaturityUnlock,
            scope: SCOPE,
            judged: unlock.judged,
            not_judged: unlock.open,
            controls: unlock
                .controls
                .iter()
                .map(|one| ControlUnlockBody {
                    control: one.control.clone(),
                    title: title(&one.control).into(),
                    models: one.risen.into(),
                })
                .collect(),
            steps: unlock
                .steps
                .iter()
                .map(|one| StepUnlockBody {
                    deed: one.deed,
                    party: one.party,
                    what: what(one.deed, EACH, false, None),
                    controls: one.controls.clone(),
                    models: one.risen.into(),
                })
                .collect(),
            ancestors: unlock.ancestors.iter().map(ancestor).collect(),
            more_ancestors: unlock.more_ancestors,
        }
    }
}

/// What stands for the name of a model where a step is taken for many.
const EACH: &str = "each model";
