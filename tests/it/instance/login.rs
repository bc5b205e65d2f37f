//! An identity provider: discovery, a login page that knows one person, and tokens for codes with PKCE.

use super::http::{Reply, Request};
use super::{Fault, Key, State, sha256};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Mutex;

pub const METADATA: &str = "/computeMetadata/v1/instance/service-accounts/default/identity";

pub struct Provider {
    pub key: Key,
    /// What was asked for with each code that is not redeemed yet.
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
}

/// Clients and their secrets.
const CLIENTS: [(&str, Option<&str>); 2] = [("sigstore", None), ("acme", Some("s3cret &+="))];

impl Provider {
    pub fn new() -> Self {
        Provider { key: Key::ed25519(), codes: Mutex::default() }
    }

    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let public = self.key.spki()[12..].to_vec();
        UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
    }
}

impl State {
    pub(super) fn log_in(&self, path: &str, request: &Request, fault: Option<Fault>) -> Reply {
        let issuer = format!("{}/oidc", self.url());
        match (request.method.as_str(), path) {
            ("GET", ".well-known/openid-configuration") => {
                let method = if fault == Some(Fault::SecretInForm) {
                    "client_secret_post"
                } else {
                    "client_secret_basic"
                };
                let name =
                    if fault == Some(Fault::OtherIssuer) { "https://issuer.evil.test" } else { &issuer };
                Reply::json(
                    200,
                    &json!({
                        "issuer": name,
                        "authorization_endpoint": format!("{issuer}/authorize"),
                        "token_endpoint": format!("{issuer}/token"),
                        "token_endpoint_auth_methods_supported": [method],
                        "code_challenge_methods_supported": ["S256"],
                    }),
                )
            }
            ("GET", "authorize") => {
                let asked = fields(&request.query);
                let wanted = ["client_id", "redirect_uri", "state", "nonce", "code_challenge"];
                if wanted.iter().any(|key| !asked.contains_key(*key))
                    || asked["response_type"] != "code"
                    || asked["code_challenge_method"] != "S256"
                    || !asked["scope"].contains("openid")
                {
                    return Reply::text(400, "invalid_request");
                }
                let code = URL_SAFE_NO_PAD.encode(sha256(request.query.as_bytes()));
                let (back, state) = (asked["redirect_uri"].clone(), asked["state"].clone());
                self.login.codes.lock().unwrap().insert(code.clone(), asked);
                if back.starts_with("urn:") {
                    return Reply::text(200, &code);
                }
                Reply::redirect(&format!("{back}?code={code}&state={state}"))
            }
            ("POST", "token") => self.redeem(request, fault),
            // GitHub's way: a token for whoever has the job's own.
            ("GET", "actions") => {
                if request.authorization.as_deref() != Some("Bearer job-token") {
                    return Reply::text(401, "who are you?");
                }
                let audience = fields(&request.query)["audience"].clone();
                let token = self.token(json!({
                    "aud": audience,
                    "sub": "repo:acme/models:ref:refs/heads/main",
                    "job_workflow_ref": "acme/models/.github/workflows/sign.yml@refs/heads/main",
                }));
                Reply::json(200, &json!({ "value": token }))
            }
            _ => Reply::text(404, "nothing here"),
        }
    }

    /// Google's way: a token for whoever runs there.
    pub(super) fn metadata(&self, request: &Request) -> Reply {
        if request.flavor.as_deref() != Some("Google") {
            return Reply::text(403, "Missing Metadata-Flavor:Google header.");
        }
        let audience = fields(&request.query)["audience"].clone();
        Reply::text(200, &self.token(json!({ "aud": audience, "sub": "1", "email": "builder@acme.test" })))
    }

    fn redeem(&self, request: &Request, fault: Option<Fault>) -> Reply {
        let refuse = |error: &str| Reply::json(400, &json!({ "error": error }));
        let form = fields(&String::from_utf8_lossy(&request.body));
        let get = |key: &str| form.get(key).cloned().unwrap_or_default();
        let Some(asked) = self.login.codes.lock().unwrap().remove(&get("code")) else {
            return refuse("invalid_grant");
        };
        let challenge = URL_SAFE_NO_PAD.encode(sha256(get("code_verifier").as_bytes()));
        if asked["code_challenge"] != challenge
            || asked["redirect_uri"] != get("redirect_uri")
            || asked["client_id"] != get("client_id")
        {
            return refuse("invalid_grant");
        }
        let secret = match (&request.authorization, fault) {
            (None, Some(Fault::SecretInForm)) => form.get("client_secret").cloned(),
            (Some(header), None) => {
                let pair = STANDARD.decode(header.strip_prefix("Basic ").unwrap_or_default()).unwrap();
                let pair = String::from_utf8(pair).unwrap();
                let (id, secret) = pair.split_once(':').unwrap();
                (id == get("client_id")).then(|| decode(secret))
            }
            _ => None,
        };
        if !CLIENTS.iter().any(|(id, known)| *id == get("client_id") && *known == secret.as_deref()) {
            return Reply::json(401, &json!({ "error": "invalid_client" }));
        }
        let nonce = if fault == Some(Fault::WrongNonce) { "old".to_owned() } else { asked["nonce"].clone() };
        let mail = "dana@acme.test";
        let token = json!({ "aud": get("client_id"), "sub": "account-7", "email": mail, "nonce": nonce });
        Reply::json(
            200,
            &json!({ "access_token": "a", "token_type": "Bearer", "id_token": self.token(token) }),
        )
    }
}

fn fields(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (decode(key), decode(value))).collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let two = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&two).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
