//! The rubric as a catalogue of controls, and its levels as a profile of that catalogue.

use super::files::CATALOG;
use super::types::{Href, Line, Markup, Metadata, Prop, Role};
use crate::forms::uuid::Uuid;
use crate::maturity::{Control, Duty, Rubric, Severity};
use jiff::Timestamp;
use serde::Serialize;

/// The namespace of NIST's catalogues, for the methods of an assessment.
const RMF: &str = "http://csrc.nist.gov/ns/rmf";

#[derive(Serialize)]
pub(super) struct Catalog {
    catalog: Body,
}

#[derive(Serialize)]
struct Body {
    uuid: Uuid,
    metadata: Metadata,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    id: String,
    class: &'static str,
    title: Markup,
    controls: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    class: &'static str,
    title: Markup,
    props: Vec<Prop>,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Markup>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prose: Option<Markup>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part>,
}

impl Part {
    fn new(id: Option<String>, name: &'static str, prose: &str) -> Self {
        let prose = Some(Markup::new(prose));
        Part { id, name, title: None, props: Vec::new(), prose, parts: Vec::new() }
    }
}

/// The id of what a control is judged by.
pub(super) fn objective(control: &Control) -> Line {
    Line::new(&format!("{}_obj", control.id))
}

pub(super) fn severity(control: &Control) -> &'static str {
    match (control.severity, control.conditional) {
        (Severity::Must, false) => "must",
        (Severity::Must, true) => "must-where-it-applies",
        (Severity::Should, _) => "should",
        (Severity::May, _) => "may",
    }
}

/// The roles that have to act on a control.
pub(super) fn roles_of(duty: Duty) -> &'static [&'static str] {
    match duty {
        Duty::Producer => &["producer"],
        Duty::Consumer => &["consumer"],
        Duty::Both => &["producer", "consumer"],
    }
}

pub(super) fn roles() -> Vec<Role> {
    vec![
        Role { id: "producer", title: Markup::new("Who makes a model") },
        Role { id: "consumer", title: Markup::new("Who uses a model") },
    ]
}

fn entry(control: &Control) -> Entry {
    let mut props = vec![
        Prop::known("label", &control.id),
        Prop::new("severity", severity(control)),
        Prop::new("basis", &control.basis),
        Prop::new("clause", &control.clause),
    ];
    props.extend(roles_of(control.duty).iter().map(|role| Prop::new("duty", role)));
    let outcomes = [
        ("partial", Some(&control.partial)),
        ("fail", Some(&control.fail)),
        ("missing", control.missing.as_ref()),
        ("not applicable", control.not_applicable.as_ref()),
    ];
    let outcome = |(word, prose): (&str, Option<&String>)| {
        let part = Part::new(None, "item", prose.filter(|prose| !prose.trim().is_empty())?);
        Some(Part { title: Some(Markup::new(word)), ..part })
    };
    let id = |suffix: &str| Some(format!("{}_{suffix}", control.id));
    let examined = Part {
        prose: None,
        props: vec![Prop::elsewhere(RMF, "method", "EXAMINE")],
        parts: vec![Part::new(None, "assessment-objects", &control.evidence)],
        ..Part::new(id("asm"), "assessment-method", "")
    };
    Entry {
        id: control.id.to_string(),
        class: "maturity",
        title: Markup::new(&control.title),
        props,
        parts: vec![
            Part::new(id("smt"), "statement", &control.title),
            Part {
                parts: outcomes.into_iter().filter_map(outcome).collect(),
                ..Part::new(id("obj"), "assessment-objective", &control.pass)
            },
            examined,
            Part::new(id("gdn"), "guidance", &control.remediation),
        ],
    }
}

impl Catalog {
    /// Of a rubric.
    pub fn of(rubric: &Rubric, at: Timestamp, scope: &str) -> Self {
        let group = |(level, name): (u8, &String)| Group {
            id: format!("level-{level}"),
            class: "level",
            title: Markup::new(&format!("Level {level}: {name}")),
            controls: rubric.controls.iter().filter(|control| control.level == level).map(entry).collect(),
        };
        let metadata = Metadata::new("Maturity of machine-learning models", at, &rubric.schema, scope);
        let props = vec![Prop::new("rubric-sha256", &rubric.digest)];
        let metadata = Metadata { props, roles: roles(), ..metadata };
        let groups = (1..).zip(&rubric.level_names).map(group).collect();
        Catalog { catalog: Body { uuid: Uuid::of("catalog", &[&rubric.digest]), metadata, groups } }
    }
}

#[derive(Serialize)]
pub(super) struct Profile {
    profile: Levels,
}

#[derive(Serialize)]
struct Levels {
    uuid: Uuid,
    metadata: Metadata,
    imports: [Import; 1],
    merge: Merge,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Import {
    #[serde(flatten)]
    from: Href,
    include_controls: Vec<Selected>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Selected {
    with_ids: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Merge {
    as_is: bool,
}

impl Profile {
    /// All levels of a rubric.
    pub fn of(rubric: &Rubric, at: Timestamp, scope: &str) -> Self {
        let of_level = |level: u8| {
            let controls = rubric.controls.iter().filter(|control| control.level == level);
            Selected { with_ids: controls.map(|control| control.id.to_string()).collect() }
        };
        let levels = (1..).zip(&rubric.level_names).map(|(level, _)| of_level(level));
        let metadata = Metadata::new("Levels 1 to 3", at, &rubric.schema, scope);
        Profile {
            profile: Levels {
                uuid: Uuid::of("profile", &[&rubric.digest]),
                metadata,
                imports: [Import { from: Href { href: CATALOG }, include_controls: levels.collect() }],
                merge: Merge { as_is: true },
            },
        }
    }
}
