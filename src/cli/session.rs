//! A command's session with a workspace: open it, find a model in it, do a job to its end. It knows no command.

use super::common::Common;
use super::flags::{Location, Part};
use super::output::Output;
use super::progress::watched;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::text::{nearest, screen};
use crate::view::View;
use crate::workbench::{Job, JobKind, JobState, OpenOptions, Workbench};
use std::path::{Path, PathBuf};

/// How the workspace is to be opened.
pub(super) fn options(common: &Common) -> OpenOptions {
    OpenOptions {
        dir: common.workspace.clone(),
        at: common.at,
        read_only: common.read_only,
        policy: common.policy.clone(),
        ..OpenOptions::default()
    }
}

/// Opens the workspace.
///
/// # Errors
/// As [`Workbench::open`].
pub(super) fn open(common: &Common) -> Result<Workbench> {
    Workbench::open(&options(common))
}

/// Opens the workspace to show what its policy makes of the models.
///
/// # Errors
/// As [`Workbench::open`]; `E-CONFIG` when the policy is not valid: no other takes its place.
pub(super) fn open_to_judge(common: &Common) -> Result<Workbench> {
    let workbench = open(common)?;
    workbench.valid_policy()?;
    Ok(workbench)
}

/// Opens the workspace for a dry run, which also works where nothing can be written.
///
/// # Errors
/// As [`Workbench::open`].
pub(super) fn open_to_try(common: &Common) -> Result<Workbench> {
    Workbench::open(&OpenOptions { may_be_unwritable: true, ..options(common) })
}

/// The same; of several folders that come to one name the one at `location` counts, and of a model only `part` is
/// verified.
///
/// # Errors
/// As [`open_to_judge`], and [`Part::only`].
pub(super) fn open_at(common: &Common, location: &Location, part: &Part) -> Result<Workbench> {
    let (location, only) = (location.location.clone(), part.only()?);
    let workbench = Workbench::open(&OpenOptions { location, only, ..options(common) })?;
    workbench.valid_policy()?;
    Ok(workbench)
}

/// As [`find`], where the model has to lie at `location`, if one is given.
///
/// # Errors
/// As [`find`].
pub(super) fn find_at(view: &View, name: &str, location: &Location) -> Result<usize> {
    let index = find(view, name)?;
    let Some(wanted) = &location.location else { return Ok(index) };
    let place = view.models.get(index).and_then(|model| model.location.as_ref());
    let place = place.and_then(|place| view.workspace.root.join(place).canonicalize().ok());
    if place.is_some() && place == wanted.canonicalize().ok() {
        return Ok(index);
    }
    Err(Error::new(Code::NotFound, "this model has no folder there")
        .at_path(wanted)
        .help("`touchmark show MODEL` names its folders"))
}

/// Opens the workspace to do what no policy decides. One that is not valid is told, and stops nobody.
///
/// # Errors
/// As [`Workbench::open`].
pub(super) fn open_to_browse(common: &Common, output: &Output) -> Result<Workbench> {
    let workbench = open(common)?;
    warn_of_policy(&workbench, output);
    Ok(workbench)
}

/// Says that the policy is not valid.
pub(super) fn warn_of_policy(workbench: &Workbench, output: &Output) {
    if let Err(error) = workbench.valid_policy() {
        output.note(&format!(
            "! {error}\n! nothing is judged until it is corrected: run `touchmark policy check`"
        ));
    }
}

/// Opens the workspace to scan it, which comes first: until then it shows nothing.
///
/// # Errors
/// As [`Workbench::open`].
pub(super) fn open_to_scan(common: &Common) -> Result<Workbench> {
    Workbench::open_unread(&options(common))
}

/// The model that a person means: by its id, its place, or a last part of its name that only one model has.
///
/// # Errors
/// `E-NOT-FOUND`, with the name that comes nearest.
pub(super) fn find(view: &View, name: &str) -> Result<usize> {
    if let Some((index, _)) = view.model(&ModelId::new(name)) {
        return Ok(index);
    }
    let root = &view.workspace.root;
    if let Ok(wanted) = Path::new(name).canonicalize()
        && let Some(index) = view.models.iter().position(|model| {
            let twins = model.twins.iter().map(|twin| &twin.location);
            let is_wanted =
                |place: &PathBuf| root.join(place).canonicalize().is_ok_and(|place| place == wanted);
            model.location.iter().chain(twins).any(is_wanted)
        })
    {
        return Ok(index);
    }
    // A last name part that only one model has is enough.
    let id = ModelId::new(name);
    let tail = format!("/{}", id.raw());
    let mut matching = view.models.iter().enumerate().filter(|(_, model)| model.id.raw().ends_with(&tail));
    match (matching.next(), matching.next()) {
        (Some((index, _)), None) => Ok(index),
        _ => {
            let known: Vec<&str> = view.models.iter().map(|model| model.id.raw()).collect();
            let error = no_such_model(name);
            Err(match nearest(id.raw(), &known) {
                Some(near) => error
                    .help(format!("did you mean `{}`? `touchmark list` shows the inventory", screen(near))),
                None => error,
            })
        }
    }
}

/// An error for a name that is neither in the inventory nor on disk.
pub(super) fn no_such_model(name: &str) -> Error {
    Error::new(Code::NotFound, "neither a model of the inventory nor a file or folder")
        .at(name)
        .help("`touchmark list` shows the inventory")
}

/// Says, to whoever wants to hear more, why no digest is remembered.
pub(super) fn remark(workbench: &Workbench, common: &Common, output: &Output) {
    if let Some(fault) = workbench.cache_fault().filter(|_| common.says_more()) {
        output.note(&format!("! digests are not remembered: {fault}"));
    }
}

/// Runs a job to its end.
///
/// # Errors
/// The job's own; `E-CANCELLED` when it was stopped.
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

/// Runs a job to its end and tells what it could not look at.
///
/// # Errors
/// As [`finish`].
pub(super) fn wait(workbench: &Workbench, kind: JobKind, output: &Output) -> Result<()> {
    let job = finish(workbench, kind, output)?;
    for line in &job.log {
        if line.starts_with('?') {
            output.note(line);
        }
    }
    Ok(())
}
