//! Writes what is exported, on the thread of its caller. It changes no state.

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::forms::Form;
use crate::forms::{Block, Cell, Page, Subject, write};
use crate::text::{Untrusted, screen, size};
use crate::tui::photograph::{lines, photograph};
use crate::tui::state::app::App;
use crate::tui::state::exports::{Export, Seen};
use crate::view::View;
use std::path::{Path, PathBuf};

/// The width of a screen that is written as text.
const TEXT_COLUMNS: u16 = 120;

/// How an export ended.
#[derive(Debug)]
pub enum Written {
    /// The file is there: in words.
    Done(String),
    /// A file of that name was there already, and nothing was written.
    Taken,
}

/// What is written of it: a screen is drawn here, once, at the terminal's size.
pub fn subject(app: &App, export: &Export, (columns, rows): (u16, u16)) -> Subject {
    match &export.seen {
        Seen::Whole(subject) => subject.clone(),
        Seen::Screen if export.form == Form::Svg => Subject::Picture(photograph(app, columns, rows)),
        Seen::Screen => {
            let mut page = Page::new(app.screen.word());
            page.blocks.push(Block::Lines(lines(app, TEXT_COLUMNS).into_iter().map(Cell::from).collect()));
            Subject::Page(page)
        }
    }
}

/// Writes the file.
///
/// # Errors
/// Those of [`write`]; `E-WRITE`.
pub fn export(
    view: &View,
    subject: &Subject,
    export: &Export,
    read: &[(Untrusted, String)],
) -> Result<Written> {
    let file = at_home(&export.file);
    let path = std::path::absolute(&file).map_err(|cause| Error::write(&file, &cause))?;
    if path.is_dir() {
        return Err(Error::new(Code::Write, "that is a folder").at_path(&path).help("name a file in it"));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
        return Err(Error::new(Code::Write, "there is no such folder")
            .at_path(folder)
            .help("make it first, or name another one"));
    }
    let is_there = path.symlink_metadata().is_ok();
    if is_there && !export.replaces {
        return Ok(Written::Taken);
    }
    let text = write(subject, export.form, view, read)?;
    if is_there {
        disk::replace(&path, None, text.as_bytes())?;
    } else {
        disk::write_new(&path, text.as_bytes())?;
    }
    Ok(Written::Done(format!(
        "wrote {} as {} to {} ({})",
        export.word,
        export.form.name(),
        screen(&path.to_string_lossy()),
        size(u64::try_from(text.len()).unwrap_or(u64::MAX))
    )))
}

/// A name like this one of which no file is there, and the folder, safe to show.
pub fn free_name(name: &str) -> (String, String) {
    const TRIED: usize = 1000;
    let folder = std::env::current_dir().map(|folder| screen(&folder.to_string_lossy()));
    let is_free = |name: &String| Path::new(name).symlink_metadata().is_err();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let numbered = |number: usize| format!("{stem}-{number}.{ending}");
    let free = std::iter::once(name.to_owned()).chain((2..TRIED).map(numbered)).find(is_free);
    (free.unwrap_or_else(|| name.to_owned()), folder.unwrap_or_else(|_| "this folder".to_owned()))
}

/// `~/` means what it does in a shell.
fn at_home(path: &Path) -> PathBuf {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => path.to_owned(),
    }
}
