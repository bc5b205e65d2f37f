//! Behaviour of the inventory: workspaces, folders, CycloneDX documents and merging.

use std::fs;
use std::path::{Path, PathBuf};

use touchmark::error::Code;
use touchmark::inventory::{
    Basis, FactKey, Format, Kind, Model, Relation, Scan, Source, SourceKind, Workspace, init, scan,
};
use touchmark::signing::Progress;

pub(crate) mod bills;
pub(crate) mod hazards;
mod layouts;
mod rescan;
mod said;

const HEADER: &str = "schema = \"workspace/0.1\"\nname = \"test\"\n";
const MODELS: &str = "[[source]]\nkind = \"models\"\npath = \"models\"\n";
const BOMS: &str = "[[source]]\nkind = \"bom\"\npath = \"boms\"\n";

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Bench(tempfile::tempdir().unwrap());
        bench.write("touchmark.toml", format!("{HEADER}{MODELS}{BOMS}"));
        fs::create_dir_all(bench.path("models")).unwrap();
        fs::create_dir_all(bench.path("boms")).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn bom(&self, name: &str, components: &str) {
        let text = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{components}]}}"#);
        self.write(&format!("boms/{name}.json"), text);
    }

    /// Without the finding that the bench's folder of models is empty.
    fn scan(&self) -> Scan {
        let mut scan = scan(&Workspace::find(Some(self.0.path())).unwrap(), &Progress::default()).unwrap();
        scan.findings.retain(|finding| !finding.message.starts_with("no model in this folder"));
        scan
    }
}

fn model<'s>(scan: &'s Scan, id: &str) -> &'s Model {
    let ids: Vec<_> = scan.models.iter().map(|model| model.id.raw()).collect();
    scan.models.iter().find(|model| model.id.raw() == id).unwrap_or_else(|| panic!("no {id} among {ids:?}"))
}

fn has(scan: &Scan, code: &str) -> bool {
    scan.findings.iter().any(|finding| finding.code == code)
}

fn parents(model: &Model) -> Vec<(&str, Relation)> {
    model.parents.iter().map(|parent| (parent.id.raw(), parent.relation)).collect()
}

fn values(model: &Model, key: FactKey) -> Vec<&str> {
    model.facts.iter().filter(|fact| fact.key == key).map(|fact| fact.value.raw()).collect()
}

fn safetensors() -> Vec<u8> {
    let mut bytes = 2u64.to_le_bytes().to_vec();
    bytes.extend(b"{}");
    bytes
}

// Workspaces

#[test]
fn an_unknown_workspace_key_names_the_nearest_key_and_the_line() {
    let bench = Bench::new();
    bench.write("touchmark.toml", format!("{HEADER}stagee = \"production\"\n"));
    let error = Workspace::find(Some(bench.0.path())).unwrap_err();
    assert_eq!(error.code, Code::Config);
    assert!(error.what.contains("`stage`"), "{error}");
    assert!(error.at.as_ref().unwrap().raw().contains("line 3: stagee"), "{error}");

    bench.write("touchmark.toml", format!("{HEADER}[[source]]\nkind = \"models\"\npaht = \"x\"\n"));
    let error = Workspace::find(Some(bench.0.path())).unwrap_err();
    assert!(error.what.contains("`path`") && error.at.unwrap().raw().contains("line 5"));
}

#[test]
fn a_workspace_of_a_newer_version_is_refused_as_newer() {
    let bench = Bench::new();
    for schema in ["workspace/0.2", "workspace/1.0"] {
        bench.write("touchmark.toml", format!("schema = \"{schema}\"\nshiny = true\n"));
        let error = Workspace::find(Some(bench.0.path())).unwrap_err();
        assert_eq!(error.code, Code::Newer);
        assert!(error.help.is_some());
    }
}

#[test]
fn a_store_or_policy_outside_the_workspace_is_refused() {
    let bench = Bench::new();
    for line in ["store = \"../elsewhere.db\"", "store = \"/tmp/x.db\"", "policy = \"a/../../p.toml\""] {
        bench.write("touchmark.toml", format!("{HEADER}{line}\n"));
        assert_eq!(Workspace::find(Some(bench.0.path())).unwrap_err().code, Code::Config, "{line}");
    }
}

#[test]
fn init_makes_a_workspace_that_opens_from_below_and_refuses_a_second_time() {
    let bench = Bench(tempfile::tempdir().unwrap());
    let dir = bench.path("ws");
    let file = init(&dir, "# policy\n").unwrap();
    fs::create_dir_all(dir.join("deep/er")).unwrap();
    let workspace = Workspace::find(Some(&dir.join("deep/er"))).unwrap();
    assert_eq!((workspace.name.as_str(), workspace.stage.as_str()), ("ws", "production"));
    assert_eq!(fs::read_to_string(workspace.policy.unwrap()).unwrap(), "# policy\n");
    assert_eq!(workspace.store.parent().unwrap(), workspace.root);
    assert!(fs::read_to_string(dir.join(".gitignore")).unwrap().contains("touchmark.db*"));
    let before = fs::read(&file).unwrap();
    assert_eq!(init(&dir, "other").unwrap_err().code, Code::Usage);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn adding_a_source_keeps_comments_and_order() {
    let bench = Bench::new();
    let text = format!("# mine\n{HEADER}{MODELS}# the end");
    bench.write("touchmark.toml", &text);
    let mut workspace = Workspace::find(Some(bench.0.path())).unwrap();
    let source = Source { kind: SourceKind::Bom, path: "a \"quoted\" place".into(), prefix: None };
    workspace.add_source(source.clone()).unwrap();
    workspace.add_source(source.clone()).unwrap();
    assert_eq!(workspace.sources.len(), 2);
    assert!(fs::read_to_string(bench.path("touchmark.toml")).unwrap().starts_with(&text));
    assert_eq!(Workspace::find(Some(bench.0.path())).unwrap().sources.last(), Some(&source));
}

#[test]
fn a_source_that_is_not_there_stops_the_scan() {
    let bench = Bench::new();
    fs::remove_dir(bench.path("models")).unwrap();
    let workspace = Workspace::find(Some(bench.0.path())).unwrap();
    assert_eq!(scan(&workspace, &Progress::default()).unwrap_err().code, Code::Read);
}

#[test]
fn a_cancelled_scan_says_so() {
    let progress = Progress::default();
    progress.cancel();
    let workspace = Workspace::find(Some(Bench::new().0.path())).unwrap();
    assert_eq!(scan(&workspace, &progress).unwrap_err().code, Code::Cancelled);
}

#[test]
fn front_matter_gives_parents_licence_and_version_as_written() {
    let bench = Bench::new();
    bench.write(
        "models/Acme/Child/README.md",
        "---\nlicense: other\nlicense_name: acme-1\nversion: 1.10\nbase_model:\n- https://huggingface.co/Org/Base\n- Org/Second\n\
         datasets: org/corpus\npipeline_tag: text-generation\ntags: [merge, 'base_model:finetune:Org/Second']\n---\n# Text\n",
    );
    bench.write("models/Acme/Child/w.safetensors", safetensors());
    let scan = bench.scan();
    let child = model(&scan, "acme/child");
    assert_eq!(child.name.raw(), "Acme/Child");
    assert_eq!(
        parents(child),
        [
            ("org/base", Relation::Merge),
            ("org/second", Relation::Finetune),
            ("org/second", Relation::Finetune),
            ("org/corpus", Relation::TrainedOn)
        ]
    );
    assert_eq!(values(child, FactKey::Version), ["1.10"]);
    assert_eq!(values(child, FactKey::Licence), ["acme-1"]);
    assert_eq!(values(child, FactKey::BaseModel)[0], "https://huggingface.co/Org/Base");
    assert!(child.facts.iter().all(|fact| (fact.basis == Basis::Observed) == (fact.key == FactKey::Format)));
    assert_eq!(child.formats, [Format::Safetensors]);
    assert_eq!(child.files, 2);
    assert_eq!(child.location.as_deref(), Some(Path::new("models/Acme/Child")));
}

#[test]
fn the_relation_follows_the_explicit_word_then_adapter_then_quantised_then_merge() {
    let bench = Bench::new();
    let card = |more: &str| format!("---\nbase_model: a/b\n{more}---\n");
    bench.write("models/explicit/README.md", card("base_model_relation: quantized\ntags: [merge]\n"));
    bench.write("models/adapter/README.md", card(""));
    bench.write("models/adapter/adapter_config.json", r#"{"base_model_name_or_path":"a/b"}"#);
    bench.write("models/gguf/README.md", card(""));
    bench.write("models/gguf/w.gguf", b"GGUF\x03\0\0\0");
    bench.write("models/plain/README.md", card(""));
    let scan = bench.scan();
    for (id, relation) in [
        ("explicit", Relation::Quantised),
        ("adapter", Relation::Adapter),
        ("gguf", Relation::Quantised),
        ("plain", Relation::Finetune),
    ] {
        assert!(model(&scan, id).parents.iter().all(|parent| parent.relation == relation), "{id}");
        assert!(!model(&scan, id).parents.is_empty());
    }
    assert_eq!(model(&scan, "adapter").kind, Kind::Adapter);
}

#[test]
fn malformed_front_matter_is_a_finding_and_the_model_stays() {
    let bench = Bench::new();
    bench.write("models/a/README.md", "---\nbase_model: [unclosed\nx: : :\n---\n");
    let bomb = "---\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n---\n";
    bench.write("models/b/README.md", bomb);
    bench.write("models/b/model.sig", "");
    let scan = bench.scan();
    assert_eq!(scan.findings.iter().filter(|finding| finding.code == "F-CARD-YAML").count(), 2);
    assert_eq!(scan.models.len(), 2);
}

#[test]
fn formats_are_told_by_content_and_a_false_name_is_a_finding() {
    let bench = Bench::new();
    bench.write("models/m/config.json", r#"{"auto_map":{"AutoModel":"x.Y"},"model_type":"llama"}"#);
    bench.write("models/m/x.py", "");
    bench.write("models/m/false.safetensors", b"\x80\x04}.");
    bench.write("models/m/pytorch_model.bin", b"PK\x03\x04......archive/data.pkl");
    bench.write("models/m/old.pt", b"cos\nsystem\n");
    bench.write("models/m/sub/net.onnx", b"\x08\x07");
    let scan = bench.scan();
    let found = model(&scan, "m");
    assert_eq!(found.formats, [Format::Onnx, Format::Pickle, Format::RemoteCode]);
    assert!(has(&scan, "F-FORMAT-NAME"));
    assert_eq!(values(found, FactKey::Architecture), ["llama"]);
}

#[test]
fn gguf_metadata_names_the_base() {
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    };
    let mut gguf = b"GGUF\x03\0\0\0".to_vec();
    gguf.extend(0u64.to_le_bytes());
    gguf.extend(3u64.to_le_bytes());
    text(&mut gguf, "general.architecture");
    gguf.extend(8u32.to_le_bytes());
    text(&mut gguf, "llama");
    text(&mut gguf, "general.base_model.count");
    gguf.extend(4u32.to_le_bytes());
    gguf.extend(1u32.to_le_bytes());
    text(&mut gguf, "general.base_model.0.repo_url");
    gguf.extend(8u32.to_le_bytes());
    text(&mut gguf, "https://huggingface.co/Org/Base");
    let bench = Bench::new();
    bench.write("models/m/w.gguf", &gguf);
    // A length that lies must end the reading and nothing else.
    gguf.truncate(24);
    gguf.extend(u64::MAX.to_le_bytes());
    bench.write("models/n/w.gguf", &gguf);
    let scan = bench.scan();
    assert_eq!(parents(model(&scan, "m")), [("org/base", Relation::Quantised)]);
    assert!(model(&scan, "n").parents.is_empty());
}

#[test]
fn a_signature_is_model_sig_or_else_the_first_by_name() {
    let bench = Bench::new();
    for name in ["a/z.sig", "a/b.sig", "b/a.sig", "b/model.sig", "b/claims.jsonl", "b/inner/other.sig"] {
        bench.write(&format!("models/{name}"), "");
    }
    let scan = bench.scan();
    assert_eq!(scan.models.len(), 2, "a model inside a model is not another one");
    assert_eq!(model(&scan, "a").signature.as_deref(), Some(Path::new("models/a/b.sig")));
    assert_eq!(model(&scan, "b").signature.as_deref(), Some(Path::new("models/b/model.sig")));
    assert_eq!(model(&scan, "b").claims.as_deref(), Some(Path::new("models/b/claims.jsonl")));
}

#[test]
fn datasets_are_told_by_card_files_or_the_folder_above() {
    let bench = Bench::new();
    bench.write("models/by-card/README.md", "---\ntask_categories: [x]\ndatasets: a/b\n---\n");
    bench.write("models/by-files/train.parquet", "");
    bench.write("models/datasets/by-folder/model.sig", "");
    bench.write("models/weights/w.safetensors", safetensors());
    bench.write("models/weights/train.csv", "");
    let scan = bench.scan();
    for id in ["by-card", "by-files", "datasets/by-folder"] {
        assert_eq!(model(&scan, id).kind, Kind::Dataset, "{id}");
    }
    assert_eq!(model(&scan, "weights").kind, Kind::Model);
    assert!(model(&scan, "by-card").parents.is_empty());
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_inside_the_source() {
    let bench = Bench::new();
    bench.write("outside/w.safetensors", safetensors());
    bench.write("models/models--Org--Name/blobs/abc", safetensors());
    let snapshot = "models/models--Org--Name/snapshots/0123456789abcdef";
    fs::create_dir_all(bench.path(snapshot)).unwrap();
    let link = |to: &str, from: String| std::os::unix::fs::symlink(to, bench.path(&from)).unwrap();
    link("../../blobs/abc", format!("{snapshot}/w.safetensors"));
    fs::create_dir_all(bench.path("models/leaks")).unwrap();
    link("../../outside/w.safetensors", "models/leaks/w.safetensors".to_owned());
    link("../../outside", "models/folder-link".to_owned());
    let scan = bench.scan();
    let cached = model(&scan, "org/name");
    assert_eq!((cached.formats.as_slice(), cached.bytes), ([Format::Safetensors].as_slice(), 10));
    assert_eq!(values(cached, FactKey::Version), ["0123456789abcdef"]);
    assert!(model(&scan, "leaks").formats.is_empty());
    assert!(has(&scan, "F-FILE-LINK"));
    assert_eq!(scan.models.len(), 2);
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_a_finding() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.write("models/locked/model.sig", "");
    bench.write("models/open/model.sig", "");
    let locked = bench.path("models/locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&locked).is_ok() {
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
        eprintln!("SKIPPED: this user may read everything (root), so no folder can be locked");
        return;
    }
    let scan = bench.scan();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(has(&scan, "F-FOLDER-UNREADABLE"));
    assert_eq!(scan.models.len(), 1);
}

#[test]
fn models_are_looked_for_sixteen_folders_deep_and_the_rest_is_a_finding() {
    let bench = Bench::new();
    bench.write(&format!("models/{}/model.sig", ["d"; 16].join("/")), "");
    bench.write(&format!("models/{}/model.sig", ["e"; 18].join("/")), "");
    let scan = bench.scan();
    assert_eq!(scan.models.len(), 1);
    assert!(has(&scan, "F-FOLDER-DEPTH"));
}

// CycloneDX

#[test]
fn every_known_encoding_of_a_base_model_in_a_bom_becomes_a_parent() {
    let bench = Bench::new();
    let cases = [
        (
            "purl",
            r#""pedigree":{"ancestors":[{"name":"x","purl":"pkg:huggingface/Org/Base@1"}]}"#,
            Relation::Unspecified,
        ),
        (
            "link",
            r#""pedigree":{"ancestors":[{"name":"Base","externalReferences":[{"type":"website","url":"https://huggingface.co/Org/Base"}]}]},
               "properties":[{"name":"tags","value":"x, base_model:finetune:Org/Base"}]"#,
            Relation::Finetune,
        ),
        ("group", r#""pedigree":{"ancestors":[{"group":"Org","name":"Base"}]}"#, Relation::Unspecified),
        (
            "card",
            r#""modelCard":{"properties":[{"name":"base_model","value":"Org/Base"}]}"#,
            Relation::Unspecified,
        ),
        (
            "property",
            r#""properties":[{"name":"huggingface:baseModel","value":"Org/Base"}]"#,
            Relation::Unspecified,
        ),
    ];
    for (name, body, _) in &cases {
        bench.bom(name, &format!(r#"{{"type":"machine-learning-model","name":"acme/{name}",{body}}}"#));
    }
    bench.bom(
        "list",
        r#"{"type":"machine-learning-model","name":"acme/list","modelCard":{"properties":[{"name":"base_model","value":"a/b, c/d"}]}}"#,
    );
    bench.bom(
        "bare",
        r#"{"type":"machine-learning-model","name":"bare","pedigree":{"ancestors":[{"name":"Base"}]}}"#,
    );
    let scan = bench.scan();
    for (name, _, relation) in &cases {
        let child = model(&scan, &format!("acme/{name}"));
        assert!(!child.parents.is_empty(), "{name}");
        assert!(
            parents(child).iter().all(|parent| *parent == ("org/base", *relation)),
            "{name}: {:?}",
            parents(child)
        );
    }
    assert_eq!(
        parents(model(&scan, "acme/list")),
        [("a/b", Relation::Unspecified), ("c/d", Relation::Unspecified)]
    );
    assert_eq!(parents(model(&scan, "bare")), [("base", Relation::Unspecified)]);
    assert!(scan.findings.is_empty(), "{:?}", scan.findings);
}

#[test]
fn a_bom_gives_facts_datasets_binding_and_pins() {
    let bench = Bench::new();
    let digest = "ab".repeat(32);
    bench.bom(
        "all",
        &format!(
            r#"{{"type":"machine-learning-model","group":"Acme","name":"M","version":"2","supplier":{{"name":"Acme Inc"}},
            "licenses":[{{"license":{{"id":"MIT"}}}},{{"expression":"MIT OR Apache-2.0"}}],
            "hashes":[{{"alg":"SHA-256","content":"{digest}"}}],
            "modelCard":{{"modelParameters":{{"task":"chat","architectureFamily":"llama",
               "datasets":[{{"ref":"d1"}},{{"type":"dataset","name":"org/inline"}},{{"ref":"nowhere"}}]}}}},
            "pedigree":{{"ancestors":[{{"name":"org/base","properties":[
               {{"name":"touchmark:pedigree:digest","value":"{digest}"}},{{"name":"touchmark:pedigree:relation","value":"adapter"}}]}}]}},
            "properties":[{{"name":"touchmark:oms:rootDigest","value":"{digest}"}},{{"name":"touchmark:oms:identity","value":"x@example.org"}}],
            "externalReferences":[{{"type":"attestation","url":"model.sig","hashes":[{{"alg":"SHA-256","content":"{digest}"}}]}}],
            "components":[{{"type":"data","bom-ref":"d1","name":"Corpus","group":"Acme"}}]}}"#
        ),
    );
    let scan = bench.scan();
    let m = model(&scan, "acme/m");
    assert_eq!(values(m, FactKey::Licence), ["MIT", "MIT OR Apache-2.0"]);
    assert_eq!(values(m, FactKey::Publisher), ["Acme Inc"]);
    assert_eq!(values(m, FactKey::Hash), [format!("sha256:{digest}")]);
    assert_eq!(
        parents(m),
        [
            ("acme/corpus", Relation::TrainedOn),
            ("org/inline", Relation::TrainedOn),
            ("org/base", Relation::Adapter)
        ]
    );
    assert_eq!(m.parents[2].digest.unwrap().to_string(), digest);
    let binding = m.binding.as_ref().unwrap();
    assert_eq!(binding.root_digest.as_ref().unwrap().raw(), digest);
    assert_eq!(binding.bundle_digest.as_ref().unwrap().raw(), digest);
    assert_eq!(model(&scan, "acme/corpus").kind, Kind::Dataset);
    assert!(has(&scan, "F-BOM-REF"));
    assert!(m.facts.iter().all(|fact| fact.basis == Basis::Declared));
}

#[test]
fn a_hash_whose_length_does_not_fit_its_algorithm_is_a_finding_and_no_fact() {
    let bench = Bench::new();
    let short = "a".repeat(32);
    bench.bom(
        "x",
        &format!(
            r#"{{"type":"machine-learning-model","name":"m","hashes":[{{"alg":"SHA-256","content":"{short}"}},{{"alg":"CRC","content":"0"}}]}}"#
        ),
    );
    let scan = bench.scan();
    let finding = scan.findings.iter().find(|finding| finding.code == "F-BOM-HASH-LENGTH").unwrap();
    assert_eq!(finding.place.raw(), "/components/0/hashes/0");
    assert_eq!(finding.model.as_ref().unwrap().raw(), "m");
    assert!(has(&scan, "F-BOM-HASH-ALGORITHM"));
    assert!(values(model(&scan, "m"), FactKey::Hash).is_empty());
}

#[test]
fn hostile_names_in_a_bom_survive_raw_and_are_shown_clean() {
    let bench = Bench::new();
    bench.bom("x", r#"{"type":"machine-learning-model","name":"evil\u001b[2J\u202e\nname","version":"\u001b]0;x\u0007"}"#);
    let scan = bench.scan();
    let evil = &scan.models[0];
    assert_eq!(evil.name.raw(), "evil\u{1b}[2J\u{202e}\nname");
    // What nobody sees makes no other name.
    assert_eq!(evil.id.raw(), "evil\u{1b}[2j\nname");
    assert!(!evil.id.screen().contains(['\u{1b}', '\u{202e}', '\n']));
    let mut store = crate::store::in_memory();
    touchmark::store::replace(&mut *store, &scan).unwrap();
    assert_eq!(crate::store::all(&*store).0, scan.models);
}

#[test]
fn wrong_types_in_a_bom_are_findings_with_a_pointer() {
    let bench = Bench::new();
    bench.bom(
        "x",
        r#"17,{"type":"machine-learning-model","name":"m","version":7,"licenses":{},"hashes":[1],"modelCard":[],"pedigree":"x",
           "properties":[{"name":"a","value":1}],"components":{}},{"type":"machine-learning-model"}"#,
    );
    let scan = bench.scan();
    let mut places: Vec<_> =
        scan.findings.iter().filter(|f| f.code == "F-BOM-TYPE").map(|finding| finding.place.raw()).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "/components/0",
            "/components/1/components",
            "/components/1/hashes/0",
            "/components/1/licenses",
            "/components/1/modelCard",
            "/components/1/pedigree",
            "/components/1/properties/0",
            "/components/1/version"
        ]
    );
    assert!(has(&scan, "F-BOM-NAME"));
    assert_eq!(scan.models.len(), 1);
}

#[test]
fn a_bom_that_is_none_or_too_deep_is_a_finding_and_nothing_else() {
    let bench = Bench::new();
    bench.write("boms/a.json", r#"{"hello":"world"}"#);
    bench.write("boms/b.json", r#"{"bomFormat":"CycloneDX","specVersion":"1.3","components":[]}"#);
    bench.write("boms/c.json", "[".repeat(10_000));
    bench.write("boms/d.json", format!("{}{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000)));
    bench.write("boms/e.json", "not json");
    bench.write("boms/f.json", r#"{"bomFormat":"CycloneDX","bomFormat":"CycloneDX","specVersion":"1.6"}"#);
    let scan = bench.scan();
    let codes: Vec<_> = scan.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "F-BOM-FORMAT",
            "F-BOM-VERSION",
            "F-BOM-JSON",
            "F-BOM-JSON",
            "F-BOM-JSON",
            "F-BOM-DUPLICATE-KEY",
            "F-BOM-EMPTY"
        ]
    );
    assert!(scan.findings[3].message.contains("nested deeper"));
    assert!(scan.models.is_empty());
}

// Merging

#[test]
fn a_folder_and_a_document_of_the_same_model_become_one() {
    let bench = Bench::new();
    bench.write("models/acme/m/w.safetensors", safetensors());
    let component =
        r#"{"type":"machine-learning-model","name":"Acme/M","licenses":[{"license":{"id":"MIT"}}]}"#;
    bench.bom("x", &format!("{component},{component}"));
    let scan = bench.scan();
    assert_eq!(scan.models.len(), 1);
    let m = model(&scan, "acme/m");
    assert_eq!(values(m, FactKey::Licence), ["MIT"]);
    let sources: Vec<_> = m.sources.iter().map(|source| source.raw()).collect();
    assert_eq!(sources, ["models/acme/m", "boms/x.json"]);
    assert!(scan.findings.is_empty());
}

#[test]
fn sources_that_disagree_are_contradicted_and_letter_case_is_no_disagreement() {
    let bench = Bench::new();
    bench.write("models/acme/m/README.md", "---\nlicense: apache-2.0\nversion: 0123456789abcdef\n---\n");
    bench.bom(
        "x",
        r#"{"type":"machine-learning-model","name":"acme/m","version":"0123456","licenses":[{"license":{"id":"Apache-2.0"}}]}"#,
    );
    assert!(!has(&bench.scan(), "F-CONFLICT"));
    bench.bom(
        "x",
        r#"{"type":"machine-learning-model","name":"acme/m","version":"0123456","licenses":[{"license":{"id":"MIT"}}]}"#,
    );
    let scan = bench.scan();
    assert!(has(&scan, "F-CONFLICT"));
    let m = model(&scan, "acme/m");
    let licences: Vec<_> =
        m.facts.iter().filter(|fact| fact.key == FactKey::Licence).map(|fact| fact.basis).collect();
    assert_eq!(licences, [Basis::Declared, Basis::Contradicted]);
}

#[test]
fn a_scan_gives_the_same_every_time() {
    let bench = Bench::new();
    for index in 0..50 {
        bench.write(&format!("models/m{index}/README.md"), "---\nbase_model: a/b\nlicense: mit\n---\n");
    }
    let (one, two) = (bench.scan(), bench.scan());
    assert_eq!(one.models, two.models);
    assert!(one.models.is_sorted_by(|a, b| a.id < b.id));
}

// The store

#[cfg(unix)]
#[test]
fn a_folder_whose_name_is_not_utf8_is_a_finding_and_stops_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    bench.write("models/good/model.safetensors", safetensors());
    let odd = bench.path("models").join(std::ffi::OsStr::from_bytes(b"odd\xff"));
    if fs::create_dir(&odd).is_err() {
        eprintln!("SKIPPED: this file system takes only names in UTF-8");
        return;
    }
    fs::write(odd.join("model.safetensors"), safetensors()).unwrap();
    let scan = bench.scan();
    assert_eq!(scan.models.len(), 1);
    assert!(has(&scan, "F-FOLDER-NAME"));
    touchmark::store::replace(&mut *crate::store::at(&bench.path("t.db")), &scan).unwrap();
}
