//! To which clauses of laws and standards the evidence of a report is relevant. Nothing here says that a clause is met.

use crate::maturity::{Clause, Control, Mapping, Mappings, Rubric};
use schemars::JsonSchema;
use serde::Serialize;

/// A document that clauses stand in, with the clauses that the evidence is relevant to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedMapping<'a> {
    /// The id of the mapping.
    pub id: &'static str,
    /// The name that is shown.
    pub name: &'static str,
    /// The document.
    pub document: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The day when the mapping was last changed.
    pub revised: &'static str,
    /// Where the ids come from.
    pub source: &'static str,
    /// SHA-256 of the mapping's text.
    pub digest: &'static str,
    /// The clauses.
    pub clauses: Vec<ReportedClause<'a>>,
}

/// A clause, and the controls whose evidence is relevant to it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedClause<'a> {
    /// Its id, as the document numbers it.
    pub id: &'static str,
    /// Whether the id was not checked against a text of the document.
    pub unconfirmed: bool,
    /// The controls.
    pub controls: Vec<&'a str>,
}

/// A clause that the evidence for a control is relevant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RelevantClause {
    /// The id of the mapping.
    pub mapping: &'static str,
    /// The id of the clause, as the document numbers it.
    pub clause: &'static str,
    /// Whether that id was not checked against a text of the document.
    pub unconfirmed: bool,
}

impl RelevantClause {
    /// The clauses that the evidence for a control is relevant to.
    pub fn of(control: &Control) -> Vec<Self> {
        let clauses = Mappings::bundled().of(control);
        let row = |(mapping, clause): (&'static Mapping, &'static Clause)| RelevantClause {
            mapping: &mapping.id,
            clause: &clause.id,
            unconfirmed: clause.unconfirmed,
        };
        clauses.map(row).collect()
    }
}

impl<'a> ReportedMapping<'a> {
    /// All mappings, with the clauses that the evidence for controls of a rubric is relevant to.
    pub(in crate::documents) fn all(rubric: &'a Rubric) -> Vec<Self> {
        let controls: Vec<(&'a str, Vec<RelevantClause>)> =
            rubric.controls.iter().map(|control| (&*control.id, RelevantClause::of(control))).collect();
        let clause = |mapping: &'static str, clause: &'static Clause| {
            let is_of = |one: &RelevantClause| one.mapping == mapping && one.clause == clause.id;
            let controls = controls.iter().filter(|(_, clauses)| clauses.iter().any(is_of));
            ReportedClause {
                id: &clause.id,
                unconfirmed: clause.unconfirmed,
                controls: controls.map(|(id, _)| *id).collect(),
            }
        };
        let mapping = |mapping: &'static Mapping| {
            let clauses = mapping.clauses.iter().map(|one| clause(&mapping.id, one));
            ReportedMapping {
                id: &mapping.id,
                name: &mapping.name,
                document: &mapping.document,
                version: &mapping.version,
                revised: &mapping.revised,
                source: &mapping.source,
                digest: &mapping.digest,
                clauses: clauses.filter(|clause| !clause.controls.is_empty()).collect(),
            }
        };
        Mappings::bundled().all.iter().map(mapping).collect()
    }
}
