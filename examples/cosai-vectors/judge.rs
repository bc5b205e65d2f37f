//! What a bundle of claims comes to, by the contract's rule and by Touchmark's. It knows no JSON but the canonical form.

use super::wire::{
    Approval, Bundle, Context, Field, Head, Input, Key, Kind, PROFILE, Revocation, Verdict, read,
};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use std::collections::BTreeSet;
use touchmark::json;
use touchmark::signing::Outcome;

const PREFIX: &[u8] = b"WS1-DEPLOYMENT-EXPERIMENT-v0.1\0";

/// By whose rule a claim is read that is not by whom, about what or from when it should be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It fails.
    Contract,
    /// It does not count: it is missing, and what it says is not read.
    Touchmark,
}

/// What was found, by code; the lowest rank decides, as everywhere in Touchmark.
#[derive(Default)]
struct Premises(Vec<(String, Outcome)>);

impl Premises {
    fn add(&mut self, code: impl Into<String>, outcome: Outcome) {
        if outcome.is_open() {
            self.0.push((code.into(), outcome));
        }
    }

    fn holds(&mut self, code: impl Into<String>, holds: bool) {
        self.add(code, if holds { Outcome::Pass } else { Outcome::Fail });
    }

    fn verdict(self) -> Verdict {
        let worst = self.0.iter().map(|(_, outcome)| *outcome).min_by_key(|outcome| outcome.rank());
        let (verdict, decision) = match worst.unwrap_or(Outcome::Pass) {
            Outcome::Fail => ("fail", "refuse"),
            Outcome::Missing | Outcome::Unknown => ("not_established", "refuse"),
            Outcome::Partial | Outcome::Pass | Outcome::NotApplicable => ("pass", "admit"),
        };
        Verdict {
            status: "complete".to_owned(),
            verdict: Some(verdict.to_owned()),
            decision: decision.to_owned(),
            codes: self.0.into_iter().map(|(code, _)| code).collect(),
        }
    }
}

pub(super) fn evaluate(input: &Input, rule: Rule) -> Verdict {
    match evaluated(input, rule) {
        Ok(verdict) | Err(verdict) => verdict,
    }
}

fn evaluated(input: &Input, rule: Rule) -> Result<Verdict, Verdict> {
    let error = |code: &str| Verdict::unprocessed("input_error", code);
    let (value, bundle) = read::<Bundle>(&input.bundle, "INPUT_SCHEMA")?;
    let (_, context) = read::<Context>(&input.context, "CONTEXT_SCHEMA")?;
    if !bundle.is_sound() {
        return Err(error("INPUT_SCHEMA"));
    }
    if !context.is_sound() {
        return Err(error("CONTEXT_SCHEMA"));
    }
    let keys = &context.policy.keys;
    if keys.iter().map(|key| (&key.issuer, &key.key_id)).collect::<BTreeSet<_>>().len() < keys.len() {
        return Err(error("DUPLICATE_TRUST_KEY"));
    }
    let own = [&bundle.test_environment, &bundle.serving_environment];
    let own = own.into_iter().filter_map(|slot| Some(&slot.0.as_ref()?.payload.details.measurement));
    let policy = [&context.policy.test_measurement, &context.policy.serving_measurement];
    if policy.into_iter().chain(own).any(|measurement| !measurement.has_its_width()) {
        return Err(error("MEASUREMENT_SHAPE"));
    }
    let windows = bundle.heads().into_iter().map(|head| (head.from, head.until));
    let mut windows =
        windows.chain(keys.iter().map(|key| (key.valid_from.as_str(), key.valid_until.as_str())));
    if windows.any(|(from, until)| from >= until) {
        return Err(error("VALIDITY_ORDER"));
    }
    if bundle.profile != PROFILE || bundle.heads().iter().any(|head| head.profile != PROFILE) {
        return Err(Verdict::unprocessed("unsupported", "UNSUPPORTED_PROFILE"));
    }
    Ok(judge(&bundle, &value, &context, rule).verdict())
}

fn judge(bundle: &Bundle, value: &Value, context: &Context, rule: Rule) -> Premises {
    let mut premises = Premises::default();
    let heads = bundle.heads();
    let mut counts = |kind: Kind| {
        let Some(head) = heads.iter().find(|head| head.kind == kind) else {
            premises.add(code("MISSING", kind), Outcome::Missing);
            return false;
        };
        counts(head, value, context, rule, &mut premises)
    };
    let [evaluates, tests, serves, approves] =
        [Kind::Evaluation, Kind::TestEnvironment, Kind::ServingEnvironment, Kind::Approval].map(&mut counts);
    let environments = [
        (Kind::TestEnvironment, tests, &bundle.test_environment, &context.policy.test_measurement),
        (Kind::ServingEnvironment, serves, &bundle.serving_environment, &context.policy.serving_measurement),
    ];
    for (kind, counts, slot, expected) in environments {
        let Some(details) = slot.details().filter(|_| counts) else { continue };
        let excluded = |wanted: &String| details.adversary_exclusions.contains(wanted);
        premises.holds(code("MEASUREMENT", kind), details.measurement == *expected);
        premises.holds(code("THREAT", kind), context.policy.required_exclusions.iter().all(excluded));
        premises.add(code("APPRAISAL", kind), details.outcome.into());
    }
    if let Some(details) = bundle.evaluation.details().filter(|_| evaluates) {
        let is_domain = details.evaluation_domain == context.policy.evaluation_domain;
        premises.holds("EVALUATION_DOMAIN", is_domain);
        premises.add("EVALUATION_RESULT", details.outcome.into());
        let test = envelope_digest(value, Kind::TestEnvironment);
        premises.holds("TEST_BINDING", test.is_none_or(|test| test == details.test_environment_digest));
    }
    if let Some(details) = bundle.serving_environment.details().filter(|_| serves) {
        premises.holds("TARGET_BINDING", details.environment_id == context.target_environment);
        premises.holds("CHALLENGE_BINDING", details.nonce == context.challenge);
    }
    if let Some(details) = bundle.approval.details().filter(|_| approves) {
        let evaluation = envelope_digest(value, Kind::Evaluation);
        premises.holds(
            "APPROVAL_BINDING",
            evaluation.is_none_or(|evaluation| evaluation == details.evaluation_digest),
        );
        premises.holds("APPROVAL_TARGET", details.serving_environment_id == context.target_environment);
        premises.holds("APPROVAL_DENIED", details.decision == Approval::Approve);
        for condition in &details.conditions {
            let (code, seen) = match condition.field {
                Field::Usage => ("CONDITION_USAGE", &context.usage),
                Field::Region => ("CONDITION_REGION", &context.region),
            };
            match seen {
                None => premises.add(code, Outcome::Unknown),
                Some(seen) => premises.holds(code, *seen == condition.value),
            }
        }
    }
    premises
}

/// Whether what a claim says is to be read: it is by whom, about what and from when it should be.
fn counts(head: &Head<'_>, value: &Value, context: &Context, rule: Rule, premises: &mut Premises) -> bool {
    let kind = head.kind;
    let lacks = match rule {
        Rule::Contract => Outcome::Fail,
        Rule::Touchmark => Outcome::Missing,
    };
    let may_speak = |key: &&Key| {
        let domain = &context.policy.evaluation_domain;
        key.issuer == head.issuer
            && key.key_id == head.key_id
            && key.roles.contains(&kind)
            && (kind != Kind::Evaluation || key.evaluation_domains.contains(domain))
    };
    let Some(key) = context.policy.keys.iter().find(may_speak) else {
        premises.add(code("AUTHORITY", kind), lacks);
        return false;
    };
    if !is_signed(head, value, key) {
        premises.add(code("SIGNATURE", kind), lacks);
        return false;
    }
    let is_in = |from: &str, until: &str| from <= context.now.as_str() && context.now.as_str() < until;
    let artifact = hex::decode(&context.artifact_hex).map(|bytes| sha256(&bytes)).unwrap_or_default();
    let is_about = head.subject.domain == "weight-bytes/sha256" && head.subject.sha256 == artifact;
    let facts = [
        ("KEY_TIME", is_in(&key.valid_from, &key.valid_until), lacks),
        ("REVOKED", key.revocation != Revocation::Revoked, lacks),
        ("REVOCATION", key.revocation != Revocation::Unknown, Outcome::Unknown),
        ("TIME", is_in(head.from, head.until), lacks),
        ("ARTIFACT", is_about, lacks),
    ];
    for (what, holds, outcome) in facts {
        premises.add(code(what, kind), if holds { Outcome::Pass } else { outcome });
    }
    rule == Rule::Contract || facts.iter().all(|(_, holds, _)| *holds)
}

fn is_signed(head: &Head<'_>, value: &Value, key: &Key) -> bool {
    let payload = value.get(head.kind.word()).and_then(|envelope| envelope.get("payload"));
    let Some(payload) = payload.and_then(|payload| json::canonical(payload).ok()) else { return false };
    let (Ok(key), Ok(signature)) = (hex::decode(&key.public_key), hex::decode(head.signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(&[PREFIX, &payload].concat(), &signature).is_ok()
}

/// Over the whole envelope in its canonical form; none where there is none.
fn envelope_digest(value: &Value, kind: Kind) -> Option<String> {
    let envelope = value.get(kind.word()).filter(|envelope| !envelope.is_null())?;
    Some(sha256(&json::canonical(envelope).ok()?))
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn code(what: &str, kind: Kind) -> String {
    format!("{what}_{}", kind.word().to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_failures_rank_above_missing_evidence_and_all_reasons_stay() {
        let mut premises = Premises::default();
        premises.holds("A", true);
        premises.add("B", Outcome::Missing);
        assert_eq!(Premises(premises.0.clone()).verdict().verdict.as_deref(), Some("not_established"));
        premises.holds("C", false);
        let verdict = premises.verdict();
        assert_eq!((verdict.verdict.as_deref(), verdict.decision.as_str()), (Some("fail"), "refuse"));
        assert_eq!(verdict.codes.len(), 2);
        assert_eq!(Premises::default().verdict().decision, "admit");
    }
}
