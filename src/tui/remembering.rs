//! How somebody left a workspace: read when it is opened, written when they pause and when they leave. What is in it is
//! not known here.

use crate::disk::{self, Unread, write_whole};
use crate::error::{Code, Error, Result};
use crate::text::screen;
use crate::tui::state::app::App;
use crate::tui::state::session::{LIMIT_SESSION_BYTES, Session};
use crate::tui::update::Action;
use crate::view::View;
use crate::workbench::{Access, Workbench};
use std::io::ErrorKind;
use std::path::PathBuf;

/// What a workspace remembers, and why not where it cannot be used.
pub(super) type Remembered = Result<Option<Session>>;

/// Reads it.
pub(super) fn remembered(workbench: &Workbench) -> Remembered {
    let Some(file) = workbench.session_file() else { return Ok(None) };
    match disk::whole(&file, LIMIT_SESSION_BYTES) {
        Ok(bytes) => Session::parse(&bytes).map(Some),
        Err(Unread::Io(cause)) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(_) => Err(Error::new(Code::Malformed, "what was remembered of this workspace cannot be read")),
    }
}

/// What is remembered while a workspace is open.
#[derive(Default)]
pub(super) struct Memory {
    /// Where it is written; none where nothing may be.
    file: Option<PathBuf>,
    /// What was read.
    before: Session,
    /// What was last written, or how the workspace was opened.
    written: Option<Session>,
    /// What is to be restored when there are models.
    waits: Option<Session>,
    is_theme_given: bool,
}

impl Memory {
    /// Before anything is open. A theme that was asked for stays.
    pub fn new(is_theme_given: bool) -> Self {
        Memory { is_theme_given, ..Memory::default() }
    }

    /// Whether anything is written.
    pub fn is_kept(&self) -> bool {
        self.file.is_some()
    }

    /// A workspace is open: what that means to the state.
    pub fn opened(
        &mut self,
        workbench: &Workbench,
        remembered: Remembered,
        app: &mut App,
        is_touched: bool,
    ) -> Option<Action> {
        let may_write = workbench.access() == Access::Full;
        self.file = workbench.session_file().filter(|_| may_write);
        let carried = self.waits.take();
        match remembered {
            Ok(session) => {
                let mut session = session.or(carried)?;
                if self.is_theme_given {
                    session.theme = None;
                }
                self.before = session.clone();
                self.waits = Some(session);
                self.restored(app, is_touched)
            }
            Err(error) => {
                // A newer version still wants what it wrote.
                self.file = self.file.take().filter(|_| error.code != Code::Newer);
                let text = format!("{}; it is ignored", screen(&error.what));
                self.written = Some(Session::of(app, &self.before));
                Some(Action::Message(text, false))
            }
        }
    }

    /// What is to be restored, once there are models.
    pub fn restored(&mut self, app: &App, is_touched: bool) -> Option<Action> {
        let has_models = app.view.as_ref().is_some_and(|view| !view.models.is_empty());
        let session = self.waits.take_if(|_| has_models)?;
        Some(Action::Session(Box::new(session), is_touched))
    }

    /// How the workspace is now, to be carried over to another one.
    pub fn carried(&self, app: &App) -> Session {
        Session::of(app, &self.before)
    }

    /// Is restored when the next workspace is open, unless that remembers something.
    pub fn carry(&mut self, session: Session) {
        self.waits = Some(session);
    }

    /// Writes it where it is another one than was last written: at once, or without anybody waiting for it.
    pub fn save(&mut self, app: &App, at_once: bool) {
        let is_settled = |view: &View| view.is_whole && app.live_jobs() == 0;
        if app.view.as_deref().is_some_and(is_settled) {
            // What waited for models is not about this workspace any more.
            self.waits = None;
        }
        let Some(file) = self.file.clone().filter(|_| app.view.is_some() && self.waits.is_none()) else {
            return;
        };
        let session = Session::of(app, &self.before);
        if self.written.as_ref() == Some(&session) {
            return;
        }
        let Some(bytes) = session.to_json() else { return };
        self.written = Some(session);
        // Nobody can do anything about it, and nothing but this is lost.
        let write = move || drop(write_whole(&file, &bytes));
        if at_once { write() } else { drop(std::thread::spawn(write)) }
    }
}
