//! The screen of reports in lines: the kinds, the choices for the chosen one, the command, and what it comes to.

use crate::commands::REPORTS;
use crate::tui::state::app::App;
use crate::tui::state::reported::ReportPane;
use crate::tui::state::reporting::{self, ReportRow};

/// How many rows a number may choose from.
pub fn rows(app: &App) -> usize {
    match app.reports.pane {
        ReportPane::Kinds => REPORTS.len(),
        ReportPane::Choices => reporting::rows(app).len(),
        ReportPane::Preview => 0,
    }
}

/// What is said on entering it.
pub fn screen(app: &App) -> String {
    let mut out = String::new();
    for at in 0..REPORTS.len() {
        out.push_str(&kind(app, at).unwrap_or_default());
        out.push('\n');
    }
    if let Some(why) = reporting::hindrance(app) {
        return out + &why;
    }
    for at in 0..reporting::rows(app).len() {
        out.push_str(&choice(app, at).unwrap_or_default());
        out.push('\n');
    }
    match reporting::command(app) {
        Ok(command) => out.push_str(&format!("command: {command}\n")),
        Err(why) => out.push_str(&format!("no command: {why}\n")),
    }
    let preview = &app.reports.preview;
    match preview.shown() {
        _ if preview.is_being_made() => {
            out.push_str("The preview is being made: list says it when it is done.\n")
        }
        Some(shown) => shown.lines.iter().for_each(|line| {
            out.push_str(&line.text);
            out.push('\n');
        }),
        None => {}
    }
    out
}

/// Where one is, in one line.
pub fn place(app: &App) -> String {
    let found = match app.reports.pane {
        ReportPane::Kinds => kind(app, app.reports.place()),
        ReportPane::Choices => choice(app, app.reports.row),
        ReportPane::Preview => Some("the preview: list says it".to_owned()),
    };
    found.unwrap_or_default()
}

fn kind(app: &App, at: usize) -> Option<String> {
    let kind = REPORTS.get(at)?;
    let chosen = if at == app.reports.place() { ", chosen" } else { "" };
    Some(format!("report {} of {}: {}{chosen}, {}", at + 1, REPORTS.len(), kind.name, kind.about))
}

fn choice(app: &App, at: usize) -> Option<String> {
    let rows = reporting::rows(app);
    let row = *rows.get(at)?;
    let value = reporting::value(app, row).unwrap_or_else(|why| format!("not complete, {why}"));
    let taken = match row {
        ReportRow::Form(word) if reporting::forms(app).contains(&word) => ", with",
        ReportRow::Form(_) => ", without",
        _ => "",
    };
    Some(format!("choice {} of {}: {} {value}{taken}", at + 1, rows.len(), row.label()))
}
