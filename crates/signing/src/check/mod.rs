//! What a verification says: its checks, their codes, and who signed. It knows no model and no bundle.

pub(crate) mod codes;
pub(crate) mod evidence;
pub(crate) mod identity;
pub(crate) mod step;

pub use codes::{CODES, CodeInfo, code_info};
pub use evidence::{LogEntry, TimeSource};
pub use identity::{Identity, IdentityPart, Method, NameChange, NameDifference};
pub use step::{Check, Outcome, Stage};
