//! The store and the ledger.

use super::*;
use rusqlite::Connection;
use touchmark::inventory::ModelId;
use touchmark::store::RecordKind;

#[test]
fn a_file_that_is_no_store_is_refused_and_unchanged() {
    let bench = Bench::new();
    let foreign = bench.path("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    bench.write(
        "text.db",
        "this is my diary, and long enough to be mistaken for a header of a hundred bytes ".repeat(3),
    );
    for path in [foreign, bench.path("text.db")] {
        let before = fs::read(&path).unwrap();
        let error = Store::open(&path).err().unwrap();
        assert_eq!(error.code, Code::Store);
        assert!(error.what.contains("not a Touchmark store") && error.help.is_some());
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_store_of_a_newer_version_is_refused_as_newer() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(Store::open(&path).err().unwrap().code, Code::Newer);
}

#[test]
fn a_damaged_store_is_an_error_and_not_a_panic() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    drop(Store::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(5000);
    bytes[100..5000].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let outcome = Store::open(&path).and_then(|store| store.load());
    assert_eq!(outcome.unwrap_err().code, Code::Store);
}

#[test]
fn replacing_the_inventory_keeps_the_ledger() {
    let bench = Bench::new();
    bench.write("models/a/model.sig", "");
    let path = bench.path("touchmark.db");
    let mut store = Store::open(&path).unwrap();
    store.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &ModelId::new("a"), "{}").unwrap();
    store.replace(&bench.scan()).unwrap();
    store.replace(&Scan::default()).unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.load().unwrap().0, []);
    assert_eq!(store.verify_ledger().unwrap(), 1);
}

#[test]
fn the_ledger_chains_its_entries_and_knows_the_newest_of_each_model() {
    let mut store = Store::in_memory().unwrap();
    let mut add = |second: i64, kind, model: &str, body: &str| {
        let at = jiff::Timestamp::from_second(second).unwrap();
        store.append(at, kind, &ModelId::new(model), body).unwrap()
    };
    let first = add(1, RecordKind::Decision, "b", "{\"n\": 1}");
    let second = add(2, RecordKind::Decision, "b", "{}");
    let third = add(3, RecordKind::Decision, "a", "{}");
    let fourth = add(4, RecordKind::Review, "a", "{}");
    assert_eq!((first.seq, first.previous.as_str()), (1, "0".repeat(64).as_str()));
    assert_eq!(second.previous, first.hash);
    assert_eq!(first.hash.len(), 64);
    assert_eq!(store.verify_ledger().unwrap(), 4);
    let mut latest = Vec::new();
    store.latest(RecordKind::Decision, |some| latest.extend(some)).unwrap();
    assert_eq!(latest, [third.clone(), second.clone()]);
    let asked = [Model::new(second.model.clone(), "x"), Model::new(ModelId::new("nobody"), "x")];
    assert_eq!(store.latest_of(RecordKind::Decision, &asked).unwrap(), std::slice::from_ref(&second));
    assert_eq!(store.latest_of(RecordKind::Review, &asked).unwrap(), []);
    assert_eq!(store.ledger().unwrap(), [first, second, third, fourth]);
}

#[test]
fn the_ledger_refuses_changes_and_shows_those_made_behind_its_back() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    let mut store = Store::open(&path).unwrap();
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
    raw.execute_batch("DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete").unwrap();
    for (change, undo) in [
        ("UPDATE ledger SET body = '{}' WHERE seq = 2", "UPDATE ledger SET body = '{\"n\":1}' WHERE seq = 2"),
        ("UPDATE ledger SET model = 'M' WHERE seq = 2", "UPDATE ledger SET model = 'm' WHERE seq = 2"),
        ("DELETE FROM ledger WHERE seq = 1", ""),
    ] {
        raw.execute_batch(change).unwrap();
        let error = Store::open(&path).unwrap().verify_ledger().unwrap_err();
        assert_eq!(error.code, Code::Store);
        assert_eq!(error.at.unwrap().raw(), "ledger entry 2", "{change}");
        raw.execute_batch(undo).unwrap();
    }
}

#[test]
fn ten_thousand_models_are_loaded_again() {
    let mut scan = Scan::default();
    for index in 0..10_000 {
        scan.models.push(Model::new(ModelId::new(&format!("owner/model-{index:05}")), "x"));
    }
    let mut store = Store::in_memory().unwrap();
    store.replace(&scan).unwrap();
    let start = std::time::Instant::now();
    let (all, _) = store.load().unwrap();
    eprintln!("10,000 models in {:?}", start.elapsed());
    assert_eq!(all, scan.models);
    let first = store.load_first(100, 10_000).unwrap().unwrap();
    assert_eq!(first, all[..99], "the last one may be told of by further records");
    assert!(store.load_first(100, 10_001).unwrap().is_none());
    assert!(Store::in_memory().unwrap().load_first(100, 1).unwrap().is_none());
}
