//! Checkpoints of the ledger: made, kept beside the store, read again, and what the ledger looks like against them.
//! What signs them is not known here.

use super::door::Workbench;
use super::made::{record_of, workspace_in, workspace_of};
use crate::clock::this_second;
use crate::decision::{
    Anchored, Anchoring, Checkpoint, CheckpointSchema, KeptCheckpoint, LedgerFound, Vouched, marked,
};
use crate::disk::{read_small, write_whole};
use crate::error::{Code, Error, Result};
use crate::signing::Trust;
use crate::store::{LedgerEnd, ledger};
use crate::view::View;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder beside the store in which a workspace keeps its checkpoints.
const FOLDER: &str = "checkpoints";
/// A larger checkpoint is not read.
pub(super) const LIMIT_BYTES: u64 = 1024 * 1024;
/// More checkpoints are not read: the newest by their names come first.
const LIMIT_FILES: usize = 4096;

/// What a checkpoint says of the ledger, and whether its signature counts.
#[derive(Debug, Clone)]
pub struct CheckedAgainst {
    /// Its file.
    pub file: PathBuf,
    /// What it says, and by which bytes.
    pub kept: KeptCheckpoint,
    /// What became of its signature; none when nobody signed it.
    pub vouched: Option<Vouched>,
    /// How the ledger stands against it.
    pub anchored: Anchored,
}

impl CheckedAgainst {
    /// Whether its signature counts.
    pub fn counts(&self) -> bool {
        self.vouched.as_ref().is_some_and(|vouched| vouched.counts)
    }
}

/// A ledger that was verified.
#[derive(Debug, Clone)]
pub struct VerifiedLedger {
    /// Where it ends.
    pub end: LedgerEnd,
    /// The id of the workspace, as its first record says.
    pub workspace: Option<crate::decision::WorkspaceId>,
    /// What checkpoints say of it: the one that was named, or those that the workspace keeps, the newest first.
    pub checkpoints: Vec<CheckedAgainst>,
    /// Files among the workspace's checkpoints that are none.
    pub unread: Vec<(PathBuf, Error)>,
}

/// What a ledger is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerWord {
    /// A checkpoint that counts vouches for it, and none contradicts it.
    Whole,
    /// Its chain is whole in itself, and no checkpoint vouches for it.
    NotAnchored,
    /// It has no records.
    Missing,
    /// A checkpoint was named, and its signature does not count.
    Unknown,
    /// A checkpoint that counts contradicts it.
    Contradicted(Anchored),
}

impl VerifiedLedger {
    /// What it is. `named` says that one checkpoint was asked about.
    pub fn word(&self, named: bool) -> LedgerWord {
        let counting = || self.checkpoints.iter().filter(|checked| checked.counts());
        let against =
            counting().map(|checked| checked.anchored).find(|anchored| *anchored != Anchored::Whole);
        match against {
            Some(anchored) => LedgerWord::Contradicted(anchored),
            None if self.end.entries == 0 => LedgerWord::Missing,
            None if counting().next().is_some() => LedgerWord::Whole,
            None if named => LedgerWord::Unknown,
            None => LedgerWord::NotAnchored,
        }
    }
}

impl Workbench {
    /// Recomputes the ledger's chain, and holds it against one checkpoint or those that the workspace keeps. `trust`
    /// says whose checkpoints count; without it the policy does.
    ///
    /// # Errors
    /// `E-STORE` naming the first record that does not fit; what reading the named checkpoint gives.
    pub fn ledger_against(&self, named: Option<&Path>, trust: Option<&[Trust]>) -> Result<VerifiedLedger> {
        ledger::verify(&**self.store())?;
        let found = self.ledger_found()?;
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        match named {
            Some(file) => read.push((file.to_owned(), read_checkpoint(file)?)),
            None => {
                for file in self.checkpoint_files()? {
                    match read_checkpoint(&file) {
                        Ok(kept) => read.push((file, kept)),
                        Err(error) => unread.push((file, error)),
                    }
                }
            }
        }
        let view = self.view();
        let checkpoints = read
            .into_iter()
            .map(|(file, kept)| {
                let vouched = vouched(&kept, trust, &view, self.now());
                let anchored = kept.checkpoint.against(&found, &|number| self.store().entry(number))?;
                Ok(CheckedAgainst { file, kept, vouched, anchored })
            })
            .collect::<Result<_>>()?;
        let end = self.store().end()?;
        Ok(VerifiedLedger { end, workspace: found.workspace, checkpoints, unread })
    }

    /// What a checkpoint of the ledger says now: its chain is recomputed, and no kept checkpoint that counts may
    /// contradict it.
    ///
    /// # Errors
    /// `E-STORE` when the ledger is not whole or is contradicted; `E-NOT-FOUND` when it has no records.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        let known = self.ledger_against(None, None)?;
        match known.word(false) {
            LedgerWord::Contradicted(anchored) => {
                let number = anchored.from().unwrap_or(1);
                return Err(Error::new(
                    Code::Store,
                    "a signed checkpoint of this workspace contradicts the ledger",
                )
                .at(format!("ledger entry {number}"))
                .help("`touchmark ledger verify` says how; a new checkpoint would hide that"));
            }
            LedgerWord::Missing => {
                return Err(Error::new(
                    Code::NotFound,
                    "the ledger has no records: there is nothing to anchor",
                )
                .help("`touchmark verify MODEL` records a verification"));
            }
            LedgerWord::Whole | LedgerWord::NotAnchored | LedgerWord::Unknown => {}
        }
        let records = known.end.entries;
        let mut marks = Vec::new();
        for number in marked(records) {
            let entry = self.store().entry(number)?.ok_or_else(|| gone(number))?;
            marks.push(record_of(&entry)?);
        }
        let head = marks.last().ok_or_else(|| gone(records))?.hash;
        let root =
            ledger::roots_of(&**self.store(), std::slice::from_ref(&(0..records)))?.remove(&(0..records));
        let agreeing = known.checkpoints.iter().find(|checked| checked.anchored == Anchored::Whole);
        Ok(Checkpoint {
            schema: CheckpointSchema::V1,
            workspace: known.workspace,
            records,
            head,
            marks,
            root,
            at: this_second(),
            previous: agreeing.map(|checked| checked.kept.digest),
        })
    }

    /// Writes a checkpoint: to a file, or among those that the workspace keeps. What is there is not replaced.
    ///
    /// # Errors
    /// `E-USAGE` when there is such a file; `E-WRITE`.
    pub fn keep_checkpoint(&self, bytes: &[u8], file: Option<&Path>) -> Result<PathBuf> {
        if self.is_read_only() {
            return Err(Error::new(
                Code::Usage,
                "a checkpoint cannot be kept in a workspace that is opened read-only",
            )
            .help("leave out --read-only; nothing was written"));
        }
        let kept = KeptCheckpoint::parse(bytes)?;
        let file = match file {
            Some(file) => file.to_owned(),
            None => {
                let folder = self.checkpoint_folder();
                std::fs::create_dir_all(&folder).map_err(|cause| Error::write(&folder, &cause))?;
                let digest: String = kept.digest.to_string().chars().take(12).collect();
                folder.join(format!("{:012}-{digest}.json", kept.checkpoint.records))
            }
        };
        if std::fs::symlink_metadata(&file).is_ok() {
            return Err(Error::new(Code::Usage, "a file or folder of that name already exists")
                .at_path(&file)
                .help("name another file with --out; nothing was written"));
        }
        write_whole(&file, bytes)?;
        Ok(file)
    }

    /// How far the checkpoints that count cover the ledger; none where the policy does not ask.
    pub(super) fn anchoring(&self, view: &View) -> Result<Option<Anchoring>> {
        if !view.policy.ledger.asks() {
            return Ok(None);
        }
        let found = self.ledger_found()?;
        let mut anchoring = Anchoring::default();
        let mut covered = 0;
        // By the clock, whatever time is asked about. The newest first: one that the ledger goes on from vouches for all that is older.
        for (_, kept) in self.known_checkpoints()? {
            if !vouched(&kept, None, view, this_second()).is_some_and(|vouched| vouched.counts) {
                continue;
            }
            match kept.checkpoint.against(&found, &|number| self.store().entry(number))? {
                Anchored::Whole => {
                    covered = kept.checkpoint.records;
                    anchoring.checkpoint = Some(kept.digest);
                    break;
                }
                _ => anchoring.contradicted = true,
            }
        }
        anchoring.unanchored = found.records.saturating_sub(covered);
        let oldest = match anchoring.unanchored {
            0 => None,
            _ => self.store().entry(covered + 1)?,
        };
        anchoring.since = oldest.map(|entry| entry.at);
        Ok(Some(anchoring))
    }

    /// The records that kept checkpoints which count fix, by their numbers.
    pub(super) fn fixed_records(&self) -> Result<BTreeMap<u64, String>> {
        let view = self.view();
        let mut fixed = BTreeMap::new();
        for (_, kept) in self.known_checkpoints()? {
            if vouched(&kept, None, &view, this_second()).is_some_and(|vouched| vouched.counts) {
                fixed.extend(kept.checkpoint.marks.iter().map(|mark| (mark.number, mark.hash.to_string())));
            }
        }
        Ok(fixed)
    }

    /// Whether the policy lets the signer of a checkpoint vouch for the ledger, by the clock.
    pub(super) fn counts(&self, kept: &KeptCheckpoint) -> bool {
        vouched(kept, None, &self.view(), this_second()).is_some_and(|vouched| vouched.counts)
    }

    pub(super) fn ledger_found(&self) -> Result<LedgerFound> {
        let store = self.store();
        let records = store.end()?.entries;
        let mut workspace = workspace_of(&**store)?;
        if workspace.is_some() && store.entry(1)?.is_some_and(|first| workspace_in(&first).is_none()) {
            // An earlier version began it: the first record that has an id counts, not the last.
            for entry in ledger::entries(&**store) {
                if let Some(id) = workspace_in(&entry?) {
                    workspace = Some(id);
                    break;
                }
            }
        }
        Ok(LedgerFound { workspace, records })
    }

    /// The checkpoints that can be read, the newest first.
    pub(super) fn known_checkpoints(&self) -> Result<Vec<(PathBuf, KeptCheckpoint)>> {
        let files = self.checkpoint_files()?.into_iter();
        let mut known: Vec<(PathBuf, KeptCheckpoint)> =
            files.filter_map(|file| Some((file.clone(), read_checkpoint(&file).ok()?))).collect();
        known.sort_by_key(|(_, kept)| std::cmp::Reverse((kept.checkpoint.records, kept.checkpoint.at)));
        Ok(known)
    }

    /// Files that may be checkpoints, the newest first by their names.
    fn checkpoint_files(&self) -> Result<Vec<PathBuf>> {
        let folder = self.checkpoint_folder();
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(Error::read(&folder, &cause)),
        };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        files.sort();
        files.reverse();
        if files.len() > LIMIT_FILES {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_FILES} checkpoints"))
                .at_path(&folder)
                .help("move the oldest ones away: each new one covers all records before it"));
        }
        Ok(files)
    }

    fn checkpoint_folder(&self) -> PathBuf {
        let workspace = self.workspace();
        workspace.store.parent().unwrap_or(&workspace.root).join(FOLDER)
    }
}

fn gone(number: u64) -> Error {
    Error::new(Code::Store, "the ledger was changed while it was read").at(format!("ledger entry {number}"))
}

/// Reads a checkpoint.
///
/// # Errors
/// As [`KeptCheckpoint::parse`]; `E-READ`.
pub fn read_checkpoint(file: &Path) -> Result<KeptCheckpoint> {
    let bytes = read_small(file, LIMIT_BYTES)?;
    KeptCheckpoint::parse(&bytes)
        .map_err(|error| if error.at.is_none() { error.at_path(file) } else { error })
}

pub(super) fn vouched(
    kept: &KeptCheckpoint,
    trust: Option<&[Trust]>,
    view: &View,
    now: jiff::Timestamp,
) -> Option<Vouched> {
    let bundle = kept.bundle.as_ref()?;
    Some(match trust {
        Some(trust) => Vouched::by_trust(bundle, trust, now),
        None => Vouched::by_policy(bundle, view.trust.trust(), &view.policy, now),
    })
}
