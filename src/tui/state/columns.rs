//! The columns of the inventory's table as data: key, words and room. It knows neither the
//! order in force nor how a cell is drawn.

/// A column: what models can be ordered by can be shown.
pub use crate::query::Order as ColumnId;

/// One row of the table of columns.
#[derive(Debug)]
pub struct Column {
    /// Which.
    pub id: ColumnId,
    /// Its key after `s` and `c`.
    pub key: char,
    /// The word in the header.
    pub title: &'static str,
    /// What it holds, in a few words.
    pub about: &'static str,
    /// Cells that it takes.
    pub cells: usize,
    /// Cells that it takes where there is room.
    pub wide: usize,
    /// The inner width of the table from which it is shown by itself; none: only when it is asked for.
    pub from: Option<usize>,
    /// The inner width from which it is wide.
    pub wide_from: usize,
    /// Whether its cells stand at the right.
    pub is_number: bool,
}

const STATUS: Column = col(ColumnId::Status, 's', "status", "the result of the verification", 12, Some(0));

/// The columns, in their order on the screen. The name takes the cells that the others leave.
#[rustfmt::skip]
pub const COLUMNS: &[Column] = &[
    STATUS,
    col(ColumnId::Model, 'm', "model", "the name", 0, Some(0)),
    col(ColumnId::Reason, 'r', "reason", "the code of the problem", 14, Some(60)).wide(24, 108),
    col(ColumnId::Used, 'u', "used", "how many models derive from it directly", 4, Some(76)).number(),
    col(ColumnId::Level, 'l', "level", "own and effective level", 5, Some(68)).wide(7, 80),
    col(ColumnId::Gate, 'g', "gate", "the decision at this stage", 8, Some(44)),
    col(ColumnId::Reviewed, 'v', "rev", "the latest review", 3, Some(80)).wide(10, 104),
    col(ColumnId::Age, 'a', "age", "how long ago it was verified", 5, Some(90)).number(),
    col(ColumnId::Signer, 'i', "signer", "who signed", 16, Some(118)).wide(24, 150),
    col(ColumnId::Publisher, 'p', "publisher", "the first part of the name", 14, None),
    col(ColumnId::Licence, 'c', "licence", "its licence", 12, Some(140)),
    col(ColumnId::Format, 'f', "format", "its weights formats", 12, Some(160)),
    col(ColumnId::Size, 'z', "size", "bytes on disk", 9, Some(170)).number(),
];

const fn col(
    id: ColumnId,
    key: char,
    title: &'static str,
    about: &'static str,
    cells: usize,
    from: Option<usize>,
) -> Column {
    Column { id, key, title, about, cells, wide: cells, from, wide_from: usize::MAX, is_number: false }
}

impl Column {
    const fn wide(self, wide: usize, wide_from: usize) -> Column {
        Column { wide, wide_from, ..self }
    }

    const fn number(self) -> Column {
        Column { is_number: true, ..self }
    }

    /// The column of a key.
    pub fn of_key(key: char) -> Option<&'static Column> {
        COLUMNS.iter().find(|column| column.key == key)
    }

    /// Whether it can be left out.
    pub fn is_optional(&self) -> bool {
        !matches!(self.id, ColumnId::Status | ColumnId::Model)
    }
}

impl ColumnId {
    /// What stands above it where there is room: `used by`.
    pub fn heading(self) -> &'static str {
        match self {
            ColumnId::Used => "used by",
            ColumnId::Reviewed => "reviewed",
            id => id.column().title,
        }
    }

    /// Its row of the table.
    pub fn column(self) -> &'static Column {
        // The table has a row for each, which a test holds.
        COLUMNS.iter().find(|column| column.id == self).unwrap_or(&STATUS)
    }
}

/// Some of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnSet(u16);

impl ColumnSet {
    /// Whether it is one of them.
    pub fn contains(self, id: ColumnId) -> bool {
        self.0 & 1 << id as u16 != 0
    }

    /// The same, with or without one.
    #[must_use]
    pub fn with(self, id: ColumnId, is_in: bool) -> Self {
        let bit = 1 << id as u16;
        ColumnSet(if is_in { self.0 | bit } else { self.0 & !bit })
    }

    /// They, in their order on the screen.
    pub fn iter(self) -> impl Iterator<Item = ColumnId> {
        COLUMNS.iter().map(|column| column.id).filter(move |id| self.contains(*id))
    }
}

impl FromIterator<ColumnId> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = ColumnId>>(ids: I) -> Self {
        ids.into_iter().fold(ColumnSet::default(), |set, id| set.with(id, true))
    }
}

/// A column that is drawn, and how wide.
#[derive(Debug, Clone, Copy)]
pub struct Fitted {
    /// Its row of the table.
    pub column: &'static Column,
    /// Its cells.
    pub cells: usize,
}

/// Cells before the first column: the cursor's sign and the mark's.
pub const GUTTER: usize = 2;
/// A name is never narrower while there is another column to leave out.
const NAME_LEAST: usize = 16;
/// Wider than this a name does not grow while another column can take the rest.
const NAME_MOST: usize = 60;

/// For the codes of reasons a name gives up all but this much.
const NAME_BESIDE_REASONS: usize = 22;

/// The columns that fit into an inner width, in their order: those that belong there by themselves, without those
/// that were hidden and with those that were asked for. The reasons get the `reason` cells that their codes need, as
/// far as the names can spare them.
pub fn fitted(width: usize, shown: ColumnSet, hidden: ColumnSet, reason: usize) -> Vec<Fitted> {
    // What was asked for besides takes room, and what was hidden gives it.
    let by_itself = |column: &&Column| column.from.is_some_and(|from| width >= from);
    let extra: usize =
        COLUMNS.iter().filter(|c| shown.contains(c.id) && !by_itself(c)).map(|c| c.cells + 1).sum();
    let spared: usize =
        COLUMNS.iter().filter(|c| hidden.contains(c.id) && by_itself(c)).map(|c| c.cells + 1).sum();
    let room = (width + spared).saturating_sub(extra);
    let is_in = |column: &Column| {
        let wanted = shown.contains(column.id) || column.from.is_some_and(|from| room >= from);
        !column.is_optional() || wanted && !hidden.contains(column.id)
    };
    let mut fitted: Vec<Fitted> = COLUMNS
        .iter()
        .filter(|column| is_in(column))
        .map(|column| Fitted {
            column,
            cells: if room >= column.wide_from { column.wide } else { column.cells },
        })
        .collect();
    let left = |fitted: &[Fitted]| {
        let others = fitted.iter().filter(|each| each.column.id != ColumnId::Model);
        width.saturating_sub(GUTTER + others.map(|each| each.cells + 1).sum::<usize>())
    };
    while left(&fitted) < NAME_LEAST {
        let Some(last) = fitted.iter().rposition(|each| each.column.is_optional()) else { break };
        fitted.remove(last);
    }
    let mut name = left(&fitted);
    if let Some(each) = fitted.iter_mut().find(|each| each.column.id == ColumnId::Reason) {
        let spare = name.saturating_sub(NAME_BESIDE_REASONS);
        let more = reason.saturating_sub(each.cells).min(spare);
        each.cells += more;
        name -= more;
    }
    let widest = fitted.iter_mut().rfind(|each| each.column.is_optional() && !each.column.is_number);
    if let Some(widest) = widest.filter(|_| name > NAME_MOST) {
        widest.cells += name - NAME_MOST;
        name = NAME_MOST;
    }
    if let Some(model) = fitted.iter_mut().find(|each| each.column.id == ColumnId::Model) {
        model.cells = name;
    }
    fitted
}
