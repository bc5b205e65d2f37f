//! Records of the ledger as events of the Open Cybersecurity Schema Framework, for the systems that gather security
//! events: verifications and decisions as compliance findings (class 2003 of OCSF 1.3). The categories that AITF once
//! proposed for models (7006, 7007) collide with released ones, so its names stand under `unmapped`; see `docs/ocsf.md`.
//!
//! What a record says is taken as it stands. Nothing is judged here.

use crate::error::{Code, Error, Result};
use crate::json::to_line;
use crate::store::{LedgerEntry, RecordKind};
use serde::{Deserialize, Serialize};

/// The version of the framework.
const OCSF: &str = "1.3.0";

/// A record as an event, one line with its line feed; none of a kind that is no event, or of a body that is not understood.
///
/// # Errors
/// `E-INTERNAL`.
pub fn ocsf(entry: &LedgerEntry) -> Result<Option<String>> {
    let read = match entry.kind {
        RecordKind::Verification => serde_json::from_str(&entry.body).ok().map(verification),
        RecordKind::Decision => serde_json::from_str(&entry.body).ok().map(decision),
        _ => None,
    };
    let Some(told) = read else { return Ok(None) };
    let line = to_line(&event(entry, &told))
        .map_err(|cause| Error::new(Code::Internal, format!("cannot write as JSON ({cause})")))?;
    Ok(Some(line + "\n"))
}

/// How it went, as the framework calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Pass,
    Warning,
    Fail,
}

impl Status {
    /// Its number, its word, and the number and word of the severity.
    fn named(self) -> (u8, &'static str, u8, &'static str) {
        match self {
            Status::Pass => (1, "Pass", 1, "Informational"),
            Status::Warning => (2, "Warning", 3, "Medium"),
            Status::Fail => (3, "Fail", 4, "High"),
        }
    }
}

/// What a record tells, of either kind.
struct Told {
    title: &'static str,
    /// The number of this event in the categories of AITF.
    aitf: u32,
    status: Status,
    /// The word of the record itself.
    word: String,
    /// The standard or the policy that it is held against.
    standard: String,
    control: String,
    /// Codes, the one that weighs most first.
    codes: Vec<String>,
    root: Option<String>,
    program: String,
    by: Option<String>,
    policy: Option<String>,
    evidence: Option<String>,
    signer: Option<String>,
    signed: bool,
}

#[derive(Deserialize)]
struct About {
    root_digest: Option<String>,
}

#[derive(Deserialize)]
struct Made {
    by: Account,
}

#[derive(Deserialize)]
struct Account {
    name: Option<String>,
    id: Option<u32>,
}

impl Account {
    fn shown(self) -> Option<String> {
        self.name.or(self.id.map(|id| id.to_string()))
    }
}

#[derive(Deserialize)]
struct Inputs {
    program: String,
    evidence: String,
    policy: Policy,
    stage: Option<String>,
}

#[derive(Deserialize)]
struct Policy {
    digest: String,
}

#[derive(Deserialize)]
struct Facts {
    checks: Vec<Check>,
    signer: Option<Signer>,
    method: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Check {
    code: String,
    outcome: String,
}

#[derive(Deserialize)]
struct Signer {
    subject: String,
}

#[derive(Deserialize)]
struct Verification {
    about: About,
    made: Made,
    inputs: Inputs,
    outcome: String,
    verification: Facts,
}

#[derive(Deserialize)]
struct Decided {
    about: About,
    made: Made,
    inputs: Inputs,
    verification: Option<Facts>,
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Verdict {
    decision: String,
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    code: String,
    action: String,
}

fn verification(record: Verification) -> Told {
    let status = match record.outcome.as_str() {
        "pass" => Status::Pass,
        "fail" => Status::Fail,
        _ => Status::Warning,
    };
    let Facts { checks, signer, method } = record.verification;
    // In their order: the first is the headline.
    let codes = checks.into_iter().filter(|check| check.outcome == record.outcome && status != Status::Pass);
    Told {
        title: "Model verification",
        aitf: 700_602,
        status,
        word: record.outcome.clone(),
        standard: "OpenSSF Model Signing 1.0".to_owned(),
        control: "verification".to_owned(),
        codes: codes.map(|check| check.code).collect(),
        root: record.about.root_digest,
        program: record.inputs.program,
        by: record.made.by.shown(),
        policy: Some(record.inputs.policy.digest),
        evidence: Some(record.inputs.evidence),
        signer: signer.map(|signer| signer.subject),
        signed: method.is_some(),
    }
}

fn decision(record: Decided) -> Told {
    let (status, weight) = match record.verdict.decision.as_str() {
        "admit" => (Status::Pass, "open"),
        "refuse" => (Status::Fail, "closed"),
        _ => (Status::Warning, "warn"),
    };
    let reasons = record.verdict.reasons.into_iter();
    let codes = reasons.filter(|reason| status != Status::Pass && reason.action == weight);
    let facts = record.verification;
    let signed = facts.as_ref().is_some_and(|facts| facts.method.is_some());
    Told {
        title: "Gate decision on a model",
        aitf: 700_703,
        status,
        word: record.verdict.decision,
        standard: format!("trust policy {}", record.inputs.policy.digest),
        control: format!("stage {}", record.inputs.stage.unwrap_or_default()),
        codes: codes.map(|reason| reason.code).collect(),
        root: record.about.root_digest,
        program: record.inputs.program,
        by: record.made.by.shown(),
        policy: Some(record.inputs.policy.digest),
        evidence: Some(record.inputs.evidence),
        signer: facts.and_then(|facts| facts.signer).map(|signer| signer.subject),
        signed,
    }
}

/// The event, with its members in the order of the framework's documentation.
fn event<'a>(entry: &'a LedgerEntry, told: &'a Told) -> Event<'a> {
    let (status_id, status, severity_id, severity) = told.status.named();
    let time = entry.at.as_millisecond();
    let model = entry.model.raw();
    let result = match told.status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Warning => "unknown",
    };
    Event {
        activity_id: 1,
        activity_name: "Create",
        category_uid: 2,
        category_name: "Findings",
        class_uid: 2003,
        class_name: "Compliance Finding",
        type_uid: 200_301,
        type_name: "Compliance Finding: Create",
        time,
        severity_id,
        severity,
        status_id: 1,
        status: "New",
        message: format!("{}: {} ({model})", told.title, told.word),
        metadata: Metadata {
            version: OCSF,
            product: Product { name: "Touchmark", vendor_name: "Touchmark", version: &told.program },
            uid: &entry.hash,
            sequence: entry.seq,
            log_name: "ledger",
        },
        finding_info: FindingInfo { uid: &entry.hash, title: told.title, created_time: time },
        compliance: Compliance {
            standards: [&told.standard],
            control: &told.control,
            requirements: &told.codes,
            status,
            status_id,
            status_code: told.codes.first().map(String::as_str),
        },
        resources: [Resource {
            name: model,
            kind: "AI model",
            uid: told.root.as_deref().map(|root| format!("oms-root-sha256:{root}")),
        }],
        unmapped: Unmapped {
            by: told.by.as_deref(),
            evidence: told.evidence.as_deref(),
            policy: told.policy.as_deref(),
            record: Record { hash: &entry.hash, previous: &entry.previous },
            aitf: Aitf {
                type_uid: told.aitf,
                model_hash: told.root.as_deref(),
                model_signed: told.signed,
                model_signer: told.signer.as_deref(),
                verification_result: (told.aitf == 700_602).then_some(result),
                violation_detected: (told.aitf == 700_703).then_some(told.status == Status::Fail),
            },
        },
    }
}

#[derive(Serialize)]
struct Event<'a> {
    activity_id: u8,
    activity_name: &'static str,
    category_uid: u8,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: i64,
    severity_id: u8,
    severity: &'static str,
    status_id: u8,
    status: &'static str,
    message: String,
    metadata: Metadata<'a>,
    finding_info: FindingInfo<'a>,
    compliance: Compliance<'a>,
    resources: [Resource<'a>; 1],
    unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    product: Product<'a>,
    uid: &'a str,
    sequence: u64,
    log_name: &'static str,
}

#[derive(Serialize)]
struct Product<'a> {
    name: &'static str,
    vendor_name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: &'a str,
    title: &'static str,
    created_time: i64,
}

#[derive(Serialize)]
struct Compliance<'a> {
    standards: [&'a str; 1],
    control: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    requirements: &'a [String],
    status: &'static str,
    status_id: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<&'a str>,
}

#[derive(Serialize)]
struct Resource<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
}

#[derive(Serialize)]
struct Unmapped<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    record: Record<'a>,
    aitf: Aitf<'a>,
}

#[derive(Serialize)]
struct Record<'a> {
    hash: &'a str,
    previous: &'a str,
}

#[derive(Serialize)]
struct Aitf<'a> {
    type_uid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_hash: Option<&'a str>,
    model_signed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_signer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_result: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violation_detected: Option<bool>,
}
