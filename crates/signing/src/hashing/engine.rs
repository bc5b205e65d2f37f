//! What computes the digests of files. The processors of this machine always can; something faster may stand in for them.

use crate::error::Result;
use crate::progress::Progress;

use super::files::hash_files;
use super::job::{HashAlgorithm, HashJob};

/// Computes digests of files.
pub trait DigestEngine: Sync {
    /// What a record calls it: `cpu`, or the device.
    fn name(&self) -> &str;

    /// Digests of all jobs, in their order: of the bytes that lie there now, as [`hash_files`] gives them. Files that cannot
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

/// The processors of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu;

impl Cpu {
    /// What records call it.
    pub const NAME: &str = "cpu";
}

impl DigestEngine for Cpu {
    fn name(&self) -> &str {
        Cpu::NAME
    }

    fn digests(
        &self,
        algorithm: HashAlgorithm,
        jobs: &[HashJob],
        progress: &Progress,
    ) -> Result<Vec<Result<Vec<u8>>>> {
        hash_files(algorithm, jobs, progress)
    }
}
