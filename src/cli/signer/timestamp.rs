//! Timestamps for signatures by key and certificate: which authority to ask, and what it said. Built without the
//! feature `keyless`, it asks nobody and says how to get that.

use crate::cli::flags::Authorities;
use crate::documents::TimestampDocument;
use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use clap::Args;

/// Options of signing with a timestamp.
#[derive(Debug, Clone, Args)]
pub(crate) struct Timestamp {
    /// Get a timestamp from the authority (RFC 3161) at this address; uses the network
    #[arg(long, value_name = "URL")]
    pub(super) tsa_url: Option<String>,
    #[command(flatten)]
    pub(super) authorities: Authorities,
    /// How long the timestamp authority may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(super) tsa_timeout: u16,
}

/// What a timestamp says, for the person who signs.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Told {
    at: jiff::Timestamp,
    authority: Untrusted,
    trusted: bool,
}

impl Told {
    pub(in crate::cli) fn human(&self) -> String {
        let note = if self.trusted { "" } else { "; not checked against --tsa-certificate-chain" };
        format!("  signed at    {}, says {}{note}\n", self.at, self.authority.screen())
    }

    pub(in crate::cli) fn document(&self) -> TimestampDocument<'_> {
        TimestampDocument { at: self.at, authority: &self.authority, trusted: self.trusted }
    }
}

/// Asks for a token over a signature.
pub(in crate::cli) type Ask = Box<dyn Fn(&[u8]) -> Result<(Vec<u8>, Told)>>;

/// Whom to ask: nobody, unless `--tsa-url` is given.
///
/// # Errors
/// `E-USAGE`, `E-CONFIG`, and as [`Authorities::read`]: before anything is hashed.
pub(in crate::cli) fn authority(with: &Timestamp) -> Result<Option<Ask>> {
    match &with.tsa_url {
        None if with.authorities.are_given() => {
            Err(Error::new(Code::Usage, "timestamp authorities are trusted, and none is asked")
                .help("name the address of one with --tsa-url"))
        }
        None => Ok(None),
        Some(url) => ask(with, url).map(Some),
    }
}

#[cfg(not(feature = "keyless"))]
fn ask(_: &Timestamp, _: &str) -> Result<Ask> {
    Err(Error::new(Code::Usage, "this program was built without the network, so --tsa-url cannot be used")
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
