//! Themes: TOML with a palette and semantic roles, resolved once for what the terminal can show. Everything
//! drawn has a [`Role`]; no other file names a colour.

use crate::disk::{self, Unread};
use crate::error::{Code, Error, Result};
use crate::tables::parse_as;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The themes inside the program: name and text.
pub const BUILT_IN: [(&str, &str); 6] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../themes/colour-blind.toml")),
    ("ansi16", include_str!("../../themes/ansi16.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The names of the themes inside the program.
pub fn names() -> Vec<String> {
    BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// A theme file of somebody else is an input like any other.
pub(super) const LIMIT_THEME_BYTES: u64 = 64 * 1024;
const MAX_INHERITS: usize = 4;

/// What something on the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Plain text, and the ground of everything.
    Text,
    /// Secondary text.
    Muted,
    /// Titles.
    Title,
    /// Things to look at.
    Accent,
    /// Borders.
    Border,
    /// The first line.
    Header,
    /// A tab.
    Tab,
    /// The tab that is open.
    TabCurrent,
    /// A key in the key bar.
    KeyName,
    /// What it does.
    KeyLabel,
    /// What a key would do if it could now.
    KeyOff,
    /// The row under the cursor.
    Chosen,
    /// A marked row's sign.
    Marked,
    /// Outcome `pass`, decision `admit`.
    Pass,
    /// Outcome `partial`, decision `warn`.
    Warn,
    /// Outcome `fail`, decision `refuse`.
    Fail,
    /// Outcomes `missing` and `unknown`.
    Unknown,
    /// Outcome `n/a`.
    NotApplicable,
    /// A message.
    Notice,
    /// Bad news.
    Error,
    /// A line that is being typed.
    Input,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 21] = [
        Role::Text,
        Role::Muted,
        Role::Title,
        Role::Accent,
        Role::Border,
        Role::Header,
        Role::Tab,
        Role::TabCurrent,
        Role::KeyName,
        Role::KeyLabel,
        Role::KeyOff,
        Role::Chosen,
        Role::Marked,
        Role::Pass,
        Role::Warn,
        Role::Fail,
        Role::Unknown,
        Role::NotApplicable,
        Role::Notice,
        Role::Error,
        Role::Input,
    ];

    /// Its name in a theme file.
    pub fn name(self) -> &'static str {
        match self {
            Role::Text => "text",
            Role::Muted => "muted",
            Role::Title => "title",
            Role::Accent => "accent",
            Role::Border => "border",
            Role::Header => "header",
            Role::Tab => "tab",
            Role::TabCurrent => "tab-current",
            Role::KeyName => "key-name",
            Role::KeyLabel => "key-label",
            Role::KeyOff => "key-off",
            Role::Chosen => "chosen",
            Role::Marked => "marked",
            Role::Pass => "pass",
            Role::Warn => "warn",
            Role::Fail => "fail",
            Role::Unknown => "unknown",
            Role::NotApplicable => "not-applicable",
            Role::Notice => "notice",
            Role::Error => "error",
            Role::Input => "input",
        }
    }
}

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
enum Paint {
    Default,
    Rgb(u8, u8, u8),
    Ansi(u8),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    inherits: Option<String>,
    background: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    #[serde(default)]
    roles: BTreeMap<String, Look>,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    underline: bool,
    #[serde(default)]
    reverse: bool,
}

/// A theme, resolved.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Its name, or the path of its file.
    pub name: String,
    styles: Vec<Style>,
    contrasts: Vec<Option<f64>>,
}

impl Theme {
    /// A built-in theme by name, or a file when the name holds a `/` or ends in `.toml`.
    ///
    /// # Errors
    /// `E-NOT-FOUND` with the themes that there are, `E-READ`, `E-TOO-LARGE`, `E-CONFIG` with line or role.
    pub fn load(name: &str, depth: Depth) -> Result<Self> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
            return Theme::parse(name, text, depth);
        }
        if !name.contains('/') && !name.ends_with(".toml") {
            return Err(Error::new(Code::NotFound, "there is no such theme")
                .at(name)
                .help(format!("use one of {}, or the path of a theme file", names().join(", "))));
        }
        let path = Path::new(name);
        let bytes = disk::whole(path, LIMIT_THEME_BYTES).map_err(|why| match why {
            Unread::TooLarge(_) => {
                Error::new(Code::TooLarge, "a theme file has at most 64 KiB").at_path(path)
            }
            Unread::NotAFile => Error::new(Code::Read, "not a theme file").at_path(path),
            Unread::Io(cause) => Error::read(path, &cause),
        })?;
        let text = String::from_utf8(bytes).map_err(|_| {
            let cause = io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
            Error::read(path, &cause)
        })?;
        Theme::parse(name, &text, depth)
    }

    /// The theme for a depth when nobody chose one.
    pub fn default_name(depth: Depth) -> &'static str {
        match depth {
            Depth::Mono => "mono",
            Depth::Sixteen => "ansi16",
            Depth::True | Depth::Indexed => "dark",
        }
    }

    /// Parses a theme and everything that it inherits.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn parse(name: &str, text: &str, depth: Depth) -> Result<Self> {
        let file = read(name, text, 0)?;
        let shade = |place: &str, color: &Option<String>, otherwise: Paint| match color {
            Some(color) => paint(color, &file.palette)
                .map_err(|why| fault(name, format!("{} {why}", crate::text::screen(place)))),
            None => Ok(otherwise),
        };
        let background = shade("the background:", &file.background, Paint::Default)?;
        for (entry, color) in &file.palette {
            shade(&format!("palette entry `{entry}`:"), &Some(color.clone()), Paint::Default)?;
        }
        if let Some(unknown) = file.roles.keys().find(|key| Role::ALL.iter().all(|role| role.name() != *key))
        {
            return Err(fault(name, format!("there is no role `{}`", crate::text::screen(unknown))));
        }
        let mut styles = Vec::new();
        let mut contrasts = Vec::new();
        for role in Role::ALL {
            let look = file
                .roles
                .get(role.name())
                .ok_or_else(|| fault(name, format!("role `{}` is not defined", role.name())))?;
            let place = format!("role `{}`:", role.name());
            let fg = shade(&place, &look.fg, Paint::Default)?;
            let bg = shade(&place, &look.bg, background)?;
            let mut style = Style::new().fg(convert(fg, depth)).bg(convert(bg, depth));
            for (on, modifier) in [
                (look.bold, Modifier::BOLD),
                (look.underline, Modifier::UNDERLINED),
                (look.reverse, Modifier::REVERSED),
            ] {
                if on {
                    style = style.add_modifier(modifier);
                }
            }
            styles.push(style);
            contrasts.push(rgb(fg).zip(rgb(bg)).map(|(a, b)| contrast(a, b)));
        }
        Ok(Theme { name: name.to_owned(), styles, contrasts })
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// The WCAG contrast of a role against what lies below it; none for the terminal's own colours.
    pub fn contrast(&self, role: Role) -> Option<f64> {
        self.contrasts.get(role as usize).copied().flatten()
    }
}

fn fault(name: &str, what: String) -> Error {
    Error::new(Code::Config, format!("the theme is not valid: {what}")).at(name)
}

fn read(name: &str, text: &str, depth: usize) -> Result<File> {
    let mut file: File = parse_as(text).map_err(|invalid| {
        let line = invalid.line(text);
        fault(name, format!("line {line}: {}", crate::text::screen(&invalid.message)))
            .spot(Path::new(name), line)
    })?;
    let Some(parent) = file.inherits.take() else { return Ok(file) };
    if depth >= MAX_INHERITS {
        return Err(fault(name, "it inherits too deeply, or from itself".to_owned()));
    }
    let text =
        BUILT_IN.iter().find(|(known, _)| *known == parent).map(|(_, text)| *text).ok_or_else(|| {
            fault(name, format!("it inherits from `{}`, which is not built in", crate::text::screen(&parent)))
        })?;
    let mut base = read(&parent, text, depth + 1)?;
    base.palette.extend(file.palette);
    base.roles.extend(file.roles);
    base.background = file.background.or(base.background);
    Ok(base)
}

/// The colour, or what is wrong with it.
fn paint(color: &str, palette: &BTreeMap<String, String>) -> std::result::Result<Paint, String> {
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

fn rgb(paint: Paint) -> Option<(u8, u8, u8)> {
    match paint {
        Paint::Default => None,
        Paint::Rgb(r, g, b) => Some((r, g, b)),
        Paint::Ansi(index) => XTERM.get(usize::from(index)).copied(),
    }
}

/// The one place where colours are brought down to what the terminal can show.
fn convert(paint: Paint, depth: Depth) -> Color {
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
fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = |c: (u8, u8, u8)| 0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2);
    let (x, y) = (luminance(a), luminance(b));
    (x.max(y) + 0.05) / (x.min(y) + 0.05)
}
