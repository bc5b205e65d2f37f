//! The rules about the rest of a policy: stages, requirements, anchors, names, and what nothing uses.

use super::finding::Findings;
use super::rules;
use crate::inventory::letters;
use crate::policy::class::Action;
use crate::policy::document::Policy;
use crate::policy::requirement::{Clause, Test};
use crate::policy::role::Role;
use crate::policy::written::{Grant, table, tables, text, texts};
use crate::signing::AnchorKind;
use crate::tables::{At, Place, Table, quote};
use std::collections::{BTreeMap, HashSet};

/// Words in names of stages that are usually production.
const PRODUCTION: [&str; 4] = ["prod", "production", "live", "prd"];

pub(super) fn look(found: &mut Findings, policy: &Policy, top: Table<'_>) {
    stages(found, policy, top);
    requirements(found, policy, top);
    anchors(found, policy, top);
    roles(found, policy, top);
    names(found, top);
}

fn stages(found: &mut Findings, policy: &Policy, top: Table<'_>) {
    for (stage, written) in policy.stages.iter().zip(tables(top, "stage")) {
        let at = |key: &str| written.get(key).map_or(written.at, |value| value.at());
        let name = quote(&stage.name);
        if stage.on_contradicted != Action::Closed {
            let what = format!("stage `{name}` admits contradicted evidence");
            found.add(&rules::STAGE_CONTRADICTED, Some(at("on_contradicted")), what);
        }
        let classes = [
            ("on_missing", stage.on_missing, "missing evidence"),
            ("on_error", stage.on_error, "evidence that could not be read"),
            ("on_unavailable", stage.on_unavailable, "evidence that was not checked"),
            ("on_partial", stage.on_partial, "models of which only part was verified"),
        ];
        for (key, action, what) in classes {
            if stage.production && action == Action::Open {
                let what = format!("production stage `{name}` admits {what}");
                found.add(&rules::STAGE_OPEN, Some(at(key)), what);
            }
        }
        let mut words = stage.name.split(|c: char| !c.is_ascii_alphanumeric());
        if !stage.production && words.any(|word| PRODUCTION.iter().any(|one| word.eq_ignore_ascii_case(one)))
        {
            let what = format!("stage `{name}` is not declared as production");
            found.add(&rules::STAGE_NAME, Some(at("name")), what);
        }
    }
}

fn requirements(found: &mut Findings, policy: &Policy, top: Table<'_>) {
    for (requirement, written) in policy.requirements.iter().zip(tables(top, "require")) {
        for (index, clause) in requirement.clauses.iter().enumerate() {
            let mut before = requirement.clauses.iter().take(index);
            if before.any(|other| exclude(other, clause)) {
                let at = tables(written, "where").get(index).map_or(written.at, |clause| clause.at);
                let what = format!(
                    "in requirement `{}`, a clause before excludes `{}` {}",
                    quote(&requirement.id),
                    quote(&clause.path.to_string()),
                    quote(&clause.test.to_string())
                );
                found.add(&rules::REQUIREMENT_CONTRARY, Some(at), what);
            }
        }
    }
}

/// Whether no value meets both, by what they say alone.
fn exclude(one: &Clause, other: &Clause) -> bool {
    one.path == other.path && (rules_out(&one.test, &other.test) || rules_out(&other.test, &one.test))
}

fn rules_out(one: &Test, other: &Test) -> bool {
    match (one, other) {
        (Test::Equal(value), Test::Equal(other)) => value != other,
        (Test::Equal(value), Test::NotEqual(other)) => value == other,
        (Test::Equal(value), Test::In(others)) => !others.contains(value),
        (Test::Equal(value), Test::NotIn(others)) => others.contains(value),
        (Test::Exists(false), Test::Exists(exists)) => *exists,
        (Test::Exists(false), _) => true,
        _ => false,
    }
}

fn anchors(found: &mut Findings, policy: &Policy, top: Table<'_>) {
    let grants = Grant::all(top);
    let mut used: HashSet<&str> =
        grants.iter().flat_map(|grant| texts(grant.table, "trust")).map(|name| name.value).collect();
    if let Some(ledger) = table(top, "ledger") {
        used.extend(texts(ledger, "trust").iter().map(|name| name.value));
    }
    let Some(written) = table(top, "trust") else { return };
    for (name, value) in written.entries() {
        let Some(anchor) = policy.trust.iter().find(|anchor| anchor.name == name.value) else { continue };
        let vouches = policy.ledger.asks() && policy.ledger.may_vouch(anchor);
        // One of timestamps is for the signatures of all.
        if !used.contains(name.value) && !vouches && anchor.kind != AnchorKind::Tsa {
            let what = format!("no publisher, attester or [ledger] uses anchor `{}`", quote(name.value));
            found.add(&rules::UNUSED, Some(name.at), what);
        }
        let is_pinned = anchor.kind == AnchorKind::Sigstore && !anchor.files.is_empty();
        if is_pinned && anchor.max_age_days.is_none() {
            let at = value.table().map_or(name.at, |_| name.at);
            let what = format!("anchor `{}` has no max_age_days", quote(name.value));
            found.add(&rules::ANCHOR_AGELESS, Some(at), what);
        }
    }
}

/// Roles and domains that nothing asks for.
fn roles(found: &mut Findings, policy: &Policy, top: Table<'_>) {
    let publishers = policy.publishers.iter().map(|one| one.roles);
    let granted = publishers.chain(policy.attesters.iter().map(|one| one.roles));
    let granted: Vec<Role> = granted.flat_map(|roles| roles.iter().collect::<Vec<_>>()).collect();
    let hierarchy =
        table(top, "conflicts").map(|conflicts| texts(conflicts, "hierarchy")).unwrap_or_default();
    for word in hierarchy {
        if !granted.iter().any(|role| role.word() == word.value) {
            let what = format!("no signer has the role `{}` of the hierarchy", quote(word.value));
            found.add(&rules::UNUSED, Some(word.at), what);
        }
    }
    for grant in Grant::all(top) {
        let ingest = texts(grant.table, "roles").into_iter().find(|role| role.value == Role::Ingest.word());
        if let Some(role) = ingest.filter(|_| !policy.artifact.allow_resign_at_ingest) {
            let what =
                format!("`{}` has the role `ingest`, and [artifact] does not allow that", quote(grant.id));
            found.add(&rules::UNUSED, Some(role.at), what);
        }
    }
}

/// Names of publishers, attesters, owners and models, and exact subjects, each kind by itself.
fn names(found: &mut Findings, top: Table<'_>) {
    let grants = Grant::all(top);
    let ids = grants.iter().filter_map(|grant| text(grant.table, "id"));
    alike(found, "name", ids);
    let models: Vec<At<&str>> = grants.iter().flat_map(Grant::models).collect();
    let owners = models.iter().filter_map(|model| {
        let (owner, _) = model.value.split_once('/')?;
        Some(At { value: owner, at: model.at })
    });
    alike(found, "owner", owners.filter(|owner| !owner.value.contains('*')));
    alike(found, "model", models.iter().copied());
    let subjects = grants.iter().flat_map(Grant::identities).filter_map(|identity| text(identity, "subject"));
    let exact = subjects.filter(|subject| subject.value.starts_with("exact:"));
    alike(found, "subject", exact);
}

fn alike<'a>(found: &mut Findings, what: &str, names: impl Iterator<Item = At<&'a str>>) {
    let mut looks: BTreeMap<String, Vec<(&str, Place)>> = BTreeMap::new();
    for name in names {
        let same = looks.entry(letters::look(name.value)).or_default();
        if !same
            .iter()
            .any(|(known, _)| crate::inventory::folded(known) == crate::inventory::folded(name.value))
        {
            same.push((name.value, name.at));
        }
    }
    for same in looks.into_values() {
        let Some(((first, _), others)) = same.split_first() else { continue };
        for (other, at) in others {
            let what = format!("{what} `{}` looks like `{}`", quote(other), quote(first));
            found.add(&rules::LOOKS_ALIKE, Some(*at), what);
        }
    }
}
