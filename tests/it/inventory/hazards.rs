//! What can run code when a model is loaded: pickles written opcode by opcode, archives, ONNX, Keras and
//! configurations. Nothing here is ever loaded.

use std::fs;
use std::time::{Duration, Instant};

use touchmark::inventory::{Basis, FactKey, Format, Hazard, HazardKind, Model, Tier, read_model};

use super::{Bench, has, model};

pub(crate) mod archives;
mod asked;
pub(crate) mod closed;
mod libraries;

/// The model of a folder that holds these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> Model {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.sig"), "").unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    read_model(folder.path()).unwrap()
}

pub(crate) fn hazards(name: &str, bytes: &[u8]) -> Vec<Hazard> {
    folder(&[(name, bytes)]).hazards.clone()
}

/// Tier and what, of each hazard.
pub(crate) fn told(name: &str, bytes: &[u8]) -> Vec<(Tier, String)> {
    hazards(name, bytes).into_iter().map(|hazard| (hazard.tier, hazard.what.raw().to_owned())).collect()
}

pub(crate) fn tiers(name: &str, bytes: &[u8]) -> Vec<Tier> {
    hazards(name, bytes).into_iter().map(|hazard| hazard.tier).collect()
}

fn dangerous(what: &str) -> Vec<(Tier, String)> {
    vec![(Tier::Dangerous, what.to_owned())]
}

/// `os.system("id")` in protocol 0.
pub(crate) const SYSTEM: &[u8] = b"cos\nsystem\n(S'id'\ntR.";
/// A tensor as PyTorch writes it, protocol 2.
pub(crate) const TENSOR: &[u8] = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00wq\x02\
ctorch._utils\n_rebuild_tensor_v2\nq\x03((X\x07\x00\x00\x00storageq\x04ctorch\nFloatStorage\nq\x05\
X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq\x07K\x01tq\x08QK\x00K\x01\x85q\x09K\x01\x85q\x0a\x89\
h\x00)Rq\x0btq\x0cRq\x0ds.";

#[test]
fn each_way_to_import_is_found_and_named() {
    let ways: [&[u8]; 9] = [
        SYSTEM,
        b"(S'id'\nios\nsystem\n.",
        b"(cos\nsystem\nS'id'\no.",
        b"\x80\x02cos\nsystem\n)\x81.",
        b"\x80\x04\x95\x0f\0\0\0\0\0\0\0\x8c\x02os\x94\x8c\x06system\x94\x93.",
        b"\x80\x04\x8c\x06system\x94\x8c\x02os\x940h\x01h\x00\x93.".as_slice(),
        // The name is had from the memo, and a mark lies between.
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940(h\x01j\x00\0\0\x0010h\x00h\x01\x93.",
        b"U\x02osU\x06system\x93.",
        b"Vos\nVsystem\n2p7\n00g7\n\x93.",
    ];
    for (index, way) in ways.iter().enumerate() {
        assert_eq!(told("m.pkl", way), dangerous("os.system"), "{index}");
    }
}

#[test]
fn settings_that_trainers_keep_are_noted_and_what_else_stands_there_is_judged_as_ever() {
    // An object of the settings, with an interval of training and a device in it.
    let settings =
        b"\x80\x02ctransformers.training_args\nTrainingArguments\n)\x81}(U\x01actransformers.trainer_utils\n\
IntervalStrategy\nU\x02no\x85RU\x01bctorch\ndevice\nU\x03cpu\x85Rub.";
    let seen = tiers("training_args.bin", settings);
    assert!(!seen.is_empty() && seen.iter().all(|tier| *tier == Tier::Noted), "{seen:?}");
    let model = folder(&[("training_args.bin", settings)]);
    assert!(model.formats.contains(&Format::Pickle), "a pickle all the same");
    let trl = b"\x80\x02ctrl.trainer.sft_config\nSFTConfig\n)\x81.";
    assert_eq!(tiers("training_args.bin", trl), [Tier::Noted]);
    // Neither the file's name nor a name that is only like these makes anything harmless.
    assert_eq!(tiers("training_args.bin", SYSTEM), [Tier::Dangerous]);
    for (module, name, tier) in [
        ("transformers.training_args", "logger", Tier::Suspicious),
        ("evil.training_args", "TrainingArguments", Tier::Suspicious),
        ("trl.trainer.x_config", "os.system.Config", Tier::Dangerous),
        ("transformers.training_args", "os.system", Tier::Dangerous),
    ] {
        let pickle = format!("\u{8}c{module}\n{name}\n.").into_bytes();
        let pickle = [b"\x80\x02", &pickle[1..]].concat();
        assert_eq!(tiers("training_args.bin", &pickle), [tier], "{module} {name}");
    }
}

#[test]
fn an_import_that_cannot_be_named_is_dangerous() {
    for unnamed in [
        b"\x80\x04\x8c\x02os\x8c\x07sys\xfftem\x93.".as_slice(),
        b"\x80\x04\x8c\x02os)\x93.",
        b"S'o\\x73'\nS'system'\n\x93.",
        b"Vo\\u0073\nVsystem\n\x93.",
        b"\x80\x02\x82\x01.",
        b"\x80\x02\x84\x01\0\0\0)R.",
    ] {
        assert_eq!(told("m.pkl", unnamed), dangerous(""), "{unnamed:?}");
    }
    let long = [b"c".as_slice(), &[b'a'; 5000], b"\nb\n."].concat();
    assert_eq!(told("m.pkl", &long), dangerous(""));
}

#[test]
fn what_only_rebuilds_data_is_safe_and_still_a_pickle() {
    let found = folder(&[("m.pt", TENSOR)]);
    assert_eq!(found.hazards.iter().map(|hazard| hazard.tier).collect::<Vec<_>>(), [Tier::Safe]);
    let what = found.hazards[0].what.raw();
    assert_eq!(what, "collections.OrderedDict, torch._utils._rebuild_tensor_v2, torch.FloatStorage");
    assert_eq!(found.formats, [Format::Pickle]);
    let fact = found.facts.iter().find(|fact| fact.key == FactKey::Hazard).unwrap();
    assert_eq!((fact.basis, fact.place.raw()), (Basis::Observed, "m.pt"));
}

#[test]
fn imports_have_three_tiers() {
    for (module, name, tier) in [
        ("collections", "OrderedDict", Tier::Safe),
        ("numpy.core.multiarray", "_reconstruct", Tier::Safe),
        ("torch", "BFloat16Storage", Tier::Safe),
        ("sklearn.tree._tree", "Tree", Tier::Noted),
        ("sklearn.tree._tree", "grow", Tier::Suspicious),
        ("torch.nn.modules.linear", "Linear", Tier::Suspicious),
        ("posix", "system", Tier::Dangerous),
        ("builtins", "getattr", Tier::Dangerous),
        ("__builtin__", "eval", Tier::Dangerous),
        ("importlib.util", "find_spec", Tier::Dangerous),
        ("functools", "partial", Tier::Dangerous),
        ("numpy.testing._private.utils", "runstring", Tier::Dangerous),
        ("torch.storage", "_load_from_bytes", Tier::Dangerous),
        // Ways round: an attribute of an attribute, and a module that another one imported.
        ("collections", "OrderedDict.__init__.__globals__", Tier::Dangerous),
        ("mylib", "os.system", Tier::Dangerous),
        ("torch", "os", Tier::Dangerous),
        ("numpy", "__builtins__", Tier::Dangerous),
        ("builtins", "exec.__call__", Tier::Dangerous),
        ("oss", "system", Tier::Suspicious),
    ] {
        let pickle = format!("c{module}\n{name}\n.");
        assert_eq!(told("m.pkl", pickle.as_bytes()).first().unwrap().0, tier, "{module}.{name}");
    }
}

#[test]
fn a_broken_pickle_is_dangerous_for_what_ran_before_the_break() {
    let whole = b"\x80\x04cos\nsystem\n(\x8c\x02idtR0N.";
    for cut in 0..whole.len() {
        let found = tiers("m.pkl", &whole[..cut]);
        let imported = cut >= 13;
        assert_eq!(found.contains(&Tier::Dangerous), imported, "{cut}");
        assert!(found.contains(&Tier::Unreadable), "{cut}");
    }
    assert_eq!(tiers("m.pkl", b"\x80\x04cos\nsystem\n\xff\xff"), [Tier::Dangerous, Tier::Unreadable]);
    assert_eq!(tiers("m.pkl", b"\x80\x02ccollections\nOrderedDict\n0"), [Tier::Unreadable]);
    for broken in [b"hello".as_slice(), b"\x80\x09.", b"0.", b"h\x05.", b"(.", b"t.", b"\x80\x04R."] {
        assert_eq!(tiers("m.joblib", broken), [Tier::Unreadable], "{broken:?}");
    }
}

#[test]
fn changing_an_import_itself_is_dangerous() {
    let found = hazards("m.pkl", b"\x80\x02ccollections\nOrderedDict\n}b.");
    assert_eq!(found[0].tier, Tier::Dangerous);
    assert!(found[0].why.contains("whole program"));
}

#[test]
fn all_pickles_of_a_file_are_walked() {
    let harmless = b"\x80\x02}.".as_slice();
    assert_eq!(told("m.joblib", &[harmless, harmless, SYSTEM].concat()), dangerous("os.system"));
    assert_eq!(tiers("m.pkl", &[harmless, b"\0\0\0\0raw"].concat()), [Tier::Noted]);
    assert_eq!(tiers("m.pkl", &[harmless, b"\x80\x02\0"].concat()), [Tier::Unreadable]);
    // As PyTorch wrote before 1.6: magic number, version, system, object, keys; then raw numbers.
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.".as_slice();
    let legacy = |object: &[u8]| {
        [magic, b"\x80\x02M\xe9\x03.", harmless, object, b"\x80\x02]q\0.", b"\x01\0\0\0\0\0\0\0cos\nsystem\n"]
            .concat()
    };
    assert_eq!(tiers("m.pt", &legacy(TENSOR)), [Tier::Safe]);
    assert_eq!(told("m.pt", &legacy(SYSTEM)), dangerous("os.system"));
}

#[test]
fn an_end_inside_the_raw_arrays_of_joblib_is_not_believed() {
    let array = b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}b".as_slice();
    assert_eq!(tiers("m.joblib", &[array, b"\x10\0\0\0."].concat()), [Tier::Unreadable]);
    // The array is one byte, `.`; loading goes on behind it.
    assert_eq!(tiers("m.joblib", &[array, b".", b"0", SYSTEM].concat()), [Tier::Unreadable]);
    assert_eq!(tiers("m.joblib", &[array, b".", SYSTEM].concat()), [Tier::Dangerous, Tier::Unreadable]);
}

#[test]
fn lengths_that_lie_end_in_a_finding_and_cost_nothing() {
    let began = Instant::now();
    let bombs: [Vec<u8>; 9] = [
        b"\x80\x04\x8b\xff\xff\xff\x7f".to_vec(),
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec(),
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff}".to_vec(),
        b"X\xff\xff\xff\xff".to_vec(),
        b"Nr\xff\xff\xff\xffp99999999999999999999\n.".to_vec(),
        [b"N".as_slice(), &b"2".repeat(2_000_000)].concat(),
        [
            b"N".as_slice(),
            &(0..400_000_u32).flat_map(|at| [&b"r"[..], &at.to_le_bytes()].concat()).collect::<Vec<_>>(),
        ]
        .concat(),
        b"(".repeat(2_000_000),
    ];
    for (index, bomb) in bombs.iter().enumerate() {
        assert_eq!(tiers("m.pkl", bomb), [Tier::Unreadable], "{index}");
    }
    let many: String = (0..5000).map(|at| format!("cm{at}\nx\n0")).collect();
    let found = hazards("m.pkl", format!("{many}N.").as_bytes());
    assert!(found.len() <= 24 && found[0].tier == Tier::Unreadable);
    assert!(found.last().unwrap().why.contains("more like these"));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn a_header_of_two_gigabytes_is_refused_by_its_length() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.sig"), "").unwrap();
    let length = 2_u64 << 30;
    let file = folder.path().join("w.safetensors");
    fs::write(&file, [length.to_le_bytes().as_slice(), b"{\"a\":"].concat()).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_len(length + 16).unwrap();
    let began = Instant::now();
    let found = read_model(folder.path()).unwrap().hazards.clone();
    assert_eq!((found[0].tier, found[0].kind), (Tier::Unreadable, HazardKind::Header));
    assert!(found[0].why.contains("2147483648"), "{}", found[0].why);
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn raw_data_in_a_bin_file_is_no_pickle_and_a_pickle_without_a_mark_is() {
    let found = folder(&[("ggml.bin", b"lmgg\x01\0\0\0"), ("tokens.model", b"\n\x0e\n\x05<unk>")]);
    assert!(
        found.hazards.iter().all(|hazard| hazard.kind == HazardKind::Unknown) && found.formats.is_empty()
    );
    // What begins like another format, or like nothing we look into, is loaded by its name all the same.
    let gguf = [b"GGUF\x03\0\0\0\0".as_slice(), SYSTEM].concat();
    let mut tensors = [b"C\x0a\0\0\0\0\0\0{}..".as_slice(), SYSTEM].concat();
    tensors.resize(4000, b'.');
    let mut tar = [b"X\x00\x02\0\0".as_slice(), &[b' '; 512], SYSTEM].concat();
    tar[257..262].copy_from_slice(b"ustar");
    for disguised in [gguf, tensors, tar.clone()] {
        for name in ["m.pkl", "m.bin"] {
            let found = folder(&[(name, &disguised)]);
            assert_eq!(found.hazards[0].what.raw(), "os.system", "{:?}", found.hazards);
            assert!(found.formats.contains(&Format::Pickle));
        }
    }
    // What comes before, and how it is spelt, hides nothing.
    let long = [b"N0".repeat(9_000_000).as_slice(), SYSTEM].concat();
    assert_eq!(tiers("m.bin", &long), [Tier::Unreadable]);
    for spelt in [b"Vo\\u0073\nVsystem\n\x93)R\0".as_slice(), b"N0\x80\x04cos\nsys-tem\n0\0"] {
        assert_eq!(tiers("m.bin", spelt), [Tier::Dangerous, Tier::Unreadable], "{spelt:?}");
    }
    let marked = [b"\x80\x02".as_slice(), &tar].concat();
    assert_eq!(tiers("unknown.name", &marked), [Tier::Dangerous]);
    let found = folder(&[("pytorch_model.bin", SYSTEM)]);
    assert_eq!((found.hazards[0].tier, found.formats.clone()), (Tier::Dangerous, vec![Format::Pickle]));
}

#[test]
fn hazards_are_findings_of_the_scan_and_names_in_them_are_made_safe() {
    let bench = Bench::new();
    bench.write("models/m/a.pkl", b"cos\nsys\x1b[2Jtem\n(S'id'\ntR.");
    bench.write("models/m/b.pt", b"cforest.tree\nTree\ncforest.tree\nB\ncc\nd\nce\nf\ncg\nh\n.");
    bench.write("models/m/c.pt", b"7z\xbc\xaf\x27\x1c\0\0");
    bench.write("models/m/d.pt", TENSOR);
    let scan = bench.scan();
    for code in ["F-LOAD-DANGEROUS", "F-LOAD-SUSPICIOUS", "F-LOAD-UNREADABLE"] {
        assert!(has(&scan, code), "{code}");
    }
    let loaded = scan.findings.iter().filter(|finding| finding.code.starts_with("F-LOAD-"));
    let loaded: Vec<_> = loaded.map(|finding| finding.message.as_str()).collect();
    assert_eq!(loaded.len(), 3, "{loaded:?}");
    let told = "suspicious pickle forest.tree.Tree, forest.tree.B, c.d, e.f and 1 more: loading imports unknown \
                modules; ask for the weights as safetensors; do not load this file to convert it";
    assert!(loaded.contains(&told), "{loaded:?}");
    assert!(scan.findings.iter().all(|finding| !finding.message.contains('\x1b')));
    assert_eq!(model(&scan, "m").formats, [Format::Pickle]);
    assert_eq!(model(&scan, "m").hazards.len(), 8);
}

#[test]
fn code_that_a_configuration_asks_for_is_told() {
    let kinds = |files: &[(&str, &str)]| {
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let found = folder(&files);
        let hazards =
            found.hazards.iter().map(|hazard| (hazard.tier, hazard.what.raw().to_owned())).collect();
        (hazards, found.formats.clone())
    };
    let told = |tier, what: &str| vec![(tier, what.to_owned())];
    let local = r#"{"auto_map":{"AutoTokenizer":["x.Slow",null]}}"#;
    assert_eq!(
        kinds(&[("tokenizer_config.json", local), ("x.py", "")]),
        (told(Tier::Suspicious, "x.Slow"), vec![Format::RemoteCode])
    );
    assert_eq!(kinds(&[("tokenizer_config.json", local)]), (told(Tier::Noted, "x.Slow"), vec![]));
    assert_eq!(
        kinds(&[("config.json", r#"{"auto_map":{"AutoModel":"evil/repo--x.Y"}}"#)]),
        (told(Tier::Dangerous, "evil/repo--x.Y"), vec![Format::RemoteCode])
    );
    assert_eq!(
        kinds(&[("config.json", r#"{"trust_remote_code":true}"#), ("x.py", "")]),
        (told(Tier::Suspicious, ""), vec![Format::RemoteCode])
    );
    // Nobody has shown that no loader imports it.
    assert_eq!(kinds(&[("config.json", "{}"), ("x.py", "")]), (told(Tier::Unreadable, ""), vec![]));
    for (name, text) in
        [("tokenizer_config.json", r#"{"chat_template":"{{ x }}"}"#), ("chat_template.jinja", "{{ x }}")]
    {
        let found = folder(&[(name, text.as_bytes())]).hazards.clone();
        assert_eq!((found[0].tier, found[0].kind), (Tier::Noted, HazardKind::Template));
    }
}

#[test]
fn code_is_found_wherever_a_loader_asks_for_it() {
    let asks = |name: &str, text: &str| {
        let bench = Bench::new();
        bench.write("models/m/w.safetensors", b"\x02\0\0\0\0\0\0\0{}");
        bench.write(&format!("models/m/{name}"), text.as_bytes());
        bench.write("models/m/own.py", b"");
        let hazards = model(&bench.scan(), "m").hazards.clone();
        hazards.iter().map(|hazard| (hazard.tier, hazard.what.raw().to_owned())).collect::<Vec<_>>()
    };
    let foreign = |name: &str| vec![(Tier::Dangerous, name.to_owned())];
    let own = |name: &str| vec![(Tier::Suspicious, name.to_owned())];
    let map = r#"{"auto_map":{"AutoModel":"evil/repo--x.Y"}}"#;
    for name in ["config.json", "text_encoder/config.json", "a/b/preprocessor_config.json"] {
        assert_eq!(asks(name, map), foreign("evil/repo--x.Y"), "{name}");
    }
    // As older tokenizers were written.
    let list = r#"{"auto_map":["evil/repo--x.Slow",null]}"#;
    assert_eq!(asks("tokenizer_config.json", list), foreign("evil/repo--x.Slow"));
    let pipelines = r#"{"custom_pipelines":{"a":{"impl":"evil/repo--x.P","pt":["AutoModel"]}}}"#;
    assert_eq!(asks("config.json", pipelines), foreign("evil/repo--x.P"));
    let index = r#"{"_class_name":["own","Pipeline"],"unet":["diffusers","UNet2DConditionModel"]}"#;
    assert_eq!(asks("model_index.json", index), [own("own"), own("Pipeline")].concat());
    let modules = r#"[{"idx":0,"type":"sentence_transformers.models.Pooling"},{"type":"own.Module"}]"#;
    assert_eq!(asks("modules.json", modules), own("own.Module"));
    assert_eq!(asks("modules.json", r#"[{"type":"os.system"}]"#), foreign("os.system"));
    let adapter = r#"{"auto_mapping":{"base_model_class":"X","parent_library":"antigravity"}}"#;
    assert_eq!(asks("adapter_config.json", adapter), foreign("antigravity"));
    let many: Vec<String> = (0..2000).map(|at| format!("a.B{at}")).collect();
    let many = serde_json::json!({ "auto_map": { "a": many } }).to_string();
    assert_eq!(asks("config.json", &many)[0].0, Tier::Unreadable);
}

#[test]
fn what_was_not_looked_into_is_never_called_safe() {
    let asks: &[u8] = br#"{"auto_map":{"AutoModel":"evil/repo--x.Y"}"#;
    let tensors: &[u8] = b"\x02\0\0\0\0\0\0\0{}";
    for name in ["config.json", "tokenizer_config.json"] {
        let bench = Bench::new();
        bench.write("models/m/w.safetensors", tensors);
        bench.write(&format!("models/m/{name}"), asks);
        let scan = bench.scan();
        let [hazard] = model(&scan, "m").hazards.as_slice() else { panic!("{scan:?}") };
        assert_eq!((hazard.tier, hazard.kind, hazard.file.raw()), (Tier::Unreadable, HazardKind::File, name));
        let told: Vec<_> = scan.findings.iter().filter(|finding| finding.model.is_some()).collect();
        assert!(told.len() == 1 && told[0].code == "F-CONFIG-JSON", "{told:?}");
    }
    let packed = hazards("data.gz", b"\x1f\x8b\x08\0");
    assert_eq!((packed[0].tier, packed[0].kind), (Tier::Unreadable, HazardKind::Archive));
    assert_eq!(tiers("m.nemo", b"\x1f\x8b\x08\0"), [Tier::Unreadable]);
    // The worst of many stay.
    let bench = Bench::new();
    for number in 0..600 {
        bench.write(&format!("models/m/{number:03}.pkl"), b"\x80\x02}.");
    }
    bench.write("models/m/z.pkl", SYSTEM);
    let kept = model(&bench.scan(), "m").hazards.clone();
    assert!(kept.len() == 500 && kept.iter().any(|hazard| hazard.tier == Tier::Dangerous));
}

/// What picklescan 1.0.5 and modelscan 0.8.8 name, a name of each module where they take all of it; and what those
/// become that Python renames for old pickles.
#[test]
fn what_other_scanners_call_dangerous_is_dangerous() {
    for name in include_str!("hazards/dangerous.txt").lines() {
        let (module, name) = name.split_once(' ').unwrap();
        let pickle = format!("c{module}\n{name}\n.");
        assert_eq!(told("m.pkl", pickle.as_bytes()), dangerous(&format!("{module}.{name}")));
    }
}

/// Python's own loader, with a stand-in for every name, imports nothing that the walk has not told.
#[test]
fn what_python_imports_is_told_of_whole_and_spoiled_pickles() {
    let script = include_str!("hazards/unpickle.py");
    let run = std::process::Command::new("python3").args(["-c", script, "1500", "7"]).output();
    let Some(run) = run.ok().filter(|run| run.status.success()) else {
        assert!(std::env::var_os("CI").is_none(), "CI wants python3");
        eprintln!("SKIPPED: no python3 (3.10 or newer, on Unix) to compare with");
        return;
    };
    let (mut cases, mut not_reached, mut refused) = (0, 0, 0);
    for line in String::from_utf8(run.stdout).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut pickle = hex::decode(case["pickle"].as_str().unwrap()).unwrap();
        let read = case["read"].as_u64();
        pickle.truncate(read.map_or(usize::MAX, |read| read as usize));
        let found = told("m.pkl", &pickle);
        let unnamed = found.contains(&(Tier::Dangerous, String::new()));
        let unreadable = found.iter().any(|(tier, _)| *tier == Tier::Unreadable);
        for name in case["names"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let is_told = unnamed || found.iter().any(|(_, what)| what.split(", ").any(|one| one == name));
            // Names that rebuild data are told only where nothing worse is.
            if !is_told && !SAFE_NAMES.contains(&name) {
                assert!(unreadable, "{name} is not told, in {line}: {found:?}");
                not_reached += 1;
            }
        }
        cases += 1;
        if read.is_some() && unreadable {
            eprintln!("{line} {:?}", hazards("m.pkl", &pickle));
            refused += 1;
        }
    }
    eprintln!("{cases} cases, {not_reached} imports not reached, {refused} refused that Python loads");
    assert!(cases > 3000);
}

const SAFE_NAMES: [&str; 11] = [
    "builtins.set",
    "builtins.frozenset",
    "copy_reg._reconstructor",
    "copyreg._reconstructor",
    "__builtin__.object",
    "__builtin__.set",
    "__builtin__.frozenset",
    "__builtin__.bytearray",
    "builtins.bytearray",
    "builtins.object",
    "_codecs.encode",
];
