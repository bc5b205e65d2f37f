//! Decimal numbers, compared exactly: 0.97 is 0.97, and not the nearest binary fraction. Claims and policies share
//! them. It knows no format.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// A number with more digits is rejected.
const LIMIT_DIGITS: usize = 1000;
/// So is one with a larger exponent.
const LIMIT_EXPONENT: i64 = 1_000_000;
/// Digits, and places from the point, up to which a number is shown without an exponent.
const LIMIT_PLAIN: i64 = 30;
/// In documents: digits.
const LIMIT_PLAIN_DIGITS: i64 = 60;
/// In documents: places from the point.
const LIMIT_PLAIN_POINT: i64 = 160;

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    /// The value is `0.DIGITS` times ten to this power.
    exponent: i64,
}

impl Decimal {
    /// Reads a number as in JSON, leading zeros allowed; none if it is not one, or exceeds a limit.
    pub fn parse(text: &str) -> Option<Self> {
        let (is_negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (number, exponent) = match rest.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (number, ""),
        };
        let all = format!("{whole}{fraction}");
        let is_number = !whole.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || all.len() > LIMIT_DIGITS || exponent.abs() > LIMIT_EXPONENT {
            return None;
        }
        let zeros = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Decimal { is_negative: false, digits, exponent: 0 });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
        Some(Decimal { is_negative, digits, exponent: exponent + point })
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

    /// The value in millionths; none if it is not a whole number of them.
    pub fn millionths(&self) -> Option<u32> {
        let after = i64::try_from(self.digits.len()).ok()? - self.exponent;
        if self.is_negative || after > 6 || self.exponent > 4 {
            return None;
        }
        let digits: u64 = if self.digits.is_empty() { 0 } else { self.digits.parse().ok()? };
        let scale = u32::try_from(6 - after).ok()?;
        u32::try_from(digits.checked_mul(10_u64.checked_pow(scale)?)?).ok()
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Decimal| match (number.digits.is_empty(), number.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let by_size = || match self.digits.is_empty() {
            true => Ordering::Equal,
            // Without zeros at the ends, the longer of two that begin alike is the larger one.
            false => self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits)),
        };
        sign(self)
            .cmp(&sign(other))
            .then_with(|| if self.is_negative { by_size().reverse() } else { by_size() })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Decimal {
    /// Writes it, with an exponent if it has more digits than `most` or starts farther from the point than `farthest`.
    fn write(&self, f: &mut fmt::Formatter<'_>, (most, farthest): (i64, i64)) -> fmt::Result {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.is_negative {
            f.write_str("-")?;
        }
        let zeros = |many: i64| "0".repeat(usize::try_from(many).unwrap_or_default());
        match self.exponent {
            point if point.abs() > farthest || length > most => {
                let (first, rest) = self.digits.split_at(1);
                let dot = if rest.is_empty() { "" } else { "." };
                write!(f, "{first}{dot}{rest}e{}", point - 1)
            }
            point if point <= 0 => write!(f, "0.{}{}", zeros(-point), self.digits),
            point if point >= length => write!(f, "{}{}", self.digits, zeros(point - length)),
            point => {
                let (whole, fraction) = self.digits.split_at(usize::try_from(point).unwrap_or_default());
                write!(f, "{whole}.{fraction}")
            }
        }
    }
}

/// Equal numbers are written in the same way.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, (LIMIT_PLAIN, LIMIT_PLAIN))
    }
}

/// Documents use an exponent only for extreme numbers.
struct InDocuments<'d>(&'d Decimal);

impl fmt::Display for InDocuments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, (LIMIT_PLAIN_DIGITS, LIMIT_PLAIN_POINT))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&InDocuments(self))
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
        json_schema!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn numbers_are_compared_as_they_are_written() {
        for (one, other, order) in [
            ("0.97", "0.970", Ordering::Equal),
            ("0.96999999999999999999", "0.97", Ordering::Less),
            ("0.1", "0.10000000000000000001", Ordering::Less),
            ("1e3", "1000", Ordering::Equal),
            ("-1", "-1.5", Ordering::Greater),
            ("-0", "0", Ordering::Equal),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("0.009", "0.01", Ordering::Less),
            ("10", "9", Ordering::Greater),
            ("-3", "2", Ordering::Less),
            ("0", "-2", Ordering::Greater),
        ] {
            assert_eq!(of(one).cmp(&of(other)), order, "{one} {other}");
        }
        for text in
            ["", "+1", ".", "1.", ".5", "1e", "e1", "nan", "inf", "0x1", "1_0", "1e9999999", "--1", "１"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_is_a_whole_number_of_millionths() {
        for (text, millionths) in [
            ("0", Some(0)),
            ("0.8", Some(800_000)),
            ("1", Some(1_000_000)),
            ("1.0", Some(1_000_000)),
            ("0.000001", Some(1)),
            ("0.0000001", None),
            ("-0.1", None),
            ("1e9", None),
            ("12", Some(12_000_000)),
        ] {
            assert_eq!(of(text).millionths(), millionths, "{text}");
        }
    }

    #[test]
    fn documents_write_numbers_of_claims_without_an_exponent() {
        let written = |text: &str| serde_json::to_value(of(text)).unwrap();
        assert_eq!(written("-00.10"), "-0.1");
        assert_eq!(written("1e-40"), format!("0.{}1", "0".repeat(39)));
        assert_eq!(written("1e100"), format!("1{}", "0".repeat(100)));
        assert_eq!(written(&"7".repeat(60)), "7".repeat(60));
        assert_eq!(written("15e200"), "1.5e201");
        assert_eq!(of("1e-40").to_string(), "1e-40");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_shown_is_the_same_number(text in "[-+]?[0-9.eE]{0,12}|\\PC{0,6}") {
            if let Some(number) = Decimal::parse(&text) {
                prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number));
            }
        }

        #[test]
        fn small_numbers_are_ordered_as_integers_are(one in -100_000_i64..100_000, other in -100_000_i64..100_000, places in 0_i32..5) {
            let text = |value: i64| format!("{value}e-{places}");
            prop_assert_eq!(of(&text(one)).cmp(&of(&text(other))), one.cmp(&other));
        }
    }
}
