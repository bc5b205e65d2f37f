//! Records of what was judged, with the evidence that they name; and that evidence read again.

use super::door::Workbench;
use super::made::record_of;
use crate::clock::this_second;
use crate::decision::{
    About, DecisionRecord, DecisionRecordSchema, Evidence, Facts, Feeds, LineageFacts, Making, ModelEvidence,
    RecordRef, SeenDigests, SeenEvidence, Verdict, VerificationRecord, VerificationRecordSchema, digest_of,
    name_inputs,
};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::{Model, ModelId};
use crate::maturity::{PolicySeal, Since, Usage};
use crate::signing::{LIMIT_BUNDLE_BYTES, ModelState, SignatureState, Verification, sha256_hex};
use crate::store::{EvidenceDigest, RecordKind, Store};
use crate::view::View;
use std::sync::Arc;

impl Workbench {
    /// Records a verification of a model, judged by a view's policy and anchors.
    ///
    /// # Errors
    /// `E-TOO-LARGE`, `E-STORE`, `E-WRITE`.
    pub(super) fn record_verification(
        &self,
        view: &View,
        model: &Model,
        seen: SeenEvidence,
        verification: &Verification,
        (state, took_ms): (Option<ModelState>, u64),
    ) -> Result<(SeenDigests, RecordRef)> {
        let since = Since::Same;
        let (parents, usage) = (Vec::new(), Usage::default());
        let lineage = LineageFacts::default();
        let known = ModelEvidence { model: model.clone(), parents, seen: Some(seen), since, usage, lineage };
        let named = Evidence {
            subject: model.id.clone(),
            models: vec![known],
            reviews: Vec::new(),
            ledger: None,
            seal: PolicySeal::default(),
        }
        .named()?;
        let evidence = named.digests;
        let digests = evidence.models.first().and_then(|model| model.seen.clone());
        let digests =
            digests.ok_or_else(|| Error::new(Code::Internal, "a verification without an observation"))?;
        let record = VerificationRecord {
            schema: VerificationRecordSchema::V1,
            about: About::of(Some(model), Some(verification)),
            made: self.made()?,
            inputs: name_inputs(
                digest_of(&evidence)?,
                &view.policy,
                None,
                &view.trust,
                &Feeds::default(),
                view.at,
            )?,
            evidence,
            outcome: verification.outcome(),
            verification: Facts::from(verification),
            state,
            took_ms,
        };
        let mut pieces = named.pieces;
        pieces.extend(self.rules(view, false)?);
        let record = self.record_with(RecordKind::Verification, &model.id, &record, &pieces)?;
        Ok((digests, record))
    }

    /// Records a decision about a model of a view.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-TOO-LARGE`, `E-STORE`, `E-WRITE`.
    pub(super) fn record_decision(
        &self,
        view: &View,
        index: usize,
        verdict: &Verdict,
        warnings_acknowledged: bool,
        made: Making,
    ) -> Result<RecordRef> {
        let (evidence, mut pieces) = view.evidence(index)?;
        let verified = view.verified.get(index).and_then(Option::as_deref);
        let level = Some((&*view.rubric, view.stage.as_str()));
        let record = DecisionRecord {
            schema: DecisionRecordSchema::V1,
            about: About::of(view.models.get(index), verified.map(|verified| &verified.verification)),
            made,
            rests_on: verified.map(|verified| verified.record),
            inputs: name_inputs(
                digest_of(&evidence)?,
                &view.policy,
                level,
                &view.trust,
                &view.feeds,
                view.at,
            )?,
            warnings_acknowledged,
            verification: verified.map(|verified| Facts::from(&verified.verification)),
            verdict: verdict.clone(),
        };
        pieces.extend(self.rules(view, true)?);
        self.record_with(RecordKind::Decision, &evidence.subject, &record, &pieces)
    }

    /// The bytes of policy and anchors, and of the rubric where levels were judged.
    fn rules(&self, view: &View, levels: bool) -> Result<Vec<Arc<[u8]>>> {
        let mut pieces = view.trust.pieces()?;
        pieces.push(view.policy.text.as_bytes().into());
        if levels {
            pieces.push(view.rubric.text.as_bytes().into());
        }
        Ok(pieces)
    }

    /// The clock says when, whatever time was asked about.
    pub(super) fn record_with<T: serde::Serialize>(
        &self,
        kind: RecordKind,
        model: &ModelId,
        body: &T,
        pieces: &[Arc<[u8]>],
    ) -> Result<RecordRef> {
        let body = crate::json::to_line(body).map_err(|error| {
            Error::new(Code::Internal, format!("a record cannot be written as JSON ({error})"))
        })?;
        let pieces: Vec<&[u8]> = pieces.iter().map(|piece| &**piece).collect();
        record_of(&self.store().append_with(this_second(), kind, model, &body, &pieces)?)
    }
}

/// What was seen of a model, from the store. A signature that was too large to keep is read where it lies, and counts
/// only when its bytes are those that were seen.
///
/// # Errors
/// `E-EVIDENCE` when some of it is not there, `E-STORE`.
pub(super) fn seen(
    store: &dyn Store,
    view: &View,
    model: &Model,
    digests: &SeenDigests,
) -> Result<SeenEvidence> {
    let kept = |digest: EvidenceDigest| store.evidence(digest);
    let mut seen = SeenEvidence::again(digests, &kept)?;
    if seen.lacks_bundle()
        && let Some(signature) = &model.signature
        && let Ok(bytes) = read_small(&view.workspace.root.join(signature), LIMIT_BUNDLE_BYTES)
        && matches!(&seen.observed.signature.state, SignatureState::Read { digest, .. } if *digest == sha256_hex(&bytes))
    {
        seen.bundle = Some(bytes.into());
    }
    Ok(seen)
}
