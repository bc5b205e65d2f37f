//! Looking at the files of one model, wherever they lie: format by content, what can run code, which headers to read.
//! It looks at bytes within a budget and decides nothing.

use std::path::Path;

use super::formats;
use super::hazards::{self, Hazards};
use super::headers::{self, Weights};
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::format::Format;
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

/// Files of one model whose content is looked at.
const MAX_LOOKS: u64 = 20_000;
/// What can run code, kept of one model.
const MAX_HAZARDS: usize = 500;

/// What was looked at of one model.
pub(in crate::inventory) struct Looks {
    looks: u64,
    budget: u64,
    /// Files whose headers tell of the whole model.
    weights: Vec<Weights>,
}

impl Default for Looks {
    /// Nothing was looked at yet.
    fn default() -> Self {
        Looks { looks: 0, budget: hazards::MAX_BYTES, weights: Vec::new() }
    }
}

impl Looks {
    /// Looks at one file, which the model calls `place`.
    pub fn at(&mut self, path: &Path, size: u64, place: &str, source: &Untrusted, record: &mut Record) {
        self.looks += 1;
        if self.looks > MAX_LOOKS {
            return;
        }
        let look = match formats::look(path, size) {
            Ok(look) => look,
            Err(unread) => {
                return tell_unlooked("F-FILE-UNREADABLE", place, &unread.to_string(), source, record);
            }
        };
        if look.mislabelled {
            let message = "the content is not what the file's name promises";
            record.found("F-FORMAT-NAME", source, place, message);
        }
        if let Some(format) = look.format {
            headers::remember(&mut self.weights, place, path, format);
            tell_format(format, place, source, record);
        }
        let found = hazards::look(path, size, &look.head, look.format, &mut self.budget);
        tell_hazards(found, place, source, record);
    }

    /// Tells what the headers say, and whether files were left out.
    pub fn finish(&self, source: &Untrusted, record: &mut Record) {
        if self.looks > MAX_LOOKS {
            let message = format!("looked at the content of the first {MAX_LOOKS} files only");
            tell_unlooked("F-FORMAT-COUNT", "", &message, source, record);
        }
        headers::tell(&self.weights, source, record);
    }
}

/// Tells what a file can do when it is loaded: as fact, as finding where it matters, and as format.
pub(in crate::inventory) fn tell_hazards(
    found: Hazards,
    place: &str,
    source: &Untrusted,
    record: &mut Record,
) {
    let told = found.told(place);
    for (hazard, line) in hazards::lines(&told) {
        let inside = hazard.place.screen();
        let at = if inside.is_empty() { place.to_owned() } else { format!("{place} {inside}") };
        // Facts of other kinds need room, too.
        if record.model.hazards.len() < MAX_HAZARDS {
            record.fact(FactKey::Hazard, &line, Basis::Observed, source, &at);
        }
        if let Some(code) = hazard.code() {
            record.found(code, source, &at, format!("{line}; {}", hazard.remedy()));
        }
    }
    for hazard in told {
        if let Some(format) = hazard.format() {
            tell_format(format, place, source, record);
        }
        let hazards = &mut record.model.hazards;
        hazards.push(hazard);
        // The worst stay.
        if hazards.len() > MAX_HAZARDS
            && let Some(least) =
                (0..hazards.len()).max_by_key(|at| hazards.get(*at).map(|hazard| hazard.tier))
        {
            hazards.remove(least);
        }
    }
}

/// Tells of what was not looked into: as finding, and as what may hold anything.
pub(in crate::inventory) fn tell_unlooked(
    code: &str,
    place: &str,
    message: &str,
    source: &Untrusted,
    record: &mut Record,
) {
    record.found(code, source, place, message);
    let mut found = Hazards::default();
    hazards::unlooked(message, &mut found);
    tell_hazards(found, place, source, record);
}

/// Tells a format, once.
fn tell_format(format: Format, place: &str, source: &Untrusted, record: &mut Record) {
    if !record.model.formats.contains(&format) {
        record.model.formats.push(format);
        record.fact(FactKey::Format, format.word(), Basis::Observed, source, place);
    }
}

/// How many hazards a file has; for the fuzz targets.
pub(crate) fn count_in(path: &Path) -> usize {
    let mut budget = hazards::MAX_BYTES;
    let Ok(size) = std::fs::metadata(path).map(|metadata| metadata.len()) else { return 0 };
    let seen = formats::look(path, size);
    seen.map(|seen| hazards::look(path, size, &seen.head, seen.format, &mut budget).told("fuzz").len())
        .unwrap_or(0)
}
