//! An open workspace and what everything asked of it needs: its store, its newest view, its jobs. What can be asked
//! stands in the files around.

use super::access::Access;
use super::events::Listeners;
use super::jobs::Jobs;
use super::options::OpenOptions;
use super::own_writes::OwnWrites;
use crate::clock::this_second;
use crate::error::{Code, Error, Result};
use crate::inventory::{ModelId, Workspace};
use crate::maturity::Rubric;
use crate::store::{CacheKey, Shared, Store};
use crate::view::View;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

pub(super) struct Inner {
    pub(super) options: OpenOptions,
    pub(super) access: Access,
    pub(super) own_writes: OwnWrites,
    pub(super) rubric: Arc<Rubric>,
    pub(super) workspace: RwLock<Workspace>,
    /// Held while the deployments in the workspace's file are read or changed.
    pub(super) editing: Mutex<()>,
    pub(super) store: Shared,
    /// What seals remembered digests, or why there is nothing; unset until digests are to be remembered.
    pub(super) cache_key: OnceLock<std::result::Result<CacheKey, Error>>,
    pub(super) view: RwLock<Arc<View>>,
    /// Held while a view takes the place of another.
    pub(super) publishing: Mutex<()>,
    pub(super) listeners: Arc<Listeners>,
    pub(super) jobs: Jobs,
    /// Sources changed since they were read, as far as anybody watches.
    #[cfg(feature = "tui")]
    pub(super) is_stale: std::sync::atomic::AtomicBool,
}

/// An open workspace; cheap to clone.
#[derive(Clone)]
pub struct Workbench {
    pub(super) inner: Arc<Inner>,
}

impl Workbench {
    /// The newest view.
    pub fn view(&self) -> Arc<View> {
        self.inner.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What may be written.
    pub fn access(&self) -> Access {
        self.inner.access
    }

    /// Where it is remembered how somebody left this workspace: beside the store, whose name it begins with, so that it
    /// is ignored with it. None where nothing is remembered.
    pub fn session_file(&self) -> Option<PathBuf> {
        let workspace = self.workspace();
        let mut name = workspace.store.file_name()?.to_owned();
        name.push("-session.json");
        (self.access() != Access::Temporary).then(|| workspace.store.with_file_name(name))
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.access().is_read_only()
    }

    /// An error when nothing may be written.
    pub(super) fn writable(&self) -> Result<()> {
        self.access().refusal().map_or(Ok(()), Err)
    }

    /// Writes these files, of which nobody is to be told.
    pub(super) fn writing<T>(&self, paths: &[&Path], write: impl FnOnce() -> T) -> T {
        self.inner.own_writes.begin(paths);
        let written = write();
        self.inner.own_writes.end(paths);
        written
    }

    /// The time that is asked about: the one that the options name, else now.
    pub fn now(&self) -> jiff::Timestamp {
        self.inner.options.at.unwrap_or_else(this_second)
    }

    pub(super) fn workspace(&self) -> Workspace {
        self.inner.workspace.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Box<dyn Store>> {
        self.inner.store.lock()
    }
}

pub(super) fn not_found(model: &ModelId) -> Error {
    Error::new(Code::NotFound, "there is no such model in the inventory")
        .at(model.raw())
        .help("`touchmark list` shows what there is; `touchmark scan` reads the sources again")
}
