//! A screen as a grid: runs of text in cells of one width, with colours. It knows no terminal.

/// A colour: red, green, blue.
pub type Shade = [u8; 3];

/// How a run looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The colour of its letters.
    pub ink: Shade,
    /// What lies below them; none where that is the ground of the grid.
    pub ground: Option<Shade>,
    /// Heavy letters.
    pub bold: bool,
    /// Slanted letters.
    pub italic: bool,
    /// A line below.
    pub underlined: bool,
    /// A line through.
    pub struck: bool,
    /// Faint letters.
    pub faint: bool,
}

impl Look {
    /// Plain letters.
    pub fn plain(ink: Shade) -> Self {
        Look { ink, ground: None, bold: false, italic: false, underlined: false, struck: false, faint: false }
    }
}

/// Text of one look in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The cell in which it begins.
    pub column: usize,
    /// How many cells it takes.
    pub cells: usize,
    /// The text, safe to show.
    pub text: String,
    /// How it looks.
    pub look: Look,
}

/// A grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// What it shows, safe to show.
    pub title: String,
    /// Cells beside each other.
    pub columns: usize,
    /// What lies below everything.
    pub ground: Shade,
    /// The rows from the top.
    pub rows: Vec<Vec<Run>>,
}
