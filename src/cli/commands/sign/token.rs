//! `sign pkcs11-key` and `sign pkcs11-certificate`: the token, and where its PIN comes from.

use crate::cli::args::Token;
use crate::cli::output::Output;
use crate::error::{Code, Error, Result};
use crate::signing::Signer;

#[cfg(feature = "pkcs11")]
use {
    crate::cli::secrets::PIN,
    crate::signing::{Pkcs11Uri, Secret, TokenKey},
    std::path::Path,
};

/// Opens the token's key. `leaf` is the certificate that goes with it.
///
/// # Errors
/// As [`TokenKey::open`].
#[cfg(feature = "pkcs11")]
pub fn open(with: &Token, leaf: Option<&[u8]>, output: &Output) -> Result<Box<dyn Signer>> {
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
pub fn open(with: &Token, _: Option<&[u8]>, _: &Output) -> Result<Box<dyn Signer>> {
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
