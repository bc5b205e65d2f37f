//! How one model differs between two snapshots: a change for each thing that a person would want to know.

use super::change::{Change, Changes, History, Present, Said, Weight, said};
use super::entry::{Checked, Claims, Entry};
use crate::inventory::{Basis, Fact, FactKey, Format, Hazard, ModelId, ParentRef, Relation, Tier};
use crate::signing::Outcome;
use crate::text::{Untrusted, count};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the decisions say, from the best on.
const DECISIONS: [&str; 4] = ["admit", "warn", "not judged", "refuse"];

/// What changed between two entries of one model, in no order.
pub(super) fn of_model(old: &Entry, new: &Entry, present: Option<&Present<'_>>) -> Vec<Change> {
    let mut changes = Changes::default();
    of_verification(&mut changes, old.verified.as_deref(), new.verified.as_deref());
    let decision = |entry: &Entry| {
        let word = entry.decision.raw();
        let at = DECISIONS.iter().position(|known| *known == word).unwrap_or(DECISIONS.len());
        (DECISIONS.len() - at, word.to_owned())
    };
    changes.rank("decision", decision(old), decision(new));
    let level = |level: u8| (usize::from(level), format!("L{level}"));
    changes.rank("effective level", level(old.effective), level(new.effective));
    changes.rank("own level", level(old.own), level(new.own));
    let tainted = |entry: &Entry| match entry.tainted {
        true => (0, "tainted".to_owned()),
        false => (1, "not tainted".to_owned()),
    };
    changes.rank("evidence of it and its ancestors", tainted(old), tainted(new));
    let vanished = if new.signature.is_none() { Weight::Worse } else { Weight::Attention };
    let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
    changes.value(vanished, "signature", raw(&old.signature).as_deref(), raw(&new.signature).as_deref());
    of_claims(&mut changes, old.claims.as_ref(), new.claims.as_ref(), present);
    of_hazards(&mut changes, old, new);
    of_formats(&mut changes, &old.formats, &new.formats);
    of_parents(&mut changes, &old.parents, &new.parents);
    of_facts(&mut changes, &old.facts, &new.facts);
    let review = |entry: &Entry| {
        entry
            .reviewed
            .as_ref()
            .map(|review| format!("{} by {}: {}", review.word.raw(), review.by.raw(), review.reason.raw()))
    };
    changes.value(Weight::Attention, "review", review(old).as_deref(), review(new).as_deref());
    let binding = |entry: &Entry| {
        let binding = entry.binding.as_ref()?;
        let parts = [&binding.root_digest, &binding.identity, &binding.issuer, &binding.bundle_digest];
        let parts: Vec<&str> = parts.into_iter().flatten().map(Untrusted::raw).collect();
        Some(format!("{} (says {})", parts.join(", "), binding.source.raw()))
    };
    changes.value(
        Weight::Attention,
        "what a bill says of its signature",
        binding(old).as_deref(),
        binding(new).as_deref(),
    );
    let twins = |entry: &Entry| {
        let twins: Vec<&str> = entry.twins.iter().map(Untrusted::raw).collect();
        (!twins.is_empty()).then(|| twins.join(", "))
    };
    let weight = if new.twins.len() > old.twins.len() { Weight::Worse } else { Weight::Attention };
    changes.value(weight, "further folders of the same name", twins(old).as_deref(), twins(new).as_deref());
    changes.value(Weight::Attention, "kind", Some(old.kind.word()), Some(new.kind.word()));
    changes.value(
        Weight::Attention,
        "location",
        raw(&old.location).as_deref(),
        raw(&new.location).as_deref(),
    );
    let size = |entry: &Entry| format!("{}, {} bytes", count(usize(entry.files), "file"), entry.bytes);
    changes.value(Weight::Attention, "files", Some(&size(old)), Some(&size(new)));
    let (was, is): (BTreeSet<_>, BTreeSet<_>) = (old.sources.iter().collect(), new.sources.iter().collect());
    for source in was.difference(&is) {
        changes.add(Weight::Neutral, "document that speaks of it", Some(said(source.raw())), None);
    }
    for source in is.difference(&was) {
        changes.add(Weight::Neutral, "document that speaks of it", None, Some(said(source.raw())));
    }
    changes.0
}

fn usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn of_verification(changes: &mut Changes, old: Option<&Checked>, new: Option<&Checked>) {
    const WHAT: &str = "verification";
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => {
            let weight = match new.outcome {
                Outcome::Pass => Weight::Better,
                Outcome::Fail => Weight::Worse,
                _ => Weight::Neutral,
            };
            return changes.add(weight, WHAT, None, Some(said(outcome(new))));
        }
        (Some(old), None) => return changes.add(Weight::Worse, WHAT, Some(said(outcome(old))), None),
        (None, None) => return,
    };
    let rank = |checked: &Checked| (usize::from(checked.outcome.rank()), outcome(checked));
    changes.rank(WHAT, rank(old), rank(new));
    let text = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
    let signer = |checked: &Checked| {
        let method = checked.method.map(|method| format!("{}: ", method.as_str())).unwrap_or_default();
        let issuer = text(&checked.issuer).map(|issuer| format!(", issuer {issuer}")).unwrap_or_default();
        let proven = if checked.proven { "" } else { " (not proven)" };
        checked.signer.as_ref().map(|signer| format!("{method}{}{issuer}{proven}", signer.raw()))
    };
    changes.value(Weight::Attention, "signer", signer(old).as_deref(), signer(new).as_deref());
    let root = |checked: &Checked| checked.root_digest.map(|digest| digest.to_string());
    changes.value(Weight::Attention, "root digest", root(old).as_deref(), root(new).as_deref());
    let bundle = |checked: &Checked| text(&checked.bundle_digest);
    changes.value(Weight::Attention, "signature's bytes", bundle(old).as_deref(), bundle(new).as_deref());
    let cached =
        |checked: &Checked| if checked.cached { "remembered digests" } else { "digests computed anew" };
    changes.value(Weight::Neutral, "it rests on", Some(cached(old)), Some(cached(new)));
}

/// The outcome, and the checks that stand behind it.
fn outcome(checked: &Checked) -> String {
    if checked.changed_since {
        return "changed since verified".to_owned();
    }
    let codes: Vec<String> = checked
        .codes
        .iter()
        .filter(|code| code.outcome.raw() == "fail" || checked.outcome != Outcome::Fail)
        .map(|code| code.code.raw().to_owned())
        .collect();
    match codes.as_slice() {
        [] => checked.outcome.word().to_owned(),
        codes => format!("{} ({})", checked.outcome.word(), codes.join(", ")),
    }
}

fn of_claims(
    changes: &mut Changes,
    old: Option<&Claims>,
    new: Option<&Claims>,
    present: Option<&Present<'_>>,
) {
    const WHAT: &str = "claims";
    let told = |claims: &Claims, note: &str| {
        let size = claims.bytes.map_or("not read".to_owned(), |bytes| format!("{bytes} bytes"));
        Some(said(format!("{}, {size}{note}", claims.path.raw())))
    };
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) if old == new => return,
        (Some(old), Some(new)) => (old, new),
        (Some(old), None) => return changes.add(Weight::Worse, WHAT, told(old, ""), None),
        (None, Some(new)) => return changes.add(Weight::Neutral, WHAT, None, told(new, "")),
        (None, None) => return,
    };
    let history = match (old.bytes, new.bytes) {
        (Some(was), Some(is)) if was >= is && old.digest != new.digest => History::Rewritten,
        (Some(_), Some(_)) if old.digest == new.digest => History::Same,
        (Some(was), Some(_)) => {
            let start = present.and_then(|present| (present.claims)(&new.path, was));
            match (start, &old.digest) {
                (Some(start), Some(digest)) if start == digest.raw() => History::Appended,
                (Some(_), Some(_)) => History::Rewritten,
                _ => History::Unknown,
            }
        }
        _ => History::Unknown,
    };
    let (weight, note) = match history {
        History::Same => (Weight::Neutral, ""),
        History::Appended => (Weight::Neutral, ", only appended to"),
        History::Rewritten => (Weight::Worse, ", not only appended to"),
        History::Unknown => (Weight::Attention, ", not known whether only appended to"),
    };
    changes.add(weight, WHAT, told(old, ""), told(new, note));
}

fn of_hazards(changes: &mut Changes, old: &Entry, new: &Entry) {
    let named = |entry: &Entry| -> BTreeSet<Hazard> { entry.hazards.iter().cloned().collect() };
    let (was, is) = (named(old), named(new));
    let told = |hazard: &Hazard| {
        let (tier, kind) = (hazard.tier.word(), hazard.kind.word());
        Some(said(format!("{tier} {kind} {} in {}", hazard.what.raw(), hazard.file.raw())))
    };
    for hazard in was.difference(&is) {
        let weight = if hazard.tier < Tier::Noted { Weight::Better } else { Weight::Neutral };
        changes.add(weight, "on loading", told(hazard), None);
    }
    for hazard in is.difference(&was) {
        let weight = match hazard.tier {
            Tier::Dangerous | Tier::Unreadable => Weight::Worse,
            Tier::Suspicious => Weight::Attention,
            Tier::Noted | Tier::Safe => Weight::Neutral,
        };
        changes.add(weight, "on loading", None, told(hazard));
    }
}

fn of_formats(changes: &mut Changes, old: &[Format], new: &[Format]) {
    for format in old.iter().filter(|format| !new.contains(format)) {
        let weight = if format.executes_code() { Weight::Better } else { Weight::Neutral };
        changes.add(weight, "format", Some(said(format.word())), None);
    }
    for format in new.iter().filter(|format| !old.contains(format)) {
        let weight = if format.executes_code() { Weight::Worse } else { Weight::Neutral };
        changes.add(weight, "format", None, Some(said(format.word())));
    }
}

/// Parents by id and relation: how many documents name one does not matter, what they pin does.
fn of_parents(changes: &mut Changes, old: &[ParentRef], new: &[ParentRef]) {
    type Named<'a> = BTreeMap<(&'a ModelId, Relation), BTreeSet<(Basis, Option<String>)>>;
    fn named(parents: &[ParentRef]) -> Named<'_> {
        let mut named = Named::new();
        for parent in parents {
            let known = named.entry((&parent.id, parent.relation)).or_default();
            known.insert((parent.basis, parent.digest.map(|digest| digest.to_string())));
        }
        named
    }
    let told = |(id, relation): (&ModelId, Relation), how: &BTreeSet<(Basis, Option<String>)>| {
        let pins: Vec<&str> = how.iter().filter_map(|(_, digest)| digest.as_deref()).collect();
        let pinned =
            if pins.is_empty() { String::new() } else { format!(", pinned to {}", pins.join(" and ")) };
        let basis = how.iter().map(|(basis, _)| *basis).max();
        Some(Said { value: format!("{} ({}){pinned}", id.raw(), relation.word()).into(), basis })
    };
    let (was, is) = (named(old), named(new));
    for (parent, how) in &was {
        match is.get(parent) {
            None => changes.add(Weight::Attention, "parent", told(*parent, how), None),
            Some(now) if now != how => {
                changes.add(Weight::Attention, "parent", told(*parent, how), told(*parent, now));
            }
            Some(_) => {}
        }
    }
    for (parent, how) in is.iter().filter(|(parent, _)| !was.contains_key(*parent)) {
        changes.add(Weight::Attention, "parent", None, told(*parent, how));
    }
}

/// Facts that one side has and the other has not; those of one place belong together, then those of one document.
fn of_facts(changes: &mut Changes, old: &[Fact], new: &[Fact]) {
    // Formats and what can run are told as what they are.
    let told = |fact: &&Fact| !matches!(fact.key, FactKey::Format | FactKey::Hazard);
    let what =
        |fact: &Fact| (fact.key, fact.basis, fact.value.raw().to_owned(), fact.source.raw().to_owned());
    let (was, is): (BTreeSet<_>, BTreeSet<_>) =
        (old.iter().map(what).collect(), new.iter().map(what).collect());
    let mut gone: Vec<&Fact> = old.iter().filter(told).filter(|fact| !is.contains(&what(fact))).collect();
    let mut come: Vec<&Fact> = new.iter().filter(told).filter(|fact| !was.contains(&what(fact))).collect();
    let value = |fact: &Fact| Some(Said { value: fact.value.clone(), basis: Some(fact.basis) });
    type Near<'a> = (FactKey, &'a str, Option<&'a str>);
    fn here(fact: &Fact) -> Near<'_> {
        (fact.key, fact.source.raw(), Some(fact.place.raw()))
    }
    fn there(fact: &Fact) -> Near<'_> {
        (fact.key, fact.source.raw(), None)
    }
    for near in [here, there] {
        let mut places: HashMap<Near<'_>, Vec<&Fact>> = HashMap::new();
        for fact in come.iter().rev() {
            places.entry(near(fact)).or_default().push(fact);
        }
        gone.retain(|before| match places.get_mut(&near(before)).and_then(Vec::pop) {
            Some(after) => {
                let weight = weight_of(before).min(weight_of(after));
                changes.add(weight, before.key.word(), value(before), value(after));
                false
            }
            None => true,
        });
        come = places.into_values().flatten().collect();
    }
    come.sort_by(|a, b| (a.key, a.value.raw(), a.source.raw()).cmp(&(b.key, b.value.raw(), b.source.raw())));
    for fact in gone {
        changes.add(weight_of(fact), fact.key.word(), value(fact), None);
    }
    for fact in come {
        changes.add(weight_of(fact), fact.key.word(), None, value(fact));
    }
}

fn weight_of(fact: &Fact) -> Weight {
    match fact.key {
        _ if fact.basis == Basis::Contradicted => Weight::Attention,
        FactKey::Version
        | FactKey::Publisher
        | FactKey::Licence
        | FactKey::BaseModel
        | FactKey::Dataset
        | FactKey::Hash => Weight::Attention,
        _ => Weight::Neutral,
    }
}
