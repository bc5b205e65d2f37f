//! Says what a file or an anchor holds. It shows and never judges.

mod anchor;
pub(crate) mod look;

pub use look::{Inspection, inspect};
