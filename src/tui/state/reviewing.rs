//! What is about to be reviewed, and what this session has reviewed. Counted once when the command is given: however
//! many models are marked, no frame counts them again.

use crate::inventory::ModelId;
use crate::text::count;
use crate::view::{ReviewWord, View};
use crate::words::reviews::{Kinds, contradicts};
use crate::workbench::ReviewAct;
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
        let kinds = kinds(view, &models);
        let is_sound = |id: &&ModelId| {
            view.model(id)
                .map(|(index, _)| view.summary(index))
                .is_some_and(|s| !contradicts(s.outcome, s.review))
        };
        let sound = models.iter().filter(is_sound).cloned().collect();
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

/// Of which kinds models are.
pub fn kinds(view: &View, models: &[ModelId]) -> Kinds {
    let known = models.iter().filter_map(|id| Some(view.summary(view.model(id)?.0)));
    known.fold(Kinds::default(), |kinds, summary| kinds.and(summary.outcome, summary.review))
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
