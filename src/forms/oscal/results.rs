//! What was found, as assessment results. What was looked at for a control of a model is an observation. A control is a
//! finding only where it is known whether it is satisfied: OSCAL has no word for what nobody looked at.

use super::catalog::{objective, severity};
use super::files::PLAN;
use super::head::head;
use super::plan::program;
use super::types::{BackMatter, Href, Line, Markup, Metadata, Named, Prop, Resource, Reviewed, Subject};
use crate::documents::ExceptionDocument;
use crate::forms::set::{Exhibit, Looked, Set};
use crate::forms::uuid::Uuid;
use crate::json::Each;
use crate::maturity::{Control, ControlResult};
use crate::policy::Term;
use crate::signing::Outcome;
use crate::text::count;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<O, F, R> {
    assessment_results: Body<O, F, R>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Body<O, F, R> {
    uuid: Uuid,
    metadata: Metadata,
    import_ap: Href,
    results: [Results<O, F>; 1],
    back_matter: BackMatter<R>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Results<O, F> {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    start: Timestamp,
    end: Timestamp,
    reviewed_controls: Reviewed,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<O>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    risks: Vec<Deviation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<F>,
    remarks: Markup,
}

/// An exception of the policy.
#[derive(Serialize)]
struct Deviation {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    statement: Markup,
    props: Vec<Prop>,
    status: &'static str,
    deadline: Timestamp,
}

/// What was looked at for a control of a model.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Observation {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    props: Vec<Prop>,
    methods: [&'static str; 1],
    types: [&'static str; 1],
    subjects: [Subject; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relevant_evidence: Vec<Evidence>,
    collected: Timestamp,
}

#[derive(Serialize)]
struct Evidence {
    href: String,
    description: Markup,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Finding<R> {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    props: Vec<Prop>,
    origins: [Origin; 1],
    target: Target,
    related_observations: R,
}

#[derive(Serialize)]
struct Origin {
    actors: [Actor; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Actor {
    #[serde(rename = "type")]
    kind: &'static str,
    actor_uuid: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Target {
    #[serde(rename = "type")]
    kind: &'static str,
    target_id: Line,
    status: Status,
}

#[derive(Serialize)]
struct Status {
    state: Satisfied,
    reason: &'static str,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Satisfied {
    Satisfied,
    NotSatisfied,
}

/// How many models came to what, for one control.
type Tally = BTreeMap<Outcome, usize>;

/// Whether a control is satisfied; none where that is not known, or does not apply.
fn satisfied(tally: &Tally) -> Option<Satisfied> {
    let many = |outcome: Outcome| tally.get(&outcome).copied().unwrap_or_default();
    let is_open = [Outcome::Fail, Outcome::Missing, Outcome::Partial].into_iter().any(|open| many(open) > 0);
    match (is_open, many(Outcome::Unknown), many(Outcome::Pass)) {
        (true, ..) => Some(Satisfied::NotSatisfied),
        (false, 0, 1..) => Some(Satisfied::Satisfied),
        (false, ..) => None,
    }
}

/// What was looked at for a control of a model.
pub(super) fn observation(set: &Set<'_>, looked: &Looked<'_>, result: &ControlResult) -> Option<Observation> {
    let control = set.view().rubric.control(&result.id)?;
    let exhibits = looked.exhibits(result);
    let collected = looked.collected(&exhibits);
    let mut props = vec![
        Prop::known("label", &result.id),
        Prop::new("outcome", result.outcome.key()),
        Prop::new("severity", severity(control)),
    ];
    props.extend(result.basis.map(|basis| Prop::new("basis", basis.word())));
    let evidence = |exhibit: &Exhibit| Evidence {
        href: format!("#{}", exhibit.uuid),
        description: Markup::new(&exhibit.title),
    };
    Some(Observation {
        uuid: set.observation(&looked.model.id, &result.id),
        title: Markup::new(&format!("{} {}: {}", looked.model.id.raw(), result.id, result.outcome.word())),
        description: Markup::new(looked.found(result, control).raw()),
        props,
        methods: [match result.outcome {
            Outcome::Unknown => "UNKNOWN",
            _ => "EXAMINE",
        }],
        types: ["control-objective"],
        subjects: [Subject::component(set.model(&looked.model.id))],
        relevant_evidence: exhibits.iter().map(evidence).collect(),
        collected,
    })
}

fn deviation(set: &Set<'_>, exception: &ExceptionDocument<'_>) -> Deviation {
    let mut props = vec![
        Prop::new("exception", exception.id),
        Prop::new("excuses", exception.excuses),
        Prop::new("models", &exception.subject),
        Prop::new("owner", exception.owner),
        Prop::new("approved-by", exception.approved_by),
        Prop::new("begins", &exception.created.to_string()),
        Prop::new("term", exception.term),
    ];
    props.extend(exception.stages.iter().map(|stage| Prop::new("stage", stage)));
    props.extend(exception.compensating.iter().map(|measure| Prop::new("compensating", measure)));
    Deviation {
        uuid: set.uuid("exception", &[exception.id]),
        title: Markup::new(&format!("{} may be missing of {}", exception.excuses, exception.subject)),
        description: Markup::new(exception.reason),
        statement: Markup::new("An exception of the policy, with its owner and its end."),
        props,
        status: match exception.state {
            Term::Ended => "closed",
            Term::Ahead | Term::Running | Term::EndsSoon => "deviation-approved",
        },
        deadline: exception.expires,
    }
}

/// What models came to, for each control.
fn tallies(set: &Set<'_>) -> BTreeMap<Arc<str>, Tally> {
    let mut tallies: BTreeMap<Arc<str>, Tally> = BTreeMap::new();
    let outcomes = set.each(|looked| {
        let results = looked.verdict.assessment.controls.iter();
        results.map(|result| (result.id.clone(), result.outcome)).collect()
    });
    for (control, outcome) in outcomes {
        *tallies.entry(control).or_default().entry(outcome).or_default() += 1;
    }
    tallies
}

fn said(tally: &Tally) -> String {
    let parts = tally.iter().map(|(outcome, many)| format!("{many} {}", outcome.word()));
    let parts: Vec<String> = parts.collect();
    format!("{}: {}", count(tally.values().sum(), "model"), parts.join(", "))
}

fn finding<'a>(
    set: &'a Set<'a>,
    control: &'a Control,
    tally: &Tally,
) -> Option<Finding<impl Serialize + use<'a>>> {
    let state = satisfied(tally)?;
    let related = Each(move || {
        set.rows().map(move |(_, row)| Named::Observation(set.observation(row.id, &control.id)))
    });
    Some(Finding {
        uuid: set.uuid("finding", &[&control.id]),
        title: Markup::new(&format!("{} {}", control.id, control.title)),
        description: Markup::new(&format!("Evidence relevant to this control, of {}", said(tally))),
        props: vec![Prop::known("label", &control.id), Prop::new("severity", severity(control))],
        origins: [Origin { actors: [Actor { kind: "tool", actor_uuid: program(set) }] }],
        target: Target {
            kind: "objective-id",
            target_id: objective(control),
            status: Status {
                state,
                reason: match state {
                    Satisfied::Satisfied => "pass",
                    Satisfied::NotSatisfied => "fail",
                },
            },
        },
        related_observations: related,
    })
}

pub(super) fn document<'a>(set: &'a Set<'a>) -> impl Serialize + 'a {
    let population = &set.file.document.population;
    let observations = Each(move || {
        set.each(move |looked| {
            let results = looked.verdict.assessment.controls.iter();
            results.filter_map(|result| observation(set, &looked, result)).collect()
        })
    });
    let tallies = tallies(set);
    let controls = set.view().rubric.controls.iter();
    let findings: Vec<_> =
        controls.filter_map(|control| finding(set, control, tallies.get(&control.id)?)).collect();
    Document {
        assessment_results: Body {
            uuid: set.uuid("assessment-results", &[]),
            metadata: head(set, "Assessment results"),
            import_ap: Href { href: PLAN },
            results: [Results {
                uuid: set.uuid("result", &[]),
                title: Markup::new(&set.about()),
                description: Markup::new(
                    "Evidence relevant to the controls of the catalogue. No statement of compliance.",
                ),
                start: set.at(),
                end: set.at(),
                reviewed_controls: Reviewed::all(),
                observations: (!set.file.models.is_empty()).then_some(observations),
                risks: set.file.document.exceptions.iter().map(|one| deviation(set, one)).collect(),
                findings,
                remarks: Markup::new(&format!(
                    "{} of {} covered; {} measured, {} not measured. A control that is unknown for a model and open for \
                     none has no finding.",
                    population.covered,
                    count(population.inventory, "model"),
                    population.measured,
                    population.not_measured
                )),
            }],
            back_matter: BackMatter {
                resources: Each(move || set.all_exhibits().map(|exhibit| Resource::of(&exhibit))),
            },
        },
    }
}
