//! Signing as an identity at a Sigstore instance: where the identity token comes from, and how a person logs in. Built
//! without the feature `keyless`, it says how to get it.

use clap::Args;
use std::path::PathBuf;

/// Who signs, and at which instance.
#[derive(Debug, Clone, Args)]
pub(crate) struct SigstoreLogin {
    /// The identity token; others on this machine can read it here, so prefer --identity-token-file
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["identity_token_file", "use_ambient_credentials"])]
    identity_token: Option<String>,
    /// File that holds the identity token
    #[arg(long, value_name = "FILE", conflicts_with = "use_ambient_credentials")]
    identity_token_file: Option<PathBuf>,
    /// Take the identity token from where this runs: a build service or a cluster
    #[arg(long)]
    use_ambient_credentials: bool,
    /// Log in with a code that you copy, instead of a browser on this machine
    #[arg(long)]
    oauth_force_oob: bool,
    /// Log in as this client; the token is then for this audience [default: sigstore]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// File that holds the client's secret
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// The client's secret; others on this machine can read it here, so prefer --client-secret-file
    #[arg(long, value_name = "SECRET", hide = true, conflicts_with = "client_secret_file")]
    client_secret: Option<String>,
    /// Use Sigstore's staging instance: for tests only
    #[arg(long, conflicts_with = "trust_config")]
    use_staging: bool,
    /// A client trust config: the instance's trusted root and its services [default: the public-good instance]
    #[arg(long, value_name = "FILE")]
    pub(super) trust_config: Option<PathBuf>,
    /// How long each exchange with a service may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    timeout: u16,
}

impl SigstoreLogin {
    /// Whether a flag was given that only a login has.
    pub(super) fn says_who(&self) -> bool {
        self.identity_token.is_some()
            || self.identity_token_file.is_some()
            || self.use_ambient_credentials
            || self.oauth_force_oob
            || self.client_id.is_some()
            || self.use_staging
    }
}

#[cfg(not(feature = "keyless"))]
pub(in crate::cli) fn unavailable() -> crate::error::Error {
    crate::error::Error::new(crate::error::Code::Usage, "this program was built without keyless signing")
        .help("build it with the feature `keyless`: cargo install touchmark --features keyless")
}

#[cfg(feature = "keyless")]
mod with_network {
    use super::*;
    use crate::cli::output::Output;
    use crate::disk::read_small;
    use crate::error::{Code, Error, Result};
    use crate::signing::{Credentials, DEFAULT_AUDIENCE, IdentityToken, Instance, Login};
    use crate::text;
    use std::io::{BufRead, Read};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::Duration;
    use zeroize::Zeroizing;

    const LIMIT_SECRET_BYTES: u64 = 64 * 1024;
    /// As long as a person may take to log in.
    const PATIENCE: Duration = Duration::from_secs(300);

    impl SigstoreLogin {
        /// Signs: `make` is handed the instance, the credentials, and how long each exchange may take.
        ///
        /// # Errors
        /// What reading the instance and the token gives, and what `make` gives.
        pub(in crate::cli) fn sign<T>(
            &self,
            output: &Output,
            make: impl FnOnce(&Instance, Credentials<'_>, Duration) -> Result<T>,
        ) -> Result<T> {
            let instance = match &self.trust_config {
                Some(file) => Instance::read(file)?,
                None if self.use_staging => Instance::staging()?,
                None => Instance::public_good()?,
            };
            let given = match (&self.identity_token, &self.identity_token_file) {
                (Some(token), _) => Some(Zeroizing::new(token.clone())),
                (None, Some(file)) => Some(secret(file)?),
                (None, None) => None,
            };
            let visit = |address: &str, by_hand: bool| visit(address, by_hand, output);
            let code = || code(output);
            let credentials = match given {
                Some(token) => {
                    let audience = self.client_id.as_deref().unwrap_or(DEFAULT_AUDIENCE);
                    // Told before hours of hashing, not after.
                    Credentials::Token(IdentityToken::parse(&token, audience, jiff::Timestamp::now())?)
                }
                None if self.use_ambient_credentials => {
                    Credentials::Ambient { audience: self.client_id.clone() }
                }
                None => Credentials::Login(Login {
                    client_id: self.client_id.clone(),
                    client_secret: match &self.client_secret {
                        Some(secret) => Some(Zeroizing::new(secret.clone())),
                        None => self.client_secret_file.as_deref().map(secret).transpose()?,
                    },
                    out_of_band: self.oauth_force_oob,
                    patience: PATIENCE,
                    visit: &visit,
                    code: &code,
                }),
            };
            make(&instance, credentials, Duration::from_secs(u64::from(self.timeout)))
        }
    }

    fn secret(file: &Path) -> Result<Zeroizing<String>> {
        let bytes = Zeroizing::new(read_small(file, LIMIT_SECRET_BYTES)?);
        match std::str::from_utf8(&bytes) {
            Ok(text) if !text.trim().is_empty() => Ok(Zeroizing::new(text.trim().to_owned())),
            _ => Err(Error::new(Code::Malformed, "is empty or is not text").at_path(file)),
        }
    }

    /// Shows the address and, unless a code is to be copied, has a browser open it.
    fn visit(address: &str, by_hand: bool, output: &Output) -> bool {
        let opened = !by_hand && open(address);
        if opened {
            output.ask(&format!(
                "Log in with your browser; if it does not open, go to\n  {}",
                text::screen(address)
            ));
        } else if by_hand {
            output.ask(&format!("Log in at this address, and copy the code\n  {}", text::screen(address)));
        }
        opened
    }

    /// The person's browser: `BROWSER`, else what the desktop opens; none without a desktop.
    fn open(address: &str) -> bool {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let program = match std::env::var("BROWSER") {
            Ok(browser) if !browser.is_empty() => browser,
            _ if cfg!(target_os = "macos") => "open".to_owned(),
            _ if cfg!(windows) => "explorer".to_owned(),
            _ if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") => "xdg-open".to_owned(),
            _ => return false,
        };
        let quiet = Command::new(program)
            .arg(address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        quiet.is_ok()
    }

    fn code(output: &Output) -> Result<Zeroizing<String>> {
        output.ask("Code:");
        let mut line = Zeroizing::new(String::new());
        let read = std::io::stdin().lock().take(LIMIT_SECRET_BYTES).read_line(&mut line);
        match read {
            Ok(_) if !line.trim().is_empty() => Ok(line),
            _ => Err(Error::new(Code::Login, "no code was given")
                .help("copy the code that the login page shows, and press Enter")),
        }
    }
}
