//! What changed between two times, as text.

use super::text::table;
use crate::text::{Untrusted, count, screen};
use crate::view::continuity::{PublisherTrend, SignerPart, SignerSeen};
use crate::view::trend::{
    Ascribed, Missing, Origin, Proof, Shift, Stand, Trend, TrendCause, TrendGroup, TrendInput, TrendSide,
};
use std::fmt::Write as _;

/// What a trend takes to have been as it is now, because no record keeps it.
pub const TREND_ASSUMES: &[&str] = &[
    "between a verification and the next record on a model its files and its inventory entry did not change",
    "models without a verification at a date had the inventory entry of today",
    "deployments, checkpoints and the policy's own signature are those of today",
    "a policy is in force from the first record that names it",
    "imported feeds and what was triaged, drills, and what is declared of places are those of today",
];

/// What changed and why; of each group at most so many models are listed.
pub fn trend(trend: &Trend, most: usize) -> String {
    let Trend { from, to, stage, differing, unchanged, changed, not_recorded, unread, .. } = trend;
    let (all, stage) = (count(changed + unchanged, "model"), screen(stage));
    let mut out = match changed {
        0 => format!("✓ no change  {all} at stage {stage}\n"),
        some => format!("! {some} of {all} changed at stage {stage}\n"),
    };
    let _ = writeln!(out, "  from     {}\n  to       {}", side(from), side(to));
    if let Some(scope) = &trend.scope {
        let _ = writeln!(out, "  which    {}", screen(scope));
    }
    out.push('\n');
    out.push_str(&totals(trend));
    for one in &trend.groups {
        out.push('\n');
        group(&mut out, one, most);
    }
    if !trend.publishers.is_empty() {
        let _ = writeln!(out, "\npublishers, by the names of their models");
        trend.publishers.iter().for_each(|one| publisher(&mut out, one, most));
    }
    let inputs: Vec<&str> = differing.iter().map(|input| input_word(*input)).collect();
    let _ = match inputs.is_empty() {
        true => writeln!(out, "\nnothing that is judged from differs"),
        false => writeln!(out, "\ndiffers: {}; each was exchanged alone", inputs.join(", ")),
    };
    if *not_recorded > 0 {
        let _ = writeln!(out, "not looked at: {} without a verification", count(*not_recorded, "model"));
    }
    if *unread > 0 {
        let _ = writeln!(out, "not read: {} of an earlier version", count(*unread, "record"));
    }
    let _ = writeln!(out, "assumed:");
    for one in TREND_ASSUMES {
        let _ = writeln!(out, "  {one}");
    }
    for (word, side) in [("from", from), ("to", to)] {
        let _ = match &side.inputs {
            Some(inputs) => writeln!(
                out,
                "\n  {word}\n    evidence {}\n    policy   {}\n    anchors  {}",
                inputs.evidence, inputs.policy.digest, inputs.anchors
            ),
            None => writeln!(out, "\n  {word}\n    its records or rules are not in this store"),
        };
    }
    out
}

fn publisher(out: &mut String, publisher: &PublisherTrend, most: usize) {
    let PublisherTrend { publisher, signed, changes, unsigned } = publisher;
    let _ = writeln!(out, "  {}  {} with a signature", publisher.screen(), count(*signed, "verification"));
    for change in changes.iter().take(most) {
        let parts: Vec<&str> = change.differs.iter().map(|part| part_word(*part)).collect();
        let _ = writeln!(out, "  ! another {}", parts.join(" and another "));
        let _ = writeln!(out, "      {}\n    → {}", signer(&change.before), signer(&change.after));
    }
    for gone in unsigned.iter().take(most) {
        let found = match (gone.at, gone.record) {
            (Some(at), Some(record)) => format!("{at}  record {}", record.number),
            _ => "the last scan, not verified".to_owned(),
        };
        let _ = writeln!(out, "  ✗ unsigned, all before were signed: {}", gone.model.screen());
        let _ = writeln!(out, "      {}\n    → {found}", signer(&gone.before));
    }
    let more = changes.len().saturating_sub(most) + unsigned.len().saturating_sub(most);
    if more > 0 {
        let _ = writeln!(out, "    {more} more; use --limit 0 to list all");
    }
}

/// A signature as a verification found it, in a line.
pub(crate) fn signer(seen: &SignerSeen) -> String {
    let SignerSeen { model, record, at, method, signer, issuer, proven, .. } = seen;
    let issuer = issuer.as_ref().map(|issuer| format!(", issuer {}", issuer.screen())).unwrap_or_default();
    let proven = if *proven { "" } else { "  (declared, not proven)" };
    let (number, model) = (record.number, model.screen());
    let signer = signer.as_ref().map_or_else(|| "a key that is not trusted".to_owned(), Untrusted::screen);
    format!("{at}  record {number}  {model}  {}: {signer}{issuer}{proven}", method.as_str())
}

/// A part of who signed.
pub(crate) fn part_word(part: SignerPart) -> &'static str {
    match part {
        SignerPart::Method => "method",
        SignerPart::Issuer => "issuer",
        SignerPart::Signer => "signer",
        SignerPart::Workflow => "workflow",
    }
}

/// What a side is, in a line.
pub(crate) fn side(side: &TrendSide) -> String {
    let origin = match &side.origin {
        Origin::Now => "the workspace as it is".to_owned(),
        Origin::Snapshot { digest } => format!("snapshot {}", screen(digest)),
        Origin::Date => "as recorded by then".to_owned(),
        Origin::Record => "as of that record".to_owned(),
    };
    let (records, models) = (side.records, count(side.models, "model"));
    format!("{}  {origin}, ledger up to record {records}, {models}", side.at)
}

fn totals(trend: &Trend) -> String {
    let cells = |of: String, before: usize, after: usize| {
        let change = match after.cmp(&before) {
            std::cmp::Ordering::Equal => String::new(),
            std::cmp::Ordering::Greater => format!("+{}", after - before),
            std::cmp::Ordering::Less => format!("-{}", before - after),
        };
        vec![format!("  {of}"), before.to_string(), after.to_string(), change]
    };
    let head = vec!["  ".to_owned(), "from".to_owned(), "to".to_owned(), String::new()];
    let levels = trend.levels.iter().filter_map(|one| Some((one.of?, one.before, one.after)));
    let levels = levels.map(|(level, before, after)| cells(format!("L{level}"), before, after));
    let decisions = trend.decisions.iter();
    let decisions = decisions.map(|one| cells(one.of.word().to_owned(), one.before, one.after));
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(levels).chain(decisions).collect();
    table(&rows)
}

fn group(out: &mut String, group: &TrendGroup, most: usize) {
    let TrendGroup { shift, before, after, causes, reason, models } = group;
    let glyph = match shift {
        Shift::KeptOut => '✗',
        Shift::Tightened | Shift::Lowered | Shift::Removed => '!',
        Shift::LetIn | Shift::Eased | Shift::Raised => '✓',
        Shift::Added => '·',
    };
    let running = models.iter().filter(|model| model.deployments > 0).count();
    let running = if running > 0 { format!(" ({running} deployed)") } else { String::new() };
    let reason = reason.as_ref().map(|code| format!("  {}", screen(code))).unwrap_or_default();
    let change = change(*before, *after);
    let _ = writeln!(out, "{glyph} {}{running}: {change}{reason}", count(models.len(), "model"));
    causes.iter().for_each(|cause| {
        let _ = writeln!(out, "    {}", words(cause));
    });
    for model in models.iter().take(most) {
        let _ = writeln!(out, "      {}", model.model.screen());
    }
    if models.len() > most {
        let _ = writeln!(out, "      {} more; use --limit 0 to list all", models.len() - most);
    }
}

/// `admit → refuse, L1 → L0`.
pub(crate) fn change(before: Option<Stand>, after: Option<Stand>) -> String {
    let decision = |stand: Stand| stand.decision.word().to_owned();
    let level = |stand: Stand| stand.level.map_or("no level".to_owned(), |level| format!("L{level}"));
    let both = |of: &dyn Fn(Stand) -> String| match (before, after) {
        (Some(was), Some(is)) if of(was) == of(is) => of(is),
        (Some(was), Some(is)) => format!("{} → {}", of(was), of(is)),
        (one, other) => one.or(other).map(of).unwrap_or_default(),
    };
    format!("{}, {}", both(&decision), both(&level))
}

/// A cause in words, and how it is known.
pub(crate) fn words(ascribed: &Ascribed) -> String {
    let cause = match &ascribed.cause {
        TrendCause::Added => "new in the inventory".to_owned(),
        TrendCause::Removed => "no longer in the inventory".to_owned(),
        TrendCause::FirstVerified => "verified for the first time".to_owned(),
        TrendCause::Files => "its files are others".to_owned(),
        TrendCause::FilesChanged => "its files changed after the verification".to_owned(),
        TrendCause::Signature => "its signature is another one".to_owned(),
        TrendCause::Claims => "its claims are others".to_owned(),
        TrendCause::Contents => "what was found inside its files differs".to_owned(),
        TrendCause::Inventory => "what documents and folders say of it differs".to_owned(),
        TrendCause::VerifiedAgain => "verified again".to_owned(),
        TrendCause::EvidenceLost => "the evidence of its verification is gone".to_owned(),
        TrendCause::Ancestor { model } => format!("a change of the ancestor {}", model.screen()),
        TrendCause::Lineage => "the lineage differs".to_owned(),
        TrendCause::Review => "a review".to_owned(),
        TrendCause::Gate => "a gate decision".to_owned(),
        TrendCause::Policy => "the policy".to_owned(),
        TrendCause::Exception => "an exception of the policy".to_owned(),
        TrendCause::Anchors => "a trust anchor or revocation list".to_owned(),
        TrendCause::Rubric => "the rubric".to_owned(),
        TrendCause::Time => "time passed".to_owned(),
        TrendCause::Unknown { missing } => return format!("cause unknown: {}", lacks(*missing)),
    };
    match ascribed.proof {
        Proof::Needed | Proof::Stated => cause,
        Proof::Enough => format!("{cause} (enough alone, and so was something else)"),
        Proof::Together => format!("{cause} (with the others of its kind; not told apart)"),
    }
}

fn lacks(missing: Missing) -> &'static str {
    match missing {
        Missing::Ledger => "this ledger does not hold the records of the snapshot",
        Missing::Rules => "the policy, the trust anchors or the rubric of the snapshot are not in this store",
        Missing::Unrecorded => "judged from the records, the model does not stand where the snapshot says",
        Missing::Combination => "no single input does it",
    }
}

/// The name of an input.
pub(crate) fn input_word(input: TrendInput) -> &'static str {
    match input {
        TrendInput::Evidence => "evidence",
        TrendInput::Reviews => "reviews",
        TrendInput::Gates => "gate decisions",
        TrendInput::Policy => "policy",
        TrendInput::Exceptions => "exceptions",
        TrendInput::Anchors => "trust anchors",
        TrendInput::Rubric => "rubric",
        TrendInput::Time => "time",
    }
}

/// What a change means, in a word.
pub(crate) fn shift_word(shift: Shift) -> &'static str {
    match shift {
        Shift::KeptOut => "kept out",
        Shift::Tightened => "decided more strictly",
        Shift::Lowered => "level fell",
        Shift::Removed => "gone",
        Shift::LetIn => "let in",
        Shift::Eased => "decided less strictly",
        Shift::Raised => "level rose",
        Shift::Added => "new",
    }
}
