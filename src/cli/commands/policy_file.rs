//! The file of a policy, as the commands read it.

use crate::error::{Code, Error, Result};
use std::path::Path;

/// A larger one is refused.
pub(super) const LIMIT_POLICY_BYTES: u64 = 1024 * 1024;

/// The text in it.
pub(super) fn text_of(bytes: Vec<u8>, file: &Path) -> Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| Error::new(Code::Config, "the policy is not UTF-8 text").at_path(file))
}
