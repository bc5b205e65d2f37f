//! What a frame drew where, for the mouse and for scrolling. Only drawing knows it; the state keeps what the last frame
//! told.

use crate::commands::Cmd;
use crate::tui::state::columns::ColumnSet;
use crate::tui::state::editor::Window;
use ratatui::layout::Rect;

/// What lies under a cell of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Under {
    /// What these keys do, one after the other: a tab, a key of the key bar, the head of a column.
    Keys(Vec<String>),
    /// What a command does.
    Command(Cmd),
    /// A list with one row a line, the chosen one on this line: a click goes there by steps, a second one opens it.
    List {
        /// The line of the chosen row.
        chosen: u16,
    },
    /// Text that the keys of a page scroll.
    Text,
    /// The policy's text, while it is edited.
    Editor,
    /// The side pane of the policy.
    Side,
    /// A tab of the pane, by its place.
    PaneTab(usize),
    /// The open popup.
    Popup,
}

/// An area and what lies there; of those that overlap the last one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub area: Rect,
    /// What.
    pub under: Under,
}

impl Hit {
    /// What keys do.
    pub fn keys<S: Into<String>>(area: Rect, keys: impl IntoIterator<Item = S>) -> Self {
        Hit { area, under: Under::Keys(keys.into_iter().map(Into::into).collect()) }
    }

    /// A list whose chosen row is drawn on a line.
    pub fn list(area: Rect, chosen: u16) -> Self {
        Hit { area, under: Under::List { chosen } }
    }

    /// Text that scrolls.
    pub fn text(area: Rect) -> Self {
        Hit { area, under: Under::Text }
    }
}

/// What only a frame can find out, for what comes after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    /// How far what is scrolled can be scrolled; none when the frame scrolls nothing.
    pub furthest: Option<usize>,
    /// What lies where.
    pub hits: Vec<Hit>,
    /// What the inventory had room for; none when another screen was drawn.
    pub table: Option<TableDrawn>,
    /// What was shown of the policy's text; none when it was not being edited.
    pub window: Option<Window>,
}

/// What the inventory had room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableDrawn {
    /// The columns of its table.
    pub columns: ColumnSet,
    /// Its panes, in the order in which Tab goes through them: the table, the details, the family.
    pub panes: usize,
}

impl Drawn {
    /// The same, and what lies in an area.
    #[must_use]
    pub fn with(mut self, hit: Hit) -> Self {
        self.hits.push(hit);
        self
    }

    /// What lies at a cell.
    pub fn at(&self, x: u16, y: u16) -> Option<&Hit> {
        let holds = |hit: &&Hit| {
            let Rect { x: left, y: top, .. } = hit.area;
            (left..hit.area.right()).contains(&x) && (top..hit.area.bottom()).contains(&y)
        };
        self.hits.iter().rev().find(holds)
    }

    /// Takes what another part of the same frame found out.
    pub fn add(&mut self, part: Drawn) {
        self.furthest = part.furthest.or(self.furthest);
        self.hits.extend(part.hits);
        self.table = part.table.or(self.table);
        self.window = part.window.or(self.window);
    }
}

/// A part that scrolls nothing and knows no areas.
impl From<()> for Drawn {
    fn from((): ()) -> Self {
        Drawn::default()
    }
}

/// A part that scrolls.
impl From<Option<usize>> for Drawn {
    fn from(furthest: Option<usize>) -> Self {
        Drawn { furthest, ..Drawn::default() }
    }
}

/// A part that always scrolls.
impl From<usize> for Drawn {
    fn from(furthest: usize) -> Self {
        Some(furthest).into()
    }
}
