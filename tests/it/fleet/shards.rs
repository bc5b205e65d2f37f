//! Working and sealing: one outcome however the work was cut, stopped, repeated or raced.

use super::made::{Faults, Faulty, Fleet, Place, folder, parsed, records};
use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use touchmark::Code;
use touchmark::decision::Decision;
use touchmark::fleet::{
    FleetRecord, Limits, Proved, Run, Standing, UnknownClass, WantedBasis, prove, status,
};
use touchmark::remote::{Folder, Location};
use touchmark::signing::{HashAlgorithm, Outcome, hash_bytes};

fn of<'r>(records: &'r [FleetRecord], model: &str) -> &'r FleetRecord {
    records
        .iter()
        .find(|record| record.model.raw() == model)
        .unwrap_or_else(|| panic!("no record of {model}"))
}

fn faulty(fleet: &Fleet, faults: Faults) -> (Arc<Faults>, impl Fn(&Location) -> touchmark::Result<Place>) {
    let faults = Arc::new(faults);
    let (kept, models) = (faults.clone(), fleet.models());
    (faults, move |_: &Location| {
        Ok(Arc::new(Faulty { below: Folder::new(&models), faults: kept.clone() }) as Place)
    })
}

#[test]
fn one_two_seven_and_sixty_four_shards_come_to_the_same_bytes() {
    let fleet = Fleet::new();
    let mut outcomes = Vec::new();
    for shards in [1, 2, 7, 64] {
        let planned = fleet.plan(vec![fleet.source()], shards);
        assert_eq!(planned.plan.shards.len(), shards as usize);
        let run = fleet.work_all(&planned);
        let sealed = fleet.seal(&run).unwrap();
        let of_run = sealed.sealed.clone();
        assert!(of_run.missing.is_empty() && of_run.conflicts.is_empty());
        assert_eq!(of_run.records, planned.plan.models);
        assert_eq!(of_run.writers.iter().map(|writer| writer.shards).sum::<u64>(), u64::from(shards));
        outcomes.push((of_run.root, of_run.counts, records(&run, &sealed)));
        // Sealing again finds what it put, to the byte.
        assert_eq!(fleet.seal(&run).unwrap(), sealed);
    }
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(outcomes[0].1.outcomes.values().sum::<u64>(), parsed(&outcomes[0].2).len() as u64);
}

/// What the samples are made to show, the fleet finds as the workspace does: the same stage fails with the same code.
#[test]
fn a_record_says_what_a_verification_of_the_folder_says() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 2));
    let records = parsed(&records(&run, &fleet.seal(&run).unwrap()));
    let expected = fs::read_to_string(fleet.dir.path().join("expected.toml")).unwrap();
    let expected: toml::Table = expected.parse().unwrap();
    let text = |table: &toml::Value, key: &str| table.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let (mut compared, mut failed) = (0, 0);
    for model in expected["model"].as_array().unwrap() {
        let id = text(model, "id").unwrap();
        let Some(record) = records.iter().find(|record| record.model.raw() == id) else { continue };
        compared += 1;
        let code = text(model, "code");
        match code {
            None if text(model, "stage").as_deref() == Some("none") => {
                assert_eq!(record.outcome, Outcome::Pass, "{id}: {:?}", record.checks);
            }
            // Which other model a signature is of, only a store of other models can say.
            Some(code) if code != "FILES-OTHER-MODEL" => {
                failed += 1;
                let found = record.checks.iter().find(|check| check.code == code);
                let found = found.unwrap_or_else(|| panic!("{id}: no {code} in {:?}", record.checks));
                assert_eq!(Some(found.outcome.key().to_owned()), text(model, "outcome"), "{id}");
            }
            _ => {}
        }
    }
    assert!(compared > 20 && failed > 3, "{compared} compared, {failed} failed");
    let admitted = records.iter().filter(|record| record.decision == Decision::Admit).count();
    let refused = records.iter().filter(|record| record.decision == Decision::Refuse).count();
    assert!(admitted > 0 && refused > 0, "{admitted} admitted, {refused} refused");
    assert!(records.iter().all(|record| record.engine.is_none() || record.digests.recomputed > 0));
    // No place of this machine but the source, no time but the plan's.
    let bytes = serde_json::to_string(&records).unwrap();
    assert!(!bytes.contains("touchmark-fleet-"), "a record names the place where a model waited");
}

#[test]
fn a_worker_that_ends_before_its_statement_has_done_nothing() {
    let fleet = Fleet::new();
    let planned = fleet.plan(vec![fleet.source()], 2);
    let whole = {
        let run = fleet.work_all(&planned);
        let sealed = fleet.seal(&run).unwrap();
        let found = (sealed.sealed.root, records(&run, &sealed));
        fs::remove_dir_all(folder(&run)).unwrap();
        found
    };
    fleet.plan(vec![fleet.source()], 2);
    let faults = Faults { lost_puts: Mutex::new(Some(("done/".to_owned(), 1))), ..Faults::default() };
    let Location::Folder(root) = &planned.location else { panic!("a folder") };
    let place = Arc::new(Faulty { below: Folder::new(root), faults: Arc::new(faults) });
    let run = Run::over(planned.location.clone(), place).unwrap();
    assert_eq!(fleet.work(&run, 0).unwrap_err().code, Code::Network);
    let found = status(&run).unwrap();
    assert_eq!(found.shards, [Standing::Begun, Standing::Missing]);
    assert_eq!((found.models_done, found.sealed), (0, false));
    // What was put before is no result: the shard is missing.
    let partial = fleet.seal(&run).unwrap();
    assert_eq!(partial.sealed.missing.len(), 2);
    assert_eq!(partial.sealed.counts.outcomes.get("unknown"), Some(&planned.plan.models));
    assert_eq!(partial.sealed.records, 0);
    // The next attempt goes through, and a third has nothing to do.
    assert!(fleet.work(&run, 0).unwrap().committed);
    assert!(!fleet.work(&run, 0).unwrap().committed);
    assert!(fleet.work(&run, 1).unwrap().committed);
    let sealed = fleet.seal(&run).unwrap();
    assert_eq!((sealed.sealed.root, records(&run, &sealed)), whole);
    assert!(status(&run).unwrap().sealed);
}

#[test]
fn of_two_workers_on_one_shard_one_commits_and_both_succeed() {
    let fleet = Fleet::new();
    let planned = fleet.plan(vec![fleet.below("lumen")], 1);
    // Neither sees the other's statement before it puts its own.
    let faults = Arc::new(Faults { unseen: Some("done/".to_owned()), ..Faults::default() });
    let Location::Folder(root) = &planned.location else { panic!("a folder") };
    let worked: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let place = Arc::new(Faulty { below: Folder::new(root), faults: faults.clone() });
                    let run = Run::over(planned.location.clone(), place).unwrap();
                    fleet.work(&run, 0).unwrap()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(worked.iter().filter(|worked| worked.committed).count(), 1, "{worked:?}");
    assert_eq!(worked[0].root, worked[1].root, "they say the same");
    let run = Run::open(&planned.location).unwrap();
    let sealed = fleet.seal(&run).unwrap().sealed;
    assert_eq!((sealed.records, sealed.conflicts.len()), (planned.plan.models, 0));
}

#[test]
fn what_changes_or_cannot_be_read_is_unknown_and_fails_nobody_else() {
    let fleet = Fleet::new();
    let (location, _) = fleet.source();
    let planned = fleet.plan(vec![fleet.source()], 1);
    let run = Run::open(&planned.location).unwrap();
    // Changed after it was listed; gone; written while it is read; refused.
    let model = |name: &str| fleet.models().join(name);
    let weights = |name: &str| -> std::path::PathBuf {
        let mut files: Vec<_> =
            fs::read_dir(model(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.is_file() && file.file_name().unwrap() != "model.sig");
        files.sort();
        files.pop().unwrap()
    };
    let key =
        |path: &std::path::Path| path.strip_prefix(fleet.models()).unwrap().to_string_lossy().into_owned();
    fs::write(weights("acme/invoice-reader"), "others").unwrap();
    fs::remove_file(weights("acme/receipt-reader")).unwrap();
    let written = weights("lumen/iris-base");
    let refused = key(&weights("lumen/iris-large"));
    let (_, reach) = faulty(
        &fleet,
        Faults {
            written: Some((key(&written), written.clone())),
            refused: Some(refused),
            ..Faults::default()
        },
    );
    let worked = fleet.work_from(&run, 0, &reach).unwrap();
    assert!(worked.committed);
    assert_eq!(worked.unreadable, 1);
    let sealed = fleet.seal(&run).unwrap();
    let found = parsed(&records(&run, &sealed));
    for (name, class) in [
        ("acme/invoice-reader", UnknownClass::Changed),
        ("acme/receipt-reader", UnknownClass::Changed),
        ("lumen/iris-base", UnknownClass::Changed),
        ("lumen/iris-large", UnknownClass::Unreadable),
    ] {
        let record = of(&found, name);
        assert_eq!((record.outcome, record.class), (Outcome::Unknown, Some(class)), "{name}");
        assert_eq!(
            (record.decision, record.own, record.checks.len()),
            (Decision::NotJudged, None, 0),
            "{name}"
        );
    }
    assert_eq!(found.iter().filter(|record| record.class.is_some()).count(), 4);
    let counts = sealed.sealed.counts.unknown;
    assert_eq!(counts, BTreeMap::from([("changed".to_owned(), 3), ("unreadable".to_owned(), 1)]));
    assert_eq!(location.to_string(), of(&found, "lumen/iris-base").source.raw());
}

#[test]
fn what_the_provider_sums_is_not_read_and_counts_only_where_it_fits() {
    let fleet = Fleet::new();
    // Weights that are too large to be read in any case, signed as the others are.
    let dir = fleet.models().join("acme/large");
    fs::create_dir(&dir).unwrap();
    let bytes = vec![7; 3 << 20];
    fs::write(dir.join("w.safetensors"), &bytes).unwrap();
    fs::write(dir.join("notes.txt"), "small").unwrap();
    let to = touchmark::signing::SignOptions::to(dir.join("model.sig"));
    touchmark::signing::sign_key(&dir, &fleet.key, &to, &touchmark::signing::Progress::default()).unwrap();
    let sum = hash_bytes(HashAlgorithm::Sha256, &bytes);
    let limits = Limits { shards: Some(1), bytes: 1, models: 1 };
    let all = Some(1_000_000);
    for (sum, basis, ppm, is_read) in [
        (Some(sum.clone()), WantedBasis::ProviderChecksum, None, false),
        // Nobody summed it, or the sum is another: all bytes are read, and what they say counts.
        (None, WantedBasis::ProviderChecksum, None, true),
        (Some(vec![1; 32]), WantedBasis::ProviderChecksum, None, true),
        (Some(sum.clone()), WantedBasis::Recomputed, None, true),
        // Read all the same, and compared.
        (Some(sum), WantedBasis::ProviderChecksum, all, true),
        (None, WantedBasis::ProviderChecksum, all, true),
        (Some(vec![1; 32]), WantedBasis::ProviderChecksum, all, true),
    ] {
        let planned = fleet.plan_rechecked(vec![fleet.below("acme/large")], limits, basis, ppm).unwrap();
        let is_lie = ppm.is_some() && sum == Some(vec![1; 32]);
        let rechecked = u64::from(ppm.is_some() && sum.is_some());
        let run = Run::open(&planned.location).unwrap();
        let checksums = sum.map(|sum| ("w.safetensors".to_owned(), sum)).into_iter().collect();
        let faults = Arc::new(Faults { checksums, ..Faults::default() });
        let kept = faults.clone();
        let reach = move |_: &Location| {
            Ok(Arc::new(Faulty {
                below: Folder::new(&dir_of(&planned.plan.sources[0])),
                faults: kept.clone(),
            }) as Place)
        };
        assert!(fleet.work_from(&run, 0, &reach).unwrap().committed);
        let sealed = fleet.seal(&run).unwrap();
        let found = parsed(&records(&run, &sealed));
        let record = of(&found, "large");
        let files = record.checks.iter().find(|check| check.code.starts_with("FILES")).unwrap();
        assert_eq!(faults.read.load(SeqCst) > 2 << 20, is_read, "{record:?}");
        let counted = (record.digests.rechecked, record.digests.contradicted);
        assert_eq!(counted, (rechecked, u64::from(is_lie)), "{record:?}");
        assert_eq!(sealed.sealed.counts.digests, record.digests);
        assert_eq!(record.reasons.contains(&"DIGEST-CONTRADICTED".to_owned()), is_lie);
        if is_lie {
            assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:?}");
        }
        if is_read {
            assert_eq!((files.outcome, record.digests.provider_checksum), (Outcome::Pass, 0), "{record:?}");
            assert_eq!(record.digests.recomputed, 2);
        } else {
            // Said by the provider: some of the evidence, never a pass.
            assert_eq!(files.outcome, Outcome::Partial, "{record:?}");
            assert_eq!((record.digests.provider_checksum, record.digests.recomputed), (1, 1));
            assert_ne!(record.outcome, Outcome::Pass);
        }
        fs::remove_dir_all(folder(&run)).unwrap();
    }
}

fn dir_of(source: &touchmark::text::Untrusted) -> std::path::PathBuf {
    source.raw().strip_prefix("file:").unwrap().into()
}

#[test]
fn a_sealed_run_proves_what_came_of_a_model() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 3));
    assert_eq!(
        prove(&run, None, "lumen/iris-base", None).unwrap_err().code,
        Code::NotFound,
        "not sealed yet"
    );
    let sealed = fleet.seal(&run).unwrap();
    let root = sealed.sealed.root;
    for record in parsed(&records(&run, &sealed)) {
        let Proved::Records(proofs) = prove(&run, None, record.model.raw(), Some(root)).unwrap() else {
            panic!("{}", record.model.raw())
        };
        let [proof] = proofs.as_slice() else { panic!("one record") };
        assert_eq!((&proof.record, proof.root), (&record, root));
        let path = touchmark::store::root_from(proof.leaf, proof.index, proof.records, &proof.path);
        assert_eq!(path, Some(root));
    }
    assert_eq!(prove(&run, None, "nobody/has-it", None).unwrap(), Proved::NotPlanned);
    let other = touchmark::store::EvidenceDigest([7; 32]);
    assert_eq!(prove(&run, None, "lumen/iris-base", Some(other)).unwrap_err().code, Code::Store);
    // A record that was changed afterwards proves nothing.
    let part = folder(&run).join(&sealed.sealed.parts[0].name);
    let text = fs::read_to_string(&part).unwrap();
    fs::write(&part, text.replacen("\"refuse\"", "\"admit\"", 1)).unwrap();
    assert_eq!(prove(&run, None, "lumen/iris-base", None).unwrap_err().code, Code::Store);
}

#[cfg(unix)]
#[test]
fn a_model_with_what_is_no_clean_file_is_never_judged_as_if_it_were_not_there() {
    let fleet = Fleet::new();
    let model = fleet.models().join("lumen/iris-large");
    std::os::unix::fs::symlink("/etc/passwd", model.join("extra.py")).unwrap();
    let fifo = fleet.models().join("lumen/iris-ocr/pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    let planned = fleet.plan(vec![fleet.below("lumen")], 1);
    assert_eq!(planned.plan.findings, 2);
    let run = fleet.work_all(&planned);
    let found = parsed(&records(&run, &fleet.seal(&run).unwrap()));
    for (name, class) in [
        ("iris-large", Some(UnknownClass::Names)),
        ("iris-ocr", Some(UnknownClass::Names)),
        ("iris-base", None),
    ] {
        let record = of(&found, name);
        assert_eq!((record.class, record.outcome == Outcome::Unknown), (class, class.is_some()), "{name}");
    }
}

#[test]
fn a_sample_is_the_same_for_everybody_and_about_as_large_as_asked() {
    let fleet = Fleet::new();
    let many = 40;
    for n in 0..many {
        let dir = fleet.models().join(format!("sampled/m{n:02}"));
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("w.safetensors"), format!("{n}")).unwrap();
    }
    let sampled = |ppm: u32, shards: u32| {
        let limits = Limits { shards: Some(shards), bytes: 1, models: 1 };
        let basis = WantedBasis::ProviderChecksum;
        let planned = fleet.plan_rechecked(vec![fleet.below("sampled")], limits, basis, Some(ppm)).unwrap();
        let run = Run::open(&planned.location).unwrap();
        let source = dir_of(&planned.plan.sources[0]);
        let wrong = |n| (format!("m{n:02}/w.safetensors"), vec![1; 32]);
        let faults = Arc::new(Faults { checksums: (0..many).map(wrong).collect(), ..Faults::default() });
        let reach = move |_: &Location| {
            Ok(Arc::new(Faulty { below: Folder::new(&source), faults: faults.clone() }) as Place)
        };
        for shard in 0..shards {
            assert!(fleet.work_from(&run, shard, &reach).unwrap().committed);
        }
        let found = parsed(&records(&run, &fleet.seal(&run).unwrap()));
        let read = found.into_iter().filter(|record| record.digests.contradicted > 0);
        read.map(|record| record.model.raw().to_owned()).collect::<Vec<_>>()
    };
    let half = sampled(500_000, 1);
    assert_eq!(half, sampled(500_000, 3), "however the work is cut");
    assert!((8..=32).contains(&half.len()), "{half:?}");
    assert_eq!(sampled(1_000_000, 1).len(), many);
    assert!(sampled(1, 1).is_empty());
}
