//! Names that are too long are cut in the middle, and elsewhere where rows would look alike: what is cut away never
//! is what tells two rows apart. It knows names and cells, and nothing of models.

use crate::text::width;
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// Two cuts of a name rarely leave more than two rows alike; each round separates some of them.
const ROUNDS: usize = 12;

/// The names in at most `columns` cells each. Names that differ stay different, as far as any cut can do that.
pub(super) fn cut(names: &[String], columns: usize) -> Vec<String> {
    let mut cuts: Vec<String> = names.iter().map(|name| middle(name, columns)).collect();
    for _ in 0..ROUNDS {
        let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, cut) in cuts.iter().enumerate() {
            alike.entry(cut).or_default().push(at);
        }
        let clashes: Vec<Vec<usize>> = alike
            .into_values()
            .filter(|group| {
                let mut names = group.iter().filter_map(|at| names.get(*at));
                names.next().is_some_and(|first| names.any(|name| name != first))
            })
            .collect();
        if clashes.is_empty() {
            break;
        }
        for group in clashes {
            let members: Vec<&String> = group.iter().filter_map(|at| names.get(*at)).collect();
            let shared = shared_beginning(&members);
            for at in group {
                // A name that fits stands as it is.
                if let (Some(name), Some(slot)) = (names.get(at), cuts.get_mut(at))
                    && width(name) > columns
                {
                    *slot = around(name, shared, columns);
                }
            }
        }
    }
    cuts
}

/// A name without its middle, where it does not fit: `northwind/har…7b-instruct`.
pub(super) fn middle(name: &str, columns: usize) -> String {
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
    let shared = |other: &&&String| {
        first.graphemes(true).zip(other.graphemes(true)).take_while(|(a, b)| a == b).count()
    };
    others.iter().map(|other| shared(&other)).min().unwrap_or(0)
}

/// The beginning of a name, and what follows its first `skip` graphemes.
fn around(name: &str, skip: usize, columns: usize) -> String {
    let lead = head(name, columns / 4);
    let rest: String = name.graphemes(true).skip(skip).collect();
    let room = columns.saturating_sub(width(&lead) + 1);
    if width(&rest) <= room {
        // There is room for some of what stands before it.
        let before: String = name.graphemes(true).take(skip).collect();
        return format!("{lead}…{}{rest}", end(&before, room - width(&rest)));
    }
    format!("{lead}…{}…", head(&rest, room.saturating_sub(1)))
}

/// As much of its beginning as fits.
fn head(name: &str, columns: usize) -> String {
    let mut taken = String::new();
    for grapheme in name.graphemes(true) {
        if width(&taken) + width(grapheme) > columns {
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
