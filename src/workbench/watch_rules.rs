//! Notices that the policy file, an anchor, a revocation list or the workspace's own file changed on disk, and has the view made anew. It waits
//! to be told and looks at nothing in between. What a change means is not known here.

use super::anchors;
use super::door::{Inner, Workbench};
use super::events::Event;
use super::in_force::below_of;
use super::publish::Next;
use super::seal;
use crate::error::Result;
use crate::inventory::Workspace;
use crate::text::screen;
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime};

/// A burst of changes is over when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(50);
/// A longer one is acted on while it goes on.
const BURST: Duration = Duration::from_millis(500);

/// What wakes the watch.
enum Told {
    /// Something happened to these paths; none when events were lost.
    Files(Vec<PathBuf>),
    /// Another policy may be in force, with files of its own.
    View,
    /// Nobody watches any longer.
    Over,
}

/// Watches as long as it is kept.
pub(super) struct WatchRules(Sender<Told>);

impl Drop for WatchRules {
    fn drop(&mut self) {
        // Who waits for it may be gone, and then nothing is left to end.
        let _ = self.0.send(Told::Over);
    }
}

impl Workbench {
    /// Makes the view anew whenever a file changes that it is judged by. None where the system offers no way to watch.
    pub(super) fn watch_rules(&self, is_change: fn(notify::EventKind) -> bool) -> Option<WatchRules> {
        let (sender, told) = channel();
        let notice = sender.clone();
        let notice = move |event: notify::Result<notify::Event>| {
            let paths = match event {
                Ok(event) if !is_change(event.kind) => return,
                Ok(event) => event.paths,
                Err(_) => Vec::new(),
            };
            let _ = notice.send(Told::Files(paths));
        };
        let config = Config::default().with_follow_symlinks(false);
        let watcher = RecommendedWatcher::new(notice, config).ok()?;
        let inner = Arc::downgrade(&self.inner);
        let mut rules = Rules { inner, watcher, places: BTreeSet::new(), stamps: BTreeMap::new() };
        rules.look(&self.rule_files(), &[]);
        let views = sender.clone();
        self.subscribe(move |event| {
            if let Event::View(_) = event {
                let _ = views.send(Told::View);
            }
        });
        std::thread::spawn(move || rules.attend(&told));
        Some(WatchRules(sender))
    }

    fn rule_files(&self) -> BTreeSet<PathBuf> {
        let workspace = self.workspace();
        let own = (!workspace.is_temporary).then(|| Workspace::file_in(&workspace.root));
        let policy = self.policy_file();
        let of_seal = policy.iter().flat_map(|policy| seal::files(&workspace, policy).collect::<Vec<_>>());
        let of_seal = of_seal.collect::<Vec<_>>();
        let below = self.policy_below();
        let below_seal = below.iter().flat_map(|below| seal::files(&workspace, below).collect::<Vec<_>>());
        let below: Vec<PathBuf> = below.iter().cloned().chain(below_seal).collect();
        policy
            .into_iter()
            .chain(below)
            .chain(own)
            .chain(of_seal)
            .chain(anchors::files(&self.view().policy))
            .collect()
    }

    /// The file that the policy extends.
    fn policy_below(&self) -> Option<PathBuf> {
        below_of(&self.view().policy_text, &self.policy_file()?)
    }

    fn renew_rules(&self, changed: &[PathBuf]) -> Result<()> {
        let workspace = self.workspace();
        let own = Workspace::file_in(&workspace.root);
        if changed.contains(&own) {
            self.reload_deployments()?;
            if changed.iter().all(|file| *file == own) {
                return Ok(());
            }
        }
        let is_changed = |policy: &PathBuf| {
            changed.contains(policy) || seal::files(&workspace, policy).any(|file| changed.contains(&file))
        };
        let below = self.policy_below().filter(is_changed);
        match self.policy_file().filter(|policy| is_changed(policy) || below.is_some()) {
            Some(_) => self.reload_policy(),
            None => self.renew(|view| Ok(Next::as_in(view))).map(drop),
        }
    }
}

/// What a file is, without reading it: another one of its name is mostly told from it by this.
type Stamp = Option<(SystemTime, u64)>;

struct Rules {
    inner: Weak<Inner>,
    watcher: RecommendedWatcher,
    /// The folders that are watched.
    places: BTreeSet<PathBuf>,
    stamps: BTreeMap<PathBuf, Stamp>,
}

impl Rules {
    /// Until nobody watches any longer, or the workbench is gone.
    fn attend(&mut self, told: &Receiver<Told>) {
        while let Some(touched) = burst(told) {
            let Some(inner) = self.inner.upgrade() else { return };
            let workbench = Workbench { inner };
            let changed = self.look(&workbench.rule_files(), &touched);
            if changed.is_empty() {
                continue;
            }
            if let Err(error) = workbench.renew_rules(&changed) {
                let text = screen(&error.to_string());
                workbench.inner.listeners.tell(&Event::Message(text, true));
            }
        }
    }

    /// Watches where these files lie, and says which of them changed since it looked before.
    fn look(&mut self, files: &BTreeSet<PathBuf>, touched: &[PathBuf]) -> Vec<PathBuf> {
        let places: BTreeSet<PathBuf> =
            files.iter().flat_map(|file| names(file)).filter_map(|name| place(&name)).collect();
        for gone in self.places.difference(&places) {
            // A folder that is gone is no longer watched anyway.
            let _ = self.watcher.unwatch(gone);
        }
        for place in &places {
            // One that was touched itself may be another folder of its name.
            if !self.places.contains(place) || touched.contains(place) {
                // What cannot be watched is still read again with everything else.
                let _ = self.watcher.watch(place, RecursiveMode::NonRecursive);
            }
        }
        self.places = places;
        let stamps: BTreeMap<PathBuf, Stamp> = files.iter().map(|file| (file.clone(), stamp(file))).collect();
        let is_changed = |(file, stamp): &(&PathBuf, &Stamp)| {
            // A file that a new policy names may have changed after the policy's view was made, before it was watched.
            self.stamps.get(*file).is_none_or(|before| before != *stamp)
                || names(file).iter().any(|name| touched.contains(name))
        };
        let changed = stamps.iter().filter(is_changed).map(|(file, _)| file.clone()).collect();
        self.stamps = stamps;
        changed
    }
}

/// Waits for something to happen and until it is over; the paths that it happened to. None when nobody watches any
/// longer.
fn burst(told: &Receiver<Told>) -> Option<Vec<PathBuf>> {
    let mut touched = Vec::new();
    let mut next = told.recv().ok()?;
    let end = Instant::now() + BURST;
    loop {
        match next {
            Told::Over => return None,
            Told::Files(paths) => touched.extend(paths),
            Told::View => {}
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Some(touched);
        }
        match told.recv_timeout(QUIET.min(left)) {
            Ok(more) => next = more,
            Err(RecvTimeoutError::Timeout) => return Some(touched),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// By which names changes of a file are told: its own, and that of the file that a link leads to.
fn names(file: &Path) -> Vec<PathBuf> {
    let own = file
        .parent()
        .zip(file.file_name())
        .and_then(|(folder, name)| Some(folder.canonicalize().ok()?.join(name)));
    let mut names = vec![own.unwrap_or_else(|| file.to_owned())];
    names.extend(file.canonicalize().ok().filter(|led| !names.contains(led)));
    names
}

/// The folder that a file lies in or, while that is not there, the one where it would appear.
fn place(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

fn stamp(file: &Path) -> Stamp {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
