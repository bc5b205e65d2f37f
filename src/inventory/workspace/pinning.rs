//! Pins of an open workspace: written into `touchmark.toml` under its lock, after reading it again, and only if nothing
//! but the intended change differs; and told to the models whose files they name.

use super::pins::{blocks_of, odd_form};
use super::{FILE, MAX_BYTES, Workspace, parse, text_of};
use crate::disk::{lock_beside, replace, slashed};
use crate::error::{Code, Error, Result};
use crate::inventory::model::descriptor::{Pin, Pinned};
use crate::inventory::model::finding::Finding;
use crate::inventory::model::models::{Details, Model};
use crate::inventory::model::record::note;
use crate::inventory::model::twins::plain;
use crate::text::Untrusted;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What tells that a descriptor was changed after it was approved.
const CHANGED: &str = "F-PIN-CHANGED";

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
        // Counted in the file as it is now: another program may have written pins since it was opened.
        let mut before = 0;
        self.repin(|known| {
            before = known.len();
            known.iter().filter(|pin| !files.contains(&pin.file)).cloned().collect()
        })?;
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
            self.pins = now.pins;
            return Ok(());
        }
        let text = blocks_of(&before, &meant).ok_or_else(|| odd_form(&file))?;
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
        self.pins = changed.pins;
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
