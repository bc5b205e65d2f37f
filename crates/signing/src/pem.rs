//! PEM (RFC 7468): base64 between labelled lines, read and written. It knows no key and no certificate;
//! its callers say what a damaged block means.

use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// It does not end.
    CutOff,
    /// It holds something else.
    NotBase64,
}

/// One block of a key file.
pub(crate) struct Block<'t> {
    pub(crate) label: &'t str,
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// By OpenSSL's own way (`Proc-Type: 4,ENCRYPTED`): then `der` is ciphertext.
    pub(crate) legacy_encrypted: bool,
}

/// The blocks of a file that may hold keys, whatever their labels; text around them is passed over.
///
/// # Errors
/// `E-KEY` for a block that does not end or is not base64.
pub(crate) fn blocks(pem: &[u8]) -> Result<Vec<Block<'_>>> {
    let damaged =
        || Error::new(Code::Key, "a damaged PEM file").help("get the file again from where it was made");
    let mut rest = std::str::from_utf8(pem).map_err(|_| damaged())?;
    let mut blocks = Vec::new();
    while let Some((label, after)) = first_line(rest) {
        let (body, after) = enclosed(after, label).map_err(|_| damaged())?;
        // RFC 1421 headers stand before an encrypted OpenSSL key.
        let (headers, lines): (Vec<&str>, Vec<&str>) = body.lines().partition(|line| line.contains(':'));
        let legacy_encrypted = headers.iter().any(|line| line.contains("ENCRYPTED"));
        let der = decoded(lines.into_iter(), body.len()).map_err(|_| damaged())?;
        blocks.push(Block { label, der, legacy_encrypted });
        rest = after;
    }
    Ok(blocks)
}

/// The bytes of all blocks with this label, in their order; everything else is passed over. Nothing follows a block
/// that is cut off.
pub(crate) fn labelled<'t>(
    text: &'t str,
    label: &'t str,
) -> impl Iterator<Item = std::result::Result<Vec<u8>, Damage>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let block = body(rest, label)?;
        rest = block.map_or("", |(_, after)| after);
        Some(block.and_then(|(body, _)| Ok(decoded(std::iter::once(body), body.len())?.to_vec())))
    })
}

/// The text in the first block with this label and the text after it; none without such a block.
pub(crate) fn body<'t>(
    text: &'t str,
    label: &str,
) -> Option<std::result::Result<(&'t str, &'t str), Damage>> {
    let (_, after) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    Some(enclosed(after, label))
}

/// The label of the first line that begins a block, and what follows that line.
fn first_line(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let label = line.trim().strip_prefix("-----BEGIN ").and_then(|label| label.strip_suffix("-----"));
        if let Some(label) = label {
            return Some((label, after));
        }
        rest = after;
    }
    None
}

fn enclosed<'t>(after: &'t str, label: &str) -> std::result::Result<(&'t str, &'t str), Damage> {
    after.split_once(&format!("-----END {label}-----")).ok_or(Damage::CutOff)
}

/// White space does not count. What is secret is wiped on the way.
fn decoded<'t>(
    parts: impl Iterator<Item = &'t str>,
    length: usize,
) -> std::result::Result<Zeroizing<Vec<u8>>, Damage> {
    // Large enough from the start: growing would leave copies behind.
    let mut base64 = Zeroizing::new(String::with_capacity(length));
    parts.flat_map(str::split_ascii_whitespace).for_each(|part| base64.push_str(part));
    let mut der = Zeroizing::new(Vec::with_capacity(length));
    STANDARD.decode_vec(base64.as_bytes(), &mut der).map_err(|_| Damage::NotBase64)?;
    Ok(der)
}

/// The text of a block as OpenSSL writes it: 64 columns, line feeds, one at the end.
pub(crate) fn text(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    // Large enough from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(body.len() * 2 + 128));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_stands_around_it_is_not() {
        let file = format!("a: b\n{}\n{}", *text("ONE", &[7; 100]), *text("TWO", b"2"));
        let found = blocks(file.as_bytes()).unwrap();
        let seen: Vec<(&str, usize)> = found.iter().map(|block| (block.label, block.der.len())).collect();
        assert_eq!(seen, [("ONE", 100), ("TWO", 1)]);
        assert_eq!(labelled(&file, "TWO").collect::<Vec<_>>(), [Ok(b"2".to_vec())]);
        assert_eq!(labelled(&file, "THREE").count(), 0);
    }

    #[test]
    fn a_block_that_is_damaged_is_told_and_ends_the_file() {
        let cut = text("ONE", b"1").replace("END", "and");
        assert_eq!(labelled(&(cut.clone() + &cut), "ONE").collect::<Vec<_>>(), [Err(Damage::CutOff)]);
        let odd = text("ONE", b"1").replace("MQ", "M:");
        assert_eq!(labelled(&odd, "ONE").collect::<Vec<_>>(), [Err(Damage::NotBase64)]);
        assert!(blocks(cut.as_bytes()).is_err());
    }

    #[test]
    fn an_old_header_marks_a_block_as_encrypted() {
        let old = text("ONE", b"1").replace("MQ", "Proc-Type: 4,ENCRYPTED\n\nMQ");
        assert!(blocks(old.as_bytes()).unwrap().iter().all(|block| block.legacy_encrypted));
    }
}
