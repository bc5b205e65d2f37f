//! The rules about exceptions and broken glass.

use super::finding::Findings;
use super::rules::{self, Rule};
use super::seen::Inventory;
use crate::policy::class::Class;
use crate::policy::document::Policy;
use crate::policy::exception::{Exception, Subject, Term};
use crate::policy::written::tables;
use crate::tables::{Table, quote};
use jiff::{SignedDuration, Timestamp};

const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);

pub(super) fn look(found: &mut Findings, policy: &Policy, top: Table<'_>, now: Timestamp) {
    for (exception, written) in policy.exceptions.iter().zip(tables(top, "exception")) {
        let id = quote(&exception.id);
        let mut add = |rule: &'static Rule, key: &str, what: String| {
            found.add(rule, Some(written.get(key).map_or(written.at, |value| value.at())), what);
        };
        if exception.expires.duration_since(exception.created) > YEAR {
            add(
                &rules::EXCEPTION_LONG,
                "expires",
                format!("exception `{id}` lasts until {}", exception.expires),
            );
        }
        match exception.term(now) {
            Term::Ended => {
                add(
                    &rules::EXCEPTION_ENDED,
                    "expires",
                    format!("exception `{id}` ended on {}", exception.expires),
                );
            }
            Term::EndsSoon => {
                add(
                    &rules::EXCEPTION_ENDS,
                    "expires",
                    format!("exception `{id}` ends on {}", exception.expires),
                );
            }
            Term::Ahead | Term::Running => {}
        }
        if exception.owner.trim().eq_ignore_ascii_case(exception.approved_by.trim()) {
            let what = format!("`{}` owns exception `{id}` and approved it", quote(&exception.owner));
            add(&rules::EXCEPTION_APPROVAL, "approved_by", what);
        }
        if let Subject::Models(pattern) = &exception.subject
            && pattern.pieces().len() > 1
            && !pattern.pieces().first().is_some_and(|first| first.contains('/'))
        {
            let what = format!("exception `{id}` is for `{}`", quote(pattern.as_str()));
            add(&rules::EXCEPTION_BROAD, "subject", what);
        }
    }
    for (stage, written) in policy.stages.iter().zip(tables(top, "stage")) {
        let glass = stage.break_glass.as_ref().filter(|_| stage.production);
        if glass.is_some_and(|glass| !glass.forbids.contains(Class::Contradicted)) {
            let at = written.get("break_glass").map_or(written.at, |value| value.at());
            let what = format!("production stage `{}` lets contradicted evidence in", quote(&stage.name));
            found.add(&rules::GLASS_CONTRADICTED, Some(at), what);
        }
    }
}

/// What an inventory shows. Whether a model has a root digest is known once it was verified: those are not looked for.
pub(super) fn look_for(found: &mut Findings, policy: &Policy, top: Table<'_>, inventory: &Inventory) {
    let is_here = |exception: &Exception| match &exception.subject {
        Subject::Root(_) => true,
        Subject::Models(_) => inventory.models.iter().any(|id| exception.subject.matches(id, None)),
    };
    for (exception, written) in policy.exceptions.iter().zip(tables(top, "exception")) {
        if !is_here(exception) {
            let at = written.get("subject").map_or(written.at, |value| value.at());
            let what = format!(
                "`{}` of exception `{}` matches no model of the inventory",
                quote(&exception.subject.as_written()),
                quote(&exception.id)
            );
            found.add(&rules::EXCEPTION_UNMATCHED, Some(at), what);
        }
    }
}
