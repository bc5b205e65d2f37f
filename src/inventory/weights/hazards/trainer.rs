//! Names that trainers write into the pickles that they keep beside a model, such as `training_args.bin`: settings and
//! their choices. Rebuilding them runs no code of whoever made the file. It knows names only; what else the pickle
//! imports is judged as everywhere.

/// Modules, and what they have of settings. A name that ends in `*` stands for all that begin so.
const SETTINGS: &[(&str, &[&str])] = &[
    ("transformers.training_args", &["OptimizerNames", "ParallelMode", "TrainingArguments"]),
    ("transformers.training_args_seq2seq", &["Seq2SeqTrainingArguments"]),
    (
        "transformers.trainer_utils",
        &[
            "EvaluationStrategy",
            "FSDPOption",
            "HubStrategy",
            "IntervalStrategy",
            "SaveStrategy",
            "SchedulerType",
        ],
    ),
    ("transformers.trainer_pt_utils", &["AcceleratorConfig"]),
    ("transformers.debug_utils", &["DebugOption"]),
    ("transformers.generation.configuration_utils", &["GenerationConfig"]),
    ("transformers.integrations.deepspeed", &["HfDeepSpeedConfig", "HfTrainerDeepSpeedConfig"]),
    ("transformers.deepspeed", &["HfDeepSpeedConfig", "HfTrainerDeepSpeedConfig"]),
    ("accelerate.state", &["AcceleratorState", "GradientState", "PartialState"]),
    (
        "accelerate.utils.dataclasses",
        &[
            "DeepSpeedPlugin",
            "DistributedType",
            "DynamoBackend",
            "FullyShardedDataParallelPlugin",
            "GradientAccumulationPlugin",
            "PrecisionType",
            "SageMakerDistributedType",
        ],
    ),
    (
        "torch.distributed.fsdp.api",
        &["BackwardPrefetch", "CPUOffload", "MixedPrecision", "ShardingStrategy", "StateDictType"],
    ),
    (
        "sentence_transformers.training_args",
        &["BatchSamplers", "MultiDatasetBatchSamplers", "SentenceTransformerTrainingArguments"],
    ),
    (
        "sentence_transformers.sentence_transformer.training_args",
        &["BatchSamplers", "MultiDatasetBatchSamplers", "SentenceTransformerTrainingArguments"],
    ),
    ("setfit.training_args", &["TrainingArguments"]),
    ("optimum.onnxruntime.training_args", &["ORTOptimizerNames", "ORTTrainingArguments"]),
    ("llamafactory.hparams.training_args", &["TrainingArguments"]),
    ("axolotl.core.training_args", &["Axolotl*"]),
    ("unsloth.trainer", &["UnslothTrainingArguments"]),
];
/// Trainers of TRL have a module of settings each, `trl.trainer.sft_config` with `SFTConfig`.
const TRL: (&str, &str, &str) = ("trl.trainer.", "_config", "Config");

/// Whether an import is a class of settings, or one of their choices.
pub(super) fn is_setting(module: &str, name: &str) -> bool {
    let fits = |known: &&str| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start) && is_plain(name),
        None => *known == name,
    };
    let is_known =
        SETTINGS.iter().any(|(known, names)| *known == module && names.iter().any(|one| fits(&one)));
    let (start, end, class) = TRL;
    let of_trl = module.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    is_known || of_trl.is_some_and(is_plain) && name.ends_with(class) && is_plain(name)
}

/// One word, and no way through attributes.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
