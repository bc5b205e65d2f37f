//! The runbook of a case as a CACAO 2.0 playbook (OASIS): what other programs that run playbooks read.
//!
//! A CACAO branch ends with an end step of its own, and the step that opened it says what follows; our steps lead to each
//! other freely. So each decision becomes a chain of two-way branches, each as far as the step at which all of its ways
//! come together again. Ids are made from the record that opened the case: the same case gives the same playbook.

use super::case::Case;
use super::filling::Filling;
use super::runbook::{Branch, END, Step};
use super::vocabulary::{Severity, StepKind};
use crate::error::{Code, Error, Result};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The namespace that CACAO gives for ids that are made from the name and the types of a playbook.
const NAMESPACE: [u8; 16] =
    [0xaa, 0x7c, 0xaf, 0x3a, 0xd5, 0x5a, 0x4e, 0x9a, 0xb3, 0x4e, 0x05, 0x62, 0x15, 0xfb, 0xa5, 0x6a];
/// A runbook whose branches do not come together again is written out branch by branch: as far as this.
const LIMIT_STEPS: usize = 5000;

/// The playbook of a case.
///
/// # Errors
/// `E-TOO-LARGE` when the branches of the runbook, each written out, come to too many steps.
pub fn cacao(case: &Case) -> Result<Value> {
    let opening = &case.opening;
    let (number, runbook) = (case.record.number, &opening.runbook);
    let workspace = case.made.workspace.to_string();
    let name = format!("{}: case {number} of workspace {workspace}", runbook.name.raw());
    let types: Vec<&str> = runbook.playbook_types.iter().map(|kind| kind.word()).collect();
    let filling = case.filling();
    let seed = case.record.hash.to_string();
    let role = runbook.owner_role.as_ref().map_or("incident responders", |role| role.raw());
    let agent = id(&seed, "group", "agent");
    let mut writing = Writing {
        case,
        filling: &filling,
        seed: &seed,
        agent: &agent,
        workflow: Map::new(),
        many: HashMap::new(),
    };
    let graph = Graph::of(&runbook.steps);
    let first = writing.branch(&graph, 0, graph.end())?;
    let start = id(&seed, "start", "start");
    writing.workflow.insert(start.clone(), json!({ "type": "start", "on_completion": first }));
    let modified = case.log.last().map_or(case.made.recorded, |logged| logged.made.recorded);
    let mut playbook = json!({
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": format!("playbook--{}", uuid_5(&name, &types)?),
        "name": name,
        "description": format!(
            "Subject: {}. Opened {} by {}. Written by touchmark {} from ledger record {number}.",
            opening.subject.written.raw(),
            case.made.recorded,
            opening.by.raw(),
            case.made.program
        ),
        "playbook_types": types,
        "created_by": id(&workspace, "identity", "workspace"),
        "created": case.made.recorded.to_string(),
        "modified": modified.to_string(),
        "severity": severity(case.severity()),
        "labels": [runbook.id],
        "workflow_start": start,
        "workflow": writing.workflow,
        "agent_definitions": { agent: { "type": "group", "name": role } },
    });
    let techniques: Vec<Value> =
        runbook.atlas.iter().map(|technique| technique_of(technique.raw())).collect();
    let decides = runbook.steps.iter().filter(|step| step.kind == StepKind::Decision);
    let variables: Map<String, Value> = decides
        .map(|step| {
            let about = format!("The step that is chosen: {}", filling.sentence(step.title.raw()));
            (variable(step), json!({ "type": "string", "description": about, "constant": false }))
        })
        .collect();
    if let Some(members) = playbook.as_object_mut() {
        if !techniques.is_empty() {
            members.insert("external_references".to_owned(), techniques.into());
        }
        if !variables.is_empty() {
            members.insert("playbook_variables".to_owned(), variables.into());
        }
    }
    Ok(playbook)
}

/// CACAO counts from 0, for unknown, to 100.
fn severity(severity: Severity) -> u32 {
    match severity {
        Severity::Low => 25,
        Severity::Medium => 50,
        Severity::High => 75,
        Severity::Critical => 100,
    }
}

fn technique_of(technique: &str) -> Value {
    let name = if technique.starts_with("AML.") { "MITRE ATLAS" } else { "SAFE-MCP" };
    json!({ "name": name, "external_id": technique })
}

/// The variable that holds what was decided in a step.
fn variable(step: &Step) -> String {
    format!("__{}__", step.id.replace('-', "_"))
}

/// The steps as a graph in which a decision has two ways: its first branch, or the rest of them.
struct Graph<'r> {
    nodes: Vec<Node<'r>>,
    /// For each node, where all of its ways come together again.
    joins: Vec<usize>,
}

struct Node<'r> {
    step: &'r Step,
    what: What<'r>,
}

enum What<'r> {
    /// It is done, and then the next follows.
    Do(usize),
    /// It leads one of two ways.
    Either { branch: &'r Branch, then: usize, otherwise: usize },
}

impl<'r> Graph<'r> {
    fn of(steps: &'r [Step]) -> Self {
        // A decision takes a node to be asked, and one for each branch but the last.
        let mut first: HashMap<&str, usize> = HashMap::new();
        let mut many = 0;
        for step in steps {
            first.insert(&step.id, many);
            many += step.when.len().max(1);
        }
        let of = |id: &str| first.get(id).copied().unwrap_or(many);
        let mut nodes: Vec<Node<'r>> = Vec::with_capacity(many);
        for step in steps {
            let own = nodes.len();
            match step.when.split_last() {
                None => {
                    let next =
                        step.next.as_deref().map_or(many, |next| if next == END { many } else { of(next) });
                    nodes.push(Node { step, what: What::Do(next) });
                }
                Some((last, [])) => nodes.push(Node { step, what: What::Do(of(&last.goto)) }),
                Some((last, some)) => {
                    nodes.push(Node { step, what: What::Do(own + 1) });
                    for (index, branch) in some.iter().enumerate() {
                        let otherwise =
                            if index + 1 == some.len() { of(&last.goto) } else { own + index + 2 };
                        let then = of(&branch.goto);
                        nodes.push(Node { step, what: What::Either { branch, then, otherwise } });
                    }
                }
            }
        }
        let joins = joins(&nodes);
        Graph { nodes, joins }
    }

    /// What stands for the end.
    fn end(&self) -> usize {
        self.nodes.len()
    }
}

/// For each node the nearest one that every way from it comes through; the end has the number after the last. Nodes are
/// taken in an order in which what follows a node comes before it: a runbook has no circles.
fn joins(nodes: &[Node<'_>]) -> Vec<usize> {
    let end = nodes.len();
    let ways = |node: usize| -> Vec<usize> {
        match nodes.get(node).map(|node| &node.what) {
            Some(What::Do(next)) => vec![*next],
            Some(What::Either { then, otherwise, .. }) => vec![*then, *otherwise],
            None => Vec::new(),
        }
    };
    let mut joins = vec![end; nodes.len()];
    let mut depths = vec![0_usize; nodes.len() + 1];
    let mut entered = vec![false; nodes.len()];
    // Each node, and whether all that follows it was left before.
    let mut stack: Vec<(usize, bool)> = (0..nodes.len()).rev().map(|node| (node, false)).collect();
    while let Some((node, is_left)) = stack.pop() {
        if !is_left {
            let Some(entered) = entered.get_mut(node).filter(|entered| !**entered) else { continue };
            *entered = true;
            stack.push((node, true));
            stack.extend(ways(node).into_iter().map(|way| (way, false)));
            continue;
        }
        let depth = |node: usize| depths.get(node).copied().unwrap_or_default();
        let up = |node: usize| joins.get(node).copied().unwrap_or(end);
        let common = ways(node).into_iter().reduce(|mut one, mut other| {
            while one != other {
                if depth(one) >= depth(other) {
                    one = up(one);
                } else {
                    other = up(other);
                }
            }
            one
        });
        let common = common.unwrap_or(end);
        let below = depth(common) + 1;
        if let (Some(join), Some(depth)) = (joins.get_mut(node), depths.get_mut(node)) {
            (*join, *depth) = (common, below);
        }
    }
    joins
}

struct Writing<'c> {
    case: &'c Case,
    filling: &'c Filling,
    seed: &'c str,
    agent: &'c str,
    workflow: Map<String, Value>,
    /// How often each step was written: it is written again in each branch that does not come together with the others.
    many: HashMap<String, usize>,
}

impl Writing<'_> {
    /// Writes the steps from a node up to another one, with an end step of their own; the id of the first.
    fn branch(&mut self, graph: &Graph<'_>, from: usize, until: usize) -> Result<String> {
        // From the last to the first: each names the one after it.
        let mut nodes = Vec::new();
        let mut at = from;
        while at != until {
            let Some(node) = graph.nodes.get(at) else { break };
            nodes.push(node);
            at = match &node.what {
                What::Do(next) => *next,
                What::Either { .. } => graph.joins.get(at).copied().unwrap_or(graph.end()),
            };
            self.check(nodes.len())?;
        }
        let mut next = self.end()?;
        for node in nodes.into_iter().rev() {
            next = match &node.what {
                What::Do(_) => self.step(node.step, next)?,
                What::Either { branch, then, otherwise } => {
                    let join = self.join(graph, *then, *otherwise);
                    let on_true = self.branch(graph, *then, join)?;
                    let on_false = self.branch(graph, *otherwise, join)?;
                    let condition = format!("{}:value = '{}'", variable(node.step), branch.goto);
                    let value = json!({
                        "type": "if-condition",
                        "name": self.filling.sentence(branch.holds.raw()),
                        "condition": condition,
                        "on_true": on_true,
                        "on_false": on_false,
                        "on_completion": next,
                    });
                    self.add("if-condition", &format!("{}/{}", node.step.id, branch.goto), value)?
                }
            };
        }
        Ok(next)
    }

    /// Where two ways come together.
    fn join(&self, graph: &Graph<'_>, one: usize, other: usize) -> usize {
        let line = |mut node: usize| {
            let mut line = vec![node];
            while let Some(up) = graph.joins.get(node) {
                line.push(*up);
                node = *up;
            }
            line
        };
        let others = line(other);
        line(one).into_iter().find(|node| others.contains(node)).unwrap_or(graph.end())
    }

    /// Writes one step, after its evidence; the id of what comes first.
    fn step(&mut self, step: &Step, next: String) -> Result<String> {
        let own = match step.kind {
            StepKind::Parallel if step.tasks.len() > 1 => self.parallel(step, next)?,
            _ => self.action(step, next)?,
        };
        if step.evidence_before.is_empty() {
            return Ok(own);
        }
        let runbook = &self.case.opening.runbook;
        let profiles = step.evidence_before.iter().filter_map(|id| runbook.profile(id));
        let commands: Vec<Value> = profiles
            .map(|profile| {
                let fields: Vec<&str> = profile.required.iter().map(|field| field.name.raw()).collect();
                manual(&format!("{}: {}", profile.name.raw(), fields.join("; ")))
            })
            .collect();
        let value = json!({
            "type": "action",
            "name": "Collect the evidence first",
            "description": "The next step may destroy evidence.",
            "commands": commands,
            "agent": self.agent,
            "on_completion": own,
        });
        self.add("action", &format!("{}/evidence", step.id), value)
    }

    fn action(&mut self, step: &Step, next: String) -> Result<String> {
        let sentence = |text: &crate::text::Untrusted| self.filling.sentence(text.raw());
        let mut commands: Vec<Value> = Vec::new();
        for command in &step.commands {
            commands.push(json!({ "type": "bash", "command": self.filling.command(command.raw()) }));
        }
        commands.extend(step.tasks.iter().map(|task| manual(&sentence(task))));
        commands.extend(step.when.iter().map(|way| {
            manual(&format!("If {}: set {} to {}", sentence(&way.holds), variable(step), way.goto))
        }));
        if commands.is_empty() {
            commands.push(manual(&sentence(&step.title)));
        }
        let mut value = json!({
            "type": "action",
            "name": sentence(&step.title),
            "commands": commands,
            "agent": self.agent,
            "on_completion": next,
        });
        if let Some(members) = value.as_object_mut() {
            if let Some(about) = self.about(step) {
                members.insert("description".to_owned(), about.into());
            }
            if !step.when.is_empty() {
                members.insert("out_args".to_owned(), json!([variable(step)]));
            }
        }
        self.add("action", &step.id, value)
    }

    fn parallel(&mut self, step: &Step, next: String) -> Result<String> {
        let mut steps = Vec::new();
        for (index, task) in step.tasks.iter().enumerate() {
            let end = self.end()?;
            let task = self.filling.sentence(task.raw());
            let value = json!({
                "type": "action",
                "name": task,
                "commands": [manual(&task)],
                "agent": self.agent,
                "on_completion": end,
            });
            steps.push(self.add("action", &format!("{}/{index}", step.id), value)?);
        }
        let mut value = json!({
            "type": "parallel",
            "name": self.filling.sentence(step.title.raw()),
            "next_steps": steps,
            "on_completion": next,
        });
        if let (Some(about), Some(members)) = (self.about(step), value.as_object_mut()) {
            members.insert("description".to_owned(), about.into());
        }
        self.add("parallel", &step.id, value)
    }

    /// What a step of CACAO has no member for.
    fn about(&self, step: &Step) -> Option<String> {
        let approval = step.approval.then(|| "Needs approval.".to_owned());
        let child = step.child.as_ref().map(|child| format!("May open another case, of type {child}."));
        let exit = step.exit_when.as_ref();
        let exit = exit.map(|holds| format!("Done when {}.", self.filling.sentence(holds.raw())));
        let due = self.case.due(step).map(|due| format!("Due {due}."));
        let all: Vec<String> = approval.into_iter().chain(child).chain(exit).chain(due).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn end(&mut self) -> Result<String> {
        self.add("end", "end", json!({ "type": "end" }))
    }

    fn add(&mut self, kind: &str, name: &str, value: Value) -> Result<String> {
        self.check(self.workflow.len())?;
        let many = self.many.entry(format!("{kind}/{name}")).or_default();
        *many += 1;
        let id = id(self.seed, kind, &format!("{name}/{many}"));
        self.workflow.insert(id.clone(), value);
        Ok(id)
    }

    fn check(&self, steps: usize) -> Result<()> {
        match steps > LIMIT_STEPS {
            true => Err(Error::new(
                Code::TooLarge,
                format!("the branches of this runbook come to more than {LIMIT_STEPS} steps"),
            )
            .help("let the branches of its decisions come together again, or split it")),
            false => Ok(()),
        }
    }
}

fn manual(what: &str) -> Value {
    json!({ "type": "manual", "command": what })
}

/// An id in the form of a UUID of version 4, which CACAO asks for in steps; its bits come from the case instead of chance.
fn id(seed: &str, kind: &str, name: &str) -> String {
    let sum = digest(&SHA256, format!("{seed}\n{kind}\n{name}").as_bytes());
    format!("{kind}--{}", uuid(sum.as_ref(), 4))
}

/// The id of a playbook, as CACAO makes it from its name and its types.
fn uuid_5(name: &str, types: &[&str]) -> Result<String> {
    let named = crate::json::canonical(&json!({ "name": name, "playbook_types": types }))
        .map_err(|error| Error::new(Code::Internal, format!("cannot write as JSON ({error})")))?;
    let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, &[NAMESPACE.as_slice(), &named].concat());
    Ok(uuid(sum.as_ref(), 5))
}

/// The first 16 bytes as a UUID of a version.
fn uuid(sum: &[u8], version: u8) -> String {
    let bytes: Vec<u8> = sum
        .iter()
        .take(16)
        .enumerate()
        .map(|(index, byte)| match index {
            6 => (byte & 0x0f) | (version << 4),
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        })
        .collect();
    let text = hex::encode(bytes);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
