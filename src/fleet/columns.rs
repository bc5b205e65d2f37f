//! Records as a table of Apache Parquet, for programs that read columns: DuckDB, Spark, Trino. One list says which columns
//! there are, and what stands in them. The same records come to the same bytes: no clock, no host, no version of this
//! program. It knows no place and no seal, and nothing is proven by a table: the root is over the records themselves.

use super::documents::{CheckRecord, FleetRecord};
use crate::error::{Code, Error, Result};
use crate::signing::Outcome;
use crate::store::EvidenceDigest;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use std::collections::HashMap;
use std::sync::Arc;

/// Who wrote it, in the form in which readers look for names of writers with known faults. It changes when the same
/// records come to other bytes, and with nothing else.
const CREATED_BY: &str = "touchmark version 1 (build 1)";
/// What a record is called in the metadata of a file.
const SCHEMA: (&str, &str) = ("schema", "touchmark.fleet-record/1");

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A text of which there are few.
    Word,
    /// A text that hardly occurs twice.
    Text,
    /// A text, or nothing.
    MaybeWord,
    /// The same of texts that hardly occur twice.
    MaybeText,
    /// Any number of words.
    Words,
    /// Any number of texts.
    Texts,
    /// A number below 2^53.
    Number,
    /// A level, or nothing.
    Level,
}

/// One column.
struct Named {
    name: &'static str,
    kind: Kind,
    of: fn(&Row<'_>, &mut Column),
}

/// A record with the digest of its canonical bytes.
struct Row<'r> {
    leaf: EvidenceDigest,
    record: &'r FleetRecord,
}

/// All columns, in their order.
const COLUMNS: &[Named] = &[
    Named { name: "key", kind: Kind::Text, of: |row, to| to.text(row.record.key) },
    Named { name: "leaf", kind: Kind::Text, of: |row, to| to.text(row.leaf) },
    Named { name: "question", kind: Kind::Word, of: |row, to| to.text(row.record.question) },
    Named { name: "source", kind: Kind::Word, of: |row, to| to.text(row.record.source.raw()) },
    Named { name: "model", kind: Kind::Text, of: |row, to| to.text(row.record.model.raw()) },
    Named { name: "objects", kind: Kind::Number, of: |row, to| to.number(row.record.objects) },
    Named { name: "bytes", kind: Kind::Number, of: |row, to| to.number(row.record.bytes) },
    Named { name: "states", kind: Kind::Text, of: |row, to| to.text(row.record.states) },
    Named { name: "bundles", kind: Kind::Texts, of: |row, to| to.list(&row.record.bundles) },
    Named { name: "root_digest", kind: Kind::MaybeText, of: |row, to| to.maybe(row.record.root_digest) },
    Named { name: "engine", kind: Kind::MaybeWord, of: |row, to| to.maybe(row.record.engine.as_deref()) },
    Named { name: "outcome", kind: Kind::Word, of: |row, to| to.text(row.record.outcome.key()) },
    Named {
        name: "class",
        kind: Kind::MaybeWord,
        of: |row, to| to.maybe(row.record.class.map(|of| of.word())),
    },
    Named { name: "decision", kind: Kind::Word, of: |row, to| to.text(row.record.decision.word()) },
    Named { name: "reasons", kind: Kind::Words, of: |row, to| to.list(&row.record.reasons) },
    Named { name: "own", kind: Kind::Level, of: |row, to| to.level(row.record.own) },
    Named { name: "effective", kind: Kind::Level, of: |row, to| to.level(row.record.effective) },
    Named { name: "checks_fail", kind: Kind::Words, of: |row, to| to.list(row.checks(Outcome::Fail)) },
    Named { name: "checks_missing", kind: Kind::Words, of: |row, to| to.list(row.checks(Outcome::Missing)) },
    Named { name: "checks_unknown", kind: Kind::Words, of: |row, to| to.list(row.checks(Outcome::Unknown)) },
    Named { name: "checks_partial", kind: Kind::Words, of: |row, to| to.list(row.checks(Outcome::Partial)) },
    Named { name: "checks_pass", kind: Kind::Words, of: |row, to| to.list(row.checks(Outcome::Pass)) },
    Named {
        name: "checks_not_applicable",
        kind: Kind::Words,
        of: |row, to| to.list(row.checks(Outcome::NotApplicable)),
    },
    Named {
        name: "digests_recomputed",
        kind: Kind::Number,
        of: |row, to| to.number(row.record.digests.recomputed),
    },
    Named {
        name: "digests_provider_checksum",
        kind: Kind::Number,
        of: |row, to| to.number(row.record.digests.provider_checksum),
    },
    Named {
        name: "digests_registry_digest",
        kind: Kind::Number,
        of: |row, to| to.number(row.record.digests.registry_digest),
    },
    Named { name: "digests_cached", kind: Kind::Number, of: |row, to| to.number(row.record.digests.cached) },
    Named {
        name: "digests_rechecked",
        kind: Kind::Number,
        of: |row, to| to.number(row.record.digests.rechecked),
    },
    Named {
        name: "digests_contradicted",
        kind: Kind::Number,
        of: |row, to| to.number(row.record.digests.contradicted),
    },
];

impl Row<'_> {
    /// The codes of the checks that came to this, in the order of the checks.
    fn checks(&self, outcome: Outcome) -> impl Iterator<Item = &str> {
        let these = self.record.checks.iter().filter(move |check| check.outcome == outcome);
        these.map(|CheckRecord { code, .. }| code.as_str())
    }
}

impl Kind {
    /// As the schema of a file spells it.
    fn spelt(self, name: &str) -> String {
        match self {
            Kind::Word | Kind::Text => format!("required binary {name} (STRING);"),
            Kind::MaybeWord | Kind::MaybeText => format!("optional binary {name} (STRING);"),
            Kind::Words | Kind::Texts => format!(
                "required group {name} (LIST) {{ repeated group list {{ required binary element (STRING); }} }}"
            ),
            Kind::Number => format!("required int64 {name};"),
            Kind::Level => format!("optional int32 {name};"),
        }
    }

    /// Whether it pays to write each text once and to number them.
    fn is_numbered(self) -> bool {
        matches!(self, Kind::Word | Kind::MaybeWord | Kind::Words | Kind::Level | Kind::Number)
    }
}

/// The values of a column, as they are written.
#[derive(Default)]
struct Column {
    texts: Vec<ByteArray>,
    numbers: Vec<i64>,
    levels: Vec<i32>,
    /// Whether there is a value, for each place that may have one.
    there: Vec<i16>,
    /// Whether it goes on with the list before it.
    goes_on: Vec<i16>,
    /// Words that were met before: they are kept once.
    met: Option<HashMap<String, ByteArray>>,
}

impl Column {
    fn new(kind: Kind) -> Self {
        let is_word = matches!(kind, Kind::Word | Kind::MaybeWord | Kind::Words);
        Column { met: is_word.then(HashMap::new), ..Column::default() }
    }

    fn text(&mut self, text: impl ToString) {
        let text = text.to_string();
        let kept = match &mut self.met {
            None => ByteArray::from(text.into_bytes()),
            Some(met) => match met.get(&text) {
                Some(kept) => kept.clone(),
                None => {
                    let kept = ByteArray::from(text.clone().into_bytes());
                    met.insert(text, kept.clone());
                    kept
                }
            },
        };
        self.texts.push(kept);
    }

    fn maybe(&mut self, text: Option<impl ToString>) {
        self.there.push(i16::from(text.is_some()));
        text.into_iter().for_each(|text| self.text(text));
    }

    fn list(&mut self, texts: impl IntoIterator<Item = impl ToString>) {
        let before = self.texts.len();
        for text in texts {
            self.goes_on.push(i16::from(self.texts.len() > before));
            self.there.push(1);
            self.text(text);
        }
        if self.texts.len() == before {
            self.goes_on.push(0);
            self.there.push(0);
        }
    }

    /// Records hold no number that does not fit.
    fn number(&mut self, number: u64) {
        self.numbers.push(i64::try_from(number).unwrap_or(i64::MAX));
    }

    fn level(&mut self, level: Option<u8>) {
        self.there.push(i16::from(level.is_some()));
        self.levels.extend(level.map(i32::from));
    }

    fn write(
        &self,
        kind: Kind,
        group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    ) -> std::result::Result<(), ParquetError> {
        let no_column = || ParquetError::General("the schema has no such column".to_owned());
        let mut writer = group.next_column()?.ok_or_else(no_column)?;
        let (there, goes_on) = (Some(self.there.as_slice()), Some(self.goes_on.as_slice()));
        match kind {
            Kind::Word | Kind::Text => {
                writer.typed::<ByteArrayType>().write_batch(&self.texts, None, None)?;
            }
            Kind::MaybeWord | Kind::MaybeText => {
                writer.typed::<ByteArrayType>().write_batch(&self.texts, there, None)?;
            }
            Kind::Words | Kind::Texts => {
                writer.typed::<ByteArrayType>().write_batch(&self.texts, there, goes_on)?;
            }
            Kind::Number => {
                writer.typed::<Int64Type>().write_batch(&self.numbers, None, None)?;
            }
            Kind::Level => {
                writer.typed::<Int32Type>().write_batch(&self.levels, there, None)?;
            }
        }
        writer.close()
    }
}

/// A table that is being filled: the records of one part.
pub(super) struct Table {
    columns: Vec<Column>,
}

impl Table {
    pub(super) fn new() -> Self {
        Table { columns: COLUMNS.iter().map(|named| Column::new(named.kind)).collect() }
    }

    /// Adds a record after those before.
    pub(super) fn add(&mut self, leaf: EvidenceDigest, record: &FleetRecord) {
        let row = Row { leaf, record };
        for (named, column) in COLUMNS.iter().zip(&mut self.columns) {
            (named.of)(&row, column);
        }
    }

    /// The file.
    ///
    /// # Errors
    /// `E-INTERNAL`.
    pub(super) fn end(self) -> Result<Vec<u8>> {
        self.written().map_err(|cause| {
            Error::new(Code::Internal, format!("the records cannot be written as a table ({cause})"))
        })
    }

    fn written(self) -> std::result::Result<Vec<u8>, ParquetError> {
        let columns: String = COLUMNS.iter().map(|named| named.kind.spelt(named.name)).collect();
        let schema = Arc::new(parse_message_type(&format!("message record {{ {columns} }}"))?);
        let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties()))?;
        let mut group = file.next_row_group()?;
        for (named, column) in COLUMNS.iter().zip(&self.columns) {
            column.write(named.kind, &mut group)?;
        }
        group.close()?;
        file.into_inner()
    }
}

/// How a file is written. What decides about its bytes is said here, and not left to what the library holds for best.
fn properties() -> WriterProperties {
    let ascending = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: false };
    let (name, value) = SCHEMA;
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::SNAPPY)
        .set_data_page_size_limit(1024 * 1024)
        .set_data_page_row_count_limit(20_000)
        .set_dictionary_page_size_limit(1024 * 1024)
        .set_write_batch_size(1024)
        .set_max_row_group_row_count(None)
        // Of one key there may be several records, which contradict each other.
        .set_sorting_columns(Some(vec![ascending(0), ascending(1)]))
        .set_key_value_metadata(Some(vec![KeyValue::new(name.to_owned(), value.to_owned())]));
    for named in COLUMNS {
        let mut path = vec![named.name.to_owned()];
        if matches!(named.kind, Kind::Words | Kind::Texts) {
            path.extend(["list".to_owned(), "element".to_owned()]);
        }
        properties =
            properties.set_column_dictionary_enabled(ColumnPath::new(path), named.kind.is_numbered());
    }
    properties.build()
}
