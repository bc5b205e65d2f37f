//! What is about to be reviewed, and what this session has reviewed. Counted once when the command is given: however
//! many models are marked, no frame counts them again.

use crate::inventory::ModelId;
use crate::signing::Outcome;
use crate::text::count;
use crate::view::{ReviewWord, View};
use crate::words::reviews::{Kinds, contradicts};
use crate::workbench::ReviewAct;
use rayon::prelude::*;
use std::sync::Arc;

/// The reviews of this session.
#[derive(Default)]
pub struct ReviewState {
    /// What a review is being chosen for.
    pub of: Option<Arc<Reviewed>>,
    /// What was recorded together, oldest first, without what was taken back since.
    pub acts: Vec<ReviewAct>,
    /// How many are being recorded.
    pub recording: usize,
    /// How many of those, the latest ones, are taken back as soon as they are recorded.
    pub unwanted: usize,
    /// How many are being taken back.
    pub undoing: usize,
}

/// The models that a review is about, with what is known of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// All of them.
    pub models: Vec<ModelId>,
    /// Those whose approval would contradict nothing.
    pub sound: Vec<ModelId>,
    /// Of which kinds they are.
    pub kinds: Kinds,
}

impl Reviewed {
    /// What is known of them.
    pub fn of(view: &View, models: Vec<ModelId>) -> Self {
        let known = known(view, &models);
        let is_sound = |(id, known): (&ModelId, &Option<Known>)| {
            let (outcome, review) = (*known)?;
            (!contradicts(outcome, review)).then(|| id.clone())
        };
        let sound = models.iter().zip(&known).filter_map(is_sound).collect();
        let kinds = counted(&known);
        Reviewed { models, sound, kinds }
    }

    /// How many approvals would contradict something.
    pub fn unsound(&self) -> usize {
        self.models.len().saturating_sub(self.sound.len())
    }

    /// The model, or how many and of which kinds; safe to show.
    pub fn shown(&self) -> String {
        match self.models.as_slice() {
            [one] => format!("{} ({})", one.screen(), self.kinds.line()),
            many => format!("{} marked: {}", count(many.len(), "model"), self.kinds.line()),
        }
    }
}

/// What became of a verification, and the review that is shown.
type Known = (Outcome, Option<ReviewWord>);

/// Of many models by all cores: it is asked for by a key.
fn known(view: &View, models: &[ModelId]) -> Vec<Option<Known>> {
    let of = |id: &ModelId| {
        let summary = view.summary(view.model(id)?.0);
        Some((summary.outcome, summary.review))
    };
    models.par_iter().with_min_len(512).map(of).collect()
}

fn counted(known: &[Option<Known>]) -> Kinds {
    known.iter().flatten().fold(Kinds::default(), |kinds, (outcome, review)| kinds.and(*outcome, *review))
}

/// Of which kinds models are.
pub fn kinds(view: &View, models: &[ModelId]) -> Kinds {
    counted(&known(view, models))
}

/// The word that a key stands for.
pub fn word_of(key: char) -> Option<ReviewWord> {
    match key {
        'a' | 'A' => Some(ReviewWord::Approve),
        'x' => Some(ReviewWord::Reject),
        'p' => Some(ReviewWord::AskProducer),
        'b' => Some(ReviewWord::TakeBack),
        _ => None,
    }
}
