//! The whole inventory on the maturity screen: its panes, the chosen row of each, and which models a row is about. It
//! counts nothing.

use crate::decision::Decision;
use crate::query::{Choice, Clause, Compare, Query, Term, Value, What};
use crate::report::survey::{duty, outcomes, producer_name, shared, unmeasured};
use crate::text::{count, screen};
use crate::view::Survey;

/// A pane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SurveyPane {
    /// The levels, the coverage, and whose turn it is.
    #[default]
    Levels,
    /// What keeps most models back.
    Gaps,
    /// Who makes the models.
    Producers,
}

impl SurveyPane {
    /// All of them, in the order of their tabs.
    pub const ALL: [SurveyPane; 3] = [SurveyPane::Levels, SurveyPane::Gaps, SurveyPane::Producers];

    /// The tab.
    pub fn word(self) -> &'static str {
        match self {
            SurveyPane::Levels => "Inventory",
            SurveyPane::Gaps => "Gaps",
            SurveyPane::Producers => "Producers",
        }
    }

    /// Its place among the tabs.
    pub fn place(self) -> usize {
        SurveyPane::ALL.iter().position(|pane| *pane == self).unwrap_or(0)
    }
}

/// A row that stands for models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyRow<'s> {
    /// Those of an effective level.
    Level(u8),
    /// Those whose level was not measured.
    NotMeasured,
    /// Those that a control keeps back.
    Gap(&'s str),
    /// Those of a producer; empty for those without one.
    Producer(&'s str),
}

/// What is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurveyState {
    /// The pane that the keys act on.
    pub pane: SurveyPane,
    /// Whether a survey is being made.
    pub is_counting: bool,
    chosen: [usize; 3],
}

impl SurveyState {
    /// The chosen row of a pane.
    pub fn chosen(&self, pane: SurveyPane) -> usize {
        self.chosen.get(pane.place()).copied().unwrap_or_default()
    }

    /// Moves the choice in the pane.
    pub fn step(&mut self, survey: &Survey, by: isize) {
        let rows = rows(survey, self.pane);
        if let Some(chosen) = self.chosen.get_mut(self.pane.place()) {
            *chosen = chosen.saturating_add_signed(by).min(rows.saturating_sub(1));
        }
    }

    /// Keeps the choices inside a new survey.
    pub fn keep_inside(&mut self, survey: &Survey) {
        for pane in SurveyPane::ALL {
            if let Some(chosen) = self.chosen.get_mut(pane.place()) {
                *chosen = (*chosen).min(rows(survey, pane).saturating_sub(1));
            }
        }
    }

    /// The chosen row of the pane; none where it has no rows.
    pub fn row<'s>(&self, survey: &'s Survey) -> Option<SurveyRow<'s>> {
        row(survey, self.pane, self.chosen(self.pane))
    }
}

/// How many rows a pane has.
pub fn rows(survey: &Survey, pane: SurveyPane) -> usize {
    match pane {
        SurveyPane::Levels => survey.levels.len() + usize::from(survey.not_measured.all.models > 0),
        SurveyPane::Gaps => survey.gaps.len(),
        SurveyPane::Producers => survey.producers.len(),
    }
}

/// A row of a pane; the highest level comes first.
pub fn row(survey: &Survey, pane: SurveyPane, at: usize) -> Option<SurveyRow<'_>> {
    match pane {
        SurveyPane::Levels => match survey.levels.iter().rev().nth(at) {
            Some(level) => Some(SurveyRow::Level(level.level)),
            None => (at < rows(survey, pane)).then_some(SurveyRow::NotMeasured),
        },
        SurveyPane::Gaps => survey.gaps.get(at).map(|gap| SurveyRow::Gap(&gap.control)),
        SurveyPane::Producers => {
            survey.producers.get(at).map(|producer| SurveyRow::Producer(producer.name.raw()))
        }
    }
}

impl SurveyRow<'_> {
    /// The filter that finds its models.
    pub fn filter(self) -> Query {
        let name = |name: &str| Value::Name(name.to_lowercase());
        let (is_negated, term, value) = match self {
            SurveyRow::Level(level) => (false, Term::Level, Value::Number(Compare::Is, level.into())),
            SurveyRow::NotMeasured => (false, Term::Gate, Value::Choice(Choice::Gate(Decision::NotJudged))),
            SurveyRow::Gap(control) => (false, Term::Open, name(control)),
            SurveyRow::Producer("") => (true, Term::Publisher, name("*")),
            SurveyRow::Producer(producer) => (false, Term::Publisher, name(producer)),
        };
        Query { clauses: vec![Clause { is_negated, what: What::Term(term, vec![value]) }] }
    }
}

/// A row as one line: `3 of 12: L1.14 keeps 7 of 31 back: us, …`.
pub fn words(survey: &Survey, pane: SurveyPane, at: usize) -> Option<String> {
    let said = match row(survey, pane, at)? {
        SurveyRow::Level(level) => {
            let level = survey.levels.iter().find(|known| known.level == level)?;
            format!(
                "L{}: own {}, effective {} of {}",
                level.level,
                level.own.models,
                level.effective.models,
                count(survey.measured.models, "measured model")
            )
        }
        SurveyRow::NotMeasured => {
            let not = survey.not_measured;
            format!("not measured: {} ({})", count(not.all.models, "model"), unmeasured(&not).join(", "))
        }
        SurveyRow::Gap(_) => {
            let gap = survey.gaps.get(at)?;
            format!(
                "{} keeps {} of {} back: {}, {}, {}",
                screen(&gap.control),
                gap.models,
                count(survey.measured.models, "measured model"),
                duty(gap.duty),
                outcomes(&gap.outcomes),
                screen(&gap.title)
            )
        }
        SurveyRow::Producer(_) => {
            let producer = survey.producers.get(at)?;
            let levels = (0..).zip(producer.effective).filter(|(_, many)| *many > 0);
            let levels: Vec<String> =
                levels.map(|(level, many): (u8, usize)| format!("L{level} {many}")).collect();
            format!(
                "{}: {}, signed {}, measured {}{}{}",
                producer_name(producer),
                count(producer.models, "model"),
                shared(&producer.signed),
                producer.measured,
                if levels.is_empty() { "" } else { ": " },
                levels.join(", ")
            )
        }
    };
    Some(format!("{} of {}: {said}", at + 1, rows(survey, pane)))
}
