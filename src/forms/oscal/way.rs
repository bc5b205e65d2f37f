//! The way up as a plan of action and milestones: what keeps a model from its next level is a risk, and each way there a
//! response to it.

use super::files::SYSTEM;
use super::head::head;
use super::results::observation;
use super::system::SystemId;
use super::types::{BackMatter, Href, Markup, Metadata, Named, Prop, Resource};
use crate::decision::Verdict;
use crate::documents::{WayBody, WayUpBody, WaysBody};
use crate::forms::reports::ReportFile;
use crate::forms::set::{Looked, Set};
use crate::forms::uuid::Uuid;
use crate::inventory::ModelId;
use crate::json::Each;
use crate::maturity::ControlResult;
use crate::text::count;
use crate::words::way_up::party;
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<O, R, I, E> {
    plan_of_action_and_milestones: Body<O, R, I, E>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Body<O, R, I, E> {
    uuid: Uuid,
    metadata: Metadata,
    import_ssp: Href,
    system_id: SystemId,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<O>,
    risks: R,
    poam_items: I,
    #[serde(skip_serializing_if = "Option::is_none")]
    back_matter: Option<BackMatter<E>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Risk {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    statement: Markup,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remediations: Vec<Response>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_observations: Vec<Named>,
}

#[derive(Serialize)]
struct Response {
    uuid: Uuid,
    lifecycle: &'static str,
    title: Markup,
    description: Markup,
    props: Vec<Prop>,
    tasks: Vec<Task>,
}

#[derive(Serialize)]
struct Task {
    uuid: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    title: Markup,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Markup>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    props: Vec<Prop>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Item {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    related_risks: [Named; 1],
}

/// The level that a model is to reach next, and the controls of it that are open; none at the highest. What an
/// ancestor caps is open there.
fn next(verdict: &Verdict) -> Option<(u8, &[Arc<str>])> {
    let score = &verdict.assessment.score;
    match () {
        () if verdict.effective < score.own => Some((verdict.effective.saturating_add(1), &[])),
        () if score.own != score.next => Some((score.next, &score.open_musts)),
        () => None,
    }
}

/// Whether a model of the report has a level to reach.
pub(super) fn is_needed(file: &ReportFile<'_>) -> bool {
    let of = |index: &usize| file.view.verdict(*index);
    file.models.iter().filter_map(of).any(|verdict| next(&verdict).is_some())
}

fn risk_uuid(set: &Set<'_>, id: &ModelId) -> Uuid {
    set.uuid("risk", &[id.raw()])
}

fn title(id: &ModelId, level: u8) -> Markup {
    Markup::new(&format!("Bring {} to level {level}", id.raw()))
}

fn response(set: &Set<'_>, id: &ModelId, level: u8, (number, way): (usize, &WayBody)) -> Response {
    let uuid = |kind: &str, step: usize| set.uuid(kind, &[id.raw(), &number.to_string(), &step.to_string()]);
    let step = |(place, step): (usize, &crate::documents::StepBody)| {
        let mut props = vec![
            Prop::new("party", party(step.party)),
            Prop::new("effort", &step.effort.to_string()),
            Prop::new("model", step.on.raw()),
        ];
        props.extend(step.controls.iter().map(|control| Prop::new("control", control)));
        Task {
            uuid: uuid("step", place),
            kind: "action",
            title: Markup::new(step.what.raw()),
            description: step.command.as_deref().map(Markup::new),
            props,
        }
    };
    let reached = Task {
        uuid: uuid("milestone", 0),
        kind: "milestone",
        title: Markup::new(&format!("{} is at level {level}", id.raw())),
        description: None,
        props: Vec::new(),
    };
    let steps = (1..).zip(&way.steps).map(step);
    Response {
        uuid: uuid("way", 0),
        lifecycle: "recommendation",
        title: Markup::new(&format!("Way {number}: {}", count(way.steps.len(), "step"))),
        description: Markup::new("These steps, in this order."),
        props: vec![Prop::new("effort", &way.effort.to_string())],
        tasks: steps.chain([reached]).collect(),
    }
}

fn risk(set: &Set<'_>, looked: &Looked<'_>) -> Option<Risk> {
    let (level, open) = next(&looked.verdict)?;
    let id = &looked.model.id;
    let WayUpBody { to_own, to_effective, .. } = WayUpBody::of(set.view(), &set.view().way_up(looked.index)?);
    let ways = to_effective.or(to_own);
    let found = ways.as_ref().map(|ways| ways.ways.as_slice()).unwrap_or_default();
    Some(Risk {
        uuid: risk_uuid(set, id),
        title: Markup::new(&format!("{} is not at level {level}", id.raw())),
        description: Markup::new(&why(ways.as_ref(), open)),
        statement: Markup::new(set.file.document.scope),
        status: "open",
        remediations: (1..).zip(found).map(|way| response(set, id, level, way)).collect(),
        related_observations: open
            .iter()
            .map(|control| Named::Observation(set.observation(id, control)))
            .collect(),
    })
}

/// What keeps a model from a level.
fn why(ways: Option<&WaysBody>, open: &[Arc<str>]) -> String {
    let ancestors = ways.map(|ways| ways.ancestors.as_slice()).unwrap_or_default();
    match (ways.is_some_and(|ways| ways.is_first), ancestors, open) {
        (true, ..) => "It has to be verified first: what else is needed shows then.".to_owned(),
        (false, [], open) => format!("Open controls: {}", open.join(", ")),
        (false, ancestors, _) => {
            let names: Vec<&str> = ancestors.iter().map(ModelId::raw).collect();
            format!("Ancestors cap its level: {}", names.join(", "))
        }
    }
}

fn item(set: &Set<'_>, looked: &Looked<'_>) -> Option<Item> {
    let (level, _) = next(&looked.verdict)?;
    let id = &looked.model.id;
    Some(Item {
        uuid: set.uuid("item", &[id.raw()]),
        title: title(id, level),
        description: Markup::new("The ways there stand with the risk, the least effort first."),
        related_risks: [Named::Risk(risk_uuid(set, id))],
    })
}

/// What was found for the controls that are open for the next level.
fn open<'l>(looked: &'l Looked<'_>) -> impl Iterator<Item = &'l ControlResult> {
    let open = next(&looked.verdict).map(|(_, open)| open).unwrap_or_default();
    looked.verdict.assessment.controls.iter().filter(|result| open.contains(&result.id))
}

/// What that rests on, each exhibit once.
fn exhibits(set: &Set<'_>) -> impl Iterator<Item = Resource> {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let all = set.each(|looked| open(&looked).flat_map(|result| looked.exhibits(result)).collect());
    all.filter(move |exhibit| seen.insert(exhibit.uuid)).map(|exhibit| Resource::of(&exhibit))
}

pub(super) fn document<'a>(set: &'a Set<'a>) -> impl Serialize + 'a {
    let observations = Each(move || {
        set.each(move |looked| open(&looked).filter_map(|result| observation(set, &looked, result)).collect())
    });
    let has_open = |index: &usize| {
        let verdict = set.view().verdict(*index);
        verdict.is_some_and(|verdict| next(&verdict).is_some_and(|(_, open)| !open.is_empty()))
    };
    let is_open = set.file.models.iter().any(has_open);
    Document {
        plan_of_action_and_milestones: Body {
            uuid: set.uuid("plan-of-action-and-milestones", &[]),
            metadata: head(set, "Plan of action and milestones"),
            import_ssp: Href { href: SYSTEM },
            system_id: SystemId::of(set),
            observations: is_open.then_some(observations),
            risks: Each(move || set.each(move |looked| risk(set, &looked).into_iter().collect())),
            poam_items: Each(move || set.each(move |looked| item(set, &looked).into_iter().collect())),
            back_matter: is_open.then_some(BackMatter { resources: Each(move || exhibits(set)) }),
        },
    }
}
