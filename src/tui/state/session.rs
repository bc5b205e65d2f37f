//! What is remembered of a workspace between two visits: as plain data, to and from JSON. The file is somebody's, and
//! may have come with the workspace: what does not fit is left out. It reads and writes no file.

use crate::error::{Code, Error, Result};
use crate::tui::state::arrangement::Arrangement;
use crate::tui::state::reported::ReportChoices;
use crate::tui::state::saved::KeptView;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A larger file is not read, and none is written.
pub const LIMIT_SESSION_BYTES: u64 = 1024 * 1024;
/// The version that is written.
const SCHEMA: (u64, u64) = (0, 1);
/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    pub(super) schema: String,
    /// The theme, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The stage that was judged for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The screen that was open, by the word on its tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<String>,
    /// The model under the cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The filter.
    pub filter: String,
    /// The saved view, by its word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// The views that were kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<KeptView>,
    /// Earlier filters, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// Lines typed after `:`, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// Order, columns and groups of the table.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub table: Option<Arrangement>,
    /// What was chosen for reports.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub reports: Option<ReportChoices>,
    /// Whether the mouse is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mouse: Option<bool>,
    /// Whether details are shown beside the inventory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<bool>,
    /// The marked models.
    pub marks: Vec<String>,
    /// What a later version may have written.
    #[serde(flatten)]
    pub(super) other: BTreeMap<String, serde_json::Value>,
}

impl Session {
    /// Reads what was written.
    ///
    /// # Errors
    /// `E-NEWER` when a newer version wrote it, `E-MALFORMED`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let malformed = || Error::new(Code::Malformed, "what was remembered of this workspace is damaged");
        let session: Session = serde_json::from_slice(bytes).map_err(|_| malformed())?;
        let version = session.schema.strip_prefix("session/").and_then(|version| version.split_once('.'));
        let version = version.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        match version {
            Some(version) if version == SCHEMA => Ok(session),
            Some(version) if version > SCHEMA => Err(Error::new(
                Code::Newer,
                "a newer version of Touchmark remembers this workspace, and what it wrote is left alone",
            )),
            _ => Err(malformed()),
        }
    }

    /// What is to be written; none when it is larger than what is read.
    pub fn to_json(&self) -> Option<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).ok()?;
        bytes.push(b'\n');
        (bytes.len() as u64 <= LIMIT_SESSION_BYTES).then_some(bytes)
    }

    /// Nothing, but for what a later version may have written.
    pub(super) fn after(before: &Session) -> Self {
        let schema = format!("session/{}.{}", SCHEMA.0, SCHEMA.1);
        Session { schema, other: before.other.clone(), ..Session::default() }
    }
}

/// A part that another version wrote otherwise is left out, and the others stay.
fn if_known<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> std::result::Result<Option<T>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}
