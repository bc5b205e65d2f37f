//! Models in OCI layouts: a signature over what a manifest lists, as signers of registries attach it. The manifest is
//! enough to verify by, and never enough to be admitted by.

use crate::support::{copy, err, out, touchmark};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use touchmark::signing::sha256_hex;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const CONFIG: &[u8] = br#"{"descriptor":{"name":"tiny"}}"#;

fn safetensors() -> Vec<u8> {
    let header = br#"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    [&(header.len() as u64).to_le_bytes()[..], header, &[1; 16]].concat()
}

fn hex(bytes: &[u8]) -> String {
    sha256_hex(bytes)
}

/// How a signature is attached.
#[derive(Clone, Copy)]
enum Attached {
    /// By its subject.
    Referrer,
    /// By the subject's digest as it is without spaces.
    Compact,
    /// By its tag.
    Tag,
}

/// A registry's layout with one model, and a folder with the same files, signed.
struct Shelf {
    dir: tempfile::TempDir,
    layers: Vec<Value>,
}

impl Shelf {
    fn new(attached: Attached) -> Self {
        let mut shelf = Shelf { dir: tempfile::tempdir().unwrap(), layers: Vec::new() };
        shelf.works(&["key", "generate", "key.pem", "--no-password"]);
        let files = [
            ("model.safetensors", safetensors()),
            ("tokenizer/vocab.json", br#"{"a":0}"#.to_vec()),
            ("config.json", CONFIG.to_vec()),
        ];
        for (name, bytes) in &files {
            let file = shelf.path("local").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        shelf.works(&["sign", "key", "local", "--private-key", "key.pem", "--signature", "local.sig"]);
        shelf.layers = files[..2]
            .iter()
            .map(|(name, bytes)| shelf.layer("application/vnd.acme.file", bytes, json!({ TITLE: name })))
            .collect();
        shelf.publish(attached);
        shelf
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        let cwd = self.dir.path();
        std::process::Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(words)
            .current_dir(cwd)
            .env("HOME", cwd.join("home"))
            .env("XDG_STATE_HOME", cwd.join("state"))
            .output()
            .unwrap()
    }

    #[track_caller]
    fn works(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    }

    fn blob(&self, bytes: &[u8]) -> String {
        let folder = self.path("oci/blobs/sha256");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(hex(bytes)), bytes).unwrap();
        format!("sha256:{}", hex(bytes))
    }

    fn layer(&self, media_type: &str, bytes: &[u8], annotations: Value) -> Value {
        json!({
            "mediaType": media_type, "digest": self.blob(bytes), "size": bytes.len(), "annotations": annotations
        })
    }

    /// Writes manifest, signature and index anew.
    fn publish(&self, attached: Attached) {
        let manifest = json!({
            "schemaVersion": 2,
            "artifactType": "application/vnd.acme.whatever",
            "config": self.layer("application/vnd.oci.empty.v1+json", CONFIG, json!({})),
            "layers": self.layers,
        });
        let compact = manifest.to_string();
        let written = match attached {
            Attached::Compact => serde_json::to_string_pretty(&manifest).unwrap(),
            _ => compact.clone(),
        };
        let digest = self.blob(written.as_bytes());
        let about = match attached {
            Attached::Compact => format!("sha256:{}", hex(compact.as_bytes())),
            _ => digest.clone(),
        };
        let bundle = fs::read(self.path("local.sig")).unwrap();
        let mut signature = json!({
            "schemaVersion": 2,
            "config": self.layer("application/vnd.oci.empty.v1+json", b"{}", json!({})),
            "layers": [self.layer(BUNDLE, &bundle, json!({}))],
        });
        let mut listed = json!({});
        match attached {
            Attached::Tag => listed = json!({ REF: about.replace(':', "-") + ".sig" }),
            _ => {
                signature["artifactType"] = json!("application/vnd.model-signing.signature.v0.1");
                signature["subject"] = json!({ "digest": about, "size": written.len() });
            }
        }
        let signature = self.blob(signature.to_string().as_bytes());
        let index = json!({ "schemaVersion": 2, "manifests": [
            { "digest": digest, "annotations": { REF: "registry.example:5000/acme/tiny:v1" } },
            { "digest": signature, "annotations": listed },
        ] });
        fs::write(self.path("oci/index.json"), index.to_string()).unwrap();
        fs::write(self.path("oci/oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    }

    fn weights(&self) -> PathBuf {
        self.path("oci/blobs/sha256").join(hex(&safetensors()))
    }

    /// Status and code of FILES.
    #[track_caller]
    fn verify(&self, model: &str, more: &[&str]) -> (i32, String) {
        let words = ["verify", "key", model, "--public-key", "key.pem.pub", "--format", "json"];
        let done = self.run(&[&words[..], more].concat());
        let told: Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", err(&done)));
        (done.status.code().unwrap(), files(&told))
    }
}

const TITLE: &str = "org.opencontainers.image.title";
const REF: &str = "org.opencontainers.image.ref.name";

fn files(told: &Value) -> String {
    let checks = told["verification"]["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["stage"] == "FILES").unwrap();
    format!("{} {}", check["outcome"].as_str().unwrap(), check["code"].as_str().unwrap())
}

#[test]
fn a_layout_verifies_by_its_manifest_and_its_bytes_on_request() {
    for attached in [Attached::Referrer, Attached::Compact, Attached::Tag] {
        let shelf = Shelf::new(attached);
        let by_manifest = (0, "partial FILES-REGISTRY".to_owned());
        let digest_of_manifest = {
            let index: Value =
                serde_json::from_slice(&fs::read(shelf.path("oci/index.json")).unwrap()).unwrap();
            index["manifests"][0]["digest"].as_str().unwrap().to_owned()
        };
        for model in ["oci", "oci:oci", "oci:oci:v1", &format!("oci:oci@{digest_of_manifest}")] {
            assert_eq!(shelf.verify(model, &[]), by_manifest, "{model}");
        }
        assert_eq!(shelf.verify("oci", &["--in-full"]), (0, "pass FILES".into()));
        // Weights that nobody downloaded are not needed, and cannot be read.
        let weights = fs::read(shelf.weights()).unwrap();
        fs::remove_file(shelf.weights()).unwrap();
        assert_eq!(shelf.verify("oci", &[]), by_manifest);
        assert_eq!(shelf.verify("oci", &["--in-full"]), (3, "unknown FILES-UNREADABLE".into()));
        // Other bytes under their name: only reading them tells.
        let mut other = weights.clone();
        *other.last_mut().unwrap() ^= 1;
        fs::write(shelf.weights(), other).unwrap();
        assert_eq!(shelf.verify("oci", &[]), by_manifest);
        assert_eq!(shelf.verify("oci", &["--in-full"]), (1, "fail FILES-CHANGED".into()));
        fs::write(shelf.weights(), weights).unwrap();
        fs::create_dir_all(shelf.path("bare")).unwrap();
        fs::write(shelf.path("bare/oci-layout"), "{}").unwrap();
        fs::write(shelf.path("bare/index.json"), "").unwrap();
        let done = shelf.run(&["verify", "key", "oci:bare", "--public-key", "key.pem.pub"]);
        assert!(err(&done).contains("F-OCI-INDEX"), "{}", err(&done));
        for absent in ["oci:oci:v2", "oci:local", "oci:bare"] {
            let done = shelf.run(&["verify", "key", absent, "--public-key", "key.pem.pub"]);
            assert_eq!(done.status.code(), Some(2), "{absent}: {}", err(&done));
        }
    }
}

#[test]
fn a_manifest_that_lists_anything_else_than_was_signed_fails() {
    let mut shelf = Shelf::new(Attached::Referrer);
    let honest = shelf.layers.clone();
    let mut expect = |layers: Vec<Value>, code: &str| {
        shelf.layers = layers;
        shelf.publish(Attached::Referrer);
        for more in [&[][..], &["--in-full"]] {
            assert_eq!(shelf.verify("oci", more), (1, format!("fail {code}")), "{more:?}");
        }
    };
    expect(honest[..1].to_vec(), "FILES-MISSING");
    let twice = [honest.clone(), honest[..1].to_vec()].concat();
    expect(twice, "FILES-EXTRA");
    let mut other = honest.clone();
    other[0]["digest"] = honest[1]["digest"].clone();
    expect(other, "FILES-CHANGED");
    let mut untitled = honest.clone();
    untitled[1]["annotations"] = json!({});
    expect(untitled, "FILES-MISSING");
    let shelf = Shelf::new(Attached::Referrer);
    let extra = shelf.layer("application/vnd.acme.file", b"import os", json!({ TITLE: "modeling.py" }));
    let more = [honest.clone(), vec![extra]].concat();
    let shelf = Shelf { layers: more, ..shelf };
    shelf.publish(Attached::Referrer);
    assert_eq!(shelf.verify("oci", &[]), (1, "fail FILES-EXTRA".into()));
    // A manifest that is not what its digest says is none.
    let index = fs::read_to_string(shelf.path("oci/index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    let digest = index["manifests"][0]["digest"].as_str().unwrap().replace("sha256:", "");
    fs::write(shelf.path("oci/blobs/sha256").join(digest), "{\"layers\":[]}").unwrap();
    let done = shelf.run(&["verify", "key", "oci", "--public-key", "key.pem.pub"]);
    assert_ne!(done.status.code(), Some(0), "{}", out(&done));
}

#[test]
fn the_files_of_a_folder_are_held_to_the_signature_in_the_registry() {
    let shelf = Shelf::new(Attached::Referrer);
    let both = ["--local-model", "local"];
    assert_eq!(shelf.verify("oci:oci", &both), (0, "pass FILES".into()));
    fs::write(shelf.path("local/extra.py"), "import os").unwrap();
    assert_eq!(shelf.verify("oci:oci", &both), (1, "fail FILES-EXTRA".into()));
    fs::remove_file(shelf.path("local/extra.py")).unwrap();
    fs::write(shelf.path("local/model.safetensors"), b"other").unwrap();
    assert_eq!(shelf.verify("oci:oci", &both), (1, "fail FILES-CHANGED".into()));
    assert_eq!(shelf.verify("oci:oci", &[]), (0, "partial FILES-REGISTRY".into()));
}

#[test]
fn files_inside_layers_are_known_by_what_the_registry_says_of_them() {
    let shelf = Shelf::new(Attached::Referrer);
    let held = |name: &str, bytes: &[u8]| {
        let annotations = json!({
            "olot.layer.content.type": "file",
            "olot.layer.content.digest": format!("sha256:{}", hex(bytes)),
            "olot.layer.content.inlayerpath": format!("/models/{name}"),
        });
        shelf.layer("application/vnd.oci.image.layer.v1.tar", name.as_bytes(), annotations)
    };
    let mut layers = vec![
        held("model.safetensors", &safetensors()),
        held("tokenizer/vocab.json", br#"{"a":0}"#),
        held("config.json", CONFIG),
        // The image that serves the model.
        shelf.layer("application/vnd.oci.image.layer.v1.tar", b"server", json!({})),
    ];
    let packed = Shelf { dir: tempfile::tempdir().unwrap(), layers: layers.clone() };
    copy(shelf.dir.path(), packed.dir.path());
    packed.publish(Attached::Referrer);
    assert_eq!(packed.verify("oci", &[]), (0, "partial FILES-REGISTRY".into()));
    assert_eq!(packed.verify("oci", &["--in-full"]), (3, "unknown FILES-UNREADABLE".into()));
    layers[1]["annotations"]["olot.layer.content.digest"] = json!(format!("sha256:{}", hex(b"other")));
    let packed = Shelf { layers: layers.clone(), ..packed };
    packed.publish(Attached::Referrer);
    assert_eq!(packed.verify("oci", &[]), (1, "fail FILES-CHANGED".into()));
    // A folder in a layer lists nothing; what differs beside it differs all the same.
    let mut both = layers.clone();
    both[0]["annotations"]["olot.layer.content.type"] = json!("directory");
    let packed = Shelf { layers: both, ..packed };
    packed.publish(Attached::Referrer);
    assert_eq!(packed.verify("oci", &[]), (1, "fail FILES-CHANGED".into()));
    layers[1]["annotations"]["olot.layer.content.digest"] = json!(format!("sha256:{}", hex(br#"{"a":0}"#)));
    layers[1]["annotations"]["olot.layer.content.type"] = json!("directory");
    let packed = Shelf { layers, ..packed };
    packed.publish(Attached::Referrer);
    assert_eq!(packed.verify("oci", &[]), (3, "unknown FILES-UNREADABLE".into()));
}

/// A workspace whose policy trusts the key.
fn workspace(shelf: &Shelf) -> impl Fn(&[&str]) -> (i32, Value) {
    let shown = shelf.works(&["key", "show", "key.pem.pub", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let finger = shown["fingerprint"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    let policy = crate::looked::policy(&finger);
    fs::write(shelf.path("policy.toml"), policy).unwrap();
    let toml = "schema = \"workspace/0.1\"\nname = \"w\"\npolicy = \"policy.toml\"\nstage = \"dev\"\n\
                [[source]]\nkind = \"models\"\npath = \"oci\"\n";
    fs::write(shelf.path("touchmark.toml"), toml).unwrap();
    let root: PathBuf = shelf.dir.path().to_owned();
    move |words: &[&str]| {
        let root: &Path = &root;
        let root = root.to_string_lossy().into_owned();
        let done = touchmark(words.iter().copied().chain(["--workspace", root.as_str(), "--format", "json"]));
        let told = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
        (done.status.code().unwrap(), told)
    }
}

#[test]
fn a_gate_reads_the_bytes_that_a_verification_by_the_manifest_leaves_unread() {
    let shelf = Shelf::new(Attached::Referrer);
    let run = workspace(&shelf);
    assert_eq!(run(&["scan"]).1["models"], 1);
    let listed = run(&["list"]).1;
    let model = listed["models"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(model, "acme/tiny:v1");
    let (status, told) = run(&["verify", &model]);
    assert_eq!((status, files(&told)), (0, "partial FILES-REGISTRY".into()), "{told:#}");
    let digests_match = |run: &dyn Fn(&[&str]) -> (i32, Value)| {
        let shown = run(&["show", &model]).1;
        let controls = shown["verdict"]["assessment"]["controls"].as_array().unwrap().clone();
        controls.iter().find(|control| control["id"] == "L1.03").unwrap()["outcome"].clone()
    };
    assert_eq!(digests_match(&run), "unknown", "the registry's word is none of ours");
    assert_eq!(run(&["gate", &model, "--stage", "dev"]).0, 0);
    assert_eq!(digests_match(&run), "pass");
    assert_eq!(files(&run(&["verify", &model, "--in-full"]).1), "pass FILES");
    // The manifest is as it was, and the bytes are not.
    let mut weights = fs::read(shelf.weights()).unwrap();
    *weights.last_mut().unwrap() ^= 1;
    fs::write(shelf.weights(), weights).unwrap();
    assert_eq!(run(&["scan"]).0, 0);
    assert_eq!(run(&["list"]).1["models"][0]["status"], "changed since verified");
    assert_eq!(run(&["verify", &model]).0, 0);
    let (status, verdict) = run(&["gate", &model, "--stage", "dev"]);
    assert_eq!(status, 1, "{verdict:#}");
}

#[test]
fn a_claim_about_a_model_in_a_layout_is_written_where_it_can_be_attached_from_and_never_beside_the_manifest()
{
    let shelf = Shelf::new(Attached::Referrer);
    let run = workspace(&shelf);
    assert_eq!(run(&["verify", "acme/tiny:v1", "--in-full"]).0, 0);
    fs::write(shelf.path("card.md"), "# A card\n\n## Intended use\n\nTests.\n").unwrap();
    let attest = |more: &[&str]| {
        let words = ["attest", "card", "acme/tiny:v1", "card.md", "--private-key", "key.pem"];
        shelf.run(&[&words[..], more].concat())
    };
    let names = || {
        let entries = fs::read_dir(shelf.path("oci")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let done = attest(&[]);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    assert!(err(&done).contains("a registry's layout has no file of claims"), "{}", err(&done));
    assert!(err(&done).contains("--out FILE"), "{}", err(&done));
    assert_eq!(names(), before);
    let done = attest(&["--out", "claim.json"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(shelf.path("claim.json").is_file());
}
