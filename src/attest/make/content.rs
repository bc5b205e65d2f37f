//! Drafts of the program's own predicates: training data and configuration, evaluation, composition, review.

use super::super::decimal::Decimal;
use super::super::said::{Comparator, Input, NamedDigest};
use super::draft::Draft;
use super::parts::{descriptor, digests, put, time, typed};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Training data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataDraft {
    /// The datasets, each with what is said of it.
    pub datasets: Vec<DatasetDraft>,
}

/// What is said of one dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetDraft {
    /// The dataset, by name and digest.
    pub dataset: Input,
    /// Its part: `train`, `validation`.
    pub split: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// How it was collected.
    pub collection: Option<String>,
    /// How it was prepared.
    pub preprocessing: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Whether it contains personal data.
    pub personal_data: Option<String>,
    /// Who governs it.
    pub owner: Option<String>,
}

impl DataDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "urn:touchmark:training-data:1";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let one = |draft: &DatasetDraft| {
            let mut made = Map::new();
            let name = draft.dataset.name.raw();
            made.insert("name".to_owned(), name.into());
            put(&mut made, "uri", descriptor(&draft.dataset).remove("uri"));
            if !draft.dataset.digests.is_empty() {
                made.insert("digest".to_owned(), digests(&draft.dataset.digests));
            }
            put(&mut made, "split", draft.split.as_deref());
            put(&mut made, "source", draft.source.as_deref());
            put(&mut made, "collection", draft.collection.as_deref());
            put(&mut made, "preprocessing", draft.preprocessing.as_deref());
            put(&mut made, "licence", draft.licence.as_deref());
            put(
                &mut made,
                "personalData",
                draft.personal_data.as_deref().map(|found| json!({ "found": found })),
            );
            put(&mut made, "governance", draft.owner.as_deref().map(|owner| json!({ "owner": owner })));
            put(&mut made, "verifiedAt", draft.dataset.verified_at.map(time));
            Value::from(made)
        };
        let datasets: Vec<Value> = self.datasets.iter().map(one).collect();
        Draft { predicate_type: Self::TYPE.to_owned(), predicate: json!({ "datasets": datasets }) }
    }
}

/// Training configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigDraft {
    /// Hyperparameters, as they were typed.
    pub parameters: Vec<(String, String)>,
    /// The file of the configuration.
    pub config: Option<Input>,
    /// The code.
    pub code: Option<Input>,
    /// Frameworks, each with its version.
    pub frameworks: Vec<(String, Option<String>)>,
    /// The random seed, as it was typed.
    pub seed: Option<String>,
    /// The class of the hardware, and how many devices.
    pub hardware: Option<(String, Option<u64>)>,
}

impl ConfigDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "urn:touchmark:training-config:1";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let mut made = Map::new();
        made.insert("hyperparameters".to_owned(), values(&self.parameters).into());
        put(&mut made, "config", self.config.as_ref().map(descriptor));
        put(&mut made, "code", self.code.as_ref().map(descriptor));
        let frameworks = self.frameworks.iter().map(|(name, version)| {
            let mut one = Map::new();
            one.insert("name".to_owned(), name.as_str().into());
            put(&mut one, "version", version.as_deref());
            Value::from(one)
        });
        let frameworks: Vec<Value> = frameworks.collect();
        put(&mut made, "framework", Some(frameworks).filter(|frameworks| !frameworks.is_empty()));
        put(&mut made, "seed", self.seed.as_deref().map(typed));
        let hardware = self.hardware.as_ref().map(|(class, count)| {
            let mut one = Map::new();
            one.insert("class".to_owned(), class.as_str().into());
            put(&mut one, "count", *count);
            one
        });
        put(&mut made, "hardware", hardware);
        Draft { predicate_type: Self::TYPE.to_owned(), predicate: made.into() }
    }
}

/// Named values, as they were typed.
pub(super) fn values(parameters: &[(String, String)]) -> Map<String, Value> {
    parameters.iter().map(|(name, value)| (name.clone(), typed(value))).collect()
}

/// How a model did in a benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationDraft {
    /// The benchmark.
    pub benchmark: String,
    /// Its version.
    pub benchmark_version: Option<String>,
    /// What was measured.
    pub results: Vec<ResultOf>,
    /// How many samples.
    pub samples: Option<u64>,
    /// The harness: name, version, digest.
    pub harness: Option<(String, Option<String>, Option<NamedDigest>)>,
    /// The data it was evaluated on.
    pub dataset: Option<Input>,
    /// Who evaluated.
    pub evaluator: Option<String>,
    /// How far the evaluator stands from who made the model.
    pub assurance: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// One metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultOf {
    /// What was measured.
    pub metric: String,
    /// The value, as decimal text.
    pub value: String,
    /// How the value must compare with the threshold, and the threshold, as decimal text.
    pub bar: Option<(Comparator, String)>,
}

impl ResultOf {
    /// Whether it holds; none without a bar, or where a value is no decimal number.
    pub fn passed(&self) -> Option<bool> {
        let (comparator, threshold) = self.bar.as_ref()?;
        Some(comparator.holds(&Decimal::parse(&self.value)?, &Decimal::parse(threshold)?))
    }
}

impl EvaluationDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "urn:touchmark:evaluation:1";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let mut benchmark = Map::new();
        benchmark.insert("name".to_owned(), self.benchmark.as_str().into());
        put(&mut benchmark, "version", self.benchmark_version.as_deref());
        let result = |result: &ResultOf| {
            let mut one = Map::new();
            one.insert("metric".to_owned(), result.metric.as_str().into());
            one.insert("value".to_owned(), result.value.as_str().into());
            if let Some((comparator, threshold)) = &result.bar {
                one.insert("comparator".to_owned(), comparator.sign().into());
                one.insert("threshold".to_owned(), threshold.as_str().into());
            }
            put(&mut one, "passed", result.passed());
            Value::from(one)
        };
        let results: Vec<Value> = self.results.iter().map(result).collect();
        let mut made = Map::new();
        made.insert("benchmark".to_owned(), benchmark.into());
        made.insert("results".to_owned(), results.into());
        put(&mut made, "samples", self.samples);
        let harness = self.harness.as_ref().map(|(name, version, digest)| {
            let mut one = Map::new();
            one.insert("name".to_owned(), name.as_str().into());
            put(&mut one, "version", version.as_deref());
            put(&mut one, "digest", digest.as_ref().map(|digest| digests(std::slice::from_ref(digest))));
            one
        });
        put(&mut made, "harness", harness);
        put(&mut made, "dataset", self.dataset.as_ref().map(descriptor));
        put(&mut made, "evaluator", self.evaluator.as_deref().map(|id| json!({ "id": id })));
        put(&mut made, "assuranceLevel", self.assurance.as_deref());
        made.insert("evaluatedAt".to_owned(), time(self.at));
        Draft { predicate_type: Self::TYPE.to_owned(), predicate: made.into() }
    }
}

/// What runs together as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompositionDraft {
    /// The members, each by its digest.
    pub members: Vec<Input>,
    /// How the weights are made smaller when they run.
    pub quantisation: Option<String>,
}

impl CompositionDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "urn:touchmark:composition:1";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let member = |input: &Input| {
            let mut one = Map::new();
            one.insert("name".to_owned(), input.name.raw().into());
            one.insert("role".to_owned(), input.role.word().into());
            one.insert("digest".to_owned(), digests(&input.digests));
            Value::from(one)
        };
        let mut made = Map::new();
        made.insert("members".to_owned(), self.members.iter().map(member).collect::<Vec<_>>().into());
        put(&mut made, "quantisation", self.quantisation.as_deref());
        Draft { predicate_type: Self::TYPE.to_owned(), predicate: made.into() }
    }
}

/// What a person decided, as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDraft {
    /// What was decided, as records write it.
    pub word: String,
    /// Why.
    pub reason: Untrusted,
    /// By whom.
    pub reviewer: Untrusted,
    /// When.
    pub at: Timestamp,
    /// The record of the ledger: its number and its hash; none of a review that is not recorded yet.
    pub record: Option<(u64, String)>,
}

impl ReviewDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "urn:touchmark:review:1";

    /// The predicate.
    pub fn draft(&self) -> Draft {
        let mut made = Map::new();
        made.insert("word".to_owned(), self.word.as_str().into());
        made.insert("reason".to_owned(), self.reason.raw().into());
        made.insert("reviewer".to_owned(), json!({ "id": self.reviewer.raw() }));
        made.insert("reviewedAt".to_owned(), time(self.at));
        let record = self.record.as_ref();
        put(
            &mut made,
            "record",
            record.map(|(number, hash)| json!({ "number": number, "digest": { "sha256": hash } })),
        );
        Draft { predicate_type: Self::TYPE.to_owned(), predicate: made.into() }
    }
}
