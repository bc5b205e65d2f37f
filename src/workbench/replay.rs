//! Records judged again from the evidence that they name: the same must come of it, to the byte.

use super::anchors;
use super::door::Workbench;
use super::in_force::{LIMIT_POLICY_BYTES, invalid, parse_policy};
use crate::decision::{
    About, Anchors, AnchorsDocument, By, DecisionRecord, DecisionRecordSchema, Evidence, EvidenceDocument,
    Facts, Feeds, Inputs, Question, RecordedDecision, RecordedVerification, Replayed, VerificationRecord,
    VerificationRecordSchema, differences, evaluate, judge_model, name_inputs,
};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::maturity::Rubric;
use crate::policy::{self, Policy};
use crate::signing::Progress;
use crate::store::{EvidenceDigest, LedgerEntry, RecordKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// By which policy a record is judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayBy {
    /// The one that it was judged by.
    Recorded,
    /// One in a file, with its anchors as they are now.
    File(PathBuf),
    /// The one in force, with its anchors as they are now.
    InForce,
}

/// What a record is judged by.
struct Rules {
    policy: Policy,
    anchors: Anchors,
}

impl Workbench {
    /// Judges a recorded verification or decision again, from the evidence that it names and at its own time.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when there is no such record; `E-USAGE` for a record that nothing can be judged of;
    /// `E-EVIDENCE` when it does not name its evidence, or that is not in this store; `E-CONFIG`; `E-STORE`.
    pub fn replay(&self, number: u64, by: &ReplayBy) -> Result<Replayed> {
        let entry = self.store().entry(number)?.ok_or_else(|| {
            Error::new(Code::NotFound, "there is no such record in the ledger")
                .at(format!("ledger entry {number}"))
                .help("`touchmark ledger show` lists the records")
        })?;
        let place = format!("ledger entry {number}");
        match entry.kind {
            RecordKind::Verification => self.verify_again(entry, by),
            RecordKind::Decision => self.decide_again(entry, by),
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
            RecordKind::Other(_) => {
                Err(Error::new(Code::Newer, "a newer version wrote this record").at(place))
            }
        }
    }

    fn verify_again(&self, entry: LedgerEntry, by: &ReplayBy) -> Result<Replayed> {
        let recorded: RecordedVerification = parsed(&entry)?;
        let now = recorded.inputs.at;
        let Rules { policy, anchors } = self.rules_of(&recorded.inputs, by)?;
        let kept = |digest: EvidenceDigest| self.store().evidence(digest);
        let evidence = Evidence::again(&recorded.evidence, &kept)?;
        let known = evidence.models.iter().find(|known| known.model.id == evidence.subject);
        let (model, seen) =
            known.and_then(|known| Some((&known.model, known.seen.as_ref()?))).ok_or_else(|| odd(&entry))?;
        let (verification, _) =
            judge_model(model, seen, &By { policy: &policy, anchors: &anchors, now }, &Progress::default())?;
        let inputs = self.named(&recorded.inputs, evidence.digest()?, &policy, None, &anchors)?;
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
        compared(entry, inputs, &again, by)
    }

    fn decide_again(&self, entry: LedgerEntry, by: &ReplayBy) -> Result<Replayed> {
        let recorded: RecordedDecision = parsed(&entry)?;
        let Rules { policy, anchors } = self.rules_of(&recorded.inputs, by)?;
        let (Some(rubric), Some(stage)) = (recorded.inputs.rubric, recorded.inputs.stage.clone()) else {
            return Err(odd(&entry));
        };
        let rubric = Rubric::parse(&self.text(rubric, "the rubric")?)?;
        let document: EvidenceDocument = self.document(recorded.inputs.evidence, "the evidence")?;
        let kept = |digest: EvidenceDigest| self.store().evidence(digest);
        let evidence = Evidence::again(&document, &kept)?;
        // Another time was asked about: the clock had its say as well.
        let clock = recorded.made.asked.map(|_| recorded.made.recorded);
        let question = Question { stage, now: recorded.inputs.at, clock };
        let evaluated = evaluate(&evidence, &policy, &rubric, &anchors, &Feeds::default(), &question)?;
        let inputs = Inputs { program: recorded.inputs.program, ..evaluated.inputs };
        let subject = evidence.models.iter().find(|known| known.model.id == evidence.subject);
        let model = subject.map(|known| &known.model);
        let again = DecisionRecord {
            schema: DecisionRecordSchema::V1,
            about: About::of(model, evaluated.verification.as_ref()),
            made: recorded.made,
            rests_on: recorded.rests_on,
            inputs: inputs.clone(),
            warnings_acknowledged: recorded.warnings_acknowledged,
            verification: evaluated.verification.as_ref().map(Facts::from),
            verdict: evaluated.verdict,
        };
        compared(entry, inputs, &again, by)
    }

    fn named(
        &self,
        recorded: &Inputs,
        evidence: EvidenceDigest,
        policy: &Policy,
        level: Option<(&Rubric, &str)>,
        anchors: &Anchors,
    ) -> Result<Inputs> {
        let now = name_inputs(evidence, policy, level, anchors, &Feeds::default(), recorded.at)?;
        // Which version judged is no input of the judgement: versions are compared by what comes of it.
        Ok(Inputs { program: recorded.program.clone(), ..now })
    }

    fn rules_of(&self, inputs: &Inputs, by: &ReplayBy) -> Result<Rules> {
        match by {
            ReplayBy::Recorded => {
                let text = self.text(inputs.policy.text, "the policy")?;
                let policy = policy::parse(&text, &inputs.policy.origin, None).map_err(|faults| {
                    let why = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
                    Error::new(
                        Code::Config,
                        format!("the recorded policy is not valid for this version ({why})"),
                    )
                })?;
                let document: AnchorsDocument = self.document(inputs.anchors, "the trust anchors")?;
                let kept = |digest: EvidenceDigest| self.store().evidence(digest);
                Ok(Rules { policy, anchors: Anchors::again(document, &kept)? })
            }
            ReplayBy::InForce => {
                self.valid_policy()?;
                let view = self.view();
                Ok(Rules { policy: view.policy.clone(), anchors: view.trust.clone() })
            }
            ReplayBy::File(path) => {
                let bytes = read_small(path, LIMIT_POLICY_BYTES)?;
                let text = String::from_utf8(bytes)
                    .map_err(|_| Error::new(Code::Config, "the policy is not UTF-8 text").at_path(path))?;
                let policy = parse_policy(&text, &path.to_string_lossy(), path).map_err(|faults| {
                    faults.first().map_or_else(|| odd_policy(path), |first| invalid(first, path))
                })?;
                let anchors = anchors::load(&policy, inputs.at)?.0;
                Ok(Rules { policy, anchors })
            }
        }
    }

    fn piece(&self, digest: EvidenceDigest, what: &str) -> Result<Vec<u8>> {
        self.store().evidence(digest)?.ok_or_else(|| {
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

fn odd_policy(path: &Path) -> Error {
    Error::new(Code::Config, "the policy is not valid").at_path(path)
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

fn compared<T: Serialize>(entry: LedgerEntry, inputs: Inputs, again: &T, by: &ReplayBy) -> Result<Replayed> {
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
    let under_another = *by != ReplayBy::Recorded;
    let is_same = is_same || under_another && differences.is_empty();
    Ok(Replayed { entry, inputs, under_another, is_same, differences })
}
