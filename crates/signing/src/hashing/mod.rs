//! File hashing: sha256, blake2b (512 bit), blake3, as fast as the machine allows. It knows no manifest: it is
//! handed paths and sizes.
//!
//! `plan` says who hashes what and when, `source` reads and notices change, `streams` keeps the lanes of
//! sha256 and blake2b full, `sha256` chooses among the `kernel`s, `tree` cuts files for blake3; `files` is the door
//! to them, and `remembered` passes by those that were hashed before. `engine` is what computes, `fresh` what is computed of bytes
//! while they come, and `digesting` takes digests from all of these.

pub(crate) mod digesting;
mod engine;
pub(crate) mod files;
pub(crate) mod fresh;
pub(crate) mod job;
mod kernel;
mod plan;
pub(crate) mod remembered;
mod sha256;
mod source;
mod streams;
mod tree;

pub use digesting::Digesting;
pub use engine::DigestEngine;
pub use files::hash_files;
pub use fresh::{Fresh, Hasher, PartDigest};
pub use job::{HashAlgorithm, HashJob, hash_bytes, sha256_hex};
pub use remembered::{DigestKey, DigestLedger, FileState, Recalled, Remembered, Reuse};
