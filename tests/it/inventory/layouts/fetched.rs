//! What was fetched, and what of it is missing: parts, halves, downloads that broke off. Of half a model no number is
//! told; what was left out on purpose is not missed.

use super::*;

const COMMIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn weights(count: usize) -> Vec<u8> {
    let size = 4 * count;
    safetensors(&format!(r#"{{"w":{{"dtype":"F32","shape":[{count}],"data_offsets":[0,{size}]}}}}"#), size)
}

fn index(files: &[&str]) -> String {
    let map: Vec<String> =
        files.iter().enumerate().map(|(at, file)| format!("\"t{at}\":\"{file}\"")).collect();
    format!(r#"{{"metadata":{{"total_size":1}},"weight_map":{{{}}}}}"#, map.join(","))
}

fn tree(files: &[(&str, usize)]) -> String {
    let of = |(name, size): &(&str, usize)| format!(r#""{name}":{{"size":{size},"blob_id":"c"}}"#);
    format!(r#"{{"format_version":1,"files":{{{}}}}}"#, files.iter().map(of).collect::<Vec<_>>().join(","))
}

/// Its findings of missing weights, and what is observed of its parameters.
#[track_caller]
fn seen<'s>(scan: &'s Scan, id: &str) -> (Vec<&'s str>, Vec<&'s str>) {
    let found = scan.findings.iter().filter(|finding| finding.code == "F-WEIGHTS-ABSENT");
    let found = found.filter(|finding| finding.model.as_ref().is_some_and(|model| model.raw() == id));
    (found.map(|finding| finding.message.as_str()).collect(), values(model(scan, id), FactKey::Parameters))
}

#[test]
fn shards_that_an_index_or_their_own_names_promise_are_missed_and_no_number_is_told() {
    let bench = Bench::new();
    let parts = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    bench.write("src/by-index/model.safetensors.index.json", index(&["a.safetensors", "b.safetensors"]));
    bench.write("src/by-index/a.safetensors", weights(3));
    bench.write("src/by-name/config.json", "{}");
    bench.write(&format!("src/by-name/{}", parts[1]), weights(3));
    bench.write("src/bins/pytorch_model-00001-of-00003.bin", b"\x80\x02}q\x00.");
    bench.write("src/whole/model.safetensors.index.json", index(&parts));
    parts.iter().for_each(|part| {
        bench.write(
            &format!("src/whole/{part}"),
            safetensors(&format!(r#"{{"{part}":{{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}}}"#), 12),
        )
    });
    let scan = scan_path(&bench, &bench.path("src"));
    for (id, missing) in
        [("by-index", "b.safetensors"), ("by-name", parts[0]), ("bins", "2 of 3 files missing")]
    {
        let (found, parameters) = seen(&scan, id);
        assert_eq!((found.len(), parameters.len()), (1, 0), "{id} {found:?} {parameters:?}");
        assert!(found[0].contains(missing), "{found:?}");
    }
    assert_eq!(seen(&scan, "whole"), (vec![], vec!["6"]));
}

#[test]
fn another_form_of_the_weights_that_nobody_fetched_is_not_missed() {
    let bench = Bench::new();
    bench.write("src/m/config.json", "{}");
    bench.write("src/m/model.safetensors", weights(3));
    bench.write("src/m/pytorch_model.bin.index.json", index(&["pytorch_model-00001-of-00002.bin"]));
    bench.write("src/v/config.json", "{}");
    bench.write("src/v/model.safetensors", weights(5));
    bench.write("src/v/model.fp16-00001-of-00002.safetensors", weights(3));
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(seen(&scan, "m"), (vec![], vec!["3"]));
    // Half of a second precision is told, and the whole first one counts.
    let (found, parameters) = seen(&scan, "v");
    assert_eq!((found.len(), parameters), (1, vec!["5"]));
}

#[test]
fn a_split_gguf_is_missed_by_its_name_and_by_its_own_header() {
    let bench = Bench::new();
    let part = |split: u16| {
        let mut bytes =
            gguf(&[("general.architecture", "llama")], &[("general.file_type", 15)], &[("t", &[64])]);
        // One entry more: a number of 16 bits.
        bytes[16] += 1;
        let mut entry = 11_u64.to_le_bytes().to_vec();
        entry.extend(b"split.count\x02\0\0\0");
        entry.extend(split.to_le_bytes());
        bytes.splice(24..24, entry);
        let aligned = (bytes.len() - 64).next_multiple_of(32);
        bytes.resize(aligned, 0);
        let header = bytes.len() - 64;
        let _ = header;
        bytes
    };
    bench.write("src/named/foo-Q4_K_M-00001-of-00002.gguf", part(2));
    bench.write("src/unnamed/foo.gguf", part(3));
    let scan = scan_path(&bench, &bench.path("src"));
    for (id, missing) in [("named", "foo-Q4_K_M-00002-of-00002.gguf"), ("unnamed", "2 of 3 files missing")] {
        let (found, parameters) = seen(&scan, id);
        assert_eq!((found.len(), parameters.len()), (1, 0), "{id} {found:?} {parameters:?}");
        assert!(found[0].contains(missing), "{found:?}");
    }
}

#[test]
fn a_pipeline_lacks_parts_that_its_index_or_its_repository_names() {
    let bench = Bench::new();
    let parts = r#"{"_class_name":"P","unet":["diffusers","U"],"vae":["diffusers","V"],"safety_checker":[null,null]}"#;
    bench.write("src/m/model_index.json", parts);
    bench.write("src/m/vae/diffusion_pytorch_model.safetensors", weights(3));
    bench.write("src/own/model_index.json", r#"{"unet":["my_unet","U"],"vae":["diffusers","V"]}"#);
    bench.write("src/own/vae/diffusion_pytorch_model.safetensors", weights(3));
    let snapshot = format!("src/models--a--p/snapshots/{COMMIT}");
    bench.write(&format!("{snapshot}/model_index.json"), parts);
    bench.write(&format!("{snapshot}/unet/config.json"), "{}");
    bench.write(&format!("{snapshot}/vae/diffusion_pytorch_model.safetensors"), weights(3));
    let unet = "unet/diffusion_pytorch_model.safetensors";
    bench.write(
        &format!("src/models--a--p/trees/{COMMIT}.json"),
        tree(&[
            ("model_index.json", 1),
            (unet, 99),
            ("vae/diffusion_pytorch_model.safetensors", 9),
            ("onnx/m.onnx", 9),
        ]),
    );
    let scan = scan_path(&bench, &bench.path("src"));
    let (found, parameters) = seen(&scan, "m");
    assert!(
        found.len() == 1 && found[0].contains("unet/") && parameters.is_empty(),
        "{found:?} {parameters:?}"
    );
    let (found, parameters) = seen(&scan, "a/p");
    assert!(found.len() == 1 && found[0].contains(unet) && parameters.is_empty(), "{found:?} {parameters:?}");
    assert!(seen(&scan, "own").0.is_empty(), "nobody here knows where another library looks");
}

#[test]
fn what_is_shorter_than_its_repository_says_is_told_and_an_edited_card_is_not() {
    let bench = Bench::new();
    let snapshot = format!("src/models--a--m/snapshots/{COMMIT}");
    bench.write(&format!("{snapshot}/README.md"), "x");
    bench.write(&format!("{snapshot}/model.safetensors"), weights(3));
    bench.write(
        &format!("src/models--a--m/trees/{COMMIT}.json"),
        tree(&[("README.md", 99), ("model.safetensors", 5000)]),
    );
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(codes(&scan), ["F-FILE-SHORT"]);
    assert!(seen(&scan, "a/m").1.is_empty());
    bench.write(
        &format!("src/models--a--m/trees/{COMMIT}.json"),
        tree(&[("README.md", 99), ("model.safetensors", 9)]),
    );
    assert_eq!(codes(&scan_path(&bench, &bench.path("src"))), [] as [&str; 0]);
}

#[test]
fn a_download_that_broke_off_is_told_until_the_file_is_there() {
    let bench = Bench::new();
    let blob = "c".repeat(64);
    bench.write("src/models--a--m/refs/main", COMMIT);
    bench.write(&format!("src/models--a--m/blobs/{blob}.incomplete"), "part");
    let partial = |scan: &Scan| codes(scan).contains(&"F-DOWNLOAD-PARTIAL");
    assert!(partial(&scan_path(&bench, &bench.path("src"))), "nothing but the beginning of a file");
    bench.write(&format!("src/models--a--m/snapshots/{COMMIT}/config.json"), "{}");
    assert!(partial(&scan_path(&bench, &bench.path("src"))));
    bench.write(&format!("src/models--a--m/blobs/{blob}"), "whole");
    assert_eq!(codes(&scan_path(&bench, &bench.path("src"))), [] as [&str; 0]);
    bench.write("src/plain/model.gguf.part", "GGUF");
    bench.write("src/plain/config.json", "{}");
    assert!(partial(&scan_path(&bench, &bench.path("src"))));
}

#[test]
fn a_download_into_a_folder_has_its_commit_and_files_of_two_commits_are_told() {
    let bench = Bench::new();
    let kept = "src/copy/.cache/huggingface/download";
    let of = |name: &str, commit: &str, etag: &str| {
        bench.write(&format!("{kept}/{name}.metadata"), format!("{commit}\n{etag}\n1795679120.05\n"));
    };
    bench.write("src/copy/config.json", "{}");
    bench.write("src/copy/model.safetensors", weights(3));
    of("config.json", COMMIT, &"d".repeat(40));
    of("model.safetensors", COMMIT, &"e".repeat(64));
    // Taken away since.
    of("gone.bin", OTHER, &"f".repeat(64));
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(codes(&scan), [] as [&str; 0]);
    assert_eq!(told(model(&scan, "copy"), FactKey::Version), [(COMMIT, Basis::Declared)]);
    assert_eq!(values(model(&scan, "copy"), FactKey::Address), [format!("sha256:{}", "e".repeat(64))]);
    of("config.json", OTHER, &"d".repeat(40));
    let scan = scan_path(&bench, &bench.path("src"));
    assert_eq!(codes(&scan), ["F-HUB-MIXED"]);
    assert!(values(model(&scan, "copy"), FactKey::Version).is_empty());
}

#[test]
fn what_a_cache_keeps_beside_its_snapshots_is_no_model() {
    let bench = Bench::new();
    bench.write(&format!("src/models--a--m/.no_exist/{COMMIT}/adapter_config.json"), "");
    bench.write("src/models--a--m/refs/main", COMMIT);
    bench.write(&format!("src/models--a--m/trees/{COMMIT}.json"), "{}");
    bench.write("src/.locks/models--a--m/config.json", "");
    for below in ["", "models--a--m", "models--a--m/.no_exist", ".locks"] {
        let scan = scan_path(&bench, &bench.path(&format!("src/{below}")));
        assert!(scan.models.is_empty(), "{below}");
    }
}
