//! The answers of a triage that follow from the whole inventory: what each stage says, who derives from the model, what
//! shares something with it, what to go back to, and what to change in the policy.

use super::door::Workbench;
use super::previewing::candidate;
use super::triage_history::History;
use crate::decision::{By, Decision, RecordedSeen, SeenEvidence, judge_model};
use crate::error::{Code, Result};
use crate::incident::{
    Class, Difference, Event, EvidenceState, Expected, Integrity, Kin, KnownField, Observed, Patch,
    ProfileLacks, Radius, Rollback, Shared, Siblings, StageStood, Timeline, Version, What,
};
use crate::inventory::ModelId;
use crate::lineage::Side;
use crate::maturity::Gated;
use crate::policy::lint::lint;
use crate::policy::{Action, Became, PolicyEdit, diff, edited_on};
use crate::signing::{Outcome, Progress, RootDigest};
use crate::store::LedgerEntry;
use crate::text::{Untrusted, count};
use crate::view::incidents::{IncidentSeen, deployments};
use crate::view::{Blamed, Verified, View};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The runbook of a substitution.
pub(super) const RUNBOOK: &str = "model_substitution";
/// So many names are listed.
const MOST_NAMES: usize = 20;
/// So many models are kept that derive from it.
const MOST_KIN: usize = 1000;
/// So many versions are tried, the newest first.
const MOST_VERSIONS: usize = 10;
/// What a denial says as its reason.
const WHY: &str = "suspected substitution";

/// What the answers are made from.
pub(super) struct Triaging<'a> {
    pub workbench: &'a Workbench,
    /// The inventory as it was.
    pub view: &'a View,
    /// The same with the model by what was just read; none where nothing was, or it is not in the inventory.
    pub with: Option<&'a View>,
    pub index: Option<usize>,
    pub class: &'a Class,
    pub observed: &'a Observed,
    pub expected: Option<&'a Expected>,
    pub history: &'a History,
    pub timeline: &'a Timeline,
}

impl Triaging<'_> {
    fn id(&self) -> Option<&ModelId> {
        self.index.and_then(|index| self.view.models.get(index)).map(|model| &model.id)
    }

    /// What each stage says of these bytes.
    pub fn stages(&self) -> Vec<StageStood> {
        let (Some(with), Some(index)) = (self.with, self.index) else { return Vec::new() };
        let stage = |stage: &crate::policy::Stage| {
            let verdict = with.at_stage(&stage.name)?.verdict(index)?.by_gate();
            let against = verdict.reasons.iter().filter(|reason| reason.action > Action::Open);
            let mut because: Vec<String> = Vec::new();
            for code in against.map(|reason| reason.code.as_str().to_owned()) {
                if !because.contains(&code) {
                    because.push(code);
                }
            }
            let is_asked =
                |what: &What| matches!(what, What::Decided { stage: at, .. } if at.raw() == stage.name);
            let asked = self.timeline.since_good().filter(|event| is_asked(&event.what)).last().cloned();
            let runs = with.runs_at(index).iter().filter(|runs| runs.stage.raw() == stage.name).count();
            let (decision, exceptions) = (verdict.decision, verdict.exceptions);
            Some(StageStood { stage: stage.name.clone(), decision, because, exceptions, asked, runs })
        };
        self.view.policy.stages.iter().filter_map(stage).collect()
    }

    /// Who derives from it, by what claims prove of the bytes that they used.
    pub fn radius(&self) -> Radius {
        let since = self.timeline.last_good.map(|good| good.at);
        let (Some(id), Some(bad), true) = (self.id(), self.observed.root, self.class.is_bad()) else {
            return Radius::default();
        };
        let blast = self.view.blast_of_bytes(id, bad, since);
        let others = || blast.rows.iter().filter(|row| row.struck.id != *id);
        let many = |side: Side| others().filter(|row| row.struck.side == side).count();
        let kin = |row: &crate::view::BlastRow| Kin { id: row.struck.id.clone(), side: row.struck.side };
        Radius {
            tainted: many(Side::Tainted),
            suspect: many(Side::Suspect),
            clean: many(Side::Clean),
            rows: others().take(MOST_KIN).map(kin).collect(),
            runs: deployments(&blast),
        }
    }

    /// What shares a signer, the publisher or a place with it, in one walk over the inventory.
    pub fn siblings(&self) -> Vec<Siblings> {
        let view = self.view;
        let proven = self.observed.signer.as_ref().filter(|_| self.observed.is_proven);
        let signer = proven.map(|signer| &signer.subject);
        let publisher = self.id().and_then(|id| view.policy.publisher_of(id.raw()));
        let here: BTreeSet<&str> = self
            .index
            .map(|index| view.runs_at(index).iter().map(|runs| runs.place.raw()).collect())
            .unwrap_or_default();
        let mut groups: Vec<Siblings> = Vec::new();
        let group = |by: Shared| Siblings { by, total: 0, failing: 0, unverified: 0, first: Vec::new() };
        groups.extend(signer.map(|signer| group(Shared::Identity(signer.clone()))));
        groups.extend(publisher.map(|publisher| group(Shared::Publisher(publisher.id.clone()))));
        groups.extend(here.iter().map(|place| group(Shared::Place(Untrusted::new(place)))));
        for (index, model) in view.models.iter().enumerate().filter(|(index, _)| Some(*index) != self.index) {
            let standing = view.standing(index).map(|verified| &verified.verification);
            let fails = standing.is_some_and(|v| v.outcome() == Outcome::Fail);
            for group in &mut groups {
                let is_open = standing.is_none() && matches!(group.by, Shared::Identity(_));
                group.unverified += usize::from(is_open);
                let is_in = match &group.by {
                    Shared::Identity(subject) => standing.is_some_and(|v| {
                        v.signer_proven() && v.signer.as_ref().is_some_and(|one| one.subject == *subject)
                    }),
                    Shared::Publisher(id) => {
                        view.policy.publisher_of(model.id.raw()).is_some_and(|one| one.id == *id)
                    }
                    Shared::Place(place) => view.runs_at(index).iter().any(|runs| runs.place == *place),
                };
                if is_in {
                    group.total += 1;
                    group.failing += usize::from(fails);
                    if group.first.len() < MOST_NAMES {
                        group.first.push(model.id.clone());
                    }
                }
            }
        }
        groups
    }

    /// The newest version that the policy in force lets in: the expected one before all others.
    ///
    /// # Errors
    /// `E-STORE`, `E-CANCELLED`.
    pub fn rollback(&self, progress: &Progress) -> Result<Rollback> {
        let (Some(index), Some(id), true) = (self.index, self.id(), self.class.is_bad()) else {
            return Ok(Rollback::NotNeeded);
        };
        let is_expected =
            |version: &Version| self.expected.is_some_and(|expected| expected.root == version.root);
        let others = self
            .history
            .versions
            .iter()
            .filter(|(version, _)| version.model == *id && Some(version.root) != self.observed.root);
        let mut versions: Vec<&(Version, LedgerEntry)> = others.collect();
        versions.sort_by_key(|(version, _)| std::cmp::Reverse((is_expected(version), version.record.number)));
        let runs: BTreeSet<&str> = self.view.runs_at(index).iter().map(|runs| runs.stage.raw()).collect();
        let known = runs.into_iter().filter(|stage| self.view.policy.stage(stage).is_some());
        let mut stages: Vec<String> = known.map(str::to_owned).collect();
        if stages.is_empty() {
            stages.push(self.view.stage.clone());
        }
        let mut tried = 0;
        for (version, entry) in versions.into_iter().take(MOST_VERSIONS) {
            progress.check()?;
            tried += 1;
            let Some(level) = self.let_in(index, (version, entry), &stages, progress)? else { continue };
            let at = self.view.digests.model_of(&version.root).filter(|at| {
                let index = self.view.model(at).map(|(index, _)| index);
                let seen = index.and_then(|index| self.view.standing(index));
                // Of the model itself other bytes were just read.
                *at != id && seen.is_some_and(|seen| seen.verification.root_of_files() == Some(version.root))
            });
            return Ok(Rollback::To {
                version: Box::new(version.clone()),
                stages,
                level,
                is_expected: is_expected(version),
                at: at.cloned(),
            });
        }
        Ok(Rollback::None { tried, stages })
    }

    /// The level of a version, if all of these stages let it in: judged again, from what was kept when it was verified, as
    /// if its bytes lay there now. None too where that is no longer kept.
    fn let_in(
        &self,
        index: usize,
        (version, entry): (&Version, &LedgerEntry),
        stages: &[String],
        progress: &Progress,
    ) -> Result<Option<u8>> {
        let (view, model) = (self.view, self.view.models.get(index));
        let Ok(recorded) = serde_json::from_str::<RecordedSeen>(&entry.body) else { return Ok(None) };
        let digests = recorded.evidence.models.into_iter().find(|known| known.id == version.model);
        let (Some(model), Some(digests)) = (model, digests.and_then(|known| known.seen)) else {
            return Ok(None);
        };
        let seen = match SeenEvidence::again(&digests, &|digest| self.workbench.store().evidence(digest)) {
            Ok(seen) if !seen.lacks_bundle() => seen,
            Ok(_) => return Ok(None),
            Err(error) if error.code == Code::Evidence => return Ok(None),
            Err(error) => return Err(error),
        };
        let by = By { policy: &view.policy, anchors: &view.trust, now: view.at };
        let (mut verification, testimonies) = judge_model(model, &seen, &by, progress)?;
        // Whoever brings it back verifies it then.
        verification.at = view.at;
        let verified = Verified {
            verification,
            looked: seen.looked,
            testimonies: testimonies.into(),
            seen: digests,
            state: view.state(index),
            until: None,
            took_ms: 0,
            record: version.record,
        };
        let with = self.as_it_was_let_in(version).with(&[(index, Some(Arc::new(verified)))]);
        let mut level = None;
        for stage in stages {
            let at_stage = with.at_stage(stage);
            let standing = at_stage.as_ref().and_then(|at_stage| at_stage.judgement.standing(index));
            match standing.filter(|standing| standing.decision == Decision::Admit) {
                Some(standing) => level = Some(standing.effective),
                None => return Ok(None),
            }
        }
        Ok(level)
    }

    /// The view in which gates said last what they said of a version: what they said of other bytes since is what is to be
    /// undone.
    fn as_it_was_let_in(&self, version: &Version) -> View {
        let mut view = self.view.clone();
        let is_of_it = |gated: &Gated| gated.root == Some(version.root);
        let others = |gates: &[Gated]| gates.iter().any(|gated| !is_of_it(gated));
        if !view.usage.get(&version.model).is_some_and(|usage| others(&usage.gates)) {
            return view;
        }
        if let Some(usage) = Arc::make_mut(&mut view.usage).get_mut(&version.model) {
            usage.gates.retain_mut(|gated| {
                let was_let_in = self.history.was_let_in(&version.model, version.root, gated.stage.raw());
                if was_let_in && !is_of_it(gated) {
                    (gated.root, gated.let_in, gated.passed) = (Some(version.root), true, None);
                }
                is_of_it(gated)
            });
        }
        view
    }

    /// The edit of the policy that denies who signed these bytes.
    pub fn patch(&self) -> Patch {
        let view = self.view;
        let signer = self.observed.signer.as_ref();
        let signer = signer.filter(|_| self.observed.is_proven && self.observed.is_about);
        let Some(signer) = signer.filter(|_| self.class.is_bad()) else {
            return if self.class.is_bad() { Patch::NobodySigned } else { Patch::NotNeeded };
        };
        match self.class {
            Class::Unrecorded | Class::Foreign => {}
            Class::Denied { .. } => return Patch::Already,
            _ => return Patch::NotNeeded,
        }
        let subject = signer.fingerprint.as_deref().unwrap_or(signer.subject.raw()).to_owned();
        let after = self.timeline.last_good.map(|good| good.at);
        let edit = PolicyEdit::DenyIdentity { subject: subject.clone(), after, reason: Some(WHY.to_owned()) };
        let file = self.workbench.policy_file();
        let text = edited_on(&view.policy_text, view.policy.below.as_deref(), &edit).ok();
        let edited = text.and_then(|text| Some((candidate(&text, file.as_deref()).ok()?, text)));
        let Some((policy, text)) = edited else { return Patch::NotEditable };
        let inventory = view.listed_for_lint();
        let (found, known) =
            (lint(&policy, view.at, Some(&inventory)), lint(&view.policy, view.at, Some(&inventory)));
        let is_new = |what: &str| !known.findings.iter().any(|one| one.what == what);
        let new = found.findings.iter().filter(|finding| is_new(&finding.what));
        let findings: Vec<String> = new.map(|finding| finding.rule.code.to_owned()).collect();
        let added = diff(&view.policy_text, &text).into_iter().filter(|line| line.became == Became::Added);
        let by_it = |group: &Siblings| matches!(&group.by, Shared::Identity(_)).then_some(group.total);
        Patch::Deny {
            subject: Untrusted::new(&subject),
            after,
            lines: added.map(|line| line.text).collect(),
            findings,
            signed: self.siblings().iter().find_map(by_it).unwrap_or_default(),
        }
    }

    /// What a case says of its subject; none where there is nothing to open one for.
    ///
    /// # Errors
    /// None that a workspace can cause.
    pub fn seen(&self, radius: &Radius) -> Result<Option<IncidentSeen>> {
        let blamed = match (self.id(), self.observed.root) {
            (Some(id), _) => Blamed::Model(id.clone()),
            (None, Some(root)) => Blamed::Digest(root),
            (None, None) => return Ok(None),
        };
        let mut seen = self.with.unwrap_or(self.view).incident(&blamed, None)?;
        let subject = &mut seen.subject;
        subject.expected = self.expected.map(|expected| expected.root);
        subject.observed = self.observed.root;
        if let (Some(id), true) = (self.id(), self.class.is_bad()) {
            let itself = Kin { id: id.clone(), side: Side::Tainted };
            let hit = radius.rows.iter().filter(|kin| kin.side != Side::Clean).cloned();
            subject.family = std::iter::once(itself).chain(hit).take(MOST_KIN).collect();
            subject.affected = 1 + radius.tainted + radius.suspect;
            subject.deployments.clone_from(&radius.runs);
        }
        let digest = |root: Option<RootDigest>| root.map(|root| root.to_string());
        let verified = |event: &&Event| matches!(event.what, What::Verified { .. });
        let record = self.timeline.events.iter().rfind(verified).map(|event| event.record.number);
        let files = Some(&self.observed.files).filter(|files| files.is_compared);
        // What was just read is in no record yet.
        let known = [
            ("expected_root_sha256", digest(subject.expected)),
            ("observed_root_sha256", digest(subject.observed)),
            ("file_digest_diff", files.map(difference)),
            ("verification_records", record.map(|number| format!("ledger entry {number}"))),
        ];
        subject.known.retain(|field| known.iter().all(|(name, _)| field.field != *name));
        subject.known.extend(known.into_iter().filter_map(|(field, value)| {
            Some(KnownField { field: field.to_owned(), value: Untrusted::new(value?) })
        }));
        // Its signature may be good: these are other bytes all the same.
        if self.class.is_bad() && seen.integrity != Integrity::Unsigned {
            seen.integrity = Integrity::Contradicted;
        }
        Ok(Some(seen))
    }

    /// What of the evidence that the runbook takes is there.
    ///
    /// # Errors
    /// `E-READ`, `E-NOT-FOUND`: the runbooks of the workspace.
    pub fn evidence(&self, seen: Option<&IncidentSeen>) -> Result<EvidenceState> {
        let library = self.workbench.runbooks()?;
        let runbook = &library.find(RUNBOOK)?.runbook;
        let known = seen.map(|seen| seen.subject.known.as_slice()).unwrap_or_default();
        let ledger = (self.view.ledger.entries, self.view.ledger.hash.clone());
        let mut state = EvidenceState { ledger, ..EvidenceState::default() };
        let mut counted: BTreeSet<&str> = BTreeSet::new();
        for profile in runbook.needed() {
            let mut fields = Vec::new();
            for field in profile.required.iter().filter(|field| counted.insert(&field.id)) {
                state.fields += 1;
                match known.iter().any(|known| known.field == field.id) {
                    true => state.known += 1,
                    false => fields.push(field.id.clone()),
                }
            }
            if !fields.is_empty() {
                let retention_days = profile.retention_days;
                state.missing.push(ProfileLacks { profile: profile.id.clone(), fields, retention_days });
            }
        }
        Ok(state)
    }
}

/// How the files differ from the expected ones, in a line.
fn difference(files: &Difference) -> String {
    let named =
        files.rows.iter().take(MOST_NAMES).map(|row| format!("{} {}", row.how.word(), row.name.raw()));
    let named: Vec<String> = named.collect();
    match files.total.saturating_sub(named.len()) {
        _ if named.is_empty() => "none".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {}", named.join(", "), count(more, "other")),
    }
}
