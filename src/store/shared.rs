//! One store for several threads, and as the ledger of digests that the signing core asks. What it cannot answer or
//! keep is computed again: no error comes of it.

use crate::signing::{DigestKey, DigestLedger, Remembered};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::traits::{Digests, Store};

/// One store for several threads, each in its turn.
pub struct Shared(Mutex<Box<dyn Store>>);

impl Shared {
    /// Shares a store.
    pub fn new(store: Box<dyn Store>) -> Self {
        Shared(Mutex::new(store))
    }

    /// Waits for the store. A thread that panicked with it in hand left it whole: every change is a transaction.
    pub fn lock(&self) -> MutexGuard<'_, Box<dyn Store>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DigestLedger for Shared {
    fn recall(&self, keys: &[DigestKey]) -> Vec<Option<Remembered>> {
        Digests::recall(&**self.lock(), keys).unwrap_or_else(|_| vec![None; keys.len()])
    }

    fn remember(&self, digests: &[(DigestKey, Remembered)]) {
        if !digests.is_empty() {
            let _ = Digests::remember(&mut **self.lock(), digests);
        }
    }
}
