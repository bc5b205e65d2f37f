//! Compares Touchmark's three-valued logic with the candidate vectors of CoSAI's workstream 1 (pull request 33 of
//! `cosai-oasis/ws1-supply-chain`, `contributions/deployment-decision/vectors.json`, experimental v0.1):
//! `cargo run --example cosai-vectors -- vectors.json`.
//!
//! Each vector is evaluated twice. By the contract of the vectors, a claim by a stranger, with a bad signature, about
//! other bytes or outside its time is a failure. By Touchmark's rule such a claim does not count: whoever may append a
//! line must not be able to refuse a model, so it is as missing as one that was never made. `docs/cosai-vectors.md`
//! explains the difference. JSON is read, canonicalised and ranked by the library; the format itself is known only here.
#![allow(clippy::disallowed_methods)]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::ExitCode;
use touchmark::json;
use touchmark::signing::Outcome;

const PROFILE: &str = "ws1-deployment-experiment/0.1+jcs-ed25519";
const PREFIX: &[u8] = b"WS1-DEPLOYMENT-EXPERIMENT-v0.1\0";
/// Wire limits of the contract.
const LIMIT_BYTES: usize = 1_048_576;
const LIMIT_DEPTH: usize = 64;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Deserialize)]
struct Vectors {
    profile: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    input: Input,
    expected: Verdict,
}

#[derive(Deserialize)]
struct Input {
    bundle: Box<RawValue>,
    context: Box<RawValue>,
}

#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
struct Verdict {
    status: String,
    verdict: Option<String>,
    decision: String,
    codes: BTreeSet<String>,
}

impl Verdict {
    fn unprocessed(status: &str, code: &str) -> Self {
        let codes = BTreeSet::from([code.to_owned()]);
        Verdict { status: status.to_owned(), verdict: None, decision: "refuse".to_owned(), codes }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    profile: String,
    #[serde(deserialize_with = "Slot::deserialize")]
    evaluation: Slot<EvaluationDetails>,
    #[serde(deserialize_with = "Slot::deserialize")]
    test_environment: Slot<EnvironmentDetails>,
    #[serde(deserialize_with = "Slot::deserialize")]
    serving_environment: Slot<EnvironmentDetails>,
    #[serde(deserialize_with = "Slot::deserialize")]
    approval: Slot<ApprovalDetails>,
}

/// Null says that there is none; leaving it out is an error of the input.
#[derive(Deserialize)]
#[serde(transparent, bound = "D: DeserializeOwned")]
struct Slot<D>(Option<Envelope<D>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<D> {
    payload: Payload<D>,
    signature: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<D> {
    profile: String,
    kind: String,
    issuer: String,
    key_id: String,
    valid_from: String,
    valid_until: String,
    subject: Subject,
    details: D,
    #[serde(rename = "annotations")]
    _annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    domain: String,
    sha256: String,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Measurement {
    domain: String,
    algorithm: Algorithm,
    digest: String,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Algorithm {
    Sha256,
    Sha384,
}

/// What an appraisal or an evaluation came to.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Told {
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
struct EnvironmentDetails {
    environment_id: String,
    measurement: Measurement,
    adversary_exclusions: Vec<String>,
    nonce: String,
    outcome: Told,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvaluationDetails {
    evaluation_domain: String,
    test_environment_digest: String,
    harness_digest: String,
    log_digest: String,
    outcome: Told,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalDetails {
    evaluation_digest: String,
    serving_environment_id: String,
    decision: Approval,
    conditions: Vec<Condition>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Approval {
    Approve,
    Deny,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Condition {
    field: Field,
    #[serde(rename = "op")]
    _op: Operator,
    value: String,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Field {
    Usage,
    Region,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Operator {
    Eq,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    now: String,
    artifact_hex: String,
    target_environment: String,
    challenge: String,
    #[serde(deserialize_with = "Option::deserialize")]
    usage: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    region: Option<String>,
    policy: Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    evaluation_domain: String,
    required_exclusions: Vec<String>,
    test_measurement: Measurement,
    serving_measurement: Measurement,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    issuer: String,
    key_id: String,
    public_key: String,
    roles: Vec<Kind>,
    evaluation_domains: Vec<String>,
    valid_from: String,
    valid_until: String,
    revocation: Revocation,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Revocation {
    Good,
    Revoked,
    Unknown,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Evaluation,
    TestEnvironment,
    ServingEnvironment,
    Approval,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Evaluation => "evaluation",
            Kind::TestEnvironment => "test_environment",
            Kind::ServingEnvironment => "serving_environment",
            Kind::Approval => "approval",
        }
    }
}

/// By whose rule a claim is read that is not by whom, about what or from when it should be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It fails.
    Contract,
    /// It does not count: it is missing, and what it says is not read.
    Touchmark,
}

/// What was found, by code; the lowest rank decides, as everywhere in Touchmark.
#[derive(Default)]
struct Premises(Vec<(String, Outcome)>);

impl Premises {
    fn add(&mut self, code: impl Into<String>, outcome: Outcome) {
        if outcome.is_open() {
            self.0.push((code.into(), outcome));
        }
    }

    fn holds(&mut self, code: impl Into<String>, holds: bool) {
        self.add(code, if holds { Outcome::Pass } else { Outcome::Fail });
    }

    fn verdict(self) -> Verdict {
        let worst = self.0.iter().map(|(_, outcome)| *outcome).min_by_key(|outcome| outcome.rank());
        let (verdict, decision) = match worst.unwrap_or(Outcome::Pass) {
            Outcome::Fail => ("fail", "refuse"),
            Outcome::Missing | Outcome::Unknown => ("not_established", "refuse"),
            Outcome::Partial | Outcome::Pass | Outcome::NotApplicable => ("pass", "admit"),
        };
        Verdict {
            status: "complete".to_owned(),
            verdict: Some(verdict.to_owned()),
            decision: decision.to_owned(),
            codes: self.0.into_iter().map(|(code, _)| code).collect(),
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Fallible<bool> {
    let file = std::env::args().nth(1).ok_or("usage: cosai-vectors FILE")?;
    let vectors: Vectors = serde_json::from_slice(&std::fs::read(&file)?)?;
    let mut out = std::io::stdout().lock();
    let (mut agree, mut admit_alike) = (0, 0);
    let mut different: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for case in &vectors.cases {
        let by_contract = evaluate(&case.input, Rule::Contract);
        let by_touchmark = evaluate(&case.input, Rule::Touchmark);
        match by_contract == case.expected {
            true => agree += 1,
            false => writeln!(out, "DIFFERS {}: {by_contract:?}, expected {:?}", case.id, case.expected)?,
        }
        admit_alike += usize::from(by_touchmark.decision == case.expected.decision);
        let word = |verdict: &Verdict| verdict.verdict.clone().unwrap_or_else(|| verdict.status.clone());
        let (theirs, ours) = (word(&case.expected), word(&by_touchmark));
        if theirs != ours {
            different.entry((theirs, ours)).or_default().push(case.id.clone());
        }
    }
    let all = vectors.cases.len();
    writeln!(out, "{}: {all} vectors", touchmark::text::screen(&vectors.profile))?;
    writeln!(out, "by the contract's rule: {agree} of {all} agree in status, verdict, decision and reasons")?;
    writeln!(out, "by Touchmark's rule: {admit_alike} of {all} agree in the decision")?;
    for ((theirs, ours), cases) in &different {
        writeln!(out, "  {theirs} there, {ours} here: {}", cases.len())?;
        for case in cases {
            writeln!(out, "    {}", touchmark::text::screen(case))?;
        }
    }
    Ok(agree == all && admit_alike == all)
}

/// A document of the wire: the reason why it is none otherwise.
fn read<T: DeserializeOwned>(raw: &RawValue, schema: &'static str) -> Result<(Value, T), Verdict> {
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
fn has_lone_surrogate(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err_and(|error| error.to_string().contains("hex escape"))
}

fn evaluate(input: &Input, rule: Rule) -> Verdict {
    match evaluated(input, rule) {
        Ok(verdict) | Err(verdict) => verdict,
    }
}

fn evaluated(input: &Input, rule: Rule) -> Result<Verdict, Verdict> {
    let error = |code: &str| Verdict::unprocessed("input_error", code);
    let (value, bundle) = read::<Bundle>(&input.bundle, "INPUT_SCHEMA")?;
    let (_, context) = read::<Context>(&input.context, "CONTEXT_SCHEMA")?;
    if !bundle.is_sound() {
        return Err(error("INPUT_SCHEMA"));
    }
    if !context.is_sound() {
        return Err(error("CONTEXT_SCHEMA"));
    }
    let keys = &context.policy.keys;
    if keys.iter().map(|key| (&key.issuer, &key.key_id)).collect::<BTreeSet<_>>().len() < keys.len() {
        return Err(error("DUPLICATE_TRUST_KEY"));
    }
    let own = [&bundle.test_environment, &bundle.serving_environment];
    let own = own.into_iter().filter_map(|slot| Some(&slot.0.as_ref()?.payload.details.measurement));
    let policy = [&context.policy.test_measurement, &context.policy.serving_measurement];
    if policy.into_iter().chain(own).any(|measurement| !measurement.has_its_width()) {
        return Err(error("MEASUREMENT_SHAPE"));
    }
    let windows = bundle.heads().into_iter().map(|head| (head.from, head.until));
    let mut windows =
        windows.chain(keys.iter().map(|key| (key.valid_from.as_str(), key.valid_until.as_str())));
    if windows.any(|(from, until)| from >= until) {
        return Err(error("VALIDITY_ORDER"));
    }
    if bundle.profile != PROFILE || bundle.heads().iter().any(|head| head.profile != PROFILE) {
        return Err(Verdict::unprocessed("unsupported", "UNSUPPORTED_PROFILE"));
    }
    Ok(judge(&bundle, &value, &context, rule).verdict())
}

fn judge(bundle: &Bundle, value: &Value, context: &Context, rule: Rule) -> Premises {
    let mut premises = Premises::default();
    let heads = bundle.heads();
    let mut counts = |kind: Kind| {
        let Some(head) = heads.iter().find(|head| head.kind == kind) else {
            premises.add(code("MISSING", kind), Outcome::Missing);
            return false;
        };
        counts(head, value, context, rule, &mut premises)
    };
    let [evaluates, tests, serves, approves] =
        [Kind::Evaluation, Kind::TestEnvironment, Kind::ServingEnvironment, Kind::Approval].map(&mut counts);
    let environments = [
        (Kind::TestEnvironment, tests, &bundle.test_environment, &context.policy.test_measurement),
        (Kind::ServingEnvironment, serves, &bundle.serving_environment, &context.policy.serving_measurement),
    ];
    for (kind, counts, slot, expected) in environments {
        let Some(details) = slot.details().filter(|_| counts) else { continue };
        let excluded = |wanted: &String| details.adversary_exclusions.contains(wanted);
        premises.holds(code("MEASUREMENT", kind), details.measurement == *expected);
        premises.holds(code("THREAT", kind), context.policy.required_exclusions.iter().all(excluded));
        premises.add(code("APPRAISAL", kind), details.outcome.into());
    }
    if let Some(details) = bundle.evaluation.details().filter(|_| evaluates) {
        let is_domain = details.evaluation_domain == context.policy.evaluation_domain;
        premises.holds("EVALUATION_DOMAIN", is_domain);
        premises.add("EVALUATION_RESULT", details.outcome.into());
        let test = envelope_digest(value, Kind::TestEnvironment);
        premises.holds("TEST_BINDING", test.is_none_or(|test| test == details.test_environment_digest));
    }
    if let Some(details) = bundle.serving_environment.details().filter(|_| serves) {
        premises.holds("TARGET_BINDING", details.environment_id == context.target_environment);
        premises.holds("CHALLENGE_BINDING", details.nonce == context.challenge);
    }
    if let Some(details) = bundle.approval.details().filter(|_| approves) {
        let evaluation = envelope_digest(value, Kind::Evaluation);
        premises.holds(
            "APPROVAL_BINDING",
            evaluation.is_none_or(|evaluation| evaluation == details.evaluation_digest),
        );
        premises.holds("APPROVAL_TARGET", details.serving_environment_id == context.target_environment);
        premises.holds("APPROVAL_DENIED", details.decision == Approval::Approve);
        for condition in &details.conditions {
            let (code, seen) = match condition.field {
                Field::Usage => ("CONDITION_USAGE", &context.usage),
                Field::Region => ("CONDITION_REGION", &context.region),
            };
            match seen {
                None => premises.add(code, Outcome::Unknown),
                Some(seen) => premises.holds(code, *seen == condition.value),
            }
        }
    }
    premises
}

/// Whether what a claim says is to be read: it is by whom, about what and from when it should be.
fn counts(head: &Head<'_>, value: &Value, context: &Context, rule: Rule, premises: &mut Premises) -> bool {
    let kind = head.kind;
    let lacks = match rule {
        Rule::Contract => Outcome::Fail,
        Rule::Touchmark => Outcome::Missing,
    };
    let may_speak = |key: &&Key| {
        let domain = &context.policy.evaluation_domain;
        key.issuer == head.issuer
            && key.key_id == head.key_id
            && key.roles.contains(&kind)
            && (kind != Kind::Evaluation || key.evaluation_domains.contains(domain))
    };
    let Some(key) = context.policy.keys.iter().find(may_speak) else {
        premises.add(code("AUTHORITY", kind), lacks);
        return false;
    };
    if !is_signed(head, value, key) {
        premises.add(code("SIGNATURE", kind), lacks);
        return false;
    }
    let is_in = |from: &str, until: &str| from <= context.now.as_str() && context.now.as_str() < until;
    let artifact = hex::decode(&context.artifact_hex).map(|bytes| sha256(&bytes)).unwrap_or_default();
    let is_about = head.subject.domain == "weight-bytes/sha256" && head.subject.sha256 == artifact;
    let facts = [
        ("KEY_TIME", is_in(&key.valid_from, &key.valid_until), lacks),
        ("REVOKED", key.revocation != Revocation::Revoked, lacks),
        ("REVOCATION", key.revocation != Revocation::Unknown, Outcome::Unknown),
        ("TIME", is_in(head.from, head.until), lacks),
        ("ARTIFACT", is_about, lacks),
    ];
    for (what, holds, outcome) in facts {
        premises.add(code(what, kind), if holds { Outcome::Pass } else { outcome });
    }
    rule == Rule::Contract || facts.iter().all(|(_, holds, _)| *holds)
}

fn is_signed(head: &Head<'_>, value: &Value, key: &Key) -> bool {
    let payload = value.get(head.kind.word()).and_then(|envelope| envelope.get("payload"));
    let Some(payload) = payload.and_then(|payload| json::canonical(payload).ok()) else { return false };
    let (Ok(key), Ok(signature)) = (hex::decode(&key.public_key), hex::decode(head.signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(&[PREFIX, &payload].concat(), &signature).is_ok()
}

/// Over the whole envelope in its canonical form; none where there is none.
fn envelope_digest(value: &Value, kind: Kind) -> Option<String> {
    let envelope = value.get(kind.word()).filter(|envelope| !envelope.is_null())?;
    Some(sha256(&json::canonical(envelope).ok()?))
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn code(what: &str, kind: Kind) -> String {
    format!("{what}_{}", kind.word().to_uppercase())
}

/// What all claims have.
struct Head<'b> {
    kind: Kind,
    profile: &'b str,
    issuer: &'b str,
    key_id: &'b str,
    from: &'b str,
    until: &'b str,
    subject: &'b Subject,
    signature: &'b str,
    said: &'b str,
}

impl<D> Slot<D> {
    fn details(&self) -> Option<&D> {
        Some(&self.0.as_ref()?.payload.details)
    }

    fn head(&self, kind: Kind) -> Option<Head<'_>> {
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
    fn heads(&self) -> Vec<Head<'_>> {
        let heads = [
            self.evaluation.head(Kind::Evaluation),
            self.test_environment.head(Kind::TestEnvironment),
            self.serving_environment.head(Kind::ServingEnvironment),
            self.approval.head(Kind::Approval),
        ];
        heads.into_iter().flatten().collect()
    }

    /// What the schema asks of texts.
    fn is_sound(&self) -> bool {
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
    fn is_sound(&self) -> bool {
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
    fn is_sound(&self) -> bool {
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
    fn is_sound(&self) -> bool {
        !self.domain.is_empty() && is_hex(&self.digest, &[64, 96])
    }

    fn has_its_width(&self) -> bool {
        self.digest.len() == if self.algorithm == Algorithm::Sha256 { 64 } else { 96 }
    }
}

fn is_hex(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn are_texts(texts: &[String]) -> bool {
    texts.iter().all(|text| !text.is_empty()) && texts.iter().collect::<BTreeSet<_>>().len() == texts.len()
}

/// A whole second of UTC that exists.
fn is_time(text: &str) -> bool {
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
    fn known_failures_rank_above_missing_evidence_and_all_reasons_stay() {
        let mut premises = Premises::default();
        premises.holds("A", true);
        premises.add("B", Outcome::Missing);
        assert_eq!(Premises(premises.0.clone()).verdict().verdict.as_deref(), Some("not_established"));
        premises.holds("C", false);
        let verdict = premises.verdict();
        assert_eq!((verdict.verdict.as_deref(), verdict.decision.as_str()), (Some("fail"), "refuse"));
        assert_eq!(verdict.codes.len(), 2);
        assert_eq!(Premises::default().verdict().decision, "admit");
    }

    #[test]
    fn times_are_whole_seconds_that_exist() {
        assert!(is_time("2026-09-15T12:30:00Z"));
        for text in ["2026-09-15T12:30:60Z", "2026-02-30T13:00:00Z", "2026-09-15T12:30:00Z\n", "2026-09-15"] {
            assert!(!is_time(text), "{text}");
        }
    }
}
