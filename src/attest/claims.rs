//! Reading claims. A line that is no claim is kept and told, never dropped. Nothing is verified here.

use super::claimed::{FaultKind, SchemaFault};
use super::digests::{hex_fault, usable};
use super::said::NamedDigest;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::signing::{
    Bundle, ClaimsFault, Identity, LineFault, RootDigest, SubjectSaid, claimed_signer, read_head,
};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::path::Path;

/// A file of claims larger than this is refused.
pub const LIMIT_CLAIMS_BYTES: u64 = 64 * 1024 * 1024;
/// A file with more lines than this, blank ones aside, is refused.
pub const LIMIT_CLAIMS: usize = 10_000;
/// Limit of reported faults in subjects.
const MAX_SUBJECT_FAULTS: usize = 16;
/// A longer line is no claim.
pub const LIMIT_LINE_BYTES: usize = 16 * 1024 * 1024;

/// One claim: a bundle with a statement, or a bare envelope. Parsed, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its file, if not the claims file.
    pub file: Option<Untrusted>,
    /// Line, from 1.
    pub line: usize,
    /// What it claims, as the statement says.
    pub predicate_type: Untrusted,
    /// What it is about: the SHA-256 of each subject that names one, as the statement says.
    pub subjects: Vec<Untrusted>,
    /// The same with all their digests.
    pub named: Vec<SubjectSaid>,
    /// Who signed, as the bundle says; a bundle that only hints at a key gives the hint.
    pub signer: Option<Identity>,
    /// The bundle.
    pub bundle: Bundle,
    /// The other signatures of an envelope that has several.
    pub cosigned: Vec<Bundle>,
}

/// A line that is no claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnknownLine {
    /// Its file, if not the claims file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// Line, from 1.
    pub line: usize,
    /// Why it is none, in words.
    pub fault: String,
    /// The same, as a fact.
    #[serde(skip)]
    pub kind: LineFault,
}

/// A file of claims that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreadClaims {
    /// Its name; none for the file of claims, `…` for files beyond the limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Untrusted>,
    /// Why.
    pub fault: ClaimsFault,
    /// The same in words.
    pub words: String,
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
        let (bundle, cosigned) = match Bundle::parse(bytes) {
            Ok(bundle) => (bundle, Vec::new()),
            Err(error) => {
                let mut each = Bundle::parse_envelope(bytes).unwrap_or_default().into_iter();
                let first = each.next().ok_or((error, LineFault::NotABundle))?;
                (first, each.collect())
            }
        };
        let head = read_head(&bundle).map_err(|fault| {
            let error = Error::new(Code::Malformed, fault)
                .help("a claim is a Sigstore bundle of an in-toto statement");
            (error, LineFault::NotAStatement)
        })?;
        Ok(Claim {
            file: None,
            line,
            predicate_type: head.predicate_type,
            subjects: head.subjects,
            named: head.named,
            signer: claimed_signer(&bundle),
            bundle,
            cosigned,
        })
    }

    /// Whether one of its subjects is the model with this root digest.
    pub fn is_about(&self, root: &RootDigest) -> bool {
        let root = root.to_string();
        self.subjects.iter().any(|subject| subject.raw() == root)
    }

    /// The usable digests of its subjects.
    pub(super) fn digests(&self) -> impl Iterator<Item = NamedDigest> {
        let said = self.named.iter().flat_map(|subject| &subject.digests);
        said.filter_map(|(algorithm, value)| usable(algorithm.raw(), value.raw()))
    }

    /// The faults of its subjects: each must have a digest, and every digest must be valid.
    pub(super) fn subject_faults(&self) -> Vec<SchemaFault> {
        let mut faults = Vec::new();
        for (index, subject) in self.named.iter().enumerate() {
            let place = format!("subject[{index}].digest");
            let known = subject.digests.iter().filter_map(|(name, value)| usable(name.raw(), value.raw()));
            if known.count() == 0 {
                faults.push(SchemaFault { path: place.as_str().into(), what: FaultKind::Missing });
            }
            for (name, value) in &subject.digests {
                if hex_fault(name.raw(), value.raw()).is_some() {
                    let path = format!("{place}.{}", name.clip(40)).into();
                    faults.push(SchemaFault { path, what: FaultKind::Value });
                }
            }
            if faults.len() >= MAX_SUBJECT_FAULTS {
                break;
            }
        }
        faults
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

impl ClaimFile {
    /// The same, with the file that each line is in.
    pub fn in_file(mut self, file: Option<&Untrusted>) -> Self {
        if let Some(file) = file {
            self.claims.iter_mut().for_each(|claim| claim.file = Some(file.clone()));
            self.unknown.iter_mut().for_each(|line| line.file = Some(file.clone()));
        }
        self
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

/// All lines of a file that was read.
///
/// # Errors
/// That there are too many.
pub fn claims_in(bytes: &[u8]) -> std::result::Result<ClaimFile, ClaimsFault> {
    let mut found = ClaimFile::default();
    for (line, text) in lines_of(bytes) {
        if found.claims.len() + found.unknown.len() == LIMIT_CLAIMS {
            return Err(ClaimsFault::TooMany { limit_lines: LIMIT_CLAIMS as u64 });
        }
        match Claim::read(line, text) {
            Ok(claim) => found.claims.push(claim),
            Err((error, kind)) => {
                found.unknown.push(UnknownLine { file: None, line, fault: error.what, kind });
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

/// The bytes of a file as they are kept as evidence. A file without any claim is not copied: whatever it is instead does
/// not belong in the evidence store.
///
/// # Errors
/// That there is no claim.
pub fn claims_to_keep(bytes: Vec<u8>) -> std::result::Result<Vec<u8>, ClaimsFault> {
    match no_claim(&bytes) {
        Some(fault) => Err(fault),
        None => Ok(bytes),
    }
}

/// That there are lines, and none of them is a claim.
fn no_claim(bytes: &[u8]) -> Option<ClaimsFault> {
    let mut first = None;
    for (line, text) in lines_of(bytes) {
        match Claim::read(line, text) {
            Ok(_) => return None,
            Err((_, fault)) => first = first.or(Some((line as u64, fault))),
        }
    }
    let (line, fault) = first.filter(|_| Claim::parse(1, bytes).is_err())?;
    Some(ClaimsFault::NoClaim { lines: lines_of(bytes).count() as u64, line, fault })
}

/// The lines of a file that are not blank, each with its number from 1.
pub(super) fn lines_of(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| !line.trim_ascii().is_empty()).map(|(index, line)| (index + 1, line))
}
