//! Maturity reports, as a person writes them: every form says the same, rests on named digests, and holds text of others
//! as text.

use crate::attesting::Desk;
use crate::nasty;
use crate::support::{even, out};
use quick_xml::events::Event;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use touchmark::forms::AUDIT_COLUMNS;

pub const MODEL: &str = "acme/claims-sorter";
/// Its parent fails its own verification.
const CAPPED: &str = "acme/support-bot-voice";
pub const AT: &str = "2026-12-01T00:00:00Z";

/// The samples with some models verified, reviewed, deployed and claimed about; what is judged is as of one time.
pub fn desk() -> Desk {
    let desk = Desk::new();
    for model in
        [MODEL, "northwind/harbour-7b-instruct", "northwind/harbour-7b", "acme/support-bot-7b", CAPPED]
    {
        drop(desk.run(&["verify", model, "--at", AT]));
    }
    let claim = ["attest", "data", MODEL, "--dataset", "data/claims-2025", "--private-key", "key.pem"];
    desk.works(&claim);
    drop(desk.run(&["verify", MODEL, "--at", AT]));
    desk.works(&["review", "ask", MODEL, "--reason", "say what it was merged from"]);
    desk.works(&[
        "deploy",
        "add",
        MODEL,
        "--where",
        "gke/claims",
        "--owner",
        "claims team",
        "--since",
        "2026-11-01T00:00:00Z",
    ]);
    desk
}

pub fn report(desk: &Desk, words: &[&str]) -> String {
    desk.works(&[&["report", "maturity", "--at", AT][..], words].concat())
}

pub fn json(desk: &Desk, words: &[&str]) -> Value {
    serde_json::from_str(&report(desk, &[words, &["--as", "json"]].concat())).unwrap()
}

/// A report without what differs from run to run: keys, times, and who runs the tests.
fn steady(desk: &Desk, report: &str) -> String {
    let said = desk.says(&["review", "--history", MODEL]);
    let by = said["reviews"][0]["by"].as_str().unwrap();
    let report = report.replace(&format!("| {by} |"), "| ACCOUNT |");
    even(&report.replace(&format!("<td>{by}</td>"), "<td>ACCOUNT</td>"))
}

/// Fields of RFC 4180.
pub fn fields(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => field.push(chars.next().unwrap()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => field.push(c),
        }
    }
    rows
}

/// The text of a page that is well-formed and runs and loads nothing; with what its pictures say.
#[track_caller]
pub fn text_of(html: &str) -> String {
    const ELEMENTS: [&str; 32] = [
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "dl", "dt", "dd", "table",
        "thead", "tbody", "tr", "th", "td", "pre", "div", "svg", "rect", "text", "code", "a", "b", "ul",
        "li", "nav", "main", "figure", "caption",
    ];
    const ATTRIBUTES: [&str; 19] = [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "scope",
        "viewBox",
        "preserveAspectRatio",
        "role",
        "aria-label",
        "fill",
        "width",
        "height",
        "x",
        "y",
        "textLength",
        "id",
        "colspan",
    ];
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    assert!(html.contains(policy), "no policy for its content");
    let mut reader = quick_xml::Reader::from_str(html);
    reader.config_mut().check_end_names = true;
    let (mut text, mut pictures, mut said) = (String::new(), 0, 0);
    loop {
        match reader.read_event().unwrap_or_else(|why| panic!("{why}\n{html}")) {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                assert!(ELEMENTS.contains(&name.as_str()), "<{name}>");
                pictures += usize::from(name == "svg");
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    assert!(ATTRIBUTES.contains(&key.as_str()), "{key} in <{name}>");
                    said += usize::from(key == "aria-label" && !attribute.value.is_empty());
                }
            }
            Event::Text(piece) => {
                text.push_str(&piece);
                text.push('\n');
            }
            Event::GeneralRef(piece) => text.push_str(&format!("&{};", &*piece)),
            Event::Comment(_) | Event::CData(_) | Event::PI(_) => panic!("a comment"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(pictures == said, "{pictures} pictures, {said} with words");
    text
}

#[test]
fn a_report_of_a_model_says_all_of_it_in_markdown_and_html() {
    let desk = desk();
    let markdown = report(&desk, &[MODEL, "--as", "md"]);
    insta::assert_snapshot!("model_md", steady(&desk, &markdown));
    let html = report(&desk, &[MODEL, "--as", "html"]);
    insta::assert_snapshot!("model_html", steady(&desk, &html));
    let text = text_of(&html);
    for heading in [
        "Controls by level",
        "All controls",
        "Lineage",
        "Edges above it",
        "Claims",
        "Verification",
        "Reviews",
        "Deployments",
        "What was not looked at",
        "What this report rests on",
    ] {
        assert!(markdown.contains(&format!("\n## {heading}\n")), "{heading} is not in the Markdown");
        assert!(text.contains(&format!("{heading}\n")), "{heading} is not in the HTML");
    }
    for said in ["never of safety or correctness", "say what it was merged from", "gke/claims", "claims team"]
    {
        assert!(markdown.contains(said) && text.contains(said), "{said}");
    }
    let capped = report(&desk, &[CAPPED, "--as", "md"]);
    assert!(capped.contains("\n## What caps the level\n"), "{capped}");
    assert!(capped.contains("acme/support-bot-voice stays at level 0 instead of 1"), "{capped}");
    assert!(html.contains("@media print") && html.contains("prefers-color-scheme:dark"), "no styles");
    assert!(!html.contains("<script") && !html.contains("http-equiv=\"refresh"), "it runs something");
}

#[test]
fn a_report_of_the_inventory_and_of_a_producer_counts_and_never_averages() {
    let desk = desk();
    let markdown = report(&desk, &["--as", "md"]);
    insta::assert_snapshot!("inventory_md", steady(&desk, &markdown));
    text_of(&report(&desk, &["--as", "html"]));
    let whole = json(&desk, &[]);
    let all = whole["models"].as_array().unwrap();
    let listed = desk.says(&["list", "--at", AT]);
    assert_eq!(all.len(), listed["models"].as_array().unwrap().len());
    assert_eq!(whole["population"]["inventory"], all.len());
    let (measured, not) = (&whole["population"]["measured"], &whole["population"]["not_measured"]);
    assert_eq!(measured.as_u64().unwrap() + not.as_u64().unwrap(), all.len() as u64);
    let is_measured = |model: &&Value| model["is_measured"] == true;
    assert_eq!(all.iter().filter(is_measured).count() as u64, measured.as_u64().unwrap());
    // Levels are those that are listed, and each row names what it rests on.
    for (row, listed) in all.iter().zip(listed["models"].as_array().unwrap()) {
        assert_eq!(
            (&row["id"], &row["own"], &row["effective"]),
            (&listed["id"], &listed["own"], &listed["effective"])
        );
        assert_eq!(row["evidence"].as_str().unwrap().len(), 64);
        assert!(row["is_measured"] == true || row["level"] == "–", "{row}");
    }
    let of_level = |level: u64| {
        let at = |model: &&Value| model["is_measured"] == true && model["effective"] == level;
        all.iter().filter(at).count() as u64
    };
    for level in whole["survey"]["levels"].as_array().unwrap() {
        assert_eq!(level["effective"]["models"], of_level(level["level"].as_u64().unwrap()));
    }
    let acme = json(&desk, &["--producer", "acme"]);
    let is_acme = |model: &&Value| model["id"].as_str().unwrap().starts_with("acme/");
    assert_eq!(acme["models"].as_array().unwrap().len(), all.iter().filter(is_acme).count());
    assert!(acme["models"].as_array().unwrap().iter().all(|model| is_acme(&model)));
    assert_eq!(acme["about"]["producer"], "acme");
    assert_ne!(acme["rests_on"]["evidence"], whole["rests_on"]["evidence"]);
    let said = desk.refused(&["report", "maturity", "--producer", "acmee"], 2);
    assert!(said.contains("did you mean `acme`"), "{said}");
}

#[test]
fn the_figures_are_those_of_the_commands_that_show_them() {
    let desk = desk();
    let found = json(&desk, &[MODEL]);
    let score = desk.says(&["score", MODEL, "--at", AT]);
    let verdict = &score["verdicts"][0];
    assert_eq!(found["detail"]["score"], verdict["verdict"]["assessment"]["score"]);
    assert_eq!(found["models"][0]["effective"], verdict["verdict"]["effective"]);
    assert_eq!(found["models"][0]["cap"], verdict["verdict"]["cap"]);
    assert_eq!(found["models"][0]["root_digest"], verdict["root_digest"]);
    let (controls, theirs) = (&found["detail"]["controls"], &verdict["verdict"]["assessment"]["controls"]);
    assert_eq!(controls.as_array().unwrap().len(), 57);
    for (ours, theirs) in controls.as_array().unwrap().iter().zip(theirs.as_array().unwrap()) {
        for member in ["id", "outcome", "basis", "found", "remedy"] {
            assert_eq!(ours[member], theirs[member], "{member} of {}", ours["id"]);
        }
    }
    let rests = &found["rests_on"];
    assert_eq!(
        (&rests["policy"]["digest"], &rests["rubric"]["digest"]),
        (&verdict["policy"], &verdict["rubric"])
    );
    assert_eq!(rests["evidence"], verdict["inputs"]["evidence"]);
    assert_eq!(rests["anchors"], verdict["inputs"]["anchors"]);
    assert_eq!((&rests["at"], &found["models"][0]["evidence"]), (&AT.into(), &rests["evidence"]));
    let capped = json(&desk, &[CAPPED]);
    let why = desk.says(&["why", CAPPED, "--at", AT]);
    let sentence = &capped["detail"]["sentence"];
    assert!(sentence.as_str().unwrap().starts_with("acme/support-bot-voice stays at level"), "{sentence}");
    for member in ["chain", "sentence", "lift"] {
        assert_eq!(capped["detail"][member], why[member], "{member}");
    }
    assert_eq!(
        (&capped["models"][0]["own"], &capped["models"][0]["effective"]),
        (&why["own"], &why["effective"])
    );
    let history = desk.says(&["review", "--history", MODEL]);
    assert_eq!(found["detail"]["reviews"], history["reviews"], "{history:#}");
}

#[test]
fn a_control_names_the_bytes_that_it_rests_on() {
    let desk = desk();
    let found = json(&desk, &[MODEL]);
    let control = |id: &str| {
        let controls = found["detail"]["controls"].as_array().unwrap();
        controls.iter().find(|one| one["id"] == id).unwrap()["evidence"].clone()
    };
    let bundle = fs::read(desk.path("models/acme/claims-sorter/model.sig")).unwrap();
    let signature = &control("L1.02")[0];
    assert_eq!(
        (&signature["kind"], &signature["file"]),
        (&"signature".into(), &"models/acme/claims-sorter/model.sig".into())
    );
    assert_eq!(signature["sha256"], touchmark::signing::sha256_hex(&bundle));
    assert!(signature["by"].as_str().unwrap().contains("acme"), "{signature}");
    assert_eq!(control("L1.03")[0]["kind"], "files");
    assert_eq!(control("L1.11")[0]["kind"], "record");
    assert_eq!(control("L3.14")[0]["kind"], "policy");
    let policy = fs::read(desk.path("policies/samples.toml")).unwrap();
    assert_eq!(control("L3.14")[0]["sha256"], touchmark::signing::sha256_hex(&policy));
    // A claim that nobody trusts is named too: it was read, and it does not count.
    let text = fs::read_to_string(desk.path("models/acme/claims-sorter/claims.jsonl")).unwrap();
    let (number, line) = (text.lines().count(), text.lines().last().unwrap());
    let claim = &control("L3.02")[0];
    assert_eq!((&claim["kind"], &claim["line"]), (&"claim".into(), &number.into()));
    assert_eq!(claim["file"], "models/acme/claims-sorter/claims.jsonl");
    assert_eq!(claim["sha256"], touchmark::signing::sha256_hex(line.as_bytes()));
    let listed = found["detail"]["claims"].as_array().unwrap();
    let listed = listed.iter().find(|one| one["evidence"]["sha256"] == claim["sha256"]).unwrap();
    assert_eq!(listed["counts"], false);
    // What nobody looked at rests on no piece.
    let unseen = json(&desk, &["lumen/iris-large"]);
    let first = &unseen["detail"]["controls"][1];
    assert_eq!((&first["outcome"], first["evidence"].as_array().unwrap().len()), (&"unknown".into(), 0));
    assert_eq!(
        (&unseen["models"][0]["is_measured"], &unseen["models"][0]["level"]),
        (&false.into(), &"–".into())
    );
    let not_looked = unseen["detail"]["not_looked_at"].as_array().unwrap();
    assert!(
        not_looked.iter().any(|one| one["about"] == "files" && one["why"] == "not verified yet"),
        "{not_looked:?}"
    );
}

#[test]
fn auditors_get_a_row_for_each_control_in_columns_that_stay() {
    let desk = desk();
    let csv = report(&desk, &[MODEL, "--as", "csv"]);
    assert!(
        csv.starts_with(
            "control id,subject,result,evidence URL,sha256,collected at,collector,evidence relevant to\r\n"
        ),
        "{csv}"
    );
    let rows = fields(&csv);
    assert_eq!(rows[0], AUDIT_COLUMNS);
    assert_eq!(rows.len(), 58);
    let found = json(&desk, &[MODEL]);
    for (row, control) in rows[1..].iter().zip(found["detail"]["controls"].as_array().unwrap()) {
        assert_eq!(
            (&row[0], row[1].as_str(), row.len()),
            (&control["id"].as_str().unwrap().to_owned(), MODEL, 8)
        );
        assert_eq!(row[2], control["outcome"].as_str().unwrap());
        let piece = &control["evidence"][0]["sha256"];
        let digest = if piece.is_null() { &found["rests_on"]["evidence"] } else { piece };
        assert_eq!(row[4], digest.as_str().unwrap(), "{row:?}");
        assert!(row[5].ends_with('Z') && row[6].starts_with("touchmark "), "{row:?}");
    }
    let url = |id: &str| rows.iter().find(|row| row[0] == id).unwrap()[3].clone();
    assert_eq!(url("L1.02"), "models/acme/claims-sorter/model.sig");
    let text = fs::read_to_string(desk.path("models/acme/claims-sorter/claims.jsonl")).unwrap();
    let number = text.lines().count();
    assert_eq!(url("L3.02"), format!("models/acme/claims-sorter/claims.jsonl#L{number}"));
    assert!(url("L1.03").starts_with("urn:touchmark:evidence:"), "{}", url("L1.03"));
    let all = fields(&report(&desk, &["--as", "csv"]));
    let models = json(&desk, &[])["models"].as_array().unwrap().len();
    assert_eq!(all.len(), 1 + 57 * models);
    let mut of_model: BTreeMap<&str, usize> = BTreeMap::new();
    all[1..].iter().for_each(|row| *of_model.entry(&row[1]).or_default() += 1);
    assert!(of_model.values().all(|many| *many == 57));
}

#[test]
fn the_same_store_and_time_give_the_same_bytes_anywhere() {
    let desk = desk();
    for about in [&[MODEL][..], &["--producer", "acme"], &[]] {
        for form in ["md", "html", "json", "csv", "sarif", "junit", "cdxa", "text"] {
            let words = [&["report", "maturity", "--at", AT, "--as", form][..], about].concat();
            let once = desk.works(&words);
            let elsewhere = Command::new(env!("CARGO_BIN_EXE_touchmark"))
                .args(&words)
                .args(["--workspace", &desk.path("").to_string_lossy()])
                .current_dir(std::env::temp_dir())
                .env("TZ", "Asia/Kathmandu")
                .env("LC_ALL", "tr_TR.UTF-8")
                .env("CLICOLOR_FORCE", "1")
                .env("RAYON_NUM_THREADS", "1")
                .env("HOME", desk.path("home"))
                .env("XDG_DATA_HOME", desk.path("home/data"))
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert_eq!(out(&elsewhere), once, "{words:?}");
            let folder = desk.path("");
            assert!(!once.contains(&*folder.to_string_lossy()), "{words:?} says where the workspace lies");
        }
    }
}

#[test]
fn files_are_written_whole_and_never_over_others() {
    let desk = desk();
    let out = ["-o", "a.md", "-o", "a.html", "-o", "a.json", "-o", "a.csv"];
    let words = [&["report", "maturity", MODEL, "--at", AT][..], &out].concat();
    let said = desk.works(&words);
    for (file, form) in [("a.md", "md"), ("a.html", "html"), ("a.json", "json"), ("a.csv", "csv")] {
        let bytes = fs::read(desk.path(file)).unwrap();
        assert!(said.contains(&touchmark::signing::sha256_hex(&bytes)), "{said}");
        assert!(said.contains(&format!("✓ written  {file}")), "{said}");
        assert_eq!(String::from_utf8(bytes).unwrap(), report(&desk, &[MODEL, "--as", form]), "{file}");
    }
    fs::write(desk.path("a.csv"), "mine").unwrap();
    fs::remove_file(desk.path("a.md")).unwrap();
    let said = desk.refused(&words, 2);
    assert!(said.contains("already exists") && said.contains("--force"), "{said}");
    assert!(!desk.path("a.md").exists() && fs::read(desk.path("a.csv")).unwrap() == b"mine");
    desk.works(&[&words[..], &["--force"]].concat());
    assert_ne!(fs::read(desk.path("a.csv")).unwrap(), b"mine");
    let written = desk.says(&["report", "maturity", "--at", AT, "-o", "all.htm"]);
    assert_eq!(
        (&written["files"][0]["form"], &written["files"][0]["file"]),
        (&"html".into(), &"all.htm".into())
    );
    for (words, says) in [
        (&["-o", "b.md", "--as", "html"][..], "--as asks for HTML"),
        (&["-o", "b"], "the ending does not say"),
        (&["-o", "b.md", "-o", "b.md"], "named twice"),
        (&["-o", "b.md", "-o", "./b.md"], "named twice"),
        (&["-o", "c.docx"], "the ending does not say"),
        (&["nobody/knows-it"], "neither a model"),
    ] {
        let words = [&["report", "maturity"][..], words].concat();
        let done = desk.run(&words);
        let said = crate::support::err(&done);
        assert!(done.status.code() != Some(0) && said.contains(says), "{words:?}: {said}");
    }
    assert!(!desk.path("b.md").exists());
    let said = crate::support::err(&desk.run(&["report", "maturity", "-o", "none/b.md"]));
    assert!(said.contains("the folder does not exist"), "{said}");
    // Standard output and files at once: the report is not mixed with what is said of it.
    let both =
        desk.run(&["report", "maturity", MODEL, "--at", AT, "-o", "-", "-o", "d.json", "--as", "json"]);
    assert_eq!(crate::support::out(&both).as_bytes(), fs::read(desk.path("d.json")).unwrap());
    assert!(crate::support::err(&both).contains("✓ written  d.json"));
}

/// A workspace whose models carry what an attacker would choose for names.
pub fn hostile() -> (tempfile::TempDir, usize) {
    let dir = tempfile::tempdir().unwrap();
    let component = |name: &String| {
        serde_json::json!({
            "type": "machine-learning-model", "name": name, "bom-ref": name, "publisher": name, "version": name,
            "pedigree": { "ancestors": [{ "type": "machine-learning-model", "name": format!("{name}-base") }] },
        })
    };
    let names: Vec<String> = nasty::all().into_iter().filter(|name| name.len() < 2000).collect();
    let components: Vec<Value> = names.iter().map(component).collect();
    let bom = serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": components });
    fs::write(dir.path().join("all.cdx.json"), bom.to_string()).unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"<b>=1+1|`\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \"all.cdx.json\"\n";
    fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    (dir, names.len())
}

pub fn assert_harmless(form: &str, text: &str) {
    let hidden = |c: char| {
        c != '\n' && c != '\r' && c != '\u{a0}' && touchmark::text::screen(&c.to_string()) != c.to_string()
    };
    let found = text.chars().find(|c| hidden(*c) && !(form == "json" && *c == '\n'));
    assert!(found.is_none(), "{form} holds {found:?}");
    match form {
        "html" => drop(text_of(text)),
        "csv" => {
            let rows = fields(text);
            for row in &rows {
                assert_eq!(row.len(), rows[0].len(), "{row:?}");
                for field in row {
                    let first = field.trim_start().chars().next().unwrap_or('x');
                    assert!(!"=+-@＝＋－＠".contains(first), "{field} begins a formula");
                }
            }
        }
        "md" => {
            let mut is_fenced = false;
            for line in text.lines() {
                if line.starts_with("```") {
                    is_fenced = !is_fenced;
                } else if !is_fenced {
                    let mut escaped = false;
                    for c in line.chars() {
                        assert!(escaped || !"`<[$~".contains(c), "{c} begins markup: {line}");
                        escaped = c == '\\' && !escaped;
                    }
                }
            }
        }
        _ => drop(serde_json::from_str::<Value>(text).unwrap()),
    }
}

#[test]
fn names_of_models_stay_text_in_every_form_of_a_report() {
    let (dir, many) = hostile();
    let folder = dir.path().to_string_lossy().into_owned();
    let run = |words: &[&str]| {
        let all = [&["report", "maturity", "--workspace", &folder, "--at", AT][..], words].concat();
        out(&crate::support::touchmark(&all))
    };
    let whole: Value = serde_json::from_str(&run(&["--as", "json"])).unwrap();
    let models = whole["models"].as_array().unwrap();
    assert!(models.len() + 5 >= many, "{} of {many}", models.len());
    for form in ["md", "html", "json", "csv"] {
        assert_harmless(form, &run(&["--as", form]));
        for model in models.iter().step_by(7) {
            let id = model["id"].as_str().unwrap();
            if id.contains('\0') || id.is_empty() {
                continue;
            }
            let text = run(&["--as", form, "--", id]);
            assert!(!text.is_empty(), "{form} of {id:?}");
            assert_harmless(form, &text);
        }
    }
}
