//! What somebody may have meant to write.

/// The word that is least far from what was written, when it is near enough to be meant.
pub fn nearest<'w>(written: &str, words: &[&'w str]) -> Option<&'w str> {
    if written.len() > 64 {
        return None;
    }
    let near = words.iter().map(|word| (distance(written, word), *word)).min_by_key(|(far, _)| *far);
    near.filter(|(far, word)| *far <= 1 + word.len() / 3).map(|(_, word)| word)
}

/// How many letters have to be put in, taken out, exchanged, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(&row, j) + usize::from(x != *y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = j > 0 && last == Some(*y) && b.get(j - 1) == Some(&x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(x);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn the_nearest_word_is_one_that_could_have_been_meant() {
        assert_eq!(distance("on_mising", "on_missing"), 1);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(nearest("prodction", &["name", "production"]), Some("production"));
        assert_eq!(nearest("zebra", &["name", "production"]), None);
    }
}
