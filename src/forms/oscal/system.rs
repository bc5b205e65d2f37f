//! The models as a system security plan: the inventory is the system, and each model a component of it.

use super::catalog::{roles, roles_of};
use super::files::{PROFILE, SYSTEM};
use super::head::head;
use super::types::{Component, Href, Line, Markup, Metadata, Prop, State};
use crate::documents::ReportedModel;
use crate::forms::set::Set;
use crate::forms::uuid::Uuid;
use crate::json::Each;
use crate::text::count;
use serde::Serialize;

/// The identifier of identifiers that are UUIDs.
const BY_UUID: &str = "http://ietf.org/rfc/rfc4122";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<C> {
    system_security_plan: Body<C>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Body<C> {
    uuid: Uuid,
    metadata: Metadata,
    import_profile: Href,
    system_characteristics: Characteristics,
    system_implementation: Implementation<C>,
    control_implementation: Controls,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Characteristics {
    system_ids: [SystemId; 1],
    system_name: Line,
    description: Markup,
    system_information: Information,
    status: State,
    authorization_boundary: Described,
}

/// The system by its identifier.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct SystemId {
    identifier_type: &'static str,
    id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Information {
    information_types: [Titled; 1],
}

#[derive(Serialize)]
struct Titled {
    title: Markup,
    description: Markup,
}

#[derive(Serialize)]
struct Described {
    description: Markup,
}

#[derive(Serialize)]
struct Implementation<C> {
    users: Vec<User>,
    components: C,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct User {
    uuid: Uuid,
    title: Markup,
    role_ids: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Controls {
    description: Markup,
    implemented_requirements: Vec<Requirement>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Requirement {
    uuid: Uuid,
    control_id: String,
    responsible_roles: Vec<Responsible>,
    by_components: [ByComponent; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Responsible {
    role_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ByComponent {
    component_uuid: Uuid,
    uuid: Uuid,
    description: Markup,
}

impl SystemId {
    pub fn of(set: &Set<'_>) -> Self {
        SystemId { identifier_type: BY_UUID, id: set.system() }
    }
}

/// The whole inventory, as a component.
fn this_system(set: &Set<'_>) -> Component {
    let population = &set.file.document.population;
    let about = format!(
        "{} of {}: {}",
        population.covered,
        count(population.inventory, "model"),
        population.filter.raw()
    );
    Component {
        uuid: this(set),
        kind: "this-system",
        title: Markup::new(&set.about()),
        description: Markup::new(&about),
        props: Vec::new(),
        status: unknown("Whether the system is in operation is not recorded."),
    }
}

fn this(set: &Set<'_>) -> Uuid {
    Uuid::of("this-system", &[&set.view().workspace.name])
}

fn unknown(why: &str) -> State {
    State { state: "other", remarks: Some(Markup::new(why)) }
}

fn component(set: &Set<'_>, row: &ReportedModel<'_>) -> Component {
    let mut props = vec![
        Prop::new("model", row.id.raw()),
        Prop::new("kind", row.kind.word()),
        Prop::new("verification", row.outcome.key()),
        Prop::new("decision", row.decision.word()),
    ];
    // A level that was not measured is no level.
    if row.is_measured {
        props.push(Prop::new("own-level", &row.own.to_string()));
        props.push(Prop::new("effective-level", &row.effective.to_string()));
    }
    props.extend(row.root_digest.map(|root| Prop::new("root-digest-sha256", &root.to_string())));
    props.extend(row.evidence.map(|evidence| Prop::new("evidence-sha256", &evidence.to_string())));
    if !row.signer.raw().is_empty() {
        props.push(Prop::new("signer", row.signer.raw()));
    }
    Component {
        uuid: set.model(row.id),
        kind: "software",
        title: Markup::new(row.id.raw()),
        description: Markup::new(&format!("{}, {}", row.kind.word(), row.status)),
        props,
        status: match row.deployments {
            0 => unknown("No deployment is recorded."),
            many => State {
                state: "operational",
                remarks: Some(Markup::new(&format!("{} recorded", count(many, "deployment")))),
            },
        },
    }
}

fn controls(set: &Set<'_>) -> Controls {
    let requirement = |control: &crate::maturity::Control| Requirement {
        uuid: Uuid::of("requirement", &[SYSTEM, &set.view().workspace.name, &control.id]),
        control_id: control.id.to_string(),
        responsible_roles: roles_of(control.duty).iter().map(|role| Responsible { role_id: role }).collect(),
        by_components: [ByComponent {
            component_uuid: this(set),
            uuid: Uuid::of("by-component", &[SYSTEM, &set.view().workspace.name, &control.id]),
            description: Markup::new(&format!("Evidence that is looked at: {}", control.evidence)),
        }],
    };
    Controls {
        description: Markup::new(
            "Which evidence is looked at for each control. What was found stands in the assessment results.",
        ),
        implemented_requirements: set.view().rubric.controls.iter().map(requirement).collect(),
    }
}

pub(super) fn document<'a>(set: &'a Set<'a>) -> impl Serialize + 'a {
    let components = Each(move || {
        let models = set.rows().map(move |(_, row)| component(set, row));
        std::iter::once(this_system(set)).chain(models)
    });
    let user = |role: super::types::Role| User {
        uuid: Uuid::of("user", &[role.id]),
        title: role.title,
        role_ids: [role.id],
    };
    Document {
        system_security_plan: Body {
            uuid: Uuid::of("system-security-plan", &[&set.view().workspace.name, &set.about()]),
            metadata: Metadata { roles: roles(), ..head(set, "Models") },
            import_profile: Href { href: PROFILE },
            system_characteristics: Characteristics {
                system_ids: [SystemId::of(set)],
                system_name: Line::new(&set.view().workspace.name),
                description: Markup::new("An inventory of machine-learning models."),
                system_information: Information {
                    information_types: [Titled {
                        title: Markup::new("Machine-learning models"),
                        description: Markup::new("Weights, adapters, datasets, agent cards and skills."),
                    }],
                },
                status: unknown("Whether the system is in operation is not recorded."),
                authorization_boundary: Described {
                    description: Markup::new("The sources that the inventory was read from."),
                },
            },
            system_implementation: Implementation {
                users: roles().into_iter().map(user).collect(),
                components,
            },
            control_implementation: controls(set),
        },
    }
}
