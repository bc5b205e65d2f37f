//! What lies over a screen while one reviews, drawn: the question whether it is meant, and what was said of a model.

use crate::inventory::ModelId;
use crate::report::review;
use crate::tui::screens::paint::{Pen, lines, scrolled};
use crate::tui::state::popup::Ask;
use crate::tui::theme::Role;
use crate::view::PastReview;
use ratatui::Frame;
use ratatui::text::Line;

/// Asks once more.
pub fn confirm(ask: &Ask, pen: Pen<'_>, frame: &mut Frame<'_>) {
    const WIDTH: u16 = 76;
    let columns = usize::from(WIDTH.min(frame.area().width.saturating_sub(4)).saturating_sub(2));
    let mut text: Vec<Line<'_>> = Vec::new();
    for (at, note) in ask.notes.iter().enumerate() {
        let head = if at == 0 { pen.span(Role::Warn, " ! ") } else { pen.span(Role::Muted, "   ") };
        text.extend(pen.wrapped(vec![head], Role::Text, note, columns));
    }
    text.push(pen.line(Role::Accent, " y record it · n leave"));
    let height = u16::try_from(text.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inside = pen.popup(frame, (WIDTH, height), &ask.title);
    lines(frame, inside, &text, 0);
}

/// What was said of a model, newest first; gives how far it can be scrolled.
pub fn history(
    model: &ModelId,
    reviews: Option<&[PastReview]>,
    scroll: usize,
    pen: Pen<'_>,
    frame: &mut Frame<'_>,
) -> usize {
    let columns = usize::from(92_u16.min(frame.area().width.saturating_sub(4)).saturating_sub(2));
    let mut text: Vec<Line<'_>> = Vec::new();
    match reviews {
        None => text.push(pen.line(Role::Muted, " reading the ledger …")),
        Some([]) => text.push(pen.line(Role::Muted, " not reviewed yet · r reviews it")),
        Some(all) => {
            for one in all {
                let (glyph, role, word) = match one.taken_back_by {
                    Some(_) => ("·", Role::Muted, Role::Muted),
                    None => ("●", Role::Accent, Role::Text),
                };
                let head = vec![pen.span(role, format!(" {glyph} "))];
                text.extend(pen.wrapped(head, word, &review(one).screen(), columns));
            }
        }
    }
    let tall = frame.area().height.saturating_sub(4);
    let height = u16::try_from(text.len()).unwrap_or(u16::MAX).saturating_add(2).min(tall);
    let inside = pen.popup(frame, (94, height), &format!("Reviews, newest first · {}", model.screen()));
    scrolled(frame, inside, &text, scroll)
}
