//! `attest data`, `config`, `evaluation`, `card` and `composition`.

use super::making::{Begun, Making, Of};
use super::parts;
use crate::attest::{
    CardDraft, Comparator, CompositionDraft, ConfigDraft, DataDraft, DatasetDraft, EvaluationDraft, Input,
    InputRole, NamedDigest, PredicateKind, ResultOf,
};
use crate::cli::common::Common;
use crate::cli::output::Output;
use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::inventory::FactKey;
use clap::Args;
use jiff::Timestamp;
use std::path::PathBuf;

/// A larger card is not read.
const LIMIT_CARD_BYTES: u64 = 64 * 1024 * 1024;

/// The arguments of `attest data`.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// The model's id or folder
    model: String,
    #[command(flatten)]
    what: DataWhat,
    #[command(flatten)]
    making: Making,
}

/// The datasets. A flag given once applies to all of them; otherwise there is one value per dataset, in the
/// same order.
#[derive(Debug, Args)]
#[group(id = "data", multiple = true, conflicts_with = "predicate")]
struct DataWhat {
    /// A dataset (repeat): one in the inventory, or NAME@sha256:HEX
    #[arg(long, value_name = "MODEL", required_unless_present = "predicate")]
    dataset: Vec<String>,
    /// Its split: train, validation, … (give this and the flags below once for all datasets, or once for
    /// each)
    #[arg(long, value_name = "NAME")]
    split: Vec<String>,
    /// Where it comes from
    #[arg(long, value_name = "TEXT")]
    source: Vec<String>,
    /// How it was collected
    #[arg(long, value_name = "TEXT")]
    collection: Vec<String>,
    /// How it was prepared
    #[arg(long, value_name = "TEXT")]
    preprocessing: Vec<String>,
    /// Its licence
    #[arg(long, visible_alias = "license", value_name = "LICENCE")]
    licence: Vec<String>,
    /// Whether it contains personal data
    #[arg(long, value_name = "WORD", value_parser = ["none", "removed", "pseudonymised", "present", "unknown"])]
    personal_data: Vec<String>,
    /// Who governs it
    #[arg(long, value_name = "WHO")]
    owner: Vec<String>,
}

pub(super) fn data(arguments: &Data, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: DataDraft::TYPE, kinds: &[PredicateKind::Data] };
    let Data { model, what, making } = arguments;
    let many = what.dataset.len();
    let each = [
        ("--split", &what.split),
        ("--source", &what.source),
        ("--collection", &what.collection),
        ("--preprocessing", &what.preprocessing),
        ("--licence", &what.licence),
        ("--personal-data", &what.personal_data),
        ("--owner", &what.owner),
    ];
    for (flag, values) in each {
        if values.len() > 1 && values.len() != many {
            let what = format!("{flag} is given {} times, but there are {many} datasets", values.len());
            return Err(Error::new(Code::Usage, what)
                .at(flag)
                .help("give it once for all, or once for each"));
        }
    }
    let begun = making.begin(model, common, output)?;
    let made = begun.check(&OF, || {
        let of = |values: &[String], at: usize| match values {
            [one] => Some(one.clone()),
            values => values.get(at).cloned(),
        };
        let datasets = begun.parts(&what.dataset, InputRole::Dataset)?.into_iter().enumerate();
        let datasets = datasets.map(|(at, dataset)| DatasetDraft {
            dataset,
            split: of(&what.split, at),
            source: of(&what.source, at),
            collection: of(&what.collection, at),
            preprocessing: of(&what.preprocessing, at),
            licence: of(&what.licence, at),
            personal_data: of(&what.personal_data, at),
            owner: of(&what.owner, at),
        });
        Ok(DataDraft { datasets: datasets.collect() }.draft())
    })?;
    begun.finish(&made)
}

/// The arguments of `attest config`.
#[derive(Debug, Args)]
pub(crate) struct Config {
    /// The model's id or folder
    model: String,
    #[command(flatten)]
    what: ConfigWhat,
    #[command(flatten)]
    making: Making,
}

/// How it was trained.
#[derive(Debug, Args)]
#[group(id = "config_of", multiple = true, conflicts_with = "predicate")]
struct ConfigWhat {
    /// A hyperparameter (repeat)
    #[arg(long, value_name = "NAME=VALUE", value_parser = parts::pair)]
    parameter: Vec<(String, String)>,
    /// The configuration file: the claim states its digest
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The commit of the code, or ADDRESS@COMMIT
    #[arg(long, value_name = "COMMIT", value_parser = parts::commit)]
    code: Option<Input>,
    /// A framework, with its version (repeat)
    #[arg(long, value_name = "NAME=VERSION", value_parser = parts::versioned)]
    framework: Vec<(String, Option<String>)>,
    /// The random seed
    #[arg(long, value_name = "SEED")]
    seed: Option<String>,
    /// The hardware class, such as H100
    #[arg(long, value_name = "CLASS")]
    hardware: Option<String>,
    /// The number of devices
    #[arg(long, value_name = "N", requires = "hardware")]
    devices: Option<u64>,
}

pub(super) fn config(arguments: &Config, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: ConfigDraft::TYPE, kinds: &[PredicateKind::Config] };
    let Config { model, what, making } = arguments;
    if making.predicate.is_none() && what.parameter.is_empty() && what.config.is_none() {
        return Err(Error::new(Code::Usage, "give hyperparameters or a configuration file")
            .at("--parameter")
            .help("give --parameter NAME=VALUE, or --config FILE"));
    }
    let begun = making.begin(model, common, output)?;
    let made = begun.check(&OF, || {
        let draft = ConfigDraft {
            parameters: what.parameter.clone(),
            config: what.config.as_deref().map(parts::config).transpose()?,
            code: what.code.clone(),
            frameworks: what.framework.clone(),
            seed: what.seed.clone(),
            hardware: what.hardware.clone().map(|class| (class, what.devices)),
        };
        Ok(draft.draft())
    })?;
    begun.finish(&made)
}

/// The arguments of `attest evaluation`.
#[derive(Debug, Args)]
pub(crate) struct Evaluation {
    /// The model's id or folder
    model: String,
    #[command(flatten)]
    what: EvaluationWhat,
    #[command(flatten)]
    making: Making,
}

/// How it performed in a benchmark.
#[derive(Debug, Args)]
#[group(id = "evaluation", multiple = true, conflicts_with = "predicate")]
struct EvaluationWhat {
    /// The benchmark, with its version
    #[arg(long, value_name = "NAME=VERSION", required_unless_present = "predicate", value_parser = parts::versioned)]
    benchmark: Option<(String, Option<String>)>,
    /// What was measured (repeat)
    #[arg(long, value_name = "NAME", required_unless_present = "predicate")]
    metric: Vec<String>,
    /// The value of each metric, as a decimal number
    #[arg(long, value_name = "NUMBER", required_unless_present = "predicate", allow_hyphen_values = true, value_parser = parts::decimal)]
    value: Vec<String>,
    /// The threshold for each value: none, or one for each metric
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, value_parser = parts::decimal)]
    threshold: Vec<String>,
    /// How each value must compare with its threshold: once for all, or once for each [default: >=]
    #[arg(long, value_name = "SIGN", requires = "threshold", value_parser = [">=", ">", "<=", "<", "=="])]
    comparator: Vec<String>,
    /// The number of samples
    #[arg(long, value_name = "N")]
    samples: Option<u64>,
    /// The harness, with its version
    #[arg(long, value_name = "NAME=VERSION", value_parser = parts::versioned)]
    harness: Option<(String, Option<String>)>,
    /// The digest of the harness
    #[arg(long, value_name = "DIGEST", requires = "harness", value_parser = parts::sha256)]
    harness_digest: Option<NamedDigest>,
    /// The dataset it was evaluated on: one in the inventory, or NAME@sha256:HEX
    #[arg(long, value_name = "MODEL")]
    dataset: Option<String>,
    /// Who evaluated
    #[arg(long, value_name = "WHO")]
    evaluator: Option<String>,
    /// How independently the result was confirmed
    #[arg(long, value_name = "WORD", value_parser = ["self_attested", "third_party", "reproduced", "enclave_attested"])]
    assurance: Option<String>,
    /// When it was evaluated (RFC 3339) [default: now]
    #[arg(long, value_name = "TIME")]
    evaluated: Option<Timestamp>,
}

const SIGNS: [Comparator; 5] =
    [Comparator::AtLeast, Comparator::Above, Comparator::AtMost, Comparator::Below, Comparator::Exactly];

impl EvaluationWhat {
    fn results(&self) -> Result<Vec<ResultOf>> {
        let many = self.metric.len();
        let uneven = |flag: &str, given: usize, help: &str| {
            let what = format!("{flag} is given {given} times, but there are {many} metrics");
            Err(Error::new(Code::Usage, what).at(flag).help(help))
        };
        if self.value.len() != many {
            return uneven("--value", self.value.len(), "give one value for each metric, in their order");
        }
        if !self.threshold.is_empty() && self.threshold.len() != many {
            return uneven("--threshold", self.threshold.len(), "give one for each metric, or none");
        }
        if self.comparator.len() > 1 && self.comparator.len() != many {
            return uneven(
                "--comparator",
                self.comparator.len(),
                "give it once for all, or once for each metric",
            );
        }
        let sign = |at: usize| {
            let said = match self.comparator.as_slice() {
                [one] => Some(one),
                all => all.get(at),
            };
            let of = |text: &String| SIGNS.into_iter().find(|sign| sign.sign() == text);
            said.and_then(of).unwrap_or(Comparator::AtLeast)
        };
        let pairs = self.metric.iter().zip(&self.value).enumerate();
        Ok(pairs
            .map(|(at, (metric, value))| ResultOf {
                metric: metric.clone(),
                value: value.clone(),
                bar: self.threshold.get(at).map(|threshold| (sign(at), threshold.clone())),
            })
            .collect())
    }
}

pub(super) fn evaluation(arguments: &Evaluation, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: EvaluationDraft::TYPE, kinds: &[PredicateKind::Evaluation] };
    let Evaluation { model, what, making } = arguments;
    let results = what.results()?;
    let begun = making.begin(model, common, output)?;
    let made = begun.check(&OF, || {
        let (benchmark, benchmark_version) = what.benchmark.clone().unwrap_or_default();
        let harness = what.harness.clone();
        let dataset = what.dataset.as_deref().map(|text| begun.part(text, InputRole::Dataset)).transpose()?;
        let draft = EvaluationDraft {
            benchmark,
            benchmark_version,
            results,
            samples: what.samples,
            harness: harness.map(|(name, version)| (name, version, what.harness_digest.clone())),
            dataset,
            evaluator: what.evaluator.clone(),
            assurance: what.assurance.clone(),
            at: what.evaluated.unwrap_or_else(|| begun.now()),
        };
        Ok(draft.draft())
    })?;
    begun.finish(&made)
}

/// The arguments of `attest card`.
#[derive(Debug, Args)]
pub(crate) struct Card {
    /// The model's id or folder
    model: String,
    #[command(flatten)]
    what: CardWhat,
    #[command(flatten)]
    making: Making,
}

/// Its card.
#[derive(Debug, Args)]
#[group(id = "card", multiple = true, conflicts_with = "predicate")]
struct CardWhat {
    /// The card file; in Markdown, the headings give the sections
    #[arg(required_unless_present = "predicate")]
    file: Option<PathBuf>,
    /// A section, for a card that is not Markdown (repeat)
    #[arg(long, value_name = "NAME")]
    section: Vec<String>,
    /// The model's version [default: the version in the inventory]
    #[arg(long, value_name = "VERSION")]
    model_version: Option<String>,
    /// Make it a system card: the card of this system, in which the model runs
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
}

pub(super) fn card(arguments: &Card, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: CardDraft::TYPE, kinds: &[PredicateKind::Card, PredicateKind::Reference] };
    let Card { model, what, making } = arguments;
    let begun = making.begin(model, common, output)?;
    let made = begun.check(&OF, || {
        let file = what.file.as_deref().unwrap_or_else(|| std::path::Path::new(""));
        let bytes = read_small(file, LIMIT_CARD_BYTES)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let mut draft = CardDraft::of(&name, &bytes);
        draft.sections.extend(what.section.iter().cloned());
        if draft.sections.is_empty() {
            return Err(Error::new(Code::Malformed, "no headings found in the card")
                .at_path(file)
                .help("name its sections with --section; only Markdown headings are read"));
        }
        let known = &begun.subject.model;
        draft.model = known.id.raw().to_owned();
        let version = known.fact(FactKey::Version).map(|fact| fact.value.raw().to_owned());
        draft.version = what.model_version.clone().or(version);
        draft.system = what.system.clone();
        Ok(draft.draft())
    })?;
    begun.finish(&made)
}

/// The arguments of `attest composition`.
#[derive(Debug, Args)]
pub(crate) struct Composition {
    /// The model's id or folder; it is itself a member
    model: String,
    #[command(flatten)]
    what: CompositionWhat,
    #[command(flatten)]
    making: Making,
}

/// What it runs with.
#[derive(Debug, Args)]
#[group(id = "composition", multiple = true, conflicts_with = "predicate")]
struct CompositionWhat {
    /// The base that it runs on: one in the inventory, or NAME@sha256:HEX
    #[arg(long, value_name = "MODEL")]
    base: Vec<String>,
    /// An adapter (repeat)
    #[arg(long, value_name = "MODEL")]
    adapter: Vec<String>,
    /// The tokenizer
    #[arg(long, value_name = "MODEL")]
    tokenizer: Option<String>,
    /// The chat template
    #[arg(long, value_name = "MODEL")]
    template: Option<String>,
    /// The quantisation: one in the inventory, a digest as above, or its name
    #[arg(long, value_name = "MODEL")]
    quantisation: Option<String>,
}

pub(super) fn composition(arguments: &Composition, common: &Common, output: &Output) -> Result<u8> {
    const OF: Of = Of { usual: CompositionDraft::TYPE, kinds: &[PredicateKind::Composition] };
    let Composition { model, what, making } = arguments;
    let begun = making.begin(model, common, output)?;
    let made = begun.check(&OF, || Ok(composed(&begun, what)?.draft()))?;
    begun.finish(&made)
}

fn composed(begun: &Begun<'_>, what: &CompositionWhat) -> Result<CompositionDraft> {
    let own = begun.subject.as_member();
    let mut members = begun.parts(&what.base, InputRole::Base)?;
    members.extend(begun.parts(&what.adapter, InputRole::Adapter)?);
    members.extend(what.tokenizer.as_deref().map(|text| begun.part(text, InputRole::Tokenizer)).transpose()?);
    members.extend(what.template.as_deref().map(|text| begun.part(text, InputRole::Template)).transpose()?);
    let mut quantisation = None;
    if let Some(text) = &what.quantisation {
        match begun.part(text, InputRole::Other) {
            Ok(member) => {
                quantisation = Some(member.name.raw().to_owned());
                members.push(member);
            }
            // Only a name: nothing in the inventory has it.
            Err(error) if error.code == Code::NotFound => quantisation = Some(text.clone()),
            Err(error) => return Err(error),
        }
    }
    if members.is_empty() {
        return Err(Error::new(Code::Usage, "nothing that the model runs with is named")
            .at("--base")
            .help("name its base, adapters, tokenizer or template"));
    }
    let is_own = |member: &Input| member.digests == own.digests;
    if !members.iter().any(is_own) {
        members.insert(0, own);
    }
    for member in &mut members {
        // The time of verification is not part of a composition.
        member.verified_at = None;
    }
    Ok(CompositionDraft { members, quantisation })
}
