//! The loop: waits for keys, signals and the workbench, drains all that is ready, draws once. While nothing
//! moves it sleeps.

use crate::commands::{Cmd, Shape};
use crate::error::{Code, Error, Result};
use crate::forms::Subject;
use crate::progress::Progress;
use crate::query::Index;
use crate::query::Licences;
use crate::tui::child::{self, Running, Said, Under, names_in, run_here};
use crate::tui::clipboard::{Between, copyable, give_to_tmux, sequence};
use crate::tui::exporting::{self, Written};
use crate::tui::opening::{News, Opening, Post};
use crate::tui::plain::{Plain, Typed};
use crate::tui::remembering::Memory;
use crate::tui::reporting::{Children, taken};
use crate::tui::screens::draw;
use crate::tui::state::app::{App, Phase};
use crate::tui::state::cases::Read;
use crate::tui::state::editor::Looked;
use crate::tui::state::exports::Export;
use crate::tui::state::hit::Drawn;
use crate::tui::state::jobs::{JobNow, progress};
use crate::tui::state::outputs::{Asked, Ended};
use crate::tui::state::palette::Folder;
use crate::tui::terminal::{self, Answer, Sifted};
use crate::tui::theme::{Depth, Shelf, is_light};
use crate::tui::update::{Action, Effect, Saving, ViewOf, Writing, update};
use crate::view::View;
use crate::workbench::{Event, Job, JobKind, OpenOptions, Watch, WatchFile, Workbench};
use crossterm::event::{Event as Input, EventStream};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Rect, Size};
use ratatui::{TerminalOptions, Viewport};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;
use tokio_stream::StreamExt;

/// A message that is no bad news goes away after this.
const MESSAGE_TIME: Duration = Duration::from_secs(4);
/// How often progress is drawn while a job runs.
const PROGRESS_TIME: Duration = Duration::from_millis(100);
/// Opening that takes longer than this is explained.
const SLOW_TIME: Duration = Duration::from_secs(2);
/// What is remembered is written when no key came for so long.
const SAVE_TIME: Duration = Duration::from_secs(2);

/// The policy's text is looked at when no key came for so long.
const LOOK_TIME: Duration = Duration::from_millis(80);
/// A preview is made when no choice was changed for so long.
const PREVIEW_TIME: Duration = Duration::from_millis(250);
/// How long after a command on the terminal the key that interrupted it may come to us too.
const DEAF_TIME: Duration = Duration::from_millis(500);
/// What so many models take is not given back between two keys.
const MANY: usize = 10_000;
/// The status after an interrupt.
const INTERRUPTED: i32 = 130;
/// As what a screen is exported where there is none.
const PLAIN_SIZE: Size = Size::new(120, 36);

/// How it ended.
pub enum End {
    /// The person left, or a signal came: the exit status.
    Left(i32),
    /// The person left a workspace that could not be opened.
    Unopened(Box<Error>),
}

type Screen = Terminal<CrosstermBackend<BufWriter<Box<dyn Write>>>>;

/// What one wait ended with.
enum Woken {
    Input(Input),
    /// A line of the linear face.
    Line(Typed),
    /// News, and of which opening.
    News(u64, News),
    Tick,
    MessageOver,
    /// Nothing else happened while a search goes on.
    GoOn,
    /// No key came for a moment while the policy is edited.
    Look,
    /// No choice was changed for a moment where a report is previewed.
    Preview,
    Slow,
    Save,
    /// A signal, or the terminal is gone: the exit status.
    End(i32),
}

struct Loop {
    workbench: Option<Workbench>,
    watch: Option<Watch>,
    options: OpenOptions,
    post: Post,
    /// The file that does not load, while somebody corrects it.
    fault: Option<WatchFile>,
    memory: Memory,
    /// Whether somebody has pressed a key.
    is_touched: bool,
    slow_at: Option<Instant>,
    save_at: Option<Instant>,
    input: Option<EventStream>,
    screen: Screen,
    /// Where themes lie, and what the terminal can show of them.
    shelf: Shelf,
    depth: Depth,
    /// The answer of the terminal about its background, and since when it is awaited.
    answer: Answer,
    asked: Instant,
    /// The linear face, in the place of the screen.
    plain: Option<Plain>,
    /// The jobs that run, with their counters.
    live: Vec<Job>,
    message_until: Option<(u64, Instant)>,
    /// Commands of the command line that run, by their numbers.
    running: Vec<(u64, Running)>,
    /// A key that ended a command on the terminal is no signal for us.
    deaf_until: Option<Instant>,
    /// Whether a search goes on.
    is_finding: bool,
    /// The view whose facts are being read.
    reading: Option<Arc<View>>,
    /// When the policy's text that is being edited is looked at.
    look_at: Option<Instant>,
    /// That, while it goes on.
    looking: Progress,
    /// The preview that is to be made: when, its number and its command.
    preview_at: Option<Instant>,
    preview: Option<(u64, Vec<String>)>,
    /// The one that is being made.
    previewing: Option<Running>,
    /// Those that write reports.
    writing: Children,
}

/// Runs until the person leaves; says how that came about.
///
/// # Errors
/// `E-TERMINAL` when the terminal cannot be drawn to.
pub async fn run(
    options: &OpenOptions,
    (shelf, depth): (Shelf, Depth),
    shapes: fn() -> Vec<Shape>,
    mut app: App,
    plain: Option<Plain>,
) -> Result<End> {
    let (sender, mut news) = unbounded_channel();
    let mut signals = Signals::new()?;
    let screen = screen(plain.is_some()).map_err(|e| lost(&e))?;
    let mut state = Loop {
        workbench: None,
        watch: None,
        options: options.clone(),
        post: Post::new(sender),
        fault: None,
        memory: Memory::new(app.theme_is_chosen),
        is_touched: false,
        slow_at: Some(Instant::now() + SLOW_TIME),
        save_at: None,
        input: None,
        screen,
        shelf,
        depth,
        answer: Answer::default(),
        asked: Instant::now(),
        plain,
        live: Vec::new(),
        message_until: None,
        running: Vec::new(),
        deaf_until: None,
        is_finding: false,
        reading: None,
        look_at: None,
        looking: Progress::default(),
        preview_at: None,
        preview: None,
        previewing: None,
        writing: Children::default(),
    };
    state.draw(&mut app)?;
    state.ask_background(&app)?;
    state.open();
    let post = state.post.clone();
    std::thread::spawn(move || post.send(News::Lasting(Box::new(Action::Shapes(shapes())))));
    state.input = state.plain.is_none().then(EventStream::new);
    loop {
        let first = state.wait(&mut news, &mut signals, &app).await;
        let mut woken = vec![first];
        while let Some(next) = state.ready(&mut news).await {
            woken.push(next);
        }
        keep_last_view(&mut woken, state.post.epoch());
        app.clock = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
        for each in woken {
            if let Some(status) = state.apply(&mut app, each)? {
                state.leave(&app);
                // The process ends: its memory need not be given back piece by piece.
                std::mem::forget(app.view.clone());
                return Ok(match &app.phase {
                    Phase::Failed(error) if status == 0 => End::Unopened(Box::new(error.clone())),
                    _ => End::Left(status),
                });
            }
        }
        state.watch_message(&app);
        state.draw(&mut app)?;
    }
}

/// The terminal; the linear face has none, and what would be drawn goes nowhere.
fn screen(is_plain: bool) -> std::io::Result<Screen> {
    let out: Box<dyn Write> = if is_plain { Box::new(std::io::sink()) } else { Box::new(std::io::stdout()) };
    let backend = CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, out));
    match is_plain {
        true => Terminal::with_options(
            backend,
            TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) },
        ),
        false => Terminal::new(backend),
    }
}

/// A blank screen. Clearing the one there is would ask the terminal where its cursor stands, and not every one answers.
fn blank() -> std::io::Result<Screen> {
    let mut backend = CrosstermBackend::new(BufWriter::with_capacity(
        64 * 1024,
        Box::new(std::io::stdout()) as Box<dyn Write>,
    ));
    queue!(backend, Clear(ClearType::All))?;
    Write::flush(&mut backend)?;
    Terminal::new(backend)
}

/// Begins to watch the sources, on a thread of its own: there may be many folders.
fn watch(workbench: &Workbench, post: &Post) {
    let (workbench, post) = (workbench.clone(), post.clone());
    std::thread::spawn(move || workbench.watch().map(|watch| post.send(News::Watching(watch))));
}

/// Gives back what only this view held, on a thread of its own: of a large inventory that takes longer than a frame.
fn let_go(view: Option<Arc<View>>) {
    if let Some(view) = view.filter(|view| view.models.len() > MANY) {
        std::thread::spawn(move || drop(view));
    }
}

/// Of several views only the last is worth the work.
fn keep_last_view(woken: &mut Vec<Woken>, epoch: u64) {
    let is_view = |each: &Woken| matches!(each, Woken::News(of, News::View(..)) if *of == epoch);
    let mut views = woken.iter().filter(|each| is_view(each)).count();
    woken.retain(|each| {
        if !is_view(each) {
            return true;
        }
        views -= 1;
        views == 0
    });
}

impl Loop {
    async fn wait(
        &mut self,
        news: &mut UnboundedReceiver<(u64, News)>,
        signals: &mut Signals,
        app: &App,
    ) -> Woken {
        let tick = (app.live_jobs() > 0 && self.plain.is_none()).then(|| Instant::now() + PROGRESS_TIME);
        let message = self.message_until.map(|(_, until)| until);
        tokio::select! {
            biased;
            status = signals.next() => Woken::End(status),
            input = next_input(&mut self.input) => input,
            // Before a line, what the line before it asked for.
            Some((of, each)) = news.recv() => Woken::News(of, each),
            () = at(self.slow_at) => Woken::Slow,
            () = at(self.look_at) => Woken::Look,
            () = at(self.preview_at) => Woken::Preview,
            () = at(self.save_at) => Woken::Save,
            () = at(message) => Woken::MessageOver,
            () = at(tick) => Woken::Tick,
            line = next_line(&mut self.plain, self.post.is_idle() && !matches!(app.phase, Phase::Opening), app.live_jobs()) => Woken::Line(line),
            () = at_once(self.is_finding) => Woken::GoOn,
        }
    }

    /// What is ready at once; none when nothing is.
    async fn ready(&mut self, news: &mut UnboundedReceiver<(u64, News)>) -> Option<Woken> {
        if let Ok((of, each)) = news.try_recv() {
            return Some(Woken::News(of, each));
        }
        tokio::select! {
            biased;
            input = next_input(&mut self.input) => Some(input),
            () = std::future::ready(()) => None,
        }
    }

    fn apply(&mut self, app: &mut App, woken: Woken) -> Result<Option<i32>> {
        let action = match woken {
            Woken::End(INTERRUPTED) if self.deaf_until.is_some_and(|until| Instant::now() < until) => {
                return Ok(None);
            }
            Woken::End(status) => return Ok(Some(status)),
            Woken::Tick => return Ok(None),
            Woken::GoOn => {
                self.is_finding = false;
                Action::GoOn
            }
            Woken::MessageOver => {
                self.message_until = None;
                Action::MessageOver
            }
            Woken::Line(Typed::End) => return Ok(Some(0)),
            Woken::Line(Typed::Line(line)) => {
                self.is_touched = true;
                let effects = self.plain.as_mut().map(|plain| plain.typed(app, &line)).unwrap_or_default();
                return self.carry(app, effects);
            }
            Woken::Look => {
                self.look_at = None;
                self.look(app);
                return Ok(None);
            }
            Woken::Preview => {
                self.preview_at = None;
                return self.make_preview(app);
            }
            Woken::Slow => {
                self.slow_at = None;
                Action::Slow
            }
            Woken::Save => {
                self.save_at = None;
                self.memory.save(app, false);
                return Ok(None);
            }
            Woken::Input(Input::Key(key)) => match self.answer.sift(key) {
                Sifted::Held => return Ok(None),
                Sifted::Background(background) => return self.adopt(app, background),
                Sifted::Keys(mut keys) => {
                    self.is_touched = true;
                    self.save_at = self.memory.is_kept().then(|| Instant::now() + SAVE_TIME);
                    // All but the last one, which the others' effects come before.
                    let last = keys.pop().unwrap_or(key);
                    for key in keys {
                        for effect in update(app, Action::Key(key)) {
                            if self.carry_out(app, effect)? {
                                return Ok(Some(0));
                            }
                        }
                    }
                    Action::Key(last)
                }
            },
            Woken::Input(Input::Paste(text)) => Action::Paste(text),
            Woken::Input(Input::Mouse(event)) => Action::Mouse(event),
            Woken::Input(_) => Action::Resize,
            // Whoever corrects a file does not wait until it has been read.
            Woken::News(_, News::Touched) => {
                if app.view.is_none() {
                    self.open();
                }
                return Ok(None);
            }
            // Of the program or of a command that it runs, whatever workspace is open.
            Woken::News(_, News::Lasting(action)) => {
                if let Action::Ended(id, _) = *action {
                    self.running.retain(|(known, _)| *known != id);
                }
                *action
            }
            // Of a workspace that is no longer open.
            Woken::News(of, _) if of != self.post.epoch() => return Ok(None),
            Woken::News(_, news) => match self.heard(app, news)? {
                Some(action) => action,
                None => return Ok(None),
            },
        };
        self.carry_out_all(app, action)
    }

    fn carry_out_all(&mut self, app: &mut App, action: Action) -> Result<Option<i32>> {
        let effects = update(app, action);
        self.carry(app, effects)
    }

    /// Carries out effects; gives the exit status where one of them leaves.
    fn carry(&mut self, app: &mut App, effects: Vec<Effect>) -> Result<Option<i32>> {
        for effect in effects {
            if self.carry_out(app, effect)? {
                return Ok(Some(0));
            }
        }
        Ok(None)
    }

    /// What news mean to the state.
    fn heard(&mut self, app: &mut App, news: News) -> Result<Option<Action>> {
        Ok(Some(match news {
            News::OpenFailed(failed) => {
                let (error, fault) = *failed;
                self.slow_at = None;
                let post = self.post.clone();
                let notice = move || post.send(News::Touched);
                self.fault = fault.file.as_deref().and_then(|file| WatchFile::new(file, notice));
                update(app, Action::OpenFailed(error));
                Action::Fault(fault)
            }
            News::Lasting(action) => *action,
            News::Touched => return Ok(None),
            News::Opened(opening) => {
                let Opening { workbench, view, prepared, newest, remembered } = *opening;
                (self.slow_at, self.fault) = (None, None);
                let post = self.post.clone();
                workbench.subscribe(move |event| post.send(newest.news(event)));
                // Only now: what it finds is heard.
                workbench.begin();
                watch(&workbench, &self.post);
                update(app, Action::Access(workbench.access()));
                let before = app.view.clone();
                update(app, Action::Prepared(view, prepared));
                let_go(before);
                let jobs = self.now(workbench.jobs());
                update(app, Action::Jobs(jobs));
                let action = self.memory.opened(&workbench, remembered, app, self.is_touched);
                self.workbench = Some(*workbench);
                // What was asked for until now nobody could answer.
                app.verify.asked = None;
                action.unwrap_or(Action::Resize)
            }
            News::View(view, prepared) => {
                let action = Action::Prepared(view, prepared);
                let before = app.view.clone();
                self.carry_out_all(app, action)?;
                let_go(before);
                // What was remembered may be about models that were found only now.
                match self.memory.restored(app, self.is_touched) {
                    Some(action) => action,
                    None => return Ok(None),
                }
            }
            News::Answer(action) => *action,
            News::Over => return Ok(None),
            News::Licences(view, licences) => Action::Licences(view, licences),
            News::Event(Event::View(view)) => Action::View(view),
            News::Event(Event::Jobs) => {
                let jobs = self.workbench.as_ref().map(Workbench::jobs).unwrap_or_default();
                Action::Jobs(self.now(jobs))
            }
            News::Watching(watch) => {
                let unwatched = watch.unwatched;
                self.watch = Some(watch);
                if unwatched == 0 {
                    return Ok(None);
                }
                let sources = crate::text::count(unwatched, "source");
                Action::Message(format!("{sources} cannot be watched for changes; R reads all again"), false)
            }
            News::Event(Event::Stale(is_stale)) => Action::Stale(is_stale),
            News::Event(Event::Message(text, bad)) => Action::Message(text, bad),
            News::Taken(export) => Action::Taken(export),
            News::AskKeep(why) => Action::AskKeep(why),
            News::Completed { asked, longer, others } => Action::Completed { asked, longer, others },
            News::OpenAt(folder, is_kept) => {
                let carried = is_kept.then(|| self.memory.carried(app));
                self.open_other(app, &folder, is_kept);
                if let Some(carried) = carried {
                    self.memory.carry(carried);
                    Action::Message("kept: touchmark.toml and the store are written".to_owned(), false)
                } else {
                    return Ok(None);
                }
            }
        }))
    }

    /// Opens the workspace on a thread of its own: no frame waits for it.
    fn open(&mut self) {
        self.slow_at = Some(Instant::now() + SLOW_TIME);
        crate::tui::opening::open(self.options.clone(), self.post.next());
    }

    /// Opens another workspace in place of this one.
    fn open_other(&mut self, app: &mut App, folder: &Path, is_kept: bool) {
        self.leave(app);
        (self.workbench, self.watch, self.fault) = (None, None, None);
        self.live.clear();
        self.options.dir = Some(folder.to_owned());
        self.options.without_store = false;
        if !is_kept {
            (self.options.policy, self.options.stage) = (None, None);
        }
        let before = app.view.clone();
        update(app, Action::Opening(crate::text::screen(&folder.to_string_lossy())));
        let_go(before);
        app.read_only = self.options.read_only;
        app.policy_override.clone_from(&self.options.policy);
        app.folder.clone_from(&self.options.dir);
        self.memory = Memory::new(true);
        self.is_touched = false;
        self.open();
    }

    /// The jobs as they stand; those that run are kept, to look at them again.
    fn now(&mut self, jobs: Vec<Job>) -> Vec<JobNow> {
        let now = std::time::Instant::now();
        let shown = jobs.iter().map(|job| JobNow::of(job, now)).collect();
        self.live = jobs.into_iter().filter(Job::is_live).collect();
        shown
    }

    /// Carries out an effect; says whether to leave.
    fn carry_out(&mut self, app: &mut App, effect: Effect) -> Result<bool> {
        match effect {
            Effect::Quit => return Ok(true),
            Effect::Redraw => self.screen = blank().map_err(|e| lost(&e))?,
            Effect::GoOn => self.is_finding = true,
            Effect::ReadFacts(ViewOf(view)) => self.read_facts(view),
            Effect::Suspend => {
                let outcome = self.away(app, terminal::suspend)?;
                if let Err(cause) = outcome {
                    update(app, Action::Message(format!("cannot suspend: {cause}"), true));
                }
            }
            Effect::LookAtEdited => {
                // What it finds would be of an earlier text.
                self.looking.cancel();
                match self.plain {
                    // Nobody types letter by letter there, and the next line waits for what is found.
                    Some(_) => self.look(app),
                    None => self.look_at = Some(Instant::now() + LOOK_TIME),
                }
            }
            Effect::SavePolicy(saving) => self.answer(move |workbench| {
                let Saving { before, after, reason } = *saving;
                Action::PolicySaved(workbench.save_policy(&before, &after, &reason))
            }),
            Effect::Edit(path) => {
                if let Err(why) = self.away(app, || terminal::edit(&path))? {
                    update(app, Action::Message(why, true));
                }
                match &self.workbench {
                    Some(_) => self.on_thread(|workbench| workbench.reload_policy()),
                    None => self.open(),
                }
            }
            Effect::Reopen => self.open(),
            Effect::LeaveStore => {
                self.options.without_store = true;
                self.open();
            }
            Effect::MakeWorkspace => {
                let folder = self.options.dir.clone().unwrap_or_else(|| PathBuf::from("."));
                self.make(move || {
                    crate::workbench::init(&folder)?;
                    Ok(folder)
                });
            }
            Effect::Samples(folder) => {
                let folder = crate::tui::opening::at_home(&folder);
                self.make(move || {
                    crate::workbench::demo(&folder)?;
                    Ok(folder)
                });
            }
            Effect::Keep(folder) => {
                let (post, folder) =
                    (self.post.clone(), folder.map(|folder| crate::tui::opening::at_home(&folder)));
                self.on_thread(move |workbench| match workbench.keep(folder.as_deref()) {
                    Ok(kept) => {
                        post.send(News::OpenAt(kept, true));
                        Ok(())
                    }
                    Err(error) if folder.is_none() && error.code == Code::Write => {
                        post.send(News::AskKeep(format!("it cannot lie beside the models: {error}")));
                        Ok(())
                    }
                    Err(error) => Err(error),
                });
            }
            Effect::AddSource(path) => {
                let (post, path) = (self.post.clone(), crate::tui::opening::at_home(&path));
                self.on_thread(move |workbench| {
                    let added = workbench.add_sources(std::slice::from_ref(&path), &Progress::default())?;
                    let kinds: Vec<&str> = added.iter().map(|source| source.kind.word()).collect();
                    let place = crate::text::screen(&path.to_string_lossy());
                    let text = format!("added {place} as a source of {}; scanning", kinds.join(" and "));
                    post.send(News::Event(Event::Message(text, false)));
                    workbench.start(JobKind::Scan);
                    Ok(())
                });
            }
            Effect::Complete(typed) => crate::tui::opening::complete(typed, self.post.clone()),
            Effect::Retry(id) => self.on_thread(move |workbench| {
                workbench.retry(id);
                Ok(())
            }),
            Effect::Start(kind) => {
                if let Some(workbench) = &self.workbench {
                    workbench.start(kind);
                    let jobs = workbench.jobs();
                    let jobs = self.now(jobs);
                    update(app, Action::Started(jobs));
                }
            }
            Effect::Cancel(id) => self.on_thread(move |workbench| {
                workbench.cancel(id);
                Ok(())
            }),
            Effect::SetStage(stage) => self.on_thread(move |workbench| workbench.set_stage(&stage)),
            Effect::ReloadPolicy => self.on_thread(|workbench| workbench.reload_policy()),
            Effect::Licences => {
                if let Some(view) = app.view.clone() {
                    let post = self.post.clone();
                    std::thread::spawn(move || {
                        let licences = Licences::of(&view);
                        post.send(News::Licences(view, licences));
                    });
                }
            }
            Effect::TakeApart(model) => self.answer(move |workbench| {
                let found = workbench.anatomy(&model).map(Box::new);
                Action::TakenApart(model, found)
            }),
            Effect::Compare(first, second) => self.answer(move |workbench| {
                let found = workbench.compare(&first, &second).map(Arc::new);
                Action::Compared((first, second), found)
            }),
            Effect::Theme(name) => {
                update(app, Action::Theme(self.shelf.load(&name, self.depth)));
            }
            Effect::Themes => {
                update(app, Action::Themes(self.shelf.entries()));
            }
            Effect::Mouse(on) => terminal::capture_mouse(on).map_err(|e| lost(&e))?,
            Effect::Cases(generation) => self.answer(move |workbench| {
                let cases =
                    workbench.cases().map(Arc::new).map_err(|error| crate::text::screen(&error.to_string()));
                Action::Cases(Read { generation, at: workbench.now(), cases })
            }),
            Effect::Survey => self.survey(app),
            Effect::Copy { what, text } => self.copy(app, &what, &text)?,
            Effect::FreeName(proposed) => {
                let (free, folder) = exporting::free_name(&proposed);
                update(app, Action::FreeName { proposed, free, folder });
            }
            Effect::Export(export) => self.export(app, *export)?,
            Effect::Bind(model) => {
                let post = self.post.clone();
                self.on_thread(move |workbench| {
                    let bound = workbench.bind(&model)?;
                    workbench.start_aside(JobKind::Scan);
                    let text = format!("wrote the AIBOM of {} to {}", model.screen(), bound.bill.screen());
                    post.send(News::Event(Event::Message(text, false)));
                    Ok(())
                });
            }
            Effect::Review(models, word, reason) => self.answer(move |workbench| {
                Action::Reviewed(workbench.review_or_take_back(&models, word, &reason))
            }),
            Effect::Undo(act, reason) => self.answer(move |workbench| {
                let done = workbench.undo_review(&act, &reason);
                Action::Undone(act, done)
            }),
            Effect::History(model) => self.answer(move |workbench| {
                let read = workbench.review_history(&model);
                Action::History(model, read)
            }),
            Effect::Preview { number, words } => {
                self.stop_preview();
                self.preview = Some((number, words));
                match self.plain {
                    // Nobody changes choice after choice there, and the next line waits for it.
                    Some(_) => _ = self.make_preview(app)?,
                    None => self.preview_at = Some(Instant::now() + PREVIEW_TIME),
                }
            }
            Effect::StopPreview => self.stop_preview(),
            Effect::WriteReport(writing) => self.write_report(app, *writing),
            Effect::Run(asked) => return self.run(app, &asked),
            Effect::CancelRun(id) => {
                self.running.iter().filter(|(known, _)| *known == id).for_each(|(_, run)| run.cancel());
            }
            Effect::Renew { sources } => self.on_thread(move |workbench| {
                workbench.reload_policy()?;
                if sources {
                    workbench.start(JobKind::Scan);
                }
                Ok(())
            }),
            Effect::ReadFolder(typed) => {
                let post = self.post.clone();
                std::thread::spawn(move || {
                    let (names, fault) = match names_in(&typed) {
                        Ok(names) => (names, None),
                        Err(cause) => (Vec::new(), Some(crate::text::screen(&cause.to_string()))),
                    };
                    let folder = Folder { typed, names, fault };
                    post.send(News::Lasting(Box::new(Action::Folder(folder))));
                });
            }
        }
        Ok(false)
    }

    /// Looks at the policy's text that is being edited, on a thread of its own.
    fn look(&mut self, app: &App) {
        let Some((editor, workbench)) = app.editor.as_ref().zip(self.workbench.clone()) else { return };
        let (text, revision, post) =
            (editor.text.whole().to_owned(), editor.text.revision(), self.post.clone());
        self.looking = Progress::default();
        let (progress, busy) = (self.looking.clone(), self.post.busy());
        std::thread::spawn(move || {
            let _busy = busy;
            let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                workbench.preview_policy(&text, &progress)
            }));
            let preview = match found {
                Ok(Ok(preview)) => Ok(preview),
                Ok(Err(_)) if progress.is_cancelled() => return,
                Ok(Err(error)) => Err(in_words(&error)),
                Err(_) => Err("what it would change could not be found out, please report it".to_owned()),
            };
            post.send(News::Answer(Box::new(Action::Looked(Looked { revision, preview }))));
        });
    }

    /// Facts of many models are read on a thread of their own, and on no other: keys come first.
    fn read_facts(&mut self, view: Arc<View>) {
        let is_same = |read: &Arc<View>| {
            Arc::ptr_eq(&read.models, &view.models)
                && Arc::ptr_eq(&read.graph, &view.graph)
                && Arc::ptr_eq(&read.findings, &view.findings)
        };
        if self.reading.as_ref().is_some_and(is_same) {
            return;
        }
        self.reading = Some(view.clone());
        let post = self.post.clone();
        std::thread::spawn(move || {
            let facts = Arc::new(Index::read_facts(&view));
            post.send(News::Answer(Box::new(Action::Facts(view, facts))));
        });
    }

    /// Asks for the background, once the first frame is there, unless a theme was chosen. Of sixteen colours the
    /// terminal's owner has chosen all, the background too.
    fn ask_background(&mut self, app: &App) -> Result<()> {
        let has_colors = matches!(self.depth, Depth::True | Depth::Indexed);
        if !app.theme_is_chosen && has_colors && cfg!(unix) {
            terminal::ask_background().map_err(|e| lost(&e))?;
            self.answer.await_it();
            self.asked = Instant::now();
        }
        Ok(())
    }

    /// Takes the theme that goes with the background, unless somebody has begun to work.
    fn adopt(&mut self, app: &mut App, background: Option<(u8, u8, u8)>) -> Result<Option<i32>> {
        if background.is_some_and(is_light) && !self.is_touched {
            update(app, Action::Background(self.shelf.load("light", self.depth)?));
        }
        Ok(None)
    }

    /// Waits a little for an answer that is under way, before the shell or an editor takes it for typed text.
    fn take_late_answer(&mut self) {
        const PATIENCE: Duration = Duration::from_millis(150);
        const LATEST: Duration = Duration::from_secs(2);
        self.input = None;
        if self.answer.is_awaited() && self.asked.elapsed() < LATEST {
            terminal::take_late_answer(&mut self.answer, PATIENCE);
        }
    }

    /// Counts the whole inventory on a background thread.
    fn survey(&self, app: &App) {
        let (Some(view), post) = (app.view.clone(), self.post.clone()) else { return };
        std::thread::spawn(move || {
            let survey = Arc::new(view.survey());
            post.send(News::Answer(Box::new(Action::Surveyed(view.generation, survey))));
        });
    }

    /// What every command is run with.
    fn under(&self, app: &App) -> Under {
        let root = self.workbench.as_ref().map(|workbench| workbench.view().workspace.root.clone());
        Under {
            workspace: root.or_else(|| self.options.dir.clone()),
            policy: self.options.policy.clone(),
            at: self.options.at.map(|at| at.to_string()),
            read_only: app.read_only,
            tells_progress: false,
        }
    }

    /// Makes the preview that waits. It writes nothing, not even what was found out on the way.
    fn make_preview(&mut self, app: &mut App) -> Result<Option<i32>> {
        let Some((number, words)) = self.preview.take() else { return Ok(None) };
        let under = Under { read_only: true, ..self.under(app) };
        let (post, busy) = (self.post.clone(), Arc::new(self.post.busy()));
        let tell = move |said| {
            let _busy = &busy;
            post.send(News::Answer(Box::new(match said {
                Said::Lines(is_aside, lines) => Action::Previewed(number, is_aside, lines),
                Said::Ended(end) => Action::PreviewEnded(number, ended(end)),
            })));
        };
        match Running::start(&words, &under, tell) {
            Ok(running) => {
                self.previewing = Some(running);
                Ok(None)
            }
            Err(cause) => {
                let why = crate::text::screen(&cause.to_string());
                self.carry_out_all(app, Action::PreviewEnded(number, Ended::NotStarted(why)))
            }
        }
    }

    fn stop_preview(&mut self) {
        (self.preview_at, self.preview) = (None, None);
        if let Some(running) = self.previewing.take() {
            running.cancel();
        }
    }

    /// Writes a report as a job, unless a file of that name is there: then it is asked.
    fn write_report(&mut self, app: &mut App, writing: Writing) {
        let there = taken(&writing);
        if !there.is_empty() {
            update(app, Action::ReportTaken(there));
            return;
        }
        let Some(workbench) = self.workbench.clone() else { return };
        let under = Under { tells_progress: true, ..self.under(app) };
        workbench.start(JobKind::Other(self.writing.job(writing, under)));
        let jobs = self.now(workbench.jobs());
        update(app, Action::Started(jobs));
    }

    /// Runs a command of the command line: beside the screens, or on the terminal where it has to ask.
    fn run(&mut self, app: &mut App, asked: &Asked) -> Result<bool> {
        let under = self.under(app);
        let (id, post) = (asked.id, self.post.clone());
        let tell = move |said| {
            let action = match said {
                Said::Lines(is_aside, lines) => Action::Printed(id, is_aside, lines),
                Said::Ended(end) => Action::Ended(id, ended(end)),
            };
            post.send(News::Lasting(Box::new(action)));
        };
        let started = if asked.asks {
            let end = self.away(app, || run_here(&asked.words, &under, tell.clone()))?;
            self.deaf_until = Some(Instant::now() + DEAF_TIME);
            end.map(|end| tell(Said::Ended(end)))
        } else {
            Running::start(&asked.words, &under, tell).map(|running| self.running.push((id, running)))
        };
        if let Err(cause) = started {
            let why = crate::text::screen(&cause.to_string());
            update(app, Action::Ended(id, Ended::NotStarted(why)));
        }
        Ok(false)
    }

    /// Asks the terminal to take a text into its clipboard. Whether it did, it does not say.
    fn copy(&mut self, app: &mut App, what: &str, text: &str) -> Result<()> {
        let text = match copyable(what, text) {
            Ok(text) => text,
            Err(why) => {
                let told = format!("{why}: {} writes a file", app.key_of(Cmd::Export));
                update(app, Action::Message(told, true));
                return Ok(());
            }
        };
        let between = Between::of(&|name| std::env::var(name).ok());
        let backend = self.screen.backend_mut();
        backend.write_all(&sequence(&text, between)).and_then(|()| backend.flush()).map_err(|e| lost(&e))?;
        if between == Between::Tmux {
            let (post, text) = (self.post.clone(), text.clone());
            std::thread::spawn(move || {
                if let Err(why) = give_to_tmux(&text) {
                    post.send(News::Event(Event::Message(why, true)));
                }
            });
        }
        let length = crate::text::count(text.chars().count(), "character");
        update(app, Action::Message(format!("copied the {what}, {length}, {}", between.words()), false));
        Ok(())
    }

    /// Writes a file on a thread of its own: a large inventory takes time, and so may a disk.
    fn export(&mut self, app: &App, export: Export) -> Result<()> {
        let Some((view, workbench)) = app.view.clone().zip(self.workbench.clone()) else { return Ok(()) };
        let size = match &self.plain {
            Some(_) => PLAIN_SIZE,
            None => self.screen.size().map_err(|e| lost(&e))?,
        };
        let subject = exporting::subject(app, &export, (size.width, size.height));
        let (post, busy) = (self.post.clone(), self.post.busy());
        std::thread::spawn(move || {
            let _busy = busy;
            let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let read = match &subject {
                    Subject::Model(id) => view.model(id).map(|(_, model)| workbench.read_times(model)),
                    _ => None,
                };
                exporting::export(&view, &subject, &export, &read.transpose()?.unwrap_or_default())
            }));
            let told = |text: String, bad: bool| News::Event(Event::Message(text, bad));
            post.send(match written {
                Ok(Ok(Written::Done(text))) => told(text, false),
                Ok(Ok(Written::Taken)) => News::Taken(Box::new(export)),
                Ok(Err(error)) => told(in_words(&error), true),
                Err(_) => told("the export failed unexpectedly; nothing was written".to_owned(), true),
            });
        });
        Ok(())
    }

    /// Judging a large inventory again takes time; the screen does not wait for it.
    fn on_thread(&mut self, work: impl FnOnce(&Workbench) -> Result<()> + Send + 'static) {
        let Some(workbench) = self.workbench.clone() else { return };
        self.post.work(move || work(&workbench));
    }

    /// The same, of work whose outcome is an action.
    fn answer(&mut self, work: impl FnOnce(&Workbench) -> Action + Send + 'static) {
        let post = self.post.clone();
        self.on_thread(move |workbench| {
            post.send(News::Answer(Box::new(work(workbench))));
            Ok(())
        });
    }

    /// Makes a folder, which is then opened.
    fn make(&self, work: impl FnOnce() -> Result<PathBuf> + Send + 'static) {
        let post = self.post.clone();
        self.post.work(move || {
            let folder = work()?;
            post.send(News::OpenAt(folder, false));
            Ok(())
        });
    }

    /// Gives the terminal away while `work` runs. The event stream goes first: it would eat the keys.
    fn away<T>(&mut self, app: &App, work: impl FnOnce() -> T) -> Result<T> {
        self.take_late_answer();
        terminal::restore();
        let outcome = work();
        terminal::enter().map_err(|e| lost(&e))?;
        if app.mouse {
            terminal::capture_mouse(true).map_err(|e| lost(&e))?;
        }
        self.screen = blank().map_err(|e| lost(&e))?;
        self.input = Some(EventStream::new());
        Ok(outcome)
    }

    fn leave(&mut self, app: &App) {
        self.memory.save(app, true);
        self.take_late_answer();
        self.stop_preview();
        self.running.iter().for_each(|(_, running)| running.interrupt());
        self.writing.interrupt();
        let Some(workbench) = &self.workbench else { return };
        for job in workbench.jobs().iter().filter(|job| job.is_live()) {
            workbench.cancel(job.id);
        }
    }

    fn watch_message(&mut self, app: &App) {
        let wanted = app.message.as_ref().filter(|message| !message.bad).map(|_| app.message_number);
        if self.message_until.map(|(number, _)| number) != wanted {
            self.message_until = wanted.map(|number| (number, Instant::now() + MESSAGE_TIME));
        }
    }

    fn draw(&mut self, app: &mut App) -> Result<()> {
        if let Some(plain) = &mut self.plain {
            return plain.say(app).map_err(|e| lost(&e));
        }
        if !self.live.is_empty() {
            let now = std::time::Instant::now();
            let each = self.live.iter().map(|job| (job.id, progress(job, now)));
            update(app, Action::Progress(each.collect()));
        }
        let mut drawn = Drawn::default();
        let mut show = || -> std::io::Result<()> {
            queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
            self.screen.draw(|frame| drawn = draw(app, frame))?;
            queue!(self.screen.backend_mut(), EndSynchronizedUpdate)?;
            self.screen.backend_mut().flush()
        };
        show().map_err(|e| lost(&e))?;
        app.drew(drawn);
        Ok(())
    }
}

fn ended(end: child::End) -> Ended {
    match end {
        child::End::Status(number) => Ended::Status(number),
        child::End::Signal(number) => Ended::Signal(number),
        child::End::Cancelled => Ended::Cancelled,
    }
}

/// An error and what to do about it, in one safe line.
fn in_words(error: &Error) -> String {
    let help = error.help.as_ref().map(|help| format!(" · {help}")).unwrap_or_default();
    crate::text::screen(&format!("{error}{help}"))
}

fn lost(cause: &std::io::Error) -> Error {
    Error::new(Code::Terminal, format!("the terminal cannot be used ({cause})"))
        .help("use touchmark list, verify, show and the other commands instead")
}

async fn at(when: Option<Instant>) {
    match when {
        Some(when) => tokio::time::sleep_until(when).await,
        None => std::future::pending().await,
    }
}

async fn at_once(is_wanted: bool) {
    if !is_wanted {
        std::future::pending().await
    }
}

/// The next line of the linear face, once it may be read.
async fn next_line(plain: &mut Option<Plain>, is_ready: bool, live_jobs: usize) -> Typed {
    match plain {
        Some(plain) => plain.next(is_ready, live_jobs).await,
        None => std::future::pending().await,
    }
}

async fn next_input(stream: &mut Option<EventStream>) -> Woken {
    match stream {
        Some(stream) => match stream.next().await {
            Some(Ok(input)) => Woken::Input(input),
            // The terminal is gone, as after a hang-up.
            Some(Err(_)) | None => Woken::End(129),
        },
        None => std::future::pending().await,
    }
}

/// Signals that end the program, with their numbers. Ctrl-C at the keyboard is a key and no signal.
#[cfg(unix)]
struct Signals([(tokio::signal::unix::Signal, i32); 4]);

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind as Kind, signal};
        let listen = |kind: Kind| Ok((signal(kind).map_err(|e| lost(&e))?, kind.as_raw_value()));
        Ok(Signals([
            listen(Kind::terminate())?,
            listen(Kind::hangup())?,
            listen(Kind::interrupt())?,
            listen(Kind::quit())?,
        ]))
    }

    /// The exit status by convention: 128 and the signal's number.
    async fn next(&mut self) -> i32 {
        let Signals([terminate, hang_up, interrupt, quit]) = self;
        let number = tokio::select! {
            _ = terminate.0.recv() => terminate.1,
            _ = hang_up.0.recv() => hang_up.1,
            _ = interrupt.0.recv() => interrupt.1,
            _ = quit.0.recv() => quit.1,
        };
        128 + number
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Self> {
        Ok(Signals)
    }

    async fn next(&mut self) -> i32 {
        std::future::pending().await
    }
}
