//! What a walk through a pickle means: what it imports, judged by the tables, and where it ends.

use std::io::{Read, Seek};

use super::found::Hazards;
use super::imports;
use super::pickle::{self, End, Name};
use super::window::Window;
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Where this is rebuilt, joblib reads numbers from between the opcodes: a walk is lost there, and could even
/// find an end that loading does not.
const RAW_BETWEEN: (&str, &str) = ("joblib.numpy_pickle", "NumpyArrayWrapper");

/// A pickle, in a file of its own or inside another (`inside` says where).
pub(super) fn walked<R: Read + Seek>(window: &mut Window<'_, R>, inside: &str, found: &mut Hazards) {
    let from = if inside.is_empty() { 0 } else { window.at() };
    judge(&pickle::walk(window), inside, from, found);
}

/// `from` is where the part of the file begins that `inside` names.
pub(super) fn judge(walked: &pickle::Walked, inside: &str, from: u64, found: &mut Hazards) {
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
        let why = match (&import.name, tier) {
            _ if import.changed => "loading changes it for the whole program",
            (Name::Unknown(why), _) => why,
            (_, Tier::Dangerous) if import.called => "loading calls what can run code, or leads to it",
            (_, Tier::Dangerous) => "loading imports what can run code, or leads to it",
            (_, Tier::Noted) => "settings of a training run, as trainers keep them",
            _ if import.called => "loading calls what nobody here has judged",
            _ => "loading imports what nobody here has judged",
        };
        let tier = if import.changed { Tier::Dangerous } else { tier };
        worst = worst.min(tier);
        match tier {
            Tier::Safe => safe.push(what),
            _ => found.add(tier, kind, &place(import.at), &what, why),
        }
    }
    if walked.imports.iter().any(|import| import.name.is(RAW_BETWEEN.0, RAW_BETWEEN.1)) {
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
