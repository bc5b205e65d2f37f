//! A verification as a document.

use super::check::CheckDocument;
use super::names;
use crate::policy::NameMark;
use crate::signing::{
    AnchorUse, CheckCode, Coverage, FilesReport, ForeignSignature, HashAlgorithm, Identity, KeyKind,
    LogEntry, Method, Outcome, RootDigest, TimeSource, Verification,
};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What became of a verification.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerificationDocument<'a> {
    /// The document's name.
    pub schema: names::Verification,
    /// The model, as it was named.
    pub model: &'a str,
    /// Where its files lie, from the workspace's folder; none outside of one.
    pub location: Option<Untrusted>,
    /// What became of the whole.
    pub outcome: Outcome,
    /// The code of the check to look at first; none when all is well.
    pub headline: Option<CheckCode>,
    /// How many of the model's bytes the signature covers; none when they were not counted.
    pub coverage: Option<CoverageDocument>,
    /// The checks, and what they established.
    pub verification: VerificationBody<'a>,
    /// Folders that share the name and are not known to hold the same; then the outcome is `fail`, whatever the checks say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_name: Vec<Untrusted>,
    /// What is odd about how the name looks; absent for an ordinary name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_mark: Option<NameMark>,
}

impl<'a> VerificationDocument<'a> {
    /// Of a model by the name that was given.
    pub fn of(model: &'a str, location: Option<Untrusted>, verification: &'a Verification) -> Self {
        VerificationDocument {
            schema: names::Verification,
            model,
            location,
            outcome: verification.outcome(),
            headline: verification.headline().map(|check| check.code),
            coverage: verification.coverage().map(CoverageDocument::from),
            verification: VerificationBody::from(verification),
            same_name: Vec::new(),
            name_mark: None,
        }
    }

    /// The same with what is known of the name.
    pub fn under(mut self, same_name: Vec<Untrusted>, name_mark: Option<NameMark>) -> Self {
        if !same_name.is_empty() {
            self.outcome = Outcome::Fail;
        }
        VerificationDocument { same_name, name_mark, ..self }
    }
}

/// How many of a model's bytes a verified signature covers.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct CoverageDocument {
    /// Bytes of files that are as a verified signature says.
    pub covered: u64,
    /// Bytes of all files in the folder.
    pub total: u64,
    /// Whole percent, rounded down.
    pub percent: u64,
}

impl From<Coverage> for CoverageDocument {
    fn from(coverage: Coverage) -> Self {
        CoverageDocument { covered: coverage.covered, total: coverage.total, percent: coverage.percent() }
    }
}

/// The checks of one model against one bundle at one time, and what they established.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerificationBody<'a> {
    /// One check a stage, in the order of the stages.
    pub checks: Vec<CheckDocument<'a>>,
    /// How it was signed, when the bundle could be read.
    pub method: Option<Method>,
    /// Who signed, as the bundle says: proven only when TRUST and SIGNATURE pass, and CHAIN and LOG where they apply.
    pub signer: Option<&'a Identity>,
    /// The anchor that answered for the signer.
    pub anchor: Option<&'a AnchorUse>,
    /// Trusted signing time, and who says so.
    pub signed_at: Option<(Timestamp, TimeSource)>,
    /// The log entry, verified.
    pub log: Option<&'a LogEntry>,
    /// The root digest recomputed over the signed resources.
    pub root_digest: Option<RootDigest>,
    /// Name of the subject, as signed; informative.
    pub subject_name: Option<&'a Untrusted>,
    /// Recorded hash.
    pub hash: Option<HashAlgorithm>,
    /// The kind of the key that signed, as far as it could be read: a curve of OMS, or `rsa` or `ed25519`.
    pub curve: Option<KeyKind>,
    /// Whether the bundle records that links were followed; none when it was not read, or not kept.
    pub allow_symlinks: Option<bool>,
    /// SHA-256 over the bundle's bytes, hex.
    pub bundle_digest: Option<&'a str>,
    /// The files.
    pub files: &'a FilesReport,
    /// Signatures of other kinds that lie beside; none of them counts for a check.
    #[serde(skip_serializing_if = "<[ForeignSignature]>::is_empty")]
    pub foreign: &'a [ForeignSignature],
    /// When it was verified.
    pub at: Timestamp,
}

impl<'a> From<&'a Verification> for VerificationBody<'a> {
    fn from(v: &'a Verification) -> Self {
        VerificationBody {
            checks: v.checks.iter().map(|check| CheckDocument::of(v, check)).collect(),
            method: v.method,
            signer: v.signer.as_ref(),
            anchor: v.anchor.as_ref(),
            signed_at: v.signed_at,
            log: v.log.as_ref(),
            root_digest: v.root_digest,
            subject_name: v.subject_name.as_ref(),
            hash: v.hash,
            curve: v.curve,
            allow_symlinks: v.allow_symlinks,
            bundle_digest: v.bundle_digest.as_deref(),
            files: &v.files,
            foreign: &v.foreign,
            at: v.at,
        }
    }
}
