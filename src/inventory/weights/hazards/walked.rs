//! What a walk through a pickle means: what it imports, judged by the tables, and where it ends.

use std::io::{Read, Seek};

use super::arrays::WRAPPER;
use super::found::Hazards;
use super::imports;
use super::known::{self, Use};
use super::pickle::{self, End, Name, Walked};
use super::window::Window;
use crate::inventory::model::hazard::{HazardKind, Tier};

/// A pickle, in a file of its own or inside another (`inside` says where).
pub(super) fn walked<R: Read + Seek>(window: &mut Window<'_, R>, inside: &str, found: &mut Hazards) {
    let start = window.at();
    let from = if inside.is_empty() { 0 } else { start };
    judge(&both_ways(window, start), inside, from, found);
}

/// As Python's loader reads it, and as joblib does where it holds arrays of joblib's.
pub(super) fn both_ways<R: Read + Seek>(window: &mut Window<'_, R>, start: u64) -> Walked {
    let walked = pickle::walk(window);
    if !has_arrays(&walked) || window.go(start).is_err() {
        return walked;
    }
    let over_arrays = pickle::walk_over_arrays(window);
    if matches!(over_arrays.end, End::Early(..)) || window.go(start).is_err() {
        return either(walked, over_arrays);
    }
    // Python's loader ends with the first pickle, which may be one that an array is kept as.
    either(pickle::walk_first(window), over_arrays)
}

pub(super) fn has_arrays(walked: &Walked) -> bool {
    walked.imports.iter().any(|import| import.name.is(WRAPPER.0, WRAPPER.1))
}

/// What joblib loads, and what Python's own loader, which takes the arrays for opcodes, would find among them.
fn either(plain: Walked, mut over_arrays: Walked) -> Walked {
    for import in plain.imports {
        let known = over_arrays.imports.iter_mut().find(|known| known.name == import.name);
        match known {
            Some(known) => {
                known.called |= import.called;
                known.ran |= import.ran;
                known.changed |= import.changed;
            }
            None if import.name.is_likely() => over_arrays.imports.push(import),
            None => {}
        }
    }
    over_arrays
}

/// `from` is where the part of the file begins that `inside` names.
pub(super) fn judge(walked: &Walked, inside: &str, from: u64, found: &mut Hazards) {
    let place = |at: u64| match inside {
        "" => format!("byte {at}"),
        _ => format!("{inside}, byte {}", at.saturating_sub(from)),
    };
    let kind = HazardKind::Pickle;
    let mut worst = Tier::Safe;
    let mut safe = Vec::new();
    for import in &walked.imports {
        let (tier, what) = match &import.name {
            Name::Known(module, name) => (imports::tier(module, name), format!("{module}.{name}")),
            Name::Unknown(_) => (Tier::Dangerous, String::new()),
        };
        let library = match &import.name {
            Name::Known(module, name) if tier == Tier::Suspicious && !import.changed => {
                known::library(module, name, if import.ran { Use::Called } else { Use::Made })
            }
            _ => None,
        };
        if let Some(library) = library {
            worst = worst.min(Tier::Noted);
            let why = format!(
                "loading rebuilds objects of {library}, whose classes are known to run no code of the file"
            );
            found.add(Tier::Noted, kind, &place(import.at), &what, why);
            continue;
        }
        let why = match (&import.name, tier) {
            _ if import.changed => "loading changes it for the whole program",
            (Name::Unknown(why), _) => why,
            (_, Tier::Dangerous) if import.called => "loading calls what can run code, or leads to it",
            (_, Tier::Dangerous) => "loading imports what can run code, or leads to it",
            _ if import.called => "loading calls unknown functions",
            _ => "loading imports unknown modules",
        };
        let tier = if import.changed { Tier::Dangerous } else { tier };
        worst = worst.min(tier);
        match tier {
            Tier::Safe => safe.push(what),
            _ => found.add(tier, kind, &place(import.at), &what, why),
        }
    }
    if has_arrays(walked) && !walked.over_arrays {
        let why = "raw arrays lie between the opcodes, as joblib writes them; what follows them is not known";
        return found.add(Tier::Unreadable, kind, inside, "", why);
    }
    match walked.end {
        End::Whole if worst == Tier::Safe => {
            let why = match safe.is_empty() {
                true => "imports nothing".to_owned(),
                false => format!("imports only what rebuilds data ({} names)", safe.len()),
            };
            found.add(Tier::Safe, kind, inside, &safe.join(", "), why);
        }
        End::Whole => {}
        End::Trailing(at) => {
            found.add(Tier::Noted, kind, &place(at), "", "bytes after the pickle, which were not looked at");
        }
        End::Early(at, stop) => {
            let why = format!("the pickle cannot be read to its end: {stop}; loading runs as far as it can");
            found.add(Tier::Unreadable, kind, &place(at), "", why);
        }
    }
}
