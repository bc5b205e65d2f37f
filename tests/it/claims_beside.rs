//! Which files of claims lie with a model: one rule for verification, its flags and `claims list`. What cannot be read is
//! reported and is not absent, and no link leads to another file of the user.

use crate::attesting::Desk;
use crate::claims::{KEYS, PROVENANCE, RESULT, bundle, line};
use crate::support::out;
use serde_json::json;
use std::fs::{self, File};
use std::path::Path;
use touchmark::attest::{ClaimsFound, ClaimsPlace, LIMIT_CLAIMS_BYTES, claims_to_keep, claims_with};
use touchmark::signing::{ClaimsFault, LineFault};

const MODEL: &str = "acme/receipt-reader";
const FOLDER: &str = "models/acme/receipt-reader";

fn claim() -> Vec<u8> {
    line(&bundle(PROVENANCE, &"1".repeat(64), &KEYS[0]))
}

fn found(model: &Path) -> Vec<ClaimsFound> {
    claims_with(ClaimsPlace::Model { model, signature: None })
}

/// The names in their order, `claims.jsonl` for the file of claims, each with why it was not read.
fn told(model: &Path) -> Vec<(String, Option<ClaimsFault>)> {
    let name = |one: &ClaimsFound| one.file.as_ref().map_or("claims.jsonl", |file| file.raw()).to_owned();
    found(model).iter().map(|one| (name(one), one.bytes.as_ref().err().copied())).collect()
}

fn of(names: &[(&str, Option<ClaimsFault>)]) -> Vec<(String, Option<ClaimsFault>)> {
    names.iter().map(|(name, fault)| ((*name).to_owned(), *fault)).collect()
}

#[test]
fn the_file_of_claims_comes_first_and_the_others_by_name() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(told(dir.path()), [], "none is none");
    for name in
        ["z.intoto.jsonl", "a.sigstore.json", "m.sigstore.jsonl", "claims.jsonl", "b.jsonl", "model.sig"]
    {
        fs::write(dir.path().join(name), claim()).unwrap();
    }
    let names = [
        ("claims.jsonl", None),
        ("a.sigstore.json", None),
        ("m.sigstore.jsonl", None),
        ("z.intoto.jsonl", None),
    ];
    assert_eq!(told(dir.path()), of(&names));
    // The model's signature is not a further claim.
    let signature = dir.path().join("a.sigstore.json");
    let place = ClaimsPlace::Model { model: dir.path(), signature: Some(&signature) };
    assert_eq!(claims_with(place).len(), 3);
    // Of a single file: what is named after it, and nothing else.
    let single = dir.path().join("bot.gguf");
    fs::write(&single, "weights").unwrap();
    assert_eq!(told(&single), []);
    for name in ["bot.gguf.claims.jsonl", "bot.claims.jsonl", "bot.intoto.jsonl", "bot.gguf.sigstore.json"] {
        fs::write(dir.path().join(name), claim()).unwrap();
    }
    let names = [("claims.jsonl", None), ("bot.gguf.sigstore.json", None), ("bot.intoto.jsonl", None)];
    assert_eq!(told(&single), of(&names));
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_inside_the_model_and_its_cache_and_nowhere_else() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let model = dir.path().join("model");
    fs::create_dir_all(model.join("sub")).unwrap();
    fs::write(dir.path().join("secret"), claim()).unwrap();
    fs::write(model.join("sub/real"), claim()).unwrap();
    symlink(dir.path().join("secret"), model.join("a.intoto.jsonl")).unwrap();
    symlink("sub/real", model.join("b.intoto.jsonl")).unwrap();
    symlink("../secret", model.join("claims.jsonl")).unwrap();
    symlink("sub/../../secret", model.join("d.intoto.jsonl")).unwrap();
    let link = Some(ClaimsFault::Link);
    let names = [
        ("claims.jsonl", link),
        ("a.intoto.jsonl", link),
        ("b.intoto.jsonl", None),
        ("d.intoto.jsonl", link),
    ];
    assert_eq!(told(&model), of(&names));
    // A hub cache links all files of a snapshot to its blobs.
    let cache = dir.path().join("models--acme--bot");
    let snapshot = cache.join("snapshots/0123");
    fs::create_dir_all(&snapshot).unwrap();
    fs::create_dir(cache.join("blobs")).unwrap();
    fs::write(cache.join("blobs/abc"), claim()).unwrap();
    symlink("../../blobs/abc", snapshot.join("claims.jsonl")).unwrap();
    symlink("../../../secret", snapshot.join("x.sigstore.json")).unwrap();
    assert_eq!(told(&snapshot), of(&[("claims.jsonl", None), ("x.sigstore.json", link)]));
    // Beside a single file there is no inside.
    let single = model.join("bot.gguf");
    fs::write(&single, "weights").unwrap();
    symlink("sub/real", model.join("bot.intoto.jsonl")).unwrap();
    assert_eq!(told(&single), of(&[("bot.intoto.jsonl", link)]));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_not_absent() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("claims.jsonl");
    let unread = of(&[("claims.jsonl", Some(ClaimsFault::NotReadable))]);
    fs::create_dir(&file).unwrap();
    assert_eq!(told(dir.path()), unread, "a folder");
    fs::remove_dir(&file).unwrap();
    symlink("nowhere", &file).unwrap();
    assert_eq!(told(dir.path()), unread, "a link that leads nowhere");
    fs::remove_file(&file).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
    assert!(pipe.success());
    assert_eq!(told(dir.path()), unread, "a pipe");
    fs::remove_file(&file).unwrap();
    assert_eq!(told(dir.path()), []);
    let gone = told(&dir.path().join("gone"));
    assert_eq!(
        gone,
        of(&[("…", Some(ClaimsFault::NotListed))]),
        "a model that is not there has no claims to count"
    );
}

#[test]
fn the_files_of_one_model_share_their_limits_and_what_is_left_out_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let of_size = |name: &str, bytes: u64| File::create(file(name)).unwrap().set_len(bytes).unwrap();
    let together = Some(ClaimsFault::TogetherTooLarge { limit_bytes: LIMIT_CLAIMS_BYTES });
    of_size("claims.jsonl", LIMIT_CLAIMS_BYTES - 100_000);
    of_size("a.intoto.jsonl", 200_000);
    fs::write(file("b.intoto.jsonl"), claim()).unwrap();
    let names = [("claims.jsonl", None), ("a.intoto.jsonl", together), ("b.intoto.jsonl", None)];
    assert_eq!(told(dir.path()), of(&names), "one that is too large hides no smaller one");
    of_size("claims.jsonl", LIMIT_CLAIMS_BYTES + 1);
    let alone = Some(ClaimsFault::TooLarge { limit_bytes: LIMIT_CLAIMS_BYTES });
    assert_eq!(told(dir.path())[0].1, alone);
    fs::remove_file(file("claims.jsonl")).unwrap();
    assert_eq!(told(dir.path())[0], ("a.intoto.jsonl".to_owned(), None));
    // Lines.
    fs::write(file("claims.jsonl"), "x\n".repeat(6_000)).unwrap();
    fs::write(file("a.intoto.jsonl"), "x\n".repeat(6_000)).unwrap();
    let many = Some(ClaimsFault::TooMany { limit_lines: 10_000 });
    assert_eq!(
        told(dir.path()),
        of(&[("claims.jsonl", None), ("a.intoto.jsonl", many), ("b.intoto.jsonl", None)])
    );
    // Files.
    for at in 0..64 {
        fs::write(file(&format!("c{at:02}.intoto.jsonl")), claim()).unwrap();
    }
    let all = told(dir.path());
    assert_eq!(all.len(), 1 + 64 + 1);
    assert_eq!(all[65], ("…".to_owned(), Some(ClaimsFault::TooManyFiles { limit_files: 64 })));
    assert_eq!(all[64].0, "c61.intoto.jsonl");
}

#[test]
fn a_file_without_any_claim_is_not_kept() {
    let kept = |bytes: &[u8]| claims_to_keep(bytes.to_vec());
    let fault = LineFault::NotABundle;
    assert_eq!(kept(b"\nmy notes\n[1]\n"), Err(ClaimsFault::NoClaim { lines: 2, line: 2, fault }));
    let with_one = [b"my notes\n", &claim()[..]].concat();
    assert_eq!(kept(&with_one), Ok(with_one.clone()));
    let over_lines = bundle(PROVENANCE, &"1".repeat(64), &KEYS[0]);
    assert_eq!(kept(&over_lines), Ok(over_lines.clone()));
    assert_eq!(kept(b"\n"), Ok(b"\n".to_vec()));
}

#[cfg(unix)]
#[test]
fn a_list_goes_on_after_a_bad_file_and_a_verification_says_what_it_could_not_read() {
    let desk = Desk::new();
    let root = desk.says(&["digest", FOLDER])["root_digest"].as_str().unwrap().to_owned();
    fs::write(desk.path("pub.pem"), KEYS[0].public().to_pem()).unwrap();
    let good = desk.path(&format!("{FOLDER}/b.sigstore.json"));
    fs::write(&good, line(&bundle(RESULT, &root, &KEYS[0]))).unwrap();
    let listed = || desk.says(&["claims", "list", MODEL]);
    assert_eq!((listed()["claims"].as_array().unwrap().len(), listed().get("unread").is_none()), (1, true));
    let predicates = || {
        let done = desk.run(&["verify", MODEL, "--explain"]);
        out(&done)
    };
    assert!(!predicates().contains("PREDICATES-UNREADABLE"), "{}", predicates());

    fs::create_dir(desk.path(&format!("{FOLDER}/claims.jsonl"))).unwrap();
    let now = listed();
    assert_eq!(now["claims"].as_array().unwrap().len(), 1, "{now:#}");
    assert_eq!(now["unread"][0]["fault"], json!("not-readable"), "{now:#}");
    let text = desk.works(&["claims", "list", MODEL]);
    assert!(text.contains("not read: the file cannot be read"), "{text}");
    assert!(predicates().contains("PREDICATES-UNREADABLE"), "{}", predicates());
    let flags =
        ["verify", "certificate", FOLDER, "--certificate-chain", "keys/samples-root-ca.pem", "--explain"];
    let flags = desk.run(&flags);
    assert!(out(&flags).contains("PREDICATES-UNREADABLE"), "{}", out(&flags));
}

#[cfg(unix)]
#[test]
fn no_file_of_the_user_comes_into_the_store_by_a_link_of_a_model() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    let words = "some words that only this user has";
    fs::write(desk.path("secret"), [&claim()[..], b"\n", words.as_bytes()].concat()).unwrap();
    let name = desk.path(&format!("{FOLDER}/a.intoto.jsonl"));
    let holds = || {
        let export = desk.works(&["export"]);
        let files = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().path());
        let stores = files.filter(|path| path.to_string_lossy().contains("touchmark.db"));
        let kept = |bytes: &[u8]| bytes.windows(words.len()).any(|piece| piece == words.as_bytes());
        kept(export.as_bytes()) || stores.into_iter().any(|path| kept(&fs::read(path).unwrap()))
    };
    symlink(desk.path("secret"), &name).unwrap();
    desk.run(&["verify", MODEL]);
    assert!(!holds());
    // The same bytes in a file of the model itself are evidence.
    fs::remove_file(&name).unwrap();
    fs::copy(desk.path("secret"), &name).unwrap();
    desk.run(&["verify", MODEL]);
    assert!(holds());
}
