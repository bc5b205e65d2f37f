//! A Sigstore instance on loopback, for tests: certificate authority (Fulcio v2) with a certificate log,
//! transparency logs (Rekor v1 and v2), timestamp authority (RFC 3161) and identity provider (OpenID
//! Connect), with the documents that describe it. It does what the real ones do, or fails as it is told.

mod authority;
mod http;
mod log;
mod login;
mod stamps;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use http::{Reply, Request, behind_tls, get, serve};

/// Which service is to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Fulcio,
    Log,
    Stamps,
    Login,
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Down,
    Hangs,
    Refuses,
    Huge,
    Elsewhere,
    Garbage,
    OtherKey,
    OtherName,
    OtherIssuer,
    OtherCertificateLog,
    DetachedProof,
    WrongProof,
    WrongPromise,
    WrongBody,
    WrongNonce,
    SecretInForm,
}

/// A key of the instance: signs, and says its public half.
pub enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub fn p256() -> Self {
        Key::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    pub fn ed25519() -> Self {
        Key::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Key::P256(key) => key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    pub fn spki(&self) -> Vec<u8> {
        match self {
            Key::P256(key) => key.public_key().as_der().unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => {
                let mut der = hex::decode("302a300506032b6570032100").unwrap();
                der.extend_from_slice(key.public_key().as_ref());
                der
            }
        }
    }

    fn details(&self) -> &'static str {
        match self {
            Key::P256(_) => "PKIX_ECDSA_P256_SHA_256",
            Key::Ed25519(_) => "PKIX_ED25519",
        }
    }
}

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// What its services hold for the time: that of the machine, unless it was set. Tokens of identity live by the machine's.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn now(&self) -> i64 {
        match self.0.load(Ordering::SeqCst) {
            0 => now(),
            set => set,
        }
    }
}

/// Everything behind the doors, shared with the threads that answer.
struct State {
    url: Mutex<String>,
    fault: Mutex<Option<(At, Fault)>>,
    stopped: AtomicBool,
    clock: Clock,
    authority: authority::Authority,
    first_log: log::Log,
    second_log: log::Log,
    stamps: stamps::Authority,
    login: login::Provider,
}

/// A running instance; it stops when it is dropped.
pub struct Instance {
    state: Arc<State>,
    pub url: String,
}

/// Which of its services the documents name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uses {
    FirstLog,
    FirstLogAndStamps,
    SecondLog,
}

impl Instance {
    pub fn start() -> Self {
        let clock = Clock::default();
        let state = Arc::new(State {
            url: Mutex::default(),
            fault: Mutex::default(),
            stopped: AtomicBool::new(false),
            authority: authority::Authority::new(clock.clone()),
            first_log: log::Log::new("first.log.test", Key::p256(), clock.clone()),
            second_log: log::Log::new("second.log.test", Key::ed25519(), clock.clone()),
            stamps: stamps::Authority::new(clock.clone()),
            login: login::Provider::new(),
            clock,
        });
        let shared = state.clone();
        let url = http::serve(move |request| shared.answer(request), {
            let shared = state.clone();
            move || shared.stopped.load(Ordering::SeqCst)
        });
        *state.url.lock().unwrap() = url.clone();
        Instance { state, url }
    }

    /// From now on certificates, entries and timestamps are made at this time.
    pub fn set_clock(&self, at: jiff::Timestamp) {
        self.state.clock.0.store(at.as_second(), Ordering::SeqCst);
    }

    /// From now on this service fails so.
    pub fn fail(&self, at: At, fault: Fault) -> &Self {
        *self.state.fault.lock().unwrap() = Some((at, fault));
        self
    }

    pub fn issuer(&self) -> String {
        format!("{}/oidc", self.url)
    }

    /// An identity token that is valid for five minutes.
    pub fn token(&self, mail: &str) -> String {
        self.token_saying(json!({ "email": mail, "email_verified": true, "sub": "account-1" }))
    }

    /// An identity token with these claims besides the usual ones.
    pub fn token_saying(&self, claims: Value) -> String {
        self.state.token(claims)
    }

    pub fn trusted_root(&self) -> Value {
        let state = &self.state;
        let since = json!({ "start": "2024-01-01T00:00:00Z" });
        let log = |log: &log::Log| {
            json!({
                "baseUrl": format!("https://{}", log.origin),
                "hashAlgorithm": "SHA2_256",
                "publicKey": { "rawBytes": base64(log.key.spki()), "keyDetails": log.key.details(), "validFor": since },
                "logId": { "keyId": base64(log.id()) },
            })
        };
        let chain = |certificates: Vec<Vec<u8>>| {
            let certificates: Vec<Value> =
                certificates.iter().map(|der| json!({ "rawBytes": base64(der) })).collect();
            json!({
                "subject": { "organization": "test", "commonName": "test" },
                "uri": "https://test",
                "certChain": { "certificates": certificates },
                "validFor": since,
            })
        };
        let certificate_log = &state.authority.log;
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(&state.first_log), log(&state.second_log)],
            "certificateAuthorities": [chain(vec![state.authority.root()])],
            "ctlogs": [{
                "baseUrl": "https://certificates.test",
                "hashAlgorithm": "SHA2_256",
                "publicKey": { "rawBytes": base64(certificate_log.spki()), "keyDetails": certificate_log.details(), "validFor": since },
                "logId": { "keyId": base64(sha256(&certificate_log.spki())) },
            }],
            "timestampAuthorities": [chain(state.stamps.chain())],
        })
    }

    pub fn signing_config(&self, uses: Uses) -> Value {
        let service = |path: &str, version: u32| {
            json!([{
                "url": format!("{}{path}", self.url),
                "majorApiVersion": version,
                "validFor": { "start": "2024-01-01T00:00:00Z" },
                "operator": "test",
            }])
        };
        json!({
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": service("", 1),
            "oidcUrls": service("/oidc", 1),
            "rekorTlogUrls": if uses == Uses::SecondLog { service("", 2) } else { service("", 1) },
            "tsaUrls": if uses == Uses::FirstLog { json!([]) } else { service("/stamps", 1) },
            "rekorTlogConfig": { "selector": "ANY" },
            "tsaConfig": { "selector": "ANY" },
        })
    }

    /// A client trust config.
    pub fn config(&self, uses: Uses) -> Value {
        json!({
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self.trusted_root(),
            "signingConfig": self.signing_config(uses),
        })
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

impl State {
    fn url(&self) -> String {
        self.url.lock().unwrap().clone()
    }

    fn fault(&self, at: At) -> Option<Fault> {
        self.fault.lock().unwrap().filter(|(where_, _)| *where_ == at).map(|(_, fault)| fault)
    }

    fn answer(&self, request: &Request) -> Reply {
        let at = match request.path.as_str() {
            "/api/v2/signingCert" => At::Fulcio,
            "/api/v1/log/entries" | "/api/v2/log/entries" => At::Log,
            "/stamps" => At::Stamps,
            _ => At::Login,
        };
        let fault = self.fault(at);
        match fault {
            Some(Fault::Down) => return Reply::text(500, "out of order"),
            Some(Fault::Refuses) => {
                let said = "no certificate for you\u{1b}[31m: the audience is wrong";
                return Reply::json(400, &json!({ "code": 3, "message": said }));
            }
            Some(Fault::Huge) => return Reply::text(200, &"x".repeat(5 * 1024 * 1024)),
            Some(Fault::Elsewhere) => return Reply::redirect("http://127.0.0.1:1/elsewhere"),
            Some(Fault::Garbage) => return Reply::text(200, "{\"surprise\": [1, 2"),
            Some(Fault::Hangs) => {
                for _ in 0..300 {
                    if self.stopped.load(Ordering::SeqCst) {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
                return Reply::text(200, "too late");
            }
            _ => {}
        }
        match request.path.as_str() {
            "/api/v2/signingCert" => self.certificate(request, fault),
            "/api/v1/log/entries" => self.first_log.enter_v1(request, fault),
            "/api/v2/log/entries" => self.second_log.enter_v2(request, fault),
            "/stamps" => self.stamps.stamp(request, fault),
            login::METADATA => self.metadata(request),
            path => match path.strip_prefix("/oidc/") {
                Some(path) => self.log_in(path, request, fault),
                None => Reply::text(404, "nothing here"),
            },
        }
    }

    /// A token signed by the provider; `exp`, `aud` and the like can be set otherwise.
    fn token(&self, mut claims: Value) -> String {
        let usual = json!({
            "iss": format!("{}/oidc", self.url()),
            "aud": "sigstore",
            "iat": now(),
            "exp": now() + 300,
        });
        for (name, value) in usual.as_object().unwrap() {
            claims.as_object_mut().unwrap().entry(name.clone()).or_insert(value.clone());
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA" })), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.login.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// What a token says, when the provider signed it and it is valid now.
    fn claims(&self, token: &str) -> Result<Value, &'static str> {
        let (signed, signature) = token.rsplit_once('.').ok_or("malformed")?;
        if !self.login.signed(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap_or_default()) {
            return Err("signature");
        }
        let payload = signed.split_once('.').ok_or("malformed")?.1;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        match () {
            () if claims["exp"].as_i64().unwrap() < now() => Err("expired"),
            () if !["sigstore", "acme"].iter().any(|audience| claims["aud"] == *audience) => Err("audience"),
            () => Ok(claims),
        }
    }
}
