//! FILES: the files that lie here against the files that were signed. It knows nothing of who signed; it
//! only says what differs, and what the difference looks like.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::Statement;
use crate::check::outcome::Outcome;
use crate::check::stage::Stage;
use crate::check::step::{Check, sentence};
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::files::attestation::is_attestation;
use crate::files::enumerate::{Entry, Listing, Scope, base_name, covers, enumerate_until, model_relative};
use crate::files::localise::{self, ChangeKind, Differing, MoveKind};
use crate::files::parts::{signed_files, signed_size};
use crate::files::report::{FilesReport, LISTED};
use crate::files::{formats, links};
use crate::hashing::job::{HashAlgorithm, HashJob};
use crate::hashing::remembered::{Reuse, hash_or_recall};
use crate::progress::Progress;
use crate::text::{Untrusted, count, count_are};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::options::VerifyOptions;

/// Lines of detail of each kind in the check; the report holds all.
const SHOWN: usize = 10;
const MAX_ATTESTATIONS: usize = 256;
const LIMIT_ATTESTATION_BYTES: u64 = 16 * 1024 * 1024;
/// Changed files whose contents are looked at, so that the difference can be explained.
const MAX_LOOKED_AT: usize = 100;

/// Compares, and judges FILES; with what lies here.
///
/// # Errors
/// `E-CANCELLED`.
pub(crate) fn compare(
    model: &Path,
    bundle: &Path,
    statement: &Statement,
    options: &VerifyOptions,
    reuse: Option<Reuse<'_>>,
    progress: &Progress,
) -> Result<(Check, FilesReport, Listing)> {
    let mut report = FilesReport::default();
    let listing = match list(model, bundle, statement, options, progress) {
        Ok(listing) => listing,
        Err(error) if error.code == Code::Cancelled => return Err(error),
        Err(error) => return Ok((cannot_list(model, &error), report, Listing::default())),
    };
    let recorded = &statement.manifest.serialization.ignore_paths;
    let hidden = listing.ignored.iter().filter(|name| recorded.iter().any(|ignore| covers(ignore, name)));
    report.ignored = hidden.map(Untrusted::new).collect();
    let left_out = take_attestations(&mut report.ignored, &|name| Some(model.join(name)));

    let signed = signed_files(statement, &listing, model);
    let here: BTreeMap<&str, &Entry> =
        listing.entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    let sharded = statement.manifest.serialization.shard_size.is_some();
    let mut details = Vec::new();
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
    report.extra = here
        .values()
        .filter(|entry| !signed.contains_key(entry.name.as_str()))
        // OMS 6.3.2: an empty file has no shards, so nobody can sign one.
        .filter(|entry| !(sharded && entry.size == 0))
        .map(|entry| Untrusted::new(&entry.name))
        .collect();

    let added = take_attestations(&mut report.extra, &|name| here.get(name).map(|entry| entry.path.clone()));
    details.extend(
        left_out
            .iter()
            .chain(&added)
            .map(|name| format!("attestation, not part of the signature: {name}").into()),
    );

    let job_bytes = |job: &HashJob| job.range.map_or(job.size, |(start, end)| end - start);
    report.bytes = jobs.iter().map(job_bytes).sum();
    progress.expect(jobs.len() as u64, report.bytes);
    let algorithm = statement.manifest.serialization.hash;
    let mut unreadable: BTreeMap<&str, String> = BTreeMap::new();
    let fits = |at: usize, digest: &[u8]| meant.get(at).is_some_and(|(_, _, part)| part.digest == digest);
    let (digests, recalled) = hash_or_recall(algorithm, &jobs, reuse, &fits, progress)?;
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
            Err(error) if error.code == Code::Cancelled => return Err(error),
            Err(error) => {
                unreadable.insert(name, error.what);
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
    report.links = links::followed(&listing, model);
    details.extend(report.links.iter().flat_map(|links| &links.first).map(links::detail));
    let mut check = judge(model, statement, &report, signed.len(), listing.entries.len(), options);
    if let Some(links) = &report.links {
        check.prose_mut().summary.push_str(&format!("; {}", links.line()));
    }
    if let Some(recalled) = &report.recalled {
        check.prose_mut().summary.push_str(&format!(
            "; {} of {} by digests {}",
            recalled.parts,
            jobs.len(),
            recalled.age(options.at)
        ));
    }
    Ok((with_details(check, &report, details), report, listing))
}

fn list(
    model: &Path,
    bundle: &Path,
    statement: &Statement,
    options: &VerifyOptions,
    progress: &Progress,
) -> Result<Listing> {
    let recorded = &statement.manifest.serialization;
    let root = model.canonicalize().map_err(|cause| Error::read(model, &cause))?;
    let mut ignore_paths = recorded.ignore_paths.clone();
    for path in &options.ignore_paths {
        // Outside of the model there is nothing to ignore; the whole model cannot be.
        ignore_paths.extend(model_relative(&root, path)?.filter(|name| !name.is_empty()));
    }
    let mut exclude: Vec<PathBuf> = vec![bundle.to_owned()];
    // Claims are appended after signing. A signer that did sign them is taken at its word.
    if !statement.manifest.resources.iter().any(|resource| resource.name == "claims.jsonl") {
        exclude.push(root.join("claims.jsonl"));
    }
    let scope = Scope {
        ignore_paths,
        ignore_git_paths: options.ignore_git_paths,
        exclude,
        allow_symlinks: recorded.allow_symlinks,
        hub_links: true,
    };
    match enumerate_until(model, &scope, progress) {
        Err(error) if error.code == Code::Model && is_about(&error, model) && model.is_dir() => {
            Ok(Listing::default()) // empty: then every signed file is missing
        }
        other => other,
    }
}

fn is_about(error: &Error, path: &Path) -> bool {
    error.at.as_ref().is_some_and(|at| at.raw() == path.to_string_lossy())
}

/// Claims about the model may be added after signing; the name alone does not make a file one.
fn take_attestations(names: &mut Vec<Untrusted>, place: &dyn Fn(&str) -> Option<PathBuf>) -> Vec<String> {
    let mut taken = Vec::new();
    names.retain(|name| {
        let is_one = taken.len() < MAX_ATTESTATIONS
            && is_attestation(name.raw())
            && place(name.raw()).is_some_and(|path| holds_bundles(&path));
        if is_one {
            taken.push(name.raw().to_owned());
        }
        !is_one
    });
    taken
}

/// A bundle, or one a line.
fn holds_bundles(path: &Path) -> bool {
    let Ok(raw) = read_small(path, LIMIT_ATTESTATION_BYTES) else { return false };
    let mut lines = raw.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).peekable();
    Bundle::parse(&raw).is_ok() || lines.peek().is_some() && lines.all(|line| Bundle::parse(line).is_ok())
}

/// What keeps the files from being listed contradicts the signature, unless it only keeps us from reading.
fn cannot_list(model: &Path, error: &Error) -> Check {
    let place = error.at.clone().unwrap_or_else(|| Untrusted::new(model.to_string_lossy()));
    let is_link = std::fs::symlink_metadata(place.raw()).is_ok_and(|metadata| metadata.is_symlink());
    let (code, outcome, summary) = match error.code {
        Code::Model if is_link => {
            ("FILES-LINK", Outcome::Fail, "The model holds a symbolic link that the signature does not allow")
        }
        Code::Model => ("FILES-ODD", Outcome::Fail, "The model holds something that cannot have been signed"),
        Code::TooLarge => ("FILES-TOO-MANY", Outcome::Unknown, "The model holds more than can be looked at"),
        _ => ("FILES-UNREADABLE", Outcome::Unknown, "Not all files of the model can be read"),
    };
    Check::prose(Stage::Files, code, outcome, summary)
        .found(error.what.clone())
        .evidence(place)
        .remedy(sentence(error.help.as_deref().unwrap_or("make the model readable and verify again")))
}

fn judge(
    model: &Path,
    statement: &Statement,
    report: &FilesReport,
    signed: usize,
    here: usize,
    options: &VerifyOptions,
) -> Check {
    let was_renamed = report.moved.iter().any(|file| file.kind != MoveKind::Moved);
    let was_moved = report.moved.iter().any(|file| file.same_bytes);
    let total = statement.manifest.resources.len();
    let parts = if statement.manifest.serialization.shard_size.is_some() { "shards" } else { "files" };
    let fail = |code: &str, summary: String, remedy: &str| {
        Check::prose(Stage::Files, code, Outcome::Fail, summary)
            .expected(format!("{total} signed {parts}, each with its digest, and nothing else"))
            .found(tally(report))
            .remedy(remedy)
    };
    if here > 0 && !was_moved && is_other_model(model, statement, report, signed) {
        let name = &statement.subject_name;
        return fail(
            "FILES-OTHER-MODEL",
            "This signature belongs to another model, not to this one".to_owned(),
            "Refuse this signature: it was copied. Get the one that the publisher made for this model",
        )
        .expected(format!("the {signed} signed files of the model {:?}", name.raw()));
    }
    if !report.changed.is_empty() {
        return fail(
            "FILES-CHANGED",
            format!("{} changed after the model was signed", count(report.changed.len(), "file")),
            remedy_of_changes(report),
        );
    }
    if !report.missing.is_empty() {
        return fail(
            "FILES-MISSING",
            format!("{} not here", count_are(report.missing.len(), "signed file")),
            if was_renamed {
                "Give the files the names under which they were signed: a file system or an archive changed them"
            } else if was_moved {
                "Move the files back to where they were signed, or verify the folder that holds them"
            } else {
                "Get the missing files from the publisher; part of a model can be verified by naming that part"
            },
        );
    }
    if !report.misnamed.is_empty() {
        return fail(
            "FILES-BLOB-NAME",
            format!("{} as signed, and not what the cache says", count_are(report.misnamed.len(), "file")),
            "Delete the blobs that are named here from the cache and download the model again",
        )
        .expected("blobs whose content has the SHA-256 that is their name");
    }
    if !report.extra.is_empty() && !options.ignore_unsigned_files {
        return fail(
            "FILES-EXTRA",
            format!("{} here that nobody signed", count_are(report.extra.len(), "file")),
            "Remove the files, or have the model signed again with them; leave out what is known to be harmless \
             with an ignored path",
        );
    }
    if !report.unreadable.is_empty() {
        return Check::prose(
            Stage::Files,
            "FILES-UNREADABLE",
            Outcome::Unknown,
            format!("{} could not be read", count(report.unreadable.len(), "signed file")),
        )
        .expected(format!("{total} signed {parts}"))
        .found(tally(report))
        .remedy("Check permissions and that nothing writes to the model, then verify again");
    }
    if !report.extra.is_empty() {
        let summary = format!(
            "All {total} signed {parts} are unchanged; {} that nobody signed left out of account, as asked",
            count(report.extra.len(), "file")
        );
        return Check::prose(Stage::Files, "FILES-UNSIGNED-ALLOWED", Outcome::Partial, summary)
            .found(tally(report))
            .remedy("Verify without leaving unsigned files out of account before you load them");
    }
    let hidden = match report.ignored.len() {
        0 => String::new(),
        hidden => format!("; {} left out, as the signature records", count(hidden, "file")),
    };
    Check::prose_pass(
        Stage::Files,
        format!("All {total} signed {parts} are unchanged, and nothing was added{hidden}"),
    )
}

/// One remedy when all changed files show the same harmless cause; else the strict one.
fn remedy_of_changes(report: &FilesReport) -> &'static str {
    let all = |kind: ChangeKind| report.changed.iter().all(|file| file.kind == kind);
    let known = REMEDIES.iter().find(|(kind, _)| all(*kind)).map(|(_, remedy)| *remedy);
    known.unwrap_or(
        "Do not load the model. Get the changed files again from the publisher; if the change was meant, have the \
         model signed again",
    )
}

const REMEDIES: [(ChangeKind, &str); 5] = [
    (ChangeKind::LfsPointer, "Run `git lfs pull` in the model's repository, then verify again"),
    (
        ChangeKind::LineEnds,
        "Check the files out again without converting the ends of lines: git config core.autocrlf false",
    ),
    (ChangeKind::Truncated, "The download broke off, or the disk was full: get these files again"),
    (ChangeKind::Emptied, "The download broke off, or the disk was full: get these files again"),
    (
        ChangeKind::HtmlPage,
        "The download gave an error page: log in where the model is kept, and get these files again",
    ),
];

/// A signature that was copied from elsewhere has (nearly) nothing in common with these files (rulings 7).
fn is_other_model(model: &Path, statement: &Statement, report: &FilesReport, signed: usize) -> bool {
    if !report.unreadable.is_empty() {
        return false;
    }
    if report.missing.len() == signed {
        return true;
    }
    let here = model.canonicalize().ok().and_then(|root| base_name(model, &root).ok()).unwrap_or_default();
    let other_name = !statement.legacy && statement.subject_name.raw() != here;
    let total = statement.manifest.resources.len() as u64;
    let nearly_nothing = report.matched == 0 && signed >= 2 || total >= 10 && report.matched * 10 <= total;
    other_name && nearly_nothing
}

fn tally(report: &FilesReport) -> String {
    let mut parts = vec![format!("{} unchanged", report.matched)];
    let counts = [
        (report.changed.len(), "changed"),
        (report.missing.len(), "missing"),
        (report.extra.len(), "not signed"),
        (report.unreadable.len(), "not readable"),
    ];
    parts.extend(
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")),
    );
    parts.join(", ")
}

fn with_details(mut check: Check, report: &FilesReport, mut first: Vec<Untrusted>) -> Check {
    let [moved, changed, missing, not_signed, not_readable] = LISTED;
    let noted = |what: &str, name: &Untrusted, note: Option<&str>| {
        let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
        Untrusted::new(format!("{what}{}{note}", name.raw()))
    };
    let mut add = |lines: &mut dyn Iterator<Item = Untrusted>| {
        check.prose_mut().details.extend(lines.take(SHOWN));
        let more = lines.count();
        if more > 0 {
            check.prose_mut().details.push(Untrusted::new(format!("and {more} more")));
        }
    };
    add(&mut first.drain(..));
    add(&mut report.moved.iter().map(|file| noted(moved, &file.line(), None)));
    add(&mut report.changed.iter().map(|file| noted(changed, &file.line(), None)));
    add(&mut report.truly_missing().map(|name| noted(missing, name, None)));
    add(&mut report.truly_extra().map(|name| noted(not_signed, name, formats::hazard(name.raw()))));
    add(&mut report.misnamed.iter().map(|name| noted("not what its blob's name says: ", name, None)));
    add(&mut report.unreadable.iter().map(|(name, why)| noted(not_readable, name, Some(why))));
    add(&mut report.ignored.iter().map(|name| noted("left out by the signature", name, None)));
    check
}
