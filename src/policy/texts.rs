//! Text patterns in a policy, read within limits.

use super::text_pattern::TextPattern;
use crate::tables::{At, Faults, quote};

pub(super) const LIMIT_PATTERN_BYTES: usize = 4096;
/// What one compiled pattern may take, bytes.
const LIMIT_REGEX_BYTES: usize = 256 << 10;
const LIMIT_REGEXES: usize = 2000;

/// The patterns that were read so far.
#[derive(Default)]
pub(super) struct Texts {
    regexes: usize,
}

impl Texts {
    /// `exact:TEXT` or `regex:^…$`, or a fault.
    pub fn read(&mut self, faults: &mut Faults<'_>, written: &At<String>) -> Option<TextPattern> {
        let at = Some(written.at);
        let quoted = quote(&written.value);
        if written.value.len() > LIMIT_PATTERN_BYTES {
            faults.add(at, "the pattern is longer than 4 KiB", "");
            return None;
        }
        if let Some(exact) = written.value.strip_prefix("exact:").filter(|exact| !exact.is_empty()) {
            return Some(TextPattern::Exact(exact.to_owned()));
        }
        let Some(regex) = written.value.strip_prefix("regex:") else {
            let help = "write exact:TEXT, or regex:^…$ to match several subjects";
            faults.add(at, format!("`{quoted}` must start with `exact:` or `regex:`"), help);
            return None;
        };
        let Some(body) = regex.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')) else {
            let message = format!("`{quoted}` is not anchored: it would match inside a longer name");
            faults.add(at, message, "start the pattern with ^ and end it with $");
            return None;
        };
        self.regexes += 1;
        if self.regexes == LIMIT_REGEXES + 1 {
            faults.add(at, format!("more than {LIMIT_REGEXES} `regex:` patterns"), "use `exact:` patterns");
        }
        if self.regexes > LIMIT_REGEXES {
            return None;
        }
        match TextPattern::anchored(body, LIMIT_REGEX_BYTES) {
            Some(pattern) => Some(pattern),
            None => {
                let help = "check brackets and backslashes; in a \"…\" string, write each backslash twice";
                faults.add(at, format!("`{quoted}` is not a valid pattern, or too large"), help);
                None
            }
        }
    }
}
