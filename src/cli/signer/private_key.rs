//! A private key in a file, and its password.

use crate::cli::flags::{Password, read_key};
use crate::cli::output::Output;
use crate::cli::secrets::PASSWORD;
use crate::error::Result;
use crate::signing::{SigningKey, settle_key_pair};
use clap::Args;
use std::path::PathBuf;

/// A private key in a file.
#[derive(Debug, Clone, Args)]
pub(crate) struct PrivateKey {
    /// File of the private key (P-256, P-384 or P-521): PEM, DER, JWK, OpenSSH or cosign's
    #[arg(long, value_name = "PEM")]
    pub(super) private_key: PathBuf,
    #[command(flatten)]
    pub(super) password: Password,
}

impl PrivateKey {
    /// The key; its password is asked for when it has one.
    ///
    /// # Errors
    /// As [`SigningKey::from_pem_asking`] and [`Password::given`].
    pub(in crate::cli) fn read(&self, output: &Output) -> Result<SigningKey> {
        let mut password = self.password.given()?;
        let from_file = self.password.password_file.is_some();
        settle_key_pair(&self.private_key)?;
        let pem = read_key(&self.private_key)?;
        let mut encrypted = false;
        let key = SigningKey::from_pem_asking(&pem, || {
            encrypted = true;
            match password.take() {
                Some(password) => Ok(password),
                None => PASSWORD.ask(&format!("Password of {}", self.private_key.display())),
            }
        })
        .map_err(|error| if error.at.is_none() { error.at_path(&self.private_key) } else { error })?;
        if from_file && !encrypted {
            output.note("! the key is not encrypted: its password was not needed");
        }
        Ok(key)
    }
}
