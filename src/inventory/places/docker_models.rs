//! The store of Docker Model Runner: `models.json` with the tags, `manifests/sha256` and `blobs/sha256`. Manifests are
//! read by their digests; weights are GGUF or safetensors and speak for themselves.

use serde_json::Value;
use std::path::Path;

use super::blob_store::BlobStore;
use super::blobs::{Absent, Blobs, MAX_DOCUMENT_BYTES, Manifest, Naming};
use super::document;
use crate::disk::{self, slashed};
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::finding::Scan;
use crate::inventory::model::hex::is_hex;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::record::{Record, note};
use crate::inventory::weights::configuration;
use crate::inventory::weights::look::Looks;
use crate::signing::sha256_hex;
use crate::text::Untrusted;

/// The file that names the models; the layout is told by it and its folders.
pub(super) const INDEX: &str = "models.json";
const MANIFESTS: &str = "manifests/sha256";
/// Models of one store, and tags of one model.
const MAX_MODELS: usize = 10_000;
const MAX_TAGS: usize = 64;
/// Registries that a name leaves out.
const DEFAULT_HOSTS: [&str; 3] = ["index.docker.io/", "docker.io/", "registry-1.docker.io/"];
/// So much of a digest stands for a model without a tag.
const SHORT: usize = 12;
/// How layers' types begin.
const MEDIA_TYPE: &str = "application/vnd.docker.ai.";
/// Members of a configuration.
const FACTS: [(&str, FactKey); 7] = [
    ("/config/architecture", FactKey::Architecture),
    ("/config/quantization", FactKey::Quantisation),
    ("/config/parameters", FactKey::Parameters),
    ("/config/format", FactKey::Library),
    ("/config/context_size", FactKey::ContextLength),
    ("/descriptor/created", FactKey::Made),
    ("/descriptor/family", FactKey::Architecture),
];
/// Characters of a licence's first line.
const MAX_LICENCE: usize = 120;

/// Whether a folder whose names look like it holds such a store.
pub(super) fn is_store(path: &Path) -> bool {
    path.join(MANIFESTS).is_dir() && path.join("blobs/sha256").is_dir()
}

/// Reads all models, each tag once.
pub(super) fn read(store: &BlobStore) -> Scan {
    let mut scan = Scan::default();
    let source = Untrusted::new(slashed(&store.location.join(INDEX)));
    let index = disk::whole(&store.path.join(INDEX), MAX_DOCUMENT_BYTES).map_err(|unread| unread.to_string());
    let index = match index.and_then(|bytes| document::object(&bytes)) {
        Ok(index) => index,
        Err(problem) => {
            note(&mut scan.findings, "F-DOCKER-INDEX", None, &source, "", problem);
            return scan;
        }
    };
    let models = index.get("models").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if models.len() > MAX_MODELS {
        let message = format!("only the first {MAX_MODELS} models are read");
        note(&mut scan.findings, "F-DOCKER-COUNT", None, &source, "/models", message);
    }
    for (number, model) in models.iter().take(MAX_MODELS).enumerate() {
        let place = format!("/models/{number}");
        let id = document::text(model, "id");
        let Some(hex) = id.strip_prefix("sha256:").filter(|hex| hex.len() == 64 && is_hex(hex)) else {
            note(&mut scan.findings, "F-DOCKER-INDEX", None, &source, &place, "not the digest of a manifest");
            continue;
        };
        let tags = model.get("tags").and_then(Value::as_array).into_iter().flatten();
        let mut names: Vec<String> = tags.filter_map(Value::as_str).take(MAX_TAGS).map(named).collect();
        names.retain(|name| !name.is_empty());
        names.dedup();
        if names.is_empty() {
            names.push(format!("{}@{}", store.name, hex.chars().take(SHORT).collect::<String>()));
        }
        for name in names {
            let shown = match &store.prefix {
                Some(prefix) => format!("{prefix}/{name}"),
                None => name,
            };
            one(store, hex, &shown, &mut scan);
        }
    }
    scan
}

/// A tag without the usual registry.
fn named(tag: &str) -> String {
    DEFAULT_HOSTS.iter().find_map(|host| tag.strip_prefix(host)).unwrap_or(tag).to_owned()
}

/// Reads one model under one of its names.
fn one(store: &BlobStore, hex: &str, name: &str, scan: &mut Scan) {
    let at = format!("{MANIFESTS}/{hex}");
    let source = Untrusted::new(slashed(&store.location.join(&at)));
    let mut record = Record::new(ModelId::new(name), name, &source);
    record.model.location = Some(store.location.join(&at));
    let bytes = disk::whole(&store.path.join(&at), MAX_DOCUMENT_BYTES).map_err(|unread| unread.to_string());
    match bytes {
        Ok(bytes) if sha256_hex(&bytes) != hex => {
            record.found("F-DOCKER-DIGEST", &source, "", "the manifest is not what its name says");
        }
        Ok(bytes) => tell(store, &bytes, hex, &source, &mut record),
        Err(problem) => record.found("F-DOCKER-MANIFEST", &source, "", problem),
    }
    record.model.formats.sort();
    scan.models.push(record.model);
    scan.findings.append(&mut record.findings);
}

fn tell(store: &BlobStore, bytes: &[u8], hex: &str, source: &Untrusted, record: &mut Record) {
    let blobs = Blobs::new(&store.path, Naming::Folders);
    record.fact(FactKey::Address, &format!("sha256:{hex}"), Basis::Observed, source, "manifest");
    let manifest = match Manifest::parse(bytes) {
        Ok(manifest) => manifest,
        Err(problem) => return record.found("F-DOCKER-MANIFEST", source, "", problem),
    };
    if manifest.is_cut {
        record.found("F-DOCKER-COUNT", source, "/layers", "more layers than are read");
    }
    if let Some(config) = &manifest.config {
        match blobs.read(&config.digest) {
            Ok(bytes) => tell_config(&bytes, source, record),
            Err(absent) => tell_absent(&absent, "/config", source, record),
        }
    }
    let mut looks = Looks::default();
    let (mut weights, mut is_half) = (Vec::new(), false);
    for (number, layer) in manifest.layers.iter().enumerate() {
        let place = format!("/layers/{number}");
        let role = layer.media_type.strip_prefix(MEDIA_TYPE).unwrap_or_default();
        let is_weights = ["gguf", "safetensors", "lora", "mmproj"].iter().any(|kind| role.starts_with(kind));
        let (path, size) = match blobs.find(&layer.digest) {
            Ok(found) => found,
            Err(absent) => {
                tell_absent(&absent, &place, source, record);
                is_half |= is_weights;
                continue;
            }
        };
        record.model.files += 1;
        record.model.bytes = record.model.bytes.saturating_add(size);
        if layer.size.is_some_and(|declared| declared != size) {
            let message = "the blob is not as long as the manifest says; a download may have broken off";
            record.found("F-DOCKER-SIZE", source, &place, message);
            is_half |= is_weights;
        }
        let at = match is_weights {
            true => blobs.name(&layer.digest).unwrap_or_default(),
            false => place.clone(),
        };
        looks.at(&path, size, &at, source, record);
        if is_weights {
            weights.push(at);
            let at = format!("{place} {role}");
            record.fact(FactKey::Address, &layer.digest, Basis::Declared, source, &at);
        } else if role.starts_with("license") || role.starts_with("chat.template") {
            match blobs.read(&layer.digest) {
                Ok(bytes) if role.starts_with("chat") => {
                    configuration::template(&bytes, source, &place, record);
                }
                Ok(bytes) => tell_licence(&bytes, source, &place, record),
                Err(absent) => tell_absent(&absent, &place, source, record),
            }
        }
    }
    // Of a model of which a part is missing no number is told.
    weights.iter().filter(|_| is_half).for_each(|place| looks.spoilt(place));
    looks.finish(source, record);
}

fn tell_config(bytes: &[u8], source: &Untrusted, record: &mut Record) {
    match document::object(bytes) {
        Ok(config) => {
            for (at, key) in FACTS {
                let value = match config.pointer(at) {
                    Some(Value::String(text)) => text.clone(),
                    Some(Value::Number(number)) => number.to_string(),
                    _ => continue,
                };
                record.fact(key, &value, Basis::Declared, source, &format!("config {at}"));
            }
        }
        Err(problem) => record.found("F-DOCKER-MANIFEST", source, "/config", problem),
    }
}

fn tell_absent(absent: &Absent, place: &str, source: &Untrusted, record: &mut Record) {
    match absent {
        Absent::Missing => {
            record.found("F-DOCKER-MISSING", source, place, "the manifest names a blob that is not here");
        }
        Absent::Contradicts => {
            record.found("F-DOCKER-DIGEST", source, place, "the content of a blob is not what its name says");
        }
        Absent::Wrong(problem) => record.found("F-DOCKER-BLOB", source, place, problem.clone()),
    }
}

fn tell_licence(bytes: &[u8], source: &Untrusted, place: &str, record: &mut Record) {
    let text = String::from_utf8_lossy(bytes);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line: String = first.chars().take(MAX_LICENCE).collect();
    record.fact(FactKey::Licence, &line, Basis::Declared, source, place);
}
