//! What a model's files come to now, and whether the signature beside them says the same: what a claim about the model is
//! made over. Whom to trust plays no part in it.

use crate::error::Result;
use crate::signing::{
    Check, Outcome, Progress, RootDigest, SignOptions, Stage, Trust, VerifyOptions, default_signature,
    digest, find_signature, verify,
};
use std::path::Path;

/// What a model's files come to.
#[derive(Debug, Clone)]
pub struct Present {
    /// The root digest: as the model's signature made it when all files fit, else as a new signature would.
    pub root: RootDigest,
    /// The result of the signature next to it for the same files.
    pub signed: Signed,
}

/// What a signature says of the files that lie there.
#[derive(Debug, Clone)]
pub enum Signed {
    /// There is none.
    Not,
    /// The same. By whom it is, is another question.
    Same,
    /// Something else, or nothing that can be read: the first check that fails.
    Otherwise(Box<Check>),
}

/// The stages that check the files and the bytes of the signature, regardless of the signer.
const OF_BYTES: [Stage; 5] = [Stage::Parse, Stage::Signature, Stage::Statement, Stage::Subject, Stage::Files];

/// Computes the root digest of a model's files. `named` is where the model's signature is known to lie.
///
/// # Errors
/// What stops hashing: `E-READ`, `E-MODEL`, `E-CANCELLED`, …
pub fn present(
    place: &Path,
    named: Option<&Path>,
    at: jiff::Timestamp,
    progress: &Progress,
) -> Result<Present> {
    let named = || named.map(Path::to_owned);
    let signature = find_signature(place).or_else(named).unwrap_or_else(|| default_signature(place));
    let nobody = Trust::new(Vec::new());
    let mut signed = Signed::Not;
    if std::fs::symlink_metadata(&signature).is_ok() {
        let verification = verify(place, &signature, &nobody, &VerifyOptions::at(at), progress)?;
        let failed = verification
            .checks
            .iter()
            .find(|check| OF_BYTES.contains(&check.stage) && check.outcome == Outcome::Fail);
        signed = failed.map_or(Signed::Same, |check| Signed::Otherwise(Box::new(check.clone())));
        if let Some(root) = verification.root_of_files() {
            return Ok(Present { root, signed });
        }
    }
    let root = digest(place, &SignOptions::to(signature), progress)?.root_digest;
    // A signature that fits no file and fails no check says nothing.
    Ok(Present { root, signed: if matches!(signed, Signed::Same) { Signed::Not } else { signed } })
}
