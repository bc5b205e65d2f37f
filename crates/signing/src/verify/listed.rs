//! A signature against the files that a registry's manifest lists: by the digests there, which tells nothing of the
//! bytes, or by the stored bytes themselves. It judges nothing.

use crate::bundle::manifest::Statement;
use crate::check::fault::{ListFault, Unlistable};
use crate::error::{ReadFault, Result};
use crate::files::Only;
use crate::files::enumerate::{Entry, Listing};
use crate::files::listed::{Listed, ListedFile};
use crate::files::localise::{ChangeKind, ChangedFile};
use crate::files::parts::{Part, signed_files};
use crate::files::report::FilesReport;
use crate::hashing::digesting::Digesting;
use crate::hashing::job::HashAlgorithm;
use crate::progress::Progress;
use crate::text::Untrusted;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::compare::{compare_listed, part_of};
use super::options::VerifyOptions;

/// The files by the names that the statement has for them, and the names that several of them have.
fn named<'l>(listed: &'l Listed, statement: &Statement) -> (BTreeMap<&'l str, &'l ListedFile>, Vec<&'l str>) {
    let signed: BTreeSet<&str> =
        statement.manifest.resources.iter().map(|resource| resource.name.as_str()).collect();
    let (mut named, mut twice) = (BTreeMap::new(), Vec::new());
    for file in &listed.files {
        let known = file.names.iter().find(|name| signed.contains(name.as_str()));
        let Some(name) = known.or(file.names.first()).map(String::as_str) else { continue };
        match named.entry(name) {
            Slot::Vacant(slot) => drop(slot.insert(file)),
            // One of them is what a loader takes, and nobody knows which.
            Slot::Occupied(_) => twice.push(name),
        }
    }
    (named, twice)
}

/// By the digests that the manifest has. No byte of a file is read.
pub(super) fn by_digests(listed: &Listed, statement: &Statement, only: &Only) -> FilesReport {
    let (mut here, twice) = named(listed, statement);
    let nothing = Listing::default();
    let mut signed = signed_files(statement, &nothing, Path::new(""));
    let part = part_of(only, &mut signed, &mut here);
    let algorithm = statement.manifest.serialization.hash;
    let mut report = FilesReport {
        signed: signed.len() as u64,
        here: here.len() as u64,
        extra: twice.iter().map(Untrusted::new).collect(),
        part,
        ..FilesReport::default()
    };
    for (name, parts) in &signed {
        let name_shown = || Untrusted::new(*name);
        match (here.get(name), parts.as_slice()) {
            (None, _) => report.missing.push(name_shown()),
            (Some(file), [Part { range: None, digest }]) if algorithm == HashAlgorithm::Sha256 => {
                report.compared += 1;
                if file.sha256 == *digest {
                    report.matched += 1;
                    report.by_registry += 1;
                    report.by_provider += u64::from(listed.by_provider);
                } else {
                    report.changed.push(changed(name, digest, file));
                }
            }
            // A shard, or another hash: the manifest has nothing to compare it with.
            (Some(_), _) => report.unreadable.push((name_shown(), ReadFault::NotRead)),
        }
    }
    report
        .extra
        .extend(here.keys().filter(|name| !signed.contains_key(*name)).map(|name| Untrusted::new(*name)));
    report
}

fn changed(name: &str, expected: &[u8], file: &ListedFile) -> ChangedFile {
    ChangedFile {
        name: Untrusted::new(name),
        expected: hex::encode(expected),
        found: hex::encode(&file.sha256),
        size: file.blob.as_ref().map_or(0, |(_, size)| *size),
        kind: ChangeKind::default(),
        signed_size: None,
        promised_size: None,
        parts: Vec::new(),
        parts_changed: 0,
        parts_total: 0,
        same_as: None,
        note: None,
    }
}

/// By the stored bytes. What is packed in a layer, or not here, cannot be read.
///
/// # Errors
/// `E-CANCELLED`.
pub(super) fn in_full(
    manifest: &Path,
    bundle: &Path,
    (listed, statement): (&Listed, &Statement),
    options: &VerifyOptions,
    digesting: Digesting<'_>,
    progress: &Progress,
) -> Result<FilesReport> {
    let (here, twice) = named(listed, statement);
    let mut packed = Vec::new();
    let mut entries = Vec::new();
    for (name, file) in here {
        match &file.blob {
            Some((path, size)) => {
                let (name, path, size) = (name.to_owned(), path.clone(), *size);
                entries.push(Entry { name, path, size, link_target: None });
            }
            None => packed.push(Untrusted::new(name)),
        }
    }
    let listing = Listing { entries, ..Listing::default() };
    let mut report = compare_listed(manifest, bundle, statement, &listing, options, digesting, progress)?;
    // A name that the statement has for something else than a file of this manifest means nothing here.
    report.named_otherwise = false;
    report.folder_bytes = Some(listing.entries.iter().map(|entry| entry.size).sum());
    let (unread, missing) = report.missing.into_iter().partition(|name| packed.contains(name));
    report.missing = missing;
    let unsigned = packed.into_iter().filter(|name: &Untrusted| !<[Untrusted]>::contains(&unread, name));
    report.extra.extend(unsigned);
    report.extra.extend(twice.iter().map(Untrusted::new));
    report.unreadable.extend(unread.into_iter().map(|name| (name, ReadFault::Packed)));
    Ok(report)
}

/// Why the files are not all listed: some are packed in layers.
pub(super) fn unlisted(manifest: &Path) -> Unlistable {
    let name = manifest.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Unlistable { fault: ListFault::Unreadable(ReadFault::Packed), place: Untrusted::new(name) }
}
