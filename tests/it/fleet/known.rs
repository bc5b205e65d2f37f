//! What an earlier run has sealed: taken over where it would be the same, and never from anybody whose word does not count.

use super::made::{Fleet, Place, folder, parsed, records, trust};
use std::fs;
use touchmark::Code;
use touchmark::error::Result;
use touchmark::fleet::{Limits, Planned, Proved, Run, UnknownClass, WantedBasis, prove};
use touchmark::remote::Location;
use touchmark::signing::{Curve, SigningKey};

const ONE: Limits = Limits { shards: Some(1), bytes: 1, models: 1 };

fn sources(fleet: &Fleet) -> Vec<(Location, Place)> {
    vec![fleet.below("lumen"), fleet.below("acme")]
}

fn plan(fleet: &Fleet, known: Option<&Run>) -> Result<Planned> {
    fleet.plan_knowing(sources(fleet), (ONE, WantedBasis::Recomputed), None, known)
}

/// Models of shards, and those that are taken over.
fn cut(planned: &Planned) -> (u64, u64) {
    let shards = planned.plan.shards.iter().map(|shard| shard.models).sum();
    (shards, planned.plan.known.as_ref().map_or(0, |known| known.models))
}

#[test]
fn what_is_taken_over_comes_to_the_same_as_what_is_worked_again() {
    let fleet = Fleet::new();
    let first = fleet.work_all(&plan(&fleet, None).unwrap());
    let sealed = fleet.seal(&first).unwrap();
    let all = sealed.sealed.records;
    // One model changes, one is new, one is gone.
    let (changed, gone) = (fleet.models().join("lumen/iris-base"), fleet.models().join("lumen/iris-ocr"));
    fs::write(changed.join("README.md"), "other").unwrap();
    fs::remove_dir_all(&gone).unwrap();
    let new = fleet.models().join("lumen/new");
    fs::create_dir(&new).unwrap();
    fs::write(new.join("w.safetensors"), "w").unwrap();
    let fresh = plan(&fleet, None).unwrap();
    let second = plan(&fleet, Some(&first)).unwrap();
    assert_ne!(second.id, fresh.id);
    assert_eq!((cut(&second), second.plan.models), ((2, all - 2), all));
    assert_eq!(second.plan.known.as_ref().unwrap().root, sealed.sealed.root);
    let (fresh, second) = (fleet.work_all(&fresh), fleet.work_all(&second));
    let (of_fresh, of_second) = (fleet.seal(&fresh).unwrap(), fleet.seal(&second).unwrap());
    assert_eq!(of_fresh.sealed.root, of_second.sealed.root);
    assert_eq!(records(&fresh, &of_fresh), records(&second, &of_second), "byte for byte");
    assert_eq!(of_fresh.sealed.counts, of_second.sealed.counts);
    for model in ["iris-large", "iris-base", "new"] {
        let proved = prove(&second, None, model, Some(of_second.sealed.root)).unwrap();
        assert!(matches!(proved, Proved::Records(proofs) if proofs.len() == 1), "{model}");
    }
    // And so on, from run to run: the third takes over what the second took over.
    fs::write(new.join("w.safetensors"), "v").unwrap();
    let third = plan(&fleet, Some(&second)).unwrap();
    assert_eq!(cut(&third), (1, all - 1));
    let third = fleet.work_all(&third);
    let of_third = fleet.seal(&third).unwrap();
    assert_eq!(of_third.sealed.records, all);
    assert_eq!(fleet.seal(&third).unwrap(), of_third, "sealed again, it is the same");
    // Nothing is left to do where nothing changed, and a root of all of it all the same.
    let fourth = plan(&fleet, Some(&third)).unwrap();
    assert_eq!(cut(&fourth), (0, all));
    let fourth = fleet.work_all(&fourth);
    assert_eq!(fleet.seal(&fourth).unwrap().sealed.root, of_third.sealed.root);
}

#[test]
fn nothing_is_known_of_another_question_or_of_a_run_that_is_not_sealed() {
    let fleet = Fleet::new();
    let first = fleet.work_all(&plan(&fleet, None).unwrap());
    assert_eq!(plan(&fleet, Some(&first)).unwrap_err().code, Code::NotFound);
    fleet.seal(&first).unwrap();
    let other = fleet.plan_knowing(sources(&fleet), (ONE, WantedBasis::ProviderChecksum), None, Some(&first));
    let error = other.unwrap_err();
    assert_eq!(error.code, Code::Usage);
    assert!(error.help.unwrap().contains("--at"));
    // What lies elsewhere is another model, whatever it is called.
    let elsewhere =
        fleet.plan_knowing(vec![fleet.source()], (ONE, WantedBasis::Recomputed), None, Some(&first)).unwrap();
    assert_eq!(cut(&elsewhere).1, 0);
    assert!(elsewhere.plan.known.is_none());
}

#[test]
fn what_was_unknown_is_looked_at_again() {
    let fleet = Fleet::new();
    let planned = plan(&fleet, None).unwrap();
    let file = fleet.models().join("lumen/iris-base/README.md");
    let before = fs::read(&file).unwrap();
    fs::write(&file, "other").unwrap();
    let first = fleet.work_all(&planned);
    let sealed = fleet.seal(&first).unwrap();
    let found = parsed(&records(&first, &sealed));
    assert_eq!(found.iter().filter(|record| record.class == Some(UnknownClass::Changed)).count(), 1);
    fs::write(&file, before).unwrap();
    assert_eq!(cut(&plan(&fleet, Some(&first)).unwrap()), (1, sealed.sealed.records - 1));
}

#[test]
fn an_earlier_run_that_was_touched_gives_nothing() {
    let fleet = Fleet::new();
    let first = fleet.work_all(&plan(&fleet, None).unwrap());
    let sealed = fleet.seal(&first).unwrap();
    let second = plan(&fleet, Some(&first)).unwrap();
    let second = fleet.work_all(&second);
    // Its signer is nobody who counts now.
    let other = SigningKey::generate(Curve::P384).unwrap();
    assert_eq!(fleet.seal_by(&second, &trust(&other)).unwrap_err().code, Code::Changed);
    let changed = |file: std::path::PathBuf, bytes: Option<&[u8]>| {
        let good = fs::read(&file).unwrap();
        match bytes {
            Some(bytes) => fs::write(&file, bytes).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let code = fleet.seal(&second).unwrap_err().code;
        fs::write(&file, good).unwrap();
        code
    };
    let at = |run: &Run, name: &str| folder(run).join(name);
    assert_eq!(changed(at(&first, "done/00000"), None), Code::Changed);
    assert_eq!(changed(at(&first, "done/00000"), Some(b"{}")), Code::Changed);
    assert_eq!(changed(at(&second, "known-00000.jsonl"), Some(b"")), Code::Changed);
    assert_eq!(changed(at(&second, "known-00000.jsonl"), Some(b"\xff{")), Code::Changed);
    assert_eq!(changed(at(&second, "known-00000.jsonl"), None), Code::NotFound);
    assert_eq!(changed(at(&first, "plan.json"), None), Code::NotFound);
    assert!(fleet.seal(&second).is_ok());
    // Worked again it comes to something else, although what is taken over is as it was.
    let file = fleet.models().join("lumen/iris-base/README.md");
    fs::write(&file, "other").unwrap();
    let third = plan(&fleet, Some(&first)).unwrap();
    let third = fleet.work_all(&third);
    assert!(fleet.seal(&third).is_ok());
    let third = Run::open(&third.location).unwrap();
    fs::remove_file(folder(&third).join("sealed.json")).unwrap();
    let done = fs::read(at(&first, "done/00000")).unwrap();
    fs::remove_file(at(&first, "done/00000")).unwrap();
    assert!(fleet.work(&first, 0).unwrap().committed);
    assert_eq!(fleet.seal(&third).unwrap_err().code, Code::Changed);
    fs::write(at(&first, "done/00000"), done).unwrap();
    // At planning the records have to come to their root.
    let part = at(&first, &sealed.sealed.parts[0].name);
    let text = fs::read_to_string(&part).unwrap();
    fs::write(&part, text.replacen("\"refuse\"", "\"admit\"", 1)).unwrap();
    assert_eq!(plan(&fleet, Some(&first)).unwrap_err().code, Code::Store);
}
