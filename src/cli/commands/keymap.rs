//! `keymap print`, `keymap check`: the keys of the workbench, looked at and never changed.

use crate::cli::output::Output;
use crate::error::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// The commands of `keymap`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeymapCommand {
    Print {
        /// A keymap file instead of your own
        #[arg(long, value_name = "FILE")]
        keymap: Option<PathBuf>,
    },
    Check {
        /// The file [default: your own]
        file: Option<PathBuf>,
    },
}

#[cfg(feature = "tui")]
pub(super) fn run(arguments: &KeymapCommand, output: &Output) -> Result<u8> {
    match arguments {
        KeymapCommand::Print { keymap } => with_screens::print(keymap.as_deref(), output),
        KeymapCommand::Check { file } => with_screens::check(file.as_deref(), output),
    }
}

#[cfg(feature = "tui")]
mod with_screens {
    use super::{Output, Result};
    use crate::documents::{KeymapCheckDocument, KeymapDocument, PolicyFaultDocument, names};
    use crate::error::{Code, Error};
    use crate::report;
    use crate::text::Untrusted;
    use crate::tui::keymap;
    use std::path::Path;

    pub(super) fn print(file: Option<&Path>, output: &Output) -> Result<u8> {
        let read = match file {
            Some(file) => keymap::load(file)?,
            None => keymap::load_own()?,
        };
        let keys = read.map_err(|faults| {
            let first = faults.first();
            let line = first.and_then(|fault| fault.line).map(|line| format!(" in line {line}"));
            let message = first.map(|fault| fault.message.as_str()).unwrap_or_default();
            let what = format!("the keymap file has a fault{}: {message}", line.unwrap_or_default());
            Error::new(Code::Config, what).help("`touchmark keymap check` lists all faults")
        })?;
        let text = keymap::written(&keys);
        output.print(&text, || KeymapDocument { schema: names::Keymap, text: &text });
        Ok(0)
    }

    /// The status is 2 when the file has faults.
    pub(super) fn check(file: Option<&Path>, output: &Output) -> Result<u8> {
        let own = keymap::own_path().filter(|path| path.exists());
        let path = file.map(Path::to_owned).or(own);
        let faults = match &path {
            Some(path) => keymap::load(path)?.err().unwrap_or_default(),
            None => Vec::new(),
        };
        let shown = path.as_ref().map(|path| Untrusted::new(path.to_string_lossy()));
        let human = match &shown {
            None => "· there is no keymap file: the built-in keys are in force\n".to_owned(),
            Some(file) if faults.is_empty() => format!("✓ {} is valid\n", file.screen()),
            Some(_) => report::policy_faults(&faults),
        };
        output.print(&human, || KeymapCheckDocument {
            schema: names::KeymapCheck,
            file: shown.as_ref(),
            faults: faults.iter().map(PolicyFaultDocument::from).collect(),
        });
        Ok(if faults.is_empty() { 0 } else { 2 })
    }
}

#[cfg(not(feature = "tui"))]
pub(super) fn run(arguments: &KeymapCommand, _: &Output) -> Result<u8> {
    use crate::error::{Code, Error};
    let (KeymapCommand::Print { keymap: file } | KeymapCommand::Check { file }) = arguments;
    let _ = file;
    Err(Error::new(Code::Usage, "this build has no workbench, and so no keys")
        .help("build with the feature `tui`"))
}
