//! `report`: what is known, as a file for people who do not run this program. Nothing is verified for it: it says what
//! is on record, and what nobody looked at.

use super::forecast::{self, Forecast};
use super::trend::{self, Trend};
use crate::cli::common::Common;
use crate::cli::forms::of_reports;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::disk::{folder_beside, folder_of, name, name_folder, write_beside};
use crate::documents::{MaturityReportDocument, ReportAbout, ReportWrittenDocument, WrittenReport, names};
use crate::dossier::Dossier;
use crate::error::{Code, Error, Result};
use crate::forms::{FORMS_OF_REPORTS, Form, OSCAL_FILES, ReportFile, has_oscal, oscal, report};
use crate::inventory::ModelId;
use crate::store::EvidenceDigest;
use crate::text::{Untrusted, nearest, screen, size};
use crate::view::{SurveyOf, View, publisher};
use crate::workbench::Workbench;
use aws_lc_rs::digest::{Context, SHA256};
use clap::{Args, Subcommand};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// The commands of `report`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    Maturity(Maturity),
    Forecast(Forecast),
    Trend(Trend),
}

/// The arguments of `report maturity`.
#[derive(Debug, Args)]
pub(crate) struct Maturity {
    /// The model's id [default: the whole inventory]
    model: Option<String>,
    /// Report on all models of this producer
    #[arg(long, value_name = "NAME", conflicts_with = "model")]
    producer: Option<String>,
    /// Write to this file (repeat); its ending says the form: .md, .html, .pdf, .json, .csv,
    /// .sarif, .xml (JUnit), .cdx.json or .txt. `-` is standard output.
    /// With --as oscal: a new or empty folder
    #[arg(long, short, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Form of what goes to standard output, and of files whose ending says nothing
    #[arg(long = "as", value_name = "FORM", value_parser = of_reports())]
    form: Option<Form>,
    /// Replace files of these names
    #[arg(long, requires = "out")]
    force: bool,
}

impl ReportCommand {
    /// Whether the report goes to standard output: cut short, it must not be taken for whole.
    pub(super) fn is_product(&self) -> bool {
        let ReportCommand::Maturity(Maturity { out, form, .. }) = self else { return false };
        out.iter().any(|file| is_dash(file)) || out.is_empty() && form.is_some()
    }
}

pub(super) fn run(command: &ReportCommand, common: &Common, output: &Output) -> Result<u8> {
    let arguments = match command {
        ReportCommand::Maturity(arguments) => arguments,
        ReportCommand::Forecast(arguments) => return forecast::run(arguments, common, output),
        ReportCommand::Trend(arguments) => return trend::run(arguments, common, output),
    };
    let targets = targets(arguments)?;
    let workbench = open_to_judge(common)?;
    match (&arguments.model, &arguments.producer) {
        (Some(model), _) => of_model(&workbench, model, arguments, &targets, output),
        (None, producer) => of_models(&workbench, producer.as_deref(), arguments, &targets, output),
    }
}

fn of_model(
    workbench: &Workbench,
    name: &str,
    arguments: &Maturity,
    targets: &[Target<'_>],
    output: &Output,
) -> Result<u8> {
    let view = workbench.view();
    let asked = view.models.get(find(&view, name)?).map(|model| model.id.clone());
    workbench.look_again(asked.as_slice())?;
    let view = workbench.view();
    let index = find(&view, name)?;
    let reviews = asked.as_ref().map(|id| workbench.review_history(id)).transpose()?.unwrap_or_default();
    let dossier = Dossier::of(&view, index, reviews)?;
    let models = [index];
    let file =
        ReportFile { view: &view, document: MaturityReportDocument::of_model(&dossier), models: &models };
    write(&file, arguments, targets, output)
}

fn of_models(
    workbench: &Workbench,
    producer: Option<&str>,
    arguments: &Maturity,
    targets: &[Target<'_>],
    output: &Output,
) -> Result<u8> {
    let view = workbench.view();
    let models: Vec<usize> = match producer {
        None => (0..view.models.len()).collect(),
        Some(name) => models_of(&view, name)?,
    };
    let survey = view.survey_on_evidence(&SurveyOf { rows: Some(&models), ..SurveyOf::default() })?;
    let name = producer.map(|name| Untrusted::new(ModelId::new(name).raw()));
    let (about, filter) = match &name {
        None => (ReportAbout::Inventory(&view.workspace.name), "all models".to_owned()),
        Some(name) => (ReportAbout::Producer(name), format!("models of the producer {}", name.raw())),
    };
    let excepted = view.exceptions_of(models.iter().copied());
    let figures = (&survey, excepted.as_slice());
    let document = MaturityReportDocument::of_models(&view, about, &filter, &models, figures)?;
    write(&ReportFile { view: &view, document, models: &models }, arguments, targets, output)
}

/// The models of a producer, by their indices.
fn models_of(view: &View, name: &str) -> Result<Vec<usize>> {
    let wanted = ModelId::new(name);
    let of = |index: &usize| view.models.get(*index).and_then(publisher);
    let is_theirs = |index: &usize| of(index).is_some_and(|known| ModelId::new(&known) == wanted);
    let found: Vec<usize> = (0..view.models.len()).filter(is_theirs).collect();
    if found.is_empty() {
        let known: BTreeSet<String> =
            (0..view.models.len()).filter_map(|index| Some(of(&index)?.into_owned())).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let error = Error::new(Code::NotFound, "no model of the inventory is by this producer").at(name);
        return Err(match nearest(wanted.raw(), &known) {
            Some(near) => error.help(format!("did you mean `{}`?", screen(near))),
            None => error.help("a producer is the part of a model's name before the first slash"),
        });
    }
    Ok(found)
}

/// Where a report goes.
struct Target<'a> {
    /// The file; none for standard output.
    file: Option<&'a Path>,
    form: Form,
}

fn is_dash(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// What is to be written, known before anything is made.
fn targets(arguments: &Maturity) -> Result<Vec<Target<'_>>> {
    let mut targets: Vec<Target<'_>> = Vec::new();
    for file in &arguments.out {
        let target = match is_dash(file) {
            true => Target { file: None, form: arguments.form.unwrap_or(Form::Text) },
            false => Target { file: Some(file), form: form_of(file, arguments.form)? },
        };
        if target.form.is_folder() && target.file.is_none() {
            return Err(folder_wanted());
        }
        if targets.iter().any(|known| known.file == target.file) {
            return Err(twice(file));
        }
        targets.push(target);
    }
    if targets.is_empty() && arguments.form.is_some_and(Form::is_folder) {
        return Err(folder_wanted());
    }
    let mut places = BTreeSet::new();
    for (file, form) in targets.iter().filter_map(|target| Some((target.file?, target.form))) {
        if let Some(folder) = Some(folder_of(file)).filter(|folder| !folder.is_dir()) {
            return Err(Error::new(Code::Write, "the folder does not exist")
                .at_path(folder)
                .help("make it first, or name another one"));
        }
        // `a.md` and `./a.md` are one file: the second report would take the place of the first.
        if !places.insert(place(file)) {
            return Err(twice(file));
        }
        match std::fs::symlink_metadata(file) {
            Ok(metadata) if form.is_folder() => match metadata.is_dir() && is_empty(file)? {
                true => {}
                false => return Err(filled(file)),
            },
            Ok(metadata) if !arguments.force || metadata.is_dir() => return Err(taken(file)),
            _ => {}
        }
    }
    Ok(targets)
}

fn twice(file: &Path) -> Error {
    Error::new(Code::Usage, "this file is named twice").at_path(file).help("name it once")
}

/// Where a file lies, however its folder is written.
fn place(file: &Path) -> PathBuf {
    let folder = folder_of(file).canonicalize().unwrap_or_else(|_| folder_of(file).to_owned());
    folder.join(file.file_name().unwrap_or_default())
}

fn taken(file: &Path) -> Error {
    Error::new(Code::Usage, "a file or folder of that name already exists")
        .at_path(file)
        .help("name another file, or replace it with --force; nothing was changed")
}

fn is_empty(folder: &Path) -> Result<bool> {
    let mut entries = std::fs::read_dir(folder).map_err(|cause| Error::read(folder, &cause))?;
    Ok(entries.next().is_none())
}

fn filled(folder: &Path) -> Error {
    Error::new(Code::Usage, "there is something of that name already, and it is not an empty folder")
        .at_path(folder)
        .help("name a folder that does not exist yet; nothing was changed")
}

fn folder_wanted() -> Error {
    Error::new(Code::Usage, "OSCAL is several files").help("name a new folder for them with --out FOLDER")
}

/// The form of a file, by its ending, or else as it was asked for.
fn form_of(file: &Path, asked: Option<Form>) -> Result<Form> {
    let ending = file.file_name().and_then(|name| Form::of_name(&name.to_string_lossy()));
    let ending = ending.filter(|form| FORMS_OF_REPORTS.contains(form));
    match (ending, asked) {
        (Some(ending), Some(asked)) if !asked.may_end_as(ending) => Err(Error::new(
            Code::Usage,
            format!("the ending stands for {}, and --as asks for {}", ending.name(), asked.name()),
        )
        .at_path(file)
        .help("leave out --as, or change the ending")),
        (_, Some(form)) | (Some(form), None) => Ok(form),
        (None, None) => Err(Error::new(Code::Usage, "the ending does not say which form the report has")
            .at_path(file)
            .help("end the name with .md, .html, .pdf, .json, .csv, .sarif, .xml, .cdx.json or .txt, or name the form with --as")),
    }
}

/// Prints the report, or writes its files: all of them, or none.
fn write(file: &ReportFile<'_>, arguments: &Maturity, targets: &[Target<'_>], output: &Output) -> Result<u8> {
    if targets.is_empty() {
        match arguments.form {
            None if output.is_json() => output.document(&file.document),
            form => print(file, form.unwrap_or(Form::Text), output)?,
        }
        return Ok(0);
    }
    let drafts = targets
        .iter()
        .filter_map(|target| Some(draft(file, target.file?, target.form)))
        .collect::<Result<Vec<_>>>()?;
    let (mut written, mut named): (Vec<WrittenReport<'_>>, Vec<&Path>) = Default::default();
    for Draft { draft, path, files } in drafts {
        let done = match draft {
            Unnamed::File(draft) => name(draft, path, arguments.force),
            Unnamed::Folder(draft) => name_folder(draft, path),
        };
        if let Err(cause) = done {
            return Err(unnamed(path, &cause, &named, arguments.force));
        }
        named.push(path);
        written.extend(files);
    }
    let line = |report: &WrittenReport<'_>| {
        let (path, form) = (screen(&report.file), Form::of_word(report.form).map_or("", Form::name));
        format!("✓ written  {path}  {form}, {}\n  sha256   {}\n", size(report.bytes), report.sha256)
    };
    let human: String = written.iter().map(line).collect();
    match targets.iter().find(|target| target.file.is_none()) {
        Some(target) => {
            output.note(human.trim_end());
            print(file, target.form, output)?;
        }
        None => {
            output.print(&human, || ReportWrittenDocument { schema: names::ReportWritten, files: written })
        }
    }
    Ok(0)
}

/// A file got no name after others had theirs. Those are taken back; what replaced a file cannot be, and is listed.
fn unnamed(path: &Path, cause: &io::Error, named: &[&Path], replacing: bool) -> Error {
    let stays = |file: &&&Path| match file.is_dir() {
        true => std::fs::remove_dir_all(file).is_err(),
        false => replacing || std::fs::remove_file(file).is_err(),
    };
    let left: Vec<String> = named.iter().filter(stays).map(|file| screen(&file.to_string_lossy())).collect();
    let error = match cause.kind() {
        ErrorKind::AlreadyExists => taken(path),
        ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => filled(path),
        _ => Error::write(path, cause),
    };
    match left.is_empty() {
        true => error,
        false => error.help(format!("already written: {}", left.join(", "))),
    }
}

fn print(file: &ReportFile<'_>, form: Form, output: &Output) -> Result<()> {
    if form == Form::Pdf && io::stdout().is_terminal() {
        return Err(
            Error::new(Code::Usage, "a terminal does not show a PDF").help("name a file with --out FILE")
        );
    }
    report(file, form, &mut |piece| {
        output.made_bytes(piece);
        Ok(())
    })
}

/// What is written and has no name yet.
struct Draft<'a> {
    draft: Unnamed,
    path: &'a Path,
    /// The files, under the names that they will have.
    files: Vec<WrittenReport<'a>>,
}

enum Unnamed {
    File(NamedTempFile),
    Folder(TempDir),
}

fn draft<'a>(file: &ReportFile<'_>, path: &'a Path, form: Form) -> Result<Draft<'a>> {
    if !form.is_folder() {
        let (draft, bytes, sha256) = filled_draft(path, &mut |out| report(file, form, out))?;
        let files = vec![written(path.to_string_lossy(), form, bytes, sha256)];
        return Ok(Draft { draft: Unnamed::File(draft), path, files });
    }
    let folder = folder_beside(path)?;
    let mut files = Vec::new();
    for (model, file_name) in OSCAL_FILES.into_iter().filter(|(model, _)| has_oscal(file, *model)) {
        let inside = folder.path().join(file_name);
        let (draft, bytes, sha256) = filled_draft(&inside, &mut |out| oscal(file, model, out))?;
        name(draft, &inside, false).map_err(|cause| Error::write(&inside, &cause))?;
        let place = path.join(file_name).to_string_lossy().into_owned();
        files.push(written(place.into(), form, bytes, sha256));
    }
    Ok(Draft { draft: Unnamed::Folder(folder), path, files })
}

fn written(file: Cow<'_, str>, form: Form, bytes: u64, sha256: EvidenceDigest) -> WrittenReport<'_> {
    WrittenReport { file, form: form.row().map_or("", |row| row.word), bytes, sha256 }
}

/// Takes the pieces of a file, one after the other.
type Take<'t> = &'t mut dyn FnMut(&[u8]) -> Result<()>;

/// What `make` hands on, in a file beside `path`, with its length and its digest.
fn filled_draft(
    path: &Path,
    make: &mut dyn FnMut(Take<'_>) -> Result<()>,
) -> Result<(NamedTempFile, u64, EvidenceDigest)> {
    let failed = |cause: io::Error| Error::write(path, &cause);
    let mut draft = write_beside(path, &[], 0o666)?;
    let (mut digest, mut bytes) = (Context::new(&SHA256), 0_u64);
    let mut out = BufWriter::new(draft.as_file_mut());
    make(&mut |piece| {
        digest.update(piece);
        bytes += u64::try_from(piece.len()).unwrap_or_default();
        out.write_all(piece).map_err(failed)
    })?;
    out.flush().map_err(failed)?;
    drop(out);
    draft.as_file().sync_all().map_err(failed)?;
    let sha256 = <[u8; 32]>::try_from(digest.finish().as_ref()).map(EvidenceDigest);
    let sha256 = sha256.map_err(|_| Error::new(Code::Internal, "a digest has another length"))?;
    Ok((draft, bytes, sha256))
}
