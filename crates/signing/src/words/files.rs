//! FILES in words: what the comparison comes to, and the files of the report in lines.

use crate::check::why::{FilesFound, FilesTally, FilesWhy, LikelyCause, MissingKind, Parts};
use crate::files::report::FilesReport;
use crate::files::{fault, formats};
use crate::text::{Untrusted, count, count_are};
use jiff::Timestamp;

use super::{Words, sentence};

/// Lines of each kind; the report holds all.
const SHOWN: usize = 10;

pub(super) fn words(why: &FilesWhy) -> Words {
    match why {
        FilesWhy::Compared { signed, parts, tally, found } => compared(*signed, *parts, tally, found),
        FilesWhy::NotListed(unlistable) => {
            use crate::check::fault::ListFault;
            let summary = match unlistable.fault {
                ListFault::Link(_) => "The model holds a symbolic link that the signature does not allow",
                ListFault::Odd | ListFault::NotUtf8 => "The model holds something that cannot be signed",
                ListFault::Empty => "The model holds no file",
                ListFault::TooDeep | ListFault::TooMany { .. } => "The model is too large to list its files",
                ListFault::Unreadable(_) => "Not all files of the model can be read",
            };
            let help = fault::help(unlistable.fault).unwrap_or("make the model readable and verify again");
            Words {
                summary: summary.to_owned(),
                found: Some(fault::what(unlistable.fault).into()),
                evidence: Some(unlistable.place.clone()),
                remedy: Some(sentence(help)),
                ..Words::default()
            }
        }
        FilesWhy::NotCompared => Words {
            summary: "The files were not compared with this signature".to_owned(),
            remedy: Some("Verify the model again".to_owned()),
            ..Words::default()
        },
    }
}

fn compared(signed: u64, parts: Parts, tally: &FilesTally, found: &FilesFound) -> Words {
    let all = match parts {
        Parts::Files => many(signed, "signed file"),
        Parts::Shards => many(signed, "signed shard"),
    };
    let (summary, remedy) = match found {
        FilesFound::Unchanged { ignored } => {
            let ignored = match ignored {
                0 => String::new(),
                ignored => format!("; {} ignored, as the signature records", many(*ignored, "file")),
            };
            let summary = format!("All {all} unchanged, nothing added{ignored}");
            return Words { summary, ..Words::default() };
        }
        FilesFound::UnsignedIgnored => {
            let summary = format!(
                "All {all} unchanged; {} ignored, as requested",
                many(tally.unsigned, "unsigned file")
            );
            return Words {
                summary,
                found: Some(told(tally).into()),
                remedy: Some("Verify without ignoring unsigned files before you load them".to_owned()),
                ..Words::default()
            };
        }
        FilesFound::Unreadable => {
            return Words {
                summary: format!("{} could not be read", many(tally.unreadable, "signed file")),
                expected: Some(all.into()),
                found: Some(told(tally).into()),
                remedy: Some(
                    "Check permissions and that nothing writes to the model, then verify again".to_owned(),
                ),
                ..Words::default()
            };
        }
        FilesFound::OtherModel { .. } => (
            "This signature belongs to another model".to_owned(),
            "Refuse this signature: it was copied. Get the one that the publisher made for this model",
        ),
        FilesFound::Changed { cause } => {
            (format!("{} changed after the model was signed", many(tally.changed, "file")), remedy_of(*cause))
        }
        FilesFound::Missing(kind) => (
            match tally.missing {
                1 => "1 signed file is missing".to_owned(),
                missing => format!("{missing} signed files are missing"),
            },
            match kind {
                MissingKind::Renamed => {
                    "Restore the names under which the files were signed: a file system or an archive changed them"
                }
                MissingKind::Moved => {
                    "Move the files back to where they were signed, or verify the folder that holds them"
                }
                MissingKind::Gone => {
                    "Get the missing files from the publisher; to verify part of a model, name that part"
                }
            },
        ),
        FilesFound::BlobName { files } => (
            format!("{} as signed, but the name of the blob in the cache differs", many_are(*files, "file")),
            "Delete the blobs that are named here from the cache and download the model again",
        ),
        FilesFound::Unsigned => (
            format!("{} not signed", many_are(tally.unsigned, "file")),
            "Remove the files, or have the model signed again with them; ignore paths that are known to be harmless",
        ),
    };
    let expected = match found {
        FilesFound::OtherModel { name, files } => {
            format!("the {} of the model {:?}", many(*files, "signed file"), name.raw())
        }
        FilesFound::BlobName { .. } => "blobs whose content has the SHA-256 that is their name".to_owned(),
        _ => format!("{all} with matching digests, and nothing else"),
    };
    Words {
        summary,
        expected: Some(expected.into()),
        found: Some(told(tally).into()),
        remedy: Some(remedy.to_owned()),
        ..Words::default()
    }
}

fn remedy_of(cause: Option<LikelyCause>) -> &'static str {
    match cause {
        Some(LikelyCause::LfsPointer) => "Run `git lfs pull` in the model's repository, then verify again",
        Some(LikelyCause::LineEnds) => {
            "Check the files out again without converting line endings: git config core.autocrlf false"
        }
        Some(LikelyCause::CutOff) => {
            "Download these files again: the download was interrupted, or the disk was full"
        }
        Some(LikelyCause::HtmlPage) => {
            "Log in where the model is hosted and download these files again: the server sent an error page"
        }
        None => {
            "Do not load the model. Get the changed files again from the publisher; if the change was intended, have \
             the model signed again"
        }
    }
}

fn told(tally: &FilesTally) -> String {
    let mut parts = vec![format!("{} unchanged", tally.unchanged)];
    let counts = [
        (tally.changed, "changed"),
        (tally.missing, "missing"),
        (tally.unsigned, "not signed"),
        (tally.unreadable, "not readable"),
    ];
    parts.extend(
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")),
    );
    parts.join(", ")
}

fn many(number: u64, one: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), one)
}

fn many_are(number: u64, one: &str) -> String {
    count_are(usize::try_from(number).unwrap_or(usize::MAX), one)
}

/// What the report adds to FILES, as of `now`.
pub(crate) fn add_report(words: &mut Words, report: &FilesReport, now: Timestamp) {
    if let Some(links) = &report.links {
        words.summary.push_str(&format!("; {}", links.line()));
    }
    if let Some(recalled) = &report.recalled {
        let (parts, of) = (recalled.parts, report.compared.max(recalled.parts));
        words.summary.push_str(&format!("; {parts} of {of} by digests {}", recalled.age(now)));
    }
    words.listed.extend(listed(report));
    words.details.extend(others(report));
}

/// The files that are not as signed, a line each.
fn listed(report: &FilesReport) -> Vec<Untrusted> {
    let mut lines = Vec::new();
    add(&mut lines, &mut report.moved.iter().map(|file| line("moved", &file.line(), None)));
    add(&mut lines, &mut report.changed.iter().map(|file| line("changed", &file.line(), None)));
    add(&mut lines, &mut report.truly_missing().map(|name| line("missing", name, None)));
    let hazard = |name: &Untrusted| formats::hazard(name.raw()).map(str::to_owned);
    add(&mut lines, &mut report.truly_extra().map(|name| line("not signed", name, hazard(name))));
    let unreadable = report.unreadable.iter();
    add(&mut lines, &mut unreadable.map(|(name, why)| line("not readable", name, Some(why.words()))));
    lines
}

/// What else the report holds, a line each.
fn others(report: &FilesReport) -> Vec<Untrusted> {
    let mut lines = Vec::new();
    let beside = report.attestations.iter();
    add(&mut lines, &mut beside.map(|name| line("attestation, not part of the signature", name, None)));
    let links = report.links.iter().flat_map(|links| &links.first);
    add(&mut lines, &mut links.map(|link| line("followed link", link, None)));
    add(
        &mut lines,
        &mut report.misnamed.iter().map(|name| line("not what its blob's name says", name, None)),
    );
    add(&mut lines, &mut report.ignored.iter().map(|name| line("ignored by the signature", name, None)));
    lines
}

fn line(what: &str, name: &Untrusted, note: Option<String>) -> Untrusted {
    let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
    Untrusted::new(format!("{what}: {}{note}", name.raw()))
}

fn add(to: &mut Vec<Untrusted>, lines: &mut dyn Iterator<Item = Untrusted>) {
    to.extend(lines.take(SHOWN));
    let more = lines.count();
    if more > 0 {
        to.push(Untrusted::new(format!("and {more} more")));
    }
}
