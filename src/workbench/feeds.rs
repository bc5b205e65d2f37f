//! Feeds: read from files and folders that somebody names, kept in the store, matched against the inventory. Whatever is
//! wrong with a feed, nothing of it is kept: the record and the entries come in one change, after all of it was read.

use super::door::Workbench;
use super::publish::Next;
use crate::disk::{read_small, read_start, slashed};
use crate::error::{Code, Error, Result};
use crate::feed::{
    Cited, Feed, FeedEntry, FeedKind, FeedRecord, FeedRecordSchema, Feeds, Import, Imported,
    LIMIT_FILE_BYTES, Lint, Match, Matches, Reader, Triage, TriageState, Triaged, TriagedEntry, find, ids_in,
    lint, technique_id,
};
use crate::inventory::ModelId;
use crate::maturity::Mappings;
use crate::store::{EvidenceDigest, RecordKind};
use crate::text::{Untrusted, screen};
use aws_lc_rs::digest::{Context, SHA256};
use std::path::{Path, PathBuf};

/// The most files of a folder.
const LIMIT_FILES: usize = 500_000;
/// How deep folders lie in each other.
const LIMIT_DEPTH: usize = 16;
/// The most bytes of all files of a folder.
const LIMIT_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// As much of the text of a technique is read.
const HEADING_BYTES: u64 = 16 * 1024;
/// The longest text that somebody writes.
const LIMIT_TEXT: usize = 4096;
/// The mapping whose clauses are entries of CoSAI-RM.
const RISK_MAP: &str = "cosai-rm";

/// A feed that is to be imported.
#[derive(Debug, Clone, Default)]
pub struct NewFeed {
    /// A file or folder.
    pub path: PathBuf,
    /// Which feed; none: as its content says.
    pub kind: Option<FeedKind>,
    /// Its version, where it does not say it.
    pub version: Option<String>,
    /// Where it comes from; none: the name of the file or folder.
    pub source: Option<String>,
}

/// What somebody says of a match.
#[derive(Debug, Clone)]
pub struct NewTriage {
    /// The id of the entry, or another id of it.
    pub id: String,
    /// What the match comes to.
    pub state: TriageState,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: String,
}

impl Workbench {
    /// The feeds that are in force, and what was said of their matches.
    ///
    /// # Errors
    /// `E-STORE`.
    pub fn feeds(&self) -> Result<Feeds> {
        let mut feeds = Feeds::default();
        self.store()
            .all(&RecordKind::Feed, &mut |entries| entries.iter().for_each(|entry| feeds.take(entry)))?;
        Ok(feeds)
    }

    /// Imports a feed.
    ///
    /// # Errors
    /// `E-MALFORMED` for what is no feed, `E-TOO-LARGE`, `E-READ`; `E-USAGE` when a name is empty, the version is another
    /// one, or nothing may be written; `E-STORE`, `E-WRITE`.
    pub fn import_feed(&self, new: &NewFeed) -> Result<Imported> {
        self.writable()?;
        let version = new.version.as_deref().map(|version| written("version", version)).transpose()?;
        let named = new.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let source = new.source.clone().or(named).unwrap_or_else(|| ".".to_owned());
        let source = written("source", &source)?;
        let mut reader = Reader::new(new.kind, version);
        let Read { sha256, bytes, files } = read(&new.path, new.kind, &mut reader)?;
        let feed = reader.finish().map_err(|error| error.at_path(&new.path))?;
        let kept = crate::json::to_line(&feed).map_err(|error| {
            Error::new(Code::Internal, format!("a feed cannot be written as JSON ({error})"))
        })?;
        let import = Import {
            kind: feed.kind,
            source: source.clone(),
            version: feed.version.clone(),
            sha256,
            bytes,
            files,
            kept: EvidenceDigest::of(kept.as_bytes())?,
            entries: feed.items.len(),
        };
        let number =
            self.record_feed(&ModelId::new(source.raw()), FeedEntry::Import(import), kept.as_bytes())?;
        let feeds = self.feeds()?;
        feeds.in_force().find(|known| known.record == number).cloned().ok_or_else(|| {
            Error::new(Code::Changed, "a newer import took its place meanwhile").at(source.screen())
        })
    }

    /// The entries of feeds that may be about one model or all. An empty list of feeds says that nothing is known.
    ///
    /// # Errors
    /// `E-STORE`; `E-EVIDENCE` when a record is here and the feed is not.
    pub fn match_feeds(&self, model: Option<usize>) -> Result<(Feeds, Vec<Imported>, Matches)> {
        let feeds = self.feeds()?;
        let asked: Vec<Imported> =
            feeds.in_force().filter(|one| one.import.kind.names_what_is_affected()).cloned().collect();
        let kept = self.kept_feeds(&asked)?;
        let view = self.view();
        let models = view.models.iter().enumerate();
        let wanted = models.filter(|(index, _)| model.is_none_or(|wanted| wanted == *index));
        let found = find(wanted.map(|(_, model)| model), &kept)?;
        Ok((feeds, asked, found))
    }

    /// Records what a match of a model comes to.
    ///
    /// # Errors
    /// `E-NOT-FOUND` when no feed in force has such an entry for the model; `E-USAGE` when a text is empty; and as
    /// [`Workbench::match_feeds`].
    pub fn triage_match(&self, model: usize, new: &NewTriage) -> Result<(Match, Triaged)> {
        self.writable()?;
        let (id, reason, by) =
            (written("id", &new.id)?, written("reason", &new.reason)?, written("by", &new.by)?);
        let (_, _, found) = self.match_feeds(Some(model))?;
        let is_meant = |one: &&Match| one.id == id || one.aliases.contains(&id);
        let meant: Vec<&Match> = found.matches.iter().filter(is_meant).collect();
        let Some(first) = meant.first().map(|first| (*first).clone()) else {
            return Err(Error::new(Code::NotFound, "no feed in force has this entry for the model")
                .at(id.screen())
                .help("`touchmark feed match MODEL` lists the matches"));
        };
        let entry = |one: &&Match| TriagedEntry { id: one.id.clone(), feed: one.feed, sha256: one.sha256 };
        let entries: Vec<TriagedEntry> = meant.iter().map(entry).collect();
        let triage = Triage { id, entries, state: new.state, reason, by };
        self.record_feed(&first.model, FeedEntry::Triage(triage), &[])?;
        let said = self.feeds()?.triage(&first.model, &first.id, first.sha256).cloned();
        let said =
            said.ok_or_else(|| Error::new(Code::Internal, "a triage was recorded and cannot be found"))?;
        Ok((first, said))
    }

    /// Checks the ids that runbooks, the rubric, the mapping to CoSAI-RM and feeds name against the feeds in force.
    ///
    /// # Errors
    /// As [`Workbench::match_feeds`] and [`Workbench::runbooks`].
    pub fn lint_feeds(&self) -> Result<Lint> {
        let feeds: Vec<Imported> = self.feeds()?.in_force().cloned().collect();
        let kept = self.kept_feeds(&feeds)?;
        let mut cited = Vec::new();
        let mut cite = |place: String, text: &str| {
            let place = Untrusted::new(place);
            cited.extend(ids_in(text).map(|(id, kind)| Cited {
                place: place.clone(),
                id,
                kind,
                version: None,
            }));
        };
        for shelved in self.runbooks()?.runbooks() {
            for id in &shelved.runbook.atlas {
                cite(format!("runbook {}", shelved.runbook.id), id.raw());
            }
        }
        for control in &self.view().rubric.controls {
            cite(format!("rubric {}", control.id), &control.clause);
        }
        for mapping in Mappings::bundled().all.iter().filter(|mapping| mapping.id == RISK_MAP) {
            cited.extend(mapping.clauses.iter().map(|clause| Cited {
                place: format!("mapping {}", mapping.id).into(),
                id: clause.id.as_str().into(),
                kind: FeedKind::CosaiRm,
                version: Some(mapping.version.as_str().into()),
            }));
        }
        for (_, feed) in &kept {
            for item in &feed.items {
                let place = Untrusted::new(format!("{} {}", feed.kind.name(), item.id.raw()));
                let ids = item.refs.iter().flat_map(|text| ids_in(text.raw()));
                cited.extend(ids.map(|(id, kind)| Cited { place: place.clone(), id, kind, version: None }));
            }
        }
        Ok(lint(cited, &kept))
    }

    fn record_feed(&self, about: &ModelId, entry: FeedEntry, piece: &[u8]) -> Result<u64> {
        let record = FeedRecord { schema: FeedRecordSchema::V1, made: self.made()?, entry };
        let pieces: Vec<_> =
            Some(piece).filter(|piece| !piece.is_empty()).map(Into::into).into_iter().collect();
        let record = self.record_with(RecordKind::Feed, about, &record, &pieces)?;
        self.renew(|view| Ok(Next::as_in(view)))?;
        Ok(record.number)
    }

    pub(super) fn kept_feeds(&self, imported: &[Imported]) -> Result<Vec<(EvidenceDigest, Feed)>> {
        let one = |imported: &Imported| {
            let digest = imported.import.kept;
            let bytes = self.store().evidence(digest)?.ok_or_else(|| {
                Error::new(Code::Evidence, "this store has the record of the feed, and not the feed")
                    .at(imported.import.source.screen())
                    .help("import it again with `touchmark feed import`")
            })?;
            let feed = serde_json::from_slice(&bytes).map_err(|_| {
                Error::new(Code::Store, "a feed in the store cannot be read")
                    .at(imported.import.source.screen())
                    .help("import it again with `touchmark feed import`")
            })?;
            Ok((digest, feed))
        };
        imported.iter().map(one).collect()
    }
}

/// What was read.
struct Read {
    sha256: EvidenceDigest,
    bytes: u64,
    files: usize,
}

fn read(path: &Path, kind: Option<FeedKind>, reader: &mut Reader) -> Result<Read> {
    if !path.is_dir() {
        let bytes = bytes_of(path)?;
        reader.take(&name_of(path), &bytes)?;
        let sha256 = digest([bytes.as_slice()])?;
        return Ok(Read { sha256, bytes: bytes.len() as u64, files: 1 });
    }
    let mut lines: Vec<String> = Vec::new();
    let mut total = 0;
    let techniques = techniques_in(path)?;
    let is_safe_mcp = !techniques.is_empty() && kind.is_none_or(|kind| kind == FeedKind::SafeMcp);
    let mut take = |file: &Path, bytes: &[u8]| -> Result<()> {
        total += bytes.len() as u64;
        if total > LIMIT_BYTES {
            return Err(
                Error::new(Code::TooLarge, format!("more than {LIMIT_BYTES} bytes in all")).at_path(path)
            );
        }
        let name = slashed(file.strip_prefix(path).unwrap_or(file));
        lines.push(format!("{}  {name}\n", digest([bytes])?));
        Ok(())
    };
    if is_safe_mcp {
        for folder in techniques {
            let file = folder.join("README.md");
            let bytes = read_start(&file, HEADING_BYTES)?;
            reader.technique(&name_of(&folder), &String::from_utf8_lossy(&bytes))?;
            take(&file, &bytes)?;
        }
    } else {
        for file in documents_in(path)? {
            let bytes = bytes_of(&file)?;
            if reader.take(&slashed(file.strip_prefix(path).unwrap_or(&file)), &bytes)? {
                take(&file, &bytes)?;
            }
        }
    }
    let files = lines.len();
    let sha256 = digest(lines.iter().map(String::as_bytes))?;
    Ok(Read { sha256, bytes: total, files })
}

fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    read_small(file, LIMIT_FILE_BYTES).map_err(|error| match error.code {
        Code::TooLarge => error.help("split it into files, and import their folder"),
        _ => error,
    })
}

fn digest<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Result<EvidenceDigest> {
    let mut sum = Context::new(&SHA256);
    pieces.into_iter().for_each(|piece| sum.update(piece));
    <[u8; 32]>::try_from(sum.finish().as_ref())
        .map(EvidenceDigest)
        .map_err(|_| Error::new(Code::Internal, "a digest has another length"))
}

/// The folders of techniques and mitigations of a checkout of SAFE-MCP, by name.
fn techniques_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for below in ["techniques", "mitigations"] {
        let below = folder.join(below);
        if !below.is_dir() {
            continue;
        }
        let named = entries_of(&below)?.into_iter().filter(|(path, is_folder)| {
            *is_folder && technique_id(&name_of(path)) && path.join("README.md").is_file()
        });
        found.extend(named.map(|(path, _)| path));
    }
    Ok(found)
}

/// The documents in a folder and the folders in it, by path. Links and hidden names are left out.
fn documents_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut next = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = next.pop() {
        for (path, is_folder) in entries_of(&folder)? {
            if is_folder && depth < LIMIT_DEPTH {
                next.push((path, depth + 1));
            } else if is_folder {
                return Err(Error::new(Code::TooLarge, "folders lie too deep in each other").at_path(&path));
            } else {
                let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
                let is_document = matches!(ending.as_deref(), Some("json" | "jsonl" | "yaml" | "yml"));
                files.extend(is_document.then_some(path));
            }
        }
        if files.len() + next.len() > LIMIT_FILES {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_FILES} files")).at_path(&folder));
        }
    }
    files.sort();
    Ok(files)
}

/// What lies in a folder, each with whether it is a folder, by name.
fn entries_of(folder: &Path) -> Result<Vec<(PathBuf, bool)>> {
    let unread = |cause: std::io::Error| Error::read(folder, &cause);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let kind = entry.file_type().map_err(unread)?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_hidden && (kind.is_dir() || kind.is_file()) {
            found.push((entry.path(), kind.is_dir()));
        }
        if found.len() > LIMIT_FILES {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_FILES} files")).at_path(folder));
        }
    }
    found.sort();
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A text that somebody wrote, neither empty nor too long.
fn written(what: &str, text: &str) -> Result<Untrusted> {
    let text = text.trim();
    if text.is_empty() || text.len() > LIMIT_TEXT {
        let why = if text.is_empty() { "is empty" } else { "is too long" };
        return Err(Error::new(Code::Usage, format!("`{what}` {why}")).at(screen(what)));
    }
    Ok(Untrusted::new(text))
}
