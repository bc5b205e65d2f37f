//! The arguments, parsed once into plain values. Flags of the Python reference keep their names; its `_`
//! spellings stay accepted.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Decide whether a machine-learning model may be trusted.
#[derive(Debug, Parser)]
#[command(name = "touchmark", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do; without one the workbench opens
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Folder of the workspace [default: the nearest one, or else your own]
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Output for people, or one JSON document on standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Colour on standard output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Judge as of this time (RFC 3339) instead of now
    #[arg(long, global = true, value_name = "TIME")]
    pub at: Option<jiff::Timestamp>,
    /// Judge by this policy file instead of the workspace's
    #[arg(long, global = true, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Write nothing: no store, no record
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Only the exit status speaks
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Plain text.
    Human,
    /// One document.
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the workbench
    Open {
        /// The workspace
        workspace: Option<PathBuf>,
        /// Theme: dark, light, high-contrast, colour-blind, ansi16, mono, or a file
        #[arg(long)]
        theme: Option<String>,
    },
    /// Make an empty workspace
    Init {
        /// Where
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Copy the sample workspace, to try things out
    Demo {
        /// Where
        #[arg(default_value = "touchmark-demo")]
        dir: PathBuf,
    },
    /// Sign a model
    #[command(subcommand)]
    Sign(Sign),
    /// Make keys, and look at them
    #[command(subcommand)]
    Key(KeyCommand),
    /// Verify a model: as flags say, or by the workspace's policy
    Verify(Verify),
    /// The root digest of a model
    Digest {
        /// The model's folder or file
        model: PathBuf,
        #[command(flatten)]
        what: What,
    },
    /// What a bundle, claim, certificate, key or weights file holds; trusts nothing
    Inspect {
        /// The file
        file: PathBuf,
    },
    /// Claims besides the signature: what they say, of what, by whom
    #[command(subcommand)]
    Claims(super::commands::claims::ClaimsCommand),
    /// Read the sources of the workspace again, or add sources and read them
    Scan {
        /// Folders of models, or bills of materials (CycloneDX, SPDX), to add to the workspace
        sources: Vec<PathBuf>,
    },
    /// Add bills of materials (CycloneDX, SPDX) to the workspace and read them
    Import {
        /// The bills
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a bill of materials of models to standard output
    Export {
        /// The models' ids [default: all models]
        models: Vec<String>,
        /// The format
        #[arg(long = "as", value_name = "FORMAT", default_value = "cyclonedx")]
        form: ExportForm,
        /// The version of CycloneDX [default: 1.7]
        #[arg(long, value_name = "VERSION")]
        spec_version: Option<BillVersion>,
    },
    /// The models of the inventory
    List {
        /// Words that must all occur in the name, signer or status
        filter: Vec<String>,
    },
    /// Everything that is known of a model
    Show {
        /// The model's id
        model: String,
    },
    /// The inventory and all that was concluded of it at this moment, as one file with a digest
    Snapshot(super::commands::snapshot::Snapshot),
    /// How two snapshots differ, worst first; ends with 0 when they say the same, else 1
    Diff {
        /// The earlier snapshot
        before: PathBuf,
        /// The later snapshot [default: the workspace as it is]
        after: Option<PathBuf>,
    },
    /// A model's ancestors and descendants
    Lineage {
        /// The model's id
        model: String,
        /// Generations of ancestors
        #[arg(long, default_value_t = 16)]
        up: usize,
        /// Generations of descendants
        #[arg(long, default_value_t = 16)]
        down: usize,
    },
    /// The trust policy
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Trust anchors, with origin, digest and age
    #[command(subcommand)]
    Trust(super::commands::trust::TrustCommand),
    /// Verify a model and decide whether it may enter a stage; recorded
    Gate {
        /// The model's id
        model: String,
        /// The stage
        #[arg(long)]
        stage: String,
        /// End with 0 when admitted with warnings; recorded
        #[arg(long)]
        allow_warn: bool,
    },
    /// Own and effective maturity level with controls
    Score {
        /// Ids of models
        #[arg(required = true)]
        models: Vec<String>,
        /// Show the controls of all levels
        #[arg(long)]
        all: bool,
    },
    /// Record a review of a model
    Review {
        /// The model's id
        model: String,
        /// What you say
        #[arg(value_enum)]
        word: Word,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// The append-only ledger of verifications, decisions and reviews
    #[command(subcommand)]
    Ledger(LedgerCommand),
}

/// A reviewer's word.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Word {
    /// May be used.
    Approve,
    /// May not be used.
    Reject,
    /// The producer was asked.
    Ask,
}

/// What of a model is signed or digested.
#[derive(Debug, Clone, Args)]
pub struct What {
    /// Hash of the files
    #[arg(long, value_parser = ["sha256", "blake2b", "blake3"], default_value = "sha256")]
    pub hash: String,
    /// Hash the files in parts of this many bytes
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    pub shard_size: Option<u64>,
    /// Leave this path out (repeat); the bundle records it
    #[arg(long, alias = "ignore_paths", value_name = "PATH")]
    pub ignore_paths: Vec<PathBuf>,
    /// Sign .git, .gitattributes, .github and .gitignore too
    #[arg(long, alias = "no-ignore_git_paths", alias = "no-ignore_git-paths")]
    pub no_ignore_git_paths: bool,
    /// Follow symbolic links inside the model
    #[arg(long, alias = "allow_symlinks")]
    pub allow_symlinks: bool,
    /// Hash on this many threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
}

/// Options of every way to sign.
#[derive(Debug, Clone, Args)]
pub struct SignCommon {
    /// The model's folder or file
    pub model: PathBuf,
    /// Where the bundle goes [default: model.sig in the model's folder]
    #[arg(long, value_name = "FILE")]
    pub signature: Option<PathBuf>,
    /// Append the bundle to this file of claims, too
    #[arg(long, alias = "append_claims", value_name = "FILE")]
    pub append_claims: Option<PathBuf>,
    /// Take the digests of files that were not touched since from the workspace's store, and keep new ones there
    #[arg(long)]
    pub reuse_digests: bool,
    #[command(flatten)]
    pub what: What,
}

/// A private key in a file.
#[derive(Debug, Clone, Args)]
pub struct PrivateKey {
    /// PEM file of the private key: P-256, P-384 or P-521
    #[arg(long, alias = "private_key", value_name = "PEM")]
    pub private_key: PathBuf,
    #[command(flatten)]
    pub password: Password,
}

/// Where a key's password comes from.
#[derive(Debug, Clone, Args)]
pub struct Password {
    /// File with the key's password [default: TOUCHMARK_PASSWORD, or else a prompt]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The reference's flag. Refused, and its value is dropped: the list of processes shows it to everyone.
    #[arg(long = "password", hide = true, value_name = "WORD", value_parser = dropped)]
    pub on_the_command_line: Option<()>,
}

/// Parses a secret that should not have been given: nothing of it is kept.
fn dropped(_: &str) -> Result<(), std::convert::Infallible> {
    Ok(())
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key pair: FILE for you alone, FILE.pub for everyone
    Generate {
        /// Where the private key goes
        file: PathBuf,
        /// The curve
        #[arg(long, value_enum, default_value_t = CurveName::P384, ignore_case = true)]
        curve: CurveName,
        #[command(flatten)]
        password: Password,
        /// Do not encrypt the key, and do not ask for a password
        #[arg(long, conflicts_with = "password_file")]
        no_password: bool,
        /// Replace a pair of that name
        #[arg(long)]
        force: bool,
    },
    /// Curve, fingerprint and encryption of a key file; never a secret
    Show {
        /// PEM file of a private or public key
        file: PathBuf,
        #[command(flatten)]
        password: Password,
    },
}

/// The curves of OMS.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CurveName {
    /// SHA-256.
    #[value(name = "P-256", aliases = ["p256", "prime256v1", "secp256r1"])]
    P256,
    /// SHA-384.
    #[value(name = "P-384", aliases = ["p384", "secp384r1"])]
    P384,
    /// SHA-512.
    #[value(name = "P-521", aliases = ["p521", "secp521r1"])]
    P521,
}

/// How to sign.
#[derive(Debug, Subcommand)]
pub enum Sign {
    /// With a bare key
    Key {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        key: PrivateKey,
        #[command(flatten)]
        timestamp: super::commands::sign::timestamp::Timestamp,
    },
    /// With a key and its certificate chain
    Certificate {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        key: PrivateKey,
        #[command(flatten)]
        chain: Chain,
        #[command(flatten)]
        timestamp: super::commands::sign::timestamp::Timestamp,
    },
    /// With an identity at a Sigstore instance; uses the network
    Sigstore(super::commands::sign::sigstore::SignSigstore),
    /// With a bare key in a PKCS#11 token
    Pkcs11Key {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        timestamp: super::commands::sign::timestamp::Timestamp,
    },
    /// With a key in a PKCS#11 token and its certificate chain
    Pkcs11Certificate {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        chain: Chain,
        #[command(flatten)]
        timestamp: super::commands::sign::timestamp::Timestamp,
    },
}

/// A private key in a token.
#[derive(Clone, Args)]
pub struct Token {
    /// Token and key (RFC 7512): pkcs11:token=NAME;object=NAME
    #[arg(long, alias = "pkcs11_uri", value_name = "URI")]
    pub pkcs11_uri: String,
    /// The token's PKCS#11 module [default: module-path or module-name of the URI]
    #[arg(long, value_name = "FILE")]
    pub module: Option<PathBuf>,
    /// File with the PIN [default: TOUCHMARK_PIN, pin-source of the URI, or else a prompt]
    #[arg(long, value_name = "FILE")]
    pub pin_file: Option<PathBuf>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URI may hold a PIN.
        f.debug_struct("Token").field("module", &self.module).finish_non_exhaustive()
    }
}

/// The signer's certificates.
#[derive(Debug, Clone, Args)]
pub struct Chain {
    /// PEM file of the signer's certificate
    #[arg(long, alias = "signing_certificate", value_name = "PEM")]
    pub signing_certificate: PathBuf,
    /// PEM file of the certificates above it (repeat, or one concatenated file)
    #[arg(long, alias = "certificate_chain", value_name = "PEM")]
    pub certificate_chain: Vec<PathBuf>,
}

/// Verify, either way.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Verify {
    /// What to trust, when flags say it
    #[command(subcommand)]
    pub method: Option<VerifyMethod>,
    /// A model's id, folder or file, verified by the policy
    #[arg(required = true)]
    pub model: Option<PathBuf>,
    /// The bundle, when it is not in the model's folder
    #[arg(long, value_name = "FILE")]
    pub signature: Option<PathBuf>,
    /// Show every check with expected, found and remedy
    #[arg(long)]
    pub explain: bool,
    /// Compute every digest, also where the policy lets remembered ones count
    #[arg(long)]
    pub in_full: bool,
    /// Hash on this many threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
}

/// Options of the ways to verify that say what to trust.
#[derive(Debug, Clone, Args)]
pub struct VerifyCommon {
    /// The model's folder or file
    pub model: PathBuf,
    /// The bundle [default: model.sig in the model's folder]
    #[arg(long, value_name = "FILE")]
    pub signature: Option<PathBuf>,
    /// Leave this path out (repeat)
    #[arg(long, alias = "ignore_paths", value_name = "PATH")]
    pub ignore_paths: Vec<PathBuf>,
    /// Do not leave out .git, .gitattributes, .github and .gitignore
    #[arg(long, alias = "no-ignore_git_paths")]
    pub no_ignore_git_paths: bool,
    /// Do not fail on files that are not signed
    #[arg(long, alias = "ignore_unsigned_files")]
    pub ignore_unsigned_files: bool,
    /// Fail when no transparency log holds the signature
    #[arg(long)]
    pub require_log: bool,
    /// Fail when nobody but the signer says when it was signed
    #[arg(long)]
    pub require_timestamp: bool,
    /// Show every check with expected, found and remedy
    #[arg(long)]
    pub explain: bool,
    /// Hash on this many threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
}

/// What to trust.
#[derive(Debug, Subcommand)]
pub enum VerifyMethod {
    /// A public key
    Key {
        #[command(flatten)]
        common: VerifyCommon,
        /// PEM file of the public key
        #[arg(long, alias = "public_key", value_name = "PEM")]
        public_key: PathBuf,
        #[command(flatten)]
        timestamps: super::commands::sign::timestamp::Authorities,
    },
    /// Certificate authorities
    Certificate {
        #[command(flatten)]
        common: VerifyCommon,
        /// PEM file of the authorities that you trust (repeat)
        #[arg(long, alias = "certificate_chain", value_name = "PEM", required = true)]
        certificate_chain: Vec<PathBuf>,
        /// File of the authorities' revocation lists, PEM or DER (repeat); nothing is fetched
        #[arg(long, value_name = "FILE")]
        crl: Vec<PathBuf>,
        /// The signer's subject name, exactly (as `inspect` shows it)
        #[arg(long)]
        identity: Option<String>,
        #[command(flatten)]
        timestamps: super::commands::sign::timestamp::Authorities,
    },
    /// An identity in a Sigstore instance
    Sigstore {
        #[command(flatten)]
        common: VerifyCommon,
        /// The signer, exactly
        #[arg(long)]
        identity: String,
        /// The issuer of the signer's identity, exactly
        #[arg(long, alias = "identity_provider", value_name = "URL")]
        identity_provider: String,
        /// A trusted_root.json or client trust config [default: the public-good instance]
        #[arg(long, alias = "trust_config", value_name = "FILE")]
        trust_config: Option<PathBuf>,
        /// Trust Sigstore's staging instance instead: for tests only
        #[arg(long, alias = "use_staging", conflicts_with = "trust_config")]
        use_staging: bool,
    },
}

/// What to do with the policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check a policy file: all faults, with lines
    Check {
        /// The file [default: the workspace's policy]
        file: Option<PathBuf>,
    },
    /// Print a built-in policy, to start from
    Show {
        /// baseline or strict
        #[arg(default_value = "baseline")]
        name: String,
    },
}

/// A format of bills of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// CycloneDX, JSON.
    Cyclonedx,
    /// SPDX 3.0.1, JSON-LD.
    Spdx,
}

/// A version of CycloneDX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BillVersion {
    /// 1.6.
    #[value(name = "1.6")]
    V1_6,
    /// 1.7.
    #[value(name = "1.7")]
    V1_7,
}

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// List the records
    Show {
        /// Only of this model
        model: Option<String>,
    },
    /// Recompute the chain of hashes
    Verify,
    /// Write all records as JSON Lines to standard output
    Export,
    /// Take over the records that another store exported; what is here must be what they begin with
    Import {
        /// JSON Lines, as `ledger export` writes them
        file: PathBuf,
    },
}
