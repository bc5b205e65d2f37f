//! What the headers of a model's weights say of it: the summary of its tensors, its base models, its licence. Which
//! files count together as one model's tensors is decided here; nothing is decided by what they say.

use std::path::PathBuf;

use super::complete::{Halves, shard};
use super::formats::HEAD_BYTES;
use super::gguf::{self, Header};
use super::hazards::{self, Hazards, Parts, shape_line};
use super::pipeline;
use super::tensors::{self, MAX_TENSORS, Tensors};
use crate::inventory::model::facts::{Basis, FactKey, Relation};
use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::{HazardKind, Tier};
use crate::inventory::model::id::ModelId;
use crate::inventory::model::models::Kind;
use crate::inventory::model::names;
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

/// Files of weights that are remembered for their headers.
const MAX_FILES: usize = 4096;
/// What `__metadata__` of a safetensors file may say, by the words of ModelSpec and others.
const METADATA: [(&str, FactKey); 9] = [
    ("license", FactKey::Licence),
    ("modelspec.license", FactKey::Licence),
    ("modelspec.architecture", FactKey::Architecture),
    ("modelspec.author", FactKey::Publisher),
    ("modelspec.title", FactKey::Name),
    ("ss_base_model_version", FactKey::Architecture),
    ("modelspec.date", FactKey::Made),
    ("modelspec.prediction_type", FactKey::Task),
    ("quantization", FactKey::Quantisation),
];
/// The key of `__metadata__` that says which kind of adapter it is.
const ADAPTER: &str = "ss_network_module";
/// Keys of `__metadata__` that name a base model.
const BASES: [&str; 4] = ["base_model", "modelspec.base_model", "modelspec.merged_from", "ss_sd_model_name"];
/// Types of numbers that nobody calls quantised.
const FULL: [&str; 3] = ["F32", "F16", "BF16"];
/// Whole names of weights that come before numbered or other ones, best first.
const WHOLE: [&str; 4] = [
    "model.safetensors",
    "adapter_model.safetensors",
    "diffusion_pytorch_model.safetensors",
    "consolidated.safetensors",
];

/// One file of weights.
pub(super) struct Weights {
    /// Its name below the model, or its digest in a layout of blobs.
    pub place: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub format: Format,
}

/// What the headers say of one file that matters when it is loaded.
pub(super) struct Judged {
    /// The file.
    pub place: String,
    /// What was found.
    pub found: Hazards,
}

/// Remembers a file whose header tells, and is checked; false when there are too many.
pub(super) fn remember(
    files: &mut Vec<Weights>,
    place: &str,
    path: &std::path::Path,
    format: Format,
) -> bool {
    let is_wanted = matches!(format, Format::Safetensors | Format::Gguf);
    if is_wanted && files.len() < MAX_FILES {
        files.push(Weights { place: place.to_owned(), path: path.to_owned(), format });
    }
    !is_wanted || files.len() < MAX_FILES
}

/// Tensors and words of metadata that are shown of one file, and the longest of these.
const SHOWN: usize = 40;
const SHOWN_TEXT: usize = 400;

/// How many bytes at the beginning are looked into, of a file of numbers that has such a name and begins so: what lies
/// behind them is never read here. None for any other file, which may be read to its end.
pub fn looked_into(name: &str, head: &[u8]) -> Option<u64> {
    let ending = std::path::Path::new(name).extension()?.to_str()?;
    match (ending, head) {
        ("gguf", [b'G', b'G', b'U', b'F', ..]) => Some(gguf::MAX_HEADER_BYTES),
        ("safetensors", [a, b, c, d, e, f, g, h, b'{', ..]) => {
            let length = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
            let is_read = length <= tensors::MAX_HEADER_BYTES;
            // The first bytes are looked at in any case.
            is_read.then(|| (length + 8).max(HEAD_BYTES))
        }
        _ => None,
    }
}

/// What the header of one file says, for a person who looks into it.
pub(in crate::inventory) fn parts(path: &std::path::Path, format: Format) -> Option<Parts> {
    let mut lines: Vec<(String, Untrusted)> = Vec::new();
    let cut = |text: &str| text.chars().take(SHOWN_TEXT).collect::<String>();
    let mut add = |label: &str, text: String| lines.push((label.to_owned(), Untrusted::new(text)));
    let (kind, tensors) = match format {
        Format::Safetensors => {
            let mut tensors = Tensors::default();
            let problem = tensors.add_safetensors(path).err();
            add("tensors", tensors.listed().len().to_string());
            for (key, value) in tensors.metadata.iter().take(SHOWN) {
                add("metadata, as the file says", cut(&format!("{key} = {value}")));
            }
            if let Some(problem) = problem {
                add("header", problem);
            }
            let shown = |(name, shape): &(String, Vec<u64>)| shape_line(name, "", shape);
            let listed: Vec<String> = tensors.listed().iter().take(SHOWN).map(shown).collect();
            ("safetensors file, its header only", (listed, tensors.listed().len()))
        }
        Format::Gguf => {
            let (header, problem) = gguf::read(path, MAX_TENSORS);
            let order = if header.is_big_endian { ", numbers with the high byte first" } else { "" };
            add("version", format!("{}{order}", header.version));
            add("tensors", header.promised.0.to_string());
            add("metadata", format!("{} pairs", header.promised.1));
            for (key, value) in header.texts.iter().take(SHOWN) {
                add("metadata, as the file says", cut(&format!("{key} = {value}")));
            }
            for (key, value) in header.numbers.iter().take(SHOWN) {
                add("metadata, as the file says", format!("{} = {value}", cut(key)));
            }
            if let Some(problem) = problem.or(header.fault) {
                add("header", problem.to_owned());
            }
            let count = header.tensors.len();
            let shown = header.tensors.iter().take(SHOWN);
            (
                "GGUF file, its header only",
                (shown.map(|(name, shape, kind)| shape_line(name, kind, shape)).collect(), count),
            )
        }
        _ => return None,
    };
    let (shown, count) = tensors;
    for line in &shown {
        add("tensor", cut(line));
    }
    if count > shown.len() {
        add("tensor", format!("and {} more", count - shown.len()));
    }
    Some(Parts { kind: kind.to_owned(), lines })
}

/// Reads one file as weights of either format; for the fuzz targets.
pub(crate) fn read_as_any(path: &std::path::Path) {
    let mut record = Record::new(ModelId::new("fuzz"), "fuzz", &"fuzz".into());
    for format in [Format::Safetensors, Format::Gguf] {
        let file = Weights { place: "fuzz".to_owned(), path: path.to_owned(), format };
        drop(tell(&[file], (None, &mut Halves::default()), &"fuzz".into(), &mut record));
    }
}

/// Reads all headers, tells what those that count say, and gives back what is wrong with any of them.
/// Of sets that are not whole no number is told.
///
/// `components` is there for a pipeline of several models: the folders of those that hold weights of other formats.
pub(super) fn tell(
    files: &[Weights],
    (components, halves): (Option<&[String]>, &mut Halves),
    source: &Untrusted,
    record: &mut Record,
) -> Vec<Judged> {
    let mut judged = Vec::new();
    let of = |format: Format| files.iter().filter(move |file| file.format == format);
    let safetensors: Vec<&Weights> = of(Format::Safetensors).collect();
    let ggufs: Vec<&Weights> = of(Format::Gguf).collect();
    if !safetensors.is_empty() {
        tell_safetensors(&safetensors, (components, halves), source, record, &mut judged);
    }
    if !ggufs.is_empty() {
        tell_gguf(&ggufs, (halves, safetensors.is_empty()), source, record, &mut judged);
    }
    judged
}

/// A file that readers may differ in, or take for something else.
fn faulty(file: &Weights, problem: &str) -> Judged {
    let mut found = Hazards::default();
    found.add(Tier::Unreadable, HazardKind::Header, "", "", problem);
    Judged { place: file.place.clone(), found }
}

fn tell_safetensors(
    files: &[&Weights],
    (components, halves): (Option<&[String]>, &Halves),
    source: &Untrusted,
    record: &mut Record,
    judged: &mut Vec<Judged>,
) {
    let mut tensors = Tensors::default();
    let (counted, mut is_whole) = match components {
        Some(others) => {
            let found = pipeline::components(files, |file| file.place.as_str());
            // A component of another format only is not counted, so the sum is not that of the whole.
            let is_whole = others.iter().all(|other| found.contains_key(other.as_str()));
            let mut counted = Vec::new();
            for files in found.values() {
                let one = whole_model(files, halves);
                counted.extend(one);
            }
            // A file that holds the whole pipeline.
            if counted.is_empty() {
                counted = whole_model(files, halves);
            }
            (counted, is_whole)
        }
        None => (whole_model(files, halves), true),
    };
    is_whole &= counted.iter().all(|file| halves.spare(&file.place));
    for file in files {
        // What does not count is looked at all the same: its header may lie.
        let mut aside = Tensors::default();
        let counts = counted.iter().any(|one| one.place == file.place);
        let into = if counts { &mut tensors } else { &mut aside };
        // Components call their tensors alike.
        into.prefix = components.and_then(|_| pipeline::folder(&file.place)).map(|name| format!("{name}."));
        if let Err(problem) = into.add_safetensors(&file.path) {
            is_whole &= !counts;
            judged.push(faulty(file, &problem));
            record.found("F-WEIGHTS-HEADER", source, &file.place, problem);
        }
    }
    let place = place(&counted);
    // Only an adapter's trainer writes it.
    if record.model.kind == Kind::Model && tensors.metadata.iter().any(|(key, _)| key == ADAPTER) {
        record.model.kind = Kind::Adapter;
    }
    for (key, text) in std::mem::take(&mut tensors.metadata) {
        let at = format!("{place} __metadata__/{key}");
        if let Some((_, fact)) = METADATA.iter().find(|(known, _)| *known == key) {
            record.fact(*fact, &text, Basis::Declared, source, &at);
        } else if BASES.contains(&key.as_str()) {
            let relation = match (record.model.kind, key.ends_with("merged_from")) {
                (_, true) => Relation::Merge,
                (Kind::Adapter, _) => Relation::Adapter,
                _ => Relation::Unspecified,
            };
            for base in text.split(',').map(str::trim).filter(|base| names::is_owner_name(base)) {
                record.parent(base, relation, source, &at);
            }
        }
    }
    if is_whole {
        summarise(tensors, &place, source, record);
    }
}

fn tell_gguf(
    files: &[&Weights],
    (halves, with_tensors): (&mut Halves, bool),
    source: &Untrusted,
    record: &mut Record,
    judged: &mut Vec<Judged>,
) {
    // Of several the models come before what is loaded on top of them.
    let models: Vec<&Weights> = match files {
        [_] => files.to_vec(),
        _ => files.iter().filter(|file| gguf::read(&file.path, 0).0.is_model()).copied().collect(),
    };
    let counted = whole_model(if models.is_empty() { files } else { &models }, halves);
    let place = place(&counted);
    let mut tensors = Tensors::default();
    let mut is_whole = counted.iter().all(|file| halves.spare(&file.place));
    let mut is_first = true;
    for file in files {
        let (mut header, problem) = gguf::read(&file.path, MAX_TENSORS);
        let counts = counted.iter().any(|one| one.place == file.place);
        if let Some(problem) = problem.or(header.fault) {
            is_whole &= !counts || problem == header.fault.unwrap_or_default();
            judged.push(faulty(file, problem));
            record.found("F-WEIGHTS-HEADER", source, &file.place, problem);
        }
        for (key, text) in std::mem::take(&mut header.templates) {
            let mut found = Hazards::default();
            hazards::of_template(text.as_deref(), &key, &mut found);
            judged.push(Judged { place: file.place.clone(), found });
        }
        if !counts {
            tell_variant(&header, file, source, record);
            continue;
        }
        if let Some(of) = header.parts().filter(|of| *of > counted.len() as u64) {
            halves.add(&file.place, counted.len(), of, source, record);
            is_whole = false;
        }
        for (name, shape, kind) in std::mem::take(&mut header.tensors) {
            is_whole &= tensors.add(name, shape, kind);
        }
        if std::mem::take(&mut is_first) {
            tell_metadata(&header, file, source, record);
        }
    }
    if is_whole && with_tensors {
        summarise(tensors, &place, source, record);
    }
}

/// The same weights in another quantisation, in a file of their own.
fn tell_variant(header: &Header, file: &Weights, source: &Untrusted, record: &mut Record) {
    let is_first_part = shard(&file.place).is_none_or(|part| part.is_first());
    // A blob is what its manifest says: a projector, or another part of the model.
    let is_variant = is_first_part && !is_projector(file) && !file.place.starts_with("blobs/");
    if let Some(quantisation) = header.quantisation().filter(|_| is_variant) {
        let at = format!("{} general.file_type", file.place);
        record.fact(FactKey::Quantisation, quantisation, Basis::Declared, source, &at);
    }
}

/// What turns pictures or sounds into tokens, beside the weights.
fn is_projector(file: &Weights) -> bool {
    file.place.contains("mmproj")
}

/// The metadata of the first file: further ones hold further tensors.
fn tell_metadata(header: &Header, file: &Weights, source: &Untrusted, record: &mut Record) {
    // A blob is no place below the manifest that names it.
    let is_blob = file.place.starts_with("blobs/");
    let own =
        if is_blob { source.clone() } else { Untrusted::new(format!("{}/{}", source.raw(), file.place)) };
    let at = |key: &str| if is_blob { format!("{} {key}", file.place) } else { key.to_owned() };
    // "other" says less than what it is called, or where it stands.
    let licence = match header.text("general.license") {
        Some(word) if !word.eq_ignore_ascii_case("other") => "general.license",
        word => ["general.license.name", "general.license.link"]
            .into_iter()
            .find(|key| header.text(key).is_some())
            .unwrap_or(if word.is_some() { "general.license" } else { "" }),
    };
    let said = [
        (FactKey::Architecture, "general.architecture"),
        (FactKey::Licence, licence),
        (FactKey::Name, "general.name"),
        (FactKey::Publisher, "general.organization"),
        (FactKey::Version, "general.version"),
        (FactKey::Tokenizer, "tokenizer.ggml.model"),
    ];
    let mut declared =
        |fact, value: &str, key: &str| record.fact(fact, value, Basis::Declared, &own, &at(key));
    for (fact, key) in said {
        declared(fact, header.text(key).unwrap_or_default(), key);
    }
    let quantisation = header.quantisation();
    declared(FactKey::Quantisation, quantisation.unwrap_or_default(), "general.file_type");
    if let Some((key, length)) = header.context_length() {
        declared(FactKey::ContextLength, &length.to_string(), key);
    }
    if let Some(digest) = &header.template {
        let (value, place) = (format!("sha256:{digest}"), at("tokenizer.chat_template"));
        record.fact(FactKey::ChatTemplate, &value, Basis::Observed, &own, &place);
    }
    if header.is_adapter() && record.model.kind == Kind::Model {
        record.model.kind = Kind::Adapter;
    }
    // A conversion to another file format is no derivation that the hub has a word for.
    let is_full = quantisation.is_some_and(|word| FULL.contains(&word));
    let relation = match () {
        () if header.is_adapter() => Relation::Adapter,
        () if is_full => Relation::Unspecified,
        () => Relation::Quantised,
    };
    for (key, base) in header.bases() {
        record.parent(&base, relation, &own, &at(&key));
    }
    for (key, dataset) in header.datasets() {
        // A name without an owner names nothing that another document could mean.
        match names::repository(&dataset).filter(|name| name.contains('/')) {
            Some(name) => record.parent(&name, Relation::TrainedOn, &own, &at(&key)),
            None => record.fact(FactKey::Dataset, &dataset, Basis::Declared, &own, &at(&key)),
        }
    }
}

fn summarise(tensors: Tensors, place: &str, source: &Untrusted, record: &mut Record) {
    if tensors.is_empty() {
        return;
    }
    let (summary, has_twins) = tensors.finish();
    if has_twins {
        record.found("F-WEIGHTS-TWICE", source, place, "two tensors have one name");
    }
    let mut observed = |key, value: &str| record.fact(key, value, Basis::Observed, source, place);
    observed(FactKey::Parameters, &summary.parameters.to_string());
    let types: Vec<&str> = summary.types.iter().map(|(word, _)| word.as_str()).collect();
    observed(FactKey::DataType, &types.join(", "));
    observed(FactKey::Tensors, &summary.to_string());
}

/// The same of those that are no half of anything, where there are any.
fn whole_model<'w>(files: &[&'w Weights], halves: &Halves) -> Vec<&'w Weights> {
    let whole: Vec<&Weights> = files.iter().filter(|file| !halves.has(&file.place)).copied().collect();
    one_model(if whole.is_empty() { files } else { &whole })
}

/// The files that together are one model: a repository often holds the same weights twice, whole and in shards, or in
/// several precisions.
fn one_model<'w>(files: &[&'w Weights]) -> Vec<&'w Weights> {
    // Where all lie in one folder, their names in it count.
    let folder = |file: &Weights| file.place.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let common = files.first().and_then(|first| folder(first));
    let common = common.filter(|common| files.iter().all(|file| folder(file).as_ref() == Some(common)));
    let is_called = |file: &Weights, name: &str| match &common {
        Some(common) => {
            file.place.strip_prefix(common.as_str()).and_then(|rest| rest.strip_prefix('/')) == Some(name)
        }
        None => file.place == name,
    };
    if let Some(whole) = WHOLE.iter().find_map(|name| files.iter().find(|file| is_called(file, name))) {
        return vec![whole];
    }
    // A layout of blobs says by its manifest which belong together; so does one folder without numbers.
    let series = |file: &&&Weights| shard(&file.place).map(|part| (part.stem.to_owned(), part.total));
    let Some(first) = files.iter().find_map(|file| series(&file)) else {
        return files
            .iter()
            .find(|file| !is_projector(file))
            .or(files.first())
            .map(|file| vec![*file])
            .unwrap_or_default();
    };
    files.iter().filter(|file| series(file).as_ref() == Some(&first)).copied().collect()
}

fn place(files: &[&Weights]) -> String {
    match files {
        [] => String::new(),
        [one] => one.place.clone(),
        [first, ..] => format!("{} and {} more", first.place, files.len() - 1),
    }
}
