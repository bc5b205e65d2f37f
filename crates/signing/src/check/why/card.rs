//! An agent card that carries its own signature: what was signed of it, by what, and what of it is not as signed.

use crate::check::fault::DocumentFault;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::signer::TrustWhy;

/// What became of a step with an agent card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardWhy {
    /// It can be read.
    Read {
        /// The file.
        file: Untrusted,
        /// How it is signed.
        form: CardForm,
        /// How many signatures of that kind it has.
        signatures: u64,
    },
    /// It cannot be read.
    Malformed {
        /// The file.
        file: Untrusted,
        /// Why.
        fault: DocumentFault,
    },
    /// The trusted key or anchor, and where the card says its keys are.
    Trust {
        /// The trusted key or anchor.
        trust: TrustWhy,
        /// What the card says of keys: none of it is used.
        hints: KeyHints,
    },
    /// The signature cannot count.
    Refused {
        /// Which of the signatures, from 0.
        index: u64,
        /// Why.
        why: JwsRefused,
        /// What the header says, where that is the reason.
        said: Option<Untrusted>,
    },
    /// A signature by a key that the card names, over another card.
    Broken {
        /// The fingerprint of the key.
        key: String,
    },
    /// The signed statement is about something else.
    OtherStatement {
        /// What it should say.
        expected: Untrusted,
        /// What it says.
        found: Untrusted,
    },
    /// What was signed is an agent card.
    Statement {
        /// How it is signed.
        form: CardForm,
    },
    /// The digest that was signed is that of the signed card.
    Subject {
        /// SHA-256, hex.
        digest: String,
        /// Of which form of it.
        canonical: CardCanonical,
    },
    /// It is not.
    SubjectDiffers {
        /// The digests that it could have, hex.
        expected: Vec<String>,
        /// As signed.
        stated: Vec<Untrusted>,
    },
    /// The card is as signed.
    Same,
    /// The card that is shown is not the one that was signed.
    Differs {
        /// The first members that differ.
        members: Vec<MemberDiffers>,
        /// How many more do.
        more: u64,
    },
    /// The signature covers the card without members that are empty: those can be added or taken away unseen.
    NotCovered {
        /// The first of them, by path.
        members: Vec<Untrusted>,
        /// How many more there are.
        more: u64,
    },
    /// The card is as signed, and its signature covers none of the other files.
    Beside {
        /// How many other files there are.
        files: u64,
        /// Whether some of them are more than pictures and texts.
        loadable: bool,
    },
}

/// How an agent card is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardForm {
    /// A document of sigstore-a2a: the card, and a bundle with the statement that was signed.
    Bundle,
    /// JSON Web Signatures in the card (A2A).
    Jws,
}

/// The bytes of a card that were signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardCanonical {
    /// RFC 8785.
    Jcs,
    /// RFC 8785 of the card without members that are empty.
    JcsWithoutEmpty,
    /// Sorted keys, as sigstore-a2a writes them.
    Sorted,
}

/// What a card says of the keys that signed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyHints {
    /// `kid`: a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kid: Vec<Untrusted>,
    /// `jku` and `x5u`: addresses of keys; never fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Untrusted>,
    /// Whether the card brings keys or certificates itself: `jwk`, `x5c`.
    #[serde(default)]
    pub carries_keys: bool,
}

/// Why a JSON Web Signature cannot count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JwsRefused {
    /// It is no signature: `alg` is `none`.
    AlgorithmNone,
    /// Its algorithm takes a secret that signer and verifier share.
    AlgorithmSecret,
    /// Its algorithm is not known here.
    AlgorithmUnknown,
    /// Its protected header names no algorithm.
    AlgorithmAbsent,
    /// It has not the members of a signature.
    Shape,
    /// Its protected header is not JSON in base64url, within limits and with each name once.
    Header,
    /// It asks for an extension (`crit`).
    Critical,
    /// It brings a payload of its own that is not the card.
    Payload,
}

/// A member of the card that is not as signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberDiffers {
    /// Where, as in a JSON pointer.
    pub place: Untrusted,
    /// How.
    pub how: MemberChange,
}

/// How a member of the card differs from what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemberChange {
    /// It was not signed.
    Added,
    /// It was signed and is gone.
    Removed,
    /// It was signed otherwise.
    Changed,
    /// A list has another order.
    Reordered,
}

impl MemberChange {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            MemberChange::Added => "not signed",
            MemberChange::Removed => "removed",
            MemberChange::Changed => "changed",
            MemberChange::Reordered => "in another order",
        }
    }
}
