//! A claim by itself: whose it is and whether that is to be believed, whatever it says and of whatever. The
//! files of the model are not looked at, and nothing here knows where the claim was found.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::manifest::outline;
use crate::check::identity::{Identity, Method};
use crate::check::step::{Check, Outcome, Stage};
use crate::keys::public::PublicKey;
use crate::sigstore::evidence;
use crate::text::Untrusted;
use crate::trust::anchor::Trust;
use crate::x509::chain;

use super::model::{VerifyOptions, check_method, check_statement, check_subject, read_statement, unknown};
use super::signer;
use super::verification::Verification;

/// Judges PARSE to IDENTITY of a bundle; STATEMENT and SUBJECT too when it is a model signature. The other
/// stages do not apply: no file is read.
pub fn verify_claim(bundle: &Bundle, trust: &Trust, options: &VerifyOptions) -> Verification {
    let mut result = Verification::not_looked(options.at, "Not looked at");
    for stage in [Stage::Statement, Stage::Subject, Stage::Files, Stage::Predicates, Stage::Policy] {
        let why = "A claim is judged by itself, without the files";
        result.set(Check::new(stage, stage.name(), Outcome::NotApplicable, why));
    }
    result.bundle_digest = Some(bundle.digest.clone());
    result.method = Some(bundle.method());
    result.set(Check::pass(Stage::Parse, "The claim can be read"));
    result.set(check_method(bundle.method(), options.method));
    let statement = is_model_signature(bundle).then(|| read_statement(bundle));
    let legible = statement.as_ref().and_then(|statement| statement.as_ref().ok());
    signer::check(&mut result, bundle, legible, trust, options);
    match statement {
        None => {}
        Some(Ok(statement)) => {
            result.root_digest = Some(statement.manifest.root_digest());
            result.set(check_statement(&statement));
            result.set(check_subject(&statement));
        }
        Some(Err(check)) => {
            result.set(unknown(Stage::Subject, "The statement could not be read; see STATEMENT"));
            result.set(*check);
        }
    }
    result
}

/// Who signed, as the bundle says; nothing is checked. Bundles that only hint at a key give the hint.
pub fn claimed_signer(bundle: &Bundle) -> Option<Identity> {
    match &bundle.material {
        Material::Key { hint, raw_bytes } => {
            let carried = raw_bytes.as_ref().and_then(|raw| PublicKey::from_pem(raw).ok());
            let fingerprint = carried.map(|key| key.fingerprint());
            let subject = fingerprint.clone().or_else(|| hint.clone())?;
            Some(Identity { method: Method::Key, subject: subject.into(), issuer: None, fingerprint })
        }
        Material::Certificate { chain } => {
            let leaf = chain::parse(chain.first()?).ok()?;
            let key = PublicKey::from_spki_der(&chain::spki(&leaf)).ok();
            Some(Identity {
                method: Method::Certificate,
                subject: chain::subject(&leaf),
                issuer: Some(chain::issuer(&leaf)),
                fingerprint: key.map(|key| key.fingerprint()),
            })
        }
        Material::Sigstore { leaf } => evidence::claimed_identity(leaf),
    }
}

/// What a statement says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it claims.
    pub predicate_type: Untrusted,
    /// The SHA-256 of each subject that names one.
    pub subjects: Vec<Untrusted>,
}

const STATEMENT_TYPES: [&str; 2] =
    [crate::bundle::manifest::STATEMENT_TYPE, "https://in-toto.io/Statement/v0.1"];
const MAX_SUBJECTS: usize = 1000;

/// Reads type and subjects of a statement; its predicate may be any.
///
/// # Errors
/// Why it is no statement, in our own words.
pub fn read_head(bundle: &Bundle) -> Result<Head, &'static str> {
    // The payload's type is only a hint at the predicate (in-toto attestation framework, envelope).
    let kind = bundle.envelope.payload_type.strip_prefix("application/vnd.in-toto");
    if !kind.is_some_and(|rest| rest == "+json" || (rest.starts_with('.') && rest.ends_with("+json"))) {
        return Err("what was signed does not say that it is an in-toto statement");
    }
    let document = outline(&bundle.envelope.payload).ok_or("the statement is not JSON within the limits")?;
    let text = |field: &str| document.get(field).and_then(serde_json::Value::as_str);
    if !text("_type").is_some_and(|said| STATEMENT_TYPES.contains(&said)) {
        return Err("what was signed is not an in-toto statement");
    }
    let predicate_type =
        text("predicateType").filter(|said| !said.is_empty()).ok_or("the statement names no predicate")?;
    let subjects = document.get("subject").and_then(serde_json::Value::as_array);
    let subjects = subjects.filter(|list| !list.is_empty()).ok_or("the statement names no subject")?;
    // The subjects of version 0.2.0 are files: none of them names a model.
    let of_files = predicate_type == crate::bundle::manifest::PREDICATE_TYPE_V02;
    if subjects.len() > MAX_SUBJECTS && !of_files {
        return Err("the statement names more subjects than are looked at");
    }
    let digest = |subject: &serde_json::Value| Some(subject.pointer("/digest/sha256")?.as_str()?.into());
    let subjects = if of_files { Vec::new() } else { subjects.iter().filter_map(digest).collect() };
    Ok(Head { predicate_type: predicate_type.into(), subjects })
}

fn is_model_signature(bundle: &Bundle) -> bool {
    read_head(bundle).is_ok_and(|head| head.predicate_type.raw().starts_with("https://model_signing/"))
}
