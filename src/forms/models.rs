//! The models of the inventory as rows. The columns stand in one table.

use super::page::{Block, Cell, Page, Table, Tone};
use crate::decision::{Decision, ReviewWord};
use crate::inventory::FactKey;
use crate::query::name_of_publisher;
use crate::text::count;
use crate::view::View;
use crate::words::names::{mark, named, taken_for};

/// A column of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Glyph and word of the verification.
    Status,
    /// The id, with what is odd about how it looks.
    Model,
    /// The first reason.
    Reason,
    /// How many models derive from it directly.
    Used,
    /// Own and effective level.
    Level,
    /// The decision at the stage.
    Gate,
    /// The review that stands.
    Reviewed,
    /// Who signed.
    Signer,
    /// When it was verified.
    Verified,
    /// Who publishes it.
    Publisher,
    /// Its licence.
    Licence,
    /// What kind of thing it is.
    Kind,
    /// Its weights formats.
    Formats,
    /// Bytes on disk.
    Bytes,
}

/// The columns that are written unless others were chosen.
pub const COLUMNS: [Column; 10] = [
    Column::Status,
    Column::Model,
    Column::Reason,
    Column::Used,
    Column::Level,
    Column::Gate,
    Column::Reviewed,
    Column::Signer,
    Column::Licence,
    Column::Verified,
];

impl Column {
    /// What stands above it.
    pub fn word(self) -> &'static str {
        match self {
            Column::Status => "status",
            Column::Model => "model",
            Column::Reason => "reason",
            Column::Used => "used by",
            Column::Level => "level",
            Column::Gate => "gate",
            Column::Reviewed => "reviewed",
            Column::Signer => "signed by",
            Column::Verified => "verified",
            Column::Publisher => "publisher",
            Column::Licence => "licence",
            Column::Kind => "kind",
            Column::Formats => "formats",
            Column::Bytes => "bytes",
        }
    }

    /// Its cell for the model of an index, from which `used` models derive.
    pub fn cell(self, view: &View, index: usize, used: usize) -> Cell {
        let Some(model) = view.models.get(index) else { return Cell::default() };
        let summary = view.summary(index);
        let fact = |key| model.fact(key).map(|fact| Cell::from(&fact.value)).unwrap_or_default();
        match self {
            Column::Status if summary.is_untouched => {
                Cell::new(format!("{} {}", summary.glyph(), summary.word)).in_tone(Tone::Dim)
            }
            Column::Status => {
                Cell::new(format!("{} {}", summary.glyph(), summary.word)).in_tone(summary.outcome)
            }
            Column::Model => Cell::new(named(&model.id.screen(), view.name_mark(index))),
            Column::Reason => view.cause(index).map(|cause| Cell::new(cause.as_str())).unwrap_or_default(),
            Column::Used => Cell::new(used.to_string()),
            Column::Level => Cell::new(summary.levels()).in_tone(match summary.decision {
                Decision::NotJudged => Tone::Dim,
                _ if !summary.is_capped() => Tone::Plain,
                _ => Tone::Warn,
            }),
            Column::Gate => Cell::decision(summary.decision),
            Column::Reviewed => match summary.review {
                Some(ReviewWord::Reject) => Cell::new(ReviewWord::Reject.word()).in_tone(Tone::Bad),
                Some(word) => word.word().into(),
                None => Cell::default(),
            },
            Column::Signer => like(summary.signer.screen(), view.signer_like(index)),
            Column::Verified => {
                view.standing(index).map(|v| v.verification.at.to_string()).unwrap_or_default().into()
            }
            Column::Publisher => name_of_publisher(model.id.raw()).into(),
            Column::Licence => fact(FactKey::Licence),
            Column::Kind => model.kind.word().into(),
            Column::Formats => {
                let words: Vec<&str> = model.formats.iter().map(|format| format.word()).collect();
                words.join(", ").into()
            }
            Column::Bytes => Cell::new(model.bytes.to_string()),
        }
    }
}

/// A value that may only look like one of the policy's.
pub(super) fn like(value: String, other: Option<&str>) -> Cell {
    let tone = if other.is_some() { Tone::Warn } else { Tone::Plain };
    Cell::new(taken_for(&value, other)).in_tone(tone)
}

/// The row of a model as one line of text.
pub fn row(view: &View, index: usize, columns: &[Column]) -> String {
    let id = view.models.get(index).map(|model| &model.id);
    let used = id.map_or(0, |id| view.graph.children(id).len());
    let cells: Vec<Cell> = columns.iter().map(|column| column.cell(view, index, used)).collect();
    let told: Vec<&str> = cells.iter().map(Cell::text).filter(|text| !text.is_empty()).collect();
    told.join("  ")
}

/// These models in this order, with what says which they are: `failing, sorted by name`.
pub(super) fn models(view: &View, rows: &[u32], columns: &[Column], about: &str) -> Page {
    let used = view.graph.children_of_models();
    let cells = |index: usize| {
        let used = used.get(index).copied().unwrap_or(0);
        columns.iter().map(|column| column.cell(view, index, used)).collect()
    };
    let rows: Vec<Vec<Cell>> = rows.iter().filter_map(|row| usize::try_from(*row).ok()).map(cells).collect();
    let mut page = Page::new(format!("Models of {}", view.workspace.name));
    let which = if about.is_empty() { String::new() } else { format!(" ({about})") };
    let note = format!(
        "{} of {}{which}, judged for stage {} by policy {}@{} at {}.",
        rows.len(),
        count(view.models.len(), "model"),
        view.stage,
        view.policy.name,
        view.policy.digest.chars().take(12).collect::<String>(),
        view.at,
    );
    page.blocks.push(Block::Note(note.into()));
    let columns = columns.iter().map(|column| column.word()).collect();
    page.blocks.push(Block::Table(Table { columns, rows }));
    page
}

/// What is odd about the name of a model, in a sentence.
pub(super) fn oddity(view: &View, index: usize) -> Option<Cell> {
    view.name_mark(index).map(|odd| Cell::from(&mark(odd)).in_tone(Tone::Warn))
}
