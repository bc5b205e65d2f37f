//! OCI layouts: ModelPack by both names, KitOps, referrers.

use super::*;
use crate::bench::Bench as Signed;
use serde_json::{Value, json};

/// A layout in the making.
struct Layout<'b> {
    bench: &'b Bench,
    manifests: Vec<Value>,
}

impl Layout<'_> {
    fn new(bench: &Bench) -> Layout<'_> {
        bench.write("store/pack/oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
        Layout { bench, manifests: Vec::new() }
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let hex = sha256(bytes);
        self.bench.write(&format!("store/pack/blobs/sha256/{hex}"), bytes);
        json!({ "mediaType": media_type, "digest": format!("sha256:{hex}"), "size": bytes.len() })
    }

    /// Adds a manifest under a tag and gives its descriptor.
    fn manifest(&mut self, tag: &str, manifest: &Value) -> Value {
        let mut descriptor =
            self.blob("application/vnd.oci.image.manifest.v1+json", manifest.to_string().as_bytes());
        if !tag.is_empty() {
            descriptor["annotations"] = json!({ "org.opencontainers.image.ref.name": tag });
        }
        self.manifests.push(descriptor.clone());
        descriptor
    }

    fn write(&self) {
        let index = json!({ "schemaVersion": 2, "manifests": self.manifests });
        self.bench.write("store/pack/index.json", index.to_string());
    }

    fn model(&mut self, prefix: &str, tag: &str) -> Value {
        let config = json!({
            "descriptor": {
                "family": "llama", "name": "own-name", "version": "3.1", "vendor": "Acme", "licenses": ["MIT"],
                "sourceURL": "https://huggingface.co/Org/Base", "revision": "abc",
            },
            "config": { "paramSize": "8b", "precision": "bf16" },
        });
        let weights = super::safetensors(r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 4);
        let mut raw = self.blob(&format!("application/vnd.{prefix}.model.weight.v1.raw"), &weights);
        raw["annotations"] = json!({ (format!("org.{prefix}.model.filepath")): "model.safetensors" });
        let packed = self.blob(&format!("application/vnd.{prefix}.model.doc.v1.tar"), b"tar");
        let manifest = json!({
            "schemaVersion": 2,
            "artifactType": format!("application/vnd.{prefix}.model.manifest.v1+json"),
            "config": self.blob(&format!("application/vnd.{prefix}.model.config.v1+json"), config.to_string().as_bytes()),
            "layers": [raw, packed],
        });
        self.manifest(tag, &manifest)
    }
}

#[test]
fn model_pack_is_read_under_its_old_and_its_new_name() {
    for prefix in ["cncf", "cnai"] {
        let bench = Bench::new();
        let mut layout = Layout::new(&bench);
        let descriptor = layout.model(prefix, "v1");
        layout.write();
        for (path, id) in [("store/pack", "pack:v1"), ("store", "pack:v1")] {
            let scan = scan_path(&bench, &bench.path(path));
            assert_eq!(codes(&scan), ["F-OCI-PACKED"], "{:?}", scan.findings);
            let found = model(&scan, id);
            assert_eq!((found.formats.as_slice(), found.files), ([Format::Safetensors].as_slice(), 3));
            let digest = descriptor["digest"].as_str().unwrap();
            assert!(found.location.as_ref().unwrap().ends_with(digest.replace("sha256:", "blobs/sha256/")));
            assert_eq!(told(found, FactKey::Address)[0], (digest, Basis::Observed));
            assert_eq!(told(found, FactKey::Address)[1].1, Basis::Declared);
            assert_eq!(told(found, FactKey::Name), [("own-name", Basis::Declared)]);
            assert_eq!(told(found, FactKey::Licence), [("MIT", Basis::Declared)]);
            assert_eq!(told(found, FactKey::Version), [("3.1", Basis::Declared)]);
            assert_eq!(told(found, FactKey::Parameters), [("8b", Basis::Declared), ("4", Basis::Observed)]);
            assert_eq!(parents(found), [("org/base", Relation::Unspecified)]);
        }
    }
}

#[test]
fn a_kit_is_a_model_and_its_reference_to_another_is_its_base() {
    let bench = Bench::new();
    let mut layout = Layout::new(&bench);
    let kit = json!({
        "package": { "name": "kit", "version": "1.0", "license": "Apache-2.0" },
        "model": { "path": "registry.example/team/base:v2", "framework": "pytorch" },
        "datasets": [{ "name": "claims" }],
    });
    let manifest = json!({
        "config": layout.blob("application/vnd.kitops.modelkit.config.v1+json", kit.to_string().as_bytes()),
        "layers": [layout.blob("application/vnd.kitops.modelkit.model.v1.tar+gzip", b"x")],
    });
    layout.manifest("", &manifest);
    layout.write();
    let scan = scan_path(&bench, &bench.path("store"));
    let found = model(&scan, "pack");
    assert_eq!(parents(found), [("registry.example/team/base:v2", Relation::Unspecified)]);
    assert_eq!(values(found, FactKey::Library), ["KitOps ModelKit", "pytorch"]);
    assert_eq!(values(found, FactKey::Dataset), ["claims"]);
}

#[test]
fn bundles_that_refer_to_a_manifest_are_told_and_not_verified() {
    let bench = Bench::new();
    let mut layout = Layout::new(&bench);
    let subject = layout.model("cncf", "v1");
    let hex = subject["digest"].as_str().unwrap().replace("sha256:", "");
    let bundle = |digest: &str| {
        let signed = Signed::new();
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": "x", "digest": { "sha256": digest } }],
            "predicateType": "https://slsa.dev/provenance/v1", "predicate": {},
        });
        signed.sign_payload(statement.to_string().as_bytes(), crate::bench::PAYLOAD_TYPE);
        fs::read(signed.bundle()).unwrap()
    };
    let kind = "application/vnd.dev.sigstore.bundle.v0.3+json";
    let none = "application/vnd.oci.empty.v1+json";
    for bytes in
        [bundle(&hex), bundle(&"0".repeat(64)), fs::read(Signed::new().bundle()).unwrap(), b"{}".to_vec()]
    {
        let layer = layout.blob(kind, &bytes);
        let config = layout.blob(none, b"{}");
        layout.manifest(
            "",
            &json!({ "artifactType": kind, "config": config, "layers": [layer], "subject": subject }),
        );
    }
    // cosign's older way: only the tag says what it is about.
    let layer = layout.blob("application/vnd.dev.cosign.simplesigning.v1+json", b"{}");
    layout.manifest(&format!("sha256-{hex}.sig"), &json!({ "layers": [layer] }));
    layout.write();
    let scan = scan_path(&bench, &bench.path("store"));
    assert_eq!(codes(&scan), ["F-OCI-PACKED", "F-OCI-SUBJECT"], "{:?}", scan.findings);
    assert_eq!(scan.models.len(), 1);
    let told = told(model(&scan, "pack:v1"), FactKey::Signature);
    assert_eq!(told.len(), 5, "{told:?}");
    for (says, (line, basis)) in
        ["names this manifest", "about another digest", "lists files:", "not a bundle", "cosign signature"]
            .iter()
            .zip(told)
    {
        let is_taken = line.contains("verifying compares them");
        assert!(line.contains(says) && basis == Basis::Observed, "{line}");
        assert!(line.contains("not verified") != is_taken, "{line}");
    }
    let signature = model(&scan, "pack:v1").signature.clone().unwrap();
    assert!(signature.to_string_lossy().contains("blobs/sha256/"), "{signature:?}");
}

#[test]
fn manifests_that_contradict_their_digest_or_lead_in_circles_are_findings() {
    let bench = Bench::new();
    let mut layout = Layout::new(&bench);
    let good = layout.model("cncf", "v1");
    let spoilt = layout.model("cnai", "v2");
    let path = spoilt["digest"].as_str().unwrap().replace("sha256:", "store/pack/blobs/sha256/");
    bench.write(&path, "{\"layers\":[]}");
    // An index that leads to the same manifest again, and one that is not there.
    let missing = json!({ "digest": format!("sha256:{}", "1".repeat(64)) });
    layout
        .manifest("", &json!({ "manifests": [good, good.clone(), missing, { "digest": "sha256:../../x" }] }));
    let image =
        json!({ "config": { "mediaType": "application/vnd.oci.image.config.v1+json" }, "layers": [] });
    layout.manifest("", &image);
    layout.write();
    let scan = scan_path(&bench, &bench.path("store"));
    let mut found = codes(&scan);
    found.sort_unstable();
    assert_eq!(found, ["F-OCI-BLOB", "F-OCI-DIGEST", "F-OCI-MISSING", "F-OCI-OTHER", "F-OCI-PACKED"]);
    assert_eq!(scan.models.len(), 1);

    bench.write("store/pack/index.json", "{\"manifests\":".repeat(50_000));
    assert_eq!(codes(&scan_path(&bench, &bench.path("store"))), ["F-OCI-INDEX"]);
}
