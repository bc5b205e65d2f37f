//! CycloneDX 1.5 to 1.7 JSON: own lenient views; a schema violation is a finding, never a refusal. What a
//! document says of a model is declared and nothing more, its signature properties included.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::text::Untrusted;

use super::cyclonedx_schema;
use super::dialects::{self, Property, Relations, Seen, find};
use super::parts::{Parts, Take};
use crate::inventory::model::facts::{Basis, FactKey, ParentRef, Relation};
use crate::inventory::model::finding::Finding;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::letters::hides;
use crate::inventory::model::models::{Kind, Model};
use crate::inventory::model::names;
use crate::inventory::model::record::{Record, note};

const MAX_COMPONENTS: usize = 200_000;
/// Measurements of one model that are kept.
const MAX_METRICS: usize = 256;
/// Texts of a model card: the list, the member of its entries, and what it says.
const CONSIDERED: [(&str, &str, FactKey); 5] = [
    ("/modelParameters/inputs", "/format", FactKey::Input),
    ("/modelParameters/outputs", "/format", FactKey::Output),
    ("/modelParameters/approach/type", "", FactKey::Training),
    ("/considerations/useCases", "", FactKey::Use),
    ("/considerations/technicalLimitations", "", FactKey::Limitation),
];
const VERSIONS: [&str; 3] = ["1.5", "1.6", "1.7"];

/// Reads one document, which the workspace calls `source`. Models may occur more than once, as they do in it.
pub(super) fn view(parts: &Parts<'_>, source: &Untrusted, take: Take<'_>) -> Vec<Finding> {
    let version = parts.root.get("specVersion").and_then(Value::as_str);
    let mut findings = Vec::new();
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        let message = "not a CycloneDX version that is read here (1.5, 1.6 and 1.7 are)";
        note(&mut findings, "F-BOM-VERSION", None, source, "/specVersion", message);
        return findings;
    }
    let document = Document::new(parts, source);
    let mut found = Found { take, findings: Vec::new(), components: 0, models: 0 };
    walk(parts, source, &mut findings, &mut |node, at| {
        found.components += 1;
        document.component(node, at, &mut found);
    });
    findings.append(&mut found.findings);
    if found.models == 0 {
        let message = match found.components {
            0 => "no component, and so no model".to_owned(),
            1 => "its one component is not typed as a model or as data".to_owned(),
            many => format!("none of {many} components is typed as a model or as data"),
        };
        note(&mut findings, "F-BOM-EMPTY", None, source, "/components", message);
    }
    findings
}

/// Looks at each component with its JSON pointer: that of the document first, and those in another after it. Each
/// component of the document is a tree only as long as it is looked at.
fn walk(
    parts: &Parts<'_>,
    source: &Untrusted,
    findings: &mut Vec<Finding>,
    look: &mut dyn FnMut(&Map<String, Value>, &str),
) {
    let items = parts.list("components");
    if items.is_none() && parts.root.get("components").is_some() {
        note(findings, "F-BOM-TYPE", None, source, "/components", MUST_BE_LIST);
    }
    let mut looked_at = 0;
    let mut family = |top: &Value, at: String| {
        let mut waiting = vec![(top, at)];
        while let Some((node, at)) = waiting.pop() {
            let Some(node) = node.as_object() else {
                note(findings, "F-BOM-TYPE", None, source, &at, "a component must be an object");
                continue;
            };
            if looked_at >= MAX_COMPONENTS {
                let message = format!("only the first {MAX_COMPONENTS} components are read");
                note(findings, "F-BOM-COMPONENTS", None, source, &at, message);
                return ControlFlow::Break(());
            }
            looked_at += 1;
            let list = format!("{at}/components");
            match node.get("components") {
                None => {}
                Some(Value::Array(items)) => waiting.extend(
                    items.iter().enumerate().rev().map(|(index, item)| (item, format!("{list}/{index}"))),
                ),
                Some(_) => note(findings, "F-BOM-TYPE", None, source, &list, MUST_BE_LIST),
            }
            look(node, &at);
        }
        ControlFlow::Continue(())
    };
    if let Some(subject) = parts.root.pointer("/metadata/component")
        && family(subject, "/metadata/component".to_owned()).is_break()
    {
        return;
    }
    for (index, item) in items.into_iter().flatten().enumerate() {
        if family(&item, format!("/components/{index}")).is_break() {
            return;
        }
    }
}

/// What the components say, and who takes it.
struct Found<'t> {
    take: Take<'t>,
    findings: Vec<Finding>,
    /// Those that were looked at, and those of them that are for us.
    components: usize,
    models: usize,
}

struct Document<'a> {
    source: &'a Untrusted,
    /// What the components that have a `bom-ref` are called, where anything refers to one.
    by_ref: HashMap<String, Option<String>>,
    by_aibomgen: bool,
}

impl<'a> Document<'a> {
    fn new(parts: &Parts<'_>, source: &'a Untrusted) -> Self {
        let by_aibomgen =
            generators(&parts.root).any(|name| name.to_ascii_lowercase().starts_with("aibomgen"));
        let mut by_ref = HashMap::new();
        if parts.has_refs {
            walk(parts, source, &mut Vec::new(), &mut |node, _| {
                if let Some(name) = text(node, "bom-ref")
                    && !by_ref.contains_key(name)
                {
                    by_ref.insert(name.to_owned(), identify(node, false));
                }
            });
        }
        Document { source, by_ref, by_aibomgen }
    }

    /// Adds what a component says, when it is for us.
    fn component(&self, node: &Map<String, Value>, at: &str, found: &mut Found<'_>) {
        let Some((kind, untyped)) = kind(node) else { return };
        found.models += 1;
        let (properties, bad) = properties(node, at);
        let named = text(node, "name").unwrap_or_default();
        let seen = dialects::seen(&properties, named);
        if matches!(seen, Some(Seen::Provider)) {
            let message = "a provider typed as a model, and which model is not said; left out";
            note(&mut found.findings, "F-BOM-PROVIDER", None, self.source, at, message);
            return;
        }
        let name = match seen {
            Some(Seen::Model(name, _)) => Some(name.to_owned()),
            _ => identify(node, false),
        };
        let Some(name) = name else {
            let message = "a model without a name; left out";
            note(&mut found.findings, "F-BOM-NAME", None, self.source, at, message);
            return;
        };
        let name = dialects::told_apart(name, sha256(node));
        // What nobody sees of the whole name must not get lost.
        let whole = seen.is_some() || named.is_empty() || hides(&name);
        let shown = if whole { &name } else { named };
        let mut reader = Reader {
            record: Record::new(ModelId::new(&name), shown, self.source),
            document: self,
            descendants: Vec::new(),
        };
        reader.record.model.kind = kind;
        for place in bad {
            reader.found("F-BOM-TYPE", &place, NO_PROPERTY);
        }
        if untyped {
            let message = "described as a model, and its type is not machine-learning-model";
            reader.found("F-BOM-COMPONENT-TYPE", &format!("{at}/type"), message);
        }
        if let Some(Seen::Model(_, Some(provider))) = seen {
            reader.fact(FactKey::Publisher, &provider.value, &provider.place);
        }
        reader.component(node, at, &properties);
        reader.record.model.pack();
        reader.descendants.iter_mut().for_each(Model::pack);
        (found.take)(reader.record.model);
        reader.descendants.into_iter().for_each(&mut *found.take);
        for finding in reader.record.findings {
            let (place, message) = (finding.place.raw(), finding.message);
            note(&mut found.findings, &finding.code, finding.model, self.source, place, message);
        }
    }
}

/// The names of the tools that wrote the document, in both of the forms there are.
fn generators(root: &Value) -> impl Iterator<Item = &str> {
    let tools = root.pointer("/metadata/tools");
    each(tools)
        .chain(each(tools.and_then(|tools| tools.get("components"))))
        .filter_map(|tool| tool.get("name")?.as_str())
}

/// What a component is, when it is for us, and whether only its contents say so.
pub(super) fn kind(node: &Map<String, Value>) -> Option<(Kind, bool)> {
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

/// The SHA-256 that a component states.
fn sha256(node: &Map<String, Value>) -> Option<&str> {
    each(node.get("hashes"))
        .find(|hash| hash.get("alg").and_then(Value::as_str) == Some("SHA-256"))?
        .get("content")?
        .as_str()
}

/// `owner/name` of a component.
pub(super) fn identify(node: &Map<String, Value>, is_ancestor: bool) -> Option<String> {
    let links = each(node.get("externalReferences")).filter_map(|link| link.get("url")?.as_str());
    names::identity(
        text(node, "purl"),
        text(node, "group"),
        text(node, "name").unwrap_or_default(),
        links,
        is_ancestor,
    )
}

struct Reader<'a> {
    record: Record,
    document: &'a Document<'a>,
    descendants: Vec<Model>,
}

impl Reader<'_> {
    fn component(&mut self, node: &Map<String, Value>, at: &str, properties: &[Property]) {
        self.identity(node, at);
        self.licences(node, at);
        self.hashes(node, at);
        self.model_card(node, at);
        self.metrics(node, at);
        self.considerations(node, at);
        self.pedigree(node, at, properties);
        dialects::apply(&mut self.record, properties, self.document.source);
        self.binding(node, at, properties);
        cyclonedx_schema::check(node, at, &mut |code, place, message| self.found(code, place, message));
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
            match dialects::hash(algorithm, content) {
                // AIBoMGen writes the commit of the repository where the hash of a file belongs.
                Ok(value) if value.starts_with("sha1:") && self.is_commit(node, content) => {
                    let message =
                        "the commit of the repository, not a digest of the model; not taken as a hash";
                    self.found("F-BOM-HASH-COMMIT", &here, message);
                }
                Ok(value) => self.fact(FactKey::Hash, &value, &here),
                Err((code, message)) => self.found(code, &here, message),
            }
        }
    }

    fn is_commit(&self, node: &Map<String, Value>, content: &str) -> bool {
        let revision = text(node, "purl").and_then(names::hub_purl).and_then(|purl| purl.revision);
        let versions = [text(node, "version"), revision.as_deref()];
        let same = |version: &str| {
            version.len() >= 7
                && content.get(..version.len()).is_some_and(|c| c.eq_ignore_ascii_case(version))
        };
        self.document.by_aibomgen || versions.into_iter().flatten().any(same)
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
                Some(name) => self.document.by_ref.get(name).cloned().flatten(),
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

    /// What a card says beyond parameters; its shape is the schema's to judge.
    fn considerations(&mut self, node: &Map<String, Value>, at: &str) {
        let Some(card) = node.get("modelCard") else { return };
        for (list, member, key) in CONSIDERED {
            let whole = card.pointer(list);
            // One text stands where others have a list.
            let one = whole.filter(|value| value.is_string()).into_iter().map(|value| (String::new(), value));
            let many = each(whole).enumerate().map(|(index, value)| (format!("/{index}"), value));
            for (index, value) in one.chain(many).take(MAX_METRICS) {
                if let Some(text) = value.pointer(member).and_then(Value::as_str) {
                    self.fact(key, text, &format!("{at}/modelCard{list}{index}{member}"));
                }
            }
        }
        const ENERGY: &str = "/considerations/environmentalConsiderations/energyConsumptions";
        for (index, spent) in each(card.pointer(ENERGY)).take(MAX_METRICS).enumerate() {
            let word = |place: &str| {
                spent
                    .pointer(place)
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            };
            if let Some((value, unit)) =
                word("/activityEnergyCost/value").zip(word("/activityEnergyCost/unit"))
            {
                let activity =
                    word("/activity").map(|activity| format!(" for {activity}")).unwrap_or_default();
                let place = format!("{at}/modelCard{ENERGY}/{index}");
                self.fact(FactKey::Energy, &format!("{value} {unit}{activity}"), &place);
            }
        }
    }

    /// What was measured; its shape is the schema's to judge.
    fn metrics(&mut self, node: &Map<String, Value>, at: &str) {
        const LIST: &str = "/quantitativeAnalysis/performanceMetrics";
        let list = node.get("modelCard").and_then(|card| card.pointer(LIST));
        for (index, metric) in each(list).take(MAX_METRICS).enumerate() {
            let word = |key: &str| match metric.get(key)? {
                Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            };
            let slice = word("slice").map(|slice| format!(" on {slice}")).unwrap_or_default();
            if let Some((name, value)) = word("type").zip(word("value")) {
                let place = format!("{at}/modelCard{LIST}/{index}");
                self.fact(FactKey::Metric, &format!("{name} {value}{slice}"), &place);
            }
        }
    }

    fn pedigree(&mut self, node: &Map<String, Value>, at: &str, properties: &[Property]) {
        let Some(pedigree) = self.object(node, "pedigree", at) else { return };
        let here = format!("{at}/pedigree");
        let notes = self.text(pedigree, "notes", &here).unwrap_or_default();
        let relations = Relations::new(properties, notes);
        for (index, ancestor) in self.list(pedigree, "ancestors", &here) {
            self.ancestor(ancestor, &format!("{here}/ancestors/{index}"), &relations);
        }
        for (index, descendant) in self.list(pedigree, "descendants", &here) {
            self.descendant(descendant, &format!("{here}/descendants/{index}"));
        }
    }

    /// The same edge told from the other end: it is the descendant's, and pins nothing.
    fn descendant(&mut self, descendant: &Value, place: &str) {
        let named = descendant.as_object().and_then(|node| Some((node, identify(node, true)?)));
        let Some((node, name)) = named else {
            self.found("F-BOM-NAME", place, "a descendant without a name; left out");
            return;
        };
        let source = self.document.source;
        let mut model = Model::new(ModelId::new(&name), text(node, "name").unwrap_or(&name));
        model.sources.push(source.clone());
        let (properties, _) = properties(node, place);
        model.parents.push(ParentRef {
            id: self.record.model.id.clone(),
            relation: Relations::new(&properties, "").of(self.record.model.id.raw()),
            basis: Basis::Declared,
            digest: None,
            source: source.clone(),
            place: place.into(),
        });
        self.descendants.push(model);
    }

    fn ancestor(&mut self, ancestor: &Value, place: &str, relations: &Relations<'_>) {
        let named = ancestor.as_object().and_then(|node| Some((node, identify(node, true)?)));
        let Some((node, name)) = named else {
            self.found("F-BOM-NAME", place, "an ancestor without a name; left out");
            return;
        };
        let (properties, bad) = properties(node, place);
        for place in bad {
            self.found("F-BOM-TYPE", &place, NO_PROPERTY);
        }
        let stated =
            find(&properties, "touchmark:pedigree:relation").and_then(|one| names::relation(&one.value));
        self.parent(&name, stated.unwrap_or_else(|| relations.of(&name)), place);
        if let Some(pin) = find(&properties, dialects::PIN) {
            dialects::pin(&mut self.record, &name, place, pin, self.document.source);
        }
    }

    fn binding(&mut self, node: &Map<String, Value>, at: &str, properties: &[Property]) {
        let mut binding = dialects::binding(&mut self.record, properties, self.document.source);
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
        dialects::bind(&mut self.record, binding);
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
            self.found("F-BOM-TYPE", &format!("{at}/{key}"), MUST_BE_LIST);
        }
        value.and_then(Value::as_array).into_iter().flatten().enumerate()
    }
}

const MUST_BE_LIST: &str = "must be a list";
const NO_PROPERTY: &str = "a property has a name and a value, both text";

/// The properties of a component and of its model card, and where there are some that are none.
fn properties(node: &Map<String, Value>, at: &str) -> (Vec<Property>, Vec<String>) {
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    let card = node.get("modelCard").and_then(Value::as_object);
    for (holder, at) in [(Some(node), at.to_owned()), (card, format!("{at}/modelCard"))] {
        let Some(list) = holder.and_then(|holder| holder.get("properties")) else { continue };
        if !list.is_array() {
            bad.push(format!("{at}/properties"));
        }
        for (index, entry) in each(Some(list)).enumerate() {
            let place = format!("{at}/properties/{index}");
            let part = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
            match (part("name"), part("value")) {
                (Some(name), Some(value)) => found.push(Property { name, value, place }),
                // A property without a value is allowed and says nothing.
                (Some(_), None) if entry.get("value").is_none() => {}
                _ => bad.push(place),
            }
        }
    }
    (found, bad)
}

fn text<'v>(node: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str)
}

fn each(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}
