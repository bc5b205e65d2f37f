//! Who may vouch for a ledger or a snapshot, when flags say it. It knows no command.

use super::flags::Authorities;
use crate::error::{Code, Error, Result};
use crate::signing::{Anchor, IdentityRule, Trust};
use clap::Args;
use std::path::PathBuf;

/// Whose signature counts.
#[derive(Debug, Clone, Args)]
pub(crate) struct Vouchers {
    /// PEM file of a public key whose signature counts (repeat) [default: what the policy trusts]
    #[arg(long, value_name = "PEM")]
    public_key: Vec<PathBuf>,
    /// PEM file of the authorities of signers whose signature counts (repeat)
    #[arg(long, value_name = "PEM")]
    certificate_chain: Vec<PathBuf>,
    /// The signer's subject name, exactly
    #[arg(long, requires = "certificate_chain")]
    identity: Option<String>,
    #[command(flatten)]
    timestamps: Authorities,
}

impl Vouchers {
    /// What is trusted; none when no flag says it, and the policy decides.
    ///
    /// # Errors
    /// As [`Anchor::read_key`] and [`Anchor::read_ca`]; `E-USAGE` when only timestamp authorities are named.
    pub(super) fn trust(&self) -> Result<Option<Trust>> {
        let keys = self.public_key.iter().map(|file| Anchor::read_key("--public-key", file));
        let authorities = self.certificate_chain.iter();
        let authorities = authorities.map(|file| Anchor::read_ca("--certificate-chain", file));
        let mut anchors = keys.chain(authorities).collect::<Result<Vec<Anchor>>>()?;
        if anchors.is_empty() {
            return match self.timestamps.are_given() {
                false => Ok(None),
                true => Err(Error::new(Code::Usage, "timestamp authorities are trusted, and no signer is")
                    .help("name one with --public-key or --certificate-chain")),
            };
        }
        anchors.extend(self.timestamps.read()?);
        let identity = match &self.identity {
            Some(subject) => IdentityRule::Exact { subject: subject.as_str().into(), issuer: None },
            None => IdentityRule::AnchorDecides,
        };
        Ok(Some(Trust { anchors, identity }))
    }
}
