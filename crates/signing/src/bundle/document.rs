//! Sigstore bundles as OMS uses them (OMS v1.0, 4): an own tolerant parser with limits, because the
//! bundles that exist (`keyid: null`, chains under v0.3) are refused by the Sigstore crates. It reads
//! shapes; whether anything in them is true is not known here.

use crate::check::identity::Method;
use crate::disk::{read_small, read_start, too_large};
use crate::error::{Code, Error, Result};
use crate::hashing::job::sha256_hex;
use crate::json::{self, Object};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
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
    /// The whole document, for the Sigstore verifier, in a form that it reads; empty for the other methods, which need
    /// it no more. What was signed is in it byte for byte.
    pub raw: Vec<u8>,
    /// SHA-256 over the whole document, hex.
    pub digest: String,
}

/// The type of a bare envelope.
const ENVELOPE_TYPE: &str = "application/vnd.dsse.envelope.v1+json";
/// Signatures of a bare envelope.
const MAX_SIGNATURES: usize = 16;
/// What writers write.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The versions that are known, the oldest first; the last two are spellings of one.
const MEDIA_TYPES: [(&str, Version); 4] = [
    ("application/vnd.dev.sigstore.bundle+json;version=0.1", Version::Old),
    (MEDIA_TYPE_WITH_CHAIN, Version::Old),
    ("application/vnd.dev.sigstore.bundle+json;version=0.3", Version::Current),
    (MEDIA_TYPE, Version::Current),
];
/// The last version in which a keyless bundle may hold a chain.
const MEDIA_TYPE_WITH_CHAIN: &str = "application/vnd.dev.sigstore.bundle+json;version=0.2";
const MEDIA_TYPE_PREFIX: &str = "application/vnd.dev.sigstore.bundle";
/// What later versions are later than.
const LAST_VERSION: (u64, u64) = (0, 3);
/// How a certificate names the extensions in which Fulcio writes who vouched for the signer: 1.3.6.1.4.1.57264.1.1 and
/// 1.3.6.1.4.1.57264.1.8, in DER.
const FULCIO_ISSUERS: [[u8; 12]; 2] = [
    [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x01],
    [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x08],
];
const MATERIALS: [&str; 3] = ["publicKey", "x509CertificateChain", "certificate"];
const MAX_CERTIFICATES: usize = 64;
const MAX_TIMESTAMPS: usize = 16;
const MAX_DEPTH: usize = 64;

/// Where a model's bundle is when nobody says: `model.sig` in its folder, or beside a model that is one file.
pub fn default_signature(model: &Path) -> PathBuf {
    if model.is_dir() { model.join("model.sig") } else { model.with_file_name("model.sig") }
}

impl Bundle {
    /// Reads and parses a file. Nothing is verified by that.
    ///
    /// ```
    /// # use touchmark_signing::{Curve, Progress, SignOptions, SigningKey, sign_key};
    /// use touchmark_signing::{Bundle, Statement};
    ///
    /// # let model = tempfile::tempdir()?;
    /// # std::fs::write(model.path().join("model.safetensors"), b"weights")?;
    /// # let file = model.path().join("model.sig");
    /// # let key = SigningKey::generate(Curve::P256)?;
    /// # sign_key(model.path(), &key, &SignOptions::to(&file), &Progress::default())?;
    /// let bundle = Bundle::read(&file)?;
    /// let statement = Statement::parse(&bundle.envelope.payload)?;
    /// for resource in &statement.manifest.resources {
    ///     println!("{} bytes of digest for {:?}", resource.digest.len(), resource.name);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        Self::parse_document(json::parse(raw, MAX_DEPTH)?, raw, digest, Accept::Oms)
    }

    /// As [`Bundle::parse`], also where a version is older than OMS has keys and certificates in. To be shown, not to be
    /// judged.
    pub(crate) fn parse_to_show(raw: &[u8]) -> Result<Self> {
        Self::parse_document(json::parse(raw, MAX_DEPTH)?, raw, || sha256_hex(raw), Accept::AnyVersion)
    }

    /// Parses a bare DSSE envelope with one or more signatures. Returns one bundle per signature, all with
    /// the same document. Ignores key hints (`keyid`): they are not signed, and tools disagree on their
    /// meaning.
    ///
    /// # Errors
    /// `E-MALFORMED` with the field, `E-TOO-LARGE`.
    pub fn parse_envelope(raw: &[u8]) -> Result<Vec<Self>> {
        if raw.len() as u64 > LIMIT_BUNDLE_BYTES {
            return Err(too_large(LIMIT_BUNDLE_BYTES));
        }
        let document = json::parse(raw, MAX_DEPTH)?;
        let envelope = Object::root(&document)?;
        let payload_type = envelope.text("payloadType")?.to_owned();
        let payload = base64_of_dsse(&envelope, "payload")?;
        let signatures = envelope.list("signatures")?;
        if signatures.is_empty() || signatures.len() > MAX_SIGNATURES {
            return Err(envelope.fault("signatures", format!("should hold 1 to {MAX_SIGNATURES} signatures")));
        }
        let digest = sha256_hex(raw);
        let mut bundles: Vec<Bundle> = Vec::new();
        for (index, item) in signatures.iter().enumerate() {
            let signature = base64_of_dsse(&Object::item(item, "signatures", index)?, "sig")?;
            if bundles.iter().any(|bundle| bundle.envelope.signature == signature) {
                continue;
            }
            bundles.push(Bundle {
                media_type: ENVELOPE_TYPE.to_owned(),
                material: Material::Key { hint: None, raw_bytes: None },
                envelope: Envelope {
                    payload_type: payload_type.clone(),
                    payload: payload.clone(),
                    signature,
                },
                log_entries: 0,
                timestamps: Vec::new(),
                raw: Vec::new(),
                digest: digest.clone(),
            });
        }
        Ok(bundles)
    }

    fn parse_document(
        document: Value,
        raw: &[u8],
        digest: impl FnOnce() -> String,
        accept: Accept,
    ) -> Result<Self> {
        let bundle = Object::root(&document)?;
        // Before its fields: those of a later version may be others.
        if let Some(said) = bundle.get("mediaType").and_then(Value::as_str).and_then(version_to_come) {
            return Err(bundle
                .fault(
                    "mediaType",
                    format!("version {said} of Sigstore bundles is not known to this program"),
                )
                .help("get a newer Touchmark, or a signature in a bundle of version 0.3"));
        }
        bundle.only(&["mediaType", "verificationMaterial", "dsseEnvelope"])?;
        let media_type = bundle.text("mediaType")?;
        let Some((_, version)) = MEDIA_TYPES.iter().find(|(known, _)| *known == media_type) else {
            let is_bundle = media_type.starts_with(MEDIA_TYPE_PREFIX);
            let what = if is_bundle { "no version of Sigstore bundles" } else { "not a Sigstore bundle" };
            return Err(bundle
                .fault("mediaType", what)
                .help(format!("expected {MEDIA_TYPE}; check that this is the model's signature file")));
        };
        let verification = bundle.object("verificationMaterial")?;
        let log_entries = match verification.get_some("tlogEntries") {
            Some(_) => verification.list("tlogEntries")?.len(),
            None => 0,
        };
        let (material, form) = parse_material(&verification, log_entries)?;
        let is_keyless = matches!(material, Material::Sigstore { .. });
        if !is_keyless && *version == Version::Old && accept == Accept::Oms {
            return Err(bundle
                .fault("mediaType", "not the version of bundles that keys and certificates are written in")
                .help(format!("expected {MEDIA_TYPE}")));
        }
        // OMS 4.1: a keyless signature comes with its log entry.
        if log_entries == 0 && is_keyless && accept == Accept::Oms {
            return Err(without_log_entry(&verification, &material));
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
        let media_type = media_type.to_owned();
        let (envelope, has_key_id) = parse_envelope(&bundle.object("dsseEnvelope")?)?;
        let needs =
            Rewrite { key_id: !has_key_id, chain: form == Form::Chain && *version == Version::Current };
        let raw = if is_keyless { needs.applied(document, raw)? } else { Vec::new() };
        Ok(Bundle { media_type, material, envelope, log_entries, timestamps, digest: digest(), raw })
    }

    /// Whether it was a bare DSSE envelope: then no key, certificate or log entry came with it.
    pub fn is_bare(&self) -> bool {
        self.media_type == ENVELOPE_TYPE
    }

    /// How it was signed, told from the material.
    pub fn method(&self) -> Method {
        match self.material {
            Material::Key { .. } => Method::Key,
            Material::Certificate { .. } => Method::Certificate,
            Material::Sigstore { .. } => Method::Sigstore,
        }
    }

    /// Whether Fulcio issued the certificate of a chain, and no log entry says when it was used: what might have been
    /// meant as keyless, and is judged like any chain.
    pub(crate) fn lacks_log(&self) -> bool {
        let Material::Certificate { chain } = &self.material else { return false };
        self.log_entries == 0 && chain.first().is_some_and(|leaf| is_of_fulcio(leaf))
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

/// How old the form of a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// 0.1 and 0.2: keyless bundles hold a chain.
    Old,
    /// 0.3, which OMS uses.
    Current,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accept {
    /// What OMS asks for.
    Oms,
    /// Any version that is known.
    AnyVersion,
}

/// How the certificate is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Alone,
    Chain,
}

/// What of a keyless bundle the Sigstore verifier does not take, though it changes nothing of what was signed.
struct Rewrite {
    /// `keyid` is null or absent: OMS 4.1 allows both, and nothing verifies by it.
    key_id: bool,
    /// A chain under version 0.3: version 0.2 is the same with chains.
    chain: bool,
}

impl Rewrite {
    fn applied(&self, mut document: Value, raw: &[u8]) -> Result<Vec<u8>> {
        if !self.key_id && !self.chain {
            return Ok(raw.to_vec());
        }
        if self.chain
            && let Some(media_type) = document.get_mut("mediaType")
        {
            *media_type = MEDIA_TYPE_WITH_CHAIN.into();
        }
        if self.key_id
            && let Some(signature) = document.pointer_mut("/dsseEnvelope/signatures/0")
            && let Some(signature) = signature.as_object_mut()
        {
            signature.remove("keyid");
        }
        serde_json::to_vec(&document)
            .map_err(|cause| Error::new(Code::Internal, format!("the bundle cannot be written ({cause})")))
    }
}

/// The version of a bundle that is one after those that are known.
pub(crate) fn later_version(raw: &[u8]) -> Option<String> {
    version_to_come(json::parse(raw, MAX_DEPTH).ok()?.get("mediaType")?.as_str()?)
}

fn version_to_come(media_type: &str) -> Option<String> {
    let rest = media_type.strip_prefix(MEDIA_TYPE_PREFIX)?;
    let said = match rest.strip_prefix("+json;version=") {
        Some(said) => said,
        None => rest.strip_prefix(".v")?.strip_suffix("+json")?,
    };
    let (major, minor) = said.split_once('.').unwrap_or((said, "0"));
    let number = |digits: &str| {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| is_number)
    };
    let version = (number(major)?, number(minor)?);
    (version > LAST_VERSION).then(|| format!("{}.{}", version.0, version.1))
}

/// Whether Fulcio issued a certificate, as it says itself: who signs with one is an identity, not a name. It decides by
/// which rules the certificate is judged, and proves nothing.
fn is_of_fulcio(leaf: &[u8]) -> bool {
    leaf.windows(FULCIO_ISSUERS[0].len()).any(|window| FULCIO_ISSUERS.iter().any(|issuer| window == issuer))
}

fn without_log_entry(verification: &Object, material: &Material) -> Error {
    if matches!(material, Material::Sigstore { leaf } if !is_of_fulcio(leaf)) {
        const WHAT: &str = "a certificate alone, not issued by Fulcio, and no transparency log entry: a signature by \
            certificate brings its chain in x509CertificateChain";
        return verification
            .fault("certificate", WHAT)
            .help("have the model signed again with the certificate chain of its issuer");
    }
    verification
        .fault("tlogEntries", "a keyless signature without a transparency log entry")
        .help("get the signature again from the publisher: nothing proves when its certificate was used")
}

fn parse_material(verification: &Object, log_entries: usize) -> Result<(Material, Form)> {
    let present: Vec<&str> = MATERIALS.into_iter().filter(|kind| verification.get(kind).is_some()).collect();
    let [kind] = present.as_slice() else {
        let list = MATERIALS.join(", ");
        return Err(Error::new(Code::Malformed, format!("should hold exactly one of {list}"))
            .at("verificationMaterial")
            .help("the bundle does not say how it was signed; get it again from its publisher"));
    };
    let material = verification.object(kind)?;
    let mut form = Form::Alone;
    let material = match *kind {
        "publicKey" => {
            let hint = material.get_some("hint").map(|_| material.text("hint")).transpose()?;
            let raw_bytes =
                material.get_some("rawBytes").map(|_| base64(&material, "rawBytes")).transpose()?;
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
            let mut chain: Vec<Vec<u8>> = certificates
                .map(|(index, item)| base64(&Object::item(item, &place, index)?, "rawBytes"))
                .collect::<Result<_>>()?;
            form = Form::Chain;
            if log_entries > 0 && chain.first().is_some_and(|leaf| is_of_fulcio(leaf)) {
                Material::Sigstore { leaf: chain.swap_remove(0) }
            } else {
                Material::Certificate { chain }
            }
        }
        _ => Material::Sigstore { leaf: base64(&material, "rawBytes")? },
    };
    Ok((material, form))
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

/// The envelope, and whether its signature names a key in a way that every reader takes.
fn parse_envelope(envelope: &Object) -> Result<(Envelope, bool)> {
    envelope.only(&["payload", "payloadType", "signatures"])?;
    let [signature] = envelope.list("signatures")? else {
        return Err(envelope
            .fault("signatures", "should hold exactly one signature")
            .help("with several, readers disagree about which one counts; sign again"));
    };
    let signature = Object::item(signature, "dsseEnvelope.signatures", 0)?;
    signature.only(&["sig", "keyid"])?;
    // The envelope's schema: a string or null, not used for verification.
    if signature.get_some("keyid").is_some_and(|keyid| !keyid.is_string()) {
        return Err(signature.fault("keyid", "should be a string or null"));
    }
    let has_key_id = signature.get("keyid").is_none_or(Value::is_string);
    let read = Envelope {
        payload_type: envelope.text("payloadType")?.to_owned(),
        payload: base64(envelope, "payload")?,
        signature: base64(&signature, "sig")?,
    };
    Ok((read, has_key_id))
}

/// Base64 as in DSSE: standard or URL-safe, canonical in either.
fn base64_of_dsse(object: &Object, key: &str) -> Result<Vec<u8>> {
    base64(object, key).or_else(|fault| match URL_SAFE.decode(object.text(key)?) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(fault),
    })
}

/// Standard base64 in its one canonical form: padding, no white space, no stray bits.
fn base64(object: &Object, key: &str) -> Result<Vec<u8>> {
    let bytes = STANDARD.decode(object.text(key)?).map_err(|_| object.fault(key, "not canonical base64"))?;
    if bytes.is_empty() { Err(object.fault(key, "is empty")) } else { Ok(bytes) }
}
