//! SPDX 3.0.1 in JSON-LD, with the AI and dataset profiles. Elements stand in `@graph`; some generators put
//! them into the document's `element` or `elements` list, drop the prefixes of types, or nest one element in another. All of
//! it is read; an unknown type is passed over.

use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

use crate::inventory::bills::dialects::{self, Property};
use crate::inventory::bills::parts::{Parts, Take};
use crate::inventory::model::facts::FactKey;
use crate::inventory::model::finding::Finding;
use crate::inventory::model::models::Kind;
use crate::inventory::model::names;
use crate::json::pointer_part;
use crate::text::Untrusted;

use super::bill::{Bill, Element, MAX_ELEMENTS, each, is_dataset_address, kind_by_address};

/// Where elements nest in elements.
const NESTS: [&str; 6] = ["element", "elements", "rootElement", "from", "to", "suppliedBy"];
/// Members that are facts as they stand; several values give several facts.
const FACTS: [(&str, FactKey); 12] = [
    ("packageUrl", FactKey::Purl),
    ("packageVersion", FactKey::Version),
    ("description", FactKey::Description),
    ("summary", FactKey::Description),
    ("domain", FactKey::Task),
    ("typeOfModel", FactKey::Architecture),
    ("informationAboutApplication", FactKey::Use),
    ("limitation", FactKey::Limitation),
    ("informationAboutTraining", FactKey::Training),
    ("modelDataPreprocessing", FactKey::Training),
    ("builtTime", FactKey::Made),
    ("releaseTime", FactKey::Made),
];
/// What energy was spent for.
const ENERGY: [&str; 3] =
    ["trainingEnergyConsumption", "finetuningEnergyConsumption", "inferenceEnergyConsumption"];
const PUBLISHERS: [&str; 2] = ["suppliedBy", "originatedBy"];
const TYPES: [(&str, Kind); 2] = [("AIPackage", Kind::Model), ("DatasetPackage", Kind::Dataset)];
const PURPOSES: [(&str, Kind); 2] = [("model", Kind::Model), ("data", Kind::Dataset)];
const LISTED: &str = "spdx.org/licenses/";

/// Whether a document is SPDX 3.
pub(in crate::inventory::bills) fn is_three(parts: &Parts<'_>) -> bool {
    let names_spdx = |value: &Value| value.as_str().is_some_and(|context| context.contains("spdx.org/rdf/"));
    let root = &parts.root;
    each(root.get("@context"), "").iter().any(|(_, value)| names_spdx(value))
        || root.as_object().is_some_and(|node| type_of(node) == "SpdxDocument")
        || root
            .get("spdxVersion")
            .and_then(Value::as_str)
            .is_some_and(|version| version.starts_with("SPDX-3"))
        || parts.list("@graph").is_some_and(|mut graph| graph.any(|node| node.get("spdxId").is_some()))
}

/// Reads one document.
pub(in crate::inventory::bills) fn view(
    parts: &Parts<'_>,
    source: &Untrusted,
    take: Take<'_>,
) -> Vec<Finding> {
    let mut bill = Bill::new(source);
    let mut known = Known::default();
    walk(parts, Some(&mut bill), &mut |node, at| known.ask(node, at));
    walk(parts, None, &mut |node, _| known.answer(node));
    let Known { by_id, mut licences } = known;
    walk(parts, None, &mut |node, at| match type_of(node) {
        "Relationship" | "LifecycleScopedRelationship" => relationship(&mut bill, node, at),
        _ => {
            let id = id(node).unwrap_or_default();
            // Licences are taken away: those of one id are looked at once, however often it occurs.
            let licences = licences.remove(id).unwrap_or_default();
            let element = element(&bill, (id, node), at, &by_id, &licences);
            bill.add(element);
        }
    });
    bill.finish(take)
}

type Node<'a> = &'a Map<String, Value>;

/// Elements that others refer to for their names; none as long as there is no element of an id.
type ById = HashMap<Box<str>, Option<Names>>;

/// What elements are to others: looked up by their ids, so gathered first.
#[derive(Default)]
struct Known {
    by_id: ById,
    /// Licences by the id of what has them: relationships that name one, with the relationship's pointer.
    licences: HashMap<Box<str>, Vec<(String, Value)>>,
}

/// What an element is called; of several of one id the first counts.
struct Names {
    name: Option<Box<str>>,
    expression: Option<Box<str>>,
    /// The first line of a licence's text.
    text: Option<Box<str>>,
    /// Of a set of licences the word between them, and their ids.
    set: Option<(&'static str, Vec<Box<str>>)>,
}

impl Names {
    fn of(node: Node<'_>) -> Self {
        let text = |name| value(node, name).and_then(Value::as_str).map(Box::from);
        let begin = value(node, "licenseText").and_then(Value::as_str).and_then(first_line);
        Names { name: text("name"), expression: text("licenseExpression"), text: begin, set: set_of(node) }
    }

    /// The words of a licence.
    fn licence(&self, by_id: &ById, depth: usize) -> Option<String> {
        let plain = self.expression.as_deref().or(self.name.as_deref()).map(str::to_owned);
        let set = || {
            let (word, members) = self.set.as_ref().filter(|_| depth < MAX_SETS)?;
            let words = members.iter().map(|id| match named(by_id, Some(id)) {
                Some(known) => known.licence(by_id, depth + 1),
                None => listed(id).map(str::to_owned),
            });
            let words: Vec<String> = words.collect::<Option<_>>()?;
            (!words.is_empty()).then(|| words.join(word))
        };
        plain.or_else(set).or_else(|| self.text.as_deref().map(str::to_owned))
    }
}

/// Licences of which one may be chosen, or all hold; each with the word between them.
const SETS: [(&str, &str); 2] = [("DisjunctiveLicenseSet", " OR "), ("ConjunctiveLicenseSet", " AND ")];
/// Sets in sets, and members of one.
const MAX_SETS: usize = 4;
const MAX_MEMBERS: usize = 16;
/// Of a licence without a name so much of its text is shown.
const MAX_LINE: usize = 100;

fn set_of(node: Node<'_>) -> Option<(&'static str, Vec<Box<str>>)> {
    let named = type_of(node);
    let (_, word) = SETS.iter().find(|(known, _)| *known == named)?;
    let members = each(value(node, "member"), "");
    let members = members.into_iter().take(MAX_MEMBERS).filter_map(|(_, member)| reference(member));
    Some((word, members.map(Box::from).collect()))
}

fn first_line(text: &str) -> Option<Box<str>> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let end = line.char_indices().nth(MAX_LINE).map(|(end, _)| end);
    Some(match end.and_then(|end| line.get(..end)) {
        Some(begin) => format!("{begin}…").into(),
        None => line.into(),
    })
}

/// The id of a licence of SPDX's own list.
fn listed(id: &str) -> Option<&str> {
    id.split_once(LISTED).map(|(_, id)| id.trim_end_matches('/'))
}

impl Known {
    /// Notes what an element refers to for its name.
    fn ask(&mut self, node: Node<'_>, at: &str) {
        let mut refer = |to: &Value| {
            if let Some(id) = reference(to)
                && !self.by_id.contains_key(id)
            {
                self.by_id.insert(id.into(), None);
            }
        };
        if let Some((_, members)) = set_of(node) {
            members.iter().for_each(|id| refer(&Value::from(&**id)));
        }
        for agents in PUBLISHERS.iter().filter_map(|key| value(node, key)) {
            each(Some(agents), "").into_iter().for_each(|(_, agent)| refer(agent));
        }
        let kind = value(node, "relationshipType").and_then(Value::as_str);
        if matches!(kind, Some("hasDeclaredLicense" | "hasConcludedLicense"))
            && let Some(from) = value(node, "from").and_then(reference)
        {
            let to = each(value(node, "to"), &format!("{at}/to"));
            to.iter().for_each(|(_, licence)| refer(licence));
            let to = to.into_iter().map(|(place, licence)| (place, licence.clone()));
            match self.licences.get_mut(from) {
                Some(known) => known.extend(to),
                None => _ = self.licences.insert(from.into(), to.collect()),
            }
        }
    }

    /// Keeps how an element is called when one refers to it.
    fn answer(&mut self, node: Node<'_>) {
        if let Some(names) = id(node).and_then(|id| self.by_id.get_mut(id))
            && names.is_none()
        {
            *names = Some(Names::of(node));
        }
    }
}

/// How the element of an id is called, if there is one.
fn named<'a>(by_id: &'a ById, id: Option<&str>) -> Option<&'a Names> {
    by_id.get(id?)?.as_ref()
}

/// Looks at all elements with their pointers, in the order of the document; those that nest in another come after it.
/// An element of the graph is a tree only as long as it is looked at.
fn walk(parts: &Parts<'_>, mut notes: Option<&mut Bill<'_>>, look: &mut dyn FnMut(Node<'_>, &str)) {
    let mut note = |code: &str, at: &str, message: &str| {
        if let Some(bill) = &mut notes {
            bill.note(code, at, message);
        }
    };
    let graph = parts.list("@graph");
    if graph.is_none() {
        let message = "the elements do not stand in @graph, as SPDX 3.0.1 has it; read all the same";
        note("F-BOM-DIALECT", "/@graph", message);
    }
    let alone = match (&graph, parts.root.get("@graph")) {
        (Some(_), _) => Vec::new(),
        (None, Some(one)) => each(Some(one), "/@graph"),
        (None, None) => vec![(String::new(), &parts.root)],
    };
    let tops = graph.into_iter().flatten().take(MAX_ELEMENTS + 1).enumerate();
    let tops = tops.map(|(index, top)| (format!("/@graph/{index}"), top));
    let mut tops = tops.chain(alone.into_iter().map(|(at, top)| (at, Cow::Borrowed(top)))).peekable();
    let mut looked_at = 0;
    while let Some((at, top)) = tops.next() {
        let ahead = tops.size_hint().0;
        let mut waiting: Vec<(String, &Value)> = vec![(at, &top)];
        while let Some((at, value)) = waiting.pop() {
            let Some(node) = value.as_object() else {
                note("F-BOM-TYPE", &at, "an element must be an object");
                continue;
            };
            if looked_at >= MAX_ELEMENTS {
                let message = format!("only the first {MAX_ELEMENTS} elements are read");
                return note("F-BOM-COMPONENTS", &at, &message);
            }
            looked_at += 1;
            for name in NESTS {
                let Some((key, value)) = member(node, name) else { continue };
                // So many are waiting that the bound is met in any case.
                if waiting.len() + ahead > 2 * MAX_ELEMENTS {
                    break;
                }
                let nested = each(Some(value), &format!("{at}/{}", pointer_part(key)));
                waiting.extend(nested.into_iter().filter(|(_, value)| value.is_object()).rev());
            }
            look(node, &at);
        }
    }
}

fn element(
    bill: &Bill<'_>,
    (id, node): (&str, Node<'_>),
    at: &str,
    by_id: &ById,
    licences: &[(String, Value)],
) -> Element {
    let source = bill.source;
    let purl = value(node, "packageUrl").and_then(Value::as_str);
    let mut links: Vec<&str> =
        ["downloadLocation", "homePage"].iter().filter_map(|key| value(node, key)?.as_str()).collect();
    for (_, reference) in each(value(node, "externalRef"), "") {
        let locators = reference.as_object().and_then(|node| value(node, "locator"));
        links.extend(each(locators, "").iter().filter_map(|(_, locator)| locator.as_str()));
    }
    let kind = kind(node, purl, &links);
    let shown = value(node, "name").and_then(Value::as_str).unwrap_or_default();
    let hashes = each(value(node, "verifiedUsing"), "");
    let sha256 = hashes.iter().filter_map(|(_, hash)| hash.as_object()).find_map(|hash| {
        let algorithm = value(hash, "algorithm")?.as_str()?;
        let is_it = local(algorithm).eq_ignore_ascii_case("sha256");
        is_it.then(|| value(hash, "hashValue")?.as_str()).flatten()
    });
    let name = names::identity(purl, None, shown, links.into_iter(), false)
        .map(|name| dialects::told_apart(name, sha256));
    let mut element = bill.element(id, kind, name, shown, at);
    if kind.is_none() {
        return element;
    }
    for (key, fact) in FACTS {
        let Some((key, found)) = member(node, key) else { continue };
        for (place, value) in each(Some(found), &format!("{at}/{}", pointer_part(key))) {
            match value.as_str() {
                Some(value) => element.fact(fact, value, source, &place),
                None => element.record.found("F-BOM-TYPE", source, &place, "must be text"),
            }
        }
    }
    if element.record.model.fact(FactKey::Version).is_none()
        && let Some(revision) = purl.and_then(names::hub_purl).and_then(|purl| purl.revision)
    {
        element.fact(FactKey::Version, &revision, source, &format!("{at}/packageUrl"));
    }
    for key in PUBLISHERS {
        let publishers = member(node, key)
            .map(|(key, agents)| each(Some(agents), &format!("{at}/{}", pointer_part(key))))
            .unwrap_or_default();
        for (place, agent) in publishers {
            let name = match (named(by_id, reference(agent)), agent.as_object()) {
                (Some(known), _) => known.name.as_deref(),
                (None, Some(agent)) => value(agent, "name").and_then(Value::as_str),
                (None, None) => None,
            };
            if let Some(name) = name {
                element.fact(FactKey::Publisher, name, source, &place);
            }
        }
    }
    for (place, licence) in licences {
        match licence_text(licence, by_id) {
            Some(text) => element.licence(&text, source, place),
            None if named(by_id, reference(licence)).is_some() || licence.is_object() => {
                let message = "a licence that has no name, no expression and no text";
                element.record.found("F-BOM-LICENCE", source, place, message);
            }
            None => {
                element.record.found("F-BOM-REF", source, place, "a licence that is not in this document")
            }
        }
    }
    // `hash` is hf2spdx's name for what SPDX calls `verifiedUsing`.
    for key in ["verifiedUsing", "hash"] {
        for (place, hash) in each(node.get(key), &format!("{at}/{key}")) {
            let part = |name| hash.as_object().and_then(|hash| value(hash, name));
            if part("hashValue").is_some() || part("algorithm").is_some() {
                element.hash(part("algorithm"), part("hashValue"), source, &place);
            }
        }
    }
    for (place, entry) in each(value(node, "metric"), &format!("{at}/ai_metric")) {
        let part = |name| entry.as_object().and_then(|entry| value(entry, name)).and_then(Value::as_str);
        if let Some((name, stated)) = part("key").zip(part("value")) {
            element.fact(FactKey::Metric, &format!("{name} {stated}"), source, &place);
        }
    }
    if let Some(spent) = value(node, "energyConsumption").and_then(Value::as_object) {
        energy(&mut element, spent, &format!("{at}/ai_energyConsumption"), source);
    }
    let properties = properties(node, at);
    dialects::apply(&mut element.record, &properties, source);
    let binding = dialects::binding(&mut element.record, &properties, source);
    dialects::bind(&mut element.record, binding);
    element
}

/// How much energy was spent, and for what.
fn energy(element: &mut Element, spent: Node<'_>, at: &str, source: &Untrusted) {
    for (key, list) in ENERGY.iter().filter_map(|key| member(spent, key)) {
        for (place, entry) in each(Some(list), &format!("{at}/{}", pointer_part(key))) {
            let part = |name| entry.as_object().and_then(|entry| value(entry, name));
            let number = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let quantity = part("energyQuantity").map(number);
            if let Some((quantity, unit)) = quantity.zip(part("energyUnit").and_then(Value::as_str)) {
                let spent = format!("{quantity} {unit} for {}", local(key));
                element.fact(FactKey::Energy, &spent, source, &place);
            }
        }
    }
}

fn kind(node: Node<'_>, purl: Option<&str>, links: &[&str]) -> Option<Kind> {
    let named = type_of(node);
    if let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == named) {
        return Some(*kind);
    }
    if named != "Package" {
        return None;
    }
    let purpose = value(node, "primaryPurpose").and_then(Value::as_str).unwrap_or_default();
    let purpose = purpose.rsplit('/').next().unwrap_or_default();
    let by_purpose = || PURPOSES.iter().find(|(known, _)| *known == purpose).map(|(_, kind)| *kind);
    if purl.is_some_and(is_dataset_address) || links.iter().any(|link| is_dataset_address(link)) {
        return Some(Kind::Dataset);
    }
    by_purpose().or_else(|| kind_by_address(purl.into_iter()))
}

fn relationship(bill: &mut Bill<'_>, node: Node<'_>, at: &str) {
    let kind = value(node, "relationshipType").and_then(Value::as_str);
    let from = value(node, "from").and_then(reference);
    let (Some(kind), Some(from)) = (kind, from) else {
        bill.note("F-BOM-TYPE", at, "a relationship has a type and an element it starts from");
        return;
    };
    let comment = ["comment", "description", "summary"].iter().find_map(|key| value(node, key)?.as_str());
    // RDF writes the type as an address.
    let kind = kind.rsplit('/').next().unwrap_or_default();
    for (place, to) in each(value(node, "to"), &format!("{at}/to")) {
        match reference(to) {
            Some(to) => {
                let pin = properties(node, at).into_iter().find(|one| one.name == dialects::PIN);
                bill.relate((kind, comment.unwrap_or_default()), (from, to), &place, pin);
            }
            None => bill.note("F-BOM-TYPE", &place, "must be the id of an element"),
        }
    }
}

/// The words of a licence: an expression, a listed licence's id, a name, or what its text begins with.
fn licence_text(licence: &Value, by_id: &ById) -> Option<String> {
    let id = reference(licence);
    let stated = match (named(by_id, id), licence.as_object()) {
        (Some(known), _) => Some(known.licence(by_id, 0)),
        (None, Some(node)) => Some(Names::of(node).licence(by_id, 0)),
        (None, None) => None,
    };
    let listed = || listed(id?).map(str::to_owned);
    if let Some(stated) = stated {
        return stated.or_else(listed);
    }
    // The model's own individuals stand for no licence and for no statement.
    match id?.rsplit(['/', '_', '#']).next()? {
        "NoAssertionLicense" | "NoAssertion" => Some("NOASSERTION".to_owned()),
        "NoneLicense" | "None" => Some("NONE".to_owned()),
        _ => listed(),
    }
}

/// The CycloneDX properties that SPDX 3 carries as an extension.
fn properties(node: Node<'_>, at: &str) -> Vec<Property> {
    let mut found = Vec::new();
    for (at, extension) in each(node.get("extension"), &format!("{at}/extension")) {
        let Some((key, list)) = extension.as_object().and_then(|node| member(node, "cdxProperty")) else {
            continue;
        };
        for (place, entry) in each(Some(list), &format!("{at}/{}", pointer_part(key))) {
            let part = |name| {
                entry
                    .as_object()
                    .and_then(|entry| value(entry, name))
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            if let (Some(name), Some(value)) = (part("cdxPropName"), part("cdxPropValue")) {
                found.push(Property { name, value, place });
            }
        }
    }
    found
}

/// A member by its name without the profile's prefix.
fn member<'v>(node: &'v Map<String, Value>, name: &str) -> Option<(&'v str, &'v Value)> {
    let exact = node.get_key_value(name);
    let found = exact.or_else(|| node.iter().find(|(key, _)| local(key) == name));
    found.map(|(key, value)| (key.as_str(), value))
}

fn value<'v>(node: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    member(node, name).map(|(_, value)| value)
}

/// `ai_AIPackage`, `ai:AIPackage` and the full address are all `AIPackage`.
fn local(name: &str) -> &str {
    name.rsplit(['_', ':', '/']).next().unwrap_or_default()
}

fn type_of(node: &Map<String, Value>) -> &str {
    let stated = node.get("type").or_else(|| node.get("@type"));
    let first = stated.map(|stated| stated.get(0).unwrap_or(stated));
    local(first.and_then(Value::as_str).unwrap_or_default())
}

fn id(node: &Map<String, Value>) -> Option<&str> {
    ["spdxId", "@id", "SPDXID"].iter().find_map(|key| node.get(*key)?.as_str())
}

/// An id, or the id of an element that stands there itself.
fn reference(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| id(value.as_object()?))
}
