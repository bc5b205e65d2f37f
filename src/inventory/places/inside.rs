//! One file for a person who looks into it: what it is, what it says, what loading it would run. It trusts nothing of
//! the file, and loads nothing.

use std::path::Path;

use super::{agents, front_matter, mcp, mlflow};
use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::Tier;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::record::Record;
use crate::inventory::weights::hazards::{self, Parts, lines};
use crate::inventory::weights::headers;
use crate::inventory::weights::lfs::Pointer;
use crate::inventory::weights::look::Looks;
use crate::inventory::weights::yaml::yaml;
use crate::inventory::weights::{formats, merge};
use crate::signing::{CardForm, Inspection, signed_card};
use crate::text::Untrusted;

/// A Kitfile, and other small documents.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// What KitOps calls it.
const KITFILES: [&str; 3] = ["kitfile", "kitfile.yaml", "kitfile.yml"];
/// Lists of a Kitfile, and what an item of each is called.
const KIT_LISTS: [(&str, &str); 4] =
    [("code", "code"), ("datasets", "dataset"), ("docs", "document"), ("prompts", "prompt")];
/// Members of a Kitfile that are shown.
const KIT_TEXTS: [(&str, &str); 9] = [
    ("/manifestVersion", "version of the format"),
    ("/package/name", "name"),
    ("/package/version", "version"),
    ("/package/description", "description"),
    ("/package/license", "licence"),
    ("/model/name", "model"),
    ("/model/path", "model's path"),
    ("/model/framework", "framework"),
    ("/model/license", "model's licence"),
];
const MAX_ITEMS: usize = 40;
/// Formats that hold nothing but data.
const DATA: [Format; 2] = [Format::Safetensors, Format::Gguf];

/// What a file of a model holds: weights, archives, pickles, a card, an `MLmodel`, a Kitfile. Nothing for a file that is
/// none of these, or cannot be read.
pub fn inspect(path: &Path) -> Option<Inspection> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let size = metadata.len();
    let look = formats::look(path, size, &name).ok()?;
    if let Some(pointer) = Pointer::of(&look.head).filter(|_| look.head.len() as u64 == size) {
        let mut seen = Seen::new("Git LFS pointer: not the file itself");
        seen.add("stands for", pointer.size.map(|size| format!("{size} bytes")).unwrap_or_default());
        seen.add("to have the file", "git lfs pull");
        return Some(seen.0);
    }
    if let Some(seen) = document(path, &name) {
        return Some(seen);
    }
    let mut budget = hazards::MAX_BYTES;
    let parts = match look.format {
        Some(format) if DATA.contains(&format) => headers::parts(path, format),
        format => hazards::parts(path, size, &name, &look.head, format, &mut budget),
    };
    // Text by a name that a loader takes for a pickle may be a document of another kind.
    let Parts { kind, lines } = parts?;
    let mut seen = Seen::new(kind);
    seen.0.fields.extend(lines);
    let source = Untrusted::new(&name);
    let mut record = Record::new(ModelId::new(&name), &name, &source);
    let mut looks = Looks::default();
    looks.at(path, size, &name, &source, &mut record);
    looks.finish(&source, &mut record);
    seen.facts(&record);
    seen.hazards(&record);
    Some(seen.0)
}

/// Documents that are known by their names.
fn document(path: &Path, name: &str) -> Option<Inspection> {
    let lower = name.to_lowercase();
    let source = Untrusted::new(name);
    let mut record = Record::new(ModelId::new(name), name, &source);
    if name == mlflow::FILE {
        let mut seen = Seen::new("MLmodel of MLflow");
        mlflow::tell(path, path, &source, &mut record);
        let size = std::fs::metadata(path).ok()?.len();
        let mut looks = Looks::default();
        looks.at(path, size, name, &source, &mut record);
        looks.finish(&source, &mut record);
        seen.facts(&record);
        seen.findings(&record);
        seen.flavours(path);
        seen.hazards(&record);
        return Some(seen.0);
    }
    if KITFILES.contains(&lower.as_str()) {
        return Some(kitfile(path));
    }
    if merge::FILES.contains(&name) {
        let mut seen = Seen::new("configuration of mergekit: what a merge was made of");
        match small(path) {
            Ok(value) => merge::tell(&value, &source, &mut record),
            Err(why) => seen.add("cannot be read", why),
        }
        seen.facts(&record);
        return Some(seen.0);
    }
    if lower.ends_with(".json") {
        return descriptor(path, name, record);
    }
    if !lower.ends_with(".md") {
        return None;
    }
    let mut seen = Seen::new("card: what it declares, and nothing of it is checked");
    match front_matter::read(path) {
        Ok(Some(card)) => {
            card.doubts(&source, &mut record);
            record.model.kind = card.kind().unwrap_or(record.model.kind);
            let relation = card.says_quantised().then_some(Relation::Quantised);
            card.apply(&mut record, relation, &source);
            seen.add("of a", record.model.kind.word());
        }
        // Prose alone is no card.
        Ok(None) => return None,
        Err(why) => seen.add("cannot be read", why),
    }
    seen.facts(&record);
    seen.findings(&record);
    Some(seen.0)
}

/// An agent card, or a descriptor of MCP servers, by what it holds.
fn descriptor(path: &Path, name: &str, mut record: Record) -> Option<Inspection> {
    let source = Untrusted::new(name);
    let bytes = disk::whole(path, MAX_BYTES).ok();
    let mut seen = if agents::holds_card(path) {
        agents::tell_card(path, name, &source, &mut record);
        let signed = bytes.and_then(|bytes| signed_card(&bytes));
        let mut seen = Seen::new(match signed.as_ref().and_then(|signed| signed.form) {
            Some(CardForm::Bundle) => "agent card in a document of sigstore-a2a; nothing was verified",
            Some(CardForm::Jws) => "agent card with signatures of its own (JWS); nothing was verified",
            None => "agent card, without a signature",
        });
        for line in signed.iter().flat_map(|signed| &signed.algorithms) {
            seen.add("signed by", line.clone());
        }
        for kid in signed.iter().flat_map(|signed| &signed.hints.kid) {
            seen.add("key, as the card names it", kid.clone());
        }
        seen
    } else {
        let form = mcp::form(path)?;
        mcp::tell(path, name, &source, &mut record);
        Seen::new(form.words())
    };
    for content in record.model.descriptors.iter().map(|descriptor| &descriptor.content) {
        seen.add("digest to pin", content.sha256.as_str());
        seen.add("parts", content.parts.len().to_string());
    }
    seen.facts(&record);
    seen.findings(&record);
    Some(seen.0)
}

fn kitfile(path: &Path) -> Inspection {
    let mut seen = Seen::new("Kitfile of KitOps");
    let kit = match small(path) {
        Ok(kit) => kit,
        Err(why) => {
            seen.add("cannot be read", why);
            return seen.0;
        }
    };
    for (at, label) in KIT_TEXTS {
        seen.add(label, kit.pointer(at).and_then(word).unwrap_or_default());
    }
    let list = |at: &str| kit.pointer(at).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    for author in list("/package/authors").iter().take(MAX_ITEMS).filter_map(word) {
        seen.add("author", author);
    }
    let path_of = |item: &serde_json::Value| item.get("path").and_then(word);
    for part in list("/model/parts").iter().take(MAX_ITEMS).filter_map(path_of) {
        seen.add("part", part);
    }
    for (key, label) in KIT_LISTS {
        for item in list(&format!("/{key}")).iter().take(MAX_ITEMS).filter_map(path_of) {
            seen.add(label, item);
        }
    }
    if !list("/code").is_empty() {
        seen.add("on loading", "it brings code along: read it before anything runs it");
    }
    seen.0
}

fn word(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A small document in YAML.
fn small(path: &Path) -> Result<serde_json::Value, String> {
    let bytes = disk::whole(path, MAX_BYTES).map_err(|unread| unread.to_string())?;
    yaml(&String::from_utf8_lossy(&bytes)).map_err(|line| match line {
        Some(line) => format!("not valid YAML, at line {line}"),
        None => "not valid YAML, or larger than the limits".to_owned(),
    })
}

/// What is shown, in the making.
struct Seen(Inspection);

impl Seen {
    fn new(kind: impl Into<String>) -> Self {
        Seen(Inspection { kind: kind.into(), fields: Vec::new() })
    }

    /// A line, unless there is nothing to say.
    fn add(&mut self, label: &str, value: impl Into<Untrusted>) {
        let value = value.into();
        if !value.raw().is_empty() {
            self.0.fields.push((label.to_owned(), value));
        }
    }

    /// What the file says of the model, and what was computed from it.
    fn facts(&mut self, record: &Record) {
        let is_shown = |key: FactKey| !matches!(key, FactKey::Format | FactKey::Hazard | FactKey::Tensors);
        for fact in record.model.facts.iter().filter(|fact| is_shown(fact.key)) {
            let basis = if fact.basis == Basis::Observed { "" } else { ", as the file says" };
            self.add(&format!("{}{basis}", fact.key.word()), fact.value.clone());
        }
        for parent in record.model.parents.iter() {
            self.add(
                "derives from",
                Untrusted::new(format!("{} ({})", parent.id.raw(), parent.relation.word())),
            );
        }
    }

    fn findings(&mut self, record: &Record) {
        for finding in &record.findings {
            self.add(&format!("finding {}", finding.code), finding.message.clone());
        }
    }

    /// What loads it, by its flavours: MLflow imports the module that is named here.
    fn flavours(&mut self, path: &Path) {
        let Ok(value) = small(path) else { return };
        let flavours = value.get("flavors").and_then(serde_json::Value::as_object);
        for (name, flavour) in flavours.into_iter().flatten().take(MAX_ITEMS) {
            for key in
                ["loader_module", "python_model", "code", "model_path", "pickled_model", "model_code_path"]
            {
                let said = flavour.get(key).and_then(word).map(|said| format!("{name}: {key} {said}"));
                self.add("loading takes", said.unwrap_or_default());
            }
        }
    }

    fn hazards(&mut self, record: &Record) {
        for (hazard, line) in lines(&record.model.hazards) {
            let place = hazard.place.screen();
            let at = if place.is_empty() { String::new() } else { format!("  ({place})") };
            self.add("on loading", Untrusted::new(format!("{line}{at}")));
        }
        let worst = record.model.hazards.iter().map(|hazard| hazard.tier).min().unwrap_or(Tier::Safe);
        let is_data = record.model.formats.iter().all(|format| DATA.contains(format));
        if record.model.hazards.is_empty() && worst == Tier::Safe {
            let says = match is_data && !record.model.formats.is_empty() {
                true => "nothing of it runs: the format holds data only",
                false => "nothing was found that runs",
            };
            self.add("on loading", says);
        }
    }
}
