//! Small brushes that every screen draws with: spans by role, wrapped text, boxes, bars, sizes. All text
//! that comes in here is safe already.

use crate::decision::Decision;
use crate::signing::Outcome;
use crate::text::{clip, digest_lines, width};
use crate::tui::state::hit::{Hit, Under};
use crate::tui::theme::{Role, Theme};
use crate::view::Summary;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};
use unicode_segmentation::UnicodeSegmentation;

/// The brushes of one theme.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    /// The theme.
    pub theme: &'a Theme,
}

impl Pen<'_> {
    /// Text in a role, on the ground that it is drawn on.
    pub fn span(&self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.theme.ink(role))
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

    /// A digest behind `head`, never cut: it goes on below, in lines that end at fixed places.
    pub fn digest(
        &self,
        head: Vec<Span<'static>>,
        role: Role,
        digest: &str,
        columns: usize,
    ) -> Vec<Line<'static>> {
        let indent: usize = head.iter().map(|span| width(&span.content)).sum();
        let pieces = digest_lines(digest, columns.saturating_sub(indent));
        let line = |(row, piece): (usize, String)| {
            let mut spans = if row == 0 { head.clone() } else { vec![Span::raw(" ".repeat(indent))] };
            spans.push(self.span(role, piece));
            Line::from(spans)
        };
        pieces.into_iter().enumerate().map(line).collect()
    }

    /// A bordered box with a title; gives its inside.
    pub fn boxed(&self, frame: &mut Frame<'_>, area: Rect, title: &str) -> Rect {
        self.pane(frame, area, &Pane::new(title))
    }

    /// A pane: its title at the left of the border, a note such as a count at the right; gives its inside.
    pub fn pane(&self, frame: &mut Frame<'_>, area: Rect, pane: &Pane<'_>) -> Rect {
        let room = usize::from(area.width.saturating_sub(4));
        let title = clip(pane.title, room);
        let (border, ink) = match pane.focused {
            true => (Role::BorderFocused, Role::Accent),
            false => (Role::Border, Role::Title),
        };
        let inside = self.frame(frame, area, border);
        let ink = self.theme.ink(ink).add_modifier(Modifier::BOLD);
        let left = room.saturating_sub(width(&title) + 3);
        if !title.is_empty() {
            let title = Line::from(Span::styled(format!(" {title} "), ink));
            frame.buffer_mut().set_line(area.x + 1, area.y, &title, area.width.saturating_sub(2));
        }
        if !pane.note.is_empty() && width(pane.note) <= left {
            let note = format!(" {} ", pane.note);
            let x = area.right().saturating_sub(u16::try_from(width(&note)).unwrap_or(0) + 1);
            frame.buffer_mut().set_line(x, area.y, &self.line(Role::Muted, note), area.right() - x);
        }
        inside
    }

    /// A pane with tabs in its border; gives its inside, and where each tab is.
    pub fn tabbed(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        (tabs, current): (&[String], usize),
        focused: bool,
    ) -> (Rect, Vec<Hit>) {
        let inside = self.frame(frame, area, if focused { Role::BorderFocused } else { Role::Border });
        let mut hits = Vec::new();
        let mut x = area.x + 1;
        for (place, tab) in tabs.iter().enumerate() {
            let text = format!(" {tab} ");
            let cells = u16::try_from(width(&text)).unwrap_or(u16::MAX);
            if cells >= area.right().saturating_sub(x) {
                break;
            }
            let role = if place == current { Role::TabCurrent } else { Role::Tab };
            frame.buffer_mut().set_line(x, area.y, &self.line(role, text), cells);
            hits.push(Hit { area: Rect::new(x, area.y, cells, 1), under: Under::PaneTab(place) });
            x += cells + 1;
        }
        (inside, hits)
    }

    /// A rounded border; gives its inside.
    fn frame(&self, frame: &mut Frame<'_>, area: Rect, role: Role) -> Rect {
        let block = Block::bordered().border_type(BorderType::Rounded).border_style(self.theme.ink(role));
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
        frame.buffer_mut().set_style(area, self.theme.style(Role::Panel));
        self.pane(frame, area, &Pane::new(title).focused(true))
    }

    /// A text over everything, at most so wide, and as high as it is or as the screen allows; gives how far it can be
    /// scrolled.
    pub fn sheet(
        &self,
        frame: &mut Frame<'_>,
        (most, title): (u16, &str),
        scroll: usize,
        text: impl FnOnce(usize) -> Vec<Line<'static>>,
    ) -> usize {
        let full = frame.area();
        let columns = most.min(full.width.saturating_sub(4)).saturating_sub(2);
        let text = text(usize::from(columns));
        let rows = u16::try_from(text.len() + 2).unwrap_or(u16::MAX).min(full.height.saturating_sub(4));
        let inside = self.popup(frame, (most, rows), title);
        scrolled(frame, inside, &text, scroll)
    }
}

/// What stands in a pane's border.
#[derive(Clone, Copy, Default)]
pub struct Pane<'t> {
    /// At the left.
    pub title: &'t str,
    /// At the right, where there is room: a count, a place.
    pub note: &'t str,
    /// Whether the keys act on it.
    pub focused: bool,
}

impl<'t> Pane<'t> {
    /// With a title only.
    pub fn new(title: &'t str) -> Self {
        Pane { title, ..Pane::default() }
    }

    /// With a note at the right.
    #[must_use]
    pub fn note(self, note: &'t str) -> Self {
        Pane { note, ..self }
    }

    /// With the keys, or without.
    #[must_use]
    pub fn focused(self, focused: bool) -> Self {
        Pane { focused, ..self }
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

/// The chosen row's ground; what is written on it keeps its colours.
pub fn choose(frame: &mut Frame<'_>, pen: Pen<'_>, area: Rect, y: u16) {
    if y < area.bottom() {
        let row = Rect::new(area.x, y, area.width, 1);
        frame.buffer_mut().set_style(row, pen.theme.ground(Role::Chosen));
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

/// The glyphs that begin a line of a report.
const GLYPHS: [(&str, Role); 9] = [
    ("✓", Role::Pass),
    ("✗", Role::Fail),
    ("!", Role::Warn),
    ("?", Role::Unknown),
    ("·", Role::NotApplicable),
    ("▸", Role::Accent),
    ("$", Role::Accent),
    ("→", Role::Accent),
    ("–", Role::Muted),
];

/// A line of a report, which is safe to show: its glyph in its colour, a line that begins at the edge as a title, and broken
/// where it is too long.
pub fn reported(pen: Pen<'_>, line: &str, columns: usize) -> Vec<Line<'static>> {
    let body = line.trim_start();
    let indent = line.len() - body.len();
    let mut head = vec![Span::raw(" ".repeat(indent + 1))];
    let glyph = GLYPHS.iter().find_map(|(glyph, role)| Some((*role, *glyph, body.strip_prefix(glyph)?)));
    let (role, rest) = match glyph.filter(|(.., rest)| rest.starts_with(' ')) {
        Some((role, glyph, rest)) => {
            head.push(pen.span(role, format!("{glyph} ")));
            (Role::Text, rest.get(1..).unwrap_or_default())
        }
        None => (if indent == 0 { Role::Title } else { Role::Text }, body),
    };
    let cells: usize = head.iter().map(|span| width(&span.content)).sum();
    if cells + width(rest) <= columns {
        head.push(pen.span(role, rest.to_owned()));
        return vec![Line::from(head)];
    }
    // What stands behind a name goes on behind it.
    let after = rest.find("  ").and_then(|gap| rest.get(gap..)).map(str::trim_start);
    let from = after.map_or(0, |after| rest.len() - after.len());
    let (name, rest) = rest.split_at_checked(from).unwrap_or(("", rest));
    if width(name) > columns / 2 {
        return pen.wrapped(head, role, &format!("{name}{rest}"), columns);
    }
    head.push(pen.span(role, name.to_owned()));
    pen.wrapped(head, role, rest, columns)
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
