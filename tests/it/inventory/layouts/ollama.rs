//! Ollama's store in both forms of its manifests.

use super::*;

const IMAGE: &str = "application/vnd.ollama.image.";

fn blob(bench: &Bench, bytes: &[u8]) -> String {
    let hex = sha256(bytes);
    bench.write(&format!("ollama/models/blobs/sha256-{hex}"), bytes);
    format!("sha256:{hex}")
}

/// A store with weights, template and licence; the manifest.
fn store(bench: &Bench) -> String {
    let weights = gguf(
        &[
            ("general.architecture", "llama"),
            ("general.base_model.0.repo_url", "https://huggingface.co/Org/Base"),
        ],
        &[],
        &[("token_embd.weight", &[4, 8])],
    );
    let layers: [(&str, &[u8]); 3] =
        [("model", &weights), ("template", b"{{ .Prompt }}"), ("license", b"\n  MIT License\nmore\n")];
    let layers: Vec<String> = layers
        .iter()
        .map(|(role, bytes)| {
            let digest = blob(bench, bytes);
            format!(r#"{{"mediaType":"{IMAGE}{role}","digest":"{digest}","size":{}}}"#, bytes.len())
        })
        .collect();
    let config = blob(bench, br#"{"model_family":"llama","model_type":"8.0B","file_type":"Q4_K_M"}"#);
    format!(r#"{{"schemaVersion":2,"config":{{"digest":"{config}"}},"layers":[{}]}}"#, layers.join(","))
}

#[test]
fn a_tag_is_a_model_with_what_its_layers_and_its_gguf_say() {
    let bench = Bench::new();
    let manifest = store(&bench);
    bench.write("ollama/models/manifests/registry.ollama.ai/library/llama3/8b", &manifest);
    bench.write("ollama/models/manifests/hf.co/Owner/Name-GGUF/Q4", &manifest);
    bench.write("ollama/models/manifests/registry.ollama.ai/someone/llama3/latest", &manifest);
    // The store, its home and what holds that tell the same.
    for path in ["ollama/models", "ollama", "."] {
        let scan = scan_path(&bench, &bench.path(path));
        assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
        let ids: Vec<&str> = scan.models.iter().map(|model| model.id.raw()).collect();
        assert_eq!(ids, ["hf.co/owner/name-gguf:q4", "llama3:8b", "someone/llama3:latest"], "{path}");
        let found = model(&scan, "llama3:8b");
        assert_eq!((found.formats.as_slice(), found.files), ([Format::Gguf].as_slice(), 3));
        assert_eq!(parents(found), [("org/base", Relation::Quantised)]);
        assert_eq!(told(found, FactKey::Licence), [("MIT License", Basis::Declared)]);
        assert_eq!(values(found, FactKey::Quantisation), ["Q4_K_M"]);
        let parameters = told(found, FactKey::Parameters);
        assert_eq!(parameters, [("8.0B", Basis::Declared), ("32", Basis::Observed)]);
        let template = format!("sha256:{}", sha256(b"{{ .Prompt }}"));
        assert_eq!(told(found, FactKey::ChatTemplate), [(template.as_str(), Basis::Observed)]);
        let own = format!("sha256:{}", sha256(manifest.as_bytes()));
        assert_eq!(told(found, FactKey::Address)[0], (own.as_str(), Basis::Observed));
        let hub = model(&scan, "hf.co/owner/name-gguf:q4");
        assert_eq!(parents(hub)[0], ("owner/name-gguf", Relation::Unspecified));
    }
}

#[cfg(unix)]
#[test]
fn the_new_form_links_its_tags_to_blobs_and_counts_before_the_old_one() {
    let bench = Bench::new();
    let manifest = store(&bench);
    let digest = blob(&bench, manifest.as_bytes()).replace(':', "-");
    bench.write("ollama/models/manifests/registry.ollama.ai/library/llama3/8b", &manifest);
    let tag = bench.path("ollama/models/manifest-v2/ollama.com/library/llama3/8b");
    fs::create_dir_all(tag.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(format!("../../../../blobs/{digest}"), &tag).unwrap();
    bench.write("ollama/models/manifest-v2/ollama.com/library/llama3/copy", &manifest);
    let scan = scan_path(&bench, &bench.path("ollama"));
    assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
    assert_eq!(scan.models.len(), 2);
    assert!(
        model(&scan, "llama3:8b")
            .location
            .as_ref()
            .unwrap()
            .ends_with("manifest-v2/ollama.com/library/llama3/8b")
    );

    bench.write("ollama/models/manifests/registry.ollama.ai/library/llama3/8b", "{}");
    assert_eq!(codes(&scan_path(&bench, &bench.path("ollama"))), ["F-OLLAMA-FORMS"]);

    fs::remove_file(&tag).unwrap();
    bench.write("outside", &manifest);
    std::os::unix::fs::symlink(bench.path("outside"), &tag).unwrap();
    assert!(has(&scan_path(&bench, &bench.path("ollama")), "F-OLLAMA-MANIFEST"));
}

#[test]
fn blobs_that_are_missing_short_or_not_what_they_are_named_are_findings() {
    let bench = Bench::new();
    let manifest = store(&bench);
    bench.write(
        "ollama/models/manifests/registry.ollama.ai/library/m/a",
        manifest.replace("\"size\":13", "\"size\":14"),
    );
    let template = sha256(b"{{ .Prompt }}");
    bench.write(&format!("ollama/models/blobs/sha256-{template}"), "{{ .Promqt }}");
    let licence = sha256(b"\n  MIT License\nmore\n");
    fs::remove_file(bench.path(&format!("ollama/models/blobs/sha256-{licence}"))).unwrap();
    bench.write("ollama/models/manifests/registry.ollama.ai/library/m/b", "[1]");
    let scan = scan_path(&bench, &bench.path("ollama"));
    assert_eq!(codes(&scan), ["F-OLLAMA-SIZE", "F-OLLAMA-DIGEST", "F-OLLAMA-MISSING", "F-OLLAMA-MANIFEST"]);
}

#[test]
fn a_digest_that_is_a_path_reads_nothing() {
    let bench = Bench::new();
    store(&bench);
    bench.write("ollama/models/secret", "{}");
    for digest in ["sha256:../../secret", "../secret", "sha256-", "sha256:"] {
        let manifest = format!(r#"{{"config":{{"digest":"{digest}"}},"layers":[]}}"#);
        bench.write("ollama/models/manifests/registry.ollama.ai/library/m/a", manifest);
        assert_eq!(codes(&scan_path(&bench, &bench.path("ollama"))), ["F-OLLAMA-BLOB"], "{digest}");
    }
}
