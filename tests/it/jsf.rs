//! JSON signatures (JSF 0.82) inside documents: tried by the key that they bring, which never proves who signed.
//! The signed bytes are written here by hand, apart from the program's own canonical form.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use der::Decode;
use der::asn1::UintRef;
use std::fs;
use touchmark::inventory::{Workspace, scan};
use touchmark::signing::{Outcome, Progress, Trust, VerifyOptions, inspect, verify};

const HEADER: &str =
    "schema = \"workspace/0.1\"\nname = \"test\"\n[[source]]\nkind = \"bom\"\npath = \"boms\"\n";
const FITS: &str = "fits the key that it brings itself, which is not trusted";
const FITS_TOLD: &str = "fits the key that it brings along; whose key that is, is not known";

fn url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
    Ed(Ed25519KeyPair),
}

/// A key that signs, and its JWK in canonical form.
struct Key {
    algorithm: &'static str,
    jwk: String,
    pair: Pair,
}

impl Key {
    fn new(algorithm: &'static str) -> Self {
        let (pair, jwk) = match algorithm {
            "ES256" | "ES384" | "ES512" => {
                let (scheme, curve) = match algorithm {
                    "ES256" => (&signature::ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
                    "ES384" => (&signature::ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"),
                    _ => (&signature::ECDSA_P521_SHA512_FIXED_SIGNING, "P-521"),
                };
                let pair = EcdsaKeyPair::generate(scheme).unwrap();
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let jwk = format!(r#"{{"crv":"{curve}","kty":"EC","x":"{}","y":"{}"}}"#, url(x), url(y));
                (Pair::Ec(pair), jwk)
            }
            "Ed25519" => {
                let pair = Ed25519KeyPair::generate().unwrap();
                let x = url(pair.public_key().as_ref());
                (Pair::Ed(pair), format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#))
            }
            _ => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let numbers = Vec::<UintRef<'_>>::from_der(pair.public_key().as_ref()).unwrap();
                let (n, e) = (url(numbers[0].as_bytes()), url(numbers[1].as_bytes()));
                (Pair::Rsa(Box::new(pair)), format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#))
            }
        };
        Key { algorithm, jwk, pair }
    }

    fn sign(&self, text: &str) -> String {
        let random = SystemRandom::new();
        url(&match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, text.as_bytes()).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(text.as_bytes()).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let scheme: &'static dyn signature::RsaEncoding = match self.algorithm {
                    "RS256" => &signature::RSA_PKCS1_SHA256,
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    "PS384" => &signature::RSA_PSS_SHA384,
                    _ => &signature::RSA_PSS_SHA512,
                };
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(scheme, &random, text.as_bytes(), &mut out).unwrap();
                out
            }
        })
    }

    /// The signature's own members before `value`, canonical.
    fn own(&self) -> String {
        format!(r#""algorithm":"{}","publicKey":{}"#, self.algorithm, self.jwk)
    }
}

/// The document around a signature in canonical form, and as it is written: other order, spaces and escapes.
fn canonical(signature: &str) -> String {
    format!(
        "{{\"bomFormat\":\"CycloneDX\",\"components\":[],\"note\":\"\u{20ac}\\n/\",\"number\":4.5,\"signature\":{signature},\"small\":0.000001,\"specVersion\":\"1.6\",\"version\":1}}"
    )
}

fn written(signature: &str) -> String {
    format!(
        "{{ \"version\": 1.0, \"specVersion\": \"1.6\", \"number\": 45e-1,\n \"small\": 1E-6, \"note\": \"\\u20AC\\u000a\\/\",
        \"signature\": {signature}, \"components\": [ ], \"bomFormat\": \"CycloneDX\" }}"
    )
}

fn signed(key: &Key) -> String {
    let own = key.own();
    let value = key.sign(&canonical(&format!("{{{own}}}")));
    written(&format!(r#"{{ "value": "{value}", {own} }}"#))
}

/// State and note of `inspect`, and places and messages of the inventory's findings about signatures.
struct Looked {
    state: String,
    found: String,
    all: String,
    findings: Vec<(String, String)>,
}

fn look(document: &str) -> Looked {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("boms")).unwrap();
    fs::write(folder.path().join("touchmark.toml"), HEADER).unwrap();
    let path = folder.path().join("boms/a.json");
    fs::write(&path, document).unwrap();
    let told = scan(&Workspace::find(Some(folder.path())).unwrap(), &Progress::default()).unwrap();
    let findings = told
        .findings
        .iter()
        .filter(|finding| finding.code == "F-BOM-SIGNATURE")
        .map(|finding| (finding.place.raw().to_owned(), finding.message.clone()))
        .collect();
    let seen = inspect(&path).map(|seen| seen.fields).unwrap_or_default();
    let field = |label: &str| {
        seen.iter()
            .find(|(name, _)| name == label)
            .map(|(_, value)| value.raw().to_owned())
            .unwrap_or_default()
    };
    let all = seen.iter().map(|(name, value)| format!("{name}: {}\n", value.raw())).collect();
    Looked { state: field("state"), found: field("found"), all, findings }
}

#[track_caller]
fn fits(document: &str) -> Looked {
    let looked = look(document);
    assert_eq!(looked.state, FITS, "{document}\n{}", looked.all);
    assert!(looked.findings[0].1.contains(FITS_TOLD), "{:?}", looked.findings);
    looked
}

#[track_caller]
fn contradicts(document: &str, place: &str) {
    let looked = look(document);
    assert_eq!(looked.state, "does NOT fit what it covers", "{document}\n{}", looked.all);
    assert!(looked.found.contains(&format!("at {place}")), "{}", looked.found);
    assert_eq!(looked.findings[0].0, place);
    assert!(looked.findings[0].1.contains("does NOT fit"), "{:?}", looked.findings);
}

#[track_caller]
fn not_verified(document: &str, why: &str) {
    let looked = look(document);
    if !looked.all.is_empty() {
        assert_eq!(looked.state, "recognised, not verified", "{document}\n{}", looked.all);
        assert!(looked.found.contains(why), "{why}: {}", looked.found);
    }
    let (_, message) = &looked.findings[0];
    assert!(message.contains("not verified here") && message.contains(why), "{why}: {message}");
}

#[test]
fn every_algorithm_fits_and_a_changed_removed_or_added_field_does_not() {
    for algorithm in
        ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "Ed25519"]
    {
        let document = signed(&Key::new(algorithm));
        let looked = fits(&document);
        assert_eq!(looked.findings, [("/signature".to_owned(), looked.findings[0].1.clone())]);
        for (from, to) in [
            ("\"1.6\"", "\"1.5\""),
            ("\"components\": [ ],", ""),
            ("\"components\"", "\"more\": null, \"components\""),
            ("45e-1", "4.50001"),
        ] {
            contradicts(&document.replacen(from, to, 1), "/signature");
        }
        // One bit of the signature.
        let place = document.find("\"value\": \"").unwrap() + "\"value\": \"".len();
        let mut bytes = document.clone().into_bytes();
        bytes[place + 8] = if bytes[place + 8] == b'A' { b'B' } else { b'A' };
        contradicts(&String::from_utf8(bytes).unwrap(), "/signature");
    }
}

#[test]
fn a_signature_by_somebody_elses_key_fits_as_well_and_is_told_as_a_key_nobody_knows() {
    let (mine, theirs) = (Key::new("ES256"), Key::new("ES256"));
    for key in [&mine, &theirs] {
        let looked = fits(&signed(key));
        assert!(looked.all.contains("claimed signer: a key that it brings itself"), "{}", looked.all);
        assert!(looked.all.contains("never lets a check pass"), "{}", looked.all);
    }
    // The key of another under the same value.
    contradicts(&signed(&mine).replace(&mine.jwk, &theirs.jwk), "/signature");
}

#[test]
fn the_leaf_of_the_certificates_counts_as_a_key_like_another() {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Mallory");
    let certificate = params.self_signed(&key).unwrap();
    let scheme = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::from_pkcs8(scheme, &key.serialize_der()).unwrap();
    let own = format!(r#""algorithm":"ES256","certificatePath":["{}"]"#, url(certificate.der()));
    let text = canonical(&format!("{{{own}}}"));
    let value = url(pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref());
    let document = written(&format!(r#"{{{own},"value":"{value}"}}"#));
    let looked = fits(&document);
    assert!(looked.all.contains("claimed signer: CN=Mallory"), "{}", looked.all);
    contradicts(&document.replace("1.6", "1.7"), "/signature");
    let both = document.replace(
        "\"certificatePath\"",
        &format!("\"publicKey\":{},\"certificatePath\"", Key::new("ES256").jwk),
    );
    not_verified(&both, "brings both a key and certificates");
}

#[test]
fn what_a_signature_leaves_out_may_change_and_is_told() {
    let key = Key::new("ES256");
    let own = key.own();
    // The list itself is not signed either.
    let text = canonical(&format!("{{{own}}}")).replace("\"note\":\"\u{20ac}\\n/\",", "");
    let value = key.sign(&text);
    let document = written(&format!(r#"{{{own},"excludes":["note"],"value":"{value}"}}"#));
    for document in [document.clone(), document.replace("\\u20AC", "changed")] {
        let looked = fits(&document);
        assert!(
            looked.all.contains("covers: the document without 1 of its members (note)"),
            "{}",
            looked.all
        );
        assert!(
            looked.found.contains("the part it does not cover may have been changed"),
            "{}",
            looked.found
        );
        assert!(looked.findings[0].1.contains("the part it does not cover may have been changed (1)"));
    }
    contradicts(&document.replace("1.6", "1.5"), "/signature");
    contradicts(&document.replace("[\"note\"]", "[\"note\",\"version\"]"), "/signature");
    for bad in ["[]", "\"note\"", "[1]", "[\"note\",\"note\"]", "[\"signature\"]", "[\"absent\"]"] {
        not_verified(&document.replace("[\"note\"]", bad), "leaves out");
    }
}

/// Two signers as `signers` or `chain`: each signs what the form says.
fn two(form: &str, keys: [&Key; 2]) -> (String, [String; 2]) {
    let [one, two] = keys;
    let first_value = one.sign(&canonical(&format!(r#"{{"{form}":[{{{}}}]}}"#, one.own())));
    let first = format!(r#"{{{},"value":"{first_value}"}}"#, one.own());
    let before = if form == "chain" { format!("{first},") } else { String::new() };
    let second_value = two.sign(&canonical(&format!(r#"{{"{form}":[{before}{{{}}}]}}"#, two.own())));
    let second = format!(r#"{{{},"value":"{second_value}"}}"#, two.own());
    (written(&format!(r#"{{"{form}":[{first},{second}]}}"#)), [first, second])
}

#[test]
fn several_signers_and_chains_are_tried_one_by_one() {
    let (one, other) = (Key::new("ES256"), Key::new("Ed25519"));
    for form in ["signers", "chain"] {
        let (document, [first, second]) = two(form, [&one, &other]);
        let looked = fits(&document);
        assert!(looked.found.contains("2 signers"), "{}", looked.found);
        contradicts(&document.replace("1.6", "1.5"), &format!("/signature/{form}/0"));
        let turned = document.replace(&format!("{first},{second}"), &format!("{second},{first}"));
        let alone = document.replace(&format!("{first},"), "");
        if form == "signers" {
            fits(&turned);
            fits(&alone);
        } else {
            contradicts(&turned, "/signature/chain/0");
            contradicts(&alone, "/signature/chain/0");
            // The later one signs the value of the earlier.
            let (again, _) = two(form, [&one, &other]);
            let value =
                |text: &str| text.split("\"value\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            contradicts(&document.replace(&value(&document), &value(&again)), "/signature/chain/1");
        }
        fits(&document.replace(&format!(",{second}"), ""));
        // One that cannot be verified keeps the whole from fitting; one that does not fit decides.
        let secret = document.replace("\"Ed25519\",\"publicKey\"", "\"HS256\",\"publicKey\"");
        not_verified(&secret, "takes a secret");
        contradicts(&secret.replace("1.6", "1.5"), &format!("/signature/{form}/0"));
        not_verified(
            &document.replace(&format!("\"{form}\":"), &format!("\"keyId\":\"x\",\"{form}\":")),
            "not known here",
        );
        not_verified(
            &written(&format!("{{\"{form}\":[{}]}}", vec![first.as_str(); 17].join(","))),
            "1 to 16",
        );
    }
    let both = two("signers", [&one, &other]).0.replace("\"signers\":", "\"chain\":[],\"signers\":");
    let looked = look(&both);
    assert!(looked.findings[0].1.contains("not verified here"), "{:?}", looked.findings);
}

#[test]
fn a_signature_on_a_part_covers_its_part_alone() {
    let (inner, outer) = (Key::new("ES256"), Key::new("ES384"));
    let part = |signature: &str| {
        format!(r#"{{"name":"a/b","signature":{signature},"type":"machine-learning-model"}}"#)
    };
    let value = inner.sign(&part(&format!("{{{}}}", inner.own())));
    let component = part(&format!(r#"{{{},"value":"{value}"}}"#, inner.own()));
    let bom = |components: &str, more: &str| {
        format!(r#"{{"bomFormat":"CycloneDX","components":[{components}]{more},"specVersion":"1.6"}}"#)
    };
    let alone = bom(&component, "");
    for text in [alone.clone(), alone.replace("1.6", "1.5")] {
        let looked = look(&text);
        assert_eq!(looked.findings.len(), 1);
        assert_eq!(looked.findings[0].0, "/components/0/signature");
        assert!(looked.findings[0].1.contains(FITS_TOLD), "{:?}", looked.findings);
    }
    let looked = look(&alone.replace("a/b", "a/c"));
    assert!(looked.findings[0].1.contains("does NOT fit"), "{:?}", looked.findings);

    // The document's signature covers the part with its signature.
    let whole = |component: &str| {
        let own = format!(r#","signature":{{{}}}"#, outer.own());
        let value = outer.sign(&bom(component, &own));
        bom(component, &format!(r#","signature":{{{},"value":"{value}"}}"#, outer.own()))
    };
    let looked = fits(&whole(&component));
    assert_eq!(looked.findings.len(), 2);
    assert!(looked.found.contains("2 signatures"), "{}", looked.found);
    contradicts(&whole(&component).replace("1.6", "1.5"), "/signature");
    // Broken before it was signed as a whole: told, and first.
    contradicts(&whole(&component.replace("a/b", "a/c")), "/components/0/signature");
}

#[test]
fn what_cannot_be_verified_is_told_as_not_verified_and_why() {
    let key = Key::new("ES256");
    let document = signed(&key);
    let with = |from: &str, to: &str| {
        assert!(document.contains(from), "{from}");
        document.replacen(from, to, 1)
    };
    for (algorithm, why) in [
        ("HS256", "takes a secret that signer and reader share"),
        ("HS512", "takes a secret"),
        ("Ed448", "algorithm is not known here"),
        ("EdDSA", "algorithm is not known here"),
        ("sha256", "algorithm is not known here"),
        ("none", "algorithm is not known here"),
        ("ES384", "not one of its key"),
        ("RS256", "not one of its key"),
    ] {
        let text = with("ES256", algorithm);
        not_verified(&text, why);
        let looked = look(&text);
        assert!(looked.found.contains(algorithm), "{}", looked.found);
    }
    not_verified(&with(&format!(",\"publicKey\":{}", key.jwk), ""), "brings no key");
    not_verified(
        &with("\"publicKey\"", "\"extensions\":[\"x\"],\"publicKey\""),
        "members that are not known here",
    );
    not_verified(&with("\"kty\":\"EC\"", "\"kty\":\"EC\",\"d\":\"AA\""), "a key that is not read here");
    not_verified(&with("\"x\":\"", "\"x\":\"AAAA"), "a key that is not read here");
    // A point that is not on the curve, a key of 1024 bits, one with a zero before it.
    let x = key.jwk.split("\"x\":\"").nth(1).unwrap().split('"').next().unwrap();
    not_verified(&with(x, &url(&[1; 32])), "key cannot be used");
    for (bytes, why) in [(vec![0xff; 128], "key cannot be used"), (vec![0; 256], "not read here")] {
        let small = format!(r#"{{"e":"AQAB","kty":"RSA","n":"{}"}}"#, url(&bytes));
        not_verified(&with(&key.jwk, &small).replace("ES256", "RS256"), why);
    }
    let looked = look(&with("\"value\": \"", "\"value\": \"=="));
    assert_eq!(looked.state, "malformed");
    assert!(looked.findings[0].1.contains("malformed: its value is not base64url"), "{:?}", looked.findings);
    // Numbers that readers take for different ones: the same signature would fit another integer.
    for number in ["9007199254740993", "-9007199254740993", "18446744073709551616", "1e30"] {
        not_verified(&with("45e-1", number), "a number that readers take for different ones");
    }
    contradicts(&with("45e-1", "9007199254740991"), "/signature");
}

#[test]
fn a_document_in_which_a_name_occurs_twice_is_not_verified() {
    let document =
        signed(&Key::new("ES256")).replacen("\"version\"", "\"specVersion\": \"1.5\", \"version\"", 1);
    let looked = look(&document);
    assert_eq!(looked.state, "", "read strictly, it is no document at all: {}", looked.all);
    let (place, message) = &looked.findings[0];
    assert_eq!(place, "/signature");
    assert!(message.contains("not verified here: a name occurs twice"), "{message}");
}

#[test]
fn hostile_sizes_end_soon_and_hide_nothing() {
    let key = Key::new("ES256");
    let start = std::time::Instant::now();
    // More signatures than are told: the one that does not fit comes first.
    let junk = r#"{"signature":{"algorithm":"none","value":"AA"}}"#;
    let broken = signed(&key).replace("1.6", "1.5");
    let many =
        broken.replace("\"components\": [ ]", &format!("\"components\": [{}]", vec![junk; 12_000].join(",")));
    contradicts(&many, "/signature");
    let looked = look(&many);
    assert_eq!(looked.findings.len(), 17);
    assert!(looked.findings[16].1.contains("or more; 16 are told"), "{:?}", looked.findings[16]);
    // Trials without end: the rest is told as not verified.
    let one = format!(r#"{{"signature":{{{},"value":"{}"}}}}"#, key.own(), url(&[1; 64]));
    let looked = look(
        &written("{}")
            .replace("\"components\": [ ]", &format!("\"components\": [{}]", vec![one; 6_000].join(","))),
    );
    assert!(looked.findings[0].1.contains("does NOT fit"));
    // One text that is too long, and signatures in signatures.
    let long = signed(&key).replace("\\u20AC", &"x".repeat(70 << 20));
    let looked = look(&long);
    assert!(looked.findings[0].1.contains("covers more"), "{:?}", looked.findings);
    let large = signed(&key)
        .replace("\"value\": \"", &format!("\"keyId\": \"{}\", \"value\": \"", "k".repeat(2 << 20)));
    not_verified(&large, "larger");
    let deep = format!(
        "{}1{}",
        r#"{"signature":{"algorithm":"ES256","value":"AA","x":"#.repeat(30),
        "}}".repeat(30)
    );
    not_verified(
        &written(&deep[r#"{"signature":"#.len()..deep.len() - 1]),
        "members that are not known here",
    );
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn a_signed_bill_in_a_models_folder_never_counts_for_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model");
    fs::create_dir(&model).unwrap();
    fs::write(model.join("weights.bin"), b"weights").unwrap();
    fs::write(model.join("bom.json"), signed(&Key::new("Ed25519"))).unwrap();
    let options = VerifyOptions::at(jiff::Timestamp::now());
    let seen =
        verify(&model, &model.join("model.sig"), &Trust::new(Vec::new()), &options, &Progress::default())
            .unwrap();
    assert_eq!(seen.outcome(), Outcome::Missing);
    assert_eq!(seen.coverage().unwrap().covered, 0);
    assert_eq!(seen.foreign.len(), 1);
    assert!(seen.foreign[0].line().raw().contains(FITS), "{:?}", seen.foreign);
}
