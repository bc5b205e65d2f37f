//! A fleet over registries: what a tag leads to is a model, judged by its bytes or by the registry's digests.

use super::made::{Place, parsed, records};
use super::shop::{BUNDLE, Shop, TITLE, digest, respond};
use serde_json::json;
use std::ops::ControlFlow;
use touchmark::Code;
use touchmark::decision::Decision;
use touchmark::fleet::{FleetRecord, Limits, Proved, Run, UnknownClass, WantedBasis, prove};
use touchmark::remote::{Location, Seen, open};
use touchmark::signing::Outcome;

pub const ONE: Limits = Limits { shards: Some(1), bytes: 1, models: 1 };

pub fn source(shop: &Shop, reference: &str) -> (Location, Place) {
    let location = Location::parse(&shop.place(reference)).unwrap();
    let place = open(&location).unwrap();
    (location, place)
}

/// Plans, works and seals one shard.
pub fn judged(shop: &Shop, reference: &str, basis: WantedBasis) -> (Run, Vec<FleetRecord>) {
    forget(shop);
    let planned = shop.fleet.plan_by(vec![source(shop, reference)], ONE, basis).unwrap();
    let run = shop.fleet.work_all(&planned);
    let sealed = shop.fleet.seal(&run).unwrap();
    let found = parsed(&records(&run, &sealed));
    (run, found)
}

/// Judged anew: the same plan would be the same run, which was worked already.
pub fn forget(shop: &Shop) {
    for entry in std::fs::read_dir(shop.fleet.out.path()).unwrap() {
        std::fs::remove_dir_all(entry.unwrap().path()).unwrap();
    }
}

/// What became of the files.
pub fn of_files(record: &FleetRecord) -> Outcome {
    record.checks.iter().find(|check| check.code.starts_with("FILES")).unwrap().outcome
}

pub fn only(records: Vec<FleetRecord>) -> FleetRecord {
    assert_eq!(records.len(), 1, "{records:#?}");
    records.into_iter().next().unwrap()
}

#[test]
fn a_tag_is_a_model_that_comes_to_what_its_folder_comes_to() {
    let shop = Shop::new();
    let digest = shop.publish("v1");
    let (run, found) = judged(&shop, ":v1", WantedBasis::Recomputed);
    let record = only(found);
    assert_eq!(record.model.raw(), "acme/tiny:v1");
    assert_eq!((record.outcome, record.decision), (Outcome::Pass, Decision::Admit), "{record:#?}");
    assert_eq!((record.digests.recomputed, record.digests.registry_digest), (3, 0));
    assert_eq!(record.engine.as_deref(), Some("cpu"));
    let proved = prove(&run, None, "acme/tiny:v1", None).unwrap();
    assert!(matches!(proved, Proved::Records(proofs) if proofs.len() == 1));
    // By its digest it is the same model, and the root is that of the folder.
    let pinned = only(judged(&shop, &format!("@{digest}"), WantedBasis::Recomputed).1);
    assert_eq!(pinned.model.raw(), format!("acme/tiny@{digest}"));
    std::fs::copy(shop.path("tiny.sig"), shop.path("models/acme/tiny/model.sig")).unwrap();
    let planned = shop.fleet.plan(vec![shop.fleet.source()], 1);
    let run = shop.fleet.work_all(&planned);
    let folder = only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap())));
    assert!(record.root_digest.is_some());
    assert_eq!((record.root_digest, pinned.root_digest), (folder.root_digest, folder.root_digest));
    assert_eq!((folder.outcome, folder.decision), (record.outcome, record.decision));
}

#[test]
fn by_the_registrys_digests_no_layer_is_read_and_files_are_partial() {
    let shop = Shop::new();
    shop.publish("v1");
    let record = only(judged(&shop, ":v1", WantedBasis::RegistryDigest).1);
    assert_eq!(of_files(&record), Outcome::Partial, "{record:#?}");
    // The policy bans formats, and nobody looked for them.
    assert_eq!(record.outcome, Outcome::Unknown, "{record:#?}");
    assert_eq!((record.digests.recomputed, record.digests.registry_digest), (2, 1));
    assert!(shop.registry.asked(&shop.weights()).is_empty(), "nobody asked for the weights");
    assert!(record.checks.iter().any(|check| check.code == "FILES-REGISTRY"));
    // A manifest that lists other weights than were signed fails by its digests alone.
    let mut other = shop.model();
    other["layers"][0] = shop.registry.layer(
        "application/vnd.acme.file",
        &vec![7; 5 << 20],
        json!({ TITLE: "model.safetensors" }),
    );
    let other = shop.registry.manifest(&other, Some("v2"));
    shop.registry.manifest(&shop.signature(&other), None);
    let record = only(judged(&shop, ":v2", WantedBasis::RegistryDigest).1);
    assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:#?}");
    // Checksums of a provider are another thing: all bytes are read.
    let record = only(judged(&shop, ":v1", WantedBasis::ProviderChecksum).1);
    assert_eq!((record.outcome, record.digests.recomputed), (Outcome::Pass, 3));
}

#[test]
fn a_repository_has_a_model_for_each_tag_and_none_for_what_is_attached() {
    let shop = Shop::new();
    shop.registry.shelves.lock().unwrap().referrers = None;
    shop.registry.shelves.lock().unwrap().page = Some(2);
    let signed = shop.publish("v1");
    shop.publish("v1.0");
    let mut unsigned = shop.model();
    unsigned["layers"].as_array_mut().unwrap().truncate(1);
    shop.registry.manifest(&unsigned, Some("unsigned"));
    let image = json!({
        "schemaVersion": 2,
        "config": shop.registry.layer("application/vnd.oci.image.config.v1+json", b"{}", json!({})),
        "layers": [shop.registry.layer("application/vnd.oci.image.layer.v1.tar+gzip", b"tar", json!({}))],
    });
    shop.registry.manifest(&image, Some("server"));
    let two = json!({ "schemaVersion": 2, "manifests": [
        { "digest": signed, "size": 1 },
        { "digest": shop.registry.manifest(&unsigned, None), "size": 1 },
    ] });
    shop.registry.manifest(&two, Some("two"));
    let (_, mut found) = judged(&shop, "", WantedBasis::Recomputed);
    found.sort_by(|one, other| one.model.cmp(&other.model));
    let told: Vec<_> = found.iter().map(|one| (one.model.raw().to_owned(), one.outcome, one.class)).collect();
    let layout = (Outcome::Unknown, Some(UnknownClass::Layout));
    let expected = [
        ("server", layout),
        ("two", layout),
        ("unsigned", (Outcome::Missing, None)),
        ("v1", (Outcome::Pass, None)),
        ("v1.0", (Outcome::Pass, None)),
    ];
    let expected: Vec<_> =
        expected.map(|(tag, (outcome, class))| (format!("acme/tiny:{tag}"), outcome, class)).into();
    assert_eq!(told, expected);
    assert!(shop.registry.asked("last=").len() >= 2, "more than one page");
    for (_, files) in [source(&shop, ""), source(&shop, ":v1")] {
        let mut keys = Vec::new();
        files
            .list(&mut |seen| {
                let Seen::Object(object) = seen else { panic!("{seen:?}") };
                assert_eq!(files.state(&object.key).unwrap(), object);
                keys.push(object.key);
                Ok(ControlFlow::Continue(()))
            })
            .unwrap();
        assert!(keys.is_sorted() && keys.len() >= 8, "{keys:?}");
    }
}

#[test]
fn signatures_are_found_in_every_way_that_signers_attach_them() {
    // By a tag of its own, and by the digest without spaces.
    let by_tag = Shop::new();
    let about = by_tag.registry.manifest(&by_tag.model(), Some("v1"));
    let mut attached = by_tag.signature(&about);
    attached.as_object_mut().unwrap().remove("subject");
    by_tag.registry.manifest(&attached, Some(&format!("{}.sig", about.replace(':', "-"))));
    let compact = Shop::new();
    let model = compact.model();
    compact.registry.raw_manifest(serde_json::to_string_pretty(&model).unwrap().as_bytes(), Some("v1"));
    compact.registry.manifest(&compact.signature(&digest(model.to_string().as_bytes())), None);
    for shop in [by_tag, compact] {
        let record = only(judged(&shop, ":v1", WantedBasis::Recomputed).1);
        assert_eq!(record.outcome, Outcome::Pass, "{record:#?}");
    }
    // Of several the newest counts, in whatever order the registry lists them.
    for newest_first in [true, false] {
        let shop = Shop::new();
        let about = shop.registry.manifest(&shop.model(), Some("v1"));
        let good = shop.registry.manifest(&shop.signature(&about), None);
        let other = Shop::new();
        let mut bad = shop.signature(&about);
        bad["layers"][0] = shop.registry.layer(BUNDLE, &other.bundle(), json!({}));
        let bad = shop.registry.manifest(&bad, None);
        let entry = |digest: &str, created: &str| {
            let annotations = json!({ "org.opencontainers.image.created": created });
            json!({ "digest": digest, "size": 1, "annotations": annotations })
        };
        let mut listed = vec![entry(&good, "2026-02-01T00:00:00Z"), entry(&bad, "2026-01-01T00:00:00Z")];
        if !newest_first {
            listed.reverse();
        }
        shop.registry.shelves.lock().unwrap().referrers.as_mut().unwrap().insert(about, listed);
        let record = only(judged(&shop, ":v1", WantedBasis::Recomputed).1);
        assert_eq!(record.outcome, Outcome::Pass, "{record:#?}");
    }
    // One that is attached to something else is none of its own.
    let other = Shop::new();
    other.registry.manifest(&other.model(), Some("v1"));
    other.registry.manifest(&other.signature(&digest(b"other")), None);
    let record = only(judged(&other, ":v1", WantedBasis::Recomputed).1);
    assert_eq!(record.outcome, Outcome::Missing, "{record:#?}");
}

#[test]
fn a_layout_in_a_folder_is_a_model_and_the_names_of_its_blobs_are_nobodys_word() {
    let shop = Shop::new();
    let digest = shop.publish("v1");
    // What the registry has, as a layout.
    let (_, files) = source(&shop, ":v1");
    let layout = shop.path("models/acme/kept");
    files
        .list(&mut |seen| {
            let Seen::Object(object) = seen else { panic!("{seen:?}") };
            let file = layout.join(object.key.strip_prefix("acme/tiny:v1/").unwrap());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, files.read(&object, 0..object.size).unwrap()).unwrap();
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    std::fs::remove_dir_all(shop.path("models/acme/tiny")).unwrap();
    let work = |basis: WantedBasis| {
        let planned = shop.fleet.plan_by(vec![shop.fleet.source()], ONE, basis).unwrap();
        assert_eq!(planned.plan.findings, 0);
        let run = shop.fleet.work_all(&planned);
        only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap())))
    };
    for basis in [WantedBasis::Recomputed, WantedBasis::RegistryDigest, WantedBasis::ProviderChecksum] {
        let record = work(basis);
        assert_eq!((record.outcome, record.digests.recomputed), (Outcome::Pass, 3), "{record:#?}");
        assert_eq!(record.model.raw(), "acme/kept");
    }
    let weights = layout.join("blobs/sha256").join(shop.weights().trim_start_matches("sha256:"));
    let mut bytes = std::fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&weights, bytes).unwrap();
    let record = work(WantedBasis::RegistryDigest);
    assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:#?}");
    std::fs::write(layout.join("blobs/sha256").join(digest.trim_start_matches("sha256:")), "{}").unwrap();
    assert_eq!(work(WantedBasis::Recomputed).class, Some(UnknownClass::Layout));
    std::fs::write(layout.join("index.json"), "").unwrap();
    assert_eq!(work(WantedBasis::Recomputed).class, Some(UnknownClass::Layout));
}

#[test]
fn what_changes_after_it_was_planned_is_unknown() {
    let shop = Shop::new();
    let signed = shop.publish("v1");
    let plan = || {
        forget(&shop);
        shop.fleet.plan_by(vec![source(&shop, ":v1")], ONE, WantedBasis::Recomputed).unwrap()
    };
    let class = |planned| {
        let run = shop.fleet.work_all(&planned);
        only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap()))).class
    };
    // Another manifest under the tag.
    let planned = plan();
    let mut other = shop.model();
    other["annotations"] = json!({ "a": "b" });
    shop.registry.manifest(&other, Some("v1"));
    assert_eq!(class(planned), Some(UnknownClass::Changed));
    // One more signature.
    let planned = plan();
    let about = digest(&shop.registry.shelves.lock().unwrap().manifests["v1"].clone());
    shop.registry.manifest(&shop.signature(&about), None);
    assert_eq!(class(planned), Some(UnknownClass::Changed));
    // A layer that is gone.
    let planned = plan();
    let weights = shop.registry.shelves.lock().unwrap().blobs.remove(&shop.weights()).unwrap();
    assert_eq!(class(planned), Some(UnknownClass::Changed));
    shop.registry.blob(&weights);
    // The tag is gone; the digest is not.
    let planned = plan();
    let pinned = shop.fleet.plan_by(vec![source(&shop, &format!("@{signed}"))], ONE, WantedBasis::Recomputed);
    shop.registry.shelves.lock().unwrap().manifests.remove("v1");
    assert_eq!(class(planned), Some(UnknownClass::Changed));
    assert_eq!(class(pinned.unwrap()), None);
}

#[test]
fn a_layer_is_gone_on_with_where_it_broke_off() {
    let shop = Shop::new();
    shop.publish("v1");
    let (blob, bytes) = (shop.weights(), shop.files[0].1.clone());
    // Half of it, then the rest; the first time with ranges, the second time without.
    for has_ranges in [true, false] {
        let (blob, bytes) = (blob.clone(), bytes.clone());
        shop.registry.shelves.lock().unwrap().asked.clear();
        shop.registry.fault(move |asked, stream| {
            use std::io::Write;
            if !asked.path.ends_with(&blob) {
                return false;
            }
            if asked.before == 0 {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(&bytes[..bytes.len() / 2]).unwrap();
                return true;
            }
            assert!(asked.headers["range"].starts_with("bytes="));
            if !has_ranges {
                respond(stream, "200 OK", &bytes);
            }
            !has_ranges
        });
        let record = only(judged(&shop, ":v1", WantedBasis::Recomputed).1);
        assert_eq!(record.outcome, Outcome::Pass, "{record:#?}");
        assert_eq!(shop.registry.asked(&shop.weights()).len(), 2);
    }
}

#[test]
fn nothing_is_put_into_a_registry() {
    let shop = Shop::new();
    shop.publish("v1");
    let (location, files) = source(&shop, ":v1");
    assert_eq!(files.put_new("plan.json", b"{}").unwrap_err().code, Code::Usage);
    assert_eq!(Run::open(&location).err().unwrap().code, Code::NotFound);
    let before = shop.registry.asked("").len();
    let done = crate::support::touchmark([
        "fleet",
        "plan",
        "--source",
        &shop.place(":v1"),
        "--out",
        &shop.place(""),
        "--workspace",
        shop.fleet.dir.path().to_str().unwrap(),
    ]);
    assert_eq!(done.status.code(), Some(2), "{}", crate::support::err(&done));
    assert_eq!(shop.registry.asked("").len(), before, "nobody was asked");
    for key in [
        "",
        "acme",
        "acme/tiny",
        "acme/tiny:v1",
        "acme/tiny:v1/x",
        "acme/tiny:../index.json",
        "x:v1/index.json",
    ] {
        assert_eq!(files.state(key).unwrap_err().code, Code::NotFound, "{key}");
    }
}

#[test]
fn a_stage_says_what_digests_may_rest_on() {
    let judge = |more: &str, basis| {
        let shop = Shop::by(more);
        shop.publish("v1");
        let record = only(judged(&shop, ":v1", basis).1);
        (record.decision, record.reasons)
    };
    let by_registry = WantedBasis::RegistryDigest;
    // Without the key controls decide alone: whether files match, nobody knows.
    let (decision, reasons) = judge("require = [\"L1.03\"]", by_registry);
    assert_eq!((decision, reasons[0].as_str()), (Decision::Refuse, "L1.03"));
    for accepted in ["\"registry-digest\"", "\"recomputed\", \"registry-digest\""] {
        let (decision, reasons) =
            judge(&format!("require = [\"L1.03\"]\ndigest_basis = [{accepted}]"), by_registry);
        assert_eq!((decision, reasons), (Decision::Admit, vec!["DIGEST-BASIS".to_owned()]), "{accepted}");
    }
    for other in ["\"recomputed\"", "\"provider-checksum\""] {
        let more = format!("digest_basis = [{other}]");
        let (decision, reasons) = judge(&more, by_registry);
        assert_eq!((decision, reasons), (Decision::Refuse, vec!["DIGEST-BASIS".to_owned()]), "{other}");
        let (decision, reasons) = judge(&more, WantedBasis::Recomputed);
        assert_eq!((decision, reasons), (Decision::Admit, Vec::new()), "bytes are enough at any stage");
    }
    // What is contradicted is not excused, and neither is that nobody looked into the weights.
    let shop = Shop::by("require = [\"L1.13\"]\ndigest_basis = [\"registry-digest\"]");
    shop.publish("v1");
    let record = only(judged(&shop, ":v1", by_registry).1);
    assert_eq!((record.decision, record.reasons[0].as_str()), (Decision::Refuse, "L1.13"), "{record:#?}");
    let mut other = shop.model();
    other["layers"][0] = shop.registry.layer(
        "application/vnd.acme.file",
        &vec![7; 5 << 20],
        json!({ TITLE: "model.safetensors" }),
    );
    let other = shop.registry.manifest(&other, Some("v2"));
    shop.registry.manifest(&shop.signature(&other), None);
    let record = only(judged(&shop, ":v2", by_registry).1);
    assert!(
        record.decision == Decision::Refuse && record.reasons.contains(&"L1.03".to_owned()),
        "{record:#?}"
    );
}

#[test]
fn a_sample_that_is_read_all_the_same_finds_the_lie() {
    let shop = Shop::new();
    shop.publish("v1");
    let blob = shop.weights();
    let mut other = shop.files[0].1.clone();
    *other.last_mut().unwrap() ^= 1;
    shop.registry.fault(move |asked, stream| {
        let is_it = asked.path.ends_with(&blob);
        if is_it {
            respond(stream, "200 OK", &other);
        }
        is_it
    });
    let basis = WantedBasis::RegistryDigest;
    let seal = |ppm| {
        let planned = shop.fleet.plan_rechecked(vec![source(&shop, ":v1")], ONE, basis, ppm).unwrap();
        let run = shop.fleet.work_all(&planned);
        let sealed = shop.fleet.seal(&run).unwrap();
        let record = only(parsed(&records(&run, &sealed)));
        (of_files(&record), record.outcome, record.decision, sealed.sealed.counts.digests)
    };
    let (files, _, decision, digests) = seal(None);
    assert_eq!((files, decision), (Outcome::Partial, Decision::Admit), "nobody read the weights");
    assert_eq!((digests.rechecked, digests.contradicted), (0, 0));
    let (files, outcome, decision, digests) = seal(Some(1_000_000));
    assert_eq!((files, outcome, decision), (Outcome::Fail, Outcome::Fail, Decision::Refuse));
    assert_eq!((digests.rechecked, digests.contradicted, digests.registry_digest), (1, 1, 0));
    // A sample of nothing, of more than all, and of what is read anyway.
    for (basis, ppm) in [(basis, 0), (basis, 1_000_001), (WantedBasis::Recomputed, 1)] {
        let planned = shop.fleet.plan_rechecked(vec![source(&shop, ":v1")], ONE, basis, Some(ppm));
        assert_eq!(planned.unwrap_err().code, Code::Usage, "{ppm}");
    }
    // As an engine and a person see it.
    let at = |name: &str| shop.path(name).to_str().unwrap().to_owned();
    let fleet = |words: &[&str]| {
        let words = [&["fleet"], words, &["--workspace", shop.fleet.dir.path().to_str().unwrap()]].concat();
        let done = crate::support::touchmark(words);
        (done.status.code().unwrap(), crate::support::out(&done), crate::support::err(&done))
    };
    assert_eq!(
        crate::support::touchmark(["key", "generate", &at("w.pem"), "--no-password"]).status.code(),
        Some(0)
    );
    let (place, runs) = (shop.place(":v1"), at("runs"));
    let plan = ["plan", "--source", &place, "--out", &runs, "--format", "json", "--shards", "1"];
    let with = |more: &[&str]| fleet(&[&plan[..], more].concat());
    let (status, told, _) = with(&["--basis", "registry-digest", "--recheck", "100%"]);
    assert_eq!(status, 0);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let run = told["place"].as_str().unwrap();
    let (status, told, why) = fleet(&["work", "--plan", run, "--shard", "0", "--private-key", &at("w.pem")]);
    assert_eq!(status, 0, "{told}{why}");
    let (status, told, why) = fleet(&["seal", run, "--public-key", &at("w.pem.pub")]);
    assert_eq!(status, 1, "{told}{why}");
    assert!(told.contains("something contradicts") && told.contains("DIGEST-CONTRADICTED"), "{told}");
    for odd in ["", "%", "x", "0", "0.00001%", "101%", "-1", "1e2", "1.%%x", "1000000000000"] {
        let (status, _, why) = with(&["--basis", "registry-digest", &format!("--recheck={odd}")]);
        assert_eq!(status, 2, "{odd}: {why}");
    }
    for good in ["1%", "0.0001", "100", "12.5%"] {
        assert_eq!(with(&["--basis", "registry-digest", "--recheck", good]).0, 0, "{good}");
    }
}
