//! The format of the vectors: what may be read, and what its schema asks. It judges nothing.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use touchmark::json;
use touchmark::signing::Outcome;

pub(super) const PROFILE: &str = "ws1-deployment-experiment/0.1+jcs-ed25519";
/// Wire limits of the contract.
const LIMIT_BYTES: usize = 1_048_576;
const LIMIT_DEPTH: usize = 64;

#[derive(Deserialize)]
pub(super) struct Vectors {
    pub(super) profile: String,
    pub(super) cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) input: Input,
    pub(super) expected: Verdict,
}

#[derive(Deserialize)]
pub(super) struct Input {
    pub(super) bundle: Box<RawValue>,
    pub(super) context: Box<RawValue>,
}

#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) status: String,
    pub(super) verdict: Option<String>,
    pub(super) decision: String,
    pub(super) codes: BTreeSet<String>,
}

impl Verdict {
    pub(super) fn unprocessed(status: &str, code: &str) -> Self {
        let codes = BTreeSet::from([code.to_owned()]);
        Verdict { status: status.to_owned(), verdict: None, decision: "refuse".to_owned(), codes }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bundle {
    pub(super) profile: String,
    #[serde(deserialize_with = "Slot::deserialize")]
    pub(super) evaluation: Slot<EvaluationDetails>,
    #[serde(deserialize_with = "Slot::deserialize")]
    pub(super) test_environment: Slot<EnvironmentDetails>,
    #[serde(deserialize_with = "Slot::deserialize")]
    pub(super) serving_environment: Slot<EnvironmentDetails>,
    #[serde(deserialize_with = "Slot::deserialize")]
    pub(super) approval: Slot<ApprovalDetails>,
}

/// Null says that there is none; leaving it out is an error of the input.
#[derive(Deserialize)]
#[serde(transparent, bound = "D: DeserializeOwned")]
pub(super) struct Slot<D>(pub(super) Option<Envelope<D>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope<D> {
    pub(super) payload: Payload<D>,
    pub(super) signature: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload<D> {
    pub(super) profile: String,
    pub(super) kind: String,
    pub(super) issuer: String,
    pub(super) key_id: String,
    pub(super) valid_from: String,
    pub(super) valid_until: String,
    pub(super) subject: Subject,
    pub(super) details: D,
    #[serde(rename = "annotations")]
    pub(super) _annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subject {
    pub(super) domain: String,
    pub(super) sha256: String,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Measurement {
    pub(super) domain: String,
    pub(super) algorithm: Algorithm,
    pub(super) digest: String,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum Algorithm {
    Sha256,
    Sha384,
}

/// What an appraisal or an evaluation came to.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    Pass,
    Fail,
    NotEstablished,
}

impl From<Told> for Outcome {
    fn from(told: Told) -> Self {
        match told {
            Told::Pass => Outcome::Pass,
            Told::Fail => Outcome::Fail,
            Told::NotEstablished => Outcome::Unknown,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnvironmentDetails {
    pub(super) environment_id: String,
    pub(super) measurement: Measurement,
    pub(super) adversary_exclusions: Vec<String>,
    pub(super) nonce: String,
    pub(super) outcome: Told,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluationDetails {
    pub(super) evaluation_domain: String,
    pub(super) test_environment_digest: String,
    pub(super) harness_digest: String,
    pub(super) log_digest: String,
    pub(super) outcome: Told,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalDetails {
    pub(super) evaluation_digest: String,
    pub(super) serving_environment_id: String,
    pub(super) decision: Approval,
    pub(super) conditions: Vec<Condition>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Approval {
    Approve,
    Deny,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    pub(super) field: Field,
    #[serde(rename = "op")]
    pub(super) _op: Operator,
    pub(super) value: String,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum Field {
    Usage,
    Region,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(super) enum Operator {
    Eq,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Context {
    pub(super) now: String,
    pub(super) artifact_hex: String,
    pub(super) target_environment: String,
    pub(super) challenge: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) usage: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) region: Option<String>,
    pub(super) policy: Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) evaluation_domain: String,
    pub(super) required_exclusions: Vec<String>,
    pub(super) test_measurement: Measurement,
    pub(super) serving_measurement: Measurement,
    pub(super) keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) issuer: String,
    pub(super) key_id: String,
    pub(super) public_key: String,
    pub(super) roles: Vec<Kind>,
    pub(super) evaluation_domains: Vec<String>,
    pub(super) valid_from: String,
    pub(super) valid_until: String,
    pub(super) revocation: Revocation,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Revocation {
    Good,
    Revoked,
    Unknown,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Evaluation,
    TestEnvironment,
    ServingEnvironment,
    Approval,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Evaluation => "evaluation",
            Kind::TestEnvironment => "test_environment",
            Kind::ServingEnvironment => "serving_environment",
            Kind::Approval => "approval",
        }
    }
}

/// A document of the wire: the reason why it is none otherwise.
pub(super) fn read<T: DeserializeOwned>(raw: &RawValue, schema: &'static str) -> Result<(Value, T), Verdict> {
    let error = |code: &str| Verdict::unprocessed("input_error", code);
    let text = raw.get();
    if text.len() > LIMIT_BYTES {
        return Err(error("WIRE_LIMIT"));
    }
    let value = json::parse(text.as_bytes(), LIMIT_DEPTH).map_err(|_| match has_lone_surrogate(text) {
        true => error("INVALID_UNICODE"),
        false => error("WIRE_JSON"),
    })?;
    let typed = T::deserialize(&value).map_err(|_| error(schema))?;
    Ok((value, typed))
}

/// Escapes of half a character: the strict reader refuses them without a word of their own.
pub(super) fn has_lone_surrogate(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err_and(|error| error.to_string().contains("hex escape"))
}

/// What all claims have.
pub(super) struct Head<'b> {
    pub(super) kind: Kind,
    pub(super) profile: &'b str,
    pub(super) issuer: &'b str,
    pub(super) key_id: &'b str,
    pub(super) from: &'b str,
    pub(super) until: &'b str,
    pub(super) subject: &'b Subject,
    pub(super) signature: &'b str,
    pub(super) said: &'b str,
}

impl<D> Slot<D> {
    pub(super) fn details(&self) -> Option<&D> {
        Some(&self.0.as_ref()?.payload.details)
    }

    pub(super) fn head(&self, kind: Kind) -> Option<Head<'_>> {
        let Envelope { payload, signature } = self.0.as_ref()?;
        Some(Head {
            kind,
            profile: &payload.profile,
            issuer: &payload.issuer,
            key_id: &payload.key_id,
            from: &payload.valid_from,
            until: &payload.valid_until,
            subject: &payload.subject,
            signature,
            said: &payload.kind,
        })
    }
}

impl Bundle {
    pub(super) fn heads(&self) -> Vec<Head<'_>> {
        let heads = [
            self.evaluation.head(Kind::Evaluation),
            self.test_environment.head(Kind::TestEnvironment),
            self.serving_environment.head(Kind::ServingEnvironment),
            self.approval.head(Kind::Approval),
        ];
        heads.into_iter().flatten().collect()
    }

    /// What the schema asks of texts.
    pub(super) fn is_sound(&self) -> bool {
        let heads = self.heads().iter().all(|head| {
            let texts = [head.profile, head.issuer, head.key_id, &head.subject.domain];
            head.said == head.kind.word()
                && texts.iter().all(|text| !text.is_empty())
                && is_time(head.from)
                && is_time(head.until)
                && is_hex(&head.subject.sha256, &[64])
                && is_hex(head.signature, &[128])
        });
        let environments = [self.test_environment.details(), self.serving_environment.details()];
        let environments = environments.into_iter().flatten().all(|details| {
            details.measurement.is_sound()
                && !details.environment_id.is_empty()
                && !details.nonce.is_empty()
                && are_texts(&details.adversary_exclusions)
        });
        let evaluation = self.evaluation.details().is_none_or(|details| {
            let digests = [&details.test_environment_digest, &details.harness_digest, &details.log_digest];
            !details.evaluation_domain.is_empty() && digests.iter().all(|digest| is_hex(digest, &[64]))
        });
        let approval = self.approval.details().is_none_or(|details| {
            is_hex(&details.evaluation_digest, &[64])
                && !details.serving_environment_id.is_empty()
                && details.conditions.iter().all(|condition| !condition.value.is_empty())
                && details.conditions.iter().collect::<BTreeSet<_>>().len() == details.conditions.len()
        });
        !self.profile.is_empty() && heads && environments && evaluation && approval
    }
}

impl Context {
    pub(super) fn is_sound(&self) -> bool {
        let observed = [&self.usage, &self.region];
        let bytes = &self.artifact_hex;
        is_time(&self.now)
            && !bytes.is_empty()
            && is_hex(bytes, &[bytes.len()])
            && bytes.len().is_multiple_of(2)
            && !self.target_environment.is_empty()
            && !self.challenge.is_empty()
            && observed.into_iter().flatten().all(|text| !text.is_empty())
            && self.policy.is_sound()
    }
}

impl Policy {
    pub(super) fn is_sound(&self) -> bool {
        let keys = self.keys.iter().all(|key| {
            let is_once = |role: &Kind| key.roles.iter().filter(|other| *other == role).count() == 1;
            !key.issuer.is_empty()
                && !key.key_id.is_empty()
                && is_hex(&key.public_key, &[64])
                && !key.roles.is_empty()
                && key.roles.iter().all(is_once)
                && are_texts(&key.evaluation_domains)
                && is_time(&key.valid_from)
                && is_time(&key.valid_until)
        });
        !self.evaluation_domain.is_empty()
            && are_texts(&self.required_exclusions)
            && self.test_measurement.is_sound()
            && self.serving_measurement.is_sound()
            && !self.keys.is_empty()
            && keys
    }
}

impl Measurement {
    pub(super) fn is_sound(&self) -> bool {
        !self.domain.is_empty() && is_hex(&self.digest, &[64, 96])
    }

    pub(super) fn has_its_width(&self) -> bool {
        self.digest.len() == if self.algorithm == Algorithm::Sha256 { 64 } else { 96 }
    }
}

pub(super) fn is_hex(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

pub(super) fn are_texts(texts: &[String]) -> bool {
    texts.iter().all(|text| !text.is_empty()) && texts.iter().collect::<BTreeSet<_>>().len() == texts.len()
}

/// A whole second of UTC that exists.
pub(super) fn is_time(text: &str) -> bool {
    let has_form = text.len() == 20
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            19 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    // A leap second is none of them.
    has_form
        && text.get(17..19).is_some_and(|second| second < "60")
        && text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds_that_exist() {
        assert!(is_time("2026-09-15T12:30:00Z"));
        for text in ["2026-09-15T12:30:60Z", "2026-02-30T13:00:00Z", "2026-09-15T12:30:00Z\n", "2026-09-15"] {
            assert!(!is_time(text), "{text}");
        }
    }
}
