//! The facts behind TIME for signatures by key and certificate: what each timestamp says, and why it counts or does
//! not. Nothing in it depends on when it was judged.

use crate::check::codes::CheckCode;
use crate::check::why::chain::{CertificateName, ChainWhy};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why TIME came out as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeWhy {
    /// A trusted authority says when.
    Trusted {
        /// Which timestamp, counted from zero.
        index: usize,
        /// What it says.
        token: Box<TrustedToken>,
        /// The other timestamps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<OtherToken>,
    },
    /// A timestamp contradicts.
    Bad {
        /// Which timestamp, counted from zero.
        index: usize,
        /// What is wrong with it.
        fault: TokenFault,
        /// The other timestamps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<OtherToken>,
    },
    /// The timestamp is of an authority that is not trusted.
    UnknownAuthority {
        /// Which timestamp, counted from zero.
        index: usize,
        /// Who made it, as it says.
        authority: Stamper,
        /// Why that authority is not trusted.
        stranger: Stranger,
        /// Names of the anchors that are trusted.
        trusted: Vec<Untrusted>,
        /// The other timestamps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<OtherToken>,
    },
    /// Nothing that is trusted says when.
    Untrusted {
        /// The timestamps that there are.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<OtherToken>,
    },
}

/// A timestamp that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrustedToken {
    /// When, as it says.
    pub at: Timestamp,
    /// The certificate that made it.
    pub authority: CertificateName,
    /// Until when that certificate is valid.
    pub authority_until: Timestamp,
    /// The anchor that it leads to.
    pub anchor: Untrusted,
    /// The anchor's digest, hex.
    pub anchor_digest: String,
    /// By how many microseconds the time may be off, as far as it says.
    pub accuracy_micros: Option<u64>,
    /// Whether the authority's timestamps are always in order.
    pub ordering: bool,
    /// The authority's policy: an object identifier.
    pub policy: String,
    /// Its serial number, hex.
    pub serial: String,
}

/// A timestamp beside the one that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherToken {
    /// Which, counted from zero.
    pub index: usize,
    /// What became of it.
    pub state: TokenState,
}

/// What became of a timestamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenState {
    /// It counts.
    Trusted {
        /// When, as it says.
        at: Timestamp,
        /// The certificate that made it.
        authority: CertificateName,
    },
    /// It is of an authority that is not trusted.
    UnknownAuthority {
        /// When, as it says.
        at: Timestamp,
        /// Who made it, as it says.
        authority: Stamper,
        /// Why that authority is not trusted.
        stranger: Stranger,
    },
    /// It contradicts.
    Bad {
        /// What is wrong with it.
        fault: TokenFault,
    },
}

/// Who made a timestamp, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stamper {
    /// Its certificate.
    Certificate(CertificateName),
    /// Somebody with a certificate by this issuer.
    IssuedBy {
        /// The issuer.
        issuer: Untrusted,
    },
    /// Somebody whom it names by a key identifier only.
    Unnamed,
}

/// Why no timestamp is from a trusted authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stranger {
    /// Nobody is trusted for timestamps.
    NobodyTrusted,
    /// The trusted root names other certificates.
    OtherSigner,
    /// The certificate is neither in the timestamp nor trusted.
    NoCertificate,
    /// The certificates do not lead to anybody who is trusted.
    Chain(ChainFault),
}

/// A chain of certificates that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainFault {
    /// The code that CHAIN would have.
    pub code: CheckCode,
    /// The facts behind it.
    pub why: Box<ChainWhy>,
}

/// Why a timestamp contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenFault {
    /// It cannot be read.
    Malformed(TokenDamage),
    /// It is of another signature.
    OtherSignature {
        /// The digest that it is of, hex.
        digest: String,
    },
    /// Its digest is of an algorithm that is refused.
    Digest {
        /// The object identifier.
        oid: String,
    },
    /// It is signed with an algorithm that is refused.
    Algorithm {
        /// The object identifier.
        oid: String,
        /// Who signed it.
        authority: CertificateName,
    },
    /// The digest that was signed is not of the time in it.
    OtherTime,
    /// Its signature does not hold.
    NotSigned {
        /// Whose signature it says to be.
        authority: CertificateName,
    },
    /// Its certificate may not make timestamps.
    Authority {
        /// The certificate.
        authority: CertificateName,
        /// Why not.
        fault: AuthorityFault,
    },
    /// Its certificates lead to a trusted authority and break a rule.
    Chain {
        /// When, as it says: the time that they were judged at.
        at: Timestamp,
        /// The rule.
        fault: ChainFault,
    },
    /// The trusted root does not believe the authority at that time.
    OutsideWindow {
        /// When, as it says.
        at: Timestamp,
        /// The first moment that the authority is believed.
        from: Timestamp,
        /// The last one.
        until: Option<Timestamp>,
    },
    /// Its time is still to come.
    Future {
        /// When, as it says.
        at: Timestamp,
    },
}

impl TokenFault {
    /// The code of the check.
    pub fn code(&self) -> CheckCode {
        match self {
            TokenFault::Malformed(_) => CheckCode::TimeMalformed,
            TokenFault::OtherSignature { .. } => CheckCode::TimeOtherSignature,
            TokenFault::Digest { .. } | TokenFault::Algorithm { .. } => CheckCode::TimeAlgorithm,
            TokenFault::OtherTime | TokenFault::NotSigned { .. } => CheckCode::TimeInvalid,
            TokenFault::Authority { .. } | TokenFault::Chain { .. } | TokenFault::OutsideWindow { .. } => {
                CheckCode::TimeAuthority
            }
            TokenFault::Future { .. } => CheckCode::TimeFuture,
        }
    }
}

/// Why a certificate may not make timestamps (RFC 3161, 2.3; RFC 5816).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityFault {
    /// It has no extended key usage.
    NoPurpose,
    /// It is not for timestamps alone.
    NotAlone,
    /// Its extended key usage is not critical.
    NotCritical,
    /// Its key usage does not allow signatures.
    KeyUsage,
    /// The timestamp names another certificate.
    NamesAnother,
    /// The timestamp names no certificate.
    NamesNone,
}

/// Why a timestamp cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenDamage {
    /// It is too large.
    TooLarge {
        /// How many bytes are read.
        most: usize,
    },
    /// It has more parts than any timestamp needs.
    Bloated,
    /// It is not the DER of a timestamp.
    Der {
        /// What the decoder said.
        cause: Untrusted,
    },
    /// The authority refused to make it.
    Refused,
    /// The authority's answer holds none.
    NoToken,
    /// It is not signed.
    Unsigned,
    /// What it signs is not a time.
    OtherContent,
    /// It holds no content.
    NoContent,
    /// It is of another version than 1.
    Version {
        /// Which.
        version: u8,
    },
    /// It holds a critical extension that is not known.
    CriticalExtension,
    /// It does not have exactly one signer.
    Signers,
    /// It signs no attributes.
    NoAttributes,
    /// An attribute occurs twice.
    AttributeTwice,
    /// Its signed attributes do not belong to a time.
    OtherAttributes,
    /// Its digest is of an algorithm that is refused.
    Digest {
        /// The object identifier.
        oid: String,
    },
    /// Its time cannot be read.
    Time,
    /// It does not say which certificate signed it.
    NoCertificateNamed,
    /// It names its certificate by a digest that is refused.
    CertificateDigest,
}
