//! `trust list` and `trust show`, and looking into a trusted root.

use crate::support::{copy_of_samples, err, out, touchmark};
use std::path::Path;

fn trust(dir: &Path, words: &[&str]) -> std::process::Output {
    let mut all = vec!["trust", "--workspace", dir.to_str().unwrap()];
    all.extend(words);
    touchmark(all)
}

#[test]
fn the_anchors_of_the_policy_are_listed_with_state_and_age_and_those_inside_the_program_as_available() {
    let dir = copy_of_samples();
    std::fs::remove_file(dir.path().join("keys/vendor.pub.pem")).unwrap();
    let policy = dir.path().join("policies/samples.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    let old = "files = [\"../keys/lumen.pub.pem\"]";
    std::fs::write(&policy, text.replace(old, &format!("{old}\nmax_age_days = 30"))).unwrap();
    let made = std::time::SystemTime::now() - std::time::Duration::from_secs(40 * 86_400);
    let key = std::fs::File::options().append(true).open(dir.path().join("keys/lumen.pub.pem")).unwrap();
    key.set_modified(made).unwrap();
    let listed = out(&trust(dir.path(), &["list"]));
    let row = |name: &str| listed.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(row("samples-ca").starts_with("✓ in use"), "{listed}");
    assert!(row("lumen-key").starts_with("! too old"), "{listed}");
    assert!(row("vendor-key").starts_with("✗ unreadable"), "{listed}");
    for name in ["public-good", "staging", "github"] {
        assert!(row(name).starts_with("· available"), "{listed}");
    }
    let broken = trust(dir.path(), &["show", "vendor-key"]);
    assert_eq!(broken.status.code(), Some(4), "{}", err(&broken));
}

#[test]
fn an_anchor_shows_its_key_its_certificates_or_its_services() {
    let dir = copy_of_samples();
    for (name, holds) in [
        ("lumen-key", "fingerprint"),
        ("samples-ca", "CN=Touchmark Samples Root CA"),
        ("public-good", "https://rekor.sigstore.dev"),
        ("github", "timestamp authority"),
    ] {
        let shown = trust(dir.path(), &["show", name]);
        assert_eq!(shown.status.code(), Some(0), "{}", err(&shown));
        assert!(out(&shown).contains(holds), "{name}: {}", out(&shown));
        assert!(!out(&shown).contains(dir.path().to_str().unwrap()), "{}", out(&shown));
    }
    let unknown = trust(dir.path(), &["show", "samples-cb"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `samples-ca`"), "{}", err(&unknown));
}

#[test]
fn a_hostile_trusted_root_is_shown_safely_and_never_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trusted_root.json");
    let evil = "https://\u{1b}[2Jevil.example/\u{202e}";
    let service = serde_json::json!({
        "uri": evil, "baseUrl": evil,
        "validFor": { "start": evil, "end": 7 },
        "publicKey": { "keyDetails": evil, "rawBytes": "!" }, "logId": { "keyId": "!" },
        "certChain": { "certificates": [{ "rawBytes": "AAAA" }, { "rawBytes": 5 }, null] },
    });
    let many = vec![service; 200];
    let root = serde_json::json!({ "certificateAuthorities": many, "tlogs": many, "ctlogs": 3, "timestampAuthorities": [null] });
    std::fs::write(&file, root.to_string()).unwrap();
    let shown = touchmark(["inspect", file.to_str().unwrap()]);
    assert_eq!(shown.status.code(), Some(0), "{}", err(&shown));
    let text = out(&shown);
    assert!(text.contains("evil.example") && text.contains("and 150 more"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
}
