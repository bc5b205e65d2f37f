//! Whether a changed text says the same as the signed one: other ends of lines, another end of the file, a byte-order
//! mark. It knows a digest of the signed text and nothing more of it, so it tries.

use crate::check::change::TextForm;
use crate::hashing::job::{HashAlgorithm, hash_bytes};

const MARK: &[u8] = b"\xef\xbb\xbf";
/// Ends of lines at the end of a signed text that are tried.
const MAX_LAST_LINES: usize = 3;
/// Of larger texts only one change is tried at a time.
const LIMIT_COMBINED_BYTES: usize = 256 * 1024;

/// What was done to the signed text; none unless its digest comes of undoing that, and of nothing more.
pub(super) fn form_of(text: &[u8], expected: &str, algorithm: HashAlgorithm) -> Option<TextForm> {
    let is_signed = |form: &TextForm, found: &Found| {
        *form != TextForm::default() && hex::encode(hash_bytes(algorithm, &found.written())) == expected
    };
    let found = Found::of(text);
    let mut all: Vec<(TextForm, Found)> = Vec::new();
    for (byte_order_mark, marked) in found.marks() {
        for (signed_crlf, ended) in marked.line_ends() {
            for (final_newlines, last) in ended.final_newlines() {
                all.push((TextForm { signed_crlf, final_newlines, byte_order_mark }, last));
            }
        }
    }
    let changes = |form: &TextForm| {
        usize::from(form.signed_crlf.is_some())
            + usize::from(form.final_newlines != 0)
            + usize::from(form.byte_order_mark.is_some())
    };
    // The simplest explanation first.
    all.sort_by_key(|(form, _)| (changes(form), form.final_newlines.unsigned_abs()));
    let most = if text.len() > LIMIT_COMBINED_BYTES { 1 } else { 3 };
    let mut tried = all.iter().filter(|(form, _)| changes(form) <= most);
    tried.find(|(form, found)| is_signed(form, found)).map(|(form, _)| *form)
}

/// A text, taken apart.
#[derive(Clone)]
struct Found {
    has_mark: bool,
    /// Without the mark and the last ends of lines.
    body: std::rc::Rc<[u8]>,
    /// How many ends of lines follow.
    final_newlines: usize,
    end: &'static [u8],
}

impl Found {
    fn of(text: &[u8]) -> Self {
        let rest = text.strip_prefix(MARK);
        let has_mark = rest.is_some();
        let mut body = rest.unwrap_or(text);
        let end: &[u8] = if body.ends_with(b"\r\n") || body.contains(&b'\r') { b"\r\n" } else { b"\n" };
        let mut final_newlines = 0;
        while let Some(shorter) = body.strip_suffix(end) {
            (body, final_newlines) = (shorter, final_newlines + 1);
        }
        Found { has_mark, body: body.into(), final_newlines, end }
    }

    fn written(&self) -> Vec<u8> {
        let mark: &[u8] = if self.has_mark { MARK } else { b"" };
        [mark, &self.body, &self.end.repeat(self.final_newlines)].concat()
    }

    /// As it is, and with the mark put the other way.
    fn marks(&self) -> [(Option<bool>, Self); 2] {
        let other = Found { has_mark: !self.has_mark, ..self.clone() };
        [(None, self.clone()), (Some(self.has_mark), other)]
    }

    /// As it is, and with each kind of line ends that it has not.
    fn line_ends(&self) -> Vec<(Option<bool>, Self)> {
        let mut bare = Vec::with_capacity(self.body.len());
        let mut full = Vec::with_capacity(self.body.len());
        for (index, byte) in self.body.iter().enumerate() {
            let before_feed = self.body.get(index + 1) == Some(&b'\n');
            if !(*byte == b'\r' && before_feed) {
                bare.push(*byte);
                if *byte == b'\n' {
                    full.push(b'\r');
                }
                full.push(*byte);
            }
        }
        let with = |body: Vec<u8>, end| Found { body: body.into(), end, ..self.clone() };
        let mut all = vec![(None, self.clone())];
        let as_it_is = self.written();
        for (signed_crlf, other) in [(false, with(bare, b"\n")), (true, with(full, b"\r\n"))] {
            if other.written() != as_it_is {
                all.push((Some(signed_crlf), other));
            }
        }
        all
    }

    /// As it is, and with other numbers of ends at its end. The first number says how many more there are here.
    fn final_newlines(&self) -> Vec<(i8, Self)> {
        let counts =
            (0..=MAX_LAST_LINES).chain(Some(self.final_newlines).filter(|lines| *lines > MAX_LAST_LINES));
        let more =
            |lines: usize| i8::try_from(self.final_newlines).ok()?.checked_sub(i8::try_from(lines).ok()?);
        counts
            .filter_map(|lines| Some((more(lines)?, Found { final_newlines: lines, ..self.clone() })))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::job::sha256_hex;

    #[test]
    fn what_was_done_to_a_text_is_told_and_nothing_else() {
        let form = |signed_crlf, final_newlines, byte_order_mark| {
            Some(TextForm { signed_crlf, final_newlines, byte_order_mark })
        };
        for (here, signed, expected) in [
            (b"a\r\nb\r\n".as_slice(), b"a\nb\n".as_slice(), form(Some(false), 0, None)),
            (b"a\nb\n", b"a\r\nb\r\n", form(Some(true), 0, None)),
            (b"a\nb\n", b"a\nb", form(None, 1, None)),
            (b"a\nb", b"a\nb\n", form(None, -1, None)),
            (b"a\n", b"a\n\n\n", form(None, -2, None)),
            (b"a\r\nb\r\n", b"a\r\nb", form(None, 1, None)),
            (b"\xef\xbb\xbfa\n", b"a\n", form(None, 0, Some(true))),
            (b"a\n", b"\xef\xbb\xbfa\n", form(None, 0, Some(false))),
            (b"\xef\xbb\xbfa\r\nb\r\n", b"a\nb", form(Some(false), 1, Some(true))),
            (b"a\nc\n", b"a\r\nb\r\n", None),
            (b"a\n", b"a\n", None),
            (b"a b\n", b"a  b\n", None),
            (b"", b"\n", form(None, -1, None)),
        ] {
            assert_eq!(
                form_of(here, &sha256_hex(signed), HashAlgorithm::Sha256),
                expected,
                "{here:?} {signed:?}"
            );
        }
    }
}
