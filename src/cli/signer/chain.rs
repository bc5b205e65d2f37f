//! The certificates that go with a key.

use crate::cli::flags::{LIMIT_PEM_BYTES, tell_unused};
use crate::cli::output::Output;
use crate::disk::read_small;
use crate::error::Result;
use crate::signing::CertificateFile;
use clap::Args;
use std::path::{Path, PathBuf};

/// The signer's certificates.
#[derive(Debug, Clone, Args)]
pub(crate) struct Chain {
    /// File of the signer's certificate: PEM, DER or PKCS#7
    #[arg(long, alias = "signing_certificate", value_name = "PEM")]
    signing_certificate: PathBuf,
    /// File of the certificates above it (repeat, or one concatenated file)
    #[arg(long, alias = "certificate_chain", value_name = "PEM")]
    certificate_chain: Vec<PathBuf>,
}

impl Chain {
    /// The certificates in DER, leaf first.
    ///
    /// # Errors
    /// As [`CertificateFile::read`]; `E-READ` for a file that cannot be read.
    pub(in crate::cli) fn read(&self, output: &Output) -> Result<Vec<Vec<u8>>> {
        let mut chain = certificates(&self.signing_certificate, output)?;
        for file in &self.certificate_chain {
            chain.extend(certificates(file, output)?);
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
