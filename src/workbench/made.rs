//! Who makes a record, when and where: asked of the clock, of the operating system, and of the ledger's first record.

use super::door::Workbench;
use crate::clock::this_second;
use crate::decision::{Actor, Making, RecordRef, RecordedMade, WorkspaceId};
use crate::error::{Code, Error, Result};
use crate::store::{LedgerEntry, Store};
use crate::text::Untrusted;
use jiff::Timestamp;

impl Workbench {
    /// What a record that is written now says of its making.
    ///
    /// # Errors
    /// `E-STORE`, `E-INTERNAL`.
    pub(super) fn made(&self) -> Result<Making> {
        let known = workspace_of(&**self.store())?;
        Ok(Making {
            recorded: this_second(),
            asked: self.inner.options.at,
            by: actor(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            workspace: known.map_or_else(drawn, Ok)?,
        })
    }
}

/// The id that the ledger's first record gave it. In a ledger that an earlier version began, the newest record has the
/// id; none before the first.
///
/// # Errors
/// `E-STORE`.
pub(super) fn workspace_of(store: &dyn Store) -> Result<Option<WorkspaceId>> {
    let of = |number: u64| -> Result<Option<WorkspaceId>> {
        Ok(store.entry(number)?.and_then(|entry| workspace_in(&entry)))
    };
    match of(1)? {
        Some(id) => Ok(Some(id)),
        None => of(store.end()?.entries),
    }
}

/// The id of a workspace in a record; records of earlier versions have none.
pub(super) fn workspace_in(entry: &LedgerEntry) -> Option<WorkspaceId> {
    let recorded: RecordedMade = serde_json::from_str(&entry.body).ok()?;
    Some(recorded.made.workspace)
}

/// When an entry was recorded, by the clock: no option moves that. Of a record of an earlier version, the time that it
/// gives for itself.
pub(super) fn recorded(entry: &LedgerEntry) -> Timestamp {
    let read: Option<RecordedMade> = serde_json::from_str(&entry.body).ok();
    read.map_or(entry.at, |read| read.made.recorded)
}

/// The record that an entry is.
///
/// # Errors
/// `E-STORE` when its hash is none.
pub(super) fn record_of(entry: &LedgerEntry) -> Result<RecordRef> {
    let hash = entry.hash.parse().map_err(|_| {
        Error::new(Code::Store, "the ledger was changed: the hash of a record is not a hash")
            .at(format!("ledger entry {}", entry.seq))
            .help("compare with an exported ledger")
    })?;
    Ok(RecordRef { number: entry.seq, hash })
}

fn drawn() -> Result<WorkspaceId> {
    let mut id = [0; 16];
    aws_lc_rs::rand::fill(&mut id)
        .map_err(|_| Error::new(Code::Internal, "the system gives no random numbers"))?;
    Ok(WorkspaceId(id))
}

/// The account that this program runs under. The environment is asked for a label only.
fn actor() -> Actor {
    let label = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let (name, id) = account();
    Actor { name, id, label: label.filter(|label| !label.is_empty()).map(Untrusted::from) }
}

#[cfg(unix)]
fn account() -> (Option<Untrusted>, Option<u32>) {
    let id = rustix::process::getuid().as_raw();
    let name = uzers::get_user_by_uid(id).map(|user| Untrusted::new(user.name().to_string_lossy()));
    (name, Some(id))
}

#[cfg(not(unix))]
fn account() -> (Option<Untrusted>, Option<u32>) {
    (None, None)
}
