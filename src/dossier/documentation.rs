//! A documentation form: its fields as data, and what is known of a model for each of them, with its basis and by digest.
//! What nobody says stays unknown. Whether a point of a law is met is for people to say.

use super::gathered::Dossier;
use super::pieces::Piece;
use crate::attest::PredicateKind;
use crate::error::{Code, Error, Result};
use crate::inventory::{Basis, FactKey};
use crate::lineage::Link;
use crate::signing::sha256_hex;
use crate::tables::parse_as;
use crate::text::Untrusted;
use crate::view::EdgeSeen;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde::de::value::{Error as Unknown, StrDeserializer};

const SCHEMA: &str = "documentation-form/0.1";
const BUNDLED: &str = include_str!("../../policies/forms/model-documentation.toml");

/// A documentation form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentationForm {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The document that its points are of.
    pub document: String,
    /// The version of that.
    pub version: String,
    /// The day when the form was last changed.
    pub revised: String,
    /// Where the ids of the points come from.
    pub source: String,
    /// Whether these were not checked against a text of the document.
    pub unconfirmed: bool,
    /// Its fields, in order.
    pub fields: Vec<FormField>,
    /// SHA-256 of its text, hex.
    pub digest: String,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// Its id.
    pub id: String,
    /// Under which heading it stands.
    pub section: String,
    /// What it asks.
    pub title: String,
    /// The points that it is relevant to.
    pub points: Vec<String>,
    /// What fills it.
    pub from: Vec<FilledFrom>,
}

/// What fills a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilledFrom {
    /// What documents declare, or what was observed in the files.
    Fact(FactKey),
    /// Claims of a kind that count.
    Claim(PredicateKind),
    /// Models that it derives from.
    BaseModels,
    /// Datasets that it was trained on.
    Datasets,
    /// The root digest of the verified files.
    RootDigest,
    /// The proven signer.
    Signer,
    /// The formats of the weights.
    Formats,
    /// Files and bytes.
    Size,
}

/// One value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldValue {
    /// The value.
    pub value: Untrusted,
    /// How far it is to be believed.
    pub basis: Basis,
    /// Where inside its source it stands; empty where the source as a whole says it.
    pub place: Untrusted,
    /// The evidence, by digest; none where it cannot be named.
    pub evidence: Option<Piece>,
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
    #[serde(default)]
    unconfirmed: bool,
    field: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    section: String,
    title: String,
    points: Vec<String>,
    from: Vec<String>,
}

const WORDS: [(&str, FilledFrom); 6] = [
    ("base-models", FilledFrom::BaseModels),
    ("datasets", FilledFrom::Datasets),
    ("root-digest", FilledFrom::RootDigest),
    ("signer", FilledFrom::Signer),
    ("formats", FilledFrom::Formats),
    ("size", FilledFrom::Size),
];

impl FilledFrom {
    fn of(word: &str) -> Option<Self> {
        let known = |word| StrDeserializer::<Unknown>::new(word);
        match word.split_once(':') {
            Some(("fact", key)) => FactKey::deserialize(known(key)).ok().map(FilledFrom::Fact),
            Some(("claim", kind)) => PredicateKind::deserialize(known(kind)).ok().map(FilledFrom::Claim),
            _ => WORDS.iter().find(|(known, _)| *known == word).map(|(_, from)| *from),
        }
    }
}

impl DocumentationForm {
    /// The one inside the program.
    ///
    /// # Errors
    /// `E-CONFIG`, which a test excludes.
    pub fn bundled() -> Result<Self> {
        DocumentationForm::parse(BUNDLED)
    }

    /// Reads and validates a form.
    ///
    /// # Errors
    /// `E-CONFIG`.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |what: String| Error::new(Code::Config, "the form is not valid").at(what);
        let document: Document = parse_as(text)
            .map_err(|error| invalid(format!("line {}: {}", error.line(text), error.message)))?;
        if document.schema != SCHEMA {
            return Err(invalid(format!("the schema is not {SCHEMA}")));
        }
        let mut fields: Vec<FormField> = Vec::new();
        for Row { id, section, title, points, from } in document.field {
            if fields.iter().any(|known| known.id == id) {
                return Err(invalid(format!("the field {id} stands twice")));
            }
            let filled = from.iter().map(|word| {
                FilledFrom::of(word).ok_or_else(|| invalid(format!("{id}: nothing is called {word}")))
            });
            let from = filled.collect::<Result<Vec<FilledFrom>>>()?;
            fields.push(FormField { id, section, title, points, from });
        }
        Ok(DocumentationForm {
            id: document.id,
            name: document.name,
            document: document.document,
            version: document.version,
            revised: document.revised,
            source: document.source,
            unconfirmed: document.unconfirmed,
            fields,
            digest: sha256_hex(text.as_bytes()),
        })
    }
}

impl Dossier<'_> {
    /// What is known of the model for a field, in the order of what fills it; each value once for each source.
    pub fn values(&self, field: &FormField) -> Vec<FieldValue> {
        field.from.iter().flat_map(|from| self.filled(*from)).collect()
    }

    fn filled(&self, from: FilledFrom) -> Vec<FieldValue> {
        match from {
            FilledFrom::Fact(key) => self.facts(key),
            FilledFrom::Claim(kind) => self.claims_of(kind),
            FilledFrom::BaseModels => self.parents(true),
            FilledFrom::Datasets => self.parents(false),
            FilledFrom::RootDigest => self.root_digest().into_iter().collect(),
            FilledFrom::Signer => self.signer().into_iter().collect(),
            FilledFrom::Formats => {
                let words: Vec<&str> = self.model.formats.iter().map(|format| format.word()).collect();
                let content = || self.pieces.content().or_else(|| self.pieces.documents(None));
                let value = |words| observed(words, content());
                Some(words.join(", ")).filter(|words| !words.is_empty()).map(value).into_iter().collect()
            }
            FilledFrom::Size => {
                let size = || format!("{} bytes in {} files", self.model.bytes, self.model.files);
                let here =
                    self.model.location.as_ref().map(|_| observed(size(), self.pieces.documents(None)));
                here.into_iter().collect()
            }
        }
    }

    fn facts(&self, key: FactKey) -> Vec<FieldValue> {
        let facts = self.model.facts.iter().filter(|fact| fact.key == key);
        let value = |fact: &crate::inventory::Fact| FieldValue {
            value: fact.value.clone(),
            basis: fact.basis,
            place: fact.place.clone(),
            evidence: self.pieces.documents(Some(&fact.source)),
        };
        facts.map(value).collect()
    }

    /// Claims count only if their signer is proven and expected.
    fn claims_of(&self, kind: PredicateKind) -> Vec<FieldValue> {
        let standing = self.view.standing(self.index);
        let testimonies = standing.map(|verified| &*verified.testimonies).unwrap_or_default();
        let counted = testimonies.iter().filter(|one| one.claimed.kind == Some(kind) && one.claimed.counts());
        let value = |one: &crate::maturity::Testimony| FieldValue {
            value: Untrusted::new(format!("{} claim, {}", kind.word(), one.claimed.predicate_type.raw())),
            basis: Basis::Attested,
            place: Untrusted::default(),
            evidence: Some(self.pieces.claim(one)),
        };
        counted.map(value).collect()
    }

    /// What it comes from directly: models, or datasets.
    fn parents(&self, wanted: bool) -> Vec<FieldValue> {
        let edges = self.ancestry.edges.iter().filter(|edge| edge.child == self.model.id);
        let edges = edges.filter(|edge| edge.edge.relation.bears_weight() == wanted);
        let value = |edge: &EdgeSeen<'_>| {
            let (place, evidence) = self.proof_of(edge);
            FieldValue {
                value: Untrusted::new(format!("{} ({})", edge.parent.raw(), edge.edge.relation.word())),
                basis: match (edge.edge.basis, edge.link) {
                    (Basis::Declared, Link::Attested | Link::Proved) => Basis::Attested,
                    (basis, _) => basis,
                },
                place,
                evidence,
            }
        };
        edges.map(value).collect()
    }

    /// The claim that proves an edge, or else the document that declares it, with the place in that.
    fn proof_of(&self, edge: &EdgeSeen<'_>) -> (Untrusted, Option<Piece>) {
        let standing = self.view.standing(self.index);
        let testimonies = standing.map(|verified| &*verified.testimonies).unwrap_or_default();
        let is_proof = |digest: &str| edge.proofs.iter().any(|proof| &*proof.claim == digest);
        match (testimonies.iter().find(|one| is_proof(&one.claimed.digest)), edge.said.first()) {
            (Some(claim), _) => (Untrusted::default(), Some(self.pieces.claim(claim))),
            (None, Some(said)) => (said.place.clone(), self.pieces.documents(Some(&said.source))),
            (None, None) => (Untrusted::default(), self.pieces.documents(None)),
        }
    }

    fn root_digest(&self) -> Option<FieldValue> {
        let root = self.view.standing(self.index)?.verification.root_digest?;
        Some(observed(root.to_string(), self.pieces.files()))
    }

    fn signer(&self) -> Option<FieldValue> {
        let verification = &self.view.standing(self.index)?.verification;
        let signer = verification.signer.as_ref().filter(|_| verification.signer_proven())?;
        Some(FieldValue {
            value: signer.subject.clone(),
            basis: Basis::Attested,
            place: Untrusted::default(),
            evidence: self.pieces.signature(),
        })
    }
}

fn observed(value: String, evidence: Option<Piece>) -> FieldValue {
    FieldValue { value: Untrusted::new(value), basis: Basis::Observed, place: Untrusted::default(), evidence }
}
