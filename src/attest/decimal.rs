//! Decimal numbers as claims write them. They are compared digit by digit: `0.1` is not the nearest binary fraction, and
//! a threshold of `0.98` is met by `0.98`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// Digits that are read, before and after the point together.
const MAX_DIGITS: usize = 60;
const MAX_EXPONENT: i32 = 100;

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without leading zeros; empty for none.
    whole: String,
    /// Without trailing zeros.
    part: String,
}

impl Decimal {
    /// Reads `-12.5`, `1e-3`; none for anything else, and for what has too many digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (digits, exponent) = match rest.split_once(['e', 'E']) {
            None => (rest, 0),
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        };
        let (whole, part) =
            digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        if !is_digits(whole) || !part.is_none_or(is_digits) || exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let part = part.unwrap_or_default();
        if whole.len() + part.len() > MAX_DIGITS {
            return None;
        }
        let mut all = format!("{whole}{part}");
        let mut point = i32::try_from(whole.len()).ok()? + exponent;
        if point < 0 {
            all.insert_str(0, &"0".repeat(usize::try_from(-point).ok()?));
            point = 0;
        }
        let point = usize::try_from(point).ok()?;
        if all.len() < point {
            all.push_str(&"0".repeat(point - all.len()));
        }
        let (whole, part) = all.split_at_checked(point)?;
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        let is_zero = whole.is_empty() && part.is_empty();
        Some(Decimal { negative: negative && !is_zero, whole: whole.to_owned(), part: part.to_owned() })
    }

    /// A number of a document, or a text that is one.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Decimal::parse(text),
            // As it is written again: the shortest form that reads the same.
            Value::Number(number) => Decimal::parse(&number.to_string()),
            _ => None,
        }
    }

    /// Of two numbers that are not negative.
    fn size(&self, other: &Self) -> Ordering {
        let whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(&other.whole));
        // As texts, `5` comes after `49`, as it does behind the point.
        whole.then_with(|| self.part.cmp(&other.part))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.size(other),
            (true, true) => other.size(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{}", self.part)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
    }
}
