//! What lies over a screen: which popup, and what was typed or chosen in it.

use crate::commands::Cmd;
use crate::inventory::ModelId;
use crate::lineage::Chain;
use crate::tui::state::goto::GoTo;
use crate::tui::state::outputs::Asked;
use crate::tui::theme::Theme;
use crate::view::{Blast, PastReview};
use crate::workbench::JobId;
use std::sync::Arc;

/// A popup.
pub enum Popup {
    /// The keys of this screen.
    Help {
        /// Lines scrolled.
        scroll: usize,
    },
    /// Commands by name.
    Palette {
        /// What is typed.
        input: String,
        /// The chosen match.
        cursor: usize,
    },
    /// Quit although jobs run?
    ConfirmQuit,
    /// What was said of a model.
    History {
        /// Of what.
        model: ModelId,
        /// What was said, newest first; none until it is read.
        reviews: Option<Vec<PastReview>>,
        /// Lines scrolled.
        scroll: usize,
    },
    /// Themes.
    Themes {
        /// The chosen one.
        cursor: usize,
        /// To go back to.
        before: Box<Theme>,
    },
    /// Messages so far.
    Messages {
        /// Lines scrolled.
        scroll: usize,
    },
    /// Why this decision and this level.
    Why {
        /// Of what.
        model: ModelId,
        /// Lines scrolled.
        scroll: usize,
    },
    /// Everything downstream of what went bad.
    Blast {
        /// It.
        blast: Arc<Blast>,
        /// The chosen row.
        cursor: usize,
    },
    /// How two models are related.
    Path {
        /// The first.
        from: ModelId,
        /// The second.
        to: ModelId,
        /// The shortest chain; none where there is none.
        chain: Option<Chain>,
        /// Lines scrolled.
        scroll: usize,
    },
    /// The whole log of a job.
    Log {
        /// Which.
        job: JobId,
        /// Lines scrolled.
        scroll: usize,
    },
    /// The tour.
    Tour {
        /// Which of its steps.
        step: usize,
    },
    /// The signs of the lineage.
    Legend,
    /// What a command can go on with: one more key, from `choices`.
    Choose {
        /// Of which command.
        of: Cmd,
    },
    /// A line that a command asks for.
    Ask(Box<Ask>),
    /// A line that was typed, to be confirmed: the notes say why.
    Confirm(Box<Ask>),
    /// Why the edited policy is saved, below what saving changes.
    SavePolicy(SaveAsk),
    /// Run this command, which uses the network?
    ConfirmNetwork(Box<Asked>),
    /// A model by its name.
    GoTo(Box<GoTo>),
}

/// A line that a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which command goes on with it.
    pub of: Cmd,
    /// The key that was chosen before it; a space where none was.
    pub key: char,
    /// What it is about.
    pub models: Vec<ModelId>,
    /// The title, safe to show.
    pub title: String,
    /// What is typed, safe to show: `reason`.
    pub label: String,
    /// What is typed.
    pub input: String,
    /// Lines below it, safe to show: what Enter will do, and what it will not.
    pub notes: Vec<String>,
}

/// Why the edited policy is saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaveAsk {
    /// The reason, as it is typed.
    pub reason: String,
    /// Enter was pressed without one.
    pub is_missing: bool,
    /// Lines scrolled in what changes.
    pub scroll: usize,
}

impl Popup {
    /// The line that is being typed, for pasting into; what is chosen below it is then the best match.
    pub fn input(&mut self) -> Option<&mut String> {
        match self {
            Popup::Palette { input, cursor } => {
                *cursor = 0;
                Some(input)
            }
            Popup::Ask(ask) => Some(&mut ask.input),
            Popup::SavePolicy(ask) => Some(&mut ask.reason),
            // Who changes it searches again.
            Popup::GoTo(goto) => Some(&mut goto.input),
            _ => None,
        }
    }
}
