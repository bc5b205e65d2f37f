//! A store in memory without SQL: it shows that the traits ask for nothing that only a database has.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use touchmark::error::{Code, Error, Result};
use touchmark::inventory::{Model, ModelId, Scan, Stamp, Survey};
use touchmark::signing::DigestKey;
use touchmark::store::{
    Digests, Evidence, EvidenceDigest, Imported, Inventory, Ledger, LedgerEnd, LedgerEntry, RecordKind,
    Records, Sealed, parting,
};
use touchmark::text::Untrusted;

/// Device, inode, algorithm and range: of these only the newest state of a file is remembered.
type Bytes = (u64, u64, &'static str, (u64, u64));

/// A handle; a clone is another one of the same store.
#[derive(Default, Clone)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    ledger: Vec<LedgerEntry>,
    parts: Vec<Read>,
    evidence: BTreeMap<EvidenceDigest, Vec<u8>>,
    digests: HashMap<Bytes, (DigestKey, Sealed)>,
}

#[derive(Clone)]
struct Read {
    name: String,
    stamp: Stamp,
    at: String,
    scan: Scan,
}

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

fn end(ledger: &[LedgerEntry]) -> LedgerEnd {
    let last = ledger.last();
    last.map_or_else(LedgerEnd::default, |last| LedgerEnd { entries: last.seq, hash: last.hash.clone() })
}

/// The newest of a kind by model.
fn newest<'l>(ledger: &'l [LedgerEntry], kind: &RecordKind) -> BTreeMap<&'l str, &'l LedgerEntry> {
    ledger.iter().filter(|entry| entry.kind == *kind).map(|entry| (entry.model.raw(), entry)).collect()
}

impl Ledger for Memory {
    fn append_with(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        model: &ModelId,
        body: &str,
        evidence: &[&[u8]],
    ) -> Result<LedgerEntry> {
        let named: Vec<EvidenceDigest> =
            evidence.iter().map(|bytes| EvidenceDigest::of(bytes)).collect::<Result<_>>()?;
        let mut state = self.state();
        for (digest, bytes) in named.into_iter().zip(evidence) {
            state.evidence.insert(digest, bytes.to_vec());
        }
        let entry = LedgerEntry::after(end(&state.ledger), at, kind, model, body)?;
        state.ledger.push(entry.clone());
        Ok(entry)
    }

    fn append_all(
        &mut self,
        at: jiff::Timestamp,
        kind: RecordKind,
        records: &[(&ModelId, &str)],
    ) -> Result<Vec<LedgerEntry>> {
        let mut state = self.state();
        let mut entries: Vec<LedgerEntry> = Vec::new();
        for (model, body) in records {
            let last = entries.last().map(|last| LedgerEnd { entries: last.seq, hash: last.hash.clone() });
            let last = last.unwrap_or_else(|| end(&state.ledger));
            entries.push(LedgerEntry::after(last, at, kind.clone(), model, body)?);
        }
        state.ledger.extend(entries.iter().cloned());
        Ok(entries)
    }

    fn entries(&self, from: u64) -> Result<Vec<LedgerEntry>> {
        let state = self.state();
        let mut bytes = 0;
        let few = |entry: &&LedgerEntry| {
            let is_first = bytes == 0;
            bytes += entry.body.len() + 1;
            is_first || bytes < 500_000
        };
        Ok(state.ledger.iter().filter(|entry| entry.seq >= from).take(700).take_while(few).cloned().collect())
    }

    fn entry(&self, number: u64) -> Result<Option<LedgerEntry>> {
        Ok(self.state().ledger.iter().find(|entry| entry.seq == number).cloned())
    }

    fn end(&self) -> Result<LedgerEnd> {
        Ok(end(&self.state().ledger))
    }

    fn latest(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        let state = self.state();
        let newest: Vec<&LedgerEntry> = newest(&state.ledger, kind).into_values().collect();
        newest.chunks(300).for_each(|some| take(some.iter().map(|entry| (*entry).clone()).collect()));
        Ok(())
    }

    fn latest_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        let state = self.state();
        let newest = newest(&state.ledger, kind);
        Ok(models.iter().filter_map(|model| newest.get(model.raw())).map(|entry| (*entry).clone()).collect())
    }

    fn all(&self, kind: &RecordKind, take: &mut dyn FnMut(Vec<LedgerEntry>)) -> Result<()> {
        let of_kind: Vec<LedgerEntry> =
            self.state().ledger.iter().filter(|entry| entry.kind == *kind).cloned().collect();
        of_kind.chunks(300).for_each(|some| take(some.to_vec()));
        Ok(())
    }

    fn all_of(&self, kind: &RecordKind, models: &[&ModelId]) -> Result<Vec<LedgerEntry>> {
        let state = self.state();
        let of = |model: &&ModelId| {
            let model = (*model).clone();
            state.ledger.iter().filter(move |entry| entry.kind == *kind && entry.model == model)
        };
        Ok(models.iter().flat_map(of).cloned().collect())
    }

    fn take_over(&mut self, entries: &mut dyn Iterator<Item = Result<Vec<LedgerEntry>>>) -> Result<Imported> {
        let mut state = self.state();
        let (mut added, mut done) = (Vec::new(), Imported::default());
        for chunk in entries {
            for entry in chunk? {
                match state.ledger.get(done.entries as usize) {
                    Some(here) if *here != entry => return Err(parting(&entry)),
                    Some(_) => {}
                    None => added.push(entry),
                }
                done.entries += 1;
            }
        }
        done.added = added.len() as u64;
        state.ledger.extend(added);
        Ok(done)
    }
}

impl Inventory for Memory {
    fn apply(&mut self, survey: &Survey) -> Result<bool> {
        let mut state = self.state();
        let mut parts = Vec::new();
        for part in &survey.parts {
            let known = state.parts.iter().find(|known| known.name == part.name);
            parts.push(match (&part.scan, known) {
                (Some(scan), _) => Read {
                    name: part.name.clone(),
                    stamp: part.stamp.clone(),
                    at: survey.at.to_string(),
                    scan: scan.clone(),
                },
                (None, Some(known)) => known.clone(),
                (None, None) => return Err(Error::new(Code::Changed, "a part is gone")),
            });
        }
        let names = |parts: &[Read]| parts.iter().map(|part| part.name.clone()).collect::<Vec<_>>();
        let is_new = survey.read() > 0 || names(&parts) != names(&state.parts);
        state.parts = parts;
        Ok(is_new)
    }

    fn records(&self) -> Result<Records> {
        let mut records = Records::default();
        for (position, part) in (0..).zip(&self.state().parts) {
            records.models.extend(part.scan.models.iter().map(|model| (position, model.clone())));
            records.findings.extend(part.scan.findings.iter().cloned());
        }
        records.models.reverse();
        Ok(records)
    }

    fn first_records(&self, count: u32, large: u32) -> Result<Option<Vec<Model>>> {
        let mut models: Vec<Model> = self.records()?.models.into_iter().map(|(_, model)| model).collect();
        models.sort_by(|a, b| a.id.cmp(&b.id));
        let is_large = !models.is_empty() && models.len() >= large as usize;
        models.truncate(count as usize);
        Ok(is_large.then_some(models))
    }

    fn distrust(&mut self) -> Result<()> {
        self.state().parts.iter_mut().for_each(|part| part.stamp = Stamp::default());
        Ok(())
    }

    fn stamps(&self) -> Result<HashMap<String, Stamp>> {
        Ok(self.state().parts.iter().map(|part| (part.name.clone(), part.stamp.clone())).collect())
    }

    fn read_times(&self, sources: &[Untrusted]) -> Result<Vec<(Untrusted, String)>> {
        let state = self.state();
        let time = |source: &Untrusted| {
            let names = [format!("bom {}", source.raw()), format!("folder {}", source.raw())];
            let times = state.parts.iter().filter(|part| names.contains(&part.name)).map(|part| &part.at);
            times.max().map(|at| (source.clone(), at.clone()))
        };
        Ok(sources.iter().filter_map(time).collect())
    }
}

impl Evidence for Memory {
    fn keep(&mut self, bytes: &[u8]) -> Result<EvidenceDigest> {
        let digest = EvidenceDigest::of(bytes)?;
        self.state().evidence.insert(digest, bytes.to_owned());
        Ok(digest)
    }

    fn evidence(&self, digest: EvidenceDigest) -> Result<Option<Vec<u8>>> {
        self.state().evidence.get(&digest).map(|bytes| digest.check(bytes.clone())).transpose()
    }
}

impl Digests for Memory {
    fn recall(&self, keys: &[DigestKey]) -> Result<Vec<Option<Sealed>>> {
        let state = self.state();
        let one = |key: &DigestKey| {
            let (known, sealed) = state.digests.get(&place(key))?;
            let is_whole = sealed.remembered.digest.len() == key.algorithm.digest_bytes();
            (known == key && is_whole).then(|| sealed.clone())
        };
        Ok(keys.iter().map(one).collect())
    }

    fn remember(&mut self, digests: &[(DigestKey, Sealed)]) -> Result<()> {
        let mut state = self.state();
        state.digests.extend(digests.iter().map(|(key, one)| (place(key), (key.clone(), one.clone()))));
        Ok(())
    }
}

fn place(key: &DigestKey) -> Bytes {
    (key.file.device, key.file.inode, key.algorithm.as_str(), key.range)
}
