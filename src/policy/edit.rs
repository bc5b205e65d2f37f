//! Changes one `[trust.NAME]` in a policy's text and leaves every other byte as it is: comments, order, the
//! author's own spacing. What comes of it is read again and compared before anybody may write it. It writes
//! no file.
//!
//! Only the block of that anchor goes through `toml_edit`, and the text around it is not touched: written as a whole,
//! a document would lose its line ends of two bytes, a missing last line end and the order of dotted keys.

use super::document::{AnchorSource, Policy};
use super::layers::layered;
use super::names::{KINDS, word};
use super::parse::parse;
use crate::error::{Code, Error, Result};
use crate::tables::Document;
use std::collections::VecDeque;
use std::ops::Range;
use std::path::PathBuf;
use toml_edit::{Array, DocumentMut, Item, Key, Table, Value};

/// The text with this anchor: appended, or set in its place where one of that name stands.
///
/// # Errors
/// `E-CONFIG` when the policy is not valid before or after, or writes its anchors in a form that cannot be
/// changed by itself.
pub fn with_anchor(text: &str, anchor: &AnchorSource) -> Result<String> {
    let before = read(text)?;
    let after = match before.trust.iter().find(|known| known.name == anchor.name) {
        None => appended(text, anchor),
        Some(old) => changed(text, old, anchor)?,
    };
    proven(text, &before, after, &anchor.name, Some(anchor))
}

/// The text without the anchor of this name.
///
/// # Errors
/// As [`with_anchor`]; `E-CONFIG` too when something in the policy still names it.
pub fn without_anchor(text: &str, name: &str) -> Result<String> {
    let before = read(text)?;
    let after = removed(text, name)?;
    proven(text, &before, after, name, None)
}

fn read(text: &str) -> Result<Policy> {
    read_on(text, None)
}

/// A policy's text, on top of the one that it extends.
pub(super) fn read_on(text: &str, below: Option<&Policy>) -> Result<Policy> {
    let read = match below {
        Some(below) => layered(text, "", below, &below.text),
        None => parse(text, "", None),
    };
    read.map_err(|faults| {
        let fault = faults.into_iter().next();
        let line = fault.as_ref().and_then(|fault| fault.line);
        let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
        let (message, help) = fault.map(|fault| (fault.message, fault.help)).unwrap_or_default();
        Error::new(Code::Config, format!("the policy is not valid{line}: {message}"))
            .help(help.unwrap_or_else(|| "run `touchmark policy check`".to_owned()))
    })
}

/// Only this anchor may differ, and it must be as it was meant.
fn proven(
    text: &str,
    before: &Policy,
    after: String,
    name: &str,
    meant: Option<&AnchorSource>,
) -> Result<String> {
    if Document::parse(&after).is_err() {
        return Err(odd_form());
    }
    let read =
        read(&after).map_err(|error| Error { what: format!("after this change {}", error.what), ..error })?;
    let others = |policy: &Policy| {
        policy.trust.iter().filter(|anchor| anchor.name != name).cloned().collect::<Vec<_>>()
    };
    let found = read.trust.iter().find(|anchor| anchor.name == name);
    let rest = rest_of(text, name);
    if others(before) == others(&read) && found == meant && rest.is_some() && rest == rest_of(&after, name) {
        return Ok(after);
    }
    Err(odd_form())
}

/// The whole document but for one anchor.
fn rest_of(text: &str, name: &str) -> Option<toml::Table> {
    let mut document: toml::Table = text.parse().ok()?;
    let trust = document.get_mut("trust").and_then(toml::Value::as_table_mut);
    let emptied = trust.is_some_and(|trust| {
        trust.remove(name);
        trust.is_empty()
    });
    if emptied {
        document.remove("trust");
    }
    Some(document)
}

pub(super) fn odd_form() -> Error {
    Error::new(Code::Config, "touchmark cannot edit what is written in this form").help(
        "write each entry as its own block, such as [trust.NAME] or [[publisher]], or edit the file by hand",
    )
}

/// Keys in the order in which they are written, each with its value.
fn rows(anchor: &AnchorSource) -> [(&'static str, Option<Value>); 4] {
    let list = |files: &[PathBuf]| {
        let files: Array = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
        (!files.is_empty()).then(|| Value::from(files))
    };
    [
        ("kind", Some(word(&KINDS, anchor.kind).into())),
        ("files", list(&anchor.files)),
        ("crls", list(&anchor.crls)),
        ("max_age_days", anchor.max_age_days.map(|days| i64::from(days).into())),
    ]
}

pub(super) fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn appended(text: &str, anchor: &AnchorSource) -> String {
    let mut table = Table::new();
    for (key, value) in rows(anchor) {
        if let Some(value) = value {
            table.insert(key, Item::Value(value));
        }
    }
    let mut trust = Table::new();
    trust.set_implicit(true);
    trust.insert(&anchor.name, Item::Table(table));
    let mut document = DocumentMut::new();
    document.insert("trust", Item::Table(trust));
    let newline = newline(text);
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    format!("{text}{gap}{newline}{}", document.to_string().replace('\n', newline))
}

/// The lines of an anchor's block, bytes: from its header to its last value.
fn block(text: &str, name: &str) -> Option<Range<usize>> {
    let document = Document::parse(text).ok()?;
    let table = document.top().get("trust")?.table().ok()?.get(name)?.table().ok()?;
    let header = table.at;
    // An inline or dotted table has no block of its own.
    let own_lines = text.get(header.start..header.end)?.starts_with('[')
        && text.get(line_start(text, header.start)..header.start)?.trim().is_empty();
    let last = table.entries().map(|(_, value)| value.at().end).fold(header.end, usize::max);
    own_lines.then(|| line_start(text, header.start)..line_end(text, last))
}

fn changed(text: &str, old: &AnchorSource, new: &AnchorSource) -> Result<String> {
    let lines = block(text, &new.name).ok_or_else(odd_form)?;
    let block = text.get(lines.clone()).ok_or_else(odd_form)?;
    let mut document: DocumentMut = block.replace("\r\n", "\n").parse().map_err(|_| odd_form())?;
    let anchor = document.get_mut("trust").and_then(|trust| trust.get_mut(&new.name));
    let table = anchor.and_then(Item::as_table_mut).ok_or_else(odd_form)?;
    let mut added = Vec::new();
    let mut comments = String::new();
    for ((key, was), (_, is)) in rows(old).into_iter().zip(rows(new)) {
        if was.map(|was| was.to_string()) == is.as_ref().map(Value::to_string) {
            continue;
        }
        match (is, table.get_mut(key).and_then(Item::as_value_mut)) {
            (Some(is), Some(value)) => {
                // The comment behind it stays.
                let decor = value.decor().clone();
                *value = is;
                *value.decor_mut() = decor;
            }
            (Some(is), None) => added.push((key, is)),
            (None, _) => comments.insert_str(0, &remove(table, key)),
        }
    }
    insert_after_kind(table, added);
    document.set_trailing(comments);
    let mut after = text.to_owned();
    after.replace_range(lines, &with_line_ends_of(block, &document.to_string(), newline(text)));
    Ok(after)
}

/// Removes a key and leaves the comments above it to the next one; gives them back when there is none.
fn remove(table: &mut Table, key: &str) -> String {
    let next = table.iter().map(|(key, _)| key).skip_while(|known| *known != key).nth(1).map(str::to_owned);
    let above = |key: &Key| {
        let prefix = key.leaf_decor().prefix().and_then(|prefix| prefix.as_str());
        prefix.unwrap_or_default().to_owned()
    };
    let Some((removed, _)) = table.remove_entry(key) else { return String::new() };
    // Its own indentation goes with it.
    let mut comments = above(&removed);
    comments.truncate(comments.rfind('\n').map_or(0, |newline| newline + 1));
    let Some(next) = next else { return comments };
    comments.push_str(&table.key(&next).map(above).unwrap_or_default());
    if let Some(mut next) = table.key_mut(&next) {
        next.leaf_decor_mut().set_prefix(comments);
    }
    String::new()
}

fn insert_after_kind(table: &mut Table, added: Vec<(&'static str, Value)>) {
    let mut order: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let at = order.iter().position(|key| key == "kind").map_or(order.len(), |kind| kind + 1);
    order.splice(at..at, added.iter().map(|(key, _)| (*key).to_owned()));
    for (key, value) in added {
        table.insert(key, Item::Value(value));
    }
    let place = |key: &Key| order.iter().position(|known| known == key.get());
    table.sort_values_by(|one, _, other, _| place(one).cmp(&place(other)));
}

/// `toml_edit` ends every line with `\n`: a line that was there before keeps the end that it had, and a new one ends as
/// the line does in whose place, or before which, it stands.
fn with_line_ends_of(before: &str, after: &str, newline: &str) -> String {
    let mut left = before.split_inclusive('\n').map(content_and_end).collect::<VecDeque<_>>();
    let mut whole = String::with_capacity(after.len());
    let mut lines = after.lines().peekable();
    while let Some(line) = lines.next() {
        // Only the last line can have had no end.
        if !whole.is_empty() && !whole.ends_with('\n') {
            whole.push_str(newline);
        }
        let known = left.iter().position(|(content, _)| *content == line);
        left.drain(..known.unwrap_or_default());
        whole.push_str(line);
        // The last one may stand for several.
        let stands_for = if known.is_none() && lines.peek().is_none() { left.back() } else { left.front() };
        whole.push_str(stands_for.map_or(newline, |(_, end)| end));
        if known.is_some() {
            left.pop_front();
        }
    }
    whole
}

/// The header's line to the line of its last value. A blank line above goes too where it would double the
/// one below, so that adding and removing leaves the file as it was.
fn removed(text: &str, name: &str) -> Result<String> {
    let Range { mut start, end } = block(text, name).ok_or_else(odd_form)?;
    let above = line_start(text, start.saturating_sub(1));
    let is_blank = |range: Range<usize>| text.get(range).is_some_and(|line| line.trim().is_empty());
    if above < start && is_blank(above..start) && (end == text.len() || is_blank(end..line_end(text, end))) {
        start = above;
    }
    match (text.get(..start), text.get(end..)) {
        (Some(before), Some(after)) => Ok(format!("{before}{after}")),
        _ => Err(odd_form()),
    }
}

fn content_and_end(line: &str) -> (&str, &str) {
    line.split_at(line.trim_end_matches(['\r', '\n']).len())
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// After the line's end.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::AnchorKind;

    const HEAD: &str = "schema = \"trust-policy/0.1\"\nname = \"x\" # mine\nversion = \"1\"\n";

    fn anchor(name: &str, kind: AnchorKind, files: &[&str]) -> AnchorSource {
        let files = files.iter().map(PathBuf::from).collect();
        AnchorSource { name: name.to_owned(), kind, files, crls: Vec::new(), max_age_days: None }
    }

    #[test]
    fn what_is_added_and_removed_again_leaves_every_byte() {
        let bodies = [
            "",
            "# end",
            "\n[trust.a] # first\nkind = \"key\"\nfiles = [\n  \"a.pem\", # one\n]\n# after\n\n[log]\nrequired = []\n",
            "\r\n[trust.a]\r\nkind = 'sigstore'\r\n",
            "[trust]\na = { kind = \"key\", files = [\"a.pem\"] }\n",
        ];
        for body in bodies {
            let text = format!("{HEAD}{body}");
            for name in ["b", "b.c-d_1"] {
                let with = with_anchor(&text, &anchor(name, AnchorKind::Ca, &["../é \"q\".pem"])).unwrap();
                assert!(with.starts_with(&text), "{with}");
                let without = without_anchor(&with, name).unwrap();
                assert_eq!(without.trim_end(), text.trim_end());
                assert!(!text.ends_with('\n') || without == text, "{without:?} {text:?}");
            }
        }
    }

    #[test]
    fn a_block_is_changed_where_it_stands_and_other_forms_are_left_alone() {
        let text =
            format!("{HEAD}\n# ours\n[trust.a] # the root\nkind = \"sigstore\" # theirs\n# note\n\n[log]\n");
        let mut new = anchor("a", AnchorKind::Sigstore, &["../trust/a.json"]);
        new.max_age_days = Some(9);
        let with = with_anchor(&text, &new).unwrap();
        let line = "kind = \"sigstore\" # theirs\n";
        let added = "files = [\"../trust/a.json\"]\nmax_age_days = 9\n";
        assert_eq!(with, text.replace(line, &format!("{line}{added}")));
        assert_eq!(with_anchor(&with, &anchor("a", AnchorKind::Sigstore, &[])).unwrap(), text);
        let inline = format!("{HEAD}trust = {{ a = {{ kind = \"sigstore\" }} }}\n");
        assert!(without_anchor(&inline, "a").is_err());
        assert!(with_anchor(&inline, &anchor("b", AnchorKind::Sigstore, &[])).is_err());
        assert!(with_anchor(&text, &anchor("b", AnchorKind::Key, &[])).is_err(), "a key has a file");
    }

    #[test]
    fn line_ends_and_comments_around_a_change_stay() {
        let block = "[trust.a] # the root\r\n# its kind\nkind = 'x509'  # theirs\r\n# all of them\n\
                     files = [\n  'a.pem', # one\r\n] # end\r\n# not yet\r\ncrls = ['b']";
        let text = format!("{HEAD}{block}");
        let mut new = anchor("a", AnchorKind::Ca, &["c.pem"]);
        new.max_age_days = Some(9);
        let with = with_anchor(&text, &new).unwrap();
        let expected = "[trust.a] # the root\r\n# its kind\nkind = 'x509'  # theirs\r\nmax_age_days = 9\n\
                        # all of them\nfiles = [\"c.pem\"] # end\n# not yet\r\n";
        assert_eq!(with, format!("{HEAD}{expected}"));
        // What is not in the block stays even where it would not be written so again.
        let odd = format!(
            "freshness.clock_skew_seconds = 3\r\nlog.required = []\nfreshness.max_verification_age_days = 3\r\n{block}"
        );
        let text = format!("{HEAD}{odd}");
        let mut same = anchor("a", AnchorKind::Ca, &["a.pem"]);
        same.crls = vec!["d".into()];
        assert_eq!(with_anchor(&text, &same).unwrap(), text.replace("['b']", "[\"d\"]"));
    }
}
