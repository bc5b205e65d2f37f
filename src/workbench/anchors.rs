//! The policy's anchors, read from their files.

use crate::policy::{AnchorKind, AnchorSource, Policy};
use crate::signing::Anchor;
use crate::view::AnchorInfo;
use std::path::PathBuf;

/// Reads all anchors of a policy. One that cannot be read is told and left out: nothing then answers for
/// the signers under it.
pub(super) fn load(policy: &Policy, now: jiff::Timestamp) -> (Vec<Anchor>, Vec<AnchorInfo>) {
    let mut anchors = Vec::new();
    let mut infos = Vec::new();
    for source in &policy.trust {
        if source.files.is_empty() && source.kind == AnchorKind::Sigstore {
            push(
                Ok(Anchor { name: source.name.clone(), ..Anchor::public_good() }),
                source,
                "embedded",
                now,
                &mut anchors,
                &mut infos,
            );
        }
        let resolved =
            |file: &PathBuf| policy.base.as_ref().map_or_else(|| file.clone(), |base| base.join(file));
        for (index, file) in source.files.iter().enumerate() {
            let path = resolved(file);
            let read = match source.kind {
                AnchorKind::Key => Anchor::read_key(&source.name, &path),
                // Lists are looked at for the chain as a whole, so that one file may hold them.
                AnchorKind::Ca if index == 0 => {
                    let lists: Vec<PathBuf> = source.crls.iter().map(resolved).collect();
                    Anchor::read_ca(&source.name, &path)
                        .and_then(|anchor| anchor.with_crls(lists.iter().map(PathBuf::as_path)))
                }
                AnchorKind::Ca => Anchor::read_ca(&source.name, &path),
                AnchorKind::Sigstore => Anchor::read_sigstore(&source.name, &path),
                AnchorKind::Tsa => Anchor::read_tsa(&source.name, &path),
            };
            push(read, source, &file.to_string_lossy(), now, &mut anchors, &mut infos);
        }
    }
    (anchors, infos)
}

fn push(
    read: crate::Result<Anchor>,
    source: &AnchorSource,
    origin: &str,
    now: jiff::Timestamp,
    anchors: &mut Vec<Anchor>,
    infos: &mut Vec<AnchorInfo>,
) {
    let mut info = AnchorInfo {
        name: source.name.clone(),
        kind: source.kind,
        origin: origin.to_owned(),
        digest: String::new(),
        age_days: None,
        stale: false,
        health: Vec::new(),
        error: None,
    };
    match read {
        Ok(mut anchor) => {
            // As the policy names it: records must mean the same on another machine.
            anchor.origin = origin.to_owned();
            info.digest = anchor.digest.clone();
            info.age_days = anchor.used_at(now).age_days;
            info.stale = source.is_stale(info.age_days);
            info.health = anchor.health(now, source.max_age_days);
            anchors.push(anchor);
        }
        Err(error) => info.error = Some(error.to_string()),
    }
    infos.push(info);
}
