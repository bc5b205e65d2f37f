//! What the arguments of commands stand for, by the words that usages write: what is offered while one is typed.

/// What an argument stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A model of the inventory.
    Model,
    /// A file or folder.
    Path,
    /// A stage of the policy.
    Stage,
    /// A theme.
    Theme,
    /// A column to sort by.
    Column,
    /// A trust anchor.
    Anchor,
    /// Words and terms of the filter, to the end of the line.
    Filter,
    /// What a review says.
    ReviewWord,
    /// A policy inside the program.
    BuiltInPolicy,
    /// Anything else; as the last one it goes to the end of the line.
    Free,
}

/// What a review can say, as it is typed.
pub const REVIEW_WORDS: [&str; 4] = ["approve", "reject", "ask", "take-back"];

/// Words of usages that stand for something else after these commands and flags.
const AFTER: &[(&str, &str, Value)] = &[
    ("policy show", "NAME", Value::BuiltInPolicy),
    ("trust show", "NAME", Value::Anchor),
    ("trust remove", "NAME", Value::Anchor),
    ("trust refresh", "NAMES", Value::Anchor),
    ("review", "WORD", Value::ReviewWord),
    ("compare", "FIRST", Value::Model),
    ("path", "FIRST", Value::Model),
    ("path", "SECOND", Value::Model),
    ("blast", "SUBJECT", Value::Model),
    ("incident disclose", "SUBJECT", Value::Model),
    ("--subject", "SUBJECT", Value::Model),
    ("--expected", "SUBJECT", Value::Model),
    ("compare", "SECOND", Value::Model),
];

/// Words of usages, wherever they stand.
const WORDS: &[(&str, Value)] = &[
    ("MODEL", Value::Model),
    ("MODELS", Value::Model),
    ("TARGET", Value::Path),
    ("FILE", Value::Path),
    ("RUBRIC", Value::Path),
    ("FILES", Value::Path),
    ("BUNDLES", Value::Path),
    ("OLD", Value::Path),
    ("NEW", Value::Path),
    ("BEFORE", Value::Path),
    ("AFTER", Value::Path),
    ("DIR", Value::Path),
    ("WORKSPACE", Value::Path),
    ("RUN", Value::Path),
    ("SOURCES", Value::Path),
    ("PATH", Value::Path),
    ("OUT", Value::Path),
    ("CHECKPOINT", Value::Path),
    ("STAGE", Value::Stage),
    ("THEME", Value::Theme),
    ("COLUMN", Value::Column),
    ("FILTER", Value::Filter),
];

impl Value {
    /// What a word of a usage stands for after a command or a flag.
    pub fn of(after: &str, word: &str) -> Value {
        let special = AFTER.iter().find(|(place, known, _)| *place == after && *known == word);
        let general = || WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
        special.map(|(_, _, value)| *value).or_else(general).unwrap_or(Value::Free)
    }

    /// What the arguments of a usage stand for, in order: `<MODEL> [WORD]`.
    pub fn all(after: &str, usage: &str) -> Vec<Value> {
        usage.split_whitespace().map(|word| Value::of(after, bare(word))).collect()
    }

    /// What the argument at a position stands for; those after the last are as the last, where it may stand several
    /// times or goes to the end of the line.
    pub fn at(after: &str, usage: &str, position: usize) -> Option<Value> {
        let all = Value::all(after, usage);
        let last = all.last().copied();
        let goes_on = usage.ends_with("...") || matches!(last, Some(Value::Free | Value::Filter));
        all.get(position).copied().or(last.filter(|_| goes_on))
    }
}

/// A word of a usage without its brackets.
fn bare(word: &str) -> &str {
    word.trim_end_matches("...").trim_matches(['<', '>', '[', ']'])
}

/// How many arguments a usage asks for.
pub(super) fn required(usage: &str) -> usize {
    usage.split_whitespace().filter(|word| word.starts_with('<')).count()
}
