//! A predicate from a file: bare, or in a whole statement as printed by `--dry-run`.

use super::draft::{Draft, STATEMENT_TYPE};
use crate::error::{Code, Error, Result};
use crate::signing::RootDigest;
use serde_json::Value;

const MAX_DEPTH: usize = 64;

/// Reads a predicate. `named` is the type given with it, `usual` the default type.
///
/// # Errors
/// `E-MALFORMED` for what is no JSON object; `E-USAGE` when a whole statement is of another type than was said, or about
/// another model than this one.
pub fn given(bytes: &[u8], named: Option<&str>, usual: &str, root: &RootDigest) -> Result<Draft> {
    let mut value = crate::json::parse(bytes, MAX_DEPTH)?;
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
    let root = root.to_string();
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
    let predicate = object.get_mut("predicate").map(Value::take).unwrap_or_default();
    Ok(Draft { predicate_type: said, predicate })
}
