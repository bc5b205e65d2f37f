//! Names that a loader takes for weights, for code, or for what tells it what to load. It knows names only.

/// Endings of files that a loader reads as weights, unpacks or runs.
const LOADABLE: [&str; 47] = [
    "7z",
    "bin",
    "bz2",
    "ckpt",
    "cpkl",
    "dill",
    "dll",
    "dylib",
    "egg",
    "engine",
    "gguf",
    "gz",
    "h5",
    "hdf5",
    "jinja",
    "jl",
    "joblib",
    "keras",
    "mar",
    "mlmodel",
    "model",
    "msgpack",
    "nemo",
    "npy",
    "npz",
    "onnx",
    "pb",
    "pdmodel",
    "pdparams",
    "pickle",
    "pk",
    "pkl",
    "plan",
    "pt",
    "pt2",
    "pth",
    "py",
    "pyc",
    "pyd",
    "rar",
    "safetensors",
    "skops",
    "so",
    "tar",
    "tflite",
    "xz",
    "zip",
];
/// Files that a loader reads by their name.
const BY_NAME: [&str; 13] = [
    "adapter_config.json",
    "config.json",
    "generation_config.json",
    "mlmodel",
    "model.safetensors.index.json",
    "model_index.json",
    "modules.json",
    "preprocessor_config.json",
    "processor_config.json",
    "pytorch_model.bin.index.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
];

/// Whether a loader may take a file of this name.
pub fn is_loadable(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    BY_NAME.contains(&file.as_str()) || ending.is_some_and(|word| LOADABLE.contains(&word))
}
