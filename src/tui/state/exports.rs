//! What is exported of each screen, in which forms, and what its file is called. Nothing is made here.

use crate::commands::Screen;
use crate::forms::{Column, FORMS, Form, Subject, changes};
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::columns::{ColumnId, fitted};
use std::path::PathBuf;

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// What the screen is about, whole.
    Whole(Subject),
    /// The screen as it is drawn.
    Screen,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// What.
    pub seen: Seen,
    /// What that is, in words: `7 models`.
    pub word: String,
    /// In which form.
    pub form: Form,
    /// The file's name, as typed.
    pub file: PathBuf,
    /// Whether a file of that name is replaced.
    pub replaces: bool,
}

/// Forms in which a screen is text as it is drawn.
const DRAWN: [Form; 2] = [Form::Markdown, Form::Html];

/// The forms of this screen, in the order shown, each with the reason why it cannot be had.
pub fn forms(app: &App) -> Vec<(Form, Option<String>)> {
    let is_graph = app.screen == Screen::Lineage;
    let offered = FORMS.iter().filter(|row| row.key.is_some());
    let offered = offered.filter(|row| is_graph || !matches!(row.form, Form::Dot | Form::Mermaid));
    offered.map(|row| (row.form, why_not(app, row.form))).collect()
}

fn why_not(app: &App, form: Form) -> Option<String> {
    let none = |why: &str| Some(why.to_owned());
    match (app.screen, form) {
        (Screen::Lineage, _) if app.lineage.focus.is_none() => none("no model is chosen"),
        (_, Form::Svg) => None,
        (Screen::Inventory, _) if app.rows.shown().is_empty() => none("no model is shown"),
        (Screen::Verify, _) if app.verified().is_none() => {
            none("nothing has been verified here yet: V verifies it")
        }
        (Screen::Maturity, _) if !app.whole && app.model().is_none() => none("no model is chosen"),
        (Screen::Maturity, form) if app.whole && !DRAWN.contains(&form) => {
            none("this screen has no rows for it: `touchmark maturity --format json` has")
        }
        (Screen::Inventory | Screen::Lineage | Screen::Verify | Screen::Maturity, _) => None,
        (Screen::Compare, Form::Csv | Form::Json) if app.compare.comparison().is_some() => None,
        (Screen::Changes, Form::Csv) if app.changes.diff.is_some() => None,
        (_, form) if DRAWN.contains(&form) => None,
        _ => none("this screen has no rows for it"),
    }
}

/// What is written in a form, with the words for it.
pub fn seen(app: &App, form: Form) -> Option<(Seen, String)> {
    let screen = || Some((Seen::Screen, format!("the screen {}", app.screen.word())));
    match app.screen {
        Screen::Lineage => {
            let focus = app.lineage.focus.clone()?;
            let word = format!("the lineage of {}", focus.screen());
            Some((Seen::Whole(Subject::Lineage { focus, rows: app.lineage.rows.clone() }), word))
        }
        _ if form == Form::Svg => screen(),
        Screen::Compare if app.compare.comparison().is_some() => {
            let found = app.compare.found.as_ref()?.as_ref().ok()?.clone();
            let word = format!("{} beside {}", found.first.screen(), found.second.screen());
            Some((Seen::Whole(Subject::Comparison(found)), word))
        }
        Screen::Changes if app.changes.diff.is_some() => {
            let diff = app.changes.diff.as_ref()?;
            Some((Seen::Whole(Subject::Page(changes(diff))), "what changed".to_owned()))
        }
        Screen::Inventory => {
            let rows = app.rows.shown().to_vec();
            let word = crate::text::count(rows.len(), "model");
            let subject = Subject::Models { rows, columns: columns(app), about: which(app) };
            Some((Seen::Whole(subject), word))
        }
        Screen::Verify => {
            let id = subject(app)?;
            let word = format!("the verification of {}", id.screen());
            Some((Seen::Whole(Subject::Verification(id)), word))
        }
        Screen::Maturity if !app.whole => {
            let id = subject(app)?;
            let word = id.screen();
            Some((Seen::Whole(Subject::Model(id)), word))
        }
        _ => screen(),
    }
}

fn subject(app: &App) -> Option<ModelId> {
    app.model().map(|(_, model)| model.id.clone())
}

/// The columns of the table as a screen with room for all would show them, with what was asked for and without what
/// was hidden.
fn columns(app: &App) -> Vec<Column> {
    const ROOM: usize = 1000;
    let (with, without) = app.rows.columns();
    fitted(ROOM, with, without, 0).iter().map(|each| written(each.column.id)).collect()
}

fn written(id: ColumnId) -> Column {
    match id {
        ColumnId::Status => Column::Status,
        ColumnId::Model => Column::Model,
        ColumnId::Reason => Column::Reason,
        ColumnId::Used => Column::Used,
        ColumnId::Level => Column::Level,
        ColumnId::Gate => Column::Gate,
        ColumnId::Reviewed => Column::Reviewed,
        // A file is read at another time than it is written.
        ColumnId::Age => Column::Verified,
        ColumnId::Signer => Column::Signer,
        ColumnId::Publisher => Column::Publisher,
        ColumnId::Licence => Column::Licence,
        ColumnId::Format => Column::Formats,
        ColumnId::Size => Column::Bytes,
    }
}

/// Which models the table shows, and in which order.
fn which(app: &App) -> String {
    let rows = &app.rows;
    let filter = match rows.filter.as_str() {
        "" => String::new(),
        filter => format!(", filtered by {filter}"),
    };
    format!("{}{filter}, {}", rows.saved_name(), rows.sort().word())
}

/// The file's name for what is shown: `acme-support-bot-7b.verification.json`.
pub fn file_name(app: &App, form: Form) -> String {
    format!("{}.{}", stem(app, form), form.extension())
}

fn stem(app: &App, form: Form) -> String {
    let model = || app.current.as_ref().map(|id| plain(id.raw())).filter(|name| !name.is_empty());
    let of = |kind: &str| model().map(|name| format!("{name}.{kind}"));
    let word = || app.screen.word().to_lowercase();
    match (app.screen, form) {
        (Screen::Inventory, Form::Svg) => word(),
        (Screen::Inventory, _) => "models".to_owned(),
        (Screen::Lineage, _) => {
            let focus = app.lineage.focus.as_ref().map(|id| plain(id.raw())).filter(|name| !name.is_empty());
            focus.map_or_else(word, |name| format!("{name}.lineage"))
        }
        (Screen::Compare, _) => {
            let names =
                app.compare.pair.as_ref().map(|(a, b)| format!("{}-and-{}", plain(a.raw()), plain(b.raw())));
            names.map_or_else(word, |names| format!("{names}.comparison"))
        }
        (Screen::Verify, _) => of("verification").unwrap_or_else(word),
        (Screen::Maturity, _) => of("maturity").unwrap_or_else(word),
        _ => word(),
    }
}

/// A name that is a plain file name everywhere.
pub fn plain(name: &str) -> String {
    const LONGEST: usize = 80;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let plain: String = name.chars().take(LONGEST).map(|c| if is_plain(c) { c } else { '-' }).collect();
    plain.trim_matches(['.', '-']).to_owned()
}
