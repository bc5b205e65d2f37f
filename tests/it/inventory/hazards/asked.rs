//! What configurations ask a loader to run, at any depth and in every layout; and templates, read whole.

use touchmark::inventory::{Basis, FactKey, Format, HazardKind, Tier};

use super::archives::{deflated, stored, zip};
use super::{folder, tiers, told};

const TENSORS: &[u8] = b"\x02\0\0\0\0\0\0\0{}";

/// Tier and what of each hazard above noted.
fn asks(name: &str, text: &str) -> Vec<(Tier, String)> {
    let found = folder(&[("model.safetensors", TENSORS), (name, text.as_bytes())]);
    let told = found.hazards.iter().filter(|hazard| hazard.tier <= Tier::Suspicious);
    told.map(|hazard| (hazard.tier, hazard.what.raw().to_owned())).collect()
}

#[test]
fn code_is_asked_for_at_any_depth_and_under_any_name_of_a_configuration() {
    let remote = vec![(Tier::Dangerous, "evil/repo--x.Y".to_owned())];
    let map = r#"{"auto_map":{"AutoModel":"evil/repo--x.Y"}}"#;
    for text in [
        map.to_owned(),
        format!(r#"{{"text_config":{map}}}"#),
        format!(r#"{{"a":[{{"b":[{map}]}}]}}"#),
        format!(r#"{{"x":NaN,"y":[-Infinity,Infinity],"s":"NaN \" Infinity","c":{map}}}"#),
    ] {
        for name in ["config.json", "own_config.json", "thinker/config.json".rsplit('/').next().unwrap()] {
            assert_eq!(asks(name, &text), remote, "{name} {text}");
        }
    }
    let nan =
        folder(&[("model.safetensors", TENSORS), ("config.json", br#"{"model_type":"llama","x":NaN}"#)]);
    assert!(nan.hazards.is_empty(), "{:?}", nan.hazards);
    let told: Vec<_> = nan.facts.iter().filter(|fact| fact.key == FactKey::Architecture).collect();
    assert!(told.len() == 1 && told[0].basis == Basis::Declared);
}

#[test]
fn kernels_of_other_repositories_are_told_and_those_of_the_library_are_not() {
    for key in ["_attn_implementation_internal", "_attn_implementation", "attn_implementation"] {
        let text = format!(r#"{{"a":{{"{key}":"evil/kernel"}}}}"#);
        assert_eq!(asks("config.json", &text), [(Tier::Dangerous, "evil/kernel".to_owned())]);
        let text = format!(r#"{{"{key}":{{"text":"evil/kernel:f","vision":"sdpa"}}}}"#);
        assert_eq!(asks("config.json", &text), [(Tier::Dangerous, "evil/kernel:f".to_owned())]);
        for own in ["eager", "sdpa", "flash_attention_2", "flex_attention"] {
            assert!(asks("config.json", &format!(r#"{{"{key}":"{own}"}}"#)).is_empty());
        }
    }
    assert!(asks("config.json", r#"{"trust_remote_code":false,"auto_map":null}"#).is_empty());
}

#[test]
fn what_hydra_mlflow_and_diffusers_import_is_told() {
    assert_eq!(
        asks("config.json", r#"{"model":{"_target_":"os.system","_args_":["id"]}}"#),
        [(Tier::Dangerous, "os.system".to_owned())]
    );
    assert_eq!(
        asks("train.yaml", "a:\n  _target_: os.system\n"),
        [(Tier::Dangerous, "os.system".to_owned())]
    );
    assert_eq!(
        asks("config.json", r#"{"_target_":"nemo.Model"}"#),
        [(Tier::Suspicious, "nemo.Model".to_owned())]
    );
    let mlmodel = |inner: &str| asks("MLmodel", &format!("flavors:\n  python_function:\n    {inner}\n"));
    for asked in [
        "model_code_path: mc.py",
        "code: code",
        "loader_module: mine.loader",
        "loader_module: mlflow.pyfunc.loaders.code_model",
        "python_model: python_model.pkl",
    ] {
        assert_eq!(mlmodel(asked).first().map(|(tier, _)| *tier), Some(Tier::Suspicious), "{asked}");
    }
    for own in ["loader_module: mlflow.sklearn", "code: null", "python_version: 3.11.7"] {
        assert!(mlmodel(own).is_empty(), "{own}");
    }
    let index = |component: &str| {
        asks(
            "model_index.json",
            &format!(
                r#"{{"_class_name":"StableDiffusionPipeline","_diffusers_version":"0.35.0",{component}}}"#
            ),
        )
    };
    assert_eq!(index(r#""unet":["my_unet","MyUNet"]"#), [(Tier::Suspicious, "my_unet.MyUNet".to_owned())]);
    assert_eq!(index(r#""unet":["os","system"]"#), [(Tier::Dangerous, "os.system".to_owned())]);
    let own =
        r#""a":["diffusers","X"],"b":["transformers","Y"],"c":["stable_diffusion","Z"],"d":[null,null]"#;
    assert!(index(own).is_empty());
    let modular = r#"{"_blocks_class_name":"B","unet":["diffusers","X",{"repo":"evil/unet"}]}"#;
    assert_eq!(asks("modular_model_index.json", modular), [(Tier::Suspicious, "evil/unet".to_owned())]);
    // A list of names of blocks is none of parts.
    let unet =
        r#"{"_class_name":"UNet2DConditionModel","_diffusers_version":"0.1","down_block_types":["A","B"]}"#;
    assert!(asks("config.json", unet).is_empty());
}

#[test]
fn templates_are_read_whole_and_ways_out_of_them_are_suspicious() {
    let gadgets = [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% set x = lipsum %}",
        "{{ x|attr('__class__') }}",
        "{{ x['__cla'~'ss__'] }}{{ x|attr(y) }}",
        "{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}",
        "{% import 'os' as x %}",
        "{% include '/etc/passwd' %}",
        "{% for x in self %}{% endfor %}",
        "{{ x['_' + '_class_'] }}",
    ];
    let long = |text: &str| format!("{}{text}", "{{ message.content }}\n".repeat(3_000));
    for gadget in gadgets {
        for text in [gadget.to_owned(), long(gadget)] {
            let config = serde_json::json!({ "chat_template": text }).to_string();
            let named =
                serde_json::json!({ "chat_template": [{ "name": "x", "template": text }] }).to_string();
            for (name, bytes) in [
                ("chat_template.jinja", text.as_str()),
                ("tokenizer_config.json", &config),
                ("tokenizer_config.json", &named),
                ("chat_template.json", &config),
            ] {
                let found = asks(name, bytes);
                assert!(
                    found.iter().any(|(tier, _)| *tier == Tier::Suspicious),
                    "{name} {gadget}: {found:?}"
                );
            }
        }
    }
    let ordinary = "{%- set ns = namespace(n=0) -%}{% for message in messages %}{{ '<|' + message['role'] + '|>' }}\
        {{ message.content | trim | tojson }}{{ raise_exception('import os; __class__') if false }}\
        {{ strftime_now('%d') }}{{ x.split('</think>')[-1].lstrip('\\n') }}{% endfor %} os.popen, cycler, __class__";
    // In a text that is printed no name counts, but in one that is handed on.
    let ordinary = ordinary.replace("import os; __class__", "import os");
    for (name, bytes) in [
        ("chat_template.jinja", ordinary.clone()),
        ("tokenizer_config.json", serde_json::json!({ "chat_template": ordinary }).to_string()),
    ] {
        let found = folder(&[("model.safetensors", TENSORS), (name, bytes.as_bytes())]);
        let told: Vec<_> = found.hazards.iter().map(|hazard| (hazard.tier, hazard.kind)).collect();
        assert_eq!(told, [(Tier::Noted, HazardKind::Template)], "{name}: {:?}", found.hazards);
    }
    // In a header, behind its vocabulary.
    let string = |text: &str| [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes()].concat();
    let gguf = |template: &str| {
        let words: Vec<u8> = (0..30_000).flat_map(|at| string(&format!("word{at}"))).collect();
        [
            b"GGUF\x03\0\0\0".as_slice(),
            &0_u64.to_le_bytes(),
            &2_u64.to_le_bytes(),
            &string("tokenizer.ggml.tokens"),
            &9_u32.to_le_bytes(),
            &8_u32.to_le_bytes(),
            &30_000_u64.to_le_bytes(),
            &words,
            &string("tokenizer.chat_template.tools"),
            &8_u32.to_le_bytes(),
            &string(template),
        ]
        .concat()
    };
    assert!(tiers("a.gguf", &gguf(gadgets[0])).contains(&Tier::Suspicious));
    assert_eq!(tiers("a.gguf", &gguf("{{ messages }}")), [Tier::Noted]);
}

#[test]
fn what_keras_resolves_outside_its_parts_of_a_model_is_code() {
    let keras = |config: &str| told("m.keras", &zip(&[deflated("config.json", config.as_bytes())]));
    let h5 = |config: &str| {
        let text = format!("{config}\0more");
        told("m.h5", &[b"\x89HDF\r\n\x1a\n".as_slice(), &[0xfe; 3000], text.as_bytes()].concat())
    };
    let function = |module: &str, name: &str| {
        format!(
            r#"{{"class_name":"Dense","config":{{"activation":{{"module":"{module}","class_name":"function","config":"{name}","registered_name":"{name}"}}}}}}"#
        )
    };
    for (module, name) in [
        ("keras.src.utils.python_utils", "func_load"),
        ("keras.src.utils", "get_file"),
        ("keras.utils", "get_file"),
        ("keras.src.saving.saving_lib", "load_model"),
        ("keras.tree", "map_structure"),
        ("os", "system"),
    ] {
        let what = format!("{module}.{name}");
        for found in [keras(&function(module, name)), h5(&function(module, name))] {
            assert_eq!(found, [(Tier::Dangerous, what.clone())], "{what}");
        }
    }
    for (module, name) in [
        ("keras.activations", "relu"),
        ("keras.src.activations.activations", "relu"),
        ("keras.losses", "mean_squared_error"),
        ("builtins", "my_function"),
    ] {
        assert!(
            keras(&function(module, name)).is_empty() && h5(&function(module, name)).is_empty(),
            "{module}"
        );
    }
    let lookup = r#"{"class_name":"StringLookup","config":{"vocabulary":"/etc/passwd"}}"#;
    assert_eq!(h5(lookup), [(Tier::Dangerous, "/etc/passwd".to_owned())]);
    assert_eq!(keras(r#"{"module":"keras.utils","class_name":"PyDataset"}"#)[0].0, Tier::Suspicious);
    // Keras takes the classes of KerasHub as its own; not its functions, nor what is called nearly so.
    assert_eq!(keras(r#"{"module":"keras_hub.layers","class_name":"X"}"#)[0].0, Tier::Noted);
    for other in [
        r#"{"module":"keras_hub.layers","class_name":"make"}"#,
        r#"{"module":"keras_hub.layers","class_name":"X.load"}"#,
        r#"{"module":"keras_hub.src.utils.preset_utils","class_name":"X"}"#,
        r#"{"module":"keras_hub_more.layers","class_name":"X"}"#,
        r#"{"module":"keras_hub.models","class_name":"function","config":"X"}"#,
    ] {
        assert_eq!(keras(other)[0].0, Tier::Suspicious, "{other}");
    }
    let reads = r#"{"module":"keras_hub.tokenizers","class_name":"T","config":{"vocabulary":"/etc/passwd"}}"#;
    assert_eq!(keras(reads)[0], (Tier::Dangerous, "/etc/passwd".to_owned()));
    let found =
        folder(&[("m.h5", &[b"\x89HDF\r\n\x1a\n".as_slice(), function("os", "system").as_bytes()].concat())]);
    assert_eq!(found.formats, [Format::KerasCode]);
    // What Keras does not write into its archive.
    let more = zip(&[stored("config.json", b"{}"), stored("more.bin", b"\xff")]);
    assert_eq!(tiers("m.keras", &more), [Tier::Unreadable]);
    let own = zip(&[
        stored("config.json", b"{}"),
        stored("metadata.json", b"{}"),
        stored("assets/a/vocabulary.txt", b"a\n"),
    ]);
    assert!(tiers("m.keras", &own).is_empty());
    // Numbers that lie in another file: a message of external storage, as headers of version 1 have it.
    let external = [
        b"\x89HDF\r\n\x1a\n".as_slice(),
        &[0; 100],
        b"\x07\0\x28\0\x01\0\0\0\x01\0\0\0\x01\0\x01\0\x40\0\0\0\0\0\0\0",
        &[0; 100],
    ]
    .concat();
    assert_eq!(tiers("m.h5", &external), [Tier::Dangerous]);
    let weights = zip(&[stored("config.json", b"{}"), stored("model.weights.h5", &external)]);
    assert_eq!(tiers("m.keras", &weights), [Tier::Dangerous]);
}
