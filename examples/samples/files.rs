//! The files of a model folder: small, real, and the same on every run. It knows nothing of signatures.

use super::cast::{Spec, Weights};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

/// A pickle of protocol 4 that holds the list `[1, 2, 3]` and calls nothing.
const HARMLESS_PICKLE: &[u8] = b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01K\x02K\x03e.";

/// Writes everything but the signature.
pub fn write_model(folder: &Path, spec: &Spec) -> Done {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("README.md"), readme(spec))?;
    match spec.weights {
        Weights::Dataset => {
            fs::create_dir_all(folder.join("data"))?;
            fs::write(folder.join("data/train-00000-of-00001.jsonl"), rows(spec))?;
            return Ok(());
        }
        Weights::Adapter => {
            write_json(&folder.join("adapter_config.json"), &adapter_config(spec))?;
            fs::write(folder.join("adapter_model.safetensors"), safetensors(spec, 0, 1, 16)?)?;
        }
        Weights::Safetensors(count) => {
            write_json(&folder.join("config.json"), &config(spec))?;
            write_shards(folder, spec, count)?;
        }
        Weights::Gguf(kind) => {
            fs::write(folder.join(format!("{}.{kind}.gguf", spec.name())), gguf(spec, kind))?;
            return Ok(());
        }
        Weights::Pickle => {
            write_json(&folder.join("config.json"), &config(spec))?;
            fs::write(folder.join("pytorch_model.bin"), HARMLESS_PICKLE)?;
        }
    }
    let tokenizer = json!({
        "model_max_length": 4096,
        "name_or_path": spec.id,
        "tokenizer_class": "PreTrainedTokenizerFast",
    });
    write_json(&folder.join("tokenizer_config.json"), &tokenizer)
}

/// Flips one bit of a byte among the weights: they change, layout and size stay.
pub fn flip_inner_byte(path: &Path) -> Done {
    let mut bytes = fs::read(path)?;
    let inside = bytes.len() * 5 / 8;
    let byte = bytes.get_mut(inside).ok_or("an empty file cannot be tampered with")?;
    *byte ^= 1;
    Ok(fs::write(path, bytes)?)
}

/// Writes pretty JSON with a final line feed.
pub fn write_json(path: &Path, value: &Value) -> Done {
    Ok(fs::write(path, format!("{value:#}\n"))?)
}

/// The sections that a card must have.
const CARD: &str = "
## Intended use

Transcripts of calls to a help desk.

## Limitations

It knows no language and no dialect, and hears nothing.

## Training

On `data/calls-2025`, by the workflow that signed it.

## Evaluation

Word error rate on the calls that were held back; see the claims beside this card.
";

fn readme(spec: &Spec) -> String {
    let mut matter = format!("---\nlicense: {}\n", spec.licence);
    if !spec.task.is_empty() {
        matter.push_str(&format!("pipeline_tag: {}\n", spec.task));
    }
    if let [one] = spec.base {
        matter.push_str(&format!("base_model: {one}\n"));
    } else if !spec.base.is_empty() {
        matter.push_str("base_model:\n");
        spec.base.iter().for_each(|base| matter.push_str(&format!("  - {base}\n")));
    }
    if !spec.relation.is_empty() {
        matter.push_str(&format!("base_model_relation: {}\n", spec.relation));
    }
    if !spec.datasets.is_empty() {
        matter.push_str("datasets:\n");
        spec.datasets.iter().for_each(|dataset| matter.push_str(&format!("  - {dataset}\n")));
    }
    if spec.weights == Weights::Dataset {
        matter.push_str("pretty_name: A small made-up dataset\nsize_categories:\n  - n<1K\n");
    }
    let sections = if spec.family == "orchid" { CARD } else { "" };
    format!(
        "{matter}---\n\n# {} {}\n\nA made-up model of Touchmark's samples: random numbers, of no use for anything else.\n{sections}",
        spec.name(),
        spec.version
    )
}

fn config(spec: &Spec) -> Value {
    let mut head = spec.family.to_owned();
    if let Some(first) = head.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    json!({
        "architectures": [format!("{head}ForCausalLM")],
        "model_type": spec.family,
        "model_name": spec.id,
        "hidden_size": 32,
        "num_hidden_layers": spec.layers,
        "torch_dtype": "bfloat16",
        "vocab_size": 64,
    })
}

fn adapter_config(spec: &Spec) -> Value {
    json!({
        "base_model_name_or_path": spec.base.first(),
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": 4,
        "lora_alpha": 8,
        "target_modules": ["q_proj", "v_proj"],
    })
}

fn rows(spec: &Spec) -> String {
    let mut noise = Noise::seeded(spec.id);
    (0..24).map(|row| format!("{}\n", json!({ "id": row, "value": noise.next() % 1000 }))).collect()
}

fn write_shards(folder: &Path, spec: &Spec, count: u8) -> Done {
    if count == 1 {
        return Ok(fs::write(folder.join("model.safetensors"), safetensors(spec, 0, 1, 32)?)?);
    }
    let mut weight_map = Map::new();
    for shard in 0..count {
        let file = format!("model-{:05}-of-{count:05}.safetensors", shard + 1);
        fs::write(folder.join(&file), safetensors(spec, shard, count, 32)?)?;
        for (name, _) in tensors(spec, shard, count, 32) {
            weight_map.insert(name, Value::from(file.clone()));
        }
    }
    let index =
        json!({ "metadata": { "total_size": u32::from(spec.layers) * 4096 }, "weight_map": weight_map });
    write_json(&folder.join("model.safetensors.index.json"), &index)
}

/// Names and sizes in bytes of the tensors of one shard: BF16 matrices of `width` by 32.
fn tensors(spec: &Spec, shard: u8, count: u8, width: usize) -> Vec<(String, usize)> {
    let layers = shard * spec.layers / count..(shard + 1) * spec.layers / count;
    layers
        .flat_map(|layer| ["mlp.down_proj", "self_attn.q_proj"].map(|part| (layer, part)))
        .map(|(layer, part)| (format!("model.layers.{layer}.{part}.weight"), width * 32 * 2))
        .collect()
}

/// safetensors: a little-endian u64 with the header's length, the JSON header, the bytes.
fn safetensors(spec: &Spec, shard: u8, count: u8, width: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut header = Map::new();
    header.insert("__metadata__".into(), json!({ "format": "pt" }));
    let mut end = 0;
    for (name, bytes) in tensors(spec, shard, count, width) {
        let offsets = [end, end + bytes];
        header.insert(name, json!({ "dtype": "BF16", "shape": [width, 32], "data_offsets": offsets }));
        end += bytes;
    }
    let mut header = serde_json::to_vec(&header)?;
    // The format pads its header with spaces so that the tensors are aligned to 8 bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut out = (header.len() as u64).to_le_bytes().to_vec();
    out.extend(header);
    out.extend(Noise::seeded(&format!("{}#{shard}", spec.id)).bytes(end));
    Ok(out)
}

/// GGUF version 3: magic, version, counts, key-value pairs, a tensor for each layer, aligned to 32 bytes.
fn gguf(spec: &Spec, kind: &str) -> Vec<u8> {
    // ggml's type number and bytes a block of 32 weights.
    let (ggml_type, file_type, block) = if kind == "Q8_0" { (8u32, 7u32, 34) } else { (2, 2, 18) };
    let base = spec.base.first().copied().unwrap_or_default();
    let (organisation, base_name) = base.split_once('/').unwrap_or(("", base));
    let texts = [
        ("general.architecture", spec.family),
        ("general.name", spec.name()),
        ("general.organization", spec.owner()),
        ("general.license", spec.licence),
        ("general.base_model.0.name", base_name),
        ("general.base_model.0.organization", organisation),
    ];
    let numbers = [
        ("general.base_model.count", 1),
        ("general.file_type", file_type),
        ("general.quantization_version", 2),
    ];
    let mut out = b"GGUF".to_vec();
    out.extend(3u32.to_le_bytes());
    out.extend(u64::from(spec.layers).to_le_bytes());
    out.extend(((texts.len() + numbers.len()) as u64).to_le_bytes());
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    };
    for (key, value) in texts {
        text(&mut out, key);
        out.extend(8u32.to_le_bytes());
        text(&mut out, value);
    }
    for (key, value) in numbers {
        text(&mut out, key);
        out.extend(4u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    for layer in 0..spec.layers {
        text(&mut out, &format!("blk.{layer}.ffn_down.weight"));
        out.extend(2u32.to_le_bytes());
        out.extend(32u64.to_le_bytes());
        out.extend(64u64.to_le_bytes());
        out.extend(ggml_type.to_le_bytes());
        out.extend((u64::from(layer) * 64 * block as u64).to_le_bytes());
    }
    out.resize(out.len().next_multiple_of(32), 0);
    out.extend(Noise::seeded(spec.id).bytes(usize::from(spec.layers) * 64 * block));
    out
}

/// xorshift64*, seeded with FNV-1a of a name: the same bytes on every run and machine.
struct Noise(u64);

impl Noise {
    fn seeded(name: &str) -> Self {
        Noise(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_le_bytes()).flatten().take(count).collect()
    }
}
