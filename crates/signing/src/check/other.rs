//! What a file turned out to be that was taken for a signature of OMS. It knows kinds, not how they are recognised.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What it is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForeignKind {
    /// CMS signed data (RFC 5652), also known as PKCS#7.
    Cms,
    /// COSE_Sign1 or COSE_Sign (RFC 9052).
    Cose,
    /// Notary Project, as JWS or COSE.
    Notation,
    /// JSON Web Signature (RFC 7515).
    Jws,
    /// JSON Signature Format, as in CycloneDX.
    Jsf,
    /// What cosign wrote before bundles.
    Cosign,
    /// A Sigstore bundle over one file's bytes.
    SigstoreBlob,
    /// A DSSE envelope without a bundle around it.
    Dsse,
    /// A C2PA manifest (JUMBF), or one written as JSON.
    C2pa,
    /// OpenPGP (GnuPG).
    OpenPgp,
    /// minisign or signify.
    Minisign,
    /// OpenSSH.
    Ssh,
    /// A list of checksums: no signature.
    Checksums,
}

impl ForeignKind {
    /// The field's own words.
    pub fn words(self) -> &'static str {
        match self {
            ForeignKind::Cms => "PKCS#7 (CMS) signature",
            ForeignKind::Cose => "COSE signature",
            ForeignKind::Notation => "Notary Project signature",
            ForeignKind::Jws => "JSON Web Signature",
            ForeignKind::Jsf => "JSON Signature Format (JSF) signature",
            ForeignKind::Cosign => "cosign signature",
            ForeignKind::SigstoreBlob => "Sigstore bundle over one file",
            ForeignKind::Dsse => "DSSE envelope",
            ForeignKind::C2pa => "C2PA manifest",
            ForeignKind::OpenPgp => "OpenPGP signature",
            ForeignKind::Minisign => "minisign signature",
            ForeignKind::Ssh => "OpenSSH signature",
            ForeignKind::Checksums => "list of checksums, which is no signature",
        }
    }
}

/// What a file is that was taken for a signature of OMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OtherFile {
    /// A signature of another kind.
    Foreign(ForeignKind),
    /// A Git LFS pointer: the file itself was not fetched.
    LfsPointer,
    /// A web page: a server asked to log in, or gave an error.
    WebPage,
    /// Text in UTF-16, as PowerShell and some editors write it.
    Utf16,
    /// JSON behind a byte-order mark, as some editors write it.
    ByteOrderMark,
    /// Claims, one a line, and none of them is the signature of a model.
    Claims {
        /// How many lines are bundles.
        bundles: u64,
    },
    /// An in-toto statement that nobody signed.
    Statement,
    /// A link or a layout of in-toto, signed or not (Metablock).
    InTotoLink,
    /// Certificates in PEM.
    Certificates,
    /// A public key.
    PublicKey,
    /// A private key.
    PrivateKey,
}
