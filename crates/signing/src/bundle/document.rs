//! Sigstore bundles as OMS uses them (OMS v1.0, 4): an own tolerant parser with limits, because the
//! bundles that exist (`keyid: null`, chains under v0.3) are refused by the Sigstore crates. It reads
//! shapes; whether anything in them is true is not known here.

use crate::check::identity::Method;
use crate::disk::{read_small, read_start, too_large};
use crate::error::{Code, Error, Result};
use crate::hashing::job::sha256_hex;
use crate::json::{self, Object};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

use super::dsse::Envelope;

/// A bundle larger than this is refused before it is read into memory.
pub const LIMIT_BUNDLE_BYTES: u64 = 256 * 1024 * 1024;

/// The verification material of a bundle. Hints only: nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// A bare key: the hint that names it (none in bundles that carry `rawBytes` instead).
    Key {
        /// Hex SHA-256 over the PEM text of the public key.
        hint: Option<String>,
        /// The key that old bundles carry: attacker's data, for display only.
        raw_bytes: Option<Vec<u8>>,
    },
    /// A certificate chain, leaf first, DER.
    Certificate {
        /// The certificates.
        chain: Vec<Vec<u8>>,
    },
    /// A Fulcio leaf with a transparency log entry, DER.
    Sigstore {
        /// The leaf.
        leaf: Vec<u8>,
    },
}

/// A parsed bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// As written.
    pub media_type: String,
    /// Key, chain or Fulcio leaf.
    pub material: Material,
    /// The envelope.
    pub envelope: Envelope,
    /// Number of transparency log entries.
    pub log_entries: usize,
    /// RFC 3161 timestamps over the signature, DER.
    pub timestamps: Vec<Vec<u8>>,
    /// The whole document, for the Sigstore verifier; empty for the other methods, which need it no more.
    pub raw: Vec<u8>,
    /// SHA-256 over the whole document, hex.
    pub digest: String,
}

/// What writers write, and the older spelling of the same version.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const MEDIA_TYPE_OLD: &str = "application/vnd.dev.sigstore.bundle+json;version=0.3";
const MEDIA_TYPE_PREFIX: &str = "application/vnd.dev.sigstore.bundle";
const MATERIALS: [&str; 3] = ["publicKey", "x509CertificateChain", "certificate"];
const MAX_CERTIFICATES: usize = 64;
const MAX_TIMESTAMPS: usize = 16;
const MAX_DEPTH: usize = 64;

/// Where a model's bundle is when nobody says: `model.sig` in its folder, or beside a model that is one file.
pub fn default_signature(model: &Path) -> PathBuf {
    if model.is_dir() { model.join("model.sig") } else { model.with_file_name("model.sig") }
}

impl Bundle {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED` with the field.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&read_bundle(path)?)
    }

    /// Parses a document: no duplicate keys, bounded depth, canonical base64, exactly one signature.
    ///
    /// # Errors
    /// `E-MALFORMED` with the field, `E-TOO-LARGE`.
    pub fn parse(raw: &[u8]) -> Result<Self> {
        Self::parse_with(raw, || sha256_hex(raw))
    }

    /// As [`Bundle::parse`], where the digest of the document may be known already.
    pub(crate) fn parse_with(raw: &[u8], digest: impl FnOnce() -> String) -> Result<Self> {
        if raw.len() as u64 > LIMIT_BUNDLE_BYTES {
            return Err(too_large(LIMIT_BUNDLE_BYTES));
        }
        let document = json::parse(raw, MAX_DEPTH)?;
        let bundle = Object::root(&document)?;
        bundle.only(&["mediaType", "verificationMaterial", "dsseEnvelope"])?;
        let media_type = bundle.text("mediaType")?;
        if !media_type.starts_with(MEDIA_TYPE_PREFIX) {
            return Err(bundle
                .fault("mediaType", "not a Sigstore bundle")
                .help(format!("expected {MEDIA_TYPE}; check that this is the model's signature file")));
        }
        let verification = bundle.object("verificationMaterial")?;
        let material = parse_material(&verification)?;
        if !matches!(material, Material::Sigstore { .. })
            && ![MEDIA_TYPE, MEDIA_TYPE_OLD].contains(&media_type)
        {
            return Err(bundle
                .fault("mediaType", "not the version of bundles that keys and certificates are written in")
                .help(format!("expected {MEDIA_TYPE}")));
        }
        let log_entries = match verification.get_some("tlogEntries") {
            Some(_) => verification.list("tlogEntries")?.len(),
            None => 0,
        };
        // OMS 4.1: a keyless signature comes with its log entry.
        if log_entries == 0 && matches!(material, Material::Sigstore { .. }) {
            return Err(
                verification.fault("tlogEntries", "a keyless signature without a transparency log entry")
            );
        }
        let timestamps = match verification.get_some("timestampVerificationData") {
            Some(_) => {
                let stamps = verification.object("timestampVerificationData")?;
                match stamps.get_some("rfc3161Timestamps") {
                    Some(_) => parse_timestamps(&stamps, &material)?,
                    None => Vec::new(),
                }
            }
            None => Vec::new(),
        };
        let raw_kept = match material {
            Material::Sigstore { .. } => raw.to_vec(),
            _ => Vec::new(),
        };
        Ok(Bundle {
            media_type: media_type.to_owned(),
            material,
            envelope: parse_envelope(&bundle.object("dsseEnvelope")?)?,
            log_entries,
            timestamps,
            digest: digest(),
            raw: raw_kept,
        })
    }

    /// How it was signed, told from the material.
    pub fn method(&self) -> Method {
        match self.material {
            Material::Key { .. } => Method::Key,
            Material::Certificate { .. } => Method::Certificate,
            Material::Sigstore { .. } => Method::Sigstore,
        }
    }

    /// The document to write for a key or certificate signature, pretty JSON with a trailing line feed.
    ///
    /// # Errors
    /// `E-INTERNAL` when it cannot be JSON.
    pub fn to_json(material: &Material, envelope: &Envelope, timestamps: &[Vec<u8>]) -> Result<Vec<u8>> {
        let mut verification = match material {
            Material::Key { hint: Some(hint), .. } => json!({"publicKey": {"hint": hint}, "tlogEntries": []}),
            Material::Certificate { chain } => {
                let certificates: Vec<Value> =
                    chain.iter().map(|der| json!({"rawBytes": STANDARD.encode(der)})).collect();
                json!({"x509CertificateChain": {"certificates": certificates}, "tlogEntries": []})
            }
            _ => return Err(Error::new(Code::Internal, "no bundle is written for this material")),
        };
        if !timestamps.is_empty() {
            let stamps: Vec<Value> =
                timestamps.iter().map(|der| json!({"signedTimestamp": STANDARD.encode(der)})).collect();
            if let Some(material) = verification.as_object_mut() {
                let stamps = json!({"rfc3161Timestamps": stamps});
                material.insert("timestampVerificationData".to_owned(), stamps);
            }
        }
        let document = json!({
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": verification,
            "dsseEnvelope": {
                "payload": STANDARD.encode(&envelope.payload),
                "payloadType": envelope.payload_type,
                "signatures": [{"sig": STANDARD.encode(&envelope.signature), "keyid": ""}],
            },
        });
        let mut text = serde_json::to_vec_pretty(&document)
            .map_err(|cause| Error::new(Code::Internal, format!("the bundle cannot be written ({cause})")))?;
        text.push(b'\n');
        Ok(text)
    }
}

/// Reads a file that may hold a bundle. A large one that cannot be one by its first bytes is not read whole.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`.
pub(crate) fn read_bundle(path: &Path) -> Result<Vec<u8>> {
    const LARGE: u64 = 1024 * 1024;
    const HEAD: u64 = 4096;
    let unreadable = |cause: std::io::Error| Error::read(path, &cause);
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_file() && (LARGE..=LIMIT_BUNDLE_BYTES).contains(&metadata.len()) {
        let head = read_start(path, HEAD)?;
        let known = ["mediaType", "verificationMaterial", "dsseEnvelope"];
        let first = head.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        let first = first.and_then(|rest| rest.strip_prefix(b"\""));
        if !first.is_some_and(|rest| known.iter().any(|key| rest.starts_with(key.as_bytes()))) {
            return Err(Error::new(Code::Malformed, "does not begin as a Sigstore bundle does")
                .at_path(path)
                .help("check that this is the model's signature file"));
        }
    }
    read_small(path, LIMIT_BUNDLE_BYTES)
}

fn parse_material(verification: &Object) -> Result<Material> {
    let present: Vec<&str> = MATERIALS.into_iter().filter(|kind| verification.get(kind).is_some()).collect();
    let [kind] = present.as_slice() else {
        let list = MATERIALS.join(", ");
        return Err(Error::new(Code::Malformed, format!("should hold exactly one of {list}"))
            .at("verificationMaterial")
            .help("the bundle does not say how it was signed; get it again from its publisher"));
    };
    let material = verification.object(kind)?;
    Ok(match *kind {
        "publicKey" => {
            let hint = material.get("hint").map(|_| material.text("hint")).transpose()?;
            let raw_bytes = material.get("rawBytes").map(|_| base64(&material, "rawBytes")).transpose()?;
            if hint.is_none() && raw_bytes.is_none() {
                return Err(material.fault("hint", "required field is missing"));
            }
            // The reference takes an empty hint for none.
            Material::Key { hint: hint.filter(|hint| !hint.is_empty()).map(str::to_owned), raw_bytes }
        }
        "x509CertificateChain" => {
            let list = material.list("certificates")?;
            if list.is_empty() || list.len() > MAX_CERTIFICATES {
                let what = format!("should hold 1 to {MAX_CERTIFICATES} certificates");
                return Err(material.fault("certificates", what));
            }
            let place = material.place("certificates");
            let certificates = list.iter().enumerate();
            let chain = certificates
                .map(|(index, item)| base64(&Object::item(item, &place, index)?, "rawBytes"))
                .collect::<Result<_>>()?;
            Material::Certificate { chain }
        }
        _ => Material::Sigstore { leaf: base64(&material, "rawBytes")? },
    })
}

/// Those of keyless bundles are for the Sigstore verifier, and only counted here.
fn parse_timestamps(stamps: &Object, material: &Material) -> Result<Vec<Vec<u8>>> {
    let list = stamps.list("rfc3161Timestamps")?;
    if matches!(material, Material::Sigstore { .. }) {
        return Ok(vec![Vec::new(); list.len()]);
    }
    if list.len() > MAX_TIMESTAMPS {
        let what = format!("should hold at most {MAX_TIMESTAMPS} timestamps");
        return Err(stamps.fault("rfc3161Timestamps", what));
    }
    let place = stamps.place("rfc3161Timestamps");
    let items = list.iter().enumerate();
    items.map(|(index, item)| base64(&Object::item(item, &place, index)?, "signedTimestamp")).collect()
}

fn parse_envelope(envelope: &Object) -> Result<Envelope> {
    envelope.only(&["payload", "payloadType", "signatures"])?;
    let [signature] = envelope.list("signatures")? else {
        return Err(envelope
            .fault("signatures", "should hold exactly one signature")
            .help("with several, readers disagree about which one counts; sign again"));
    };
    let signature = Object::item(signature, "dsseEnvelope.signatures", 0)?;
    signature.only(&["sig", "keyid"])?;
    // OMS 4.1: absent, empty or null.
    if signature.get_some("keyid").is_some_and(|keyid| keyid.as_str() != Some("")) {
        return Err(signature.fault("keyid", "should be absent, empty or null"));
    }
    Ok(Envelope {
        payload_type: envelope.text("payloadType")?.to_owned(),
        payload: base64(envelope, "payload")?,
        signature: base64(&signature, "sig")?,
    })
}

/// Standard base64 in its one canonical form: padding, no white space, no stray bits.
fn base64(object: &Object, key: &str) -> Result<Vec<u8>> {
    let bytes = STANDARD.decode(object.text(key)?).map_err(|_| object.fault(key, "not canonical base64"))?;
    if bytes.is_empty() { Err(object.fault(key, "is empty")) } else { Ok(bytes) }
}
