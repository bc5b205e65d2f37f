//! Reports as PDF: tagged, the same bytes each time, every text on the page, and names of others as text. Poppler reads
//! what was written, where it is installed.
#![cfg(feature = "pdf")]

use crate::reports::{AT, MODEL, desk, hostile, json};
use crate::support::{err, out};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a program of poppler says of a file; none where it is not installed.
fn poppler(program: &str, words: &[&str], file: &Path) -> Option<String> {
    let to: &[&str] = if program == "pdftotext" { &["-"] } else { &[] };
    let done = match Command::new(program).args(words).arg(file).args(to).output() {
        Ok(done) => done,
        Err(_) => {
            eprintln!("SKIPPED: {program} of poppler-utils is not installed");
            return None;
        }
    };
    assert!(done.status.success(), "{program}: {}", err(&done));
    Some(out(&done))
}

fn has(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn a_pdf_is_tagged_and_the_same_each_time() {
    let desk = desk();
    for (about, file) in [(&[MODEL][..], "model.pdf"), (&[], "all.pdf")] {
        let words =
            |file: &'static str| [&["report", "maturity", "--at", AT, "-o", file][..], about].concat();
        desk.works(&words(file));
        let bytes = fs::read(desk.path(file)).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.trim_ascii_end().ends_with(b"%%EOF"), "{file}");
        for part in [
            "/StructTreeRoot",
            "pdfuaid:part",
            "/Marked true",
            "/DisplayDocTitle true",
            "/Outlines",
            "/TH",
            "/TD",
            "/H1",
        ] {
            assert!(has(&bytes, part), "{file} has no {part}");
        }
        // Nothing runs, and nothing is loaded.
        for part in ["/JavaScript", "/JS", "/URI", "/Launch", "/EmbeddedFile", "/OpenAction"] {
            assert!(!has(&bytes, part), "{file} has {part}");
        }
        desk.works(&words("again.pdf"));
        assert_eq!(fs::read(desk.path("again.pdf")).unwrap(), bytes, "{file}");
        fs::remove_file(desk.path("again.pdf")).unwrap();
        let printed = desk.run(&[&["report", "maturity", "--at", AT, "--as", "pdf"][..], about].concat());
        assert_eq!(printed.stdout, bytes);
    }
}

#[test]
fn a_pdf_says_what_the_report_says() {
    let desk = desk();
    desk.works(&["report", "maturity", MODEL, "--at", AT, "-o", "model.pdf"]);
    desk.works(&["report", "maturity", "--at", AT, "-o", "all.pdf"]);
    let Some(text) = poppler("pdftotext", &["-raw"], &desk.path("model.pdf")) else { return };
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    // In the order of the tree: cell by cell.
    let read = |file: &str| {
        let tree = poppler("pdfinfo", &["-struct-text"], &desk.path(file)).unwrap();
        let texts = tree.lines().map(str::trim).filter(|line| line.starts_with('"'));
        texts.map(|text| squeezed(text.trim_matches('"'))).collect::<String>()
    };
    let all = read("model.pdf");
    let found = json(&desk, &[MODEL]);
    for control in found["detail"]["controls"].as_array().unwrap() {
        for member in ["id", "title", "found"] {
            let said = squeezed(control[member].as_str().unwrap());
            assert!(all.contains(&said), "{member} of {}: {said}", control["id"]);
        }
    }
    for digest in ["evidence", "anchors", "ledger_head"] {
        assert!(all.contains(found["rests_on"][digest].as_str().unwrap()), "{digest}");
    }
    let whole = read("all.pdf");
    for model in json(&desk, &[])["models"].as_array().unwrap() {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_./ ".contains(*c);
        let start: String = model["id"].as_str().unwrap().chars().take_while(plain).collect();
        assert!(whole.contains(&squeezed(&start)), "{}", model["id"]);
    }
    // The head of a table stands on each of its sheets, and each sheet has its number.
    let sheets: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    for (number, sheet) in (1..).zip(&sheets) {
        assert!(sheet.contains(&format!("{number} of {}", sheets.len())), "{number}");
    }
    let of_controls = |sheet: &&&str| squeezed(sheet).contains("controloutcomerequirement");
    let rows = |sheet: &&&str| sheet.contains("L1.09") || sheet.contains("L3.05");
    assert!(sheets.iter().filter(of_controls).count() > 2, "the table has several sheets");
    assert!(sheets.iter().filter(of_controls).any(|sheet| rows(&sheet)));
    let tags = poppler("pdfinfo", &[], &desk.path("model.pdf")).unwrap();
    let tagged = tags.lines().find(|line| line.starts_with("Tagged:")).unwrap();
    assert!(tagged.ends_with("yes"), "{tags}");
    assert!(tags.contains(&format!("Maturity report: {MODEL}")), "{tags}");
    let tree = poppler("pdfinfo", &["-struct-text"], &desk.path("model.pdf")).unwrap();
    for part in ["H1", "H2", "Table", "THead", "TH", "TBody", "TR", "TD", "Figure", "\"L1.02\""] {
        assert!(tree.contains(part), "{part} is not in the tree");
    }
}

#[test]
fn names_of_others_are_text_in_a_pdf() {
    let (dir, _) = hostile();
    let file = dir.path().join("all.pdf");
    let (folder, to) = (dir.path().to_string_lossy().into_owned(), file.to_string_lossy().into_owned());
    let done =
        crate::support::touchmark(["report", "maturity", "--workspace", &folder, "--at", AT, "-o", &to]);
    assert!(done.status.success(), "{}", err(&done));
    let Some(text) = poppler("pdftotext", &["-raw"], &file) else { return };
    let hidden = |c: char| !c.is_whitespace() && touchmark::text::screen(&c.to_string()) != c.to_string();
    assert_eq!(text.chars().find(|c| hidden(*c)), None);
    // A sign that no font has stands there as its number.
    assert!(text.contains("\\u{"), "{}", &text[..500]);
}
