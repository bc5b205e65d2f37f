//! Bundles, hints and folders as other tools and people leave them: what OMS allows verifies, what it does not is told
//! for what it is, and nothing that an attack needs gets through with it.

use crate::bench::{Bench, anchor};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::fs;
use touchmark::signing::{
    Bundle, ChangeNote, Curve, HashAlgorithm, LikelyCause, Material, Outcome, SigningKey, Stage, TextForm,
    Verification, hash_bytes, inspect,
};
use touchmark::signing::{FilesFound, FilesWhy, Why};

fn code(seen: &Verification, stage: Stage) -> &'static str {
    seen.check(stage).unwrap().code.as_str()
}

fn passes(bench: &Bench, what: &str) -> Verification {
    let seen = bench.verify();
    assert_eq!(seen.outcome(), Outcome::Pass, "{what}: {:#?}", seen.headline());
    assert!(seen.signer_proven(), "{what}");
    seen
}

fn hint(bench: &Bench, hint: impl Into<Value>) {
    let hint = hint.into();
    bench.edit_bundle(|bundle| bundle["verificationMaterial"]["publicKey"] = json!({ "hint": hint }));
}

/// The signature altered under whatever the bundle says of its key.
fn alter(bench: &Bench) {
    let other = STANDARD.encode(bench.key.sign(b"something else").unwrap());
    bench.edit_bundle(|bundle| bundle["dsseEnvelope"]["signatures"][0]["sig"] = other.into());
}

#[test]
fn a_keyid_may_be_any_text_or_null_and_decides_nothing() {
    let bench = Bench::new();
    let wrong = SigningKey::generate(Curve::P256).unwrap().public().fingerprint();
    for keyid in [json!(null), json!(""), json!("team a"), json!(wrong), json!("\u{202e}x")] {
        bench.edit_bundle(|bundle| bundle["dsseEnvelope"]["signatures"][0]["keyid"] = keyid.clone());
        passes(&bench, &keyid.to_string());
    }
    for keyid in [json!(7), json!(["x"]), json!({"a": 1}), json!(true)] {
        bench.edit_bundle(|bundle| bundle["dsseEnvelope"]["signatures"][0]["keyid"] = keyid.clone());
        assert_eq!(code(&bench.verify(), Stage::Parse), "PARSE-MALFORMED", "{keyid}");
    }
}

#[test]
fn a_hint_over_either_form_of_the_key_fits_in_every_usual_spelling() {
    let bench = Bench::new();
    let key = bench.key.public().clone();
    for form in [key.to_pem().as_bytes(), key.spki_der()] {
        let digest = hash_bytes(HashAlgorithm::Sha256, form);
        let hex = hex::encode(&digest);
        for said in [
            hex.clone(),
            hex.to_uppercase(),
            format!("sha256:{hex}"),
            STANDARD.encode(&digest),
            URL_SAFE_NO_PAD.encode(&digest),
        ] {
            bench.sign();
            hint(&bench, said.as_str());
            passes(&bench, &said);
            // Under one's own name an altered signature is altered, and shows nobody as its maker.
            alter(&bench);
            let seen = bench.verify();
            assert_eq!(code(&seen, Stage::Signature), "SIGNATURE-INVALID", "{said}");
            assert_eq!((seen.outcome(), &seen.signer), (Outcome::Fail, &None), "{said}");
        }
    }
}

#[test]
fn any_other_hint_is_an_unknown_key_where_the_signature_is_not_by_a_trusted_one() {
    let mut bench = Bench::new();
    let publisher = bench.trust.clone();
    let own = bench.key.public().fingerprint();
    for said in ["team-b-2026", "ML_DSA_65:2d711642", &"0f".repeat(32), &STANDARD.encode([7; 32])] {
        // Somebody else's signature, and an altered one under a foreign name.
        for is_altered in [false, true] {
            bench.trust = publisher.clone();
            bench.sign();
            hint(&bench, said);
            if is_altered {
                alter(&bench);
            } else {
                bench.trust.anchors = vec![anchor("mine", &SigningKey::generate(Curve::P384).unwrap())];
            }
            let seen = bench.verify();
            assert_eq!(code(&seen, Stage::Trust), "TRUST-UNKNOWN-KEY", "{said}");
            assert_eq!(seen.outcome(), Outcome::Fail, "{said}");
            assert_eq!(
                (seen.outcome_of(Stage::Signature), &seen.signer),
                (Outcome::Unknown, &None),
                "{said}"
            );
            let found = seen.check(Stage::Trust).unwrap().words().found.unwrap();
            assert!(found.raw().contains(said), "{found:?}");
            assert!(!serde_json::to_string(&seen.checks).unwrap().contains("SIGNATURE-INVALID"));
            assert!(seen.anchor.is_none() && !format!("{:?}", seen.signer).contains(&own));
        }
    }
    // By a trusted key it is what it is, whatever it is called; the hint that OMS has contradicts.
    for (said, expected) in
        [("team-b-2026", "TRUST"), (&"0F".repeat(32), "TRUST"), (&"0f".repeat(32), "TRUST-HINT")]
    {
        bench.trust = publisher.clone();
        bench.sign();
        hint(&bench, said);
        assert_eq!(code(&bench.verify(), Stage::Trust), expected, "{said}");
    }
}

#[test]
fn a_version_of_bundles_that_is_to_come_is_named_and_nonsense_is_not_called_one() {
    let bench = Bench::new();
    let found = |media_type: &str| {
        bench.edit_bundle(|bundle| bundle["mediaType"] = media_type.into());
        let seen = bench.verify();
        assert_eq!(code(&seen, Stage::Parse), "PARSE-MALFORMED", "{media_type}");
        let words = seen.check(Stage::Parse).unwrap().words();
        format!("{} {}", words.found.unwrap().raw(), words.remedy.unwrap())
    };
    for (media_type, version) in [
        ("application/vnd.dev.sigstore.bundle.v0.4+json", "0.4"),
        ("application/vnd.dev.sigstore.bundle+json;version=0.10", "0.10"),
        ("application/vnd.dev.sigstore.bundle.v1.0+json", "1.0"),
    ] {
        let said = found(media_type);
        assert!(said.contains(version) && said.contains("newer Touchmark"), "{said}");
    }
    for media_type in [
        "application/json",
        "application/vnd.dev.sigstore.bundle.vX+json",
        "application/vnd.dev.sigstore.bundle.v0.3",
    ] {
        let said = found(media_type);
        assert!(!said.contains("newer"), "{said}");
    }
    // A key's signature in an old version is none of OMS, and may be looked at.
    let old = "application/vnd.dev.sigstore.bundle+json;version=0.2";
    assert!(found(old).contains("not the version"));
    assert!(serde_json::to_string(&inspect(&bench.bundle()).unwrap()).unwrap().contains(old));
}

#[test]
fn a_single_certificate_without_a_log_entry_is_told_that_its_chain_lacks() {
    let bench = Bench::new();
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"] =
            json!({ "certificate": { "rawBytes": "MAMCAQE=" }, "tlogEntries": [] });
    });
    let words = bench.verify().check(Stage::Parse).unwrap().words();
    assert!(words.found.unwrap().raw().contains("x509CertificateChain"));
    // An ordinary chain with a log entry stays a chain.
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"] = json!({
            "x509CertificateChain": { "certificates": [{ "rawBytes": "MAMCAQE=" }] }, "tlogEntries": [{}],
        });
    });
    assert!(matches!(Bundle::read(&bench.bundle()).unwrap().material, Material::Certificate { .. }));
}

#[cfg(unix)]
#[test]
fn with_unsigned_files_ignored_nothing_that_is_not_signed_stops_a_verification() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let mut bench = Bench::new();
    let model = bench.model();
    bench.options.ignore_unsigned_files = true;
    symlink("nowhere", model.join("dangling")).unwrap();
    symlink("/etc/hostname", model.join("sub/outside")).unwrap();
    symlink("..", model.join("sub/up")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(model.join("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(model.join("socket")).unwrap();
    fs::write(model.join(std::ffi::OsStr::from_bytes(b"odd\xff.bin")), "x").unwrap();
    let folder = model.join(std::ffi::OsStr::from_bytes(b"odd\xfe"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("inside"), "x").unwrap();
    bench.write("plain.bin", "x");
    let seen = passes(&bench, "odd things");
    assert_eq!(code(&seen, Stage::Files), "FILES-UNSIGNED-ALLOWED");
    let told: Vec<&str> = seen.files.extra.iter().map(|name| name.raw()).collect();
    for name in
        ["dangling", "sub/outside", "sub/up", "pipe", "socket", "plain.bin", "odd\u{fffd}.bin", "odd\u{fffd}"]
    {
        assert!(told.contains(&name), "{name}: {told:?}");
    }
    assert_eq!((told.len(), seen.files.odd.len(), seen.files.matched), (8, 7, 4));
    let listed = seen.words_of(seen.check(Stage::Files).unwrap()).listed;
    assert!(listed.iter().any(|line| line.raw().contains("pipe (neither a regular file")), "{listed:?}");
    // Not asked for, each of them is a failure.
    bench.options.ignore_unsigned_files = false;
    assert_eq!(bench.verify().outcome(), Outcome::Fail);
}

#[cfg(unix)]
#[test]
fn what_is_signed_may_not_become_a_link_whatever_is_ignored() {
    use std::os::unix::fs::symlink;
    for (signed, is_folder) in [("weights.bin", false), ("sub", true)] {
        let mut bench = Bench::new();
        bench.options.ignore_unsigned_files = true;
        let moved = bench.folder.path().join("elsewhere");
        fs::rename(bench.model().join(signed), &moved).unwrap();
        symlink(&moved, bench.model().join(signed)).unwrap();
        assert_eq!(code(&bench.verify(), Stage::Files), "FILES-LINK", "{is_folder}");
        fs::remove_file(bench.model().join(signed)).unwrap();
        assert_eq!(code(&bench.verify(), Stage::Files), "FILES-MISSING", "{is_folder}");
    }
    let mut bench = Bench::new();
    bench.options.ignore_unsigned_files = true;
    symlink("nowhere", bench.model().join("dangling")).unwrap();
    bench.write("config.json", "{ }");
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-CHANGED");
}

#[test]
fn folders_are_followed_four_hundred_levels_down_and_a_thousand_are_too_many() {
    let mut bench = Bench::unsigned(&[("config.json", "{}")]);
    let deep = |levels: usize| format!("{}weights.bin", "d/".repeat(levels));
    bench.write(&deep(400), "deep");
    bench.sign();
    let seen = passes(&bench, "400 levels");
    assert_eq!(seen.coverage().unwrap().percent(), 100);
    bench.write(&deep(400), "changed");
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-CHANGED");
    bench.write(&deep(400), "deep");
    bench.write(&deep(1030), "deeper");
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-TOO-MANY");
    bench.options.ignore_unsigned_files = true;
    let seen = passes(&bench, "1030 levels, ignored");
    assert_eq!(seen.files.extra.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_of_the_model_is_no_file_and_hides_none() {
    use std::os::unix::fs::symlink;
    let mut bench = Bench::unsigned(&[("sub/code.py", "1"), ("w", "2"), ("cache/x.py", "3")]);
    bench.sign_options.allow_symlinks = true;
    symlink("sub", bench.model().join("alias")).unwrap();
    bench.sign();
    let names: Vec<Value> = bench.statement()["predicate"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["cache/x.py", "sub/code.py", "w"]);
    let seen = passes(&bench, "a folder link");
    assert!(seen.files.links.as_ref().unwrap().first.iter().any(|link| link.raw() == "alias → sub"));
    // What is in it counts where it lies.
    bench.write("sub/code.py", "other");
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-CHANGED");
    bench.write("sub/code.py", "1");
    bench.write("sub/more.py", "x");
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-EXTRA");
    bench.remove("sub/more.py");
    // Into a folder that is left out, or out of the model, it would hide something.
    bench.sign_options.ignore_paths = vec![bench.model().join("cache")];
    bench.sign();
    passes(&bench, "a folder left out");
    symlink("cache", bench.model().join("hidden")).unwrap();
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-LINK");
    fs::remove_file(bench.model().join("hidden")).unwrap();
    fs::create_dir(bench.folder.path().join("far")).unwrap();
    symlink("../far", bench.model().join("out")).unwrap();
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-LINK");
    fs::remove_file(bench.model().join("out")).unwrap();
    symlink("..", bench.model().join("sub/up")).unwrap();
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-LINK");
}

#[cfg(unix)]
#[test]
fn files_that_were_signed_below_a_linked_folder_are_still_looked_at_there() {
    use std::os::unix::fs::symlink;
    let mut bench = Bench::unsigned(&[("sub/code.py", "1")]);
    bench.sign_options.allow_symlinks = true;
    symlink("sub", bench.model().join("alias")).unwrap();
    bench.sign();
    // As versions before wrote it: the file under both names.
    bench.edit_resources(|resources| {
        let mut twice = resources[0].clone();
        twice["name"] = "alias/code.py".into();
        resources.insert(0, twice);
    });
    passes(&bench, "both names");
    bench.write("sub/code.py", "other");
    assert_eq!(code(&bench.verify(), Stage::Files), "FILES-CHANGED");
}

#[cfg(unix)]
#[test]
fn a_linked_signature_and_others_beside_are_no_part_of_what_is_to_be_covered() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    for store in ["store", "model/.store"] {
        let store = bench.folder.path().join(store);
        fs::create_dir_all(&store).unwrap();
        fs::rename(bench.bundle(), store.join("blob")).unwrap();
        symlink(store.join("blob"), bench.bundle()).unwrap();
        fs::copy(store.join("blob"), bench.model().join("other.sig")).unwrap();
        let line = bench.bundle_json().to_string();
        bench.write("claims.jsonl", format!("{line}\n"));
        let seen = passes(&bench, "linked");
        assert_eq!(seen.coverage().unwrap().percent(), 100, "{:?}", seen.coverage());
        fs::remove_file(bench.bundle()).unwrap();
        fs::rename(store.join("blob"), bench.bundle()).unwrap();
        bench.remove("other.sig");
        bench.remove("claims.jsonl");
        fs::remove_dir(&store).unwrap();
    }
    // What only bears the name counts.
    bench.write("claims.jsonl", "weights");
    let seen = bench.verify();
    assert!(seen.coverage().unwrap().percent() < 100);
}

#[test]
fn a_text_that_an_editor_or_a_hook_rewrote_is_told_as_that() {
    let bench = Bench::unsigned(&[("a.md", "# Model"), ("b.yml", "x: 1\n"), ("c.txt", "1\n2\n")]);
    bench.sign();
    let note = |name: &str, text: &str| {
        let before = fs::read(bench.model().join(name)).unwrap();
        bench.write(name, text);
        let seen = bench.verify();
        assert_eq!(code(&seen, Stage::Files), "FILES-CHANGED");
        bench.write(name, before);
        (
            seen.files.changed[0].note,
            seen.words_of(seen.check(Stage::Files).unwrap()).listed[0].raw().to_owned(),
        )
    };
    let form = |form: TextForm| Some(ChangeNote::TextForm(form));
    let (found, said) = note("a.md", "# Model\n");
    assert_eq!(found, form(TextForm { final_newlines: 1, ..TextForm::default() }));
    assert!(said.contains("1 newline added at the end"), "{said}");
    let (found, said) = note("b.yml", "\u{feff}x: 1\n");
    assert_eq!(found, form(TextForm { byte_order_mark: Some(true), ..TextForm::default() }));
    assert!(said.contains("byte-order mark") && !said.contains("newline"), "{said}");
    assert_eq!(note("c.txt", "1\r\n2\r\n").0, Some(ChangeNote::LineEnds { signed_crlf: false }));
    let both = TextForm { signed_crlf: Some(false), byte_order_mark: Some(true), ..TextForm::default() };
    assert_eq!(note("c.txt", "\u{feff}1\r\n2\r\n").0, form(both));
    assert_eq!(note("c.txt", "1\n3\n").0, Some(ChangeNote::Text));
    assert_eq!(note("c.txt", "1\n2 \n").0, Some(ChangeNote::Text));
}

#[test]
fn the_cause_of_changes_is_told_only_where_all_files_show_it() {
    let bench = Bench::unsigned(&[("a.md", "# Model"), ("c.txt", "1\n2\n"), ("w", "3")]);
    bench.sign();
    let cause = || {
        let seen = bench.verify();
        match &seen.check(Stage::Files).unwrap().why {
            Why::Files(why) => match &**why {
                FilesWhy::Compared { found: FilesFound::Changed { cause }, .. } => *cause,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    bench.write("a.md", "# Model\n");
    bench.write("c.txt", "1\r\n2\r\n");
    assert_eq!(cause(), Some(LikelyCause::TextForm));
    bench.write("w", "4");
    assert_eq!(cause(), None);
}
