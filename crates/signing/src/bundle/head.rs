//! What a statement says of itself: its type and its subjects. Its predicate may be any.

use crate::text::Untrusted;

use super::document::Bundle;
use super::manifest::outline;

/// What a statement says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it claims.
    pub predicate_type: Untrusted,
    /// The SHA-256 of each subject that names one.
    pub subjects: Vec<Untrusted>,
    /// Each subject with its name and digests.
    pub named: Vec<SubjectSaid>,
}

/// A subject, as in the statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectSaid {
    /// Its name: informative only.
    pub name: Option<Untrusted>,
    /// Its digests: algorithm and value. A value that is not a string is left out.
    pub digests: Vec<(Untrusted, Untrusted)>,
}

impl SubjectSaid {
    fn of(subject: &serde_json::Value) -> Self {
        let set = subject.get("digest").and_then(serde_json::Value::as_object).into_iter().flatten();
        let value = |value: &serde_json::Value| Untrusted::from(value.as_str().unwrap_or_default());
        SubjectSaid {
            name: subject.get("name").and_then(serde_json::Value::as_str).map(Untrusted::from),
            digests: set.take(MAX_DIGESTS).map(|(name, said)| (name.as_str().into(), value(said))).collect(),
        }
    }
}

const STATEMENT_TYPES: [&str; 2] =
    [crate::bundle::manifest::STATEMENT_TYPE, "https://in-toto.io/Statement/v0.1"];

const MAX_SUBJECTS: usize = 1000;
/// Digests of one subject.
const MAX_DIGESTS: usize = 32;

/// Reads type and subjects of a statement; its predicate may be any.
///
/// # Errors
/// Why it is no statement, in our own words.
pub fn read_head(bundle: &Bundle) -> Result<Head, &'static str> {
    // The payload's type is only a hint at the predicate (in-toto attestation framework, envelope).
    let kind = bundle.envelope.payload_type.strip_prefix("application/vnd.in-toto");
    if !kind.is_some_and(|rest| rest == "+json" || (rest.starts_with('.') && rest.ends_with("+json"))) {
        return Err("what was signed does not say that it is an in-toto statement");
    }
    let document = outline(&bundle.envelope.payload).ok_or("the statement is not JSON within the limits")?;
    let text = |field: &str| document.get(field).and_then(serde_json::Value::as_str);
    if !text("_type").is_some_and(|said| STATEMENT_TYPES.contains(&said)) {
        return Err("what was signed is not an in-toto statement");
    }
    let predicate_type =
        text("predicateType").filter(|said| !said.is_empty()).ok_or("the statement names no predicate")?;
    let subjects = document.get("subject").and_then(serde_json::Value::as_array);
    let subjects = subjects.filter(|list| !list.is_empty()).ok_or("the statement names no subject")?;
    // The subjects of version 0.2.0 are files: none of them names a model.
    let of_files = predicate_type == crate::bundle::manifest::PREDICATE_TYPE_V02;
    if subjects.len() > MAX_SUBJECTS && !of_files {
        return Err("the statement names more subjects than are looked at");
    }
    let digest = |subject: &serde_json::Value| Some(subject.pointer("/digest/sha256")?.as_str()?.into());
    let named = subjects.iter().take(MAX_SUBJECTS).map(SubjectSaid::of).collect();
    let subjects = if of_files { Vec::new() } else { subjects.iter().filter_map(digest).collect() };
    Ok(Head { predicate_type: predicate_type.into(), subjects, named })
}

pub(crate) fn is_model_signature(bundle: &Bundle) -> bool {
    read_head(bundle).is_ok_and(|head| head.predicate_type.raw().starts_with("https://model_signing/"))
}
