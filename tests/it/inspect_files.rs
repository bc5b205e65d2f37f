//! `inspect` of what a triager opens first: weights, archives, pickles, cards.

use crate::support::{out, touchmark};
use std::fs;

fn inspected(name: &str, bytes: &[u8]) -> (String, serde_json::Value) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(name);
    fs::write(&file, bytes).unwrap();
    let file = file.to_str().unwrap();
    let shown = touchmark(["inspect", file]);
    assert!(shown.status.success(), "{name}: {}", String::from_utf8_lossy(&shown.stderr));
    let json = touchmark(["inspect", file, "--format", "json"]);
    (out(&shown), serde_json::from_slice(&json.stdout).unwrap())
}

/// Values of a label.
fn values<'j>(json: &'j serde_json::Value, label: &str) -> Vec<&'j str> {
    let fields = json["fields"].as_array().unwrap();
    fields.iter().filter(|field| field[0] == label).map(|field| field[1].as_str().unwrap()).collect()
}

const SYSTEM: &[u8] = b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.";
const TENSOR: &[u8] = b"\x80\x02}X\x08\x00\x00\x00a.weightctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00\
storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQK\x00K\x02K\x03\x86K\x03K\x01\x86\x89\
ccollections\nOrderedDict\n)RtRs.";

/// An archive of stored entries.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let at = out.len() as u32;
        let size = bytes.len() as u32;
        let common = |out: &mut Vec<u8>| {
            out.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            out.extend(size.to_le_bytes());
            out.extend(size.to_le_bytes());
            out.extend((name.len() as u16).to_le_bytes());
            out.extend([0, 0]);
        };
        out.extend(b"PK\x03\x04");
        common(&mut out);
        out.extend(name.as_bytes());
        out.extend(*bytes);
        directory.extend(b"PK\x01\x02\x14\0");
        common(&mut directory);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, size, count) = (out.len() as u32, directory.len() as u32, entries.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A tar archive of the oldest kind.
fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = [&block, bytes].concat();
    out.resize(out.len().next_multiple_of(512) + 1024, 0);
    out
}

#[test]
fn a_pickle_shows_what_it_imports_and_calls_and_what_that_would_run() {
    for name in ["m.pkl", "pytorch_model.bin", "x"] {
        let (text, json) = inspected(name, SYSTEM);
        assert_eq!(json["kind"], "Python pickle");
        assert_eq!(values(&json, "import"), ["posix.system: called, dangerous"]);
        assert!(values(&json, "on loading")[0].starts_with("dangerous pickle posix.system"), "{text}");
    }
    let (_, json) = inspected("m.pkl", b"\x80\x02ccollections\nOrderedDict\n)R.");
    assert_eq!(values(&json, "import"), ["collections.OrderedDict: called, safe"]);
    assert!(values(&json, "on loading")[0].starts_with("safe"));
}

#[test]
fn archives_show_what_they_hold_and_pytorch_its_tensors() {
    let (text, json) =
        inspected("m.pt", &zip(&[("a/data.pkl", TENSOR), ("a/data/0", &[0; 24]), ("a/version", b"3\n")]));
    assert_eq!(json["kind"], "PyTorch archive", "{text}");
    assert_eq!(values(&json, "holds"), ["3 files"]);
    assert_eq!(values(&json, "tensor"), ["a.weight  Float [2, 3]"]);
    assert_eq!(values(&json, "tensors"), ["1, 6 parameters as their shapes say"]);
    let (_, json) = inspected("m.tar", &tar("pickle", SYSTEM));
    assert_eq!(json["kind"], "tar archive");
    assert_eq!(values(&json, "import"), ["posix.system: called, dangerous"]);
    let (_, json) = inspected(
        "m.mar",
        &zip(&[("MAR-INF/MANIFEST.json", b"{}"), ("model.pt", &zip(&[("a/data.pkl", SYSTEM)]))]),
    );
    assert_eq!(json["kind"], "TorchServe archive");
    assert!(values(&json, "on loading").iter().any(|line| line.starts_with("dangerous pickle posix.system")));
}

#[test]
fn keras_shows_its_layers_and_numpy_its_arrays() {
    let config = br#"{"module":"keras","class_name":"Sequential","config":{"name":"s","layers":[
        {"module":"keras.layers","class_name":"Dense","config":{"name":"dense"}},
        {"module":"keras.layers","class_name":"Lambda","config":{"name":"evil"}}]}}"#;
    let entries: [(&str, &[u8]); 3] =
        [("config.json", config), ("metadata.json", b"{}"), ("model.weights.h5", b"\x89HDF\r\n\x1a\n")];
    let (_, json) = inspected("m.keras", &zip(&entries));
    assert_eq!(json["kind"], "Keras archive");
    assert_eq!(
        values(&json, "layer"),
        ["Sequential s  of keras", "Dense dense  of keras.layers", "Lambda evil  of keras.layers"]
    );
    assert!(values(&json, "on loading")[0].starts_with("dangerous Keras Lambda"));
    let h5 = [b"\x89HDF\r\n\x1a\n".as_slice(), config].concat();
    let (_, json) = inspected("m.h5", &h5);
    assert_eq!(values(&json, "layer").len(), 3);
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
    let array =
        [b"\x93NUMPY\x01\0".as_slice(), &(header.len() as u16).to_le_bytes(), header.as_bytes(), &[0; 8]]
            .concat();
    let (_, json) = inspected("a.npy", &array);
    assert_eq!(
        (json["kind"].as_str().unwrap(), values(&json, "array")),
        ("NumPy array", vec![header.trim()])
    );
    let (_, json) = inspected("a.npz", &zip(&[("x.npy", &array)]));
    assert_eq!(json["kind"], "NumPy archive");
    assert_eq!(values(&json, "array"), [format!("x.npy  {}", header.trim())]);
}

#[test]
fn onnx_shows_operators_inputs_and_tensors() {
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8], bytes].concat();
    let node = field(1, &[field(4, b"MatMul"), field(7, b"")].concat());
    let tensor = field(5, &[&[0x08, 2, 0x08, 3, 0x10, 1][..], &field(8, b"w")].concat());
    let graph =
        [node, field(2, b"g"), tensor, field(11, &field(1, b"x")), field(12, &field(1, b"y"))].concat();
    let model = [&[0x08, 9][..], &field(2, b"acme"), &field(7, &graph), &field(8, &[0x10, 17])].concat();
    let (text, json) = inspected("m.onnx", &model);
    assert_eq!(json["kind"], "ONNX model", "{text}");
    assert_eq!(values(&json, "tensor"), ["w  F32 [2, 3]"]);
    assert_eq!((values(&json, "input"), values(&json, "output")), (vec!["x"], vec!["y"]));
    assert_eq!(values(&json, "operator"), ["MatMul × 1"]);
    assert_eq!(values(&json, "operators of"), ["ai.onnx 17"]);
}

#[test]
fn gguf_of_either_order_of_bytes_is_counted_right() {
    for (version, one, none) in
        [([3, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0], [0; 8]), ([0, 0, 0, 3], [0, 0, 0, 0, 0, 0, 0, 1], [0; 8])]
    {
        let (text, json) = inspected("m.gguf", &[b"GGUF".as_slice(), &version, &none, &one].concat());
        assert!(values(&json, "version")[0].starts_with('3'), "{text}");
        assert_eq!((values(&json, "tensors"), values(&json, "metadata")), (vec!["0"], vec!["1 pairs"]));
    }
}

#[test]
fn cards_kitfiles_mlmodel_and_pointers_are_called_what_they_are() {
    let (_, json) = inspected("README.md", b"---\nlicense: mit\nbase_model: acme/base\n---\n# Hi\n");
    assert_eq!(values(&json, "licence, as the file says"), ["mit"]);
    assert_eq!(values(&json, "derives from"), ["acme/base (finetune)"]);
    let kit = b"manifestVersion: 1.0.0\npackage: {name: acme, version: 2}\nmodel: {path: ./m.gguf}\ncode: [{path: run.py}]\n";
    let (_, json) = inspected("Kitfile", kit);
    assert_eq!((values(&json, "name"), values(&json, "code")), (vec!["acme"], vec!["run.py"]));
    assert_eq!(values(&json, "on loading").len(), 1);
    let mlmodel = b"flavors:\n  python_function: {loader_module: acme.evil, code: code}\nrun_id: a\n";
    let (text, json) = inspected("MLmodel", mlmodel);
    assert!(values(&json, "loading takes").contains(&"python_function: loader_module acme.evil"), "{text}");
    assert!(values(&json, "on loading").iter().any(|line| line.contains("acme.evil")), "{text}");
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n";
    let (_, json) = inspected("model.safetensors", pointer);
    assert!(json["kind"].as_str().unwrap().starts_with("Git LFS pointer"));
}

#[test]
fn hostile_text_is_made_safe_and_what_is_none_of_these_is_an_error() {
    let evil = b"\x80\x02cmod\x1b[31m\nname\xe2\x80\xae\n.";
    let (text, _) = inspected("m.pkl", evil);
    assert!(!text.contains('\x1b') && !text.contains('\u{202e}'), "{text:?}");
    for (name, bytes) in [
        ("notes.txt", b"nothing".as_slice()),
        ("README.md", b"# only prose\n"),
        ("x.bin", &[0xff; 64]),
        ("empty", b""),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(name);
        fs::write(&file, bytes).unwrap();
        let refused = touchmark(["inspect", file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(4), "{name}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("E-MALFORMED") && said.contains("help: known are"), "{said}");
    }
}
