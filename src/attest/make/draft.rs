//! A predicate before and after it was held against the registry, and the statement about a model that it becomes.

use super::super::claimed::{SchemaFault, Validity};
use super::super::kind::PredicateKind;
use super::super::registry::Registry;
use super::super::said::Said;
use crate::error::{Code, Error, Result};
use crate::signing::RootDigest;
use crate::text::{Untrusted, screen};
use serde_json::{Value, json};

pub(super) const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// What a claim is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// A name for people.
    pub name: Untrusted,
    /// The model's root digest.
    pub root: RootDigest,
}

/// An unchecked predicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its type.
    pub predicate_type: String,
    /// The predicate.
    pub predicate: Value,
}

/// A predicate that matches its schema in the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Its type.
    pub predicate_type: String,
    /// What it is about.
    pub kind: PredicateKind,
    /// Its content, as a verifier reads it.
    pub said: Said,
    /// The predicate.
    pub predicate: Value,
}

impl Draft {
    /// Holds the predicate against the registry; `kinds` are those that may be made here.
    ///
    /// # Errors
    /// `E-MALFORMED` with the path of the first field that is missing or wrong; `E-USAGE` when the type is not known,
    /// or is of another kind.
    pub fn check(self, kinds: &[PredicateKind]) -> Result<Made> {
        let Draft { predicate_type, predicate } = self;
        let registry = Registry::bundled();
        let (kind, validity, said) = registry.read(&predicate_type, &predicate);
        let Some(kind) = kind.filter(|kind| kinds.contains(kind)) else {
            let known: Vec<&str> = registry
                .predicates()
                .iter()
                .filter(|known| kinds.contains(&known.kind))
                .map(|known| known.uri.as_str())
                .collect();
            let what = match kind {
                None => "unknown predicate type: the claim would never count",
                Some(_) => "this command does not make predicates of this type",
            };
            return Err(Error::new(Code::Usage, what)
                .at(predicate_type)
                .help(format!("give one of these with --type: {}", known.join(", "))));
        };
        match validity {
            Validity::Valid => Ok(Made { predicate_type, kind, said, predicate }),
            Validity::Unknown => {
                Err(Error::new(Code::Malformed, "this version cannot read predicates of this type")
                    .at(predicate_type)
                    .help("give another type with --type; docs/predicates.md lists them"))
            }
            Validity::Invalid(faults) => Err(invalid(&predicate_type, &faults)),
        }
    }
}

/// Faults that an error names.
const MANY: usize = 5;

pub(super) fn invalid(predicate_type: &str, faults: &[SchemaFault]) -> Error {
    let mut told: Vec<String> = faults
        .iter()
        .take(MANY)
        .map(|fault| format!("`{}` {}", fault.path.screen(), fault.what.words()))
        .collect();
    if faults.len() > MANY {
        told.push(format!("{} more", faults.len() - MANY));
    }
    let at = faults.first().map(|fault| fault.path.raw().to_owned()).unwrap_or_default();
    Error::new(Code::Malformed, format!("the predicate does not match its schema: {}", told.join(", ")))
        .at(at)
        .help(format!("correct the field; docs/predicates.md describes {}", screen(predicate_type)))
}

impl Made {
    /// The statement about a subject.
    pub fn statement(&self, subject: &Subject) -> Value {
        json!({
            "_type": STATEMENT_TYPE,
            "subject": [{ "name": subject.name.raw(), "digest": { "sha256": subject.root.to_string() } }],
            "predicateType": self.predicate_type,
            "predicate": self.predicate,
        })
    }

    /// The same as the bytes that are signed.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub fn payload(&self, subject: &Subject) -> Result<Vec<u8>> {
        serde_json::to_vec(&self.statement(subject)).map_err(|cause| {
            Error::new(Code::Internal, format!("a statement cannot be written as JSON ({cause})"))
        })
    }
}
