//! Records of logs, read for which fields of evidence they have and from which time they are. Nothing of what they say is
//! kept. It reads no file: who calls it hands over the lines.

use crate::error::{Code, Error, Result};
use crate::tables::parse_as;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const SCHEMA: &str = "evidence-fields/0.1";
const TABLE: &str = include_str!("../../policies/evidence.toml");
/// The longest line that is read.
pub const LIMIT_LINE: usize = 1 << 20;
/// The most records of a file.
pub const LIMIT_RECORDS: u64 = 50_000_000;
/// From here on a number counts nanoseconds, and below it milliseconds.
const NANOSECONDS: i64 = 100_000_000_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    schema: String,
    time: Vec<String>,
    field: BTreeMap<String, Vec<String>>,
}

/// What a file of records has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogSeen {
    /// How many records.
    pub records: u64,
    /// How many of them have no field that was looked for.
    pub unknown: u64,
    /// How many lines are no records: not JSON, no object, or too long.
    pub unreadable: u64,
    /// When the oldest was made, of those that say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// When the newest was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The fields that were found, in the order of their names.
    pub fields: Vec<FieldSeen>,
}

/// A field that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSeen {
    /// The field.
    pub field: String,
    /// How many records have it.
    pub records: u64,
}

/// Reads the records of one file.
pub struct LogReader {
    time: Vec<String>,
    /// Each field with the paths at which it may stand, and how many records have it.
    fields: Vec<(String, Vec<String>, u64)>,
    seen: LogSeen,
}

impl LogReader {
    /// For these fields.
    ///
    /// # Errors
    /// `E-CONFIG` when the table of paths is not valid; a test proves that it never is.
    pub fn new<'f>(fields: impl Iterator<Item = &'f str>) -> Result<Self> {
        let invalid = |what: String| Error::new(Code::Config, what).at("policies/evidence.toml");
        let table: Table = parse_as(TABLE).map_err(|error| invalid(error.message))?;
        if table.schema != SCHEMA {
            return Err(invalid(format!("the schema is not {SCHEMA}")));
        }
        let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for field in fields {
            let mut paths = vec![field.to_owned()];
            paths.extend(table.field.get(field).into_iter().flatten().cloned());
            wanted.insert(field.to_owned(), paths);
        }
        let fields = wanted.into_iter().map(|(field, paths)| (field, paths, 0)).collect();
        Ok(LogReader { time: table.time, fields, seen: LogSeen::default() })
    }

    /// Takes a line; an empty one is passed over.
    ///
    /// # Errors
    /// `E-TOO-LARGE` for too many records.
    pub fn line(&mut self, line: &[u8]) -> Result<()> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        if line.len() > LIMIT_LINE {
            self.seen.unreadable += 1;
            return Ok(());
        }
        let Ok(record) = serde_json::from_slice::<Map<String, Value>>(line) else {
            self.seen.unreadable += 1;
            return Ok(());
        };
        self.seen.records += 1;
        if self.seen.records > LIMIT_RECORDS {
            return Err(Error::new(Code::TooLarge, format!("more than {LIMIT_RECORDS} records"))
                .help("split the file, and import the part that the incident is about"));
        }
        let mut is_known = false;
        for (_, paths, records) in &mut self.fields {
            if paths.iter().any(|path| at(&record, path).is_some_and(is_something)) {
                *records += 1;
                is_known = true;
            }
        }
        self.seen.unknown += u64::from(!is_known);
        if let Some(time) = self.time.iter().find_map(|path| moment(at(&record, path)?)) {
            self.seen.from = Some(self.seen.from.map_or(time, |from| from.min(time)));
            self.seen.until = Some(self.seen.until.map_or(time, |until| until.max(time)));
        }
        Ok(())
    }

    /// A line that was longer than what is read.
    pub fn too_long(&mut self) {
        self.seen.unreadable += 1;
    }

    /// What the file has.
    pub fn finish(self) -> LogSeen {
        let found = self.fields.into_iter().filter(|(_, _, records)| *records > 0);
        let fields = found.map(|(field, _, records)| FieldSeen { field, records }).collect();
        LogSeen { fields, ..self.seen }
    }
}

/// What stands at a path: one key, or keys in each other.
fn at<'r>(record: &'r Map<String, Value>, path: &str) -> Option<&'r Value> {
    if let Some(value) = record.get(path) {
        return Some(value);
    }
    // Attributes may be kept in a member of their own, and each key may have dots itself.
    path.match_indices('.').find_map(|(dot, _)| {
        let (first, rest) = (path.get(..dot)?, path.get(dot + 1..)?);
        at(record.get(first)?.as_object()?, rest)
    })
}

/// An empty value says nothing.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn moment(value: &Value) -> Option<Timestamp> {
    let number = |number: i64| match number {
        NANOSECONDS.. => Timestamp::from_nanosecond(i128::from(number)).ok(),
        _ => Timestamp::from_millisecond(number).ok(),
    };
    match value {
        Value::Number(of) => number(of.as_i64()?),
        Value::String(text) => text.parse().ok().or_else(|| number(text.parse().ok()?)),
        _ => None,
    }
}

/// What the fuzz target calls: any bytes as lines.
pub(crate) fn fuzz(bytes: &[u8]) {
    if let Ok(mut reader) = LogReader::new(["request_id", "identity", "timestamp"].into_iter()) {
        for line in bytes.split(|byte| *byte == b'\n') {
            let _ = reader.line(line);
        }
        drop(reader.finish());
    }
}
