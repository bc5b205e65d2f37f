//! Splits a typed line into words as a shell does: spaces separate, quotes and backslashes hold together. Nothing else
//! of a shell is known here: no variable, no pattern, no redirection.

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it stands for, without its quotes.
    pub text: String,
    /// Where it begins in the line, in bytes.
    pub from: usize,
}

/// The words of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// In order.
    pub words: Vec<Word>,
    /// Whether a quote is not closed.
    pub is_open: bool,
    /// Whether the last word is still being typed: nothing stands after it.
    pub is_last_typed: bool,
}

impl Words {
    /// Their texts.
    pub fn texts(&self) -> Vec<String> {
        self.words.iter().map(|word| word.text.clone()).collect()
    }
}

/// Splits a line.
pub fn split(line: &str) -> Words {
    let mut all = Words::default();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            all.words.extend(word.take());
            continue;
        }
        let now = word.get_or_insert_with(|| Word { text: String::new(), from: at });
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some('\''), _) => now.text.push(c),
            (None, '\'' | '"') => quote = Some(c),
            // At the end of the line it stands for itself: what follows is not typed yet.
            (_, '\\') => now.text.push(chars.next().map_or('\\', |(_, next)| next)),
            _ => now.text.push(c),
        }
    }
    all.is_last_typed = word.is_some();
    all.words.extend(word);
    all.is_open = quote.is_some();
    all
}

/// A word as it is typed to stand for itself.
pub fn quote(word: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !matches!(c, '\'' | '"' | '\\');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if !word.contains('\'') {
        return format!("'{word}'");
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::{quote, split};

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        for (line, words) in [
            ("", &[][..]),
            ("  a  b ", &["a", "b"]),
            ("a 'b c' d", &["a", "b c", "d"]),
            ("a \"b 'c' \\\"d\\\"\"", &["a", "b 'c' \"d\""]),
            ("a\\ b c", &["a b", "c"]),
            ("'a'\"b\"c", &["abc"]),
            ("'' \"\"", &["", ""]),
            ("$HOME * | ; &", &["$HOME", "*", "|", ";", "&"]),
            ("a\\", &["a\\"]),
        ] {
            assert_eq!(split(line).texts(), words, "{line}");
        }
        assert!(split("a 'b").is_open && !split("a 'b'").is_open);
        assert!(split("a b").is_last_typed && !split("a b ").is_last_typed);
    }

    #[test]
    fn what_is_quoted_is_split_into_itself() {
        for word in ["plain", "", "two words", "it's", "\"", "back\\slash", "it's \"both\" \\", "ünï"] {
            assert_eq!(split(&quote(word)).texts(), [word], "{}", quote(word));
        }
    }
}
