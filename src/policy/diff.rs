//! The lines by which two texts of a policy differ, to show an edit before it is made.

use schemars::JsonSchema;
use serde::Serialize;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// It stays.
    Kept,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DiffLine {
    /// What became of it.
    pub became: Became,
    /// Its number, from 1: in the new text, or of a removed line in the old one.
    pub number: usize,
    /// The line, without its end.
    pub text: String,
}

/// Lines that stand around a change.
const AROUND: usize = 2;
/// Texts that differ in more than this are shown as removed and added.
const LIMIT_CELLS: usize = 4_000_000;

/// The lines that differ, with those around them, in the order of the new text.
pub fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let head = old.iter().zip(&new).take_while(same).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(same).count();
    let changed = |lines: &'_ [&'_ str]| head..lines.len() - tail;
    let (left, right) = (changed(&old), changed(&new));
    let line = |became, at: usize, text: &str| DiffLine { became, number: at + 1, text: text.to_owned() };
    let kept = |at: usize| Some(line(Became::Kept, at, new.get(at)?));
    let mut lines: Vec<DiffLine> = (0..head).filter_map(kept).collect();
    let longest =
        Longest::of(old.get(left.clone()).unwrap_or_default(), new.get(right.clone()).unwrap_or_default());
    let (mut one, mut other) = (left.start, right.start);
    while one < left.end || other < right.end {
        match (old.get(one).filter(|_| one < left.end), new.get(other).filter(|_| other < right.end)) {
            (Some(was), Some(is)) if was == is => {
                lines.push(line(Became::Kept, other, is));
                (one, other) = (one + 1, other + 1);
            }
            (Some(was), Some(_)) if longest.goes_on_by_removing(one - left.start, other - right.start) => {
                lines.push(line(Became::Removed, one, was));
                one += 1;
            }
            (Some(was), None) => {
                lines.push(line(Became::Removed, one, was));
                one += 1;
            }
            (_, Some(is)) => {
                lines.push(line(Became::Added, other, is));
                other += 1;
            }
            (None, None) => break,
        }
    }
    lines.extend((right.end..new.len()).filter_map(kept));
    near(&lines)
}

/// The lines near a change.
fn near(lines: &[DiffLine]) -> Vec<DiffLine> {
    let is_near = |at: usize| {
        let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(lines.len());
        lines.get(around).is_some_and(|some| some.iter().any(|line| line.became != Became::Kept))
    };
    lines.iter().enumerate().filter(|(at, _)| is_near(*at)).map(|(_, line)| line.clone()).collect()
}

/// How many lines two lists have in common, from each place on.
struct Longest {
    width: usize,
    common: Vec<u32>,
}

impl Longest {
    fn of(old: &[&str], new: &[&str]) -> Self {
        let width = new.len() + 1;
        if (old.len() + 1).saturating_mul(width) > LIMIT_CELLS {
            return Longest { width, common: Vec::new() };
        }
        let mut longest = Longest { width, common: vec![0; (old.len() + 1) * width] };
        for (one, was) in old.iter().enumerate().rev() {
            for (other, is) in new.iter().enumerate().rev() {
                let common = match was == is {
                    true => longest.at(one + 1, other + 1) + 1,
                    false => longest.at(one + 1, other).max(longest.at(one, other + 1)),
                };
                if let Some(cell) = longest.common.get_mut(one * width + other) {
                    *cell = common;
                }
            }
        }
        longest
    }

    fn at(&self, one: usize, other: usize) -> u32 {
        self.common.get(one * self.width + other).copied().unwrap_or_default()
    }

    fn goes_on_by_removing(&self, one: usize, other: usize) -> bool {
        self.at(one + 1, other) >= self.at(one, other + 1)
    }
}
