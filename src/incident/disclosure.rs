//! The draft of a disclosure: what is known of a model that is not what it should be, what is proven of it and what is not,
//! for people outside. Its sentences are data. It names no place where a model runs, and nobody who owns it.

use super::filling::{Filling, Word};
use super::record::Subject;
use super::vocabulary::Integrity;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::lineage::Side;
use crate::signing::RootDigest;
use crate::tables::parse_as;
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const SCHEMA: &str = "disclosure/0.1";
const TEMPLATE: &str = include_str!("../../policies/disclosure.toml");
/// What stands in a sentence for what is known.
const VALUE: &str = "$value";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    schema: String,
    title: String,
    draft: String,
    scope: String,
    contact: String,
    actions: BTreeMap<String, Vec<String>>,
    unknown: Unknown,
    known: Vec<KnownAs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unknown {
    always: Vec<String>,
    observed: String,
    expected: String,
    since: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownAs {
    field: String,
    basis: StatedAs,
    text: String,
}

impl Template {
    fn bundled() -> Result<Self> {
        let invalid = |what: String| Error::new(Code::Config, what).at("policies/disclosure.toml");
        let template: Template = parse_as(TEMPLATE).map_err(|error| invalid(error.message))?;
        match template.schema == SCHEMA {
            true => Ok(template),
            false => Err(invalid(format!("the schema is not {SCHEMA}"))),
        }
    }
}

/// How far a statement is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatedAs {
    /// It follows from bytes that were read.
    Proven,
    /// Somebody states it, and that is all that is known.
    Declared,
    /// Nobody knows.
    Unknown,
}

impl StatedAs {
    /// All of them, as they are shown.
    pub const ALL: [StatedAs; 3] = [StatedAs::Proven, StatedAs::Declared, StatedAs::Unknown];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            StatedAs::Proven => "proven",
            StatedAs::Declared => "declared",
            StatedAs::Unknown => "unknown",
        }
    }
}

/// Something that is said of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Statement {
    /// How far to believe it.
    pub basis: StatedAs,
    /// What is said.
    pub text: Untrusted,
}

/// A model that is affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Affected {
    /// The model.
    pub model: ModelId,
    /// Whether it is the subject, or proven to derive from it; else it only names the subject.
    pub proven: bool,
}

/// The draft of a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Disclosure {
    /// That it is a draft: always.
    pub draft: bool,
    /// Its title.
    pub title: Untrusted,
    /// What has to happen before it leaves the house, and what it does not speak of.
    pub notices: Vec<Untrusted>,
    /// What it is about, as it was asked for.
    pub subject: Untrusted,
    /// The number of the case that it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<u64>,
    /// The type of incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What the last verification came to.
    pub integrity: Integrity,
    /// The root digest that a signature or a bill of materials states.
    pub expected: Option<RootDigest>,
    /// The root digest of the bytes that were read.
    pub observed: Option<RootDigest>,
    /// Since when it is known: when somebody became aware of it.
    pub known_since: Option<Timestamp>,
    /// The time that it was made for.
    pub at: Timestamp,
    /// What is said, the proven first.
    pub statements: Vec<Statement>,
    /// Models that are affected, the worst first.
    pub affected: Vec<Affected>,
    /// How many are affected in all.
    pub affected_in_all: usize,
    /// What to do.
    pub actions: Vec<Untrusted>,
    /// Whom to ask.
    pub contact: Untrusted,
}

/// What a draft is made from.
#[derive(Debug, Clone, Copy)]
pub struct Disclosed<'d> {
    /// What it is about.
    pub subject: &'d Subject,
    /// What the last verification of it came to.
    pub integrity: Integrity,
    /// The case, with the type of incident.
    pub case: Option<(u64, &'d str)>,
    /// When somebody became aware of it.
    pub known_since: Option<Timestamp>,
    /// Whom to ask.
    pub contact: Option<&'d str>,
    /// The time that it is made for.
    pub at: Timestamp,
}

impl Disclosure {
    /// Drafts it.
    ///
    /// # Errors
    /// `E-CONFIG` when the template is not valid; a test proves that it never is.
    pub fn draft(of: &Disclosed<'_>) -> Result<Self> {
        let template = Template::bundled()?;
        let subject = of.subject;
        let model = subject.model.as_ref().map(|model| model.raw());
        let filling = Filling::default()
            .with(Word::Model, model.or(Some(subject.written.raw())))
            .with(Word::Subject, Some(subject.written.raw()))
            .with(Word::Digest, subject.expected.map(|digest| digest.to_string()));
        let said = |text: &String| Untrusted::new(filling.sentence(text));
        let mut statements: Vec<Statement> = Vec::new();
        for known in &template.known {
            let value = subject.known.iter().find(|one| one.field == known.field);
            statements.extend(value.map(|one| Statement {
                basis: known.basis,
                text: Untrusted::new(known.text.replace(VALUE, one.value.raw())),
            }));
        }
        let unknown = &template.unknown;
        let open = [
            (subject.observed.is_none(), &unknown.observed),
            (subject.expected.is_none(), &unknown.expected),
            (true, &unknown.since),
        ];
        let open =
            open.into_iter().filter(|(is_open, _)| *is_open).map(|(_, text)| text).chain(&unknown.always);
        statements.extend(open.map(|text| Statement { basis: StatedAs::Unknown, text: said(text) }));
        statements.sort_by_key(|statement| statement.basis);
        let actions = template.actions.get(of.integrity.word()).ok_or_else(|| {
            Error::new(Code::Config, format!("the template has no actions for `{}`", of.integrity.word()))
        })?;
        let affected = subject
            .family
            .iter()
            .map(|kin| Affected { model: kin.id.clone(), proven: kin.side == Side::Tainted });
        Ok(Disclosure {
            draft: true,
            title: said(&template.title),
            notices: vec![said(&template.draft), said(&template.scope)],
            subject: subject.written.clone(),
            case: of.case.map(|(number, _)| number),
            kind: of.case.map(|(_, kind)| kind.to_owned()),
            integrity: of.integrity,
            expected: subject.expected,
            observed: subject.observed,
            known_since: of.known_since,
            at: of.at,
            statements,
            affected: affected.collect(),
            affected_in_all: subject.affected,
            actions: actions.iter().map(said).collect(),
            contact: of.contact.map_or_else(|| said(&template.contact), Untrusted::new),
        })
    }
}
