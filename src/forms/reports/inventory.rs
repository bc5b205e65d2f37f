//! The report of a producer or of the whole inventory as a page. Never one number: levels are counted, not averaged.

use super::super::page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
use super::{basis, exceptions, relevant};
use crate::documents::{MaturityReportDocument, ReportedModel};
use crate::store::EvidenceDigest;
use crate::text::count;
use crate::view::{Exposure, Gap, LevelCount, NotMeasured, OpenMusts, Producer, Share, Survey, View};

pub(super) fn page(view: &View, document: &MaturityReportDocument<'_>, survey: &Survey) -> Page {
    let mut page = Page::new(format!("Maturity report: {}", document.about.words()));
    page.note(document.scope);
    page.note("Levels are about single models. They are counted here and never averaged.");
    head(document, &mut page);
    levels(survey, &mut page);
    coverage(survey, &mut page);
    gaps(survey, &mut page);
    duties(survey, &mut page);
    producers(survey, &mut page);
    asks(survey.producers.iter(), &mut page);
    page.section("Models", models(&document.models));
    not_looked_at(document, survey, &mut page);
    exceptions::section(&document.exceptions, &mut page);
    relevant::section(document, &view.rubric, |_| None, &mut page);
    basis::levels(document, &mut page);
    basis::rests_on(&document.rests_on, &mut page);
    page
}

fn head(document: &MaturityReportDocument<'_>, page: &mut Page) {
    page.add(Block::Facts(basis::population(&document.population, &document.rests_on)));
}

/// `12 models, 3 deployments, 40 descendants`.
pub(super) fn weight(exposure: Exposure) -> String {
    format!(
        "{}, {}, {}",
        count(exposure.models, "model"),
        count(exposure.deployments, "deployment"),
        count(exposure.descendants, "descendant")
    )
}

fn levels(survey: &Survey, page: &mut Page) {
    let whole = survey.measured.models;
    let chart = |of: &dyn Fn(&LevelCount) -> Exposure| {
        let bar = |level: &LevelCount| Bar {
            name: format!("L{}", level.level).into(),
            parts: vec![Part { many: of(level).models, tone: Tone::Plain }],
            figures: weight(of(level)).into(),
        };
        Chart { columns: ["level", "measured models"], whole, bars: survey.levels.iter().map(bar).collect() }
    };
    page.heading("Own level");
    page.note("What each model's own evidence earns.");
    page.add(chart(&|level| level.own));
    page.heading("Effective level");
    page.note(match survey.capped.models {
        0 => "After the caps by ancestors. No model loses a level to an ancestor.".to_owned(),
        _ => format!("After the caps by ancestors. An ancestor caps {}.", weight(survey.capped)),
    });
    page.add(chart(&|level| level.effective));
}

fn coverage(survey: &Survey, page: &mut Page) {
    let covered = &survey.coverage;
    let rows: [(String, Share); 6] = [
        ("signed".to_owned(), covered.signed),
        (
            format!("verified within {}", count(usize::try_from(survey.days).unwrap_or(usize::MAX), "day")),
            covered.verified,
        ),
        ("verification passes".to_owned(), covered.passing),
        ("signer pinned by the policy (L1.06)".to_owned(), covered.pinned),
        ("in a transparency log (L1.09)".to_owned(), covered.logged),
        ("bound by an AIBOM (L1.14)".to_owned(), covered.bound),
    ];
    let bar = |(name, share): &(String, Share)| Bar {
        name: name.as_str().into(),
        parts: vec![
            Part { many: share.yes, tone: Tone::Good },
            Part { many: share.no, tone: Tone::Warn },
            Part { many: share.unknown, tone: Tone::Unknown },
        ],
        figures: of_share(*share).into(),
    };
    page.heading("Coverage");
    page.note("Bars from the left: yes, no, unknown. The rest is what the question does not apply to.");
    page.add(Chart {
        columns: ["what", "models"],
        whole: survey.counted.models,
        bars: rows.iter().map(bar).collect(),
    });
}

/// `12 yes, 3 no, 1 unknown (75 % of 16); does not apply to 2`.
pub(super) fn of_share(share: Share) -> String {
    let percent = match share.percent() {
        Some(percent) => format!(" ({percent} % of {})", share.of()),
        None => String::new(),
    };
    let aside = match share.not_applicable {
        0 => String::new(),
        many => format!("; does not apply to {many}"),
    };
    format!("{} yes, {} no, {} unknown{percent}{aside}", share.yes, share.no, share.unknown)
}

pub(super) fn digest(digest: Option<EvidenceDigest>) -> Cell {
    digest.map(|digest| Cell::code(digest.to_string())).unwrap_or_default()
}

/// `2 contradicted, 3 missing`: those that there are.
pub(super) fn some(counts: &[(usize, &str)]) -> String {
    let parts = counts.iter().filter(|(many, _)| *many > 0).map(|(many, word)| format!("{many} {word}"));
    parts.collect::<Vec<String>>().join(", ")
}

fn gaps(survey: &Survey, page: &mut Page) {
    let whole = survey.measured.models;
    let first = survey.gaps.iter().take(10).map(|gap| Bar {
        name: format!("{} {}", gap.control, gap.title).into(),
        parts: vec![
            Part { many: gap.outcomes.contradicted, tone: Tone::Bad },
            Part { many: gap.outcomes.missing, tone: Tone::Warn },
            Part { many: gap.outcomes.partial, tone: Tone::Plain },
            Part { many: gap.outcomes.unknown, tone: Tone::Unknown },
        ],
        figures: count(gap.models, "model").into(),
    });
    page.heading("What keeps most models from their next level");
    if survey.gaps.is_empty() {
        page.note("No measured model has an open must.");
        return;
    }
    page.note("Bars from the left: contradicted, missing, partial, unknown, of all measured models.");
    page.add(Chart { columns: ["control", "models"], whole, bars: first.collect() });
    let row = |gap: &Gap| {
        let outcomes = [
            (gap.outcomes.contradicted, "contradicted"),
            (gap.outcomes.missing, "missing"),
            (gap.outcomes.partial, "partial"),
            (gap.outcomes.unknown, "unknown"),
        ];
        vec![
            Cell::new(&*gap.control),
            Cell::new(&gap.title),
            basis::duty(gap.duty).into(),
            weight(gap.exposure).into(),
            some(&outcomes).into(),
            digest(gap.evidence),
        ]
    };
    let columns =
        vec!["control", "requirement", "who acts", "keeps back", "what was found", "evidence sha256"];
    page.add(Table { columns, rows: survey.gaps.iter().map(row).collect() });
}

fn duties(survey: &Survey, page: &mut Page) {
    let duties = &survey.duties;
    let row = |who: &str, musts: OpenMusts, models: usize| {
        vec![
            Cell::new(who),
            musts.controls.to_string().into(),
            musts.open.to_string().into(),
            models.to_string().into(),
        ]
    };
    let rows = vec![
        row("producer", duties.producer, duties.models_producer),
        row("us", duties.us, duties.models_us),
        row("producer and us", duties.both, duties.models_both),
        row("nobody", OpenMusts::default(), duties.models_none),
    ];
    page.section(
        "Whose turn it is",
        Table {
            columns: vec!["who acts", "controls", "open musts", "models that wait for them alone"],
            rows,
        },
    );
}

/// Its name.
pub(super) fn name_of(producer: &Producer) -> Cell {
    match producer.name.raw() {
        "" => Cell::new("not stated").in_tone(Tone::Dim),
        _ => Cell::from(&producer.name),
    }
}

/// How its models were signed: `3 certificate, 1 not read yet`.
pub(super) fn methods(producer: &Producer) -> String {
    some(&[
        (producer.methods.certificate, "certificate"),
        (producer.methods.key, "key"),
        (producer.methods.keyless, "keyless"),
        (producer.methods.unknown, "not read yet"),
    ])
}

/// When they were signed, by proven times; none where no time is proven.
pub(super) fn times(producer: &Producer) -> Option<String> {
    match (producer.times.first, producer.times.last) {
        (Some(first), Some(last)) if first != last => Some(format!("proven times {first} to {last}")),
        (Some(only), _) => Some(format!("proven time {only}")),
        (None, _) => None,
    }
}

/// How many of its models have which level.
pub(super) fn levels_of(producer: &Producer) -> Cell {
    let spread = |levels: &[usize; 4]| {
        let parts = (0..).zip(levels).filter(|(_, many)| **many > 0);
        parts.map(|(level, many)| format!("L{level} {many}")).collect::<Vec<String>>().join(", ")
    };
    match producer.measured {
        0 => Cell::new("none measured").in_tone(Tone::Dim),
        many => {
            let (own, effective) = (spread(&producer.own), spread(&producer.effective));
            format!("of {many} measured: own {own}; effective {effective}").into()
        }
    }
}

fn producers(survey: &Survey, page: &mut Page) {
    let row = |producer: &Producer| {
        vec![
            name_of(producer),
            producer.models.to_string().into(),
            of_share(producer.signed).into(),
            match times(producer) {
                Some(times) => format!("{}; {times}", methods(producer)).into(),
                None => methods(producer).into(),
            },
            of_share(producer.passing).into(),
            levels_of(producer),
            producer.refused.to_string().into(),
            producer.asks.len().to_string().into(),
            digest(producer.evidence),
        ]
    };
    let columns = vec![
        "producer",
        "models",
        "signed",
        "how",
        "passing",
        "levels",
        "refused",
        "open asks",
        "evidence sha256",
    ];
    page.section("Adoption by producer", Table { columns, rows: survey.producers.iter().map(row).collect() });
}

/// What producers were asked for, and did not answer yet.
pub(super) fn asks<'p>(producers: impl Iterator<Item = &'p Producer>, page: &mut Page) {
    let asks = producers.flat_map(|producer| &producer.asks);
    let row = |ask: &crate::view::Ask| {
        vec![
            Cell::new(ask.model.raw()),
            ask.at.to_string().into(),
            Cell::from(&ask.by),
            Cell::from(&ask.reason),
            ask.record.number.to_string().into(),
            Cell::code(ask.record.hash.to_string()),
        ]
    };
    let columns = vec!["model", "asked at", "by", "for", "record", "record hash"];
    page.section("Open requests to producers", Table { columns, rows: asks.map(row).collect() });
}

fn models(models: &[ReportedModel<'_>]) -> Table {
    let row = |model: &ReportedModel<'_>| {
        vec![
            Cell::new(match model.name_mark {
                Some(_) => format!("{} (name looks like another)", model.id.raw()),
                None => model.id.raw().to_owned(),
            }),
            basis::status(model),
            basis::level(model),
            model.cap.as_ref().map(|cap| Cell::from(cap).in_tone(Tone::Warn)).unwrap_or_default(),
            Cell::decision(model.decision),
            Cell::from(&model.signer),
            model.verified_at.map(|at| at.to_string()).unwrap_or_default().into(),
            model.deployments.to_string().into(),
            digest(model.evidence),
        ]
    };
    let columns = vec![
        "model",
        "verification",
        "level",
        "why it is capped",
        "gate",
        "signed by",
        "verified at",
        "runs in",
        "evidence sha256",
    ];
    Table { columns, rows: models.iter().map(row).collect() }
}

/// How many models were not measured, and why.
pub(super) fn why_not(found: &NotMeasured) -> [(usize, &'static str); 4] {
    [
        (found.not_verified, "signed, but not verified yet"),
        (found.changed, "files changed after they were verified"),
        (found.evidence_lost, "verified, but the evidence is gone"),
        (found.no_files, "only documents mention them"),
    ]
}

fn not_looked_at(document: &MaturityReportDocument<'_>, survey: &Survey, page: &mut Page) {
    let found = &survey.not_measured;
    let row = |(many, why): (usize, &str)| vec![Cell::new(why), many.to_string().into()];
    let rows: Vec<Vec<Cell>> = why_not(found).into_iter().filter(|(many, _)| *many > 0).map(row).collect();
    page.heading("What was not looked at");
    page.note(match found.all.models {
        0 => "Every model was measured.".to_owned(),
        _ => format!("Not measured, and at no level: {}.", weight(found.all)),
    });
    if !rows.is_empty() {
        page.add(Table { columns: vec!["why", "models"], rows });
    }
    if document.rests_on.feeds.is_empty() {
        page.note("No feed of warnings is loaded.");
    }
}
