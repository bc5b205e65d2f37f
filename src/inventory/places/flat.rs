//! Folders in which each file is a model by itself: those of image generators, llama.cpp's cache, the checkpoints of
//! torch hub. It tells them from the folder of one model by names, and says which files belong together.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::entry::{Entry, extension, is_data, is_file, is_readme, is_weights};
use super::{agents, front_matter, partial};
use crate::disk;
use crate::inventory::model::loadable::is_loadable;

/// Folders whose files are models each, by their names in lower case; whether they are adapters.
const KNOWN: [(&str, bool); 31] = [
    (".u2net", false),
    ("checkpoints", false),
    ("clip", false),
    ("clip_vision", false),
    ("codeformer", false),
    ("controlnet", false),
    ("diffusion_models", false),
    ("embeddings", true),
    ("esrgan", false),
    ("gfpgan", false),
    ("gligen", false),
    ("gpt4all", false),
    ("hypernetworks", true),
    ("ipadapter", true),
    ("llama.cpp", false),
    ("lora", true),
    ("loras", true),
    ("lycoris", true),
    ("model_patches", false),
    ("photomaker", false),
    ("realesrgan", false),
    ("sams", false),
    ("stable-diffusion", false),
    ("style_models", false),
    ("text_encoders", false),
    ("unet", false),
    ("upscale_models", false),
    ("vae", false),
    ("vae_approx", false),
    ("whisper", false),
    ("whisper.cpp", false),
];
/// Endings of weights that are a model in one file.
const ALONE: [&str; 9] = ["ckpt", "gguf", "ggml", "h5", "keras", "pt", "pth", "safetensors", "tflite"];
/// Old files of ggml are called `.bin`, and begin so.
const GGML: &str = "ggml-";
/// First words of names that a part of one model has, or the only model of its folder.
const OF_A_MODEL: [&str; 52] = [
    "adapter",
    "best",
    "block",
    "checkpoint",
    "ckpt",
    "classifier",
    "config",
    "consolidated",
    "d",
    "decoder",
    "diffusion",
    "discriminator",
    "ema",
    "embed",
    "embeddings",
    "encoder",
    "epoch",
    "final",
    "flax",
    "g",
    "generator",
    "global",
    "head",
    "iter",
    "last",
    "layer",
    "model",
    "mp",
    "optim",
    "optimizer",
    "params",
    "part",
    "policy",
    "pytorch",
    "rank",
    "rng",
    "rust",
    "saved",
    "scaler",
    "scheduler",
    "shard",
    "state",
    "step",
    "tf",
    "tokenizer",
    "trainer",
    "training",
    "unet",
    "vae",
    "variables",
    "weights",
    "zero",
];
/// Files that say nothing of a model, by their endings.
const BESIDE: [&str; 21] = [
    "aria2", "bmp", "css", "db", "etag", "gif", "html", "info", "ini", "jpeg", "jpg", "lock", "log", "md",
    "md5", "png", "sha256", "sqlite", "svg", "txt", "webp",
];
/// Text that is a model's all the same.
const OF_TOKENIZERS: [&str; 2] = ["merges.txt", "vocab.txt"];
/// Lists and settings that applications keep beside models.
const OF_APPLICATIONS: [&str; 6] = [
    "config-user.yaml",
    "models.json",
    "models2.json",
    "models3.json",
    "models_settings.json",
    "settings.json",
];
/// What an application keeps of settings for all models, beside what it says of its user's.
const SETTINGS: &str = "config.yaml";
const USER_SETTINGS: &str = "config-user.yaml";
/// What says that each file here is a model.
const PUT_HERE: [&str; 2] = ["put_", "place-your-models-here"];
/// How llama.cpp names what it knows of a repository's tag: `manifest=OWNER=NAME=TAG.json`.
const MANIFEST: &str = "manifest=";
const MAX_SIDECAR_BYTES: u64 = 1024 * 1024;
/// Words that end a name and say how weights were made smaller, or how they were.
const PRECISIONS: [&str; 12] =
    ["bf16", "f16", "f32", "fp16", "fp32", "fp8", "int4", "int8", "mxfp4", "nvfp4", "gguf", "ggml"];
/// Words behind such a word.
const SIZES: [&str; 16] =
    ["0", "1", "k", "l", "m", "moe", "nl", "s", "xl", "xs", "xxl", "xxs", "4", "8", "p", "r4"];
/// Words before it.
const KINDS: [&str; 5] = ["i1", "imat", "imatrix", "ud", "qat"];
const PROJECTOR: &str = "mmproj";

/// Files that together are one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// What it is called in its folder, or `owner/name` where a cache says so.
    pub name: String,
    /// Whether the name is whole: it has an owner.
    pub is_whole_name: bool,
    /// Names of its files, the first part of its weights first.
    pub files: Vec<String>,
    /// Whether the folder holds adapters.
    pub is_adapter: bool,
}

/// The models of a folder that holds many; none where the folder is one model, or none. `holds_models` says whether a
/// folder in it is a model by itself.
pub(super) fn groups(
    real: &Path,
    entries: &[Entry],
    holds_models: &dyn Fn(&Entry) -> bool,
) -> Option<Vec<Group>> {
    let files: Vec<&Entry> = entries.iter().filter(|entry| is_file(entry)).collect();
    let weights: Vec<&str> = files
        .iter()
        .map(|entry| entry.name.as_str())
        .filter(|name| is_weights(name) && !partial::is_partial(name))
        .collect();
    if weights.is_empty() {
        return None;
    }
    let stems: BTreeSet<&str> = weights.iter().map(|name| stem(name)).collect();
    let has_put_here = files.iter().any(|entry| PUT_HERE.iter().any(|put| entry.name.starts_with(put)));
    let has_user_settings = files.iter().any(|entry| entry.name == USER_SETTINGS);
    let is_settings = |entry: &Entry| entry.name == SETTINGS && (has_put_here || has_user_settings);
    let others: Vec<&Entry> =
        files.iter().filter(|entry| !weights.contains(&entry.name.as_str())).copied().collect();
    let speaks = |entry: &&&Entry| !is_companion(&entry.name, &stems) && !is_settings(entry);
    if others.iter().filter(speaks).any(|entry| is_of_one_model(entry)) {
        return None;
    }
    let is_cache = others.iter().any(|entry| is_of_cache(&entry.name));
    let known = known(real);
    let is_known = is_cache || known.is_some() || has_put_here;
    let bases: BTreeSet<String> =
        weights.iter().filter(|name| !is_projector(name)).map(|name| base(stem(name))).collect();
    let are_alone = weights.iter().all(|name| is_alone(name) && !is_part(name));
    let is_flat = match is_known {
        true => weights.iter().any(|name| !is_part(name)),
        false => are_alone && (bases.len() > 1 || entries.iter().any(holds_models)),
    };
    if !is_flat {
        return None;
    }
    let is_cache = is_cache || known.is_some_and(|(name, _)| name == "llama.cpp");
    let is_adapter = known.is_some_and(|(_, is_adapter)| is_adapter);
    let mut groups: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for name in weights.iter().filter(|name| !is_projector(name)) {
        let repository = is_cache.then(|| repository(real, name, &others)).flatten();
        let key =
            repository.map_or_else(|| (series(name).to_owned(), false), |repository| (repository, true));
        groups.entry(key).or_default().push((*name).to_owned());
    }
    for name in weights.iter().filter(|name| is_projector(name)) {
        let repository = is_cache.then(|| repository(real, name, &others)).flatten();
        let key = match repository.map(|repository| (repository, true)) {
            Some(key) => key,
            None => projected(name, &groups).unwrap_or_else(|| (series(name).to_owned(), false)),
        };
        groups.entry(key).or_default().push((*name).to_owned());
    }
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|((name, is_whole_name), files)| Group { name, is_whole_name, files, is_adapter })
        .collect();
    for entry in &others {
        let owner = |group: &&mut Group| {
            group.files.iter().any(|file| is_weights(file) && is_companion(&entry.name, &[stem(file)].into()))
        };
        if let Some(group) = groups.iter_mut().find(owner) {
            group.files.push(entry.name.clone());
        }
    }
    Some(groups)
}

/// Whether folders of that name hold models of one kind, and are no publisher.
pub(super) fn is_kind(name: &str) -> bool {
    let name = name.to_lowercase();
    KNOWN.iter().any(|(known, _)| *known == name)
}

/// The folder of models that this is, or that lies above it, and whether it holds adapters.
pub(super) fn known(real: &Path) -> Option<(&'static str, bool)> {
    let named = |folder: &Path| {
        let name = folder.file_name()?.to_str()?.to_lowercase();
        KNOWN.iter().find(|(known, _)| *known == name).copied()
    };
    named(real).or_else(|| named(real.parent()?))
}

/// A name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The same without the number of a part.
fn series(name: &str) -> &str {
    let stem = stem(name);
    let numbers = stem.rsplit_once("-of-").and_then(|(rest, of)| Some((rest.rsplit_once('-')?, of)));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match numbers {
        Some(((series, number), of)) if is_number(number) && is_number(of) && !series.is_empty() => series,
        _ => stem,
    }
}

/// What a model is called in all its quantisations, in lower case.
fn base(stem: &str) -> String {
    let lower = series(&format!("{stem}.x")).to_lowercase();
    let is_mark = |c: char| matches!(c, '-' | '_' | '.' | ' ');
    let mut words: Vec<&str> = lower.split(is_mark).collect();
    let is_quantised = |word: &str| {
        let digits = word.trim_start_matches("iq").trim_start_matches("tq").trim_start_matches('q');
        digits.len() < word.len() && digits.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit())
            || PRECISIONS.contains(&word)
            || word.strip_suffix("bit").is_some_and(|bits| bits.parse::<u8>().is_ok())
    };
    // `Q4_K_M` is a word and two more.
    while words.len() > 1 {
        let behind = words.iter().rev().take_while(|word| SIZES.contains(*word)).count();
        let at = words.len() - behind;
        match words.get(at.saturating_sub(1)) {
            Some(word) if at > 1 && is_quantised(word) => words.truncate(at - 1),
            _ => break,
        }
        while words.len() > 1 && words.last().is_some_and(|word| KINDS.contains(word) || word.is_empty()) {
            words.pop();
        }
    }
    words.join("-")
}

fn is_projector(name: &str) -> bool {
    name.to_lowercase().contains(PROJECTOR)
}

/// Whether it is weights that are a model in one file.
fn is_alone(name: &str) -> bool {
    ALONE.contains(&extension(name).as_str()) || name.starts_with(GGML)
}

/// Whether a name is one that a part of a model has.
fn is_part(name: &str) -> bool {
    let lower = name.to_lowercase();
    let first = lower.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    OF_A_MODEL.contains(&first.trim_end_matches(|c: char| c.is_ascii_digit())) && !is_projector(name)
}

/// Whether a file goes with weights of one of these stems: it has the name, and another ending.
fn is_companion(name: &str, stems: &BTreeSet<&str>) -> bool {
    let is_of = |stem: &&str| name.strip_prefix(*stem).is_some_and(|rest| rest.starts_with('.'));
    stems.iter().any(is_of)
}

/// Whether llama.cpp keeps such a file beside what it fetched.
fn is_of_cache(name: &str) -> bool {
    name.starts_with(MANIFEST) && extension(name) == "json"
        || [".gguf.json", ".gguf.etag", ".gguf.downloadInProgress"].iter().any(|end| name.ends_with(end))
}

/// Whether a file says that its folder is one model: it configures, describes or signs it, or a loader may take it.
fn is_of_one_model(entry: &Entry) -> bool {
    let name = entry.name.as_str();
    let lower = name.to_lowercase();
    if is_of_cache(name)
        || OF_APPLICATIONS.contains(&lower.as_str())
        || PUT_HERE.iter().any(|put| name.starts_with(put))
        || partial::is_partial(name)
    {
        return false;
    }
    if is_readme(entry) {
        let card = front_matter::read(&entry.path);
        return card.map_or(true, |card| card.is_some_and(|card| card.describes_something()));
    }
    let ending = extension(name);
    OF_TOKENIZERS.contains(&lower.as_str())
        || name == "claims.jsonl"
        || is_data(name)
        || matches!(ending.as_str(), "json" | "yaml" | "yml" | "toml" | "sig")
        || name == agents::SKILL
        || is_loadable(name) && !BESIDE.contains(&ending.as_str())
}

/// `owner/name` of what llama.cpp fetched: by what it noted beside it, by its manifests, or by the name itself.
fn repository(real: &Path, name: &str, others: &[&Entry]) -> Option<String> {
    let noted = others.iter().find(|entry| entry.name.strip_suffix(".json") == Some(name));
    if let Some(repository) = noted.and_then(|entry| of_url(real, &entry.name)) {
        return Some(repository);
    }
    let manifests = others.iter().filter_map(|entry| {
        let (owner, rest) = entry.name.strip_prefix(MANIFEST)?.split_once('=')?;
        Some((owner, rest.rsplit_once('=')?.0))
    });
    let fits = |(owner, repository): &(&str, &str)| {
        name.strip_prefix(owner)
            .and_then(|rest| rest.strip_prefix('_')?.strip_prefix(repository))
            .is_some_and(|rest| rest.starts_with('_'))
    };
    let told = manifests.filter(fits).max_by_key(|(owner, repository)| owner.len() + repository.len());
    if let Some((owner, repository)) = told {
        return Some(format!("{owner}/{repository}"));
    }
    // `OWNER_NAME_FILE`: a file is mostly called as its repository.
    let (owner, rest) = name.split_once('_')?;
    let splits = rest.match_indices('_').filter_map(|(at, _)| Some((rest.get(..at)?, rest.get(at + 1..)?)));
    let plain = |text: &str| {
        text.to_lowercase().trim_end_matches("gguf").trim_end_matches(['-', '_', '.']).to_owned()
    };
    let is_like = |(repository, file): &(&str, &str)| {
        let repository = plain(repository);
        !repository.is_empty() && file.to_lowercase().starts_with(&repository)
    };
    let is_named = |(repository, _): &(&str, &str)| repository.to_lowercase().ends_with("gguf");
    let repository = splits.clone().find(|split| is_named(split)).or_else(|| splits.clone().find(is_like));
    repository.or_else(|| splits.clone().next()).map(|(repository, _)| format!("{owner}/{repository}"))
}

/// `owner/name` of the address in a note beside a file.
fn of_url(real: &Path, note: &str) -> Option<String> {
    let bytes = disk::whole(&real.join(note), MAX_SIDECAR_BYTES).ok()?;
    let root: Value = serde_json::from_slice(&bytes).ok()?;
    let url = root.get("url")?.as_str()?;
    let (_, rest) = url.split_once("://")?;
    let mut parts = rest.split('/').skip(1);
    let (owner, name, resolve) = (parts.next()?, parts.next()?, parts.next()?);
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.');
    (resolve == "resolve" && is_plain(owner) && is_plain(name)).then(|| format!("{owner}/{name}"))
}

/// The group of the weights that a projector was made for: the only one, or the one that is called most like it.
fn projected(name: &str, groups: &BTreeMap<(String, bool), Vec<String>>) -> Option<(String, bool)> {
    let mut keys = groups.keys();
    if let (Some(only), None) = (keys.next(), keys.next()) {
        return Some(only.clone());
    }
    let words = |text: &str| {
        let plain = base(text).replace(PROJECTOR, "");
        plain
            .split('-')
            .filter(|word| !word.is_empty() && *word != "model")
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let own = words(stem(name));
    let like =
        |key: &(String, bool)| words(&key.0).iter().zip(&own).take_while(|(one, other)| one == other).count();
    let best = groups.keys().max_by_key(|key| like(key)).filter(|key| like(key) > 0)?;
    let is_only = groups.keys().filter(|key| like(key) == like(best)).count() == 1;
    // Quantisations of one model have one projector: it goes with the first.
    let bases: BTreeSet<String> =
        groups.keys().filter(|key| like(key) == like(best)).map(|key| base(&key.0)).collect();
    (is_only || bases.len() == 1).then(|| best.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantisations_of_one_model_have_one_base() {
        for (name, wanted) in [
            ("Foo-7B-Q2_K", "foo-7b"),
            ("Foo-7B.Q4_K_M", "foo-7b"),
            ("foo-7b-f16", "foo-7b"),
            ("foo-7b-IQ3_XXS", "foo-7b"),
            ("foo-7b.i1-Q4_K_S", "foo-7b"),
            ("foo-7b-UD-Q4_K_XL", "foo-7b"),
            ("foo-7b-Q8_0-00001-of-00003", "foo-7b"),
            ("foo-7b-q4_0", "foo-7b"),
            ("foo-7b-4bit", "foo-7b"),
            ("q4", "q4"),
            ("foo-1-m", "foo-1-m"),
            ("Meta-Llama-3-8B-Instruct.Q4_0", "meta-llama-3-8b-instruct"),
        ] {
            assert_eq!(base(name), wanted, "{name}");
        }
        assert_ne!(base("foo-7b-Q4_K_M"), base("foo-13b-Q4_K_M"));
    }
}
