//! Sealing a run: which shards count, their records merged by key, one root over all; the same records as tables. It reads
//! and adds, and changes nothing. It needs no program that worked, and can be done again by anybody with the same outcome.

use super::columns::Table;
use super::documents::{
    Conflict, Counts, FleetRecord, FleetSealed, FleetSealedSchema, FleetShard, MissingShard, SealedPart,
    Writer,
};
use super::grouping::called;
use super::known::{KnownLine, MAX_KNOWN};
use super::packing::unwritten;
use super::run::{Run, SEALED, root_of};
use super::shards::{Lines, results, statement};
use crate::decision::{Decision, Vouched};
use crate::disk::open;
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::progress::Progress;
use crate::remote::Location;
use crate::signing::{Outcome, Trust};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The largest part of the records.
const PART_BYTES: usize = 32 * 1024 * 1024;
const MAX_PART_BYTES: u64 = 64 * 1024 * 1024;
/// Records of a part that are read together.
const AT_ONCE: usize = 1 << 10;

/// How to seal.
pub struct Sealing<'a> {
    /// Whose signatures count; none for those whom the plan's policy names to vouch for a ledger.
    pub trust: Option<&'a [Trust]>,
    /// By the clock.
    pub now: Timestamp,
    /// A folder for what waits.
    pub scratch: &'a Path,
    /// Shards that were read, and whether to stop.
    pub progress: &'a Progress,
}

/// A sealed run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What it came to.
    pub sealed: FleetSealed,
    /// SHA-256 of that document.
    pub digest: EvidenceDigest,
    /// Its name below the run.
    pub name: String,
    /// Tables beside it that it does not name: an earlier version sealed the run and wrote none.
    pub unnamed: Vec<SealedPart>,
}

/// Where the record of a key waits.
struct Row {
    key: EvidenceDigest,
    leaf: EvidenceDigest,
    at: u64,
    length: u32,
}

/// Seals a run.
///
/// # Errors
/// `E-USAGE` when nobody is named; `E-CHANGED` when it was sealed otherwise before; `E-CANCELLED`; what the place gives.
pub fn seal(run: &Run, sealing: &Sealing<'_>) -> Result<Sealed> {
    let scratch = sealing.scratch;
    let judges = run.judges()?;
    // Whoever may sign a model is nobody who may say what became of others: the policy has to name them.
    let ledger = &judges.rules.policy.ledger;
    if sealing.trust.is_none() && ledger.trust.is_empty() && ledger.identities.is_empty() {
        return Err(Error::new(Code::Usage, "nobody is named whose signatures of shards count")
            .at(run.location.to_string())
            .help("give --public-key FILE or --certificate-chain FILE, or plan with a policy that has `ledger.trust`"));
    }
    let mut found = gather(run, sealing, &judges.rules, scratch.join("records"))?;
    add_known(run, sealing, &judges.rules, &mut found, 1)?;
    let Gathered { path, mut waiting, mut rows, missing, counts, writers, .. } = found;
    waiting.flush().map_err(|cause| Error::write(&path, &cause))?;
    rows.sort_by_key(|row| (row.key, row.leaf));
    rows.dedup_by_key(|row| (row.key, row.leaf));
    let root = root_of(rows.iter().map(|row| row.leaf));
    let folder = match missing.is_empty() {
        true => String::new(),
        false => format!("partial-{}/", root.to_string().get(..16).unwrap_or_default()),
    };
    let (parts, tables) = put_parts(run, &path, &rows, &folder, sealing.progress)?;
    let sealed = FleetSealed {
        schema: FleetSealedSchema::V1,
        run: run.id,
        question: run.question,
        root,
        records: rows.len() as u64,
        models: run.plan.models,
        counts,
        parts,
        tables,
        missing,
        conflicts: conflicts(&rows),
        writers: writers.into_iter().map(|(signer, shards)| Writer { signer, shards }).collect(),
    };
    let written = canonical(&sealed).map_err(|cause| unwritten(&cause))?;
    let digest = EvidenceDigest::of(&written)?;
    // What is missing may be missing for another reason tomorrow; the whole run is what it is.
    let name = match sealed.missing.is_empty() {
        true => SEALED.to_owned(),
        false => format!("{folder}sealed-{}.json", digest.to_string().get(..16).unwrap_or_default()),
    };
    if run.files.put_new(&name, &written)? {
        return Ok(Sealed { sealed, digest, name, unnamed: Vec::new() });
    }
    let there = run.files.small(&name, MAX_PART_BYTES)?;
    // A version that wrote no tables sealed the same records: its seal is what somebody holds, and stays.
    let bare = FleetSealed { tables: Vec::new(), ..sealed.clone() };
    if there == canonical(&bare).map_err(|cause| unwritten(&cause))? {
        let digest = EvidenceDigest::of(&there)?;
        return Ok(Sealed { sealed: bare, digest, name, unnamed: sealed.tables });
    }
    match there == written {
        true => Ok(Sealed { sealed, digest, name, unnamed: Vec::new() }),
        false => Err(otherwise(run, &name)),
    }
}

/// The records of a run in no order, in a file of this machine.
struct Gathered {
    path: PathBuf,
    waiting: BufWriter<std::fs::File>,
    rows: Vec<Row>,
    at: u64,
    missing: Vec<MissingShard>,
    counted: HashSet<EvidenceDigest>,
    counts: Counts,
    writers: BTreeMap<Untrusted, u64>,
}

impl Gathered {
    fn add(&mut self, leaf: EvidenceDigest, bytes: &[u8], record: &FleetRecord) -> Result<()> {
        self.waiting.write_all(bytes).map_err(|cause| Error::write(&self.path, &cause))?;
        let length =
            u32::try_from(bytes.len()).map_err(|_| Error::new(Code::TooLarge, "a record is too large"))?;
        self.rows.push(Row { key: record.key, leaf, at: self.at, length });
        self.at += u64::from(length);
        // The same answer twice is one.
        if self.counted.insert(leaf) {
            self.counts.add(record);
        }
        Ok(())
    }
}

/// Reads all shards that count.
fn gather(
    run: &Run,
    sealing: &Sealing<'_>,
    rules: &crate::decision::Rules,
    path: PathBuf,
) -> Result<Gathered> {
    let draft = std::fs::File::create_new(&path).map_err(|cause| Error::write(&path, &cause))?;
    let mut found = Gathered {
        path,
        waiting: BufWriter::new(draft),
        rows: Vec::new(),
        at: 0,
        missing: Vec::new(),
        counted: HashSet::new(),
        counts: Counts::default(),
        writers: BTreeMap::new(),
    };
    for (shard, planned) in (0_u32..).zip(&run.plan.shards) {
        sealing.progress.check()?;
        sealing.progress.add_file();
        match shard_records(run, shard, sealing, rules)? {
            Err(why) => {
                let counts = &mut found.counts;
                *counts.outcomes.entry(Outcome::Unknown.key().to_owned()).or_insert(0) += planned.models;
                *counts.decisions.entry(Decision::NotJudged.word().to_owned()).or_insert(0) += planned.models;
                let why = why.map(Untrusted::from);
                found.missing.push(MissingShard { shard, models: planned.models, why });
            }
            Ok((signer, lines)) => {
                *found.writers.entry(signer).or_insert(0) += 1;
                for (leaf, bytes, line) in lines {
                    found.add(leaf, &bytes, &line.record)?;
                }
            }
        }
    }
    Ok(found)
}

/// Adds what the plan takes over from an earlier run. Its shards are read again: whose signatures do not count now, or
/// what does not come to the root that the plan names, is taken from nobody.
fn add_known(
    run: &Run,
    sealing: &Sealing<'_>,
    rules: &crate::decision::Rules,
    into: &mut Gathered,
    depth: usize,
) -> Result<()> {
    let Some(known) = &run.plan.known else { return Ok(()) };
    let odd = |what: &str| {
        Error::new(Code::Changed, what.to_owned())
            .at(known.place.raw())
            .help("plan again without --known, or name whoever signed the shards of the earlier run, too")
    };
    let earlier = Run::open(&Location::parse(known.place.raw())?)?;
    if earlier.id != known.run || earlier.question != run.question {
        return Err(odd("another run lies where the earlier one lay"));
    }
    if depth > MAX_KNOWN {
        return Err(odd("too many runs take over from each other"));
    }
    let mut there = gather(&earlier, sealing, rules, sealing.scratch.join(format!("known-{depth}")))?;
    add_known(&earlier, sealing, rules, &mut there, depth + 1)?;
    there.waiting.flush().map_err(|cause| Error::write(&there.path, &cause))?;
    there.rows.sort_by_key(|row| (row.key, row.leaf));
    there.rows.dedup_by_key(|row| (row.key, row.leaf));
    if !there.missing.is_empty() || root_of(there.rows.iter().map(|row| row.leaf)) != known.root {
        return Err(odd("the earlier run does not come to the root that the plan names"));
    }
    let unread = |cause: std::io::Error| Error::read(&there.path, &cause);
    let (mut kept, _) = open(&there.path).map_err(|why| why.error(&there.path))?;
    let rows: HashMap<EvidenceDigest, &Row> = there.rows.iter().map(|row| (row.leaf, row)).collect();
    let mut taken = 0;
    for list in &known.lists {
        let bytes = list.sha256.check(run.files.small(&list.name, MAX_PART_BYTES)?);
        let bytes = bytes.map_err(|_| odd("the list of what is taken over was changed"))?;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line: KnownLine = serde_json::from_slice(line)
                .map_err(|_| odd("the list of what is taken over holds what this version does not read"))?;
            let row = rows.get(&line.leaf).ok_or_else(|| odd("the earlier run has no such record"))?;
            let mut bytes = vec![0; row.length as usize];
            kept.seek(SeekFrom::Start(row.at)).map_err(unread)?;
            kept.read_exact(&mut bytes).map_err(unread)?;
            let record: FleetRecord = serde_json::from_slice(&bytes)
                .map_err(|_| odd("a record that this version does not read"))?;
            let is_it = record.source.raw() == run.source_text(line.source)?
                && record.states == line.states
                && (record.model.raw() == called(&line.place) || line.place.is_empty());
            if !is_it {
                return Err(odd("a record of the earlier run is about another model"));
            }
            into.add(line.leaf, &bytes, &record)?;
            taken += 1;
        }
    }
    match taken == known.models {
        true => Ok(()),
        false => Err(odd("the list of what is taken over has another number of models than the plan")),
    }
}

/// The records of a shard and who signed them; why they do not count, where something is there.
fn shard_records(
    run: &Run,
    shard: u32,
    sealing: &Sealing<'_>,
    rules: &crate::decision::Rules,
) -> Result<std::result::Result<(Untrusted, Lines), Option<String>>> {
    let found = match statement(run, shard)? {
        Ok(None) => return Ok(Err(None)),
        Ok(Some(found)) => found,
        Err(why) => return Ok(Err(Some(why))),
    };
    let vouched = match sealing.trust {
        Some(trusts) => Vouched::by_trust(&found.bundle, trusts, sealing.now),
        None => Vouched::by_policy(&found.bundle, rules.anchors.trust(), &rules.policy, sealing.now),
    };
    let signer = vouched.signer().map(|signer| signer.subject.clone());
    let signer = match (vouched.outcome(true), signer) {
        (Outcome::Pass, Some(signer)) => signer,
        (Outcome::Fail, _) => return Ok(Err(Some("the signature does not verify".to_owned()))),
        _ => return Ok(Err(Some("nobody whose signature counts signed it".to_owned()))),
    };
    let said: &FleetShard = &found.said;
    Ok(results(run, said)?.map(|lines| (signer, lines)).map_err(Some))
}

impl Counts {
    fn add(&mut self, record: &FleetRecord) {
        *self.outcomes.entry(record.outcome.key().to_owned()).or_insert(0) += 1;
        *self.decisions.entry(record.decision.word().to_owned()).or_insert(0) += 1;
        if let Some(class) = record.class {
            *self.unknown.entry(class.word().to_owned()).or_insert(0) += 1;
        }
        let (all, of) = (&mut self.digests, &record.digests);
        all.recomputed += of.recomputed;
        all.provider_checksum += of.provider_checksum;
        all.registry_digest += of.registry_digest;
        all.cached += of.cached;
        all.rechecked += of.rechecked;
        all.contradicted += of.contradicted;
    }
}

fn conflicts(rows: &[Row]) -> Vec<Conflict> {
    let of_one_key = rows.chunk_by(|one, other| one.key == other.key);
    let several = of_one_key.filter(|rows| rows.len() > 1).filter_map(|rows| {
        Some(Conflict { key: rows.first()?.key, records: rows.iter().map(|row| row.leaf).collect() })
    });
    several.collect()
}

/// The records in the order of their keys, in parts, and the same as tables. No more than one part is held.
fn put_parts(
    run: &Run,
    path: &Path,
    rows: &[Row],
    folder: &str,
    progress: &Progress,
) -> Result<(Vec<SealedPart>, Vec<SealedPart>)> {
    let unread = |cause: std::io::Error| Error::read(path, &cause);
    let (mut waiting, _) = open(path).map_err(|why| why.error(path))?;
    let (mut parts, mut tables) = (Vec::<SealedPart>::new(), Vec::new());
    let (mut part, mut of_part) = (Vec::new(), Vec::<(EvidenceDigest, Range<usize>)>::new());
    let mut rows = rows.iter().peekable();
    while let Some(row) = rows.next() {
        let start = part.len();
        part.resize(start + row.length as usize, 0);
        let record = part.get_mut(start..).unwrap_or_default();
        waiting.seek(SeekFrom::Start(row.at)).map_err(unread)?;
        waiting.read_exact(record).map_err(unread)?;
        of_part.push((row.leaf, start..part.len()));
        part.push(b'\n');
        if part.len() >= PART_BYTES || rows.peek().is_none() {
            progress.check()?;
            let name = format!("{folder}records-{:05}", parts.len());
            let named = |extension: &str| format!("{name}.{extension}");
            let (columns, many) = (table_of(&part, &of_part)?, of_part.len() as u64);
            for (list, name, bytes) in
                [(&mut parts, named("jsonl"), &part), (&mut tables, named("parquet"), &columns)]
            {
                put_same(run, &name, bytes)?;
                list.push(SealedPart { name, records: many, sha256: EvidenceDigest::of(bytes)? });
            }
            (part, of_part) = (Vec::new(), Vec::new());
        }
    }
    Ok((parts, tables))
}

/// The records of a part as a table: what this process wrote to a file of its own.
fn table_of(part: &[u8], records: &[(EvidenceDigest, Range<usize>)]) -> Result<Vec<u8>> {
    let mut table = Table::new();
    for some in records.chunks(AT_ONCE) {
        let read = |(leaf, range): &(EvidenceDigest, Range<usize>)| {
            let record = serde_json::from_slice::<FleetRecord>(part.get(range.clone()).unwrap_or_default());
            let record = record.map_err(|_| {
                Error::new(Code::Changed, "what waits to be sealed was changed")
                    .help("seal again; name another --scratch")
            })?;
            Ok((*leaf, record))
        };
        let read: Vec<(EvidenceDigest, FleetRecord)> = some.par_iter().map(read).collect::<Result<_>>()?;
        read.iter().for_each(|(leaf, record)| table.add(*leaf, record));
    }
    table.end()
}

/// Puts what may be there already, to the byte.
fn put_same(run: &Run, key: &str, bytes: &[u8]) -> Result<()> {
    if run.files.put_new(key, bytes)? || run.files.small(key, MAX_PART_BYTES)? == bytes {
        return Ok(());
    }
    Err(otherwise(run, key))
}

fn otherwise(run: &Run, key: &str) -> Error {
    let help = match key.ends_with(".parquet") {
        false => {
            "compare the two: other signers were trusted, or what lies there was changed; nothing was replaced"
        }
        true => {
            "a version that writes tables otherwise sealed it, or what lies there was changed; nothing was replaced: \
             seal with the version that sealed it first"
        }
    };
    Error::new(Code::Changed, "the run was sealed otherwise before")
        .at(run.location.below(key).to_string())
        .help(help)
}
