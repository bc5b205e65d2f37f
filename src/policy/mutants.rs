//! A policy with one rule changed, for each of its rules that a decision can depend on: what a rule is good for shows in
//! what is decided without it. What decides nothing (names, owners, `production`, `ir_surface`, `min_completeness`, the age
//! of anchors) stays as it is, and so does what no `[[test]]` can give: files of anchors, timestamp authorities, the
//! signers of checkpoints, and the moment at which a gate is asked.

use super::class::{Action, Class};
use super::document::{Attester, DenyIdentity, IdentityPattern, Policy, Publisher, Publishers, Stage};
use super::names::{CLASSES, FORMATS, HASHES, KEYS, METHODS, RISKS, word};
use super::patterns::ModelPattern;
use super::requirement::{Requirement, SelfAttested, Severity};
use super::role::Role;
use super::rules::{Strategy, TrustedSummary, UnsignedAncestor};
use super::stage_rules::{BreakGlass, DigestBasis, EvidenceRule};
use crate::attest::Registry;
use crate::signing::{AnchorKind, Method};
use crate::tables::Few;
use jiff::Timestamp;

/// The most seconds that a policy may tolerate.
const MOST_SKEW: u32 = 86_400;

type With = Box<dyn Fn(&mut Policy) + Send + Sync>;
/// A key, whether it is set, and what changes it.
type KeyPart<T> = (&'static str, bool, fn(&mut T));
/// The same, with what is done to it.
type ChangedPart<T> = (&'static str, Change, bool, fn(&mut T));
/// A key of a stage that holds what it does, whether it is changed, and where that stands.
type ActionPart = (&'static str, bool, fn(&mut Stage) -> &mut Action);

/// A change of one rule.
pub struct Mutant {
    /// The rule, as the file calls it: `publisher acme, valid_from`.
    pub rule: String,
    /// What is done to it.
    pub change: Change,
    with: With,
}

/// What is done to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is not there.
    Removed,
    /// It asks for less.
    Loosened,
    /// It asks for more.
    Tightened,
}

impl Change {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Change::Removed => "removed",
            Change::Loosened => "loosened",
            Change::Tightened => "tightened",
        }
    }
}

impl Mutant {
    /// The changed policy; none where it has no canonical form.
    pub fn of(&self, policy: &Policy) -> Option<Policy> {
        let mut policy = policy.clone();
        (self.with)(&mut policy);
        policy.sealed().ok()
    }
}

/// All of them, in the order of the sections.
pub fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut all = Mutants { policy, list: Vec::new() };
    all.anchors();
    all.publishers();
    all.attesters();
    all.denied();
    all.artifact();
    all.claims();
    all.lineage();
    all.exceptions();
    all.stages();
    all.list
}

struct Mutants<'p> {
    policy: &'p Policy,
    list: Vec<Mutant>,
}

/// Takes an entry out of a list, where it is there.
fn take<T>(list: &mut Vec<T>, at: usize) {
    if at < list.len() {
        list.remove(at);
    }
}

impl Mutants<'_> {
    fn add(
        &mut self,
        rule: impl Into<String>,
        change: Change,
        with: impl Fn(&mut Policy) + Send + Sync + 'static,
    ) {
        self.list.push(Mutant { rule: rule.into(), change, with: Box::new(with) });
    }

    fn removed(&mut self, rule: impl Into<String>, with: impl Fn(&mut Policy) + Send + Sync + 'static) {
        self.add(rule, Change::Removed, with);
    }

    fn loosened(&mut self, rule: impl Into<String>, with: impl Fn(&mut Policy) + Send + Sync + 'static) {
        self.add(rule, Change::Loosened, with);
    }

    /// Each entry of a list removed, where more than `least` are there: what an empty list would mean is another rule.
    fn entries<T>(
        &mut self,
        rule: &str,
        least: usize,
        list: impl Fn(&mut Policy) -> Option<&mut Vec<T>> + Copy + Send + Sync + 'static,
        name: impl Fn(&T) -> String,
    ) {
        let mut policy = self.policy.clone();
        let names: Vec<String> = list(&mut policy).into_iter().flatten().map(|entry| name(entry)).collect();
        for (at, name) in names.iter().enumerate().filter(|_| names.len() > least) {
            self.removed(format!("{rule} {name}"), move |policy| {
                if let Some(list) = list(policy) {
                    take(list, at);
                }
            });
        }
    }

    fn anchors(&mut self) {
        let policy = self.policy;
        if policy.expires.is_some() {
            self.removed("expires", |policy| policy.expires = None);
        }
        let signs = |kind: AnchorKind| kind != AnchorKind::Tsa;
        for (at, source) in policy.trust.iter().enumerate().filter(|(_, source)| signs(source.kind)) {
            self.removed(format!("trust {}", source.name), move |policy| take(&mut policy.trust, at));
        }
    }

    fn publishers(&mut self) {
        for (at, publisher) in self.policy.publishers.iter().enumerate() {
            let rule = format!("publisher {}", publisher.id);
            self.removed(&rule, move |policy| with_publishers(policy, |list| take(list, at)));
            let mut own = publisher.clone();
            for (rule, with) in parts(&rule, &Grant::from(&mut own)) {
                self.removed(rule, move |policy| {
                    with_publishers(policy, |list| {
                        if let Some(publisher) = list.get_mut(at) {
                            with(&mut Grant::from(publisher));
                        }
                    });
                });
            }
        }
    }

    fn attesters(&mut self) {
        for (at, attester) in self.policy.attesters.iter().enumerate() {
            let rule = format!("attester {}", attester.id);
            self.removed(&rule, move |policy| take(&mut policy.attesters, at));
            let mut own = attester.clone();
            for (rule, with) in parts(&rule, &Grant::from(&mut own)) {
                self.removed(rule, move |policy| {
                    if let Some(attester) = policy.attesters.get_mut(at) {
                        with(&mut Grant::from(attester));
                    }
                });
            }
            self.entries(
                &format!("{rule}, domain"),
                1,
                move |policy| Some(&mut policy.attesters.get_mut(at)?.domains),
                String::clone,
            );
        }
    }

    fn denied(&mut self) {
        for (at, denied) in self.policy.denied.iter().enumerate() {
            let rule = format!("deny_identity {}", denied.subject.as_written());
            self.removed(&rule, move |policy| take(&mut policy.denied, at));
            if denied.after.is_some() {
                self.add(format!("{rule}, after"), Change::Tightened, move |policy| {
                    if let Some(DenyIdentity { after, .. }) = policy.denied.get_mut(at) {
                        *after = None;
                    }
                });
            }
        }
    }

    fn artifact(&mut self) {
        let policy = self.policy;
        let path = |path: &String| path.clone();
        self.entries(
            "crypto.hash",
            1,
            |policy| Some(&mut policy.crypto.hash),
            |hash| word(&HASHES, *hash).into(),
        );
        self.entries(
            "crypto.keys",
            1,
            |policy| Some(&mut policy.crypto.keys),
            |key| word(&KEYS, *key).into(),
        );
        if policy.crypto.hash.len() < HASHES.len() {
            self.loosened("crypto.hash", |policy| policy.crypto.hash = HASHES.map(|(_, hash)| hash).to_vec());
        }
        if policy.crypto.keys.len() < KEYS.len() {
            self.loosened("crypto.keys", |policy| policy.crypto.keys = KEYS.map(|(_, key)| key).to_vec());
        }
        self.entries(
            "artifact.ban_formats",
            0,
            |policy| Some(&mut policy.artifact.ban_formats),
            |format| word(&FORMATS, *format).into(),
        );
        self.entries(
            "artifact.allow_ignore_paths",
            0,
            |policy| Some(&mut policy.artifact.allow_ignore_paths),
            path,
        );
        let change = if policy.artifact.allow_symlinks { Change::Tightened } else { Change::Loosened };
        self.add("artifact.allow_symlinks", change, |policy| {
            policy.artifact.allow_symlinks = !policy.artifact.allow_symlinks;
        });
        if policy.artifact.allow_resign_at_ingest {
            self.add("artifact.allow_resign_at_ingest", Change::Tightened, |policy| {
                policy.artifact.allow_resign_at_ingest = false;
            });
        }
        self.entries(
            "artifact.dataset_deny",
            0,
            |policy| Some(&mut policy.artifact.dataset_deny),
            |dataset| dataset.as_str().to_owned(),
        );
        self.entries(
            "artifact.license_deny",
            0,
            |policy| Some(&mut policy.artifact.license_deny),
            |licence| licence.as_str().to_owned(),
        );
        // A keyless signature without its entry is none of level 1 in any case.
        for method in policy.log.required.iter().copied().filter(|method| *method != Method::Sigstore) {
            self.removed(format!("log.required {}", word(&METHODS, method)), move |policy| {
                policy.log.required.retain(|one| *one != method);
            });
        }
        self.removed("freshness.max_verification_age_days", |policy| policy.freshness.any_age = true);
        if policy.freshness.clock_skew_seconds < MOST_SKEW {
            self.loosened("freshness.clock_skew_seconds", |policy| {
                policy.freshness.clock_skew_seconds = MOST_SKEW;
            });
        }
    }

    fn claims(&mut self) {
        for (at, requirement) in self.policy.requirements.iter().enumerate() {
            self.requirement(at, requirement);
        }
        for (at, summary) in self.policy.summaries.iter().enumerate() {
            self.summary(at, summary);
        }
    }

    fn requirement(&mut self, at: usize, requirement: &Requirement) {
        let rule = format!("require {}", requirement.id);
        // A stage may name it, and then nothing meets it.
        let id = requirement.id.clone();
        self.removed(&rule, move |policy| {
            take(&mut policy.requirements, at);
            for stage in &mut policy.stages {
                stage.require_claims.retain(|named| **named != *id);
            }
        });
        self.entries(
            &format!("{rule}, where"),
            0,
            move |policy| Some(&mut policy.requirements.get_mut(at)?.clauses),
            |clause| clause.path.to_string(),
        );
        let parts: [ChangedPart<Requirement>; 6] = [
            ("from_role", Change::Removed, narrows(requirement), |one| one.from_role = None),
            ("domain", Change::Removed, requirement.domain.is_some(), |one| one.domain = None),
            ("verifier", Change::Removed, requirement.verifier.is_some(), |one| one.verifier = None),
            ("max_age_days", Change::Removed, requirement.max_age_days.is_some(), |one| {
                one.max_age_days = None;
            }),
            ("severity", Change::Loosened, requirement.severity == Severity::Must, |one| {
                one.severity = Severity::Should;
            }),
            ("self_attested", Change::Loosened, requirement.self_attested != SelfAttested::Pass, |one| {
                one.self_attested = SelfAttested::Pass;
            }),
        ];
        for (key, change, _, with) in parts.into_iter().filter(|(_, _, is_set, _)| *is_set) {
            self.add(format!("{rule}, {key}"), change, move |policy| {
                if let Some(one) = policy.requirements.get_mut(at) {
                    with(one);
                }
            });
        }
    }

    fn summary(&mut self, at: usize, summary: &TrustedSummary) {
        let rule = format!("trusted_summary {}", summary.verifier);
        self.removed(&rule, move |policy| take(&mut policy.summaries, at));
        self.entries(
            &format!("{rule}, min_properties"),
            0,
            move |policy| Some(&mut policy.summaries.get_mut(at)?.min_properties),
            String::clone,
        );
        let parts: [KeyPart<TrustedSummary>; 4] = [
            ("resource", summary.resource.is_some(), |one| one.resource = None),
            ("policy", summary.policy.is_some(), |one| one.policy = None),
            ("max_age_days", summary.max_age_days.is_some(), |one| one.max_age_days = None),
            ("max_hops_covered", summary.max_hops_covered.is_some(), |one| one.max_hops_covered = None),
        ];
        for (key, _, with) in parts.into_iter().filter(|(_, is_set, _)| *is_set) {
            self.removed(format!("{rule}, {key}"), move |policy| {
                if let Some(one) = policy.summaries.get_mut(at) {
                    with(one);
                }
            });
        }
    }

    fn lineage(&mut self) {
        let policy = self.policy;
        if policy.lineage.unsigned_ancestor != UnsignedAncestor::Cap {
            self.loosened("lineage.unsigned_ancestor", |policy| {
                policy.lineage.unsigned_ancestor = UnsignedAncestor::Cap;
            });
        }
        if policy.lineage.max_depth.is_some() {
            self.removed("lineage.max_depth", |policy| policy.lineage.max_depth = None);
        }
        // Not to resolve conflicts is what an undeclared strategy does, too.
        if policy.conflicts.strategy.is_some_and(|strategy| strategy != Strategy::Strict) {
            self.removed("conflicts.strategy", |policy| policy.conflicts = Default::default());
        }
        if policy.ledger.max_unanchored_records.is_some() {
            self.removed("ledger.max_unanchored_records", |policy| {
                policy.ledger.max_unanchored_records = None
            });
        }
        if policy.ledger.max_unanchored_days.is_some() {
            self.removed("ledger.max_unanchored_days", |policy| policy.ledger.max_unanchored_days = None);
        }
        self.entries("controls.raise", 0, |policy| Some(&mut policy.raise), String::clone);
        for (at, risk) in policy.risks.iter().enumerate() {
            let rule = format!("risk {}, models", word(&RISKS, risk.class));
            self.entries(
                &rule,
                0,
                move |policy| Some(&mut policy.risks.get_mut(at)?.models),
                |pattern| pattern.as_str().to_owned(),
            );
        }
    }

    fn exceptions(&mut self) {
        for (at, exception) in self.policy.exceptions.iter().enumerate() {
            let rule = format!("exception {}", exception.id);
            self.removed(&rule, move |policy| take(&mut policy.exceptions, at));
            self.entries(
                &format!("{rule}, stage"),
                1,
                move |policy| Some(&mut policy.exceptions.get_mut(at)?.stages),
                String::clone,
            );
            self.removed(format!("{rule}, expires"), move |policy| {
                if let Some(exception) = policy.exceptions.get_mut(at) {
                    exception.expires = Timestamp::MAX;
                }
            });
        }
    }

    fn stages(&mut self) {
        for (at, stage) in self.policy.stages.iter().enumerate() {
            self.actions(at, stage);
            self.levels(at, stage);
            if let Some(glass) = &stage.break_glass {
                self.break_glass(at, glass);
            }
            if let Some(rule) = &stage.require_evidence_profile {
                self.evidence_rule(at, rule);
            }
        }
    }

    fn actions(&mut self, at: usize, stage: &Stage) {
        // Where a stage asks for nothing, nothing that is missing, or cannot be read, stands against a model.
        let asks = stage.min_level.max(stage.min_level_by_risk.highest().unwrap_or(0)) > 0
            || !stage.require_controls.is_empty()
            || !stage.require_claims.is_empty();
        let misses = asks
            || stage.from.is_some()
            || stage.require_evidence_profile.is_some()
            || self.policy.ledger.asks();
        let actions: [ActionPart; 5] = [
            ("on_contradicted", true, |stage| &mut stage.on_contradicted),
            ("on_missing", misses, |stage| &mut stage.on_missing),
            ("on_error", asks, |stage| &mut stage.on_error),
            ("on_unavailable", true, |stage| &mut stage.on_unavailable),
            ("on_partial", true, |stage| &mut stage.on_partial),
        ];
        for (key, _, action) in actions.into_iter().filter(|(_, matters, _)| *matters) {
            let (changed, change) = match *action(&mut stage.clone()) {
                Action::Closed | Action::Warn => (Action::Open, Change::Loosened),
                Action::Open => (Action::Closed, Change::Tightened),
            };
            self.stage(at, key, change, move |stage| *action(stage) = changed);
        }
    }

    fn levels(&mut self, at: usize, stage: &Stage) {
        if stage.min_level > 0 {
            self.stage(at, "min_level", Change::Loosened, |stage| stage.min_level -= 1);
        }
        let by_risk = stage.min_level_by_risk;
        let parts: [KeyPart<Stage>; 4] = [
            ("min_level_by_risk minimal", by_risk.minimal.is_some(), |one| {
                one.min_level_by_risk.minimal = None
            }),
            ("min_level_by_risk limited", by_risk.limited.is_some(), |one| {
                one.min_level_by_risk.limited = None
            }),
            ("min_level_by_risk high", by_risk.high.is_some(), |one| one.min_level_by_risk.high = None),
            ("from", stage.from.is_some(), |one| one.from = None),
        ];
        for (key, _, with) in parts.into_iter().filter(|(_, is_set, _)| *is_set) {
            self.stage(at, key, Change::Removed, with);
        }
        let rule = format!("stage {}, require", stage.name);
        self.entries(
            &rule,
            0,
            move |policy| Some(&mut policy.stages.get_mut(at)?.require_controls),
            String::clone,
        );
        self.entries(
            &rule,
            0,
            move |policy| Some(&mut policy.stages.get_mut(at)?.require_claims),
            String::clone,
        );
        if !stage.digest_basis.is_empty() {
            self.stage(at, "digest_basis", Change::Removed, |stage| stage.digest_basis = Few::NONE);
            let strict = [DigestBasis::Recomputed].into_iter().collect();
            if stage.digest_basis != strict {
                self.stage(at, "digest_basis", Change::Tightened, move |stage| stage.digest_basis = strict);
            }
        }
        let change = if stage.refuse_rejected { Change::Loosened } else { Change::Tightened };
        self.stage(at, "refuse_rejected", change, |stage| stage.refuse_rejected = !stage.refuse_rejected);
        // Where evidence that is not there yet is open, digests that do not count change nothing.
        if stage.cached_hours().is_some() && stage.on_unavailable != Action::Open {
            self.stage(at, "cached_digests_max_hours", Change::Tightened, |stage| {
                stage.cached_digests_max_hours = None;
            });
        }
    }

    fn break_glass(&mut self, at: usize, glass: &BreakGlass) {
        self.stage(at, "break_glass", Change::Removed, |stage| stage.break_glass = None);
        let mut loosened = |key: &str, with: Box<dyn Fn(&mut BreakGlass) + Send + Sync>| {
            self.stage(at, &format!("break_glass {key}"), Change::Loosened, move |stage| {
                stage.break_glass.iter_mut().for_each(&with);
            });
        };
        loosened("approvers", Box::new(|glass| glass.approvers = glass.approvers.saturating_sub(1)));
        loosened("max_hours", Box::new(|glass| glass.max_hours = u32::MAX));
        for class in glass.forbids.iter() {
            let without = move |glass: &mut BreakGlass| {
                glass.forbids = glass.forbids.iter().filter(|one: &Class| *one != class).collect();
            };
            loosened(&format!("forbids {}", word(&CLASSES, class)), Box::new(without));
        }
    }

    fn evidence_rule(&mut self, at: usize, rule: &EvidenceRule) {
        const KEY: &str = "require_evidence_profile";
        self.stage(at, KEY, Change::Removed, |stage| stage.require_evidence_profile = None);
        for profile in rule.profiles.iter().copied().filter(|_| rule.profiles.len() > 1) {
            self.stage(at, &format!("{KEY} profiles {profile}"), Change::Removed, move |stage| {
                let rule = stage.require_evidence_profile.iter_mut();
                rule.for_each(|rule| rule.profiles.retain(|one| *one != profile));
            });
        }
        self.stage(at, &format!("{KEY} min_retention_days"), Change::Loosened, |stage| {
            let rule = stage.require_evidence_profile.iter_mut();
            rule.for_each(|rule| rule.min_retention_days = rule.min_retention_days.saturating_sub(1));
        });
    }

    fn stage(
        &mut self,
        at: usize,
        key: &str,
        change: Change,
        with: impl Fn(&mut Stage) + Send + Sync + 'static,
    ) {
        let name = self.policy.stages.get(at).map_or("", |stage| stage.name.as_str());
        self.add(format!("stage {name}, {key}"), change, move |policy| {
            if let Some(stage) = policy.stages.get_mut(at) {
                with(stage);
            }
        });
    }
}

/// Whether `from_role` leaves out a role whose claims of that predicate count.
fn narrows(requirement: &Requirement) -> bool {
    let known = requirement.uris.iter().filter_map(|uri| Registry::bundled().of(uri));
    requirement
        .from_role
        .is_some_and(|role| known.flat_map(|known| Role::for_kind(known.kind)).any(|one| *one != role))
}

fn with_publishers(policy: &mut Policy, with: impl FnOnce(&mut Vec<Publisher>)) {
    let mut list = policy.publishers.to_vec();
    with(&mut list);
    policy.publishers = Publishers::from(list);
}

/// What a publisher and an attester have in common.
struct Grant<'g> {
    models: &'g mut Vec<ModelPattern>,
    trust: &'g mut Vec<String>,
    identities: &'g mut Vec<IdentityPattern>,
    roles: &'g mut Few<Role>,
    valid_from: &'g mut Option<Timestamp>,
    valid_until: &'g mut Option<Timestamp>,
}

impl<'g> From<&'g mut Publisher> for Grant<'g> {
    fn from(of: &'g mut Publisher) -> Self {
        let Publisher { id: _, models, trust, identities, roles, valid_from, valid_until } = of;
        Grant { models, trust, identities, roles, valid_from, valid_until }
    }
}

impl<'g> From<&'g mut Attester> for Grant<'g> {
    fn from(of: &'g mut Attester) -> Self {
        let Attester { id: _, trust, identities, roles, domains: _, models, valid_from, valid_until } = of;
        Grant { models, trust, identities, roles, valid_from, valid_until }
    }
}

type Part = (String, Box<dyn Fn(&mut Grant<'_>) + Send + Sync>);

/// What can be removed from a grant.
fn parts(rule: &str, grant: &Grant<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut removed = |what: String, with: Box<dyn Fn(&mut Grant<'_>) + Send + Sync>| {
        parts.push((format!("{rule}, {what}"), with));
    };
    for (at, pattern) in grant.models.iter().enumerate().filter(|_| grant.models.len() > 1) {
        removed(format!("models {}", pattern.as_str()), Box::new(move |grant| take(grant.models, at)));
    }
    for (at, anchor) in grant.trust.iter().enumerate().filter(|_| grant.trust.len() > 1) {
        removed(format!("trust {anchor}"), Box::new(move |grant| take(grant.trust, at)));
    }
    for (at, identity) in grant.identities.iter().enumerate() {
        let rule = format!("identity {}", identity.subject.as_written());
        removed(rule.clone(), Box::new(move |grant| take(grant.identities, at)));
        if identity.issuer.is_some() {
            let with = move |grant: &mut Grant<'_>| {
                if let Some(identity) = grant.identities.get_mut(at) {
                    identity.issuer = None;
                }
            };
            removed(format!("{rule}, issuer"), Box::new(with));
        }
    }
    for role in grant.roles.iter().filter(|_| grant.roles.iter().count() > 1) {
        let with = move |grant: &mut Grant<'_>| {
            *grant.roles = grant.roles.iter().filter(|one| *one != role).collect();
        };
        removed(format!("role {}", role.word()), Box::new(with));
    }
    if grant.valid_from.is_some() {
        removed("valid_from".to_owned(), Box::new(|grant| *grant.valid_from = None));
    }
    if grant.valid_until.is_some() {
        removed("valid_until".to_owned(), Box::new(|grant| *grant.valid_until = None));
    }
    parts
}
