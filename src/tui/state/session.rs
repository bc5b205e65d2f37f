//! What is remembered of a workspace between two visits: as plain data, to and from JSON. The file is somebody's, and
//! may have come with the workspace: what does not fit is left out. It reads and writes no file.

use crate::commands::Screen;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::tui::state::app::App;
use crate::tui::state::saved::Saved;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A larger file is not read, and none is written.
pub const LIMIT_SESSION_BYTES: u64 = 1024 * 1024;
/// The version that is written.
const SCHEMA: (u64, u64) = (0, 1);
/// More marks than these are not remembered: nobody looks for them again.
const MAX_MARKS: usize = 2_000;

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    schema: String,
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
    /// Whether details are shown beside the inventory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<bool>,
    /// The marked models.
    pub marks: Vec<String>,
    /// What a later version may have written.
    #[serde(flatten)]
    other: BTreeMap<String, serde_json::Value>,
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

    /// Of the state as it is, where `before` is what was remembered before it.
    pub fn of(app: &App, before: &Session) -> Self {
        let marks = app.rows.marked();
        let marks = if marks.len() > MAX_MARKS { Vec::new() } else { marks };
        let kept = Screen::TABS.contains(&app.screen).then(|| app.screen.word().to_owned());
        Session {
            schema: format!("session/{}.{}", SCHEMA.0, SCHEMA.1),
            theme: Some(app.theme.name.clone()).filter(|name| app.themes.contains(name)),
            stage: app.view.as_ref().map(|view| view.stage.clone()),
            screen: kept.or_else(|| before.screen.clone()),
            model: app.current.as_ref().map(|id| id.raw().to_owned()),
            filter: app.rows.filter.clone(),
            view: Some(app.rows.saved().word().to_owned()),
            details: Some(app.details),
            marks: marks.iter().map(|id| id.raw().to_owned()).collect(),
            other: before.other.clone(),
        }
    }

    /// Puts the state where it was, as far as that is still there; theme and stage are for the loop.
    pub fn restore(&self, app: &mut App) {
        app.details = self.details.unwrap_or(app.details);
        let saved = Saved::ALL.into_iter().find(|saved| self.view.as_deref() == Some(saved.word()));
        let Some(view) = app.view.clone() else { return };
        for id in self.marks.iter().map(|id| ModelId::new(id)).filter(|id| view.model(id).is_some()) {
            if !app.rows.is_marked(&id) {
                app.rows.toggle_mark(&id);
            }
        }
        let filter = self.filter.clone();
        app.rearrange(|rows| {
            while saved.is_some_and(|saved| saved != rows.saved()) {
                rows.next_saved();
            }
            rows.set_filter(filter);
        });
        if let Some(id) = self.model.as_deref().map(ModelId::new).filter(|id| view.model(id).is_some()) {
            app.rows.seek(&view, &id);
            app.current = Some(id);
        }
        // What does not load comes first.
        if app.screen == Screen::Fault {
            return;
        }
        let screen = Screen::TABS.into_iter().find(|screen| self.screen.as_deref() == Some(screen.word()));
        if let Some(screen) = screen.filter(|screen| *screen == Screen::Jobs || !view.models.is_empty()) {
            app.go(screen);
        }
    }
}
