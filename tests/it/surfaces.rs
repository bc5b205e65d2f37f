//! What surrounds a model where it runs: declared from a file, recorded, shown as declared, and never taken for proven.

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use touchmark::decision::Decision;
use touchmark::incident::{Surfaces, shared_profiles};
use touchmark::inventory::ModelId;
use touchmark::policy::parse;
use touchmark::signing::sha256_hex;
use touchmark::store::{Place, RecordKind};
use touchmark::workbench::{OpenOptions, Workbench};

/// It runs in production, and passes there.
pub const MODEL: &str = "acme/claims-sorter";
pub const PLACE: &str = "claims-desk/eu-1";

/// Everything that a file can declare.
pub const FILE: &str = r#"schema = "surface/0.1"
owners = ["claims team", "platform team"]

[[contact]]
role = "incident commander"
name = "Ann Lee"
reach = "+44 20 7946 0000"

[[contact]]
role = "legal"
name = "Bo Kim"

[[tool]]
name = "refund"
file = "tools/refund.json"

[[mcp]]
name = "orders"
digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

[[dataset]]
name = "acme/faq"

[[log]]
fields = ["rag", "request_id"]
where = "loki, tenant claims"
days = 400

[[log]]
fields = ["network_flows", "request_id"]
where = "flow collector"
days = 30
"#;

#[track_caller]
pub fn run(dir: &Path, words: &[&str], status: i32) -> String {
    let done = touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]));
    assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
    if status == 0 { out(&done) } else { out(&done) + &err(&done) }
}

#[track_caller]
pub fn json_of(dir: &Path, words: &[&str], status: i32) -> Value {
    serde_json::from_str(&run(dir, &[words, &["--format", "json"]].concat(), status)).unwrap()
}

/// A copy of the samples in which that file is declared.
pub fn declared(file: &str) -> tempfile::TempDir {
    let dir = copy_of_samples();
    fs::create_dir(dir.path().join("tools")).unwrap();
    fs::write(dir.path().join("tools/refund.json"), "{}").unwrap();
    declare(dir.path(), file);
    dir
}

pub fn declare(dir: &Path, file: &str) {
    fs::write(dir.join("surface.toml"), file).unwrap();
    let file = dir.join("surface.toml");
    run(dir, &["deploy", "declare", PLACE, file.to_str().unwrap(), "--by", "Ann Lee"], 0);
}

fn workbench(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

#[test]
fn what_is_declared_of_a_place_is_recorded_and_shown_as_declared() {
    let dir = declared(FILE);
    let dir = dir.path();
    let shown = json_of(dir, &["deploy", "surface", PLACE], 0);
    assert_eq!(
        (&shown["where"], &shown["version"], &shown["by"]),
        (&PLACE.into(), &1.into(), &"Ann Lee".into())
    );
    assert_eq!(shown["basis"], "declared");
    let surface = &shown["surface"];
    assert_eq!(surface["owners"], json!(["claims team", "platform team"]));
    assert_eq!(
        surface["contacts"],
        json!([
            { "role": "incident commander", "name": "Ann Lee", "reach": "+44 20 7946 0000" },
            { "role": "legal", "name": "Bo Kim" },
        ])
    );
    // The digest of a file is taken when it is declared.
    assert_eq!(
        surface["tools"],
        json!([{ "name": "refund", "file": "tools/refund.json", "sha256": sha256_hex(b"{}") }])
    );
    assert_eq!(surface["mcp"], json!([{ "name": "orders", "sha256": sha256_hex(b"hello") }]));
    assert_eq!(surface["datasets"], json!([{ "name": "acme/faq" }]));
    // A profile stands for all of its fields, and of two logs of a field the longer one counts.
    let evidence = |profile: &str| {
        let all = shown["evidence"].as_array().unwrap();
        all.iter().find(|one| one["profile"] == profile).unwrap().clone()
    };
    assert_eq!((&evidence("rag")["missing"], &evidence("rag")["short"]), (&json!([]), &json!([])));
    let trace = evidence("llm_trace");
    assert_eq!(trace["fields"][0]["field"], "request_id");
    assert_eq!(
        (&trace["fields"][0]["days"], &trace["fields"][0]["where"]),
        (&400.into(), &"loki, tenant claims".into())
    );
    assert!(trace["missing"].as_array().unwrap().contains(&"model_response_full_text".into()), "{trace}");
    assert_eq!(evidence("infra")["short"], json!(["network_flows"]));
    let text = run(dir, &["deploy", "surface", PLACE], 0);
    for line in [
        "version 1, declared by Ann Lee on ",
        "nobody has proven it",
        "contact  incident commander: Ann Lee",
        "Evidence that is logged there, as declared",
        "✓ rag  4 of 4 fields\n",
        "! llm_trace  1 of 10 fields; not logged: user_id_or_session, ",
        "! infra  1 of 6 fields; not logged: ",
        "; kept for less than 365 days: network_flows (30 days)\n",
        "· drift  0 of 1 field\n",
        "loki, tenant claims  400 days: rag_index_state_at_incident_time, ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // Wherever deployments are shown.
    let listed = json_of(dir, &["deploy", "list"], 0);
    let row = |place: &str| {
        listed["deployments"].as_array().unwrap().iter().find(|row| row["where"] == place).unwrap().clone()
    };
    assert_eq!(row(PLACE)["declared"]["record"], shown["record"]);
    assert_eq!(row("laptops")["declared"], Value::Null);
    let text = run(dir, &["deploy", "list"], 0);
    assert!(text.lines().next().unwrap().ends_with("declared"), "{text}");
    assert_eq!(text.matches("version 1").count(), 1, "{text}");
    let text = run(dir, &["show", MODEL], 0);
    let line = text.lines().find(|line| line.contains("runs at")).unwrap();
    assert!(
        line.contains("production claims-desk/eu-1 (claims team), declared to log 1 of 9 evidence profiles")
    );
    assert!(line.contains("declared  touchmark.toml"), "{line}");
    let model = json_of(dir, &["show", MODEL], 0);
    let logs = model["deployments"][0]["logs"].as_array().unwrap();
    let rag = logs.iter().find(|one| one["profile"] == "rag").unwrap();
    assert_eq!(rag["days"]["retrieved_docs"], 400);
    let other = run(dir, &["show", "northwind/harbour-7b-instruct-q4"], 0);
    assert!(other.contains("runs at") && !other.contains("declared to log"), "{other}");
    // What is declared raises no level.
    let before = copy_of_samples();
    let score =
        |dir: &Path| json_of(dir, &["score", MODEL], 0)["models"][0]["assessment"]["controls"].clone();
    assert_eq!(score(dir), score(before.path()));
}

#[test]
fn a_later_declaration_takes_the_place_of_the_one_before() {
    let dir = declared(FILE);
    let dir = dir.path();
    let opened = workbench(dir);
    assert_eq!(opened.view().surfaces.of(PLACE).unwrap().surface.owners.len(), 2);
    let first = opened.view().surfaces.of(PLACE).unwrap().record.number;
    // By another program: an open workbench sees it with its next view.
    declare(dir, "schema = \"surface/0.1\"\nowners = [\"nobody\"]\n");
    let shown = json_of(dir, &["deploy", "surface", PLACE], 0);
    assert_eq!((&shown["version"], &shown["surface"]["logs"]), (&2.into(), &json!([])));
    assert!(shown["record"]["number"].as_u64().unwrap() > first);
    opened.look_again(&[ModelId::new(MODEL)]).unwrap();
    let again = opened.declare_surface(PLACE, &dir.join("surface.toml"), "Bo").unwrap();
    assert_eq!((again.version, again.by.raw()), (3, "Bo"));
    assert!(opened.view().surfaces.of("laptops").is_none());
    // Both are in the ledger, which still is whole.
    let exported = run(dir, &["ledger", "export"], 0);
    let records = exported.lines().filter(|line| line.contains("\"kind\":\"surface\"")).count();
    assert_eq!(records, 3, "{exported}");
    run(dir, &["ledger", "verify"], 0);
    assert!(run(dir, &["ledger", "replay", &first.to_string()], 2).contains("nothing to judge again"));
    // A record that this version cannot read counts for nothing.
    let store = touchmark::store::open(Place::File(&dir.join("touchmark.db"))).unwrap();
    let end = store.end().unwrap();
    let newest = store.entry(end.entries).unwrap().unwrap();
    for body in [
        "{}".to_owned(),
        newest
            .body
            .replace("\"logs\":[]", "\"logs\":[{\"fields\":[\"a\\u001b\"],\"where\":\"x\",\"days\":1}]"),
    ] {
        let mut surfaces = Surfaces::default();
        surfaces.take(&newest);
        assert!(surfaces.of(PLACE).is_some() && surfaces.unread().is_empty());
        surfaces.take(&touchmark::store::LedgerEntry { body, seq: 99, ..newest.clone() });
        assert_eq!(surfaces.unread(), [99]);
        assert_eq!(surfaces.of(PLACE).unwrap().version, 1);
        surfaces.take(&touchmark::store::LedgerEntry { kind: RecordKind::Feed, seq: 100, ..newest.clone() });
        assert_eq!((surfaces.unread(), surfaces.of(PLACE).unwrap().version), (&[99][..], 1));
    }
}

#[test]
fn what_cannot_be_declared_is_refused_with_its_line_and_nothing_is_recorded() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let head = "schema = \"surface/0.1\"\n";
    let file = dir.join("surface.toml");
    let path = file.to_str().unwrap();
    for (text, wanted) in [
        ("owners = []\n", "the file has no `schema`"),
        ("schema = \"surface/0.2\"\n", "`schema` must be \"surface/0.1\""),
        (&format!("{head}owner = \"me\"\n"), "write owners"),
        (&format!("{head}owners = [\"a\\u0007\"]\n"), "characters that do not belong in a name"),
        (&format!("{head}[[contact]]\nname = \"Ann\"\n"), "[[contact]] has no `role`"),
        (&format!("{head}[[tool]]\nfile = \"touchmark.toml\"\n"), "[[tool]] has no `name`"),
        (
            &format!("{head}[[mcp]]\nname = \"m\"\ndigest = \"sha256:12\"\n"),
            "`digest` in [[mcp]] is not a digest",
        ),
        (
            &format!("{head}[[tool]]\nname = \"m\"\nfile = \"x\"\ndigest = \"sha256:{}\"\n", "0".repeat(64)),
            "[[tool]] has `file` and `digest`",
        ),
        (&format!("{head}[[dataset]]\nname = \"m\"\nfile = \"../x\"\n"), "lies outside of the workspace"),
        (&format!("{head}[[dataset]]\nname = \"m\"\nfile = \"not-there\"\n"), "not-there"),
        (&format!("{head}[[log]]\nwhere = \"x\"\ndays = 3\n"), "[[log]] names no `fields`"),
        (&format!("{head}[[log]]\nfields = [\"rag\"]\nwhere = \"x\"\n"), "[[log]] has no `days`"),
        (&format!("{head}[[log]]\nfields = [\"rag\"]\ndays = 3\n"), "[[log]] has no `where`"),
        (&format!("{head}[[log]]\nfields = [\"rag\"]\nwhere = \"x\"\ndays = 0\n"), "must be from 1 to"),
        (
            &format!("{head}[[log]]\nfields = [\"llm_trac\"]\nwhere = \"x\"\ndays = 3\n"),
            "did you mean `llm_trace`?",
        ),
        (&format!("{head}[[log]]\nfields = [\"Rag!\"]\nwhere = \"x\"\ndays = 3\n"), "`fields` is not an id"),
        (&format!("{head}a = 1\nb = 2\n"), "(and 1 more fault)"),
        ("schema = ", "not valid TOML"),
    ] {
        fs::write(&file, text).unwrap();
        let done = touchmark([
            "deploy",
            "declare",
            PLACE,
            path,
            "--by",
            "Ann",
            "--workspace",
            dir.to_str().unwrap(),
        ]);
        assert!(!done.status.success() && err(&done).contains(wanted), "{text}: {}", err(&done));
    }
    fs::write(&file, format!("{head}\n[[log]]\nfields = [\"rag\"]\nwhere = \"x\"\ndays = 0\n")).unwrap();
    assert!(run(dir, &["deploy", "declare", PLACE, path, "--by", "Ann"], 2).contains("surface.toml, line 6"));
    fs::write(&file, head).unwrap();
    let near = run(dir, &["deploy", "declare", "claims-desk/eu-2", path, "--by", "Ann"], 2);
    assert!(near.contains("no deployment is at this place") && near.contains("`claims-desk/eu-1`"), "{near}");
    assert!(run(dir, &["deploy", "declare", PLACE, path, "--by", " "], 2).contains("`by` is no name"));
    let lacking = run(dir, &["deploy", "surface", PLACE], 2);
    assert!(
        lacking.contains("nothing was declared of this place") && lacking.contains("deploy declare"),
        "{lacking}"
    );
    assert!(run(dir, &["deploy", "surface", "nowhere"], 2).contains("no deployment is at this place"));
    assert!(!run(dir, &["ledger", "export"], 0).contains("\"surface\""));
    // Where a deployment has ended, nothing is declared any more.
    run(dir, &["deploy", "end", MODEL], 0);
    assert!(
        run(dir, &["deploy", "declare", PLACE, path, "--by", "Ann"], 2)
            .contains("no deployment is at this place")
    );
}

#[test]
fn a_runbook_for_a_deployment_is_filled_in_numbered_and_signed_as_any_file() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let runbook = ["incident", "runbook", "model_substitution", "--deployment", PLACE];
    let before = json_of(dir, &runbook, 0);
    assert_eq!(before["declared"], Value::Null);
    assert_eq!(before["missing"], json!([{ "not-judged": MODEL }, "nothing-declared"]));
    run(dir, &["verify", MODEL], 0);
    fs::create_dir(dir.join("tools")).unwrap();
    fs::write(dir.join("tools/refund.json"), "{}").unwrap();
    declare(dir, FILE);
    let made = json_of(dir, &runbook, 0);
    assert_eq!((&made["written"], &made["current"]), (&Value::Null, &false.into()));
    let model = &made["models"][0];
    assert_eq!((&model["id"], &model["stage"]), (&MODEL.into(), &"production".into()));
    let root = model["root_digest"].as_str().unwrap();
    let shown = json_of(dir, &["show", MODEL], 0);
    assert_eq!(shown["verified"]["verification"]["root_digest"], root);
    assert_eq!(model["levels"][1], shown["summary"]["effective"]);
    assert_eq!(model["decision"], "admit");
    assert_eq!((&made["declared"]["version"], &made["declared"]["by"]), (&1.into(), &"Ann Lee".into()));
    let step = |made: &Value, id: &str| {
        made["steps"].as_array().unwrap().iter().find(|step| step["id"] == id).unwrap().clone()
    };
    assert_eq!(step(&made, "compare")["commands"][0], format!("touchmark verify {MODEL} --explain"));
    assert_eq!(step(&made, "recover")["commands"][1], format!("touchmark gate {MODEL} --stage production"));
    let gaps = made["missing"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["not-logged"]["profile"] == "llm_trace"), "{gaps:?}");
    let short = json!({ "profile": "infra", "wanted": 365, "fields": [["network_flows", 30]] });
    assert!(gaps.iter().any(|gap| gap["kept-too-short"] == short), "{gaps:?}");
    let text = run(dir, &runbook, 0);
    for line in [
        "model_substitution at claims-desk/eu-1  not written yet\n",
        &format!("runs      {MODEL} (production), level "),
        "admit, owner claims team, sha256:",
        "contact   incident commander: Ann Lee, +44 20 7946 0000\n",
        "mcp       orders  sha256:2cf24dba",
        "declared  version 1 by Ann Lee (record ",
        "! llm_trace: 9 fields not logged: user_id_or_session, ",
        "! infra: kept for less than 365 days: network_flows (30 days)\n",
        &format!("$ touchmark blast {MODEL}\n"),
        "! infra  1 of 6 fields; not logged: ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // The numbers rise with what it says, type by type; to say the same again is the same version.
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let write = |kind: &str, name: &str, form: &str| {
        let file = path(name);
        let words = ["incident", "runbook", kind, "--deployment", PLACE, "--out", &file, "--as", form];
        json_of(dir, &words, 0)
    };
    let first = write("model_substitution", "first.md", "md");
    assert_eq!((&first["written"]["version"], &first["current"]), (&1.into(), &true.into()));
    assert_eq!((&first["sha256"], &first["written"]["sha256"]), (&made["sha256"], &made["sha256"]));
    let again = write("model_substitution", "first.json", "json");
    assert_eq!((&again["written"]["version"], &again["sha256"]), (&1.into(), &first["sha256"]));
    write("model_substitution", "again.json", "json");
    assert_eq!(fs::read(dir.join("first.json")).unwrap(), fs::read(dir.join("again.json")).unwrap());
    assert_eq!(write("data_leakage", "leak.md", "md")["written"]["version"], 1);
    declare(dir, &FILE.replace("Bo Kim", "Cy Roe"));
    let changed = json_of(dir, &runbook, 0);
    assert_eq!((&changed["written"]["version"], &changed["current"]), (&1.into(), &false.into()));
    assert!(run(dir, &runbook, 0).contains("not written yet; it differs from version 1"));
    let second = write("model_substitution", "second.json", "json");
    assert_eq!(second["written"]["version"], 2);
    assert_ne!(second["sha256"], first["sha256"]);
    // For people who never saw the program.
    let page = fs::read_to_string(dir.join("first.md")).unwrap();
    for line in [
        "# Model substitution",
        "version 1 of ",
        "incident commander: Ann Lee",
        "## Missing",
        "Bo Kim",
        "not logged",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    // It is signed as any file, by any method.
    run(dir, &["key", "generate", &path("own.pem"), "--no-password"], 0);
    let (file, signature) = (path("second.json"), path("second.json.sig"));
    let told = run(dir, &[&runbook[..], &["--out", &path("third.md")]].concat(), 0);
    assert!(told.contains("✓ written") && told.contains("touchmark sign key "), "{told}");
    run(dir, &["sign", "key", &file, "--signature", &signature, "--private-key", &path("own.pem")], 0);
    let verify = ["verify", "key", &file, "--signature", &signature, "--public-key", &path("own.pem.pub")];
    run(dir, &verify, 0);
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("Cy Roe", "Cy Rot")).unwrap();
    run(dir, &verify, 1);
    // What cannot be written takes no number.
    let records = || run(dir, &["ledger", "export"], 0).lines().count();
    let (many, taken) = (records(), path("first.md"));
    declare(dir, FILE);
    run(dir, &[&runbook[..], &["--out", &taken]].concat(), 2);
    run(dir, &[&runbook[..], &["--out", &path("no/such.md")]].concat(), 4);
    assert_eq!(records(), many + 1);
    assert!(
        run(dir, &["incident", "runbook", "jailbrake", "--deployment", PLACE], 2).contains("`jailbreak`")
    );
    assert!(
        run(dir, &["incident", "runbook", "jailbreak", "--deployment", "x"], 2)
            .contains("no deployment is at")
    );
    // Where several models run, what differs between them stays open.
    run(dir, &["deploy", "add", "lumen/iris-base", "--where", PLACE, "--stage", "dev"], 0);
    let both = json_of(dir, &runbook, 0);
    assert_eq!(step(&both, "compare")["commands"][0], "touchmark verify MODEL --explain");
    assert_eq!(
        (&both["models"][1]["id"], &both["models"][1]["decision"]),
        (&"lumen/iris-base".into(), &"not judged".into())
    );
    run(dir, &["deploy", "add", "nobody/knows", "--where", PLACE], 0);
    assert_eq!(json_of(dir, &runbook, 0)["missing"][1], json!({ "not-in-inventory": "nobody/knows" }));
}

#[test]
fn a_case_about_a_deployment_takes_its_contacts_and_logs() {
    let dir = declared(FILE);
    let dir = dir.path();
    let open = |more: &[&str]| {
        json_of(dir, &[&["incident", "open", "model_substitution", "--by", "Ann"][..], more].concat(), 0)
    };
    let case = open(&["--deployment", PLACE]);
    assert_eq!((&case["subject"]["model"], &case["deployment"]), (&MODEL.into(), &PLACE.into()));
    assert_eq!(case["surface"]["surface"]["contacts"][0]["name"], "Ann Lee");
    let field = |case: &Value, id: &str| {
        case["evidence"].as_array().unwrap().iter().find(|one| one["field"] == id).unwrap().clone()
    };
    // What is declared to be logged is not collected yet.
    let request = field(&case, "request_id");
    assert_eq!((&request["state"], &request["logged"]["days"]), (&"missing".into(), &400.into()));
    assert_eq!(field(&case, "host_snapshot")["logged"], Value::Null);
    let number = case["case"].to_string();
    let text = run(dir, &["incident", "status", &number], 0);
    for line in [
        "contact     incident commander: Ann Lee, +44 20 7946 0000\n",
        "missing: id of the request; declared to be logged: loki, tenant claims, for 400 days\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let page = run(dir, &["incident", "export", &number, "--as", "md"], 0);
    assert!(page.contains("Ann Lee, +44") && page.contains("declared to be logged: loki"), "{page}");
    // A later declaration changes nothing in the case.
    declare(dir, "schema = \"surface/0.1\"\n");
    let later = json_of(dir, &["incident", "status", &number], 0);
    assert_eq!(later["surface"], case["surface"]);
    // A case about the model alone, or a place of which nothing is declared, has none.
    assert_eq!(open(&["--subject", MODEL])["surface"], Value::Null);
    let other = open(&["--deployment", "laptops"]);
    assert_eq!(
        (&other["surface"], &other["subject"]["model"]),
        (&Value::Null, &"northwind/harbour-7b-instruct-q4".into())
    );
    run(dir, &["deploy", "add", "lumen/iris-base", "--where", PLACE], 0);
    let words = ["incident", "open", "jailbreak", "--by", "Ann", "--deployment", PLACE];
    assert!(run(dir, &words, 2).contains("2 models are at this place"));
    run(dir, &[&words[..], &["--subject", MODEL]].concat(), 0);
}

const WATCHED: &str = r#"
[[stage]]
name = "watched"
min_level = 1
require_evidence_profile = { profiles = ["drift", "rag"], min_retention_days = 90 }
"#;

#[test]
fn a_gate_refuses_without_the_required_evidence_and_says_what_lacks() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let policy = dir.join("policies/samples.toml");
    fs::write(&policy, fs::read_to_string(&policy).unwrap() + WATCHED).unwrap();
    let gate = |status: i32| -> Value {
        let verdict = json_of(dir, &["gate", MODEL, "--stage", "watched"], status)["verdict"].clone();
        let reasons = verdict["reasons"].as_array().unwrap();
        reasons.iter().find(|reason| reason["code"] == "SURFACE").cloned().unwrap_or_default()
    };
    let text = |reason: &Value| reason["text"].as_str().unwrap().to_owned();
    // Without a deployment at the stage nobody says where the evidence is.
    let reason = gate(1);
    assert_eq!((&reason["class"], &reason["action"]), (&"missing".into(), &"closed".into()));
    assert!(text(&reason).contains("no deployment at it is known"), "{reason}");
    let remedy = reason["remedy"].as_str().unwrap();
    assert!(
        remedy.contains(&format!("`touchmark deploy add {MODEL} --stage watched --where PLACE`")),
        "{reason}"
    );
    // At another stage of the same policy nothing is asked of that.
    run(dir, &["gate", MODEL, "--stage", "production"], 0);
    run(dir, &["deploy", "add", MODEL, "--where", PLACE, "--stage", "watched"], 0);
    let reason = gate(1);
    assert!(text(&reason).contains("nothing was declared of claims-desk/eu-1"), "{reason}");
    assert!(reason["remedy"].as_str().unwrap().contains("touchmark deploy declare PLACE FILE --by NAME"));
    let log = |fields: &str, days: u32| {
        let log = format!("[[log]]\nfields = [{fields}]\nwhere = \"loki\"\ndays = {days}\n");
        declare(dir, &format!("schema = \"surface/0.1\"\n{log}"));
    };
    log("\"rag\"", 90);
    let reason = gate(1);
    assert_eq!(text(&reason), "drift at claims-desk/eu-1: not logged: drift_metrics");
    log("\"rag\", \"drift\"", 89);
    let reason = gate(1);
    assert!(
        text(&reason)
            .contains("drift at claims-desk/eu-1: kept for less than 90 days: drift_metrics (89 days)"),
        "{reason}"
    );
    assert!(text(&reason).contains(
        "; rag at claims-desk/eu-1: kept for less than 90 days: embedding_model_digest (89 days), "
    ));
    let why = run(dir, &["policy", "explain", MODEL, "--stage", "watched"], 0);
    assert!(
        why.contains("logged      drift, rag for 90 days, wherever it runs") && why.contains("SURFACE"),
        "{why}"
    );
    log("\"rag\", \"drift\"", 90);
    assert_eq!(gate(0), Value::Null);
    // The model runs at a second place, of which nothing was declared.
    run(dir, &["deploy", "add", MODEL, "--where", "elsewhere", "--stage", "watched"], 0);
    assert!(text(&gate(1)).contains("nothing was declared of elsewhere"));
    // It is no substitute for a signature.
    let unsigned = "vendor/claims-lora";
    run(dir, &["deploy", "add", unsigned, "--where", PLACE, "--stage", "watched"], 0);
    let verdict = json_of(dir, &["gate", unsigned, "--stage", "watched"], 1)["verdict"].clone();
    let codes: Vec<&str> =
        verdict["reasons"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert!(!codes.contains(&"SURFACE") && codes.iter().any(|code| code.starts_with("L1.")), "{codes:?}");
    // Every decision comes to the same when it is judged again.
    let records = json_of(dir, &["ledger", "show"], 0);
    let decisions = records["records"].as_array().unwrap().iter().filter(|one| one["kind"] == "decision");
    let numbers: Vec<String> = decisions.map(|one| one["seq"].to_string()).collect();
    assert!(numbers.len() > 6);
    numbers.iter().for_each(|number| drop(run(dir, &["ledger", "replay", number], 0)));
}

#[test]
fn a_change_of_the_rule_or_of_a_declaration_shows_in_an_open_workbench() {
    let dir = declared(FILE);
    let dir = dir.path();
    let policy = dir.join("policies/samples.toml");
    let before = fs::read_to_string(&policy).unwrap();
    let rule = |days: u32| {
        let rule =
            format!("require_evidence_profile = {{ profiles = [\"rag\"], min_retention_days = {days} }}\n");
        let at = before.find("name = \"production\"\n").unwrap() + "name = \"production\"\n".len();
        let (head, tail) = before.split_at(at);
        fs::write(&policy, format!("{head}{rule}{tail}")).unwrap();
    };
    run(dir, &["verify", MODEL], 0);
    let opened = workbench(dir);
    let decision = || {
        let view = opened.view();
        view.summary(view.model(&ModelId::new(MODEL)).unwrap().0).decision
    };
    assert_eq!(decision(), Decision::Admit);
    for (days, wanted) in [(401, Decision::Refuse), (400, Decision::Admit), (401, Decision::Refuse)] {
        rule(days);
        opened.reload_policy().unwrap();
        assert_eq!(decision(), wanted, "{days}");
    }
    fs::write(dir.join("surface.toml"), FILE.replace("days = 400", "days = 500")).unwrap();
    opened.declare_surface(PLACE, &dir.join("surface.toml"), "Ann").unwrap();
    assert_eq!(decision(), Decision::Admit);
}

#[test]
fn the_profiles_that_a_policy_can_name_are_those_that_runbooks_share() {
    let head = "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\n[[stage]]\nname = \"s\"\n";
    let with = |rule: &str| parse(&format!("{head}{rule}\n"), "", None);
    let shared: Vec<String> = shared_profiles().unwrap().into_iter().map(|profile| profile.id).collect();
    for profile in &shared {
        let rule =
            format!("require_evidence_profile = {{ profiles = [\"{profile}\"], min_retention_days = 1 }}");
        with(&rule).unwrap_or_else(|faults| panic!("{profile}: {faults:?}"));
    }
    for (rule, wanted) in [
        (
            "require_evidence_profile = { profiles = [\"other\"], min_retention_days = 1 }",
            "valid values: agent, ",
        ),
        ("require_evidence_profile = { min_retention_days = 1 }", "has no `profiles`"),
        ("require_evidence_profile = { profiles = [], min_retention_days = 1 }", "is empty"),
        ("require_evidence_profile = { profiles = [\"rag\"] }", "has no `min_retention_days`"),
        (
            "min_level = 0\nrequire_evidence_profile = { profiles = [\"rag\"], min_retention_days = 1 }",
            "asks for no signature",
        ),
    ] {
        let faults = format!("{:?}", with(rule).unwrap_err());
        assert!(faults.contains(wanted), "{rule}: {faults}");
    }
    let faults = format!(
        "{:?}",
        with("require_evidence_profile = { profiles = [\"other\"], min_retention_days = 1 }")
    );
    let known = faults.split("valid values: ").nth(1).unwrap().split('"').next().unwrap().split(", ").count();
    assert_eq!(known, shared.len(), "{faults}");
}
