//! A runbook from TOML, strictly: an unknown key is a fault that names the nearest one and its line. What is valid and
//! cannot work is for [`super::lint`] to find.

use super::common::Common;
use super::parts::{id_of, profile, rule};
use super::plain::plain_steps;
use super::runbook::{Branch, Profile, Runbook, SeverityRule, Step};
use super::vocabulary::{Phase, PlaybookType, StepKind};
use crate::tables::{Document, Fault, Faults, Hints, Section, Table, Value, quote, values};
use crate::text::Untrusted;
use std::collections::{BTreeMap, HashSet};

/// The schema that this program reads.
const SCHEMA: &str = "runbook/0.1";
/// The most bytes of a file.
pub const LIMIT_BYTES: u64 = 256 * 1024;
/// The most steps of a runbook.
const LIMIT_STEPS: usize = 200;

const KEYS: &[&str] = &[
    "schema",
    "id",
    "name",
    "version",
    "sources",
    "atlas",
    "playbook_types",
    "owner_role",
    "detection",
    "containment",
    "evidence",
    "eradication",
    "recovery",
    "questions",
    "clocks",
    "profile",
    "severity",
    "step",
];
const HINTS: Hints = &[
    ("steps", "write [[step]]"),
    ("profiles", "write [profile.NAME]"),
    ("lessons", "write `questions`"),
    ("regulatory_clocks", "write `clocks`"),
    ("cacao_types", "write `playbook_types`"),
];
const STEP_KEYS: &[&str] = &[
    "id",
    "phase",
    "kind",
    "title",
    "commands",
    "tasks",
    "evidence_before",
    "approval",
    "when",
    "child",
    "due_days",
    "exit_when",
    "next",
];
const STEP_HINTS: Hints = &[
    ("action", "write `title`"),
    ("checklist", "write `tasks`"),
    ("steps", "write `tasks`"),
    ("needs_approval", "write `approval = true`"),
    ("child_runbook", "write `child`"),
];
/// What the playbook of a runbook is for that does not say so.
const USUAL_TYPES: [PlaybookType; 3] =
    [PlaybookType::Investigation, PlaybookType::Mitigation, PlaybookType::Remediation];

/// A runbook that was read, and the lines of what can be wrong with it.
pub(super) struct Read {
    pub runbook: Runbook,
    pub lines: Lines,
}

/// Lines of a file.
#[derive(Default)]
pub(super) struct Lines {
    /// Of each step.
    pub steps: Vec<usize>,
    /// Of the names under `evidence`.
    pub evidence: BTreeMap<String, usize>,
    /// Of the names under `clocks`.
    pub clocks: BTreeMap<String, usize>,
    /// Of the profiles of the file.
    pub profiles: BTreeMap<String, usize>,
}

/// Reads a runbook; all faults at once.
pub(super) fn read(text: &str, common: &Common) -> Result<Read, Vec<Fault>> {
    let mut faults = Faults::new(text);
    if text.len() as u64 > LIMIT_BYTES {
        let help = "split it, or leave out what nobody reads in an incident";
        faults.add(None, format!("the runbook is larger than {LIMIT_BYTES} bytes"), help);
        return Err(faults.into_errors());
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            faults.add(error.at, format!("not valid TOML: {}", quote(&error.message)), "");
            return Err(faults.into_errors());
        }
    };
    let top = faults.open(document.top(), "the runbook", KEYS, HINTS);
    if let Some(schema) = faults.required(top, "schema") {
        faults.one_of("schema", &schema, &[(SCHEMA, ())]);
    }
    let read = Reading { faults: &mut faults, text, common }.runbook(top);
    match (faults.is_empty(), read) {
        (true, Some(read)) => Ok(read),
        _ => Err(faults.into_errors()),
    }
}

struct Reading<'f, 't> {
    faults: &'f mut Faults<'t>,
    text: &'t str,
    common: &'f Common,
}

impl Reading<'_, '_> {
    fn runbook(&mut self, top: Section<'_>) -> Option<Read> {
        let mut lines = Lines::default();
        let id = self.faults.required(top, "id");
        let id = id.and_then(|text| id_of(self.faults, "id", &text));
        let name = self.faults.required(top, "name");
        let version = self.faults.required(top, "version");
        let own = self.profiles(top, &mut lines);
        let evidence = self.named(top, "evidence", &mut lines.evidence);
        let wanted = match top.table.get("clocks") {
            Some(_) => self.named(top, "clocks", &mut lines.clocks),
            None => self.common.usual_clocks.clone(),
        };
        let mut clocks = Vec::new();
        for wanted in &wanted {
            match self.common.clocks.iter().find(|clock| clock.id == *wanted) {
                Some(clock) => clocks.push(clock.clone()),
                None => self.unknown_clock(top, wanted),
            }
        }
        let severity = self.faults.tables(top, "severity");
        let severity: Vec<SeverityRule> =
            severity.into_iter().filter_map(|table| rule(self.faults, table)).collect();
        let written = self.steps(top, &mut lines);
        let mut runbook = Runbook {
            id: id?,
            name: Untrusted::new(name?.value),
            version: Untrusted::new(version?.value),
            sources: self.texts(top, "sources"),
            atlas: self.texts(top, "atlas"),
            playbook_types: self.faults.words(
                top,
                "playbook_types",
                PlaybookType::WORDS,
                &USUAL_TYPES,
                false,
            ),
            owner_role: self.faults.text(top, "owner_role").map(|text| Untrusted::new(text.value)),
            detection: self.texts(top, "detection"),
            containment: self.texts(top, "containment"),
            eradication: self.texts(top, "eradication"),
            recovery: self.texts(top, "recovery"),
            questions: self.texts(top, "questions"),
            evidence,
            profiles: Vec::new(),
            clocks,
            severity: if severity.is_empty() { self.common.severity.clone() } else { severity },
            steps: Vec::new(),
            plain: written.is_none(),
        };
        runbook.questions.extend(self.common.questions.iter().cloned());
        runbook.steps = written.unwrap_or_else(|| plain_steps(&runbook));
        runbook.profiles = self.resolved(&runbook, own);
        Some(Read { runbook, lines })
    }

    /// The profiles that the runbook names, its own before those that all share.
    fn resolved(&self, runbook: &Runbook, own: Vec<Profile>) -> Vec<Profile> {
        let named: HashSet<&str> = runbook
            .evidence
            .iter()
            .chain(runbook.steps.iter().flat_map(|step| &step.evidence_before))
            .map(String::as_str)
            .collect();
        let shared = self.common.profiles.iter().filter(|shared| own.iter().all(|one| one.id != shared.id));
        let shared: Vec<Profile> = shared.filter(|shared| named.contains(&*shared.id)).cloned().collect();
        own.into_iter().chain(shared).collect()
    }

    fn profiles(&mut self, top: Section<'_>, lines: &mut Lines) -> Vec<Profile> {
        let Some(table) = self.faults.table(top, "profile") else { return Vec::new() };
        let mut profiles = Vec::new();
        for (key, value) in table.entries() {
            lines.profiles.insert(key.value.to_owned(), key.at.line(self.text));
            profiles.extend(profile(self.faults, key, value, &self.common.fields));
        }
        profiles
    }

    /// The steps; none where the file has none.
    fn steps(&mut self, top: Section<'_>, lines: &mut Lines) -> Option<Vec<Step>> {
        let at = top.table.get("step")?.at();
        let tables = self.faults.tables(top, "step");
        if tables.len() > LIMIT_STEPS {
            self.faults.add(Some(at), format!("more than {LIMIT_STEPS} steps"), "split the runbook in two");
            return Some(Vec::new());
        }
        let mut steps: Vec<Step> = Vec::new();
        for table in tables {
            if let Some(step) = self.step(table) {
                if steps.iter().any(|known| known.id == step.id) {
                    let message = format!("two steps have the id `{}`", step.id);
                    self.faults.add(Some(table.at), message, "give each step an id of its own");
                }
                lines.steps.push(table.at.line(self.text));
                steps.push(step);
            }
        }
        Some(steps)
    }

    fn step(&mut self, table: Table<'_>) -> Option<Step> {
        let section = self.faults.open(table, "[[step]]", STEP_KEYS, STEP_HINTS);
        let id = self.id(section, "id", true);
        let phase = self.faults.required(section, "phase");
        let phase = phase.and_then(|text| self.faults.one_of("phase", &text, Phase::WORDS));
        let kind = self.faults.required(section, "kind");
        let kind = kind.and_then(|text| self.faults.one_of("kind", &text, StepKind::WORDS));
        let title = self.faults.required(section, "title");
        let when = self.branches(section);
        let next = self.id(section, "next", false);
        let is_decision = kind == Some(StepKind::Decision);
        if kind.is_some() && is_decision == when.is_empty() {
            let (message, help) = match is_decision {
                true => ("a decision needs `when`", "write when = [{ if = \"…\", goto = \"STEP\" }]"),
                false => ("only a decision has `when`", "write kind = \"decision\", or `next`"),
            };
            self.faults.add(Some(table.at), message, help);
        }
        if is_decision && next.is_some() {
            self.faults.add(Some(table.at), "a decision has no `next`", "its `when` says what follows");
        }
        Some(Step {
            id: id?,
            phase: phase?,
            kind: kind?,
            title: Untrusted::new(title?.value),
            commands: self.texts(section, "commands"),
            tasks: self.texts(section, "tasks"),
            evidence_before: self.named(section, "evidence_before", &mut BTreeMap::new()),
            approval: self.faults.flag(section, "approval").is_some_and(|flag| flag.value),
            when,
            child: self.id(section, "child", false),
            due_days: self.faults.number(section, "due_days", 1, 3650),
            exit_when: self.faults.text(section, "exit_when").map(|text| Untrusted::new(text.value)),
            next,
        })
    }

    fn branches(&mut self, section: Section<'_>) -> Vec<Branch> {
        let mut branches = Vec::new();
        for table in self.faults.tables(section, "when") {
            let branch = self.faults.open(table, "`when`", &["if", "goto"], &[]);
            let holds = self.faults.required(branch, "if");
            let goto = self.id(branch, "goto", true);
            branches.extend(holds.zip(goto).map(|(holds, goto)| Branch { holds: holds.value.into(), goto }));
        }
        branches
    }

    fn id(&mut self, section: Section<'_>, key: &str, is_required: bool) -> Option<String> {
        let text = match is_required {
            true => self.faults.required(section, key),
            false => self.faults.text(section, key),
        };
        id_of(self.faults, key, &text?)
    }

    fn named(&mut self, section: Section<'_>, key: &str, lines: &mut BTreeMap<String, usize>) -> Vec<String> {
        let mut names = Vec::new();
        for text in self.faults.texts(section, key).unwrap_or_default() {
            if let Some(id) = id_of(self.faults, key, &text).filter(|id| !names.contains(id)) {
                lines.insert(id.clone(), text.at.line(self.text));
                names.push(id);
            }
        }
        names
    }

    fn texts(&mut self, section: Section<'_>, key: &str) -> Vec<Untrusted> {
        values(self.faults.texts(section, key)).iter().map(Untrusted::new).collect()
    }

    fn unknown_clock(&mut self, top: Section<'_>, wanted: &str) {
        let known: Vec<&str> = self.common.clocks.iter().map(|clock| clock.id.as_str()).collect();
        let at = top.table.get("clocks").map(Value::at);
        self.faults.add(
            at,
            format!("`clocks` cannot be `{wanted}`"),
            format!("clocks: {}", known.join(", ")),
        );
    }
}
