//! A query as a value, and how it is written. Written and parsed again it is the same. It knows no model.

use super::terms::{Choice, Takes, Term};
use std::fmt::{self, Display, Formatter, Write};

/// Clauses that all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The clauses, as they were typed.
    pub clauses: Vec<Clause>,
}

/// One thing that must hold, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Whether it must not hold.
    pub is_negated: bool,
    /// What.
    pub what: What,
}

/// What a clause asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A free word, in lower case.
    Word(String),
    /// A term that has one of these values.
    Term(Term, Vec<Value>),
}

/// A value of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A name, where `*` stands for anything; in lower case.
    Name(String),
    /// One of a few words.
    Choice(Choice),
    /// Compared with a number.
    Number(Compare, u64),
    /// Compared with a length of time: so many of a unit.
    Time(Compare, u64, Unit),
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// Nothing, or `=`.
    Is,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
    /// `y`, of 365 days.
    Year,
}

impl Compare {
    /// The signs, the longer ones first.
    pub const SIGNS: [(&'static str, Compare); 5] = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Is),
    ];

    /// Whether it holds of two numbers.
    pub fn holds(self, found: u64, wanted: u64) -> bool {
        match self {
            Compare::Less => found < wanted,
            Compare::AtMost => found <= wanted,
            Compare::Is => found == wanted,
            Compare::AtLeast => found >= wanted,
            Compare::More => found > wanted,
        }
    }

    fn sign(self) -> &'static str {
        Compare::SIGNS
            .iter()
            .find(|(_, compare)| *compare == self && self != Compare::Is)
            .map_or("", |(sign, _)| *sign)
    }
}

impl Unit {
    /// The letters.
    pub const LETTERS: [(char, Unit); 5] =
        [('m', Unit::Minute), ('h', Unit::Hour), ('d', Unit::Day), ('w', Unit::Week), ('y', Unit::Year)];

    /// How many seconds it has.
    pub fn seconds(self) -> u64 {
        match self {
            Unit::Minute => 60,
            Unit::Hour => 3600,
            Unit::Day => 86_400,
            Unit::Week => 7 * 86_400,
            Unit::Year => 365 * 86_400,
        }
    }

    fn letter(self) -> char {
        Unit::LETTERS.iter().find(|(_, unit)| *unit == self).map_or('d', |(letter, _)| *letter)
    }
}

impl Query {
    /// Whether it asks nothing.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Both.
    pub fn and(&self, other: &Query) -> Query {
        Query { clauses: self.clauses.iter().chain(&other.clauses).cloned().collect() }
    }

    /// The free words that a model is ranked by.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().filter_map(|clause| match &clause.what {
            What::Word(word) if !clause.is_negated => Some(word.as_str()),
            _ => None,
        })
    }

    /// Whether some term is of this kind.
    pub fn has(&self, term: Term) -> bool {
        self.clauses.iter().any(|clause| matches!(clause.what, What::Term(of, _) if of == term))
    }
}

impl Clause {
    /// A free word that must occur.
    pub fn word(word: &str) -> Self {
        Clause { is_negated: false, what: What::Word(word.to_lowercase()) }
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, clause) in self.clauses.iter().enumerate() {
            if at > 0 {
                f.write_char(' ')?;
            }
            Display::fmt(clause, f)?;
        }
        Ok(())
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_negated {
            f.write_char('-')?;
        }
        match &self.what {
            What::Word(word) => quoted(f, word),
            What::Term(term, values) => {
                write!(f, "{}:", term.row().name)?;
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_char(',')?;
                    }
                    written(f, *term, value)?;
                }
                Ok(())
            }
        }
    }
}

fn written(f: &mut Formatter<'_>, term: Term, value: &Value) -> fmt::Result {
    match value {
        Value::Name(name) => quoted(f, name),
        Value::Choice(choice) => {
            let Takes::Word(words) = term.row().takes else { return Ok(()) };
            f.write_str(words.iter().find(|(_, known)| known == choice).map_or("", |(word, _)| *word))
        }
        Value::Number(compare, number) => write!(f, "{}{number}", compare.sign()),
        Value::Time(compare, many, unit) => write!(f, "{}{many}{}", compare.sign(), unit.letter()),
    }
}

/// In quotes where it would be read as something else without.
fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let is_plain = |c: char| c.is_alphanumeric() || "._/@*+#~=()[]<>".contains(c) || c == '-';
    let begins_well = text.chars().next().is_some_and(|c| c != '-');
    if begins_well && text.chars().all(is_plain) {
        return f.write_str(text);
    }
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// A name as it has to be typed.
pub fn as_typed(name: &str) -> String {
    struct Quoted<'a>(&'a str);
    impl Display for Quoted<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            quoted(f, self.0)
        }
    }
    Quoted(name).to_string()
}
