//! Who may vouch for a ledger or a snapshot, when flags say it. It knows no command.

use super::flags::Authorities;
use crate::error::{Code, Error, Result};
use crate::signing::{Anchor, IdentityRule, Trust};
use clap::Args;
use std::path::PathBuf;

/// Whose signature counts.
#[derive(Debug, Clone, Args)]
pub(crate) struct Vouchers {
    /// File of public keys whose signature counts (repeat) [default: what the policy trusts; none for a pack]
    #[arg(long, value_name = "PEM")]
    public_key: Vec<PathBuf>,
    /// File of the authorities of signers whose signature counts (repeat)
    #[arg(long, value_name = "PEM")]
    certificate_chain: Vec<PathBuf>,
    /// The signer's subject name, exactly; with --identity-provider the signer's identity at a Sigstore instance
    #[arg(long)]
    identity: Option<String>,
    /// The issuer of the signer's identity, exactly, at the Sigstore instance of --trust-config [default: the public-good
    /// instance]
    #[arg(long, value_name = "URL", requires = "identity", conflicts_with = "certificate_chain")]
    identity_provider: Option<String>,
    #[command(flatten)]
    timestamps: Authorities,
}

impl Vouchers {
    /// What is trusted, each by itself; none when no flag says it, and the policy decides.
    ///
    /// # Errors
    /// As [`Anchor::read_key`], [`Anchor::read_ca`] and [`Anchor::read_sigstore`]; `E-USAGE` when only timestamp
    /// authorities are named, or an identity that nothing is to prove.
    pub(super) fn trust(&self) -> Result<Option<Vec<Trust>>> {
        if self.identity.is_some() && self.identity_provider.is_none() && self.certificate_chain.is_empty() {
            let error = Error::new(Code::Usage, "an identity is named, and nothing that proves it");
            return Err(error.help(
                "name its authority with --certificate-chain, or its issuer with --identity-provider",
            ));
        }
        let keys = self.public_key.iter().map(|file| Anchor::read_key("--public-key", file));
        let authorities = self.certificate_chain.iter();
        let authorities = authorities.map(|file| Anchor::read_ca("--certificate-chain", file));
        let mut anchors = keys.chain(authorities).collect::<Result<Vec<Anchor>>>()?;
        let keyless = self.keyless()?;
        if anchors.is_empty() {
            return match (keyless, self.timestamps.are_given()) {
                (None, true) => {
                    Err(Error::new(Code::Usage, "timestamp authorities are trusted, and no signer is")
                        .help("name one with --public-key or --certificate-chain"))
                }
                (keyless, _) => Ok(keyless.map(|trust| vec![trust])),
            };
        }
        // Where an instance is named, the file is that of the instance.
        let stamps = match &keyless {
            None => self.timestamps.clone(),
            Some(_) => Authorities { trust_config: None, ..self.timestamps.clone() },
        };
        anchors.extend(stamps.read()?);
        let identity = match &self.identity {
            Some(subject) if keyless.is_none() => {
                IdentityRule::Exact { subject: subject.as_str().into(), issuer: None }
            }
            _ => IdentityRule::AnchorDecides,
        };
        Ok(Some([Trust { anchors, identity }].into_iter().chain(keyless).collect()))
    }

    /// The identity at a Sigstore instance, which is proven by no key and no authority of these.
    fn keyless(&self) -> Result<Option<Trust>> {
        let (Some(subject), Some(issuer)) = (&self.identity, &self.identity_provider) else {
            return Ok(None);
        };
        let anchor = match &self.timestamps.trust_config {
            Some(file) => Anchor::read_sigstore("--trust-config", file)?,
            None => Anchor::public_good(),
        };
        Ok(Some(Trust::new(vec![anchor]).expecting(subject.as_str(), Some(issuer.as_str().into()))))
    }
}
