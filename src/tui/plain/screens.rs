//! The screens in lines: what is said on entering one, and where one is in it.

use crate::commands::Screen;
use crate::decision::{Decision, ReviewWord};
use crate::report::{self, case, incidents};
use crate::signing::Outcome;
use crate::text::{Untrusted, count};
use crate::tui::state::app::App;
use crate::tui::state::cases::Read;
use crate::tui::state::controls::outcome_of;
use crate::tui::state::surveying;
use crate::view::View;
use crate::workbench::JobState;

use super::frame::drawn;
use super::reports;

/// Lines that are said of a screen at once.
const MANY: usize = 60;

/// How many rows a number may choose from.
pub fn rows(app: &App) -> usize {
    match app.screen {
        Screen::Inventory => app.rows.shown().len(),
        Screen::Lineage => app.lineage.rows.len(),
        Screen::Verify => app.verified().map_or(0, |verified| verified.verification.checks.len()),
        Screen::Maturity if app.whole => {
            app.survey.as_ref().map_or(0, |(_, survey)| surveying::rows(survey, app.surveying.pane))
        }
        Screen::Maturity => app.controls().len(),
        Screen::Policy => app.view.as_ref().map_or(0, |view| view.policy_text.lines().count()),
        Screen::Incidents => app.cases.len(),
        Screen::Reports => reports::rows(app),
        Screen::Jobs => app.jobs.len(),
        Screen::Editor | Screen::Compare | Screen::Changes | Screen::Output | Screen::Fault => 0,
    }
}

/// What is said on entering a screen.
pub fn screen(app: &App) -> Vec<String> {
    let Some(view) = app.view.as_deref() else { return Vec::new() };
    let mut out = vec![title(app, view)];
    let model = app.model().and_then(|(index, model)| Some((index, model, view.verdict(index)?)));
    let text = match (app.screen, model) {
        (Screen::Inventory, _) => String::new(),
        (Screen::Lineage, _) => {
            let rows = (0..app.lineage.rows.len()).filter_map(|at| relative(app, view, at));
            rows.map(|line| line + "\n").collect()
        }
        (Screen::Verify, Some((index, model, _))) => match app.verified() {
            Some(verified) => {
                let owner = view.owner(index).map(|owner| owner.raw());
                report::verification(&model.id.screen(), &verified.verification, owner, false)
            }
            None => "Nothing was verified here yet: verify does it.".to_owned(),
        },
        (Screen::Maturity, _) if app.whole => match &app.survey {
            Some((_, survey)) => report::survey(survey, "", false),
            None => "The inventory is being counted.".to_owned(),
        },
        (Screen::Maturity, Some((index, model, verdict))) => {
            let way_up = view.way_up(index).map(|way_up| report::way_up::way_up(view, &way_up));
            report::score(&model.id.screen(), &case(view, &verdict), false) + &way_up.unwrap_or_default()
        }
        (Screen::Policy, _) => {
            report::policy(&view.policy, &view.seal) + &report::policy_faults(&view.policy_errors)
        }
        (Screen::Incidents, _) => cases(app),
        (Screen::Reports, _) => reports::screen(app),
        (Screen::Jobs, _) if app.jobs.is_empty() => "Nothing has run yet.".to_owned(),
        (Screen::Jobs, _) => {
            let jobs = (0..app.jobs.len()).filter_map(|at| job(app, at));
            jobs.map(|line| line + "\n").collect()
        }
        (Screen::Verify | Screen::Maturity, None) => "There is no model here.".to_owned(),
        (Screen::Editor | Screen::Compare | Screen::Changes | Screen::Output | Screen::Fault, _) => {
            drawn(app, 160, 200).unwrap_or_default().join("\n")
        }
    };
    let lines: Vec<&str> = text.lines().collect();
    out.extend(lines.iter().take(MANY).map(|line| format!("  {line}")));
    if lines.len() > MANY {
        out.push(format!("  and {} more lines", lines.len() - MANY));
    }
    out
}

/// What a screen is about, in one line.
pub fn title(app: &App, view: &View) -> String {
    match app.screen {
        Screen::Inventory => {
            let (shown, all) = (app.rows.shown().len(), count(app.rows.total(), "model"));
            let filter = match app.rows.filter.is_empty() {
                true => String::new(),
                false => format!(", filter {}", crate::text::screen(&app.rows.filter)),
            };
            format!("Inventory: {shown} of {all}{filter}")
        }
        screen => {
            let about = match screen {
                Screen::Lineage | Screen::Verify | Screen::Maturity => {
                    app.current.as_ref().map(|id| format!(": {}", id.screen())).unwrap_or_default()
                }
                Screen::Policy => format!(": {}", crate::text::screen(&view.policy.name)),
                _ => String::new(),
            };
            format!("{}{about}", screen.word())
        }
    }
}

/// Where one is, in one line; empty where there is nothing.
pub fn place(app: &App) -> String {
    let Some(view) = app.view.as_deref() else { return String::new() };
    match app.screen {
        Screen::Inventory => {
            let shown = app.rows.shown().len();
            let rest = || match app.rows.total() {
                0 => "The inventory is empty: scan PATH adds a folder of models.".to_owned(),
                _ => format!("No model is shown: nothing matches {}.", crate::text::screen(&app.rows.filter)),
            };
            match app.rows.current_group() {
                _ if shown == 0 => rest(),
                Some(place) => group(app, place).unwrap_or_default(),
                None => model(app, view, app.rows.place().saturating_sub(1)).unwrap_or_default(),
            }
        }
        Screen::Lineage => {
            let (at, all) = (app.lineage.cursor, app.lineage.rows.len());
            relative(app, view, at).map(|row| format!("{} of {all}: {row}", at + 1)).unwrap_or_default()
        }
        Screen::Verify => {
            let Some(verified) = app.verified() else { return String::new() };
            let v = &verified.verification;
            let Some(check) = v.checks.get(app.check) else { return String::new() };
            let words = v.words_of(check);
            format!(
                "check {} of {}: {} {}, {} ({})",
                app.check + 1,
                v.checks.len(),
                check.outcome.word(),
                check.stage.name(),
                words.summary,
                check.code
            )
        }
        Screen::Maturity if app.whole => {
            let pane = app.surveying.pane;
            let row = app
                .survey
                .as_ref()
                .and_then(|(_, survey)| surveying::words(survey, pane, app.surveying.chosen(pane)));
            row.unwrap_or_default()
        }
        Screen::Maturity => {
            let controls = app.controls();
            let Some((control, result)) = controls.get(app.control) else { return String::new() };
            let found = result.as_ref().map(|result| {
                crate::words::controls::found(&result.fact, app.verified().map(|v| &v.verification))
            });
            format!(
                "level {}, control {} of {}: {} {} {}: {}",
                app.level,
                app.control + 1,
                controls.len(),
                outcome_of(result.as_ref()).word(),
                crate::text::screen(&control.id),
                crate::text::screen(&control.title),
                found.map(|found| found.screen()).unwrap_or_default()
            )
        }
        Screen::Policy => {
            let line = view.policy_text.lines().nth(app.scroll).map(crate::text::screen).unwrap_or_default();
            format!("line {}: {line}", app.scroll + 1)
        }
        Screen::Incidents => case_at(app, app.cases.place()).unwrap_or_default(),
        Screen::Reports => reports::place(app),
        Screen::Jobs => job(app, app.job).unwrap_or_default(),
        Screen::Editor | Screen::Compare | Screen::Changes | Screen::Output | Screen::Fault => String::new(),
    }
}

/// The head of a group: its publisher, how many models it has, and whether they are shown.
fn group(app: &App, place: usize) -> Option<String> {
    let group = app.rows.group(place)?;
    let publisher = app.rows.made().publisher(group.publisher).map(Untrusted::screen).unwrap_or_default();
    let publisher = if publisher.is_empty() { "no publisher".to_owned() } else { publisher };
    let is_folded = if group.is_folded { "folded, open unfolds it" } else { "open folds it" };
    Some(format!("group {publisher}: {}; {is_folded}", count(group.models, "model")))
}

/// A row of the inventory: `3 of 21: FAIL acme/support-bot-7b, FILES-CHANGED, refuse`.
pub fn model(app: &App, view: &View, at: usize) -> Option<String> {
    let index = *app.rows.shown().get(at)? as usize;
    let model = view.models.get(index)?;
    let summary = view.summary(index);
    let mut parts = vec![model.id.screen()];
    let verification = view.standing(index).map(|verified| &verified.verification);
    match verification.and_then(|v| v.headline()).filter(|check| check.outcome != Outcome::Pass) {
        Some(check) => parts.push(check.code.to_string()),
        None if summary.outcome == Outcome::Pass => {}
        None => {
            let reason = view.verdict(index).and_then(|verdict| Some(verdict.reasons.first()?.code.clone()));
            if let Some(code) = reason.filter(|_| summary.decision != Decision::NotJudged) {
                parts.push(crate::text::screen(code.as_str()));
            }
        }
    }
    parts.push(summary.decision.word().to_owned());
    parts.extend(summary.review.map(ReviewWord::word).map(str::to_owned));
    if app.rows.is_marked(&model.id) {
        parts.push("marked".to_owned());
    }
    Some(format!("{} of {}: {} {}", at + 1, app.rows.shown().len(), summary.word, parts.join(", ")))
}

/// A row of the lineage: `ancestor northwind/harbour-7b, pass, L1, finetune, declared, pinned`.
fn relative(app: &App, view: &View, at: usize) -> Option<String> {
    let row = app.lineage.rows.get(at)?;
    let is_focus = app.lineage.focus.as_ref() == Some(&row.id);
    if let Some(many) = row.left_out {
        let side = if row.generation < 0 { "above" } else { "below" };
        return Some(format!("{many} more {side} {}: right shows them", row.id.screen()));
    }
    let mut parts = vec![format!(
        "{} {}",
        match row.generation {
            _ if is_focus => "focus",
            ..0 => "ancestor",
            _ => "descendant",
        },
        row.id.screen()
    )];
    match row.model.map(|index| view.summary(index)) {
        Some(summary) => {
            parts.push(summary.word.to_owned());
            if summary.decision != Decision::NotJudged {
                parts.push(summary.effective_level());
            }
        }
        None => parts.push("not in the inventory".to_owned()),
    }
    if let Some((relation, basis)) = row.edge {
        parts.push(format!("{}, {}", relation.word(), basis.word()));
        parts.extend(row.pinned.then(|| "pinned".to_owned()));
    }
    parts.extend(row.repeated.then(|| "again".to_owned()));
    Some(parts.join(", "))
}

/// The cases, a line each, or the whole chosen one.
fn cases(app: &App) -> String {
    match (&app.cases.read, app.cases.case()) {
        (None, _) => "The cases are being read.".to_owned(),
        (Some(Read { cases: Err(why), .. }), _) => why.clone(),
        (_, Some(case)) if app.cases.whole => incidents::page(case, app.cases.time()),
        (_, None) => "No case: new-incident begins the command that opens one.".to_owned(),
        _ => (0..app.cases.len()).filter_map(|at| case_at(app, at)).map(|line| line + "\n").collect(),
    }
}

fn case_at(app: &App, at: usize) -> Option<String> {
    let case = app.cases.shown().nth(at)?;
    let state = match (case.closed(), case.next()) {
        (Some(_), _) => "closed".to_owned(),
        (None, Some(step)) => format!("open, next {}", crate::text::screen(&step.id)),
        (None, None) => "open, all steps are done".to_owned(),
    };
    Some(format!(
        "{} of {}: case {}, {}, {}, {}, {state}",
        at + 1,
        app.cases.len(),
        case.record.number,
        crate::text::screen(&case.opening.runbook.id),
        case.severity().word(),
        case.opening.subject.written.screen()
    ))
}

fn job(app: &App, at: usize) -> Option<String> {
    let job = app.jobs.get(at)?;
    let state = match &job.state {
        JobState::Queued => "waits".to_owned(),
        JobState::Running => format!("runs, {} %", job.done.percent()),
        JobState::Done(words) => format!("done, {words}"),
        JobState::Failed(error) => format!("FAILED, {error}"),
        JobState::Cancelled => "cancelled".to_owned(),
    };
    Some(format!("job {} of {}: {}, {state}", at + 1, app.jobs.len(), job.title))
}
