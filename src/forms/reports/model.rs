//! The report of one model as a page.

use super::super::lanes::drawing;
use super::super::models::oddity;
use super::super::page::{Bar, Cell, Chart, Page, Part, Table, Tone};
use super::audit::url;
use super::{basis, exceptions, relevant};
use crate::documents::{
    MaturityReportDocument, ModelDetail, PathEdge, ReportedControl, ReportedModel, ReportedVerification,
};
use crate::inventory::ModelId;
use crate::lineage::{Link, lanes};
use crate::maturity::Severity;
use crate::signing::Outcome;
use crate::text::count;
use crate::view::View;
use crate::words::{levels, walk};

/// Rows of the drawing of the lineage at most, and of lists that can be long.
const MOST_ROWS: usize = 200;

/// The outcomes in the order of the bars.
const ORDER: [Outcome; 6] = [
    Outcome::Pass,
    Outcome::Partial,
    Outcome::Fail,
    Outcome::Missing,
    Outcome::Unknown,
    Outcome::NotApplicable,
];

pub(super) fn page(
    view: &View,
    document: &MaturityReportDocument<'_>,
    id: &ModelId,
    detail: &ModelDetail<'_>,
) -> Page {
    let mut page = Page::new(format!("Maturity report: {}", id.raw()));
    let Some(row) = document.models.first() else { return page };
    page.note(document.scope);
    head(view, document, row, detail, &mut page);
    bars(detail, &mut page);
    cap(detail, &mut page);
    reasons(detail, &mut page);
    controls(detail, &mut page);
    let outcome = |id: &str| detail.controls.iter().find(|control| control.id == id).map(|one| one.outcome);
    exceptions::section(&document.exceptions, &mut page);
    relevant::section(document, &view.rubric, outcome, &mut page);
    lineage(view, id, detail, &mut page);
    claims(detail, &mut page);
    if let Some(found) = &detail.verification {
        verification(found, &mut page);
    }
    people(detail, &mut page);
    let rows = detail.not_looked_at.iter().map(|one| vec![Cell::from(&one.about), Cell::from(&one.why)]);
    first("What was not looked at", vec!["what", "why"], rows, &mut page);
    basis::levels(document, &mut page);
    basis::rests_on(&document.rests_on, &mut page);
    page
}

fn head(
    view: &View,
    document: &MaturityReportDocument<'_>,
    row: &ReportedModel<'_>,
    detail: &ModelDetail<'_>,
    page: &mut Page,
) {
    let mut facts = vec![("model", Cell::new(row.id.raw())), ("kind", row.kind.word().into())];
    let index = view.model(row.id).map(|(index, _)| index);
    facts.extend(index.and_then(|index| oddity(view, index)).map(|odd| ("name", odd)));
    facts.push((
        "location",
        match &detail.location {
            Some(location) => Cell::from(location),
            None => "no files here, only documents".into(),
        },
    ));
    facts.push((
        "root digest",
        match row.root_digest {
            Some(root) => Cell::code(root.to_string()),
            None => Cell::new("none computed from the files that lie here now").in_tone(Tone::Dim),
        },
    ));
    facts.push(("level", basis::level(row)));
    facts.push(("own level", named(document, row.is_measured, row.own)));
    facts.push(("effective level", named(document, row.is_measured, row.effective)));
    if row.is_measured {
        let words = [detail.progress.clone(), levels::above(detail.score), detail.star.to_owned()];
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        if !words.is_empty() {
            facts.push(("next", words.join("; ").into()));
        }
        if let Some(cap) = &row.cap {
            facts.push(("cap", Cell::from(cap).in_tone(Tone::Warn)));
        }
    }
    facts.push(("verification", basis::status(row)));
    if !row.signer.raw().is_empty() {
        facts.push(("signed by", Cell::from(&row.signer)));
    }
    if let Some(at) = row.verified_at {
        facts.push(("verified at", at.to_string().into()));
    }
    facts.push(("gate", Cell::decision(row.decision)));
    facts.push((
        "runs in",
        match row.deployments {
            0 => Cell::new("no deployment is recorded").in_tone(Tone::Dim),
            many => count(many, "place").into(),
        },
    ));
    facts.push(("evidence", Cell::code(document.rests_on.evidence.to_string())));
    facts.extend(basis::made(&document.rests_on));
    page.add(super::super::page::Block::Facts(facts));
}

/// A level with its names.
fn named(document: &MaturityReportDocument<'_>, is_measured: bool, level: u8) -> Cell {
    if !is_measured {
        return Cell::new("not measured").in_tone(Tone::Dim);
    }
    let levels = document.rests_on.rubric.levels.iter();
    let name = levels.into_iter().find(|known| known.level == level).map(|known| known.name);
    Cell::new(match name {
        Some(name) => format!("L{level}: {name}"),
        None => format!("L{level}: below level 1"),
    })
}

/// How the controls of each level came out.
fn bars(detail: &ModelDetail<'_>, page: &mut Page) {
    page.heading("Controls by level");
    page.note("Bars from the left: pass, partial, FAIL, missing, unknown. The rest does not apply.");
    let of_level = |level: u8| detail.controls.iter().filter(move |control| control.level == level);
    let whole = (1..=3).map(|level| of_level(level).count()).max().unwrap_or_default();
    let bar = |level: u8| {
        let many = |outcome| of_level(level).filter(|control| control.outcome == outcome).count();
        let counts = ORDER.map(|outcome| (outcome, many(outcome)));
        let parts = counts.map(|(outcome, many)| Part { many, tone: outcome.into() });
        Bar {
            name: format!("L{level}").into(),
            parts: parts.to_vec(),
            figures: format!("{} of {}", basis::outcomes(&counts), count(of_level(level).count(), "control"))
                .into(),
        }
    };
    page.add(Chart { columns: ["level", "controls"], whole, bars: (1..=3).map(bar).collect() });
}

/// What keeps the level below its own.
fn cap(detail: &ModelDetail<'_>, page: &mut Page) {
    let Some(sentence) = &detail.sentence else { return };
    page.heading("What caps the level");
    page.note(sentence);
    if let Some(lift) = &detail.lift {
        let command = lift.command.as_ref().map(|command| format!(": {command}")).unwrap_or_default();
        page.note(format!("To raise it: {}{command}", lift.what.raw()));
    }
    let rows = detail.chain.iter().map(|step| {
        vec![
            Cell::new(step.id.raw()),
            match step.in_inventory {
                true => format!("L{}", step.own).into(),
                false => Cell::new("not in the inventory").in_tone(Tone::Unknown),
            },
            match step.in_inventory {
                true => format!("L{}", step.effective).into(),
                false => Cell::default(),
            },
            step.relation.map_or("", |relation| relation.word()).into(),
            step.link.map_or("", Link::word).into(),
            step.why.map_or("", crate::words::caps::words).into(),
        ]
    });
    let columns = vec!["model", "own", "effective", "relation", "proof", "why"];
    page.add(Table { columns, rows: rows.collect() });
}

fn reasons(detail: &ModelDetail<'_>, page: &mut Page) {
    let rows = detail.reasons.iter().map(|reason| {
        vec![
            Cell::new(&reason.code),
            reason.class.map_or("", crate::words::reasons::word).into(),
            Cell::from(&reason.text),
            Cell::new(&reason.remedy),
        ]
    });
    let columns = vec!["reason", "class", "what was found", "what to do"];
    page.section("Reasons of the decision", Table { columns, rows: rows.collect() });
}

fn controls(detail: &ModelDetail<'_>, page: &mut Page) {
    let row = |control: &ReportedControl<'_>| {
        let first = control.evidence.first();
        let more = control.evidence.len().saturating_sub(1);
        let what = match (first, more) {
            (None, _) => Cell::new("the evidence as a whole").in_tone(Tone::Dim),
            (Some(piece), 0) => Cell::code(basis::piece(piece)),
            (Some(piece), more) => Cell::code(format!("{}, and {more} more", basis::piece(piece))),
        };
        let basis = control.basis.map(|basis| format!("{}: ", basis.word())).unwrap_or_default();
        vec![
            Cell::new(control.id),
            Cell::outcome(control.outcome),
            format!("{} ({})", control.title, weight(control)).into(),
            format!("{basis}{}", control.found.raw()).into(),
            what,
            Cell::new(&control.remedy),
        ]
    };
    let columns = vec!["control", "outcome", "requirement", "what was found", "evidence", "what to do"];
    page.section("All controls", Table { columns, rows: detail.controls.iter().map(row).collect() });
}

/// How much a control weighs, and who has to act.
fn weight(control: &ReportedControl<'_>) -> String {
    let weight = match control.severity {
        Severity::Must => "must",
        Severity::Should => "should",
        Severity::May => "may",
    };
    format!("{weight}; {}", basis::duty(control.duty))
}

fn lineage(view: &View, id: &ModelId, detail: &ModelDetail<'_>, page: &mut Page) {
    let lineage = &detail.lineage;
    page.heading("Lineage");
    let found = lineage.completeness;
    page.note(match (lineage.edges.is_empty(), found.declared) {
        (true, _) => "No parent is known.".to_owned(),
        (false, 0) => "None of the edges above it carries weight for a level.".to_owned(),
        (false, many) => format!(
            "{} of {} above it are proved and lead to a parent that verifies.",
            found.verified,
            count(usize::try_from(many).unwrap_or(usize::MAX), "edge")
        ),
    });
    page.note(match lineage.descendants {
        0 => "No model derives from it.".to_owned(),
        many => format!(
            "{} from it, directly or through others.",
            match many {
                1 => "1 model derives".to_owned(),
                many => format!("{many} models derive"),
            }
        ),
    });
    if !lineage.edges.is_empty() {
        page.add(drawing(view, &lanes(&view.graph, id, usize::MAX, 0, MOST_ROWS), id));
    }
    let rows = lineage.edges.iter().map(|edge| {
        let claim = edge.claims.iter().max_by_key(|claim| (claim.in_role, claim.signed_at));
        let by = match (claim, edge.declared.first()) {
            (Some(claim), _) => {
                Cell::code(format!("claim by {}, sha256 {}", claim.signer.raw(), claim.claim))
            }
            (None, Some(said)) => format!("{} {}", said.source.raw(), said.place.raw()).into(),
            (None, None) => Cell::default(),
        };
        let pin = edge.declared.iter().find_map(|said| said.digest);
        let pin = claim.map(|claim| claim.digest).or(pin);
        vec![
            Cell::new(edge.child.called()),
            Cell::new(edge.parent.called()),
            edge.relation.word().into(),
            Cell::new(edge.basis.word()),
            proof(edge),
            by,
            pin.map(|pin| Cell::code(pin.to_string())).unwrap_or_default(),
        ]
    });
    let columns = vec!["child", "parent", "relation", "basis", "proof", "evidence", "parent pinned to"];
    page.section("Edges above it", Table { columns, rows: rows.collect() });
    if lineage.left_out > 0 {
        page.note(format!("The edges of {} are not listed.", count(lineage.left_out, "more ancestor")));
    }
    let ends = lineage.ends.iter().map(|end| {
        let tone = if walk::is_open(end.stop) { Tone::Unknown } else { Tone::Good };
        vec![
            Cell::new(end.model.called()),
            end.hops.to_string().into(),
            Cell::new(walk::stop(end.stop)).in_tone(tone),
        ]
    });
    first("Where the lineage ends", vec!["ancestor", "edges up", "why the walk ends there"], ends, page);
}

/// A section of the first rows, which says how many more there are.
fn first(heading: &str, columns: Vec<&'static str>, rows: impl Iterator<Item = Vec<Cell>>, page: &mut Page) {
    let mut rows: Vec<Vec<Cell>> = rows.collect();
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    page.section(heading, Table { columns, rows });
    if more > 0 {
        page.note(format!("{} in the JSON form of this report.", count(more, "more row")));
    }
}

fn proof(edge: &PathEdge<'_>) -> Cell {
    let tone = match edge.proof {
        Link::Contradicted => Tone::Bad,
        Link::Declared | Link::DeclaredPinned | Link::OutOfRole => Tone::Dim,
        Link::Attested => Tone::Plain,
        Link::Proved => Tone::Good,
    };
    Cell::new(edge.proof.word()).in_tone(tone)
}

fn claims(detail: &ModelDetail<'_>, page: &mut Page) {
    let rows = detail.claims.iter().map(|claim| {
        let counts = match claim.counts {
            true => Cell::new("✓ counts").in_tone(Tone::Good),
            false => Cell::new("· shown, not counted").in_tone(Tone::Dim),
        };
        vec![
            format!("{}: {}", claim.kind.map_or("unknown", |kind| kind.word()), claim.predicate_type.raw())
                .into(),
            match claim.signer {
                Some(signer) => Cell::from(&signer.subject),
                None => Cell::new("not proven").in_tone(Tone::Unknown),
            },
            claim.signed_at.map(|at| at.to_string()).unwrap_or_default().into(),
            match claim.because {
                Some(code) => {
                    let (glyph, word) = (claim.outcome.glyph(), claim.outcome.word());
                    Cell::new(format!("{glyph} {word}: {code}")).in_tone(claim.outcome)
                }
                None => Cell::outcome(claim.outcome),
            },
            counts,
            Cell::code(format!("{}, sha256 {}", url(&claim.evidence), claim.evidence.sha256)),
        ]
    });
    let columns = vec!["claim", "signed by", "signed at", "outcome", "counts", "evidence"];
    let table = Table { columns, rows: rows.collect() };
    match table.rows.is_empty() {
        true => {
            page.heading("Claims");
            page.note("No claim besides the signature was read.");
        }
        false => page.section("Claims", table),
    }
}

fn verification(found: &ReportedVerification<'_>, page: &mut Page) {
    page.heading("Verification");
    if !found.since.is_same() {
        page.note(
            Cell::new("This verification no longer holds: nothing of it counts.").in_tone(Tone::Unknown),
        );
    }
    let mut facts =
        vec![("verified at", Cell::new(found.at.to_string())), ("outcome", Cell::outcome(found.outcome))];
    if let Some(signer) = found.signer {
        let proven = if found.is_proven { "" } else { " (claimed, not proven)" };
        facts.push(("signed by", format!("{}{proven}", signer.subject.raw()).into()));
        facts.extend(signer.issuer.as_ref().map(|issuer| ("issuer", Cell::from(issuer))));
    }
    if let Some((at, source)) = found.signed_at {
        facts.push(("signed at", format!("{at} ({})", source.words()).into()));
    }
    let code = |name: &'static str, digest: Option<String>| digest.map(|digest| (name, Cell::code(digest)));
    facts.extend(code("root digest", found.root_digest.map(|root| root.to_string())));
    facts.extend(code("bundle sha256", found.bundle_digest.map(str::to_owned)));
    facts.extend(found.anchor.map(|name| ("trust anchor", Cell::new(name))));
    facts.extend(code("anchor sha256", found.anchor_digest.map(str::to_owned)));
    facts.push(("policy sha256", Cell::code(found.policy_digest)));
    facts.push(("rubric", Cell::new(found.rubric)));
    facts.extend(code("files as seen", Some(found.seen.observed.to_string())));
    facts.extend(code("contents as seen", found.seen.looked.map(|digest| digest.to_string())));
    facts.push(("ledger record", found.record.number.to_string().into()));
    facts.extend(code("record hash", Some(found.record.hash.to_string())));
    page.add(super::super::page::Block::Facts(facts));
    let rows = found.checks.iter().map(|check| {
        vec![
            Cell::outcome(check.outcome),
            check.stage.name().into(),
            check.code.to_string().into(),
            Cell::new(&check.summary),
        ]
    });
    page.add(Table { columns: vec!["outcome", "check", "code", "what"], rows: rows.collect() });
}

/// What people said of it, and where they run it.
fn people(detail: &ModelDetail<'_>, page: &mut Page) {
    let rows = detail.reviews.iter().map(|review| {
        let stands = match (review.taken_back_by, review.of) {
            (Some(by), _) => format!("taken back by record {}", by.number),
            (None, Some(of)) => format!("takes back record {}", of.number),
            (None, None) => "stands".to_owned(),
        };
        vec![
            review.word.word().into(),
            Cell::from(&review.by),
            review.at.to_string().into(),
            Cell::from(&review.reason),
            stands.into(),
            review.record.number.to_string().into(),
            Cell::code(review.record.hash.to_string()),
        ]
    });
    let columns = vec!["review", "by", "at", "reason", "state", "record", "record hash"];
    let table = Table { columns, rows: rows.collect() };
    match table.rows.is_empty() {
        true => {
            page.heading("Reviews");
            page.note("The ledger has no review of this model.");
        }
        false => page.section("Reviews", table),
    }
    let rows = detail.deployments.iter().map(|place| {
        vec![
            Cell::from(&place.stage),
            Cell::from(&place.place),
            place.owner.as_ref().map(Cell::from).unwrap_or_default(),
            place.since.map(|at| at.to_string()).unwrap_or_default().into(),
        ]
    });
    let columns = vec!["stage", "where", "owner", "since"];
    let table = Table { columns, rows: rows.collect() };
    match table.rows.is_empty() {
        true => {
            page.heading("Deployments");
            page.note("No deployment of this model is recorded.");
        }
        false => page.section("Deployments", table),
    }
}
