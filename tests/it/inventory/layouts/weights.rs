//! Headers of weights: what they tell, and that they can lie.

use super::*;

const TWO_LAYERS: &str = r#"{"__metadata__":{"license":"mit","base_model":"Org/Base"},
"model.embed_tokens.weight":{"dtype":"F16","shape":[8,4],"data_offsets":[0,64]},
"model.layers.0.w":{"dtype":"F32","shape":[2],"data_offsets":[64,72]},
"model.layers.1.w":{"dtype":"F32","shape":[2],"data_offsets":[72,80]}}"#;

fn scanned(files: &[(&str, Vec<u8>)]) -> Scan {
    let bench = Bench::new();
    for (name, bytes) in files {
        bench.write(&format!("models/m/{name}"), bytes);
    }
    bench.scan()
}

fn summary(scan: &Scan) -> TensorSummary {
    values(model(scan, "m"), FactKey::Tensors)[0].parse().unwrap()
}

#[test]
fn a_safetensors_header_tells_tensors_types_and_sizes_as_observed_and_the_rest_as_declared() {
    let scan = scanned(&[("model.safetensors", safetensors(TWO_LAYERS, 80))]);
    assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
    let found = model(&scan, "m");
    assert_eq!(told(found, FactKey::Parameters), [("36", Basis::Observed)]);
    assert_eq!(told(found, FactKey::DataType), [("F32, F16", Basis::Observed)]);
    assert_eq!(told(found, FactKey::Licence), [("mit", Basis::Declared)]);
    assert_eq!(parents(found), [("org/base", Relation::Unspecified)]);
    let summary = summary(&scan);
    assert_eq!(
        (summary.tensors, summary.vocabulary, summary.hidden, summary.layers),
        (3, Some(8), Some(4), Some(2))
    );
    assert_eq!(summary.to_string(), values(found, FactKey::Tensors)[0]);
}

#[test]
fn shards_are_one_model_whose_digests_do_not_depend_on_how_it_is_cut() {
    let part = |name: &str| format!(r#"{{"{name}":{{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}}}}"#);
    let both = r#"{"b":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[2,2],"data_offsets":[4,8]}}"#;
    let whole = scanned(&[("model.safetensors", safetensors(both, 8))]);
    let cut = scanned(&[
        ("model-00001-of-00002.safetensors", safetensors(&part("a"), 4)),
        ("model-00002-of-00002.safetensors", safetensors(&part("b"), 4)),
    ]);
    assert_eq!(summary(&whole), summary(&cut));
    let other = scanned(&[("model.safetensors", safetensors(&both.replace("\"b\"", "\"c\""), 8))]);
    assert_ne!(summary(&other).names, summary(&cut).names);
    let flat = scanned(&[("model.safetensors", safetensors(&both.replace("[2,2]", "[4]"), 8))]);
    assert_eq!(summary(&flat).names, summary(&cut).names);
    assert_ne!(summary(&flat).shapes, summary(&cut).shapes);
}

#[test]
fn a_header_that_lies_is_a_finding_and_no_summary() {
    let one = |shape: &str, end: u64| {
        format!(r#"{{"w":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
    };
    for (header, data, says) in [
        (one("[1]", 4), 0, "outside of the file"),
        (one("[2]", 4), 4, "not that of its bytes"),
        (one("[18446744073709551615,2]", 4), 4, "not that of its bytes"),
        (one("[1]", 4), 9, "5 bytes follow"),
        (one("[-1]", 4), 4, "no valid one"),
        (one(&format!("[{}1]", "1,".repeat(20)), 4), 4, "no valid one"),
        ("{\"w\":7}".to_owned(), 0, "no valid one"),
        (format!("{{\"w\":{}", "[".repeat(100_000)), 0, "no valid one"),
    ] {
        let scan = scanned(&[("model.safetensors", safetensors(&header, data))]);
        let finding = scan.findings.iter().find(|finding| finding.code == "F-WEIGHTS-HEADER");
        let finding = finding.unwrap_or_else(|| panic!("{says}: {:?}", scan.findings));
        assert!(finding.message.contains(says), "{says}: {}", finding.message);
        assert!(values(model(&scan, "m"), FactKey::Tensors).is_empty());
    }
}

#[test]
fn a_sparse_file_whose_header_claims_two_gigabytes_is_a_finding_at_once() {
    let bench = Bench::new();
    bench.write("models/m/model.safetensors", [2_147_483_648_u64.to_le_bytes().as_slice(), b"{"].concat());
    let file = fs::OpenOptions::new().write(true).open(bench.path("models/m/model.safetensors")).unwrap();
    file.set_len(3 * 1024 * 1024 * 1024).unwrap();
    let began = std::time::Instant::now();
    let scan = bench.scan();
    assert!(began.elapsed().as_secs() < 5);
    assert!(scan.findings.iter().any(|finding| finding.message.contains("2147483648 bytes long")));
}

#[test]
fn an_alias_bomb_in_front_matter_is_a_finding() {
    let mut bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (from, to) in
        ["a", "b", "c", "d", "e", "f", "g", "h"].iter().zip(["b", "c", "d", "e", "f", "g", "h", "i"])
    {
        bomb.push_str(&format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(",")));
    }
    let scan =
        scanned(&[("README.md", format!("{bomb}---\n").into_bytes()), ("config.json", b"{}".to_vec())]);
    assert_eq!(codes(&scan), ["F-CARD-YAML"]);
    let scan = scanned(&[("MLmodel", bomb.replace("---\n", "").into_bytes())]);
    assert_eq!(codes(&scan), ["F-MLMODEL"]);
}

#[test]
fn a_gguf_header_is_read_past_its_vocabulary() {
    let texts = [
        ("general.architecture", "llama"),
        ("general.source.huggingface.repository", "Org/Base"),
        ("tokenizer.ggml.model", "gpt2"),
        ("tokenizer.chat_template", "{{ messages }}"),
        ("general.description", &"x".repeat(200_000)),
        ("general.license", "apache-2.0"),
    ];
    let numbers = [("general.file_type", 15), ("llama.context_length", 8192)];
    let tensors: [(&str, &[u64]); 3] = [("token_embd.weight", &[4, 8]), ("blk.0.w", &[4]), ("blk.1.w", &[4])];
    let scan = scanned(&[("m.gguf", gguf(&texts, &numbers, &tensors))]);
    assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
    let found = model(&scan, "m");
    assert_eq!(told(found, FactKey::Quantisation), [("Q4_K_M", Basis::Declared)]);
    assert_eq!(told(found, FactKey::ContextLength), [("8192", Basis::Declared)]);
    assert_eq!(told(found, FactKey::Licence), [("apache-2.0", Basis::Declared)]);
    let template = format!("sha256:{}", sha256(b"{{ messages }}"));
    assert_eq!(told(found, FactKey::ChatTemplate), [(template.as_str(), Basis::Observed)]);
    assert_eq!(parents(found), [("org/base", Relation::Quantised)]);
    let summary = summary(&scan);
    assert_eq!((summary.parameters, summary.types.as_slice()), (40, [("I8".to_owned(), 3)].as_slice()));
    // GGUF writes the fastest dimension first.
    assert_eq!((summary.vocabulary, summary.hidden, summary.layers), (Some(8), Some(4), Some(2)));
}

#[test]
fn a_gguf_header_that_is_cut_off_or_absurd_is_a_finding_and_keeps_what_it_said_before() {
    let whole = gguf(&[("general.architecture", "llama")], &[], &[("a", &[1])]);
    let mut absurd = b"GGUF\x03\0\0\0".to_vec();
    absurd.extend([0xff; 16]);
    for bytes in [whole[..99].to_vec(), absurd, b"GGUF\0\0\0\x03rest".to_vec()] {
        let scan = scanned(&[("m.gguf", bytes)]);
        assert_eq!(codes(&scan), ["F-WEIGHTS-HEADER"]);
        assert!(values(model(&scan, "m"), FactKey::Tensors).is_empty());
    }
}

#[test]
fn a_card_and_configurations_tell_metrics_library_context_and_template() {
    let card = "---\nlibrary_name: transformers\nmodel-index:\n- results:\n  - dataset: {name: ARC}\n    metrics:\n    - {type: acc_norm, value: 75.17}\n---\n";
    let scan = scanned(&[
        ("README.md", card.into()),
        (
            "config.json",
            br#"{"max_position_embeddings":4096,"quantization_config":{"quant_method":"gptq","bits":4}}"#
                .to_vec(),
        ),
        (
            "tokenizer_config.json",
            br#"{"tokenizer_class":"LlamaTokenizer","chat_template":"{{ x }}"}"#.to_vec(),
        ),
    ]);
    let found = model(&scan, "m");
    for (key, value) in [
        (FactKey::Library, "transformers"),
        (FactKey::Metric, "acc_norm 75.17 on ARC"),
        (FactKey::ContextLength, "4096"),
        (FactKey::Quantisation, "gptq, 4 bits"),
        (FactKey::Tokenizer, "LlamaTokenizer"),
    ] {
        assert_eq!(told(found, key), [(value, Basis::Declared)]);
    }
    let template = format!("sha256:{}", sha256(b"{{ x }}"));
    assert_eq!(told(found, FactKey::ChatTemplate), [(template.as_str(), Basis::Observed)]);
}
