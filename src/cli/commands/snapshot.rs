//! `snapshot`: takes a snapshot of the workspace, and checks one that was taken.

use crate::cli::common::Common;
use crate::cli::links;
use crate::cli::output::Output;
use crate::cli::session::open_to_judge;
use crate::cli::signer::StatementSigner;
use crate::cli::snapshot_file::{lines, read};
use crate::cli::vouchers::Vouchers;
use crate::clock::this_second;
use crate::decision::{Vouched, snapshot_of, snapshot_statement};
use crate::disk::write_whole;
use crate::documents::{
    SnapshotSignatureDocument, SnapshotSignedDocument, SnapshotTakenDocument, SnapshotVerifyDocument, names,
};
use crate::error::{Code, Error, Result};
use crate::signing::{Bundle, Outcome, Progress};
use crate::snapshot::Seal;
use crate::text::{count, screen};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// The arguments of `snapshot`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Snapshot {
    /// What to do with a snapshot; without it one is taken
    #[command(subcommand)]
    command: Option<SnapshotCommand>,
    /// Write the snapshot to this file; without it, print only the digest
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a file of that name
    #[arg(long, requires = "out")]
    force: bool,
}

/// What to do with a snapshot.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    Verify {
        /// The snapshot
        file: PathBuf,
        /// Its signature [default: the file of the same name with `.sig` behind it, where there is one]
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        #[command(flatten)]
        vouchers: Vouchers,
    },
    #[command(subcommand)]
    Sign(StatementSigner<Signed>),
}

/// Which snapshot is signed.
#[derive(Debug, Clone, Args)]
pub(crate) struct Signed {
    /// The snapshot
    file: PathBuf,
    /// Where the signature goes [default: the file of the same name with `.sig` behind it]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

pub(super) fn run(arguments: &Snapshot, common: &Common, output: &Output) -> Result<u8> {
    match &arguments.command {
        Some(SnapshotCommand::Verify { file, signature, vouchers }) => {
            return verify((file, signature.as_deref()), vouchers, common, output);
        }
        Some(SnapshotCommand::Sign(signer)) => return sign(signer, common, output),
        None => {}
    }
    let workbench = open_to_judge(common)?;
    let file = arguments.out.as_deref();
    let Seal { digest, models } = workbench.snapshot(file, arguments.force, &Progress::default())?;
    let many = count(usize::try_from(models).unwrap_or(usize::MAX), "model");
    let human = match file {
        Some(file) => format!("✓ written  {}  {many}\n{digest}\n", links::file(file)),
        None => format!("{digest}\n"),
    };
    output.print(&human, || SnapshotTakenDocument {
        schema: names::SnapshotTaken,
        file: file.map(Path::to_string_lossy),
        models,
        digest: &digest,
    });
    Ok(0)
}

fn sign(signer: &StatementSigner<Signed>, common: &Common, output: &Output) -> Result<u8> {
    let Signed { file, signature } = signer.to();
    if common.read_only {
        return Err(Error::new(Code::Usage, "a signature cannot be written with --read-only")
            .help("leave out --read-only; nothing was written"));
    }
    let (reader, seal) = read(file)?;
    let seal = seal.ok_or_else(|| {
        Error::new(Code::Malformed, "the snapshot was changed: its digest does not fit")
            .at_path(file)
            .help("take a new one: `touchmark snapshot --out FILE`")
    })?;
    let signature = signature.clone().unwrap_or_else(|| beside(file));
    let is_taken = std::fs::symlink_metadata(&signature).is_ok();
    if is_taken && !Bundle::read(&signature).is_ok_and(|bundle| snapshot_of(&bundle).is_some()) {
        return Err(Error::new(
            Code::Usage,
            "the signature would overwrite a file that is no signature of a snapshot",
        )
        .at_path(&signature)
        .help("name another file with --signature"));
    }
    let payload = snapshot_statement(seal.digest.parse()?, reader.at(), seal.models)?;
    let signed = signer.sign(&payload, this_second(), output)?;
    write_whole(&signature, &signed.bundle)?;
    let mut human = format!(
        "✓ signed  {}\n  digest       {}\n  signature    {}\n  signed by    {}\n",
        screen(&file.to_string_lossy()),
        seal.digest,
        screen(&signature.to_string_lossy()),
        signed.signer.screen()
    );
    human.push_str(signed.told.as_deref().unwrap_or_default());
    output.print(&human, || SnapshotSignedDocument {
        schema: names::SnapshotSigned,
        file: file.to_string_lossy(),
        digest: &seal.digest,
        signature: signature.to_string_lossy(),
        signer: &signed.signer,
        signed_at: signed.at,
    });
    Ok(0)
}

/// `snapshot.json.sig`, beside the snapshot.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// The signature of a snapshot, judged.
struct Judged {
    file: PathBuf,
    outcome: Outcome,
    vouched: Vouched,
}

/// The status is 0 when it is as it was written and a signature counts or is not there, 3 when nobody who is trusted
/// vouches for the signature, else 1.
fn verify(
    (file, signature): (&Path, Option<&Path>),
    vouchers: &Vouchers,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let (reader, seal) = read(file)?;
    let digest = seal.as_ref().map(|seal| seal.digest.as_str());
    let signature = judged((file, signature), digest, vouchers, common)?;
    let whole = match (&seal, &signature) {
        (None, _) => Outcome::Fail,
        (Some(_), Some(signature)) => signature.outcome,
        (Some(_), None) => Outcome::Pass,
    };
    let mut human = format!(
        "{} {}  {}\n{}",
        whole.glyph(),
        whole.word(),
        screen(&file.to_string_lossy()),
        lines(&reader, seal.as_ref())
    );
    if let Some(Judged { file, outcome, vouched }) = &signature {
        let signer = vouched.signer().map(|signer| signer.subject.screen()).unwrap_or_default();
        let word = match outcome {
            Outcome::Pass => format!("by {signer}"),
            Outcome::Unknown => format!("by {signer}, which no anchor vouches for"),
            _ => format!("by {signer}; it does not hold for this snapshot"),
        };
        human.push_str(&format!("  signed       {word}  ({})\n", screen(&file.to_string_lossy())));
    } else {
        human.push_str("  signed       no\n");
    }
    output.print(&human, || SnapshotVerifyDocument {
        schema: names::SnapshotVerify,
        outcome: whole,
        at: reader.at(),
        about: reader.about(),
        models: seal.as_ref().map(|seal| seal.models),
        digest,
        signature: signature.as_ref().map(|judged| SnapshotSignatureDocument {
            file: judged.file.to_string_lossy(),
            outcome: judged.outcome,
            signer: judged.vouched.signer(),
            signed_at: judged.vouched.verification.signed_at.map(|(at, _)| at),
        }),
    });
    Ok(match whole {
        Outcome::Pass => 0,
        Outcome::Unknown => 3,
        _ => 1,
    })
}

/// Judges the signature that is named, or that lies beside; by what flags trust, or by the policy of the workspace.
fn judged(
    (file, named): (&Path, Option<&Path>),
    digest: Option<&str>,
    vouchers: &Vouchers,
    common: &Common,
) -> Result<Option<Judged>> {
    let file = match named {
        Some(named) => named.to_owned(),
        None => beside(file),
    };
    if named.is_none() && std::fs::symlink_metadata(&file).is_err() {
        return Ok(None);
    }
    let bundle = Bundle::read(&file)?;
    let trust = vouchers.trust()?;
    let vouched = match &trust {
        Some(trust) => Vouched::by_trust(&bundle, trust, common.now()),
        None => {
            let workbench = open_to_judge(common)?;
            let view = workbench.view();
            Vouched::by_policy(&bundle, view.trust.trust(), &view.policy, view.at)
        }
    };
    let is_about_it = snapshot_of(&bundle).is_some_and(|about| Some(about.to_string().as_str()) == digest);
    let outcome = vouched.outcome(is_about_it);
    Ok(Some(Judged { file, outcome, vouched }))
}
