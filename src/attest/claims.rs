//! Reading claims. A line that is no claim is kept and told, never dropped. Nothing is verified here.

use super::claimed::{FaultKind, SchemaFault};
use super::digests::{hex_fault, usable};
use super::said::NamedDigest;
use crate::disk::{folder_of, read_small};
use crate::error::{Code, Error, Result};
use crate::signing::{
    Bundle, ClaimsFault, Identity, LineFault, RootDigest, SubjectSaid, claimed_signer, read_head,
};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A file of claims larger than this is refused.
pub const LIMIT_CLAIMS_BYTES: u64 = 64 * 1024 * 1024;
/// A file with more lines than this, blank ones aside, is refused.
pub const LIMIT_CLAIMS: usize = 10_000;
/// Limit of reported faults in subjects.
const MAX_SUBJECT_FAULTS: usize = 16;
/// Files of claims beside a model that are read.
const MAX_FILES: usize = 64;
/// Limit of folder entries that are examined.
const MAX_ENTRIES: usize = 20_000;
/// Names of claims files besides `claims.jsonl`.
const ENDINGS: [&str; 3] = [".intoto.jsonl", ".sigstore.jsonl", ".sigstore.json"];
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
                found.unknown.push(UnknownLine { file: None, line: index + 1, fault: error.what, kind });
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

/// Other claims files of a model, by name: in its folder, or next to a single-file model and named after it.
/// The model's signature is not one of them. Also returns whether there are more than the limit.
pub fn further_claims(model: &Path, signature: Option<&Path>) -> (Vec<PathBuf>, bool) {
    let is_folder = model.is_dir();
    let folder = if is_folder { model } else { folder_of(model) };
    let own = |name: &str| {
        let Some(file) = model.file_name().and_then(|file| file.to_str()) else { return false };
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        ENDINGS
            .iter()
            .any(|ending| name.strip_suffix(ending).is_some_and(|start| start == file || start == stem))
    };
    let is_named = |name: &str| match is_folder {
        true => ENDINGS.iter().any(|ending| name.ends_with(ending)),
        false => own(name),
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_ENTRIES);
    let names =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_named(name));
    let mut files: Vec<PathBuf> = names.map(|name| folder.join(name)).collect();
    files.retain(|file| Some(file.as_path()) != signature && file.is_file());
    files.sort();
    let is_cut = files.len() > MAX_FILES;
    files.truncate(MAX_FILES);
    (files, is_cut)
}
