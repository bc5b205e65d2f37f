//! Notices that sources changed on disk, and says so once until they are read again. It reads nothing itself.

use super::door::Workbench;
use super::events::Event;
use super::watch_rules::WatchRules;
use crate::inventory::{Source, SourceKind};
use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Watches as long as it is kept.
pub struct Watch {
    _watcher: RecommendedWatcher,
    _rules: Option<WatchRules>,
    /// Sources that cannot be watched: gone, or more folders than the system watches for one user.
    pub unwatched: usize,
}

impl Workbench {
    /// Watches the sources of the workspace; [`Event::Stale`] tells of the first change after each scan. A changed
    /// policy file, anchor or revocation list gives a new view. None where the system offers no way to watch. Walks
    /// all folders of the sources once.
    pub fn watch(&self) -> Option<Watch> {
        let workspace = self.workspace();
        let store = workspace.store.file_name().map(std::ffi::OsStr::to_owned).unwrap_or_default();
        let inner = Arc::downgrade(&self.inner);
        let is_ours = move |path: &Path| {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            name.starts_with(store.as_encoded_bytes())
        };
        let notice = move |event: notify::Result<notify::Event>| {
            let Some(inner) = inner.upgrade() else { return };
            let is_ours = |path: &Path| is_ours(path) || inner.own_writes.is_own(path);
            let is_change = match event {
                Ok(event) => tells_of_change(event.kind) && !event.paths.iter().all(|path| is_ours(path)),
                // Events were lost: something did change.
                Err(_) => true,
            };
            if is_change && !inner.is_stale.swap(true, Relaxed) {
                inner.listeners.tell(&Event::Stale(true));
            }
        };
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(notice, config).ok()?;
        let mut watch_one = |source: &Source| {
            let path = workspace.root.join(&source.path);
            let depth = match source.kind {
                SourceKind::Models => RecursiveMode::Recursive,
                SourceKind::Bom => RecursiveMode::NonRecursive,
            };
            // A document is often replaced by another file of its name: its folder tells of that.
            let place = if path.is_file() { path.parent().unwrap_or(&path) } else { &path };
            watcher.watch(place, depth).is_ok()
        };
        let unwatched = workspace.sources.iter().filter(|source| !watch_one(source)).count();
        Some(Watch { _watcher: watcher, _rules: self.watch_rules(tells_of_change), unwatched })
    }

    /// Whether sources changed since they were last read, as far as anybody watches.
    pub fn is_stale(&self) -> bool {
        self.inner.is_stale.load(Relaxed)
    }

    /// From now on the next change is told.
    pub(super) fn is_fresh(&self) {
        if self.inner.is_stale.swap(false, Relaxed) {
            self.inner.listeners.tell(&Event::Stale(false));
        }
    }
}

/// Whoever only opens or reads a file changes nothing.
fn tells_of_change(kind: EventKind) -> bool {
    let only_read = matches!(kind, EventKind::Access(_))
        || matches!(kind, EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime)));
    !only_read
}
