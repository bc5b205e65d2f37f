//! A model judged by what the provider of its store says of the bytes: nothing but signatures, claims and small files is
//! read. Only where every file that the signature lists has such a sum, or was read, and fits; in any other case it is
//! for whoever reads all bytes to say what is wrong.

use super::documents::{Digests, UnknownClass};
use super::spool::{Spool, Stop, Taking};
use crate::disk::read_small;
use crate::progress::Progress;
use crate::remote::{Files, Object};
use crate::signing::{
    Bundle, GIT_PATHS, HashAlgorithm, LIMIT_BUNDLE_BYTES, Listed, ListedFile, Statement, find_signature,
    hash_bytes,
};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files up to here are read in any case.
const SMALL: u64 = 1024 * 1024;
const CLAIMS: &str = "claims.jsonl";

/// What stands in for the bytes of a model.
pub(super) struct ByProvider {
    /// The files with their digests.
    pub(super) listed: Listed,
    /// The signature.
    pub(super) bundle: PathBuf,
    /// What the digests rest on.
    pub(super) digests: Digests,
}

/// The sum that the provider says of an object which is still in the state that was listed.
pub(super) fn said_of(files: &dyn Files, object: &Object) -> Result<Option<Vec<u8>>, Stop> {
    let now = files.state(&object.key)?;
    match now.etag == object.etag && now.size == object.size {
        true => Ok(now.checksum.and_then(|checksum| checksum.sha256())),
        false => Err(Stop::Unknown(UnknownClass::Changed)),
    }
}

/// Whether an object is read whatever the basis is: before the others, for it may be the signature.
pub(super) fn is_read(object: &Object) -> bool {
    object.size <= SMALL || object.key.ends_with(".sig") || object.key.ends_with(CLAIMS)
}

/// The signature that lies in a folder, and what it says; nothing of it was verified.
pub(super) fn signed_in(folder: &Path) -> Option<(PathBuf, Statement)> {
    let bundle = find_signature(folder)?;
    let bytes = read_small(&bundle, LIMIT_BUNDLE_BYTES).ok()?;
    let statement = Statement::parse(&Bundle::parse(&bytes).ok()?.envelope.payload).ok()?;
    Some((bundle, statement))
}

/// Looks at small files, and asks for the sums of the others; none where all bytes have to be read.
pub(super) fn by_provider(
    files: &dyn Files,
    objects: &[Object],
    below: &str,
    spool: &Spool,
    (progress, read): (&Progress, &Cell<u64>),
) -> Result<Option<ByProvider>, Stop> {
    for object in objects.iter().filter(|object| is_read(object)) {
        spool.take(files, object, below, &Taking::default(), (progress, read))?;
    }
    let Some((bundle, statement)) = signed_in(&spool.folder) else { return Ok(None) };
    let how = &statement.manifest.serialization;
    if how.hash != HashAlgorithm::Sha256 || how.shard_size.is_some() {
        return Ok(None);
    }
    let signed: BTreeSet<&str> =
        statement.manifest.resources.iter().map(|resource| resource.name.as_str()).collect();
    let own =
        bundle.strip_prefix(&spool.folder).ok().and_then(|own| own.to_str()).unwrap_or_default().to_owned();
    let is_below = |name: &str, folder: &str| {
        name.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_apart = |name: &str| {
        name == own
            || (name == CLAIMS && !signed.contains(CLAIMS))
            || how.ignore_paths.iter().any(|ignored| is_below(name, ignored))
            || GIT_PATHS.iter().any(|git| is_below(name, git))
    };
    let inside = |object: &Object| object.key.strip_prefix(below).unwrap_or(&object.key).to_owned();
    let (mut listed, mut digests) = (Listed { by_provider: true, ..Listed::default() }, Digests::default());
    for object in objects {
        let name = inside(object);
        if is_apart(&name) {
            continue;
        }
        let sha256 = if is_read(object) {
            digests.recomputed += 1;
            let bytes = read_small(&spool.folder.join(&name), object.size.max(1))?;
            hash_bytes(HashAlgorithm::Sha256, &bytes)
        } else {
            let Some(sum) = said_of(files, object)? else { return Ok(None) };
            digests.provider_checksum += 1;
            sum
        };
        listed.files.push(ListedFile { names: vec![name], sha256, blob: None });
    }
    let here: BTreeSet<&str> =
        listed.files.iter().filter_map(|file| file.names.first()).map(String::as_str).collect();
    let fits = |resource: &crate::signing::Resource| {
        let file = listed.files.iter().find(|file| file.names.first() == Some(&resource.name));
        file.is_some_and(|file| file.sha256 == resource.digest)
    };
    if here != signed || digests.provider_checksum == 0 || !statement.manifest.resources.iter().all(fits) {
        return Ok(None);
    }
    Ok(Some(ByProvider { listed, bundle, digests }))
}
