//! A report on its way out: which files it goes to and in which forms; all of them are written, or none. It knows no
//! report.

use crate::cli::forms::of_reports_over_time;
use crate::cli::interrupt::Work;
use crate::cli::links;
use crate::cli::output::{Output, folder_is_there};
use crate::disk::{folder_beside, folder_of, name, name_folder, write_beside};
use crate::documents::{ReportWrittenDocument, WrittenReport, names};
use crate::error::{Code, Error, Result};
use crate::forms::Form;
use crate::store::EvidenceDigest;
use crate::text::{screen, size};
use aws_lc_rs::digest::{Context, SHA256};
use clap::Args;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// What a command line says of where a report goes.
pub(super) struct Asked<'a> {
    /// The files; `-` is standard output.
    pub out: &'a [PathBuf],
    /// The form of what goes to standard output, and of files whose ending says nothing.
    pub form: Option<Form>,
    /// Whether files of these names are replaced.
    pub force: bool,
    /// The forms that the report has.
    pub forms: &'static [Form],
}

/// The arguments that say where a report goes whose forms are the usual ones.
#[derive(Debug, Args)]
pub(crate) struct Written {
    /// Write to this file (repeat); its ending says the form: .md, .html, .pdf, .json, .csv or .txt. `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Form of what goes to standard output, and of files whose ending says nothing
    #[arg(long = "as", value_name = "FORM", value_parser = of_reports_over_time())]
    form: Option<Form>,
    /// Replace files of these names
    #[arg(long, requires = "out")]
    force: bool,
}

impl Written {
    /// The same for a report that has these forms.
    pub(super) fn asked(&self, forms: &'static [Form]) -> Asked<'_> {
        Asked { out: &self.out, form: self.form, force: self.force, forms }
    }
}

/// A report that can be written.
pub(super) trait Product {
    /// Makes it in a form, piece by piece.
    ///
    /// # Errors
    /// What making it gives, and what `out` gives.
    fn make(&self, form: Form, out: Take<'_>) -> Result<()>;

    /// The files of the form that is a folder.
    fn members(&self) -> Vec<Member<'_>> {
        Vec::new()
    }
}

/// A file of a folder.
pub(super) struct Member<'a> {
    /// Its name.
    pub name: &'static str,
    /// Makes it.
    pub make: Box<dyn Fn(Take<'_>) -> Result<()> + 'a>,
}

/// Where a report goes.
pub(super) struct Target<'a> {
    /// The file; none for standard output.
    file: Option<&'a Path>,
    form: Form,
}

fn is_dash(file: &Path) -> bool {
    file.as_os_str() == "-"
}

impl Asked<'_> {
    /// Whether nothing is said of where it goes and in which form.
    pub(super) fn is_plain(&self) -> bool {
        self.out.is_empty() && self.form.is_none()
    }

    /// Whether the report goes to standard output: cut short, it must not be taken for whole.
    pub(super) fn is_product(&self) -> bool {
        self.out.iter().any(|file| is_dash(file)) || self.out.is_empty() && self.form.is_some()
    }
}

/// What is to be written, known before anything is made.
///
/// # Errors
/// `E-USAGE` for a form that the report does not have, a file that is named twice or is there already; `E-WRITE` for a
/// folder that is not there.
pub(super) fn targets<'a>(arguments: &Asked<'a>) -> Result<Vec<Target<'a>>> {
    if let Some(form) = arguments.form.filter(|form| !arguments.forms.contains(form)) {
        let known: Vec<&str> = arguments.forms.iter().map(|form| form.name()).collect();
        return Err(Error::new(Code::Usage, format!("this has no form {}", form.name()))
            .help(format!("its forms are {}", known.join(", "))));
    }
    let mut targets: Vec<Target<'_>> = Vec::new();
    for file in arguments.out {
        let target = match is_dash(file) {
            true => Target { file: None, form: arguments.form.unwrap_or(Form::Text) },
            false => Target { file: Some(file), form: form_of(file, arguments)? },
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
        folder_is_there(file)?;
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
fn form_of(file: &Path, arguments: &Asked<'_>) -> Result<Form> {
    let ending = file.file_name().and_then(|name| Form::of_name(&name.to_string_lossy()));
    let ending = ending.filter(|form| arguments.forms.contains(form));
    match (ending, arguments.form) {
        (Some(ending), Some(asked)) if !asked.may_end_as(ending) => Err(Error::new(
            Code::Usage,
            format!("the ending stands for {}, and --as asks for {}", ending.name(), asked.name()),
        )
        .at_path(file)
        .help("leave out --as, or change the ending")),
        (_, Some(form)) | (Some(form), None) => Ok(form),
        (None, None) => {
            let endings = arguments.forms.iter().filter(|form| !form.is_folder());
            let endings: Vec<String> = endings.map(|form| format!(".{}", form.extension())).collect();
            let help = format!("end the name with one of {}, or name the form with --as", endings.join(", "));
            Err(Error::new(Code::Usage, "the ending does not say which form the report has")
                .at_path(file)
                .help(help))
        }
    }
}

/// Prints the report, or writes its files: all of them, or none.
///
/// # Errors
/// `E-WRITE`, `E-USAGE`; `E-CANCELLED` when somebody asked to stop; what the report gives.
pub(super) fn write(
    file: &dyn Product,
    arguments: &Asked<'_>,
    targets: &[Target<'_>],
    (output, work): (&Output, &Work<'_>),
) -> Result<u8> {
    if targets.is_empty() {
        work.hush();
        match arguments.form {
            None if output.is_json() => print(file, Form::Json, output)?,
            form => print(file, form.unwrap_or(Form::Text), output)?,
        }
        return Ok(0);
    }
    let drafts = targets
        .iter()
        .filter_map(|target| Some(draft(file, target.file?, target.form, work)))
        .collect::<Result<Vec<_>>>()?;
    let written = work.named(|| {
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
        Ok(written)
    })?;
    work.hush();
    let is_noted = targets.iter().any(|target| target.file.is_none());
    let shown = if is_noted { links::noted } else { links::file };
    let line = |report: &WrittenReport<'_>| {
        let (path, form) =
            (shown(Path::new(&*report.file)), Form::of_word(report.form).map_or("", Form::name));
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

fn print(file: &dyn Product, form: Form, output: &Output) -> Result<()> {
    if form == Form::Pdf && io::stdout().is_terminal() {
        return Err(
            Error::new(Code::Usage, "a terminal does not show a PDF").help("name a file with --out FILE")
        );
    }
    file.make(form, &mut |piece| {
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

fn draft<'a>(file: &dyn Product, path: &'a Path, form: Form, work: &Work<'_>) -> Result<Draft<'a>> {
    if !form.is_folder() {
        let (draft, bytes, sha256) = filled_draft(path, work, &mut |out| file.make(form, out))?;
        let files = vec![written(path.to_string_lossy(), form, bytes, sha256)];
        return Ok(Draft { draft: Unnamed::File(draft), path, files });
    }
    let folder = work.draft(|| folder_beside(path), TempDir::path)?;
    let mut files = Vec::new();
    for member in file.members() {
        let inside = folder.path().join(member.name);
        let (draft, bytes, sha256) = filled_draft(&inside, work, &mut |out| (member.make)(out))?;
        name(draft, &inside, false).map_err(|cause| Error::write(&inside, &cause))?;
        let place = path.join(member.name).to_string_lossy().into_owned();
        files.push(written(place.into(), form, bytes, sha256));
    }
    Ok(Draft { draft: Unnamed::Folder(folder), path, files })
}

fn written(file: Cow<'_, str>, form: Form, bytes: u64, sha256: EvidenceDigest) -> WrittenReport<'_> {
    WrittenReport { file, form: form.row().map_or("", |row| row.word), bytes, sha256 }
}

/// Takes the pieces of a file, one after the other.
pub(super) type Take<'t> = &'t mut dyn FnMut(&[u8]) -> Result<()>;

/// What `make` hands on, in a file beside `path`, with its length and its digest.
fn filled_draft(
    path: &Path,
    work: &Work<'_>,
    make: &mut dyn FnMut(Take<'_>) -> Result<()>,
) -> Result<(NamedTempFile, u64, EvidenceDigest)> {
    let failed = |cause: io::Error| Error::write(path, &cause);
    let mut draft = work.draft(|| write_beside(path, &[], 0o666), |draft| draft.path())?;
    let (mut digest, mut bytes) = (Context::new(&SHA256), 0_u64);
    let mut out = BufWriter::new(draft.as_file_mut());
    make(&mut |piece| {
        work.progress().check()?;
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
