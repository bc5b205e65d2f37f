//! Reads one table after another against the keys that it may have, and collects every fault with its line, in
//! words that fit any file. It knows nothing of what a key means.

use super::document::{Misfit, Table, Value};
use super::place::{At, Place, quote};
use crate::text::{count, nearest};

/// More faults than this help nobody.
const LIMIT_FAULTS: usize = 50;
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

/// One table and its name in messages.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    pub table: Table<'a>,
    /// `[[publisher]]`, for messages.
    pub label: &'static str,
}

/// Keys that people write by mistake, or that a later version may have, each with what to do instead.
pub(crate) type Hints = &'static [(&'static str, &'static str)];

/// A closed vocabulary: words and what each stands for.
pub(crate) type Words<'w, T> = &'w [(&'static str, T)];

/// The faults found so far.
pub(crate) struct Faults<'t> {
    text: &'t str,
    list: Vec<(Option<Place>, Fault)>,
    count: usize,
}

impl<'t> Faults<'t> {
    pub fn new(text: &'t str) -> Self {
        Faults { text, list: Vec::new(), count: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A fault at a place; none is about the whole file.
    pub fn add(&mut self, at: Option<Place>, message: impl Into<String>, help: impl Into<String>) {
        self.count += 1;
        if self.list.len() >= LIMIT_FAULTS {
            return;
        }
        let line = at.map(|at| at.line(self.text));
        let help = Some(help.into()).filter(|help| !help.is_empty());
        self.list.push((at, Fault { line, message: message.into(), help }));
    }

    /// All faults in the order of the file.
    pub fn into_errors(mut self) -> Vec<Fault> {
        self.list.sort_by_key(|(at, _)| at.map(|at| at.start));
        let mut errors: Vec<Fault> = self.list.into_iter().map(|(_, error)| error).collect();
        if self.count > errors.len() {
            let more = self.count - errors.len();
            let message = format!("and {}", count(more, "more fault"));
            errors.push(Fault { line: None, message, help: None });
        }
        errors
    }

    /// Opens a table and reports every key that it may not have.
    pub fn open<'a>(
        &mut self,
        table: Table<'a>,
        label: &'static str,
        keys: &[&'static str],
        hints: Hints,
    ) -> Section<'a> {
        for unknown in table.unknown(keys) {
            let At { value: name, at } = unknown.key;
            let quoted = quote(name);
            let here = format!("unknown key `{quoted}` in {label}");
            let valid = || format!("valid keys in {label}: {}", keys.join(", "));
            let hint = hints.iter().find(|(written, _)| *written == name).map(|(_, hint)| *hint);
            match (hint, unknown.near) {
                (Some(hint), _) => self.add(Some(at), here, hint),
                (None, Some(near)) => {
                    let message = format!("unknown key `{quoted}` — did you mean `{near}`?");
                    self.add(Some(at), message, valid());
                }
                (None, None) => self.add(Some(at), here, valid()),
            }
        }
        Section { table, label }
    }

    /// What was read, or a fault.
    fn read<T>(&mut self, section: Section<'_>, key: &str, want: &str, read: Result<T, Misfit>) -> Option<T> {
        read.map_err(|misfit| {
            let found = with_article(misfit.found);
            let message = format!("`{key}` in {} must be {want}, not {found}", section.label);
            self.add(Some(misfit.at), message, "");
        })
        .ok()
    }

    /// Text; an empty one is a fault.
    pub fn text(&mut self, section: Section<'_>, key: &str) -> Option<At<String>> {
        let value = section.table.get(key)?;
        let text = self.read(section, key, "a string", value.text())?;
        if text.trim().is_empty() {
            self.add(Some(value.at()), format!("`{key}` in {} is empty", section.label), "");
            return None;
        }
        Some(At { value: text.to_owned(), at: value.at() })
    }

    /// Text that has to be there.
    pub fn required(&mut self, section: Section<'_>, key: &str) -> Option<At<String>> {
        if section.table.get(key).is_none() {
            let message = format!("{} has no `{key}`", section.label);
            self.add(Some(section.table.at), message, format!("add `{key} = …`"));
        }
        self.text(section, key)
    }

    /// A list of texts; none when the key is absent.
    pub fn texts(&mut self, section: Section<'_>, key: &str) -> Option<Vec<At<String>>> {
        const WANT: &str = "an array of strings";
        let value = section.table.get(key)?;
        let Some(items) = self.read(section, key, WANT, value.list()) else { return Some(Vec::new()) };
        if items.len() > LIMIT_LIST {
            self.add(Some(value.at()), format!("`{key}` has more than {LIMIT_LIST} entries"), "");
            return Some(Vec::new());
        }
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match self.read(section, key, WANT, item.text()) {
                Some(text) if text.trim().is_empty() => {
                    self.add(Some(item.at()), format!("an entry of `{key}` is empty"), "");
                }
                Some(text) => texts.push(At { value: text.to_owned(), at: item.at() }),
                None => {}
            }
        }
        Some(texts)
    }

    /// What a list of words out of `words` stands for, each once and in the order of `words`; `default` when the key
    /// is absent, a fault when the list is empty and `may_be_empty` is false.
    pub fn words<T: Copy>(
        &mut self,
        section: Section<'_>,
        key: &str,
        words: Words<'_, T>,
        default: &[T],
        may_be_empty: bool,
    ) -> Vec<T> {
        let Some(value) = section.table.get(key) else { return default.to_vec() };
        if !may_be_empty && value.list().is_ok_and(|items| items.len() == 0) {
            let message = format!("`{key}` in {} is empty and allows nothing", section.label);
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.add(Some(value.at()), message, format!("list what is allowed: {}", all.join(", ")));
        }
        let texts = self.texts(section, key).unwrap_or_default();
        for text in &texts {
            self.one_of(key, text, words);
        }
        let named = |word: &str| texts.iter().any(|text| text.value == word);
        words.iter().filter(|(word, _)| named(word)).map(|(_, value)| *value).collect()
    }

    /// What one of `words` stands for, or a fault.
    pub fn one_of<T: Copy>(&mut self, key: &str, text: &At<String>, words: Words<'_, T>) -> Option<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let quoted = quote(&text.value);
        if let [only] = words.as_slice() {
            let message = format!("`{key}` must be \"{only}\", not `{quoted}`");
            self.add(Some(text.at), message, format!("write {key} = \"{only}\""));
            return None;
        }
        let near = nearest(&text.value, &words).map(|near| format!(" — did you mean `{near}`?"));
        let message = format!("`{key}` cannot be `{quoted}`{}", near.unwrap_or_default());
        self.add(Some(text.at), message, format!("valid values: {}", words.join(", ")));
        None
    }

    /// `true` or `false`.
    pub fn flag(&mut self, section: Section<'_>, key: &str) -> Option<At<bool>> {
        let value = section.table.get(key)?;
        let flag = self.read(section, key, "true or false", value.flag())?;
        Some(At { value: flag, at: value.at() })
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, section: Section<'_>, key: &str, least: u32, most: u32) -> Option<u32> {
        let value = section.table.get(key)?;
        let whole = self.read(section, key, "an integer", value.whole())?;
        let number = whole.and_then(|whole| u32::try_from(whole).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let message = format!("`{key}` in {} must be from {least} to {most}", section.label);
            self.add(Some(value.at()), message, "");
        }
        number
    }

    /// A moment: a TOML date-time with an offset, or the same as RFC 3339 text.
    pub fn moment(&mut self, section: Section<'_>, key: &str) -> Option<At<jiff::Timestamp>> {
        let value = section.table.get(key)?;
        let written = self.read(section, key, "a date-time", value.moment())?;
        let moment = written.parse::<jiff::Timestamp>().ok();
        if moment.is_none() {
            let written = quote(&written);
            let message =
                format!("`{key}` in {} is not a date-time with an offset: `{written}`", section.label);
            self.add(Some(value.at()), message, "write a date-time with an offset: 2027-05-31T00:00:00Z");
        }
        Some(At { value: moment?, at: value.at() })
    }

    /// A table under `key`; none when it is absent or no table.
    pub fn table<'a>(&mut self, section: Section<'a>, key: &str) -> Option<Table<'a>> {
        let value = section.table.get(key)?;
        self.read(section, key, "a table", value.table())
    }

    /// The tables of a list under `key`; empty when it is absent.
    pub fn tables<'a>(&mut self, section: Section<'a>, key: &str) -> Vec<Table<'a>> {
        const WANT: &str = "an array of tables";
        let Some(value) = section.table.get(key) else { return Vec::new() };
        let Some(items) = self.read(section, key, WANT, value.list()) else { return Vec::new() };
        let count = items.len();
        let read = |item: Value<'a>| self.read(section, key, WANT, item.table());
        let tables = items.take(LIMIT_LIST).filter_map(read).collect();
        if count > LIMIT_LIST {
            self.add(Some(value.at()), format!("more than {LIMIT_LIST} `{key}` tables"), "");
        }
        tables
    }
}

/// A TOML type with its article.
fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}
