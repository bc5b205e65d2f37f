//! What both versions have in common: packages and relationships, which become edges from child to parent, whichever
//! way the document wrote them.

use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

use crate::text::Untrusted;

use crate::inventory::bills::dialects::{self, Property};
use crate::inventory::bills::parts::Take;
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::finding::Finding;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::letters::hides;
use crate::inventory::model::models::Kind;
use crate::inventory::model::names;
use crate::inventory::model::record::{Record, note};

/// Packages, files and relationships in one document.
pub(super) const MAX_ELEMENTS: usize = 200_000;

/// Which end of a relationship is the child.
#[derive(Clone, Copy, PartialEq)]
enum Child {
    From,
    To,
}

/// Relationships that tell of origin: the name without case and `_`, the child's end, how it came from the
/// other, and whether both ends must be models (what a build generates is no descendant of the build).
const RELATIONSHIPS: [(&str, Child, Relation, bool); 7] = [
    ("descendantof", Child::From, Relation::Unspecified, false),
    ("ancestorof", Child::To, Relation::Unspecified, false),
    ("hasvariant", Child::To, Relation::Unspecified, true),
    ("variantof", Child::From, Relation::Unspecified, true),
    ("generates", Child::To, Relation::Unspecified, true),
    ("generatedfrom", Child::From, Relation::Unspecified, true),
    ("trainedon", Child::From, Relation::TrainedOn, false),
];

/// Relationships that tell what a package is made of: the name as above, the end that holds the other, and whether
/// only a data set is made of it.
const CONTENTS: [(&str, Child, bool); 3] =
    [("contains", Child::To, false), ("containedby", Child::From, false), ("hasdatafile", Child::To, true)];
/// Packages in packages that are looked through for whose a file is, and how many of them in all.
const MAX_NESTED: usize = 16;
const MAX_HOLDERS: usize = 64;

/// No licence is meant by these.
const NO_LICENCE: [&str; 2] = ["NOASSERTION", "NONE"];

/// What one package, file or data set says.
pub(super) struct Element {
    /// The document's own id.
    pub(super) id: Box<str>,
    /// What it is, when it is for us.
    pub(super) kind: Option<Kind>,
    /// The model's id.
    pub(super) name: Option<String>,
    /// Where it stands.
    pub(super) place: String,
    pub(super) record: Record,
}

/// A relationship between two ids of the document, from child to parent.
struct Edge {
    child: Box<str>,
    parent: Box<str>,
    relation: Relation,
    both: bool,
    place: Box<str>,
    /// A root digest that pins the parent, as the document writes it.
    pin: Option<Box<Property>>,
}

/// A document in the making.
pub(super) struct Bill<'a> {
    pub(super) source: &'a Untrusted,
    pub(super) elements: Vec<Element>,
    by_id: HashMap<Box<str>, usize>,
    edges: Vec<Edge>,
    /// What holds the element of an id, and whether it does so only when it is a data set.
    holders: HashMap<Box<str>, Vec<(Box<str>, bool)>>,
    held: usize,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Bill<'a> {
    pub(super) fn new(source: &'a Untrusted) -> Self {
        Bill {
            source,
            elements: Vec::new(),
            by_id: HashMap::new(),
            edges: Vec::new(),
            holders: HashMap::new(),
            held: 0,
            findings: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, code: &str, place: &str, message: impl Into<String>) {
        note(&mut self.findings, code, None, self.source, place, message);
    }

    /// Opens the record of an element; the view fills it and hands it to `add`.
    pub(super) fn element(
        &self,
        id: &str,
        kind: Option<Kind>,
        name: Option<String>,
        shown: &str,
        at: &str,
    ) -> Element {
        let model_id = ModelId::new(name.as_deref().unwrap_or_default());
        // What nobody sees of the whole name must not get lost.
        let shown = name.as_deref().filter(|name| hides(name)).unwrap_or(shown);
        let mut record = Record::new(model_id, shown, self.source);
        record.model.kind = kind.unwrap_or(Kind::Model);
        Element { id: id.into(), kind, name, place: at.to_owned(), record }
    }

    /// Of several elements of one id the first counts.
    pub(super) fn add(&mut self, mut element: Element) {
        if !element.id.is_empty() && self.by_id.contains_key(&element.id) {
            self.note("F-BOM-DUPLICATE-ID", &element.place, "this id is another element's already; left out");
            return;
        }
        element.record.model.pack();
        self.by_id.insert(element.id.clone(), self.elements.len());
        self.elements.push(element);
    }

    /// Notes a relationship when it tells of origin, or of what holds what. A comment may say how a model came from
    /// another: in the hub's words.
    pub(super) fn relate(
        &mut self,
        (kind, comment): (&str, &str),
        (from, to): (&str, &str),
        place: &str,
        pin: Option<Property>,
    ) {
        let plain = kind.replace('_', "").to_ascii_lowercase();
        if let Some((_, held, only_data)) = CONTENTS.iter().find(|(known, ..)| *known == plain) {
            let (held, holder) = if *held == Child::From { (from, to) } else { (to, from) };
            if self.held < MAX_ELEMENTS {
                self.held += 1;
                self.holders.entry(held.into()).or_default().push((holder.into(), *only_data));
            }
            return;
        }
        let Some((_, child, relation, both)) = RELATIONSHIPS.iter().find(|(known, ..)| *known == plain)
        else {
            return;
        };
        let (child, parent) = if *child == Child::From { (from, to) } else { (to, from) };
        let relation = match relation {
            Relation::Unspecified => names::relation(comment).unwrap_or(Relation::Unspecified),
            stated => *stated,
        };
        self.edges.push(Edge {
            child: child.into(),
            parent: parent.into(),
            relation,
            both: *both,
            place: place.into(),
            pin: pin.map(Box::new),
        });
    }

    fn kind_of(&self, id: &str) -> Option<Kind> {
        self.elements.get(*self.by_id.get(id)?)?.kind
    }

    /// What an id names: an element here, or something on the hub.
    fn name_of(&self, id: &str) -> Option<String> {
        match self.by_id.get(id) {
            Some(index) => self.elements.get(*index)?.name.clone(),
            None => names::hub_purl(id).map(|purl| purl.name).or_else(|| names::hub_url(id)),
        }
    }

    /// The models and data sets whose part an element is: the nearest that hold it.
    fn wholes(&self, id: &str) -> Vec<Box<str>> {
        let mut layer: Vec<&str> = vec![id];
        let mut seen: HashSet<&str> = HashSet::from([id]);
        for _ in 0..MAX_NESTED {
            let mut next = Vec::new();
            for (holder, only_data) in layer.iter().filter_map(|held| self.holders.get(*held)).flatten() {
                let counts = !only_data || self.kind_of(holder) == Some(Kind::Dataset);
                if counts && seen.len() < MAX_HOLDERS && seen.insert(holder) {
                    next.push(&**holder);
                }
            }
            let wholes: Vec<Box<str>> = next
                .iter()
                .filter(|holder| self.kind_of(holder).is_some())
                .map(|holder| (*holder).into())
                .collect();
            if !wholes.is_empty() || next.is_empty() {
                return wholes;
            }
            layer = next;
        }
        Vec::new()
    }

    /// What is told of parts, told of what they are parts of: a model comes from a model, and is trained on data.
    fn of_wholes(&self, edge: Edge) -> Vec<Edge> {
        let whole = |id: &str| match self.kind_of(id) {
            Some(_) => Vec::new(),
            None => self.wholes(id),
        };
        let (children, parents) = (whole(&edge.child), whole(&edge.parent));
        if children.is_empty() && parents.is_empty() {
            return vec![edge];
        }
        let or = |wholes: Vec<Box<str>>, own: &str| if wholes.is_empty() { vec![own.into()] } else { wholes };
        let (children, parents) = (or(children, &edge.child), or(parents, &edge.parent));
        let origin = if edge.relation == Relation::TrainedOn { Kind::Dataset } else { Kind::Model };
        let pairs = children.iter().flat_map(|child| parents.iter().map(move |parent| (child, parent)));
        let fits = |(child, parent): &(&Box<str>, &Box<str>)| {
            child != parent
                && self.kind_of(child) == Some(Kind::Model)
                && self.kind_of(parent) == Some(origin)
        };
        let of_pair = |(child, parent): (&Box<str>, &Box<str>)| Edge {
            child: child.clone(),
            parent: parent.clone(),
            relation: edge.relation,
            both: edge.both,
            place: edge.place.clone(),
            // It is a digest of the part.
            pin: None,
        };
        pairs.filter(fits).map(of_pair).collect()
    }

    /// The relationships that tell of origin, each with the number of its child, which is a model by that.
    fn origins(&mut self) -> Vec<(usize, Edge)> {
        let mut origins = Vec::new();
        let edges = std::mem::take(&mut self.edges);
        let edges: Vec<Edge> = edges.into_iter().flat_map(|edge| self.of_wholes(edge)).collect();
        for edge in edges {
            let (child, parent) = (self.kind_of(&edge.child), self.kind_of(&edge.parent));
            if edge.both && (child.is_none() || parent.is_none()) {
                continue;
            }
            // What descends from a model is one, whatever its type.
            if child.is_none() && (parent.is_none() || edge.relation == Relation::TrainedOn) {
                continue;
            }
            let number = self.by_id.get(&edge.child).copied();
            let Some((number, element)) =
                number.and_then(|number| Some((number, self.elements.get_mut(number)?)))
            else {
                self.note("F-BOM-REF", &edge.place, "refers to nothing in this document");
                continue;
            };
            element.kind = element.kind.or(Some(Kind::Model));
            origins.push((number, edge));
        }
        origins
    }

    pub(super) fn finish(mut self, take: Take<'_>) -> Vec<Finding> {
        let mut edges = self.origins();
        // Those of one child together, in their order: its lists are opened once.
        edges.sort_by_key(|(child, _)| *child);
        let mut edges = edges.into_iter().peekable();
        while let Some((child, edge)) = edges.next() {
            let name = self.name_of(&edge.parent);
            let Some(element) = self.elements.get_mut(child) else { continue };
            match name {
                Some(name) => {
                    element.record.parent(&name, edge.relation, self.source, &edge.place);
                    if let Some(pin) = &edge.pin {
                        dialects::pin(&mut element.record, &name, &edge.place, pin, self.source);
                    }
                }
                None => {
                    let message = "refers to nothing in this document that has a name";
                    element.record.found("F-BOM-REF", self.source, &edge.place, message);
                }
            }
            if edges.peek().is_none_or(|(next, _)| *next != child) {
                element.record.model.pack();
            }
        }
        let (mut findings, mut is_empty) = (self.findings, true);
        for element in self.elements.into_iter().filter(|element| element.kind.is_some()) {
            if element.name.is_none() {
                let message = "a model without a name; left out";
                note(&mut findings, "F-BOM-NAME", None, self.source, &element.place, message);
                continue;
            }
            is_empty = false;
            take(element.record.model);
            for finding in element.record.findings {
                let (place, message) = (finding.place.raw(), finding.message);
                note(&mut findings, &finding.code, finding.model, self.source, place, message);
            }
        }
        if is_empty {
            let message = "nothing here is told as a model or dataset";
            note(&mut findings, "F-BOM-EMPTY", None, self.source, "", message);
        }
        findings
    }
}

impl Element {
    pub(super) fn fact(&mut self, key: FactKey, value: &str, source: &Untrusted, place: &str) {
        self.record.fact(key, value, Basis::Declared, source, place);
    }

    pub(super) fn licence(&mut self, value: &str, source: &Untrusted, place: &str) {
        if !NO_LICENCE.contains(&value) {
            self.fact(FactKey::Licence, value, source, place);
        }
    }

    pub(super) fn hash(
        &mut self,
        algorithm: Option<&Value>,
        content: Option<&Value>,
        source: &Untrusted,
        place: &str,
    ) {
        match (algorithm.and_then(Value::as_str), content.and_then(Value::as_str)) {
            (Some(algorithm), Some(content)) => match dialects::hash(algorithm, content) {
                Ok(value) => self.fact(FactKey::Hash, &value, source, place),
                Err((code, message)) => self.record.found(code, source, place, message),
            },
            _ => {
                let message = "a hash has an algorithm and a value, both text";
                self.record.found("F-BOM-TYPE", source, place, message);
            }
        }
    }

    /// Text of a member; something else there is a finding.
    pub(super) fn text<'v>(
        &mut self,
        node: &'v Map<String, Value>,
        key: &str,
        at: &str,
        source: &Untrusted,
    ) -> Option<(String, &'v str)> {
        let value = node.get(key)?;
        let place = format!("{at}/{}", crate::json::pointer_part(key));
        if !value.is_string() {
            self.record.found("F-BOM-TYPE", source, &place, "must be text");
        }
        Some((place, value.as_str()?))
    }
}

/// Something that may be one value or a list of them, with pointers.
pub(super) fn each<'v>(value: Option<&'v Value>, at: &str) -> Vec<(String, &'v Value)> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .take(MAX_ELEMENTS + 1)
            .map(|(index, item)| (format!("{at}/{index}"), item))
            .collect(),
        Some(one) => vec![(at.to_owned(), one)],
    }
}

/// Whether an address on the hub is one of a dataset.
pub(super) fn is_dataset_address(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    lower.starts_with("pkg:huggingface/datasets/") || lower.contains("huggingface.co/datasets/")
}

/// The kind that an address on the hub tells.
pub(super) fn kind_by_address<'a>(addresses: impl Iterator<Item = &'a str>) -> Option<Kind> {
    addresses
        .filter(|raw| names::hub_purl(raw).is_some() || names::hub_url(raw).is_some())
        .map(|raw| if is_dataset_address(raw) { Kind::Dataset } else { Kind::Model })
        .next()
}

pub(super) fn text<'v>(node: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str)
}
