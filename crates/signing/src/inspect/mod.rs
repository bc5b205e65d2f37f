//! Says what a file or an anchor holds. It shows and never judges.

mod anatomy;
mod anchor;
mod inspection;
mod logged;
pub(crate) mod look;
mod other;
mod path;
mod pretty;

pub use anatomy::{Anatomy, anatomy};
pub use inspection::Inspection;
pub use logged::{InclusionProof, LoggedEntry};
pub use look::inspect;
pub use path::{CertificateFrom, CertificateLine, CertificateSeen};
pub use pretty::RawText;
