//! The commands over a workspace.

use super::args::{Cli, Command, PolicyCommand, Word};
use super::output::Output;
use super::progress::{shown, watched};
use super::signing;
use crate::decision::Decision;
use crate::error::{Code, Error, Result};
use crate::inventory::{ModelId, bom};
use crate::policy;
use crate::report;
use crate::text::{count, nearest, screen};
use crate::workbench::{Job, JobKind, JobState, OpenOptions, ReviewWord, View, Workbench};
use serde_json::json;
use std::path::Path;

/// Does what was asked; the exit status.
pub fn run(cli: &Cli, output: &Output) -> Result<u8> {
    let common = &cli.common;
    let Some(command) = &cli.command else { return open(cli, None, None) };
    match command {
        Command::Open { workspace, theme } => open(cli, workspace.as_deref(), theme.clone()),
        Command::Init { dir } => init(dir, output),
        Command::Demo { dir } => demo(dir, output),
        Command::Sign(sign) => signing::sign(sign, common, output),
        Command::Key(command) => super::key::run(command, output),
        Command::Verify(verify) => match (&verify.method, &verify.model) {
            (Some(method), _) => signing::verify_by_flags(method, common, output),
            (None, Some(model)) => verify_by_policy(cli, model, verify, output),
            (None, None) => Err(Error::new(Code::Usage, "name a model").help("touchmark verify --help")),
        },
        Command::Digest { model, what } => signing::root_digest(model, what, output),
        Command::Claims(command) => super::claims::run(cli, command, output),
        Command::Inspect { file } => inspect(file, output),
        Command::Scan { sources } => scan(cli, sources, output),
        Command::Export { models, form, spec_version } => {
            super::export::run(cli, models, *form, *spec_version, output)
        }
        Command::List { filter } => list(cli, filter, output),
        Command::Show { model } => {
            let workbench = Workbench::open(&options(cli))?;
            let view = workbench.view();
            let index = find(&view, model)?;
            let read = view.models.get(index).map(|model| workbench.read_times(model)).transpose()?;
            let read = read.unwrap_or_default();
            output.print(&(report::model(&view, index) + &report::read_times(&read)), || {
                report::json::model(&view, index, &read)
            });
            Ok(0)
        }
        Command::Lineage { model, up, down } => {
            let view = Workbench::open(&options(cli))?.view();
            let index = find(&view, model)?;
            let focus = view.models.get(index).map_or_else(|| ModelId::new(model), |m| m.id.clone());
            let rows = crate::lineage::lanes(&view.graph, &focus, *up, *down, 10_000);
            output.print(&report::lineage(&view, &rows), || report::json::lineage(&rows));
            Ok(0)
        }
        Command::Import { files } => super::snapshot::import(cli, files, output),
        Command::Snapshot(snapshot) => super::snapshot::run(cli, snapshot, output),
        Command::Diff { before, after } => super::snapshot::diff(cli, before, after.as_deref(), output),
        Command::Trust(command) => super::trust::run(cli, command, output),
        Command::Policy(PolicyCommand::Check { file }) => policy_check(cli, file.as_deref(), output),
        Command::Policy(PolicyCommand::Show { name }) => policy_show(name, output),
        Command::Gate { model, stage, allow_warn } => gate(cli, model, stage, *allow_warn, output),
        Command::Score { models, all } => score(cli, models, *all, output),
        Command::Review { model, word, reason } => {
            let workbench = Workbench::open(&options(cli))?;
            let word = match word {
                Word::Approve => ReviewWord::Approve,
                Word::Reject => ReviewWord::Reject,
                Word::Ask => ReviewWord::AskProducer,
            };
            workbench.review(&ModelId::new(model), word, reason)?;
            output.print(
                &format!("✓ recorded  {}\n", word.word()),
                || json!({ "schema": "touchmark.review/1", "word": word }),
            );
            Ok(0)
        }
        Command::Ledger(command) => super::ledger::run(cli, command, output),
    }
}

pub(super) fn options(cli: &Cli) -> OpenOptions {
    OpenOptions {
        dir: cli.common.workspace.clone(),
        at: cli.common.at,
        read_only: cli.common.read_only,
        policy: cli.common.policy.clone(),
        stage: None,
    }
}

fn open(cli: &Cli, workspace: Option<&Path>, theme: Option<String>) -> Result<u8> {
    let mut options = options(cli);
    if let Some(dir) = workspace {
        options.dir = Some(dir.to_owned());
    }
    #[cfg(feature = "tui")]
    {
        use super::args::Color;
        use crate::tui::ColorChoice;
        let color = match cli.common.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        crate::tui::run(&options, crate::tui::Settings { theme, color })?;
        Ok(0)
    }
    #[cfg(not(feature = "tui"))]
    {
        let _ = (options, theme);
        Err(Error::new(Code::Usage, "this build has no workbench")
            .help("build with the feature `tui`, or use `touchmark list`"))
    }
}

fn init(dir: &Path, output: &Output) -> Result<u8> {
    let baseline = policy::BUILT_IN.first().map_or("", |(_, text)| text);
    let file = crate::inventory::init(dir, baseline)?;
    let shown = crate::text::screen(&file.to_string_lossy());
    let human = format!(
        "✓ made  {shown}\n  next: name your models in it, then `touchmark scan` and `touchmark open`\n"
    );
    output.print(&human, || json!({ "schema": "touchmark.init/1", "file": file.to_string_lossy() }));
    Ok(0)
}

fn demo(dir: &Path, output: &Output) -> Result<u8> {
    let files = crate::workbench::demo(dir)?;
    let shown = crate::text::screen(&dir.to_string_lossy());
    output.print(
        &format!("✓ copied  {files} files to {shown}\n  next: touchmark open {shown}\n"),
        || json!({ "schema": "touchmark.demo/1", "files": files }),
    );
    Ok(0)
}

fn inspect(file: &Path, output: &Output) -> Result<u8> {
    if crate::inventory::snapshot::is_snapshot(file) {
        return super::snapshot::inspect(file, output);
    }
    let error = match crate::signing::inspect(file) {
        Ok(inspection) => {
            output.print(&report::inspection(&inspection), || report::json::inspection(&inspection));
            return Ok(0);
        }
        Err(error) => error,
    };
    // What the signing core does not know may be a bill of materials.
    let found = bom::read(file, &file.to_string_lossy().into_owned().into());
    let foreign = |code: &str| matches!(code, "F-BOM-UNREADABLE" | "F-BOM-JSON" | "F-BOM-FORMAT");
    if error.code != Code::Malformed || found.findings.iter().any(|finding| foreign(&finding.code)) {
        return Err(error.help(
            "known are bundles, claims.jsonl, certificates and public keys in PEM, CycloneDX 1.5 to 1.7, SPDX \
             2.3 and 3.0.1, snapshots, safetensors and GGUF files",
        ));
    }
    output.print(
        &report::bom(&found),
        || json!({ "schema": "touchmark.inspect-bom/1", "models": found.models, "findings": found.findings }),
    );
    Ok(0)
}

pub(super) fn find(view: &View, name: &str) -> Result<usize> {
    if let Some((index, _)) = view.model(&ModelId::new(name)) {
        return Ok(index);
    }
    let root = &view.workspace.root;
    if let Ok(wanted) = Path::new(name).canonicalize()
        && let Some(index) = view.models.iter().position(|model| {
            model
                .location
                .as_ref()
                .is_some_and(|l| root.join(l).canonicalize().is_ok_and(|place| place == wanted))
        })
    {
        return Ok(index);
    }
    // A last name part that only one model has is enough.
    let tail = format!("/{}", name.to_lowercase());
    let mut matching = view.models.iter().enumerate().filter(|(_, model)| model.id.raw().ends_with(&tail));
    match (matching.next(), matching.next()) {
        (Some((index, _)), None) => Ok(index),
        _ => {
            let known: Vec<&str> = view.models.iter().map(|model| model.id.raw()).collect();
            let error = signing::no_such_model(name);
            Err(match nearest(&name.to_lowercase(), &known) {
                Some(near) => error
                    .help(format!("did you mean `{}`? `touchmark list` shows the inventory", screen(near))),
                None => error,
            })
        }
    }
}

/// Runs a job to its end and tells what it could not look at.
fn wait(workbench: &Workbench, kind: JobKind, output: &Output) -> Result<()> {
    let job = finish(workbench, kind, output)?;
    for line in &job.log {
        if line.starts_with('?') {
            output.note(line);
        }
    }
    Ok(())
}

pub(super) fn finish(workbench: &Workbench, kind: JobKind, output: &Output) -> Result<Job> {
    let id = workbench.start(kind);
    let progress = workbench.jobs().into_iter().find(|job| job.id == id).map(|job| job.progress);
    let done = watched(output, &progress.unwrap_or_default(), || workbench.wait(id));
    let Some(job) = done else {
        return Err(Error::new(Code::Internal, "the job was lost"));
    };
    match job.state {
        JobState::Done(_) => Ok(job),
        JobState::Failed(error) => Err(error),
        _ => Err(Error::new(Code::Cancelled, "cancelled; what was verified so far is recorded")),
    }
}

fn verify_by_policy(cli: &Cli, model: &Path, verify: &super::args::Verify, output: &Output) -> Result<u8> {
    signing::set_jobs(verify.jobs);
    let workbench = Workbench::open(&options(cli))?;
    workbench.valid_policy()?;
    let name = model.to_string_lossy();
    let found = find(&workbench.view(), &name);
    let signature = verify.signature.as_deref();
    let verification = match (found, signature) {
        (Ok(index), None) => {
            let id = workbench
                .view()
                .models
                .get(index)
                .map(|m| m.id.clone())
                .ok_or_else(|| signing::no_such_model(&name))?;
            let kind = if verify.in_full { JobKind::VerifyInFull } else { JobKind::Verify };
            finish(&workbench, kind(vec![id]), output)?;
            let view = workbench.view();
            let verified = view.verified.get(index).and_then(Option::as_ref);
            verified.map(|v| v.verification.clone()).ok_or_else(|| signing::no_such_model(&name))?
        }
        _ if model.exists() => shown(output, |progress| workbench.verify_path(model, signature, progress))?,
        (Err(error), _) => return Err(error),
        (Ok(_), Some(_)) => return Err(signing::no_such_model(&name)),
    };
    signing::print(&name, &verification, verify.explain, output);
    Ok(signing::status_of(verification.outcome()))
}

fn scan(cli: &Cli, sources: &[std::path::PathBuf], output: &Output) -> Result<u8> {
    let workbench = Workbench::open(&options(cli))?;
    if !sources.is_empty() {
        for source in shown(output, |progress| workbench.add_sources(sources, progress))? {
            output.note(&format!(
                "source  {}  {}",
                source.kind.word(),
                screen(&source.path.to_string_lossy())
            ));
        }
    }
    wait(&workbench, JobKind::Scan, output)?;
    let view = workbench.view();
    let mut in_graph = view.graph.findings();
    in_graph.extend(crate::lineage::doubts(&view.models, &view.graph));
    in_graph.extend(crate::lineage::copies(&view.models, &view.graph));
    let findings = view.findings.len() + in_graph.len();
    let mut human =
        format!("✓ scanned  {}, {}\n", count(view.models.len(), "model"), count(findings, "finding"));
    let mut told = Told::default();
    for finding in view.findings.iter() {
        told.add(&finding.code, || {
            let place = format!("{} {}", finding.source.screen(), finding.place.screen());
            format!("{}  {}  ({})", finding.code, finding.message, place.trim_end())
        });
    }
    for finding in &in_graph {
        told.add(finding.code(), || crate::report::graph_finding(finding));
    }
    human.push_str(&told.text());
    let lineage: Vec<String> = in_graph.iter().map(crate::report::graph_finding).collect();
    output.print(&human, || {
        json!({
            "schema": "touchmark.scan/1",
            "models": view.models.len(),
            "findings": *view.findings,
            "lineage": lineage,
        })
    });
    Ok(0)
}

/// Findings as lines; of one code only so many, and then how many more.
#[derive(Default)]
struct Told {
    lines: String,
    counts: std::collections::BTreeMap<String, usize>,
}

impl Told {
    const OF_ONE_CODE: usize = 20;

    fn add(&mut self, code: &str, line: impl FnOnce() -> String) {
        let count = self.counts.entry(code.to_owned()).or_default();
        *count += 1;
        if *count <= Told::OF_ONE_CODE {
            self.lines.push_str(&format!("  ! {}\n", line()));
        }
    }

    fn text(self) -> String {
        let more = self.counts.iter().filter(|(_, count)| **count > Told::OF_ONE_CODE);
        let more: Vec<String> = more
            .map(|(code, count)| {
                format!("  ! {code}  {} more; --json tells all\n", count - Told::OF_ONE_CODE)
            })
            .collect();
        self.lines + &more.concat()
    }
}

fn list(cli: &Cli, filter: &[String], output: &Output) -> Result<u8> {
    let view = Workbench::open(&options(cli))?.view();
    let words: Vec<String> =
        filter.iter().flat_map(|f| f.split_whitespace()).map(str::to_lowercase).collect();
    let keep = |index: usize| {
        let summary = view.summary(index);
        let id = view.models.get(index).map_or("", |model| model.id.raw());
        let text = format!("{id} {} {} {}", summary.word, summary.signer.raw(), summary.decision.word())
            .to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    output.print(&report::list(&view, &keep), || report::json::list(&view, &keep));
    Ok(0)
}

fn policy_check(cli: &Cli, file: Option<&Path>, output: &Output) -> Result<u8> {
    let (faults, human, digest) = match file {
        Some(file) => {
            let bytes = crate::disk::read_small(file, 1024 * 1024)?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Error::new(Code::Config, "the policy is not UTF-8 text").at_path(file))?;
            let base = file.parent().map(Path::to_owned);
            match policy::parse(&text, &file.to_string_lossy(), base, signing::now(&cli.common)) {
                Ok(policy) => (Vec::new(), report::policy(&policy), policy.digest),
                Err(faults) => {
                    let human = report::policy_faults(&faults);
                    (faults, human, String::new())
                }
            }
        }
        None => {
            let view = Workbench::open(&options(cli))?.view();
            let human = if view.policy_errors.is_empty() {
                report::policy(&view.policy)
            } else {
                report::policy_faults(&view.policy_errors)
            };
            (view.policy_errors.clone(), human, view.policy.digest.clone())
        }
    };
    output.print(&human, || {
        let faults: Vec<_> =
            faults.iter().map(|f| json!({ "line": f.line, "message": f.message, "help": f.help })).collect();
        json!({ "schema": "touchmark.policy-check/1", "digest": digest, "faults": faults })
    });
    Ok(if faults.is_empty() { 0 } else { 2 })
}

fn policy_show(name: &str, output: &Output) -> Result<u8> {
    let Some((_, text)) = policy::BUILT_IN.iter().find(|(known, _)| *known == name) else {
        return Err(Error::new(Code::NotFound, "there is no such built-in policy")
            .at(name)
            .help("baseline or strict"));
    };
    output.print(text, || json!({ "schema": "touchmark.policy/1", "name": name, "text": text }));
    Ok(0)
}

fn gate(cli: &Cli, model: &str, stage: &str, allow_warn: bool, output: &Output) -> Result<u8> {
    let workbench = Workbench::open(&options(cli))?;
    let view = workbench.view();
    let id = view.models.get(find(&view, model)?).map_or_else(|| ModelId::new(model), |m| m.id.clone());
    let verdict = workbench.gate(&id, stage, allow_warn)?;
    let human = format!("{}\n{}", id.screen(), report::verdict(&verdict));
    output.print(&human, || report::json::verdict(&workbench.view(), &verdict));
    Ok(match verdict.decision {
        Decision::Admit => 0,
        Decision::Warn if allow_warn => 0,
        Decision::Warn => 5,
        Decision::Refuse => 1,
    })
}

fn score(cli: &Cli, models: &[String], all: bool, output: &Output) -> Result<u8> {
    let workbench = Workbench::open(&options(cli))?;
    workbench.valid_policy()?;
    let view = workbench.view();
    let indexes = models.iter().map(|name| find(&view, name)).collect::<Result<Vec<_>>>()?;
    let ids = indexes.iter().filter_map(|i| view.models.get(*i)).map(|m| m.id.clone()).collect();
    wait(&workbench, JobKind::Score(ids), output)?;
    let view = workbench.view();
    let mut human = String::new();
    let mut documents = Vec::new();
    for index in indexes {
        let (Some(model), Some(verdict)) = (view.models.get(index), view.verdict(index)) else {
            continue;
        };
        human.push_str(&report::score(&model.name.screen(), &verdict, &view.rubric, all));
        documents.push(report::json::verdict(&view, &verdict));
    }
    output.print(&human, || json!({ "schema": "touchmark.score/1", "verdicts": documents }));
    Ok(0)
}
