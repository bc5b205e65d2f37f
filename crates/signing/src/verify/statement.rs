//! METHOD, STATEMENT and SUBJECT: what was signed, as the statement itself says.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::{
    PAYLOAD_TYPE, PREDICATE_TYPE, PREDICATE_TYPE_V02, STATEMENT_TYPE, Statement, outline,
};
use crate::check::codes::CheckCode;
use crate::check::identity::Method;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::{Check, sentence};
use crate::error::Code;

pub(super) fn check_method(found: Method, asked: Option<Method>) -> Check {
    match asked {
        Some(asked) if asked != found => Check::prose(
            Stage::Method,
            "METHOD-MISMATCH",
            Outcome::Fail,
            "The model was signed by another method than was asked for",
        )
        .expected(asked.as_str())
        .found(found.as_str())
        .evidence(match found {
            Method::Key => "verificationMaterial.publicKey",
            Method::Certificate => "verificationMaterial.x509CertificateChain",
            Method::Sigstore => "verificationMaterial.certificate",
        })
        .remedy(format!(
            "If you hold something to trust for it: touchmark verify {} MODEL {}",
            found.as_str(),
            match found {
                Method::Key => "--public-key KEY.pem",
                Method::Certificate => "--certificate-chain CA.pem",
                Method::Sigstore => "--identity WHO --identity-provider URL",
            }
        )),
        _ => Check::prose_pass(Stage::Method, format!("Signed by method {}", found.as_str())),
    }
}

/// STATEMENT, when it fails. The payload is only read as what the envelope says it is.
pub(super) fn read_statement(bundle: &Bundle) -> std::result::Result<Statement, Box<Check>> {
    let no = |code: &str, summary: &str| Check::prose(Stage::Statement, code, Outcome::Fail, summary);
    if bundle.envelope.payload_type != PAYLOAD_TYPE {
        return Err(no(
            "STATEMENT-PAYLOAD-TYPE",
            "What was signed does not say that it is an in-toto statement",
        )
        .expected(PAYLOAD_TYPE)
        .found(bundle.envelope.payload_type.as_str())
        .evidence("dsseEnvelope.payloadType")
        .remedy("This is not a model signature; get the one that belongs to the model")
        .into());
    }
    Statement::parse(&bundle.envelope.payload).map_err(|error| {
        if let Some(check) = other_type(&bundle.envelope.payload) {
            return check.into();
        }
        let check = if error.code == Code::TooLarge {
            no("STATEMENT-TOO-LARGE", "The signed statement is larger than can be looked at")
        } else {
            no("STATEMENT-MALFORMED", "The signed statement is not a manifest as OMS asks for")
        };
        let check = check
            .expected("an in-toto statement v1 with one subject and an OMS manifest")
            .found(error.what)
            .remedy(error.help.as_deref().map(sentence).unwrap_or_else(|| {
                "Tell the publisher: the signing tool wrote a statement that no verifier should accept"
                    .to_owned()
            }));
        match error.at {
            Some(at) => check.evidence(at).into(),
            None => check.into(),
        }
    })
}

/// A statement about something else is told by its types.
fn other_type(payload: &[u8]) -> Option<Check> {
    let statement = outline(payload)?;
    let said = |field: &str| statement.get(field).and_then(serde_json::Value::as_str);
    let no = |field: &str, expected: &str, found: &str| {
        Check::prose(
            Stage::Statement,
            "STATEMENT-TYPE",
            Outcome::Fail,
            "The signed statement is of another type: it does not sign a model",
        )
        .expected(expected)
        .found(found)
        .evidence(field)
        .remedy("Name the file that holds the model signature; this one may be a claim of another kind")
    };
    match (said("_type"), said("predicateType")) {
        (Some(found), _) if found != STATEMENT_TYPE => Some(no("_type", STATEMENT_TYPE, found)),
        (_, Some(found)) if !found.starts_with("https://model_signing/") => {
            Some(no("predicateType", PREDICATE_TYPE, found))
        }
        (_, Some(found)) if is_other_version(found) => {
            let mut check = no("predicateType", PREDICATE_TYPE, found);
            check.code = CheckCode::StatementVersion;
            check.prose_mut().summary =
                "The model was signed by a version of OMS that is not known here".to_owned();
            check.words().remedy =
                Some("Get a newer Touchmark, or ask the publisher for a signature of OMS v1".to_owned());
            Some(check)
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
    let count = manifest.resources.len();
    if statement.legacy {
        return Check::prose(
            Stage::Statement,
            "STATEMENT-LEGACY",
            Outcome::Partial,
            format!("A statement of version 0.2.0, before OMS, over {count} files: it has no root digest"),
        )
        .expected(PREDICATE_TYPE)
        .found(PREDICATE_TYPE_V02)
        .remedy("Ask the publisher to sign again with a current tool");
    }
    let hash = manifest.serialization.hash.as_str();
    Check::prose_pass(
        Stage::Statement,
        match manifest.serialization.shard_size {
            Some(size) => {
                format!("An OMS manifest of {count} shards of up to {size} bytes, hashed with {hash}")
            }
            None => format!("An OMS manifest of {count} files, hashed with {hash}"),
        },
    )
}

/// SUBJECT: the statement's own root digest against the resources it lists (rulings 10).
pub(super) fn check_subject(statement: &Statement) -> Check {
    let root = statement.manifest.root_digest();
    match statement.subject_digest {
        None => Check::prose(
            Stage::Subject,
            Stage::Subject.name(),
            Outcome::NotApplicable,
            "Statements of version 0.2.0 name no root digest",
        ),
        Some(digest) if digest == root => {
            Check::prose_pass(Stage::Subject, "The root digest is that of the files it lists")
                .found(root.to_string())
        }
        Some(digest) => Check::prose(
            Stage::Subject,
            "SUBJECT-DIGEST",
            Outcome::Fail,
            "The statement contradicts itself: its root digest is not that of the files it lists",
        )
        .expected(root.to_string())
        .found(digest.to_string())
        .evidence("subject[0].digest.sha256")
        .remedy(
            "Refuse the signature and tell the publisher: the signing tool is wrong, or was tampered with",
        ),
    }
}
