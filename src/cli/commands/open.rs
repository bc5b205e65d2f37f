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
    /// Theme: dark, light, high-contrast, colour-blind, ansi16, mono, one of your own, or a file
    #[arg(long)]
    theme: Option<String>,
    /// Draw signs with ASCII only, as where the locale is not UTF-8 [env: TOUCHMARK_ASCII]
    #[arg(long)]
    ascii: bool,
    /// Read lines and write lines, for screen readers, dumb terminals and pipes: no screen, no colour. TOUCHMARK_PLAIN=1
    /// and TERM=dumb do the same
    #[arg(long)]
    plain: bool,
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
        let settings = Settings {
            theme: arguments.theme.clone(),
            color,
            ascii: arguments.ascii,
            plain: arguments.plain,
        };
        match crate::tui::run(&options, settings)? {
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
        let _ = (options, &arguments.theme, arguments.ascii, arguments.plain, output);
        Err(Error::new(Code::Usage, "this build has no workbench")
            .help("build with the feature `tui`, or use `touchmark list`"))
    }
}
