//! SPDX 3.0.1 in JSON-LD, as `@graph`. The profiles `ai` and `dataset` are used and not claimed: they ask for
//! statements (release time, download location) that an inventory often has not.

use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::entry::{
    Entry, Licence, Written, address, apart, facts, files, first, hashes, is_local, name_of_model, parents,
    portable, properties, timestamp,
};
use crate::inventory::model::facts::{FactKey, Relation};
use crate::inventory::model::models::Kind;
use crate::json::Item;

const CREATION: &str = "_:creation";

/// The models as one SPDX document. Lineage is `descendantOf`, from derived to base; the binding stands in
/// SPDX's extension for CycloneDX properties, and in an external reference to the bundle.
/// Elements wait as text for those that must come before them.
pub fn spdx(entries: &[Entry<'_>], at: jiff::Timestamp) -> impl Serialize + use<> {
    let mut graph =
        Graph { base: base(entries, at), ids: BTreeMap::new(), elements: Vec::new(), edges: Vec::new() };
    let tool = graph.id("tool", "touchmark");
    graph.elements.push(Item::of(json!({
        "type": "SoftwareAgent", "spdxId": tool, "creationInfo": CREATION, "name": "touchmark",
    })));
    // Ids first, so that a model that comes later is known to be here.
    let roots: Vec<String> = entries.iter().map(|entry| graph.id("model", entry.model.id.raw())).collect();
    for (entry, id) in entries.iter().zip(&roots) {
        apart(entry, |entry| graph.package(entry, id));
    }
    let mut out = vec![
        Item::of(json!({
            "type": "CreationInfo", "@id": CREATION, "specVersion": "3.0.1", "created": timestamp(at), "createdBy": [tool],
        })),
        Item::of(json!({
            "type": "SpdxDocument", "spdxId": format!("{}document", graph.base), "creationInfo": CREATION,
            "profileConformance": ["core", "software", "simpleLicensing", "extension"], "rootElement": roots,
        })),
    ];
    out.append(&mut graph.elements);
    out.append(&mut graph.edges);
    Bill { context: "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", graph: out }
}

#[derive(Serialize)]
struct Bill {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: Vec<Item<'static>>,
}

/// The namespace of the document's ids: a digest of what it tells, so that it is its own and the same each time.
fn base(entries: &[Entry<'_>], at: jiff::Timestamp) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(timestamp(at).as_bytes());
    for entry in entries {
        let model = apart(entry, |entry| serde_json::to_vec(entry.model));
        hasher.update(&model.unwrap_or_default());
        hasher.update(format!("{:?}", entry.proof).as_bytes());
    }
    let hex = hasher.finalize().to_hex();
    format!("urn:touchmark:{}#", hex.get(..32).unwrap_or_default())
}

struct Graph {
    base: String,
    /// Ids by kind and name.
    ids: BTreeMap<(&'static str, String), String>,
    elements: Vec<Item<'static>>,
    edges: Vec<Item<'static>>,
}

impl Graph {
    fn id(&mut self, kind: &'static str, name: &str) -> String {
        let number = self.ids.len();
        let new = || format!("{}{kind}-{number}", self.base);
        self.ids.entry((kind, name.to_owned())).or_insert_with(new).clone()
    }

    /// The id of an element that is made when it is first asked for.
    fn named(&mut self, kind: &'static str, name: &str, make: impl FnOnce(&str) -> Value) -> String {
        let is_new = !self.ids.contains_key(&(kind, name.to_owned()));
        let id = self.id(kind, name);
        if is_new {
            self.elements.push(Item::of(make(&id)));
        }
        id
    }

    fn relate(&mut self, from: &str, kind: &str, to: &str, more: Map<String, Value>) {
        let id = format!("{}relationship-{}", self.base, self.edges.len());
        let mut edge = Map::new();
        edge.insert("type".to_owned(), "Relationship".into());
        edge.insert("spdxId".to_owned(), id.into());
        edge.insert("creationInfo".to_owned(), CREATION.into());
        edge.insert("relationshipType".to_owned(), kind.into());
        edge.insert("from".to_owned(), from.into());
        edge.insert("to".to_owned(), json!([to]));
        edge.extend(more);
        self.edges.push(Item::of(Value::Object(edge)));
    }

    fn package(&mut self, entry: &Entry<'_>, id: &str) {
        let model = entry.model;
        let is_data = model.kind == Kind::Dataset;
        let mut out = bare(id, name_of_model(model), is_data);
        let mut put = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                out.insert(key.to_owned(), value.into());
            }
        };
        put("description", first(model, FactKey::Description));
        put("software_packageVersion", first(model, FactKey::Version));
        put("software_packageUrl", first(model, FactKey::Purl).filter(|purl| purl.starts_with("pkg:")));
        if let Some(publisher) = first(model, FactKey::Publisher) {
            let agent = self.named("agent", publisher, |id| {
                json!({ "type": "Organization", "spdxId": id, "creationInfo": CREATION, "name": publisher })
            });
            out.insert("suppliedBy".to_owned(), agent.into());
        }
        let lists: [(&str, FactKey); 2] =
            [("ai_domain", FactKey::Task), ("ai_typeOfModel", FactKey::Architecture)];
        for (key, fact) in lists.into_iter().filter(|_| !is_data) {
            let values: Vec<Value> = facts(model, fact).map(|fact| fact.value.raw().into()).collect();
            if !values.is_empty() {
                out.insert(key.to_owned(), Value::Array(values));
            }
        }
        let metrics: Vec<Value> = facts(model, FactKey::Metric)
            .filter_map(|fact| fact.value.raw().split_once(' '))
            .map(|(name, value)| json!({ "type": "DictionaryEntry", "key": name, "value": value }))
            .collect();
        if !metrics.is_empty() && !is_data {
            out.insert("ai_metric".to_owned(), Value::Array(metrics));
        }
        let hashes: Vec<Value> = hashes(model).iter().filter_map(|value| hash(value)).collect();
        if !hashes.is_empty() {
            out.insert("verifiedUsing".to_owned(), Value::Array(hashes));
        }
        if let Some(proof) = &entry.proof {
            let reference = json!([{
                "type": "ExternalRef", "externalRefType": "secureSoftwareAttestation",
                "locator": [address(&portable(proof.bundle.raw()))], "comment": "OMS signature bundle",
            }]);
            out.insert("externalRef".to_owned(), reference);
        }
        let told = properties(entry);
        if !told.is_empty() {
            out.insert("extension".to_owned(), extension(&told));
        }
        self.elements.push(Item::of(Value::Object(out)));
        for file in files(model) {
            let element = self.named("file", &format!("{} {}", model.id.raw(), file.name), |id| {
                json!({
                    "type": "software_File", "spdxId": id, "creationInfo": CREATION, "name": file.name,
                    "verifiedUsing": [{ "type": "Hash", "algorithm": "sha256", "hashValue": file.digest }],
                })
            });
            self.relate(id, "contains", &element, Map::new());
        }
        for licence in facts(model, FactKey::Licence).filter(|licence| !is_local(licence.value.raw())) {
            let licence = self.licence(licence.value.raw());
            self.relate(id, "hasDeclaredLicense", &licence, Map::new());
        }
        let edges = parents(model, true).into_iter().chain(parents(model, false));
        let written = Written::in_facts_of(model);
        for parent in edges {
            let is_data = parent.relation == Relation::TrainedOn;
            let name = written.name_of(parent);
            let other = self.named("model", parent.id.raw(), |id| Value::Object(bare(id, name, is_data)));
            let mut more = Map::new();
            if !is_data {
                more.insert("comment".to_owned(), parent.relation.word().into());
            }
            if let Some(digest) = parent.digest {
                let pin = [("touchmark:pedigree:digest".to_owned(), digest.to_string())];
                more.insert("extension".to_owned(), extension(&pin));
            }
            self.relate(id, if is_data { "trainedOn" } else { "descendantOf" }, &other, more);
        }
    }

    fn licence(&mut self, raw: &str) -> String {
        match Licence::of(raw) {
            Licence::Id(text) | Licence::Expression(text) => self.named("licence", text, |id| {
                json!({
                    "type": "simplelicensing_LicenseExpression", "spdxId": id, "creationInfo": CREATION,
                    "simplelicensing_licenseExpression": text,
                })
            }),
            Licence::Name(name) => self.named("licence-text", name, |id| {
                json!({
                    "type": "simplelicensing_SimpleLicensingText", "spdxId": id, "creationInfo": CREATION,
                    "name": name, "simplelicensing_licenseText": name,
                })
            }),
        }
    }
}

fn bare(id: &str, name: &str, is_data: bool) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("type".to_owned(), if is_data { "dataset_DatasetPackage" } else { "ai_AIPackage" }.into());
    out.insert("spdxId".to_owned(), id.into());
    out.insert("creationInfo".to_owned(), CREATION.into());
    out.insert("name".to_owned(), name.into());
    out.insert("software_primaryPurpose".to_owned(), if is_data { "data" } else { "model" }.into());
    if is_data {
        out.insert("dataset_datasetType".to_owned(), json!(["noAssertion"]));
    }
    out
}

/// SPDX knows fewer algorithms; the others stay in the properties' basis only.
fn hash(value: &str) -> Option<Value> {
    let (algorithm, content) = value.split_once(':')?;
    let named = match algorithm {
        "md5" | "sha1" | "sha256" | "sha384" | "sha512" | "blake3" => algorithm.to_owned(),
        "sha3-256" | "sha3-384" | "sha3-512" => algorithm.replace('-', "_"),
        "blake2b-256" | "blake2b-384" | "blake2b-512" => algorithm.replace('-', ""),
        _ => return None,
    };
    Some(json!({ "type": "Hash", "algorithm": named, "hashValue": content }))
}

fn extension(properties: &[(String, String)]) -> Value {
    let entries: Vec<Value> = properties
        .iter()
        .map(|(name, value)| {
            json!({
                "type": "extension_CdxPropertyEntry", "extension_cdxPropName": name, "extension_cdxPropValue": value,
            })
        })
        .collect();
    json!([{ "type": "extension_CdxPropertiesExtension", "extension_cdxProperty": entries }])
}
