//! What several sections of a policy share: how a name is written, and what is said of a rule that this version
//! does not obey.

use crate::tables::{At, Faults, quote};

// A rule that stands in the file and is not obeyed would deceive its author: it is an error.
pub(super) const NOT_YET: &str =
    "this version does not evaluate it; take it out, so that nobody relies on it";

/// A name that messages may quote as it is: letters, digits, `.`, `_`, `-`.
pub(super) fn plain_name(faults: &mut Faults<'_>, what: &str, name: At<String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.value.len() > 64 || !name.value.chars().all(plain) {
        let message = format!("{what} cannot be `{}`", quote(&name.value));
        faults.add(Some(name.at), message, "at most 64 letters, digits, `.`, `_` and `-`");
    }
    name.value
}
