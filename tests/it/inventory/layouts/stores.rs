//! Stores of Docker Model Runner, RamaLama and ModelScope, MLflow's registry: names and facts, from one folder higher
//! and lower as well.

use super::*;

fn ids(scan: &Scan) -> Vec<&str> {
    scan.models.iter().map(|model| model.id.raw()).collect()
}

fn quantised(file_type: u32) -> Vec<u8> {
    gguf(&[("general.architecture", "llama")], &[("general.file_type", file_type)], &[("t", &[64])])
}

/// A store of Docker Model Runner below `at`, with one model of these layers.
fn docker(bench: &Bench, at: &str, tags: &str, layers: &[(&str, &[u8])]) -> String {
    let blob = |bytes: &[u8]| {
        bench.write(&format!("{at}/blobs/sha256/{}", sha256(bytes)), bytes);
        sha256(bytes)
    };
    let config = br#"{"config":{"format":"gguf","quantization":"Q4_K_M","parameters":"7.24 B","architecture":"llama"}}"#;
    let config = blob(config);
    let layers: Vec<String> = layers
        .iter()
        .map(|(kind, bytes)| {
            let (digest, size) = (blob(bytes), bytes.len());
            format!(r#"{{"mediaType":"application/vnd.docker.ai.{kind}","size":{size},"digest":"sha256:{digest}"}}"#)
        })
        .collect();
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"x","digest":"sha256:{config}"}},"layers":[{}]}}"#,
        layers.join(",")
    );
    let digest = sha256(manifest.as_bytes());
    bench.write(&format!("{at}/manifests/sha256/{digest}"), &manifest);
    bench.write(&format!("{at}/layout.json"), r#"{"version":"1.0.0"}"#);
    bench.write(
        &format!("{at}/models.json"),
        format!(r#"{{"models":[{{"id":"sha256:{digest}","tags":[{tags}]}}]}}"#),
    );
    digest
}

#[test]
fn docker_model_runner_has_its_models_by_tag_with_what_config_and_weights_say() {
    let bench = Bench::new();
    let weights = quantised(15);
    let layers = [("gguf.v3", weights.as_slice()), ("license", b"MIT License\n")];
    docker(&bench, "src/models", r#""index.docker.io/ai/smollm2:latest""#, &layers);
    for above in ["src", "src/models"] {
        let scan = scan_path(&bench, &bench.path(above));
        assert_eq!(ids(&scan), ["ai/smollm2:latest"], "{above}");
        assert_eq!(codes(&scan), [] as [&str; 0]);
        let found = model(&scan, "ai/smollm2:latest");
        assert_eq!(found.formats, [Format::Gguf]);
        assert!(told(found, FactKey::Parameters).contains(&("64", Basis::Observed)));
        assert!(values(found, FactKey::Quantisation).contains(&"Q4_K_M"));
        assert_eq!(values(found, FactKey::Licence), ["MIT License"]);
    }
    // A part of it by itself says where the whole is.
    let scan = scan_path(&bench, &bench.path("src/models/blobs"));
    assert!(
        scan.models.is_empty() && scan.findings[0].message.contains("part of a store"),
        "{:?}",
        scan.findings
    );
}

#[test]
fn a_store_of_docker_that_lies_or_lacks_a_blob_is_told_and_gives_no_number() {
    let bench = Bench::new();
    let (first, second) = (quantised(15), quantised(7));
    let layers = [("gguf.v3", first.as_slice()), ("gguf.v3", second.as_slice())];
    let digest = docker(&bench, "src", r#""ai/m:1""#, &layers);
    fs::remove_file(bench.path(&format!("src/blobs/sha256/{}", sha256(&second)))).unwrap();
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(codes(&scan), ["F-DOCKER-MISSING"]);
    assert!(
        told(model(&scan, "ai/m:1"), FactKey::Parameters).iter().all(|(_, basis)| *basis != Basis::Observed)
    );
    bench.write(&format!("src/manifests/sha256/{digest}"), "{}");
    assert_eq!(codes(&scan_path(&bench, &bench.path("src"))), ["F-DOCKER-DIGEST"]);
    bench.write("src/models.json", r#"{"models":[{"id":"sha256:../../x","tags":["a/b"]}]}"#);
    assert_eq!(codes(&scan_path(&bench, &bench.path("src"))), ["F-DOCKER-INDEX"]);
}

#[cfg(unix)]
#[test]
fn ramalamas_models_are_called_by_owner_and_name_from_wherever_they_are_scanned() {
    let bench = Bench::new();
    let put = |repository: &str, tag: &str, hash: &str, file: &str| {
        let at = format!("src/store/{repository}");
        let bytes = quantised(15);
        let blob = format!("sha256-{}", sha256(&bytes));
        bench.write(&format!("{at}/blobs/{blob}"), &bytes);
        bench.write(
            &format!("{at}/refs/{tag}.json"),
            format!(r#"{{"hash":"{hash}","files":[],"version":"v1.0.1"}}"#),
        );
        fs::create_dir_all(bench.path(&format!("{at}/snapshots/{hash}"))).unwrap();
        let link = bench.path(&format!("{at}/snapshots/{hash}/{file}"));
        std::os::unix::fs::symlink(format!("../../blobs/{blob}"), link).unwrap();
    };
    put("huggingface/bartowski/Foo-GGUF", "latest", "sha256-abc", "Foo-Q4_K_M.gguf");
    put("huggingface/bartowski/Foo-GGUF", "Q8_0", "sha256-def", "Foo-Q8_0.gguf");
    put("ollama/library/smollm", "135m", "sha256-abc", "smollm.gguf");
    let all = ["bartowski/foo-gguf", "bartowski/foo-gguf:q8_0", "smollm:135m"];
    for above in ["src", "src/store"] {
        let scan = scan_path(&bench, &bench.path(above));
        assert_eq!(ids(&scan), all, "{above}");
        assert_eq!(codes(&scan), [] as [&str; 0]);
        assert_eq!(told(model(&scan, all[0]), FactKey::Parameters), [("64", Basis::Observed)]);
    }
    for below in ["huggingface", "huggingface/bartowski", "huggingface/bartowski/Foo-GGUF"] {
        let scan = scan_path(&bench, &bench.path(&format!("src/store/{below}")));
        assert_eq!(ids(&scan), all[..2], "{below}");
    }
    bench.write("src/store/ollama/library/smollm/blobs/sha256-ffff.partial", "x");
    assert_eq!(codes(&scan_path(&bench, &bench.path("src"))), ["F-DOWNLOAD-PARTIAL"]);
}

#[test]
fn modelscope_writes_a_dot_as_three_lines_and_only_there() {
    let bench = Bench::new();
    let at = "src/hub/models/Qwen/Qwen2___5-0___5B";
    bench.write(&format!("{at}/config.json"), "{}");
    bench.write(&format!("{at}/.mv"), "Revision:v1.0.2,CreatedAt:1712345678");
    bench.write("src/old/modelscope/hub/qwen/Qwen-7B___1/config.json", "{}");
    bench.write("src/marked/acme/bot___2/config.json", "{}");
    bench.write("src/marked/acme/bot___2/.mdl", "");
    bench.write("src/plain/my___model/config.json", "{}");
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(ids(&scan), ["acme/bot.2", "plain/my___model", "qwen/qwen-7b.1", "qwen/qwen2.5-0.5b"]);
    assert_eq!(values(model(&scan, "qwen/qwen2.5-0.5b"), FactKey::Version), ["v1.0.2"]);
    for below in ["src/hub", "src/hub/models", "src/hub/models/Qwen", at] {
        assert_eq!(ids(&scan_path(&bench, &bench.path(below))), ["qwen/qwen2.5-0.5b"], "{below}");
    }
    bench.write("src/hub/models/._____temp/Qwen/Late/model.safetensors", "x");
    let scan = scan_path(&bench, &bench.path("src/hub"));
    assert_eq!((ids(&scan), codes(&scan)), (vec!["qwen/qwen2.5-0.5b"], vec!["F-DOWNLOAD-PARTIAL"]));
}

#[test]
fn registered_models_of_mlflow_have_their_names_and_versions() {
    let bench = Bench::new();
    let put = |path: &str| {
        bench
            .write(&format!("src/mlruns/{path}/MLmodel"), "flavors:\n  sklearn:\n    sklearn_version: 1.0\n");
    };
    let register = |name: &str, version: u32, source: &str, more: &str| {
        bench.write(
            &format!("src/mlruns/models/{name}/version-{version}/meta.yaml"),
            format!("name: {name}\nversion: {version}\nsource: {source}\n{more}"),
        );
    };
    put("0/run1/artifacts/model");
    put("0/run2/artifacts/model");
    put("0/run3/artifacts/model");
    put("0/models/m-abc/artifacts");
    register("churn", 1, "file:///home/x/mlruns/0/run1/artifacts/model", "");
    register("churn", 2, "/home/x/mlruns/0/run2/artifacts/model", "");
    register("fraud", 1, "models:/m-abc", "model_id: m-abc\n");
    // The end of a path is not enough.
    register("other", 1, "/elsewhere/model", "");
    let all = ["0/run3/artifacts/model", "churn", "churn@1", "fraud"];
    for at in ["src", "src/mlruns", "src/mlruns/0"] {
        let scan = scan_path(&bench, &bench.path(at));
        assert_eq!(ids(&scan), all, "{at}");
        assert_eq!(values(model(&scan, "churn"), FactKey::Version), ["2"]);
    }
}
