//! The data for claims from the inventory and the ledger: the model with the root digest of its current
//! files, parents pinned by their digests with the time of their verification, a review of the ledger.
//! `attest` writes statements; signing is elsewhere.

use super::door::Workbench;
use crate::attest::{
    Input, InputRole, NamedDigest, Present, ReviewDraft, Signed, Subject, check_appendable, claims_file,
    present,
};
use crate::decision::ReviewWord;
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId, listed, read_model};
use crate::signing::{Outcome, Progress, Stage};
use crate::text::{Untrusted, screen};
use crate::view::View;
use crate::view::inherit::role_of;
use std::path::{Path, PathBuf};

/// A model that a claim is made about.
#[derive(Debug, Clone)]
pub struct ClaimSubject {
    /// The model as it was scanned, or as its folder reads.
    pub model: Model,
    /// Its place in the inventory; none of a folder that is in no source.
    pub index: Option<usize>,
    /// Its name and its root digest.
    pub subject: Subject,
    /// Its file of claims, which need not exist yet.
    pub claims: PathBuf,
    /// What its files come to now, and what its signature says of them.
    pub present: Present,
    /// Whether it is in a registry's layout, where claims are attached to the manifest and no file of claims is read.
    pub in_registry: bool,
}

impl ClaimSubject {
    /// That claims can be appended to its file of claims.
    ///
    /// # Errors
    /// `E-USAGE` for a model in a registry's layout; as [`check_appendable`].
    pub fn appendable(&self, instead: &str) -> Result<()> {
        if self.in_registry {
            return Err(Error::new(Code::Usage, "a registry's layout has no file of claims")
                .at(self.model.id.raw())
                .help(format!(
                    "{instead} to the model's manifest, as with `cosign attach attestation` or `oras attach`"
                )));
        }
        check_appendable(&self.claims)
    }

    /// Why no claim is made about these files: they are not what their signature says.
    pub fn contradiction(&self) -> Option<Error> {
        contradiction(&self.present, self.model.id.raw()).map(|error| {
            error.help(
                "`touchmark verify MODEL --explain` shows what differs; --despite-failure makes the claim about the \
                 files as they are all the same",
            )
        })
    }
}

fn contradiction(present: &Present, model: &str) -> Option<Error> {
    let Signed::Otherwise(check) = &present.signed else { return None };
    let what = match check.stage {
        Stage::Parse | Stage::Statement => "the model's signature cannot be read",
        Stage::Signature => "the model's signature does not hold",
        _ => "the files do not match the model's signature",
    };
    let what = format!("{what} ({}: {})", check.code, check.words().summary);
    Some(Error::new(Code::Evidence, what).at(model))
}

impl Workbench {
    /// A model of the inventory as a claim is made about it. Its files are hashed.
    ///
    /// # Errors
    /// `E-NOT-FOUND` for one without files; what stops hashing.
    pub fn claim_subject(&self, index: usize, progress: &Progress) -> Result<ClaimSubject> {
        let view = self.view();
        let model = view.models.get(index).ok_or_else(|| Error::new(Code::NotFound, "no such model"))?;
        let (place, present) = self.present_of(&view, index, progress)?;
        let (claims, in_registry) = (claims_file(&place), listed(&place)?.is_some());
        let subject = Subject { name: model.id.raw().into(), root: present.root };
        Ok(ClaimSubject { model: model.clone(), index: Some(index), subject, claims, present, in_registry })
    }

    /// A folder that is in no source, in the same way.
    ///
    /// # Errors
    /// What stops reading and hashing.
    pub fn claim_subject_at(&self, folder: &Path, progress: &Progress) -> Result<ClaimSubject> {
        let place = std::path::absolute(folder).map_err(|error| Error::read(folder, &error))?;
        let model = read_model(&place)?;
        let present = present(&place, None, self.now(), progress)?;
        let (claims, in_registry) = (claims_file(&place), listed(&place)?.is_some());
        let subject = Subject { name: model.id.raw().into(), root: present.root };
        Ok(ClaimSubject { model, index: None, subject, claims, present, in_registry })
    }

    /// A model of the inventory as something that went into another: by its root digest and, where a verification of
    /// ours stands and passes, with its time.
    ///
    /// # Errors
    /// `E-EVIDENCE` when its files are not what its signature says; as [`Workbench::claim_subject`].
    pub fn pinned(&self, index: usize, role: InputRole, progress: &Progress) -> Result<Input> {
        let view = self.view();
        let model = view.models.get(index).ok_or_else(|| Error::new(Code::NotFound, "no such model"))?;
        let passed = view
            .standing(index)
            .map(|verified| &verified.verification)
            .filter(|verification| verification.outcome() == Outcome::Pass && verification.signer_proven());
        let (root, verified_at) = match passed.and_then(|passed| Some((passed.root_of_files()?, passed.at))) {
            Some((root, at)) => (root, Some(at)),
            None => {
                let (_, present) = self.present_of(&view, index, progress)?;
                if let Some(error) = contradiction(&present, model.id.raw()) {
                    return Err(error.help(
                        "nothing is derived from it by this claim; if other bytes went in, give their digest as \
                         NAME@sha256:HEX",
                    ));
                }
                (present.root, None)
            }
        };
        let digests = vec![NamedDigest::sha256(root.to_string())];
        Ok(Input { name: model.id.raw().into(), role, digests, verified_at })
    }

    /// The model whose files had this root digest at the last verification, if any.
    pub fn model_of_root(&self, root: &str) -> Option<ModelId> {
        let view = self.view();
        let is_it = |index: &usize| {
            let found = view.standing(*index).and_then(|verified| verified.verification.root_of_files());
            found.is_some_and(|found| found.to_string() == root)
        };
        let index = (0..view.models.len()).find(is_it)?;
        view.models.get(index).map(|model| model.id.clone())
    }

    /// A review of a model that stands: the one of a record, or the one that is shown.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when there is none.
    pub fn review_to_attest(&self, index: usize, number: Option<u64>) -> Result<ReviewDraft> {
        let view = self.view();
        let model = view.models.get(index).map(|model| model.id.raw().to_owned()).unwrap_or_default();
        let standing = view.reviews.get(index).and_then(Option::as_deref);
        let mut all = standing.into_iter().flat_map(|review| review.all());
        let review = match number {
            None => all.next(),
            Some(number) => all.find(|review| review.record.number == number),
        };
        let review = review.ok_or_else(|| {
            let what = match number {
                None => "the ledger has no review of this model",
                Some(_) => "no current review of this model has this number",
            };
            Error::new(Code::NotFound, what).at(&model).help(
                "`touchmark review approve MODEL --reason WHY` records one; give --word and --reason to do so here",
            )
        })?;
        Ok(ReviewDraft {
            word: recorded_word(review.word),
            reason: review.reason.clone(),
            reviewer: review.by.clone(),
            at: review.at,
            record: Some((review.record.number, review.record.hash.to_string())),
        })
    }

    /// A review as it would be recorded now, by whom this program runs under: to see what a claim of it would say.
    ///
    /// # Errors
    /// `E-STORE`, `E-INTERNAL`.
    pub fn review_to_come(&self, word: ReviewWord, reason: &str) -> Result<ReviewDraft> {
        let made = self.made()?;
        Ok(ReviewDraft {
            word: recorded_word(word),
            reason: reason.into(),
            reviewer: made.by.shown(),
            at: made.asked.unwrap_or(made.recorded),
            record: None,
        })
    }

    fn present_of(&self, view: &View, index: usize, progress: &Progress) -> Result<(PathBuf, Present)> {
        let model = view.models.get(index).ok_or_else(|| Error::new(Code::NotFound, "no such model"))?;
        let Some(location) = &model.location else {
            return Err(Error::new(
                Code::NotFound,
                "only documents name this model; there are no files to hash",
            )
            .at(model.id.raw())
            .help("scan the folder with its files, or name the digest as NAME@sha256:HEX"));
        };
        let place = view.workspace.root.join(location);
        if listed(&place)?.is_some() {
            // In a registry's layout the files stand elsewhere; a verification finds them.
            let root = view.standing(index).and_then(|verified| verified.verification.root_of_files());
            let root = root.ok_or_else(|| {
                Error::new(Code::Evidence, "this model was not verified in its current state")
                    .at(model.id.raw())
                    .help("run `touchmark verify MODEL` first")
            })?;
            return Ok((place, Present { root, signed: Signed::Same, signed_part: None }));
        }
        let named = model.signature.as_ref().map(|signature| view.workspace.root.join(signature));
        let present = present(&place, named.as_deref(), self.now(), progress)?;
        Ok((place, present))
    }
}

impl ClaimSubject {
    /// The model itself, as one of those that run together.
    pub fn as_member(&self) -> Input {
        Input {
            name: self.model.id.raw().into(),
            role: role_of(self.model.kind),
            digests: vec![NamedDigest::sha256(self.subject.root.to_string())],
            verified_at: None,
        }
    }
}

/// A word as records write it.
fn recorded_word(word: ReviewWord) -> String {
    let written = serde_json::to_value(word).ok();
    written.as_ref().and_then(serde_json::Value::as_str).unwrap_or_else(|| word.word()).to_owned()
}

/// A name in a URI: what a URI cannot hold is written as `%XX`.
pub(super) fn in_uri(name: &Untrusted) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let mut out = String::new();
    for byte in name.raw().bytes() {
        match plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    screen(&out)
}
