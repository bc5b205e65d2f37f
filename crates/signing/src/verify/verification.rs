//! What a verification found: one value that records keep, screens show and policies judge.

use crate::bundle::manifest::RootDigest;
use crate::check::codes::CheckCode;
use crate::check::curve::KeyKind;
use crate::check::evidence::{LogEntry, TimeSource};
use crate::check::identity::{Identity, Method};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::{FilesWhy, Why};
use crate::files::report::FilesReport;
use crate::foreign::seen::ForeignSignature;
use crate::hashing::job::HashAlgorithm;
use crate::text::Untrusted;
use crate::trust::anchor::AnchorUse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::coverage::Coverage;

/// The checks of one model against one bundle at one time, and what they established.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// One check a stage, in the order of the stages.
    pub checks: Vec<Check>,
    /// How it was signed, when the bundle could be read.
    pub method: Option<Method>,
    /// Who signed, as the bundle says: proven only when TRUST and SIGNATURE pass, and CHAIN and LOG where they apply.
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
    /// The kind of the key that signed, as far as it could be read: a curve of OMS, or `rsa` or `ed25519`.
    #[serde(default)]
    pub curve: Option<KeyKind>,
    /// Whether the bundle records that links were followed; none when it was not read, or not kept.
    #[serde(default)]
    pub allow_symlinks: Option<bool>,
    /// SHA-256 over the bundle's bytes, hex.
    pub bundle_digest: Option<String>,
    /// The files.
    pub files: Arc<FilesReport>,
    /// Signatures of other kinds that lie beside; none of them counts for a check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignSignature>,
    /// When the files and the signature were looked at.
    pub at: jiff::Timestamp,
}

impl Verification {
    /// A verification in which nothing was looked at: every stage `unknown`.
    pub fn not_looked(at: jiff::Timestamp, why: Why) -> Self {
        let checks = Stage::ALL.map(|stage| Check::unknown(stage, why.clone())).to_vec();
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
            curve: None,
            allow_symlinks: None,
            bundle_digest: None,
            files: Arc::default(),
            foreign: Vec::new(),
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

    /// FILES no longer passes: what was compared is not what lies there now.
    pub fn files_were_changing(&mut self) {
        if matches!(self.outcome_of(Stage::Files), Outcome::Pass | Outcome::Partial) {
            self.set(Check::new(CheckCode::FilesUnreadable, Outcome::Unknown, FilesWhy::Changing));
        }
    }

    /// What became of a stage; `unknown` when there is no such check.
    pub fn outcome_of(&self, stage: Stage) -> Outcome {
        self.check(stage).map_or(Outcome::Unknown, |check| check.outcome)
    }

    /// What became of the whole: fail, then missing, then unknown; `partial` and `n/a` do not stand in the way, but where
    /// only part of the model was verified, that is no pass.
    pub fn outcome(&self) -> Outcome {
        self.checks
            .iter()
            .map(|check| check.outcome)
            .filter(|outcome| matches!(outcome, Outcome::Fail | Outcome::Missing | Outcome::Unknown))
            .min_by_key(|outcome| outcome.rank())
            .unwrap_or(if self.is_partial() { Outcome::Partial } else { Outcome::Pass })
    }

    /// Whether only part of the model was verified.
    pub fn is_partial(&self) -> bool {
        self.files.part.is_some()
    }

    /// The first check of the worst outcome: what to tell first. None when all is well.
    pub fn headline(&self) -> Option<&Check> {
        let outcome = self.outcome();
        match outcome {
            Outcome::Pass => return None,
            Outcome::Partial => return self.check(Stage::Files),
            _ => {}
        }
        self.checks.iter().find(|check| check.outcome == outcome)
    }

    /// How many of the model's bytes this signature covers: none unless all that was asked of signer and
    /// statement holds. None when the files were not counted.
    pub fn coverage(&self) -> Option<Coverage> {
        let total = self.files.folder_bytes?;
        let holds = |check: &Check| {
            matches!(check.outcome, Outcome::Pass | Outcome::Partial | Outcome::NotApplicable)
        };
        let is_verified =
            self.signer_proven() && self.checks.iter().filter(|check| check.stage < Stage::Files).all(holds);
        // Folders that are linked twice are counted once.
        let total = total.max(self.files.matched_bytes);
        Some(Coverage { covered: if is_verified { self.files.matched_bytes } else { 0 }, total })
    }

    /// The root digest that the signature is about, where FILES says that these are not its files: the model that has
    /// it owns the signature.
    pub fn foreign_root(&self) -> Option<RootDigest> {
        self.root_digest.filter(|_| self.outcome_of(Stage::Files) == Outcome::Fail)
    }

    /// The root digest of the files that lie here: none unless every signed file is as it was.
    pub fn root_of_files(&self) -> Option<RootDigest> {
        self.root_digest.filter(|_| {
            !self.is_partial() && matches!(self.outcome_of(Stage::Files), Outcome::Pass | Outcome::Partial)
        })
    }

    /// Whether the signer is proven: TRUST, SIGNATURE and, where they apply, CHAIN and LOG passed.
    pub fn signer_proven(&self) -> bool {
        [Stage::Trust, Stage::Signature].iter().all(|s| self.outcome_of(*s) == Outcome::Pass)
            && [Stage::Chain, Stage::Log].iter().all(|s| {
                matches!(self.outcome_of(*s), Outcome::Pass | Outcome::Partial | Outcome::NotApplicable)
            })
    }
}
