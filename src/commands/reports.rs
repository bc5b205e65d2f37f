//! The kinds of report that the workbench's screen of reports offers, as data: the command line that makes each, what
//! it can be about, and in which forms it is written. A test holds the table against the arguments of these commands.
//! How a report is made is not known here.

/// A kind of report.
#[derive(Debug)]
pub struct ReportKind {
    /// Its name in a file, and after which its own choices are remembered.
    pub word: &'static str,
    /// The command that makes it.
    pub path: &'static str,
    /// What makes this kind of what the command makes.
    pub fixed: &'static [&'static str],
    /// Its name.
    pub name: &'static str,
    /// What it answers, in one line.
    pub about: &'static str,
    /// What it can be about, and how that is said to the command; the first is the default.
    pub scopes: &'static [(ReportScope, Given)],
    /// Whether it judges for a stage, `--stage`.
    pub has_stage: bool,
    /// Which time it is about.
    pub time: ReportTime,
    /// The forms of its files, by their words after `--as`, the default first.
    pub forms: &'static [&'static str],
    /// How its file ends where it has one form only, which has no word; empty where it has forms, or no file.
    pub ending: &'static str,
    /// Whether the command prints it as text.
    pub has_text: bool,
    /// Flags of the command that the screen does not ask for: who wants them types the command.
    pub unasked: &'static [&'static str],
}

/// What a report can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportScope {
    /// All models.
    All,
    /// The model that the screens are about.
    Model,
    /// The marked models.
    Marked,
    /// What a filter finds.
    Filter,
    /// The model that the screens are about, what it derives from and what derives from it.
    Family,
    /// The models of a producer.
    Producer,
}

impl ReportScope {
    /// All of them.
    pub const ALL: [ReportScope; 6] = [
        ReportScope::All,
        ReportScope::Model,
        ReportScope::Marked,
        ReportScope::Filter,
        ReportScope::Family,
        ReportScope::Producer,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            ReportScope::All => "all models",
            ReportScope::Model => "model",
            ReportScope::Marked => "marked",
            ReportScope::Filter => "filter",
            ReportScope::Family => "family",
            ReportScope::Producer => "producer",
        }
    }
}

/// How a command is told what a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It is what the command does unless something else is said.
    Nothing,
    /// As arguments without a flag.
    Arguments,
    /// As the value of this flag.
    Flag(&'static str),
}

/// Which time a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportTime {
    /// The moment.
    Now,
    /// So many days ahead, `--days`, or until a date, `--until`.
    Ahead,
    /// From one time to another, `--from` and `--to`; from 30 days ago unless something else is said.
    Period,
    /// What was recorded from one time to another, likewise; from the first record on unless something else is said.
    Recorded,
}

impl ReportTime {
    /// The flags that say it.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            ReportTime::Now => &[],
            ReportTime::Ahead => &["--days", "--until"],
            ReportTime::Period | ReportTime::Recorded => &["--from", "--to"],
        }
    }
}

use Given::{Arguments, Flag, Nothing};
use ReportScope as S;

/// What reports over many models can be about.
const OF_MANY: &[(ReportScope, Given)] = &[
    (S::All, Nothing),
    (S::Filter, Flag("--filter")),
    (S::Family, Flag("--family")),
    (S::Producer, Flag("--producer")),
];

/// The forms of reports over a time.
const OVER_TIME: &[&str] = &["html", "pdf", "markdown", "json", "csv", "text"];

/// The table.
pub const REPORTS: &[ReportKind] = &[
    ReportKind {
        word: "maturity",
        path: "report maturity",
        fixed: &[],
        name: "Maturity",
        about: "How far models are on the maturity levels, what keeps them back, and the evidence for it",
        scopes: &[
            (S::All, Nothing),
            (S::Model, Arguments),
            (S::Filter, Flag("--filter")),
            (S::Family, Flag("--family")),
            (S::Producer, Flag("--producer")),
        ],
        has_stage: true,
        time: ReportTime::Now,
        forms: &["html", "pdf", "markdown", "json", "csv", "sarif", "junit", "cdxa", "oscal", "text"],
        ending: "",
        has_text: true,
        unasked: &[],
    },
    ReportKind {
        word: "producer",
        path: "report producer",
        fixed: &[],
        name: "Producers",
        about: "Who signs what and how, and what is open at the models of each producer, by who can act",
        scopes: &[
            (S::All, Nothing),
            (S::Producer, Arguments),
            (S::Filter, Flag("--filter")),
            (S::Family, Flag("--family")),
        ],
        has_stage: true,
        time: ReportTime::Now,
        forms: &["html", "pdf", "markdown", "json", "csv", "text"],
        ending: "",
        has_text: true,
        unasked: &[],
    },
    ReportKind {
        word: "letter",
        path: "report producer",
        fixed: &["--letter"],
        name: "Letter to a producer",
        about: "Asks a producer for what only it can add: exact models, gaps and a date",
        scopes: &[(S::Producer, Arguments)],
        has_stage: true,
        time: ReportTime::Now,
        forms: &["markdown", "html", "pdf", "text"],
        ending: "",
        has_text: true,
        unasked: &["--template", "--answer-by"],
    },
    ReportKind {
        word: "model",
        path: "report model",
        fixed: &[],
        name: "Model documentation",
        about: "The Model Documentation Form for general-purpose AI: each field with its basis and source",
        scopes: &[(S::Model, Arguments)],
        has_stage: false,
        time: ReportTime::Now,
        forms: &["html", "pdf", "markdown", "json", "text"],
        ending: "",
        has_text: true,
        unasked: &[],
    },
    ReportKind {
        word: "forecast",
        path: "report forecast",
        fixed: &[],
        name: "Forecast",
        about: "Which models lose or gain a level or a stage by time alone: when, and what is due then",
        scopes: OF_MANY,
        has_stage: true,
        time: ReportTime::Ahead,
        forms: OVER_TIME,
        ending: "",
        has_text: true,
        unasked: &["--limit"],
    },
    ReportKind {
        word: "trend",
        path: "report trend",
        fixed: &[],
        name: "Trend",
        about: "What changed between two times for levels and decisions, and why",
        scopes: OF_MANY,
        has_stage: true,
        time: ReportTime::Period,
        forms: OVER_TIME,
        ending: "",
        has_text: true,
        unasked: &["--limit", "--publisher"],
    },
    ReportKind {
        word: "incident",
        path: "report incident",
        fixed: &[],
        name: "Incidents",
        about: "Cases, their deadlines and evidence, and the drills that were held, over a period",
        scopes: OF_MANY,
        has_stage: true,
        time: ReportTime::Recorded,
        forms: OVER_TIME,
        ending: "",
        has_text: true,
        unasked: &[],
    },
    ReportKind {
        word: "inventory",
        path: "report inventory",
        fixed: &[],
        name: "Inventory",
        about: "What is there: kinds, licences, producers, origins, deployments, and what was recorded",
        scopes: OF_MANY,
        has_stage: true,
        time: ReportTime::Recorded,
        forms: OVER_TIME,
        ending: "",
        has_text: true,
        unasked: &[],
    },
    ReportKind {
        word: "policy",
        path: "report policy",
        fixed: &[],
        name: "Policy",
        about: "What the policy asks, what that comes to at every stage and why, and who changed it",
        scopes: OF_MANY,
        has_stage: true,
        time: ReportTime::Recorded,
        forms: OVER_TIME,
        ending: "",
        has_text: true,
        unasked: &[],
    },
    ReportKind {
        word: "pack",
        path: "audit pack",
        fixed: &[],
        name: "Evidence pack",
        about: "Everything that the verdicts rest on, in one file that others check with `audit verify`",
        scopes: &[(S::All, Nothing), (S::Model, Arguments), (S::Marked, Arguments)],
        has_stage: true,
        time: ReportTime::Now,
        forms: &[],
        ending: "zip",
        has_text: false,
        unasked: &["--redact"],
    },
];

impl ReportKind {
    /// The kind of a word.
    pub fn of(word: &str) -> Option<&'static ReportKind> {
        REPORTS.iter().find(|kind| kind.word == word)
    }

    /// Whether it can be written to files.
    pub fn has_file(&self) -> bool {
        !self.forms.is_empty() || !self.ending.is_empty()
    }
}
