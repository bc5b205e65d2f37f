//! What the verify screen shows besides the checks: which tab, where in the files, and what was read of the signature.

use crate::decision::RecordRef;
use crate::inventory::ModelId;
use crate::signing::{Anatomy, Check, FileSeen, FileWord, Stage, named_files};
use crate::view::Verified;
use std::sync::Arc;

/// A tab of the right pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// What the chosen check means.
    #[default]
    Check,
    /// Every file.
    Files,
    /// The certificates against the signing time.
    Chain,
    /// Who signed, against who was expected.
    Identity,
    /// The transparency log.
    Log,
    /// What was signed.
    Statement,
    /// The document itself.
    Raw,
}

impl Tab {
    /// All, from left to right.
    pub const ALL: [Tab; 7] =
        [Tab::Check, Tab::Files, Tab::Chain, Tab::Identity, Tab::Log, Tab::Statement, Tab::Raw];

    /// The word on it.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Check => "Check",
            Tab::Files => "Files",
            Tab::Chain => "Chain",
            Tab::Identity => "Identity",
            Tab::Log => "Log",
            Tab::Statement => "Statement",
            Tab::Raw => "Raw",
        }
    }

    /// The stage that it is about; none where it is about the chosen check, or about all of the signature.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Tab::Check | Tab::Raw => None,
            Tab::Files => Some(Stage::Files),
            Tab::Chain => Some(Stage::Chain),
            Tab::Identity => Some(Stage::Identity),
            Tab::Log => Some(Stage::Log),
            Tab::Statement => Some(Stage::Statement),
        }
    }

    /// What it shows, in two or three words.
    pub fn about(self) -> &'static str {
        match self {
            Tab::Check => "The check",
            Tab::Files => "All files",
            Tab::Chain => "Certificates",
            Tab::Identity => "The signer",
            Tab::Log => "Transparency log",
            Tab::Statement => "What was signed",
            Tab::Raw => "The raw bundle",
        }
    }

    /// The tab that shows what a check rests on.
    pub fn of(stage: Stage) -> Tab {
        match stage {
            Stage::Files => Tab::Files,
            Stage::Signature | Stage::Chain | Stage::Trust | Stage::Time => Tab::Chain,
            Stage::Identity => Tab::Identity,
            Stage::Log => Tab::Log,
            Stage::Statement | Stage::Subject => Tab::Statement,
            Stage::Parse | Stage::Method => Tab::Raw,
            Stage::Predicates | Stage::Policy => Tab::Check,
        }
    }

    /// The tab some places to the right of it, round and round.
    pub fn turned(self, by: isize) -> Tab {
        let at = Tab::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let places = isize::try_from(Tab::ALL.len()).unwrap_or(1);
        let at = isize::try_from(at).unwrap_or(0).saturating_add(by).rem_euclid(places);
        usize::try_from(at).ok().and_then(|at| Tab::ALL.get(at)).copied().unwrap_or_default()
    }
}

/// What was read of a signature, and of which verification.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The model.
    pub model: ModelId,
    /// The record of the verification.
    pub record: RecordRef,
    /// What was read, or why nothing was: safe to show.
    pub what: Result<Arc<Anatomy>, String>,
}

/// What an anatomy was asked for: it is made anew when the verification or its judgement changes.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedFor {
    /// The model.
    pub model: ModelId,
    /// The record of its verification.
    pub record: RecordRef,
    /// What was found of its certificates.
    pub chain: Option<Check>,
}

/// A row of the list of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRow {
    /// A file, by its index.
    File(usize),
    /// This many files that match, folded.
    Matching(usize),
}

/// State of the verify screen besides the chosen check.
#[derive(Default)]
pub struct VerifyState {
    /// The open tab.
    pub tab: Tab,
    /// Whether keys move in the right pane instead of among the checks.
    pub inside: bool,
    /// The chosen row of the files.
    pub file: usize,
    /// Whether files that match are listed among others.
    pub unfolded: bool,
    /// The one state of files that is shown.
    pub only: Option<FileWord>,
    /// The files as the report names them, until all of them are known.
    pub named: Arc<Vec<FileSeen>>,
    /// What was read of the signature.
    pub looked: Option<Looked>,
    /// What was asked for last.
    pub asked: Option<AskedFor>,
}

impl VerifyState {
    /// Starts anew on a verification, with the tab that shows a check.
    pub fn begin(&mut self, verified: Option<&Verified>, tab: Tab) {
        let (looked, asked) = (self.looked.take(), self.asked.take());
        let named = verified.map(|verified| named_files(&verified.verification.files)).unwrap_or_default();
        *self = VerifyState { tab, named: Arc::new(named), looked, asked, ..VerifyState::default() };
    }

    /// What was read of the signature of this verification; none while it is being read.
    pub fn read(&self, verified: &Verified) -> Option<Result<&Arc<Anatomy>, &str>> {
        let looked = self.looked.as_ref().filter(|looked| looked.record == verified.record)?;
        Some(looked.what.as_ref().map_err(String::as_str))
    }

    /// All files that are known, those that are not as signed first.
    pub fn files(&self, verified: &Verified) -> &[FileSeen] {
        match self.read(verified) {
            Some(Ok(anatomy)) if !anatomy.files.is_empty() => &anatomy.files,
            _ => &self.named,
        }
    }

    /// How many rows the list of files has.
    pub fn rows(&self, verified: &Verified) -> usize {
        let (from, to, folded) = self.shown(self.files(verified));
        to - from + usize::from(folded > 0)
    }

    /// A row of the list.
    pub fn row(&self, verified: &Verified, at: usize) -> Option<FileRow> {
        let (from, to, folded) = self.shown(self.files(verified));
        match from + at {
            file if file < to => Some(FileRow::File(file)),
            file if file == to && folded > 0 => Some(FileRow::Matching(folded)),
            _ => None,
        }
    }

    /// The file of the chosen row.
    pub fn chosen<'v>(&'v self, verified: &Verified) -> Option<&'v FileSeen> {
        match self.row(verified, self.file)? {
            FileRow::File(at) => self.files(verified).get(at),
            FileRow::Matching(_) => None,
        }
    }

    /// From where to where the files are listed, and how many that match are folded. They are sorted by their words.
    fn shown(&self, files: &[FileSeen]) -> (usize, usize, usize) {
        if let Some(only) = self.only {
            let from = files.partition_point(|file| file.word < only);
            return (from, files.partition_point(|file| file.word <= only), 0);
        }
        let differ = files.partition_point(|file| file.word < FileWord::Match);
        match self.unfolded || differ == 0 {
            true => (0, files.len(), 0),
            false => (0, differ, files.len() - differ),
        }
    }

    /// Shows the files of the next state that any file is in, then all again.
    pub fn next_word(&mut self, verified: &Verified) {
        let files = self.files(verified);
        let after = |word: FileWord| match self.only {
            Some(only) => word > only,
            None => true,
        };
        let next = FileWord::ALL.into_iter().find(|word| {
            let at = files.partition_point(|file| file.word < *word);
            after(*word) && files.get(at).is_some_and(|file| file.word == *word)
        });
        (self.only, self.file) = (next, 0);
    }
}

/// How many files are in each state that any is in, worst first.
pub fn tally(files: &[FileSeen]) -> Vec<(FileWord, usize)> {
    let many = |word: FileWord| {
        files.partition_point(|file| file.word <= word) - files.partition_point(|file| file.word < word)
    };
    FileWord::ALL.into_iter().map(|word| (word, many(word))).filter(|(_, many)| *many > 0).collect()
}
