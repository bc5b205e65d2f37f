//! Entries of a policy that can match nothing: a denial that never denies, or a publisher whom nobody can be, would
//! deceive its author. It knows how identities and ids of models are written, and no signer.

use super::text_pattern::TextPattern;
use crate::signing::AnchorKind;
use crate::tables::quote;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// What is wrong, and what to write.
pub(super) type Dead = (String, String);

/// Whose subjects a pattern is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Bare keys: a subject is the fingerprint of the key.
    Keys,
    /// Certificates: a subject is a name.
    Certificates,
    /// Either.
    Anyone,
}

impl Whose {
    /// Of the signers under anchors of these kinds.
    pub(super) fn under(kinds: &[AnchorKind]) -> Self {
        let is_key = |kind: &AnchorKind| *kind == AnchorKind::Key;
        match (kinds.iter().any(is_key), kinds.iter().all(is_key)) {
            (true, true) => Whose::Keys,
            (false, false) => Whose::Certificates,
            _ => Whose::Anyone,
        }
    }
}

const PREFIX: &str = "sha256:";
const HEX: usize = 64;
const FINGERPRINT: &str =
    "write exact:sha256: and the 64 lower-case hex digits that `touchmark key show FILE` prints";

/// Why a pattern of subjects can match no signer; none when it can.
pub(super) fn subject(pattern: &TextPattern, whose: Whose) -> Option<Dead> {
    match pattern {
        TextPattern::Exact(text) => exact(text, whose),
        TextPattern::Regex(_) => {
            let written = pattern.as_written();
            let body = written.strip_prefix("regex:^").and_then(|rest| rest.strip_suffix('$'))?;
            regex(body, whose)
        }
    }
}

fn exact(text: &str, whose: Whose) -> Option<Dead> {
    if let Some(dead) = spaces("the subject", text) {
        return Some(dead);
    }
    let is_fingerprint = is_fingerprint(text);
    if looks_like_fingerprint(text) && !is_fingerprint {
        let message = "this fingerprint can match no key: they are written in one way only".to_owned();
        return Some((message, FINGERPRINT.to_owned()));
    }
    match whose {
        Whose::Keys if !is_fingerprint => {
            let message =
                "this subject can match no signer: the anchor is a key, whose subject is its fingerprint";
            Some((message.to_owned(), format!("{FINGERPRINT}, or leave `identities` out")))
        }
        Whose::Certificates if is_fingerprint => {
            let message =
                "this subject can match no signer: that of a certificate is a name, not a fingerprint";
            let help =
                "write the subject as `touchmark inspect model.sig` prints it, or use an anchor of kind key";
            Some((message.to_owned(), help.to_owned()))
        }
        _ => None,
    }
}

fn regex(body: &str, whose: Whose) -> Option<Dead> {
    // What cannot be read here is not judged: it was compiled before.
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(body).ok()?;
    let names_fingerprints = body.trim_start_matches("(?i)").to_ascii_lowercase().starts_with("sha256");
    if (whose == Whose::Keys || names_fingerprints) && !Language::Fingerprints.meets(&hir) {
        let message = "this pattern can match no fingerprint of a key".to_owned();
        return Some((message, "fingerprints are sha256: and 64 lower-case hex digits".to_owned()));
    }
    if !Language::Texts.meets(&hir) {
        let message = "this pattern can match nothing".to_owned();
        return Some((message, "write a pattern that a subject can match, or exact:TEXT".to_owned()));
    }
    None
}

/// Why an issuer can be no signer's; none when it can. A bare key has none.
pub(super) fn issuer(text: &str, whose: Whose) -> Option<Dead> {
    if whose == Whose::Keys {
        let message = "no signer has an issuer here: the anchor is a key".to_owned();
        return Some((message, "remove `issuer`".to_owned()));
    }
    spaces("the issuer", text)
}

/// Why a pattern of models can match no id; none when it can. Ids have no slash at their ends, and an address on the
/// hub becomes `owner/name`.
pub(super) fn model(text: &str) -> Option<Dead> {
    const ADDRESSES: [&str; 5] =
        ["https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "hf://", "pkg:huggingface/"];
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if let Some(address) = ADDRESSES.iter().find(|address| lower.starts_with(**address)) {
        let rest = text.get(address.len()..).unwrap_or_default().trim_matches('/');
        let message = "this pattern can match no model: addresses become owner/name".to_owned();
        return Some((message, format!("write `{}`", quote(rest))));
    }
    if text.starts_with('/') || text.ends_with('/') {
        let message = "this pattern can match no model: no id begins or ends with `/`".to_owned();
        let plain = text.trim_matches('/');
        return Some((message, format!("write `{0}`, or `{0}/*` for all below it", quote(plain))));
    }
    if text.chars().any(char::is_control) {
        let message = "this pattern holds a control character".to_owned();
        return Some((message, "write the id as `touchmark list` shows it".to_owned()));
    }
    None
}

fn spaces(what: &str, text: &str) -> Option<Dead> {
    // The last space of a distinguished name may be escaped.
    let ends = text.ends_with(char::is_whitespace) && !text.ends_with("\\ ");
    if text.starts_with(char::is_whitespace) || ends || text.chars().any(char::is_control) {
        let message =
            format!("{what} can match nothing: it has white space at an end, or a control character");
        return Some((message, "remove the white space".to_owned()));
    }
    None
}

fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|digits| digits.len() == HEX && digits.bytes().all(is_digit))
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// In any way in which people and other programs write one.
fn looks_like_fingerprint(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let dense: String = lower.chars().filter(|c| !matches!(c, ':' | ' ' | '-')).collect();
    let is_hash = ["sha256", "sha1", "sha384", "sha512", "md5"].iter().any(|hash| {
        dense.starts_with(hash) && lower.get(hash.len()..).is_some_and(|rest| rest.contains([':', ' ', '=']))
    });
    let digits = dense.strip_prefix("sha256").unwrap_or(&dense);
    is_hash || digits.len() == HEX && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a pattern has to have in common with it to match anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// All fingerprints of keys. A state is the number of characters read.
    Fingerprints,
    /// All texts that are not empty. The states are `EMPTY`, `SOME`, and the same at the end of the text.
    Texts,
}

/// States of an automaton, one bit each.
type States = u128;

const EMPTY: u32 = 0;
const SOME: u32 = 1;
const EMPTY_ENDED: u32 = 2;
const SOME_ENDED: u32 = 3;
const LENGTH: u32 = 71;

impl Language {
    /// Whether some text of the language matches, from its first character to its last.
    fn meets(self, hir: &Hir) -> bool {
        let accepting: States = match self {
            Language::Fingerprints => 1 << LENGTH,
            Language::Texts => 1 << SOME | 1 << SOME_ENDED,
        };
        self.after(hir, 1) & accepting != 0
    }

    /// Where the language can stand after the pattern, from one of these states. What is not known here (boundaries of
    /// words) is taken to hold.
    fn after(self, hir: &Hir, from: States) -> States {
        if from == 0 {
            return 0;
        }
        match hir.kind() {
            HirKind::Empty => from,
            HirKind::Literal(literal) => literal
                .0
                .iter()
                .fold(from, |states, byte| self.step(states, |from, to| from <= *byte && *byte <= to)),
            HirKind::Class(class) => self.step(from, |from, to| overlaps(class, from, to)),
            HirKind::Look(Look::Start) => from & 1,
            HirKind::Look(Look::End) => self.ended(from),
            HirKind::Look(_) => from,
            HirKind::Repetition(repeated) => {
                let mut states = from;
                for _ in 0..repeated.min {
                    let next = self.after(&repeated.sub, states);
                    if next == states {
                        break;
                    }
                    states = next;
                }
                for _ in repeated.min..repeated.max.unwrap_or(u32::MAX) {
                    let more = states | self.after(&repeated.sub, states);
                    if more == states {
                        break;
                    }
                    states = more;
                }
                states
            }
            HirKind::Capture(capture) => self.after(&capture.sub, from),
            HirKind::Concat(parts) => parts.iter().fold(from, |states, part| self.after(part, states)),
            HirKind::Alternation(ways) => ways.iter().fold(0, |states, way| states | self.after(way, from)),
        }
    }

    /// One byte further, when `takes` takes any of those that may come.
    fn step(self, from: States, takes: impl Fn(u8, u8) -> bool) -> States {
        if self == Language::Texts {
            let may = from & (1 << EMPTY | 1 << SOME) != 0 && takes(0, u8::MAX);
            return if may { 1 << SOME } else { 0 };
        }
        let mut to = 0;
        for state in (0..LENGTH).filter(|state| from & (1 << state) != 0) {
            let is_next = match PREFIX.as_bytes().get(state as usize) {
                Some(byte) => takes(*byte, *byte),
                None => takes(b'0', b'9') || takes(b'a', b'f'),
            };
            if is_next {
                to |= 1 << (state + 1);
            }
        }
        to
    }

    fn ended(self, from: States) -> States {
        if self == Language::Fingerprints {
            return from & (1 << LENGTH);
        }
        let moved = |from_state: u32, to: u32| if from & (1 << from_state) != 0 { 1 << to } else { 0 };
        from & (1 << EMPTY_ENDED | 1 << SOME_ENDED) | moved(EMPTY, EMPTY_ENDED) | moved(SOME, SOME_ENDED)
    }
}

/// Whether a class has a byte in a range.
fn overlaps(class: &Class, from: u8, to: u8) -> bool {
    match class {
        Class::Bytes(bytes) => bytes.ranges().iter().any(|range| range.start() <= to && range.end() >= from),
        Class::Unicode(characters) => characters
            .ranges()
            .iter()
            .any(|range| range.start() <= char::from(to) && range.end() >= char::from(from) || to == u8::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint() -> String {
        format!("{PREFIX}{}", "0a".repeat(32))
    }

    #[test]
    fn a_fingerprint_is_written_in_one_way() {
        let hex = "0A".repeat(32);
        for (text, is_dead) in [
            (fingerprint(), false),
            (hex.clone(), true),
            (hex.to_lowercase(), true),
            (format!("SHA256:{hex}"), true),
            (format!("sha256:{hex}"), true),
            (format!("sha256:{}", "0a".repeat(31)), true),
            (format!("sha256:{}", "0a".repeat(33)), true),
            (format!("sha256:{}", "0g".repeat(32)), true),
            (format!("sha-256:{}", hex.to_lowercase()), true),
            (format!("sha1:{}", "0a".repeat(20)), true),
            (format!(" {}", fingerprint()), true),
            (format!("{} ", fingerprint()), true),
            ("SHA256:Zm9vYmFy".to_owned(), true),
            (
                hex.to_lowercase()
                    .as_bytes()
                    .chunks(2)
                    .map(|two| format!("{}:", two.escape_ascii()))
                    .collect(),
                true,
            ),
            ("ci@acme.example".to_owned(), false),
            ("CN=sha256 team,O=Acme".to_owned(), false),
            ("https://ci.example/sha256".to_owned(), false),
        ] {
            assert_eq!(exact(&text, Whose::Anyone).is_some(), is_dead, "{text}");
        }
        assert!(exact("ci@acme.example", Whose::Keys).is_some());
        assert!(exact("ci@acme.example", Whose::Certificates).is_none());
        assert!(exact(&fingerprint(), Whose::Keys).is_none());
        assert!(exact(&fingerprint(), Whose::Certificates).is_some());
        assert!(exact("CN=a\\ ", Whose::Certificates).is_none());
    }

    #[test]
    fn a_pattern_that_no_text_matches_is_found() {
        for (body, of_keys, of_anyone) in [
            ("sha256:[0-9a-f]{64}", false, false),
            ("sha256:.*", false, false),
            (".*", false, false),
            ("sha256:(00|0a).{62}", false, false),
            ("(?i)SHA256:[0-9A-F]+", false, false),
            ("SHA256:.*", true, true),
            ("sha256:[0-9A-F]{64}", false, false),
            ("sha256:[A-F]{64}", true, true),
            ("sha256:[0-9a-f]{63}", true, true),
            ("sha256:[0-9a-f]{65,}", true, true),
            (".*@acme\\.example", true, false),
            ("a$b", true, true),
            ("a^b", true, true),
            ("", true, true),
            ("(a|b$c)", true, false),
            ("(ci|cd)@acme\\.example", true, false),
            ("((a{0,900}){900}){900}", true, false),
        ] {
            assert_eq!(regex(body, Whose::Keys).is_some(), of_keys, "{body}");
            assert_eq!(regex(body, Whose::Anyone).is_some(), of_anyone, "{body}");
        }
    }

    #[test]
    fn a_pattern_of_models_is_written_as_ids_are() {
        for (text, is_dead) in [
            ("acme/*", false),
            ("ACME/*", false),
            ("*", false),
            ("/acme/*", true),
            ("acme/", true),
            ("https://huggingface.co/acme/*", true),
            ("pkg:huggingface/acme/*", true),
            ("acme/b\tot", true),
        ] {
            assert_eq!(model(text).is_some(), is_dead, "{text}");
        }
    }
}
