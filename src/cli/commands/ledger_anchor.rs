//! `ledger anchor` and `ledger anchors`: where the ledgers of other workspaces ended, and whether they still go on from there.

use crate::cli::output::Output;
use crate::cli::vouchers::Vouchers;
use crate::decision::{AnchorRecord, HeadStanding};
use crate::documents::{LedgerAnchorDocument, LedgerAnchorsDocument};
use crate::error::Result;
use crate::text::count;
use crate::workbench::{Anchor, HandedIn, Workbench};
use clap::Args;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The arguments of `ledger anchor`.
#[derive(Debug, Args)]
pub(crate) struct AnchorArguments {
    /// A checkpoint of the other ledger, as `ledger checkpoint` writes it there
    checkpoint: PathBuf,
    /// The records of the other ledger, as `ledger export` writes them there: they show that it goes on from what was
    /// anchored, and which runs of fleets were sealed in it
    #[arg(long, value_name = "FILE")]
    records: Option<PathBuf>,
    #[command(flatten)]
    vouchers: Vouchers,
}

/// The status is 0 when it goes on from what was anchored before, 1 when it contradicts that, 3 when that is not shown or
/// nobody whose signature counts says it.
pub(super) fn anchor(workbench: &Workbench, arguments: &AnchorArguments, output: &Output) -> Result<u8> {
    let trust = arguments.vouchers.trust()?;
    if trust.is_none() {
        workbench.valid_policy()?;
    }
    let handed =
        workbench.anchor_ledger(&arguments.checkpoint, arguments.records.as_deref(), trust.as_deref())?;
    let Anchor { anchor, record } = match handed {
        HandedIn::Recorded(anchor) => *anchor,
        HandedIn::SignatureFails => {
            let human = "✗ refused  the signature of the checkpoint does not verify; nothing was recorded\n  Get it again from its writer.\n";
            output.print(human, || LedgerAnchorDocument::refused("signature"));
            return Ok(1);
        }
        HandedIn::LeadsElsewhere { at } => {
            let human = format!(
                "✗ refused  these records do not lead to the checkpoint: record {at} is another one, or not there; nothing was recorded\n  \
                 Export the ledger again where the checkpoint was made, after it.\n"
            );
            output.print(&human, || LedgerAnchorDocument::refused("records"));
            return Ok(1);
        }
    };
    output.print(&told(&anchor), || LedgerAnchorDocument::of(record, &anchor));
    Ok(status(&anchor))
}

/// The status is 1 when what was anchored last of a writer contradicts what was before.
pub(super) fn anchors(workbench: &Workbench, output: &Output) -> Result<u8> {
    let anchors = workbench.anchors_of(None)?;
    let mut last = BTreeMap::new();
    for one in &anchors {
        last.insert(one.anchor.writer, &one.anchor);
    }
    let human = match anchors.is_empty() {
        true => {
            "Nothing is anchored. `touchmark ledger anchor CHECKPOINT` keeps where another ledger ended.\n"
                .to_owned()
        }
        false => anchors.iter().map(line).collect(),
    };
    output.print_long(
        || human.clone(),
        || LedgerAnchorsDocument::of(anchors.iter().map(|one| (one.record, &one.anchor))),
    );
    Ok(u8::from(last.values().any(|anchor| anchor.standing.contradicts())))
}

fn status(anchor: &AnchorRecord) -> u8 {
    match anchor.standing {
        HeadStanding::Forked { .. } | HeadStanding::RolledBack { .. } => 1,
        HeadStanding::NotShown { .. } => 3,
        _ if !anchor.counts => 3,
        HeadStanding::First | HeadStanding::Same | HeadStanding::GoesOn { .. } => 0,
    }
}

fn glyph(anchor: &AnchorRecord) -> char {
    match status(anchor) {
        0 => '✓',
        1 => '✗',
        _ => '?',
    }
}

fn records(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "record")
}

fn by(anchor: &AnchorRecord) -> String {
    match (&anchor.signer, anchor.counts) {
        (None, _) => "no signer that is known here".to_owned(),
        (Some(signer), true) => format!("signed by {}", signer.screen()),
        (Some(signer), false) => format!("signed by {}, who does not count", signer.screen()),
    }
}

fn line(Anchor { anchor, record }: &Anchor) -> String {
    format!(
        "{} {:<11}  {}  {} on {}, {}  record {}\n",
        glyph(anchor),
        anchor.standing.word(),
        anchor.writer,
        records(anchor.records),
        anchor.at,
        by(anchor),
        record.number
    )
}

fn told(anchor: &AnchorRecord) -> String {
    let now = records(anchor.records);
    let how = match anchor.standing {
        HeadStanding::First => format!("{now}; nothing of this ledger that counts was anchored before"),
        HeadStanding::Same => format!("{now}, as anchored before"),
        HeadStanding::GoesOn { from } => {
            format!("{now}; it goes on from the {} that were anchored", records(from))
        }
        HeadStanding::NotShown { from } => format!(
            "{now}, {} were anchored; that it goes on from there shows with --records, the ledger as exported there",
            records(from)
        ),
        HeadStanding::RolledBack { from } => {
            format!("{now}, and {} were anchored: records are gone", records(from))
        }
        HeadStanding::Forked { at } => {
            format!(
                "{now}; record {at} is another one than was anchored: the ledger was rewritten, or there are two of it"
            )
        }
    };
    let mut out = format!("{} {}  {how}\n", glyph(anchor), anchor.standing.word());
    out.push_str(&format!("  ledger of    {}\n  head         {}\n", anchor.writer, anchor.head));
    out.push_str(&format!("  checkpoint   of {}, {}\n", anchor.at, by(anchor)));
    if anchor.read {
        let runs = anchor.runs.len() + usize::try_from(anchor.more_runs).unwrap_or(usize::MAX);
        out.push_str(&format!(
            "  records      read: the chain is whole; {} of fleets sealed in it\n",
            count(runs, "run")
        ));
    }
    if anchor.standing.contradicts() {
        out.push_str("  Ask its owner for both ledgers; what was anchored before stays what later ones are held against.\n");
    }
    out
}
