//! Making a plan: lists, groups, packs, and puts the run where its workers find it. The plan comes last: without it
//! there is no run.

use super::documents::{
    Finding, FleetItem, FleetPlan, FleetPlanSchema, FleetQuestion, FleetTool, KnownRun, WantedBasis,
};
use super::grouping::{Grouped, Grouping, Signed, called};
use super::known::Known;
use super::packing::{Full, MAX_ITEMS_BYTES, MAX_SHARDS, Packing, items_file, unwritten};
use super::run::{PLAN, Run, digest_of, input_key, items_key};
use crate::decision::{Anchors, FeedInput, PolicyInput};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::Model;
use crate::json::canonical;
use crate::maturity::{PolicySeal, Rubric};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::remote::{Files, Location, Seen};
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Findings that a plan names.
const MAX_FINDINGS: usize = 1000;
/// Sources of one plan.
const MAX_SOURCES: usize = 1000;
/// All models, in the unit of samples.
pub(super) const MILLION: u32 = 1_000_000;

/// What models are judged by.
pub struct Inputs<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// What is known of its own signature.
    pub seal: PolicySeal,
    /// Its anchors.
    pub anchors: &'a Anchors,
    /// The rubric.
    pub rubric: &'a Rubric,
    /// Feeds of warnings.
    pub feeds: Vec<FeedInput>,
    /// The stage.
    pub stage: String,
    /// The time.
    pub at: Timestamp,
    /// What a workspace knows of a model of that name.
    pub known: &'a dyn Fn(&str) -> Option<Model>,
}

/// How the work is cut.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So many shards.
    pub shards: Option<u32>,
    /// Bytes of a shard, where their number is free.
    pub bytes: u64,
    /// Models of a shard, where their number is free.
    pub models: u64,
}

/// A plan to make.
pub struct Planning<'a> {
    /// Where models lie.
    pub sources: Vec<(Location, Arc<dyn Files>)>,
    /// What they are judged by.
    pub inputs: Inputs<'a>,
    /// How digests are come by.
    pub basis: WantedBasis,
    /// An earlier run, sealed: what it knows is not worked again.
    pub known: Option<&'a Run>,
    /// So many models of a million are read in full nevertheless.
    pub recheck_ppm: Option<u32>,
    /// SHA-256 of the program that must answer; none for any build.
    pub binary: Option<EvidenceDigest>,
    /// How the work is cut.
    pub limits: Limits,
    /// A folder for what waits.
    pub scratch: &'a Path,
}

/// A plan that was made.
#[derive(Debug)]
pub struct Planned {
    /// Its id.
    pub id: EvidenceDigest,
    /// Where the run lies.
    pub location: Location,
    /// The plan.
    pub plan: FleetPlan,
    /// Whether it was there before, to the byte.
    pub was_there: bool,
}

/// Makes a plan and puts the run below `out`, in a folder named after its id. `reach` opens that folder.
///
/// # Errors
/// `E-USAGE` for limits that allow nothing; `E-CANCELLED`; what the places give.
pub fn plan(
    planning: &Planning<'_>,
    out: &Location,
    reach: &dyn Fn(&Location) -> Result<Arc<dyn Files>>,
    progress: &Progress,
) -> Result<Planned> {
    let Planning { sources, inputs, basis, known, recheck_ppm, binary, limits, scratch } = planning;
    let usage = |what: &str| Err(Error::new(Code::Usage, what));
    match limits {
        Limits { shards: Some(0), .. } | Limits { bytes: 0, .. } | Limits { models: 0, .. } => {
            return usage("a shard must be able to hold something");
        }
        Limits { shards: Some(many), .. } if *many > MAX_SHARDS => {
            return Err(Error::new(Code::Usage, format!("at most {MAX_SHARDS} shards")).at("--shards"));
        }
        _ if recheck_ppm.is_some_and(|ppm| ppm == 0 || ppm > MILLION) => {
            return usage("so many models cannot be read in full").map_err(|error| error.at("--recheck"));
        }
        _ if recheck_ppm.is_some() && *basis == WantedBasis::Recomputed => {
            return usage("all bytes are read anyway")
                .map_err(|error| error.at("--recheck").help("leave it out, or choose another --basis"));
        }
        _ if sources.is_empty() || sources.len() > MAX_SOURCES => {
            return usage("name the places of the models");
        }
        _ => {}
    }
    if !out.takes_objects() {
        return Err(Error::new(Code::Usage, "a run cannot be put into a registry or a hub")
            .at(out.to_string())
            .help("name a folder or a bucket: s3://BUCKET/PREFIX"));
    }
    let question = FleetQuestion {
        tool: FleetTool { version: env!("CARGO_PKG_VERSION").to_owned(), sha256: *binary },
        policy: PolicyInput {
            digest: inputs.policy.digest.clone(),
            text: inputs.policy.file_digest.parse()?,
            origin: inputs.policy.origin.clone(),
        },
        seal: inputs.seal.clone(),
        rubric: inputs.rubric.digest.parse()?,
        anchors: inputs.anchors.digest(),
        feeds: inputs.feeds.clone(),
        stage: inputs.stage.clone(),
        at: inputs.at,
        basis: *basis,
        recheck_ppm: *recheck_ppm,
    };
    let mut known = known.map(|earlier| Known::of(earlier, digest_of(&question)?)).transpose()?;
    let mut signed = Vec::new();
    for (location, files) in sources {
        let mut found = Signed::default();
        if let Some(folder) = location.one_model() {
            found.is_one(&folder);
        }
        files.list(&mut |seen| {
            progress.check()?;
            found.see(&seen);
            Ok(ControlFlow::Continue(()))
        })?;
        signed.push(found);
    }
    let objects = signed.iter().map(|found| found.objects).sum();
    let bytes = signed.iter().fold(0_u64, |sum, found| sum.saturating_add(found.bytes));
    let full = match limits.shards {
        Some(many) => Full::Shards { many, bytes },
        None => Full::At { bytes: limits.bytes, models: limits.models },
    };
    let mut packing = Packing::new(scratch, full);
    let (mut findings, mut first_findings) = (0, Vec::new());
    for (source, ((location, files), signed)) in (0_u32..).zip(sources.iter().zip(&signed)) {
        let mut give = |grouped: Grouped| {
            let finding = match grouped {
                Grouped::Model(mut item) => {
                    item.said = (inputs.known)(&called(&item.place)).as_ref().and_then(FleetItem::said_of);
                    if let Some(known) = &mut known {
                        let name = location.name();
                        let model = if item.place.is_empty() { name } else { called(&item.place) };
                        if known.takes(&item, &location.to_string(), &model)? {
                            return Ok(());
                        }
                    }
                    return packing.add(&item);
                }
                Grouped::Alone(key) => Finding { source, key: key.into(), fault: None },
                Grouped::Odd(odd) => Finding { source, key: odd.key, fault: Some(odd.fault) },
            };
            findings += 1;
            if first_findings.len() < MAX_FINDINGS {
                first_findings.push(finding);
            }
            Ok(())
        };
        let mut grouping = Grouping::new(source, signed);
        files.list(&mut |seen: Seen| {
            progress.check()?;
            if let Seen::Object(_) = &seen {
                progress.add_file();
            }
            grouping.see(seen, &mut give)?;
            Ok(ControlFlow::Continue(()))
        })?;
        grouping.end(&mut give)?;
    }
    let shards = packing.end()?;
    let (known, lists) = known.map(Known::end).transpose()?.flatten().unzip();
    let taken = known.as_ref().map_or(0, |known: &KnownRun| known.models);
    let models = taken + shards.iter().map(|shard| shard.models).sum::<u64>();
    let plan = FleetPlan {
        schema: FleetPlanSchema::V1,
        sources: sources.iter().map(|(location, _)| location.to_string().into()).collect(),
        question,
        shards,
        known,
        models,
        objects,
        bytes,
        findings,
        first_findings,
    };
    let written = canonical(&plan).map_err(|cause| unwritten(&cause))?;
    let id = EvidenceDigest::of(&written)?;
    let location = out.below(&id.to_string());
    let files = reach(&location)?;
    let mut pieces = inputs.anchors.pieces()?;
    pieces.push(inputs.policy.text.as_bytes().into());
    pieces.push(inputs.rubric.text.as_bytes().into());
    for piece in pieces {
        files.put_new(&input_key(EvidenceDigest::of(&piece)?), &piece)?;
    }
    for shard in (0_u32..).take(plan.shards.len()) {
        progress.check()?;
        let items = read_small(&items_file(scratch, shard as usize), MAX_ITEMS_BYTES)?;
        files.put_new(&items_key(shard), &items)?;
    }
    for (list, bytes) in plan.known.iter().flat_map(|known| &known.lists).zip(lists.iter().flatten()) {
        files.put_new(&list.name, bytes)?;
    }
    let was_there = !files.put_new(PLAN, &written)?;
    Ok(Planned { id, location, plan, was_there })
}
