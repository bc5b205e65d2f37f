//! Ceilings: what is too large, too deep or too much is refused, and a large manifest is verified, within
//! bounded memory. `ulimit -v` means something on Linux only.
#![cfg(target_os = "linux")]

use crate::bench::{Bench, PAYLOAD_TYPE, faults};
use crate::support::{out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;
use std::fs;
use std::process::{Command, Output};
use touchmark::Code;
use touchmark::signing::{Bundle, Stage, Statement, pae};

/// Verifies in a process that may have no more than so much memory (address space, in MiB).
fn verify_within(bench: &Bench, mebibytes: u64) -> Output {
    // The program's own code is in it, and that is more with all features.
    let mebibytes = mebibytes + if cfg!(feature = "fleet") { 28 } else { 0 };
    let key = bench.folder.path().join("key.pem");
    fs::write(&key, bench.key.public().to_pem()).unwrap();
    Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {} && exec \"$@\"", mebibytes * 1024))
        .arg("sh")
        .arg(env!("CARGO_BIN_EXE_touchmark"))
        .args(["verify", "key", "--jobs", "1", "--public-key"])
        .arg(&key)
        .arg(bench.model())
        .args(["--format", "json"])
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap()
}

#[test]
fn two_hundred_megabytes_that_are_no_signature_are_not_read_whole() {
    let bench = Bench::new();
    for start in ["", "{\"version\": 1, ", "[1, 2, "] {
        let file = fs::File::create(bench.bundle()).unwrap();
        std::io::Write::write_all(&mut &file, start.as_bytes()).unwrap();
        file.set_len(200_000_000).unwrap();
        let done = verify_within(&bench, 100);
        assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(out(&done).contains("PARSE-MALFORMED"), "{}", out(&done));
    }
    let file = fs::File::create(bench.bundle()).unwrap();
    file.set_len(300_000_000).unwrap();
    assert!(out(&verify_within(&bench, 100)).contains("PARSE-TOO-LARGE"));
    assert_eq!(Bundle::read(&bench.bundle()).unwrap_err().code, Code::TooLarge);
}

/// A signed manifest of so many files that are not here, and the four that are.
fn many(count: usize) -> Bench {
    let bench = Bench::new();
    let digest = "ab".repeat(32);
    let mut raw = Vec::new();
    let mut text = String::with_capacity(count * 130);
    let statement = bench.statement();
    for resource in statement["predicate"]["resources"].as_array().unwrap() {
        let _ = write!(text, "{resource},");
        raw.extend(hex::decode(resource["digest"].as_str().unwrap()).unwrap());
    }
    for index in 0..count {
        let (folder, file) = (index / 1000, index % 1000);
        let _ = write!(text, r#"{{"name":"z{folder}/f{file}","digest":"{digest}","algorithm":"sha256"}},"#);
        raw.extend([0xab; 32]);
    }
    let root = hex::encode(touchmark::signing::hash_bytes(touchmark::signing::HashAlgorithm::Sha256, &raw));
    let payload = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"model","digest":{{"sha256":"{root}"}}}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{{"resources":[{}],"serialization":{{"method":"files","hash_type":"sha256","allow_symlinks":false,"ignore_paths":["model.sig"]}}}}}}"#,
        text.trim_end_matches(',')
    );
    let signature = bench.key.sign(&pae(PAYLOAD_TYPE, payload.as_bytes())).unwrap();
    let bundle = format!(
        r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{"publicKey":{{"hint":"{}"}}}},"dsseEnvelope":{{"payload":"{}","payloadType":"{PAYLOAD_TYPE}","signatures":[{{"sig":"{}"}}]}}}}"#,
        bench.key.public().hint(),
        STANDARD.encode(payload),
        STANDARD.encode(signature)
    );
    fs::write(bench.bundle(), bundle).unwrap();
    bench
}

#[test]
fn a_manifest_of_a_million_files_is_verified_within_bounded_memory() {
    let bench = many(1_000_000);
    assert!(fs::metadata(bench.bundle()).unwrap().len() > 150_000_000);
    let done = verify_within(&bench, 1024);
    let text = out(&done);
    assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(text.contains("FILES-MISSING") && text.contains("\"missing\": 1000000"));
    assert!(text.contains("\"matched\": 4"));
}

#[test]
fn depth_and_number_of_values_have_limits() {
    let flood = |count: usize| format!(r#"{{"_type":[{}0]}}"#, "0,".repeat(count));
    assert_eq!(Statement::parse(flood(600_000).as_bytes()).unwrap_err().code, Code::TooLarge);
    assert_eq!(Statement::parse(flood(10).as_bytes()).unwrap_err().code, Code::Malformed);
    let deep = format!(r#"{{"predicate":{{"resources":[{}{}]}}}}"#, "[".repeat(100), "]".repeat(100));
    assert_eq!(Statement::parse(deep.as_bytes()).unwrap_err().code, Code::TooLarge);
    // One resource may not hold a flood either.
    let wide = format!(r#"{{"predicate":{{"resources":[{{"name":[{}0]}}]}}}}"#, "0,".repeat(100));
    assert_eq!(Statement::parse(wide.as_bytes()).unwrap_err().code, Code::TooLarge);
    let bench = Bench::new();
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"]["publicKey"]["more"] = vec![0; 600_000].into();
    });
    assert_eq!(faults(&bench.verify()), [(Stage::Parse, "PARSE-TOO-LARGE")]);
    let help = touchmark(["inspect".as_ref(), bench.bundle().as_os_str()]);
    assert!(!help.status.success());
}
