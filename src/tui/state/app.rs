//! The one state of the screens, and what keeps it whole: going from screen to screen, a new view, the model that
//! the screens are about.

use crate::commands::{Bindings, Cmd, Screen, Shape, keys_of, shown};
use crate::error::Error;
use crate::inventory::{Model, ModelId};
use crate::lineage::LaneRow;
use crate::maturity::{Control, ControlResult};
use crate::policy::{PolicyError, Stage};
use crate::query::Prepared;
use crate::signing::{Check, Outcome};
use crate::tui::state::cases::CasesState;
use crate::tui::state::changes::Changes;
use crate::tui::state::comparing::CompareState;
use crate::tui::state::controls::{of_level, result_of};
use crate::tui::state::editor::Editor;
use crate::tui::state::fault::{Fault, Faulty};
use crate::tui::state::hit::{Drawn, TableDrawn};
use crate::tui::state::jobs::JobNow;
use crate::tui::state::line::FilterLine;
use crate::tui::state::outputs::Outputs;
use crate::tui::state::palette::Palette;
use crate::tui::state::popup::Popup;
use crate::tui::state::relatives::LineageState;
use crate::tui::state::reported::ReportsState;
use crate::tui::state::reviewing::ReviewState;
use crate::tui::state::rows::{Rows, Spot};
use crate::tui::state::saved::KeptView;
use crate::tui::state::session::Session;
use crate::tui::state::surveying::SurveyState;
use crate::tui::state::verifying::{Tab, VerifyState};
use crate::tui::theme::Theme;
use crate::view::{Survey, Verified, View};
use crate::workbench::{Access, JobId};
use std::path::PathBuf;
use std::sync::Arc;

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
    /// Bad news.
    pub bad: bool,
    /// When, as a clock shows it; empty where nobody said.
    pub at: String,
    /// Bad news that nobody has read stays in sight.
    pub is_unread: bool,
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
    /// The pane of the inventory that the keys move, the table being the first.
    pub pane: usize,
    /// What the last frame of the inventory had room for.
    pub table: TableDrawn,
    /// The model that the screens are about.
    pub current: Option<ModelId>,
    /// Chosen check.
    pub check: usize,
    /// The verify screen besides the chosen check.
    pub verify: VerifyState,
    /// Lines scrolled in the right pane or the policy's text.
    pub scroll: usize,
    /// How far what is scrolled can be scrolled, as the last frame found: only drawing knows the room.
    pub furthest: usize,
    /// What the last frame drew where.
    pub drawn: Drawn,
    /// Whether the mouse is used; else it is left to the terminal.
    pub mouse: bool,
    /// Whether signs are drawn with ASCII only.
    pub ascii: bool,
    /// Lines scrolled in the policy's side pane while that is the one that moves.
    pub side: Option<usize>,
    /// The policy, as it is or was edited.
    pub editor: Option<Editor>,
    /// Two models side by side.
    pub compare: CompareState,
    /// Reviews.
    pub review: ReviewState,
    /// Lineage.
    pub lineage: LineageState,
    /// Chosen level, 1 to 3.
    pub level: u8,
    /// Chosen control among the level's.
    pub control: usize,
    /// Whether the maturity screen shows the whole inventory instead of a model.
    pub whole: bool,
    /// The survey of the whole inventory, with the generation of its view.
    pub survey: Option<(u64, Arc<Survey>)>,
    /// What is chosen in it.
    pub surveying: SurveyState,
    /// Cases of incidents.
    pub cases: CasesState,
    /// Reports.
    pub reports: ReportsState,
    /// Chosen job.
    pub job: usize,
    /// The job whose models are listed.
    pub opened: Option<JobId>,
    /// Chosen model of that job.
    pub job_row: usize,
    /// The difference that is shown.
    pub changes: Changes,
    /// What does not load, the worst first.
    pub faults: Vec<Fault>,
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
    /// Whether somebody chose it; else it may follow what the terminal says of its background.
    pub theme_is_chosen: bool,
    /// The themes to choose from, by name.
    pub themes: Vec<String>,
    /// Theme files that cannot be used, with why: safe to show.
    pub theme_faults: Vec<String>,
    /// Nothing may be written.
    pub read_only: bool,
    /// What may be written, once it is open.
    pub access: Access,
    /// What was remembered of this workspace; none before it was read.
    pub session: Option<Session>,
    /// The time as a clock shows it, as the loop says.
    pub clock: String,
    /// Whether opening takes so long that it should be explained.
    pub is_slow: bool,
    /// A policy file given instead of the workspace's.
    pub policy_override: Option<PathBuf>,
    /// The workspace's folder as it was given; none where the nearest one was taken.
    pub folder: Option<PathBuf>,
    /// The file that an export found to be there: Enter on the same name replaces it.
    pub taken: Option<String>,
    /// What is being opened, for the first frame.
    pub opening: String,
    /// Whether Ctrl-C was the last key.
    pub ctrl_c: bool,
    /// The keys in force.
    pub keys: Bindings,
    /// The flags of the command line's commands.
    pub shapes: Vec<Shape>,
    /// What is offered while a line is typed after `:`.
    pub palette: Palette,
    /// Lines that were run after `:`, the newest last.
    pub palette_history: Vec<String>,
    /// What commands of the command line printed.
    pub outputs: Outputs,
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
            pane: 0,
            table: TableDrawn::default(),
            current: None,
            check: 0,
            verify: VerifyState::default(),
            scroll: 0,
            furthest: usize::MAX,
            drawn: Drawn::default(),
            mouse: false,
            ascii: false,
            side: None,
            editor: None,
            compare: CompareState::default(),
            review: ReviewState::default(),
            lineage: LineageState::default(),
            level: 1,
            control: 0,
            whole: false,
            survey: None,
            surveying: SurveyState::default(),
            cases: CasesState::default(),
            reports: ReportsState::default(),
            job: 0,
            opened: None,
            job_row: 0,
            changes: Changes::default(),
            faults: Vec::new(),
            message: None,
            message_number: 0,
            messages: Vec::new(),
            is_stale: false,
            theme,
            theme_is_chosen: false,
            themes,
            theme_faults: Vec::new(),
            read_only: false,
            access: Access::Full,
            session: None,
            clock: String::new(),
            is_slow: false,
            policy_override: None,
            folder: None,
            taken: None,
            opening: "the workspace".to_owned(),
            ctrl_c: false,
            keys: Bindings::default(),
            shapes: Vec::new(),
            palette: Palette::default(),
            palette_history: Vec::new(),
            outputs: Outputs::default(),
        }
    }

    /// Tells something; `text` is safe.
    pub fn tell(&mut self, text: impl Into<String>, bad: bool) {
        const KEPT: usize = 500;
        let message = Message { text: text.into(), bad, at: self.clock.clone(), is_unread: bad };
        self.message_number += 1;
        self.messages.push(message.clone());
        if self.messages.len() > KEPT {
            // What somebody has read goes first.
            let oldest = self.messages.iter().position(|message| !message.is_unread).unwrap_or(0);
            self.messages.remove(oldest);
        }
        self.message = Some(message);
    }

    /// Tells what was found of a model: bad news, and no error that somebody has to be done with.
    pub fn tell_finding(&mut self, text: impl Into<String>) {
        self.tell(text, true);
        let last = self.messages.last_mut().into_iter().chain(self.message.as_mut());
        last.for_each(|message| message.is_unread = false);
    }

    /// Bad news that nobody has read.
    pub fn unread(&self) -> usize {
        self.messages.iter().filter(|message| message.is_unread).count()
    }

    /// The bad news that is in sight: the newest that nobody has read.
    pub fn bad_news(&self) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.is_unread)
    }

    /// Somebody has read what is in sight; false when there is nothing.
    pub fn read_bad_news(&mut self) -> bool {
        let found = self.messages.iter_mut().rev().find(|message| message.is_unread);
        found.is_some_and(|message| std::mem::take(&mut message.is_unread))
    }

    /// Somebody reads all messages.
    pub fn read_messages(&mut self) {
        self.messages.iter_mut().for_each(|message| message.is_unread = false);
    }

    /// The job whose models are listed.
    pub fn opened_job(&self) -> Option<&JobNow> {
        let opened = self.opened?;
        self.jobs.iter().find(|job| job.id == opened)
    }

    /// Whether there is nothing in the workspace, or nothing yet.
    pub fn is_empty(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.is_whole && view.models.is_empty())
    }

    /// Forgets the workspace, to open another one.
    pub fn forget(&mut self) {
        let fresh = App::new(self.theme.clone(), std::mem::take(&mut self.themes));
        let before = std::mem::replace(self, fresh);
        let App { messages, message_number, clock, theme_is_chosen, mouse, ascii, .. } = before;
        (self.keys, self.shapes) = (before.keys, before.shapes);
        (self.palette_history, self.outputs) = (before.palette_history, before.outputs);
        (self.messages, self.message_number, self.clock) = (messages, message_number, clock);
        (self.theme_is_chosen, self.mouse, self.ascii) = (theme_is_chosen, mouse, ascii);
    }

    /// How a person gets at a command: its key in force, or else its name after `:`.
    pub fn key_of(&self, cmd: Cmd) -> String {
        let name = || keys_of(cmd).map(|row| format!(":{}", row.name)).unwrap_or_default();
        self.keys.first(cmd, self.screen).map(shown).unwrap_or_else(name)
    }

    /// Takes what a frame found out.
    pub fn drew(&mut self, drawn: Drawn) {
        self.furthest = drawn.furthest.unwrap_or(self.furthest);
        self.table = drawn.table.unwrap_or(self.table);
        // A pane that is no longer drawn cannot be moved.
        if drawn.table.is_some_and(|table| self.pane >= table.panes) {
            self.pane = 0;
        }
        if let Some((editor, window)) = self.editor.as_mut().zip(drawn.window) {
            editor.window = window;
        }
        self.drawn = drawn;
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

    /// The model or dataset under the cursor, also where the inventory lacks it, or the one that the screen is about.
    pub fn named(&self) -> Option<ModelId> {
        match self.screen {
            Screen::Lineage => self.lane().filter(|row| row.left_out.is_none()).map(|row| row.id.clone()),
            _ => self.subject(),
        }
    }

    /// The chosen row of the lineage.
    pub fn lane(&self) -> Option<&LaneRow> {
        self.lineage.rows.get(self.lineage.cursor)
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

    /// Whether the survey is not of the view that is shown.
    pub fn needs_survey(&self) -> bool {
        let made_of = self.survey.as_ref().map(|(generation, _)| *generation);
        self.view.as_ref().is_some_and(|view| made_of != Some(view.generation))
    }

    /// The chosen job.
    pub fn job(&self) -> Option<&JobNow> {
        self.jobs.get(self.job)
    }

    /// Jobs that are not over.
    pub fn live_jobs(&self) -> usize {
        self.jobs.iter().filter(|job| job.is_live).count()
    }

    /// Whether the policy was edited and not saved.
    pub fn is_unsaved(&self) -> bool {
        self.editor.as_ref().is_some_and(Editor::is_edited)
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
        let is_failed = matches!(self.phase, Phase::Failed(_));
        let needs_none = matches!(screen, Screen::Jobs | Screen::Fault | Screen::Output);
        let screen = if is_failed && !needs_none { Screen::Fault } else { screen };
        if screen == self.screen {
            if is_failed {
                self.tell("the workspace could not be opened: e edits the file, R tries again", false);
            }
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

    /// Goes to a screen about a model; the one before is remembered.
    pub fn go_about(&mut self, screen: Screen, model: ModelId) {
        self.go(screen);
        self.current = Some(model);
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
                self.lineage.fold_all();
                self.refocus(self.current.clone());
            }
            Screen::Maturity => self.choose_level(),
            Screen::Inventory => {
                self.pane = 0;
                if let (Some(view), Some(current)) = (self.view.clone(), self.current.clone())
                    && self.rows.current_group().is_none()
                {
                    self.rows.seek(&view, &current);
                }
            }
            _ => {}
        }
    }

    /// Puts the cursor on the check to tell first, and opens the tab that shows what it rests on.
    pub fn choose_headline(&mut self) {
        self.scroll = 0;
        let verified = self.verified().cloned();
        let headline = verified.as_ref().and_then(|verified| {
            let headline = verified.verification.headline()?;
            let is_it = |check: &Check| check.stage == headline.stage;
            let position = verified.verification.checks.iter().position(is_it)?;
            // What is not there has nothing to show.
            let is_there = headline.outcome != Outcome::Missing;
            Some((position, if is_there { Tab::of(headline.stage) } else { Tab::Check }))
        });
        let tab = headline.map_or(Tab::Check, |(_, tab)| tab);
        self.verify.begin(verified.as_ref(), tab);
        self.check = headline.map_or(0, |(position, _)| position);
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
        self.lineage.focus_on(self.view.as_deref(), focus);
    }

    /// Takes a new view, unless it is older than the one shown.
    pub fn take_view(&mut self, view: Arc<View>, prepared: Prepared) {
        if self.view.as_ref().is_some_and(|old| view.generation < old.generation) {
            return; // a slow thread's
        }
        let chosen_check = self.verified().map(|v| v.verification.at);
        let spot = self.view.as_ref().and_then(|old| self.rows.spot(old));
        let spot = spot.or_else(|| self.current.clone().map(Spot::Model));
        self.tell_failures(&view, &prepared);
        self.rows.load(prepared, &view, spot.as_ref());
        self.phase = Phase::Open;
        let is_first = self.view.is_none();
        let known = self.view.as_ref().map(|old| old.policy_errors.clone()).unwrap_or_default();
        if let Some(Popup::GoTo(goto)) = &mut self.popup {
            goto.reload(self.rows.made().index(), self.rows.shown());
        }
        self.view = Some(view);
        self.take_policy_faults(is_first);
        self.tell_policy_faults(&known);
        match self.screen {
            Screen::Inventory => self.current = self.subject(),
            Screen::Lineage => {
                self.lineage.redraw(self.view.as_deref(), true);
            }
            Screen::Verify if self.verified().map(|v| v.verification.at) != chosen_check => {
                self.choose_headline()
            }
            _ => {}
        }
        self.current_or_first();
    }

    /// A failure that has just been found is told by name: its row may be out of sight.
    fn tell_failures(&mut self, view: &View, prepared: &Prepared) {
        let Some(old) = self.view.clone().filter(|old| old.is_whole && old.is_judged()) else { return };
        if Arc::ptr_eq(&old.verified, &view.verified) {
            return;
        }
        let fails = |view: &View, index: usize| {
            view.standing(index).is_some_and(|v| v.verification.outcome() == Outcome::Fail)
        };
        let same_models = Arc::ptr_eq(&old.models, &view.models);
        let is_new = |index: &usize| {
            let slot = |view: &View| view.verified.get(*index)?.as_ref().map(Arc::as_ptr);
            if same_models && slot(&old) == slot(view) || !fails(view, *index) {
                return false;
            }
            let before = view.models.get(*index).and_then(|model| old.model(&model.id));
            !before.is_some_and(|(before, _)| fails(&old, before))
        };
        let found: Vec<usize> = (0..view.models.len()).filter(is_new).collect();
        // The one that most depends on, as in the table.
        let weight = |index: &usize| (prepared.children(*index), std::cmp::Reverse(*index));
        let Some(first) = found.iter().copied().max_by_key(weight) else { return };
        let more = found.len() - 1;
        let Some(model) = view.models.get(first) else { return };
        let code = view.cause(first).map(|code| format!(": {}", code.as_str())).unwrap_or_default();
        let more = match more {
            0 => String::new(),
            more => format!(" · {} fail too", crate::text::count(more, "other model")),
        };
        self.tell_finding(format!("{} fails{code}{more}", model.id.screen()));
    }

    /// A policy that does not load is shown where its fault is; once it does, work goes on by itself.
    fn take_policy_faults(&mut self, is_first: bool) {
        let Some(view) = self.view.clone() else { return };
        self.faults.retain(|fault| fault.of != Faulty::Policy && !fault.of.is_unopened());
        if !view.policy_errors.is_empty() {
            let file = self.policy_path();
            let fault = Fault::of_policy(file.as_deref(), &view.policy_text, &view.policy_errors);
            self.faults.insert(0, fault);
        }
        if is_first && !self.faults.is_empty() {
            self.go(Screen::Fault);
        }
        if self.faults.is_empty() && self.screen == Screen::Fault {
            if is_first {
                self.back.clear();
            }
            self.go_back();
        }
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
        let view = self.view.clone();
        let spot = view.as_ref().and_then(|view| self.rows.spot(view));
        change(&mut self.rows);
        if let (Some(view), Some(spot)) = (view, spot) {
            self.rows.keep(&view, &spot);
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
