//! The signer, given by flags: for commands whose own arguments name what is signed. Every way of
//! [`StatementSigner`] is available.

use super::chain::Chain;
use super::private_key::PrivateKey;
use super::sigstore::SigstoreLogin;
use super::statement::{SignedStatement, StatementSigner};
use super::timestamp::Timestamp;
use super::token::Token;
use crate::cli::flags::{Authorities, Password};
use crate::cli::output::Output;
use crate::cli::secrets::keep_out_of_core_dumps;
use crate::error::{Code, Error, Result};
use clap::Args;
use std::path::PathBuf;

/// These signers need no further arguments.
#[derive(Debug, Clone, Args)]
struct Nothing {}

/// Who signs.
#[derive(Clone, Args)]
pub(crate) struct SignerByFlags {
    /// Sign with this private key (P-256, P-384 or P-521): PEM, DER, JWK, OpenSSH or cosign's
    #[arg(long, value_name = "PEM", conflicts_with_all = ["pkcs11_uri", "sigstore"])]
    private_key: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
    /// Sign with a key in a token (RFC 7512): pkcs11:token=NAME;object=NAME
    #[arg(long, value_name = "URI", conflicts_with = "sigstore")]
    pkcs11_uri: Option<String>,
    /// The token's PKCS#11 module [default: module-path or module-name of the URI]
    #[arg(long, alias = "module-paths", value_name = "FILE", requires = "pkcs11_uri")]
    module: Option<PathBuf>,
    /// File with the PIN [default: TOUCHMARK_PIN, pin-source of the URI, or else a prompt]
    #[arg(long, value_name = "FILE", requires = "pkcs11_uri")]
    pin_file: Option<PathBuf>,
    /// File of the signer's certificate, for a signature by certificate: PEM, DER or PKCS#7
    #[arg(long, value_name = "PEM", conflicts_with = "sigstore")]
    signing_certificate: Option<PathBuf>,
    /// File of its CA certificates (repeat, or one concatenated file)
    #[arg(long, value_name = "PEM", requires = "signing_certificate")]
    certificate_chain: Vec<PathBuf>,
    /// Sign as an identity at a Sigstore instance; uses the network
    #[arg(long)]
    sigstore: bool,
    #[command(flatten)]
    login: SigstoreLogin,
    /// Get a timestamp from the authority (RFC 3161) at this address; uses the network
    #[arg(long, value_name = "URL", conflicts_with = "sigstore")]
    tsa_url: Option<String>,
    /// File of a timestamp authority's certificates that you trust, its root among them (repeat)
    #[arg(long, value_name = "PEM", conflicts_with = "sigstore")]
    tsa_certificate_chain: Vec<PathBuf>,
    /// How long the timestamp authority may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    tsa_timeout: u16,
}

impl std::fmt::Debug for SignerByFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URI may hold a PIN.
        f.debug_struct("SignerByFlags").field("sigstore", &self.sigstore).finish_non_exhaustive()
    }
}

impl SignerByFlags {
    /// Whether a signer is named.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.private_key.is_some() || self.pkcs11_uri.is_some() || self.is_login()
    }

    /// Fails when no signer is named, before anything is hashed.
    ///
    /// # Errors
    /// `E-USAGE`.
    pub(in crate::cli) fn required(&self) -> Result<()> {
        if self.is_given() {
            return Ok(());
        }
        Err(Error::new(Code::Usage, "no signer is named for the claim").at("--private-key").help(
            "give --private-key FILE, with --signing-certificate FILE for a certificate, --pkcs11-uri URI or \
             --sigstore; --dry-run prints the statement and signs nothing",
        ))
    }

    /// Fails where the key in a file cannot be used, before work that takes long. Tokens and logins are asked later.
    ///
    /// # Errors
    /// As [`PrivateKey::read`].
    #[cfg(feature = "fleet")]
    pub(in crate::cli) fn readable(&self, output: &Output) -> Result<()> {
        let Some(private_key) = &self.private_key else { return Ok(()) };
        keep_out_of_core_dumps();
        let key = PrivateKey { private_key: private_key.clone(), password: self.password.clone() };
        key.read(output).map(drop)
    }

    fn is_login(&self) -> bool {
        self.sigstore || self.login.says_who()
    }

    /// Signs an in-toto statement.
    ///
    /// # Errors
    /// As [`SignerByFlags::required`] and [`StatementSigner::sign`].
    pub(in crate::cli) fn sign(
        &self,
        payload: &[u8],
        now: jiff::Timestamp,
        output: &Output,
    ) -> Result<SignedStatement> {
        self.required()?;
        keep_out_of_core_dumps();
        self.chosen()?.sign(payload, now, output)
    }

    fn chosen(&self) -> Result<StatementSigner<Nothing>> {
        let to = Nothing {};
        let mixed = |one: &str, other: &str| {
            Err(Error::new(Code::Usage, format!("{one} and {other} name two signers"))
                .at(one)
                .help("leave out one of them; nothing was signed"))
        };
        let chain = self.signing_certificate.clone().map(|signing_certificate| Chain {
            signing_certificate,
            certificate_chain: self.certificate_chain.clone(),
        });
        let timestamp = Timestamp {
            tsa_url: self.tsa_url.clone(),
            authorities: Authorities {
                tsa_certificate_chain: self.tsa_certificate_chain.clone(),
                trust_config: self.login.trust_config.clone(),
            },
            tsa_timeout: self.tsa_timeout,
        };
        match (&self.private_key, &self.pkcs11_uri) {
            (Some(_), _) if self.is_login() => mixed("--private-key", "a login at Sigstore"),
            (_, Some(_)) if self.is_login() => mixed("--pkcs11-uri", "a login at Sigstore"),
            (Some(private_key), _) => {
                let key = PrivateKey { private_key: private_key.clone(), password: self.password.clone() };
                Ok(match chain {
                    Some(chain) => StatementSigner::Certificate { to, key, chain, timestamp },
                    None => StatementSigner::Key { to, key, timestamp },
                })
            }
            (None, Some(uri)) => {
                let token = Token {
                    pkcs11_uri: uri.clone(),
                    module: self.module.clone(),
                    pin_file: self.pin_file.clone(),
                };
                Ok(match chain {
                    Some(chain) => StatementSigner::Pkcs11Certificate { to, token, chain, timestamp },
                    None => StatementSigner::Pkcs11Key { to, token, timestamp },
                })
            }
            (None, None) => Ok(StatementSigner::Sigstore { to, login: self.login.clone() }),
        }
    }
}
