//! The scope of a report: which models it covers, and the stage that it judges for. It prints nothing.

use super::filtering;
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::cli::session::{find, options, warn_of_policy};
use crate::documents::ReportAbout;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::text::{Untrusted, nearest, screen};
use crate::view::forecast::Only;
use crate::view::{View, publisher};
use crate::workbench::{OpenOptions, Workbench};
use clap::Args;
use std::collections::BTreeSet;

/// The arguments that say what a report covers.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    /// Cover only the models that these words and terms find; `list --help` lists the terms
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// Cover only this model, what it derives from and what derives from it
    #[arg(long, value_name = "MODEL")]
    family: Option<String>,
    /// Judge for this stage [default: the workspace's]
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
}

/// The models that a report covers.
pub(super) struct Covered {
    /// By their indices, in ascending order.
    pub models: Vec<usize>,
    /// Which they are, in words.
    pub which: String,
    producer: Option<Untrusted>,
    is_part: bool,
}

impl Covered {
    /// What the report is about.
    pub(super) fn about<'a>(&'a self, view: &'a View) -> ReportAbout<'a> {
        match &self.producer {
            Some(name) => ReportAbout::Producer(name),
            None if self.is_part => ReportAbout::Part(&view.workspace.name),
            None => ReportAbout::Inventory(&view.workspace.name),
        }
    }
}

impl Scope {
    /// Opens the workspace, to judge for the stage.
    ///
    /// # Errors
    /// As [`Workbench::open`]; `E-CONFIG` when the policy is not valid.
    pub(super) fn open(&self, common: &Common) -> Result<Workbench> {
        let workbench = Workbench::open(&OpenOptions { stage: self.stage.clone(), ..options(common) })?;
        workbench.valid_policy()?;
        Ok(workbench)
    }

    /// Opens the workspace to read its records, whatever the policy says.
    ///
    /// # Errors
    /// As [`Workbench::open`].
    pub(super) fn browse(&self, common: &Common, output: &Output) -> Result<Workbench> {
        let workbench = Workbench::open(&OpenOptions { stage: self.stage.clone(), ..options(common) })?;
        warn_of_policy(&workbench, output);
        Ok(workbench)
    }

    /// The models of a view that it covers; of a producer, if one is named.
    ///
    /// # Errors
    /// `E-NOT-FOUND` for a producer or a model that is not there, and where nothing is left; `E-USAGE` when the filter is
    /// none.
    pub(super) fn models(&self, view: &View, producer: Option<&str>) -> Result<Covered> {
        let all: Vec<usize> = (0..view.models.len()).collect();
        let (mut models, mut words) = (all, Vec::new());
        if let Some(name) = producer {
            models = models_of(view, name)?;
            words.push(format!("models of the producer {}", ModelId::new(name).raw()));
        }
        if let Some(text) = &self.filter {
            let (found, query) = filtering::find(text, view)?;
            let found: BTreeSet<usize> =
                found.into_iter().filter_map(|index| usize::try_from(index).ok()).collect();
            models.retain(|index| found.contains(index));
            words.push(format!("found by the filter {query}"));
        }
        if let Some(name) = &self.family {
            let family = family(view, find(view, name)?);
            models.retain(|index| family.contains(index));
            words.push(format!("in the family of {}", ModelId::new(name).raw()));
        }
        if models.is_empty() && !words.is_empty() {
            return Err(Error::new(Code::NotFound, "no model of the inventory is in this scope")
                .at(words.join(", "))
                .help("`touchmark list FILTER` shows what a filter finds"));
        }
        let is_part = !words.is_empty();
        let which = match (is_part, producer) {
            (false, _) => "all models".to_owned(),
            (true, None) => format!("models {}", words.join(", ")),
            (true, Some(_)) => words.join(", "),
        };
        let producer = producer.map(|name| Untrusted::new(ModelId::new(name).raw()));
        Ok(Covered { models, which, producer, is_part })
    }

    /// The same by their ids, for a report that judges all models again; none where all are covered.
    ///
    /// # Errors
    /// As [`Scope::models`].
    pub(super) fn only(&self, view: &View, producer: Option<&str>) -> Result<Option<Only>> {
        let Covered { models, which, is_part, .. } = self.models(view, producer)?;
        let ids = models.iter().filter_map(|index| Some(view.models.get(*index)?.id.clone()));
        Ok(is_part.then(|| Only { models: ids.collect(), words: which }))
    }
}

/// A model, its ancestors and its descendants, by their indices.
fn family(view: &View, index: usize) -> BTreeSet<usize> {
    let Some(model) = view.models.get(index) else { return BTreeSet::new() };
    let (above, below) =
        (view.graph.ancestors(&model.id, usize::MAX), view.graph.descendants(&model.id, usize::MAX));
    let others = above.into_iter().chain(below).filter_map(|node| Some(view.model(&node.id)?.0));
    others.chain([index]).collect()
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
