//! The fuzz targets as property tests: arbitrary bytes, and good inputs that were spoiled, never panic and
//! are done in bounded time. `fuzz/` runs the same doors under libFuzzer.

use crate::bench::Bench;
use crate::inventory::hazards::archives::{deflated, onnx, stored, zip};
use crate::inventory::hazards::{SYSTEM, TENSOR, closed};
use crate::support::samples;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use touchmark::Code;
use touchmark::fuzz::{TARGETS, run};
use touchmark::signing::{Anchor, AnchorMaterial, Bundle, BundleSigner, Curve, SigningKey, verify_artifact};

/// Unoptimised, on a busy machine.
const LONGEST: Duration = Duration::from_secs(5);

/// Good inputs by target.
static SEEDS: LazyLock<BTreeMap<&str, Vec<Vec<u8>>>> = LazyLock::new(seeds);

fn seeds() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let bench = Bench::new();
    let bundle = fs::read(bench.bundle()).unwrap();
    let statement = Bundle::parse(&bundle).unwrap().envelope.payload;
    let one_line = serde_json::from_slice::<serde_json::Value>(&bundle).unwrap().to_string();
    let chain =
        [samples().join("keys"), samples().join("trust")].iter().flat_map(|dir| pem_files(dir)).collect();
    let weights = samples().join("models/lumen/iris-base/model.safetensors");
    let header =
        b"{\"__metadata__\":{\"a\":\"b\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
            .to_vec();
    let (count, string) = (1_u64.to_le_bytes(), |text: &str| {
        [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes()].concat()
    });
    let gguf = [
        b"GGUF\x03\0\0\0".as_slice(),
        &count,
        &count,
        &string("general.architecture"),
        &8_u32.to_le_bytes(),
        &string("llama"),
        &string("blk.0"),
        &1_u32.to_le_bytes(),
        &count,
        &[0; 12],
        &[0; 64],
    ]
    .concat();
    BTreeMap::from([
        ("bundle", vec![bundle.clone()]),
        ("statement", vec![statement]),
        ("certificates", chain),
        ("timestamp", vec![TOKEN.to_vec(), many_algorithms()]),
        ("claims", vec![format!("{one_line}\n{one_line}\n").into_bytes()]),
        ("safetensors", vec![fs::read(weights).unwrap(), header]),
        ("gguf", vec![gguf]),
        ("bill", bills()),
        ("pickle", vec![TENSOR.to_vec(), SYSTEM.to_vec(), NAMED.to_vec()]),
        (
            "archive",
            vec![
                zip(&[
                    stored("a/data.pkl", TENSOR),
                    deflated("a/x.npy", b"\x93NUMPY\x01\0\x0f\0{'descr': '|O'}N."),
                ]),
                zip(&[deflated("config.json", br#"{"class_name":"Lambda","module":"keras"}"#)]),
                b"\x89HDF\r\n\x1a\n {\"class_name\": \"Lambda\"}".to_vec(),
            ],
        ),
        (
            "records",
            vec![b"{\"request_id\": 1, \"time\": 1764000000000}\n{\"identity\": \"x\", \"timestamp\": \"2026-11-20T00:00:00Z\"}\n".to_vec()],
        ),
        (
            "feed",
            vec![
                crate::feeds::osv("X-1", "pkg:pypi/a", "1.2.3").into_bytes(),
                crate::feeds::CVE.into(),
                crate::feeds::AVID.into(),
                crate::feeds::ATLAS.into(),
                crate::feeds::RISK_MAP.into(),
            ],
        ),
        (
            "layout",
            vec![
                br#"{"schemaVersion":2,"config":{"mediaType":"a","digest":"sha256:0"},"layers":[{"size":1}]}"#.to_vec(),
                br#"{"name":"a","url":"https://a","skills":[{"id":"b"}],"signatures":[{}]}"#.to_vec(),
                br#"{"descriptor":{"licenses":["x"],"sourceURL":"https://huggingface.co/a/b"},"datasets":[{}]}"#.to_vec(),
                b"---\nname: a\nallowed-tools: [b]\nmetadata: &x {version: '1'}\n---\n".to_vec(),
                b"flavors:\n  sklearn: {sklearn_version: '1'}\nrun_id: a\n".to_vec(),
            ],
        ),
        ("onnx", vec![onnx("../w", "com.evil", "X")]),
        ("sealed", closed::sealed()),
        ("beside", closed::beside()),
        (
            "asked",
            vec![
                br#"{"a":{"auto_map":{"b":"c/d--e.F"},"x":NaN,"_attn_implementation":"a/b","_target_":"os.system"}}"#.to_vec(),
                b"flavors:\n  a: {loader_module: b, code: c}\n".to_vec(),
                b"{% set x = ''|attr('__class__') %}{{ x['_'] }}".to_vec(),
            ],
        ),
        (
            "foreign",
            vec![
                b"\xd2\x84\x43\xa1\x01\x26\xa1\x04\x42\x31\x31\x44text\x44sign".to_vec(),
                b"\x88\x1d\x04\x00\x16\x08\x00\x17\x16\x21\x04aaaaaaaaaaaaaaaaaaaa\x00\x00\x01\x02".to_vec(),
                br#"{"signature":{"algorithm":"ES256","value":"x","keyId":"k"}}"#.to_vec(),
                format!("{}  weights.bin\n", "ab".repeat(32)).into_bytes(),
                [TOKEN, &bundle].concat(),
                // The signed data without the response around it.
                many_algorithms().split_off(10),
            ],
        ),
    ])
}

/// One small bill in each format.
fn bills() -> Vec<Vec<u8>> {
    [
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"machine-learning-model","name":"a/b",
           "hashes":[{"alg":"SHA-1","content":"00"}],"pedigree":{"ancestors":[{"name":"c/d"}],"notes":"merge of c/d"},
           "properties":[{"name":"tags","value":"base_model:adapter:c/d"}]}]}"#,
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components><component type="data"><name>a&amp;b</name>
           <licenses><license><id>MIT</id></license></licenses></component></components></bom>"#,
        r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"ai_AIPackage","spdxId":"u:a","name":"a"},
           {"type":"Relationship","relationshipType":"ancestorOf","from":"u:a","to":["https://huggingface.co/b/c"]}]}"#,
        r#"{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"a","name":"b","downloadLocation":"git+https://huggingface.co/a/b",
           "supplier":"Organization: x (y)"}],"relationships":[{"spdxElementId":"a","relationshipType":"DESCENDANT_OF","relatedSpdxElement":"a"}]}"#,
        r#"{"bom_id":"x","components":[{"component_id":"1","type":"model","name":"m","hash":"00","dependencies":["1"]}]}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// An import by the names on the stack, protocol 4, with a frame and a memo.
const NAMED: &[u8] =
    b"\x80\x04\x95\x1c\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.";

/// The beginning of a response of an authority: status, content type, signed data.
const TOKEN: &[u8] =
    b"\x30\x2a\x30\x03\x02\x01\x00\x30\x23\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x16\
\x30\x14\x02\x01\x03\x31\x00\x30\x0d\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04\x31\x00";

/// A response whose list of digest algorithms is long and in falling order.
fn many_algorithms() -> Vec<u8> {
    let wrap = |tag: u8, content: &[u8]| {
        [&[tag, 0x83], &(content.len() as u32).to_be_bytes()[1..], content].concat()
    };
    let algorithm = |number: u32| {
        let [a, b, c, d] = number.to_be_bytes();
        [0x30, 11, 0x06, 3, 0x2a, 3, 4, 0x04, 4, a, b, c, d]
    };
    let set = wrap(0x31, &(0..30_000).rev().flat_map(algorithm).collect::<Vec<u8>>());
    let content = b"\x30\x0d\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04".as_slice();
    let signed = wrap(0x30, &[b"\x02\x01\x03".as_slice(), &set, content, b"\x31\x00"].concat());
    let kind = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02".as_slice();
    let info = wrap(0x30, &[kind, &wrap(0xa0, &signed)].concat());
    wrap(0x30, &[b"\x30\x03\x02\x01\x00".as_slice(), &info].concat())
}

fn pem_files(folder: &Path) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "pem")).collect();
    files.sort();
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// One change to bytes.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<usize>;
    // What parsers stumble over: ends, brackets, lengths.
    let loud = prop::sample::select(b"\0\x01\x7f\x80\xff\"\\{}[],:0-9.\n\x30\x31\xa0".to_vec());
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at(), loud).prop_map(|(at, byte)| Change::Set(at, byte)),
        at().prop_map(Change::Cut),
        (at(), 1..64_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (at(), 1..64_usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        (at(), prop::collection::vec(any::<u8>(), 1..16)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
    ]
}

fn spoil(bytes: &mut Vec<u8>, change: &Change) {
    let size = bytes.len().max(1);
    let until = |at: usize, length: usize| (at + length).min(bytes.len());
    match change {
        Change::Set(at, byte) => {
            if let Some(slot) = bytes.get_mut(at % size) {
                *slot = *byte;
            }
        }
        Change::Cut(at) => bytes.truncate(at % size),
        Change::Remove(at, length) => {
            let end = until(at % size, *length);
            drop(bytes.drain((at % size).min(end)..end));
        }
        Change::Repeat(at, length) => {
            let end = until(at % size, *length);
            let again = bytes[(at % size).min(end)..end].to_vec();
            drop(bytes.splice(end..end, again));
        }
        Change::Insert(at, more) => {
            let at = (at % size).min(bytes.len());
            drop(bytes.splice(at..at, more.iter().copied()));
        }
    }
}

fn within_bounds(target: &str, bytes: &[u8]) {
    let began = Instant::now();
    run(target, bytes);
    assert!(began.elapsed() < LONGEST, "{target} took {:?}: {}", began.elapsed(), hex::encode(bytes));
}

#[test]
fn every_target_has_good_inputs_and_takes_them() {
    for (target, _) in TARGETS {
        let seeds = &SEEDS[target];
        assert!(!seeds.is_empty() && seeds.iter().all(|seed| !seed.is_empty()), "{target}");
        seeds.iter().for_each(|seed| within_bounds(target, seed));
        let entry = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/fuzz_targets/{target}.rs"));
        let text = fs::read_to_string(&entry).unwrap_or_else(|_| panic!("{} is missing", entry.display()));
        assert!(text.contains(&format!("run(\"{target}\"")), "{target}");
    }
}

#[test]
fn a_keyless_bundle_with_a_bloated_timestamp_is_refused_at_once() {
    let bundle = serde_json::json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "publicKey": { "hint": "x" },
            "timestampVerificationData": {
                "rfc3161Timestamps": [{ "signedTimestamp": STANDARD.encode(many_algorithms()) }],
            },
        },
        "messageSignature": { "signature": STANDARD.encode([0x30]) },
    });
    let AnchorMaterial::Sigstore(root) = Anchor::public_good().material else { panic!("not a root") };
    let signer = BundleSigner::Key(SigningKey::generate(Curve::P256).unwrap().public().clone());
    let began = Instant::now();
    let refused =
        verify_artifact(bundle.to_string().as_bytes(), root.json().as_bytes(), [0; 32], &signer).unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    assert!(began.elapsed() < LONGEST);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..1024)) {
        for (target, _) in TARGETS {
            within_bounds(target, &bytes);
        }
    }

    #[test]
    fn spoiled_good_inputs_never_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        for (target, _) in TARGETS {
            let mut bytes = which.get(&SEEDS[target]).clone();
            changes.iter().for_each(|change| spoil(&mut bytes, change));
            within_bounds(target, &bytes);
        }
    }
}
