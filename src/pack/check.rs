//! A pack as it is checked, from nothing but its bytes and what is trusted: each member against the manifest, the manifest
//! against its signature, and then what the members say, each against the others.

use crate::decision::{KeptCheckpoint, Vouched};
use crate::error::Result;
use crate::signing::{Bundle, Outcome, Trust};
use crate::store::EvidenceDigest;
use jiff::Timestamp;
use std::io::{Read, Seek};

use super::checked::{CheckedCheckpoint, CheckedPack};
use super::fault::{Faults, PackFaultKind};
use super::judge::Judge;
use super::manifest::{MANIFEST, MemberKind, PackManifest, SIGNATURE, pack_of};
use super::members::Members;
use super::zip::Archive;

/// Checks a pack.
///
/// # Errors
/// What reading it gives: `E-READ`, `E-MALFORMED` when it was cut off meanwhile.
pub fn check_pack<R: Read + Seek>(
    archive: &Archive<R>,
    trust: &[Trust],
    now: Timestamp,
) -> Result<CheckedPack> {
    let mut faults = Faults::default();
    let mut checked = CheckedPack {
        manifest: None,
        digest: None,
        signature: Outcome::Missing,
        vouched: None,
        held: 0,
        redacted: Vec::new(),
        checkpoints: Vec::new(),
        records: Vec::new(),
        verdicts: Vec::new(),
        faults: Vec::new(),
    };
    let bytes = sound(archive, MANIFEST, &mut faults)?;
    checked.digest = bytes.as_deref().map(EvidenceDigest::of).transpose()?;
    let signature = sound(archive, SIGNATURE, &mut faults)?;
    (checked.signature, checked.vouched) =
        signed(signature.as_deref(), checked.digest, (trust, now), &mut faults);
    match bytes {
        None => faults.add(PackFaultKind::ManifestMissing, MANIFEST),
        Some(bytes) => match manifest(&bytes) {
            None => faults.add(PackFaultKind::ManifestForm, MANIFEST),
            Some(manifest) => {
                let members = Members::held(archive, &manifest, &mut faults)?;
                checked.held = members.good.len();
                checked.redacted = members.redacted.iter().map(|name| (*name).to_owned()).collect();
                checked.checkpoints = checkpoints(archive, &members, (trust, now), &mut faults)?;
                let judge = Judge { archive, manifest: &manifest, members: &members };
                checked.records = judge.records(&checked.checkpoints, &mut faults)?;
                checked.verdicts = judge.verdicts(&checked.records, &mut faults)?;
                checked.manifest = Some(manifest);
            }
        },
    }
    checked.faults = faults.found();
    Ok(checked)
}

/// The bytes of a member that stands in no manifest.
fn sound<R: Read + Seek>(archive: &Archive<R>, name: &str, faults: &mut Faults) -> Result<Option<Vec<u8>>> {
    let member = archive.read(name)?;
    if member.as_ref().is_some_and(|member| !member.is_sound) {
        faults.add(PackFaultKind::MemberChecksum, name);
    }
    Ok(member.map(|member| member.bytes))
}

/// The manifest, where it is written as one is.
fn manifest(bytes: &[u8]) -> Option<PackManifest> {
    let manifest: PackManifest = serde_json::from_slice(bytes).ok()?;
    (manifest.bytes().ok()? == bytes).then_some(manifest)
}

fn signed(
    bundle: Option<&[u8]>,
    digest: Option<EvidenceDigest>,
    (trust, now): (&[Trust], Timestamp),
    faults: &mut Faults,
) -> (Outcome, Option<Vouched>) {
    let Some(bundle) = bundle else { return (Outcome::Missing, None) };
    let bundle = match Bundle::parse(bundle) {
        Ok(bundle) => bundle,
        Err(error) => {
            faults.tell(PackFaultKind::SignatureForm, SIGNATURE, Some(error.what));
            return (Outcome::Fail, None);
        }
    };
    let vouched = Vouched::by_trust(&bundle, trust, now);
    let is_about_it = digest.is_some() && pack_of(&bundle) == digest;
    let outcome = vouched.outcome(is_about_it);
    match outcome {
        _ if !is_about_it => faults.add(PackFaultKind::SignatureOther, SIGNATURE),
        Outcome::Fail => faults.add(PackFaultKind::SignatureInvalid, SIGNATURE),
        _ => {}
    }
    (outcome, Some(vouched))
}

fn checkpoints<R: Read + Seek>(
    archive: &Archive<R>,
    members: &Members<'_>,
    (trust, now): (&[Trust], Timestamp),
    faults: &mut Faults,
) -> Result<Vec<CheckedCheckpoint>> {
    let mut checked = Vec::new();
    for (name, _) in members.good.iter().filter(|(_, member)| member.kind == MemberKind::Checkpoint) {
        let Some(found) = archive.read(name)? else { continue };
        let kept = match KeptCheckpoint::parse(&found.bytes) {
            Ok(kept) => kept,
            Err(error) => {
                faults.tell(PackFaultKind::CheckpointForm, name, Some(error.what));
                continue;
            }
        };
        let vouched = kept.bundle.as_ref().map(|bundle| Vouched::by_trust(bundle, trust, now));
        let outcome = vouched.as_ref().map_or(Outcome::Missing, |vouched| vouched.outcome(true));
        if outcome == Outcome::Fail {
            faults.add(PackFaultKind::CheckpointInvalid, name);
        }
        checked.push(CheckedCheckpoint { member: (*name).to_owned(), kept, outcome, vouched });
    }
    Ok(checked)
}
