//! STATEMENT and SUBJECT in words.

use crate::check::fault::DocumentFault;
use crate::check::why::{StatementWhy, SubjectWhy, TypeField};
use crate::text::{Untrusted, count};

use super::{Words, sentence};

pub(super) fn statement(why: &StatementWhy) -> Words {
    let many = |resources: &u64, one: &str| count(usize::try_from(*resources).unwrap_or(usize::MAX), one);
    match why {
        StatementWhy::Manifest { resources, shard_size: Some(size), hash } => Words::line(format!(
            "An OMS manifest of {} of up to {size} bytes, hashed with {}",
            many(resources, "shard"),
            hash.as_str()
        )),
        StatementWhy::Manifest { resources, shard_size: None, hash } => Words::line(format!(
            "An OMS manifest of {}, hashed with {}",
            many(resources, "file"),
            hash.as_str()
        )),
        StatementWhy::Legacy { resources } => Words {
            expected: Some("a statement of OMS v1, which has a root digest".into()),
            found: Some("version 0.2.0".into()),
            remedy: Some("Ask the publisher to sign again with a current tool".to_owned()),
            ..Words::line(format!(
                "A statement of version 0.2.0, before OMS, over {}: it has no root digest",
                many(resources, "file")
            ))
        },
        StatementWhy::PayloadType { expected, found } => Words {
            expected: Some(expected.clone()),
            found: Some(found.clone()),
            evidence: Some("dsseEnvelope.payloadType".into()),
            remedy: Some(
                "Get the signature that belongs to the model: this is not a model signature".to_owned(),
            ),
            ..Words::line("The signed payload is not declared as an in-toto statement")
        },
        StatementWhy::OtherType { field, expected, found, is_version } => {
            let (summary, remedy) = if *is_version {
                (
                    "The model was signed by a version of OMS that is not supported",
                    "Get a newer Touchmark, or ask the publisher for a signature of OMS v1",
                )
            } else {
                (
                    "The signed statement is of another type: it does not sign a model",
                    "Name the file that holds the model signature; this one may be a claim of another kind",
                )
            };
            Words {
                expected: Some(expected.clone()),
                found: Some(found.clone()),
                evidence: Some(match field {
                    TypeField::Statement => "_type".into(),
                    TypeField::Predicate => "predicateType".into(),
                }),
                remedy: Some(remedy.to_owned()),
                ..Words::line(summary)
            }
        }
        StatementWhy::TooLarge(fault) => faulty("The signed statement is too large to be read", fault),
        StatementWhy::Malformed(fault) => {
            faulty("The signed statement is not a manifest as OMS requires", fault)
        }
    }
}

fn faulty(summary: &str, fault: &DocumentFault) -> Words {
    let advice = fault.advice.as_ref().map(|advice| sentence(advice.raw()));
    Words {
        expected: Some("an in-toto statement v1 with one subject and an OMS manifest".into()),
        found: Some(fault.said.clone()),
        evidence: fault.at.clone(),
        remedy: Some(advice.unwrap_or_else(|| {
            "Report it to the publisher: the signing tool wrote a statement that no verifier should accept".to_owned()
        })),
        ..Words::line(summary)
    }
}

pub(super) fn subject(why: &SubjectWhy) -> Words {
    match why {
        SubjectWhy::Matches { root } => Words {
            found: Some(Untrusted::new(root)),
            ..Words::line("The root digest matches the files that the statement lists")
        },
        SubjectWhy::Legacy => Words::line("Statements of version 0.2.0 have no root digest"),
        SubjectWhy::Differs { listed, stated } => Words {
            expected: Some(Untrusted::new(listed)),
            found: Some(Untrusted::new(stated)),
            evidence: Some("subject[0].digest.sha256".into()),
            remedy: Some(
                "Refuse the signature and report it to the publisher: the signing tool is faulty, or was tampered with"
                    .to_owned(),
            ),
            ..Words::line(
                "The statement contradicts itself: its root digest is not that of the files it lists",
            )
        },
    }
}
