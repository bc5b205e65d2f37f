//! JSON whose text is safe on a terminal: everything that [`crate::text::screen`] would replace is written as
//! `\uXXXX`, so that the document stays exact and a screen stays unharmed. Next to it the one form of JSON in which
//! a value has only one spelling, for digests.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io;

/// Beyond these, readers that know only doubles disagree about an integer (RFC 7493, section 2.2).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return writer.write_all(fragment.as_bytes());
        }
        for c in fragment.chars() {
            let mut utf8 = [0; 4];
            let text: &str = c.encode_utf8(&mut utf8);
            if crate::text::screen(text) == text {
                writer.write_all(text.as_bytes())?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
    fn begin_array<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_array(w)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_array(w)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(w, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_array_value(w)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_object(w)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object(w)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(w, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_object_value(w)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object_value(w)
    }
}

/// Pretty JSON that is safe to print.
///
/// # Errors
/// Only when `value` cannot be JSON (a map with keys that are no text).
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    write(value, PrettyFormatter::new())
}

/// [`to_string`] to where it is to go, piece by piece as it is made.
///
/// # Errors
/// As [`to_string`], and the writer's own.
pub fn to_writer<T: Serialize + ?Sized>(value: &T, out: &mut dyn io::Write) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaping(PrettyFormatter::new())))
}

/// A list whose items are made one after the other when it is written, and are forgotten then.
pub struct Each<F>(pub F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for Each<F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// One line of JSON that is safe to print.
///
/// # Errors
/// Only when `value` cannot be JSON (a map with keys that are no text).
pub fn to_line<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    write(value, CompactFormatter)
}

fn write<T: Serialize + ?Sized, F: Formatter>(value: &T, formatter: F) -> serde_json::Result<String> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Escaping(formatter)))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The canonical form of RFC 8785, in UTF-8: no white space, members sorted by their names. It is for files and
/// digests and is not safe to print. Numbers are integers of at most 53 bits; there is no other kind here.
///
/// # Errors
/// When `value` cannot be JSON, or holds another number.
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let value = serde_json::to_value(value)?;
    if !holds_small_integers_only(&value) {
        return Err(serde::ser::Error::custom("a number that not every reader reads alike"));
    }
    // RFC 8785, 3.2.3: by UTF-16 code units.
    in_order(&value, |a, b| a.encode_utf16().cmp(b.encode_utf16()))
}

fn holds_small_integers_only(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_some_and(|n| n.unsigned_abs() <= MAX_INTEGER),
        Value::Array(items) => items.iter().all(holds_small_integers_only),
        Value::Object(members) => members.values().all(holds_small_integers_only),
        _ => true,
    }
}

/// Without white space, members in this order of their names, numbers as serde_json writes them.
pub(super) fn in_order(value: &Value, order: Order) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::new();
    write_in_order(value, order, &mut out)?;
    Ok(out)
}

type Order = fn(&str, &str) -> std::cmp::Ordering;

fn write_in_order(value: &Value, order: Order, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| order(a, b));
            out.push(b'{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, name)?;
                out.push(b':');
                write_in_order(value, order, out)?;
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_in_order(item, order, out)?;
            }
            out.push(b']');
        }
        // 3.2.2.2: the escapes of serde_json are those of the RFC, and what need not be escaped is not.
        other => serde_json::to_writer(out, other)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Each, canonical, to_string, to_writer};
    use serde_json::json;

    #[test]
    fn what_is_written_piece_by_piece_is_what_is_written_at_once() {
        let items = [json!({ "a": "\u{202e}é" }), json!([]), json!(null)];
        for count in 0..=items.len() {
            let some = &items[..count];
            let mut out = Vec::new();
            to_writer(&std::collections::BTreeMap::from([("list", Each(|| some.iter()))]), &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), to_string(&json!({ "list": some })).unwrap());
        }
    }

    #[test]
    fn items_that_nobody_takes_are_not_made() {
        struct Closing(usize);
        impl std::io::Write for Closing {
            fn write(&mut self, some: &[u8]) -> std::io::Result<usize> {
                self.0 = self.0.checked_sub(some.len()).ok_or(std::io::ErrorKind::BrokenPipe)?;
                Ok(some.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let made = std::cell::Cell::new(0);
        let items = Each(|| (0..1_000_000).inspect(|_| made.set(made.get() + 1)));
        assert!(to_writer(&items, &mut Closing(1000)).unwrap_err().is_io());
        assert!(made.get() < 1000, "{}", made.get());
    }

    #[test]
    fn members_are_sorted_by_utf_16_and_texts_are_spelt_one_way() {
        // The names of RFC 8785, 3.2.3.
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O",
        });
        let text = String::from_utf8(canonical(&value).unwrap()).unwrap();
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let places: Vec<usize> = order.iter().map(|word| text.find(word).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
        let odd = json!(["\u{20ac}$\u{f}\nA'B\"\\\"/\u{7f}", [], {}, null, true, -1]);
        let text = String::from_utf8(canonical(&odd).unwrap()).unwrap();
        assert_eq!(text, "[\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\",[],{},null,true,-1]");
    }

    #[test]
    fn numbers_that_readers_read_differently_have_no_canonical_form() {
        assert!(canonical(&json!(9_007_199_254_740_991_u64)).is_ok());
        for number in [json!(9_007_199_254_740_992_u64), json!(u64::MAX), json!(0.5)] {
            assert!(canonical(&number).is_err(), "{number}");
        }
    }
}
