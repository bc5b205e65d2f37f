//! The facts that a check rests on: one variant for each situation, with what is known of it as values. No words.

pub(crate) mod card;
pub(crate) mod chain;
pub(crate) mod policy;
pub(crate) mod predicates;
pub(crate) mod sigstore;
pub(crate) mod time;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::card::CardWhy;
use self::chain::ChainWhy;
use self::policy::{IdentityWhy, PolicyWhy};
use self::predicates::PredicatesWhy;
use self::sigstore::SigstoreWhy;
use self::time::TimeWhy;
use super::codes::CheckCode;
use super::outcome::Outcome;
use super::stage::Stage;

mod files;
mod parse;
mod signer;
mod statement;

pub use files::{FilesFound, FilesTally, FilesWhy, LikelyCause, MissingKind, Parts};
pub use parse::{ForeignBeside, ParseFound, ParseWhy};
pub use signer::{KeySaid, MethodWhy, NamedAnchor, SignatureWhy, SignerWhy, TrustWhy, TrustedKey};
pub use statement::{StatementWhy, SubjectWhy, TypeField};

/// Why a check came out as it did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The code says all.
    #[default]
    Nothing,
    /// Nobody looked yet.
    NotLooked,
    /// This stage had to pass first.
    After(Stage),
    /// No files were found of the model: only bills of materials mention it.
    NoFiles,
    /// This is decided elsewhere: not by a verification.
    DecidedElsewhere,
    /// A claim is judged by itself, without the files of a model.
    ClaimOnly,
    /// A bare key has no certificates.
    NoCertificates,
    /// Signatures of this method are not kept in a log.
    NoLog {
        /// Log entries in the bundle all the same, which were not looked at.
        entries: u64,
    },
    /// The signature file.
    Parse(Box<ParseWhy>),
    /// How it was signed.
    Method(MethodWhy),
    /// What is trusted for it.
    Trust(Box<TrustWhy>),
    /// The signature over the signed bytes.
    Signature(Box<SignatureWhy>),
    /// Who signed, against whom the caller expected.
    Signer(Box<SignerWhy>),
    /// The statement.
    Statement(Box<StatementWhy>),
    /// The root digest.
    Subject(Box<SubjectWhy>),
    /// The files.
    Files(Box<FilesWhy>),
    /// CHAIN, of a signature by certificate.
    Chain(Box<ChainWhy>),
    /// TIME, of a signature by key or certificate.
    Time(Box<TimeWhy>),
    /// What a keyless bundle brings as evidence.
    Sigstore(Box<SigstoreWhy>),
    /// What a policy says of the signer.
    Identity(Box<IdentityWhy>),
    /// What a policy says of the rest.
    Policy(Box<PolicyWhy>),
    /// Further claims.
    Predicates(Box<PredicatesWhy>),
    /// An agent card that carries its own signature.
    Card(Box<CardWhy>),
    /// The caller requires more than was found.
    Required {
        /// The code of the check without the requirement.
        code: CheckCode,
        /// What became of that.
        outcome: Outcome,
        /// Why: what was found instead explains it.
        instead: Box<Why>,
    },
}

impl From<CardWhy> for Why {
    fn from(why: CardWhy) -> Self {
        Why::Card(Box::new(why))
    }
}

impl From<IdentityWhy> for Why {
    fn from(why: IdentityWhy) -> Self {
        Why::Identity(Box::new(why))
    }
}

impl From<PolicyWhy> for Why {
    fn from(why: PolicyWhy) -> Self {
        Why::Policy(Box::new(why))
    }
}

impl From<PredicatesWhy> for Why {
    fn from(why: PredicatesWhy) -> Self {
        Why::Predicates(Box::new(why))
    }
}

impl Why {
    /// Whether there is nothing to say.
    pub fn is_nothing(&self) -> bool {
        *self == Why::Nothing
    }
}

impl From<ParseWhy> for Why {
    fn from(why: ParseWhy) -> Self {
        Why::Parse(Box::new(why))
    }
}

impl From<FilesWhy> for Why {
    fn from(why: FilesWhy) -> Self {
        Why::Files(Box::new(why))
    }
}

impl From<ChainWhy> for Why {
    fn from(why: ChainWhy) -> Self {
        Why::Chain(Box::new(why))
    }
}

impl From<TimeWhy> for Why {
    fn from(why: TimeWhy) -> Self {
        Why::Time(Box::new(why))
    }
}

impl From<SigstoreWhy> for Why {
    fn from(why: SigstoreWhy) -> Self {
        Why::Sigstore(Box::new(why))
    }
}

impl From<TrustWhy> for Why {
    fn from(why: TrustWhy) -> Self {
        Why::Trust(Box::new(why))
    }
}

impl From<SignatureWhy> for Why {
    fn from(why: SignatureWhy) -> Self {
        Why::Signature(Box::new(why))
    }
}

impl From<SignerWhy> for Why {
    fn from(why: SignerWhy) -> Self {
        Why::Signer(Box::new(why))
    }
}

impl From<StatementWhy> for Why {
    fn from(why: StatementWhy) -> Self {
        Why::Statement(Box::new(why))
    }
}

impl From<SubjectWhy> for Why {
    fn from(why: SubjectWhy) -> Self {
        Why::Subject(Box::new(why))
    }
}

impl From<MethodWhy> for Why {
    fn from(why: MethodWhy) -> Self {
        Why::Method(why)
    }
}
