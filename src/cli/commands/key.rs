//! `key generate`, `key show`, and reading the private key of a command.

use crate::cli::args::{CurveName, KeyCommand, Password, PrivateKey};
use crate::cli::commands::sign::LIMIT_PEM_BYTES;
use crate::cli::output::Output;
use crate::cli::secrets::{self, PASSWORD};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::report;
use crate::signing::{Curve, Secret, SigningKey, describe_key, write_key_pair};
use crate::text::screen;
use serde_json::json;
use std::path::Path;
use zeroize::Zeroizing;

/// `key`.
pub fn run(command: &KeyCommand, output: &Output) -> Result<u8> {
    match command {
        KeyCommand::Generate { file, curve, password, no_password, force } => {
            let password = if *no_password { None } else { new_password(password)? };
            generate(file, *curve, password.as_ref(), *force, output)
        }
        KeyCommand::Show { file, password } => show(file, given(password)?.as_ref(), output),
    }
}

/// The private key that a command signs with; its password is asked for when it has one.
///
/// # Errors
/// As [`SigningKey::from_pem_asking`]; `E-USAGE` for a password on the command line.
pub fn read_private(with: &PrivateKey, output: &Output) -> Result<SigningKey> {
    let mut password = given(&with.password)?;
    let from_file = with.password.password_file.is_some();
    let pem = Zeroizing::new(read_small(&with.private_key, LIMIT_PEM_BYTES)?);
    let mut encrypted = false;
    let key = SigningKey::from_pem_asking(&pem, || {
        encrypted = true;
        match password.take() {
            Some(password) => Ok(password),
            None => PASSWORD.ask(&format!("Password of {}", with.private_key.display())),
        }
    })
    .map_err(|error| if error.at.is_none() { error.at_path(&with.private_key) } else { error })?;
    if from_file && !encrypted {
        output.note("! the key is not encrypted: its password was not needed");
    }
    Ok(key)
}

fn given(password: &Password) -> Result<Option<Secret>> {
    if password.on_the_command_line.is_some() {
        return Err(Error::new(Code::Usage, "a password on the command line is readable by everyone here")
            .at("--password")
            .help(format!(
                "give {} FILE, set {}, or wait to be asked; this password should be changed",
                PASSWORD.flag, PASSWORD.variable
            )));
    }
    PASSWORD.given(password.password_file.as_deref())
}

/// The password of a new key: given, or asked for twice; none when the answer is empty or nobody is there.
fn new_password(password: &Password) -> Result<Option<Secret>> {
    if let Some(password) = given(password)? {
        return Ok(Some(password));
    }
    if !secrets::can_ask() {
        return Ok(None);
    }
    let first = PASSWORD.ask("Password for the new key (empty for none)")?;
    if first.reveal().is_empty() {
        return Ok(None);
    }
    if PASSWORD.ask("The same again")?.reveal() != first.reveal() {
        return Err(
            Error::new(Code::Usage, "the two passwords differ").help("nothing was written; try again")
        );
    }
    Ok(Some(first))
}

fn generate(
    file: &Path,
    curve: CurveName,
    password: Option<&Secret>,
    force: bool,
    output: &Output,
) -> Result<u8> {
    let key = SigningKey::generate(match curve {
        CurveName::P256 => Curve::P256,
        CurveName::P384 => Curve::P384,
        CurveName::P521 => Curve::P521,
    })?;
    let public_file = write_key_pair(file, &key, password, force)?;
    let (curve, fingerprint) = (key.public().curve().as_str(), key.public().fingerprint());
    let encryption = if password.is_some() { "encrypted" } else { "not encrypted" };
    let human = format!(
        "✓ made  {}  {curve}, {encryption}\n  public key   {}\n  fingerprint  {fingerprint}\n",
        screen(&file.to_string_lossy()),
        screen(&public_file.to_string_lossy()),
    );
    output.print(&human, || {
        json!({
            "schema": "touchmark.key-generated/1",
            "private_key": file.to_string_lossy(),
            "public_key": public_file.to_string_lossy(),
            "curve": curve,
            "encrypted": password.is_some(),
            "fingerprint": fingerprint,
        })
    });
    if password.is_none() {
        output.note("! the key is not encrypted: whoever reads the file can sign as you");
    }
    Ok(0)
}

fn show(file: &Path, password: Option<&Secret>, output: &Output) -> Result<u8> {
    let pem = Zeroizing::new(read_small(file, LIMIT_PEM_BYTES)?);
    let described = describe_key(&pem, password).map_err(|error| error.at_path(file))?;
    let (private, encryption) = (described.private, described.encryption.as_deref());
    let public = described.public.as_ref();
    let row = |label: &str, value: String| vec![format!("  {label}"), value];
    let mut rows: Vec<report::Row> = Vec::new();
    if private {
        rows.push(row("encrypted", encryption.map_or("no".to_owned(), |how| format!("yes, {how}"))));
    }
    match public {
        Some(key) => rows.extend([
            row("curve", key.curve().as_str().to_owned()),
            row("fingerprint", key.fingerprint()),
            row("hint in bundles", key.hint()),
        ]),
        None => rows.push(row(
            "fingerprint",
            format!("unknown: give {} FILE or set {}", PASSWORD.flag, PASSWORD.variable),
        )),
    }
    let human = format!("{} key\n{}", if private { "private" } else { "public" }, report::table(&rows));
    output.print(&human, || {
        json!({
            "schema": "touchmark.key/1",
            "private": private,
            "encryption": encryption,
            "curve": public.map(|key| key.curve().as_str()),
            "fingerprint": public.map(|key| key.fingerprint()),
            "hint": public.map(|key| key.hint()),
        })
    });
    Ok(0)
}
