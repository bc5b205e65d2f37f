//! The options that every command takes. It knows no command.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// Folder of the workspace [default: the nearest one, or else your own]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) workspace: Option<PathBuf>,
    /// Output for people, one JSON document on standard output, or of `gate` a report for CI
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
    /// Colour on standard output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Judge as of this time (RFC 3339) instead of now
    #[arg(long, global = true, value_name = "TIME")]
    pub(super) at: Option<Timestamp>,
    /// Judge by this policy file instead of the workspace's
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// Write nothing: no store, no record
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Print nothing; report by exit status only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Say more
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// As the reference has it: `debug` says more, `error` and `critical` leave out remarks
    #[arg(long, global = true, value_name = "LEVEL", value_enum, ignore_case = true, hide = true)]
    pub(super) log_level: Option<LogLevel>,
    /// Say how far it is in lines of JSON on standard error, for a program that waits
    #[arg(long, global = true, hide = true)]
    pub(super) progress_lines: bool,
}

/// How much is said beside the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogLevel {
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}

impl Common {
    /// Whether somebody wants to hear more.
    pub(super) fn says_more(&self) -> bool {
        self.verbose > 0 || self.log_level == Some(LogLevel::Debug)
    }

    /// Whether remarks beside the result are left out.
    pub(super) fn leaves_out_remarks(&self) -> bool {
        self.quiet || matches!(self.log_level, Some(LogLevel::Error | LogLevel::Critical))
    }

    /// The time that the command judges by.
    pub(super) fn now(&self) -> Timestamp {
        self.at.unwrap_or_else(crate::clock::this_second)
    }
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Plain text.
    Human,
    /// One document.
    Json,
    /// JUnit XML, of `gate`.
    Junit,
    /// SARIF 2.1.0, of `gate`.
    Sarif,
}

impl Format {
    /// Whether it is one for what a gate found.
    pub(super) fn is_for_gates(self) -> bool {
        matches!(self, Format::Junit | Format::Sarif)
    }
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
