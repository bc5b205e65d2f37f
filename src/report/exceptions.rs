//! The exceptions of a policy as text.

use crate::policy::Term;
use crate::text::{count, screen};
use crate::view::excepted::Excepted;
use std::fmt::Write as _;

/// A list with ages, those that end first first.
pub fn exceptions(all: &[Excepted], stage: &str) -> String {
    if all.is_empty() {
        return "the policy has no exceptions\n".to_owned();
    }
    let mut out = String::new();
    for Excepted { exception, term, age_days, days_left, models, excuses } in all {
        let (sign, when) = match term {
            Term::Ahead => ("·", format!("begins in {}", days(-age_days))),
            Term::Running => ("✓", format!("for {} days, ends in {}", age_days, days(*days_left))),
            Term::EndsSoon => ("!", format!("ends in {}", days(*days_left))),
            Term::Ended => ("✗", format!("ended {} ago, without effect", days(-days_left))),
        };
        let _ = writeln!(
            out,
            "{sign} {}  {} may be missing of {} at {}  {when}",
            screen(&exception.id),
            screen(exception.excuses.as_str()),
            screen(&exception.subject.as_written()),
            screen(&exception.stages.join(", ")),
        );
        let _ = writeln!(
            out,
            "    {}; approved by {}: {}",
            screen(&exception.owner),
            screen(&exception.approved_by),
            screen(&exception.reason)
        );
        if !exception.compensating.is_empty() {
            let _ = writeln!(out, "    instead: {}", screen(&exception.compensating.join(", ")));
        }
        let _ = writeln!(
            out,
            "    {} to {}; {}, {excuses} excused at stage {}",
            exception.created,
            exception.expires,
            count(*models, "model"),
            screen(stage)
        );
    }
    out
}

fn days(many: i64) -> String {
    count(usize::try_from(many.max(0)).unwrap_or(usize::MAX), "day")
}
