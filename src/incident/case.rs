//! A case: what its records come to, one after the other. A record that does not fit what came before changes nothing; it
//! is kept aside and shown.

use super::drill::Drill;
use super::filling::{Filling, Word};
use super::library::cannot_work;
use super::misfit::Misfit;
use super::record::{
    CloseEntry, Entry, EvidenceEntry, Held, HoldEntry, IncidentRecord, NoteEntry, Opening, SeverityEntry,
    StepEntry, StepOutcome,
};
use super::runbook::{END, Field, Step};
use super::vocabulary::{Severity, StepKind};
use crate::decision::{Making, RecordRef};
use crate::store::{LedgerEntry, RecordKind};
use std::collections::{BTreeMap, BTreeSet};

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The record that opened it. A case is called by its number.
    pub record: RecordRef,
    /// Who opened it, when and where.
    pub made: Making,
    /// How it began.
    pub opening: Opening,
    /// What was done since, oldest first.
    pub log: Vec<Logged>,
    /// Records that do not fit.
    pub faults: Vec<Stray>,
    front: String,
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The record.
    pub record: RecordRef,
    /// Who, when and where.
    pub made: Making,
    /// What.
    pub entry: Entry,
}

/// A record that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Its number.
    pub number: u64,
    /// Why.
    pub misfit: Misfit,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It was done.
    Done,
    /// It was left out.
    Skipped,
    /// It is the next one.
    Next,
    /// It is the next one, and did not succeed so far.
    Failed,
    /// It may come.
    Ahead,
    /// It does not come any more: a decision led past it.
    Passed,
}

/// All cases of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cases {
    /// By their numbers.
    pub cases: BTreeMap<u64, Case>,
    /// Drills, oldest first.
    pub drills: Vec<Drill>,
    /// Records that belong to no case.
    pub strays: Vec<Stray>,
}

impl Cases {
    /// Takes the next record of the ledger; records of other kinds are left out.
    pub fn take(&mut self, entry: &LedgerEntry) {
        if entry.kind != RecordKind::Incident {
            return;
        }
        let stray = |misfit| Stray { number: entry.seq, misfit };
        let (Ok(hash), Ok(said)) = (entry.hash.parse(), serde_json::from_str::<IncidentRecord>(&entry.body))
        else {
            self.strays.push(stray(Misfit::Unread));
            return;
        };
        let record = RecordRef { number: entry.seq, hash };
        let IncidentRecord { made, case, entry, .. } = said;
        match (case, entry) {
            (None, Entry::Open(opening)) => match cannot_work(&opening.runbook) {
                Some(what) => self.strays.push(stray(Misfit::Runbook(what))),
                None => drop(self.cases.insert(record.number, Case::new(record, made, *opening))),
            },
            (None, Entry::Drill(entry)) => self.drills.push(Drill { record, made, entry: *entry }),
            (Some(of), entry) => match self.cases.get_mut(&of.number).filter(|case| case.record == of) {
                Some(case) => case.take(record, made, entry),
                None => self.strays.push(stray(Misfit::NoCase)),
            },
            (None, _) => self.strays.push(stray(Misfit::NoCase)),
        }
    }
}

impl Case {
    fn new(record: RecordRef, made: Making, opening: Opening) -> Self {
        let front = opening.runbook.steps.first().map_or_else(|| END.to_owned(), |step| step.id.clone());
        Case { record, made, opening, log: Vec::new(), faults: Vec::new(), front }
    }

    fn take(&mut self, record: RecordRef, made: Making, entry: Entry) {
        match self.fits(&entry) {
            Ok(()) => {
                if let Entry::Step(StepEntry { step, outcome, goto, .. }) = &entry
                    && *outcome != StepOutcome::Failed
                {
                    let next = self.opening.runbook.step(step).and_then(|step| step.next.clone());
                    self.front = goto.clone().or(next).unwrap_or_else(|| END.to_owned());
                }
                self.log.push(Logged { record, made, entry });
            }
            Err(misfit) => self.faults.push(Stray { number: record.number, misfit }),
        }
    }

    /// Whether a record fits what is known.
    ///
    /// # Errors
    /// Why not.
    pub fn fits(&self, entry: &Entry) -> Result<(), Misfit> {
        let said = |reason: &crate::text::Untrusted| match reason.raw().trim().is_empty() {
            true => Err(Misfit::NoReason),
            false => Ok(()),
        };
        // What is written down, and what must not be destroyed, may come after the end.
        let is_late = self.closed().is_some() && !matches!(entry, Entry::Note(_) | Entry::Hold(_));
        match entry {
            _ if is_late => Err(Misfit::Closed),
            Entry::Open(_) | Entry::Drill(_) => Err(Misfit::NoCase),
            Entry::Step(entry) => self.step_fits(entry),
            Entry::Evidence(EvidenceEntry { fields, held, .. }) => {
                let unknown = fields.iter().find(|field| self.field(field).is_none());
                match (unknown, held) {
                    (Some(field), _) => Err(Misfit::NoField(field.clone())),
                    (None, _) if fields.is_empty() => Err(Misfit::NoFields),
                    (None, Held::Waived { reason }) => said(reason),
                    (None, Held::Elsewhere { holder, .. }) => said(holder),
                    (None, Held::Kept(_)) => Ok(()),
                }
            }
            Entry::Hold(HoldEntry { set, reason }) => match self.hold().is_some() == *set {
                true => Err(Misfit::Hold(*set)),
                false => said(reason),
            },
            Entry::Severity(SeverityEntry { level, by, reason }) => match *level == self.severity() {
                true => Err(Misfit::Severity(*level)),
                false => said(by).and_then(|()| said(reason)),
            },
            Entry::Note(NoteEntry { text }) => said(text),
            Entry::Close(CloseEntry { reason }) => said(reason),
        }
    }

    fn step_fits(&self, entry: &StepEntry) -> Result<(), Misfit> {
        let step =
            self.opening.runbook.step(&entry.step).ok_or_else(|| Misfit::NoStep(entry.step.clone()))?;
        if self.front != step.id {
            return Err(Misfit::NotInFront(self.next().map(|next| next.id.clone())));
        }
        let is_silent = entry.note.as_ref().is_none_or(|note| note.raw().trim().is_empty());
        if entry.outcome != StepOutcome::Done && is_silent {
            return Err(Misfit::NoNote);
        }
        let ways = || step.when.iter().map(|branch| branch.goto.clone()).collect::<Vec<_>>();
        match (step.kind, &entry.goto, entry.outcome) {
            (StepKind::Decision, None, StepOutcome::Failed) => {}
            (StepKind::Decision, None, _) => return Err(Misfit::NoGoto(ways())),
            (StepKind::Decision, Some(goto), _) if !ways().contains(goto) => {
                return Err(Misfit::WrongGoto(goto.clone(), ways()));
            }
            (StepKind::Decision, Some(_), _) => {}
            (_, Some(_), _) => return Err(Misfit::Undecided(step.id.clone())),
            (_, None, _) => {}
        }
        let missing = self.missing_for(step);
        match entry.outcome == StepOutcome::Done && !missing.is_empty() {
            true => Err(Misfit::Evidence(
                step.id.clone(),
                missing.into_iter().map(|field| field.id.clone()).collect(),
            )),
            false => Ok(()),
        }
    }

    /// The step that is next; none when all are done.
    pub fn next(&self) -> Option<&Step> {
        self.opening.runbook.step(&self.front)
    }

    /// Where each step stands, in the order of the runbook.
    pub fn steps(&self) -> Vec<(&Step, StepState)> {
        let runbook = &self.opening.runbook;
        let mut last: BTreeMap<&str, StepOutcome> = BTreeMap::new();
        for logged in &self.log {
            if let Entry::Step(entry) = &logged.entry {
                last.insert(&entry.step, entry.outcome);
            }
        }
        let mut ahead: BTreeSet<&str> = BTreeSet::new();
        let mut to_see: Vec<&str> = vec![&self.front];
        while let Some(id) = to_see.pop() {
            if let Some(step) = runbook.step(id).filter(|step| ahead.insert(&step.id)) {
                to_see.extend(step.ways());
            }
        }
        let state = |step: &Step| match last.get(step.id.as_str()) {
            Some(StepOutcome::Done) => StepState::Done,
            Some(StepOutcome::Skipped) => StepState::Skipped,
            Some(StepOutcome::Failed) => StepState::Failed,
            None if step.id == self.front => StepState::Next,
            None if ahead.contains(step.id.as_str()) => StepState::Ahead,
            None => StepState::Passed,
        };
        runbook.steps.iter().map(|step| (step, state(step))).collect()
    }

    /// The field of an id, of those that the runbook takes.
    pub fn field(&self, id: &str) -> Option<&Field> {
        let profiles = self.opening.runbook.needed();
        let mut fields = profiles.flat_map(|profile| profile.required.iter().chain(&profile.recommended));
        fields.find(|field| field.id == id)
    }

    /// The fields that names stand for: a field for itself, a profile for those of its fields that are still missing.
    ///
    /// # Errors
    /// The name that is neither.
    pub fn fields_named(&self, names: &[String]) -> Result<Vec<String>, Misfit> {
        let mut fields: Vec<String> = Vec::new();
        for name in names {
            let named: Vec<String> = match (self.field(name), self.opening.runbook.profile(name)) {
                (Some(field), _) => vec![field.id.clone()],
                (None, Some(profile)) => {
                    let missing = profile.required.iter().filter(|field| !self.has(&field.id));
                    missing.map(|field| field.id.clone()).collect()
                }
                (None, None) => return Err(Misfit::NoField(name.clone())),
            };
            fields.extend(named.into_iter().filter(|id| !fields.contains(id)).collect::<Vec<_>>());
        }
        Ok(fields)
    }

    /// The newest evidence for a field.
    pub fn collected(&self, field: &str) -> Option<(&Logged, &EvidenceEntry)> {
        self.log.iter().rev().find_map(|logged| match &logged.entry {
            Entry::Evidence(entry) if entry.fields.iter().any(|known| known == field) => {
                Some((logged, entry))
            }
            _ => None,
        })
    }

    /// Whether there is evidence for a field, or it was given up.
    pub fn has(&self, field: &str) -> bool {
        let is_known = self.opening.subject.known.iter().any(|known| known.field == field);
        is_known || self.collected(field).is_some()
    }

    /// The fields that must be collected before a step is done.
    pub fn missing_for(&self, step: &Step) -> Vec<&Field> {
        let runbook = &self.opening.runbook;
        let mut seen = BTreeSet::new();
        let profiles = step.evidence_before.iter().filter_map(|id| runbook.profile(id));
        let fields = profiles.flat_map(|profile| &profile.required);
        fields.filter(|field| !self.has(&field.id) && seen.insert(&field.id)).collect()
    }

    /// How it ended; none while it is open.
    pub fn closed(&self) -> Option<(&Logged, &CloseEntry)> {
        self.log.iter().find_map(|logged| match &logged.entry {
            Entry::Close(entry) => Some((logged, entry)),
            _ => None,
        })
    }

    /// How severe it is: as somebody set it last, or else by the rule of the runbook.
    pub fn severity(&self) -> Severity {
        let set = self.log.iter().rev().find_map(|logged| match &logged.entry {
            Entry::Severity(entry) => Some(entry.level),
            _ => None,
        });
        set.unwrap_or(self.opening.severity)
    }

    /// The legal hold in force.
    pub fn hold(&self) -> Option<(&Logged, &HoldEntry)> {
        let newest = self.log.iter().rev().find_map(|logged| match &logged.entry {
            Entry::Hold(entry) => Some((logged, entry)),
            _ => None,
        });
        newest.filter(|(_, entry)| entry.set)
    }

    /// What fills in the words of its steps.
    pub fn filling(&self) -> Filling {
        let Opening { subject, deployment, by, .. } = &self.opening;
        let place = deployment.as_ref();
        let runs = subject.deployments.iter().find(|runs| place.is_none_or(|place| *place == runs.place));
        Filling::default()
            .with(Word::Model, subject.model.as_ref().map(|model| model.raw()))
            .with(Word::Subject, Some(subject.written.raw()))
            .with(Word::Digest, subject.expected.map(|digest| digest.to_string()))
            .with(Word::Deployment, place.or(runs.map(|runs| &runs.place)).map(|place| place.raw()))
            .with(Word::Stage, runs.map(|runs| runs.stage.raw()))
            .with(Word::Owner, runs.and_then(|runs| runs.owner.as_ref()).map(|owner| owner.raw()))
            .with(Word::By, Some(by.raw()))
    }
}
