//! A hub with any number of models that are listed without being there, and the results that workers would have left: for
//! what is counted and measured at sizes that nobody works in a test. `benches/million.rs` has it, too.

use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use touchmark::decision::{Decision, statement_of};
use touchmark::error::Result;
use touchmark::fleet::{
    CheckRecord, Digests, FleetEnvelope, FleetItem, FleetLine, FleetRecord, FleetRecordSchema, FleetShard,
    FleetShardSchema, Inputs, Limits, Planned, Planning, Run, SHARD_TYPE, Sealed, Sealing, WantedBasis, plan,
    seal,
};
use touchmark::inventory::ModelId;
use touchmark::json::canonical;
use touchmark::remote::{Files, Location, Object, Seen};
use touchmark::signing::{
    Anchor, IdentityRule, Outcome, Progress, RootDigest, SigningKey, Trust, sign_statement_key,
};
use touchmark::store::{EvidenceDigest, HashTree};
use touchmark::view::View;
use touchmark::{Code, Error};

/// The objects of a model, in the order of their keys.
const OBJECTS: [&str; 4] = ["config.json", "model.safetensors", "model.sig", "tokenizer.json"];
/// The stages of a verification: a record of a signed folder has about so many checks.
const CHECKS: [&str; 13] = [
    "PARSE",
    "METHOD",
    "TRUST",
    "SIGNATURE",
    "CHAIN",
    "TIME",
    "LOG",
    "IDENTITY",
    "STATEMENT",
    "SUBJECT",
    "FILES",
    "PREDICATES",
    "POLICY",
];

/// A place with so many models, none of which is there.
pub struct Hub {
    pub models: u64,
    /// Listings that were begun.
    pub lists: AtomicU64,
}

impl Hub {
    pub fn new(models: u64) -> Self {
        Hub { models, lists: AtomicU64::new(0) }
    }
}

fn nothing() -> Error {
    Error::new(Code::NotFound, "nothing is there")
}

impl Files for Hub {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        self.lists.fetch_add(1, SeqCst);
        for model in 0..self.models {
            for (size, name) in (1_000_u64..).zip(OBJECTS) {
                let seen = Seen::Object(Object {
                    key: format!("org-{:05}/model-{model:08}/{name}", model / 1000),
                    size: size * (model % 997 + 1),
                    etag: format!("{:032x}", model * 7 + size),
                    version: None,
                    checksum: None,
                });
                if take(seen)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn state(&self, _: &str) -> Result<Object> {
        Err(nothing())
    }

    fn read(&self, _: &Object, _: Range<u64>) -> Result<Vec<u8>> {
        Err(nothing())
    }

    fn put_new(&self, _: &str, _: &[u8]) -> Result<bool> {
        Err(nothing())
    }
}

/// A place that counts what it is asked for.
pub struct Counting {
    pub below: Arc<dyn Files>,
    pub lists: AtomicU64,
    pub gets: AtomicU64,
    pub puts: AtomicU64,
}

impl Counting {
    pub fn over(below: Arc<dyn Files>) -> Self {
        Counting { below, lists: AtomicU64::new(0), gets: AtomicU64::new(0), puts: AtomicU64::new(0) }
    }

    /// Listings, gets and puts since it was asked before.
    pub fn taken(&self) -> [u64; 3] {
        [&self.lists, &self.gets, &self.puts].map(|count| count.swap(0, SeqCst))
    }
}

impl Files for Counting {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        self.lists.fetch_add(1, SeqCst);
        self.below.list(take)
    }

    fn state(&self, key: &str) -> Result<Object> {
        self.gets.fetch_add(1, SeqCst);
        self.below.state(key)
    }

    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        self.gets.fetch_add(1, SeqCst);
        self.below.read(object, range)
    }

    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool> {
        self.puts.fetch_add(1, SeqCst);
        self.below.put_new(key, bytes)
    }
}

/// Plans a hub.
pub fn planned(
    view: &View,
    hub: Arc<dyn Files>,
    out: &Path,
    limits: Limits,
    reach: &dyn Fn(&Location) -> Result<Arc<dyn Files>>,
) -> Planned {
    let scratch = tempfile::tempdir_in(out).unwrap();
    let planning = Planning {
        sources: vec![(Location::parse("s3://models/hub").unwrap(), hub)],
        inputs: Inputs {
            policy: &view.policy,
            seal: view.seal.clone(),
            anchors: &view.trust,
            rubric: &view.rubric,
            feeds: view.feeds.feeds.clone(),
            stage: view.stage.clone(),
            at: view.at,
            known: &|name| view.model(&ModelId::new(name)).map(|(_, model)| model.clone()),
        },
        basis: WantedBasis::Recomputed,
        known: None,
        recheck_ppm: None,
        binary: None,
        limits,
        scratch: scratch.path(),
    };
    let out = Location::parse(out.to_str().unwrap()).unwrap();
    plan(&planning, &out, reach, &Progress::default()).unwrap()
}

/// Commits all shards of a run: records as workers write them, each with so many checks.
pub fn commit(run: &Run, key: &SigningKey, checks: usize) {
    let files = touchmark::remote::open(&run.location).unwrap();
    for shard in 0..u32::try_from(run.plan.shards.len()).unwrap() {
        let items = files.small(&format!("items-{shard:05}.jsonl"), u64::MAX).unwrap();
        let mut lines: Vec<(EvidenceDigest, FleetRecord)> = Vec::new();
        for line in items.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let record = record(run, &serde_json::from_slice(line).unwrap(), checks);
            lines.push((EvidenceDigest::of(&canonical(&record).unwrap()).unwrap(), record));
        }
        lines.sort_by_key(|(leaf, record)| (record.key, *leaf));
        let (mut tree, mut bytes, records) = (HashTree::default(), Vec::new(), lines.len() as u64);
        for (leaf, record) in lines {
            tree.add(leaf);
            let envelope = FleetEnvelope { bytes_read: record.bytes, took_ms: 12 };
            bytes.extend(canonical(&FleetLine { record, envelope }).unwrap());
            bytes.push(b'\n');
        }
        let (root, results) = (tree.root().unwrap(), EvidenceDigest::of(&bytes).unwrap());
        assert!(files.put_new(&format!("results/{shard:05}/{results}.jsonl"), &bytes).unwrap());
        let said = FleetShard { schema: FleetShardSchema::V1, run: run.id, shard, records, root, results };
        let predicate = serde_json::to_value(&said).unwrap();
        let payload = statement_of(&format!("shard {shard}"), root, SHARD_TYPE, &predicate).unwrap();
        let bundle = sign_statement_key(&payload, key, None).unwrap();
        assert!(files.put_new(&format!("done/{shard:05}"), &bundle).unwrap());
    }
}

fn digest(of: &impl serde::Serialize) -> EvidenceDigest {
    EvidenceDigest::of(&canonical(of).unwrap()).unwrap()
}

/// A record of one model: one of seven fails, one of eleven is unknown.
fn record(run: &Run, item: &FleetItem, checks: usize) -> FleetRecord {
    let states: Vec<(&str, u64, &str)> =
        item.objects.iter().map(|object| (object.key.as_str(), object.size, object.etag.as_str())).collect();
    let states = digest(&states);
    let number = u64::from(states.0[0]) << 8 | u64::from(states.0[1]);
    let outcome = match (number % 7, number % 11) {
        (0, _) => Outcome::Fail,
        (_, 0) => Outcome::Unknown,
        _ => Outcome::Pass,
    };
    let check = |index: usize| CheckRecord {
        code: CHECKS[index % CHECKS.len()].to_owned(),
        outcome: if index == 10 { outcome } else { Outcome::Pass },
    };
    let is_known = outcome != Outcome::Unknown;
    FleetRecord {
        schema: FleetRecordSchema::V1,
        key: digest(&(run.question, &item.place, states)),
        question: run.question,
        source: run.plan.sources[item.source as usize].clone(),
        model: item.place.as_str().into(),
        objects: item.objects.len() as u64,
        bytes: item.objects.iter().map(|object| object.size).sum(),
        states,
        bundles: vec![digest(&("bundle", &item.place))],
        root_digest: is_known.then(|| RootDigest(digest(&("root", &item.place)).0)),
        digests: Digests { recomputed: 3, ..Digests::default() },
        engine: is_known.then(|| "cpu".to_owned()),
        outcome,
        class: None,
        checks: (0..checks).map(check).collect(),
        decision: if outcome == Outcome::Pass { Decision::Admit } else { Decision::Refuse },
        reasons: if outcome == Outcome::Pass { Vec::new() } else { vec!["VERIFICATION-FAILED".to_owned()] },
        own: is_known.then_some(2),
        effective: is_known.then_some(1),
    }
}

/// Seals a run by one signer.
pub fn sealed(run: &Run, key: &SigningKey, view: &View, scratch: &Path) -> Sealed {
    let anchor = Anchor::key("writer", "a measure", key.public().to_pem().as_bytes(), None).unwrap();
    let trust = [Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides }];
    let (scratch, progress) = (tempfile::tempdir_in(scratch).unwrap(), Progress::default());
    seal(run, &Sealing { trust: Some(&trust), now: view.at, scratch: scratch.path(), progress: &progress })
        .unwrap()
}

/// The most memory that this process ever had, in bytes; none where the system does not say.
pub fn peak() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
