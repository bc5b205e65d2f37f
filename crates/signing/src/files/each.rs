//! What became of every single file of a model: the signed ones by what the signature lists, and those that lie beside
//! them. It puts together what a report and a manifest say, and compares nothing itself.

use crate::bundle::manifest::{Statement, parse_shard_name};
use crate::hashing::job::sha256_hex;
use crate::text::Untrusted;
use std::collections::{BTreeMap, HashMap};

use super::part::Only;
use super::report::FilesReport;

/// What became of a file, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileWord {
    /// Its bytes are not the signed ones.
    Changed,
    /// The signed file lies under another name.
    Moved,
    /// It was signed and is gone.
    Missing,
    /// Nobody signed it.
    Unsigned,
    /// It could not be read.
    Unreadable,
    /// It was signed and not downloaded: another making of the same file is here.
    NotFetched,
    /// It is no part of what was asked for, or nothing was compared.
    NotCompared,
    /// The signature leaves it out.
    Ignored,
    /// A claim or a signature, added after signing.
    Claim,
    /// As signed.
    Match,
}

impl FileWord {
    /// All, worst first.
    pub const ALL: [FileWord; 10] = [
        FileWord::Changed,
        FileWord::Moved,
        FileWord::Missing,
        FileWord::Unsigned,
        FileWord::Unreadable,
        FileWord::NotFetched,
        FileWord::NotCompared,
        FileWord::Ignored,
        FileWord::Claim,
        FileWord::Match,
    ];

    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            FileWord::Changed => "changed",
            FileWord::Moved => "moved",
            FileWord::Missing => "missing",
            FileWord::Unsigned => "unsigned",
            FileWord::Unreadable => "unreadable",
            FileWord::NotFetched => "not fetched",
            FileWord::NotCompared => "not compared",
            FileWord::Ignored => "ignored",
            FileWord::Claim => "claim",
            FileWord::Match => "match",
        }
    }
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeen {
    /// Its name as signed; of a file that nobody signed, as it lies here.
    pub name: Untrusted,
    /// What became of it.
    pub word: FileWord,
    /// Its size, bytes: that found, or else that signed, where either is known.
    pub size: Option<u64>,
    /// In how many shards it was signed; 0 for one digest over the whole file, or none at all.
    pub shards: u64,
    /// The signed digest of the whole file, hex; of a file in shards, SHA-256 over their digests in their order. None
    /// for one that nobody signed.
    pub digest: Option<String>,
    /// Its place among the changed or moved files of the report.
    pub at: Option<usize>,
}

#[derive(Default)]
struct Signed {
    digest: Option<String>,
    /// Where each shard begins, and its digest.
    parts: Vec<(u64, Vec<u8>)>,
    shards: u64,
    size: Option<u64>,
}

/// The files that a report names: those that are not as signed.
pub fn named_files(report: &FilesReport) -> Vec<FileSeen> {
    every_file(None, report)
}

/// Every file: those that are not as signed first, then by name. Without a statement, those that the report names.
pub(crate) fn every_file(statement: Option<&Statement>, report: &FilesReport) -> Vec<FileSeen> {
    let mut signed = statement.map(signed_names).unwrap_or_default();
    // A model that is one file may be signed as `.`; the report knows its name.
    if signed.len() == 1 && signed.contains_key(".") {
        let named = report.changed.first().map(|file| &file.name);
        let named = named.or_else(|| report.unreadable.first().map(|(name, _)| name));
        if let Some((name, only)) = named.zip(signed.remove(".")) {
            signed.insert(name.raw().to_owned(), only);
        }
    }
    let compared = report.signed > 0 || report.compared > 0;
    let mut words: HashMap<&str, (FileWord, Option<usize>)> = HashMap::new();
    for (at, file) in report.changed.iter().enumerate() {
        words.insert(file.name.raw(), (FileWord::Changed, Some(at)));
    }
    for (at, file) in report.moved.iter().enumerate() {
        words.insert(file.name.raw(), (FileWord::Moved, Some(at)));
    }
    let each = |word: FileWord| move |name| (name, word);
    let unreadable = report.unreadable.iter().map(|(name, _)| name);
    let named = (report.not_fetched.iter().map(each(FileWord::NotFetched)))
        .chain(report.truly_missing().map(each(FileWord::Missing)))
        .chain(unreadable.map(each(FileWord::Unreadable)))
        .chain(report.truly_extra().chain(&report.unsigned_empty).map(each(FileWord::Unsigned)))
        .chain(report.ignored.iter().map(each(FileWord::Ignored)))
        .chain(report.attestations.iter().map(each(FileWord::Claim)));
    for (name, word) in named {
        words.entry(name.raw()).or_insert((word, None));
    }

    let only: Vec<String> =
        report.part.iter().flat_map(|part| &part.only).map(|one| one.raw().to_owned()).collect();
    let only = Only::parse(&only).unwrap_or_default();
    let mut files = Vec::with_capacity(signed.len() + words.len());
    for (name, signed) in signed {
        let (word, at) = words.remove(name.as_str()).unwrap_or(match compared && only.covers(&name) {
            true => (FileWord::Match, None),
            false => (FileWord::NotCompared, None),
        });
        let changed = at.filter(|_| word == FileWord::Changed).and_then(|at| report.changed.get(at));
        let size = changed.map(|file| file.size).or(signed.size);
        let Signed { digest, shards, .. } = signed;
        files.push(FileSeen { name: name.into(), word, size, shards, digest, at });
    }
    for (name, (word, at)) in words {
        let changed = at.filter(|_| word == FileWord::Changed).and_then(|at| report.changed.get(at));
        let size = changed.map(|file| file.size);
        let shards = changed.map_or(0, |file| file.parts_total);
        files.push(FileSeen { name: name.into(), word, size, shards, digest: None, at });
    }
    files.sort_by(|a, b| (a.word, &a.name).cmp(&(b.word, &b.name)));
    files
}

fn signed_names(statement: &Statement) -> BTreeMap<String, Signed> {
    let sharded = statement.manifest.serialization.shard_size.is_some();
    let mut files: BTreeMap<String, Signed> = BTreeMap::new();
    for resource in &statement.manifest.resources {
        match parse_shard_name(&resource.name).filter(|_| sharded) {
            Some((path, start, end)) => {
                let file = files.entry(path.to_owned()).or_default();
                file.shards += 1;
                file.size = Some(file.size.unwrap_or_default().max(end));
                file.parts.push((start, resource.digest.clone()));
            }
            None => {
                let digest = Some(hex::encode(&resource.digest));
                files.insert(resource.name.clone(), Signed { digest, ..Signed::default() });
            }
        }
    }
    for file in files.values_mut().filter(|file| !file.parts.is_empty()) {
        let mut parts = std::mem::take(&mut file.parts);
        parts.sort_unstable();
        let all: Vec<u8> = parts.into_iter().flat_map(|(_, digest)| digest).collect();
        file.digest = Some(sha256_hex(&all));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::manifest::{Manifest, Resource, RootDigest, Serialization};
    use crate::files::localise::ChangedFile;
    use crate::hashing::job::HashAlgorithm;

    fn statement(names: &[&str], shard_size: Option<u64>) -> Statement {
        let resource = |name: &&str| Resource { name: (*name).to_owned(), digest: vec![7; 32] };
        Statement {
            subject_name: "m".into(),
            subject_digest: Some(RootDigest([0; 32])),
            manifest: Manifest {
                resources: names.iter().map(resource).collect(),
                serialization: Serialization {
                    hash: HashAlgorithm::Sha256,
                    allow_symlinks: false,
                    shard_size,
                    ignore_paths: Vec::new(),
                },
            },
            legacy: false,
        }
    }

    fn said(files: &[FileSeen]) -> Vec<(String, &'static str)> {
        files.iter().map(|file| (file.name.raw().to_owned(), file.word.word())).collect()
    }

    #[test]
    fn every_file_has_one_word_and_the_worst_stand_first() {
        let report = FilesReport {
            signed: 4,
            compared: 3,
            matched: 1,
            changed: vec![ChangedFile { name: "c".into(), size: 9, ..ChangedFile::default() }],
            missing: vec!["m".into()],
            extra: vec!["x.py".into()],
            ignored: vec![".git/config".into()],
            unreadable: Vec::new(),
            ..FilesReport::default()
        };
        let files = every_file(Some(&statement(&["a", "c", "m"], None)), &report);
        let expected = [
            ("c", "changed"),
            ("m", "missing"),
            ("x.py", "unsigned"),
            (".git/config", "ignored"),
            ("a", "match"),
        ];
        assert_eq!(said(&files), expected.map(|(name, word)| (name.to_owned(), word)));
        assert_eq!((files[0].size, files[0].at), (Some(9), Some(0)));
        assert_eq!(files[4].digest.as_deref(), Some("07".repeat(32).as_str()));
    }

    #[test]
    fn shards_are_one_file_and_what_was_not_compared_does_not_match() {
        let shards = statement(&["w:0:10", "w:10:15", "other"], Some(10));
        let files = every_file(Some(&shards), &FilesReport::default());
        assert_eq!(said(&files), [("other".to_owned(), "not compared"), ("w".to_owned(), "not compared")]);
        assert_eq!((files[1].shards, files[1].size), (2, Some(15)));
    }

    #[test]
    fn a_model_of_one_file_goes_by_the_name_that_lies_here() {
        let changed = ChangedFile { name: "m.gguf".into(), ..ChangedFile::default() };
        let report = FilesReport { signed: 1, compared: 1, changed: vec![changed], ..FilesReport::default() };
        let files = every_file(Some(&statement(&["."], None)), &report);
        assert_eq!(said(&files), [("m.gguf".to_owned(), "changed")]);
    }
}
