//! One model of a shard: looked at as any folder is, and judged by the plan's policy, anchors and rubric at the plan's
//! time. What comes of it depends on the objects and on the question, and on nothing else: no store, no other model, no
//! clock.

use super::documents::{
    CheckRecord, Digests, FleetEnvelope, FleetItem, FleetRecord, FleetRecordSchema, UnknownClass, WantedBasis,
};
use super::grouping::called;
use super::known::{record_key, states_of};
use super::layouts::{in_registry, is_layout};
use super::planning::MILLION;
use super::provider::{by_provider, is_read, said_of, signed_in};
use super::run::{Judges, Run, digest_of};
use super::spool::{Spool, Stop, Taking};
use crate::attest::{ClaimsPlace, claims_with};
use crate::decision::{
    ClaimsSeen, Decision, Evaluated, Evidence, Feeds, LineageFacts, ModelEvidence, Question, SeenEvidence,
    claims_seen, evaluate,
};
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId, attached, look, read_model};
use crate::maturity::{Since, Usage};
use crate::progress::Progress;
use crate::remote::{Files, KeyFault, Object};
use crate::signing::{
    Comparison, DigestEngine, Digesting, Outcome, Place, Stage, VerifyOptions, default_signature,
    find_any_signature, sha256_hex, verify_place,
};
use crate::store::EvidenceDigest;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// What records call the processors.
const PROCESSORS: &str = "cpu";
/// The reason against a model some of whose bytes are not what a provider or registry says.
const CONTRADICTED: &str = "DIGEST-CONTRADICTED";
/// Bytes of one model that are brought to this machine.
const MAX_MODEL_BYTES: u64 = 1 << 46;

/// What judges models of one run on this machine.
pub(super) struct Judging<'a> {
    pub(super) run: &'a Run,
    pub(super) judges: &'a Judges,
    pub(super) scratch: &'a Path,
    pub(super) progress: &'a Progress,
    /// What computes digests of what lies here, in place of the processors.
    pub(super) engine: Option<&'a dyn DigestEngine>,
}

/// A model as it was read.
struct Read<'a> {
    model: Model,
    place: Place<'a>,
    bundle: &'a Path,
    digests: Digests,
}

/// What was concluded.
struct Concluded {
    evaluated: Evaluated,
    bundles: Vec<EvidenceDigest>,
    digests: Digests,
}

impl Judging<'_> {
    /// Judges a model. An error ends the attempt at the shard; what is wrong with the model is in the record.
    pub(super) fn judge(&self, item: &FleetItem, files: &dyn Files) -> Result<(FleetRecord, FleetEnvelope)> {
        let began = Instant::now();
        let read = Cell::new(0);
        let concluded = match self.look(item, files, &read) {
            Ok(concluded) => Ok(concluded),
            Err(Stop::Unknown(class)) => Err(class),
            Err(Stop::All(error)) => return Err(error),
        };
        let record = self.record(item, concluded)?;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok((record, FleetEnvelope { bytes_read: read.get(), took_ms }))
    }

    fn look(
        &self,
        item: &FleetItem,
        files: &dyn Files,
        read: &Cell<u64>,
    ) -> std::result::Result<Concluded, Stop> {
        if let Some(odd) = item.odd.first() {
            return Err(Stop::Unknown(match odd.fault {
                KeyFault::TooMany => UnknownClass::TooLarge,
                KeyFault::Unreadable => UnknownClass::Unreadable,
                _ => UnknownClass::Names,
            }));
        }
        let bytes = item.objects.iter().fold(0_u64, |sum, object| sum.saturating_add(object.size));
        if bytes > MAX_MODEL_BYTES {
            return Err(Stop::Unknown(UnknownClass::TooLarge));
        }
        let name = self.name(item)?;
        let below = if item.place.is_empty() { String::new() } else { format!("{}/", item.place) };
        let (basis, seen) = (self.run.plan.question.basis, (self.progress, read));
        let rechecks = self.is_sampled(item)?;
        if is_layout(item, &below) {
            let spool = Spool::new(self.scratch, "layout")?;
            let found = in_registry(files, (item, &below), &spool, (basis, rechecks), seen)?;
            let place =
                Place::Registry { manifest: &found.manifest, listed: &found.listed, in_full: found.in_full };
            let (model, bundle, digests) = (found.model, &*found.bundle, found.digests);
            return Ok(self.conclude(item, &spool, Read { model, place, bundle, digests })?.0);
        }
        let by_sums = basis == WantedBasis::ProviderChecksum;
        if by_sums && !rechecks {
            let spool = Spool::new(self.scratch, &name)?;
            if let Some(found) = by_provider(files, &item.objects, &below, &spool, seen)? {
                let place =
                    Place::Registry { manifest: &spool.folder, listed: &found.listed, in_full: false };
                let (bundle, digests) = (&*found.bundle, found.digests);
                let model = read_model(&spool.folder)?;
                return Ok(self.conclude(item, &spool, Read { model, place, bundle, digests })?.0);
            }
        }
        // Numbers need not be kept of what is as signed. Whatever is not has to be looked into, and comes once more.
        match self.by_bytes(item, files, (&name, &below), by_sums && rechecks, true, seen)? {
            Some(concluded) => Ok(concluded),
            None => {
                let whole = self.by_bytes(item, files, (&name, &below), by_sums && rechecks, false, seen)?;
                whole
                    .ok_or_else(|| Stop::All(Error::new(Code::Internal, "a model that is all here has gaps")))
            }
        }
    }

    /// Reads all bytes. None where numbers that were not kept would have to be looked into.
    fn by_bytes(
        &self,
        item: &FleetItem,
        files: &dyn Files,
        (name, below): (&str, &str),
        rechecks: bool,
        gaps: bool,
        seen: (&Progress, &Cell<u64>),
    ) -> std::result::Result<Option<Concluded>, Stop> {
        let spool = Spool::new(self.scratch, name)?;
        let (mut digests, mut signed) = (Digests::default(), None);
        // First the signature, which says how the others are hashed while they come.
        let (first, others): (Vec<&Object>, Vec<&Object>) = item.objects.iter().partition(|one| is_read(one));
        let many = first.len();
        for (index, object) in first.into_iter().chain(others).enumerate() {
            if index == many {
                signed = signed_in(&spool.folder).map(|(_, statement)| {
                    let how = statement.manifest.serialization;
                    (how.hash, how.shard_size)
                });
            }
            // Where the listing says a sum already, as hubs do, it is compared in any case.
            let said = match rechecks {
                true => said_of(files, object)?,
                false => object.checksum.as_ref().and_then(|checksum| checksum.sha256()),
            };
            let gaps = gaps && signed.is_some() && self.engine.is_none();
            let is_as_said =
                spool.take(files, object, below, &Taking { said: said.as_deref(), signed, gaps }, seen)?;
            digests.rechecked += u64::from(rechecks && said.is_some());
            digests.contradicted += u64::from(!is_as_said);
        }
        let bundle = find_any_signature(&spool.folder).unwrap_or_else(|| default_signature(&spool.folder));
        let place = Place::Files(&spool.folder);
        let model = read_model(&spool.folder)?;
        let (concluded, is_as_signed) =
            self.conclude(item, &spool, Read { model, place, bundle: &bundle, digests })?;
        Ok((is_as_signed || !spool.has_gaps.get()).then_some(concluded))
    }

    /// Whether it is one of the models that are read in full nevertheless: by what is asked and of what, so that every
    /// attempt comes to the same.
    fn is_sampled(&self, item: &FleetItem) -> Result<bool> {
        let Some(ppm) = self.run.plan.question.recheck_ppm else { return Ok(false) };
        let of = digest_of(&(&self.run.question, self.run.source_text(item.source)?, &item.place))?;
        let first = of.0.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        Ok(((u128::from(first) * u128::from(MILLION)) >> 64) < u128::from(ppm))
    }

    /// The folder's own name.
    fn name(&self, item: &FleetItem) -> Result<String> {
        match item.place.rsplit('/').next() {
            Some(name) if !name.is_empty() => Ok(name.to_owned()),
            _ => Ok(self.run.source(item.source)?.name()),
        }
    }

    /// What the inventory would call it: its folder below the source.
    fn id(&self, item: &FleetItem) -> Result<String> {
        if item.place.is_empty() { self.name(item) } else { Ok(called(&item.place)) }
    }

    /// What it comes to, and whether all files are exactly those that were signed, with no other signature beside.
    fn conclude(
        &self,
        item: &FleetItem,
        spool: &Spool,
        Read { mut model, place, bundle, mut digests }: Read<'_>,
    ) -> std::result::Result<(Concluded, bool), Stop> {
        let question = &self.run.plan.question;
        let (policy, anchors) = (&self.judges.rules.policy, &self.judges.rules.anchors);
        let options = VerifyOptions { beyond: policy.beyond(), ..VerifyOptions::at(question.at) };
        let digesting = Digesting { engine: self.engine, fresh: Some(&spool.fresh), ..Digesting::default() };
        let (mut seen, verification) =
            verify_place(place, bundle, anchors.trust(), &options, digesting, self.progress)?;
        let id = self.id(item)?;
        (model.id, model.name) = (ModelId::new(&id), id.as_str().into());
        // Where it was spooled says nothing of it.
        let mut model = model.with(|details| {
            let moved = |path: &Option<PathBuf>| {
                path.as_ref().map(|path| {
                    let inside = path.strip_prefix(&spool.folder).unwrap_or(Path::new(""));
                    Path::new(&item.place).join(inside)
                })
            };
            details.signature = moved(&details.signature);
            details.claims = moved(&details.claims);
            details.location = Some(PathBuf::from(&item.place));
            details.state = None;
        });
        if let Some(said) = &item.said {
            let own = model.facts.iter().chain(said.facts.iter()).cloned().collect::<Vec<_>>();
            let parents = model.parents.iter().chain(said.parents.iter()).cloned().collect::<Vec<_>>();
            (model.facts, model.parents) = (own.into(), parents.into());
            model = model.with(|details| {
                details.binding = said.binding.clone();
                details.other_bindings = said.other_bindings.clone();
                details.sources.extend(said.sources.iter().cloned());
            });
        }
        Arc::make_mut(&mut seen.observed.files).thing = model.kind.into();
        let files = &seen.observed.files;
        let is_as_signed = seen.observed.comparison == Comparison::Compared
            && files.matched == files.compared
            && (files.missing.is_empty() && files.extra.is_empty() && files.changed.is_empty())
            && (files.unreadable.is_empty() && files.misnamed.is_empty() && seen.observed.foreign.is_empty());
        let found = match place {
            Place::Registry { manifest, .. } if manifest != spool.folder => {
                let (files, is_cut) = attached(manifest);
                claims_with(ClaimsPlace::Attached { files: &files, is_cut })
            }
            _ => claims_with(ClaimsPlace::Model { model: &spool.folder, signature: Some(bundle) }),
        };
        let (claims, further) = claims_seen(found);
        let looked = match place {
            Place::Files(read) | Place::Registry { manifest: read, in_full: true, .. } => {
                digests.recomputed = seen.observed.files.compared;
                Some(Arc::new(look(read, &seen.observed.files.ignored)?))
            }
            // Nobody looked into the weights: that is unknown, and no pass.
            Place::Registry { .. } => None,
        };
        let mut bundles: Vec<EvidenceDigest> = Vec::new();
        bundles
            .extend(verification.bundle_digest.as_deref().and_then(|of| of.parse::<EvidenceDigest>().ok()));
        let kept = std::iter::once(&claims).chain(further.iter().map(|one| &one.claims));
        for claims in kept {
            if let ClaimsSeen::Read(bytes) = claims {
                bundles.extend(sha256_hex(bytes).parse::<EvidenceDigest>().ok());
            }
        }
        let (observed, bundle) = (Arc::new(seen.observed), seen.bundle.map(Into::into));
        let seen = SeenEvidence { observed, looked, bundle, claims, further };
        if seen.lacks_bundle() {
            return Err(Stop::Unknown(UnknownClass::TooLarge));
        }
        let subject = model.id.clone();
        // Whoever it derives from is not here: that is for its claims to say, and for a workspace to follow.
        let mut parents: Vec<ModelId> = model.parents.iter().map(|parent| parent.id.clone()).collect();
        parents.sort();
        parents.dedup();
        let (since, usage, lineage) = (Since::Same, Usage::default(), LineageFacts::default());
        let known = ModelEvidence { model, parents, seen: Some(seen), since, usage, lineage };
        let evidence = Evidence {
            subject,
            models: vec![known],
            reviews: Vec::new(),
            ledger: None,
            seal: question.seal.clone(),
        };
        let asked = Question { stage: question.stage.clone(), now: question.at, clock: None };
        let feeds = Feeds { feeds: question.feeds.clone() };
        let evaluated = evaluate(&evidence, policy, &self.judges.rubric, anchors, &feeds, &asked)?;
        Ok((Concluded { evaluated, bundles, digests }, is_as_signed))
    }

    fn record(
        &self,
        item: &FleetItem,
        concluded: std::result::Result<Concluded, UnknownClass>,
    ) -> Result<FleetRecord> {
        let states = states_of(item)?;
        let source = self.run.source_text(item.source)?;
        let model = self.id(item)?;
        let (class, bundles) = match &concluded {
            Ok(concluded) => (None, concluded.bundles.clone()),
            Err(class) => (Some(*class), Vec::new()),
        };
        let key = record_key(self.run.question, (source, &model), states, item, &bundles, class)?;
        let mut record = FleetRecord {
            schema: FleetRecordSchema::V1,
            key,
            question: self.run.question,
            source: source.into(),
            model: model.into(),
            objects: item.objects.len() as u64,
            bytes: item.objects.iter().fold(0, |sum: u64, object| sum.saturating_add(object.size)),
            states,
            bundles,
            root_digest: None,
            digests: Digests::default(),
            engine: None,
            outcome: Outcome::Unknown,
            class,
            checks: Vec::new(),
            decision: Decision::NotJudged,
            reasons: Vec::new(),
            own: None,
            effective: None,
        };
        let Ok(Concluded { evaluated, digests, .. }) = concluded else { return Ok(record) };
        let verification = evaluated
            .verification
            .ok_or_else(|| Error::new(Code::Internal, "a verdict without a verification"))?;
        let verdict = evaluated.verdict;
        let is_partial = verification.outcome_of(Stage::Files) == Outcome::Partial;
        record.outcome = match verification.outcome() {
            Outcome::Pass if is_partial => Outcome::Partial,
            outcome => outcome,
        };
        let check = |check: &crate::signing::Check| CheckRecord {
            code: check.code.as_str().to_owned(),
            outcome: check.outcome,
        };
        record.checks = verification.checks.iter().map(check).collect();
        record.root_digest = verification.root_of_files();
        record.engine = (digests.recomputed > 0)
            .then(|| self.engine.map_or(PROCESSORS, |engine| engine.name()).to_owned());
        record.digests = digests;
        record.decision = verdict.decision;
        record.reasons = verdict.reasons.iter().map(|reason| reason.code.as_str().to_owned()).collect();
        // Somebody gives other bytes under a digest than it names: whatever else holds, that contradicts.
        if digests.contradicted > 0 {
            (record.outcome, record.decision) = (Outcome::Fail, Decision::Refuse);
            record.reasons.insert(0, CONTRADICTED.to_owned());
        }
        record.own = Some(verdict.assessment.score.own);
        record.effective = Some(verdict.effective);
        Ok(record)
    }
}
