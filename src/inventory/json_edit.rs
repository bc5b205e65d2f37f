//! Changing one value of a JSON document while every other byte stays as it was: order, spaces, the way numbers
//! are written, names that occur twice, fields that nobody here knows. It knows nothing of what the document means.

use serde_json::Value;

use super::json_tree;

/// Replaces the value at a JSON pointer, or adds it: a member that an object lacks, or, where the last part of
/// the pointer is `-`, the next item of a list (RFC 6901, section 4).
///
/// # Errors
/// Our own words: the document is no JSON, or the pointer leads nowhere.
pub fn set(document: &[u8], pointer: &str, value: &Value) -> Result<Vec<u8>, String> {
    // Also the bound on depth and size, and the promise that what follows is JSON.
    json_tree::parse(document)?;
    let nowhere = || format!("nothing at {pointer}");
    let text = std::str::from_utf8(document).map_err(|_| "not UTF-8".to_owned())?;
    let parts: Vec<String> = match pointer.strip_prefix('/') {
        Some(rest) => rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect(),
        None if pointer.is_empty() => Vec::new(),
        None => return Err("a JSON pointer starts with /".to_owned()),
    };
    let mut scanner = Scanner { bytes: document, at: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    scanner.space();
    let mut splice =
        Splice { from: scanner.at, to: scanner.end_of_value().ok_or_else(nowhere)?, before: String::new() };
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        scanner.at = splice.from;
        splice = scanner.child(part, is_last).ok_or_else(nowhere)?;
    }
    let written = serde_json::to_string(value).map_err(|_| "a value that JSON cannot say".to_owned())?;
    let (head, tail) = (text.get(..splice.from), text.get(splice.to..));
    let (head, tail) = head.zip(tail).ok_or_else(nowhere)?;
    let changed = [head, &splice.before, &written, tail].concat().into_bytes();
    // A name that occurs twice, or a slip of ours: what comes out must be JSON in any case.
    json_tree::parse(&changed)?;
    Ok(changed)
}

/// Which bytes the new value takes the place of, and what comes before it there.
struct Splice {
    from: usize,
    to: usize,
    before: String,
}

/// Walks over bytes that are known to be JSON.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    /// The value of a member or item of the container that starts here; where it would be, when it may be added.
    fn child(&mut self, part: &str, may_add: bool) -> Option<Splice> {
        let is_object = match self.peek()? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        self.at += 1;
        let mut found = None;
        let mut items = 0_usize;
        let mut end = self.at;
        loop {
            self.space();
            match self.peek()? {
                b'}' | b']' => break,
                b',' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let name = if is_object {
                let (from, to) = (self.at, self.end_of_value()?);
                self.at = to;
                self.space();
                // The colon.
                self.at += 1;
                self.space();
                serde_json::from_slice::<String>(self.bytes.get(from..to)?).ok()?
            } else {
                items.to_string()
            };
            let from = self.at;
            end = self.end_of_value()?;
            self.at = end;
            items += 1;
            // The last of several members of one name counts.
            if name == part {
                found = Some(Splice { from, to: end, before: String::new() });
            }
        }
        if found.is_some() || !may_add {
            return found;
        }
        let comma = if items == 0 { "" } else { "," };
        let before = match is_object {
            true => format!("{comma}{}:", serde_json::to_string(part).ok()?),
            false if part == "-" => comma.to_owned(),
            false => return None,
        };
        Some(Splice { from: end, to: end, before })
    }

    /// Where the value that starts here ends.
    fn end_of_value(&self) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = self.at;
        loop {
            match *self.bytes.get(at)? {
                b'"' => {
                    at += 1;
                    loop {
                        match *self.bytes.get(at)? {
                            b'\\' => at += 2,
                            b'"' => break,
                            _ => at += 1,
                        }
                    }
                    at += 1;
                }
                b'{' | b'[' => {
                    depth += 1;
                    at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {
                    at += 1;
                    continue;
                }
                // A number or a word.
                _ => {
                    let rest = self.bytes.get(at..)?;
                    let ends =
                        |byte: &u8| matches!(byte, b',' | b':' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
                    at += rest.iter().position(ends).unwrap_or(rest.len());
                }
            }
            if depth == 0 {
                return Some(at);
            }
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}
