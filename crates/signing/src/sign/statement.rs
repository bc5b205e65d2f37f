//! A statement about something that is no model, signed in every way in which models are. What it says is the
//! caller's; here it is only made sure that nobody takes it for a model's signature.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::dsse::{Envelope, pae};
use crate::bundle::head::{is_model_signature, read_head};
use crate::bundle::manifest::PAYLOAD_TYPE;
use crate::error::{Code, Error, Result};
use crate::keys::private::Signer;

use super::before::{check_leaf, check_signing_chain, distinct};
use super::model::Stamp;

/// Signs an in-toto statement with a bare key; the bundle as it is written.
///
/// # Errors
/// `E-MALFORMED` when it is no statement, or one of a model's signature; what the key and `stamp` give.
pub fn sign_statement_key(payload: &[u8], key: &dyn Signer, stamp: Option<Stamp>) -> Result<Vec<u8>> {
    let material = Material::Key { hint: Some(key.public().hint()), raw_bytes: None };
    sealed(payload, key, &material, stamp)
}

/// Signs an in-toto statement with a key and its certificate chain: DER, leaf first.
///
/// # Errors
/// As [`sign_statement_key`]; `E-KEY` when leaf and key differ, or the leaf may not sign or is outside its validity at
/// `now`.
pub fn sign_statement_certificate(
    payload: &[u8],
    key: &dyn Signer,
    chain: &[Vec<u8>],
    now: jiff::Timestamp,
    stamp: Option<Stamp>,
) -> Result<Vec<u8>> {
    check_leaf(chain.first().map(Vec::as_slice).unwrap_or_default(), key, now)?;
    check_signing_chain(chain, now)?;
    sealed(payload, key, &Material::Certificate { chain: distinct(chain) }, stamp)
}

fn sealed(payload: &[u8], key: &dyn Signer, material: &Material, stamp: Option<Stamp>) -> Result<Vec<u8>> {
    let signature = key.sign(&pae(PAYLOAD_TYPE, payload))?;
    let envelope = Envelope { payload_type: PAYLOAD_TYPE.to_owned(), payload: payload.to_owned(), signature };
    let stamps: Vec<Vec<u8>> =
        stamp.map(|stamp| stamp(&envelope.signature)).transpose()?.into_iter().collect();
    let bundle = Bundle::to_json(material, &envelope, &stamps)?;
    check(&bundle)?;
    Ok(bundle)
}

/// What we would refuse to read is not written.
pub(super) fn check(bundle: &[u8]) -> Result<()> {
    let bundle = Bundle::parse(bundle)?;
    read_head(&bundle).map_err(|why| Error::new(Code::Malformed, why))?;
    if is_model_signature(&bundle) {
        return Err(Error::new(Code::Malformed, "the statement is one of a model's signature")
            .help("sign the model itself"));
    }
    Ok(())
}
