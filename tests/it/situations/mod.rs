//! Small situations: a policy, evidence, a stage, and the decision with its reasons that must come of them. Every
//! operator, outcome and setting of a stage is in these tables.

mod changes;
mod rows;

use crate::decision::{at, by, codes, model};
use crate::support::checked;
use changes::*;
use proptest::prelude::*;
use rows::*;
use std::sync::Arc;
use touchmark::attest::Claimed;
use touchmark::decision::{
    Anchoring, Descent, Input, Judgement, Known, ReasonFact, StandingReview, Verdict, apply_policy, meets,
};
use touchmark::inventory::{Binding, Looked, Model};
use touchmark::lineage::Graph;
use touchmark::maturity::{Few, Gated, Rubric, Since, Testimony, Usage};
use touchmark::policy::{Policy, Role, parse};
use touchmark::signing::{Outcome, Stage, Verification};

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
[[stage]]
name = "promoted"
min_level = 0
from = "zero"
[[stage]]
name = "relying"
min_level = 1
on_unavailable = "cached"
cached_max_hours = 24
[[stage]]
name = "lenient"
min_level = 1
on_contradicted = "open"
on_unavailable = "cached"
cached_max_hours = 24
[[stage]]
name = "far"
min_level = 2
on_missing = "open"
on_unavailable = "cached"
cached_max_hours = 24
"#;

/// What is known, before a row changes it.
struct Situation {
    models: Vec<(Model, Option<Verification>)>,
    looked: bool,
    since: Since,
    said: Vec<(Claimed, String)>,
    reviews: Vec<StandingReview>,
    ledger: Option<Anchoring>,
    gates: Vec<Gated>,
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
            gates: Vec::new(),
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
        let usage = Usage { gates: std::mem::take(&mut self.gates), ..Usage::default() };
        let input = Input {
            seal: &touchmark::maturity::PolicySeal::Unsigned,
            feeds: None,
            models: &models,
            descent: &Arc::new(Descent::of(&Graph::build(&models))),
            proven: &touchmark::lineage::Proven::default(),
            stated: &touchmark::lineage::Stated::default(),
            verified: &|index| Known {
                testimonies: if index == 0 { &testimonies } else { &[] },
                usage: Some(if index == 0 { &usage } else { Usage::none() }),
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
        log_entry: seen.log.as_ref().map(|log| format!("{}/{}", log.log_id.raw(), log.index).into()),
        source: "bom.json".into(),
        ..Binding::default()
    }));
}

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
        [EVIDENCE, PARTS, LOG, EARLIER, LINEAGE, EXCEPTIONS, RISKS, GLASS].iter().flat_map(|rows| rows.iter())
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
    not_looked_into,
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
const GOOD: &[fn(&mut Situation)] = &[
    approved,
    both,
    |k| excepted(k, &format!("{L114}\n{TERM}")),
    |k| claims(k, CLAUSE, "{\"a\":1}"),
    // The last, for it names the policy.
    |k| passed(k, 3),
];
const CLAUSE: &str = "{ path = \"a\", op = \"==\", value = 1 }";
const STAGES: [&str; 13] = [
    "open", "warn", "closed", "zero", "prod", "claims", "picky", "risky", "glass", "cached", "reviewed",
    "relying", "far",
];

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

#[test]
fn the_glass_is_whole_again_when_the_first_of_the_needed_terms_ends() {
    let until = |accounts: &[(&str, &str)]| {
        let mut known = Situation::new();
        bare(&mut known);
        for (by, until) in accounts {
            glass(&mut known, by, "2026-11-20T10:00:00Z", until);
        }
        let verdict = known.verdict("prod");
        verdict.reasons.iter().find_map(|reason| match reason.fact {
            ReasonFact::GlassBroken { until } => Some(until.to_string()),
            _ => None,
        })
    };
    let (early, later, late) = ("2026-11-20T13:00:00Z", "2026-11-20T15:00:00Z", "2026-11-20T20:00:00Z");
    assert_eq!(until(&[("ada", late)]), None);
    assert_eq!(until(&[("ada", late), ("ben", early)]).as_deref(), Some(early));
    // Of three, two are enough: the one that ends first is not needed.
    assert_eq!(until(&[("ada", late), ("ben", early), ("cid", later)]).as_deref(), Some(later));
    // What somebody said twice counts for as long as the longer of both.
    assert_eq!(until(&[("ada", late), ("ben", later), ("ben", early)]).as_deref(), Some(later));
}
