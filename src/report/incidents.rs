//! Cases of incidents, as text: the next step first.

use super::runbooks::{details, heading, hours};
use super::text::{Row, table};
use crate::incident::{
    Case, Cases, Entry, Held, Integrity, Item, ItemState, KeptFile, Kin, LogSeen, Logged, RunsAt, Step,
    StepKind, StepOutcome, StepState, Timer,
};
use crate::text::{Untrusted, count, screen, size};
use jiff::Timestamp;
use std::fmt::Write as _;

/// More names than this are counted instead of listed.
const MANY: usize = 20;

/// The cases that are shown, one per line; `total` is how many there are.
pub fn cases(cases: &Cases, shown: &[&Case], at: Timestamp) -> String {
    let mut out = String::new();
    let total = cases.cases.len();
    if total == 0 {
        out.push_str("No case. `touchmark incident open TYPE --subject MODEL --by NAME` opens one.\n");
    } else {
        let head = ["case", "type", "severity", "state", "subject", "next step", "deadlines", "opened", "by"];
        let mut rows: Vec<Row> = vec![head.map(str::to_owned).to_vec()];
        rows.extend(shown.iter().map(|case| row(case, at)));
        out.push_str(&table(&rows));
        let _ = writeln!(out, "{} of {}", shown.len(), count(total, "case"));
    }
    out.push_str(&super::drills::drills(&cases.drills));
    for stray in &cases.strays {
        let _ = writeln!(out, "! ledger entry {} belongs to no case: {}", stray.number, stray.misfit.what());
    }
    out
}

fn row(case: &Case, at: Timestamp) -> Row {
    let over = case.timers(at).iter().filter(|timer| timer.is_over).count();
    let is_open = case.closed().is_none();
    vec![
        case.record.number.to_string(),
        case.opening.runbook.id.clone(),
        case.severity().word().to_owned(),
        if is_open { "! open".to_owned() } else { "✓ closed".to_owned() },
        case.opening.subject.written.screen(),
        case.next().filter(|_| is_open).map_or_else(|| "–".to_owned(), |step| step.id.clone()),
        if is_open {
            format!("{over} of {} over", case.opening.runbook.clocks.len())
        } else {
            "–".to_owned()
        },
        case.made.recorded.to_string(),
        case.opening.by.screen(),
    ]
}

/// A whole case.
pub fn case(case: &Case, at: Timestamp) -> String {
    format!("{}\n{}{}", head(case), next(case), rest(case, at))
}

/// The same with the next step in front.
pub fn page(case: &Case, at: Timestamp) -> String {
    format!("{}\n{}{}", next(case), head(case), rest(case, at))
}

/// A case in one line, safe to show.
pub fn line(case: &Case) -> String {
    let opening = &case.opening;
    let state = if case.closed().is_some() { "closed" } else { "open" };
    let (kind, subject) = (screen(&opening.runbook.id), opening.subject.written.screen());
    format!("case {}  {kind}  {}, {state}  {subject}", case.record.number, case.severity().word())
}

/// What it is about.
fn head(case: &Case) -> String {
    let mut out = String::new();
    let opening = &case.opening;
    let number = case.record.number;
    let state = if case.closed().is_some() { "closed" } else { "open" };
    let _ = writeln!(
        out,
        "case {number}  {}  {}, {state}\n  {}",
        opening.runbook.id,
        case.severity().word(),
        opening.runbook.name.screen()
    );
    for (name, value) in facts(case) {
        let _ = writeln!(out, "  {name:<12}{}", screen(&value));
    }
    for stray in &case.faults {
        let _ = writeln!(
            out,
            "! ledger entry {} does not fit and does not count: {}",
            stray.number,
            stray.misfit.what()
        );
    }
    out
}

/// Deadlines, evidence, steps and log.
fn rest(case: &Case, at: Timestamp) -> String {
    let mut out = String::new();
    let timers = case.timers(at);
    if !timers.is_empty() {
        let _ = writeln!(out, "\nDeadlines that may apply; counsel decides");
        for timer in &timers {
            let _ = writeln!(out, "  {}", deadline(timer, at));
        }
    }
    let items = case.checklist();
    let missing: Vec<&Item<'_>> = items.iter().filter(|item| item.state == ItemState::Missing).collect();
    let _ = writeln!(out, "\nEvidence: {} of {}", items.len() - missing.len(), count(items.len(), "field"));
    for item in &items {
        let _ = writeln!(out, "  {}", evidence_line(item));
    }
    let _ = writeln!(out, "\nSteps");
    for (step, state) in case.steps() {
        let _ = writeln!(out, "  {}  {}", state_word(state), heading(step, &case.filling()));
    }
    if !case.log.is_empty() {
        let _ = writeln!(out, "\nLog");
        for logged in &case.log {
            let _ = writeln!(out, "  {}", log_line(logged));
        }
    }
    out
}

/// What is known of a case, names and values.
pub fn facts(case: &Case) -> Vec<(&'static str, String)> {
    let opening = &case.opening;
    let subject = &opening.subject;
    let mut facts = vec![("subject", format!("{} ({})", subject.written.raw(), opening.integrity.word()))];
    let unknown = || "not known".to_owned();
    facts.push(("approved", subject.expected.map_or_else(unknown, |digest| format!("sha256:{digest}"))));
    let observed = || match opening.integrity {
        Integrity::Contradicted => "other bytes than the approved ones, or a signature that fails".to_owned(),
        Integrity::Unsigned => "no signature".to_owned(),
        Integrity::Unknown | Integrity::Verified => "not verified".to_owned(),
    };
    facts.push(("found", subject.observed.map_or_else(observed, |digest| format!("sha256:{digest}"))));
    if let Some(place) = &opening.deployment {
        facts.push(("deployment", place.raw().to_owned()));
    }
    facts.extend(subject.deployments.iter().take(MANY).map(|runs| ("runs", runs_at(runs))));
    if subject.deployments.is_empty() {
        facts.push(("runs", "nowhere that is known".to_owned()));
    }
    let more = subject.deployments.len().saturating_sub(MANY);
    if more > 0 {
        facts.push(("runs", format!("and at {}", count(more, "other place"))));
    }
    for contact in opening.surface.iter().flat_map(|declared| &declared.surface.contacts) {
        let reach = contact.reach.as_ref().map(|reach| format!(", {}", reach.raw())).unwrap_or_default();
        facts.push(("contact", format!("{}: {}{reach}", contact.role.raw(), contact.name.raw())));
    }
    facts.push(("affected", affected(&subject.family, subject.affected)));
    let account = case.made.by.shown();
    facts.push((
        "opened",
        format!("{} by {} (account {})", case.made.recorded, opening.by.raw(), account.raw()),
    ));
    facts.push(("aware", opening.aware.to_string()));
    if case.severity() != opening.severity {
        facts.push(("by rule", format!("severity {}", opening.severity.word())));
    }
    if let Some((logged, hold)) = case.hold() {
        facts.push(("legal hold", format!("since {}: {}", logged.made.recorded, hold.reason.raw())));
    }
    if let Some((logged, closed)) = case.closed() {
        facts.push(("closed", format!("{}: {}", logged.made.recorded, closed.reason.raw())));
    }
    facts
}

fn runs_at(runs: &RunsAt) -> String {
    let owner = runs.owner.as_ref().map(|owner| format!(", owner {}", owner.raw())).unwrap_or_default();
    let since = runs.since.map(|since| format!(" since {since}")).unwrap_or_default();
    format!("{} at {} ({}){since}{owner}", runs.model.raw(), runs.place.raw(), runs.stage.raw())
}

fn affected(family: &[Kin], total: usize) -> String {
    if total == 0 {
        return "nothing that is known".to_owned();
    }
    let names: Vec<String> =
        family.iter().take(MANY).map(|kin| format!("{} ({})", kin.id.raw(), kin.side.word())).collect();
    let more = total.saturating_sub(names.len());
    let more = if more > 0 { format!(" and {}", count(more, "other")) } else { String::new() };
    format!("{}: {}{more}", total, names.join(", "))
}

/// The next step, how it is done, and how it is recorded.
fn next(case: &Case) -> String {
    let number = case.record.number;
    if case.closed().is_some() {
        return "The case is closed.\n".to_owned();
    }
    let Some(step) = case.next() else {
        return format!("All steps are done.\n  $ touchmark incident close {number} --reason WHY\n");
    };
    let filling = case.filling();
    let mut out = format!("Next: {}\n", heading(step, &filling));
    if let Some(found) = found_before(case) {
        let _ = writeln!(out, "  before  {}", screen(&found));
    }
    for line in details(step, &filling) {
        let _ = writeln!(out, "  {line}");
    }
    if let Some(due) = case.due(step) {
        let _ = writeln!(out, "  due {due}");
    }
    let missing: Vec<&str> = case.missing_for(step).into_iter().map(|field| field.id.as_str()).collect();
    if !missing.is_empty() {
        let _ = writeln!(out, "  ! collect first: {}", missing.join(", "));
        let _ = writeln!(out, "  $ touchmark incident evidence {number} FIELD --file FILE");
    }
    for command in commands(number, step) {
        let _ = writeln!(out, "  $ {command}");
    }
    out
}

/// What the step before found, where somebody wrote it down.
pub fn found_before(case: &Case) -> Option<String> {
    let steps = case.log.iter().rev().filter_map(|logged| match &logged.entry {
        Entry::Step(entry) => Some(entry),
        _ => None,
    });
    let entry = steps.take(1).next()?;
    Some(format!("{}: {}", entry.step, entry.note.as_ref()?.raw()))
}

/// The commands that record what became of a step.
pub fn commands(case: u64, step: &Step) -> Vec<String> {
    let done = format!("touchmark incident step {case} {} --outcome done", step.id);
    match step.kind {
        StepKind::Decision => {
            step.when.iter().map(|branch| format!("{done} --goto {}", branch.goto)).collect()
        }
        _ => vec![done],
    }
}

/// A deadline in one line.
pub fn deadline(timer: &Timer<'_>, at: Timestamp) -> String {
    let due = timer.due.map_or_else(|| "beyond all dates".to_owned(), |due| due.to_string());
    let left = match timer.due.map(|due| due.duration_since(at).as_secs() / 3600) {
        _ if timer.is_over => "✗ over".to_owned(),
        Some(left) => format!("{} left", hours(u32::try_from(left).unwrap_or(u32::MAX))),
        None => String::new(),
    };
    format!("{due}  {left:<9}  {}  ({})", timer.clock.name.screen(), timer.clock.source.screen())
}

fn evidence_line(item: &Item<'_>) -> String {
    let (glyph, what) = evidence(item);
    let short = if item.too_short { "  ! goes before the review" } else { "" };
    format!("{glyph} {}  {}{short}", item.field.id, screen(&what))
}

/// What there is for a field: a glyph, and words.
pub fn evidence(item: &Item<'_>) -> (&'static str, String) {
    match &item.state {
        ItemState::Missing => ("·", format!("missing: {}{}", item.field.name.raw(), logged(item))),
        ItemState::Known(value) => ("✓", value.raw().to_owned()),
        ItemState::Collected(entry) => match &entry.held {
            Held::Kept(file) => ("✓", format!("{}, {}", kept(file), until(item))),
            Held::Elsewhere { holder, file } => {
                let file = file.as_ref().map(|file| format!(", {}", kept(file))).unwrap_or_default();
                let share = entry.log.as_ref().map(|log| share(log, &item.field.id)).unwrap_or_default();
                ("✓", format!("held by {}{file}{share}, {}", holder.raw(), until(item)))
            }
            Held::Waived { reason } => ("–", format!("given up: {}", reason.raw())),
        },
    }
}

/// Where a field is to be had, as somebody declared.
pub fn logged(item: &Item<'_>) -> String {
    let days = |days: u32| count(days as usize, "day");
    item.log.map_or_else(String::new, |log| {
        format!("; declared to be logged: {}, for {}", log.place.raw(), days(log.days))
    })
}

/// How many records of a log have a field, and from when to when they are.
fn share(log: &LogSeen, field: &str) -> String {
    let has = log.fields.iter().find(|seen| seen.field == field).map_or(0, |seen| seen.records);
    let span = match (log.from, log.until) {
        (Some(from), Some(until)) => format!(" from {from} to {until}"),
        _ => " without a time".to_owned(),
    };
    format!(", in {has} of {} records{span}", log.records)
}

/// Until when evidence is kept.
pub fn until(item: &Item<'_>) -> String {
    match (item.until, item.days) {
        (Some(until), _) => format!("kept until {until}"),
        (None, Some(days)) => format!("kept at least {}", count(days as usize, "day")),
        (None, None) => "nothing says how long it is kept".to_owned(),
    }
}

fn kept(file: &KeptFile) -> String {
    format!("{} ({}, sha256:{})", file.name.raw(), size(file.bytes), file.sha256)
}

/// The word for where a step stands, with its glyph.
pub fn state_word(state: StepState) -> &'static str {
    match state {
        StepState::Done => "✓ done   ",
        StepState::Skipped => "– skipped",
        StepState::Next => "▸ next   ",
        StepState::Failed => "✗ failed ",
        StepState::Ahead => "· ahead  ",
        StepState::Passed => "  passed ",
    }
}

/// One thing that was done, in one line; safe to show.
pub fn log_line(logged: &Logged) -> String {
    let what = screen(&what(&logged.entry));
    let account = logged.made.by.shown();
    format!("#{}  {}  {}  {what}", logged.record.number, logged.made.recorded, account.screen())
}

/// What was done, in words.
pub fn what(entry: &Entry) -> String {
    match entry {
        Entry::Open(_) => "opened".to_owned(),
        Entry::Drill(entry) => format!("drill of {}", entry.runbook),
        Entry::Step(entry) => {
            let goto = entry.goto.as_ref().map(|goto| format!(", go to {goto}")).unwrap_or_default();
            let note = entry.note.as_ref().map(|note| format!(": {}", note.raw())).unwrap_or_default();
            let word = match entry.outcome {
                StepOutcome::Failed => "failed, to be tried again",
                outcome => outcome.word(),
            };
            format!("step {} {word}{goto}{note}", entry.step)
        }
        Entry::Evidence(entry) => {
            let fields = entry.fields.join(", ");
            match &entry.held {
                Held::Kept(file) => format!("evidence {fields}: {}", kept(file)),
                Held::Elsewhere { holder, .. } => {
                    let log = entry.log.as_ref();
                    let log = log.map(|log| {
                        format!(
                            " ({} records, {} of them without a field, {} lines unreadable)",
                            log.records, log.unknown, log.unreadable
                        )
                    });
                    format!("evidence {fields}: held by {}{}", holder.raw(), log.unwrap_or_default())
                }
                Held::Waived { reason } => format!("evidence {fields} given up: {}", reason.raw()),
            }
        }
        Entry::Hold(entry) => {
            let word = if entry.set { "set" } else { "lifted" };
            format!("legal hold {word}: {}", entry.reason.raw())
        }
        Entry::Severity(entry) => {
            format!("severity {}, by {}: {}", entry.level.word(), entry.by.raw(), entry.reason.raw())
        }
        Entry::Note(entry) => format!("note: {}", Untrusted::raw(&entry.text)),
        Entry::Close(entry) => format!("closed: {}", entry.reason.raw()),
    }
}
