//! Private keys as cosign writes them: JSON in PEM, with scrypt and XSalsa20-Poly1305 (go-securesystemslib,
//! `encrypted`). It knows no file, and asks nobody for a password.

use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::{Aead, KeyInit};
use crypto_secretbox::{Nonce, XSalsa20Poly1305};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::encrypted::{scrypt_is_affordable, wrong_password};
use super::secret::Secret;

/// Both labels that cosign has used.
pub(super) const LABELS: [&str; 2] = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"];

const KEY_BYTES: usize = 32;
const MAX_SALT_BYTES: usize = 1024;

#[derive(Deserialize)]
struct Document {
    kdf: Derivation,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Deserialize)]
struct Derivation {
    name: String,
    params: Params,
    salt: String,
}

#[derive(Deserialize)]
struct Params {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

/// An encrypted key that may be decrypted: its cost is within the bounds.
pub(super) struct CosignKey {
    params: scrypt::Params,
    salt: Vec<u8>,
    nonce: Nonce,
    ciphertext: Vec<u8>,
    described: String,
}

impl CosignKey {
    /// # Errors
    /// `E-KEY` for a damaged one, or another encryption; `E-TOO-LARGE` for one that costs too much.
    pub(super) fn read(json: &[u8]) -> Result<Self> {
        let damaged = || {
            Error::new(Code::Key, "the key of cosign is damaged, or encrypted in a way that is not read")
                .help(
                    "read are keys of `cosign generate-key-pair`; get the file again from where it was made",
                )
        };
        let document: Document = serde_json::from_slice(json).map_err(|_| damaged())?;
        let Derivation { name, params: Params { n, r, p }, salt } = &document.kdf;
        if name != "scrypt" || document.cipher.name != "nacl/secretbox" {
            return Err(damaged());
        }
        scrypt_is_affordable(*n, *r, *p)?.then_some(()).ok_or_else(damaged)?;
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| damaged());
        let (salt, nonce) = (bytes(salt)?, bytes(&document.cipher.nonce)?);
        let rounds = u8::try_from(n.ilog2()).map_err(|_| damaged())?;
        let params = scrypt::Params::new(rounds, *r, *p, KEY_BYTES).map_err(|_| damaged())?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| damaged())?;
        if salt.len() > MAX_SALT_BYTES {
            return Err(damaged());
        }
        let described = format!("cosign: scrypt (N {n}, r {r}, p {p}), XSalsa20-Poly1305");
        Ok(CosignKey {
            params,
            salt,
            nonce: nonce.into(),
            ciphertext: bytes(&document.ciphertext)?,
            described,
        })
    }

    /// How it is encrypted, in words.
    pub(super) fn describe(&self) -> String {
        self.described.clone()
    }

    /// The DER of the key inside, PKCS#8.
    ///
    /// # Errors
    /// `E-KEY` for a wrong password.
    pub(super) fn decrypt(&self, password: &Secret) -> Result<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        scrypt::scrypt(password.reveal().as_bytes(), &self.salt, &self.params, key.as_mut_slice())
            .map_err(|_| wrong_password())?;
        let opened =
            XSalsa20Poly1305::new(key.as_ref().into()).decrypt(&self.nonce, self.ciphertext.as_slice());
        opened.map(Zeroizing::new).map_err(|_| wrong_password())
    }
}
