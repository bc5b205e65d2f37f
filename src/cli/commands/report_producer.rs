//! `report producer`: who signs what and how, and what is open at the models of each producer. Nothing is verified for it.

use super::report_files::{Asked, Product, Take, targets, write};
use super::scope::Scope;
use crate::cli::common::Common;
use crate::cli::forms::of_producers;
use crate::cli::interrupt::Work;
use crate::cli::output::Output;
use crate::disk::read_small;
use crate::documents::ProducerReportDocument;
use crate::error::{Code, Error, Result};
use crate::forms::{FORMS_OF_LETTERS, FORMS_OF_PRODUCERS, Form, Letter, LetterTemplate, letter, producers};
use crate::text::count;
use crate::view::SurveyOf;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::path::{Path, PathBuf};

/// Where a workspace keeps its own letter.
const OWN: &str = "letters/producer.md";
/// An answer is asked for within so many days, where nobody says otherwise.
const ANSWER_DAYS: i64 = 30;

/// The arguments of `report producer`.
#[derive(Debug, Args)]
pub(crate) struct Producer {
    /// The producer, with each of its models [default: all producers, the worst first]
    name: Option<String>,
    #[command(flatten)]
    scope: Scope,
    /// Write instead the letter that asks the producer for what only it can add
    #[arg(long, requires = "name")]
    letter: bool,
    /// The letter's template [default: letters/producer.md of the workspace, or else a built-in one]
    #[arg(long, value_name = "FILE", requires = "letter")]
    template: Option<PathBuf>,
    /// The day until which the letter asks for an answer [default: in 30 days]
    #[arg(long, value_name = "DATE", requires = "letter")]
    answer_by: Option<Date>,
    /// Write to this file (repeat); its ending says the form: .md, .html, .pdf, .json, .csv or .txt. `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Form of what goes to standard output, and of files whose ending says nothing
    #[arg(long = "as", value_name = "FORM", value_parser = of_producers())]
    form: Option<Form>,
    /// Replace files of these names
    #[arg(long, requires = "out")]
    force: bool,
}

impl Producer {
    pub(super) fn asked(&self) -> Asked<'_> {
        let forms = if self.letter { FORMS_OF_LETTERS } else { FORMS_OF_PRODUCERS };
        Asked { out: &self.out, form: self.form, force: self.force, forms }
    }
}

impl Product for ProducerReportDocument<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        producers(self, form, out)
    }
}

impl Product for Letter<'_> {
    fn make(&self, form: Form, out: Take<'_>) -> Result<()> {
        letter(self, form, out)
    }
}

pub(super) fn run(arguments: &Producer, common: &Common, to: (&Output, &Work<'_>)) -> Result<u8> {
    let (_, work) = to;
    let targets = targets(&arguments.asked())?;
    let workbench = arguments.scope.open(common)?;
    let view = workbench.view();
    let covered = arguments.scope.models(&view, arguments.name.as_deref())?;
    let models = covered.models.as_slice();
    let of = SurveyOf { rows: Some(models), progress: Some(work.progress()), ..SurveyOf::default() };
    let figures = view.scorecards(&of)?;
    let excepted = view.exceptions_of(models.iter().copied());
    let about = covered.about(&view);
    let listed = arguments.name.as_ref().map(|_| models);
    let figured = (&figures, excepted.as_slice());
    let which = &covered.which;
    let document = ProducerReportDocument::of(&view, about, which, figured, listed, work.progress())?;
    if !arguments.letter {
        return write(&document, &arguments.asked(), &targets, to);
    }
    let letter = Letter {
        document: &document,
        template: &template(arguments, &view.workspace.root)?,
        workspace: &view.workspace.name,
        deadline: deadline(arguments, view.at)?,
    };
    if letter.models().next().is_none() {
        let not_measured = count(figures.survey.not_measured.all.models, "model");
        return Err(Error::new(Code::NotFound, "there is nothing to ask this producer for")
            .at(arguments.name.as_deref().unwrap_or_default())
            .help(format!("{not_measured} not measured; `touchmark verify MODEL` measures one")));
    }
    write(&letter, &arguments.asked(), &targets, to)
}

/// The template: the one that is asked for, that of the workspace, or the one inside the program.
fn template(arguments: &Producer, root: &Path) -> Result<LetterTemplate> {
    let own = root.join(OWN);
    let file = match &arguments.template {
        Some(file) => file,
        None if own.exists() => &own,
        None => return LetterTemplate::bundled(),
    };
    let text = String::from_utf8(read_small(file, LetterTemplate::LIMIT_BYTES)?)
        .map_err(|_| Error::new(Code::Config, "the letter is not text in UTF-8").at_path(file))?;
    LetterTemplate::parse(&text).map_err(|error| {
        let place = error.at.as_ref().map(|at| at.raw().to_owned()).unwrap_or_default();
        error.at(format!("{}: {place}", file.to_string_lossy()))
    })
}

/// The day until which an answer is asked for.
fn deadline(arguments: &Producer, at: Timestamp) -> Result<Date> {
    let today = at.to_zoned(TimeZone::UTC).date();
    let day = arguments.answer_by.unwrap_or_else(|| today.saturating_add(Span::new().days(ANSWER_DAYS)));
    if day < today {
        return Err(Error::new(Code::Usage, "the day of the answer is before the letter")
            .at(day.to_string())
            .help(format!("name a day from {today} on")));
    }
    Ok(day)
}
