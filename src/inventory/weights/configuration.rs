//! `config.json`, `tokenizer_config.json` and chat templates: what they declare of a model. It reads values that were
//! parsed elsewhere and loads nothing that they name.

use crate::signing::sha256_hex;
use serde_json::Value;
use std::path::Path;

use crate::disk;
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::names;
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

use super::quantisation;

/// A chat template larger than this is none.
const MAX_TEMPLATE_BYTES: u64 = 1024 * 1024;
const MAX_ARCHITECTURES: usize = 16;
/// Where configurations say how many tokens fit, best first.
const CONTEXT: [&str; 6] = [
    "/max_position_embeddings",
    "/text_config/max_position_embeddings",
    "/n_positions",
    "/n_ctx",
    "/max_seq_len",
    "/seq_length",
];

/// What `config.json` says.
pub(in crate::inventory) fn tell(config: &Value, source: &Untrusted, record: &mut Record) {
    if let Some(kind) = config.get("model_type").and_then(Value::as_str) {
        record.fact(FactKey::Architecture, kind, Basis::Declared, source, "/model_type");
    }
    let architectures = config.get("architectures").and_then(Value::as_array);
    let architectures = architectures.into_iter().flatten().filter_map(Value::as_str);
    for (index, name) in architectures.take(MAX_ARCHITECTURES).enumerate() {
        let place = format!("/architectures/{index}");
        record.fact(FactKey::Architecture, name, Basis::Declared, source, &place);
    }
    if let Some((place, length)) = CONTEXT.iter().find_map(|at| Some((*at, config.pointer(at)?.as_u64()?))) {
        record.fact(FactKey::ContextLength, &length.to_string(), Basis::Declared, source, place);
    }
    if let Some((place, said)) = quantisation::of_config(config) {
        record.fact(FactKey::Quantisation, &said, Basis::Declared, source, place);
    }
    // The weakest word on origin: often the model's own name, or a path on the trainer's machine.
    if let Some(base) = config.get("_name_or_path").and_then(Value::as_str)
        && let Some(base) = names::repository(base).filter(|base| names::is_owner_name(base))
    {
        let id = ModelId::new(&base);
        if id != record.model.id && !record.model.parents.iter().any(|parent| parent.id == id) {
            record.parent(&base, Relation::Unspecified, source, "/_name_or_path");
        }
    }
}

/// What `tokenizer_config.json` says.
pub(in crate::inventory) fn tell_tokenizer(config: &Value, source: &Untrusted, record: &mut Record) {
    if let Some(class) = config.get("tokenizer_class").and_then(Value::as_str) {
        record.fact(FactKey::Tokenizer, class, Basis::Declared, source, "/tokenizer_class");
    }
    match config.get("chat_template") {
        Some(Value::String(text)) => template(text.as_bytes(), source, "/chat_template", record),
        // Several, each with a name.
        Some(Value::Array(named)) => {
            for (index, one) in named.iter().take(MAX_ARCHITECTURES).enumerate() {
                if let Some(text) = one.get("template").and_then(Value::as_str) {
                    let place = format!("/chat_template/{index}");
                    template(text.as_bytes(), source, &place, record);
                }
            }
        }
        _ => {}
    }
}

/// A chat template in a file of its own.
pub(in crate::inventory) fn tell_template(path: &Path, source: &Untrusted, record: &mut Record) {
    match disk::whole(path, MAX_TEMPLATE_BYTES) {
        Ok(bytes) => template(&bytes, source, "", record),
        Err(unread) => record.found("F-FILE-UNREADABLE", source, "", unread.to_string()),
    }
}

/// By its digest: a template is code, and what it does is for others to say.
pub(in crate::inventory) fn template(bytes: &[u8], source: &Untrusted, place: &str, record: &mut Record) {
    let digest = sha256_hex(bytes);
    record.fact(FactKey::ChatTemplate, &format!("sha256:{digest}"), Basis::Observed, source, place);
}
