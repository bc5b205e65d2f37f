//! What configuration files ask for: code beside the weights or in another repository, and templates that a
//! tokenizer runs. It reads values that were parsed elsewhere.

use serde_json::Value;

use super::{HazardKind, Hazards, Tier};

/// Names told of one file.
const MAX_NAMES: usize = 16;

/// What a configuration asks a loader to run.
pub(in crate::inventory) fn of_configuration(config: &Value, has_python: bool, found: &mut Hazards) {
    let kind = HazardKind::RemoteCode;
    for name in names(config.get("auto_map")) {
        let (tier, why) = match name.split_once("--") {
            // transformers: `owner/name--module.Class` is fetched from that repository.
            Some(_) => (Tier::Dangerous, "code of another repository, which no signature here covers"),
            None if has_python => (Tier::Suspicious, "Python beside the weights, run by whom trusts it"),
            None => (Tier::Noted, "names Python that is not beside the weights"),
        };
        found.add(tier, kind, "/auto_map", name, why);
    }
    if config.get("auto_map").is_some_and(|map| names(Some(map)).next().is_none()) && has_python {
        found.add(Tier::Suspicious, kind, "/auto_map", "", "names Python in a way that is not known here");
    }
    if config.get("trust_remote_code").is_some_and(|value| value != &Value::Bool(false)) {
        let tier = if has_python { Tier::Suspicious } else { Tier::Noted };
        let why = "the configuration itself asks to be trusted with code";
        found.add(tier, kind, "/trust_remote_code", "", why);
    }
    if config.get("chat_template").is_some_and(|template| !template.is_null()) {
        let why = "a template that the tokenizer runs (Jinja)";
        found.add(Tier::Noted, HazardKind::Template, "/chat_template", "", why);
    }
}

/// Every string of an `auto_map`: values are names or lists of names.
fn names(map: Option<&Value>) -> impl Iterator<Item = &str> {
    let values = map.and_then(Value::as_object).into_iter().flatten().map(|(_, value)| value);
    values
        .flat_map(|value| match value {
            Value::Array(names) => names.as_slice(),
            name => std::slice::from_ref(name),
        })
        .filter_map(Value::as_str)
        .take(MAX_NAMES)
}

/// Whether a file is a template, or a GGUF file whose head holds one.
pub(super) fn is_template(extension: &str, head: &[u8]) -> bool {
    if matches!(extension, "jinja" | "jinja2") {
        return true;
    }
    let key = b"tokenizer.chat_template".as_slice();
    head.starts_with(b"GGUF") && head.windows(key.len()).any(|window| window == key)
}

/// Python lies beside the weights, and no configuration names it.
pub(in crate::inventory) fn of_python(found: &mut Hazards) {
    let why = "Python lies in the folder; no configuration asks for it";
    found.add(Tier::Noted, HazardKind::RemoteCode, "", "", why);
}
