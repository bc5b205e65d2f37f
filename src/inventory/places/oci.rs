//! OCI image layouts that hold models: CNCF ModelPack under its old and new names, KitOps, and what Ollama and Docker
//! push. Manifests are read by their digests; layers are looked at when they are files, named when they are archives.
//! A signature that refers to a manifest and lists files is the model's; others are told, and not verified.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::blob_store::BlobStore;
use super::blobs::{Absent, Blobs, Descriptor, MAX_DOCUMENT_BYTES, Manifest, Naming};
use super::document;
use super::registry::compact_digest;
use crate::disk::{self, slashed};
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::finding::{Finding, Scan};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::names;
use crate::inventory::model::record::{Record, note};
use crate::inventory::weights::look::Looks;
use crate::signing::Bundle;
use crate::text::{Untrusted, count};

/// Manifests of one layout.
const MAX_MANIFESTS: usize = 2_000;
/// Indexes in indexes.
const MAX_DEPTH: usize = 4;
/// Layers whose content addresses are told of one model.
const MAX_ADDRESSES: usize = 8;
/// Members of a list that become facts.
const MAX_LISTED: usize = 16;

/// Types of configurations and artifacts that say that a manifest is a model.
const MODELS: [(&str, &str); 7] = [
    ("application/vnd.cncf.model.", "CNCF ModelPack"),
    ("application/vnd.cnai.model.", "CNCF ModelPack, by its old name"),
    ("application/vnd.kitops.modelkit.", "KitOps ModelKit"),
    ("application/vnd.ollama.image.", "Ollama"),
    ("application/vnd.docker.ai.", "Docker AI"),
    ("application/vnd.oci.model.", "OCI model"),
    ("application/vnd.ml.", "ORMB or another"),
];
const BUNDLE: &str = "Sigstore bundle";
/// What a type of a referrer says of a signature.
const SIGNATURES: [(&str, &str); 5] = [
    ("application/vnd.dev.sigstore.bundle", BUNDLE),
    ("application/vnd.model-signing.signature", BUNDLE),
    ("application/vnd.dev.cosign.", "cosign signature"),
    ("application/vnd.cncf.notary.signature", "Notary Project signature"),
    ("application/vnd.in-toto", "in-toto statement"),
];
/// Types of layers that are attestations.
const ATTESTATIONS: [&str; 3] =
    ["application/vnd.dev.sigstore.bundle", "application/vnd.dsse.envelope", "application/vnd.in-toto"];
/// Attestations of one manifest that are read.
const MAX_ATTACHED: usize = 64;
/// How an archive's type ends, or what is in it.
const PACKED: [&str; 6] = [".tar", "+gzip", "+zstd", ".gzip", ".zip", ".squashfs"];
/// Names of files that layers hold.
const FILE_NAMES: [&str; 3] =
    ["org.cncf.model.filepath", "org.cnai.model.filepath", "org.opencontainers.image.title"];
/// Names of manifests in an index: a tag, or a whole reference.
const REFERENCES: [&str; 2] = ["org.opencontainers.image.ref.name", "io.containerd.image.name"];
/// Members of a configuration: ModelPack's, then the Kitfile's.
const FACTS: [(&str, FactKey); 21] = [
    ("/descriptor/name", FactKey::Name),
    ("/descriptor/version", FactKey::Version),
    ("/descriptor/vendor", FactKey::Publisher),
    ("/descriptor/family", FactKey::Architecture),
    ("/descriptor/description", FactKey::Description),
    ("/descriptor/revision", FactKey::Version),
    ("/config/architecture", FactKey::Architecture),
    ("/config/paramSize", FactKey::Parameters),
    ("/config/precision", FactKey::DataType),
    ("/config/quantization", FactKey::Quantisation),
    ("/package/name", FactKey::Name),
    ("/package/version", FactKey::Version),
    ("/package/license", FactKey::Licence),
    ("/package/description", FactKey::Description),
    ("/model/framework", FactKey::Library),
    ("/model/version", FactKey::Version),
    ("/model/license", FactKey::Licence),
    // Docker AI.
    ("/config/format", FactKey::Library),
    ("/config/parameters", FactKey::Parameters),
    ("/model_family", FactKey::Architecture),
    ("/file_type", FactKey::Quantisation),
];

/// A manifest that was read.
struct Found {
    digest: String,
    /// Its tag or reference, when the index gives one.
    reference: Option<String>,
    manifest: Manifest,
    bytes: u64,
}

/// Reads all models of a layout.
pub(super) fn read(store: &BlobStore) -> Scan {
    let blobs = Blobs::new(&store.path, Naming::Folders);
    let source = Untrusted::new(slashed(&store.location.join("index.json")));
    let mut findings = Vec::new();
    let found = manifests(store, &blobs, &source, &mut findings);
    let mut by_subject: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for one in &found {
        let attached = one.reference.as_deref().and_then(legacy_subject);
        let subject = one.manifest.subject.as_ref().map(|subject| subject.digest.clone()).or(attached);
        if let Some(about) = subject.and_then(|subject| about(&found, &blobs, &subject)) {
            by_subject.entry(&about.digest).or_default().push(one);
        }
    }
    // Whose files somebody signed as those of a model is one, whatever it calls itself.
    let is_signed = |one: &Found| {
        let mut attached = by_subject.get(one.digest.as_str()).into_iter().flatten();
        attached.any(|referrer| bundle_of_files(&blobs, referrer).is_some())
    };
    let named = |one: &Found| kind(&one.manifest).or_else(|| is_signed(one).then_some("OCI artifact"));
    let models: Vec<(&Found, &str)> = found.iter().filter_map(|one| Some((one, named(one)?))).collect();
    let others = found.len() - models.len();
    let others = others - found.iter().filter(|one| named(one).is_none() && signature(one).is_some()).count();
    if others > 0 {
        let message =
            format!("{others} manifests are no models of a known kind; container images are not looked into");
        note(&mut findings, "F-OCI-OTHER", None, &source, "/manifests", message);
    }
    let mut scan = Scan::default();
    let mut taken = BTreeSet::new();
    for (one, kind) in &models {
        let mut name = name(store, one.reference.as_deref());
        if !taken.insert(name.clone()) {
            name = format!("{}@{}", store.name, one.digest);
        }
        let mut record = Record::new(ModelId::new(&name), &name, &source);
        let at = blobs.name(&one.digest).unwrap_or_default();
        record.model.location = Some(store.location.join(&at));
        let own = Untrusted::new(slashed(&store.location.join(&at)));
        tell(&blobs, one, kind, &own, &mut record);
        for referrer in by_subject.get(one.digest.as_str()).into_iter().flatten() {
            tell_signature((&blobs, &store.location), referrer, &one.digest, &own, &mut record);
        }
        record.model.formats.sort();
        scan.models.push(record.model);
        findings.append(&mut record.findings);
    }
    scan.findings = findings;
    scan
}

/// Attestations that refer to a manifest, the bundle that lists the model's files aside: the names and the paths of their
/// blobs, in the order of the names. With them whether there are more than are read.
pub(super) fn attached(store: &BlobStore, digest: &str) -> (Vec<(String, PathBuf)>, bool) {
    let blobs = Blobs::new(&store.path, Naming::Folders);
    // Faults of the layout were reported by the scan.
    let found = manifests(store, &blobs, &Untrusted::new("index.json"), &mut Vec::new());
    let mut blobs_of: BTreeMap<String, PathBuf> = BTreeMap::new();
    for one in &found {
        let legacy = one.reference.as_deref().and_then(legacy_subject);
        let subject = one.manifest.subject.as_ref().map(|subject| subject.digest.clone()).or(legacy);
        let is_about = subject.and_then(|subject| about(&found, &blobs, &subject));
        if is_about.is_none_or(|about| about.digest != digest) || bundle_of_files(&blobs, one).is_some() {
            continue;
        }
        let is_attestation =
            |layer: &&Descriptor| ATTESTATIONS.iter().any(|known| layer.media_type.starts_with(known));
        for layer in one.manifest.layers.iter().filter(is_attestation) {
            if let (Some(name), Ok((path, _))) = (blobs.name(&layer.digest), blobs.find(&layer.digest)) {
                blobs_of.insert(name, path);
            }
        }
    }
    let is_cut = blobs_of.len() > MAX_ATTACHED;
    (blobs_of.into_iter().take(MAX_ATTACHED).collect(), is_cut)
}

/// The manifest that a subject names: by its digest, or by that of the same document without spaces, which some signers
/// write.
fn about<'f>(found: &'f [Found], blobs: &Blobs, subject: &str) -> Option<&'f Found> {
    let is_compact =
        |one: &&Found| blobs.read(&one.digest).is_ok_and(|bytes| compact_digest(&bytes) == subject);
    let named = found.iter().find(|one| one.digest == subject);
    named.or_else(|| found.iter().filter(|one| signature(one).is_none()).find(is_compact))
}

/// `FOLDER:TAG`, or `OWNER/NAME:TAG` where the index has the whole reference.
fn name(store: &BlobStore, reference: Option<&str>) -> String {
    let tag = reference.map(tag).filter(|tag| !tag.is_empty());
    let named = reference.and_then(repository);
    let base = match named {
        Some(name) => store.prefix.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().concat(),
        None => store.name.clone(),
    };
    match tag {
        Some(tag) => format!("{base}:{tag}"),
        None => base,
    }
}

/// `OWNER/NAME` in a reference, without the registry's host.
fn repository(reference: &str) -> Option<&str> {
    let end = reference.rfind('/')?;
    let end = reference.get(end..)?.find([':', '@']).map_or(reference.len(), |at| end + at);
    let name = reference.get(..end)?;
    let (host, rest) = name.split_once('/')?;
    let is_host = host.contains(['.', ':']) || host == "localhost";
    Some(if is_host { rest } else { name }).filter(|name| !name.is_empty())
}

/// All manifests that the index leads to; none twice.
fn manifests(
    store: &BlobStore,
    blobs: &Blobs,
    source: &Untrusted,
    findings: &mut Vec<Finding>,
) -> Vec<Found> {
    let mut found =
        |code: &str, place: &str, message: String| note(findings, code, None, source, place, message);
    let index = disk::whole(&store.path.join("index.json"), MAX_DOCUMENT_BYTES);
    let index = index.map_err(|unread| unread.to_string()).and_then(|bytes| Manifest::parse(&bytes));
    let index = match index {
        Ok(index) => index,
        Err(problem) => {
            found("F-OCI-INDEX", "", problem);
            return Vec::new();
        }
    };
    let mut waiting: VecDeque<(Descriptor, usize)> =
        index.manifests.into_iter().map(|one| (one, 0)).collect();
    let mut seen = BTreeSet::new();
    let mut manifests = Vec::new();
    let mut is_cut = index.is_cut;
    while let Some((descriptor, depth)) = waiting.pop_front() {
        if seen.len() >= MAX_MANIFESTS {
            is_cut = true;
            break;
        }
        if !seen.insert(descriptor.digest.clone()) {
            continue;
        }
        let place: String = descriptor.digest.chars().take(80).collect();
        let bytes = match blobs.read(&descriptor.digest) {
            Ok(bytes) => bytes,
            Err(absent) => {
                let (code, message) = absent_words(&absent);
                found(code, &place, message);
                continue;
            }
        };
        let mut manifest = match Manifest::parse(&bytes) {
            Ok(manifest) => manifest,
            Err(problem) => {
                found("F-OCI-MANIFEST", &place, problem);
                continue;
            }
        };
        is_cut |= manifest.is_cut;
        if manifest.artifact_type.is_empty() {
            manifest.artifact_type.clone_from(&descriptor.artifact_type);
        }
        if !manifest.manifests.is_empty() {
            match depth < MAX_DEPTH {
                true => waiting.extend(manifest.manifests.drain(..).map(|one| (one, depth + 1))),
                false => {
                    found("F-OCI-DEPTH", &place, format!("indexes deeper than {MAX_DEPTH} are not read"))
                }
            }
            continue;
        }
        manifests.push(Found {
            reference: descriptor.annotation(&REFERENCES).map(str::to_owned),
            bytes: bytes.len() as u64,
            digest: descriptor.digest,
            manifest,
        });
    }
    if is_cut {
        found("F-OCI-COUNT", "/manifests", "more manifests or layers than are read".to_owned());
    }
    manifests
}

/// What kind of model a manifest says it is.
fn kind(manifest: &Manifest) -> Option<&'static str> {
    let config = manifest.config.as_ref().map(|config| config.media_type.as_str());
    let layers = manifest.layers.iter().map(|layer| layer.media_type.as_str());
    let mut types = [Some(manifest.artifact_type.as_str()), config].into_iter().flatten().chain(layers);
    types.find_map(|word| MODELS.iter().find(|(known, _)| word.starts_with(known)).map(|(_, name)| *name))
}

/// What kind of signature a manifest says it is.
fn signature(found: &Found) -> Option<&'static str> {
    let manifest = &found.manifest;
    let config = manifest.config.as_ref().map(|config| config.media_type.as_str());
    let layers = manifest.layers.iter().map(|layer| layer.media_type.as_str());
    let mut types = [Some(manifest.artifact_type.as_str()), config].into_iter().flatten().chain(layers);
    types.find_map(|word| SIGNATURES.iter().find(|(known, _)| word.starts_with(known)).map(|(_, name)| *name))
}

/// cosign's old way: the tag `sha256-HEX.sig` names what is signed.
fn legacy_subject(reference: &str) -> Option<String> {
    let (name, ending) = tag(reference).rsplit_once('.')?;
    let hex = name.strip_prefix("sha256-")?;
    matches!(ending, "sig" | "att" | "sbom").then(|| format!("sha256:{hex}"))
}

/// The tag of a reference, or the tag itself.
fn tag(reference: &str) -> &str {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    match name.split_once(':') {
        Some((_, tag)) => tag,
        None if reference.contains('/') => "",
        None => name,
    }
}

fn tell(blobs: &Blobs, one: &Found, kind: &str, source: &Untrusted, record: &mut Record) {
    record.model.files += 1;
    record.model.bytes += one.bytes;
    record.fact(FactKey::Address, &one.digest, Basis::Observed, source, "manifest");
    record.fact(FactKey::Library, kind, Basis::Declared, source, "/config/mediaType");
    let manifest = &one.manifest;
    for (key, fact) in [
        ("org.opencontainers.image.licenses", FactKey::Licence),
        ("org.opencontainers.image.vendor", FactKey::Publisher),
    ] {
        let value = manifest.annotation(&[key]).unwrap_or_default();
        record.fact(fact, value, Basis::Declared, source, &format!("/annotations/{key}"));
    }
    if let Some(config) = &manifest.config {
        match blobs.read(&config.digest) {
            Ok(bytes) => tell_config(&bytes, source, record),
            Err(absent) => {
                let (code, message) = absent_words(&absent);
                record.found(code, source, "/config", message);
            }
        }
    }
    let mut looks = Looks::default();
    let (mut packed, mut told) = (0, 0);
    for (index, layer) in manifest.layers.iter().enumerate() {
        let place = format!("/layers/{index}");
        let (path, size) = match blobs.find(&layer.digest) {
            Ok(found) => found,
            Err(absent) => {
                let (code, message) = absent_words(&absent);
                record.found(code, source, &place, message);
                continue;
            }
        };
        record.model.files += 1;
        record.model.bytes = record.model.bytes.saturating_add(size);
        if layer.size.is_some_and(|declared| declared != size) {
            let message = "the blob is not as long as the manifest says; a download may have broken off";
            record.found("F-OCI-SIZE", source, &place, message);
        }
        let name = layer.annotation(&FILE_NAMES).unwrap_or_default();
        if told < MAX_ADDRESSES {
            told += 1;
            let at = if name.is_empty() { place.clone() } else { format!("{place} {name}") };
            record.fact(FactKey::Address, &layer.digest, Basis::Declared, source, &at);
        }
        packed += usize::from(is_packed(&layer.media_type));
        looks.at(&path, size, if name.is_empty() { &place } else { name }, source, record);
    }
    if packed > 0 {
        let are = if packed == 1 { "is an archive" } else { "are archives" };
        let layers = count(packed, "layer");
        let message = format!(
            "{layers} {are}; what is told of the files inside is not all: unpack the model and scan its folder"
        );
        record.found("F-OCI-PACKED", source, "/layers", message);
    }
    looks.finish(source, record);
}

fn is_packed(media_type: &str) -> bool {
    PACKED.iter().any(|word| media_type.ends_with(word) || media_type.contains(&format!("{word}+")))
        || media_type.contains(".tar")
}

/// What a configuration declares: of ModelPack, KitOps or Docker.
pub(super) fn tell_config(bytes: &[u8], source: &Untrusted, record: &mut Record) {
    let config = match document::object(bytes) {
        Ok(config) => config,
        // An empty configuration, or one in a form of its own, is none that we could read.
        Err(problem) => return record.found("F-OCI-CONFIG", source, "/config", problem),
    };
    for (at, key) in FACTS {
        // One has both a version and a revision: the first that is there counts.
        if key == FactKey::Version && record.model.fact(key).is_some() {
            continue;
        }
        let value = config.pointer(at).and_then(Value::as_str).unwrap_or_default();
        record.fact(key, value, Basis::Declared, source, &format!("config {at}"));
    }
    let list = |at: &str| {
        let items = config.pointer(at).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).take(MAX_LISTED).map(str::to_owned).collect::<Vec<_>>()
    };
    for licence in list("/descriptor/licenses") {
        record.fact(FactKey::Licence, &licence, Basis::Declared, source, "config /descriptor/licenses");
    }
    for data in list("/descriptor/datasetsURL") {
        record.parent(&data, Relation::TrainedOn, source, "config /descriptor/datasetsURL");
    }
    let origin = config.pointer("/descriptor/sourceURL").and_then(Value::as_str);
    if let Some(name) = origin.and_then(names::hub_url) {
        record.parent(&name, Relation::Unspecified, source, "config /descriptor/sourceURL");
    }
    // KitOps: a model's path may be a reference to the kit that it is based on.
    let path = config.pointer("/model/path").and_then(Value::as_str);
    if let Some(path) = path.filter(|path| is_reference(path)) {
        record.parent(path, Relation::Unspecified, source, "config /model/path");
    }
    let sets = config.get("datasets").and_then(Value::as_array).into_iter().flatten();
    for set in sets.filter_map(|set| set.get("name")?.as_str()).take(MAX_LISTED) {
        record.fact(FactKey::Dataset, set, Basis::Declared, source, "config /datasets");
    }
}

/// `registry.example/owner/name:tag`.
fn is_reference(path: &str) -> bool {
    let mut parts = path.split('/');
    let host = parts.next().unwrap_or_default();
    host.contains('.') && !host.starts_with('.') && parts.next_back().is_some_and(|name| name.contains(':'))
}

/// Takes a signature that lists files; names another one, what it says it is about, and that it was not verified.
fn tell_signature(
    (blobs, store): (&Blobs, &Path),
    referrer: &Found,
    about: &str,
    source: &Untrusted,
    record: &mut Record,
) {
    let Some(word) = signature(referrer) else { return };
    let place = referrer.digest.as_str();
    if let Some(layer) = bundle_of_files(blobs, referrer) {
        // The newest stands last.
        record.model.signature = blobs.name(&layer.digest).map(|name| store.join(name));
        let line = "Sigstore bundle that lists files: verifying compares them with this manifest";
        return record.fact(FactKey::Signature, line, Basis::Observed, source, place);
    }
    let mut said = String::new();
    if let Some(layer) = referrer.manifest.layers.first()
        && word == BUNDLE
    {
        match blobs.read(&layer.digest) {
            Ok(bytes) => match Bundle::parse(&bytes) {
                Ok(bundle) => said = statement(&bundle.envelope.payload, about, place, source, record),
                Err(_) => said = "; not a bundle with a statement".to_owned(),
            },
            Err(absent) => {
                let (code, message) = absent_words(&absent);
                record.found(code, source, place, message);
            }
        }
    }
    let line = format!("{word}{said}; not verified: it lists no files of a model");
    record.fact(FactKey::Signature, &line, Basis::Observed, source, place);
}

/// The bundle in a referrer, when it lists files.
fn bundle_of_files<'f>(blobs: &Blobs, referrer: &'f Found) -> Option<&'f Descriptor> {
    let layer = referrer.manifest.layers.first().filter(|_| signature(referrer) == Some(BUNDLE))?;
    let bundle = Bundle::parse(&blobs.read(&layer.digest).ok()?).ok()?;
    is_of_files(&bundle.envelope.payload).then_some(layer)
}

/// Whether a statement is an OMS manifest, which lists files.
fn is_of_files(payload: &[u8]) -> bool {
    let statement = document::object(payload).unwrap_or_default();
    document::text(&statement, "predicateType").starts_with("https://model_signing/")
}

/// What the statement in a bundle is about. Another manifest than the one that it is attached to contradicts.
fn statement(payload: &[u8], about: &str, place: &str, source: &Untrusted, record: &mut Record) -> String {
    let Ok(statement) = document::object(payload) else { return String::new() };
    let kind: String = document::text(&statement, "predicateType").chars().take(120).collect();
    let subjects = statement.get("subject").and_then(Value::as_array).into_iter().flatten();
    let digests: Vec<&str> =
        subjects.filter_map(|subject| subject.pointer("/digest/sha256")?.as_str()).take(MAX_LISTED).collect();
    let hex = about.strip_prefix("sha256:").unwrap_or(about);
    if !digests.contains(&hex) {
        let message =
            "the statement in this bundle is about something else than the manifest it is attached to";
        record.found("F-OCI-SUBJECT", source, place, message);
        return format!(" ({kind}) about another digest");
    }
    format!(" ({kind}) that names this manifest")
}

fn absent_words(absent: &Absent) -> (&'static str, String) {
    match absent {
        Absent::Missing => ("F-OCI-MISSING", "a blob that is named here is not in the layout".to_owned()),
        Absent::Contradicts => ("F-OCI-DIGEST", "the content of a blob is not what its name says".to_owned()),
        Absent::Wrong(problem) => ("F-OCI-BLOB", problem.clone()),
    }
}
