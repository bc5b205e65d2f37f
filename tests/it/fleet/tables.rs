//! The tables of a sealed run: the very records, whoever reads them. `TOUCHMARK_PYTHON` names a Python with `duckdb` and
//! `pyarrow`.

use super::made::{Fleet, folder, records};
use parquet::basic::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use touchmark::fleet::{FleetSealed, Run, Sealed};
use touchmark::json::canonical;
use touchmark::remote::Location;
use touchmark::signing::{HashAlgorithm, hash_bytes};
use touchmark::{Code, store::EvidenceDigest};

const OUTCOMES: [&str; 6] = ["fail", "missing", "unknown", "partial", "pass", "not-applicable"];
const SUMS: [&str; 6] =
    ["recomputed", "provider-checksum", "registry-digest", "cached", "rechecked", "contradicted"];

/// A row of the table for a line of the records, made from its JSON alone.
fn row_of(line: &[u8]) -> Value {
    let record: Value = serde_json::from_slice(line).unwrap();
    let mut row = Map::new();
    for name in [
        "key",
        "question",
        "source",
        "model",
        "objects",
        "bytes",
        "states",
        "bundles",
        "root_digest",
        "engine",
        "outcome",
        "class",
        "decision",
        "reasons",
        "own",
        "effective",
    ] {
        row.insert(name.to_owned(), record[name].clone());
    }
    row.insert("leaf".to_owned(), hex::encode(hash_bytes(HashAlgorithm::Sha256, line)).into());
    for outcome in OUTCOMES {
        let checks = record["checks"].as_array().unwrap().iter();
        let these: Vec<Value> =
            checks.filter(|check| check["outcome"] == outcome).map(|check| check["code"].clone()).collect();
        row.insert(format!("checks_{}", outcome.replace('-', "_")), these.into());
    }
    for sum in SUMS {
        let many = record["digests"].get(sum).cloned().unwrap_or_else(|| json!(0));
        row.insert(format!("digests_{}", sum.replace('-', "_")), many);
    }
    row.into()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => text.as_str().into(),
        Field::Long(number) => (*number).into(),
        Field::Int(number) => (*number).into(),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => panic!("no column has {other:?}"),
    }
}

fn reader(table: &Path) -> SerializedFileReader<fs::File> {
    SerializedFileReader::new(fs::File::open(table).unwrap()).unwrap()
}

fn rows(table: &Path) -> Vec<Value> {
    let reader = reader(table);
    let row = |row: Row| -> Value {
        row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect::<Map<_, _>>().into()
    };
    reader.get_row_iter(None).unwrap().map(|found| row(found.unwrap())).collect()
}

/// The only table of a small run.
fn table(run: &Run, sealed: &Sealed) -> PathBuf {
    let [table] = &sealed.sealed.tables[..] else { panic!("one table: {:?}", sealed.sealed.tables) };
    folder(run).join(&table.name)
}

fn lines(records: &[u8]) -> Vec<&[u8]> {
    records.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect()
}

/// Samples, and names that other formats trip over.
fn odd_names() -> Fleet {
    let fleet = Fleet::new();
    for name in ["a,b\"c'd", "日本 – モデル", "nul", "%2e%2e", "é|\u{1f980}", "null", "=1+1"] {
        let model = fleet.models().join("odd").join(name);
        fs::create_dir_all(&model).unwrap();
        fs::write(model.join("model.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    }
    // Nobody could look at one that has a link.
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere", fleet.models().join("odd/null/link")).unwrap();
    fleet
}

#[test]
fn a_table_has_the_records_in_their_order_and_every_value_of_them() {
    let fleet = odd_names();
    let mut found = Vec::new();
    for shards in [1, 7] {
        let run = fleet.work_all(&fleet.plan(vec![fleet.source()], shards));
        let sealed = fleet.seal(&run).unwrap();
        assert_eq!(sealed.unnamed, []);
        let names: Vec<&str> = sealed.sealed.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["records-00000.parquet"]);
        let (file, records) = (table(&run, &sealed), records(&run, &sealed));
        let bytes = fs::read(&file).unwrap();
        assert_eq!(sealed.sealed.tables[0].sha256, EvidenceDigest::of(&bytes).unwrap());
        assert_eq!(sealed.sealed.tables[0].records, sealed.sealed.records);
        let wanted: Vec<Value> = lines(&records).into_iter().map(row_of).collect();
        assert_eq!(rows(&file), wanted);
        // Such a run has all of these.
        for (name, some) in [
            ("model", json!("odd/é|\u{1f980}")),
            ("outcome", json!("fail")),
            ("own", json!(0)),
            #[cfg(unix)]
            ("own", json!(null)),
            #[cfg(unix)]
            ("class", json!("names")),
        ] {
            assert!(wanted.iter().any(|row| row[name] == some), "no row has {name} = {some}");
        }
        assert!(wanted.iter().any(|row| row["checks_pass"].as_array().unwrap().len() > 1));
        assert!(wanted.iter().any(|row| !row["checks_fail"].as_array().unwrap().is_empty()));
        assert!(wanted.iter().any(|row| row["bundles"] == json!([])));
        found.push(bytes);
    }
    assert_eq!(found[0], found[1], "however the work was cut");
}

#[test]
fn a_table_says_its_order_and_nothing_of_who_wrote_it_when() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 1));
    let sealed = fleet.seal(&run).unwrap();
    let reader = reader(&table(&run, &sealed));
    let file = reader.metadata().file_metadata();
    assert_eq!(file.created_by(), Some("touchmark version 1 (build 1)"));
    let said: Vec<_> =
        file.key_value_metadata().unwrap().iter().map(|of| (&*of.key, of.value.as_deref())).collect();
    assert_eq!(said, [("schema", Some("touchmark.fleet-record/1"))]);
    let group = reader.metadata().row_group(0);
    let order = group.sorting_columns().unwrap();
    assert_eq!(order.iter().map(|by| by.column_idx).collect::<Vec<_>>(), [0, 1]);
    let names: Vec<String> = group.columns().iter().map(|column| column.column_path().string()).collect();
    assert_eq!(&names[..2], ["key", "leaf"]);
    // What every reader unpacks.
    assert!(group.columns().iter().all(|column| column.compression() == Compression::SNAPPY));
}

/// Seals as a version did that wrote no tables.
fn seal_without_tables(fleet: &Fleet, run: &Run) -> (FleetSealed, Vec<u8>) {
    let sealed = fleet.seal(run).unwrap();
    for table in &sealed.sealed.tables {
        fs::remove_file(folder(run).join(&table.name)).unwrap();
    }
    let bare = FleetSealed { tables: Vec::new(), ..sealed.sealed };
    let written = canonical(&bare).unwrap();
    assert!(!String::from_utf8_lossy(&written).contains("tables"), "as that version wrote it");
    fs::write(folder(run).join("sealed.json"), &written).unwrap();
    (bare, written)
}

#[test]
fn a_seal_of_an_earlier_version_stays_and_the_tables_lie_beside_it() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 2));
    let whole = fleet.seal(&run).unwrap().sealed;
    let (bare, written) = seal_without_tables(&fleet, &run);
    let again = fleet.seal(&run).unwrap();
    assert_eq!((&again.sealed, &again.unnamed), (&bare, &whole.tables));
    assert_eq!(again.digest, EvidenceDigest::of(&written).unwrap());
    assert_eq!(fs::read(folder(&run).join("sealed.json")).unwrap(), written, "nothing is replaced");
    for table in &again.unnamed {
        let there = fs::read(folder(&run).join(&table.name)).unwrap();
        assert_eq!(EvidenceDigest::of(&there).unwrap(), table.sha256);
    }
    assert_eq!(fleet.seal(&run).unwrap(), again, "and once more");
    // One without tables that says something else is another seal.
    let other = FleetSealed { models: bare.models + 1, ..bare };
    fs::write(folder(&run).join("sealed.json"), canonical(&other).unwrap()).unwrap();
    assert_eq!(fleet.seal(&run).unwrap_err().code, Code::Changed);
}

#[test]
fn a_table_that_somebody_changed_is_not_sealed_and_not_replaced() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 2));
    let sealed = fleet.seal(&run).unwrap();
    let file = folder(&run).join(&sealed.sealed.tables[0].name);
    let good = fs::read(&file).unwrap();
    let mut other = good.clone();
    let middle = other.len() / 2;
    other[middle] ^= 1;
    for bytes in [other, Vec::new(), b"PAR1".to_vec(), good[..good.len() - 1].to_vec()] {
        fs::write(&file, &bytes).unwrap();
        let error = fleet.seal(&run).unwrap_err();
        assert_eq!(error.code, Code::Changed);
        assert!(error.at.as_ref().unwrap().raw().ends_with("records-00000.parquet"), "{error:?}");
        assert!(error.help.as_ref().unwrap().contains("version"), "{error:?}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "nothing is replaced");
    }
    // Also under a seal that names none.
    fs::write(&file, &good).unwrap();
    seal_without_tables(&fleet, &run);
    fs::write(&file, b"PAR1 of somebody").unwrap();
    assert_eq!(fleet.seal(&run).unwrap_err().code, Code::Changed);
}

#[test]
fn a_run_that_lacks_shards_has_its_tables_beside_its_records_and_an_empty_one_has_none() {
    let fleet = Fleet::new();
    let planned = fleet.plan(vec![fleet.source()], 3);
    let run = Run::open(&planned.location).unwrap();
    let none = fleet.seal(&run).unwrap().sealed;
    assert_eq!((none.parts.len(), none.tables.len()), (0, 0));
    fleet.work(&run, 1).unwrap();
    let sealed = fleet.seal(&run).unwrap();
    let [part] = &sealed.sealed.parts[..] else { panic!("one part") };
    assert!(part.name.starts_with("partial-"), "{}", part.name);
    assert_eq!(sealed.sealed.tables[0].name, part.name.replace(".jsonl", ".parquet"));
    let found = rows(&table(&run, &sealed));
    assert_eq!(found.len() as u64, planned.plan.shards[1].models);
}

/// Reads both with programs of others and compares every value.
const COMPARES: &str = r#"
import glob, hashlib, json, sys
import duckdb, pyarrow.parquet
run, sql = sys.argv[1], sys.argv[2:]
def row_of(line):
    record = json.loads(line)
    checks, digests = record.pop("checks"), record.pop("digests")
    record.pop("schema")
    record["leaf"] = hashlib.sha256(line).hexdigest()
    for outcome in ["fail", "missing", "unknown", "partial", "pass", "not-applicable"]:
        codes = [check["code"] for check in checks if check["outcome"] == outcome]
        record["checks_" + outcome.replace("-", "_")] = codes
    for sum in ["recomputed", "provider-checksum", "registry-digest", "cached", "rechecked", "contradicted"]:
        record["digests_" + sum.replace("-", "_")] = digests.get(sum, 0)
    return record
lines = [line for name in sorted(glob.glob(run + "/records-*.jsonl")) for line in open(name, "rb").read().splitlines()]
wanted = [row_of(line) for line in lines]
assert len(wanted) > 10, len(wanted)
names = sorted(glob.glob(run + "/records-*.parquet"))
by_arrow = [row for name in names for row in pyarrow.parquet.read_table(name).to_pylist()]
assert by_arrow == wanted, "pyarrow reads other values"
found = duckdb.sql(f"SELECT * FROM read_parquet({names!r})")
by_duck = [dict(zip(found.columns, row)) for row in found.fetchall()]
assert by_duck == wanted, "duckdb reads other values"
group = pyarrow.parquet.ParquetFile(names[0]).metadata.row_group(0)
assert group.column(0).statistics.min == min(row["key"] for row in wanted), "readers can skip by key"
for query in sql:
    answer = duckdb.sql(query.replace("RUN", run)).fetchall()
    assert answer, "no row: " + query
print(len(wanted), "rows,", len(sql), "queries")
"#;

/// The queries of the page that DuckDB is asked: they read the files of a run.
fn queries() -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.md")).unwrap();
    let blocks = page.split("```sql\n").skip(1).map(|block| block.split("```").next().unwrap().trim());
    blocks.filter(|query| query.contains("'RUN/")).map(str::to_owned).collect()
}

#[test]
fn readers_of_others_read_every_value_and_the_queries_of_the_page() {
    let queries = queries();
    assert!(queries.len() >= 3, "{queries:?}");
    let Some(python) = std::env::var_os("TOUCHMARK_PYTHON") else {
        eprintln!(
            "SKIPPED: tables read by DuckDB and pyarrow, TOUCHMARK_PYTHON names no Python that has both"
        );
        return;
    };
    let fleet = odd_names();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 3));
    fleet.seal(&run).unwrap();
    let Location::Folder(place) = &run.location else { panic!("a folder") };
    let done = Command::new(python)
        .args(["-c", COMPARES, place.to_str().unwrap()])
        .args(&queries)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{told}");
}
