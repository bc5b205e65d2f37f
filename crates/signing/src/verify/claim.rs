//! A claim by itself: whose it is and whether that is to be believed, whatever it says and of whatever. The
//! files of the model are not looked at, and nothing here knows where the claim was found.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::head::is_model_signature;
use crate::check::identity::{Identity, Method};
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::Check;
use crate::check::why::Why;
use crate::keys::public::PublicKey;
use crate::sigstore::identity::claimed_identity;
use crate::trust::anchor::Trust;
use crate::x509::certificate;

use super::options::VerifyOptions;
use super::statement::{check_method, check_statement, check_subject, read_statement};
use super::verification::Verification;
use super::{parse, signer};

/// Judges PARSE to IDENTITY of a bundle; STATEMENT and SUBJECT too when it is a model signature. The other
/// stages do not apply: no file is read.
pub fn verify_claim(bundle: &Bundle, trust: &Trust, options: &VerifyOptions) -> Verification {
    let mut result = Verification::not_looked(options.at, Why::NotLooked);
    for stage in [Stage::Statement, Stage::Subject, Stage::Files, Stage::Predicates, Stage::Policy] {
        result.set(Check::plain(stage, Outcome::NotApplicable, Why::ClaimOnly));
    }
    result.bundle_digest = Some(bundle.digest.clone());
    result.method = Some(bundle.method());
    result.set(parse::claim());
    result.set(check_method(bundle, options.method));
    let statement = is_model_signature(bundle).then(|| read_statement(bundle));
    let legible = statement.as_ref().and_then(|statement| statement.as_ref().ok());
    signer::check(&mut result, bundle, legible, (trust, options.beyond), options.at);
    match statement {
        None => {}
        Some(Ok(statement)) => {
            result.root_digest = Some(statement.manifest.root_digest());
            result.set(check_statement(&statement));
            result.set(check_subject(&statement));
        }
        Some(Err(check)) => {
            result.set(Check::unknown(Stage::Subject, Why::After(Stage::Statement)));
            result.set(*check);
        }
    }
    result
}

/// Who signed, as the bundle says; nothing is checked. Bundles that only hint at a key give the hint.
pub fn claimed_signer(bundle: &Bundle) -> Option<Identity> {
    match &bundle.material {
        Material::Key { hint, raw_bytes } => {
            let carried = raw_bytes.as_ref().and_then(|raw| PublicKey::any_from_pem(raw).ok());
            let fingerprint = carried.map(|key| key.fingerprint());
            let subject = fingerprint.clone().or_else(|| hint.clone())?;
            Some(Identity { method: Method::Key, subject: subject.into(), issuer: None, fingerprint })
        }
        Material::Certificate { chain } => {
            let leaf = certificate::parse(chain.first()?).ok()?;
            let key = PublicKey::any_from_spki_der(&certificate::spki(&leaf)).ok();
            Some(Identity {
                method: Method::Certificate,
                subject: certificate::subject(&leaf),
                issuer: Some(certificate::issuer(&leaf)),
                fingerprint: key.map(|key| key.fingerprint()),
            })
        }
        Material::Sigstore { leaf } => claimed_identity(leaf),
    }
}
