//! How the files that lie there differ from those of the expected version, file by file.

use crate::incident::{Difference, FileDiffers, How, Part};
use crate::inventory::{Looked, Tier};
use crate::signing::{Bundle, FilesReport, Statement};
use crate::text::Untrusted;
use std::collections::{BTreeMap, BTreeSet};

/// So many files are named.
const MOST: usize = 50;
/// Small files that change what a model does.
const SMALL: [&str; 6] = ["token", "vocab", "merges", "chat_template", "config", "special_tokens"];
/// What they end in.
const SMALL_ENDINGS: [&str; 5] = ["json", "txt", "model", "jinja", "yaml"];

/// By a comparison with the signature that lies beside.
pub(super) fn from_report(files: &FilesReport, looked: Option<&Looked>) -> Difference {
    let mut rows = Vec::new();
    let mut add = |name: &Untrusted, how, range| {
        rows.push(FileDiffers { name: name.clone(), how, part: part(name, how, looked), range });
    };
    for file in &files.changed {
        let first = file.parts.iter().map(|part| (part.start, part.end)).min();
        add(&file.name, How::Changed, first);
    }
    files.missing.iter().for_each(|name| add(name, How::Missing, None));
    files.extra.iter().for_each(|name| add(name, How::Added, None));
    collected(rows)
}

/// By the lists of two signatures. None can be made of one that is no list of files.
pub(super) fn between(expected: &[u8], observed: &[u8], looked: Option<&Looked>) -> Difference {
    let (Some(expected), Some(observed)) = (listed(expected), listed(observed)) else {
        return Difference::default();
    };
    let names: BTreeSet<&String> = expected.keys().chain(observed.keys()).collect();
    let row = |name: &String| {
        let how = match (expected.get(name), observed.get(name)) {
            (Some(one), Some(other)) if one == other => return None,
            (Some(_), Some(_)) => How::Changed,
            (None, _) => How::Added,
            (_, None) => How::Missing,
        };
        let first = expected.get(name).zip(observed.get(name)).and_then(|(one, other)| {
            let same = |range: &&(u64, u64)| one.get(*range) == other.get(*range);
            one.keys().filter(|range| **range != WHOLE).find(|range| !same(range)).copied()
        });
        let name = Untrusted::new(name);
        Some(FileDiffers { part: part(&name, how, looked), name, how, range: first })
    };
    collected(names.into_iter().filter_map(row).collect())
}

/// The range of a file that is listed as a whole.
const WHOLE: (u64, u64) = (0, u64::MAX);

type Listed = BTreeMap<String, BTreeMap<(u64, u64), Vec<u8>>>;

/// The files of a signature, each with the digests of its shards.
fn listed(bundle: &[u8]) -> Option<Listed> {
    let bundle = Bundle::parse(bundle).ok()?;
    let statement = Statement::parse(&bundle.envelope.payload).ok()?;
    let mut listed = Listed::new();
    let is_sharded = statement.manifest.serialization.shard_size.is_some();
    for resource in statement.manifest.resources {
        let (name, range) = match is_sharded.then(|| shard(&resource.name)).flatten() {
            Some((name, range)) => (name.to_owned(), range),
            None => (resource.name.clone(), WHOLE),
        };
        listed.entry(name).or_default().insert(range, resource.digest);
    }
    Some(listed)
}

/// The file of a shard, and its bytes.
fn shard(name: &str) -> Option<(&str, (u64, u64))> {
    let (rest, end) = name.rsplit_once(':')?;
    let (name, start) = rest.rsplit_once(':')?;
    Some((name, (start.parse().ok()?, end.parse().ok()?)))
}

fn collected(mut rows: Vec<FileDiffers>) -> Difference {
    let is_only_small = !rows.is_empty() && rows.iter().all(|row| row.part == Part::Small);
    let total = rows.len();
    // What can run code first, then what is new.
    rows.sort_by(|one, other| {
        (one.part, one.how, one.name.raw()).cmp(&(other.part, other.how, other.name.raw()))
    });
    rows.truncate(MOST);
    Difference { is_compared: true, rows, total, is_only_small }
}

/// What a file is for: by what was seen inside it, and else by its name.
fn part(name: &Untrusted, how: How, looked: Option<&Looked>) -> Part {
    let hazards = looked.map(|looked| looked.hazards.as_slice()).unwrap_or_default();
    let runs = hazards.iter().any(|hazard| {
        hazard.file == *name && matches!(hazard.tier, Tier::Dangerous | Tier::Suspicious | Tier::Unreadable)
    });
    if runs && how != How::Missing {
        return Part::Code;
    }
    let file = name.raw().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let ending = file.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    let is_small = SMALL.iter().any(|part| file.contains(part)) && SMALL_ENDINGS.contains(&ending);
    if is_small { Part::Small } else { Part::Other }
}
