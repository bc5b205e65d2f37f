//! What a key of a policy may hold, as types. It knows no key.

use crate::attest::Registry;
use crate::policy::exception::ANCESTORS;
use crate::tables::{Faults, Hints, Section, Table};

/// A table of a policy.
#[derive(Debug)]
pub struct Layout {
    /// How messages call it: `[[publisher]]`.
    pub label: &'static str,
    /// Its keys, in the order in which they are listed.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Whether the table cannot be without it.
    pub is_required: bool,
    /// What it may hold.
    pub form: Form,
    /// What it means, in Markdown.
    pub meaning: &'static str,
}

/// What a key may hold.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Text.
    Text,
    /// Text that names something, or says it in a form of its own.
    Of(Thing),
    /// A word of a closed vocabulary.
    Word(fn() -> Vec<&'static str>),
    /// A list of these, with so many at least.
    List(&'static Form, u8),
    /// True or false.
    Flag,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// A number from 0 to 1.
    Share,
    /// A date-time with an offset.
    Moment,
    /// What a clause compares with: depends on its operator.
    Compared,
    /// A table with keys of its own.
    Open,
    /// A table.
    Table(&'static Layout),
    /// A table under each of some names: `[trust.NAME]`.
    Named(&'static Layout),
    /// Several tables: `[[publisher]]`.
    Tables(&'static Layout),
}

/// What a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A name that is given here.
    NewName,
    /// The name of a publisher that is given here.
    NewPublisher,
    /// An anchor of the policy.
    Anchor,
    /// A publisher or an attester of the policy.
    Signer,
    /// A stage of the policy.
    Stage,
    /// A control of the rubric.
    Control,
    /// A control, or the word for the level of ancestors.
    Excused,
    /// A requirement of the policy.
    Requirement,
    /// A control or a requirement.
    Demand,
    /// A domain of an attester.
    Domain,
    /// A pattern of models.
    Models,
    /// A pattern of models, or a root digest.
    Subject,
    /// A pattern of signers.
    Identity,
    /// An issuer of identities.
    Issuer,
    /// A predicate, by its id or URI.
    Predicate,
    /// A file beside the policy.
    File,
    /// A SHA-256 digest.
    Digest,
}

impl Thing {
    /// The texts that always name one, each with what it is.
    pub fn words(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Thing::Excused => vec![(ANCESTORS, "the level that ancestors leave")],
            Thing::Predicate => {
                let known = Registry::bundled().predicates();
                known.iter().map(|one| (one.id.as_str(), one.title.as_str())).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Layout {
    /// Its keys.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    /// One of its keys.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Opens a table of this layout, and reports every key that it does not have.
    pub(in crate::policy) fn open<'a>(
        &self,
        faults: &mut Faults<'_>,
        table: Table<'a>,
        hints: Hints,
    ) -> Section<'a> {
        faults.open(table, self.label, &self.names(), hints)
    }
}

impl Key {
    /// What it means, as a sentence.
    pub fn sentence(&self) -> String {
        let mut letters = self.meaning.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    }
}

impl Form {
    /// The layout of the tables that it holds.
    pub fn layout(self) -> Option<&'static Layout> {
        match self {
            Form::Table(layout) | Form::Named(layout) | Form::Tables(layout) => Some(layout),
            _ => None,
        }
    }
}
