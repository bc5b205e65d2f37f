//! The loop: waits for keys, signals and the workbench, drains all that is ready, draws once. While nothing
//! moves it sleeps.

use crate::commands::Shape;
use crate::error::{Code, Error, Result};
use crate::forms::Subject;
use crate::tui::child::{End, Running, Said, Under, names_in, run_here};
use crate::tui::clipboard::{Between, MOST_BYTES, give_to_tmux, sequence};
use crate::tui::exporting::{self, Written};
use crate::tui::screens::draw;
use crate::tui::state::app::App;
use crate::tui::state::exports::Export;
use crate::tui::state::hit::Drawn;
use crate::tui::state::jobs::{JobNow, progress};
use crate::tui::state::outputs::{Asked, Ended};
use crate::tui::state::palette::Folder;
use crate::tui::state::prepared::{Licences, Prepared};
use crate::tui::terminal;
use crate::tui::theme::{Depth, Theme};
use crate::tui::update::{Action, Effect, update};
use crate::view::View;
use crate::workbench::{Event, Job, JobKind, OpenOptions, Watch, Workbench};
use crossterm::event::{Event as Input, EventStream};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use std::io::{BufWriter, Stdout, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tokio_stream::StreamExt;

/// A message that is no bad news goes away after this.
const MESSAGE_TIME: Duration = Duration::from_secs(4);
/// How often progress is drawn while a job runs.
const PROGRESS_TIME: Duration = Duration::from_millis(100);

/// How long after a command on the terminal the key that interrupted it may come to us too.
const DEAF_TIME: Duration = Duration::from_millis(500);
/// The status after an interrupt.
const INTERRUPTED: i32 = 130;

type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

/// What the loop is started with.
pub struct Start {
    /// How the workspace is opened.
    pub options: OpenOptions,
    /// What the terminal can show.
    pub depth: Depth,
    /// Gives the flags of the command line's commands.
    pub shapes: fn() -> Vec<Shape>,
    /// Something to say when the first frame stands, and whether it is bad news.
    pub notice: Option<(String, bool)>,
}

enum News {
    /// Something for the screens.
    Action(Box<Action>),
    Opened(Box<Workbench>, Arc<View>, Box<Prepared>, Box<Newest>),
    OpenFailed(Error),
    Watching(Watch),
    View(Arc<View>, Box<Prepared>),
    Licences(Arc<View>, Licences),
    Event(Event),
    /// A file was not written because one of that name is there.
    Taken(Box<Export>),
}

/// The newest view that was told, and what its rows are made from: those of the next one are mostly the same.
#[derive(Default)]
struct Newest(Mutex<Option<(Arc<View>, Prepared)>>);

impl Newest {
    /// Made on the thread that tells it, so that no key waits for the rows of a new view.
    fn news(&self, event: Event) -> News {
        match event {
            Event::View(view) => {
                let prepared = Box::new(self.prepared(&view));
                News::View(view, prepared)
            }
            other => News::Event(other),
        }
    }

    fn prepared(&self, view: &Arc<View>) -> Prepared {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let prepared = match &before {
            Some((before, made)) => made.after(before, view),
            None => Prepared::of(view),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((view.clone(), prepared.clone()));
        prepared
    }
}

/// What one wait ended with.
enum Woken {
    Input(Input),
    News(News),
    Tick,
    MessageOver,
    /// A signal, or the terminal is gone: the exit status.
    End(i32),
}

struct Loop {
    workbench: Option<Workbench>,
    watch: Option<Watch>,
    sender: UnboundedSender<News>,
    input: Option<EventStream>,
    screen: Screen,
    depth: Depth,
    /// The jobs that run, with their counters.
    live: Vec<Job>,
    message_until: Option<(u64, Instant)>,
    options: OpenOptions,
    /// Commands of the command line that run, by their numbers.
    running: Vec<(u64, Running)>,
    /// A key that ended a command on the terminal is no signal for us.
    deaf_until: Option<Instant>,
}

/// Runs until the person leaves; gives the exit status that a signal asks for, or 0.
///
/// # Errors
/// `E-TERMINAL` when the terminal cannot be drawn to.
pub async fn run(start: Start, mut app: App) -> Result<i32> {
    let Start { options, depth, shapes, notice } = start;
    let (sender, mut news) = unbounded_channel();
    let mut signals = Signals::new()?;
    let screen = blank().map_err(|e| lost(&e))?;
    let mut state = Loop {
        workbench: None,
        watch: None,
        sender: sender.clone(),
        input: None,
        screen,
        depth,
        live: Vec::new(),
        message_until: None,
        options: options.clone(),
        running: Vec::new(),
        deaf_until: None,
    };
    if let Some((text, bad)) = notice {
        update(&mut app, Action::Message(text, bad));
    }
    state.draw(&mut app)?;
    open(options, sender.clone());
    std::thread::spawn(move || sender.send(News::Action(Box::new(Action::Shapes(shapes())))));
    state.input = Some(EventStream::new());
    loop {
        let first = state.wait(&mut news, &mut signals, &app).await;
        let mut woken = vec![first];
        while let Some(next) = state.ready(&mut news).await {
            woken.push(next);
        }
        keep_last_view(&mut woken);
        for each in woken {
            if let Some(status) = state.apply(&mut app, each)? {
                state.leave();
                return Ok(status);
            }
        }
        state.watch_message(&app);
        state.draw(&mut app)?;
    }
}

/// A blank screen. Clearing the one there is would ask the terminal where its cursor stands, and not every one answers.
fn blank() -> std::io::Result<Screen> {
    let mut backend = CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, std::io::stdout()));
    queue!(backend, Clear(ClearType::All))?;
    Write::flush(&mut backend)?;
    Terminal::new(backend)
}

/// Opens the workspace on its own thread: the first frame does not wait for it.
fn open(options: OpenOptions, sender: UnboundedSender<News>) {
    std::thread::spawn(move || {
        let newest = Newest::default();
        let list = |view| drop(sender.send(newest.news(Event::View(view))));
        let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let workbench = Workbench::open_listing(&options, list)?;
            let view = workbench.view();
            let prepared = Box::new(newest.prepared(&view));
            Ok((Box::new(workbench), view, prepared))
        }));
        let _ = sender.send(match opened {
            Ok(Ok((workbench, view, prepared))) => News::Opened(workbench, view, prepared, Box::new(newest)),
            Ok(Err(error)) => News::OpenFailed(error),
            Err(_) => {
                News::OpenFailed(Error::new(Code::Internal, "opening the workspace failed unexpectedly"))
            }
        });
    });
}

/// Begins to watch the sources, on a thread of its own: there may be many folders.
fn watch(workbench: &Workbench, sender: &UnboundedSender<News>) {
    let (workbench, sender) = (workbench.clone(), sender.clone());
    std::thread::spawn(move || workbench.watch().map(|watch| sender.send(News::Watching(watch))));
}

/// Of several views only the last is worth the work.
fn keep_last_view(woken: &mut Vec<Woken>) {
    let is_view = |each: &Woken| matches!(each, Woken::News(News::View(..)));
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
    async fn wait(&mut self, news: &mut UnboundedReceiver<News>, signals: &mut Signals, app: &App) -> Woken {
        let tick = (app.live_jobs() > 0).then(|| Instant::now() + PROGRESS_TIME);
        let message = self.message_until.map(|(_, until)| until);
        tokio::select! {
            biased;
            status = signals.next() => Woken::End(status),
            input = next_input(&mut self.input) => input,
            Some(each) = news.recv() => Woken::News(each),
            () = at(message) => Woken::MessageOver,
            () = at(tick) => Woken::Tick,
        }
    }

    /// What is ready at once; none when nothing is.
    async fn ready(&mut self, news: &mut UnboundedReceiver<News>) -> Option<Woken> {
        if let Ok(each) = news.try_recv() {
            return Some(Woken::News(each));
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
            Woken::MessageOver => {
                self.message_until = None;
                Action::MessageOver
            }
            Woken::Input(Input::Key(key)) => Action::Key(key),
            Woken::Input(Input::Paste(text)) => Action::Paste(text),
            Woken::Input(_) => Action::Resize,
            Woken::News(News::Action(action)) => {
                if let Action::Ended(id, _) = *action {
                    self.running.retain(|(known, _)| *known != id);
                }
                *action
            }
            Woken::News(News::OpenFailed(error)) => Action::OpenFailed(error),
            Woken::News(News::Opened(workbench, view, prepared, newest)) => {
                let sender = self.sender.clone();
                workbench.subscribe(move |event| {
                    let _ = sender.send(newest.news(event));
                });
                watch(&workbench, &self.sender);
                let jobs = self.now(workbench.jobs());
                update(app, Action::Jobs(jobs));
                self.workbench = Some(*workbench);
                Action::Prepared(view, prepared)
            }
            Woken::News(News::View(view, prepared)) => Action::Prepared(view, prepared),
            Woken::News(News::Licences(view, licences)) => Action::Licences(view, licences),
            Woken::News(News::Event(Event::View(view))) => Action::View(view),
            Woken::News(News::Event(Event::Jobs)) => {
                let jobs = self.workbench.as_ref().map(Workbench::jobs).unwrap_or_default();
                Action::Jobs(self.now(jobs))
            }
            Woken::News(News::Watching(watch)) => {
                let unwatched = watch.unwatched;
                self.watch = Some(watch);
                if unwatched == 0 {
                    return Ok(None);
                }
                let sources = crate::text::count(unwatched, "source");
                Action::Message(format!("{sources} cannot be watched for changes; R reads all again"), false)
            }
            Woken::News(News::Taken(export)) => Action::Taken(export),
            Woken::News(News::Event(Event::Stale(is_stale))) => Action::Stale(is_stale),
            Woken::News(News::Event(Event::Message(text, bad))) => Action::Message(text, bad),
        };
        for effect in update(app, action) {
            if self.carry_out(app, effect)? {
                return Ok(Some(0));
            }
        }
        Ok(None)
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
            Effect::Suspend => {
                let outcome = self.away(terminal::suspend)?;
                if let Err(cause) = outcome {
                    update(app, Action::Message(format!("cannot suspend: {cause}"), true));
                }
            }
            Effect::Edit(path) => {
                if let Err(why) = self.away(|| terminal::edit(&path))? {
                    update(app, Action::Message(why, true));
                }
                self.on_thread(|workbench| workbench.reload_policy());
            }
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
                    let sender = self.sender.clone();
                    std::thread::spawn(move || {
                        let licences = Licences::of(&view);
                        sender.send(News::Licences(view, licences))
                    });
                }
            }
            Effect::Theme(name) => {
                update(app, Action::Theme(Theme::load(&name, self.depth)));
            }
            Effect::Copy { what, text } => self.copy(app, &what, &text)?,
            Effect::FreeName(proposed) => {
                let (free, folder) = exporting::free_name(&proposed);
                update(app, Action::FreeName { proposed, free, folder });
            }
            Effect::Export(export) => self.export(app, *export)?,
            Effect::Bind(model) => {
                self.on_thread(move |workbench| {
                    workbench.bind(&model)?;
                    workbench.start(JobKind::Scan);
                    Ok(())
                });
            }
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
                let sender = self.sender.clone();
                std::thread::spawn(move || {
                    let (names, fault) = match names_in(&typed) {
                        Ok(names) => (names, None),
                        Err(cause) => (Vec::new(), Some(crate::text::screen(&cause.to_string()))),
                    };
                    let folder = Folder { typed, names, fault };
                    sender.send(News::Action(Box::new(Action::Folder(folder))))
                });
            }
            Effect::Review(model, word, reason) => {
                self.on_thread(move |workbench| {
                    workbench.review_or_take_back(&model, word, &reason).map(drop)
                });
            }
        }
        Ok(false)
    }

    /// Runs a command of the command line: beside the screens, or on the terminal where it has to ask.
    fn run(&mut self, app: &mut App, asked: &Asked) -> Result<bool> {
        let root = self.workbench.as_ref().map(|workbench| workbench.view().workspace.root.clone());
        let under = Under {
            workspace: root.or_else(|| self.options.dir.clone()),
            policy: self.options.policy.clone(),
            at: self.options.at.map(|at| at.to_string()),
            read_only: app.read_only,
        };
        let (id, sender) = (asked.id, self.sender.clone());
        let tell = move |said| {
            let action = match said {
                Said::Lines(is_aside, lines) => Action::Printed(id, is_aside, lines),
                Said::Ended(end) => Action::Ended(id, ended(end)),
            };
            let _ = sender.send(News::Action(Box::new(action)));
        };
        let started = if asked.asks {
            let end = self.away(|| run_here(&asked.words, &under, tell.clone()))?;
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
        if text.len() > MOST_BYTES {
            let (size, most) = (crate::text::size(text.len() as u64), crate::text::size(MOST_BYTES as u64));
            let told = format!("the {what} has {size}, and terminals copy at most {most}: e writes a file");
            update(app, Action::Message(told, true));
            return Ok(());
        }
        let between = Between::of(&|name| std::env::var(name).ok());
        let backend = self.screen.backend_mut();
        backend.write_all(&sequence(text, between)).and_then(|()| backend.flush()).map_err(|e| lost(&e))?;
        if between == Between::Tmux {
            let (sender, text) = (self.sender.clone(), text.to_owned());
            std::thread::spawn(move || {
                if let Err(why) = give_to_tmux(&text) {
                    let _ = sender.send(News::Event(Event::Message(why, true)));
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
        let size = self.screen.size().map_err(|e| lost(&e))?;
        let subject = exporting::subject(app, &export, (size.width, size.height));
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let read = match &subject {
                    Subject::Model(id) => view.model(id).map(|(_, model)| workbench.read_times(model)),
                    _ => None,
                };
                exporting::export(&view, &subject, &export, &read.transpose()?.unwrap_or_default())
            }));
            let told = |text: String, bad: bool| News::Event(Event::Message(text, bad));
            let _ = sender.send(match written {
                Ok(Ok(Written::Done(text))) => told(text, false),
                Ok(Ok(Written::Taken)) => News::Taken(Box::new(export)),
                Ok(Err(error)) => told(in_words(&error), true),
                Err(_) => told("the export failed unexpectedly; nothing was written".to_owned(), true),
            });
        });
        Ok(())
    }

    /// Judging a large inventory again takes time; the screen does not wait for it.
    fn on_thread(&self, work: impl FnOnce(&Workbench) -> Result<()> + Send + 'static) {
        let Some(workbench) = self.workbench.clone() else { return };
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&workbench)));
            let text = match outcome {
                Ok(Ok(())) => return,
                Ok(Err(error)) => in_words(&error),
                Err(_) => "that failed unexpectedly; nothing was changed".to_owned(),
            };
            let _ = sender.send(News::Event(Event::Message(text, true)));
        });
    }

    /// Gives the terminal away while `work` runs. The event stream goes first: it would eat the keys.
    fn away<T>(&mut self, work: impl FnOnce() -> T) -> Result<T> {
        self.input = None;
        terminal::restore();
        let outcome = work();
        terminal::enter().map_err(|e| lost(&e))?;
        self.screen = blank().map_err(|e| lost(&e))?;
        self.input = Some(EventStream::new());
        Ok(outcome)
    }

    fn leave(&mut self) {
        self.running.iter().for_each(|(_, running)| running.interrupt());
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

fn ended(end: End) -> Ended {
    match end {
        End::Status(number) => Ended::Status(number),
        End::Signal(number) => Ended::Signal(number),
        End::Cancelled => Ended::Cancelled,
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
