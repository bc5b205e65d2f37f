//! A policy as it is written: the tables and texts that the rules examine, with their places. It judges nothing.

use crate::tables::{At, Document, Table, Value};

/// The file, read again for its places.
pub(super) struct Written<'t>(Document<'t>);

impl<'t> Written<'t> {
    pub fn read(text: &'t str) -> Option<Self> {
        Document::parse(text).ok().map(Written)
    }

    pub fn top(&self) -> Table<'_> {
        self.0.top()
    }
}

/// The tables under a name: `[[publisher]]`, or those of an inline list.
pub(super) fn tables<'a>(table: Table<'a>, key: &str) -> Vec<Table<'a>> {
    let list = table.get(key).and_then(|value| value.list().ok());
    list.into_iter().flatten().filter_map(|value| value.table().ok()).collect()
}

/// The table under a name.
pub(super) fn table<'a>(of: Table<'a>, key: &str) -> Option<Table<'a>> {
    of.get(key)?.table().ok()
}

/// The text of a key, or of each entry of its list.
pub(super) fn texts<'a>(table: Table<'a>, key: &str) -> Vec<At<&'a str>> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let one = |value: Value<'a>| value.text().ok().map(|text| At { value: text, at: value.at() });
    match value.list() {
        Ok(list) => list.filter_map(one).collect(),
        Err(_) => one(value).into_iter().collect(),
    }
}

/// The text of a key.
pub(super) fn text<'a>(table: Table<'a>, key: &str) -> Option<At<&'a str>> {
    texts(table, key).into_iter().next()
}

/// Whoever signs: `[[publisher]]` and `[[attester]]`.
pub(super) struct Grant<'a> {
    /// How the file calls it.
    pub kind: &'static str,
    pub id: &'a str,
    pub table: Table<'a>,
}

impl<'a> Grant<'a> {
    pub fn all(top: Table<'a>) -> Vec<Self> {
        let of = |kind: &'static str| {
            let grants = tables(top, kind).into_iter();
            grants.map(move |table| Grant { kind, id: text(table, "id").map_or("", |id| id.value), table })
        };
        of("publisher").chain(of("attester")).collect()
    }

    pub fn models(&self) -> Vec<At<&'a str>> {
        texts(self.table, "models")
    }

    pub fn identities(&self) -> Vec<Table<'a>> {
        tables(self.table, "identities")
    }
}
