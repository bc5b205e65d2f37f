//! Ledgers that somebody made to look right: every entry fits its own hash, and the chain does not hold.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use touchmark::error::{Code, Result};
use touchmark::inventory::ModelId;
use touchmark::store::ledger::{entries as all, import, verify};
use touchmark::store::{Imported, Ledger, LedgerEnd, LedgerEntry, RecordKind};

use super::memory::Memory;
use super::{Bench, entries, in_memory};

fn after(end: LedgerEnd) -> LedgerEntry {
    let at = jiff::Timestamp::UNIX_EPOCH;
    LedgerEntry::after(end, at, RecordKind::Review, &ModelId::new("m"), "{}").unwrap()
}

fn end_of(entry: &LedgerEntry) -> LedgerEnd {
    LedgerEnd { entries: entry.seq, hash: entry.hash.clone() }
}

fn written(path: &Path, entries: &[LedgerEntry]) {
    let lines = entries.iter().map(|entry| touchmark::json::to_line(entry).unwrap() + "\n");
    fs::write(path, lines.collect::<String>()).unwrap();
}

#[test]
fn a_gap_and_another_beginning_are_found_though_every_hash_fits() {
    let bench = Bench::new();
    let file = bench.path("ledger.jsonl");
    let first = after(LedgerEnd::default());
    let gap = after(LedgerEnd { entries: 2, ..end_of(&first) });
    let again = after(LedgerEnd { entries: 0, ..end_of(&first) });
    let other = after(LedgerEnd { entries: 1, hash: "1".repeat(64) });
    let cases = [
        (gap, "entries are missing before this one", "entry 3 stands where entry 2 should"),
        (again, "entries are missing before this one", "entry 1 stands where entry 2 should"),
        (other, "it does not follow the entry before it", "it does not follow the entry before it"),
    ];
    for (second, of_chain, of_file) in cases {
        let forged = [first.clone(), second.clone()];
        written(&file, &forged);
        let mut store = in_memory();
        let error = import(&mut *store, &file).unwrap_err();
        assert_eq!(error.code, Code::Malformed);
        assert!(
            error.what.contains(of_file) && error.at.unwrap().raw().ends_with("line 2"),
            "{}",
            error.what
        );
        assert_eq!(entries(&*store), []);
        // As rows, which nobody checks when they are written.
        if second.seq == 1 {
            continue;
        }
        store.take_over(&mut std::iter::once(Ok(forged.to_vec()))).unwrap();
        let error = verify(&*store).unwrap_err();
        assert!(error.code == Code::Store && error.what.contains(of_chain), "{}", error.what);
        assert_eq!(error.at.unwrap().raw(), format!("ledger entry {}", second.seq));
    }
}

#[test]
fn a_ledger_without_a_number_left_takes_no_entry() {
    let last = LedgerEnd { entries: i64::MAX as u64 - 1, hash: "1".repeat(64) };
    let last = after(last);
    assert_eq!(last.seq, i64::MAX as u64);
    let (at, model) = (jiff::Timestamp::UNIX_EPOCH, ModelId::new("m"));
    let error = LedgerEntry::after(end_of(&last), at, RecordKind::Review, &model, "{}").unwrap_err();
    assert_eq!(error.code, Code::Store);
}

/// A ledger whose chunks are what a damaged index might give; it notes what it is to take over.
struct Damaged {
    chunk: fn(u64) -> Vec<u64>,
    taken: RefCell<Vec<(usize, usize)>>,
    inside: Memory,
}

impl Damaged {
    fn giving(chunk: fn(u64) -> Vec<u64>) -> Self {
        Damaged { chunk, taken: RefCell::default(), inside: Memory::default() }
    }
}

impl Ledger for Damaged {
    fn append_with(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
        evidence: &[&[u8]],
    ) -> Result<LedgerEntry> {
        self.inside.append_with(at, kind, model, body, evidence)
    }

    fn append_all(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        records: &[(&ModelId, &str)],
    ) -> Result<Vec<LedgerEntry>> {
        self.inside.append_all(at, kind, records)
    }

    fn entries(&self, from: u64) -> Result<Vec<LedgerEntry>> {
        let entry = |seq| LedgerEntry { seq, ..after(LedgerEnd::default()) };
        Ok((self.chunk)(from).into_iter().map(entry).collect())
    }

    fn entry(&self, number: u64) -> Result<Option<LedgerEntry>> {
        self.inside.entry(number)
    }

    fn end(&self) -> Result<LedgerEnd> {
        self.inside.end()
    }

    fn latest(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        self.inside.latest(kind, take)
    }

    fn latest_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        self.inside.latest_of(kind, models)
    }

    fn all(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        self.inside.all(kind, take)
    }

    fn all_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        self.inside.all_of(kind, models)
    }

    fn take_over(&mut self, entries: &mut dyn Iterator<Item = Result<Vec<LedgerEntry>>>) -> Result<Imported> {
        let mut noted = entries.inspect(|chunk| {
            let chunk = chunk.as_ref().unwrap();
            let bytes = chunk.iter().map(|entry| entry.body.len()).sum();
            self.taken.borrow_mut().push((chunk.len(), bytes));
        });
        self.inside.take_over(&mut noted)
    }
}

#[test]
fn chunks_that_would_lead_in_a_circle_or_are_out_of_order_are_an_error() {
    for chunk in
        [(|_| vec![1, 2]) as fn(u64) -> Vec<u64>, |from| vec![from, from + 2, from + 1], |_| vec![4, 4]]
    {
        let damaged = Damaged::giving(chunk);
        let error = all(&damaged).take(10).find_map(std::result::Result::err).expect("it ends with an error");
        assert!(error.code == Code::Store && error.what.contains("out of order"), "{}", error.what);
        assert_eq!(all(&damaged).take(10).skip_while(Result::is_ok).count(), 1, "and with nothing else");
    }
}

#[test]
fn a_file_is_taken_over_in_chunks_of_few_entries_and_few_bytes() {
    let bench = Bench::new();
    let file = bench.path("ledger.jsonl");
    for (count, body) in [(3000, "{}".to_owned()), (60, "x".repeat(100_000))] {
        let (mut lines, mut end) = (Vec::new(), LedgerEnd::default());
        for _ in 0..count {
            let at = jiff::Timestamp::UNIX_EPOCH;
            let entry = LedgerEntry::after(end, at, RecordKind::Review, &ModelId::new("m"), &body).unwrap();
            end = end_of(&entry);
            lines.push(entry);
        }
        written(&file, &lines);
        let mut ledger = Damaged::giving(|_| Vec::new());
        assert_eq!(import(&mut ledger, &file).unwrap().added, count);
        let taken = ledger.taken.into_inner();
        assert!(taken.iter().all(|(entries, bytes)| *entries <= 1024 && *bytes <= 1_200_000), "{taken:?}");
    }
}

#[test]
fn a_file_or_an_entry_that_is_too_large_is_refused_before_it_is_read() {
    let bench = Bench::new();
    let file = bench.path("ledger.jsonl");
    let mut store = in_memory();
    // Holes take no place on the disk.
    for (bytes, said) in [((16 << 30) + 1, "larger than"), ((64 << 20) + 1, "an entry of more than")] {
        if fs::File::create(&file).unwrap().set_len(bytes).is_err() {
            return;
        }
        let error = import(&mut *store, &file).unwrap_err();
        assert!(error.code == Code::TooLarge && error.what.starts_with(said), "{}", error.what);
    }
}

/// Opening a pipe to which nobody writes would wait for ever.
#[cfg(unix)]
#[test]
fn a_pipe_is_no_ledger_to_import() {
    let bench = Bench::new();
    let pipe = bench.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (sender, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let _ = sender.send(import(&mut Memory::default(), &pipe).map_err(|error| error.code));
    });
    let refused = heard.recv_timeout(std::time::Duration::from_secs(60)).expect("it does not wait");
    assert_eq!(refused, Err(Code::Read));
}
