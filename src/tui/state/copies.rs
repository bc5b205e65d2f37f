//! What can be copied of what is under the cursor, on each screen, and why there is nothing where there is not. Every
//! text is safe to show, and so to paste.

use crate::commands::{Cmd, Screen};
use crate::forms::{COLUMNS, row};
use crate::inventory::ModelId;
use crate::report::snapshot::change;
use crate::report::{case, incidents, values};
use crate::signing::FileWord;
use crate::text::{Untrusted, screen, shell_word};
use crate::tui::state::app::App;
use crate::tui::state::reporting;
use crate::tui::state::surveying::words;
use crate::tui::state::verifying::Tab;
use crate::view::View;
use crate::words::Face;
use crate::words::reasons::{line, told};

/// One thing that can be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its key after `y`.
    pub key: char,
    /// What it is: `root digest`.
    pub word: &'static str,
    /// The text, or why there is none.
    pub text: Result<String, String>,
}

/// What can be copied here, in the order shown.
pub fn copies(app: &App) -> Vec<Copy> {
    let (digest, digest_text) = digest(app);
    let none = |why: &str| Err(why.to_owned());
    let of = |key, word, text: Result<String, String>| {
        let told = text.and_then(|text| if text.is_empty() { none("it is empty") } else { Ok(text) });
        Copy { key, word, text: told }
    };
    vec![
        of('n', "name", name(app).ok_or_else(|| "nothing is chosen".to_owned())),
        of('d', digest, digest_text),
        of('i', "identity", identity(app)),
        of('c', "command", command(app).map_or_else(|| none("no command line does the same"), Ok)),
        of('p', "path", path(app).map_or_else(|| none("no file of it is here"), Ok)),
        of('r', "row", row_text(app).map_or_else(|| none("no row is chosen"), Ok)),
        of('w', "reasons", reasons(app).map_or_else(|| none("no model is chosen"), Ok)),
    ]
}

/// The model that is copied from: index and id.
fn subject(app: &App) -> Option<(&View, usize, ModelId)> {
    let view = app.view.as_deref()?;
    let id = app.subject()?;
    Some((view, view.model(&id)?.0, id))
}

fn name(app: &App) -> Option<String> {
    match app.screen {
        Screen::Policy => app.view.as_ref().map(|view| screen(&view.policy.name)),
        Screen::Incidents => app.cases.case().map(|case| case.opening.subject.written.screen()),
        Screen::Reports => reporting::files(app).first().map(|file| screen(file)),
        Screen::Jobs => app.job().map(|job| job.title.clone()),
        Screen::Lineage => app.lineage.rows.get(app.lineage.cursor).map(|row| row.id.screen()),
        Screen::Changes => app.changes.model().map(ModelId::screen),
        _ => app.subject().map(|id| id.screen()),
    }
}

fn digest(app: &App) -> (&'static str, Result<String, String>) {
    if app.screen == Screen::Policy {
        let digest = app.view.as_ref().map(|view| screen(&view.policy.digest));
        return ("policy digest", digest.ok_or_else(|| "no policy is loaded".to_owned()));
    }
    if let Some(found) = file_digest(app) {
        return ("file digest", found);
    }
    let Some((view, index, _)) = subject(app) else {
        return ("root digest", Err("no model is chosen".to_owned()));
    };
    let verified = view.standing(index).map(|verified| &verified.verification);
    let text = match verified {
        Some(v) => v
            .root_digest
            .map(|digest| digest.to_string())
            .ok_or_else(|| "its signature names none".to_owned()),
        None if view.verification(index).is_some() => {
            Err(format!("its files changed since: {} verifies it again", app.key_of(Cmd::StartVerify)))
        }
        None => Err(format!("not verified yet: {} computes it", app.key_of(Cmd::StartVerify))),
    };
    ("root digest", text)
}

/// The digest of the file that is shown, where files are.
fn file_digest(app: &App) -> Option<Result<String, String>> {
    if app.screen != Screen::Verify || app.verify.tab != Tab::Files {
        return None;
    }
    let verified = app.verified()?;
    let file = app.verify.chosen(verified)?;
    let changed = file.at.filter(|_| file.word == FileWord::Changed);
    if let Some(changed) = changed.and_then(|at| verified.verification.files.changed.get(at)) {
        let found = if changed.found.is_empty() { &changed.expected } else { &changed.found };
        return Some(Ok(screen(found)));
    }
    Some(file.digest.as_deref().map(screen).ok_or_else(|| "no digest of this file is known".to_owned()))
}

fn identity(app: &App) -> Result<String, String> {
    let Some((view, index, _)) = subject(app) else { return Err("no model is chosen".to_owned()) };
    let signer = view.standing(index).and_then(|verified| verified.verification.signer.as_ref());
    match signer {
        Some(signer) => Ok(signer.subject.screen()),
        None if view.models.get(index).is_some_and(|model| model.signature.is_none()) => {
            Err("it is not signed".to_owned())
        }
        None => Err(format!("its signer is not known: {} verifies it", app.key_of(Cmd::StartVerify))),
    }
}

/// The command line that shows the same.
fn command(app: &App) -> Option<String> {
    let model = || app.subject().map(|id| id.raw().to_owned());
    let (verb, flags, arguments) = match app.screen {
        Screen::Inventory => ("show", "", vec![model()?]),
        Screen::Verify => ("verify", "--explain", vec![model()?]),
        Screen::Maturity if app.whole => ("maturity", "", Vec::new()),
        Screen::Maturity => ("score", "--all", vec![model()?]),
        Screen::Lineage => ("lineage", "", vec![app.lineage.focus.as_ref()?.raw().to_owned()]),
        Screen::Policy => ("policy check", "", vec![app.policy_path()?.to_string_lossy().into_owned()]),
        Screen::Compare => {
            let (first, second) = app.compare.pair.as_ref()?;
            ("compare", "", vec![first.raw().to_owned(), second.raw().to_owned()])
        }
        Screen::Output => {
            return app.outputs.shown().map(|output| format!("touchmark {}", output.asked.line));
        }
        Screen::Reports => return reporting::command(app).ok(),
        Screen::Incidents => ("incident status", "", vec![app.cases.case()?.record.number.to_string()]),
        Screen::Editor | Screen::Jobs | Screen::Changes | Screen::Fault => return None,
    };
    let mut words = vec!["touchmark".to_owned(), verb.to_owned()];
    if app.screen != Screen::Policy {
        if let Some(folder) = &app.folder {
            words.extend(["--workspace".to_owned(), shell_word(&folder.to_string_lossy())?]);
        }
        if let Some(policy) = &app.policy_override {
            words.extend(["--policy".to_owned(), shell_word(&policy.to_string_lossy())?]);
        }
    }
    if !flags.is_empty() {
        words.push(flags.to_owned());
    }
    // What begins like an option is none behind `--`.
    if arguments.iter().any(|argument| argument.starts_with('-')) {
        words.push("--".to_owned());
    }
    for argument in &arguments {
        words.push(shell_word(argument)?);
    }
    Some(words.join(" "))
}

fn path(app: &App) -> Option<String> {
    if app.screen == Screen::Policy {
        return app.policy_path().map(|path| screen(&path.to_string_lossy()));
    }
    let (view, index, _) = subject(app)?;
    let location = view.models.get(index)?.location.as_ref()?;
    Some(screen(&view.workspace.root.join(location).to_string_lossy()))
}

/// The row under the cursor as one line.
fn row_text(app: &App) -> Option<String> {
    match app.screen {
        Screen::Inventory => subject(app).map(|(view, index, _)| row(view, index, &COLUMNS)),
        Screen::Lineage => {
            let row = app.lineage.rows.get(app.lineage.cursor)?;
            let edge = row.edge.map(|(relation, basis)| format!("  {}, {}", relation.word(), basis.word()));
            let told = row.model.and_then(|index| Some(app.view.as_deref()?.summary(index)));
            let state = told.map(|summary| format!("  {} {}", summary.glyph(), summary.word));
            Some(format!("{}{}{}", row.id.screen(), state.unwrap_or_default(), edge.unwrap_or_default()))
        }
        Screen::Verify => {
            let v = &app.verified()?.verification;
            let check = v.checks.get(app.check)?;
            let summary = screen(&v.words_of(check).summary);
            let (outcome, stage) = (check.outcome, check.stage.name());
            Some(format!("{} {}  {stage}  {summary} ({})", outcome.glyph(), outcome.word(), check.code))
        }
        Screen::Maturity if app.whole => {
            let (_, survey) = app.survey.as_ref()?;
            words(survey, app.surveying.pane, app.surveying.chosen(app.surveying.pane))
        }
        Screen::Maturity => {
            let (control, result) = app.controls().into_iter().nth(app.control)?;
            let outcome = result.as_ref().map_or("unknown", |result| result.outcome.word());
            Some(format!("{}  {outcome}  {}", screen(&control.id), screen(&control.title)))
        }
        Screen::Reports => {
            let row = reporting::row(app)?;
            let value = reporting::value(app, row).ok()?;
            Some(format!("{}  {value}", row.label()))
        }
        Screen::Incidents => app.cases.case().map(incidents::line),
        Screen::Jobs => app.job().map(|job| job.title.clone()),
        Screen::Changes => {
            let changed = app.changes.chosen()?;
            let changes: Vec<String> = changed.changes.iter().map(change).collect();
            Some(format!("{}  {}  {}", changed.id.screen(), changed.turn.words(), changes.join("; ")))
        }
        Screen::Output => {
            let lines = app.outputs.shown()?.lines.iter().map(|line| line.text.as_str());
            Some(lines.collect::<Vec<&str>>().join("\n"))
        }
        Screen::Compare => {
            let row = app.compare.chosen()?;
            let (first, second) = (values(&row.first), values(&row.second));
            Some(format!("{} {}  {first}  {second}", row.word.glyph(), row.label.screen()))
        }
        Screen::Policy | Screen::Editor | Screen::Fault => None,
    }
}

/// The decision and its reasons, a line each.
fn reasons(app: &App) -> Option<String> {
    let (view, index, id) = subject(app)?;
    reasons_of(view, index, &id)
}

/// The decision on a model and its reasons, a line each.
fn reasons_of(view: &View, index: usize, id: &ModelId) -> Option<String> {
    let verdict = view.verdict(index)?;
    let mut out = vec![format!(
        "{}: {} at stage {}, level {}",
        id.screen(),
        verdict.decision.word(),
        screen(&verdict.stage),
        verdict.effective
    )];
    for told in told(&case(view, &verdict), Face::Text) {
        out.push(format!("- {}: {}", screen(&told.codes.join(", ")), line(&told)));
        if !told.remedy.is_empty() {
            out.push(format!("  {}", Untrusted::new(&told.remedy).screen()));
        }
    }
    Some(out.join("\n"))
}
