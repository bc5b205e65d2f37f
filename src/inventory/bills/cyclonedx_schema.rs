//! What CycloneDX's schema asks of the parts of a component that no fact is read from: a table of places and
//! shapes. A violation is a finding with its place, and nothing is refused for it.

use serde_json::{Map, Value};
use std::fmt;

use crate::json::pointer_part;

/// What must stand at a place, when anything does.
enum Shape {
    Text,
    List,
    Object,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// An object that has these members.
    With(&'static [&'static str]),
}

use Shape::{List, Object, OneOf, Text, With};

const APPROACHES: Shape =
    OneOf(&["supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised"]);
const DATA: Shape = OneOf(&["source-code", "configuration", "dataset", "definition", "other"]);

/// Places below a component, `*` for each item of a list. CycloneDX 1.5 to 1.7 agree on these.
const SHAPES: [(&str, Shape); 33] = [
    ("bom-ref", Text),
    ("group", Text),
    ("data", List),
    ("data/*", With(&["type"])),
    ("data/*/type", DATA),
    ("externalReferences", List),
    ("externalReferences/*", With(&["type", "url"])),
    ("externalReferences/*/url", Text),
    ("pedigree/descendants", List),
    ("pedigree/variants", List),
    ("modelCard/modelParameters/approach", Object),
    ("modelCard/modelParameters/approach/type", APPROACHES),
    ("modelCard/modelParameters/inputs", List),
    ("modelCard/modelParameters/inputs/*", Object),
    ("modelCard/modelParameters/outputs", List),
    ("modelCard/modelParameters/outputs/*", Object),
    ("modelCard/quantitativeAnalysis", Object),
    ("modelCard/quantitativeAnalysis/performanceMetrics", List),
    ("modelCard/quantitativeAnalysis/performanceMetrics/*", Object),
    ("modelCard/quantitativeAnalysis/performanceMetrics/*/type", Text),
    ("modelCard/quantitativeAnalysis/performanceMetrics/*/value", Text),
    ("modelCard/considerations", Object),
    ("modelCard/considerations/users", List),
    ("modelCard/considerations/useCases", List),
    ("modelCard/considerations/technicalLimitations", List),
    ("modelCard/considerations/technicalLimitations/*", Text),
    ("modelCard/considerations/performanceTradeoffs", List),
    ("modelCard/considerations/ethicalConsiderations", List),
    ("modelCard/considerations/ethicalConsiderations/*", Object),
    ("modelCard/considerations/fairnessAssessments", List),
    ("modelCard/considerations/environmentalConsiderations", Object),
    ("modelCard/considerations/environmentalConsiderations/energyConsumptions", List),
    (
        "modelCard/considerations/environmentalConsiderations/energyConsumptions/*",
        With(&["activity", "energyProviders", "activityEnergyCost"]),
    ),
];

/// The position of a walk, formatted only for a report.
#[derive(Clone, Copy)]
enum At<'a> {
    Component(&'a str),
    Member(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Component(at) => f.write_str(at),
            At::Member(above, name) => write!(f, "{above}/{}", pointer_part(name)),
            At::Item(above, index) => write!(f, "{above}/{index}"),
        }
    }
}

/// Reports each violation below a component: code, place, words.
pub(super) fn check(node: &Map<String, Value>, at: &str, report: &mut impl FnMut(&str, &str, String)) {
    // Rows with a common start are adjacent, so each member is searched for once.
    let mut last: Option<(&str, Option<&Value>)> = None;
    for (path, shape) in &SHAPES {
        let (first, rest) = path.split_once('/').map_or((*path, None), |(first, rest)| (first, Some(rest)));
        let value = match last {
            Some((known, value)) if known == first => value,
            _ => node.get(first),
        };
        last = Some((first, value));
        if let Some(value) = value {
            walk(value, rest, &At::Member(&At::Component(at), first), shape, report);
        }
    }
}

fn walk(
    value: &Value,
    path: Option<&str>,
    at: &At<'_>,
    shape: &Shape,
    report: &mut impl FnMut(&str, &str, String),
) {
    let Some(path) = path else {
        shape.judge(value, at, report);
        return;
    };
    let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (first, value) {
        ("*", Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, rest, &At::Item(at, index), shape, report);
            }
        }
        // What is no list or object has its own row.
        (_, Value::Object(members)) => {
            if let Some(value) = members.get(first) {
                walk(value, rest, &At::Member(at, first), shape, report);
            }
        }
        _ => {}
    }
}

impl Shape {
    fn judge(&self, value: &Value, at: &At<'_>, report: &mut impl FnMut(&str, &str, String)) {
        let report = &mut |code: &str, words: String| report(code, &at.to_string(), words);
        let kind = match self {
            Text => (value.is_string(), "text"),
            List => (value.is_array(), "a list"),
            Object => (value.is_object(), "an object"),
            OneOf(words) => {
                match value.as_str() {
                    None => report("F-BOM-TYPE", "must be text".to_owned()),
                    Some(word) if words.contains(&word) => {}
                    Some(_) => report("F-BOM-VALUE", format!("must be one of {}", words.join(", "))),
                }
                return;
            }
            With(names) => {
                if let Some(members) = value.as_object() {
                    for name in names.iter().filter(|name| !members.contains_key(**name)) {
                        report("F-BOM-MISSING", format!("must have `{name}`"));
                    }
                }
                (value.is_object(), "an object")
            }
        };
        if let (false, wanted) = kind {
            report("F-BOM-TYPE", format!("must be {wanted}"));
        }
    }
}
