//! The blast radius of something in a workspace: direct effects are found here, the lineage finds the rest.
//! Each result has its deployments and their owners.

use super::View;
use super::asked::{BY_DIGEST, Blamed, Blast, BlastRow};
use crate::attest::{About, Claimed, Said};
use crate::error::{Code, Error, Result};
use crate::inventory::{Basis, FactKey, ModelId};
use crate::lineage::{Because, Proof, Seed, Side, Struck, Struckness, blast};
use crate::policy::Role;
use crate::signing::{Identity, RootDigest};
use crate::text::{Untrusted, nearest, screen};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashSet};

const IDENTITY: &str = "identity:";
const KEY: &str = "key:";
const BUILDER: &str = "builder:";
const PREFIXES: [&str; 4] = [BY_DIGEST, IDENTITY, KEY, BUILDER];
const SUBJECTS: &str =
    "a subject is a model, a dataset, sha256:DIGEST, identity:SUBJECT, key:FINGERPRINT or builder:ID";

impl View {
    /// Parses a subject.
    ///
    /// # Errors
    /// `E-USAGE` for an invalid digest, or nothing after a prefix; `E-NOT-FOUND` for a name that is neither in the
    /// inventory nor in a document, with the nearest name.
    pub fn blamed(&self, typed: &str) -> Result<Blamed> {
        let typed = typed.trim();
        match prefixed(typed) {
            Some((BY_DIGEST, digest)) => digest.parse().map(Blamed::Digest).map_err(|_| {
                Error::new(Code::Usage, "not a digest")
                    .at(typed)
                    .help("write `sha256:` and 64 lower-case hexadecimal digits")
            }),
            Some((prefix, "")) => Err(nothing_after(prefix).at(typed)),
            Some((IDENTITY, subject)) => Ok(Blamed::Identity(subject.into())),
            Some((KEY, key)) => {
                let key = key.to_ascii_lowercase();
                let key = if key.starts_with(BY_DIGEST) { key } else { format!("{BY_DIGEST}{key}") };
                Ok(Blamed::Key(key.into()))
            }
            Some((_, id)) => Ok(Blamed::Builder(id.into())),
            None => self.node_named(typed, SUBJECTS).map(Blamed::Model),
        }
    }

    /// Parses one end of a path: a model or a dataset.
    ///
    /// # Errors
    /// `E-USAGE` for anything else; `E-NOT-FOUND` as in [`View::blamed`].
    pub fn end_of_path(&self, typed: &str) -> Result<ModelId> {
        let typed = typed.trim();
        match prefixed(typed) {
            Some(_) => Err(Error::new(Code::Usage, "a path connects two models or datasets").at(typed).help(
                "name a model or a dataset; `touchmark blast` takes a digest, an identity, a key or a builder",
            )),
            None => self.node_named(typed, "name a model or a dataset"),
        }
    }

    fn node_named(&self, typed: &str, otherwise: &str) -> Result<ModelId> {
        let id = ModelId::new(typed);
        if let Some(node) = self.graph.node(&id) {
            return Ok(node.id.clone());
        }
        let tail = format!("/{}", id.raw());
        let nodes = self.graph.nodes();
        let mut ending = nodes.iter().filter(|node| node.id.raw().ends_with(&tail));
        match (ending.next(), ending.next()) {
            (Some(only), None) => Ok(only.id.clone()),
            _ => {
                let known: Vec<&str> = nodes.iter().map(|node| node.id.raw()).collect();
                let near = nearest(id.raw(), &known).map(|near| format!("did you mean `{}`? ", screen(near)));
                Err(Error::new(
                    Code::NotFound,
                    "no model or dataset of this name in the inventory or in documents",
                )
                .at(typed)
                .help(format!("{}{otherwise}", near.unwrap_or_default())))
            }
        }
    }

    /// Everything downstream of something that went bad, optionally from some time on.
    pub fn blast(&self, blamed: &Blamed, since: Option<Timestamp>) -> Blast {
        let (seeds, distrusted) = self.seeds(blamed, since);
        let rows = self.spread(seeds, &distrusted, since, None);
        Blast { blamed: blamed.clone(), since, rows }
    }

    /// Everything downstream of a model in whose place other bytes lie, which came at some time: only these are bad, and
    /// when the model itself was signed says nothing of them.
    pub fn blast_of_bytes(&self, id: &ModelId, bad: RootDigest, since: Option<Timestamp>) -> Blast {
        let seed = Seed {
            id: id.clone(),
            side: Side::Tainted,
            because: Because::Subject,
            bad: BTreeSet::from([bad]),
            others_are_good: true,
        };
        let rows = self.spread(vec![seed], &HashSet::new(), since, Some(id));
        Blast { blamed: Blamed::Model(id.clone()), since, rows }
    }

    /// What seeds affect; the signature of `undated` says nothing of when it was made.
    fn spread(
        &self,
        seeds: Vec<Seed>,
        distrusted: &HashSet<String>,
        since: Option<Timestamp>,
        undated: Option<&ModelId>,
    ) -> Vec<BlastRow> {
        let root = |id: &ModelId| self.root(self.model(id)?.0);
        let signed_at = |id: &ModelId| {
            let verification = &self.standing(self.model(id)?.0)?.verification;
            let is_dated = verification.signer_proven() && undated != Some(id);
            verification.signed_at.filter(|_| is_dated).map(|(at, _)| at)
        };
        let is_distrusted = |proof: &Proof| distrusted.contains(&*proof.claim);
        let struck = blast(
            seeds,
            &Struckness {
                graph: &self.graph,
                proven: &self.proven,
                since,
                root: &root,
                signed_at: &signed_at,
                is_distrusted: &is_distrusted,
            },
        );
        let row = |struck: Struck| {
            let model = self.model(&struck.id).map(|(index, _)| index);
            let deployments = model.map(|index| self.runs_at(index).to_vec()).unwrap_or_default();
            let used = self.graph.children(&struck.id).len();
            BlastRow { struck, model, deployments, used }
        };
        let mut rows: Vec<BlastRow> = struck.into_iter().map(row).collect();
        let order = |row: &BlastRow| {
            let exposure = (row.struck.side, row.deployments.len(), row.used);
            (std::cmp::Reverse(exposure), row.struck.distance, row.struck.id.clone())
        };
        rows.sort_by_cached_key(order);
        rows
    }

    /// What is affected directly, and the claims that no longer count.
    fn seeds(&self, blamed: &Blamed, since: Option<Timestamp>) -> (Vec<Seed>, HashSet<String>) {
        match blamed {
            Blamed::Model(id) => (vec![self.of_model(id)], HashSet::new()),
            Blamed::Digest(digest) => (self.of_digest(*digest, since), HashSet::new()),
            Blamed::Identity(subject) => self.of_signer(&|signer| signer.subject == *subject, since),
            Blamed::Key(key) => {
                let is_it = |signer: &Identity| {
                    signer.fingerprint.as_deref() == Some(key.raw()) || signer.subject == *key
                };
                self.of_signer(&is_it, since)
            }
            Blamed::Builder(builder) => (self.of_builder(builder, since), HashSet::new()),
        }
    }

    fn of_model(&self, id: &ModelId) -> Seed {
        let index = self.model(id).map(|(index, _)| index);
        let mut bad: BTreeSet<RootDigest> = index.and_then(|index| self.root(index)).into_iter().collect();
        bad.extend(index.and_then(|index| self.verification(index)?.root_digest));
        Seed { id: id.clone(), side: Side::Tainted, because: Because::Subject, bad, others_are_good: true }
    }

    fn of_digest(&self, digest: RootDigest, since: Option<Timestamp>) -> Vec<Seed> {
        let bad = BTreeSet::from([digest]);
        let seed = |id: &ModelId, side, because| Seed {
            id: id.clone(),
            side,
            because,
            bad: bad.clone(),
            others_are_good: true,
        };
        let written = format!("{BY_DIGEST}{digest}");
        let mut seeds = Vec::new();
        for (index, model) in self.models.iter().enumerate() {
            let verified = self.standing(index).and_then(|verified| verified.verification.root_of_files());
            let stated = self.root(index) == Some(digest);
            let is_hash = |key| matches!(key, FactKey::Hash | FactKey::Address);
            let mut facts =
                model.facts.each().filter(|fact| is_hash(fact.key) && fact.value.raw() == written);
            if verified == Some(digest) {
                seeds.push(seed(&model.id, Side::Tainted, Because::Holds));
            } else if stated {
                seeds.push(seed(&model.id, Side::Suspect, Because::SaidToHold));
            } else if let Some(fact) = facts.next() {
                let is_seen =
                    fact.basis == Basis::Observed || facts.any(|fact| fact.basis == Basis::Observed);
                seeds.push(match is_seen {
                    true => seed(&model.id, Side::Tainted, Because::Holds),
                    false => seed(&model.id, Side::Suspect, Because::SaidToHold),
                });
            }
        }
        // Claims and documents may use that digest for another version than the local one.
        let claimed = self.proven.naming(digest);
        seeds.extend(claimed.map(|proof| seed(&proof.parent, Side::Suspect, Because::SaidToHold)));
        let edges = (0..u32::MAX).take(self.graph.len()).flat_map(|place| self.graph.edges_at(place));
        let pinning = edges.filter(|(_, edge)| edge.digest.as_deref() == Some(&digest));
        let pinned = pinning.filter_map(|(parent, _)| self.graph.node_at(parent));
        seeds.extend(pinned.map(|node| seed(&node.id, Side::Suspect, Because::SaidToHold)));
        let tainted = seeds.iter().filter(|seed| seed.side == Side::Tainted);
        let held: HashSet<ModelId> = tainted.map(|seed| seed.id.clone()).collect();
        for proof in self.proven.naming(digest) {
            // The walk reaches this from the parent.
            if held.contains(&proof.parent) || !proof.in_role {
                continue;
            }
            let claim = proof.claim.to_string();
            let before = since.zip(proof.signed_at).filter(|(since, at)| at < since);
            let (side, because) = match before {
                Some((_, at)) => (Side::Clean, Because::UsedBefore { at, claim }),
                None => (Side::Tainted, Because::FromBad { digest, claim }),
            };
            let own = self.model(&proof.child).and_then(|(index, _)| self.root(index));
            seeds.push(Seed {
                id: proof.child.clone(),
                side,
                because,
                bad: own.into_iter().collect(),
                others_are_good: false,
            });
        }
        seeds
    }

    fn of_signer(
        &self,
        is_it: &dyn Fn(&Identity) -> bool,
        since: Option<Timestamp>,
    ) -> (Vec<Seed>, HashSet<String>) {
        let (mut seeds, mut distrusted) = (Vec::new(), HashSet::new());
        let is_before = |at: Option<Timestamp>| since.zip(at).is_some_and(|(since, at)| at < since);
        for (index, model) in self.models.iter().enumerate() {
            let Some(verified) = self.verified.get(index).and_then(Option::as_deref) else { continue };
            let bad: BTreeSet<RootDigest> = self.root(index).into_iter().collect();
            let mut add = |side, because| {
                seeds.push(Seed {
                    id: model.id.clone(),
                    side,
                    because,
                    bad: bad.clone(),
                    others_are_good: false,
                });
            };
            let verification = &verified.verification;
            if verification.signer.as_ref().is_some_and(is_it) {
                let at = verification.signed_at.map(|(at, _)| at);
                match verification.signer_proven() {
                    // Without a trusted time, nothing proves that it was before.
                    true if since.is_some() && at.is_none() => add(Side::Suspect, Because::Signed(None)),
                    true => add(Side::Tainted, Because::Signed(at)),
                    false => add(Side::Suspect, Because::SaidToSign),
                }
            }
            let about_it = verified.testimonies.iter().map(|testimony| &testimony.claimed);
            for claimed in about_it.filter(|claimed| claimed.about == About::ThisModel) {
                if claimed.signer.as_ref().is_some_and(is_it) && !is_before(claimed.signed_at) {
                    distrusted.insert(claimed.digest.clone());
                    add(Side::Suspect, Because::Claimed { claim: claimed.digest.clone() });
                }
            }
        }
        (seeds, distrusted)
    }

    fn of_builder(&self, builder: &Untrusted, since: Option<Timestamp>) -> Vec<Seed> {
        let mut seeds = Vec::new();
        for (index, model) in self.models.iter().enumerate() {
            let Some(verified) = self.verified.get(index).and_then(Option::as_deref) else { continue };
            for testimony in verified.testimonies.iter() {
                let Claimed { said: Said::Provenance(made), digest, signed_at, .. } = &testimony.claimed
                else {
                    continue;
                };
                if made.builder.as_ref() != Some(builder) || testimony.claimed.about != About::ThisModel {
                    continue;
                }
                let may = |role: Role| matches!(role, Role::Build | Role::Lineage | Role::Producer);
                let is_believed = testimony.claimed.counts() && testimony.roles.iter().any(may);
                let before = since.zip(*signed_at).filter(|(since, at)| at < since && is_believed);
                let claim = digest.clone();
                let (side, because) = match before {
                    Some((_, at)) => (Side::Clean, Because::UsedBefore { at, claim }),
                    None if is_believed && (since.is_none() || signed_at.is_some()) => {
                        (Side::Tainted, Because::Built { claim })
                    }
                    None => (Side::Suspect, Because::Built { claim }),
                };
                let bad = self.root(index).into_iter().collect();
                seeds.push(Seed { id: model.id.clone(), side, because, bad, others_are_good: false });
            }
        }
        seeds
    }
}

/// The prefix of a subject that is not a name, and what follows it.
fn prefixed(typed: &str) -> Option<(&'static str, &str)> {
    PREFIXES.into_iter().find_map(|prefix| Some((prefix, typed.strip_prefix(prefix)?.trim())))
}

fn nothing_after(prefix: &'static str) -> Error {
    let (what, help) = match prefix {
        IDENTITY => ("no identity after `identity:`", "name the signer, as in identity:release@example.com"),
        KEY => (
            "no fingerprint after `key:`",
            "add the fingerprint, as in key:3f5a...; `touchmark key show FILE` prints it",
        ),
        _ => (
            "no id after `builder:`",
            "add the builder's id from a provenance claim, as in builder:https://ci.example.com/train",
        ),
    };
    Error::new(Code::Usage, what).help(help)
}
