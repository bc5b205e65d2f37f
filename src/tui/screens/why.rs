//! Why a decision is what it is and what would change it, drawn: the same lines that the command line prints.

use crate::commands::{Cmd, keys_of, shown};
use crate::inventory::ModelId;
use crate::report::case;
use crate::text::width;
use crate::tui::screens::paint::{Pen, fit};
use crate::tui::screens::verdict::standing;
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::words::Face;
use crate::words::why::{Deed, Kind, Step, WhyLine, why};
use ratatui::text::{Line, Span};

/// The widest lead before a text.
const LEAD: usize = 22;

/// The lines about a model.
pub fn explain(app: &App, id: &ModelId, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some((index, view)) = app.view.as_ref().and_then(|view| Some((view.model(id)?.0, view))) else {
        return vec![pen.line(Role::Muted, "it is no longer in the inventory")];
    };
    let Some(verdict) = view.verdict(index) else { return Vec::new() };
    let said = why(&case(view, &verdict), Face::Tui, &key);
    let lead = |line: &WhyLine| width(&line.lead.screen());
    let widest =
        said.iter().filter(|line| line.kind != Kind::Cap).map(lead).max().unwrap_or(0).clamp(2, LEAD);
    let mut out = standing(&verdict, pen, columns);
    out.extend(said.iter().flat_map(|line| drawn(line, widest, pen, columns)));
    out
}

fn drawn(line: &WhyLine, widest: usize, pen: Pen<'_>, columns: usize) -> Vec<Line<'static>> {
    let (lead, text) = (line.lead.screen(), line.text.screen());
    let before = |role: Role, lead: String| vec![Span::raw(" "), pen.span(role, lead), Span::raw("  ")];
    match line.kind {
        Kind::Heading => vec![pen.line(Role::Title, text)],
        Kind::Note => pen.wrapped(vec![Span::raw(" ")], Role::Muted, &text, columns),
        Kind::Cap => pen.wrapped(before(Role::Warn, lead), Role::Text, &text, columns),
        Kind::Cause => pen.wrapped(before(Role::Fail, fit(&lead, widest)), Role::Text, &text, columns),
        Kind::Must => pen.wrapped(before(Role::Unknown, fit(&lead, widest)), Role::Text, &text, columns),
        Kind::Step => {
            let head = vec![Span::raw(" "), pen.span(Role::Accent, format!("{lead}  "))];
            let mut rows = pen.wrapped(head, Role::Text, &text, columns);
            if !line.how.is_empty()
                && let Some(last) = rows.last_mut()
            {
                let key = pen.span(Role::KeyName, format!("  {}", line.how));
                match last.width() + width(&line.how) + 2 <= columns {
                    true => last.push_span(key),
                    false => rows.push(Line::from(vec![Span::raw("  "), key])),
                }
            }
            rows
        }
    }
}

/// The key that does a step; of another model the way there first.
pub fn key(step: &Step) -> String {
    let cmd = match step.deed {
        Some(Deed::Verify) => Cmd::StartVerify,
        Some(Deed::VerifyInFull) => Cmd::VerifyInFull,
        Some(Deed::Bind) => Cmd::Bind,
        Some(Deed::TakeBack(_)) => Cmd::Review,
        Some(Deed::Score) => Cmd::Maturity,
        None => return String::new(),
    };
    let name =
        |cmd: Cmd| keys_of(cmd).and_then(|row| row.keys.first()).map(|key| shown(key)).unwrap_or_default();
    match (&step.on, step.deed) {
        (Some(_), _) => format!("{}, then {} on it", name(Cmd::Lineage), name(cmd)),
        (None, Some(Deed::TakeBack(_))) => format!("{} b", name(cmd)),
        (None, _) => name(cmd),
    }
}
