//! What every store promises, whatever keeps it. The promises are held by the contract tests in `tests/it/store/`,
//! which any backend must pass. It must not know a database.
//!
//! For all of them: a change is made whole or not at all, and is there for whoever reads after it. What is not there
//! is none or empty, never an error. `E-STORE` means that what was kept is damaged, was changed behind the store's
//! back, or cannot be read; `E-WRITE` that a change did not come about, and then everything is as it was.

use crate::error::{Code, Error, Result};
use crate::inventory::{Finding, Model, ModelId, Stamp, Survey};
use crate::signing::DigestKey;
use crate::text::Untrusted;
use std::collections::HashMap;

use super::evidence::EvidenceDigest;
use super::record::{LedgerEnd, LedgerEntry, RecordKind};
use super::seal::Sealed;

/// A whole store.
pub trait Store: Ledger + Inventory + Evidence + Digests + Send {}

impl<S: Ledger + Inventory + Evidence + Digests + Send> Store for S {}

/// The append-only ledger. Its numbers run from 1 without gaps in the order of appending, and each entry holds the
/// hash of the one before it. Several programs may append at once; each entry is one after the other.
///
/// [`super::ledger`] holds what is made of this: verifying, showing, export and import.
pub trait Ledger {
    /// Writes everything that the store holds, and not only the ledger, to an empty file.
    ///
    /// # Errors
    /// `E-STORE` where a store cannot be copied, `E-WRITE`.
    fn copy_to(&self, file: &std::path::Path) -> Result<()> {
        Err(Error::new(Code::Store, "this store cannot be copied").at_path(file))
    }

    /// Appends a record. Its number and its hashes are the store's ([`LedgerEntry::after`]); the body is kept to
    /// the byte. When this returns, the entry is there to stay.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    fn append(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
    ) -> Result<LedgerEntry> {
        self.append_with(at, kind, model, body, &[])
    }

    /// The same, and keeps the evidence that the record names, as [`Evidence::keep`] does, in one change: no record
    /// names evidence that is not there.
    ///
    /// # Errors
    /// `E-TOO-LARGE` when a piece has more than [`super::LIMIT_EVIDENCE_BYTES`]; `E-STORE`, `E-WRITE`.
    fn append_with(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
        evidence: &[&[u8]],
    ) -> Result<LedgerEntry>;

    /// Appends records of one kind that belong together, in their order and in one change: all of them, or none. Their
    /// models and bodies are given, with no other record between them.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    fn append_all(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        records: &[(&ModelId, &str)],
    ) -> Result<Vec<LedgerEntry>>;

    /// The entries from a number on, by their numbers: as many as the backend reads at a time, at least one while
    /// there is one, and never so many that memory grows with the ledger. To read all, go on after the last
    /// until none comes. Nothing is checked but that each can be read; from 0 on includes entries that have no
    /// business being there.
    ///
    /// # Errors
    /// `E-STORE`, also when one of them cannot be read.
    fn entries(&self, from: u64) -> Result<Vec<LedgerEntry>>;

    /// The entry of a number.
    ///
    /// # Errors
    /// `E-STORE`, also when it cannot be read.
    fn entry(&self, number: u64) -> Result<Option<LedgerEntry>>;

    /// Where the ledger ends now.
    ///
    /// # Errors
    /// `E-STORE`.
    fn end(&self) -> Result<LedgerEnd>;

    /// The newest entry of a kind of every model that has one, by the ids of the models, handed to `take` some at a
    /// time: all together may be large.
    ///
    /// # Errors
    /// `E-STORE`; `take` may have been called before.
    fn latest(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()>;

    /// The newest entry of a kind of each of a few models, in their order; those that have none are left out.
    ///
    /// # Errors
    /// `E-STORE`.
    fn latest_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>>;

    /// All entries of a kind, oldest first, handed to `take` some at a time.
    ///
    /// # Errors
    /// `E-STORE`; `take` may have been called before.
    fn all(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()>;

    /// All entries of a kind of a few models, model by model in their order, oldest first.
    ///
    /// # Errors
    /// `E-STORE`.
    fn all_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>>;

    /// Takes over a ledger from outside, in chunks from its first entry on, in one transaction during which nobody
    /// else appends. The caller has recomputed its chain. Entries up to the end of this ledger must be equal to the
    /// ones here, those behind it are kept as they are; when there are fewer than here, nothing changes.
    ///
    /// # Errors
    /// What `entries` gives, `E-STORE` as [`parting`] makes it at the first entry that is another one here,
    /// `E-WRITE`. The ledger is then as it was.
    fn take_over(&mut self, entries: &mut dyn Iterator<Item = Result<Vec<LedgerEntry>>>) -> Result<Imported>;
}

/// What came of taking over a ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Entries that came.
    pub entries: u64,
    /// Entries that were not here before.
    pub added: u64,
}

/// The error of a ledger that is not this one's beginning or continuation, from this entry on.
pub fn parting(entry: &LedgerEntry) -> Error {
    Error::new(Code::Store, "the ledgers part: this entry is another one here")
        .at(format!("ledger entry {}", entry.seq))
        .help("only a ledger that goes on from this one can be imported; keep the other in a workspace of its own")
}

/// What the documents and folders of a workspace say, part by part, so that only parts that changed are read again.
/// Losing it costs a scan and nothing else.
///
/// [`super::load`] brings the parts together.
pub trait Inventory {
    /// Brings the inventory to what a survey found, in one transaction, and says whether that changed anything.
    /// Parts without a scan stay as they are, at the place that they have in the survey; parts that it does not name
    /// go.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`; `E-CHANGED` when a part without a scan is not here (any more); what was there before then
    /// stays.
    fn apply(&mut self, survey: &Survey) -> Result<bool>;

    /// Everything that is kept.
    ///
    /// # Errors
    /// `E-STORE`.
    fn records(&self) -> Result<Records>;

    /// The first `count` records by the ids of their models, to show something before all is read.
    /// None when there are fewer than `large`; how many there are may be a guess that is too high. Damaged ones are
    /// left out.
    ///
    /// # Errors
    /// `E-STORE`.
    fn first_records(&self, count: u32, large: u32) -> Result<Option<Vec<Model>>>;

    /// Forgets the stamps, so that the next survey reads everything: what is kept is not what the sources say.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    fn distrust(&mut self) -> Result<()>;

    /// The stamp of every part, by its name.
    ///
    /// # Errors
    /// `E-STORE`.
    fn stamps(&self) -> Result<HashMap<String, Stamp>>;

    /// Of these documents and folders those that are a part of their own (`bom NAME`, `folder NAME`), in their
    /// order, with the time when each was read last. The time of one that has not changed since is that of its last
    /// reading.
    ///
    /// # Errors
    /// `E-STORE`.
    fn read_times(&self, sources: &[Untrusted]) -> Result<Vec<(Untrusted, String)>>;
}

/// What the parts of an inventory say, not yet brought together.
#[derive(Debug, Default)]
pub struct Records {
    /// What one part says of one model, with the position of the part in its survey; in any order.
    pub models: Vec<(u64, Model)>,
    /// Findings, by the positions of their parts and then as they were found.
    pub findings: Vec<Finding>,
}

/// Bytes by their SHA-256. What is kept never changes and is kept once.
pub trait Evidence {
    /// Keeps bytes. The same bytes again change nothing, but mend what was damaged meanwhile.
    ///
    /// # Errors
    /// `E-TOO-LARGE` when there are more than [`super::LIMIT_EVIDENCE_BYTES`], `E-WRITE`, `E-STORE`.
    fn keep(&mut self, bytes: &[u8]) -> Result<EvidenceDigest>;

    /// The bytes of a digest, recomputed before they are handed out ([`EvidenceDigest::check`]).
    ///
    /// # Errors
    /// `E-STORE`, also when what is kept does not match the digest.
    fn evidence(&self, digest: EvidenceDigest) -> Result<Option<Vec<u8>>>;
}

/// Digests of files that were computed before, each with the seal that it was remembered with. It may forget any of
/// them at any time. What it gives is a hint: whoever asks checks the seal ([`super::Shared`]).
pub trait Digests {
    /// What is remembered, in the order of the keys. One whose length is not that of its algorithm counts as
    /// forgotten, as does everything of a file that is in another state now.
    ///
    /// # Errors
    /// `E-STORE`.
    fn recall(&self, keys: &[DigestKey]) -> Result<Vec<Option<Sealed>>>;

    /// Remembers all of these, or none. A later one of the same file, algorithm and range takes the place of an
    /// earlier one.
    ///
    /// # Errors
    /// `E-STORE`, `E-WRITE`.
    fn remember(&mut self, digests: &[(DigestKey, Sealed)]) -> Result<()>;
}
