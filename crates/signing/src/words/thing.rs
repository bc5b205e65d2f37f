//! The catalogue speaks of a model; where something else is signed, its remedies speak of that. Only the catalogue's own
//! sentences go through here: they quote nothing.

use crate::check::thing::Thing;

/// A remedy of the catalogue, about what is in hand: `Do not load the skill`. Commands, flags and names of files keep
/// their words.
pub fn remedy_for(remedy: &str, thing: Thing) -> String {
    const WORD: &str = "model";
    let mut out = String::with_capacity(remedy.len());
    let mut rest = remedy;
    while let Some((before, after)) = (!thing.is_model()).then(|| rest.split_once(WORD)).flatten() {
        let starts =
            before.chars().next_back().or_else(|| out.chars().next_back()).is_none_or(may_stand_beside);
        let mut following = after.strip_prefix('s').unwrap_or(after).chars();
        let ends = match following.next() {
            // The end of a sentence, not `model.sig`.
            Some('.') => following.next().is_none_or(char::is_whitespace),
            next => next.is_none_or(may_stand_beside),
        };
        out.push_str(before);
        if starts && ends {
            let word = thing.word();
            if word.starts_with('a') && (out.ends_with(" a ") || out.eq_ignore_ascii_case("a ")) {
                out.insert(out.len() - 1, 'n');
            }
            out.push_str(word);
        } else {
            out.push_str(WORD);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What may stand before or behind a word of a sentence.
fn may_stand_beside(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ',' | ';' | ':' | '(' | ')' | '\'' | '"' | '?' | '!')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedies_speak_of_what_is_in_hand_and_leave_names_alone() {
        for (remedy, thing, told) in [
            ("Do not load the model. Sign a model", Thing::Skill, "Do not load the skill. Sign a skill"),
            ("Verify the model's folder", Thing::Dataset, "Verify the dataset's folder"),
            ("two models; a model", Thing::Adapter, "two adapters; an adapter"),
            (
                "write model.sig, --model X, `model` or remodel",
                Thing::Skill,
                "write model.sig, --model X, `model` or remodel",
            ),
            ("touchmark verify MODEL", Thing::Skill, "touchmark verify MODEL"),
            ("the model", Thing::Model, "the model"),
            ("model", Thing::Agent, "agent"),
        ] {
            assert_eq!(remedy_for(remedy, thing), told);
        }
    }
}
