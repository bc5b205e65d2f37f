//! Snapshots of the view and how they differ: what was found and concluded, as the plain values that the file holds.

use super::door::Workbench;
use crate::decision::{AnchorEntry, Anchors, digest_of};
use crate::disk::{self, name, write_beside};
use crate::error::{Code, Error, Result};
use crate::maturity::Since;
use crate::signing::{Outcome, Progress, Verification};
use crate::snapshot::{
    About, CheckCode, Checked, Claims, Diff, Entry, LedgerState, Present, Raw, Reader, Reviewed, Seal, Side,
    compare, write,
};
use crate::text::Untrusted;
use crate::view::View;
use aws_lc_rs::digest::{Context, SHA256};
use rayon::prelude::*;
use std::collections::VecDeque;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

/// Models that are made ready at a time.
const CHUNK: usize = 2048;
/// A longer file of claims is not looked at.
const LIMIT_CLAIMS_BYTES: u64 = 1024 * 1024 * 1024;

impl Workbench {
    /// Writes a snapshot of the present view to a file, as a whole or not at all; without a file it only says what
    /// its digest would be.
    ///
    /// # Errors
    /// `E-USAGE` when there is such a file and it is not to be replaced, `E-WRITE`, `E-STORE`, `E-CANCELLED`.
    pub fn snapshot(&self, file: Option<&Path>, replace: bool, progress: &Progress) -> Result<Seal> {
        if file.is_some() {
            self.writable()?;
        }
        self.valid_policy()?;
        self.snapshot_of(&self.view(), file, replace, progress)
    }

    pub(super) fn snapshot_of(
        &self,
        view: &View,
        file: Option<&Path>,
        replace: bool,
        progress: &Progress,
    ) -> Result<Seal> {
        let about = self.about(view)?;
        let mut models = Models::of(view, progress);
        let Some(file) = file else {
            let failed = |cause| Error::new(Code::Internal, format!("nothing could be digested ({cause})"));
            return write(&mut std::io::sink(), &failed, view.at, &about, &mut models);
        };
        let failed = |cause: std::io::Error| Error::write(file, &cause);
        let taken = || {
            Error::new(Code::Usage, "a file or folder of that name already exists")
                .at_path(file)
                .help("name another file, or replace it with --force; nothing was changed")
        };
        match std::fs::symlink_metadata(file) {
            Ok(metadata) if !replace || metadata.is_dir() => return Err(taken()),
            _ => {}
        }
        let mut draft = write_beside(file, &[], 0o666)?;
        let mut out = BufWriter::with_capacity(1 << 16, draft.as_file_mut());
        let seal = write(&mut out, &failed, view.at, &about, &mut models)?;
        out.flush().map_err(failed)?;
        drop(out);
        draft.as_file().sync_all().map_err(failed)?;
        match name(draft, file, replace) {
            Ok(()) => Ok(seal),
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Err(taken()),
            Err(cause) => Err(failed(cause)),
        }
    }

    /// How a snapshot and the present view differ.
    ///
    /// # Errors
    /// As [`diff_files`], `E-STORE`, `E-CANCELLED`.
    pub fn diff(&self, before: &Path, progress: &Progress) -> Result<Diff> {
        self.valid_policy()?;
        self.diff_with(&self.view(), before, progress)
    }

    pub(super) fn diff_with(&self, view: &View, before: &Path, progress: &Progress) -> Result<Diff> {
        let mut old = Reader::open(before)?;
        let (was, is) = (Side::new(old.at(), old.about().clone()), Side::new(view.at, self.about(view)?));
        let ledger = |number: u64| self.store().entry(number).ok().flatten().map(|entry| entry.hash);
        let claims = |path: &Untrusted, bytes: u64| {
            // A snapshot may come from anybody, and name any file.
            let is_here = view.workspace.covers(Path::new(path.raw()));
            let start = is_here.then(|| digest_of_start(&view.workspace.root.join(path.raw()), bytes))??;
            (start.0 == bytes).then_some(start.1)
        };
        let present = Present { ledger: &ledger, claims: &claims };
        let mut models = Models::of(view, progress);
        let mut diff = compare((was, &mut old), (is, &mut models), Some(&present))?;
        diff.before.sealed(old.seal()?);
        Ok(diff)
    }

    fn about(&self, view: &View) -> Result<About> {
        let end = self.store().end()?;
        Ok(About {
            workspace: view.workspace.name.as_str().into(),
            stage: view.stage.as_str().into(),
            policy: view.policy.digest.as_str().into(),
            anchors: Some(anchors_named(&view.trust)?.into()),
            rubric: view.rubric.digest.as_str().into(),
            ledger: LedgerState { entries: end.entries, head: end.hash.into() },
        })
    }
}

/// How two snapshots differ. It needs no workspace.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`, `E-NEWER`; `E-MALFORMED` when one is no snapshot, or its digest does not fit.
pub fn diff_files(before: &Path, after: &Path) -> Result<Diff> {
    let (mut old, mut new) = (Reader::open(before)?, Reader::open(after)?);
    let (was, is) = (Side::new(old.at(), old.about().clone()), Side::new(new.at(), new.about().clone()));
    let mut diff = compare((was, &mut old), (is, &mut new), None)?;
    diff.before.sealed(old.seal()?);
    diff.after.sealed(new.seal()?);
    Ok(diff)
}

/// The models of a view, one after the other, made ready some at a time.
struct Models<'a> {
    view: &'a View,
    progress: &'a Progress,
    next: usize,
    ready: VecDeque<Result<Raw>>,
}

impl<'a> Models<'a> {
    fn of(view: &'a View, progress: &'a Progress) -> Self {
        progress.expect(view.models.len() as u64, 0);
        Models { view, progress, next: 0, ready: VecDeque::new() }
    }

    fn raw(&self, index: usize) -> Option<Result<Raw>> {
        let entry = entry(self.view, index)?;
        self.progress.add_file();
        Some(entry.canonical().map(|bytes| Raw { id: entry.id, bytes }))
    }
}

impl Iterator for Models<'_> {
    type Item = Result<Raw>;

    fn next(&mut self) -> Option<Result<Raw>> {
        if self.ready.is_empty() {
            if let Err(cancelled) = self.progress.check() {
                self.next = usize::MAX;
                return Some(Err(cancelled));
            }
            let end = self.next.saturating_add(CHUNK).min(self.view.models.len());
            let made: Vec<Result<Raw>> =
                (self.next..end).into_par_iter().filter_map(|index| self.raw(index)).collect();
            self.ready = made.into();
            self.next = self.next.max(end);
        }
        self.ready.pop_front()
    }
}

/// One model with all that was concluded of it.
fn entry(view: &View, index: usize) -> Option<Entry> {
    let mut entry = Entry::of(view.models.get(index)?);
    let root = &view.workspace.root;
    if let Some(claims) = &mut entry.claims {
        *claims = look_at_claims(root, claims);
    }
    let summary = view.summary(index);
    entry.own = summary.own;
    entry.effective = summary.effective;
    entry.decision = summary.decision.word().into();
    entry.tainted = view.judgement.standing(index).is_some_and(|standing| standing.tainted);
    let verified = view.verified.get(index).and_then(Option::as_deref);
    let since = view.since(index);
    entry.verified = verified.map(|verified| Box::new(checked(&verified.verification, since)));
    entry.reviewed = view.reviews.get(index).and_then(Option::as_deref).map(|review| {
        Box::new(Reviewed {
            word: review.word.word().into(),
            reason: review.reason.clone(),
            by: review.by.clone(),
            at: review.at,
        })
    });
    Some(entry)
}

fn checked(verification: &Verification, since: Since) -> Checked {
    let signer = verification.signer.as_ref();
    let told = verification
        .checks
        .iter()
        .filter(|check| !matches!(check.outcome, Outcome::Pass | Outcome::NotApplicable));
    let mut codes: Vec<CheckCode> = told
        .map(|check| CheckCode {
            code: check.code.as_str().into(),
            outcome: check.outcome.word().to_lowercase().into(),
        })
        .collect();
    codes.sort();
    Checked {
        at: verification.at,
        // Of other files than lie here now it says nothing.
        outcome: if since.is_same() { verification.outcome() } else { Outcome::Unknown },
        changed_since: !since.is_same(),
        codes,
        cached: verification.files.recalled.is_some(),
        method: verification.method,
        signer: signer.map(|signer| signer.subject.clone()),
        issuer: signer.and_then(|signer| signer.issuer.clone()),
        proven: verification.signer_proven(),
        root_digest: verification.root_digest,
        bundle_digest: verification.bundle_digest.as_deref().map(Untrusted::from),
        policy: None,
    }
}

/// The digest of the anchors by what they are, wherever their files lie and whenever they were made.
pub(super) fn anchors_named(trust: &Anchors) -> Result<String> {
    let anchors = trust.document().anchors.iter();
    let entries: Vec<AnchorEntry> =
        anchors.map(|entry| AnchorEntry { made: None, ..entry.clone() }).collect();
    Ok(digest_of(&entries)?.to_string())
}

fn look_at_claims(root: &Path, claims: &Claims) -> Claims {
    let read = digest_of_start(&root.join(claims.path.raw()), LIMIT_CLAIMS_BYTES);
    Claims {
        path: claims.path.clone(),
        bytes: read.as_ref().map(|(bytes, _)| *bytes),
        digest: read.map(|(_, digest)| digest.into()),
    }
}

/// How many of the first bytes of a file there are, up to a limit, and their SHA-256.
fn digest_of_start(path: &Path, limit: u64) -> Option<(u64, String)> {
    let mut from = disk::open(path).ok()?.0.take(limit);
    let mut hash = Context::new(&SHA256);
    let (mut bytes, mut buffer) = (0, [0; 16 * 1024]);
    loop {
        match from.read(&mut buffer).ok()? {
            0 => break,
            read => {
                hash.update(buffer.get(..read)?);
                bytes += read as u64;
            }
        }
    }
    Some((bytes, hex::encode(hash.finish())))
}
