//! FILES: what the comparison of the files comes to. It looks at no file.

use crate::bundle::manifest::Statement;
use crate::check::codes::CheckCode;
use crate::check::fault::{ListFault, Unlistable};
use crate::check::outcome::Outcome;
use crate::check::step::Check;
use crate::check::why::{FilesFound, FilesTally, FilesWhy, LikelyCause, MissingKind, Parts};
use crate::files::localise::{ChangeKind, ChangedFile, MoveKind};
use crate::files::report::FilesReport;

use super::observed::{Comparison, Observed};

/// FILES, from what was observed of the files and what the statement says of them.
pub(super) fn check(observed: &Observed, statement: &Statement, ignore_unsigned: bool) -> Check {
    match &observed.comparison {
        Comparison::Compared => of_report(&observed.files, statement, ignore_unsigned),
        Comparison::NotListed(unlistable) => not_listed(unlistable),
        Comparison::NotCompared | Comparison::Card => {
            Check::new(CheckCode::FilesUnreadable, Outcome::Unknown, FilesWhy::NotCompared)
        }
    }
}

/// What keeps the files from being listed contradicts the signature, unless it only keeps us from reading.
fn not_listed(unlistable: &Unlistable) -> Check {
    let (code, outcome) = match unlistable.fault {
        ListFault::Link(_) => (CheckCode::FilesLink, Outcome::Fail),
        ListFault::Odd | ListFault::NotUtf8 | ListFault::Empty => (CheckCode::FilesOdd, Outcome::Fail),
        ListFault::TooDeep | ListFault::TooMany { .. } => (CheckCode::FilesTooMany, Outcome::Unknown),
        ListFault::Unreadable(_) => (CheckCode::FilesUnreadable, Outcome::Unknown),
    };
    Check::new(code, outcome, FilesWhy::NotListed(unlistable.clone()))
}

fn of_report(report: &FilesReport, statement: &Statement, ignore_unsigned: bool) -> Check {
    let (code, outcome, found) = judge(report, statement, ignore_unsigned);
    let is_sharded = statement.manifest.serialization.shard_size.is_some();
    let many = |list: usize| list as u64;
    let why = FilesWhy::Compared {
        signed: report.part.as_ref().map_or(many(statement.manifest.resources.len()), |part| part.digests),
        parts: if is_sharded { Parts::Shards } else { Parts::Files },
        tally: FilesTally {
            unchanged: report.matched,
            changed: many(report.changed.len()),
            missing: many(report.missing.len()),
            unsigned: many(report.extra.len()),
            unreadable: many(report.unreadable.len()),
        },
        found,
    };
    Check::new(code, outcome, why)
}

fn judge(
    report: &FilesReport,
    statement: &Statement,
    ignore_unsigned: bool,
) -> (CheckCode, Outcome, FilesFound) {
    let was_renamed = report.moved.iter().any(|file| file.kind != MoveKind::Moved);
    let was_moved = report.moved.iter().any(|file| file.same_bytes);
    let fail = |code, found| (code, Outcome::Fail, found);
    let is_whole = report.part.is_none();
    if is_whole && report.here > 0 && !was_moved && is_other_model(report, statement) {
        let (name, files) = (statement.subject_name.clone(), report.signed);
        return fail(CheckCode::FilesOtherModel, FilesFound::OtherModel { name, files });
    }
    if !report.changed.is_empty() {
        return fail(CheckCode::FilesChanged, FilesFound::Changed { cause: cause_of_changes(report) });
    }
    if !report.missing.is_empty() {
        let kind = match (was_renamed, was_moved) {
            (true, _) => MissingKind::Renamed,
            (false, true) => MissingKind::Moved,
            (false, false) if report.not_fetched.len() == report.missing.len() => MissingKind::NotFetched,
            (false, false) => MissingKind::Gone,
        };
        return fail(CheckCode::FilesMissing, FilesFound::Missing(kind));
    }
    if !report.misnamed.is_empty() {
        let files = report.misnamed.len() as u64;
        return fail(CheckCode::FilesBlobName, FilesFound::BlobName { files });
    }
    if !report.extra.is_empty() && !ignore_unsigned && report.leftovers.len() == report.extra.len() {
        return fail(CheckCode::FilesExtra, FilesFound::Leftovers);
    }
    if !report.extra.is_empty() && !ignore_unsigned {
        return fail(CheckCode::FilesExtra, FilesFound::Unsigned);
    }
    if report.part.as_ref().is_some_and(|part| !part.unused.is_empty()) {
        return (CheckCode::FilesPart, Outcome::Missing, FilesFound::NoPart);
    }
    if !report.unreadable.is_empty() {
        return (CheckCode::FilesUnreadable, Outcome::Unknown, FilesFound::Unreadable);
    }
    // Before a part: whoever takes a part still wants its bytes read.
    if report.by_registry > 0 {
        return (CheckCode::FilesRegistry, Outcome::Partial, FilesFound::Registry);
    }
    if let Some(part) = &report.part {
        let found = FilesFound::Part { signed_beside: part.signed_beside, here_beside: part.here_beside };
        return (CheckCode::FilesPart, Outcome::Partial, found);
    }
    if !report.extra.is_empty() {
        return (CheckCode::FilesUnsignedAllowed, Outcome::Partial, FilesFound::UnsignedIgnored);
    }
    let empty_code = report.empty_code().count() as u64;
    if empty_code > 0 {
        return (CheckCode::FilesEmptyCode, Outcome::Partial, FilesFound::EmptyCode { files: empty_code });
    }
    let ignored = report.ignored.len() as u64;
    (CheckCode::Files, Outcome::Pass, FilesFound::Unchanged { ignored })
}

/// What all changed files show, when they show the same harmless cause.
fn cause_of_changes(report: &FilesReport) -> Option<LikelyCause> {
    const CAUSES: [(ChangeKind, LikelyCause); 6] = [
        (ChangeKind::LfsPointer, LikelyCause::LfsPointer),
        (ChangeKind::LineEnds, LikelyCause::LineEnds),
        (ChangeKind::TextForm, LikelyCause::TextForm),
        (ChangeKind::Truncated, LikelyCause::CutOff),
        (ChangeKind::Emptied, LikelyCause::CutOff),
        (ChangeKind::HtmlPage, LikelyCause::HtmlPage),
    ];
    // Whoever writes texts in another form may leave some with other line ends only.
    let shows = |file: &ChangedFile, kind| {
        file.kind == kind || kind == ChangeKind::TextForm && file.kind == ChangeKind::LineEnds
    };
    let all = |kind: ChangeKind| report.changed.iter().all(|file| shows(file, kind));
    CAUSES.iter().find(|(kind, _)| all(*kind)).map(|(_, cause)| *cause)
}

/// A signature that was copied from elsewhere has (nearly) nothing in common with these files (rulings 7).
fn is_other_model(report: &FilesReport, statement: &Statement) -> bool {
    if !report.unreadable.is_empty() {
        return false;
    }
    if report.missing.len() as u64 == report.signed {
        return true;
    }
    let total = statement.manifest.resources.len() as u64;
    let nearly_nothing =
        report.matched == 0 && report.signed >= 2 || total >= 10 && report.matched * 10 <= total;
    report.named_otherwise && nearly_nothing
}
