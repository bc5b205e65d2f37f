//! The header of a GGUF file: the metadata that speak of origin and use, and the tensors. It is read as a stream
//! with limits on its length, its entries and each string; nothing after the header is touched.

use crate::disk;
use crate::inventory::model::names;
use crate::signing::sha256_hex;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Longer headers are not read to their end. Vocabularies take some megabytes.
pub(super) const MAX_HEADER_BYTES: u64 = 128 * 1024 * 1024;
/// More metadata entries than this are not looked at.
const MAX_ENTRIES: u64 = 100_000;
const MAX_KEY: u64 = 1024;
/// Longer strings are not kept.
const MAX_STRING: u64 = 4096;
/// Where tensors begin, unless the metadata say otherwise, and what they may say.
const ALIGNMENT: u64 = 32;
const MAX_ALIGNMENT: u64 = 64 * 1024;
/// Lists in lists.
const MAX_NESTED: usize = 8;
/// Longer templates are not hashed.
const MAX_TEMPLATE: u64 = 1024 * 1024;
const MAX_DIMENSIONS: u32 = 8;
const MAX_BASES: usize = 64;

/// How many files hold the tensors of the model.
const PARTS: &str = "split.count";

/// Values of `general.file_type`.
const FILE_TYPES: [(u64, &str); 34] = [
    (0, "F32"),
    (1, "F16"),
    (2, "Q4_0"),
    (3, "Q4_1"),
    (7, "Q8_0"),
    (8, "Q5_0"),
    (9, "Q5_1"),
    (10, "Q2_K"),
    (11, "Q3_K_S"),
    (12, "Q3_K_M"),
    (13, "Q3_K_L"),
    (14, "Q4_K_S"),
    (15, "Q4_K_M"),
    (16, "Q5_K_S"),
    (17, "Q5_K_M"),
    (18, "Q6_K"),
    (19, "IQ2_XXS"),
    (20, "IQ2_XS"),
    (21, "Q2_K_S"),
    (22, "IQ3_XS"),
    (23, "IQ3_XXS"),
    (24, "IQ1_S"),
    (25, "IQ4_NL"),
    (26, "IQ3_S"),
    (27, "IQ3_M"),
    (28, "IQ2_S"),
    (29, "IQ2_M"),
    (30, "IQ4_XS"),
    (31, "IQ1_M"),
    (32, "BF16"),
    (36, "TQ1_0"),
    (37, "TQ2_0"),
    (38, "MXFP4_MOE"),
    (1024, "guessed"),
];
/// Types of tensors: the number, the word, how many elements lie in a block, and its bytes; none where nobody writes it
/// any more.
const TENSOR_TYPES: [(u32, &str, u64, u64); 34] = [
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 36),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (38, "IQ4_NL_8_8", 0, 0),
    (39, "MXFP4", 32, 17),
    (40, "NVFP4", 64, 36),
];

/// What the metadata say, as far as it is asked for.
#[derive(Default)]
pub(super) struct Header {
    /// The version of the format.
    pub version: u32,
    /// Whether numbers have their high byte first, as machines have it that nearly nobody has.
    pub is_big_endian: bool,
    /// How many tensors and metadata entries it promises.
    pub promised: (u64, u64),
    /// Texts by key: `general.*`, `adapter.*` and `tokenizer.ggml.model`.
    pub texts: Vec<(String, String)>,
    /// Lists of texts by key, of datasets, languages and tags.
    lists: Vec<(String, Vec<String>)>,
    /// Whole numbers by key.
    pub numbers: Vec<(String, u64)>,
    /// SHA-256 of `tokenizer.chat_template`, hex.
    pub template: Option<String>,
    /// All templates by key: their text, unless it is too long or none.
    pub templates: Vec<(String, Option<String>)>,
    /// What does not hold of where the tensors lie.
    pub fault: Option<&'static str>,
    /// How many tokens the vocabulary has.
    pub tokens: Option<u64>,
    /// Tensors: name, shape with the slowest dimension first, type.
    pub tensors: Vec<(String, Vec<u64>, &'static str)>,
}

impl Header {
    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str())
    }

    /// `<architecture>.context_length`, with its key.
    pub fn context_length(&self) -> Option<(&str, u64)> {
        self.numbers
            .iter()
            .find(|(key, _)| key.ends_with(".context_length"))
            .map(|(key, number)| (key.as_str(), *number))
    }

    /// The word for `general.file_type`.
    pub fn quantisation(&self) -> Option<&'static str> {
        let (_, number) = self.numbers.iter().find(|(key, _)| key == "general.file_type")?;
        FILE_TYPES.iter().find(|(known, _)| known == number).map(|(_, word)| *word)
    }

    /// How many files the tensors are split over.
    pub fn parts(&self) -> Option<u64> {
        self.numbers.iter().find(|(key, _)| key == PARTS).map(|(_, number)| *number)
    }

    /// Whether it is an adapter, which is loaded on top of a model.
    pub fn is_adapter(&self) -> bool {
        self.text("general.type") == Some("adapter") || self.text("adapter.type").is_some()
    }

    /// Whether it is a model, and no adapter and no part that looks at pictures.
    pub fn is_model(&self) -> bool {
        !self.is_adapter() && matches!(self.text("general.type"), None | Some("model"))
    }

    /// The base models: the key that names each, and its address or `owner/name`. Without any, the repository
    /// that the file was converted from.
    pub fn bases(&self) -> Vec<(String, String)> {
        let mut bases = self.named("general.base_model");
        if bases.is_empty() {
            let keys = ["general.source.huggingface.repository", "general.source.repo_url"];
            let source = keys.iter().find_map(|key| Some(((*key).to_owned(), self.text(key)?.to_owned())));
            bases.extend(source);
        }
        bases
    }

    /// The datasets: the key that names each, and its address, `owner/name` or name.
    pub fn datasets(&self) -> Vec<(String, String)> {
        let mut datasets = self.named("general.dataset");
        let listed = self.lists.iter().filter(|(key, _)| key == "general.datasets");
        for (key, names) in listed {
            datasets.extend(
                names.iter().enumerate().map(|(index, name)| (format!("{key}[{index}]"), name.clone())),
            );
        }
        datasets
    }

    /// What a numbered series of keys names: by its address on the hub, by owner and name, or by what else it says.
    fn named(&self, series: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for index in 0..MAX_BASES {
            let key = |field: &str| format!("{series}.{index}.{field}");
            let owned = self.text(&key("organization")).zip(self.text(&key("name")));
            let owned =
                owned.map(|(owner, name)| (key("name"), format!("{owner}/{}", name.replace(' ', "-"))));
            let address = self.text(&key("repo_url")).map(|url| (key("repo_url"), url.to_owned()));
            let on_hub = address.clone().filter(|(_, url)| names::canonical(url).is_some());
            let bare = self.text(&key("name")).map(|name| (key("name"), name.to_owned()));
            match on_hub.or(owned).or(address).or(bare) {
                Some(one) => found.push(one),
                None => break,
            }
        }
        found
    }
}

/// Reads a header as far as it goes: what was read, and what stopped the reading.
pub(super) fn read(path: &Path, max_tensors: usize) -> (Header, Option<&'static str>) {
    let mut header = Header::default();
    let Ok((file, metadata)) = disk::open(path) else { return (header, Some("cannot be opened")) };
    let size = metadata.len();
    let end = size.min(MAX_HEADER_BYTES);
    let mut source = Source { file: BufReader::new(file), at: 0, end, is_big_endian: false };
    let stop = read_into(&mut source, size, max_tensors, &mut header).err();
    (header, stop)
}

type Reading<T> = Result<T, &'static str>;

fn read_into(source: &mut Source, size: u64, max_tensors: usize, header: &mut Header) -> Reading<()> {
    source.skip(4)?;
    let version = source.u32()?;
    // A small number with its bytes the other way round: so are all others.
    source.is_big_endian = version & 0xffff == 0 && version != 0;
    header.is_big_endian = source.is_big_endian;
    header.version = if source.is_big_endian { version.swap_bytes() } else { version };
    match header.version {
        2 | 3 => {}
        1 => return Err("GGUF version 1 is obsolete and not supported"),
        _ => return Err("a version of GGUF that is not known"),
    }
    let (tensors, entries) = (source.u64()?, source.u64()?);
    header.promised = (tensors, entries);
    if entries > MAX_ENTRIES {
        return Err("more metadata entries than are looked at");
    }
    for _ in 0..entries {
        let key = source.string(MAX_KEY)?.ok_or("a key of metadata is longer than any good one")?;
        let kind = source.u32()?;
        entry(source, key, kind, header)?;
    }
    if tensors > max_tensors as u64 {
        return Err("more tensors than are looked at");
    }
    let alignment = header.numbers.iter().rfind(|(key, _)| key == "general.alignment");
    let alignment = alignment.map_or(ALIGNMENT, |(_, alignment)| *alignment);
    if alignment == 0 || alignment > MAX_ALIGNMENT {
        return Err("tensors begin at multiples of a number that is none");
    }
    let (mut data, mut last) = (Some(0_u64), Some(0_u64));
    let mut names = std::collections::HashSet::new();
    for _ in 0..tensors {
        let name = source.string(MAX_KEY)?.ok_or("the name of a tensor is longer than any good one")?;
        let dimensions = source.u32()?;
        if dimensions > MAX_DIMENSIONS {
            return Err("a tensor of more dimensions than there are");
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(source.u64()?);
        }
        shape.reverse();
        let kind = source.u32()?;
        let offset = source.u64()?;
        let known = TENSOR_TYPES.iter().find(|(known, ..)| *known == kind);
        // Each lies where the one before it ends, up to the next multiple.
        if data != Some(offset) {
            header
                .fault
                .get_or_insert("tensors lie over each other, or bytes lie between them that no tensor has");
        }
        last = known
            .filter(|(_, _, block, _)| {
                *block > 0 && shape.last().copied().unwrap_or(1).is_multiple_of(*block)
            })
            .and_then(|(_, _, block, bytes)| {
                let elements = shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size))?;
                offset.checked_add((elements / block).checked_mul(*bytes)?)
            });
        data = last.and_then(|end| end.checked_next_multiple_of(alignment));
        if last.is_none() {
            header.fault.get_or_insert("a tensor is of a type, or of a length, that is not known here");
        }
        if !names.insert(name.clone()) {
            header.fault.get_or_insert("two tensors have one name");
        }
        header.tensors.push((name, shape, known.map_or("other", |(_, word, ..)| *word)));
    }
    // Behind the last one there is nothing but what fills up to the next multiple.
    let start = source.at.next_multiple_of(alignment);
    let bounds =
        last.zip(data).map(|(end, padded)| (start.saturating_add(end), start.saturating_add(padded)));
    let is_filled = match tensors {
        0 => size <= start,
        _ => bounds.is_some_and(|(end, padded)| end <= size && size <= padded),
    };
    if !is_filled {
        header.fault.get_or_insert("the file does not end where its last tensor does");
    }
    Ok(())
}

/// One metadata entry whose key and kind were read.
fn entry(source: &mut Source, key: String, kind: u32, header: &mut Header) -> Reading<()> {
    let is_wanted =
        key.starts_with("general.") || key.starts_with("adapter.") || key == "tokenizer.ggml.model";
    match kind {
        8 if key.starts_with("tokenizer.chat_template") => {
            let text = source.bytes(MAX_TEMPLATE)?;
            if key == "tokenizer.chat_template" {
                header.template = text.as_deref().map(sha256_hex);
            }
            if header.templates.len() < MAX_BASES {
                header.templates.push((key, text.and_then(|text| String::from_utf8(text).ok())));
            } else {
                header.fault.get_or_insert("more templates than are looked at");
            }
        }
        8 if is_wanted => {
            if let Some(text) = source.string(MAX_STRING)? {
                header.texts.push((key, text));
            }
        }
        4 if matches!(
            key.as_str(),
            "general.alignment" | "general.file_type" | "general.quantization_version"
        ) || key.ends_with(".context_length") =>
        {
            header.numbers.push((key, source.u32()?.into()));
        }
        2 if key == PARTS => header.numbers.push((key, u16::from_le_bytes(source.take()?).into())),
        10 if key.ends_with(".context_length") => header.numbers.push((key, source.u64()?)),
        9 if key == "general.datasets" => {
            let texts = source.texts()?;
            header.lists.push((key, texts));
        }
        9 => {
            let count = source.skip_array(0)?;
            if key == "tokenizer.ggml.tokens" {
                header.tokens = Some(count);
            }
        }
        8 => {
            let length = source.u64()?;
            source.skip(length)?;
        }
        scalar => source.skip(width(scalar).ok_or("a type of metadata that is not known")?)?,
    }
    Ok(())
}

struct Source {
    file: BufReader<File>,
    at: u64,
    /// Nothing is read at or after this.
    end: u64,
    is_big_endian: bool,
}

const CUT: &str =
    "the header does not end where it should: the file is cut off, damaged, or its header is too long";

impl Source {
    fn advance(&mut self, length: u64) -> Reading<()> {
        self.at = self.at.checked_add(length).filter(|at| *at <= self.end).ok_or(CUT)?;
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> Reading<[u8; N]> {
        self.advance(N as u64)?;
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes).map_err(|_| CUT)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Reading<u32> {
        let read = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        self.take().map(read)
    }

    fn u64(&mut self) -> Reading<u64> {
        let read = if self.is_big_endian { u64::from_be_bytes } else { u64::from_le_bytes };
        self.take().map(read)
    }

    fn skip(&mut self, length: u64) -> Reading<()> {
        self.advance(length)?;
        // Within the file, so far below the limits of the type.
        self.file.seek_relative(i64::try_from(length).map_err(|_| CUT)?).map_err(|_| CUT)
    }

    /// A string's bytes; a longer one than `limit` is skipped and none.
    fn bytes(&mut self, limit: u64) -> Reading<Option<Vec<u8>>> {
        let length = self.u64()?;
        if length > limit {
            self.skip(length)?;
            return Ok(None);
        }
        self.advance(length)?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(length).read_to_end(&mut bytes).map_err(|_| CUT)?;
        if bytes.len() as u64 != length {
            return Err(CUT);
        }
        Ok(Some(bytes))
    }

    fn string(&mut self, limit: u64) -> Reading<Option<String>> {
        Ok(self.bytes(limit)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// An array of texts: the first of them, and none of an array of anything else.
    fn texts(&mut self) -> Reading<Vec<String>> {
        let (kind, count) = (self.u32()?, self.u64()?);
        if kind != 8 {
            self.skip_items(kind, count, 0)?;
            return Ok(Vec::new());
        }
        let mut texts = Vec::new();
        for _ in 0..count {
            let text = self.string(MAX_STRING)?;
            texts.extend(text.filter(|_| texts.len() < MAX_BASES));
        }
        Ok(texts)
    }

    /// Skips an array and says how many items it has.
    fn skip_array(&mut self, depth: usize) -> Reading<u64> {
        let (item, count) = (self.u32()?, self.u64()?);
        self.skip_items(item, count, depth)?;
        Ok(count)
    }

    fn skip_items(&mut self, item: u32, count: u64, depth: usize) -> Reading<()> {
        if item == 8 {
            // Each takes at least eight bytes, so that the header's length bounds the count.
            for _ in 0..count {
                let length = self.u64()?;
                self.skip(length)?;
            }
        } else if item == 9 && depth < MAX_NESTED {
            for _ in 0..count {
                self.skip_array(depth + 1)?;
            }
        } else {
            let width =
                width(item).ok_or("a list of a type that is not known, or lists in too many lists")?;
            self.skip(count.checked_mul(width).ok_or(CUT)?)?;
        }
        Ok(())
    }
}

/// Bytes of a scalar of this type.
fn width(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}
