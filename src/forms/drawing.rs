//! A drawing of lines and names in cells of one width, by tones instead of colours: whoever shows it has the colours.

use super::tone::Tone;
use crate::text::width;

/// Text at a place in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    /// The cell in which it begins.
    pub column: usize,
    /// The text, safe to show.
    pub text: String,
    /// What it says at a glance.
    pub tone: Tone,
    /// Heavy letters.
    pub bold: bool,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// What it shows, safe to show.
    pub title: String,
    /// Cells beside each other.
    pub columns: usize,
    /// The rows from the top.
    pub rows: Vec<Vec<Stroke>>,
}

impl Drawing {
    /// It as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let line = |row: &Vec<Stroke>| {
            let mut line = String::new();
            for stroke in row {
                line.push_str(&" ".repeat(stroke.column.saturating_sub(width(&line))));
                line.push_str(&stroke.text);
            }
            line
        };
        self.rows.iter().map(line).collect()
    }
}
