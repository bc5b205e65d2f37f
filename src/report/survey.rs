//! The whole inventory in numbers, as text: bars with their counts, and never one number for all.

use super::text::{Row, table};
use crate::maturity::{Duty, SCOPE};
use crate::text::{Untrusted, clip, count, screen, width};
use crate::view::{
    Covered, Duties, Exposure, Gap, GapOutcomes, Methods, NotMeasured, OpenMusts, Producer, Share,
    SignedTimes, Survey,
};
use jiff::Timestamp;
use std::fmt::Write;

/// Cells of a bar.
const BAR: usize = 16;
/// Gaps, producers and requests that are listed; the others are counted.
const LISTED: usize = 20;
/// The most columns of a control's title.
const TITLE: usize = 48;

/// The numbers of an inventory, or of the models that a filter finds; `all` lists what is long.
pub fn survey(survey: &Survey, filter: &str, all: bool) -> String {
    let most = if all { usize::MAX } else { LISTED };
    let mut out = heading(survey, filter);
    if survey.counted.models == 0 {
        out.push_str("\nNo model matches.\n");
        return out;
    }
    out.push_str(&levels(survey));
    out.push_str(&coverage(&survey.coverage, survey.days));
    out.push_str(&duties(&survey.duties, survey.measured.models));
    out.push_str(&gaps(survey, most));
    out.push_str(&producers(survey, most));
    out.push_str(&asks(survey, most));
    if let Some(inputs) = &survey.inputs {
        let digest = |text: &str| text.chars().take(12).collect::<String>();
        let _ = writeln!(
            out,
            "\nRests on: policy {}  rubric {}  anchors {}  evidence {}",
            digest(&inputs.policy.digest),
            inputs.rubric.map(|rubric| digest(&rubric.to_string())).unwrap_or_default(),
            digest(&inputs.anchors.to_string()),
            digest(&inputs.evidence.to_string()),
        );
    }
    let _ = writeln!(out, "{SCOPE} It is about a model, so there is none for a producer or an organisation.");
    out
}

fn heading(survey: &Survey, filter: &str) -> String {
    let stage = screen(&survey.stage);
    let mut out = match filter {
        "" => format!("{} at stage {stage}, as of {}\n", count(survey.inventory, "model"), survey.at),
        filter => format!(
            "{} of {} at stage {stage}, as of {}: {}\n",
            survey.counted.models,
            count(survey.inventory, "model"),
            survey.at,
            screen(filter)
        ),
    };
    let _ = writeln!(out, "level measured for {}", of(survey.measured.models, survey.counted.models));
    out
}

/// `3 of 4`.
fn of(some: usize, all: usize) -> String {
    format!("{some} of {all}")
}

/// A bar of a part of a whole; what is there takes at least one cell.
fn bar(part: usize, whole: usize) -> String {
    let full = (part * BAR).checked_div(whole).unwrap_or(0).max(usize::from(part > 0)).min(BAR);
    "▮".repeat(full) + &"▯".repeat(BAR - full)
}

/// Own and effective, or one number where they are the same.
fn both(own: usize, effective: usize) -> String {
    if own == effective { own.to_string() } else { format!("{own} → {effective}") }
}

fn levels(survey: &Survey) -> String {
    let most = survey.measured.models;
    let mut rows: Vec<Row> =
        vec![["  level", "own", "effective", "deployments", "descendants"].map(str::to_owned).to_vec()];
    for level in survey.levels.iter().rev() {
        let Exposure { models, deployments, descendants } = level.own;
        let after = level.effective;
        rows.push(vec![
            format!("  L{}", level.level),
            format!("{} {models}", bar(models, most)),
            format!("{} {}", bar(after.models, most), after.models),
            both(deployments, after.deployments),
            both(descendants, after.descendants),
        ]);
    }
    let mut out = format!("\nLevels of {}\n{}", count(most, "measured model"), table(&rows));
    if survey.capped.models > 0 {
        let _ = writeln!(
            out,
            "  {} lose a level to an ancestor{}",
            of(survey.capped.models, most),
            exposed(survey.capped)
        );
    }
    let NotMeasured { all, .. } = survey.not_measured;
    if all.models > 0 {
        let why = unmeasured(&survey.not_measured).join(", ");
        let _ = writeln!(out, "  · not measured: {}{} ({why})", count(all.models, "model"), exposed(all));
    }
    out
}

/// `, in 3 deployments, with 12 descendants`.
fn exposed(exposure: Exposure) -> String {
    let mut out = String::new();
    if exposure.deployments > 0 {
        let _ = write!(out, ", in {}", count(exposure.deployments, "deployment"));
    }
    if exposure.descendants > 0 {
        let _ = write!(out, ", with {}", count(exposure.descendants, "descendant"));
    }
    out
}

/// Why models were not measured.
pub fn unmeasured(not: &NotMeasured) -> Vec<String> {
    let parts = [
        (not.not_verified, "not verified"),
        (not.changed, "changed since verified"),
        (not.evidence_lost, "evidence lost"),
        (not.no_files, "without files"),
    ];
    parts.into_iter().filter(|(many, _)| *many > 0).map(|(many, why)| format!("{many} {why}")).collect()
}

/// The rows of the coverage, with what each is about.
pub fn covered(covered: &Covered, days: u32) -> [(String, Share); 6] {
    [
        ("signed".to_owned(), covered.signed),
        (format!("verified ≤{days} d"), covered.verified),
        ("passing".to_owned(), covered.passing),
        ("signer pinned".to_owned(), covered.pinned),
        ("logged".to_owned(), covered.logged),
        ("bound in a BOM".to_owned(), covered.bound),
    ]
}

/// `31 of 43`; `? of 43` where nothing is known, `n/a` where the question applies to nothing.
pub fn shared(share: &Share) -> String {
    match (share.of(), share.yes + share.no) {
        (0, _) => "n/a".to_owned(),
        (all, 0) => format!("? of {all}"),
        (all, _) => of(share.yes, all),
    }
}

/// What a share leaves open: `5 unknown, 2 n/a`.
pub fn left_open(share: &Share) -> String {
    let parts = [(share.unknown, "unknown"), (share.not_applicable, "n/a")];
    let parts = parts.into_iter().filter(|(many, _)| *many > 0);
    parts.map(|(many, word)| format!("{many} {word}")).collect::<Vec<_>>().join(", ")
}

/// `72 %`, or `≥72 %` where some are not known; `unknown` where nothing is, `–` where the question applies to nothing.
pub fn percent(share: &Share) -> String {
    match share.percent() {
        _ if share.of() == 0 => "–".to_owned(),
        None => "unknown".to_owned(),
        Some(_) if share.yes == 0 && share.unknown > 0 => "unknown".to_owned(),
        Some(0) if share.yes > 0 => "<1 %".to_owned(),
        Some(percent) if share.unknown > 0 => format!("≥{percent} %"),
        Some(percent) => format!("{percent} %"),
    }
}

fn coverage(found: &Covered, days: u32) -> String {
    let row = |(what, share): (String, Share)| -> Row {
        vec![
            format!("  {what}"),
            bar(share.yes, share.of()),
            shared(&share),
            percent(&share),
            left_open(&share),
        ]
    };
    let rows: Vec<Row> = covered(found, days).into_iter().map(row).collect();
    format!("\nCoverage\n{}", table(&rows))
}

/// The word for who has to act.
pub fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Producer => "producer",
        Duty::Consumer => "us",
        Duty::Both => "both",
    }
}

fn duties(found: &Duties, measured: usize) -> String {
    if measured == 0 {
        return String::new();
    }
    let rows = [
        ("the producer alone", found.models_producer),
        ("us alone", found.models_us),
        ("both", found.models_both),
        ("nobody: highest level", found.models_none),
    ];
    let row = |(who, models): (&str, usize)| -> Row {
        vec![format!("  {who}"), bar(models, measured), of(models, measured)]
    };
    let rows: Vec<Row> = rows.into_iter().map(row).collect();
    format!("\nWhose turn it is: models wait for\n{}  open musts: {}\n", table(&rows), open_musts(found))
}

/// Open musts by who has to act: `producer 75 of 5 controls, us …`.
pub fn open_musts(found: &Duties) -> String {
    let parts = [("producer", found.producer), ("us", found.us), ("both", found.both)];
    let part = |(who, musts): (&str, OpenMusts)| {
        format!("{who} {} of {}", musts.open, count(musts.controls, "control"))
    };
    parts.map(part).join(", ")
}

/// What became of a control, in words.
pub fn outcomes(found: &GapOutcomes) -> String {
    let parts = [
        (found.contradicted, "contradicted"),
        (found.missing, "missing"),
        (found.partial, "partial"),
        (found.unknown, "unknown"),
    ];
    let parts = parts.into_iter().filter(|(many, _)| *many > 0);
    parts.map(|(many, word)| format!("{many} {word}")).collect::<Vec<_>>().join(", ")
}

fn gaps(survey: &Survey, most: usize) -> String {
    let measured = survey.measured.models;
    if survey.gaps.is_empty() {
        return match measured {
            0 => "\nNothing is measured yet: `touchmark verify MODEL` verifies a model.\n".to_owned(),
            _ => "\nNo must is open: every measured model has the highest level.\n".to_owned(),
        };
    }
    let row = |gap: &Gap| -> Row {
        vec![
            format!("  {}", screen(&gap.control)),
            bar(gap.models, measured),
            of(gap.models, measured),
            duty(gap.duty).to_owned(),
            clip(&screen(&gap.title), TITLE),
            outcomes(&gap.outcomes),
            both_exposed(gap.exposure),
        ]
    };
    let mut rows: Vec<Row> = survey.gaps.iter().take(most).map(row).collect();
    let head = ["  control", "models blocked", "", "who", "", "outcome", "deployments, descendants"];
    rows.insert(0, head.map(str::to_owned).to_vec());
    format!("\nGaps\n{}{}", table(&rows), more(survey.gaps.len(), most, "gap"))
}

fn both_exposed(exposure: Exposure) -> String {
    format!("{}, {}", exposure.deployments, exposure.descendants)
}

fn more(all: usize, most: usize, one: &str) -> String {
    match all.saturating_sub(most) {
        0 => String::new(),
        left => format!("  {}: --all lists them\n", count(left, &format!("more {one}"))),
    }
}

/// A producer's name.
pub fn producer_name(producer: &Producer) -> String {
    match producer.name.raw() {
        "" => "(no producer)".to_owned(),
        _ => producer.name.screen(),
    }
}

/// How models were signed: `certificate 3, key 2, not read 4`.
pub fn methods(found: &Methods) -> String {
    let parts = [
        ("certificate", found.certificate),
        ("key", found.key),
        ("keyless", found.keyless),
        ("not read", found.unknown),
    ];
    let parts = parts.into_iter().filter(|(_, many)| *many > 0);
    parts.map(|(word, many)| format!("{word} {many}")).collect::<Vec<_>>().join(", ")
}

/// A day.
pub fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// When models were signed, by proven times: `2026-01-02 – 2026-11-03`, or `unknown`.
pub fn times(times: &SignedTimes) -> String {
    match (times.first, times.last) {
        (Some(first), Some(last)) if day(first) == day(last) => day(first),
        (Some(first), Some(last)) => format!("{} – {}", day(first), day(last)),
        _ => "unknown".to_owned(),
    }
}

fn producers(survey: &Survey, most: usize) -> String {
    let row = |producer: &Producer| -> Row {
        let mut cells = vec![
            format!("  {}", producer_name(producer)),
            producer.models.to_string(),
            format!("{} {}", shared(&producer.signed), percent(&producer.signed)),
            shared(&producer.passing),
        ];
        cells
            .extend(producer.effective.map(|many| if many == 0 { "·".to_owned() } else { many.to_string() }));
        cells.push((producer.models - producer.measured).to_string());
        let methods = methods(&producer.methods);
        cells.push(if methods.is_empty() { "–".to_owned() } else { methods });
        cells.push(if producer.signed.yes == 0 { "–".to_owned() } else { times(&producer.times) });
        cells.push(producer.asks.len().to_string());
        cells
    };
    let mut rows: Vec<Row> = survey.producers.iter().take(most).map(row).collect();
    let head = [
        "  producer",
        "models",
        "signed",
        "passing",
        "L0",
        "L1",
        "L2",
        "L3",
        "not measured",
        "methods",
        "signed, by proven time",
        "open asks",
    ];
    rows.insert(0, head.map(str::to_owned).to_vec());
    let note =
        "  L0 to L3: models by effective level. No signature says whether its key lay in a PKCS#11 token.\n";
    format!(
        "\nProducers: {}\n{}{}{note}",
        survey.producers.len(),
        table(&rows),
        more(survey.producers.len(), most, "producer")
    )
}

fn asks(survey: &Survey, most: usize) -> String {
    let all = survey.asks();
    if all == 0 {
        return String::new();
    }
    let asks = survey.producers.iter().flat_map(|producer| &producer.asks);
    let row = |ask: &crate::view::Ask| -> Row {
        vec![
            format!("  {}", ask.model.screen()),
            format!("asked {}", day(ask.at)),
            format!("by {}", ask.by.screen()),
            short(&ask.reason),
        ]
    };
    let rows: Vec<Row> = asks.take(most).map(row).collect();
    format!("\nOpen requests to producers: {all}\n{}{}", table(&rows), more(all, most, "request"))
}

fn short(text: &Untrusted) -> String {
    let text = text.screen();
    if width(&text) > 2 * TITLE { clip(&text, 2 * TITLE) } else { text }
}
