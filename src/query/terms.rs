//! The table of terms: what each is called, what it takes, and what it means. Parsing, completion, the list of keys
//! after `f`, the help and `docs/filter.md` come from it. It knows no text that somebody typed and no model.

use crate::decision::Decision;
use crate::inventory::{Basis, Format, Kind};

/// A term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// Who publishes it.
    Publisher,
    /// Its licence.
    Licence,
    /// A format of its weights.
    Format,
    /// What became of its verification.
    Status,
    /// A check that fails.
    Fails,
    /// The decision.
    Gate,
    /// The stage that is decided for.
    Stage,
    /// Its effective level.
    Level,
    /// Whether somebody reviewed it, and what they said.
    Reviewed,
    /// How long ago it was verified.
    Age,
    /// Who signed it.
    Signer,
    /// What it was made from.
    Base,
    /// What it was trained on.
    Dataset,
    /// How many models were made from it.
    Used,
    /// What it is.
    Kind,
    /// How far what is known of it is to be believed.
    Basis,
    /// What a scan found wrong.
    Finding,
    /// Which control keeps it from its next level.
    Open,
}

/// What became of a verification, as the term `status` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Evidence contradicts.
    Fail,
    /// All evidence is there and says yes.
    Pass,
    /// Only part of the evidence is there.
    Warn,
    /// It could not be determined.
    Unknown,
    /// There is no signature.
    Unsigned,
    /// Files changed since they were verified, or the evidence is gone.
    Changed,
    /// Nobody has looked yet.
    NotJudged,
}

/// What the term `reviewed` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewed {
    /// Any review stands.
    Yes,
    /// None does.
    No,
    /// It was approved.
    Approved,
    /// It was rejected.
    Rejected,
    /// Its producer was asked.
    Asked,
}

/// A value of a term that has only a few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Of `format`.
    Format(Format),
    /// Of `status`.
    Status(Status),
    /// Of `gate`.
    Gate(Decision),
    /// Of `reviewed`.
    Reviewed(Reviewed),
    /// Of `kind`.
    Kind(Kind),
    /// Of `basis`.
    Basis(Basis),
}

/// What a term takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A name; `*` stands for anything.
    Name(Fits),
    /// A code of a check, or the name of its stage.
    Code,
    /// One of a few words.
    Word(&'static [(&'static str, Choice)]),
    /// A number, up to this one, and how to compare with it.
    Number(u64),
    /// A length of time, and how to compare with it.
    Time,
}

/// When a name fits a value that a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// It is the whole value.
    Whole,
    /// It is the whole value, or what stands behind its last `/`.
    Tail,
    /// It is the whole value, or one of its words: `mit` in `MIT OR Apache-2.0`.
    Token,
    /// It occurs in it.
    Part,
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// The term.
    pub term: Term,
    /// Its name, as typed before the colon.
    pub name: &'static str,
    /// Its key after `f`.
    pub key: char,
    /// What it takes.
    pub takes: Takes,
    /// What it takes, in a word or two.
    pub value: &'static str,
    /// What it shows, in one line.
    pub help: &'static str,
    /// How it is used.
    pub example: &'static str,
}

const FORMATS: &[(&str, Choice)] = &[
    ("safetensors", Choice::Format(Format::Safetensors)),
    ("gguf", Choice::Format(Format::Gguf)),
    ("onnx", Choice::Format(Format::Onnx)),
    ("pickle", Choice::Format(Format::Pickle)),
    ("remote-code", Choice::Format(Format::RemoteCode)),
    ("keras-code", Choice::Format(Format::KerasCode)),
];

const STATUSES: &[(&str, Choice)] = &[
    ("fail", Choice::Status(Status::Fail)),
    ("pass", Choice::Status(Status::Pass)),
    ("warn", Choice::Status(Status::Warn)),
    ("unknown", Choice::Status(Status::Unknown)),
    ("unsigned", Choice::Status(Status::Unsigned)),
    ("changed", Choice::Status(Status::Changed)),
    ("not-judged", Choice::Status(Status::NotJudged)),
];

const GATES: &[(&str, Choice)] = &[
    ("admit", Choice::Gate(Decision::Admit)),
    ("refuse", Choice::Gate(Decision::Refuse)),
    ("warn", Choice::Gate(Decision::Warn)),
    ("not-judged", Choice::Gate(Decision::NotJudged)),
];

const REVIEWS: &[(&str, Choice)] = &[
    ("yes", Choice::Reviewed(Reviewed::Yes)),
    ("no", Choice::Reviewed(Reviewed::No)),
    ("approved", Choice::Reviewed(Reviewed::Approved)),
    ("rejected", Choice::Reviewed(Reviewed::Rejected)),
    ("asked", Choice::Reviewed(Reviewed::Asked)),
];

const KINDS: &[(&str, Choice)] = &[
    ("model", Choice::Kind(Kind::Model)),
    ("adapter", Choice::Kind(Kind::Adapter)),
    ("dataset", Choice::Kind(Kind::Dataset)),
    ("agent", Choice::Kind(Kind::Agent)),
    ("skill", Choice::Kind(Kind::Skill)),
];

const BASES: &[(&str, Choice)] = &[
    ("observed", Choice::Basis(Basis::Observed)),
    ("attested", Choice::Basis(Basis::Attested)),
    ("declared", Choice::Basis(Basis::Declared)),
    ("contradicted", Choice::Basis(Basis::Contradicted)),
];

const fn row(
    term: Term,
    name: &'static str,
    key: char,
    takes: Takes,
    value: &'static str,
    example: &'static str,
    help: &'static str,
) -> Row {
    Row { term, name, key, takes, value, help, example }
}

const FIRST: Row = row(
    Term::Publisher,
    "publisher",
    'p',
    Takes::Name(Fits::Whole),
    "NAME",
    "publisher:acme",
    "models of a publisher: the name before `/`, or else the stated one",
);

/// The table, in the order of the help.
#[rustfmt::skip]
pub const TERMS: &[Row] = &[
    FIRST,
    row(Term::Status, "status", 's', Takes::Word(STATUSES), "STATUS", "status:fail,changed",
        "models by what became of their verification"),
    row(Term::Fails, "fails", 'x', Takes::Code, "CODE", "fails:FILES-CHANGED",
        "models that fail a check, by its code or its stage; `fails:*` any check"),
    row(Term::Gate, "gate", 'g', Takes::Word(GATES), "DECISION", "gate:refuse",
        "models by the decision at the stage in force, or at that of `stage:`"),
    row(Term::Stage, "stage", 'S', Takes::Name(Fits::Whole), "NAME", "stage:prod gate:refuse",
        "models that may enter a stage (admit or warn); beside `gate:`, the stage it is about"),
    row(Term::Level, "level", 'L', Takes::Number(3), "0..3", "level:<2",
        "models by effective level; a model that is not judged has none"),
    row(Term::Reviewed, "reviewed", 'r', Takes::Word(REVIEWS), "REVIEW", "reviewed:no",
        "models by the review that stands"),
    row(Term::Age, "age", 'a', Takes::Time, "TIME", "age:>30d",
        "models by the time since they were verified: `m`inutes, `h`ours, `d`ays, `w`eeks, `y`ears"),
    row(Term::Signer, "signer", 'i', Takes::Name(Fits::Part), "NAME", "signer:ci@acme",
        "models by who signed them; a part of the identity is enough"),
    row(Term::Licence, "licence", 'l', Takes::Name(Fits::Token), "NAME", "licence:mit",
        "models under a licence, alone or in an expression"),
    row(Term::Format, "format", 'f', Takes::Word(FORMATS), "FORMAT", "format:pickle",
        "models with weights of a format"),
    row(Term::Kind, "kind", 'k', Takes::Word(KINDS), "KIND", "kind:adapter",
        "models by what they are"),
    row(Term::Base, "base", 'B', Takes::Name(Fits::Tail), "NAME", "base:qwen2.5-7b",
        "models made directly from a model, attested or declared"),
    row(Term::Dataset, "dataset", 'd', Takes::Name(Fits::Tail), "NAME", "dataset:squad",
        "models trained directly on a dataset, attested or declared"),
    row(Term::Used, "used", 'u', Takes::Number(u64::MAX), "NUMBER", "used:>3",
        "models by how many others derive directly from them"),
    row(Term::Basis, "basis", 'b', Takes::Word(BASES), "BASIS", "basis:contradicted",
        "models of which a fact or a parent has this basis"),
    row(Term::Finding, "finding", 'F', Takes::Name(Fits::Whole), "CODE", "finding:F-BOM-*",
        "models with a finding of a scan"),
    row(Term::Open, "open", 'o', Takes::Name(Fits::Whole), "CONTROL", "open:L1.14",
        "models that a control keeps from their next level; a model that was not looked at has no open control"),
];

impl Term {
    /// Its row.
    pub fn row(self) -> &'static Row {
        // Every term has a row; a test holds that.
        TERMS.iter().find(|row| row.term == self).unwrap_or(&FIRST)
    }

    /// The term of a name.
    pub fn named(name: &str) -> Option<Term> {
        TERMS.iter().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| row.term)
    }

    /// The term of a key after `f`.
    pub fn of_key(key: char) -> Option<Term> {
        TERMS.iter().find(|row| row.key == key).map(|row| row.term)
    }
}

impl Takes {
    /// What may stand behind the colon, in words.
    pub fn allowed(self) -> String {
        match self {
            Takes::Name(Fits::Part) => "a name or a part of one".to_owned(),
            Takes::Name(_) => "a name; `*` stands for anything".to_owned(),
            Takes::Code => "a code such as FILES-CHANGED, a stage such as FILES, or `*`".to_owned(),
            Takes::Word(words) => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                words.join(", ")
            }
            Takes::Number(u64::MAX) => "a number, as in `3`, `>3` or `<=3`".to_owned(),
            Takes::Number(most) => format!("0 to {most}, as in `2`, `<2` or `>=1`"),
            Takes::Time => "a time, as in `>30d`, `<=12h` or `>1y`".to_owned(),
        }
    }
}
