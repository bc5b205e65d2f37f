//! A run as it lies in its place: the plan, and what it names by digest. What is not what its digest says is not used.

use super::documents::{FleetItem, FleetPlan, FleetQuestion};
use super::packing::{MAX_ITEMS_BYTES, unwritten};
use crate::decision::{Again, Inputs, Rules};
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::maturity::Rubric;
use crate::remote::{Files, Location};
use crate::signing::sha256_hex;
use crate::store::{EvidenceDigest, HashTree};
use std::rc::Rc;
use std::sync::Arc;

/// The largest plan.
const MAX_PLAN_BYTES: u64 = 64 * 1024 * 1024;
/// The largest piece that a plan names.
const MAX_INPUT_BYTES: u64 = 64 * 1024 * 1024;
pub(super) const PLAN: &str = "plan.json";
pub(super) const SEALED: &str = "sealed.json";

/// A run.
pub struct Run {
    /// Where it lies.
    pub location: Location,
    /// Its id: SHA-256 of the plan.
    pub id: EvidenceDigest,
    /// The plan.
    pub plan: FleetPlan,
    /// SHA-256 of the question.
    pub question: EvidenceDigest,
    pub(super) files: Arc<dyn Files>,
}

/// What judges.
pub(super) struct Judges {
    pub(super) rules: Rc<Rules>,
    pub(super) rubric: Rc<Rubric>,
}

impl Run {
    /// Reads a run: its folder, or the plan in it.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-MALFORMED` when it is no plan; `E-CONFIG` when it is not the plan that its folder is named
    /// after; what the place gives.
    pub fn open(location: &Location) -> Result<Self> {
        let above = location.above().filter(|_| location.name() == PLAN);
        let location = above.unwrap_or_else(|| location.clone());
        let files = crate::remote::open(&location)?;
        Run::over(location, files)
    }

    /// The same of a place that was opened.
    ///
    /// # Errors
    /// As [`Run::open`].
    pub fn over(location: Location, files: Arc<dyn Files>) -> Result<Self> {
        let bytes = files.small(PLAN, MAX_PLAN_BYTES).map_err(|error| match error.code {
            Code::NotFound => Error::new(Code::NotFound, "no plan lies there")
                .at(location.to_string())
                .help("`touchmark fleet plan` says where it put the run"),
            _ => error,
        })?;
        let id = EvidenceDigest::of(&bytes)?;
        let malformed = |what: String| {
            Error::new(Code::Malformed, what).at(location.to_string()).help("plan again with this version")
        };
        let plan: FleetPlan = serde_json::from_slice(&bytes)
            .map_err(|cause| malformed(format!("not a plan that this version reads ({cause})")))?;
        if canonical(&plan).map_err(|cause| unwritten(&cause))? != bytes {
            return Err(malformed("the plan is not written as a plan is".to_owned()));
        }
        if location.name() != id.to_string() {
            return Err(Error::new(Code::Config, "the plan is not the one that its folder is named after")
                .at(location.to_string())
                .help("the plan was changed, or the folder was renamed: plan again"));
        }
        let question = digest_of(&plan.question)?;
        Ok(Run { location, id, plan, question, files })
    }

    /// An error unless this program is the one that the plan names.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn fits_program(&self, binary: Option<EvidenceDigest>) -> Result<()> {
        let tool = &self.plan.question.tool;
        let here = env!("CARGO_PKG_VERSION");
        let other = |what: String| {
            Err(Error::new(Code::Config, what).at(self.location.to_string()).help(
                "run the program that planned, or plan again; --any-build plans for any build of a version",
            ))
        };
        if tool.version != here {
            return other(format!("the plan is for version {}, and this is {here}", tool.version));
        }
        match (tool.sha256, binary) {
            (None, _) => Ok(()),
            (Some(planned), Some(here)) if planned == here => Ok(()),
            _ => other("the plan is for another build of this version".to_owned()),
        }
    }

    /// An error unless a policy says what the plan's does.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn fits_policy(&self, digest: &str) -> Result<()> {
        match self.plan.question.policy.digest == digest {
            true => Ok(()),
            false => Err(Error::new(Code::Config, "the plan is for another policy")
                .at("--policy")
                .help("leave out --policy: the plan brings its own; or plan again with this one")),
        }
    }

    /// Policy, anchors and rubric, from the pieces that the plan brings.
    pub(super) fn judges(&self) -> Result<Judges> {
        let kept = |digest: EvidenceDigest| self.input(digest).map(Some);
        let again = Again::new(&kept);
        let question = &self.plan.question;
        let rules = again.rules(&self.inputs(), None)?;
        if rules.policy.digest != question.policy.digest {
            return Err(Error::new(Code::Config, "this version reads the plan's policy otherwise")
                .at(self.location.to_string())
                .help("plan again with this version"));
        }
        Ok(Judges { rules, rubric: again.rubric(question.rubric)? })
    }

    fn inputs(&self) -> Inputs {
        let FleetQuestion { tool, policy, rubric, anchors, feeds, stage, at, .. } = &self.plan.question;
        Inputs {
            program: tool.version.clone(),
            evidence: self.id,
            policy: policy.clone(),
            rubric: Some(*rubric),
            anchors: *anchors,
            feeds: feeds.clone(),
            stage: Some(stage.clone()),
            at: *at,
        }
    }

    fn input(&self, digest: EvidenceDigest) -> Result<Vec<u8>> {
        let key = input_key(digest);
        let bytes = self.files.small(&key, MAX_INPUT_BYTES)?;
        digest.check(bytes).map_err(|_| {
            Error::new(Code::Config, "what the plan names was changed")
                .at(self.location.below(&key).to_string())
                .help("plan again")
        })
    }

    /// The items of a shard.
    pub(super) fn items(&self, shard: u32) -> Result<Vec<FleetItem>> {
        let planned = self.plan.shards.get(shard as usize).ok_or_else(|| {
            Error::new(Code::Usage, "the plan has no such shard")
                .at(format!("shard {shard}"))
                .help(format!("it has {}, from 0", self.plan.shards.len()))
        })?;
        let key = items_key(shard);
        let place = self.location.below(&key).to_string();
        let bytes = self.files.small(&key, MAX_ITEMS_BYTES)?;
        let bytes = planned.items.check(bytes).map_err(|_| {
            Error::new(Code::Config, "the items are not those of the plan").at(&place).help("plan again")
        })?;
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let items = lines.map(|line| {
            serde_json::from_slice(line).map_err(|cause| {
                Error::new(Code::Malformed, format!("an item that this version does not read ({cause})"))
                    .at(&place)
            })
        });
        items.collect()
    }

    /// Where the models of a source lie.
    pub(super) fn source(&self, source: u32) -> Result<Location> {
        Location::parse(self.source_text(source)?)
    }

    /// The same as the plan spells it: on every machine alike.
    pub(super) fn source_text(&self, source: u32) -> Result<&str> {
        let location = self.plan.sources.get(source as usize).ok_or_else(|| {
            Error::new(Code::Malformed, "an item names a source that the plan does not have")
        })?;
        Ok(location.raw())
    }
}

pub(super) fn input_key(digest: EvidenceDigest) -> String {
    format!("inputs/{digest}")
}

pub(super) fn items_key(shard: u32) -> String {
    format!("items-{shard:05}.jsonl")
}

/// SHA-256 of the canonical bytes.
pub(super) fn digest_of<T: serde::Serialize>(value: &T) -> Result<EvidenceDigest> {
    EvidenceDigest::of(&canonical(value).map_err(|cause| unwritten(&cause))?)
}

/// SHA-256 of the file of this program; none where it cannot be read.
pub fn binary_digest() -> Option<EvidenceDigest> {
    use crate::signing::{HashAlgorithm, HashJob, Progress, hash_files};
    let path = std::env::current_exe().ok()?;
    let size = std::fs::metadata(&path).ok()?.len();
    let job = HashJob { path, size, range: None };
    let digests = hash_files(HashAlgorithm::Sha256, std::slice::from_ref(&job), &Progress::default()).ok()?;
    let digest = digests.into_iter().next()?.ok()?;
    Some(EvidenceDigest(digest.try_into().ok()?))
}

/// The root over records in their order; of none, the hash of nothing (RFC 6962, 2.1).
pub(super) fn root_of(leaves: impl Iterator<Item = EvidenceDigest>) -> EvidenceDigest {
    let mut tree = HashTree::default();
    leaves.for_each(|leaf| tree.add(leaf));
    tree.root().unwrap_or_else(nothing)
}

fn nothing() -> EvidenceDigest {
    // A digest is 64 digits.
    sha256_hex(b"").parse().unwrap_or(EvidenceDigest([0; 32]))
}
