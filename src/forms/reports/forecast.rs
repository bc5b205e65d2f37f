//! The report on what time alone will change, as a page and as rows. It estimates nothing.

use super::super::csv::csv;
use super::super::form::Form;
use super::super::page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::inventory::why_not;
use super::over_time::{self, FORMS_OVER_TIME};
use crate::documents::ReportForecastDocument;
use crate::error::Result;
use crate::report::forecast as words;
use crate::text::count;
use crate::view::flips::Turn;
use crate::view::forecast::{Cause, Forecast, ForecastGroup, ForecastModel, ForecastStep};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The forms of the report.
pub const FORMS_OF_FORECASTS: &[Form] = FORMS_OVER_TIME;

/// The columns of the CSV: a row for each model and moment at which it changes. They are never renamed, moved or removed.
pub const FORECAST_COLUMNS: [&str; 11] = [
    "at",
    "model",
    "change",
    "decision before",
    "decision after",
    "level before",
    "level after",
    "causes",
    "reason",
    "deployments",
    "evidence sha256",
];

/// With more days than these the bars stand for months.
const MOST_DAYS: usize = 31;

/// A forecast on its way into a form.
#[derive(Debug)]
pub struct ForecastFile<'a> {
    /// What will change.
    pub forecast: &'a Forecast,
    /// The same as a document.
    pub document: ReportForecastDocument<'a>,
    /// So many models of each group the text lists at most; all other forms list all.
    pub most: usize,
}

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn forecast(file: &ForecastFile<'_>, form: Form, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    match form {
        Form::Json => streamed(&file.document, out),
        Form::Text => out(words::forecast(file.forecast, file.most).as_bytes()),
        Form::Csv => out(csv(&rows(file.forecast)).as_bytes()),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(file), file.forecast.from)?),
        form => out(page(&page_of(file), form)?.as_bytes()),
    }
}

fn page_of(file: &ForecastFile<'_>) -> Page {
    let forecast = file.forecast;
    let mut page = Page::new(format!("Forecast: {} to {}", forecast.from, forecast.until));
    page.note(
        "What time alone will change for levels and decisions if nobody does anything. Nothing is estimated: each moment at \
         which anything is due was judged from the evidence that is kept.",
    );
    page.add(Block::Facts(head(forecast)));
    page.heading("What changes when");
    if forecast.steps.is_empty() {
        page.note("No model changes.");
    } else {
        page.note(
            "Bars from the left: changes that keep a model out, other losses, gains. A model counts each time it changes.",
        );
        page.add(chart(&forecast.steps));
        page.add(groups(&forecast.steps));
    }
    page.section("Models that change", models(&forecast.steps));
    not_looked_at(forecast, &mut page);
    over_time::assumes(file.document.assumes, &mut page);
    over_time::rests_on(over_time::inputs("now", &forecast.inputs), &mut page);
    page
}

fn head(forecast: &Forecast) -> Vec<(&'static str, Cell)> {
    let mut facts = vec![
        ("from", forecast.from.to_string().into()),
        ("until", forecast.until.to_string().into()),
        ("judged for", Cell::new(format!("stage {}", forecast.stage))),
        ("models", forecast.models.to_string().into()),
    ];
    if let Some(scope) = &forecast.scope {
        facts.push(("which", Cell::new(scope)));
    }
    facts.extend([
        ("change", count(forecast.changing, "model").into()),
        (
            "judged at",
            match forecast.by_day {
                false => format!("{}; between them nothing can change", count(forecast.moments, "moment")),
                true => format!(
                    "{}, the last of each day: a change is shown at the last moment of its day",
                    count(forecast.moments, "moment")
                ),
            }
            .into(),
        ),
        ("evidence", Cell::code(forecast.inputs.evidence.to_string())),
        ("policy", Cell::new(&forecast.inputs.policy.origin)),
        ("policy sha256", Cell::code(&forecast.inputs.policy.digest)),
        ("made by", Cell::new(format!("touchmark {}", forecast.inputs.program))),
    ]);
    facts
}

/// A loss that keeps a model out, another one, or a gain.
fn tone(turn: Turn) -> Tone {
    match turn {
        Turn::KeptOut => Tone::Bad,
        Turn::Tightened | Turn::Lowered => Tone::Warn,
        Turn::LetIn | Turn::Eased | Turn::Raised => Tone::Good,
    }
}

/// The first letters of a time: its day, or its month.
fn first(at: Timestamp, letters: usize) -> String {
    at.to_string().chars().take(letters).collect()
}

/// A bar for each day, or for each month where there are many days: how many models lose and gain.
fn chart(steps: &[ForecastStep]) -> Chart {
    const DAY: usize = 10;
    const MONTH: usize = 7;
    let in_all = |letters| {
        let mut all: BTreeMap<String, [usize; 3]> = BTreeMap::new();
        for step in steps {
            let [out, lost, gained] = all.entry(first(step.at, letters)).or_default();
            for group in &step.groups {
                *match tone(group.turn) {
                    Tone::Bad => &mut *out,
                    Tone::Warn => &mut *lost,
                    _ => &mut *gained,
                } += group.models.len();
            }
        }
        all
    };
    let days = in_all(DAY);
    let (name, all) = if days.len() > MOST_DAYS { ("month", in_all(MONTH)) } else { ("day", days) };
    let whole = all.values().map(|many| many.iter().sum()).max().unwrap_or(0);
    let bar = |(name, [out, lost, gained]): (String, [usize; 3])| Bar {
        name: name.into(),
        parts: vec![
            Part { many: out, tone: Tone::Bad },
            Part { many: lost, tone: Tone::Warn },
            Part { many: gained, tone: Tone::Good },
        ],
        figures: format!("{out} kept out, {lost} lose, {gained} gain").into(),
    };
    Chart { columns: [name, "changes"], whole, bars: all.into_iter().map(bar).collect() }
}

fn what(group: &ForecastGroup) -> Cell {
    Cell::new(words::turn_word(group.turn)).in_tone(tone(group.turn))
}

fn causes(causes: &[Cause]) -> Cell {
    causes.iter().map(words::words).collect::<Vec<String>>().join("; ").into()
}

/// `admit → refuse, L2 → L1`.
fn change(group: &ForecastGroup) -> Cell {
    let two = |before: String, after: String| match before == after {
        true => after,
        false => format!("{before} → {after}"),
    };
    let decisions = [group.decision_before, group.decision_after].map(|decision| decision.word().to_owned());
    let levels = [group.level_before, group.level_after].map(|level| format!("L{level}"));
    let ([was, is], [lower, upper]) = (decisions, levels);
    format!("{}, {}", two(was, is), two(lower, upper)).into()
}

fn groups(steps: &[ForecastStep]) -> Table {
    let row = |step: &ForecastStep, group: &ForecastGroup| {
        let running = group.models.iter().filter(|model| model.deployments > 0).count();
        vec![
            step.at.to_string().into(),
            what(group),
            group.models.len().to_string().into(),
            running.to_string().into(),
            change(group),
            causes(&group.causes),
            Cell::new(group.reason.as_deref().unwrap_or_default()),
        ]
    };
    let rows = steps.iter().flat_map(|step| step.groups.iter().map(move |group| row(step, group)));
    Table {
        columns: vec!["at", "change", "models", "deployed", "from and to", "what is due", "reason"],
        rows: rows.collect(),
    }
}

/// Each model at each moment at which it changes.
fn each(steps: &[ForecastStep]) -> impl Iterator<Item = (&ForecastStep, &ForecastGroup, &ForecastModel)> {
    steps.iter().flat_map(|step| {
        step.groups.iter().flat_map(move |group| group.models.iter().map(move |model| (step, group, model)))
    })
}

fn models(steps: &[ForecastStep]) -> Table {
    let row = |(step, group, model): (&ForecastStep, &ForecastGroup, &ForecastModel)| {
        vec![
            Cell::new(model.model.raw()),
            step.at.to_string().into(),
            what(group),
            change(group),
            model.deployments.to_string().into(),
            Cell::code(model.evidence.to_string()),
        ]
    };
    let mut all: Vec<_> = each(steps).collect();
    // Whoever looks for a model finds all that becomes of it in one place; the moments of each stay in order.
    all.sort_by(|(_, _, one), (_, _, other)| one.model.cmp(&other.model));
    Table {
        columns: vec!["model", "at", "change", "from and to", "deployments", "evidence sha256"],
        rows: all.into_iter().map(row).collect(),
    }
}

fn not_looked_at(forecast: &Forecast, page: &mut Page) {
    page.heading("What was not looked at");
    let found = why_not(&forecast.not_measured).into_iter().filter(|(many, _)| *many > 0);
    let rows: Vec<Vec<Cell>> = found.map(|(many, why)| vec![why.into(), many.to_string().into()]).collect();
    match rows.is_empty() {
        true => page.note("Every model was measured."),
        false => {
            page.note("Time changes nothing of models that were not measured: nothing is known of them.");
            page.add(Table { columns: vec!["why", "models"], rows });
        }
    }
}

/// The report as one table.
fn rows(forecast: &Forecast) -> Page {
    let row = |(step, group, model): (&ForecastStep, &ForecastGroup, &ForecastModel)| {
        let row: [Cell; 11] = [
            step.at.to_string().into(),
            Cell::new(model.model.raw()),
            words::turn_word(group.turn).into(),
            group.decision_before.word().into(),
            group.decision_after.word().into(),
            group.level_before.to_string().into(),
            group.level_after.to_string().into(),
            causes(&group.causes),
            Cell::new(group.reason.as_deref().unwrap_or_default()),
            model.deployments.to_string().into(),
            Cell::code(model.evidence.to_string()),
        ];
        row.to_vec()
    };
    let mut page = Page::default();
    page.add(Table { columns: FORECAST_COLUMNS.to_vec(), rows: each(&forecast.steps).map(row).collect() });
    page
}
