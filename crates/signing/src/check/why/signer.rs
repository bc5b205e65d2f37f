//! METHOD, TRUST, SIGNATURE and IDENTITY: who signed, with what, and whom was expected.

use crate::check::anchor::AnchorKind;
use crate::check::curve::KeyKind;
use crate::check::identity::{Identity, Method, NameDifference};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MethodWhy {
    /// By the material in the bundle.
    pub found: Method,
    /// What the caller asked for, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Method>,
    /// Whether the certificate is one of Fulcio's, and there is no log entry that says when it was used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lacks_log: bool,
}

/// A trust anchor, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedAnchor {
    /// The name.
    pub name: Untrusted,
    /// What it is.
    pub kind: AnchorKind,
}

/// A public key that is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrustedKey {
    /// `sha256:<hex>` over its DER SubjectPublicKeyInfo.
    pub fingerprint: String,
    /// How a bundle names it.
    pub hint: String,
    /// The anchor's name.
    pub anchor: Untrusted,
}

/// Whether something that is trusted answers for the signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrustWhy {
    /// A trusted key.
    Key(TrustedKey),
    /// An anchor of the right kind vouches for the signer.
    Answers {
        /// How it was signed.
        method: Method,
        /// The anchor's name.
        anchor: Untrusted,
    },
    /// There are anchors to check against; where that leads, CHAIN and LOG say.
    Held {
        /// How it was signed.
        method: Method,
        /// The first few, by name.
        anchors: Vec<Untrusted>,
        /// How many more there are.
        more: u64,
    },
    /// Nothing of the right kind is trusted.
    NoAnchor {
        /// How it was signed.
        method: Method,
        /// What is trusted for other methods: the first few.
        others: Vec<NamedAnchor>,
    },
    /// Nothing of the right kind was given, because another method was asked for.
    OtherMethod {
        /// How it was signed.
        method: Method,
        /// What is trusted for other methods: the first few.
        others: Vec<NamedAnchor>,
    },
    /// A trusted key signed, and the bundle names another.
    OtherHint {
        /// The key that signed.
        key: TrustedKey,
        /// What the bundle names.
        hint: Untrusted,
    },
    /// A key that is not trusted signed.
    UnknownKey {
        /// What the bundle says of the key.
        said: KeySaid,
        /// The keys that are trusted: the first few.
        trusted: Vec<TrustedKey>,
        /// How many more there are.
        more: u64,
        /// What is trusted for other methods: the first few.
        others: Vec<NamedAnchor>,
    },
}

/// What a bundle says of the key that signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeySaid {
    /// The hint that names it.
    Hint(Untrusted),
    /// The fingerprint of the key that it carries.
    Carried(String),
    /// Nothing.
    Nothing,
}

/// Whether the signature fits the signed bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureWhy {
    /// It fits.
    Fits {
        /// The fingerprint of the key; none when only the Sigstore verifier could say.
        key: Option<String>,
        /// The kind of the key, where it is one beyond OMS v1.0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beyond: Option<KeyKind>,
    },
    /// It does not.
    Broken {
        /// The fingerprint of the key.
        key: String,
        /// How many bytes were signed.
        bytes: u64,
    },
    /// The certificate's key may not sign models.
    UnfitKey {
        /// What its reader says. For people; nothing is decided by it.
        said: Untrusted,
    },
    /// The signer's key cannot be read.
    UnreadableKey,
    /// The key is of a kind that only the Sigstore verifier checks, and it did not pass.
    NotCheckedAlone,
}

/// Whether the signer is who was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignerWhy {
    /// The policy decides.
    Later {
        /// Who signed.
        signer: Option<Identity>,
        /// Whether that is proven, or only what the bundle says.
        is_proven: bool,
    },
    /// Who signed is not proven.
    NotProven,
    /// The anchor decides: its own key, or any signer under an authority.
    ByAnchor(Identity),
    /// Nobody was named, and anybody gets a certificate of this kind.
    NotAsked(Identity),
    /// Exactly who was expected.
    Exact(Identity),
    /// Somebody else.
    Mismatch {
        /// Who signed.
        signer: Identity,
        /// The subject that was expected.
        subject: Untrusted,
        /// The issuer that was expected, if one was.
        issuer: Option<Untrusted>,
        /// The part that differs.
        difference: Option<NameDifference>,
    },
}
