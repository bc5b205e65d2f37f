//! What files beside the weights, and their headers, say of a model: cards as people write them, quantisation as the
//! tools write it, what a merge was made of, paths into caches, pipelines, pointers.

use super::*;

fn scanned(files: &[(&str, &[u8])]) -> Scan {
    let bench = Bench::new();
    for (name, bytes) in files {
        bench.write(&format!("models/m/{name}"), bytes);
    }
    bench.scan()
}

fn weights() -> Vec<u8> {
    tensor("w", 4)
}

/// A safetensors file of one tensor of so many bytes.
fn tensor(name: &str, bytes: u64) -> Vec<u8> {
    let header = format!(r#"{{"{name}":{{"dtype":"U8","shape":[{bytes}],"data_offsets":[0,{bytes}]}}}}"#);
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(vec![0; bytes as usize]);
    file
}

fn card(text: &str) -> Scan {
    scanned(&[("README.md", text.as_bytes()), ("config.json", b"{}")])
}

fn codes(scan: &Scan) -> Vec<&str> {
    // The bench has a folder of bills, and no bill in it.
    let codes = scan.findings.iter().map(|finding| finding.code.as_str());
    codes.filter(|code| *code != "F-SOURCE-EMPTY").collect()
}

#[test]
fn a_card_may_begin_with_blank_lines_and_a_byte_order_mark() {
    let plain = "---\nlicense: mit\nbase_model: acme/base\n---\ntext\n";
    for before in ["", "\n", "\u{feff}", "\u{feff}\r\n  \n", "  "] {
        let scan = card(&format!("{before}{plain}"));
        assert_eq!(codes(&scan), [""; 0], "{before:?}");
        assert_eq!(values(model(&scan, "m"), FactKey::Licence), ["mit"], "{before:?}");
        assert_eq!(parents(model(&scan, "m")), [("acme/base", Relation::Finetune)]);
    }
    // A rule behind a heading is none, and a fault is told with its line.
    assert!(model(&card(&format!("# Title\n{plain}")), "m").parents.is_empty());
    let scan = card("\n\n---\nlicense: [\n---\n");
    assert!(scan.findings[0].message.contains("line 5") || scan.findings[0].message.contains("line 4"));
}

#[test]
fn a_key_that_is_there_twice_is_a_finding_and_loses_nothing_else() {
    let scan = card("---\nlicense: mit\nlicense: apache-2.0\nbase_model: acme/base\n---\n");
    assert_eq!(codes(&scan), ["F-CARD-TWICE"]);
    let found = model(&scan, "m");
    assert_eq!(parents(found), [("acme/base", Relation::Finetune)]);
    let licence = found.facts.iter().find(|fact| fact.key == FactKey::Licence).unwrap();
    assert_eq!((licence.value.raw(), licence.basis), ("apache-2.0", Basis::Contradicted));
    // What is no YAML stays none.
    assert_eq!(codes(&card("---\nlicense: mit\nlicense: [\n---\n")), ["F-CARD-YAML"]);
    assert_eq!(codes(&card("---\ntags:\n- a\n- b\nlicense: mit\n---\n")), [""; 0]);
}

#[test]
fn a_misspelt_licence_is_a_finding_with_the_one_that_was_meant() {
    let scan = card("---\nlicense: appache-2.0\n---\n");
    assert_eq!(codes(&scan), ["F-CARD-LICENCE"]);
    assert!(scan.findings[0].message.contains("`apache-2.0`"), "{}", scan.findings[0].message);
    assert_eq!(values(model(&scan, "m"), FactKey::Licence), ["appache-2.0"]);
    for good in ["apache-2.0", "MIT", "other", "acme-research-licence", "llama3.1", "openrail++"] {
        assert_eq!(codes(&card(&format!("---\nlicense: {good}\n---\n"))), [""; 0], "{good}");
    }
}

#[test]
fn each_tool_that_makes_weights_smaller_is_read() {
    for (file, text, said) in [
        ("config.json", r#"{"quantization":{"group_size":64,"bits":4}}"#, "MLX, 4 bits"),
        (
            "config.json",
            r#"{"quantization":{"bits":8,"mode":"affine"},"quantization_config":{"bits":8,"mode":"affine"}}"#,
            "MLX, affine, 8 bits",
        ),
        (
            "config.json",
            r#"{"quantization_config":{"load_in_4bit":true,"bnb_4bit_quant_type":"nf4"}}"#,
            "bitsandbytes, nf4, 4 bits",
        ),
        (
            "config.json",
            r#"{"quantization_config":{"quant_method":"bitsandbytes","_load_in_8bit":true,"bnb_4bit_quant_type":"fp4"}}"#,
            "bitsandbytes, 8 bits",
        ),
        ("config.json", r#"{"quantization_config":{"quant_method":"gptq","bits":4}}"#, "gptq, 4 bits"),
        (
            "config.json",
            r#"{"quantization_config":{"quant_method":"awq","bits":4,"version":"gemm"}}"#,
            "awq, 4 bits",
        ),
        ("config.json", r#"{"quantization_config":{"quant_method":"exl2","bits":4.65}}"#, "exl2, 4.65 bits"),
        ("config.json", r#"{"quantization_config":{"quant_method":"mxfp4"}}"#, "mxfp4"),
        ("config.json", r#"{"quantization_config":{"quant_method":"fp8","fmt":"e4m3"}}"#, "fp8, e4m3"),
        (
            "config.json",
            r#"{"quantization_config":{"quant_method":"modelopt","quant_algo":"NVFP4"}}"#,
            "modelopt, NVFP4",
        ),
        (
            "config.json",
            r#"{"quantization_config":{"quant_method":"compressed-tensors","format":"float-quantized",
               "config_groups":{"group_0":{"weights":{"num_bits":8,"type":"float"}}}}}"#,
            "compressed-tensors, float-quantized, 8 bits float",
        ),
        (
            "config.json",
            r#"{"quantization_config":{"quant_method":"torchao","quant_type":{"default":{"_type":"Int4WeightOnlyConfig"}}}}"#,
            "torchao, Int4WeightOnlyConfig",
        ),
        (
            "config.json",
            r#"{"text_config":{"quantization_config":{"quant_method":"gptq","bits":8}}}"#,
            "gptq, 8 bits",
        ),
        ("quantize_config.json", r#"{"bits":4,"group_size":128}"#, "gptq, 4 bits"),
        ("quant_config.json", r#"{"w_bit":4,"q_group_size":128}"#, "awq, 4 bits"),
        (
            "hf_quant_config.json",
            r#"{"producer":{"name":"modelopt"},"quantization":{"quant_algo":"NVFP4"}}"#,
            "modelopt, NVFP4",
        ),
    ] {
        let readme = b"---\nbase_model: acme/base\n---\n".as_slice();
        let scan =
            scanned(&[(file, text.as_bytes()), ("README.md", readme), ("model.safetensors", &weights())]);
        let found = model(&scan, "m");
        assert_eq!(values(found, FactKey::Quantisation), [said], "{text}");
        assert_eq!(parents(found), [("acme/base", Relation::Quantised)], "{text}");
    }
    for nothing in
        [r#"{"quantization":{}}"#, r#"{"quantization_config":{"ignore":[]}}"#, r#"{"quantization":"no"}"#]
    {
        let scan = scanned(&[("config.json", nothing.as_bytes())]);
        assert!(values(model(&scan, "m"), FactKey::Quantisation).is_empty(), "{nothing}");
    }
}

#[test]
fn a_merge_is_made_of_the_models_that_its_configuration_names() {
    let ties = b"merge_method: ties\nbase_model: acme/base@main\nmodels:\n- model: acme/a\n- model: {model: {path: acme/b}, lora: acme/c}\n- model: ./local\n";
    let slices = b"slices:\n- sources:\n  - model: acme/a+acme/b\n  - model: acme/base\n- sources:\n  - {model: acme/c}\n";
    let experts = b"base_model: acme/base\nexperts:\n- source_model: acme/a\n- source_model: acme/b\n- source_model: acme/c\n";
    for (file, text) in [
        ("mergekit_config.yml", ties.as_slice()),
        ("mergekit_config.yaml", slices),
        ("mergekit_config.yml", experts),
    ] {
        let scan = scanned(&[(file, text), ("model.safetensors", &weights())]);
        let mut found = parents(model(&scan, "m"));
        found.sort_by_key(|(name, _)| name.to_string());
        let all = ["acme/a", "acme/b", "acme/base", "acme/c"].map(|name| (name, Relation::Merge));
        assert_eq!(found, all, "{}", String::from_utf8_lossy(text));
    }
    let broken = scanned(&[("mergekit_config.yml", b"a: ["), ("model.safetensors", &weights())]);
    assert_eq!(codes(&broken), ["F-MERGE-YAML"]);
}

#[test]
fn a_base_in_a_cache_is_the_repository_and_a_local_folder_is_none() {
    for (base, parent) in [
        ("/home/ci/.cache/huggingface/hub/models--Org--Name-8B/snapshots/0e9e39f2", Some("org/name-8b")),
        ("C:\\\\u\\\\hub\\\\models--Org--Name\\\\snapshots\\\\abc", Some("org/name")),
        ("/root/.cache/modelscope/hub/models/Org/Name2___5", Some("org/name2.5")),
        ("Org/Name", Some("org/name")),
        ("outputs/checkpoint-500", None),
        ("work/llama/merged", None),
        ("/home/u/models/Name", None),
        ("./base", None),
    ] {
        let config = format!(r#"{{"base_model_name_or_path":"{base}","peft_type":"LORA"}}"#);
        let scan = scanned(&[("adapter_config.json", config.as_bytes())]);
        let found = model(&scan, "m");
        let expected: Vec<_> = parent.into_iter().map(|parent| (parent, Relation::Adapter)).collect();
        assert_eq!(parents(found), expected, "{base}");
        assert_eq!(values(found, FactKey::BaseModel).len(), 1, "{base}");
    }
}

#[test]
fn the_parameters_of_a_pipeline_are_those_of_all_its_components_or_none() {
    let index = br#"{"_class_name":"P","unet":["diffusers","U"],"vae":["diffusers","V"]}"#.as_slice();
    let (unet, vae) = (tensor("w", 5), tensor("w", 7));
    let whole: [(&str, &[u8]); 4] = [
        ("model_index.json", index),
        ("unet/diffusion_pytorch_model.safetensors", &unet),
        ("unet/diffusion_pytorch_model.fp16.safetensors", &unet),
        ("vae/diffusion_pytorch_model.safetensors", &vae),
    ];
    let scan = scanned(&whole);
    assert_eq!(values(model(&scan, "m"), FactKey::Parameters), ["12"]);
    assert_eq!(codes(&scan), [""; 0], "tensors of two components may have one name");
    // A component in another format, or half of one: no number is that of the whole.
    let other = [&whole[..], &[("text_encoder/pytorch_model.bin", b"\x80\x02N.".as_slice())]].concat();
    assert!(values(model(&scanned(&other), "m"), FactKey::Parameters).is_empty());
    let half = [&whole[..2], &[("vae/model-00001-of-00002.safetensors", vae.as_slice())]].concat();
    assert!(values(model(&scanned(&half), "m"), FactKey::Parameters).is_empty());
}

#[test]
fn a_pointer_of_git_lfs_is_called_that_whatever_file_it_lies_in_place_of() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n".as_slice();
    for name in
        ["model.safetensors", "pytorch_model.bin", "config.json", "model.gguf", "tokenizer.model", "a.pkl"]
    {
        let scan =
            scanned(&[(name, pointer), ("config.json", if name == "config.json" { pointer } else { b"{}" })]);
        let told: Vec<_> = scan.findings.iter().filter(|finding| finding.place.raw() == name).collect();
        assert_eq!(told.len(), 1, "{name}: {:?}", scan.findings);
        assert_eq!(told[0].code, "F-LFS-POINTER");
        assert!(told[0].message.contains("12345 bytes"), "{}", told[0].message);
        // It is not what will be loaded, so nothing is known of that.
        assert!(!model(&scan, "m").hazards.is_empty(), "{name}");
    }
    let text =
        scanned(&[("a.txt", b"See version https://git-lfs.github.com/spec/v1"), ("config.json", b"{}")]);
    assert_eq!(codes(&text), [""; 0]);
}

/// A GGUF file of texts, lists of texts and one tensor, in either order of bytes.
fn gguf(texts: &[(&str, &str)], lists: &[(&str, &[&str])], is_big: bool) -> Vec<u8> {
    let (mut out, word, long) = (b"GGUF".to_vec(), |n: u32| n.to_le_bytes(), |n: u64| n.to_le_bytes());
    let word = |n: u32| if is_big { n.to_be_bytes() } else { word(n) };
    let long = |n: u64| if is_big { n.to_be_bytes() } else { long(n) };
    out.extend(word(3));
    out.extend(long(1));
    out.extend(long((texts.len() + lists.len()) as u64 + 1));
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend(long(text.len() as u64));
        out.extend(text.as_bytes());
    };
    for (key, value) in texts {
        text(&mut out, key);
        out.extend(word(8));
        text(&mut out, value);
    }
    for (key, values) in lists {
        text(&mut out, key);
        out.extend(word(9));
        out.extend(word(8));
        out.extend(long(values.len() as u64));
        values.iter().for_each(|value| text(&mut out, value));
    }
    // A list of lists of numbers, as nobody is known to write it, and the format allows.
    text(&mut out, "x.nested");
    out.extend(word(9));
    out.extend(word(9));
    out.extend(long(2));
    for _ in 0..2 {
        out.extend(word(4));
        out.extend(long(1));
        out.extend(word(7));
    }
    text(&mut out, "token_embd.weight");
    out.extend(word(2));
    out.extend(long(8));
    out.extend(long(4));
    out.extend(word(24));
    out.extend(long(0));
    out.resize(out.len().next_multiple_of(32) + 32, 0);
    out
}

#[test]
fn gguf_of_either_order_of_bytes_says_licence_parents_datasets_and_size() {
    let texts = [
        ("general.architecture", "llama"),
        ("general.license", "other"),
        ("general.license.name", "acme-1.0"),
        ("general.base_model.0.name", "Base 8B"),
        ("general.base_model.0.organization", "Acme"),
        ("general.base_model.0.repo_url", "https://git.example.org/acme/base"),
        ("general.base_model.1.repo_url", "https://huggingface.co/Acme/Other"),
        ("general.dataset.0.repo_url", "https://huggingface.co/datasets/Acme/Corpus"),
        ("general.dataset.1.name", "Plain"),
    ];
    for is_big in [false, true] {
        let scan = scanned(&[("m.gguf", &gguf(&texts, &[("general.datasets", &["acme/more"])], is_big))]);
        assert_eq!(codes(&scan), [""; 0]);
        let found = model(&scan, "m");
        assert_eq!(values(found, FactKey::Licence), ["acme-1.0"]);
        assert_eq!(values(found, FactKey::Parameters), ["32"]);
        assert_eq!(
            parents(found),
            [
                ("acme/base-8b", Relation::Quantised),
                ("acme/other", Relation::Quantised),
                ("acme/corpus", Relation::TrainedOn),
                ("acme/more", Relation::TrainedOn)
            ]
        );
        assert!(values(found, FactKey::Dataset).contains(&"Plain"));
    }
}

#[test]
fn an_adapter_in_gguf_is_one_and_the_model_beside_it_is_the_model() {
    let texts = [
        ("general.type", "adapter"),
        ("general.architecture", "llama"),
        ("adapter.type", "lora"),
        ("general.base_model.0.repo_url", "https://huggingface.co/Acme/Base"),
    ];
    let scan = scanned(&[("a-lora.gguf", &gguf(&texts, &[], false))]);
    let found = model(&scan, "m");
    assert_eq!((found.kind, parents(found)), (Kind::Adapter, vec![("acme/base", Relation::Adapter)]));
    let own =
        [("general.architecture", "qwen2"), ("general.base_model.0.repo_url", "https://huggingface.co/Q/W")];
    let scan = scanned(&[("a-lora.gguf", &gguf(&texts, &[], false)), ("b.gguf", &gguf(&own, &[], false))]);
    let found = model(&scan, "m/b");
    assert_eq!((found.kind, parents(found)), (Kind::Model, vec![("q/w", Relation::Quantised)]));
    let found = model(&scan, "m/a-lora");
    assert_eq!((found.kind, parents(found)), (Kind::Adapter, vec![("acme/base", Relation::Adapter)]));
}
