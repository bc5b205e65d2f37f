//! Reading only what changed, and the inventory that comes of it; names that mean the same model.

use super::*;
use std::collections::HashMap;
use std::time::Duration;
use touchmark::inventory::{Stamp, Survey, survey};
use touchmark::store::{Store, load, replace};

use crate::store::{all, at, in_memory};

impl Bench {
    fn survey(&self, known: &HashMap<String, Stamp>) -> Survey {
        survey(&Workspace::find(Some(self.0.path())).unwrap(), known, &Progress::default()).unwrap()
    }

    /// Looks, brings the store to it, and gives the names of the parts that were read.
    fn rescan(&self, store: &mut dyn Store) -> Vec<String> {
        let survey = self.survey(&store.stamps().unwrap());
        let read = survey.parts.iter().filter(|part| part.scan.is_some());
        let read = read.map(|part| part.name.clone()).collect();
        store.apply(&survey).unwrap();
        read
    }

    /// The store holds what reading everything gives.
    fn agrees(&self, store: &dyn Store) {
        let (models, findings) = all(store);
        let scan = self.scan();
        assert_eq!(models, scan.models);
        let sorted = |findings: &[touchmark::inventory::Finding]| {
            let mut all: Vec<String> = findings.iter().map(|finding| format!("{finding:?}")).collect();
            all.sort();
            all
        };
        assert_eq!(sorted(&findings), sorted(&scan.findings));
    }
}

/// What changed a moment ago may change again without showing: it has to settle first.
fn settle() {
    std::thread::sleep(Duration::from_millis(3100));
}

#[test]
fn only_what_changed_is_read_again_and_the_inventory_is_as_if_all_were() {
    let bench = Bench::new();
    bench.write("models/a/config.json", r#"{"model_type": "llama"}"#);
    bench.write("models/b/config.json", r#"{"model_type": "llama"}"#);
    bench.write("models/b/deep/weights.gguf", "no header");
    bench.bom("one", r#"{"type":"machine-learning-model","name":"a","version":"1"}"#);
    bench
        .bom("two", r#"{"type":"machine-learning-model","name":"c","hashes":[{"alg":"MD5","content":"0"}]}"#);
    let mut store = at(&bench.path("t.db"));
    bench.rescan(&mut *store);
    bench.agrees(&*store);
    settle();
    bench.rescan(&mut *store);
    assert_eq!(bench.rescan(&mut *store), [""; 0], "nothing changed");
    assert!(!store.apply(&bench.survey(&store.stamps().unwrap())).unwrap(), "and nothing is written");
    bench.agrees(&*store);

    bench.write("models/b/deep/weights.gguf", "longer than it was");
    assert_eq!(bench.rescan(&mut *store), ["folder models/b"]);
    bench.bom("one", r#"{"type":"machine-learning-model","name":"a","version":"2"}"#);
    assert_eq!(bench.rescan(&mut *store), ["folder models/b", "bom boms/one.json"]);
    bench.agrees(&*store);
    fs::remove_file(bench.path("boms/two.json")).unwrap();
    fs::rename(bench.path("models/a"), bench.path("models/z")).unwrap();
    bench.rescan(&mut *store);
    bench.agrees(&*store);
    let ids: Vec<String> = all(&*store).0.iter().map(|model| model.id.raw().to_owned()).collect();
    assert_eq!(ids, ["a", "b", "z"]);
}

#[test]
fn a_file_of_the_same_size_and_time_is_read_again_when_it_is_another() {
    let bench = Bench::new();
    bench.write("models/a/config.json", r#"{"model_type": "llama"}"#);
    let mut store = in_memory();
    settle();
    bench.rescan(&mut *store);
    let file = bench.path("models/a/config.json");
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    bench.write("models/a/config.json", r#"{"model_type": "qwen2"}"#);
    fs::File::options().write(true).open(&file).unwrap().set_modified(before).unwrap();
    assert_eq!(bench.rescan(&mut *store), ["folder models/a"]);
    bench.agrees(&*store);
}

#[test]
fn sources_that_lie_in_each_other_are_read_once_and_their_order_counts() {
    let bench = Bench::new();
    bench.write("models/a/config.json", r#"{"model_type": "llama"}"#);
    let again = "[[source]]\nkind = \"models\"\npath = \"models\"\n";
    bench.write("touchmark.toml", format!("{HEADER}{BOMS}{MODELS}{again}"));
    bench.bom("one", r#"{"type":"machine-learning-model","name":"A","group":""}"#);
    let mut store = in_memory();
    bench.rescan(&mut *store);
    bench.agrees(&*store);
    let (models, findings) = all(&*store);
    assert_eq!((models.len(), models[0].name.raw()), (1, "A"), "the bill comes first");
    assert!(findings.iter().all(|finding| finding.code != "F-DUPLICATE-FOLDER"), "{findings:?}");
    settle();
    bench.rescan(&mut *store);
    bench.write("touchmark.toml", format!("{HEADER}{MODELS}{BOMS}"));
    assert_eq!(bench.rescan(&mut *store), [""; 0], "another order is no reason to read");
    assert_eq!(all(&*store).0[0].name.raw(), "a", "and counts all the same");
}

#[test]
fn a_survey_of_what_another_process_took_away_is_refused_and_changes_nothing() {
    let bench = Bench::new();
    bench.write("models/a/config.json", "{}");
    let mut store = at(&bench.path("t.db"));
    settle();
    bench.rescan(&mut *store);
    let survey = bench.survey(&store.stamps().unwrap());
    assert_eq!(survey.read(), 0);
    replace(&mut *at(&bench.path("t.db")), &Scan::default()).unwrap();
    assert_eq!(store.apply(&survey).unwrap_err().code, Code::Changed);
    assert_eq!(all(&*store).0, []);
}

#[test]
fn two_names_of_one_model_become_one_and_parents_follow() {
    let bench = Bench::new();
    let alias = |name: &str, of: &str| format!("[[alias]]\nname = \"{name}\"\nof = \"{of}\"\n");
    let aliases = alias("Old/Llama", "mid/llama") + &alias("mid/llama", "new/llama");
    bench.write("touchmark.toml", format!("{HEADER}{MODELS}{BOMS}{aliases}"));
    let component = |name: &str, licence: &str, base: &str| {
        format!(
            r#"{{"type":"machine-learning-model","name":"{name}","licenses":[{{"license":{{"id":"{licence}"}}}}],
                "pedigree":{{"ancestors":[{{"type":"machine-learning-model","name":"{base}"}}]}}}}"#
        )
    };
    bench.bom("one", &component("new/llama", "MIT", "x/y"));
    bench.bom("two", &component("Old/Llama", "ISC", "x/z"));
    bench.bom("three", &component("o/child", "MIT", "OLD/llama"));
    let workspace = Workspace::find(Some(bench.0.path())).unwrap();
    let mut store = in_memory();
    store.apply(&bench.survey(&HashMap::new())).unwrap();
    let (models, findings) = load(&*store, &workspace.aliases).unwrap();
    let ids: Vec<&str> = models.iter().map(|model| model.id.raw()).collect();
    assert_eq!(ids, ["new/llama", "o/child"]);
    assert_eq!(parents(&models[0]).len(), 2, "nothing is lost");
    assert_eq!(parents(&models[1]), [("new/llama", Relation::Unspecified)]);
    let also: Vec<&str> = models[0]
        .facts
        .iter()
        .filter(|fact| fact.key == FactKey::Alias)
        .map(|fact| fact.value.raw())
        .collect();
    assert_eq!(also, ["Old/Llama"]);
    assert!(findings.iter().any(|finding| finding.code == "F-CONFLICT"), "two licences");

    let circle = format!("{HEADER}{}{}", alias("a", "b"), alias("b", "A"));
    for text in [
        circle,
        format!("{HEADER}{}{}", alias("a", "b"), alias("a", "c")),
        format!("{HEADER}[[alias]]\nname = \"a\"\n"),
    ] {
        bench.write("touchmark.toml", &text);
        let error = Workspace::find(Some(bench.0.path())).unwrap_err();
        assert_eq!(error.code, Code::Config, "{text}");
        assert!(error.at.unwrap().raw().contains("line "), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn a_scan_that_a_full_disk_or_a_kill_stops_leaves_the_inventory_as_it_was() {
    use crate::support::{copy_of_samples, err, out, touchmark};
    let dir = copy_of_samples();
    let root = dir.path().to_str().unwrap();
    touchmark(["scan", "--workspace", root]);
    let before = out(&touchmark(["list", "--workspace", root]));
    assert!(before.contains("43 of 43 models"), "{before}");
    let component =
        |at| format!(r#"{{"type":"machine-learning-model","group":"o","name":"model-{at:064}"}}"#);
    let components: Vec<String> = (0..20_000).map(component).collect();
    let bill =
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, components.join(","));
    fs::write(dir.path().join("boms/large.cdx.json"), bill).unwrap();
    // Once told that the disk is full, once killed by it.
    for prelude in ["trap '' XFSZ; ulimit -f 2000", "ulimit -c 0; ulimit -f 2000"] {
        let script = format!("{prelude}; exec \"$0\" scan --workspace \"$1\"");
        let stopped = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_touchmark"), root])
            .output()
            .unwrap();
        assert_ne!(stopped.status.code(), Some(0), "{}", out(&stopped));
        assert!(stopped.status.code().is_none() || err(&stopped).contains("E-WRITE"), "{}", err(&stopped));
        assert_eq!(out(&touchmark(["list", "--workspace", root])), before, "{}", err(&stopped));
    }
    touchmark(["scan", "--workspace", root]);
    assert!(out(&touchmark(["list", "--workspace", root])).contains("20043 of 20043 models"));
}
