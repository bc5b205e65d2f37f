//! Everything that a report says of one model, gathered from a view and from the ledger.

use super::ancestry::Ancestry;
use super::pieces::Pieces;
use crate::decision::{CapStep, Inputs, Verdict, WalkEnd};
use crate::error::{Code, Error, Result};
use crate::inventory::Model;
use crate::maturity::Kinship;
use crate::view::excepted::Excepted;
use crate::view::{PastReview, View};

/// So many edges above a model are listed.
const MOST_EDGES: usize = 500;

/// What is known of one model.
pub struct Dossier<'v> {
    /// The view that it was gathered from.
    pub view: &'v View,
    /// Its index in the view.
    pub index: usize,
    /// The model.
    pub model: &'v Model,
    /// What is concluded of it.
    pub verdict: Verdict,
    /// Every input of that, by digest.
    pub inputs: Inputs,
    /// The chain that caps its level, itself first; empty if nothing does.
    pub chain: Vec<CapStep>,
    /// The edges above it.
    pub ancestry: Ancestry<'v>,
    /// Where the walk up ends, and why.
    pub ends: Vec<WalkEnd>,
    /// What the lineage says of it.
    pub kinship: Kinship,
    /// The exceptions of the policy that are for it.
    pub exceptions: Vec<Excepted>,
    /// All reviews of it, the newest first.
    pub reviews: Vec<PastReview>,
    /// The evidence, by digest.
    pub pieces: Pieces<'v>,
}

impl<'v> Dossier<'v> {
    /// Gathers what is known of the model of an index; `reviews` is what the ledger has of it.
    ///
    /// # Errors
    /// `E-NOT-FOUND`; as [`View::inputs`].
    pub fn of(view: &'v View, index: usize, reviews: Vec<PastReview>) -> Result<Self> {
        let missing = || Error::new(Code::NotFound, "there is no such model in the inventory");
        let model = view.models.get(index).ok_or_else(missing)?;
        Ok(Dossier {
            view,
            index,
            model,
            verdict: view.verdict(index).ok_or_else(missing)?,
            inputs: view.inputs(index)?,
            chain: view.cap_chain(index),
            ancestry: Ancestry::of(view, &model.id, MOST_EDGES),
            ends: view.walk_ends(index),
            kinship: view.kinship(index),
            exceptions: view.exceptions_of(std::iter::once(index)),
            reviews,
            pieces: Pieces::of_model(view, index).ok_or_else(missing)?,
        })
    }
}
