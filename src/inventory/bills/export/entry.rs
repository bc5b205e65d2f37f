//! What is written of a model, whatever the format: facts that nothing contradicts, parents, licences, properties.

use crate::signing::RootDigest;
use crate::text::Untrusted;
use std::collections::{HashMap, HashSet};

use crate::inventory::bills::dialects::{FACT, ROOT_DOMAIN};
use crate::inventory::model::facts::{Basis, Fact, FactKey, ParentRef, Relation};
use crate::inventory::model::hex::is_hex;
use crate::inventory::model::id::ModelId;
use crate::inventory::model::loadable::is_loadable;
use crate::inventory::model::models::Model;
use crate::inventory::model::names;

/// What a verification proved of a model's signature: what the binding block states (L1.14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The recomputed root digest.
    pub root_digest: RootDigest,
    /// The signer.
    pub identity: Untrusted,
    /// Who vouches for the signer; none for a bare key.
    pub issuer: Option<Untrusted>,
    /// Log id and index, `id/index`, when there is an entry.
    pub log_entry: Option<Untrusted>,
    /// The bundle, workspace-relative, with `/`.
    pub bundle: Untrusted,
    /// SHA-256 of the bundle, hex.
    pub bundle_digest: String,
    /// When it was verified.
    pub verified_at: jiff::Timestamp,
}

/// Who writes a bill of what was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The workspace, by name and id.
    pub workspace: Untrusted,
    /// The person or account.
    pub by: Untrusted,
}

/// One model to write, and what was proved of its signature.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The model.
    pub model: &'a Model,
    /// None when it was not verified, or did not pass.
    pub proof: Option<Proof>,
}

/// Looks at an entry once: what the model's lists hold is decoded for that and forgotten with it.
pub(super) fn apart<T>(entry: &Entry<'_>, look: impl FnOnce(&Entry<'_>) -> T) -> T {
    let model = entry.model.clone();
    look(&Entry { model: &model, proof: entry.proof.clone() })
}

/// Versions of CycloneDX that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CycloneDx {
    /// 1.6.
    V1_6,
    /// 1.7.
    V1_7,
}

/// Licences that CycloneDX and SPDX know by these identifiers; others are written as names.
const LICENCES: [&str; 17] = [
    "AFL-3.0",
    "AGPL-3.0-only",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-ND-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "GPL-3.0-only",
    "ISC",
    "MIT",
    "MPL-2.0",
];

/// A licence as the formats want it.
pub(super) enum Licence<'a> {
    Id(&'static str),
    Expression(&'a str),
    Name(&'a str),
}

impl<'a> Licence<'a> {
    pub(super) fn of(raw: &'a str) -> Self {
        if let Some(id) = LICENCES.iter().find(|id| id.eq_ignore_ascii_case(raw)) {
            return Licence::Id(id);
        }
        // Only what is made of known identifiers is surely an expression.
        let words: Vec<&str> = raw.split([' ', '(', ')']).filter(|word| !word.is_empty()).collect();
        let is_known = |word: &&&str| LICENCES.contains(word) || matches!(**word, "AND" | "OR");
        if words.len() > 2 && words.iter().filter(is_known).count() == words.len() {
            Licence::Expression(raw)
        } else {
            Licence::Name(raw)
        }
    }
}

/// The facts of a kind that nothing contradicts, each value once.
pub(super) fn facts(model: &Model, key: FactKey) -> impl Iterator<Item = &Fact> {
    let mut seen = HashSet::new();
    model.facts.iter().filter(move |fact| {
        fact.key == key
            && fact.basis != Basis::Contradicted
            && seen.insert(fact.value.raw().to_ascii_lowercase())
    })
}

/// The first of them that means something elsewhere, too.
pub(super) fn first(model: &Model, key: FactKey) -> Option<&str> {
    facts(model, key).map(|fact| fact.value.raw()).find(|value| !is_local(value))
}

/// The parents, each once; of several words on the relation the most telling one.
pub(super) fn parents(model: &Model, bears_weight: bool) -> Vec<&ParentRef> {
    let mut found: Vec<&ParentRef> = Vec::new();
    let mut places: HashMap<&ModelId, usize> = HashMap::new();
    for parent in model.parents.iter().filter(|parent| parent.relation.bears_weight() == bears_weight) {
        let tells = |parent: &ParentRef| (parent.digest.is_some(), parent.relation != Relation::Unspecified);
        let place = *places.entry(&parent.id).or_insert(found.len());
        match found.get_mut(place) {
            Some(known) if tells(known) < tells(parent) => *known = parent,
            Some(_) => {}
            None => found.push(parent),
        }
    }
    found
}

/// The names of parents as sources write them, since ids are folded.
pub(super) struct Written(HashMap<ModelId, String>);

impl Written {
    pub fn in_facts_of(model: &Model) -> Self {
        let names = model
            .facts
            .iter()
            .filter(|fact| matches!(fact.key, FactKey::BaseModel | FactKey::Dataset))
            .filter_map(|fact| names::canonical(fact.value.raw()));
        let mut written = HashMap::new();
        for name in names {
            written.entry(ModelId::new(&name)).or_insert(name);
        }
        Written(written)
    }

    pub fn name_of<'a>(&'a self, parent: &'a ParentRef) -> &'a str {
        self.0.get(&parent.id).map_or(parent.id.raw(), String::as_str)
    }
}

/// `owner/name` when the name says so, else the id.
pub(super) fn name_of_model(model: &Model) -> &str {
    if ModelId::new(model.name.raw()) == model.id { model.name.raw() } else { model.id.raw() }
}

/// Properties that every format carries: the binding, and the basis of each fact.
pub(super) fn properties(entry: &Entry<'_>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Some(proof) = &entry.proof {
        let mut add = |name: &str, value: String| out.push((format!("touchmark:oms:{name}"), value));
        add("rootDigest", proof.root_digest.to_string());
        add("digestDomain", ROOT_DOMAIN.to_owned());
        add("identity", proof.identity.raw().to_owned());
        if let Some(issuer) = &proof.issuer {
            add("issuer", issuer.raw().to_owned());
        }
        if let Some(log) = &proof.log_entry {
            add("logEntry", log.raw().to_owned());
        }
        add("bundle", portable(proof.bundle.raw()));
        add("bundleDigest", proof.bundle_digest.clone());
        add("verifiedAt", proof.verified_at.to_string());
    }
    for (key, name) in STATED {
        let values = facts(entry.model, key).filter(|fact| !is_local(fact.value.raw()));
        out.extend(values.map(|fact| (format!("{FACT}{name}"), fact.value.raw().to_owned())));
    }
    for key in KEYS.into_iter().chain(STATED.map(|(key, _)| key)) {
        for fact in facts(entry.model, key).filter(|fact| !is_local(fact.value.raw())) {
            out.push((format!("touchmark:basis:{}", key.word()), basis(fact)));
        }
    }
    out
}

/// How far a fact is to be believed, and where it was read; nothing of where that lies on this machine.
pub(super) fn basis(fact: &Fact) -> String {
    let place = fact.place.raw();
    let place = if is_file(place) { portable(place) } else { place.to_owned() };
    let told = format!("{}: {} {place}", fact.basis.word(), portable(fact.source.raw()));
    told.trim_end().to_owned()
}

/// A path as it can be handed out: below the workspace as it is, else its last part.
pub(super) fn portable(path: &str) -> String {
    let leaves = |path: &str| path.split(['/', '\\']).any(|part| part == "..");
    if !is_local(path) && !leaves(path) {
        return path.to_owned();
    }
    let last = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    if last == ".." { String::new() } else { last.to_owned() }
}

/// Whether a text is a path that means something on one machine only.
pub(super) fn is_local(text: &str) -> bool {
    let drive = || {
        let mut bytes = text.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
            && bytes.next() == Some(b':')
            && matches!(bytes.next(), Some(b'/' | b'\\'))
    };
    let lower = || text.get(..7).unwrap_or_default().to_ascii_lowercase();
    text.starts_with(['/', '~', '\\']) || drive() || lower() == "file://"
}

/// Whether a place is a file's, and not a JSON pointer, which begins like a path.
fn is_file(place: &str) -> bool {
    is_local(place) && is_loadable(place)
}

/// Where the address of a manifest stands, which is no file of the model.
const MANIFEST: &str = "manifest";

/// A file of the model and the digest of its content, as far as one is known.
pub(super) struct File<'a> {
    pub name: String,
    /// SHA-256, hex.
    pub digest: &'a str,
    pub fact: &'a Fact,
}

/// The files of a model whose content is named by a digest: in the cache of a hub, or in a layout of blobs.
pub(super) fn files(model: &Model) -> Vec<File<'_>> {
    facts(model, FactKey::Address)
        .filter(|fact| fact.place.raw() != MANIFEST)
        .filter_map(|fact| {
            let digest = fact.value.raw().strip_prefix("sha256:")?;
            let name = portable(fact.place.raw().rsplit(' ').next().unwrap_or_default());
            (digest.len() == 64 && is_hex(digest) && !name.is_empty()).then_some(File { name, digest, fact })
        })
        .collect()
}

/// The hashes of a model, `alg:hex`: those that are stated, and that of its only file of weights.
pub(super) fn hashes(model: &Model) -> Vec<String> {
    let mut found: Vec<String> =
        facts(model, FactKey::Hash).map(|fact| fact.value.raw().to_owned()).collect();
    let files = files(model);
    if let [file] = files.as_slice() {
        let only = format!("sha256:{}", file.digest);
        let is_other = |known: &String| known.starts_with("sha256:") && *known != only;
        if !found.contains(&only) && !found.iter().any(is_other) {
            found.push(only);
        }
    }
    found
}

/// Facts for which the formats have no field, and what their properties are called.
const STATED: [(FactKey, &str); 7] = [
    (FactKey::Parameters, "parameters"),
    (FactKey::Quantisation, "quantization"),
    (FactKey::DataType, "dtype"),
    (FactKey::ContextLength, "contextLength"),
    (FactKey::Library, "libraryName"),
    (FactKey::Tokenizer, "tokenizer"),
    (FactKey::Made, "made"),
];

/// Facts that are written, and so have their basis told.
const KEYS: [FactKey; 8] = [
    FactKey::Version,
    FactKey::Publisher,
    FactKey::Licence,
    FactKey::Task,
    FactKey::Architecture,
    FactKey::Purl,
    FactKey::Hash,
    FactKey::Description,
];

/// A path as the reference of an address (RFC 3986): what is not unreserved is escaped.
pub(super) fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Seconds, in UTC, as both formats want it.
pub(super) fn timestamp(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
