//! What a verification says: its checks, their codes, the facts behind them, and who signed. It knows no model, no
//! bundle and no words for people.

pub(crate) mod anchor;
pub(crate) mod change;
pub(crate) mod codes;
pub(crate) mod curve;
pub(crate) mod evidence;
pub(crate) mod fault;
pub(crate) mod identity;
pub(crate) mod other;
pub(crate) mod outcome;
pub(crate) mod stage;
pub(crate) mod step;
pub(crate) mod thing;
pub(crate) mod why;

pub use anchor::AnchorKind;
pub use change::{ChangeNote, HeaderFormat, TextForm};
pub use codes::CheckCode;
pub use curve::{Beyond, Curve, KeyKind};
pub use evidence::{LogEntry, TimeSource};
pub use fault::{DocumentFault, LinkFault, ListFault, Unlistable};
pub use identity::{Identity, IdentityPart, Method, NameChange, NameDifference};
pub use other::{ForeignKind, OtherFile};
pub use outcome::Outcome;
pub use stage::Stage;
pub use step::Check;
pub use thing::Thing;
pub use why::card::{CardCanonical, CardForm, CardWhy, JwsRefused, KeyHints, MemberChange, MemberDiffers};
pub use why::chain::{CertificateNote, Unused};
pub use why::policy::{
    Differs, Ended, ExpectedIdentity, ExpectedSigner, HazardSeen, IdentityWhy, OutsideGrant, PolicyFinding,
    PolicyWhy,
};
pub use why::predicates::{About, ClaimRow, ClaimsFault, LineFault, PredicatesWhy, Unread};
pub use why::{
    FilesFound, FilesTally, FilesWhy, ForeignBeside, KeySaid, LikelyCause, MethodWhy, MissingKind,
    NamedAnchor, ParseFound, ParseWhy, Parts, SignatureWhy, SignerWhy, StatementWhy, SubjectWhy, TrustWhy,
    TrustedKey, TypeField, Why,
};
