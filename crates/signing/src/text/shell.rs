//! Words for a shell.

use super::screen;

/// Text as one word of a POSIX shell, quoted where that is needed. None for text that is not what it looks like: nobody
/// should be given a command that holds characters that nobody sees.
pub fn shell_word(raw: &str) -> Option<String> {
    if raw.is_empty() || screen(raw) != raw {
        return None;
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./@+:,%".contains(c);
    if raw.chars().all(is_plain) {
        return Some(raw.to_owned());
    }
    Some(format!("'{}'", raw.replace('\'', "'\\''")))
}
