//! What every place can do: list, tell a state, give bytes of that state, and take an object that is not there yet. It
//! knows no kind of place.

use super::names::KeyFault;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::ops::{ControlFlow, Range};

/// More objects than one listing may have.
pub const MAX_KEYS: u64 = 200_000_000;
/// So many bytes are asked for at once.
pub(super) const CHUNK: u64 = 8 * 1024 * 1024;

/// A file or an object, in the state in which it was seen. Its key is clean ([`super::check_key`]) and relative to the
/// place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Where it lies below the place, parts divided by `/`.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// What tells this state from others: an entity tag, or what the file system says.
    pub etag: String,
    /// The version, where the place keeps several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the provider says that its bytes sum up to; a listing does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
}

/// A sum that the provider of a place made of an object's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checksum {
    /// `sha256`, or another algorithm's name.
    pub algorithm: String,
    /// The sum, hex.
    pub hex: String,
    /// Whether it is over all bytes: the sum of the sums of parts says nothing that a signature could be held against.
    pub whole: bool,
}

impl Checksum {
    /// SHA-256 over all bytes.
    pub fn sha256(&self) -> Option<Vec<u8>> {
        let is_whole = self.whole && self.algorithm == "sha256";
        hex::decode(&self.hex).ok().filter(|sum| is_whole && sum.len() == 32)
    }
}

/// What a listing comes upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// An object.
    Object(Object),
    /// One whose key is no clean path, or what is no file. Nothing of it is read.
    Odd {
        /// The key, raw.
        key: String,
        /// What is wrong.
        fault: KeyFault,
    },
}

impl Seen {
    /// Its key, raw.
    pub fn key(&self) -> &str {
        match self {
            Seen::Object(object) => &object.key,
            Seen::Odd { key, .. } => key,
        }
    }
}

/// A place with files. Keys are relative to it.
///
/// Errors that mean the same everywhere: `E-NOT-FOUND`; `E-CHANGED` when it is not in that state any more; `E-NETWORK`
/// when trying again later may help; `E-REFUSED` when it may not be read or written.
pub trait Files: Send + Sync {
    /// Everything, in the order of the keys' bytes, however many pages that takes.
    ///
    /// # Errors
    /// As the trait says; `E-TOO-LARGE`; `E-ANSWER` when the order is another; what `take` gives.
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()>;

    /// The state of one object now, with the provider's checksum where there is one.
    ///
    /// # Errors
    /// As the trait says.
    fn state(&self, key: &str) -> Result<Object>;

    /// Bytes of an object in the state that it was seen in.
    ///
    /// # Errors
    /// As the trait says.
    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>>;

    /// Puts an object that must not be there yet. False when there is one: nothing is replaced.
    ///
    /// # Errors
    /// As the trait says.
    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool>;

    /// All bytes of an object in the state that it was seen in, piece by piece.
    ///
    /// # Errors
    /// As the trait says; what `take` gives.
    fn stream(&self, object: &Object, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut at = 0;
        while at < object.size {
            let end = object.size.min(at.saturating_add(CHUNK));
            take(&self.read(object, at..end)?)?;
            at = end;
        }
        Ok(())
    }

    /// The same for someone who keeps the pieces.
    ///
    /// # Errors
    /// As [`Files::stream`].
    fn pieces(&self, object: &Object, take: &mut dyn FnMut(Vec<u8>) -> Result<()>) -> Result<()> {
        self.stream(object, &mut |piece| take(piece.to_vec()))
    }

    /// All bytes of a small object as it is now.
    ///
    /// # Errors
    /// As the trait says; `E-TOO-LARGE`.
    fn small(&self, key: &str, limit: u64) -> Result<Vec<u8>> {
        let object = self.state(key)?;
        if object.size > limit {
            return Err(Error::new(Code::TooLarge, format!("larger than {limit} bytes")).at(key));
        }
        let mut bytes = Vec::new();
        self.stream(&object, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }
}

/// An object is not in the state that it was seen in.
pub(super) fn changed(key: &str) -> Error {
    Error::new(Code::Changed, "the object was changed after it was listed")
        .at(key)
        .help("plan again, which lists what lies there now")
}

/// Watches over the order and the number of a listing.
#[derive(Default)]
pub(super) struct Order {
    last: Option<String>,
    many: u64,
}

impl Order {
    /// An error unless the key comes after the one before.
    pub(super) fn next(&mut self, key: &str) -> Result<()> {
        if self.last.as_deref().is_some_and(|last| last >= key) {
            return Err(Error::new(Code::Answer, "the listing is not in the order of its keys")
                .at(key)
                .help("models cannot be told from such a listing; S3 directory buckets give one, and Azure accounts with a hierarchical namespace may"));
        }
        self.many += 1;
        if self.many > MAX_KEYS {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_KEYS} objects"))
                .help("plan parts of the place by themselves"));
        }
        self.last = Some(key.to_owned());
        Ok(())
    }
}
