//! What the reference implementation writes in its own way, and what it gets wrong.

use super::*;

/// A statement of version 0.2.0: the files are the subjects.
fn legacy(bench: &Bench) -> Vec<u8> {
    let statement = bench.statement();
    let subjects: Vec<Value> = statement["predicate"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| json!({ "name": resource["name"], "digest": { "sha256": resource["digest"] } }))
        .collect();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://model_signing/Digests/v0.1",
        "predicate": {},
    })
    .to_string()
    .into_bytes()
}

/// What version 0.2.0 signed in place of the DSSE encoding.
fn legacy_encoding(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEV1 {} {PAYLOAD_TYPE} {} b'", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload, b"'"].concat()
}

fn sign_legacy(bench: &Bench, payload: &[u8]) {
    let signature = bench.key.sign(&legacy_encoding(payload)).unwrap();
    bench.edit_bundle(|bundle| {
        bundle["dsseEnvelope"]["payload"] = STANDARD.encode(payload).into();
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(signature).into();
    });
}

#[test]
fn the_broken_encoding_of_0_2_0_counts_for_its_predicate_only() {
    let bench = Bench::new();
    let current = bench.payload();
    let old = legacy(&bench);
    sign_legacy(&bench, &old);
    let mut seen = bench.verify();
    // What this version did not record, it did not leave out: the signature is told by its file.
    assert!(faults(&seen).is_empty(), "{:#?}", seen.checks);
    assert_eq!(seen.outcome_of(Stage::Statement), Outcome::Partial);
    assert_eq!(seen.outcome_of(Stage::Subject), Outcome::NotApplicable);
    bench.write("weights.bin", "x");
    seen = bench.verify();
    assert_eq!(faults(&seen), [(Stage::Files, "FILES-CHANGED")]);
    // The right encoding of the old predicate counts too.
    bench.write("weights.bin", "\u{0}weights");
    bench.sign_payload(&old, PAYLOAD_TYPE);
    assert!(faults(&bench.verify()).is_empty());
    sign_legacy(&bench, &current);
    fails(&bench, "SIGNATURE-INVALID");
}

#[test]
fn shards_that_name_their_size_in_the_algorithm_are_read_when_it_is_the_recorded_one() {
    let bench = Bench::sharded(&[("w", b"0123456789")], 4);
    let call = |name: &str| {
        bench.edit_resources(|list| list.iter_mut().for_each(|resource| resource["algorithm"] = name.into()));
    };
    call("sha256-sharded-4");
    passes(&bench);
    call("sha256-sharded-8");
    fails(&bench, "STATEMENT-MALFORMED");
}

#[test]
fn pretty_json_with_keys_in_any_order_verifies_as_the_bytes_that_were_signed() {
    let bench = Bench::new();
    let mut pretty = serde_json::to_vec_pretty(&bench.statement()).unwrap();
    pretty.push(b'\n');
    bench.sign_payload(&pretty, PAYLOAD_TYPE);
    passes(&bench);
    // The same statement in other bytes is not what was signed.
    let compact = STANDARD.encode(bench.statement().to_string());
    bench.edit_bundle(|bundle| bundle["dsseEnvelope"]["payload"] = compact.into());
    fails(&bench, "SIGNATURE-INVALID");
    assert!(Statement::parse(&bench.payload()).is_ok());
    assert_ne!(pae(PAYLOAD_TYPE, &pretty), pae(PAYLOAD_TYPE, &bench.payload()));
}

// What it gets wrong.

#[test]
fn a_pipe_or_an_endless_device_in_place_of_a_key_or_signature_is_refused_at_once() {
    let bench = Bench::new();
    let pipe = bench.folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let key = bench.folder.path().join("key.pem");
    fs::write(&key, bench.key.public().to_pem()).unwrap();
    let model = bench.model();
    for odd in [pipe.as_path(), Path::new("/dev/zero")] {
        for (name, path) in [("--public-key", odd), ("--public-key", &key)] {
            let signature = if path == odd { bench.bundle() } else { odd.to_owned() };
            let done = touchmark([
                "verify".as_ref(),
                "key".as_ref(),
                model.as_os_str(),
                name.as_ref(),
                path.as_os_str(),
                "--signature".as_ref(),
                signature.as_os_str(),
            ]);
            assert!(matches!(done.status.code(), Some(3 | 4)), "{odd:?} {}", err(&done));
        }
        let done = touchmark([
            "sign".as_ref(),
            "key".as_ref(),
            model.as_os_str(),
            "--private-key".as_ref(),
            odd.as_os_str(),
        ]);
        assert!(!done.status.success());
        let mut options = bench.sign_options.clone();
        options.signature = odd.to_owned();
        assert!(matches!(sign_error(&bench, &model, &options), Code::Usage | Code::Write));
    }
}

#[test]
fn a_signature_never_overwrites_the_model_and_a_failed_signing_never_the_signature() {
    let bench = Bench::new();
    let old = fs::read(bench.bundle()).unwrap();
    // A model that is itself a bundle.
    let model = bench.folder.path().join("model.json");
    fs::write(&model, &old).unwrap();
    let mut options = bench.sign_options.clone();
    options.signature = model.clone();
    assert!(matches!(sign_error(&bench, &model, &options), Code::Model | Code::Usage));
    options.signature = bench.model().join("weights.bin");
    assert_eq!(sign_error(&bench, &bench.model(), &options), Code::Usage);
    assert_eq!(fs::read(&model).unwrap(), old);
    // Cancelled, impossible, or nowhere to write.
    let progress = Progress::default();
    progress.cancel();
    let error = sign_key(&bench.model(), &bench.key, &bench.sign_options, &progress).unwrap_err();
    assert_eq!(error.code, Code::Cancelled);
    options = bench.sign_options.clone();
    options.shard_size = Some(0);
    assert_eq!(sign_error(&bench, &bench.model(), &options), Code::Usage);
    options = bench.sign_options.clone();
    options.signature = bench.model();
    assert!(matches!(sign_error(&bench, &bench.model(), &options), Code::Usage | Code::Write));
    assert_eq!(fs::read(bench.bundle()).unwrap(), old);
    assert!(details(&bench.verify(), Stage::Files).is_empty());
    passes(&bench);
}
