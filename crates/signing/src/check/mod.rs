//! What a verification says: its checks, their codes, the facts behind them, and who signed. It knows no model, no
//! bundle and no words for people.

pub(crate) mod anchor;
pub(crate) mod change;
pub(crate) mod codes;
pub(crate) mod evidence;
pub(crate) mod fault;
pub(crate) mod identity;
pub(crate) mod outcome;
pub(crate) mod stage;
pub(crate) mod step;
pub(crate) mod why;

pub use anchor::AnchorKind;
pub use change::{ChangeNote, HeaderFormat};
pub use codes::CheckCode;
pub use evidence::{LogEntry, TimeSource};
pub use fault::{DocumentFault, LinkFault, ListFault, Unlistable};
pub use identity::{Identity, IdentityPart, Method, NameChange, NameDifference};
pub use outcome::Outcome;
pub use stage::Stage;
pub use step::Check;
pub use why::{
    FilesFound, FilesTally, FilesWhy, ForeignBeside, IdentityWhy, KeySaid, LikelyCause, MethodWhy,
    MissingKind, NamedAnchor, ParseFound, ParseWhy, Parts, Prose, SignatureWhy, StatementWhy, SubjectWhy,
    TrustWhy, TrustedKey, TypeField, Why,
};
