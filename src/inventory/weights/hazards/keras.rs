//! Keras: layers that hold code (Lambda), or name classes that are not Keras' own, which loading imports.

use serde_json::Value;
use std::io::{Read, Seek};

use super::found::Hazards;
use super::imports;
use super::window::{Stop, Window};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// How an HDF5 file begins.
pub(super) const HDF5_MAGIC: &[u8] = b"\x89HDF\r\n\x1a\n";
/// What is read of an HDF5 file at a time, and how much of it is looked at twice, for what lies across.
const HDF5_STEP: usize = 1024 * 1024;
const HDF5_ACROSS: usize = 4096;
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
/// Layers that read the file their configuration names instead of holding what is in it.
const READ_FILES: [&str; 3] = ["IntegerLookup", "StringLookup", "TextVectorization"];
/// Where Keras' own classes are.
const OWN_MODULES: [&str; 4] = ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"];

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
    match serde_json::from_slice::<Value>(&bytes) {
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
                    // A function is named where the configuration of a class would be.
                    let function = inner.and_then(Value::as_str).filter(|_| class == "function");
                    let class = function.unwrap_or(class);
                    one_class(class, text("module"), text("registered_name"), name, found);
                }
                waiting.extend(fields.values());
            }
            _ => {}
        }
    }
}

fn one_class(class: &str, module: Option<&str>, registered: Option<&str>, place: &str, found: &mut Hazards) {
    let kind = HazardKind::Keras;
    if let Some((_, why)) = RUN_CODE.iter().find(|(known, _)| *known == class) {
        return found.add(Tier::Dangerous, kind, place, class, *why);
    }
    let is_own = |module: &str| {
        OWN_MODULES
            .iter()
            .any(|own| module.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    if let Some(module) = module {
        let what = format!("{module}.{class}");
        match imports::tier(module, class) {
            Tier::Dangerous => {
                return found.add(Tier::Dangerous, kind, place, &what, "loading imports what can run code");
            }
            Tier::Suspicious if !is_own(module) && module != "builtins" => {
                return found.add(Tier::Suspicious, kind, place, &what, "a class that is not Keras' own");
            }
            _ => {}
        }
    }
    // Registered classes are written `package>Class`; Keras' own say only the class.
    if let Some((package, _)) = registered.and_then(|registered| registered.split_once('>'))
        && !is_own(package)
    {
        let what = registered.unwrap_or_default();
        found.add(Tier::Suspicious, kind, place, what, "a class that is not Keras' own");
    }
}

/// Looks through an HDF5 file for the words of a configuration: attributes lie anywhere in it, and are not packed.
pub(super) fn look_hdf5<R: Read + Seek>(window: &mut Window<'_, R>, found: &mut Hazards) {
    let mut seen = Vec::new();
    while window.left() > 0 {
        let count = usize::try_from(window.left()).unwrap_or(HDF5_STEP).min(HDF5_STEP);
        match window.bytes(count) {
            Ok(bytes) => seen.extend(bytes),
            Err(stop) => {
                let why = match stop {
                    Stop::Limit(_) => format!("the rest, {} bytes, is more than is looked at", window.left()),
                    _ => stop.to_string(),
                };
                let place = format!("byte {}", window.at());
                return found.add(Tier::Unreadable, HazardKind::Keras, &place, "", why);
            }
        }
        words(&seen, found);
        seen.drain(..seen.len().saturating_sub(HDF5_ACROSS));
    }
}

fn words(bytes: &[u8], found: &mut Hazards) {
    let kind = HazardKind::Keras;
    let keys = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\\'));
    for (at, _) in keys {
        let rest = bytes.get(at..).unwrap_or_default();
        if let Some((class, why)) = RUN_CODE.iter().find(|(class, _)| names_class(rest, class)) {
            found.add(Tier::Dangerous, kind, "model_config", class, *why);
        }
        // Nobody who writes JSON escapes plain letters.
        if let [b'\\', b'u', b'0', b'0', b'4'..=b'7', digit, ..] = rest
            && digit.is_ascii_hexdigit()
        {
            found.add(
                Tier::Suspicious,
                kind,
                "model_config",
                "",
                "letters written so that a search misses them",
            );
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
