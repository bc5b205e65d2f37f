//! `report model`: the documentation form of a model, filled with what is on record. Nothing is verified for it.

use super::report_files::{Asked, Product, Take, targets, write};
use crate::cli::common::Common;
use crate::cli::forms::of_documentation;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::cli::session::{find, open_to_judge};
use crate::documents::ModelDocumentationDocument;
use crate::dossier::{DocumentationForm, Dossier};
use crate::error::Result;
use crate::forms::{FORMS_OF_DOCUMENTATION, Form, documentation};
use clap::Args;
use std::path::PathBuf;

/// The arguments of `report model`.
#[derive(Debug, Args)]
pub(crate) struct Model {
    /// The model's id
    model: String,
    /// Write to this file (repeat); its ending says the form: .md, .html, .pdf, .json or .txt. `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Form of what goes to standard output, and of files whose ending says nothing
    #[arg(long = "as", value_name = "FORM", value_parser = of_documentation())]
    form: Option<Form>,
    /// Replace files of these names
    #[arg(long, requires = "out")]
    force: bool,
}

impl Model {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { out: &self.out, form: self.form, force: self.force, forms: FORMS_OF_DOCUMENTATION }
    }
}

impl Product for ModelDocumentationDocument<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        documentation(self, form, out)
    }
}

pub(super) fn run(arguments: &Model, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let targets = targets(&arguments.asked())?;
    let workbench = open_to_judge(common)?;
    let view = workbench.view();
    let asked = view.models.get(find(&view, &arguments.model)?).map(|model| model.id.clone());
    workbench.look_again(asked.as_slice())?;
    let view = workbench.view();
    let dossier = Dossier::of(&view, find(&view, &arguments.model)?, Vec::new())?;
    let form = DocumentationForm::bundled()?;
    write(&ModelDocumentationDocument::of(&dossier, &form), &arguments.asked(), &targets, to)
}
