//! What may compute the digests of files in place of the processors, which always can.

use crate::error::Result;
use crate::progress::Progress;

use super::job::{HashAlgorithm, HashJob};

/// Computes digests of files in place of the processors, as a device may that is faster.
pub trait DigestEngine: Sync {
    /// What a record calls it: the device.
    fn name(&self) -> &str;

    /// Digests of all jobs, in their order: of the bytes that lie there now, as [`crate::hash_files`] gives them. Files that cannot
    /// be read, or that change while they are read, are errors of their own.
    ///
    /// # Errors
    /// `E-CANCELLED`; what says that the engine cannot be used at all.
    fn digests(
        &self,
        algorithm: HashAlgorithm,
        jobs: &[HashJob],
        progress: &Progress,
    ) -> Result<Vec<Result<Vec<u8>>>>;
}
