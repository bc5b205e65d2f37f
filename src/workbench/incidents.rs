//! Cases of incidents: opened, carried on, read back. What a record of a case means, and whether it fits, is for the room
//! of incidents to say.

use super::door::Workbench;
use super::publish::Next;
use super::triage_answers::RUNBOOK;
use super::triaging::Triaged;
use crate::clock::this_second;
use crate::disk::{open, read_small};
use crate::error::{Code, Error, Result};
use crate::incident::{
    Case, Cases, Entry, EvidenceEntry, Held, IncidentRecord, IncidentRecordSchema, KeptFile, Misfit,
    NoteEntry, Opening, Origin, PlacedSurface, StepEntry, StepKind, StepOutcome,
};
use crate::inventory::ModelId;
use crate::report::triage_note;
use crate::store::{EvidenceDigest, LIMIT_EVIDENCE_BYTES, RecordKind};
use crate::text::{Untrusted, screen};
use crate::view::incidents::IncidentSeen;
use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The longest text that somebody writes into a case.
const LIMIT_TEXT: usize = 16 * 1024;
/// The field of evidence that every triage answers.
const ANSWERED: &str = "verification_records";
/// Those that it answers where the inventory has nothing for them.
const MORE_ANSWERED: [&str; 2] = ["file_digest_diff", "gate_decisions"];
/// So much of a file is hashed at a time.
const READ_AT_ONCE: usize = 1 << 20;

/// A case that is to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// The type of incident.
    pub kind: String,
    /// What it is about, as [`crate::view::View::blamed`] takes it.
    pub subject: String,
    /// The place that it is about.
    pub deployment: Option<String>,
    /// Who opens it.
    pub by: String,
    /// When somebody became aware of it; none: now.
    pub aware: Option<Timestamp>,
}

impl Workbench {
    /// All cases, and records that fit none.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn cases(&self) -> Result<Cases> {
        let mut cases = Cases::default();
        self.store().all(&RecordKind::Incident, &mut |entries| {
            entries.iter().for_each(|entry| cases.take(entry));
        })?;
        Ok(cases)
    }

    /// The case of a number.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-STORE`.
    pub fn case(&self, number: u64) -> Result<Case> {
        let mut cases = self.cases()?.cases;
        cases.remove(&number).ok_or_else(|| {
            Error::new(Code::NotFound, "there is no case of this number")
                .at(number.to_string())
                .help("`touchmark incident list` lists the cases")
        })
    }

    /// Opens a case: the runbook as it is now, what is known of the subject, and how severe that is.
    ///
    /// # Errors
    /// `E-NOT-FOUND` for an unknown type, subject or place; `E-USAGE` when a name is empty, or nothing may be written;
    /// `E-STORE`, `E-WRITE`.
    pub fn open_case(&self, new: &NewCase) -> Result<Case> {
        self.writable()?;
        let view = self.view();
        // An unknown type comes before an unknown subject.
        self.runbooks()?.find(&new.kind)?;
        let seen = view.incident(&view.blamed(&new.subject)?, new.deployment.as_deref())?;
        self.open_with(new, seen)
    }

    /// Opens a case of a substitution with what its triage found: the answers are kept as evidence, the first step is
    /// done, and the decision after it is left to a person.
    ///
    /// # Errors
    /// `E-USAGE` when there is nothing to open a case for, the name is empty, or nothing may be written; `E-TOO-LARGE`,
    /// `E-STORE`, `E-WRITE`.
    pub fn open_triaged(&self, triaged: &Triaged, by: &str, answers: &[u8]) -> Result<Case> {
        self.writable()?;
        let triage = &triaged.triage;
        let seen = triaged.seen.clone().filter(|_| triage.class.is_bad()).ok_or_else(|| {
            Error::new(Code::Usage, "there is no substitution to open a case for")
                .help("`touchmark incident open TYPE --subject MODEL` opens one all the same")
        })?;
        let subject = seen.subject.written.raw().to_owned();
        let new =
            NewCase { kind: RUNBOOK.to_owned(), subject, deployment: None, by: by.to_owned(), aware: None };
        let case = self.open_with(&new, seen)?;
        let number = case.record.number;
        let kept = KeptFile {
            sha256: EvidenceDigest::of(answers)?,
            bytes: answers.len() as u64,
            name: Untrusted::new("triage.json"),
        };
        // The field that every triage answers, and those that the inventory had nothing for.
        let open = MORE_ANSWERED.into_iter().filter(|id| !case.has(id));
        let fields = std::iter::once(ANSWERED).chain(open).filter(|id| case.field(id).is_some());
        let fields: Vec<String> = fields.map(str::to_owned).collect();
        if !fields.is_empty() {
            let entry = EvidenceEntry { fields, captured: triage.at, held: Held::Kept(kept), log: None };
            self.add_with(number, Entry::Evidence(entry), &[answers.into()])?;
        }
        let note = Untrusted::new(triage_note(triage));
        let first = case.next().filter(|step| step.kind != StepKind::Decision).map(|step| step.id.clone());
        match first {
            Some(step) => {
                let entry = StepEntry { step, outcome: StepOutcome::Done, goto: None, note: Some(note) };
                self.add_to_case(number, Entry::Step(entry))
            }
            None => self.add_to_case(number, Entry::Note(NoteEntry { text: note })),
        }
    }

    fn open_with(&self, new: &NewCase, seen: IncidentSeen) -> Result<Case> {
        let library = self.runbooks()?;
        let shelved = library.find(&new.kind)?;
        let by = written("by", &new.by)?;
        let now = this_second();
        let aware = new.aware.unwrap_or(now);
        if aware > now {
            return Err(Error::new(Code::Usage, "nobody is aware of what is yet to come")
                .at(aware.to_string())
                .help("give --aware a time that is past"));
        }
        let severity = seen.severity(&shelved.runbook.severity);
        let subject = ModelId::new(seen.subject.written.raw());
        let view = self.view();
        let declared = seen.deployment.as_ref().and_then(|place| view.surfaces.of(place.raw()));
        let opening = Opening {
            runbook: shelved.runbook.clone(),
            file: match &shelved.origin {
                Origin::BuiltIn => None,
                Origin::File(file) => Some(file.clone()),
            },
            by,
            aware,
            deployment: seen.deployment,
            severity,
            integrity: seen.integrity,
            subject: seen.subject,
            surface: declared.map(PlacedSurface::from),
        };
        let record = IncidentRecord {
            schema: IncidentRecordSchema::V1,
            made: self.made()?,
            case: None,
            entry: Entry::Open(Box::new(opening)),
        };
        let record = self.record_with(RecordKind::Incident, &subject, &record, &[])?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        self.case(record.number)
    }

    /// Records what was done in a case. What does not fit is not written.
    ///
    /// # Errors
    /// `E-USAGE` when it does not fit, or nothing may be written; `E-NOT-FOUND`, `E-STORE`, `E-WRITE`; `E-CHANGED` when
    /// somebody else was faster, and it fits no more.
    pub fn add_to_case(&self, number: u64, entry: Entry) -> Result<Case> {
        self.add_with(number, entry, &[])
    }

    /// Keeps a file in the store, and records it as evidence of a case. `entry` makes the record of it.
    ///
    /// # Errors
    /// As [`Workbench::add_to_case`]; `E-READ`, `E-TOO-LARGE`.
    pub fn keep_for_case(
        &self,
        number: u64,
        file: &Path,
        entry: impl FnOnce(KeptFile) -> Entry,
    ) -> Result<Case> {
        self.writable()?;
        let (kept, bytes) = kept(file)?;
        self.add_with(number, entry(kept), &[bytes])
    }

    /// The file that is kept for a field of a case.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when none is; `E-STORE`; `E-EVIDENCE` when the record is here and the file is not, as in a ledger
    /// that was imported.
    pub fn kept_for_case(&self, number: u64, field: &str) -> Result<Vec<u8>> {
        let case = self.case(number)?;
        let kept = case.collected(field).and_then(|(_, entry)| match &entry.held {
            Held::Kept(kept) => Some(kept.sha256),
            Held::Elsewhere { .. } | Held::Waived { .. } => None,
        });
        let digest = kept.ok_or_else(|| {
            Error::new(Code::NotFound, "no file is kept for this field")
                .at(screen(field))
                .help("`touchmark incident status CASE` says where its evidence is")
        })?;
        self.store().evidence(digest)?.ok_or_else(|| {
            Error::new(Code::Evidence, "this store has the record of the file, and not the file")
                .at(format!("evidence {digest}"))
                .help("take it from the workspace in which it was recorded")
        })
    }

    fn add_with(&self, number: u64, entry: Entry, pieces: &[Arc<[u8]>]) -> Result<Case> {
        self.writable()?;
        let case = self.case(number)?;
        check_texts(&entry)?;
        case.fits(&entry).map_err(|misfit| misfit.error().at(format!("case {number}")))?;
        let subject = ModelId::new(case.opening.subject.written.raw());
        let record = IncidentRecord {
            schema: IncidentRecordSchema::V1,
            made: self.made()?,
            case: Some(case.record),
            entry,
        };
        let record = self.record_with(RecordKind::Incident, &subject, &record, pieces)?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        let case = self.case(number)?;
        match case.faults.iter().find(|stray| stray.number == record.number) {
            Some(stray) => Err(lost(&stray.misfit, record.number)),
            None => Ok(case),
        }
    }
}

/// Somebody else wrote to the case between looking and writing.
fn lost(misfit: &Misfit, number: u64) -> Error {
    Error::new(
        Code::Changed,
        format!("the case was changed meanwhile, and the record does not count: {}", misfit.what()),
    )
    .at(format!("ledger entry {number}"))
    .help("`touchmark incident status CASE` shows where it stands now")
}

/// What a file of evidence is that somebody else keeps, however large it is.
///
/// # Errors
/// `E-READ`.
pub fn look_at_evidence(file: &Path) -> Result<KeptFile> {
    let (mut opened, _) = open(file).map_err(|unread| unread.error(file))?;
    let mut digest = Context::new(&SHA256);
    let (mut buffer, mut bytes) = (vec![0; READ_AT_ONCE], 0);
    loop {
        let read = opened.read(&mut buffer).map_err(|cause| Error::read(file, &cause))?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        digest.update(piece);
        bytes += piece.len() as u64;
    }
    let sha256 = <[u8; 32]>::try_from(digest.finish().as_ref()).map(EvidenceDigest);
    let sha256 = sha256.map_err(|_| Error::new(Code::Internal, "a digest has another length"))?;
    Ok(KeptFile { sha256, bytes, name: name_of(file) })
}

pub(super) fn name_of(file: &Path) -> Untrusted {
    Untrusted::new(file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default())
}

fn kept(file: &Path) -> Result<(KeptFile, Arc<[u8]>)> {
    let bytes = read_small(file, LIMIT_EVIDENCE_BYTES as u64).map_err(|error| match error.code {
        Code::TooLarge => error.help("leave the file where it is, and name who keeps it with --holder"),
        _ => error,
    })?;
    let kept =
        KeptFile { sha256: EvidenceDigest::of(&bytes)?, bytes: bytes.len() as u64, name: name_of(file) };
    Ok((kept, bytes.into()))
}

/// A text that somebody wrote, neither empty nor too long.
pub(super) fn written(what: &str, text: &str) -> Result<Untrusted> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::new(Code::Usage, format!("`{what}` is empty")));
    }
    too_long(text)?;
    Ok(Untrusted::new(text))
}

fn too_long(text: &str) -> Result<()> {
    match text.len() > LIMIT_TEXT {
        true => Err(Error::new(Code::TooLarge, format!("a text of more than {LIMIT_TEXT} bytes"))
            .help("keep it as evidence: `touchmark incident evidence CASE FIELD --file FILE`")),
        false => Ok(()),
    }
}

fn check_texts(entry: &Entry) -> Result<()> {
    if let Entry::Severity(entry) = entry {
        too_long(entry.by.raw())?;
    }
    let text = match entry {
        Entry::Open(_) | Entry::Drill(_) => None,
        Entry::Step(entry) => entry.note.as_ref(),
        Entry::Evidence(entry) => match &entry.held {
            Held::Kept(_) => None,
            Held::Elsewhere { holder, .. } => Some(holder),
            Held::Waived { reason } => Some(reason),
        },
        Entry::Hold(entry) => Some(&entry.reason),
        Entry::Severity(entry) => Some(&entry.reason),
        Entry::Note(entry) => Some(&entry.text),
        Entry::Close(entry) => Some(&entry.reason),
    };
    text.map_or(Ok(()), |text| too_long(text.raw()))
}
