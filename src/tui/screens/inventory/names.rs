//! Names that are too long are cut in the middle, and elsewhere where rows would look alike: what is cut away never
//! is what tells two rows apart. It knows names and cells, and nothing of models.

use crate::text::width;
use std::collections::{BTreeMap, BTreeSet};
use unicode_segmentation::UnicodeSegmentation;

/// Each round separates rows that look alike, or there is no room to.
const ROUNDS: usize = 12;
/// Longer names are compared no further.
const MOST_COMPARED: usize = 1000;

/// The names in at most `columns` cells each. Names that differ stay different, as far as any cut can do that.
pub fn cut(names: &[String], columns: usize) -> Vec<String> {
    let mut cuts: Vec<String> = names.iter().map(|name| middle(name, columns)).collect();
    // What each name has to show, by the places of its graphemes.
    let mut needed: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); names.len()];
    for _ in 0..ROUNDS {
        let clashes = clashes(names, &cuts);
        let mut is_changed = false;
        for group in clashes {
            let members: Vec<&String> = group.iter().filter_map(|at| names.get(*at)).collect();
            let differs = shared_beginning(&members);
            for at in group {
                // A name that fits stands as it is.
                let (Some(name), Some(slot), Some(needed)) =
                    (names.get(at), cuts.get_mut(at), needed.get_mut(at))
                else {
                    continue;
                };
                if width(name) > columns && needed.insert(differs) {
                    *slot = showing(name, needed, columns);
                    is_changed = true;
                }
            }
        }
        if !is_changed {
            break;
        }
    }
    cuts
}

/// The groups of names that look alike and are not.
fn clashes(names: &[String], cuts: &[String]) -> Vec<Vec<usize>> {
    let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, cut) in cuts.iter().enumerate() {
        alike.entry(cut).or_default().push(at);
    }
    let differ = |group: &Vec<usize>| {
        let mut names = group.iter().filter_map(|at| names.get(*at));
        names.next().is_some_and(|first| names.any(|name| name != first))
    };
    alike.into_values().filter(differ).collect()
}

/// A name without its middle, where it does not fit: `northwind/har…7b-instruct`.
pub(in crate::tui::screens) fn middle(name: &str, columns: usize) -> String {
    if width(name) <= columns {
        return name.to_owned();
    }
    let room = columns.saturating_sub(1);
    let tail = room / 2;
    format!("{}…{}", head(name, room - tail), end(name, tail))
}

/// How many graphemes all of them begin with.
fn shared_beginning(names: &[&String]) -> usize {
    let Some((first, others)) = names.split_first() else { return 0 };
    let shared = |other: &&String| {
        let pairs = first.graphemes(true).zip(other.graphemes(true)).take(MOST_COMPARED);
        pairs.take_while(|(a, b)| a == b).count()
    };
    others.iter().map(shared).min().unwrap_or(0)
}

/// The name with the graphemes at these places in sight, its beginning, and what follows each as far as there is room.
fn showing(name: &str, needed: &BTreeSet<usize>, columns: usize) -> String {
    let graphemes: Vec<&str> = name.graphemes(true).take(MOST_COMPARED).collect();
    let mut kept = Kept { graphemes: &graphemes, is_kept: vec![false; graphemes.len()], columns };
    for at in needed {
        kept.add(*at);
    }
    for at in 0..columns / 4 {
        kept.add(at);
    }
    let mut ends: Vec<usize> = needed.iter().copied().collect();
    while !ends.is_empty() {
        ends.retain_mut(|end| {
            *end += 1;
            kept.add(*end)
        });
    }
    kept.text()
}

/// Graphemes of a name of which some are in sight.
struct Kept<'a> {
    graphemes: &'a [&'a str],
    is_kept: Vec<bool>,
    columns: usize,
}

impl Kept<'_> {
    /// Brings one into sight if there is room; says whether there was.
    fn add(&mut self, at: usize) -> bool {
        let Some(slot) = self.is_kept.get_mut(at) else { return false };
        let before = std::mem::replace(slot, true);
        if before || width(&self.text()) <= self.columns {
            return true;
        }
        if let Some(slot) = self.is_kept.get_mut(at) {
            *slot = before;
        }
        false
    }

    /// With a sign for each gap.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut in_gap = false;
        for (grapheme, is_kept) in self.graphemes.iter().zip(&self.is_kept) {
            if *is_kept {
                text.push_str(grapheme);
            } else if !in_gap {
                text.push('…');
            }
            in_gap = !is_kept;
        }
        text
    }
}

/// As much of its beginning as fits.
fn head(name: &str, columns: usize) -> String {
    let mut taken = String::new();
    let mut cells = 0;
    for grapheme in name.graphemes(true) {
        cells += width(grapheme);
        if cells > columns {
            break;
        }
        taken.push_str(grapheme);
    }
    taken
}

/// As much of its end as fits.
fn end(name: &str, columns: usize) -> String {
    let mut cells = 0;
    let mut from = name.len();
    for (at, grapheme) in name.grapheme_indices(true).rev() {
        cells += width(grapheme);
        if cells > columns {
            break;
        }
        from = at;
    }
    name.get(from..).unwrap_or_default().to_owned()
}
