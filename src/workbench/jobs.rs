//! Work that takes time: one thread a job, rayon inside, a panic caught at the edge.

use super::open::Workbench;
use crate::error::{Code, Error};
use crate::inventory::ModelId;
use crate::signing::{Progress, Snapshot};
use crate::view::View;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Finished jobs beyond this many are forgotten, oldest first.
const KEPT: usize = 200;
/// Lines of a job's log beyond this many are counted, not kept.
const LOG_LINES: usize = 2_000;

/// Names a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// Reads all sources again.
    Scan,
    /// Verifies these models.
    Verify(Vec<ModelId>),
    /// The same, without digests that were computed before.
    VerifyInFull(Vec<ModelId>),
    /// Verifies those of these models that were not verified yet, which scores them all.
    Score(Vec<ModelId>),
    /// Writes a snapshot to a file that is not there yet.
    Snapshot(PathBuf),
    /// Says in its log how a snapshot and the present view differ.
    Diff(PathBuf),
}

impl JobKind {
    fn title(&self) -> String {
        match self {
            JobKind::Scan => "scan all sources".to_owned(),
            JobKind::Verify(ids) => format!("verify {}", these(ids)),
            JobKind::VerifyInFull(ids) => format!("verify {} in full", these(ids)),
            JobKind::Score(ids) => format!("score {}", these(ids)),
            JobKind::Snapshot(file) => format!("snapshot {}", crate::text::screen(&file.to_string_lossy())),
            JobKind::Diff(file) => format!("diff {}", crate::text::screen(&file.to_string_lossy())),
        }
    }
}

fn these(ids: &[ModelId]) -> String {
    match ids {
        [id] => id.screen(),
        _ => format!("{} models", ids.len()),
    }
}

/// What became of a job.
#[derive(Debug, Clone)]
pub enum JobState {
    /// Not begun.
    Queued,
    /// At work.
    Running,
    /// Finished, with one line of our own words.
    Done(String),
    /// Stopped by an error.
    Failed(Error),
    /// Stopped because somebody asked.
    Cancelled,
}

/// One job, as seen at a moment.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// One line, safe to show: `verify 3 models`.
    pub title: String,
    /// What became of it.
    pub state: JobState,
    /// Counters.
    pub progress: Progress,
    /// When it began.
    pub started: Option<Instant>,
    /// How long it took.
    pub took: Option<Duration>,
    /// What it did, a line each, safe to show.
    pub log: Vec<String>,
}

impl Job {
    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        self.progress.snapshot()
    }

    /// Queued or running.
    pub fn is_live(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Running)
    }
}

/// What the workbench tells its face.
#[derive(Clone)]
pub enum Event {
    /// There is a new view.
    View(Arc<View>),
    /// A job began, logged or ended; ask [`super::Workbench::jobs`].
    Jobs,
    /// Sources changed since they were read, or (false) are being read again.
    Stale(bool),
    /// Something to tell the person, safe to show, and whether it is bad news.
    Message(String, bool),
}

type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// All jobs of a workbench. One runs at a time: hashing already uses every core.
#[derive(Default)]
pub(super) struct Jobs {
    list: Mutex<Vec<Job>>,
    changed: Condvar,
    turn: Mutex<()>,
    listeners: Mutex<Vec<Listener>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Jobs {
    pub(super) fn subscribe(&self, listener: Listener) {
        lock(&self.listeners).push(listener);
    }

    pub(super) fn tell(&self, event: &Event) {
        let listeners = lock(&self.listeners).clone();
        for listener in listeners {
            listener(event.clone());
        }
    }

    pub(super) fn all(&self) -> Vec<Job> {
        lock(&self.list).iter().rev().cloned().collect()
    }

    pub(super) fn cancel(&self, id: JobId) {
        if let Some(job) = lock(&self.list).iter().find(|job| job.id == id) {
            job.progress.cancel();
        }
    }

    pub(super) fn wait(&self, id: JobId) -> Option<Job> {
        let mut list = lock(&self.list);
        loop {
            let job = list.iter().find(|job| job.id == id)?;
            if !job.is_live() {
                return Some(job.clone());
            }
            list = self.changed.wait(list).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add(&self, kind: JobKind) -> (JobId, Progress) {
        let mut list = lock(&self.list);
        let id = JobId(list.last().map_or(1, |job| job.id.0 + 1));
        let progress = Progress::default();
        list.push(Job {
            id,
            title: kind.title(),
            kind,
            state: JobState::Queued,
            progress: progress.clone(),
            started: None,
            took: None,
            log: Vec::new(),
        });
        if list.len() > KEPT
            && let Some(oldest) = list.iter().position(|job| !job.is_live())
        {
            list.remove(oldest);
        }
        (id, progress)
    }

    fn change(&self, id: JobId, change: impl FnOnce(&mut Job)) {
        if let Some(job) = lock(&self.list).iter_mut().find(|job| job.id == id) {
            change(job);
        }
        self.changed.notify_all();
        self.tell(&Event::Jobs);
    }
}

/// Starts a job on a thread of its own.
pub(super) fn start(workbench: &Workbench, kind: JobKind) -> JobId {
    let (id, progress) = workbench.inner.jobs.add(kind.clone());
    let on_thread = workbench.clone();
    let spawned = std::thread::Builder::new().name(format!("job-{}", id.0)).spawn(move || {
        let jobs = &on_thread.inner.jobs;
        let turn = lock(&jobs.turn);
        jobs.change(id, |job| {
            job.state = JobState::Running;
            job.started = Some(Instant::now());
        });
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&on_thread, id, &kind, &progress)));
        let state = match outcome {
            Ok(Ok(said)) => JobState::Done(said),
            Ok(Err(error)) if error.code == Code::Cancelled => JobState::Cancelled,
            Ok(Err(error)) => JobState::Failed(error),
            Err(_) => JobState::Failed(
                Error::new(Code::Internal, "the job stopped on a defect of this program")
                    .help("please report it with the model that caused it"),
            ),
        };
        drop(turn);
        jobs.change(id, |job| {
            job.state = state;
            job.took = Some(began.elapsed());
        });
    });
    if let Err(error) = spawned {
        let error = Error::new(Code::Internal, format!("the system gives no further thread ({error})"));
        workbench.inner.jobs.change(id, |job| job.state = JobState::Failed(error));
    }
    workbench.inner.jobs.tell(&Event::Jobs);
    id
}

fn run(workbench: &Workbench, id: JobId, kind: &JobKind, progress: &Progress) -> crate::Result<String> {
    progress.check()?;
    let log = |line: String| {
        workbench.inner.jobs.change(id, |job| {
            if job.log.len() < LOG_LINES {
                job.log.push(line);
            }
        });
    };
    match kind {
        JobKind::Scan => workbench.rescan(progress),
        JobKind::Verify(ids) => workbench.verify_models(ids, false, progress, &log),
        JobKind::VerifyInFull(ids) => workbench.verify_models(ids, true, progress, &log),
        JobKind::Snapshot(file) => {
            let seal = workbench.snapshot(Some(file), false, progress)?;
            // Whoever typed a bare name may not know which folder the program was started in.
            let whole = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            log(format!("written to {}", crate::text::screen(&whole.to_string_lossy())));
            Ok(format!("{} models, digest {}", seal.models, seal.digest))
        }
        JobKind::Diff(file) => {
            let diff = workbench.diff(file, progress)?;
            crate::report::snapshot::changes(&diff).lines().for_each(|line| log(line.to_owned()));
            Ok(crate::report::snapshot::summary(&diff))
        }
        JobKind::Score(ids) => {
            let view = workbench.view();
            let open: Vec<ModelId> = ids
                .iter()
                .filter(|id| {
                    view.model(id).is_some_and(|(i, _)| view.verified.get(i).is_none_or(Option::is_none))
                })
                .cloned()
                .collect();
            let verified = workbench.verify_models(&open, false, progress, &log)?;
            let view = workbench.view();
            let mut levels = [0usize; 4];
            for (index, _) in ids.iter().filter_map(|id| view.model(id)) {
                let effective =
                    view.judgement.standing(index).map_or(0, |standing| usize::from(standing.effective));
                if let Some(count) = levels.get_mut(effective) {
                    *count += 1;
                }
            }
            let [none, one, two, three] = levels;
            Ok(format!(
                "effective L0 {none}, L1 {one}, L2 {two}, L3 {three}; {} newly verified: {verified}",
                open.len()
            ))
        }
    }
}
