//! The words for what was concluded, one file a subject. It concludes nothing.

pub mod caps;
