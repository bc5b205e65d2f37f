//! What a verification found: one value that records keep, screens show and policies judge.

use crate::bundle::manifest::RootDigest;
use crate::check::identity::{Identity, Method};
use crate::check::step::{Check, Outcome, Stage};
use crate::files::localise::{ChangedFile, MovedFile};
use crate::foreign::ForeignSignature;
use crate::hashing::files::HashAlgorithm;
use crate::hashing::remembered::Recalled;
use crate::keys::public::Curve;
use crate::text::Untrusted;
use crate::trust::anchor::AnchorUse;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

use super::survey::Coverage;

/// Who says when it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// The transparency log.
    Log,
    /// An RFC 3161 authority.
    Authority,
}

impl TimeSource {
    /// `the transparency log`, or `a timestamp authority`.
    pub fn words(self) -> &'static str {
        match self {
            TimeSource::Log => "the transparency log",
            TimeSource::Authority => "a timestamp authority",
        }
    }
}

/// A transparency log entry that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Base64 key id of the log, as in the bundle.
    pub log_id: Untrusted,
    /// Index in the log.
    pub index: u64,
}

/// Links that led to files of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedLinks {
    /// How many.
    pub count: u64,
    /// Whether they led into the blobs of the hub cache whose snapshot the model is.
    pub hub_cache: bool,
    /// The first few: name, and where it led.
    pub first: Vec<Untrusted>,
}

impl FollowedLinks {
    /// `12 links followed (hub cache)`.
    pub fn line(&self) -> String {
        let plural = if self.count == 1 { "" } else { "s" };
        let place = if self.hub_cache { " (hub cache)" } else { "" };
        format!("{} link{plural} followed{place}", self.count)
    }
}

/// What became of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FilesReport {
    /// Resources that match.
    pub matched: u64,
    /// Bytes hashed.
    pub bytes: u64,
    /// Bytes of the files that match as a whole.
    #[serde(default)]
    pub matched_bytes: u64,
    /// Bytes of all files in the folder, signed or not, without the signature itself; none when nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_bytes: Option<u64>,
    /// Files that differ.
    pub changed: Vec<ChangedFile>,
    /// Files that are gone from where they were signed.
    pub missing: Vec<Untrusted>,
    /// Files that nobody signed.
    pub extra: Vec<Untrusted>,
    /// Pairs of a missing and an extra file that are one file under two names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedFile>,
    /// Files that the bundle's own `ignore_paths` hide.
    pub ignored: Vec<Untrusted>,
    /// Links that were followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<FollowedLinks>,
    /// Files whose content is not what the name of their blob, a SHA-256, says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misnamed: Vec<Untrusted>,
    /// Files that could not be read or that changed while they were read, with the reason.
    pub unreadable: Vec<(Untrusted, String)>,
    /// Digests that were computed earlier and not this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled: Option<Recalled>,
}

impl FilesReport {
    /// Missing files that were not found under another name.
    pub fn truly_missing(&self) -> impl Iterator<Item = &Untrusted> {
        let moved: HashSet<&Untrusted> = self.moved.iter().map(|file| &file.name).collect();
        self.missing.iter().filter(move |name| !moved.contains(name))
    }

    /// Unsigned files that are not a signed file under another name.
    pub fn truly_extra(&self) -> impl Iterator<Item = &Untrusted> {
        let moved: HashSet<&Untrusted> = self.moved.iter().map(|file| &file.found).collect();
        self.extra.iter().filter(move |name| !moved.contains(name))
    }
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
    /// The curve of the key that signed, as far as it could be read.
    #[serde(default)]
    pub curve: Option<Curve>,
    /// Whether the bundle records that links were followed; none when it was not read, or not kept.
    #[serde(default)]
    pub allow_symlinks: Option<bool>,
    /// SHA-256 over the bundle's bytes, hex.
    pub bundle_digest: Option<String>,
    /// The files.
    pub files: FilesReport,
    /// Signatures of other kinds that lie beside; none of them counts for a check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignSignature>,
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
            curve: None,
            allow_symlinks: None,
            bundle_digest: None,
            files: FilesReport::default(),
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

    /// Says whose signature this is: it lists the files of `owner`, whose root digest is the same. Without
    /// effect unless FILES failed.
    pub fn belongs_to(&mut self, owner: &Untrusted) {
        let Some(check) = self.checks.iter_mut().find(|check| check.stage == Stage::Files) else { return };
        if check.outcome != Outcome::Fail {
            return;
        }
        let line = Untrusted::new(format!("its root digest is that of the model {}", owner.raw()));
        if check.code == "FILES-OTHER-MODEL" {
            check.expected = Some(Untrusted::new(format!("the signed files of {}", owner.raw())));
        }
        if !check.details.contains(&line) {
            check.details.insert(0, line);
        }
    }

    /// The root digest of the files that lie here: none unless every signed file is as it was.
    pub fn root_of_files(&self) -> Option<RootDigest> {
        self.root_digest.filter(|_| matches!(self.outcome_of(Stage::Files), Outcome::Pass | Outcome::Partial))
    }

    /// Whether the signer is proven: TRUST, SIGNATURE and, where they apply, CHAIN and LOG passed.
    pub fn signer_proven(&self) -> bool {
        [Stage::Trust, Stage::Signature].iter().all(|s| self.outcome_of(*s) == Outcome::Pass)
            && [Stage::Chain, Stage::Log].iter().all(|s| {
                matches!(self.outcome_of(*s), Outcome::Pass | Outcome::Partial | Outcome::NotApplicable)
            })
    }
}
