//! The line that a filter is typed in: what may follow, what is wrong, and earlier filters. It knows no keys.

use crate::query::{Completion, Index, complete, hint};

/// More earlier filters are not remembered.
const MOST_PAST: usize = 100;

/// What is known of the filter's line besides its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterLine {
    /// What may follow.
    pub completion: Completion,
    /// Which candidate stands in the line, and the text without it.
    pub chosen: Option<(usize, String)>,
    /// What is to be said of the filter, safe to show.
    pub hint: Option<String>,
    past: Vec<String>,
    /// Which earlier filter stands in the line, and what was typed before.
    recalled: Option<(usize, String)>,
}

impl FilterLine {
    /// Looks at the text again.
    pub fn look(&mut self, text: &str, index: &Index) {
        self.completion = complete(text, index);
        self.hint = hint(text, index);
        self.chosen = None;
    }

    /// Forgets what may follow: nobody types any more.
    pub fn rest(&mut self) {
        self.completion = Completion::default();
        (self.chosen, self.recalled) = (None, None);
    }

    /// Remembers a filter.
    pub fn remember(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.past.retain(|past| past != text);
        self.past.push(text.to_owned());
        if self.past.len() > MOST_PAST {
            self.past.remove(0);
        }
    }

    /// The earlier filters, the oldest first.
    pub fn past(&self) -> &[String] {
        &self.past
    }

    /// Takes earlier filters as they were stored.
    pub fn set_past(&mut self, past: Vec<String>) {
        self.past = past;
        self.past.drain(..self.past.len().saturating_sub(MOST_PAST));
    }

    /// The filter before the one in the line.
    pub fn earlier(&mut self, text: &str) -> Option<String> {
        let (at, typed) = match self.recalled.take() {
            Some((at, typed)) => (at.saturating_sub(1), typed),
            None => (self.past.len().checked_sub(1)?, text.to_owned()),
        };
        self.recalled = Some((at, typed));
        self.past.get(at).cloned()
    }

    /// The filter after the one in the line, and at last what was typed.
    pub fn later(&mut self) -> Option<String> {
        let (at, typed) = self.recalled.take()?;
        match self.past.get(at + 1).cloned() {
            Some(text) => {
                self.recalled = Some((at + 1, typed));
                Some(text)
            }
            None => Some(typed),
        }
    }

    /// The text with what may follow: all that the candidates have in common, else one after the other.
    pub fn complete(&mut self, text: &str, is_back: bool) -> Option<String> {
        let many = self.completion.candidates.len();
        let (at, base) = match self.chosen.take() {
            Some((at, base)) if is_back => (at.checked_sub(1).unwrap_or(many.saturating_sub(1)), base),
            Some((at, base)) => ((at + 1) % many.max(1), base),
            None => {
                if let Some(longer) = self.completion.common(text).filter(|_| many > 1) {
                    return Some(longer);
                }
                (if is_back { many.saturating_sub(1) } else { 0 }, text.to_owned())
            }
        };
        let taken = self.completion.taken(&base, at)?;
        if many > 1 {
            self.chosen = Some((at, base));
        }
        Some(taken)
    }
}
