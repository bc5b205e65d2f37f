//! Where themes lie: those inside the program, and the files of a person's own folder. A theme file is an input like any
//! other: read with a limit, and refused with its line.

use crate::disk::{self, Unread};
use crate::error::{Code, Error, Result};
use std::io;
use std::path::{Path, PathBuf};

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

/// A theme file is not larger.
pub const LIMIT_THEME_BYTES: u64 = 64 * 1024;
/// More files than this nobody chooses from.
const MOST_FILES: usize = 200;
const EXTENSION: &str = "toml";

/// The themes to choose from.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// The person's own folder of themes; it need not be there.
    pub folder: Option<PathBuf>,
}

impl Shelf {
    /// `$XDG_CONFIG_HOME/touchmark/themes`, where that is not set under `~/.config`; on Windows under `%APPDATA%`.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let config = folder("XDG_CONFIG_HOME")
            .or_else(|| folder("APPDATA").filter(|_| cfg!(windows)))
            .or_else(|| Some(folder("HOME")?.join(".config")));
        Shelf { folder: config.map(|config| config.join("touchmark").join("themes")) }
    }

    /// The text of a theme, by the name that it is chosen by.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-READ`, `E-TOO-LARGE`.
    pub fn text(&self, name: &str) -> Result<String> {
        match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => Ok((*text).to_owned()),
            None if is_path(name) => text(Path::new(name)),
            None => self.text_by_name(name),
        }
    }

    /// The names of all themes, sound or not.
    pub fn names(&self) -> Vec<String> {
        names().into_iter().chain(self.files().into_iter().map(|(name, _)| name)).collect()
    }

    fn text_by_name(&self, name: &str) -> Result<String> {
        self.text_of(name).unwrap_or_else(|| {
            let all = self.names();
            Err(Error::new(Code::NotFound, "there is no such theme")
                .at(name)
                .help(format!("use one of {}, or the path of a theme file", all.join(", "))))
        })
    }

    /// The text of a theme of the folder; none where there is no such file.
    pub(super) fn text_of(&self, name: &str) -> Option<Result<String>> {
        let (_, path) = self.files().into_iter().find(|(known, _)| known == name)?;
        Some(text(&path))
    }

    /// The files of the folder with the names they go by.
    pub(super) fn files(&self) -> Vec<(String, PathBuf)> {
        let Some(listed) = self.folder.as_ref().and_then(|folder| std::fs::read_dir(folder).ok()) else {
            return Vec::new();
        };
        let named = |path: PathBuf| {
            let is_theme = path.extension().is_some_and(|extension| extension == EXTENSION);
            let name = path.file_stem().filter(|_| is_theme)?.to_string_lossy().into_owned();
            Some((name, path))
        };
        let mut files: Vec<(String, PathBuf)> =
            listed.take(MOST_FILES).flatten().filter_map(|entry| named(entry.path())).collect();
        files.sort();
        files
    }
}

fn is_path(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == EXTENSION)
}

fn text(path: &Path) -> Result<String> {
    let bytes = disk::whole(path, LIMIT_THEME_BYTES).map_err(|why| match why {
        Unread::TooLarge(_) => Error::new(Code::TooLarge, "a theme file has at most 64 KiB").at_path(path),
        Unread::NotAFile => Error::new(Code::Read, "not a theme file").at_path(path),
        Unread::Io(cause) => Error::read(path, &cause),
    })?;
    String::from_utf8(bytes).map_err(|_| {
        let cause = io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8");
        Error::read(path, &cause)
    })
}
