//! What the palette offers for what is typed in it.

use crate::commands::{Keys, keyed};
use crate::tui::state::app::App;
use crate::tui::state::enabled::is_offered;
use crate::tui::state::filter;

/// Commands of this screen whose names or descriptions match, best first.
pub fn matches(app: &App, input: &str) -> Vec<&'static Keys> {
    let first = input.split_whitespace().next().unwrap_or_default();
    let mut found: Vec<(i64, &Keys)> = keyed()
        .filter(|row| row.is_on(app.screen) && is_offered(row, app))
        .filter_map(|row| filter::score(row.name, first).map(|score| (score, row)))
        .map(|(score, row)| (if row.name == first { i64::MAX } else { score }, row))
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, row)| row).collect()
}
