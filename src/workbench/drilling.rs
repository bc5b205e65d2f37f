//! Drills: recorded, and put to how the models are used that they count for.

use super::door::Workbench;
use super::incidents::written;
use super::publish::Next;
use crate::error::{Code, Error, Result};
use crate::incident::{Drill, DrillEntry, Entry, IncidentRecord, IncidentRecordSchema};
use crate::inventory::ModelId;
use crate::maturity::{Rehearsed, rehearsal_counts};
use crate::store::RecordKind;
use crate::text::Untrusted;
use crate::view::View;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Workbench {
    /// Records a drill.
    ///
    /// # Errors
    /// `E-USAGE` when the name is empty, or nothing may be written; `E-STORE`, `E-WRITE`.
    pub fn record_drill(&self, entry: DrillEntry) -> Result<Drill> {
        self.writable()?;
        let entry = DrillEntry { by: written("by", entry.by.raw())?, ..entry };
        let about = entry.subject.clone().unwrap_or_else(|| ModelId::new(&entry.runbook));
        let record = IncidentRecord {
            schema: IncidentRecordSchema::V1,
            made: self.made()?,
            case: None,
            entry: Entry::Drill(Box::new(entry)),
        };
        let record = self.record_with(RecordKind::Incident, &about, &record, &[])?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        let drill = self.cases()?.drills.into_iter().find(|drill| drill.record == record);
        drill.ok_or_else(|| Error::new(Code::Internal, "a drill was recorded and cannot be found"))
    }

    /// Brings the drills of models that run somewhere up to date, and says of which models they are others now or count no
    /// more, by their indices.
    pub(super) fn renew_drills(&self, before: &View, view: &mut View, came: bool) -> Result<Vec<usize>> {
        if came {
            let mut newest: BTreeMap<(Option<ModelId>, Untrusted), Rehearsed> = BTreeMap::new();
            for drill in self.cases()?.drills.into_iter().filter(|drill| drill.entry.ended) {
                let (runbook, at) = (Untrusted::new(&drill.entry.runbook), drill.made.recorded);
                let rehearsed = Rehearsed { runbook: runbook.clone(), at, walked: drill.entry.walked };
                newest.insert((drill.entry.subject, runbook), rehearsed);
            }
            view.drills = Arc::new(newest.into_iter().map(|((subject, _), one)| (subject, one)).collect());
        }
        let of = |id: &ModelId| {
            let counts = |subject: &Option<ModelId>| subject.as_ref().is_none_or(|subject| subject == id);
            let mut all: Vec<Rehearsed> = view
                .drills
                .iter()
                .filter(|(subject, _)| counts(subject))
                .map(|(_, one)| one.clone())
                .collect();
            all.sort();
            all
        };
        let runs = |id: &ModelId| view.usage.get(id).is_some_and(|usage| !usage.deployments.is_empty());
        let differs: Vec<(ModelId, Vec<Rehearsed>)> = view
            .usage
            .iter()
            .map(|(id, usage)| (id, usage, if runs(id) { of(id) } else { Vec::new() }))
            .filter(|(_, usage, now)| usage.drills != *now)
            .map(|(id, _, now)| (id.clone(), now))
            .collect();
        if !differs.is_empty() {
            let usage = Arc::make_mut(&mut view.usage);
            for (id, drills) in differs {
                if let Some(of_model) = usage.get_mut(&id) {
                    of_model.drills = drills;
                }
            }
            usage.retain(|_, of_model| !of_model.is_empty());
        }
        let ids = before.usage.keys().chain(view.usage.keys());
        let is_other = |id: &&ModelId| {
            let drills = |view: &View| -> Vec<(Rehearsed, bool)> {
                let all = view.usage.get(*id).map(|usage| usage.drills.clone()).unwrap_or_default();
                all.into_iter().map(|one| (one.clone(), rehearsal_counts(one.at, view.at))).collect()
            };
            drills(before) != drills(view)
        };
        Ok(ids.filter(is_other).filter_map(|id| Some(view.model(id)?.0)).collect())
    }
}
