//! `exec`: verifies and decides as `gate` does, and starts the command that loads the model only when it is let in and
//! its files are still those that were verified. On Unix the program becomes the command: its exit status, its
//! terminal and its signals are the command's own.

use crate::cli::common::Common;
use crate::cli::flags::{Location, Part};
use crate::cli::judged;
use crate::cli::output::Output;
use crate::cli::session::{find_at, open_at, remark};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::policy::Moment;
use crate::text::screen;
use clap::Args;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// Where the command finds the model.
const MODEL: &str = "TOUCHMARK_MODEL";

/// The arguments of `exec`.
#[derive(Debug, Args)]
#[command(
    after_help = "TOUCHMARK_MODEL holds the path of the model for the command. Just before the start all files are \
checked once more by inode, size and times, and nothing is started if one was changed, swapped, added or removed since it \
was verified. Whoever can write to the model's folder could still change a file between this check and the moment the \
command opens it; --copy closes that gap. Exits with the status of the command, or with 1 when nothing was started: the \
model was refused, or changed."
)]
pub(crate) struct Exec {
    /// The model's id
    model: String,
    /// The stage
    #[arg(long)]
    stage: String,
    /// Start also when admitted with warnings; recorded
    #[arg(long)]
    allow_warn: bool,
    /// Copy the model into this new folder, and load that: later changes of the model do not reach it
    #[arg(long, value_name = "DIR")]
    copy: Option<PathBuf>,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
    #[command(flatten)]
    location: Location,
}

/// The status is that of the decision when the model is not let in, 1 when it changed since, else the command's.
pub(super) fn run(arguments: &Exec, common: &Common, output: &Output) -> Result<u8> {
    let Exec { model, stage, allow_warn, copy, command, location } = arguments;
    let Some((program, rest)) = command.split_first() else {
        return Err(Error::new(Code::Usage, "no command to start").help("name one after `--`"));
    };
    let workbench = open_at(common, location, &Part::default())?;
    let view = workbench.view();
    let id = view
        .models
        .get(find_at(&view, model, location)?)
        .map_or_else(|| ModelId::new(model), |m| m.id.clone());
    let gated = workbench.gate_at((stage, Moment::Load), &id, *allow_warn);
    remark(&workbench, common, output);
    let (verdict, loadable) = gated?;
    let Some(loadable) = loadable else {
        judged::print(&workbench.view(), &verdict, output);
        return Ok(match judged::status(verdict.decision, *allow_warn) {
            // Without files there is nothing to load.
            0 => 1,
            status => status,
        });
    };
    // The store is closed before the command takes the place of this program.
    drop((view, workbench));
    let ready = match copy {
        Some(dir) => loadable.copy_to(dir),
        None => Ok(loadable),
    };
    match ready.and_then(|loadable| loadable.unchanged().map(|()| loadable)) {
        Ok(loadable) => {
            let (word, name) = (verdict.decision.word(), screen(&program.to_string_lossy()));
            output.note(&format!("{} {word} at {}: starting {name}", id.screen(), screen(stage)));
            start(Command::new(program).args(rest).env(MODEL, &loadable.place))
        }
        Err(error) if error.code == Code::Changed => Ok(output.refuse(&error)),
        Err(error) => Err(error),
    }
}

/// Becomes the command; comes back only when it cannot be started.
#[cfg(unix)]
fn start(command: &mut Command) -> Result<u8> {
    use std::os::unix::process::CommandExt;
    let cause = command.exec();
    Err(unstarted(command, &cause))
}

/// Starts the command, and waits for its end.
#[cfg(not(unix))]
fn start(command: &mut Command) -> Result<u8> {
    let status = command.status().map_err(|cause| unstarted(command, &cause))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

fn unstarted(command: &Command, cause: &io::Error) -> Error {
    let name = command.get_program().to_string_lossy().into_owned();
    Error::new(Code::NotFound, format!("cannot start the command ({cause})"))
        .at(name)
        .help("name a program after `--`; the decision is recorded")
}
