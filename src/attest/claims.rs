//! Reading claims. A line that is no claim is kept and told, never dropped. Nothing is verified here.

use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::signing::{Bundle, ClaimsFault, Identity, LineFault, RootDigest, claimed_signer, read_head};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A file of claims larger than this is refused.
pub const LIMIT_CLAIMS_BYTES: u64 = 64 * 1024 * 1024;
/// A file with more lines than this, blank ones aside, is refused.
pub const LIMIT_CLAIMS: usize = 10_000;
/// A longer line is no claim.
pub const LIMIT_LINE_BYTES: usize = 16 * 1024 * 1024;

/// One claim: a bundle whose statement says what of what. Parsed, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Line, from 1.
    pub line: usize,
    /// What it claims, as the statement says.
    pub predicate_type: Untrusted,
    /// What it is about: the SHA-256 of each subject that names one, as the statement says.
    pub subjects: Vec<Untrusted>,
    /// Who signed, as the bundle says; a bundle that only hints at a key gives the hint.
    pub signer: Option<Identity>,
    /// The bundle.
    pub bundle: Bundle,
}

/// A line that is no claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnknownLine {
    /// Line, from 1.
    pub line: usize,
    /// Why it is none, in words.
    pub fault: String,
    /// The same, as a fact.
    #[serde(skip)]
    pub kind: LineFault,
}

/// What a file of claims holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimFile {
    /// The claims, in the order of the file.
    pub claims: Vec<Claim>,
    /// The other lines, blank ones aside.
    pub unknown: Vec<UnknownLine>,
}

impl Claim {
    /// Reads one line.
    ///
    /// # Errors
    /// `E-TOO-LARGE`; `E-MALFORMED` when it is no bundle, or holds no in-toto statement.
    pub fn parse(line: usize, bytes: &[u8]) -> Result<Self> {
        Claim::read(line, bytes).map_err(|(error, _)| error)
    }

    /// The same; what is wrong with the line is told as a fact too.
    fn read(line: usize, bytes: &[u8]) -> std::result::Result<Self, (Error, LineFault)> {
        if bytes.len() > LIMIT_LINE_BYTES {
            let error = Error::new(Code::TooLarge, format!("longer than {LIMIT_LINE_BYTES} bytes"));
            return Err((error, LineFault::TooLong));
        }
        let bundle = Bundle::parse(bytes).map_err(|error| (error, LineFault::NotABundle))?;
        let head = read_head(&bundle).map_err(|fault| {
            let error = Error::new(Code::Malformed, fault)
                .help("a claim is a Sigstore bundle of an in-toto statement");
            (error, LineFault::NotAStatement)
        })?;
        Ok(Claim {
            line,
            predicate_type: head.predicate_type,
            subjects: head.subjects,
            signer: claimed_signer(&bundle),
            bundle,
        })
    }

    /// Whether one of its subjects is the model with this root digest.
    pub fn is_about(&self, root: &RootDigest) -> bool {
        let root = root.to_string();
        self.subjects.iter().any(|subject| subject.raw() == root)
    }

    /// The whole statement.
    ///
    /// # Errors
    /// `E-MALFORMED`.
    pub fn statement(&self) -> Result<Value> {
        // Keys that occur twice and floods were refused when the head was read.
        serde_json::from_slice(&self.bundle.envelope.payload)
            .map_err(|cause| Error::new(Code::Malformed, format!("the statement is not JSON ({cause})")))
    }
}

/// Reads all lines of a file; one that holds a single bundle over several lines is one claim.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`.
pub fn read_claims(path: &Path) -> Result<ClaimFile> {
    let bytes = read_small(path, LIMIT_CLAIMS_BYTES)?;
    claims_in(&bytes).map_err(|_| {
        Error::new(Code::TooLarge, format!("more than {LIMIT_CLAIMS} claims"))
            .at_path(path)
            .help("split the file: one claims.jsonl a model")
    })
}

/// The bytes of a file of claims, for [`claims_in`]; what kept it from being read is a fact.
///
/// # Errors
/// Why not.
pub fn read_claims_bytes(path: &Path) -> std::result::Result<Vec<u8>, ClaimsFault> {
    read_small(path, LIMIT_CLAIMS_BYTES).map_err(|error| match error.code {
        Code::TooLarge => ClaimsFault::TooLarge { limit_bytes: LIMIT_CLAIMS_BYTES },
        _ => ClaimsFault::NotReadable,
    })
}

/// All lines of a file that was read.
///
/// # Errors
/// That there are too many.
pub fn claims_in(bytes: &[u8]) -> std::result::Result<ClaimFile, ClaimsFault> {
    let mut found = ClaimFile::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if found.claims.len() + found.unknown.len() == LIMIT_CLAIMS {
            return Err(ClaimsFault::TooMany { limit_lines: LIMIT_CLAIMS as u64 });
        }
        match Claim::read(index + 1, line) {
            Ok(claim) => found.claims.push(claim),
            Err((error, kind)) => {
                found.unknown.push(UnknownLine { line: index + 1, fault: error.what, kind });
            }
        }
    }
    if found.claims.is_empty()
        && let Ok(claim) = Claim::parse(1, bytes)
    {
        return Ok(ClaimFile { claims: vec![claim], unknown: Vec::new() });
    }
    Ok(found)
}

/// The claims that lie in a model's folder.
pub fn claims_beside(model: &Path) -> Option<PathBuf> {
    let path = model.join("claims.jsonl");
    std::fs::symlink_metadata(&path).is_ok().then_some(path)
}
