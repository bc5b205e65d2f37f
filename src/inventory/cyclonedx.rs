//! CycloneDX 1.5 to 1.7 JSON: own lenient views; a schema violation is a finding, never a refusal. What a
//! document says of a model is declared and nothing more, its signature properties included.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::Path;

use crate::text::Untrusted;

use super::json_tree;
use super::names;
use super::reading;
use super::record::{Record, note};
use super::scan::{Finding, Scan};
use super::types::{Basis, Binding, FactKey, Kind, ModelId, Relation};

const MAX_BYTES: u64 = 256 * 1024 * 1024;
const MAX_COMPONENTS: usize = 200_000;
const VERSIONS: [&str; 3] = ["1.5", "1.6", "1.7"];

/// Algorithm as CycloneDX writes it, as we write it, and its hexadecimal digits.
const HASHES: [(&str, &str, usize); 14] = [
    ("MD5", "md5", 32),
    ("SHA-1", "sha1", 40),
    ("SHA-256", "sha256", 64),
    ("SHA-384", "sha384", 96),
    ("SHA-512", "sha512", 128),
    ("SHA3-256", "sha3-256", 64),
    ("SHA3-384", "sha3-384", 96),
    ("SHA3-512", "sha3-512", 128),
    ("BLAKE2b-256", "blake2b-256", 64),
    ("BLAKE2b-384", "blake2b-384", 96),
    ("BLAKE2b-512", "blake2b-512", 128),
    ("BLAKE3", "blake3", 64),
    ("Streebog-256", "streebog-256", 64),
    ("Streebog-512", "streebog-512", 128),
];

/// Reads one document, which the workspace calls `source`. Models may occur more than once, as they do in it.
pub fn read(path: &Path, source: &Untrusted) -> Scan {
    let mut findings = Vec::new();
    let mut refuse = |code: &str, place: &str, message: String| {
        note(&mut findings, code, None, source, place, message);
    };
    let bytes = match reading::whole(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(unread) => {
            refuse("F-BOM-UNREADABLE", "", unread.to_string());
            return Scan { models: Vec::new(), findings };
        }
    };
    let tree = match json_tree::parse(&bytes) {
        Ok(tree) => tree,
        Err(message) => {
            refuse("F-BOM-JSON", "", message);
            return Scan { models: Vec::new(), findings };
        }
    };
    drop(bytes);
    for name in &tree.duplicates {
        refuse(
            "F-BOM-DUPLICATE-KEY",
            name,
            "this name occurs twice in one object; the last one counts".to_owned(),
        );
    }
    let format = tree.root.get("bomFormat").and_then(Value::as_str);
    let version = tree.root.get("specVersion").and_then(Value::as_str);
    if format != Some("CycloneDX") {
        refuse("F-BOM-FORMAT", "/bomFormat", "not a CycloneDX document".to_owned());
        return Scan { models: Vec::new(), findings };
    }
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        let message = "not a CycloneDX version that is read here (1.5, 1.6 and 1.7 are)".to_owned();
        refuse("F-BOM-VERSION", "/specVersion", message);
        return Scan { models: Vec::new(), findings };
    }
    let mut scan = Document::new(&tree.root, source, &mut findings).models();
    findings.append(&mut scan.findings);
    Scan { models: scan.models, findings }
}

/// A component and the JSON pointer to it.
struct Component<'a> {
    node: &'a Map<String, Value>,
    pointer: String,
}

struct Document<'a> {
    source: &'a Untrusted,
    components: Vec<Component<'a>>,
    by_ref: HashMap<&'a str, usize>,
}

impl<'a> Document<'a> {
    fn new(root: &'a Value, source: &'a Untrusted, findings: &mut Vec<Finding>) -> Self {
        let mut document = Document { source, components: Vec::new(), by_ref: HashMap::new() };
        let subject = root.pointer("/metadata/component");
        let mut waiting: Vec<(&Value, String)> = Vec::new();
        push_children(root.get("components"), "/components", source, findings, &mut waiting);
        waiting.extend(subject.map(|node| (node, "/metadata/component".to_owned())));
        while let Some((node, pointer)) = waiting.pop() {
            let Some(node) = node.as_object() else {
                note(findings, "F-BOM-TYPE", None, source, &pointer, "a component must be an object");
                continue;
            };
            if document.components.len() >= MAX_COMPONENTS {
                let message = format!("only the first {MAX_COMPONENTS} components are read");
                note(findings, "F-BOM-COMPONENTS", None, source, &pointer, message);
                break;
            }
            let nested = format!("{pointer}/components");
            push_children(node.get("components"), &nested, source, findings, &mut waiting);
            if let Some(name) = node.get("bom-ref").and_then(Value::as_str) {
                document.by_ref.entry(name).or_insert(document.components.len());
            }
            document.components.push(Component { node, pointer });
        }
        document
    }

    fn models(&self) -> Scan {
        let mut scan = Scan::default();
        for component in &self.components {
            let Some((kind, untyped)) = kind(component.node) else { continue };
            let Some(name) = identify(component.node, false) else {
                let message = "a model without a name; left out";
                note(&mut scan.findings, "F-BOM-NAME", None, self.source, &component.pointer, message);
                continue;
            };
            let shown = text(component.node, "name").unwrap_or(&name);
            let mut reader =
                Reader { record: Record::new(ModelId::new(&name), shown, self.source), document: self };
            reader.record.model.kind = kind;
            if untyped {
                let message = "described as a model, and its type is not machine-learning-model";
                reader.found("F-BOM-COMPONENT-TYPE", &format!("{}/type", component.pointer), message);
            }
            reader.component(component);
            scan.models.push(reader.record.model);
            for finding in reader.record.findings {
                note(
                    &mut scan.findings,
                    &finding.code,
                    finding.model,
                    self.source,
                    finding.place.raw(),
                    finding.message,
                );
            }
        }
        scan
    }
}

fn push_children<'a>(
    list: Option<&'a Value>,
    pointer: &str,
    source: &Untrusted,
    findings: &mut Vec<Finding>,
    waiting: &mut Vec<(&'a Value, String)>,
) {
    match list {
        None => {}
        Some(Value::Array(items)) => {
            waiting.extend(
                items.iter().enumerate().rev().map(|(index, item)| (item, format!("{pointer}/{index}"))),
            );
        }
        Some(_) => note(findings, "F-BOM-TYPE", None, source, pointer, "must be a list"),
    }
}

/// What a component is, when it is for us, and whether only its contents say so.
fn kind(node: &Map<String, Value>) -> Option<(Kind, bool)> {
    match text(node, "type") {
        Some("machine-learning-model") => Some((Kind::Model, false)),
        Some("data") => {
            let parts: Vec<_> =
                each(node.get("data")).filter_map(|part| part.get("type")?.as_str()).collect();
            (parts.is_empty() || parts.contains(&"dataset")).then_some((Kind::Dataset, false))
        }
        _ => {
            let on_hub = text(node, "purl").and_then(names::hub_purl).is_some();
            (on_hub || node.contains_key("modelCard")).then_some((Kind::Model, true))
        }
    }
}

/// `owner/name` of a component. An ancestor is often named without its owner and linked in full, so there
/// the link comes first; elsewhere a link counts only when it ends in the component's own name.
fn identify(node: &Map<String, Value>, is_ancestor: bool) -> Option<String> {
    if let Some(purl) = text(node, "purl").and_then(names::hub_purl) {
        return Some(purl.name);
    }
    let name = text(node, "name").unwrap_or_default().trim();
    let links = || {
        each(node.get("externalReferences"))
            .filter_map(|link| names::hub_url(link.get("url")?.as_str()?))
            .find(|link| {
                is_ancestor || link.rsplit('/').next().is_some_and(|end| end.eq_ignore_ascii_case(name))
            })
    };
    if is_ancestor && let Some(link) = links() {
        return Some(link);
    }
    let plain = match text(node, "group").map(|group| group.trim().trim_matches('/')) {
        Some(group) if !group.is_empty() && !name.is_empty() && !name.contains('/') => {
            return Some(format!("{group}/{name}"));
        }
        _ => name,
    };
    if plain.contains('/') {
        return Some(names::hub_url(plain).unwrap_or_else(|| plain.to_owned()));
    }
    links().or_else(|| (!plain.is_empty()).then(|| plain.to_owned()))
}

struct Reader<'a> {
    record: Record,
    document: &'a Document<'a>,
}

impl Reader<'_> {
    fn component(&mut self, component: &Component<'_>) {
        let (node, at) = (component.node, component.pointer.as_str());
        self.identity(node, at);
        self.licences(node, at);
        self.hashes(node, at);
        let properties = self.properties(node, at);
        self.model_card(node, at);
        self.parents(node, at, &properties);
        self.binding(node, at, &properties);
    }

    fn identity(&mut self, node: &Map<String, Value>, at: &str) {
        let purl = self.text(node, "purl", at).unwrap_or_default().to_owned();
        self.fact(FactKey::Purl, &purl, &format!("{at}/purl"));
        match self.text(node, "version", at) {
            Some(version) => self.fact(FactKey::Version, version, &format!("{at}/version")),
            None => {
                let revision = names::hub_purl(&purl).and_then(|purl| purl.revision).unwrap_or_default();
                self.fact(FactKey::Version, &revision, &format!("{at}/purl"));
            }
        }
        let publisher =
            ["supplier", "publisher", "manufacturer", "author", "authors"].iter().find_map(|key| {
                let (place, value) = match node.get(*key)? {
                    Value::Array(people) => (format!("{at}/{key}/0/name"), people.first()?.get("name")?),
                    Value::Object(entity) => (format!("{at}/{key}/name"), entity.get("name")?),
                    value => (format!("{at}/{key}"), value),
                };
                value.as_str().map(|value| (place, value.to_owned()))
            });
        if let Some((place, publisher)) = publisher {
            self.fact(FactKey::Publisher, &publisher, &place);
        }
        let description = self.text(node, "description", at).unwrap_or_default().to_owned();
        self.fact(FactKey::Description, &description, &format!("{at}/description"));
    }

    fn licences(&mut self, node: &Map<String, Value>, at: &str) {
        for (index, entry) in self.list(node, "licenses", at) {
            let here = format!("{at}/licenses/{index}");
            let licence = [("/license/id"), ("/license/name"), ("/expression")]
                .iter()
                .find_map(|path| Some((*path, entry.pointer(path)?.as_str()?)));
            match licence {
                Some((path, licence)) => self.fact(FactKey::Licence, licence, &format!("{here}{path}")),
                None => self.found("F-BOM-TYPE", &here, "a licence has an id, a name or an expression"),
            }
        }
    }

    fn hashes(&mut self, node: &Map<String, Value>, at: &str) {
        for (index, entry) in self.list(node, "hashes", at) {
            let here = format!("{at}/hashes/{index}");
            let pair =
                entry.get("alg").and_then(Value::as_str).zip(entry.get("content").and_then(Value::as_str));
            let Some((algorithm, content)) = pair else {
                self.found("F-BOM-TYPE", &here, "a hash has an alg and a content, both text");
                continue;
            };
            let known = HASHES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(algorithm));
            let Some((_, ours, digits)) = known else {
                self.found("F-BOM-HASH-ALGORITHM", &here, "not a hash algorithm of CycloneDX");
                continue;
            };
            if content.len() != *digits || !content.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let message =
                    format!("{ours} has {digits} hexadecimal digits; this has {} bytes", content.len());
                self.found("F-BOM-HASH-LENGTH", &here, message);
                continue;
            }
            let value = format!("{ours}:{}", content.to_ascii_lowercase());
            self.fact(FactKey::Hash, &value, &here);
        }
    }

    fn model_card(&mut self, node: &Map<String, Value>, at: &str) {
        let Some(parameters) = self
            .object(node, "modelCard", at)
            .and_then(|card| self.object(card, "modelParameters", &format!("{at}/modelCard")))
        else {
            return;
        };
        let here = format!("{at}/modelCard/modelParameters");
        let facts = [
            ("task", FactKey::Task),
            ("architectureFamily", FactKey::Architecture),
            ("modelArchitecture", FactKey::Architecture),
        ];
        for (key, fact) in facts {
            let value = self.text(parameters, key, &here).unwrap_or_default().to_owned();
            self.fact(fact, &value, &format!("{here}/{key}"));
        }
        for (index, entry) in self.list(parameters, "datasets", &here) {
            let place = format!("{here}/datasets/{index}");
            let dataset = match entry.get("ref").and_then(Value::as_str) {
                Some(name) => self.document.by_ref.get(name).and_then(|index| {
                    self.document.components.get(*index).and_then(|component| identify(component.node, false))
                }),
                None => {
                    let link =
                        entry.pointer("/contents/url").and_then(Value::as_str).and_then(names::hub_url);
                    link.or_else(|| Some(entry.get("name")?.as_str()?.to_owned()))
                }
            };
            match dataset {
                Some(dataset) => self.parent(&dataset, Relation::TrainedOn, &place),
                None => {
                    self.found("F-BOM-REF", &place, "this dataset has no name, or refers to nothing here")
                }
            }
        }
    }

    fn parents(&mut self, node: &Map<String, Value>, at: &str, properties: &[Property]) {
        let explicit =
            find(properties, "base_model_relation").and_then(|property| names::relation(&property.value));
        let tags: Vec<(&Property, &str)> = properties
            .iter()
            .filter(|property| property.name == "tags")
            .flat_map(|property| property.value.split(',').map(move |tag| (property, tag)))
            .collect();
        let relation = |id: &str| {
            let tagged = tags.iter().filter_map(|(_, tag)| names::base_model_tag(tag));
            let by_tag =
                tagged.filter(|(_, base)| base.trim().eq_ignore_ascii_case(id)).find_map(|(word, _)| word);
            explicit.or(by_tag).unwrap_or(Relation::Unspecified)
        };
        if let Some(pedigree) = self.object(node, "pedigree", at) {
            let here = format!("{at}/pedigree");
            for (index, ancestor) in self.list(pedigree, "ancestors", &here) {
                let place = format!("{here}/ancestors/{index}");
                self.ancestor(ancestor, &place, &relation);
            }
        }
        for property in properties {
            if matches!(property.name.as_str(), "base_model" | "huggingface:baseModel") {
                for base in property.value.split(',').map(str::trim).filter(|base| !base.is_empty()) {
                    let id = names::canonical(base).unwrap_or_default();
                    self.parent(base, relation(&id), &property.place);
                }
            }
        }
        for (property, tag) in &tags {
            if let Some((_, base)) = names::base_model_tag(tag) {
                self.parent(base.trim(), relation(base.trim()), &property.place);
            }
        }
    }

    fn ancestor(&mut self, ancestor: &Value, place: &str, relation: &dyn Fn(&str) -> Relation) {
        let named = ancestor.as_object().and_then(|node| Some((node, identify(node, true)?)));
        let Some((node, name)) = named else {
            self.found("F-BOM-NAME", place, "an ancestor without a name; left out");
            return;
        };
        let properties = self.properties(node, place);
        let stated =
            find(&properties, "touchmark:pedigree:relation").and_then(|one| names::relation(&one.value));
        self.parent(&name, stated.unwrap_or_else(|| relation(&name)), place);
        if let Some(pin) = find(&properties, "touchmark:pedigree:digest") {
            let id = ModelId::new(&name);
            match pin.value.parse() {
                Ok(digest) => {
                    let parents = self.record.model.parents.iter_mut();
                    for parent in parents.filter(|parent| parent.id == id && parent.place.raw() == place) {
                        parent.digest = Some(digest);
                    }
                }
                Err(_) => self.found(
                    "F-BOM-DIGEST",
                    &pin.place,
                    "not a root digest: 64 lower-case hexadecimal digits",
                ),
            }
        }
    }

    fn binding(&mut self, node: &Map<String, Value>, at: &str, properties: &[Property]) {
        let value =
            |name: &str| find(properties, name).map(|property| Untrusted::new(property.value.as_str()));
        let mut binding = Binding {
            root_digest: value("touchmark:oms:rootDigest"),
            identity: value("touchmark:oms:identity"),
            issuer: value("touchmark:oms:issuer"),
            log_entry: value("touchmark:oms:logEntry"),
            bundle_digest: value("touchmark:oms:bundleDigest"),
            source: self.document.source.clone(),
        };
        for (index, link) in self.list(node, "externalReferences", at) {
            if binding.bundle_digest.is_some()
                || link.get("type").and_then(Value::as_str) != Some("attestation")
            {
                continue;
            }
            for (number, hash) in each(link.get("hashes")).enumerate() {
                let content = hash.get("content").and_then(Value::as_str);
                let (Some("SHA-256"), Some(content)) = (hash.get("alg").and_then(Value::as_str), content)
                else {
                    continue;
                };
                if content.len() == 64 {
                    binding.bundle_digest = Some(content.into());
                } else {
                    let place = format!("{at}/externalReferences/{index}/hashes/{number}");
                    self.found("F-BOM-HASH-LENGTH", &place, "sha256 has 64 hexadecimal digits");
                }
            }
        }
        let nothing = Binding { source: binding.source.clone(), ..Binding::default() };
        self.record.model.binding = (binding != nothing).then_some(binding);
    }

    /// The properties of a component and of its model card.
    fn properties(&mut self, node: &Map<String, Value>, at: &str) -> Vec<Property> {
        let mut found = Vec::new();
        let card = node.get("modelCard").and_then(Value::as_object);
        let holders = [(Some(node), at.to_owned()), (card, format!("{at}/modelCard"))];
        for (holder, at) in holders {
            let Some(holder) = holder else { continue };
            for (index, entry) in self.list(holder, "properties", &at) {
                let place = format!("{at}/properties/{index}");
                let part = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
                match (part("name"), part("value")) {
                    (Some(name), Some(value)) => found.push(Property { name, value, place }),
                    // A property without a value is allowed and says nothing.
                    (Some(_), None) if entry.get("value").is_none() => {}
                    _ => self.found("F-BOM-TYPE", &place, "a property has a name and a value, both text"),
                }
            }
        }
        found
    }

    fn fact(&mut self, key: FactKey, value: &str, place: &str) {
        self.record.fact(key, value, Basis::Declared, self.document.source, place);
    }

    fn parent(&mut self, raw: &str, relation: Relation, place: &str) {
        self.record.parent(raw, relation, self.document.source, place);
    }

    fn found(&mut self, code: &str, place: &str, message: impl Into<String>) {
        self.record.found(code, self.document.source, place, message);
    }

    fn text<'v>(&mut self, node: &'v Map<String, Value>, key: &str, at: &str) -> Option<&'v str> {
        let value = node.get(key)?;
        if !value.is_string() {
            self.found("F-BOM-TYPE", &format!("{at}/{key}"), "must be text");
        }
        value.as_str()
    }

    fn object<'v>(
        &mut self,
        node: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> Option<&'v Map<String, Value>> {
        let value = node.get(key)?;
        if !value.is_object() {
            self.found("F-BOM-TYPE", &format!("{at}/{key}"), "must be an object");
        }
        value.as_object()
    }

    fn list<'v>(
        &mut self,
        node: &'v Map<String, Value>,
        key: &str,
        at: &str,
    ) -> impl Iterator<Item = (usize, &'v Value)> + use<'v> {
        let value = node.get(key);
        if value.is_some_and(|value| !value.is_array()) {
            self.found("F-BOM-TYPE", &format!("{at}/{key}"), "must be a list");
        }
        value.and_then(Value::as_array).into_iter().flatten().enumerate()
    }
}

/// A name and its value, as text.
struct Property {
    name: String,
    value: String,
    place: String,
}

fn find<'p>(properties: &'p [Property], name: &str) -> Option<&'p Property> {
    properties.iter().find(|property| property.name == name)
}

fn text<'v>(node: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str)
}

fn each(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}
