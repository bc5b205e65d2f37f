//! What an agent card says of its own signatures, for lists and `inspect`. None of it is verified.

use crate::check::fault::DocumentFault;
use crate::check::identity::Method;
use crate::check::why::card::{CardForm, KeyHints};
use crate::text::Untrusted;

use super::document::{Card, Signed};

/// An agent card's signatures, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSeen {
    /// How it is signed; none when it cannot be read.
    pub form: Option<CardForm>,
    /// How many signatures it has.
    pub signatures: u64,
    /// Their algorithms, or the method of the bundle.
    pub algorithms: Vec<Untrusted>,
    /// What it says of keys: none of it is fetched or trusted.
    pub hints: KeyHints,
    /// Why it cannot be read as a signed card.
    pub fault: Option<DocumentFault>,
}

/// What a card says of its signatures; none when it is no card, or has none.
pub fn signed_card(raw: &[u8]) -> Option<CardSeen> {
    let mut seen = CardSeen {
        form: None,
        signatures: 0,
        algorithms: Vec::new(),
        hints: KeyHints::default(),
        fault: None,
    };
    let card = match Card::parse(raw, "")? {
        Ok(card) => card,
        Err(fault) => {
            seen.fault = Some(fault);
            return Some(seen);
        }
    };
    (seen.form, seen.signatures) = (Some(card.form()), card.signatures());
    match &card.signed {
        Signed::Bundle(bundle) => {
            let method = match bundle.method() {
                Method::Key => "bundle, by key",
                Method::Certificate => "bundle, by certificate",
                Method::Sigstore => "bundle, keyless",
            };
            seen.algorithms.push(method.into());
        }
        Signed::Jws(all) => {
            for one in all {
                let named = (!one.algorithm.is_empty()).then(|| Untrusted::new(&one.algorithm));
                seen.algorithms.push(named.unwrap_or_else(|| "no algorithm".into()));
                seen.hints.kid.extend(one.hints.kid.iter().cloned());
                seen.hints.addresses.extend(one.hints.addresses.iter().cloned());
                seen.hints.carries_keys |= one.hints.carries_keys;
            }
        }
    }
    Some(seen)
}
