//! What a command can go on with after its key: one more key each, shown while it is waited for. It changes nothing.

use crate::commands::Cmd;
use crate::tui::state::app::App;

/// One thing that a command can go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its key.
    pub key: char,
    /// What it does, safe to show.
    pub word: String,
    /// What it would act on, safe to show; may be empty.
    pub shown: String,
    /// Why it cannot act now.
    pub off: Option<String>,
}

/// What a command can go on with, in the order shown; empty for a command that asks for nothing.
pub fn choices(_app: &App, of: Cmd) -> Vec<Choice> {
    match of {
        Cmd::FilterBy => filter_terms(),
        _ => Vec::new(),
    }
}

/// The terms of the filter.
fn filter_terms() -> Vec<Choice> {
    let choice = |row: &crate::query::Row| Choice {
        key: row.key,
        word: format!("{}:{}", row.name, row.value),
        shown: row.help.split([':', ';']).next().unwrap_or_default().replace('`', ""),
        off: None,
    };
    crate::query::TERMS.iter().map(choice).collect()
}
