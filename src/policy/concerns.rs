//! What an edit of a policy concerns: which models may be judged differently after it, so that only those are judged
//! again. It judges nothing itself, and errs on the side of more.

use super::canonical::{AnchorForm, DeniedForm, Form, PublisherForm};
use super::class::Action;
use super::document::{IdentityPattern, Policy, Publisher};
use super::index::{Patterns, Signers};
use super::patterns::ModelPattern;
use super::rules::UnsignedAncestor;
use super::stage_rules::EvidenceRule;
use super::text_pattern::TextPattern;
use crate::inventory::ModelId;
use crate::signing::{Identity, Method};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

/// What differs between two policies, by whom it concerns. The name, version, owner and approvals of a policy concern
/// no model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerns {
    /// Every model: `expires`, `[crypto]`, `[artifact]`, `[log]`, `[freshness]`, `[conflicts]`, a requirement, a trusted
    /// summary, a risk, an exception, what is complete enough of a lineage, or what controls read of the stages changed.
    pub everything: bool,
    /// What follows for every model from what became of its controls, and for those that derive from it: a stage,
    /// `[controls]`, `[ledger]`, the depth of `[lineage]` or what it says of ancestors without a signature changed.
    pub conclusions: bool,
    /// Anchors that were added, removed or changed, sorted; all of them when their order changed. An added one may also
    /// prove a signer whom nothing proved before.
    pub anchors: Vec<String>,
    /// Publishers that were added, removed, changed or moved to another place among the publishers.
    pub publishers: Vec<PublisherConcern>,
    /// Subjects of denials that were added, removed, changed or moved.
    pub denied: Vec<TextPattern>,
    /// Claims by any signer: attesters, or the roles of a publisher, changed. Models without claims are
    /// concerned by what follows from those of their ancestors only.
    pub claims: bool,
}

/// Whom a changed publisher concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublisherConcern {
    /// Its id.
    pub id: String,
    /// Patterns of the models, of before and after.
    pub models: Vec<ModelPattern>,
    /// Signers whom it granted before or grants after, where that may have changed: a model of another publisher
    /// that they signed is judged by it, too.
    pub identities: Vec<IdentityPattern>,
    /// Whether it names no identities, before or after: its keys are then its signers.
    pub any_key: bool,
}

/// What the change from one policy to another concerns.
pub fn concerns(before: &Policy, after: &Policy) -> Concerns {
    let (old, new) = (Form::of(before), Form::of(after));
    Concerns {
        everything: old.expires != new.expires
            || old.crypto != new.crypto
            || old.artifact != new.artifact
            || old.log != new.log
            || old.freshness != new.freshness
            || old.require != new.require
            || old.trusted_summaries != new.trusted_summaries
            || before.lineage.min_completeness != after.lineage.min_completeness
            || old.conflicts != new.conflicts
            || old.risks != new.risks
            || old.exceptions != new.exceptions
            || asked(before) != asked(after),
        conclusions: old.stages != new.stages
            || old.ledger != new.ledger
            || old.raise != new.raise
            || above(before) != above(after),
        anchors: anchors(&old, &new),
        publishers: publishers((before, &old), (after, &new)),
        denied: denied((before, &old), (after, &new)),
        claims: old.attesters != new.attesters || roles(&old) != roles(&new),
    }
}

/// What the lineage does to those that derive.
fn above(policy: &Policy) -> (u32, UnsignedAncestor) {
    (policy.lineage.depth(), policy.lineage.unsigned_ancestor)
}

/// What controls read of the stages, beside what these do about them.
#[derive(PartialEq)]
struct Read<'p> {
    /// Requirements that claims must meet at some stage.
    claims: BTreeSet<&'p str>,
    /// Stages that refuse neither what contradicts nor what is missing.
    advisory: BTreeSet<&'p str>,
    runbooks: BTreeMap<&'p str, &'p str>,
    /// The stages that ask for an earlier word of a gate, by their places: whose.
    earlier: BTreeMap<usize, (&'p str, Option<&'p str>, bool)>,
    /// The stages that ask for evidence to be logged, by their places: whose, and what.
    logged: BTreeMap<usize, (&'p str, &'p EvidenceRule)>,
    /// Of the production stages: whether they refuse both, and whether the glass can be broken, for how long.
    production: BTreeSet<Refuses>,
}

/// Of a production stage: whether it refuses what contradicts and what is missing, and how the glass can be broken.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Refuses {
    contradicted: bool,
    missing: bool,
    glass: Option<(u32, u32)>,
}

fn asked(policy: &Policy) -> Read<'_> {
    let closed = |action: Action| action == Action::Closed;
    let mut read = Read {
        claims: BTreeSet::new(),
        advisory: BTreeSet::new(),
        runbooks: BTreeMap::new(),
        earlier: BTreeMap::new(),
        logged: BTreeMap::new(),
        production: BTreeSet::new(),
    };
    for (place, stage) in policy.stages.iter().enumerate() {
        let (contradicted, missing) = (closed(stage.on_contradicted), closed(stage.on_missing));
        read.claims.extend(stage.require_claims.iter().map(String::as_str));
        read.runbooks
            .extend(stage.ir_surface.as_ref().map(|one| (stage.name.as_str(), one.runbook.as_str())));
        let is_cached = stage.cached_max_hours.is_some();
        if stage.from.is_some() || is_cached {
            read.earlier.insert(place, (stage.name.as_str(), stage.from.as_deref(), is_cached));
        }
        if let Some(rule) = &stage.require_evidence_profile {
            read.logged.insert(place, (stage.name.as_str(), rule));
        }
        if !contradicted && !missing {
            read.advisory.insert(&stage.name);
        }
        if stage.production {
            let glass = stage.break_glass.as_ref().map(|glass| (glass.approvers, glass.max_hours));
            read.production.insert(Refuses { contradicted, missing, glass });
        }
    }
    read
}

/// The roles of publishers that have others than a producer's.
fn roles<'f, 'p>(form: &'f Form<'p>) -> Vec<(&'p str, &'f [&'static str])> {
    let roles = |publisher: &'f PublisherForm<'p>| Some((publisher.id, publisher.roles.as_deref()?));
    form.publishers.iter().filter_map(roles).collect()
}

impl Concerns {
    /// Whether no model is judged differently.
    pub fn is_nothing(&self) -> bool {
        *self == Concerns::default()
    }

    /// Whether a model may be judged differently because of its id. That its signer or anchor is concerned
    /// ([`Concerns::concerns_signer`], [`Concerns::anchors`]) and that [`Concerns::conclusions`] changed is asked apart.
    pub fn concerns_model(&self, id: &ModelId) -> bool {
        let id = id.raw();
        self.everything
            || self.publishers.iter().any(|publisher| publisher.models.iter().any(|one| one.matches(id)))
    }

    /// Whether a model may be judged differently because of who signed it: the signer is denied or granted something
    /// by what changed.
    pub fn concerns_signer(&self, signer: &Identity) -> bool {
        self.everything
            || self.denied.iter().any(|subject| subject.names(signer))
            || self.publishers.iter().any(|publisher| publisher.may_grant(signer))
    }
}

/// The same, found without asking each of what changed.
#[derive(Debug)]
pub struct ConcernIndex {
    everything: bool,
    models: Patterns,
    identities: Vec<IdentityPattern>,
    signers: Signers,
    any_key: bool,
    denied: Vec<TextPattern>,
}

/// What changed is not found by anchor.
const ANY: &str = "";

impl ConcernIndex {
    /// Prepares what changed for being asked about many models.
    pub fn of(concerns: &Concerns) -> Self {
        let all = || concerns.publishers.iter().flat_map(|publisher| &publisher.identities);
        let mut signers = Signers::default();
        all().enumerate().for_each(|(at, identity)| signers.add(ANY, identity.exact_subject(), at));
        ConcernIndex {
            everything: concerns.everything,
            models: Patterns::of(concerns.publishers.iter().flat_map(|publisher| &publisher.models)),
            identities: all().cloned().collect(),
            signers,
            any_key: concerns.publishers.iter().any(|publisher| publisher.any_key),
            denied: concerns.denied.clone(),
        }
    }

    /// As [`Concerns::concerns_model`].
    pub fn concerns_model(&self, id: &ModelId) -> bool {
        self.everything || self.models.best(id.raw()).is_some()
    }

    /// As [`Concerns::concerns_signer`].
    pub fn concerns_signer(&self, signer: &Identity) -> bool {
        let candidates = || self.signers.candidates(ANY, signer.subject.raw()).into_iter();
        self.everything
            || self.any_key && signer.method == Method::Key
            || candidates().any(|at| self.identities.get(at).is_some_and(|identity| identity.matches(signer)))
            || self.denied.iter().any(|subject| subject.names(signer))
    }
}

impl PublisherConcern {
    fn may_grant(&self, signer: &Identity) -> bool {
        (self.any_key && signer.method == Method::Key)
            || self.identities.iter().any(|identity| identity.matches(signer))
    }

    fn add_signers(&mut self, publisher: &Publisher) {
        self.identities.extend(publisher.identities.iter().cloned());
        self.any_key |= publisher.identities.is_empty();
    }
}

fn anchors(old: &Form<'_>, new: &Form<'_>) -> Vec<String> {
    let (was, is) = (by_name(old), by_name(new));
    let names = |form: &Form<'_>| form.trust.iter().map(|anchor| anchor.name.to_owned()).collect::<Vec<_>>();
    let (before, after) = (names(old), names(new));
    let is_reordered = !moved(&before, &after).is_empty();
    let differs = |name: &String| is_reordered || was.get(name.as_str()) != is.get(name.as_str());
    let mut changed: Vec<String> =
        before.iter().chain(&after).filter(|name| differs(name)).cloned().collect();
    changed.sort();
    changed.dedup();
    changed
}

fn by_name<'f, 'p>(form: &'f Form<'p>) -> HashMap<&'p str, &'f AnchorForm<'p>> {
    form.trust.iter().map(|anchor| (anchor.name, anchor)).collect()
}

/// A publisher, and its canonical form.
type Both<'p> = (&'p Publisher, &'p PublisherForm<'p>);

fn publishers<'p>(
    (before, old): (&'p Policy, &'p Form<'p>),
    (after, new): (&'p Policy, &'p Form<'p>),
) -> Vec<PublisherConcern> {
    let by_id = |policy: &'p Policy, form: &'p Form<'p>| {
        policy
            .publishers
            .iter()
            .zip(&form.publishers)
            .map(|both| (both.1.id, both))
            .collect::<HashMap<_, _>>()
    };
    let ids = |form: &'p Form<'p>| form.publishers.iter().map(|publisher| publisher.id).collect::<Vec<_>>();
    let (was, is) = (by_id(before, old), by_id(after, new));
    let (ids_before, ids_after) = (ids(old), ids(new));
    let moved = moved(&ids_before, &ids_after);
    let gone = ids_before.iter().filter(|id| !is.contains_key(*id));
    let all = gone.chain(&ids_after);
    all.filter_map(|id| publisher(was.get(id).copied(), is.get(id).copied(), moved.contains(id))).collect()
}

/// Whom one publisher concerns; none when it is the same.
fn publisher(before: Option<Both<'_>>, after: Option<Both<'_>>, is_moved: bool) -> Option<PublisherConcern> {
    let both = || before.into_iter().chain(after);
    let id = both().next().map(|(publisher, _)| publisher.id.clone())?;
    let mut concern = PublisherConcern { id, ..PublisherConcern::default() };
    let kept = before.zip(after).filter(|_| !is_moved);
    let same = |of: fn(&PublisherForm<'_>, &PublisherForm<'_>) -> bool| {
        kept.is_some_and(|((_, was), (_, is))| of(was, is))
    };
    if same(|was, is| was == is) {
        return None;
    }
    let same_signers = same(|was, is| was.trust == is.trust && was.identities == is.identities);
    if !same_signers {
        both().for_each(|(publisher, _)| concern.add_signers(publisher));
    }
    let same_window = same(|was, is| {
        was.valid_from == is.valid_from && was.valid_until == is.valid_until && was.roles == is.roles
    });
    match kept.filter(|_| same_signers && same_window) {
        // A model that matches a pattern of both has this publisher before and after, or one that concerns it.
        Some(((old, _), (new, _))) => {
            let (was, is): (HashSet<_>, HashSet<_>) =
                (old.models.iter().collect(), new.models.iter().collect());
            concern.models = was.symmetric_difference(&is).map(|pattern| (*pattern).clone()).collect();
            concern.models.sort();
        }
        None => both().for_each(|(publisher, _)| concern.models.extend(publisher.models.iter().cloned())),
    }
    Some(concern)
}

fn denied((before, old): (&Policy, &Form<'_>), (after, new): (&Policy, &Form<'_>)) -> Vec<TextPattern> {
    let (was, is) = (firsts(&old.denied), firsts(&new.denied));
    let (in_old, in_new): (HashSet<_>, HashSet<_>) = (was.iter().collect(), is.iter().collect());
    let moved = moved(&was, &is);
    let differs =
        |entry: &&DeniedForm<'_>| moved.contains(entry) || !in_old.contains(entry) || !in_new.contains(entry);
    let of = |policy: &Policy, form: &Form<'_>| {
        let entries = policy.denied.iter().zip(&form.denied);
        entries
            .filter(|(_, entry)| differs(entry))
            .map(|(entry, _)| entry.subject.clone())
            .collect::<Vec<_>>()
    };
    [of(before, old), of(after, new)].concat()
}

/// Of equal entries only the first is ever found.
fn firsts<'f, 'p>(entries: &'f [DeniedForm<'p>]) -> Vec<&'f DeniedForm<'p>> {
    let mut seen = HashSet::new();
    entries.iter().filter(|entry| seen.insert(*entry)).collect()
}

/// What stands in both lists, each of which holds everything once, but in another order: from the first that differs
/// to the last.
fn moved<'k, K: Eq + Hash>(before: &'k [K], after: &'k [K]) -> HashSet<&'k K> {
    let (old, new): (HashSet<&K>, HashSet<&K>) = (before.iter().collect(), after.iter().collect());
    let common = |list: &'k [K], other: &HashSet<&K>| {
        list.iter().filter(|item| other.contains(item)).collect::<Vec<&K>>()
    };
    let (old, new) = (common(before, &new), common(after, &old));
    let differs = |(was, is): (&&K, &&K)| was != is;
    let Some(first) = old.iter().zip(&new).position(differs) else { return HashSet::new() };
    let last = old.iter().zip(&new).rposition(differs).unwrap_or(first);
    old.into_iter().skip(first).take(last + 1 - first).collect()
}
