//! A predicate from a file: bare, or in a whole statement as printed by `--dry-run`.

use super::super::exact::unchanged;
use super::draft::{Draft, STATEMENT_TYPE, Subject};
use crate::error::{Code, Error, Result};
use serde_json::{Map, Value};

const MAX_DEPTH: usize = 64;

/// Reads a predicate. `named` is the type given with it, `usual` the default type. Nothing of the file is rounded or left
/// out.
///
/// # Errors
/// `E-MALFORMED` if it is not a JSON object, has a number that would be rounded, or is a statement with members that would
/// not be signed; `E-USAGE` when a whole statement is of another type than was said, or about another model than this one.
pub fn given(bytes: &[u8], named: Option<&str>, usual: &str, about: &Subject) -> Result<Draft> {
    let mut value = crate::json::parse(bytes, MAX_DEPTH)?;
    unchanged(bytes, String::new())?;
    let Some(object) = value.as_object_mut() else {
        return Err(Error::new(Code::Malformed, "not a JSON object, so not a predicate")
            .help("`--dry-run` prints a statement to start from"));
    };
    let is_statement = object.contains_key("_type") && object.contains_key("predicateType");
    if !is_statement {
        let predicate_type = named.unwrap_or(usual).to_owned();
        return Ok(Draft { predicate_type, predicate: value });
    }
    if object.get("_type").and_then(Value::as_str) != Some(STATEMENT_TYPE) {
        return Err(Error::new(Code::Malformed, "not an in-toto Statement v1")
            .at("_type")
            .help(format!("write {STATEMENT_TYPE}, or give the predicate alone")));
    }
    let said = object.get("predicateType").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(named) = named.filter(|named| *named != said) {
        return Err(Error::new(Code::Usage, format!("the statement's type differs from --type: {named}"))
            .at(said)
            .help("leave out --type, or correct `predicateType`"));
    }
    only(object, "", &["_type", "subject", "predicateType", "predicate"])?;
    let root = about.root.to_string();
    let subjects = object.get("subject").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_this =
        |subject: &Value| subject.pointer("/digest/sha256").and_then(Value::as_str) == Some(root.as_str());
    if !matches!(subjects, [one] if is_this(one)) {
        return Err(Error::new(Code::Usage, "the statement is not about this model in its current state")
            .at("subject[0].digest.sha256")
            .help(format!(
                "the model's root digest is {root}; correct the statement, or give the predicate alone"
            )));
    }
    for subject in subjects.iter().filter_map(Value::as_object) {
        only(subject, "subject[0].", &["name", "digest"])?;
        let digests = subject.get("digest").and_then(Value::as_object);
        digests.map_or(Ok(()), |digests| only(digests, "subject[0].digest.", &["sha256"]))?;
        let name = subject.get("name").filter(|name| name.as_str() != Some(about.name.raw()));
        if name.is_some() {
            let name = about.name.screen();
            return Err(Error::new(Code::Usage, "the statement has another name for this model")
                .at("subject[0].name")
                .help(format!("use the name {name}, leave out `name`, or give the predicate alone")));
        }
    }
    let predicate = object.get_mut("predicate").map(Value::take).unwrap_or_default();
    Ok(Draft { predicate_type: said, predicate })
}

/// Refuses members that would not be signed.
fn only(object: &Map<String, Value>, place: &str, known: &[&str]) -> Result<()> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(other) => Err(Error::new(Code::Malformed, "a new statement would not include this field")
            .at(format!("{place}{other}"))
            .help("remove it, or give the predicate alone")),
    }
}
