//! `themes`: lists the themes of the workbench, prints one to start from, or checks it.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::error::Result;
use clap::Args;

/// The arguments of `themes`.
#[derive(Debug, Args)]
pub(crate) struct Themes {
    /// Print this theme: a name, or a file
    theme: Option<String>,
    /// Check it instead: faults with their line, and text that is hard to read
    #[arg(long, requires = "theme")]
    check: bool,
}

#[cfg(feature = "tui")]
pub(super) fn run(arguments: &Themes, _: &Common, output: &Output) -> Result<u8> {
    let shelf = crate::tui::theme::Shelf::of(&|name| std::env::var(name).ok());
    match &arguments.theme {
        None => Ok(present::list(&shelf, output)),
        Some(name) if arguments.check => present::check(&shelf, name, output),
        Some(name) => present::show(&shelf, name, output),
    }
}

#[cfg(not(feature = "tui"))]
pub(super) fn run(arguments: &Themes, _: &Common, _: &Output) -> Result<u8> {
    use crate::error::{Code, Error};
    let _ = (&arguments.theme, arguments.check);
    Err(Error::new(Code::Usage, "this build has no workbench").help("build with the feature `tui`"))
}

#[cfg(feature = "tui")]
mod present {
    use crate::cli::output::Output;
    use crate::documents::{FaintRole, ThemeEntry, ThemesDocument, names};
    use crate::error::Result;
    use crate::text::screen;
    use crate::tui::theme::{Depth, Entry, Role, Shelf, Theme};

    /// All of them; 1 when one cannot be used.
    pub(super) fn list(shelf: &Shelf, output: &Output) -> u8 {
        let entries = shelf.entries();
        let faulty = entries.iter().any(|entry| entry.fault.is_some());
        let line = |entry: &Entry| {
            let place = entry.path.as_ref().map(|path| screen(&path.to_string_lossy()));
            let place = place.unwrap_or_else(|| "built in".to_owned());
            match &entry.fault {
                None => format!("✓ {:<16} {place}\n", screen(&entry.name)),
                Some(fault) => format!("✗ {:<16} {place}: {}\n", screen(&entry.name), screen(&fault.what)),
            }
        };
        let mut human: String = entries.iter().map(line).collect();
        if let Some(folder) = &shelf.folder {
            let folder = screen(&folder.to_string_lossy());
            human.push_str(&format!("  your own: {folder}/NAME.toml; start from `touchmark themes dark`\n"));
        }
        output.print(&human, || document(entries.into_iter().map(entry_of).collect()));
        u8::from(faulty)
    }

    /// Its text.
    ///
    /// # Errors
    /// As [`Shelf::text`].
    pub(super) fn show(shelf: &Shelf, name: &str, output: &Output) -> Result<u8> {
        let text = shelf.text(name)?;
        let human = crate::text::block(&text);
        output.print(&human, || {
            document(vec![ThemeEntry { name: name.to_owned(), text: Some(text), ..ThemeEntry::default() }])
        });
        Ok(0)
    }

    /// What is hard to read in it.
    ///
    /// # Errors
    /// As [`Shelf::load`].
    pub(super) fn check(shelf: &Shelf, name: &str, output: &Output) -> Result<u8> {
        let theme = shelf.load(name, Depth::True)?;
        let faint = faint(&theme);
        let mut human = format!("✓ {} is a valid theme\n", screen(name));
        for FaintRole { role, ground, contrast, least } in &faint {
            human.push_str(&format!("! {role} on {ground}: contrast {contrast:.1}:1, below {least:.1}:1\n"));
        }
        output.print(&human, || {
            document(vec![ThemeEntry { name: name.to_owned(), faint, ..ThemeEntry::default() }])
        });
        Ok(0)
    }

    fn faint(theme: &Theme) -> Vec<FaintRole> {
        let mut faint = Vec::new();
        for role in Role::ALL {
            let Some(least) = role.least_contrast() else { continue };
            for ground in Role::GROUNDS {
                let Some(contrast) = theme.contrast_on(role, ground).filter(|found| *found < least) else {
                    continue;
                };
                let (role, ground) = (role.name().to_owned(), ground.name().to_owned());
                faint.push(FaintRole { role, ground, contrast, least });
            }
        }
        faint
    }

    fn entry_of(entry: Entry) -> ThemeEntry {
        ThemeEntry {
            name: entry.name,
            path: entry.path.map(|path| crate::disk::slashed(&path)),
            fault: entry.fault.map(|fault| fault.what),
            ..ThemeEntry::default()
        }
    }

    fn document(themes: Vec<ThemeEntry>) -> ThemesDocument {
        ThemesDocument { schema: names::Themes, themes }
    }
}
