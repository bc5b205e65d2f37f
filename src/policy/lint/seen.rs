//! The rules that only an inventory can show, given what it holds. It evaluates nothing itself.

use super::finding::Findings;
use super::rules;
use crate::inventory::folded;
use crate::policy::document::{IdentityPattern, Policy};
use crate::policy::patterns::ModelPattern;
use crate::policy::written::{Grant, table, tables, text};
use crate::signing::Identity;
use crate::tables::{Table, quote};

/// The age of an anchor's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAnchor {
    /// Its name in the policy.
    pub name: String,
    /// How many days ago it was made.
    pub age_days: i64,
}

/// Why a requirement does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Every model that it concerns meets it.
    NeverFails,
    /// No model meets it.
    NeverMet,
    /// Other rules decide before it, or it concerns no model.
    Other,
}

/// A requirement that is never met, or without which every model is judged the same at every stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// Its id.
    pub requirement: String,
    /// Why.
    pub why: Why,
}

/// What the rules know of an inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The ids of its models.
    pub models: Vec<String>,
    /// Whether any of them was verified.
    pub is_verified: bool,
    /// Who signed them, and what is claimed of them, as far as it was verified.
    pub signers: Vec<Identity>,
    /// The anchors of the policy.
    pub anchors: Vec<SeenAnchor>,
    /// Requirements that do nothing.
    pub idle: Vec<Idle>,
}

pub(super) fn look(found: &mut Findings, policy: &Policy, top: Table<'_>, inventory: &Inventory) {
    let mut ids: Vec<_> = inventory.models.iter().map(|id| folded(id)).collect();
    ids.sort_unstable();
    for grant in Grant::all(top) {
        for model in grant.models() {
            let pattern = ModelPattern::new(model.value);
            // Sorted, those that begin as the pattern does stand together.
            let first = pattern.pieces().first().map_or("", String::as_str);
            let from = ids.partition_point(|id| id.as_ref() < first);
            let mut near = ids.iter().skip(from).take_while(|id| id.starts_with(first));
            if !near.any(|id| pattern.matches(id)) {
                let what = format!("`{}` matches no model of the inventory", quote(model.value));
                found.add(&rules::MODELS_UNMATCHED, Some(model.at), what);
            }
        }
        let identities: &[IdentityPattern] = match grant.kind {
            "publisher" => policy.publishers.iter().find(|one| one.id == grant.id).map(|one| &one.identities),
            _ => policy.attesters.iter().find(|one| one.id == grant.id).map(|one| &one.identities),
        }
        .map_or(&[], Vec::as_slice);
        let is_seen = |one: &IdentityPattern| inventory.signers.iter().any(|signer| one.matches(signer));
        let unseen = identities.iter().filter(|one| inventory.is_verified && !is_seen(one));
        for identity in unseen {
            let written = identity.subject.as_written();
            let tables = grant.identities().into_iter();
            let place = tables.filter_map(|table| text(table, "subject")).find(|text| text.value == written);
            let what = format!("`{}` has signed no verified model and no claim about one", quote(&written));
            found.add(&rules::SIGNER_UNSEEN, place.map(|text| text.at), what);
        }
    }
    for seen in &inventory.anchors {
        let Some(anchor) = policy.trust.iter().find(|anchor| anchor.name == seen.name) else { continue };
        if anchor.is_stale(Some(seen.age_days)) {
            let written = table(top, "trust").and_then(|trust| table(trust, &seen.name));
            let at = written.map(|anchor| anchor.get("max_age_days").map_or(anchor.at, |value| value.at()));
            let what = format!("the file of anchor `{}` is {} days old", quote(&seen.name), seen.age_days);
            found.add(&rules::ANCHOR_OLD, at, what);
        }
    }
    let idle = inventory.idle.iter().filter(|_| inventory.is_verified);
    for idle in idle {
        let requirement = &idle.requirement;
        let mut written = tables(top, "require").into_iter().filter_map(|table| text(table, "id"));
        let Some(written) = written.find(|id| id.value == requirement) else { continue };
        let id = quote(requirement);
        let what = match idle.why {
            Why::NeverFails => format!("every model meets requirement `{id}`, so it never fails"),
            Why::NeverMet => format!("no verified model meets requirement `{id}`"),
            Why::Other => {
                format!("without requirement `{id}` no score, level and decision in the inventory changes")
            }
        };
        found.add(&rules::REQUIREMENT_IDLE, Some(written.at), what);
    }
}
