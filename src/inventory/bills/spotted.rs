//! Where models run, according to a CycloneDX document: a Kubernetes workload from k8s-aibom, services that
//! depend on models, and workflows that deploy them. These are only declarations.

use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use jiff::Timestamp;

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Kind;
use crate::json;
use crate::text::{Untrusted, count};

use super::cyclonedx::{identify, kind};

const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Limit of examined parts of a document.
const MAX_PARTS: usize = 200_000;
/// What the properties of a workload begin with: up to version 1.6 of k8s-aibom, and from 1.7 on.
const WORKLOADS: [&str; 2] = ["aibom.workload.", "k8s-aibom:workload:"];
/// The type of a task that puts something where it runs.
const DEPLOYS: &str = "deploy";

/// What says that a model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpottedBy {
    /// A workload of Kubernetes.
    Workload,
    /// A service.
    Service,
    /// A workflow that deploys.
    Workflow,
}

/// A model that a document sees running.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spotted {
    /// The model, by the name that it has there.
    pub model: ModelId,
    /// Where.
    pub place: Untrusted,
    /// The owner.
    pub owner: Option<Untrusted>,
    /// The moment at which it ran: of the deployment, or else of the document.
    pub since: Option<Timestamp>,
    /// The source of the statement.
    pub by: SpottedBy,
}

/// Where the models of a document run, each place once.
///
/// # Errors
/// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` when it is no CycloneDX in JSON, or says of no model where it runs.
pub fn spotted(path: &Path) -> Result<Vec<Spotted>> {
    let bytes = disk::read_small(path, MAX_BYTES)?;
    let malformed = |what: String| Error::new(Code::Malformed, what).at_path(path);
    let tree = json::parse_tree(&bytes).map_err(malformed)?;
    let root = tree.root.as_object().filter(|root| text(root, "bomFormat") == Some("CycloneDX"));
    let Some(root) = root else {
        return Err(malformed("not a CycloneDX document in JSON".to_owned()).help(
            "deployments are read from k8s-aibom documents, and from CycloneDX services and workflows",
        ));
    };
    let document = Document::of(root);
    let mut found = BTreeSet::new();
    document.workload(&mut found);
    document.services(&mut found);
    document.workflows(&mut found);
    if found.is_empty() {
        let models = count(document.models.len(), "model");
        return Err(malformed(format!("{models} in this document, but no place where they run")).help(
            "expected a workload of k8s-aibom, a service that depends on a model, or a workflow of type `deploy`",
        ));
    }
    Ok(found.into_iter().collect())
}

struct Document<'v> {
    root: &'v Map<String, Value>,
    /// What each model is called, by its `bom-ref`.
    models: HashMap<&'v str, ModelId>,
    /// All of them, whether or not anything can refer to them.
    all: BTreeSet<ModelId>,
    depends: HashMap<&'v str, Vec<&'v str>>,
    at: Option<Timestamp>,
}

impl<'v> Document<'v> {
    fn of(root: &'v Map<String, Value>) -> Self {
        let mut document = Document {
            root,
            models: HashMap::new(),
            all: BTreeSet::new(),
            depends: HashMap::new(),
            at: moment(root.get("metadata").and_then(|metadata| metadata.get("timestamp"))),
        };
        let formulas = each(root.get("formulation"));
        let mut waiting: Vec<&Value> = each(root.get("components")).collect();
        waiting.extend(formulas.flat_map(|formula| each(formula.get("components"))));
        waiting.truncate(MAX_PARTS);
        let mut looked_at = 0;
        while let Some(part) = waiting.pop().filter(|_| looked_at < MAX_PARTS) {
            looked_at += 1;
            let Some(node) = part.as_object() else { continue };
            waiting.extend(each(node.get("components")));
            if !kind(node).is_some_and(|(kind, _)| kind == Kind::Model) {
                continue;
            }
            let Some(name) = identify(node, false) else { continue };
            let id = ModelId::new(&name);
            document.all.insert(id.clone());
            if let Some(reference) = text(node, "bom-ref") {
                document.models.insert(reference, id);
            }
        }
        for entry in each(root.get("dependencies")) {
            if let Some(of) = entry.get("ref").and_then(Value::as_str) {
                let on = each(entry.get("dependsOn")).filter_map(Value::as_str);
                document.depends.entry(of).or_default().extend(on);
            }
        }
        document
    }

    /// A document that k8s-aibom wrote is about one workload: all models in it run there.
    fn workload(&self, found: &mut BTreeSet<Spotted>) {
        let subject = self.root.get("metadata").and_then(|metadata| metadata.get("component"));
        let Some(subject) = subject.and_then(Value::as_object) else { return };
        let properties: Vec<(&str, &str)> = each(subject.get("properties"))
            .filter_map(|one| Some((one.get("name")?.as_str()?, one.get("value")?.as_str()?)))
            .collect();
        let said = |key: &str| {
            let is_it = |name: &str| WORKLOADS.iter().any(|start| name.strip_prefix(start) == Some(key));
            properties.iter().find(|(name, _)| is_it(name)).map(|(_, value)| *value)
        };
        let (Some(kind), Some(name)) = (said("kind"), said("name")) else { return };
        let place = match said("namespace") {
            Some(namespace) => format!("{namespace}/{kind}/{name}"),
            None => format!("{kind}/{name}"),
        };
        let place = Untrusted::new(place);
        found.extend(self.all.iter().map(|model| Spotted {
            model: model.clone(),
            place: place.clone(),
            owner: None,
            since: self.at,
            by: SpottedBy::Workload,
        }));
    }

    /// Services that depend on a model, those in others and those of formulas too.
    fn services(&self, found: &mut BTreeSet<Spotted>) {
        let formulas = each(self.root.get("formulation"));
        let mut waiting: Vec<&Value> = each(self.root.get("services")).collect();
        waiting.extend(formulas.flat_map(|formula| each(formula.get("services"))));
        let mut looked_at = 0;
        while let Some(part) = waiting.pop().filter(|_| looked_at < MAX_PARTS) {
            looked_at += 1;
            let Some(node) = part.as_object() else { continue };
            waiting.extend(each(node.get("services")));
            let (Some(reference), Some(name)) = (text(node, "bom-ref"), text(node, "name")) else { continue };
            let place = match text(node, "group") {
                Some(group) => format!("{group}/{name}"),
                None => name.to_owned(),
            };
            let owner = node.get("provider").and_then(|provider| provider.get("name")?.as_str());
            for model in self.reached(reference) {
                found.insert(Spotted {
                    model,
                    place: Untrusted::new(&place),
                    owner: owner.map(Untrusted::new),
                    since: self.at,
                    by: SpottedBy::Service,
                });
            }
        }
    }

    /// The models that a part depends on, through others that are no models too.
    fn reached(&self, from: &str) -> BTreeSet<ModelId> {
        let (mut seen, mut next, mut found) = (BTreeSet::new(), vec![from], BTreeSet::new());
        while let Some(part) = next.pop() {
            if !seen.insert(part) || seen.len() > MAX_PARTS {
                continue;
            }
            match self.models.get(part) {
                // What a model depends on does not run there by itself.
                Some(model) => drop(found.insert(model.clone())),
                None => next.extend(self.depends.get(part).into_iter().flatten().copied()),
            }
        }
        found
    }

    /// Workflows and tasks that deploy: their inputs, and what they refer to.
    fn workflows(&self, found: &mut BTreeSet<Spotted>) {
        let formulas = each(self.root.get("formulation"));
        for workflow in formulas.flat_map(|formula| each(formula.get("workflows"))).take(MAX_PARTS) {
            let tasks = each(workflow.get("tasks"));
            for part in std::iter::once(workflow).chain(tasks) {
                let Some(node) = part.as_object() else { continue };
                if !each(node.get("taskTypes")).any(|kind| kind.as_str() == Some(DEPLOYS)) {
                    continue;
                }
                let Some(place) = text(node, "name").or(text(node, "uid")) else { continue };
                let inputs = each(node.get("inputs")).filter_map(|input| input.get("resource"));
                let references = inputs.chain(each(node.get("resourceReferences")));
                let since = moment(node.get("timeEnd")).or(moment(node.get("timeStart"))).or(self.at);
                for reference in references.filter_map(|one| one.get("ref")?.as_str()) {
                    found.extend(self.reached(reference).into_iter().map(|model| Spotted {
                        model,
                        place: Untrusted::new(place),
                        owner: None,
                        since,
                        by: SpottedBy::Workflow,
                    }));
                }
            }
        }
    }
}

fn text<'v>(node: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

fn each(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

fn moment(value: Option<&Value>) -> Option<Timestamp> {
    value?.as_str()?.parse().ok()
}
