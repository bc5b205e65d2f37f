//! The blast radius: everything downstream of what went bad, in three groups by what claims prove. A pure function of a
//! graph, proofs and known facts about models; the walk is iterative.

use super::graph::{Edge, Graph};
use super::link::Link;
use super::proven::{Proof, Proven};
use crate::inventory::ModelId;
use crate::signing::RootDigest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// The three groups, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The whole way from the subject is proved, and it leads from other bytes than the bad ones, or from a time before.
    Clean,
    /// It names the subject, and nothing proves that it is clean.
    Suspect,
    /// It is proved to come from what went bad.
    Tainted,
}

impl Side {
    /// All, the worst first, as they are shown.
    pub const SHOWN: [Side; 3] = [Side::Tainted, Side::Suspect, Side::Clean];

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Side::Clean => "proven clean",
            Side::Suspect => "suspect",
            Side::Tainted => "tainted",
        }
    }
}

/// Why something is in its group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// It is what was asked about.
    Subject,
    /// It holds the digest: of its root, or of one of its files.
    Holds,
    /// A document says that it holds the digest.
    SaidToHold,
    /// Its signature is by the identity or the key; the time is the trusted one, where there is one.
    Signed(Option<Timestamp>),
    /// Its signature names the signer, who is not proven.
    SaidToSign,
    /// A claim about it is by the identity or the key.
    Claimed {
        /// The claim: SHA-256 over its bundle, hex.
        claim: String,
    },
    /// A claim says that the builder made it.
    Built {
        /// The claim.
        claim: String,
    },
    /// It was signed before: at a trusted time.
    SignedBefore(Timestamp),
    /// A claim says that its input was verified, or was itself signed, before.
    UsedBefore {
        /// When.
        at: Timestamp,
        /// The claim.
        claim: String,
    },
    /// A claim names the bad digest as its input.
    FromBad {
        /// The digest.
        digest: RootDigest,
        /// The claim.
        claim: String,
    },
    /// A claim names another digest as its input.
    FromOther {
        /// The digest.
        digest: RootDigest,
        /// The claim.
        claim: String,
    },
    /// A claim names the digest of one that is clean.
    FromClean {
        /// The claim.
        claim: String,
    },
    /// A claim names other bytes of a model on the way than those that are known.
    FromUnknown {
        /// The claim.
        claim: String,
    },
    /// Documents name it, and no claim that counts does.
    Named,
    /// What it comes from is suspect.
    FromSuspect,
}

/// What is downstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// It.
    pub id: ModelId,
    /// Its group.
    pub side: Side,
    /// Why.
    pub because: Because,
    /// The node that led to it; none if the subject affects it directly.
    pub via: Option<ModelId>,
    /// How many edges away from that.
    pub distance: u32,
    /// The weakest proof on the way; none where there is no way.
    pub weakest: Option<Link>,
}

/// Something that the subject affects directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// It.
    pub id: ModelId,
    /// Its group.
    pub side: Side,
    /// Why.
    pub because: Because,
    /// Its digests that are bad; none where every one is.
    pub bad: BTreeSet<RootDigest>,
    /// Whether all its other digests are known to be good.
    pub others_are_good: bool,
}

/// What is known of the models.
pub struct Struckness<'a> {
    /// The lineage.
    pub graph: &'a Graph,
    /// What proves it.
    pub proven: &'a Proven,
    /// From when on the subject is bad; none: always.
    pub since: Option<Timestamp>,
    /// The root digest of a model, where it is known.
    pub root: &'a dyn Fn(&ModelId) -> Option<RootDigest>,
    /// When a proven signer signed a model, by a trusted time.
    pub signed_at: &'a dyn Fn(&ModelId) -> Option<Timestamp>,
    /// Whether a claim is ignored because its signer went bad.
    pub is_distrusted: &'a dyn Fn(&Proof) -> bool,
}

/// Everything that the seeds affect, and the seeds themselves: by group, the worst first, then by distance
/// and id.
pub fn blast(seeds: Vec<Seed>, known: &Struckness<'_>) -> Vec<Struck> {
    let mut walk = Walk { known, seeds: HashMap::new(), struck: HashMap::new(), next: VecDeque::new() };
    for seed in &seeds {
        let so_far = walk.seeds.get(&seed.id).map(|other: &&Seed| other.side);
        if so_far.is_none_or(|side| side < seed.side) {
            walk.seeds.insert(&seed.id, seed);
        }
    }
    let mut first: Vec<&Seed> = walk.seeds.values().copied().collect();
    first.sort_by(|a, b| a.id.cmp(&b.id));
    for seed in first {
        let (side, because) = match (known.before(&seed.id), seed.side) {
            (Some(at), _) => (Side::Clean, Because::SignedBefore(at)),
            (None, side) => (side, seed.because.clone()),
        };
        walk.strike(&seed.id, Reached { side, because, via: None, distance: 0, weakest: None });
    }
    while let Some(id) = walk.next.pop_front() {
        walk.go_down(id);
    }
    let struck = walk.struck.into_iter().map(|(id, reached)| {
        let Reached { side, because, via, distance, weakest } = reached;
        Struck { id: id.clone(), side, because, via: via.cloned(), distance, weakest }
    });
    let mut struck: Vec<Struck> = struck.collect();
    struck.sort_by(|a, b| (b.side, a.distance, &a.id).cmp(&(a.side, b.distance, &b.id)));
    struck
}

struct Reached<'a> {
    side: Side,
    because: Because,
    via: Option<&'a ModelId>,
    distance: u32,
    weakest: Option<Link>,
}

struct Walk<'a> {
    known: &'a Struckness<'a>,
    seeds: HashMap<&'a ModelId, &'a Seed>,
    struck: HashMap<&'a ModelId, Reached<'a>>,
    next: VecDeque<&'a ModelId>,
}

impl<'a> Walk<'a> {
    /// Records a result. Each node is visited again only when its result gets worse, at most twice.
    fn strike(&mut self, id: &'a ModelId, reached: Reached<'a>) {
        if self.struck.get(id).is_some_and(|before| before.side >= reached.side) {
            return;
        }
        self.struck.insert(id, reached);
        self.next.push_back(id);
    }

    fn go_down(&mut self, parent: &'a ModelId) {
        let Some((side, distance, weakest)) =
            self.struck.get(parent).map(|reached| (reached.side, reached.distance, reached.weakest))
        else {
            return;
        };
        let graph: &'a Graph = self.known.graph;
        for (node, edge) in graph.children(parent) {
            let child = &node.id;
            let link = Link::of(edge, self.counted(child, parent));
            let (side, because) = match self.known.before(child) {
                Some(at) => (Side::Clean, Because::SignedBefore(at)),
                None => self.by_edge(side, child, parent, edge),
            };
            let weakest = Some(weakest.map_or(link, |so_far| so_far.min(link)));
            self.strike(child, Reached { side, because, via: Some(parent), distance: distance + 1, weakest });
        }
    }

    fn counted(&self, child: &ModelId, parent: &ModelId) -> impl Iterator<Item = &'a Proof> {
        let known = self.known;
        known.proven.of_edge(child, parent).filter(move |proof| !(known.is_distrusted)(proof))
    }

    /// What an edge makes of a child, whose parent is in a group.
    fn by_edge(&self, side: Side, child: &ModelId, parent: &ModelId, edge: &Edge) -> (Side, Because) {
        let proofs: Vec<&Proof> = self.counted(child, parent).filter(|proof| proof.in_role).collect();
        // Conflicting claims prove nothing.
        let is_contradicted = edge.basis == crate::inventory::Basis::Contradicted;
        let Some(first) = proofs.first().filter(|_| !is_contradicted) else {
            return (Side::Suspect, Because::Named);
        };
        if let Some(since) = self.known.since {
            let earliest = |proof: &&Proof| {
                let times = [proof.verified_at.filter(|_| proof.signed_at.is_some()), proof.signed_at];
                times.into_iter().flatten().min().filter(|at| *at < since)
            };
            if let Some((at, proof)) = proofs.iter().find_map(|proof| Some((earliest(proof)?, proof))) {
                return (Side::Clean, Because::UsedBefore { at, claim: proof.claim.to_string() });
            }
        }
        let seed = self.seeds.get(parent);
        let bad: BTreeSet<RootDigest> = match seed {
            Some(seed) => seed.bad.clone(),
            None => (self.known.root)(parent).into_iter().collect(),
        };
        let claim = |proof: &Proof| proof.claim.to_string();
        let hit = proofs.iter().find(|proof| bad.contains(&proof.digest));
        match (side, hit, seed) {
            (Side::Tainted, Some(proof), _) => {
                (Side::Tainted, Because::FromBad { digest: proof.digest, claim: claim(proof) })
            }
            // No digest is given, so all of them are bad.
            (Side::Tainted, None, Some(seed)) if seed.bad.is_empty() => {
                (Side::Tainted, Because::FromBad { digest: first.digest, claim: claim(first) })
            }
            (Side::Tainted | Side::Suspect, None, Some(seed))
                if seed.others_are_good && !seed.bad.is_empty() =>
            {
                (Side::Clean, Because::FromOther { digest: first.digest, claim: claim(first) })
            }
            (Side::Suspect, _, _) => (Side::Suspect, Because::FromSuspect),
            (Side::Tainted, None, _) => (Side::Suspect, Because::FromUnknown { claim: claim(first) }),
            (Side::Clean, Some(proof), _) => (Side::Clean, Because::FromClean { claim: claim(proof) }),
            (Side::Clean, None, _) => match (self.known.root)(parent) {
                Some(root) if proofs.iter().any(|proof| proof.digest == root) => {
                    (Side::Clean, Because::FromClean { claim: claim(first) })
                }
                _ => (Side::Suspect, Because::FromUnknown { claim: claim(first) }),
            },
        }
    }
}

impl Struckness<'_> {
    /// When it was signed, if that was before.
    fn before(&self, id: &ModelId) -> Option<Timestamp> {
        let since = self.since?;
        (self.signed_at)(id).filter(|at| *at < since)
    }
}
