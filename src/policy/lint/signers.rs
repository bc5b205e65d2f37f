//! The rules about who may sign: patterns of subjects and models, issuers, periods, and denials.

use super::expressions::{Side, bare_dots, body, is_open, takes_any_ref};
use super::finding::Findings;
use super::rules;
use crate::policy::document::Policy;
use crate::policy::patterns::ModelPattern;
use crate::policy::text_pattern::TextPattern;
use crate::policy::written::{Grant, tables, text, texts};
use crate::signing::AnchorKind;
use crate::tables::{At, Place, Table, quote};
use std::collections::HashSet;

/// Subjects that have nothing in common: whatever matches two of them matches anybody.
const STRANGERS: [&str; 4] =
    ["someone@nowhere.invalid", "CN=Nobody,O=Nowhere", "https://nowhere.invalid/build.yml@refs/heads/x", "0"];

pub(super) fn look(found: &mut Findings, policy: &Policy, top: Table<'_>, now: jiff::Timestamp) {
    let matchers = matchers(policy);
    let sigstore: HashSet<&str> = policy
        .trust
        .iter()
        .filter(|anchor| anchor.kind == AnchorKind::Sigstore)
        .map(|anchor| anchor.name.as_str())
        .collect();
    let grants = Grant::all(top);
    for grant in &grants {
        let by_sigstore = texts(grant.table, "trust").iter().any(|name| sigstore.contains(name.value));
        identities(found, &grant.identities(), by_sigstore, &matchers);
        models(found, grant);
        ended(found, grant, policy, now);
        denied(found, grant, policy);
    }
    if let Some(ledger) = crate::policy::written::table(top, "ledger") {
        let by_sigstore = texts(ledger, "trust").iter().any(|name| sigstore.contains(name.value));
        identities(found, &tables(ledger, "identities"), by_sigstore, &matchers);
    }
    for denial in tables(top, "deny_identity") {
        if let Some(subject) = text(denial, "subject") {
            pattern(found, subject, &matchers);
        }
    }
    for clause in tables(top, "require").into_iter().flat_map(|require| tables(require, "where")) {
        if text(clause, "op").is_some_and(|op| op.value == "matches")
            && let Some(value) = text(clause, "value")
        {
            dots(found, value);
        }
    }
    overlaps(found, &grants);
}

/// The patterns of subjects as they were read, to be found by what is written.
fn matchers(policy: &Policy) -> Vec<&TextPattern> {
    let publishers = policy.publishers.iter().flat_map(|one| &one.identities);
    let attesters = policy.attesters.iter().flat_map(|one| &one.identities);
    let granted = publishers.chain(attesters).chain(&policy.ledger.identities).map(|one| &one.subject);
    let all = granted.chain(policy.denied.iter().map(|one| &one.subject));
    all.filter(|pattern| matches!(pattern, TextPattern::Regex(_))).collect()
}

fn identities(found: &mut Findings, all: &[Table<'_>], by_sigstore: bool, matchers: &[&TextPattern]) {
    for identity in all {
        let Some(subject) = text(*identity, "subject") else { continue };
        pattern(found, subject, matchers);
        if by_sigstore && identity.get("issuer").is_none() {
            let what = format!("`{}` has no issuer", quote(subject.value));
            found.add(&rules::ISSUER_MISSING, Some(subject.at), what);
        }
    }
}

/// One pattern of subjects; of the rules about how much it lets in, the first.
fn pattern(found: &mut Findings, subject: At<&str>, matchers: &[&TextPattern]) {
    let Some(body) = body(subject.value) else { return };
    let shown = quote(subject.value);
    let read = matchers.iter().find(|pattern| pattern.as_written() == subject.value);
    let strangers = STRANGERS.iter().filter(|stranger| read.is_some_and(|read| read.matches(stranger)));
    if strangers.count() > 1 {
        found.add(&rules::PATTERN_BROAD, Some(subject.at), format!("`{shown}` matches anybody"));
        return;
    }
    dots(found, subject);
    if is_open(body, Side::Start) {
        let what = format!("anything may stand at the start of `{shown}`");
        found.add(&rules::PATTERN_START, Some(subject.at), what);
    }
    if takes_any_ref(body) {
        let what = format!("`{shown}` matches every branch or tag");
        found.add(&rules::REF_WILDCARD, Some(subject.at), what);
    } else if is_open(body, Side::End) {
        let what = format!("anything may stand at the end of `{shown}`");
        found.add(&rules::PATTERN_END, Some(subject.at), what);
    }
}

fn dots(found: &mut Findings, written: At<&str>) {
    if body(written.value).is_some_and(|body| bare_dots(body) > 0) {
        let what = format!("in `{}` a dot stands for any character", quote(written.value));
        found.add(&rules::PATTERN_DOT, Some(written.at), what);
    }
}

fn models(found: &mut Findings, grant: &Grant<'_>) {
    for model in grant.models() {
        let Some((before, _)) = model.value.split_once('*') else { continue };
        // An attester may be for all models: that is what it means to name none.
        let is_for_all = grant.kind == "attester" && model.value == "*";
        if !before.contains('/') && !is_for_all {
            let what = format!("`{}` matches models of any owner", quote(model.value));
            found.add(&rules::MODELS_BROAD, Some(model.at), what);
        }
    }
}

fn ended(found: &mut Findings, grant: &Grant<'_>, policy: &Policy, now: jiff::Timestamp) {
    let publishers = policy.publishers.iter().map(|one| (one.id.as_str(), one.valid_until));
    let attesters = policy.attesters.iter().map(|one| (one.id.as_str(), one.valid_until));
    let until = publishers.chain(attesters).find(|(id, _)| *id == grant.id).and_then(|(_, until)| until);
    if let Some(until) = until.filter(|until| *until <= now) {
        let at = grant.table.get("valid_until").map(|value| value.at());
        let what = format!("the grant of {} `{}` ended on {until}", grant.kind, quote(grant.id));
        found.add(&rules::GRANT_ENDED, at, what);
    }
}

fn denied(found: &mut Findings, grant: &Grant<'_>, policy: &Policy) {
    for identity in grant.identities() {
        let Some(subject) = text(identity, "subject") else { continue };
        let Some(exact) = subject.value.strip_prefix("exact:") else { continue };
        let denial = policy.denied.iter().find(|one| one.after.is_none() && one.subject.matches(exact));
        if denial.is_some() {
            let what = format!("`{}` is granted here and denied at all times", quote(subject.value));
            found.add(&rules::GRANT_DENIED, Some(subject.at), what);
        }
    }
}

/// Patterns of different publishers that are equally long and match a common id. Those of one text are a fault already.
fn overlaps(found: &mut Findings, grants: &[Grant<'_>]) {
    let publishers = grants.iter().filter(|grant| grant.kind == "publisher");
    let written = publishers.flat_map(|grant| grant.models().into_iter().map(|model| (grant.id, model)));
    let mut patterns: Vec<(ModelPattern, &str, Place)> =
        written.map(|(id, model)| (ModelPattern::new(model.value), id, model.at)).collect();
    patterns.retain(|(pattern, _, _)| pattern.pieces().len() > 1);
    // A common id begins with both first pieces: among those of one length, in this order those that can have one stand behind each other.
    let place = |pattern: &ModelPattern| (pattern.literal_bytes(), pattern.pieces().first().cloned());
    patterns.sort_by_cached_key(|(pattern, _, _)| place(pattern));
    for (index, (one, owner, at)) in patterns.iter().enumerate() {
        let first = one.pieces().first().map_or("", String::as_str);
        let near = patterns.iter().skip(index + 1);
        let near = near.take_while(|(other, _, _)| {
            other.literal_bytes() == one.literal_bytes() && other.as_str().starts_with(first)
        });
        let mut equal = near.filter(|(other, other_owner, _)| other_owner != owner && meet(one, other));
        if let Some((other, other_owner, other_at)) = equal.next() {
            let later = if at.start > other_at.start { *at } else { *other_at };
            let what = format!(
                "`{}` of `{}` and `{}` of `{}` match the same models",
                quote(one.as_str()),
                quote(owner),
                quote(other.as_str()),
                quote(other_owner)
            );
            found.add(&rules::PUBLISHERS_OVERLAP, Some(later), what);
        }
    }
}

/// Whether some id matches both of two patterns with stars: what stands between their ends fits beside each other.
fn meet(one: &ModelPattern, other: &ModelPattern) -> bool {
    let (Some(first), Some(other_first)) = (one.pieces().first(), other.pieces().first()) else {
        return false;
    };
    let (Some(last), Some(other_last)) = (one.pieces().last(), other.pieces().last()) else { return false };
    (first.starts_with(other_first.as_str()) || other_first.starts_with(first.as_str()))
        && (last.ends_with(other_last.as_str()) || other_last.ends_with(last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{ModelPattern, meet};

    #[test]
    fn patterns_meet_where_one_id_matches_both() {
        for (one, other, expected) in [
            ("acme/*", "acme/*", true),
            ("acme/chat-*", "acme/*-chat", true),
            ("acme/a*", "acme/b*", false),
            ("acme/*a", "acme/*b", false),
            ("*/bot", "acme/*", true),
            ("a*b*c", "a*c", true),
            ("a*b", "a*c", false),
            ("ab*", "a*", true),
            ("a*x*z", "a*y*z", true),
            ("a*", "*b", true),
        ] {
            let (one, other) = (ModelPattern::new(one), ModelPattern::new(other));
            assert_eq!(meet(&one, &other), expected, "{one:?} {other:?}");
            assert_eq!(meet(&other, &one), expected, "{other:?} {one:?}");
        }
    }
}
