//! The documentation form of a model as a page.

use super::super::form::Form;
use super::super::page::{Block, Cell, Page, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::streamed::streamed;
use super::super::subject::page;
use super::basis;
use crate::documents::{FieldDocument, ModelDocumentationDocument, NotLookedAt};
use crate::dossier::{FieldValue, Piece};
use crate::error::Result;
use crate::inventory::Basis;

/// The forms of a filled documentation form.
pub const FORMS_OF_DOCUMENTATION: &[Form] = &[
    Form::Text,
    Form::Markdown,
    Form::Html,
    #[cfg(feature = "pdf")]
    Form::Pdf,
    Form::Json,
];

/// The filled form in a form, piece by piece as it is made.
///
/// # Errors
/// `E-USAGE` for a form that it does not have, `E-INTERNAL`; what `out` gives.
pub fn documentation(
    document: &ModelDocumentationDocument<'_>,
    form: Form,
    out: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    match form {
        Form::Json => streamed(document, out),
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&page_of(document), document.rests_on.at)?),
        form => out(page(&page_of(document), form)?.as_bytes()),
    }
}

fn page_of(document: &ModelDocumentationDocument<'_>) -> Page {
    let form = &document.form;
    let mut page = Page::new(format!("{}: {}", form.name, document.model.raw()));
    page.note(document.says);
    if form.unconfirmed {
        page.note(format!(
            "The ids of the points were not checked against a text of {}: have them checked before you rely on them.",
            form.document
        ));
    }
    let filled = &document.filled;
    let mut facts = vec![
        ("model", Cell::from(document.name)),
        (
            "root digest",
            match document.root_digest {
                Some(root) => Cell::code(root.to_string()),
                None => Cell::new("unknown: not verified").in_tone(Tone::Unknown),
            },
        ),
        ("points of", format!("{}, version {}", form.document, form.version).into()),
        ("form sha256", Cell::code(form.digest)),
        ("observed", filled.observed.to_string().into()),
        ("attested", filled.attested.to_string().into()),
        ("declared", filled.declared.to_string().into()),
        ("contradicted", filled.contradicted.to_string().into()),
        ("unknown", filled.unknown.to_string().into()),
    ];
    facts.extend(basis::made(&document.rests_on));
    page.add(Block::Facts(facts));
    for fields in document.fields.chunk_by(|one, next| one.section == next.section) {
        let section = fields.first().map(|field| field.section).unwrap_or_default();
        let rows = fields.iter().flat_map(rows).collect();
        let columns = vec!["field", "value", "basis", "evidence relevant to", "source", "evidence sha256"];
        page.section(section, Table { columns, rows });
    }
    let row = |one: &NotLookedAt| vec![Cell::from(&one.about), Cell::from(&one.why)];
    let rows = document.not_looked_at.iter().map(row).collect();
    page.section("What was not looked at", Table { columns: vec!["what", "why"], rows });
    basis::rests_on(&document.rests_on, &mut page);
    page
}

/// A row for each value, or one that says that nothing is known.
fn rows(field: &FieldDocument<'_>) -> Vec<Vec<Cell>> {
    let points = || Cell::new(field.relevant_to.join("; "));
    if field.values.is_empty() {
        let unknown = || Cell::new("unknown").in_tone(Tone::Unknown);
        return vec![vec![
            field.title.into(),
            unknown(),
            unknown(),
            points(),
            Cell::default(),
            Cell::default(),
        ]];
    }
    let row = |value: &FieldValue| {
        let source = value.evidence.as_ref().map(source);
        let source = source.map(|source| format!("{source} {}", value.place.raw()));
        vec![
            field.title.into(),
            Cell::from(&value.value),
            Cell::new(value.basis.word()).in_tone(tone(value.basis)),
            points(),
            source.as_deref().map(str::trim_end).map(Cell::new).unwrap_or_default(),
            value.evidence.as_ref().map(|piece| Cell::code(&piece.sha256)).unwrap_or_default(),
        ]
    };
    field.values.iter().map(row).collect()
}

/// Where it lies: `claim: models/a/claims.jsonl line 3`.
fn source(piece: &Piece) -> String {
    let file = piece.file.as_ref().map(|file| format!(": {}", file.raw())).unwrap_or_default();
    let line = piece.line.map(|line| format!(" line {line}")).unwrap_or_default();
    format!("{}{file}{line}", piece.kind.word())
}

fn tone(basis: Basis) -> Tone {
    match basis {
        Basis::Observed | Basis::Attested => Tone::Good,
        Basis::Declared => Tone::Plain,
        Basis::Contradicted => Tone::Bad,
    }
}
