//! Files that look like one file in several makings: quantisations of the same weights, precisions, parts of a split
//! file. Whoever downloads one of them does not miss the others. It knows names only.

use std::collections::BTreeSet;

/// Words in names that say which making a file is, besides numbers and words with a digit.
const VARIANTS: [&str; 22] = [
    "of",
    "k",
    "s",
    "m",
    "l",
    "xl",
    "xs",
    "xxs",
    "nl",
    "ud",
    "imat",
    "imatrix",
    "quantized",
    "quant",
    "gptq",
    "awq",
    "bnb",
    "half",
    "float",
    "int",
    "uint",
    "merged",
];

/// The missing files that have a sibling here: the same name, but for the words that say which making it is.
pub(crate) fn not_fetched<'n>(
    missing: impl Iterator<Item = &'n str>,
    here: impl Iterator<Item = &'n str>,
) -> Vec<&'n str> {
    let missing: Vec<&str> = missing.filter(|name| is_weights(name)).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let here: BTreeSet<String> = here.filter(|name| is_weights(name)).map(shape).collect();
    missing.into_iter().filter(|name| here.contains(&shape(name))).collect()
}

/// The files beside a part of a model that are not another making of one of its files. A further piece of the same making
/// is none: whoever loads the part needs it, too.
pub(crate) fn no_other_makings<'n>(
    beside: impl Iterator<Item = &'n str>,
    part: impl Iterator<Item = &'n str>,
) -> BTreeSet<&'n str> {
    let part: Vec<&str> = part.filter(|name| is_weights(name)).collect();
    let shapes: BTreeSet<String> = part.iter().map(|name| shape(name)).collect();
    let makings: BTreeSet<String> = part.iter().map(|name| making(name)).collect();
    let is_other =
        |name: &str| is_weights(name) && shapes.contains(&shape(name)) && !makings.contains(&making(name));
    beside.filter(|name| !is_other(name)).collect()
}

/// A name without what says which piece of a split file it is.
fn making(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric() && letter.is_ascii());
    let is_piece = |word: &str| word == "of" || word.bytes().all(|letter| letter.is_ascii_digit());
    words.filter(|word| !is_piece(word)).collect::<Vec<&str>>().join(" ")
}

/// Files of which a model may hold several makings: by the ending.
fn is_weights(name: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "gguf",
        "safetensors",
        "bin",
        "onnx",
        "onnx_data",
        "pt",
        "pth",
        "ckpt",
        "h5",
        "tflite",
        "msgpack",
        "npz",
        "mlmodel",
        "ggml",
    ];
    ending(name).is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit('/').next().unwrap_or(name).rsplit_once('.').map(|(_, ending)| ending)
}

/// A name without what says which making of the file it is.
fn shape(name: &str) -> String {
    let ending = ending(name).unwrap_or_default().to_ascii_lowercase();
    let stem = name.get(..name.len() - ending.len()).unwrap_or(name).to_ascii_lowercase();
    let words = stem.split(|letter: char| !letter.is_ascii_alphanumeric() && letter.is_ascii());
    let kept: Vec<&str> = words.filter(|word| !word.is_empty() && !is_variant(word)).collect();
    format!("{}.{ending}", kept.join(" "))
}

/// `q4`, `iq2`, `f16`, `8bit`, `00001`, and the words of the table. A word with a digit that is longer is part of what
/// the model is called: `llama3`, `405b`.
fn is_variant(word: &str) -> bool {
    const KINDS: [&str; 12] = ["q", "iq", "tq", "f", "bf", "fp", "int", "uint", "w", "a", "mxfp", "nvfp"];
    let letters = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_number = letters.is_empty();
    let is_kind = letters.len() < word.len() && KINDS.contains(&letters);
    let is_mixed = word.strip_prefix('q').is_some_and(|rest| {
        let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        rest.strip_prefix('f').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let is_bits = word.strip_suffix("bit").is_some_and(|bits| bits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_bnb = word.strip_prefix("bnb").is_some_and(|bits| bits.bytes().all(|byte| byte.is_ascii_digit()));
    is_number || is_kind || is_mixed || is_bits || is_bnb || VARIANTS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{no_other_makings, not_fetched};

    #[test]
    fn another_making_is_no_piece_of_the_same() {
        let apart = |beside: &'static str, part: &'static str| {
            !no_other_makings([beside].into_iter(), [part].into_iter()).is_empty()
        };
        for (beside, part) in [
            ("x-Q8_0.gguf", "x-Q4_K_M.gguf"),
            ("Q8_0/x-Q8_0-00001-of-00003.gguf", "Q4_K_M/x-Q4_K_M-00001-of-00002.gguf"),
            ("onnx/model_fp16.onnx", "onnx/model.onnx"),
        ] {
            assert!(!apart(beside, part), "{beside} {part}");
        }
        for (beside, part) in [
            ("x-Q4_K_M-00002-of-00002.gguf", "x-Q4_K_M-00001-of-00002.gguf"),
            ("model-00003-of-00003.safetensors", "model-00001-of-00003.safetensors"),
            ("adapter.safetensors", "model.safetensors"),
            ("config.json", "model.safetensors"),
            ("x-Q8_0.gguf", "config.json"),
            ("modeling.py", "modeling_2.py"),
        ] {
            assert!(apart(beside, part), "{beside} {part}");
        }
    }

    #[test]
    fn makings_of_one_file_are_siblings_and_others_are_not() {
        let told = |missing: &'static str, here: &[&'static str]| {
            !not_fetched([missing].into_iter(), here.iter().copied()).is_empty()
        };
        for (missing, here) in [
            ("model-Q8_0.gguf", "model-Q4_K_M.gguf"),
            ("granite-3.3-8b-instruct-f16.gguf", "granite-3.3-8b-instruct-Q4_K_S.gguf"),
            ("Q8_0/x-Q8_0-00001-of-00003.gguf", "Q4_K_M/x-Q4_K_M-00001-of-00002.gguf"),
            ("onnx/model_fp16.onnx", "onnx/model.onnx"),
            ("onnx/model_q4f16.onnx", "onnx/model_quantized.onnx"),
            ("onnx/model_bnb4.onnx", "onnx/model_uint8.onnx"),
            ("model-00003-of-00003.safetensors", "model-00001-of-00003.safetensors"),
            ("x-8bit.safetensors", "x-4bit.safetensors"),
            ("x-IQ2_XXS.gguf", "x-BF16.gguf"),
        ] {
            assert!(told(missing, &[here]), "{missing} {here}");
        }
        for (missing, here) in [
            ("config.json", "tokenizer.json"),
            ("config-1.json", "config-2.json"),
            ("model.safetensors", "model.bin"),
            ("model.safetensors", "adapter.safetensors"),
            ("llama3.gguf", "llama2.gguf"),
            ("modeling.py", "modeling_2.py"),
        ] {
            assert!(!told(missing, &[here]), "{missing} {here}");
        }
    }
}
