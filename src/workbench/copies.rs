//! Looking at the other folders that come to a model's name: what lies there is a fact of the verification, and whether
//! it is the same is judged from it.

use super::door::Workbench;
use crate::error::{Code, Result};
use crate::inventory::Model;
use crate::signing::{
    CopySeen, Judging, Outcome, Progress, Seen, Stage, Trust, Verification, VerifyOptions, default_signature,
    find_any_signature, judge, observe,
};
use crate::text::Untrusted;
use crate::view::View;
use std::path::Path;
use std::sync::Arc;

impl Workbench {
    /// Adds to what was seen of a model what lies in its twins. Always computed: what is remembered is of no use to
    /// tell two folders apart.
    ///
    /// # Errors
    /// `E-CANCELLED`.
    pub(super) fn look_at_twins(
        &self,
        view: &View,
        model: &Model,
        seen: &mut Seen,
        verification: &mut Verification,
        progress: &Progress,
    ) -> Result<()> {
        if model.twins.is_empty() {
            return Ok(());
        }
        let mut copies = Vec::with_capacity(model.twins.len());
        for twin in &model.twins {
            let folder = view.workspace.root.join(&twin.location);
            let bundle = match &twin.signature {
                Some(signature) => view.workspace.root.join(signature),
                None => find_any_signature(&folder).unwrap_or_else(|| default_signature(&folder)),
            };
            let place = Untrusted::new(twin.location.to_string_lossy());
            copies.push(copy(place, (&folder, &bundle), verification, view.at, progress)?);
        }
        Arc::make_mut(&mut seen.observed.files).copies = copies;
        verification.files = seen.observed.files.clone();
        Ok(())
    }
}

/// What lies in one folder. It is hashed only where it can still be the same.
fn copy(
    place: Untrusted,
    (folder, bundle): (&Path, &Path),
    own: &Verification,
    at: jiff::Timestamp,
    progress: &Progress,
) -> Result<CopySeen> {
    let nothing = CopySeen { place, root_digest: None, bundle_digest: None };
    let digest = crate::disk::read_small(bundle, crate::signing::LIMIT_BUNDLE_BYTES).ok();
    let digest = digest.map(|bytes| crate::signing::sha256_hex(&bytes));
    let may_be_same = digest.is_some() && digest == own.bundle_digest && own.root_of_files().is_some();
    if !may_be_same {
        return Ok(CopySeen { bundle_digest: digest, ..nothing });
    }
    let seen = match observe(folder, bundle, &VerifyOptions::at(at), None, progress) {
        Ok(seen) => seen,
        Err(error) if error.code == Code::Cancelled => return Err(error),
        // It cannot be looked at: nobody knows what lies there.
        Err(_) => return Ok(CopySeen { bundle_digest: digest, ..nothing }),
    };
    let judged =
        judge(&seen.observed, seen.bundle.as_deref(), &Trust::new(Vec::new()), &Judging::default(), at);
    let files = &judged.files;
    let is_whole = judged.outcome_of(Stage::Files) == Outcome::Pass
        && files.ignored.is_empty()
        && files.unsigned_empty.is_empty();
    let root_digest = judged.root_of_files().filter(|_| is_whole);
    Ok(CopySeen { root_digest, bundle_digest: judged.bundle_digest, ..nothing })
}
