//! The registry of predicates: data inside the program (`policies/predicates/*.toml`) with the URIs, kind,
//! schema, labels and controls of each predicate. Parsing is strict and reports every fault with its line.

use super::check;
use super::claimed::Validity;
use super::field::{Field, FieldPath, FieldType};
use super::kind::PredicateKind;
use super::reading::{Reader, said};
use super::said::Said;
use super::strict::{invalid, is_uri};
use crate::error::Result;
use crate::tables::{Place, parse_as};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;
use toml::Spanned;

/// The schema that this program reads.
const SCHEMA: &str = "predicates/0.1";
const LIMIT_BYTES: usize = 1 << 20;
const LIMIT_PREDICATES: usize = 500;
/// The files inside the program, each with its name.
const FILES: [(&str, &str); 5] = [
    ("slsa.toml", include_str!("../../policies/predicates/slsa.toml")),
    ("intoto.toml", include_str!("../../policies/predicates/intoto.toml")),
    ("bills.toml", include_str!("../../policies/predicates/bills.toml")),
    ("models.toml", include_str!("../../policies/predicates/models.toml")),
    ("touchmark.toml", include_str!("../../policies/predicates/touchmark.toml")),
];

/// How far a predicate is agreed upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// By in-toto, SLSA or OpenSSF.
    Vetted,
    /// Proposed to one of them.
    Proposed,
    /// A vendor's own.
    Vendor,
    /// Superseded: read, never written.
    Legacy,
    /// Touchmark's own.
    Ours,
}

impl Standing {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Vetted => "vetted",
            Standing::Proposed => "proposed",
            Standing::Vendor => "vendor",
            Standing::Legacy => "legacy",
            Standing::Ours => "ours",
        }
    }
}

/// A predicate that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    /// A short name: `slsa-provenance-v1`.
    pub id: String,
    /// What it is, in words.
    pub title: String,
    /// Its URI.
    pub uri: String,
    /// Other URIs of the same.
    pub aliases: Vec<String>,
    /// What it is about.
    pub kind: PredicateKind,
    /// How far it is agreed upon.
    pub standing: Standing,
    /// Where it is specified; none for our own.
    pub source: Option<String>,
    /// A description in a sentence or two; only for our own predicates.
    pub about: Option<String>,
    /// The controls that it serves.
    pub controls: Vec<String>,
    /// Its fields, in the order in which they are shown.
    pub fields: Vec<Field>,
    reads: Reader,
}

/// All predicates that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// By id.
    predicates: Vec<Predicate>,
    /// Where the one of a URI stands.
    uris: BTreeMap<String, usize>,
}

static BUNDLED: LazyLock<Registry> = LazyLock::new(|| Registry::parse(&FILES).unwrap_or_default());

impl Registry {
    /// The one inside the program. A test proves that its files parse.
    pub fn bundled() -> &'static Registry {
        &BUNDLED
    }

    /// The files inside the program, each with its name.
    pub fn bundled_files() -> &'static [(&'static str, &'static str)] {
        &FILES
    }

    /// Parses and validates files of predicates, each with its name.
    ///
    /// # Errors
    /// `E-CONFIG` with every fault and its line.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self> {
        let mut faults = Vec::new();
        let mut found: Vec<Predicate> = Vec::new();
        let (mut ids, mut uris) = (BTreeSet::new(), BTreeSet::new());
        for (name, text) in files {
            let mut fault = |line: usize, what: String| faults.push(format!("{name}, line {line}: {what}"));
            if text.len() > LIMIT_BYTES {
                fault(1, "larger than 1 MiB".to_owned());
                continue;
            }
            let document: Document = match parse_as(text) {
                Ok(document) => document,
                Err(invalid) => {
                    fault(invalid.line(text), invalid.message);
                    continue;
                }
            };
            let line = |span: Range<usize>| Place::from(span).line(text);
            if document.schema.as_ref() != SCHEMA {
                fault(line(document.schema.span()), format!("the schema is not {SCHEMA}"));
            }
            for row in document.predicate {
                let at = line(row.span());
                let row = row.into_inner();
                for what in row.faults() {
                    fault(at, what);
                }
                if !ids.insert(row.id.clone()) {
                    fault(at, format!("the id {} stands twice", row.id));
                }
                for uri in std::iter::once(&row.uri).chain(&row.aliases) {
                    if !uris.insert(uri.clone()) {
                        fault(at, format!("the URI {uri} stands twice"));
                    }
                }
                let mut fields: Vec<Field> = Vec::new();
                for field in row.fields {
                    let at = line(field.span());
                    match field.into_inner().read(&fields) {
                        Ok(field) => {
                            let around =
                                field.path.parent().filter(|around| around.is_item() && !field.is_item());
                            let list = around.and_then(|around| {
                                fields.iter_mut().find(|field| field.path == around.holder())
                            });
                            if let Some(list) = list {
                                list.of_objects = true;
                            }
                            fields.push(field);
                        }
                        Err(what) => fault(at, what),
                    }
                }
                found.push(Predicate {
                    id: row.id,
                    title: row.title,
                    uri: row.uri,
                    aliases: row.aliases,
                    kind: row.kind,
                    standing: row.standing,
                    source: row.source,
                    about: row.about,
                    controls: row.controls,
                    fields,
                    reads: row.reads,
                });
            }
        }
        if found.len() > LIMIT_PREDICATES {
            faults.push(format!("more than {LIMIT_PREDICATES} predicates"));
        }
        if !faults.is_empty() {
            return Err(invalid(&faults));
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let mut uris = BTreeMap::new();
        for (place, known) in found.iter().enumerate() {
            for uri in std::iter::once(&known.uri).chain(&known.aliases) {
                uris.insert(uri.clone(), place);
            }
        }
        Ok(Registry { predicates: found, uris })
    }

    /// All of them, in the order of their ids.
    pub fn predicates(&self) -> &[Predicate] {
        &self.predicates
    }

    /// The one of a URI, exactly.
    pub fn of(&self, uri: &str) -> Option<&Predicate> {
        self.predicates.get(*self.uris.get(uri)?)
    }

    /// The one of an id.
    pub fn named(&self, id: &str) -> Option<&Predicate> {
        self.predicates.iter().find(|known| known.id == id)
    }

    /// The content of a predicate, and whether it matches its schema.
    pub fn read(&self, uri: &str, predicate: &Value) -> (Option<PredicateKind>, Validity, Said) {
        let Some(known) = self.of(uri) else { return (None, Validity::Unknown, Said::Nothing) };
        match known.check(predicate) {
            Validity::Valid => (Some(known.kind), Validity::Valid, said(known.reads, predicate)),
            validity => (Some(known.kind), validity, Said::Nothing),
        }
    }
}

impl Predicate {
    /// Whether a document matches the schema; otherwise every fault with its path.
    pub fn check(&self, predicate: &Value) -> Validity {
        let faults = check::faults(&self.fields, predicate);
        if faults.is_empty() { Validity::Valid } else { Validity::Invalid(faults) }
    }

    /// Whether a document is as writers in the field have it, and not as the specification does.
    pub fn is_dialect(&self, predicate: &Value) -> bool {
        check::is_dialect(&self.fields, predicate)
    }

    /// Its URI and the others of the same.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.uri.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: Spanned<String>,
    predicate: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    title: String,
    uri: String,
    #[serde(default)]
    aliases: Vec<String>,
    kind: PredicateKind,
    standing: Standing,
    reads: Reader,
    source: Option<String>,
    about: Option<String>,
    controls: Vec<String>,
    fields: Vec<Spanned<FieldRow>>,
}

impl Row {
    /// Its faults, without regard to other predicates.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let is_id = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'.');
        if self.id.is_empty() || !self.id.bytes().all(is_id) {
            faults.push("an id holds lower-case letters, digits, - and .".to_owned());
        }
        if self.title.trim().is_empty() {
            faults.push("the title is empty".to_owned());
        }
        for uri in std::iter::once(&self.uri).chain(&self.aliases) {
            if !is_uri(uri) {
                faults.push(format!("not an absolute URI: {uri}"));
            }
        }
        if (self.standing == Standing::Ours) != self.about.is_some() {
            faults.push("our own predicates have an `about`, others a `source`".to_owned());
        }
        if (self.standing == Standing::Ours) == self.source.is_some() {
            faults.push("predicates of others have a `source`, our own an `about`".to_owned());
        }
        for control in &self.controls {
            if !is_control(control) {
                faults.push(format!("unknown control: {control}"));
            }
        }
        faults
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRow {
    path: String,
    #[serde(rename = "type")]
    kind: FieldType,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    filled: bool,
    #[serde(default)]
    expected: bool,
    #[serde(default)]
    foreign: bool,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    label: Option<String>,
}

impl FieldRow {
    fn read(self, before: &[Field]) -> std::result::Result<Field, String> {
        let path = FieldPath::parse(&self.path).ok_or_else(|| format!("not a path: {}", self.path))?;
        if before.iter().any(|field| field.path == path) {
            return Err(format!("the field {} stands twice", self.path));
        }
        if let Some(parent) = path.parent() {
            let holder = before.iter().find(|field| field.path == parent.holder());
            let fits = |field: &&Field| match parent.is_item() {
                true => matches!(field.kind, FieldType::List | FieldType::Resources),
                false => matches!(field.kind, FieldType::Object | FieldType::Resource),
            };
            if holder.filter(fits).is_none() {
                return Err(format!("no row for the object or list around {} comes before it", self.path));
            }
        }
        if (!self.values.is_empty() || !self.also.is_empty()) && self.kind != FieldType::Text {
            return Err(format!("only texts have values: {}", self.path));
        }
        if self.values.is_empty() && !self.also.is_empty() {
            return Err(format!("values of dialects without those of the specification: {}", self.path));
        }
        if self.filled && !self.kind.is_list() {
            return Err(format!("only lists are filled: {}", self.path));
        }
        if usize::from(self.required) + usize::from(self.expected) + usize::from(self.foreign) > 1 {
            return Err(format!("only one of required, expected and foreign: {}", self.path));
        }
        if self.label.as_ref().is_some_and(|label| label.trim().is_empty()) {
            return Err(format!("an empty label: {}", self.path));
        }
        Ok(Field {
            path,
            kind: self.kind,
            required: self.required,
            filled: self.filled,
            expected: self.expected,
            foreign: self.foreign,
            values: self.values,
            also: self.also,
            label: self.label,
            of_objects: false,
        })
    }
}

fn is_control(id: &str) -> bool {
    matches!(id.as_bytes(), [b'L', b'1'..=b'3', b'.', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}
