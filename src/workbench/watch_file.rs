//! Notices that one file changed on disk, for who waits for it to be corrected. It waits to be told and looks at
//! nothing in between.

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};

/// Watches as long as it is kept.
pub struct WatchFile(#[allow(dead_code, reason = "it watches while it is there")] RecommendedWatcher);

impl WatchFile {
    /// Calls `notice` whenever the file may have changed, or come. None where the system offers no way to watch.
    pub fn new(file: &Path, notice: impl Fn() + Send + 'static) -> Option<Self> {
        let folder = file.ancestors().skip(1).find(|folder| folder.is_dir())?.to_owned();
        let name = file.file_name()?.to_owned();
        let concerns = move |paths: &[PathBuf]| paths.iter().any(|path| path.file_name() == Some(&name));
        let told = move |event: notify::Result<notify::Event>| match event {
            Ok(event) if is_read(event.kind) || !concerns(&event.paths) => {}
            _ => notice(),
        };
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(told, config).ok()?;
        watcher.watch(&folder, RecursiveMode::NonRecursive).ok()?;
        Some(WatchFile(watcher))
    }
}

fn is_read(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(_))
        || matches!(kind, EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime)))
}
