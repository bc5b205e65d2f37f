//! The command line: arguments, plain and JSON output, exit codes. Every power of the screens is here too.

mod commands;
mod common;
mod flags;
mod forms;
mod ignored;
mod interrupt;
mod judged;
mod links;
mod manual;
mod output;
mod page;
mod progress;
mod read_only;
mod secrets;
mod session;
mod shapes;
mod shells;
mod signer;
mod snapshot_file;
mod statuses;
mod vouchers;

use crate::error::{Code, Error};
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};
use commands::Command;
use common::Common;
use output::Output;
use read_only::Asked;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Decide whether a machine-learning model may be trusted.
#[derive(Debug, Parser)]
#[command(name = "touchmark", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do; without one the workbench opens
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: Common,
}

/// Runs the program: parses the arguments, does the work, prints, and says how it ended.
pub fn main() -> ExitCode {
    let (cli, asked) = match parse(excluded(dashed(std::env::args_os().collect()))) {
        Ok(parsed) => parsed,
        Err(error) => {
            // clap quotes arguments; a terminal must not obey them.
            let help = !error.use_stderr();
            let text = error.render().to_string();
            return if help { Output::raw(&text) } else { Output::usage(&text) };
        }
    };
    let output = Output::new(&cli.common, cli.command.as_ref().is_some_and(Command::is_product));
    if let Some(error) = cli.common.read_only.then(|| asked.refusal()).flatten() {
        return output.fail(&error);
    }
    let is_gate = matches!(cli.command, Some(Command::Gate(_)));
    if cli.common.format.is_for_gates() && !is_gate {
        let error = Error::new(Code::Usage, "only `gate` prints JUnit or SARIF");
        return output.fail(&error.help("use --format json"));
    }
    match commands::run(cli.command.as_ref(), &cli.common, &output, shapes, command) {
        Ok(status) => output.finish(status),
        Err(error) => output.fail(&error),
    }
}

/// The command line as it is parsed and explained: what each command does comes from the table of commands.
pub fn command() -> clap::Command {
    explained(Cli::command(), "")
}

fn explained(command: clap::Command, above: &str) -> clap::Command {
    command.mut_subcommands(|command| {
        let path = format!("{above} {}", command.get_name()).trim_start().to_owned();
        let about = crate::commands::about(&path);
        explained(command.about(about), &path)
    })
}

/// The flags of every command.
fn shapes() -> Vec<crate::commands::Shape> {
    shapes::of(command())
}

/// `docs/commands.md`.
pub fn commands_page() -> String {
    page::page(command())
}

/// `docs/exit-status.md`.
pub fn statuses_page() -> String {
    statuses::page()
}

/// Parses the arguments. A folder where a command should stand is opened: `touchmark samples`.
fn parse(arguments: Vec<OsString>) -> Result<(Cli, Asked), clap::Error> {
    let error = match parse_strictly(&arguments) {
        Ok(parsed) => return Ok(parsed),
        Err(error) => error,
    };
    if !matches!(error.kind(), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument) {
        return Err(error);
    }
    if let Some(parsed) = with_method(&arguments).and_then(|arguments| parse_strictly(&arguments).ok()) {
        return Ok(parsed);
    }
    let folder = arguments.iter().skip(1).position(|argument| Path::new(argument).is_dir());
    let Some(at) = folder else { return Err(error) };
    let (before, from) = arguments.split_at(at + 1);
    let with_open: Vec<OsString> =
        before.iter().cloned().chain(["open".into()]).chain(from.iter().cloned()).collect();
    parse_strictly(&with_open).map_err(|_| error)
}

/// The reference writes its flags with `_`, we with `-`: both are taken, and mixtures. Values stay as they are.
fn dashed(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut only_values = false;
    let dash = |argument: OsString| {
        only_values |= argument == "--";
        let text = argument.to_str().filter(|text| !only_values && text.starts_with("--"));
        let Some(text) = text else { return argument };
        let (name, value) = text.split_at(text.find('=').unwrap_or(text.len()));
        if name.contains('_') { format!("{}{value}", name.replace('_', "-")).into() } else { argument }
    };
    arguments.into_iter().map(dash).collect()
}

/// `-status:fail` excludes in a filter: no flag has a colon in it.
fn excluded(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut words = arguments.iter().take_while(|argument| *argument != "--");
    let Some(list) = words.position(|argument| argument == "list") else { return arguments };
    for argument in arguments.iter_mut().skip(list + 1).take_while(|argument| *argument != "--") {
        let term = argument.to_str().and_then(|text| text.strip_prefix('-')).filter(|text| {
            let name = text.split_once(':').map(|(name, _)| name);
            name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic()))
        });
        if let Some(term) = term {
            *argument = format!("!{term}").into();
        }
    }
    arguments
}

/// `sign MODEL` and `verify MODEL` mean Sigstore in the reference. They do here where a flag says so that no other way has.
fn with_method(arguments: &[OsString]) -> Option<Vec<OsString>> {
    const OF_SIGSTORE: [&str; 8] = [
        "--identity",
        "--identity-provider",
        "--identity-token",
        "--identity-token-file",
        "--use-ambient-credentials",
        "--oauth-force-oob",
        "--client-id",
        "--use-staging",
    ];
    let at = arguments.iter().position(|word| word == "sign" || word == "verify")?;
    let is_flag = |word: &OsString| {
        word.to_str().is_some_and(|word| {
            OF_SIGSTORE.iter().any(|flag| {
                word.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
            })
        })
    };
    arguments.iter().skip(at).any(is_flag).then_some(())?;
    let (before, after) = arguments.split_at(at + 1);
    Some(before.iter().cloned().chain(["sigstore".into()]).chain(after.iter().cloned()).collect())
}

fn parse_strictly(arguments: &[OsString]) -> Result<(Cli, Asked), clap::Error> {
    let mut matches = command().try_get_matches_from(arguments)?;
    let asked = Asked::of(&matches);
    let cli = Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command()))?;
    Ok((cli, asked))
}
