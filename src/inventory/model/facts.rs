//! Facts and references to parents, as plain values, and how each lies in a packed list.

use crate::signing::RootDigest;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::id::ModelId;
use super::packed::{Context, List, Packed, Place, Text};

/// How far a fact is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// We computed it from bytes.
    Observed,
    /// A claim that verifies says so.
    Attested,
    /// An unsigned document says so.
    Declared,
    /// Two of these disagree.
    Contradicted,
}

impl Basis {
    /// The word shown beside every fact.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Observed => "observed",
            Basis::Attested => "attested",
            Basis::Declared => "declared",
            Basis::Contradicted => "contradicted",
        }
    }
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactKey {
    /// Version or revision.
    Version,
    /// Who publishes it.
    Publisher,
    /// Licence.
    Licence,
    /// Base model, as written.
    BaseModel,
    /// A dataset, as written.
    Dataset,
    /// What it is for.
    Task,
    /// Architecture or model type.
    Architecture,
    /// A package URL.
    Purl,
    /// A file format found by looking at bytes.
    Format,
    /// What can run code when the model is loaded, found by looking at bytes.
    Hazard,
    /// A hash that a document states, `alg:hex`.
    Hash,
    /// Free text.
    Description,
    /// The name that it gives itself.
    Name,
    /// Elements of all tensors together.
    Parameters,
    /// A summary of the tensors.
    Tensors,
    /// Types of the tensors' elements.
    DataType,
    /// How the weights were made smaller.
    Quantisation,
    /// Tokens that fit.
    ContextLength,
    /// A chat template, by its digest.
    ChatTemplate,
    /// The tokenizer.
    Tokenizer,
    /// A measurement that somebody states.
    Metric,
    /// What loads it.
    Library,
    /// The address of content by its digest, `alg:hex`, and what was seen of such addresses.
    Address,
    /// A signature of another kind than a model's, in a layout that keeps them apart.
    Signature,
    /// What an agent can do.
    Skill,
    /// Where an agent or a server answers.
    Endpoint,
    /// A tool that a server offers.
    Tool,
    /// Another name of the model, by the workspace's word.
    Alias,
    /// When it was made or came out, as written.
    Made,
    /// What it takes: a modality or a format.
    Input,
    /// What it gives: a modality or a format.
    Output,
    /// What somebody says that it can be used for.
    Use,
    /// What somebody says that it cannot do, or is not for.
    Limitation,
    /// How somebody says that it was trained.
    Training,
    /// How much energy somebody says that it took.
    Energy,
}

impl FactKey {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            FactKey::Version => "version",
            FactKey::Publisher => "publisher",
            FactKey::Licence => "licence",
            FactKey::BaseModel => "base model",
            FactKey::Dataset => "dataset",
            FactKey::Task => "task",
            FactKey::Architecture => "architecture",
            FactKey::Purl => "purl",
            FactKey::Format => "format",
            FactKey::Hazard => "on loading",
            FactKey::Hash => "hash",
            FactKey::Description => "description",
            FactKey::Name => "own name",
            FactKey::Parameters => "parameters",
            FactKey::Tensors => "tensors",
            FactKey::DataType => "data type",
            FactKey::Quantisation => "quantisation",
            FactKey::ContextLength => "context length",
            FactKey::ChatTemplate => "chat template",
            FactKey::Tokenizer => "tokenizer",
            FactKey::Metric => "metric",
            FactKey::Library => "library",
            FactKey::Address => "content address",
            FactKey::Signature => "other signature",
            FactKey::Skill => "skill",
            FactKey::Endpoint => "endpoint",
            FactKey::Tool => "tool",
            FactKey::Alias => "also called",
            FactKey::Made => "made on",
            FactKey::Input => "input",
            FactKey::Output => "output",
            FactKey::Use => "use",
            FactKey::Limitation => "limitation",
            FactKey::Training => "training",
            FactKey::Energy => "energy",
        }
    }
}

/// One fact: value, basis, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// What it is about.
    pub key: FactKey,
    /// The value as written.
    pub value: Untrusted,
    /// How far to believe it.
    pub basis: Basis,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Where inside it: a JSON pointer, a front matter key, a file name.
    pub place: Untrusted,
}

impl Fact {
    /// One safe line: the value, and of a summary of tensors what a person reads.
    pub fn shown(&self) -> String {
        let whole = self.value.screen();
        match (self.key, whole.split_once(" shapes=")) {
            (FactKey::Tensors, Some((read, _))) => read.to_owned(),
            _ => whole,
        }
    }
}

/// How a model came from a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Trained further.
    Finetune,
    /// An adapter on top of it.
    Adapter,
    /// The same weights in fewer bits.
    Quantised,
    /// Merged from several.
    Merge,
    /// Trained on its outputs.
    Distilled,
    /// Trained on this dataset.
    TrainedOn,
    /// Derived, and nobody says how.
    Unspecified,
}

impl Relation {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Relation::Finetune => "finetune",
            Relation::Adapter => "adapter",
            Relation::Quantised => "quantised",
            Relation::Merge => "merge",
            Relation::Distilled => "distilled",
            Relation::TrainedOn => "trained on",
            Relation::Unspecified => "derived",
        }
    }

    /// Whether the parent's weights are in the child: only such parents cap a level.
    pub fn bears_weight(self) -> bool {
        self != Relation::TrainedOn
    }
}

/// A parent as a source names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ParentRef {
    /// `owner/name`, or only a name.
    pub id: ModelId,
    /// How the child came from it.
    pub relation: Relation,
    /// How far to believe it.
    pub basis: Basis,
    /// The parent's root digest where the source pins it.
    pub digest: Option<RootDigest>,
    /// The document, workspace-relative.
    pub source: Untrusted,
    /// Where inside it.
    pub place: Untrusted,
}

/// The basis in one byte.
const BASES: [Basis; 4] = [Basis::Observed, Basis::Attested, Basis::Declared, Basis::Contradicted];

fn number_of(basis: Basis) -> u8 {
    (0..).zip(BASES).find(|(_, known)| *known == basis).map_or(u8::MAX, |(number, _)| number)
}

/// What no number stands for is believed least.
fn basis_of(number: u8) -> Basis {
    BASES.get(usize::from(number)).copied().unwrap_or(Basis::Contradicted)
}

impl Packed for Fact {
    type Row<'a> = (FactKey, u8, usize, Place<'a>, Text<'a>);

    fn source(&self) -> &Untrusted {
        &self.source
    }

    fn place(&self) -> &Untrusted {
        &self.place
    }

    fn row<'a>(&'a self, source: usize, place: &'a str) -> Self::Row<'a> {
        (self.key, number_of(self.basis), source, Place::of(place), self.value.raw().into())
    }

    fn value((key, basis, source, place, value): Self::Row<'_>, shared: &Context<'_>) -> Self {
        Fact {
            key,
            value: value.untrusted(),
            basis: basis_of(basis),
            source: shared.source(source),
            place: shared.place(&place),
        }
    }
}

impl List<Fact> {
    /// The facts selected by subject and trust, one after the other:
    /// for walks over the whole inventory, as [`List::each`].
    pub fn each_of(
        &self,
        is_wanted: impl Fn(FactKey, Basis) -> bool + Copy,
    ) -> impl Iterator<Item = Cow<'_, Fact>> {
        self.those(move |fact| is_wanted(fact.key, fact.basis), move |row| is_wanted(row.0, basis_of(row.1)))
    }
}

impl Packed for ParentRef {
    type Row<'a> = (Relation, u8, usize, Place<'a>, ModelId, Option<RootDigest>);

    fn source(&self) -> &Untrusted {
        &self.source
    }

    fn place(&self) -> &Untrusted {
        &self.place
    }

    fn row<'a>(&'a self, source: usize, place: &'a str) -> Self::Row<'a> {
        (self.relation, number_of(self.basis), source, Place::of(place), self.id.clone(), self.digest)
    }

    fn value((relation, basis, source, place, id, digest): Self::Row<'_>, shared: &Context<'_>) -> Self {
        ParentRef {
            id,
            relation,
            basis: basis_of(basis),
            digest,
            source: shared.source(source),
            place: shared.place(&place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fact() -> impl Strategy<Value = Fact> {
        let text = prop_oneof![Just("/components/7/"), Just("/components/"), Just("é\"\\"), Just("")];
        let key = prop_oneof![Just(FactKey::Licence), Just(FactKey::BaseModel), Just(FactKey::Hazard)];
        (key, 0..4_u8, text.clone(), "\\PC{0,6}", text, any::<String>()).prop_map(
            |(key, basis, place, rest, source, value)| Fact {
                key,
                value: Untrusted::new(value),
                basis: basis_of(basis),
                source: source.into(),
                place: Untrusted::new([place, rest.as_str()].concat()),
            },
        )
    }

    proptest! {
        #[test]
        fn a_packed_list_is_the_list(facts in proptest::collection::vec(fact(), 0..6)) {
            let mut list = List::from(facts.clone());
            list.pack();
            prop_assert_eq!(list.each().map(Cow::into_owned).collect::<Vec<_>>(), facts.clone());
            let text = list.text();
            let again = List::<Fact>::from_text(&text).unwrap();
            prop_assert_eq!(&*again, &facts);
            let mut changed = again;
            changed.extend(facts.clone());
            prop_assert_eq!(changed.len(), 2 * facts.len());
            for some in [changed, list] {
                let is_wanted = |key, basis| key == FactKey::Licence && basis != Basis::Declared;
                let wanted: Vec<Fact> =
                    some.each().filter(|fact| is_wanted(fact.key, fact.basis)).map(Cow::into_owned).collect();
                prop_assert_eq!(some.each_of(is_wanted).map(Cow::into_owned).collect::<Vec<_>>(), wanted);
            }
        }
    }

    #[test]
    fn a_damaged_text_is_no_list() {
        for text in
            ["", "[]", "[[[],\"\"],[[\"licence\",0,0,\"\"]]]", "[[[],\"\"],[[\"colour\",0,0,\"\",\"\"]]]"]
        {
            assert!(List::<Fact>::from_text(text).is_none(), "{text}");
        }
    }
}
