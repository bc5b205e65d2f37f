//! Statements and results that somebody forged, cut short or swapped: none of them counts, and nothing is dropped.

use super::made::{Fleet, folder, parsed, records, trust};
use std::fs;
use touchmark::decision::statement_of;
use touchmark::fleet::{FleetLine, FleetShard, FleetShardSchema, Run, SHARD_TYPE, Sealed};
use touchmark::json::canonical;
use touchmark::signing::{Bundle, Curve, Outcome, SigningKey, sign_statement_key};
use touchmark::store::{EvidenceDigest, HashTree};

/// What the statement of a shard says.
fn said(run: &Run, shard: u32) -> FleetShard {
    let bytes = fs::read(folder(run).join(format!("done/{shard:05}"))).unwrap();
    let payload = Bundle::parse(&bytes).unwrap().envelope.payload;
    let statement: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    serde_json::from_value(statement["predicate"].clone()).unwrap()
}

/// Puts another statement in its place.
fn put(run: &Run, shard: u32, said: &FleetShard, key: &SigningKey) {
    put_as(run, shard, said, said.root, SHARD_TYPE, key);
}

fn put_as(run: &Run, shard: u32, said: &FleetShard, root: EvidenceDigest, kind: &str, key: &SigningKey) {
    let predicate = serde_json::to_value(said).unwrap();
    let payload = statement_of(&format!("shard {shard}"), root, kind, &predicate).unwrap();
    fs::write(folder(run).join(format!("done/{shard:05}")), sign_statement_key(&payload, key, None).unwrap())
        .unwrap();
}

#[track_caller]
fn refused(sealed: &Sealed, shard: u32, why: &str) {
    let missing = sealed.sealed.missing.iter().find(|missing| missing.shard == shard);
    let missing = missing.unwrap_or_else(|| panic!("shard {shard} counts: {:?}", sealed.sealed.missing));
    let found = missing.why.as_ref().map(|why| why.raw().to_owned()).unwrap_or_default();
    assert!(found.contains(why), "{found:?} does not say {why:?}");
    // Its models are unknown, and everybody else is as before.
    assert_eq!(sealed.sealed.counts.outcomes["unknown"], missing.models);
    assert_eq!(sealed.sealed.records + missing.models, sealed.sealed.models);
    assert!(sealed.name.starts_with("partial-"), "{}", sealed.name);
}

#[test]
fn a_statement_counts_only_whole_signed_and_about_this_shard() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 3));
    let done = folder(&run).join("done/00001");
    let good = fs::read(&done).unwrap();
    let honest = said(&run, 1);
    let other = SigningKey::generate(Curve::P256).unwrap();
    for bytes in [&b""[..], b"{}", b"\xff\xfe", &good[..good.len() / 2], b"null"] {
        fs::write(&done, bytes).unwrap();
        refused(&fleet.seal(&run).unwrap(), 1, "no bundle");
    }
    fs::write(&done, vec![b' '; 2 << 20]).unwrap();
    refused(&fleet.seal(&run).unwrap(), 1, "too large");
    put(&run, 1, &honest, &other);
    refused(&fleet.seal(&run).unwrap(), 1, "nobody whose signature counts");
    put(&run, 1, &FleetShard { run: EvidenceDigest([1; 32]), ..honest.clone() }, &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "another run");
    put(&run, 1, &FleetShard { shard: 2, ..honest.clone() }, &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "another shard");
    put(&run, 1, &FleetShard { records: honest.records - 1, ..honest.clone() }, &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "another number of models");
    put(&run, 1, &FleetShard { root: EvidenceDigest([1; 32]), ..honest.clone() }, &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "do not come to the root");
    put_as(&run, 1, &honest, EvidenceDigest([1; 32]), SHARD_TYPE, &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "two roots");
    put_as(&run, 1, &honest, honest.root, "urn:touchmark:ledger-checkpoint:1", &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "none of a shard");
    put(&run, 1, &FleetShard { results: EvidenceDigest([1; 32]), ..honest.clone() }, &fleet.key);
    refused(&fleet.seal(&run).unwrap(), 1, "not there");
    // A signature that somebody changed.
    let mut bundle: serde_json::Value = serde_json::from_slice(&good).unwrap();
    let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap().to_owned();
    let at = payload.len() / 2;
    let letter = if &payload[at..=at] == "A" { "B" } else { "A" };
    bundle["dsseEnvelope"]["payload"] = format!("{}{letter}{}", &payload[..at], &payload[at + 1..]).into();
    fs::write(&done, bundle.to_string()).unwrap();
    let sealed = fleet.seal(&run).unwrap();
    assert_eq!(sealed.sealed.missing.iter().map(|missing| missing.shard).collect::<Vec<_>>(), [1]);
    // The honest one again, and the run is whole.
    fs::write(&done, &good).unwrap();
    let sealed = fleet.seal(&run).unwrap();
    assert!(sealed.sealed.missing.is_empty() && sealed.name == "sealed.json");
    // Under somebody else's trust nothing counts.
    let nobody = fleet.seal_by(&run, &trust(&other)).unwrap();
    assert_eq!((nobody.sealed.missing.len(), nobody.sealed.records), (3, 0));
}

#[test]
fn results_that_were_changed_or_are_about_others_do_not_count() {
    let fleet = Fleet::new();
    let run = fleet.work_all(&fleet.plan(vec![fleet.source()], 3));
    let honest = said(&run, 0);
    let file = folder(&run).join(format!("results/00000/{}.jsonl", honest.results));
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, good.replacen("pass", "fail", 1)).unwrap();
    refused(&fleet.seal(&run).unwrap(), 0, "were changed");
    fs::remove_file(&file).unwrap();
    refused(&fleet.seal(&run).unwrap(), 0, "not there");
    fs::write(&file, &good).unwrap();
    // One who may sign, and answers for models that were not asked about.
    let lines: Vec<FleetLine> = good.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut others = lines.clone();
    others[0].record.model = "acme/another".into();
    sign_results(&fleet, &run, 0, others);
    refused(&fleet.seal(&run).unwrap(), 0, "not about the models of the plan");
    let mut others = lines.clone();
    others[0].record.question = EvidenceDigest([1; 32]);
    sign_results(&fleet, &run, 0, others);
    refused(&fleet.seal(&run).unwrap(), 0, "not about the models of the plan");
    sign_results(&fleet, &run, 0, lines);
    assert!(fleet.seal(&run).unwrap().sealed.missing.is_empty());
}

/// Signs these results for a shard, as an honest worker would.
fn sign_results(fleet: &Fleet, run: &Run, shard: u32, mut lines: Vec<FleetLine>) {
    let leaf = |line: &FleetLine| EvidenceDigest::of(&canonical(&line.record).unwrap()).unwrap();
    lines.sort_by_key(|line| (line.record.key, leaf(line)));
    let mut tree = HashTree::default();
    lines.iter().for_each(|line| tree.add(leaf(line)));
    let mut bytes = Vec::new();
    for line in &lines {
        bytes.extend(canonical(line).unwrap());
        bytes.push(b'\n');
    }
    let results = EvidenceDigest::of(&bytes).unwrap();
    fs::write(folder(run).join(format!("results/{shard:05}/{results}.jsonl")), bytes).unwrap();
    let said = FleetShard {
        schema: FleetShardSchema::V1,
        run: run.id,
        shard,
        records: lines.len() as u64,
        root: tree.root().unwrap(),
        results,
    };
    put(run, shard, &said, &fleet.key);
}

#[test]
fn a_missing_shard_is_listed_and_its_models_are_unknown() {
    let fleet = Fleet::new();
    let planned = fleet.plan(vec![fleet.source()], 4);
    let run = Run::open(&planned.location).unwrap();
    for shard in [0, 1, 3] {
        fleet.work(&run, shard).unwrap();
    }
    let sealed = fleet.seal(&run).unwrap();
    refused(&sealed, 2, "");
    assert_eq!(sealed.sealed.missing[0].why, None, "nobody was there, and nobody forged anything");
    assert_eq!(parsed(&records(&run, &sealed)).len() as u64, sealed.sealed.records);
    let text = fs::read_to_string(folder(&run).join("items-00002.jsonl")).unwrap();
    let item: touchmark::fleet::FleetItem = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let found = touchmark::fleet::prove(&run, Some(&sealed.name), &item.place, None).unwrap();
    assert_eq!(found, touchmark::fleet::Proved::Unknown { shard: 2 });
}

#[test]
fn two_answers_to_one_question_contradict_and_both_are_kept() {
    let fleet = Fleet::new();
    // The same models twice: whoever answers, the keys are the same.
    let planned = fleet.plan(vec![fleet.below("lumen"), fleet.below("lumen")], 2);
    let run = fleet.work_all(&planned);
    let sealed = fleet.seal(&run).unwrap();
    assert_eq!(planned.plan.models % 2, 0);
    assert_eq!(sealed.sealed.records, planned.plan.models / 2, "the same answer twice is one");
    assert!(sealed.sealed.conflicts.is_empty());
    fs::remove_file(folder(&run).join("sealed.json")).unwrap();
    for part in sealed.sealed.parts.iter().chain(&sealed.sealed.tables) {
        fs::remove_file(folder(&run).join(&part.name)).unwrap();
    }
    let honest = said(&run, 1);
    let file = folder(&run).join(format!("results/00001/{}.jsonl", honest.results));
    let text = fs::read_to_string(file).unwrap();
    let mut lines: Vec<FleetLine> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (model, key) = (lines[0].record.model.clone(), lines[0].record.key);
    lines[0].record.outcome = Outcome::Fail;
    lines[0].record.checks.clear();
    sign_results(&fleet, &run, 1, lines);
    let sealed = fleet.seal(&run).unwrap();
    let [conflict] = sealed.sealed.conflicts.as_slice() else { panic!("{:?}", sealed.sealed.conflicts) };
    assert_eq!((conflict.key, conflict.records.len()), (key, 2));
    let kept = parsed(&records(&run, &sealed));
    assert_eq!(kept.iter().filter(|record| record.key == key).count(), 2, "neither wins");
    let touchmark::fleet::Proved::Records(proofs) =
        touchmark::fleet::prove(&run, None, model.raw(), None).unwrap()
    else {
        panic!("proven")
    };
    assert_eq!(proofs.len(), 2);
}
