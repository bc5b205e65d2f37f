//! `key generate`, `key show`: makes a key pair, and describes the key in a file. It never shows a secret.

use crate::cli::common::Common;
use crate::cli::flags::{Password, read_key};
use crate::cli::output::Output;
use crate::cli::secrets::{self, PASSWORD};
use crate::documents::{KeyDocument, KeyGeneratedDocument, names};
use crate::error::{Code, Error, Result};
use crate::report;
use crate::signing::{Curve, Secret, SigningKey, describe_key, settle_key_pair, write_key_pair};
use crate::text::screen;
use clap::{Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// The commands of `key`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    Generate {
        /// Where the private key goes
        file: PathBuf,
        /// The curve
        #[arg(long, value_enum, default_value_t = CurveName::P384, ignore_case = true)]
        curve: CurveName,
        #[command(flatten)]
        password: Password,
        /// Do not encrypt the key, and do not ask for a password
        #[arg(long, conflicts_with = "password_file")]
        no_password: bool,
        /// Replace a pair of that name
        #[arg(long)]
        force: bool,
    },
    Show {
        /// File of a private or public key: PEM, DER, JWK, OpenSSH or cosign's
        file: PathBuf,
        #[command(flatten)]
        password: Password,
    },
}

/// The curves of OMS.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CurveName {
    /// SHA-256.
    #[value(name = "P-256", aliases = ["p256", "prime256v1", "secp256r1"])]
    P256,
    /// SHA-384.
    #[value(name = "P-384", aliases = ["p384", "secp384r1"])]
    P384,
    /// SHA-512.
    #[value(name = "P-521", aliases = ["p521", "secp521r1"])]
    P521,
}

pub(super) fn run(arguments: &KeyCommand, common: &Common, output: &Output) -> Result<u8> {
    secrets::keep_out_of_core_dumps();
    match arguments {
        KeyCommand::Generate { file, curve, password, no_password, force } => {
            let password = if *no_password { None } else { new_password(password)? };
            generate(file, *curve, password.as_ref(), *force, output)
        }
        KeyCommand::Show { file, password } => {
            show(file, password.given()?.as_ref(), common.read_only, output)
        }
    }
}

/// The password of a new key: given, or asked for twice; none when the answer is empty.
fn new_password(password: &Password) -> Result<Option<Secret>> {
    if let Some(password) = password.given()? {
        return Ok(Some(password));
    }
    if !secrets::can_ask() {
        return Err(Error::new(
            Code::Terminal,
            "no password for the new key, and no terminal to ask for one",
        )
        .help(format!(
            "give {} FILE or set {}, or write the key unencrypted with --no-password; nothing was written",
            PASSWORD.flag, PASSWORD.variable
        )));
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
    let (curve, fingerprint) = (key.curve().as_str(), key.public().fingerprint());
    let encryption = if password.is_some() { "encrypted" } else { "not encrypted" };
    let human = format!(
        "✓ made  {}  {curve}, {encryption}\n  public key   {}\n  fingerprint  {fingerprint}\n",
        screen(&file.to_string_lossy()),
        screen(&public_file.to_string_lossy()),
    );
    output.print(&human, || KeyGeneratedDocument {
        schema: names::KeyGenerated,
        private_key: file.to_string_lossy(),
        public_key: public_file.to_string_lossy(),
        curve,
        encrypted: password.is_some(),
        fingerprint: &fingerprint,
    });
    if password.is_none() {
        output.note("! the key is not encrypted: anyone who reads the file can sign as you");
    }
    Ok(0)
}

fn show(file: &Path, password: Option<&Secret>, read_only: bool, output: &Output) -> Result<u8> {
    if !read_only {
        settle_key_pair(file)?;
    }
    let pem = read_key(file)?;
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
            row("curve", key.kind().as_str().to_owned()),
            row("fingerprint", key.fingerprint()),
            row("hint in bundles", key.hint()),
        ]),
        None => rows.push(row(
            "fingerprint",
            format!("unknown: give {} FILE or set {}", PASSWORD.flag, PASSWORD.variable),
        )),
    }
    let human = format!("{} key\n{}", if private { "private" } else { "public" }, report::table(&rows));
    output.print(&human, || KeyDocument {
        schema: names::Key,
        private,
        encryption,
        curve: public.map(|key| key.kind().as_str()),
        fingerprint: public.map(|key| key.fingerprint()),
        hint: public.map(|key| key.hint()),
    });
    Ok(0)
}
