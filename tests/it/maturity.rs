//! The rubric, scores, caps and the controls of level 1.
#![allow(non_snake_case)] // control ids stand in names as they are written
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::support::checked;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;
use touchmark::inventory::{
    Basis, Binding, Details, Fact, FactKey, Format, Hazard, HazardKind, Looked, Model, ModelId, Tier,
};
use touchmark::maturity::{
    Assessment, BoundPart, CapNode, CapPlan, CapReason, CapState, Control, ControlFact, ControlResult,
    Effective, Evidence, Few, Kinship, Musts, Outcomes, Remedy, Rubric, Score, Severity, Since, assess,
    cap_reason,
};
use touchmark::policy::{AnchorKind, AnchorSource, Artifact, BUILT_IN, Crypto, Freshness, Policy, parse};
use touchmark::signing::{
    AnchorUse, ChangedFile, Check, CheckCode, HashAlgorithm, Identity, KeyKind, LogEntry, Method, Outcome,
    RootDigest, Stage, Thing, TimeSource, Verification, Why,
};
use touchmark::words::{Face, controls};

fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../data/cap-vectors.json")).unwrap()
}

fn rubric() -> Rubric {
    Rubric::bundled().unwrap()
}

// ── rubric ──

#[test]
fn the_rubric_in_the_program_is_valid_and_holds_57_controls() {
    let rubric = rubric();
    let count = |level, severity| {
        rubric.controls.iter().filter(|c| c.level == level && c.severity == severity).count()
    };
    assert_eq!(rubric.controls.len(), 57);
    assert_eq!([1, 2, 3].map(|level| count(level, Severity::Must)), [11, 10, 16]);
    assert_eq!(rubric.weights, (3, 1, 0));
    assert_eq!(rubric.level_names[0], "Basic Artifact Integrity");
    assert_eq!(rubric.digest.len(), 64);
    assert!(rubric.control("L1.09").unwrap().conditional);
}

#[test]
fn absence_is_its_own_column_in_the_rubric() {
    let rubric = rubric();
    let absent = |control: &&Control| control.fail.contains("nothing") || control.fail.contains("absent");
    assert!(rubric.controls.iter().find(absent).is_none());
    assert!(rubric.control("L1.14").unwrap().missing.as_ref().unwrap().contains("AIBOM absent"));
}

#[test]
fn a_faulty_rubric_is_refused_with_the_line() {
    let good = include_str!("../../policies/rubric/aimm.toml");
    let cases = [
        ("severity = \"must\"", "severity = \"perhaps\"", "perhaps"),
        ("level = 1\n", "level = 2\n", ""),
        ("id = \"L1.02\"", "id = \"L1.01\"", ""),
        ("id = \"L1.02\"", "id = \"L4.02\"", ""),
        ("id = \"L1.02\"", "id = \"L1.2\"", ""),
        ("duty = \"producer\"", "duty = \"producer\"\nspelling = 1", "spelling"),
        ("rubric/0.1", "rubric/9", ""),
        ("must=3", "must=0", ""),
        ("{n=1,", "{n=2,", ""),
        ("policy_can_raise = true", "conditional = true", ""),
    ];
    for (from, to, mentions) in cases {
        let error = Rubric::parse(&good.replacen(from, to, 1)).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("error[E-CONFIG]") && text.contains("line "), "{to}: {text}");
        assert!(text.contains(mentions), "{to}: {text}");
    }
    let line = good.lines().position(|line| line == "id = \"L1.02\"").unwrap();
    let text = Rubric::parse(&good.replace("id = \"L1.02\"", "id = \"L1.01\"")).unwrap_err().to_string();
    assert!(text.contains(&format!("line {line}")), "{text}");
    assert!(Rubric::parse("").is_err());
}

// ── scores ──

fn outcome(word: &str) -> Outcome {
    match word {
        "pass" => Outcome::Pass,
        "partial" => Outcome::Partial,
        "fail" => Outcome::Fail,
        // A waiver lets a decision proceed; for a score the evidence is still not there.
        "waived" | "missing" => Outcome::Missing,
        "n/a" => Outcome::NotApplicable,
        "unknown" => Outcome::Unknown,
        other => panic!("{other}"),
    }
}

/// By the controls' ids.
fn score(rubric: &Rubric, outcome: &dyn Fn(&str) -> Outcome, raised: &[String]) -> Score {
    let outcomes: Vec<Outcome> = rubric.controls.iter().map(|control| outcome(&control.id)).collect();
    touchmark::maturity::score(rubric, &outcomes, &Musts::of(rubric, raised))
}

#[test]
fn every_scoring_vector_holds() {
    let (rubric, vectors) = (rubric(), vectors());
    let cases = vectors["scoring"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let changes = case["changes"].as_object().unwrap();
        let outcomes =
            |id: &str| changes.get(id).map_or(Outcome::Pass, |word| outcome(word.as_str().unwrap()));
        let scored = score(&rubric, &outcomes, &[]);
        let name = &case["name"];
        assert_eq!(u64::from(scored.own), case["own"].as_u64().unwrap(), "{name}");
        assert_eq!(u64::from(scored.next), case["next"].as_u64().unwrap(), "{name}");
        assert_eq!(u64::from(scored.percent), case["percent"].as_u64().unwrap(), "{name}");
        assert_eq!(serde_json::json!(scored.open_musts), case["open_musts"], "{name}");
    }
}

#[test]
fn an_open_must_never_shows_100_percent() {
    let mut rubric = rubric();
    rubric.weights = (1, 1000, 0);
    let scored = score(&rubric, &|id| if id == "L1.01" { Outcome::Missing } else { Outcome::Pass }, &[]);
    assert_eq!((scored.own, scored.percent), (0, 99));
}

#[test]
fn a_control_that_a_policy_raised_blocks_like_a_must() {
    let rubric = rubric();
    let outcomes = |id: &str| if id == "L1.13" { Outcome::Fail } else { Outcome::Pass };
    assert_eq!(score(&rubric, &outcomes, &[]).own, 3);
    let raised = score(&rubric, &outcomes, &["L1.13".to_owned()]);
    assert_eq!((raised.own, raised.open_musts), (0, vec!["L1.13".into()]));
}

#[test]
fn a_rubric_of_unknowns_scores_nothing_and_counts_them() {
    let scored = score(&rubric(), &|_| Outcome::Unknown, &[]);
    assert_eq!((scored.own, scored.next, scored.percent, scored.unknown), (0, 1, 0, 17));
    // What has no outcome is no better.
    let rubric = rubric();
    assert_eq!(touchmark::maturity::score(&rubric, &[], &Musts::of(&rubric, &[])), scored);
}

// ── caps ──

#[test]
fn every_cap_vector_holds() {
    let vectors = vectors();
    let cases = vectors["caps"].as_array().unwrap();
    assert_eq!(cases.len(), 11);
    for case in cases {
        let graph = case["graph"].as_object().unwrap();
        let names: Vec<&String> = graph.keys().collect();
        let nodes: Vec<(CapNode, Vec<usize>)> = graph
            .values()
            .map(|node| {
                let mut node = node.clone();
                let parents = node.as_object_mut().unwrap().shift_remove("parents");
                let parents = parents.as_ref().and_then(|p| p.as_array()).cloned().unwrap_or_default();
                let place = |name: &serde_json::Value| {
                    names.iter().position(|known| known.as_str() == name.as_str().unwrap()).unwrap()
                };
                (serde_json::from_value(node).unwrap(), parents.iter().map(place).collect())
            })
            .collect();
        let levels: BTreeMap<&str, u8> =
            names.iter().zip(effective(&nodes)).map(|(name, e)| (name.as_str(), e.level)).collect();
        assert_eq!(serde_json::json!(levels), case["effective"], "{}", case["name"]);
    }
}

/// What is known of a node, and its parents.
type Drawn = (CapNode, Vec<usize>);

fn node(state: CapState, own: u8, parents: &[usize]) -> Drawn {
    (CapNode { state, own, ..CapNode::UNRESOLVED }, parents.to_vec())
}

fn planned(drawn: &[Drawn]) -> (CapPlan, Vec<CapNode>) {
    let (mut starts, mut parents) = (vec![0], Vec::new());
    for (_, above) in drawn {
        parents.extend(above.iter().map(|parent| u32::try_from(*parent).unwrap()));
        starts.push(u32::try_from(parents.len()).unwrap());
    }
    (CapPlan::new(starts, parents), drawn.iter().map(|(node, _)| *node).collect())
}

fn effective(drawn: &[Drawn]) -> Vec<Effective> {
    let (plan, nodes) = planned(drawn);
    plan.effective(&nodes)
}

#[test]
fn a_contradiction_taints_and_an_absence_only_caps() {
    let nodes = [
        node(CapState::Contradicted, 2, &[]),
        node(CapState::Unsigned, 0, &[]),
        node(CapState::Signed, 3, &[0]),
        node(CapState::Signed, 3, &[1]),
        node(CapState::Unsigned, 0, &[0]),
        node(CapState::Signed, 3, &[4]),
    ];
    let results = effective(&nodes);
    assert!(results[2].tainted && results[4].tainted && results[5].tainted);
    assert!(!results[3].tainted);
    let levels: Vec<u8> = results.iter().map(|result| result.level).collect();
    assert_eq!(levels, [0, 0, 0, 1, 0, 0]);
}

#[test]
fn a_cap_names_the_parents_that_cause_it_lowest_first() {
    let nodes = [
        node(CapState::Signed, 1, &[]),
        node(CapState::Unresolved, 0, &[]),
        node(CapState::Signed, 2, &[]),
        node(CapState::Signed, 3, &[0, 1, 2, 99]),
    ];
    let (plan, nodes) = planned(&nodes);
    let results = plan.effective(&nodes);
    assert_eq!(plan.capped_by(&nodes, &results, 3), [(1, 1), (99, 1), (0, 2)]);
    assert_eq!(results[2], Effective { level: 2, tainted: false, on_cycle: false });
    assert_eq!(plan.capped_by(&nodes, &results, 2), []);
    assert!(plan.is_capped(&nodes, &results, 3) && !plan.is_capped(&nodes, &results, 2));
    assert_eq!(cap_reason(&nodes[1], 1), CapReason::Unresolved);
    assert_eq!(cap_reason(&nodes[0], 2), CapReason::Derived);
}

#[test]
fn a_cycle_taints_its_members_and_what_comes_from_them() {
    let nodes =
        [node(CapState::Signed, 2, &[1]), node(CapState::Signed, 2, &[0]), node(CapState::Signed, 2, &[1])];
    let results = effective(&nodes);
    assert_eq!(results.iter().map(|r| r.on_cycle).collect::<Vec<_>>(), [true, true, false]);
    assert!(results.iter().all(|result| result.tainted && result.level == 0));
    let itself = effective(&[node(CapState::Signed, 2, &[0])]);
    assert!(itself[0].on_cycle);
}

#[test]
fn a_chain_of_a_hundred_thousand_ancestors_is_capped_without_recursion() {
    let mut nodes = vec![node(CapState::Unsigned, 0, &[])];
    nodes.extend((0..100_000).map(|above| node(CapState::Signed, 3, &[above])));
    let results = effective(&nodes);
    assert_eq!([1, 2, 3, 100_000].map(|at: usize| results[at].level), [1, 2, 3, 3]);
}

/// Levels by the words of the rubric, one node after the other, for graphs small enough to ask everything again.
struct Slow<'a>(&'a [Drawn]);

impl Slow<'_> {
    fn parents(&self, node: usize) -> &[usize] {
        self.0.get(node).map_or(&[], |(_, parents)| parents)
    }

    fn is_above(&self, ancestor: usize, node: usize) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        let mut next = self.parents(node).to_vec();
        while let Some(above) = next.pop() {
            if seen.insert(above) {
                next.extend(self.parents(above));
            }
        }
        seen.contains(&ancestor)
    }

    fn is_tainted(&self, node: usize) -> bool {
        (0..self.0.len()).any(|at| {
            let contradicts = self.0[at].0.state == CapState::Contradicted || self.is_above(at, at);
            contradicts && (at == node || self.is_above(at, node))
        })
    }

    fn level(&self, node: usize) -> u8 {
        if self.is_tainted(node) {
            return 0;
        }
        let caps = self.parents(node).iter().map(|parent| self.cap(*parent));
        caps.chain([self.0[node].0.own, 3]).min().unwrap()
    }

    fn cap(&self, parent: usize) -> u8 {
        let Some((known, above)) = self.0.get(parent) else { return 1 };
        if self.is_tainted(parent) {
            return 0;
        }
        match known.state {
            CapState::Contradicted => unreachable!("it is tainted"),
            CapState::Unresolved | CapState::Unsigned => 1,
            CapState::Summary => known.summary_level.min(3),
            CapState::Resigned => 1 + u8::from(known.own > 0),
            CapState::Signed if known.own == 0 => 1,
            CapState::Signed if known.root_claim && above.is_empty() => 3,
            CapState::Signed => (self.level(parent) + 1).min(3),
        }
    }

    fn capped_by(&self, node: usize) -> Vec<(usize, u8)> {
        let own = self.0[node].0.own.min(3);
        let caps = self.parents(node).iter().map(|parent| (self.cap(*parent), *parent));
        let sorted: std::collections::BTreeSet<(u8, usize)> = caps.filter(|(cap, _)| *cap < own).collect();
        sorted.into_iter().map(|(cap, parent)| (parent, cap)).collect()
    }
}

fn drawn_node() -> impl Strategy<Value = CapNode> {
    let state = prop::sample::select(vec![
        // Mostly signed: anything else ends a chain.
        CapState::Signed,
        CapState::Signed,
        CapState::Signed,
        CapState::Signed,
        CapState::Unsigned,
        CapState::Resigned,
        CapState::Contradicted,
        CapState::Unresolved,
        CapState::Summary,
    ]);
    (state, 0..5_u8, any::<bool>(), 0..5_u8).prop_map(|(state, own, root_claim, summary_level)| CapNode {
        state,
        own,
        root_claim,
        summary_level,
        ..CapNode::UNRESOLVED
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Parents may be named twice, may not exist, may be the node itself, and may close a cycle; more often they
    /// stand before it, so that there are long chains too.
    #[test]
    fn levels_are_those_that_a_slow_reading_of_the_rubric_gives_in_whatever_order(
        nodes in prop::collection::vec((drawn_node(), prop::collection::vec((0..14_usize, any::<u8>()), 0..4)), 0..13),
        keys in prop::collection::vec(any::<u32>(), 13),
    ) {
        let nodes: Vec<Drawn> = nodes
            .into_iter()
            .enumerate()
            .map(|(at, (node, parents))| {
                let parent = |(any, kind): (usize, u8)| if kind < 32 { any } else { any % at.max(1) };
                let exists = parents.into_iter().filter(|(_, kind)| at > 0 || *kind < 32);
                (node, exists.map(parent).collect())
            })
            .collect();
        let (plan, known) = planned(&nodes);
        let (results, slow) = (plan.effective(&known), Slow(&nodes));
        for (at, result) in results.iter().enumerate() {
            let expected = Effective {
                level: slow.level(at),
                tainted: slow.is_tainted(at),
                on_cycle: slow.is_above(at, at),
            };
            prop_assert_eq!(*result, expected, "node {}", at);
            let capped_by = plan.capped_by(&known, &results, at);
            prop_assert_eq!(plan.is_capped(&known, &results, at), !capped_by.is_empty());
            prop_assert_eq!(capped_by, slow.capped_by(at), "node {}", at);
        }

        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by_key(|at| keys[*at]);
        let place = |at: &usize| order.iter().position(|other| other == at).unwrap_or(*at);
        let turned: Vec<Drawn> =
            order.iter().map(|at| (nodes[*at].0, nodes[*at].1.iter().map(place).collect())).collect();
        let elsewhere: Vec<Effective> = order.iter().map(|at| results[*at]).collect();
        prop_assert_eq!(effective(&turned), elsewhere);
    }
}

#[test]
fn rows_that_do_not_fit_their_parents_are_read_as_far_as_they_do() {
    let signed = node(CapState::Signed, 3, &[]).0;
    let plan = CapPlan::new(vec![0, 9, 2], vec![1, 1]);
    assert_eq!(
        plan.effective(&[signed, signed]).iter().map(|result| result.level).collect::<Vec<_>>(),
        [3, 3]
    );
    let short = CapPlan::new(vec![0, 0, 1], vec![0]).effective(&[signed]);
    assert_eq!(short.iter().map(|result| result.level).collect::<Vec<_>>(), [3, 0]);
    assert!(CapPlan::new(Vec::new(), Vec::new()).effective(&[signed]).is_empty());
}

// ── level 1 ──

pub const NOW: &str = "2026-03-01T12:00:00Z";
const POLICY_DIGEST: &str = "aaaa";

pub fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

pub fn policy() -> Policy {
    Policy {
        name: "test".to_owned(),
        version: "1".to_owned(),
        expires: None,
        expires_line: None,
        owner: None,
        approved_by: Vec::new(),
        trust: vec![AnchorSource {
            name: "release-key".to_owned(),
            kind: AnchorKind::Key,
            files: vec![PathBuf::from("release.pub")],
            crls: Vec::new(),
            max_age_days: None,
        }],
        publishers: vec![].into(),
        denied: vec![],
        crypto: Crypto {
            hash: vec![HashAlgorithm::Sha256, HashAlgorithm::Blake2b],
            keys: vec![KeyKind::P256],
        },
        artifact: Artifact {
            ban_formats: vec![],
            allow_ignore_paths: vec!["docs".to_owned()],
            allow_symlinks: false,
            allow_resign_at_ingest: false,
            dataset_deny: vec![],
            license_deny: vec![],
            partial_verification: touchmark::policy::PartialVerification::Never,
        },
        log: touchmark::policy::LogRules { required: vec![], accept_promise_only: false },
        freshness: Freshness { max_verification_age_days: 30, clock_skew_seconds: 300, any_age: false },
        ledger: touchmark::policy::LedgerRules::default(),
        raise: vec![],
        stages: vec![],
        digest: POLICY_DIGEST.to_owned(),
        file_digest: String::new(),
        text: "".into(),
        origin: "built-in".to_owned(),
        base: None,
        below: None,
        // Nothing is said of claims.
        ..parse(BUILT_IN[0].1, "built-in", None).unwrap()
    }
}

pub fn signed_model() -> Model {
    let details = Details {
        location: Some(PathBuf::from("models/bot")),
        signature: Some(PathBuf::from("models/bot/model.sig")),
        files: 3,
        formats: vec![Format::Safetensors],
        binding: Some(Box::new(Binding {
            ours: false,
            root_digest: Some("11".repeat(32).into()),
            identity: Some("sha256:feed".into()),
            issuer: None,
            log_entry: None,
            bundle_digest: Some("22".repeat(32).into()),
            source: "bom.json".into(),
        })),
        ..Details::default()
    };
    Model { details: details.into(), ..Model::new(ModelId::new("acme/bot"), "acme/bot") }
}

/// Everything passes, signed with a bare key.
pub fn by_key() -> Verification {
    let mut v = Verification::not_looked(at("2026-02-28T12:00:00Z"), Why::NotLooked);
    for stage in Stage::ALL {
        let outcome = match stage {
            Stage::Chain | Stage::Log | Stage::Predicates => Outcome::NotApplicable,
            Stage::Time => Outcome::Partial,
            _ => Outcome::Pass,
        };
        v.set(checked(stage, stage.name(), outcome));
    }
    v.method = Some(Method::Key);
    v.signer = Some(Identity {
        method: Method::Key,
        subject: "sha256:feed".into(),
        issuer: None,
        fingerprint: Some("sha256:feed".to_owned()),
    });
    v.anchor = Some(AnchorUse {
        name: "release-key".to_owned(),
        kind: AnchorKind::Key,
        origin: "release.pub".to_owned(),
        digest: "33".repeat(32),
        age_days: None,
    });
    v.root_digest = Some(RootDigest([0x11; 32]));
    v.hash = Some(HashAlgorithm::Sha256);
    v.bundle_digest = Some("22".repeat(32));
    std::sync::Arc::make_mut(&mut v.files).matched = 2;
    v
}

/// Everything passes, signed through Sigstore.
pub fn by_sigstore() -> Verification {
    let mut v = by_key();
    for stage in [Stage::Chain, Stage::Log, Stage::Time] {
        v.set(Check::pass(stage, Why::Nothing));
    }
    v.method = Some(Method::Sigstore);
    v.signer = Some(Identity {
        method: Method::Sigstore,
        subject: "ci@acme".into(),
        issuer: Some("https://ci.acme".into()),
        fingerprint: None,
    });
    v.log = Some(LogEntry { log_id: "wNI9".into(), index: 7 });
    v.signed_at = Some((at("2026-02-01T00:00:00Z"), TimeSource::Log));
    v
}

fn evidence<'a>(
    model: &'a Model,
    verification: Option<&'a Verification>,
    looked: &'a Looked,
    policy: &'a Policy,
) -> Evidence<'a> {
    Evidence {
        model,
        verification,
        looked: Some(looked),
        testimonies: &[],
        usage: touchmark::maturity::Usage::none(),
        seal: &touchmark::maturity::PolicySeal::Unsigned,
        feeds: None,
        kinship: Kinship::none(),
        since: Since::Same,
        policy,
        now: at(NOW),
        told: std::cell::OnceCell::new(),
        told_by: None,
    }
}

pub fn judge(model: &Model, verification: Option<&Verification>, policy: &Policy) -> Assessment {
    let (looked, rubric) = (Looked::of(model), rubric());
    let evidence = evidence(model, verification, &looked, policy);
    assess(&evidence, &rubric, &Musts::of(&rubric, &policy.raise))
}

pub fn control<'a>(assessment: &'a Assessment, id: &str) -> &'a ControlResult {
    assessment.controls.iter().find(|control| &*control.id == id).unwrap()
}

/// What is said of a control, and what to do.
fn said(assessment: &Assessment, v: Option<&Verification>, id: &str) -> (String, String) {
    let rubric = rubric();
    let (found, remedy) = controls::control(
        control(assessment, id),
        rubric.control(id).unwrap(),
        (v, Thing::Model),
        Face::Text,
    );
    (found.raw().to_owned(), remedy)
}

pub fn outcome_of(model: &Model, v: &Verification, id: &str) -> Outcome {
    control(&judge(model, Some(v), &policy()), id).outcome
}

#[test]
fn a_model_signed_by_a_pinned_key_and_bound_in_an_aibom_reaches_level_1() {
    let assessment = judge(&signed_model(), Some(&by_key()), &policy());
    let open: Vec<&ControlResult> = assessment
        .controls
        .iter()
        .filter(|c| c.id.starts_with("L1") && !matches!(c.outcome, Outcome::Pass | Outcome::NotApplicable))
        .collect();
    assert_eq!(open.iter().map(|c| &*c.id).collect::<Vec<_>>(), ["L1.10", "L1.16"], "{open:#?}");
    assert_eq!(assessment.score.own, 1);
    assert_eq!(assessment.score.percent, 1);
    assert_eq!(control(&assessment, "L1.08").outcome, Outcome::NotApplicable);
    assert_eq!(control(&assessment, "L1.09").outcome, Outcome::NotApplicable);
    assert_eq!(control(&assessment, "L1.02").basis, Some(Basis::Observed));
    assert_eq!(control(&assessment, "L1.02").remedy, None);
}

#[test]
fn a_control_that_only_another_rubric_has_says_that_this_version_does_not_evaluate_it() {
    let text = include_str!("../../policies/rubric/aimm.toml").replace("\"L3.22\"", "\"L3.99\"");
    let other = Rubric::parse(&text).unwrap();
    let (model, v, policy) = (signed_model(), by_key(), policy());
    let looked = Looked::of(&model);
    let assessment = assess(&evidence(&model, Some(&v), &looked, &policy), &other, &Musts::of(&other, &[]));
    let unheard = control(&assessment, "L3.99");
    assert_eq!((unheard.outcome, &unheard.fact), (Outcome::Unknown, &ControlFact::NotEvaluated));
    assert_eq!(assessment.controls.iter().filter(|c| c.fact == ControlFact::NotEvaluated).count(), 1);
}

#[test]
fn an_unsigned_model_lacks_evidence_and_contradicts_nothing() {
    let model = signed_model().with(|of| (of.signature, of.binding) = (None, None));
    let assessment = judge(&model, None, &policy());
    assert!(assessment.controls.iter().all(|c| c.outcome != Outcome::Fail));
    for id in ["L1.01", "L1.02", "L1.03", "L1.04", "L1.05", "L1.06", "L1.07", "L1.11", "L1.14", "L1.15"] {
        assert_eq!(control(&assessment, id).outcome, Outcome::Missing, "{id}");
    }
    assert_eq!(control(&assessment, "L1.13").outcome, Outcome::Pass);
    let mut gone = Verification::not_looked(at(NOW), Why::NotLooked);
    gone.set(checked(Stage::Parse, "PARSE-MISSING", Outcome::Missing));
    assert_eq!(outcome_of(&model, &gone, "L1.03"), Outcome::Missing);
}

#[test]
fn a_signed_model_that_nobody_verified_is_unknown_and_asks_for_verify() {
    let assessment = judge(&signed_model(), None, &policy());
    for id in ["L1.01", "L1.02", "L1.03", "L1.09", "L1.11", "L1.14"] {
        let control = control(&assessment, id);
        assert_eq!((control.outcome, control.remedy), (Outcome::Unknown, Some(Remedy::Verify)), "{id}");
        assert_eq!(said(&assessment, None, id).1, "Run `touchmark verify`");
    }
    assert_eq!(assessment.score.own, 0);
}

#[test]
fn a_changed_file_fails_L1_03_and_is_named() {
    let mut v = by_key();
    std::sync::Arc::make_mut(&mut v.files).changed.push(ChangedFile {
        name: "model.safetensors".into(),
        expected: "00".to_owned(),
        found: "01".to_owned(),
        size: 1,
        ..ChangedFile::default()
    });
    v.set(checked(Stage::Files, "FILES-CHANGED", Outcome::Fail));
    let assessment = judge(&signed_model(), Some(&v), &policy());
    let files = control(&assessment, "L1.03");
    assert_eq!(files.outcome, Outcome::Fail);
    assert_eq!(said(&assessment, Some(&v), "L1.03").0, "1 changed: model.safetensors");
    assert_eq!(control(&assessment, "L1.11").outcome, Outcome::Fail);
    assert_eq!(assessment.score.own, 0);
}

#[test]
fn an_extra_file_alone_fails_L1_04_and_leaves_L1_03_standing() {
    let mut v = by_key();
    std::sync::Arc::make_mut(&mut v.files).extra.push("extra.py".into());
    v.set(checked(Stage::Files, "FILES-EXTRA", Outcome::Fail));
    let assessment = judge(&signed_model(), Some(&v), &policy());
    assert_eq!(control(&assessment, "L1.03").outcome, Outcome::Pass);
    assert_eq!(control(&assessment, "L1.04").outcome, Outcome::Fail);
    assert_eq!(said(&assessment, Some(&v), "L1.04").0, "1 unsigned: extra.py");
}

#[test]
fn ignored_files_are_partial_unless_they_are_gits_or_the_policy_allows_them() {
    let mut v = by_key();
    std::sync::Arc::make_mut(&mut v.files).ignored =
        vec![".git/config".into(), ".gitattributes".into(), "model.sig".into(), "docs/a.md".into()];
    assert_eq!(outcome_of(&signed_model(), &v, "L1.04"), Outcome::Pass);
    std::sync::Arc::make_mut(&mut v.files).ignored.push("loader.py".into());
    let assessment = judge(&signed_model(), Some(&v), &policy());
    assert_eq!(control(&assessment, "L1.04").outcome, Outcome::Partial);
    assert!(said(&assessment, Some(&v), "L1.04").0.ends_with("loader.py"));
}

#[test]
fn a_file_that_could_not_be_read_leaves_L1_03_unknown() {
    let mut v = by_key();
    std::sync::Arc::make_mut(&mut v.files)
        .unreadable
        .push(("weights.bin".into(), touchmark::error::ReadFault::Permission));
    v.set(checked(Stage::Files, "FILES-UNREADABLE", Outcome::Unknown));
    assert_eq!(outcome_of(&signed_model(), &v, "L1.03"), Outcome::Unknown);
}

#[test]
fn an_untrusted_key_leaves_the_signature_and_the_identity_unknown() {
    let mut v = by_key();
    v.set(checked(Stage::Trust, "TRUST-NONE", Outcome::Fail));
    v.set(checked(Stage::Signature, "SIGNATURE", Outcome::Unknown));
    let assessment = judge(&signed_model(), Some(&v), &policy());
    let outcomes = ["L1.02", "L1.06", "L1.07", "L1.14"].map(|id| control(&assessment, id).outcome);
    assert_eq!(outcomes, [Outcome::Unknown, Outcome::Unknown, Outcome::Fail, Outcome::Partial]);
}

#[test]
fn a_key_that_the_policy_does_not_pin_is_no_sound_anchor() {
    let mut policy = policy();
    policy.trust.clear();
    let assessment = judge(&signed_model(), Some(&by_key()), &policy);
    assert_eq!(control(&assessment, "L1.07").outcome, Outcome::Missing);
}

#[test]
fn a_log_entry_is_missing_only_where_method_or_policy_ask_for_it() {
    let mut policy = policy();
    policy.log.required.push(Method::Key);
    assert_eq!(control(&judge(&signed_model(), Some(&by_key()), &policy), "L1.09").outcome, Outcome::Missing);
    let mut v = by_sigstore();
    assert_eq!(outcome_of(&signed_model(), &v, "L1.09"), Outcome::Pass);
    v.set(checked(Stage::Log, "LOG", Outcome::NotApplicable));
    assert_eq!(outcome_of(&signed_model(), &v, "L1.09"), Outcome::Missing);
}

#[test]
fn a_binding_passes_when_all_that_applies_is_equal() {
    let mut model = signed_model();
    let v = by_sigstore();
    let binding = model.binding.as_mut().unwrap();
    binding.identity = Some("ci@acme".into());
    assert_eq!(outcome_of(&model, &v, "L1.14"), Outcome::Partial);
    let binding = model.binding.as_mut().unwrap();
    binding.issuer = Some("https://ci.acme".into());
    binding.log_entry = Some("wNI9/7".into());
    assert_eq!(outcome_of(&model, &v, "L1.14"), Outcome::Pass);
    model.binding.as_mut().unwrap().log_entry = Some("wNI9/8".into());
    let assessment = judge(&model, Some(&v), &policy());
    let bound = control(&assessment, "L1.14");
    assert_eq!((bound.outcome, bound.basis), (Outcome::Fail, Some(Basis::Contradicted)));
    assert_eq!(said(&assessment, Some(&v), "L1.14").0, "bom.json contradicts the bundle: log entry");
    model.binding = Some(Box::new(Binding { source: "bom.json".into(), ..Binding::default() }));
    assert_eq!(outcome_of(&model, &v, "L1.14"), Outcome::Missing);
}

#[test]
fn an_aibom_with_another_root_digest_contradicts_and_one_of_another_domain_does_not() {
    let mut model = signed_model();
    model.binding.as_mut().unwrap().root_digest = Some("ff".repeat(32).into());
    assert_eq!(outcome_of(&model, &by_key(), "L1.05"), Outcome::Fail);
    model.binding = None;
    assert_eq!(outcome_of(&model, &by_key(), "L1.05"), Outcome::Pass);
    model.facts.push(Fact {
        key: FactKey::Hash,
        value: "SHA-256:00".into(),
        basis: Basis::Declared,
        source: "bom.json".into(),
        place: "/components/0/hashes/0".into(),
    });
    assert_eq!(outcome_of(&model, &by_key(), "L1.05"), Outcome::Partial);
}

#[test]
fn a_verification_counts_as_long_as_the_policy_allows_to_the_second() {
    let (model, policy, rubric) = (signed_model(), policy(), rubric());
    let pull = |seen: &str| {
        let mut v = by_key();
        v.at = at(seen);
        let looked = Looked::of(&model);
        let evidence = evidence(&model, Some(&v), &looked, &policy);
        let assessment = assess(&evidence, &rubric, &Musts::of(&rubric, &policy.raise));
        let said = said(&assessment, Some(&v), "L1.11").0;
        (control(&assessment, "L1.11").outcome, said)
    };
    let passed = |seen: &str| (Outcome::Pass, format!("verified {seen}"));
    assert_eq!(pull(NOW), passed(NOW));
    // Thirty days.
    assert_eq!(pull("2026-01-30T12:00:00Z"), passed("2026-01-30T12:00:00Z"));
    let old = "last verified 2026-01-30T11:59:59Z, more than 30 days ago".to_owned();
    assert_eq!(pull("2026-01-30T11:59:59Z"), (Outcome::Missing, old));
    // Clocks may differ by five minutes.
    assert_eq!(pull("2026-03-01T12:05:00Z").0, Outcome::Pass);
    assert_eq!(pull("2026-03-01T12:05:01Z").0, Outcome::Unknown);
}

#[test]
fn a_verification_that_does_not_hold_counts_for_nothing_and_names_its_headline() {
    let mut v = by_key();
    v.set(Check::new(CheckCode::SignatureInvalid, Outcome::Fail, Why::Nothing));
    let assessment = judge(&signed_model(), Some(&v), &policy());
    let pull = control(&assessment, "L1.11");
    assert_eq!((pull.outcome, pull.remedy), (Outcome::Fail, Some(Remedy::FixOthers)));
    assert_eq!(pull.fact, ControlFact::VerificationFails { code: Some(CheckCode::SignatureInvalid) });
    let (_, remedy) = said(&assessment, Some(&v), "L1.11");
    assert_eq!(remedy, "Fix the other failed controls, then verify again");
    let rubric = rubric();
    let on_screen =
        controls::control(pull, rubric.control("L1.11").unwrap(), (Some(&v), Thing::Model), Face::Tui).1;
    assert_eq!(on_screen, "Fix the other failed controls, then verify again (V)");
}

#[test]
fn outcomes_alone_are_those_of_the_whole_assessment() {
    let (rubric, policy) = (rubric(), policy());
    let mut pickled = signed_model();
    pickled.formats.push(Format::Pickle);
    let unsigned = signed_model().with(|of| (of.signature, of.binding) = (None, None));
    let mut failing = by_sigstore();
    failing.set(Check::new(CheckCode::IdentityDenied, Outcome::Fail, Why::Nothing));
    let seen = [None, Some(by_key()), Some(by_sigstore()), Some(failing)];
    for model in [signed_model(), pickled, unsigned] {
        for verification in &seen {
            let looked = Looked::of(&model);
            let evidence = evidence(&model, verification.as_ref(), &looked, &policy);
            let assessment = assess(&evidence, &rubric, &Musts::of(&rubric, &policy.raise));
            let whole: Vec<Outcome> = assessment.controls.iter().map(|result| result.outcome).collect();
            assert_eq!(Outcomes::of(&evidence).in_order(&rubric), whole);
        }
    }
}

#[test]
fn a_stated_value_equals_as_it_is_usually_written_and_not_otherwise() {
    let outcome = |change: fn(&mut Binding)| {
        let mut model = signed_model();
        let binding = model.binding.as_mut().unwrap();
        binding.identity = Some("ci@acme".into());
        binding.issuer = Some("https://ci.acme".into());
        binding.log_entry = Some("wNI9/7".into());
        change(binding);
        let assessment = judge(&model, Some(&by_sigstore()), &policy());
        control(&assessment, "L1.14").fact.clone()
    };
    let all = [
        BoundPart::RootDigest,
        BoundPart::Identity,
        BoundPart::Issuer,
        BoundPart::LogEntry,
        BoundPart::BundleDigest,
    ];
    let equal = ControlFact::BindingEqual { source: "bom.json".into(), parts: all.into_iter().collect() };
    let differs = |part| ControlFact::BindingDiffers {
        source: "bom.json".into(),
        parts: std::iter::once(part).collect(),
    };
    assert_eq!(outcome(|_| {}), equal);
    assert_eq!(outcome(|b| b.bundle_digest = Some(format!(" {} ", "22".repeat(32)).into())), equal);
    for wrong in ["wNI9/07", "wNI9/+7", "wNI9/", "wNI9", "/7", "wNI8/7", "wNI9/77"] {
        let mut model = signed_model();
        let binding = model.binding.as_mut().unwrap();
        (binding.identity, binding.issuer) = (Some("ci@acme".into()), Some("https://ci.acme".into()));
        binding.log_entry = Some(wrong.into());
        let assessment = judge(&model, Some(&by_sigstore()), &policy());
        assert_eq!(control(&assessment, "L1.14").fact, differs(BoundPart::LogEntry), "{wrong}");
    }
    assert_eq!(outcome(|b| b.root_digest = Some("11".repeat(31).into())), differs(BoundPart::RootDigest));
    assert_eq!(outcome(|b| b.root_digest = Some("1g".repeat(32).into())), differs(BoundPart::RootDigest));
    // Letters may be of either case.
    let mut v = by_sigstore();
    v.root_digest = Some(RootDigest([0xab; 32]));
    let mut model = signed_model();
    model.binding.as_mut().unwrap().root_digest = Some("aB".repeat(32).into());
    assert_eq!(outcome_of(&model, &v, "L1.05"), Outcome::Pass);
}

#[test]
fn a_few_of_a_set_are_kept_in_its_order_and_read_back() {
    let few: Few<Format> = [Format::Pickle, Format::Gguf, Format::Pickle].into_iter().collect();
    assert_eq!(few.iter().collect::<Vec<_>>(), [Format::Gguf, Format::Pickle]);
    let written = serde_json::to_string(&few).unwrap();
    assert_eq!(written, r#"["gguf","pickle"]"#);
    assert_eq!(serde_json::from_str::<Few<Format>>(&written).unwrap(), few);
    assert!(!few.is_empty() && Few::<Format>::NONE.is_empty());
}

#[test]
fn what_a_policy_bans_is_not_held_against_the_record_of_the_verification() {
    let mut v = by_key();
    v.set(checked(Stage::Policy, "POLICY-FORMAT", Outcome::Fail));
    assert_eq!(outcome_of(&signed_model(), &v, "L1.11"), Outcome::Pass);
}

#[test]
fn a_pickle_fails_L1_13_and_blocks_only_where_the_policy_raised_it() {
    let model = signed_model().with(|of| of.formats = vec![Format::Safetensors, Format::Pickle]);
    let mut policy = policy();
    let assessment = judge(&model, Some(&by_key()), &policy);
    assert_eq!(control(&assessment, "L1.13").outcome, Outcome::Fail);
    assert!(said(&assessment, None, "L1.13").0.ends_with("pickle"));
    assert_eq!(assessment.score.own, 1);
    policy.raise.push("L1.13".to_owned());
    assert_eq!(judge(&model, Some(&by_key()), &policy).score.own, 0);
}

#[test]
fn L1_13_names_what_would_run_and_never_passes_what_could_not_be_read() {
    let with = |formats: &[Format], tier| {
        let hazard = Hazard {
            tier,
            kind: HazardKind::Pickle,
            file: "w.pt".into(),
            place: "byte 0".into(),
            what: "posix.system".into(),
            why: "loading calls it".to_owned(),
        };
        let model = signed_model().with(|of| (of.formats, of.hazards) = (formats.to_vec(), vec![hazard]));
        let judged = judge(&model, Some(&by_key()), &policy());
        (control(&judged, "L1.13").outcome, said(&judged, None, "L1.13").0)
    };
    let (outcome, found) = with(&[Format::Pickle], Tier::Dangerous);
    assert_eq!(outcome, Outcome::Fail);
    assert!(found.contains("w.pt: dangerous pickle posix.system"), "{found}");
    let (outcome, found) = with(&[Format::Pickle], Tier::Safe);
    assert!(outcome == Outcome::Fail && found.ends_with("pickle"), "{found}");
    for (tier, outcome) in [
        (Tier::Dangerous, Outcome::Fail),
        (Tier::Unreadable, Outcome::Unknown),
        (Tier::Suspicious, Outcome::Partial),
        (Tier::Noted, Outcome::Pass),
    ] {
        assert_eq!(with(&[Format::Onnx], tier).0, outcome);
    }
}

#[test]
fn a_hash_that_the_policy_does_not_list_is_partial() {
    let mut v = by_key();
    v.hash = Some(HashAlgorithm::Blake3);
    assert_eq!(outcome_of(&signed_model(), &v, "L1.15"), Outcome::Partial);
}

#[test]
fn a_verification_in_which_nothing_was_looked_at_passes_no_control_of_a_signature() {
    let v = Verification::not_looked(at(NOW), Why::NotLooked);
    let assessment = judge(&signed_model(), Some(&v), &policy());
    let passed: Vec<&str> =
        assessment.controls.iter().filter(|c| c.outcome == Outcome::Pass).map(|c| &*c.id).collect();
    // That a policy makes no exceptions is known without a look.
    assert_eq!(passed, ["L1.13", "L3.15"]);
}
