//! Packs in words: what is in one that was made, and what came of checking one.

use crate::decision::Vouched;
use crate::pack::{CheckedPack, Pack, PackFault};
use crate::signing::Outcome;
use crate::text::{count, screen};
use crate::words::pack::pack_fault;
use jiff::Timestamp;
use std::fmt::Write;

/// Lines of a kind that are listed; the rest is counted.
const SHOWN: usize = 20;
/// Differences of a fault that are listed.
const SHOWN_DIFFERENCES: usize = 5;

/// The page that a pack holds for people.
pub fn pack_readme(pack: &Pack, (at, stage): (Timestamp, &str), program: &str) -> String {
    let mut out = format!(
        "# Evidence pack\n\nMade by Touchmark {program}. Everything in it was judged as of {at}, for the stage `{}`.\n\n\
         Check it on any machine that has the program, with the public key or the certificate authority of whoever signed it:\n\n\
         ```\ntouchmark audit verify PACK.zip --public-key KEY.pem\n```\n\n\
         `manifest.json` names every member by its SHA-256; `manifest.sig` is the signature over it, where there is one. \
         A member that was left out on purpose is named with `\"redacted\": true`.\n\n\
         | folder | what is in it |\n|---|---|\n\
         | `verdicts` | the verdict on each model, and the digests of what it was judged from |\n\
         | `evidence`, `inventory`, `files`, `contents`, `bundles`, `claims` | that evidence; the weights themselves are not here, their digests are in `files` |\n\
         | `policies`, `rubrics`, `trust`, `anchors` | the rules: policy, rubric, trust anchors and revocation lists |\n\
         | `ledger`, `checkpoints` | records of verifications, decisions and reviews, the proof that a signed checkpoint stands for each, and that checkpoint |\n\
         | `reports`, `models.cdx.json` | the same for people, and as a bill of materials: made from the above, covered by the signature only |\n\n\
         ## Models\n\n",
        screen(stage)
    );
    for model in &pack.models {
        let _ = writeln!(out, "- `{}`: {}", model.model.screen(), screen(&model.verdict));
    }
    out
}

/// What came of checking a pack.
pub fn checked_pack(checked: &CheckedPack, file: &str) -> String {
    let outcome = checked.outcome();
    let what = match outcome {
        Outcome::Pass => "everything was checked and fits",
        Outcome::Fail => "something does not fit",
        _ => "nothing contradicts, and not everything could be checked",
    };
    let mut out = format!("{} {}  {}  {what}\n", outcome.glyph(), outcome.word(), screen(file));
    if let Some(manifest) = &checked.manifest {
        let _ = writeln!(
            out,
            "  judged       as of {} for the stage {}, by Touchmark {}",
            manifest.at,
            screen(&manifest.stage),
            screen(&manifest.program)
        );
    }
    let _ = writeln!(out, "  signature    {}", signature(checked.signature, checked.vouched.as_ref()));
    let redacted = match checked.redacted.len() {
        0 => String::new(),
        many => format!("; {} left out", count(many, "member")),
    };
    let _ = writeln!(out, "  members      {} as the manifest says{redacted}", checked.held);
    for checkpoint in checked.checkpoints.iter().take(SHOWN) {
        let said = &checkpoint.kept.checkpoint;
        let _ = writeln!(
            out,
            "  checkpoint   {} at {}, {}",
            count(usize::try_from(said.records).unwrap_or(usize::MAX), "record"),
            said.at,
            signature(checkpoint.outcome, checkpoint.vouched.as_ref())
        );
    }
    let proven = checked.records.iter().filter(|record| record.proven == Outcome::Pass).count();
    let again = checked.records.iter().filter(|record| record.again == Outcome::Pass).count();
    let _ = writeln!(
        out,
        "  ledger       {}: {proven} proven under a checkpoint that counts, {again} judged again with the same result",
        count(checked.records.len(), "record"),
    );
    let same = checked.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Pass).count();
    let _ = writeln!(
        out,
        "  verdicts     {}: {same} judged again with the same result",
        count(checked.verdicts.len(), "verdict")
    );
    list(&mut out, checked.faults.iter(), fault);
    let open = checked
        .verdicts
        .iter()
        .map(|verdict| (verdict.outcome, verdict.model.screen(), &verdict.lacks))
        .chain(
            checked
                .records
                .iter()
                .map(|record| (record.again, format!("record {}", record.entry.seq), &record.lacks)),
        )
        .filter(|(outcome, ..)| *outcome == Outcome::Unknown);
    list(&mut out, open, |(_, name, lacks)| {
        let first = lacks.first().map(|first| screen(first)).unwrap_or_default();
        let more = match lacks.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("  ? {name}: not judged again, {first}{more} is not here")
    });
    out
}

fn list<T>(out: &mut String, items: impl Iterator<Item = T>, line: impl Fn(T) -> String) {
    let mut more = 0;
    for (place, item) in items.enumerate() {
        if place < SHOWN {
            let _ = writeln!(out, "{}", line(item));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let _ = writeln!(out, "  and {more} more; use --format json to list all");
    }
}

fn fault(fault: &PackFault) -> String {
    let why = fault.why.as_ref().map(|why| format!(" ({})", screen(why))).unwrap_or_default();
    let mut out = format!("  ✗ {}: {}{why}", screen(&fault.member), pack_fault(fault.kind));
    let text = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), screen);
    for difference in fault.differences.iter().take(SHOWN_DIFFERENCES) {
        let (was, is) = (text(&difference.was), text(&difference.is));
        let _ = write!(out, "\n      {}: {was} → {is}", screen(&difference.place));
    }
    out
}

fn signature(outcome: Outcome, vouched: Option<&Vouched>) -> String {
    let signer = vouched.and_then(Vouched::signer).map(|signer| signer.subject.screen());
    // A bundle of a bare key does not say whose it is.
    let signer = signer.unwrap_or_else(|| "a signer".to_owned());
    let at = vouched.and_then(|vouched| vouched.verification.signed_at);
    let at = at.map(|(at, _)| format!(" at {at}")).unwrap_or_default();
    match outcome {
        Outcome::Missing => "nobody signed it".to_owned(),
        Outcome::Pass => format!("by {signer}{at}"),
        Outcome::Unknown => format!("by {signer}, whom none of the given keys and authorities vouches for"),
        _ => format!("of {signer} does not hold"),
    }
}
