//! What is about to be reviewed, and what this session has reviewed. Counted once when the command is given: however
//! many models are marked, no frame counts them again.

use crate::commands::Screen;
use crate::inventory::ModelId;
use crate::text::count;
use crate::tui::state::app::App;
use crate::tui::state::choices::Choice;
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
    /// The marked models where marks are seen, or else the model that the screen is about.
    pub fn of(app: &App) -> Option<Self> {
        let view = app.view.as_deref()?;
        let marked = if app.screen == Screen::Inventory { app.rows.marked() } else { Vec::new() };
        let models = if marked.is_empty() { app.subject().into_iter().collect() } else { marked };
        let kinds = kinds(view, &models);
        let is_sound = |id: &&ModelId| {
            view.model(id)
                .map(|(index, _)| view.summary(index))
                .is_some_and(|s| !contradicts(s.outcome, s.review))
        };
        let sound = models.iter().filter(is_sound).cloned().collect();
        (!models.is_empty()).then_some(Reviewed { models, sound, kinds })
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

/// What may be said.
pub fn words(app: &App) -> Vec<Choice> {
    let Some(of) = &app.review.of else { return Vec::new() };
    let (all, sound, unsound) = (of.models.len(), of.sound.len(), of.unsound());
    let choice =
        |key: char, word: &str, shown: String| Choice { key, word: word.to_owned(), shown, off: None };
    let mut out = vec![match (sound, unsound) {
        (_, 0) => choice('a', "approve", of.shown()),
        (0, _) => choice('a', "approve", format!("{}: asks twice", of.shown())),
        _ => choice('a', "approve", format!("{sound} of {all}: leaves out what fails or was rejected")),
    }];
    if sound > 0 && unsound > 0 {
        out.push(choice('A', "approve all", format!("all {all}, these {unsound} too: asks twice")));
    }
    let of_all = if all == 1 { String::new() } else { format!("all {all}: {}", of.kinds.line()) };
    out.push(choice('x', "reject", of_all.clone()));
    out.push(choice('p', "ask the producer", of_all));
    out.push(Choice {
        off: (of.kinds.reviewed == 0).then(|| "nothing was said of it that stands".to_owned()),
        ..choice(
            'b',
            "take back",
            match all {
                1 => "the review that stands".to_owned(),
                _ => format!("the reviews of {} that stand", of.kinds.reviewed),
            },
        )
    });
    out
}
