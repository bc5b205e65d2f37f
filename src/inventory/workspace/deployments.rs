//! `[[deployment]]`: what runs where, read from `touchmark.toml` and edited in its text without changing any other
//! byte. It writes no file.

use super::reader::Reader;
use crate::error::{Code, Error, Result};
use crate::inventory::model::deployment::{Deployment, MOST_DEPLOYMENTS, Runs};
use crate::tables::{Document, Table, Value};
use crate::text::Untrusted;
use jiff::Timestamp;
use toml_edit::{ArrayOfTables, DocumentMut, Item};

/// The block's name.
pub(super) const BLOCK: &str = "deployment";
/// Its keys, in the order in which they are written.
const KEYS: [&str; 6] = ["model", "stage", "where", "owner", "since", "until"];

impl Reader<'_> {
    /// All of them.
    pub(super) fn deployments(&self, top: Table<'_>) -> Result<Vec<Deployment>> {
        let Some(value) = top.get(BLOCK) else { return Ok(Vec::new()) };
        let blocks = value.list().map_err(|misfit| {
            self.error("`deployment` must be a list of [[deployment]] blocks", misfit.at)
        })?;
        if blocks.len() > MOST_DEPLOYMENTS {
            return Err(self
                .error(format!("more than {MOST_DEPLOYMENTS} deployments"), value.at())
                .help("remove the [[deployment]] blocks of old deployments"));
        }
        blocks.map(|block| self.deployment(block)).collect()
    }

    fn deployment(&self, block: Value<'_>) -> Result<Deployment> {
        let table = block
            .table()
            .map_err(|misfit| self.error("a deployment must be a [[deployment]] block", misfit.at))?;
        self.known(table, &KEYS)?;
        let missing = |key: &str| self.error(format!("this deployment has no `{key}`"), block.at());
        let (named, place) = self.string(table, "model")?.ok_or_else(|| missing("model"))?;
        let model = Runs::of(named).ok_or_else(|| {
            self.error("`model` is neither a name nor a root digest", place).help(
                "write the model's id, or `sha256:` and its root digest: 64 lower-case hexadecimal digits",
            )
        })?;
        let stage = self.name(table, "stage")?.ok_or_else(|| missing("stage"))?;
        let place = self.name(table, "where")?.ok_or_else(|| missing("where"))?;
        let owner = self.name(table, "owner")?;
        let (since, until) = (self.moment(table, "since")?, self.moment(table, "until")?);
        if let (Some(since), Some(until)) = (since, until)
            && until < since
        {
            let at = table.get("until").map_or(block.at(), Value::at);
            return Err(self
                .error("`until` is before `since`", at)
                .help("correct one of them; a deployment cannot end before it starts"));
        }
        let text = |text: String| Untrusted::new(text);
        Ok(Deployment { model, stage: text(stage), place: text(place), owner: owner.map(text), since, until })
    }

    fn moment(&self, table: Table<'_>, key: &str) -> Result<Option<Timestamp>> {
        let Some(value) = table.get(key) else { return Ok(None) };
        let no_moment = || {
            self.error(format!("`{key}` is not a date-time with an offset"), value.at())
                .help("write a date-time with an offset: 2026-01-31T00:00:00Z")
        };
        let written = value.moment().map_err(|_| no_moment())?;
        written.parse().map(Some).map_err(|_| no_moment())
    }
}

/// The text with these deployments after those that are there, or at its end.
///
/// # Errors
/// `E-CONFIG` where they are not written as blocks.
pub(super) fn with(text: &str, new: &[Deployment]) -> Result<String> {
    let newline = newline(text);
    let written = blocks_of(new).replace('\n', newline);
    let known = blocks(text)?;
    let Some((_, end)) = known.last() else {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
        return Ok(format!("{text}{gap}{newline}{written}"));
    };
    let (before, after) = text.split_at_checked(*end).ok_or_else(odd_form)?;
    let gap = if before.ends_with('\n') { "" } else { newline };
    Ok(format!("{before}{gap}{newline}{written}{after}"))
}

/// The text in which the deployments at these positions end at a moment.
///
/// # Errors
/// As [`with`].
pub(super) fn ended(text: &str, positions: &[usize], until: Timestamp) -> Result<String> {
    let newline = newline(text);
    let known = blocks(text)?;
    let mut ends: Vec<usize> = Vec::new();
    for position in positions {
        ends.push(known.get(*position).ok_or_else(odd_form)?.1);
    }
    ends.sort_unstable();
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    for end in ends {
        out.push_str(text.get(copied..end).ok_or_else(odd_form)?);
        let gap = if out.ends_with('\n') { "" } else { newline };
        out.push_str(&format!("{gap}until = {until}{newline}"));
        copied = end;
    }
    out.push_str(text.get(copied..).ok_or_else(odd_form)?);
    Ok(out)
}

/// Where each block begins, and after the line of its last value.
fn blocks(text: &str) -> Result<Vec<(usize, usize)>> {
    let document = Document::parse(text).map_err(|_| odd_form())?;
    let Some(value) = document.top().get(BLOCK) else { return Ok(Vec::new()) };
    let items = value.list().map_err(|_| odd_form())?;
    items
        .map(|item| {
            let table = item.table().map_err(|_| odd_form())?;
            let header = table.at;
            let is_block = text.get(header.start..header.end).is_some_and(|head| head.starts_with("[["));
            if !is_block {
                return Err(odd_form());
            }
            let last = table.entries().map(|(_, value)| value.at().end).fold(header.end, usize::max);
            let rest = text.get(last..).ok_or_else(odd_form)?;
            let end = rest.find('\n').map_or(text.len(), |at| last + at + 1);
            Ok((header.start, end))
        })
        .collect()
}

/// Blocks, one after the other with a line between.
fn blocks_of(deployments: &[Deployment]) -> String {
    let mut blocks = ArrayOfTables::new();
    for deployment in deployments {
        let Deployment { model, stage, place, owner, since, until } = deployment;
        let text = |text: &Untrusted| Some(toml_edit::Value::from(text.raw()));
        // A moment that TOML cannot write is written as text, which is read alike.
        let moment = |at: &Timestamp| {
            let written = at.to_string();
            written.parse::<toml_edit::Datetime>().map_or(written.into(), toml_edit::Value::from)
        };
        let rows = [
            Some(toml_edit::Value::from(model.written())),
            text(stage),
            text(place),
            owner.as_ref().and_then(text),
            since.as_ref().map(moment),
            until.as_ref().map(moment),
        ];
        let mut table = toml_edit::Table::new();
        for (key, value) in KEYS.iter().zip(rows) {
            if let Some(value) = value {
                table.insert(key, Item::Value(value));
            }
        }
        blocks.push(table);
    }
    let mut document = DocumentMut::new();
    document.insert(BLOCK, Item::ArrayOfTables(blocks));
    document.to_string().trim_start_matches('\n').to_owned()
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn odd_form() -> Error {
    Error::new(Code::Config, "touchmark cannot edit deployments in this form")
        .help("write each as its own [[deployment]] block, then run it again; nothing was changed")
}
