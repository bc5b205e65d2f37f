//! Summaries of a model by other verifiers (VSA, SVR), checked as SLSA requires: whether one can replace
//! evidence that we do not have.

use super::evidence::Testimony;
use super::kinship::Reliance;
use crate::attest::{NamedDigest, PredicateKind, Said, Summary};
use crate::policy::{Policy, SummaryKind, TrustedSummary};
use crate::signing::{About, Outcome};
use crate::tables::{Closed, Few};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A step of checking a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SummaryStep {
    /// The signer is proven, and is the one whom the policy knows for that verifier.
    Signer,
    /// It is about this model, by its root digest.
    Subject,
    /// It is about the resource that the policy names.
    Resource,
    /// It passed.
    Result,
    /// It states the levels or properties that the policy asks for.
    Level,
    /// The verifier judged by the policy that ours names.
    Policy,
    /// It is not too old, and not of the future.
    Age,
}

impl Closed for SummaryStep {
    const ALL: &'static [Self] = &[
        SummaryStep::Signer,
        SummaryStep::Subject,
        SummaryStep::Resource,
        SummaryStep::Result,
        SummaryStep::Level,
        SummaryStep::Policy,
        SummaryStep::Age,
    ];
}

/// A summary, checked by the rule of the policy that fits it best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// The steps that fail.
    pub failed: Few<SummaryStep>,
    /// The steps that cannot be checked: the summary does not say what they ask for.
    pub unknown: Few<SummaryStep>,
    /// The level of ours that it states, 0 to 3.
    pub level: u8,
    /// For how many edges it counts; none: for all.
    pub hops: Option<u8>,
    /// When it was made, as stated.
    pub at: Option<Timestamp>,
}

impl Checked {
    /// Whether all seven steps hold.
    pub fn holds(&self) -> bool {
        self.failed.is_empty() && self.unknown.is_empty()
    }
}

/// Checks a summary; none where it is none, or where the policy has no rule for its verifier and kind.
pub fn check_summary(testimony: &Testimony, policy: &Policy, now: Timestamp) -> Option<Checked> {
    let Said::Summary(summary) = &testimony.claimed.said else { return None };
    let kind = match testimony.claimed.kind {
        Some(PredicateKind::Result) => SummaryKind::Svr,
        _ if summary.is_result => SummaryKind::Svr,
        _ => SummaryKind::Vsa,
    };
    let of_kind =
        |rule: &&TrustedSummary| rule.kinds.is_empty() || rule.kinds.iter().any(|known| known == kind);
    let rules = policy.summaries.iter().filter(|rule| rule.verifier == summary.verifier.raw());
    let checked = rules.filter(of_kind).map(|rule| by_rule(rule, testimony, summary, policy, now));
    checked.min_by_key(|checked| {
        let many = |steps: Few<SummaryStep>| steps.iter().count();
        (many(checked.failed), many(checked.unknown), u8::MAX - checked.level)
    })
}

/// The best of the summaries of a model that hold: the highest level, for the most edges.
pub fn vouched(testimonies: &[Testimony], policy: &Policy, now: Timestamp) -> Option<Checked> {
    if policy.summaries.is_empty() {
        return None;
    }
    let checked = testimonies.iter().filter_map(|testimony| check_summary(testimony, policy, now));
    checked
        .filter(Checked::holds)
        .max_by_key(|checked| (checked.level, checked.hops.map_or(u16::MAX, u16::from), checked.at))
}

/// How well the summaries of a model were checked, if the policy uses them. A summary that is not by the
/// signer that the policy lists for its verifier, or not about this model, is ignored: anyone may add one.
pub fn reliance(testimonies: &[Testimony], policy: &Policy, now: Timestamp) -> Reliance {
    if policy.summaries.is_empty() {
        return Reliance::None;
    }
    let is_theirs = |checked: &Checked| {
        let mut open = checked.failed.iter().chain(checked.unknown.iter());
        !open.any(|step| matches!(step, SummaryStep::Signer | SummaryStep::Subject))
    };
    let checked = testimonies.iter().filter_map(|testimony| check_summary(testimony, policy, now));
    let of_each = checked.filter(is_theirs).map(|checked| match checked {
        _ if checked.holds() => Reliance::Checked,
        _ if checked.failed.is_empty() => Reliance::Partly,
        _ => Reliance::Failed,
    });
    // One that holds is enough, whatever others say.
    of_each.min_by_key(|reliance| *reliance).unwrap_or_default()
}

fn by_rule(
    rule: &TrustedSummary,
    testimony: &Testimony,
    summary: &Summary,
    policy: &Policy,
    now: Timestamp,
) -> Checked {
    let (mut failed, mut unknown) = (Few::NONE, Few::NONE);
    let claimed = &testimony.claimed;
    let is_signer = claimed.signer.is_some() && testimony.whose.iter().any(|id| id.raw() == rule.signer);
    if !is_signer || !matches!(claimed.outcome, Outcome::Pass | Outcome::Partial) {
        failed.add(SummaryStep::Signer);
    }
    match claimed.about {
        About::ThisModel => {}
        About::AnotherModel => failed.add(SummaryStep::Subject),
        About::Unknown => unknown.add(SummaryStep::Subject),
    }
    match (&rule.resource, &summary.resource) {
        (Some(wanted), Some(said)) if wanted == said.raw() => {}
        (Some(_), _) => failed.add(SummaryStep::Resource),
        // Where the policy names none, an address of a model that we know by another name says nothing against it.
        (None, Some(said)) if !said.raw().is_empty() => {}
        // An SVR has none.
        (None, _) if summary.is_result => {}
        (None, _) => unknown.add(SummaryStep::Resource),
    }
    if !summary.passed {
        failed.add(SummaryStep::Result);
    }
    let states = |wanted: &String| summary.levels.iter().any(|said| reaches(said.raw(), wanted));
    if !rule.min_properties.iter().all(states) {
        failed.add(SummaryStep::Level);
    }
    if let Some(wanted) = &rule.policy {
        match &summary.policy {
            Some(NamedDigest { value, .. }) if value.raw().eq_ignore_ascii_case(wanted) => {}
            Some(_) => failed.add(SummaryStep::Policy),
            None => unknown.add(SummaryStep::Policy),
        }
    }
    let skew = SignedDuration::from_secs(i64::from(policy.freshness.clock_skew_seconds));
    let latest = now.checked_add(skew).unwrap_or(now);
    match (summary.at.or(claimed.signed_at), rule.max_age_days) {
        (Some(at), _) if at > latest => failed.add(SummaryStep::Age),
        (Some(at), Some(days)) => {
            let ends = at.checked_add(SignedDuration::from_hours(24 * i64::from(days)));
            if ends.is_ok_and(|ends| ends < now) {
                failed.add(SummaryStep::Age);
            }
        }
        (None, Some(_)) => unknown.add(SummaryStep::Age),
        (_, None) => {}
    }
    let level = summary.levels.iter().filter_map(|said| level_of(said.raw())).max();
    let asked = rule.min_properties.iter().filter_map(|wanted| level_of(wanted)).max();
    Checked {
        failed,
        unknown,
        level: level.or(asked).unwrap_or(1).min(3),
        hops: rule.max_hops_covered.map(|hops| u8::try_from(hops).unwrap_or(u8::MAX)),
        at: summary.at,
    }
}

/// Whether a level or property is the required one, or a higher level of the same track.
fn reaches(said: &str, wanted: &str) -> bool {
    if said == wanted {
        return true;
    }
    match (numbered(said), numbered(wanted)) {
        (Some((track, level)), Some((wanted, least))) => track == wanted && level >= least,
        _ => false,
    }
}

/// `SLSA_BUILD_LEVEL_3` as `SLSA_BUILD_LEVEL_` and 3, `ACME_L2_VERIFIED` not at all.
fn numbered(level: &str) -> Option<(&str, u32)> {
    let track = level.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((track, level.get(track.len()..)?.parse().ok()?))
}

/// The level of ours that a property states: `COSAI_AIMM_LEVEL_2`, `ACME_AIMM_L2`, `ACME_L2_VERIFIED`. Levels of other
/// tracks state none.
fn level_of(property: &str) -> Option<u8> {
    if property.starts_with("SLSA_") {
        return None;
    }
    let mut words = property.split('_').peekable();
    let mut found = None;
    while let Some(word) = words.next() {
        let digits = match word {
            "LEVEL" => words.peek().copied(),
            word => word.strip_prefix('L'),
        };
        let level = digits.and_then(|digits| digits.parse::<u8>().ok()).filter(|level| *level <= 3);
        found = found.max(level);
    }
    found
}
