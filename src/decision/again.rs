//! Judging again from kept bytes: a record of the ledger, or a verdict by its named inputs. The same must come of it, to
//! the byte. Where the bytes are kept is not known here.

use crate::error::{Code, Error, Result};
use crate::inventory::Model;
use crate::maturity::Rubric;
use crate::policy::{self, Policy};
use crate::signing::Progress;
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::anchors::{Anchors, AnchorsDocument};
use super::difference::{Replayed, differences};
use super::evidence::{Evidence, Kept};
use super::inputs::{
    DecisionRecordSchema, EvidenceDocument, Feeds, Inputs, PolicyInput, VerificationRecordSchema,
};
use super::judge::{By, judge_model};
use super::made::About;
use super::records::{DecisionRecord, Facts, RecordedDecision, RecordedVerification, VerificationRecord};
use super::verdict::{Evaluated, Question, evaluate, name_inputs};

/// What a record is judged by.
#[derive(Clone)]
pub struct Rules {
    /// The policy.
    pub policy: Policy,
    /// Its anchors.
    pub anchors: Anchors,
}

/// What judges again. Policies, anchors and rubrics are read once for all that name them.
pub struct Again<'k> {
    kept: &'k Kept<'k>,
    rules: RefCell<HashMap<(EvidenceDigest, String, EvidenceDigest), Rc<Rules>>>,
    rubrics: RefCell<HashMap<EvidenceDigest, Rc<Rubric>>>,
}

/// As much of a record as it takes to say what it was judged by.
#[derive(Deserialize)]
struct RecordedInputs {
    inputs: Inputs,
}

/// What a recorded verification or decision was judged by.
///
/// # Errors
/// `E-EVIDENCE` for a record of an earlier version.
pub fn inputs_of(entry: &LedgerEntry) -> Result<Inputs> {
    Ok(parsed::<RecordedInputs>(entry)?.inputs)
}

impl<'k> Again<'k> {
    /// From bytes that are kept by their digests.
    pub fn new(kept: &'k Kept<'k>) -> Self {
        Again { kept, rules: RefCell::default(), rubrics: RefCell::default() }
    }

    /// Judges a recorded verification or decision at its own time, by the recorded rules or by others.
    ///
    /// # Errors
    /// `E-USAGE` for a record that nothing can be judged of; `E-NEWER`; `E-EVIDENCE` when it does not name its evidence,
    /// or that is not there; `E-CONFIG`; `E-STORE`.
    pub fn record(&self, entry: LedgerEntry, by: Option<&Rules>) -> Result<Replayed> {
        let place = format!("ledger entry {}", entry.seq);
        match entry.kind {
            RecordKind::Verification => self.verification(entry, by),
            RecordKind::Decision => self.decision(entry, by),
            RecordKind::Review => {
                Err(Error::new(Code::Usage, "a review is a person's word: there is nothing to judge again")
                    .at(place))
            }
            RecordKind::PolicyChange => Err(Error::new(
                Code::Usage,
                "a change of the policy is a person's act: there is nothing to judge again",
            )
            .at(place)),
            RecordKind::Incident => Err(Error::new(
                Code::Usage,
                "an entry of a case is a person's act: there is nothing to judge again",
            )
            .at(place)),
            RecordKind::Feed => Err(Error::new(
                Code::Usage,
                "an import or a triage of a feed is a person's act: there is nothing to judge again",
            )
            .at(place)),
            RecordKind::Surface => Err(Error::new(
                Code::Usage,
                "a declaration of a surface is a person's word: there is nothing to judge again",
            )
            .at(place)),
            RecordKind::FleetRun => Err(Error::new(
                Code::Usage,
                "a run is sealed where it lies: there is nothing to judge again here",
            )
            .at(place)
            .help("`touchmark fleet seal` seals it again")),
            RecordKind::Anchor => Err(Error::new(
                Code::Usage,
                "an anchor says where another ledger ended: there is nothing to judge again",
            )
            .at(place)
            .help("`touchmark ledger anchors` shows how it stands")),
            RecordKind::Other(_) => {
                Err(Error::new(Code::Newer, "a newer version wrote this record").at(place))
            }
        }
    }

    fn verification(&self, entry: LedgerEntry, by: Option<&Rules>) -> Result<Replayed> {
        let recorded: RecordedVerification = parsed(&entry)?;
        let now = recorded.inputs.at;
        let rules = self.rules(&recorded.inputs, by)?;
        let evidence = Evidence::again(&recorded.evidence, self.kept)?;
        let known = evidence.models.iter().find(|known| known.model.id == evidence.subject);
        let (model, seen) =
            known.and_then(|known| Some((&known.model, known.seen.as_ref()?))).ok_or_else(|| odd(&entry))?;
        let (policy, anchors) = (&rules.policy, &rules.anchors);
        let (verification, _) = judge_model(model, seen, &By { policy, anchors, now }, &Progress::default())?;
        let named = name_inputs(evidence.digest()?, policy, None, anchors, &Feeds::default(), now)?;
        let inputs = Inputs { program: recorded.inputs.program, ..named };
        let again = VerificationRecord {
            schema: VerificationRecordSchema::V1,
            about: About::of(Some(model), Some(&verification)),
            made: recorded.made,
            inputs: inputs.clone(),
            evidence: recorded.evidence,
            outcome: verification.outcome(),
            verification: Facts::from(&verification),
            state: recorded.state,
            took_ms: recorded.took_ms,
        };
        compared(entry, inputs, &again, by.is_some())
    }

    fn decision(&self, entry: LedgerEntry, by: Option<&Rules>) -> Result<Replayed> {
        let recorded: RecordedDecision = parsed(&entry)?;
        // Another time was asked about: the clock had its say as well.
        let clock = recorded.made.asked.map(|_| recorded.made.recorded);
        let (model, evaluated) = self.evaluated(&recorded.inputs, by, clock)?.ok_or_else(|| odd(&entry))?;
        let inputs = evaluated.inputs;
        let again = DecisionRecord {
            schema: DecisionRecordSchema::V1,
            about: About::of(model.as_ref(), evaluated.verification.as_ref()),
            made: recorded.made,
            rests_on: recorded.rests_on,
            inputs: inputs.clone(),
            warnings_acknowledged: recorded.warnings_acknowledged,
            verification: evaluated.verification.as_ref().map(Facts::from),
            verdict: evaluated.verdict,
        };
        compared(entry, inputs, &again, by.is_some())
    }

    /// What comes of named inputs, and the model that it is about; none when they name no rubric or no stage. The
    /// version that judged is taken over: it is no input of the judgement, and versions are compared by what comes of it.
    ///
    /// # Errors
    /// As [`Again::record`].
    pub fn evaluated(
        &self,
        inputs: &Inputs,
        by: Option<&Rules>,
        clock: Option<Timestamp>,
    ) -> Result<Option<(Option<Model>, Evaluated)>> {
        let rules = self.rules(inputs, by)?;
        let (Some(rubric), Some(stage)) = (inputs.rubric, inputs.stage.clone()) else { return Ok(None) };
        let rubric = self.rubric(rubric)?;
        let document: EvidenceDocument = self.document(inputs.evidence, "the evidence")?;
        let evidence = Evidence::again(&document, self.kept)?;
        let question = Question { stage, now: inputs.at, clock };
        let (policy, anchors) = (&rules.policy, &rules.anchors);
        let feeds = Feeds { feeds: inputs.feeds.clone() };
        let evaluated = evaluate(&evidence, policy, &rubric, anchors, &feeds, &question)?;
        let named = Inputs { program: inputs.program.clone(), ..evaluated.inputs };
        let subject = evidence.models.into_iter().find(|known| known.model.id == evidence.subject);
        Ok(Some((subject.map(|known| known.model), Evaluated { inputs: named, ..evaluated })))
    }

    /// The recorded policy and anchors, or others in their place.
    ///
    /// # Errors
    /// `E-EVIDENCE` when they are not there; `E-CONFIG`, `E-STORE`.
    pub fn rules(&self, inputs: &Inputs, by: Option<&Rules>) -> Result<Rc<Rules>> {
        if let Some(by) = by {
            return Ok(Rc::new(by.clone()));
        }
        let PolicyInput { text, origin, .. } = &inputs.policy;
        let key = (*text, origin.clone(), inputs.anchors);
        if let Some(known) = self.rules.borrow().get(&key) {
            return Ok(known.clone());
        }
        let policy = policy::parse(&self.text(*text, "the policy")?, origin, None).map_err(|faults| {
            let why = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
            Error::new(Code::Config, format!("the recorded policy is not valid for this version ({why})"))
        })?;
        let document: AnchorsDocument = self.document(inputs.anchors, "the trust anchors")?;
        let rules = Rc::new(Rules { policy, anchors: Anchors::again(document, self.kept)? });
        self.rules.borrow_mut().insert(key, rules.clone());
        Ok(rules)
    }

    /// The rubric of a digest.
    ///
    /// # Errors
    /// As [`Again::rules`].
    pub fn rubric(&self, digest: EvidenceDigest) -> Result<Rc<Rubric>> {
        if let Some(known) = self.rubrics.borrow().get(&digest) {
            return Ok(known.clone());
        }
        let rubric = Rc::new(Rubric::parse(&self.text(digest, "the rubric")?)?);
        self.rubrics.borrow_mut().insert(digest, rubric.clone());
        Ok(rubric)
    }

    fn piece(&self, digest: EvidenceDigest, what: &str) -> Result<Vec<u8>> {
        (self.kept)(digest)?.ok_or_else(|| {
            Error::new(Code::Evidence, format!("the evidence is not in this store: {what}"))
                .at(format!("evidence {digest}"))
                .help("replay where it was recorded, or verify the model again")
        })
    }

    fn text(&self, digest: EvidenceDigest, what: &str) -> Result<String> {
        String::from_utf8(self.piece(digest, what)?).map_err(|_| digest.changed())
    }

    fn document<T: DeserializeOwned>(&self, digest: EvidenceDigest, what: &str) -> Result<T> {
        serde_json::from_slice(&self.piece(digest, what)?).map_err(|_| digest.changed())
    }
}

fn odd(entry: &LedgerEntry) -> Error {
    Error::new(Code::Store, "this record does not hold what it should")
        .at(format!("ledger entry {}", entry.seq))
        .help("compare with an exported ledger")
}

/// Records of earlier versions name less than this one writes, and the first ones not even their evidence: they cannot
/// be made again to the byte, and stay what they are.
fn parsed<T: DeserializeOwned>(entry: &LedgerEntry) -> Result<T> {
    serde_json::from_str(&entry.body).map_err(|_| {
        Error::new(
            Code::Evidence,
            "an earlier version wrote this record, in another form: it cannot be replayed to the byte",
        )
        .at(format!("ledger entry {}", entry.seq))
        .help("verify the model again; what is recorded then can be replayed")
    })
}

fn compared<T: Serialize>(
    entry: LedgerEntry,
    inputs: Inputs,
    again: &T,
    under_another: bool,
) -> Result<Replayed> {
    let failed = |cause| Error::new(Code::Internal, format!("a record cannot be written as JSON ({cause})"));
    let body = crate::json::to_line(again).map_err(failed)?;
    let is_same = body == entry.body;
    let value = |body: &str| -> Value {
        let mut value: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            members.remove("inputs");
        }
        value
    };
    let differences = if is_same { Vec::new() } else { differences(&value(&entry.body), &value(&body)) };
    // Under another policy the inputs are others by themselves.
    let is_same = is_same || under_another && differences.is_empty();
    Ok(Replayed { entry, inputs, under_another, is_same, differences })
}
