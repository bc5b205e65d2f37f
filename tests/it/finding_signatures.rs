//! Where a signature is found when nobody says, and what is told where it is not, or is something else.

use crate::bench::Bench;
use crate::support::{err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use touchmark::signing::{
    Curve, Method, OtherFile, Outcome, ParseFound, Progress, SigningKey, Stage, Trust, Verification, Why,
    find_signature, inspect, verify,
};

fn found(bench: &Bench) -> Option<String> {
    let found = find_signature(&bench.model())?;
    Some(found.file_name().unwrap().to_string_lossy().into_owned())
}

fn verified(bench: &Bench, signature: &Path) -> Verification {
    verify(&bench.model(), signature, &bench.trust, &bench.options, &Progress::default()).unwrap()
}

fn parse(seen: &Verification) -> (&'static str, &ParseFound) {
    let check = seen.check(Stage::Parse).unwrap();
    let Why::Parse(why) = &check.why else { panic!("{check:?}") };
    (check.code.as_str(), &why.found)
}

/// The signature taken out of the model, to be put elsewhere.
fn taken(bench: &Bench) -> Vec<u8> {
    let bytes = fs::read(bench.bundle()).unwrap();
    bench.remove("model.sig");
    bytes
}

#[test]
fn a_signature_is_found_under_each_of_its_names_and_the_usual_one_goes_first() {
    let bench = Bench::new();
    let bytes = taken(&bench);
    assert_eq!(found(&bench), None);
    let line = serde_json::from_slice::<Value>(&bytes).unwrap().to_string();
    // From the last to the first: each goes before those that are there already.
    bench.write("../model.sig", &bytes);
    bench.write("../model.oms.sig", &bytes);
    assert_eq!(found(&bench).as_deref(), Some("model.oms.sig"));
    bench.write("claims.jsonl", format!("{{\"some\":\"claim\"}}\n{line}\n"));
    assert_eq!(found(&bench).as_deref(), Some("claims.jsonl"));
    bench.write("z.sig", &bytes);
    assert_eq!(found(&bench).as_deref(), Some("z.sig"));
    bench.write("skill.oms.sig", &bytes);
    assert_eq!(found(&bench).as_deref(), Some("skill.oms.sig"));
    bench.write("model.sig", &bytes);
    assert_eq!(found(&bench).as_deref(), Some("model.sig"));
    // Whatever lies at the usual place was meant to be the signature.
    bench.write("model.sig", "damaged");
    assert_eq!(found(&bench).as_deref(), Some("model.sig"));
}

#[test]
fn what_is_found_verifies_and_what_is_of_another_kind_is_passed_over() {
    for name in ["skill.oms.sig", "claims.jsonl", "../model.sig", "../model.oms.sig"] {
        let bench = Bench::new();
        let bytes = taken(&bench);
        let line = serde_json::from_slice::<Value>(&bytes).unwrap().to_string();
        bench.write(name, format!("{line}\n"));
        // A cosign signature and an OpenPGP one are not what is looked for.
        bench.write("a.sig", "MEQCIDEBAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAiBCPD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWg==\n");
        let signature = find_signature(&bench.model()).unwrap();
        assert!(signature.ends_with(name.trim_start_matches("../")), "{signature:?}");
        bench.remove("a.sig");
        let seen = verified(&bench, &signature);
        assert_eq!(seen.outcome(), Outcome::Pass, "{name}: {:?}", seen.headline());
        bench.write("config.json", "{ }");
        assert_eq!(verified(&bench, &signature).outcome(), Outcome::Fail, "{name}");
    }
    // A damaged one is damaged, not absent.
    let bench = Bench::new();
    let bytes = taken(&bench);
    bench.write("model2.sig", &bytes[..bytes.len() / 2]);
    assert_eq!(found(&bench).as_deref(), Some("model2.sig"));
}

#[test]
fn a_model_that_is_one_file_has_the_signature_that_is_named_after_it() {
    let bench = Bench::new();
    let file = bench.folder.path().join("one.gguf");
    fs::write(&file, "x").unwrap();
    assert_eq!(find_signature(&file), None);
    let of = |name: &str| bench.folder.path().join(name);
    fs::copy(bench.bundle(), of("model.sig")).unwrap();
    assert_eq!(find_signature(&file), Some(of("model.sig")));
    fs::copy(bench.bundle(), of("one.gguf.sig")).unwrap();
    assert_eq!(find_signature(&file).unwrap().file_name().unwrap(), "one.gguf.sig");
    fs::write(of("one.gguf.sig"), "not one").unwrap();
    assert_eq!(find_signature(&file), Some(of("model.sig")));
}

#[test]
fn of_several_lines_the_newest_by_a_trusted_signer_counts() {
    let mut bench = Bench::new();
    let line = |bench: &Bench| bench.bundle_json().to_string();
    let (publisher, trusted) = (line(&bench), bench.trust.clone());
    bench.write("config.json", "{\"newer\": true}");
    bench.sign();
    let newer = line(&bench);
    bench.key = SigningKey::generate(Curve::P384).unwrap();
    bench.sign();
    let stranger = line(&bench);
    bench.remove("model.sig");
    let claims = bench.model().join("claims.jsonl");
    let outcome = |bench: &Bench, lines: &[&String], trust: &Trust| {
        bench.write("claims.jsonl", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        let seen = verify(&bench.model(), &claims, trust, &bench.options, &Progress::default()).unwrap();
        (seen.outcome(), seen.headline().map(|check| check.code.as_str()))
    };
    assert_eq!(outcome(&bench, &[&publisher, &newer, &stranger], &trusted), (Outcome::Pass, None));
    // An old line of the publisher does not verify files of today, and a stranger's never does.
    assert_eq!(outcome(&bench, &[&newer, &publisher], &trusted).0, Outcome::Fail);
    let fail = (Outcome::Fail, Some("TRUST-UNKNOWN-KEY"));
    assert_eq!(outcome(&bench, &[&stranger, &stranger], &trusted), fail);
    // Asked for another method, the lines are still read.
    bench.options.method = Some(Method::Certificate);
    assert_eq!(outcome(&bench, &[&publisher, &newer], &trusted).1, Some("METHOD-MISMATCH"));
    // Elsewhere than in a file of claims, two bundles are no signature.
    bench.options.method = None;
    bench.write("model.sig", format!("{publisher}\n{newer}\n"));
    let (code, found) = (verified(&bench, &bench.bundle()), OtherFile::Claims { bundles: 2 });
    assert_eq!(parse(&code), ("PARSE-MALFORMED", &ParseFound::Other(found)));
}

#[test]
fn a_mistyped_name_is_told_with_what_lies_there_and_replaced_by_nothing() {
    let bench = Bench::new();
    fs::rename(bench.bundle(), bench.model().join("skill.oms.sig")).unwrap();
    let mistyped = bench.model().join("skil.oms.sig");
    let seen = verified(&bench, &mistyped);
    assert_eq!((parse(&seen).0, seen.outcome()), ("PARSE-ABSENT", Outcome::Missing));
    let words = seen.check(Stage::Parse).unwrap().words();
    assert!(words.summary.contains("skil.oms.sig") && !words.summary.contains("unsigned"), "{words:?}");
    assert!(words.found.unwrap().raw().contains("skill.oms.sig"));
    // So is a folder that was named, and a name beside the model.
    let words = verified(&bench, &bench.model()).check(Stage::Parse).unwrap().words();
    assert!(words.remedy.unwrap().contains("skill.oms.sig"));
    fs::rename(bench.model().join("skill.oms.sig"), bench.folder.path().join("model.sig")).unwrap();
    let words = verified(&bench, &mistyped).check(Stage::Parse).unwrap().words();
    assert_eq!(words.found.unwrap().raw(), "model.sig");
    // Where there is none, the model is unsigned; a name that was given is still called absent.
    fs::remove_file(bench.folder.path().join("model.sig")).unwrap();
    let summary = |path: PathBuf| verified(&bench, &path).check(Stage::Parse).unwrap().words().summary;
    assert!(summary(bench.bundle()).contains("unsigned"));
    assert!(summary(mistyped).contains("does not exist, and there is no other"));
}

#[test]
fn what_was_taken_for_a_signature_is_named_alike_by_verify_and_inspect() {
    let bench = Bench::new();
    let bundle = bench.bundle_json();
    let text = bundle.to_string();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let blob = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": { "publicKey": { "hint": "" } },
        "messageSignature": { "signature": "AAAA" },
    });
    let statement = bench.statement();
    let link = json!({ "signed": { "_type": "link", "name": "build", "materials": {}, "products": {} }, "signatures": [] });
    let of = |bytes: &[u8]| {
        let file = bench.folder.path().join("f.sig");
        fs::write(&file, bytes).unwrap();
        let seen = verified(&bench, &file);
        assert_eq!(seen.outcome(), Outcome::Fail);
        let words = seen.check(Stage::Parse).unwrap().words();
        assert!(words.remedy.is_some());
        (words.summary, inspect(&file).map(|seen| (seen.kind.clone(), serde_json::to_string(&seen).unwrap())))
    };
    for (bytes, verify, shown) in [
        (blob.to_string().into_bytes(), "Sigstore bundle over one file", "Sigstore bundle over one file"),
        (bundle["dsseEnvelope"].to_string().into_bytes(), "DSSE envelope", "DSSE envelope"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 77\n".to_vec(),
            "Git LFS pointer",
            "sha256:0a",
        ),
        (b"<!DOCTYPE html><html>Log in</html>".to_vec(), "web page", "web page"),
        ([b"\xff\xfe".as_slice(), &utf16].concat(), "UTF-16", "UTF-16"),
        (utf16.clone(), "UTF-16", "UTF-16"),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "byte-order mark", "byte-order mark"),
        (statement.to_string().into_bytes(), "in-toto statement", "https://model_signing/signature/v1.0"),
        (link.to_string().into_bytes(), "in-toto link", "build"),
        (bench.key.public().to_pem().into_bytes(), "public key", "public key"),
    ] {
        let (summary, seen) = of(&bytes);
        assert!(summary.contains(verify) && summary.contains("not an OMS signature"), "{summary}");
        let (kind, all) = seen.unwrap();
        assert!(all.contains(shown), "{kind}: {all}");
    }
    // What is only damaged is called nothing else.
    for bytes in [
        &b"{\"mediaType\": \"application/vnd.dev.sigstore.bundle.v0.3+json\", \"x\": 1}"[..],
        b"junk",
        b"[1]",
    ] {
        let (summary, _) = of(bytes);
        assert!(!summary.contains("not an OMS signature"), "{summary}");
    }
}

#[test]
fn half_a_bundle_and_an_odd_field_are_named_by_inspect() {
    let bench = Bench::new();
    let file = bench.folder.path().join("half.json");
    for (part, says) in
        [("dsseEnvelope", "without dsseEnvelope"), ("verificationMaterial", "without verificationMaterial")]
    {
        let mut bundle = bench.bundle_json();
        bundle.as_object_mut().unwrap().remove(part);
        fs::write(&file, bundle.to_string()).unwrap();
        assert!(inspect(&file).unwrap_err().what.contains(says));
    }
    let mut bundle = bench.bundle_json();
    bundle["oddity"] = json!(1);
    fs::write(&file, bundle.to_string()).unwrap();
    let error = inspect(&file).unwrap_err();
    assert!(error.at.unwrap().raw().starts_with("oddity, in "));
}

#[test]
fn both_ways_to_verify_find_the_same_signature() {
    for name in ["skill.oms.sig", "claims.jsonl", "../model.oms.sig"] {
        let bench = Bench::new();
        let bytes = taken(&bench);
        let line = serde_json::from_slice::<Value>(&bytes).unwrap().to_string();
        bench.write(name, format!("{line}\n"));
        let key = bench.folder.path().join("key.pem");
        fs::write(&key, bench.key.public().to_pem()).unwrap();
        let (model, key) = (bench.model(), key.to_string_lossy().into_owned());
        let done = touchmark(["verify", "key", &model.to_string_lossy(), "--public-key", &key]);
        assert_eq!(done.status.code(), Some(0), "{name}: {}{}", out(&done), err(&done));
        // A workspace whose policy trusts nobody: the signature is found, and its key unknown.
        let workspace = bench.folder.path().to_string_lossy().into_owned();
        assert_eq!(touchmark(["init", &workspace]).status.code(), Some(0));
        let done =
            touchmark(["--workspace", &workspace, "verify", &model.to_string_lossy(), "--format", "json"]);
        let document: Value = serde_json::from_str(&out(&done)).unwrap();
        let code = &document["verification"]["checks"][0]["code"];
        assert_eq!(code, "PARSE", "{name}: {}{}", out(&done), err(&done));
    }
}

#[test]
fn a_scan_finds_models_with_the_signatures_that_lie_in_or_beside_them() {
    let bench = Bench::new();
    let bytes = taken(&bench);
    let line = serde_json::from_slice::<Value>(&bytes).unwrap().to_string();
    let place = |name: &str, signature: &str| {
        for file in ["config.json", "weights.bin"] {
            let to = bench.folder.path().join("models").join(name).join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(bench.model().join(file), to).unwrap();
        }
        fs::write(bench.folder.path().join("models").join(signature), format!("{line}\n")).unwrap();
    };
    place("inside", "inside/skill.oms.sig");
    place("beside", "beside.oms.sig");
    place("claimed", "claimed/claims.jsonl");
    place("plain", "plain.sig");
    let workspace = bench.folder.path().to_string_lossy().into_owned();
    assert_eq!(touchmark(["init", &workspace]).status.code(), Some(0));
    let table = bench.folder.path().join("touchmark.toml");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, format!("{text}\n[[source]]\nkind = \"models\"\npath = \"models\"\n")).unwrap();
    let done = touchmark(["--workspace", &workspace, "scan"]);
    assert!(out(&done).contains("4 models"), "{}{}", out(&done), err(&done));
    for name in ["inside", "beside", "claimed", "plain"] {
        let done = touchmark(["--workspace", &workspace, "verify", name, "--format", "json"]);
        let document: Value = serde_json::from_str(&out(&done)).unwrap();
        assert_eq!(document["verification"]["checks"][0]["code"], "PARSE", "{name}: {}", out(&done));
    }
}
