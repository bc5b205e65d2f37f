//! How two snapshots differ, in words, worst first. It reads both model by model and keeps only what differs.

use super::change::{Change, Changes, History, Present, Weight, said};
use super::entry::{About, Entry};
use super::file::{Raw, Seal};
use super::model::of_model;
use crate::error::Result;
use crate::inventory::{ModelId, Tier};
use crate::signing::Outcome;
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;

/// Changes told of one model; further ones are counted.
const MAX_CHANGES: usize = 200;

/// What became of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Only the earlier snapshot has it.
    Removed,
    /// Both have it.
    Changed,
    /// Only the later snapshot has it.
    Added,
}

/// What a person looks for first among what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Its effective level fell.
    LevelDown,
    /// It fails, and did not before.
    NewFailure,
    /// Only the later snapshot has it.
    Added,
    /// Only the earlier snapshot has it.
    Removed,
    /// Anything else.
    Changed,
}

impl Turn {
    /// All of them, the worst first.
    pub const ALL: [Turn; 5] = [Turn::LevelDown, Turn::NewFailure, Turn::Added, Turn::Removed, Turn::Changed];

    /// The words shown.
    pub fn words(self) -> &'static str {
        match self {
            Turn::LevelDown => "level down",
            Turn::NewFailure => "new failures",
            Turn::Added => "added",
            Turn::Removed => "removed",
            Turn::Changed => "changed",
        }
    }

    fn of(old: &Entry, new: &Entry) -> Self {
        let fails = |entry: &Entry| entry.verified.as_ref().is_some_and(|one| one.outcome == Outcome::Fail);
        match () {
            () if new.effective < old.effective => Turn::LevelDown,
            () if fails(new) && !fails(old) => Turn::NewFailure,
            () => Turn::Changed,
        }
    }
}

/// A model that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModelChange {
    /// The inventory's key.
    pub id: ModelId,
    /// What became of it.
    pub word: Word,
    /// What changed, worst first.
    pub changes: Vec<Change>,
    /// Further changes that are not told.
    pub more: usize,
    /// Where a person looks for it; documents say it by their changes.
    #[serde(skip)]
    pub turn: Turn,
}

impl ModelChange {
    /// Its worst change.
    pub fn weight(&self) -> Weight {
        self.changes.first().map_or(Weight::Neutral, |change| change.weight)
    }

    /// The worst first, and of these what changed most.
    fn rank(&self) -> (Weight, Reverse<usize>, Word, &ModelId) {
        let weight = self.weight();
        let as_bad = self.changes.iter().filter(|change| change.weight == weight).count();
        (weight, Reverse(as_bad), self.word, &self.id)
    }
}

/// One side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Side {
    /// When.
    pub at: jiff::Timestamp,
    /// What is said of the whole.
    pub about: About,
    /// Digest of the snapshot; none for what was not written.
    pub digest: Option<String>,
    /// How many models.
    pub models: u64,
}

impl Side {
    /// A side that is yet to be read.
    pub fn new(at: jiff::Timestamp, about: About) -> Self {
        Side { at, about, digest: None, models: 0 }
    }

    /// What it was once it was read.
    pub fn sealed(&mut self, seal: Seal) {
        self.digest = Some(seal.digest);
        self.models = seal.models;
    }
}

/// Two snapshots against each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diff {
    /// The earlier one.
    pub before: Side,
    /// The later one.
    pub after: Side,
    /// What changed of the whole, worst first.
    pub general: Vec<Change>,
    /// Models that changed, worst first.
    pub models: Vec<ModelChange>,
    /// Models that say the same, and were verified again or are told at other places of their documents.
    pub retold: u64,
    /// Whether the ledger only grew.
    pub ledger: History,
}

impl Diff {
    /// Whether nothing of what is known or concluded changed. That time passed, and that more was recorded, is no
    /// difference.
    pub fn is_same(&self) -> bool {
        self.general.is_empty() && self.models.is_empty()
    }
}

/// Compares two sides; the models come in the order of their ids.
///
/// # Errors
/// What comes with the models, and `E-MALFORMED` where one cannot be read.
pub fn compare(
    (before, old): (Side, &mut dyn Iterator<Item = Result<Raw>>),
    (after, new): (Side, &mut dyn Iterator<Item = Result<Raw>>),
    present: Option<&Present<'_>>,
) -> Result<Diff> {
    let (general, ledger) = general(&before.about, &after.about, present);
    let mut diff = Diff { before, after, general, models: Vec::new(), retold: 0, ledger };
    let (mut one, mut other) = (old.next().transpose()?, new.next().transpose()?);
    loop {
        let order = match (&one, &other) {
            (Some(one), Some(other)) => one.id.cmp(&other.id),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let gone = if order.is_le() { one.take() } else { None };
        let come = if order.is_ge() { other.take() } else { None };
        diff.before.models += u64::from(gone.is_some());
        diff.after.models += u64::from(come.is_some());
        diff.take(gone.as_ref(), come.as_ref(), present)?;
        if one.is_none() {
            one = old.next().transpose()?;
        }
        if other.is_none() {
            other = new.next().transpose()?;
        }
    }
    diff.models.sort_by(|a, b| a.rank().cmp(&b.rank()));
    Ok(diff)
}

impl Diff {
    fn take(&mut self, old: Option<&Raw>, new: Option<&Raw>, present: Option<&Present<'_>>) -> Result<()> {
        let (id, word, turn, mut changes) = match (old, new) {
            (Some(old), Some(new)) if old.bytes == new.bytes => return Ok(()),
            (Some(old), Some(new)) => {
                let (was, is) = (old.entry()?, new.entry()?);
                let changes = of_model(&was, &is, present);
                if changes.is_empty() {
                    self.retold += 1;
                    return Ok(());
                }
                (&old.id, Word::Changed, Turn::of(&was, &is), changes)
            }
            (Some(old), None) => (&old.id, Word::Removed, Turn::Removed, vec![presence(&old.entry()?, true)]),
            (None, Some(new)) => (&new.id, Word::Added, Turn::Added, vec![presence(&new.entry()?, false)]),
            (None, None) => return Ok(()),
        };
        changes.sort_by_key(|change| change.weight);
        let more = changes.len().saturating_sub(MAX_CHANGES);
        changes.truncate(MAX_CHANGES);
        self.models.push(ModelChange { id: id.clone(), word, changes, more, turn });
        Ok(())
    }
}

/// A model that is there on one side only, by what was concluded of it.
fn presence(entry: &Entry, is_gone: bool) -> Change {
    let verified = entry.verified.as_ref().map_or("not verified", |checked| checked.outcome.word());
    let said = Some(said(format!(
        "{}, {verified}, L{}, {}",
        entry.kind.word(),
        entry.effective,
        entry.decision.raw()
    )));
    let dangerous = entry.hazards.iter().any(|hazard| hazard.tier <= Tier::Unreadable);
    let fails = entry.verified.as_ref().is_some_and(|checked| checked.outcome == Outcome::Fail);
    match is_gone {
        true => Change { weight: Weight::Attention, what: "removed", before: said, after: None },
        false => {
            let weight = if dangerous || fails { Weight::Worse } else { Weight::Neutral };
            Change { weight, what: "added", before: None, after: said }
        }
    }
}

fn general(old: &About, new: &About, present: Option<&Present<'_>>) -> (Vec<Change>, History) {
    let mut changes = Changes::default();
    let history = of_ledger(old, new, present);
    if history == History::Rewritten {
        let end = |about: &About| {
            Some(said(format!(
                "{} entries, the last {}",
                about.ledger.entries,
                about.ledger.head.raw().get(..12).unwrap_or_default()
            )))
        };
        changes.add(Weight::Worse, "ledger, not only appended to", end(old), end(new));
    }
    for (what, before, after) in [
        ("workspace", &old.workspace, &new.workspace),
        ("stage that was judged for", &old.stage, &new.stage),
        ("policy", &old.policy, &new.policy),
        ("rubric", &old.rubric, &new.rubric),
    ] {
        changes.value(Weight::Attention, what, Some(before.raw()), Some(after.raw()));
    }
    // Snapshots of earlier versions do not name them.
    if let (Some(before), Some(after)) = (&old.anchors, &new.anchors) {
        changes.value(Weight::Attention, "trust anchors", Some(before.raw()), Some(after.raw()));
    }
    (changes.0, history)
}

fn of_ledger(old: &About, new: &About, present: Option<&Present<'_>>) -> History {
    let (before, after) = (&old.ledger, &new.ledger);
    if before == after {
        return History::Same;
    }
    if before.entries >= after.entries {
        return History::Rewritten;
    }
    if before.entries == 0 {
        return History::Appended;
    }
    match present {
        None => History::Unknown,
        Some(present) => match (present.ledger)(before.entries) {
            Some(hash) if hash == before.head.raw() => History::Appended,
            _ => History::Rewritten,
        },
    }
}
