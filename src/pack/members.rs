//! The members of a pack, each against the manifest.

use crate::error::Result;
use crate::store::EvidenceDigest;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Seek};

use super::fault::{Faults, PackFaultKind};
use super::manifest::{MANIFEST, PackManifest, PackMember, SIGNATURE};
use super::zip::Archive;

/// The members by what they turned out to be.
pub(super) struct Members<'m> {
    /// Those that are there, and are what the manifest says.
    pub(super) good: BTreeMap<&'m str, &'m PackMember>,
    /// The same by digest.
    pub(super) by_digest: HashMap<EvidenceDigest, &'m str>,
    /// Those that were left out.
    pub(super) redacted: BTreeSet<&'m str>,
    /// The same by digest.
    pub(super) redacted_by_digest: HashMap<EvidenceDigest, &'m str>,
}

impl<'m> Members<'m> {
    /// Each member against the manifest.
    pub(super) fn held<R: Read + Seek>(
        archive: &Archive<R>,
        manifest: &'m PackManifest,
        faults: &mut Faults,
    ) -> Result<Self> {
        let mut members = Members {
            good: BTreeMap::new(),
            by_digest: HashMap::new(),
            redacted: BTreeSet::new(),
            redacted_by_digest: HashMap::new(),
        };
        let is_sorted = manifest.members.is_sorted_by(|one, other| one.name < other.name)
            && manifest.models.is_sorted_by(|one, other| one.model < other.model);
        if !is_sorted {
            faults.add(PackFaultKind::ManifestOrder, MANIFEST);
        }
        let mut named: BTreeSet<&str> = [MANIFEST, SIGNATURE].into();
        for member in &manifest.members {
            let name = member.name.as_str();
            named.insert(name);
            if !member.is_well_named() {
                faults.add(PackFaultKind::MemberName, name);
                continue;
            }
            if member.redacted {
                if archive.has(name) {
                    faults.add(PackFaultKind::MemberNotRedacted, name);
                }
                members.redacted.insert(name);
                members.redacted_by_digest.insert(member.sha256, name);
                continue;
            }
            let Some(found) = archive.read(name)? else {
                faults.add(PackFaultKind::MemberMissing, name);
                continue;
            };
            let is_same = EvidenceDigest::of(&found.bytes)? == member.sha256;
            let is_as_large = u64::try_from(found.bytes.len()) == Ok(member.bytes);
            match (is_same, is_as_large, found.is_sound) {
                (false, _, _) => faults.add(PackFaultKind::MemberChanged, name),
                (true, false, _) => faults.add(PackFaultKind::MemberSize, name),
                (true, true, false) => faults.add(PackFaultKind::MemberChecksum, name),
                (true, true, true) => {
                    members.good.insert(name, member);
                    members.by_digest.insert(member.sha256, name);
                }
            }
        }
        for (name, _) in archive.members().filter(|(name, _)| !named.contains(name)) {
            faults.add(PackFaultKind::MemberUnnamed, name);
        }
        Ok(members)
    }
}
