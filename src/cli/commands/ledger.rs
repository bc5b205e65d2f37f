//! `ledger`: the append-only records of verifications, decisions and reviews; shown, checked, carried over.
//!
//! A ledger may be larger than memory: what is shown and exported is written while it is read. It is read once before
//! the first word is written, so that of one that cannot be read nothing is shown, as of all else.

use super::ledger_anchor::{self, AnchorArguments};
use super::ledger_prove::{self, Prove};
use crate::cli::common::Common;
use crate::cli::links;
use crate::cli::output::Output;
use crate::cli::session::{open, warn_of_policy};
use crate::cli::signer::StatementSigner;
use crate::cli::vouchers::Vouchers;
use crate::clock::this_second;
use crate::documents::{
    AgainstDocument, LedgerCheckpointMadeDocument, LedgerDocument, LedgerExportDocument,
    LedgerImportDocument, LedgerOutcome, LedgerReplayDocument, LedgerVerifyDocument, names,
};
use crate::error::{Code, Error, Result};
use crate::forms::ocsf;
use crate::inventory::ModelId;
use crate::report::{self, Columns, Row};
use crate::store::{EvidenceDigest, LedgerEntry};
use crate::text::{count, screen};
use crate::words::reviews::said;
use crate::workbench::{CheckedAgainst, LedgerWord, ReplayBy, VerifiedLedger, Workbench, past_review};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::{Path, PathBuf};

/// Checkpoints that are named one by one; the others are counted.
const MANY: usize = 20;

/// The commands of `ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    Show {
        /// Only of this model
        model: Option<String>,
    },
    Verify {
        /// A checkpoint to hold the ledger against [default: those in the folder `checkpoints` beside the store]
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        #[command(flatten)]
        vouchers: Vouchers,
    },
    Checkpoint(Checkpoint),
    Replay {
        /// The number of a record, as `ledger show` lists it
        record: u64,
        /// Another policy than the recorded one: a file, or `now` for the policy in force
        #[arg(long, value_name = "FILE|now")]
        policy: Option<PathBuf>,
    },
    Prove(Prove),
    Anchor(AnchorArguments),
    Anchors,
    Export {
        /// `jsonl`: all records as they are, which `ledger import` reads; `ocsf`: verifications and decisions as events for
        /// other systems, see docs/ocsf.md
        #[arg(long = "as", value_name = "FORM", value_enum, default_value_t)]
        form: LedgerForm,
    },
    Import {
        /// JSON Lines, as `ledger export` writes them
        file: PathBuf,
    },
}

/// In which form a ledger is exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LedgerForm {
    #[default]
    Jsonl,
    Ocsf,
}

/// The arguments of `ledger checkpoint`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Checkpoint {
    /// How to sign it; without this the checkpoint is not signed and must be kept where it cannot be changed
    #[command(subcommand)]
    signer: Option<StatementSigner<To>>,
    #[command(flatten)]
    to: To,
}

/// Where a checkpoint goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct To {
    /// Write the checkpoint to this file [default: one in the folder `checkpoints` beside the store]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl LedgerCommand {
    /// Whether its output is a file for other programs: cut short, it must not be taken for whole.
    pub(super) fn is_product(&self) -> bool {
        matches!(self, LedgerCommand::Export { .. } | LedgerCommand::Prove(_))
    }
}

pub(super) fn run(arguments: &LedgerCommand, common: &Common, output: &Output) -> Result<u8> {
    if let LedgerCommand::Prove(prove) = arguments {
        return ledger_prove::run(prove, common, output);
    }
    // The policy of a replay judges the record; the workspace keeps its own, which `now` means.
    let workbench = match arguments {
        LedgerCommand::Replay { .. } => open(&Common { policy: None, ..common.clone() }),
        _ => open(common),
    }?;
    warn_of_policy(&workbench, output);
    match arguments {
        LedgerCommand::Show { model } => {
            show(&workbench, model.as_deref().map(ModelId::new).as_ref(), output)
        }
        LedgerCommand::Verify { checkpoint, vouchers } => {
            return verify(&workbench, checkpoint.as_deref(), vouchers, output);
        }
        LedgerCommand::Checkpoint(arguments) => checkpoint(&workbench, arguments, output),
        LedgerCommand::Replay { record, policy } => {
            return replay(&workbench, *record, policy.as_deref(), output);
        }
        LedgerCommand::Prove(_) => Ok(()),
        LedgerCommand::Anchor(arguments) => return ledger_anchor::anchor(&workbench, arguments, output),
        LedgerCommand::Anchors => return ledger_anchor::anchors(&workbench, output),
        LedgerCommand::Export { form } => export(&workbench, *form, output),
        LedgerCommand::Import { file } => import(&workbench, file, output),
    }
    .map(|()| 0)
}

/// The status is 0 when it is whole, anchored or not; 1 when a checkpoint contradicts it; 3 when there is nothing to be
/// whole, or nothing that counts to hold it against.
fn verify(workbench: &Workbench, named: Option<&Path>, vouchers: &Vouchers, output: &Output) -> Result<u8> {
    let trust = vouchers.trust()?;
    let found = workbench.ledger_against(named, trust.as_deref())?;
    if trust.is_none() && !found.checkpoints.is_empty() {
        // Which checkpoints count is for the policy to say, and for no other in its place.
        workbench.valid_policy()?;
    }
    let (outcome, from, status) = match found.word(named.is_some()) {
        LedgerWord::Whole => (LedgerOutcome::Whole, None, 0),
        LedgerWord::NotAnchored => (LedgerOutcome::NotAnchored, None, 0),
        LedgerWord::Missing => (LedgerOutcome::Missing, None, 3),
        LedgerWord::Unknown => (LedgerOutcome::Unknown, None, 3),
        LedgerWord::Contradicted(anchored) => (LedgerOutcome::from(anchored), anchored.from(), 1),
    };
    output.print(&told(&found, outcome, from), || LedgerVerifyDocument {
        schema: names::LedgerVerify,
        outcome,
        records: found.end.entries,
        head: &found.end.hash,
        workspace: found.workspace,
        from,
        checkpoints: found.checkpoints.iter().map(against).collect(),
        unread: found.unread.iter().map(|(file, _)| file.to_string_lossy().as_ref().into()).collect(),
    });
    Ok(status)
}

fn told(found: &VerifiedLedger, outcome: LedgerOutcome, from: Option<u64>) -> String {
    let records = count(usize::try_from(found.end.entries).unwrap_or(usize::MAX), "record");
    let since = from.map(|from| format!(" from record {from} on")).unwrap_or_default();
    let mut out = match outcome {
        LedgerOutcome::Whole => format!("✓ whole  {records}; a signed checkpoint vouches for them\n"),
        LedgerOutcome::NotAnchored => {
            format!("✓ whole in itself, not anchored  {records}; records cut off at the end would not show\n")
        }
        LedgerOutcome::Missing => "? missing  the ledger has no records\n".to_owned(),
        LedgerOutcome::Unknown => {
            format!("? unknown  {records}; the checkpoint's signature does not count\n")
        }
        other => format!("✗ {}{since}  a signed checkpoint contradicts the {records}\n", other.word()),
    };
    if let Some(workspace) = found.workspace {
        out.push_str(&format!("  workspace    {workspace}\n"));
    }
    for checked in found.checkpoints.iter().take(MANY) {
        let against = against(checked);
        let by = match (against.signer, against.counts) {
            (None, _) => "no signer that is known here".to_owned(),
            (Some(signer), true) => format!("signed by {}", signer.subject.screen()),
            (Some(signer), false) => format!("signed by {}, who does not count", signer.subject.screen()),
        };
        let from = against.from.map(|from| format!(" from record {from} on")).unwrap_or_default();
        out.push_str(&format!(
            "  checkpoint   {}{from}: {} of {}, {by}  {}\n",
            against.outcome.word(),
            count(usize::try_from(against.records).unwrap_or(usize::MAX), "record"),
            against.at,
            against.file.screen(),
        ));
    }
    if found.checkpoints.len() > MANY {
        out.push_str(&format!("               {} more checkpoints\n", found.checkpoints.len() - MANY));
    }
    for (file, error) in found.unread.iter().take(MANY) {
        out.push_str(&format!(
            "  ! not a checkpoint: {}  {}\n",
            screen(&file.to_string_lossy()),
            screen(&error.what)
        ));
    }
    out
}

fn against(checked: &CheckedAgainst) -> AgainstDocument<'_> {
    let said = &checked.kept.checkpoint;
    let vouched = checked.vouched.as_ref();
    AgainstDocument {
        file: checked.file.to_string_lossy().as_ref().into(),
        digest: checked.kept.digest,
        records: said.records,
        head: said.head,
        at: said.at,
        workspace: said.workspace,
        signer: vouched.and_then(|vouched| vouched.signer()),
        signed_at: vouched.and_then(|vouched| vouched.verification.signed_at).map(|(at, _)| at),
        counts: checked.counts(),
        outcome: checked.anchored.into(),
        from: checked.anchored.from(),
    }
}

fn checkpoint(workbench: &Workbench, arguments: &Checkpoint, output: &Output) -> Result<()> {
    let said = workbench.checkpoint()?;
    let payload = said.statement()?;
    let signed =
        arguments.signer.as_ref().map(|signer| signer.sign(&payload, this_second(), output)).transpose()?;
    let to = arguments.signer.as_ref().map_or(&arguments.to, StatementSigner::to);
    let bytes = signed.as_ref().map_or(payload.as_slice(), |signed| signed.bundle.as_slice());
    let file = workbench.keep_checkpoint(bytes, to.out.as_deref())?;
    let digest = EvidenceDigest::of(bytes)?;
    let many = count(usize::try_from(said.records).unwrap_or(usize::MAX), "record");
    let mut human = format!(
        "✓ written  {}  {many}\n  head         {}\n  digest       {digest}\n",
        links::file(&file),
        said.head
    );
    match &signed {
        Some(signed) => human.push_str(&format!("  signed by    {}\n", signed.signer.screen())),
        None => human.push_str("  ! not signed: keep it, or its digest, where it cannot be changed\n"),
    }
    human.push_str(signed.as_ref().and_then(|signed| signed.told.as_deref()).unwrap_or_default());
    output.print(&human, || LedgerCheckpointMadeDocument {
        schema: names::LedgerCheckpointMade,
        file: file.to_string_lossy(),
        digest,
        checkpoint: &said,
        signer: signed.as_ref().map(|signed| &signed.signer),
        signed_at: signed.as_ref().and_then(|signed| signed.at),
    });
    Ok(())
}

/// The status is 1 when something else comes of it.
fn replay(workbench: &Workbench, record: u64, policy: Option<&Path>, output: &Output) -> Result<u8> {
    let by = match policy {
        None => ReplayBy::Recorded,
        Some(path) if path.as_os_str() == "now" => ReplayBy::InForce,
        Some(path) => ReplayBy::File(path.to_owned()),
    };
    let replayed = workbench.replay(record, &by)?;
    output.print(&report::replayed(&replayed), || LedgerReplayDocument::of(&replayed));
    Ok(if replayed.is_same { 0 } else { 1 })
}

fn import(workbench: &Workbench, file: &Path, output: &Output) -> Result<()> {
    let imported = workbench.import_ledger(file)?;
    let (entries, added) = (imported.entries, imported.added);
    let human = match added {
        0 => format!("✓ nothing to do  all {entries} records are here already\n"),
        _ => format!("✓ imported  {added} of {entries} records; the chain of hashes is whole\n"),
    };
    output.print(&human, || LedgerImportDocument { schema: names::LedgerImport, records: entries, added });
    Ok(())
}

fn show(workbench: &Workbench, model: Option<&ModelId>, output: &Output) -> Result<()> {
    let (mut columns, mut end) = (Columns::default(), 0);
    workbench.show_ledger(model, |entry| {
        columns.fit(&row(&entry));
        end = entry.seq;
        Ok(Continue(()))
    })?;
    let mut pieces = output.pieces();
    let measured = |take: &mut dyn FnMut(LedgerEntry) -> Result<ControlFlow<()>>| {
        // What is appended meanwhile was not measured.
        workbench.show_ledger(model, |entry| if entry.seq <= end { take(entry) } else { Ok(Break(())) })
    };
    if !output.is_json() {
        return measured(&mut |entry| Ok(pieces.add(&columns.line(&row(&entry)))));
    }
    let (head, tail) = around(&LedgerDocument { schema: names::Ledger, records: &[] }, ']')?;
    let (mut before, mut after) = (head.as_str(), "");
    measured(&mut |entry| {
        // An item of this array stands two levels in.
        let item = written(&entry)?.replace('\n', "\n    ");
        let added = pieces.add(&format!("{before}\n    {item}"));
        (before, after) = (",", "\n  ");
        Ok(added)
    })?;
    let head = if after.is_empty() { before } else { after };
    let _ = pieces.add(&format!("{head}{tail}"));
    Ok(())
}

/// Hands the ledger to `take`, line by line.
fn lines(
    workbench: &Workbench,
    form: LedgerForm,
    mut take: impl FnMut(String) -> Result<ControlFlow<()>>,
) -> Result<()> {
    match form {
        LedgerForm::Jsonl => workbench.export_ledger(take),
        LedgerForm::Ocsf => workbench.show_ledger(None, |entry| match ocsf(&entry)? {
            Some(line) => take(line),
            None => Ok(Continue(())),
        }),
    }
}

fn export(workbench: &Workbench, form: LedgerForm, output: &Output) -> Result<()> {
    let mut left = 0_u64;
    lines(workbench, form, |_| {
        left += 1;
        Ok(Continue(()))
    })?;
    let all = workbench.view().ledger.entries;
    if form == LedgerForm::Ocsf && all > left {
        let kept = usize::try_from(all - left).unwrap_or(usize::MAX);
        output.note(&format!(
            "{} left out: only verifications and decisions are events",
            count(kept, "record")
        ));
    }
    let mut counted = |take: &mut dyn FnMut(&str) -> Result<ControlFlow<()>>| {
        lines(workbench, form, |line| {
            let Some(less) = left.checked_sub(1) else { return Ok(Break(())) };
            left = less;
            take(&line)
        })
    };
    let mut pieces = output.pieces();
    if !output.is_json() {
        return counted(&mut |line| Ok(pieces.add(line)));
    }
    let (head, tail) = around(&LedgerExportDocument { schema: names::LedgerExport, lines: "" }, '"')?;
    let _ = pieces.add(&head);
    counted(&mut |line| {
        let text = written(line)?;
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Ok(pieces.add(inner.unwrap_or_default()))
    })?;
    let _ = pieces.add(&tail);
    Ok(())
}

fn row(entry: &LedgerEntry) -> Row {
    vec![
        entry.seq.to_string(),
        entry.at.to_string(),
        screen(entry.kind.as_str()),
        entry.model.screen(),
        entry.hash.chars().take(12).collect(),
        past_review(entry)
            .map(|past| said(past.word, past.of, &past.by, &past.reason).screen())
            .unwrap_or_default(),
    ]
}

fn written<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    crate::json::to_string(value).map_err(|cause| {
        Error::new(Code::Internal, format!("the document cannot be written as JSON ({cause})"))
    })
}

/// A document whose last member is empty, as what stands before the closing sign of that member and from it on.
fn around(document: &impl Serialize, closing: char) -> Result<(String, String)> {
    let mut head = written(document)?;
    let tail = head.split_off(head.rfind(closing).unwrap_or(head.len()));
    Ok((head, tail + "\n"))
}
