//! How to verify.

use crate::check::curve::Beyond;
use crate::check::identity::Method;
use crate::files::part::Only;
use std::path::PathBuf;

/// How to verify.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// The method that the caller asked for; a bundle of another method fails METHOD.
    pub method: Option<Method>,
    /// Paths to leave out: absolute, or relative to the current folder; besides what the bundle records.
    pub ignore_paths: Vec<PathBuf>,
    /// Whether `.git`, `.gitattributes`, `.github`, `.gitignore` at the top are left out.
    pub ignore_git_paths: bool,
    /// Do not fail on files that are not signed.
    pub ignore_unsigned_files: bool,
    /// Follow symbolic links inside the model, also where the bundle does not record that its signer did.
    pub allow_symlinks: bool,
    /// The part of the model that is verified; of the rest nothing is said then.
    pub only: Only,
    /// Kinds of keys beyond OMS v1.0 that count.
    pub beyond: Beyond,
    /// The time of the verification: validity of certificates without a trusted signing time, ages.
    pub at: jiff::Timestamp,
}

impl VerifyOptions {
    /// The defaults of the specification, at a time.
    pub fn at(at: jiff::Timestamp) -> Self {
        VerifyOptions {
            method: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            ignore_unsigned_files: false,
            allow_symlinks: false,
            only: Only::default(),
            beyond: Beyond::default(),
            at,
        }
    }
}

/// What of the options judging asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judging {
    /// The method that the caller asked for; a bundle of another method fails METHOD.
    pub method: Option<Method>,
    /// Do not fail on files that are not signed.
    pub ignore_unsigned_files: bool,
    /// Kinds of keys beyond OMS v1.0 that count.
    pub beyond: Beyond,
}

impl VerifyOptions {
    /// What of them judging asks for.
    pub fn judging(&self) -> Judging {
        Judging {
            method: self.method,
            ignore_unsigned_files: self.ignore_unsigned_files,
            beyond: self.beyond,
        }
    }
}
