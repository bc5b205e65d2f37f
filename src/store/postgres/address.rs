//! How a server is reached: the URL of `touchmark.toml` without a password, what stands in the environment, and TLS
//! wherever the way leads over a network. It must not know a table.

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::text::screen;
use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a server may take to answer at all.
const CONNECT: Duration = Duration::from_secs(10);
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// A server, as far as connecting needs it.
pub(super) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// For messages.
    pub shown: String,
}

impl Address {
    /// The server of a URL.
    ///
    /// # Errors
    /// `E-CONFIG` for a URL that names none, or one over a network without TLS; `E-READ` for files of certificates or
    /// passwords that cannot be read.
    pub fn of(url: &str) -> Result<Self> {
        let shown = screen(url);
        let wrong = |what: String| {
            Error::new(Code::Config, what)
                .at(shown.clone())
                .help("write `store = \"postgres://USER@HOST:PORT/DATABASE\"` in touchmark.toml")
        };
        // The others' words for what is always so here: certificates are checked.
        let plain = url.replace("sslmode=verify-full", "sslmode=require");
        let mut config: Config = plain.parse().map_err(|cause: postgres::Error| {
            wrong(format!("not the URL of a PostgreSQL server ({cause})"))
        })?;
        if config.get_password().is_some() {
            return Err(wrong("a password stands in the URL of the store".to_owned()));
        }
        if config.get_hosts().is_empty() || config.get_dbname().is_none() {
            return Err(wrong("the URL of the store names no host or no database".to_owned()));
        }
        let is_near = config.get_hosts().iter().all(is_near);
        let asks = config.get_ssl_mode();
        if !is_near && asks == SslMode::Disable {
            return Err(wrong(
                "the way to this server leads over a network, and TLS is switched off".to_owned(),
            )
            .help("leave out sslmode=disable, or reach the server by a tunnel that ends at localhost"));
        }
        let tls = !is_near || asks == SslMode::Require;
        config.ssl_mode(if tls { SslMode::Require } else { SslMode::Disable });
        if config.get_application_name().is_none() {
            config.application_name("touchmark");
        }
        config.connect_timeout(CONNECT);
        if let Some(password) = password(&config)? {
            config.password(password);
        }
        let tls = tls.then(verifying).transpose()?;
        Ok(Address { config, tls, shown })
    }

    /// Connects.
    pub fn connect(&self) -> std::result::Result<Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
    }
}

/// Whether what is said to a host stays on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// TLS that checks certificates: by the authorities in the file that `PGSSLROOTCERT` names, else by those of the
/// system.
fn verifying() -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    match std::env::var_os("PGSSLROOTCERT").filter(|file| !file.is_empty()) {
        Some(file) => {
            let path = Path::new(&file);
            let bytes = disk::read_small(path, MAX_FILE_BYTES)?;
            for certificate in CertificateDer::pem_slice_iter(&bytes) {
                let certificate = certificate.ok().filter(|one| roots.add(one.clone()).is_ok());
                if certificate.is_none() {
                    return Err(Error::new(Code::Malformed, "a certificate in PGSSLROOTCERT cannot be read")
                        .at_path(path)
                        .help("write certificates of authorities in PEM into it"));
                }
            }
        }
        None => {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
    }
    if roots.is_empty() {
        return Err(Error::new(Code::Config, "no certificate authority to check the server by")
            .help("name a file of certificates in PGSSLROOTCERT"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| Error::new(Code::Internal, format!("cannot set up TLS ({cause})")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The password: `PGPASSWORD`, else the line for this server in `PGPASSFILE` or `~/.pgpass`.
fn password(config: &Config) -> Result<Option<String>> {
    if let Ok(password) = std::env::var("PGPASSWORD") {
        return Ok(Some(password));
    }
    let named = std::env::var_os("PGPASSFILE").filter(|file| !file.is_empty()).map(PathBuf::from);
    let is_named = named.is_some();
    let home = || Some(directories::BaseDirs::new()?.home_dir().join(".pgpass"));
    let Some(file) = named.or_else(home) else { return Ok(None) };
    let text = match disk::read_small(&file, MAX_FILE_BYTES) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if is_named => return Err(error),
        Err(_) => return Ok(None),
    };
    if is_for_others(&file) {
        return Err(Error::new(Code::Config, "others may read the file of passwords, so it is not used")
            .at_path(&file)
            .help("`chmod 600` it"));
    }
    let host = config.get_hosts().first().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(_) => "localhost".to_owned(),
    });
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let wanted = [
        host.as_deref().unwrap_or_default(),
        &port,
        config.get_dbname().unwrap_or_default(),
        config.get_user().unwrap_or_default(),
    ];
    Ok(text.lines().find_map(|line| of_line(line, &wanted)))
}

/// The password of a line `HOST:PORT:DATABASE:USER:PASSWORD`, where `*` stands for any, when it is for this server.
fn of_line(line: &str, wanted: &[&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let (mut fields, mut field, mut escaped) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            _ if escaped => {
                field.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            ':' if fields.len() < wanted.len() => fields.push(std::mem::take(&mut field)),
            _ => field.push(letter),
        }
    }
    let fits = fields.len() == wanted.len()
        && fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
    fits.then_some(field)
}

#[cfg(unix)]
fn is_for_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_for_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_for_the_server_that_it_names() {
        let wanted = ["db.acme.example", "5432", "models", "ada"];
        let of = |line: &str| of_line(line, &wanted);
        assert_eq!(of("db.acme.example:5432:models:ada:se:cret"), Some("se:cret".to_owned()));
        assert_eq!(of(r"*:*:*:ada:a\:b\\c"), Some(r"a:b\c".to_owned()));
        assert_eq!(of("db.acme.example:5433:models:ada:x"), None);
        assert_eq!(of("db.acme.example:5432:models:bob:x"), None);
        assert_eq!(of("#*:*:*:*:x"), None);
        assert_eq!(of("*:*:*"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn over_a_network_there_is_no_way_without_tls() {
        let error = Address::of("postgres://ada@db.acme.example/models?sslmode=disable").err().unwrap();
        assert_eq!(error.code, Code::Config);
        for near in ["localhost", "127.0.0.1", "127.8.0.1", "[::1]"] {
            let address = Address::of(&format!("postgres://ada@{near}/models")).unwrap();
            assert!(address.tls.is_none(), "{near}");
        }
        assert!(Address::of("postgres://ada@localhost/models?sslmode=require").unwrap().tls.is_some());
        for wrong in
            ["postgres://ada:secret@localhost/models", "postgres://", "postgres://localhost", "http://a/b"]
        {
            assert_eq!(Address::of(wrong).err().unwrap().code, Code::Config, "{wrong}");
        }
    }
}
