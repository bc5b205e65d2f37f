//! Colours as theme files write them, what a terminal can show of them, and how well they can be told apart.

use ratatui::style::Color;
use std::collections::BTreeMap;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 24 bit.
    True,
    /// The 256-colour palette.
    Indexed,
    /// Sixteen.
    Sixteen,
    /// None.
    Mono,
}

impl Depth {
    /// What the environment says; `always` ignores `NO_COLOR`.
    pub fn detect(variable: &dyn Fn(&str) -> Option<String>, always: bool) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if set("NO_COLOR").is_some() && !always {
            return Depth::Mono;
        }
        let colorterm = set("COLORTERM").unwrap_or_default();
        let term = set("TERM").unwrap_or_default();
        if colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct") {
            Depth::True
        } else if term.contains("256color") {
            Depth::Indexed
        } else {
            Depth::Sixteen
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Default,
    Rgb(u8, u8, u8),
    Ansi(u8),
}

/// The colour, or what is wrong with it.
pub(super) fn paint(color: &str, palette: &BTreeMap<String, String>) -> std::result::Result<Paint, String> {
    let value = palette.get(color).map_or(color, String::as_str);
    if value == "default" {
        return Ok(Paint::Default);
    }
    let parsed = match (value.strip_prefix('#'), value.strip_prefix("ansi-")) {
        (Some(hex), _) => {
            let mut bytes = [0u8; 3];
            hex::decode_to_slice(hex, &mut bytes).ok().map(|()| {
                let [r, g, b] = bytes;
                Paint::Rgb(r, g, b)
            })
        }
        (_, Some(index)) => index.parse::<u8>().ok().filter(|index| *index < 16).map(Paint::Ansi),
        _ => None,
    };
    parsed.ok_or_else(|| format!("`{}` is neither a palette name nor a colour", crate::text::screen(value)))
}

/// The sixteen colours as xterm shows them; a terminal may show others.
const XTERM: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

pub(super) fn rgb(paint: Paint) -> Option<(u8, u8, u8)> {
    match paint {
        Paint::Default => None,
        Paint::Rgb(r, g, b) => Some((r, g, b)),
        Paint::Ansi(index) => XTERM.get(usize::from(index)).copied(),
    }
}

/// The one place where colours are brought down to what the terminal can show.
pub(super) fn convert(paint: Paint, depth: Depth) -> Color {
    match (paint, depth) {
        (Paint::Default, _) | (_, Depth::Mono) => Color::Reset,
        (Paint::Ansi(index), _) => Color::Indexed(index),
        (Paint::Rgb(r, g, b), Depth::True) => Color::Rgb(r, g, b),
        (Paint::Rgb(r, g, b), Depth::Indexed) => Color::Indexed(nearest_256((r, g, b))),
        (Paint::Rgb(r, g, b), Depth::Sixteen) => {
            let nearest = (0u8..16).min_by_key(|i| distance((r, g, b), XTERM.get(usize::from(*i)).copied()));
            Color::Indexed(nearest.unwrap_or(7))
        }
    }
}

fn distance(a: (u8, u8, u8), b: Option<(u8, u8, u8)>) -> u32 {
    let Some(b) = b else { return u32::MAX };
    let d = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    d(a.0, b.0) + d(a.1, b.1) + d(a.2, b.2)
}

fn nearest_256(color: (u8, u8, u8)) -> u8 {
    let level = |i: u8| if i == 0 { 0 } else { 55 + 40 * i };
    let cube = (0u8..216).map(|i| (16 + i, (level(i / 36), level(i / 6 % 6), level(i % 6))));
    let grey = (0u8..24).map(|i| (232 + i, (8 + 10 * i, 8 + 10 * i, 8 + 10 * i)));
    cube.chain(grey).min_by_key(|(_, c)| distance(color, Some(*c))).map_or(7, |(index, _)| index)
}

/// WCAG 2.2, contrast ratio.
pub(super) fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = |c: (u8, u8, u8)| 0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2);
    let (x, y) = (luminance(a), luminance(b));
    (x.max(y) + 0.05) / (x.min(y) + 0.05)
}

/// Whether dark text stands out from a background better than light text does.
pub fn is_light(background: (u8, u8, u8)) -> bool {
    contrast(background, (0, 0, 0)) > contrast(background, (255, 255, 255))
}
