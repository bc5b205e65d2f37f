//! Folders in which each file is a model: image generators, llama.cpp's cache, torch hub. What belongs together stays
//! together, and the folder of one model stays one.

use super::*;
use crate::support::{err, out, touchmark};

fn ids(scan: &Scan) -> Vec<&str> {
    scan.models.iter().map(|model| model.id.raw()).collect()
}

fn weights() -> Vec<u8> {
    safetensors(r#"{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 4)
}

fn quantised(file_type: u32) -> Vec<u8> {
    gguf(&[("general.architecture", "llama")], &[("general.file_type", file_type)], &[("t", &[64])])
}

#[test]
fn each_file_of_an_image_generators_folders_is_a_model_and_a_danger_in_one_is_not_the_others() {
    let bench = Bench::new();
    bench.write("src/models/checkpoints/dream.safetensors", weights());
    bench.write("src/models/checkpoints/dream.yaml", "model: {}\n");
    bench.write("src/models/checkpoints/evil.ckpt", b"cposix\nsystem\n(Vid\ntR.");
    bench.write("src/models/checkpoints/put_checkpoints_here", "");
    bench.write("src/models/loras/sdxl/style.safetensors", weights());
    bench.write("src/models/vae/ae.safetensors", weights());
    let names = ["checkpoints/dream", "checkpoints/evil", "loras/sdxl/style", "vae/ae"];
    for above in ["src", "src/models"] {
        let scan = scan_path(&bench, &bench.path(above));
        assert_eq!(ids(&scan), names, "{above}");
        assert!(
            model(&scan, "checkpoints/dream").hazards.iter().all(|hazard| hazard.tier > Tier::Suspicious)
        );
        assert_eq!(model(&scan, "checkpoints/dream").files, 2, "its settings lie beside it");
        assert!(model(&scan, "checkpoints/evil").hazards.iter().any(|hazard| hazard.tier == Tier::Dangerous));
        let kinds = names.map(|name| model(&scan, name).kind);
        assert_eq!(kinds, [Kind::Model, Kind::Model, Kind::Adapter, Kind::Model]);
        let place = model(&scan, "vae/ae").location.clone().unwrap();
        assert!(place.ends_with("models/vae/ae.safetensors"), "{place:?}");
    }
    let low = scan_path(&bench, &bench.path("src/models/checkpoints"));
    assert_eq!(ids(&low), names[..2]);
}

#[test]
fn a_folder_of_one_model_stays_one_whatever_it_is_called() {
    let bench = Bench::new();
    let one = |name: &str, files: &[&str]| {
        for file in files {
            let content = if file.ends_with("json") { b"{}".to_vec() } else { weights() };
            bench.write(&format!("src/{name}/{file}"), content);
        }
    };
    one("a/checkpoints", &["config.json", "x.safetensors", "y.safetensors"]);
    one("b", &["model.safetensors", "other.safetensors"]);
    one("c", &["alpha.safetensors", "beta.safetensors", "tokenizer.json"]);
    one("d", &["encoder.pt", "decoder.pt"]);
    one("e", &["alpha.safetensors", "beta.safetensors"]);
    bench.write("src/e/model.sig", "{}");
    one("f", &["alpha.safetensors", "beta.safetensors"]);
    bench.write("src/f/README.md", "---\nlicense: mit\n---\n");
    one("g", &["alpha.safetensors", "beta.safetensors"]);
    bench.write("src/g/load.py", "import os\n");
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(ids(&scan), ["a/checkpoints", "b", "c", "d", "e", "f", "g"]);
    assert!(has(&scan, "F-SOURCE-EMPTY") || scan.models.iter().all(|model| model.files > 1));
    // The same two alone are two.
    one("h", &["alpha.safetensors", "beta.safetensors"]);
    assert!(ids(&scan_path(&bench, &bench.path("src"))).ends_with(&["h/alpha", "h/beta"]));
}

#[test]
fn quantisations_of_one_model_are_one_with_all_of_them_and_two_models_are_two() {
    let bench = Bench::new();
    for (name, kind) in [("Q2_K", 10), ("Q4_K_M", 15), ("Q8_0", 7), ("f16", 1)] {
        bench.write(&format!("src/one/Foo-7B-{name}.gguf"), quantised(kind));
    }
    bench.write("src/one/mmproj-Foo-7B-f32.gguf", quantised(0));
    bench.write("src/two/Foo-7B-Q4_K_M.gguf", quantised(15));
    bench.write("src/two/Bar-3B-Q8_0.gguf", quantised(7));
    bench.write("src/two/mmproj-Bar-3B-f16.gguf", quantised(1));
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(ids(&scan), ["one", "two/bar-3b-q8_0", "two/foo-7b-q4_k_m"]);
    let mut quantisations = values(model(&scan, "one"), FactKey::Quantisation);
    quantisations.sort_unstable();
    assert_eq!(quantisations, ["F16", "Q2_K", "Q4_K_M", "Q8_0"], "a projector is no quantisation");
    assert_eq!(model(&scan, "two/bar-3b-q8_0").files, 2, "its projector goes with it");
    assert_eq!(model(&scan, "two/foo-7b-q4_k_m").files, 1);
}

#[test]
fn llama_cpps_cache_holds_repositories_by_its_notes_its_manifests_and_its_names() {
    let bench = Bench::new();
    let put = |name: &str| bench.write(&format!("src/{name}"), quantised(15));
    put("org_with_name_Some_Repo-GGUF_x-Q4_K_M.gguf");
    bench.write(
        "src/org_with_name_Some_Repo-GGUF_x-Q4_K_M.gguf.json",
        r#"{"url":"https://huggingface.co/org_with_name/Some_Repo-GGUF/resolve/main/x-Q4_K_M.gguf","etag":"x"}"#,
    );
    put("own_er_plain_file-Q8_0.gguf");
    bench.write("src/manifest=own_er=plain=latest.json", "{}");
    put("bartowski_Foo-7B-GGUF_Foo-7B-Q8_0.gguf");
    put("bartowski_Foo-7B-GGUF_Foo-7B-Q4_K_M.gguf");
    put("bartowski_Foo-7B-GGUF_mmproj-Foo-7B-f16.gguf");
    bench.write("src/late_Bar-GGUF_Bar-Q4_0.gguf.downloadInProgress", "GGUF");
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(ids(&scan), ["bartowski/foo-7b-gguf", "org_with_name/some_repo-gguf", "own_er/plain"]);
    assert_eq!(model(&scan, "bartowski/foo-7b-gguf").files, 3);
    assert_eq!(codes(&scan), ["F-DOWNLOAD-PARTIAL"]);
}

#[test]
fn a_model_in_a_file_verifies_by_the_signature_beside_it_and_a_change_shows() {
    let bench = Bench::new();
    bench.write("ws/models/checkpoints/good.safetensors", weights());
    bench.write("ws/models/checkpoints/other.safetensors", weights());
    let ws = bench.path("ws").to_str().unwrap().to_owned();
    let run = |words: &[&str], status: i32| {
        let done = touchmark([&["--workspace", ws.as_str()], words].concat());
        assert_eq!(done.status.code(), Some(status), "{words:?} {}{}", out(&done), err(&done));
        out(&done)
    };
    assert_eq!(touchmark(["init", &ws]).status.code(), Some(0));
    let key = format!("{ws}/policies/k");
    assert_eq!(touchmark(["key", "generate", &key, "--no-password"]).status.code(), Some(0));
    let file = format!("{ws}/models/checkpoints/good.safetensors");
    let signature = format!("{file}.sig");
    let signed = touchmark(["sign", "key", "--private-key", &key, "--signature", &signature, &file]);
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    let policy = bench.path("ws/policies/baseline.toml");
    let text = fs::read_to_string(&policy).unwrap()
        + "\n[trust.k]\nkind = \"key\"\nfiles = [\"k.pub\"]\n\n[[publisher]]\nid = \"k\"\nmodels = [\"*\"]\ntrust = [\"k\"]\n";
    fs::write(&policy, text).unwrap();
    run(&["scan", &format!("{ws}/models")], 0);
    let listed = run(&["list"], 0);
    assert!(listed.contains("checkpoints/good") && listed.contains("checkpoints/other"), "{listed}");
    run(&["verify", "checkpoints/good"], 0);
    assert_ne!(touchmark(["--workspace", &ws, "verify", "checkpoints/other"]).status.code(), Some(0));
    let mut bytes = weights();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    run(&["verify", "checkpoints/good"], 1);
}

#[test]
fn publisher_and_repository_are_the_name_from_above_and_below_and_two_of_them_stay_two() {
    let bench = Bench::new();
    bench.write("src/.lmstudio/models/bartowski/Foo-GGUF/Foo-Q4_K_M.gguf", quantised(15));
    bench.write("src/.lmstudio/models/community/Bar/Bar-Q8_0.gguf", quantised(7));
    for above in ["src", "src/.lmstudio", "src/.lmstudio/models"] {
        assert_eq!(
            ids(&scan_path(&bench, &bench.path(above))),
            ["bartowski/foo-gguf", "community/bar"],
            "{above}"
        );
    }
    let low = scan_path(&bench, &bench.path("src/.lmstudio/models/bartowski"));
    assert_eq!(ids(&low), ["bartowski/foo-gguf"]);
    // The same name twice means nobody in particular.
    bench.write("src/old/models/bartowski/Foo-GGUF/Foo-Q4_K_M.gguf", quantised(10));
    let scan = scan_path(&bench, &bench.path("src"));
    let long = [".lmstudio/models/bartowski/foo-gguf", "community/bar", "old/models/bartowski/foo-gguf"];
    assert_eq!(ids(&scan), long);
    assert!(!has(&scan, "F-DUPLICATE-FOLDER"));
}

#[test]
fn folders_of_two_sources_that_are_only_called_alike_are_two_models() {
    let bench = Bench::new();
    bench.write("a/llama/config.json", "{}");
    bench.write("a/llama/model.safetensors", weights());
    bench.write("b/llama/config.json", "{}");
    bench.write("b/llama/model.safetensors", safetensors("{}", 0));
    let sources = |names: &[&str]| {
        let of = |name: &&str| format!("[[source]]\nkind = \"models\"\npath = \"{name}\"\n");
        bench.write("touchmark.toml", format!("{HEADER}{}", names.iter().map(of).collect::<String>()));
        bench.scan()
    };
    let scan = sources(&["a", "b"]);
    assert_eq!(ids(&scan), ["b/llama", "llama"]);
    assert!(!has(&scan, "F-DUPLICATE-FOLDER"));
    assert_eq!(model(&scan, "llama").location.as_deref(), Some(Path::new("a/llama")));
    // A name with an owner means one model wherever it stands.
    bench.write("a/acme/bot/model.safetensors", weights());
    bench.write("b/acme/bot/model.safetensors", weights());
    let scan = sources(&["a", "b"]);
    assert_eq!(ids(&scan), ["acme/bot", "b/llama", "llama"]);
    assert!(has(&scan, "F-DUPLICATE-FOLDER"));
}

#[test]
fn a_folder_is_a_model_by_whatever_ending_a_loader_knows() {
    let bench = Bench::new();
    let endings = [
        "pb",
        "pdmodel",
        "pdiparams",
        "mlmodel",
        "mnn",
        "engine",
        "plan",
        "mar",
        "nemo",
        "skops",
        "sav",
        "dill",
        "pt2",
        "ort",
        "ubj",
        "cbm",
        "npy",
        "distcp",
        "pkl.gz",
        "data-00000-of-00002",
    ];
    for (at, ending) in endings.iter().enumerate() {
        bench.write(&format!("src/m{at:02}/weights.{ending}"), b"\x93\x01");
    }
    bench.write("src/core.mlpackage/Manifest.json", "{}");
    bench.write("src/core.mlpackage/Data/com.apple.CoreML/model.mlmodel", b"\x08\x01");
    bench.write("src/none/notes.txt", "nothing");
    let scan = scan_path(&bench, &bench.path("src"));
    let mut wanted: Vec<String> = (0..endings.len()).map(|at| format!("m{at:02}")).collect();
    wanted.insert(0, "core.mlpackage".to_owned());
    assert_eq!(ids(&scan), wanted);
}
