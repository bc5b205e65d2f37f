//! What a policy says of a signature: who signed it (IDENTITY), and everything else (POLICY). Values only; how a policy
//! is written and judged is not known here.

use crate::check::codes::CheckCode;
use crate::check::curve::KeyKind;
use crate::check::identity::{Identity, Method, NameDifference};
use crate::hashing::job::HashAlgorithm;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What IDENTITY rests on when a policy judges it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityWhy {
    /// There is no signature.
    Unsigned,
    /// The bundle names no signer.
    NotNamed,
    /// The policy denies the signer.
    Denied {
        /// Who signed.
        signer: Identity,
        /// The pattern that denies it, as written.
        by: Untrusted,
        /// Why, as the policy says.
        reason: Option<Untrusted>,
    },
    /// The policy names no publisher for the model.
    NoPublisher {
        /// The model's id.
        model: Untrusted,
    },
    /// It is not proven who signed.
    NotProven {
        /// Who was expected.
        expected: ExpectedSigner,
    },
    /// The signer is one of the publisher's, inside its grant.
    Granted {
        /// Who was expected.
        expected: ExpectedSigner,
        /// Who signed.
        signer: Identity,
        /// The anchor that the signer was proven by.
        anchor: Untrusted,
    },
    /// The signer is not the publisher's, but the policy lists it as an attester with a role for this claim.
    Attested {
        /// The attester's id.
        attester: Untrusted,
        /// The role, as the policy writes it.
        role: Untrusted,
        /// Who signed.
        signer: Identity,
        /// The anchor that the signer was proven by.
        anchor: Untrusted,
    },
    /// The recipient of the model signed it again, and the policy accepts that.
    Resigned {
        /// The attester's id.
        attester: Untrusted,
        /// Who signed.
        signer: Identity,
        /// The anchor that the signer was proven by.
        anchor: Untrusted,
    },
    /// The policy knows the signer, but gives it no role for this claim.
    OutsideRole {
        /// The id of the publisher or attester.
        whose: Untrusted,
        /// Its roles, as the policy writes them.
        roles: Vec<Untrusted>,
        /// The roles of which one is needed; empty if no role covers such a claim.
        needed: Vec<Untrusted>,
        /// Who signed.
        signer: Identity,
        /// The anchor that the signer was proven by.
        anchor: Untrusted,
    },
    /// The signer is one of the publisher's, outside its grant.
    Outside(OutsideGrant),
    /// The signer is not one of the publisher's.
    Other {
        /// Who was expected.
        expected: ExpectedSigner,
        /// Who signed.
        signer: Identity,
        /// The anchor that the signer was proven by.
        anchor: Untrusted,
        /// The publisher whose signer it is.
        publisher: Option<Untrusted>,
        /// What differs, where little does.
        differs: Vec<Differs>,
        /// The one part that is not as expected.
        difference: Option<NameDifference>,
    },
}

/// Who signs for a publisher, as the policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectedSigner {
    /// The publisher's id.
    pub publisher: Untrusted,
    /// Its identities; without any, the anchors themselves sign.
    pub identities: Vec<ExpectedIdentity>,
    /// The names of its anchors.
    pub anchors: Vec<Untrusted>,
}

/// An identity of a publisher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectedIdentity {
    /// The pattern of its subject, as written.
    pub subject: Untrusted,
    /// Its issuer.
    pub issuer: Option<Untrusted>,
}

/// A signature outside of its publisher's grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutsideGrant {
    /// The publisher's id, or the attester's.
    pub publisher: Untrusted,
    /// Whether it is an attester's.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_attester: bool,
    /// Who signed.
    pub signer: Identity,
    /// Where the signature lies.
    pub ended: Ended,
    /// When it was signed, if somebody trusted says so.
    pub signed_at: Option<Timestamp>,
    /// When the files were looked at: it was not signed later.
    pub seen_at: Timestamp,
    /// The grant begins.
    pub from: Option<Timestamp>,
    /// The grant ends.
    pub until: Option<Timestamp>,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

impl IdentityWhy {
    /// Whether the model's signature was made at ingest, and not by its producer.
    pub fn is_resigned(&self) -> bool {
        matches!(self, IdentityWhy::Resigned { .. })
    }
}

/// Where a signature lies that is not inside of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Before it begins.
    Before,
    /// At its end, or after.
    After,
    /// The grant has ended, and no trusted time says when it was signed.
    Unstamped,
}

/// How a signer differs from who was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Differs {
    /// The subject holds characters that do not show.
    Hidden,
    /// It was proven by another anchor.
    Anchor,
    /// The subject is the expected one, and the issuer another.
    Issuer {
        /// Who was expected.
        expected: Untrusted,
        /// Who vouches for the signer.
        found: Option<Untrusted>,
    },
    /// The subject, in upper and lower case only.
    Case,
    /// The subject, after what is the same.
    Tail {
        /// What is the same.
        same: Untrusted,
    },
}

/// What POLICY rests on: the worst finding, and the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyWhy {
    /// The one that decides the check.
    pub finding: PolicyFinding,
    /// The others, each with its code, in the order in which they are judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(CheckCode, PolicyFinding)>,
}

/// One finding of a policy about a model and its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyFinding {
    /// Nothing stands against it.
    Allowed {
        /// The policy's name.
        name: Untrusted,
        /// Its version.
        version: Untrusted,
    },
    /// The model holds formats that are banned.
    Formats {
        /// Those that it holds, by their words.
        found: Vec<Untrusted>,
        /// All that are banned.
        banned: Vec<Untrusted>,
        /// The first of what can run.
        hazards: Vec<HazardSeen>,
    },
    /// Formats are banned, and nobody looked into the files.
    NotLookedInto,
    /// The recorded hash is not allowed.
    Hash {
        /// The recorded one.
        found: HashAlgorithm,
        /// Those that are.
        allowed: Vec<HashAlgorithm>,
    },
    /// The key that signed is of a kind that is not allowed.
    Key {
        /// Its kind; none when it is of none that is known.
        found: Option<KeyKind>,
        /// The kinds that are.
        allowed: Vec<KeyKind>,
    },
    /// It is not recorded what kind of key signed.
    KeyNotRecorded {
        /// The kinds that are allowed.
        allowed: Vec<KeyKind>,
    },
    /// The signature follows symbolic links.
    Links,
    /// It is not recorded whether it does.
    LinksNotRecorded,
    /// The signature leaves out files that may not be left out.
    Ignored {
        /// What may be left out.
        allowed: Vec<Untrusted>,
        /// How many are.
        count: u64,
        /// The first of them.
        first: Vec<Untrusted>,
    },
    /// Files that a loader would take lie where the signature does not reach, or where other tools do not look.
    Hidden {
        /// How many.
        count: u64,
        /// The first of them.
        first: Vec<Untrusted>,
    },
    /// More files are left out than are looked at.
    TooManyIgnored,
    /// Configurations or indexes of the model lead to files that the signature does not reach.
    LeadsOut {
        /// How many times.
        count: u64,
        /// The first that does.
        file: Untrusted,
        /// Where it leads.
        to: Untrusted,
    },
    /// The anchor is old.
    AnchorAge {
        /// Its name.
        anchor: Untrusted,
        /// Where it comes from, as the policy names it.
        origin: Untrusted,
        /// Its age when the files were looked at.
        days: i64,
        /// What the policy allows.
        most_days: u32,
    },
    /// A log entry is required, and LOG could not prove one.
    LogNotProven,
    /// A log entry is required, and there is none.
    LogMissing {
        /// For this method.
        method: Method,
    },
    /// A proof of the log entry is required, and there is only the log's promise.
    LogPromised,
    /// The policy itself has expired.
    Expired {
        /// When.
        expires: Timestamp,
    },
    /// The policy denies a dataset that a source names as an input of the model.
    Dataset {
        /// The dataset, as named there.
        found: Untrusted,
        /// The entry that denies it.
        denied: Untrusted,
        /// The source of the statement.
        said_by: Untrusted,
    },
    /// The policy denies the licence that a source states for the model.
    Licence {
        /// The licence, as stated there.
        found: Untrusted,
        /// The entry that denies it.
        denied: Untrusted,
        /// The source of the statement.
        said_by: Untrusted,
    },
    /// The descriptor differs from its pin.
    Pin {
        /// The file.
        file: Untrusted,
        /// The first parts that are not as pinned.
        changed: Vec<Untrusted>,
        /// How many more there are.
        more: u64,
    },
    /// There is no signature to judge.
    Unsigned,
    /// There is one that cannot be read.
    Unreadable,
}

/// What can run when the model is loaded, as the inventory found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HazardSeen {
    /// The file.
    pub file: Untrusted,
    /// How bad it is.
    pub tier: Untrusted,
    /// What kind of thing it is.
    pub kind: Untrusted,
    /// What it is, for example `posix.system`.
    pub what: Untrusted,
    /// What it does.
    pub why: Untrusted,
}
