//! What the commands of `fleet` do. Where a run lies, and how it is judged, is for the room that runs it.

use super::fleet::{BasisName, FleetCommand, Plan, Prove, Scratch, Seal, Status, Work};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::progress::{shown, watched};
use crate::cli::session::{open, open_to_judge};
use crate::clock::this_second;
use crate::disk::read_small;
use crate::documents::{
    FleetPlannedDocument, FleetProveDocument, FleetSealDocument, FleetStatusDocument, FleetWorkedDocument,
    names,
};
use crate::error::{Code, Error, Result};
use crate::fleet::{
    FleetRunRecord, FleetRunRecordSchema, Inputs, Limits, Planning, Proved, Run, Sealing, Standing, Told,
    WantedBasis, binary_digest, plan, prove, seal, status, work,
};
use crate::inventory::ModelId;
use crate::policy;
use crate::remote::{Location, open as reach};
use crate::signing::{Outcome, Progress};
use crate::store::EvidenceDigest;
use crate::text::{count, screen, size};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// Where engines say which of their tasks this is.
const INDICES: [&str; 3] = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"];
/// Another attempt may succeed (EX_TEMPFAIL of sysexits).
const AGAIN: u8 = 75;
/// How long what was begun may take after SIGTERM.
const GRACE: Duration = Duration::from_secs(4);
/// How often a line is written where nobody watches.
const MINUTE: Duration = Duration::from_secs(60);
/// A larger policy is none.
const MAX_POLICY_BYTES: u64 = 4 * 1024 * 1024;
/// More than this are counted instead of listed.
const MANY: usize = 12;

pub(super) fn run(command: &FleetCommand, common: &Common, output: &Output) -> Result<u8> {
    match command {
        FleetCommand::Plan(arguments) => planned(arguments, common, output),
        FleetCommand::Work(arguments) => Ok(worked(arguments, common, output).unwrap_or_else(|error| {
            let status = status_of(&error);
            output.refuse(&error);
            status
        })),
        FleetCommand::Status(arguments) => standing(arguments, output),
        FleetCommand::Seal(arguments) => sealed(arguments, common, output),
        FleetCommand::Prove(arguments) => proved(arguments, output),
    }
}

/// What an engine is told of a failed attempt.
fn status_of(error: &Error) -> u8 {
    match error.code {
        Code::Network | Code::Write | Code::Cancelled | Code::Read | Code::Changed | Code::Answer => AGAIN,
        Code::Credentials | Code::Login | Code::Token | Code::Refused => AGAIN,
        _ => 2,
    }
}

impl Scratch {
    fn folder(&self) -> Result<TempDir> {
        let above = self.scratch.clone().unwrap_or_else(std::env::temp_dir);
        let made = tempfile::Builder::new().prefix("touchmark-fleet-").tempdir_in(&above);
        made.map_err(|cause| Error::write(&above, &cause))
    }
}

fn planned(arguments: &Plan, common: &Common, output: &Output) -> Result<u8> {
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let stage = arguments.stage.clone().unwrap_or_else(|| view.stage.clone());
    if view.policy.stage(&stage).is_none() {
        return Err(Error::new(Code::NotFound, "the policy has no such stage")
            .at(stage)
            .help("`touchmark policy show` names its stages"));
    }
    let sources = arguments.source.iter().map(|text| {
        let location = Location::parse(text)?;
        let files = reach(&location)?;
        Ok((location, files))
    });
    let sources = sources.collect::<Result<Vec<_>>>()?;
    let out = Location::parse(&arguments.out)?;
    let scratch = arguments.scratch.folder()?;
    let binary = match arguments.any_build {
        true => None,
        false => Some(binary_digest().ok_or_else(|| {
            Error::new(Code::Read, "the file of this program cannot be read").help("plan with --any-build")
        })?),
    };
    let earlier = arguments.known.as_deref().map(|run| Run::open(&Location::parse(run)?)).transpose()?;
    let planning = Planning {
        sources,
        inputs: Inputs {
            policy: &view.policy,
            seal: view.seal.clone(),
            anchors: &view.trust,
            rubric: &view.rubric,
            feeds: view.feeds.feeds.clone(),
            stage,
            at: view.at,
            known: &|name| view.model(&ModelId::new(name)).map(|(_, model)| model.clone()),
        },
        basis: match arguments.basis {
            BasisName::Recomputed => WantedBasis::Recomputed,
            BasisName::ProviderChecksum => WantedBasis::ProviderChecksum,
            BasisName::RegistryDigest => WantedBasis::RegistryDigest,
        },
        known: earlier.as_ref(),
        recheck_ppm: arguments.recheck,
        binary,
        limits: Limits { shards: arguments.shards, bytes: arguments.max_bytes, models: arguments.max_models },
        scratch: scratch.path(),
    };
    let made = shown(output, |progress| plan(&planning, &out, &reach, progress))?;
    let plan = &made.plan;
    let shards = plan.shards.len();
    let mut human = format!(
        "✓ planned  {} in {}, {}\n  run          {}\n  place        {}\n",
        count(usize::try_from(plan.models).unwrap_or(usize::MAX), "model"),
        count(shards, "shard"),
        size(plan.bytes),
        made.id,
        screen(&made.location.to_string()),
    );
    if made.was_there {
        human.push_str("  the same plan was there already\n");
    }
    if let Some(known) = &plan.known {
        let models = count(usize::try_from(known.models).unwrap_or(usize::MAX), "model");
        human.push_str(&format!("  known        {models} of the run {}\n", known.run));
    }
    if plan.findings > 0 {
        human.push_str(&format!("  ! {} objects belong to no model or have no clean key:\n", plan.findings));
        for finding in plan.first_findings.iter().take(MANY) {
            let why = finding.fault.map_or("no model", crate::remote::KeyFault::words);
            human.push_str(&format!("    {}  {why}\n", finding.key.screen()));
        }
    }
    human.push_str(&format!(
        "  next         touchmark fleet work --plan {} --shard N --private-key KEY, N from 0 to {}\n",
        screen(&made.location.to_string()),
        shards.saturating_sub(1)
    ));
    output.print(&human, || FleetPlannedDocument {
        schema: names::FleetPlanned,
        run: made.id,
        place: made.location.to_string().into(),
        shards: shards as u64,
        models: plan.models,
        objects: plan.objects,
        bytes: plan.bytes,
        findings: plan.findings,
        was_there: made.was_there,
    });
    Ok(0)
}

/// The shard that is meant.
fn shard(given: Option<u32>) -> Result<u32> {
    if let Some(shard) = given {
        return Ok(shard);
    }
    let said = INDICES.iter().find_map(|name| Some((name, std::env::var(name).ok()?)));
    let Some((name, value)) = said else {
        return Err(Error::new(Code::Usage, "no shard is named")
            .at("--shard")
            .help(format!("give --shard N, or let the engine set one of {}", INDICES.join(", "))));
    };
    value.parse().map_err(|_| {
        Error::new(Code::Usage, format!("{name} is not the number of a shard"))
            .at(value)
            .help("number the tasks from 0, or give --shard N")
    })
}

fn worked(arguments: &Work, common: &Common, output: &Output) -> Result<u8> {
    arguments.signer.required()?;
    if let Err(error) = arguments.signer.readable(output) {
        output.refuse(&error);
        return Ok(2);
    }
    let progress = Progress::default();
    end_on_signal(&progress)?;
    let shard = shard(arguments.shard)?;
    let run = Run::open(&Location::parse(&arguments.plan)?)?;
    run.fits_program(run.plan.question.tool.sha256.and_then(|_| binary_digest()))?;
    if let Some(file) = &common.policy {
        fits_policy(&run, file)?;
    }
    run.has_shard(shard)?;
    let scratch = arguments.scratch.folder()?;
    let sign = |payload: &[u8]| Ok(arguments.signer.sign(payload, this_second(), output)?.bundle);
    let told = Arc::new(Mutex::new(None));
    let tell = |now: Told| *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    let asked = crate::fleet::Work {
        shard,
        scratch: scratch.path(),
        reach: &reach,
        sign: &sign,
        engine: None,
        progress: &progress,
        tell: &tell,
    };
    let done =
        watched(output, &progress, || each_minute(output, shard, (&told, &progress), || work(&run, &asked)))?;
    let outcomes: Vec<String> = done.outcomes.iter().map(|(word, many)| format!("{many} {word}")).collect();
    let mut human = match done.committed {
        true => format!("✓ committed  shard {shard}: {}\n", told_or(&outcomes, "no models")),
        false => format!("✓ nothing to do  shard {shard} is committed already\n"),
    };
    if let Some(root) = done.root.filter(|_| done.committed) {
        human.push_str(&format!("  root         {root}\n"));
    }
    let is_too_many = done.unreadable > arguments.max_unreadable;
    if is_too_many {
        human.push_str(&format!("  ! {} models could not be read: they are unknown\n", done.unreadable));
    }
    output.print(&human, || FleetWorkedDocument {
        schema: names::FleetWorked,
        run: run.id,
        shard,
        committed: done.committed,
        records: done.records,
        outcomes: done.outcomes.clone(),
        unreadable: done.unreadable,
        root: done.root,
    });
    Ok(if is_too_many { 4 } else { 0 })
}

fn told_or(words: &[String], none: &str) -> String {
    if words.is_empty() { none.to_owned() } else { words.join(", ") }
}

/// Whether a policy file says what the plan's policy does.
fn fits_policy(run: &Run, file: &Path) -> Result<()> {
    let bytes = read_small(file, MAX_POLICY_BYTES)?;
    if EvidenceDigest::of(&bytes)? == run.plan.question.policy.text {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&bytes);
    let parsed = policy::parse(&text, &file.to_string_lossy(), None).ok();
    run.fits_policy(parsed.as_ref().map_or("", |policy| policy.digest.as_str()))
}

/// Asks the work to stop at SIGTERM, and ends the program when it does not: nothing is committed in halves.
#[cfg(unix)]
fn end_on_signal(progress: &Progress) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed =
        |cause: std::io::Error| Error::new(Code::Internal, format!("signals cannot be heard ({cause})"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let mut terminated = {
        let _inside = runtime.enter();
        signal(SignalKind::terminate()).map_err(failed)?
    };
    let progress = progress.clone();
    std::thread::spawn(move || {
        if runtime.block_on(terminated.recv()).is_some() {
            progress.cancel();
            std::thread::sleep(GRACE);
            std::process::exit(i32::from(AGAIN));
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn end_on_signal(_: &Progress) -> Result<()> {
    Ok(())
}

/// Does work, and where nobody watches writes a line of JSON a minute.
fn each_minute<R>(
    output: &Output,
    shard: u32,
    (told, progress): (&Mutex<Option<Told>>, &Progress),
    work: impl FnOnce() -> R,
) -> R {
    if output.shows_progress() {
        return work();
    }
    std::thread::scope(|scope| {
        let (at_work, ended) = channel::<()>();
        scope.spawn(move || {
            while ended.recv_timeout(MINUTE) == Err(RecvTimeoutError::Timeout) {
                let now = *told.lock().unwrap_or_else(PoisonError::into_inner);
                let (done, models) = now.map_or((0, 0), |told| (told.done, told.models));
                let bytes = progress.snapshot();
                output.note(&format!(
                    "{{\"shard\":{shard},\"models_done\":{done},\"models\":{models},\"bytes_done\":{},\"bytes\":{}}}",
                    bytes.bytes, bytes.bytes_total
                ));
            }
        });
        let result = work();
        drop(at_work);
        result
    })
}

fn standing(arguments: &Status, output: &Output) -> Result<u8> {
    let run = Run::open(&Location::parse(&arguments.run)?)?;
    let mut before = None;
    loop {
        let found = status(&run)?;
        let is_over = found.shards.iter().all(|standing| *standing == Standing::Done);
        if before.as_ref() != Some(&found) {
            stands(&run, &found, output);
        }
        match arguments.watch {
            Some(seconds) if !is_over && !output.is_closed() => {
                std::thread::sleep(Duration::from_secs(seconds))
            }
            _ => return Ok(0),
        }
        before = Some(found);
    }
}

/// Says how a run stands.
fn stands(run: &Run, found: &crate::fleet::Status, output: &Output) {
    let with = |wanted: Standing| -> Vec<u32> {
        let all = (0_u32..).zip(&found.shards).filter(|(_, standing)| **standing == wanted);
        all.map(|(shard, _)| shard).collect()
    };
    let (begun, missing) = (with(Standing::Begun), with(Standing::Missing));
    let done = found.shards.len() - begun.len() - missing.len();
    let glyph = if done == found.shards.len() { "✓" } else { "?" };
    let mut human = format!(
        "{glyph} {done} of {} committed  {} of {} models, {}{}\n",
        count(found.shards.len(), "shard"),
        found.models_done,
        run.plan.models,
        size(found.bytes_done),
        if found.sealed { "; sealed" } else { "" }
    );
    for (words, shards) in [("begun", &begun), ("missing", &missing)] {
        if !shards.is_empty() {
            human.push_str(&format!("  {words:<12} {}\n", ranges(shards)));
        }
    }
    output.print(&human, || FleetStatusDocument {
        schema: names::FleetStatus,
        run: run.id,
        shards: found.shards.len() as u64,
        done: done as u64,
        begun: begun.clone(),
        missing: missing.clone(),
        models: run.plan.models,
        models_done: found.models_done,
        bytes_done: found.bytes_done,
        sealed: found.sealed,
    });
}

/// `0-3,7`, as engines take them.
fn ranges(shards: &[u32]) -> String {
    let runs = shards.chunk_by(|one, other| one + 1 == *other).map(|run| match run {
        [only] => only.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(",")
}

/// The status is 1 when something contradicts, 3 when shards are missing.
fn sealed(arguments: &Seal, common: &Common, output: &Output) -> Result<u8> {
    let trust = arguments.vouchers.trust()?;
    // Before anything is put: a run that cannot be recorded is not sealed.
    let workbench = open(common)?;
    let run = Run::open(&Location::parse(&arguments.run)?)?;
    let scratch = arguments.scratch.folder()?;
    let made = shown(output, |progress| {
        let sealing =
            Sealing { trust: trust.as_deref(), now: this_second(), scratch: scratch.path(), progress };
        seal(&run, &sealing)
    })?;
    let sealed = &made.sealed;
    let place = run.location.to_string();
    let record = workbench.record_fleet_run(|made_by| FleetRunRecord {
        schema: FleetRunRecordSchema::V1,
        made: made_by,
        place: place.into(),
        sealed: made.digest,
        run: run.id,
        root: sealed.root,
        records: sealed.records,
        counts: sealed.counts.clone(),
        missing: sealed.missing.iter().map(|missing| missing.shard).collect(),
        conflicts: sealed.conflicts.len() as u64,
        writers: sealed.writers.clone(),
    })?;
    let refused = sealed.missing.iter().any(|missing| missing.why.is_some());
    let contradicted = sealed.counts.digests.contradicted;
    let contradicts = !sealed.conflicts.is_empty() || contradicted > 0;
    let status = match (refused || contradicts, sealed.missing.is_empty()) {
        (true, _) => 1,
        (false, false) => 3,
        (false, true) => 0,
    };
    let head = match status {
        0 => "✓ sealed",
        1 if !contradicts => "✗ sealed without shards that do not count",
        1 => "✗ sealed, and something contradicts",
        _ => "? sealed without some shards",
    };
    let many = |words: &std::collections::BTreeMap<String, u64>| {
        let all: Vec<String> = words.iter().map(|(word, many)| format!("{many} {word}")).collect();
        told_or(&all, "none")
    };
    let mut human = format!(
        "{head}  {} of {} models\n  root         {}\n  outcomes     {}\n  decisions    {}\n",
        sealed.records,
        sealed.models,
        sealed.root,
        many(&sealed.counts.outcomes),
        many(&sealed.counts.decisions),
    );
    if sealed.counts.digests.rechecked > 0 {
        human.push_str(&format!("  rechecked    {} digests of files\n", sealed.counts.digests.rechecked));
    }
    if contradicted > 0 {
        let files = count(usize::try_from(contradicted).unwrap_or(usize::MAX), "file");
        human.push_str(&format!(
            "  ✗ the bytes of {files} are not what the provider or registry says: DIGEST-CONTRADICTED\n"
        ));
    }
    for writer in sealed.writers.iter().take(MANY) {
        let shards = count(usize::try_from(writer.shards).unwrap_or(usize::MAX), "shard");
        human.push_str(&format!("  signed by    {}: {shards}\n", writer.signer.screen()));
    }
    for missing in sealed.missing.iter().take(MANY) {
        let why =
            missing.why.as_ref().map_or_else(|| "not committed".to_owned(), crate::text::Untrusted::screen);
        human.push_str(&format!(
            "  ! shard {}: {why}; its {} models are unknown\n",
            missing.shard, missing.models
        ));
    }
    if sealed.missing.len() > MANY {
        human.push_str(&format!("  ! {} more shards\n", sealed.missing.len() - MANY));
    }
    for conflict in sealed.conflicts.iter().take(MANY) {
        human.push_str(&format!(
            "  ✗ {} records contradict each other: key {}\n",
            conflict.records.len(),
            conflict.key
        ));
    }
    for (tables, words) in [
        (&sealed.tables, "Parquet, the same records"),
        (
            &made.unnamed,
            "Parquet; the run was sealed before, by a version that wrote none: the seal does not name them",
        ),
    ] {
        if let Some(first) = tables.first() {
            let first = run.location.below(&first.name).to_string();
            let more =
                if tables.len() > 1 { format!(" and {} more", tables.len() - 1) } else { String::new() };
            human.push_str(&format!("  tables       {}{more}: {words}\n", screen(&first)));
        }
    }
    let file = run.location.below(&made.name).to_string();
    human.push_str(&format!("  file         {}\n  record       {}\n", screen(&file), record.number));
    output.print(&human, || FleetSealDocument {
        schema: names::FleetSeal,
        file: file.as_str().into(),
        digest: made.digest,
        sealed,
        unnamed: &made.unnamed,
        record,
    });
    Ok(status)
}

/// The status is 0 when one record is proven, 1 when several contradict each other, 3 when nothing is known.
fn proved(arguments: &Prove, output: &Output) -> Result<u8> {
    let root: Option<EvidenceDigest> =
        arguments.root.as_deref().map(str::parse).transpose().map_err(|error: Error| {
            Error { at: Some("--root".into()), ..error }.help("give the root as `fleet seal` printed it")
        })?;
    let run = Run::open(&Location::parse(&arguments.run)?)?;
    let found = prove(&run, arguments.sealed.as_deref(), &arguments.model, root)?;
    let (outcome, proofs, shard) = match &found {
        Proved::Records(proofs) => {
            // The same name in two sources is two models.
            let contradicts = proofs.iter().any(|one| {
                proofs.iter().any(|other| other.record.key == one.record.key && other.leaf != one.leaf)
            });
            (if contradicts { Outcome::Fail } else { Outcome::Pass }, proofs.as_slice(), None)
        }
        Proved::Unknown { shard } => (Outcome::Unknown, &[][..], Some(*shard)),
        Proved::NotPlanned => (Outcome::Missing, &[][..], None),
    };
    let model = screen(&arguments.model);
    let mut human = match (outcome, shard) {
        (Outcome::Pass, _) => format!("✓ proven  {model}\n"),
        (Outcome::Fail, _) => format!("✗ contradicted  {model}: its records say different things\n"),
        (_, Some(shard)) => {
            format!("? unknown  {model}: shard {shard} was missing when the run was sealed\n")
        }
        _ => format!("? missing  {model}: the plan has no model of that name\n"),
    };
    for proof in proofs {
        let record = &proof.record;
        human.push_str(&format!(
            "  outcome      {}; {} at {}\n  record       {} of {}, {}\n",
            record.outcome.word(),
            record.decision.word(),
            screen(&run.plan.question.stage),
            proof.index,
            proof.records,
            proof.leaf
        ));
        for (level, hash) in proof.path.iter().enumerate() {
            human.push_str(&format!("  {level:>4}         {hash}\n"));
        }
        human.push_str(&format!("  root         {}\n", proof.root));
    }
    output.print(&human, || FleetProveDocument { schema: names::FleetProve, outcome, proofs, shard });
    Ok(match outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        _ => 3,
    })
}
