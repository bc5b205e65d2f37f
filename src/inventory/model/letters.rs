//! How a name looks to the eye, by UTS 39: what it can be mistaken for, and whether its letters belong together. It
//! knows no other name.

use super::fold::{folded, is_unseen};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, ScriptExtension, UnicodeScript};
use unicode_security::confusable_detection::skeleton;
use unicode_security::mixed_script::AugmentedScriptSet;

/// The same for all names that look the same, whatever their case.
pub fn look(name: &str) -> String {
    // Most names are ASCII, and of large inventories all looks are taken.
    if name.is_ascii() {
        return name.bytes().map(|byte| ASCII.get(usize::from(byte)).map_or("", String::as_str)).collect();
    }
    folded_look(name)
}

static ASCII: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..128_u8).map(|byte| folded_look(&char::from(byte).to_string())).collect());

/// Letters that UTS 39 keeps apart from the Latin ones, by their shapes in some typefaces; read quickly, or in capitals,
/// they are those all the same.
const LIKE_LATIN: [(char, char); 24] = [
    ('\u{432}', 'b'),
    ('\u{433}', 'r'),
    ('\u{437}', '3'),
    ('\u{438}', 'u'),
    ('\u{43a}', 'k'),
    ('\u{43c}', 'm'),
    ('\u{43d}', 'h'),
    ('\u{43f}', 'n'),
    ('\u{442}', 't'),
    ('\u{447}', '4'),
    ('\u{448}', 'w'),
    ('\u{449}', 'w'),
    ('\u{44c}', 'b'),
    ('\u{3b2}', 'b'),
    ('\u{3b5}', 'e'),
    ('\u{3b6}', 'z'),
    ('\u{3b7}', 'n'),
    ('\u{3ba}', 'k'),
    ('\u{3bc}', 'u'),
    ('\u{3c0}', 'n'),
    ('\u{3c4}', 't'),
    ('\u{3c5}', 'u'),
    ('\u{3c7}', 'x'),
    ('\u{3c9}', 'w'),
];

fn folded_look(name: &str) -> String {
    let like_latin =
        |c: char| LIKE_LATIN.iter().find(|(other, _)| *other == c).map_or(c, |(_, latin)| *latin);
    let name: String = name.chars().map(like_latin).collect();
    let look: String = skeleton(&name).collect();
    // A digit may look like a capital letter.
    let case = |part: &str| if part.is_empty() { String::new() } else { folded(part).into_owned() };
    let parts: Vec<String> = look.split('/').map(case).collect();
    parts.join("/")
}

/// Whether a word of it, between all that is neither letter nor digit, mixes scripts that no language writes together.
pub fn is_mixed(name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c.script() == Script::Inherited;
    !name.is_ascii() && name.split(|c: char| !is_part(c)).any(mixes)
}

/// UTS 39, Highly Restrictive: Latin goes with Japanese, Korean and Chinese, and else each script alone.
fn mixes(word: &str) -> bool {
    let mut set = AugmentedScriptSet::default();
    let mut rest = AugmentedScriptSet::default();
    for c in word.chars() {
        set.intersect_with(c.into());
        if c.script() != Script::Latin {
            rest.intersect_with(c.into());
        }
    }
    set.is_empty() && !(rest.jpan || rest.kore || rest.hanb)
}

/// The scripts of its letters besides Latin, by their English names, each once.
pub fn scripts(name: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for script in name.chars().filter(|c| c.is_alphabetic()).map(|c| c.script()) {
        let is_told = matches!(script, Script::Latin | Script::Common | Script::Inherited | Script::Unknown);
        let script = ScriptExtension::from(script).iter().next().unwrap_or(script).full_name();
        if !is_told && !found.contains(&script) {
            found.push(script);
        }
    }
    found
}

/// Whether it has letters or digits that are plain ones in another dress: fullwidth, mathematical, in circles.
pub fn is_styled(name: &str) -> bool {
    let is_wide = |c: char| matches!(c, '\u{ff01}'..='\u{ff5e}');
    let is_dressed = |c: char| {
        let is_letter = c.is_alphabetic() || is_wide(c);
        is_letter && !c.is_ascii() && std::iter::once(c).nfkc().all(|plain| plain.is_ascii())
    };
    name.chars().any(is_dressed)
}

/// Whether it has characters that nobody sees.
pub fn hides(name: &str) -> bool {
    name.chars().any(is_unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_have_one_look() {
        for (one, other) in [
            ("\u{430}\u{441}\u{43c}\u{435}/bot", "acme/bot"),
            ("acme/b\u{3bf}t", "acme/bot"),
            ("\u{ff41}cme/bot", "acme/bot"),
            ("\u{43a}\u{430}\u{442}/\u{3ba}\u{3b5}\u{3c5}", "kat/keu"),
            ("acrne/bot", "acme/bot"),
            ("acme/b0t", "acme/bot"),
            ("\u{1d41a}cme/bot", "acme/bot"),
        ] {
            assert_eq!(look(one), look(other), "{one} {other}");
        }
        for (one, other) in [("m\u{fc}ller", "muller"), ("acme/bot", "acme/bat"), ("a/b", "ab")] {
            assert_ne!(look(one), look(other), "{one} {other}");
        }
    }

    #[test]
    fn a_word_of_several_scripts_is_mixed_unless_a_language_writes_so() {
        for name in ["b\u{43e}t", "acme/gpt4\u{43e}", "\u{3b1}lpha", "\u{434}e"] {
            assert!(is_mixed(name), "{name}");
        }
        for name in [
            "acme/bot",
            "m\u{fc}ller/gr\u{f6}\u{df}e-7b",
            "\u{65e5}\u{672c}\u{8a9e}/\u{30e2}\u{30c7}\u{30eb}7b",
            "\u{6771}\u{4eac}llm",
            "\u{d55c}\u{ad6d}\u{c5b4}gpt",
            "llama-\u{440}\u{443}\u{441}\u{441}\u{43a}\u{430}\u{44f}",
            "\u{3b2}-model",
            "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}",
        ] {
            assert!(!is_mixed(name), "{name}");
        }
    }

    #[test]
    fn letters_in_another_dress_are_told() {
        assert!(is_styled("\u{ff42}ot") && is_styled("\u{1d41b}ot") && is_styled("v\u{ff11}"));
        assert!(!is_styled("bot") && !is_styled("gr\u{f6}\u{df}e") && !is_styled("\u{65e5}\u{672c}"));
        assert!(hides("bo\u{200b}t") && !hides("bot"));
        assert_eq!(scripts("\u{430}\u{441}\u{43c}\u{435}/b\u{3bf}t"), ["Cyrillic", "Greek"]);
        assert!(scripts("m\u{fc}ller/7b").is_empty());
    }
}
