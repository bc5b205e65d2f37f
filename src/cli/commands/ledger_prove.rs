//! `ledger prove`: that a record is one of those that a checkpoint stands for, for whoever has only the checkpoint.

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{open, open_to_judge};
use crate::cli::vouchers::Vouchers;
use crate::decision::{KeptCheckpoint, LedgerProof, ProofFault, Vouched};
use crate::disk::read_small;
use crate::documents::{LedgerProofCheckDocument, names};
use crate::error::Result;
use crate::signing::Outcome;
use crate::store::LIMIT_EVIDENCE_BYTES;
use crate::text::{count, screen};
use crate::words::ledger_proof::proof_fault;
use crate::workbench::read_checkpoint;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `ledger prove`.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The number of a record, as `ledger show` lists it
    #[arg(required_unless_present = "check")]
    record: Option<u64>,
    /// Check this proof instead, which needs the checkpoint and no workspace; with a number also that it is of that record
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    check: Option<PathBuf>,
    /// The checkpoint [default: the newest in the folder `checkpoints` beside the store that stands for the record]
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    vouchers: Vouchers,
}

pub(super) fn run(arguments: &Prove, common: &Common, output: &Output) -> Result<u8> {
    match (&arguments.check, &arguments.checkpoint, arguments.record) {
        (Some(proof), Some(checkpoint), record) => {
            check((proof, checkpoint, record), &arguments.vouchers, common, output)
        }
        (_, checkpoint, record) => {
            let (proof, kept) = open(common)?.prove(record.unwrap_or_default(), checkpoint.as_deref())?;
            output.document(&proof);
            output.note(&format!(
                "✓ record {} is one of {}; checkpoint {}",
                proof.record.seq,
                count(usize::try_from(proof.records).unwrap_or(usize::MAX), "record"),
                kept.digest
            ));
            if kept.bundle.is_none() {
                output.note("! nobody signed the checkpoint: the proof is worth what its copies are");
            }
            Ok(0)
        }
    }
}

/// The status is 0 when the record is proven and the checkpoint's signature counts, 1 when the proof does not hold or
/// the signature is contradicted, 3 when the signature does not count or is not there.
fn check(
    (proof, checkpoint, record): (&Path, &Path, Option<u64>),
    vouchers: &Vouchers,
    common: &Common,
    output: &Output,
) -> Result<u8> {
    let trust = vouchers.trust()?;
    let file = proof;
    let bytes = read_small(file, u64::try_from(LIMIT_EVIDENCE_BYTES).unwrap_or(u64::MAX))?;
    let proof = LedgerProof::parse(&bytes).map_err(|error| error.at_path(file))?;
    let kept = read_checkpoint(checkpoint)?;
    let fault = match record {
        Some(record) if record != proof.record.seq => Some(ProofFault::OtherRecord),
        _ => proof.fault_against(&kept.checkpoint)?,
    };
    let vouched = match (&kept.bundle, &trust) {
        (None, _) => None,
        (Some(bundle), Some(trust)) => Some(Vouched::by_trust(bundle, trust, common.now())),
        (Some(bundle), None) => {
            let view = open_to_judge(common)?.view();
            Some(Vouched::by_policy(bundle, view.trust.trust(), &view.policy, view.at))
        }
    };
    let outcome = match (fault, &vouched) {
        (Some(_), _) => Outcome::Fail,
        (None, Some(vouched)) => vouched.outcome(true),
        (None, None) => Outcome::Unknown,
    };
    output.print(&told(&proof, &kept, fault, vouched.as_ref(), outcome), || LedgerProofCheckDocument {
        schema: names::LedgerProofCheck,
        outcome,
        record: proof.record.seq,
        kind: proof.record.kind.as_str(),
        model: &proof.record.model,
        at: proof.record.at,
        fault,
        checkpoint: kept.digest,
        records: kept.checkpoint.records,
        signer: vouched.as_ref().and_then(Vouched::signer),
        signed_at: vouched.as_ref().and_then(|vouched| vouched.verification.signed_at).map(|(at, _)| at),
        counts: vouched.as_ref().is_some_and(|vouched| vouched.counts),
    });
    Ok(match outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        _ => 3,
    })
}

fn told(
    proof: &LedgerProof,
    kept: &KeptCheckpoint,
    fault: Option<ProofFault>,
    vouched: Option<&Vouched>,
    outcome: Outcome,
) -> String {
    let record = &proof.record;
    let what = format!(
        "record {}  {} of {}  {}",
        record.seq,
        screen(record.kind.as_str()),
        record.model.screen(),
        record.at
    );
    let signer = vouched.and_then(Vouched::signer).map(|signer| signer.subject.screen());
    // A bundle of a bare key does not say whose it is.
    let signer = signer.unwrap_or_else(|| "a signer".to_owned());
    let by = match vouched.map(|vouched| vouched.outcome(true)) {
        None => "nobody signed it".to_owned(),
        Some(Outcome::Pass) => format!("signed by {signer}"),
        Some(Outcome::Fail) => format!("the signature of {signer} does not hold"),
        Some(_) => format!("signed by {signer}, whom no anchor vouches for"),
    };
    let records = count(usize::try_from(kept.checkpoint.records).unwrap_or(usize::MAX), "record");
    let mut out = match fault {
        Some(fault) => format!("✗ {}  {what}: {}\n", outcome.word(), proof_fault(fault)),
        None => format!("{} {}  {what}: one of {records}\n", outcome.glyph(), outcome.word()),
    };
    out.push_str(&format!("  checkpoint   {records} at {}, {by}\n", kept.checkpoint.at));
    out
}
