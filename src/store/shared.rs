//! One store for several threads, and as the ledger of digests that the signing core asks. What it cannot answer or
//! keep is computed again: no error comes of it.

use crate::signing::{DigestKey, DigestLedger, Remembered};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::seal::{CacheKey, Sealed};
use super::traits::{Digests, Store};

/// One store for several threads, each in its turn.
pub struct Shared(Mutex<Box<dyn Store>>);

/// The digests that a store remembers, as far as they have the seal of a key.
pub struct SealedDigests<'s> {
    store: &'s Shared,
    key: CacheKey,
}

impl Shared {
    /// Shares a store.
    pub fn new(store: Box<dyn Store>) -> Self {
        Shared(Mutex::new(store))
    }

    /// Waits for the store. A thread that panicked with it in hand left it whole: every change is a transaction.
    pub fn lock(&self) -> MutexGuard<'_, Box<dyn Store>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The digests that it remembers under this key.
    pub fn digests(&self, key: CacheKey) -> SealedDigests<'_> {
        SealedDigests { store: self, key }
    }
}

impl DigestLedger for SealedDigests<'_> {
    fn recall(&self, keys: &[DigestKey]) -> Vec<Option<Remembered>> {
        let none = |_| vec![None; keys.len()];
        let known = Digests::recall(&**self.store.lock(), keys).unwrap_or_else(none);
        keys.iter().zip(known).map(|(key, known)| self.key.opened(key, known?)).collect()
    }

    fn remember(&self, digests: &[(DigestKey, Remembered)]) {
        if !digests.is_empty() {
            let sealed: Vec<(DigestKey, Sealed)> =
                digests.iter().map(|(key, one)| (key.clone(), self.key.seal(key, one))).collect();
            let _ = Digests::remember(&mut **self.store.lock(), &sealed);
        }
    }
}
