//! What configuration files ask for: code beside the weights or in another repository, and templates that a
//! tokenizer runs. It reads values that were parsed elsewhere, at any depth, and knows no file and no layout.

use serde_json::Value;

use super::found::Hazards;
use super::{imports, template};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Names looked at in one file.
const MAX_NAMES: usize = 1024;
/// Values of one file.
const MAX_VALUES: usize = 1_000_000;
/// Packages whose classes a configuration may name without more.
const OWN_PACKAGES: [&str; 7] =
    ["diffusers", "onnxruntime", "optimum", "peft", "sentence_transformers", "torch", "transformers"];
/// Pipelines of diffusers that bring parts of their own: `["stable_diffusion", "StableDiffusionSafetyChecker"]`.
const OWN_PIPELINES: [&str; 22] = [
    "alt_diffusion",
    "audioldm2",
    "blip_diffusion",
    "consisid",
    "deepfloyd_if",
    "flux",
    "hidream_image",
    "kandinsky",
    "latent_diffusion",
    "ledits_pp",
    "paint_by_example",
    "shap_e",
    "spectrogram_diffusion",
    "stable_audio",
    "stable_cascade",
    "stable_diffusion",
    "stable_diffusion_safe",
    "stable_diffusion_xl",
    "unclip",
    "unidiffuser",
    "visualcloze",
    "wuerstchen",
];
/// What configures how attention is computed: a name of transformers' own, or a kernel of a repository.
const ATTENTION: [&str; 4] = [
    "_attn_implementation",
    "_attn_implementation_internal",
    "_experts_implementation",
    "attn_implementation",
];
/// Members that name a file or a module of Python that a loader runs, and what is said of them.
const NAMES_CODE: [(&str, &str); 7] = [
    ("code", "Python that MLflow puts in the way of imports"),
    ("code_paths", "Python that MLflow puts in the way of imports"),
    ("custom_generate", "Python that generation runs"),
    ("custom_pipeline", "Python of a pipeline, which its loader runs"),
    ("loader_module", "a module that MLflow imports for this model"),
    ("model_code_path", "Python that MLflow runs to make the model"),
    ("python_model", "an object that MLflow unpickles"),
];
/// Of these, the ones that only MLflow reads, in `flavors`.
const OF_MLFLOW: [&str; 5] = ["code", "code_paths", "loader_module", "model_code_path", "python_model"];
/// Loaders of MLflow that run what the model brings.
const MLFLOW_RUNS: [&str; 2] = ["mlflow.pyfunc.loaders", "mlflow.pyfunc.model"];

/// Indexes of pipelines of diffusers.
const INDEXES: [&str; 2] = ["model_index.json", "modular_config.json"];

const ELSEWHERE: &str = "code of another repository, which no signature here covers";

/// What a configuration, which its loader calls `name`, asks it to run.
pub(in crate::inventory) fn of_configuration(
    config: &Value,
    name: &str,
    has_python: bool,
    found: &mut Hazards,
) {
    let is_index = INDEXES.iter().any(|index| name.ends_with(index));
    let mut asked = Asked { has_python, is_index, names: 0, found };
    let mut waiting = vec![(String::new(), config)];
    let mut left = MAX_VALUES;
    while let Some((place, value)) = waiting.pop() {
        if left == 0 {
            let why = "it holds more values than are looked at";
            return asked.found.add(Tier::Unreadable, HazardKind::RemoteCode, &place, "", why);
        }
        left -= 1;
        match value {
            Value::Object(fields) => {
                asked.components(&place, fields);
                for (key, value) in fields {
                    let at = format!("{place}/{key}");
                    asked.member(&at, key, value);
                    if value.is_object() || value.is_array() {
                        waiting.push((at, value));
                    }
                }
            }
            Value::Array(values) => {
                let nested =
                    values.iter().enumerate().filter(|(_, value)| value.is_object() || value.is_array());
                waiting.extend(nested.map(|(index, value)| (format!("{place}/{index}"), value)));
            }
            _ => {}
        }
    }
    asked.modules(config);
    if asked.names > MAX_NAMES {
        let why = "it names more code than is looked at";
        found.add(Tier::Unreadable, HazardKind::RemoteCode, "", "", why);
    }
}

/// What is asked for while a configuration is looked through.
struct Asked<'f> {
    has_python: bool,
    /// Whether it is the index of a pipeline.
    is_index: bool,
    names: usize,
    found: &'f mut Hazards,
}

impl Asked<'_> {
    fn add(&mut self, tier: Tier, place: &str, what: &str, why: &str) {
        self.names += 1;
        if self.names <= MAX_NAMES {
            self.found.add(tier, HazardKind::RemoteCode, place, what, why);
        }
    }

    /// Python that a class is taken from.
    fn python(&mut self, place: &str, name: &str) {
        let (tier, why) = match name.split_once("--") {
            // transformers: `owner/name--module.Class` is fetched from that repository.
            Some(_) => (Tier::Dangerous, ELSEWHERE),
            None if self.has_python => (Tier::Suspicious, "Python beside the weights, run by whom trusts it"),
            None => (Tier::Noted, "names Python that is not beside the weights"),
        };
        self.add(tier, place, name, why);
    }

    fn member(&mut self, place: &str, key: &str, value: &Value) {
        match key {
            "auto_map" => {
                let named = names(value);
                for name in &named {
                    self.python(place, name);
                }
                if named.is_empty() && !value.is_null() && self.has_python {
                    self.add(Tier::Suspicious, place, "", "names Python in a way that is not known here");
                }
            }
            // transformers: each task of one's own names its class so.
            "custom_pipelines" => {
                for (_, task) in value.as_object().into_iter().flatten() {
                    if let Some(name) = task.get("impl").and_then(Value::as_str) {
                        self.python(place, name);
                    }
                }
            }
            // diffusers: `["module", "Class"]` names the pipeline of a file beside the weights.
            "_class_name" if value.is_array() => {
                for name in names(value) {
                    self.python(place, name);
                }
            }
            "trust_remote_code" if !matches!(value, Value::Bool(false) | Value::Null) => {
                let tier = if self.has_python { Tier::Suspicious } else { Tier::Noted };
                self.add(tier, place, "", "the configuration itself asks to be trusted with code");
            }
            // Hydra: it calls what is named here.
            "_target_" => {
                let name = value.as_str().unwrap_or_default();
                let (module, attribute) = name.rsplit_once('.').unwrap_or((name, ""));
                let tier = imports::tier(module, attribute).min(Tier::Suspicious);
                self.add(tier, place, name, "Hydra imports and calls what is named here");
            }
            _ if ATTENTION.contains(&key) => {
                // For each part of a model one, or one for all.
                let all = value.as_object().into_iter().flat_map(|parts| parts.values()).chain([value]);
                for name in all.filter_map(Value::as_str).filter(|name| name.contains(['/', ':'])) {
                    self.add(Tier::Dangerous, place, name, ELSEWHERE);
                }
            }
            "chat_template" => templates(place, value, self.found),
            _ => self.named(place, key, value),
        }
    }

    fn named(&mut self, place: &str, key: &str, value: &Value) {
        let Some((_, why)) = NAMES_CODE.iter().find(|(known, _)| *known == key) else { return };
        let is_asked = match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(values) => !values.is_empty(),
            _ => true,
        };
        if !is_asked || OF_MLFLOW.contains(&key) && !place.starts_with("/flavors/") {
            return;
        }
        let what = value.as_str().unwrap_or_default();
        let mut tier = Tier::Suspicious;
        if key == "loader_module" {
            let is_own = what.strip_prefix("mlflow").is_some_and(|rest| rest.starts_with('.'));
            let runs = MLFLOW_RUNS.iter().any(|module| what.starts_with(module));
            if is_own && !runs {
                return;
            }
            if !is_own {
                let (module, name) = what.rsplit_once('.').unwrap_or((what, ""));
                tier = tier.min(imports::tier(module, name));
            }
        } else if what.contains("://") || key.starts_with("custom_") && what.contains('/') {
            tier = Tier::Dangerous;
        }
        self.add(tier, place, what, why);
    }

    /// diffusers: `name: ["library", "Class"]`, each a part of a pipeline; and in modular pipelines what it is
    /// loaded from.
    fn components(&mut self, place: &str, fields: &serde_json::Map<String, Value>) {
        let is_modular = fields.contains_key("_blocks_class_name");
        let class = fields.get("_class_name").and_then(Value::as_str);
        let is_pipeline = class.is_some_and(|class| class.ends_with("Pipeline"));
        if !(is_modular || place.is_empty() && (self.is_index || is_pipeline)) {
            return;
        }
        for (key, value) in fields.iter().filter(|(key, _)| !key.starts_with('_')) {
            let Some([Value::String(library), Value::String(class), rest @ ..]) =
                value.as_array().map(Vec::as_slice)
            else {
                continue;
            };
            let at = format!("{place}/{key}");
            let first = library.split('.').next().unwrap_or(library);
            if !OWN_PACKAGES.contains(&first) && !OWN_PIPELINES.contains(&library.as_str()) {
                let what = format!("{library}.{class}");
                let tier = imports::tier(library, class).min(Tier::Suspicious);
                self.add(tier, &at, &what, "a part of the pipeline whose Python the loader imports");
            }
            let from = rest.iter().filter_map(|part| {
                ["repo", "pretrained_model_name_or_path"].iter().find_map(|key| part.get(key)?.as_str())
            });
            for repository in from.filter(|name| !name.is_empty()) {
                let why = "a part of the pipeline is loaded from another repository, which no signature here covers";
                self.add(Tier::Suspicious, &at, repository, why);
            }
        }
        if is_modular
            && fields.get("_blocks_class_name").is_some_and(|name| !name.is_string() && !name.is_null())
        {
            self.add(Tier::Suspicious, place, "", "blocks of a pipeline in a form that is not known here");
        }
    }

    /// sentence-transformers: a list of modules; peft: the library that an adapter's base comes from.
    fn modules(&mut self, config: &Value) {
        let modules =
            config.as_array().into_iter().flatten().filter_map(|module| module.get("type")?.as_str());
        let library = config.get("auto_mapping").and_then(|mapping| mapping.get("parent_library")?.as_str());
        let classes: Vec<(&str, &str)> = modules
            .map(|class| ("/type", class))
            .chain(library.map(|name| ("/auto_mapping", name)))
            .take(MAX_NAMES)
            .collect();
        for (place, class) in classes {
            let (module, name) = class.rsplit_once('.').unwrap_or((class, ""));
            if OWN_PACKAGES.contains(&class.split('.').next().unwrap_or(class)) {
                continue;
            }
            let tier = imports::tier(module, name).min(Tier::Suspicious);
            self.add(tier, place, class, "a module that the loader imports for this model");
        }
    }
}

/// A template, or several, each with a name.
fn templates(place: &str, value: &Value, found: &mut Hazards) {
    match value {
        Value::Null => {}
        Value::String(text) => template::look(text, place, found),
        Value::Array(named) => {
            for text in named.iter().filter_map(|one| one.get("template")?.as_str()) {
                template::look(text, place, found);
            }
        }
        Value::Object(named) => {
            for text in named.values().filter_map(Value::as_str) {
                template::look(text, place, found);
            }
        }
        _ => found.add(
            Tier::Unreadable,
            HazardKind::Template,
            place,
            "",
            "a template in a form that is not known",
        ),
    }
}

/// Every string of a map, a list, or lists in a map: `auto_map` has been written in all of these ways.
fn names(asked: &Value) -> Vec<&str> {
    let values: Vec<&Value> = match asked {
        Value::Object(map) => map.values().collect(),
        value => vec![value],
    };
    let texts = values.into_iter().flat_map(|value| match value {
        Value::Array(names) => names.as_slice(),
        name => std::slice::from_ref(name),
    });
    texts.filter_map(Value::as_str).collect()
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
