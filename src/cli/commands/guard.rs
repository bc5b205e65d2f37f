//! `guard`: holds back whoever opens a file of a model until the model is decided as `gate` does, and refuses the open
//! where it is not let in. Linux; the work is behind the feature `fleet`.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::error::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The arguments of `guard`.
#[derive(Debug, Args)]
#[command(
    after_help = "Runs until it gets SIGTERM; SIGHUP reads the policy and the inventory again. A decision holds until a \
file of the model changes. While a model is verified, whoever opens its files waits. Each refusal is one line on \
standard output: the loader itself only sees `Operation not permitted`.\n\nWhen the guard ends or dies, the kernel lets \
every open pass: stop the servers with it, as the unit in deploy/guard.service does. Needs Linux, CAP_SYS_ADMIN, and a \
build with `--features fleet`."
)]
pub(crate) struct Guard {
    /// Folders that models lie in
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// The stage
    #[arg(long)]
    stage: String,
    /// Let models with warnings be opened; recorded
    #[arg(long)]
    allow_warn: bool,
    /// Verify a model when somebody first opens it, not at the start
    #[arg(long)]
    lazy: bool,
    /// What holds for a file below DIR that no model of the inventory has
    #[arg(long, value_enum, default_value_t = Strangers::Loadable)]
    unknown: Strangers,
    /// How long whoever opens a file waits for a verification, then is refused
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    patience: u32,
    /// Guard the whole mounts that the folders lie on: folders that are made later are guarded from their first moment
    #[arg(long)]
    mount: bool,
    /// Refuse nothing; say what would be refused
    #[arg(long)]
    dry_run: bool,
}

/// What holds for files of no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strangers {
    /// Let them be opened.
    Allow,
    /// Refuse those that a loader may take, by their names.
    Loadable,
    /// Refuse them all.
    Refuse,
}

/// The status is 0 when the guard was told to end.
#[cfg(all(feature = "fleet", target_os = "linux"))]
pub(super) fn run(arguments: &Guard, common: &Common, output: &Output) -> Result<u8> {
    use crate::cli::session::options;
    use crate::guard::{Asked, Unknown, guard};
    let asked = Asked {
        dirs: arguments.dirs.clone(),
        stage: arguments.stage.clone(),
        allow_warn: arguments.allow_warn,
        lazy: arguments.lazy,
        mount: arguments.mount,
        dry_run: arguments.dry_run,
        unknown: match arguments.unknown {
            Strangers::Allow => Unknown::Allow,
            Strangers::Loadable => Unknown::Weights,
            Strangers::Refuse => Unknown::Refuse,
        },
        patience: u64::from(arguments.patience) * 1000,
    };
    guard(&options(common), &asked, &mut |notice| tell(&notice, &arguments.stage, common, output))?;
    Ok(0)
}

#[cfg(all(feature = "fleet", target_os = "linux"))]
fn tell(notice: &crate::guard::Notice, stage: &str, common: &Common, output: &Output) {
    use crate::documents::GuardRefusalDocument;
    use crate::guard::Notice;
    use crate::text::{Untrusted, count, screen};
    match notice {
        Notice::Started { models, folders, left_out } => {
            for model in left_out {
                output.note(&format!(
                    "! {} is not guarded: its files are blobs of a store; use `touchmark exec`",
                    model.screen()
                ));
            }
            let (models, folders) = (count(*models, "model"), count(*folders, "folder"));
            output.note(&format!("guarding {models} in {folders} at {}", screen(stage)));
        }
        Notice::Decided { model, word } => {
            let code =
                if word.code.is_empty() { String::new() } else { format!(" ({})", screen(&word.code)) };
            output.note(&format!("{} {}{code}", model.screen(), word.decision));
        }
        Notice::Reloaded { models } => output.note(&format!("read again: {}", count(*models, "model"))),
        Notice::Trouble(error) => output.note(&format!("! {error}")),
        Notice::Ended => output.note("ended: opens pass unguarded from now on"),
        Notice::Refused(refused) => {
            let file = refused.file.to_string_lossy().into_owned();
            let word = &refused.word;
            let human = || {
                let verb = if refused.is_dry { "would refuse" } else { "refused" };
                let who = format!("{} ({})", refused.process, screen(&refused.command));
                let model = match &refused.model {
                    Some(model) => format!("{}: {} at {}", model.screen(), word.decision, screen(stage)),
                    None => "no model".to_owned(),
                };
                let why = match word.code.is_empty() || word.why.contains(&word.code) {
                    true => screen(&word.why),
                    false => format!("{} {}", screen(&word.code), screen(&word.why)),
                };
                let help =
                    if word.help.is_empty() { String::new() } else { format!("; {}", screen(&word.help)) };
                let more = match refused.untold {
                    0 => String::new(),
                    many => format!(" [{many} more since the last line]"),
                };
                format!("{verb} {} to process {who}: {model}: {why}{help}{more}\n", screen(&file))
            };
            if !output.is_json() {
                output.made(&human());
                return;
            }
            let document = GuardRefusalDocument {
                schema: Default::default(),
                at: common.now(),
                stage,
                dry_run: refused.is_dry,
                process: refused.process,
                command: Untrusted::new(&refused.command),
                file: Untrusted::new(&file),
                model: refused.model.as_ref(),
                decision: &word.decision,
                code: &word.code,
                reason: Untrusted::new(&word.why),
                help: Untrusted::new(&word.help),
                untold: refused.untold,
            };
            // A log has one document a line.
            match serde_json::to_string(&document) {
                Ok(line) => output.made(&format!("{line}\n")),
                Err(error) => output.note(&format!("! a refusal could not be written: {error}")),
            }
        }
    }
}

/// This build cannot.
#[cfg(not(all(feature = "fleet", target_os = "linux")))]
pub(super) fn run(arguments: &Guard, _: &Common, _: &Output) -> Result<u8> {
    use crate::error::{Code, Error};
    // Read, so that the arguments are the same in every build.
    let Guard { dirs: _, stage: _, allow_warn: _, lazy: _, unknown: _, patience: _, mount: _, dry_run: _ } =
        arguments;
    Err(Error::new(Code::Usage, "this build has no guard")
        .help("build it on Linux with `--features fleet`; `touchmark exec` works everywhere"))
}
