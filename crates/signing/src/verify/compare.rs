//! The files that lie here against the files that were signed: what differs, and what the difference looks like. It
//! knows nothing of who signed, and judges nothing.

use crate::bundle::document::Bundle;
use crate::bundle::head::read_head;
use crate::bundle::manifest::{Statement, parse_shard_name};
use crate::check::fault::{ListFault, Unlistable};
use crate::disk::{read_small, read_start, slashed};
use crate::error::{ReadFault, Result};
use crate::files::aside::{Aside, AsideKind};
use crate::files::attestation::is_attestation;
use crate::files::enumerate::{self, Entry, Listing, Scope, Signed, base_name, covers};
use crate::files::fault::Unlisted;
use crate::files::ignored::{self, IgnoredPlace};
use crate::files::leftover;
use crate::files::links;
use crate::files::localise::{self, Differing};
use crate::files::part::{Apart, Only, PartSeen};
use crate::files::parts::{Part, signed_files, signed_size};
use crate::files::report::FilesReport;
use crate::files::siblings::not_fetched;
use crate::hashing::digesting::{Digesting, hash_or_recall};
use crate::hashing::job::{HashAlgorithm, HashJob};
use crate::progress::Progress;
use crate::text::Untrusted;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::observed::Comparison;
use super::options::VerifyOptions;

/// Where claims are written that are added after signing.
pub(super) const CLAIMS: &str = "claims.jsonl";
const MAX_ATTESTATIONS: usize = 256;
const LIMIT_ATTESTATION_BYTES: u64 = 16 * 1024 * 1024;
/// Unsigned files whose beginning is looked at for whether they may hold claims.
const MAX_SNIFFED: usize = 1000;
/// Those of them that are read.
const MAX_CLAIM_FILES: usize = 64;
const SNIFFED_BYTES: u64 = 64;
/// Changed files whose contents are looked at, so that the difference can be explained.
const MAX_LOOKED_AT: usize = 100;

/// Compares; with what lies here.
///
/// # Errors
/// `E-CANCELLED`.
pub(crate) fn compare(
    model: &Path,
    bundle: &Path,
    statement: &Statement,
    options: &VerifyOptions,
    digesting: Digesting<'_>,
    progress: &Progress,
) -> Result<(Comparison, FilesReport, Listing)> {
    let listing = match list(model, bundle, statement, options, progress) {
        Ok(listing) => listing,
        Err(Unlisted::Cancelled(error)) => return Err(error),
        Err(Unlisted::Fault(fault, path)) => {
            let place = place_in(model, &path);
            let unlisted = Comparison::NotListed(Unlistable { fault, place });
            return Ok((unlisted, FilesReport::default(), Listing::default()));
        }
    };
    let report = compare_listed(model, bundle, statement, &listing, options, digesting, progress)?;
    Ok((Comparison::Compared, report, listing))
}

/// The same of files that are listed already.
///
/// # Errors
/// `E-CANCELLED`.
pub(super) fn compare_listed(
    model: &Path,
    bundle: &Path,
    statement: &Statement,
    listing: &Listing,
    options: &VerifyOptions,
    digesting: Digesting<'_>,
    progress: &Progress,
) -> Result<FilesReport> {
    let mut report = FilesReport::default();
    let recorded = &statement.manifest.serialization.ignore_paths;
    let hidden = listing.ignored.iter().filter(|name| recorded.iter().any(|ignore| covers(ignore, name)));
    report.ignored = hidden.map(Untrusted::new).collect();
    let left_out = take_attestations(&mut report.ignored, &|name| Some(model.join(name)));

    let mut signed = signed_files(statement, listing, model);
    let mut here: BTreeMap<&str, &Entry> =
        listing.entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    report.part = part_of(&options.only, &mut signed, &mut here);
    let sharded = statement.manifest.serialization.shard_size.is_some();
    let mut jobs = Vec::new();
    let mut meant = Vec::new();
    let mut differing: BTreeMap<&str, Vec<Differing>> = BTreeMap::new();
    for (name, parts) in &signed {
        let Some(entry) = here.get(name) else {
            report.missing.push(Untrusted::new(*name));
            continue;
        };
        if signed_size(parts).is_some_and(|size| size < entry.size) {
            // Every shard may be as signed, and yet something follows.
            differing.entry(name).or_default();
        }
        for (index, part) in parts.iter().enumerate() {
            let Some((_, end)) = part.range else {
                jobs.push(HashJob { path: entry.path.clone(), size: entry.size, range: None });
                meant.push((*name, index, part));
                continue;
            };
            if end > entry.size {
                differing.entry(name).or_default().push(Differing { index, found: None });
            } else {
                jobs.push(HashJob { path: entry.path.clone(), size: entry.size, range: part.range });
                meant.push((*name, index, part));
            }
        }
    }
    let unsigned = here.values().filter(|entry| !signed.contains_key(entry.name.as_str()));
    // OMS 6.3.2: an empty file has no shards, so nobody can sign one.
    let (empty, extra): (Vec<&Entry>, Vec<&Entry>) = unsigned.partition(|entry| sharded && entry.size == 0);
    let names = |entries: Vec<&Entry>| entries.iter().map(|entry| Untrusted::new(&entry.name)).collect();
    (report.unsigned_empty, report.extra) = (names(empty), names(extra));

    let added = take_attestations(&mut report.extra, &|name| here.get(name).map(|entry| entry.path.clone()));
    report.attestations = left_out.into_iter().chain(added).collect();
    report.aside = aside(model, bundle, &report, listing, options);
    let leftovers = report.extra.iter().filter(|name| {
        here.get(name.raw()).is_some_and(|entry| leftover::is_leftover(&entry.path, &entry.name))
    });
    report.leftovers = leftovers.cloned().collect();
    let small = report.extra.iter().filter_map(|name| here.get(name.raw()));
    let small = small.filter(|entry| (1..=LIMIT_ATTESTATION_BYTES).contains(&entry.size)).take(MAX_SNIFFED);
    let claims = small.filter(|entry| begins_like_json(&entry.path)).take(MAX_CLAIM_FILES);
    let claims = claims.filter(|entry| holds_claims(&entry.path));
    report.claims = claims.map(|entry| Untrusted::new(&entry.name)).collect();
    let missing = report.missing.iter().map(Untrusted::raw);
    report.not_fetched = not_fetched(missing, here.keys().copied()).into_iter().map(Untrusted::new).collect();
    let odd = |(name, fault): &(String, ListFault)| Unlistable { fault: *fault, place: Untrusted::new(name) };
    report.odd = listing.unlisted.iter().map(odd).collect();
    report.extra.extend(report.odd.iter().map(|odd| odd.place.clone()));
    report.signed = signed.len() as u64;
    report.here = here.len() as u64;
    report.compared = jobs.len() as u64;
    report.named_otherwise = names_another(model, statement);

    let job_bytes = |job: &HashJob| job.range.map_or(job.size, |(start, end)| end - start);
    report.bytes = jobs.iter().map(job_bytes).sum();
    progress.expect(jobs.len() as u64, report.bytes);
    let algorithm = statement.manifest.serialization.hash;
    let mut unreadable: BTreeMap<&str, ReadFault> = BTreeMap::new();
    let fits = |at: usize, digest: &[u8]| meant.get(at).is_some_and(|(_, _, part)| part.digest == digest);
    let (digests, recalled) = hash_or_recall(algorithm, &jobs, digesting, &fits, progress)?;
    report.recalled = recalled;
    report.bytes -= recalled.map_or(0, |recalled| recalled.bytes);
    for ((name, index, part), found) in meant.iter().zip(digests) {
        if let (Ok(found), None, Some(entry)) = (&found, part.range, here.get(name))
            && algorithm == HashAlgorithm::Sha256
            && links::contradicts_its_name(entry, listing.blobs.as_deref(), found)
        {
            report.misnamed.push(Untrusted::new(*name));
        }
        match found {
            Ok(found) if found == part.digest => report.matched += 1,
            Ok(found) => {
                differing.entry(name).or_default().push(Differing { index: *index, found: Some(found) });
            }
            Err(error) => {
                unreadable.insert(name, error.fault.unwrap_or(ReadFault::System { code: None }));
            }
        }
    }
    let unreadable_names: BTreeSet<&str> = unreadable.keys().copied().collect();
    report.unreadable = unreadable.into_iter().map(|(name, why)| (Untrusted::new(name), why)).collect();
    let whole = |name: &str| !differing.contains_key(name) && !unreadable_names.contains(name);
    let whole = here.values().filter(|entry| signed.contains_key(entry.name.as_str()) && whole(&entry.name));
    report.matched_bytes = whole.map(|entry| entry.size).sum();
    for (name, mut differing) in differing {
        let (Some(entry), Some(parts)) = (here.get(name), signed.get(name)) else { continue };
        differing.sort_by_key(|part| part.index);
        let look = report.changed.len() < MAX_LOOKED_AT;
        report.changed.push(localise::changed(name, entry, parts, &differing, algorithm, look));
    }
    localise::mark_swapped(&mut report.changed, &signed);
    let extra: Vec<&Entry> = report.extra.iter().filter_map(|name| here.get(name.raw())).copied().collect();
    report.moved = localise::moved(&report.missing, &extra, &signed, algorithm, progress)?;
    report.links = links::followed(listing, model);
    Ok(report)
}

/// Takes out what is no part of what is asked for; none when that is the whole model.
pub(super) fn part_of<T>(
    only: &Only,
    signed: &mut BTreeMap<&str, Vec<Part<'_>>>,
    here: &mut BTreeMap<&str, T>,
) -> Option<PartSeen> {
    if only.is_all() {
        return None;
    }
    let (all_signed, all_here) = (signed.len(), here.len());
    let patterns = only.used(signed.keys().copied());
    let all = || signed.keys().chain(here.keys()).copied();
    let apart = Apart::of(all().filter(|name| !only.covers(name)), all().filter(|name| only.covers(name)));
    signed.retain(|name, _| only.covers(name));
    here.retain(|name, _| only.covers(name));
    Some(PartSeen {
        unused: patterns.iter().filter(|(_, used)| !used).map(|(pattern, _)| pattern.clone()).collect(),
        only: patterns.into_iter().map(|(pattern, _)| pattern).collect(),
        digests: signed.values().map(|parts| parts.len() as u64).sum(),
        signed_beside: (all_signed - signed.len()) as u64,
        here_beside: (all_here - here.len()) as u64,
        apart: Some(apart),
    })
}

/// What is not compared with anything, by its kind.
fn aside(
    model: &Path,
    bundle: &Path,
    report: &FilesReport,
    listing: &Listing,
    options: &VerifyOptions,
) -> Aside {
    let mut aside = Aside::default();
    if !model.is_dir() {
        return aside;
    }
    let inside = |path: &Path| {
        let root = model.canonicalize().ok();
        path.is_file()
            && path.canonicalize().ok().zip(root).is_some_and(|(path, root)| path.starts_with(root))
    };
    let claims = model.join(CLAIMS);
    let are_listed = listing.size_of(CLAIMS).is_some();
    let is_line = bundle.canonicalize().ok().is_some_and(|bundle| claims.canonicalize().ok() == Some(bundle));
    let own = u64::from(inside(bundle)) + u64::from(claims.is_file() && !are_listed && !is_line);
    aside.add(AsideKind::Attestation, own + report.attestations.len() as u64);
    let recorded = report.ignored.len() as u64;
    aside.add(AsideKind::Recorded, recorded);
    let hidden = listing.ignored.len() as u64;
    aside.add(AsideKind::Asked, hidden.saturating_sub(recorded + report.attestations.len() as u64));
    if options.ignore_git_paths {
        aside.add_git(model);
    }
    aside
}

/// Statements of version 0.2.0 name no model.
fn names_another(model: &Path, statement: &Statement) -> bool {
    let here = model.canonicalize().ok().and_then(|root| base_name(model, &root).ok()).unwrap_or_default();
    !statement.legacy && statement.subject_name.raw() != here
}

/// As seen from the model, so that it is the same wherever the model lies.
fn place_in(model: &Path, path: &Path) -> Untrusted {
    let root = model.canonicalize().ok();
    let inside = root.and_then(|root| path.strip_prefix(root).ok()).or_else(|| path.strip_prefix(model).ok());
    let inside = inside.map(slashed).filter(|inside| !inside.is_empty());
    Untrusted::new(inside.as_deref().unwrap_or("."))
}

fn list(
    model: &Path,
    bundle: &Path,
    statement: &Statement,
    options: &VerifyOptions,
    progress: &Progress,
) -> std::result::Result<Listing, Unlisted> {
    let recorded = &statement.manifest.serialization;
    let root = model.canonicalize().map_err(|cause| Unlisted::read(model, &cause))?;
    let mut ignore_paths = recorded.ignore_paths.clone();
    for path in &options.ignore_paths {
        match ignored::place(&root, path)? {
            IgnoredPlace::Inside(name) | IgnoredPlace::Nothing(name) => ignore_paths.push(name),
            // Outside of the model there is nothing to ignore; the whole model cannot be.
            IgnoredPlace::Whole | IgnoredPlace::Outside => {}
        }
    }
    let mut exclude: Vec<PathBuf> = vec![bundle.to_owned()];
    // Claims are appended after signing. A signer that did sign them is taken at its word.
    if !statement.manifest.resources.iter().any(|resource| resource.name == CLAIMS) {
        exclude.push(root.join(CLAIMS));
    }
    let scope = Scope {
        ignore_paths,
        ignore_git_paths: options.ignore_git_paths,
        exclude,
        allow_symlinks: recorded.allow_symlinks || options.allow_symlinks,
        hub_links: true,
        signed: Some(Signed::of(signed_names(statement), options.ignore_unsigned_files)),
    };
    match enumerate::list(model, &scope, progress) {
        // Nothing is left: then every signed file is missing.
        Err(Unlisted::Fault(ListFault::Empty, _)) if model.is_dir() => Ok(Listing::default()),
        other => other,
    }
}

/// The files that a statement lists, as far as it names them.
fn signed_names(statement: &Statement) -> impl Iterator<Item = &str> {
    let sharded = statement.manifest.serialization.shard_size.is_some();
    statement.manifest.resources.iter().map(move |resource| match parse_shard_name(&resource.name) {
        Some((path, ..)) if sharded => path,
        _ => resource.name.as_str(),
    })
}

/// Claims about the model may be added after signing; the name alone does not make a file one.
fn take_attestations(names: &mut Vec<Untrusted>, place: &dyn Fn(&str) -> Option<PathBuf>) -> Vec<Untrusted> {
    let mut taken = Vec::new();
    names.retain(|name| {
        let is_one = taken.len() < MAX_ATTESTATIONS
            && is_attestation(name.raw())
            && place(name.raw()).is_some_and(|path| holds_bundles(&path));
        if is_one {
            taken.push(name.clone());
        }
        !is_one
    });
    taken
}

/// A bundle, or one a line.
pub(super) fn holds_bundles(path: &Path) -> bool {
    let Ok(raw) = read_small(path, LIMIT_ATTESTATION_BYTES) else { return false };
    let mut lines = raw.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).peekable();
    Bundle::parse(&raw).is_ok() || lines.peek().is_some() && lines.all(|line| Bundle::parse(line).is_ok())
}

fn begins_like_json(path: &Path) -> bool {
    read_start(path, SNIFFED_BYTES).is_ok_and(|start| start.trim_ascii_start().starts_with(b"{"))
}

/// Only claims, one per line: bundles or bare envelopes of statements, whatever their signer.
fn holds_claims(path: &Path) -> bool {
    let Ok(raw) = read_small(path, LIMIT_ATTESTATION_BYTES) else { return false };
    let is_claim = |raw: &[u8]| {
        let bare = || Bundle::parse_envelope(raw).ok()?.into_iter().next();
        Bundle::parse(raw).ok().or_else(bare).is_some_and(|bundle| read_head(&bundle).is_ok())
    };
    let mut lines = raw.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).peekable();
    is_claim(&raw) || lines.peek().is_some() && lines.all(is_claim)
}
