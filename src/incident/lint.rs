//! What is valid in a runbook and cannot work: steps that lead nowhere or in a circle, containment before its evidence,
//! evidence that nobody keeps. It reads no file.

use super::filling::unknown_words;
use super::reading::Lines;
use super::rules::{
    EVIDENCE_LATE, EVIDENCE_UNLISTED, FIELDS_NONE, GOTO_UNKNOWN, PROFILE_UNKNOWN, RETENTION_UNKNOWN, Rule,
    STEP_LOOP, STEP_NO_END, STEP_UNREACHABLE, WORD_UNKNOWN,
};
use super::runbook::{END, Runbook, Step};
use super::vocabulary::StepKind;
use std::collections::{BTreeSet, HashMap};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The line, from 1; none where there is no file, or it is about the whole of it.
    pub line: Option<usize>,
    /// What was found; safe to show.
    pub what: String,
}

/// Everything that is found, in the order of the lines.
pub(super) fn lint(runbook: &Runbook, lines: &Lines) -> Vec<Finding> {
    let mut lint = Lint { runbook, lines, found: Vec::new() };
    lint.ways();
    lint.evidence();
    lint.words();
    let mut found = lint.found;
    found.sort_by_key(|finding| (finding.line, finding.rule.code));
    found
}

struct Lint<'r> {
    runbook: &'r Runbook,
    lines: &'r Lines,
    found: Vec<Finding>,
}

impl Lint<'_> {
    fn add(&mut self, rule: &'static Rule, line: Option<usize>, what: String) {
        self.found.push(Finding { rule, line, what });
    }

    /// Each step with its line.
    fn steps(&self) -> impl Iterator<Item = (&'_ Step, Option<usize>)> {
        self.runbook
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| (step, self.lines.steps.get(index).copied()))
    }

    /// Where the steps lead.
    fn ways(&mut self) {
        let runbook = self.runbook;
        let index: HashMap<&str, usize> =
            runbook.steps.iter().enumerate().map(|(index, step)| (step.id.as_str(), index)).collect();
        let ways: Vec<Vec<usize>> = runbook
            .steps
            .iter()
            .map(|step| step.ways().filter_map(|way| index.get(way).copied()).collect())
            .collect();
        let mut found = Vec::new();
        for (step, line) in self.steps() {
            let unknown = step.ways().filter(|way| *way != END && !index.contains_key(way));
            found.extend(unknown.map(|way| {
                (&GOTO_UNKNOWN, line, format!("step `{}` leads to `{way}`, which does not exist", step.id))
            }));
            if step.kind != StepKind::Decision && step.next.is_none() {
                found.push((&STEP_NO_END, line, format!("nothing follows step `{}`", step.id)));
            }
        }
        let mut reached = BTreeSet::new();
        let mut next: Vec<usize> = (!ways.is_empty()).then_some(0).into_iter().collect();
        while let Some(at) = next.pop() {
            if reached.insert(at) {
                next.extend(ways.get(at).into_iter().flatten());
            }
        }
        let in_circle = in_circles(&ways);
        for (at, (step, line)) in self.steps().enumerate() {
            if !reached.contains(&at) {
                let what = format!("step `{}` cannot be reached from the first step", step.id);
                found.push((&STEP_UNREACHABLE, line, what));
            }
            if in_circle.contains(&at) {
                found.push((&STEP_LOOP, line, format!("step `{}` leads back to itself", step.id)));
            }
        }
        found.into_iter().for_each(|(rule, line, what)| self.add(rule, line, what));
    }

    fn evidence(&mut self) {
        let runbook = self.runbook;
        let mut found = Vec::new();
        for id in runbook.evidence.iter().filter(|id| runbook.profile(id).is_none()) {
            let line = self.lines.evidence.get(id).copied();
            found.push((&PROFILE_UNKNOWN, line, format!("there is no evidence profile `{id}`")));
        }
        for (step, line) in self.steps() {
            if step.contains() && step.evidence_before.is_empty() {
                let what = format!("step `{}` contains the incident and waits for no evidence", step.id);
                found.push((&EVIDENCE_LATE, line, what));
            }
            for id in step.evidence_before.iter().filter(|id| !runbook.evidence.contains(id)) {
                let what = format!("step `{}` waits for `{id}`, which `evidence` does not list", step.id);
                found.push((&EVIDENCE_UNLISTED, line, what));
            }
        }
        for profile in &runbook.profiles {
            let line = self.lines.profiles.get(&profile.id).copied();
            if profile.retention_days.is_none() {
                let what = format!("nothing says how long `{}` is kept", profile.id);
                found.push((&RETENTION_UNKNOWN, line, what));
            }
            if profile.required.is_empty() {
                found.push((&FIELDS_NONE, line, format!("profile `{}` takes no field", profile.id)));
            }
        }
        found.into_iter().for_each(|(rule, line, what)| self.add(rule, line, what));
    }

    fn words(&mut self) {
        let mut found = Vec::new();
        for (step, line) in self.steps() {
            let texts = step.commands.iter().chain(&step.tasks).chain([&step.title]).chain(&step.exit_when);
            for word in texts.flat_map(|text| unknown_words(text.raw())) {
                let what = format!("step `{}` has `${word}`, which nothing fills in", step.id);
                found.push((&WORD_UNKNOWN, line, what));
            }
        }
        found.into_iter().for_each(|(rule, line, what)| self.add(rule, line, what));
    }
}

/// Those from which a way leads back to them. A runbook has few steps, so each is walked from.
fn in_circles(ways: &[Vec<usize>]) -> BTreeSet<usize> {
    let leads_back = |from: &usize| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<usize> = ways.get(*from).into_iter().flatten().copied().collect();
        while let Some(at) = next.pop() {
            if seen.insert(at) {
                next.extend(ways.get(at).into_iter().flatten());
            }
        }
        seen.contains(from)
    };
    (0..ways.len()).filter(leads_back).collect()
}
