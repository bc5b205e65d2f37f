//! What stands on the sheets, before it is a file: strokes in their places, and the tree of what they mean.

use super::fonts::Face;
use crate::forms::page::Tone;

/// Points of a sheet: A4, turned.
pub(super) const WIDE: f32 = 841.89;
pub(super) const HIGH: f32 = 595.28;
pub(super) const MARGIN: f32 = 36.0;
/// Where the text ends, above the number of the sheet.
pub(super) const BOTTOM: f32 = HIGH - MARGIN - 14.0;

/// A node of the tree of meanings.
pub(super) type Node = usize;

/// What a node means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// The title, or a heading below it.
    Heading { level: u16, title: String },
    /// A sentence.
    Paragraph,
    /// A table.
    Table,
    /// The head of a table.
    Head,
    /// Its rows.
    Body,
    /// A row.
    Row,
    /// A cell that names its column, or its row.
    Name { is_row: bool },
    /// A cell.
    Cell,
    /// A picture, in words.
    Picture(String),
}

/// A piece of text on one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    pub x: f32,
    /// The baseline.
    pub y: f32,
    pub text: String,
    pub face: Face,
    pub size: f32,
    pub tone: Tone,
    /// What it belongs to; none for what only decorates.
    pub node: Option<Node>,
}

/// A filled box that only decorates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fill {
    pub x: f32,
    pub y: f32,
    pub wide: f32,
    pub high: f32,
    pub tone: Tone,
    /// Whether it is a thin line or the ground of a bar.
    pub is_faint: bool,
}

/// Something on a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stroke {
    Text(Text),
    Fill(Fill),
    /// A cell without text: its node stands in the tree all the same.
    Empty(Node),
}

/// A node with what stands below it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meant {
    pub meaning: Meaning,
    pub children: Vec<Node>,
}

/// A heading, for the outline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub title: String,
    pub sheet: usize,
    pub y: f32,
}

/// All sheets.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    pub sheets: Vec<Vec<Stroke>>,
    pub nodes: Vec<Meant>,
    /// Nodes that stand below none.
    pub roots: Vec<Node>,
    pub marks: Vec<Mark>,
}

impl Sheets {
    /// A new node below another one, or below none.
    pub fn node(&mut self, meaning: Meaning, below: Option<Node>) -> Node {
        let node = self.nodes.len();
        self.nodes.push(Meant { meaning, children: Vec::new() });
        match below.and_then(|below| self.nodes.get_mut(below)) {
            Some(above) => above.children.push(node),
            None => self.roots.push(node),
        }
        node
    }

    /// On the last sheet.
    pub fn put(&mut self, stroke: Stroke) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(stroke);
        }
    }
}
