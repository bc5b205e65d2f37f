//! Small brushes that every screen draws with: spans by role, wrapped text, boxes, bars, sizes. All text
//! that comes in here is safe already.

use crate::decision::Decision;
use crate::signing::Outcome;
use crate::text::{clip, width};
use crate::tui::theme::{Role, Theme};
use crate::view::Summary;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use unicode_segmentation::UnicodeSegmentation;

/// The brushes of one theme.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    /// The theme.
    pub theme: &'a Theme,
}

impl Pen<'_> {
    /// Text in a role.
    pub fn span(&self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.theme.style(role))
    }

    /// A line in one role.
    pub fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::from(self.span(role, text))
    }

    /// Glyph and word of an outcome.
    pub fn outcome(&self, outcome: Outcome) -> Span<'static> {
        self.span(outcome_role(outcome), format!("{} {}", outcome.glyph(), outcome.word()))
    }

    /// Glyph and word of a decision.
    pub fn decision(&self, decision: Decision) -> Span<'static> {
        let (role, glyph) = decision_look(decision);
        self.span(role, format!("{glyph} {}", decision.word()))
    }

    /// Text over several lines, the first behind `head`, the others below it.
    pub fn wrapped(
        &self,
        head: Vec<Span<'static>>,
        role: Role,
        text: &str,
        columns: usize,
    ) -> Vec<Line<'static>> {
        let indent: usize = head.iter().map(|span| width(&span.content)).sum();
        let room = columns.saturating_sub(indent).max(8);
        let mut lines = Vec::new();
        for (row, piece) in wrap(text, room).into_iter().enumerate() {
            let mut spans = if row == 0 { head.clone() } else { vec![Span::raw(" ".repeat(indent))] };
            spans.push(self.span(role, piece));
            lines.push(Line::from(spans));
        }
        if lines.is_empty() {
            lines.push(Line::from(head));
        }
        lines
    }

    /// A bordered box with a title; gives its inside.
    pub fn boxed(&self, frame: &mut Frame<'_>, area: Rect, title: &str) -> Rect {
        let title = clip(title, usize::from(area.width.saturating_sub(4)));
        let block = Block::bordered()
            .border_style(self.theme.style(Role::Border))
            .title(self.span(Role::Title, format!(" {title} ")));
        let inside = block.inner(area);
        frame.render_widget(block, area);
        inside
    }

    /// An empty box over everything, at most as big as asked; gives its inside.
    pub fn popup(&self, frame: &mut Frame<'_>, size: (u16, u16), title: &str) -> Rect {
        let full = frame.area();
        let (w, h) = (size.0.min(full.width.saturating_sub(4)), size.1.min(full.height.saturating_sub(2)));
        let area = Rect::new((full.width - w) / 2, (full.height - h) / 2, w, h);
        frame.render_widget(Clear, area);
        frame.buffer_mut().set_style(area, self.theme.style(Role::Text));
        self.boxed(frame, area, title)
    }
}

/// Draws lines from the top of an area, the first `scroll` left out.
pub fn lines(frame: &mut Frame<'_>, area: Rect, lines: &[Line<'_>], scroll: usize) {
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(scroll)) {
        put(frame, area.x, y, line, area.width);
    }
}

/// Draws one line; where it is cut, the last cell says so.
pub fn put(frame: &mut Frame<'_>, x: u16, y: u16, line: &Line<'_>, columns: u16) {
    frame.buffer_mut().set_line(x, y, line, columns);
    let end = x.saturating_add(columns.saturating_sub(1));
    if line.width() > usize::from(columns)
        && let Some(cell) = frame.buffer_mut().cell_mut((end, y))
    {
        cell.set_symbol("…");
    }
}

/// The chosen row's ground: its texts keep their colours.
pub fn choose(frame: &mut Frame<'_>, pen: Pen<'_>, area: Rect, y: u16) {
    if y < area.bottom() {
        let chosen = pen.theme.style(Role::Chosen);
        let ground = Style { fg: None, ..chosen };
        frame.buffer_mut().set_style(Rect::new(area.x, y, area.width, 1), ground);
    }
}

/// The first row to draw so that the cursor stays in sight.
pub fn first_row(cursor: usize, rows: usize, height: u16) -> usize {
    let height = usize::from(height);
    cursor.saturating_sub(height / 2).min(rows.saturating_sub(height))
}

/// The first row of a scrolled text, which stops at its end, and how far that is.
pub fn bounded(scroll: usize, rows: usize, height: u16) -> (usize, usize) {
    let furthest = rows.saturating_sub(usize::from(height));
    (scroll.min(furthest), furthest)
}

/// Draws lines that can be scrolled; gives how far.
pub fn scrolled(frame: &mut Frame<'_>, area: Rect, text: &[Line<'_>], scroll: usize) -> usize {
    let (first, furthest) = bounded(scroll, text.len(), area.height);
    lines(frame, area, text, first);
    furthest
}

/// The role of an outcome.
pub fn outcome_role(outcome: Outcome) -> Role {
    match outcome {
        Outcome::Pass => Role::Pass,
        Outcome::Partial => Role::Warn,
        Outcome::Fail => Role::Fail,
        Outcome::Missing | Outcome::Unknown => Role::Unknown,
        Outcome::NotApplicable => Role::NotApplicable,
    }
}

/// The role of a model in one line.
pub fn summary_role(summary: &Summary) -> Role {
    if summary.is_untouched { Role::Muted } else { outcome_role(summary.outcome) }
}

/// Role and glyph of a decision.
pub fn decision_look(decision: Decision) -> (Role, &'static str) {
    match decision {
        Decision::Admit => (Role::Pass, "✓"),
        Decision::Warn => (Role::Warn, "!"),
        Decision::Refuse => (Role::Fail, "✗"),
        Decision::NotJudged => (Role::Muted, Outcome::NotApplicable.glyph()),
    }
}

/// Exactly `columns` cells: cut or filled.
pub fn fit(text: &str, columns: usize) -> String {
    let text = clip(text, columns);
    let fill = columns.saturating_sub(width(&text));
    text + &" ".repeat(fill)
}

/// Words over lines of at most `columns` cells; words that are longer are broken.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut out = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) <= columns {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            out.push(std::mem::take(&mut line));
        }
        for grapheme in word.graphemes(true) {
            if width(&line) + width(grapheme) > columns && !line.is_empty() {
                out.push(std::mem::take(&mut line));
            }
            line.push_str(grapheme);
        }
    }
    if !line.is_empty() {
        out.push(line);
    }
    out
}

/// The two ends of a digest.
pub fn short(digest: &str) -> String {
    match (digest.get(..8), digest.get(digest.len().saturating_sub(6)..)) {
        (Some(head), Some(tail)) if digest.len() > 20 => format!("{head}…{tail}"),
        _ => crate::text::screen(digest),
    }
}
