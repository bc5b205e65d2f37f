//! Keras: layers that hold code (Lambda), or name classes that are not Keras' own, which loading imports.

use serde_json::Value;
use std::io::{Read, Seek};
use std::path::Path;

use super::window::Window;
use super::{HazardKind, Hazards, Tier, imports};
use crate::inventory::reading;

/// How an HDF5 file begins.
pub(super) const HDF5_MAGIC: &[u8] = b"\x89HDF\r\n\x1a\n";
/// What is looked at of an HDF5 file, at each end: the configuration is an attribute of its root.
const HDF5_BYTES: u64 = 1024 * 1024;
/// The configuration in a `.keras` archive.
const MAX_CONFIG: u64 = 16 * 1024 * 1024;
/// Values of one configuration.
const MAX_VALUES: u64 = 1_000_000;

/// Classes that run code of the file, whatever their module.
const RUN_CODE: [(&str, &str); 4] = [
    ("Lambda", "a layer of Python bytecode, which runs when the model is loaded or used"),
    ("__lambda__", "Python bytecode, which runs when the model is loaded or used"),
    ("TorchModuleWrapper", "a layer that holds a PyTorch pickle"),
    ("TFSMLayer", "a layer that loads a program from another path"),
];
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

/// Looks at both ends of an HDF5 file for the configuration's words.
pub(super) fn look_hdf5(path: &Path, found: &mut Hazards) {
    let ends = reading::start(path, HDF5_BYTES).and_then(|(start, complete)| {
        let rest = if complete { Vec::new() } else { reading::end(path, HDF5_BYTES)? };
        Ok([start, rest])
    });
    let Ok(ends) = ends else {
        return found.add(Tier::Unreadable, HazardKind::Keras, "", "", "cannot be read");
    };
    for part in &ends {
        for (class, why) in RUN_CODE.iter().filter(|(class, _)| names_class(part, class)) {
            found.add(Tier::Dangerous, HazardKind::Keras, "model_config", class, *why);
        }
    }
}

/// `"class_name": "Lambda"`, with any space around the colon.
fn names_class(bytes: &[u8], class: &str) -> bool {
    let key = b"\"class_name\"".as_slice();
    let value = format!("\"{class}\"");
    bytes.windows(key.len()).enumerate().filter(|(_, window)| *window == key).any(|(at, _)| {
        let rest = bytes.get(at + key.len()..).unwrap_or_default().trim_ascii_start();
        let rest = rest.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
        rest.is_some_and(|rest| rest.starts_with(value.as_bytes()))
    })
}
