//! Brushes for numbers and for where they come from: gauges, bars, heat, badges of the basis.

use crate::inventory::Basis;
use crate::text::width;
use crate::tui::screens::paint::{Pen, fit};
use crate::tui::theme::Role;
use ratatui::text::{Line, Span};

/// The levels of the rubric.
const LEVELS: u8 = 3;
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

impl Pen<'_> {
    /// A level of three: `▰▰▱`.
    pub fn level(&self, level: u8) -> [Span<'static>; 2] {
        let full = level.min(LEVELS);
        [
            self.span(Role::Accent, "▰".repeat(usize::from(full))),
            self.span(Role::Track, "▱".repeat(usize::from(LEVELS - full))),
        ]
    }

    /// A share as a thin line, over its track: `━━━━──`.
    pub fn gauge(&self, role: Role, part: usize, whole: usize, cells: usize) -> [Span<'static>; 2] {
        let full = share(part, whole, cells);
        [self.span(role, "━".repeat(full)), self.span(Role::Track, "─".repeat(cells - full))]
    }

    /// A share that does not count yet, hatched: `▒▒▒▒──`.
    pub fn hatched(&self, part: usize, whole: usize, cells: usize) -> [Span<'static>; 2] {
        let full = share(part, whole, cells);
        [self.span(Role::Muted, "▒".repeat(full)), self.span(Role::Track, "─".repeat(cells - full))]
    }

    /// A bar, `value` of `most` long, to an eighth of a cell.
    pub fn bar(&self, role: Role, value: usize, most: usize, cells: usize) -> Span<'static> {
        let eighths = share(value, most, cells * 8);
        let mut bar = "█".repeat(eighths / 8);
        bar.push_str(EIGHTHS.get(eighths % 8).copied().unwrap_or_default());
        self.span(role, bar)
    }

    /// A cell of a heat map, with its number; nothing is an empty cell.
    pub fn heat(&self, value: usize, most: usize, cells: usize) -> Span<'static> {
        let role = match share(value, most, 100) {
            _ if value == 0 => Role::Muted,
            0..25 => Role::Heat1,
            25..50 => Role::Heat2,
            50..75 => Role::Heat3,
            _ => Role::Heat4,
        };
        let text = if value == 0 { "·".to_owned() } else { value.to_string() };
        let before = cells.saturating_sub(width(&text) + 1);
        self.span(role, fit(&format!("{}{text}", " ".repeat(before)), cells))
    }

    /// The same with a sign for the share before the number, so that it does not take the colour to tell.
    pub fn heat_signed(&self, value: usize, most: usize, cells: usize) -> Span<'static> {
        let Span { style, content } = self.heat(value, most, cells);
        let sign = match share(value, most, 100) {
            _ if value == 0 => " ",
            0..25 => "░",
            25..50 => "▒",
            50..75 => "▓",
            _ => "█",
        };
        let rest: String = content.chars().skip(1).collect();
        Span::styled(format!("{sign}{rest}"), style)
    }

    /// Where a fact comes from, in three letters: `obs`, `att`, `dec`; `✗` where sources disagree.
    pub fn badge(&self, basis: Basis) -> Span<'static> {
        let (role, word) = match basis {
            Basis::Observed => (Role::Accent, "obs"),
            Basis::Attested => (Role::Pass, "att"),
            Basis::Declared => (Role::Muted, "dec"),
            Basis::Contradicted => (Role::Fail, "✗"),
        };
        self.span(role, word)
    }

    /// A line with something at the right edge; where there is no room for both, the line is cut by who draws it.
    pub fn at_right(
        &self,
        mut line: Line<'static>,
        right: Vec<Span<'static>>,
        columns: usize,
    ) -> Line<'static> {
        let taken: usize = right.iter().map(Span::width).sum();
        let gap = columns.saturating_sub(line.width() + taken);
        line.push_span(Span::raw(" ".repeat(gap.max(1))));
        line.extend(right);
        line
    }

    /// A fact in a pane: its name, its value over as many lines as it takes, its basis at the right edge of the first.
    pub fn fact(&self, name: &str, value: &str, basis: Option<Basis>, columns: usize) -> Vec<Line<'static>> {
        const NAME: usize = 12;
        const BADGE: usize = 4;
        let badge = basis.map(|basis| self.badge(basis));
        let room = columns.saturating_sub(if badge.is_some() { BADGE } else { 0 });
        let head = vec![self.span(Role::Muted, fit(name, NAME)), Span::raw(" ")];
        let mut lines = self.wrapped(head, Role::Text, value, room);
        if let (Some(badge), Some(first)) = (badge, lines.first_mut()) {
            *first = self.at_right(std::mem::take(first), vec![badge], columns);
        }
        lines
    }

    /// A rule with a word in it: `── facts ─────────`.
    pub fn rule(&self, word: &str, columns: usize) -> Line<'static> {
        let word = if word.is_empty() { String::new() } else { format!(" {word} ") };
        let rest = columns.saturating_sub(width(&word) + 2);
        Line::from(vec![
            self.span(Role::Border, "─".repeat(columns.min(2))),
            self.span(Role::Muted, word),
            self.span(Role::Border, "─".repeat(rest)),
        ])
    }
}

/// How many of `cells` a part of a whole takes; what is there takes at least one.
pub fn share(part: usize, whole: usize, cells: usize) -> usize {
    if part == 0 || whole == 0 {
        return 0;
    }
    (part.min(whole).saturating_mul(cells) / whole).clamp(1.min(cells), cells)
}
