//! What the choices for a report come to: its rows, its files, and the command line that makes it. It runs nothing and
//! changes nothing.

use crate::commands::{Cmd, Given, ReportKind, ReportScope, ReportTime};
use crate::forms::Form;
use crate::text::{screen, shell_word};
use crate::tui::state::app::App;
use crate::tui::state::exports::plain;
use crate::view::{View, publisher};
use crate::workbench::Access;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// More models than these do not fit a command line.
const MOST_MODELS: usize = 1_000;
/// What a forecast looks ahead by default, and what Space goes through.
pub const AHEAD_DAYS: [u32; 5] = [90, 180, 365, 730, 30];
/// How far back a trend begins by default, and what Space goes through.
pub const BACK_DAYS: [u32; 5] = [30, 90, 180, 365, 7];

/// A row of the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportRow {
    /// What it is about.
    Scope,
    /// The stage.
    Stage,
    /// Where its period begins.
    From,
    /// Where its period ends.
    To,
    /// How far it looks ahead.
    Ahead,
    /// With or without a form, by its word.
    Form(&'static str),
    /// The name of its files.
    File,
}

impl ReportRow {
    /// What stands before its value.
    pub fn label(self) -> &'static str {
        match self {
            ReportRow::Scope => "about",
            ReportRow::Stage => "stage",
            ReportRow::From => "from",
            ReportRow::To => "to",
            ReportRow::Ahead => "ahead",
            ReportRow::Form(_) => "form",
            ReportRow::File => "file",
        }
    }
}

/// Whether this program writes a form: PDF is a part that can be left out.
fn is_built(word: &str) -> bool {
    cfg!(feature = "pdf") || word != "pdf"
}

/// Whether the chosen kind tells all that is on record unless a beginning is named.
pub fn begins_with_records(app: &App) -> bool {
    app.reports.kind().is_some_and(|kind| kind.time == ReportTime::Recorded)
}

/// The rows for the chosen kind.
pub fn rows(app: &App) -> Vec<ReportRow> {
    let Some(kind) = app.reports.kind() else { return Vec::new() };
    let mut rows = vec![ReportRow::Scope];
    rows.extend(kind.has_stage.then_some(ReportRow::Stage));
    match kind.time {
        ReportTime::Now => {}
        ReportTime::Ahead => rows.push(ReportRow::Ahead),
        ReportTime::Period | ReportTime::Recorded => rows.extend([ReportRow::From, ReportRow::To]),
    }
    rows.extend(kind.forms.iter().copied().filter(|word| is_built(word)).map(ReportRow::Form));
    rows.extend(kind.has_file().then_some(ReportRow::File));
    rows
}

/// The chosen row.
pub fn row(app: &App) -> Option<ReportRow> {
    rows(app).get(app.reports.row).copied()
}

/// The chosen row, where its value can be typed.
pub fn typed_row(app: &App) -> Option<ReportRow> {
    row(app).filter(|row| match row {
        ReportRow::Scope => typed_of(scope(app)).is_some(),
        ReportRow::Stage | ReportRow::Form(_) => false,
        _ => true,
    })
}

/// The word after which what is typed for a scope is remembered; none where nothing is typed.
pub fn typed_of(scope: ReportScope) -> Option<&'static str> {
    match scope {
        ReportScope::All | ReportScope::Marked => None,
        // One of a family is a model, and the same one.
        ReportScope::Model | ReportScope::Family => Some(ReportScope::Model.word()),
        _ => Some(scope.word()),
    }
}

/// What the report is about.
pub fn scope(app: &App) -> ReportScope {
    let Some(kind) = app.reports.kind() else { return ReportScope::All };
    let chosen = app.reports.choices.scopes.get(kind.word);
    let found = kind.scopes.iter().find(|(scope, _)| chosen.is_some_and(|word| word == scope.word()));
    found.or(kind.scopes.first()).map_or(ReportScope::All, |(scope, _)| *scope)
}

/// The same in values, as the command takes them.
///
/// # Errors
/// Why there is none, in words for the person.
pub fn about(app: &App) -> Result<Vec<String>, String> {
    let scope = scope(app);
    let typed = typed_of(scope).and_then(|word| app.reports.choices.typed.get(word)).cloned();
    let typing = || app.key_of(Cmd::TypeChoice);
    if let Some(typed) = typed {
        return Ok(vec![typed]);
    }
    let one = |found: Option<String>, why: String| found.map(|value| vec![value]).ok_or(why);
    let model = || app.subject().map(|id| id.raw().to_owned());
    match scope {
        ReportScope::All => Ok(Vec::new()),
        ReportScope::Model | ReportScope::Family => {
            one(model(), format!("no model is chosen: {} types one", typing()))
        }
        ReportScope::Filter => one(
            Some(app.rows.filter.clone()).filter(|filter| !filter.trim().is_empty()),
            format!("the inventory has no filter: {} types one", typing()),
        ),
        ReportScope::Producer => {
            let of = app.subject().and_then(|id| {
                let (_, model) = app.view.as_ref()?.model(&id)?;
                publisher(model).map(|name| name.into_owned())
            });
            one(of, format!("no producer is known here: {} types one", typing()))
        }
        ReportScope::Marked => match app.rows.marked() {
            marked if marked.is_empty() => Err("no model is marked in the inventory".to_owned()),
            marked if marked.len() > MOST_MODELS => {
                Err(format!("{} models are marked; at most {MOST_MODELS} can be named", marked.len()))
            }
            marked => Ok(marked.iter().map(|id| id.raw().to_owned()).collect()),
        },
    }
}

/// What was typed for a row.
pub fn typed(app: &App, row: ReportRow) -> Option<&str> {
    app.reports.choices.typed.get(row.label()).map(String::as_str)
}

/// The stage that it judges for, if the kind has one.
pub fn stage(app: &App) -> Option<String> {
    let view = app.view.as_ref()?;
    app.reports.kind().filter(|kind| kind.has_stage)?;
    let is_known = |name: &&String| view.policy.stages.iter().any(|stage| stage.name == **name);
    let chosen = app.reports.choices.stage.as_ref().filter(is_known);
    Some(chosen.unwrap_or(&view.stage).clone())
}

/// The forms that are chosen, in the order of the table.
pub fn forms(app: &App) -> Vec<&'static str> {
    let Some(kind) = app.reports.kind() else { return Vec::new() };
    let built = kind.forms.iter().copied().filter(|word| is_built(word));
    match app.reports.choices.forms.get(kind.word) {
        Some(chosen) => built.filter(|word| chosen.iter().any(|form| form == word)).collect(),
        None => built.take(1).collect(),
    }
}

/// The day that the view was judged at.
fn today(view: &View) -> Date {
    view.at.to_zoned(TimeZone::UTC).date()
}

/// So many days before the time of the view, as it is typed.
pub fn days_back(at: Timestamp, days: u32) -> String {
    at.to_zoned(TimeZone::UTC).date().saturating_sub(Span::new().days(i64::from(days))).to_string()
}

/// The name of the files without their endings.
pub fn stem(app: &App) -> String {
    let (Some(kind), Some(view)) = (app.reports.kind(), &app.view) else { return String::new() };
    if let Some(typed) = app.reports.names.get(kind.word) {
        return typed.clone();
    }
    let first = about(app).ok().and_then(|values| values.into_iter().next());
    let named = |otherwise: &str| {
        first.as_deref().map(plain).filter(|name| !name.is_empty()).unwrap_or_else(|| otherwise.to_owned())
    };
    let whose = match scope(app) {
        ReportScope::All => "inventory".to_owned(),
        ReportScope::Filter => "filtered".to_owned(),
        ReportScope::Marked => "marked".to_owned(),
        ReportScope::Model => named("model"),
        ReportScope::Family => format!("{}-family", named("model")),
        ReportScope::Producer => named("producer"),
    };
    format!("{whose}.{}-{}", kind.word, today(view))
}

/// The files that are written.
pub fn files(app: &App) -> Vec<String> {
    let Some(kind) = app.reports.kind() else { return Vec::new() };
    let stem = stem(app);
    let file = |ending: &str| format!("{stem}.{ending}");
    match kind.ending {
        "" => forms(app)
            .into_iter()
            .filter_map(|word| Form::of_word(word)?.row())
            .map(|row| file(if row.form.is_folder() { row.word } else { row.extension }))
            .collect(),
        ending => vec![file(ending)],
    }
}

/// A flag and its value: one word where the value would be taken for a flag.
fn flag(name: &str, value: &str) -> Vec<String> {
    match value.starts_with('-') {
        true => vec![format!("{name}={value}")],
        false => vec![name.to_owned(), value.to_owned()],
    }
}

/// The flags of the command but for those that say where it goes, and its arguments without a flag.
fn parts(app: &App) -> Result<(&'static ReportKind, Vec<String>, Vec<String>), String> {
    let kind = app.reports.kind().ok_or("no report is chosen")?;
    let mut flags: Vec<String> = kind.fixed.iter().map(|word| (*word).to_owned()).collect();
    let values = about(app)?;
    let given = kind.scopes.iter().find(|(known, _)| *known == scope(app)).map(|(_, given)| *given);
    let arguments = match given {
        None | Some(Given::Nothing) => Vec::new(),
        Some(Given::Arguments) => values,
        Some(Given::Flag(name)) => {
            flags.extend(values.iter().flat_map(|value| flag(name, value)));
            Vec::new()
        }
    };
    flags.extend(stage(app).map(|stage| flag("--stage", &stage)).unwrap_or_default());
    match kind.time {
        ReportTime::Now => {}
        ReportTime::Ahead => {
            let ahead = typed(app, ReportRow::Ahead).unwrap_or_default();
            if !ahead.is_empty() {
                let is_days = ahead.chars().all(|c| c.is_ascii_digit());
                flags.extend(flag(if is_days { "--days" } else { "--until" }, ahead));
            }
        }
        ReportTime::Period | ReportTime::Recorded => {
            for (row, name) in [(ReportRow::From, "--from"), (ReportRow::To, "--to")] {
                flags.extend(typed(app, row).map(|value| flag(name, value)).unwrap_or_default());
            }
        }
    }
    Ok((kind, flags, arguments))
}

/// The words of a command: what begins like an option is none behind `--`.
fn assembled(kind: &ReportKind, flags: Vec<String>, arguments: Vec<String>) -> Vec<String> {
    let mut words: Vec<String> = kind.path.split(' ').map(str::to_owned).collect();
    words.extend(flags);
    if arguments.iter().any(|argument| argument.starts_with('-')) {
        words.push("--".to_owned());
    }
    words.extend(arguments);
    words
}

/// The words of the command that prints the report as text.
///
/// # Errors
/// Why it cannot be made, in words for the person.
pub fn preview_words(app: &App) -> Result<Vec<String>, String> {
    let (kind, flags, arguments) = parts(app)?;
    if !kind.has_text {
        return Err(
            "this is a file for `audit verify` and has no text form: write it to see what went in".into()
        );
    }
    Ok(assembled(kind, flags, arguments))
}

/// The words of the command that writes the files, and they.
///
/// # Errors
/// Why it cannot be written, in words for the person.
pub fn written_words(app: &App, replaces: bool) -> Result<(Vec<String>, Vec<String>), String> {
    let (kind, mut flags, arguments) = parts(app)?;
    let files = files(app);
    if !kind.has_file() {
        return Err(
            "this report is printed and has no file: copy its command to use it in a shell".to_owned()
        );
    }
    if files.is_empty() {
        return Err("no form is chosen: Space chooses one".to_owned());
    }
    if forms(app).iter().any(|word| Form::of_word(word).is_some_and(Form::is_folder)) {
        flags.extend(["--as".to_owned(), "oscal".to_owned()]);
    }
    flags.extend(files.iter().flat_map(|file| flag("--out", file)));
    if replaces {
        flags.push("--force".to_owned());
    }
    Ok((assembled(kind, flags, arguments), files))
}

/// The command as a person types it in a shell, safe to show.
///
/// # Errors
/// Why there is none, in words for the person.
pub fn command(app: &App) -> Result<String, String> {
    let (kind, flags, arguments) = match written_words(app, false) {
        Ok((words, _)) => return in_a_shell(app, words),
        Err(_) => parts(app)?,
    };
    in_a_shell(app, assembled(kind, flags, arguments))
}

fn in_a_shell(app: &App, words: Vec<String>) -> Result<String, String> {
    let hidden =
        || "a name in it holds characters that nobody sees, so it cannot be shown as it is".to_owned();
    let mut all: Vec<String> = vec!["touchmark".to_owned()];
    // The shell's home stays outside of the quotes.
    let quoted = |word: &String| match word.strip_prefix("~/") {
        Some(rest) => shell_word(rest).map(|rest| format!("~/{rest}")).ok_or_else(hidden),
        None => shell_word(word).ok_or_else(hidden),
    };
    let (path, rest) = words.split_at_checked(2).unwrap_or((&words, &[]));
    all.extend(path.iter().cloned());
    if let Some(folder) = &app.folder {
        all.extend(["--workspace".to_owned(), quoted(&folder.to_string_lossy().into_owned())?]);
    }
    if let Some(policy) = &app.policy_override {
        all.extend(["--policy".to_owned(), quoted(&policy.to_string_lossy().into_owned())?]);
    }
    for word in rest {
        all.push(quoted(word)?);
    }
    Ok(all.join(" "))
}

/// What a row shows, safe to show; an `Err` is why it has no value.
///
/// # Errors
/// In words for the person.
pub fn value(app: &App, row: ReportRow) -> Result<String, String> {
    Ok(match row {
        ReportRow::Scope => {
            let scope = scope(app);
            let values = about(app).map_err(|why| format!("{}: {why}", scope.word()))?;
            match (scope, values.as_slice()) {
                (ReportScope::All, _) => match &app.view {
                    Some(view) => format!("all {}", crate::text::count(view.models.len(), "model")),
                    None => scope.word().to_owned(),
                },
                (ReportScope::Marked, marked) => {
                    format!("{} marked", crate::text::count(marked.len(), "model"))
                }
                (_, [one]) => format!("{} {}", scope.word(), screen(one)),
                (_, several) => format!("{} {}", several.len(), scope.word()),
            }
        }
        ReportRow::Stage => stage(app).map(|stage| screen(&stage)).unwrap_or_default(),
        ReportRow::From => match typed(app, row) {
            Some(from) => screen(from),
            None if begins_with_records(app) => "the first record".to_owned(),
            None => format!("{} days ago", BACK_DAYS.first().copied().unwrap_or_default()),
        },
        ReportRow::To => typed(app, row).map_or_else(|| "now".to_owned(), screen),
        ReportRow::Ahead => match typed(app, row) {
            None => format!("{} days", AHEAD_DAYS.first().copied().unwrap_or_default()),
            Some(days) if days.chars().all(|c| c.is_ascii_digit()) => format!("{} days", screen(days)),
            Some(date) => format!("until {}", screen(date)),
        },
        ReportRow::Form(word) => Form::of_word(word).map(|form| form.name().to_owned()).unwrap_or_default(),
        ReportRow::File => screen(&stem(app)),
    })
}

/// Why no report can be made here at all, safe to show.
pub fn hindrance(app: &App) -> Option<String> {
    let view = app.view.as_ref()?;
    let faults = view.policy_errors.len();
    if faults > 0 {
        let faults = crate::text::count(faults, "fault");
        let key = app.key_of(Cmd::Policy);
        return Some(format!(
            "The policy has {faults}, and no report is made by a policy that does not load: {key} shows the policy."
        ));
    }
    if app.access == Access::Temporary {
        let key = app.key_of(Cmd::Keep);
        return Some(format!(
            "This folder is not a workspace yet, and reports are made of workspaces: {key} makes it one."
        ));
    }
    if view.models.is_empty() {
        let what = if view.is_whole { "The inventory is empty" } else { "No model was found yet" };
        let key = app.key_of(Cmd::AddSource);
        return Some(format!("{what}, and there is nothing to report on: {key} adds a folder of models."));
    }
    None
}
