//! What surrounds models where they run: declared from a file, recorded in the ledger, and read back into views.

use super::door::Workbench;
use super::publish::Next;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::incident::{
    Declared, Issue, LIMIT_BYTES, Surface, SurfaceEntry, SurfacePart, SurfaceRecord, SurfaceRecordSchema,
    Surfaces, Versioned, read_surface,
};
use crate::inventory::ModelId;
use crate::store::{EvidenceDigest, LIMIT_EVIDENCE_BYTES, RecordKind};
use crate::text::{Untrusted, count};
use crate::view::View;
use std::path::{Component, Path};
use std::sync::Arc;

/// The longest name of somebody.
const LIMIT_NAME: usize = 1024;

impl Workbench {
    /// Records what a file declares of a place. It takes the place of what was declared before. Files of the workspace that
    /// it names are read for their digests.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when nothing runs or is to run at the place, with the nearest one; `E-CONFIG` with the line of the
    /// first fault of the file; `E-USAGE` when the name is empty, a file lies outside of the workspace, or nothing may be
    /// written; `E-READ`, `E-TOO-LARGE`, `E-STORE`, `E-WRITE`.
    pub fn declare_surface(&self, place: &str, file: &Path, by: &str) -> Result<Declared> {
        self.writable()?;
        let view = self.view();
        let place = view.place(place)?;
        let by = by.trim();
        if by.is_empty() || by.len() > LIMIT_NAME || Untrusted::new(by).is_hostile() {
            return Err(Error::new(Code::Usage, "`by` is no name")
                .help(format!("give one line of printable characters, at most {LIMIT_NAME} bytes")));
        }
        let surface = self.read_surface(file, &view.workspace.root)?;
        let record = SurfaceRecord {
            schema: SurfaceRecordSchema::V1,
            made: self.made()?,
            place: place.clone(),
            entry: SurfaceEntry::Declare { by: Untrusted::new(by), surface: Box::new(surface) },
        };
        let about = ModelId::new(place.raw());
        let record = self.record_with(RecordKind::Surface, &about, &record, &[])?;
        let view = self.renew(|view| Ok(Next::as_in(view)))?;
        let declared = view.surfaces.of(place.raw()).filter(|known| known.record == record).cloned();
        declared.ok_or_else(|| {
            Error::new(Code::Changed, "a newer declaration took its place meanwhile").at(place.screen())
        })
    }

    fn read_surface(&self, file: &Path, root: &Path) -> Result<Surface> {
        let unread = |what: &str| Error::new(Code::Malformed, what).at_path(file);
        let text =
            String::from_utf8(read_small(file, LIMIT_BYTES)?).map_err(|_| unread("not text in UTF-8"))?;
        let mut surface = read_surface(&text, &self.runbooks()?).map_err(|faults| {
            let first = faults.first();
            let more = faults.len().saturating_sub(1);
            let more = if more > 0 { format!(" (and {})", count(more, "more fault")) } else { String::new() };
            let what = first.map_or("not a surface", |fault| &fault.message);
            let error = Error::new(Code::Config, format!("{what}{more}"));
            let error = match first.and_then(|fault| fault.line) {
                Some(line) => error.at(format!("{}, line {line}", file.to_string_lossy())).spot(file, line),
                None => error.at_path(file),
            };
            match first.and_then(|fault| fault.help.as_deref()) {
                Some(help) => error.help(format!("{help}; nothing was recorded")),
                None => error,
            }
        })?;
        let Surface { tools, mcp, datasets, .. } = &mut surface;
        for part in tools.iter_mut().chain(mcp).chain(datasets) {
            take_digest(part, root)?;
        }
        Ok(surface)
    }

    /// What was declared last of a place.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when nothing was declared of it, or nothing runs there.
    pub fn surface(&self, place: &str) -> Result<Declared> {
        let view = self.view();
        if let Some(declared) = view.surfaces.of(place) {
            return Ok(declared.clone());
        }
        let place = view.place(place)?;
        Err(Error::new(Code::NotFound, "nothing was declared of this place")
            .at(place.screen())
            .help("declare it: `touchmark deploy declare PLACE FILE --by NAME`"))
    }

    /// The runbook for a place, as everything is known now, and the version of it that was written last.
    ///
    /// # Errors
    /// `E-NOT-FOUND` for an unknown type or place, with the nearest one; `E-READ`, `E-INTERNAL`.
    pub fn runbook_for(&self, kind: &str, place: &str) -> Result<Versioned> {
        let (view, library) = (self.view(), self.runbooks()?);
        let placed = view.placed(library.find(kind)?, place)?;
        let last = view.surfaces.issued(&placed.place, &placed.runbook.id).cloned();
        Ok(Versioned { digest: placed.digest()?, last, placed })
    }

    /// The same as a version: one that says something else than the last one gets the next number, which is recorded with
    /// its digest.
    ///
    /// # Errors
    /// As [`Workbench::runbook_for`]; `E-USAGE` when nothing may be written; `E-STORE`, `E-WRITE`; `E-CHANGED` when
    /// somebody else was faster.
    pub fn issue_runbook(&self, kind: &str, place: &str) -> Result<Versioned> {
        self.writable()?;
        let versioned = self.runbook_for(kind, place)?;
        if versioned.issued().is_some() {
            return Ok(versioned);
        }
        let Versioned { placed, digest, last } = versioned;
        let issue = Issue {
            runbook: placed.runbook.id.clone(),
            version: last.map_or(0, |last| last.issue.version) + 1,
            sha256: digest,
        };
        let record = SurfaceRecord {
            schema: SurfaceRecordSchema::V1,
            made: self.made()?,
            place: placed.place.clone(),
            entry: SurfaceEntry::Issue(issue),
        };
        let about = ModelId::new(placed.place.raw());
        let record = self.record_with(RecordKind::Surface, &about, &record, &[])?;
        let view = self.renew(|view| Ok(Next::as_in(view)))?;
        let last = view.surfaces.issued(&placed.place, &placed.runbook.id);
        let last = last.filter(|last| last.record == record).cloned().ok_or_else(|| {
            Error::new(Code::Changed, "somebody else wrote a version meanwhile")
                .at(placed.place.screen())
                .help("run it again")
        })?;
        Ok(Versioned { placed, digest, last: Some(last) })
    }

    /// Brings what is declared up to date with the ledger, where that is another one than before.
    pub(super) fn renew_surfaces(&self, before: &View, view: &mut View) -> Result<()> {
        view.surfaces = before.surfaces.clone();
        if view.ledger != before.ledger {
            let mut surfaces = Surfaces::default();
            self.store().all(&RecordKind::Surface, &mut |entries| {
                entries.iter().for_each(|entry| surfaces.take(entry));
            })?;
            if surfaces != *view.surfaces {
                view.surfaces = Arc::new(surfaces);
            }
        }
        Ok(())
    }
}

/// The digest of the file that a part names.
fn take_digest(part: &mut SurfacePart, root: &Path) -> Result<()> {
    let Some(file) = &part.file else { return Ok(()) };
    let below = Path::new(file.raw());
    if !below.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(Error::new(Code::Usage, "this file lies outside of the workspace")
            .at(file.screen())
            .help("name a file of the workspace, or write its `digest`; nothing was recorded"));
    }
    let bytes = read_small(&root.join(below), LIMIT_EVIDENCE_BYTES as u64).map_err(|error| {
        error.help("name a file of the workspace, or write its `digest`; nothing was recorded")
    })?;
    part.sha256 = Some(EvidenceDigest::of(&bytes)?);
    Ok(())
}
