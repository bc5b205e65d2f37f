//! `open`: opens the workbench on a terminal. This is also what happens when no command is named.

use crate::cli::common::Common;
use crate::cli::session::options;
use crate::commands::Shape;
use crate::error::Result;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `open`.
#[derive(Debug, Default, Args)]
pub(crate) struct Open {
    /// The workspace
    workspace: Option<PathBuf>,
    /// Theme: dark, light, high-contrast, colour-blind, ansi16, mono, or a file
    #[arg(long)]
    theme: Option<String>,
    /// Keymap file [default: keymap.toml in your folder of configuration]
    #[arg(long, value_name = "FILE")]
    keymap: Option<PathBuf>,
}

pub(super) fn run(arguments: &Open, common: &Common, shapes: fn() -> Vec<Shape>) -> Result<u8> {
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
        let settings = Settings {
            theme: arguments.theme.clone(),
            color,
            keymap: arguments.keymap.clone(),
            shapes: Some(shapes),
        };
        crate::tui::run(&options, settings)?;
        Ok(0)
    }
    #[cfg(not(feature = "tui"))]
    {
        use crate::error::{Code, Error};
        let _ = (options, shapes, &arguments.theme, &arguments.keymap);
        Err(Error::new(Code::Usage, "this build has no workbench")
            .help("build with the feature `tui`, or use `touchmark list`"))
    }
}
