//! The document: the card that is shown, and what was signed of it.

use crate::bundle::document::Bundle;
use crate::check::fault::DocumentFault;
use crate::check::why::card::{CardCanonical, CardForm};
use crate::error::{Code, Error, Result};
use crate::json;
use crate::text::Untrusted;
use serde_json::{Map, Value};

use super::jws::Jws;
use super::place::card_in;

/// A larger document is no card.
const LIMIT_BYTES: usize = 4 * 1024 * 1024;
const MAX_DEPTH: usize = 48;
/// Signatures of one card that are looked at.
const MAX_SIGNATURES: usize = 16;
/// Without one of these in its text, a document is not read.
const MARKS: [&[u8]; 2] = [b"\"agentCard\"", b"\"signatures\""];
/// Where documents of sigstore-a2a have the bundle: now, and in earlier versions as a text.
const BUNDLES: [&str; 2] = ["/attestations/signatureBundle", "/verificationMaterial/signatureBundle"];
const SIGNATURES: &str = "signatures";

/// An agent card with its signatures.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// The card that is shown.
    pub(crate) shown: Value,
    /// What signs it.
    pub(crate) signed: Signed,
}

/// What signs a card.
#[derive(Debug, Clone)]
pub(crate) enum Signed {
    /// A bundle that stands beside it.
    Bundle(Box<Bundle>),
    /// Signatures in it.
    Jws(Vec<Jws>),
}

impl Card {
    /// Reads a document whose SHA-256 is `digest`. None when it is no card, or a card without a signature.
    ///
    /// # Errors
    /// What makes it one about which readers disagree, or keeps its bundle from being read.
    pub(crate) fn parse(raw: &[u8], digest: &str) -> Option<std::result::Result<Self, DocumentFault>> {
        let is_marked = MARKS.iter().any(|mark| raw.windows(mark.len()).any(|window| window == *mark));
        if raw.len() > LIMIT_BYTES || !is_marked || raw.trim_ascii_start().first() != Some(&b'{') {
            return None;
        }
        // What it is, whatever is wrong with it.
        let Value::Object(seen) = json::parse_tree(raw).ok()?.root else { return None };
        let form = form_of(&seen)?;
        Some(Self::read(raw, form, digest).map_err(DocumentFault::from))
    }

    fn read(raw: &[u8], form: CardForm, digest: &str) -> Result<Self> {
        let document = json::parse(raw, MAX_DEPTH)?;
        if form == CardForm::Jws {
            exact(&document)?;
            let all =
                document.get(SIGNATURES).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            if all.len() > MAX_SIGNATURES {
                return Err(Error::new(Code::TooLarge, format!("more than {MAX_SIGNATURES} signatures"))
                    .at(SIGNATURES));
            }
            let signatures = all.iter().map(Jws::read).collect();
            return Ok(Card { shown: document, signed: Signed::Jws(signatures) });
        }
        let place = document.as_object().and_then(card_in);
        if let Some(beside) = place.as_ref().and_then(|place| place.beside.first()) {
            return Err(Error::new(
                Code::Malformed,
                "more than a signed card: readers may take the rest for the card",
            )
            .at(*beside)
            .help("get the signed card again from its publisher, with nothing added"));
        }
        let shown = place.map(|place| Value::Object(place.card.clone())).unwrap_or_default();
        exact(&shown)?;
        let bundle = BUNDLES.iter().find_map(|place| document.pointer(place)).unwrap_or(&Value::Null);
        // Earlier versions have the whole bundle as a text.
        let text = bundle.get("signature").and_then(Value::as_str);
        let bytes = match text {
            Some(text) => text.as_bytes().to_vec(),
            None => serde_json::to_vec(bundle)
                .map_err(|cause| Error::new(Code::Malformed, format!("no bundle ({cause})")))?,
        };
        let bundle = Bundle::parse_with(&bytes, || digest.to_owned()).map_err(|error| {
            let at = error.at.clone().map(|at| format!(".{}", at.raw())).unwrap_or_default();
            error.at(format!("signatureBundle{at}"))
        })?;
        Ok(Card { shown, signed: Signed::Bundle(Box::new(bundle)) })
    }

    /// What it says, without its signatures.
    pub(crate) fn unsigned(&self) -> Value {
        without_signatures(&self.shown)
    }

    /// How it is signed.
    pub(crate) fn form(&self) -> CardForm {
        match self.signed {
            Signed::Bundle(_) => CardForm::Bundle,
            Signed::Jws(_) => CardForm::Jws,
        }
    }

    /// How many signatures it has.
    pub(crate) fn signatures(&self) -> u64 {
        match &self.signed {
            Signed::Bundle(_) => 1,
            Signed::Jws(all) => all.len() as u64,
        }
    }

    /// What it calls itself.
    pub(crate) fn name(&self) -> Option<Untrusted> {
        self.shown.get("name").and_then(Value::as_str).map(Untrusted::from)
    }

    /// The bytes that its own signatures may have signed: the card without them.
    pub(crate) fn payloads(&self) -> Vec<(CardCanonical, Vec<u8>)> {
        let card = self.unsigned();
        let whole = json::jcs(&card).map(|bytes| (CardCanonical::Jcs, bytes));
        let full = without_empty(&card).unwrap_or_else(|| Value::Object(Map::new()));
        let full = json::jcs(&full).map(|bytes| (CardCanonical::JcsWithoutEmpty, bytes));
        let full = full.filter(|(_, bytes)| whole.as_ref().is_none_or(|(_, whole)| whole != bytes));
        whole.into_iter().chain(full).collect()
    }

    /// Members of the card that [`CardCanonical::JcsWithoutEmpty`] leaves out: the first few, and how many more.
    pub(crate) fn empty_members(&self, most: usize) -> (Vec<Untrusted>, u64) {
        let card = self.unsigned();
        let full = without_empty(&card).unwrap_or_else(|| Value::Object(Map::new()));
        let (found, more) = json::differences(&full, &card, most);
        (found.into_iter().map(|one| Untrusted::new(one.place)).collect(), more as u64)
    }
}

/// The bundle in a file of a signature: the file itself, or a part of an agent card.
pub fn bundle_in(raw: &[u8]) -> Option<Bundle> {
    if let Ok(bundle) = Bundle::parse(raw) {
        return Some(bundle);
    }
    match Card::parse(raw, "")?.ok()?.signed {
        Signed::Bundle(bundle) => Some(*bundle),
        Signed::Jws(_) => None,
    }
}

/// What a card says that lies in these bytes, signed or not, without its signatures. None for anything that readers
/// disagree about, and for a document that holds more than a card.
pub(crate) fn said_by(raw: &[u8]) -> Option<Value> {
    let Value::Object(document) = json::parse(raw, MAX_DEPTH).ok().filter(json::is_exact)? else {
        return None;
    };
    let place = card_in(&document).filter(|place| place.beside.is_empty())?;
    Some(without_signatures(&Value::Object(place.card.clone())))
}

fn without_signatures(card: &Value) -> Value {
    let mut card = card.clone();
    if let Some(members) = card.as_object_mut() {
        members.shift_remove(SIGNATURES);
    }
    card
}

fn form_of(document: &Map<String, Value>) -> Option<CardForm> {
    if !card_in(document)?.at.is_empty() {
        let has = |place: &&str| {
            let mut parts = place.split('/').skip(1);
            let first = parts.next().and_then(|part| document.get(part));
            parts.try_fold(first?, |value, part| value.get(part)).filter(|value| value.is_object())
        };
        return BUNDLES.iter().find_map(has).map(|_| CardForm::Bundle);
    }
    let signatures = document.get(SIGNATURES).and_then(Value::as_array)?;
    (!signatures.is_empty()).then_some(CardForm::Jws)
}

fn exact(card: &Value) -> Result<()> {
    if json::is_exact(card) {
        return Ok(());
    }
    Err(Error::new(Code::Malformed, "the card holds a number that not every reader reads alike")
        .help("have the publisher write it as a text"))
}

/// A card as some signers write it: without members that are empty, at any depth (A2A 1.0, 8.4.1).
fn without_empty(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| value.clone()),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(without_empty).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members: Map<String, Value> = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), without_empty(value)?)))
                .collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        other => Some(other.clone()),
    }
}
