//! Small situations: a policy, evidence, a stage, and the decision with its reasons that must come of them. Every
//! operator, outcome and setting of a stage is in these tables.

use crate::decision::{at, by, codes, derived, model, signed, unsigned};
use crate::support::checked;
use proptest::prelude::*;
use std::sync::Arc;
use touchmark::attest::{About, Claimed, PredicateKind, Said, Validity};
use touchmark::decision::{
    Anchoring, Descent, Glass, Input, Judgement, Known, RecordRef, ReviewWord, StandingReview, Verdict,
    apply_policy, meets,
};
use touchmark::inventory::{Binding, Format, Looked, Model, ModelId};
use touchmark::lineage::Graph;
use touchmark::maturity::{Few, Rubric, Since, Testimony};
use touchmark::policy::{Policy, Role, parse};
use touchmark::signing::{
    AnchorKind, AnchorUse, HashAlgorithm, Identity, KeyKind, Method, Outcome, PartSeen, Recalled, Stage,
    TimeSource, Verification,
};

const NOW: &str = "2026-11-20T12:00:00Z";
const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "situations"
version = "1"
[trust.ca]
kind = "x509"
files = ["ca.pem"]
max_age_days = 30
[trust.key]
kind = "key"
files = ["key.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ issuer = "CN=root", subject = "exact:CN=acme release" }]
roles = ["producer"]
[[publisher]]
id = "edge"
models = ["edge/*"]
trust = ["key"]
valid_from = 2026-01-01T00:00:00Z
valid_until = 2026-06-01T00:00:00Z
[[attester]]
id = "lab"
trust = ["ca"]
identities = [{ issuer = "CN=root", subject = "exact:CN=lab" }]
roles = ["eval"]
[[deny_identity]]
subject = "exact:CN=thief"
after = 2026-10-01T00:00:00Z
[artifact]
ban_formats = ["pickle"]
allow_ignore_paths = ["docs"]
[crypto]
hash = ["sha256"]
keys = ["p256"]
[log]
required = ["sigstore"]
[[require]]
id = "claim"
predicate = "https://in-toto.io/attestation/test-result/v0.1"
from_role = "eval"
#where
[[risk]]
class = "high"
models = ["acme/loans"]
[[risk]]
class = "limited"
models = ["acme/*"]
[[stage]]
name = "open"
min_level = 1
on_contradicted = "open"
on_missing = "open"
on_error = "open"
on_unavailable = "open"
on_partial = "open"
[[stage]]
name = "warn"
min_level = 1
on_contradicted = "warn"
on_missing = "warn"
on_error = "warn"
on_unavailable = "warn"
on_partial = "warn"
[[stage]]
name = "closed"
min_level = 1
[[stage]]
name = "zero"
min_level = 0
[[stage]]
name = "prod"
production = true
min_level = 1
break_glass = { approvers = 2, max_hours = 12 }
[[stage]]
name = "claims"
min_level = 0
require = ["claim"]
[[stage]]
name = "picky"
min_level = 0
require = ["L1.06"]
[[stage]]
name = "risky"
min_level = 0
min_level_by_risk = { high = 1 }
[[stage]]
name = "glass"
min_level = 1
break_glass = { approvers = 2, max_hours = 12, forbids = [] }
[[stage]]
name = "cached"
min_level = 1
cached_digests_max_hours = 4
[[stage]]
name = "reviewed"
min_level = 1
refuse_rejected = true
"#;

/// What is known, before a row changes it.
struct Situation {
    models: Vec<(Model, Option<Verification>)>,
    looked: bool,
    since: Since,
    said: Vec<(Claimed, String)>,
    reviews: Vec<StandingReview>,
    ledger: Option<Anchoring>,
    policy: String,
    /// Whether a bill names the bytes and the signer.
    bound: bool,
}

impl Situation {
    fn new() -> Self {
        Situation {
            models: vec![(model("acme/bot"), Some(by("CN=acme release")))],
            looked: true,
            since: Since::Same,
            said: Vec::new(),
            reviews: Vec::new(),
            ledger: None,
            policy: POLICY.to_owned(),
            bound: true,
        }
    }

    fn model(&mut self) -> &mut Model {
        &mut self.models[0].0
    }

    fn seen(&mut self) -> &mut Verification {
        self.models[0].1.as_mut().unwrap()
    }

    fn set(&mut self, stage: Stage, code: &'static str, outcome: Outcome) {
        self.seen().set(checked(stage, code, outcome));
    }

    fn with(&mut self, more: &str) {
        self.policy += more;
    }

    fn instead(&mut self, from: &str, to: &str) {
        assert_eq!(self.policy.matches(from).count(), 1, "{from}");
        self.policy = self.policy.replace(from, to);
    }

    fn policy(&self) -> Policy {
        parse(&self.policy, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    fn verdict(mut self, stage: &str) -> Verdict {
        let (policy, now, rubric) = (self.policy(), at(NOW), Rubric::bundled().unwrap());
        for (model, seen) in &mut self.models {
            if let Some(seen) = seen {
                bind(model, seen, self.bound);
                let looked = Looked::of(model);
                apply_policy(seen, model, self.looked.then_some(&looked), &policy, now);
            }
        }
        let testimonies: Vec<Testimony> = self
            .said
            .iter()
            .map(|(claimed, predicate)| {
                let statement = format!("{{\"predicateType\":\"{TEST_RESULT}\",\"predicate\":{predicate}}}");
                let anchor = by("CN=lab").anchor;
                let by = (&policy, "acme/bot");
                Testimony {
                    meets: meets(claimed, || statement.as_bytes(), anchor.as_ref(), by, now),
                    claimed: claimed.clone(),
                    roles: Few::from(vec![Role::Eval]),
                    whose: vec!["lab".into()],
                }
            })
            .collect();
        let models: Vec<Model> = self.models.iter().map(|(model, _)| model.clone()).collect();
        let looked: Vec<Looked> = models.iter().map(Looked::of).collect();
        let input = Input {
            seal: &touchmark::maturity::PolicySeal::Unsigned,
            models: &models,
            descent: &Arc::new(Descent::of(&Graph::build(&models))),
            proven: &touchmark::lineage::Proven::default(),
            stated: &touchmark::lineage::Stated::default(),
            verified: &|index| Known {
                testimonies: if index == 0 { &testimonies } else { &[] },
                usage: None,
                verification: self.models[index].1.as_ref(),
                looked: looked.get(index).filter(|_| self.looked),
                since: if index == 0 { self.since } else { Since::Same },
            },
            reviews: &|index| if index == 0 { self.reviews.clone() } else { Vec::new() },
            ledger: self.ledger.as_ref(),
            policy: &policy,
            stage,
            rubric: &rubric,
            now,
        };
        Judgement::verdicts(&input).swap_remove(0).by_gate()
    }
}

/// A bill that says the same as the signature.
fn bind(model: &mut Model, seen: &mut Verification, is_bound: bool) {
    let Some(signer) = seen.signer.clone().filter(|_| is_bound) else { return };
    seen.bundle_digest = Some("33".repeat(32));
    model.binding = Some(Box::new(Binding {
        root_digest: seen.root_digest.map(|root| root.to_string().into()),
        identity: Some(signer.subject),
        issuer: signer.issuer,
        bundle_digest: Some("33".repeat(32).into()),
        source: "bom.json".into(),
        ..Binding::default()
    }));
}

/// Evidence, stage, decision, and the codes of the reasons that decide, in their order.
type Row = (&'static str, fn(&mut Situation), &'static str, &'static str, &'static str);

fn as_it_is(_: &mut Situation) {}
fn changed(k: &mut Situation) {
    k.set(Stage::Files, "FILES-CHANGED", Outcome::Fail);
}
fn bare(k: &mut Situation) {
    k.model().signature = None;
    k.models[0].1 = Some(unsigned());
}
fn unreadable(k: &mut Situation) {
    k.set(Stage::Files, "FILES-UNREADABLE", Outcome::Unknown);
}
fn unchecked(k: &mut Situation) {
    k.set(Stage::Files, "FILES", Outcome::Unknown);
}
fn part(k: &mut Situation) {
    let part =
        PartSeen { only: vec!["*".into()], unused: Vec::new(), digests: 1, signed_beside: 1, here_beside: 0 };
    Arc::make_mut(&mut k.seen().files).part = Some(part);
}
fn nobody(k: &mut Situation) {
    k.model().id = ModelId::new("nobody/bot");
}
fn stranger(k: &mut Situation) {
    k.models[0].1 = Some(by("CN=stranger"));
}
fn thief(k: &mut Situation) {
    k.models[0].1 = Some(by("CN=thief"));
}
fn thief_before(k: &mut Situation) {
    thief(k);
    k.instead("subject = \"exact:CN=acme release\"", "subject = \"exact:CN=thief\"");
    k.seen().signed_at = Some((at("2026-09-01T00:00:00Z"), TimeSource::Authority));
}
fn thief_after(k: &mut Situation) {
    thief_before(k);
    k.seen().signed_at = Some((at("2026-10-01T00:00:00Z"), TimeSource::Authority));
}
fn other_anchor(k: &mut Situation) {
    k.models[0].1 =
        Some(signed(Method::Certificate, "CN=acme release", Some("CN=root"), ("other", AnchorKind::Ca)));
}
fn other_issuer(k: &mut Situation) {
    k.models[0].1 =
        Some(signed(Method::Certificate, "CN=acme release", Some("CN=fake"), ("ca", AnchorKind::Ca)));
}
fn edge(k: &mut Situation) {
    k.model().id = ModelId::new("edge/bot");
    k.models[0].1 = Some(signed(Method::Key, "sha256:00", None, ("key", AnchorKind::Key)));
}
fn edge_in(k: &mut Situation) {
    edge(k);
    k.seen().signed_at = Some((at("2026-02-01T00:00:00Z"), TimeSource::Authority));
}
fn edge_late(k: &mut Situation) {
    edge(k);
    k.seen().signed_at = Some((at("2026-06-01T00:00:00Z"), TimeSource::Authority));
}
fn edge_early(k: &mut Situation) {
    edge(k);
    k.seen().signed_at = Some((at("2025-12-31T00:00:00Z"), TimeSource::Authority));
}
fn pickled(k: &mut Situation) {
    k.model().formats = vec![Format::Pickle];
}
fn hashed_otherwise(k: &mut Situation) {
    k.seen().hash = Some(HashAlgorithm::Blake2b);
}
fn p384(k: &mut Situation) {
    k.seen().curve = Some(KeyKind::P384);
}
fn linked(k: &mut Situation) {
    k.seen().allow_symlinks = Some(true);
}
fn ignoring_docs(k: &mut Situation) {
    Arc::make_mut(&mut k.seen().files).ignored.push("docs/a.md".into());
}
fn ignoring_code(k: &mut Situation) {
    Arc::make_mut(&mut k.seen().files).ignored.push("docs/a.py".into());
}
fn ignoring_else(k: &mut Situation) {
    Arc::make_mut(&mut k.seen().files).ignored.push("notes/a.md".into());
}
fn old_anchor(k: &mut Situation) {
    let anchor: &mut AnchorUse = k.seen().anchor.as_mut().unwrap();
    anchor.age_days = Some(31);
}
fn unlogged(k: &mut Situation) {
    k.seen().method = Some(Method::Sigstore);
}
fn not_looked_into(k: &mut Situation) {
    k.looked = false;
}
fn not_verified(k: &mut Situation) {
    k.models[0].1 = None;
}
fn changed_since(k: &mut Situation) {
    k.since = Since::Changed;
}
fn lost(k: &mut Situation) {
    k.since = Since::Lost;
}
fn long_ago(k: &mut Situation) {
    k.seen().at = at("2026-11-01T00:00:00Z");
}
fn expired(k: &mut Situation) {
    k.instead("version = \"1\"", "version = \"1\"\nexpires = 2026-01-01T00:00:00Z");
}
fn recalled(k: &mut Situation, hours: i64) {
    let oldest = at(NOW) - jiff::SignedDuration::from_hours(hours);
    Arc::make_mut(&mut k.seen().files).recalled = Some(Recalled { parts: 1, bytes: 1, oldest });
}
fn recalled_lately(k: &mut Situation) {
    recalled(k, 3);
}
fn recalled_long_ago(k: &mut Situation) {
    recalled(k, 5);
}
fn record(number: u64) -> RecordRef {
    RecordRef { number, hash: "22".repeat(32).parse().unwrap() }
}
fn rejected(k: &mut Situation) {
    k.reviews.push(StandingReview { record: record(1), word: ReviewWord::Reject, glass: None });
}
fn approved(k: &mut Situation) {
    k.reviews.push(StandingReview { record: record(2), word: ReviewWord::Approve, glass: None });
}
fn ledger(k: &mut Situation, anchoring: Anchoring) {
    k.with("[ledger]\nmax_unanchored_records = 3\nmax_unanchored_days = 30\n");
    k.ledger = Some(anchoring);
}
fn anchored(k: &mut Situation) {
    ledger(k, Anchoring { unanchored: 3, ..Anchoring::default() });
}
fn unanchored(k: &mut Situation) {
    ledger(k, Anchoring { unanchored: 4, ..Anchoring::default() });
}
fn unanchored_long(k: &mut Situation) {
    ledger(k, Anchoring { since: Some(at("2026-10-01T00:00:00Z")), unanchored: 1, ..Anchoring::default() });
}
fn not_anchored(k: &mut Situation) {
    unanchored(k);
    k.ledger = None;
}
fn raised(k: &mut Situation) {
    k.with("[controls]\nraise = [\"L1.99\"]\n");
}

const EVIDENCE: &[Row] = &[
    ("all is well", as_it_is, "closed", "admit", ""),
    ("all is well", as_it_is, "prod", "admit", ""),
    ("all is well", as_it_is, "zero", "admit", ""),
    ("there is no such stage", as_it_is, "nowhere", "refuse", "STAGE"),
    ("a file differs", changed, "open", "admit", "L1.03"),
    ("a file differs", changed, "warn", "warn", "L1.03"),
    ("a file differs", changed, "closed", "refuse", "L1.03"),
    ("a file differs", changed, "zero", "refuse", "L1.03"),
    ("a file differs", changed, "prod", "refuse", "L1.03"),
    ("it is not signed", bare, "open", "admit", "L1.01"),
    ("it is not signed", bare, "warn", "warn", "L1.01"),
    ("it is not signed", bare, "closed", "refuse", "L1.01"),
    ("it is not signed", bare, "zero", "admit", ""),
    ("it is not signed", bare, "picky", "refuse", "L1.06"),
    ("all is well", as_it_is, "picky", "admit", ""),
    ("a file cannot be read", unreadable, "open", "admit", "L1.03"),
    ("a file cannot be read", unreadable, "warn", "warn", "L1.03"),
    ("a file cannot be read", unreadable, "closed", "refuse", "L1.03"),
    ("a file cannot be read", unreadable, "zero", "admit", ""),
    ("files were not checked", unchecked, "open", "admit", "L1.03"),
    ("files were not checked", unchecked, "warn", "warn", "L1.03"),
    ("files were not checked", unchecked, "closed", "refuse", "L1.03"),
    ("a part was verified", part, "open", "admit", "PARTIAL"),
    ("a part was verified", part, "warn", "warn", "PARTIAL"),
    ("a part was verified", part, "closed", "refuse", "PARTIAL"),
    ("nobody's model", nobody, "closed", "refuse", "L1.06"),
    ("nobody's model", nobody, "zero", "admit", ""),
    ("a stranger signed", stranger, "closed", "refuse", "L1.06"),
    ("a stranger signed", stranger, "zero", "refuse", "L1.06"),
    ("a denied identity signed", thief, "zero", "refuse", "L1.06"),
    ("it signed before it was denied", thief_before, "closed", "admit", ""),
    ("it signed when it was denied", thief_after, "closed", "refuse", "L1.06"),
    ("another anchor", other_anchor, "closed", "refuse", "L1.06"),
    ("another issuer", other_issuer, "closed", "refuse", "L1.06"),
    ("inside the window", edge_in, "closed", "admit", ""),
    ("at its end", edge_late, "closed", "refuse", "L1.06"),
    ("before it", edge_early, "closed", "refuse", "L1.06"),
    ("in a window that has ended, at no trusted time", edge, "closed", "refuse", "L1.06"),
    ("a banned format", pickled, "closed", "refuse", "POLICY-FORMAT"),
    ("a banned format", pickled, "zero", "refuse", "POLICY-FORMAT"),
    ("a hash that is not listed", hashed_otherwise, "closed", "refuse", "POLICY-HASH"),
    ("a key that is not listed", p384, "closed", "refuse", "POLICY-KEY"),
    ("links were followed", linked, "closed", "refuse", "POLICY-SYMLINKS"),
    ("what may be left out", ignoring_docs, "closed", "admit", ""),
    ("code was left out", ignoring_code, "closed", "refuse", "POLICY-IGNORED"),
    ("what may not be left out", ignoring_else, "closed", "refuse", "POLICY-IGNORED"),
    ("an old anchor is only told", old_anchor, "closed", "admit", ""),
    ("no log entry", unlogged, "closed", "refuse", "L1.09"),
    ("no log entry", unlogged, "zero", "admit", ""),
    ("nobody looked into the files", not_looked_into, "closed", "refuse", "POLICY"),
    ("nobody verified it", not_verified, "closed", "refuse", "L1.01"),
    ("nobody verified it", not_verified, "open", "admit", "L1.01"),
    ("nobody verified it", not_verified, "zero", "admit", ""),
    ("files changed since", changed_since, "closed", "not judged", "L1.01"),
    ("evidence was lost", lost, "closed", "not judged", "L1.01"),
    ("verified too long ago", long_ago, "closed", "refuse", "L1.11"),
    ("verified too long ago", long_ago, "zero", "admit", ""),
    ("the policy has expired", expired, "closed", "refuse", "POLICY-EXPIRED"),
    ("digests of three hours ago", recalled_lately, "cached", "admit", ""),
    ("digests of five hours ago", recalled_long_ago, "cached", "refuse", "FILES-CACHED"),
    ("digests of three hours ago", recalled_lately, "closed", "refuse", "FILES-CACHED"),
    ("digests of three hours ago", recalled_lately, "warn", "warn", "FILES-CACHED"),
    ("a reviewer rejected it", rejected, "closed", "admit", "REVIEW-REJECTED"),
    ("a reviewer rejected it", rejected, "reviewed", "refuse", "REVIEW-REJECTED"),
    ("a reviewer rejected it", rejected, "prod", "refuse", "REVIEW-REJECTED"),
    ("a reviewer approved it", approved, "prod", "admit", ""),
    ("the ledger is anchored", anchored, "closed", "admit", ""),
    ("four records are not", unanchored, "closed", "refuse", "LEDGER-UNANCHORED"),
    ("four records are not", unanchored, "warn", "warn", "LEDGER-UNANCHORED"),
    ("one is not, for long", unanchored_long, "closed", "refuse", "LEDGER-UNANCHORED"),
    ("nobody looked for checkpoints", not_anchored, "closed", "refuse", "LEDGER-UNANCHORED"),
    ("a control that there is not is raised", raised, "closed", "refuse", "L1.99"),
];

fn lineage(k: &mut Situation, parent: Option<Verification>, rule: &str) {
    k.models =
        vec![(derived("acme/bot", "acme/base"), Some(by("CN=acme release"))), (model("acme/base"), parent)];
    k.with(rule);
}
fn tampered() -> Verification {
    let mut seen = by("CN=acme release");
    seen.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail));
    seen
}

const LINEAGE: &[Row] = &[
    ("a good parent", |k| lineage(k, Some(by("CN=acme release")), ""), "closed", "admit", ""),
    ("a tampered parent", |k| lineage(k, Some(tampered()), ""), "closed", "refuse", "CAP"),
    ("a tampered parent", |k| lineage(k, Some(tampered()), ""), "warn", "warn", "CAP"),
    ("a tampered parent", |k| lineage(k, Some(tampered()), ""), "zero", "refuse", "CAP"),
    ("a parent that is not signed", |k| lineage(k, Some(unsigned()), ""), "closed", "admit", ""),
];

fn excepted(k: &mut Situation, keys: &str) {
    k.with(&format!(
        "[[exception]]\nid = \"EX-1\"\nowner = \"o\"\napproved_by = \"a\"\nreason = \"r\"\n{keys}\n"
    ));
}
const TERM: &str = "created = 2026-10-01T00:00:00Z\nexpires = 2027-12-01T00:00:00Z";
const L101: &str = "control = \"L1.01\"\nsubject = \"acme/*\"\nstages = [\"closed\"]";

fn of_root(k: &mut Situation, digest: &str) {
    k.bound = false;
    excepted(
        k,
        &format!("control = \"L1.14\"\nsubject = \"sha256:{digest}\"\nstages = [\"closed\"]\n{TERM}"),
    );
}
fn unbound_but(k: &mut Situation, keys: &str) {
    k.bound = false;
    excepted(k, keys);
}
const L114: &str = "control = \"L1.14\"\nsubject = \"acme/*\"\nstages = [\"closed\"]";

const EXCEPTIONS: &[Row] = &[
    ("by name", |k| unbound_but(k, &format!("{L114}\n{TERM}")), "closed", "admit", "L1.14"),
    ("by digest", |k| of_root(k, &"11".repeat(32)), "closed", "admit", "L1.14"),
    ("by another digest", |k| of_root(k, &"12".repeat(32)), "closed", "refuse", "L1.14"),
    ("of another model", |k| unbound_but(k, &format!("{L101}\n{TERM}")), "closed", "refuse", "L1.14"),
    (
        "of another control",
        |k| {
            unbound_but(k, &format!("{}\n{TERM}", L114.replace("L1.14", "L1.02")));
        },
        "closed",
        "refuse",
        "L1.14",
    ),
    ("of another stage", |k| unbound_but(k, &format!("{L114}\n{TERM}")), "prod", "refuse", "L1.14"),
    (
        "that has not begun",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-12-01T00:00:00Z\nexpires = 2027-12-01T00:00:00Z"),
            );
        },
        "closed",
        "refuse",
        "L1.14",
    ),
    (
        "that has ended",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-01-01T00:00:00Z\nexpires = 2026-11-20T12:00:00Z"),
            );
        },
        "closed",
        "refuse",
        "L3.15 L1.14",
    ),
    (
        "that ends a second later",
        |k| {
            unbound_but(
                k,
                &format!("{L114}\ncreated = 2026-01-01T00:00:00Z\nexpires = 2026-11-20T12:00:01Z"),
            );
        },
        "closed",
        "admit",
        "L1.14",
    ),
    (
        "excuses no contradiction",
        |k| {
            stranger(k);
            excepted(k, &format!("{}\n{TERM}", L114.replace("L1.14", "L1.06")));
        },
        "closed",
        "refuse",
        "L1.06",
    ),
    (
        "excuses no error",
        |k| {
            unreadable(k);
            excepted(k, &format!("control = \"L1.03\"\nsubject = \"acme/*\"\nstages = [\"closed\"]\n{TERM}"));
        },
        "closed",
        "refuse",
        "L1.03",
    ),
    (
        "excuses nothing that was not checked",
        |k| {
            unchecked(k);
            excepted(k, &format!("control = \"L1.03\"\nsubject = \"acme/*\"\nstages = [\"closed\"]\n{TERM}"));
        },
        "closed",
        "refuse",
        "L1.03",
    ),
    (
        "excuses a requirement",
        |k| {
            excepted(
                k,
                &format!("requirement = \"claim\"\nsubject = \"acme/bot\"\nstages = [\"claims\"]\n{TERM}"),
            );
        },
        "claims",
        "admit",
        "claim",
    ),
    (
        "excuses no claim that states otherwise",
        |k| {
            claims(k, "{ path = \"a\", op = \"==\", value = 1 }", "{\"a\":2}");
            excepted(
                k,
                &format!("requirement = \"claim\"\nsubject = \"acme/bot\"\nstages = [\"claims\"]\n{TERM}"),
            );
        },
        "claims",
        "refuse",
        "claim",
    ),
    (
        "in any case of letters",
        |k| unbound_but(k, &format!("{}\n{TERM}", L114.replace("acme", "AcMe"))),
        "closed",
        "admit",
        "L1.14",
    ),
];

fn loans(k: &mut Situation) {
    k.model().id = ModelId::new("acme/Loans");
    bare(k);
}

const RISKS: &[Row] = &[
    ("high risk", loans, "risky", "refuse", "L1.01"),
    ("limited risk", bare, "risky", "admit", ""),
    (
        "no risk is known",
        |k| {
            nobody(k);
            bare(k);
        },
        "risky",
        "admit",
        "",
    ),
    ("high risk, signed", |k| k.model().id = ModelId::new("acme/loans"), "risky", "admit", ""),
    ("elsewhere risk asks for nothing", loans, "zero", "admit", ""),
];

fn glass(k: &mut Situation, by: &str, since: &str, until: &str) {
    let stages = ["prod", "glass"];
    let number = u64::try_from(k.reviews.len()).unwrap() + 10;
    for (stage, number) in stages.into_iter().zip(number..) {
        let glass = Glass { stage: stage.into(), by: by.into(), since: at(since), until: at(until) };
        k.reviews.push(StandingReview {
            record: record(number),
            word: ReviewWord::BreakGlass,
            glass: Some(glass),
        });
    }
}
fn ada(k: &mut Situation) {
    glass(k, "ada", "2026-11-20T10:00:00Z", "2026-11-20T20:00:00Z");
}
fn ben(k: &mut Situation) {
    glass(k, "ben", "2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z");
}
fn both(k: &mut Situation) {
    ada(k);
    ben(k);
}

const GLASS: &[Row] = &[
    (
        "one account",
        |k| {
            bare(k);
            ada(k);
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "one account twice",
        |k| {
            bare(k);
            ada(k);
            ada(k);
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "two accounts",
        |k| {
            bare(k);
            both(k);
        },
        "prod",
        "warn",
        "L1.01",
    ),
    (
        "at a stage without glass",
        |k| {
            bare(k);
            both(k);
        },
        "closed",
        "refuse",
        "L1.01",
    ),
    (
        "one has ended",
        |k| {
            bare(k);
            ada(k);
            glass(k, "ben", "2026-11-20T10:00:00Z", "2026-11-20T12:00:00Z");
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "one has not begun",
        |k| {
            bare(k);
            ada(k);
            glass(k, "ben", "2026-11-20T12:00:01Z", "2026-11-20T13:00:00Z");
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "one is for longer than the policy lets",
        |k| {
            bare(k);
            ada(k);
            glass(k, "ben", "2026-11-20T10:00:00Z", "2026-11-20T22:00:01Z");
        },
        "prod",
        "refuse",
        "L1.01",
    ),
    (
        "a contradiction is forbidden",
        |k| {
            changed(k);
            both(k);
        },
        "prod",
        "refuse",
        "L1.03",
    ),
    (
        "where nothing is forbidden",
        |k| {
            changed(k);
            both(k);
        },
        "glass",
        "warn",
        "L1.03",
    ),
    (
        "a rejection stands",
        |k| {
            bare(k);
            both(k);
            rejected(k);
        },
        "prod",
        "refuse",
        "REVIEW-REJECTED L1.01",
    ),
    ("nothing is refused", both, "prod", "admit", ""),
    (
        "an ancestor contradicts",
        |k| {
            lineage(k, Some(tampered()), "");
            both(k);
        },
        "prod",
        "refuse",
        "CAP",
    ),
    (
        "an ancestor contradicts, where nothing is forbidden",
        |k| {
            lineage(k, Some(tampered()), "");
            both(k);
        },
        "glass",
        "warn",
        "CAP",
    ),
];

/// A claim of the laboratory with a predicate, under a requirement with a clause.
fn claims(k: &mut Situation, clause: &str, predicate: &str) {
    k.instead("#where", &format!("where = [{clause}]"));
    let signer = Identity {
        method: Method::Certificate,
        subject: "CN=lab".into(),
        issuer: Some("CN=root".into()),
        fingerprint: None,
    };
    let claimed = Claimed {
        file: None,
        digest: "11".repeat(32),
        line: 1,
        predicate_type: TEST_RESULT.into(),
        kind: Some(PredicateKind::Evaluation),
        validity: Validity::Valid,
        about: About::ThisModel,
        joined: None,
        outcome: Outcome::Pass,
        because: None,
        signer: Some(signer),
        signed_at: Some(at("2026-11-01T00:00:00Z")),
        cosigners: Vec::new(),
        said: Said::Nothing,
    };
    k.said.push((claimed, predicate.to_owned()));
}

/// An operator, its value, and predicates with what they come to.
type Operator = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Of each operator: its clause, and predicates with what they come to. Refused as `contradicted` where they state
/// otherwise, as `missing` where they do not say.
const OPERATORS: &[Operator] = &[
    ("==", "\"yes\"", &[("\"yes\"", "admit"), ("\"no\"", "contradicted"), ("1", "contradicted")]),
    (
        "==",
        "0.970",
        &[("0.97", "admit"), ("9.7e-1", "admit"), ("0.971", "contradicted"), ("\"0.97\"", "contradicted")],
    ),
    ("==", "true", &[("true", "admit"), ("false", "contradicted"), ("\"true\"", "contradicted")]),
    ("!=", "\"no\"", &[("\"yes\"", "admit"), ("\"no\"", "contradicted")]),
    ("in", "[\"a\", \"b\"]", &[("\"b\"", "admit"), ("\"c\"", "contradicted")]),
    ("not_in", "[\"a\", \"b\"]", &[("\"c\"", "admit"), ("\"a\"", "contradicted")]),
    ("<", "2", &[("1.999", "admit"), ("2", "contradicted"), ("\"1\"", "contradicted")]),
    ("<=", "2", &[("2.0", "admit"), ("2.0000000000000000001", "contradicted")]),
    (">=", "0.97", &[("0.97", "admit"), ("0.9699999999999999999999", "contradicted")]),
    (">", "0.97", &[("0.98", "admit"), ("0.97", "contradicted")]),
    (
        "matches",
        "'regex:^v[0-9]+$'",
        &[("\"v12\"", "admit"), ("\"v12x\"", "contradicted"), ("12", "contradicted")],
    ),
    ("matches", "'exact:v1'", &[("\"v1\"", "admit"), ("\"v2\"", "contradicted")]),
    ("contains", "\"a\"", &[("[\"b\",\"a\"]", "admit"), ("[\"b\"]", "contradicted"), ("[]", "contradicted")]),
    ("covers", "[\"a\", \"b\"]", &[("[\"b\",\"a\",\"c\"]", "admit"), ("[\"a\"]", "contradicted")]),
    (
        "contains_level",
        "\"SLSA_BUILD_LEVEL_2\"",
        &[
            ("[\"SLSA_BUILD_LEVEL_3\"]", "admit"),
            ("[\"SLSA_BUILD_LEVEL_1\"]", "contradicted"),
            ("[\"SLSA_SOURCE_LEVEL_3\"]", "contradicted"),
        ],
    ),
    ("exists", "true", &[("null", "missing"), ("0", "admit")]),
    ("exists", "false", &[("null", "admit"), ("0", "contradicted")]),
    (
        "between_dates",
        "[2026-01-01T00:00:00Z, 2026-02-01T00:00:00Z]",
        &[
            ("\"2026-01-01T00:00:00Z\"", "admit"),
            ("\"2026-02-01T00:00:00Z\"", "contradicted"),
            ("7", "contradicted"),
        ],
    ),
];

fn decided(verdict: &Verdict) -> (String, String) {
    let mut said: Vec<&str> = Vec::new();
    for code in codes(verdict) {
        if !["BREAK-GLASS", "EVIDENCE", "CHANGED"].contains(&code) && !said.contains(&code) {
            said.push(code);
        }
    }
    (verdict.decision.word().to_owned(), said.join(" "))
}

#[test]
fn each_situation_is_decided_as_it_must_be() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (what, of, stage, decision, reasons) in
        [EVIDENCE, LINEAGE, EXCEPTIONS, RISKS, GLASS].iter().flat_map(|rows| rows.iter())
    {
        let mut known = Situation::new();
        of(&mut known);
        let verdict = known.verdict(stage);
        let (is, said) = decided(&verdict);
        count += 1;
        let first: Vec<&str> = said.split(' ').filter(|code| !code.is_empty()).collect();
        let wanted: Vec<&str> = reasons.split(' ').filter(|code| !code.is_empty()).collect();
        if is != *decision
            || !wanted.iter().all(|code| first.contains(code))
            || wanted.is_empty() != first.is_empty()
        {
            wrong.push(format!("{what} at {stage}: wanted {decision} [{reasons}], is {is} [{said}]"));
        }
    }
    for (op, value, cases) in OPERATORS {
        let clause = format!("{{ path = \"a\", op = \"{op}\", value = {value} }}");
        let missing = ("{}", if *value == "false" { "admit" } else { "missing" });
        let all = cases.iter().map(|(is, to)| (format!("{{\"a\":{is}}}"), *to));
        for (predicate, wanted) in all.chain([(missing.0.to_owned(), missing.1)]) {
            let mut known = Situation::new();
            claims(&mut known, &clause, &predicate);
            let verdict = known.verdict("claims");
            let class = verdict.reasons.first().and_then(|reason| reason.class);
            let is = class.map_or("admit", touchmark::words::reasons::word);
            let (decision, said) = decided(&verdict);
            // A control speaks of all requirements on evaluations.
            let said = said.replace("L3.04 ", "");
            count += 1;
            let fits = match wanted {
                "admit" => decision == "admit" && said.is_empty(),
                _ => decision == "refuse" && said == "claim" && is == wanted,
            };
            if !fits {
                wrong.push(format!(
                    "{op} {value} of {predicate}: wanted {wanted}, is {decision} {is} [{said}]"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 150, "{count}");
}

/// What stands against a model, each of something else than the others.
const BAD: &[fn(&mut Situation)] = &[
    changed,
    part,
    pickled,
    linked,
    p384,
    hashed_otherwise,
    ignoring_code,
    recalled_long_ago,
    rejected,
    unanchored,
    |k| k.bound = false,
];
/// What speaks for it, and nothing against it.
const GOOD: &[fn(&mut Situation)] =
    &[approved, both, |k| excepted(k, &format!("{L114}\n{TERM}")), |k| claims(k, CLAUSE, "{\"a\":1}")];
const CLAUSE: &str = "{ path = \"a\", op = \"==\", value = 1 }";
const STAGES: [&str; 11] =
    ["open", "warn", "closed", "zero", "prod", "claims", "picky", "risky", "glass", "cached", "reviewed"];

proptest! {
    #[test]
    fn more_against_a_model_never_lets_it_in_and_more_for_it_never_keeps_it_out(
        bad in prop::collection::vec(any::<bool>(), BAD.len()),
        good in prop::collection::vec(any::<bool>(), GOOD.len()),
        more in 0..BAD.len(),
        better in 0..GOOD.len(),
        stage in 0..STAGES.len(),
    ) {
        let decided = |bad: &[bool], good: &[bool]| {
            let mut known = Situation::new();
            BAD.iter().zip(bad).filter(|(_, is)| **is).for_each(|(of, _)| of(&mut known));
            GOOD.iter().zip(good).filter(|(_, is)| **is).for_each(|(of, _)| of(&mut known));
            known.verdict(STAGES[stage]).decision
        };
        let with = |list: &[bool], at: usize| {
            let mut list = list.to_vec();
            list[at] = true;
            list
        };
        let as_it_is = decided(&bad, &good);
        prop_assert!(decided(&with(&bad, more), &good) >= as_it_is, "worse for {more}");
        prop_assert!(decided(&bad, &with(&good, better)) <= as_it_is, "better for {better}");
        // And always the same.
        prop_assert_eq!(decided(&bad, &good), as_it_is);
    }
}
