//! Names with `*` in them, held against text without regard to case. It knows nothing else.

use super::terms::Fits;

/// A name, where `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What stands between the stars; in lower case.
    parts: Vec<String>,
}

impl Pattern {
    /// Of a name as it was typed.
    pub fn new(name: &str) -> Self {
        Pattern { parts: name.to_lowercase().split('*').map(str::to_owned).collect() }
    }

    /// Whether it fits whatever there is.
    pub fn is_anything(&self) -> bool {
        self.parts.len() > 1 && self.parts.iter().all(String::is_empty)
    }

    /// Whether it fits a value, in the way of a term.
    pub fn fits(&self, value: &str, how: Fits) -> bool {
        match how {
            Fits::Whole => self.is_whole(value),
            Fits::Tail => {
                self.is_whole(value) || value.rsplit_once('/').is_some_and(|(_, tail)| self.is_whole(tail))
            }
            Fits::Token => {
                let is_between = |c: char| c.is_whitespace() || "(),;".contains(c);
                self.is_whole(value) || value.split(is_between).any(|token| self.is_whole(token))
            }
            Fits::Part => match self.parts.as_slice() {
                [part] => holds(value, part),
                _ => self.is_whole(value),
            },
        }
    }

    /// Whether it fits the whole text.
    pub fn is_whole(&self, text: &str) -> bool {
        let lower;
        let text = if text.bytes().any(|byte| byte.is_ascii_uppercase()) || !text.is_ascii() {
            lower = text.to_lowercase();
            lower.as_str()
        } else {
            text
        };
        let (Some((first, rest)), true) = (self.parts.split_first(), !text.is_empty()) else { return false };
        let Some((last, between)) = rest.split_last() else { return text == first };
        let Some(mut left) = text.strip_prefix(first.as_str()) else { return false };
        for part in between {
            match left.find(part.as_str()) {
                Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        left.ends_with(last.as_str())
    }
}

/// Whether a text holds another one, which is in lower case.
pub fn holds(text: &str, lower: &str) -> bool {
    if lower.is_empty() {
        return true;
    }
    if text.is_ascii() {
        let (text, lower) = (text.as_bytes(), lower.as_bytes());
        return text.windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower));
    }
    text.to_lowercase().contains(lower)
}
