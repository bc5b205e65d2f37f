//! What a command can go on with after its key: one more key each, shown while it is waited for. It changes nothing.

use crate::commands::Cmd;
use crate::forms::Form;
use crate::tui::state::amending::{Amendment, about};
use crate::tui::state::app::App;
use crate::tui::state::columns::{COLUMNS, Column};
use crate::tui::state::copies::{Copy, copies};
use crate::tui::state::exports::{file_name, forms};

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
pub fn choices(app: &App, of: Cmd) -> Vec<Choice> {
    match of {
        Cmd::Amend => amendments(app),
        Cmd::Copy => copied(app),
        Cmd::Export => exported(app),
        Cmd::Sort => orders(app),
        Cmd::Columns => columns(app),
        Cmd::Review => reviews(app),
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

/// The common changes of the policy.
fn amendments(app: &App) -> Vec<Choice> {
    let choice = |one: Amendment| {
        let (shown, off) = match about(app, one) {
            Ok(shown) => (shown, None),
            Err(why) => (String::new(), Some(why)),
        };
        Choice { key: one.key(), word: one.word().to_owned(), shown, off }
    };
    Amendment::ALL.into_iter().map(choice).collect()
}

/// What may be said of models.
fn reviews(app: &App) -> Vec<Choice> {
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
        off: (of.kinds.reviewed == 0).then(|| "no review to undo".to_owned()),
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

/// Each shows what it would copy.
fn copied(app: &App) -> Vec<Choice> {
    let choice = |copy: Copy| {
        let (shown, off) = match copy.text {
            Ok(text) => (text.lines().next().unwrap_or_default().to_owned(), None),
            Err(why) => (String::new(), Some(why)),
        };
        Choice { key: copy.key, word: copy.word.to_owned(), shown, off }
    };
    copies(app).into_iter().map(choice).collect()
}

/// Each shows the file's name.
fn exported(app: &App) -> Vec<Choice> {
    let choice = |(form, off): (Form, Option<String>)| {
        let row = form.row()?;
        Some(Choice { key: row.key?, word: row.name.to_owned(), shown: file_name(app, form), off })
    };
    forms(app).into_iter().filter_map(choice).collect()
}

/// The key that leaves the columns to the width again.
pub const ALL_BY_WIDTH: char = '0';

fn orders(app: &App) -> Vec<Choice> {
    let sort = app.rows.sort();
    let choice = |column: &Column| Choice {
        key: column.key,
        word: column.id.heading().to_owned(),
        shown: if column.id != sort.by {
            column.id.first().to_owned()
        } else if sort.is_reversed {
            format!("{} {}", sort.arrow(), sort.word())
        } else {
            format!("{} {} · again reverses", sort.arrow(), sort.word())
        },
        off: None,
    };
    COLUMNS.iter().map(choice).collect()
}

fn columns(app: &App) -> Vec<Choice> {
    let (with, without) = app.rows.columns();
    let choice = |column: &Column| {
        let state = if app.table.columns.contains(column.id) {
            "✓ shown"
        } else if with.contains(column.id) {
            "! no room"
        } else if without.contains(column.id) {
            "· hidden"
        } else {
            "·"
        };
        Choice {
            key: column.key,
            word: column.id.heading().to_owned(),
            shown: format!("{state:<9} {}", column.about),
            off: None,
        }
    };
    let by_width = Choice {
        key: ALL_BY_WIDTH,
        word: "by width".to_owned(),
        shown: "the columns that the width has room for".to_owned(),
        off: None,
    };
    COLUMNS.iter().filter(|column| column.is_optional()).map(choice).chain([by_width]).collect()
}
