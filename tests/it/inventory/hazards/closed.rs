//! The closed world: what is known to be data raises nothing, and nothing else passes for it.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use touchmark::inventory::{Format, HazardKind, Tier, read_model};

use super::archives::{onnx, stored, zip};
use super::{SYSTEM, TENSOR, folder, hazards, tiers};
use crate::support::{out, touchmark};

/// The worst that is told of a file: none when it is known to be data.
fn worst(name: &str, bytes: &[u8]) -> Option<Tier> {
    tiers(name, bytes).into_iter().filter(|tier| *tier <= Tier::Suspicious).min()
}

fn tensors(header: &str, data: usize) -> Vec<u8> {
    [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &vec![1; data]].concat()
}

fn tensor(name: &str, from: usize, to: usize) -> String {
    format!(r#""{name}":{{"dtype":"U8","shape":[{}],"data_offsets":[{from},{to}]}}"#, to - from)
}

fn gguf(tensors: &[(&str, u64, u64)], data: usize) -> Vec<u8> {
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend(0_u64.to_le_bytes());
    for (name, length, offset) in tensors {
        out.extend((name.len() as u64).to_le_bytes());
        out.extend(name.as_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(length.to_le_bytes());
        out.extend(24_u32.to_le_bytes());
        out.extend(offset.to_le_bytes());
    }
    out.resize(out.len().next_multiple_of(32), 0);
    out.extend(vec![1; data]);
    out
}

/// One block of 512 bytes a header, without the word that newer tars have.
fn tar(name: &[u8], bytes: &[u8], is_ustar: bool) -> Vec<u8> {
    let mut block = [0_u8; 512];
    block[..name.len()].copy_from_slice(name);
    block[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    if is_ustar {
        block[257..265].copy_from_slice(b"ustar\x0000");
    }
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut out = [block.as_slice(), bytes].concat();
    out.resize(out.len().next_multiple_of(512) + 1024, 0);
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &compress_to_vec(bytes, 6), &[0; 8]].concat()
}

fn sentencepiece() -> Vec<u8> {
    b"\n\x0e\n\x05<unk>\x15\0\0\0\0\x18\x02\n\n\n\x03\xe2\x96\x81\x15\0\0\0\0".to_vec()
}

fn png() -> Vec<u8> {
    let chunk = |kind: &[u8], bytes: &[u8]| {
        [(bytes.len() as u32).to_be_bytes().as_slice(), kind, bytes, b"\0\0\0\0"].concat()
    };
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &[0; 13]), chunk(b"IEND", b"")].concat()
}

/// Whole inputs for the fuzz targets.
pub(crate) fn sealed() -> Vec<Vec<u8>> {
    let unhex = |text: &str| hex::decode(text).unwrap();
    let inner = tar(b"a/b.pt", SYSTEM, true);
    vec![
        gzip(SYSTEM),
        gzip(&inner),
        inner,
        unhex(XZ),
        unhex(LZMA),
        compress_to_vec_zlib(SYSTEM, 6),
        unhex(BZ2),
        unhex(LZ4),
    ]
}

/// The same, of what lies beside weights.
pub(crate) fn beside() -> Vec<Vec<u8>> {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>".to_vec();
    let wave = b"RIFF\x0c\0\0\0WAVEdata\0\0\0\0".to_vec();
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
    let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xda\0\x02\x11\xff\0\x22\xff\xd9".to_vec();
    let video = b"\0\0\0\x0cftypisom\0\0\0\x08mdat".to_vec();
    let signature = b"\x88\x05\x04\0\x16\x08\0".to_vec();
    vec![png(), sentencepiece(), svg, wave, gif, jpeg, video, signature, b"OggS".to_vec()]
}

#[test]
fn what_lies_beside_the_weights_of_ordinary_models_raises_nothing() {
    let vocabulary: String = (0..20_000).map(|at| format!("ca{at}\nRe{at}.\n(t\n")).collect();
    let riff = |kind: &[u8]| [b"RIFF\x0c\0\0\0".as_slice(), kind, b"data\0\0\0\0"].concat();
    let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xda\0\x02\x11\xff\0\x22\xff\xd9".to_vec();
    let array = {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n";
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\0".as_slice(), &length, header.as_bytes(), &[0; 8]].concat()
    };
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("model.safetensors", tensors(&format!("{{{},{}}}", tensor("a", 0, 4), tensor("b", 4, 6)), 6)),
        ("empty.safetensors", tensors("{}", 0)),
        ("a.gguf", gguf(&[("a", 40, 0), ("b", 8, 64)], 72)),
        ("padded.gguf", gguf(&[("a", 40, 0)], 64)),
        ("none.gguf", b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
        ("model.safetensors.index.json", br#"{"weight_map":{"w":"model.safetensors"}}"#.to_vec()),
        ("tokenizer.json", br#"{"version":"1.0","model":{"vocab":{"a":0}}}"#.to_vec()),
        ("merges.txt", b"#version: 0.2\nc os\nc system\n(S 'id'\nt R.\n".to_vec()),
        ("vocab.txt", vocabulary.into_bytes()),
        ("tokenizer.tiktoken", b"IQ== 0\nIg== 1\n".to_vec()),
        ("tokenizer.model", sentencepiece()),
        (
            "README.md",
            b"---\nlicense: mit\n---\n# A model\n\n```python\nimport os\nos.system('id')\n```\n".to_vec(),
        ),
        ("LICENSE", b"Apache License\n".to_vec()),
        ("COPYRIGHT", "\u{a9} the authors\n".as_bytes().to_vec()),
        (".gitattributes", b"*.safetensors filter=lfs\n".to_vec()),
        ("a.csv", b"07070,1\n".to_vec()),
        ("b.txt", b"MZ and BZh begin a line\n".to_vec()),
        ("c.txt", b"BZhere\n".to_vec()),
        ("data.jsonl", b"{}\n{}\n".to_vec()),
        ("table.csv", "a,\u{e9}\n1,2\n".as_bytes().to_vec()),
        ("settings.yaml", b"a: 1\n".to_vec()),
        ("pyproject.toml", b"[a]\nb = 1\n".to_vec()),
        ("logo.png", png()),
        ("photo.jpg", jpeg),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>".to_vec()),
        ("anim.gif", beside()[4].clone()),
        ("film.mp4", beside()[6].clone()),
        ("model.sig.gpg", beside()[7].clone()),
        ("voice.wav", riff(b"WAVE")),
        ("picture.webp", riff(b"WEBP")),
        (
            "events.out.tfevents.1.host.2.0",
            b"\x03\x00\x00\x00\x00\x00\x00\x00\xb0\x99\x49\x0e\xff\x00\x01\x00\x00\x00\x00".to_vec(),
        ),
        ("mean.npy", array.clone()),
        ("arrays.npz", zip(&[stored("a.npy", &array)])),
        ("net.onnx", onnx("net.onnx_data", "", "MatMul")),
        ("net.onnx_data", vec![0xf3; 300]),
        ("empty", Vec::new()),
        ("card.pdf", b"%PDF-1.7\n\xff\xff\n%%EOF\n".to_vec()),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let found = folder(&files);
    let told: Vec<_> = found.hazards.iter().filter(|hazard| hazard.tier <= Tier::Suspicious).collect();
    assert!(told.is_empty(), "{told:#?}");
    assert_eq!(found.formats, [Format::Safetensors, Format::Gguf, Format::Onnx]);
}

#[test]
fn what_is_of_no_known_kind_is_never_safe() {
    let others: [(&str, &[u8]); 31] = [
        ("lib.so", b"\x7fELF\x02\x01\x01\0"),
        ("weights.bin", b"\x7fELF\x02\x01\x01\0"),
        ("run.exe", b"MZ\x90\0"),
        ("lib.dylib", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
        ("a.wasm", b"\0asm\x01\0\0\0"),
        ("a.class", b"\xca\xfe\xba\xbe\0\0\0\x34"),
        ("own.pyc", b"\xa7\x0d\x0d\x0a\0\0\0\0"),
        ("notes", b"#!/bin/sh\nid\n"),
        ("notes.txt", b"#!/usr/bin/env python3\n"),
        ("own.py", b"x = 1\n"),
        ("own.sh", b"id\n"),
        ("own.js", b"1\n"),
        ("Makefile", b"all:\n\tid\n"),
        ("a.yaml", b"a: !!python/object/apply:os.system ['id']\n"),
        ("page.txt", b"<html><script>alert(1)</script></html>"),
        ("logo.svg", b"<svg><script>alert(1)</script></svg>"),
        ("logo2.svg", b"<svg onload='alert(1)'/>"),
        ("saved_model.pb", b"\x08\x01\x12\x03\xff\xff\xff"),
        ("flax_model.msgpack", b"\x81\xa1\x61\xc4\x01\xff"),
        ("model.tflite", b"\x1c\0\0\0TFL3"),
        ("engine.plan", b"ptrt\0\0\0\0"),
        ("model.mlmodel", b"\x08\x04\x12\x03\xff\xff\xff"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("a.rar", b"Rar!\x1a\x07\x01\0"),
        ("a.bin", b"\xde\xad\xbe\xef"),
        ("a.txt", b"text\0with a hole"),
        ("latin.md", b"caf\xe9\n"),
        ("a.gpg", b"\x85\x01\x0c\x03\xff\xff\xff\xff"),
        ("tokens.model", b"\n\x0e\n\x05<unk>\xff"),
        ("a.db", b"SQLite format 3\0"),
        ("net.onnx_data", b"\xf3\xf3\xf3\xf3"),
    ];
    for (name, bytes) in others {
        assert_eq!(worst(name, bytes), Some(Tier::Unreadable), "{name}: {:?}", hazards(name, bytes));
    }
    assert_eq!(hazards("lib.so", b"\x7fELF\x02\x01\x01\0")[0].kind, HazardKind::Program);
}

#[test]
fn what_begins_as_data_and_goes_on_as_something_else_is_not_safe() {
    let behind = zip(&[stored("a/data.pkl", SYSTEM)]);
    let text = "a".repeat(70_000);
    let user_block = [vec![1; 512], b"\x89HDF\r\n\x1a\n".to_vec()].concat();
    let spoiled: Vec<(&str, Vec<u8>)> = vec![
        ("logo.png", [png(), b"more".to_vec()].concat()),
        ("logo.png", png()[..20].to_vec()),
        ("tokenizer.model", [sentencepiece(), b"\x3a\x01x".to_vec()].concat()),
        ("voice.mp3", [b"ID3\x04\0".to_vec(), behind.clone()].concat()),
        ("card.pdf", b"%PDF-1.7\n\xff".to_vec()),
        ("long.txt", [text.as_bytes(), b"\xff\xfe"].concat()),
        ("long.txt", [text.as_bytes(), b"\xc3"].concat()),
        ("long.txt", [text.as_bytes(), b"\0"].concat()),
        ("weights.h5", user_block),
        ("w.bin", [b"\xf0\xf0\xf0".to_vec(), behind].concat()),
        ("mean.npy", b"\x93NUMPY\x01\0\x10\0{'descr': '<f4'}".to_vec()),
    ];
    for (name, bytes) in spoiled {
        assert_eq!(worst(name, &bytes), Some(Tier::Unreadable), "{name}: {:?}", hazards(name, &bytes));
    }
    // A character that lies across what is read at a time is whole.
    for shift in 0..4 {
        let long = [vec![b'a'; 65_533 + shift], "\u{1f600}".repeat(300_000).into_bytes()].concat();
        assert_eq!(worst("long.txt", &long), None, "{shift}");
    }
}

#[test]
fn safetensors_and_gguf_are_data_only_when_they_are_whole_to_the_last_byte() {
    let both = |a: String, b: String, data| tensors(&format!("{{{a},{b}}}"), data);
    let files = [
        ("overlap", both(tensor("a", 0, 4), tensor("b", 2, 6), 6)),
        ("hole", both(tensor("a", 0, 4), tensor("b", 6, 8), 8)),
        ("before", tensors(&format!("{{{}}}", tensor("a", 2, 4)), 4)),
        ("behind", tensors(&format!("{{{}}}", tensor("a", 0, 4)), 5)),
        ("outside", tensors(&format!("{{{}}}", tensor("a", 0, 4)), 3)),
        ("twice", both(tensor("a", 0, 4), tensor("a", 4, 6), 6)),
        ("nothing", tensors("{}", 7)),
        ("type", tensors(r#"{"a":{"dtype":"PY","shape":[4],"data_offsets":[0,4]}}"#, 4)),
        ("shape", tensors(r#"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,4]}}"#, 4)),
        ("spare", tensors(&format!("{{{}}} x", tensor("a", 0, 4)), 4)),
    ];
    for (what, bytes) in files {
        let found = folder(&[("model.safetensors", &bytes)]);
        assert_eq!(found.hazards.iter().map(|hazard| hazard.tier).min(), Some(Tier::Unreadable), "{what}");
    }
    let files = [
        ("overlap", gguf(&[("a", 40, 0), ("b", 8, 32)], 64)),
        ("hole", gguf(&[("a", 8, 0), ("b", 8, 64)], 96)),
        ("behind", gguf(&[("a", 40, 0)], 65)),
        ("outside", gguf(&[("a", 40, 0)], 39)),
        ("twice", gguf(&[("a", 32, 0), ("a", 8, 32)], 64)),
        ("nothing", gguf(&[], 32)),
    ];
    for (what, bytes) in files {
        let found = folder(&[("a.gguf", &bytes)]);
        assert_eq!(found.hazards.iter().map(|hazard| hazard.tier).min(), Some(Tier::Unreadable), "{what}");
    }
    // Each file of several counts, not the first alone.
    let (good, bad) = (gguf(&[("a", 8, 0)], 8), gguf(&[("a", 8, 0)], 200));
    assert!(!folder(&[("a.gguf", &good), ("z.gguf", &bad)]).hazards.is_empty());
    assert!(folder(&[("a.gguf", &good), ("z.gguf", &good)]).hazards.is_empty());
}

#[test]
fn a_pickle_in_any_compression_is_a_pickle_under_any_name() {
    let unhex = |text: &str| hex::decode(text).unwrap();
    let zstd = {
        let block = ((SYSTEM.len() as u32) << 3 | 1).to_le_bytes();
        [b"\x28\xb5\x2f\xfd\x20".as_slice(), &[SYSTEM.len() as u8], &block[..3], SYSTEM].concat()
    };
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz.write_all(SYSTEM).unwrap();
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(SYSTEM).unwrap();
    let old = [format!("ZF0x{:<17x}", SYSTEM.len()).as_bytes(), &compress_to_vec_zlib(SYSTEM, 6)].concat();
    let packed: [(&str, Vec<u8>); 8] = [
        ("gz", gzip(SYSTEM)),
        ("zlib", compress_to_vec_zlib(SYSTEM, 6)),
        ("old", old),
        ("bz2", bz.finish().unwrap()),
        ("xz", unhex(XZ)),
        ("lzma", unhex(LZMA)),
        ("zstd", zstd),
        ("lz4", lz4.finish().unwrap()),
    ];
    for (how, bytes) in &packed {
        for name in ["model.joblib", "model.pkl.gz", "model.bin", "x", "notes.txt"] {
            let found = folder(&[(name, bytes)]);
            let told: Vec<_> = found.hazards.iter().map(|hazard| (hazard.tier, hazard.what.raw())).collect();
            assert!(told.contains(&(Tier::Dangerous, "os.system")), "{how} {name}: {:?}", found.hazards);
            assert!(found.formats.contains(&Format::Pickle), "{how} {name}");
        }
        // Twice, in an archive, and cut off.
        assert!(tiers("a.gz", &gzip(&gzip(bytes))).contains(&Tier::Dangerous), "{how}");
        assert!(tiers("a.zip", &zip(&[stored("x/y", bytes)])).contains(&Tier::Dangerous), "{how}");
        assert!(worst("x.bin", &bytes[..bytes.len() - 12]).is_some(), "{how}");
    }
    // What is harmless inside is not known to be so for whoever loads it.
    assert_eq!(tiers("a.json.gz", &gzip(b"{}")), [Tier::Unreadable]);
    assert_eq!(worst("a.pkl.gz", &gzip(TENSOR)), Some(Tier::Unreadable));
    assert_eq!(folder(&[("a.gz", &gzip(TENSOR))]).formats, [Format::Pickle]);
    // A text that begins as zlib would is a text.
    assert_eq!(worst("a.txt", b"x^brown fox jumps over the lazy dog, again and again\n"), None);
}

const BZ2: &str = "425a68393141592653591f2f22a5000004d380001000c118000e228c2020002221a1b44f298a600028bc8e0424b8257e99358bb9229c28480f97915280";
const LZ4: &str = "04224d1860408215000080636f730a73797374656d0a2853276964270a74522e00000000";
const XZ: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a3010014636f730a73797374656d0a2853276964270a74522e00000000b58c30ae0b9516ac00012d152f0b716d1fb6f37d010000000004595a";
const LZMA: &str =
    "5d00008000ffffffffffffffff00319bcac6b27c65dfdf91599fb1d67e2d716a0571564cf2f32897ffff98ce0000";

#[test]
fn archives_in_archives_and_tars_of_any_age_are_looked_into() {
    let torch = zip(&[stored("archive/data.pkl", SYSTEM)]);
    for is_ustar in [false, true] {
        for name in ["pytorch_model.bin", "model.tar", "x", "m.nemo"] {
            let found = folder(&[(name, &tar(b"pickle", SYSTEM, is_ustar))]);
            assert_eq!(found.hazards[0].what.raw(), "os.system", "{name}: {:?}", found.hazards);
            assert!(found.formats.contains(&Format::Pickle));
        }
        assert!(tiers("m.tar.gz", &gzip(&tar(b"a/m.pt", &torch, is_ustar))).contains(&Tier::Dangerous));
        assert_eq!(tiers("a.tar", &tar(b"a.txt", b"text", is_ustar)), [Tier::Unreadable]);
        assert_eq!(tiers("a.tar", &tar(b"../a.txt", b"text", is_ustar)), [Tier::Dangerous]);
    }
    // The name of the first member is a pickle of its own, and PyTorch takes the tar.
    let both = tar(b"\x80\x02}.", SYSTEM, false);
    assert!(tiers("pytorch_model.bin", &both).contains(&Tier::Dangerous));
    let nested = zip(&[stored("handler.txt", b"x"), stored("model.pt", &torch)]);
    let found = hazards("m.mar", &nested);
    assert_eq!((found[0].tier, found[0].what.raw()), (Tier::Dangerous, "os.system"));
    assert!(found[0].place.raw().starts_with("model.pt, archive/data.pkl"), "{}", found[0].place.raw());
    // Deeper than anybody packs.
    let deep = (0..8).fold(SYSTEM.to_vec(), |inner, _| gzip(&inner));
    assert_eq!(worst("a.gz", &deep), Some(Tier::Unreadable));
    for name in ["code/__torch__.py", "constants.pkl"] {
        let script = zip(&[
            stored("m/data.pkl", TENSOR),
            stored(&format!("m/{name}"), b"\x80\x02)."),
            stored("m/version", b"3"),
        ]);
        assert!(tiers("m.pt", &script).contains(&Tier::Unreadable), "{name}");
    }
}

#[test]
fn a_bomb_ends_in_what_is_not_known() {
    let began = Instant::now();
    let zeroes = gzip(&vec![0; 200 << 20]);
    for bomb in [gzip(&zeroes), compress_to_vec_zlib(&vec![0; 200 << 20], 1), zeroes] {
        assert_eq!(worst("a.gz", &bomb), Some(Tier::Unreadable));
        assert!(worst("a.zip", &zip(&vec![stored("x", &bomb); 12])).is_some());
    }
    // What begins again and again.
    for again in ["{\"class_name\":", "{\"", "{{ x }}", "{%", "ccc\nccc\n(", "co\n"] {
        let text = again.repeat((1 << 18) / again.len());
        let h5 = [b"\x89HDF\r\n\x1a\n".as_slice(), text.as_bytes()].concat();
        for (name, bytes) in
            [("a.h5", h5.as_slice()), ("a.jinja", text.as_bytes()), ("a.txt", text.as_bytes())]
        {
            drop(hazards(name, bytes));
        }
    }
    // A bomb that goes off takes hours; a busy machine, a minute.
    assert!(began.elapsed() < Duration::from_secs(600), "{:?}", began.elapsed());
}

#[test]
fn a_pickle_of_protocol_0_is_found_under_any_ending_and_in_a_text() {
    for name in ["model.jl", "model.txt", "README.md", "vocab.json", "x", "weights.dat"] {
        let found = folder(&[(name, SYSTEM)]);
        assert_eq!(found.hazards[0].what.raw(), "os.system", "{name}: {:?}", found.hazards);
        assert_eq!(found.formats, [Format::Pickle], "{name}");
    }
    let inst = b"(S'id'\nios\nsystem\n.".as_slice();
    for pickle in [SYSTEM, inst] {
        let within = [b"# Notes\n\nSome words.\n".as_slice(), pickle].concat();
        assert!(tiers("notes.md", &within).contains(&Tier::Dangerous), "{within:?}");
        let far = ["a word\n".repeat(200_000).as_bytes(), pickle].concat();
        assert!(tiers("vocab.txt", &far).contains(&Tier::Dangerous));
    }
    let texts = [
        "cat\ndog\nRest of it.\n",
        "(ice\ncream\nand more.\n",
        "Import os\nsystem\ncalls are\n.\n",
        "cos\nsine\ntan\n",
        "I1\n.",
        "c\n",
        ".",
        "Nothing. (tR.",
        "basics\nos\nsystem\n",
    ];
    for text in texts {
        assert_eq!(
            worst("notes.txt", text.as_bytes()),
            None,
            "{text:?}: {:?}",
            hazards("notes.txt", text.as_bytes())
        );
    }
}

#[test]
fn weights_are_not_read_past_their_headers() {
    let length = 3_u64 << 30;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.sig"), "").unwrap();
    for (name, number) in [("a", 1), ("b", 2), ("c", 3)] {
        let header =
            format!(r#"{{"{name}":{{"dtype":"U8","shape":[{length}],"data_offsets":[0,{length}]}}}}"#);
        let path = folder.path().join(format!("model-0000{number}-of-00003.safetensors"));
        fs::write(&path, tensors(&header, 0)).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_len(8 + header.len() as u64 + length).unwrap();
    }
    let began = Instant::now();
    let found = read_model(folder.path()).unwrap();
    // All of them are more than is read of one model.
    assert!(found.hazards.is_empty(), "{:?}", found.hazards);
    assert!(began.elapsed() < Duration::from_secs(5));
    // A text of that length is.
    let path = folder.path().join("long.txt");
    fs::write(&path, "a".repeat(100_000)).unwrap();
    assert!(read_model(folder.path()).unwrap().hazards.is_empty());
}

#[test]
fn folders_of_git_inside_a_model_are_looked_at_like_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.sig"), "").unwrap();
    fs::create_dir_all(folder.path().join("sub/.git")).unwrap();
    fs::write(folder.path().join("sub/.git/w.bin"), SYSTEM).unwrap();
    let found = read_model(folder.path()).unwrap();
    assert_eq!((found.hazards[0].tier, found.formats.clone()), (Tier::Dangerous, vec![Format::Pickle]));
}

/// What `score` says of L1.13 for a model of these files, beside ordinary weights.
fn scored(files: &[(&str, &[u8])]) -> String {
    let workspace = tempfile::tempdir().unwrap();
    let at = |name: &str| workspace.path().join("models/m").join(name);
    let own = format!("{{{}}}", tensor("w", 0, 4));
    fs::create_dir_all(at("")).unwrap();
    fs::write(at("model.safetensors"), tensors(&own, 4)).unwrap();
    fs::write(at("config.json"), r#"{"model_type":"llama"}"#).unwrap();
    for (name, bytes) in files {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        fs::write(at(name), bytes).unwrap();
    }
    let place = workspace.path().to_str().unwrap();
    let models = workspace.path().join("models");
    let told = |words: &[&str]| out(&touchmark(words.iter().copied()));
    told(&["init", place]);
    told(&["scan", models.to_str().unwrap(), "--workspace", place]);
    let scored = told(&["score", "m", "--workspace", place, "--format", "json"]);
    let scored: serde_json::Value = serde_json::from_str(&scored).unwrap();
    let mut waiting = vec![&scored];
    while let Some(value) = waiting.pop() {
        if value["id"] == "L1.13" {
            return value["outcome"].as_str().unwrap().to_owned();
        }
        waiting.extend(value.as_array().into_iter().flatten());
        waiting.extend(value.as_object().into_iter().flat_map(|fields| fields.values()));
    }
    panic!("no L1.13 in {scored}");
}

#[test]
fn l1_13_passes_only_where_every_file_is_known_to_be_data() {
    let logo = png();
    let ordinary: [(&str, &[u8]); 4] = [
        ("tokenizer.json", b"{}"),
        ("LICENSE", b"MIT\n"),
        ("logo.png", &logo),
        (".gitattributes", b"* text\n"),
    ];
    assert_eq!(scored(&ordinary), "pass");
    let (gz, pickled) = (gzip(b"{}"), gzip(SYSTEM));
    for (name, bytes, outcome) in [
        ("lib.so", b"\x7fELF\x02".as_slice(), "unknown"),
        ("own.py", b"x = 1\n", "unknown"),
        ("deep/.hidden/x", b"\xde\xad\xbe\xef", "unknown"),
        ("sub/.git/hooks/x", b"#!/bin/sh\n", "unknown"),
        ("data.json.gz", &gz, "unknown"),
        ("data.json.gz", &pickled, "fail"),
        ("notes.txt", SYSTEM, "fail"),
        ("text_config.json", br#"{"a":{"auto_map":{"b":"c/d--e.F"}}}"#, "fail"),
        ("chat_template.jinja", b"{{ x.__class__ }}", "partial"),
    ] {
        assert_eq!(scored(&[&ordinary[..], &[(name, bytes)]].concat()), outcome, "{name}");
    }
}
