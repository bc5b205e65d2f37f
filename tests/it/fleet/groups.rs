//! Planning: which objects make up which models, how they are packed, and that it takes no more memory for more of them.

use super::made::{Fleet, Listed, Place};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use touchmark::fleet::{FleetItem, Limits, Planned, WantedBasis};
use touchmark::remote::{KeyFault, Location};

fn items(planned: &Planned) -> Vec<Vec<FleetItem>> {
    let Location::Folder(root) = &planned.location else { panic!("a folder") };
    let shards = 0..planned.plan.shards.len();
    let read = |shard: usize| {
        let text = fs::read_to_string(root.join(format!("items-{shard:05}.jsonl"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    shards.map(read).collect()
}

/// Keys and faults by the folders of models.
type Models = BTreeMap<String, (Vec<String>, Vec<KeyFault>)>;

fn grouped(keys: &[&str]) -> (Models, Planned) {
    let fleet = Fleet::new();
    let place: Place = Arc::new(Listed::new(keys.iter().copied()));
    let planned = fleet.plan(vec![(Location::parse("s3://models").unwrap(), place)], 1);
    let models = items(&planned).into_iter().flatten().map(|item| {
        let keys = item.objects.into_iter().map(|object| object.key).collect();
        (item.place, (keys, item.odd.iter().map(|odd| odd.fault).collect()))
    });
    (models.collect(), planned)
}

fn keys(models: &BTreeMap<String, (Vec<String>, Vec<KeyFault>)>, place: &str) -> Vec<String> {
    models.get(place).unwrap_or_else(|| panic!("no model {place}: {models:?}")).0.clone()
}

#[test]
fn a_signed_folder_holds_all_below_it_and_one_with_weights_what_is_no_other_model() {
    let (models, planned) = grouped(&[
        "README.md",
        "acme/notes.txt",
        "acme/pipe/model.sig",
        "acme/pipe/model_index.json",
        "acme/pipe/unet/weights.safetensors",
        "acme/pipe/vae/inner/model.sig",
        "acme/pipe/vae/inner/w.safetensors",
        "acme/plain/config.json",
        "acme/plain/onnx/model.onnx",
        "acme/plain/tokenizer/vocab.json",
        "acme/plain/w.safetensors",
        "acme/plain-2/w.gguf",
        "docs/a.pdf",
    ]);
    let places: Vec<&str> = models.keys().map(String::as_str).collect();
    assert_eq!(
        places,
        ["acme/pipe", "acme/pipe/vae/inner", "acme/plain", "acme/plain-2", "acme/plain/onnx"],
        "an unsigned folder inside a signed one is a part of it; inside an unsigned one it is its own"
    );
    assert_eq!(keys(&models, "acme/pipe").len(), 5, "the signature covers what lies in models inside, too");
    assert_eq!(keys(&models, "acme/pipe/vae/inner").len(), 2);
    assert_eq!(
        keys(&models, "acme/plain"),
        ["acme/plain/config.json", "acme/plain/tokenizer/vocab.json", "acme/plain/w.safetensors"]
    );
    assert_eq!((planned.plan.models, planned.plan.objects, planned.plan.findings), (5, 13, 3));
    let named: Vec<&str> = planned.plan.first_findings.iter().map(|finding| finding.key.raw()).collect();
    assert_eq!(named.len(), 3);
    assert!(["README.md", "acme/notes.txt", "docs/a.pdf"].iter().all(|key| named.contains(key)), "{named:?}");
}

#[test]
fn a_source_that_is_a_model_itself_is_one() {
    let (models, _) = grouped(&["model.sig", "w.safetensors", "sub/x"]);
    assert_eq!(keys(&models, "").len(), 3);
    let (models, _) = grouped(&["w.safetensors", "sub/x"]);
    assert_eq!(keys(&models, "").len(), 2);
    let (models, planned) = grouped(&["a.txt", "sub/x"]);
    assert!(models.is_empty());
    assert_eq!((planned.plan.models, planned.plan.findings), (0, 2));
}

#[test]
fn hostile_keys_are_findings_and_their_model_is_never_taken_for_whole() {
    let (models, planned) = grouped(&[
        "a/model.sig",
        "a/w.safetensors",
        "a/x\u{1b}[2J",
        "b/../../etc/passwd",
        "b/model.sig",
        "b/w.safetensors",
        "c/model.sig",
        "c/w.safetensors",
        "d/e\u{301}.bin",
        "d/\u{e9}.bin",
    ]);
    assert_eq!(models["a"].1, [KeyFault::Hidden]);
    assert_eq!(models["b"].1, [KeyFault::Relative]);
    assert!(models["c"].1.is_empty(), "its neighbours are as they were");
    assert_eq!(models["d"].1, [KeyFault::SameName]);
    for (keys, _) in models.values() {
        assert!(keys.iter().all(|key| !key.contains("..") && !key.contains('\u{1b}')), "{keys:?}");
    }
    assert_eq!(planned.plan.findings, 2);
}

#[test]
fn shards_are_cut_by_number_by_models_and_by_bytes() {
    let fleet = Fleet::new();
    let keys: Vec<String> = (0..10).map(|n| format!("m{n}/w.bin")).collect();
    let place = || -> Vec<(Location, Place)> {
        vec![(Location::parse("s3://models").unwrap(), Arc::new(Listed::new(keys.clone())))]
    };
    let many = |limits: Limits| -> Vec<u64> {
        let planned = fleet.plan_by(place(), limits, WantedBasis::Recomputed).unwrap();
        assert_eq!(items(&planned).iter().map(|shard| shard.len() as u64).sum::<u64>(), 10);
        planned.plan.shards.iter().map(|shard| shard.models).collect()
    };
    let free = |bytes, models| Limits { shards: None, bytes, models };
    assert_eq!(many(free(1 << 40, 5000)), [10]);
    assert_eq!(many(free(1 << 40, 4)), [4, 4, 2]);
    assert_eq!(many(free(35, 5000)), [3, 3, 3, 1], "three models of ten bytes each, and no fourth");
    assert_eq!(many(free(1, 5000)), [1; 10], "one that is too large by itself has a shard of its own");
    let fixed = |shards| Limits { shards: Some(shards), bytes: 1, models: 1 };
    assert_eq!(many(fixed(1)), [10]);
    assert_eq!(many(fixed(5)), [2; 5]);
    let sixty_four = many(fixed(64));
    assert_eq!((sixty_four.len(), sixty_four.iter().sum::<u64>()), (64, 10));
    for limits in [fixed(0), fixed(u32::MAX), free(0, 1), free(1, 0)] {
        assert!(fleet.plan_by(place(), limits, WantedBasis::Recomputed).is_err());
    }
    assert!(fleet.plan_by(Vec::new(), fixed(1), WantedBasis::Recomputed).is_err());
}

#[test]
fn the_same_plan_is_the_same_run_and_another_question_is_another() {
    let fleet = Fleet::new();
    let one = fleet.plan(vec![fleet.source()], 3);
    let again = fleet.plan(vec![fleet.source()], 3);
    assert_eq!((one.id, one.was_there, again.was_there), (again.id, false, true));
    let other = fleet.plan(vec![fleet.source()], 4);
    assert_ne!(other.id, one.id);
    let provider = Limits { shards: Some(3), bytes: 1, models: 1 };
    let provider = fleet.plan_by(vec![fleet.source()], provider, WantedBasis::ProviderChecksum).unwrap();
    assert_ne!(provider.id, one.id);
}

/// `TOUCHMARK_LARGE=1000000` plans so many; the bound is on what is open at once, not on a clock.
#[test]
fn many_models_are_planned_in_two_passes_and_in_bounded_memory() {
    let many: usize =
        std::env::var("TOUCHMARK_LARGE").ok().and_then(|many| many.parse().ok()).unwrap_or(20_000);
    let fleet = Fleet::new();
    let keys = (0..many).flat_map(|n| {
        ["model.sig", "w.safetensors"].map(|name| format!("org-{:04}/model-{n:07}/{name}", n % 1000))
    });
    let place = Arc::new(Listed::new(keys));
    let limits = Limits { shards: None, bytes: u64::MAX, models: 5000 };
    let before = resident();
    let source: Place = place.clone();
    let planned = fleet
        .plan_by(vec![(Location::parse("s3://models").unwrap(), source)], limits, WantedBasis::Recomputed)
        .unwrap();
    assert_eq!(place.lists.load(SeqCst), 2, "one pass learns what is signed, the other groups");
    assert_eq!(planned.plan.models, many as u64);
    assert!(planned.plan.shards.iter().all(|shard| shard.models <= 5000));
    assert_eq!(planned.plan.shards.len(), many.div_ceil(5000));
    if let (Some(before), Some(after)) = (before, resident())
        && many >= 1_000_000
    {
        assert!(after - before < 300 << 20, "{} MiB more than the listing itself", (after - before) >> 20);
    }
}

/// Bytes of memory in use.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

#[test]
fn a_bucket_that_keeps_the_layout_of_a_hubs_cache_has_a_model_for_each_snapshot() {
    let (one, two) = ("1".repeat(40), "2".repeat(40));
    let at = |rest: &str| format!("cache/models--acme--tiny/{rest}");
    let all = [
        // What is not there, under the names of what would be.
        at(&format!(".no_exist/{one}/model.safetensors")),
        at("blobs/0123"),
        at("refs/main"),
        at(&format!("snapshots/{one}/model.safetensors")),
        at(&format!("snapshots/{one}/model.sig")),
        at(&format!("snapshots/{one}/onnx/model.onnx")),
        at(&format!("snapshots/{two}/model.safetensors")),
    ];
    let (models, planned) = grouped(&all.each_ref().map(String::as_str));
    assert_eq!((planned.plan.models, planned.plan.findings), (2, 3), "{:#?}", planned.plan.first_findings);
    assert_eq!(keys(&models, &at(&format!("snapshots/{one}"))).len(), 3, "with everything below");
    assert_eq!(keys(&models, &at(&format!("snapshots/{two}"))).len(), 1);
}
