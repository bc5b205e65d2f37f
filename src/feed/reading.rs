//! Bytes of others to entries, within limits on size, depth and count. Which feed it is comes from the content. It opens no
//! file: who calls it hands over the bytes of one file after the other.

use super::advisory::{Avid, Cve, Osv};
use super::framework::{Atlas, RISK_MAP, RiskMap};
use super::item::{Feed, FeedSchema, Item};
use super::kind::FeedKind;
use crate::error::{Code, Error, Result};
use crate::text::Untrusted;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// The most bytes of one file.
pub const LIMIT_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes of a document in YAML.
const LIMIT_YAML: usize = 16 * 1024 * 1024;
/// The most bytes of one record.
const LIMIT_RECORD: usize = 8 * 1024 * 1024;
/// The most entries of a feed.
const LIMIT_ITEMS: usize = 500_000;
/// About so many bytes of a feed are kept.
const LIMIT_KEPT: usize = 48 * 1024 * 1024;
/// The longest text of an entry, but for its title.
const LIMIT_TEXT: usize = 2048;
/// The longest id.
const LIMIT_ID: usize = 200;
/// So much of a title is kept, in characters.
const TITLE: usize = 200;

/// Reads the files of a feed, and keeps their entries.
pub struct Reader {
    asked: Option<FeedKind>,
    kind: Option<FeedKind>,
    version: Option<Untrusted>,
    items: BTreeMap<Untrusted, Item>,
    kept: usize,
}

impl Reader {
    /// For a feed of this kind, or whatever comes first; of this version, where the feed does not say which.
    pub fn new(asked: Option<FeedKind>, version: Option<Untrusted>) -> Self {
        Reader { asked, kind: None, version, items: BTreeMap::new(), kept: 0 }
    }

    /// Takes a file; whether it is one of the feed.
    ///
    /// # Errors
    /// `E-MALFORMED`, `E-TOO-LARGE`; `E-USAGE` for a feed of another version.
    pub fn take(&mut self, name: &str, bytes: &[u8]) -> Result<bool> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let taken = match first {
            None => Ok(false),
            Some(b'{' | b'[') => self.json(bytes),
            Some(_) => self.yaml(bytes),
        };
        taken.map_err(|error| error.at(crate::text::screen(name)))
    }

    /// Takes a technique or mitigation of SAFE-MCP, with the first lines of its text.
    ///
    /// # Errors
    /// As [`Reader::take`].
    pub fn technique(&mut self, id: &str, text: &str) -> Result<()> {
        if !self.is_of(FeedKind::SafeMcp)? {
            return Ok(());
        }
        let heading = text.lines().find_map(|line| line.strip_prefix("# "));
        let title = heading.map(|heading| {
            let bare = heading.strip_prefix(id).unwrap_or(heading);
            bare.trim_start_matches([':', '-', ' ']).into()
        });
        self.keep(Item { id: id.into(), title, ..Item::default() })
    }

    /// The feed.
    ///
    /// # Errors
    /// `E-MALFORMED` when nothing of a feed was found.
    pub fn finish(self) -> Result<Feed> {
        let Some(kind) = self.kind.filter(|_| !self.items.is_empty()) else {
            let what = match self.asked {
                Some(kind) => format!("no entry of {} in it", kind.name()),
                None => "no feed in it".to_owned(),
            };
            return Err(Error::new(Code::Malformed, what).help(
                "a feed is ATLAS.yaml, the YAML files of CoSAI-RM, a checkout of SAFE-MCP, or JSON of AVID, OSV or CVE 5",
            ));
        };
        let items = self.items.into_values().collect();
        Ok(Feed { schema: FeedSchema::V1, kind, version: self.version, items })
    }

    /// One record, records one after the other, or a list of them.
    fn json(&mut self, bytes: &[u8]) -> Result<bool> {
        let mut is_of_feed = false;
        for value in serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>() {
            let value = value.map_err(|error| not_json(&error))?.get();
            let taken = if value.starts_with('[') { self.list(value)? } else { self.record(value)? };
            if !taken {
                return if is_of_feed { Err(mixed()) } else { Ok(false) };
            }
            is_of_feed = true;
        }
        Ok(is_of_feed)
    }

    fn list(&mut self, text: &str) -> Result<bool> {
        let mut stopped = Ok(());
        let mut many = 0_usize;
        let mut on_item = |item: &str| match self.record(item) {
            Ok(true) => {
                many += 1;
                true
            }
            Ok(false) if many == 0 => false,
            Ok(false) => {
                stopped = Err(mixed());
                false
            }
            Err(error) => {
                stopped = Err(error);
                false
            }
        };
        let read = serde_json::Deserializer::from_str(text).deserialize_seq(Each(&mut on_item));
        stopped?;
        match read {
            Ok(()) => Ok(many > 0),
            Err(_) if many == 0 => Ok(false),
            Err(error) => Err(not_json(&error)),
        }
    }

    fn record(&mut self, text: &str) -> Result<bool> {
        if text.len() > LIMIT_RECORD {
            return Err(too_large(format!("an entry of more than {LIMIT_RECORD} bytes")));
        }
        let Some(kind) = serde_json::from_str::<Probe<'_>>(text).ok().and_then(|probe| probe.kind()) else {
            return Ok(false);
        };
        if !self.is_of(kind)? {
            return Ok(false);
        }
        let item = match kind {
            FeedKind::Osv => Some(typed::<Osv>(text, kind)?.into()),
            FeedKind::Cve => Some(typed::<Cve>(text, kind)?.into()),
            _ => typed::<Avid>(text, kind)?.into_item(),
        };
        item.map_or(Ok(()), |item| self.keep(item)).map(|()| true)
    }

    fn yaml(&mut self, bytes: &[u8]) -> Result<bool> {
        if bytes.len() > LIMIT_YAML {
            return Err(too_large(format!("YAML of more than {LIMIT_YAML} bytes")));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Error::new(Code::Malformed, "neither JSON nor YAML: it is not text in UTF-8"))?;
        let Value::Object(members) = of_yaml::<Value>(text)? else { return Ok(false) };
        let lists = |key: &str| members.get(key).and_then(Value::as_array);
        let has_ids =
            |key: &&str| lists(key).is_some_and(|list| list.iter().any(|entry| entry.get("id").is_some()));
        let kind = if lists("matrices").is_some() {
            FeedKind::Atlas
        } else if RISK_MAP.iter().any(has_ids) {
            FeedKind::CosaiRm
        } else {
            return Ok(false);
        };
        drop(members);
        if !self.is_of(kind)? {
            return Ok(false);
        }
        let items = if kind == FeedKind::Atlas {
            let atlas: Atlas = of_yaml(text)?;
            self.is_version(&atlas.version)?;
            atlas.into_items()
        } else {
            of_yaml::<RiskMap>(text)?.into_items()
        };
        items.into_iter().try_for_each(|item| self.keep(item)).map(|()| true)
    }

    /// Whether the feed is of this kind; the first one says of which it is.
    fn is_of(&mut self, kind: FeedKind) -> Result<bool> {
        if self.asked.is_some_and(|asked| asked != kind) {
            return Ok(false);
        }
        match *self.kind.get_or_insert(kind) {
            known if known == kind => Ok(true),
            known => {
                let what = format!("more than one feed in it: {} and {}", known.name(), kind.name());
                Err(Error::new(Code::Malformed, what).help("choose one of them with --as"))
            }
        }
    }

    fn is_version(&mut self, said: &str) -> Result<()> {
        let said = Untrusted::new(said);
        match self.version.replace(said.clone()) {
            Some(known) if known != said => {
                let what = format!("the feed says that it is version {}", said.screen());
                Err(Error::new(Code::Usage, what).help("leave out --version, or import the right file"))
            }
            _ => Ok(()),
        }
    }

    fn keep(&mut self, mut item: Item) -> Result<()> {
        item.title = item.title.and_then(|title| cut(title.raw()));
        let id = item.id.raw();
        if id.is_empty() || id.len() > LIMIT_ID || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(
                Code::Malformed,
                "an entry has no id, or one with spaces or other letters than those of ASCII",
            ));
        }
        let mut size = 64;
        for text in texts(&item) {
            if text.raw().len() > LIMIT_TEXT {
                return Err(too_large(format!("a text of more than {LIMIT_TEXT} bytes in {id}")));
            }
            size += text.raw().len() + 24;
        }
        self.kept += size;
        match self.items.entry(item.id.clone()) {
            Entry::Vacant(place) => drop(place.insert(item)),
            // The same entry in two files: the one that was changed last.
            Entry::Occupied(mut known) => {
                if known.get().modified <= item.modified {
                    known.insert(item);
                }
            }
        }
        if self.items.len() > LIMIT_ITEMS || self.kept > LIMIT_KEPT {
            return Err(too_large(format!(
                "more than {LIMIT_ITEMS} entries, or {LIMIT_KEPT} bytes of what is kept of them"
            ))
            .help("import it in parts, each with a --source of its own"));
        }
        Ok(())
    }
}

/// The id of a technique or mitigation that a folder of SAFE-MCP is named by.
pub fn technique_id(folder: &str) -> bool {
    let number = folder.strip_prefix("SAFE-T").or_else(|| folder.strip_prefix("SAFE-M-"));
    number.is_some_and(|number| {
        number.len() <= 16
            && number.starts_with(|c: char| c.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// What says which feed a record is of.
#[derive(Deserialize)]
struct Probe<'a> {
    #[serde(rename = "dataType", borrow)]
    cve: Option<&'a RawValue>,
    #[serde(rename = "data_type", borrow)]
    avid: Option<&'a RawValue>,
    id: Option<IgnoredAny>,
    modified: Option<IgnoredAny>,
    schema_version: Option<IgnoredAny>,
    affected: Option<IgnoredAny>,
}

impl Probe<'_> {
    fn kind(&self) -> Option<FeedKind> {
        let is = |value: Option<&RawValue>, word: &str| {
            value.is_some_and(|value| value.get().trim_matches('"') == word)
        };
        if is(self.cve, "CVE_RECORD") {
            Some(FeedKind::Cve)
        } else if is(self.avid, "AVID") {
            Some(FeedKind::Avid)
        } else if self.id.is_some()
            && self.modified.is_some()
            && (self.affected.is_some() || self.schema_version.is_some())
        {
            Some(FeedKind::Osv)
        } else {
            None
        }
    }
}

/// Hands over the items of a list one by one, until told to stop.
struct Each<'f>(&'f mut dyn FnMut(&str) -> bool);

impl<'de> Visitor<'de> for Each<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        while let Some(item) = items.next_element_seed(Raw)? {
            if !(self.0)(item.get()) {
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = &'de RawValue;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> std::result::Result<&'de RawValue, D::Error> {
        <&RawValue>::deserialize(from)
    }
}

fn typed<T: DeserializeOwned>(text: &str, kind: FeedKind) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = format!("not a record of {} (line {line}, column {column} of the record)", kind.name());
        Error::new(Code::Malformed, what).help("get the file again from its publisher")
    })
}

/// Without aliases: they may stand for much, and no feed needs one. The words of the parser may quote the document.
fn of_yaml<T: DeserializeOwned>(text: &str) -> Result<T> {
    let budget = serde_saphyr::budget! {
        max_depth: 32,
        max_nodes: 500_000,
        max_events: 1_000_000,
        max_aliases: 0,
        max_anchors: 100,
        max_documents: 1,
        max_total_scalar_bytes: LIMIT_YAML,
    };
    let options = serde_saphyr::options! { budget: budget, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map(|place| format!(" (line {})", place.line())).unwrap_or_default();
        Error::new(Code::Malformed, format!("YAML that is not valid, too large, or not of a feed{place}"))
            .help("get the file again from its publisher; aliases are not read")
    })
}

fn texts(item: &Item) -> impl Iterator<Item = &Untrusted> {
    let affected = item.affects.iter().flat_map(|affects| {
        let ranges = affects.ranges.iter().chain(&affects.spared);
        let events = ranges.flat_map(|range| range.events.iter().map(|event| event.version()));
        affects.purl.iter().chain(&affects.names).chain(&affects.versions).chain(events)
    });
    let own = [&item.title, &item.parent, &item.modified].into_iter().flatten();
    own.chain(&item.aliases).chain(&item.refs).chain(affected)
}

/// The first line, as far as it is kept.
fn cut(title: &str) -> Option<Untrusted> {
    let line = title.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.chars().take(TITLE).collect::<String>().into())
}

fn not_json(error: &serde_json::Error) -> Error {
    let what = format!("not valid JSON (line {}, column {})", error.line(), error.column());
    Error::new(Code::Malformed, what).help("the file is damaged; get it again from its publisher")
}

fn mixed() -> Error {
    Error::new(Code::Malformed, "records of a feed, and others that are not of it")
        .help("get the file again from its publisher")
}

fn too_large(what: String) -> Error {
    Error::new(Code::TooLarge, what).help("check that this is the right file")
}
