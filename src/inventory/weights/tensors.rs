//! A compact summary of a model's tensors, from the headers of its weights: how many, of which types, and digests
//! over their names and shapes by which two models are compared. Headers are read with limits; weights never are.
//! It has JSON visitors of its own: a header may name half a million tensors, and as a tree these would take many
//! times the memory of what is kept of them.

use crate::disk;
use crate::signing::sha256_hex;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

/// The safetensors format's own limit on its header.
pub(super) const FORMAT_HEADER_BYTES: u64 = 100_000_000;
/// Longer headers are not read; those of the largest models take a few megabytes for all their files together.
pub(super) const MAX_HEADER_BYTES: u64 = 32 * 1024 * 1024;
/// Tensors of one model.
pub(super) const MAX_TENSORS: usize = 500_000;
const MAX_DIMENSIONS: usize = 16;
const MAX_NAME: usize = 1024;
/// Different types of one model.
const MAX_TYPES: usize = 32;
/// `__metadata__` entries that are kept, and their length.
const MAX_METADATA: usize = 64;
const MAX_TEXT: usize = 4096;
/// Prefixes by which layers are counted.
const MAX_PREFIXES: usize = 1024;

/// Bits of one element.
const TYPES: [(&str, u64); 25] = [
    ("F64", 64),
    ("F32", 32),
    ("F16", 16),
    ("BF16", 16),
    ("F8_E4M3", 8),
    ("F8_E5M2", 8),
    ("F8_E8M0", 8),
    ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8),
    ("C64", 64),
    ("C128", 128),
    ("I4", 4),
    ("U4", 4),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("F4", 4),
    ("I64", 64),
    ("I32", 32),
    ("I16", 16),
    ("I8", 8),
    ("U64", 64),
    ("U32", 32),
    ("U16", 16),
    ("U8", 8),
    ("BOOL", 8),
];
/// How the names of token embeddings end: their shape is vocabulary by hidden size.
const EMBEDDINGS: [&str; 10] = [
    "embed_tokens.weight",
    "token_embd.weight",
    "tok_embeddings.weight",
    "word_embeddings.weight",
    "wte.weight",
    "embed_in.weight",
    "embedding.weight",
    "embeddings.weight",
    "shared.weight",
    "embed.weight",
];

/// What is known of a model's tensors. As text: one line of `key=value` pairs, which [`str::parse`] takes back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TensorSummary {
    /// How many.
    pub tensors: u64,
    /// Elements of all together, as stored: packed weights count as what they are packed into.
    pub parameters: u64,
    /// Types with the number of tensors of each, the most frequent first.
    pub types: Vec<(String, u64)>,
    /// Rows of the token embedding.
    pub vocabulary: Option<u64>,
    /// Its columns.
    pub hidden: Option<u64>,
    /// Numbered blocks.
    pub layers: Option<u64>,
    /// SHA-256 over the sorted names and shapes, hex.
    pub shapes: String,
    /// SHA-256 over the sorted names, hex.
    pub names: String,
}

impl fmt::Display for TensorSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types: Vec<String> = self.types.iter().map(|(word, count)| format!("{word}:{count}")).collect();
        write!(f, "tensors={} parameters={} types={}", self.tensors, self.parameters, types.join(","))?;
        let sizes = [("vocabulary", self.vocabulary), ("hidden", self.hidden), ("layers", self.layers)];
        for (key, size) in sizes.into_iter().filter_map(|(key, size)| Some((key, size?))) {
            write!(f, " {key}={size}")?;
        }
        write!(f, " shapes={} names={}", self.shapes, self.names)
    }
}

impl FromStr for TensorSummary {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut summary = TensorSummary::default();
        for (key, value) in text.split(' ').filter_map(|pair| pair.split_once('=')) {
            let number = || value.parse::<u64>().map_err(|_| ());
            match key {
                "tensors" => summary.tensors = number()?,
                "parameters" => summary.parameters = number()?,
                "vocabulary" => summary.vocabulary = Some(number()?),
                "hidden" => summary.hidden = Some(number()?),
                "layers" => summary.layers = Some(number()?),
                "shapes" => value.clone_into(&mut summary.shapes),
                "names" => value.clone_into(&mut summary.names),
                "types" => {
                    for pair in value.split(',').filter(|pair| !pair.is_empty()) {
                        let (word, count) = pair.split_once(':').ok_or(())?;
                        summary.types.push((word.to_owned(), count.parse().map_err(|_| ())?));
                    }
                }
                _ => {}
            }
        }
        let is_digest = |text: &str| text.len() == 64;
        (is_digest(&summary.shapes) && is_digest(&summary.names)).then_some(summary).ok_or(())
    }
}

/// Tensors in the making, of all files of a model.
#[derive(Default)]
pub(super) struct Tensors {
    /// What the names of the next file begin with.
    pub prefix: Option<String>,
    named: Vec<(String, Vec<u64>)>,
    types: BTreeMap<String, u64>,
    /// The type of each tensor, where that is wanted.
    pub kinds: Option<Vec<String>>,
    /// What `__metadata__` of safetensors files says: the first files' words.
    pub metadata: Vec<(String, String)>,
}

impl Tensors {
    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Their names and shapes, in the order of the files.
    pub fn listed(&self) -> &[(String, Vec<u64>)] {
        &self.named
    }

    /// Adds one; false when there are too many.
    pub fn add(&mut self, name: String, shape: Vec<u64>, kind: &str) -> bool {
        if self.named.len() >= MAX_TENSORS {
            return false;
        }
        self.named.push((name, shape));
        if let Some(kinds) = &mut self.kinds {
            kinds.push(kind.to_owned());
        }
        let known = self.types.len() < MAX_TYPES || self.types.contains_key(kind);
        *self.types.entry(if known { kind } else { "other" }.to_owned()).or_default() += 1;
        true
    }

    /// Adds the tensors of a safetensors file. What is wrong with its header is said in our own words.
    pub fn add_safetensors(&mut self, path: &Path) -> Result<(), String> {
        let unread = |cause: std::io::Error| format!("cannot read ({})", cause.kind());
        let (mut file, metadata) = disk::open(path).map_err(|why| why.to_string())?;
        let size = metadata.len();
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(|_| "shorter than the eight bytes that a header begins with")?;
        let length = u64::from_le_bytes(length);
        check_header_length(length, size)?;
        let mut header = Vec::new();
        file.take(length).read_to_end(&mut header).map_err(unread)?;
        if header.first() != Some(&b'{') {
            return Err("the header does not begin as one".to_owned());
        }
        let known = self.named.len();
        let data_bytes = size - 8 - length;
        let mut reading = Reading { tensors: self, data_bytes, fault: None, ranges: Vec::new() };
        let mut json = serde_json::Deserializer::from_slice(&header);
        let read = json.deserialize_map(&mut reading).and_then(|()| json.end());
        let (fault, ranges) = (reading.fault, reading.ranges);
        let problem = match (fault, read) {
            (Some(fault), _) => fault,
            (None, Err(error)) => {
                format!("the header is no valid one, at line {} column {}", error.line(), error.column())
            }
            (None, Ok(())) => match filled(ranges, data_bytes) {
                Ok(()) if has_twins(self.named.get(known..).unwrap_or_default()) => {
                    "two tensors have one name".to_owned()
                }
                Ok(()) => return Ok(()),
                Err(problem) => problem,
            },
        };
        Err(problem)
    }

    /// The summary; whether two tensors have one name.
    pub fn finish(mut self) -> (TensorSummary, bool) {
        self.named.sort();
        let twice = self.named.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b));
        let elements = |shape: &[u64]| shape.iter().copied().fold(1, u64::saturating_mul);
        let mut types: Vec<(String, u64)> = self.types.into_iter().collect();
        types.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        let embedding = self
            .named
            .iter()
            .filter(|(name, _)| EMBEDDINGS.iter().any(|end| name.ends_with(end)))
            .filter_map(|(_, shape)| match shape.as_slice() {
                [rows, columns] => Some((*rows, *columns)),
                _ => None,
            })
            .max();
        let (mut shapes, mut names) = (String::new(), String::new());
        for (name, shape) in &self.named {
            // Neither names with line feeds nor shapes can be mistaken for two.
            let name = name.replace('\n', "\u{fffd}");
            let shape: Vec<String> = shape.iter().map(u64::to_string).collect();
            shapes.push_str(&format!("{name} {}\n", shape.join("x")));
            names.push_str(&format!("{name}\n"));
        }
        let digest = |text: &str| sha256_hex(text.as_bytes());
        let summary = TensorSummary {
            tensors: self.named.len() as u64,
            parameters: self.named.iter().map(|(_, shape)| elements(shape)).fold(0, u64::saturating_add),
            types,
            vocabulary: embedding.map(|(rows, _)| rows),
            hidden: embedding.map(|(_, columns)| columns),
            layers: layers(self.named.iter().map(|(name, _)| name.as_str())),
            shapes: digest(&shapes),
            names: digest(&names),
        };
        (summary, twice)
    }
}

/// Whether tensors lie one behind the other from the first byte to the last: bytes that no tensor has, or two have,
/// are what readers differ in.
fn filled(mut ranges: Vec<(u64, u64)>, data_bytes: u64) -> Result<(), String> {
    ranges.sort_unstable();
    let mut end = 0;
    for (from, to) in ranges {
        match from.cmp(&end) {
            std::cmp::Ordering::Less => return Err("two tensors lie over the same bytes".to_owned()),
            std::cmp::Ordering::Greater => {
                return Err(format!(
                    "{} bytes lie between tensors, and no header speaks of them",
                    from - end
                ));
            }
            std::cmp::Ordering::Equal => end = to,
        }
    }
    match data_bytes - end {
        0 => Ok(()),
        more => Err(format!("{more} bytes follow the last tensor, and no header speaks of them")),
    }
}

fn has_twins(named: &[(String, Vec<u64>)]) -> bool {
    let names: BTreeSet<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
    names.len() < named.len()
}

/// Whether a header of that length may be read.
pub(super) fn check_header_length(length: u64, size: u64) -> Result<(), String> {
    let says = format!("the header says that it is {length} bytes long");
    if length > FORMAT_HEADER_BYTES {
        return Err(format!("{says}, more than the format allows"));
    }
    if length > size.saturating_sub(8) {
        return Err(format!("{says}, and the file is not"));
    }
    if length > MAX_HEADER_BYTES {
        return Err(format!("{says}; more than {MAX_HEADER_BYTES} are not read"));
    }
    Ok(())
}

/// The most blocks that are numbered under one prefix, such as `model.layers.`.
fn layers<'n>(names: impl Iterator<Item = &'n str>) -> Option<u64> {
    let mut numbers: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for name in names {
        let mut from = 0;
        for part in name.split('.') {
            if let Ok(number) = part.parse::<u32>() {
                let prefix = name.get(..from).unwrap_or_default();
                if numbers.len() < MAX_PREFIXES || numbers.contains_key(prefix) {
                    numbers.entry(prefix).or_default().insert(number);
                }
                break;
            }
            from += part.len() + 1;
        }
    }
    numbers.values().map(|numbers| numbers.len() as u64).max()
}

/// A header while it is read.
struct Reading<'t> {
    tensors: &'t mut Tensors,
    data_bytes: u64,
    /// Our own words for what stopped us: serde_json's may quote the file.
    fault: Option<String>,
    /// Where each tensor lies.
    ranges: Vec<(u64, u64)>,
}

#[derive(Deserialize)]
struct Described {
    dtype: String,
    shape: Shape,
    data_offsets: [u64; 2],
}

struct Shape(Vec<u64>);

impl<'de> Visitor<'de> for &mut Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a safetensors header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                let Metadata(entries) = map.next_value()?;
                let room = MAX_METADATA.saturating_sub(self.tensors.metadata.len());
                self.tensors.metadata.extend(entries.into_iter().take(room));
                continue;
            }
            let tensor: Described = map.next_value()?;
            if let Err(fault) = self.take(name, tensor) {
                self.fault = Some(fault);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

impl Reading<'_> {
    fn take(&mut self, name: String, tensor: Described) -> Result<(), String> {
        let [start, end] = tensor.data_offsets;
        let Shape(shape) = tensor.shape;
        if name.len() > MAX_NAME {
            return Err("the name of a tensor is longer than any good one".to_owned());
        }
        if start > end || end > self.data_bytes {
            return Err("a tensor lies outside of the file: it is cut off, or its header lies".to_owned());
        }
        let bits = TYPES.iter().find(|(known, _)| *known == tensor.dtype).map(|(_, bits)| *bits);
        let elements = shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size));
        let promised = elements.zip(bits).and_then(|(elements, bits)| elements.checked_mul(bits));
        if bits.is_some() && promised.filter(|bits| bits % 8 == 0).map(|bits| bits / 8) != Some(end - start) {
            return Err("the shape of a tensor is not that of its bytes".to_owned());
        }
        if bits.is_none() {
            return Err("a tensor is of a type of number that is not known here".to_owned());
        }
        self.ranges.push((start, end));
        let kind = tensor.dtype.as_str();
        let name = match &self.tensors.prefix {
            Some(prefix) => format!("{prefix}{name}"),
            None => name,
        };
        match self.tensors.add(name, shape, kind) {
            true => Ok(()),
            false => Err(format!("more than {MAX_TENSORS} tensors; the rest is not read")),
        }
    }
}

struct Metadata(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Metadata;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("texts by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
                let mut kept = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let serde_json::Value::String(text) = map.next_value()? else { continue };
                    if kept.len() < MAX_METADATA && key.len() <= MAX_NAME && text.len() <= MAX_TEXT {
                        kept.push((key, text));
                    }
                }
                Ok(Metadata(kept))
            }
        }
        deserializer.deserialize_map(Texts)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sizes;
        impl<'de> Visitor<'de> for Sizes {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of sizes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                let mut sizes = Vec::new();
                while sizes.len() < MAX_DIMENSIONS {
                    match list.next_element()? {
                        Some(size) => sizes.push(size),
                        None => return Ok(Shape(sizes)),
                    }
                }
                match list.next_element::<IgnoredAny>()? {
                    Some(_) => Err(A::Error::custom("too many dimensions")),
                    None => Ok(Shape(sizes)),
                }
            }
        }
        deserializer.deserialize_seq(Sizes)
    }
}
