//! What all runbooks share, from `policies/runbooks/common.toml`: evidence profiles, names of fields, deadlines, the rule
//! of severity.

use super::parts::{clock, id_of, profile, rule, unique};
use super::runbook::{Clock, Profile, SeverityRule};
use crate::error::{Code, Error, Result};
use crate::tables::{Document, Fault, Faults, quote, values};
use crate::text::Untrusted;
use std::collections::BTreeMap;

/// The schema that this program reads.
const SCHEMA: &str = "runbook-common/0.1";
const KEYS: &[&str] = &["schema", "clocks", "questions", "profile", "field", "clock", "severity"];

/// What all runbooks share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// Evidence profiles, by their ids.
    pub profiles: Vec<Profile>,
    /// What each field is.
    pub fields: BTreeMap<String, Untrusted>,
    /// Deadlines.
    pub clocks: Vec<Clock>,
    /// The ids of the deadlines of a runbook that names none.
    pub usual_clocks: Vec<String>,
    /// What is asked after every incident.
    pub questions: Vec<Untrusted>,
    /// How severe an incident is.
    pub severity: Vec<SeverityRule>,
}

impl Common {
    /// What the program has.
    ///
    /// # Errors
    /// `E-CONFIG`; a test proves that it never does.
    pub fn bundled() -> Result<Self> {
        Common::parse(include_str!("../../policies/runbooks/common.toml")).map_err(|faults| {
            let what = faults.first().map_or("not valid", |fault| fault.message.as_str());
            Error::new(Code::Config, what).at("policies/runbooks/common.toml")
        })
    }

    fn parse(text: &str) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults::new(text);
        let document = match Document::parse(text) {
            Ok(document) => document,
            Err(error) => {
                faults.add(error.at, format!("not valid TOML: {}", quote(&error.message)), "");
                return Err(faults.into_errors());
            }
        };
        let top = faults.open(document.top(), "the file", KEYS, &[]);
        if let Some(schema) = faults.required(top, "schema") {
            faults.one_of("schema", &schema, &[(SCHEMA, ())]);
        }
        let mut fields = BTreeMap::new();
        if let Some(table) = faults.table(top, "field") {
            for (key, value) in table.entries() {
                match value.text() {
                    Ok(text) => drop(fields.insert(key.value.to_owned(), Untrusted::new(text))),
                    Err(misfit) => faults.add(Some(misfit.at), "the name of a field must be a string", ""),
                }
            }
        }
        let mut profiles = Vec::new();
        if let Some(table) = faults.table(top, "profile") {
            for (key, value) in table.entries() {
                profiles.extend(profile(&mut faults, key, value, &fields));
            }
        }
        let mut clocks: Vec<Clock> = Vec::new();
        for table in faults.tables(top, "clock") {
            clocks.extend(clock(&mut faults, table));
        }
        unique(&mut faults, clocks.iter().map(|clock| clock.id.as_str()), "clock");
        let severity = faults.tables(top, "severity");
        let severity = severity.into_iter().filter_map(|table| rule(&mut faults, table)).collect();
        let usual = faults.texts(top, "clocks").unwrap_or_default();
        let usual_clocks = usual.iter().filter_map(|text| id_of(&mut faults, "clocks", text)).collect();
        let questions = values(faults.texts(top, "questions")).iter().map(Untrusted::new).collect();
        match faults.is_empty() {
            true => Ok(Common { profiles, fields, clocks, usual_clocks, questions, severity }),
            false => Err(faults.into_errors()),
        }
    }
}
