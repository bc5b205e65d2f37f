//! What a file holds, without trusting any of it. It shows and never judges.

use crate::bundle::document::{Bundle, LIMIT_BUNDLE_BYTES, Material};
use crate::bundle::manifest::{Statement, outline};
use crate::disk::{read_small, read_start};
use crate::error::{Code, Error, Result};
use crate::files::formats::{self, Format};
use crate::foreign;
use crate::foreign::seen::{ForeignSignature, ForeignState};
use crate::keys::files::{holds_private_key, is_recognised};
use crate::keys::public::PublicKey;
use crate::sigstore::identity::claimed_identity;
use crate::time::token;
use crate::words::parse::ADD_OMS;
use crate::x509::file;
use std::path::Path;

use super::inspection::Inspection;
use super::{anchor, other};

const HEAD_BYTES: u64 = 4096;
/// Of what is often taken for a signature.
const LIMIT_OTHER_BYTES: u64 = 4 * 1024 * 1024;
const LIMIT_PEM_BYTES: u64 = 8 * 1024 * 1024;
const SHOWN_RESOURCES: usize = 20;
const SHOWN_LINES: usize = 100;

/// Says what a bundle, a certificate, a public key, a `claims.jsonl`, a safetensors or GGUF file, or a
/// signature of another kind holds.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` when it is none of these.
pub fn inspect(path: &Path) -> Result<Inspection> {
    let unreadable = |cause: std::io::Error| Error::read(path, &cause);
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Error::new(Code::Read, "not a regular file").at_path(path).help("name one file"));
    }
    if std::fs::metadata(path).map_err(unreadable)?.len() == 0 {
        return Err(Error::new(Code::Malformed, "the file is empty").at_path(path));
    }
    match formats::read(path).map_err(unreadable)? {
        Format::Safetensors { tensors, header_bytes, metadata } => {
            let mut seen = Inspection::new("safetensors file, its header only");
            seen.add("tensors", tensors.to_string());
            seen.add("header", format!("{header_bytes} bytes"));
            for (key, value) in metadata.iter().take(SHOWN_LINES) {
                seen.add("metadata, as the file says", format!("{key} = {value}"));
            }
            return Ok(seen);
        }
        Format::Gguf { version, tensors, pairs } => {
            let mut seen = Inspection::new("GGUF file, its header only");
            seen.add("version", version.to_string());
            seen.add("tensors", tensors.to_string());
            seen.add("metadata", format!("{pairs} pairs"));
            return Ok(seen);
        }
        _ => {}
    }
    if let Some(found) = foreign::recognise(path) {
        return Ok(show_foreign(found));
    }
    let head = read_start(path, HEAD_BYTES)?;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= LIMIT_OTHER_BYTES)
        && let Some(seen) = other::of(&read_small(path, LIMIT_OTHER_BYTES)?)
    {
        return Ok(seen);
    }
    let starts_as_json = head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let seen = if starts_as_json {
        json(&read_small(path, LIMIT_BUNDLE_BYTES)?)
    } else {
        certificates_or_keys(&read_small(path, LIMIT_PEM_BYTES)?)
    };
    seen.map_err(|error| match error.at.clone() {
        Some(field) => error.at(format!("{}, in {}", field.raw(), path.display())),
        None => error.at_path(path),
    })
}

fn json(raw: &[u8]) -> Result<Inspection> {
    match Bundle::parse_to_show(raw) {
        Ok(bundle) => {
            let mut seen = Inspection::new(format!("Sigstore bundle, {}", bundle.method().as_str()));
            show_bundle(&mut seen, &bundle);
            Ok(seen)
        }
        Err(refused) => {
            let root = || anchor::of_root(&crate::json::parse(raw, 32).ok()?);
            claims(raw).or_else(root).ok_or_else(|| other::refused(raw, refused))
        }
    }
}

fn show_foreign(found: ForeignSignature) -> Inspection {
    let mut seen = Inspection::new(format!("{}: not an OMS signature", found.kind.words()));
    seen.add("note", "as the file says; it never lets a check pass");
    if let Some(signer) = found.signer {
        seen.add("claimed signer", signer);
    }
    for name in found.covers.iter().take(SHOWN_RESOURCES) {
        seen.add("covers", name.clone());
    }
    let more = found.covers.len().saturating_sub(SHOWN_RESOURCES);
    if more > 0 {
        seen.add("covers", format!("and {more} more"));
    }
    seen.add("state", found.state.words());
    if let Some(note) = found.note {
        seen.add("found", note);
    }
    if found.state != ForeignState::Malformed {
        seen.add("to have OMS", ADD_OMS);
    }
    seen
}

fn show_bundle(seen: &mut Inspection, bundle: &Bundle) {
    seen.add("note", "as the bundle says; nothing was checked");
    seen.add("media type", bundle.media_type.as_str());
    seen.add("digest of the bundle", format!("sha256:{}", bundle.digest));
    match &bundle.material {
        Material::Key { hint, raw_bytes } => {
            if let Some(hint) = hint {
                seen.add("key hint", hint.as_str());
            }
            let carried = raw_bytes.as_ref().and_then(|raw| PublicKey::any_from_pem(raw).ok());
            if let Some(key) = carried {
                seen.add("key carried along", key.fingerprint());
            }
        }
        Material::Certificate { chain } => {
            for (index, der) in chain.iter().enumerate() {
                seen.certificate(&format!("certificate {}", index + 1), der);
            }
        }
        Material::Sigstore { leaf } => {
            if let Some(identity) = claimed_identity(leaf) {
                seen.add("signer", identity.subject);
                seen.add("identity provider", identity.issuer.unwrap_or_default());
            }
            seen.certificate("certificate", leaf);
            if bundle.log_entries == 0 {
                seen.add(
                    "incomplete",
                    "no transparency log entry, without which a keyless signature never verifies",
                );
            }
        }
    }
    seen.add("log entries", bundle.log_entries.to_string());
    seen.add("timestamps", bundle.timestamps.len().to_string());
    for stamp in bundle.timestamps.iter().filter(|stamp| !stamp.is_empty()) {
        seen.add("  timestamp", token::describe(stamp));
    }
    seen.add("payload type", bundle.envelope.payload_type.as_str());
    match Statement::parse(&bundle.envelope.payload) {
        Ok(statement) => show_statement(seen, &statement),
        Err(error) => {
            let statement = outline(&bundle.envelope.payload);
            let said = statement.and_then(|s| Some(s.get("predicateType")?.as_str()?.to_owned()));
            seen.add("predicate type", said.unwrap_or_else(|| "not readable".to_owned()));
            seen.add("not a model signature", error.what);
        }
    }
}

fn show_statement(seen: &mut Inspection, statement: &Statement) {
    let manifest = &statement.manifest;
    let recorded = &manifest.serialization;
    if statement.legacy {
        seen.add("statement", "version 0.2.0, before OMS");
    } else {
        seen.add("subject", statement.subject_name.clone());
        let said = statement.subject_digest.map(|digest| digest.to_string()).unwrap_or_default();
        seen.add("root digest", said);
    }
    let root = manifest.root_digest();
    if statement.subject_digest.is_some_and(|digest| digest != root) {
        seen.add("root digest of the listed files", root.to_string());
    }
    seen.add("hash", recorded.hash.as_str());
    if let Some(size) = recorded.shard_size {
        seen.add("shard size", format!("{size} bytes"));
    }
    seen.add("follows links", if recorded.allow_symlinks { "yes" } else { "no" });
    for ignored in recorded.ignore_paths.iter().take(SHOWN_RESOURCES) {
        seen.add("left out", ignored.as_str());
    }
    seen.add("resources", manifest.resources.len().to_string());
    for resource in manifest.resources.iter().take(SHOWN_RESOURCES) {
        seen.add("  resource", format!("{}  {}", hex::encode(&resource.digest), resource.name));
    }
    let more = manifest.resources.len().saturating_sub(SHOWN_RESOURCES);
    if more > 0 {
        seen.add("  resource", format!("and {more} more"));
    }
}

/// A file of JSON lines, each a bundle.
fn claims(raw: &[u8]) -> Option<Inspection> {
    let lines: Vec<&[u8]> =
        raw.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    let parsed: Vec<Result<Bundle>> =
        lines.iter().take(SHOWN_LINES).map(|line| Bundle::parse(line)).collect();
    if !parsed.iter().any(Result::is_ok) {
        return None;
    }
    let mut seen = Inspection::new("claims, one bundle a line");
    seen.add("note", "as the bundles say; nothing was checked");
    seen.add("lines", lines.len().to_string());
    for (index, bundle) in parsed.iter().enumerate() {
        let label = format!("line {}", index + 1);
        match bundle {
            Ok(bundle) => {
                let statement = outline(&bundle.envelope.payload);
                let said = statement.and_then(|s| Some(s.get("predicateType")?.as_str()?.to_owned()));
                let said = said.unwrap_or_else(|| "no predicate type".to_owned());
                seen.add(label, format!("{}, {said}", bundle.method().as_str()));
            }
            Err(error) => seen.add(label, format!("not a bundle: {}", error.what)),
        }
    }
    Some(seen)
}

fn certificates_or_keys(raw: &[u8]) -> Result<Inspection> {
    let none = || {
        Error::new(Code::Malformed, "none of the files that can be looked into").help(
            "known are bundles, claims.jsonl, certificates and public keys in PEM, safetensors and GGUF files",
        )
    };
    let keys = PublicKey::every_from(raw);
    if let Ok(keys) = &keys {
        return Ok(anchor::of_keys(keys));
    }
    if raw.windows(11).any(|window| window == b"PRIVATE KEY") || holds_private_key(raw) {
        return Ok(Inspection::new("private key; it is not read here"));
    }
    match (file::certificates_from_pem(raw), keys) {
        (Ok(certificates), _) => Ok(anchor::of_certificates(&certificates)),
        // They are certificates, and too many.
        (Err(error), _) if error.code == Code::TooLarge => Err(error),
        // It is known by sight, and says so.
        (Err(_), Err(error)) if is_recognised(raw) => Err(error),
        (Err(_), _) => Err(none()),
    }
}
