//! How the generators of bills say what the formats have no field for: base models, relations, providers,
//! signatures. Tables over properties; it knows no document format.

use crate::text::Untrusted;

use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::hex::is_hex;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::loadable::is_loadable;
use crate::inventory::model::models::Binding;
use crate::inventory::model::names;
use crate::inventory::model::record::Record;

/// Properties that hold base models, one or a list. OWASP's generator, AIBoMGen, AITF, and others after them.
const BASES: [&str; 7] = [
    "base_model",
    "baseModel",
    "huggingface:baseModel",
    "huggingface:base_model",
    "genai:aibom:modelcard:base_model",
    "genai:aibom:modelcard:baseModel",
    "derived_from",
];
/// Properties that hold the relation to them, in the hub's words.
const RELATIONS: [&str; 4] = [
    "base_model_relation",
    "baseModelRelation",
    "huggingface:baseModelRelation",
    "genai:aibom:modelcard:base_model_relation",
];
/// Properties that hold the hub's tags, separated by commas.
const TAGS: [&str; 2] = ["tags", "huggingface:tags"];
/// Bases in one property, and tags about bases, that are looked at: each is compared with the others.
const MAX_LISTED: usize = 256;
/// Properties by which others tell that they looked at a signature (k8s-aibom's annotation and its like).
const CLAIMS: [&str; 3] = ["model.k8saibom.dev/oms-signature", "oms:status", "touchmark:oms:status"];
/// The domain of `touchmark:oms:rootDigest`; a digest of another domain is not compared with ours.
pub(super) const ROOT_DOMAIN: &str = "oms-root";

/// The property that pins a parent to its root digest.
pub(super) const PIN: &str = "touchmark:pedigree:digest";

/// How generators call what their properties say: the last part of the name without case, `_`, `-` and spaces. syft,
/// OWASP's generator, AIBoMGen, the taxonomy of CycloneDX and others.
const FACTS: [(&str, FactKey); 25] = [
    ("architecture", FactKey::Architecture),
    ("architectures", FactKey::Architecture),
    ("modelarchitecture", FactKey::Architecture),
    ("modeltype", FactKey::Architecture),
    ("quantization", FactKey::Quantisation),
    ("quantisation", FactKey::Quantisation),
    ("quantizationlevel", FactKey::Quantisation),
    ("quantizationtype", FactKey::Quantisation),
    ("quantizationmethod", FactKey::Quantisation),
    ("parameters", FactKey::Parameters),
    ("parametercount", FactKey::Parameters),
    ("parameterscount", FactKey::Parameters),
    ("numparameters", FactKey::Parameters),
    ("parametersize", FactKey::Parameters),
    ("contextlength", FactKey::ContextLength),
    ("contextwindow", FactKey::ContextLength),
    ("libraryname", FactKey::Library),
    ("pipelinetag", FactKey::Task),
    ("dtype", FactKey::DataType),
    ("dtypes", FactKey::DataType),
    ("datatype", FactKey::DataType),
    ("tensortype", FactKey::DataType),
    ("tokenizer", FactKey::Tokenizer),
    ("datasets", FactKey::Dataset),
    ("made", FactKey::Made),
];
/// What our own properties are called that are facts; the rest is a name above.
pub(super) const FACT: &str = "touchmark:fact:";
/// Of these the value is a number first.
const NUMBERS: [FactKey; 2] = [FactKey::Parameters, FactKey::ContextLength];
/// Longer values are no word for any of them.
const MAX_VALUE: usize = 256;

/// A name and its value, as text.
pub(super) struct Property {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where it stands.
    pub place: String,
}

/// The first property of this name.
pub(super) fn find<'p>(properties: &'p [Property], name: &str) -> Option<&'p Property> {
    properties.iter().find(|property| property.name == name)
}

/// How a model came from its bases, as far as anything says so: a property, a tag, a note of the pedigree.
pub(super) struct Relations<'p> {
    explicit: Option<Relation>,
    tags: Vec<(Relation, &'p str)>,
    note: Option<Relation>,
}

impl<'p> Relations<'p> {
    /// Collects what is said; `notes` are those of the pedigree.
    pub fn new(properties: &'p [Property], notes: &str) -> Self {
        let word = |name: &&str| names::relation(&find(properties, name)?.value);
        Relations {
            explicit: RELATIONS.iter().find_map(word),
            tags: tags(properties)
                .filter_map(|(_, tag)| names::base_model_tag(tag))
                .filter_map(|(relation, base)| Some((relation?, base.trim())))
                .collect(),
            // AIBoMGen: "finetune of Org/Base".
            note: notes.split_once(" of ").and_then(|(word, _)| names::relation(word)),
        }
    }

    /// How it came from the base `id`.
    pub fn of(&self, id: &str) -> Relation {
        let by_tag =
            || self.tags.iter().find(|(_, base)| base.eq_ignore_ascii_case(id)).map(|(word, _)| *word);
        self.explicit.or_else(by_tag).or(self.note).unwrap_or(Relation::Unspecified)
    }
}

/// Adds the facts that properties state, where nothing else of the document states them.
fn facts(record: &mut Record, properties: &[Property], source: &Untrusted) {
    let known: Vec<FactKey> = FACTS
        .iter()
        .map(|(_, key)| *key)
        .filter(|key| record.model.facts.each().any(|fact| fact.key == *key))
        .collect();
    // Our own properties speak of facts that stand elsewhere, but for those that are facts.
    let ours = |name: &str| name.starts_with("touchmark:") && !name.starts_with(FACT);
    for property in properties.iter().filter(|property| !ours(&property.name)) {
        let last = property.name.rsplit([':', '.', '/']).next().unwrap_or_default();
        let plain = last.replace(['_', '-', ' '], "").to_ascii_lowercase();
        let Some((_, key)) = FACTS.iter().find(|(name, _)| *name == plain) else { continue };
        let value = property.value.trim();
        let begins_well = !NUMBERS.contains(key) || value.starts_with(|c: char| c.is_ascii_digit());
        if known.contains(key) || value.len() > MAX_VALUE || !begins_well {
            continue;
        }
        match key {
            FactKey::Dataset => {
                for dataset in listed(value) {
                    record.parent(dataset, Relation::TrainedOn, source, &property.place);
                }
            }
            key => record.fact(*key, value, Basis::Declared, source, &property.place),
        }
    }
}

/// The values of a list, which is joined with commas, or is Python's way to print one: ['a/b', 'c/d'].
fn listed(value: &str) -> impl Iterator<Item = &str> {
    let items = value.trim().trim_start_matches('[').trim_end_matches(']').split(',');
    let items = items.map(|item| item.trim().trim_matches(['\'', '"'])).filter(|item| !item.is_empty());
    items.take(MAX_LISTED)
}

/// The id of what is only called like a file: many are called `model.safetensors`, so its content tells it apart.
pub(super) fn told_apart(name: String, sha256: Option<&str>) -> String {
    const DIGITS: usize = 16;
    let digest = sha256.filter(|digest| digest.len() == 64 && is_hex(digest));
    match digest.and_then(|digest| digest.get(..DIGITS)) {
        Some(begin) if !name.contains('/') && is_loadable(&name) => {
            format!("sha256-{}/{name}", begin.to_ascii_lowercase())
        }
        _ => name,
    }
}

/// Adds the facts and parents that properties name, and says of a signature that it is only claimed.
pub(super) fn apply(record: &mut Record, properties: &[Property], source: &Untrusted) {
    if properties.is_empty() {
        return;
    }
    facts(record, properties, source);
    let relations = Relations::new(properties, "");
    for property in properties.iter().filter(|property| BASES.contains(&property.name.as_str())) {
        for base in listed(&property.value) {
            let id = names::canonical(base).unwrap_or_default();
            record.parent(base, relations.of(&id), source, &property.place);
        }
    }
    for (property, tag) in tags(properties) {
        if let Some((_, base)) = names::base_model_tag(tag) {
            let base = base.trim();
            record.parent(base, relations.of(base), source, &property.place);
        }
    }
    for property in properties.iter().filter(|property| CLAIMS.contains(&property.name.as_str())) {
        let message =
            "speaks of a signature's verification; that is declared, and counts only when verified here";
        record.found("F-BOM-CLAIM", source, &property.place, message);
    }
}

/// The tags about base models, as many as are looked at.
fn tags(properties: &[Property]) -> impl Iterator<Item = (&Property, &str)> {
    properties
        .iter()
        .filter(|property| TAGS.contains(&property.name.as_str()))
        .flat_map(|property| property.value.split(',').map(move |tag| (property, tag)))
        .filter(|(_, tag)| names::base_model_tag(tag).is_some())
        .take(MAX_LISTED)
}

/// Pins the parent that `place` names to the root digest that a property states.
pub(super) fn pin(record: &mut Record, name: &str, place: &str, pin: &Property, source: &Untrusted) {
    let id = ModelId::new(name);
    match pin.value.parse() {
        Ok(digest) => {
            // It was added just before.
            let mut parents = record.model.parents.iter_mut().rev();
            let parent = parents.find(|parent| parent.place.raw() == place && parent.id == id);
            if let Some(parent) = parent {
                parent.digest = Some(digest);
            }
        }
        Err(_) => {
            let message = "not a root digest: 64 lower-case hexadecimal digits";
            record.found("F-BOM-DIGEST", source, &pin.place, message);
        }
    }
}

/// What the properties say of the model's signature; to be compared, never believed.
pub(super) fn binding(record: &mut Record, properties: &[Property], source: &Untrusted) -> Binding {
    let value = |name: &str| find(properties, name).map(|property| Untrusted::new(property.value.as_str()));
    let mut binding = Binding {
        root_digest: value("touchmark:oms:rootDigest"),
        identity: value("touchmark:oms:identity"),
        issuer: value("touchmark:oms:issuer"),
        log_entry: value("touchmark:oms:logEntry"),
        bundle_digest: value("touchmark:oms:bundleDigest"),
        source: source.clone(),
        ours: false,
    };
    let foreign = find(properties, "touchmark:oms:digestDomain").filter(|domain| domain.value != ROOT_DOMAIN);
    if let Some(domain) = foreign.filter(|_| binding.root_digest.is_some()) {
        let message =
            format!("a digest of another domain than {ROOT_DOMAIN}; not compared with a root digest");
        record.found("F-BOM-DOMAIN", source, &domain.place, message);
        binding.root_digest = None;
    }
    binding
}

/// Keeps a binding that says anything.
pub(super) fn bind(record: &mut Record, binding: Binding) {
    let nothing = Binding { source: binding.source.clone(), ..Binding::default() };
    record.model.binding = (binding != nothing).then(|| Box::new(binding));
}

/// Who is meant when a source-code scanner (Trusera) types what it saw as a model.
pub(super) enum Seen<'p> {
    /// The model of this name, of that provider.
    Model(&'p str, Option<&'p Property>),
    /// Only a provider; which model is not said.
    Provider,
}

/// Reads `trusera:model_name` and `trusera:provider` of a component called `name`.
pub(super) fn seen<'p>(properties: &'p [Property], name: &str) -> Option<Seen<'p>> {
    let provider = find(properties, "trusera:provider").filter(|property| !property.value.trim().is_empty());
    if let Some(model) = find(properties, "trusera:model_name").map(|property| property.value.trim())
        && !model.is_empty()
    {
        return Some(Seen::Model(model, provider));
    }
    let vendor = provider?.value.trim().to_lowercase();
    let name = name.trim().to_lowercase();
    (name == vendor || name.strip_suffix(" model") == Some(vendor.as_str())).then_some(Seen::Provider)
}

/// Hash algorithms: as CycloneDX writes them, as we write them, and their hexadecimal digits.
const HASHES: [(&str, &str, usize); 14] = [
    ("MD5", "md5", 32),
    ("SHA-1", "sha1", 40),
    ("SHA-256", "sha256", 64),
    ("SHA-384", "sha384", 96),
    ("SHA-512", "sha512", 128),
    ("SHA3-256", "sha3-256", 64),
    ("SHA3-384", "sha3-384", 96),
    ("SHA3-512", "sha3-512", 128),
    ("BLAKE2b-256", "blake2b-256", 64),
    ("BLAKE2b-384", "blake2b-384", 96),
    ("BLAKE2b-512", "blake2b-512", 128),
    ("BLAKE3", "blake3", 64),
    ("Streebog-256", "streebog-256", 64),
    ("Streebog-512", "streebog-512", 128),
];

/// `alg:hex` of a stated hash. SPDX writes the same algorithms without separators or with `_`.
///
/// # Errors
/// The code and the words of the finding.
pub(super) fn hash(algorithm: &str, content: &str) -> Result<String, (&'static str, String)> {
    fn plain(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(|byte| !b"-_".contains(byte)).map(|byte| byte.to_ascii_lowercase())
    }
    let known = HASHES.iter().find(|(name, ..)| plain(name).eq(plain(algorithm)));
    let Some((_, ours, digits)) = known else {
        return Err(("F-BOM-HASH-ALGORITHM", "not a hash algorithm that is known here".to_owned()));
    };
    if content.len() != *digits || !is_hex(content) {
        let message = format!("{ours} has {digits} hexadecimal digits; this has {} bytes", content.len());
        return Err(("F-BOM-HASH-LENGTH", message));
    }
    Ok(format!("{ours}:{}", content.to_ascii_lowercase()))
}

/// How CycloneDX writes one of our algorithms.
pub(super) fn cyclonedx_algorithm(ours: &str) -> Option<&'static str> {
    HASHES.iter().find(|(_, known, _)| *known == ours).map(|(name, ..)| *name)
}
