//! Where a decision could be off by one or leave something out: the edges of what the policy's own checks say, of the
//! reasons at a stage, of caps and taints, and of what is taken over from one judgement to the next.

use crate::decision::{Case, NOW, POLICY, applied, at, codes, policy, signed, unsigned};
use crate::support::checked;
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;
use touchmark::attest::claims_in;
use touchmark::decision::{
    AnchorFile, Anchors, By, ClaimsSeen, Decision, Evidence, FurtherClaims, Judgement, ModelEvidence,
    ReasonFact, SeenEvidence, Touched, Verdict, apply_policy, differences, holds_by_claims, holds_by_policy,
    holds_until,
};
use touchmark::inventory::{Binding, Format, Hazard, HazardKind, Looked, Model, ModelId, Tier};
use touchmark::maturity::{CapReason, Rubric, Since};
use touchmark::policy::{Class, Policy, parse};
use touchmark::signing::{
    AnchorKind, Check, Comparison, Differs, IdentityWhy, Method, Observed, Outcome, PolicyFinding, PolicyWhy,
    Recalled, SignatureSeen, SignatureState, Stage, Thing, Verification, Why, bundle_moments,
};
use touchmark::words::{Case as Words, Face, reasons};

/// With all that level 1 asks of it: bound in an AIBOM to what [`by`] signed.
fn model(id: &str) -> Model {
    bound(crate::decision::model(id))
}

fn derived(id: &str, parent: &str) -> Model {
    bound(crate::decision::derived(id, parent))
}

fn bound(mut model: Model) -> Model {
    model.binding = Some(Box::new(Binding {
        ours: false,
        root_digest: Some("11".repeat(32).into()),
        identity: Some("CN=acme release".into()),
        issuer: Some("CN=root".into()),
        log_entry: None,
        bundle_digest: Some("22".repeat(32).into()),
        source: "bom.json".into(),
    }));
    model
}

fn by(subject: &str) -> Verification {
    Verification { bundle_digest: Some("22".repeat(32)), ..crate::decision::by(subject) }
}

// ── IDENTITY and POLICY ──

fn unreadable() -> Verification {
    let mut verification = Verification::not_looked(at(NOW), Why::NotLooked);
    verification.set(checked(Stage::Parse, "PARSE-MALFORMED", Outcome::Fail));
    verification
}

fn identity_why(verification: Verification) -> IdentityWhy {
    let check = applied(verification, &model("acme/bot")).check(Stage::Identity).unwrap().clone();
    match check.why {
        Why::Identity(why) => *why,
        why => panic!("{why:?}"),
    }
}

fn policy_why(verification: Verification) -> PolicyWhy {
    let check = applied(verification, &model("acme/bot")).check(Stage::Policy).unwrap().clone();
    match check.why {
        Why::Policy(why) => *why,
        why => panic!("{why:?}"),
    }
}

#[test]
fn a_signature_that_is_not_there_is_told_from_one_that_cannot_be_read() {
    assert_eq!(identity_why(unsigned()), IdentityWhy::Unsigned);
    assert_eq!(identity_why(unreadable()), IdentityWhy::NotNamed);
    assert_eq!(policy_why(unsigned()).finding, PolicyFinding::Unsigned);
    assert_eq!(policy_why(unreadable()).finding, PolicyFinding::Unreadable);
}

#[test]
fn only_the_part_of_a_signer_that_alone_differs_is_named() {
    let text = POLICY.replace(
        "identities = [{ issuer = \"CN=root\", subject = \"exact:CN=acme release\" }]",
        "identities = [{ issuer = \"CN=root\", subject = \"exact:CN=acme release\" }, \
         { issuer = \"CN=root\", subject = 'regex:^CN=ci-[0-9]+$' }]",
    );
    let policy = parse(&text, "t", None).unwrap();
    let issuer = |found: &str| Differs::Issuer { expected: "CN=root".into(), found: Some(found.into()) };
    let tail = |same: &str| Differs::Tail { same: same.into() };
    for (subject, issuer_found, anchor, differs) in [
        ("CN=acme release", "CN=fake", "ca", vec![issuer("CN=fake")]),
        ("CN=ci-7", "CN=fake", "ca", vec![issuer("CN=fake")]),
        ("CN=acme release", "CN=root", "other", vec![Differs::Anchor]),
        ("CN=ci-7", "CN=root", "other", vec![Differs::Anchor]),
        ("CN=acme release", "CN=fake", "other", vec![Differs::Anchor, issuer("CN=fake")]),
        ("CN=ACME release", "CN=root", "ca", vec![Differs::Case]),
        // More than one part differs: which of them is meant, nobody can say.
        ("CN=ACME release", "CN=fake", "ca", vec![]),
        ("CN=acme releasd", "CN=fake", "ca", vec![]),
        ("CN=ci-x", "CN=fake", "ca", vec![]),
        // Half of the expected name and more; four letters at least.
        ("CN=acme releasd", "CN=root", "ca", vec![tail("CN=acme releas")]),
        ("CN=acme!", "CN=root", "ca", vec![]),
        ("CN=acme r", "CN=root", "ca", vec![tail("CN=acme r")]),
        ("CN=acme ", "CN=root", "ca", vec![tail("CN=acme ")]),
        ("CN=a", "CN=root", "ca", vec![]),
        ("stranger", "CN=root", "ca", vec![]),
    ] {
        let mut verification =
            signed(Method::Certificate, subject, Some(issuer_found), (anchor, AnchorKind::Ca));
        apply_policy(
            &mut verification,
            &model("acme/bot"),
            Some(&Looked::of(&model("acme/bot"))),
            &policy,
            at(NOW),
        );
        let Why::Identity(why) = &verification.check(Stage::Identity).unwrap().why else { panic!() };
        let IdentityWhy::Other { differs: found, .. } = &**why else { panic!("{subject}: {why:?}") };
        assert_eq!(*found, differs, "{subject} issued by {issuer_found} under {anchor}");
    }
    // A short name must have four letters in common.
    let text = text.replace("exact:CN=acme release", "exact:abcdef");
    let policy = parse(&text, "t", None).unwrap();
    for (subject, differs) in [("abcxxx", vec![]), ("abcdxx", vec![tail("abcd")])] {
        let mut verification = by(subject);
        apply_policy(
            &mut verification,
            &model("acme/bot"),
            Some(&Looked::of(&model("acme/bot"))),
            &policy,
            at(NOW),
        );
        let Why::Identity(why) = &verification.check(Stage::Identity).unwrap().why else { panic!() };
        assert!(matches!(&**why, IdentityWhy::Other { differs: found, .. } if *found == differs), "{why:?}");
    }
}

#[test]
fn every_finding_of_a_policy_is_kept_beside_the_worst() {
    let mut verification = by("CN=acme release");
    verification.allow_symlinks = Some(true);
    verification.anchor.as_mut().unwrap().age_days = Some(31);
    verification.curve = None;
    for name in ["docs/run.py", "docs/read.md", ".git/objects/a.bin", "claims.jsonl", "weights.bin"] {
        Arc::make_mut(&mut verification.files).ignored.push(name.into());
    }
    let mut pickled = model("acme/bot");
    pickled.formats.push(Format::Pickle);
    for (tier, name) in [
        (Tier::Suspicious, "s"),
        (Tier::Dangerous, "a"),
        (Tier::Dangerous, "b"),
        (Tier::Safe, "x"),
        (Tier::Dangerous, "c"),
        (Tier::Dangerous, "d"),
    ] {
        let (file, place, what) = (name.into(), "byte 0".into(), "posix.system".into());
        pickled.hazards.push(Hazard {
            tier,
            kind: HazardKind::Pickle,
            file,
            place,
            what,
            why: "loading calls it".to_owned(),
        });
    }
    apply_policy(&mut verification, &pickled, Some(&Looked::of(&pickled)), &policy(), at(NOW));
    let check: Check = verification.check(Stage::Policy).unwrap().clone();
    assert_eq!((check.code.as_str(), check.outcome), ("POLICY-FORMAT", Outcome::Fail));
    let Why::Policy(why) = check.why else { panic!() };
    let PolicyFinding::Formats { hazards, .. } = &why.finding else { panic!("{why:?}") };
    assert_eq!(hazards.iter().map(|hazard| hazard.file.raw()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let also: Vec<&str> = why.also.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(also, ["POLICY-KEY", "POLICY-SYMLINKS", "POLICY-IGNORED", "POLICY-ANCHOR-AGE"]);
    let PolicyFinding::Ignored { count, first, .. } = &why.also[2].1 else { panic!("{why:?}") };
    // `.git` is not among the paths that this policy allows.
    assert_eq!(*count, 3);
    assert_eq!(
        first.iter().map(|name| name.raw()).collect::<Vec<_>>(),
        ["docs/run.py", ".git/objects/a.bin", "weights.bin"]
    );
}

// ── reasons at a stage ──

/// All that a signature needs, but for this check.
fn but_for(stage: Stage, code: &str, outcome: Outcome) -> Verification {
    let mut verification = applied(by("CN=acme release"), &model("acme/bot"));
    verification.set(checked(stage, code, outcome));
    verification
}

/// Judged as it is: IDENTITY and POLICY stand in it.
fn as_it_is(verification: Verification) -> Case {
    Case { models: vec![model("acme/bot")], verifications: vec![Some(verification)], now: at(NOW) }
}

fn reasons_of(verdict: &Verdict) -> Vec<(&str, Option<Class>)> {
    verdict.reasons.iter().map(|reason| (reason.code.as_str(), reason.class)).collect()
}

#[test]
fn a_check_that_no_control_speaks_of_counts_where_a_level_is_asked_for() {
    use Outcome::{Fail, Missing, Partial, Unknown};
    for (outcome, class, staging) in [
        (Fail, Class::Contradicted, Decision::Refuse),
        (Missing, Class::Missing, Decision::Warn),
        (Unknown, Class::Unavailable, Decision::Warn),
    ] {
        let case = as_it_is(but_for(Stage::Predicates, "PREDICATES", outcome));
        let verdict = case.judge("staging").remove(0);
        let reason = ("PREDICATES", Some(class));
        assert!(reasons_of(&verdict).contains(&reason), "{outcome:?}: {:?}", verdict.reasons);
        assert_eq!((verdict.decision, verdict.assessment.score.own), (staging, 1));
        // A stage that asks for no level takes no offence at what is open, and at what contradicts it does.
        let verdict = case.judge("dev").remove(0);
        assert_eq!(reasons_of(&verdict).contains(&reason), outcome == Fail, "{outcome:?}");
    }
    let case = as_it_is(but_for(Stage::Predicates, "PREDICATES", Partial));
    assert_eq!(reasons_of(&case.judge("staging").remove(0)), []);
}

#[test]
fn of_what_is_open_the_worst_is_told_and_what_a_policy_says_never_hides() {
    let of_policy = |code, outcome| {
        let mut verification = but_for(Stage::Predicates, "PREDICATES", Outcome::Missing);
        verification.set(checked(Stage::Policy, code, outcome));
        reasons_of(&as_it_is(verification).judge("staging").remove(0))
            .into_iter()
            .map(|(code, class)| (code.to_owned(), class))
            .collect::<Vec<_>>()
    };
    let missing = ("PREDICATES".to_owned(), Some(Class::Missing));
    // By its plain code it is one open check among others.
    assert_eq!(of_policy("POLICY", Outcome::Unknown), std::slice::from_ref(&missing));
    assert_eq!(
        of_policy("POLICY-KEY", Outcome::Unknown),
        [("POLICY-KEY".to_owned(), Some(Class::Unavailable)), missing]
    );
    assert_eq!(
        of_policy("POLICY-FORMAT", Outcome::Fail),
        [("POLICY-FORMAT".to_owned(), Some(Class::Contradicted))]
    );
    // Where a control tells of a class already, a check says it no second time, but for what the policy forbids.
    let mut changed = but_for(Stage::Files, "FILES-CHANGED", Outcome::Fail);
    let told = |verification: &Verification, stage: &str| {
        let verdict = as_it_is(verification.clone()).judge(stage).remove(0);
        reasons_of(&verdict).iter().map(|(code, _)| (*code).to_owned()).collect::<Vec<_>>()
    };
    for stage in ["dev", "staging"] {
        let told = told(&changed, stage);
        assert!(
            told.contains(&"L1.03".to_owned()) && !told.iter().any(|code| code.starts_with("FILES")),
            "{told:?}"
        );
    }
    changed.set(checked(Stage::Policy, "POLICY-FORMAT", Outcome::Fail));
    for stage in ["dev", "staging"] {
        assert!(told(&changed, stage).contains(&"POLICY-FORMAT".to_owned()));
    }
    // What the policy cannot judge of: told where a level is asked for, and once.
    let mut unproven = but_for(Stage::Policy, "POLICY-KEY", Outcome::Unknown);
    assert_eq!(told(&unproven, "staging"), ["POLICY-KEY"]);
    assert!(told(&unproven, "dev").is_empty());
    unproven.set(checked(Stage::Log, "LOG-UNKNOWN", Outcome::Unknown));
    assert!(!told(&unproven, "staging").contains(&"POLICY-KEY".to_owned()));
}

#[test]
fn a_level_below_the_stages_is_a_reason_where_nothing_else_is() {
    let high = POLICY.replace("name = \"staging\"\nmin_level = 1", "name = \"staging\"\nmin_level = 2");
    let judge = |policy: &Policy, stage: &str| {
        as_it_is(but_for(Stage::Predicates, "PREDICATES", Outcome::NotApplicable))
            .judge_under(policy, stage)
            .remove(0)
    };
    let policy = policy();
    for stage in ["dev", "staging", "prod", "picky"] {
        let verdict = judge(&policy, stage);
        assert_eq!((reasons_of(&verdict), verdict.decision), (vec![], Decision::Admit), "{stage}");
        assert_eq!((verdict.cap, verdict.tainted, verdict.effective), (None, false, 1));
    }
    // The controls of level 2 are not evaluated, which is told of each.
    let verdict = judge(&parse(&high, "t", None).unwrap(), "staging");
    assert!(!verdict.reasons.is_empty() && codes(&verdict).iter().all(|code| code.starts_with("L2.")));
}

#[test]
fn cached_digests_are_a_reason_of_their_own_and_are_told_beside_the_level() {
    let mut verification = but_for(Stage::Predicates, "PREDICATES", Outcome::NotApplicable);
    let judged = |verification: &Verification| as_it_is(verification.clone()).judge("staging").remove(0);
    assert_eq!(judged(&verification).adjective(), "");
    let oldest = at("2026-11-02T09:00:00Z");
    Arc::make_mut(&mut verification.files).recalled = Some(Recalled { parts: 2, bytes: 9, oldest });
    let verdict = judged(&verification);
    assert_eq!(reasons_of(&verdict), [("FILES-CACHED", Some(Class::Unavailable))]);
    assert_eq!(verdict.adjective(), " (cached, since 2026-11-02T09:00:00Z)");
}

// ── caps and taints ──

fn fails() -> Verification {
    let mut verification = by("CN=acme release");
    verification.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail));
    verification
}

#[test]
fn what_lineage_does_to_a_model_is_a_reason_of_its_own_and_of_no_other() {
    let case = Case::new(vec![
        (model("acme/base"), Some(fails())),
        (derived("acme/bad-child", "acme/base"), Some(fails())),
        (derived("acme/child", "acme/base"), Some(by("CN=acme release"))),
        (derived("acme/ring-a", "acme/ring-b"), Some(by("CN=acme release"))),
        (derived("acme/ring-b", "acme/ring-a"), Some(fails())),
        (model("acme/fine"), Some(by("CN=acme release"))),
        (derived("acme/fine-child", "acme/fine"), Some(by("CN=acme release"))),
    ]);
    let cap = |verdict: &Verdict| {
        let of_lineage = |reason: &&touchmark::decision::Reason| reason.fact == ReasonFact::Cap;
        verdict.reasons.iter().find(of_lineage).map(|reason| reason.class)
    };
    let (contradicted, missing) = (Some(Some(Class::Contradicted)), Some(Some(Class::Missing)));
    // A model that contradicts itself is not excused by its ancestors; where no level is asked for they only inform.
    for (stage, above_a_contradiction) in [("dev", Some(None)), ("staging", missing)] {
        let found: Vec<_> = case.judge(stage).iter().map(cap).collect();
        let expected =
            [None, above_a_contradiction, contradicted, contradicted, above_a_contradiction, None, None];
        assert_eq!(found, expected, "{stage}");
    }
    let verdicts = case.judge("staging");
    let capped: Vec<bool> = verdicts.iter().map(|verdict| verdict.cap.is_some()).collect();
    assert_eq!(capped, [false, true, true, true, true, false, false]);
    assert!(verdicts[3].cap.as_ref().unwrap().on_cycle && !verdicts[1].cap.as_ref().unwrap().on_cycle);
    assert_eq!(
        verdicts.iter().map(|verdict| (verdict.effective, verdict.tainted)).collect::<Vec<_>>(),
        [(0, true), (0, true), (0, true), (0, true), (0, true), (1, false), (1, false)]
    );
}

#[test]
fn a_parent_without_a_signature_is_told_from_one_that_was_not_verified() {
    let mut bare = model("acme/bare");
    bare.signature = None;
    let case = Case::new(vec![
        (bare, Some(unsigned())),
        (model("acme/unverified"), None),
        (derived("acme/a", "acme/bare"), Some(fails())),
        (derived("acme/b", "acme/unverified"), Some(by("CN=acme release"))),
        (derived("acme/c", "acme/bare"), Some(by("CN=acme release"))),
    ]);
    let verdicts = case.judge("staging");
    // Both let their children reach level 1, which is all that these have.
    assert_eq!(verdicts.iter().map(|verdict| verdict.effective).collect::<Vec<_>>(), [0, 0, 0, 1, 1]);
    assert!(verdicts[3].cap.is_none() && verdicts[4].cap.is_none());
    let contradicted = Case::new(vec![
        (model("acme/base"), Some(fails())),
        (derived("acme/a", "acme/base"), Some(by("CN=acme release"))),
        (derived("acme/b", "acme/a"), Some(by("CN=acme release"))),
    ]);
    let verdicts = contradicted.judge("staging");
    let by_whom = |at: usize| verdicts[at].cap.as_ref().unwrap().by.clone();
    assert_eq!(by_whom(1), [(ModelId::new("acme/base"), CapReason::Contradicted)]);
    assert_eq!(by_whom(2), [(ModelId::new("acme/a"), CapReason::Tainted)]);
}

#[test]
fn a_model_that_only_its_claims_contradict_is_not_said_to_be_capped_by_ancestors() {
    let case = as_it_is(but_for(Stage::Predicates, "PREDICATES", Outcome::Fail));
    let verdict = case.judge("staging").remove(0);
    assert_eq!((verdict.effective, verdict.tainted, &verdict.cap), (0, true, &None));
    assert_eq!(verdict.decision, Decision::Refuse);
    let rubric = Rubric::bundled().unwrap();
    let words = Words {
        verdict: &verdict,
        verification: None,
        rubric: &rubric,
        thing: Thing::Model,
        chain: Vec::new(),
    };
    for reason in verdict.reasons.iter().filter(|reason| reason.fact == ReasonFact::Cap) {
        let (said, help) = reasons::reason(reason, &words, Face::Text);
        assert!(!said.raw().contains("lineage") && !help.contains("ancestors"), "{said:?}, {help}");
    }
}

// ── from one judgement to the next ──

#[test]
fn what_is_taken_over_from_a_judgement_is_what_it_would_be_anew() {
    let (mut pickled, mut bare) = (model("acme/pickled"), model("acme/bare"));
    pickled.formats = vec![Format::Pickle];
    bare.signature = None;
    let case = Case::new(vec![
        (pickled, Some(by("CN=acme release"))),
        (derived("acme/child", "acme/pickled"), Some(by("CN=acme release"))),
        (model("acme/fine"), Some(by("CN=acme release"))),
        (model("acme/unverified"), None),
        (model("nobody/bot"), Some(by("CN=acme release"))),
        (derived("acme/tainted", "acme/bad"), Some(by("CN=acme release"))),
        (model("acme/bad"), Some(fails())),
        (derived("acme/of-bare", "acme/bare"), Some(by("CN=acme release"))),
        (bare, None),
    ]);
    let base = POLICY.replace("ban_formats = [\"pickle\"]", "ban_formats = []");
    let raised = base
        .replace("[[stage]]\nname = \"dev\"", "[controls]\nraise = [\"L1.13\"]\n[[stage]]\nname = \"dev\"");
    let open = base.replace("on_missing = \"warn\"", "on_missing = \"open\"");
    let asking = base.replace(
        "name = \"staging\"\nmin_level = 1",
        "name = \"staging\"\nmin_level = 1\nrequire = [\"L1.10\"]",
    );
    let picky = base.replace(
        "[[stage]]\nname = \"dev\"",
        "[lineage]\nunsigned_ancestor = \"fail\"\n[[stage]]\nname = \"dev\"",
    );
    let policies: Vec<Policy> =
        [base, raised, open, asking, picky].iter().map(|text| parse(text, "t", None).unwrap()).collect();
    for before in &policies {
        for after in &policies {
            for (from, to) in
                [("staging", "staging"), ("dev", "staging"), ("staging", "dev"), ("dev", "nowhere")]
            {
                let first = case.asked(before, from, Judgement::of);
                let anew = case.asked(after, to, Judgement::of);
                let taken_over = case.asked(after, to, |input| first.after(input, &Touched::default()));
                assert_eq!(anew.standings(), taken_over.standings(), "{from} to {to}");
                let touched =
                    case.asked(after, to, |input| first.after(input, &Touched::models(vec![6, 0, 3])));
                assert_eq!(anew.standings(), touched.standings(), "{from} to {to}");
            }
        }
    }
    // They do differ.
    let standings = |policy: &Policy| case.asked(policy, "staging", Judgement::of).standings().to_vec();
    assert_ne!(standings(&policies[0]), standings(&policies[1]));
    assert_ne!(standings(&policies[0]), standings(&policies[2]));
    assert_ne!(standings(&policies[0]), standings(&policies[3]));
    assert_ne!(standings(&policies[0]), standings(&policies[4]));
}

#[test]
fn another_stage_is_another_judgement_though_no_model_earns_anything_else_by_itself() {
    // Nothing is wrong with either, but that they derive from each other.
    let case = Case::new(vec![
        (derived("acme/a", "acme/b"), Some(by("CN=acme release"))),
        (derived("acme/b", "acme/a"), Some(by("CN=acme release"))),
    ]);
    let staging = "name = \"staging\"\nmin_level = 1\n";
    let with = |action: &str| {
        let text = POLICY.replace(staging, &format!("{staging}on_contradicted = \"{action}\"\n"));
        parse(&text, "t", None).unwrap()
    };
    let decisions = |judgement: &Judgement| {
        judgement.standings().iter().map(|standing| standing.decision).collect::<Vec<_>>()
    };
    let (closed, open) = (with("closed"), with("open"));
    let first = case.asked(&closed, "staging", Judgement::of);
    assert_eq!(decisions(&first), [Decision::Refuse; 2]);
    let turned = case.asked(&open, "staging", |input| first.after(input, &Touched::default()));
    assert_eq!(decisions(&turned), [Decision::Admit; 2]);
    assert_eq!(
        decisions(&case.asked(&closed, "staging", |input| turned.after(input, &Touched::default()))),
        [Decision::Refuse; 2]
    );
}

#[test]
fn anchors_that_changed_are_those_of_before_and_of_after_or_all_of_another_order() {
    let file = |name: &str, bytes: &[u8]| AnchorFile {
        name: name.to_owned(),
        kind: AnchorKind::Key,
        origin: format!("{name}.pub"),
        made: None,
        bytes: Ok(bytes.to_vec()),
        crls: Vec::new(),
    };
    let anchors = |files: &[(&str, &[u8])]| {
        Anchors::of(files.iter().map(|(name, bytes)| file(name, bytes)).collect()).unwrap().0
    };
    let before = anchors(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    let changed = |files: &[(&str, &[u8])]| {
        let after = anchors(files);
        before.changed(&after).iter().map(|entry| entry.name.clone()).collect::<Vec<_>>().concat()
    };
    assert_eq!(changed(&[("a", b"1"), ("b", b"2"), ("c", b"3")]), "");
    assert_eq!(changed(&[("a", b"1"), ("b", b"x"), ("c", b"3")]), "bb");
    assert_eq!(changed(&[("a", b"1"), ("c", b"3")]), "b");
    assert_eq!(changed(&[("a", b"1"), ("b", b"2"), ("c", b"3"), ("d", b"4")]), "d");
    assert_eq!(changed(&[("b", b"2"), ("a", b"1"), ("c", b"3")]), "bac");
}

#[test]
fn a_judgement_by_policy_holds_until_the_first_moment_that_changes_it() {
    let text = POLICY.replace("version = \"1\"\n", "version = \"1\"\nexpires = 2026-12-24T00:00:00Z\n")
        + "[freshness]\nmax_verification_age_days = 30\nclock_skew_seconds = 60\n";
    let policy = parse(&text, "t", None).unwrap();
    let anchors = Anchors::default();
    let mut verification = by("CN=acme release");
    let mut until = |seen: &str, now: &str| {
        verification.at = at(seen);
        let by = By { policy: &policy, anchors: &anchors, now: at(now) };
        holds_by_policy(&verification, &by).map(|moment| moment.to_string())
    };
    let expected = |moment: &str| Some(moment.to_owned());
    // Ahead of the clock by more than the skew; then old, one second after thirty days; the grant of `edge`; the end.
    assert_eq!(until("2026-11-20T12:00:00Z", "2026-11-20T11:00:00Z"), expected("2026-11-20T11:59:00Z"));
    assert_eq!(until("2026-11-20T12:00:00Z", "2026-11-20T11:59:00Z"), expected("2026-12-20T12:00:01Z"));
    assert_eq!(until("2026-11-20T12:00:00Z", "2026-12-20T12:00:00Z"), expected("2026-12-20T12:00:01Z"));
    assert_eq!(until("2026-11-20T12:00:00Z", "2026-12-20T12:00:01Z"), expected("2026-12-24T00:00:00Z"));
    assert_eq!(until("2026-11-20T12:00:00Z", "2026-12-24T00:00:00Z"), None);
    assert_eq!(until("2025-11-20T12:00:00Z", "2025-12-31T00:00:00Z"), expected("2026-01-01T00:00:00Z"));
    assert_eq!(until("2025-11-20T12:00:00Z", "2026-01-01T00:00:00Z"), expected("2026-06-01T00:00:00Z"));
}

#[test]
fn a_judgement_holds_no_longer_than_what_is_trusted() {
    let authority = AnchorFile {
        name: "ca".to_owned(),
        kind: AnchorKind::Ca,
        origin: "ca.pem".to_owned(),
        made: None,
        bytes: Ok(crate::bench::Authority::new("root").pem.into_bytes()),
        crls: Vec::new(),
    };
    let (policy, verification, now) = (policy(), by("CN=acme release"), at("2039-06-01T00:00:00Z"));
    let until = |anchors: &Anchors| holds_until(&verification, None, &By { policy: &policy, anchors, now });
    let (anchors, made) = Anchors::of(vec![authority]).unwrap();
    assert!(made[0].is_ok());
    // It holds in its last second.
    assert_eq!(until(&anchors), Some(at("2040-01-01T00:00:01Z")));
    assert_eq!(until(&Anchors::default()), None);
}

/// What was seen of a model without files, with these claims beside it and in another file.
pub fn seen_with(claims: ClaimsSeen, further: ClaimsSeen) -> SeenEvidence {
    let signature =
        SignatureSeen { name: "model.sig".into(), state: SignatureState::Absent, others: Vec::new() };
    let observed = Observed {
        at: at(NOW),
        signature,
        comparison: Comparison::NotCompared,
        files: Arc::default(),
        foreign: Vec::new(),
    };
    let further = vec![FurtherClaims { file: "more.jsonl".into(), claims: further }];
    SeenEvidence { observed: Arc::new(observed), looked: None, bundle: None, claims, further }
}

#[test]
fn a_judgement_holds_no_longer_than_the_signatures_of_the_claims_it_rests_on() {
    let file = crate::support::samples().join("models/acme/claims-sorter/claims.jsonl");
    let bytes: Arc<[u8]> = std::fs::read(file).unwrap().into();
    let found = claims_in(&bytes).unwrap();
    let mut moments: Vec<_> = found.claims.iter().flat_map(|claim| bundle_moments(&claim.bundle)).collect();
    moments.sort_unstable();
    moments.dedup();
    assert!(moments.len() > 1, "{moments:?}");
    let (policy, anchors) = (policy(), Anchors::default());
    let read = || ClaimsSeen::Read(bytes.clone());
    for (claims, further) in [(read(), ClaimsSeen::Absent), (ClaimsSeen::Absent, read())] {
        let seen = seen_with(claims, further);
        let until = |now| holds_by_claims(&seen, &[], &By { policy: &policy, anchors: &anchors, now });
        assert_eq!(until(moments[0] - SignedDuration::from_secs(1)), Some(moments[0]));
        for pair in moments.windows(2) {
            assert_eq!(until(pair[0]), Some(pair[1]));
        }
        assert_eq!(until(*moments.last().unwrap()), None);
    }
    let nothing = seen_with(ClaimsSeen::Absent, ClaimsSeen::Absent);
    let by = By { policy: &policy, anchors: &anchors, now: at(NOW) };
    assert_eq!(holds_by_claims(&nothing, &[], &by), None);
}

#[test]
fn evidence_without_the_signature_that_was_seen_is_not_judged_again() {
    let state = |read: bool| match read {
        true => SignatureState::Read { digest: "00".repeat(32), bytes: 7 },
        false => SignatureState::Absent,
    };
    for read in [true, false] {
        let observed = Observed {
            at: at(NOW),
            signature: SignatureSeen { name: "model.sig".into(), state: state(read), others: Vec::new() },
            comparison: Comparison::NotCompared,
            files: Arc::default(),
            foreign: Vec::new(),
        };
        let (observed, claims) = (Arc::new(observed), ClaimsSeen::Absent);
        let seen = SeenEvidence { observed, looked: None, bundle: None, claims, further: Vec::new() };
        assert_eq!(seen.lacks_bundle(), read);
        let (parents, seen) = (Vec::new(), Some(seen));
        let known = ModelEvidence {
            model: model("acme/bot"),
            parents,
            seen,
            since: Since::Same,
            usage: touchmark::maturity::Usage::default(),
            lineage: touchmark::decision::LineageFacts::default(),
        };
        let evidence = Evidence {
            seal: touchmark::maturity::PolicySeal::Unsigned,
            subject: ModelId::new("acme/bot"),
            models: vec![known],
            reviews: Vec::new(),
            ledger: None,
        };
        let named = evidence.named().unwrap();
        let kept = |digest| {
            let of = |piece: &&Arc<[u8]>| touchmark::store::EvidenceDigest::of(piece).unwrap() == digest;
            Ok(named.pieces.iter().find(of).map(|piece| piece.to_vec()))
        };
        let again = Evidence::again(&named.digests, &kept);
        match read {
            true => assert_eq!(again.unwrap_err().code, touchmark::Code::Evidence),
            false => assert_eq!(again.unwrap(), evidence),
        }
    }
}

#[test]
fn lists_without_names_differ_as_a_whole() {
    let told = |was: serde_json::Value, is: serde_json::Value| {
        let found = differences(&was, &is).into_iter();
        found.map(|d| (d.place, d.was, d.is)).collect::<Vec<_>>()
    };
    let whole = |place: &str, was: &str, is: &str| {
        vec![(place.to_owned(), Some(was.to_owned()), Some(is.to_owned()))]
    };
    assert_eq!(told(json!({ "a": ["x"] }), json!({ "a": ["y"] })), whole("a", r#"["x"]"#, r#"["y"]"#));
    // One is named, the other is not; and two of one name.
    let (named, unnamed, twice) =
        (r#"[{"id":"x","n":1}]"#, r#"[1]"#, r#"[{"id":"x","n":1},{"id":"x","n":2}]"#);
    for (was, is) in [(named, unnamed), (unnamed, named), (named, twice), (twice, named)] {
        let value = |text: &str| json!({ "a": serde_json::from_str::<serde_json::Value>(text).unwrap() });
        assert_eq!(told(value(was), value(is)), whole("a", was, is));
    }
    assert_eq!(
        told(json!({ "a": [{ "id": "x", "n": 1 }] }), json!({ "a": [{ "id": "x", "n": 2 }] })),
        whole("a.x.n", "1", "2")
    );
}
