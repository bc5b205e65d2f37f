//! The report on producers, as a page and as rows. Models are counted: no producer has a level, or one number.

use super::super::csv::csv;
use super::super::form::Form;
use super::super::page::{Block, Cell, Page, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::inventory::{asks, digest, levels_of, methods, name_of, of_share, some, times, why_not};
use super::{basis, exceptions};
use crate::documents::{OpenHere, ProducedModel, ProducerReportDocument};
use crate::error::Result;
use crate::maturity::{Duty, Severity};
use crate::signing::Method;
use crate::text::count;
use crate::view::scorecards::{OpenControl, Results, Scorecard};

/// The forms of the report.
pub const FORMS_OF_PRODUCERS: &[Form] = &[
    Form::Text,
    Form::Markdown,
    Form::Html,
    #[cfg(feature = "pdf")]
    Form::Pdf,
    Form::Json,
    Form::Csv,
];

/// The columns of the CSV of all producers. They are never renamed, moved or removed.
pub const PRODUCER_COLUMNS: [&str; 16] = [
    "producer",
    "models",
    "measured",
    "signed",
    "not signed",
    "signed unknown",
    "methods",
    "first signed",
    "last signed",
    "own levels",
    "effective levels",
    "contradicted",
    "wait for the producer",
    "asks",
    "requests",
    "sha256",
];

/// The columns of the CSV of one producer: a row for each of its models. They are never renamed, moved or removed.
pub const PRODUCED_COLUMNS: [&str; 11] = [
    "model",
    "root digest",
    "result",
    "level",
    "method",
    "signed at",
    "verified at",
    "asked of the producer",
    "asked of us",
    "unknown",
    "sha256",
];

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn producers(
    document: &ProducerReportDocument<'_>,
    form: Form,
    out: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    match form {
        Form::Json => streamed(document, out),
        Form::Csv => out(csv(&rows(document)).as_bytes()),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(document), document.rests_on.at)?),
        form => out(page(&page_of(document), form)?.as_bytes()),
    }
}

fn page_of(document: &ProducerReportDocument<'_>) -> Page {
    let mut page = Page::new(format!("Report on producers: {}", document.about.words()));
    page.note(document.scope);
    page.note(
        "A producer is the part of a model's name before the first slash, or else what a source states. No producer has \
         a level: models are counted, and never averaged.",
    );
    page.add(Block::Facts(basis::population(&document.population, &document.rests_on)));
    let cards = document.producers;
    adoption(cards, &mut page);
    duties(cards, &mut page);
    let open = |duty: &dyn Fn(Duty) -> bool| {
        let open = cards.iter().flat_map(|card| card.open.iter().map(move |open| (card, open)));
        let open = open.filter(|(_, open)| duty(open.duty));
        let columns =
            vec!["producer", "control", "requirement", "weight", "who can act", "models", "what was found"];
        Table { columns, rows: open.map(|(card, open)| open_row(card, open)).collect() }
    };
    page.heading("What only the producer can add");
    page.note("Of measured models. What nobody could judge is unknown, and is asked of nobody.");
    match open(&|duty| duty == Duty::Producer) {
        Table { rows, .. } if rows.is_empty() => page.note("Nothing is open."),
        table => page.add(table),
    }
    page.section("What others can add", open(&|duty| duty != Duty::Producer));
    asks(cards.iter().map(|card| &card.adoption), &mut page);
    if let Some(models) = &document.models {
        page.section("Models", models_table(models));
        page.section("What each model misses", open_of(models));
    }
    not_looked_at(document, &mut page);
    exceptions::section(&document.exceptions, &mut page);
    basis::rests_on(&document.rests_on, &mut page);
    page
}

fn adoption(cards: &[Scorecard], page: &mut Page) {
    let row = |card: &Scorecard| {
        let producer = &card.adoption;
        vec![
            name_of(producer),
            producer.models.to_string().into(),
            of_share(producer.signed).into(),
            methods(producer).into(),
            match times(producer) {
                Some(times) => format!("{times}, of {}", count(producer.times.proven, "model")).into(),
                None => Cell::new("unknown: no time is proven").in_tone(Tone::Unknown),
            },
            of_share(producer.passing).into(),
            levels_of(producer),
            toned(card.contradicted, Tone::Bad),
            toned(card.waiting, Tone::Warn),
            card.asks().count().to_string().into(),
            producer.asks.len().to_string().into(),
            toned(producer.not_measured.all.models, Tone::Unknown),
            producer.refused.to_string().into(),
            digest(producer.evidence),
        ]
    };
    let columns = vec![
        "producer",
        "models",
        "signed",
        "how",
        "first and last signed",
        "verification passes",
        "levels",
        "contradicted",
        "wait for the producer",
        "open controls",
        "open requests",
        "not measured",
        "refused",
        "evidence sha256",
    ];
    let rows: Vec<Vec<Cell>> = cards.iter().map(row).collect();
    page.heading(if rows.len() == 1 { "Adoption" } else { "Adoption, the worst first" });
    page.note(
        "First are producers with most models that evidence contradicts, then those whose models wait for them most, then \
         those with most models that were not measured.",
    );
    page.add(Table { columns, rows });
}

/// A number in a tone, unless it is none.
fn toned(many: usize, tone: Tone) -> Cell {
    Cell::new(many.to_string()).in_tone(if many == 0 { Tone::Plain } else { tone })
}

fn duties(cards: &[Scorecard], page: &mut Page) {
    let measured = cards.iter().filter(|card| card.adoption.measured > 0);
    let rows = measured.flat_map(|card| {
        card.duties.iter().map(|duty| {
            let Results { pass, partial, missing, contradicted, unknown, not_applicable } = duty.results;
            let counts = [pass, partial, missing, contradicted, unknown, not_applicable];
            let who = [name_of(&card.adoption), basis::duty(duty.duty).into(), number(duty.controls)];
            who.into_iter().chain(counts.map(number)).collect()
        })
    });
    page.heading("Scorecard by duty");
    page.note(
        "What became of the controls of measured models, by who can act: one for each control and model.",
    );
    let columns = vec![
        "producer",
        "who can act",
        "controls",
        "pass",
        "partial",
        "missing",
        "contradicted",
        "unknown",
        "does not apply",
    ];
    let rows: Vec<Vec<Cell>> = rows.collect();
    match rows.is_empty() {
        true => page.note("No model was measured."),
        false => page.add(Table { columns, rows }),
    }
}

fn number(many: usize) -> Cell {
    many.to_string().into()
}

/// How much a control weighs.
pub(super) fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Must => "must",
        Severity::Should => "should",
        Severity::May => "may",
    }
}

fn open_row(card: &Scorecard, open: &OpenControl) -> Vec<Cell> {
    let outcomes = [
        (open.outcomes.contradicted, "contradicted"),
        (open.outcomes.missing, "missing"),
        (open.outcomes.partial, "partial"),
        (open.outcomes.unknown, "unknown"),
    ];
    vec![
        name_of(&card.adoption),
        Cell::new(&*open.control),
        Cell::new(&open.title),
        weight(open.severity).into(),
        basis::duty(open.duty).into(),
        format!("{} of {}", open.models, card.adoption.measured).into(),
        some(&outcomes).into(),
    ]
}

fn method(model: &ProducedModel<'_>) -> &'static str {
    match model.method {
        Some(Method::Certificate) => "certificate",
        Some(Method::Key) => "key",
        Some(Method::Sigstore) => "keyless",
        None => "",
    }
}

fn ids<'o>(open: impl Iterator<Item = &'o OpenHere<'o>>) -> Cell {
    open.map(|open| &*open.control).collect::<Vec<&str>>().join(" ").into()
}

fn models_table(models: &[ProducedModel<'_>]) -> Table {
    let row = |produced: &ProducedModel<'_>| {
        let model = &produced.model;
        vec![
            Cell::new(model.id.raw()),
            model.root_digest.map(|root| Cell::code(root.to_string())).unwrap_or_default(),
            basis::status(model),
            basis::level(model),
            Cell::decision(model.decision),
            method(produced).into(),
            match produced.signed_at {
                Some(at) => at.to_string().into(),
                None => Cell::new("unknown").in_tone(Tone::Unknown),
            },
            model.verified_at.map(|at| at.to_string()).unwrap_or_default().into(),
            ids(produced.asks()),
            number(produced.unknown.len()),
        ]
    };
    let columns = vec![
        "model",
        "root digest",
        "verification",
        "level",
        "gate",
        "how",
        "signed at",
        "verified at",
        "asked of the producer",
        "unknown controls",
    ];
    Table { columns, rows: models.iter().map(row).collect() }
}

fn open_of(models: &[ProducedModel<'_>]) -> Table {
    let all = models.iter().flat_map(|model| model.open.iter().map(move |open| (model, open)));
    let row = |(model, open): (&ProducedModel<'_>, &OpenHere<'_>)| {
        vec![
            Cell::new(model.model.id.raw()),
            Cell::new(&*open.control),
            Cell::outcome(open.outcome),
            Cell::new(open.title),
            weight(open.severity).into(),
            basis::duty(open.duty).into(),
            Cell::from(&open.found),
            Cell::new(open.remedy),
        ]
    };
    let columns = vec![
        "model",
        "control",
        "outcome",
        "requirement",
        "weight",
        "who can act",
        "what was found",
        "what would settle it",
    ];
    Table { columns, rows: all.map(row).collect() }
}

fn not_looked_at(document: &ProducerReportDocument<'_>, page: &mut Page) {
    page.heading("What was not looked at");
    let of_card = |card: &Scorecard| {
        let found = why_not(&card.adoption.not_measured).into_iter().filter(|(many, _)| *many > 0);
        let row = |(many, why): (usize, &str)| vec![name_of(&card.adoption), why.into(), number(many)];
        found.map(row).collect::<Vec<Vec<Cell>>>()
    };
    let rows: Vec<Vec<Cell>> = document.producers.iter().flat_map(of_card).collect();
    match rows.is_empty() {
        true => page.note("Every model was measured."),
        false => {
            page.note("Models that were not measured are at no level, and nothing is asked for them.");
            page.add(Table { columns: vec!["producer", "why", "models"], rows });
        }
    }
    let untimed = |card: &Scorecard| {
        card.adoption.signed.yes - card.adoption.times.proven.min(card.adoption.signed.yes)
    };
    let untimed: usize = document.producers.iter().map(untimed).sum();
    if untimed > 0 {
        page.note(format!(
            "When {} signed is unknown: no log and no timestamp authority proves it.",
            are(untimed)
        ));
    }
    page.note("Whether a key lies in a token or in a file is not known: no signature says so.");
}

/// `1 model was`, `3 models were`.
fn are(many: usize) -> String {
    format!("{} {}", count(many, "model"), if many == 1 { "was" } else { "were" })
}

/// The report as one table.
fn rows(document: &ProducerReportDocument<'_>) -> Page {
    let mut page = Page::default();
    page.add(match &document.models {
        Some(models) => Table {
            columns: PRODUCED_COLUMNS.to_vec(),
            rows: models.iter().map(|model| produced_row(model).to_vec()).collect(),
        },
        None => Table {
            columns: PRODUCER_COLUMNS.to_vec(),
            rows: document.producers.iter().map(|card| producer_row(card).to_vec()).collect(),
        },
    });
    page
}

fn producer_row(card: &Scorecard) -> [Cell; 16] {
    let producer = &card.adoption;
    let levels = |levels: &[usize; 4]| {
        let levels = (0..).zip(levels).map(|(level, many)| format!("L{level} {many}"));
        Cell::new(levels.collect::<Vec<String>>().join(", "))
    };
    let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default().into();
    [
        Cell::from(&producer.name),
        number(producer.models),
        number(producer.measured),
        number(producer.signed.yes),
        number(producer.signed.no),
        number(producer.signed.unknown),
        methods(producer).into(),
        time(producer.times.first),
        time(producer.times.last),
        levels(&producer.own),
        levels(&producer.effective),
        number(card.contradicted),
        number(card.waiting),
        card.asks().map(|open| &*open.control).collect::<Vec<&str>>().join(" ").into(),
        number(producer.asks.len()),
        digest(producer.evidence),
    ]
}

fn produced_row(produced: &ProducedModel<'_>) -> [Cell; 11] {
    let model = &produced.model;
    let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default().into();
    [
        Cell::new(model.id.raw()),
        model.root_digest.map(|root| root.to_string()).unwrap_or_default().into(),
        model.outcome.key().into(),
        Cell::new(&model.level),
        method(produced).into(),
        time(produced.signed_at),
        time(model.verified_at),
        ids(produced.asks()),
        ids(produced.open.iter().filter(|open| open.duty != Duty::Producer)),
        produced.unknown.join(" ").into(),
        digest(model.evidence),
    ]
}
