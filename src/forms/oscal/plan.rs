//! What was asked, as an assessment plan: the stage, the policy, the models and the program that looked.

use super::files::SYSTEM;
use super::head::head;
use super::types;
use super::types::{
    BackMatter, Component, Href, Markup, Metadata, Named, Prop, Resource, Reviewed, State, Subject,
};
use crate::forms::set::Set;
use crate::forms::uuid::Uuid;
use crate::json::Each;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<S> {
    assessment_plan: Body<S>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Body<S> {
    uuid: Uuid,
    metadata: Metadata,
    import_ssp: Href,
    local_definitions: Activities,
    reviewed_controls: Reviewed,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessment_subjects: Option<[Subjects<S>; 1]>,
    assessment_assets: Assets,
    tasks: [Task; 1],
    back_matter: BackMatter<[Resource; 1]>,
}

#[derive(Serialize)]
struct Activities {
    activities: [Activity; 1],
}

#[derive(Serialize)]
struct Activity {
    uuid: Uuid,
    title: Markup,
    description: Markup,
    props: Vec<Prop>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Subjects<S> {
    #[serde(rename = "type")]
    kind: &'static str,
    include_subjects: S,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Assets {
    components: [Component; 1],
    assessment_platforms: [Platform; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Platform {
    uuid: Uuid,
    title: Markup,
    uses_components: [Named; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Task {
    uuid: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    title: Markup,
    associated_activities: [Associated; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Associated {
    activity_uuid: Uuid,
    subjects: [types::IncludeAll; 1],
}

/// The program, as a component that assesses.
pub(super) fn program(set: &Set<'_>) -> Uuid {
    Uuid::of("program", &[&set.file.document.rests_on.program])
}

pub(super) fn document<'a>(set: &'a Set<'a>) -> impl Serialize + 'a {
    let rests = &set.file.document.rests_on;
    let activity = set.uuid("activity", &[]);
    let subjects = Each(move || set.rows().map(move |(_, row)| Subject::component(set.model(row.id))));
    let is_empty = set.file.models.is_empty();
    Document {
        assessment_plan: Body {
            uuid: set.uuid("assessment-plan", &[]),
            metadata: head(set, "Assessment plan"),
            import_ssp: Href { href: SYSTEM },
            local_definitions: Activities {
                activities: [Activity {
                    uuid: activity,
                    title: Markup::new(&format!("Judge for stage {}", rests.stage)),
                    description: Markup::new(
                        "Judge the evidence on record by the policy, the rubric and the trust anchors of these digests.",
                    ),
                    props: vec![
                        Prop::new("stage", rests.stage),
                        Prop::new("policy-sha256", rests.policy.digest),
                        Prop::new("rubric-sha256", rests.rubric.digest),
                        Prop::new("trust-anchors-sha256", &rests.anchors.to_string()),
                    ],
                }],
            },
            reviewed_controls: Reviewed::all(),
            assessment_subjects: (!is_empty)
                .then_some([Subjects { kind: "component", include_subjects: subjects }]),
            assessment_assets: Assets {
                components: [Component {
                    uuid: program(set),
                    kind: "software",
                    title: Markup::new("Touchmark"),
                    description: Markup::new("The program that looked and judged."),
                    props: vec![Prop::known("version", &rests.program)],
                    status: State { state: "operational", remarks: None },
                }],
                assessment_platforms: [Platform {
                    uuid: set.uuid("platform", &[]),
                    title: Markup::new("Touchmark"),
                    uses_components: [Named::Component(program(set))],
                }],
            },
            tasks: [Task {
                uuid: set.uuid("task", &[]),
                kind: "action",
                title: Markup::new(&format!("Judge {}", set.about())),
                associated_activities: [Associated {
                    activity_uuid: activity,
                    subjects: [types::IncludeAll::default()],
                }],
            }],
            back_matter: BackMatter { resources: [Resource::of(&set.policy())] },
        },
    }
}
