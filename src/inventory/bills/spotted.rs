//! Where models run, according to a CycloneDX document: a Kubernetes workload from k8s-aibom, services that
//! depend on models, and workflows that deploy them. These are only declarations.

use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;

use crate::disk;
use crate::error::{Code, Error, Result};
use crate::inventory::model::deployment::MOST_DEPLOYMENTS;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Kind;
use crate::json;
use crate::text::{Untrusted, count};

use super::cyclonedx::{identify, kind};

const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Limit of examined parts of a document.
const MAX_PARTS: usize = 200_000;
/// Limit of dependencies followed, for all services and workflows together.
const MAX_FOLLOWED: usize = 2_000_000;
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

impl SpottedBy {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            SpottedBy::Workload => "workload",
            SpottedBy::Service => "service",
            SpottedBy::Workflow => "workflow",
        }
    }
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
/// `E-READ`; `E-TOO-LARGE` for more deployments than a workspace holds, or too many dependencies; `E-MALFORMED` when it
/// is not CycloneDX in JSON, repeats a key, or does not say where any model runs.
pub fn spotted(path: &Path) -> Result<Vec<Spotted>> {
    let bytes = disk::read_small(path, MAX_BYTES)?;
    let malformed = |what: String| Error::new(Code::Malformed, what).at_path(path);
    let tree = json::parse_tree(&bytes).map_err(|words| malformed(words).help(EXPECTED))?;
    if let Some(key) = tree.duplicates.first() {
        return Err(malformed("an object has the same key twice".to_owned())
            .at(format!("{}: {key}", path.to_string_lossy()))
            .help(
                "parsers disagree about repeated keys: remove one of them, or generate the document again; \
                 nothing was changed",
            ));
    }
    let root = tree.root.as_object().filter(|root| text(root, "bomFormat") == Some("CycloneDX"));
    let Some(root) = root else {
        return Err(malformed("not a CycloneDX document in JSON".to_owned()).help(EXPECTED));
    };
    let document = Document::of(root);
    let mut found = Found::default();
    let all = document.workload(&mut found).and_then(|()| document.services(&mut found));
    all.and_then(|()| document.workflows(&mut found)).map_err(|flood| {
        let (what, help) = match flood {
            Flood::Deployments => (
                format!("more than {MOST_DEPLOYMENTS} deployments in one document"),
                "a workspace holds no more: import fewer, for example one namespace per workspace; nothing was changed",
            ),
            Flood::Dependencies => (
                format!("more than {MAX_FOLLOWED} dependencies between services, workflows and models"),
                "split the document, or make each service depend on its models directly; nothing was changed",
            ),
        };
        Error::new(Code::TooLarge, what).at_path(path).help(help)
    })?;
    let found = found.all;
    if found.is_empty() {
        let models = count(document.models.len(), "model");
        return Err(malformed(format!("{models} in this document, but no place where they run")).help(
            "expected a workload of k8s-aibom, a service that depends on a model, or a workflow of type `deploy`; \
             nothing was changed",
        ));
    }
    Ok(found.into_iter().collect())
}

/// The documents that can be read.
const EXPECTED: &str = "import a CycloneDX document in JSON, at most 128 levels deep: from k8s-aibom, or with services \
                        or deployment workflows; nothing was changed";

/// The deployments found, within limits.
#[derive(Default)]
struct Found {
    all: BTreeSet<Spotted>,
    followed: usize,
}

type Within<T> = std::result::Result<T, Flood>;

/// The limit that a document exceeds.
enum Flood {
    Deployments,
    Dependencies,
}

impl Found {
    fn add(&mut self, spotted: Spotted) -> Within<()> {
        self.all.insert(spotted);
        if self.all.len() > MOST_DEPLOYMENTS { Err(Flood::Deployments) } else { Ok(()) }
    }

    fn follow(&mut self) -> Within<()> {
        self.followed += 1;
        if self.followed > MAX_FOLLOWED { Err(Flood::Dependencies) } else { Ok(()) }
    }
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
    fn workload(&self, found: &mut Found) -> Within<()> {
        let subject = self.root.get("metadata").and_then(|metadata| metadata.get("component"));
        let Some(subject) = subject.and_then(Value::as_object) else { return Ok(()) };
        let properties: Vec<(&str, &str)> = each(subject.get("properties"))
            .filter_map(|one| Some((one.get("name")?.as_str()?, one.get("value")?.as_str()?)))
            .collect();
        let said = |key: &str| {
            let is_it = |name: &str| WORKLOADS.iter().any(|start| name.strip_prefix(start) == Some(key));
            properties.iter().find(|(name, _)| is_it(name)).map(|(_, value)| *value)
        };
        let (Some(kind), Some(name)) = (said("kind"), said("name")) else { return Ok(()) };
        let place = match said("namespace") {
            Some(namespace) => format!("{namespace}/{kind}/{name}"),
            None => format!("{kind}/{name}"),
        };
        let place = Untrusted::new(place);
        self.all.iter().try_for_each(|model| {
            found.add(Spotted {
                model: model.clone(),
                place: place.clone(),
                owner: None,
                since: self.at,
                by: SpottedBy::Workload,
            })
        })
    }

    /// Services that depend on a model, those in others and those of formulas too.
    fn services(&self, found: &mut Found) -> Within<()> {
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
            let owner = node.get("provider").and_then(Value::as_object).and_then(|owner| text(owner, "name"));
            let (place, owner) = (Untrusted::new(place), owner.map(Untrusted::new));
            for model in self.reached(reference, found)? {
                found.add(Spotted {
                    model,
                    place: place.clone(),
                    owner: owner.clone(),
                    since: self.at,
                    by: SpottedBy::Service,
                })?;
            }
        }
        Ok(())
    }

    /// The models that a part depends on, through others that are no models too.
    fn reached(&self, from: &str, found: &mut Found) -> Within<BTreeSet<ModelId>> {
        let (mut seen, mut next, mut models) = (HashSet::from([from]), vec![from], BTreeSet::new());
        while let Some(part) = next.pop() {
            found.follow()?;
            // What a model depends on does not run there by itself.
            if let Some(model) = self.models.get(part) {
                models.insert(model.clone());
                continue;
            }
            for on in self.depends.get(part).into_iter().flatten() {
                found.follow()?;
                if seen.insert(on) {
                    next.push(on);
                }
            }
        }
        Ok(models)
    }

    /// Workflows and tasks that deploy: their inputs, and what they refer to.
    fn workflows(&self, found: &mut Found) -> Within<()> {
        let formulas = each(self.root.get("formulation"));
        for workflow in formulas.flat_map(|formula| each(formula.get("workflows"))).take(MAX_PARTS) {
            let tasks = each(workflow.get("tasks"));
            for part in std::iter::once(workflow).chain(tasks) {
                let Some(node) = part.as_object() else { continue };
                if !each(node.get("taskTypes")).any(|kind| kind.as_str() == Some(DEPLOYS)) {
                    continue;
                }
                let Some(place) = text(node, "name").or(text(node, "uid")).map(Untrusted::new) else {
                    continue;
                };
                let inputs = each(node.get("inputs")).filter_map(|input| input.get("resource"));
                let references = inputs.chain(each(node.get("resourceReferences")));
                let since = moment(node.get("timeEnd")).or(moment(node.get("timeStart"))).or(self.at);
                for reference in references.filter_map(|one| one.get("ref")?.as_str()) {
                    for model in self.reached(reference, found)? {
                        let (place, by) = (place.clone(), SpottedBy::Workflow);
                        found.add(Spotted { model, place, owner: None, since, by })?;
                    }
                }
            }
        }
        Ok(())
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
