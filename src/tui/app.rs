//! The one state of the screens and what changes it: `update` takes an [`Action`] and says which
//! [`Effect`]s the loop has to carry out. It does no input or output and draws nothing.

use super::actions;
use super::commands;
use super::keys;
use super::popups::{MAX_INPUT_BYTES, Popup, popup_key};
use super::rows::{Prepared, Rows};
use super::theme::{Depth, Theme};
use crate::error::Error;
use crate::inventory::{Model, ModelId};
use crate::lineage::LaneRow;
use crate::policy::{PolicyError, Stage};
use crate::workbench::{Job, JobId, JobKind, ReviewWord, Verified, View};
use crossterm::event::{KeyEvent, KeyEventKind};
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Triage.
    Inventory,
    /// The family.
    Lineage,
    /// The checks.
    Verify,
    /// Levels and controls.
    Maturity,
    /// The policy.
    Policy,
    /// Work.
    Jobs,
}

impl Screen {
    /// All, in the order of the tabs.
    pub const ALL: [Screen; 6] =
        [Screen::Inventory, Screen::Lineage, Screen::Verify, Screen::Maturity, Screen::Policy, Screen::Jobs];

    /// The word on the tab.
    pub fn word(self) -> &'static str {
        match self {
            Screen::Inventory => "Inventory",
            Screen::Lineage => "Lineage",
            Screen::Verify => "Verify",
            Screen::Maturity => "Maturity",
            Screen::Policy => "Policy",
            Screen::Jobs => "Jobs",
        }
    }
}

/// How far the workspace is.
pub enum Phase {
    /// Being opened.
    Opening,
    /// Open.
    Open,
    /// Could not be opened.
    Failed(Error),
}

/// Something that happened.
pub enum Action {
    /// A key.
    Key(KeyEvent),
    /// Pasted text; it never runs commands.
    Paste(String),
    /// The terminal's size changed.
    Resize,
    /// The workspace could not be opened.
    OpenFailed(Error),
    /// A first or new view.
    View(Arc<View>),
    /// The same, with what its rows are made from.
    Prepared(Arc<View>, Box<Prepared>),
    /// The jobs changed.
    Jobs(Vec<Job>),
    /// Whether sources changed since they were read.
    Stale(bool),
    /// Something to tell, and whether it is bad news.
    Message(String, bool),
    /// A message's time is over.
    MessageOver,
}

/// What the loop has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Start a job.
    Start(JobKind),
    /// Cancel a job.
    Cancel(JobId),
    /// Judge for another stage.
    SetStage(String),
    /// Read the policy again.
    ReloadPolicy,
    /// Open a file in the editor, then read the policy again.
    Edit(PathBuf),
    /// Record a review.
    Review(ModelId, ReviewWord, String),
    /// Suspend the program.
    Suspend,
    /// Draw everything again.
    Redraw,
}

/// A line being told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Safe text.
    pub text: String,
    /// Bad news stays until a key is pressed.
    pub bad: bool,
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
    pub jobs: Vec<Job>,
    /// The open screen.
    pub screen: Screen,
    /// The screens before it.
    pub back: Vec<Screen>,
    /// What lies over it.
    pub popup: Option<Popup>,
    /// Whether the filter is being typed.
    pub filtering: bool,
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
    pub furthest: Cell<usize>,
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
    /// Colours of the terminal.
    pub depth: Depth,
    /// Nothing may be written.
    pub read_only: bool,
    /// A policy file given instead of the workspace's.
    pub policy_override: Option<PathBuf>,
    /// What is being opened, for the first frame.
    pub opening: String,
    ctrl_c: bool,
}

impl App {
    /// The state before anything is known.
    pub fn new(theme: Theme, depth: Depth) -> Self {
        App {
            phase: Phase::Opening,
            view: None,
            rows: Rows::default(),
            jobs: Vec::new(),
            screen: Screen::Inventory,
            back: Vec::new(),
            popup: None,
            filtering: false,
            details: true,
            current: None,
            check: 0,
            verify_tab: 0,
            scroll: 0,
            furthest: Cell::new(usize::MAX),
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
            depth,
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

    /// Its verification.
    pub fn verified(&self) -> Option<&Verified> {
        let (index, _) = self.model()?;
        self.view.as_ref()?.verified.get(index)?.as_deref()
    }

    /// The chosen job.
    pub fn job(&self) -> Option<&Job> {
        self.jobs.get(self.job)
    }

    /// Jobs that are not over.
    pub fn live_jobs(&self) -> usize {
        self.jobs.iter().filter(|job| job.is_live()).count()
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
            Screen::Policy | Screen::Jobs => {}
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
        let mut controls = view.rubric.controls.iter().filter(|control| control.level == self.level);
        controls.position(|control| open.contains(&control.id))
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

    fn take_view(&mut self, view: Arc<View>, prepared: Prepared) {
        if self.view.as_ref().is_some_and(|old| view.generation < old.generation) {
            return; // a slow thread's
        }
        let chosen_check = self.verified().map(|v| v.verification.at);
        let previous = self.subject().or_else(|| self.current.clone());
        self.rows.load(prepared, &view, previous.as_ref());
        self.phase = Phase::Open;
        let known = self.view.as_ref().map(|old| old.policy_errors.clone()).unwrap_or_default();
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
        let many = view.policy_errors.len();
        let s = super::paint::plural(many);
        let message = crate::text::screen(&first.message);
        self.tell(
            format!("the policy has {many} fault{s} · {place}{message} · the last valid one stays"),
            true,
        );
        self.scroll = match first.line {
            Some(line) if self.screen == Screen::Policy => line.saturating_sub(3),
            _ => self.scroll,
        };
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

/// Changes the state and says what has to be done.
pub fn update(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Key(key) if key.kind != KeyEventKind::Press => Vec::new(),
        Action::Key(key) => on_key(app, &key),
        Action::Paste(text) => {
            on_paste(app, &text);
            Vec::new()
        }
        Action::Resize => vec![],
        Action::OpenFailed(error) => {
            app.phase = Phase::Failed(error);
            Vec::new()
        }
        Action::View(view) => {
            let prepared = Prepared::of(&view);
            app.take_view(view, prepared);
            Vec::new()
        }
        Action::Prepared(view, prepared) => {
            app.take_view(view, *prepared);
            Vec::new()
        }
        Action::Jobs(jobs) => {
            let chosen = app.job().map(|job| job.id);
            app.jobs = jobs;
            app.job = app.jobs.iter().position(|job| Some(job.id) == chosen).unwrap_or(0);
            Vec::new()
        }
        Action::Stale(is_stale) => {
            app.is_stale = is_stale;
            if is_stale {
                app.tell("sources changed on disk; R reads what changed", false);
            }
            Vec::new()
        }
        Action::Message(text, bad) => {
            app.tell(text, bad);
            Vec::new()
        }
        Action::MessageOver => {
            if app.message.as_ref().is_some_and(|message| !message.bad) {
                app.message = None;
            }
            Vec::new()
        }
    }
}

fn on_key(app: &mut App, key: &KeyEvent) -> Vec<Effect> {
    let Some(written) = keys::written(key) else { return Vec::new() };
    if written == "ctrl-c" {
        return on_ctrl_c(app);
    }
    app.ctrl_c = false;
    app.message = None;
    if app.popup.is_some() {
        return popup_key(app, &written);
    }
    if app.filtering {
        filter_key(app, &written);
        return Vec::new();
    }
    match commands::by_key(&written, app.screen) {
        Some(command) => actions::run(app, command.cmd),
        None => {
            app.tell(format!("{} does nothing here · ? lists the keys", keys::shown(&written)), false);
            Vec::new()
        }
    }
}

fn on_ctrl_c(app: &mut App) -> Vec<Effect> {
    if app.ctrl_c {
        return vec![Effect::Quit];
    }
    app.ctrl_c = true;
    app.filtering = false;
    if let Some(Popup::Themes { before, .. }) = app.popup.take() {
        app.theme = *before;
    }
    app.tell("press Ctrl-c once more to quit", false);
    Vec::new()
}

fn filter_key(app: &mut App, written: &str) {
    let mut filter = app.rows.filter.clone();
    match written {
        "enter" | "down" | "up" | "tab" => {
            app.filtering = false;
            return;
        }
        "esc" => {
            app.filtering = false;
            actions::rearrange(app, |rows| rows.set_filter(String::new()));
            return;
        }
        "backspace" => {
            filter.pop();
        }
        "ctrl-u" => filter.clear(),
        "ctrl-w" => filter.truncate(filter.trim_end().rfind(' ').map_or(0, |space| space + 1)),
        _ if filter.len() >= MAX_INPUT_BYTES => return,
        "space" => filter.push(' '),
        typed if typed.chars().count() == 1 => filter.push_str(typed),
        _ => return,
    }
    app.rows.set_filter(filter);
    app.current = app.subject().or_else(|| app.current.clone());
}

fn on_paste(app: &mut App, text: &str) {
    let line: String =
        text.chars().take(MAX_INPUT_BYTES).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let line = crate::text::screen(line.trim());
    let add = |input: &mut String| {
        let room = MAX_INPUT_BYTES.saturating_sub(input.len());
        input.push_str(line.get(..line.floor_char_boundary(room)).unwrap_or_default());
    };
    if let Some(input) = app.popup.as_mut().and_then(Popup::input) {
        add(input);
    } else if app.filtering {
        let mut filter = app.rows.filter.clone();
        add(&mut filter);
        app.rows.set_filter(filter);
        app.current = app.subject().or_else(|| app.current.clone());
    } else {
        app.tell("pasted text is ignored here: press / or : first", false);
    }
}
