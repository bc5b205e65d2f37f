//! Changes one `[trust.NAME]` in a policy's text and leaves every other byte as it is: comments, order, the
//! author's own spacing. What comes of it is read again and compared before anybody may write it. It writes
//! no file.

use super::document::{AnchorKind, AnchorSource, Policy};
use super::parse::parse;
use crate::error::{Code, Error, Result};
use std::ops::Range;
use std::path::PathBuf;
use toml::de::{DeTable, DeValue};

/// The text with this anchor: appended, or set in its place where one of that name stands.
///
/// # Errors
/// `E-CONFIG` when the policy is not valid before or after, or writes its anchors in a form that cannot be
/// changed by itself.
pub fn with_anchor(text: &str, anchor: &AnchorSource, now: jiff::Timestamp) -> Result<String> {
    let before = read(text, now)?;
    let after = match before.trust.iter().find(|known| known.name == anchor.name) {
        None => appended(text, anchor),
        Some(old) => changed(text, old, anchor)?,
    };
    proven(text, &before, after, &anchor.name, Some(anchor), now)
}

/// The text without the anchor of this name.
///
/// # Errors
/// As [`with_anchor`]; `E-CONFIG` too when something in the policy still names it.
pub fn without_anchor(text: &str, name: &str, now: jiff::Timestamp) -> Result<String> {
    let before = read(text, now)?;
    let after = removed(text, name)?;
    proven(text, &before, after, name, None, now)
}

fn read(text: &str, now: jiff::Timestamp) -> Result<Policy> {
    parse(text, "", None, now).map_err(|faults| {
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
    now: jiff::Timestamp,
) -> Result<String> {
    if DeTable::parse(&after).is_err() {
        return Err(odd_form());
    }
    let read = read(&after, now)
        .map_err(|error| Error { what: format!("with this change {}", error.what), ..error })?;
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

fn odd_form() -> Error {
    Error::new(Code::Config, "the policy writes its anchors in a form that cannot be changed by itself")
        .help("write each anchor as a [trust.NAME] block of its own, or change the file by hand")
}

/// Keys in the order in which they are written, each with its value as TOML.
fn rows(anchor: &AnchorSource) -> [(&'static str, Option<String>); 4] {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let list = |files: &[PathBuf]| {
        let files: Vec<String> = files.iter().map(|file| text(&file.to_string_lossy())).collect();
        (!files.is_empty()).then(|| format!("[{}]", files.join(", ")))
    };
    let kind = match anchor.kind {
        AnchorKind::Key => "key",
        AnchorKind::X509 => "x509",
        AnchorKind::Sigstore => "sigstore",
        AnchorKind::Tsa => "tsa",
    };
    [
        ("kind", Some(text(kind))),
        ("files", list(&anchor.files)),
        ("crls", list(&anchor.crls)),
        ("max_age_days", anchor.max_age_days.map(|days| days.to_string())),
    ]
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn appended(text: &str, anchor: &AnchorSource) -> String {
    let newline = newline(text);
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name = match !anchor.name.is_empty() && anchor.name.chars().all(is_bare) {
        true => anchor.name.clone(),
        false => toml::Value::String(anchor.name.clone()).to_string(),
    };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    let mut after = format!("{text}{gap}{newline}[trust.{name}]{newline}");
    for (key, value) in rows(anchor) {
        if let Some(value) = value {
            after.push_str(&format!("{key} = {value}{newline}"));
        }
    }
    after
}

/// Where an anchor's block and its keys stand, bytes.
struct Block {
    header: Range<usize>,
    keys: Vec<(String, Range<usize>, Range<usize>)>,
}

fn block(text: &str, name: &str) -> Option<Block> {
    let document = DeTable::parse(text).ok()?;
    let trust = document.get_ref().get("trust")?.get_ref().as_table()?;
    let value = trust.get(name)?;
    let DeValue::Table(table) = value.get_ref() else { return None };
    let header = value.span();
    // An inline or dotted table has no block of its own.
    let own_lines = text.get(header.clone())?.starts_with('[')
        && text.get(line_start(text, header.start)..header.start)?.trim().is_empty();
    let keys = table.iter().map(|(key, value)| (key.get_ref().to_string(), key.span(), value.span()));
    own_lines.then(|| Block { header, keys: keys.collect() })
}

fn changed(text: &str, old: &AnchorSource, new: &AnchorSource) -> Result<String> {
    let block = block(text, &new.name).ok_or_else(odd_form)?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let kind = block.keys.iter().find(|(key, ..)| key == "kind").ok_or_else(odd_form)?;
    let mut added = String::new();
    for ((key, was), (_, is)) in rows(old).into_iter().zip(rows(new)) {
        let at = block.keys.iter().find(|(known, ..)| known == key);
        match (at, is) {
            (Some(_), Some(is)) if was.as_ref() == Some(&is) => {}
            (Some((_, _, value)), Some(is)) => edits.push((value.clone(), is)),
            (Some((_, key, value)), None) => {
                edits.push((line_start(text, key.start)..line_end(text, value.end), String::new()));
            }
            (None, Some(is)) => added.push_str(&format!("{key} = {is}{}", newline(text))),
            (None, None) => {}
        }
    }
    if !added.is_empty() {
        let at = line_end(text, kind.2.end);
        let gap = if text.get(..at).is_some_and(|head| head.ends_with('\n')) { "" } else { newline(text) };
        edits.push((at..at, format!("{gap}{added}")));
    }
    // From the back, so that the places before keep standing.
    edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
    let mut after = text.to_owned();
    for (at, with) in edits {
        if after.get(at.clone()).is_none() {
            return Err(odd_form());
        }
        after.replace_range(at, &with);
    }
    Ok(after)
}

/// The header's line to the line of its last value. A blank line above goes too where it would double the
/// one below, so that adding and removing leaves the file as it was.
fn removed(text: &str, name: &str) -> Result<String> {
    let block = block(text, name).ok_or_else(odd_form)?;
    let last = block.keys.iter().map(|(_, _, value)| value.end).max().unwrap_or(block.header.end);
    let mut start = line_start(text, block.header.start);
    let end = line_end(text, last.max(block.header.end));
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

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// After the line's end.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "schema = \"trust-policy/0.1\"\nname = \"x\" # mine\nversion = \"1\"\n";

    fn anchor(name: &str, kind: AnchorKind, files: &[&str]) -> AnchorSource {
        let files = files.iter().map(PathBuf::from).collect();
        AnchorSource { name: name.to_owned(), kind, files, crls: Vec::new(), max_age_days: None }
    }

    #[test]
    fn what_is_added_and_removed_again_leaves_every_byte() {
        let now = jiff::Timestamp::UNIX_EPOCH;
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
                let with =
                    with_anchor(&text, &anchor(name, AnchorKind::X509, &["../é \"q\".pem"]), now).unwrap();
                assert!(with.starts_with(&text), "{with}");
                let without = without_anchor(&with, name, now).unwrap();
                assert_eq!(without.trim_end(), text.trim_end());
                assert!(!text.ends_with('\n') || without == text, "{without:?} {text:?}");
            }
        }
    }

    #[test]
    fn a_block_is_changed_where_it_stands_and_other_forms_are_left_alone() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let text =
            format!("{HEAD}\n# ours\n[trust.a] # the root\nkind = \"sigstore\" # theirs\n# note\n\n[log]\n");
        let mut new = anchor("a", AnchorKind::Sigstore, &["../trust/a.json"]);
        new.max_age_days = Some(9);
        let with = with_anchor(&text, &new, now).unwrap();
        let line = "kind = \"sigstore\" # theirs\n";
        let added = "files = [\"../trust/a.json\"]\nmax_age_days = 9\n";
        assert_eq!(with, text.replace(line, &format!("{line}{added}")));
        assert_eq!(with_anchor(&with, &anchor("a", AnchorKind::Sigstore, &[]), now).unwrap(), text);
        let inline = format!("{HEAD}trust = {{ a = {{ kind = \"sigstore\" }} }}\n");
        assert!(without_anchor(&inline, "a", now).is_err());
        assert!(with_anchor(&inline, &anchor("b", AnchorKind::Sigstore, &[]), now).is_err());
        assert!(with_anchor(&text, &anchor("b", AnchorKind::Key, &[]), now).is_err(), "a key has a file");
    }
}
