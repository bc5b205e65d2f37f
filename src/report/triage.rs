//! A triage as text: which bytes lie there and what to do first, then the other answers, on one screen of 80 columns.

use super::text::decision_word;
use crate::decision::Decision;
use crate::incident::{
    Age, Class, DeniedBy, Difference, Event, Expected, ExpectedFrom, Part, Patch, Rollback, Shared,
    StageStood, Timeline, Triage, What,
};
use crate::inventory::{Basis, ModelId};
use crate::signing::Outcome;
use crate::text::{count, screen, shell_word, width};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::time::Duration;

/// What a line takes at most.
const COLUMNS: usize = 80;
/// Where the values begin.
const INDENT: usize = 12;
/// So many files, places and codes are named.
const FEW: usize = 3;
/// Columns of a signer; the JSON has all of it.
const SIGNER: usize = 44;
/// What no triage looks at.
const NOT_LOOKED_AT: &str = "prompts and answers, logs of networks and permissions, the memory of the running process, \
                             other hosts, who did it";

/// The whole triage.
pub fn triage(triage: &Triage) -> String {
    let mut out = String::new();
    let name = triage.model.as_ref().map_or_else(|| triage.asked.screen(), ModelId::screen);
    let _ = writeln!(out, "{} {}  {name}", glyph(&triage.class), class_word(&triage.class));
    paragraph(&mut out, "", 2, &means(triage));
    paragraph(&mut out, "First: ", 2, first(triage));
    if let Some(command) = open_command(triage) {
        let _ = writeln!(out, "  $ {command}");
    }
    out.push('\n');
    for (label, value) in answers(triage) {
        paragraph(&mut out, label, INDENT, &screen(&value));
    }
    out
}

/// A triage in a few lines, for the log of a case.
pub fn triage_note(triage: &Triage) -> String {
    let root = |root: Option<String>| root.unwrap_or_else(|| "not known".to_owned());
    let expected = triage.expected.as_ref().map(|expected| expected.root.to_string());
    let observed = triage.observed.root.map(|root| root.to_string());
    let way = triage.class.way().map(|way| format!(" This points to the way `{way}`.")).unwrap_or_default();
    format!(
        "Triage: {}. {} Expected {}, found {}. {}.{way}",
        class_word(&triage.class),
        means(triage),
        root(expected),
        root(observed),
        since(&triage.timeline),
    )
}

fn glyph(class: &Class) -> &'static str {
    match class {
        Class::Expected => Outcome::Pass.glyph(),
        Class::NotRead => Outcome::Unknown.glyph(),
        _ => Outcome::Fail.glyph(),
    }
}

/// The word for a class.
pub fn class_word(class: &Class) -> &'static str {
    match class {
        Class::Expected => "expected",
        Class::OtherVersion { age: Age::Older, .. } => "rolled back",
        Class::OtherVersion { age: Age::OtherModel, .. } => "another model",
        Class::OtherVersion { .. } => "another version",
        Class::Denied { .. } => "denied",
        Class::Unrecorded => "unrecorded",
        Class::Foreign => "foreign",
        Class::Unknown => "unknown bytes",
        Class::NotRead => "not read",
    }
}

/// What that means; safe to show.
fn means(triage: &Triage) -> String {
    let observed = &triage.observed;
    match &triage.class {
        Class::Expected => match &observed.check {
            None => "These are the expected bytes.".to_owned(),
            Some(check) => format!("These are the expected bytes, and yet they do not verify: {check}."),
        },
        Class::OtherVersion { model, age, record } => {
            let record = record.map(|record| format!(" (ledger entry {})", record.number)).unwrap_or_default();
            let model = model.screen();
            match age {
                Age::Older => format!(
                    "An older version of {model} that passed before{record}: a wrong deployment, or a rollback attack."
                ),
                Age::Newer => format!("A newer version of {model} that passed before{record}."),
                Age::OtherModel => format!("These are the bytes of {model}, which passed before{record}."),
                Age::Unknown => format!("A version of {model} that passed before{record}."),
            }
        }
        Class::Denied { by: DeniedBy::Policy { pattern } } => {
            format!("The policy denies who signed these bytes: {}.", pattern.screen())
        }
        Class::Denied { by: DeniedBy::Review(record) } => {
            format!("A reviewer rejected exactly these bytes: ledger entry {}.", record.number)
        }
        Class::Unrecorded => {
            "An allowed identity signed these bytes, and neither ledger nor inventory knows them: a release that nobody \
             recorded, an insider, or a misused key."
                .to_owned()
        }
        Class::Foreign => "An identity signed these bytes that may not sign this model.".to_owned(),
        Class::Unknown if triage.model.is_none() && observed.is_about => {
            "A signature is about these bytes. Who may sign them depends on the model that they should be: name it with \
             --expected."
                .to_owned()
        }
        Class::Unknown if observed.signer.is_some() && observed.is_about => {
            "A signature is about these bytes, and nothing proves who made it.".to_owned()
        }
        Class::Unknown if observed.signer.is_some() => {
            "The signature beside them is about other bytes, and nothing here knows these.".to_owned()
        }
        Class::Unknown => "No signature is about these bytes, and nothing here knows them.".to_owned(),
        Class::NotRead => {
            let fault = observed.fault.as_deref().map(screen).unwrap_or_default();
            format!("No bytes could be read. {fault}")
        }
    }
}

/// What to do first.
fn first(triage: &Triage) -> &'static str {
    match &triage.class {
        Class::Expected if triage.observed.check.is_some() => {
            "find out why they do not verify: `touchmark verify MODEL --explain` says it check by check."
        }
        Class::Expected => {
            "nothing about the files. If the model answers oddly, follow the runbook for drift, prompt injection or a \
             backdoor."
        }
        Class::OtherVersion { age: Age::Older, .. } => {
            "stop promotion and redeploy the expected version; then find out who deployed the older one."
        }
        Class::OtherVersion { .. } => {
            "stop promotion, and ask who deployed this; redeploy the expected version if nobody approved it."
        }
        Class::Denied { .. } => "take it out of service, and keep a copy as evidence; never delete it.",
        Class::Unrecorded => {
            "stop promotion, and ask the signer by another channel whether this release is theirs; if not, their key is \
             compromised."
        }
        Class::Foreign | Class::Unknown => {
            "stop promotion, and keep a copy of these files as evidence; then switch to the version to go back to."
        }
        Class::NotRead => "make the files readable, or name the folder where the model runs.",
    }
}

fn open_command(triage: &Triage) -> Option<String> {
    let asked = shell_word(triage.asked.raw())?;
    triage.class.is_bad().then(|| format!("touchmark incident triage {asked} --open --by NAME"))
}

fn answers(triage: &Triage) -> Vec<(&'static str, String)> {
    let observed = &triage.observed;
    let mut rows: Vec<(&'static str, String)> = Vec::new();
    match &triage.expected {
        Some(expected) => {
            rows.push(("expected", expected.root.to_string()));
            rows.push(("", expected_by(expected)));
        }
        None => rows.push(("expected", "not known: name it with --expected".to_owned())),
    }
    match (&observed.root, &observed.place) {
        (Some(root), _) => rows.push(("found", root.to_string())),
        (None, Some(place)) => rows.push(("found", format!("nothing that could be read at {}", place.raw()))),
        (None, None) => rows.push(("found", "no files".to_owned())),
    }
    if observed.fault.is_none() {
        rows.push(("", signed(triage)));
        rows.push(("files", files(&observed.files)));
    }
    rows.push(("since", since(&triage.timeline)));
    rows.push(("ledger", events(&triage.timeline)));
    if !triage.stages.is_empty() {
        rows.push(("control", control(triage)));
        rows.extend(triage.stages.iter().map(|stage| ("", stage_line(stage, triage.class.is_bad()))));
    }
    rows.push(("affected", affected(triage)));
    rows.extend(siblings(triage));
    rows.push(("go back", rollback(&triage.rollback)));
    rows.push(("policy", patch(&triage.patch)));
    let evidence = &triage.evidence;
    let lacks = evidence.missing.iter().map(|lacks| {
        let days = lacks.retention_days.map(|days| format!(", kept {days} days")).unwrap_or_default();
        format!("{} of {}{days}", lacks.fields.len(), lacks.profile)
    });
    let lacks: Vec<String> = lacks.collect();
    let lacks = if lacks.is_empty() { "nothing".to_owned() } else { lacks.join("; ") };
    rows.push(("evidence", format!("{} of {} fields; missing: {lacks}", evidence.known, evidence.fields)));
    rows.push(("not read", NOT_LOOKED_AT.to_owned()));
    rows
}

fn expected_by(expected: &Expected) -> String {
    let record =
        expected.record.map(|record| format!(", ledger entry {}", record.number)).unwrap_or_default();
    let document = expected.document.as_ref().map(|file| format!(" {}", file.raw())).unwrap_or_default();
    let from = match expected.from {
        ExpectedFrom::Asked => "as you said",
        ExpectedFrom::Gate => "what a gate let in last",
        ExpectedFrom::Document => "stated in",
        ExpectedFrom::Verification => "the newest version that passed",
        ExpectedFrom::Signature => "what the signature beside the files is about",
    };
    let signer = expected.version.as_ref().and_then(|version| version.signer.as_ref());
    let signer = signer.map(|signer| format!("; signed by {} (attested)", signer.subject.clip(SIGNER)));
    let known = match (&expected.version, expected.from) {
        (None, ExpectedFrom::Asked) => "; no record here knows it",
        _ => "",
    };
    format!("{from}{document}{record} ({}){known}{}", expected.basis.word(), signer.unwrap_or_default())
}

fn signed(triage: &Triage) -> String {
    let observed = &triage.observed;
    let place = observed.place.as_ref().map(|place| format!(" at {}", place.raw())).unwrap_or_default();
    let signature = match &observed.signer {
        None => "no signature that names anybody".to_owned(),
        Some(signer) => {
            let proven = match (observed.is_proven, observed.is_about) {
                (true, true) => "attested",
                (true, false) => "attested, of other bytes",
                (false, _) => "claimed, not proven",
            };
            format!("signed by {} ({proven})", signer.subject.clip(SIGNER))
        }
    };
    format!("{}{place}; {signature}", Basis::Observed.word())
}

fn files(files: &Difference) -> String {
    if !files.is_compared {
        return "not compared: the list of the expected files is not here".to_owned();
    }
    if files.total == 0 {
        return "none differs".to_owned();
    }
    let named = files.rows.iter().take(FEW).map(|row| {
        let how = row.how.word();
        let range = row.range.map(|(from, to)| format!(" from byte {from} to {to}")).unwrap_or_default();
        let code = if row.part == Part::Code { " (can run code)" } else { "" };
        format!("{how} {}{range}{code}", row.name.raw())
    });
    let named: Vec<String> = named.collect();
    let more = files.total.saturating_sub(named.len());
    let more = if more > 0 { format!(" and {}", count(more, "other")) } else { String::new() };
    let small = match files.is_only_small {
        true => "; only tokenizer, configuration or template: small files with a large effect",
        false => "",
    };
    format!("{}{more}{small}", named.join(", "))
}

fn since(timeline: &Timeline) -> String {
    let record = |record: Option<crate::decision::RecordRef>| {
        record.map_or_else(|| "now".to_owned(), |record| format!("ledger entry {}", record.number))
    };
    let good = timeline.last_good.map(|good| format!("last good {} ({})", good.at, record(good.record)));
    let good =
        good.unwrap_or_else(|| "no record of the expected bytes, so the start is not known".to_owned());
    match timeline.first_bad {
        None => good,
        Some(bad) => {
            let length = timeline.last_good.and_then(|good| length(good.at, bad.at));
            let length = length.map(|length| format!("; window {length}")).unwrap_or_default();
            format!("{good}; first bad {} ({}){length}", bad.at, record(bad.record))
        }
    }
}

fn length(from: Timestamp, to: Timestamp) -> Option<String> {
    let seconds = u64::try_from(to.duration_since(from).as_secs()).ok()?;
    Some(crate::text::span(Duration::from_secs(seconds)))
}

fn events(timeline: &Timeline) -> String {
    let since: Vec<&Event> = timeline.since_good().collect();
    let many = |is: fn(&What) -> bool| since.iter().filter(|event| is(&event.what)).count();
    let kinds = [
        (many(|what| matches!(what, What::Verified { .. })), "verification"),
        (many(|what| matches!(what, What::Decided { .. })), "gate decision"),
        (many(|what| matches!(what, What::Reviewed(_))), "review"),
        (many(|what| matches!(what, What::PolicyChanged)), "policy change"),
    ];
    let words = kinds.into_iter().filter(|(many, _)| *many > 0).map(|(many, one)| count(many, one));
    let mut words: Vec<String> = words.collect();
    if words.is_empty() {
        words.push("nothing".to_owned());
    }
    let from = if timeline.last_good.is_some() { "since then" } else { "in all" };
    let unread = match timeline.unread {
        0 => String::new(),
        unread => format!("; {} of other versions not read", count(unread, "record")),
    };
    format!("{from} {}{unread}", words.join(", "))
}

fn control(triage: &Triage) -> String {
    match (&triage.observed.check, &triage.class) {
        (Some(check), _) => format!("{check}, at the gate of each stage:"),
        (None, Class::Expected) => "nothing to catch; the gate of each stage:".to_owned(),
        (None, _) => "no check fails of these bytes; the gate of each stage:".to_owned(),
    }
}

fn stage_line(stage: &StageStood, is_bad: bool) -> String {
    let stood = match stage.decision {
        Decision::Admit if is_bad => ", stands open",
        Decision::Warn if is_bad => ", open to whoever acknowledges it",
        _ => "",
    };
    let because: Vec<&str> = stage.because.iter().take(FEW).map(String::as_str).collect();
    let because = if because.is_empty() { String::new() } else { format!(" ({})", because.join(", ")) };
    let asked = match &stage.asked {
        None => "not asked since".to_owned(),
        Some(Event { at, what: What::Decided { let_in, .. }, .. }) => {
            format!("{} on {at}", if *let_in { "LET IN" } else { "kept out" })
        }
        Some(event) => format!("asked on {}", event.at),
    };
    let exceptions: Vec<&str> = stage.exceptions.iter().map(|exception| exception.id.raw()).collect();
    let exceptions = match exceptions.is_empty() {
        true => String::new(),
        false => format!("; exception {}", exceptions.join(", ")),
    };
    let runs =
        if stage.runs > 0 { format!("; runs at {}", count(stage.runs, "place")) } else { String::new() };
    format!("{} {}{stood}{because}; {asked}{exceptions}{runs}", stage.stage, decision_word(stage.decision))
}

fn affected(triage: &Triage) -> String {
    let radius = &triage.radius;
    if !triage.class.is_bad() {
        return "nobody".to_owned();
    }
    if triage.model.is_none() {
        return "not known: name the model that should lie there with --expected".to_owned();
    }
    let named: Vec<&str> = radius.rows.iter().take(FEW).map(|kin| kin.id.raw()).collect();
    let named = if named.is_empty() { String::new() } else { format!(" ({} …)", named.join(", ")) };
    let runs = radius.runs.iter().take(FEW).map(|runs| {
        let owner = runs.owner.as_ref().map(|owner| format!(", {}", owner.raw())).unwrap_or_default();
        format!("{} at {} ({}{owner})", runs.model.raw(), runs.place.raw(), runs.stage.raw())
    });
    let runs: Vec<String> = runs.collect();
    let runs = if runs.is_empty() { "nowhere that is recorded".to_owned() } else { runs.join(", ") };
    format!(
        "{} tainted, {} suspect, {} proven clean{named}; runs {runs}",
        radius.tainted, radius.suspect, radius.clean
    )
}

fn siblings(triage: &Triage) -> Vec<(&'static str, String)> {
    let line = |(at, group): (usize, &crate::incident::Siblings)| {
        let by = match &group.by {
            Shared::Identity(_) => "same signer".to_owned(),
            Shared::Publisher(publisher) => format!("same publisher {publisher}"),
            Shared::Place(place) => format!("same place {}", place.raw()),
        };
        let failing =
            if group.failing > 0 { format!(", {} of them failing", group.failing) } else { String::new() };
        let open = match group.unverified {
            0 => String::new(),
            open => format!("; {} not verified", count(open, "model")),
        };
        (
            if at == 0 { "siblings" } else { "" },
            format!("{by}: {}{failing}{open}", count(group.total, "model")),
        )
    };
    triage.siblings.iter().enumerate().map(line).collect()
}

fn rollback(rollback: &Rollback) -> String {
    match rollback {
        Rollback::NotNeeded => "nothing to go back from".to_owned(),
        Rollback::None { tried: 0, .. } => "no earlier version is on record".to_owned(),
        Rollback::None { tried, stages } => {
            format!(
                "none: {} on record, which {} does not let in",
                count(*tried, "version"),
                stages.join(", ")
            )
        }
        Rollback::To { version, stages, level, is_expected, at } => {
            let expected = if *is_expected { ", the expected one" } else { "" };
            let at = match at {
                Some(at) => format!("its bytes are those of {}", at.raw()),
                None => "the ledger knows no place where its bytes lie now".to_owned(),
            };
            format!(
                "{} of {} (ledger entry {}{expected}): {} admits it at level {level}; {at}",
                version.root,
                version.at,
                version.record.number,
                stages.join(", ")
            )
        }
    }
}

fn patch(patch: &Patch) -> String {
    match patch {
        Patch::NobodySigned => "nobody to deny: no proven signature is about these bytes".to_owned(),
        Patch::NotNeeded => "nothing to change".to_owned(),
        Patch::Already => "denies it already".to_owned(),
        Patch::NotEditable => "cannot be edited in this form: deny the signer by hand".to_owned(),
        Patch::Deny { subject, after, findings, signed, .. } => {
            let after = after.map(|after| format!(" after {after}")).unwrap_or_default();
            let signed = match signed {
                0 => String::new(),
                signed => format!("; that also concerns {} that it signed", count(*signed, "other model")),
            };
            let findings = if findings.is_empty() {
                String::new()
            } else {
                format!("; `policy lint` finds {}", findings.join(", "))
            };
            format!("draft in the JSON: deny {}{after}{signed}{findings}", subject.clip(SIGNER))
        }
    }
}

/// A label and its text, broken between words where a line would be too long.
fn paragraph(out: &mut String, label: &str, indent: usize, text: &str) {
    let head = if indent == INDENT { format!("  {label:<10}") } else { format!("  {label}") };
    let mut line = head;
    let mut is_first = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let gap = usize::from(!is_first);
        if !is_first && width(&line) + gap + width(word) > COLUMNS {
            let _ = writeln!(out, "{line}");
            line = " ".repeat(indent);
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(word);
        is_first = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
