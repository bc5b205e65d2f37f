//! The report on a policy, as a page and as rows: one for each model and stage. What stands in a policy is told as it is
//! written; what it comes to is counted.

use super::super::csv::line;
use super::super::form::Form;
use super::super::page::{Bar, Block, Cell, Chart, Page, Part, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::over_time::FORMS_OVER_TIME;
use super::{basis, exceptions, relevant};
use crate::documents::{
    DecidedModel, DecidedStage, IdentityDocument, PolicyReportDocument, ReportedAnchor, ReportedPublisher,
    ReportedStage,
};
use crate::error::Result;
use crate::maturity::Rubric;
use crate::policy::{Action, Class, Severity};
use crate::text::{count, screen};
use crate::view::ruled::ReasonCount;
use std::collections::{BTreeMap, BTreeSet};

/// The forms of the report.
pub const FORMS_OF_POLICIES: &[Form] = FORMS_OVER_TIME;

/// The columns of the CSV: a row for each model and stage. They are never renamed, moved or removed.
pub const POLICY_COLUMNS: [&str; 11] = [
    "stage",
    "model",
    "decision",
    "asks level",
    "effective level",
    "reasons",
    "exceptions",
    "publisher",
    "root digest",
    "policy sha256",
    "sha256",
];

/// Rows are handed on when they have come to so many bytes.
const AT_ONCE: usize = 1 << 16;

/// The report, and the rubric whose controls it names.
pub struct PolicyFile<'a> {
    /// The report.
    pub document: PolicyReportDocument<'a>,
    /// The rubric.
    pub rubric: &'a Rubric,
}

/// The report in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn policies(file: &PolicyFile<'_>, form: Form, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    match form {
        Form::Json => streamed(&file.document, out),
        Form::Csv => rows(&file.document, out),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(file), file.document.rests_on.at)?),
        form => out(page(&page_of(file), form)?.as_bytes()),
    }
}

fn page_of(file: &PolicyFile<'_>) -> Page {
    let document = &file.document;
    let mut page = Page::new(format!("Report on the policy {}", document.rests_on.policy.name));
    page.note(
        "What the policy asks, and what that comes to for these models. An admitted model has the evidence that the policy \
         asks for; that says nothing of its safety or correctness.",
    );
    page.add(Block::Facts(head(document)));
    decisions(document, &mut page);
    page.section("What each stage asks", stages(&document.stages));
    reasons(file, &mut page);
    trusted(document, &mut page);
    requirements(document, &mut page);
    exceptions::section(&document.exceptions, &mut page);
    changes(document, &mut page);
    gates(document, &mut page);
    findings(document, &mut page);
    page.section("Models", models(&document.models));
    not_looked_at(document, &mut page);
    basis::rests_on(&document.rests_on, &mut page);
    page
}

fn head(document: &PolicyReportDocument<'_>) -> Vec<(&'static str, Cell)> {
    let policy = &document.policy;
    let mut facts = vec![
        ("version", Cell::new(policy.version)),
        ("file", Cell::from(&document.rests_on.policy.origin)),
        ("signature", Cell::new(&policy.signed).in_tone(policy.signature)),
        ("owner", policy.owner.map(Cell::new).unwrap_or_else(unsaid)),
        ("approved by", some(policy.approved_by).map(Cell::new).unwrap_or_else(unsaid)),
        ("ends", policy.expires.map_or_else(unsaid, |expires| expires.to_string().into())),
        ("tests", count(policy.tests, "test").into()),
    ];
    if let Some(below) = policy.extends {
        facts.push(("extends", Cell::new(below)));
    }
    facts.extend(basis::population(&document.population, &document.rests_on));
    facts
}

fn unsaid() -> Cell {
    Cell::new("not stated").in_tone(Tone::Dim)
}

/// `one, another`; none where there is nothing.
fn some<T: AsRef<str>>(all: &[T]) -> Option<String> {
    let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn decisions(document: &PolicyReportDocument<'_>, page: &mut Page) {
    page.heading("Decisions by stage");
    page.note(
        "Bars from the left: admitted, let in after somebody acknowledges a warning, refused, not judged.",
    );
    let bar = |stage: &ReportedStage<'_>| Bar {
        name: Cell::new(stage.name),
        parts: vec![
            Part { many: stage.admit, tone: Tone::Good },
            Part { many: stage.warn, tone: Tone::Warn },
            Part { many: stage.refuse, tone: Tone::Bad },
            Part { many: stage.not_judged, tone: Tone::Unknown },
        ],
        figures: format!(
            "{} admit, {} warn, {} refuse, {} not judged",
            stage.admit, stage.warn, stage.refuse, stage.not_judged
        )
        .into(),
    };
    page.add(Chart {
        columns: ["stage", "models"],
        whole: document.population.covered,
        bars: document.stages.iter().map(bar).collect(),
    });
}

/// What a stage does about something.
fn act(action: Action) -> &'static str {
    match action {
        Action::Open => "records it",
        Action::Warn => "warns",
        Action::Closed => "refuses",
    }
}

/// `refuses contradicted, error; warns missing`: what it lets pass is left out.
fn actions(on: &BTreeMap<&'static str, Action>) -> String {
    let of = |action: Action| {
        let all: Vec<&str> =
            on.iter().filter(|(_, does)| **does == action).map(|(class, _)| *class).collect();
        (!all.is_empty()).then(|| format!("{} {}", act(action), all.join(", ")))
    };
    let all: Vec<String> = [Action::Closed, Action::Warn, Action::Open].into_iter().filter_map(of).collect();
    all.join("; ")
}

fn stages(stages: &[ReportedStage<'_>]) -> Table {
    let row = |stage: &ReportedStage<'_>| {
        let by_risk: Vec<String> =
            stage.min_level_by_risk.iter().map(|(risk, level)| format!("L{level} at {risk} risk")).collect();
        let level = std::iter::once(format!("L{}", stage.min_level)).chain(by_risk);
        vec![
            Cell::new(stage.name),
            if stage.production { "production" } else { "" }.into(),
            level.collect::<Vec<String>>().join(", ").into(),
            some(stage.requires_controls).unwrap_or_default().into(),
            some(stage.requires_claims).unwrap_or_default().into(),
            actions(&stage.on).into(),
            some(&stage.evidence_profiles).unwrap_or_default().into(),
            Cell::new(stage.from.unwrap_or_default()),
            stage
                .break_glass_approvers
                .map_or_else(
                    || "nobody".to_owned(),
                    |many| count(usize::try_from(many).unwrap_or(usize::MAX), "account"),
                )
                .into(),
        ]
    };
    let columns = vec![
        "stage",
        "kind",
        "level",
        "controls besides",
        "requirements",
        "what it does on evidence",
        "must be logged",
        "after stage",
        "breaks the glass",
    ];
    Table { columns, rows: stages.iter().map(row).collect() }
}

/// In words.
fn class(class: Option<Class>) -> Cell {
    match class {
        Some(Class::Contradicted) => Cell::new("contradicted").in_tone(Tone::Bad),
        Some(Class::Error) => Cell::new("could not be read").in_tone(Tone::Bad),
        Some(Class::Unavailable) => Cell::new("not looked at").in_tone(Tone::Unknown),
        Some(Class::Missing) => Cell::new("missing").in_tone(Tone::Warn),
        None => Cell::default(),
    }
}

fn reasons(file: &PolicyFile<'_>, page: &mut Page) {
    let document = &file.document;
    page.heading("What stands in the way");
    page.note("Of models that were judged: how many of them each reason stands against.");
    let row = |stage: &ReportedStage<'_>, reason: &ReasonCount| {
        let control = file.rubric.control(&reason.code);
        vec![
            Cell::new(stage.name),
            Cell::new(&reason.code),
            Cell::new(control.map(|control| control.title.as_str()).unwrap_or_default()),
            class(reason.class),
            Cell::new(act(reason.action)).in_tone(match reason.action {
                Action::Closed => Tone::Bad,
                Action::Warn => Tone::Warn,
                Action::Open => Tone::Plain,
            }),
            reason.models.to_string().into(),
        ]
    };
    let rows = document.stages.iter().flat_map(|stage| stage.reasons.iter().map(move |one| row(stage, one)));
    let rows: Vec<Vec<Cell>> = rows.collect();
    if rows.is_empty() {
        page.note("Nothing: every model that was judged is admitted at every stage.");
        return;
    }
    page.add(Table {
        columns: vec!["stage", "reason", "what it asks", "the evidence is", "the stage", "models"],
        rows,
    });
    let codes: BTreeSet<&str> =
        document.stages.iter().flat_map(|stage| stage.reasons.iter().map(|one| one.code.as_str())).collect();
    let clauses = |code: &&str| {
        let line = relevant::line(&document.relevant_to, file.rubric.control(code)?);
        (!line.is_empty()).then(|| vec![Cell::new(*code), line.into()])
    };
    let rows: Vec<Vec<Cell>> = codes.iter().filter_map(clauses).collect();
    if !rows.is_empty() {
        page.note(
            "The evidence for these controls is relevant to these clauses. That is no statement that a clause is met. Ids \
             with * were not checked against a text of the document.",
        );
        page.add(Table { columns: vec!["control", "evidence relevant to"], rows });
    }
}

fn identities(all: &[IdentityDocument<'_>]) -> Cell {
    let one = |identity: &IdentityDocument<'_>| match identity.issuer {
        Some(issuer) => format!("{} by {issuer}", identity.subject),
        None => identity.subject.clone(),
    };
    match all.is_empty() {
        true => Cell::new("whoever the anchors stand for"),
        false => Cell::new(all.iter().map(one).collect::<Vec<String>>().join("; ")),
    }
}

fn roles(all: &[crate::policy::Role]) -> String {
    all.iter().map(|role| role.word()).collect::<Vec<&str>>().join(", ")
}

fn trusted(document: &PolicyReportDocument<'_>, page: &mut Page) {
    let anchor = |of: &ReportedAnchor<'_>| {
        let anchor = of.anchor;
        vec![
            Cell::new(&anchor.name),
            Cell::new(anchor.kind.word()),
            Cell::new(&anchor.origin),
            anchor
                .age_days
                .map(|days| count(usize::try_from(days.max(0)).unwrap_or(usize::MAX), "day"))
                .unwrap_or_default()
                .into(),
            match (&anchor.error, anchor.stale) {
                (Some(error), _) => Cell::new(error).in_tone(Tone::Bad),
                (None, true) => Cell::new("older than the policy allows").in_tone(Tone::Warn),
                (None, false) => Cell::default(),
            },
            of.models.to_string().into(),
            Cell::code(&anchor.digest),
        ]
    };
    page.heading("Whom the policy trusts");
    page.note(
        "An anchor, publisher or attester with 0 models or claims is trusted and not used by these models.",
    );
    page.add(Table {
        columns: vec!["anchor", "kind", "file", "age", "what is wrong", "models", "sha256"],
        rows: document.anchors.iter().map(anchor).collect(),
    });
    let publisher = |of: &ReportedPublisher<'_>| {
        let bounds = match (of.valid_from, of.valid_until) {
            (None, None) => String::new(),
            (Some(from), None) => format!("from {from}"),
            (None, Some(until)) => format!("until {until}"),
            (Some(from), Some(until)) => format!("from {from} until {until}"),
        };
        vec![
            Cell::new(of.id),
            some(&of.patterns).unwrap_or_default().into(),
            some(of.trust).unwrap_or_default().into(),
            identities(&of.identities),
            roles(&of.roles).into(),
            bounds.into(),
            of.counts.models.to_string().into(),
            of.counts.signed.to_string().into(),
            Cell::new(of.counts.others.to_string()).in_tone(match of.counts.others {
                0 => Tone::Plain,
                _ => Tone::Bad,
            }),
        ]
    };
    page.section(
        "Publishers",
        Table {
            columns: vec![
                "publisher",
                "models",
                "anchors",
                "identities",
                "may claim as",
                "in force",
                "has",
                "signed by it",
                "signed by others",
            ],
            rows: document.publishers.iter().map(publisher).collect(),
        },
    );
    page.note(match document.unowned {
        0 => "Every model has a publisher.".to_owned(),
        many => format!("Without a publisher of the policy: {}.", count(many, "model")),
    });
    let attesters = document.attesters.iter().map(|of| {
        vec![
            Cell::new(of.id),
            some(of.trust).unwrap_or_default().into(),
            identities(&of.identities),
            roles(&of.roles).into(),
            of.claims.to_string().into(),
        ]
    });
    page.section(
        "Attesters",
        Table {
            columns: vec!["attester", "anchors", "identities", "may claim as", "claims that count"],
            rows: attesters.collect(),
        },
    );
    let denied = document.denied.iter().map(|of| {
        vec![
            Cell::new(&of.subject),
            of.after.map(|after| after.to_string()).unwrap_or_else(|| "always".to_owned()).into(),
            of.reason.map(Cell::new).unwrap_or_else(unsaid),
            of.models.to_string().into(),
        ]
    });
    page.section(
        "Identities that are denied",
        Table { columns: vec!["identity", "signatures from", "why", "models"], rows: denied.collect() },
    );
}

fn requirements(document: &PolicyReportDocument<'_>, page: &mut Page) {
    let row = |of: &crate::documents::ReportedRequirement<'_>| {
        let outcomes = of.outcomes.iter().map(|(outcome, many)| format!("{many} {outcome}"));
        vec![
            Cell::new(of.id),
            Cell::new(of.predicate),
            match of.severity {
                Severity::Must => "must",
                Severity::Should => "should",
            }
            .into(),
            outcomes.collect::<Vec<String>>().join(", ").into(),
        ]
    };
    page.section(
        "What claims must state",
        Table {
            columns: vec!["requirement", "predicate", "weight", "models"],
            rows: document.requirements.iter().map(row).collect(),
        },
    );
}

/// `from T to before T`, or all that is on record.
pub(super) fn period(period: Option<&crate::documents::ReportPeriod>) -> String {
    match period {
        None => "all that is on record".to_owned(),
        Some(period) => {
            let from = period.from.map_or_else(|| "the first record".to_owned(), |from| from.to_string());
            format!("from {from} to before {}", period.to)
        }
    }
}

fn changes(document: &PolicyReportDocument<'_>, page: &mut Page) {
    page.heading("Changes of the policy");
    page.note(format!(
        "Of {}. An edit outside of this program leaves no record.",
        period(document.period.as_ref())
    ));
    if document.changes.is_empty() {
        page.note("No change is on record.");
        return;
    }
    let row = |of: &crate::documents::ReportedChange<'_>| {
        let changed = of.changed.iter();
        let changed =
            changed.map(|one| format!("{} from {} to {}", one.models, one.from.word(), one.to.word()));
        let changed: Vec<String> = changed.collect();
        vec![
            of.record.number.to_string().into(),
            of.at.to_string().into(),
            Cell::from(&of.account),
            Cell::new(of.file.raw()),
            Cell::from(of.reason),
            Cell::new(of.stage),
            match changed.is_empty() {
                true => format!("none of {}", of.models).into(),
                false => format!("of {}: {}", of.models, changed.join(", ")).into(),
            },
            Cell::code(of.before),
            Cell::code(of.after),
            Cell::code(of.record.hash.to_string()),
        ]
    };
    page.add(Table {
        columns: vec![
            "record",
            "recorded",
            "account",
            "file",
            "why",
            "stage",
            "models decided otherwise",
            "policy before",
            "policy since",
            "record hash",
        ],
        rows: document.changes.iter().map(row).collect(),
    });
}

fn gates(document: &PolicyReportDocument<'_>, page: &mut Page) {
    page.heading("What gates said");
    page.note(format!("Of {}; of all models of the workspace.", period(document.period.as_ref())));
    let row = |(stage, words): (&String, &crate::view::activity::GateWords)| {
        vec![Cell::new(stage), words.let_in.to_string().into(), words.kept_out.to_string().into()]
    };
    match document.gates.is_empty() {
        true => page.note("No decision of a gate is on record."),
        false => page.add(Table {
            columns: vec!["stage", "let in", "kept out"],
            rows: document.gates.iter().map(row).collect(),
        }),
    }
    if document.unread > 0 {
        page.note(format!(
            "Not counted, because an earlier version of the program wrote them: {}.",
            count(document.unread, "record")
        ));
    }
}

fn findings(document: &PolicyReportDocument<'_>, page: &mut Page) {
    page.heading("What the linter says");
    let row = |of: &crate::documents::LintFindingDocument<'_>| {
        vec![
            Cell::new(of.code),
            of.severity.word().into(),
            of.line.map(|line| line.to_string()).unwrap_or_default().into(),
            Cell::new(of.message),
            Cell::new(of.help),
        ]
    };
    match document.findings.is_empty() {
        true => page.note("Nothing."),
        false => page.add(Table {
            columns: vec!["rule", "weight", "line", "what", "what to do"],
            rows: document.findings.iter().map(row).collect(),
        }),
    }
    if let Some(codes) = some(&document.not_examined) {
        page.note(format!("Not examined for this report: {codes}. `touchmark policy lint` does."));
    }
}

/// `production refuse; staging admit`.
fn decided(stages: &[DecidedStage<'_>]) -> Cell {
    let word = |one: &DecidedStage<'_>| format!("{} {}", one.stage, one.ruled.decision.word());
    Cell::new(stages.iter().map(word).collect::<Vec<String>>().join("; "))
}

fn codes(stages: &[DecidedStage<'_>]) -> String {
    let mut codes: Vec<&str> =
        stages.iter().flat_map(|one| one.ruled.reasons.iter().map(|reason| reason.as_str())).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

fn models(models: &[DecidedModel<'_>]) -> Table {
    let row = |model: &DecidedModel<'_>| {
        let level = model.stages.first().map(|one| format!("L{}", one.ruled.effective)).unwrap_or_default();
        let mut excused: Vec<&str> =
            model.stages.iter().flat_map(|one| one.ruled.exceptions.iter().map(|id| id.raw())).collect();
        excused.sort_unstable();
        excused.dedup();
        vec![
            Cell::new(model.id.raw()),
            Cell::new(model.publisher.unwrap_or("none")),
            decided(&model.stages),
            level.into(),
            codes(&model.stages).into(),
            excused.join(", ").into(),
            model.evidence.map(|digest| Cell::code(digest.to_string())).unwrap_or_default(),
        ]
    };
    let columns = vec![
        "model",
        "publisher",
        "decisions",
        "effective level",
        "reasons",
        "exceptions",
        "evidence sha256",
    ];
    Table { columns, rows: models.iter().map(row).collect() }
}

fn not_looked_at(document: &PolicyReportDocument<'_>, page: &mut Page) {
    page.heading("What was not looked at");
    let population = &document.population;
    page.note(match population.not_measured {
        0 => "Every model was measured.".to_owned(),
        many => format!(
            "Not measured: {}. Nobody verified them, or they changed since; `touchmark report inventory` says why.",
            count(many, "model")
        ),
    });
    page.note("Nothing was verified for this report, and the policy's tests were not run.");
}

/// The report as rows.
fn rows(document: &PolicyReportDocument<'_>, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut text = String::new();
    line(POLICY_COLUMNS.into_iter(), &mut text);
    for stage in &document.stages {
        let of_stage = document.models.iter().filter_map(|model| {
            Some((model, model.stages.iter().find(|one| one.stage == stage.name)?.ruled))
        });
        for (model, ruled) in of_stage {
            let reasons: Vec<String> = ruled.reasons.iter().map(|reason| screen(reason.as_str())).collect();
            let exceptions: Vec<String> = ruled.exceptions.iter().map(|id| id.screen()).collect();
            let id = model.id.screen();
            let digest = |digest: Option<String>| digest.unwrap_or_default();
            let cells: [&str; 11] = [
                &screen(stage.name),
                &id,
                ruled.decision.word(),
                &ruled.asks_level.to_string(),
                &ruled.effective.to_string(),
                &reasons.join(" "),
                &exceptions.join(" "),
                &screen(model.publisher.unwrap_or_default()),
                &digest(model.root_digest.map(|digest| digest.to_string())),
                document.rests_on.policy.digest,
                &digest(model.evidence.map(|digest| digest.to_string())),
            ];
            line(cells.into_iter(), &mut text);
            if text.len() >= AT_ONCE {
                out(text.as_bytes())?;
                text.clear();
            }
        }
    }
    out(text.as_bytes())
}
