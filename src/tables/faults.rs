//! Reads one TOML table after another against the keys that it may have, and collects every fault with its
//! line. It knows TOML and words, and nothing of what a document means.

use crate::text::{nearest, screen};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// More faults than this help nobody.
const LIMIT_FAULTS: usize = 50;
/// A quotation of the file is cut here, characters.
const LIMIT_QUOTE: usize = 80;
/// Entries in one list.
const LIMIT_LIST: usize = 10_000;

/// One fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// What is wrong; may quote the file, already made safe.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Text or a number with the byte offset at which it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub value: T,
    pub at: usize,
}

/// One table and how messages call it.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    table: &'a DeTable<'a>,
    /// `[[publisher]]`, for messages.
    pub label: &'static str,
    /// Where it begins, bytes.
    pub at: usize,
}

/// Keys that people write and that mean something here, or nothing yet.
pub(crate) type Hints = &'static [(&'static str, &'static str)];

/// The faults found so far.
pub(crate) struct Faults<'t> {
    text: &'t str,
    list: Vec<(Option<usize>, Fault)>,
    count: usize,
}

impl<'t> Faults<'t> {
    pub fn new(text: &'t str) -> Self {
        Faults { text, list: Vec::new(), count: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A fault at a byte offset; none is about the whole file.
    pub fn add(&mut self, at: Option<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.count += 1;
        if self.list.len() >= LIMIT_FAULTS {
            return;
        }
        let line =
            at.map(|at| 1 + self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count());
        let help = Some(help.into()).filter(|help| !help.is_empty());
        self.list.push((at, Fault { line, message: message.into(), help }));
    }

    /// All faults in the order of the file.
    pub fn into_errors(mut self) -> Vec<Fault> {
        self.list.sort_by_key(|(at, _)| *at);
        let mut errors: Vec<Fault> = self.list.into_iter().map(|(_, error)| error).collect();
        if self.count > errors.len() {
            let more = self.count - errors.len();
            errors.push(Fault { line: None, message: format!("and {more} more faults"), help: None });
        }
        errors
    }

    /// Opens a table and reports every key that it may not have.
    pub fn open<'a>(
        &mut self,
        table: &'a DeTable<'a>,
        at: usize,
        label: &'static str,
        keys: &[&'static str],
        hints: Hints,
    ) -> Section<'a> {
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            if keys.contains(&name) {
                continue;
            }
            let at = Some(key.span().start);
            let hint = hints.iter().find(|(written, _)| *written == name).map(|(_, hint)| *hint);
            let quoted = quote(name);
            match (hint, nearest(name, keys)) {
                (Some(hint), _) => self.add(at, format!("unknown key `{quoted}` in {label}"), hint),
                (None, Some(near)) => self.add(
                    at,
                    format!("unknown key `{quoted}` — did you mean `{near}`?"),
                    format!("{label} knows {}", keys.join(", ")),
                ),
                (None, None) => self.add(
                    at,
                    format!("unknown key `{quoted}` in {label}"),
                    format!("{label} knows {}", keys.join(", ")),
                ),
            }
        }
        Section { table, label, at }
    }

    fn wrong_type(&mut self, section: Section<'_>, key: &str, value: &Spanned<DeValue<'_>>, want: &str) {
        let found = value.get_ref().type_str();
        let message = format!("`{key}` in {} is {want}, and here it is {found}", section.label);
        self.add(Some(value.span().start), message, "");
    }

    /// Text; an empty one is a fault.
    pub fn text(&mut self, section: Section<'_>, key: &str) -> Option<At<String>> {
        let value = section.table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => {
                Some(At { value: text.to_owned(), at: value.span().start })
            }
            Some(_) => {
                self.add(Some(value.span().start), format!("`{key}` in {} is empty", section.label), "");
                None
            }
            None => {
                self.wrong_type(section, key, value, "text");
                None
            }
        }
    }

    /// Text that has to be there.
    pub fn required(&mut self, section: Section<'_>, key: &str) -> Option<At<String>> {
        if !section.table.contains_key(key) {
            self.add(
                Some(section.at),
                format!("{} has no `{key}`", section.label),
                format!("add `{key} = …`"),
            );
        }
        self.text(section, key)
    }

    /// A list of texts; none when the key is absent.
    pub fn texts(&mut self, section: Section<'_>, key: &str) -> Option<Vec<At<String>>> {
        let value = section.table.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(section, key, value, "a list of texts");
            return Some(Vec::new());
        };
        if items.len() > LIMIT_LIST {
            self.add(Some(value.span().start), format!("`{key}` holds more than {LIMIT_LIST} entries"), "");
            return Some(Vec::new());
        }
        let mut texts = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() => {
                    texts.push(At { value: text.to_owned(), at: item.span().start });
                }
                Some(_) => self.add(Some(item.span().start), format!("an entry of `{key}` is empty"), ""),
                None => self.wrong_type(section, key, item, "a list of texts"),
            }
        }
        Some(texts)
    }

    /// A list of words out of `words`; `default` when the key is absent, a fault when the list is empty and
    /// `may_be_empty` is false.
    pub fn words(
        &mut self,
        section: Section<'_>,
        key: &str,
        words: &[&'static str],
        default: &[&'static str],
        may_be_empty: bool,
    ) -> Vec<String> {
        let empty = section.table.get(key).filter(|value| {
            value.get_ref().as_array().is_some_and(|items| items.is_empty()) && !may_be_empty
        });
        let Some(texts) = self.texts(section, key) else {
            return default.iter().map(|word| (*word).to_owned()).collect();
        };
        if let Some(value) = empty {
            let at = Some(value.span().start);
            self.add(at, format!("`{key}` in {} allows nothing", section.label), "name what is allowed");
        }
        let mut found = Vec::new();
        for text in texts {
            if let Some(word) = self.one_of(key, &text, words) {
                found.push(word.to_owned());
            }
        }
        found
    }

    /// One of `words`, or a fault.
    pub fn one_of(&mut self, key: &str, text: &At<String>, words: &[&'static str]) -> Option<&'static str> {
        if let Some(word) = words.iter().find(|word| **word == text.value) {
            return Some(word);
        }
        let quoted = quote(&text.value);
        let near = nearest(&text.value, words).map(|near| format!(" — did you mean `{near}`?"));
        let message = format!("`{key}` cannot be `{quoted}`{}", near.unwrap_or_default());
        self.add(Some(text.at), message, format!("one of {}", words.join(", ")));
        None
    }

    /// `true` or `false`.
    pub fn flag(&mut self, section: Section<'_>, key: &str) -> Option<At<bool>> {
        let value = section.table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(section, key, value, "true or false");
        }
        Some(At { value: flag?, at: value.span().start })
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, section: Section<'_>, key: &str, least: u32, most: u32) -> Option<u32> {
        let value = section.table.get(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(section, key, value, "a whole number");
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let message = format!("`{key}` in {} is from {least} to {most}", section.label);
            self.add(Some(value.span().start), message, "");
        }
        number
    }

    /// A moment: a TOML date-time with an offset, or the same as RFC 3339 text.
    pub fn moment(&mut self, section: Section<'_>, key: &str) -> Option<At<jiff::Timestamp>> {
        let value = section.table.get(key)?;
        let written = match value.get_ref() {
            DeValue::Datetime(datetime) => datetime.to_string(),
            DeValue::String(text) => text.clone().into_owned(),
            _ => {
                self.wrong_type(section, key, value, "a date and time");
                return None;
            }
        };
        let moment = written.parse::<jiff::Timestamp>().ok();
        if moment.is_none() {
            let message = format!("`{key}` in {} is no moment: `{}`", section.label, quote(&written));
            self.add(Some(value.span().start), message, "write date, time and offset: 2027-05-31T00:00:00Z");
        }
        Some(At { value: moment?, at: value.span().start })
    }

    /// A table under `key`; none when it is absent or no table.
    pub fn table<'a>(&mut self, section: Section<'a>, key: &str) -> Option<At<&'a DeTable<'a>>> {
        let value = section.table.get(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(section, key, value, "a table");
        }
        Some(At { value: table?, at: value.span().start })
    }

    /// The tables of a list under `key`, each with its place; empty when it is absent.
    pub fn tables<'a>(&mut self, section: Section<'a>, key: &str) -> Vec<At<&'a DeTable<'a>>> {
        let Some(value) = section.table.get(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(section, key, value, "a list of tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter().take(LIMIT_LIST) {
            match item.get_ref().as_table() {
                Some(table) => tables.push(At { value: table, at: item.span().start }),
                None => self.wrong_type(section, key, item, "a list of tables"),
            }
        }
        if items.len() > LIMIT_LIST {
            self.add(Some(value.span().start), format!("more than {LIMIT_LIST} of `{key}`"), "");
        }
        tables
    }
}

/// A quotation of the file, safe to show and short.
pub(crate) fn quote(raw: &str) -> String {
    let mut short: String = raw.chars().take(LIMIT_QUOTE).collect();
    if short.len() < raw.len() {
        short.push('…');
    }
    screen(&short)
}
