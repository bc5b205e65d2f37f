//! Where a level could be off by one or take one thing for another: the edges of the controls of level 1, of caps, and of
//! what a rubric may say.
#![allow(non_snake_case)] // control ids stand in names as they are written

use crate::maturity::{NOW, at, by_key, by_sigstore, control, judge, outcome_of, policy, signed_model};
use crate::support::checked;
use std::path::PathBuf;
use std::sync::Arc;
use touchmark::inventory::{Basis, Binding, Fact, FactKey, Kind, Model};
use touchmark::maturity::{
    CapNode, CapPlan, CapReason, CapState, ControlFact, ControlResult, Evidence, Musts, Rubric, Since,
    assess, cap_reason,
};
use touchmark::signing::{Identity, LogEntry, Method, Outcome, Stage, Verification};

fn found(model: &Model, v: Option<&Verification>, id: &str) -> ControlResult {
    control(&judge(model, v, &policy()), id).clone()
}

fn with(change: impl FnOnce(&mut Verification)) -> Verification {
    let mut v = by_key();
    change(&mut v);
    v
}

// ── controls ──

#[test]
fn an_extra_file_excuses_no_other_failure_of_the_files() {
    let files = |code: &'static str, extra: usize| {
        let v = with(|v| {
            v.set(checked(Stage::Files, code, Outcome::Fail));
            Arc::make_mut(&mut v.files).extra = vec!["new.py".into(); extra];
        });
        outcome_of(&signed_model(), &v, "L1.03")
    };
    assert_eq!(files("FILES-EXTRA", 1), Outcome::Pass);
    for code in ["FILES-BLOB-NAME", "FILES-LINK", "FILES-ODD", "FILES-OTHER-MODEL"] {
        assert_eq!((files(code, 1), files(code, 0)), (Outcome::Fail, Outcome::Fail), "{code}");
    }
}

#[test]
fn a_single_file_with_its_signature_beside_it_has_no_room_for_unsigned_files() {
    let beside = |files: u64, signature: Option<&str>| {
        let model = signed_model().with(|of| {
            of.location = Some(PathBuf::from("models/bot.gguf"));
            of.signature = signature.map(PathBuf::from);
            of.files = files;
        });
        let result = found(&model, Some(&by_key()), "L1.04");
        (result.outcome, result.fact)
    };
    let single = (Outcome::NotApplicable, ControlFact::SingleFile);
    let folder = (Outcome::Pass, ControlFact::NothingUnsigned);
    assert_eq!(beside(1, Some("models/bot.gguf.sig")), single);
    assert_eq!(beside(2, Some("models/bot.gguf.sig")), folder);
    assert_eq!(beside(1, Some("models/bot.gguf/model.sig")), folder);
    assert_eq!(beside(1, None), folder);
}

#[test]
fn a_root_digest_counts_when_there_is_one_and_other_hashes_are_told_apart() {
    let unbound = signed_model().with(|of| of.binding = None);
    let fact = |key, basis| Fact {
        key,
        value: "x".into(),
        basis,
        source: "bom.json".into(),
        place: "/components/0".into(),
    };
    let of = |model: &Model, v: &Verification| {
        let result = found(model, Some(v), "L1.05");
        (result.outcome, result.fact)
    };
    assert_eq!(of(&unbound, &by_key()), (Outcome::Pass, ControlFact::RootDigest));
    let none = with(|v| v.root_digest = None);
    assert_eq!(of(&unbound, &none), (Outcome::Unknown, ControlFact::NoRootDigest));
    let with_fact = |key, basis| {
        let mut model = unbound.clone();
        model.facts.push(fact(key, basis));
        model
    };
    let other_kind = (Outcome::Partial, ControlFact::RootDigestOtherKind);
    assert_eq!(of(&with_fact(FactKey::Hash, Basis::Declared), &by_key()), other_kind);
    for (key, basis) in [(FactKey::Hash, Basis::Observed), (FactKey::Licence, Basis::Declared)] {
        assert_eq!(of(&with_fact(key, basis), &by_key()).0, Outcome::Pass, "{key:?} {basis:?}");
    }
}

#[test]
fn an_identity_that_contradicts_does_so_whether_or_not_the_signer_is_proven() {
    let v = |identity, signature| {
        with(|v| {
            v.set(checked(Stage::Identity, "IDENTITY-MISMATCH", identity));
            v.set(checked(Stage::Signature, "SIGNATURE", signature));
        })
    };
    for (identity, signature, outcome) in [
        (Outcome::Fail, Outcome::Pass, Outcome::Fail),
        (Outcome::Fail, Outcome::Unknown, Outcome::Fail),
        (Outcome::Pass, Outcome::Unknown, Outcome::Unknown),
        (Outcome::Pass, Outcome::Pass, Outcome::Pass),
    ] {
        assert_eq!(outcome_of(&signed_model(), &v(identity, signature), "L1.06"), outcome);
    }
}

#[test]
fn a_bare_key_needs_no_trusted_time_and_a_bad_one_counts_all_the_same() {
    use Outcome::{Fail, Missing, NotApplicable, Partial, Pass, Unknown};
    for (time, by_a_key, by_another) in [
        (Pass, Pass, Pass),
        (Fail, Fail, Fail),
        (Unknown, Unknown, Unknown),
        (Partial, NotApplicable, Partial),
        (Missing, NotApplicable, Missing),
        (NotApplicable, NotApplicable, NotApplicable),
    ] {
        for (mut v, outcome) in [(by_key(), by_a_key), (by_sigstore(), by_another)] {
            v.set(checked(Stage::Time, "TIME", time));
            assert_eq!(outcome_of(&signed_model(), &v, "L1.08"), outcome, "{time:?} {:?}", v.method);
        }
    }
}

#[test]
fn a_log_is_missing_from_an_unsigned_model_only_where_one_is_required() {
    let unsigned = signed_model().with(|of| of.signature = None);
    let mut policy = policy();
    let of = |policy: &touchmark::policy::Policy, v: Option<&Verification>, model: &Model| {
        let result = control(&judge(model, v, policy), "L1.09").clone();
        (result.outcome, result.fact)
    };
    assert_eq!(of(&policy, None, &unsigned), (Outcome::NotApplicable, ControlFact::UnsignedAndNotLogged));
    let key = by_key();
    assert_eq!(
        of(&policy, Some(&key), &signed_model()),
        (Outcome::NotApplicable, ControlFact::LogNotRequired)
    );
    let missing = with(|v| v.set(checked(Stage::Log, "LOG", Outcome::Missing)));
    assert_eq!(
        of(&policy, Some(&missing), &signed_model()),
        (Outcome::NotApplicable, ControlFact::LogNotRequired)
    );
    policy.log.required = vec![Method::Key];
    assert_eq!(of(&policy, None, &unsigned), (Outcome::Missing, ControlFact::Unsigned));
    assert_eq!(of(&policy, Some(&key), &signed_model()), (Outcome::Missing, ControlFact::LogAbsent));
}

#[test]
fn what_has_no_format_is_told_apart_by_what_it_is() {
    let of = |kind, location: Option<&str>| {
        let model =
            signed_model().with(|of| (of.location, of.formats) = (location.map(PathBuf::from), vec![]));
        let model = Model { kind, ..model };
        let result = found(&model, Some(&by_key()), "L1.13");
        (result.outcome, result.fact)
    };
    assert_eq!(of(Kind::Dataset, Some("x")), (Outcome::NotApplicable, ControlFact::Dataset));
    assert_eq!(of(Kind::Agent, Some("x")), (Outcome::NotApplicable, ControlFact::AgentCard));
    assert_eq!(of(Kind::Agent, None), (Outcome::NotApplicable, ControlFact::AgentCard));
    // Where nobody looked there is nothing to tell apart but by what documents say.
    let unseen = |kind| {
        let model = signed_model().with(|of| (of.location, of.formats) = (None, vec![]));
        let model = Model { kind, ..model };
        let (policy, rubric) = (policy(), Rubric::bundled().unwrap());
        let evidence = Evidence {
            testimonies: &[],
            usage: touchmark::maturity::Usage::none(),
            seal: &touchmark::maturity::PolicySeal::Unsigned,
            feeds: None,
            kinship: touchmark::maturity::Kinship::none(),
            model: &model,
            verification: None,
            looked: None,
            since: Since::Same,
            policy: &policy,
            now: at(NOW),
            told: std::cell::OnceCell::new(),
            told_by: None,
        };
        let result =
            control(&assess(&evidence, &rubric, &Musts::of(&rubric, &policy.raise)), "L1.13").clone();
        (result.outcome, result.fact)
    };
    assert_eq!(unseen(Kind::Dataset), (Outcome::NotApplicable, ControlFact::Dataset));
    assert_eq!(unseen(Kind::Agent), (Outcome::NotApplicable, ControlFact::AgentCard));
    assert_eq!(unseen(Kind::Model), (Outcome::Unknown, ControlFact::NoFiles));
    assert_eq!(unseen(Kind::Adapter), (Outcome::Unknown, ControlFact::NoFiles));
    for kind in [Kind::Model, Kind::Adapter] {
        assert_eq!(of(kind, Some("x")), (Outcome::Unknown, ControlFact::NoFormat));
    }
}

/// What the AIBOM binds in place of what the model has: nothing, but for this.
fn bound(change: impl FnOnce(&mut Binding), v: &Verification) -> ControlResult {
    let mut binding = Binding { source: "bom.json".into(), ..Binding::default() };
    change(&mut binding);
    found(&signed_model().with(|of| of.binding = Some(Box::new(binding))), Some(v), "L1.14")
}

/// All that the model's own AIBOM binds, with this.
fn bound_too(change: impl FnOnce(&mut Binding), v: &Verification) -> Outcome {
    let mut model = signed_model();
    change(model.binding.as_mut().unwrap());
    outcome_of(&model, v, "L1.14")
}

#[test]
fn a_binding_that_states_nothing_is_none_and_one_of_what_is_not_verified_is_open() {
    assert_eq!(bound(|_| {}, &by_key()).fact, ControlFact::NoBinding);
    // It may be right: nobody has seen the root digest yet.
    let unseen = with(|v| v.root_digest = None);
    let open = bound(|binding| binding.root_digest = Some("11".repeat(32).into()), &unseen);
    assert!(matches!(open.fact, ControlFact::BindingOpen { .. }), "{open:?}");
    assert_eq!((open.outcome, open.basis), (Outcome::Partial, Some(Basis::Declared)));
    // It is wrong: this is another one.
    let differs = bound(|binding| binding.root_digest = Some("12".repeat(32).into()), &by_key());
    assert_eq!((differs.outcome, differs.basis), (Outcome::Fail, Some(Basis::Contradicted)));
    assert_eq!(bound_too(|_| {}, &by_key()), Outcome::Pass);
}

#[test]
fn a_binding_names_the_key_that_signed_and_no_other() {
    for (stated, outcome) in
        [("sha256:feed", Outcome::Pass), ("sha256:dead", Outcome::Fail), ("", Outcome::Fail)]
    {
        assert_eq!(
            bound_too(|binding| binding.identity = Some(stated.into()), &by_key()),
            outcome,
            "{stated}"
        );
    }
    // A key may sign under a name, and is bound by either; whoever has a certificate is bound by the name alone.
    for (method, by_print) in [(Method::Key, Outcome::Pass), (Method::Certificate, Outcome::Fail)] {
        let v = with(|v| {
            v.method = Some(method);
            v.signer = Some(Identity {
                method,
                subject: "CN=acme".into(),
                issuer: Some("CN=root".into()),
                fingerprint: Some("sha256:feed".to_owned()),
            });
        });
        let bind = |stated: &'static str| {
            move |binding: &mut Binding| {
                binding.identity = Some(stated.into());
                binding.issuer = Some("CN=root".into());
            }
        };
        assert_eq!(bound_too(bind("CN=acme"), &v), Outcome::Pass, "{method:?}");
        assert_eq!(bound_too(bind("sha256:feed"), &v), by_print, "{method:?}");
        assert_eq!(bound_too(bind("sha256:dead"), &v), Outcome::Fail, "{method:?}");
    }
}

#[test]
fn a_log_entry_is_bound_where_there_is_one_or_one_is_asked_for() {
    let logged = Some(LogEntry { log_id: "wNI9".into(), index: 7 });
    let unknown = |v: &mut Verification| v.set(checked(Stage::Log, "LOG-UNKNOWN", Outcome::Unknown));
    let bind = |stated: Option<&'static str>| {
        move |binding: &mut Binding| binding.log_entry = stated.map(Into::into)
    };
    // By a key without a log there is nothing to bind.
    assert_eq!(bound_too(bind(None), &by_key()), Outcome::Pass);
    assert_eq!(bound_too(bind(Some("wNI9/7")), &by_key()), Outcome::Fail);
    let with_log = with(|v| v.log = logged.clone());
    for (stated, outcome) in
        [(Some("wNI9/7"), Outcome::Pass), (Some("wNI9/8"), Outcome::Fail), (None, Outcome::Partial)]
    {
        assert_eq!(bound_too(bind(stated), &with_log), outcome, "{stated:?}");
    }
    let nobody_knows = with(unknown);
    for stated in [Some("wNI9/7"), None] {
        assert_eq!(bound_too(bind(stated), &nobody_knows), Outcome::Partial, "{stated:?}");
    }
    let mut model = signed_model();
    model.binding.as_mut().unwrap().log_entry = Some("wNI9/7".into());
    let mut asking = policy();
    asking.log.required = vec![Method::Key];
    let key = by_key();
    let asked = |policy| control(&judge(&model, Some(&key), policy), "L1.14").outcome;
    assert_eq!((asked(&asking), asked(&policy())), (Outcome::Partial, Outcome::Fail));
    // A keyless signature always has one.
    let mut keyless = by_sigstore();
    keyless.log = None;
    keyless.set(checked(Stage::Log, "LOG", Outcome::NotApplicable));
    let bind = |stated: Option<&'static str>| {
        move |binding: &mut Binding| {
            binding.identity = Some("ci@acme".into());
            binding.issuer = Some("https://ci.acme".into());
            binding.log_entry = stated.map(Into::into);
        }
    };
    assert_eq!(bound_too(bind(None), &keyless), Outcome::Partial);
    assert_eq!(bound_too(bind(Some("wNI9/7")), &keyless), Outcome::Partial);
    assert_eq!(bound_too(bind(Some("wNI9/7")), &by_sigstore()), Outcome::Pass);
}

#[test]
fn an_algorithm_below_the_floor_fails_and_nothing_else_does() {
    let of = |stage, code: &'static str, outcome| {
        let v = with(|v| v.set(checked(stage, code, outcome)));
        outcome_of(&signed_model(), &v, "L1.15")
    };
    assert_eq!(of(Stage::Chain, "CHAIN-ALGORITHM", Outcome::Fail), Outcome::Fail);
    assert_eq!(of(Stage::Time, "TIME-ALGORITHM", Outcome::Fail), Outcome::Fail);
    assert_eq!(of(Stage::Time, "TIME-ALGORITHM", Outcome::Unknown), Outcome::Pass);
    assert_eq!(of(Stage::Time, "TIME-INVALID", Outcome::Fail), Outcome::Pass);
    assert_eq!(of(Stage::Files, "FILES-CHANGED", Outcome::Fail), Outcome::Pass);
    assert_eq!(of(Stage::Signature, "SIGNATURE-INVALID", Outcome::Fail), Outcome::Unknown);
}

#[test]
fn a_short_lived_key_is_one_that_is_proven() {
    let mut v = by_sigstore();
    assert_eq!(outcome_of(&signed_model(), &v, "L1.16"), Outcome::Pass);
    assert_eq!(outcome_of(&signed_model(), &by_key(), "L1.16"), Outcome::Missing);
    for stage in [Stage::Trust, Stage::Signature, Stage::Chain, Stage::Log] {
        let good = v.check(stage).unwrap().clone();
        v.set(checked(stage, "X", Outcome::Unknown));
        assert_eq!(outcome_of(&signed_model(), &v, "L1.16"), Outcome::Unknown, "{stage:?}");
        v.set(good);
    }
}

// ── caps ──

#[test]
fn a_parent_that_nobody_verified_caps_as_that() {
    let node = |state, own| CapNode { state, own, ..CapNode::UNRESOLVED };
    for (state, own, cap, reason) in [
        (CapState::Signed, 0, 1, CapReason::NotVerified),
        (CapState::Resigned, 0, 1, CapReason::NotVerified),
        (CapState::Signed, 1, 1, CapReason::Capped),
        (CapState::Signed, 1, 2, CapReason::Derived),
        (CapState::Signed, 2, 3, CapReason::Verified),
        (CapState::Resigned, 1, 2, CapReason::Resigned),
        (CapState::Unsigned, 0, 1, CapReason::Unsigned),
        (CapState::Signed, 1, 0, CapReason::Tainted),
        (CapState::Summary, 0, 2, CapReason::Summarised),
        (CapState::Summary, 0, 0, CapReason::Tainted),
    ] {
        assert_eq!(cap_reason(&node(state, own), cap), reason, "{state:?} {own} {cap}");
    }
    assert!(CapPlan::new(vec![0], vec![]).is_empty() && CapPlan::default().is_empty());
    assert!(!CapPlan::new(vec![0, 0], vec![]).is_empty());
}

// ── rubrics ──

/// A rubric of a must at each level, with this change.
fn rubric(change: &[(&str, &str)]) -> String {
    let mut text = "schema = \"rubric/0.1\"\n\
        levels = [{n=1,name=\"one\"},{n=2,name=\"two\"},{n=3,name=\"three\"}]\n\
        weights = {must=3, should=2, may=1}\n"
        .to_owned();
    ["L1.01", "L2.01", "L3.01"].iter().for_each(|id| text.push_str(&entry(id)));
    for (from, to) in change {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn entry(id: &str) -> String {
    let level = id.chars().nth(1).unwrap();
    format!(
        "[[control]]\nid = \"{id}\"\nlevel = {level}\nseverity = \"must\"\nduty = \"both\"\ntitle = \"t\"\n\
         basis = \"b\"\nclause = \"c\"\nevidence = \"e\"\npass = \"p\"\npartial = \"q\"\nfail = \"f\"\n\
         remediation = \"r\"\n"
    )
}

fn refused(text: &str) -> String {
    Rubric::parse(text).unwrap_err().to_string()
}

#[test]
fn weights_may_be_equal_but_a_lesser_duty_never_weighs_more() {
    let weights = |must: u32, should: u32, may: u32| {
        let to = format!("{{must={must}, should={should}, may={may}}}");
        Rubric::parse(&rubric(&[("{must=3, should=2, may=1}", &to)])).map(|rubric| rubric.weights)
    };
    for good in [(3, 2, 1), (1, 1, 1), (2, 2, 0), (3, 1, 1), (1000, 0, 0)] {
        assert_eq!(weights(good.0, good.1, good.2).unwrap(), good);
    }
    for (must, should, may) in
        [(0, 0, 0), (1, 2, 0), (2, 1, 2), (1, 0, 1), (0, 1, 0), (1001, 0, 0), (1002, 1, 0)]
    {
        assert!(weights(must, should, may).is_err(), "{must} {should} {may}");
    }
}

#[test]
fn every_level_has_a_must_of_its_own() {
    for level in 1..=3 {
        let id = format!("id = \"L{level}.01\"\nlevel = {level}\nseverity = \"must\"");
        let text = rubric(&[(&id, &id.replace("must", "should"))]);
        assert!(refused(&text).contains("a level of the rubric has no must"), "{level}");
        // One of another level does not help.
        let other = if level == 1 { "L2.02" } else { "L1.02" };
        assert!(refused(&(text.clone() + &entry(other))).contains("has no must"), "{level}");
        Rubric::parse(&(text + &entry(&format!("L{level}.02")))).unwrap();
    }
}

#[test]
fn a_control_is_named_by_its_level_and_two_digits() {
    for id in ["L1.x1", "L1.1x", "L1.1", "L1.001", "M1.01", "L1-01", "l1.01"] {
        let text = rubric(&[("id = \"L1.01\"", &format!("id = \"{id}\""))]);
        assert!(refused(&text).contains("not like L1.01"), "{id}: {}", refused(&text));
    }
    for level in [0, 4, 9] {
        let text = rubric(&[]) + &entry(&format!("L{level}.01"));
        assert!(refused(&text).contains("not like L1.01"), "{level}: {}", refused(&text));
    }
    assert!(refused(&rubric(&[("level = 1", "level = 2")])).contains("not the one in its id"));
}

#[test]
fn only_a_must_that_says_when_it_does_not_apply_is_conditional() {
    let with = |severity: &str, more: &str| {
        let text = rubric(&[]) + &entry("L1.02").replace("\"must\"", &format!("\"{severity}\"")) + more;
        Rubric::parse(&text).map_err(|error| error.to_string())
    };
    with("must", "conditional = true\nnot_applicable = \"n\"\n").unwrap();
    for (severity, more) in [
        ("must", "conditional = true\n"),
        ("should", "conditional = true\nnot_applicable = \"n\"\n"),
        ("should", "conditional = true\n"),
    ] {
        assert!(with(severity, more).unwrap_err().contains("is conditional"), "{severity} {more}");
    }
    with("should", "policy_can_raise = true\n").unwrap();
    assert!(with("must", "policy_can_raise = true\n").unwrap_err().contains("cannot be raised"));
}

#[test]
fn a_rubric_has_its_limits() {
    let text = rubric(&[]);
    let padded = |size: usize| format!("{text}#{}", "x".repeat(size - text.len() - 1));
    Rubric::parse(&padded(1 << 20)).unwrap();
    assert!(refused(&padded((1 << 20) + 1)).contains("larger than 1 MiB"));
    // There are not so many ids.
    let many = |count: usize| rubric(&[]) + &entry("L1.02").repeat(count - 3);
    assert!(refused(&many(500)).contains("stands twice"));
    assert!(refused(&many(501)).contains("more than 500 controls"));
    assert!(refused(&many(502)).contains("more than 500 controls"));
}
