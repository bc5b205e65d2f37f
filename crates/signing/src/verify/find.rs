//! Where the signature of a model lies when nobody says: one answer for all faces. It reads what may be a signature,
//! and trusts nothing of it.

use crate::bundle::document::{Bundle, default_signature, read_bundle};
use crate::bundle::head::is_model_signature;
use crate::disk::{folder_of, slashed};
use crate::foreign::is_foreign_signature;
use crate::text::Untrusted;
use std::path::{Path, PathBuf};

use super::card;
use super::compare::CLAIMS;
use super::lines::holds_signature;

/// Things in a folder that are looked at.
const MAX_ENTRIES: usize = 20_000;
/// Files that are named like signatures and read.
const MAX_READ: usize = 64;
/// Signatures that are named where the one that was asked for is not there.
const MAX_NAMED: usize = 8;

/// How signatures are named beside `model.sig`: the most specific ending first.
const ENDINGS: [&str; 4] = [".oms.sig", ".sig", ".sigstore.json", ".sigstore"];

/// Where a model's signature lies: `model.sig`; else a file with another name that is an OMS signature, in the folder; a
/// line of `claims.jsonl`; a file beside the folder (or the file) that is named after it. None when there is none.
///
/// What is named like a signature and is none of any kind that is known is taken for a damaged one, rather than for
/// nothing.
pub fn find_signature(model: &Path) -> Option<PathBuf> {
    let usual = default_signature(model);
    if !model.is_dir() {
        let named = beside(model);
        let own = || named.iter().find(|path| is_signature(path)).cloned();
        let damaged = || named.iter().find(|path| may_be_damaged(path)).cloned();
        return own().or_else(|| exists(&usual).then_some(usual)).or_else(damaged);
    }
    if exists(&usual) {
        return Some(usual);
    }
    let inside = inside(model);
    let own = || inside.iter().find(|path| is_signature(path)).cloned();
    let claims = || Some(model.join(CLAIMS)).filter(|claims| has_signature_line(claims));
    let beside = || beside(model).into_iter().find(|path| is_signature(path));
    let damaged = || inside.iter().find(|path| may_be_damaged(path)).cloned();
    own().or_else(claims).or_else(beside).or_else(damaged)
}

/// As [`find_signature`]; else the agent card of a folder, or the file itself, that carries its own signature.
pub fn find_any_signature(model: &Path) -> Option<PathBuf> {
    find_signature(model).or_else(|| card::find(model))
}

/// Signatures that lie where one was looked for in vain, as seen from the model.
pub(super) fn signatures_around(model: &Path, named: &Path) -> Vec<Untrusted> {
    let folder = if named.is_dir() { named } else { folder_of(named) };
    let mut found: Vec<PathBuf> = Vec::new();
    let mut places: Vec<PathBuf> =
        [model, folder].into_iter().filter(|place| place.is_dir()).map(settled).collect();
    places.dedup();
    for place in &places {
        let usual = place.join("model.sig");
        let others = inside(place).into_iter().filter(|path| *path != usual);
        let own = std::iter::once(usual.clone()).chain(others).filter(|path| is_signature(path));
        found.extend(own);
        found.extend(Some(place.join(CLAIMS)).filter(|claims| has_signature_line(claims)));
    }
    found.extend(beside(model).into_iter().filter(|path| is_signature(path)));
    let root = settled(model);
    let mut names: Vec<Untrusted> = Vec::new();
    for path in found.iter().map(|path| settled(path)) {
        let name = match path.strip_prefix(&root) {
            Ok(inside) if root.is_dir() => slashed(inside),
            // Another folder is this machine's.
            _ => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        let name = Untrusted::new(name);
        if !names.contains(&name) && names.len() < MAX_NAMED {
            names.push(name);
        }
    }
    names
}

/// The folder resolved, the last component as written.
fn settled(path: &Path) -> PathBuf {
    let Some(name) = path.file_name() else {
        return path.canonicalize().unwrap_or_else(|_| path.to_owned());
    };
    let folder = folder_of(path);
    folder.canonicalize().map_or_else(|_| path.to_owned(), |folder| folder.join(name))
}

/// Also a link that leads nowhere: somebody meant a signature to be there.
fn exists(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir())
}

/// Files in a folder that are named like signatures: the more specific endings first, then by name.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_ENTRIES);
    let rank = |name: &str| {
        let name = name.to_ascii_lowercase();
        ENDINGS.iter().position(|ending| name.ends_with(ending))
    };
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some((rank(&name)?, name))
    });
    let mut named: Vec<(usize, String)> = named.collect();
    named.sort_unstable();
    named.into_iter().take(MAX_READ).map(|(_, name)| folder.join(name)).collect()
}

/// Files beside a model that are named after it.
fn beside(model: &Path) -> Vec<PathBuf> {
    let place = settled(model);
    let (Some(name), Some(folder)) = (place.file_name().and_then(|name| name.to_str()), place.parent())
    else {
        return Vec::new();
    };
    ENDINGS.iter().map(|ending| folder.join(format!("{name}{ending}"))).collect()
}

fn is_signature(path: &Path) -> bool {
    let read = || Bundle::parse(&read_bundle(path).ok()?).ok();
    path.is_file() && read().is_some_and(|bundle| is_model_signature(&bundle))
}

fn has_signature_line(claims: &Path) -> bool {
    claims.is_file() && read_bundle(claims).is_ok_and(|raw| holds_signature(&raw))
}

/// OpenPGP, cosign and others use these endings, too.
fn may_be_damaged(path: &Path) -> bool {
    let is_named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sig"));
    is_named && path.is_file() && !is_foreign_signature(path)
}
