//! What a model's files come to now, and whether the signature beside them says the same: what a claim about the model is
//! made over. Whom to trust plays no part in it.

use crate::error::Result;
use crate::signing::{
    Check, CheckCode, Outcome, Progress, RootDigest, SignOptions, Stage, Trust, VerifyOptions,
    default_signature, digest, find_signature, verify,
};
use crate::text::Untrusted;
use std::path::{Path, PathBuf};

/// What a model's files come to.
#[derive(Debug, Clone)]
pub struct Present {
    /// The root digest: as the model's signature made it when all files fit, else as a new signature would.
    pub root: RootDigest,
    /// The result of the signature next to it for the same files.
    pub signed: Signed,
    /// The model without its unsigned files, where every signed file is unchanged.
    pub signed_part: Option<SignedPart>,
}

/// The signed files of a model to which unsigned ones were added.
#[derive(Debug, Clone)]
pub struct SignedPart {
    /// The root digest that the signature states.
    pub root: RootDigest,
    /// The unsigned files, as seen from the model's folder.
    pub added: Vec<Untrusted>,
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
    let (mut signed, mut signed_part) = (Signed::Not, None);
    if std::fs::symlink_metadata(&signature).is_ok() {
        let verification = verify(place, &signature, &nobody, &VerifyOptions::at(at), progress)?;
        let failed = verification
            .checks
            .iter()
            .find(|check| OF_BYTES.contains(&check.stage) && check.outcome == Outcome::Fail);
        signed = failed.map_or(Signed::Same, |check| Signed::Otherwise(Box::new(check.clone())));
        if let Some(root) = verification.root_of_files() {
            return Ok(Present { root, signed, signed_part: None });
        }
        let only_added = verification.check(Stage::Files).is_some_and(|it| it.code == CheckCode::FilesExtra);
        let files = &verification.files;
        signed_part = verification
            .root_digest
            .filter(|_| only_added && files.unreadable.is_empty())
            .map(|root| SignedPart { root, added: files.extra.clone() });
    }
    let root = digest(place, &SignOptions::to(signature), progress)?.root_digest;
    // A signature that fits no file and fails no check says nothing.
    let signed = if matches!(signed, Signed::Same) { Signed::Not } else { signed };
    Ok(Present { root, signed, signed_part })
}

/// The root digest of a model as a new signature would make it if these files did not lie in its folder.
///
/// # Errors
/// As [`present`].
pub fn root_without(place: &Path, files: &[PathBuf], progress: &Progress) -> Result<RootDigest> {
    let signature = find_signature(place).unwrap_or_else(|| default_signature(place));
    let options = SignOptions { ignore_paths: files.to_vec(), ..SignOptions::to(signature) };
    Ok(digest(place, &options, progress)?.root_digest)
}
