//! The signing core: OpenSSF Model Signing (OMS) v1.0, signed and verified, offline: only keyless signing
//! (the feature `keyless`) uses the network.
//!
//! Usable by itself: [`sign_key`], [`sign_certificate`], [`verify`], [`digest`], [`inspect`]. It knows no
//! store, no policy and no screen. Every step of a verification is a [`Check`]; what an artifact brings
//! along (keys, roots) is never trusted: trust comes in as [`Trust`].

mod bundle;
mod chain;
mod check;
mod dsse;
mod enumerate;
mod files;
mod formats;
mod hashing;
mod identity;
mod inspect;
mod json;
#[cfg(feature = "keyless")]
mod keyless;
mod keys;
mod manifest;
mod progress;
mod sign;
mod signer;
mod sigstore;
mod trust;
mod verify;

pub use bundle::{Bundle, LIMIT_BUNDLE_BYTES, Material, default_signature, read_small};
pub use chain::certificates_from_pem;
pub use check::{Check, Outcome, Stage};
pub use dsse::{Envelope, pae};
pub use enumerate::{Entry, Listing, Scope, enumerate};
pub use hashing::{HashAlgorithm, HashJob, hash_bytes, hash_files};
pub use identity::{Identity, Method};
pub use inspect::{Inspection, inspect};
#[cfg(feature = "keyless")]
pub use keyless::{
    Credentials, DEFAULT_AUDIENCE, IdentityToken, Instance, Login, SignedKeyless, sign_sigstore,
};
pub use keys::{Curve, PublicKey, SigningKey};
pub use manifest::{Manifest, Resource, RootDigest, Serialization, Statement};
pub use progress::{Progress, Snapshot};
pub use sign::{SignOptions, Signed, digest, sign_certificate, sign_key};
pub use trust::{Anchor, AnchorKind, AnchorUse, IdentityRule, Trust};
pub use verify::{ChangedFile, FilesReport, LogEntry, TimeSource, Verification, VerifyOptions, verify};
