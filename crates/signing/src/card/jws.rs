//! One JSON Web Signature of a card (RFC 7515): its protected header, read within limits. Where the header says that
//! keys are (`jku`, `x5u`, `jwk`, `x5c`) is kept to be told, and never used.

use crate::check::why::card::{JwsRefused, KeyHints};
use crate::json;
use crate::keys::jws;
use crate::text::Untrusted;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A longer header is not read.
const MAX_HEADER: usize = 64 * 1024;
const MAX_DEPTH: usize = 16;

/// A signature of a card.
#[derive(Debug, Clone)]
pub(crate) struct Jws {
    /// The protected header as it was signed.
    protected: String,
    /// The signature's bytes.
    signature: Vec<u8>,
    /// A payload of its own, encoded: A2A has none.
    payload: Option<String>,
    /// Its algorithm, by name.
    pub(crate) algorithm: String,
    /// What names the key.
    pub(crate) kid: Option<String>,
    /// What the headers say of keys.
    pub(crate) hints: KeyHints,
    /// Why it cannot count, and what it says.
    pub(crate) refused: Option<(JwsRefused, Option<Untrusted>)>,
}

impl Jws {
    /// Reads an item of `signatures`.
    pub(super) fn read(item: &Value) -> Self {
        let mut read = Jws {
            protected: String::new(),
            signature: Vec::new(),
            payload: None,
            algorithm: String::new(),
            kid: None,
            hints: KeyHints::default(),
            refused: None,
        };
        if let Err(refused) = read.fill(item) {
            read.refused = Some(refused);
        }
        read
    }

    fn fill(&mut self, item: &Value) -> Result<(), (JwsRefused, Option<Untrusted>)> {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        if let Some(plain) = item.get("header") {
            self.note(plain);
        }
        let (Some(protected), Some(signature)) = (text("protected"), text("signature")) else {
            return Err((JwsRefused::Shape, None));
        };
        protected.clone_into(&mut self.protected);
        self.signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| (JwsRefused::Shape, None))?;
        match item.get("payload") {
            None => {}
            Some(Value::String(payload)) => self.payload = Some(payload.clone()),
            Some(_) => return Err((JwsRefused::Payload, None)),
        }
        let header = Some(protected).filter(|text| text.len() <= MAX_HEADER);
        let header = header.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        // Each name once: readers disagree about what occurs twice.
        let header = header.and_then(|bytes| json::parse(&bytes, MAX_DEPTH).ok()).filter(Value::is_object);
        let Some(header) = header else { return Err((JwsRefused::Header, None)) };
        self.note(&header);
        self.kid = header.get("kid").and_then(Value::as_str).map(str::to_owned);
        if header.get("crit").is_some() || header.get("b64").is_some() {
            let said = header.get("crit").map(|crit| Untrusted::new(crit.to_string()));
            return Err((JwsRefused::Critical, said));
        }
        let Some(algorithm) = header.get("alg").and_then(Value::as_str) else {
            return Err((JwsRefused::AlgorithmAbsent, None));
        };
        algorithm.clone_into(&mut self.algorithm);
        let said = Some(Untrusted::new(algorithm));
        if algorithm.eq_ignore_ascii_case("none") {
            return Err((JwsRefused::AlgorithmNone, said));
        }
        if algorithm.to_ascii_uppercase().starts_with("HS") {
            return Err((JwsRefused::AlgorithmSecret, said));
        }
        if !jws::is_known(algorithm) {
            return Err((JwsRefused::AlgorithmUnknown, said));
        }
        Ok(())
    }

    /// What was signed, if it was this payload; none where it brings another one.
    pub(crate) fn message(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let encoded = URL_SAFE_NO_PAD.encode(payload);
        let is_own = self.payload.as_ref().is_none_or(|own| own.is_empty() || *own == encoded);
        is_own.then(|| format!("{}.{encoded}", self.protected).into_bytes())
    }

    /// Its bytes.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    fn note(&mut self, header: &Value) {
        const MOST: usize = 8;
        let text = |key: &str| header.get(key).and_then(Value::as_str).map(Untrusted::from);
        self.hints.kid.extend(text("kid"));
        self.hints.addresses.extend(["jku", "x5u"].iter().filter_map(|key| text(key)));
        self.hints.addresses.truncate(MOST);
        self.hints.carries_keys |= header.get("jwk").is_some() || header.get("x5c").is_some();
    }
}
