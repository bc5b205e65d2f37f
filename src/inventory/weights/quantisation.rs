//! How weights were made smaller, as the tools that do it write it down: in `config.json` (Transformers, MLX) and in
//! files beside it. It reads values that were parsed elsewhere, and says a method and a width in one line.

use serde_json::Value;

/// Further files that say it.
pub(in crate::inventory) const FILES: [&str; 3] =
    ["quantize_config.json", "quant_config.json", "hf_quant_config.json"];
/// Where `config.json` says it, best first.
const PLACES: [&str; 6] = [
    "/quantization_config",
    "/compression_config",
    "/text_config/quantization_config",
    "/llm_config/quantization_config",
    "/language_config/quantization_config",
    "/quantization",
];
/// Where methods say how many bits an element takes.
const BITS: [&str; 8] = [
    "/bits",
    "/w_bit",
    "/nbits",
    "/weight_bits",
    "/q_bits",
    "/wbits",
    "/quant_config/weight_quant_params/nbits",
    "/weight_config/bits",
];
/// Where methods say of which kind the numbers are.
const KINDS: [&str; 9] = [
    "/quant_algo",
    "/format",
    "/fmt",
    "/mode",
    "/bnb_4bit_quant_type",
    "/quant_type",
    "/weights",
    "/checkpoint_format",
    "/forward_dtype",
];
/// Groups of one configuration that are looked at.
const MAX_GROUPS: usize = 64;
const MAX_WORD: usize = 64;

/// What `config.json` says: where, and how.
pub(in crate::inventory) fn of_config(config: &Value) -> Option<(&'static str, String)> {
    PLACES.iter().find_map(|place| {
        let said = config.pointer(place).filter(|said| said.is_object())?;
        let said = described(said, if *place == "/quantization" { "MLX" } else { "" })?;
        // MLX writes the same under both names, and says its own name under neither.
        let is_mlx = *place == "/quantization_config"
            && config.get("quantization") == config.get("quantization_config");
        let said =
            if is_mlx && !said.starts_with("MLX") { described(config.pointer(place)?, "MLX")? } else { said };
        Some((*place, said))
    })
}

/// What a file of its own says: GPTQ's and AWQ's, and that of ModelOpt.
pub(in crate::inventory) fn of_file(name: &str, value: &Value) -> Option<(&'static str, String)> {
    match name {
        "hf_quant_config.json" => {
            let said = described(value.get("quantization").unwrap_or(value), "modelopt")?;
            Some(("/quantization", said))
        }
        "quant_config.json" => described(value, "awq").map(|said| ("", said)),
        _ => described(value, "gptq").map(|said| ("", said)),
    }
}

/// `method, kind, N bits`; nothing where neither a method nor a width is named.
fn described(said: &Value, by_place: &str) -> Option<String> {
    let text = |at: &str| said.pointer(at).and_then(Value::as_str).filter(|text| !text.is_empty());
    let flag = |key: &str| said.get(key).and_then(Value::as_bool) == Some(true);
    let by_flags = match () {
        () if flag("load_in_4bit") || flag("_load_in_4bit") => Some(4.0),
        () if flag("load_in_8bit") || flag("_load_in_8bit") => Some(8.0),
        () => None,
    };
    let producer = said.pointer("/producer/name").and_then(Value::as_str);
    let method = text("/quant_method").or(producer).or_else(|| text("/quant_library"));
    let method = match method {
        Some(method) => method,
        None if by_flags.is_some() => "bitsandbytes",
        None if !by_place.is_empty() => by_place,
        // An older ModelOpt names only the algorithm.
        None if text("/quant_algo").is_some() => "modelopt",
        None => "",
    };
    let mut parts: Vec<String> = vec![method.to_owned()];
    let mut kinds: Vec<String> = Vec::new();
    let mut add = |kind: &str| {
        let kind: String = kind.chars().take(MAX_WORD).collect();
        if !kind.is_empty()
            && !kind.eq_ignore_ascii_case(method)
            && !kinds.iter().any(|known| known.eq_ignore_ascii_case(&kind))
        {
            kinds.push(kind);
        }
    };
    // The kind of 4 bits is there in configurations of 8 bits, too.
    let is_other = |at: &str| at == "/bnb_4bit_quant_type" && by_flags == Some(8.0);
    if let Some(kind) = KINDS.iter().filter(|at| !is_other(at)).find_map(|at| text(at)) {
        add(kind);
    }
    // torchao names a class, below its part of the model.
    let class = said.pointer("/quant_type/default/_type").or(said.pointer("/quant_type/_type"));
    if let Some(class) = class.and_then(Value::as_str) {
        add(class);
    }
    if let Some(cache) = text("/kv_cache_quant_algo").filter(|_| text("/quant_algo").is_none()) {
        add(&format!("KV cache {cache}"));
    }
    let mut widths: Vec<String> = Vec::new();
    let groups = said.get("config_groups").and_then(Value::as_object);
    for group in groups.into_iter().flat_map(|groups| groups.values()).take(MAX_GROUPS) {
        let weights = group.get("weights");
        let bits = weights.and_then(|weights| number(weights.get("num_bits")?));
        let kind = weights.and_then(|weights| weights.get("type")?.as_str()).unwrap_or_default();
        if let Some(bits) = bits {
            let width = format!("{bits} bits {kind}").trim_end().to_owned();
            if !widths.contains(&width) {
                widths.push(width);
            }
        }
    }
    if widths.is_empty() {
        let bits = BITS.iter().find_map(|at| number(said.pointer(at)?));
        widths.extend(bits.or(by_flags.map(|bits| bits.to_string())).map(|bits| format!("{bits} bits")));
    }
    if method.is_empty() && widths.is_empty() && kinds.is_empty() {
        return None;
    }
    // A place without a word of a method or a width says nothing.
    let is_said = text("/quant_method").is_some() || !widths.is_empty() || !kinds.is_empty();
    if !is_said {
        return None;
    }
    parts.retain(|part| !part.is_empty());
    parts.extend(kinds);
    parts.extend(widths);
    Some(parts.join(", "))
}

/// A whole number, or one with a fraction, as exl2 has it.
fn number(value: &Value) -> Option<String> {
    let number = value.as_f64().filter(|number| (0.0..=64.0).contains(number) && *number > 0.0)?;
    Some(number.to_string())
}
