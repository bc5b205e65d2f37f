//! `[[test]]`: evidence that is given in words, and what the policy has to decide of it, as plain values. Nothing is
//! judged here.

use super::class::Action;
use super::stage_rules::DigestBasis;
use crate::inventory::Format;
use crate::signing::{AnchorKind, HashAlgorithm, KeyKind, Method, RootDigest};
use jiff::Timestamp;

/// One `[[test]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTest {
    /// Its name.
    pub name: String,
    /// The stage that is asked for.
    pub stage: String,
    /// When it is asked; none: at the time of the run.
    pub at: Option<Timestamp>,
    /// The model and what is known of it.
    pub given: Given,
    /// What happened around it.
    pub around: Around,
    /// What has to come of it.
    pub expect: Expected,
}

/// A decision as a test expects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Admitted.
    Admit,
    /// Admitted once somebody acknowledges it.
    Warn,
    /// Refused.
    Refuse,
}

/// What has to come of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The decision.
    pub decision: Wanted,
    /// The effective level; none: any.
    pub effective_level: Option<u8>,
    /// Codes that have to be among the reasons that weigh as much as the decision.
    pub reasons: Vec<String>,
}

impl Wanted {
    /// All, with the words of the policy.
    pub(super) const WORDS: [(&'static str, Wanted); 3] =
        [("admit", Wanted::Admit), ("warn", Wanted::Warn), ("refuse", Wanted::Refuse)];

    /// What a stage does about a reason that leads to it.
    pub fn action(self) -> Action {
        match self {
            Wanted::Admit => Action::Open,
            Wanted::Warn => Action::Warn,
            Wanted::Refuse => Action::Closed,
        }
    }
}

/// What was found of the files and the signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Signed, and everything as it was signed.
    #[default]
    Signed,
    /// Signed, and a file differs.
    Tampered,
    /// Not signed.
    Unsigned,
    /// Signed, and a file could not be read.
    Unreadable,
    /// Nobody looked.
    Unverified,
}

/// A proven signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenSigner {
    /// The name of its anchor.
    pub anchor: String,
    /// What that is.
    pub kind: AnchorKind,
    /// The subject, or the fingerprint of a key.
    pub subject: String,
    /// Who issued its certificate.
    pub issuer: Option<String>,
}

impl GivenSigner {
    /// How it signs: that follows from its anchor.
    pub fn method(&self) -> Method {
        match self.kind {
            AnchorKind::Key => Method::Key,
            AnchorKind::Sigstore => Method::Sigstore,
            AnchorKind::Ca | AnchorKind::Tsa => Method::Certificate,
        }
    }
}

/// A claim about the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenClaim {
    /// The URI of its predicate.
    pub predicate: String,
    /// Who signed it.
    pub signer: GivenSigner,
    /// A trusted signing time.
    pub signed_at: Option<Timestamp>,
    /// The predicate, as JSON.
    pub states: String,
}

/// What happened around a model: what people and gates said of it, and the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// Whether a reviewer rejected it.
    pub rejected: bool,
    /// Stages whose gate let it in.
    pub admitted_at: Vec<String>,
    /// Stages whose gate did not.
    pub refused_at: Vec<String>,
    /// Who broke the glass of the stage.
    pub glass: Option<GivenGlass>,
    /// What is declared as logged where it runs at the stage; none: nobody says where it runs.
    pub logged: Option<GivenLogged>,
    /// What the ledger lacks; none: nothing.
    pub ledger: Option<GivenLedger>,
}

/// Who broke the glass, an hour ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenGlass {
    /// The accounts.
    pub by: Vec<String>,
    /// For how many hours, from then on.
    pub hours: u32,
}

/// What is declared as logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenLogged {
    /// Evidence profiles, with all of their fields.
    pub profiles: Vec<&'static str>,
    /// For how many days.
    pub days: u32,
}

/// How much of the ledger no checkpoint covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenLedger {
    /// So many records.
    pub unanchored_records: u32,
    /// For so many days.
    pub unanchored_days: u32,
}

/// A model and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its id.
    pub model: String,
    /// The files and the signature.
    pub state: State,
    /// Who signed.
    pub signer: Option<GivenSigner>,
    /// A trusted signing time.
    pub signed_at: Option<Timestamp>,
    /// Whether a log entry was proven; none: as its method has it.
    pub log: Option<bool>,
    /// Whether a bill of materials binds the signature, as `bind` writes it.
    pub bound: bool,
    /// Whether the policy is taken as if it named the signer as the publisher of this model.
    pub assume_publisher: bool,
    /// The kind of the key that signed.
    pub key: KeyKind,
    /// The hash of the files.
    pub hash: HashAlgorithm,
    /// The age of the verification in days.
    pub age_days: u32,
    /// For so many seconds the clock of the verification was ahead.
    pub ahead_seconds: u32,
    /// How long ago digests were computed that were remembered, in hours; none: all were computed.
    pub cached_hours: Option<u32>,
    /// Whether only a part was verified.
    pub partial: bool,
    /// What the digests of its files rest on.
    pub digest_basis: DigestBasis,
    /// Whether the signature followed links.
    pub symlinks: bool,
    /// Paths that the signature leaves out.
    pub ignored: Vec<String>,
    /// Formats of its files.
    pub formats: Vec<Format>,
    /// Datasets that its documents name.
    pub datasets: Vec<String>,
    /// Licences that its documents name.
    pub licenses: Vec<String>,
    /// Its root digest; none: one that follows from its id.
    pub digest: Option<RootDigest>,
    /// Claims about it.
    pub claims: Vec<GivenClaim>,
    /// The models that it derives from.
    pub parents: Vec<Given>,
}
