//! Hostile text never reaches a face as it came.

use proptest::prelude::*;
use touchmark::json;
use touchmark::text::{Untrusted, clip, digest_lines, screen, width};

fn harmless(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !matches!(c as u32, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe007f))
}

#[test]
fn escapes_bidi_and_newlines_become_visible() {
    assert_eq!(screen("a\u{1b}[31mb"), "a␛[31mb");
    assert_eq!(screen("pay\u{200b}pal"), "pay<U+200B>pal");
    assert_eq!(screen("x\u{202e}gpj.exe"), "x<U+202E>gpj.exe");
    assert_eq!(screen("one\ntwo\r\t"), "one␊two␍␉");
    assert_eq!(screen("模型.bin"), "模型.bin");
}

#[test]
fn a_name_of_a_megabyte_is_cut() {
    assert!(screen(&"a".repeat(1 << 20)).len() < 5_000);
}

#[test]
fn a_hostile_name_is_told_apart_from_a_plain_one() {
    assert!(Untrusted::new("a\u{7}b").is_hostile());
    assert!(!Untrusted::new("acme/support-bot").is_hostile());
}

#[test]
fn json_keeps_the_exact_text_and_harms_no_terminal() {
    let hostile = "a\u{1b}[2J\u{202e}b\u{9b}31m\u{e0041}";
    let printed = json::to_string(&vec![hostile]).unwrap();
    assert!(harmless(&printed.replace('\n', "")), "{printed:?}");
    assert_eq!(serde_json::from_str::<Vec<String>>(&printed).unwrap(), vec![hostile.to_owned()]);
}

proptest! {
    #[test]
    fn what_is_shown_is_harmless_and_cleaning_again_changes_nothing(raw in "\\PC*|[\\x00-\\x{10ffff}]{0,200}") {
        let shown = screen(&raw);
        prop_assert!(harmless(&shown), "{shown:?}");
        prop_assert_eq!(screen(&shown), shown);
    }

    #[test]
    fn a_clipped_line_fits(raw in "[\\x00-\\x{ffff}]{0,80}", columns in 0usize..40) {
        prop_assert!(width(&clip(&screen(&raw), columns)) <= columns);
    }

    #[test]
    fn json_round_trips_any_text(raw in "[\\x00-\\x{10ffff}]{0,100}") {
        let printed = json::to_string(&raw).unwrap();
        prop_assert_eq!(serde_json::from_str::<String>(&printed).unwrap(), raw);
    }
}

#[test]
fn a_digest_is_never_cut_and_two_below_each_other_break_at_the_same_places() {
    let (one, other) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    for columns in 8..140 {
        let lines = digest_lines(&one, columns);
        assert_eq!(lines.concat(), one, "{columns}");
        assert!(lines.iter().all(|line| width(line) <= columns), "{columns}: {lines:?}");
        let widths = |lines: Vec<String>| lines.iter().map(|line| width(line)).collect::<Vec<_>>();
        assert_eq!(widths(lines), widths(digest_lines(&other, columns)), "{columns}");
    }
    assert_eq!(digest_lines(&one, 40), [&one[..32], &one[32..]]);
    assert_eq!(digest_lines(&one, 9)[0], "01234567");
    assert_eq!(digest_lines(&format!("sha256:{one}"), 70), ["sha256:", &one]);
    assert_eq!(digest_lines(&format!("sha256:{one}"), 71).len(), 1);
    assert!(digest_lines("\u{1b}[2J", 3).iter().all(|line| harmless(line)));
}
