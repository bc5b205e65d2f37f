//! Who signs: a key, a key with its certificates, an identity at a Sigstore instance, a token; and who says when. It
//! knows no command, and not what is signed.

mod by_flags;
mod chain;
mod private_key;
mod sigstore;
mod statement;
mod timestamp;
mod token;

pub(crate) use by_flags::SignerByFlags;
pub(crate) use chain::Chain;
pub(crate) use private_key::PrivateKey;
pub(crate) use sigstore::SigstoreLogin;
#[cfg(not(feature = "keyless"))]
pub(in crate::cli) use sigstore::unavailable;
pub(in crate::cli) use statement::SignedStatement;
pub(crate) use statement::StatementSigner;
pub(crate) use timestamp::Timestamp;
pub(in crate::cli) use timestamp::{Told, authority};
pub(crate) use token::Token;
pub(in crate::cli) use token::open as open_token;
