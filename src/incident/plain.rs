//! The steps of a runbook that has lists and no steps: verify the digest first, collect the evidence, contain, remove the
//! cause, recover, learn.

use super::runbook::{Branch, END, Runbook, Step};
use super::vocabulary::{Phase, StepKind};
use crate::text::Untrusted;

/// The runbook that takes over when the model is not the approved one.
const SUBSTITUTION: &str = "model_substitution";
/// Until when an incident is reviewed.
const REVIEW_DAYS: u32 = 14;

/// The steps.
pub(super) fn plain_steps(runbook: &Runbook) -> Vec<Step> {
    let goto = |holds: &str, goto: &str| Branch { holds: holds.into(), goto: goto.to_owned() };
    let mut steps = vec![
        Step {
            commands: vec!["touchmark verify $model --explain".into()],
            ..step("verify", Phase::Triage, StepKind::Auto, "Verify the digest of the model first")
        },
        Step {
            when: vec![
                goto("the model is the approved one, or no model is concerned", "confirm"),
                goto("the model is another one, or that cannot be told", "substituted"),
            ],
            ..step("intact", Phase::Triage, StepKind::Decision, "Is the model the approved one?")
        },
        Step {
            child: Some(SUBSTITUTION.to_owned()),
            commands: vec!["touchmark incident open model_substitution --subject $subject --by $by".into()],
            tasks: vec!["Come back to this case for what the other one does not cover".into()],
            ..step(
                "substituted",
                Phase::Triage,
                StepKind::Manual,
                "Open a case of model substitution as well",
            )
        },
        listed(
            "confirm",
            Phase::Triage,
            "Confirm the incident: which of these are seen?",
            &runbook.detection,
        ),
        Step {
            approval: true,
            evidence_before: runbook.evidence.clone(),
            ..listed("contain", Phase::Contain, "Contain it", &runbook.containment)
        },
        listed("eradicate", Phase::Eradicate, "Remove its cause", &runbook.eradication),
        listed("recover", Phase::Recover, "Recover", &runbook.recovery),
        Step {
            due_days: Some(REVIEW_DAYS),
            ..step("learn", Phase::Learn, StepKind::Manual, "Review the incident")
        },
    ];
    // What a list does not name is no step.
    steps.retain(|step| {
        let is_listed = ["contain", "eradicate", "recover"].contains(&step.id.as_str());
        !is_listed || !step.tasks.is_empty()
    });
    let following: Vec<String> =
        steps.iter().skip(1).map(|step| step.id.clone()).chain([END.to_owned()]).collect();
    for (step, next) in steps.iter_mut().zip(following) {
        step.next = (step.kind != StepKind::Decision).then_some(next);
    }
    steps
}

fn listed(id: &str, phase: Phase, title: &str, tasks: &[Untrusted]) -> Step {
    Step { tasks: tasks.to_vec(), ..step(id, phase, StepKind::Manual, title) }
}

fn step(id: &str, phase: Phase, kind: StepKind, title: &str) -> Step {
    Step {
        id: id.to_owned(),
        phase,
        kind,
        title: title.into(),
        commands: Vec::new(),
        tasks: Vec::new(),
        evidence_before: Vec::new(),
        approval: false,
        when: Vec::new(),
        child: None,
        due_days: None,
        exit_when: None,
        next: None,
    }
}
