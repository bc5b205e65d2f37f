//! `[[pin]]`: what descriptors were when somebody approved them, read from `touchmark.toml` and edited in it without
//! touching the rest. It reads no descriptor.

use super::reader::Reader;
use super::{FILE, MAX_BYTES, Workspace, parse, text_of};
use crate::disk::{lock_beside, replace, slashed};
use crate::error::{Code, Error, Result};
use crate::inventory::model::descriptor::{Content, Pin};
use crate::inventory::model::finding::Finding;
use crate::inventory::model::models::{Details, Model};
use crate::inventory::model::record::note;
use crate::inventory::model::twins::plain;
use crate::tables::{Table, Value};
use crate::text::Untrusted;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use toml_edit::{ArrayOfTables, DocumentMut, Item};

/// The block's name.
pub(super) const BLOCK: &str = "pin";
const KEYS: [&str; 3] = ["file", "sha256", "parts"];
/// More would make the file unreadable for people.
const MOST: usize = 1_000;
const MAX_PARTS: usize = 10_000;
/// What tells that a descriptor was changed after it was approved.
const CHANGED: &str = "F-PIN-CHANGED";

/// A file, and what it was when it was pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// The file, workspace-relative.
    pub file: PathBuf,
    /// What it was.
    pub content: Content,
}

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

impl Workspace {
    /// Writes pins into `touchmark.toml`, each in the place of the one that its file has, and keeps everything else in
    /// the file as it is.
    ///
    /// # Errors
    /// `E-WRITE`, `E-CONFIG`, `E-CHANGED`.
    pub fn pin(&mut self, pins: &[Pinned]) -> Result<()> {
        self.repin(|known| {
            let stays = |pin: &&Pinned| !pins.iter().any(|new| new.file == pin.file);
            known.iter().filter(stays).chain(pins).cloned().collect()
        })
    }

    /// Removes the pins of these files; how many there were.
    ///
    /// # Errors
    /// As [`Workspace::pin`].
    pub fn unpin(&mut self, files: &[PathBuf]) -> Result<usize> {
        let before = self.pins.len();
        self.repin(|known| known.iter().filter(|pin| !files.contains(&pin.file)).cloned().collect())?;
        Ok(before.saturating_sub(self.pins.len()))
    }

    fn repin(&mut self, change: impl FnOnce(&[Pinned]) -> Vec<Pinned>) -> Result<()> {
        let file = self.root.join(FILE);
        // Read, changed and written while no other program of ours does the same.
        let _held = lock_beside(&file)?;
        let before = text_of(&file)?;
        let now = parse(&before, &self.root)?;
        let meant = change(&now.pins);
        if meant == now.pins {
            *self = now;
            return Ok(());
        }
        let mut document: DocumentMut = before.parse().map_err(|_| odd_form(&file))?;
        if meant.is_empty() {
            document.remove(BLOCK);
        } else {
            document.insert(BLOCK, Item::ArrayOfTables(blocks(&meant)));
        }
        let text = document.to_string();
        if text.len() as u64 > MAX_BYTES {
            return Err(Error::new(Code::Config, "the file would be too large for another pin")
                .at_path(&file)
                .help("remove [[pin]] blocks of files that are gone; nothing was changed"));
        }
        let changed = parse(&text, &self.root)?;
        let is_as_meant = changed.pins == meant
            && changed.sources == now.sources
            && changed.aliases == now.aliases
            && changed.deployments == now.deployments;
        if !is_as_meant {
            return Err(odd_form(&file));
        }
        replace(&file, Some(before.as_bytes()), text.as_bytes())?;
        *self = changed;
        Ok(())
    }

    /// Tells each model the pins on its files. Gives a finding for each file that was not as pinned when it was read.
    pub fn tell_pins(&self, models: &mut [Model]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut by_folder: HashMap<&Path, Vec<&Pinned>> = HashMap::new();
        for pin in &self.pins {
            for folder in pin.file.ancestors() {
                by_folder.entry(folder).or_default().push(pin);
            }
        }
        if by_folder.is_empty() {
            return findings;
        }
        for model in models {
            let Some(location) = model.location.as_deref().map(plain) else { continue };
            let Some(pins) = by_folder.get(location.as_path()) else { continue };
            let pins: Vec<Pin> = pins.iter().map(|pin| pin.at(&location)).collect();
            for pin in &pins {
                let changes = pin.changes(&model.descriptors);
                let Some(first) = changes.first() else { continue };
                let more = match changes.len() {
                    1 => String::new(),
                    many => format!(" and {} more", many - 1),
                };
                let message = format!("not as pinned: {}{more}", first.line().screen());
                let source = Untrusted::new(slashed(&location));
                note(&mut findings, CHANGED, Some(model.id.clone()), &source, pin.file.raw(), message);
            }
            let details: &mut Details = model;
            details.pins = pins;
        }
        findings
    }
}

impl Pinned {
    /// The same at the model that lies there.
    fn at(&self, location: &Path) -> Pin {
        let below = self.file.strip_prefix(location).ok().filter(|below| !below.as_os_str().is_empty());
        let name = || self.file.file_name().map(PathBuf::from).unwrap_or_default();
        let file = slashed(&below.map_or_else(name, Path::to_owned));
        Pin { file: file.into(), content: self.content.clone() }
    }
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

fn odd_form(file: &Path) -> Error {
    Error::new(Code::Config, "touchmark cannot edit pins in this form")
        .at_path(file)
        .help("write each as its own [[pin]] block, then run it again; nothing was changed")
}
