//! The report on what changed between two times, as a page and as rows. Models are counted; what caused a change and how
//! that is known was told apart elsewhere.

use super::super::csv::csv;
use super::super::form::Form;
use super::super::page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::over_time::{self, FORMS_OVER_TIME, Input};
use crate::decision::Decision;
use crate::documents::ReportTrendDocument;
use crate::error::Result;
use crate::report::trend as words;
use crate::text::count;
use crate::view::continuity::{NoLongerSigned, PublisherTrend, SignerChange};
use crate::view::trend::{
    Ascribed, Origin, Shift, Stand, Trend, TrendGroup, TrendModel, TrendSide, TrendTotal,
};

/// The forms of the report.
pub const FORMS_OF_TRENDS: &[Form] = FORMS_OVER_TIME;

/// The columns of the CSV: a row for each model that changed. They are never renamed, moved or removed.
pub const TREND_COLUMNS: [&str; 11] = [
    "model",
    "change",
    "decision before",
    "decision after",
    "level before",
    "level after",
    "causes",
    "reason",
    "deployments",
    "evidence before sha256",
    "evidence after sha256",
];

/// A trend on its way into a form.
#[derive(Debug)]
pub struct TrendFile<'a> {
    /// What changed.
    pub trend: &'a Trend,
    /// The same as a document.
    pub document: ReportTrendDocument<'a>,
    /// So many models of each group the text lists at most; all other forms list all.
    pub most: usize,
}

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn trend(file: &TrendFile<'_>, form: Form, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    match form {
        Form::Json => streamed(&file.document, out),
        Form::Text => out(words::trend(file.trend, file.most).as_bytes()),
        Form::Csv => out(csv(&rows(file.trend)).as_bytes()),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(file), file.trend.to.at)?),
        form => out(page(&page_of(file), form)?.as_bytes()),
    }
}

fn page_of(file: &TrendFile<'_>) -> Page {
    let trend = file.trend;
    let of = trend.publisher.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let mut page = Page::new(format!("Trend{of}: {} to {}", trend.from.at, trend.to.at));
    page.note("What changed between two points for levels and decisions, and why. Levels are counted, not averaged.");
    page.add(Block::Facts(head(trend)));
    let whole = trend.from.models.max(trend.to.models);
    page.heading("Levels before and after");
    page.note("Effective levels. Without a level are models of which nothing was decided.");
    page.add(chart("level", whole, &trend.levels, |level| match level {
        Some(level) => (format!("L{level}"), Tone::Plain),
        None => ("no level".to_owned(), Tone::Dim),
    }));
    page.heading("Decisions before and after");
    page.add(chart("decision", whole, &trend.decisions, |decision: Decision| {
        (decision.word().to_owned(), decision.into())
    }));
    page.heading("What changed, and why");
    match trend.groups.is_empty() {
        true => page.note("No model changed."),
        false => page.add(groups(&trend.groups)),
    }
    page.section("Models that changed", models(&trend.groups));
    publishers(&trend.publishers, &mut page);
    not_looked_at(trend, &mut page);
    over_time::assumes(file.document.assumes, &mut page);
    rests_on(trend, &mut page);
    page
}

fn head(trend: &Trend) -> Vec<(&'static str, Cell)> {
    let differing: Vec<&str> = trend.differing.iter().map(|input| words::input_word(*input)).collect();
    let differing = if differing.is_empty() { "nothing".to_owned() } else { differing.join(", ") };
    let mut facts = vec![
        ("from", Cell::new(words::side(&trend.from))),
        ("to", Cell::new(words::side(&trend.to))),
        ("judged for", Cell::new(format!("stage {}", trend.stage))),
    ];
    if let Some(publisher) = &trend.publisher {
        facts.push(("publisher", Cell::new(publisher)));
    }
    if let Some(scope) = &trend.scope {
        facts.push(("which", Cell::new(scope)));
    }
    facts.extend([
        ("changed", count(trend.changed, "model").into()),
        ("not changed", count(trend.unchanged, "model").into()),
        ("differs", Cell::new(differing)),
        ("made by", format!("touchmark {}", env!("CARGO_PKG_VERSION")).into()),
    ]);
    facts
}

/// Two bars for each: how many before, and how many after.
fn chart<T: Copy>(
    what: &'static str,
    whole: usize,
    totals: &[TrendTotal<T>],
    named: impl Fn(T) -> (String, Tone),
) -> Chart {
    let bars = totals.iter().flat_map(|total| {
        let (name, tone) = named(total.of);
        [("before", total.before, None), ("after", total.after, Some(total.before))].map(
            |(when, many, earlier)| Bar {
                name: format!("{name} {when}").into(),
                parts: vec![Part { many, tone }],
                figures: format!("{}{}", count(many, "model"), change(earlier, many)).into(),
            },
        )
    });
    Chart { columns: [what, "models"], whole, bars: bars.collect() }
}

/// `, 4 more`, `, 2 fewer`; nothing where it is the same.
fn change(before: Option<usize>, after: usize) -> String {
    match before {
        Some(before) if after > before => format!(", {} more", after - before),
        Some(before) if after < before => format!(", {} fewer", before - after),
        _ => String::new(),
    }
}

fn tone(shift: Shift) -> Tone {
    match shift {
        Shift::KeptOut => Tone::Bad,
        Shift::Tightened | Shift::Lowered | Shift::Removed => Tone::Warn,
        Shift::LetIn | Shift::Eased | Shift::Raised => Tone::Good,
        Shift::Added => Tone::Plain,
    }
}

fn what(group: &TrendGroup) -> Cell {
    Cell::new(words::shift_word(group.shift)).in_tone(tone(group.shift))
}

fn causes(causes: &[Ascribed]) -> Cell {
    causes.iter().map(words::words).collect::<Vec<String>>().join("; ").into()
}

fn groups(groups: &[TrendGroup]) -> Table {
    let row = |group: &TrendGroup| {
        let running = group.models.iter().filter(|model| model.deployments > 0).count();
        vec![
            what(group),
            group.models.len().to_string().into(),
            running.to_string().into(),
            words::change(group.before, group.after).into(),
            causes(&group.causes),
            Cell::new(group.reason.as_deref().unwrap_or_default()),
        ]
    };
    Table {
        columns: vec!["change", "models", "deployed", "from and to", "why", "reason"],
        rows: groups.iter().map(row).collect(),
    }
}

fn decision(stand: Option<Stand>) -> &'static str {
    stand.map_or("", |stand| stand.decision.word())
}

fn level(stand: Option<Stand>) -> String {
    stand.and_then(|stand| stand.level).map(|level| level.to_string()).unwrap_or_default()
}

/// Each model that changed, with its group.
fn each(groups: &[TrendGroup]) -> impl Iterator<Item = (&TrendGroup, &TrendModel)> {
    groups.iter().flat_map(|group| group.models.iter().map(move |model| (group, model)))
}

fn models(groups: &[TrendGroup]) -> Table {
    let row = |(group, model): (&TrendGroup, &TrendModel)| {
        vec![
            Cell::new(model.model.raw()),
            what(group),
            words::change(group.before, group.after).into(),
            causes(&group.causes),
            model.deployments.to_string().into(),
            over_time::digest(model.evidence_before),
            over_time::digest(model.evidence_after),
        ]
    };
    Table {
        columns: vec![
            "model",
            "change",
            "from and to",
            "why",
            "deployments",
            "evidence before sha256",
            "evidence after sha256",
        ],
        rows: each(groups).map(row).collect(),
    }
}

fn publishers(publishers: &[PublisherTrend], page: &mut Page) {
    if publishers.is_empty() {
        return;
    }
    page.heading("Publishers that sign otherwise");
    page.note(
        "As the verifications in the ledger found it. A publisher is the first part of a model's name, which proves nothing.",
    );
    let changed = |publisher: &PublisherTrend, change: &SignerChange| {
        let parts: Vec<&str> = change.differs.iter().map(|part| words::part_word(*part)).collect();
        let after = words::signer(&change.after);
        vec![
            Cell::from(&publisher.publisher),
            Cell::new(format!("another {}", parts.join(" and another "))).in_tone(Tone::Warn),
            words::signer(&change.before).into(),
            after.into(),
            Cell::code(change.after.bundle.as_deref().unwrap_or_default()),
        ]
    };
    let gone = |publisher: &PublisherTrend, gone: &NoLongerSigned| {
        let found = match (gone.at, &gone.record) {
            (Some(at), Some(record)) => format!("{at}  record {}", record.number),
            _ => "the last scan, not verified".to_owned(),
        };
        vec![
            Cell::from(&publisher.publisher),
            Cell::new(format!("{} is not signed", gone.model.raw())).in_tone(Tone::Bad),
            words::signer(&gone.before).into(),
            found.into(),
            Cell::default(),
        ]
    };
    let rows = publishers.iter().flat_map(|publisher| {
        let changes = publisher.changes.iter().map(move |one| changed(publisher, one));
        changes.chain(publisher.unsigned.iter().map(move |one| gone(publisher, one)))
    });
    page.add(Table {
        columns: vec!["publisher", "what", "before", "after", "signature sha256"],
        rows: rows.collect(),
    });
}

fn not_looked_at(trend: &Trend, page: &mut Page) {
    page.heading("What was not looked at");
    if trend.not_recorded > 0 {
        let many = count(trend.not_recorded, "model");
        page.note(format!(
            "{many} without a verification: a date or a record does not say where they stood before."
        ));
    }
    if trend.unread > 0 {
        let many = count(trend.unread, "record");
        page.note(format!("{many} that an earlier version wrote."));
    }
    if trend.not_recorded == 0 && trend.unread == 0 {
        page.note("No model and no record was left out.");
    }
}

fn rests_on(trend: &Trend, page: &mut Page) {
    let side = |when: &'static str, side: &TrendSide| {
        let record = format!("up to record {}", side.records);
        let mut rows = Vec::new();
        if let Origin::Snapshot { digest } = &side.origin {
            rows.push(Input::new(when, "snapshot", "", digest));
        }
        rows.push(Input::new(when, "ledger", &record, side.last_record.raw()));
        match &side.inputs {
            Some(inputs) => rows.extend(over_time::inputs(when, inputs)),
            None => rows.push(Input::new(when, "rules", "its records or rules are not in this store", "")),
        }
        rows
    };
    let rows = [side("before", &trend.from), side("after", &trend.to)].concat();
    over_time::rests_on(rows, page);
}

/// The report as one table.
fn rows(trend: &Trend) -> Page {
    let row = |(group, model): (&TrendGroup, &TrendModel)| {
        let row: [Cell; 11] = [
            Cell::new(model.model.raw()),
            words::shift_word(group.shift).into(),
            decision(group.before).into(),
            decision(group.after).into(),
            level(group.before).into(),
            level(group.after).into(),
            causes(&group.causes),
            Cell::new(group.reason.as_deref().unwrap_or_default()),
            model.deployments.to_string().into(),
            over_time::digest(model.evidence_before),
            over_time::digest(model.evidence_after),
        ];
        row.to_vec()
    };
    let mut page = Page::default();
    page.add(Table { columns: TREND_COLUMNS.to_vec(), rows: each(&trend.groups).map(row).collect() });
    page
}
