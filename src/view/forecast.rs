//! What time alone will change: the models that stand elsewhere at a later moment though nobody does anything, and what
//! is due then. It judges nothing: it compares views of the same evidence at two times.

use super::flips::{Flip, Flips, Turn};
use super::{NotMeasured, SurveyOf, View};
use crate::decision::{Decision, Inputs, Standing};
use crate::error::Result;
use crate::inventory::ModelId;
use crate::maturity::{DRILL_DAYS, FEED_DAYS};
use crate::policy::Policy;
use crate::signing::{Due, trust_dues};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const DAY_SECONDS: i64 = 86_400;
const HOUR_SECONDS: i64 = 3600;

/// What is due at a moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cause {
    /// A certificate of the signature or of a claim begins or ends.
    Certificate {
        /// Its subject.
        subject: Untrusted,
        /// Whether it ends, rather than begins.
        ends: bool,
    },
    /// The time that a timestamp or a log entry states comes.
    SignedTime,
    /// A certificate or a service of a trust anchor begins or ends.
    Anchor {
        /// The anchor's name.
        anchor: String,
    },
    /// A revocation list begins to count or goes out of date, or what it revokes begins to be revoked.
    RevocationList {
        /// The anchor beside which it lies.
        anchor: String,
    },
    /// The file of a trust anchor becomes older than the policy allows.
    AnchorTooOld {
        /// The anchor's name.
        anchor: String,
    },
    /// The policy expires.
    PolicyExpires,
    /// An exception begins.
    ExceptionBegins {
        /// Its id.
        exception: String,
    },
    /// An exception ends soon: from then on it is reported.
    ExceptionEndsSoon {
        /// Its id.
        exception: String,
    },
    /// An exception ends.
    ExceptionEnds {
        /// Its id.
        exception: String,
    },
    /// What the policy grants to a publisher or an attester begins.
    GrantBegins {
        /// Its id.
        grant: String,
    },
    /// What the policy grants to a publisher or an attester ends.
    GrantEnds {
        /// Its id.
        grant: String,
    },
    /// The verification becomes older than the policy allows.
    VerificationTooOld {
        /// So many days are allowed.
        days: u32,
    },
    /// The verification was made at a later time, which comes.
    VerificationBegins,
    /// Digests that were not computed at the verification become too old for the stage.
    DigestsTooOld,
    /// A claim becomes older than the policy allows.
    ClaimTooOld {
        /// The type of its predicate.
        claim: Untrusted,
    },
    /// Broken glass begins to let the model in.
    GlassBegins,
    /// Broken glass no longer lets the model in.
    GlassEnds,
    /// An earlier word of a gate becomes too old.
    GateTooOld,
    /// Records of the ledger are too long without a checkpoint.
    Unanchored,
    /// The newest feed becomes too old to count.
    FeedTooOld,
    /// The last drill of a runbook becomes too old to count.
    DrillTooOld {
        /// The runbook.
        runbook: Untrusted,
    },
    /// A deployment of the model begins.
    DeploymentBegins,
    /// A deployment of the model ends.
    DeploymentEnds,
    /// Something of an ancestor.
    Ancestor {
        /// The ancestor.
        model: ModelId,
    },
    /// It could not be told what.
    Unknown,
}

/// Whom something that is due concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    All,
    Model(usize),
}

/// What is due in a time, each moment once and in their order.
#[derive(Debug, Clone)]
pub(crate) struct Dues {
    after: Timestamp,
    until: Timestamp,
    at: BTreeMap<Timestamp, BTreeSet<(Whom, Cause)>>,
}

/// What is due at one moment, or on one day.
#[derive(Debug, Clone, Default)]
pub(crate) struct DueThen(BTreeSet<(Whom, Cause)>);

impl Dues {
    /// What is due in a view's own evidence, policy, anchors, reviews and deployments. What is due in signatures is not
    /// among it.
    pub fn of(view: &View, until: Timestamp) -> Self {
        let mut dues = Dues { after: view.at, until, at: BTreeMap::new() };
        dues.of_policy(&view.policy);
        dues.of_anchors(view);
        dues.of_deployments(view);
        if let (Some(most), Some(since)) = (
            view.policy.ledger.max_unanchored_days,
            view.anchoring.as_ref().and_then(|anchoring| anchoring.since),
        ) {
            dues.put(Some(later(since, i64::from(most) * DAY_SECONDS + 1)), Whom::All, Cause::Unanchored);
        }
        let ends = view.feeds.newest().map(|newest| later(newest, i64::from(FEED_DAYS) * DAY_SECONDS + 1));
        dues.put(ends, Whom::All, Cause::FeedTooOld);
        (0..view.models.len()).for_each(|index| dues.of_model(view, index));
        dues
    }

    /// Something in a signature or a claim of the model of an index.
    pub fn signed(&mut self, index: usize, dues: Vec<(Timestamp, Due)>) {
        for (at, due) in dues {
            self.put(Some(at), Whom::Model(index), Cause::of(due));
        }
    }

    /// The moments; where there are more than so many, one a day, the last of it.
    pub fn steps(self, most: usize) -> (Vec<(Timestamp, DueThen)>, bool) {
        let by_day = self.at.len() > most;
        let mut steps: Vec<(Timestamp, DueThen)> = Vec::new();
        for (at, due) in self.at {
            match steps.last_mut() {
                Some((last, then)) if by_day && day(*last) == day(at) => {
                    *last = at;
                    then.0.extend(due);
                }
                _ => steps.push((at, DueThen(due))),
            }
        }
        (steps, by_day)
    }

    fn put(&mut self, at: Option<Timestamp>, whom: Whom, cause: Cause) {
        let Some(at) = at.filter(|at| *at > self.after && *at <= self.until) else { return };
        self.at.entry(at).or_default().insert((whom, cause));
    }

    fn of_policy(&mut self, policy: &Policy) {
        self.put(policy.expires, Whom::All, Cause::PolicyExpires);
        for exception in &policy.exceptions {
            let id = || exception.id.clone();
            let [begins, soon, ends] = exception.moments();
            self.put(begins, Whom::All, Cause::ExceptionBegins { exception: id() });
            self.put(soon, Whom::All, Cause::ExceptionEndsSoon { exception: id() });
            self.put(ends, Whom::All, Cause::ExceptionEnds { exception: id() });
        }
        let publishers = policy.publishers.iter().map(|one| (&one.id, one.valid_from, one.valid_until));
        let attesters = policy.attesters.iter().map(|one| (&one.id, one.valid_from, one.valid_until));
        for (id, from, until) in publishers.chain(attesters) {
            self.put(from, Whom::All, Cause::GrantBegins { grant: id.clone() });
            self.put(until, Whom::All, Cause::GrantEnds { grant: id.clone() });
        }
    }

    fn of_anchors(&mut self, view: &View) {
        let trust = view.trust.trust();
        for (at, due) in trust_dues(trust) {
            self.put(Some(at), Whom::All, Cause::of(due));
        }
        for anchor in &trust.anchors {
            let source = view.policy.trust.iter().find(|source| source.name == anchor.name);
            let most = source.and_then(|source| source.max_age_days);
            let Some((made, most)) = anchor.made.zip(most) else { continue };
            let at = later(made, (i64::from(most) + 1) * DAY_SECONDS);
            self.put(Some(at), Whom::All, Cause::AnchorTooOld { anchor: anchor.name.clone() });
        }
    }

    fn of_deployments(&mut self, view: &View) {
        for row in view.deployments() {
            for index in row.models {
                let (since, until) = (row.deployment.since, row.deployment.until);
                self.put(since, Whom::Model(index), Cause::DeploymentBegins);
                self.put(until, Whom::Model(index), Cause::DeploymentEnds);
            }
        }
    }

    fn of_model(&mut self, view: &View, index: usize) {
        let whom = Whom::Model(index);
        for glass in view.standing_reviews(index).into_iter().filter_map(|review| review.glass) {
            self.put(Some(glass.since), whom, Cause::GlassBegins);
            self.put(Some(glass.until), whom, Cause::GlassEnds);
        }
        let usage = view.models.get(index).and_then(|model| view.usage.get(&model.id));
        for drill in usage.into_iter().flat_map(|usage| &usage.drills) {
            let ends = later(drill.at, i64::from(DRILL_DAYS) * DAY_SECONDS + 1);
            self.put(Some(ends), whom, Cause::DrillTooOld { runbook: drill.runbook.clone() });
        }
        for gated in usage.into_iter().flat_map(|usage| &usage.gates) {
            let hours = view.policy.stage(gated.stage.raw()).and_then(|stage| stage.cached_max_hours);
            if let Some((passed, hours)) = gated.passed.as_ref().zip(hours) {
                let ends = later(passed.at, i64::from(hours) * HOUR_SECONDS + 1);
                self.put(Some(ends), whom, Cause::GateTooOld);
            }
        }
        let Some(verified) = view.verified.get(index).and_then(Option::as_deref) else { return };
        let (verification, policy) = (&verified.verification, &view.policy);
        let (days, skew) =
            (policy.freshness.max_verification_age_days, i64::from(policy.freshness.clock_skew_seconds));
        let ends = later(verification.at, i64::from(days) * DAY_SECONDS + 1);
        self.put(Some(ends), whom, Cause::VerificationTooOld { days });
        self.put(Some(later(verification.at, -skew)), whom, Cause::VerificationBegins);
        let hours = view.policy.stage(&view.stage).and_then(|stage| stage.cached_hours());
        if let Some((recalled, hours)) = verification.files.recalled.as_ref().zip(hours) {
            let ends = later(recalled.oldest, i64::from(hours) * HOUR_SECONDS + 1);
            self.put(Some(ends), whom, Cause::DigestsTooOld);
        }
        let requirements = policy.requirements.iter().filter_map(|one| one.max_age_days);
        let summaries = policy.summaries.iter().filter_map(|one| one.max_age_days);
        let ages: BTreeSet<u32> = requirements.chain(summaries).collect();
        for claimed in verified.testimonies.iter().map(|testimony| &testimony.claimed) {
            let said = match &claimed.said {
                crate::attest::Said::Summary(summary) => summary.at,
                _ => None,
            };
            let cause = || Cause::ClaimTooOld { claim: claimed.predicate_type.clone() };
            for at in claimed.signed_at.into_iter().chain(said) {
                self.put(Some(later(at, -skew)), whom, Cause::SignedTime);
                for days in &ages {
                    let age = i64::from(*days) * DAY_SECONDS + 1;
                    // Some rules allow for clocks that differ, others do not.
                    self.put(Some(later(at, age)), whom, cause());
                    self.put(Some(later(at, age + skew)), whom, cause());
                }
            }
        }
    }
}

/// So many seconds after a moment, and in the first whole second.
fn later(at: Timestamp, seconds: i64) -> Timestamp {
    let whole = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second(whole.saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY_SECONDS)
}

impl Cause {
    fn of(due: Due) -> Self {
        match due {
            Due::Anchor(anchor) => Cause::Anchor { anchor },
            Due::RevocationList(anchor) => Cause::RevocationList { anchor },
            Due::Certificate { subject, ends } => Cause::Certificate { subject, ends },
            Due::SignedTime => Cause::SignedTime,
        }
    }

    /// The anchor that it is about.
    fn anchor(&self) -> Option<&str> {
        match self {
            Cause::Anchor { anchor } | Cause::RevocationList { anchor } | Cause::AnchorTooOld { anchor } => {
                Some(anchor)
            }
            _ => None,
        }
    }
}

impl DueThen {
    /// Whether it may concern every model.
    pub fn is_for_all(&self) -> bool {
        self.0.iter().any(|(whom, _)| *whom == Whom::All)
    }

    /// The models that it concerns one by one.
    pub fn models(&self) -> Vec<usize> {
        let models = self.0.iter().filter_map(|(whom, _)| match whom {
            Whom::All => None,
            Whom::Model(index) => Some(*index),
        });
        models.collect::<BTreeSet<usize>>().into_iter().collect()
    }

    /// What is due for a model that stands elsewhere; several where several things are due.
    fn causes(&self, before: &View, after: &View, index: usize) -> Vec<Cause> {
        let own = self.own(before, after, index);
        if !own.is_empty() {
            return own;
        }
        let ancestors = after.family(index).into_iter().filter(|one| *one != index);
        let due = ancestors.filter(|one| !self.own(before, after, *one).is_empty());
        let named = due.filter_map(|one| Some(Cause::Ancestor { model: after.models.get(one)?.id.clone() }));
        let named: Vec<Cause> = named.collect();
        if named.is_empty() { vec![Cause::Unknown] } else { named }
    }

    fn own(&self, before: &View, after: &View, index: usize) -> Vec<Cause> {
        let Some(model) = after.models.get(index) else { return Vec::new() };
        let used = |view: &View, name: &str| {
            let verification = view.verification(index);
            verification.and_then(|one| one.anchor.as_ref()).is_some_and(|anchor| anchor.name == name)
        };
        let claims =
            || after.verified.get(index).and_then(Option::as_deref).is_some_and(|one| one.seen.has_claims());
        let publisher = after.policy.publisher_of(model.id.raw()).map(|publisher| &publisher.id);
        let concerns = |(whom, cause): &&(Whom, Cause)| match (whom, cause) {
            (Whom::Model(one), _) => *one == index,
            (_, Cause::PolicyExpires | Cause::Unanchored | Cause::FeedTooOld) => true,
            (
                _,
                Cause::ExceptionBegins { exception: id }
                | Cause::ExceptionEndsSoon { exception: id }
                | Cause::ExceptionEnds { exception: id },
            ) => {
                let root = after.root(index);
                let all = after.policy.exceptions.iter();
                all.filter(|one| one.id == *id).any(|one| one.subject.matches(model.id.raw(), root.as_ref()))
            }
            (_, Cause::GrantBegins { grant } | Cause::GrantEnds { grant }) => {
                publisher == Some(grant) || claims()
            }
            (_, cause) => {
                cause.anchor().is_some_and(|name| used(before, name) || used(after, name) || claims())
            }
        };
        let causes: BTreeSet<Cause> =
            self.0.iter().filter(concerns).map(|(_, cause)| cause.clone()).collect();
        causes.into_iter().collect()
    }
}

/// What time alone will change.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// The time from which it looks ahead.
    pub from: Timestamp,
    /// The time to which it looks.
    pub until: Timestamp,
    /// The stage that is judged for.
    pub stage: String,
    /// Which models alone are looked at, in words; none for all.
    pub scope: Option<String>,
    /// How many models there are.
    pub models: usize,
    /// How many of them stand elsewhere at some moment.
    pub changing: usize,
    /// How many moments were judged, one after the other: between them nothing can change.
    pub moments: usize,
    /// Whether there were so many moments that only the last of each day was judged.
    pub by_day: bool,
    /// Models of which time changes nothing because nothing is known.
    pub not_measured: NotMeasured,
    /// What it rests on.
    pub inputs: Inputs,
    /// The moments at which models change, in their order.
    pub steps: Vec<ForecastStep>,
}

/// A moment at which models change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ForecastStep {
    /// The moment: before it nothing of this has changed.
    pub at: Timestamp,
    /// Models that change alike, those that are kept out first.
    pub groups: Vec<ForecastGroup>,
}

/// Models that change alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ForecastGroup {
    /// What the change means.
    pub turn: Turn,
    /// The decision before.
    pub decision_before: Decision,
    /// The decision after.
    pub decision_after: Decision,
    /// The effective level before.
    pub level_before: u8,
    /// The effective level after.
    pub level_after: u8,
    /// What is due then.
    pub causes: Vec<Cause>,
    /// The code of the reason that weighs most: of the stricter decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The models.
    pub models: Vec<ForecastModel>,
}

/// A model that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ForecastModel {
    /// The model.
    pub model: ModelId,
    /// At how many places it runs.
    pub deployments: usize,
    /// What is known of it, by digest.
    pub evidence: EvidenceDigest,
}

/// Which models alone are looked at.
#[derive(Debug, Clone)]
pub struct Only {
    /// The models.
    pub models: BTreeSet<ModelId>,
    /// Which they are, in words.
    pub words: String,
}

/// What models that change alike have in common, in the order in which they are listed.
type Alike = (u8, Turn, Decision, Decision, u8, u8, Vec<Cause>, Option<String>);

/// A forecast while it is made.
pub(crate) struct Forecasting {
    evidence: Vec<EvidenceDigest>,
    /// The models that are looked at, in ascending order.
    asked: Vec<usize>,
    changed: BTreeSet<usize>,
    forecast: Forecast,
}

impl Forecasting {
    /// From a view on.
    ///
    /// # Errors
    /// `E-INTERNAL`, `E-TOO-LARGE`.
    pub fn begin(
        view: &View,
        until: Timestamp,
        (moments, by_day): (usize, bool),
        only: Option<&Only>,
    ) -> Result<Self> {
        let (evidence, inputs) = view.evidence_of_all()?;
        let is_asked = |index: &usize| {
            let model = view.models.get(*index);
            only.is_none_or(|only| model.is_some_and(|model| only.models.contains(&model.id)))
        };
        let rows: Vec<usize> = (0..view.models.len()).filter(is_asked).collect();
        let not_measured =
            view.survey_of(&SurveyOf { rows: Some(&rows), ..SurveyOf::default() }).not_measured;
        let forecast = Forecast {
            from: view.at,
            until,
            stage: view.stage.clone(),
            scope: only.map(|only| only.words.clone()),
            models: rows.len(),
            changing: 0,
            moments,
            by_day,
            not_measured,
            inputs,
            steps: Vec::new(),
        };
        Ok(Forecasting { evidence, asked: rows, changed: BTreeSet::new(), forecast })
    }

    /// What differs at a moment from the one before.
    pub fn step(&mut self, before: &View, after: &View, due: &DueThen) {
        let mut groups: BTreeMap<Alike, Vec<ForecastModel>> = BTreeMap::new();
        for flip in Flips::between(before, after).models {
            let Flip { before: was, after: is, .. } = &flip;
            if was.decision == is.decision && was.effective == is.effective {
                continue;
            }
            let Some((index, model)) = after.model(&flip.model) else { continue };
            if self.asked.binary_search(&index).is_err() {
                continue;
            }
            let Some(evidence) = self.evidence.get(index) else { continue };
            let reason = flip.by.as_ref().map(|by| by.code.as_str().to_owned());
            let alike = alike(&flip, was, is, due.causes(before, after, index), reason);
            let (model, deployments) = (model.id.clone(), after.runs_at(index).len());
            groups.entry(alike).or_default().push(ForecastModel { model, deployments, evidence: *evidence });
            self.changed.insert(index);
        }
        if groups.is_empty() {
            return;
        }
        let group = |(alike, models): (Alike, Vec<ForecastModel>)| {
            let (_, turn, decision_before, decision_after, level_before, level_after, causes, reason) = alike;
            ForecastGroup {
                turn,
                decision_before,
                decision_after,
                level_before,
                level_after,
                causes,
                reason,
                models,
            }
        };
        let groups = groups.into_iter().map(group).collect();
        self.forecast.steps.push(ForecastStep { at: after.at, groups });
    }

    /// The forecast.
    pub fn done(self) -> Forecast {
        Forecast { changing: self.changed.len(), ..self.forecast }
    }
}

fn alike(flip: &Flip, was: &Standing, is: &Standing, causes: Vec<Cause>, reason: Option<String>) -> Alike {
    let turn = flip.turn();
    // What is lost matters most to whoever looks ahead.
    let weight = match turn {
        Turn::KeptOut => 0,
        Turn::Tightened => 1,
        Turn::Lowered => 2,
        Turn::LetIn => 3,
        Turn::Eased => 4,
        Turn::Raised => 5,
    };
    (weight, turn, was.decision, is.decision, was.effective, is.effective, causes, reason)
}

/// So many days from a time on.
pub fn in_days(from: Timestamp, days: u32) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_moments_the_last_of_each_day_stands_for_all_that_is_due_on_it() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let (after, until) = (at("2026-11-28T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        let mut dues = Dues { after, until, at: BTreeMap::new() };
        let dated = [
            ("2026-11-28T00:00:00Z", Cause::Unknown),
            ("2026-11-28T01:00:00Z", Cause::GlassBegins),
            ("2026-11-28T23:00:00Z", Cause::GlassEnds),
            ("2026-12-01T00:00:00Z", Cause::PolicyExpires),
            ("2026-12-01T00:00:01Z", Cause::Unknown),
        ];
        for (moment, cause) in dated {
            dues.put(Some(at(moment)), Whom::All, cause);
        }
        let shown = |most| {
            let (steps, by_day) = dues.clone().steps(most);
            let step = |(at, then): (Timestamp, DueThen)| {
                (at.to_string(), then.0.into_iter().map(|(_, cause)| cause).collect::<Vec<_>>())
            };
            (steps.into_iter().map(step).collect::<Vec<_>>(), by_day)
        };
        let (first, second) = ("2026-11-28T01:00:00Z".to_owned(), "2026-11-28T23:00:00Z".to_owned());
        let last = ("2026-12-01T00:00:00Z".to_owned(), vec![Cause::PolicyExpires]);
        let both = (second.clone(), vec![Cause::GlassBegins, Cause::GlassEnds]);
        assert_eq!(shown(2), (vec![both, last.clone()], true));
        let each = vec![(first, vec![Cause::GlassBegins]), (second, vec![Cause::GlassEnds]), last];
        assert_eq!(shown(3), (each, false));
    }
}
