//! The loop: waits for keys, signals and the workbench, drains all that is ready, draws once. While nothing
//! moves it sleeps.

use crate::error::{Code, Error, Result};
use crate::query::{Facts, Index};
use crate::tui::screens::draw;
use crate::tui::state::app::{App, Drawn};
use crate::tui::state::jobs::{JobNow, progress};
use crate::tui::state::prepared::Prepared;
use crate::tui::terminal;
use crate::tui::theme::{Depth, Theme};
use crate::tui::update::{Action, Effect, ViewOf, update};
use crate::view::View;
use crate::workbench::{Event, Job, JobKind, OpenOptions, Watch, Workbench};
use crossterm::event::{Event as Input, EventStream};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
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

type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

enum News {
    Opened(Box<Workbench>, Arc<View>, Box<Prepared>, Box<Newest>),
    OpenFailed(Error),
    Watching(Watch),
    View(Arc<View>, Box<Prepared>),
    Facts(Arc<View>, Arc<Facts>),
    Event(Event),
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
    /// Nothing else happened while a search goes on.
    GoOn,
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
    /// Whether a search goes on.
    is_finding: bool,
    /// The view whose facts are being read.
    reading: Option<Arc<View>>,
}

/// Runs until the person leaves; gives the exit status that a signal asks for, or 0.
///
/// # Errors
/// `E-TERMINAL` when the terminal cannot be drawn to.
pub async fn run(options: &OpenOptions, depth: Depth, mut app: App) -> Result<i32> {
    let (sender, mut news) = unbounded_channel();
    let mut signals = Signals::new()?;
    let screen = Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, std::io::stdout())))
        .map_err(|e| lost(&e))?;
    let mut state = Loop {
        workbench: None,
        watch: None,
        sender: sender.clone(),
        input: None,
        screen,
        depth,
        live: Vec::new(),
        message_until: None,
        is_finding: false,
        reading: None,
    };
    state.draw(&mut app)?;
    open(options.clone(), sender);
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
            () = at_once(self.is_finding) => Woken::GoOn,
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
            Woken::End(status) => return Ok(Some(status)),
            Woken::Tick => return Ok(None),
            Woken::MessageOver => {
                self.message_until = None;
                Action::MessageOver
            }
            Woken::Input(Input::Key(key)) => Action::Key(key),
            Woken::Input(Input::Paste(text)) => Action::Paste(text),
            Woken::Input(_) => Action::Resize,
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
            Woken::GoOn => {
                self.is_finding = false;
                Action::GoOn
            }
            Woken::News(News::Facts(view, facts)) => {
                self.reading = None;
                Action::Facts(view, facts)
            }
            Woken::News(News::View(view, prepared)) => Action::Prepared(view, prepared),
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
            Effect::GoOn => self.is_finding = true,
            Effect::ReadFacts(ViewOf(view)) => self.read_facts(view),
            Effect::Redraw => self.screen.clear().map_err(|e| lost(&e))?,
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
            Effect::Theme(name) => {
                update(app, Action::Theme(Theme::load(&name, self.depth)));
            }
            Effect::Bind(model) => {
                self.on_thread(move |workbench| {
                    workbench.bind(&model)?;
                    workbench.start(JobKind::Scan);
                    Ok(())
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
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let facts = Index::read_facts(&view);
            sender.send(News::Facts(view, Arc::new(facts)))
        });
    }

    /// Judging a large inventory again takes time; the screen does not wait for it.
    fn on_thread(&self, work: impl FnOnce(&Workbench) -> Result<()> + Send + 'static) {
        let Some(workbench) = self.workbench.clone() else { return };
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&workbench)));
            let text = match outcome {
                Ok(Ok(())) => return,
                Ok(Err(error)) => match &error.help {
                    Some(help) => format!("{error} · {help}"),
                    None => error.to_string(),
                },
                Err(_) => "that failed unexpectedly; nothing was changed".to_owned(),
            };
            let _ = sender.send(News::Event(Event::Message(crate::text::screen(&text), true)));
        });
    }

    /// Gives the terminal away while `work` runs. The event stream goes first: it would eat the keys.
    fn away<T>(&mut self, work: impl FnOnce() -> T) -> Result<T> {
        self.input = None;
        terminal::restore();
        let outcome = work();
        terminal::enter().map_err(|e| lost(&e))?;
        self.screen.clear().map_err(|e| lost(&e))?;
        self.input = Some(EventStream::new());
        Ok(outcome)
    }

    fn leave(&mut self) {
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
