//! `trust add` and `trust remove`, and what is said of an anchor that is old or ends.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::path::{Path, PathBuf};

fn trust(dir: &Path, words: &[&str]) -> std::process::Output {
    let mut all = vec!["trust", "--workspace", dir.to_str().unwrap()];
    all.extend(words);
    touchmark(all)
}

fn policy_of(dir: &Path) -> PathBuf {
    dir.join("policies/samples.toml")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A file outside of the workspace.
fn outside(bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("brought along.pem");
    std::fs::write(&file, bytes).unwrap();
    let path = file.to_str().unwrap().to_owned();
    (dir, path)
}

#[test]
fn anchors_are_added_and_removed_and_the_rest_of_the_policy_stays_byte_for_byte() {
    let dir = copy_of_samples();
    let policy = policy_of(dir.path());
    let before = format!("{}\n# the last word", read(&policy)).replace('\n', "\r\n");
    std::fs::write(&policy, &before).unwrap();
    let key = dir.path().join("keys/lumen.pub.pem");
    let (_keep, elsewhere) = outside(std::fs::read(&key).unwrap());
    let here = key.to_str().unwrap();
    let ca = dir.path().join("keys/samples-root-ca.pem");
    let cases: [(&str, &[&str], &str); 5] = [
        ("in-place", &[here], "files = [\"../keys/lumen.pub.pem\"]"),
        ("copied.key", &[&elsewhere], "files = [\"../trust/copied.key.pem\"]"),
        ("two", &[here, &elsewhere], "files = [\"../keys/lumen.pub.pem\", \"../trust/two.pem\"]"),
        ("ca", &[ca.to_str().unwrap(), "--max-age-days", "90"], "max_age_days = 90"),
        ("good", &["--embedded", "public-good"], "kind = \"sigstore\""),
    ];
    for (name, words, line) in cases {
        let added = trust(dir.path(), &[&["add", name], words].concat());
        assert_eq!(added.status.code(), Some(0), "{}", err(&added));
        assert!(out(&added).contains("sha256 "), "{}", out(&added));
        let after = read(&policy);
        assert!(after.starts_with(&before) && after.contains(&format!("{line}\r\n")), "{after}");
        let listed = out(&trust(dir.path(), &["list"]));
        assert!(listed.lines().any(|row| row.starts_with("✓ in use") && row.contains(name)), "{listed}");
        let removed = trust(dir.path(), &["remove", name]);
        assert_eq!(removed.status.code(), Some(0), "{}", err(&removed));
        assert_eq!(read(&policy).trim_end(), before, "{name}");
        std::fs::write(&policy, &before).unwrap();
    }
    assert!(dir.path().join("trust/two.pem").is_file(), "a file that was copied stays");
}

#[test]
fn a_copy_is_as_old_as_what_it_holds_and_never_takes_the_place_of_another_file() {
    let dir = copy_of_samples();
    let (_keep, file) = outside(read(&dir.path().join("keys/lumen.pub.pem")));
    let made = std::time::SystemTime::now() - std::time::Duration::from_secs(200 * 86_400);
    std::fs::File::options().append(true).open(&file).unwrap().set_modified(made).unwrap();
    std::fs::create_dir(dir.path().join("trust")).unwrap();
    std::fs::write(dir.path().join("trust/a.pem"), "something else").unwrap();
    let added = trust(dir.path(), &["--format", "json", "add", "a", &file]);
    let document: serde_json::Value = serde_json::from_slice(&added.stdout).unwrap();
    assert_eq!(document["files"][0], "../trust/a-2.pem");
    assert_eq!(document["anchors"][0]["anchor"]["age_days"], 200);
    assert_eq!(read(&dir.path().join("trust/a.pem")), "something else");
    // The same file again needs no third copy.
    assert_eq!(trust(dir.path(), &["add", "a", &file, "--replace"]).status.code(), Some(0));
    assert_eq!(std::fs::read_dir(dir.path().join("trust")).unwrap().count(), 2);
}

#[test]
fn a_name_that_is_taken_is_replaced_only_when_asked_and_keeps_what_was_revoked() {
    let dir = copy_of_samples();
    let policy = policy_of(dir.path());
    let ca = dir.path().join("keys/samples-root-ca.pem");
    let before = read(&policy);
    let line = "files = [\"../keys/samples-root-ca.pem\"]";
    let with_limit = before.replace(line, &format!("{line} # ours\nmax_age_days = 7"));
    std::fs::write(&policy, &with_limit).unwrap();
    let (_keep, file) = outside(std::fs::read(&ca).unwrap());
    let taken = trust(dir.path(), &["add", "samples-ca", &file]);
    assert_eq!(taken.status.code(), Some(2), "{}", err(&taken));
    assert!(err(&taken).contains("--replace"), "{}", err(&taken));
    assert_eq!(read(&policy), with_limit);
    assert!(!dir.path().join("trust").exists(), "nothing is copied for nothing");
    let replaced = trust(dir.path(), &["add", "samples-ca", &file, "--replace"]);
    assert_eq!(replaced.status.code(), Some(0), "{}", err(&replaced));
    assert_eq!(read(&policy), with_limit.replace(line, "files = [\"../trust/samples-ca.pem\"]"));
}

#[test]
fn an_anchor_that_publishers_name_is_not_removed_and_they_are_listed() {
    let dir = copy_of_samples();
    let before = read(&policy_of(dir.path()));
    let refused = trust(dir.path(), &["remove", "samples-ca"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("northwind, acme"), "{}", err(&refused));
    let unknown = trust(dir.path(), &["remove", "samples-cb"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `samples-ca`"), "{}", err(&unknown));
    // A kind whose publisher would then need identities makes the policy invalid, and is not written.
    let (_keep, key) = outside(read(&dir.path().join("keys/samples-root-ca.pem")));
    let (head, lumen) = before.split_once("id = \"lumen\"").unwrap();
    let text = format!("{head}id = \"lumen\"{}", lumen.replacen("identities = ", "# ", 1));
    std::fs::write(policy_of(dir.path()), &text).unwrap();
    let refused = trust(dir.path(), &["add", "lumen-key", &key, "--replace"]);
    assert_eq!(refused.status.code(), Some(2), "{}", out(&refused));
    assert!(err(&refused).contains("identities"), "{}", err(&refused));
    assert_eq!(read(&policy_of(dir.path())), text);
    assert!(!dir.path().join("trust/lumen-key.pem").exists(), "the copy is taken back");
}

#[test]
fn hostile_names_and_files_are_refused_and_nothing_changes() {
    let dir = copy_of_samples();
    let policy = policy_of(dir.path());
    let before = read(&policy);
    let good = dir.path().join("keys/lumen.pub.pem");
    let pem = read(&good);
    let good = good.to_str().unwrap().to_owned();
    let long = "a".repeat(65);
    for name in ["", ".", "..", "../x", "a/b", "a b", "é", "a\nb", "a]\nkind", "\u{1b}[2J", &long] {
        let refused = trust(dir.path(), &["add", name, &good]);
        assert_eq!(refused.status.code(), Some(2), "{name:?}: {}", err(&refused));
        assert!(!err(&refused).contains("\u{1b}["), "{name:?}");
    }
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ca = read(&dir.path().join("keys/samples-root-ca.pem"));
    let private = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let huge = file("huge.pem", b"-----BEGIN CERTIFICATE-----\n");
    std::fs::File::options().append(true).open(&huge).unwrap().set_len(1 << 40).unwrap();
    let folder = dir.path().join("keys").to_str().unwrap().to_owned();
    let mut cases = vec![
        (file("empty", b""), 4, "it is empty"),
        (file("noise", &[0xff; 999]), 4, "no public key"),
        (file("der", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), 4, "E-MALFORMED"),
        (file("both", format!("{pem}{ca}").as_bytes()), 2, "--kind"),
        (file("secret", format!("{pem}{private}").as_bytes()), 4, "private key"),
        (file("long.pem", format!("{pem}{}", "#".repeat(70_000)).as_bytes()), 4, "E-TOO-LARGE"),
        (file("root.json", b"{\"tlogs\": []}"), 4, "trusted root"),
        (file("cut", ca.get(..200).unwrap().as_bytes()), 4, "cut off"),
        (huge, 4, "E-TOO-LARGE"),
        (folder, 4, "not a regular file"),
        ("no such file".to_owned(), 4, "E-READ"),
    ];
    if cfg!(unix) {
        let fifo = dir.path().join("fifo").to_str().unwrap().to_owned();
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        cases.push((fifo, 4, "not a regular file"));
    }
    for (path, status, said) in &cases {
        let refused = trust(dir.path(), &["add", "new", path]);
        assert_eq!(refused.status.code(), Some(*status), "{path}: {}", err(&refused));
        assert!(err(&refused).contains(said), "{path}: {}", err(&refused));
    }
    let mixed = trust(
        dir.path(),
        &["add", "new", &good, dir.path().join("keys/samples-root-ca.pem").to_str().unwrap()],
    );
    assert!(err(&mixed).contains("different kinds"), "{}", err(&mixed));
    assert_eq!(read(&policy), before);
    assert!(!dir.path().join("trust").exists());
    let both = dir.path().join("both");
    let chosen = trust(dir.path(), &["add", "new", both.to_str().unwrap(), "--kind", "x509"]);
    assert_eq!(chosen.status.code(), Some(0), "{}", err(&chosen));
}

#[test]
fn a_policy_that_must_not_or_cannot_be_edited_stays_and_nothing_is_left_behind() {
    let dir = copy_of_samples();
    let policy = policy_of(dir.path());
    let (_keep, file) = outside(read(&dir.path().join("keys/lumen.pub.pem")));
    let refused = |said: &str, status: i32, words: &[&str]| {
        let before = std::fs::read(&policy).unwrap();
        let refused = trust(dir.path(), &[words, &["add", "new", &file]].concat());
        assert_eq!(refused.status.code(), Some(status), "{said}: {}", err(&refused));
        assert!(err(&refused).contains(said), "{said}: {}", err(&refused));
        assert_eq!(std::fs::read(&policy).unwrap(), before, "{said}");
        let left = std::fs::read_dir(dir.path().join("trust")).map_or(0, Iterator::count);
        let drafts = std::fs::read_dir(policy.parent().unwrap()).unwrap();
        let drafts =
            drafts.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
        assert_eq!((left, drafts.count()), (0, 0), "{said}");
    };
    refused("--read-only", 2, &["--read-only"]);
    let mut permissions = std::fs::metadata(&policy).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&policy, permissions.clone()).unwrap();
    refused("E-WRITE", 4, &[]);
    #[allow(clippy::permissions_set_readonly_false)]
    permissions.set_readonly(false);
    std::fs::set_permissions(&policy, permissions).unwrap();
    std::fs::write(&policy, "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\ntrust = {}\n")
        .unwrap();
    refused("[trust.NAME]", 2, &[]);
    std::fs::write(&policy, "schema = \"trust-policy/0.1\"\nnam = 3\n").unwrap();
    refused("not valid", 2, &[]);
    let workspace = read(&dir.path().join("touchmark.toml"));
    let without: String =
        workspace.lines().filter(|line| !line.starts_with("policy")).collect::<Vec<_>>().join("\n");
    std::fs::write(dir.path().join("touchmark.toml"), without).unwrap();
    refused("no policy file", 2, &[]);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_workspace_are_not_trusted_to_stay() {
    let dir = copy_of_samples();
    let (keep, file) = outside(read(&dir.path().join("keys/lumen.pub.pem")));
    let link = dir.path().join("keys/linked.pem");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let added = trust(dir.path(), &["add", "linked", link.to_str().unwrap()]);
    assert!(out(&added).contains("../trust/linked.pem"), "{}{}", out(&added), err(&added));
    std::fs::remove_dir_all(dir.path().join("trust")).unwrap();
    std::os::unix::fs::symlink(keep.path(), dir.path().join("trust")).unwrap();
    let refused = trust(dir.path(), &["add", "other", &file]);
    assert_eq!(refused.status.code(), Some(4), "{}", err(&refused));
    assert!(err(&refused).contains("leads out of the workspace"), "{}", err(&refused));
    assert_eq!(std::fs::read_dir(keep.path()).unwrap().count(), 1);
}

#[test]
fn an_anchor_that_is_old_or_ends_is_told() {
    let dir = copy_of_samples();
    let policy = policy_of(dir.path());
    let text = read(&policy).replace("expires = 2045-01-01T00:00:00Z\n", "");
    std::fs::write(&policy, text).unwrap();
    let at = |time: &str, words: &[&str]| out(&trust(dir.path(), &[&["--at", time], words].concat()));
    let now = at("2026-12-01T00:00:00Z", &["list"]);
    assert!(!now.contains("more than 120"), "{now}");
    let old = at("2027-06-01T00:00:00Z", &["list"]);
    assert!(old.contains("! public-good: 231 days old, more than 120"), "{old}");
    assert!(at("2027-06-01T00:00:00Z", &["show", "staging"]).contains("! 231 days old"));
    let soon = at("2045-12-15T00:00:00Z", &["list"]);
    assert!(soon.lines().any(|row| row.starts_with("! in use") && row.contains("samples-ca")), "{soon}");
    assert!(soon.contains("CN=Touchmark Samples Root CA,O=Touchmark Samples ends in 17 days"), "{soon}");
    let ended = at("2046-02-01T00:00:00Z", &["list", "--format", "json"]);
    let ended: serde_json::Value = serde_json::from_str(&ended).unwrap();
    assert_eq!(ended["policy"][0]["name"], "samples-ca");
    assert_eq!(ended["policy"][0]["health"][0]["health"], "ended");
    let inside = ended["available"][0]["health"].as_array().unwrap();
    assert!(
        inside
            .iter()
            .any(|fault| fault["health"] == "warn" && fault["text"].to_string().contains("days old"))
    );
}

proptest::proptest! {
    #[test]
    fn whatever_stands_around_it_an_anchor_comes_and_goes_without_a_trace(
        pieces in proptest::collection::vec((0usize..7, 0usize..3), 0..12),
        quoted in proptest::bool::ANY,
    ) {
        use touchmark::policy::{AnchorKind, AnchorSource, with_anchor, without_anchor};
        let mut text = "schema = \"trust-policy/0.1\"\nname = \"x\"\nversion = \"1\"\n".to_owned();
        for (index, (piece, blank_lines)) in pieces.iter().enumerate() {
            text.push_str(&"\n".repeat(*blank_lines));
            text.push_str(&match piece {
                0 => "# [trust.new]\n".to_owned(),
                1 => " \t# kind = \"\"\"\n".to_owned(),
                2 => format!("[trust.a{index}]\nkind = 'sigstore' # [\n"),
                3 => format!("  [ trust . \"b.{index}\" ]\n  files = [ # ]\n  \"k\",\n]\nkind = \"key\"\n"),
                4 => format!("[[deny_identity]]\nsubject = \"exact:{index}\"\nreason = \"\"\"\n[trust.new]\n\"\"\"\n"),
                5 => format!("[[stage]]\nname = \"s{index}\"\n"),
                _ => format!("[trust]\n[trust.c{index}]\nmax_age_days = 0x10\nkind = \"x509\"\nfiles = ['''c''']\n"),
            });
        }
        let name = if quoted { "n.e.w" } else { "new" };
        let mut anchor = AnchorSource {
            name: name.to_owned(),
            kind: AnchorKind::Ca,
            files: vec!["../a \\b'.pem".replace('\\', "").into()],
            crls: Vec::new(),
            max_age_days: None,
        };
        // Two [trust] headers are no TOML.
        let valid = touchmark::policy::parse(&text, "", None).is_ok();
        let with = with_anchor(&text, &anchor);
        proptest::prop_assert_eq!(with.is_ok(), valid);
        if let Ok(with) = with {
            proptest::prop_assert!(with.starts_with(&text));
            proptest::prop_assert_eq!(without_anchor(&with, name).unwrap(), text.clone());
            anchor.max_age_days = Some(3);
            let changed = with_anchor(&with, &anchor).unwrap();
            proptest::prop_assert_eq!(without_anchor(&changed, name).unwrap(), text);
        }
    }
}

#[test]
fn certificates_are_of_a_timestamp_authority_only_when_somebody_says_so() {
    let dir = copy_of_samples();
    let file = dir.path().join("keys/samples-stamps.pem").to_string_lossy().into_owned();
    let added = trust(dir.path(), &["add", "clock", &file, "--kind", "tsa"]);
    assert_eq!(added.status.code(), Some(0), "{}", err(&added));
    assert!(out(&added).contains("clock  tsa from ../keys/samples-stamps.pem"), "{}", out(&added));
    assert!(read(&policy_of(dir.path())).contains("[trust.clock]\nkind = \"tsa\"\n"));
    assert_eq!(trust(dir.path(), &["remove", "clock"]).status.code(), Some(0));
    let added = trust(dir.path(), &["add", "clock", &file]);
    assert!(out(&added).contains("clock  ca from"), "{}", out(&added));
}

mod changed_meanwhile {
    //! The policy file is changed by somebody else while a workbench is open.

    use super::{policy_of, read};
    use crate::support::copy_of_samples;
    use std::path::{Path, PathBuf};
    use touchmark::Code;
    use touchmark::workbench::{AnchorFrom, NewAnchor, OpenOptions, Workbench};

    fn open(dir: &Path) -> Workbench {
        Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
    }

    fn anchor(name: &str, file: PathBuf, replace: bool) -> NewAnchor {
        let from = AnchorFrom::Files { files: vec![file], kind: None };
        NewAnchor { name: name.to_owned(), from, max_age_days: None, replace }
    }

    #[test]
    fn what_they_wrote_stays_and_counts() {
        let dir = copy_of_samples();
        let workbench = open(dir.path());
        let policy = policy_of(dir.path());
        let theirs = format!("# theirs\n{}", read(&policy));
        std::fs::write(&policy, &theirs).unwrap();
        workbench.add_anchor(&anchor("new", dir.path().join("keys/lumen.pub.pem"), false)).unwrap();
        assert!(read(&policy).starts_with(&theirs), "{}", read(&policy));
        assert!(workbench.view().policy_text.starts_with(&theirs));
        workbench.remove_anchor("new").unwrap();
        assert_eq!(read(&policy).trim_end(), theirs.trim_end());
    }

    #[test]
    fn a_name_that_they_took_is_taken() {
        let dir = copy_of_samples();
        let workbench = open(dir.path());
        let policy = policy_of(dir.path());
        let added = "\n[trust.new]\nkind = \"key\"\nfiles = [\"../keys/vendor.pub.pem\"]\n";
        std::fs::write(&policy, read(&policy) + added).unwrap();
        let before = read(&policy);
        let key = dir.path().join("keys/lumen.pub.pem");
        let refused = workbench.add_anchor(&anchor("new", key, false)).unwrap_err();
        assert_eq!(refused.code, Code::Usage, "{refused:?}");
        assert_eq!(read(&policy), before);
    }

    #[test]
    fn lists_of_what_is_revoked_that_they_added_are_not_forgotten() {
        let dir = copy_of_samples();
        let workbench = open(dir.path());
        let policy = policy_of(dir.path());
        let line = "files = [\"../keys/samples-root-ca.pem\"]\n";
        std::fs::write(&policy, read(&policy).replace(line, &format!("{line}crls = [\"../ours.crl\"]\n")))
            .unwrap();
        let ca = dir.path().join("keys/samples-root-ca.pem");
        workbench.add_anchor(&anchor("samples-ca", ca, true)).unwrap();
        assert!(read(&policy).contains("../ours.crl"), "{}", read(&policy));
    }

    #[test]
    fn an_anchor_that_they_use_is_not_removed() {
        let dir = copy_of_samples();
        let workbench = open(dir.path());
        workbench.add_anchor(&anchor("new", dir.path().join("keys/lumen.pub.pem"), false)).unwrap();
        let policy = policy_of(dir.path());
        let line = "trust = [\"lumen-key\"]";
        std::fs::write(&policy, read(&policy).replace(line, "trust = [\"lumen-key\", \"new\"]")).unwrap();
        let before = read(&policy);
        let refused = workbench.remove_anchor("new").unwrap_err();
        assert_eq!(refused.code, Code::Usage, "{refused:?}");
        assert_eq!(read(&policy), before);
    }

    #[test]
    fn what_they_broke_is_not_edited() {
        let dir = copy_of_samples();
        let workbench = open(dir.path());
        let policy = policy_of(dir.path());
        std::fs::write(&policy, format!("nonsense = 1\n{}", read(&policy))).unwrap();
        let before = read(&policy);
        let key = dir.path().join("keys/lumen.pub.pem");
        assert_eq!(workbench.add_anchor(&anchor("new", key, false)).unwrap_err().code, Code::Config);
        assert_eq!(workbench.remove_anchor("samples-stamps").unwrap_err().code, Code::Config);
        assert_eq!(read(&policy), before);
    }
}
