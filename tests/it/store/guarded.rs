//! Stores that somebody prepared: a schema that is not ours, links, and statements without an end. None of them
//! answers for ours; an untouched store is opened as ever.

use super::{Bench, at, entries};
use crate::support::behind_its_back;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use touchmark::error::{Code, Error};
use touchmark::inventory::ModelId;
use touchmark::store::ledger::verify;
use touchmark::store::{self, Ledger, Place, RecordKind};

const ENDLESS: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS seq, \
                       'a' AS at, 'review' AS kind, 'm' AS model, '{}' AS body, 'p' AS previous, 'h' AS hash FROM c";

fn add(ledger: &mut dyn Ledger) -> touchmark::Result<()> {
    ledger.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("m"), "{}").map(drop)
}

/// A store with one record, closed, its log written back.
fn written(path: &Path) {
    add(&mut *at(path)).unwrap();
    let raw = Connection::open(path).unwrap();
    raw.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
}

fn refused(path: &Path) -> Error {
    let began = Instant::now();
    let error = store::open(Place::File(path)).err().unwrap();
    let copied = store::open(Place::Copy(path)).err().unwrap();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!((error.code, copied.code), (Code::Store, Code::Store), "{error} {copied}");
    assert_eq!(error.what, copied.what);
    error
}

#[test]
fn a_schema_that_is_not_ours_is_refused_and_the_object_is_named() {
    let endless = format!("DROP TABLE ledger; CREATE VIEW ledger AS {ENDLESS}");
    let cases = [
        (
            "CREATE TRIGGER tidy BEFORE INSERT ON ledger BEGIN SELECT RAISE(IGNORE); END",
            "the trigger `tidy`, which Touchmark did not make",
        ),
        (
            "DROP TRIGGER ledger_no_update; CREATE TRIGGER ledger_no_update AFTER INSERT ON ledger \
             BEGIN UPDATE ledger SET body = '{}'; END",
            "the trigger `ledger_no_update` in its schema is not the one",
        ),
        // One space more is another statement.
        (
            "DROP TRIGGER ledger_no_delete; CREATE TRIGGER ledger_no_delete  BEFORE DELETE ON ledger\n\
             BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
            "the trigger `ledger_no_delete` in its schema is not the one",
        ),
        ("DROP TRIGGER ledger_no_replace", "the trigger `ledger_no_replace` is missing"),
        ("DROP INDEX record_part", "the index `record_part` is missing"),
        ("CREATE VIEW v AS SELECT 1", "the view `v`"),
        ("CREATE INDEX i ON ledger (body)", "the index `i`"),
        ("CREATE TABLE extra (x)", "the table `extra`"),
        ("CREATE VIRTUAL TABLE found USING fts5(x)", "the table `found`"),
        ("ALTER TABLE evidence RENAME TO proof", "the table `proof`"),
        (
            "ALTER TABLE evidence ADD COLUMN more BLOB AS (digest)",
            "the table `evidence` in its schema is not the one",
        ),
        ("ANALYZE", "the table `sqlite_stat1`"),
        (&endless, "`ledger`"),
        ("CREATE VIEW \"\u{1b}[2Jv\" AS SELECT 1", "the view `"),
    ];
    let bench = Bench::new();
    for (number, (change, named)) in cases.into_iter().enumerate() {
        let path = bench.path(&format!("{number}.db"));
        written(&path);
        assert_eq!(entries(&*at(&path)).len(), 1);
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let error = refused(&path);
        assert!(error.what.contains(named), "{change}: {}", error.what);
        assert!(!error.what.contains('\u{1b}') && error.help.is_some() && error.at.is_some());
    }
}

#[test]
fn tables_that_share_their_pages_are_refused() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    written(&path);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = \
         (SELECT rootpage FROM sqlite_master WHERE name = 'record') WHERE name = 'finding'",
    )
    .unwrap();
    drop(raw);
    refused(&path);
}

#[test]
fn a_store_of_an_older_version_is_held_against_that_version_before_it_is_changed() {
    let bench = Bench::new();
    let path = bench.path("old.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../../src/store/sqlite/0001.sql")).unwrap();
    old.execute_batch("CREATE TRIGGER more AFTER INSERT ON ledger BEGIN SELECT 1; END").unwrap();
    old.pragma_update(None, "application_id", 0x546d_726b).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    drop(old);
    let before = fs::read(&path).unwrap();
    assert!(refused(&path).what.contains("the trigger `more`"));
    assert_eq!(fs::read(&path).unwrap(), before);
    // Of no version, and not empty.
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 0).unwrap();
    drop(raw);
    refused(&path);
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 1).unwrap();
    raw.execute_batch("DROP TRIGGER more").unwrap();
    drop(raw);
    add(&mut *at(&path)).unwrap();
}

#[test]
fn what_is_added_to_the_schema_of_an_open_store_stops_the_next_record() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    let mut store = at(&path);
    add(&mut *store).unwrap();
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TRIGGER t BEFORE INSERT ON ledger BEGIN SELECT RAISE(IGNORE); END").unwrap();
    for _ in 0..2 {
        let error = add(&mut *store).unwrap_err();
        assert!(error.code == Code::Store && error.what.contains("trigger `t`"), "{error}");
        assert_eq!(store.keep(b"facts").unwrap_err().code, Code::Store);
    }
    raw.execute_batch("DROP TRIGGER t").unwrap();
    add(&mut *store).unwrap();
    // A change to the schema that leaves it as it was is none.
    behind_its_back(&raw, |_| {});
    add(&mut *store).unwrap();
    assert_eq!(verify(&*store).unwrap(), 3);
}

#[test]
fn an_index_that_leaves_a_record_out_hides_nothing() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    written(&path);
    let raw = Connection::open(&path).unwrap();
    let (root, sql): (i64, String) = raw
        .query_row("SELECT rootpage, sql FROM sqlite_master WHERE name = 'ledger_latest'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let schema = |change: &str| {
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch(&format!("PRAGMA writable_schema = ON; {change}")).unwrap();
    };
    schema("DELETE FROM sqlite_master WHERE name = 'ledger_latest'");
    let hash = raw.query_row("SELECT hash FROM ledger", [], |row| row.get(0)).unwrap();
    let end = store::LedgerEnd { entries: 1, hash };
    let (time, model) = (jiff::Timestamp::UNIX_EPOCH, ModelId::new("m"));
    let entry = store::LedgerEntry::after(end, time, RecordKind::Review, &model, "{\"n\":2}").unwrap();
    drop(raw);
    let row =
        rusqlite::params![2, entry.at.to_string(), "review", "m", entry.body, entry.previous, entry.hash];
    Connection::open(&path)
        .unwrap()
        .execute("INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", row)
        .unwrap();
    schema(&format!(
        "INSERT INTO sqlite_master VALUES ('index', 'ledger_latest', 'ledger', {root}, '{}')",
        sql.replace('\'', "''")
    ));
    let store = at(&path);
    assert_eq!(verify(&*store).unwrap(), 2);
    let mut latest = Vec::new();
    store.latest(&RecordKind::Review, &mut |some| latest.extend(some)).unwrap();
    assert_eq!(latest, [entry]);
}

#[test]
fn a_large_ledger_is_far_from_the_bound_on_work() {
    let mut store = super::in_memory();
    let mut end = store::LedgerEnd::default();
    let mut chain = Vec::new();
    for number in 0..30_000 {
        let (at, model) = (jiff::Timestamp::UNIX_EPOCH, ModelId::new(&format!("m{}", number % 20_000)));
        let entry = store::LedgerEntry::after(end, at, RecordKind::Review, &model, "{}").unwrap();
        end = store::LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
        chain.push(entry);
    }
    store.take_over(&mut chain.chunks(1000).map(|some| Ok(some.to_vec()))).unwrap();
    let mut newest = 0;
    store.latest(&RecordKind::Review, &mut |some| newest += some.len()).unwrap();
    assert_eq!((newest, verify(&*store).unwrap()), (20_000, 30_000));
}

#[cfg(unix)]
#[test]
fn a_link_or_anything_but_a_file_is_refused_before_anything_is_made() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    let (path, elsewhere) = (bench.path("touchmark.db"), bench.path("elsewhere"));
    symlink(&elsewhere, &path).unwrap();
    refused(&path);
    assert!(!elsewhere.exists());
    fs::write(&elsewhere, "").unwrap();
    refused(&path);
    assert_eq!(fs::read(&elsewhere).unwrap(), b"");
    fs::remove_file(&elsewhere).unwrap();
    // Of ours, and still a link.
    written(&elsewhere);
    refused(&path);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&path);
    fs::remove_dir(&path).unwrap();
    fs::copy(&elsewhere, &path).unwrap();
    add(&mut *at(&path)).unwrap();
    for end in ["-wal", "-shm", "-journal"] {
        let beside = bench.path(&format!("touchmark.db{end}"));
        let _ = fs::remove_file(&beside);
        symlink(bench.path("victim"), &beside).unwrap();
        refused(&path);
        fs::remove_file(&beside).unwrap();
        assert!(!bench.path("victim").exists());
    }
    // SQLite would delete the file that such a journal names.
    let journal = bench.path("touchmark.db-journal");
    fs::write(&journal, [&[0; 64][..], b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"].concat()).unwrap();
    assert!(refused(&path).what.contains("journal"));
    fs::remove_file(&journal).unwrap();
    add(&mut *at(&path)).unwrap();
    // An empty file becomes a store, but not one that has another name, too.
    let (empty, other) = (bench.path("empty.db"), bench.path("other"));
    fs::write(&other, "").unwrap();
    fs::hard_link(&other, &empty).unwrap();
    refused(&empty);
    assert_eq!(fs::read(&other).unwrap(), b"");
    fs::remove_file(&other).unwrap();
    add(&mut *at(&empty)).unwrap();
}
