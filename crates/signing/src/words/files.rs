//! FILES in words: what the comparison comes to. The files themselves are in the report.

use crate::check::why::{FilesFound, FilesTally, FilesWhy, LikelyCause, MissingKind, Parts};
use crate::text::{count, count_are};

use super::{Words, fault, sentence};

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
        FilesWhy::Changing => Words {
            summary: "The files changed while they were being verified".to_owned(),
            remedy: Some("Stop what writes to the model, then verify it again".to_owned()),
            ..Words::default()
        },
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
        FilesFound::Part { signed_beside, here_beside } => {
            let beside = match (signed_beside, here_beside) {
                (0, 0) => "no other file was signed or lies here".to_owned(),
                (signed, here) => format!(
                    "not looked at: {} and {} here",
                    many(*signed, "other signed file"),
                    many(*here, "other file")
                ),
            };
            return Words {
                summary: format!("Partial: {all} of the part that was asked for unchanged; {beside}"),
                found: Some(told(tally).into()),
                remedy: Some(
                    "Load only that part; verify without --only before you load the rest".to_owned(),
                ),
                ..Words::default()
            };
        }
        FilesFound::NoPart => {
            return Words {
                summary: "Part of the model was asked for, and a pattern fits no signed file".to_owned(),
                expected: Some("a signed file for each pattern".into()),
                found: Some(told(tally).into()),
                remedy: Some(
                    "Correct the pattern: `touchmark inspect` lists the signed names, as seen from the model's folder"
                        .to_owned(),
                ),
                ..Words::default()
            };
        }
        FilesFound::EmptyCode { files } => {
            let summary = format!(
                "All {all} unchanged; {} not signed and named like code",
                many_are(*files, "empty file")
            );
            return Words {
                summary,
                found: Some(told(tally).into()),
                remedy: Some(
                    "Remove the empty files, or have the model signed with whole files instead of shards: shards leave \
                     empty files out"
                        .to_owned(),
                ),
                ..Words::default()
            };
        }
        FilesFound::Registry => {
            return Words {
                summary: format!(
                    "The registry lists all {all} with their signed digests; the files were not read"
                ),
                found: Some(told(tally).into()),
                remedy: Some("Verify in full, which reads the files".to_owned()),
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
                1 if *kind == MissingKind::NotFetched => "1 signed file is missing: not fetched".to_owned(),
                missing if *kind == MissingKind::NotFetched => {
                    format!("{missing} signed files are missing: not fetched")
                }
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
                MissingKind::NotFetched => {
                    "Fetch the other files as well, or verify only the part that is here: --only PATTERN"
                }
                MissingKind::Gone => {
                    "Get the missing files from the publisher; to verify only part of the model: --only PATTERN"
                }
            },
        ),
        FilesFound::BlobName { files } => (
            format!("{} as signed, but the name of the blob in the cache differs", many_are(*files, "file")),
            "Delete the blobs that are named here from the cache and download the model again",
        ),
        FilesFound::Leftovers => (
            format!("{} left behind by an interrupted signing", many_are(tally.unsigned, "file")),
            "Remove the files whose names begin with .touchmark-, or sign the model again: that removes them",
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
        Some(LikelyCause::TextForm) => {
            "An editor or a hook rewrote these files: check them out or download them again, and keep such tools away from \
             signed files"
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
