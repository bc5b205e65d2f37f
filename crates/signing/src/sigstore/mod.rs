//! The Sigstore kind: the only room that knows `sigstore-verify`. Offline, always. It judges the signer and when it was
//! signed; what was signed is not its business.

pub(crate) mod evidence;

pub use evidence::{BundleSigner, verify_artifact};
