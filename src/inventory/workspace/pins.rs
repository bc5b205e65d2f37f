//! `[[pin]]`: what descriptors were when somebody approved them, read from `touchmark.toml` and edited in it without
//! touching the rest. It reads no descriptor.

use super::reader::Reader;
use crate::disk::slashed;
use crate::error::{Code, Error, Result};
use crate::inventory::model::descriptor::{Content, Pinned};
use crate::inventory::model::twins::plain;
use crate::tables::{Table, Value};
use std::collections::BTreeMap;
use std::path::Path;
use toml_edit::{ArrayOfTables, DocumentMut, Item};

/// The block's name.
pub(super) const BLOCK: &str = "pin";
const KEYS: [&str; 3] = ["file", "sha256", "parts"];
/// More would make the file unreadable for people.
const MOST: usize = 1_000;
const MAX_PARTS: usize = 10_000;

impl Reader<'_> {
    /// All of them.
    pub(super) fn pins(&self, top: Table<'_>) -> Result<Vec<Pinned>> {
        let Some(value) = top.get(BLOCK) else { return Ok(Vec::new()) };
        let blocks =
            value.list().map_err(|misfit| self.error("`pin` must be a list of [[pin]] blocks", misfit.at))?;
        if blocks.len() > MOST {
            return Err(self
                .error(format!("more than {MOST} pins"), value.at())
                .help("remove the [[pin]] blocks of files that are gone"));
        }
        let mut pins: Vec<Pinned> = Vec::new();
        for block in blocks {
            let pin = self.pin(block)?;
            if pins.iter().any(|known| known.file == pin.file) {
                return Err(self
                    .error("this file has a [[pin]] already", block.at())
                    .help("keep one of them; `touchmark pin FILE` writes it anew"));
            }
            pins.push(pin);
        }
        Ok(pins)
    }

    fn pin(&self, block: Value<'_>) -> Result<Pinned> {
        let table = block.table().map_err(|misfit| self.error("a pin must be a [[pin]] block", misfit.at))?;
        self.known(table, &KEYS)?;
        let missing = |key: &str| {
            self.error(format!("this pin has no `{key}`"), block.at())
                .help("run `touchmark pin FILE`, which writes it")
        };
        let file = self.inside(table, "file")?.ok_or_else(|| missing("file"))?;
        let (sha256, at) = self.string(table, "sha256")?.ok_or_else(|| missing("sha256"))?;
        self.digest("sha256", sha256, at)?;
        let mut parts = BTreeMap::new();
        if let Some(value) = table.get("parts") {
            let named = value
                .table()
                .map_err(|misfit| self.error("`parts` must be a table of digests", misfit.at))?;
            for (key, value) in named.entries().take(MAX_PARTS) {
                let no_text =
                    |misfit: crate::tables::Misfit| self.error("a digest must be text in quotes", misfit.at);
                let digest = value.text().map_err(no_text)?;
                self.digest("parts", digest, value.at())?;
                parts.insert(key.value.to_owned(), digest.to_owned());
            }
        }
        Ok(Pinned { file: plain(&file), content: Content { sha256: sha256.to_owned(), parts } })
    }

    fn digest(&self, key: &str, text: &str, at: crate::tables::Place) -> Result<()> {
        let is_hex = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match is_hex {
            true => Ok(()),
            false => Err(self
                .error(format!("`{key}` is not 64 lower-case hexadecimal digits"), at)
                .help("run `touchmark pin FILE`, which writes it")),
        }
    }
}

/// The text of the file with these pins and no others; none where it cannot be edited.
pub(super) fn blocks_of(text: &str, pins: &[Pinned]) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    if pins.is_empty() {
        document.remove(BLOCK);
    } else {
        document.insert(BLOCK, Item::ArrayOfTables(blocks(pins)));
    }
    Some(document.to_string())
}

fn blocks(pins: &[Pinned]) -> ArrayOfTables {
    let mut blocks = ArrayOfTables::new();
    for pin in pins {
        let mut parts = toml_edit::Table::new();
        for (place, digest) in &pin.content.parts {
            parts.insert(place, Item::Value(digest.as_str().into()));
        }
        let mut block = toml_edit::Table::new();
        block.insert("file", Item::Value(slashed(&pin.file).into()));
        block.insert("sha256", Item::Value(pin.content.sha256.as_str().into()));
        block.insert("parts", Item::Table(parts));
        blocks.push(block);
    }
    blocks
}

pub(super) fn odd_form(file: &Path) -> Error {
    Error::new(Code::Config, "touchmark cannot edit pins in this form")
        .at_path(file)
        .help("write each as its own [[pin]] block, then run it again; nothing was changed")
}
