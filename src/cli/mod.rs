//! The command line: arguments, plain and JSON output, exit codes. Every power of the screens is here too.

mod args;
mod claims;
mod export;
mod key;
mod keyless;
mod ledger;
mod output;
mod progress;
mod run;
mod secrets;
mod signing;
mod snapshot;
mod timestamp;
mod token;
mod trust;
mod trust_edit;

pub use args::Cli;

use clap::Parser;
use clap::error::ErrorKind;
use output::Output;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Runs the program: parses the arguments, does the work, prints, and says how it ended.
pub fn main() -> ExitCode {
    let cli = match parse(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(error) => {
            // clap quotes arguments; a terminal must not obey them.
            let help = !error.use_stderr();
            let text = error.render().to_string();
            return if help { Output::raw(&text) } else { Output::usage(&text) };
        }
    };
    let output = Output::new(&cli);
    match run::run(&cli, &output) {
        Ok(status) => output.finish(status),
        Err(error) => output.fail(&error),
    }
}

/// Parses the arguments. A folder where a command should stand is opened: `touchmark samples`.
fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let error = match Cli::try_parse_from(&arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    if !matches!(error.kind(), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument) {
        return Err(error);
    }
    let folder = arguments.iter().skip(1).position(|argument| Path::new(argument).is_dir());
    let Some(at) = folder else { return Err(error) };
    let (before, from) = arguments.split_at(at + 1);
    let with_open: Vec<OsString> =
        before.iter().cloned().chain(["open".into()]).chain(from.iter().cloned()).collect();
    Cli::try_parse_from(with_open).map_err(|_| error)
}
