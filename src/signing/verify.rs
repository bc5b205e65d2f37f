//! Verification: every independent stage runs, even after one failed, and each leaves a [`Check`].

use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

use super::check::{Check, Outcome, Stage};
use super::hashing::HashAlgorithm;
use super::identity::{Identity, Method};
use super::manifest::RootDigest;
use super::progress::Progress;
use super::trust::{AnchorUse, Trust};

/// How to verify.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// The method that the caller asked for; a bundle of another method fails METHOD.
    pub method: Option<Method>,
    /// Paths to leave out: absolute, or relative to the current folder; besides what the bundle records.
    pub ignore_paths: Vec<PathBuf>,
    /// Whether `.git`, `.gitattributes`, `.github`, `.gitignore` at the top are left out.
    pub ignore_git_paths: bool,
    /// Do not fail on files that are not signed.
    pub ignore_unsigned_files: bool,
    /// The time of the verification: validity of certificates without a trusted signing time, ages.
    pub at: jiff::Timestamp,
}

impl VerifyOptions {
    /// The defaults of the specification, at a time.
    pub fn at(at: jiff::Timestamp) -> Self {
        VerifyOptions {
            method: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            ignore_unsigned_files: false,
            at,
        }
    }
}

/// Who says when it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// The transparency log.
    Log,
    /// An RFC 3161 authority.
    Authority,
}

/// A transparency log entry that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Base64 key id of the log, as in the bundle.
    pub log_id: Untrusted,
    /// Index in the log.
    pub index: u64,
}

/// A file whose digest is not the signed one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedFile {
    /// Resource name.
    pub name: Untrusted,
    /// Signed digest, hex.
    pub expected: String,
    /// Digest found, hex.
    pub found: String,
    /// Size found, bytes.
    pub size: u64,
    /// What lies there, in our own words (`safetensors, header intact`), when it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What became of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FilesReport {
    /// Resources that match.
    pub matched: u64,
    /// Bytes hashed.
    pub bytes: u64,
    /// Resources that differ.
    pub changed: Vec<ChangedFile>,
    /// Resources that are gone.
    pub missing: Vec<Untrusted>,
    /// Files that nobody signed.
    pub extra: Vec<Untrusted>,
    /// Files that the bundle's own `ignore_paths` hide.
    pub ignored: Vec<Untrusted>,
    /// Files that could not be read or that changed while they were read, with the reason.
    pub unreadable: Vec<(Untrusted, String)>,
}

/// The checks of one model against one bundle at one time, and what they established.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// One check a stage, in the order of [`Stage::ALL`].
    pub checks: Vec<Check>,
    /// How it was signed, when the bundle could be read.
    pub method: Option<Method>,
    /// Who signed, as the bundle says; believed only when [`Verification::signer_proven`].
    pub signer: Option<Identity>,
    /// The anchor that answered for the signer.
    pub anchor: Option<AnchorUse>,
    /// Trusted signing time, and who says so.
    pub signed_at: Option<(jiff::Timestamp, TimeSource)>,
    /// The log entry, verified.
    pub log: Option<LogEntry>,
    /// The root digest recomputed over the signed resources.
    pub root_digest: Option<RootDigest>,
    /// Name of the subject, as signed; informative.
    pub subject_name: Option<Untrusted>,
    /// Recorded hash.
    pub hash: Option<HashAlgorithm>,
    /// SHA-256 over the bundle's bytes, hex.
    pub bundle_digest: Option<String>,
    /// The files.
    pub files: FilesReport,
    /// When it was verified.
    pub at: jiff::Timestamp,
}

impl Verification {
    /// A verification in which nothing was looked at yet: every stage `unknown`.
    pub fn not_looked(at: jiff::Timestamp, why: &str) -> Self {
        let checks = Stage::ALL
            .map(|stage| Check::new(stage, stage.name(), Outcome::Unknown, why.to_owned()))
            .to_vec();
        Verification {
            checks,
            method: None,
            signer: None,
            anchor: None,
            signed_at: None,
            log: None,
            root_digest: None,
            subject_name: None,
            hash: None,
            bundle_digest: None,
            files: FilesReport::default(),
            at,
        }
    }

    /// The check of a stage.
    pub fn check(&self, stage: Stage) -> Option<&Check> {
        self.checks.iter().find(|check| check.stage == stage)
    }

    /// Replaces the check of its stage.
    pub fn set(&mut self, check: Check) {
        match self.checks.iter_mut().find(|c| c.stage == check.stage) {
            Some(slot) => *slot = check,
            None => self.checks.push(check),
        }
    }

    /// What became of a stage; `unknown` when there is no such check.
    pub fn outcome_of(&self, stage: Stage) -> Outcome {
        self.check(stage).map_or(Outcome::Unknown, |check| check.outcome)
    }

    /// What became of the whole: fail, then missing, then unknown; `partial` and `n/a` do not stand in the way.
    pub fn outcome(&self) -> Outcome {
        self.checks
            .iter()
            .map(|check| check.outcome)
            .filter(|outcome| matches!(outcome, Outcome::Fail | Outcome::Missing | Outcome::Unknown))
            .min_by_key(|outcome| outcome.rank())
            .unwrap_or(Outcome::Pass)
    }

    /// The first check of the worst outcome: what to tell first. None when all is well.
    pub fn headline(&self) -> Option<&Check> {
        let outcome = self.outcome();
        if outcome == Outcome::Pass {
            return None;
        }
        self.checks.iter().find(|check| check.outcome == outcome)
    }

    /// Whether the signer is proven: TRUST, SIGNATURE and, where they apply, CHAIN and LOG passed.
    pub fn signer_proven(&self) -> bool {
        [Stage::Trust, Stage::Signature].iter().all(|s| self.outcome_of(*s) == Outcome::Pass)
            && [Stage::Chain, Stage::Log].iter().all(|s| {
                matches!(self.outcome_of(*s), Outcome::Pass | Outcome::Partial | Outcome::NotApplicable)
            })
    }
}

/// Verifies `model` against the bundle in the file `bundle`.
///
/// A bundle that is absent, malformed, too large or about something else is a failed (or missing) check.
/// TIME without a trusted time is `partial`, never a failure by itself. IDENTITY under
/// [`super::IdentityRule::Later`], PREDICATES and POLICY are left for others: `unknown`, `not applicable`,
/// `not applicable`.
///
/// # Errors
/// Only what stops us from looking: `E-READ` when the model itself cannot be listed, `E-CANCELLED`.
pub fn verify(
    model: &Path,
    bundle: &Path,
    trust: &Trust,
    options: &VerifyOptions,
    progress: &Progress,
) -> Result<Verification> {
    let _ = (model, bundle, trust, options, progress);
    Err(Error::new(Code::Internal, "skeleton"))
}
