//! What all `attest` commands share: the model, a predicate from a file, the signer, and the place of the
//! claim.

use crate::attest::{Draft, Made, PredicateKind, append_claims, given};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::session::{find, no_such_model, open, open_to_try, warn_of_policy};
use crate::cli::signer::{SignedStatement, SignerByFlags};
use crate::clock::this_second;
use crate::disk::{check_writable, read_small, write_new};
use crate::documents::{AttestDocument, names};
use crate::error::{Code, Error, Result};
use crate::report;
use crate::signing::sha256_hex;
use crate::workbench::{ClaimSubject, Workbench};
use clap::Args;
use std::path::{Path, PathBuf};

/// A larger predicate is rejected: the claim would be too large to read back.
const LIMIT_PREDICATE_BYTES: u64 = 8 * 1024 * 1024;

/// Options of every claim.
#[derive(Debug, Clone, Args)]
pub(crate) struct Making {
    /// Read the predicate, or a statement with it, from this file
    #[arg(long, value_name = "FILE")]
    pub(super) predicate: Option<PathBuf>,
    /// The type of that predicate, if it is not the default one
    #[arg(long = "type", value_name = "URI", requires = "predicate")]
    predicate_type: Option<String>,
    /// Write the bundle to this new file instead of appending it to the claims
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    out: Option<PathBuf>,
    /// Print the statement without signing or writing it
    #[arg(long)]
    dry_run: bool,
    /// Make the claim even if the files do not match the model's signature
    #[arg(long)]
    despite_failure: bool,
    #[command(flatten, next_help_heading = "Signing")]
    signer: SignerByFlags,
}

/// A claim being made: the workspace, and the model as its files are now.
pub(super) struct Begun<'a> {
    pub(super) workbench: Workbench,
    pub(super) subject: ClaimSubject,
    making: &'a Making,
    common: &'a Common,
    output: &'a Output,
}

/// The types that a command can make.
pub(super) struct Of {
    /// The default type.
    pub(super) usual: &'static str,
    /// The kinds that may be made.
    pub(super) kinds: &'static [PredicateKind],
}

impl Making {
    /// Opens the workspace, finds the model and hashes its files. Hashing is slow, so every other check runs
    /// first.
    ///
    /// # Errors
    /// `E-USAGE` when no signer is named, or the claim cannot be written where it should be; `E-NOT-FOUND`;
    /// `E-EVIDENCE` when the files do not match the model's signature.
    pub(super) fn begin<'a>(
        &'a self,
        model: &str,
        common: &'a Common,
        output: &'a Output,
    ) -> Result<Begun<'a>> {
        let begun = self.begin_anyhow(model, common, output)?;
        begun.unless_contradicted()?;
        Ok(begun)
    }

    /// The same without checking the files against the signature, for claims that state the result
    /// themselves.
    ///
    /// # Errors
    /// As [`Making::begin`].
    pub(super) fn begin_anyhow<'a>(
        &'a self,
        model: &str,
        common: &'a Common,
        output: &'a Output,
    ) -> Result<Begun<'a>> {
        if !self.dry_run {
            self.signer.required()?;
        }
        let workbench = self.open(common)?;
        warn_of_policy(&workbench, output);
        self.begin_in(workbench, model, common, output)
    }

    /// The same in an open workspace.
    ///
    /// # Errors
    /// As [`Making::begin`].
    pub(super) fn begin_in<'a>(
        &'a self,
        workbench: Workbench,
        model: &str,
        common: &'a Common,
        output: &'a Output,
    ) -> Result<Begun<'a>> {
        if let Some(out) = &self.out {
            check_new(out)?;
        }
        let view = workbench.view();
        let subject = match find(&view, model) {
            Ok(index) => shown(output, |progress| workbench.claim_subject(index, progress))?,
            Err(error) => {
                let folder = Path::new(model);
                if !folder.is_dir() {
                    return Err(error);
                }
                shown(output, |progress| workbench.claim_subject_at(folder, progress))?
            }
        };
        let begun = Begun { workbench, subject, making: self, common, output };
        if self.out.is_none() && !self.dry_run {
            begun.subject.appendable("write the claim with --out FILE, then attach it")?;
        }
        Ok(begun)
    }

    /// Opens the workspace; for a dry run also where it cannot be written.
    ///
    /// # Errors
    /// As [`open`].
    pub(super) fn open(&self, common: &Common) -> Result<Workbench> {
        if self.dry_run { open_to_try(common) } else { open(common) }
    }

    /// Whether this is a dry run.
    pub(super) fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// Checks that a signer is named.
    ///
    /// # Errors
    /// `E-USAGE`.
    pub(super) fn signer_required(&self) -> Result<()> {
        if self.dry_run { Ok(()) } else { self.signer.required() }
    }
}

/// Refuses to replace an existing file.
fn check_new(out: &Path) -> Result<()> {
    if std::fs::symlink_metadata(out).is_ok() {
        return Err(there_already(out));
    }
    check_writable(out)
}

fn there_already(out: &Path) -> Error {
    Error::new(Code::Usage, "a file or folder of that name already exists")
        .at_path(out)
        .help("name another file with --out; nothing was signed")
}

impl Begun<'_> {
    /// Checks that the files match the model's signature. With `--despite-failure`, prints a warning instead
    /// of failing.
    ///
    /// # Errors
    /// `E-EVIDENCE`.
    pub(super) fn unless_contradicted(&self) -> Result<()> {
        match self.subject.contradiction() {
            Some(error) if !self.making.despite_failure => Err(error),
            Some(error) => {
                self.output.note(&format!("! {error}\n! the claim is about the files as they are now"));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The index of the model in the inventory.
    ///
    /// # Errors
    /// `E-NOT-FOUND`.
    pub(super) fn index(&self) -> Result<usize> {
        self.subject.index.ok_or_else(|| no_such_model(self.subject.model.id.raw()))
    }

    /// Checks the predicate against the registry: the one from `--predicate`, or else the result of `draft`.
    ///
    /// # Errors
    /// The errors of reading the file, of `draft` and of the registry.
    pub(super) fn check(&self, of: &Of, draft: impl FnOnce() -> Result<Draft>) -> Result<Made> {
        let Some(file) = &self.making.predicate else { return draft()?.check(of.kinds) };
        let bytes = read_small(file, LIMIT_PREDICATE_BYTES)?;
        let named = self.making.predicate_type.as_deref();
        let made =
            given(&bytes, named, of.usual, &self.subject.subject).and_then(|draft| draft.check(of.kinds));
        made.map_err(|error| {
            let place = match &error.at {
                Some(at) => format!("{}, {}", file.to_string_lossy(), at.raw()),
                None => file.to_string_lossy().into_owned(),
            };
            error.at(place)
        })
    }

    /// Signs and writes the claim, or only prints the statement. Returns the exit status.
    ///
    /// # Errors
    /// The errors of signing and writing; then nothing was written.
    pub(super) fn finish(&self, made: &Made) -> Result<u8> {
        let Begun { subject, making, output, .. } = self;
        let about = &subject.subject;
        if making.dry_run {
            let statement = made.statement(about);
            let mut human = crate::json::to_string(&statement).map_err(|cause| {
                Error::new(Code::Internal, format!("a statement cannot be written as JSON ({cause})"))
            })?;
            human.push('\n');
            output.print(&human, || self.document(made, None, None));
            return Ok(0);
        }
        let payload = made.payload(about)?;
        let signed = making.signer.sign(&payload, this_second(), output)?;
        let (file, line) = self.keep(&signed.bundle)?;
        let name = file.to_string_lossy().into_owned();
        let mut human = report::attested(&made.predicate_type, about, &signed.signer, (&name, line));
        human.push_str(signed.told.as_deref().unwrap_or_default());
        if line.is_some() && subject.index.is_some() {
            human.push_str(&report::attested_next(&subject.model.id));
        }
        output.print(&human, || self.document(made, Some(&signed), Some((name.as_str(), line))));
        Ok(0)
    }

    /// Writes the bundle. Returns its file, and its line if it was appended.
    fn keep(&self, bundle: &[u8]) -> Result<(PathBuf, Option<usize>)> {
        if let Some(out) = &self.making.out {
            if std::fs::symlink_metadata(out).is_ok() {
                return Err(there_already(out));
            }
            write_new(out, bundle)?;
            return Ok((out.clone(), None));
        }
        let appended = append_claims(&self.subject.claims, &[bundle.to_owned()])?;
        Ok((self.subject.claims.clone(), appended.lines.first().map(|(line, _)| *line)))
    }

    fn document<'d>(
        &'d self,
        made: &'d Made,
        signed: Option<&'d SignedStatement>,
        kept: Option<(&'d str, Option<usize>)>,
    ) -> AttestDocument<'d> {
        AttestDocument {
            schema: names::Attest,
            model: &self.subject.model.id,
            root_digest: self.subject.subject.root,
            kind: made.kind,
            predicate_type: &made.predicate_type,
            said: &made.said,
            statement: made.statement(&self.subject.subject),
            file: kept.map(|(file, _)| file.into()),
            line: kept.and_then(|(_, line)| line),
            bundle_digest: signed.map(|signed| sha256_hex(&signed.bundle)),
            signer: signed.map(|signed| &signed.signer),
            signed_at: signed.and_then(|signed| signed.at),
        }
    }

    /// The time given with `--at`, or now.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.common.now()
    }

    pub(super) fn output(&self) -> &Output {
        self.output
    }
}
