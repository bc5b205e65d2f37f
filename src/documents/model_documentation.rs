//! A documentation form of a model as a document: each field with its values, how far each is to be believed, and what it
//! rests on. Nothing here says that a point is met.

use super::maturity_report::{NotLookedAt, ReportInputs, unseen};
use super::names;
use crate::dossier::{DocumentationForm, Dossier, FieldValue, FormField};
use crate::inventory::{Basis, ModelId};
use crate::signing::RootDigest;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::Serialize;

/// What a form says, and what it does not.
pub const FORM_SAYS: &str = "A filled field is evidence relevant to the points beside it. It is no statement that a point is \
    met, nor that the value is right: the basis says how far it is to be believed.";

/// A documentation form of a model, filled with what is on record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ModelDocumentationDocument<'a> {
    /// The document's name.
    pub schema: names::ReportModel,
    /// The model.
    pub model: &'a ModelId,
    /// The name as first written.
    pub name: &'a Untrusted,
    /// The root digest of the verified files; none where none was computed, or they changed since.
    pub root_digest: Option<RootDigest>,
    /// The form.
    pub form: FormDocument<'a>,
    /// What the form says, and what it does not.
    pub says: &'static str,
    /// What all of it rests on, by digest.
    pub rests_on: ReportInputs<'a>,
    /// The fields in numbers.
    pub filled: Filled,
    /// The fields, in order.
    pub fields: Vec<FieldDocument<'a>>,
    /// What nobody looked at.
    pub not_looked_at: Vec<NotLookedAt>,
}

/// A form.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FormDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The document that its points are of.
    pub document: &'a str,
    /// The version of that.
    pub version: &'a str,
    /// The day when the form was last changed.
    pub revised: &'a str,
    /// Where the ids of the points come from.
    pub source: &'a str,
    /// Whether these were not checked against a text of the document.
    pub unconfirmed: bool,
    /// SHA-256 of the form, hex.
    pub digest: &'a str,
}

/// Fields, counted by the best basis of their values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Filled {
    /// Fields with an observed value.
    pub observed: usize,
    /// Fields with an attested value, and none that was observed.
    pub attested: usize,
    /// Fields with declared values only.
    pub declared: usize,
    /// Fields with values that contradict each other.
    pub contradicted: usize,
    /// Fields of which nothing is known.
    pub unknown: usize,
}

/// A field.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FieldDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// Under which heading it stands.
    pub section: &'a str,
    /// What it asks.
    pub title: &'a str,
    /// The points that it is relevant to.
    pub relevant_to: &'a [String],
    /// `unknown` if nothing is known, else `known`.
    pub state: &'static str,
    /// How far its values are to be believed: the best of them, or `contradicted` if they disagree; none if nothing is
    /// known.
    pub basis: Option<Basis>,
    /// The values.
    pub values: Vec<FieldValue>,
}

impl<'a> ModelDocumentationDocument<'a> {
    /// Of a model, by a form.
    pub fn of(dossier: &'a Dossier<'a>, form: &'a DocumentationForm) -> Self {
        let fields: Vec<FieldDocument<'a>> =
            form.fields.iter().map(|field| FieldDocument::of(dossier, field)).collect();
        let standing = dossier.view.standing(dossier.index);
        ModelDocumentationDocument {
            schema: names::ReportModel,
            model: &dossier.model.id,
            name: &dossier.model.name,
            root_digest: standing.and_then(|verified| verified.verification.root_digest),
            form: FormDocument {
                id: &form.id,
                name: &form.name,
                document: &form.document,
                version: &form.version,
                revised: &form.revised,
                source: &form.source,
                unconfirmed: form.unconfirmed,
                digest: &form.digest,
            },
            says: FORM_SAYS,
            rests_on: ReportInputs::of(dossier.view, &dossier.inputs),
            filled: Filled::of(&fields),
            fields,
            not_looked_at: unseen(dossier),
        }
    }
}

impl<'a> FieldDocument<'a> {
    fn of(dossier: &Dossier<'_>, field: &'a FormField) -> Self {
        let values = dossier.values(field);
        let bases = values.iter().map(|value| value.basis);
        let contradicted = bases.clone().find(|basis| *basis == Basis::Contradicted);
        FieldDocument {
            id: &field.id,
            section: &field.section,
            title: &field.title,
            relevant_to: &field.points,
            state: if values.is_empty() { "unknown" } else { "known" },
            basis: contradicted.or_else(|| bases.min()),
            values,
        }
    }
}

impl Filled {
    fn of(fields: &[FieldDocument<'_>]) -> Self {
        let mut filled = Filled::default();
        for field in fields {
            *match field.basis {
                Some(Basis::Observed) => &mut filled.observed,
                Some(Basis::Attested) => &mut filled.attested,
                Some(Basis::Declared) => &mut filled.declared,
                Some(Basis::Contradicted) => &mut filled.contradicted,
                None => &mut filled.unknown,
            } += 1;
        }
        filled
    }
}
