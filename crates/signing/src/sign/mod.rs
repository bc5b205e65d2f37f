//! Signing: with a key, with a certificate, keyless. It trusts nobody; whether a signature is worth anything is for the
//! verifier.

mod before;
#[cfg(feature = "keyless")]
mod keyless;
mod model;
mod statement;
#[cfg(feature = "keyless")]
mod timestamp;

pub use before::{check_place, check_signing_chain};
#[cfg(feature = "keyless")]
pub use keyless::{
    Credentials, DEFAULT_AUDIENCE, IdentityToken, Instance, Login, SignedKeyless, SignedStatement,
    sign_sigstore, sign_statement_sigstore,
};
pub use model::{
    SignOptions, Signed, Stamp, With, digest, sign_certificate, sign_certificate_with, sign_key,
    sign_key_with,
};
pub use statement::{sign_statement_certificate, sign_statement_key};
#[cfg(feature = "keyless")]
pub use timestamp::{TimestampService, Timestamped};
