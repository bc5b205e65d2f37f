//! Feeds from local files: read by their content within limits, kept whole or not at all, matched against the inventory,
//! triaged, and held against the ids that the program's own documents name.

use crate::support::{err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use touchmark::inventory::ModelId;
use touchmark::signing::sha256_hex;
use touchmark::store::{EvidenceDigest, Place, RecordKind};
use touchmark::workbench::{OpenOptions, Workbench};

pub const ATLAS: &str = "id: ATLAS\nversion: 9.10\nmatrices:\n- id: ATLAS\n  tactics:\n  - id: AML.TA0001\n    name: One\n  \
                         techniques:\n  - id: AML.T0010\n    name: Supply\n  - id: AML.T0010.003\n    name: Model\n    \
                         subtechnique-of: AML.T0010\n    modified_date: 2026-01-01\n  mitigations:\n  - id: AML.M0001\n    \
                         name: Sign\ncase-studies:\n- id: AML.CS0001\n  name: Case\n";
pub const RISK_MAP: &str = "title: Risks\nrisks:\n- id: riskOne\n  title: One\n  mappings:\n    mitre-atlas: [AML.T0010.003@5.0.1, \
                            AML.T0010@9.10]\n    other: {a: b}\n";
pub const AVID: &str = r#"{"data_type":"AVID","data_version":"0.3","metadata":{"report_id":"AVID-2026-R0001"},
 "affects":{"developer":["Acme"],"deployer":[],"artifacts":[{"type":"Model","name":"Talker"}]},
 "problemtype":{"classof":"x","type":"x","description":{"lang":"eng","value":"Says too much"}},
 "impact":{"cvss":{"version":"3.1","baseScore":9.8,"baseSeverity":"CRITICAL"}}}"#;
pub const CVE: &str = r#"{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2026-7","state":"PUBLISHED"},
 "containers":{"cna":{"descriptions":[{"lang":"en","value":"Overflow"}],"metrics":[{"format":"CVSS","cvssV3_1":{"baseSeverity":"LOW"}}],
 "affected":[{"vendor":"acme","product":"bot","packageURL":"pkg:generic/acme/bot","defaultStatus":"unaffected",
 "versions":[{"version":"1.0.0","status":"affected","versionType":"semver","lessThan":"1.5.0"}]}]}}}"#;

/// A record of OSV that a package is affected before a version.
pub fn osv(id: &str, purl: &str, fixed: &str) -> String {
    json!({
        "id": id, "modified": "2026-01-01T00:00:00Z", "aliases": [format!("CVE-{id}")], "summary": "Runs code",
        "database_specific": {"severity": "HIGH"},
        "affected": [{"package": {"ecosystem": "x", "name": "p", "purl": purl},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}],
    })
    .to_string()
}

/// A workspace of three models that one bill names: with a package URL, with a commit, and with a name alone.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let toml = "schema = \"workspace/0.1\"\nname = \"w\"\nstage = \"dev\"\n[[source]]\nkind = \"bom\"\npath = \"boms\"\n";
        fs::write(dir.path().join("touchmark.toml"), toml).unwrap();
        fs::create_dir(dir.path().join("boms")).unwrap();
        let model = |group: &str, name: &str, version: &str, purl: Option<&str>| {
            let mut model =
                json!({"type": "machine-learning-model", "group": group, "name": name, "version": version});
            purl.inspect(|purl| model["purl"] = json!(purl));
            model
        };
        let commit = format!("pkg:huggingface/acme/snapshot@{}", "ab".repeat(20));
        let bill = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
            model("acme", "bot", "1.4.0", Some("pkg:generic/acme/bot@1.4.0")),
            model("acme", "snapshot", "x", Some(&commit)),
            model("acme", "talker", "3.0.0", None),
        ]});
        fs::write(dir.path().join("boms/m.cdx.json"), bill.to_string()).unwrap();
        Desk(dir)
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.dir().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn run(&self, words: &[&str]) -> Output {
        touchmark(words.iter().copied().chain(["--workspace", self.dir().to_str().unwrap()]))
    }

    #[track_caller]
    fn json(&self, words: &[&str], status: i32) -> Value {
        let done = self.run(&[words, &["--format", "json"]].concat());
        assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    #[track_caller]
    fn imports(&self, name: &str, bytes: impl AsRef<[u8]>) -> Value {
        let path = self.write(name, bytes);
        self.json(&["feed", "import", &path], 0)["feed"].clone()
    }

    /// Model, id, what they have in common, what is said of the version, and the state that it was triaged to.
    #[track_caller]
    fn matches(&self) -> Vec<[String; 5]> {
        let found = self.json(&["feed", "match"], 0);
        let row = |one: &Value| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            [&one["model"], &one["id"], &one["by"], &one["of_version"], &one["triage"]["state"]].map(text)
        };
        found["matches"].as_array().unwrap().iter().map(row).collect()
    }
}

fn rows(rows: &[[&str; 5]]) -> Vec<[String; 5]> {
    rows.iter().map(|row| row.map(str::to_owned)).collect()
}

#[test]
fn each_feed_is_known_by_its_content_and_kept_with_its_digests() {
    let desk = Desk::new();
    let one = osv("X-1", "pkg:generic/acme/bot", "1.5.0");
    let two = osv("X-2", "pkg:generic/acme/bot", "1.5.0");
    for (text, kind, version, entries) in [
        (ATLAS, "atlas", json!("9.10"), 5),
        (RISK_MAP, "cosai-rm", Value::Null, 1),
        (AVID, "avid", Value::Null, 1),
        (CVE, "cve", Value::Null, 1),
        (one.as_str(), "osv", Value::Null, 1),
        (&format!("\u{feff}[{one},\n{two}]"), "osv", Value::Null, 2),
        (&format!("{one}\n{two}\n"), "osv", Value::Null, 2),
    ] {
        let feed = desk.imports("a-feed", text);
        assert_eq!(
            (&feed["kind"], &feed["version"], &feed["entries"]),
            (&kind.into(), &version, &entries.into())
        );
        assert_eq!(
            (&feed["source"], &feed["bytes"], &feed["files"]),
            (&"a-feed".into(), &text.len().into(), &1.into())
        );
        assert_eq!(feed["sha256"], sha256_hex(text.as_bytes()));
    }
    // A report without an id is a draft.
    let drafts = [
        AVID.replace("{\"report_id\":\"AVID-2026-R0001\"}", "null"),
        AVID.replace("\"report_id\":\"AVID-2026-R0001\"", ""),
        AVID.replace("AVID-2026-R0001", ""),
    ];
    let feed = desk.imports("a-feed", format!("{AVID}\n{}", drafts.join("\n")));
    assert_eq!(feed["entries"], 1);
    // A list and lines hold the same.
    let listed = desk.json(&["feed", "list"], 0)["feeds"].clone();
    let kinds: Vec<&str> =
        listed.as_array().unwrap().iter().map(|feed| feed["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["atlas", "avid", "osv", "cve", "cosai-rm"], "the newest of each kind and source");
    let lines = listed[2].clone();
    let again = desk.imports("a-feed", format!("[{two},{one}]"));
    assert_eq!(again["kept"], lines["kept"]);
    assert_ne!(again["sha256"], lines["sha256"]);
    // Another source is another feed, and a version is what somebody says.
    let path = desk.write("a-feed", &one);
    let said = desk.json(&["feed", "import", &path, "--source", "mirror", "--version", "monday"], 0);
    assert_eq!((&said["feed"]["source"], &said["feed"]["version"]), (&"mirror".into(), &"monday".into()));
    assert_eq!(desk.json(&["feed", "list"], 0)["feeds"].as_array().unwrap().len(), 6);
    // Each import is a record of the chain, and a person's act.
    assert_eq!(desk.run(&["ledger", "verify"]).status.code(), Some(0));
    let replay = desk.run(&["ledger", "replay", "1"]);
    assert_eq!(replay.status.code(), Some(2), "{}", err(&replay));
    assert!(err(&replay).contains("a person's act"), "{}", err(&replay));
}

#[test]
fn a_folder_is_read_whole_and_what_is_of_no_feed_is_passed_over() {
    let desk = Desk::new();
    let old = osv("X-1", "pkg:generic/acme/bot", "1.2.0");
    let new = old.replace("2026-01-01", "2026-02-02").replace("1.2.0", "1.5.0");
    desk.write("all/b/new.json", &new);
    desk.write("all/c/old.json", &old);
    desk.write("all/package.json", "{\"name\":\"x\"}");
    desk.write("all/rules.yml", "title: x\nrisks: none\n");
    desk.write("all/README.md", "{");
    desk.write("all/.git/config.json", "{");
    #[cfg(unix)]
    {
        let broken = desk.write("broken.json", "{");
        std::os::unix::fs::symlink(broken, desk.dir().join("all/link.json")).unwrap();
    }
    let folder = desk.dir().join("all");
    let feed = desk.json(&["feed", "import", folder.to_str().unwrap()], 0)["feed"].clone();
    assert_eq!((&feed["entries"], &feed["files"], &feed["source"]), (&1.into(), &2.into(), &"all".into()));
    let line = |name: &str, text: &str| format!("{}  {name}\n", sha256_hex(text.as_bytes()));
    let lines = line("b/new.json", &new) + &line("c/old.json", &old);
    assert_eq!(feed["sha256"], sha256_hex(lines.as_bytes()));
    // The entry as it was changed last, whichever file is read last.
    assert_eq!(desk.matches().len(), 1);
    // SAFE-MCP is a folder.
    desk.write("safe/techniques/SAFE-T1001/README.md", "# SAFE-T1001: Poisoned tool\n\ntext\n");
    desk.write("safe/techniques/SAFE-T1001/test-logs.json", "{");
    desk.write("safe/techniques/TEMPLATE/README.md", "# x\n");
    desk.write("safe/mitigations/SAFE-M-1/README.md", "# Sign it\n");
    let safe = desk.dir().join("safe");
    let feed = desk.json(&["feed", "import", safe.to_str().unwrap(), "--version", "1.0"], 0)["feed"].clone();
    assert_eq!(
        (&feed["kind"], &feed["entries"], &feed["version"]),
        (&"safe-mcp".into(), &2.into(), &"1.0".into())
    );
    // Two feeds in one folder: somebody has to choose.
    desk.write("all/c/cve.json", CVE);
    let refused = desk.run(&["feed", "import", folder.to_str().unwrap()]);
    assert!(err(&refused).contains("more than one feed in it: OSV and CVE"), "{}", err(&refused));
    for (kind, id) in [("cve", "CVE-2026-7"), ("osv", "X-1")] {
        let feed = desk.json(&["feed", "import", folder.to_str().unwrap(), "--as", kind, "--source", id], 0);
        assert_eq!((&feed["feed"]["kind"], &feed["feed"]["entries"]), (&kind.into(), &1.into()));
    }
}

#[test]
fn entries_meet_models_by_package_and_version_or_else_by_name() {
    let desk = Desk::new();
    let options = OpenOptions { dir: Some(desk.dir().to_owned()), ..OpenOptions::default() };
    let view = Workbench::open(&options).unwrap().view();
    let digest = EvidenceDigest::of(b"a feed").unwrap();
    // What others add to a CVE record counts too: the most severe word of all, and what it affects.
    let mut both: Value = serde_json::from_str(CVE).unwrap();
    both["containers"]["adp"] = json!([{"title": "x", "metrics": [{"cvssV4_0": {"baseSeverity": "CRITICAL"}}, {"other": {}}],
        "affected": [{"vendor": "v", "product": "p"}]}]);
    let mut reader = touchmark::feed::Reader::new(None, None);
    reader.take("x", both.to_string().as_bytes()).unwrap();
    let item = reader.finish().unwrap().items.remove(0);
    assert_eq!(item.severity.map(|severity| severity.word()), Some("critical"));
    assert_eq!((item.title.unwrap().raw(), item.affects.len()), ("Overflow", 2));
    assert_eq!(item.affects[1].names, ["v/p".into(), "p".into()]);
    let affected = |affected: Value| {
        json!({"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [affected]}).to_string()
    };
    let range = |kind: &str, events: Value| json!([{"type": kind, "events": events}]);
    let bot = json!({"purl": "pkg:generic/Acme/bot", "name": "bot", "ecosystem": "x"});
    let of_bot = |ranges: Value| affected(json!({"package": bot, "ranges": ranges}));
    let cve = |versions: Value, default: &str| {
        let mut record: Value = serde_json::from_str(CVE).unwrap();
        let affected = &mut record["containers"]["cna"]["affected"][0];
        affected["versions"] = versions;
        affected["defaultStatus"] = default.into();
        record.to_string()
    };
    let of_cve = |version: Value| cve(json!([version]), "unaffected");
    const BY: [&str; 3] = ["acme/bot", "purl", "affected"];
    const UNCLEAR: [&str; 3] = ["acme/bot", "purl", "unclear"];
    for (why, record, expected) in [
        (
            "before the fix",
            of_bot(range("SEMVER", json!([{"introduced": "0"}, {"fixed": "1.4.1"}]))),
            Some(BY),
        ),
        ("the fix", of_bot(range("SEMVER", json!([{"introduced": "0"}, {"fixed": "1.4.0"}]))), None),
        (
            "the last one",
            of_bot(range("SEMVER", json!([{"introduced": "0"}, {"last_affected": "1.4.0"}]))),
            Some(BY),
        ),
        (
            "after the last",
            of_bot(range("SEMVER", json!([{"introduced": "0"}, {"last_affected": "1.3.9"}]))),
            None,
        ),
        ("begins later", of_bot(range("SEMVER", json!([{"introduced": "1.4.1"}]))), None),
        (
            "numbers, not letters",
            of_bot(range("ECOSYSTEM", json!([{"introduced": "1.3"}, {"fixed": "1.10"}]))),
            Some(BY),
        ),
        ("commits", of_bot(range("GIT", json!([{"introduced": "abc"}]))), Some(UNCLEAR)),
        ("no version", affected(json!({"package": bot})), Some(UNCLEAR)),
        ("listed", affected(json!({"package": bot, "versions": ["1.4.0"]})), Some(BY)),
        ("another listed", affected(json!({"package": bot, "versions": ["1.4.1"]})), None),
        ("another package", affected(json!({"package": {"purl": "pkg:pypi/acme/bot", "name": "bot"}})), None),
        (
            "only the name",
            affected(json!({"package": {"name": "Bot"}})),
            Some(["acme/bot", "name", "unclear"]),
        ),
        (
            "a name, other versions",
            affected(json!({"package": {"name": "acme/Talker"}, "versions": ["1"]})),
            Some(["acme/talker", "name", "unclear"]),
        ),
        (
            "a name, its version",
            affected(json!({"package": {"name": "talker"}, "versions": ["3.0.0"]})),
            Some(["acme/talker", "name", "affected"]),
        ),
        (
            "a commit",
            affected(
                json!({"package": {"purl": "pkg:huggingface/acme/snapshot"}, "versions": ["ab".repeat(20)]}),
            ),
            Some(["acme/snapshot", "purl", "affected"]),
        ),
        (
            "surest of two",
            osv("X-1", "pkg:generic/acme/bot", "1.5.0").replace(
                "\"affected\":[",
                "\"affected\":[{\"package\":{\"purl\":\"pkg:generic/acme/bot\"}},{\"package\":{\"name\":\"bot\"}},",
            ),
            Some(BY),
        ),
        (
            "withdrawn",
            of_bot(json!([])).replace("\"modified\"", "\"withdrawn\":\"2026-01-02T00:00:00Z\",\"modified\""),
            None,
        ),
        ("CVE, in range", CVE.to_owned(), Some(BY)),
        ("CVE, rejected", CVE.replace("PUBLISHED", "REJECTED"), None),
        (
            "CVE, past its end",
            of_cve(
                json!({"version": "1.0.0", "status": "affected", "lessThan": "1.4.0", "versionType": "semver"}),
            ),
            None,
        ),
        (
            "CVE, with its end",
            of_cve(
                json!({"version": "1.0.0", "status": "affected", "lessThanOrEqual": "1.4.0", "versionType": "semver"}),
            ),
            Some(BY),
        ),
        ("CVE, no end", of_cve(json!({"version": "1.0.0", "status": "affected", "lessThan": "*"})), Some(BY)),
        (
            "CVE, changed back",
            of_cve(json!({"version": "1.0.0", "status": "affected", "lessThan": "*",
            "changes": [{"at": "1.3.0", "status": "unaffected"}]})),
            None,
        ),
        ("CVE, one version", of_cve(json!({"version": "1.4.0", "status": "affected"})), Some(BY)),
        ("CVE, another one", of_cve(json!({"version": "1.3.0", "status": "affected"})), None),
        ("CVE, n/a", of_cve(json!({"version": "n/a", "status": "affected"})), Some(UNCLEAR)),
        ("CVE, all but one", cve(json!([{"version": "1.4.0", "status": "unaffected"}]), "affected"), None),
        (
            "CVE, all but another",
            cve(json!([{"version": "1.3.0", "status": "unaffected"}]), "affected"),
            Some(BY),
        ),
        ("AVID", AVID.to_owned(), Some(["acme/talker", "name", "unclear"])),
        ("AVID, another", AVID.replace("Talker", "Talk"), None),
    ] {
        let mut reader = touchmark::feed::Reader::new(None, None);
        assert!(reader.take(why, record.as_bytes()).unwrap(), "{why}");
        let feed = reader.finish().unwrap();
        let found = touchmark::feed::find(view.models.iter(), &[(digest, feed)]).unwrap();
        let found: Vec<[String; 3]> = found
            .matches
            .iter()
            .map(|one| {
                let word = |value: Value| value.as_str().unwrap().to_owned();
                let (by, version) = (serde_json::to_value(one.by), serde_json::to_value(one.of_version));
                [one.model.raw().to_owned(), word(by.unwrap()), word(version.unwrap())]
            })
            .collect();
        let expected: Vec<[String; 3]> = expected.iter().map(|row| row.map(str::to_owned)).collect();
        assert_eq!(found, expected, "{why}");
    }
}

#[test]
fn without_a_feed_nothing_is_known_and_without_a_match_nothing_is_clean() {
    let desk = Desk::new();
    let known = |status| desk.json(&["feed", "match", "acme/bot"], status)["known"].clone();
    assert_eq!(known(3), false);
    // A catalogue of techniques says nothing of models.
    desk.imports("atlas", ATLAS);
    assert_eq!(known(3), false);
    let text = out(&desk.run(&["feed", "match"]));
    assert!(text.starts_with("? unknown: no feed is imported that names what it affects"), "{text}");
    let feed = desk.imports("other", osv("X-1", "pkg:generic/other", "1.0.0"));
    assert_eq!(known(0), true);
    let found = desk.json(&["feed", "match"], 0);
    assert_eq!(
        (&found["matches"], &found["models"], &found["by_name_only"]),
        (&json!([]), &3.into(), &1.into())
    );
    assert_eq!(found["feeds"][0]["kept"], feed["kept"]);
    let text = out(&desk.run(&["feed", "match"]));
    assert!(text.contains("does not say that they are clean"), "{text}");
    // What another version has is counted.
    desk.imports("spared", osv("X-2", "pkg:generic/acme/bot", "1.0.0"));
    let found = desk.json(&["feed", "match"], 0);
    assert_eq!((&found["matches"], &found["spared"]), (&json!([]), &1.into()));
}

#[test]
fn a_match_is_triaged_by_any_of_its_ids_until_the_entry_changes() {
    let desk = Desk::new();
    desk.imports("osv", osv("X-1", "pkg:generic/acme/bot", "1.5.0").replace("CVE-X-1", "CVE-2026-7"));
    let cve = desk.imports("cve", CVE);
    desk.imports("avid", AVID);
    let text = out(&desk.run(&["feed", "match"]));
    for line in [
        "! X-1  high  Runs code",
        "pkg:generic/acme/bot@1.4.0 (declared); version 1.4.0 is affected",
        "! AVID-2026-R0001  critical  Says too much",
        "name match, confirm: acme/talker (declared); version 3.0.0: cannot tell",
        "3 matches, 3 open; 3 models, 1 of them only by name",
        &cve["kept"].as_str().unwrap()[..12],
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let triage = |model: &str, id: &str, state: &str| {
        desk.run(&["feed", "triage", model, id, "--state", state, "--reason", "not loaded", "--by", "Ann"])
    };
    for (model, id) in [("acme/bot", "X-2"), ("acme/talker", "X-1"), ("acme/bot", " ")] {
        let refused = triage(model, id, "fixed");
        assert_eq!(refused.status.code(), Some(2), "{model} {id}: {}", err(&refused));
    }
    assert_eq!(triage("acme/bot", "CVE-2026-7", "under_investigation").status.code(), Some(0));
    let said = |state: &'static str| {
        rows(&[
            ["acme/bot", "X-1", "purl", "affected", state],
            ["acme/bot", "CVE-2026-7", "purl", "affected", state],
            ["acme/talker", "AVID-2026-R0001", "name", "unclear", "-"],
        ])
    };
    assert_eq!(desk.matches(), said("under_investigation"));
    assert!(out(&desk.run(&["feed", "match"])).contains("3 matches, 3 open"));
    assert_eq!(triage("acme/bot", "CVE-2026-7", "not_affected").status.code(), Some(0));
    assert_eq!(desk.matches(), said("not_affected"));
    let text = out(&desk.run(&["feed", "match", "acme/bot"]));
    assert!(text.contains("not affected: not loaded (Ann, record 5)"), "{text}");
    assert!(text.contains("2 matches, 0 open"), "{text}");
    // The same entry in a newer feed stays triaged; one that changed is open again.
    let more = osv("X-9", "pkg:generic/other", "1.0.0");
    let same = osv("X-1", "pkg:generic/acme/bot", "1.5.0").replace("CVE-X-1", "CVE-2026-7");
    desk.imports("osv", format!("{same}\n{more}"));
    assert_eq!(desk.matches(), said("not_affected"));
    desk.imports("osv", same.replace("1.5.0", "1.6.0"));
    let mut now = said("not_affected");
    now[0][4] = "-".to_owned();
    assert_eq!(desk.matches(), now);
}

#[test]
fn what_is_no_feed_ends_in_an_error_and_leaves_nothing() {
    let desk = Desk::new();
    desk.imports("good", ATLAS);
    let before = out(&desk.run(&["ledger", "export"]));
    let good = osv("X-1", "pkg:generic/acme/bot", "1.5.0");
    let bomb: String = (0..20).fold("a: &a0 [x]\n".to_owned(), |text, at| {
        format!("{text}b{at}: &a{} [*a{at}, *a{at}, *a{at}, *a{at}]\n", at + 1)
    });
    let deep = format!(
        "{{\"id\":\"X\",\"modified\":\"x\",\"affected\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let many = json!({"id": "X-1", "modified": "x", "affected": vec![0; 60_000].iter().map(|_| json!({})).collect::<Vec<_>>()});
    let long = good.replace("\"p\"", &format!("\"{}\"", "p".repeat(3000)));
    let large =
        format!("{{\"id\":\"X\",\"modified\":\"x\",\"affected\":[],\"x\":\"{}\"}}", "x".repeat(8 << 20));
    for (name, text, code) in [
        ("bomb", format!("{ATLAS}{bomb}"), "E-MALFORMED"),
        ("deep", deep, "E-MALFORMED"),
        ("deep yaml", format!("matrices: {}", "[".repeat(5000)), "E-MALFORMED"),
        ("many", many.to_string(), "E-MALFORMED"),
        ("long", long, "E-TOO-LARGE"),
        ("large", large, "E-TOO-LARGE"),
        ("cut", good[..good.len() - 3].to_owned(), "E-MALFORMED"),
        ("cut list", format!("[{good},"), "E-MALFORMED"),
        ("cut lines", format!("{good}\n{{"), "E-MALFORMED"),
        ("others in it", format!("[{good},{{}}]"), "E-MALFORMED"),
        ("others in lines", format!("{good}\n{{}}"), "E-MALFORMED"),
        ("two feeds", format!("{good}\n{CVE}"), "E-MALFORMED"),
        ("another type", good.replace("\"Runs code\"", "[1]"), "E-MALFORMED"),
        ("twice", good.replace("\"summary\"", "\"id\":\"Y\",\"summary\""), "E-MALFORMED"),
        ("no id", good.replace("\"X-1\"", "\"\""), "E-MALFORMED"),
        ("an id of two words", good.replace("\"X-1\"", "\"X 1\""), "E-MALFORMED"),
        ("numbers", format!("[{}0]", "0,".repeat(100_000)), "E-MALFORMED"),
        ("nothing", String::new(), "E-MALFORMED"),
        ("text", "just text\n".to_owned(), "E-MALFORMED"),
        ("empty", "[]".to_owned(), "E-MALFORMED"),
    ] {
        let path = desk.write(name, &text);
        let refused = desk.run(&["feed", "import", &path]);
        assert_eq!(refused.status.code().filter(|code| *code != 0), refused.status.code(), "{name}");
        assert!(err(&refused).contains(&format!("error[{code}]")), "{name}: {}", err(&refused));
        // Whose fault it is does not matter: its words never reach a screen.
        assert!(err(&refused).len() < 1000, "{name}: {}", err(&refused));
    }
    let path = desk.write("other version", ATLAS);
    let refused = desk.run(&["feed", "import", &path, "--version", "9.1"]);
    assert!(err(&refused).contains("the feed says that it is version 9.10"), "{}", err(&refused));
    let refused = desk.run(&["feed", "import", &path, "--as", "osv"]);
    assert!(err(&refused).contains("no entry of OSV in it"), "{}", err(&refused));
    // 500 MB that nobody has to read.
    let path = desk.write("huge.json", "{");
    fs::File::options().write(true).open(&path).unwrap().set_len(500 << 20).unwrap();
    let refused = desk.run(&["feed", "import", &path]);
    assert!(err(&refused).contains("error[E-TOO-LARGE]"), "{}", err(&refused));
    // Much that is small comes to much: about 48 MiB are kept.
    let refused = desk.run(&["feed", "import", &desk.write("much", much(26_000))]);
    assert!(err(&refused).contains("bytes of what is kept"), "{}", err(&refused));
    let path = desk.write("wide.yaml", format!("{ATLAS}# {}\n", "x".repeat(16 << 20)));
    let refused = desk.run(&["feed", "import", &path]);
    assert!(
        err(&refused).contains("error[E-TOO-LARGE]: YAML of more than 16777216 bytes"),
        "{}",
        err(&refused)
    );
    desk.write(&format!("nested/{}osv.json", "d/".repeat(17)), &good);
    let nested = desk.dir().join("nested");
    let refused = desk.run(&["feed", "import", nested.to_str().unwrap()]);
    assert!(err(&refused).contains("folders lie too deep in each other"), "{}", err(&refused));
    // In a folder one that is damaged stops all.
    desk.write("folder/a.json", &good);
    desk.write("folder/b.json", &good[1..]);
    let folder = desk.dir().join("folder");
    let refused = desk.run(&["feed", "import", folder.to_str().unwrap()]);
    assert!(
        err(&refused).contains("error[E-MALFORMED]") && err(&refused).contains("b.json"),
        "{}",
        err(&refused)
    );
    assert_eq!(out(&desk.run(&["ledger", "export"])), before);
    // Hostile words are shown harmless.
    let hostile = good.replace("Runs code", "a\\u001b[31mb\\u202ec");
    desk.imports("hostile", hostile);
    let text = out(&desk.run(&["feed", "match"]));
    assert!(text.contains("X-1") && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
}

/// So many entries of OSV, each with a text of almost 2 kB.
fn much(entries: usize) -> String {
    let version = "1".repeat(1900);
    (0..entries).fold(String::new(), |text, at| {
        let id = format!("X-{at}");
        text + &format!(r#"{{"id":"{id}","modified":"x","affected":[{{"versions":["{version}"]}}]}}"#) + "\n"
    })
}

#[test]
fn as_much_as_is_kept_of_a_feed_is_read_and_folders_as_deep_as_they_may_lie() {
    let desk = Desk::new();
    let good = osv("X-1", "pkg:generic/acme/bot", "1.5.0");
    desk.write(&format!("nested/{}osv.json", "d/".repeat(16)), &good);
    assert_eq!(
        desk.json(&["feed", "import", desk.dir().join("nested").to_str().unwrap()], 0)["feed"]["entries"],
        1
    );
    let mut reader = touchmark::feed::Reader::new(None, None);
    reader.take("much", much(24_000).as_bytes()).unwrap();
    assert_eq!(reader.finish().unwrap().items.len(), 24_000);
}

#[test]
fn ids_that_no_feed_knows_are_found() {
    let desk = Desk::new();
    let lint = |status| desk.json(&["feed", "lint"], status);
    // Nothing is imported: nothing is checked.
    let none = lint(3);
    assert_eq!((&none["checked"], &none["findings"]), (&0.into(), &json!([])));
    let kinds = |lint: &Value| {
        let missing = lint["not_checked"].as_array().unwrap();
        missing.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&none), ["atlas", "cosai-rm", "safe-mcp"]);
    // All ids that the program's documents name, in feeds of ours.
    let all = |prefix: &str| {
        let mut ids: Vec<String> = Vec::new();
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/runbooks")).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            for line in text.lines().filter(|line| line.starts_with("atlas = ")) {
                ids.extend(line.split('"').filter(|word| word.starts_with(prefix)).map(str::to_owned));
            }
        }
        ids.sort();
        ids.dedup();
        assert!(!ids.is_empty());
        ids
    };
    let techniques = all("AML.");
    let atlas = |ids: &[String]| {
        let list: String = ids.iter().map(|id| format!("  - id: {id}\n")).collect();
        format!("id: ATLAS\nversion: 9.10\nmatrices:\n- id: ATLAS\n  techniques:\n{list}")
    };
    desk.imports("atlas", atlas(&techniques));
    for id in all("SAFE-") {
        desk.write(&format!("safe/techniques/{id}/README.md"), "# x\n");
    }
    let safe = desk.dir().join("safe");
    desk.json(&["feed", "import", safe.to_str().unwrap()], 0);
    let partial = lint(3);
    assert_eq!((&partial["findings"], kinds(&partial)), (&json!([]), vec!["cosai-rm".to_owned()]));
    let mapping = include_str!("../../policies/mappings/cosai-rm.toml");
    let value = |line: &str| line.split('"').nth(1).unwrap().to_owned();
    let version = value(mapping.lines().find(|line| line.starts_with("version")).unwrap());
    let controls: Vec<String> =
        mapping.lines().filter(|line| line.starts_with("id = \"control")).map(value).collect();
    let risk_map = |ids: &[String]| {
        let list: String = ids.iter().map(|id| format!("- id: {id}\n")).collect();
        format!("controls:\n{list}")
    };
    let path = desk.write("rm.yaml", risk_map(&controls));
    desk.json(&["feed", "import", &path, "--version", &version], 0);
    let clean = lint(0);
    assert_eq!((&clean["findings"], &clean["not_checked"]), (&json!([]), &json!([])));
    assert!(clean["checked"].as_u64().unwrap() > 40, "{clean}");
    // One is gone from each, another version of the risk map is imported, and it names an old version of ATLAS.
    let gone = "AML.T0010.003";
    let fewer: Vec<String> = techniques.iter().filter(|id| *id != gone).cloned().collect();
    desk.imports("atlas", atlas(&fewer));
    let found = lint(1);
    let row =
        found["findings"].as_array().unwrap().iter().find(|row| row["place"] == "runbook model_substitution");
    let row = row.unwrap_or_else(|| panic!("{found}"));
    assert_eq!((&row["id"], &row["fault"], &row["kind"]), (&gone.into(), &"unknown".into(), &"atlas".into()));
    // The next number is about something else.
    assert_eq!((&row["near"], &row["imported"]), (&Value::Null, &json!(["9.10"])));
    assert_eq!(row["feeds"][0], desk.json(&["feed", "list"], 0)["feeds"][0]["kept"]);
    desk.imports("atlas", atlas(&techniques));
    let with_refs = risk_map(&controls)
        + "risks:\n- id: riskOne\n  mappings:\n    mitre-atlas: [AML.T0010.003@5.0.1, AML.T0018@9.10]\n";
    let path = desk.write("rm.yaml", with_refs);
    desk.json(&["feed", "import", &path, "--version", &version], 0);
    let found = lint(1)["findings"].clone();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(
        (&found[0]["place"], &found[0]["id"], &found[0]["fault"]),
        (&"CoSAI-RM riskOne".into(), &"AML.T0010.003@5.0.1".into(), &"other-version".into())
    );
    desk.json(&["feed", "import", &path, "--version", "newer"], 0);
    let found = lint(1)["findings"].clone();
    let others = found.as_array().unwrap().iter().filter(|row| row["place"] == "mapping cosai-rm");
    assert_eq!(others.filter(|row| row["fault"] == "other-version").count(), controls.len());
    // Another word may be the same control under a new name.
    let renamed: Vec<String> =
        controls.iter().map(|id| id.replace("RegistryIntegrity", "RegistryIntegrities")).collect();
    let path = desk.write("rm.yaml", risk_map(&renamed));
    desk.json(&["feed", "import", &path, "--version", &version], 0);
    let found = lint(1)["findings"].clone();
    assert_eq!(found[0]["near"], "controlModelRegistryIntegrities", "{found}");
    let text = out(&desk.run(&["feed", "lint"]));
    assert!(text.contains("did you mean controlModelRegistryIntegrities?"), "{text}");
}

#[test]
fn a_ledger_without_its_feeds_says_so_and_what_cannot_be_read_does_not_count() {
    let desk = Desk::new();
    desk.imports("osv", osv("X-1", "pkg:generic/acme/bot", "1.5.0"));
    let ledger = desk.write("ledger.jsonl", desk.run(&["ledger", "export"]).stdout);
    let other = Desk::new();
    assert_eq!(other.run(&["ledger", "import", &ledger]).status.code(), Some(0));
    assert_eq!(other.json(&["feed", "list"], 0)["feeds"].as_array().unwrap().len(), 1);
    let refused = other.run(&["feed", "match"]);
    assert_eq!(refused.status.code(), Some(3), "{}", err(&refused));
    assert!(err(&refused).contains("error[E-EVIDENCE]"), "{}", err(&refused));
    // A newer form of the record, or a damaged one.
    let store = desk.dir().join("touchmark.db");
    let mut shelf = touchmark::store::open(Place::File(&store)).unwrap();
    let at = "2026-11-20T00:00:00Z".parse().unwrap();
    shelf
        .append(at, RecordKind::Feed, &ModelId::new("x"), "{\"schema\":\"touchmark.feed-record/2\"}")
        .unwrap();
    drop(shelf);
    let list = desk.json(&["feed", "list"], 0);
    assert_eq!((list["feeds"].as_array().unwrap().len(), &list["unread"]), (1, &json!([2])));
    assert!(out(&desk.run(&["feed", "list"])).contains("! ledger entry 2"));
    assert_eq!(desk.matches().len(), 1);
}
