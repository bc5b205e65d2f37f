//! Where a document has its agent card: it is the card, or holds it beside what signs it (sigstore-a2a). Everybody who
//! reads a card asks here, so that what is shown and what is verified is one card.

use serde_json::{Map, Value};

/// Where documents of sigstore-a2a have the card.
const INNER: &str = "agentCard";
/// What else they have: now, and in earlier versions.
const MATERIAL: [&str; 2] = ["attestations", "verificationMaterial"];
/// What a card has and other JSON with `skills` has not.
const TELLING: [&str; 5] =
    ["url", "supportedInterfaces", "additionalInterfaces", "protocolVersion", "defaultInputModes"];

/// An agent card in a document.
#[derive(Debug, Clone)]
pub struct CardPlace<'v> {
    /// The card.
    pub card: &'v Map<String, Value>,
    /// Where it stands, as a JSON pointer: empty where it is the document.
    pub at: &'static str,
    /// Members of the document that are neither the card nor what signs it. Whoever takes the document itself for the
    /// card reads them, and no signature covers them.
    pub beside: Vec<&'v str>,
}

/// The agent card in a document; none where it is no card.
pub fn card_in(document: &Map<String, Value>) -> Option<CardPlace<'_>> {
    let is_wrapped = MATERIAL.iter().any(|name| document.get(*name).is_some_and(Value::is_object));
    if let Some(card) = document.get(INNER).and_then(Value::as_object).filter(|_| is_wrapped) {
        let names = document.keys().map(String::as_str);
        let beside = names.filter(|name| *name != INNER && !MATERIAL.contains(name)).collect();
        return Some(CardPlace { card, at: "/agentCard", beside });
    }
    let is_card = document.get("skills").is_some_and(Value::is_array)
        && TELLING.iter().any(|name| document.contains_key(*name));
    is_card.then_some(CardPlace { card: document, at: "", beside: Vec::new() })
}
