//! Jobs in one queue: they start strictly in the order in which they were asked for, one after the other (hashing
//! already uses every core), on a thread that is there only while there is work. A job that waits costs no thread.
//! What a job does comes in as a closure: the queue knows neither the workbench nor its views.

use super::job::{Job, JobId, JobKind, JobRow, JobState};
use crate::error::{Code, Error, Result};
use crate::signing::Progress;
use crate::snapshot::Diff;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Finished jobs beyond this many are forgotten, oldest first.
const KEPT: usize = 200;
/// Lines of a job's log beyond this many are dropped.
const LOG_LINES: usize = 2_000;

/// What a job does: it gets the job's counters and says as it goes what is to be noted of it; it ends with one line
/// of our own words.
pub(super) type Work = Box<dyn FnOnce(&Progress, &dyn Fn(Note)) -> Result<String> + Send>;

/// What a job says while it runs.
pub(super) enum Note {
    /// A line of its log.
    Line(String),
    /// The generation of the view that it works from.
    MadeFrom(u64),
    /// The generation of the view that shows what it found.
    ShownIn(u64),
    /// What became of its models.
    Rows(Vec<JobRow>),
    /// What it found out by comparing.
    Diff(Arc<Diff>),
}

/// How the queue gets a thread.
type Hire = fn(Box<dyn FnOnce() + Send>) -> std::io::Result<()>;

/// All jobs; a clone is the same queue.
#[derive(Clone)]
pub(super) struct Jobs {
    queue: Arc<Queue>,
}

struct Queue {
    book: Mutex<Book>,
    changed: Condvar,
    /// Called, without a lock held, whenever a job was added or changed.
    tell: Box<dyn Fn() + Send + Sync>,
    hire: Hire,
}

#[derive(Default)]
struct Book {
    /// Oldest first.
    jobs: Vec<Job>,
    /// What the queued ones will do, first come first.
    waiting: VecDeque<(JobId, Work)>,
    last: u64,
    /// Whether a thread is there that takes the next one.
    is_manned: bool,
}

impl Jobs {
    pub fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Jobs::hiring(tell, |work| {
            std::thread::Builder::new().name("job-queue".to_owned()).spawn(work).map(drop)
        })
    }

    fn hiring(tell: impl Fn() + Send + Sync + 'static, hire: Hire) -> Self {
        let (book, changed) = (Mutex::default(), Condvar::new());
        Jobs { queue: Arc::new(Queue { book, changed, tell: Box::new(tell), hire }) }
    }

    /// Puts a job at the end of the queue. Where the system gives no thread, it has failed.
    pub fn start(&self, kind: JobKind, work: Work) -> JobId {
        self.begin(kind, false, work)
    }

    /// The same, of one that belongs to something else.
    pub fn start_aside(&self, kind: JobKind, work: Work) -> JobId {
        self.begin(kind, true, work)
    }

    fn begin(&self, kind: JobKind, is_aside: bool, work: Work) -> JobId {
        let mut book = self.queue.book();
        let id = book.add(kind, work);
        if let Some(job) = book.job(id) {
            job.is_aside = is_aside;
        }
        // A new thread waits for the book, so that nothing is added between the two.
        let unstarted = if book.is_manned { None } else { self.man(&mut book).err() };
        drop(book);
        // What a job holds may be large, or the last handle of something that uses this queue.
        drop(unstarted);
        self.queue.changed.notify_all();
        (self.queue.tell)();
        id
    }

    /// Starts the thread; else the last job, the only one that waits, has failed, and what it would have done is
    /// returned.
    fn man(&self, book: &mut Book) -> std::result::Result<(), Option<(JobId, Work)>> {
        let queue = self.queue.clone();
        match (self.queue.hire)(Box::new(move || queue.work_off())) {
            Ok(()) => {
                book.is_manned = true;
                Ok(())
            }
            Err(cause) => {
                let unstarted = book.waiting.pop_back();
                let failed =
                    Error::new(Code::Internal, format!("could not start a thread for the job ({cause})"))
                        .help("start it again when other programs have ended");
                if let Some(job) = unstarted.as_ref().and_then(|(id, _)| book.job(*id)) {
                    job.state = JobState::Failed(failed);
                }
                Err(unstarted)
            }
        }
    }

    /// All jobs, newest first.
    pub fn all(&self) -> Vec<Job> {
        self.queue.book().jobs.iter().rev().cloned().collect()
    }

    /// Ends a job that waits, at once; asks one that runs to stop.
    pub fn cancel(&self, id: JobId) {
        let mut book = self.queue.book();
        let waits = book.waiting.iter().position(|(waiting, _)| *waiting == id);
        let unstarted = waits.and_then(|position| book.waiting.remove(position));
        if let Some(job) = book.job(id) {
            job.progress.cancel();
            if unstarted.is_some() {
                job.state = JobState::Cancelled;
            }
        }
        drop(book);
        if unstarted.is_some() {
            drop(unstarted);
            self.queue.changed.notify_all();
            (self.queue.tell)();
        }
    }

    /// Waits until a job has ended; none when nobody knows it.
    pub fn wait(&self, id: JobId) -> Option<Job> {
        let mut book = self.queue.book();
        loop {
            let job = book.job(id)?;
            if !job.is_live() {
                return Some(job.clone());
            }
            book = self.queue.changed.wait(book).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Book {
    fn add(&mut self, kind: JobKind, work: Work) -> JobId {
        self.last += 1;
        let id = JobId(self.last);
        self.jobs.push(Job {
            id,
            title: kind.title(),
            kind,
            state: JobState::Queued,
            progress: Progress::default(),
            started: None,
            took: None,
            log: Vec::new(),
            rows: Arc::default(),
            diff: None,
            is_aside: false,
            made_from: None,
            shown_in: None,
        });
        self.waiting.push_back((id, work));
        while self.jobs.len() > KEPT
            && let Some(oldest) = self.jobs.iter().position(|job| !job.is_live())
        {
            self.jobs.remove(oldest);
        }
        id
    }

    fn job(&mut self, id: JobId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }
}

impl Queue {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does: one job after the other, until none waits.
    fn work_off(&self) {
        while let Some((id, progress, work)) = self.next() {
            self.tell_safely();
            let note = |note| {
                self.change(id, |job| match note {
                    Note::Line(line) if job.log.len() < LOG_LINES => job.log.push(line),
                    Note::Line(_) => {}
                    Note::MadeFrom(generation) => job.made_from = Some(generation),
                    Note::ShownIn(generation) => job.shown_in = Some(generation),
                    Note::Rows(rows) => job.rows = Arc::new(rows),
                    Note::Diff(diff) => job.diff = Some(diff),
                });
                (self.tell)();
            };
            // The work is gone when this is over, whatever became of it.
            let outcome = catch_unwind(AssertUnwindSafe(move || {
                progress.check()?;
                work(&progress, &note)
            }));
            let state = match outcome {
                Ok(Ok(said)) => JobState::Done(said),
                Ok(Err(error)) if error.code == Code::Cancelled => JobState::Cancelled,
                Ok(Err(error)) => JobState::Failed(error),
                Err(_) => JobState::Failed(
                    Error::new(Code::Internal, "internal error in a job")
                        .help("please report it, with the model that caused it"),
                ),
            };
            self.change(id, |job| {
                job.state = state;
                job.took = job.started.map(|started| started.elapsed());
            });
            self.tell_safely();
        }
    }

    /// The next job, running from now on; without one the thread is no longer there.
    fn next(&self) -> Option<(JobId, Progress, Work)> {
        let mut book = self.book();
        let Some((id, work)) = book.waiting.pop_front() else {
            book.is_manned = false;
            return None;
        };
        let running = |job: &mut Job| {
            job.state = JobState::Running;
            job.started = Some(Instant::now());
            job.progress.clone()
        };
        let progress = book.job(id).map(running).unwrap_or_default();
        drop(book);
        self.changed.notify_all();
        Some((id, progress, work))
    }

    fn change(&self, id: JobId, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.book().job(id) {
            change(job);
        }
        self.changed.notify_all();
    }

    /// Whoever listens must not take the queue's thread with them.
    fn tell_safely(&self) {
        drop(catch_unwind(AssertUnwindSafe(|| (self.tell)())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    fn says(word: &'static str) -> Work {
        Box::new(move |_, _| Ok(word.to_owned()))
    }

    #[test]
    fn a_job_that_gets_no_thread_has_failed_and_the_next_one_runs() {
        static IS_SHORT: AtomicBool = AtomicBool::new(true);
        let jobs = Jobs::hiring(
            || {},
            |work| match IS_SHORT.load(Relaxed) {
                true => Err(std::io::Error::from(std::io::ErrorKind::WouldBlock)),
                false => std::thread::Builder::new().spawn(work).map(drop),
            },
        );
        let unstarted = jobs.wait(jobs.start(JobKind::Scan, says("never"))).unwrap();
        assert!(matches!(&unstarted.state, JobState::Failed(error) if error.what.contains("thread")));
        assert!(unstarted.started.is_none());
        IS_SHORT.store(false, Relaxed);
        let next = jobs.wait(jobs.start(JobKind::Scan, says("done"))).unwrap();
        assert!(matches!(next.state, JobState::Done(said) if said == "done"));
    }

    #[test]
    fn a_panic_is_a_failed_job_and_one_of_a_listener_is_none() {
        let jobs = Jobs::new(|| {
            if std::thread::current().name() == Some("job-queue") {
                panic!("a listener's");
            }
        });
        let broken = jobs.start(JobKind::Scan, Box::new(|_, _| panic!("the job's")));
        let next = jobs.start(JobKind::Scan, says("done"));
        let broken = jobs.wait(broken).unwrap();
        assert!(matches!(broken.state, JobState::Failed(error) if error.code == Code::Internal));
        assert!(matches!(jobs.wait(next).unwrap().state, JobState::Done(_)));
    }

    #[test]
    fn a_log_without_end_is_cut_and_the_job_goes_on() {
        let jobs = Jobs::new(|| {});
        let work: Work = Box::new(|_, note| {
            (0..=LOG_LINES).for_each(|number| note(Note::Line(number.to_string())));
            Ok("done".to_owned())
        });
        let job = jobs.wait(jobs.start(JobKind::Scan, work)).unwrap();
        assert!(matches!(job.state, JobState::Done(_)));
        assert_eq!((job.log.len(), job.log.last().unwrap().as_str()), (LOG_LINES, "1999"));
    }
}
