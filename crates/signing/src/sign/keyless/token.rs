//! Identity tokens (OpenID Connect), read without believing them: whoever issues the certificate checks the
//! token. What can be seen to fail is told before anything is sent.

use crate::check::identity::Identity;
use crate::error::{Code, Error, Result};
use crate::{json, text};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use zeroize::Zeroizing;

/// The audience that Sigstore's certificate authorities ask for.
pub const DEFAULT_AUDIENCE: &str = "sigstore";
const LIMIT_TOKEN_BYTES: usize = 64 * 1024;

/// An identity token and what it says. Never shown: whoever has it can sign in its owner's name.
pub struct IdentityToken {
    raw: Zeroizing<String>,
    claims: Value,
}

impl std::fmt::Debug for IdentityToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityToken(…)")
    }
}

impl IdentityToken {
    /// Reads a token for an audience, as of `now`.
    ///
    /// # Errors
    /// `E-TOKEN` when it is no token, is for another audience, has expired or is not valid yet.
    pub fn parse(raw: &str, audience: &str, now: Timestamp) -> Result<Self> {
        let raw = raw.trim();
        let Some(claims) = claims_of(raw) else {
            return Err(unusable("is not a signed identity token")
                .help("expected a JSON Web Token: three parts in base64url with dots between them"));
        };
        let token = IdentityToken { raw: Zeroizing::new(raw.to_owned()), claims };
        if token.claim("iss").is_none() || token.claim("sub").is_none() {
            return Err(unusable("does not say who it is about, or who issued it")
                .help("expected the claims `iss` and `sub`; get an ID token, not an access token"));
        }
        let audiences = token.audiences();
        if !audiences.contains(&audience) {
            let found = audiences.join(", ");
            return Err(unusable(format!(
                "is for another audience: expected {}, found {}",
                text::screen(audience),
                if found.is_empty() { "none".to_owned() } else { text::clip(&text::screen(&found), 120) }
            ))
            .help("ask for a token with that audience, or name the audience with --client-id"));
        }
        let seconds = |claim: &str| token.claims.get(claim).and_then(Value::as_f64).map(|at| at as i64);
        let at = |seconds: i64| Timestamp::from_second(seconds).map(|at| at.to_string()).unwrap_or_default();
        match seconds("exp") {
            None => Err(unusable("does not say until when it is valid").help("get an ID token with `exp`")),
            Some(until) if until <= now.as_second() => Err(unusable(format!("expired at {}", at(until)))
                .help("such tokens live for minutes: get a new one just before signing")),
            Some(_) => match seconds("nbf") {
                // Clocks differ; the authority decides.
                Some(from) if from > now.as_second().saturating_add(60) => {
                    Err(unusable(format!("is not valid before {}", at(from)))
                        .help("check this machine's clock"))
                }
                _ => Ok(token),
            },
        }
    }

    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Whether a certificate in this name was issued for this token: its issuer is the token's (or that of
    /// the account behind it), and its subject is the account, or a name made of what the token says.
    pub(super) fn is_of(&self, identity: &Identity) -> bool {
        let behind = self.claims.pointer("/federated_claims/connector_id").and_then(Value::as_str);
        let issuer = identity.issuer.as_ref().map(|issuer| issuer.raw());
        if issuer.is_none() || (issuer != self.claim("iss") && issuer != behind) {
            return false;
        }
        let subject = identity.subject.raw();
        let account = |claim: &str| {
            self.claim(claim).is_some_and(|name| {
                // Fulcio's `username` issuers write NAME!DOMAIN.
                subject == name || subject.strip_prefix(name).is_some_and(|rest| rest.starts_with('!'))
            })
        };
        // Pipelines and workloads are named by a URI that the authority makes of claims of their issuer's own.
        let made = self.claim("email").is_none() && subject.contains("://");
        account("email") || account("sub") || made
    }

    fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn claims_of(raw: &str) -> Option<Value> {
    if raw.len() > LIMIT_TOKEN_BYTES {
        return None;
    }
    let mut parts = raw.split('.');
    let (_, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() {
        return None;
    }
    let claims = json::parse(&URL_SAFE_NO_PAD.decode(payload).ok()?, 16).ok()?;
    claims.is_object().then_some(claims)
}

fn unusable(what: impl AsRef<str>) -> Error {
    Error::new(Code::Token, format!("the identity token {}", what.as_ref()))
}
