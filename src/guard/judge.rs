//! Verifies models and decides about them as a gate does, for whoever opens their files. It knows no kernel.

use super::tree::files_below;
use super::watch::{Judged, Stamp, Unknown, Word};
use crate::decision::{Decision, Verdict};
use crate::error::{Error, Result};
use crate::inventory::{ModelId, parts};
use crate::policy::Moment;
use crate::report;
use crate::view::View;
use crate::words::{Face, reasons};
use crate::workbench::{Loadable, OpenOptions, Workbench};
use std::path::{Path, PathBuf};

/// What is guarded, and how.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Folders.
    pub dirs: Vec<PathBuf>,
    /// The stage.
    pub stage: String,
    /// Whether models with warnings may be opened.
    pub allow_warn: bool,
    /// Whether a model is verified only when somebody opens it.
    pub lazy: bool,
    /// Whether whole mounts are guarded.
    pub mount: bool,
    /// Whether nothing is refused.
    pub dry_run: bool,
    /// What holds for files of no model.
    pub unknown: Unknown,
    /// How long anybody waits, in milliseconds.
    pub patience: u64,
}

/// A model that is guarded at one place.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// Its id.
    pub id: ModelId,
    /// Its folder, or its files.
    pub parts: Vec<PathBuf>,
    /// Its folder or file, where it is one of several of that name.
    location: Option<PathBuf>,
}

/// Whoever decides.
pub struct Judge {
    options: OpenOptions,
    stage: String,
    allow_warn: bool,
    workbench: Workbench,
    models: Vec<Guarded>,
    /// Models below the folders whose files have other names there.
    left_out: Vec<ModelId>,
}

impl Judge {
    /// Opens the workspace.
    ///
    /// # Errors
    /// As [`Workbench::open`] and [`Workbench::valid_stage`].
    pub fn open(options: &OpenOptions, asked: &Asked) -> Result<Self> {
        let workbench = Workbench::open(options)?;
        workbench.valid_stage(&asked.stage, Moment::Load)?;
        let (models, left_out) = below(&workbench.view(), &asked.dirs);
        let (options, stage) = (options.clone(), asked.stage.clone());
        Ok(Judge { options, stage, allow_warn: asked.allow_warn, workbench, models, left_out })
    }

    /// The models below the folders.
    pub fn models(&self) -> &[Guarded] {
        &self.models
    }

    /// Models there that cannot be guarded.
    pub fn left_out(&self) -> &[ModelId] {
        &self.left_out
    }

    /// Verifies a model, decides and records that.
    pub fn decide(&self, model: usize) -> Judged {
        let Some(model) = self.models.get(model) else { return Judged::Changed };
        let before = stamps(model);
        let decided = self.gate(model);
        match (before, decided, stamps(model)) {
            (Ok(before), Ok((word, loadable)), Ok(after)) => {
                let unchanged = loadable.is_none_or(|loadable| loadable.unchanged().is_ok());
                if before == after && unchanged { Judged::Known(word, after) } else { Judged::Changed }
            }
            (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => Judged::Failed(failed(&error)),
        }
    }

    fn gate(&self, model: &Guarded) -> Result<(Word, Option<Loadable>)> {
        let asked = (self.stage.as_str(), Moment::Load);
        if model.location.is_none() {
            let (verdict, loadable) = self.workbench.gate_at(asked, &model.id, self.allow_warn)?;
            return Ok((word(&self.workbench.view(), &verdict, loadable.is_some()), loadable));
        }
        // Of several folders of one name this one is meant.
        let options = OpenOptions { location: model.location.clone(), ..self.options.clone() };
        let workbench = Workbench::open(&options)?;
        let (verdict, loadable) = workbench.gate_at(asked, &model.id, self.allow_warn)?;
        Ok((word(&workbench.view(), &verdict, loadable.is_some()), loadable))
    }
}

/// Models that lie below one of these folders, each of their places by itself; and those whose files are blobs.
fn below(view: &View, dirs: &[PathBuf]) -> (Vec<Guarded>, Vec<ModelId>) {
    let (mut guarded, mut left_out) = (Vec::new(), Vec::new());
    for model in view.models.iter() {
        let place = |location: &Path| {
            let place = view.workspace.root.join(location).canonicalize().ok()?;
            dirs.iter().any(|dir| place.starts_with(dir)).then_some(place)
        };
        let own = model.location.iter().filter_map(|location| Some((place(location)?, false)));
        let twins = model.twins.iter().filter_map(|twin| Some((place(&twin.location)?, true)));
        for (place, is_twin) in own.chain(twins) {
            match parts(&place) {
                Some(parts) => {
                    guarded.push(Guarded { id: model.id.clone(), parts, location: is_twin.then_some(place) })
                }
                None => left_out.push(model.id.clone()),
            }
        }
    }
    (guarded, left_out)
}

fn stamps(model: &Guarded) -> Result<Vec<Stamp>> {
    let mut stamps = Vec::new();
    for part in &model.parts {
        stamps.extend(files_below(part)?.files.into_iter().map(|(_, stamp)| stamp));
    }
    Ok(stamps)
}

fn word(view: &View, verdict: &Verdict, let_in: bool) -> Word {
    let case = report::case(view, verdict);
    let first = reasons::told(&case, Face::Text).into_iter().next();
    let (code, why, help) = first.map_or_else(Default::default, |first| {
        let code = first.codes.first().map(|code| (*code).to_owned()).unwrap_or_default();
        (code, first.text.raw().to_owned(), first.remedy)
    });
    let help = match (verdict.decision, help.is_empty()) {
        (Decision::Warn, true) => "start with --allow-warn if that is meant".to_owned(),
        _ => help,
    };
    Word { let_in, decision: verdict.decision.word().to_owned(), code, why, help }
}

/// What is said where nothing could be decided.
pub(super) fn failed(error: &Error) -> Word {
    let place = error.at.as_ref().map(|place| format!(": {}", place.raw())).unwrap_or_default();
    Word {
        let_in: false,
        decision: "unknown".to_owned(),
        code: error.code.as_str().to_owned(),
        why: format!("{}{place}", error.what),
        help: error.help.clone().unwrap_or_default(),
    }
}
