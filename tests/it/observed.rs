//! Looking and judging apart: what was seen once is judged again without a file, by whom, where and when one likes.
//! [`Bench::verify`] holds for every model of these tests that both together come to the same as a verification.

use crate::bench::{Bench, anchor, faults};
use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};
use touchmark::signing::{
    CheckCode, Comparison, Curve, DigestKey, DigestLedger, Outcome, Progress, Remembered, Reuse,
    SignatureState, SigningKey, Stage, Trust, VerifyOptions, observe,
};

#[test]
fn other_bytes_than_those_that_were_seen_or_none_are_no_pass() {
    let bench = Bench::new();
    let seen = bench.observe();
    let bundle = seen.bundle.unwrap();
    assert_eq!(bench.judge(&seen.observed, Some(&bundle)).outcome_of(Stage::Files), Outcome::Pass);
    let mut other = bundle.clone();
    other.push(b'\n');
    for bytes in [None, Some(other.as_slice()), Some(b"".as_slice())] {
        let judged = bench.judge(&seen.observed, bytes);
        assert_eq!(judged.check(Stage::Parse).unwrap().code, CheckCode::ParseUnreadable);
        assert!(judged.checks.iter().all(|check| check.outcome != Outcome::Pass), "{judged:#?}");
        assert_eq!(judged.root_digest, None);
    }
}

#[test]
fn a_report_for_another_signature_does_not_count() {
    let bench = Bench::new();
    let before = bench.observe();
    // The same files, signed again: another bundle, and what was compared was compared with the first.
    bench.write("more.txt", "more");
    bench.sign();
    let after = bench.observe();
    assert_ne!(before.bundle, after.bundle);
    let judged = bench.judge(&before.observed, after.bundle.as_deref());
    assert_eq!(judged.outcome_of(Stage::Files), Outcome::Unknown);
}

#[test]
fn a_signature_that_was_not_there_stays_absent_whatever_bytes_turn_up() {
    let bench = Bench::new();
    let bundle = fs::read(bench.bundle()).unwrap();
    bench.remove("model.sig");
    let seen = bench.observe();
    assert_eq!((&seen.observed.signature.state, &seen.bundle), (&SignatureState::Absent, &None));
    assert_eq!(bench.judge(&seen.observed, None).outcome_of(Stage::Parse), Outcome::Missing);
    assert_eq!(bench.judge(&seen.observed, Some(&bundle)).outcome_of(Stage::Parse), Outcome::Unknown);
}

#[test]
fn trust_and_time_are_asked_when_it_is_judged_and_not_when_it_is_looked_at() {
    let mut bench = Bench::new();
    let seen = bench.observe();
    let bundle = seen.bundle.as_deref();
    // The model is gone: only what was kept is judged.
    fs::remove_dir_all(bench.model()).unwrap();
    assert_eq!(faults(&bench.judge(&seen.observed, bundle)), []);
    bench.trust = Trust::new(vec![anchor("other", &SigningKey::generate(Curve::P256).unwrap())]);
    assert_eq!(faults(&bench.judge(&seen.observed, bundle)), [(Stage::Trust, "TRUST-UNKNOWN-KEY")]);
}

#[test]
fn unsigned_files_are_seen_once_and_judged_either_way() {
    let mut bench = Bench::new();
    bench.write("extra.txt", "extra");
    let seen = bench.observe();
    let judge = |bench: &Bench| bench.judge(&seen.observed, seen.bundle.as_deref()).outcome_of(Stage::Files);
    assert_eq!(judge(&bench), Outcome::Fail);
    bench.options.ignore_unsigned_files = true;
    assert_eq!(judge(&bench), Outcome::Partial);
}

/// Remembers whatever it is given.
#[derive(Default)]
struct Memory(Mutex<HashMap<DigestKey, Remembered>>);

impl DigestLedger for Memory {
    fn recall(&self, keys: &[DigestKey]) -> Vec<Option<Remembered>> {
        let digests = self.0.lock().unwrap();
        keys.iter().map(|key| digests.get(key).cloned()).collect()
    }

    fn remember(&self, digests: &[(DigestKey, Remembered)]) {
        self.0.lock().unwrap().extend(digests.iter().cloned());
    }
}

#[test]
fn what_is_seen_does_not_depend_on_threads_on_the_folder_or_on_what_was_seen_before() {
    let files: Vec<(String, String)> =
        (0..60).map(|at| (format!("f{}/{at}", at % 7), format!("text {at}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let bench = Bench::unsigned(&files);
    bench.sign();
    for at in [3, 11, 30] {
        bench.write(&format!("f{}/{at}", at % 7), "changed");
    }
    bench.remove("f1/1");
    bench.write("loader.py", "import os");
    bench.write("SHA256SUMS", format!("{}  f1/8\n", "ab".repeat(32)));
    let elsewhere = bench.folder.path().join("somewhere/else/model");
    copy(&bench.model(), &elsewhere);
    let first = bench.observe().observed;
    assert_eq!(first.comparison, Comparison::Compared);
    assert_eq!(first.files.changed.len(), 3);
    assert!(!first.foreign.is_empty());
    let memory = Memory::default();
    for threads in [1, 2, 7] {
        for model in [&bench.model(), &elsewhere] {
            for remembering in [false, true] {
                let reuse = Reuse { ledger: &memory, not_before: Some(jiff::Timestamp::MIN) };
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let progress = Progress::default();
                let look = || {
                    let options = VerifyOptions::at(bench.options.at);
                    observe(
                        model,
                        &model.join("model.sig"),
                        &options,
                        remembering.then_some(reuse),
                        &progress,
                    )
                };
                let mut seen = pool.install(look).unwrap().observed;
                let files = Arc::make_mut(&mut seen.files);
                (files.recalled, files.bytes) = (first.files.recalled, first.files.bytes);
                assert_eq!(serde_json::to_string(&seen).unwrap(), serde_json::to_string(&first).unwrap());
            }
        }
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, target) = (entry.as_ref().unwrap().path(), to.join(entry.as_ref().unwrap().file_name()));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(&entry, &target).unwrap();
        }
    }
}
