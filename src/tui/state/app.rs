//! The one state of the screens, and what keeps it whole: going from screen to screen, a new view, the model that
//! the screens are about.

use crate::commands::Screen;
use crate::error::Error;
use crate::inventory::{Model, ModelId};
use crate::lineage::LaneRow;
use crate::maturity::{Control, ControlResult};
use crate::policy::{PolicyError, Stage};
use crate::tui::state::controls::{of_level, result_of};
use crate::tui::state::jobs::JobNow;
use crate::tui::state::line::FilterLine;
use crate::tui::state::popup::Popup;
use crate::tui::state::prepared::Prepared;
use crate::tui::state::rows::Rows;
use crate::tui::state::saved::KeptView;
use crate::tui::theme::Theme;
use crate::view::{Verified, View};
use std::path::PathBuf;
use std::sync::Arc;

/// The tabs of the verify screen's right pane.
pub const TABS: [&str; 4] = ["Check", "Files", "Identity", "Statement"];

/// How far the workspace is.
pub enum Phase {
    /// Being opened.
    Opening,
    /// Open.
    Open,
    /// Could not be opened.
    Failed(Error),
}

/// A line being told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Safe text.
    pub text: String,
    /// Bad news stays until a key is pressed.
    pub bad: bool,
}

/// What only a frame can find out, for the keys that come after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// How far what is scrolled can be scrolled; none when the frame scrolls nothing.
    pub furthest: Option<usize>,
}

/// State of the lineage screen.
#[derive(Default)]
pub struct LineageState {
    /// The model in the middle.
    pub focus: Option<ModelId>,
    /// The focuses before.
    pub trail: Vec<ModelId>,
    /// The rows around it.
    pub rows: Vec<LaneRow>,
    /// The chosen row.
    pub cursor: usize,
}

/// The state.
pub struct App {
    /// How far the workspace is.
    pub phase: Phase,
    /// What to show.
    pub view: Option<Arc<View>>,
    /// The inventory's rows.
    pub rows: Rows,
    /// Newest first.
    pub jobs: Vec<JobNow>,
    /// The open screen.
    pub screen: Screen,
    /// The screens before it.
    pub back: Vec<Screen>,
    /// What lies over it.
    pub popup: Option<Popup>,
    /// Whether the filter is being typed.
    pub filtering: bool,
    /// What is known of the filter's line.
    pub line: FilterLine,
    /// Whether details are wanted beside the inventory.
    pub details: bool,
    /// The model that the screens are about.
    pub current: Option<ModelId>,
    /// Chosen check.
    pub check: usize,
    /// Chosen tab of the verify screen.
    pub verify_tab: usize,
    /// Lines scrolled in the right pane or the policy's text.
    pub scroll: usize,
    /// How far what is scrolled can be scrolled, as the last frame found: only drawing knows the room.
    pub furthest: usize,
    /// Lines scrolled in the policy's side pane while that is the one that moves.
    pub side: Option<usize>,
    /// Lineage.
    pub lineage: LineageState,
    /// Chosen level, 1 to 3.
    pub level: u8,
    /// Chosen control among the level's.
    pub control: usize,
    /// Chosen job.
    pub job: usize,
    /// The message shown, and its number.
    pub message: Option<Message>,
    /// Grows with each message, so that an old timer cannot clear a new one.
    pub message_number: u64,
    /// All messages.
    pub messages: Vec<Message>,
    /// Sources changed since they were read.
    pub is_stale: bool,
    /// The theme.
    pub theme: Theme,
    /// The themes to choose from, by name.
    pub themes: Vec<String>,
    /// Nothing may be written.
    pub read_only: bool,
    /// A policy file given instead of the workspace's.
    pub policy_override: Option<PathBuf>,
    /// What is being opened, for the first frame.
    pub opening: String,
    /// Whether Ctrl-C was the last key.
    pub ctrl_c: bool,
}

impl App {
    /// The state before anything is known.
    pub fn new(theme: Theme, themes: Vec<String>) -> Self {
        App {
            phase: Phase::Opening,
            view: None,
            rows: Rows::default(),
            jobs: Vec::new(),
            screen: Screen::Inventory,
            back: Vec::new(),
            popup: None,
            filtering: false,
            line: FilterLine::default(),
            details: true,
            current: None,
            check: 0,
            verify_tab: 0,
            scroll: 0,
            furthest: usize::MAX,
            side: None,
            lineage: LineageState::default(),
            level: 1,
            control: 0,
            job: 0,
            message: None,
            message_number: 0,
            messages: Vec::new(),
            is_stale: false,
            theme,
            themes,
            read_only: false,
            policy_override: None,
            opening: "the workspace".to_owned(),
            ctrl_c: false,
        }
    }

    /// Tells something; `text` is safe.
    pub fn tell(&mut self, text: impl Into<String>, bad: bool) {
        const KEPT: usize = 500;
        let message = Message { text: text.into(), bad };
        self.message_number += 1;
        self.messages.push(message.clone());
        if self.messages.len() > KEPT {
            self.messages.remove(0);
        }
        self.message = Some(message);
    }

    /// Takes what a frame found out.
    pub fn drew(&mut self, drawn: Drawn) {
        self.furthest = drawn.furthest.unwrap_or(self.furthest);
    }

    /// The model that a command acts on here.
    pub fn subject(&self) -> Option<ModelId> {
        let view = self.view.as_ref()?;
        match self.screen {
            Screen::Inventory => {
                self.rows.current().and_then(|index| view.models.get(index)).map(|model| model.id.clone())
            }
            Screen::Lineage => self
                .lineage
                .rows
                .get(self.lineage.cursor)
                .filter(|row| row.model.is_some())
                .map(|row| row.id.clone()),
            _ => self.current.clone().filter(|id| view.model(id).is_some()),
        }
    }

    /// The model that Verify and Maturity show: index and entry.
    pub fn model(&self) -> Option<(usize, &Model)> {
        self.view.as_ref()?.model(self.current.as_ref()?)
    }

    /// The controls of the chosen level, with what was found of that model.
    pub fn controls(&self) -> Vec<(&Control, Option<ControlResult>)> {
        let Some(view) = &self.view else { return Vec::new() };
        let verdict = self.model().and_then(|(index, _)| view.verdict(index));
        let results = verdict.map(|verdict| verdict.assessment.controls).unwrap_or_default();
        let rows = of_level(&view.rubric, self.level);
        rows.map(|control| (control, result_of(control, &results).cloned())).collect()
    }

    /// Its verification.
    pub fn verified(&self) -> Option<&Verified> {
        let (index, _) = self.model()?;
        self.view.as_ref()?.verified.get(index)?.as_deref()
    }

    /// The chosen job.
    pub fn job(&self) -> Option<&JobNow> {
        self.jobs.get(self.job)
    }

    /// Jobs that are not over.
    pub fn live_jobs(&self) -> usize {
        self.jobs.iter().filter(|job| job.is_live).count()
    }

    /// The policy's stages.
    pub fn stages(&self) -> &[Stage] {
        self.view.as_ref().map_or(&[], |view| &view.policy.stages)
    }

    /// The policy file; none when the policy is built in.
    pub fn policy_path(&self) -> Option<PathBuf> {
        if let Some(path) = &self.policy_override {
            return Some(path.clone());
        }
        let workspace = &self.view.as_ref()?.workspace;
        Some(workspace.root.join(workspace.policy.as_ref()?))
    }

    /// Goes to a screen; the one before is remembered.
    pub fn go(&mut self, screen: Screen) {
        if screen == self.screen {
            return;
        }
        if let Some(subject) = self.subject() {
            self.current = Some(subject);
        }
        if screen == Screen::Inventory {
            self.back.clear();
        } else {
            self.back.push(self.screen);
        }
        self.enter(screen);
    }

    /// Shows another model on the screen that is open.
    pub fn show(&mut self, id: &ModelId) {
        self.current = Some(id.clone());
        self.enter(self.screen);
    }

    /// The views that were kept, to be stored.
    pub fn kept_views(&self) -> &[KeptView] {
        self.rows.kept_views()
    }

    /// Takes views as they were stored.
    pub fn set_kept_views(&mut self, kept: Vec<KeptView>) {
        self.rows.set_kept_views(kept);
    }

    /// Goes back to the screen before.
    pub fn go_back(&mut self) {
        let screen = self.back.pop().unwrap_or(Screen::Inventory);
        self.enter(screen);
    }

    fn enter(&mut self, screen: Screen) {
        self.screen = screen;
        self.scroll = 0;
        match screen {
            Screen::Verify => self.choose_headline(),
            Screen::Lineage => {
                self.lineage.trail.clear();
                self.refocus(self.current.clone());
            }
            Screen::Maturity => self.choose_level(),
            Screen::Inventory => {
                if let (Some(view), Some(current)) = (self.view.clone(), self.current.clone()) {
                    self.rows.seek(&view, &current);
                }
            }
            _ => {}
        }
    }

    /// Puts the cursor on the check to tell first.
    pub fn choose_headline(&mut self) {
        self.verify_tab = 0;
        self.scroll = 0;
        self.check = self
            .verified()
            .and_then(|v| {
                let headline = v.verification.headline()?.stage;
                v.verification.checks.iter().position(|check| check.stage == headline)
            })
            .unwrap_or(0);
    }

    fn choose_level(&mut self) {
        let next = self.model().and_then(|(index, _)| {
            self.view.as_ref()?.verdict(index).map(|verdict| verdict.assessment.score.next)
        });
        self.level = next.unwrap_or(1).clamp(1, 3);
        self.control = self.first_open_must().unwrap_or(0);
    }

    /// Position, among the controls of the level shown, of the first must that stands in its way.
    fn first_open_must(&self) -> Option<usize> {
        let view = self.view.as_ref()?;
        let (index, _) = self.model()?;
        let open = view.verdict(index)?.assessment.score.open_musts;
        let mut shown = of_level(&view.rubric, self.level);
        shown.position(|control| open.contains(&control.id))
    }

    /// Draws the family around another model.
    pub fn refocus(&mut self, focus: Option<ModelId>) {
        const UP: usize = 3;
        const DOWN: usize = 2;
        const LIMIT: usize = 200;
        self.lineage.rows = match (&self.view, &focus) {
            (Some(view), Some(focus)) => {
                let rows = crate::lineage::lanes(&view.graph, focus, UP, DOWN, LIMIT);
                if rows.is_empty() { vec![lone(view, focus)] } else { rows }
            }
            _ => Vec::new(),
        };
        let on_focus = |row: &LaneRow| Some(&row.id) == focus.as_ref() && !row.repeated;
        self.lineage.cursor = self.lineage.rows.iter().position(on_focus).unwrap_or(0);
        self.lineage.focus = focus;
    }

    /// Takes a new view, unless it is older than the one shown.
    pub fn take_view(&mut self, view: Arc<View>, prepared: Prepared) {
        if self.view.as_ref().is_some_and(|old| view.generation < old.generation) {
            return; // a slow thread's
        }
        let chosen_check = self.verified().map(|v| v.verification.at);
        let previous = self.subject().or_else(|| self.current.clone());
        self.rows.load(prepared, &view, previous.as_ref());
        self.phase = Phase::Open;
        let known = self.view.as_ref().map(|old| old.policy_errors.clone()).unwrap_or_default();
        if let Some(Popup::GoTo(goto)) = &mut self.popup {
            goto.reload(self.rows.made().index(), self.rows.shown());
        }
        self.view = Some(view);
        self.tell_policy_faults(&known);
        match self.screen {
            Screen::Inventory => self.current = self.subject(),
            Screen::Lineage => {
                let (focus, cursor) = (self.lineage.focus.clone(), self.lineage.cursor);
                self.refocus(focus);
                self.lineage.cursor = cursor.min(self.lineage.rows.len().saturating_sub(1));
            }
            Screen::Verify if self.verified().map(|v| v.verification.at) != chosen_check => {
                self.choose_headline()
            }
            _ => {}
        }
        self.current_or_first();
    }

    /// New faults are told once, and the first line with one comes into sight.
    fn tell_policy_faults(&mut self, known: &[PolicyError]) {
        let Some(view) = self.view.clone().filter(|view| view.policy_errors != known) else { return };
        let Some(first) = view.policy_errors.first() else {
            self.tell("the policy is in order again", false);
            return;
        };
        let place = first.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let faults = crate::text::count(view.policy_errors.len(), "fault");
        let message = crate::text::screen(&first.message);
        // A policy from a file knows its folder.
        let stands_in = if view.policy.base.is_some() {
            "the last valid one stays in sight, and nothing is judged by it"
        } else {
            "nothing is judged until it is corrected"
        };
        self.tell(format!("the policy has {faults} · {place}{message} · {stands_in}"), true);
        self.scroll = match first.line {
            Some(line) if self.screen == Screen::Policy => line.saturating_sub(3),
            _ => self.scroll,
        };
    }

    /// The model under the cursor is the one that the screens are about.
    pub fn follow(&mut self) {
        self.current = self.subject().or_else(|| self.current.clone());
    }

    /// Changes which rows are shown, or their order; the cursor stays on its model while that is shown.
    pub fn rearrange(&mut self, change: impl FnOnce(&mut Rows)) {
        let chosen = self.subject();
        change(&mut self.rows);
        if let (Some(view), Some(chosen)) = (self.view.clone(), chosen) {
            self.rows.seek(&view, &chosen);
        }
        self.follow();
    }

    /// How far the scrolled text has come once it moved by some lines.
    pub fn scrolled(&self, at: usize, by: isize) -> usize {
        at.min(self.furthest).saturating_add_signed(by).min(self.furthest)
    }

    fn current_or_first(&mut self) {
        if self.current.is_none() {
            let first = self.rows.current().and_then(|row| self.view.as_ref()?.models.get(row));
            self.current = first.map(|model| model.id.clone());
        }
    }
}

/// The row of a model without known relatives.
fn lone(view: &View, focus: &ModelId) -> LaneRow {
    LaneRow {
        gutter: "● ".to_owned(),
        id: focus.clone(),
        model: view.model(focus).map(|(index, _)| index),
        generation: 0,
        edge: None,
        pinned: false,
        repeated: false,
    }
}
