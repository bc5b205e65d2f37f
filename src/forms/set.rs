//! What the documents have in common that are made of a report for other programs: the names of its things, what was
//! looked at of each model, and the exhibits that its findings rest on.

use super::reports::{ReportFile, encoded, url};
use super::uuid::Uuid;
use crate::decision::Verdict;
use crate::documents::ReportedModel;
use crate::dossier::{Piece, Pieces};
use crate::inventory::{Model, ModelId};
use crate::maturity::{Control, ControlResult};
use crate::signing::sha256_hex;
use crate::text::Untrusted;
use crate::view::View;
use crate::words::{Face, controls};
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::HashSet;

/// So many models are worked on at once, and are then forgotten.
const AT_ONCE: usize = 256;

/// A report, and what its names are made from.
pub(super) struct Set<'a> {
    pub file: &'a ReportFile<'a>,
    /// The digest over the digests of all that the report rests on.
    seed: String,
}

/// A model, and what is concluded of it.
pub(super) struct Looked<'a> {
    pub view: &'a View,
    pub index: usize,
    pub model: &'a Model,
    pub row: &'a ReportedModel<'a>,
    pub verdict: Verdict,
    pub pieces: Pieces<'a>,
}

/// Bytes that a finding rests on.
pub(super) struct Exhibit {
    /// Its name, made of the place and the digest.
    pub uuid: Uuid,
    /// What it is.
    pub title: String,
    /// Where it lies.
    pub url: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// When it was collected; none if that is not recorded.
    pub at: Option<Timestamp>,
}

impl Exhibit {
    fn new(title: String, url: String, sha256: String, at: Option<Timestamp>) -> Self {
        Exhibit { uuid: Uuid::of("exhibit", &[&url, &sha256]), title, url, sha256, at }
    }

    fn of(piece: &Piece) -> Self {
        let title = match &piece.by {
            Some(by) => format!("{} by {}", piece.kind.word(), by.raw()),
            None => piece.kind.word().to_owned(),
        };
        Exhibit::new(title, url(piece), piece.sha256.clone(), piece.at)
    }
}

impl Looked<'_> {
    /// What was found for a control, in words.
    pub fn found(&self, result: &ControlResult, control: &Control) -> Untrusted {
        let about = (self.view.verification(self.index), self.model.kind.into());
        controls::control(result, control, about, Face::Text).0
    }

    /// What a finding rests on, the exhibit that decides first; where there is none, all that is known of the model.
    pub fn exhibits(&self, result: &ControlResult) -> Vec<Exhibit> {
        let pieces = self.pieces.of(&result.fact);
        if !pieces.is_empty() {
            return pieces.iter().map(Exhibit::of).collect();
        }
        let whole = self.row.evidence.map(|digest| {
            let title = format!("what is known of {}", self.model.id.raw());
            Exhibit::new(title, format!("urn:touchmark:evidence:{digest}"), digest.to_string(), None)
        });
        whole.into_iter().collect()
    }

    /// The exhibits of all its findings, each once.
    pub fn all_exhibits(&self) -> Vec<Exhibit> {
        let mut known: HashSet<Uuid> = HashSet::new();
        let results = self.verdict.assessment.controls.iter();
        let all = results.flat_map(|result| self.exhibits(result));
        all.filter(|exhibit| known.insert(exhibit.uuid)).collect()
    }

    /// When something was collected, if not earlier then with the verification or for the report.
    pub fn collected(&self, exhibits: &[Exhibit]) -> Timestamp {
        let at = exhibits.first().and_then(|exhibit| exhibit.at);
        at.or(self.row.verified_at).unwrap_or(self.view.at)
    }
}

impl<'a> Set<'a> {
    pub fn of(file: &'a ReportFile<'a>) -> Self {
        let rests = &file.document.rests_on;
        let parts = [
            rests.program.clone(),
            rests.at.to_string(),
            rests.stage.to_owned(),
            rests.evidence.to_string(),
            rests.policy.digest.to_owned(),
            rests.policy.text_digest.to_owned(),
            rests.rubric.digest.to_owned(),
            rests.anchors.to_string(),
            rests.ledger_head.to_owned(),
            file.document.about.words(),
        ];
        Set { file, seed: sha256_hex(parts.join("\n").as_bytes()) }
    }

    pub fn view(&self) -> &'a View {
        self.file.view
    }

    pub fn at(&self) -> Timestamp {
        self.file.view.at
    }

    /// The name of something that only this report has.
    pub fn uuid(&self, kind: &str, parts: &[&str]) -> Uuid {
        Uuid::of(kind, &[&[self.seed.as_str()], parts].concat())
    }

    /// The name of a model in every report of its workspace.
    pub fn model(&self, id: &ModelId) -> Uuid {
        Uuid::of("model", &[&self.view().workspace.name, id.raw()])
    }

    /// The name of what was found for a control of a model.
    pub fn observation(&self, id: &ModelId, control: &str) -> Uuid {
        self.uuid("observation", &[id.raw(), control])
    }

    /// The name of a control of a model in every report of its workspace.
    pub fn finding(&self, id: &ModelId, control: &str) -> Uuid {
        Uuid::of("finding", &[&self.view().workspace.name, id.raw(), control])
    }

    /// The name of the inventory.
    pub fn system(&self) -> Uuid {
        Uuid::of("system", &[&self.view().workspace.name])
    }

    /// What it is about, as a person writes it.
    pub fn about(&self) -> String {
        self.file.document.about.words()
    }

    /// The policy, by the digest of its text.
    pub fn policy(&self) -> Exhibit {
        let policy = &self.file.document.rests_on.policy;
        let url = match self.view().policy.base {
            Some(_) => encoded(policy.origin.raw()),
            None => format!("urn:touchmark:policy:{}", policy.text_digest),
        };
        Exhibit::new("policy".to_owned(), url, policy.text_digest.to_owned(), None)
    }

    /// All exhibits, the policy first, each once.
    pub fn all_exhibits(&self) -> impl Iterator<Item = Exhibit> {
        let mut seen: HashSet<Uuid> = HashSet::new();
        let of_models = self.each(|looked| looked.all_exhibits());
        std::iter::once(self.policy()).chain(of_models).filter(move |exhibit| seen.insert(exhibit.uuid))
    }

    /// The models with their rows.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &'a ReportedModel<'a>)> + use<'a> {
        self.file.models.iter().copied().zip(&self.file.document.models)
    }

    /// What is made of each model, some models at once.
    pub fn each<T: Send>(&self, make: impl Fn(Looked<'a>) -> Vec<T> + Sync) -> impl Iterator<Item = T> {
        let view = self.view();
        let looked = move |(index, row): (&usize, &'a ReportedModel<'a>)| {
            let (model, verdict) = (view.models.get(*index)?, view.verdict(*index)?);
            let pieces = Pieces::of_model(view, *index)?;
            Some(Looked { view, index: *index, model, row, verdict, pieces })
        };
        let some = self.file.models.chunks(AT_ONCE).zip(self.file.document.models.chunks(AT_ONCE));
        some.flat_map(move |(models, rows)| {
            let both = models.par_iter().zip(rows);
            both.filter_map(looked).map(&make).collect::<Vec<Vec<T>>>().into_iter().flatten()
        })
    }
}
