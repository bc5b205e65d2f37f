//! `sign sigstore`: signs a model as an identity, and says what is printed. Built without the feature `keyless`, it
//! says how to get it.

use super::options::SignCommon;
use crate::cli::output::Output;
use crate::cli::signer::SigstoreLogin;
use crate::error::Result;
use clap::Args;

/// The arguments of `sign sigstore`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SignSigstore {
    #[command(flatten)]
    common: SignCommon,
    #[command(flatten)]
    login: SigstoreLogin,
}

#[cfg(not(feature = "keyless"))]
pub(super) fn sign(_: &SignSigstore, _: &Output) -> Result<u8> {
    Err(crate::cli::signer::unavailable())
}

#[cfg(feature = "keyless")]
pub(super) use with_network::sign;

#[cfg(feature = "keyless")]
mod with_network {
    use super::*;
    use crate::cli::progress::shown;
    use crate::documents::{KeylessDocument, SignedBody, SignedDocument, names};
    use crate::signing::sign_sigstore;
    use crate::text;

    /// `sign sigstore`.
    pub(in super::super) fn sign(with: &SignSigstore, output: &Output) -> Result<u8> {
        with.common.what.jobs.set();
        let made = with.login.sign(output, |instance, credentials, timeout| {
            let options = with.common.options(output)?;
            shown(output, |progress| {
                sign_sigstore(&with.common.model, instance, credentials, &options, timeout, progress)
            })
        })?;
        let signed = &made.signed;
        with.common.append(signed, output)?;
        let issuer = made.signer.issuer.as_ref().map(|issuer| issuer.screen()).unwrap_or_default();
        let mut human = format!(
            "✓ signed  {} files or shards, {} bytes\n  root digest  {}\n  bundle       {}\n  signer       {}\n  \
             issuer       {issuer}\n",
            signed.resources,
            signed.bytes,
            signed.root_digest,
            text::screen(&signed.signature.to_string_lossy()),
            made.signer.subject.screen(),
        );
        if let Some(log) = &made.log {
            human.push_str(&format!("  log entry    {} in {}\n", log.index, log.log_id.screen()));
        }
        if let Some(at) = made.at {
            human.push_str(&format!("  signed at    {at}\n"));
        }
        output.print(&human, || {
            let (signer, log) = (&made.signer, made.log.as_ref());
            SignedDocument {
                schema: names::Signed,
                signed: SignedBody::from(signed),
                timestamp: None,
                keyless: Some(KeylessDocument { signer, log, signed_at: made.at }),
            }
        });
        Ok(0)
    }
}
