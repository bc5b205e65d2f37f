//! What a store promises. Every check runs over every backend; a new backend adds one line at the end.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs;
use touchmark::error::{Code, Error, Result};
use touchmark::inventory::{
    Finding, Model, ModelId, Part, Scan, Source, SourceKind, Stamp, Survey, Workspace, survey,
};
use touchmark::signing::{
    DigestKey, DigestLedger, FileState, HashAlgorithm, Progress, Remembered, sha256_hex,
};
use touchmark::store::ledger::{export, import, show, verify};
use touchmark::store::{
    CacheKey, EvidenceDigest, Imported, LIMIT_EVIDENCE_BYTES, Ledger, LedgerEnd, LedgerEntry, RecordKind,
    Sealed, Shared, Store, load_first, replace,
};

use super::memory::Memory;
use super::{Bench, all, at, entries, in_memory};

/// A store that nobody has written to yet.
struct Fresh(Box<dyn Fn() -> Option<Box<dyn Store>>>);

impl Fresh {
    fn open(&self) -> Box<dyn Store> {
        self.0().expect("a fresh store can be opened")
    }

    /// Another handle of the same store, where the backend has such.
    fn again(&self) -> Option<Box<dyn Store>> {
        self.0()
    }
}

fn time(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second).unwrap()
}

fn add(ledger: &mut dyn Ledger, kind: RecordKind, model: &str, body: &str) -> LedgerEntry {
    ledger.append(time(7), kind, &ModelId::new(model), body).unwrap()
}

/// A chain of that many entries, whose models repeat after seven.
fn chain(count: u64, body: &str) -> Vec<LedgerEntry> {
    let mut end = LedgerEnd::default();
    let mut next = |number: u64| {
        let model = ModelId::new(&format!("m{}", number % 7));
        let at = time(number.cast_signed());
        let entry = LedgerEntry::after(end.clone(), at, RecordKind::Review, &model, body).unwrap();
        end = LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
        entry
    };
    (0..count).map(&mut next).collect()
}

/// Takes entries over in chunks of 100.
fn take_over(ledger: &mut dyn Ledger, entries: &[LedgerEntry]) -> Result<Imported> {
    ledger.take_over(&mut entries.chunks(100).map(|some| Ok(some.to_vec())))
}

fn model(id: &str, name: &str) -> Model {
    Model::new(ModelId::new(id), name)
}

fn finding(code: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        model: None,
        source: "s".into(),
        place: "p".into(),
        message: "m".to_owned(),
    }
}

fn part(name: &str, models: &[Model], findings: &[&str]) -> Part {
    let findings = findings.iter().map(|code| finding(code)).collect();
    let scan = Some(Scan { models: models.to_vec(), findings });
    Part { name: name.to_owned(), stamp: Stamp::default(), scan }
}

fn unchanged(name: &str) -> Part {
    Part { name: name.to_owned(), stamp: Stamp::default(), scan: None }
}

fn surveyed(second: i64, parts: Vec<Part>) -> Survey {
    Survey { parts, at: time(second) }
}

fn names(store: &dyn Store) -> Vec<String> {
    all(store).0.iter().map(|model| format!("{} {}", model.id.raw(), model.name.raw())).collect()
}

fn codes(store: &dyn Store) -> Vec<String> {
    all(store).1.into_iter().map(|finding| finding.code).collect()
}

fn key(inode: u64, modified: i64) -> DigestKey {
    let file = FileState { device: u64::MAX, inode, size: 3, modified, changed: -5, address: None };
    DigestKey { file, algorithm: HashAlgorithm::Sha256, range: (0, 3) }
}

fn remembered(byte: u8) -> Remembered {
    Remembered { digest: vec![byte; 32], at: time(i64::from(byte)) }
}

fn sealed(byte: u8) -> Sealed {
    Sealed { remembered: remembered(byte), seal: [byte; 32] }
}

fn a_fresh_store_holds_nothing_and_that_is_no_error(fresh: &Fresh) {
    let store = fresh.open();
    assert_eq!(entries(&*store), []);
    assert_eq!(store.entries(9).unwrap(), []);
    assert_eq!(store.entry(1).unwrap(), None);
    assert_eq!(store.end().unwrap(), LedgerEnd { entries: 0, hash: "0".repeat(64) });
    assert_eq!(verify(&*store).unwrap(), 0);
    store.latest(&RecordKind::Review, &mut |some| assert_eq!(some, [])).unwrap();
    assert_eq!(store.latest_of(&RecordKind::Review, &[&ModelId::new("a")]).unwrap(), []);
    assert_eq!(all(&*store), (Vec::new(), Vec::new()));
    assert!(load_first(&*store, 100, 1).unwrap().is_none());
    assert!(store.stamps().unwrap().is_empty());
    assert_eq!(store.read_times(&["a.json".into()]).unwrap(), []);
    assert_eq!(store.evidence(EvidenceDigest::of(b"").unwrap()).unwrap(), None);
    assert_eq!(store.recall(&[key(1, 1)]).unwrap(), [None]);
}

fn entries_are_chained_in_the_order_of_appending_and_kept_to_the_byte(fresh: &Fresh) {
    let mut store = fresh.open();
    let bodies = ["{\"n\": 1}", "", " {}\r\n", "\u{1b}[2J\u{202e}é\u{0}\u{10ffff}\"\\", "not JSON"];
    let mut previous = "0".repeat(64);
    for (number, body) in (1..).zip(bodies) {
        let model = format!("models/{number}");
        let entry = add(&mut *store, RecordKind::Decision, &model, body);
        assert_eq!((entry.seq, entry.body.as_str(), &entry.previous), (number, body, &previous));
        // As documented, computed here.
        let body = serde_json::to_string(body).unwrap();
        let json = format!(
            r#"{{"seq":{number},"at":"1970-01-01T00:00:07Z","kind":"decision","model":"{model}","body":{body}}}"#
        );
        assert_eq!(entry.hash, sha256_hex(format!("{previous}\n{json}").as_bytes()));
        previous = entry.hash.clone();
        assert_eq!(store.entry(number).unwrap(), Some(entry));
        assert_eq!(store.end().unwrap(), LedgerEnd { entries: number, hash: previous.clone() });
    }
    let found = entries(&*store);
    assert!(found.iter().map(|entry| entry.seq).eq(1..=5));
    assert!(found.iter().map(|entry| entry.body.as_str()).eq(bodies));
    assert_eq!(verify(&*store).unwrap(), 5);
    assert_eq!(store.entry(0).unwrap(), None);
    assert_eq!(store.entry(6).unwrap(), None);
    assert_eq!(store.entry(u64::MAX).unwrap(), None);
}

fn a_long_ledger_is_read_in_chunks_that_have_a_limit(fresh: &Fresh) {
    let mut store = fresh.open();
    let chain = chain(2500, "{}");
    take_over(&mut *store, &chain).unwrap();
    let first = store.entries(0).unwrap();
    assert!(!first.is_empty() && first.len() < 2500, "{}", first.len());
    assert_eq!(first, chain[..first.len()]);
    assert_eq!(store.entries(1).unwrap(), first);
    assert_eq!(store.entries(2499).unwrap(), chain[2498..]);
    assert_eq!(store.entries(2501).unwrap(), []);
    assert_eq!(store.entries(u64::MAX).unwrap(), []);
    assert_eq!(entries(&*store), chain);
    assert_eq!(verify(&*store).unwrap(), 2500);
    let asked = ModelId::new("m3");
    let shown: Vec<LedgerEntry> = show(&*store, Some(&asked)).collect::<Result<_>>().unwrap();
    assert!(shown.iter().map(|entry| entry.seq).eq((4..=2500).step_by(7)));
    assert_eq!(show(&*store, None).count(), 2500);
    assert_eq!(show(&*store, Some(&ModelId::new("nobody"))).count(), 0);
}

fn a_chunk_of_large_entries_has_fewer_of_them(fresh: &Fresh) {
    let mut store = fresh.open();
    take_over(&mut *store, &chain(60, &"x".repeat(100_000))).unwrap();
    let first = store.entries(0).unwrap();
    assert!(first.len() < 60, "{} of 6 MB at once", first.len());
    add(&mut *store, RecordKind::Review, "m", &"x".repeat(20_000_000));
    assert_eq!(store.entries(61).unwrap().len(), 1, "at least one, however large");
    assert_eq!(verify(&*store).unwrap(), 61);
}

fn several_writers_append_one_after_the_other(fresh: &Fresh) {
    let mut handles = vec![fresh.open()];
    handles.extend(fresh.again());
    for number in 0..6 {
        let at = number % handles.len();
        add(&mut *handles[at], RecordKind::Review, "a", "{}");
    }
    let threads: Vec<_> = handles
        .into_iter()
        .map(|mut store| {
            std::thread::spawn(move || {
                for _ in 0..20 {
                    add(&mut *store, RecordKind::Decision, "b", "{}");
                }
                store
            })
        })
        .collect();
    let count = 6 + 20 * threads.len() as u64;
    let handles: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    for store in handles {
        assert_eq!(verify(&*store).unwrap(), count);
        assert!(entries(&*store).iter().map(|entry| entry.seq).eq(1..=count));
    }
}

fn a_shared_store_serves_threads_in_turn(fresh: &Fresh) {
    let shared = Shared::new(fresh.open());
    std::thread::scope(|scope| {
        for number in 0..4_u64 {
            let shared = &shared;
            scope.spawn(move || {
                for _ in 0..10 {
                    add(&mut **shared.lock(), RecordKind::Review, "a", "{}");
                }
                let digests = shared.digests(CacheKey::new([1; 32]));
                digests.remember(&[(key(number, 1), remembered(1))]);
            });
        }
    });
    assert_eq!(verify(&**shared.lock()).unwrap(), 40);
    let keys: Vec<DigestKey> = (0..5).map(|number| key(number, 1)).collect();
    let known = shared.digests(CacheKey::new([1; 32])).recall(&keys);
    assert_eq!(
        known,
        [Some(remembered(1)), Some(remembered(1)), Some(remembered(1)), Some(remembered(1)), None]
    );
}

fn records_that_belong_together_follow_each_other(fresh: &Fresh) {
    let mut store = fresh.open();
    let first = add(&mut *store, RecordKind::Decision, "z", "{}");
    let ids: Vec<ModelId> = (0..100).map(|number| ModelId::new(&format!("m{number}"))).collect();
    let records: Vec<(&ModelId, &str)> = ids.iter().map(|id| (id, "{\"n\":1}")).collect();
    let added = store.append_all(time(9), RecordKind::Review, &records).unwrap();
    assert_eq!(added.iter().map(|entry| &entry.model).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    assert_eq!((added[0].seq, &added[0].previous, added[99].seq), (2, &first.hash, 101));
    assert_eq!(store.append_all(time(9), RecordKind::Review, &[]).unwrap(), []);
    assert_eq!(verify(&*store).unwrap(), 101);
    assert_eq!(entries(&*store)[1..], added[..]);
}

fn what_was_written_is_there_for_the_next_handle(fresh: &Fresh) {
    let mut store = fresh.open();
    let entry = add(&mut *store, RecordKind::Review, "a", "{}");
    store.apply(&surveyed(1, vec![part("bom a", &[model("a", "A")], &["F-A"])])).unwrap();
    let digest = store.keep(b"facts").unwrap();
    store.remember(&[(key(1, 1), sealed(2))]).unwrap();
    let Some(other) = fresh.again() else { return };
    for store in [other, {
        drop(store);
        fresh.again().unwrap()
    }] {
        assert_eq!(entries(&*store), std::slice::from_ref(&entry));
        assert_eq!((names(&*store), codes(&*store)), (vec!["a A".to_owned()], vec!["F-A".to_owned()]));
        assert_eq!(store.evidence(digest).unwrap().unwrap(), b"facts");
        assert_eq!(store.recall(&[key(1, 1)]).unwrap(), [Some(sealed(2))]);
    }
}

fn the_newest_of_a_kind_is_known_for_each_model(fresh: &Fresh) {
    let mut store = fresh.open();
    let first = add(&mut *store, RecordKind::Decision, "b", "1");
    let second = add(&mut *store, RecordKind::Decision, "b", "2");
    let third = add(&mut *store, RecordKind::Decision, "a", "3");
    let fourth = add(&mut *store, RecordKind::Review, "a", "4");
    let mut latest = Vec::new();
    store.latest(&RecordKind::Decision, &mut |some| latest.extend(some)).unwrap();
    assert_eq!(latest, [third.clone(), second.clone()], "by the ids of the models");
    let (a, b, nobody) = (ModelId::new("a"), ModelId::new("b"), ModelId::new("nobody"));
    let newest = |kind: RecordKind, models: &[&ModelId]| store.latest_of(&kind, models).unwrap();
    assert_eq!(newest(RecordKind::Decision, &[&b, &nobody, &a]), [second.clone(), third.clone()]);
    assert_eq!(newest(RecordKind::Review, &[&b]), []);
    assert_eq!(newest(RecordKind::Verification, &[&a, &b]), []);
    assert_eq!(entries(&*store), [first, second, third, fourth]);
}

fn the_newest_of_many_models_come_some_at_a_time(fresh: &Fresh) {
    let mut store = fresh.open();
    let mut end = LedgerEnd::default();
    let mut chain = Vec::new();
    for number in 0..3000 {
        let id = ModelId::new(&format!("m{:04}", (number * 7) % 1500));
        let entry = LedgerEntry::after(end, time(1), RecordKind::Review, &id, "{}").unwrap();
        end = LedgerEnd { entries: entry.seq, hash: entry.hash.clone() };
        chain.push(entry);
    }
    take_over(&mut *store, &chain).unwrap();
    let (mut latest, mut largest) = (Vec::new(), 0);
    let mut take = |some: Vec<LedgerEntry>| {
        largest = largest.max(some.len());
        latest.extend(some);
    };
    store.latest(&RecordKind::Review, &mut take).unwrap();
    assert_eq!(latest.len(), 1500);
    assert!(largest < 1500, "{largest} at once");
    assert!(latest.is_sorted_by(|a, b| a.model.raw() < b.model.raw()));
    assert!(latest.iter().all(|entry| entry.seq > 1500), "the second of each");
}

fn a_ledger_is_taken_over_and_goes_on(fresh: &Fresh) {
    let mut store = fresh.open();
    let chain = chain(450, "{}");
    assert_eq!(take_over(&mut *store, &chain[..130]).unwrap(), Imported { entries: 130, added: 130 });
    assert_eq!(take_over(&mut *store, &chain).unwrap(), Imported { entries: 450, added: 320 });
    assert_eq!(take_over(&mut *store, &chain).unwrap(), Imported { entries: 450, added: 0 });
    assert_eq!(take_over(&mut *store, &chain[..7]).unwrap(), Imported { entries: 7, added: 0 });
    assert_eq!(take_over(&mut *store, &[]).unwrap(), Imported { entries: 0, added: 0 });
    assert_eq!(entries(&*store), chain);
    let next = add(&mut *store, RecordKind::Review, "a", "{}");
    assert_eq!((next.seq, &next.previous), (451, &chain[449].hash));
    assert_eq!(verify(&*store).unwrap(), 451);
}

fn a_ledger_that_parts_is_refused_whole(fresh: &Fresh) {
    let mut store = fresh.open();
    let theirs = chain(450, "{}");
    take_over(&mut *store, &theirs[..130]).unwrap();
    add(&mut *store, RecordKind::Review, "a", "mine");
    let before = entries(&*store);
    let error = take_over(&mut *store, &theirs).unwrap_err();
    assert_eq!(error.code, Code::Store);
    assert_eq!(error.at.unwrap().raw(), "ledger entry 131");
    assert_eq!(entries(&*store), before);
    assert_eq!(add(&mut *store, RecordKind::Review, "a", "{}").seq, 132);
}

fn what_stops_a_taking_over_half_way_leaves_the_ledger_as_it_was(fresh: &Fresh) {
    let mut store = fresh.open();
    let chain = chain(300, "{}");
    take_over(&mut *store, &chain[..50]).unwrap();
    let cut = || Err(Error::new(Code::Read, "cut off"));
    let mut coming = chain.chunks(100).map(|some| Ok(some.to_vec())).chain(std::iter::once_with(cut));
    assert_eq!(store.take_over(&mut coming).unwrap_err().code, Code::Read);
    assert_eq!(entries(&*store), chain[..50]);
    assert_eq!(take_over(&mut *store, &chain).unwrap().added, 250);
    assert_eq!(verify(&*store).unwrap(), 300);
}

fn an_exported_ledger_is_imported_as_it_was(fresh: &Fresh) {
    let mut store = fresh.open();
    take_over(&mut *store, &chain(2500, "{\"text\":\"\u{202e}\u{1b}\u{e9}\"}")).unwrap();
    let lines: Vec<String> = export(&*store).collect::<Result<_>>().unwrap();
    assert!(
        lines.len() == 2500 && lines.iter().all(|line| line.ends_with("}\n") && !line.contains('\u{1b}'))
    );
    let bench = Bench::new();
    let file = bench.path("ledger.jsonl");
    fs::write(&file, lines.concat()).unwrap();
    let mut other = Memory::default();
    assert_eq!(import(&mut other, &file).unwrap(), Imported { entries: 2500, added: 2500 });
    assert_eq!(entries(&other), entries(&*store));
    assert_eq!(import(&mut *store, &file).unwrap(), Imported { entries: 2500, added: 0 });
    // Cut off within the last line, well after the first chunk.
    let whole = lines.concat();
    fs::write(&file, &whole[..whole.len() - 20]).unwrap();
    let mut other = Memory::default();
    let error = import(&mut other, &file).unwrap_err();
    assert!(error.code == Code::Malformed && error.at.unwrap().raw().ends_with("line 2500"));
    assert_eq!(entries(&other), []);
}

fn a_kind_of_a_newer_version_is_kept_under_its_word(fresh: &Fresh) {
    let mut store = fresh.open();
    let incident = RecordKind::parse("incident").unwrap();
    let before = add(&mut *store, RecordKind::Review, "a", "{}");
    let entry = add(&mut *store, incident.clone(), "a", "{\"what\":1}");
    let after = add(&mut *store, RecordKind::Review, "b", "{}");
    assert_eq!((entry.kind.as_str(), &entry.kind), ("incident", &incident));
    assert_eq!(entries(&*store), [before.clone(), entry.clone(), after]);
    assert_eq!(verify(&*store).unwrap(), 3);
    let a = ModelId::new("a");
    assert_eq!(store.latest_of(&incident, &[&a]).unwrap(), [entry]);
    assert_eq!(store.latest_of(&RecordKind::Review, &[&a]).unwrap(), [before]);
}

fn an_inventory_is_loaded_as_its_parts_say_in_their_order(fresh: &Fresh) {
    let mut store = fresh.open();
    let one = part("bom 1", &[model("b", "One"), model("a", "One")], &["F-1", "F-2"]);
    let two = part("bom 2", &[model("a", "Two"), model("c", "Two")], &["F-3"]);
    let three = part("folder 3", &[], &["F-4"]);
    let parts = vec![two.clone(), one.clone(), three.clone()];
    assert!(store.apply(&surveyed(1, parts)).unwrap());
    assert_eq!(names(&*store), ["a Two", "b One", "c Two"], "the first part names a model");
    assert_eq!(codes(&*store), ["F-3", "F-1", "F-2", "F-4"]);

    let same = vec![unchanged("bom 2"), unchanged("bom 1"), unchanged("folder 3")];
    assert!(!store.apply(&surveyed(2, same)).unwrap(), "nothing changed");
    let turned = vec![unchanged("bom 1"), unchanged("bom 2"), unchanged("folder 3")];
    assert!(store.apply(&surveyed(2, turned)).unwrap());
    assert_eq!(names(&*store), ["a One", "b One", "c Two"]);
    assert_eq!(codes(&*store), ["F-1", "F-2", "F-3", "F-4"]);

    let again = part("bom 2", &[model("d", "Two")], &[]);
    assert!(store.apply(&surveyed(3, vec![unchanged("bom 1"), again])).unwrap());
    assert_eq!(names(&*store), ["a One", "b One", "d Two"], "read anew, and the third is gone");
    assert_eq!(codes(&*store), ["F-1", "F-2"]);
    let times: Vec<String> = store
        .read_times(&["2".into(), "nowhere".into(), "1".into(), "3".into()])
        .unwrap()
        .into_iter()
        .map(|(source, at)| format!("{} {at}", source.raw()))
        .collect();
    assert_eq!(times, ["2 1970-01-01T00:00:03Z", "1 1970-01-01T00:00:01Z"]);
}

fn a_survey_of_a_part_that_is_gone_is_refused_and_changes_nothing(fresh: &Fresh) {
    let mut store = fresh.open();
    store.apply(&surveyed(1, vec![part("bom 1", &[model("a", "A")], &["F-1"])])).unwrap();
    let parts = vec![part("bom 1", &[model("b", "B")], &[]), part("bom 2", &[], &[]), unchanged("bom 3")];
    assert_eq!(store.apply(&surveyed(2, parts)).unwrap_err().code, Code::Changed);
    assert_eq!((names(&*store), codes(&*store)), (vec!["a A".to_owned()], vec!["F-1".to_owned()]));
    assert_eq!(store.stamps().unwrap().len(), 1);
}

fn stamps_let_a_survey_read_only_what_changed(fresh: &Fresh) {
    let bench = Bench::new();
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"machine-learning-model","name":"a"}]}"#;
    fs::write(bench.path("one.json"), text).unwrap();
    let sources = "[[source]]\nkind = \"bom\"\npath = \"one.json\"\n";
    let config = format!("schema = \"workspace/0.1\"\nname = \"test\"\n{sources}");
    fs::write(bench.path("touchmark.toml"), config).unwrap();
    let workspace = Workspace::find(Some(bench.0.path())).unwrap();
    assert_eq!(workspace.sources, [Source { kind: SourceKind::Bom, path: "one.json".into(), prefix: None }]);
    // What changed a moment ago gets no stamp.
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    fs::File::options().write(true).open(bench.path("one.json")).unwrap().set_modified(long_ago).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(3100));
    let look = |known: &HashMap<String, Stamp>| survey(&workspace, known, &Progress::default()).unwrap();
    let mut store = fresh.open();
    store.apply(&look(&HashMap::new())).unwrap();
    let stamps = store.stamps().unwrap();
    assert!(stamps.len() == 1 && stamps.values().all(|stamp| !stamp.is_empty()));
    let again = look(&stamps);
    assert_eq!(again.read(), 0);
    assert!(!store.apply(&again).unwrap());
    assert_eq!(names(&*store), ["a a"]);
}

fn ten_thousand_models_are_loaded_again(fresh: &Fresh) {
    let models: Vec<Model> = (0..10_000).map(|n| model(&format!("owner/model-{n:05}"), "x")).collect();
    let scan = Scan { models, findings: Vec::new() };
    let mut store = fresh.open();
    replace(&mut *store, &scan).unwrap();
    let (all, _) = all(&*store);
    assert_eq!(all, scan.models);
    let first = load_first(&*store, 100, 10_000).unwrap().unwrap();
    assert_eq!(first, all[..99], "the last one may be told of by further records");
    assert!(load_first(&*store, 100, 10_001).unwrap().is_none());
}

fn replacing_the_inventory_keeps_everything_else(fresh: &Fresh) {
    let mut store = fresh.open();
    add(&mut *store, RecordKind::Review, "a", "{}");
    let digest = store.keep(b"facts").unwrap();
    store.remember(&[(key(1, 1), sealed(1))]).unwrap();
    replace(&mut *store, &Scan { models: vec![model("a", "A")], findings: vec![finding("F-1")] }).unwrap();
    assert_eq!(names(&*store), ["a A"]);
    replace(&mut *store, &Scan::default()).unwrap();
    assert_eq!(all(&*store), (Vec::new(), Vec::new()));
    assert_eq!(verify(&*store).unwrap(), 1);
    assert!(store.evidence(digest).unwrap().is_some());
    assert!(store.recall(&[key(1, 1)]).unwrap()[0].is_some());
}

fn evidence_is_kept_once_under_its_digest(fresh: &Fresh) {
    let mut store = fresh.open();
    let all: Vec<u8> = (0..=255).collect();
    for bytes in [&b""[..], b"facts", &all, &vec![0xff; 3_000_000]] {
        let digest = store.keep(bytes).unwrap();
        assert_eq!(digest.to_string(), sha256_hex(bytes));
        assert_eq!(digest.to_string().parse::<EvidenceDigest>().unwrap(), digest);
        assert_eq!(store.keep(bytes).unwrap(), digest);
        assert_eq!(store.evidence(digest).unwrap().unwrap(), bytes);
    }
    assert_eq!(store.evidence(EvidenceDigest([7; 32])).unwrap(), None);
    assert_eq!("AB".repeat(32).parse::<EvidenceDigest>().unwrap_err().code, Code::Malformed);
}

fn a_record_and_its_evidence_are_kept_together_or_not_at_all(fresh: &Fresh) {
    let mut store = fresh.open();
    let model = ModelId::new("acme/bot");
    let at = "2026-11-26T09:00:00Z".parse().unwrap();
    let digest = EvidenceDigest::of(b"facts").unwrap();
    let entry = store
        .append_with(at, RecordKind::Verification, &model, "{}", &[b"facts", b"facts", b"more"])
        .unwrap();
    assert_eq!((entry.seq, entry.body.as_str()), (1, "{}"));
    assert_eq!(store.evidence(digest).unwrap().unwrap(), b"facts");
    let too_large = vec![0; LIMIT_EVIDENCE_BYTES + 1];
    let refused = store.append_with(at, RecordKind::Verification, &model, "{}", &[b"other", &too_large]);
    assert_eq!(refused.unwrap_err().code, Code::TooLarge);
    assert_eq!(store.evidence(EvidenceDigest::of(b"other").unwrap()).unwrap(), None);
    assert_eq!(store.end().unwrap().entries, 1);
}

fn evidence_has_a_limit(fresh: &Fresh) {
    let mut store = fresh.open();
    let mut bytes = vec![0; LIMIT_EVIDENCE_BYTES + 1];
    assert_eq!(store.keep(&bytes).unwrap_err().code, Code::TooLarge);
    bytes.pop();
    let digest = store.keep(&bytes).unwrap();
    assert_eq!(store.evidence(digest).unwrap().unwrap(), bytes);
}

fn digests_are_remembered_of_a_file_in_its_state(fresh: &Fresh) {
    let mut store = fresh.open();
    let other_range = DigestKey { range: (1, 3), ..key(1, 1) };
    let other_algorithm = DigestKey { algorithm: HashAlgorithm::Blake3, ..key(1, 1) };
    let mut named = key(1, 1);
    named.file.address = Some("blob".to_owned());
    store.remember(&[(key(1, 1), sealed(1)), (other_range.clone(), sealed(2))]).unwrap();
    store.remember(&[]).unwrap();
    // Each part of a file's state counts by itself.
    let changes: [fn(&mut DigestKey); 5] = [
        |key| key.file.device ^= 1,
        |key| key.file.inode ^= 1 << 40,
        |key| key.file.size ^= 1,
        |key| key.file.modified ^= 1,
        |key| key.file.changed ^= 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut other = key(1, 1);
        change(&mut other);
        assert_eq!(store.recall(&[other]).unwrap(), [None], "change {number}");
    }
    let asked = [key(2, 1), other_range, key(1, 2), key(1, 1), other_algorithm, named];
    let known = [None, Some(sealed(2)), None, Some(sealed(1)), None, None];
    assert_eq!(store.recall(&asked).unwrap(), known, "in the order of the keys");
    assert_eq!(store.recall(&[]).unwrap(), []);
    store.remember(&[(key(1, 2), sealed(3))]).unwrap();
    assert_eq!(store.recall(&[key(1, 2)]).unwrap(), [Some(sealed(3))]);
    let short = Sealed { remembered: Remembered { digest: vec![1; 31], at: time(1) }, ..sealed(1) };
    store.remember(&[(key(1, 2), short)]).unwrap();
    assert_eq!(store.recall(&[key(1, 2)]).unwrap(), [None], "no digest of this algorithm");
}

fn sqlite_file() -> Fresh {
    let bench = Bench::new();
    Fresh(Box::new(move || Some(at(&bench.path("touchmark.db")))))
}

fn sqlite_memory() -> Fresh {
    let is_open = Cell::new(false);
    Fresh(Box::new(move || (!is_open.replace(true)).then(in_memory)))
}

fn plain_memory() -> Fresh {
    let memory = Memory::default();
    Fresh(Box::new(move || Some(Box::new(memory.clone()))))
}

#[cfg(feature = "fleet")]
fn postgres_server() -> Fresh {
    let Some(server) = crate::server::shared() else { return plain_memory() };
    let (bench, url) = (Bench::new(), server.fresh());
    Fresh(Box::new(move || {
        let place = touchmark::store::Place::Server { url: &url, here: &bench.path("here.db") };
        Some(touchmark::store::open(place).unwrap())
    }))
}

macro_rules! contract {
    ($($backend:ident($fresh:ident))*) => {
        $(mod $backend {
            contract!(@ $fresh
                a_fresh_store_holds_nothing_and_that_is_no_error
                entries_are_chained_in_the_order_of_appending_and_kept_to_the_byte
                a_long_ledger_is_read_in_chunks_that_have_a_limit
                a_chunk_of_large_entries_has_fewer_of_them
                several_writers_append_one_after_the_other
                a_shared_store_serves_threads_in_turn
                records_that_belong_together_follow_each_other
                what_was_written_is_there_for_the_next_handle
                the_newest_of_a_kind_is_known_for_each_model
                the_newest_of_many_models_come_some_at_a_time
                a_ledger_is_taken_over_and_goes_on
                a_ledger_that_parts_is_refused_whole
                what_stops_a_taking_over_half_way_leaves_the_ledger_as_it_was
                an_exported_ledger_is_imported_as_it_was
                a_kind_of_a_newer_version_is_kept_under_its_word
                an_inventory_is_loaded_as_its_parts_say_in_their_order
                a_survey_of_a_part_that_is_gone_is_refused_and_changes_nothing
                stamps_let_a_survey_read_only_what_changed
                ten_thousand_models_are_loaded_again
                replacing_the_inventory_keeps_everything_else
                evidence_is_kept_once_under_its_digest
                a_record_and_its_evidence_are_kept_together_or_not_at_all
                evidence_has_a_limit
                digests_are_remembered_of_a_file_in_its_state
            );
        })*
    };
    (@ $fresh:ident $($check:ident)*) => {
        $(#[test]
        fn $check() {
            super::$check(&super::$fresh());
        })*
    };
}

contract! {
    sqlite_in_a_file(sqlite_file)
    sqlite_in_memory(sqlite_memory)
    in_memory_without_sql(plain_memory)
}

#[cfg(feature = "fleet")]
contract! {
    on_a_server(postgres_server)
}
