//! A policy on top of another: a team's on its organisation's. It may only tighten what lies below. The two are merged
//! as text, which is then a policy like any other; what it loosens is a fault. It reads no file.

use super::class::Action;
use super::document::{Crypto, Policy, Stage};
use super::keys::EXTENDS;
use super::names::{ACTIONS, word};
use super::parse::parse;
use super::stage_rules::{BreakGlass, DigestBasis, Risk};
use crate::tables::{Document, Fault, Table, quote};
use std::path::PathBuf;
use std::sync::Arc;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table as Written};

/// Whatever is written here is added to what lies below.
const ADDED: [&str; 4] = ["deny_identity", "require", "risk", "test"];
/// Sections whose keys are set one by one.
const SECTIONS: [&str; 7] = ["crypto", "artifact", "log", "freshness", "lineage", "ledger", "controls"];
/// Lists that are joined with those below: what they name is asked or denied.
const JOINED: [&str; 6] = ["ban_formats", "dataset_deny", "license_deny", "required", "raise", "require"];
/// What says who it is and what it is for.
const OWN: [&str; 8] =
    ["schema", "name", "version", "expires", "owner", "approved_by", "default", EXTENDS.name];

/// The file that a policy's text says it extends, relative to it; none where it says nothing, or is no TOML.
pub fn extends(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    Some(document.top().get(EXTENDS.name)?.text().ok()?.to_owned())
}

/// The policy that a text comes to on top of another one, which was read from `below_text`. Its text is that of both
/// together; the files of its anchors are those of the one below.
///
/// # Errors
/// Every fault found, with lines of the text on top; never empty.
pub fn layered(text: &str, origin: &str, below: &Policy, below_text: &str) -> Result<Policy, Vec<Fault>> {
    let top = document(text)?;
    let mut faults = alien(text, &top);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut merged = document(below_text)?;
    merge(&mut merged, &top);
    let merged = merged.to_string();
    let base: Option<PathBuf> = below.base.clone();
    let policy = parse(&merged, origin, base).map_err(|faults| {
        let line = |fault: Fault| Fault { line: line_in(text, &merged, fault.line), ..fault };
        faults.into_iter().map(line).collect::<Vec<_>>()
    })?;
    for loose in loosened(below, &policy) {
        let message = format!("{} loosens what `{}` says: {}", loose.key, quote(&below.name), loose.what);
        let help = Some("a policy that extends another one may only tighten it".to_owned());
        faults.push(Fault { line: line_of(text, &loose), message, help });
    }
    match faults.is_empty() {
        true => Ok(Policy { below: Some(Arc::new(below.clone())), ..policy }),
        false => Err(faults),
    }
}

fn document(text: &str) -> Result<DocumentMut, Vec<Fault>> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let start = error.span().map(|span| span.start);
        let line = start.and_then(|at| text.get(..at)).map(|before| before.matches('\n').count() + 1);
        vec![Fault { line, message: format!("not valid TOML: {}", quote(error.message())), help: None }]
    })
}

/// What only the policy below may say.
fn alien(text: &str, top: &DocumentMut) -> Vec<Fault> {
    let may = |key: &str| [&OWN[..], &ADDED, &SECTIONS, &["stage"]].concat().contains(&key);
    let known = |key: &&str| !may(key);
    top.iter()
        .map(|(key, _)| key)
        .filter(known)
        .map(|key| Fault {
            line: Document::parse(text).ok().and_then(|read| Some(read.top().get(key)?.at().line(text))),
            message: format!("a policy that extends another one cannot say `{}`", quote(key)),
            help: Some("say it in the policy that is extended, or leave it out".to_owned()),
        })
        .collect()
}

fn merge(below: &mut DocumentMut, top: &DocumentMut) {
    for (key, item) in top.iter() {
        match item {
            _ if key == EXTENDS.name => {}
            Item::ArrayOfTables(more) if key == "stage" => merge_stages(below, more),
            Item::ArrayOfTables(more) => match below.get_mut(key) {
                Some(Item::ArrayOfTables(known)) => more.iter().for_each(|table| known.push(table.clone())),
                _ => drop(below.insert(key, item.clone())),
            },
            Item::Table(more) => match below.get_mut(key) {
                Some(Item::Table(known)) => merge_table(known, more),
                _ => drop(below.insert(key, item.clone())),
            },
            item => drop(below.insert(key, item.clone())),
        }
    }
}

fn merge_table(below: &mut Written, top: &Written) {
    for (key, item) in top.iter() {
        let known = below.get(key).and_then(Item::as_array).filter(|_| JOINED.contains(&key));
        match known.zip(item.as_array()) {
            Some((known, more)) => {
                let both: Array = known.iter().chain(more.iter()).cloned().collect();
                below.insert(key, toml_edit::value(both));
            }
            None => drop(below.insert(key, item.clone())),
        }
    }
}

fn merge_stages(below: &mut DocumentMut, more: &ArrayOfTables) {
    fn name(table: &Written) -> Option<&str> {
        table.get("name").and_then(Item::as_str)
    }
    let stages = below.entry("stage").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Item::ArrayOfTables(stages) = stages else { return };
    for stage in more.iter() {
        let place = stages.iter().position(|known| name(known).is_some() && name(known) == name(stage));
        match place.and_then(|place| stages.get_mut(place)) {
            Some(known) => merge_table(known, stage),
            None => stages.push(stage.clone()),
        }
    }
}

/// Something that became looser: where it is written, by its section, stage and key, and how.
#[derive(Debug, PartialEq, Eq)]
struct Loose {
    section: &'static str,
    stage: Option<String>,
    key: &'static str,
    what: String,
}

/// What the policy on top lets in, and the one below does not.
fn loosened(below: &Policy, top: &Policy) -> Vec<Loose> {
    let mut found = Vec::new();
    let mut check = |section: &'static str, key: &'static str, is_loose: bool, what: String| {
        if is_loose {
            found.push(Loose { section, stage: None, key, what });
        }
    };
    let later = match (below.expires, top.expires) {
        (Some(was), Some(is)) => is > was,
        (was, is) => was.is_some() && is.is_none(),
    };
    check("", "expires", later, "it would be in force for longer".to_owned());
    let Crypto { hash, keys } = &below.crypto;
    let more = top.crypto.hash.iter().any(|one| !hash.contains(one));
    check("crypto", "hash", more, "it would allow more hashes".to_owned());
    let more = top.crypto.keys.iter().any(|one| !keys.contains(one));
    check("crypto", "keys", more, "it would allow more keys".to_owned());
    let (was, is) = (&below.artifact, &top.artifact);
    let more = is.allow_ignore_paths.iter().any(|path| !was.allow_ignore_paths.contains(path));
    check("artifact", "allow_ignore_paths", more, "signatures could leave more out".to_owned());
    let links = is.allow_symlinks && !was.allow_symlinks;
    check("artifact", "allow_symlinks", links, "signatures could follow links".to_owned());
    let ingest = is.allow_resign_at_ingest && !was.allow_resign_at_ingest;
    check("artifact", "allow_resign_at_ingest", ingest, "other signers would count".to_owned());
    let fewer = was.ban_formats.iter().any(|format| !is.ban_formats.contains(format));
    check("artifact", "ban_formats", fewer, "it would allow more formats".to_owned());
    let parts = is.partial_verification > was.partial_verification;
    check("artifact", "partial_verification", parts, "parts of models would be enough".to_owned());
    let promise = top.log.accept_promise_only && !below.log.accept_promise_only;
    check("log", "accept_promise_only", promise, "a promise of the log would be enough".to_owned());
    let (was, is) = (&below.freshness, &top.freshness);
    let older = is.max_verification_age_days > was.max_verification_age_days;
    let days = format!("the limit is {} days", was.max_verification_age_days);
    check("freshness", "max_verification_age_days", older, days);
    let skew = is.clock_skew_seconds > was.clock_skew_seconds;
    check("freshness", "clock_skew_seconds", skew, format!("the limit is {}", was.clock_skew_seconds));
    let share = |policy: &Policy| policy.lineage.min_completeness.unwrap_or(1_000_000);
    let less = share(top) < share(below);
    check("lineage", "min_completeness", less, "less of the lineage would have to be verified".to_owned());
    let deeper = top.lineage.depth() != below.lineage.depth();
    check("lineage", "max_depth", deeper, "the policy that is extended says how far to look".to_owned());
    let ancestors = top.lineage.unsigned_ancestor < below.lineage.unsigned_ancestor;
    check("lineage", "unsigned_ancestor", ancestors, "unsigned ancestors would weigh less".to_owned());
    let (was, is) = (&below.ledger, &top.ledger);
    for (key, was, is) in [
        ("max_unanchored_records", was.max_unanchored_records, is.max_unanchored_records),
        ("max_unanchored_days", was.max_unanchored_days, is.max_unanchored_days),
    ] {
        let more = was.zip(is).is_some_and(|(was, is)| is > was);
        check("ledger", key, more, "more of the ledger could lack a checkpoint".to_owned());
    }
    let who = was.asks() && (is.trust != was.trust || is.identities != was.identities);
    check("ledger", "trust", who, "others could sign checkpoints".to_owned());
    for was in &below.stages {
        if let Some(is) = top.stage(&was.name) {
            found
                .extend(loose_stage(was, is).into_iter().filter(|loose| !parts || loose.key != "on_partial"));
        }
    }
    found
}

fn loose_stage(was: &Stage, is: &Stage) -> Vec<Loose> {
    let mut found = Vec::new();
    let mut check = |key: &'static str, is_loose: bool, what: String| {
        if is_loose {
            found.push(Loose { section: "stage", stage: Some(was.name.clone()), key, what });
        }
    };
    check("production", was.production && !is.production, "the stage is production".to_owned());
    let level = |stage: &Stage| {
        [None, Some(Risk::Minimal), Some(Risk::Limited), Some(Risk::High)].map(|risk| stage.level_for(risk))
    };
    check("min_level", is.min_level < was.min_level, format!("it asks for level {}", was.min_level));
    let lower = level(was).iter().zip(level(is)).any(|(was, is)| is < *was);
    check("min_level_by_risk", lower && is.min_level >= was.min_level, "it would ask for less".to_owned());
    // What is done on any part, unless only what is done on a load set became looser.
    let part = match is.on_partial < was.on_partial {
        true => ("on_partial", was.on_partial, is.on_partial),
        false => ("on_partial", was.on_load_set, is.on_load_set),
    };
    for (key, was, is) in [
        ("on_contradicted", was.on_contradicted, is.on_contradicted),
        ("on_missing", was.on_missing, is.on_missing),
        ("on_error", was.on_error, is.on_error),
        ("on_unavailable", was.on_unavailable, is.on_unavailable),
        part,
    ] {
        let said: fn(Action) -> &'static str = |action| word(&ACTIONS, action);
        check(key, is < was, format!("it says {}", said(was)));
    }
    let cached = |stage: &Stage| stage.cached_max_hours.unwrap_or(0);
    let relies = was.on_unavailable == Action::Closed && cached(is) > cached(was);
    check("cached_max_hours", relies, "earlier decisions would count for longer".to_owned());
    let longer = is.cached_hours().unwrap_or(0) > was.cached_hours().unwrap_or(0);
    check("cached_digests_max_hours", longer, "remembered digests would count for longer".to_owned());
    // What a stage takes for enough, it does not hold against a model.
    let more = is
        .digest_basis
        .iter()
        .any(|basis| was.accepts(basis) != Some(true) && basis != DigestBasis::Recomputed);
    let any = !was.digest_basis.is_empty() && is.digest_basis.is_empty();
    check("digest_basis", more || any, "digests could rest on more than the bytes".to_owned());
    let from = was.from.is_some() && is.from != was.from;
    check("from", from, "another stage would have to let the model in before".to_owned());
    let rejected = was.refuse_rejected && !is.refuse_rejected;
    check("refuse_rejected", rejected, "it refuses what a reviewer rejected".to_owned());
    let easier = match (&was.break_glass, &is.break_glass) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(was), Some(BreakGlass { approvers, max_hours, forbids })) => {
            *approvers < was.approvers
                || *max_hours > was.max_hours
                || was.forbids.iter().any(|class| !forbids.contains(class))
        }
    };
    let logs_less = was.require_evidence_profile.as_ref().is_some_and(|was| {
        is.require_evidence_profile.as_ref().is_none_or(|is| {
            is.min_retention_days < was.min_retention_days
                || was.profiles.iter().any(|profile| !is.profiles.contains(profile))
        })
    });
    check("require_evidence_profile", logs_less, "less evidence would have to be logged".to_owned());
    check("break_glass", easier, "it would be easier to break the glass".to_owned());
    found
}

/// The line on top where something is written.
fn line_of(text: &str, loose: &Loose) -> Option<usize> {
    let read = Document::parse(text).ok()?;
    let top = read.top();
    let line = |table: Table<'_>| table.get(loose.key).map(|value| value.at().line(text));
    match (&loose.stage, loose.section) {
        (Some(name), section) => {
            let stages = top.get(section)?.list().ok()?;
            let named =
                |table: &Table<'_>| table.get("name").and_then(|value| value.text().ok()) == Some(name);
            let mut stages = stages.filter_map(|value| value.table().ok());
            line(stages.find(named)?)
        }
        (None, "") => line(top),
        (None, section) => line(top.get(section)?.table().ok()?),
    }
}

/// The line on top that is this line of both together, where only one is like it.
fn line_in(text: &str, merged: &str, line: Option<usize>) -> Option<usize> {
    let wanted = merged.lines().nth(line?.checked_sub(1)?)?.trim();
    let mut same = text.lines().zip(1..).filter(|(line, _)| line.trim() == wanted).map(|(_, at)| at);
    same.next().filter(|_| !wanted.is_empty() && same.next().is_none())
}
