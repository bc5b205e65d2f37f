//! When two names are one: by Unicode's simple case folding and canonical composition, whatever nobody sees and what
//! file systems drop at the end of a name. It knows no model, and shows nothing.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The one form of all names that mean the same model. Each part between slashes loses the spaces around it and the
/// dots at its end; empty parts go. Folding twice changes nothing.
pub fn folded(name: &str) -> Cow<'_, str> {
    if is_folded(name) {
        return Cow::Borrowed(name);
    }
    let folded = if name.is_ascii() { name.to_ascii_lowercase() } else { letters(name) };
    let mut whole = String::with_capacity(folded.len());
    for part in folded.split('/').map(plain).filter(|part| !part.is_empty()) {
        if !whole.is_empty() {
            whole.push('/');
        }
        whole.push_str(part);
    }
    Cow::Owned(whole)
}

/// Whether a character leaves no mark on a screen: joiners, direction marks, variation selectors and the like.
pub fn is_unseen(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn letters(name: &str) -> String {
    // Unicode 3.13, D145: decomposed before, so that no composed letter hides a mark that folds.
    let folded = name.nfd().filter(|c| !is_unseen(*c)).map(|c| CASES.simple_fold(c));
    folded.nfc().collect()
}

/// Whitespace around and dots at the end. What is nothing but dots is a name all the same.
fn plain(part: &str) -> &str {
    let part = part.trim();
    let bare = part.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    if bare.is_empty() { part } else { bare }
}

/// Nearly all names are.
fn is_folded(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    name.bytes().all(is_plain) && name.split('/').all(|part| !part.is_empty() && !part.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_mean_the_same_have_one_form() {
        for (one, other) in [
            ("Acme/Bot", "acme/bot"),
            ("acme\u{301}/bot", "acm\u{e9}/bot"),
            ("ACM\u{c9}/bot", "acme\u{301}/bot"),
            ("acme/bo\u{212a}", "acme/bok"),
            ("acme/bot.", "acme/bot"),
            ("acme/bot. .", "acme/bot"),
            ("acme /bot ", "acme/bot"),
            ("/acme//bot/", "acme/bot"),
            ("ac\u{200b}me/b\u{2060}ot\u{fe0f}", "acme/bot"),
            ("\u{3a3}\u{3af}\u{3c2}", "\u{3c3}\u{399}\u{301}\u{3c3}"),
            ("\u{17f}et", "set"),
            ("\u{1e9e}", "\u{df}"),
        ] {
            assert_eq!(folded(one), folded(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_that_differ_stay_apart() {
        for (one, other) in [
            ("acme/bot", "acme/bot2"),
            ("acme/bot", "acmebot"),
            ("stra\u{df}e", "strasse"),
            ("m\u{fc}ller", "muller"),
            ("\u{ff42}ot", "bot"),
            ("\u{430}cme", "acme"),
            ("a/..", "a/."),
            ("v1.0", "v10"),
        ] {
            assert_ne!(folded(one), folded(other), "{one:?} {other:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in ".{0,12}|[A-Za-z./ ]{0,12}|[\u{300}-\u{400}\u{1f00}-\u{2000}\u{2120}-\u{2130}]{0,6}") {
            let once = folded(&name).into_owned();
            prop_assert_eq!(folded(&once).into_owned(), once.clone());
        }
    }

    #[test]
    fn folding_each_character_twice_changes_nothing() {
        for c in ('\0'..=char::MAX).filter(|c| *c != '/') {
            let once = folded(&format!("a{c}b{c}\u{301}")).into_owned();
            assert_eq!(folded(&once), once, "U+{:04X}", u32::from(c));
        }
    }
}
