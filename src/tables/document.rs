//! A TOML document as tables and values that know their place. What is expected and not found is returned as a
//! plain value; the caller words the message.

use super::place::{At, Place};
use crate::text::nearest;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A document that was parsed.
pub(crate) struct Document<'t>(Spanned<DeTable<'t>>);

/// Why a text is no such document.
#[derive(Debug)]
pub(crate) struct Invalid {
    /// Where; none when it is about the whole text.
    pub at: Option<Place>,
    /// What the parser says; may quote the text as it is.
    pub message: String,
}

impl Invalid {
    /// The line, from 1.
    pub fn line(&self, text: &str) -> usize {
        self.at.map_or(1, |at| at.line(text))
    }
}

impl From<toml::de::Error> for Invalid {
    fn from(error: toml::de::Error) -> Self {
        Invalid { at: error.span().map(Place::from), message: error.message().to_owned() }
    }
}

impl<'t> Document<'t> {
    pub fn parse(text: &'t str) -> Result<Self, Invalid> {
        Ok(Document(DeTable::parse(text)?))
    }

    /// The table that holds all others.
    pub fn top(&self) -> Table<'_> {
        Table { entries: self.0.get_ref(), at: self.0.span().into() }
    }
}

/// Reads a whole document into a type that defines what it may hold.
pub(crate) fn parse_as<T: DeserializeOwned>(text: &str) -> Result<T, Invalid> {
    Ok(toml::from_str(text)?)
}

/// One table.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    entries: &'a DeTable<'a>,
    /// Where it begins: its header, if it has one.
    pub at: Place,
}

/// A key that a table cannot have.
pub(crate) struct Unknown<'a> {
    pub key: At<&'a str>,
    /// The key that was perhaps meant.
    pub near: Option<&'static str>,
}

impl<'a> Table<'a> {
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.entries.get(key).map(Value)
    }

    /// All entries, in the order of their keys.
    pub fn entries(self) -> impl Iterator<Item = (At<&'a str>, Value<'a>)> {
        self.entries.iter().map(|(key, value)| {
            let name: &str = key.get_ref();
            (At { value: name, at: key.span().into() }, Value(value))
        })
    }

    /// The keys that are not in the list.
    pub fn unknown(self, known: &[&'static str]) -> impl Iterator<Item = Unknown<'a>> {
        let keys = self.entries().map(|(key, _)| key).filter(|key| !known.contains(&key.value));
        keys.map(|key| Unknown { key, near: nearest(key.value, known) })
    }
}

/// One value.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a>(&'a Spanned<DeValue<'a>>);

/// A value of an unexpected type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Misfit {
    pub at: Place,
    /// TOML's name for the type it has.
    pub found: &'static str,
}

impl<'a> Value<'a> {
    pub fn at(self) -> Place {
        self.0.span().into()
    }

    fn misfit(self) -> Misfit {
        Misfit { at: self.at(), found: self.0.get_ref().type_str() }
    }

    pub fn text(self) -> Result<&'a str, Misfit> {
        self.0.get_ref().as_str().ok_or_else(|| self.misfit())
    }

    pub fn flag(self) -> Result<bool, Misfit> {
        self.0.get_ref().as_bool().ok_or_else(|| self.misfit())
    }

    /// An integer; the inner option is empty when it does not fit.
    pub fn whole(self) -> Result<Option<i64>, Misfit> {
        let integer = self.0.get_ref().as_integer().ok_or_else(|| self.misfit())?;
        Ok(i64::from_str_radix(integer.as_str(), integer.radix()).ok())
    }

    /// A number as a decimal text, however it is written.
    pub fn decimal(self) -> Result<String, Misfit> {
        match self.0.get_ref() {
            DeValue::Integer(integer) => {
                let number = i128::from_str_radix(integer.as_str(), integer.radix());
                Ok(number.map_or_else(|_| integer.as_str().to_owned(), |number| number.to_string()))
            }
            DeValue::Float(float) => Ok(float.as_str().to_owned()),
            _ => Err(self.misfit()),
        }
    }

    /// Whether it is a date, a time or both, and no text.
    pub fn is_moment(self) -> bool {
        matches!(self.0.get_ref(), DeValue::Datetime(_))
    }

    /// A date, a time or both, or text that may be one, as it is written.
    pub fn moment(self) -> Result<String, Misfit> {
        match self.0.get_ref() {
            DeValue::Datetime(datetime) => Ok(datetime.to_string()),
            DeValue::String(text) => Ok(text.clone().into_owned()),
            _ => Err(self.misfit()),
        }
    }

    pub fn list(self) -> Result<impl ExactSizeIterator<Item = Value<'a>>, Misfit> {
        let items = self.0.get_ref().as_array().ok_or_else(|| self.misfit())?;
        Ok(items.iter().map(Value))
    }

    /// The same as JSON, numbers as they are written, times as text; none where a number is none of JSON.
    pub fn json(self) -> Option<String> {
        let text = |text: &str| serde_json::to_string(text).ok();
        Some(match self.0.get_ref() {
            DeValue::String(value) => text(value)?,
            DeValue::Datetime(value) => text(&value.to_string())?,
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Integer(_) | DeValue::Float(_) => {
                let number = self.decimal().ok()?;
                // TOML allows a leading plus.
                let number = number.strip_prefix('+').unwrap_or(&number).to_owned();
                serde_json::from_str::<serde_json::Number>(&number).ok()?;
                number
            }
            DeValue::Array(items) => {
                let items: Option<Vec<String>> = items.iter().map(|item| Value(item).json()).collect();
                format!("[{}]", items?.join(","))
            }
            DeValue::Table(entries) => {
                let table = Table { entries, at: self.at() };
                let entry = |(key, value): (At<&str>, Value<'_>)| {
                    Some(format!("{}:{}", text(key.value)?, value.json()?))
                };
                let entries: Option<Vec<String>> = table.entries().map(entry).collect();
                format!("{{{}}}", entries?.join(","))
            }
        })
    }

    pub fn table(self) -> Result<Table<'a>, Misfit> {
        let entries = self.0.get_ref().as_table().ok_or_else(|| self.misfit())?;
        Ok(Table { entries, at: self.at() })
    }
}
