//! CycloneDX and SPDX 2 in XML as the tree that their JSON form would be, so that one view reads both. Places in
//! findings are pointers into that tree. Nothing is expanded: a document type declaration is refused, and with it
//! every entity but XML's own five. Elements of other vocabularies are passed over.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};
use serde_json::{Map, Value};

use crate::json::Item;

const MAX_BYTES: usize = 64 * 1024 * 1024;
const MAX_DEPTH: usize = 128;
const MAX_NODES: usize = 2_000_000;
const MAX_ATTRIBUTES: usize = 64;
/// The version follows.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";
/// The list of a document that grows with the number of models.
const COMPONENTS: &str = "components";
/// What the document is called in SPDX, which has no namespace: its XML is its JSON, member by member.
const SPDX_DOCUMENT: &str = "Document";
/// Members of an SPDX document that grow with the number of models; a list is written as so many elements.
const SPDX_LISTS: [&str; 2] = ["packages", "relationships"];
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// What every vocabulary of SPDX in RDF begins with, after the scheme.
const SPDX_RDF: &str = "spdx.org/rdf/";
const XML_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Elements that only hold a list of others.
const LISTS: [&str; 35] = [
    "ancestors",
    "annotations",
    "authors",
    "citations",
    "commits",
    "components",
    "compositions",
    "custodians",
    "datasets",
    "dependencies",
    "descendants",
    "energyConsumptions",
    "ethicalConsiderations",
    "externalReferences",
    "fairnessAssessments",
    "formulation",
    "hashes",
    "inputs",
    "licenses",
    "lifecycles",
    "outputs",
    "owners",
    "patches",
    "performanceMetrics",
    "performanceTradeoffs",
    "properties",
    "services",
    "stewards",
    "tags",
    "technicalLimitations",
    "useCases",
    "users",
    "variants",
    "vulnerabilities",
    "workflows",
];
/// What the text of an element with attributes is called in JSON; elsewhere it is `content`.
const TEXTS: [(&str, &str); 2] = [("property", "value"), ("expression", "expression")];
/// Elements that are objects when they are empty, too.
const OBJECTS: [&str; 6] =
    ["considerations", "metadata", "modelCard", "modelParameters", "pedigree", "supplier"];

/// Whether a document is XML rather than JSON.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().first() == Some(&b'<')
}

/// An element in the making.
struct Frame {
    name: String,
    is_list: bool,
    /// Whether its items stand apart.
    is_apart: bool,
    members: Map<String, Value>,
    items: Vec<Value>,
    text: String,
    has_attributes: bool,
}

/// A parsed document.
pub(super) struct Xml {
    /// The root; its lists stand apart.
    pub root: Value,
    /// The lists of the document that grow with the number of models, by name.
    pub lists: Vec<(String, Vec<Item<'static>>)>,
    /// Whether it carries an XML signature.
    pub is_signed: bool,
    /// Whether it is SPDX in RDF: other statements in another order, and nothing of it is here.
    pub is_rdf: bool,
}

/// Parses a whole document.
///
/// # Errors
/// Our own words, with the byte.
pub(super) fn parse(bytes: &[u8]) -> Result<Xml, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("larger than {MAX_BYTES} bytes; not read as XML"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "not valid UTF-8".to_owned())?;
    let mut reader = NsReader::from_str(text);
    let mut builder = Builder::default();
    let mut is_signed = false;
    loop {
        let at = reader.buffer_position();
        let place = |words: &str| format!("{words}, at byte {at}");
        let (namespace, event) = reader.read_resolved_event().map_err(|_| place("not valid XML"))?;
        match event {
            Event::Start(start) => {
                let namespace = own(&namespace);
                is_signed |= namespace == XML_SIGNATURE && start.local_name().as_ref() == "Signature";
                builder.open(&start, &namespace).map_err(|words| place(&words))?;
            }
            Event::Empty(start) => {
                let namespace = own(&namespace);
                builder.open(&start, &namespace).map_err(|words| place(&words))?;
                builder.close();
            }
            Event::End(_) => builder.close(),
            Event::Text(text) => builder.text(&text.xml10_content()),
            Event::CData(text) => builder.text(&text.xml10_content()),
            Event::GeneralRef(entity) => {
                let unknown = || place("an entity that is none of XML's own five; nothing is expanded");
                match entity.resolve_char_ref().map_err(|_| unknown())? {
                    Some(character) => builder.text(character.encode_utf8(&mut [0; 4])),
                    None => builder.text(resolve_predefined_entity(&entity).ok_or_else(unknown)?),
                }
            }
            Event::DocType(_) => {
                return Err(place("a document type declaration (DTD), which is not allowed"));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !builder.stack.is_empty() || builder.passed > 0 {
        return Err("not valid XML: it ends before its elements do".to_owned());
    }
    let components = builder.components.map(|items| (COMPONENTS.to_owned(), items));
    let lists = components.into_iter().chain(builder.spdx_lists).collect();
    let is_rdf = builder.is_spdx_rdf;
    Ok(Xml { root: builder.root.unwrap_or(Value::Null), lists, is_signed, is_rdf })
}

fn own(namespace: &ResolveResult<'_>) -> String {
    match namespace {
        ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
        _ => String::new(),
    }
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    /// Open elements of other vocabularies.
    passed: usize,
    nodes: usize,
    root: Option<Value>,
    version: String,
    /// Whether it is SPDX, whose elements have no namespace.
    is_spdx: bool,
    spdx_lists: Vec<(String, Vec<Item<'static>>)>,
    is_rdf: bool,
    is_spdx_rdf: bool,
    /// What stands in the document's list of components, as text: a tree of it would take many times its size.
    components: Option<Vec<Item<'static>>>,
}

impl Builder {
    fn open(&mut self, start: &BytesStart<'_>, namespace: &str) -> Result<(), String> {
        if self.stack.len() + self.passed >= MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.nodes += 1;
        let version = namespace.strip_prefix(NAMESPACE);
        let is_root = self.stack.is_empty() && self.passed == 0 && self.nodes == 1;
        if is_root {
            self.is_spdx = namespace.is_empty() && start.local_name().as_ref() == SPDX_DOCUMENT;
            self.is_rdf = namespace == RDF;
        }
        self.is_spdx_rdf |= self.is_rdf && namespace.contains(SPDX_RDF);
        let is_ours = match version {
            _ if self.is_spdx => namespace.is_empty(),
            Some(version) if self.stack.is_empty() => {
                version.clone_into(&mut self.version);
                true
            }
            Some(version) => version == self.version,
            None => false,
        };
        if self.passed > 0 || !is_ours {
            self.passed += 1;
            return Ok(());
        }
        let name = start.local_name().as_ref().to_owned();
        let mut members = Map::new();
        for (index, attribute) in start.attributes().enumerate() {
            let attribute = attribute.map_err(|_| "not valid XML: an attribute".to_owned())?;
            if index >= MAX_ATTRIBUTES {
                return Err(format!("more than {MAX_ATTRIBUTES} attributes"));
            }
            self.nodes += 1;
            let key: &str = attribute.key.as_ref();
            // Declarations and attributes of other vocabularies.
            if key.starts_with("xmlns") || key.contains(':') {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| "an entity that is none of XML's own five; nothing is expanded".to_owned())?;
            members.insert(key.to_owned(), Value::from(value.into_owned()));
        }
        if self.nodes > MAX_NODES {
            return Err(format!("more than {MAX_NODES} elements and attributes"));
        }
        let has_attributes = !members.is_empty();
        let is_list = !self.is_spdx && LISTS.contains(&name.as_str());
        let is_apart = !self.is_spdx
            && name == COMPONENTS
            && matches!(self.stack.as_slice(), [bom] if !bom.members.contains_key(COMPONENTS));
        if is_apart {
            self.components = Some(Vec::new());
        }
        self.stack.push(Frame {
            name,
            is_list,
            is_apart,
            members,
            items: Vec::new(),
            text: String::new(),
            has_attributes,
        });
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.passed == 0
            && let Some(frame) = self.stack.last_mut()
        {
            frame.text.push_str(text);
        }
    }

    fn close(&mut self) {
        if self.passed > 0 {
            self.passed -= 1;
            return;
        }
        let Some(frame) = self.stack.pop() else { return };
        let name = frame.name.clone();
        if self.is_spdx {
            return self.close_spdx(name, frame);
        }
        let is_apart = frame.is_apart;
        let value = frame.value();
        let is_below_document = self.stack.len() == 1;
        match (self.stack.last_mut(), &mut self.components) {
            (Some(above), Some(components)) if above.is_apart => return components.push(Item::of(value)),
            // Another list of components, or something else of this name: an item, as it would be in a tree.
            (Some(_), Some(components)) if is_below_document && name == COMPONENTS && !is_apart => {
                return components.push(Item::of(value));
            }
            _ => {}
        }
        match self.stack.last_mut() {
            Some(above) => above.take(&name, value),
            // A second root is no XML, and the parser says so.
            None if name == "bom" => self.root = Some(document(value, &self.version)),
            None => {}
        }
    }
}

impl Builder {
    fn close_spdx(&mut self, name: String, frame: Frame) {
        let text = frame.text.trim();
        let value = if frame.members.is_empty() { text.into() } else { Value::Object(frame.members) };
        let is_below_document = self.stack.len() == 1;
        match self.stack.last_mut() {
            Some(_) if is_below_document && SPDX_LISTS.contains(&name.as_str()) => {
                match self.spdx_lists.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, items)) => items.push(Item::of(value)),
                    None => self.spdx_lists.push((name, vec![Item::of(value)])),
                }
            }
            Some(above) => match above.members.get_mut(&name) {
                Some(Value::Array(items)) => items.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
                None => _ = above.members.insert(name, value),
            },
            None => self.root = Some(value),
        }
    }
}

impl Frame {
    fn value(mut self) -> Value {
        if self.is_list {
            return Value::Array(self.items);
        }
        let text = self.text.trim();
        if self.members.is_empty() {
            let is_object = text.is_empty() && OBJECTS.contains(&self.name.as_str());
            return if is_object { Value::Object(self.members) } else { text.into() };
        }
        if self.has_attributes && !text.is_empty() {
            let named = TEXTS.iter().find(|(name, _)| *name == self.name).map_or("content", |(_, key)| *key);
            self.members.entry(named).or_insert_with(|| text.into());
        }
        // Both forms of `tools` there are: a list of `tool`, or components and services.
        if self.name == "tools" && self.members.len() == 1 {
            match self.members.get_mut("tool").map(Value::take) {
                Some(Value::Array(tools)) => return Value::Array(tools),
                Some(tool) => return Value::Array(vec![tool]),
                None => {}
            }
        }
        Value::Object(self.members)
    }

    fn take(&mut self, name: &str, value: Value) {
        let wrapped = |key: &str, value: Value| {
            let mut members = Map::new();
            members.insert(key.to_owned(), value);
            Value::Object(members)
        };
        if self.is_list {
            self.items.push(match (self.name.as_str(), name) {
                ("licenses", "expression") if value.is_object() => value,
                ("licenses", _) | ("datasets", "ref") => wrapped(name, value),
                _ => value,
            });
            return;
        }
        // A dependency lists the refs of others inside itself.
        let (name, value) = match (self.name.as_str(), name) {
            ("dependency", "dependency") => ("dependsOn", value.get("ref").cloned().unwrap_or(Value::Null)),
            _ => (name, value),
        };
        let is_always_list = matches!((self.name.as_str(), name), ("component", "data") | ("dependency", _));
        match self.members.get_mut(name) {
            Some(Value::Array(items)) => items.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if is_always_list => {
                self.members.insert(name.to_owned(), Value::Array(vec![value]));
            }
            None => {
                self.members.insert(name.to_owned(), value);
            }
        }
    }
}

/// What JSON says in members, XML says in the namespace.
fn document(bom: Value, version: &str) -> Value {
    let mut root = Map::new();
    root.insert("bomFormat".to_owned(), "CycloneDX".into());
    root.insert("specVersion".to_owned(), version.into());
    if let Value::Object(members) = bom {
        for (key, value) in members {
            let number =
                value.as_str().filter(|_| key == "version").and_then(|text| text.parse::<u64>().ok());
            root.entry(key).or_insert(number.map_or(value, Value::from));
        }
    }
    Value::Object(root)
}
