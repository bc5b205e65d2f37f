//! Single changes of a policy's text: a block more, an item more in a list, another value. Every other byte stays as
//! it is. What comes of a change is compared with the same change of the document's values before anybody gets it.

use super::edit::{line_end, line_start, newline, odd_form};
use crate::error::Result;
use crate::tables::{Document, Place, Table};
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Value};

/// One change.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// One more `[[kind]]`, after the others.
    Add(&'static str, Vec<(&'static str, Value)>),
    /// One more item of a list of the `[[kind]]` that a key names.
    Push(Named, &'static str, Value),
    /// Another value in the `[[kind]]` that a key names.
    Set(Named, &'static str, Value),
}

/// One `[[kind]]`: the first whose key has a value.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub kind: &'static str,
    pub key: &'static str,
    pub value: String,
}

impl Change {
    /// The text with this change and no other.
    ///
    /// # Errors
    /// `E-CONFIG` when the text writes it in a form that cannot be changed by itself.
    pub fn made(&self, text: &str) -> Result<String> {
        let mut meant = values(text)?;
        self.of_values(&mut meant).ok_or_else(odd_form)?;
        for after in self.written(text)? {
            if values(&after).is_ok_and(|values| values == meant) {
                return Ok(after);
            }
        }
        Err(odd_form())
    }

    /// The texts that it may come to, the one that people would write first.
    fn written(&self, text: &str) -> Result<Vec<String>> {
        let document = Document::parse(text).map_err(|_| odd_form())?;
        let top = document.top();
        match self {
            Change::Add(kind, keys) => {
                let block = block(kind, keys, newline(text));
                let near = last(text, top, kind).map(|at| inserted(text, at, &block));
                Ok(near.into_iter().chain([inserted(text, text.len(), &block)]).collect())
            }
            Change::Push(named, list, value) => {
                let list = named.of(top).and_then(|table| table.get(list)).ok_or_else(odd_form)?;
                let items: Vec<Place> = list.list().map_err(|_| odd_form())?.map(|item| item.at()).collect();
                Ok(pushed(text, list.at(), &items, value).into_iter().collect())
            }
            Change::Set(named, key, value) => {
                let table = named.of(top).ok_or_else(odd_form)?;
                let after = match table.get(key) {
                    Some(old) => replaced(text, old.at(), &value.to_string()),
                    None => {
                        let name = table.get(named.key).ok_or_else(odd_form)?.at();
                        let line = format!("{key} = {value}{}", newline(text));
                        line_after(text, line_end(text, name.end), &line)
                    }
                };
                Ok(after.into_iter().collect())
            }
        }
    }

    /// The same change of a document's values.
    fn of_values(&self, document: &mut toml::Table) -> Option<()> {
        match self {
            Change::Add(kind, keys) => {
                let kinds = document.entry(*kind).or_insert_with(|| toml::Value::Array(Vec::new()));
                let keys = keys.iter().map(|(key, value)| Some(((*key).to_owned(), plain(value)?)));
                kinds.as_array_mut()?.push(toml::Value::Table(keys.collect::<Option<_>>()?));
            }
            Change::Push(named, list, value) => {
                let list = named.in_values(document)?.get_mut(*list)?;
                list.as_array_mut()?.push(plain(value)?);
            }
            Change::Set(named, key, value) => {
                named.in_values(document)?.insert((*key).to_owned(), plain(value)?);
            }
        }
        Some(())
    }
}

impl Named {
    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        Document::parse(text).is_ok_and(|document| self.of(document.top()).is_some())
    }

    fn of<'t>(&self, top: Table<'t>) -> Option<Table<'t>> {
        let mut tables = top.get(self.kind)?.list().ok()?.filter_map(|one| one.table().ok());
        tables.find(|one| one.get(self.key).and_then(|key| key.text().ok()) == Some(self.value.as_str()))
    }

    fn in_values<'d>(&self, document: &'d mut toml::Table) -> Option<&'d mut toml::Table> {
        let tables = document.get_mut(self.kind)?.as_array_mut()?.iter_mut();
        let is_it = |one: &toml::Table| one.get(self.key).and_then(toml::Value::as_str) == Some(&self.value);
        tables.filter_map(toml::Value::as_table_mut).find(|one| is_it(one))
    }
}

/// An inline table.
pub(super) fn inline(keys: Vec<(&'static str, Value)>) -> Value {
    let mut table = InlineTable::new();
    for (key, value) in keys {
        table.insert(key, value);
    }
    table.into()
}

fn values(text: &str) -> Result<toml::Table> {
    text.parse().map_err(|_| odd_form())
}

fn plain(value: &Value) -> Option<toml::Value> {
    format!("v = {value}").parse::<toml::Table>().ok()?.remove("v")
}

fn block(kind: &str, keys: &[(&'static str, Value)], newline: &str) -> String {
    let mut table = toml_edit::Table::new();
    for (key, value) in keys {
        table.insert(key, Item::Value(value.clone()));
    }
    let mut tables = ArrayOfTables::new();
    tables.push(table);
    let mut document = DocumentMut::new();
    document.insert(kind, Item::ArrayOfTables(tables));
    document.to_string().replace('\n', newline)
}

/// After the last line of the last block of a kind; none where there is none with lines to itself.
fn last(text: &str, top: Table<'_>, kind: &str) -> Option<usize> {
    let table = top.get(kind)?.list().ok()?.filter_map(|one| one.table().ok()).last()?;
    let end = table.entries().map(|(_, value)| value.at().end).fold(table.at.end, usize::max);
    text.get(table.at.start..)?.starts_with("[[").then(|| line_end(text, end))
}

/// A block at the start of a line, with a blank line before and after it.
fn inserted(text: &str, at: usize, block: &str) -> String {
    let newline = newline(text);
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
    let blank = if after.is_empty() || after.starts_with(['\n', '\r']) { "" } else { newline };
    let above = if before.is_empty() { "" } else { newline };
    format!("{before}{gap}{above}{block}{blank}{after}")
}

fn replaced(text: &str, at: Place, with: &str) -> Option<String> {
    Some(format!("{}{with}{}", text.get(..at.start)?, text.get(at.end..)?))
}

fn line_after(text: &str, at: usize, line: &str) -> Option<String> {
    let (before, after) = text.split_at_checked(at)?;
    let gap = if before.ends_with('\n') { "" } else { newline(text) };
    Some(format!("{before}{gap}{line}{after}"))
}

/// A list with one more item at its end: beside the last one, or on a line of its own where the list ends on one. What
/// comments stand in it stay where they are.
fn pushed(text: &str, list: Place, items: &[Place], value: &Value) -> Option<String> {
    let close = list.end.checked_sub(1)?;
    let Some(last) = items.last() else {
        return Some(format!("{}{value}{}", text.get(..close)?, text.get(close..)?));
    };
    let tail = text.get(last.end..close)?;
    if !tail.contains('\n') {
        let comma = if tail.contains(',') { "" } else { "," };
        let tail = tail.trim_end();
        return Some(format!("{}{tail}{comma} {value}{}", text.get(..last.end)?, text.get(close..)?));
    }
    let has_comma = tail.lines().any(|line| line.split('#').next().is_some_and(|code| code.contains(',')));
    let comma = if has_comma { "" } else { "," };
    let line = line_start(text, close).max(last.end);
    let (between, closing) = (text.get(last.end..line)?, text.get(line..)?);
    let indent = indent_of(text, last.start);
    Some(format!("{}{comma}{between}{indent}{value},{}{closing}", text.get(..last.end)?, newline(text)))
}

/// What stands before the first character of a line.
fn indent_of(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..at).unwrap_or_default();
    line.split_at(line.len() - line.trim_start().len()).0
}
