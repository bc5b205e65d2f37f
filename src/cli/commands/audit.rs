//! `audit`: evidence packs, made in a workspace and checked anywhere.

use crate::cli::common::Common;
use crate::cli::interrupt::{Work, guarded};
use crate::cli::links;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::cli::signer::StatementSigner;
use crate::cli::vouchers::Vouchers;
use crate::clock::this_second;
use crate::disk::{self, check_writable, name, write_beside};
use crate::documents::{AuditPackDocument, AuditVerifyDocument, MaturityReportDocument, ReportAbout, names};
use crate::dossier::Dossier;
use crate::error::{Code, Error, Result};
use crate::forms::{Form, ReportFile, report};
use crate::inventory::ModelId;
use crate::inventory::export::{CycloneDx, Entry, cyclonedx};
use crate::lineage::shown;
use crate::pack::{Archive, FinishedPack, MemberKind, Pack, check_pack};
use crate::report::{checked_pack, pack_readme};
use crate::signing::{Outcome, Progress};
use crate::text::{count, screen, size};
use crate::view::SurveyOf;
use crate::workbench::{GatheredPack, Workbench};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// The forms in which the report goes into a pack.
const REPORTS: [Form; 4] = [Form::Markdown, Form::Html, Form::Json, Form::Csv];

/// The commands of `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    Pack(Box<PackArguments>),
    Verify {
        /// The pack
        file: PathBuf,
        #[command(flatten)]
        vouchers: Vouchers,
    },
}

/// The arguments of `audit pack`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct PackArguments {
    /// How to sign it; the default is an unsigned pack
    #[command(subcommand)]
    signer: Option<StatementSigner<What>>,
    #[command(flatten)]
    what: What,
}

/// What goes into a pack, and where it goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct What {
    /// The models' ids [default: all models]
    models: Vec<String>,
    /// Judge for this stage [default: the workspace's]
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// Write the pack to this file
    #[arg(long, short, value_name = "FILE", required = true)]
    out: Option<PathBuf>,
    /// Replace a file of that name
    #[arg(long)]
    force: bool,
    /// Leave out this kind of members, or this member (repeat): only its digest stays
    #[arg(long, value_name = "KIND|MEMBER")]
    redact: Vec<String>,
}

pub(super) fn run(command: &AuditCommand, common: &Common, output: &Output) -> Result<u8> {
    match command {
        AuditCommand::Pack(arguments) => guarded(output, |work| pack(arguments, common, (output, work))),
        AuditCommand::Verify { file, vouchers } => verify(file, vouchers, common, output),
    }
}

fn pack(arguments: &PackArguments, common: &Common, (output, work): (&Output, &Work<'_>)) -> Result<u8> {
    let what = arguments.signer.as_ref().map_or(&arguments.what, StatementSigner::to);
    let file = what.out.as_deref().ok_or_else(|| {
        Error::new(Code::Usage, "it is not said where the pack goes").help("name the file with --out")
    })?;
    if !what.force && std::fs::symlink_metadata(file).is_ok() {
        return Err(taken(file));
    }
    check_writable(file)?;
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let ids = what.models.iter().map(|name| {
        let index = find(&view, name)?;
        view.models
            .get(index)
            .map(|model| model.id.clone())
            .ok_or_else(|| Error::new(Code::NotFound, "no such model"))
    });
    let ids: Vec<ModelId> = ids.collect::<Result<_>>()?;
    let mut gathered = workbench.gather_pack(&ids, what.stage.as_deref(), work.progress())?;
    add_reports(&workbench, &mut gathered, work.progress())?;
    // Who signs may be asked for something.
    work.hush();
    let GatheredPack { view, models, mut pack, records, unproven } = gathered;
    let (at, stage) = (view.at, view.stage.as_str());
    let readme = pack_readme(&pack, (at, stage), PROGRAM);
    pack.add(MemberKind::Readme, "README.md", readme.into_bytes())?;
    let mut finished = pack.finished((at, stage), PROGRAM, &what.redact)?;
    let signed = match &arguments.signer {
        Some(signer) => Some(signer.sign(&finished.manifest.statement()?, this_second(), output)?),
        None => None,
    };
    if let Some(signed) = &signed {
        finished.sign(signed.bundle.clone());
    }
    let bytes = write(&finished, file, what.force, work)?;
    let manifest = &finished.manifest;
    let redacted: Vec<&str> =
        manifest.members.iter().filter(|member| member.redacted).map(|member| member.name.as_str()).collect();
    let mut human = format!(
        "✓ written  {}  {}, {}, {}\n  digest       {}\n  judged       as of {at} for the stage {}\n",
        links::file(file),
        count(models.len(), "model"),
        count(manifest.members.len(), "member"),
        size(bytes),
        finished.digest,
        screen(stage),
    );
    match &signed {
        Some(signed) => human.push_str(&format!("  signed by    {}\n", signed.signer.screen())),
        None => human.push_str("  ! not signed; see `touchmark audit pack --help`\n"),
    }
    human.push_str(signed.as_ref().and_then(|signed| signed.told.as_deref()).unwrap_or_default());
    if !redacted.is_empty() {
        human.push_str(&format!("  left out     {}\n", count(redacted.len(), "member")));
    }
    if unproven > 0 {
        human.push_str(&format!(
            "  ! no checkpoint stands for {unproven} of {}: run `touchmark ledger checkpoint key` before\n",
            count(records, "record")
        ));
    }
    output.print(&human, || AuditPackDocument {
        schema: names::AuditPack,
        file: file.to_string_lossy(),
        digest: finished.digest,
        bytes,
        at,
        stage,
        models: models.len(),
        members: manifest.members.len(),
        redacted,
        records,
        unproven,
        signer: signed.as_ref().map(|signed| &signed.signer),
        signed_at: signed.as_ref().and_then(|signed| signed.at),
    });
    Ok(0)
}

/// Adds the report on the models, in its forms, and their bill of materials.
fn add_reports(workbench: &Workbench, gathered: &mut GatheredPack, progress: &Progress) -> Result<()> {
    let (view, models) = (&*gathered.view, gathered.models.as_slice());
    let pack = &mut gathered.pack;
    match models {
        [index] => {
            let id = view.models.get(*index).map(|model| model.id.clone());
            let reviews = id.map(|id| workbench.review_history(&id)).transpose()?.unwrap_or_default();
            let dossier = Dossier::of(view, *index, reviews)?;
            let document = MaturityReportDocument::of_model(&dossier);
            add_forms(&ReportFile { view, document, models }, pack, progress)?;
        }
        _ => {
            let of = SurveyOf { rows: Some(models), ..SurveyOf::default() };
            let survey = view.survey_on_evidence(&SurveyOf { progress: Some(progress), ..of })?;
            let about = ReportAbout::Inventory(&view.workspace.name);
            let excepted = view.exceptions_of(models.iter().copied());
            let figures = (&survey, excepted.as_slice());
            let which = "models of this pack";
            let document = MaturityReportDocument::of_models(view, about, which, models, figures, progress)?;
            add_forms(&ReportFile { view, document, models }, pack, progress)?;
        }
    }
    let known: Vec<_> = models
        .iter()
        .filter_map(|index| Some((shown(&view.graph, view.models.get(*index)?), view.proof(*index))))
        .collect();
    let entries: Vec<Entry<'_>> =
        known.iter().map(|(model, proof)| Entry { model, proof: proof.clone() }).collect();
    let bill = crate::json::to_string(&cyclonedx(&entries, CycloneDx::V1_7, view.at)).map_err(|cause| {
        Error::new(Code::Internal, format!("the bill of materials cannot be written as JSON ({cause})"))
    })?;
    pack.add(MemberKind::Bill, "models.cdx.json", bill.into_bytes()).map(drop)
}

fn add_forms(file: &ReportFile<'_>, pack: &mut Pack, progress: &Progress) -> Result<()> {
    for form in REPORTS {
        let mut bytes = Vec::new();
        report(file, form, &mut |piece| {
            bytes.extend_from_slice(piece);
            progress.check()
        })?;
        pack.add(MemberKind::Report, &format!("maturity.{}", form.extension()), bytes)?;
    }
    Ok(())
}

fn write(finished: &FinishedPack, file: &Path, force: bool, work: &Work<'_>) -> Result<u64> {
    let failed = |cause: std::io::Error| Error::write(file, &cause);
    let mut draft = work.draft(|| write_beside(file, &[], 0o666), |draft| draft.path())?;
    finished.write(draft.as_file_mut()).map_err(failed)?;
    draft.as_file().sync_all().map_err(failed)?;
    let bytes = draft.as_file().metadata().map_err(failed)?.len();
    work.named(|| {
        name(draft, file, force).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::AlreadyExists => taken(file),
            _ => failed(cause),
        })
    })?;
    Ok(bytes)
}

fn taken(file: &Path) -> Error {
    Error::new(Code::Usage, "a file or folder of that name already exists")
        .at_path(file)
        .help("name another file, or replace it with --force; nothing was changed")
}

/// The status is 0 when all of it was checked, fits and is signed by somebody who counts; 1 when something does not
/// fit; 3 when something could not be checked, or nobody who counts signed.
fn verify(file: &Path, vouchers: &Vouchers, common: &Common, output: &Output) -> Result<u8> {
    let trust = vouchers.trust()?.unwrap_or_default();
    let (opened, metadata) = disk::open(file).map_err(|why| why.error(file))?;
    let archive = Archive::open(opened, metadata.len()).map_err(|error| at(error, file))?;
    let checked = check_pack(&archive, &trust, common.now()).map_err(|error| at(error, file))?;
    output.print(&checked_pack(&checked, &file.to_string_lossy()), || AuditVerifyDocument::of(&checked));
    Ok(match checked.outcome() {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        _ => 3,
    })
}

/// In which pack; where it names a member, that stays.
fn at(error: Error, file: &Path) -> Error {
    match &error.at {
        None => error.at_path(file),
        Some(member) => {
            let place = format!("{}, {}", file.to_string_lossy(), member.raw());
            error.at(place)
        }
    }
}
