//! What lies over a screen, in lines: what it tells, or what it asks and how it is answered.

use crate::report::{self, case};
use crate::tui::screens::why_key;
use crate::tui::state::app::App;
use crate::tui::state::choices::choices;
use crate::tui::state::popup::Popup;
use crate::tui::state::quitting::quitting;

use super::frame::drawn;
use super::help::help;

/// Whether it only tells, and nothing has to be answered.
pub fn tells(popup: &Popup) -> bool {
    match popup {
        Popup::History { reviews, .. } => reviews.is_some(),
        Popup::Help { .. }
        | Popup::Messages { .. }
        | Popup::Why { .. }
        | Popup::Log { .. }
        | Popup::Blast { .. }
        | Popup::Path { .. }
        | Popup::Legend => true,
        _ => false,
    }
}

/// The lines.
pub fn lines(app: &App, popup: &Popup) -> Vec<String> {
    match popup {
        Popup::Help { .. } => help(app),
        Popup::Messages { .. } => {
            let said = app.messages.iter().map(|message| match message.bad {
                true => format!("ERROR: {}", message.text),
                false => message.text.clone(),
            });
            said.collect()
        }
        Popup::Why { model, .. } => {
            let known = app.view.as_deref().and_then(|view| Some((view, view.model(model)?.0)));
            let verdict = known.and_then(|(view, index)| Some((view, view.verdict(index)?)));
            let Some((view, verdict)) = verdict else {
                return vec!["It is no longer in the inventory.".to_owned()];
            };
            let mut out = vec![format!("Why: {}, {}", model.screen(), verdict.decision.word())];
            out.extend(report::why(&case(view, &verdict), &why_key).lines().map(str::to_owned));
            out
        }
        Popup::History { model, reviews, .. } => match reviews.as_deref() {
            None => Vec::new(),
            Some([]) => vec![format!("{} has no review.", model.screen())],
            Some(all) => {
                let mut out = vec![format!("Reviews of {}, newest first:", model.screen())];
                out.extend(all.iter().map(|one| format!("  {}", report::review(one).screen())));
                out
            }
        },
        Popup::Log { job, .. } => {
            let job = app.jobs.iter().find(|known| known.id == *job);
            let mut out: Vec<String> = job.iter().map(|job| format!("Log of {}:", job.title)).collect();
            out.extend(job.iter().flat_map(|job| &job.log).map(|line| format!("  {line}")));
            out
        }
        Popup::Blast { blast, .. } => match app.view.as_deref() {
            Some(view) => report::asked::blast(view, blast).lines().map(str::to_owned).collect(),
            None => Vec::new(),
        },
        Popup::Path { from, to, chain, .. } => match app.view.as_deref() {
            Some(view) => {
                let edges = chain.as_ref().map(|chain| view.edges(&chain.models)).unwrap_or_default();
                let text = report::asked::path(view, from, to, chain.as_ref(), &edges);
                text.lines().map(str::to_owned).collect()
            }
            None => Vec::new(),
        },
        Popup::Choose { of } => {
            let name = crate::commands::keys_of(*of).map_or("", |row| row.name);
            let mut out = vec![format!("{name}: type one of these, or an empty line to leave.")];
            for one in choices(app, *of) {
                let shown = match (&one.off, one.shown.is_empty()) {
                    (Some(why), _) => format!(" (not now: {why})"),
                    (None, true) => String::new(),
                    (None, false) => format!(" ({})", one.shown),
                };
                out.push(format!("  {}: {}{shown}", one.key, one.word));
            }
            out
        }
        Popup::Ask(ask) => {
            let mut out = vec![ask.title.clone()];
            out.extend(ask.notes.iter().map(|note| format!("  {note}")));
            out.push(format!("Type the {}, or an empty line to leave.", ask.label));
            out
        }
        Popup::Confirm(ask) => {
            let mut out = vec![ask.title.clone()];
            out.extend(ask.notes.iter().map(|note| format!("  {note}")));
            out.push("Type yes to record it; anything else leaves.".to_owned());
            out
        }
        Popup::ConfirmQuit => {
            vec![format!("{} Type yes to quit; anything else stays.", quitting(app))]
        }
        _ => over(app),
    }
}

/// What lies over the screen as it would be drawn, without its frame.
fn over(app: &App) -> Vec<String> {
    drawn(app, 100, 40).unwrap_or_default()
}
