//! How the table is arranged, as a plain value that can be kept and given back: order, columns, groups.

use crate::tui::state::columns::ColumnId;
use serde::{Deserialize, Serialize};

/// How the table is arranged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Arrangement {
    /// The column that it is sorted by; none: problems first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<ColumnId>,
    /// Whether the order is turned round.
    #[serde(default)]
    pub reversed: bool,
    /// Columns that somebody asked for besides those that the width shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<ColumnId>,
    /// Columns that somebody hid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<ColumnId>,
    /// Whether models stand in groups of one publisher each.
    #[serde(default)]
    pub grouped: bool,
    /// The publishers whose groups are folded, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folded: Vec<String>,
}
