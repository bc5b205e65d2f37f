//! What is SQLite's own: the file, its header, its versions, its triggers, and damage done behind its back.

use rusqlite::Connection;
use std::fs;
use std::path::Path;
use touchmark::Code;
use touchmark::inventory::{Aliases, ModelId};
use touchmark::store::ledger::verify;
use touchmark::store::{self, EvidenceDigest, LIMIT_EVIDENCE_BYTES, Place, RecordKind, Store};

use super::{Bench, at};
use crate::support::behind_its_back;

fn open(path: &Path) -> touchmark::Result<Box<dyn Store>> {
    store::open(Place::File(path))
}

#[test]
fn a_file_that_is_no_store_is_refused_and_unchanged() {
    let bench = Bench::new();
    let foreign = bench.path("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let diary = "this is my diary, and long enough to be mistaken for a header of a hundred bytes ".repeat(3);
    fs::write(bench.path("text.db"), diary).unwrap();
    for path in [foreign, bench.path("text.db")] {
        let before = fs::read(&path).unwrap();
        let error = open(&path).err().unwrap();
        assert_eq!(error.code, Code::Store);
        assert!(error.what.contains("not a Touchmark store") && error.help.is_some());
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_store_of_a_newer_version_is_refused_as_newer() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    drop(at(&path));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(open(&path).err().unwrap().code, Code::Newer);
}

#[test]
fn a_damaged_store_is_an_error_and_not_a_panic() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    drop(at(&path));
    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(5000);
    bytes[100..5000].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let outcome = open(&path).and_then(|store| store::load(&*store, &Aliases::default()));
    assert_eq!(outcome.unwrap_err().code, Code::Store);
}

#[test]
fn the_ledger_refuses_changes_and_shows_those_made_behind_its_back() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    let mut store = at(&path);
    for number in 0..3 {
        let body = format!("{{\"n\":{number}}}");
        store.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("m"), &body).unwrap();
    }
    drop(store);
    let raw = Connection::open(&path).unwrap();
    for change in [
        "UPDATE ledger SET body = '{}'",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 1",
    ] {
        assert!(raw.execute_batch(change).is_err(), "{change}");
    }
    for (change, undo) in [
        ("UPDATE ledger SET body = '{}' WHERE seq = 2", "UPDATE ledger SET body = '{\"n\":1}' WHERE seq = 2"),
        ("UPDATE ledger SET model = 'M' WHERE seq = 2", "UPDATE ledger SET model = 'm' WHERE seq = 2"),
        ("DELETE FROM ledger WHERE seq = 1", ""),
    ] {
        behind_its_back(&raw, |raw| raw.execute_batch(change).unwrap());
        let error = verify(&*at(&path)).unwrap_err();
        assert_eq!(error.code, Code::Store);
        assert_eq!(error.at.unwrap().raw(), "ledger entry 2", "{change}");
        behind_its_back(&raw, |raw| raw.execute_batch(undo).unwrap());
    }
}

#[test]
fn an_entry_that_cannot_be_read_is_damage_and_never_absence() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    let (mut store, model) = (at(&path), ModelId::new("m"));
    for _ in 0..2 {
        store.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &model, "{}").unwrap();
    }
    let raw = Connection::open(&path).unwrap();
    // The same moment, but not as it was written: the chain would hash another text.
    for moment in ["1970-01-01T00:00:00.0Z", "1970-01-01T01:00:00+01:00", "yesterday"] {
        let change = "UPDATE ledger SET at = ?1 WHERE seq = 2";
        behind_its_back(&raw, |raw| {
            raw.execute(change, [moment]).unwrap();
        });
        let store = at(&path);
        let codes = [
            store.entry(2).unwrap_err().code,
            store.entries(0).unwrap_err().code,
            store.latest(&RecordKind::Review, &mut |_| {}).unwrap_err().code,
            store.latest_of(&RecordKind::Review, &[&model]).unwrap_err().code,
            verify(&*store).unwrap_err().code,
        ];
        assert_eq!(codes, [Code::Store; 5], "{moment}");
        assert!(store.entry(1).unwrap().is_some() && store.entry(3).unwrap().is_none());
    }
}

#[test]
fn evidence_that_was_changed_is_not_handed_out_and_is_mended_by_keeping_it_again() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    let mut store = at(&path);
    let (digest, other) = (store.keep(b"facts").unwrap(), store.keep(b"other facts").unwrap());
    let raw = Connection::open(&path).unwrap();
    let larger =
        format!("UPDATE evidence SET bytes = zeroblob({}) WHERE digest = ?1", LIMIT_EVIDENCE_BYTES + 1);
    for change in ["UPDATE evidence SET bytes = x'00' WHERE digest = ?1", &larger] {
        assert_eq!(raw.execute(change, [digest.0]).unwrap(), 1);
        let error = store.evidence(digest).unwrap_err();
        assert_eq!(error.code, Code::Store);
        assert!(error.at.unwrap().raw().contains(&digest.to_string()) && error.help.is_some());
        assert_eq!(store.evidence(other).unwrap().unwrap(), b"other facts");
        assert_eq!(store.keep(b"facts").unwrap(), digest);
        assert_eq!(store.evidence(digest).unwrap().unwrap(), b"facts");
    }
    let count: i64 = raw.query_row("SELECT count(*) FROM evidence", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
    assert_eq!(EvidenceDigest::of(b"facts").unwrap(), digest);
}

#[test]
fn a_store_of_every_older_version_is_brought_to_this_one_with_its_ledger() {
    let bench = Bench::new();
    let whole = bench.path("whole.db");
    at(&whole).append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("m"), "{}").unwrap();
    let schema = ["0001", "0002", "0003", "0004", "0005"].map(|name| {
        fs::read_to_string(format!("{}/src/store/sqlite/{name}.sql", env!("CARGO_MANIFEST_DIR"))).unwrap()
    });
    for version in 1..=schema.len() {
        let path = bench.path(&format!("{version}.db"));
        let old = Connection::open(&path).unwrap();
        old.execute_batch(&schema[..version].concat()).unwrap();
        old.pragma_update(None, "application_id", 0x546d_726b).unwrap();
        old.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
        old.execute("ATTACH ?1 AS whole", [whole.to_str().unwrap()]).unwrap();
        old.execute_batch("INSERT INTO main.ledger SELECT * FROM whole.ledger").unwrap();
        drop(old);
        let mut store = at(&path);
        assert_eq!(verify(&*store).unwrap(), 1);
        let digest = store.keep(b"facts").unwrap();
        assert_eq!(store.evidence(digest).unwrap().unwrap(), b"facts");
    }
}

#[test]
fn entries_below_the_first_number_are_seen_and_called_a_change() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    at(&path).append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("m"), "{}").unwrap();
    let raw = Connection::open(&path).unwrap();
    for number in [0, -7] {
        behind_its_back(&raw, |raw| {
            raw.execute("UPDATE ledger SET seq = ?1", [number]).unwrap();
        });
        assert_eq!(verify(&*at(&path)).unwrap_err().code, Code::Store, "{number}");
    }
}

#[test]
fn a_copy_is_written_without_touching_the_file() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    at(&path).append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("m"), "{}").unwrap();
    let before = fs::read(&path).unwrap();
    let mut copy = store::open(Place::Copy(&path)).unwrap();
    copy.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("m"), "{}").unwrap();
    assert_eq!(verify(&*copy).unwrap(), 2);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(verify(&*at(&path)).unwrap(), 1);
    assert_eq!(store::open(Place::Copy(&bench.path("none.db"))).unwrap().end().unwrap().entries, 0);
    assert!(!bench.path("none.db").exists());
}
