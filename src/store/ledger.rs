//! What is made of a ledger, whatever keeps it: verifying, showing, export and import. It reads and writes in chunks,
//! so that memory does not grow with the ledger. It must not know a database, nor what a record means.

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use super::evidence::EvidenceDigest;
use super::record::{Break, LedgerEnd, LedgerEntry};
use super::traits::{Imported, Ledger};
use super::tree::HashTree;

/// A larger file is not read.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// One entry.
const LIMIT_LINE_BYTES: u64 = 64 * 1024 * 1024;
/// Entries that are taken over at a time, and of how many bytes about.
const CHUNK_ENTRIES: usize = 1024;
const CHUNK_BYTES: usize = 1024 * 1024;

/// All entries, oldest first, read in chunks as they are asked for. It ends after the first error.
pub fn entries(ledger: &dyn Ledger) -> impl Iterator<Item = Result<LedgerEntry>> {
    entries_from(ledger, 0)
}

/// The entries from a number on, as [`entries`] gives them.
pub fn entries_from(ledger: &dyn Ledger, from: u64) -> impl Iterator<Item = Result<LedgerEntry>> {
    Entries { ledger, from: Some(from), chunk: Vec::new().into_iter() }
}

/// The entries of one model, or all, oldest first.
pub fn show(ledger: &dyn Ledger, model: Option<&ModelId>) -> impl Iterator<Item = Result<LedgerEntry>> {
    let is_asked = move |entry: &LedgerEntry| model.is_none_or(|model| entry.model == *model);
    entries(ledger).filter(move |entry| entry.as_ref().map_or(true, is_asked))
}

/// All entries, oldest first, each as one line of JSON with its line feed: what [`import`] reads.
pub fn export(ledger: &dyn Ledger) -> impl Iterator<Item = Result<String>> {
    entries(ledger).map(|entry| {
        let failed = |cause| Error::new(Code::Internal, format!("cannot write as JSON ({cause})"));
        Ok(crate::json::to_line(&entry?).map_err(failed)? + "\n")
    })
}

/// Recomputes the chain; the number of entries, or the first that does not fit. A chain shows changes
/// and gaps; entries cut off at its end show only against a number or hash noted elsewhere.
///
/// # Errors
/// `E-STORE` naming the entry.
pub fn verify(ledger: &dyn Ledger) -> Result<u64> {
    let mut end = LedgerEnd::default();
    for entry in entries(ledger) {
        let entry = entry?;
        if let Some(broken) = entry.breaks(&end)? {
            let what = match broken {
                Break::Number => "entries are missing before this one",
                Break::Previous => "it does not follow the entry before it",
                Break::Content => "its content does not match its hash",
            };
            return Err(Error::new(Code::Store, format!("the ledger was changed: {what}"))
                .at(format!("ledger entry {}", entry.seq))
                .help("compare with an exported ledger; what this entry and those after it say is not to be relied on"));
        }
        end = entry.into_end();
    }
    Ok(end.entries)
}

/// The roots of the trees of hashes over ranges of records, by their indices from 0 (record 1 is the first). The ledger
/// is read once for all of them.
///
/// # Errors
/// `E-STORE`, also when one of the records is not there.
pub fn roots_of(ledger: &dyn Ledger, ranges: &[Range<u64>]) -> Result<HashMap<Range<u64>, EvidenceDigest>> {
    let changed = |index: u64| {
        Error::new(Code::Store, "the ledger was changed: a record is missing, or its hash is not a hash")
            .at(format!("ledger entry {}", index + 1))
            .help("`touchmark ledger verify` says more; compare with an exported ledger")
    };
    let mut waiting: Vec<Range<u64>> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
    waiting.sort_by_key(|range| (Reverse(range.start), range.end));
    waiting.dedup();
    let mut index = waiting.last().map_or(0, |first| first.start);
    let mut entries = entries_from(ledger, index + 1);
    let (mut growing, mut roots) = (Vec::<(Range<u64>, HashTree)>::new(), HashMap::new());
    while !(waiting.is_empty() && growing.is_empty()) {
        while let Some(range) = waiting.pop_if(|range| range.start == index) {
            growing.push((range, HashTree::default()));
        }
        let entry = entries.next().transpose()?.filter(|entry| entry.seq == index + 1);
        let hash = entry.and_then(|entry| entry.hash.parse().ok()).ok_or_else(|| changed(index))?;
        growing.iter_mut().for_each(|(_, tree)| tree.add(hash));
        index += 1;
        for (range, tree) in growing.extract_if(.., |(range, _)| range.end == index) {
            roots.insert(range, tree.root().ok_or_else(|| changed(index))?);
        }
    }
    Ok(roots)
}

/// Takes over a ledger that was written as JSON Lines, in one transaction. The chain of the file is recomputed
/// from its first entry on; what this ledger holds must be what the file begins with.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` naming the line when the file is no whole ledger; `E-STORE` naming the
/// entry where the two ledgers part; `E-WRITE`. The ledger then is as it was.
pub fn import(ledger: &mut dyn Ledger, file: &Path) -> Result<Imported> {
    import_with(ledger, file, &BTreeMap::new())
}

/// The same, of a ledger in which some records are known: by their numbers, the hashes that they must have.
///
/// # Errors
/// As [`import`]; `E-STORE` naming the first known record that is another one, or not there.
pub fn import_with(ledger: &mut dyn Ledger, file: &Path, known: &BTreeMap<u64, String>) -> Result<Imported> {
    let (opened, metadata) = disk::open(file).map_err(|why| why.error(file))?;
    if metadata.len() > LIMIT_BYTES {
        return Err(Error::new(Code::TooLarge, format!("larger than {LIMIT_BYTES} bytes")).at_path(file));
    }
    let from = BufReader::new(opened);
    let mut lines = Lines { from, file, number: 0, end: LedgerEnd::default(), known };
    let imported = ledger.take_over(&mut std::iter::from_fn(|| lines.chunk().transpose()))?;
    if imported.entries == 0 {
        return Err(Error::new(Code::Malformed, "there is no entry of a ledger in it")
            .at_path(file)
            .help("`touchmark ledger export > FILE` writes one"));
    }
    Ok(imported)
}

/// Reads a ledger that was exported, and hands its entries over: its chain is recomputed as far as it goes. Where it ends.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` naming the line when the file is no whole ledger; what `take` gives.
pub fn read_exported(file: &Path, take: &mut dyn FnMut(&LedgerEntry) -> Result<()>) -> Result<LedgerEnd> {
    let (opened, metadata) = disk::open(file).map_err(|why| why.error(file))?;
    if metadata.len() > LIMIT_BYTES {
        return Err(Error::new(Code::TooLarge, format!("larger than {LIMIT_BYTES} bytes")).at_path(file));
    }
    let known = BTreeMap::new();
    let mut lines =
        Lines { from: BufReader::new(opened), file, number: 0, end: LedgerEnd::default(), known: &known };
    while let Some(chunk) = lines.chunk()? {
        chunk.iter().try_for_each(&mut *take)?;
    }
    Ok(lines.end)
}

fn contradicted(number: u64, what: &str) -> Error {
    Error::new(Code::Store, format!("a signed checkpoint of this workspace contradicts the file: {what}"))
        .at(format!("ledger entry {number}"))
        .help("get the whole ledger that was checkpointed; nothing was imported")
}

struct Entries<'l> {
    ledger: &'l dyn Ledger,
    /// The number to go on from; none at the end.
    from: Option<u64>,
    chunk: std::vec::IntoIter<LedgerEntry>,
}

impl Entries<'_> {
    fn read(&mut self) -> Result<Option<LedgerEntry>> {
        if let Some(entry) = self.chunk.next() {
            return Ok(Some(entry));
        }
        let Some(from) = self.from.take() else { return Ok(None) };
        let chunk = self.ledger.entries(from)?;
        let Some(last) = chunk.last().map(|entry| entry.seq) else { return Ok(None) };
        // A damaged index must not lead in a circle.
        if chunk.first().is_some_and(|first| first.seq < from) || !chunk.is_sorted_by(|a, b| a.seq < b.seq) {
            return Err(Error::new(Code::Store, "the ledger was changed: its entries are out of order")
                .at(format!("ledger entry {last}"))
                .help("compare with an exported ledger"));
        }
        self.from = last.checked_add(1);
        self.chunk = chunk.into_iter();
        Ok(self.chunk.next())
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<LedgerEntry>;

    fn next(&mut self) -> Option<Result<LedgerEntry>> {
        self.read().transpose()
    }
}

struct Lines<'a> {
    from: BufReader<File>,
    file: &'a Path,
    number: usize,
    /// Where the ledger ends as far as it was read.
    end: LedgerEnd,
    known: &'a BTreeMap<u64, String>,
}

impl Lines<'_> {
    /// The next entries, which go on from those before; none at the end.
    fn chunk(&mut self) -> Result<Option<Vec<LedgerEntry>>> {
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        while chunk.len() < CHUNK_ENTRIES && bytes < CHUNK_BYTES {
            let Some(entry) = self.next()? else { break };
            self.check(&entry)?;
            if self.known.get(&entry.seq).is_some_and(|hash| *hash != entry.hash) {
                return Err(contradicted(entry.seq, "this record of the file is another one"));
            }
            self.end = LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
            bytes += entry.body.len();
            chunk.push(entry);
        }
        let last = self.known.last_key_value().map_or(0, |(number, _)| *number);
        if chunk.is_empty() && self.end.entries > 0 && self.end.entries < last {
            return Err(contradicted(self.end.entries + 1, "this record is missing in the file"));
        }
        Ok((!chunk.is_empty()).then_some(chunk))
    }

    /// The next entry; blank lines are left out.
    fn next(&mut self) -> Result<Option<LedgerEntry>> {
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.from).take(LIMIT_LINE_BYTES + 1);
            limited.read_until(b'\n', &mut line).map_err(|cause| Error::read(self.file, &cause))?;
            self.number += 1;
            if line.is_empty() {
                return Ok(None);
            }
            if line.len() as u64 > LIMIT_LINE_BYTES {
                return Err(Error::new(
                    Code::TooLarge,
                    format!("an entry of more than {LIMIT_LINE_BYTES} bytes"),
                )
                .at(self.place()));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            return match serde_json::from_slice(&line) {
                Ok(entry) => Ok(Some(entry)),
                Err(_) => Err(self.refused("it is no entry of a ledger, or it is cut off")),
            };
        }
    }

    fn check(&self, entry: &LedgerEntry) -> Result<()> {
        let Some(broken) = entry.breaks(&self.end)? else { return Ok(()) };
        let expected = self.end.entries.saturating_add(1);
        Err(self.refused(&match broken {
            Break::Number => format!("entry {} stands where entry {expected} should", entry.seq),
            Break::Previous => "it does not follow the entry before it".to_owned(),
            Break::Content => "its content does not match its hash".to_owned(),
        }))
    }

    fn refused(&self, what: &str) -> Error {
        Error::new(Code::Malformed, format!("not a whole ledger: {what}"))
            .at(self.place())
            .help("it was changed or damaged after it was exported; get it again; nothing was changed")
    }

    fn place(&self) -> String {
        format!("{}, line {}", self.file.to_string_lossy(), self.number)
    }
}
