//! A timestamp authority for signatures by key and certificate: it is asked, and what it answers is verified
//! before it is used.

use crate::check::outcome::Outcome;
use crate::error::{Code, Error, Result};
use crate::http::{Body, Client, Service};
use crate::text::Untrusted;
use crate::time::token::{self, Token};
use crate::trust::anchor::{Anchor, Trust};
use crate::verify::time;
use crate::words::time::token_damage;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use std::time::Duration;

/// An authority that can be asked for timestamps.
pub struct TimestampService {
    service: Service,
    client: Client,
    trust: Trust,
}

/// A timestamp over a signature.
#[derive(Debug, Clone)]
pub struct Timestamped {
    /// The authority's answer with the token, DER: what goes into the bundle.
    pub token: Vec<u8>,
    /// When, as it says.
    pub at: Timestamp,
    /// By whom, as its certificate says.
    pub authority: Untrusted,
    /// Whether that leads to an authority that was named; false when none was.
    pub trusted: bool,
}

impl TimestampService {
    /// The authority at a URL; its tokens must be of an authority among `anchors` (of kind `tsa`), unless there is
    /// none. An exchange may take `timeout`. Plain HTTP will do: no secret is sent, and tokens are signed.
    ///
    /// # Errors
    /// `E-CONFIG` for a URL that cannot be used.
    pub fn new(url: &str, anchors: Vec<Anchor>, timeout: Duration) -> Result<Self> {
        let service = Service::in_the_open("the timestamp authority", url)?;
        Ok(TimestampService { service, client: Client::new(timeout), trust: Trust::new(anchors) })
    }

    /// Asks for a timestamp over the bytes of a signature.
    ///
    /// # Errors
    /// `E-NETWORK`, `E-REFUSED`, `E-ANSWER`; `E-UNPROVEN` when the token does not hold.
    pub fn stamp(&self, signature: &[u8]) -> Result<Timestamped> {
        let doing = "give a timestamp";
        let mut random = [0; 8];
        SystemRandom::new()
            .fill(&mut random)
            .map_err(|_| Error::new(Code::Internal, "there is no randomness"))?;
        let nonce = token::nonce(random)?;
        let query = token::query(signature, Some(&nonce))?;
        let body = Body::Bytes { kind: "application/timestamp-query", bytes: &query };
        let answer = self.client.call(&self.service, doing, &body, None)?;
        if let Some(why) = token::refusal(&answer) {
            let why = why.clip(300);
            return Err(Error::new(
                Code::Refused,
                format!("{} refused to {doing}: {why}", self.service.name),
            )
            .at(&self.service.url)
            .help("nothing was written; what the authority says above is why"));
        }
        if !token::holds_token(&answer) {
            return Err(self.service.unusable("it holds no timestamp"));
        }
        let token = Token::read(&answer).map_err(|damage| self.service.unusable(token_damage(&damage)))?;
        if token.nonce.as_ref() != Some(&nonce) {
            return Err(self.service.unusable("it answers another question: its nonce is another"));
        }
        if token.imprint.is_of(signature) != Some(true) {
            return Err(self.service.unusable("its timestamp is of something else"));
        }
        let at = token.at;
        let (check, signed_at) =
            time::check(std::slice::from_ref(&answer), signature, &self.trust, Timestamp::now());
        let is_good = check.outcome == Outcome::Pass || self.trust.anchors.is_empty();
        if check.outcome == Outcome::Fail || !is_good {
            let words = check.words();
            let found = words.found.map(|found| format!(" ({})", found.clip(200))).unwrap_or_default();
            return Err(Error::new(
                Code::Unproven,
                format!("the timestamp does not hold: {} {}{found}", check.code, words.summary),
            )
            .at(&self.service.url)
            .help("nothing was written; check the address, and the certificates that were given for the authority"));
        }
        let authority = token::authority_of(&token);
        Ok(Timestamped { token: answer, at, authority, trusted: signed_at.is_some() })
    }
}
