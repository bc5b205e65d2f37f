//! `man`: prints a page of the manual, or writes all of them to a folder.

use crate::cli::manual::{self, Page};
use crate::cli::output::Output;
use crate::disk::write_whole;
use crate::documents::{ManDocument, ManPageDocument, names};
use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `man`.
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// The command: `ledger verify` [default: the page about all of it]
    command: Vec<String>,
    /// Write it as a file of this folder, which is made if it does not exist; without COMMAND all pages
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Manual, output: &Output, tree: fn() -> clap::Command) -> Result<u8> {
    let pages = match arguments.command.as_slice() {
        [] if arguments.out.is_some() => manual::pages(tree())?,
        words => vec![manual::page(tree(), words)?],
    };
    let Some(folder) = &arguments.out else {
        let text: String = pages.iter().map(|page| page.text.as_str()).collect();
        output.print(&text, || document(&pages, None));
        return Ok(0);
    };
    write(&pages, folder)?;
    let folder = Untrusted::new(folder.to_string_lossy());
    let human = match pages.as_slice() {
        [page] => format!("✓ written  {} to {}\n", page.file, folder.screen()),
        _ => format!("✓ written  {} pages to {}\n", pages.len(), folder.screen()),
    };
    output.print(&human, || document(&pages, Some(&folder)));
    Ok(0)
}

fn write(pages: &[Page], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|cause| {
        Error::new(Code::Write, format!("the folder cannot be made ({cause})"))
            .at_path(folder)
            .help("name a folder that you may write to")
    })?;
    pages.iter().try_for_each(|page| write_whole(&folder.join(&page.file), page.text.as_bytes()))
}

fn document<'a>(pages: &'a [Page], folder: Option<&'a Untrusted>) -> ManDocument<'a> {
    let pages = pages.iter().map(|page| ManPageDocument { file: &page.file, text: &page.text }).collect();
    ManDocument { schema: names::Man, folder, pages }
}
