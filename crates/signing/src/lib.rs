//! The signing core: OpenSSF Model Signing (OMS) v1.0, signed and verified, offline: only keyless signing
//! and fetching a trusted root (the feature `keyless`) use the network.
//!
//! Usable by itself: [`sign_key`], [`sign_certificate`], [`verify`], [`digest`], [`inspect`]. It knows no
//! store, no policy and no screen. Every step of a verification is a [`Check`]; what an artifact brings
//! along (keys, roots) is never trusted: trust comes in as [`Trust`].
//!
//! ```
//! use touchmark_signing::{
//!     Anchor, Curve, IdentityRule, Outcome, Progress, SignOptions, SigningKey, Stage, Trust, VerifyOptions,
//!     sign_key, verify,
//! };
//!
//! let model = tempfile::tempdir()?;
//! std::fs::write(model.path().join("model.safetensors"), b"weights")?;
//! let bundle = model.path().join("model.sig");
//!
//! let key = SigningKey::generate(Curve::P384)?;
//! let signed = sign_key(model.path(), &key, &SignOptions::to(&bundle), &Progress::default())?;
//! println!("root digest {}", signed.root_digest);
//!
//! // What to trust comes from the caller, never from the bundle.
//! let pem = key.public().to_pem();
//! let anchor = Anchor::key("release key", "made above", pem.as_bytes(), None)?;
//! let trust = Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides };
//! let now = VerifyOptions::at(jiff::Timestamp::now());
//! let verified = verify(model.path(), &bundle, &trust, &now, &Progress::default())?;
//! assert_eq!(verified.check(Stage::Files).map(|check| check.outcome), Some(Outcome::Pass));
//!
//! std::fs::write(model.path().join("model.safetensors"), b"WEIGHTS")?;
//! let verified = verify(model.path(), &bundle, &trust, &now, &Progress::default())?;
//! let first = verified.headline().expect("a changed file fails");
//! assert_eq!((first.code.as_str(), first.outcome), ("FILES-CHANGED", Outcome::Fail));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod clock;
pub mod disk;
pub mod error;
pub mod json;
pub mod progress;
pub mod text;

mod anchor_files;
mod bundle;
mod chain;
mod chain_names;
mod chain_rules;
mod chain_search;
mod check;
mod claim;
mod codes;
mod contents;
mod der_limits;
mod digests;
mod dsse;
mod encrypted;
mod enumerate;
mod files;
mod foreign;
mod formats;
#[doc(hidden)]
pub mod fuzz;
mod hashing;
mod health;
mod identity;
mod inspect;
mod instances;
mod key_files;
#[cfg(feature = "keyless")]
mod keyless;
mod keys;
mod layout;
mod links;
mod localise;
mod manifest;
#[cfg(feature = "pkcs11")]
mod pkcs11;
#[cfg(feature = "pkcs11")]
mod pkcs11_uri;
mod revocation;
mod rfc3161;
mod root_changes;
mod secret;
mod sign;
mod signer;
mod sigstore;
mod survey;
mod timestamps;
mod trust;
mod verification;
mod verify;

pub use anchor_files::look_at_anchor;
pub use bundle::{Bundle, LIMIT_BUNDLE_BYTES, Material, default_signature};
pub use chain::{ChainJudgement, ChainTime, certificates_from_pem, check_chain, judge_chain};
pub use check::{Check, Outcome, Stage};
pub use claim::{Head, claimed_signer, read_head, verify_claim};
pub use codes::{CODES, CodeInfo, code_info};
pub use digests::{DigestKey, DigestLedger, FileState, Recalled, Remembered, Reuse};
pub use dsse::{Envelope, pae};
pub use enumerate::{Entry, Listing, Scope, enumerate};
pub use enumerate::{GIT_PATHS, HUB_REPOSITORIES};
#[doc(hidden)]
pub use foreign::foreign_kind;
pub use foreign::{ForeignKind, ForeignSignature, ForeignState, is_foreign_signature};
pub use foreign::{JsonSignature, json_signatures};
pub use formats::hazard;
pub use hashing::{HashAlgorithm, HashJob, hash_bytes, hash_files, sha256_hex};
pub use health::{AnchorFault, Health};
pub use identity::{Identity, IdentityPart, Method, NameChange, NameDifference};
pub use inspect::{Inspection, inspect};
pub use instances::Embedded;
pub use key_files::{KeyFile, describe_key, write_key_pair};
#[cfg(feature = "keyless")]
pub use keyless::{
    Credentials, DEFAULT_AUDIENCE, FetchedRoot, IdentityToken, Instance, Login, SignedKeyless,
    TimestampService, Timestamped, fetch_trusted_root, sign_sigstore,
};
pub use keys::{Curve, PublicKey, Signer, SigningKey};
pub use localise::{ChangeKind, ChangedFile, ChangedPart, MoveKind, MovedFile, TensorsHit};
pub use manifest::{Manifest, Resource, RootDigest, Serialization, Statement};
#[cfg(feature = "pkcs11")]
pub use pkcs11::TokenKey;
#[cfg(feature = "pkcs11")]
pub use pkcs11_uri::Pkcs11Uri;
pub use progress::{Pace, Progress, Snapshot};
pub use revocation::RevocationList;
pub use root_changes::{Change, ServiceChange, root_changes};
pub use secret::Secret;
pub use sign::{
    SignOptions, Signed, Stamp, With, digest, sign_certificate, sign_certificate_with, sign_key,
    sign_key_with,
};
pub use sigstore::{BundleSigner, verify_artifact};
pub use survey::Coverage;
pub use timestamps::TimestampAuthority;
pub use trust::{Anchor, AnchorKind, AnchorUse, IdentityRule, Trust};
pub use verification::{FilesReport, FollowedLinks, LogEntry, TimeSource, Verification};
pub use verify::{VerifyOptions, verify, verify_with};
