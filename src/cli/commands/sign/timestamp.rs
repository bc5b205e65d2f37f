//! Timestamps for signatures by key and certificate: which authority to ask, and which ones to believe. Built
//! without the feature `keyless`, it asks nobody and says how to get that.

use crate::error::{Code, Error, Result};
use crate::signing::Anchor;
use crate::text::Untrusted;
use clap::Args;
use std::path::PathBuf;

/// Timestamp authorities that are trusted.
#[derive(Debug, Clone, Args)]
pub struct Authorities {
    /// PEM file of a timestamp authority's certificates that you trust, its root among them (repeat)
    #[arg(long, alias = "tsa_certificate_chain", value_name = "PEM")]
    pub tsa_certificate_chain: Vec<PathBuf>,
    /// A trusted_root.json or client trust config whose timestamp authorities you trust
    #[arg(long, alias = "trust_config", value_name = "FILE")]
    pub trust_config: Option<PathBuf>,
}

impl Authorities {
    /// The anchors in the files.
    ///
    /// # Errors
    /// As [`Anchor::read_tsa`].
    pub fn read(&self) -> Result<Vec<Anchor>> {
        let chains = self.tsa_certificate_chain.iter().map(|file| ("--tsa-certificate-chain", file));
        let config = self.trust_config.iter().map(|file| ("--trust-config", file));
        chains.chain(config).map(|(flag, file)| Anchor::read_tsa(flag, file)).collect()
    }

    fn is_given(&self) -> bool {
        !self.tsa_certificate_chain.is_empty() || self.trust_config.is_some()
    }
}

/// Options of signing with a timestamp.
#[derive(Debug, Clone, Args)]
pub struct Timestamp {
    /// Have the timestamp authority (RFC 3161) at this address say when it was signed; uses the network
    #[arg(long, alias = "tsa_url", value_name = "URL")]
    pub tsa_url: Option<String>,
    #[command(flatten)]
    pub authorities: Authorities,
    /// How long the timestamp authority may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub tsa_timeout: u16,
}

/// What a timestamp says, for the person who signs.
#[derive(Debug, Clone)]
pub struct Told {
    pub at: jiff::Timestamp,
    pub authority: Untrusted,
    pub trusted: bool,
}

impl Told {
    pub fn human(&self) -> String {
        let note = if self.trusted { "" } else { "; not checked against --tsa-certificate-chain" };
        format!("  signed at    {}, says {}{note}\n", self.at, self.authority.screen())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "at": self.at, "authority": self.authority, "trusted": self.trusted })
    }
}

/// Asks for a token over a signature.
pub type Ask = Box<dyn Fn(&[u8]) -> Result<(Vec<u8>, Told)>>;

/// Whom to ask: nobody, unless `--tsa-url` is given.
///
/// # Errors
/// `E-USAGE`, `E-CONFIG`, and as [`Authorities::read`]: before anything is hashed.
pub fn authority(with: &Timestamp) -> Result<Option<Ask>> {
    match &with.tsa_url {
        None if with.authorities.is_given() => {
            Err(Error::new(Code::Usage, "timestamp authorities are trusted, and none is asked")
                .help("name the address of one with --tsa-url"))
        }
        None => Ok(None),
        Some(url) => ask(with, url).map(Some),
    }
}

#[cfg(not(feature = "keyless"))]
fn ask(_: &Timestamp, _: &str) -> Result<Ask> {
    Err(Error::new(Code::Usage, "this program was built without the network, so --tsa-url asks nobody")
        .help("build it with the feature `keyless`: cargo install touchmark --features keyless"))
}

#[cfg(feature = "keyless")]
fn ask(with: &Timestamp, url: &str) -> Result<Ask> {
    let timeout = std::time::Duration::from_secs(u64::from(with.tsa_timeout));
    let service = crate::signing::TimestampService::new(url, with.authorities.read()?, timeout)?;
    Ok(Box::new(move |signature| {
        let made = service.stamp(signature)?;
        Ok((made.token, Told { at: made.at, authority: made.authority, trusted: made.trusted }))
    }))
}
