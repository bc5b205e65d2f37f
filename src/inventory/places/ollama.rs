//! Ollama's store: `blobs` and, for each tag, a manifest below `manifests` (host, owner, name, tag) or `manifest-v2`,
//! where the manifest is a blob itself and the tag a link to it or a copy. Weights are GGUF and speak for themselves.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::blob_store::BlobStore;
use super::blobs::{Absent, Blobs, Descriptor, MAX_DOCUMENT_BYTES, Manifest, Naming};
use super::{document, partial};
use crate::disk::{self, slashed};
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Kind;
use crate::inventory::model::record::{Record, note};
use crate::inventory::weights::configuration;
use crate::inventory::weights::look::{Looks, tell_unlooked};
use crate::signing::sha256_hex;
use crate::text::Untrusted;

/// Both forms, the one that counts when both have a tag first.
pub(super) const MANIFESTS: [&str; 2] = ["manifest-v2", "manifests"];
/// Hosts that a name leaves out.
const DEFAULT_HOSTS: [&str; 2] = ["registry.ollama.ai", "ollama.com"];
/// Hosts whose owner and name are those of the hub.
const HUB_HOSTS: [&str; 2] = ["hf.co", "huggingface.co"];
const DEFAULT_OWNER: &str = "library";
const MEDIA_TYPE: &str = "application/vnd.ollama.image.";
/// Host, owner, name, tag.
const DEPTH: usize = 4;
const MAX_TAGS: usize = 10_000;
const MAX_LISTED: usize = 100_000;
/// Characters of a licence's first line.
const MAX_LICENCE: usize = 120;
/// What the configuration says.
const CONFIG: [(&str, FactKey); 6] = [
    ("model_family", FactKey::Architecture),
    ("model_type", FactKey::Parameters),
    ("file_type", FactKey::Quantisation),
    ("remote_model", FactKey::BaseModel),
    ("remote_host", FactKey::Endpoint),
    ("model_format", FactKey::Library),
];

/// One tag in one of the forms.
struct Tag {
    path: PathBuf,
    /// Below the store.
    place: String,
}

/// Whether a folder holds blobs as Ollama names them, or nothing yet.
pub(super) fn has_blobs(folder: &Path) -> bool {
    let mut names =
        fs::read_dir(folder).into_iter().flatten().flatten().take(64).map(|entry| entry.file_name());
    names.any(|name| name.to_str().is_some_and(|name| name.starts_with("sha256-")))
}

/// Reads all tags.
pub(super) fn read(store: &BlobStore) -> Scan {
    let mut scan = Scan::default();
    let mut tags: BTreeMap<String, Vec<Tag>> = BTreeMap::new();
    for form in MANIFESTS {
        list(store, form, &mut tags, &mut scan.findings);
    }
    let unfinished = partial::in_blobs(&store.path.join("blobs"));
    if !unfinished.is_empty() {
        let place = Untrusted::new(slashed(&store.location));
        note(&mut scan.findings, partial::CODE, None, &place, "blobs", partial::words(&unfinished));
    }
    let blobs = Blobs::new(&store.path, Naming::Dashes);
    for (name, forms) in tags {
        let Some(tag) = forms.first() else { continue };
        let source = source(store, tag);
        let prefix = store.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let shown = format!("{prefix}{name}");
        let mut record = Record::new(ModelId::new(&shown), &shown, &source);
        record.model.location = Some(store.location.join(&tag.place));
        if let Some(bytes) = manifest(store, tag, &source, &mut record) {
            for other in forms.iter().skip(1) {
                let same = bytes_of(store, other).is_ok_and(|other| other == bytes);
                if !same {
                    let message =
                        "this tag has another manifest in the other form of the store; the newer form counts";
                    record.found("F-OLLAMA-FORMS", &self::source(store, other), "", message);
                }
            }
            tell(&blobs, &bytes, &name, &source, &mut record);
        }
        record.model.formats.sort();
        scan.models.push(record.model);
        scan.findings.append(&mut record.findings);
    }
    scan
}

fn source(store: &BlobStore, tag: &Tag) -> Untrusted {
    Untrusted::new(slashed(&store.location.join(&tag.place)))
}

/// Finds the tags of one form, by name.
fn list(store: &BlobStore, form: &str, tags: &mut BTreeMap<String, Vec<Tag>>, findings: &mut Vec<Finding>) {
    let mut waiting = vec![(store.path.join(form), Vec::new())];
    let (mut listed, mut found) = (0, 0);
    while let Some((folder, parts)) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            listed += 1;
            if listed > MAX_LISTED || found >= MAX_TAGS {
                let place = Untrusted::new(slashed(&store.location));
                let message = format!("only the first {found} tags are read");
                note(findings, "F-OLLAMA-COUNT", None, &place, form, message);
                return;
            }
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let mut parts: Vec<String> = parts.clone();
            parts.push(name);
            if is_folder && parts.len() < DEPTH {
                waiting.push((entry.path(), parts));
            } else if !is_folder && parts.len() == DEPTH {
                found += 1;
                let place = format!("{form}/{}", parts.join("/"));
                tags.entry(named(&parts)).or_default().push(Tag { path: entry.path(), place });
            }
        }
    }
}

/// `name:tag`, with owner and host unless they are the usual ones.
fn named(parts: &[String]) -> String {
    let [host, owner, name, tag] = parts else { return parts.join("/") };
    let host = if DEFAULT_HOSTS.contains(&host.as_str()) { String::new() } else { format!("{host}/") };
    let owner = if host.is_empty() && owner == DEFAULT_OWNER { String::new() } else { format!("{owner}/") };
    format!("{host}{owner}{name}:{tag}")
}

/// A tag's bytes: of a file, or of a link to one of the store's own blobs.
fn bytes_of(store: &BlobStore, tag: &Tag) -> Result<Vec<u8>, String> {
    let metadata =
        fs::symlink_metadata(&tag.path).map_err(|cause| format!("cannot read ({})", cause.kind()))?;
    if metadata.is_symlink() {
        let blobs = store.path.canonicalize().map(|root| root.join("blobs"));
        let stays =
            tag.path.canonicalize().is_ok_and(|target| blobs.is_ok_and(|blobs| target.starts_with(blobs)));
        if !stays {
            return Err("a link that leads elsewhere than to the store's own blobs; not read".to_owned());
        }
    }
    disk::whole(&tag.path, MAX_DOCUMENT_BYTES).map_err(|unread| unread.to_string())
}

fn manifest(store: &BlobStore, tag: &Tag, source: &Untrusted, record: &mut Record) -> Option<Vec<u8>> {
    let bytes = match bytes_of(store, tag) {
        Ok(bytes) => bytes,
        Err(problem) => {
            record.found("F-OLLAMA-MANIFEST", source, "", problem);
            return None;
        }
    };
    let address = sha256_hex(&bytes);
    // A link to a blob says by the blob's name what it should be.
    let target = tag.path.canonicalize().ok();
    let name = target.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    if let Some(hex) = name.as_deref().and_then(|name| name.strip_prefix("sha256-"))
        && hex != address
    {
        record.found("F-OLLAMA-DIGEST", source, "", "the manifest is not what the name of its blob says");
        return None;
    }
    record.fact(FactKey::Address, &format!("sha256:{address}"), Basis::Observed, source, "manifest");
    Some(bytes)
}

fn tell(blobs: &Blobs, bytes: &[u8], name: &str, source: &Untrusted, record: &mut Record) {
    let manifest = match Manifest::parse(bytes) {
        Ok(manifest) => manifest,
        Err(problem) => return record.found("F-OLLAMA-MANIFEST", source, "", problem),
    };
    if manifest.is_cut {
        record.found("F-OLLAMA-COUNT", source, "/layers", "more layers than are read");
    }
    let role = |layer: &Descriptor| layer.media_type.strip_prefix(MEDIA_TYPE).unwrap_or_default().to_owned();
    if manifest.layers.iter().any(|layer| role(layer) == "adapter") {
        record.model.kind = Kind::Adapter;
    }
    let hub = HUB_HOSTS.iter().find_map(|host| name.strip_prefix(host)?.strip_prefix('/'));
    if let Some((repository, _)) = hub.and_then(|name| name.rsplit_once(':')) {
        record.parent(repository, Relation::Unspecified, source, "");
    }
    if let Some(config) = &manifest.config {
        match blobs.read(&config.digest) {
            Ok(bytes) => tell_config(&bytes, source, record),
            Err(absent) => tell_absent(&absent, "/config", source, record),
        }
    }
    let mut looks = Looks::default();
    let mut tensors = 0;
    let (mut weights, mut is_half) = (Vec::new(), false);
    for (index, layer) in manifest.layers.iter().enumerate() {
        let place = format!("/layers/{index}");
        let role = role(layer);
        if !layer.from.is_empty() {
            record.parent(&layer.from, Relation::Unspecified, source, &format!("{place}/from"));
        }
        let found = blobs.find(&layer.digest);
        let (path, size) = match found {
            Ok(found) => found,
            Err(absent) => {
                tell_absent(&absent, &place, source, record);
                is_half |= matches!(role.as_str(), "model" | "adapter" | "projector");
                continue;
            }
        };
        record.model.files += 1;
        record.model.bytes = record.model.bytes.saturating_add(size);
        if layer.size.is_some_and(|declared| declared != size) {
            let message = "the blob is not as long as the manifest says; a download may have broken off";
            record.found("F-OLLAMA-SIZE", source, &place, message);
            is_half |= role == "model";
        }
        if !matches!(role.as_str(), "model" | "adapter" | "projector" | "tensor") {
            looks.at(&path, size, &place, source, record);
        }
        match role.as_str() {
            "model" | "adapter" | "projector" => {
                let at = blobs.name(&layer.digest).unwrap_or_default();
                record.fact(
                    FactKey::Address,
                    &layer.digest,
                    Basis::Declared,
                    source,
                    &format!("{place} {role}"),
                );
                looks.at(&path, size, &at, source, record);
                weights.push(at);
            }
            "tensor" => tensors += 1,
            "template" | "license" => match blobs.read(&layer.digest) {
                Ok(bytes) if role == "template" => configuration::template(&bytes, source, &place, record),
                Ok(bytes) => tell_licence(&bytes, source, &place, record),
                Err(absent) => tell_absent(&absent, &place, source, record),
            },
            _ => {}
        }
    }
    if tensors > 0 {
        let message = format!("{tensors} tensors in layers of their own are not looked at");
        tell_unlooked("F-OLLAMA-TENSORS", "/layers", &message, source, record);
    }
    // Of a model of which a part is missing no number is told.
    weights.iter().filter(|_| is_half).for_each(|place| looks.spoilt(place));
    looks.finish(source, record);
}

fn tell_absent(absent: &Absent, place: &str, source: &Untrusted, record: &mut Record) {
    match absent {
        Absent::Missing => {
            record.found("F-OLLAMA-MISSING", source, place, "the manifest names a blob that is not here")
        }
        Absent::Contradicts => {
            record.found("F-OLLAMA-DIGEST", source, place, "the content of a blob is not what its name says");
        }
        Absent::Wrong(problem) => record.found("F-OLLAMA-BLOB", source, place, problem.clone()),
    }
}

/// What the configuration declares.
pub(super) fn tell_config(bytes: &[u8], source: &Untrusted, record: &mut Record) {
    match document::object(bytes) {
        Ok(config) => {
            for (key, fact) in CONFIG {
                let value = config.get(key).and_then(Value::as_str).unwrap_or_default();
                record.fact(fact, value, Basis::Declared, source, &format!("config /{key}"));
            }
        }
        Err(problem) => record.found("F-OLLAMA-MANIFEST", source, "/config", problem),
    }
}

fn tell_licence(bytes: &[u8], source: &Untrusted, place: &str, record: &mut Record) {
    let text = String::from_utf8_lossy(bytes);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line: String = first.chars().take(MAX_LICENCE).collect();
    record.fact(FactKey::Licence, &line, Basis::Declared, source, place);
}
