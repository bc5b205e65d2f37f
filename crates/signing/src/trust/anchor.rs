//! What a signature is checked against. Anchors come from the caller, never from the artifact.

use crate::check::anchor::AnchorKind;
use crate::check::curve::Beyond;
use crate::check::why::chain::CertificateNote;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::hashing::job::sha256_hex;
use crate::keys::public::PublicKey;
use crate::sigstore::root::{self, SigstoreRoot};
use crate::text::Untrusted;
use crate::time::authority::TimestampAuthority;
use crate::x509::file::CertificateFile;
use crate::x509::revocation::RevocationList;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A trust anchor's material.
#[derive(Debug, Clone)]
pub enum AnchorMaterial {
    /// Public keys: several while one takes the place of another.
    Key(Vec<PublicKey>),
    /// Certificates of authorities (or of a self-signed signer), DER.
    Ca(Vec<Vec<u8>>),
    /// A Sigstore `trusted_root.json`.
    Sigstore(SigstoreRoot),
    /// Timestamp authorities (RFC 3161): they say when, never who.
    Tsa(Vec<TimestampAuthority>),
}

/// A trust anchor: its name, where it came from, its digest and its age.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The name under which the policy or the command line knows it.
    pub name: String,
    /// The file it came from, or `embedded`.
    pub origin: String,
    /// SHA-256 over the file's bytes, hex.
    pub digest: String,
    /// When the material was made, as far as it tells: for a trusted root the release of the program that
    /// carries it, for a file its modification time. RFC 3339.
    pub made: Option<Timestamp>,
    /// What it is.
    pub material: AnchorMaterial,
    /// For authorities: what they, or those under them, revoked.
    pub crls: Vec<RevocationList>,
    /// Certificates of the file that are not used.
    pub notes: Vec<CertificateNote>,
}

/// Which anchor answered for a signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnchorUse {
    /// The anchor's name.
    pub name: String,
    /// What kind of anchor it is.
    pub kind: AnchorKind,
    /// The file it came from, or `embedded`.
    pub origin: String,
    /// SHA-256 over the file's bytes, hex.
    pub digest: String,
    /// Whole days between `made` and the time of the verification; none when that lies before `made`.
    pub age_days: Option<i64>,
}

/// Whom the caller expects as the signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityRule {
    /// The anchor itself says it (a key, or a CA that signs for one purpose): any signer under it will do.
    AnchorDecides,
    /// Exactly this subject and, where given, this issuer.
    Exact {
        /// The subject, byte for byte.
        subject: Untrusted,
        /// The issuer, byte for byte.
        issuer: Option<Untrusted>,
    },
    /// Any signer under the anchor whose certificate names all of these URIs as subject alternative names, and has
    /// exactly this subject where one is given.
    Uris {
        /// The URIs, byte for byte.
        uris: Vec<Untrusted>,
        /// The subject, byte for byte.
        subject: Option<Untrusted>,
    },
    /// A policy will decide afterwards: the IDENTITY check is left `unknown`.
    Later,
}

/// Everything that the caller trusts for one verification.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The anchors; the first that answers for the signer is used.
    pub anchors: Vec<Anchor>,
    /// Whom the caller expects.
    pub identity: IdentityRule,
}

const LIMIT_KEY_BYTES: u64 = 64 * 1024;
const LIMIT_CA_BYTES: u64 = 8 * 1024 * 1024;
const LIMIT_ROOT_BYTES: u64 = 8 * 1024 * 1024;
/// Release of the Sigstore crate whose trusted roots are inside this program: 2026-10-13.
const EMBEDDED_MADE: i64 = 1_791_849_600;

impl Anchor {
    /// Public keys, as [`PublicKey::all_from`] reads them; those of kinds beyond OMS are named and refused.
    ///
    /// # Errors
    /// `E-KEY`.
    pub fn key(
        name: impl Into<String>,
        origin: impl Into<String>,
        pem: &[u8],
        made: Option<Timestamp>,
    ) -> Result<Self> {
        Self::key_of(name, origin, pem, made, Beyond::default())
    }

    /// As [`Anchor::key`], with kinds of keys beyond OMS. What such a key signed counts only where the verification
    /// lists its kind, too.
    ///
    /// # Errors
    /// `E-KEY`.
    pub fn key_of(
        name: impl Into<String>,
        origin: impl Into<String>,
        bytes: &[u8],
        made: Option<Timestamp>,
        beyond: Beyond,
    ) -> Result<Self> {
        let keys = PublicKey::all_from(bytes, beyond)?;
        Ok(Self::of(name, origin, bytes, made, AnchorMaterial::Key(keys)))
    }

    /// Certificates of authorities, or of a self-signed signer, as [`CertificateFile::read`] reads them.
    ///
    /// # Errors
    /// `E-MALFORMED`, `E-TOO-LARGE`.
    pub fn ca(
        name: impl Into<String>,
        origin: impl Into<String>,
        pem: &[u8],
        made: Option<Timestamp>,
    ) -> Result<Self> {
        let file = CertificateFile::read(pem)?;
        let anchor = Self::of(name, origin, pem, made, AnchorMaterial::Ca(file.certificates));
        Ok(Anchor { notes: file.notes, ..anchor })
    }

    /// A Sigstore `trusted_root.json`, or a `ClientTrustConfig` that holds one.
    ///
    /// # Errors
    /// `E-MALFORMED` when it cannot be used.
    pub fn sigstore(
        name: impl Into<String>,
        origin: impl Into<String>,
        json: &[u8],
        made: Option<Timestamp>,
    ) -> Result<Self> {
        let root = SigstoreRoot::parse(json)?;
        Ok(Self::of(name, origin, json, made, AnchorMaterial::Sigstore(root)))
    }

    /// Timestamp authorities for signatures by key and certificate: PEM certificates of one (its root among
    /// them), or a Sigstore trusted root that names some.
    ///
    /// # Errors
    /// `E-MALFORMED`, `E-TOO-LARGE`.
    pub fn tsa(
        name: impl Into<String>,
        origin: impl Into<String>,
        bytes: &[u8],
        made: Option<Timestamp>,
    ) -> Result<Self> {
        let (authorities, notes) = read_authorities(bytes)?;
        Ok(Anchor { notes, ..Self::of(name, origin, bytes, made, AnchorMaterial::Tsa(authorities)) })
    }

    /// The trusted root of the public-good Sigstore instance, inside this program.
    pub fn public_good() -> Self {
        Self::embedded("sigstore public good", SigstoreRoot::public_good())
    }

    /// The trusted root of Sigstore's staging instance, inside this program: for tests only.
    pub fn staging() -> Self {
        Self::embedded("sigstore staging", SigstoreRoot::staging())
    }

    /// The trusted root of GitHub's own Sigstore instance, inside this program.
    pub fn github() -> Self {
        Self::embedded("sigstore github", SigstoreRoot::github())
    }

    /// As [`Anchor::key`], from a file.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-KEY`.
    pub fn read_key(name: impl Into<String>, path: &Path) -> Result<Self> {
        let read = read_small(path, LIMIT_KEY_BYTES)?;
        Self::key(name, path.to_string_lossy(), &read, modified(path)).map_err(|error| error.at_path(path))
    }

    /// As [`Anchor::ca`], from a file.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`.
    pub fn read_ca(name: impl Into<String>, path: &Path) -> Result<Self> {
        let read = read_small(path, LIMIT_CA_BYTES)?;
        Self::ca(name, path.to_string_lossy(), &read, modified(path)).map_err(|error| error.at_path(path))
    }

    /// As [`Anchor::sigstore`], from a file.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`.
    pub fn read_sigstore(name: impl Into<String>, path: &Path) -> Result<Self> {
        let read = read_small(path, LIMIT_ROOT_BYTES)?;
        Self::sigstore(name, path.to_string_lossy(), &read, modified(path))
            .map_err(|error| error.at_path(path))
    }

    /// As [`Anchor::tsa`], from a file.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`.
    pub fn read_tsa(name: impl Into<String>, path: &Path) -> Result<Self> {
        let read = read_small(path, LIMIT_CA_BYTES)?;
        Self::tsa(name, path.to_string_lossy(), &read, modified(path)).map_err(|error| error.at_path(path))
    }

    /// Reads revocation lists beside it, from files.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`, `E-MALFORMED`.
    pub fn with_crls<'p>(mut self, files: impl IntoIterator<Item = &'p Path>) -> Result<Self> {
        for file in files {
            self.crls.extend(RevocationList::read(file)?);
        }
        Ok(self)
    }

    /// What kind of anchor it is.
    pub fn kind(&self) -> AnchorKind {
        match self.material {
            AnchorMaterial::Key(_) => AnchorKind::Key,
            AnchorMaterial::Ca(_) => AnchorKind::Ca,
            AnchorMaterial::Sigstore(_) => AnchorKind::Sigstore,
            AnchorMaterial::Tsa(_) => AnchorKind::Tsa,
        }
    }

    /// How it was used in a verification at the time `at`.
    pub fn used_at(&self, at: Timestamp) -> AnchorUse {
        const DAY_SECONDS: i64 = 24 * 60 * 60;
        let age = |made: Timestamp| at.as_second() - made.as_second();
        AnchorUse {
            name: self.name.clone(),
            kind: self.kind(),
            origin: self.origin.clone(),
            digest: self.digest.clone(),
            age_days: self.made.map(age).filter(|age| *age >= 0).map(|age| age / DAY_SECONDS),
        }
    }

    fn of(
        name: impl Into<String>,
        origin: impl Into<String>,
        bytes: &[u8],
        made: Option<Timestamp>,
        material: AnchorMaterial,
    ) -> Self {
        let digest = sha256_hex(bytes);
        Anchor {
            name: name.into(),
            origin: origin.into(),
            digest,
            made,
            material,
            crls: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn embedded(name: &str, root: SigstoreRoot) -> Self {
        let made = Timestamp::from_second(EMBEDDED_MADE).ok();
        let json = root.json().to_owned();
        Self::of(name, "embedded", json.as_bytes(), made, AnchorMaterial::Sigstore(root))
    }
}

impl Trust {
    /// Trusts these anchors, and leaves it to them who may sign.
    pub fn new(anchors: Vec<Anchor>) -> Self {
        Trust { anchors, identity: IdentityRule::AnchorDecides }
    }

    /// Expects exactly this signer.
    pub fn expecting(mut self, subject: impl Into<Untrusted>, issuer: Option<Untrusted>) -> Self {
        self.identity = IdentityRule::Exact { subject: subject.into(), issuer };
        self
    }
}

fn modified(path: &Path) -> Option<Timestamp> {
    Timestamp::try_from(std::fs::metadata(path).ok()?.modified().ok()?).ok()
}

/// Reads PEM (or DER) certificates of one authority, or the authorities of a Sigstore trusted root.
///
/// # Errors
/// `E-MALFORMED`, `E-TOO-LARGE`.
fn read_authorities(bytes: &[u8]) -> Result<(Vec<TimestampAuthority>, Vec<CertificateNote>)> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let CertificateFile { certificates, notes } = CertificateFile::read(bytes)?;
        return Ok((vec![TimestampAuthority { certificates, signer: None, window: None }], notes));
    }
    let found = root::timestamp_authorities(bytes)?;
    if found.is_empty() {
        return Err(Error::new(Code::Malformed, "the trusted root names no timestamp authority")
            .help("name the authority's certificates in PEM instead"));
    }
    Ok((found, Vec::new()))
}
