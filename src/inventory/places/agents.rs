//! Agent cards (A2A) and skill folders: what they declare, and whether a signature lies in a card. Nothing that they
//! name is called, and no signature in a card is verified here.

use serde_json::Value;
use std::path::Path;

use super::document::{self, text};
use super::front_matter;
use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

/// The file by which a skill folder is told.
pub(super) const SKILL: &str = "SKILL.md";
/// Names of agent cards; the second is that of earlier drafts.
pub(super) const CARDS: [&str; 3] = ["agent-card.json", "agent.json", "agent_card.json"];
const MAX_BYTES: u64 = 1024 * 1024;
const MAX_SKILLS: usize = 32;
const MAX_ENDPOINTS: usize = 8;
/// Characters of a description.
const MAX_DESCRIPTION: usize = 240;
/// What a card has and other JSON of that name has not.
const TELLING: [&str; 5] =
    ["url", "supportedInterfaces", "additionalInterfaces", "protocolVersion", "defaultInputModes"];
const FACTS: [(&str, FactKey); 4] = [
    ("/name", FactKey::Name),
    ("/version", FactKey::Version),
    ("/provider/organization", FactKey::Publisher),
    ("/url", FactKey::Endpoint),
];

/// Whether a file is an agent card: by its name and by what it holds.
pub(super) fn is_card(path: &Path, name: &str) -> bool {
    CARDS.contains(&name)
        && disk::whole(path, MAX_BYTES).is_ok_and(|bytes| {
            document::object(&bytes).is_ok_and(|card| {
                card.get("skills").is_some_and(Value::is_array)
                    && TELLING.iter().any(|key| card.get(*key).is_some())
            })
        })
}

/// What a card declares.
pub(super) fn tell_card(path: &Path, source: &Untrusted, record: &mut Record) {
    let card = match disk::whole(path, MAX_BYTES).map_err(|unread| unread.to_string()) {
        Ok(bytes) => document::object(&bytes),
        Err(problem) => Err(problem),
    };
    let card = match card {
        Ok(card) => card,
        Err(problem) => return record.found("F-AGENT-CARD", source, "", problem),
    };
    for (at, key) in FACTS {
        let value = card.pointer(at).and_then(Value::as_str).unwrap_or_default();
        record.fact(key, value, Basis::Declared, source, at);
    }
    describe(&text(&card, "description"), "/description", source, record);
    for list in ["supportedInterfaces", "additionalInterfaces"] {
        for (index, interface) in items(&card, list).take(MAX_ENDPOINTS).enumerate() {
            let place = format!("/{list}/{index}");
            record.fact(FactKey::Endpoint, &text(interface, "url"), Basis::Declared, source, &place);
        }
    }
    for (index, skill) in items(&card, "skills").take(MAX_SKILLS).enumerate() {
        let (id, name) = (text(skill, "id"), text(skill, "name"));
        let value = if id.is_empty() || id == name { name } else { format!("{id}: {name}") };
        record.fact(FactKey::Skill, &value, Basis::Declared, source, &format!("/skills/{index}"));
    }
    let more = items(&card, "skills").count().saturating_sub(MAX_SKILLS);
    if more > 0 {
        record.found("F-AGENT-CARD", source, "/skills", format!("{more} more skills are not told"));
    }
    let signatures = items(&card, "signatures").count();
    if signatures > 0 {
        let line = format!("{signatures} JWS in the card, not verified here");
        record.fact(FactKey::Signature, &line, Basis::Observed, source, "/signatures");
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
