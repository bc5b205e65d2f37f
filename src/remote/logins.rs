//! Who somebody is at a registry, as `docker login` keeps it. Only what lies in the file itself is read: no helper is
//! started. It is in no location, no error and no record.

use crate::disk::{Unread, whole};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::path::PathBuf;
use zeroize::Zeroizing;

const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// How Docker writes the name of its own registry.
const DOCKER: &str = "index.docker.io";

/// `NAME:PASSWORD` in base64, as it stands behind `Basic`.
pub(super) type Login = Zeroizing<String>;

/// The login for a host; none where the file has none.
///
/// # Errors
/// `E-CONFIG` when the file is no file of logins; `E-READ`.
pub(super) fn login(host: &str) -> Result<Option<Login>> {
    let Some(file) = file() else { return Ok(None) };
    let bytes = match whole(&file, MAX_FILE_BYTES) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(Unread::Io(cause)) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(why.error(&file)),
    };
    // What a parser says of it could quote it.
    let document: Value = serde_json::from_slice(&bytes).map_err(|_| {
        Error::new(Code::Config, "not a file of logins").at_path(&file).help(
            "log in again with `docker login`, or set DOCKER_CONFIG to the folder of another config.json",
        )
    })?;
    let logins = document.get("auths").and_then(Value::as_object);
    let wanted = if host == "docker.io" { DOCKER } else { host };
    let of_host = logins.into_iter().flatten().find(|(name, _)| host_of(name) == wanted);
    Ok(of_host.and_then(|(_, login)| written(login)))
}

fn file() -> Option<PathBuf> {
    let folder = match std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => directories::BaseDirs::new()?.home_dir().join(".docker"),
    };
    Some(folder.join("config.json"))
}

/// `https://HOST/v1/`, or the host alone.
fn host_of(name: &str) -> String {
    let name = name.strip_prefix("https://").or(name.strip_prefix("http://")).unwrap_or(name);
    name.split('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// A login as it is sent; none where the entry holds none that can be sent.
fn written(login: &Value) -> Option<Login> {
    let text = |key: &str| login.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let pair = match (text("auth"), text("username"), text("password")) {
        (Some(auth), ..) => Zeroizing::new(STANDARD.decode(auth.trim()).ok()?),
        (None, Some(name), Some(password)) => Zeroizing::new(format!("{name}:{password}").into_bytes()),
        _ => return None,
    };
    let (name, password) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    let is_sent = !name.is_empty() && !password.is_empty() && !pair.iter().any(u8::is_ascii_control);
    is_sent.then(|| Zeroizing::new(STANDARD.encode(&*pair)))
}
