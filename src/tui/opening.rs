//! Opening workspaces on threads of their own, and everything that such a thread posts to the loop. It draws nothing
//! and changes no state.

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::query::{Licences, Prepared, Sort};
use crate::text::screen;
use crate::tui::remembering::{Remembered, remembered};
use crate::tui::state::exports::Export;
use crate::tui::state::fault::Fault;
use crate::tui::update::Action;
use crate::view::View;
use crate::workbench::{Event, OpenOptions, Watch, Workbench, is_empty_folder};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// A file at fault is shown up to this size.
const LIMIT_SHOWN_BYTES: u64 = 1024 * 1024;
/// Names of a folder that are looked at to complete a path.
const MAX_NAMES: usize = 10_000;

/// An open workspace on its way to the loop.
pub(super) struct Opening {
    pub workbench: Box<Workbench>,
    pub view: Arc<View>,
    pub prepared: Box<Prepared>,
    pub newest: Box<Newest>,
    pub remembered: Remembered,
}

/// What threads post to the loop.
pub(super) enum News {
    Opened(Box<Opening>),
    OpenFailed(Box<(Error, Fault)>),
    /// The file that does not load may have changed.
    Touched,
    Watching(Watch),
    View(Arc<View>, Box<Prepared>),
    Licences(Arc<View>, Licences),
    /// What work on another thread came to.
    Answer(Box<Action>),
    /// The same, of work that no workspace is needed for.
    Lasting(Box<Action>),
    /// Work on another thread is over, whatever came of it.
    Over,
    Event(Event),
    /// A file was not written because one of that name is there.
    Taken(Box<Export>),
    /// Another workspace is to be opened, and whether it is this one, kept.
    OpenAt(PathBuf, bool),
    AskKeep(String),
    Completed {
        asked: String,
        longer: String,
        others: Vec<String>,
    },
}

/// Where news are posted. Each opening has a number of its own, and news of an earlier one are not for the loop.
#[derive(Clone)]
pub(super) struct Post {
    sender: UnboundedSender<(u64, News)>,
    newest: Arc<AtomicU64>,
    /// How much is being done on other threads.
    busy: Arc<AtomicUsize>,
    epoch: u64,
}

/// Something that is being done on another thread, until it is dropped.
pub(super) struct Busy(Post);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, SeqCst);
        self.0.send(News::Over);
    }
}

impl Post {
    pub fn new(sender: UnboundedSender<(u64, News)>) -> Self {
        Post { sender, newest: Arc::default(), busy: Arc::default(), epoch: 0 }
    }

    pub fn send(&self, news: News) {
        let _ = self.sender.send((self.epoch, news));
    }

    /// The number of the opening.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// From now on news are of the next opening.
    pub fn next(&mut self) -> Post {
        self.epoch = self.newest.fetch_add(1, Relaxed) + 1;
        self.clone()
    }

    /// Whether nothing is being done on other threads; news of what was done may still wait to be heard.
    pub fn is_idle(&self) -> bool {
        self.busy.load(SeqCst) == 0
    }

    /// Begins something on another thread.
    pub fn busy(&self) -> Busy {
        self.busy.fetch_add(1, SeqCst);
        Busy(self.clone())
    }

    /// Works on a thread of its own, and tells what went wrong.
    pub fn work(&self, work: impl FnOnce() -> Result<()> + Send + 'static) {
        let (post, busy) = (self.clone(), self.busy());
        std::thread::spawn(move || {
            let _busy = busy;
            let text = match catch_unwind(AssertUnwindSafe(work)) {
                Ok(Ok(())) => return,
                Ok(Err(error)) => match &error.help {
                    Some(help) => format!("{error} · {help}"),
                    None => error.to_string(),
                },
                Err(_) => "that failed unexpectedly; nothing was changed".to_owned(),
            };
            post.send(News::Event(Event::Message(screen(&text), true)));
        });
    }
}

/// The newest view that was told, and what its rows are made from: those of the next one are mostly the same.
#[derive(Default)]
pub(super) struct Newest(Mutex<Option<(Arc<View>, Prepared)>>);

impl Newest {
    /// Made on the thread that tells it, so that no key waits for the rows of a new view.
    pub fn news(&self, event: Event) -> News {
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
        let prepared = prepared.ordered(|made| Sort::default().ordered(made));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((view.clone(), prepared.clone()));
        prepared
    }
}

/// Opens a workspace.
pub(super) fn open(options: OpenOptions, post: Post) {
    std::thread::spawn(move || {
        let newest = Newest::default();
        let list = |view| post.send(newest.news(Event::View(view)));
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let workbench = Workbench::open_listing(&options, list)?;
            let view = workbench.view();
            let prepared = Box::new(newest.prepared(&view));
            let remembered = remembered(&workbench);
            Ok((Box::new(workbench), view, prepared, remembered))
        }));
        let opened = opened.unwrap_or_else(|_| {
            Err(Error::new(Code::Internal, "opening the workspace failed unexpectedly")
                .help("please report it; nothing was changed"))
        });
        post.send(match opened {
            Ok((workbench, view, prepared, remembered)) => News::Opened(Box::new(Opening {
                workbench,
                view,
                prepared,
                newest: Box::new(newest),
                remembered,
            })),
            Err(error) => {
                let file = error.spot.as_ref().map(|spot| spot.file.as_path());
                let bytes = file.and_then(|file| disk::whole(file, LIMIT_SHOWN_BYTES).ok());
                let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                let fault = Fault::of_opening(&error, text.as_deref(), is_empty_folder(&options));
                News::OpenFailed(Box::new((error, fault)))
            }
        });
    });
}

/// A path as it is meant where it begins with `~`.
pub(super) fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(below), Some(dirs)) => dirs.home_dir().join(below),
        _ => path.to_owned(),
    }
}

/// Finds out what a path that is being typed can go on with.
pub(super) fn complete(asked: String, post: Post) {
    std::thread::spawn(move || {
        let (folder, start) = match asked.rsplit_once(MAIN_SEPARATOR) {
            Some((folder, start)) => (format!("{folder}{MAIN_SEPARATOR}"), start),
            None => (String::new(), asked.as_str()),
        };
        let looked = if folder.is_empty() { PathBuf::from(".") } else { at_home(Path::new(&folder)) };
        let mut others: Vec<String> = std::fs::read_dir(looked)
            .into_iter()
            .flatten()
            .flatten()
            .take(MAX_NAMES)
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let is_meant = name.starts_with(start) && (!name.starts_with('.') || start.starts_with('.'));
                let end = if entry.path().is_dir() { "/" } else { "" };
                is_meant.then(|| format!("{name}{end}"))
            })
            .collect();
        others.sort();
        let common = others.iter().fold(None::<String>, |common, name| {
            Some(match common {
                None => name.clone(),
                Some(common) => {
                    let alike = common.chars().zip(name.chars()).take_while(|(a, b)| a == b);
                    alike.map(|(a, _)| a).collect()
                }
            })
        });
        let longer = common.map_or_else(|| asked.clone(), |common| format!("{folder}{common}"));
        post.send(News::Completed { asked, longer, others });
    });
}
