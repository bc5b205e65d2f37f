//! The verdict on a model as a pack holds it: what was concluded, from which named inputs, and which records of the
//! ledger say that somebody saw that evidence. The same bytes come of the same inputs, wherever it is made.

use crate::decision::{
    Again, AnchorEntry, AnchorsDocument, ClaimsDigest, Decision, EvidenceDocument, Facts, Inputs, RecordRef,
    RecordedSeen, SeenDigests, Verdict, bytes_of,
};
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::store::{EvidenceDigest, LedgerEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::manifest::{MemberKind, PackedVerdictSchema};

/// The verdict on a model.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackedVerdict {
    /// `touchmark.packed-verdict/1`.
    pub schema: PackedVerdictSchema,
    /// The records of the ledger that it rests on, by number: of the verifications of the model and of its ancestors, and
    /// of the reviews that stand.
    pub rests_on: Vec<RecordRef>,
    /// What it was judged from, by digest.
    pub inputs: Inputs,
    /// What was established of the signature; none when nobody looked at the files.
    pub verification: Option<Facts>,
    /// Controls, levels and the decision.
    pub verdict: Verdict,
}

/// As much of a packed verdict as it takes to judge again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ReadVerdict {
    /// `touchmark.packed-verdict/1`: others do not parse.
    pub schema: PackedVerdictSchema,
    /// The records of the ledger that it rests on.
    pub rests_on: Vec<RecordRef>,
    /// What it was judged from.
    pub inputs: Inputs,
    /// What was concluded.
    pub verdict: ReadConclusion,
}

/// As much of a conclusion as it takes to say of what it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReadConclusion {
    /// The model.
    pub model: ModelId,
    /// What was decided.
    pub decision: Decision,
}

/// The bytes of the verdict that comes of these inputs.
///
/// # Errors
/// As [`Again::evaluated`]; `E-MALFORMED` when the inputs name no rubric or no stage.
pub fn judged(again: &Again<'_>, inputs: &Inputs, rests_on: Vec<RecordRef>) -> Result<Vec<u8>> {
    let (_, evaluated) = again
        .evaluated(inputs, None, None)?
        .ok_or_else(|| Error::new(Code::Malformed, "the inputs of a verdict name no rubric or no stage"))?;
    bytes_of(&PackedVerdict {
        schema: PackedVerdictSchema::V1,
        rests_on,
        inputs: evaluated.inputs,
        verification: evaluated.verification.as_ref().map(Facts::from),
        verdict: evaluated.verdict,
    })
}

/// The pieces that a judgement names, but for the files of anchors: they stand in the document of the anchors.
pub fn pieces_of(inputs: &Inputs, evidence: &EvidenceDocument) -> Vec<(MemberKind, EvidenceDigest)> {
    let mut pieces = vec![(MemberKind::Policy, inputs.policy.text), (MemberKind::Anchors, inputs.anchors)];
    pieces.extend(inputs.rubric.map(|rubric| (MemberKind::Rubric, rubric)));
    for model in &evidence.models {
        pieces.push((MemberKind::Inventory, model.entry));
        pieces.extend(model.seen.iter().flat_map(seen_pieces));
    }
    pieces
}

fn seen_pieces(seen: &SeenDigests) -> Vec<(MemberKind, EvidenceDigest)> {
    let claims = std::iter::once(&seen.claims).chain(seen.further.iter().map(|further| &further.claims));
    let claims = claims.filter_map(|claims| match claims {
        ClaimsDigest::Read(digest) => Some((MemberKind::Claims, *digest)),
        ClaimsDigest::Absent | ClaimsDigest::Unreadable(_) => None,
    });
    let looked = seen.looked.map(|digest| (MemberKind::Contents, digest));
    let bundle = seen.bundle.map(|digest| (MemberKind::Bundle, digest));
    let files = Some((MemberKind::Files, seen.observed));
    [files, looked, bundle].into_iter().flatten().chain(claims).collect()
}

/// The files of anchors.
pub fn anchor_files(anchors: &AnchorsDocument) -> Vec<EvidenceDigest> {
    let files = |entry: &AnchorEntry| {
        let crls = entry.crls.iter().filter_map(|crl| crl.digest);
        entry.digest.into_iter().chain(crls).collect::<Vec<_>>()
    };
    anchors.anchors.iter().flat_map(files).collect()
}

/// Whether a record of a verification says that this was seen of a model.
pub fn says_seen(entry: &LedgerEntry, model: &ModelId, seen: &SeenDigests) -> bool {
    let recorded: Option<RecordedSeen> = serde_json::from_str(&entry.body).ok();
    recorded.is_some_and(|recorded| {
        recorded.evidence.models.iter().any(|of| of.id == *model && of.seen.as_ref() == Some(seen))
    })
}
