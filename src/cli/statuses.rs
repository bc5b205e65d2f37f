//! The page about exit statuses and error codes. It knows no command.

use crate::commands::STATUSES;
use crate::error::Code;
use std::fmt::Write as _;

/// What each code means, and what to do.
const CODES: [(Code, &str, &str); 23] = [
    (Code::Usage, "wrong usage of a command", "read `--help` of the command"),
    (
        Code::Config,
        "a policy, workspace, theme, keymap or rubric file is not valid",
        "go to the line that is named; `touchmark policy check` lists all faults of a policy",
    ),
    (Code::Newer, "a newer version wrote the workspace or the store", "use that version"),
    (
        Code::Terminal,
        "a terminal is needed, and there is none that fits",
        "use `--plain`, or a command of the command line",
    ),
    (Code::NotFound, "no model, source, stage or record of that name", "`touchmark list` shows the names"),
    (Code::Evidence, "evidence that a verdict rests on is not here", "import or fetch it, then try again"),
    (Code::Cancelled, "somebody cancelled the work", "run it again"),
    (
        Code::Credentials,
        "no credentials where the surroundings would put them",
        "log in, or name them by a flag",
    ),
    (Code::Login, "logging in did not lead to an identity token", "try again"),
    (Code::Network, "a service cannot be reached, gives no answer in time, or is down", "try again later"),
    (Code::Refused, "a service refused", "read its answer; check the account and its rights"),
    (Code::Answer, "a service gave an answer that cannot be used", "check its address"),
    (
        Code::Unproven,
        "a signature was made and does not verify, so it was not written",
        "check that key and certificate belong together",
    ),
    (Code::Internal, "a defect of this program", "please report it"),
    (Code::Read, "an input could not be read", "check its name and its permissions"),
    (Code::Write, "an output could not be written", "check free space, the folder and its permissions"),
    (
        Code::Malformed,
        "an input was read and is not what it should be",
        "get it again from where it was made",
    ),
    (Code::TooLarge, "an input is larger, deeper or has more parts than the limits allow", "split it"),
    (
        Code::Model,
        "the model cannot be signed as it is: empty, with symbolic links or odd files",
        "do what the message says of the file",
    ),
    (Code::Key, "a key or certificate cannot be used", "`touchmark key show` says what it is"),
    (
        Code::Store,
        "the store is damaged, or is no store",
        "put it aside; export or import the ledger from a copy",
    ),
    (Code::Changed, "a file changed while it was read", "wait until nobody writes to it, then try again"),
    (Code::Token, "an identity token cannot be used: another audience, expired, damaged", "get a new one"),
];

/// `docs/exit-status.md`.
pub(super) fn page() -> String {
    let mut out = String::from(
        "# Exit status and errors\n\n\
         <!-- Made by `cargo run --example make-docs` from src/commands/status.rs and src/cli/statuses.rs; do not edit. -->\n\n\
         ## Exit status\n\n| status | meaning |\n|---|---|\n",
    );
    for (status, meaning) in STATUSES {
        let _ = writeln!(out, "| {status} | {meaning} |");
    }
    out.push_str(
        "\nA check that fails is a result, not an error: the command prints it and ends with 1. An error is what kept a\n\
         command from looking. In a pipeline, let 1 and 2 stop the job, 3 and 4 too, and decide about 5.\n\n\
         Standard output counts as an output: on a full disk a command ends with 4. A reader that closes its pipe\n\
         (`touchmark list | head`) has seen enough, and that is no error; but `export` and `ledger export` then end with 4\n\
         without a message, because what was written is not whole.\n\n\
         `--read-only` refuses by its name every command that is there to write; all others do the same as without it, and\n\
         keep nothing. A policy with a fault, or one that has expired, ends every command that judges with 2: no other\n\
         policy takes its place.\n\n\
         ## Errors\n\n\
         An error is `error[CODE]: what, where` and `help: what to do` on standard error; with `--format json` also a\n\
         document ([`error/1`](schemas/error.schema.json)) on standard output.\n\n\
         | code | exit status | what happened | what to do |\n|---|---|---|---|\n",
    );
    for (code, means, act) in CODES {
        let _ = writeln!(out, "| `{}` | {} | {means} | {act} |", code.as_str(), code.exit_status());
    }
    out
}
