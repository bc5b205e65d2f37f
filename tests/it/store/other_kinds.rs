//! Records of kinds that this version does not know, as a newer one writes them; and that what streams is printed as
//! if it had been made whole.

use crate::support::{copy_of_samples, err, out, touchmark};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use touchmark::Code;
use touchmark::inventory::ModelId;
use touchmark::report;
use touchmark::signing::sha256_hex;
use touchmark::store::ledger::{import, verify};
use touchmark::store::{LedgerEntry, RecordKind};
use touchmark::text::screen;

use super::{Bench, at, entries, in_memory};

/// A ledger with the kinds given, as JSON Lines; its chain is computed here and not by the program.
fn lines(kinds: &[&str]) -> Vec<String> {
    let mut previous = "0".repeat(64);
    let mut lines = Vec::new();
    for (seq, kind) in (1..).zip(kinds) {
        let body = format!("{{\"n\":{seq}}}");
        let text = serde_json::to_string(&body).unwrap();
        let hashed = format!(
            r#""seq":{seq},"at":"1970-01-01T00:00:0{seq}Z","kind":"{kind}","model":"acme/claims-sorter","body":{text}"#
        );
        let hash = sha256_hex(format!("{previous}\n{{{hashed}}}").as_bytes());
        lines.push(format!(r#"{{{hashed},"previous":"{previous}","hash":"{hash}"}}"#));
        previous = hash;
    }
    lines
}

const KINDS: [&str; 4] = ["review", "incident", "decision", "x-2-very-long-word-of-32-letters"];

fn written(bench: &Bench, lines: &[String]) -> PathBuf {
    let file = bench.path("ledger.jsonl");
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    file
}

fn ledger(root: &Path, words: &[&str]) -> std::process::Output {
    touchmark([&["ledger"], words, &["--workspace", root.to_str().unwrap()]].concat())
}

#[test]
fn a_ledger_with_an_unknown_kind_is_imported_verified_shown_and_exported() {
    let (bench, lines) = (Bench::new(), lines(&KINDS));
    let file = written(&bench, &lines);
    let (one, two) = (copy_of_samples(), copy_of_samples());
    for dir in [&one, &two] {
        let done = ledger(dir.path(), &["import", file.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let done = ledger(dir.path(), &["verify"]);
        assert!(done.status.success() && out(&done).contains("4 records"), "{}{}", out(&done), err(&done));
        let shown = out(&ledger(dir.path(), &["show"]));
        let columns: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
        assert!(columns.iter().map(|columns| columns[2]).eq(KINDS), "{shown}");
        assert_eq!(columns[1][..4], ["2", "1970-01-01T00:00:02Z", "incident", "acme/claims-sorter"]);
        let shown: Value =
            serde_json::from_str(&out(&ledger(dir.path(), &["show", "--format", "json"]))).unwrap();
        assert_eq!(shown["records"][1], serde_json::from_str::<Value>(&lines[1]).unwrap());
        let exported = out(&ledger(dir.path(), &["export"]));
        assert_eq!(exported, lines.join("\n") + "\n");
        // The next workspace imports what this one exported.
        fs::write(&file, exported).unwrap();
    }
}

#[test]
fn an_unknown_kind_as_a_row_leaves_its_neighbours_as_they_were() {
    let bench = Bench::new();
    let path = bench.path("touchmark.db");
    let mut store = at(&path);
    let model = ModelId::new("acme/claims-sorter");
    let lines = lines(&KINDS);
    let row: LedgerEntry = serde_json::from_str(&lines[1]).unwrap();
    import(&mut *store, &written(&bench, &lines[..1])).unwrap();
    let review = store.latest_of(&RecordKind::Review, &[&model]).unwrap();
    let raw = Connection::open(&path).unwrap();
    let values = ["incident", row.model.raw(), &row.body, &row.previous, &row.hash];
    let sql = "INSERT INTO ledger VALUES (2, '1970-01-01T00:00:02Z', ?1, ?2, ?3, ?4, ?5)";
    raw.execute(sql, values).unwrap();
    assert_eq!(verify(&*store).unwrap(), 2);
    assert_eq!(entries(&*store)[1], row);
    assert_eq!(entries(&*store)[1].kind.as_str(), "incident");
    assert_eq!(store.latest_of(&RecordKind::Review, &[&model]).unwrap(), review);
    assert_eq!(store.latest_of(&row.kind, &[&model]).unwrap(), [row]);
    let next = store.append(jiff::Timestamp::UNIX_EPOCH, RecordKind::Review, &model, "{}").unwrap();
    assert_eq!((next.seq, verify(&*store).unwrap()), (3, 3));
}

#[test]
fn a_changed_byte_in_an_entry_of_an_unknown_kind_breaks_the_chain() {
    let (bench, lines) = (Bench::new(), lines(&KINDS));
    let path = bench.path("touchmark.db");
    let mut store = at(&path);
    import(&mut *store, &written(&bench, &lines)).unwrap();
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("DROP TRIGGER ledger_no_update").unwrap();
    for (column, from, to) in
        [("kind", "incident", "incidens"), ("kind", "incident", "review"), ("body", "{\"n\":2}", "{\"n\":3}")]
    {
        let change = format!("UPDATE ledger SET {column} = ?1 WHERE seq = 2");
        raw.execute(&change, [to]).unwrap();
        let error = verify(&*store).unwrap_err();
        assert_eq!(error.code, Code::Store);
        assert_eq!(error.at.unwrap().raw(), "ledger entry 2");
        raw.execute(&change, [from]).unwrap();
        assert_eq!(verify(&*store).unwrap(), 4);
    }
    let mut changed = lines.clone();
    changed[1] = changed[1].replace("incident", "incidens");
    let error = import(&mut *in_memory(), &written(&bench, &changed)).unwrap_err();
    assert_eq!(error.code, Code::Malformed);
    assert!(error.at.unwrap().raw().ends_with("line 2"));
}

#[test]
fn a_word_that_no_version_writes_is_a_damaged_entry_and_reaches_no_screen() {
    let long = "a".repeat(33);
    for word in ["", "Incident", "incident report", "in_cident", "ıncident", "\u{1b}[2J", long.as_str()] {
        assert_eq!(RecordKind::parse(word), None, "{word:?}");
        let dir = copy_of_samples();
        // It makes the store; there is nothing in it that could be whole.
        assert_eq!(ledger(dir.path(), &["verify"]).status.code(), Some(3));
        let bench = Bench::new();
        let text = lines(&["review", "KIND"])[1].replace("\"KIND\"", &json!(word).to_string());
        let file = written(&bench, &[lines(&["review"])[0].clone(), text]);
        let done = ledger(dir.path(), &["import", file.to_str().unwrap()]);
        assert!(err(&done).contains("E-MALFORMED") && err(&done).contains("line 2"), "{}", err(&done));
        let raw = Connection::open(dir.path().join("touchmark.db")).unwrap();
        let sql = "INSERT INTO ledger VALUES (1, '1970-01-01T00:00:01Z', ?1, 'm', '{}', '', '')";
        raw.execute(sql, [word]).unwrap();
        drop(raw);
        for command in ["verify", "show", "export"] {
            let done = ledger(dir.path(), &[command]);
            assert_eq!(done.status.code(), Some(4), "{command} {}", err(&done));
            assert!(err(&done).contains("E-STORE") && !err(&done).contains('\u{1b}'), "{}", err(&done));
            assert_eq!(out(&done), "", "nothing of a ledger that cannot be read");
        }
    }
}

#[test]
fn what_streams_is_printed_as_if_it_had_been_made_whole() {
    let dir = copy_of_samples();
    let whole = |words: &[&str]| out(&ledger(dir.path(), words));
    let compare = || {
        let all = entries(&*at(&dir.path().join("touchmark.db")));
        let mine: Vec<&LedgerEntry> =
            all.iter().filter(|entry| entry.model.raw() == "b\u{1b}/model").collect();
        let row = |entry: &LedgerEntry| {
            let hash = entry.hash[..12].to_owned();
            let kind = entry.kind.as_str().to_owned();
            vec![entry.seq.to_string(), entry.at.to_string(), kind, screen(entry.model.raw()), hash]
        };
        let rows: Vec<report::Row> = all.iter().map(row).collect();
        assert_eq!(whole(&["show"]), report::table(&rows));
        let rows: Vec<report::Row> = mine.iter().map(|entry| row(entry)).collect();
        assert_eq!(whole(&["show", "b\u{1b}/model"]), report::table(&rows));
        let pretty = |value: Value| touchmark::json::to_string(&value).unwrap() + "\n";
        let document = |records: Value| pretty(json!({ "schema": "touchmark.ledger/1", "records": records }));
        assert_eq!(whole(&["show", "--format", "json"]), document(json!(all)));
        assert_eq!(whole(&["show", "b\u{1b}/model", "--format", "json"]), document(json!(mine)));
        assert_eq!(whole(&["show", "--quiet"]), "");
        let lines: String = all.iter().map(|entry| touchmark::json::to_line(entry).unwrap() + "\n").collect();
        assert_eq!(whole(&["export"]), lines);
        let document = pretty(json!({ "schema": "touchmark.ledger-export/1", "lines": lines }));
        assert_eq!(whole(&["export", "--format", "json"]), document);
        all.len()
    };
    whole(&["verify"]);
    assert_eq!(compare(), 0);
    let mut store = at(&dir.path().join("touchmark.db"));
    // More than a chunk of entries, and of bytes.
    let body = format!("{{\"text\":\"\u{1b}[2J\u{202e}\\u00e9 é\\\\\",\"long\":\"{}\"}}", "x".repeat(20_000));
    let mut add = |body: &str, kind: &str, model: &str| {
        let kind = RecordKind::parse(kind).unwrap();
        store.append(jiff::Timestamp::UNIX_EPOCH, kind, &ModelId::new(model), body).unwrap();
    };
    add("{}", "review", "a");
    assert_eq!(compare(), 1);
    for number in 0..120 {
        add(&body, "incident", if number % 40 == 0 { "B\u{1b}/model" } else { "a/quite-long-name" });
    }
    assert_eq!(compare(), 121);
}
