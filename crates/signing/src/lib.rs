//! OpenSSF Model Signing (OMS) v1.0: machine-learning models signed and verified, offline.
//!
//! Usable by itself: [`sign_key`], [`sign_certificate`], [`verify()`], [`digest`], [`inspect()`]. It knows no store, no
//! policy and no screen. Every step of a verification is a [`Check`]; what an artifact brings along (keys, roots) is never
//! trusted: trust comes in as [`Trust`].
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
//!
//! # Features
//! - `keyless` (default): keyless signing, timestamps and fetching a trusted root, the only parts that use the network.
//!   Without it keyless signatures are still verified.
//! - `pkcs11` (default): signing with a key in a token, whose own module is loaded when it is named.
//!
//! # Rooms
//! From bottom to top; a room uses only what stands above it in this list, and no two files need each other.
//!
//! | room | what it is for |
//! |---|---|
//! | [`text`] | text of others, made safe to show; counts, sizes and bars as people read them |
//! | [`clock`] | times as they are shown |
//! | [`error`] | what stopped us from looking, with a stable code |
//! | [`progress`] | how far a job is, and whether it was cancelled |
//! | [`json`] | JSON read within limits, and written in one spelling |
//! | [`disk`] | files read whole within limits, and written whole or not at all |
//! | `pem` | base64 between labelled lines |
//! | `http` | the one HTTP client (feature `keyless`) |
//! | `check` | what a verification says: checks, their codes, who signed |
//! | `hashing` | digests of files, and those that are remembered |
//! | `x509` | certificates, chains, revocation lists |
//! | `keys` | keys in memory, in files, in tokens |
//! | `bundle` | bundle, envelope, statement and manifest, read and written |
//! | `time` | RFC 3161 timestamps, as they say |
//! | `files` | which files a model has, and what a difference looks like |
//! | `sigstore` | the only room that knows `sigstore-verify` |
//! | `trust` | anchors, their state, and how a trusted root is fetched |
//! | `foreign` | signatures of other kinds, recognised and never believed |
//! | `verify` | all stages of a verification |
//! | `inspect` | what a file or an anchor holds, shown and not judged |
//! | `sign` | signing with a key or a certificate, and (in `keyless`) with a login |
#![cfg_attr(test, allow(clippy::disallowed_methods))]

pub mod clock;
pub mod disk;
pub mod error;
pub mod json;
pub mod progress;
pub mod text;

mod bundle;
mod card;
mod check;
mod files;
mod foreign;
#[doc(hidden)]
pub mod fuzz;
mod hashing;
#[cfg(feature = "keyless")]
mod http;
mod inspect;
mod keys;
mod pem;
mod sign;
mod sigstore;
mod time;
mod trust;
mod verify;
mod words;
mod x509;

pub use bundle::{
    Bundle, Envelope, Head, LIMIT_BUNDLE_BYTES, Manifest, Material, Resource, RootDigest, Serialization,
    Statement, SubjectSaid, default_signature, pae, read_head,
};
pub use card::{CardPlace, CardSeen, bundle_in, card_in, signed_card};
pub use check::{
    About, AnchorKind, Beyond, CardCanonical, CardForm, CardWhy, CertificateNote, ChangeNote, Check,
    CheckCode, ClaimRow, ClaimsFault, Curve, Differs, DocumentFault, Ended, ExpectedIdentity, ExpectedSigner,
    FilesFound, FilesTally, FilesWhy, ForeignBeside, ForeignKind, HazardSeen, HeaderFormat, Identity,
    IdentityPart, IdentityWhy, JwsRefused, KeyHints, KeyKind, KeySaid, LikelyCause, LineFault, LinkFault,
    ListFault, LogEntry, MemberChange, MemberDiffers, Method, MethodWhy, MissingKind, NameChange,
    NameDifference, NamedAnchor, OtherFile, Outcome, OutsideGrant, ParseFound, ParseWhy, Parts,
    PolicyFinding, PolicyWhy, PredicatesWhy, SignatureWhy, SignerWhy, Stage, StatementWhy, SubjectWhy,
    TextForm, Thing, TimeSource, TrustWhy, TrustedKey, TypeField, Unlistable, Unread, Unused, Why,
};
#[doc(hidden)]
pub use files::HUB_REPOSITORIES;
pub use files::{
    Apart, Aside, AsideKind, ChangeKind, ChangedFile, ChangedPart, CopySeen, Entry, FileSeen, FileWord,
    FilesReport, FollowedLinks, GIT_PATHS, IgnoredPath, IgnoredPlace, Listed, ListedFile, Listing,
    ModelState, MoveKind, MovedFile, Only, PartSeen, Scope, TensorsHit, enumerate, hazard, hub_blobs,
    ignored_paths, is_git_hook, is_of_git, named_files,
};
pub use foreign::{ForeignSignature, ForeignState, is_foreign_signature};
// What only Touchmark's inventory and its tests ask for: no promise is made about these.
#[doc(hidden)]
pub use foreign::{JsonSignature, foreign_kind, json_signatures};
pub use hashing::{
    DigestEngine, DigestKey, DigestLedger, Digesting, FileState, Fresh, HashAlgorithm, HashJob, Hasher,
    PartDigest, Recalled, Remembered, Reuse, hash_bytes, hash_files, sha256_hex,
};
pub use inspect::{
    Anatomy, CertificateFrom, CertificateLine, CertificateSeen, InclusionProof, Inspection, LoggedEntry,
    RawText, anatomy, inspect,
};
pub use keys::{
    KeyFile, PublicKey, Secret, Signer, SigningKey, describe_key, settle_key_pair, write_key_pair,
};
#[cfg(feature = "pkcs11")]
pub use keys::{Pkcs11Uri, TokenKey};
pub use progress::{Pace, Progress, Snapshot};
#[cfg(feature = "keyless")]
pub use sign::{
    Credentials, DEFAULT_AUDIENCE, IdentityToken, Instance, Login, SignedKeyless, SignedStatement,
    TimestampService, Timestamped, sign_sigstore, sign_statement_sigstore,
};
pub use sign::{
    SignOptions, Signed, Stamp, With, check_place, check_signing_chain, digest, sign_certificate,
    sign_certificate_with, sign_key, sign_key_with, sign_statement_certificate, sign_statement_key,
};
pub use sigstore::{BundleSigner, SigstoreRoot, verify_artifact};
pub use time::TimestampAuthority;
pub use trust::{
    Anchor, AnchorFault, AnchorMaterial, AnchorUse, Change, Embedded, Health, IdentityRule, ServiceChange,
    Trust, look_at_anchor, root_changes,
};
#[cfg(feature = "keyless")]
pub use trust::{FetchedRoot, fetch_trusted_root};
pub use verify::{
    Comparison, Coverage, Due, Judging, Observed, Place, Seen, SignatureSeen, SignatureState, Streamed,
    TrustMoments, Verification, VerifyOptions, bundle_dues, bundle_moments, claimed_signer,
    find_any_signature, find_signature, judge, next_change, observe, trust_dues, verify, verify_claim,
    verify_place, verify_seen, verify_with,
};
pub use words::{CODES, CodeInfo, Words, code_info, remedy_for};
pub use x509::{
    CertificateFile, ChainJudgement, ChainTime, RevocationList, certificates_from_pem, check_chain,
    judge_chain,
};

/// The README's example, compiled and run with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
