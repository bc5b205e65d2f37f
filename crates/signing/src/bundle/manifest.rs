//! The OMS manifest: resources with digests, how they were serialised, the root digest, and the in-toto
//! statement around them (OMS v1.0, 5 and 6).

use crate::error::{Code, Error, Result};
use crate::hashing::job::HashAlgorithm;
use crate::json::{self, Object};
use crate::text::Untrusted;
use aws_lc_rs::digest;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

/// `payloadType` of every envelope.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of OMS v1.0.
pub const PREDICATE_TYPE: &str = "https://model_signing/signature/v1.0";
/// `predicateType` that the reference's version 0.2.0 wrote.
pub const PREDICATE_TYPE_V02: &str = "https://model_signing/Digests/v0.1";

/// SHA-256 over the concatenated raw resource digests (OMS v1.0, 6.5.1). It names a model's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootDigest(pub [u8; 32]);

impl fmt::Display for RootDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RootDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootDigest({self})")
    }
}

impl FromStr for RootDigest {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = [0; 32];
        let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !lower || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(Error::new(Code::Malformed, "not a root digest: 64 lower-case hexadecimal digits"));
        }
        Ok(RootDigest(bytes))
    }
}

impl Serialize for RootDigest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RootDigest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(|e: Error| serde::de::Error::custom(e.what))
    }
}

impl JsonSchema for RootDigest {
    fn schema_name() -> Cow<'static, str> {
        "RootDigest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "SHA-256 over the concatenated raw resource digests of an OMS manifest",
            "type": "string",
            "pattern": "^[0-9a-f]{64}$"
        })
    }
}

/// One signed file or shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// As stored: a canonical path, for a shard `path:start:end`, or `.` for a single file (reference up to 1.1.1).
    pub name: String,
    /// Raw digest.
    pub digest: Vec<u8>,
}

/// How the manifest was made (OMS v1.0, 5.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serialization {
    /// Recorded hash.
    pub hash: HashAlgorithm,
    /// Recorded symlink policy.
    pub allow_symlinks: bool,
    /// Shard size in bytes for method `shards`, none for method `files`.
    pub shard_size: Option<u64>,
    /// Recorded ignores, model-relative.
    pub ignore_paths: Vec<String>,
}

/// A manifest: resources in the order in which they are stored, never re-sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The resources.
    pub resources: Vec<Resource>,
    /// How they were made.
    pub serialization: Serialization,
}

/// A parsed in-toto statement that holds a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Informative name of the subject.
    pub subject_name: Untrusted,
    /// The subject's digest; none in bundles of version 0.2.0, whose subjects are the files.
    pub subject_digest: Option<RootDigest>,
    /// The manifest.
    pub manifest: Manifest,
    /// Whether it is a bundle of the reference's version 0.2.0.
    pub legacy: bool,
}

/// More resources than this are refused.
const MAX_RESOURCES: usize = 2_000_000;
const MAX_DEPTH: usize = 64;
const RESOURCES: &[&str] = &["predicate", "resources"];
/// The current major version; a higher minor one is read as this one (OMS VERSIONING).
const PREDICATE_TYPE_V1: &str = "https://model_signing/signature/v1.";

impl Manifest {
    /// The root digest over the resources as stored.
    pub fn root_digest(&self) -> RootDigest {
        root_of(self.resources.iter())
    }
}

impl Statement {
    /// Parses a payload strictly: exact types, one subject, no duplicate keys or names, canonical names,
    /// lower-case hex of the right length, limits on count and depth (rulings 10). A difference between the
    /// subject digest and the recomputed root digest is left to the SUBJECT check.
    ///
    /// # Errors
    /// `E-MALFORMED` with the field, `E-TOO-LARGE`.
    pub fn parse(payload: &[u8]) -> Result<Self> {
        let mut listed = Listed::default();
        let document =
            json::parse_items(payload, MAX_DEPTH, RESOURCES, &mut |index, item| listed.take(index, &item))?;
        let statement = Object::root(&document)?;
        statement.only(&["_type", "subject", "predicateType", "predicate"])?;
        if statement.text("_type")? != STATEMENT_TYPE {
            return Err(statement.fault("_type", format!("not an in-toto statement ({STATEMENT_TYPE})")));
        }
        let predicate_type = statement.text("predicateType")?;
        if predicate_type == PREDICATE_TYPE_V02 {
            return Self::parse_v02(&statement);
        }
        if !predicate_type.strip_prefix(PREDICATE_TYPE_V1).is_some_and(is_decimal) {
            return Err(statement
                .fault("predicateType", "not a model signature")
                .help(format!("expected {PREDICATE_TYPE}; this claim is about something else")));
        }
        let [subject] = statement.list("subject")? else {
            return Err(statement.fault("subject", "should hold exactly one subject"));
        };
        let subject = Object::item(subject, "subject", 0)?;
        let name = subject.text("name")?;
        if name.is_empty() {
            return Err(subject.fault("name", "is empty"));
        }
        let predicate = statement.object("predicate")?;
        predicate.only(&["resources", "serialization"])?;
        let serialization = parse_serialization(&predicate.object("serialization")?)?;
        let resources = listed.check(&predicate, &serialization)?;
        Ok(Statement {
            subject_name: Untrusted::new(name),
            subject_digest: Some(RootDigest(sha256_of_subject(&subject)?)),
            manifest: Manifest { resources, serialization },
            legacy: false,
        })
    }

    /// Version 0.2.0 of the reference: the subjects are the files, the predicate says nothing.
    fn parse_v02(statement: &Object) -> Result<Self> {
        statement.object("predicate")?;
        let subjects = bounded(statement, "subject")?;
        let mut resources = Vec::with_capacity(subjects.len());
        for (index, subject) in subjects.iter().enumerate() {
            let subject = Object::item(subject, "subject", index)?;
            let name = canonical_name(&subject)?.to_owned();
            resources.push(Resource { name, digest: sha256_of_subject(&subject)?.to_vec() });
        }
        distinct(&resources, "subject")?;
        lone_dot(&resources, false, "subject")?;
        Ok(Statement {
            subject_name: Untrusted::default(),
            subject_digest: None,
            manifest: Manifest {
                resources,
                serialization: Serialization {
                    hash: HashAlgorithm::Sha256,
                    allow_symlinks: false,
                    shard_size: None,
                    ignore_paths: Vec::new(),
                },
            },
            legacy: true,
        })
    }

    /// The payload to sign: compact JSON with the keys in the order of the specification.
    ///
    /// # Errors
    /// `E-INTERNAL` when it cannot be JSON.
    pub fn to_payload(subject_name: &str, manifest: &Manifest) -> Result<Vec<u8>> {
        let recorded = &manifest.serialization;
        // OMS 5.2.1: sorted by name in code point order; UTF-8 bytes order the same way.
        let mut sorted: Vec<&Resource> = manifest.resources.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        let root = root_of(sorted.iter().copied()).to_string();
        let algorithm = recorded.hash.as_str();
        let resources = sorted
            .into_iter()
            .map(|r| written::Resource { name: &r.name, digest: hex::encode(&r.digest), algorithm })
            .collect();
        let statement = written::Statement {
            _type: STATEMENT_TYPE,
            subject: [written::Subject { name: subject_name, digest: written::Digest { sha256: &root } }],
            predicate_type: PREDICATE_TYPE,
            predicate: written::Predicate {
                resources,
                serialization: written::Serialization {
                    method: if recorded.shard_size.is_some() { "shards" } else { "files" },
                    hash_type: algorithm,
                    allow_symlinks: recorded.allow_symlinks,
                    shard_size: recorded.shard_size,
                    ignore_paths: &recorded.ignore_paths,
                },
            },
        };
        serde_json::to_vec(&statement)
            .map_err(|cause| Error::new(Code::Internal, format!("the statement cannot be written ({cause})")))
    }
}

/// Any statement as JSON, within the limits and without its resources. None when it is no such document.
pub(crate) fn outline(payload: &[u8]) -> Option<Value> {
    json::parse_items(payload, MAX_DEPTH, RESOURCES, &mut |_, _| Ok(())).ok()
}

/// `path:start:end`: the LAST two parts are the range, so that a path may hold colons (OMS 6.3.2).
pub(crate) fn parse_shard_name(name: &str) -> Option<(&str, u64, u64)> {
    let mut parts = name.rsplitn(3, ':');
    let (end, start, path) = (parts.next()?, parts.next()?, parts.next()?);
    if !is_decimal(start) || !is_decimal(end) {
        return None;
    }
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start < end && !path.is_empty()).then_some((path, start, end))
}

/// Whether a name is relative, `/`-separated, without `.`, `..`, empty parts and NUL (OMS 6.1.2).
fn is_canonical(name: &str) -> bool {
    // On Windows these would make one name mean another place.
    let foreign = cfg!(windows) && name.contains(['\\', ':']);
    !foreign && !name.contains('\0') && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// A number as it must be written: digits, no sign, no leading zero.
fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn root_of<'r>(resources: impl Iterator<Item = &'r Resource>) -> RootDigest {
    let mut state = digest::Context::new(&digest::SHA256);
    resources.for_each(|resource| state.update(&resource.digest));
    let mut root = [0; 32];
    root.iter_mut().zip(state.finish().as_ref()).for_each(|(to, from)| *to = *from);
    RootDigest(root)
}

fn parse_serialization(recorded: &Object) -> Result<Serialization> {
    recorded.only(&["method", "hash_type", "allow_symlinks", "shard_size", "ignore_paths"])?;
    let hash = HashAlgorithm::from_name(recorded.text("hash_type")?)
        .ok_or_else(|| recorded.fault("hash_type", "unknown hash; known are sha256, blake2b, blake3"))?;
    let allow_symlinks = recorded
        .get("allow_symlinks")
        .and_then(Value::as_bool)
        .ok_or_else(|| recorded.fault("allow_symlinks", "should be true or false"))?;
    let shard_size = match (recorded.text("method")?, recorded.get("shard_size")) {
        ("files", None) => None,
        ("files", Some(_)) => return Err(recorded.fault("shard_size", "does not belong to method files")),
        ("shards", size) => Some(
            size.and_then(whole_number)
                .filter(|size| *size > 0)
                .ok_or_else(|| recorded.fault("shard_size", "should be a whole number above zero"))?,
        ),
        _ => return Err(recorded.fault("method", "unknown method; known are files and shards")),
    };
    let mut ignore_paths = Vec::new();
    if recorded.get("ignore_paths").is_some() {
        for path in recorded.list("ignore_paths")? {
            match path.as_str() {
                Some(path) if is_canonical(path) => ignore_paths.push(path.to_owned()),
                _ => return Err(recorded.fault("ignore_paths", "should hold relative canonical paths")),
            }
        }
    }
    Ok(Serialization { hash, allow_symlinks, shard_size, ignore_paths })
}

/// The reference writes sizes as floats (`2.0`): whole ones are read.
fn whole_number(value: &Value) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_u64().or_else(|| {
        let float = value.as_f64().filter(|f| f.fract() == 0.0 && (0.0..=EXACT).contains(f))?;
        Some(float as u64)
    })
}

/// The resources as they are read, before it is known how they were recorded.
#[derive(Default)]
struct Listed {
    resources: Vec<Resource>,
    /// The first resource of each algorithm that occurs, and its name.
    algorithms: Vec<(usize, String)>,
}

impl Listed {
    /// More algorithms than this in one manifest are refused; any more than one is refused later.
    const MAX_ALGORITHMS: usize = 8;

    fn take(&mut self, index: usize, item: &Value) -> Result<()> {
        if index >= MAX_RESOURCES {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_RESOURCES} resources"))
                .at("predicate.resources"));
        }
        let item = Object::item(item, "predicate.resources", index)?;
        let algorithm = item.text("algorithm")?;
        if !self.algorithms.iter().any(|(_, known)| known == algorithm) {
            if self.algorithms.len() >= Self::MAX_ALGORITHMS {
                return Err(item.fault("algorithm", "is not the recorded hash_type"));
            }
            self.algorithms.push((index, algorithm.to_owned()));
        }
        let digest = lower_hex(item.text("digest")?)
            .ok_or_else(|| item.fault("digest", "not a digest in lower-case hex"))?;
        self.resources.push(Resource { name: item.text("name")?.to_owned(), digest });
        Ok(())
    }

    fn check(self, predicate: &Object, recorded: &Serialization) -> Result<Vec<Resource>> {
        let hash = recorded.hash.as_str();
        // What the reference's API writes instead of the plain name (rulings 9).
        let sharded = recorded.shard_size.map(|size| format!("{hash}-sharded-{size}"));
        let place = predicate.place("resources");
        if predicate.list("resources")?.is_empty() && self.resources.is_empty() {
            return Err(predicate.fault("resources", "is empty: nothing is signed"));
        }
        let fault = |index: usize, field: &str, what: String| {
            Error::new(Code::Malformed, what).at(format!("{place}[{index}].{field}"))
        };
        let other = self.algorithms.iter().find(|(_, name)| name != hash && Some(name) != sharded.as_ref());
        if let Some((index, _)) = other {
            return Err(fault(*index, "algorithm", "is not the recorded hash_type".to_owned()));
        }
        for (index, resource) in self.resources.iter().enumerate() {
            if resource.digest.len() != recorded.hash.digest_bytes() {
                return Err(fault(index, "digest", format!("not a {hash} digest in lower-case hex")));
            }
            if recorded.shard_size.is_none() && resource.name != "." && !is_canonical(&resource.name) {
                return Err(fault(index, "name", NOT_CANONICAL.to_owned()).help(NOT_CANONICAL_HELP));
            }
        }
        distinct(&self.resources, &place)?;
        if let Some(size) = recorded.shard_size {
            check_shards(&self.resources, size, &place)?;
        }
        lone_dot(&self.resources, recorded.shard_size.is_some(), &place)?;
        Ok(self.resources)
    }
}

const NOT_CANONICAL: &str = "not a canonical path inside the model";
const NOT_CANONICAL_HELP: &str = "do not trust this signature: its names could lead out of the model";

/// `.` is the reference's name for a model that is one file; it stands alone.
fn lone_dot(resources: &[Resource], sharded: bool, place: &str) -> Result<()> {
    let is_dot = |resource: &Resource| match parse_shard_name(&resource.name) {
        Some((path, ..)) if sharded => path == ".",
        _ => resource.name == ".",
    };
    if resources.iter().any(is_dot) && !resources.iter().all(is_dot) {
        return Err(Error::new(Code::Malformed, "`.` stands beside other files").at(place));
    }
    Ok(())
}

/// OMS 6.3.2: the shards of a file lie end to end from 0, each exactly `size` bytes but the last.
fn check_shards(resources: &[Resource], size: u64, place: &str) -> Result<()> {
    let fault = |what: &str, name: &str| Error::new(Code::Malformed, format!("{what} (in {place})")).at(name);
    let mut shards = Vec::with_capacity(resources.len());
    for resource in resources {
        match parse_shard_name(&resource.name) {
            Some((path, start, end)) if path == "." || is_canonical(path) => {
                shards.push((path, start, end, resource));
            }
            _ => return Err(fault("not the name of a shard, path:start:end", &resource.name)),
        }
    }
    shards.sort_unstable_by_key(|(path, start, ..)| (*path, *start));
    let mut before: Option<(&str, u64, u64)> = None;
    for (path, start, end, resource) in shards {
        let (expected, earlier_is_whole) = match before {
            Some((file, from, to)) if file == path => (to, to - from == size),
            _ => (0, true),
        };
        if start != expected || !earlier_is_whole || end - start > size {
            return Err(fault(
                "the shards of a file leave gaps, overlap or have the wrong size",
                &resource.name,
            ));
        }
        before = Some((path, start, end));
    }
    Ok(())
}

fn bounded<'v>(object: &Object<'v>, key: &str) -> Result<&'v [Value]> {
    let list = object.list(key)?;
    if list.is_empty() {
        return Err(object.fault(key, "is empty: nothing is signed"));
    }
    if list.len() > MAX_RESOURCES {
        return Err(
            Error::new(Code::TooLarge, format!("more than {MAX_RESOURCES} resources")).at(object.place(key))
        );
    }
    Ok(list)
}

fn canonical_name<'v>(object: &Object<'v>) -> Result<&'v str> {
    let name = object.text("name")?;
    if name != "." && !is_canonical(name) {
        return Err(object.fault("name", NOT_CANONICAL).help(NOT_CANONICAL_HELP));
    }
    Ok(name)
}

fn distinct(resources: &[Resource], place: &str) -> Result<()> {
    let mut seen = HashSet::with_capacity(resources.len());
    match resources.iter().map(|resource| resource.name.as_str()).find(|name| !seen.insert(*name)) {
        Some(twice) => Err(Error::new(Code::Malformed, format!("a name occurs twice in {place}")).at(twice)),
        None => Ok(()),
    }
}

fn sha256_of_subject(subject: &Object) -> Result<[u8; 32]> {
    let digest = subject.object("digest")?;
    lower_hex(digest.text("sha256")?)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| digest.fault("sha256", "not a sha256 digest in lower-case hex"))
}

fn lower_hex(text: &str) -> Option<Vec<u8>> {
    let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    lower.then(|| hex::decode(text).ok()).flatten()
}

/// The statement as it is written: serde keeps the order of the fields.
mod written {
    use serde::Serialize;

    #[derive(Serialize)]
    pub(super) struct Statement<'a> {
        pub(super) _type: &'a str,
        pub(super) subject: [Subject<'a>; 1],
        #[serde(rename = "predicateType")]
        pub(super) predicate_type: &'a str,
        pub(super) predicate: Predicate<'a>,
    }

    #[derive(Serialize)]
    pub(super) struct Subject<'a> {
        pub(super) name: &'a str,
        pub(super) digest: Digest<'a>,
    }

    #[derive(Serialize)]
    pub(super) struct Digest<'a> {
        pub(super) sha256: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Predicate<'a> {
        pub(super) resources: Vec<Resource<'a>>,
        pub(super) serialization: Serialization<'a>,
    }

    #[derive(Serialize)]
    pub(super) struct Resource<'a> {
        pub(super) name: &'a str,
        pub(super) digest: String,
        pub(super) algorithm: &'a str,
    }

    #[derive(Serialize)]
    pub(super) struct Serialization<'a> {
        pub(super) method: &'a str,
        pub(super) hash_type: &'a str,
        pub(super) allow_symlinks: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) shard_size: Option<u64>,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        pub(super) ignore_paths: &'a [String],
    }
}
