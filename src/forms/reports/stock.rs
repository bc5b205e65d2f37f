//! The report on an inventory, as a page and as rows: one for each model. It counts and lists; levels are never averaged.

use super::super::csv::line;
use super::super::form::Form;
use super::super::page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::inventory::{digest, methods, name_of, of_share, some, why_not};
use super::over_time::FORMS_OVER_TIME;
use super::{basis, policy};
use crate::documents::{InventoryReportDocument, ReportedDeployment, StatedValue, StockedModel};
use crate::error::Result;
use crate::inventory::Running;
use crate::text::{count, screen, size};
use crate::view::stock::{FindingCount, KindCount, LicenceCount};
use crate::view::{Producer, Share};

/// The forms of the report.
pub const FORMS_OF_INVENTORIES: &[Form] = FORMS_OVER_TIME;

/// The columns of the CSV: a row for each model. They are never renamed, moved or removed.
pub const INVENTORY_COLUMNS: [&str; 25] = [
    "model",
    "kind",
    "producer",
    "version",
    "licence",
    "licence basis",
    "location",
    "formats",
    "files",
    "bytes",
    "root digest",
    "result",
    "signer",
    "level",
    "decision",
    "review",
    "deployments",
    "parents",
    "sources",
    "verified at",
    "verifications recorded",
    "decisions recorded",
    "reviews recorded",
    "last record",
    "sha256",
];

/// Rows are handed on when they have come to so many bytes.
const AT_ONCE: usize = 1 << 16;

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn stocks(
    document: &InventoryReportDocument<'_>,
    form: Form,
    out: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    match form {
        Form::Json => streamed(document, out),
        Form::Csv => rows(document, out),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(document), document.rests_on.at)?),
        form => out(page(&page_of(document), form)?.as_bytes()),
    }
}

fn page_of(document: &InventoryReportDocument<'_>) -> Page {
    let mut page = Page::new(format!("Report on the {}", document.about.words()));
    page.note(document.scope);
    page.note(
        "What is declared was not verified: a value says how far it is to be believed. Observed was computed from bytes, \
         attested was said by a claim that verifies, declared by a document.",
    );
    page.add(Block::Facts(basis::population(&document.population, &document.rests_on)));
    kinds(document, &mut page);
    coverage(document, &mut page);
    let format = |(word, many): (&&str, &usize)| vec![Cell::new(*word), many.to_string().into()];
    page.section(
        "Weights",
        Table {
            columns: vec!["format", "models"],
            rows: document.formats.iter().map(|(word, many)| format((word, many))).collect(),
        },
    );
    if document.runs_code > 0 {
        page.note(format!("Loading can run code of {}.", count(document.runs_code, "model")));
    }
    page.section("Licences", licences(document.licences));
    page.section("Producers", producers(document.producers));
    origins(document, &mut page);
    page.heading("What runs where");
    page.note("As the workspace declares it; nobody observed it.");
    match document.deployments.is_empty() {
        true => page.note("No deployment of these models is declared."),
        false => page.add(deployments(&document.deployments)),
    }
    recorded(document, &mut page);
    page.section("Models", models(&document.models));
    findings(document, &mut page);
    not_looked_at(document, &mut page);
    basis::rests_on(&document.rests_on, &mut page);
    page
}

fn kinds(document: &InventoryReportDocument<'_>, page: &mut Page) {
    page.heading("What there is");
    page.note("Bars from the left: verification passes, fails, no signature, not known.");
    let bar = |kind: &KindCount| Bar {
        name: kind.kind.word().into(),
        parts: vec![
            Part { many: kind.passing, tone: Tone::Good },
            Part { many: kind.failing, tone: Tone::Bad },
            Part { many: kind.unsigned, tone: Tone::Warn },
            Part { many: kind.unknown, tone: Tone::Unknown },
        ],
        figures: format!(
            "{}: {}",
            kind.models,
            some(&[
                (kind.passing, "pass"),
                (kind.failing, "fail"),
                (kind.unsigned, "unsigned"),
                (kind.unknown, "unknown")
            ])
        )
        .into(),
    };
    page.add(Chart {
        columns: ["kind", "verification"],
        whole: document.population.covered,
        bars: document.kinds.iter().map(bar).collect(),
    });
    let row = |kind: &KindCount| {
        vec![
            kind.kind.word().into(),
            kind.models.to_string().into(),
            kind.with_files.to_string().into(),
            kind.files.to_string().into(),
            size(kind.bytes).into(),
        ]
    };
    page.add(Table {
        columns: vec!["kind", "how many", "with files here", "files", "size"],
        rows: document.kinds.iter().map(row).collect(),
    });
}

fn coverage(document: &InventoryReportDocument<'_>, page: &mut Page) {
    let covered = document.coverage;
    let rows: [(&str, Share); 5] = [
        ("signed", covered.signed),
        ("verification passes", covered.passing),
        ("signer pinned by the policy (L1.06)", covered.pinned),
        ("in a transparency log (L1.09)", covered.logged),
        ("bound by an AIBOM (L1.14)", covered.bound),
    ];
    let row = |(name, share): &(&str, Share)| vec![Cell::new(*name), of_share(*share).into()];
    page.section("Coverage", Table { columns: vec!["what", "models"], rows: rows.iter().map(row).collect() });
}

fn licences(licences: &[LicenceCount]) -> Table {
    let row = |of: &LicenceCount| {
        vec![
            match of.basis {
                Some(_) => Cell::from(&of.licence),
                None => Cell::new("not stated").in_tone(Tone::Unknown),
            },
            of.basis.map(|basis| basis.word()).unwrap_or_default().into(),
            of.models.to_string().into(),
        ]
    };
    Table { columns: vec!["licence", "basis", "models"], rows: licences.iter().map(row).collect() }
}

fn producers(producers: &[Producer]) -> Table {
    let row = |producer: &Producer| {
        vec![
            name_of(producer),
            producer.models.to_string().into(),
            of_share(producer.signed).into(),
            methods(producer).into(),
            of_share(producer.passing).into(),
            digest(producer.evidence),
        ]
    };
    let columns = vec!["producer", "models", "signed", "how", "passing", "evidence sha256"];
    Table { columns, rows: producers.iter().map(row).collect() }
}

fn origins(document: &InventoryReportDocument<'_>, page: &mut Page) {
    let origins = document.origins;
    page.heading("Where models come from");
    page.note(format!("Of {} nothing names a parent.", count(origins.without_parents, "model")));
    if !origins.edges.is_empty() {
        let row = |(word, many): (&&str, &usize)| vec![Cell::new(*word), many.to_string().into()];
        page.add(Table {
            columns: vec!["how the parent is known", "edges"],
            rows: origins.edges.iter().map(|(word, many)| row((word, many))).collect(),
        });
    }
}

fn deployments(deployments: &[ReportedDeployment<'_>]) -> Table {
    let row = |of: &ReportedDeployment<'_>| {
        vec![
            Cell::from(of.place),
            Cell::from(of.stage),
            of.owner.map(Cell::from).unwrap_or_default(),
            Cell::new(&of.written),
            match of.models.is_empty() {
                true => Cell::new("not in the inventory").in_tone(Tone::Unknown),
                false => Cell::new(of.models.join(", ")),
            },
            match of.running {
                Running::Now => "runs".into(),
                Running::Planned => Cell::new("planned").in_tone(Tone::Dim),
                Running::Ended => Cell::new("ended").in_tone(Tone::Dim),
            },
            of.since.map(|at| at.to_string()).unwrap_or_default().into(),
            of.until.map(|at| at.to_string()).unwrap_or_default().into(),
        ]
    };
    Table {
        columns: vec!["where", "stage", "owner", "as declared", "model", "state", "since", "until"],
        rows: deployments.iter().map(row).collect(),
    }
}

fn recorded(document: &InventoryReportDocument<'_>, page: &mut Page) {
    page.heading("What was recorded");
    page.note(format!("Of {}; of all models of the workspace.", policy::period(document.period.as_ref())));
    let row = |(kind, many): (&String, &usize)| vec![Cell::new(kind), many.to_string().into()];
    match document.records.is_empty() {
        true => page.note("Nothing is on record."),
        false => page.add(Table {
            columns: vec!["kind of record", "records"],
            rows: document.records.iter().map(row).collect(),
        }),
    }
    let without = document.models.iter().filter(|model| model.recorded.last.is_none()).count();
    page.note(match without {
        0 => "Something was recorded of every model of this report.".to_owned(),
        many => format!("Of {} of this report nothing was recorded.", count(many, "model")),
    });
}

/// The value, and how far it is to be believed.
fn stated(value: Option<&StatedValue<'_>>) -> Cell {
    match value {
        Some(of) => Cell::new(format!("{} ({})", of.value.raw(), of.basis.word())),
        None => Cell::new("unknown").in_tone(Tone::Unknown),
    }
}

/// How its parents are known: `2 declared, pinned; 1 attested`.
fn parents(words: &[&'static str]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| known == word) {
            Some((_, many)) => *many += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.iter().map(|(word, many)| format!("{many} {word}")).collect::<Vec<String>>().join("; ")
}

fn models(models: &[StockedModel<'_>]) -> Table {
    let row = |of: &StockedModel<'_>| {
        let model = &of.model;
        let recorded = &of.recorded;
        vec![
            Cell::new(match model.name_mark {
                Some(_) => format!("{} (name looks like another)", model.id.raw()),
                None => model.id.raw().to_owned(),
            }),
            model.kind.word().into(),
            stated(of.version.as_ref()),
            stated(of.licence.as_ref()),
            of.formats.join(", ").into(),
            if of.files > 0 { size(of.bytes) } else { String::new() }.into(),
            basis::status(model),
            basis::level(model),
            Cell::decision(model.decision),
            of.review.map(|review| review.word()).unwrap_or_default().into(),
            model.deployments.to_string().into(),
            parents(&of.parents).into(),
            some(&[
                (recorded.verifications, "verified"),
                (recorded.decisions, "decided"),
                (recorded.reviews, "reviewed"),
            ])
            .into(),
            model.root_digest.map(|digest| Cell::code(digest.to_string())).unwrap_or_default(),
            digest(model.evidence),
        ]
    };
    let columns = vec![
        "model",
        "kind",
        "version",
        "licence",
        "formats",
        "size",
        "verification",
        "level",
        "gate",
        "review",
        "runs in",
        "parents",
        "records",
        "root digest",
        "evidence sha256",
    ];
    Table { columns, rows: models.iter().map(row).collect() }
}

fn findings(document: &InventoryReportDocument<'_>, page: &mut Page) {
    page.heading("What the last scan found");
    let row = |(code, of): (&String, &FindingCount)| {
        vec![Cell::new(code), of.many.to_string().into(), Cell::new(&of.message), Cell::from(&of.source)]
    };
    match document.findings.is_empty() {
        true => page.note("Nothing is wrong with the sources of these models."),
        false => page.add(Table {
            columns: vec!["finding", "how many", "the first says", "in"],
            rows: document.findings.iter().map(row).collect(),
        }),
    }
}

fn not_looked_at(document: &InventoryReportDocument<'_>, page: &mut Page) {
    let row = |(many, why): (usize, &str)| vec![Cell::new(why), many.to_string().into()];
    let rows: Vec<Vec<Cell>> =
        why_not(document.not_measured).into_iter().filter(|(many, _)| *many > 0).map(row).collect();
    page.heading("What was not looked at");
    page.note(match document.population.not_measured {
        0 => "Every model was measured.".to_owned(),
        many => format!("Not measured: {}.", count(many, "model")),
    });
    if !rows.is_empty() {
        page.add(Table { columns: vec!["why", "models"], rows });
    }
    page.note("Nothing was verified for this report, and no folder was read anew beyond what opening the workspace reads.");
}

/// The report as rows.
fn rows(document: &InventoryReportDocument<'_>, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut text = String::new();
    line(INVENTORY_COLUMNS.into_iter(), &mut text);
    for of in &document.models {
        let (model, recorded) = (&of.model, &of.recorded);
        let value = |stated: &Option<StatedValue<'_>>| stated.as_ref().map(|one| one.value.screen());
        let sources: Vec<String> = of.sources.iter().map(|source| source.screen()).collect();
        let cells: [String; 25] = [
            model.id.screen(),
            model.kind.word().to_owned(),
            of.producer.as_ref().map(|name| name.screen()).unwrap_or_default(),
            value(&of.version).unwrap_or_default(),
            value(&of.licence).unwrap_or_default(),
            of.licence.as_ref().map(|one| one.basis.word().to_owned()).unwrap_or_default(),
            of.location.as_ref().map(|place| place.screen()).unwrap_or_default(),
            of.formats.join(" "),
            of.files.to_string(),
            of.bytes.to_string(),
            model.root_digest.map(|digest| digest.to_string()).unwrap_or_default(),
            model.outcome.key().to_owned(),
            model.signer.screen(),
            screen(&model.level),
            model.decision.word().to_owned(),
            of.review.map(|review| review.word().to_owned()).unwrap_or_default(),
            model.deployments.to_string(),
            of.parents.join("; "),
            sources.join(" "),
            model.verified_at.map(|at| at.to_string()).unwrap_or_default(),
            recorded.verifications.to_string(),
            recorded.decisions.to_string(),
            recorded.reviews.to_string(),
            recorded.last.map(|at| at.to_string()).unwrap_or_default(),
            model.evidence.map(|digest| digest.to_string()).unwrap_or_default(),
        ];
        line(cells.iter().map(String::as_str), &mut text);
        if text.len() >= AT_ONCE {
            out(text.as_bytes())?;
            text.clear();
        }
    }
    out(text.as_bytes())
}
