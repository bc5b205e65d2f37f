//! Signing a statement about something that is no model, in every way in which models are signed.

use super::chain::Chain;
use super::private_key::PrivateKey;
use super::sigstore::SigstoreLogin;
use super::timestamp::{Timestamp, Told, authority};
use super::token::{self, Token};
use crate::cli::output::Output;
use crate::error::Result;
use crate::signing::{Signer, Stamp, sign_statement_certificate, sign_statement_key};
use crate::text::Untrusted;
use clap::{Args, Subcommand};
use std::cell::RefCell;

/// How a statement is signed. `T` is what the command wants to know besides.
#[derive(Debug, Subcommand)]
pub(crate) enum StatementSigner<T: Args> {
    Key {
        #[command(flatten)]
        to: T,
        #[command(flatten)]
        key: PrivateKey,
        #[command(flatten)]
        timestamp: Timestamp,
    },
    Certificate {
        #[command(flatten)]
        to: T,
        #[command(flatten)]
        key: PrivateKey,
        #[command(flatten)]
        chain: Chain,
        #[command(flatten)]
        timestamp: Timestamp,
    },
    Sigstore {
        #[command(flatten)]
        to: T,
        #[command(flatten)]
        login: SigstoreLogin,
    },
    Pkcs11Key {
        #[command(flatten)]
        to: T,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        timestamp: Timestamp,
    },
    Pkcs11Certificate {
        #[command(flatten)]
        to: T,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        chain: Chain,
        #[command(flatten)]
        timestamp: Timestamp,
    },
}

/// A statement that was signed.
pub(in crate::cli) struct SignedStatement {
    /// The bundle as it is written.
    pub(in crate::cli) bundle: Vec<u8>,
    /// Who signed, as the bundle says: an identity, or a key by its fingerprint.
    pub(in crate::cli) signer: Untrusted,
    /// When, where somebody else says so.
    pub(in crate::cli) at: Option<jiff::Timestamp>,
    /// What the timestamp authority said, a line of it.
    pub(in crate::cli) told: Option<String>,
}

impl<T: Args> StatementSigner<T> {
    /// What the command wants to know besides.
    pub(in crate::cli) fn to(&self) -> &T {
        match self {
            StatementSigner::Key { to, .. }
            | StatementSigner::Certificate { to, .. }
            | StatementSigner::Sigstore { to, .. }
            | StatementSigner::Pkcs11Key { to, .. }
            | StatementSigner::Pkcs11Certificate { to, .. } => to,
        }
    }

    /// Signs an in-toto statement. A certificate has to be valid by the clock, which `now` tells.
    ///
    /// # Errors
    /// What reading keys, asking an authority and signing give.
    pub(in crate::cli) fn sign(
        &self,
        payload: &[u8],
        now: jiff::Timestamp,
        output: &Output,
    ) -> Result<SignedStatement> {
        match self {
            StatementSigner::Key { key, timestamp, .. } => {
                let key = key.read(output)?;
                stamped(&key, timestamp, &|stamp| sign_statement_key(payload, &key, stamp))
            }
            StatementSigner::Certificate { key, chain, timestamp, .. } => {
                let chain = chain.read(now, output)?;
                let key = key.read(output)?;
                stamped(&key, timestamp, &|stamp| {
                    sign_statement_certificate(payload, &key, &chain, now, stamp)
                })
            }
            StatementSigner::Sigstore { login, .. } => by_login(login, payload, output),
            StatementSigner::Pkcs11Key { token, timestamp, .. } => {
                let key = token::open(token, None, output)?;
                stamped(key.as_ref(), timestamp, &|stamp| sign_statement_key(payload, key.as_ref(), stamp))
            }
            StatementSigner::Pkcs11Certificate { token, chain, timestamp, .. } => {
                let chain = chain.read(now, output)?;
                let key = token::open(token, chain.first().map(Vec::as_slice), output)?;
                stamped(key.as_ref(), timestamp, &|stamp| {
                    sign_statement_certificate(payload, key.as_ref(), &chain, now, stamp)
                })
            }
        }
    }
}

fn stamped(
    key: &dyn Signer,
    timestamp: &Timestamp,
    make: &dyn Fn(Option<Stamp<'_>>) -> Result<Vec<u8>>,
) -> Result<SignedStatement> {
    let told: RefCell<Option<Told>> = RefCell::new(None);
    let ask = authority(timestamp)?;
    let stamp = ask.map(|ask| {
        let told = &told;
        move |signature: &[u8]| {
            let (token, said) = ask(signature)?;
            told.replace(Some(said));
            Ok(token)
        }
    });
    let bundle = make(stamp.as_ref().map(|stamp| stamp as Stamp<'_>))?;
    drop(stamp);
    let told = told.take();
    Ok(SignedStatement {
        bundle,
        signer: Untrusted::from(key.public().fingerprint()),
        at: told.as_ref().map(|told| told.document().at),
        told: told.map(|told| told.human()),
    })
}

#[cfg(not(feature = "keyless"))]
fn by_login(_: &SigstoreLogin, _: &[u8], _: &Output) -> Result<SignedStatement> {
    Err(super::sigstore::unavailable())
}

#[cfg(feature = "keyless")]
fn by_login(login: &SigstoreLogin, payload: &[u8], output: &Output) -> Result<SignedStatement> {
    use crate::cli::progress::shown;
    use crate::signing::sign_statement_sigstore;
    let signed = login.sign(output, |instance, credentials, timeout| {
        shown(output, |progress| sign_statement_sigstore(payload, instance, credentials, timeout, progress))
    })?;
    Ok(SignedStatement { bundle: signed.bundle, signer: signed.signer.subject, at: signed.at, told: None })
}
