//! That a record is among those of a sealed run: the way from it to the root, checked.

use super::documents::{FleetProof, FleetProofSchema, FleetRecord, FleetSealed};
use super::grouping::called;
use super::packing::unwritten;
use super::run::{Run, SEALED, root_of};
use crate::error::{Code, Error, Result};
use crate::json::canonical;
use crate::store::{EvidenceDigest, beside, root_from};

/// The largest document of a seal, and the largest part of the records.
const MAX_SEALED_BYTES: u64 = 64 * 1024 * 1024;

/// What is proven of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proved {
    /// Its records, each with its way to the root.
    Records(Vec<FleetProof>),
    /// It is one of a shard that was not there: unknown.
    Unknown {
        /// The shard.
        shard: u32,
    },
    /// The plan does not have it.
    NotPlanned,
}

/// Proves what the run says of a model. `root` is the root that somebody holds against it.
///
/// # Errors
/// `E-NOT-FOUND` when the run is not sealed; `E-STORE` when what lies there does not come to the root.
pub fn prove(run: &Run, sealed: Option<&str>, model: &str, root: Option<EvidenceDigest>) -> Result<Proved> {
    let name = run.location.below(sealed.unwrap_or(SEALED)).to_string();
    let (mut leaves, mut found) = (Vec::new(), Vec::<(u64, FleetRecord)>::new());
    let sealed = each_record(run, sealed, &mut |leaf, record| {
        if record.model.raw() == model {
            found.push((leaves.len() as u64, record));
        }
        leaves.push(leaf);
        Ok(())
    })?;
    let odd = |what: &str| Error::new(Code::Store, what.to_owned()).at(&name).help(COMPARE);
    if root.is_some_and(|root| root != sealed.root) {
        return Err(odd("the run was sealed under another root than the one that you hold"));
    }
    if found.is_empty() {
        for missing in &sealed.missing {
            let is_it = |place: &str| place == model;
            if run.items(missing.shard)?.iter().any(|item| is_it(&called(&item.place))) {
                return Ok(Proved::Unknown { shard: missing.shard });
            }
        }
        return Ok(Proved::NotPlanned);
    }
    let proof = |(index, record): (u64, FleetRecord)| {
        let of = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let leaf = leaves.get(of(index)).copied().ok_or_else(|| odd("a record is lost"))?;
        let path: Vec<EvidenceDigest> = beside(index, sealed.records)
            .into_iter()
            .map(|range| {
                root_of(leaves.get(of(range.start)..of(range.end)).unwrap_or_default().iter().copied())
            })
            .collect();
        if root_from(leaf, index, sealed.records, &path) != Some(sealed.root) {
            return Err(odd("the way from a record does not lead to the root"));
        }
        Ok(FleetProof {
            schema: FleetProofSchema::V1,
            run: run.id,
            root: sealed.root,
            records: sealed.records,
            index,
            record,
            leaf,
            path,
        })
    };
    found.into_iter().map(proof).collect::<Result<_>>().map(Proved::Records)
}

const COMPARE: &str = "seal the run again elsewhere and compare: what lies there was changed";

/// Gives each record of a sealed run with the digest of its canonical bytes, in their order, and the seal once all of them
/// came to the root.
///
/// # Errors
/// `E-NOT-FOUND` when the run is not sealed; `E-STORE` when what lies there does not come to the root, after records
/// were given; what `take` gives.
pub(super) fn each_record(
    run: &Run,
    sealed: Option<&str>,
    take: &mut dyn FnMut(EvidenceDigest, FleetRecord) -> Result<()>,
) -> Result<FleetSealed> {
    let name = sealed.unwrap_or(SEALED);
    let place = run.location.below(name).to_string();
    let bytes = run.files.small(name, MAX_SEALED_BYTES).map_err(|error| match error.code {
        Code::NotFound => Error::new(Code::NotFound, "the run is not sealed").at(&place).help(
            "seal it: `touchmark fleet seal RUN`; of a run that lacks shards name the file with --sealed",
        ),
        _ => error,
    })?;
    let odd = |what: &str| Error::new(Code::Store, what.to_owned()).at(&place).help(COMPARE);
    let sealed: FleetSealed =
        serde_json::from_slice(&bytes).map_err(|_| odd("the seal says what this version does not read"))?;
    if sealed.run != run.id {
        return Err(odd("the seal is of another run"));
    }
    let mut leaves = Vec::new();
    for part in &sealed.parts {
        let bytes = part.sha256.check(run.files.small(&part.name, MAX_SEALED_BYTES)?);
        let bytes = bytes.map_err(|_| odd("the records were changed after they were sealed"))?;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let record: FleetRecord =
                serde_json::from_slice(line).map_err(|_| odd("a record that this version does not read"))?;
            if canonical(&record).map_err(|cause| unwritten(&cause))? != line {
                return Err(odd("a record is not written as records are"));
            }
            let leaf = EvidenceDigest::of(line)?;
            leaves.push(leaf);
            take(leaf, record)?;
        }
    }
    match leaves.len() as u64 == sealed.records && root_of(leaves.iter().copied()) == sealed.root {
        true => Ok(sealed),
        false => Err(odd("the records do not come to the root that was sealed")),
    }
}
