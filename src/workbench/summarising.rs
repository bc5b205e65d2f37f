//! The verdict on a model for a verification summary: the result at a stage, with the policy, the evidence
//! and the levels of the model's ancestors. A refused model fails; it has no SVR, which lists only what
//! holds.

use super::attesting::in_uri;
use super::door::Workbench;
use super::in_force::known_stage;
use super::made::workspace_of;
use crate::attest::{Attested, NamedDigest, PolicyNamed, ResultDraft, SummaryDraft};
use crate::decision::{Decision, Verdict};
use crate::disk::slashed;
use crate::error::{Code, Error, Result};
use crate::inventory::FactKey;
use crate::text::Untrusted;
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// The level that a summary states, by the rubric of the program.
const LEVEL: &str = "COSAI_AIMM_LEVEL_";

/// How the verifier calls itself, the model and the policy; none: as the workspace does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SummaryNames {
    /// The verifier, as a URI.
    pub verifier: Option<String>,
    /// The model, as a URI.
    pub resource: Option<String>,
    /// The policy, as a URI.
    pub policy: Option<String>,
}

/// A verdict as a verifier states it.
#[derive(Debug, Clone)]
pub struct Summarised {
    /// The summary.
    pub summary: SummaryDraft,
    /// The verdict that it states.
    pub verdict: Verdict,
}

impl Summarised {
    /// The same as a list of what holds.
    ///
    /// # Errors
    /// `E-EVIDENCE` when the model is refused: that cannot be said in such a list.
    pub fn result(&self) -> Result<ResultDraft> {
        let SummaryDraft { verifier, at, policy, levels, .. } = &self.summary;
        let properties = levels.clone().ok_or_else(|| {
            Error::new(
                Code::Evidence,
                format!(
                    "the model is refused at stage {}, but an SVR lists only what holds",
                    self.verdict.stage
                ),
            )
            .at(self.verdict.model.raw())
            .help("omit --svr: a VSA can state that verification failed")
        })?;
        Ok(ResultDraft { verifier: verifier.clone(), at: *at, policy: policy.clone(), properties })
    }
}

impl Workbench {
    /// The current verdict on a model at a stage; by default, the stage in force.
    ///
    /// # Errors
    /// `E-NOT-FOUND` for an unknown stage; `E-EVIDENCE` when there is no decision because the model was not examined or
    /// its files changed since.
    pub fn summarised(&self, index: usize, stage: Option<&str>, names: &SummaryNames) -> Result<Summarised> {
        self.valid_policy()?;
        let view = self.view();
        let stage = stage.unwrap_or(&view.stage);
        known_stage(&view.policy, stage)?;
        let view = view.at_stage(stage).unwrap_or_else(|| View::clone(&view));
        let unknown = || Error::new(Code::NotFound, "no such model in the inventory");
        let model = view.models.get(index).ok_or_else(unknown)?;
        let verdict = view.verdict(index).ok_or_else(unknown)?;
        let verified = view.standing(index).filter(|_| verdict.decision != Decision::NotJudged);
        if verified.is_none() {
            return Err(Error::new(
                Code::Evidence,
                "no decision: this model was not verified in its current state",
            )
            .at(model.id.raw())
            .help("run `touchmark verify MODEL` first"));
        }
        let levels = (verdict.decision != Decision::Refuse).then(|| levels(&verdict));
        let workspace = workspace_of(&**self.store())?;
        let of_workspace = || {
            let id = workspace.map(|id| id.to_string()).unwrap_or_else(|| "unrecorded".to_owned());
            format!("urn:touchmark:workspace:{id}")
        };
        let of_model = || {
            let purl = model.fact(FactKey::Purl).map(|fact| fact.value.raw()).filter(|purl| is_purl(purl));
            purl.map_or_else(
                || format!("urn:touchmark:model:{}", in_uri(&model.id.raw().into())),
                str::to_owned,
            )
        };
        let of_policy =
            || format!("urn:touchmark:policy:{}", in_uri(&Untrusted::new(view.policy.origin.as_str())));
        let summary = SummaryDraft {
            verifier: names.verifier.clone().unwrap_or_else(of_workspace),
            version: ("touchmark".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            at: view.at,
            resource: names.resource.clone().unwrap_or_else(of_model),
            policy: PolicyNamed {
                uri: names.policy.clone().unwrap_or_else(of_policy),
                digest: NamedDigest::sha256(view.policy.file_digest.as_str()),
            },
            inputs: inputs(&view, index),
            levels,
            dependencies: dependencies(&view, index),
        };
        Ok(Summarised { summary, verdict })
    }
}

/// What was reached: the effective level, where there is one, and that the stage lets it in.
fn levels(verdict: &Verdict) -> Vec<String> {
    let stage: String = verdict
        .stage
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    let level = (verdict.effective > 0).then(|| format!("{LEVEL}{}", verdict.effective));
    let with = if verdict.decision == Decision::Warn { "_WITH_WARNINGS" } else { "" };
    level.into_iter().chain([format!("TOUCHMARK_{stage}_ADMITTED{with}")]).collect()
}

/// The signatures and the claims that the verdict rests on, those of its ancestors among them.
fn inputs(view: &View, index: usize) -> Vec<Attested> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for index in view.family(index) {
        let (Some(model), Some(verified)) = (view.models.get(index), view.standing(index)) else { continue };
        let place = |path: &std::path::Path| in_uri(&Untrusted::new(slashed(path)));
        if let Some(digest) = &verified.verification.bundle_digest {
            found.insert(digest.clone(), model.signature.as_deref().map(place));
        }
        let claims = model.claims.as_deref().map(place);
        for testimony in verified.testimonies.iter().filter(|testimony| testimony.claimed.counts()) {
            found.entry(testimony.claimed.digest.clone()).or_insert_with(|| claims.clone());
        }
    }
    let mut inputs: Vec<Attested> = found.into_iter().map(|(digest, uri)| Attested { uri, digest }).collect();
    inputs.sort();
    inputs
}

/// How many ancestors reach which level. One that is nowhere in the inventory reaches none.
fn dependencies(view: &View, index: usize) -> Vec<(String, u64)> {
    let descent = view.judgement.descent();
    let family = view.family(index);
    let mut absent = BTreeSet::new();
    let mut levels: BTreeMap<u8, u64> = BTreeMap::new();
    for member in family {
        let parents = descent.parents(member).into_iter().filter(|parent| view.model(parent).is_none());
        absent.extend(parents.cloned());
        if member != index
            && let Some(standing) = view.judgement.standing(member)
        {
            *levels.entry(standing.effective).or_default() += 1;
        }
    }
    if !absent.is_empty() {
        *levels.entry(0).or_default() += u64::try_from(absent.len()).unwrap_or(u64::MAX);
    }
    levels.into_iter().rev().map(|(level, many)| (format!("{LEVEL}{level}"), many)).collect()
}

fn is_purl(text: &str) -> bool {
    text.starts_with("pkg:") && text.bytes().all(|byte| byte.is_ascii_graphic())
}
