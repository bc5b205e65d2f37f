//! What a row changes of a situation in which all is well.

use super::{NOW, Situation, TEST_RESULT};
use crate::decision::{at, by, derived, model, signed, unsigned};
use crate::support::checked;
use std::sync::Arc;
use touchmark::attest::{About, Claimed, PredicateKind, Said, Validity};
use touchmark::decision::{Anchoring, Glass, RecordRef, ReviewWord, StandingReview};
use touchmark::inventory::{Format, ModelId};
use touchmark::maturity::{Gated, Passed, Since};
use touchmark::signing::{
    AnchorKind, AnchorUse, Apart, HashAlgorithm, Identity, KeyKind, LogEntry, Method, Outcome, PartSeen,
    Recalled, Stage, TimeSource, Verification,
};

pub(super) fn as_it_is(_: &mut Situation) {}
pub(super) fn changed(k: &mut Situation) {
    k.set(Stage::Files, "FILES-CHANGED", Outcome::Fail);
}
pub(super) fn bare(k: &mut Situation) {
    k.model().signature = None;
    k.models[0].1 = Some(unsigned());
}
pub(super) fn unreadable(k: &mut Situation) {
    k.set(Stage::Files, "FILES-UNREADABLE", Outcome::Unknown);
}
pub(super) fn unchecked(k: &mut Situation) {
    k.set(Stage::Files, "FILES", Outcome::Unknown);
}
pub(super) fn part(k: &mut Situation) {
    part_beside(k, Some(&["weights.gguf"]));
}
pub(super) fn part_beside(k: &mut Situation, names: Option<&[&str]>) {
    let names = names.map(|names| names.iter().map(|name| (*name).into()).collect());
    let part = PartSeen {
        only: vec!["*".into()],
        unused: Vec::new(),
        digests: 1,
        signed_beside: 1,
        here_beside: 0,
        apart: names.map(|names| Apart { names, more: 0 }),
    };
    Arc::make_mut(&mut k.seen().files).part = Some(part);
}
pub(super) fn parts_of(k: &mut Situation, word: &str) {
    k.instead("[artifact]\n", &format!("[artifact]\npartial_verification = \"{word}\"\n"));
}
pub(super) fn load_set(k: &mut Situation) {
    part_beside(k, Some(&["README.md", "docs/picture.png"]));
}
pub(super) fn unnamed_part(k: &mut Situation) {
    part_beside(k, None);
}
pub(super) fn too_many_beside(k: &mut Situation) {
    load_set(k);
    let part = Arc::make_mut(&mut k.seen().files).part.as_mut().unwrap();
    part.apart.as_mut().unwrap().more = 1;
}
pub(super) fn promised(k: &mut Situation) {
    unlogged(k);
    k.seen().log = Some(LogEntry { log_id: "log".into(), index: 7 });
    k.set(Stage::Log, "LOG-PROMISE", Outcome::Partial);
}
pub(super) fn logged(k: &mut Situation) {
    promised(k);
    k.set(Stage::Log, "LOG", Outcome::Pass);
}
pub(super) fn promise_accepted(k: &mut Situation) {
    k.instead("[log]\n", "[log]\naccept_promise_only = true\n");
}
/// Let in so many hours ago, at the stages that ask for that. It names the policy as it is: call it last.
pub(super) fn passed(k: &mut Situation, hours: i64) {
    let at = at(NOW) - jiff::SignedDuration::from_hours(hours);
    let (root, policy) = (k.seen().root_digest.unwrap(), k.policy().digest);
    k.gates = ["far", "lenient", "relying"]
        .map(|stage| gated(stage, Some(Passed { root, policy: policy.clone(), at })))
        .into();
}
pub(super) fn gated(stage: &str, passed: Option<Passed>) -> Gated {
    Gated { stage: stage.into(), let_in: true, root: None, at: at(NOW), relied: passed.is_none(), passed }
}
pub(super) fn nobody(k: &mut Situation) {
    k.model().id = ModelId::new("nobody/bot");
}
pub(super) fn stranger(k: &mut Situation) {
    k.models[0].1 = Some(by("CN=stranger"));
}
pub(super) fn thief(k: &mut Situation) {
    k.models[0].1 = Some(by("CN=thief"));
}
pub(super) fn thief_before(k: &mut Situation) {
    thief(k);
    k.instead("subject = \"exact:CN=acme release\"", "subject = \"exact:CN=thief\"");
    k.seen().signed_at = Some((at("2026-09-01T00:00:00Z"), TimeSource::Authority));
}
pub(super) fn thief_after(k: &mut Situation) {
    thief_before(k);
    k.seen().signed_at = Some((at("2026-10-01T00:00:00Z"), TimeSource::Authority));
}
pub(super) fn other_anchor(k: &mut Situation) {
    k.models[0].1 =
        Some(signed(Method::Certificate, "CN=acme release", Some("CN=root"), ("other", AnchorKind::Ca)));
}
pub(super) fn other_issuer(k: &mut Situation) {
    k.models[0].1 =
        Some(signed(Method::Certificate, "CN=acme release", Some("CN=fake"), ("ca", AnchorKind::Ca)));
}
pub(super) fn edge(k: &mut Situation) {
    k.model().id = ModelId::new("edge/bot");
    k.models[0].1 = Some(signed(Method::Key, "sha256:00", None, ("key", AnchorKind::Key)));
}
pub(super) fn edge_in(k: &mut Situation) {
    edge(k);
    k.seen().signed_at = Some((at("2026-02-01T00:00:00Z"), TimeSource::Authority));
}
pub(super) fn edge_late(k: &mut Situation) {
    edge(k);
    k.seen().signed_at = Some((at("2026-06-01T00:00:00Z"), TimeSource::Authority));
}
pub(super) fn edge_early(k: &mut Situation) {
    edge(k);
    k.seen().signed_at = Some((at("2025-12-31T00:00:00Z"), TimeSource::Authority));
}
pub(super) fn pickled(k: &mut Situation) {
    k.model().formats = vec![Format::Pickle];
}
pub(super) fn hashed_otherwise(k: &mut Situation) {
    k.seen().hash = Some(HashAlgorithm::Blake2b);
}
pub(super) fn p384(k: &mut Situation) {
    k.seen().curve = Some(KeyKind::P384);
}
pub(super) fn linked(k: &mut Situation) {
    k.seen().allow_symlinks = Some(true);
}
pub(super) fn ignoring_docs(k: &mut Situation) {
    Arc::make_mut(&mut k.seen().files).ignored.push("docs/a.md".into());
}
pub(super) fn ignoring_code(k: &mut Situation) {
    Arc::make_mut(&mut k.seen().files).ignored.push("docs/a.py".into());
}
pub(super) fn ignoring_else(k: &mut Situation) {
    Arc::make_mut(&mut k.seen().files).ignored.push("notes/a.md".into());
}
pub(super) fn old_anchor(k: &mut Situation) {
    let anchor: &mut AnchorUse = k.seen().anchor.as_mut().unwrap();
    anchor.age_days = Some(31);
}
pub(super) fn unlogged(k: &mut Situation) {
    k.seen().method = Some(Method::Sigstore);
}
pub(super) fn not_looked_into(k: &mut Situation) {
    k.looked = false;
}
pub(super) fn not_verified(k: &mut Situation) {
    k.models[0].1 = None;
}
pub(super) fn changed_since(k: &mut Situation) {
    k.since = Since::Changed;
}
pub(super) fn lost(k: &mut Situation) {
    k.since = Since::Lost;
}
pub(super) fn long_ago(k: &mut Situation) {
    k.seen().at = at("2026-11-01T00:00:00Z");
}
pub(super) fn expired(k: &mut Situation) {
    k.instead("version = \"1\"", "version = \"1\"\nexpires = 2026-01-01T00:00:00Z");
}
pub(super) fn recalled(k: &mut Situation, hours: i64) {
    let oldest = at(NOW) - jiff::SignedDuration::from_hours(hours);
    Arc::make_mut(&mut k.seen().files).recalled = Some(Recalled { parts: 1, bytes: 1, oldest });
}
pub(super) fn recalled_lately(k: &mut Situation) {
    recalled(k, 3);
}
pub(super) fn recalled_long_ago(k: &mut Situation) {
    recalled(k, 5);
}
pub(super) fn record(number: u64) -> RecordRef {
    RecordRef { number, hash: "22".repeat(32).parse().unwrap() }
}
pub(super) fn rejected(k: &mut Situation) {
    k.reviews.push(StandingReview { record: record(1), word: ReviewWord::Reject, glass: None });
}
pub(super) fn approved(k: &mut Situation) {
    k.reviews.push(StandingReview { record: record(2), word: ReviewWord::Approve, glass: None });
}
pub(super) fn ledger(k: &mut Situation, anchoring: Anchoring) {
    k.with("[ledger]\nmax_unanchored_records = 3\nmax_unanchored_days = 30\n");
    k.ledger = Some(anchoring);
}
pub(super) fn anchored(k: &mut Situation) {
    ledger(k, Anchoring { unanchored: 3, ..Anchoring::default() });
}
pub(super) fn unanchored(k: &mut Situation) {
    ledger(k, Anchoring { unanchored: 4, ..Anchoring::default() });
}
pub(super) fn unanchored_long(k: &mut Situation) {
    ledger(k, Anchoring { since: Some(at("2026-10-01T00:00:00Z")), unanchored: 1, ..Anchoring::default() });
}
pub(super) fn not_anchored(k: &mut Situation) {
    unanchored(k);
    k.ledger = None;
}
pub(super) fn raised(k: &mut Situation) {
    k.with("[controls]\nraise = [\"L1.99\"]\n");
}

pub(super) fn lineage(k: &mut Situation, parent: Option<Verification>, rule: &str) {
    k.models =
        vec![(derived("acme/bot", "acme/base"), Some(by("CN=acme release"))), (model("acme/base"), parent)];
    k.with(rule);
}
pub(super) fn tampered() -> Verification {
    let mut seen = by("CN=acme release");
    seen.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail));
    seen
}

pub(super) fn excepted(k: &mut Situation, keys: &str) {
    k.with(&format!(
        "[[exception]]\nid = \"EX-1\"\nowner = \"o\"\napproved_by = \"a\"\nreason = \"r\"\n{keys}\n"
    ));
}
pub(super) const TERM: &str = "created = 2026-10-01T00:00:00Z\nexpires = 2027-12-01T00:00:00Z";
pub(super) const L101: &str = "control = \"L1.01\"\nsubject = \"acme/*\"\nstages = [\"closed\"]";

pub(super) fn of_root(k: &mut Situation, digest: &str) {
    k.bound = false;
    excepted(
        k,
        &format!("control = \"L1.14\"\nsubject = \"sha256:{digest}\"\nstages = [\"closed\"]\n{TERM}"),
    );
}
pub(super) fn unbound_but(k: &mut Situation, keys: &str) {
    k.bound = false;
    excepted(k, keys);
}
pub(super) const L114: &str = "control = \"L1.14\"\nsubject = \"acme/*\"\nstages = [\"closed\"]";

pub(super) fn loans(k: &mut Situation) {
    k.model().id = ModelId::new("acme/Loans");
    bare(k);
}

pub(super) fn glass(k: &mut Situation, by: &str, since: &str, until: &str) {
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
pub(super) fn ada(k: &mut Situation) {
    glass(k, "ada", "2026-11-20T10:00:00Z", "2026-11-20T20:00:00Z");
}
pub(super) fn ben(k: &mut Situation) {
    glass(k, "ben", "2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z");
}
pub(super) fn both(k: &mut Situation) {
    ada(k);
    ben(k);
}

/// A claim of the laboratory with a predicate, under a requirement with a clause.
pub(super) fn claims(k: &mut Situation, clause: &str, predicate: &str) {
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
