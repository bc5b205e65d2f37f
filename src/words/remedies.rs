//! Remedies for the controls of claims, lineage and governance, with exact commands where there are any.

use super::Face;
use crate::inventory::ModelId;
use crate::maturity::{ControlFact, LineageFact, Parents, Remedy, Those, UseFact};
use crate::text::shell_word;

/// What stands for the model in a command.
const MODEL: &str = "MODEL";

/// A remedy whose commands name this model.
pub fn of_model(remedy: String, model: &ModelId) -> String {
    match shell_word(model.raw()) {
        Some(word) if remedy.contains('`') => remedy.replace(MODEL, &word),
        _ => remedy,
    }
}

/// The remedy; empty if there is none.
pub(super) fn above(remedy: Remedy, fact: &ControlFact, face: Face) -> String {
    let run = |command: String| format!("Run `touchmark {command}`");
    let attest = |what: &str| run(format!("attest {what} {MODEL}"));
    match remedy {
        Remedy::AttestProvenance => {
            let base = parents(fact).map(word).unwrap_or_else(|| "PARENT".to_owned());
            run(format!("attest provenance {MODEL} --build TYPE --base {base} --builder URI"))
        }
        Remedy::AttestWithTime => format!(
            "{} with `--tsa-url URL`, or keyless: each statement needs a trusted time",
            attest("provenance")
        ),
        Remedy::AttestData => format!("{} with `--dataset`", attest("data")),
        Remedy::AttestConfig => attest("config"),
        Remedy::AttestEvaluation => attest("evaluation"),
        Remedy::AttestCard => run(format!("attest card {MODEL} FILE")),
        Remedy::AttestSummary => attest("summary"),
        Remedy::VerifyParents => match (parents(fact), face) {
            (Some(those), Face::Text) => run(format!("verify {}", word(those))),
            (Some(those), Face::Tui) => format!("Verify {} (V)", those.first.raw()),
            (None, _) => "Verify its parents".to_owned(),
        },
        Remedy::AddParents => "Add a source that holds the parents\' files, then scan".to_owned(),
        Remedy::SignParents => {
            "Ask the producers of the parents to sign them, or sign them at ingest if the policy allows it"
                .to_owned()
        }
        Remedy::RaiseParents => match fact {
            ControlFact::Lineage(LineageFact::AncestorsBridged) => {
                "Get the evidence of the ancestor that the summary stands in for".to_owned()
            }
            _ => "Raise the level of its parents first".to_owned(),
        },
        Remedy::Investigate => "Do not promote it; find out which of the two is wrong".to_owned(),
        Remedy::CorrectParents => "Correct the parents in its documents or claims".to_owned(),
        Remedy::GrantRole => {
            "Give this signer the role in the policy, or use a claim by a signer with the role".to_owned()
        }
        Remedy::DeclareStrategy => "Set `strategy` in the policy\'s [conflicts]".to_owned(),
        Remedy::DeclareAge => "Set `max_age_days` in the policy\'s [[require]]".to_owned(),
        Remedy::DeclareRequirement => "State the threshold in the policy\'s [[require]]".to_owned(),
        Remedy::SignPolicy => match fact {
            ControlFact::Use(UseFact::PolicyChanged | UseFact::PolicySealInvalid) => {
                "Review the policy, then sign it again".to_owned()
            }
            _ => "Sign the policy file".to_owned(),
        },
        Remedy::NamePublisher => "Add a [[publisher]] for this model to the policy".to_owned(),
        Remedy::RenewPolicy => "Review the policy, then extend `expires`".to_owned(),
        Remedy::AskGate => match fact {
            ControlFact::Use(UseFact::NotLetIn(stage)) => {
                let stage = shell_word(stage.raw()).unwrap_or_else(|| "STAGE".to_owned());
                run(format!("gate {MODEL} --stage {stage}"))
            }
            _ => run(format!("gate {MODEL}")),
        },
        Remedy::CloseStage => {
            "Set on_contradicted and on_missing to \"closed\" for production stages in the policy".to_owned()
        }
        Remedy::StateRelease => "State the release time in an AIBOM of the model".to_owned(),
        Remedy::EnterDeployment => run(format!("deploy add {MODEL} --stage STAGE --where PLACE")),
        Remedy::HoldDrill => {
            let runbook = match fact {
                ControlFact::Use(
                    UseFact::RunbookBound { runbook, .. } | UseFact::DrillTooOld { runbook, .. },
                ) => shell_word(runbook.raw()),
                _ => None,
            };
            run(format!("incident drill {} --by NAME", runbook.unwrap_or_else(|| "TYPE".to_owned())))
        }
        Remedy::ImportFeed => run("feed import FILE".to_owned()),
        Remedy::TriageThreats => {
            let id = threats(fact)
                .and_then(|those| shell_word(those.first.raw()))
                .unwrap_or_else(|| "ID".to_owned());
            let state = match fact {
                ControlFact::Use(UseFact::ThreatsAffect(_)) => "fixed",
                _ => "STATE",
            };
            let triage = format!("feed triage {MODEL} {id} --state {state} --reason WHY --by NAME");
            match fact {
                ControlFact::Use(UseFact::ThreatsAffect(_)) => {
                    format!("Fix it, then record that: `touchmark {triage}`")
                }
                _ => run(triage),
            }
        }
        _ => String::new(),
    }
}

/// The entries of feeds that a fact names.
fn threats(fact: &ControlFact) -> Option<&Those> {
    match fact {
        ControlFact::Use(
            UseFact::ThreatsToConfirm(those) | UseFact::ThreatsOpen(those) | UseFact::ThreatsAffect(those),
        ) => Some(those),
        _ => None,
    }
}

/// The parents that a fact names.
fn parents(fact: &ControlFact) -> Option<&Parents> {
    let ControlFact::Lineage(fact) = fact else { return None };
    match fact {
        LineageFact::OnlyInCard(those)
        | LineageFact::PinnedByRevision(those)
        | LineageFact::NotPinned(those)
        | LineageFact::ParentsNotVerified(those)
        | LineageFact::InputsInPart(those)
        | LineageFact::DigestsMapped(those) => Some(those),
        _ => None,
    }
}

fn word(parents: &Parents) -> String {
    shell_word(parents.first.raw()).unwrap_or_else(|| "PARENT".to_owned())
}
