//! To which clauses of laws and standards the evidence for a control is relevant, as data. Whether a clause is met is for
//! people to say.

use super::rubric::{Control, Rubric};
use crate::error::{Code, Error, Result};
use crate::signing::sha256_hex;
use crate::tables::parse_as;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

const SCHEMA: &str = "mapping/0.1";

/// The mappings inside the program, in the order in which they are shown.
const BUNDLED: [&str; 6] = [
    include_str!("../../policies/mappings/eu-ai-act.toml"),
    include_str!("../../policies/mappings/iso-iec-42001.toml"),
    include_str!("../../policies/mappings/nist-ai-rmf.toml"),
    include_str!("../../policies/mappings/nist-sp-800-218a.toml"),
    include_str!("../../policies/mappings/owasp-aisvs.toml"),
    include_str!("../../policies/mappings/cosai-rm.toml"),
];

/// A clause, and the controls whose evidence is relevant to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id, as the document numbers it.
    pub id: String,
    /// The controls.
    pub controls: Vec<String>,
    /// Whether the id was not checked against a text of the document.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// The clauses of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Its id.
    pub id: String,
    /// The name that is shown.
    pub name: String,
    /// The document.
    pub document: String,
    /// Its version.
    pub version: String,
    /// The day when the mapping was last changed.
    pub revised: String,
    /// Where the ids come from.
    pub source: String,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// SHA-256 over the file's bytes, hex.
    pub digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    id: String,
    name: String,
    document: String,
    version: String,
    revised: String,
    source: String,
    clause: Vec<Clause>,
}

/// All mappings, for the rubric inside the program.
#[derive(Debug, Default)]
pub struct Mappings {
    /// The mappings.
    pub all: Vec<Mapping>,
    /// By the ids of controls: the titles that they have in the rubric, and the clauses by their places.
    of: HashMap<String, (String, Vec<(usize, usize)>)>,
}

impl Mapping {
    /// Reads and validates a mapping to the controls of a rubric.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn parse(text: &str, rubric: &Rubric) -> Result<Self> {
        let invalid = |what: String| Error::new(Code::Config, "the mapping is not valid").at(what);
        let document: Document = parse_as(text)
            .map_err(|error| invalid(format!("line {}: {}", error.line(text), error.message)))?;
        if document.schema != SCHEMA {
            return Err(invalid(format!("the schema is not {SCHEMA}")));
        }
        let clauses = document.clause;
        for (at, clause) in clauses.iter().enumerate() {
            if clauses.iter().take(at).any(|known| known.id == clause.id) {
                return Err(invalid(format!("{} stands twice", clause.id)));
            }
            if let Some(unknown) = clause.controls.iter().find(|id| rubric.control(id).is_none()) {
                return Err(invalid(format!("{}: the rubric has no control {unknown}", clause.id)));
            }
        }
        Ok(Mapping {
            id: document.id,
            name: document.name,
            document: document.document,
            version: document.version,
            revised: document.revised,
            source: document.source,
            clauses,
            digest: sha256_hex(text.as_bytes()),
        })
    }
}

impl Mappings {
    /// Those inside the program; none if they are not valid, which a test excludes.
    pub fn bundled() -> &'static Self {
        static MAPPINGS: OnceLock<Mappings> = OnceLock::new();
        MAPPINGS.get_or_init(|| Mappings::read().unwrap_or_default())
    }

    /// Reads those inside the program.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn read() -> Result<Self> {
        let rubric = Rubric::bundled()?;
        let all = BUNDLED.iter().map(|text| Mapping::parse(text, &rubric)).collect::<Result<Vec<_>>>()?;
        let places = |control: &Control| {
            let relevant = |clause: &Clause| clause.controls.iter().any(|id| **id == *control.id);
            let mappings = all.iter().enumerate();
            let places = mappings.flat_map(|(mapping, of)| {
                let clauses = of.clauses.iter().enumerate().filter(|(_, clause)| relevant(clause));
                clauses.map(move |(clause, _)| (mapping, clause))
            });
            (control.id.to_string(), (control.title.clone(), places.collect()))
        };
        let of = rubric.controls.iter().map(places).collect();
        Ok(Mappings { all, of })
    }

    /// The clauses that evidence for a control is relevant to. A control of another rubric that only has the same id is
    /// relevant to none.
    pub fn of(&self, control: &Control) -> impl Iterator<Item = (&Mapping, &Clause)> {
        let known = self.of.get(&*control.id).filter(|(title, _)| *title == control.title);
        let places = known.map(|(_, places)| places.as_slice()).unwrap_or_default();
        places.iter().filter_map(|(mapping, clause)| {
            let mapping = self.all.get(*mapping)?;
            Some((mapping, mapping.clauses.get(*clause)?))
        })
    }
}
