//! What somebody may have meant to write.

/// The word that is least far from what was written, when it is near enough to be meant.
pub fn nearest<'w>(written: &str, words: &[&'w str]) -> Option<&'w str> {
    if written.len() > 64 {
        return None;
    }
    let near =
        words.iter().map(|word| (strsim::osa_distance(written, word), *word)).min_by_key(|(far, _)| *far);
    near.filter(|(far, word)| *far <= 1 + word.len() / 3).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_one_that_could_have_been_meant() {
        assert_eq!(nearest("on_mising", &["on_misting", "on_missing"]), Some("on_misting"));
        assert_eq!(nearest("ba", &["ab"]), Some("ab"), "neighbours swapped are one change");
        assert_eq!(nearest("prodction", &["name", "production"]), Some("production"));
        assert_eq!(nearest("zebra", &["name", "production"]), None);
    }
}
