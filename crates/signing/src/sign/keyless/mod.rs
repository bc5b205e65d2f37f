//! Keyless signing: an identity instead of a key. A short-lived certificate is had for an identity token, and
//! a transparency log keeps the signature. What it makes is verified as everybody else's bundles are, before it is
//! written.

mod ambient;
mod instance;
mod login;
mod services;
mod token;

pub use instance::Instance;
pub use login::Login;
pub use token::{DEFAULT_AUDIENCE, IdentityToken};

use crate::bundle::document::{Bundle, MEDIA_TYPE};
use crate::bundle::dsse::{Envelope, pae};
use crate::bundle::manifest::{PAYLOAD_TYPE, Statement};
use crate::check::curve::{Beyond, Curve};
use crate::check::evidence::LogEntry;
use crate::check::identity::Identity;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::why::Why;
use crate::error::{Code, Error, Result};
use crate::http::{Client, Service};
use crate::keys::private::SigningKey;
use crate::progress::Progress;
use crate::sign::before::prepare;
use crate::sign::model::{SignOptions, Signed, measure, write_bundle};
use crate::sign::statement;
use crate::trust::anchor::Trust;
use crate::verify::signer;
use crate::verify::verification::Verification;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Where the identity token comes from.
#[derive(Debug)]
pub enum Credentials<'c> {
    /// It is given.
    Token(IdentityToken),
    /// From where this program runs: a build service or a cluster; for this audience.
    Ambient {
        /// What the token is for, when it is not [`DEFAULT_AUDIENCE`].
        audience: Option<String>,
    },
    /// A person logs in.
    Login(Login<'c>),
}

/// What was signed, by whom, and where that is written.
#[derive(Debug, Clone)]
pub struct SignedKeyless {
    /// The model and the bundle.
    pub signed: Signed,
    /// In whose name, as the certificate says.
    pub signer: Identity,
    /// The log entry.
    pub log: Option<LogEntry>,
    /// When, as the log or the timestamp authority says.
    pub at: Option<Timestamp>,
}

/// Signs with an identity at a Sigstore instance. Each exchange may take `timeout`.
///
/// # Errors
/// As [`crate::sign_key`]; `E-TOKEN`, `E-CREDENTIALS`, `E-LOGIN` before anything is signed; `E-NETWORK`,
/// `E-REFUSED`, `E-ANSWER` of a service; `E-UNPROVEN` when what came of it does not verify against the
/// instance's trusted root. Nothing is written then, and an old signature stays as it was.
pub fn sign_sigstore(
    model: &Path,
    instance: &Instance,
    credentials: Credentials,
    options: &SignOptions,
    timeout: Duration,
    progress: &Progress,
) -> Result<SignedKeyless> {
    prepare(&options.signature)?;
    check_credentials(instance, &credentials)?;
    let measured = measure(model, options, progress)?;
    let payload = Statement::to_payload(&measured.subject_name, &measured.manifest)?;
    let statement = Statement::parse(&payload)?;
    // Tokens live for minutes and hashing may take longer: so only now.
    let (document, proven) = sealed(instance, credentials, (payload, Some(&statement)), timeout, progress)?;
    progress.check()?;
    write_bundle(&options.signature, &document)?;
    measured.sweep();
    Ok(SignedKeyless {
        signed: measured.signed(options),
        signer: proven.signer.ok_or_else(nobody)?,
        log: proven.log,
        at: proven.signed_at.map(|(at, _)| at),
    })
}

/// A statement that was signed, by whom, and the bundle as it is written.
#[derive(Debug, Clone)]
pub struct SignedStatement {
    /// The bundle.
    pub bundle: Vec<u8>,
    /// In whose name, as the certificate says.
    pub signer: Identity,
    /// When, as the log or the timestamp authority says.
    pub at: Option<Timestamp>,
}

/// Signs an in-toto statement about something that is no model with an identity at a Sigstore instance.
///
/// # Errors
/// As [`sign_sigstore`] and [`crate::sign_statement_key`].
pub fn sign_statement_sigstore(
    payload: &[u8],
    instance: &Instance,
    credentials: Credentials,
    timeout: Duration,
    progress: &Progress,
) -> Result<SignedStatement> {
    check_credentials(instance, &credentials)?;
    let (bundle, proven) = sealed(instance, credentials, (payload.to_owned(), None), timeout, progress)?;
    statement::check(&bundle)?;
    let signer = proven.signer.ok_or_else(nobody)?;
    Ok(SignedStatement { bundle, signer, at: proven.signed_at.map(|(at, _)| at) })
}

fn nobody() -> Error {
    Error::new(Code::Internal, "the certificate names no identity")
}

fn check_credentials(instance: &Instance, credentials: &Credentials) -> Result<()> {
    match credentials {
        Credentials::Login(_) if instance.login.is_none() => Err(no_provider()),
        Credentials::Ambient { audience } => ambient::check(audience_of(audience)),
        _ => Ok(()),
    }
}

/// A payload, signed, logged and verified; `statement` where it is a model's.
fn sealed(
    instance: &Instance,
    credentials: Credentials,
    (payload, statement): (Vec<u8>, Option<&Statement>),
    timeout: Duration,
    progress: &Progress,
) -> Result<(Vec<u8>, Verification)> {
    let client = Client::new(timeout);
    let token = token(&client, instance, credentials, timeout, progress)?;
    progress.check()?;
    let key = SigningKey::generate(Curve::P256)?;
    let leaf = services::certificate(&client, &instance.authority, &token, &key)?;
    drop(token);
    let signature = key.sign(&pae(PAYLOAD_TYPE, &payload))?;
    let envelope = Envelope { payload_type: PAYLOAD_TYPE.to_owned(), payload, signature };
    progress.check()?;
    let stamp = match &instance.timestamps {
        Some(authority) => Some(services::timestamp(&client, authority, &envelope.signature)?),
        None => None,
    };
    progress.check()?;
    let entry = services::log_entry(&client, &instance.log, &envelope, &leaf)?;
    let document = document(&leaf, &entry, stamp.as_deref(), &envelope)?;
    let proven = prove(&document, statement, instance)?;
    Ok((document, proven))
}

fn token(
    client: &Client,
    instance: &Instance,
    credentials: Credentials,
    timeout: Duration,
    progress: &Progress,
) -> Result<IdentityToken> {
    match (credentials, &instance.login) {
        (Credentials::Token(token), _) => Ok(token),
        (Credentials::Ambient { audience }, _) => {
            let audience = audience_of(&audience);
            let raw = ambient::token(client, audience, timeout)?;
            IdentityToken::parse(&raw, audience, Timestamp::now())
        }
        (Credentials::Login(login), Some(issuer)) => login::log_in(client, issuer, &login, progress),
        (Credentials::Login(_), None) => Err(no_provider()),
    }
}

fn audience_of(audience: &Option<String>) -> &str {
    audience.as_deref().unwrap_or(DEFAULT_AUDIENCE)
}

fn no_provider() -> Error {
    Error::new(Code::Config, "the instance names no identity provider to log in at")
        .help("give a token with --identity-token-file, or use --use-ambient-credentials")
}

fn document(leaf: &[u8], entry: &Value, stamp: Option<&[u8]>, envelope: &Envelope) -> Result<Vec<u8>> {
    let stamps: Vec<Value> =
        stamp.iter().map(|token| json!({ "signedTimestamp": STANDARD.encode(token) })).collect();
    let document = json!({
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": {
            "certificate": { "rawBytes": STANDARD.encode(leaf) },
            "tlogEntries": [entry],
            "timestampVerificationData": { "rfc3161Timestamps": stamps },
        },
        "dsseEnvelope": {
            "payload": STANDARD.encode(&envelope.payload),
            "payloadType": envelope.payload_type,
            "signatures": [{ "sig": STANDARD.encode(&envelope.signature) }],
        },
    });
    let mut text = serde_json::to_vec_pretty(&document)
        .map_err(|cause| Error::new(Code::Internal, format!("the bundle cannot be written ({cause})")))?;
    text.push(b'\n');
    Ok(text)
}

/// What a verifier who trusts only the instance's root will find.
fn prove(document: &[u8], statement: Option<&Statement>, instance: &Instance) -> Result<Verification> {
    let bundle = Bundle::parse(document)?;
    let now = Timestamp::now();
    let mut found = Verification::not_looked(now, Why::NotLooked);
    let trust = Trust::new(vec![instance.anchor.clone()]);
    signer::check(&mut found, &bundle, statement, (&trust, Beyond::default()), now);
    const STAGES: [Stage; 5] = [Stage::Trust, Stage::Signature, Stage::Chain, Stage::Time, Stage::Log];
    let failed = STAGES
        .iter()
        .filter_map(|stage| found.check(*stage))
        .filter(|check| check.outcome != Outcome::Pass)
        .min_by_key(|check| check.outcome.rank());
    let Some(check) = failed else { return Ok(found) };
    let service: &Service = match check.stage {
        Stage::Time => instance.timestamps.as_ref().unwrap_or(&instance.log.service),
        Stage::Log => &instance.log.service,
        _ => &instance.authority,
    };
    let words = check.words();
    let why = words.found.map(|found| format!(" ({})", found.clip(200))).unwrap_or_default();
    Err(Error::new(
        Code::Unproven,
        format!(
            "what {} answered does not verify against the instance's trusted root: {} {}{why}",
            service.name, check.code, words.summary
        ),
    )
    .at(&service.url)
    .help("nothing was written; the trust config may be older than the instance's keys, or another server answers in its place"))
}
