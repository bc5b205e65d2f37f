//! IDENTITY and POLICY as a policy says them, and the decision at a stage.

use crate::support::checked;
use proptest::prelude::*;
use std::sync::Arc;
use touchmark::decision::{
    Decision, Descent, Input, Judgement, Known, ReasonFact, RecordRef, ReviewWord, StandingReview, Touched,
    Verdict, apply_policy,
};
use touchmark::inventory::{
    Basis, Format, Hazard, HazardKind, Looked, Model, ModelId, ParentRef, Relation, Tier,
};
use touchmark::lineage::Graph;
use touchmark::maturity::{CapReason, Rubric, Since};
use touchmark::policy::{Action, Class, Policy, parse};
use touchmark::signing::{
    AnchorKind, AnchorUse, Check, HashAlgorithm, Identity, KeyKind, Method, Outcome, Stage, Thing,
    TimeSource, Verification, Why,
};
use touchmark::store::EvidenceDigest;
use touchmark::words::{Case as Words, Face, caps, reasons};

pub const NOW: &str = "2026-11-20T12:00:00Z";

pub const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "t"
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
[[publisher]]
id = "labs"
models = ["labs/*"]
trust = ["ca"]
identities = [{ issuer = "CN=root", subject = 'regex:^CN=labs-[0-9]+$' }]
[[publisher]]
id = "edge"
models = ["edge/*"]
trust = ["key"]
valid_from = 2026-01-01T00:00:00Z
valid_until = 2026-06-01T00:00:00Z
[[deny_identity]]
subject = "exact:CN=labs-9"
reason = "stolen"
[artifact]
ban_formats = ["pickle"]
allow_ignore_paths = ["docs"]
[crypto]
hash = ["sha256"]
keys = ["p256"]
[log]
required = ["sigstore"]
[[stage]]
name = "dev"
min_level = 0
on_contradicted = "closed"
on_missing = "open"
on_error = "open"
on_unavailable = "open"
[[stage]]
name = "staging"
min_level = 1
on_missing = "warn"
on_error = "closed"
on_unavailable = "warn"
[[stage]]
name = "prod"
production = true
min_level = 1
[[stage]]
name = "picky"
min_level = 0
require = ["L1.06"]
"#;

pub fn at(moment: &str) -> jiff::Timestamp {
    moment.parse().unwrap()
}

pub fn policy() -> Policy {
    parse(POLICY, "t", None).unwrap()
}

pub fn model(id: &str) -> Model {
    let mut model = Model::new(ModelId::new(id), id);
    model.location = Some(id.into());
    model.signature = Some(format!("{id}/model.sig").into());
    model.formats = vec![Format::Safetensors];
    model
}

pub fn derived(id: &str, parent: &str) -> Model {
    let mut model = model(id);
    model.parents.push(ParentRef {
        id: ModelId::new(parent),
        relation: Relation::Finetune,
        basis: Basis::Declared,
        digest: None,
        source: "README.md".into(),
        place: "base_model".into(),
    });
    model
}

/// What the signing core would hand over: everything passes, IDENTITY is left for later.
pub fn signed(
    method: Method,
    subject: &str,
    issuer: Option<&str>,
    anchor: (&str, AnchorKind),
) -> Verification {
    let mut verification = Verification::not_looked(at(NOW), Why::NotLooked);
    for stage in Stage::ALL {
        match stage {
            Stage::Identity | Stage::Policy => {}
            Stage::Predicates => verification.set(checked(stage, "PREDICATES", Outcome::NotApplicable)),
            Stage::Log if method != Method::Sigstore => {
                verification.set(checked(stage, "LOG", Outcome::NotApplicable));
            }
            _ => verification.set(Check::pass(stage, Why::Nothing)),
        }
    }
    verification.method = Some(method);
    verification.hash = Some(HashAlgorithm::Sha256);
    verification.root_digest = Some("11".repeat(32).parse().unwrap());
    verification.curve = Some(KeyKind::P256);
    verification.allow_symlinks = Some(false);
    verification.signer = Some(Identity {
        method,
        subject: subject.into(),
        issuer: issuer.map(Into::into),
        fingerprint: Some("sha256:00".to_owned()),
    });
    verification.anchor = Some(AnchorUse {
        name: anchor.0.to_owned(),
        kind: anchor.1,
        origin: "file".to_owned(),
        digest: "00".to_owned(),
        age_days: None,
    });
    verification
}

pub fn by(subject: &str) -> Verification {
    signed(Method::Certificate, subject, Some("CN=root"), ("ca", AnchorKind::Ca))
}

pub fn unsigned() -> Verification {
    let mut verification = Verification::not_looked(at(NOW), Why::NotLooked);
    verification.set(checked(Stage::Parse, "PARSE-ABSENT", Outcome::Missing));
    verification
}

pub fn applied(mut verification: Verification, model: &Model) -> Verification {
    apply_policy(&mut verification, model, Some(&Looked::of(model)), &policy(), at(NOW));
    verification
}

fn identity(verification: Verification, id: &str) -> Check {
    applied(verification, &model(id)).check(Stage::Identity).unwrap().clone()
}

fn told(check: &Check) -> (&'static str, Outcome) {
    (check.code.as_str(), check.outcome)
}

#[test]
fn the_publishers_own_identity_passes_and_so_does_the_whole() {
    let verification = applied(by("CN=acme release"), &model("acme/bot"));
    assert_eq!(verification.outcome(), Outcome::Pass, "{:?}", verification.headline());
    assert_eq!(told(&identity(by("CN=labs-12"), "labs/bot")), ("IDENTITY", Outcome::Pass));
}

#[test]
fn a_signer_of_another_publisher_is_told_whose_it_is() {
    let check = identity(by("CN=labs-12"), "acme/bot");
    assert_eq!(told(&check), ("IDENTITY-WRONG-PUBLISHER", Outcome::Fail));
    assert_eq!(check.words().summary, "The signer belongs to publisher labs, the model to acme");
    assert_eq!(check.words().expected.unwrap().raw(), "exact:CN=acme release issued by CN=root under ca");
    assert_eq!(check.words().found.unwrap().raw(), "CN=labs-12 issued by CN=root under ca");
}

#[test]
fn a_stranger_fails_and_the_part_that_differs_is_named() {
    let details = |verification: Verification| {
        let check = identity(verification, "acme/bot");
        assert_eq!(told(&check), ("IDENTITY-MISMATCH", Outcome::Fail));
        check.words().details.iter().map(|detail| detail.raw().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let other_issuer =
        signed(Method::Certificate, "CN=acme release", Some("CN=fake"), ("ca", AnchorKind::Ca));
    assert!(details(other_issuer).contains("the issuer is not: expected CN=root, found CN=fake"));
    let other_anchor =
        signed(Method::Certificate, "CN=acme release", Some("CN=root"), ("other", AnchorKind::Ca));
    assert!(details(other_anchor).contains("the anchor differs: expected ca, found other"));
    assert!(details(by("CN=acme releasе")).contains("after `CN=acme releas`"));
    assert!(details(by("CN=ACME release")).contains("upper and lower case"));
    assert!(details(by("CN=acme release\u{200b}")).contains("do not show"));
    assert_eq!(details(by("CN=stranger")), "");
}

#[test]
fn a_model_without_publisher_is_missing_one_and_contradicts_nothing() {
    let check = identity(by("CN=acme release"), "nobody/bot");
    assert_eq!(told(&check), ("IDENTITY-NO-PUBLISHER", Outcome::Missing));
    assert!(check.words().remedy.unwrap().contains("[[publisher]]"));
}

#[test]
fn a_denied_signer_fails_wherever_it_signs() {
    for id in ["labs/bot", "nobody/bot"] {
        let check = identity(by("CN=labs-9"), id);
        assert_eq!(told(&check), ("IDENTITY-DENIED", Outcome::Fail));
        assert_eq!(check.words().details[0].raw(), "reason: stolen");
    }
}

#[test]
fn a_signer_that_is_not_proven_is_never_compared() {
    for stage in [Stage::Trust, Stage::Signature, Stage::Chain, Stage::Log] {
        let mut verification = by("CN=acme release");
        verification.set(checked(stage, "X", Outcome::Fail));
        assert_eq!(told(&identity(verification, "acme/bot")), ("IDENTITY", Outcome::Unknown), "{stage:?}");
    }
    let mut verification = by("CN=acme release");
    verification.anchor = None;
    assert_eq!(identity(verification, "acme/bot").outcome, Outcome::Unknown);
}

#[test]
fn a_key_suffices_for_a_publisher_without_identities_inside_its_window() {
    let key = || signed(Method::Key, "sha256:00", None, ("key", AnchorKind::Key));
    let signed_at = |moment: &str| {
        let mut verification = key();
        verification.signed_at = Some((at(moment), TimeSource::Authority));
        identity(verification, "edge/bot")
    };
    assert_eq!(told(&signed_at("2026-05-01T00:00:00Z")), ("IDENTITY", Outcome::Pass));
    assert_eq!(told(&signed_at("2026-07-01T00:00:00Z")), ("IDENTITY-WINDOW", Outcome::Fail));
    assert_eq!(told(&identity(key(), "edge/bot")), ("IDENTITY-WINDOW", Outcome::Missing));
    let certificate = signed(Method::Certificate, "CN=x", None, ("key", AnchorKind::Ca));
    assert_eq!(told(&identity(certificate, "edge/bot")), ("IDENTITY-MISMATCH", Outcome::Fail));
}

#[test]
fn check_and_controls_agree_on_a_grant_that_ended_and_the_end_is_judged_now() {
    let agreed_at = |signed_at: Option<&str>, seen: &str, now: &str| {
        let mut verification = signed(Method::Key, "sha256:00", None, ("key", AnchorKind::Key));
        verification.signed_at = signed_at.map(|moment| (at(moment), TimeSource::Authority));
        verification.at = at(seen);
        let case = Case::at(vec![(model("edge/bot"), Some(verification))], at(now));
        let check = case.verifications[0].as_ref().unwrap().outcome_of(Stage::Identity);
        let verdict = case.judge("staging").remove(0);
        let control =
            |id: &str| verdict.assessment.controls.iter().find(|result| &*result.id == id).unwrap().clone();
        let (identity, anchor) = (control("L1.06"), control("L1.07"));
        assert_eq!((check, identity.outcome), (anchor.outcome, anchor.outcome));
        if identity.outcome != Outcome::Pass {
            assert_eq!((identity.fact, identity.remedy), (anchor.fact, anchor.remedy));
        }
        (check, anchor.outcome)
    };
    let agreed = |signed_at, seen| agreed_at(signed_at, seen, NOW);
    use Outcome::{Fail, Missing, Pass};
    assert_eq!(agreed(Some("2026-05-01T00:00:00Z"), NOW), (Pass, Pass));
    assert_eq!(agreed(Some("2026-05-01T00:00:00Z"), "2026-05-02T00:00:00Z"), (Pass, Pass));
    assert_eq!(agreed(Some("2026-07-01T00:00:00Z"), NOW), (Fail, Fail));
    assert_eq!(agreed(Some("2025-12-31T00:00:00Z"), NOW), (Fail, Fail));
    assert_eq!(agreed(None, NOW), (Missing, Missing));
    assert_eq!(agreed(None, "2025-12-31T00:00:00Z"), (Fail, Fail));
    // Whoever holds the key after the end can sign as of any day: what counts is today, not the day of the look.
    assert_eq!(agreed(None, "2026-05-01T00:00:00Z"), (Missing, Missing));
    // The grant holds from its first second to the last one before its end.
    assert_eq!(agreed(Some("2026-01-01T00:00:00Z"), NOW), (Pass, Pass));
    assert_eq!(agreed(Some("2025-12-31T23:59:59Z"), NOW), (Fail, Fail));
    assert_eq!(agreed(Some("2026-05-31T23:59:59Z"), NOW), (Pass, Pass));
    assert_eq!(agreed(Some("2026-06-01T00:00:00Z"), NOW), (Fail, Fail));
    let seen = "2026-05-01T00:00:00Z";
    assert_eq!(agreed_at(None, seen, "2026-05-31T23:59:59Z"), (Pass, Pass));
    assert_eq!(agreed_at(None, seen, "2026-06-01T00:00:00Z"), (Missing, Missing));
}

fn danger() -> Hazard {
    let [file, place, what] = ["w.pt", "byte 0", "posix.system"].map(Into::into);
    let (tier, kind) = (Tier::Dangerous, HazardKind::Pickle);
    Hazard { tier, kind, file, place, what, why: "loading calls it".to_owned() }
}

#[test]
fn a_banned_pickle_is_the_only_failing_check_and_is_named() {
    let mut pickled = model("acme/bot");
    pickled.formats.push(Format::Pickle);
    let verification = applied(by("CN=acme release"), &pickled);
    let failing: Vec<_> = verification.checks.iter().filter(|check| check.outcome == Outcome::Fail).collect();
    let [check] = failing.as_slice() else { panic!("{failing:?}") };
    assert_eq!(told(check), ("POLICY-FORMAT", Outcome::Fail));
    assert_eq!(check.words().found.as_ref().unwrap().raw(), "pickle");
    pickled.hazards.push(danger());
    let verification = applied(by("CN=acme release"), &pickled);
    let found =
        verification.checks.iter().find(|check| check.code == "POLICY-FORMAT").unwrap().words().found.clone();
    assert_eq!(found.unwrap().raw(), "pickle; w.pt: dangerous pickle posix.system: loading calls it");
}

#[test]
fn what_the_policy_says_of_a_signature_is_checked() {
    let policy_check = |verification: Verification| {
        let check = applied(verification, &model("acme/bot")).check(Stage::Policy).unwrap().clone();
        (check.code.to_string(), check.outcome)
    };
    let mut other_hash = by("CN=acme release");
    other_hash.hash = Some(HashAlgorithm::Blake3);
    assert_eq!(policy_check(other_hash), ("POLICY-HASH".to_owned(), Outcome::Fail));

    for (curve, fingerprint, code, outcome) in [
        (Some(KeyKind::P256), true, "POLICY", Outcome::Pass),
        (Some(KeyKind::P384), true, "POLICY-KEY", Outcome::Fail),
        // Written before the curve was recorded, and a key on no curve of OMS.
        (None, true, "POLICY-KEY", Outcome::Unknown),
        (None, false, "POLICY-KEY", Outcome::Fail),
    ] {
        let mut verification = by("CN=acme release");
        verification.curve = curve;
        if let Some(signer) = verification.signer.as_mut().filter(|_| !fingerprint) {
            signer.fingerprint = None;
        }
        assert_eq!(policy_check(verification), (code.to_owned(), outcome), "{curve:?}");
    }

    let mut old = by("CN=acme release");
    let anchor = old.anchor.as_mut().unwrap();
    anchor.age_days = Some(31);
    assert_eq!(policy_check(old.clone()), ("POLICY-ANCHOR-AGE".to_owned(), Outcome::Partial));
    old.anchor.as_mut().unwrap().age_days = Some(30);
    assert_eq!(policy_check(old), ("POLICY".to_owned(), Outcome::Pass));

    let mut linked = by("CN=acme release");
    linked.allow_symlinks = Some(true);
    assert_eq!(policy_check(linked), ("POLICY-SYMLINKS".to_owned(), Outcome::Fail));

    // A record of before curve and links were kept still loads; what it does not tell is not taken for good.
    let mut old = serde_json::to_value(by("CN=acme release")).unwrap();
    let fields = old.as_object_mut().unwrap();
    assert!(fields.remove("curve").is_some() && fields.remove("allow_symlinks").is_some());
    let mut old: Verification = serde_json::from_value(old).unwrap();
    assert_eq!(policy_check(old.clone()), ("POLICY-KEY".to_owned(), Outcome::Unknown));
    old.curve = Some(KeyKind::P256);
    assert_eq!(policy_check(old), ("POLICY-SYMLINKS".to_owned(), Outcome::Unknown));

    let mut no_log = by("CN=acme release");
    no_log.method = Some(Method::Sigstore);
    assert_eq!(policy_check(no_log.clone()), ("POLICY-LOG".to_owned(), Outcome::Missing));
    no_log.set(checked(Stage::Log, "LOG-INVALID", Outcome::Fail));
    assert_eq!(policy_check(no_log), ("POLICY".to_owned(), Outcome::Unknown));

    for (hidden, code) in [
        ("docs/read.md", "POLICY"),
        ("docs", "POLICY"),
        ("docs/run.py", "POLICY-IGNORED"),
        ("docs2/read.md", "POLICY-IGNORED"),
        ("model.safetensors", "POLICY-IGNORED"),
        ("model.sig", "POLICY"),
    ] {
        let mut verification = by("CN=acme release");
        std::sync::Arc::make_mut(&mut verification.files).ignored.push(hidden.into());
        assert_eq!(policy_check(verification).0, code, "{hidden}");
    }
}

#[test]
fn an_unsigned_model_is_missing_a_signature_and_fails_nothing() {
    let verification = applied(unsigned(), &model("acme/bot"));
    assert_eq!(verification.outcome(), Outcome::Missing);
    assert_eq!(verification.outcome_of(Stage::Identity), Outcome::Unknown);
    assert_eq!(verification.outcome_of(Stage::Policy), Outcome::Unknown);
    assert!(verification.checks.iter().all(|check| check.outcome != Outcome::Fail));
}

pub struct Case {
    pub models: Vec<Model>,
    pub verifications: Vec<Option<Verification>>,
    pub now: jiff::Timestamp,
}

impl Case {
    pub fn new(models: Vec<(Model, Option<Verification>)>) -> Self {
        Case::at(models, at(NOW))
    }

    pub fn at(models: Vec<(Model, Option<Verification>)>, now: jiff::Timestamp) -> Self {
        let (models, verifications) = models
            .into_iter()
            .map(|(model, mut verification)| {
                if let Some(verification) = &mut verification {
                    apply_policy(verification, &model, Some(&Looked::of(&model)), &policy(), now);
                }
                (model, verification)
            })
            .unzip();
        Case { models, verifications, now }
    }

    pub fn judge(&self, stage: &str) -> Vec<Verdict> {
        self.judge_under(&policy(), stage)
    }

    pub fn judge_under(&self, policy: &Policy, stage: &str) -> Vec<Verdict> {
        let verdicts = self.asked(policy, stage, Judgement::verdicts);
        assert_eq!(verdicts.len(), self.models.len());
        // As a gate decides: a list leaves open what nobody looked at.
        verdicts.into_iter().map(Verdict::by_gate).collect()
    }

    pub fn asked<T>(&self, policy: &Policy, stage: &str, ask: impl FnOnce(&Input<'_>) -> T) -> T {
        let rubric = Rubric::bundled().unwrap();
        let descent = Arc::new(Descent::of(&Graph::build(&self.models)));
        let looked: Vec<Looked> = self.models.iter().map(Looked::of).collect();
        let known = |index: usize| Known {
            testimonies: &[],
            usage: None,
            verification: self.verifications.get(index).and_then(Option::as_ref),
            looked: looked.get(index),
            since: Since::Same,
        };
        ask(&Input {
            seal: &touchmark::maturity::PolicySeal::Unsigned,
            feeds: None,
            models: &self.models,
            descent: &descent,
            proven: &touchmark::lineage::Proven::default(),
            stated: &touchmark::lineage::Stated::default(),
            verified: &known,
            reviews: &|_| Vec::new(),
            ledger: None,
            policy,
            stage,
            rubric: &rubric,
            now: self.now,
        })
    }
}

pub fn codes(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn tampered() -> Verification {
    let mut verification = by("CN=acme release");
    verification.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail));
    verification
}

#[test]
fn a_contradiction_is_refused_at_every_stage_and_an_unsigned_model_by_what_the_stage_says() {
    let case = Case::new(vec![
        (model("acme/tampered"), Some(tampered())),
        (
            {
                let mut bare = model("acme/unsigned");
                bare.signature = None;
                bare
            },
            Some(unsigned()),
        ),
        (model("acme/never-verified"), None),
    ]);
    for (stage, decisions) in [
        ("dev", [Decision::Refuse, Decision::Admit, Decision::Admit]),
        ("staging", [Decision::Refuse, Decision::Warn, Decision::Warn]),
        ("prod", [Decision::Refuse, Decision::Refuse, Decision::Refuse]),
        ("picky", [Decision::Refuse, Decision::Refuse, Decision::Refuse]),
        ("nowhere", [Decision::Refuse, Decision::Refuse, Decision::Refuse]),
    ] {
        let verdicts = case.judge(stage);
        let found: Vec<_> = verdicts.iter().map(|verdict| verdict.decision).collect();
        assert_eq!(found, decisions, "{stage}: {:?}", verdicts.iter().map(codes).collect::<Vec<_>>());
    }
    let verdicts = case.judge("staging");
    let classes =
        |index: usize| verdicts[index].reasons.iter().map(|reason| reason.class).collect::<Vec<_>>();
    assert_eq!(classes(0)[0], Some(Class::Contradicted));
    assert!(verdicts[0].tainted && !verdicts[1].tainted);
    assert!(classes(1).iter().all(|class| *class != Some(Class::Contradicted)));
    assert_eq!(classes(2)[0], Some(Class::Unavailable));
    assert_eq!(codes(&case.judge("nowhere")[0]), ["STAGE"]);
}

#[test]
fn what_could_not_be_read_is_an_error_and_not_merely_unavailable() {
    let mut verification = by("CN=acme release");
    verification.set(checked(Stage::Files, "FILES-UNREADABLE", Outcome::Unknown));
    std::sync::Arc::make_mut(&mut verification.files)
        .unreadable
        .push(("w.safetensors".into(), touchmark::error::ReadFault::Permission));
    let verdict = Case::new(vec![(model("acme/bot"), Some(verification))]).judge("staging").remove(0);
    assert_eq!(verdict.decision, Decision::Refuse);
    assert_eq!(verdict.reasons[0].class, Some(Class::Error), "{:?}", verdict.reasons);
}

#[test]
fn a_tampered_ancestor_taints_and_an_unsigned_one_caps_without_tainting() {
    let case = Case::new(vec![
        (model("acme/base"), Some(tampered())),
        (derived("acme/child", "acme/base"), Some(by("CN=acme release"))),
        (derived("acme/grandchild", "acme/child"), Some(by("CN=acme release"))),
        (derived("acme/orphan", "elsewhere/base"), Some(by("CN=acme release"))),
    ]);
    let verdicts = case.judge("dev");
    for verdict in &verdicts[1..3] {
        assert!(verdict.tainted && verdict.effective == 0);
        assert_eq!(verdict.decision, Decision::Refuse);
        assert_eq!(codes(verdict)[0], "CAP");
        assert_eq!(verdict.reasons[0].class, Some(Class::Contradicted));
    }
    let cap = verdicts[1].cap.as_ref().unwrap();
    assert_eq!(cap.by, [(ModelId::new("acme/base"), CapReason::Contradicted)]);
    assert_eq!(caps::cap(cap).raw(), "capped by acme/base: ancestor contradicts its own claims");
    assert_eq!(verdicts[1].reasons[0].fact, ReasonFact::Cap);
    let rubric = Rubric::bundled().unwrap();
    let words = Words {
        verdict: &verdicts[1],
        verification: None,
        rubric: &rubric,
        thing: Thing::Model,
        chain: Vec::new(),
    };
    assert_eq!(reasons::reason(&verdicts[1].reasons[0], &words, Face::Text).0, caps::cap(cap));
    let taints: Vec<String> = verdicts[..3].iter().map(|v| caps::taint(v).raw().to_owned()).collect();
    assert_eq!(
        taints,
        ["its own verification failed", "its ancestor acme/base fails", "its ancestor acme/child is tainted"]
    );
    assert!(!verdicts[3].tainted && verdicts[3].decision == Decision::Admit);
}

#[test]
fn a_ban_is_its_own_reason() {
    let mut pickled = model("acme/bot");
    pickled.formats.push(Format::Pickle);
    let verdict = Case::new(vec![(pickled, Some(by("CN=acme release")))]).judge("dev").remove(0);
    assert!(codes(&verdict).contains(&"POLICY-FORMAT"), "{:?}", codes(&verdict));
    assert_eq!(verdict.decision, Decision::Refuse);
}

#[test]
fn what_nobody_looked_at_is_not_judged_until_a_gate_looks() {
    let mut bare = model("acme/unsigned");
    bare.signature = None;
    let mut told = model("acme/told");
    (told.signature, told.location) = (None, None);
    let mut pickled = model("acme/pickled");
    pickled.hazards.push(danger());
    let case = Case::new(vec![
        (model("acme/never-verified"), None),
        (told, None),
        (bare, None),
        (pickled, None),
        (model("acme/tampered"), Some(tampered())),
    ]);
    for stage in ["staging", "prod"] {
        let verdicts = case.asked(&policy(), stage, Judgement::verdicts);
        let found: Vec<_> = verdicts.iter().map(|verdict| verdict.decision).collect();
        assert_eq!(found[..2], [Decision::NotJudged, Decision::NotJudged], "{stage}");
        // What is known without a look stands.
        assert!(!found[2..].contains(&Decision::NotJudged), "{stage}: {found:?}");
        assert_eq!(found[3..], [Decision::Refuse, Decision::Refuse], "{stage}");
    }
    assert!(case.judge("prod").iter().all(|verdict| verdict.decision == Decision::Refuse));
    // So does what a person rejected.
    let decided = case.asked(&policy(), "prod", |input| {
        let input = Input { reviews: &rejected, ..*input };
        Judgement::verdicts(&input)
    });
    assert_eq!(decided[0].decision, Decision::Refuse);
}

fn rejected(_: usize) -> Vec<StandingReview> {
    let record = RecordRef { number: 1, hash: EvidenceDigest::of(b"a review").unwrap() };
    vec![StandingReview { record, word: ReviewWord::Reject, glass: None }]
}

#[test]
fn missing_verifications_and_an_empty_inventory_are_judged_all_the_same() {
    let mut case = Case::new(vec![(model("acme/a"), None), (model("acme/b"), None)]);
    case.verifications.clear();
    assert!(case.judge("prod").iter().all(|verdict| verdict.decision == Decision::Refuse));
    assert!(Case::new(Vec::new()).judge("prod").is_empty());
}

#[test]
fn what_only_the_policy_says_does_not_hide_behind_what_weighs_less() {
    let strict =
        "name = \"staging\"\nmin_level = 1\non_missing = \"warn\"\non_unavailable = \"closed\"\n[[stage]]\n";
    let text = POLICY.replace("name = \"staging\"", &format!("{strict}name = \"other\""));
    let strict = parse(&text, "t", None).unwrap();
    for (curve, decision) in [(Some(KeyKind::P256), Decision::Warn), (None, Decision::Refuse)] {
        let mut verification = by("CN=acme release");
        verification.curve = curve;
        // That nobody is named for the model is missing; that nobody knows the key is another class.
        let case = Case::new(vec![(model("nobody/bot"), Some(verification))]);
        let verdict = case.judge_under(&strict, "staging").remove(0);
        assert!(codes(&verdict).contains(&"L1.06"));
        assert_eq!(codes(&verdict)[0] == "POLICY-KEY", curve.is_none(), "{:?}", verdict.reasons);
        assert_eq!(verdict.decision, decision);
    }
}

#[test]
fn a_control_that_the_rubric_does_not_have_cannot_be_raised_in_silence() {
    let text = POLICY
        .replace("[[stage]]\nname = \"dev\"", "[controls]\nraise = [\"L1.99\"]\n[[stage]]\nname = \"dev\"");
    let case = Case::new(vec![(model("acme/bot"), Some(by("CN=acme release")))]);
    let verdict = case.judge_under(&parse(&text, "t", None).unwrap(), "staging").remove(0);
    assert_eq!((codes(&verdict)[0], verdict.reasons[0].class), ("L1.99", Some(Class::Error)));
    assert_eq!(verdict.decision, Decision::Refuse);
}

/// What may have become of one model: its publisher, its evidence, its parents by number.
type Drawn = (usize, usize, Vec<usize>);

const EVIDENCE: usize = 10;

fn drawn(cases: &[Drawn]) -> Vec<(Model, Option<Verification>)> {
    const OWNERS: [&str; 4] = ["acme", "labs", "edge", "nobody"];
    let id = |at: usize, owner: usize| format!("{}/m{at}", OWNERS[owner % OWNERS.len()]);
    let mut models = Vec::new();
    for (number, (owner, evidence, parents)) in cases.iter().enumerate() {
        let mut model = model(&id(number, *owner));
        for parent in parents {
            let from =
                cases.get(*parent).map_or_else(|| "x/gone".to_owned(), |(owner, _, _)| id(*parent, *owner));
            model.parents.extend(derived("x/y", &from).parents);
        }
        let mut verification =
            by(if *owner == 1 { ["CN=labs-12", "CN=labs-9"][evidence % 2] } else { "CN=acme release" });
        match evidence % EVIDENCE {
            0 | 1 => {}
            2 => verification.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail)),
            3 => verification.set(checked(Stage::Signature, "SIGNATURE-BAD", Outcome::Fail)),
            4 => verification.set(checked(Stage::Files, "FILES-UNREADABLE", Outcome::Unknown)),
            5 => model.formats.push(Format::Pickle),
            6 => verification.curve = None,
            7 => verification.set(checked(Stage::Log, "LOG-UNKNOWN", Outcome::Unknown)),
            8 => {
                verification = unsigned();
                model.signature = None;
            }
            _ => {
                models.push((model, None));
                continue;
            }
        }
        models.push((model, Some(verification)));
    }
    models
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn verdicts_hold_whatever_the_inventory(
        cases in prop::collection::vec((0..4_usize, 0..EVIDENCE, prop::collection::vec(0..9_usize, 0..3)), 1..8),
        keys in prop::collection::vec(any::<u32>(), 8),
    ) {
        let straight = Case::new(drawn(&cases));
        let mut turned: Vec<(u32, (Model, Option<Verification>))> =
            keys.into_iter().zip(drawn(&cases)).collect();
        turned.sort_by_key(|(key, _)| *key);
        let turned = Case::new(turned.into_iter().map(|(_, model)| model).collect());
        for stage in ["dev", "staging", "prod", "picky"] {
            let verdicts = straight.judge(stage);
            // The same input gives the same bytes.
            let bytes = serde_json::to_vec(&verdicts).unwrap();
            prop_assert_eq!(&bytes, &serde_json::to_vec(&straight.judge(stage)).unwrap());
            // The order of the models does not matter.
            let order = |mut verdicts: Vec<Verdict>| {
                verdicts.sort_by(|a, b| a.model.cmp(&b.model));
                serde_json::to_vec(&verdicts).unwrap()
            };
            prop_assert_eq!(order(turned.judge(stage)), order(verdicts.clone()));
            // Tables say what the verdicts say, whether a stage was judged for first or after another one.
            let first = straight.asked(&policy(), stage, Judgement::of);
            let other = straight.asked(&policy(), "picky", Judgement::of);
            let turned_to = straight.asked(&policy(), stage, |input| other.after(input, &Touched::default()));
            prop_assert_eq!(first.standings(), turned_to.standings());
            for (standing, verdict) in first.standings().iter().zip(&verdicts) {
                prop_assert_eq!(standing.own, verdict.assessment.score.own);
                prop_assert_eq!(
                    (standing.effective, standing.tainted),
                    (verdict.effective, verdict.tainted)
                );
                let worst = verdict.reasons.iter().map(|reason| reason.action).max();
                let decided = match worst {
                    Some(Action::Closed) => Decision::Refuse,
                    Some(Action::Warn) => Decision::Warn,
                    Some(Action::Open) | None => Decision::Admit,
                };
                prop_assert_eq!(verdict.decision, decided);
                let is_open = standing.decision == Decision::NotJudged;
                prop_assert!(is_open || standing.decision == decided);
            }
            // Every stage here is closed on contradiction: a failing check, a failing control and a taint refuse.
            for (verdict, verified) in verdicts.iter().zip(&straight.verifications) {
                let fails = verified.as_ref().is_some_and(|v| v.outcome() == Outcome::Fail)
                    || verdict.assessment.controls.iter().any(|result| result.outcome == Outcome::Fail);
                if fails || verdict.tainted {
                    prop_assert_eq!(verdict.decision, Decision::Refuse, "{}: {:?}", stage, verdict.reasons);
                }
                if verdict.decision == Decision::Refuse {
                    prop_assert!(!verdict.reasons.is_empty());
                }
            }
        }
    }
}

#[test]
fn a_policy_that_expires_between_reading_and_judging_passes_nothing() {
    let judged = |end: &str| {
        let text = POLICY.replace("version = \"1\"\n", &format!("version = \"1\"\nexpires = {end}\n"));
        // Only what is not known closes it.
        let text = text + "[[stage]]\nname = \"sure\"\nmin_level = 1\non_missing = \"open\"\n";
        let policy = parse(&text, "t", None).unwrap();
        let model = model("acme/bot");
        let mut verification = by("CN=acme release");
        apply_policy(&mut verification, &model, Some(&Looked::of(&model)), &policy, at(NOW));
        let check = verification.check(Stage::Policy).unwrap().clone();
        let case = Case { models: vec![model], verifications: vec![Some(verification)], now: at(NOW) };
        (check, case.judge_under(&policy, "sure").remove(0))
    };
    let (check, verdict) = judged(NOW);
    assert_eq!(told(&check), ("POLICY-EXPIRED", Outcome::Unknown));
    assert_eq!(verdict.decision, Decision::Refuse, "{:?}", verdict.reasons);
    assert!(codes(&verdict).contains(&"POLICY-EXPIRED"), "{:?}", verdict.reasons);
    let (check, verdict) = judged("2026-11-20T12:00:01Z");
    assert_eq!(told(&check), ("POLICY", Outcome::Pass));
    assert_eq!(verdict.decision, Decision::Admit, "{:?}", verdict.reasons);
}
