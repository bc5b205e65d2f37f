//! What the workbench tells its faces, and how.

use crate::view::View;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the workbench tells its face.
#[derive(Clone)]
pub enum Event {
    /// There is a new view. Each has a higher generation than the one told before; of several that came about at
    /// nearly the same time only the newest may be told.
    View(Arc<View>),
    /// A job began, logged or ended; ask [`super::Workbench::jobs`].
    Jobs,
    /// Sources changed since they were read, or (false) are being read again.
    Stale(bool),
    /// Something to tell the person, safe to show, and whether it is bad news.
    Message(String, bool),
}

type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// Who is told.
#[derive(Default)]
pub(super) struct Listeners {
    all: Mutex<Vec<Listener>>,
    views: Mutex<Views>,
}

/// Views on their way out.
#[derive(Default)]
struct Views {
    next: Option<Arc<View>>,
    /// Somebody is telling, and will tell the next one too.
    is_telling: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listeners {
    pub fn subscribe(&self, listener: Listener) {
        lock(&self.all).push(listener);
    }

    pub fn tell(&self, event: &Event) {
        let listeners = lock(&self.all).clone();
        for listener in listeners {
            listener(event.clone());
        }
    }

    /// Puts a view on its way, in the order of this call; [`Listeners::tell_views`] sends it.
    pub fn put(&self, view: Arc<View>) {
        lock(&self.views).next = Some(view);
    }

    /// Tells the views that are on their way, in their order, with no lock held: a listener may make another one.
    pub fn tell_views(&self) {
        if std::mem::replace(&mut lock(&self.views).is_telling, true) {
            return;
        }
        let mut turn = Telling { listeners: self, is_over: false };
        while let Some(view) = turn.next() {
            self.tell(&Event::View(view));
        }
    }
}

/// Somebody's turn to tell; it ends also when a listener panics.
struct Telling<'a> {
    listeners: &'a Listeners,
    is_over: bool,
}

impl Telling<'_> {
    fn next(&mut self) -> Option<Arc<View>> {
        let mut views = lock(&self.listeners.views);
        let next = views.next.take();
        // Under the same lock: a view that is put from now on has to be told by its own thread.
        self.is_over = next.is_none();
        views.is_telling = !self.is_over;
        next
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            lock(&self.listeners.views).is_telling = false;
        }
    }
}
