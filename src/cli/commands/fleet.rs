//! `fleet`: models by the million in object stores, planned once and worked by many machines. The arguments and the help
//! are in every build; what does it comes with the feature `fleet`.

use crate::cli::signer::SignerByFlags;
use crate::cli::vouchers::Vouchers;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The commands of `fleet`.
#[derive(Debug, Subcommand)]
pub(crate) enum FleetCommand {
    Plan(Plan),
    Work(Box<Work>),
    Status(Status),
    Seal(Seal),
    Prove(Prove),
}

/// The arguments of `fleet plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Where models lie (repeat): a folder, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX,
    /// oci://HOST/REPOSITORY[:TAG] or hf-mirror://HOST/OWNER/NAME[@REVISION]
    #[arg(long, value_name = "LOCATION", required = true)]
    pub(super) source: Vec<String>,
    /// Where runs are put: a folder or a bucket (s3://, gs:// or az://) that all workers reach
    #[arg(long, value_name = "LOCATION")]
    pub(super) out: String,
    /// The stage to decide for [default: the workspace's]
    #[arg(long)]
    pub(super) stage: Option<String>,
    /// How digests of files are come by
    #[arg(long, value_enum, default_value_t = BasisName::Recomputed)]
    pub(super) basis: BasisName,
    /// An earlier run of the same question (give its --at), sealed: what it says of models whose objects are as they were
    /// is taken over
    #[arg(long, value_name = "RUN")]
    pub(super) known: Option<String>,
    /// With another basis than recomputed: read the bytes of so many models all the same, chosen by their names and the
    /// question, and compare: 1% or 0.01%
    #[arg(long, value_name = "PERCENT", value_parser = per_million)]
    pub(super) recheck: Option<u32>,
    /// So many shards [default: as many as --max-bytes and --max-models make]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000),
        conflicts_with_all = ["max_bytes", "max_models"])]
    pub(super) shards: Option<u32>,
    /// Bytes of a shard at most, unless one model has more
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_bytes: u64,
    /// Models of a shard at most
    #[arg(long, value_name = "N", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..=20_000))]
    pub(super) max_models: u64,
    /// Let any build of this version work; otherwise only this very program may
    #[arg(long)]
    pub(super) any_build: bool,
    #[command(flatten)]
    pub(super) scratch: Scratch,
}

/// Reads `1%`, `0.5%` or `100`, of a hundred.
fn per_million(text: &str) -> Result<u32, String> {
    let wrong = || "write a share between 0.0001% and 100%, as in 1%".to_owned();
    let (whole, part) =
        text.trim_end_matches('%').split_once('.').unwrap_or((text.trim_end_matches('%'), ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 4 || !is_number(whole) || !is_number(part) {
        return Err(wrong());
    }
    let digits = format!("{whole}{part:0<4}");
    digits.parse().ok().filter(|ppm| (1..=1_000_000).contains(ppm)).ok_or_else(wrong)
}

/// How digests of files are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BasisName {
    /// All bytes are read
    Recomputed,
    /// The provider's SHA-256 of whole objects counts where every signed file has one; files are then `partial`
    ProviderChecksum,
    /// The digests in a registry's manifest count; layers are not read, and files are then `partial`
    RegistryDigest,
}

/// Where objects wait.
#[derive(Debug, Clone, Args)]
pub(crate) struct Scratch {
    /// Folder for what is read, one model at a time [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    pub(super) scratch: Option<PathBuf>,
}

/// The arguments of `fleet work`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 0 when the shard is committed, also when its models fail; with 75 when nothing was committed and \
another attempt may succeed; with 2 when no attempt will: the plan, the policy or the program does not fit; with 4 when it \
was committed and more models could not be read than --max-unreadable allows: these are unknown. SIGTERM ends it within five \
seconds, with 75."
)]
pub(crate) struct Work {
    /// The run, as `fleet plan` printed it
    #[arg(long, value_name = "LOCATION")]
    pub(super) plan: String,
    /// The shard, from 0 [default: SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or AWS_BATCH_JOB_ARRAY_INDEX]
    #[arg(long, value_name = "N")]
    pub(super) shard: Option<u32>,
    /// Models that may be unreadable before the status says so
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) max_unreadable: u64,
    #[command(flatten)]
    pub(super) scratch: Scratch,
    #[command(flatten)]
    pub(super) signer: SignerByFlags,
}

/// The arguments of `fleet status`.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The run
    pub(super) run: String,
    /// Look again after so many seconds, and say it each time that something changed, until all shards are committed
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) watch: Option<u64>,
}

/// The arguments of `fleet seal`.
#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The run
    pub(super) run: String,
    #[command(flatten)]
    pub(super) vouchers: Vouchers,
    #[command(flatten)]
    pub(super) scratch: Scratch,
}

/// The arguments of `fleet prove`.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The run
    pub(super) run: String,
    /// The model, as the run's records name it
    pub(super) model: String,
    /// The root that you hold: the run must have been sealed under it
    #[arg(long, value_name = "SHA256")]
    pub(super) root: Option<String>,
    /// The document of the seal, below the run [default: sealed.json]
    #[arg(long, value_name = "NAME")]
    pub(super) sealed: Option<String>,
}

#[cfg(not(feature = "fleet"))]
pub(super) fn run(
    _: &FleetCommand,
    _: &crate::cli::common::Common,
    _: &crate::cli::output::Output,
) -> crate::error::Result<u8> {
    Err(crate::error::Error::new(crate::error::Code::Usage, "this build has no fleet")
        .help("build with --features fleet: cargo install touchmark --features fleet"))
}
