//! Why a record does not fit a case: what keeps it from being written, and what is shown of one that was written all the
//! same.

use super::vocabulary::Severity;
use crate::error::{Code, Error};
use crate::text::{count_are, screen};

/// How many missing fields are named.
const SHOWN_FIELDS: usize = 20;

/// Why a record does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It is no record of an incident that this version knows.
    Unread,
    /// It names no case that was opened before.
    NoCase,
    /// The runbook of the case cannot work.
    Runbook(String),
    /// The case is closed.
    Closed,
    /// There is no such step.
    NoStep(String),
    /// Another step is in front; none where all steps are done.
    NotInFront(Option<String>),
    /// A decision does not say how it goes on.
    NoGoto(Vec<String>),
    /// A decision goes where the runbook does not let it go.
    WrongGoto(String, Vec<String>),
    /// A step goes somewhere that is no decision.
    Undecided(String),
    /// A step was skipped or failed, and nothing says why.
    NoNote,
    /// A step was done before its evidence was collected.
    Evidence(String, Vec<String>),
    /// The runbook takes no such evidence.
    NoField(String),
    /// No evidence is named.
    NoFields,
    /// A reason is empty.
    NoReason,
    /// There is a legal hold already, or none to lift.
    Hold(bool),
    /// It is as severe already.
    Severity(Severity),
}

impl Misfit {
    /// What is wrong; safe to show.
    pub fn what(&self) -> String {
        match self {
            Misfit::Unread => "this version cannot read this record of an incident".to_owned(),
            Misfit::NoCase => "no case was opened by the record that it names".to_owned(),
            Misfit::Runbook(what) => format!("the runbook of the case cannot work: {}", screen(what)),
            Misfit::Closed => "the case is closed".to_owned(),
            Misfit::NoStep(step) => format!("the runbook has no step `{}`", screen(step)),
            Misfit::NotInFront(Some(front)) => format!("another step comes first: `{}`", screen(front)),
            Misfit::NotInFront(None) => "all steps are done".to_owned(),
            Misfit::NoGoto(_) => "this step is a decision: how it goes on is not said".to_owned(),
            Misfit::WrongGoto(goto, _) => format!("this decision does not lead to `{}`", screen(goto)),
            Misfit::Undecided(step) => format!("step `{}` is no decision", screen(step)),
            Misfit::NoNote => "why the step was not done is not said".to_owned(),
            Misfit::Evidence(step, missing) => {
                let missing = count_are(missing.len(), "evidence field");
                format!("step `{}` may destroy evidence, and {missing} missing", screen(step))
            }
            Misfit::NoField(field) => format!("the runbook takes no evidence `{}`", screen(field)),
            Misfit::NoFields => "no evidence is named".to_owned(),
            Misfit::NoReason => "there is no reason".to_owned(),
            Misfit::Severity(level) => format!("the severity of the case is {} already", level.word()),
            Misfit::Hold(true) => "there is a legal hold already".to_owned(),
            Misfit::Hold(false) => "there is no legal hold to lift".to_owned(),
        }
    }

    /// What to do about it.
    fn help(&self) -> String {
        let ways = |ways: &[String]| format!("add --goto with one of: {}", ways.join(", "));
        match self {
            Misfit::Unread => "update touchmark".to_owned(),
            Misfit::NoCase => "`touchmark incident list` lists the cases".to_owned(),
            Misfit::Runbook(_) => "`touchmark incident runbook --check FILE` says what is wrong".to_owned(),
            Misfit::Closed => "open another case, and name this one in a note".to_owned(),
            Misfit::NoStep(_) | Misfit::NotInFront(_) => {
                "`touchmark incident status CASE` shows the steps, the next one first".to_owned()
            }
            Misfit::NoGoto(open) | Misfit::WrongGoto(_, open) => ways(open),
            Misfit::Undecided(_) => "leave out --goto".to_owned(),
            Misfit::NoNote => "say it with --note".to_owned(),
            Misfit::Evidence(_, missing) => {
                let more = missing.len().saturating_sub(SHOWN_FIELDS);
                let shown: Vec<&str> = missing.iter().take(SHOWN_FIELDS).map(String::as_str).collect();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!(
                    "collect it with `touchmark incident evidence CASE FIELD`, or give it up with --waive WHY: {}{more}",
                    shown.join(", ")
                )
            }
            Misfit::NoField(_) | Misfit::NoFields => {
                "name a field or an evidence profile; `touchmark incident status CASE` lists them".to_owned()
            }
            Misfit::NoReason => "say why; it is recorded".to_owned(),
            Misfit::Hold(_) | Misfit::Severity(_) => "`touchmark incident status CASE` shows it".to_owned(),
        }
    }

    /// As an error, before anything is written.
    pub fn error(&self) -> Error {
        Error::new(Code::Usage, self.what()).help(self.help())
    }
}
