//! Scripts that complete the command line in a shell, made from the commands as they are parsed. It knows no command.

use crate::error::{Code, Error, Result};
use clap::Command;
use clap_complete::Shell;
use clap_complete::aot::Generator;

/// The script for a shell, of a command line that nobody has built yet.
///
/// # Errors
/// When the script cannot be made, which is a defect of this program.
pub(super) fn script(tree: &Command, shell: Shell) -> Result<String> {
    let name = tree.get_name().to_owned();
    let mut shown = shown(tree);
    shown.set_bin_name(name);
    shown.build();
    let mut bytes = Vec::new();
    shell.try_generate(&shown, &mut bytes).map_err(|cause| defect(&cause))?;
    String::from_utf8(bytes).map_err(|cause| defect(&cause))
}

fn defect(cause: &dyn std::error::Error) -> Error {
    Error::new(Code::Internal, format!("the script could not be made ({cause})"))
        .help("please report it; the other shells may work")
}

/// The same commands without what the help does not show: scripts would offer it.
fn shown(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set()).map(shown);
    let mut made = Command::new(command.get_name().to_owned()).disable_help_subcommand(true);
    if let Some(about) = command.get_about() {
        made = made.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        made = made.version(version.to_owned());
    }
    made.args(arguments).subcommands(commands)
}
