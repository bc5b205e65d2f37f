//! What the triage of a suspected substitution comes to: which model lies there, since when, who else is hit and what to do
//! first, as facts. The class is decided here, from digests and from what is proven of a signature, never from names. It
//! reads nothing: who triages hands over what was read, and what the ledger says.

use super::record::{Kin, RunsAt};
use crate::decision::{Decision, RecordRef, ReviewWord, StandingException};
use crate::inventory::{Basis, ModelId};
use crate::signing::{Identity, LogEntry, Outcome, RootDigest};
use crate::text::Untrusted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answers of a triage.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Triage {
    /// What was asked about, as it was written.
    pub asked: Untrusted,
    /// The model of the inventory that should lie there.
    pub model: Option<ModelId>,
    /// When the bytes were read.
    pub at: Timestamp,
    /// Which bytes these are.
    pub class: Class,
    /// What should be there; none where nothing says so.
    pub expected: Option<Expected>,
    /// What was read.
    pub observed: Observed,
    /// What the ledger says, and when the bad bytes came.
    pub timeline: Timeline,
    /// What each stage of the policy says of these bytes, and whether its gate was asked.
    pub stages: Vec<StageStood>,
    /// Everything that derives from the model.
    pub radius: Radius,
    /// What shares something with it.
    pub siblings: Vec<Siblings>,
    /// The version to go back to.
    pub rollback: Rollback,
    /// The change of the policy.
    pub patch: Patch,
    /// The evidence that the runbook takes.
    pub evidence: EvidenceState,
    /// What no triage looks at.
    pub not_looked_at: [Unseen; 5],
}

/// Which bytes lie there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Class {
    /// Those that are expected.
    Expected,
    /// Those of another version that passed before.
    OtherVersion {
        /// The model whose version it is.
        model: ModelId,
        /// Whether it is older than the expected one.
        age: Age,
        /// The record of the verification that it passed.
        record: Option<RecordRef>,
    },
    /// Somebody denied them before.
    Denied {
        /// How.
        by: DeniedBy,
    },
    /// An allowed identity signed them, and nothing here knows them.
    Unrecorded,
    /// An identity signed them that may not sign this model.
    Foreign,
    /// No proven signature is about them, and nothing here knows them.
    Unknown,
    /// Nobody knows: no bytes could be read.
    NotRead,
}

/// Whether a version is older than the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    /// It is: a rollback.
    Older,
    /// It is newer.
    Newer,
    /// It is a version of another model.
    OtherModel,
    /// Nothing says so.
    Unknown,
}

/// How bytes are denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeniedBy {
    /// The policy denies who signed them.
    Policy {
        /// The pattern.
        pattern: Untrusted,
    },
    /// A reviewer rejected these bytes.
    Review(RecordRef),
}

/// What should be there.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Expected {
    /// Its root digest.
    pub root: RootDigest,
    /// What says so.
    pub from: ExpectedFrom,
    /// How far that can be believed.
    pub basis: Basis,
    /// The record that says so.
    pub record: Option<RecordRef>,
    /// The document that says so.
    pub document: Option<Untrusted>,
    /// What is known of its signature, where it was verified once.
    pub version: Option<Version>,
}

/// What says which bytes are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedFrom {
    /// Whoever asked.
    Asked,
    /// The newest decision of a gate that let the model in.
    Gate,
    /// A bill of materials.
    Document,
    /// The newest verification that passed.
    Verification,
    /// The signature that lies beside, which is about other bytes.
    Signature,
}

/// A version that was verified once, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Version {
    /// The model.
    pub model: ModelId,
    /// Its root digest.
    pub root: RootDigest,
    /// The first record of it.
    pub record: RecordRef,
    /// When that was made.
    pub at: Timestamp,
    /// Who signed it, proven then.
    pub signer: Option<Identity>,
    /// The trusted signing time.
    pub signed_at: Option<Timestamp>,
    /// The entry in a transparency log, verified.
    pub log: Option<LogEntry>,
    /// SHA-256 of the bundle, hex.
    pub bundle: Option<String>,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Observed {
    /// The folder or file.
    pub place: Option<Untrusted>,
    /// The root digest of what lies there; none where it could not be computed.
    pub root: Option<RootDigest>,
    /// What became of the verification.
    pub outcome: Option<Outcome>,
    /// The check that says most against it.
    pub check: Option<String>,
    /// Who signed, as the signature says.
    pub signer: Option<Identity>,
    /// Whether that is proven.
    pub is_proven: bool,
    /// Whether the policy lets that identity sign this model.
    pub is_allowed: bool,
    /// Whether the signature is about these bytes.
    pub is_about: bool,
    /// The trusted signing time.
    pub signed_at: Option<Timestamp>,
    /// How the files differ from the expected ones.
    pub files: Difference,
    /// Why nothing was read.
    pub fault: Option<String>,
}

/// How the files differ from the expected ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// Whether they were compared: that takes the list of files of the expected version.
    pub is_compared: bool,
    /// The files that differ, the first of them.
    pub rows: Vec<FileDiffers>,
    /// How many differ.
    pub total: usize,
    /// Whether only small files with a large effect differ: tokenizers, configurations, chat templates.
    pub is_only_small: bool,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileDiffers {
    /// Its name.
    pub name: Untrusted,
    /// How.
    pub how: How,
    /// What it is for.
    pub part: Part,
    /// The first bytes that differ, where the signature lists shards: from, and up to.
    pub range: Option<(u64, u64)>,
}

/// How a file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Other bytes.
    Changed,
    /// It is not expected.
    Added,
    /// It is not there.
    Missing,
}

impl How {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            How::Changed => "changed",
            How::Added => "added",
            How::Missing => "missing",
        }
    }
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// It can run code when it is loaded: this was seen inside it.
    Code,
    /// A tokenizer, a configuration or a chat template.
    Small,
    /// Anything else: weights, mostly.
    Other,
}

/// What the ledger says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Timeline {
    /// When the expected bytes were seen last.
    pub last_good: Option<Moment>,
    /// When other bytes were seen first after that; without a record, now.
    pub first_bad: Option<Moment>,
    /// What happened, oldest first, at most the newest hundred.
    pub events: Vec<Event>,
    /// Events before these.
    pub earlier: usize,
    /// Records of this model in a form that this version of the program does not read.
    pub unread: usize,
}

/// A moment of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The record; none: the triage itself.
    pub record: Option<RecordRef>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// The record.
    pub record: RecordRef,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The model was verified.
    Verified {
        /// What became of it.
        outcome: Outcome,
        /// The root digest of its files; none where they were not as signed.
        root: Option<RootDigest>,
        /// Whether its files contradicted the signature.
        is_other: bool,
    },
    /// A gate decided.
    Decided {
        /// The stage.
        stage: Untrusted,
        /// What.
        decision: Decision,
        /// Whether it was let in.
        let_in: bool,
        /// The root digest of its files.
        root: Option<RootDigest>,
    },
    /// Somebody reviewed it.
    Reviewed(ReviewWord),
    /// The policy was changed.
    PolicyChanged,
}

/// What a stage says of these bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StageStood {
    /// The stage.
    pub stage: String,
    /// What its gate decides of these bytes.
    pub decision: Decision,
    /// The checks and controls that say so, the heaviest first.
    pub because: Vec<String>,
    /// Exceptions that hold there.
    pub exceptions: Vec<StandingException>,
    /// The newest decision of its gate since the expected bytes were seen last; none: it was not asked.
    pub asked: Option<Event>,
    /// At how many places the model runs at this stage.
    pub runs: usize,
}

/// Everything that derives from the model, in three groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Radius {
    /// Proved to come from these bytes.
    pub tainted: usize,
    /// Nothing proves that it does not.
    pub suspect: usize,
    /// Proved to come from other bytes, or from a time before.
    pub clean: usize,
    /// The first of them, the worst first.
    pub rows: Vec<Kin>,
    /// Where those run that are not clean, and the model itself.
    pub runs: Vec<RunsAt>,
}

/// Models that share something with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Siblings {
    /// What.
    pub by: Shared,
    /// How many.
    pub total: usize,
    /// How many of them do not pass.
    pub failing: usize,
    /// How many models nobody verified, of which nothing says who signed them; only where the signer is shared.
    pub unverified: usize,
    /// The first of them.
    pub first: Vec<ModelId>,
}

/// What models share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// The identity that signed, proven.
    Identity(Untrusted),
    /// The publisher of the policy.
    Publisher(String),
    /// A place where it runs.
    Place(Untrusted),
}

/// The version to go back to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rollback {
    /// Nothing to go back from.
    NotNeeded,
    /// The ledger has no version that the policy in force lets in.
    None {
        /// How many were tried.
        tried: usize,
        /// The stages that had to let it in.
        stages: Vec<String>,
    },
    /// This one.
    To {
        /// The version.
        version: Box<Version>,
        /// The stages that let it in: those at which the model runs, or else the one in force.
        stages: Vec<String>,
        /// Its level.
        level: u8,
        /// Whether it is the expected one.
        is_expected: bool,
        /// The model of the inventory that has these bytes now.
        at: Option<ModelId>,
    },
}

/// The change of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Patch {
    /// Deny the identity that signed.
    Deny {
        /// Who.
        subject: Untrusted,
        /// From when on.
        after: Option<Timestamp>,
        /// The lines to add to the policy.
        lines: Vec<String>,
        /// The rules of the linter that find something new in them.
        findings: Vec<String>,
        /// Other models that it signed.
        signed: usize,
    },
    /// No identity to deny: no proven signature is about these bytes.
    NobodySigned,
    /// The signature is one that the policy means to let in.
    NotNeeded,
    /// The policy denies it already.
    Already,
    /// The policy is not in a form that the program edits.
    NotEditable,
}

/// The evidence that the runbook takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EvidenceState {
    /// How many fields there are.
    pub fields: usize,
    /// How many of them the program has.
    pub known: usize,
    /// The others, by profile.
    pub missing: Vec<ProfileLacks>,
    /// Where the ledger ends: the number of its last record, and its hash.
    pub ledger: (u64, String),
}

/// What is missing of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProfileLacks {
    /// The profile.
    pub profile: String,
    /// The fields.
    pub fields: Vec<String>,
    /// For how long they are to be kept, in days.
    pub retention_days: Option<u32>,
}

/// What no triage looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unseen {
    /// Prompts and answers.
    Prompts,
    /// Logs of networks and permissions.
    Logs,
    /// What the running process has in its memory.
    Memory,
    /// Other hosts.
    Hosts,
    /// Who did it.
    Attacker,
}

impl Unseen {
    /// All of them.
    pub const ALL: [Unseen; 5] =
        [Unseen::Prompts, Unseen::Logs, Unseen::Memory, Unseen::Hosts, Unseen::Attacker];
}

/// What the class is decided by.
pub struct Facts<'a> {
    /// What was read.
    pub observed: &'a Observed,
    /// The expected root digest.
    pub expected: Option<&'a Expected>,
    /// How it is denied.
    pub denied: Option<DeniedBy>,
    /// Whether it is said which model this should be: who may sign follows from that.
    pub is_named: bool,
    /// The version that has passed with these bytes before.
    pub known: Option<(ModelId, Age, Option<RecordRef>)>,
}

impl Class {
    /// Of the bytes that were read. What was denied comes first, also where it is expected.
    pub fn of(facts: Facts<'_>) -> Self {
        let Facts { observed, expected, denied, is_named, known } = facts;
        let Some(root) = observed.root else { return Class::NotRead };
        let is_signed = is_named && observed.is_about && observed.is_proven;
        let is_foreign = is_signed && !observed.is_allowed;
        let is_it = expected.is_some_and(|expected| {
            // An unsigned document does not make a signer one that may sign.
            expected.root == root && !(expected.from == ExpectedFrom::Document && is_foreign)
        });
        match (denied, known) {
            (Some(by), _) => Class::Denied { by },
            _ if is_it => Class::Expected,
            (None, Some((model, age, record))) => Class::OtherVersion { model, age, record },
            _ if is_foreign => Class::Foreign,
            _ if is_signed => Class::Unrecorded,
            _ => Class::Unknown,
        }
    }

    /// Whether something is to be done about these bytes.
    pub fn is_bad(&self) -> bool {
        !matches!(self, Class::Expected | Class::NotRead)
    }

    /// The step that the runbook of a substitution goes to.
    pub fn way(&self) -> Option<&'static str> {
        match self {
            Class::Expected => Some("clean"),
            Class::OtherVersion { .. } => Some("known"),
            Class::Unrecorded => Some("signed"),
            Class::Denied { .. } | Class::Foreign | Class::Unknown => Some("unknown"),
            Class::NotRead => None,
        }
    }
}

/// Events that are kept.
const MOST_EVENTS: usize = 100;

impl Timeline {
    /// From what happened, oldest first: the expected bytes were seen last, and other bytes first after that.
    pub fn of(mut events: Vec<Event>, expected: Option<RootDigest>, now: Option<Timestamp>) -> Self {
        events.sort_by_key(|event| event.record.number);
        let moment = |event: &Event| Moment { at: event.at, record: Some(event.record) };
        let is_good = |event: &Event| event.root().is_some() && event.root() == expected;
        let last = events.iter().rposition(is_good);
        let after = events.iter().skip(last.map_or(0, |at| at + 1));
        let is_bad = |event: &&Event| expected.is_some() && event.is_of_other_bytes(expected);
        let first_bad = now.map(|at| after.clone().find(is_bad).map_or(Moment { at, record: None }, moment));
        let last_good = last.and_then(|at| events.get(at)).map(moment);
        let earlier = events.len().saturating_sub(MOST_EVENTS);
        Timeline { last_good, first_bad, events: events.split_off(earlier), earlier, unread: 0 }
    }

    /// What happened since the expected bytes were seen last.
    pub fn since_good(&self) -> impl Iterator<Item = &Event> {
        let from = self.last_good.and_then(|good| good.record).map_or(0, |record| record.number);
        self.events.iter().filter(move |event| event.record.number > from)
    }
}

impl Event {
    fn root(&self) -> Option<RootDigest> {
        match &self.what {
            What::Verified { root, .. } | What::Decided { root, .. } => *root,
            What::Reviewed(_) | What::PolicyChanged => None,
        }
    }

    fn is_of_other_bytes(&self, expected: Option<RootDigest>) -> bool {
        let is_other = matches!(self.what, What::Verified { is_other: true, .. });
        is_other || self.root().is_some_and(|root| Some(root) != expected)
    }
}
