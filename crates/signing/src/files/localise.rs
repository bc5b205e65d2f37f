//! What a difference looks like: cut off, replaced by a pointer, moved, renamed by case; and where in the
//! file it lies. It explains what was found, and decides nothing.

use crate::check::change::{ChangeNote, HeaderFormat, TextForm};
use crate::disk::read_small;
use crate::error::Result;
use crate::hashing::files::hash_files;
use crate::hashing::job::{HashAlgorithm, HashJob};
use crate::progress::Progress;
use crate::text::Untrusted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use unicode_normalization::UnicodeNormalization;

use super::enumerate::Entry;
use super::formats::{self, Format};
use super::parts::{Part, signed_size};
use super::tensors::{self, Head, Layout};
use super::text_forms;

/// What kind of change a file shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Other bytes; more cannot be told.
    #[default]
    Content,
    /// It ends too early.
    Truncated,
    /// Something follows where it should end.
    Lengthened,
    /// It is empty now.
    Emptied,
    /// Only the ends of lines differ (LF, CRLF).
    LineEnds,
    /// The same text with another end or beginning: ends of the last line, a byte-order mark.
    TextForm,
    /// A Git LFS pointer lies in its place.
    LfsPointer,
    /// An HTML page lies in its place.
    HtmlPage,
    /// It holds the signed bytes of another file.
    OtherFile,
}

/// Tensors that lie in a range of a file, by the file's own header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
pub struct TensorsHit {
    /// The first few, by place.
    pub names: Vec<Untrusted>,
    /// How many there are.
    pub total: u64,
    /// Whether the range holds part of the header; then the names are as the changed file says.
    pub header: bool,
}

/// A shard that is not as signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedPart {
    /// Its number in the file, from 1.
    pub number: u64,
    /// First byte.
    pub start: u64,
    /// The byte after the last.
    pub end: u64,
    /// Signed digest, hex.
    pub expected: String,
    /// Digest found, hex; empty for bytes that are not there.
    pub found: String,
    /// What lies there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tensors: Option<TensorsHit>,
}

/// A file whose digest is not the signed one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default, JsonSchema)]
pub struct ChangedFile {
    /// Resource name.
    pub name: Untrusted,
    /// Signed digest, hex: of the file, or of its first shard that differs.
    pub expected: String,
    /// Digest found, hex; empty when those bytes are not there.
    pub found: String,
    /// Size found, bytes.
    pub size: u64,
    /// What kind of change it is.
    #[serde(default)]
    pub kind: ChangeKind,
    /// The size that was signed, where shards tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_size: Option<u64>,
    /// The size that the file's own header promises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_size: Option<u64>,
    /// The first few shards that differ; none when the file was signed as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ChangedPart>,
    /// How many shards differ.
    #[serde(default)]
    pub parts_changed: u64,
    /// How many shards the file has.
    #[serde(default)]
    pub parts_total: u64,
    /// The signed name of the file whose bytes it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<Untrusted>,
    /// More than that it differs, when that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ChangeNote>,
}

/// How a file came by another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MoveKind {
    /// The signed bytes lie under another name.
    Moved,
    /// The name differs in upper and lower case only.
    Case,
    /// The name is the same text in another Unicode form (NFC, NFD).
    UnicodeForm,
}

/// A missing file that was found under another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MovedFile {
    /// The signed name.
    pub name: Untrusted,
    /// The name here.
    pub found: Untrusted,
    /// How they differ.
    pub kind: MoveKind,
    /// Whether the bytes are the signed ones; false also when they were too many to be hashed for this.
    pub same_bytes: bool,
}

/// Shards of a file that are listed.
const MAX_PARTS: usize = 16;
const MAX_TENSORS_NAMED: usize = 4;
const LIMIT_POINTER_BYTES: u64 = 1024;
const LIMIT_TEXT_BYTES: u64 = 4 * 1024 * 1024;
/// Unsigned files are hashed to find moved ones only within these bounds.
const MAX_MOVED_FILES: usize = 256;
const MAX_MOVED_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// A part that differs: its place among the parts, and the digest found, if its bytes are there.
pub(crate) struct Differing {
    pub(crate) index: usize,
    pub(crate) found: Option<Vec<u8>>,
}

/// Explains one changed file. `look` allows to read from it.
pub(crate) fn changed(
    name: &str,
    entry: &Entry,
    parts: &[Part<'_>],
    differing: &[Differing],
    algorithm: HashAlgorithm,
    look: bool,
) -> ChangedFile {
    let part_of = |differing: &Differing| parts.get(differing.index);
    let first = differing.first();
    let mut file = ChangedFile {
        name: Untrusted::new(name),
        expected: first.and_then(part_of).map(|part| hex::encode(part.digest)).unwrap_or_default(),
        found: first.and_then(|first| first.found.as_ref()).map(hex::encode).unwrap_or_default(),
        size: entry.size,
        signed_size: signed_size(parts),
        ..ChangedFile::default()
    };
    let head = if look { tensors::read(&entry.path) } else { Head::Unknown };
    if file.signed_size.is_some() {
        file.parts_total = parts.len() as u64;
        file.parts_changed = differing.len() as u64;
        for differing in differing.iter().take(MAX_PARTS) {
            let Some((part, (start, end))) = part_of(differing).and_then(|part| Some((part, part.range?)))
            else {
                continue;
            };
            file.parts.push(ChangedPart {
                number: differing.index as u64 + 1,
                start,
                end,
                expected: hex::encode(part.digest),
                found: differing.found.as_ref().map(hex::encode).unwrap_or_default(),
                tensors: match &head {
                    Head::Whole(layout) => Some(tensors(layout, start, end)),
                    _ => None,
                },
            });
        }
    }
    classify(&mut file, entry, &head, algorithm, look);
    file
}

fn tensors(layout: &Layout, start: u64, end: u64) -> TensorsHit {
    let mut hit = TensorsHit { header: start < layout.header_end, ..TensorsHit::default() };
    for tensor in layout.within(start, end) {
        hit.total += 1;
        if hit.names.len() < MAX_TENSORS_NAMED {
            hit.names.push(Untrusted::new(&tensor.name));
        }
    }
    hit
}

fn classify(file: &mut ChangedFile, entry: &Entry, head: &Head, algorithm: HashAlgorithm, look: bool) {
    let (kind, note) = match (file.signed_size, head) {
        _ if file.size == 0 => (ChangeKind::Emptied, Some(ChangeNote::Empty)),
        (Some(signed), _) if file.size < signed => {
            (ChangeKind::Truncated, Some(ChangeNote::Shorter { bytes: signed - file.size }))
        }
        (Some(signed), _) if file.size > signed => {
            (ChangeKind::Lengthened, Some(ChangeNote::Longer { bytes: file.size - signed }))
        }
        (_, Head::Cut { at_least }) => {
            file.promised_size = Some(*at_least);
            (ChangeKind::Truncated, Some(ChangeNote::CutHeader))
        }
        (_, Head::Whole(layout)) => by_header(file, layout),
        (_, Head::Unknown) if look => by_content(file, entry, algorithm),
        _ => (ChangeKind::Content, None),
    };
    (file.kind, file.note) = (kind, note);
}

/// The file's own header against its size: all that can be said when one digest covers the whole file.
fn by_header(file: &mut ChangedFile, layout: &Layout) -> (ChangeKind, Option<ChangeNote>) {
    let (least, most) = layout.promised;
    let (format, tensors) = (layout.format, layout.tensors.len() as u64);
    file.promised_size = Some(least);
    if file.size < least {
        let note = ChangeNote::EndsEarly { bytes: least - file.size, format };
        return (ChangeKind::Truncated, Some(note));
    }
    if file.size > most {
        let note = ChangeNote::Trailing { bytes: file.size - most, format };
        return (ChangeKind::Lengthened, Some(note));
    }
    (ChangeKind::Content, Some(ChangeNote::Header { format, tensors }))
}

fn by_content(
    file: &mut ChangedFile,
    entry: &Entry,
    algorithm: HashAlgorithm,
) -> (ChangeKind, Option<ChangeNote>) {
    let extension = file.name.raw().rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let has = |wanted: &str| extension.as_deref() == Some(wanted);
    let format = formats::read(&entry.path).ok();
    if let Some(Format::Text) = format {
        let text = read_small(&entry.path, LIMIT_TEXT_BYTES).unwrap_or_default();
        if let Some((to_signed, size)) = lfs_pointer(&text, &file.expected, algorithm) {
            file.promised_size = size;
            return (ChangeKind::LfsPointer, Some(ChangeNote::LfsPointer { to_signed }));
        }
        let start: Vec<u8> =
            text.trim_ascii_start().iter().take(14).map(|byte| byte.to_ascii_lowercase()).collect();
        let is_page = start.starts_with(b"<!doctype html") || start.starts_with(b"<html");
        if is_page && !has("html") && !has("htm") {
            return (ChangeKind::HtmlPage, Some(ChangeNote::HtmlPage));
        }
        match text_forms::form_of(&text, &file.expected, algorithm) {
            Some(TextForm { signed_crlf: Some(signed_crlf), final_newlines: 0, byte_order_mark: None }) => {
                return (ChangeKind::LineEnds, Some(ChangeNote::LineEnds { signed_crlf }));
            }
            Some(form) => return (ChangeKind::TextForm, Some(ChangeNote::TextForm(form))),
            None => {}
        }
    }
    let note = match format {
        Some(Format::Safetensors { tensors, .. }) => {
            Some(ChangeNote::Header { format: HeaderFormat::Safetensors, tensors: tensors as u64 })
        }
        Some(Format::Gguf { version, tensors, .. }) => Some(ChangeNote::Gguf { version, tensors }),
        Some(Format::Pickle) => Some(ChangeNote::Pickle),
        Some(Format::Zip) => Some(ChangeNote::Zip),
        Some(Format::Text) => Some(ChangeNote::Text),
        Some(Format::Other) | None if has("safetensors") => {
            Some(ChangeNote::BadHeader(HeaderFormat::Safetensors))
        }
        Some(Format::Other) | None if has("gguf") => Some(ChangeNote::BadHeader(HeaderFormat::Gguf)),
        Some(Format::Other) | None => None,
    };
    (ChangeKind::Content, note)
}

/// Whether the text is a Git LFS pointer: is it to the signed file, and how long is that.
fn lfs_pointer(text: &[u8], expected: &str, algorithm: HashAlgorithm) -> Option<(bool, Option<u64>)> {
    if text.len() as u64 > LIMIT_POINTER_BYTES {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    text.strip_prefix("version https://git-lfs.github.com/spec/v")?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let right = algorithm == HashAlgorithm::Sha256 && field("oid sha256:") == Some(expected);
    Some((right, field("size ").and_then(|size| size.parse().ok())))
}

/// Files that hold the signed bytes of another file.
pub(crate) fn mark_swapped(changed: &mut [ChangedFile], signed: &BTreeMap<&str, Vec<Part<'_>>>) {
    if changed.is_empty() {
        return;
    }
    let mut by_digest: HashMap<&[u8], &str> = HashMap::new();
    for (name, parts) in signed {
        if let [Part { range: None, digest }] = parts.as_slice() {
            by_digest.entry(digest).or_insert(name);
        }
    }
    for file in changed.iter_mut().filter(|file| file.signed_size.is_none() && file.size > 0) {
        let found = hex::decode(&file.found).unwrap_or_default();
        if let Some(name) = by_digest.get(found.as_slice()) {
            file.kind = ChangeKind::OtherFile;
            file.same_as = Some(Untrusted::new(*name));
            file.note = Some(ChangeNote::OtherFile);
        }
    }
}

/// Missing files that lie here under another, unsigned name.
///
/// # Errors
/// `E-CANCELLED`.
pub(crate) fn moved(
    missing: &[Untrusted],
    extra: &[&Entry],
    signed: &BTreeMap<&str, Vec<Part<'_>>>,
    algorithm: HashAlgorithm,
    progress: &Progress,
) -> Result<Vec<MovedFile>> {
    if missing.is_empty() || extra.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_fold: HashMap<String, &Entry> = HashMap::new();
    for entry in extra {
        by_fold.entry(fold(&entry.name)).or_insert(entry);
    }
    let some: Vec<&Entry> = extra.iter().copied().take(MAX_MOVED_FILES).collect();
    let whole = whole_digests(&some, algorithm, progress)?;
    let mut tries = MAX_MOVED_FILES;
    let mut found: Vec<MovedFile> = Vec::new();
    for name in missing {
        let Some(parts) = signed.get(name.raw()) else { continue };
        let by_name = by_fold.get(&fold(name.raw())).copied();
        let by_bytes = match parts.as_slice() {
            [Part { range: None, digest }] => {
                let same = |entry: &&Entry| whole.get(entry.name.as_str()).is_some_and(|d| d == digest);
                by_name.filter(same).or_else(|| some.iter().copied().find(same))
            }
            parts => same_shards(by_name.iter().chain(&some), parts, algorithm, &mut tries, progress)?,
        };
        let Some(entry) = by_bytes.or(by_name) else { continue };
        let is_renamed = by_name.is_some_and(|twin| twin.name == entry.name);
        found.push(MovedFile {
            name: name.clone(),
            found: Untrusted::new(&entry.name),
            kind: if is_renamed { renamed(name.raw(), &entry.name) } else { MoveKind::Moved },
            same_bytes: by_bytes.is_some(),
        });
    }
    Ok(found)
}

fn renamed(signed: &str, here: &str) -> MoveKind {
    if signed.nfc().eq(here.nfc()) { MoveKind::UnicodeForm } else { MoveKind::Case }
}

/// Names that a file system may take for one another.
fn fold(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Digests of whole files by name, as far as the bounds allow.
fn whole_digests<'e>(
    entries: &[&'e Entry],
    algorithm: HashAlgorithm,
    progress: &Progress,
) -> Result<HashMap<&'e str, Vec<u8>>> {
    if entries.iter().map(|entry| entry.size).sum::<u64>() > MAX_MOVED_BYTES {
        return Ok(HashMap::new());
    }
    let jobs: Vec<HashJob> = entries
        .iter()
        .map(|entry| HashJob { path: entry.path.clone(), size: entry.size, range: None })
        .collect();
    let digests = hash_files(algorithm, &jobs, progress)?;
    let named = entries.iter().zip(digests);
    Ok(named.filter_map(|(entry, digest)| Some((entry.name.as_str(), digest.ok()?))).collect())
}

/// The first entry of the right length whose every shard is as signed.
fn same_shards<'e>(
    entries: impl Iterator<Item = &'e &'e Entry>,
    parts: &[Part<'_>],
    algorithm: HashAlgorithm,
    tries: &mut usize,
    progress: &Progress,
) -> Result<Option<&'e Entry>> {
    for entry in entries.filter(|entry| Some(entry.size) == signed_size(parts)) {
        if *tries == 0 || entry.size > MAX_MOVED_BYTES {
            break;
        }
        *tries -= 1;
        let jobs: Vec<HashJob> = parts
            .iter()
            .map(|part| HashJob { path: entry.path.clone(), size: entry.size, range: part.range })
            .collect();
        let digests = hash_files(algorithm, &jobs, progress)?;
        let mut both = digests.iter().zip(parts);
        if both.all(|(found, part)| found.as_ref().is_ok_and(|found| found == part.digest)) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

impl MovedFile {
    /// One line: what became of the file.
    pub fn line(&self) -> Untrusted {
        let bytes = match (self.same_bytes, self.kind) {
            (true, _) => "the same bytes",
            (false, _) => "with other bytes",
        };
        let note = match self.kind {
            MoveKind::Moved => bytes.to_owned(),
            MoveKind::Case => format!("upper and lower case differ; {bytes}"),
            MoveKind::UnicodeForm => format!("another Unicode form of the same name; {bytes}"),
        };
        Untrusted::new(format!("{} -> {} ({note})", self.name.raw(), self.found.raw()))
    }
}

impl ChangedFile {
    /// Where it differs: shards with their bytes, and the tensors that lie there. None for a file that was
    /// signed as a whole.
    pub fn place(&self) -> Option<Untrusted> {
        const SHOWN: usize = 3;
        let shown: Vec<String> = self
            .parts
            .iter()
            .take(SHOWN)
            .map(|part| {
                let differ = match (part.found.is_empty(), part.start < self.size) {
                    (false, _) => "differ",
                    (true, true) => "are not all here",
                    (true, false) => "are not here",
                };
                let tensors = part.tensors.as_ref().map(TensorsHit::words).unwrap_or_default();
                let (number, total) = (part.number, self.parts_total);
                format!("shard {number} of {total}, bytes {} to {} {differ}{tensors}", part.start, part.end)
            })
            .collect();
        let more = self.parts_changed.saturating_sub(shown.len() as u64);
        let more = if more > 0 { format!("; and {more} more shards") } else { String::new() };
        (!shown.is_empty()).then(|| Untrusted::new(format!("{}{more}", shown.join("; "))))
    }

    /// Everything that can be told of the change, in one line.
    pub fn line(&self) -> Untrusted {
        let same_as = self.same_as.as_ref().map(|name| format!("those of {}", name.raw()));
        let place = self.place().map(|place| place.raw().to_owned());
        let told: Vec<String> =
            [self.note.map(ChangeNote::words), same_as, place].into_iter().flatten().collect();
        let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join("; ")) };
        Untrusted::new(format!("{}{told}", self.name.raw()))
    }
}

impl TensorsHit {
    fn words(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| format!("{:?}", name.raw())).collect();
        let more = self.total.saturating_sub(names.len() as u64);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        match (self.header, names.is_empty()) {
            (false, true) => ": no tensor lies there".to_owned(),
            (false, false) => format!(": tensors {}{more}", names.join(", ")),
            (true, true) => ": the header".to_owned(),
            (true, false) => {
                format!(": the header, which now puts the tensors {}{more} there", names.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_by_case_and_by_unicode_form() {
        assert_eq!(fold("Modell/ÉTÉ"), fold("modell/e\u{301}te\u{301}"));
        assert_eq!(renamed("\u{e9}", "e\u{301}"), MoveKind::UnicodeForm);
        assert_eq!(renamed("README.md", "readme.MD"), MoveKind::Case);
        assert_ne!(fold("a"), fold("b"));
    }
}
