//! The certificates that go with a key.

use crate::cli::flags::{LIMIT_PEM_BYTES, tell_unused};
use crate::cli::output::Output;
use crate::disk::read_small;
use crate::error::Result;
use crate::signing::{CertificateFile, check_signing_chain};
use clap::Args;
use std::path::{Path, PathBuf};

/// The signer's certificates.
#[derive(Debug, Clone, Args)]
pub(crate) struct Chain {
    /// File of the signer's certificate: PEM, DER or PKCS#7
    #[arg(long, value_name = "PEM")]
    pub(super) signing_certificate: PathBuf,
    /// File of its CA certificates (repeat, or one concatenated file)
    #[arg(long, value_name = "PEM")]
    pub(super) certificate_chain: Vec<PathBuf>,
}

impl Chain {
    /// The certificates in DER, leaf first. Those that are not in its chain are named.
    ///
    /// # Errors
    /// As [`CertificateFile::read`] and [`check_signing_chain`]; `E-READ` for a file that cannot be read.
    pub(in crate::cli) fn read(&self, now: jiff::Timestamp, output: &Output) -> Result<Vec<Vec<u8>>> {
        let mut chain = certificates(&self.signing_certificate, output)?;
        for file in &self.certificate_chain {
            chain.extend(certificates(file, output)?);
        }
        for beside in check_signing_chain(&chain, now)? {
            output.note(&format!(
                "! not in the chain of the signing certificate, and signed in: {}",
                beside.screen()
            ));
        }
        Ok(chain)
    }
}

fn certificates(file: &Path, output: &Output) -> Result<Vec<Vec<u8>>> {
    let read = CertificateFile::read(&read_small(file, LIMIT_PEM_BYTES)?);
    let CertificateFile { certificates, notes } = read.map_err(|error| error.at_path(file))?;
    tell_unused(&notes, &file.to_string_lossy(), output);
    Ok(certificates)
}
