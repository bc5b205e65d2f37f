//! The pages for `man`, one a command, made from the commands as they are parsed. It knows no command.

use crate::commands::STATUSES;
use crate::error::{Code, Error, Result};
use crate::text::screen;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

/// A page of the manual.
pub(super) struct Page {
    /// The name of its file: `touchmark-ledger-verify.1`.
    pub file: String,
    /// Its text, for `man`.
    pub text: String,
}

/// All pages of a command line that nobody has built yet: its own first, then those of its commands in their order.
///
/// # Errors
/// When a page cannot be made, which is a defect of this program.
pub(super) fn pages(tree: Command) -> Result<Vec<Page>> {
    let mut found = Vec::new();
    walk(&built(tree), None, &mut found)?;
    Ok(found)
}

/// The page of the command that these words name; of the whole program without any.
///
/// # Errors
/// When there is no such command, or when the page cannot be made.
pub(super) fn page(tree: Command, words: &[String]) -> Result<Page> {
    let tree = built(tree);
    let (mut command, mut above) = (&tree, None);
    for word in words {
        above = Some(command);
        command = command.find_subcommand(word).filter(|found| !found.is_hide_set()).ok_or_else(|| {
            let above = command.get_bin_name().unwrap_or_default();
            let what = format!("there is no command `{above} {}`", screen(word));
            Error::new(Code::Usage, what).help("`touchmark --help` lists the commands")
        })?;
    }
    made(command, above)
}

fn built(tree: Command) -> Command {
    let mut tree = tree.disable_help_subcommand(true);
    tree.build();
    tree
}

fn walk(command: &Command, above: Option<&Command>, found: &mut Vec<Page>) -> Result<()> {
    found.push(made(command, above)?);
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        walk(below, Some(command), found)?;
    }
    Ok(())
}

fn made(command: &Command, above: Option<&Command>) -> Result<Page> {
    let mut bytes = Vec::new();
    written(command, above, &mut bytes).map_err(|cause| defect(&cause))?;
    let text = String::from_utf8(bytes).map_err(|cause| defect(&cause))?;
    Ok(Page { file: format!("{}.1", named(command)), text })
}

fn defect(cause: &dyn std::error::Error) -> Error {
    Error::new(Code::Internal, format!("the page could not be made ({cause})")).help("please report it")
}

fn named(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn written(command: &Command, above: Option<&Command>, to: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone())
        .source(concat!("touchmark ", env!("CARGO_PKG_VERSION")))
        .manual("Touchmark");
    man.render_title(to)?;
    man.render_name_section(to)?;
    man.render_synopsis_section(to)?;
    man.render_description_section(to)?;
    man.render_options_section(to)?;
    if command.has_subcommands() {
        man.render_subcommands_section(to)?;
    }
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in STATUSES {
        roff.control("TP", []).text([bold(status.to_string())]).text([roman(meaning)]);
    }
    if let Some(above) = above {
        roff.control("SH", ["SEE ALSO"]).text([bold(named(above)), roman("(1)")]);
    }
    roff.to_writer(to)
}
