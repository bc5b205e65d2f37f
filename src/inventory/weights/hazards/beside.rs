//! What configuration files ask for: code beside the weights or in another repository, and templates that a
//! tokenizer runs. It reads values that were parsed elsewhere.

use serde_json::Value;

use super::found::Hazards;
use super::imports;
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Names looked at in one file.
const MAX_NAMES: usize = 1024;
/// Packages whose classes a configuration may name without more.
const OWN_PACKAGES: [&str; 7] =
    ["diffusers", "onnxruntime", "optimum", "peft", "sentence_transformers", "torch", "transformers"];

/// What a configuration asks a loader to run.
pub(in crate::inventory) fn of_configuration(config: &Value, has_python: bool, found: &mut Hazards) {
    let kind = HazardKind::RemoteCode;
    let mut asked = names("/auto_map", config.get("auto_map"));
    // transformers: each task of one's own names its class so.
    let pipelines = config.get("custom_pipelines").and_then(Value::as_object).into_iter().flatten();
    asked.extend(pipelines.filter_map(|(_, task)| Some(("/custom_pipelines", task.get("impl")?.as_str()?))));
    // diffusers: `["module", "Class"]` names the pipeline of a file beside the weights.
    asked.extend(names("/_class_name", config.get("_class_name").filter(|name| name.is_array())));
    for (place, name) in asked.iter().take(MAX_NAMES) {
        let (tier, why) = match name.split_once("--") {
            // transformers: `owner/name--module.Class` is fetched from that repository.
            Some(_) => (Tier::Dangerous, "code of another repository, which no signature here covers"),
            None if has_python => (Tier::Suspicious, "Python beside the weights, run by whom trusts it"),
            None => (Tier::Noted, "names Python that is not beside the weights"),
        };
        found.add(tier, kind, place, name, why);
    }
    if asked.len() > MAX_NAMES {
        found.add(Tier::Unreadable, kind, "", "", "it names more code than is looked at");
    }
    if config.get("auto_map").is_some_and(|map| names("", Some(map)).is_empty()) && has_python {
        found.add(Tier::Suspicious, kind, "/auto_map", "", "names Python in a way that is not known here");
    }
    // sentence-transformers: a list of modules; peft: the library that an adapter's base comes from.
    let modules = config.as_array().into_iter().flatten().filter_map(|module| module.get("type")?.as_str());
    let library = config.get("auto_mapping").and_then(|mapping| mapping.get("parent_library")?.as_str());
    let classes = modules.map(|class| ("/type", class)).chain(library.map(|name| ("/auto_mapping", name)));
    for (place, class) in classes.take(MAX_NAMES) {
        let (module, name) = class.rsplit_once('.').unwrap_or((class, ""));
        if OWN_PACKAGES.contains(&class.split('.').next().unwrap_or(class)) {
            continue;
        }
        let tier = if has_python { Tier::Suspicious } else { Tier::Noted };
        let tier = tier.min(match imports::tier(module, name) {
            Tier::Dangerous => Tier::Dangerous,
            _ => Tier::Noted,
        });
        found.add(tier, kind, place, class, "a module that the loader imports for this model");
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

/// Every string of a map, a list, or lists in a map: `auto_map` has been written in all of these ways.
fn names<'a>(place: &'static str, asked: Option<&'a Value>) -> Vec<(&'static str, &'a str)> {
    let values: Vec<&Value> = match asked {
        Some(Value::Object(map)) => map.values().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    };
    let texts = values.into_iter().flat_map(|value| match value {
        Value::Array(names) => names.as_slice(),
        name => std::slice::from_ref(name),
    });
    texts.filter_map(Value::as_str).map(|name| (place, name)).collect()
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

/// A file, or more, that was not looked into, for a reason in our own words.
pub(in crate::inventory) fn unlooked(why: &str, found: &mut Hazards) {
    found.add(
        Tier::Unreadable,
        HazardKind::File,
        "",
        "",
        format!("not looked into, so it may hold anything: {why}"),
    );
}
