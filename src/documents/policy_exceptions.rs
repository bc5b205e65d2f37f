//! The exceptions of a policy, as a document.

use super::names;
use crate::policy::Term;
use crate::view::excepted::Excepted;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The exceptions of the policy in force, those that end first first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyExceptionsDocument<'a> {
    /// The document's name.
    pub schema: names::PolicyExceptions,
    /// The policy's digest.
    pub policy: &'a str,
    /// The stage at which excused models are counted.
    pub stage: &'a str,
    /// The exceptions.
    pub exceptions: Vec<ExceptionDocument<'a>>,
}

/// One exception.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExceptionDocument<'a> {
    /// Its id.
    pub id: &'a str,
    /// What may be missing: a control, a requirement, or `CAP`.
    pub excuses: &'a str,
    /// The models: a pattern, or `sha256:` and a root digest.
    pub subject: String,
    /// The stages.
    pub stages: &'a [String],
    /// Who answers for it.
    pub owner: &'a str,
    /// Who approved it.
    pub approved_by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// What is done instead.
    pub compensating: &'a [String],
    /// It begins.
    pub created: Timestamp,
    /// It ends.
    pub expires: Timestamp,
    /// `ahead`, `running`, `ends-soon` or `ended`.
    pub term: &'static str,
    /// The same, for forms.
    #[serde(skip)]
    pub state: Term,
    /// Whole days since it began; negative before.
    pub age_days: i64,
    /// Whole days until it ends; negative after.
    pub days_left: i64,
    /// So many models it is for.
    pub models: usize,
    /// So many of them it excuses at the stage.
    pub excused: usize,
}

impl<'a> From<&'a Excepted> for ExceptionDocument<'a> {
    fn from(of: &'a Excepted) -> Self {
        let Excepted { exception, term, age_days, days_left, models, excuses } = of;
        ExceptionDocument {
            id: &exception.id,
            excuses: exception.excuses.as_str(),
            subject: exception.subject.as_written(),
            stages: &exception.stages,
            owner: &exception.owner,
            approved_by: &exception.approved_by,
            reason: &exception.reason,
            compensating: &exception.compensating,
            created: exception.created,
            expires: exception.expires,
            term: match term {
                Term::Ahead => "ahead",
                Term::Running => "running",
                Term::EndsSoon => "ends-soon",
                Term::Ended => "ended",
            },
            state: *term,
            age_days: *age_days,
            days_left: *days_left,
            models: *models,
            excused: *excuses,
        }
    }
}
