//! Agent cards (A2A) and skill folders: what they declare, and whether a signature lies in a card. Nothing that they
//! name is called, and no signature in a card is verified here.

use serde_json::Value;
use std::path::Path;

use super::document::text;
use super::{descriptor, front_matter};
use crate::inventory::model::descriptor::Descriptor;
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::record::Record;
use crate::json::pointer_part;
use crate::signing::{CardForm, CardPlace, CardSeen, card_in, signed_card};
use crate::text::Untrusted;

/// The file by which a skill folder is told.
pub(super) const SKILL: &str = "SKILL.md";
/// Names of agent cards; the second is that of earlier drafts.
pub(super) const CARDS: [&str; 3] = ["agent-card.json", "agent.json", "agent_card.json"];
/// How signed cards are called that are written beside the card itself.
const SIGNED: [&str; 2] = [".signed.json", "signed-agent-card.json"];
const FINDING: &str = "F-AGENT-CARD";
const MAX_SKILLS: usize = 32;
const MAX_ENDPOINTS: usize = 8;
/// Limit of reported members beside a card.
const MAX_BESIDE: usize = 8;
/// Characters of a description.
const MAX_DESCRIPTION: usize = 240;
const FACTS: [(&str, FactKey); 4] = [
    ("/name", FactKey::Name),
    ("/version", FactKey::Version),
    ("/provider/organization", FactKey::Publisher),
    ("/url", FactKey::Endpoint),
];

/// Whether a file may be an agent card, by its name.
pub(super) fn is_named_like_one(name: &str) -> bool {
    CARDS.contains(&name) || SIGNED.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file is an agent card: by its name and by what it holds.
pub(super) fn is_card(path: &Path, name: &str) -> bool {
    is_named_like_one(name) && holds_card(path)
}

/// The same by what it holds alone.
pub(super) fn holds_card(path: &Path) -> bool {
    descriptor::read(path).is_ok_and(|read| card_in(&read.document).is_some())
}

/// What a card declares; `file` is its name below the model.
pub(super) fn tell_card(path: &Path, file: &str, source: &Untrusted, record: &mut Record) {
    let read = match descriptor::read(path) {
        Ok(read) => read,
        Err(problem) => return record.found(FINDING, source, "", problem),
    };
    read.tell_duplicates(FINDING, source, record);
    let whole = CardPlace { card: &read.document, at: "", beside: Vec::new() };
    let CardPlace { card, at, beside } = card_in(&read.document).unwrap_or(whole);
    // What stands beside the card may be read as one: then it is pinned with it.
    let pinned = if beside.is_empty() { card } else { &read.document };
    for name in beside.into_iter().take(MAX_BESIDE) {
        let place = format!("/{}", pointer_part(name));
        let what = "stands beside the signed card: readers may take it for a part of the card";
        record.found(FINDING, source, &place, what);
    }
    let content = read.content_of(pinned, &["signatures"]);
    let card = Value::Object(card.clone());
    record.model.descriptors.push(Descriptor { file: file.into(), content });
    for (place, key) in FACTS {
        let value = card.pointer(place).and_then(Value::as_str).unwrap_or_default();
        record.fact(key, value, Basis::Declared, source, &format!("{at}{place}"));
    }
    describe(&text(&card, "description"), &format!("{at}/description"), source, record);
    for list in ["supportedInterfaces", "additionalInterfaces"] {
        for (index, interface) in items(&card, list).take(MAX_ENDPOINTS).enumerate() {
            let place = format!("{at}/{list}/{index}");
            record.fact(FactKey::Endpoint, &text(interface, "url"), Basis::Declared, source, &place);
        }
    }
    for (index, skill) in items(&card, "skills").take(MAX_SKILLS).enumerate() {
        let (id, name) = (text(skill, "id"), text(skill, "name"));
        let value = if id.is_empty() || id == name { name } else { format!("{id}: {name}") };
        record.fact(FactKey::Skill, &value, Basis::Declared, source, &format!("{at}/skills/{index}"));
    }
    let more = items(&card, "skills").count().saturating_sub(MAX_SKILLS);
    if more > 0 {
        record.found(FINDING, source, "/skills", format!("{more} more skills are not listed"));
    }
    if let Some(seen) = signed_card(&read.bytes) {
        tell_signatures(&seen, source, record);
    }
}

/// What it says of its signatures, none of which is verified here.
fn tell_signatures(seen: &CardSeen, source: &Untrusted, record: &mut Record) {
    if let Some(fault) = &seen.fault {
        let at = fault.at.as_ref().map(Untrusted::raw).unwrap_or_default();
        return record.found(
            FINDING,
            source,
            at,
            format!("its signature cannot be read: {}", fault.said.screen()),
        );
    }
    let line = match seen.form {
        Some(CardForm::Bundle) => "a signature bundle of sigstore-a2a, not verified here".to_owned(),
        _ => format!("{} JWS in the card, not verified here", seen.signatures),
    };
    record.fact(FactKey::Signature, &line, Basis::Observed, source, "/signatures");
    for address in &seen.hints.addresses {
        let what = format!("names keys at {}: they are not fetched and not trusted", address.screen());
        record.found("F-AGENT-KEYS", source, "/signatures", what);
    }
    if seen.hints.carries_keys {
        let what = "brings a key or certificate of its own: it is not trusted";
        record.found("F-AGENT-KEYS", source, "/signatures", what);
    }
}

fn items<'v>(card: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    card.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// What a skill's front matter declares.
pub(super) fn tell_skill(path: &Path, source: &Untrusted, record: &mut Record) {
    let card = match front_matter::read(path) {
        Ok(Some(card)) => card,
        Ok(None) => {
            return record.found(
                "F-SKILL",
                source,
                "",
                "no front matter: a skill has a name and a description",
            );
        }
        Err(message) => return record.found("F-CARD-YAML", source, "", message),
    };
    let said = [
        ("name", FactKey::Name),
        ("license", FactKey::Licence),
        ("version", FactKey::Version),
        ("author", FactKey::Publisher),
    ];
    for (key, fact) in said {
        for (place, value) in card.words(key).into_iter().chain(card.words_below("metadata", key)).take(1) {
            record.fact(fact, &value, Basis::Declared, source, &place);
        }
    }
    if let Some((place, text)) = card.words("description").into_iter().next() {
        describe(&text, &place, source, record);
    }
    for (place, tool) in card.words("allowed-tools").into_iter().take(MAX_SKILLS) {
        record.fact(FactKey::Skill, &format!("may use {tool}"), Basis::Declared, source, &place);
    }
}

fn describe(description: &str, place: &str, source: &Untrusted, record: &mut Record) {
    let line: String = description.chars().take(MAX_DESCRIPTION).collect();
    record.fact(FactKey::Description, &line, Basis::Declared, source, place);
}
