//! Small documents in JSON, as they lie beside models. Why one cannot be read is told in our own words.
//! They are read as a loader reads them: a byte order mark, which a bill may begin with, is an error here.

use serde_json::Value;

use crate::inventory::weights::lenient;

/// A JSON value of a configuration, as Python reads it; the error is in our own words.
pub(super) fn value(bytes: &[u8]) -> Result<Value, String> {
    lenient::value(bytes)
}

/// A JSON object; the error is in our own words.
pub(super) fn object(bytes: &[u8]) -> Result<Value, String> {
    let root: Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("not valid JSON, at line {} column {}", error.line(), error.column()))?;
    if root.is_object() { Ok(root) } else { Err("not a JSON object".to_owned()) }
}

/// Text of a member; empty where there is none.
pub(super) fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
