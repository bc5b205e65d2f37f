//! Where something stands in a text, and how it is quoted.

use crate::text::screen;
use std::ops::Range;

/// A quotation is cut here, characters.
const LIMIT_QUOTE: usize = 80;

/// A stretch of a text, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where it begins.
    pub start: usize,
    /// After its end.
    pub end: usize,
}

/// Something read, with the place at which it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<T> {
    pub value: T,
    pub at: Place,
}

impl Place {
    /// The beginning of a text.
    pub const START: Place = Place { start: 0, end: 0 };

    /// Its line in the text, from 1.
    pub fn line(self, text: &str) -> usize {
        1 + text.get(..self.start).unwrap_or(text).matches('\n').count()
    }

    /// The first line of what stands there, short, and as it is written: it is not safe to show.
    pub fn first_line(self, text: &str) -> String {
        let line = text.get(self.start..self.end).unwrap_or_default().lines().next().unwrap_or_default();
        line.chars().take(LIMIT_QUOTE).collect()
    }
}

impl From<Range<usize>> for Place {
    fn from(Range { start, end }: Range<usize>) -> Self {
        Place { start, end }
    }
}

/// The values alone; nothing when there is no list.
pub(crate) fn values<T>(list: Option<Vec<At<T>>>) -> Vec<T> {
    list.unwrap_or_default().into_iter().map(|item| item.value).collect()
}

/// A quotation of a file, safe to show and short.
pub(crate) fn quote(raw: &str) -> String {
    let mut short: String = raw.chars().take(LIMIT_QUOTE).collect();
    if short.len() < raw.len() {
        short.push('…');
    }
    screen(&short)
}
