//! What the tests of the fleet are made of: a workspace, a key, places that go wrong on purpose.

use crate::support::copy_of_samples;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use touchmark::error::Result;
use touchmark::fleet::{
    FleetRecord, Inputs, Limits, Planned, Planning, Run, Sealed, Sealing, WantedBasis, Work, Worked, plan,
    seal, work,
};
use touchmark::inventory::ModelId;
use touchmark::remote::{Files, Folder, Location, Object, Seen, check_key};
use touchmark::signing::{
    Anchor, Curve, DigestEngine, IdentityRule, Progress, SigningKey, Trust, sign_statement_key,
};
use touchmark::view::View;
use touchmark::workbench::{OpenOptions, Workbench};
use touchmark::{Code, Error};

pub type Place = Arc<dyn Files>;

/// A workspace of samples, a key that signs shards, and a folder for runs.
pub struct Fleet {
    pub dir: TempDir,
    pub out: TempDir,
    pub key: SigningKey,
    pub view: Arc<View>,
    /// The stage that is asked about.
    pub stage: &'static str,
}

impl Fleet {
    pub fn new() -> Self {
        let dir = copy_of_samples();
        let options =
            OpenOptions { dir: Some(dir.path().to_owned()), read_only: true, ..OpenOptions::default() };
        let view = Workbench::open(&options).unwrap().view();
        Fleet {
            dir,
            out: tempfile::tempdir().unwrap(),
            key: SigningKey::generate(Curve::P384).unwrap(),
            view,
            stage: "dev",
        }
    }

    pub fn models(&self) -> PathBuf {
        self.dir.path().join("models")
    }

    /// Where all models of the samples lie.
    pub fn source(&self) -> (Location, Place) {
        self.below("")
    }

    /// Some of them.
    pub fn below(&self, folder: &str) -> (Location, Place) {
        let folder = self.models().join(folder);
        (Location::parse(folder.to_str().unwrap()).unwrap(), Arc::new(Folder::new(&folder)))
    }

    pub fn plan(&self, sources: Vec<(Location, Place)>, shards: u32) -> Planned {
        self.plan_by(sources, Limits { shards: Some(shards), bytes: 1, models: 1 }, WantedBasis::Recomputed)
            .unwrap()
    }

    pub fn plan_by(
        &self,
        sources: Vec<(Location, Place)>,
        limits: Limits,
        basis: WantedBasis,
    ) -> Result<Planned> {
        self.plan_rechecked(sources, limits, basis, None)
    }

    pub fn plan_rechecked(
        &self,
        sources: Vec<(Location, Place)>,
        limits: Limits,
        basis: WantedBasis,
        recheck_ppm: Option<u32>,
    ) -> Result<Planned> {
        self.plan_knowing(sources, (limits, basis), recheck_ppm, None)
    }

    pub fn plan_knowing(
        &self,
        sources: Vec<(Location, Place)>,
        (limits, basis): (Limits, WantedBasis),
        recheck_ppm: Option<u32>,
        known: Option<&Run>,
    ) -> Result<Planned> {
        let scratch = tempfile::tempdir().unwrap();
        let view = &self.view;
        let planning = Planning {
            sources,
            inputs: Inputs {
                policy: &view.policy,
                seal: view.seal.clone(),
                anchors: &view.trust,
                rubric: &view.rubric,
                feeds: view.feeds.feeds.clone(),
                stage: self.stage.to_owned(),
                at: view.at,
                known: &|name| view.model(&ModelId::new(name)).map(|(_, model)| model.clone()),
            },
            basis,
            known,
            recheck_ppm,
            binary: None,
            limits,
            scratch: scratch.path(),
        };
        let out = Location::parse(self.out.path().to_str().unwrap()).unwrap();
        plan(&planning, &out, &|place| touchmark::remote::open(place), &Progress::default())
    }

    pub fn work(&self, run: &Run, shard: u32) -> Result<Worked> {
        self.work_from(run, shard, &|place| touchmark::remote::open(place))
    }

    pub fn work_from(
        &self,
        run: &Run,
        shard: u32,
        reach: &dyn Fn(&Location) -> Result<Place>,
    ) -> Result<Worked> {
        self.work_by(run, shard, reach, None)
    }

    pub fn work_by(
        &self,
        run: &Run,
        shard: u32,
        reach: &dyn Fn(&Location) -> Result<Place>,
        engine: Option<&dyn DigestEngine>,
    ) -> Result<Worked> {
        let scratch = tempfile::tempdir().unwrap();
        let asked = Work {
            shard,
            scratch: scratch.path(),
            reach,
            sign: &|payload| sign_statement_key(payload, &self.key, None),
            engine,
            progress: &Progress::default(),
            tell: &|_| {},
        };
        let worked = work(run, &asked);
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is left behind");
        worked
    }

    pub fn work_all(&self, planned: &Planned) -> Run {
        let run = Run::open(&planned.location).unwrap();
        for shard in 0..u32::try_from(run.plan.shards.len()).unwrap() {
            assert!(self.work(&run, shard).unwrap().committed);
        }
        run
    }

    pub fn trust(&self) -> Trust {
        trust(&self.key)
    }

    pub fn seal(&self, run: &Run) -> Result<Sealed> {
        self.seal_by(run, &self.trust())
    }

    pub fn seal_by(&self, run: &Run, trust: &Trust) -> Result<Sealed> {
        let scratch = tempfile::tempdir().unwrap();
        let progress = Progress::default();
        let trust = std::slice::from_ref(trust);
        seal(
            run,
            &Sealing { trust: Some(trust), now: self.view.at, scratch: scratch.path(), progress: &progress },
        )
    }
}

pub fn trust(key: &SigningKey) -> Trust {
    let anchor = Anchor::key("writer", "the test", key.public().to_pem().as_bytes(), None).unwrap();
    Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides }
}

/// The records of a sealed run, as they lie there.
pub fn records(run: &Run, sealed: &Sealed) -> Vec<u8> {
    let Location::Folder(root) = &run.location else { panic!("a folder") };
    sealed.sealed.parts.iter().flat_map(|part| std::fs::read(root.join(&part.name)).unwrap()).collect()
}

pub fn parsed(records: &[u8]) -> Vec<FleetRecord> {
    let lines = records.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

pub fn folder(run: &Run) -> &Path {
    let Location::Folder(root) = &run.location else { panic!("a folder") };
    root
}

/// What a place does otherwise than the folder below it.
#[derive(Default)]
pub struct Faults {
    /// Puts of keys that begin like this are lost, so many times.
    pub lost_puts: Mutex<Option<(String, u64)>>,
    /// Nobody knows of what begins like this.
    pub unseen: Option<String>,
    /// Before the second piece of this key is read, the file is written.
    pub written: Option<(String, PathBuf)>,
    /// Reads of keys that end like this are refused.
    pub refused: Option<String>,
    /// Keys have this checksum, whatever they hold.
    pub checksums: BTreeMap<String, Vec<u8>>,
    /// Bytes that were read.
    pub read: AtomicU64,
}

pub struct Faulty {
    pub below: Folder,
    pub faults: Arc<Faults>,
}

impl Files for Faulty {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        self.below.list(take)
    }

    fn state(&self, key: &str) -> Result<Object> {
        if self.faults.unseen.as_ref().is_some_and(|unseen| key.starts_with(unseen)) {
            return Err(Error::new(Code::NotFound, "not seen"));
        }
        let mut object = self.below.state(key)?;
        if let Some(sum) = self.faults.checksums.get(key) {
            let hex = hex::encode(sum);
            object.checksum =
                Some(touchmark::remote::Checksum { algorithm: "sha256".to_owned(), hex, whole: true });
        }
        Ok(object)
    }

    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        if self.faults.refused.as_ref().is_some_and(|refused| object.key.ends_with(refused)) {
            return Err(Error::new(Code::Refused, "no"));
        }
        // The first byte alone, then somebody writes, then the rest.
        if let Some((key, path)) = &self.faults.written
            && object.key.ends_with(key)
        {
            let middle = range.start + (range.end - range.start) / 2;
            let mut bytes = self.below.read(object, range.start..middle)?;
            std::fs::write(path, b"something else entirely").unwrap();
            bytes.extend(self.below.read(object, middle..range.end)?);
            return Ok(bytes);
        }
        let bytes = self.below.read(object, range)?;
        self.faults.read.fetch_add(bytes.len() as u64, SeqCst);
        Ok(bytes)
    }

    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool> {
        if let Some((begin, left)) = &mut *self.faults.lost_puts.lock().unwrap()
            && key.starts_with(begin.as_str())
            && *left > 0
        {
            *left -= 1;
            return Err(Error::new(Code::Network, "the store went away"));
        }
        self.below.put_new(key, bytes)
    }
}

/// A place in memory, with any keys.
pub struct Listed {
    pub keys: BTreeSet<String>,
    pub lists: AtomicU64,
}

impl Listed {
    pub fn new<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Listed { keys: keys.into_iter().map(Into::into).collect(), lists: AtomicU64::new(0) }
    }
}

impl Files for Listed {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        self.lists.fetch_add(1, SeqCst);
        for key in &self.keys {
            let seen = match check_key(key) {
                Ok(()) => Seen::Object(object(key)),
                Err(fault) => Seen::Odd { key: key.clone(), fault },
            };
            if take(seen)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn state(&self, key: &str) -> Result<Object> {
        Ok(object(key))
    }

    fn read(&self, _: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        Ok(vec![b'x'; usize::try_from(range.end - range.start).unwrap()])
    }

    fn put_new(&self, _: &str, _: &[u8]) -> Result<bool> {
        Err(Error::new(Code::Refused, "nothing is put here"))
    }
}

pub fn object(key: &str) -> Object {
    Object { key: key.to_owned(), size: 10, etag: "e".to_owned(), version: None, checksum: None }
}
