//! Fetches a trusted root from a repository of The Update Framework (TUF 1.0): the rules are the crate's
//! (`sigstore-tuf`), the network and the store are ours. What it gives is verified; it writes only its store.

use crate::disk::{read_small, write_private};
use crate::error::{Code, Error, Result};
use crate::http::{Client, Service};
use jiff::Timestamp;
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{MetadataStore, Repository, Updater, UpdaterConfig};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A trusted root as its repository publishes it now.
#[derive(Debug, Clone)]
pub struct FetchedRoot {
    /// The file.
    pub bytes: Vec<u8>,
    /// Version of the TUF root that vouches for it in the end.
    pub root_version: u64,
    /// Until when the repository vouches for it.
    pub vouched_until: Option<Timestamp>,
}

const TARGET: &str = "trusted_root.json";
/// What of a trusted root is read anywhere.
const LIMIT_ROOT_BYTES: u64 = 8 * 1024 * 1024;
/// The largest file of the store.
const LIMIT_STORED_BYTES: u64 = 8 * 1024 * 1024;

/// Fetches `trusted_root.json`. Trust begins with `first_root`, a TUF `root.json`; `store` is the folder that
/// remembers what was seen of this repository, so that nothing older is accepted later.
///
/// # Errors
/// `E-CONFIG` for an address that cannot be used, `E-MALFORMED` for a TUF root that cannot, `E-WRITE` and
/// `E-READ` when the store fails, `E-NETWORK`, `E-REFUSED`; `E-ANSWER` for whatever breaks the rules of TUF:
/// signatures, expiry, rollback, size.
pub fn fetch_trusted_root(
    url: &str,
    first_root: &[u8],
    store: &Path,
    timeout: Duration,
    now: Timestamp,
) -> Result<FetchedRoot> {
    let service = Service::new("the TUF repository", url)?;
    let stopped = Stopped::default();
    let remote = Remote { client: Client::new(timeout), service: service.clone(), stopped: stopped.clone() };
    let mut limits = UpdaterConfig::default();
    limits.target_max_length = LIMIT_ROOT_BYTES;
    let updater = Updater::new(remote, first_root).map_err(|cause| {
        Error::new(Code::Malformed, format!("not a TUF root that can be used ({})", chain(&cause)))
            .help("expected the repository's root.json, got by a way that you trust")
    })?;
    let folder = Folder { dir: store.to_owned(), stopped: stopped.clone() };
    let mut updater = updater.with_config(limits).with_store(folder);
    stopped.none()?;
    let fetched = ready(async {
        updater.refresh(now).await?;
        updater.get_target(TARGET, now).await
    })?;
    // What stopped us says more than what the crate made of it, and a store that fails must not go unnoticed.
    stopped.none()?;
    let bytes = fetched.map_err(|cause| match cause {
        sigstore_tuf::Error::TargetNotFound(_) => service.unusable(format!("it publishes no {TARGET}")),
        cause => service.unusable(chain(&cause)),
    })?;
    let trusted = updater.trusted();
    Ok(FetchedRoot {
        bytes,
        root_version: trusted.root().version,
        vouched_until: trusted.timestamp().map(|timestamp| timestamp.expires),
    })
}

/// An error with its causes; it may quote the repository.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

/// Nothing below waits: each future is ready when it is made.
fn ready<T>(future: impl Future<Output = T>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(Error::new(Code::Internal, "the TUF client waits for something else")),
    }
}

/// The first error of ours: the crate only logs, or wraps, what its parts tell it.
#[derive(Clone, Default)]
struct Stopped(Arc<Mutex<Option<Error>>>);

impl Stopped {
    fn by(&self, error: Error) -> sigstore_tuf::Error {
        let what = error.what.clone();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        sigstore_tuf::Error::transport(what)
    }

    fn none(&self) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }
}

/// Names come from metadata: a path that stays below the repository's address, and needs no encoding.
fn is_plain(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '~' | '%');
    path.split('/').all(|part| !matches!(part, "" | "." | "..") && part.chars().all(plain))
}

struct Remote {
    client: Client,
    service: Service,
    stopped: Stopped,
}

impl Remote {
    fn get(&self, path: &str, limit_bytes: u64) -> FetchFuture<'static> {
        let got = if is_plain(path) {
            self.client.fetch(&self.service.below(&format!("/{path}")), "give a file", limit_bytes)
        } else {
            Err(self.service.unusable(format!("it names a file outside of itself: {path}")))
        };
        Box::pin(std::future::ready(got.map_err(|error| self.stopped.by(error))))
    }
}

impl Repository for Remote {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.get(name, max_length)
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.get(&format!("targets/{path}"), max_length)
    }
}

/// The store: a folder of the user's.
struct Folder {
    dir: PathBuf,
    stopped: Stopped,
}

impl Folder {
    fn path(&self, name: &str) -> Result<PathBuf> {
        match is_plain(name) {
            true => Ok(self.dir.join(name)),
            false => {
                Err(Error::new(Code::Answer, "the TUF repository names a file outside of itself").at(name))
            }
        }
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let path = self.path(name)?;
        match std::fs::symlink_metadata(&path) {
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            _ => read_small(&path, LIMIT_STORED_BYTES).map(Some),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name)?;
        let failed = |cause: std::io::Error| Error::write(&path, &cause);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        write_private(&path, bytes)
    }
}

impl MetadataStore for Folder {
    fn load(&self, name: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        self.read(name).map_err(|error| self.stopped.by(error))
    }

    fn store(&self, name: &str, bytes: &[u8]) -> sigstore_tuf::Result<()> {
        self.write(name, bytes).map_err(|error| self.stopped.by(error))
    }
}

#[cfg(test)]
mod tests {
    use super::is_plain;
    use crate::trust::instances::Embedded;

    #[test]
    fn the_first_roots_inside_this_program_stand_by_themselves() {
        for instance in Embedded::ALL {
            let root = sigstore_tuf::TrustedMetadataSet::from_root(instance.tuf_root()).unwrap();
            assert!(root.root().consistent_snapshot && root.root().version > 1, "{}", instance.name());
        }
    }

    #[test]
    fn paths_stay_below_the_repository() {
        for good in ["1.root.json", "targets/abc.trusted_root.json", "a%2Fb.json"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a?b", "a#b", "a b", "a\\b", "C:x", "é"] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
