//! Downloads that did not finish: what loaders of files leave behind, and files shorter than the list of their
//! repository says. It knows names, sizes and lists, and nothing of what the files hold.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::entry::is_weights;
use crate::disk;
use crate::inventory::model::record::Record;
use crate::inventory::weights::look::Looks;
use crate::text::{Untrusted, screen};

/// The code of a finding of a download that did not finish.
pub(super) const CODE: &str = "F-DOWNLOAD-PARTIAL";
/// How names end of what is still being fetched.
const ENDINGS: [&str; 8] = [
    ".incomplete",
    ".partial",
    "-partial",
    ".part",
    ".crdownload",
    ".downloadinprogress",
    ".aria2",
    ".opdownload",
];
/// A folder in which ModelScope gathers what it has not finished.
const UNFINISHED: &str = "._____temp";
const MAX_LISTED: usize = 10_000;
/// Names that are told.
const MAX_NAMED: usize = 4;
/// Lists of repositories.
const MAX_LIST_BYTES: u64 = 32 * 1024 * 1024;
const MAX_FILES: usize = 100_000;
/// A list that names parts each with a folder of its own.
const PIPELINE: &str = "model_index.json";

/// Whether a name says that the file is not whole yet.
pub(super) fn is_partial(name: &str) -> bool {
    whole(name).is_some()
}

/// Whether a folder of that name holds what is still being fetched.
pub(super) fn is_unfinished(folder: &str) -> bool {
    folder == UNFINISHED
}

/// What the file will be called; a number may stand behind the ending.
fn whole(name: &str) -> Option<&str> {
    let lower = name.to_ascii_lowercase();
    let numbered = lower.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    let numbered = if numbered.ends_with("-partial") { numbered } else { lower.as_str() };
    let end = ENDINGS.iter().find(|ending| numbered.ends_with(**ending))?;
    name.get(..numbered.len() - end.len()).filter(|whole| !whole.is_empty())
}

/// Of a folder of blobs those that are still being fetched, by what they will be called.
pub(super) fn in_blobs(blobs: &Path) -> Vec<String> {
    let names = fs::read_dir(blobs).into_iter().flatten().flatten().take(MAX_LISTED);
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let unfinished: BTreeSet<String> = names.filter_map(|name| whole(&name).map(str::to_owned)).collect();
    // What was begun twice may be there all the same.
    let is_here = |name: &str| blobs.join(name.split('.').next().unwrap_or(name)).is_file();
    unfinished.into_iter().filter(|name| !is_here(name)).collect()
}

/// Tells downloads that did not finish.
pub(super) fn words(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MAX_NAMED).map(|name| screen(name)).collect();
    let more = names.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("a download did not finish: {}{more}; fetch the model again", shown.join(", "))
}

/// What a repository holds, as the hub's client keeps it.
#[derive(Deserialize)]
struct List {
    files: BTreeMap<String, File>,
}

#[derive(Deserialize)]
struct File {
    size: Option<u64>,
    lfs_size: Option<u64>,
}

/// Compares a folder with the list of its repository: weights that are cut off, and parts of a pipeline without theirs.
/// What was left out on purpose (another form, another quantisation) is not missed.
pub(super) fn compare(
    folder: &Path,
    list: (&Path, &str),
    looks: &mut Looks,
    source: &Untrusted,
    record: &mut Record,
) {
    let (path, place) = list;
    let Ok(bytes) = disk::whole(path, MAX_LIST_BYTES) else { return };
    let Ok(list) = serde_json::from_slice::<List>(&bytes) else { return };
    let is_plain =
        |name: &str| name.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains('\\'));
    let weights = || list.files.iter().take(MAX_FILES).filter(|(name, _)| is_weights(name) && is_plain(name));
    let mut parts: BTreeMap<&str, (bool, Vec<&str>)> = BTreeMap::new();
    for (name, file) in weights() {
        let here = fs::metadata(folder.join(name)).ok().filter(fs::Metadata::is_file).map(|here| here.len());
        if let (Some(here), Some(size)) = (here, file.lfs_size.or(file.size))
            && here < size
        {
            let message =
                format!("{here} bytes of {size}: shorter than in the list of its repository; fetch it again");
            record.found("F-FILE-SHORT", source, name, message);
            looks.spoilt(name);
        }
        if let Some((part, _)) = name.split_once('/') {
            let (has_some, names) = parts.entry(part).or_default();
            *has_some |= here.is_some();
            names.push(name);
        }
    }
    if !list.files.contains_key(PIPELINE) || !parts.values().any(|(has_some, _)| *has_some) {
        return;
    }
    for (part, (_, names)) in parts.iter().filter(|(_, (has_some, _))| !has_some) {
        // A part without its folder is missed by the pipeline's own index, unless nobody loads it.
        if folder.join(part).is_dir() {
            looks.lacks(place, names.first().map(|name| (*name).to_owned()).into_iter().collect());
        }
    }
}
