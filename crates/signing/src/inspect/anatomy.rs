//! What a signature holds, part by part, beside what a verification said of it: every file, the certificates up to the
//! trusted one, log entries, the statement, the document itself. It shows and never judges: what is proven is for the
//! checks to say.

use crate::bundle::document::{Bundle, Material};
use crate::bundle::manifest::{Statement, outline};
use crate::check::step::Check;
use crate::files::each::{FileSeen, every_file};
use crate::files::report::FilesReport;
use crate::hashing::job::sha256_hex;
use crate::keys::public::PublicKey;
use crate::text::Untrusted;
use crate::time::token;
use crate::trust::anchor::Trust;

use super::logged::{LoggedEntry, logged};
use super::path::{CertificateSeen, path};
use super::pretty::{RawText, raw_text};

/// Ignored paths that are shown; the others are counted.
const SHOWN_PATHS: usize = 200;

/// What a signature holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Anatomy {
    /// Every file, those that are not as signed first.
    pub files: Vec<FileSeen>,
    /// Of a signature with certificates: from the one that signed upwards, then those that stand apart.
    pub certificates: Vec<CertificateSeen>,
    /// Of a signature with a bare key: what the bundle says of the key. It names a key and proves nothing.
    pub key: Vec<(&'static str, Untrusted)>,
    /// Entries of a transparency log that the bundle brings, as it says.
    pub log: Vec<LoggedEntry>,
    /// Timestamps that the bundle brings, as they say.
    pub timestamps: Vec<Untrusted>,
    /// What was signed.
    pub statement: Vec<(&'static str, Untrusted)>,
    /// The document.
    pub raw: RawText,
    /// Why it cannot be taken apart.
    pub fault: Option<Untrusted>,
}

/// Takes a signature apart. `chain` is what was found of its certificates, `trust` what they may lead to.
pub fn anatomy(bundle: Option<&[u8]>, report: &FilesReport, chain: Option<&Check>, trust: &Trust) -> Anatomy {
    let mut seen = Anatomy::default();
    let Some(bytes) = bundle else {
        seen.files = every_file(None, report);
        return seen;
    };
    seen.raw = raw_text(bytes);
    let bundle = match Bundle::parse_to_show(bytes) {
        Ok(bundle) => bundle,
        Err(error) => {
            let at = error.at.as_ref().map(|at| format!(" ({})", at.raw())).unwrap_or_default();
            seen.fault = Some(format!("{}{at}", error.what).into());
            seen.files = every_file(None, report);
            return seen;
        }
    };
    match &bundle.material {
        Material::Key { hint, raw_bytes } => {
            if let Some(hint) = hint {
                seen.key.push(("key hint", hint.as_str().into()));
            }
            let carried = raw_bytes.as_ref().and_then(|raw| PublicKey::any_from_pem(raw).ok());
            if let Some(key) = carried {
                let carried = format!("{} {}", key.kind().as_str(), key.fingerprint());
                seen.key.push(("key carried along", carried.into()));
            }
        }
        Material::Certificate { chain: certificates } => seen.certificates = path(certificates, chain, trust),
        Material::Sigstore { leaf } => {
            seen.certificates = path(std::slice::from_ref(leaf), chain, trust);
        }
    }
    seen.log = logged(bytes);
    seen.timestamps = bundle.timestamps.iter().map(|stamp| token::describe(stamp)).collect();
    let statement = Statement::parse(&bundle.envelope.payload);
    seen.statement = signed(&bundle, statement.as_ref().ok());
    if let Err(error) = &statement {
        seen.statement.push(("not a model signature", error.what.as_str().into()));
    }
    seen.files = every_file(statement.as_ref().ok(), report);
    seen
}

fn signed(bundle: &Bundle, statement: Option<&Statement>) -> Vec<(&'static str, Untrusted)> {
    let mut rows: Vec<(&'static str, Untrusted)> = Vec::new();
    let outlined = outline(&bundle.envelope.payload);
    let kind = outlined.as_ref().and_then(|said| said.get("predicateType")?.as_str().map(str::to_owned));
    rows.push(("predicate type", kind.unwrap_or_else(|| "not readable".to_owned()).into()));
    rows.push(("payload type", bundle.envelope.payload_type.as_str().into()));
    let payload = &bundle.envelope.payload;
    rows.push(("payload", format!("{} bytes, sha256 {}", payload.len(), sha256_hex(payload)).into()));
    rows.push(("media type", bundle.media_type.as_str().into()));
    let Some(statement) = statement else { return rows };
    let manifest = &statement.manifest;
    let recorded = &manifest.serialization;
    if statement.legacy {
        rows.push(("statement", "version 0.2.0, before OMS v1.0: it names no model".into()));
    } else {
        rows.push(("subject", statement.subject_name.clone()));
        let said = statement.subject_digest.map(|digest| digest.to_string()).unwrap_or_default();
        rows.push(("root digest", said.into()));
    }
    let root = manifest.root_digest();
    if statement.subject_digest.is_none_or(|digest| digest != root) {
        rows.push(("root as listed", root.to_string().into()));
    }
    rows.push(("hash", recorded.hash.as_str().into()));
    let method = match recorded.shard_size {
        Some(size) => format!("shards of {size} bytes"),
        None => "one digest a file".to_owned(),
    };
    rows.push(("serialization", method.into()));
    rows.push(("resources", manifest.resources.len().to_string().into()));
    rows.push(("follows links", if recorded.allow_symlinks { "yes" } else { "no" }.into()));
    if recorded.ignore_paths.is_empty() {
        rows.push(("ignores", "nothing".into()));
    }
    for ignored in recorded.ignore_paths.iter().take(SHOWN_PATHS) {
        rows.push(("ignores", ignored.as_str().into()));
    }
    let more = recorded.ignore_paths.len().saturating_sub(SHOWN_PATHS);
    if more > 0 {
        rows.push(("ignores", format!("and {more} more").into()));
    }
    rows
}
