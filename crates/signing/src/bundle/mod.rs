//! Sigstore bundles and what is in them, read and written: the envelope, the statement, the manifest. It verifies
//! nothing.

pub(crate) mod document;
pub(crate) mod dsse;
pub(crate) mod head;
pub(crate) mod manifest;

pub use document::{Bundle, LIMIT_BUNDLE_BYTES, Material, default_signature};
pub use dsse::{Envelope, pae};
pub use head::{Head, SubjectSaid, read_head};
pub use manifest::{Manifest, Resource, RootDigest, Serialization, Statement};
