//! Keras: layers that hold code (Lambda), or name classes that are not Keras' own, which loading imports.

use serde_json::Value;
use std::io::{Read, Seek};

use super::found::Hazards;
use super::hdf5::{self, Part};
use super::imports;
use super::window::{Stop, Window};
use crate::inventory::model::hazard::{HazardKind, Tier};
use crate::inventory::weights::lenient;

/// How an HDF5 file begins.
pub(super) const HDF5_MAGIC: &[u8] = hdf5::MAGIC;
/// The configuration in a `.keras` archive.
const MAX_CONFIG: u64 = 4 * 1024 * 1024;
/// Values of one configuration.
const MAX_VALUES: u64 = 1_000_000;

/// Classes that run code of the file, whatever their module.
const RUN_CODE: [(&str, &str); 4] = [
    ("Lambda", "a layer of Python bytecode, which runs when the model is loaded or used"),
    ("__lambda__", "Python bytecode, which runs when the model is loaded or used"),
    ("TorchModuleWrapper", "a layer that holds a PyTorch pickle"),
    ("TFSMLayer", "a layer that loads a program from another path"),
];
/// Packages beside Keras whose classes it takes without asking, and the modules below them that hold parts of models.
const HUB: [&str; 3] = ["keras_cv", "keras_hub", "keras_nlp"];
const HUB_PARTS: [&str; 5] = ["layers", "metrics", "models", "samplers", "tokenizers"];
/// What tokenizers of these read, where it is given as text.
const HUB_FILES: [&str; 3] = ["merges", "proto", "vocabulary"];
/// Layers that read the file their configuration names instead of holding what is in it.
const READ_FILES: [&str; 3] = ["IntegerLookup", "StringLookup", "TextVectorization"];
/// Where Keras' own classes are.
const OWN_MODULES: [&str; 4] = ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"];
/// The modules below these whose classes are parts of a model; a loader resolves all others as well.
const PARTS: [&str; 17] = [
    "activations",
    "constraints",
    "dtype_policies",
    "engine",
    "initializers",
    "layers",
    "legacy_tf_layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "quantizers",
    "random",
    "regularizers",
    "rematerialization",
];
/// Those among them whose functions only calculate.
const FUNCTIONS: [&str; 8] =
    ["activations", "constraints", "initializers", "losses", "metrics", "ops", "optimizers", "regularizers"];
/// Classes that are named in the package itself.
const OF_PACKAGE: [&str; 11] = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Functional",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Model",
    "QuantizedDTypePolicy",
    "Sequential",
    "Variable",
];

/// Looks at the configuration of a `.keras` archive.
pub(super) fn look_config<R: Read + Seek>(window: &mut Window<'_, R>, name: &str, found: &mut Hazards) {
    let mut unreadable = |why: String| found.add(Tier::Unreadable, HazardKind::Keras, name, "", why);
    let size = window.left();
    if size > MAX_CONFIG {
        return unreadable(format!("a configuration of {size} bytes, more than is looked at"));
    }
    let bytes = match window.bytes(usize::try_from(size).unwrap_or(0)) {
        Ok(bytes) => bytes,
        Err(stop) => return unreadable(stop.to_string()),
    };
    match lenient::value(&bytes) {
        Ok(config) => classes(&config, name, found),
        Err(_) => unreadable("a configuration that is not valid JSON".to_owned()),
    }
}

fn classes(config: &Value, name: &str, found: &mut Hazards) {
    let mut waiting = vec![config];
    let mut left = MAX_VALUES;
    while let Some(value) = waiting.pop() {
        if left == 0 {
            let why = "more values than are looked at";
            return found.add(Tier::Unreadable, HazardKind::Keras, name, "", why);
        }
        left -= 1;
        match value {
            Value::Array(values) => waiting.extend(values),
            Value::Object(fields) => {
                let text = |key: &str| fields.get(key).and_then(Value::as_str);
                if let Some(class) = text("class_name") {
                    let inner = fields.get("config");
                    let vocabulary = inner.and_then(|inner| inner.get("vocabulary")).and_then(Value::as_str);
                    if let Some(file) = vocabulary.filter(|_| READ_FILES.contains(&class)) {
                        let why = "a layer that reads a file, or an address, that the configuration names";
                        found.add(Tier::Dangerous, HazardKind::Keras, name, file, why);
                    }
                    let of_hub = text("module").is_some_and(|module| hub(module).is_some());
                    let named =
                        HUB_FILES.iter().filter_map(|key| inner?.get(key)?.as_str()).filter(|_| of_hub);
                    for file in named {
                        let why =
                            "a tokenizer that reads a file, or an address, that the configuration names";
                        found.add(Tier::Dangerous, HazardKind::Keras, name, file, why);
                    }
                    // A function is named where the configuration of a class would be.
                    let function = inner.and_then(Value::as_str).filter(|_| class == "function");
                    let named = function.unwrap_or(class);
                    one_class(
                        named,
                        function.is_some(),
                        text("module"),
                        text("registered_name"),
                        name,
                        found,
                    );
                }
                waiting.extend(fields.values());
            }
            _ => {}
        }
    }
}

fn one_class(
    class: &str,
    is_function: bool,
    module: Option<&str>,
    registered: Option<&str>,
    place: &str,
    found: &mut Hazards,
) {
    let kind = HazardKind::Keras;
    if let Some((_, why)) = RUN_CODE.iter().find(|(known, _)| *known == class) {
        return found.add(Tier::Dangerous, kind, place, class, *why);
    }
    // Keras takes functions by the key of a class, too.
    let is_class = !is_function
        && class.starts_with(|first: char| first.is_ascii_uppercase())
        && class.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
    let is_value = |module: &str| module == "builtins" && imports::tier(module, class) > Tier::Dangerous;
    if let Some(module) = module.filter(|module| !is_value(module)) {
        let what = format!("{module}.{class}");
        let (tier, why) = match below_own(module) {
            None if is_class && hub(module).is_some_and(|part| HUB_PARTS.contains(&part)) => {
                (imports::tier(&module.replacen(".src.", ".", 1), class), "")
            }
            None => (
                imports::tier(module, class).min(Tier::Suspicious),
                "a class that is not Keras' own, and that loading imports",
            ),
            Some(below) => {
                let short = format!("keras.{below}");
                let short = short.trim_end_matches('.');
                let first = below.split('.').next().unwrap_or(below);
                let is_part = match (first, is_function) {
                    ("", _) => OF_PACKAGE.contains(&class),
                    (_, true) => FUNCTIONS.contains(&first),
                    (_, false) => PARTS.contains(&first),
                };
                match imports::tier(short, class) {
                    Tier::Dangerous => (Tier::Dangerous, "loading imports what can run code"),
                    _ if is_part => (Tier::Safe, ""),
                    _ if is_function => (
                        Tier::Dangerous,
                        "a function of Keras that is no part of a model, and that loading takes",
                    ),
                    _ => (
                        Tier::Suspicious,
                        "a class of Keras that is no part of a model, and that loading takes",
                    ),
                }
            }
        };
        let why = match tier {
            Tier::Dangerous if below_own(module).is_none() => "loading imports what can run code",
            _ => why,
        };
        if tier <= Tier::Suspicious {
            // Of the hub's what nobody has judged is known all the same.
            let is_known = tier == Tier::Suspicious && why.is_empty();
            let (tier, why) = match is_known {
                true => (Tier::Noted, "a class of KerasHub, which Keras takes as its own"),
                false => (tier, why),
            };
            return found.add(tier, kind, place, &what, why);
        }
    }
    // Registered classes are written `package>Class`; Keras' own say only the class.
    let registered = registered.or(Some(class)).and_then(|name| Some((name, name.split_once('>')?.0)));
    if let Some((what, package)) = registered
        && below_own(package).is_none()
        && !HUB.contains(&package)
    {
        found.add(Tier::Suspicious, kind, place, what, "a class that is not Keras' own");
    }
}

/// The part of KerasHub, or of the packages before it, that a module is of.
fn hub(module: &str) -> Option<&str> {
    let mut parts = module.split('.');
    parts.next().filter(|package| HUB.contains(package))?;
    let part = parts.next().unwrap_or_default();
    Some(if matches!(part, "src" | "api") { parts.next().unwrap_or_default() } else { part })
}

/// A module below Keras' own package, by its public name.
fn below_own(module: &str) -> Option<&str> {
    let below = OWN_MODULES
        .iter()
        .find_map(|own| module.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with('.')))?;
    let below = below.trim_start_matches('.');
    let inner = ["src", "api", "_tf_keras.keras", "_legacy"]
        .into_iter()
        .find_map(|inner| below.strip_prefix(inner).filter(|rest| rest.is_empty() || rest.starts_with('.')));
    Some(inner.unwrap_or(below).trim_start_matches('.'))
}

/// Looks through an HDF5 file, which `inside` names in an archive: attributes lie anywhere in it, and are not packed.
pub(super) fn look_hdf5<R: Read + Seek>(window: &mut Window<'_, R>, inside: &str, found: &mut Hazards) {
    let place = if inside.is_empty() { "model_config" } else { inside };
    let kind = HazardKind::Keras;
    let ended = hdf5::read(window, |part| match part {
        Part::Bytes(bytes) => words(bytes, place, found),
        Part::Config(config) => classes(config, place, found),
        Part::TooLong => {
            found.add(Tier::Unreadable, kind, place, "", "a configuration that is longer than is looked at");
        }
        Part::Elsewhere(how) => found.add(Tier::Dangerous, kind, inside, "", how),
    });
    if let Err(stop) = ended {
        let why = match stop {
            Stop::Limit(_) => format!("the rest, {} bytes, is more than is looked at", window.left()),
            _ => stop.to_string(),
        };
        found.add(Tier::Unreadable, kind, &format!("byte {}", window.at()), "", why);
    }
}

fn words(bytes: &[u8], place: &str, found: &mut Hazards) {
    let kind = HazardKind::Keras;
    let keys = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\\'));
    for (at, _) in keys {
        let rest = bytes.get(at..).unwrap_or_default();
        if let Some((class, why)) = RUN_CODE.iter().find(|(class, _)| names_class(rest, class)) {
            found.add(Tier::Dangerous, kind, place, class, *why);
        }
        // Nobody who writes JSON escapes plain letters.
        if let [b'\\', b'u', b'0', b'0', b'4'..=b'7', digit, ..] = rest
            && digit.is_ascii_hexdigit()
        {
            found.add(Tier::Suspicious, kind, place, "", "letters written so that a search misses them");
        }
    }
}

/// `"class_name": "Lambda"`, with any space around the colon.
fn names_class(bytes: &[u8], class: &str) -> bool {
    let value = |rest: &[u8]| {
        rest.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(class.as_bytes()))?.first().copied()
    };
    let rest = bytes.strip_prefix(b"\"class_name\"".as_slice()).map(<[u8]>::trim_ascii_start);
    let rest = rest.and_then(|rest| rest.strip_prefix(b":")).map(<[u8]>::trim_ascii_start);
    rest.and_then(value) == Some(b'"')
}
