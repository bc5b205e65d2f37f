//! Runbooks, as documents.

use super::names;
use crate::incident::{Library, Origin, Runbook, Shelved, Trouble};
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// The types of incidents for which there is a runbook.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentTypesDocument<'a> {
    /// The document's name.
    pub schema: names::IncidentTypes,
    /// The types.
    pub types: Vec<IncidentTypeDocument<'a>>,
    /// Files of the workspace that cannot be used.
    pub broken: Vec<BrokenRunbookDocument<'a>>,
}

/// A type of incident.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentTypeDocument<'a> {
    /// The word for it.
    pub id: &'a str,
    /// Its name.
    pub name: &'a Untrusted,
    /// The version of its runbook.
    pub version: &'a Untrusted,
    /// The file of the workspace that the runbook comes from; none for one of the program.
    pub file: Option<&'a Untrusted>,
    /// Whether that file takes the place of a runbook of the program.
    pub replaces: bool,
    /// Ids of techniques.
    pub atlas: &'a [Untrusted],
    /// The evidence profiles that it needs.
    pub evidence: &'a [String],
    /// How many steps it has.
    pub steps: usize,
}

/// A file that cannot be used.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BrokenRunbookDocument<'a> {
    /// The file.
    pub file: &'a Untrusted,
    /// What is wrong with it.
    pub findings: Vec<RunbookFindingDocument<'a>>,
}

/// What is wrong with a runbook.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunbookFindingDocument<'a> {
    /// The code of its rule, or `RUNBOOK-INVALID`.
    pub code: &'static str,
    /// Line, from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// What was found.
    pub message: &'a str,
    /// What to do.
    pub help: Option<&'a str>,
}

/// A runbook.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentRunbookDocument<'a> {
    /// The document's name.
    pub schema: names::IncidentRunbook,
    /// The file of the workspace that it comes from; none for one of the program.
    pub file: Option<&'a Untrusted>,
    /// The runbook.
    pub runbook: &'a Runbook,
}

/// Whether a file is a runbook that works.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentRunbookCheckDocument<'a> {
    /// The document's name.
    pub schema: names::IncidentRunbookCheck,
    /// The type of incident that it is for; none when it cannot be used.
    pub id: Option<&'a str>,
    /// What is wrong with it, in the order of the lines.
    pub findings: Vec<RunbookFindingDocument<'a>>,
}

impl<'a> From<&'a Trouble> for RunbookFindingDocument<'a> {
    fn from(Trouble { code, line, what, help }: &'a Trouble) -> Self {
        RunbookFindingDocument { code, line: *line, message: what, help: help.as_deref() }
    }
}

impl<'a> IncidentTypesDocument<'a> {
    /// Of a library.
    pub fn of(library: &'a Library) -> Self {
        let row = |shelved: &'a Shelved| IncidentTypeDocument {
            id: &shelved.runbook.id,
            name: &shelved.runbook.name,
            version: &shelved.runbook.version,
            file: file(shelved),
            replaces: shelved.replaces,
            atlas: &shelved.runbook.atlas,
            evidence: &shelved.runbook.evidence,
            steps: shelved.runbook.steps.len(),
        };
        let broken = |(file, troubles): &'a (Untrusted, Vec<Trouble>)| BrokenRunbookDocument {
            file,
            findings: troubles.iter().map(RunbookFindingDocument::from).collect(),
        };
        IncidentTypesDocument {
            schema: names::IncidentTypes,
            types: library.runbooks().iter().map(row).collect(),
            broken: library.broken().iter().map(broken).collect(),
        }
    }
}

impl<'a> IncidentRunbookDocument<'a> {
    /// Of a runbook.
    pub fn of(shelved: &'a Shelved) -> Self {
        IncidentRunbookDocument {
            schema: names::IncidentRunbook,
            file: file(shelved),
            runbook: &shelved.runbook,
        }
    }
}

impl<'a> IncidentRunbookCheckDocument<'a> {
    /// Of what came of checking a file.
    pub fn of(checked: Result<&'a Runbook, &'a [Trouble]>) -> Self {
        let findings = checked.err().unwrap_or_default();
        IncidentRunbookCheckDocument {
            schema: names::IncidentRunbookCheck,
            id: checked.ok().map(|runbook| runbook.id.as_str()),
            findings: findings.iter().map(RunbookFindingDocument::from).collect(),
        }
    }
}

fn file(shelved: &Shelved) -> Option<&Untrusted> {
    match &shelved.origin {
        Origin::BuiltIn => None,
        Origin::File(file) => Some(file),
    }
}
