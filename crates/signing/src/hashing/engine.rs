//! What computes the digests of files, and what need not be computed again. The processor always can; something faster may
//! stand in for it, and is never what contradicts a signature: a digest that does not fit is computed again by the processor.

use crate::error::Result;
use crate::progress::Progress;
use std::fmt;

use super::files::hash_files;
use super::fresh::Fresh;
use super::job::{HashAlgorithm, HashJob};
use super::remembered::Reuse;

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

/// Where digests of files come from.
#[derive(Clone, Copy)]
pub struct Digesting<'d> {
    /// What computes them.
    pub engine: &'d dyn DigestEngine,
    /// What was computed earlier, and may be taken: FILES then says so.
    pub reuse: Option<Reuse<'d>>,
    /// What was computed a moment ago from the very bytes of these files.
    pub fresh: Option<&'d Fresh>,
}

impl Default for Digesting<'_> {
    /// Everything is computed, by the processors.
    fn default() -> Self {
        Digesting { engine: &Cpu, reuse: None, fresh: None }
    }
}

impl<'d> From<Option<Reuse<'d>>> for Digesting<'d> {
    fn from(reuse: Option<Reuse<'d>>) -> Self {
        Digesting { reuse, ..Digesting::default() }
    }
}

impl fmt::Debug for Digesting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Digesting")
            .field("engine", &self.engine.name())
            .field("reuses", &self.reuse.is_some())
            .field("has_fresh", &self.fresh.is_some())
            .finish()
    }
}
