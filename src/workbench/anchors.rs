//! The files of the policy's anchors, read. What they come to is not judged here.

use crate::decision::{AnchorFile, Anchors};
use crate::disk::read_small;
use crate::error::Result;
use crate::policy::{AnchorKind, AnchorSource, Policy};
use crate::signing::{Anchor, Embedded};
use crate::view::AnchorInfo;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// A larger file is not read as an anchor.
const LIMIT_KEY_BYTES: u64 = 64 * 1024;
const LIMIT_BYTES: u64 = 8 * 1024 * 1024;
const LIMIT_CRL_BYTES: u64 = 16 * 1024 * 1024;

/// Reads all anchors of a policy. One that cannot be read is told and left out: nothing then vouches for the signers
/// under it.
///
/// # Errors
/// `E-INTERNAL`, `E-TOO-LARGE`.
pub(super) fn load(policy: &Policy, now: Timestamp) -> Result<(Anchors, Vec<AnchorInfo>)> {
    let (mut files, mut sources) = (Vec::new(), Vec::new());
    for source in &policy.trust {
        if source.files.is_empty() && source.kind == AnchorKind::Sigstore {
            files.push(embedded(source));
            sources.push(source);
        }
        for (index, file) in source.files.iter().enumerate() {
            files.push(read(policy, source, file, index == 0));
            sources.push(source);
        }
    }
    let (anchors, made) = Anchors::of(files)?;
    let entries = anchors.document().anchors.iter();
    let infos = entries.zip(made).zip(sources).map(|((entry, made), source)| {
        let mut info = AnchorInfo {
            name: entry.name.clone(),
            kind: entry.kind,
            origin: entry.origin.clone(),
            digest: String::new(),
            age_days: None,
            stale: false,
            health: Vec::new(),
            error: None,
        };
        match made {
            Ok(anchor) => {
                info.digest = anchor.digest.clone();
                info.age_days = anchor.used_at(now).age_days;
                info.stale = source.is_stale(info.age_days);
                info.health = anchor.health(now, source.max_age_days);
            }
            Err(error) => info.error = Some(error.to_string()),
        }
        info
    });
    let infos = infos.collect();
    Ok((anchors, infos))
}

/// The files that the policy's anchors are read from, to notice when they change.
#[cfg(feature = "tui")]
pub(super) fn files(policy: &Policy) -> impl Iterator<Item = PathBuf> {
    policy
        .trust
        .iter()
        .flat_map(|source| source.files.iter().chain(&source.crls))
        .map(|file| resolved(policy, file))
}

fn embedded(source: &AnchorSource) -> AnchorFile {
    let instance = Embedded::PublicGood;
    let Anchor { origin, made, .. } = instance.anchor();
    AnchorFile {
        name: source.name.clone(),
        kind: source.kind,
        origin,
        made,
        bytes: Ok(instance.root().into_bytes()),
        crls: Vec::new(),
    }
}

fn read(policy: &Policy, source: &AnchorSource, file: &Path, is_first: bool) -> AnchorFile {
    let path = resolved(policy, file);
    let limit = if source.kind == AnchorKind::Key { LIMIT_KEY_BYTES } else { LIMIT_BYTES };
    // Lists count for the chain as a whole, so that one file may hold them.
    let crls =
        source.crls.iter().filter(|_| is_first).map(|crl| {
            (crl.to_string_lossy().into_owned(), read_small(&resolved(policy, crl), LIMIT_CRL_BYTES))
        });
    AnchorFile {
        name: source.name.clone(),
        kind: source.kind,
        // As the policy names it: records must mean the same on another machine.
        origin: file.to_string_lossy().into_owned(),
        made: modified(&path),
        bytes: read_small(&path, limit),
        crls: crls.collect(),
    }
}

fn resolved(policy: &Policy, file: &Path) -> PathBuf {
    policy.base.as_ref().map_or_else(|| file.to_owned(), |base| base.join(file))
}

fn modified(path: &Path) -> Option<Timestamp> {
    Timestamp::try_from(std::fs::metadata(path).ok()?.modified().ok()?).ok()
}
