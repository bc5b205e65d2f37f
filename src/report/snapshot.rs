//! Snapshots and how they differ, in words.

use crate::snapshot::{Change, Diff, History, Reader, Said, Seal, Side};
use crate::text::{count, screen};
use std::fmt::Write;

/// What a snapshot says of the whole; `seal` is none when its digest does not fit.
pub fn held(reader: &Reader, seal: Option<&Seal>) -> Vec<(&'static str, String)> {
    let about = reader.about();
    let fits = "does not fit its content: changed after it was written, or damaged".to_owned();
    vec![
        ("taken at", format!("{}, as it says", reader.at())),
        ("workspace", about.workspace.screen()),
        ("models", seal.map_or("not known".to_owned(), |seal| seal.models.to_string())),
        ("stage", about.stage.screen()),
        ("policy", about.policy.screen()),
        (
            "ledger",
            count(usize::try_from(about.ledger.entries).unwrap_or(usize::MAX), "entry")
                .replace("entrys", "entries"),
        ),
        ("digest", seal.map_or(fits, |seal| format!("{}, fits its content", seal.digest))),
    ]
}

/// A difference, worst first.
pub fn diff(d: &Diff) -> String {
    format!("{}{}\n", changes(d), summary(d))
}

/// The same without the line at its end.
pub fn changes(d: &Diff) -> String {
    let mut out = format!("{}\n→ {}\n", side(&d.before), side(&d.after));
    for one in &d.general {
        let _ = writeln!(out, "{}", change(one));
    }
    for model in &d.models {
        let word = match model.word {
            crate::snapshot::Word::Changed => "changed",
            // The one change says so.
            _ => "",
        };
        let id = model.id.screen();
        match (word, model.changes.first()) {
            ("", Some(only)) => {
                let said = only.before.as_ref().or(only.after.as_ref()).map(value).unwrap_or_default();
                let _ = writeln!(out, "{} {}  {id}  {said}", only.weight.glyph(), only.what);
            }
            _ => {
                let _ = writeln!(out, "{} {word}  {id}", model.weight().glyph());
                for one in &model.changes {
                    let _ = writeln!(out, "    {}", change(one));
                }
            }
        }
        if model.more > 0 {
            let _ = writeln!(out, "    · and {}", count(model.more, "more change"));
        }
    }
    out
}

/// One line of the whole.
pub fn summary(d: &Diff) -> String {
    use crate::snapshot::Word;
    let many = |word: Word| d.models.iter().filter(|model| model.word == word).count();
    let ledger = match d.ledger {
        History::Same => "the ledger is as it was",
        History::Appended => "the ledger only grew",
        History::Rewritten => "ledger history was rewritten",
        History::Unknown => {
            "the ledger grew; compare with the workspace itself to learn whether its history was rewritten"
        }
    };
    let retold = match d.retold {
        0 => String::new(),
        many => format!(", {} re-verified or moved, otherwise unchanged", many),
    };
    let same = if d.is_same() { "✓ same" } else { "! different" };
    format!(
        "{same}  {} added, {} removed, {} changed{retold}; {ledger}",
        many(Word::Added),
        many(Word::Removed),
        many(Word::Changed)
    )
}

/// One side of it.
pub fn side(side: &Side) -> String {
    let digest = match &side.digest {
        Some(digest) => format!("snapshot {}", digest.get(..12).unwrap_or(digest)),
        None => "as it is".to_owned(),
    };
    let models = count(usize::try_from(side.models).unwrap_or(usize::MAX), "model");
    format!("{}  {}, {digest}, {models}", side.at, side.about.workspace.screen())
}

fn value(said: &Said) -> String {
    let basis = said.basis.map(|basis| format!(" ({})", basis.word())).unwrap_or_default();
    format!("{}{basis}", said.value.clip(160))
}

/// One thing that changed.
pub fn change(change: &Change) -> String {
    let head = format!("{} {}", change.weight.glyph(), screen(change.what));
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{head}  {} → {}", value(before), value(after)),
        (Some(before), None) => format!("{head}  gone: {}", value(before)),
        (None, Some(after)) => format!("{head}  new: {}", value(after)),
        (None, None) => head,
    }
}
