//! Flags that several commands share, with what they stand for. It knows no command.

use super::output::Output;
use super::secrets::PASSWORD;
use crate::disk::read_fed;
use crate::error::{Code, Error, Result};
use crate::signing::{Anchor, CertificateNote, HashAlgorithm, Only, Secret, SignOptions};
use crate::text::screen;
use clap::Args;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A key or certificate file larger than this is refused.
pub(super) const LIMIT_PEM_BYTES: u64 = 1024 * 1024;

/// The bytes of a key file; they are wiped when they are dropped.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`.
pub(super) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    // Large enough from the start: growing would leave copies behind.
    let room = usize::try_from(LIMIT_PEM_BYTES).unwrap_or(0) * 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    read_fed(path, LIMIT_PEM_BYTES, &mut bytes).map_err(|why| why.error(path))?;
    Ok(bytes)
}

/// Says which certificates of a file are not used.
pub(super) fn tell_unused(notes: &[CertificateNote], file: &str, output: &Output) {
    for note in notes {
        output.note(&format!("! {}: {}", screen(file), note.text().screen()));
    }
}

/// The same for the files of anchors.
pub(super) fn tell_unused_of(anchors: &[Anchor], output: &Output) {
    anchors.iter().for_each(|anchor| tell_unused(&anchor.notes, &anchor.origin, output));
}

/// How many threads hash.
#[derive(Debug, Clone, Args)]
pub(super) struct Jobs {
    /// Hash on this many threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
}

impl Jobs {
    /// Sets the number of threads that hash; the first call of a process decides.
    pub(super) fn set(&self) {
        if let Some(jobs) = self.jobs {
            let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build_global();
        }
    }
}

/// Which folder is meant.
#[derive(Debug, Clone, Args)]
pub(crate) struct Location {
    /// Where several folders come to the same name: judge the one at this path
    #[arg(long, value_name = "PATH")]
    pub(super) location: Option<PathBuf>,
}

/// Whether git's own files at the top of a model are part of it. The last flag counts.
#[derive(Debug, Clone, Args)]
pub(super) struct GitPaths {
    /// Leave out .git, .gitattributes, .github and .gitignore [default]
    #[arg(long, overrides_with = "no_ignore_git_paths")]
    ignore_git_paths: bool,
    /// Take .git, .gitattributes, .github and .gitignore for part of the model
    #[arg(long, overrides_with = "ignore_git_paths")]
    no_ignore_git_paths: bool,
}

impl GitPaths {
    /// Whether they are left out.
    pub(super) fn are_ignored(&self) -> bool {
        !self.no_ignore_git_paths
    }
}

/// Which part of a model is meant.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Part {
    /// Verify only the files that this pattern fits (repeat): `*Q4_K_M*`, `onnx/model.onnx`. The outcome is then partial
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
}

impl Part {
    /// The same for the signing core.
    ///
    /// # Errors
    /// As [`Only::parse`].
    pub(super) fn only(&self) -> Result<Only> {
        Only::parse(&self.only)
    }
}

/// What of a model is signed or digested.
#[derive(Debug, Clone, Args)]
pub(super) struct What {
    /// Hash of the files
    #[arg(long, value_parser = ["sha256", "blake2b", "blake3"], default_value = "sha256")]
    hash: String,
    /// Hash the files in parts of this many bytes
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    shard_size: Option<u64>,
    /// Leave this path out (repeat), as seen from here or else from the model; the bundle records it
    #[arg(long, value_name = "PATH")]
    ignore_paths: Vec<PathBuf>,
    #[command(flatten)]
    git_paths: GitPaths,
    /// Follow symbolic links inside the model
    #[arg(long)]
    allow_symlinks: bool,
    /// Sign Git LFS pointers as they lie there, in place of the files that they stand for
    #[arg(long)]
    allow_lfs_pointers: bool,
    #[command(flatten)]
    pub(super) jobs: Jobs,
}

impl What {
    /// The same for the signing core.
    pub(super) fn options(&self, signature: PathBuf) -> SignOptions {
        SignOptions {
            signature,
            hash: HashAlgorithm::from_name(&self.hash).unwrap_or(HashAlgorithm::Sha256),
            shard_size: self.shard_size,
            ignore_paths: self.ignore_paths.clone(),
            ignore_git_paths: self.git_paths.are_ignored(),
            allow_symlinks: self.allow_symlinks,
            allow_lfs_pointers: self.allow_lfs_pointers,
        }
    }
}

/// Where a key's password comes from.
#[derive(Debug, Clone, Args)]
pub(crate) struct Password {
    /// File with the key's password [default: TOUCHMARK_PASSWORD, or else a prompt]
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// The reference's flag. Refused, and its value is dropped: the list of processes shows it to everyone.
    #[arg(long = "password", hide = true, value_name = "WORD", value_parser = dropped)]
    on_the_command_line: Option<()>,
}

/// Parses a secret that should not have been given: nothing of it is kept.
fn dropped(_: &str) -> std::result::Result<(), Infallible> {
    Ok(())
}

impl Password {
    /// The password that was given without asking.
    ///
    /// # Errors
    /// `E-USAGE` for a password on the command line; else as [`super::secrets::Kind::given`].
    pub(super) fn given(&self) -> Result<Option<Secret>> {
        if self.on_the_command_line.is_some() {
            return Err(Error::new(
                Code::Usage,
                "a password on the command line is readable by everyone here",
            )
            .at("--password")
            .help(format!(
                "give {} FILE, set {}, or wait to be asked; this password should be changed",
                PASSWORD.flag, PASSWORD.variable
            )));
        }
        PASSWORD.given(self.password_file.as_deref())
    }
}

/// Timestamp authorities that are trusted.
#[derive(Debug, Clone, Args)]
pub(crate) struct Authorities {
    /// File of a timestamp authority's certificates that you trust, its root among them (repeat)
    #[arg(long, value_name = "PEM")]
    pub(super) tsa_certificate_chain: Vec<PathBuf>,
    /// A trusted_root.json or client trust config whose timestamp authorities you trust
    #[arg(long, value_name = "FILE")]
    pub(super) trust_config: Option<PathBuf>,
}

impl Authorities {
    /// The anchors in the files.
    ///
    /// # Errors
    /// As [`Anchor::read_tsa`].
    pub(super) fn read(&self) -> Result<Vec<Anchor>> {
        let chains = self.tsa_certificate_chain.iter().map(|file| ("--tsa-certificate-chain", file));
        let config = self.trust_config.iter().map(|file| ("--trust-config", file));
        chains.chain(config).map(|(flag, file)| Anchor::read_tsa(flag, file)).collect()
    }

    pub(super) fn are_given(&self) -> bool {
        !self.tsa_certificate_chain.is_empty() || self.trust_config.is_some()
    }
}
