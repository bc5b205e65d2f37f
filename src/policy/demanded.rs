//! The canonical forms of what a policy demands of claims. Each is omitted if empty.

use super::names::{ROLES, SELF_ATTESTED, SEVERITIES, STRATEGIES, SUMMARIES, UNSIGNED_ANCESTORS, word};
use super::requirement::{Clause, Measure, Requirement, Scalar, SelfAttested, Severity, Test};
use super::rules::{ConflictRules, LineageRules, TrustedSummary, UnsignedAncestor};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize, PartialEq)]
pub(super) struct RequirementForm<'p> {
    id: &'p str,
    predicate: &'p str,
    from_role: Option<&'static str>,
    domain: Option<&'p str>,
    verifier: Option<&'p str>,
    /// The first that does not hold is named.
    #[serde(rename = "where")]
    clauses: Vec<ClauseForm>,
    max_age_days: Option<u32>,
    severity: Option<&'static str>,
    self_attested: Option<&'static str>,
}

#[derive(Serialize, PartialEq)]
struct ClauseForm {
    path: String,
    op: &'static str,
    value: ValueForm,
}

/// A number or a time is no text: it stands in an object of its own.
#[derive(Serialize, PartialEq)]
#[serde(untagged)]
enum ValueForm {
    Text(String),
    Flag(bool),
    Number { number: String },
    Moment { moment: String },
    Parents { parents: bool },
    List(Vec<ValueForm>),
}

#[derive(Serialize, PartialEq)]
pub(super) struct SummaryForm<'p> {
    verifier: &'p str,
    signer: &'p str,
    kinds: Vec<&'static str>,
    min_properties: BTreeSet<&'p str>,
    resource: Option<&'p str>,
    policy: Option<&'p str>,
    max_age_days: Option<u32>,
    max_hops_covered: Option<u32>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct LineageForm {
    min_completeness: Option<u32>,
    max_depth: Option<u32>,
    unsigned_ancestor: Option<&'static str>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct ConflictsForm {
    strategy: Option<&'static str>,
    hierarchy: Vec<&'static str>,
}

impl<'p> RequirementForm<'p> {
    pub fn of(requirement: &'p Requirement) -> Self {
        let Requirement {
            id,
            predicate,
            uris: _,
            from_role,
            domain,
            verifier,
            clauses,
            max_age_days,
            severity,
            self_attested,
        } = requirement;
        RequirementForm {
            id,
            predicate,
            from_role: from_role.map(|role| word(&ROLES, role)),
            domain: domain.as_deref(),
            verifier: verifier.as_deref(),
            clauses: clauses.iter().map(clause).collect(),
            max_age_days: *max_age_days,
            severity: (*severity != Severity::default()).then(|| word(&SEVERITIES, *severity)),
            self_attested: (*self_attested != SelfAttested::default())
                .then(|| word(&SELF_ATTESTED, *self_attested)),
        }
    }
}

fn clause(clause: &Clause) -> ClauseForm {
    let Clause { path, test } = clause;
    let value = match test {
        Test::Equal(scalar) | Test::NotEqual(scalar) | Test::Contains(scalar) => value(scalar),
        Test::In(scalars) | Test::NotIn(scalars) | Test::Covers(scalars) => {
            ValueForm::List(scalars.iter().map(value).collect())
        }
        Test::CoversParents => ValueForm::Parents { parents: true },
        Test::Compare(_, Measure::Number(number)) => ValueForm::Number { number: number.to_string() },
        Test::Compare(_, Measure::Moment(moment)) => ValueForm::Moment { moment: moment.to_string() },
        Test::Matches(pattern) => ValueForm::Text(pattern.as_written()),
        Test::ContainsLevel(level) => ValueForm::Text(level.clone()),
        Test::Exists(flag) => ValueForm::Flag(*flag),
        Test::Between(from, until) => ValueForm::List(
            [from, until].map(|moment| ValueForm::Moment { moment: moment.to_string() }).into(),
        ),
    };
    ClauseForm { path: path.to_string(), op: test.operator(), value }
}

fn value(scalar: &Scalar) -> ValueForm {
    match scalar {
        Scalar::Text(text) => ValueForm::Text(text.clone()),
        Scalar::Number(number) => ValueForm::Number { number: number.to_string() },
        Scalar::Flag(flag) => ValueForm::Flag(*flag),
    }
}

impl<'p> SummaryForm<'p> {
    pub fn of(summary: &'p TrustedSummary) -> Self {
        let TrustedSummary {
            verifier,
            signer,
            kinds,
            min_properties,
            resource,
            policy,
            max_age_days,
            max_hops_covered,
        } = summary;
        SummaryForm {
            verifier,
            signer,
            kinds: kinds.iter().map(|kind| word(&SUMMARIES, kind)).collect(),
            min_properties: min_properties.iter().map(String::as_str).collect(),
            resource: resource.as_deref(),
            policy: policy.as_deref(),
            max_age_days: *max_age_days,
            max_hops_covered: *max_hops_covered,
        }
    }
}

impl LineageForm {
    pub fn of(rules: &LineageRules) -> Self {
        let LineageRules { min_completeness, max_depth, unsigned_ancestor } = rules;
        LineageForm {
            min_completeness: *min_completeness,
            max_depth: *max_depth,
            unsigned_ancestor: (*unsigned_ancestor != UnsignedAncestor::default())
                .then(|| word(&UNSIGNED_ANCESTORS, *unsigned_ancestor)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.min_completeness.is_none() && self.max_depth.is_none() && self.unsigned_ancestor.is_none()
    }
}

impl ConflictsForm {
    pub fn of(rules: &ConflictRules) -> Self {
        let ConflictRules { strategy, hierarchy } = rules;
        ConflictsForm {
            strategy: strategy.map(|strategy| word(&STRATEGIES, strategy)),
            hierarchy: hierarchy.iter().map(|role| word(&ROLES, *role)).collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.strategy.is_none()
    }
}
