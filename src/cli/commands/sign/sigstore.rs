//! `sign sigstore`: where the identity token comes from, how a person logs in, what is printed. Built without
//! the feature `keyless`, it says how to get it.

use super::options::SignCommon;
use crate::cli::output::Output;
use crate::error::{Code, Error, Result};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `sign sigstore`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SignSigstore {
    #[command(flatten)]
    common: SignCommon,
    /// The identity token; others on this machine can read it here, so prefer --identity-token-file
    #[arg(long, alias = "identity_token", value_name = "TOKEN", conflicts_with_all = ["identity_token_file", "use_ambient_credentials"])]
    identity_token: Option<String>,
    /// File that holds the identity token
    #[arg(long, value_name = "FILE", conflicts_with = "use_ambient_credentials")]
    identity_token_file: Option<PathBuf>,
    /// Take the identity token from where this runs: a build service or a cluster
    #[arg(long, alias = "use_ambient_credentials")]
    use_ambient_credentials: bool,
    /// Log in with a code that you copy, instead of a browser on this machine
    #[arg(long, alias = "oauth_force_oob")]
    oauth_force_oob: bool,
    /// Log in as this client; the token is then for this audience [default: sigstore]
    #[arg(long, alias = "client_id", value_name = "ID")]
    client_id: Option<String>,
    /// File that holds the client's secret
    #[arg(long, alias = "client_secret_file", value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// Use Sigstore's staging instance: for tests only
    #[arg(long, alias = "use_staging", conflicts_with = "trust_config")]
    use_staging: bool,
    /// A client trust config: the instance's trusted root and its services [default: the public-good instance]
    #[arg(long, alias = "trust_config", value_name = "FILE")]
    trust_config: Option<PathBuf>,
    /// How long each exchange with a service may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    timeout: u16,
}

#[cfg(not(feature = "keyless"))]
pub(super) fn sign(_: &SignSigstore, _: &Output) -> Result<u8> {
    Err(Error::new(Code::Usage, "this program was built without keyless signing")
        .help("build it with the feature `keyless`: cargo install touchmark --features keyless"))
}

#[cfg(feature = "keyless")]
pub(super) use with_network::sign;

#[cfg(feature = "keyless")]
mod with_network {
    use super::*;
    use crate::cli::progress::shown;
    use crate::disk::read_small;
    use crate::documents::{KeylessDocument, SignedBody, SignedDocument, names};
    use crate::signing::{Credentials, DEFAULT_AUDIENCE, IdentityToken, Instance, Login, sign_sigstore};
    use crate::text;
    use std::io::{BufRead, Read};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::Duration;
    use zeroize::Zeroizing;

    const LIMIT_SECRET_BYTES: u64 = 64 * 1024;
    /// As long as a person may take to log in.
    const PATIENCE: Duration = Duration::from_secs(300);

    /// `sign sigstore`.
    pub(in super::super) fn sign(with: &SignSigstore, output: &Output) -> Result<u8> {
        with.common.what.jobs.set();
        let instance = match &with.trust_config {
            Some(file) => Instance::read(file)?,
            None if with.use_staging => Instance::staging()?,
            None => Instance::public_good()?,
        };
        let given = match (&with.identity_token, &with.identity_token_file) {
            (Some(token), _) => Some(Zeroizing::new(token.clone())),
            (None, Some(file)) => Some(secret(file)?),
            (None, None) => None,
        };
        let visit = |address: &str, by_hand: bool| visit(address, by_hand, output);
        let code = || code(output);
        let credentials = match given {
            Some(token) => {
                let audience = with.client_id.as_deref().unwrap_or(DEFAULT_AUDIENCE);
                // Told before hours of hashing, not after.
                Credentials::Token(IdentityToken::parse(&token, audience, jiff::Timestamp::now())?)
            }
            None if with.use_ambient_credentials => Credentials::Ambient { audience: with.client_id.clone() },
            None => Credentials::Login(Login {
                client_id: with.client_id.clone(),
                client_secret: with.client_secret_file.as_deref().map(secret).transpose()?,
                out_of_band: with.oauth_force_oob,
                patience: PATIENCE,
                visit: &visit,
                code: &code,
            }),
        };
        let options = with.common.options()?;
        let timeout = Duration::from_secs(u64::from(with.timeout));
        let made = shown(output, |progress| {
            sign_sigstore(&with.common.model, &instance, credentials, &options, timeout, progress)
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
