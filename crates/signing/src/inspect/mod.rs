//! Says what a file or an anchor holds. It shows and never judges.

mod anchor;
mod inspection;
pub(crate) mod look;
mod other;

pub use inspection::Inspection;
pub use look::inspect;
