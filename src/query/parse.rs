//! Reads what somebody typed. What is not understood is left out of the query and told, with where it stands: while
//! somebody still types, that is a hint; on the command line it is an error. It knows no model and no policy.

use super::ast::{Clause, Compare, Query, Unit, Value, What};
use super::terms::{TERMS, Takes, Term};
use crate::error::{Code, Error, Result};
use crate::signing::{CheckCode, Stage};
use crate::text::nearest;
use std::ops::Range;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What was understood.
    pub query: Query,
    /// What was not, in order.
    pub faults: Vec<Fault>,
}

/// What was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes.
    pub at: Range<usize>,
    /// What is wrong, safe to show.
    pub what: String,
    /// What would be right, safe to show.
    pub help: String,
    /// Whether more may follow that makes it right.
    pub is_unfinished: bool,
}

/// A word as it was typed, and where.
struct Token {
    at: Range<usize>,
    is_negated: bool,
    /// The term's name, where an unquoted colon follows one.
    name: Option<String>,
    /// The text or the values, without quotes.
    values: Vec<(String, Range<usize>)>,
}

/// Reads what was typed.
pub fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    for token in tokens(text) {
        match clause(&token) {
            Ok(Some(clause)) => parsed.query.clauses.push(clause),
            Ok(None) => {}
            Err(fault) => parsed.faults.push(fault),
        }
    }
    parsed
}

/// As [`parse`], where everything has to be understood.
///
/// # Errors
/// `E-USAGE`: what is wrong, and what is allowed.
pub fn parse_strictly(text: &str) -> Result<Query> {
    let parsed = parse(text);
    match parsed.faults.first() {
        Some(fault) => Err(fault.error(text)),
        None => Ok(parsed.query),
    }
}

impl Fault {
    /// As an error about a text.
    pub fn error(&self, text: &str) -> Error {
        let at = text.get(self.at.clone()).unwrap_or_default();
        Error::new(Code::Usage, self.what.clone()).at(at).help(self.help.clone())
    }
}

/// The word under the end of what was typed, for completion.
pub(super) struct Last {
    /// Where its last value, or the whole word, begins.
    pub from: usize,
    /// The term before it.
    pub term: Option<Term>,
    /// What of it was typed.
    pub typed: String,
}

/// What stands at the end of a text and may go on; nothing follows on a term that there is not.
pub(super) fn last(text: &str) -> Option<Last> {
    let token = tokens(text).pop().filter(|token| token.at.end == text.len());
    let Some(token) = token else { return Some(Last { from: text.len(), term: None, typed: String::new() }) };
    let term = token.name.as_deref().and_then(Term::named);
    let (typed, at) = token.values.last().cloned().unwrap_or_else(|| (String::new(), text.len()..text.len()));
    (term.is_some() || token.name.is_none()).then_some(Last { from: at.start, term, typed })
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    loop {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let Some((start, first)) = chars.peek().copied() else { return found };
        let is_negated = matches!(first, '-' | '!');
        if is_negated {
            chars.next();
        }
        let (mut name, mut values, mut is_quoted) = (None, Vec::new(), false);
        let mut value = String::new();
        let mut from = start + usize::from(is_negated);
        let mut end = from;
        while let Some((at, c)) = chars.next_if(|(_, c)| !c.is_whitespace()) {
            end = at + c.len_utf8();
            match c {
                '"' => {
                    is_quoted |= values.is_empty();
                    while let Some((at, c)) = chars.next() {
                        end = at + c.len_utf8();
                        match c {
                            '"' => break,
                            '\\' => {
                                if let Some((at, c)) = chars.next() {
                                    end = at + c.len_utf8();
                                    value.push(c);
                                }
                            }
                            c => value.push(c),
                        }
                    }
                }
                ':' if name.is_none() && !is_quoted && is_name(&value) => {
                    name = Some(std::mem::take(&mut value));
                    from = end;
                }
                ',' if name.is_some() => {
                    values.push((std::mem::take(&mut value), from..at));
                    from = end;
                }
                c => value.push(c),
            }
        }
        values.push((value, from..end));
        found.push(Token { at: start..end, is_negated, name, values });
    }
}

/// What a term could be called: letters. `llama3:8b` is a name with a colon in it.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())
}

fn clause(token: &Token) -> std::result::Result<Option<Clause>, Fault> {
    let is_negated = token.is_negated;
    let Some(name) = &token.name else {
        let word = token.values.first().map(|(word, _)| word.to_lowercase()).unwrap_or_default();
        let what = What::Word(word);
        // A sign alone is a word that has not begun.
        return Ok((what != What::Word(String::new())).then_some(Clause { is_negated, what }));
    };
    let Some(term) = Term::named(name) else { return Err(unknown_term(token, name)) };
    let mut values = Vec::new();
    for (text, at) in &token.values {
        values.push(value(term, text, at.clone())?);
    }
    Ok(Some(Clause { is_negated, what: What::Term(term, values) }))
}

fn unknown_term(token: &Token, name: &str) -> Fault {
    let names: Vec<&str> = TERMS.iter().map(|row| row.name).collect();
    let name = name.to_ascii_lowercase();
    let help = match nearest(&name, &names) {
        Some(near) => format!("did you mean `{near}:`?"),
        None => format!("the terms are {}; put text with a colon in quotes", names.join(", ")),
    };
    Fault { at: token.at.clone(), what: format!("there is no term `{name}:`"), help, is_unfinished: false }
}

fn value(term: Term, text: &str, at: Range<usize>) -> std::result::Result<Value, Fault> {
    let row = term.row();
    let fault = |what: String, is_unfinished: bool| {
        let help = format!("`{}:` takes {}", row.name, row.takes.allowed());
        Err(Fault { at: at.clone(), what, help, is_unfinished })
    };
    if text.is_empty() {
        return fault(format!("`{}:` has no value", row.name), true);
    }
    let lower = text.to_lowercase();
    let wrong = format!("`{}:` has no such value", row.name);
    match row.takes {
        Takes::Name(_) => Ok(Value::Name(lower)),
        Takes::Code => {
            let upper = text.to_ascii_uppercase();
            let mut known = CheckCode::ALL.iter().map(|code| code.as_str());
            let fits = super::pattern::Pattern::new(&lower);
            if known.clone().any(|code| fits.is_whole(code))
                || Stage::ALL.iter().any(|s| fits.is_whole(s.name()))
            {
                return Ok(Value::Name(lower));
            }
            if known.any(|code| code.starts_with(&upper)) {
                return fault(wrong, true);
            }
            let codes: Vec<&str> = CheckCode::ALL.iter().map(|code| code.as_str()).collect();
            let help = match nearest(&upper, &codes) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("`{}:` takes {}", row.name, row.takes.allowed()),
            };
            Err(Fault { at, what: wrong, help, is_unfinished: false })
        }
        Takes::Word(words) => match words.iter().find(|(word, _)| *word == lower) {
            Some((_, choice)) => Ok(Value::Choice(*choice)),
            None => fault(wrong, words.iter().any(|(word, _)| word.starts_with(&lower))),
        },
        Takes::Number(most) => {
            let (compare, digits) = compared(&lower);
            let digits =
                if term == Term::Level { digits.strip_prefix('l').unwrap_or(digits) } else { digits };
            match digits.parse::<u64>() {
                Ok(number) if number <= most && is_number(digits) => {
                    Ok(Value::Number(compare.unwrap_or(Compare::Is), number))
                }
                _ => fault(wrong, digits.is_empty()),
            }
        }
        Takes::Time => {
            let (compare, rest) = compared(&lower);
            let unit = rest.chars().last().and_then(|last| {
                Unit::LETTERS
                    .iter()
                    .find(|(letter, _)| *letter == last)
                    .map(|(letter, unit)| (*letter, *unit))
            });
            let digits = unit.map_or(rest, |(letter, _)| rest.strip_suffix(letter).unwrap_or(rest));
            let is_unfinished = digits.chars().all(|c| c.is_ascii_digit());
            match (digits.parse::<u64>(), unit) {
                (Ok(many), Some((_, unit))) if is_number(digits) && many <= MOST_UNITS => {
                    // A time to the second is never meant.
                    Ok(Value::Time(
                        compare.filter(|c| *c != Compare::Is).unwrap_or(Compare::AtLeast),
                        many,
                        unit,
                    ))
                }
                _ => fault(wrong, is_unfinished && unit.is_none()),
            }
        }
    }
}

/// No more of any unit makes a difference.
const MOST_UNITS: u64 = 1_000_000;

/// `+3` is a number to the standard library.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn compared(text: &str) -> (Option<Compare>, &str) {
    let found = Compare::SIGNS.iter().find_map(|(sign, compare)| Some((*compare, text.strip_prefix(sign)?)));
    found.map_or((None, text), |(compare, rest)| (Some(compare), rest))
}
