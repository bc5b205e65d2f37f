//! Themes: TOML with a palette and semantic roles, resolved once for what the terminal can show. Everything
//! drawn has a [`Role`]; no other file names a colour.

mod color;
mod role;

pub use color::Depth;
pub use role::Role;

use crate::disk::{self, Unread};
use crate::error::{Code, Error, Result};
use crate::tables::parse_as;
use color::{Paint, contrast, convert, paint, rgb};
use ratatui::style::{Modifier, Style};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The themes inside the program: name and text.
pub const BUILT_IN: [(&str, &str); 6] = [
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("ansi16", include_str!("../../../themes/ansi16.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// The names of the themes inside the program.
pub fn names() -> Vec<String> {
    BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// A theme file of somebody else is an input like any other.
pub(super) const LIMIT_THEME_BYTES: u64 = 64 * 1024;
const MAX_INHERITS: usize = 4;

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

/// How a role is drawn.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    /// With its ground: its own one, or that of everything.
    style: Style,
    /// Without a ground that is not its own.
    ink: Style,
    fg: Paint,
    bg: Paint,
    has_ground: bool,
}

/// A theme, resolved.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Its name, or the path of its file.
    pub name: String,
    roles: Vec<Drawn>,
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
        let ground = convert(background, depth);
        let mut roles = Vec::new();
        for role in Role::ALL {
            let look = file
                .roles
                .get(role.name())
                .ok_or_else(|| fault(name, format!("role `{}` is not defined", role.name())))?;
            let place = format!("role `{}`:", role.name());
            let fg = shade(&place, &look.fg, Paint::Default)?;
            let bg = shade(&place, &look.bg, background)?;
            let is_lost = role.shows_by_ground() && convert(bg, depth) == ground;
            let mut ink = Style::new();
            for (on, modifier) in [
                (look.bold, Modifier::BOLD),
                (look.underline, Modifier::UNDERLINED),
                (look.reverse || is_lost, Modifier::REVERSED),
            ] {
                if on {
                    ink = ink.add_modifier(modifier);
                }
            }
            if look.fg.is_some() {
                ink = ink.fg(convert(fg, depth));
            }
            let style = ink.fg(convert(fg, depth)).bg(convert(bg, depth));
            if look.bg.is_some() && !is_lost {
                ink = ink.bg(convert(bg, depth));
            }
            roles.push(Drawn { style, ink, fg, bg, has_ground: look.bg.is_some() });
        }
        Ok(Theme { name: name.to_owned(), roles })
    }

    /// How a role looks, with what lies below it.
    pub fn style(&self, role: Role) -> Style {
        self.roles.get(role as usize).map(|drawn| drawn.style).unwrap_or_default()
    }

    /// How a role looks on whatever ground it is drawn: a role changes the ground only where its own one says so.
    pub fn ink(&self, role: Role) -> Style {
        self.roles.get(role as usize).map(|drawn| drawn.ink).unwrap_or_default()
    }

    /// The ground of a role alone, for what is drawn already: its colour, or reversed where it has none to show.
    pub fn ground(&self, role: Role) -> Style {
        let ink = self.ink(role);
        match ink.add_modifier.contains(Modifier::REVERSED) {
            true => Style::new().add_modifier(Modifier::REVERSED),
            false => Style { bg: ink.bg, ..Style::new() },
        }
    }

    /// The WCAG contrast of a role against what lies below it; none for the terminal's own colours.
    pub fn contrast(&self, role: Role) -> Option<f64> {
        self.contrast_on(role, role)
    }

    /// The same on the ground of another role, unless the role has a ground of its own.
    pub fn contrast_on(&self, role: Role, ground: Role) -> Option<f64> {
        let (drawn, ground) = (self.roles.get(role as usize)?, self.roles.get(ground as usize)?);
        let bg = if drawn.has_ground { drawn.bg } else { ground.bg };
        rgb(drawn.fg).zip(rgb(bg)).map(|(a, b)| contrast(a, b))
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
