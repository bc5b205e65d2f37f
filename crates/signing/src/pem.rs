//! PEM (RFC 7468): base64 between labelled lines, read and written. It knows no key and no certificate;
//! its callers say what a damaged block means.

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

/// One block of a file.
pub(crate) struct Block<'t> {
    pub(crate) label: &'t str,
    /// The line on which it begins, counted from one.
    pub(crate) line: usize,
    pub(crate) der: Result<Zeroizing<Vec<u8>>, Damage>,
    /// By OpenSSL's own way (`Proc-Type: 4,ENCRYPTED`): then `der` is ciphertext.
    pub(crate) legacy_encrypted: bool,
}

/// More blocks are not looked at.
const MAX_BLOCKS: usize = 4096;
const MAX_LABEL_BYTES: usize = 64;
const DASHES: &str = "-----";

/// The text of a file that may hold blocks, whatever wrote it: with a byte-order mark or in UTF-16 (Notepad,
/// PowerShell), with the characters `\n` in place of line ends (variables of a CI), in base64 as a whole. What is around
/// blocks may be in any encoding; what is not UTF-8 there is lost. It is wiped when it is dropped.
pub(crate) fn plain(bytes: &[u8]) -> Zeroizing<String> {
    let text = decoded_text(bytes);
    // `-----BEGIN`, whatever follows it.
    if text.trim_start().starts_with("LS0tLS1CRUdJT") {
        let packed = decoded(&text).map(|inside| decoded_text(&inside));
        return unescaped(packed.unwrap_or(text));
    }
    unescaped(text)
}

fn decoded_text(bytes: &[u8]) -> Zeroizing<String> {
    let little = |pair: &[u8; 2]| u16::from_le_bytes(*pair);
    let big = |pair: &[u8; 2]| u16::from_be_bytes(*pair);
    let wide = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((rest, little as fn(&[u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, big as fn(&[u8; 2]) -> u16)),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some((bytes, little as _)),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some((bytes, big as _)),
        _ => None,
    };
    // Large enough from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
    if let Some((wide, unit)) = wide {
        let units = wide.as_chunks::<2>().0.iter().map(unit);
        text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        return text;
    }
    for chunk in bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// No block holds a backslash.
fn unescaped(text: Zeroizing<String>) -> Zeroizing<String> {
    if !text.contains("\\n") {
        return text;
    }
    let mut lines = Zeroizing::new(String::with_capacity(text.len()));
    for (index, line) in text.split("\\n").enumerate() {
        if index > 0 {
            lines.push('\n');
        }
        lines.push_str(line.strip_suffix("\\r").unwrap_or(line));
    }
    lines
}

/// The blocks in a text, whatever their labels; text around them is passed over. A block that is cut off ends where
/// the next one begins.
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut marks = Marks { text, at: 0 };
    let mut begun: Option<Mark<'_>> = None;
    let mut lines = Lines { text, at: 0, line: 1 };
    std::iter::from_fn(move || {
        loop {
            let Some(mark) = marks.next() else {
                let cut = begun.take()?;
                return Some(cut.cut_off(&mut lines));
            };
            match (begun.take(), mark.begins) {
                (None, true) => begun = Some(mark),
                (None, false) => {}
                (Some(cut), true) => {
                    begun = Some(mark);
                    return Some(cut.cut_off(&mut lines));
                }
                (Some(begin), false) if begin.label == mark.label => {
                    let body = text.get(begin.end..mark.start).unwrap_or_default();
                    return Some(block(begin.label, lines.of(begin.start), body));
                }
                (Some(cut), false) => return Some(cut.cut_off(&mut lines)),
            }
        }
    })
    .take(MAX_BLOCKS)
}

/// `-----BEGIN LABEL-----` or the same with `END`.
struct Mark<'t> {
    begins: bool,
    label: &'t str,
    start: usize,
    end: usize,
}

impl<'t> Mark<'t> {
    fn cut_off(self, lines: &mut Lines<'_>) -> Block<'t> {
        let line = lines.of(self.start);
        Block { label: self.label, line, der: Err(Damage::CutOff), legacy_encrypted: false }
    }
}

struct Marks<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Marks<'t> {
    type Item = Mark<'t>;

    fn next(&mut self) -> Option<Mark<'t>> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find(DASHES)?;
            let word = self.text.get(start + DASHES.len()..)?;
            let begun = word.strip_prefix("BEGIN ").map(|label| (true, label));
            let found = begun.or_else(|| word.strip_prefix("END ").map(|label| (false, label)));
            let label = found.and_then(|(begins, rest)| {
                let end =
                    rest.bytes().take(MAX_LABEL_BYTES).position(|byte| byte == b'-' || byte == b'\n')?;
                let label = rest.get(..end)?;
                rest.get(end..)?.starts_with(DASHES).then_some((begins, label, rest.len() - end))
            });
            match label {
                Some((begins, label, left)) => {
                    let end = self.text.len() - left + DASHES.len();
                    self.at = end;
                    return Some(Mark { begins, label, start, end });
                }
                None => self.at = start + 1,
            }
        }
    }
}

/// Counts lines up to a place; places are asked for in rising order.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, at: usize) -> usize {
        let passed = self.text.get(self.at..at).unwrap_or_default();
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.at = at;
        self.line
    }
}

fn block<'t>(label: &'t str, line: usize, body: &str) -> Block<'t> {
    // RFC 1421 headers stand before an encrypted OpenSSL key.
    let is_header = |line: &&str| line.contains(':');
    let legacy_encrypted = body.lines().filter(is_header).any(|line| line.contains("ENCRYPTED"));
    // Large enough from the start: growing would leave copies behind.
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    body.lines().filter(|line| !is_header(line)).for_each(|line| base64.push_str(line));
    Block { label, line, der: decoded(&base64), legacy_encrypted }
}

/// The bytes of all blocks with this label, in their order; everything else is passed over.
pub(crate) fn labelled<'t>(
    text: &'t str,
    label: &'t str,
) -> impl Iterator<Item = std::result::Result<Vec<u8>, Damage>> {
    let found = blocks(text).filter(move |block| block.label == label);
    found.map(|block| block.der.map(|der| der.to_vec()))
}

/// The text in the first block with this label and the text after it; none without such a block.
pub(crate) fn body<'t>(
    text: &'t str,
    label: &str,
) -> Option<std::result::Result<(&'t str, &'t str), Damage>> {
    let (_, after) = text.split_once(&format!("{DASHES}BEGIN {label}{DASHES}"))?;
    Some(after.split_once(&format!("{DASHES}END {label}{DASHES}")).ok_or(Damage::CutOff))
}

/// White space does not count. What is secret is wiped on the way.
fn decoded(text: &str) -> std::result::Result<Zeroizing<Vec<u8>>, Damage> {
    // Large enough from the start: growing would leave copies behind.
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    text.split_ascii_whitespace().for_each(|part| base64.push_str(part));
    let mut der = Zeroizing::new(Vec::with_capacity(text.len()));
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(String, usize, Result<usize, Damage>)> {
        let found = blocks(text).map(|block| {
            (block.label.to_owned(), block.line, block.der.as_ref().map(|der| der.len()).map_err(|d| *d))
        });
        found.collect()
    }

    #[test]
    fn what_is_written_is_read_and_what_stands_around_it_is_not() {
        let file = format!("a: b\n----\n{}\n-----\n{}", *text("ONE", &[7; 100]), *text("TWO", b"2"));
        assert_eq!(seen(&file), [("ONE".to_owned(), 3, Ok(100)), ("TWO".to_owned(), 10, Ok(1))]);
        assert_eq!(labelled(&file, "TWO").collect::<Vec<_>>(), [Ok(b"2".to_vec())]);
        assert_eq!(labelled(&file, "THREE").count(), 0);
    }

    #[test]
    fn a_block_that_is_damaged_is_told_with_its_line_and_the_others_are_read() {
        let (one, two) = (text("ONE", b"1"), text("TWO", b"2"));
        let cut = one.replace("END", "and");
        let (first, second) = (("ONE".to_owned(), 1, Err(Damage::CutOff)), ("TWO".to_owned(), 4, Ok(1)));
        assert_eq!(seen(&format!("{cut}{}", *two)), [first.clone(), second.clone()]);
        assert_eq!(seen(&cut), [first]);
        let odd = one.replace("MQ", "M;");
        assert_eq!(
            seen(&format!("{odd}{}", *two)),
            [("ONE".to_owned(), 1, Err(Damage::NotBase64)), second.clone()]
        );
        let other = one.replace("END ONE", "END TWO");
        assert_eq!(seen(&format!("{other}{}", *two)), [("ONE".to_owned(), 1, Err(Damage::CutOff)), second]);
    }

    #[test]
    fn an_old_header_marks_a_block_as_encrypted() {
        let old = text("ONE", b"1").replace("MQ", "Proc-Type: 4,ENCRYPTED\n\nMQ");
        let found: Vec<_> = blocks(&old).map(|block| (block.legacy_encrypted, block.der.is_ok())).collect();
        assert_eq!(found, [(true, true)]);
    }

    #[test]
    fn a_file_is_read_whatever_wrote_it() {
        let file = text("ONE", b"1");
        let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.iter().copied().chain(file.encode_utf16().flat_map(unit)).collect()
        };
        let forms: [(&str, Vec<u8>); 10] = [
            ("a byte-order mark", [b"\xef\xbb\xbf", file.as_bytes()].concat()),
            ("UTF-16LE", utf16(b"\xff\xfe", u16::to_le_bytes)),
            ("UTF-16BE", utf16(b"\xfe\xff", u16::to_be_bytes)),
            ("UTF-16LE without a mark", utf16(b"", u16::to_le_bytes)),
            ("UTF-16BE without a mark", utf16(b"", u16::to_be_bytes)),
            ("CRLF", file.replace('\n', "\r\n").into_bytes()),
            ("escaped", file.replace('\n', "\\n").into_bytes()),
            ("escaped CRLF in quotes", format!("\"{}\"", file.replace('\n', "\\r\\n")).into_bytes()),
            ("one line", file.replace('\n', " ").into_bytes()),
            ("base64 as a whole", STANDARD.encode(file.as_bytes()).into_bytes()),
        ];
        for (name, form) in forms {
            assert_eq!(seen(&plain(&form)), [("ONE".to_owned(), 1, Ok(1))], "{name}");
        }
        let latin1 = [b"# Z\xfcrich\n".as_slice(), file.as_bytes(), b"\xe9\xff\n"].concat();
        assert_eq!(seen(&plain(&latin1)), [("ONE".to_owned(), 2, Ok(1))]);
        assert_eq!(seen(&plain(b"\0\x01binary\xff")), []);
    }
}
