//! Agent cards that carry their own signatures: documents of sigstore-a2a, and A2A cards with JSON Web Signatures. It
//! reads them within limits; whether a signature is worth anything, it does not know, and it fetches nothing.

mod document;
mod jws;
mod place;
mod shown;

pub use document::bundle_in;
pub(crate) use document::{Card, Signed, said_by};
pub(crate) use jws::Jws;
pub use place::{CardPlace, card_in};
pub use shown::{CardSeen, signed_card};
