//! Build types of SLSA provenance for models, from a file inside the program
//! (`policies/predicates/build-types.toml`): each has a URI, a transformation and its parameters.

use super::check::faults;
use super::claimed::SchemaFault;
use super::field::{Field, FieldPath, FieldType};
use super::said::{InputRole, Transformation};
use super::strict::{invalid, is_uri};
use crate::error::Result;
use crate::tables::{Place, parse_as};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use toml::Spanned;

const SCHEMA: &str = "build-types/0.1";
const FILE: &str = include_str!("../../policies/predicates/build-types.toml");

/// One way from inputs to a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildType {
    /// A short name: `finetune`.
    pub id: String,
    /// What it is, in words.
    pub title: String,
    /// The `buildType` of provenance.
    pub uri: String,
    /// What is done.
    pub transformation: Transformation,
    /// What it is, in a sentence.
    pub about: String,
    /// The parameters in `externalParameters`, in the order in which they are prompted for.
    pub parameters: Vec<Parameter>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it is required.
    #[serde(default)]
    pub required: bool,
    /// The role of the inputs that it names; none if it names no input.
    pub role: Option<InputRole>,
    /// What it is, in words.
    pub about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: Spanned<String>,
    build_type: Vec<Spanned<BuildType>>,
}

static BUNDLED: LazyLock<Vec<BuildType>> = LazyLock::new(|| BuildType::parse(FILE).unwrap_or_default());

impl BuildType {
    /// The bundled build types. A test proves that their file parses.
    pub fn bundled() -> &'static [BuildType] {
        &BUNDLED
    }

    /// The file inside the program.
    pub fn bundled_file() -> &'static str {
        FILE
    }

    /// The one of a URI, exactly.
    pub fn of(uri: &str) -> Option<&'static BuildType> {
        BuildType::bundled().iter().find(|known| known.uri == uri)
    }

    /// The one of an id.
    pub fn named(id: &str) -> Option<&'static BuildType> {
        BuildType::bundled().iter().find(|known| known.id == id)
    }

    /// The faults in the parameters of a build, each with its path below `externalParameters`.
    pub fn check(&self, parameters: &Value) -> Vec<SchemaFault> {
        let fields: Vec<Field> = self.parameters.iter().filter_map(Parameter::field).collect();
        faults(&fields, parameters)
    }

    /// The role that the parameters of a build give to an input, by its name or URI.
    pub(super) fn role_of(&self, parameters: &Value, called: &[&str]) -> Option<InputRole> {
        let names = |parameter: &&Parameter| match parameters.get(&parameter.name) {
            Some(Value::String(name)) => called.contains(&name.as_str()),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).any(|name| called.contains(&name))
            }
            _ => false,
        };
        self.parameters.iter().filter(|parameter| parameter.role.is_some()).find(names)?.role
    }

    /// Parses and validates a file of build types.
    ///
    /// # Errors
    /// `E-CONFIG` with every fault and its line.
    pub fn parse(text: &str) -> Result<Vec<BuildType>> {
        let document: Document = parse_as(text).map_err(|error| {
            invalid(&[format!("build-types.toml, line {}: {}", error.line(text), error.message)])
        })?;
        let mut faults = Vec::new();
        let mut fault = |span: std::ops::Range<usize>, what: &str| {
            faults.push(format!("build-types.toml, line {}: {what}", Place::from(span).line(text)));
        };
        if document.schema.as_ref() != SCHEMA {
            fault(document.schema.span(), "the schema is not build-types/0.1");
        }
        let (mut ids, mut uris) = (BTreeSet::new(), BTreeSet::new());
        for row in &document.build_type {
            let known = row.as_ref();
            if !ids.insert(&known.id) {
                fault(row.span(), "duplicate id");
            }
            if !uris.insert(&known.uri) {
                fault(row.span(), "the URI stands twice");
            }
            if !is_uri(&known.uri) {
                fault(row.span(), "not an absolute URI");
            }
            let mut names = BTreeSet::new();
            for parameter in &known.parameters {
                if !names.insert(&parameter.name) {
                    fault(row.span(), &format!("the parameter {} stands twice", parameter.name));
                }
                if parameter.field().is_none() {
                    fault(row.span(), &format!("not the name of a parameter: {}", parameter.name));
                }
                let is_named = matches!(parameter.kind, FieldType::Text | FieldType::Texts);
                if parameter.role.is_some() && !is_named {
                    fault(
                        row.span(),
                        &format!("a parameter that names inputs is text or texts: {}", parameter.name),
                    );
                }
            }
        }
        if !faults.is_empty() {
            return Err(invalid(&faults));
        }
        Ok(document.build_type.into_iter().map(Spanned::into_inner).collect())
    }
}

impl Parameter {
    /// As a field of an object.
    fn field(&self) -> Option<Field> {
        Some(Field {
            path: FieldPath::parse(&self.name).filter(|path| path.steps().len() == 1)?,
            kind: self.kind,
            required: self.required,
            filled: false,
            expected: false,
            foreign: false,
            values: Vec::new(),
            also: Vec::new(),
            label: None,
            of_objects: false,
        })
    }
}
