//! What the signature of a model holds, part by part, as it was seen when the model was verified: from the evidence that
//! is kept, never from a file that may have changed since.

use super::door::{Workbench, not_found};
use super::keeping::seen;
use crate::decision::RecordRef;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::signing::{Anatomy, Stage, anatomy};

impl Workbench {
    /// Takes the signature of a model apart, and lists all its files; with the record of the verification that saw
    /// them.
    ///
    /// # Errors
    /// `E-NOT-FOUND` where the model is not in the inventory or was never verified, `E-EVIDENCE` where what was seen
    /// is not kept any more, `E-STORE`.
    pub fn anatomy(&self, id: &ModelId) -> Result<(RecordRef, Anatomy)> {
        let view = self.view();
        let (index, model) = view.model(id).ok_or_else(|| not_found(id))?;
        let verified = view.verified.get(index).and_then(Option::as_ref).ok_or_else(|| {
            Error::new(Code::NotFound, "this model was never verified").at(id.raw()).help("verify it first")
        })?;
        let seen = seen(&**self.store(), &view, model, &verified.seen)?;
        let verification = &verified.verification;
        let chain = verification.check(Stage::Chain);
        let mut found = anatomy(seen.bundle.as_deref(), &verification.files, chain, view.trust.trust());
        if seen.lacks_bundle() {
            let why = "the signature was too large to keep, and the file changed since: V verifies again";
            found.fault = Some(why.into());
        }
        Ok((verified.record, found))
    }
}
