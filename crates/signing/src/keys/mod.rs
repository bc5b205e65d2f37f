//! Keys that sign and verify: in memory, in files, in tokens. It knows no bundle; only tokens bring certificates along.

mod cosign;
mod encrypted;
pub(crate) mod files;
mod forms;
mod jwk;
pub(crate) mod jws;
mod kinds;
#[cfg(feature = "pkcs11")]
mod pkcs11;
#[cfg(feature = "pkcs11")]
mod pkcs11_uri;
mod point;
pub(crate) mod private;
pub(crate) mod public;
mod secret;
mod ssh;

pub use files::{KeyFile, describe_key, settle_key_pair, write_key_pair};
#[cfg(feature = "pkcs11")]
pub use pkcs11::TokenKey;
#[cfg(feature = "pkcs11")]
pub use pkcs11_uri::Pkcs11Uri;
pub use private::{Signer, SigningKey};
pub use public::PublicKey;
pub use secret::Secret;
