//! Sealing a run: which shards count, their records merged by key, one root over all. It reads and adds, and changes
//! nothing. It needs no program that worked, and can be done again by anybody with the same outcome.

use super::documents::{
    Conflict, Counts, FleetLine, FleetSealed, FleetSealedSchema, FleetShard, MissingShard, SealedPart, Writer,
};
use super::packing::unwritten;
use super::run::{Run, root_of};
use super::shards::{Lines, results, statement};
use crate::decision::{Decision, Vouched};
use crate::disk::open;
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::progress::Progress;
use crate::signing::{Outcome, Trust};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The largest part of the records.
const PART_BYTES: usize = 32 * 1024 * 1024;
const MAX_PART_BYTES: u64 = 64 * 1024 * 1024;
pub(super) const SEALED: &str = "sealed.json";

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
    let Sealing { scratch, progress, .. } = sealing;
    let judges = run.judges()?;
    // Whoever may sign a model is nobody who may say what became of others: the policy has to name them.
    let ledger = &judges.rules.policy.ledger;
    if sealing.trust.is_none() && ledger.trust.is_empty() && ledger.identities.is_empty() {
        return Err(Error::new(Code::Usage, "nobody is named whose signatures of shards count")
            .at(run.location.to_string())
            .help("give --public-key FILE or --certificate-chain FILE, or plan with a policy that has `ledger.trust`"));
    }
    let path = scratch.join("records");
    let draft = std::fs::File::create_new(&path).map_err(|cause| Error::write(&path, &cause))?;
    let mut waiting = BufWriter::new(draft);
    let (mut rows, mut missing, mut at) = (Vec::<Row>::new(), Vec::new(), 0_u64);
    let mut counted = HashSet::new();
    let (mut counts, mut writers) = (Counts::default(), BTreeMap::<Untrusted, u64>::new());
    for (shard, planned) in (0_u32..).zip(&run.plan.shards) {
        progress.check()?;
        progress.add_file();
        match shard_records(run, shard, sealing, &judges.rules)? {
            Err(why) => {
                *counts.outcomes.entry(Outcome::Unknown.key().to_owned()).or_insert(0) += planned.models;
                *counts.decisions.entry(Decision::NotJudged.word().to_owned()).or_insert(0) += planned.models;
                missing.push(MissingShard { shard, models: planned.models, why: why.map(Untrusted::from) });
            }
            Ok((signer, lines)) => {
                *writers.entry(signer).or_insert(0) += 1;
                for (leaf, bytes, line) in lines {
                    waiting.write_all(&bytes).map_err(|cause| Error::write(&path, &cause))?;
                    let length = u32::try_from(bytes.len())
                        .map_err(|_| Error::new(Code::TooLarge, "a record is too large"))?;
                    rows.push(Row { key: line.record.key, leaf, at, length });
                    at += u64::from(length);
                    // The same answer twice is one.
                    if counted.insert(leaf) {
                        counts.add(&line);
                    }
                }
            }
        }
    }
    waiting.flush().map_err(|cause| Error::write(&path, &cause))?;
    rows.sort_by_key(|row| (row.key, row.leaf));
    rows.dedup_by_key(|row| (row.key, row.leaf));
    let root = root_of(rows.iter().map(|row| row.leaf));
    let folder = match missing.is_empty() {
        true => String::new(),
        false => format!("partial-{}/", root.to_string().get(..16).unwrap_or_default()),
    };
    let parts = put_parts(run, &path, &rows, &folder)?;
    let sealed = FleetSealed {
        schema: FleetSealedSchema::V1,
        run: run.id,
        question: run.question,
        root,
        records: rows.len() as u64,
        models: run.plan.models,
        counts,
        parts,
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
    put_same(run, &name, &written)?;
    Ok(Sealed { sealed, digest, name })
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
    fn add(&mut self, line: &FleetLine) {
        let record = &line.record;
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

/// The records in the order of their keys, in parts.
fn put_parts(run: &Run, path: &Path, rows: &[Row], folder: &str) -> Result<Vec<SealedPart>> {
    let unread = |cause: std::io::Error| Error::read(path, &cause);
    let (mut waiting, _) = open(path).map_err(|why| why.error(path))?;
    let (mut parts, mut part, mut many) = (Vec::<SealedPart>::new(), Vec::new(), 0);
    let mut rows = rows.iter().peekable();
    while let Some(row) = rows.next() {
        let start = part.len();
        part.resize(start + row.length as usize, 0);
        waiting.seek(SeekFrom::Start(row.at)).map_err(unread)?;
        waiting.read_exact(part.get_mut(start..).unwrap_or_default()).map_err(unread)?;
        part.push(b'\n');
        many += 1;
        if part.len() >= PART_BYTES || rows.peek().is_none() {
            let name = format!("{folder}records-{:05}.jsonl", parts.len());
            put_same(run, &name, &part)?;
            parts.push(SealedPart { name, records: many, sha256: EvidenceDigest::of(&part)? });
            (part, many) = (Vec::new(), 0);
        }
    }
    Ok(parts)
}

/// Puts what may be there already, to the byte.
fn put_same(run: &Run, key: &str, bytes: &[u8]) -> Result<()> {
    if run.files.put_new(key, bytes)? || run.files.small(key, MAX_PART_BYTES)? == bytes {
        return Ok(());
    }
    Err(Error::new(Code::Changed, "the run was sealed otherwise before")
        .at(run.location.below(key).to_string())
        .help("compare the two: other signers were trusted, or what lies there was changed; nothing was replaced"))
}
