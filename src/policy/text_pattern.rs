//! A text pattern: exact, or anchored at both ends.

const OPEN: &str = "^(?:";
const CLOSE: &str = ")$";

/// How a text must match: `exact:TEXT` or `regex:^…$` (always anchored at both ends).
#[derive(Debug, Clone)]
pub enum TextPattern {
    /// Byte for byte.
    Exact(String),
    /// An anchored pattern.
    Regex(regex_lite::Regex),
}

impl PartialEq for TextPattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (TextPattern::Exact(one), TextPattern::Exact(other)) => one == other,
            (TextPattern::Regex(one), TextPattern::Regex(other)) => one.as_str() == other.as_str(),
            (TextPattern::Exact(_), TextPattern::Regex(_))
            | (TextPattern::Regex(_), TextPattern::Exact(_)) => false,
        }
    }
}

impl Eq for TextPattern {}

impl TextPattern {
    /// The pattern `^BODY$`, anchored as a whole: `^a|b$` alone would match everything that begins with `a`.
    pub(super) fn anchored(body: &str, limit_bytes: usize) -> Option<Self> {
        // Compile it alone first: `a)|(b` must not close our group.
        regex_lite::RegexBuilder::new(body).size_limit(limit_bytes).build().ok()?;
        let whole = format!("{OPEN}{body}{CLOSE}");
        regex_lite::RegexBuilder::new(&whole).size_limit(limit_bytes).build().ok().map(TextPattern::Regex)
    }

    /// Whether the whole text matches, byte for byte.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            TextPattern::Exact(exact) => exact == text,
            TextPattern::Regex(regex) => regex.is_match(text),
        }
    }

    /// As it stands in the policy.
    pub fn as_written(&self) -> String {
        match self {
            TextPattern::Exact(exact) => format!("exact:{exact}"),
            TextPattern::Regex(regex) => {
                let whole = regex.as_str();
                let body = whole.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
                body.map_or_else(|| format!("regex:{whole}"), |body| format!("regex:^{body}$"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TextPattern;

    #[test]
    fn a_pattern_is_anchored_as_a_whole_and_reads_as_written() {
        let pattern = TextPattern::anchored("a|b", 1 << 16).unwrap();
        assert!(pattern.matches("a") && pattern.matches("b"));
        assert!(!pattern.matches("ax") && !pattern.matches("xb") && !pattern.matches("b\n"));
        assert_eq!(pattern.as_written(), "regex:^a|b$");
        assert!(TextPattern::anchored("a)|(b", 1 << 16).is_none());
        assert!(TextPattern::anchored("(?x)a #", 1 << 16).is_none());
        assert!(TextPattern::anchored("a\\", 1 << 16).is_none());
    }
}
