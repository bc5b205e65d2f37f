//! One model, and one verification, as pages.

use super::models::{like, oddity};
use super::page::{Block, Cell, Page, Table, Tone};
use crate::decision::Decision;
use crate::inventory::FactKey;
use crate::policy::NameMark;
use crate::report::case;
use crate::report::snapshot::{change, summary};
use crate::report::{compared_summary, compared_title, values};
use crate::signing::{FilesReport, Verification};
use crate::snapshot::Diff;
use crate::text::{Untrusted, count, size};
use crate::view::View;
use crate::view::comparison::{Comparison, RowWord};
use crate::words::Face;
use crate::words::controls::control;
use crate::words::names::mark;
use crate::words::reasons::{told, word};

/// Everything that is known of a model.
pub(super) fn model(view: &View, index: usize) -> Page {
    let Some(model) = view.models.get(index) else { return Page::new("no such model") };
    let summary = view.summary(index);
    let mut page = Page::new(&model.name);
    let place = match &model.location {
        Some(location) => Cell::new(location.to_string_lossy()),
        None => "no files here, only documents".into(),
    };
    let mut facts = vec![("id", Cell::new(model.id.raw())), ("kind", model.kind.word().into())];
    facts.extend(oddity(view, index).map(|odd| ("name", odd)));
    facts.push(("location", place));
    facts.push((
        "status",
        Cell::new(format!("{} {}", summary.glyph(), summary.word)).in_tone(if summary.is_untouched {
            Tone::Dim
        } else {
            summary.outcome.into()
        }),
    ));
    let standing = view.standing(index).map(|verified| &verified.verification);
    if !summary.signer.raw().is_empty() {
        facts.push(("signed by", like(summary.signer.screen(), view.signer_like(index))));
    }
    if let Some(root) = standing.and_then(|v| v.root_digest) {
        facts.push(("root digest", Cell::new(root.to_string())));
    }
    let verdict = view.verdict(index);
    if let Some(verdict) = &verdict {
        let level = match verdict.decision {
            Decision::NotJudged => Cell::new("not judged").in_tone(Tone::Dim),
            _ if !summary.is_capped() => summary.levels().into(),
            _ => Cell::new(summary.levels()).in_tone(Tone::Warn),
        };
        facts.push(("level", level));
        facts.push(("stage", Cell::new(&verdict.stage)));
        facts.push(("gate", Cell::decision(verdict.decision)));
    }
    page.blocks.push(Block::Facts(facts));
    if let Some(verdict) = &verdict {
        let case = case(view, verdict);
        let reasons = told(&case, Face::Text).into_iter().map(|told| {
            let class = told.class.map_or("", word);
            vec![told.codes.join(", ").into(), class.into(), Cell::from(&told.text), told.remedy.into()]
        });
        let columns = vec!["reason", "class", "what was found", "what to do"];
        page.section("Reasons", Table { columns, rows: reasons.collect() });
    }
    let facts = model.facts.iter().map(|fact| {
        let from = format!("{} {}", fact.source.raw(), fact.place.raw());
        let other = view.publisher_like(index).filter(|_| fact.key == FactKey::Publisher);
        vec![fact.key.word().into(), like(fact.shown(), other), fact.basis.word().into(), from.into()]
    });
    let columns = vec!["fact", "value", "basis", "source"];
    page.section("Facts", Table { columns, rows: facts.collect() });
    let parents = model.parents.iter().filter(|parent| view.graph.shows(&model.id, &parent.id));
    let parents = parents.map(|parent| {
        let digest = parent.digest.map(|digest| digest.to_string()).unwrap_or_default();
        vec![
            Cell::new(parent.id.raw()),
            parent.relation.word().into(),
            parent.basis.word().into(),
            digest.into(),
        ]
    });
    let columns = vec!["parent", "relation", "basis", "pinned to"];
    page.section("Parents", Table { columns, rows: parents.collect() });
    if let Some(verdict) = &verdict {
        let case = case(view, verdict);
        let rows = verdict.assessment.controls.iter().filter_map(|result| {
            let rule = view.rubric.control(&result.id)?;
            let (found, remedy) = control(result, rule, (case.verification, case.thing), Face::Text);
            Some(vec![
                Cell::outcome(result.outcome),
                Cell::new(&*result.id),
                Cell::new(&rule.title),
                result.basis.map_or("", |basis| basis.word()).into(),
                Cell::from(&found),
                remedy.into(),
            ])
        });
        let columns = vec!["outcome", "control", "requirement", "basis", "what was found", "what to do"];
        page.section("Controls", Table { columns, rows: rows.collect() });
    }
    let reviews =
        view.reviews.get(index).and_then(Option::as_deref).into_iter().flat_map(|first| first.all());
    let reviews = reviews.map(|review| {
        vec![
            review.word.word().into(),
            Cell::from(&review.by),
            review.at.to_string().into(),
            Cell::from(&review.reason),
            review.record.number.to_string().into(),
        ]
    });
    let columns = vec!["review", "by", "at", "reason", "record"];
    page.section("Reviews", Table { columns, rows: reviews.collect() });
    page
}

/// A verification of a model by the name it was given.
pub fn verification(
    name: &str,
    location: Option<&Untrusted>,
    v: &Verification,
    odd: Option<&NameMark>,
) -> Page {
    let mut page = Page::new(format!("Verification of {name}"));
    let mut facts = vec![("model", Cell::new(name))];
    facts.extend(odd.map(|odd| ("name", Cell::from(&mark(odd)).in_tone(Tone::Warn))));
    facts.extend(location.map(|location| ("location", Cell::from(location))));
    facts.push(("outcome", Cell::outcome(v.outcome())));
    facts.push(("verified", v.at.to_string().into()));
    if let Some(root) = v.root_digest {
        facts.push(("root digest", root.to_string().into()));
    }
    if let Some(signer) = &v.signer {
        let proven = if v.signer_proven() { "" } else { " (claimed, not proven)" };
        facts.push(("signed by", Cell::new(format!("{}{proven}", signer.subject.raw()))));
        facts.extend(signer.issuer.as_ref().map(|issuer| ("issuer", Cell::from(issuer))));
        facts.extend(signer.fingerprint.as_ref().map(|key| ("key", Cell::new(key))));
    }
    if let Some((at, source)) = &v.signed_at {
        facts.push(("signed at", Cell::new(format!("{at} ({})", source.words()))));
    }
    if let Some(digest) = &v.bundle_digest {
        facts.push(("bundle", Cell::new(format!("sha256:{digest}"))));
    }
    facts.push(("files", Cell::new(format!("{} match, {}", v.files.matched, size(v.files.bytes)))));
    page.blocks.push(Block::Facts(facts));
    let optional = |text: Option<&Untrusted>| text.map(Cell::from).unwrap_or_default();
    let checks = v.checks.iter().map(|check| {
        let words = v.words_of(check);
        vec![
            Cell::outcome(check.outcome),
            check.stage.name().into(),
            check.code.to_string().into(),
            words.summary.into(),
            optional(words.expected.as_ref()),
            optional(words.found.as_ref()),
            words.remedy.unwrap_or_default().into(),
        ]
    });
    let columns = vec!["outcome", "check", "code", "what", "expected", "found", "what to do"];
    page.section("Checks", Table { columns, rows: checks.collect() });
    page.section("Files", files(&v.files));
    page
}

/// How two snapshots differ.
pub fn changes(diff: &Diff) -> Page {
    let mut page = Page::new("Changes");
    page.blocks.push(Block::Lines(summary(diff).lines().map(Cell::from).collect()));
    let general = diff.general.iter().map(|told| vec![Cell::new(told.weight.glyph()), change(told).into()]);
    page.section("In general", Table { columns: vec!["weight", "change"], rows: general.collect() });
    let rows = diff.models.iter().flat_map(|model| {
        let cells = |told| vec![Cell::new(model.id.raw()), model.turn.words().into(), change(told).into()];
        model.changes.iter().map(cells)
    });
    page.section("Models", Table { columns: vec!["model", "group", "change"], rows: rows.collect() });
    page
}

/// Two models side by side: all that is kept of the comparison, what differs first.
pub(super) fn comparison(found: &Comparison) -> Page {
    let mut page = Page::new(format!("{} ↔ {}", found.first.raw(), found.second.raw()));
    page.blocks.push(Block::Note(compared_summary(found).into()));
    for part in &found.parts {
        let rows = part.rows.iter().map(|row| {
            let tone = if row.word == RowWord::Same { Tone::Dim } else { Tone::Warn };
            vec![
                Cell::new(format!("{} {}", row.word.glyph(), row.word.word())).in_tone(tone),
                Cell::from(&row.label),
                values(&row.first).into(),
                values(&row.second).into(),
            ]
        });
        let columns = vec!["", "what", "first", "second"];
        page.section(&compared_title(part), Table { columns, rows: rows.collect() });
        if part.left_out > 0 {
            let many = count(usize::try_from(part.left_out).unwrap_or(usize::MAX), "row");
            page.blocks.push(Block::Note(format!("{many} more not kept").into()));
        }
    }
    page
}

/// The files that are not as they were signed.
fn files(report: &FilesReport) -> Table {
    let mut rows = Vec::new();
    let mut add = |what: &str, tone: Tone, name: &Untrusted, expected: &str, found: &str, note: String| {
        rows.push(vec![
            Cell::new(what).in_tone(tone),
            Cell::from(name),
            expected.into(),
            found.into(),
            note.into(),
        ]);
    };
    for file in &report.changed {
        let place = file.place().map(|place| place.raw().to_owned());
        let note: Vec<String> =
            file.note.map(|note| note.words().to_string()).into_iter().chain(place).collect();
        add("✗ changed", Tone::Bad, &file.name, &file.expected, &file.found, note.join("; "));
    }
    for file in &report.moved {
        rows_of_moved(&file.line(), &mut add);
    }
    for name in report.truly_missing() {
        add("− missing", Tone::Bad, name, "", "", String::new());
    }
    for name in report.truly_extra() {
        add("+ unsigned", Tone::Bad, name, "", "", String::new());
    }
    for (name, why) in &report.unreadable {
        add("? unreadable", Tone::Unknown, name, "", "", why.words().to_string());
    }
    for name in &report.ignored {
        add("! ignored", Tone::Warn, name, "", "", "by the bundle's ignore_paths".to_owned());
    }
    Table { columns: vec!["state", "file", "expected", "found", "note"], rows }
}

fn rows_of_moved(line: &Untrusted, add: &mut impl FnMut(&str, Tone, &Untrusted, &str, &str, String)) {
    add("→ moved", Tone::Bad, line, "", "", String::new());
}
