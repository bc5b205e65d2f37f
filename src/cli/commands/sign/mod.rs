//! `sign`: signs a model with a key, a certificate, a token or an identity, and writes the bundle beside it.

mod options;
mod sigstore;

use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::shown;
use crate::cli::secrets::keep_out_of_core_dumps;
use crate::cli::signer::{Chain, PrivateKey, Timestamp, Token, Told, authority, open_token};
use crate::documents::{SignedBody, SignedDocument, names};
use crate::error::Result;
use crate::signing::{Progress, SignOptions, Signed, Stamp, With, sign_certificate_with, sign_key_with};
use crate::text::{screen, size};
use clap::Subcommand;
use options::SignCommon;
use sigstore::SignSigstore;
use std::cell::RefCell;

/// The commands of `sign`.
#[derive(Debug, Subcommand)]
pub(crate) enum Sign {
    Key {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        key: PrivateKey,
        #[command(flatten)]
        timestamp: Timestamp,
    },
    Certificate {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        key: PrivateKey,
        #[command(flatten)]
        chain: Chain,
        #[command(flatten)]
        timestamp: Timestamp,
    },
    Sigstore(SignSigstore),
    Pkcs11Key {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        timestamp: Timestamp,
    },
    Pkcs11Certificate {
        #[command(flatten)]
        common: SignCommon,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        chain: Chain,
        #[command(flatten)]
        timestamp: Timestamp,
    },
}

pub(super) fn run(arguments: &Sign, common: &Common, output: &Output) -> Result<u8> {
    keep_out_of_core_dumps();
    let now = common.now();
    match arguments {
        Sign::Sigstore(with) => sigstore::sign(with, output),
        Sign::Key { common: with, key, timestamp } => {
            signed(with, timestamp, output, &|options, extra, progress| {
                sign_key_with(&with.model, &key.read(output)?, options, extra, progress)
            })
        }
        Sign::Certificate { common: with, key, chain, timestamp } => {
            signed(with, timestamp, output, &|options, extra, progress| {
                let chain = chain.read(now, output)?;
                let key = key.read(output)?;
                sign_certificate_with(&with.model, &key, &chain, options, now, extra, progress)
            })
        }
        Sign::Pkcs11Key { common: with, token, timestamp } => {
            signed(with, timestamp, output, &|options, extra, progress| {
                let key = open_token(token, None, output)?;
                sign_key_with(&with.model, key.as_ref(), options, extra, progress)
            })
        }
        Sign::Pkcs11Certificate { common: with, token, chain, timestamp } => {
            signed(with, timestamp, output, &|options, extra, progress| {
                let chain = chain.read(now, output)?;
                let key = open_token(token, chain.first().map(Vec::as_slice), output)?;
                sign_certificate_with(&with.model, key.as_ref(), &chain, options, now, extra, progress)
            })
        }
    }
}

type Make<'m> = &'m dyn Fn(&SignOptions, With<'_>, &Progress) -> Result<Signed>;

/// Signs and tells of it.
fn signed(with: &SignCommon, timestamp: &Timestamp, output: &Output, make: Make) -> Result<u8> {
    with.what.jobs.set();
    let options = with.options(output)?;
    let told = RefCell::new(None);
    let ask = authority(timestamp)?;
    let stamp = ask.map(|ask| {
        let told = &told;
        move |signature: &[u8]| {
            let (token, said) = ask(signature)?;
            told.replace(Some(said));
            Ok(token)
        }
    });
    let extra = With { stamp: stamp.as_ref().map(|stamp| stamp as Stamp) };
    let signed = shown(output, |progress| make(&options, extra, progress))?;
    drop(stamp);
    with.append(&signed, output)?;
    let told = told.take();
    let mut human = format!(
        "✓ signed  {} files or shards, {}\n  root digest  {}\n  bundle       {}\n",
        signed.resources,
        size(signed.bytes),
        signed.root_digest,
        screen(&signed.signature.to_string_lossy())
    );
    if let Some(told) = &told {
        human.push_str(&told.human());
    }
    output.print(&human, || SignedDocument {
        schema: names::Signed,
        signed: SignedBody::from(&signed),
        timestamp: told.as_ref().map(Told::document),
        keyless: None,
    });
    Ok(0)
}
