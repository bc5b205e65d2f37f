//! The report on cases of incidents, as a page and as rows. It says what records say, and whether a deadline was met no
//! record says.

use super::super::csv::csv;
use super::super::form::Form;
use super::super::page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::over_time::FORMS_OVER_TIME;
use crate::documents::{ClockWord, EvidenceWord, IncidentReportDocument, ReportedCase, ReportedEvidence};
use crate::error::Result;
use crate::incident::StepOutcome;
use crate::text::count;
use jiff::Timestamp;

/// The forms of the report.
pub const FORMS_OF_INCIDENTS: &[Form] = FORMS_OVER_TIME;

/// The columns of the CSV: a row for each case. They are never renamed, moved or removed.
pub const INCIDENT_COLUMNS: [&str; 18] = [
    "case",
    "type",
    "severity",
    "severity by rule",
    "state",
    "opened",
    "closed",
    "aware",
    "by",
    "subject",
    "affected",
    "deployments",
    "steps done",
    "next step",
    "evidence missing",
    "deadlines over",
    "legal hold",
    "export sha256",
];

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn incidents(
    document: &IncidentReportDocument<'_>,
    form: Form,
    out: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    match form {
        Form::Json => streamed(document, out),
        Form::Csv => out(csv(&rows(document)).as_bytes()),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(document), document.at)?),
        form => out(page(&page_of(document), form)?.as_bytes()),
    }
}

fn page_of(document: &IncidentReportDocument<'_>) -> Page {
    let mut page = Page::new("Report on incidents");
    page.note(
        "What the records of the ledger say of each case. Deadlines are timers: whether one applies, and whether it was met, \
         no record says.",
    );
    page.add(Block::Facts(head(document)));
    let cases = &document.cases;
    if cases.is_empty() {
        page.note("There is no such case.");
    } else {
        page.heading("Cases by severity");
        page.note("Bars from the left: open, closed.");
        page.add(severities(document));
        page.section("Cases", overview(cases));
        page.heading("What is open");
        match cases.iter().any(|case| case.open) {
            true => page.add(open(cases)),
            false => page.note("All of these cases are closed."),
        }
        page.section("Deadlines that may apply", clocks(cases));
        page.section("Steps that were taken", steps(cases));
        page.section("Evidence", evidence(cases));
    }
    drills(document, &mut page);
    not_looked_at(document, &mut page);
    rests_on(document, &mut page);
    page
}

fn head(document: &IncidentReportDocument<'_>) -> Vec<(&'static str, Cell)> {
    let told = document.cases.len();
    let mut facts = vec![
        ("cases", Cell::new(format!("{told} of {}", document.all))),
        ("left out", document.all.saturating_sub(told).to_string().into()),
        ("drills", document.drills.len().to_string().into()),
    ];
    if let Some(period) = &document.period {
        let from = period.from.map_or_else(|| "the first record".to_owned(), |from| from.to_string());
        facts.push(("period", format!("from {from} to before {}", period.to).into()));
    }
    if let Some(scope) = document.scope {
        facts.push(("which", Cell::new(format!("cases that reach {scope}"))));
    }
    facts.extend([
        ("deadlines as of", document.at.to_string().into()),
        ("cases as of", Cell::new(format!("record {} of the ledger", document.ledger_records))),
        ("made by", format!("touchmark {}", document.program).into()),
    ]);
    facts
}

fn severities(document: &IncidentReportDocument<'_>) -> Chart {
    let bars = document.severities.iter().map(|of| {
        let closed = of.cases.saturating_sub(of.open);
        Bar {
            name: of.severity.word().into(),
            parts: vec![Part { many: of.open, tone: Tone::Bad }, Part { many: closed, tone: Tone::Plain }],
            figures: format!("{} open, {closed} closed", of.open).into(),
        }
    });
    Chart { columns: ["severity", "cases"], whole: document.cases.len(), bars: bars.collect() }
}

fn number(case: &ReportedCase<'_>) -> Cell {
    case.case.to_string().into()
}

fn state(case: &ReportedCase<'_>) -> Cell {
    match case.open {
        true => Cell::new("open").in_tone(Tone::Warn),
        false => Cell::new("closed"),
    }
}

fn severity(case: &ReportedCase<'_>) -> Cell {
    let (level, by_rule) = (case.severity.word(), case.severity_by_rule.word());
    match level == by_rule {
        true => format!("{level}, by the rule of the runbook").into(),
        false => format!("{level}, set by hand; {by_rule} by the rule of the runbook").into(),
    }
}

fn overview(cases: &[ReportedCase<'_>]) -> Table {
    let row = |case: &ReportedCase<'_>| {
        let blast = &case.blast;
        vec![
            number(case),
            Cell::from(case.name),
            severity(case),
            state(case),
            Cell::from(case.subject),
            case.deployment.map(Cell::from).unwrap_or_default(),
            Cell::new(format!(
                "{} affected, {} tainted, {} suspect, {}",
                count(blast.affected, "model"),
                blast.tainted,
                blast.suspect,
                count(blast.deployments, "deployment")
            )),
            case.opened.to_string().into(),
            Cell::new(format!("{} ({})", case.by.raw(), case.account.raw())),
            match &case.closed {
                Some(closed) => Cell::new(format!("{}: {}", closed.at, closed.reason.raw())),
                None => Cell::default(),
            },
        ]
    };
    Table {
        columns: vec![
            "case",
            "what",
            "severity",
            "state",
            "subject",
            "place",
            "blast radius when it was opened",
            "opened",
            "by (account)",
            "closed",
        ],
        rows: cases.iter().map(row).collect(),
    }
}

fn open(cases: &[ReportedCase<'_>]) -> Table {
    let row = |case: &ReportedCase<'_>| {
        let left: usize = ["next", "failed", "ahead"].iter().filter_map(|word| case.steps.get(word)).sum();
        let over = case.clocks.iter().filter(|clock| clock.state == ClockWord::Over).count();
        vec![
            number(case),
            Cell::new(case.next.unwrap_or("all steps are done: close the case")),
            count(left, "step").into(),
            count(case.missing(), "field").into(),
            Cell::new(format!("{over} of {}", case.clocks.len())).in_tone(match over {
                0 => Tone::Plain,
                _ => Tone::Bad,
            }),
            if case.faults > 0 { count(case.faults, "record").into() } else { Cell::default() },
        ]
    };
    Table {
        columns: vec![
            "case",
            "next step",
            "steps left at most",
            "evidence missing",
            "deadlines over",
            "records that do not fit",
        ],
        rows: cases.iter().filter(|case| case.open).map(row).collect(),
    }
}

fn clocks(cases: &[ReportedCase<'_>]) -> Table {
    let rows = cases.iter().flat_map(|case| {
        case.clocks.iter().map(move |of| {
            vec![
                number(case),
                Cell::from(of.clock.name),
                of.clock.start.to_string().into(),
                of.clock.due.map_or_else(|| "beyond all dates".to_owned(), |due| due.to_string()).into(),
                Cell::new(of.state.word()).in_tone(match of.state {
                    ClockWord::Over | ClockWord::ClosedAfter => Tone::Warn,
                    ClockWord::Running | ClockWord::ClosedBefore => Tone::Plain,
                }),
                Cell::from(of.clock.source),
            ]
        })
    });
    Table { columns: vec!["case", "what", "since", "due", "state", "source"], rows: rows.collect() }
}

fn outcome(outcome: StepOutcome) -> Cell {
    match outcome {
        StepOutcome::Done => Cell::new("done"),
        StepOutcome::Skipped => Cell::new("left out").in_tone(Tone::Warn),
        StepOutcome::Failed => Cell::new("failed").in_tone(Tone::Bad),
    }
}

fn steps(cases: &[ReportedCase<'_>]) -> Table {
    let rows = cases.iter().flat_map(|case| {
        case.done.iter().map(move |step| {
            vec![
                number(case),
                step.at.to_string().into(),
                Cell::new(step.step),
                Cell::new(&step.title),
                outcome(step.outcome),
                Cell::from(&step.account),
                step.record.number.to_string().into(),
            ]
        })
    });
    Table {
        columns: vec!["case", "recorded", "step", "what", "outcome", "account", "record"],
        rows: rows.collect(),
    }
}

fn evidence(cases: &[ReportedCase<'_>]) -> Table {
    let time = |at: Option<Timestamp>| Cell::new(at.map(|at| at.to_string()).unwrap_or_default());
    let row = |case: &ReportedCase<'_>, item: &ReportedEvidence<'_>| {
        let held = match (&case.hold, item.kept_until) {
            (Some(_), _) => Cell::new("legal hold"),
            (None, until) => time(until),
        };
        vec![
            number(case),
            Cell::from(item.name),
            match item.state {
                EvidenceWord::Missing => Cell::new("missing").in_tone(Tone::Unknown),
                EvidenceWord::Known => "known when the case was opened".into(),
                EvidenceWord::Collected => "collected".into(),
                EvidenceWord::Waived => Cell::new("given up").in_tone(Tone::Warn),
            },
            time(item.captured),
            item.retention_days
                .map(|days| count(usize::try_from(days).unwrap_or(usize::MAX), "day"))
                .unwrap_or_default()
                .into(),
            held,
            Cell::new(if item.too_short { "goes before the review" } else { "" }).in_tone(Tone::Warn),
        ]
    };
    let rows = cases.iter().flat_map(|case| case.evidence.iter().map(move |item| row(case, item)));
    Table {
        columns: vec!["case", "evidence", "state", "captured", "kept for", "kept until", "retention"],
        rows: rows.collect(),
    }
}

fn drills(document: &IncidentReportDocument<'_>, page: &mut Page) {
    page.heading("Drills");
    if document.drills.is_empty() {
        page.note("No drill is on record here.");
        return;
    }
    let rows = document.drills.iter().map(|drill| {
        vec![
            drill.drill.to_string().into(),
            Cell::new(drill.kind),
            drill.at.to_string().into(),
            match drill.ended {
                true => Cell::new("came to its end").in_tone(Tone::Good),
                false => Cell::new("broken off, or something failed").in_tone(Tone::Warn),
            },
            if drill.walked { "with people".into() } else { "without people".into() },
            Cell::new(drill.subject.unwrap_or("all that the runbook is bound to")),
            Cell::new(format!("{}.{:03} s", drill.took_ms / 1000, drill.took_ms % 1000)),
            Cell::from(drill.by),
        ]
    });
    page.add(Table {
        columns: vec!["record", "type", "recorded", "outcome", "how", "counts for", "took", "by"],
        rows: rows.collect(),
    });
}

fn not_looked_at(document: &IncidentReportDocument<'_>, page: &mut Page) {
    page.heading("What was not looked at");
    page.note("What nobody recorded in a case is not in this report, and how far an incident reaches now is not: ask `touchmark blast`.");
    if !document.faults.is_empty() {
        let row = |fault: &crate::documents::IncidentFaultDocument| {
            vec![fault.record.to_string().into(), Cell::new(&fault.what)]
        };
        page.note("These records of incidents belong to no case.");
        page.add(Table { columns: vec!["record", "why"], rows: document.faults.iter().map(row).collect() });
    }
}

fn rests_on(document: &IncidentReportDocument<'_>, page: &mut Page) {
    page.heading("What this report rests on");
    page.note(
        "A case is named by the hash of the record that opened it, and by the SHA-256 of the whole case as `touchmark \
         incident export CASE --as json` writes it at the same time.",
    );
    let mut rows = vec![vec![
        "ledger".into(),
        Cell::new(format!("up to record {}", document.ledger_records)),
        Cell::code(document.ledger_head),
        Cell::default(),
    ]];
    rows.extend(document.cases.iter().map(|case| {
        vec![
            "case".into(),
            number(case),
            Cell::code(case.record.hash.to_string()),
            Cell::code(case.export_sha256.to_string()),
        ]
    }));
    page.add(Table { columns: vec!["what", "which", "record hash", "export sha256"], rows });
}

/// The report as one table.
fn rows(document: &IncidentReportDocument<'_>) -> Page {
    let row = |case: &ReportedCase<'_>| {
        let over = |clock: &ClockWord| matches!(clock, ClockWord::Over | ClockWord::ClosedAfter);
        let row: [Cell; 18] = [
            number(case),
            Cell::new(case.kind),
            case.severity.word().into(),
            case.severity_by_rule.word().into(),
            if case.open { "open" } else { "closed" }.into(),
            case.opened.to_string().into(),
            case.closed.as_ref().map(|closed| closed.at.to_string()).unwrap_or_default().into(),
            case.aware.to_string().into(),
            Cell::from(case.by),
            Cell::from(case.subject),
            case.blast.affected.to_string().into(),
            case.blast.deployments.to_string().into(),
            case.steps.get("done").copied().unwrap_or_default().to_string().into(),
            Cell::new(case.next.unwrap_or_default()),
            case.missing().to_string().into(),
            case.clocks.iter().filter(|clock| over(&clock.state)).count().to_string().into(),
            if case.hold.is_some() { "yes" } else { "no" }.into(),
            Cell::code(case.export_sha256.to_string()),
        ];
        row.to_vec()
    };
    let mut page = Page::default();
    page.add(Table { columns: INCIDENT_COLUMNS.to_vec(), rows: document.cases.iter().map(row).collect() });
    page
}
