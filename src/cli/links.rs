//! Names of files as links, where a terminal shows them (OSC 8): a click opens the file. What a pipe or a file gets has none.
//! It decides nothing else of what is printed.

use crate::text::screen;
use std::fmt::Write;
use std::path::Path;
use supports_hyperlinks::{Stream, on};

/// A file that was written or is named, for standard output.
pub(super) fn file(path: &Path) -> String {
    linked(path, on(Stream::Stdout))
}

/// The same for standard error.
pub(super) fn noted(path: &Path) -> String {
    linked(path, on(Stream::Stderr))
}

fn linked(path: &Path, is_shown: bool) -> String {
    let shown = screen(&path.to_string_lossy());
    // A name that is no text has no address that every terminal reads.
    let address = std::path::absolute(path).ok().filter(|_| is_shown);
    match address.as_deref().and_then(Path::to_str) {
        Some(address) => format!("\u{1b}]8;;file://{}\u{1b}\\{shown}\u{1b}]8;;\u{1b}\\", encoded(address)),
        None => shown,
    }
}

/// The path of an address (RFC 3986, 3.3): nothing of a name can end it, or reach the terminal as a command.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            // Writing to a string does not fail.
            byte => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_the_whole_address_and_shows_the_name_as_it_was_given() {
        let path = Path::new("/a b/ü;\u{7}.md");
        let link = linked(path, true);
        assert!(link.starts_with("\u{1b}]8;;file:///a%20b/%C3%BC%3B%07.md\u{1b}\\"), "{link:?}");
        assert!(link.ends_with(&format!("{}\u{1b}]8;;\u{1b}\\", screen("/a b/ü;\u{7}.md"))), "{link:?}");
        assert_eq!(linked(path, false), screen("/a b/ü;\u{7}.md"));
    }
}
