//! `open`: opens the workbench on a terminal. This is also what happens when no command is named.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::options;
use crate::error::Result;
use clap::Args;
use std::path::PathBuf;

/// How it ends when the person left a workspace that could not be opened.
#[cfg(feature = "tui")]
const UNOPENED: u8 = 2;

/// The arguments of `open`.
#[derive(Debug, Default, Args)]
pub(crate) struct Open {
    /// The workspace
    workspace: Option<PathBuf>,
    /// Theme: dark, light, high-contrast, colour-blind, ansi16, mono, or a file
    #[arg(long)]
    theme: Option<String>,
}

pub(super) fn run(arguments: &Open, common: &Common, output: &Output) -> Result<u8> {
    let mut options = options(common);
    if let Some(folder) = &arguments.workspace {
        options.dir = Some(folder.clone());
    }
    #[cfg(feature = "tui")]
    {
        use crate::cli::common::Color;
        use crate::tui::{ColorChoice, Settings};
        let color = match common.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        options.interactive = true;
        match crate::tui::run(&options, Settings { theme: arguments.theme.clone(), color })? {
            None => Ok(0),
            Some(error) => {
                output.fail(&error);
                Ok(UNOPENED)
            }
        }
    }
    #[cfg(not(feature = "tui"))]
    {
        use crate::error::{Code, Error};
        let _ = (options, &arguments.theme, output);
        Err(Error::new(Code::Usage, "this build has no workbench")
            .help("build with the feature `tui`, or use `touchmark list`"))
    }
}
