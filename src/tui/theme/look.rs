//! How each role looks: a theme's text, with what it inherits, made into styles.

use super::color::{Depth, Paint, contrast, convert, paint, rgb};
use super::role::Role;
use super::shelf::{BUILT_IN, Shelf, names};
use crate::error::{Code, Error, Result};
use crate::tables::parse_as;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// A theme that can be chosen by its name, or that cannot be used.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name: a file's without the ending.
    pub name: String,
    /// Its file; none of a built-in theme.
    pub path: Option<PathBuf>,
    /// Why it cannot be used.
    pub fault: Option<Error>,
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
    /// As [`Shelf::load`].
    pub fn load(name: &str, depth: Depth) -> Result<Self> {
        Shelf::default().load(name, depth)
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
        Theme::inheriting(name, text, depth, &Shelf::default())
    }

    fn inheriting(name: &str, text: &str, depth: Depth, shelf: &Shelf) -> Result<Self> {
        let file = read(name, text, 0, shelf)?;
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
            // Of sixteen colours none but the ground itself carries all the others.
            let is_lost = role.shows_by_ground()
                && (convert(bg, depth) == ground || depth == Depth::Sixteen && role == Role::Chosen);
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
            let style = ink.fg(convert(fg, depth)).bg(if is_lost { ground } else { convert(bg, depth) });
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

    /// The ground of a role alone, for what is drawn already. Where the terminal has no colour on which every other one
    /// can be read, the role's two are swapped for all that is written on it: reversing each cell by itself would make
    /// a patchwork. Without colours it is reversed.
    pub fn ground(&self, role: Role) -> Style {
        let ink = self.ink(role);
        if !ink.add_modifier.contains(Modifier::REVERSED) {
            return Style { bg: ink.bg, ..Style::new() };
        }
        match (self.style(role).fg, self.style(role).bg) {
            (Some(fg), Some(bg)) if fg != Color::Reset && bg != Color::Reset => {
                // Many terminals draw bold letters in the bright colour, which cannot be read on a bright ground.
                Style::new().fg(bg).bg(fg).remove_modifier(Modifier::BOLD)
            }
            _ => Style::new().add_modifier(Modifier::REVERSED),
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

/// A theme's text with all that it inherits, from the built-in ones and from those beside it.
fn read(name: &str, text: &str, depth: usize, shelf: &Shelf) -> Result<File> {
    let mut file: File = parse_as(text).map_err(|invalid| {
        let line = invalid.line(text);
        fault(name, format!("line {line}: {}", crate::text::screen(&invalid.message)))
            .spot(Path::new(name), line)
    })?;
    let Some(parent) = file.inherits.take() else { return Ok(file) };
    if depth >= MAX_INHERITS {
        return Err(fault(name, "it inherits too deeply, or from itself".to_owned()));
    }
    let text = match BUILT_IN.iter().find(|(known, _)| *known == parent) {
        Some((_, text)) => Cow::Borrowed(*text),
        None => Cow::Owned(shelf.text_of(&parent).ok_or_else(|| {
            let parent = crate::text::screen(&parent);
            let line = text.lines().position(|line| line.trim_start().starts_with("inherits"));
            let line = line.map(|at| format!("line {}: ", at + 1)).unwrap_or_default();
            fault(name, format!("{line}it inherits from `{parent}`, which is neither built in nor beside it"))
        })??),
    };
    let mut base = read(&parent, &text, depth + 1, shelf)?;
    base.palette.extend(file.palette);
    base.roles.extend(file.roles);
    base.background = file.background.or(base.background);
    Ok(base)
}

impl Shelf {
    /// A built-in theme by its name, one of the folder by its name, or a file when the name holds a `/` or ends in
    /// `.toml`.
    ///
    /// # Errors
    /// `E-NOT-FOUND` with the themes that there are, `E-READ`, `E-TOO-LARGE`, `E-CONFIG` with line or role.
    pub fn load(&self, name: &str, depth: Depth) -> Result<Theme> {
        Theme::inheriting(name, &self.text(name)?, depth, self)
    }

    /// All themes: the built-in ones in their order, then those of the folder by their names.
    pub fn entries(&self) -> Vec<Entry> {
        let built_in = names().into_iter().map(|name| Entry { name, path: None, fault: None });
        let own = self.files().into_iter().map(|(name, path)| {
            let fault = match BUILT_IN.iter().any(|(known, _)| *known == name) {
                true => Some(
                    Error::new(Code::Config, "a built-in theme has this name")
                        .at_path(&path)
                        .help("rename the file"),
                ),
                false => self.load(&name, Depth::True).err(),
            };
            Entry { name, path: Some(path), fault }
        });
        built_in.chain(own).collect()
    }
}
