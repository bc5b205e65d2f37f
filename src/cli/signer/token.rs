//! A private key in a PKCS#11 token, and where its PIN comes from. Built without the feature `pkcs11`, it says
//! how to get it.

use crate::cli::output::Output;
use crate::error::{Code, Error, Result};
use crate::signing::Signer;
use clap::Args;
use std::path::PathBuf;

#[cfg(feature = "pkcs11")]
use {
    crate::cli::secrets::PIN,
    crate::signing::{Pkcs11Uri, Secret, TokenKey},
    std::path::Path,
};

/// A private key in a token.
#[derive(Clone, Args)]
pub(crate) struct Token {
    /// Token and key (RFC 7512): pkcs11:token=NAME;object=NAME
    #[arg(long, value_name = "URI")]
    pub(super) pkcs11_uri: String,
    /// The token's PKCS#11 module [default: module-path or module-name of the URI]
    #[arg(long, alias = "module-paths", value_name = "FILE")]
    pub(super) module: Option<PathBuf>,
    /// File with the PIN [default: TOUCHMARK_PIN, pin-source of the URI, or else a prompt]
    #[arg(long, value_name = "FILE")]
    pub(super) pin_file: Option<PathBuf>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URI may hold a PIN.
        f.debug_struct("Token").field("module", &self.module).finish_non_exhaustive()
    }
}

/// Opens the token's key. `leaf` is the certificate that goes with it.
///
/// # Errors
/// As [`TokenKey::open`].
#[cfg(feature = "pkcs11")]
pub(in crate::cli) fn open(with: &Token, leaf: Option<&[u8]>, output: &Output) -> Result<Box<dyn Signer>> {
    let uri = Pkcs11Uri::parse(&with.pkcs11_uri)?;
    if uri.pin_value().is_some() {
        output.note(&format!(
            "! the PIN in the URI is readable by everyone here: give {} FILE or set {}",
            PIN.flag, PIN.variable
        ));
    }
    let pin = |token: &str| pin(with, &uri, token);
    Ok(Box::new(TokenKey::open(&uri, with.module.as_deref(), leaf, pin)?))
}

#[cfg(not(feature = "pkcs11"))]
pub(in crate::cli) fn open(with: &Token, _: Option<&[u8]>, _: &Output) -> Result<Box<dyn Signer>> {
    let Token { pkcs11_uri: _, module: _, pin_file: _ } = with;
    Err(Error::new(Code::Usage, "this build has no PKCS#11").help("build with the feature `pkcs11`"))
}

#[cfg(feature = "pkcs11")]
fn pin(with: &Token, uri: &Pkcs11Uri, token: &str) -> Result<Secret> {
    if let Some(pin) = PIN.given(with.pin_file.as_deref())? {
        return Ok(pin);
    }
    if let Some(source) = uri.text("pin-source") {
        // RFC 7512, 2.4 leaves its form to us: a file, by path or as a file URI. No program is ever run.
        let path = source.strip_prefix("file://").or(source.strip_prefix("file:")).unwrap_or(source);
        if path.starts_with('|') || path.contains("://") {
            return Err(Error::new(Code::Usage, "a `pin-source` that is no file is not read")
                .at(source)
                .help(format!("pin-source=file:/PATH, or give {} FILE", PIN.flag)));
        }
        return PIN.read(Path::new(path));
    }
    match uri.pin_value() {
        Some(pin) => Ok(pin),
        None => PIN.ask(&format!("PIN of token {token}")),
    }
}
