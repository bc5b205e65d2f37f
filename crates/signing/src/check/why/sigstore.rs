//! The facts behind the checks of a keyless bundle's evidence: what the Sigstore library found, by kind. Its own words
//! are kept beside, to be shown; nothing compares them.

use crate::check::evidence::{LogEntry, TimeSource};
use crate::check::why::time::Stamper;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a check of a keyless bundle's evidence came out as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SigstoreWhy {
    /// SIGNATURE: over this artifact, by the expected signer.
    ExpectedSigner,
    /// SUBJECT: the bundle is about another artifact.
    OtherArtifact {
        /// What the library said.
        cause: Untrusted,
    },
    /// The evidence could not be read; LOG says why.
    NotRead,
    /// LOG: the evidence is of a kind that is not verified here.
    Unsupported {
        /// Why.
        fault: Unsupported,
    },
    /// The statement names no subject, so the log entry was not looked at.
    NoSubject,
    /// CHAIN: the certificate leads to the trusted authority.
    ChainHeld,
    /// CHAIN: it does, and was valid when it was used.
    ChainHeldInTime,
    /// TIME: the trusted times are genuine.
    TimesHeld,
    /// TIME: when it was signed.
    SignedAt {
        /// When.
        at: Timestamp,
        /// Who says so.
        source: TimeSource,
    },
    /// TIME: the bundle was proven, and no time came of it.
    NoTime,
    /// LOG: the log holds the signature.
    Logged {
        /// The entry.
        entry: Option<LogEntry>,
    },
    /// LOG: the log promised to take the signature in, and nothing proves that it did.
    Promised {
        /// The entry.
        entry: Option<LogEntry>,
    },
    /// LOG: the log is not in the trusted root.
    UnknownLog {
        /// Base64 key id of the log, as in the bundle.
        log_id: Untrusted,
        /// The instance whose log it is, when it is a known one.
        instance: Option<KnownInstance>,
        /// When the roots were made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roots: Vec<RootMade>,
    },
    /// LOG: the proof of the entry does not hold.
    Log {
        /// Which part.
        fault: LogFault,
        /// What the library said, but for what depends on the clock.
        cause: Option<Untrusted>,
        /// When the roots were made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roots: Vec<RootMade>,
    },
    /// TIME: nothing that is trusted says when.
    NoTrustedTime {
        /// What the library said.
        cause: Untrusted,
    },
    /// TIME: a timestamp does not hold.
    Timestamp {
        /// What the library said.
        cause: Untrusted,
    },
    /// TIME: a timestamp is of an authority that the trusted root does not name.
    UnknownStamper {
        /// Which timestamp, counted from zero.
        index: usize,
        /// Who made it, as it says.
        authority: Stamper,
        /// When it was signed by what is trusted; none where nothing else says it.
        signed: Option<(Timestamp, TimeSource)>,
        /// When the roots were made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roots: Vec<RootMade>,
    },
    /// CHAIN: the certificate does not hold.
    Certificate {
        /// Why.
        fault: LeafFault,
        /// What the library said.
        cause: Untrusted,
        /// When the roots were made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roots: Vec<RootMade>,
    },
    /// SIGNATURE: it does not fit.
    Signature {
        /// What the library said.
        cause: Untrusted,
    },
    /// IDENTITY: somebody else signed.
    Identity {
        /// What the library said.
        cause: Untrusted,
    },
    /// TRUST: the trusted root cannot be used.
    RootUnusable {
        /// What the library said.
        cause: Untrusted,
    },
    /// The evidence is of a kind that is not verified here.
    Other {
        /// What the library said.
        cause: Untrusted,
    },
}

/// Why a bundle's evidence cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unsupported {
    /// The library cannot read it.
    Unreadable {
        /// What it said.
        cause: Untrusted,
    },
    /// More parts than any signature needs.
    OverLimits,
    /// The library and we read the bundle differently.
    TwoReadings,
}

/// Instances of Sigstore that are known by their logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KnownInstance {
    /// The public-good instance.
    PublicGood,
    /// The instance for tests.
    Staging,
}

/// Which part of a log entry's proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFault {
    /// The inclusion proof.
    InclusionProof,
    /// The checkpoint.
    Checkpoint,
    /// The inclusion promise.
    InclusionPromise,
    /// The entry is of another signature.
    EntryMismatch,
    /// The entry is of another artifact.
    OtherArtifact,
    /// The time of the log is still to come, or outside of the certificate's validity.
    IntegratedTime {
        /// The time that the bundle states.
        at: Option<Timestamp>,
    },
    /// The entry cannot be read.
    Malformed,
    /// The entry is incomplete.
    Incomplete,
    /// Something else.
    Other,
}

/// Why a keyless certificate does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeafFault {
    /// It had ended when it was used.
    Expired,
    /// It was not valid yet when it was used.
    NotYetValid,
    /// No trusted certificate log vouches for it.
    Sct,
    /// It cannot be read.
    Malformed,
    /// It does not lead to a trusted authority.
    Untrusted,
}

/// When a trusted root was made: a log or an authority may be newer than it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RootMade {
    /// The anchor's name.
    pub name: Untrusted,
    /// When.
    pub made: Timestamp,
    /// Whether the signer's certificate is newer.
    pub is_older: bool,
}
