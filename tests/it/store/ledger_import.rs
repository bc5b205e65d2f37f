//! Ledgers that come in from elsewhere: whole, a continuation of what is here, or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use touchmark::Code;
use touchmark::inventory::ModelId;
use touchmark::store::ledger::{import, verify};
use touchmark::store::{Imported, RecordKind, Store};

use super::{at as opened, entries};

use crate::support::{copy_of_samples, err, out, touchmark};

struct Desk {
    folder: tempfile::TempDir,
    /// A whole ledger, a line an entry.
    lines: Vec<String>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = opened(&folder.path().join("from.db"));
        let mut lines = Vec::new();
        for number in 1..=5 {
            let at = jiff::Timestamp::from_second(number).unwrap();
            let body = format!("{{\"n\":{number},\"text\":\"\\u001b[2J é\u{202e}\"}}");
            let entry = store.append(at, RecordKind::Review, &ModelId::new("A/Model"), &body).unwrap();
            lines.push(touchmark::json::to_line(&entry).unwrap());
        }
        Desk { folder, lines }
    }

    fn file(&self, lines: &[String]) -> PathBuf {
        let path = self.folder.path().join("ledger.jsonl");
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        path
    }

    fn store(&self, name: &str) -> Box<dyn Store> {
        opened(&self.folder.path().join(name))
    }
}

#[test]
fn an_empty_ledger_takes_all_and_a_second_import_changes_nothing() {
    let desk = Desk::new();
    let mut store = desk.store("to.db");
    let file = desk.file(&desk.lines);
    assert_eq!(import(&mut *store, &file).unwrap(), Imported { entries: 5, added: 5 });
    assert_eq!(verify(&*store).unwrap(), 5);
    assert_eq!(entries(&*store), entries(&*desk.store("from.db")));
    assert_eq!(import(&mut *store, &file).unwrap(), Imported { entries: 5, added: 0 });
    assert_eq!(import(&mut *store, &desk.file(&desk.lines[..2])).unwrap(), Imported { entries: 2, added: 0 });
    assert_eq!(verify(&*store).unwrap(), 5);
}

#[test]
fn blank_lines_are_left_out_and_end_nothing() {
    let desk = Desk::new();
    let mut store = desk.store("to.db");
    let mut lines = desk.lines.clone();
    lines.insert(0, String::new());
    lines.insert(3, " \r".to_owned());
    assert_eq!(import(&mut *store, &desk.file(&lines)).unwrap(), Imported { entries: 5, added: 5 });
    lines[6].truncate(60);
    let error = import(&mut *store, &desk.file(&lines)).unwrap_err();
    assert!(error.at.unwrap().raw().ends_with("line 7"), "blank lines count");
}

#[test]
fn a_ledger_that_the_file_begins_with_takes_the_rest_and_goes_on() {
    let desk = Desk::new();
    let mut store = desk.store("to.db");
    import(&mut *store, &desk.file(&desk.lines[..3])).unwrap();
    assert_eq!(import(&mut *store, &desk.file(&desk.lines)).unwrap(), Imported { entries: 5, added: 2 });
    let at = jiff::Timestamp::from_second(9).unwrap();
    assert_eq!(store.append(at, RecordKind::Review, &ModelId::new("b"), "{}").unwrap().seq, 6);
    assert_eq!(verify(&*store).unwrap(), 6);
    // Longer than the file, and the same as far as it goes.
    assert_eq!(import(&mut *store, &desk.file(&desk.lines)).unwrap().added, 0);
}

#[test]
fn another_ledger_is_refused_with_the_entry_where_they_part() {
    let desk = Desk::new();
    let mut store = desk.store("to.db");
    import(&mut *store, &desk.file(&desk.lines[..3])).unwrap();
    let at = jiff::Timestamp::from_second(9).unwrap();
    store.append(at, RecordKind::Review, &ModelId::new("b"), "{}").unwrap();
    let before = entries(&*store);
    let error = import(&mut *store, &desk.file(&desk.lines)).unwrap_err();
    assert_eq!(error.code, Code::Store);
    assert_eq!(error.at.unwrap().raw(), "ledger entry 4");
    assert_eq!(entries(&*store), before);
}

#[test]
fn a_file_that_is_no_whole_ledger_is_refused_with_its_line_and_changes_nothing() {
    let desk = Desk::new();
    let change = |line: usize, from: &str, to: &str| {
        let mut lines = desk.lines.clone();
        assert!(lines[line].contains(from), "{from} in {}", lines[line]);
        lines[line] = lines[line].replacen(from, to, 1);
        lines
    };
    let mut swapped = desk.lines.clone();
    swapped.swap(2, 3);
    let mut cut = desk.lines.clone();
    cut[4].truncate(60);
    let zeros = "0".repeat(64);
    let cases: Vec<(Vec<String>, &str)> = vec![
        (change(3, "a/model", "a/modem"), "line 4"),
        (change(0, "\"seq\":1", "\"seq\":0"), "line 1"),
        (change(2, "1970-01-01T00:00:03Z", "1970-01-01T00:00:04Z"), "line 3"),
        (change(1, "review", "decision"), "line 2"),
        (change(1, "review", "verdict"), "line 2"),
        (change(0, &zeros, &"1".repeat(64)), "line 1"),
        (desk.lines[1..].to_vec(), "line 1"),
        ([&desk.lines[..2], &desk.lines[3..]].concat(), "line 3"),
        ([&desk.lines[..2], &desk.lines[1..]].concat(), "line 3"),
        (swapped, "line 3"),
        (cut, "line 5"),
        (vec!["{}".to_owned()], "line 1"),
        (vec!["[".repeat(100_000)], "line 1"),
        (vec![String::new()], ""),
    ];
    for (lines, place) in cases.into_iter() {
        let mut store = desk.store("to.db");
        let error = import(&mut *store, &desk.file(&lines)).unwrap_err();
        assert_eq!(error.code, Code::Malformed, "{error}");
        assert!(error.to_string().contains(place) && error.help.is_some(), "{place}: {error}");
        assert_eq!(entries(&*store), []);
    }
    let mut store = desk.store("to.db");
    assert_eq!(import(&mut *store, Path::new("/no/such")).unwrap_err().code, Code::Read);
    assert_eq!(import(&mut *store, desk.folder.path()).unwrap_err().code, Code::Read);
}

#[cfg(unix)]
#[test]
fn an_import_that_is_stopped_half_way_leaves_the_ledger_as_it_was() {
    let dir = copy_of_samples();
    let root = dir.path().to_str().unwrap();
    touchmark(["review", "acme/claims-sorter", "approve", "--reason", "one", "--workspace", root]);
    // The store itself must fit under the bound that stops the import.
    let desk = Desk::new();
    let mut store = desk.store("large.db");
    let mine = out(&touchmark(["ledger", "export", "--workspace", root]));
    let file = desk.folder.path().join("large.jsonl");
    fs::write(&file, &mine).unwrap();
    import(&mut *store, &file).unwrap();
    let mut lines = mine.clone();
    for _ in 0..300 {
        let at = jiff::Timestamp::from_second(1).unwrap();
        let entry = store.append(at, RecordKind::Review, &ModelId::new("m"), &"x".repeat(20_000)).unwrap();
        lines += &(touchmark::json::to_line(&entry).unwrap() + "\n");
    }
    fs::write(&file, &lines).unwrap();
    let file = file.to_str().unwrap();
    // Once told that the disk is full, once killed by it.
    for prelude in ["trap '' XFSZ; ulimit -f 4000", "ulimit -c 0; ulimit -f 4000"] {
        let script = format!("{prelude}; exec \"$0\" ledger import \"$1\" --workspace \"$2\"");
        let done = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_touchmark"), file, root])
            .output()
            .unwrap();
        assert_ne!(done.status.code(), Some(0), "{}", out(&done));
        assert_eq!(out(&touchmark(["ledger", "export", "--workspace", root])), mine, "{}", err(&done));
    }
    let done = touchmark(["ledger", "import", file, "--workspace", root]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).contains("300 of 301 records"), "{}", out(&done));
    assert!(out(&touchmark(["ledger", "verify", "--workspace", root])).contains("301 records"));
    let refused = touchmark(["ledger", "import", file, "--workspace", root, "--read-only"]);
    assert_eq!(refused.status.code(), Some(2), "{}", out(&refused));
}
