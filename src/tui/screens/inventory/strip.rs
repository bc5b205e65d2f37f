//! The strip of counts under the tabs: how the whole inventory stands, whatever is filtered. It counts nothing itself.

use crate::text::width;
use crate::tui::screens::paint::{Pen, lines};
use crate::tui::state::app::App;
use crate::tui::theme::Role;
use crate::view::View;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// No bar is longer.
const LONGEST_BAR: usize = 12;

/// One decision: how it looks, its word, how many models, its bar.
struct Part {
    role: Role,
    text: String,
    many: usize,
}

/// Draws it.
pub(super) fn draw(app: &App, view: &View, pen: Pen<'_>, frame: &mut Frame<'_>, area: Rect) {
    let counts = app.rows.made().counts();
    if counts.models == 0 {
        return;
    }
    if !view.is_judged() {
        let text = format!(" {} models · being judged …", thousands(counts.models));
        lines(frame, area, &[pen.line(Role::Muted, text)], 0);
        return;
    }
    let part = |role, sign: &str, word: &str, many: usize| Part {
        role,
        text: format!(" {sign} {word} {}", thousands(many)),
        many,
    };
    let parts = [
        part(Role::Pass, "✓", "admit", counts.admit),
        part(Role::Warn, "!", "warn", counts.warn),
        part(Role::Fail, "✗", "refuse", counts.refuse),
        part(Role::Muted, "·", "not judged", counts.not_judged),
    ];
    let left: usize = parts.iter().map(|part| width(&part.text) + 1).sum();
    let columns = usize::from(area.width);
    let others = others(
        [
            (Role::Fail, format!("fail {}", thousands(counts.fail)), counts.fail, 2),
            (Role::Unknown, format!("unsigned {}", thousands(counts.unsigned)), counts.unsigned, 3),
            (Role::Unknown, format!("changed {}", thousands(counts.changed)), counts.changed, 1),
            (
                Role::Text,
                format!("reviewed {} of {}", thousands(counts.reviewed), thousands(counts.to_review)),
                counts.to_review,
                0,
            ),
        ],
        columns.saturating_sub(left),
        pen,
    );
    let right: usize = others.iter().map(Span::width).sum();
    // What is left is for the bars; those of what was judged are to one measure.
    let longest = (columns.saturating_sub(left + right + 4) / 5).min(LONGEST_BAR);
    let judged = [counts.admit, counts.warn, counts.refuse].into_iter().max().unwrap_or(0);
    let measure = if judged > 0 { judged } else { counts.not_judged.max(1) };
    let mut spans = Vec::new();
    for part in parts {
        let role = if part.many == 0 { Role::Muted } else { part.role };
        spans.push(pen.span(role, part.text));
        spans.push(Span::raw(" "));
        if part.many > 0 && longest > 0 {
            spans.push(pen.bar(part.role, part.many, measure, longest));
            spans.push(pen.span(part.role, if part.many > measure { "… " } else { " " }));
        }
    }
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push(Span::raw(" ".repeat(columns.saturating_sub(used + right))));
    spans.extend(others);
    lines(frame, area, &[Line::from(spans)], 0);
}

/// What else is counted, as far as there is room; the last column says what goes first, the highest, and zeros go
/// before all.
fn others(all: [(Role, String, usize, u8); 4], room: usize, pen: Pen<'_>) -> Vec<Span<'static>> {
    let mut kept: Vec<(Role, String, usize, u8)> = all.into_iter().collect();
    let cells = |kept: &[(Role, String, usize, u8)]| -> usize {
        kept.iter().map(|(_, text, ..)| width(text) + 3).sum::<usize>()
    };
    while cells(&kept) > room {
        let Some(worst) = (0..kept.len()).max_by_key(|at| kept.get(*at).map(|k| (k.2 == 0, k.3))) else {
            return Vec::new();
        };
        kept.remove(worst);
    }
    let mut spans = Vec::new();
    for (number, (role, text, many, _)) in kept.into_iter().enumerate() {
        if number > 0 {
            spans.push(pen.span(Role::Muted, " · "));
        }
        spans.push(pen.span(if many == 0 { Role::Muted } else { role }, text));
    }
    spans.push(Span::raw(" "));
    spans
}

/// `12,480`.
pub(super) fn thousands(many: usize) -> String {
    let digits = many.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
