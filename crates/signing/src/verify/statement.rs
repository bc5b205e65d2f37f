//! METHOD, STATEMENT and SUBJECT: what was signed, as the statement itself says.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::{PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE, Statement, outline};
use crate::check::codes::CheckCode;
use crate::check::fault::DocumentFault;
use crate::check::identity::Method;
use crate::check::outcome::Outcome;
use crate::check::step::Check;
use crate::check::why::{MethodWhy, StatementWhy, SubjectWhy, TypeField};
use crate::error::Code;

pub(super) fn check_method(bundle: &Bundle, asked: Option<Method>) -> Check {
    let (found, lacks_log) = (bundle.method(), bundle.lacks_log());
    let why = MethodWhy { found, asked, lacks_log };
    if asked.is_some_and(|asked| asked != found) {
        return Check::new(CheckCode::MethodMismatch, Outcome::Fail, why);
    }
    Check::new(CheckCode::Method, Outcome::Pass, why)
}

/// STATEMENT, when it fails. The payload is only read as what the envelope says it is.
pub(super) fn read_statement(bundle: &Bundle) -> std::result::Result<Statement, Box<Check>> {
    let no = |code, why: StatementWhy| Box::new(Check::new(code, Outcome::Fail, why));
    let envelope = &bundle.envelope;
    if envelope.payload_type != PAYLOAD_TYPE {
        let (expected, found) = (PAYLOAD_TYPE.into(), envelope.payload_type.as_str().into());
        return Err(no(CheckCode::StatementPayloadType, StatementWhy::PayloadType { expected, found }));
    }
    Statement::parse(&envelope.payload).map_err(|error| {
        if let Some((code, why)) = other_type(&envelope.payload) {
            return no(code, why);
        }
        let is_too_large = error.code == Code::TooLarge;
        let fault = DocumentFault::from(error);
        if is_too_large {
            no(CheckCode::StatementTooLarge, StatementWhy::TooLarge(fault))
        } else {
            no(CheckCode::StatementMalformed, StatementWhy::Malformed(fault))
        }
    })
}

/// A statement about something else is told by its types.
fn other_type(payload: &[u8]) -> Option<(CheckCode, StatementWhy)> {
    let statement = outline(payload)?;
    let said = |field: &str| statement.get(field).and_then(serde_json::Value::as_str);
    let why = |field, expected: &str, found: &str, is_version| StatementWhy::OtherType {
        field,
        expected: expected.into(),
        found: found.into(),
        is_version,
    };
    match (said("_type"), said("predicateType")) {
        (Some(found), _) if found != STATEMENT_TYPE => {
            Some((CheckCode::StatementType, why(TypeField::Statement, STATEMENT_TYPE, found, false)))
        }
        (_, Some(found)) if !found.starts_with("https://model_signing/") => {
            Some((CheckCode::StatementType, why(TypeField::Predicate, PREDICATE_TYPE, found, false)))
        }
        (_, Some(found)) if is_other_version(found) => {
            Some((CheckCode::StatementVersion, why(TypeField::Predicate, PREDICATE_TYPE, found, true)))
        }
        _ => None,
    }
}

fn is_other_version(predicate_type: &str) -> bool {
    let version = predicate_type.strip_prefix("https://model_signing/signature/v");
    version.is_some_and(|version| !version.starts_with("1."))
}

pub(super) fn check_statement(statement: &Statement) -> Check {
    let manifest = &statement.manifest;
    let resources = manifest.resources.len() as u64;
    if statement.legacy {
        return Check::new(CheckCode::StatementLegacy, Outcome::Partial, StatementWhy::Legacy { resources });
    }
    let (shard_size, hash) = (manifest.serialization.shard_size, manifest.serialization.hash);
    let why = StatementWhy::Manifest { resources, shard_size, hash };
    Check::new(CheckCode::Statement, Outcome::Pass, why)
}

/// SUBJECT: the statement's own root digest against the resources it lists (rulings 10).
pub(super) fn check_subject(statement: &Statement) -> Check {
    let root = statement.manifest.root_digest();
    match statement.subject_digest {
        None => Check::new(CheckCode::Subject, Outcome::NotApplicable, SubjectWhy::Legacy),
        Some(digest) if digest == root => {
            Check::new(CheckCode::Subject, Outcome::Pass, SubjectWhy::Matches { root: root.to_string() })
        }
        Some(digest) => {
            let (listed, stated) = (root.to_string(), digest.to_string());
            Check::new(CheckCode::SubjectDigest, Outcome::Fail, SubjectWhy::Differs { listed, stated })
        }
    }
}
