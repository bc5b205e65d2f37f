//! Whether a file of claims was only appended to since an earlier copy of it was taken. It compares bytes and knows
//! nothing of claims: an unknown line may not be touched either.

use super::claims::LIMIT_CLAIMS_BYTES;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::Path;

/// More lines than this are not compared.
pub const LIMIT_LINES: usize = 100_000;

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Another line stands in its place.
    Changed,
    /// It is gone.
    Removed,
    /// It stands elsewhere.
    Moved {
        /// Its line in the later copy.
        to: usize,
    },
    /// It is new and stands before old ones.
    Inserted,
}

/// A line that is not as an append would have left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Line of the earlier copy, for an inserted one of the later; from 1.
    pub line: usize,
    /// What happened to it.
    #[serde(flatten)]
    pub change: Change,
}

/// An earlier copy against a later one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// Lines of the earlier copy.
    pub old: usize,
    /// New lines after all of them.
    pub appended: usize,
    /// What is not an append.
    pub differences: Vec<Difference>,
}

impl History {
    /// Whether the later copy begins with all lines of the earlier one.
    pub fn is_append_only(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Compares two copies of a file.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`.
pub fn check_append_only(old: &Path, new: &Path) -> Result<History> {
    let earlier = read_small(old, LIMIT_CLAIMS_BYTES)?;
    let later = read_small(new, LIMIT_CLAIMS_BYTES)?;
    for (path, bytes) in [(old, &earlier), (new, &later)] {
        if bytes.iter().filter(|byte| **byte == b'\n').count() > LIMIT_LINES {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_LINES} lines")).at_path(path));
        }
    }
    Ok(compare_lines(&earlier, &later))
}

/// Compares the lines of two copies, byte for byte.
pub fn compare_lines(old: &[u8], new: &[u8]) -> History {
    let mut earlier = lines(old);
    let later = lines(new);
    // A last line without an end was given one of two bytes when the next was appended.
    if let Some(last) = earlier.last_mut()
        && !old.ends_with(b"\n")
        && new.strip_prefix(old).is_some_and(|rest| rest.starts_with(b"\r\n"))
    {
        *last = new.get(old.len() - last.len()..=old.len()).unwrap_or(last);
    }
    let same = earlier.iter().zip(&later).take_while(|(a, b)| a == b).count();
    let mut history = History { old: earlier.len(), ..History::default() };
    if same < earlier.len() {
        history.differences = differences(&earlier, &later, same);
    }
    let inserted =
        history.differences.iter().filter(|d| matches!(d.change, Change::Inserted | Change::Changed));
    let gone = history.differences.iter().filter(|d| matches!(d.change, Change::Removed | Change::Changed));
    let kept = earlier.len() - gone.count();
    history.appended = later.len().saturating_sub(kept + inserted.count());
    history
}

/// An empty piece after the last line end is no line.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

fn differences(old: &[&[u8]], new: &[&[u8]], same: usize) -> Vec<Difference> {
    // Each old line takes the first place that holds it and is still free.
    let mut places: HashMap<&[u8], VecDeque<usize>> = HashMap::new();
    for (at, line) in new.iter().enumerate().skip(same) {
        places.entry(line).or_default().push_back(at);
    }
    let found: Vec<Option<usize>> =
        old.iter().skip(same).map(|line| places.get_mut(line).and_then(VecDeque::pop_front)).collect();
    let taken: BTreeSet<usize> = found.iter().flatten().copied().collect();
    let in_order = longest_rising(&found);
    let is_new = |at: usize| at < new.len() && !taken.contains(&at);
    let mut out = Vec::new();
    let mut next = same;
    for (index, place) in found.iter().enumerate() {
        let line = same + index + 1;
        match place {
            Some(at) if in_order.contains(at) => {
                for inserted in (next..*at).filter(|at| is_new(*at)) {
                    out.push(Difference { line: inserted + 1, change: Change::Inserted });
                }
                next = at + 1;
            }
            Some(at) => out.push(Difference { line, change: Change::Moved { to: at + 1 } }),
            None if is_new(next) => {
                out.push(Difference { line, change: Change::Changed });
                next += 1;
            }
            None => out.push(Difference { line, change: Change::Removed }),
        }
    }
    out
}

/// The places that stayed in order: those of the longest rising run, gaps allowed.
fn longest_rising(places: &[Option<usize>]) -> BTreeSet<usize> {
    // For each length the lowest place that such a run can end with, and each place's predecessor.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: HashMap<usize, usize> = HashMap::new();
    for &place in places.iter().flatten() {
        let length = ends.partition_point(|end| *end < place);
        if let Some(previous) = length.checked_sub(1).and_then(|shorter| ends.get(shorter)) {
            before.insert(place, *previous);
        }
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut run = BTreeSet::new();
    let mut at = ends.last().copied();
    while let Some(place) = at {
        run.insert(place);
        at = before.get(&place).copied();
    }
    run
}
