//! The Sigstore kind: the only room that knows `sigstore-verify`. Offline, always. It judges the signer and when it was
//! signed; what was signed is not its business.

mod artifact;
pub(crate) mod evidence;
pub(crate) mod identity;
pub(crate) mod root;
mod stamps;

pub use artifact::{BundleSigner, verify_artifact};
pub use root::SigstoreRoot;
