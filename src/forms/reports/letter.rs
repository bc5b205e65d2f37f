//! The letter to a producer: which of its models miss what only the producer can add, and until when an answer is asked
//! for. It asks for evidence, and says nothing about safety.

use super::super::form::Form;
use super::super::letter::{LetterPart, LetterTemplate, Section, Word};
use super::super::page::{Cell, Page, Table, Tone};
#[cfg(feature = "pdf")]
use super::super::pdf::pdf;
use super::super::subject::page;
use super::basis;
use super::inventory::why_not;
use super::producer::weight;
use crate::documents::{ProducedModel, ProducerReportDocument, ReportAbout};
use crate::error::Result;
use crate::view::scorecards::OpenControl;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The forms of letters.
pub const FORMS_OF_LETTERS: &[Form] = &[
    Form::Text,
    Form::Markdown,
    Form::Html,
    #[cfg(feature = "pdf")]
    Form::Pdf,
];

/// What no letter says.
const LIMITS: &str = "This letter asks for evidence. It says nothing about the safety, the quality or the fitness of a \
    model, and it is no finding about you or your organisation. Whether a law or a contract is complied with is not \
    judged here.";

/// A letter before it has a form.
pub struct Letter<'a> {
    /// The report on the producer, with its models.
    pub document: &'a ProducerReportDocument<'a>,
    /// The template.
    pub template: &'a LetterTemplate,
    /// The name of the workspace.
    pub workspace: &'a str,
    /// The day until which an answer is asked for.
    pub deadline: Date,
}

/// The letter in a form.
///
/// # Errors
/// `E-USAGE` for a form that letters do not have, `E-INTERNAL`; what `out` gives.
pub fn letter(letter: &Letter<'_>, form: Form, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    match form {
        #[cfg(feature = "pdf")]
        Form::Pdf => out(&pdf(&letter.page(), letter.document.rests_on.at)?),
        form => out(page(&letter.page(), form)?.as_bytes()),
    }
}

impl Letter<'_> {
    /// The models that miss something that only the producer can add.
    pub fn models(&self) -> impl Iterator<Item = &ProducedModel<'_>> {
        self.document.models.iter().flatten().filter(|model| model.asks().next().is_some())
    }

    fn gaps(&self) -> impl Iterator<Item = &OpenControl> {
        self.document.producers.iter().flat_map(|card| card.asks())
    }

    fn page(&self) -> Page {
        let value = |word| self.value(word);
        let mut page = Page::new(self.template.title.filled(value));
        for part in &self.template.parts {
            match part {
                LetterPart::Heading(line) => page.heading(&line.filled(value)),
                LetterPart::Text(line) => page.note(line.filled(value)),
                LetterPart::Section(section) => self.section(*section, &mut page),
            }
        }
        page
    }

    fn value(&self, word: Word) -> String {
        let inputs = &self.document.rests_on;
        match word {
            Word::Producer => match self.document.about {
                ReportAbout::Producer(name) => name.raw().to_owned(),
                // A letter is about a producer.
                _ => self.document.about.words(),
            },
            Word::Workspace => self.workspace.to_owned(),
            Word::Date => inputs.at.to_zoned(TimeZone::UTC).date().to_string(),
            Word::Deadline => self.deadline.to_string(),
            Word::Models => self.models().count().to_string(),
            Word::Controls => self.gaps().count().to_string(),
            Word::Stage => inputs.stage.to_owned(),
            Word::Policy => inputs.policy.name.to_owned(),
        }
    }

    fn section(&self, section: Section, page: &mut Page) {
        match section {
            Section::Gaps => page.add(self.gaps_table()),
            Section::Models => page.add(self.models_table()),
            Section::Unknown => self.unknown(page),
            Section::Limits => {
                page.note(LIMITS);
                page.note(self.document.scope);
            }
            Section::Digests => page.add(basis::digests(&self.document.rests_on)),
        }
    }

    fn gaps_table(&self) -> Table {
        let row = |open: &OpenControl| {
            vec![
                Cell::new(&*open.control),
                Cell::new(&open.title),
                weight(open.severity).into(),
                Cell::new(open.remedy.as_str()),
                open.models.to_string().into(),
            ]
        };
        let columns = vec!["control", "requirement", "weight", "what would settle it", "models"];
        Table { columns, rows: self.gaps().map(row).collect() }
    }

    fn models_table(&self) -> Table {
        let unknown = |why: &str| Cell::new(why).in_tone(Tone::Unknown);
        let row = |produced: &ProducedModel<'_>| {
            let asks = produced.asks().map(|open| format!("{} {}", open.control, open.outcome.word()));
            vec![
                Cell::new(produced.model.id.raw()),
                match produced.model.root_digest {
                    Some(root) => Cell::code(root.to_string()),
                    None => unknown("not computed"),
                },
                match produced.signed_at {
                    Some(at) => at.to_string().into(),
                    None => unknown("no proven time"),
                },
                match produced.model.verified_at {
                    Some(at) => at.to_string().into(),
                    None => unknown("not verified"),
                },
                asks.collect::<Vec<String>>().join(", ").into(),
            ]
        };
        let columns =
            vec!["model", "root digest (SHA-256)", "signed at", "verified by us at", "open controls"];
        Table { columns, rows: self.models().map(row).collect() }
    }

    fn unknown(&self, page: &mut Page) {
        let found = self.document.producers.iter().flat_map(|card| why_not(&card.adoption.not_measured));
        let found = found.filter(|(many, _)| *many > 0);
        let rows: Vec<Vec<Cell>> =
            found.map(|(many, why)| vec![why.into(), many.to_string().into()]).collect();
        match rows.is_empty() {
            true => page.note("We have checked all of your models in this inventory."),
            false => {
                page.note("We ask nothing for these models yet:");
                page.add(Table { columns: vec!["why", "models"], rows });
            }
        }
    }
}
