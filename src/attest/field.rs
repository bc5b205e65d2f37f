//! The fields of a predicate as the registry describes them. It knows no value.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// A text that is not empty.
    Text,
    /// A list of texts.
    Texts,
    /// A time in RFC 3339 form.
    Time,
    /// True or false.
    Boolean,
    /// A whole number, not negative.
    Count,
    /// A number, or a text that is one.
    Decimal,
    /// An object.
    Object,
    /// A list.
    List,
    /// Anything.
    Any,
    /// An object of counts.
    Counts,
    /// A digest set: names of algorithms and lower-case hex.
    Digests,
    /// A digest set, `sha256:HEX`, or the hex alone.
    Digest,
    /// A resource descriptor.
    Resource,
    /// A list of resource descriptors.
    Resources,
    /// A list of resource descriptors, or an object of digest sets.
    Artifacts,
    /// A list whose items are read elsewhere.
    Bulk,
}

impl FieldType {
    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        matches!(self, FieldType::List | FieldType::Texts | FieldType::Resources)
    }

    /// Its words.
    pub fn words(self) -> &'static str {
        match self {
            FieldType::Text => "text",
            FieldType::Texts => "list of texts",
            FieldType::Time => "time (RFC 3339)",
            FieldType::Boolean => "true or false",
            FieldType::Count => "whole number",
            FieldType::Decimal => "number, or a text like \"0.98\"",
            FieldType::Object => "object",
            FieldType::List | FieldType::Bulk => "list",
            FieldType::Any => "anything",
            FieldType::Counts => "object of whole numbers",
            FieldType::Digests => "digest set",
            FieldType::Digest => "digest",
            FieldType::Resource => "resource descriptor",
            FieldType::Resources => "list of resource descriptors",
            FieldType::Artifacts => "list of resource descriptors, or an object of digest sets",
        }
    }
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Step {
    pub key: String,
    /// Whether each item of the list under the key is meant.
    pub each: bool,
}

/// The path of a field: `buildDefinition.buildType`, `claims[].metric`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<Step>);

/// The parent of a field.
pub(super) struct Parent {
    path: FieldPath,
}

impl Parent {
    /// Whether the field is in an item of a list.
    pub fn is_item(&self) -> bool {
        self.path.0.last().is_some_and(|step| step.each)
    }

    /// The list itself, or the object.
    pub fn holder(&self) -> FieldPath {
        let mut path = self.path.clone();
        if let Some(last) = path.0.last_mut() {
            last.each = false;
        }
        path
    }
}

impl FieldPath {
    /// Reads `a.b[].c`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        const MAX_STEPS: usize = 8;
        let step = |part: &str| {
            let (key, each) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
            let is_key = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'@');
            (!key.is_empty() && key.bytes().all(is_key)).then(|| Step { key: key.to_owned(), each })
        };
        let steps: Vec<Step> = text.split('.').map(step).collect::<Option<_>>()?;
        (steps.len() <= MAX_STEPS).then_some(FieldPath(steps))
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Its parent; none at the top.
    pub(super) fn parent(&self) -> Option<Parent> {
        let (last, rest) = self.0.split_last()?;
        // The items of a list stand in the list.
        if last.each {
            return Some(Parent { path: self.clone() });
        }
        (!rest.is_empty()).then(|| Parent { path: FieldPath(rest.to_vec()) })
    }

    /// The last name on it.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", |step| &step.key)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            let each = if step.each { "[]" } else { "" };
            write!(f, "{dot}{}{each}", step.key)?;
        }
        Ok(())
    }
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where it stands.
    pub path: FieldPath,
    /// Its type.
    pub kind: FieldType,
    /// Whether it is required wherever its parent object is present.
    pub required: bool,
    /// Whether the list may not be empty.
    pub filled: bool,
    /// Whether the specification requires it and writers in the field leave it out.
    pub expected: bool,
    /// Whether only dialects have it.
    pub foreign: bool,
    /// The texts that it may be; any when there are none.
    pub values: Vec<String>,
    /// Those that dialects have.
    pub also: Vec<String>,
    /// What it is called where it is shown; none when it is not.
    pub label: Option<String>,
    /// Whether other fields stand in the items of the list: then each of them is an object.
    pub(super) of_objects: bool,
}

impl Field {
    /// Whether it is the items of a list.
    pub(super) fn is_item(&self) -> bool {
        self.path.steps().last().is_some_and(|step| step.each)
    }
}
