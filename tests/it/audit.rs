//! Evidence packs, as an auditor meets them: made in a workspace, checked on a machine that has only the program.

use crate::documents::hold;
use crate::support::{copy_of_samples, err, out};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use touchmark::pack::Archive;

pub const SORTER: &str = "acme/claims-sorter";
/// Its files were changed after they were signed.
const BOT: &str = "acme/support-bot-7b";
pub const AT: &str = "2026-12-01T00:00:00Z";

/// A workspace of the samples with some models verified, decided upon and reviewed, and an auditor's key.
pub struct Desk {
    dir: tempfile::TempDir,
    /// A machine of somebody else: an empty folder.
    away: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Desk { dir: copy_of_samples(), away: tempfile::tempdir().unwrap() };
        desk.works(&["key", "generate", "audit.pem", "--no-password"]);
        desk.works(&["key", "generate", "other.pem", "--no-password"]);
        for model in [SORTER, BOT] {
            drop(desk.run(&["verify", model, "--at", AT]));
        }
        drop(desk.run(&["gate", SORTER, "--stage", "production"]));
        desk.works(&["review", "ask", SORTER, "--reason", "say what it was merged from"]);
        fs::copy(desk.path("audit.pem.pub"), desk.away.path().join("audit.pem.pub")).unwrap();
        fs::copy(desk.path("other.pem.pub"), desk.away.path().join("other.pem.pub")).unwrap();
        desk
    }

    /// The same with a checkpoint, and a signed pack of both models.
    pub fn packed() -> (Self, PathBuf) {
        let desk = Desk::new();
        desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
        let pack = desk.pack("pack.zip", &[SORTER, BOT]);
        (desk, pack)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn program(&self, dir: &Path, words: &[&str]) -> Output {
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(dir)
            .env("HOME", dir)
            .env("XDG_DATA_HOME", dir.join("data"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        hold(&done);
        done
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.program(self.dir.path(), words)
    }

    #[track_caller]
    pub fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    /// A pack signed by the auditor's key.
    #[track_caller]
    pub fn pack(&self, name: &str, words: &[&str]) -> PathBuf {
        let by = ["audit", "pack", "key", "--private-key", "audit.pem", "--at", AT, "-o", name];
        self.works(&[&by[..], words].concat());
        self.path(name)
    }

    /// What somebody else's machine says of a pack, and with which status.
    pub fn away(&self, pack: &Path, words: &[&str]) -> (Option<i32>, Value) {
        let words = [&["audit", "verify", pack.to_str().unwrap(), "--format", "json"], words].concat();
        let done = self.program(self.away.path(), &words);
        let said = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| err(&done).into());
        (done.status.code(), said)
    }

    pub fn by_auditor(&self, pack: &Path) -> (Option<i32>, Value) {
        self.away(pack, &["--public-key", "audit.pem.pub"])
    }
}

/// The members of a pack, read as anybody's zip.
pub fn members(pack: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = fs::read(pack).unwrap();
    let length = bytes.len() as u64;
    let archive = Archive::open(std::io::Cursor::new(bytes), length).unwrap();
    let names: Vec<String> = archive.members().map(|(name, _)| name.to_owned()).collect();
    names.into_iter().map(|name| (name.clone(), archive.read(&name).unwrap().unwrap().bytes)).collect()
}

pub fn manifest(pack: &Path) -> Value {
    serde_json::from_slice(&members(pack)["manifest.json"]).unwrap()
}

fn outcomes<'v>(said: &'v Value, of: &str, what: &str) -> Vec<&'v str> {
    said[of].as_array().unwrap().iter().map(|one| one[what].as_str().unwrap()).collect()
}

#[test]
fn a_pack_is_checked_as_a_whole_on_a_machine_that_has_only_the_program() {
    let (desk, pack) = Desk::packed();
    let (status, said) = desk.by_auditor(&pack);
    assert_eq!(status, Some(0), "{said:#}");
    assert_eq!((&said["outcome"], &said["signature"]["outcome"]), (&"pass".into(), &"pass".into()));
    assert_eq!(said["faults"], Value::Array(Vec::new()));
    assert_eq!((&said["at"], &said["stage"]), (&AT.into(), &manifest(&pack)["stage"]));
    // The models that were asked for, with their verdicts; the one whose files were changed is refused, and that holds.
    assert_eq!(outcomes(&said, "verdicts", "model"), [SORTER, BOT]);
    assert_eq!(outcomes(&said, "verdicts", "outcome"), ["pass", "pass"]);
    assert_eq!(said["verdicts"][1]["decision"], "refuse");
    // The records: verifications and a decision are judged again, a review is somebody's word; all are proven.
    let kinds = outcomes(&said, "records", "kind");
    for kind in ["verification", "decision", "review"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert!(outcomes(&said, "records", "proven").iter().all(|proven| *proven == "pass"), "{said:#}");
    for (kind, again) in kinds.iter().zip(outcomes(&said, "records", "again")) {
        assert_eq!(again, if *kind == "review" { "not-applicable" } else { "pass" });
    }
    // Nothing was written there.
    let there: Vec<_> =
        fs::read_dir(desk.away.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(there.len(), 2, "{there:?}");
    // People read the same.
    let words = ["audit", "verify", pack.to_str().unwrap(), "--public-key", "audit.pem.pub"];
    let human = out(&desk.program(desk.away.path(), &words));
    assert!(human.starts_with("✓ pass  "), "{human}");
    assert!(human.contains("2 verdicts: 2 judged again with the same result"), "{human}");
}

#[test]
fn nobodys_word_is_no_pass() {
    let (desk, pack) = Desk::packed();
    // Whom nobody trusts, or somebody else: nothing contradicts, and nobody vouches for it.
    for words in [&[][..], &["--public-key", "other.pem.pub"]] {
        let (status, said) = desk.away(&pack, words);
        assert_eq!((status, &said["outcome"]), (Some(3), &"unknown".into()), "{said:#}");
        assert_eq!(said["signature"]["outcome"], "unknown");
        let human = [&["audit", "verify", pack.to_str().unwrap()], words].concat();
        let human = out(&desk.program(desk.away.path(), &human));
        assert!(
            human.contains("by a signer, whom none of the given keys and authorities vouches for"),
            "{human}"
        );
        assert_eq!(said["faults"], Value::Array(Vec::new()));
    }
    // Nobody signed it.
    desk.works(&["audit", "pack", SORTER, "-o", "bare.zip", "--at", AT]);
    let (status, said) = desk.by_auditor(&desk.path("bare.zip"));
    assert_eq!((status, &said["signature"]["outcome"]), (Some(3), &"missing".into()), "{said:#}");
    assert_eq!(said["verdicts"][0]["outcome"], "pass");
    // Somebody signed it, and no checkpoint stands for the ledger.
    fs::remove_dir_all(desk.path("checkpoints")).unwrap();
    let told = desk.works(&[
        "audit",
        "pack",
        "key",
        SORTER,
        "-o",
        "free.zip",
        "--private-key",
        "audit.pem",
        "--at",
        AT,
    ]);
    assert!(told.contains("! no checkpoint stands for"), "{told}");
    let (status, said) = desk.by_auditor(&desk.path("free.zip"));
    assert_eq!((status, &said["signature"]["outcome"]), (Some(3), &"pass".into()), "{said:#}");
    assert!(outcomes(&said, "records", "proven").iter().all(|proven| *proven == "missing"), "{said:#}");
    // A checkpoint that nobody signed is worth as much.
    desk.works(&["ledger", "checkpoint"]);
    let (status, said) = desk.by_auditor(&desk.pack("unsigned.zip", &[SORTER]));
    assert_eq!((status, &said["checkpoints"][0]["signature"]["outcome"]), (Some(3), &"missing".into()));
    // One by somebody else than the auditor counts where both are trusted.
    fs::remove_dir_all(desk.path("checkpoints")).unwrap();
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "other.pem"]);
    let both = desk.pack("both.zip", &[SORTER]);
    assert_eq!(desk.by_auditor(&both).0, Some(3));
    let keys = ["--public-key", "audit.pem.pub", "--public-key", "other.pem.pub"];
    assert_eq!(desk.away(&both, &keys).0, Some(0));
}

#[test]
fn the_same_pack_comes_of_the_same_workspace_to_the_byte() {
    let (desk, pack) = Desk::packed();
    let records = desk.works(&["ledger", "export"]).lines().count();
    let first = desk.works(&["audit", "pack", SORTER, "-o", "1.zip", "--at", AT]);
    let again = desk.works(&["audit", "pack", SORTER, SORTER, "-o", "2.zip", "--at", AT]);
    assert_eq!(
        fs::read(desk.path("1.zip")).unwrap(),
        fs::read(desk.path("2.zip")).unwrap(),
        "{first}{again}"
    );
    desk.works(&["audit", "pack", SORTER, "-o", "3.zip", "--at", "2026-12-01T00:00:01Z"]);
    assert_ne!(fs::read(desk.path("1.zip")).unwrap(), fs::read(desk.path("3.zip")).unwrap());
    assert_eq!(desk.works(&["ledger", "export"]).lines().count(), records, "a pack records nothing");
    // Its members are called by what they are; the weights stay where they are.
    let names: Vec<String> = members(&pack).into_keys().collect();
    for begins in [
        "README.md",
        "anchors/",
        "bundles/",
        "checkpoints/",
        "contents/",
        "evidence/",
        "files/",
        "inventory/",
        "ledger/0000",
        "manifest.json",
        "manifest.sig",
        "models.cdx.json",
        "policies/",
        "reports/maturity.csv",
        "reports/maturity.html",
        "reports/maturity.json",
        "reports/maturity.md",
        "rubrics/",
        "trust/",
        "verdicts/00001.json",
        "verdicts/00002.json",
    ] {
        assert!(names.iter().any(|name| name.starts_with(begins)), "{begins}: {names:?}");
    }
    let held: Vec<Vec<u8>> = members(&pack).into_values().collect();
    let mut files = 0;
    for entry in fs::read_dir(desk.path("models/acme/claims-sorter")).unwrap() {
        let path = entry.unwrap().path();
        let is_said = path.ends_with("model.sig") || path.ends_with("claims.jsonl");
        if path.is_file() {
            files += 1;
            assert_eq!(held.contains(&fs::read(&path).unwrap()), is_said, "{}", path.display());
        }
    }
    assert!(files > 2);
    let readme = String::from_utf8(members(&pack).remove("README.md").unwrap()).unwrap();
    assert!(readme.contains(SORTER) && readme.contains("touchmark audit verify"), "{readme}");
}

#[test]
fn any_zip_tool_opens_a_pack() {
    let (_desk, pack) = Desk::packed();
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
        print(*z.namelist(), sep='\\n')";
    let Ok(done) = Command::new("python3").args(["-c", script, pack.to_str().unwrap()]).output() else {
        eprintln!("skipped: no python3");
        return;
    };
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(out(&done).lines().collect::<Vec<_>>(), members(&pack).keys().collect::<Vec<_>>());
}

#[test]
fn all_models_of_a_workspace_fit_into_one_pack_and_every_verdict_comes_out_again() {
    let desk = Desk::new();
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
    let pack = desk.pack("all.zip", &["--stage", "dev"]);
    let (status, said) = desk.by_auditor(&pack);
    assert_eq!(status, Some(0), "{said:#}");
    let models: Value = serde_json::from_str(&desk.works(&["list", "--format", "json"])).unwrap();
    assert_eq!(
        said["verdicts"].as_array().unwrap().len(),
        models["models"].as_array().unwrap().len(),
        "{models:#}"
    );
    assert_eq!(said["stage"], "dev");
}

#[test]
fn what_is_left_out_leaves_its_digest_and_opens_only_what_rests_on_it() {
    let (desk, whole) = Desk::packed();
    let digests = |pack: &Path| -> Vec<(String, String)> {
        let manifest = manifest(pack);
        let members = manifest["members"].as_array().unwrap();
        let row = |member: &Value| {
            (member["name"].as_str().unwrap().to_owned(), member["sha256"].as_str().unwrap().to_owned())
        };
        members.iter().map(row).collect()
    };
    // The reports rest on nothing, and nothing on them.
    let pack = desk.pack("quiet.zip", &[SORTER, BOT, "--redact", "report", "--redact", "models.cdx.json"]);
    assert_eq!(digests(&pack), digests(&whole));
    assert!(!members(&pack).keys().any(|name| name.starts_with("reports/") || name == "models.cdx.json"));
    let (status, said) = desk.by_auditor(&pack);
    assert_eq!(status, Some(0), "{said:#}");
    assert_eq!(said["redacted"].as_array().unwrap().len(), 5);
    // A bundle: the verdicts on its model and on what derives from it are open, the others stand.
    let manifest = manifest(&whole);
    let of = |verdict: &str| -> Value { serde_json::from_slice(&members(&whole)[verdict]).unwrap() };
    let evidence = of("verdicts/00002.json")["inputs"]["evidence"].as_str().unwrap().to_owned();
    let evidence: Value =
        serde_json::from_slice(&members(&whole)[&format!("evidence/{evidence}.json")]).unwrap();
    let is_bot = |model: &&Value| model["id"] == BOT;
    let bot = evidence["models"].as_array().unwrap().iter().find(is_bot).unwrap().clone();
    let bundle = format!("bundles/{}.json", bot["seen"]["bundle"].as_str().unwrap());
    let pack = desk.pack("bot.zip", &[SORTER, BOT, "--redact", &bundle]);
    let (status, said) = desk.by_auditor(&pack);
    assert_eq!((status, &said["outcome"]), (Some(3), &"unknown".into()), "{said:#}");
    assert_eq!(outcomes(&said, "verdicts", "outcome"), ["pass", "unknown"]);
    assert_eq!(said["verdicts"][1]["lacks"], Value::from(vec![bundle.clone()]));
    assert_eq!(said["faults"], Value::Array(Vec::new()));
    // Whole kinds: every kind can be left out, and what remains is still held against the manifest.
    let kinds: Vec<&str> = manifest["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "policy",
        "rubric",
        "anchor",
        "anchors",
        "evidence",
        "files",
        "inventory",
        "verdict",
        "proof",
        "checkpoint",
    ] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
        let pack = desk.pack(&format!("{kind}.zip"), &[SORTER, "--redact", kind]);
        let (status, said) = desk.by_auditor(&pack);
        assert_eq!((status, &said["faults"]), (Some(3), &Value::Array(Vec::new())), "{kind}: {said:#}");
        let stands = kind == "checkpoint";
        assert_eq!(
            said["verdicts"][0]["outcome"],
            if stands { "pass" } else { "unknown" },
            "{kind}: {said:#}"
        );
        assert_eq!(said["verdicts"][0]["lacks"].as_array().unwrap().is_empty(), stands, "{kind}: {said:#}");
    }
    // What names nothing is refused, with what may have been meant.
    let done = desk.run(&["audit", "pack", SORTER, "-o", "no.zip", "--redact", "bundel"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("did you mean `bundle`?"), "{}", err(&done));
    assert!(!desk.path("no.zip").exists());
}

#[test]
fn a_pack_is_written_whole_or_not_at_all() {
    let (desk, pack) = Desk::packed();
    let before = fs::read(&pack).unwrap();
    let words = ["audit", "pack", SORTER, "-o", "pack.zip", "--at", AT];
    let done = desk.run(&words);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    assert_eq!(fs::read(&pack).unwrap(), before);
    desk.works(&[&words[..], &["--force"]].concat());
    assert_ne!(fs::read(&pack).unwrap(), before);
    for (words, code) in [
        (&["nobody/knows-it", "-o", "x.zip"][..], "E-NOT-FOUND"),
        (&[SORTER, "-o", "x.zip", "--stage", "nowhere"], "E-NOT-FOUND"),
        (&[SORTER, "-o", "there/is/no/x.zip"], "E-WRITE"),
        (&["key", SORTER, "-o", "x.zip", "--private-key", "none.pem"], "E-READ"),
        (&["key", SORTER, "--private-key", "audit.pem"], "--out"),
        (&[SORTER], "--out"),
    ] {
        let done = desk.run(&[&["audit", "pack"], words].concat());
        assert!(done.status.code() >= Some(2), "{words:?}");
        assert!(err(&done).contains(code), "{words:?}: {}", err(&done));
        assert!(!desk.path("x.zip").exists(), "{words:?}");
    }
    let (status, said) = desk.by_auditor(&desk.path("audit.pem"));
    assert_eq!(status, Some(4), "{said}");
}

#[cfg(feature = "keyless")]
#[test]
fn a_pack_that_an_identity_signed_counts_for_whoever_expects_that_identity() {
    use crate::instance::{Instance, Uses};
    let desk = Desk::new();
    let instance = Instance::start();
    fs::write(desk.path("config.json"), instance.config(Uses::FirstLogAndStamps).to_string()).unwrap();
    fs::write(desk.path("token"), instance.token("dana@acme.test")).unwrap();
    desk.works(&["ledger", "checkpoint", "key", "--private-key", "audit.pem"]);
    let by = ["--identity-token-file", "token", "--trust-config", "config.json"];
    let words = ["audit", "pack", "sigstore", SORTER, "-o", "dana.zip", "--at", AT];
    desk.works(&[&words[..], &by].concat());
    let (pack, config, issuer) = (desk.path("dana.zip"), desk.path("config.json"), instance.issuer());
    let root = ["--public-key", "audit.pem.pub", "--trust-config", config.to_str().unwrap()];
    let expects = |who: &str, issuer: &str| {
        let who = ["--identity", who, "--identity-provider", issuer];
        desk.away(&pack, &[&root[..], &who].concat())
    };
    let (status, said) = expects("dana@acme.test", &issuer);
    assert_eq!(
        (status, &said["signature"]["signer"]["subject"]),
        (Some(0), &"dana@acme.test".into()),
        "{said:#}"
    );
    for (who, issuer) in [("eve@acme.test", issuer.as_str()), ("dana@acme.test", "https://other.example")] {
        let (status, said) = expects(who, issuer);
        assert_eq!((status, &said["signature"]["outcome"]), (Some(3), &"unknown".into()), "{said:#}");
    }
    // The key alone vouches for the checkpoint only.
    assert_eq!(desk.by_auditor(&pack).0, Some(3));
    let (status, said) = desk.away(&pack, &["--public-key", "audit.pem.pub", "--identity", "dana@acme.test"]);
    assert!(status == Some(2) && said.to_string().contains("--identity-provider"), "{said}");
}
