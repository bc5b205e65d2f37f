//! Keys as people have them: every form that is read, and every other named for what it is, alike in all commands.

use crate::pki::{self, Kind, pem};
use crate::support::{err, out};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use touchmark::signing::{Beyond, Curve, KeyKind, PublicKey, Secret, SigningKey, describe_key};

fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..=0x7f => vec![tag, length[1]],
        0x80..=0xff => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content.to_vec()].concat()
}

/// A key on P-256, and its numbers.
struct Parts {
    key: SigningKey,
    scalar: Vec<u8>,
    point: Vec<u8>,
}

impl Parts {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let scalar: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
        let pkcs8 = pair.to_pkcs8v1().unwrap();
        let key = SigningKey::from_pem(pkcs8.as_ref()).unwrap();
        Parts { key, scalar: scalar.as_ref().to_vec(), point: pair.public_key().as_ref().to_vec() }
    }

    fn pkcs8(&self) -> String {
        self.key.to_pkcs8_pem().unwrap().to_string()
    }

    fn der(&self) -> Vec<u8> {
        STANDARD
            .decode(self.pkcs8().lines().filter(|line| !line.starts_with('-')).collect::<String>())
            .unwrap()
    }

    /// SEC 1, with these parameters.
    fn sec1(&self, parameters: &[u8]) -> Vec<u8> {
        let bits = [&[0], self.point.as_slice()].concat();
        let parts =
            [wrap(2, &[1]), wrap(4, &self.scalar), wrap(0xa0, parameters), wrap(0xa1, &wrap(3, &bits))];
        wrap(0x30, &parts.concat())
    }

    fn jwk(&self, private: bool) -> String {
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (x, y) = self.point[1..].split_at(32);
        let d = if private { format!(",\"d\":\"{}\"", base64(&self.scalar)) } else { String::new() };
        format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{}\",\"y\":\"{}\"{d}}}", base64(x), base64(y))
    }

    fn ssh_blob(&self) -> Vec<u8> {
        [string(b"ecdsa-sha2-nistp256"), string(b"nistp256"), string(&self.point)].concat()
    }

    fn ssh_public(&self) -> String {
        format!("ecdsa-sha2-nistp256 {} me@here\n", STANDARD.encode(self.ssh_blob()))
    }

    fn ssh_private(&self, cipher: &[u8]) -> String {
        let number = [&[0], self.scalar.as_slice()].concat();
        let inside =
            [b"\0\0\0\x01\0\0\0\x01".to_vec(), self.ssh_blob(), string(&number), string(b"me")].concat();
        let whole = [
            b"openssh-key-v1\0".to_vec(),
            string(cipher),
            string(b"none"),
            string(b""),
            vec![0, 0, 0, 1],
            string(&self.ssh_blob()),
            string(&inside),
        ];
        pem("OPENSSH PRIVATE KEY", &whole.concat())
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// Every way in which tools mangle a PEM file.
fn mangled(text: &str) -> Vec<(String, Vec<u8>)> {
    [
        ("as it is", text.as_bytes().to_vec()),
        ("a byte-order mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("UTF-16", utf16(text)),
        ("escaped line ends", text.replace('\n', "\\n").into_bytes()),
        ("escaped and quoted", format!("\"{}\"\n", text.replace('\n', "\\n")).into_bytes()),
        ("base64 as a whole", STANDARD.encode(text).into_bytes()),
        ("Latin-1 before it", [b"# cl\xe9\n", text.as_bytes()].concat()),
        ("blanks around it", format!("\n\n  {}", text.replace('\n', "\n  ")).into_bytes()),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .to_vec()
}

#[test]
fn private_keys_are_read_in_every_form_and_are_the_same_key() {
    let parts = Parts::new();
    let named = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let sec1 = parts.sec1(&named);
    let mut forms = mangled(&parts.pkcs8());
    forms.extend(mangled(&pem("EC PRIVATE KEY", &sec1)));
    forms.extend(
        [
            ("PKCS#8 in DER", parts.der()),
            ("SEC 1 in DER", sec1.clone()),
            ("JWK", parts.jwk(true).into_bytes()),
            ("a set of JWK", format!("{{\"keys\":[{}]}}", parts.jwk(true)).into_bytes()),
            ("JWK with a byte-order mark", [b"\xef\xbb\xbf", parts.jwk(true).as_bytes()].concat()),
            ("OpenSSH", parts.ssh_private(b"none").into_bytes()),
            (
                "parameters before it",
                (pem("EC PARAMETERS", &named) + &pem("EC PRIVATE KEY", &sec1)).into_bytes(),
            ),
            ("a certificate before it", (pem("CERTIFICATE", b"x") + &parts.pkcs8()).into_bytes()),
        ]
        .map(|(name, bytes)| (name.to_owned(), bytes)),
    );
    for (name, bytes) in forms {
        let read = SigningKey::from_pem(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.public(), parts.key.public(), "{name}");
        let signature = read.sign(b"text").unwrap();
        assert!(parts.key.public().verifies(b"text", &signature), "{name}");
        let shown = describe_key(&bytes, None).unwrap();
        assert!(shown.private && shown.public.as_ref() == Some(parts.key.public()), "{name}");
    }
}

#[test]
fn public_keys_are_read_in_every_form_and_are_the_same_key() {
    let parts = Parts::new();
    let public = parts.key.public();
    let compressed = |sign: u8| {
        let bits = [&[0, sign], &parts.point[1..33]].concat();
        let algorithm = [
            &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01][..],
            &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        ];
        wrap(0x30, &[wrap(0x30, &algorithm.concat()), wrap(3, &bits)].concat())
    };
    let sign = 2 + (parts.point[64] & 1);
    let ssh2 = format!(
        "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"a \\\nlong one\"\n{}\n---- END SSH2 PUBLIC KEY ----\n",
        STANDARD.encode(parts.ssh_blob())
    );
    let mut forms = mangled(&public.to_pem());
    forms.extend(
        [
            ("DER", public.spki_der().to_vec()),
            ("compressed", pem("PUBLIC KEY", &compressed(sign)).into_bytes()),
            ("compressed in DER", compressed(sign)),
            ("JWK", parts.jwk(false).into_bytes()),
            ("a set of JWK", format!("{{\"keys\":[{}]}}", parts.jwk(false)).into_bytes()),
            ("OpenSSH", parts.ssh_public().into_bytes()),
            ("authorized_keys", format!("# ours\ncert-authority {}", parts.ssh_public()).into_bytes()),
            ("SSH2", ssh2.into_bytes()),
        ]
        .map(|(name, bytes)| (name.to_owned(), bytes)),
    );
    for (name, bytes) in forms {
        let read = PublicKey::from_pem(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(&read, public, "{name}");
        assert_eq!(read.hint(), public.hint(), "{name}");
    }
    let other = PublicKey::from_spki_der(&compressed(5 - sign)).unwrap();
    assert_ne!(&other, public);
}

/// One file of each other form, what it is called as a private and as a public key, and the command that helps.
fn other_forms() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let parts = Parts::new();
    let rsa = pki::Key::new(Kind::Rsa);
    let ed = pki::Key::new(Kind::Ed25519);
    let k1 = pki::Key::new(Kind::Secp256k1);
    let oid = |bytes: &[u8]| wrap(0x30, &wrap(6, bytes));
    let pkcs8 =
        |algorithm: &[u8]| wrap(0x30, &[wrap(2, &[0]), algorithm.to_vec(), wrap(4, b"secret")].concat());
    let spki = |algorithm: &[u8]| wrap(0x30, &[algorithm.to_vec(), wrap(3, &[0; 33])].concat());
    let ed25519 = oid(&[0x2b, 0x65, 0x70]);
    let ed448 = oid(&[0x2b, 0x65, 0x71]);
    let rsa_id = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]);
    let pkcs12 = wrap(
        0x30,
        &[wrap(2, &[3]), wrap(0x30, &wrap(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]))]
            .concat(),
    );
    // P-256 number by number would do as well; what is spelled out is not looked at.
    let spelled_out = wrap(0x30, &[wrap(2, &[1]), wrap(0x30, &[])].concat());
    let ec_oid = wrap(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]);
    let explicit = wrap(0x30, &[ec_oid, spelled_out.clone()].concat());
    let legacy = pem("EC PRIVATE KEY", b"x").replacen(
        "KEY-----\n",
        "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
        1,
    );
    let key = "touchmark key generate";
    vec![
        ("an RSA key", pem("PRIVATE KEY", &pkcs8(&rsa_id)).into_bytes(), "RSA keys", key),
        ("an RSA key of PKCS#1", pem("RSA PRIVATE KEY", b"x").into_bytes(), "RSA keys", key),
        ("an RSA public key", pem("PUBLIC KEY", rsa.spki()).into_bytes(), "RSA keys", "P-256"),
        ("an Ed25519 key", pem("PRIVATE KEY", &pkcs8(&ed25519)).into_bytes(), "Ed25519 keys", key),
        ("an Ed25519 key in DER", pkcs8(&ed25519), "Ed25519 keys", key),
        ("an Ed25519 public key", pem("PUBLIC KEY", ed.spki()).into_bytes(), "Ed25519 keys", "P-256"),
        ("an Ed448 public key", spki(&ed448), "Ed448 keys", "P-256"),
        ("a secp256k1 public key", k1.spki().to_vec(), "secp256k1 keys", "P-256"),
        ("an RSA key of OpenSSH", b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQM=".to_vec(), "key", "P-256"),
        ("an Ed25519 JWK", br#"{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}"#.to_vec(), "Ed25519", key),
        ("a symmetric JWK", br#"{"kty":"oct","k":"AA"}"#.to_vec(), "oct keys", "P-256"),
        ("a certificate", pem("CERTIFICATE", b"x").into_bytes(), "a certificate", "openssl x509"),
        ("a request", pem("CERTIFICATE REQUEST", b"x").into_bytes(), "a certificate request", "openssl req"),
        ("PKCS#7", pem("PKCS7", b"x").into_bytes(), "PKCS#7", "openssl pkcs7"),
        ("PKCS#12", pkcs12, "PKCS#12", "openssl pkcs12 -in FILE"),
        ("an encrypted key of OpenSSL's old way", legacy.into_bytes(), "OpenSSL's old way", "openssl p"),
        ("an encrypted OpenSSH key", parts.ssh_private(b"aes256-ctr").into_bytes(), "OpenSSH", ".p"),
        ("PuTTY", b"PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\r\n".to_vec(), "PuTTY", "puttygen"),
        ("OpenPGP", pem("PGP PRIVATE KEY BLOCK", b"x").into_bytes(), "OpenPGP", key),
        ("a Java key store", b"\xfe\xed\xfe\xed\0\0\0\x02".to_vec(), "Java key store", "keytool"),
        ("minisign", b"untrusted comment: minisign public key\nRWQ=\n".to_vec(), "minisign", key),
        ("a JWT", b"eyJhbGciOiJFUzI1NiJ9.e30.AA".to_vec(), "JWE", "JWK"),
        (
            "explicit parameters, public",
            pem("PUBLIC KEY", &spki(&explicit)).into_bytes(),
            "explicit parameters",
            "-param_enc named_curve",
        ),
        (
            "explicit parameters, private",
            pem("EC PRIVATE KEY", &parts.sec1(&spelled_out)).into_bytes(),
            "explicit parameters",
            "-param_enc named_curve",
        ),
        ("nothing", Vec::new(), "it is empty", "again"),
        ("something else", b"hello\n".to_vec(), "key in the file", "expected"),
        ("a key that is cut off", b"-----BEGIN PRIVATE KEY-----\nAAAA\n".to_vec(), "cut off", "again"),
    ]
}

#[test]
fn every_other_form_is_named_for_what_it_is() {
    for (name, bytes, called, helps) in other_forms() {
        let private = SigningKey::from_pem(&bytes).unwrap_err();
        let public = PublicKey::from_pem(&bytes).unwrap_err();
        // One of the two may be the other half of a key; both say what the file is, or that it is the other half.
        let other_half = |what: &str| what.contains("is expected");
        for error in [&private, &public] {
            assert!(error.what.contains(called) || other_half(&error.what), "{name}: {}", error.what);
            assert!(!error.what.contains("damaged PEM"), "{name}: {}", error.what);
        }
        let help = [&private, &public].map(|error| error.help.clone().unwrap_or_default());
        assert!(help.iter().all(|help| !help.is_empty()), "{name}");
        assert!(help.iter().any(|help| help.contains(helps)), "{name}: {help:?}");
        assert!(!(other_half(&private.what) && other_half(&public.what)), "{name}");
    }
}

/// A folder with a model and a signature by the key of `parts`.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(parts: &Parts) -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        fs::create_dir(desk.path("model")).unwrap();
        fs::write(desk.path("model/weights.bin"), b"weights").unwrap();
        fs::write(desk.path("key.pem"), parts.pkcs8()).unwrap();
        assert_eq!(desk.run(&["sign", "key", "model", "--private-key", "key.pem"]).status.code(), Some(0));
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command.env_remove("TOUCHMARK_PASSWORD").args(words).current_dir(self.0.path());
        command.stdin(Stdio::null()).output().unwrap()
    }
}

#[test]
fn all_commands_name_a_file_alike() {
    let parts = Parts::new();
    let desk = Desk::new(&parts);
    assert_eq!(desk.run(&["init", "space"]).status.code(), Some(0));
    for (name, bytes, ..) in other_forms() {
        fs::write(desk.path("file"), &bytes).unwrap();
        for words in [
            &["sign", "key", "model", "--private-key", "file", "--signature", "o.sig"][..],
            &["key", "show", "file"],
            &["verify", "key", "model", "--public-key", "file"],
            &["--workspace", "space", "trust", "add", "new", "file"],
        ] {
            let refused = desk.run(words);
            let said = err(&refused);
            assert!(
                matches!(refused.status.code(), Some(2..=4)),
                "{name} {words:?}: {said}{}",
                out(&refused)
            );
            assert!(said.contains("error[") && said.contains("help: "), "{name} {words:?}: {said}");
            assert!(said.contains("file"), "{name} {words:?}: {said}");
        }
        assert!(!desk.path("o.sig").exists(), "{name}");
    }
}

#[test]
fn a_file_of_two_keys_trusts_both_and_no_third() {
    let (old, new, other) = (Parts::new(), Parts::new(), Parts::new());
    let desk = Desk::new(&old);
    let pem = |parts: &Parts| parts.key.public().to_pem();
    for (keys, status) in [
        ([pem(&old), pem(&new)].concat(), 0),
        ([pem(&new), pem(&old)].concat(), 0),
        ([new.ssh_public(), old.ssh_public()].concat(), 0),
        (format!("{{\"keys\":[{},{}]}}", new.jwk(false), old.jwk(false)), 0),
        ([pem(&new), pem(&other)].concat(), 1),
        (pem(&new), 1),
    ] {
        fs::write(desk.path("keys"), &keys).unwrap();
        let verified = desk.run(&["verify", "key", "model", "--public-key", "keys", "--format", "json"]);
        assert_eq!(verified.status.code(), Some(status), "{keys}: {}", out(&verified));
        assert_eq!(out(&verified).contains("TRUST-UNKNOWN-KEY"), status == 1, "{}", out(&verified));
    }
    fs::write(desk.path("keys"), [pem(&new), pem(&old), pem(&new)].concat()).unwrap();
    assert_eq!(desk.run(&["init", "space"]).status.code(), Some(0));
    let added = desk.run(&["--workspace", "space", "trust", "add", "ours", "keys"]);
    assert_eq!(added.status.code(), Some(0), "{}", err(&added));
    for key in [&old, &new] {
        assert!(out(&added).contains(&key.key.public().fingerprint()), "{}", out(&added));
    }
    assert!(out(&added).contains("2 public keys"), "{}", out(&added));
    let many = (0..65).map(|_| pem(&Parts::new())).collect::<String>();
    assert_eq!(
        PublicKey::all_from(many.as_bytes(), Beyond::default()).unwrap_err().code.as_str(),
        "E-TOO-LARGE"
    );
}

/// Made by go-securesystemslib's `encrypted` with N 2, r 8, p 1, which no tool writes and every tool reads: the test
/// is quick. Password `hunter2`.
fn cosign_key(parts: &Parts, password: &str, n: u64) -> String {
    use crypto_secretbox::aead::{Aead, KeyInit};
    let (salt, nonce) = ([7; 32], [9; 24]);
    let mut key = [0; 32];
    let rounds = u8::try_from(n.ilog2()).unwrap();
    let params = scrypt::Params::new(rounds, 8, 1, 32).unwrap();
    scrypt::scrypt(password.as_bytes(), &salt, &params, &mut key).unwrap();
    let secret = crypto_secretbox::XSalsa20Poly1305::new(&key.into());
    let ciphertext = secret.encrypt(&nonce.into(), parts.der().as_slice()).unwrap();
    let base64 = |bytes: &[u8]| STANDARD.encode(bytes);
    let json = format!(
        "{{\"kdf\":{{\"name\":\"scrypt\",\"params\":{{\"N\":{n},\"r\":8,\"p\":1}},\"salt\":\"{}\"}},\"cipher\":{{\"name\":\
         \"nacl/secretbox\",\"nonce\":\"{}\"}},\"ciphertext\":\"{}\"}}",
        base64(&salt),
        base64(&nonce),
        base64(&ciphertext)
    );
    pem("ENCRYPTED SIGSTORE PRIVATE KEY", json.as_bytes())
}

#[test]
fn a_key_of_cosign_signs_with_its_password() {
    let parts = Parts::new();
    let file = cosign_key(&parts, "hunter2", 1024);
    for label in ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"] {
        let file = file.replace("ENCRYPTED SIGSTORE PRIVATE KEY", label);
        let read = SigningKey::from_pem_asking(file.as_bytes(), || Ok(Secret::new("hunter2"))).unwrap();
        assert_eq!(read.public(), parts.key.public());
    }
    let wrong = SigningKey::from_pem_asking(file.as_bytes(), || Ok(Secret::new("hunter3"))).unwrap_err();
    assert!(wrong.what.contains("password is wrong"), "{}", wrong.what);
    let shown = describe_key(file.as_bytes(), None).unwrap();
    assert!(shown.private && shown.public.is_none());
    assert_eq!(shown.encryption.as_deref(), Some("cosign: scrypt (N 1024, r 8, p 1), XSalsa20-Poly1305"));
    let desk = Desk::new(&parts);
    fs::write(desk.path("cosign.key"), &file).unwrap();
    fs::write(desk.path("password"), "hunter2\n").unwrap();
    let words = ["sign", "key", "model", "--private-key", "cosign.key"];
    let signed = desk.run(&[&words[..], &["--password-file", "password"]].concat());
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    assert!(err(&desk.run(&words)).contains("--password-file"), "nobody to ask");
}

#[test]
fn a_hostile_key_of_cosign_costs_nothing_and_asks_nobody() {
    let parts = Parts::new();
    let good = cosign_key(&parts, "x", 2);
    let json = |change: &dyn Fn(String) -> String| {
        let block = good.lines().filter(|line| !line.starts_with('-')).collect::<String>();
        let text = String::from_utf8(STANDARD.decode(block).unwrap()).unwrap();
        pem("ENCRYPTED COSIGN PRIVATE KEY", change(text).as_bytes())
    };
    let never = || -> touchmark::Result<Secret> { panic!("asked for a password") };
    for (from, to, code) in [
        ("\"N\":2", "\"N\":1073741824", "E-TOO-LARGE"),
        ("\"N\":2", "\"N\":3", "E-KEY"),
        ("\"N\":2", "\"N\":0", "E-KEY"),
        ("\"r\":8", "\"r\":4294967295", "E-TOO-LARGE"),
        ("\"p\":1", "\"p\":4294967295", "E-TOO-LARGE"),
        ("scrypt", "argon2", "E-KEY"),
        ("nacl/secretbox", "aes", "E-KEY"),
        ("\"nonce\":\"", "\"nonce\":\"AAAA", "E-KEY"),
        ("{", "", "E-KEY"),
    ] {
        let file = json(&|text: String| text.replacen(from, to, 1));
        let refused = SigningKey::from_pem_asking(file.as_bytes(), never).unwrap_err();
        assert_eq!(refused.code.as_str(), code, "{from} {to}: {}", refused.what);
    }
}

#[test]
fn a_damaged_key_of_each_form_is_refused() {
    let parts = Parts::new();
    let other = Parts::new();
    let jwk = parts.jwk(true);
    let mixed = jwk.replace(&URL_SAFE_NO_PAD.encode(&parts.scalar), &URL_SAFE_NO_PAD.encode(&other.scalar));
    assert!(SigningKey::from_pem(mixed.as_bytes()).is_err(), "a private number of another key");
    let short = jwk.replace("\"x\":\"", "\"x\":\"AA");
    assert!(
        SigningKey::from_pem(short.as_bytes()).is_err() && PublicKey::from_pem(short.as_bytes()).is_err()
    );
    let twice = jwk.replacen("\"kty\":\"EC\"", "\"kty\":\"EC\",\"kty\":\"EC\"", 1);
    assert!(SigningKey::from_pem(twice.as_bytes()).is_err());
    let mut off = parts.point.clone();
    off[40] ^= 1;
    let blob = [string(b"ecdsa-sha2-nistp256"), string(b"nistp256"), string(&off)].concat();
    let line = format!("ecdsa-sha2-nistp256 {}", STANDARD.encode(&blob));
    assert!(PublicKey::from_pem(line.as_bytes()).unwrap_err().what.contains("not on its curve"));
    let cut = format!("ecdsa-sha2-nistp256 {}", STANDARD.encode(&blob[..30]));
    assert!(PublicKey::from_pem(cut.as_bytes()).is_err());
    assert!(PublicKey::from_pem(parts.ssh_public().as_bytes()).is_ok());
    let renamed = parts.ssh_public().replace("nistp256 ", "nistp384 ");
    assert!(PublicKey::from_pem(renamed.as_bytes()).is_err(), "the line and the key in it differ");
}

/// A signature by a key of another kind, as other tools make it.
fn signed_by_other(folder: &Path, key: &pki::Key, algorithm: &str) {
    let parts = Parts::new();
    fs::create_dir_all(folder.join("model")).unwrap();
    fs::write(folder.join("model/weights.bin"), b"weights").unwrap();
    fs::write(folder.join("throw-away.pem"), parts.pkcs8()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
    let made = command
        .args(["sign", "key", "model", "--private-key", "throw-away.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let path = folder.join("model/model.sig");
    let mut bundle: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let kind = bundle["dsseEnvelope"]["payloadType"].as_str().unwrap().to_owned();
    let payload = STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    let signature = key.sign(algorithm, &[head.as_bytes(), &payload].concat());
    bundle["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(signature).into();
    let public = PublicKey::any_from_spki_der(key.spki()).unwrap();
    bundle["verificationMaterial"]["publicKey"]["hint"] = public.hint().into();
    fs::write(&path, bundle.to_string()).unwrap();
    fs::write(folder.join("public.pem"), public.to_pem()).unwrap();
}

#[test]
fn keys_beyond_oms_verify_only_where_the_policy_lists_them_and_are_named() {
    for (kind, algorithm, word, name) in [
        (Kind::Rsa, pki::SHA256_RSA, "rsa", "RSA"),
        (Kind::Rsa, pki::RSA_PSS, "rsa", "RSA"),
        (Kind::Ed25519, "", "ed25519", "Ed25519"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let key = pki::Key::new(kind);
        signed_by_other(dir.path(), &key, algorithm);
        let run = |words: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
            command.args(words).current_dir(dir.path()).stdin(Stdio::null()).output().unwrap()
        };
        let refused = run(&["verify", "key", "model", "--public-key", "public.pem"]);
        assert_eq!(refused.status.code(), Some(4), "{}", out(&refused));
        assert!(
            err(&refused).contains(&format!("{name} keys do not verify OMS signatures")),
            "{}",
            err(&refused)
        );
        let policy = |keys: &str| {
            let text = format!(
                r#"
schema = "trust-policy/0.1"
name = "others"
version = "1"
default = "deny"
[crypto]
keys = [{keys}]
[trust.ours]
kind = "key"
files = ["public.pem"]
[[publisher]]
id = "acme"
models = ["*"]
trust = ["ours"]
"#
            );
            fs::write(dir.path().join("policy.toml"), text).unwrap();
            run(&["verify", "model", "--policy", "policy.toml", "--explain"])
        };
        let oms = "\"p256\", \"p384\", \"p521\"";
        let listed = policy(&format!("{oms}, \"{word}\""));
        let said = out(&listed);
        assert!(said.contains(&format!("beyond OMS v1.0: an {name} key")), "{said}{}", err(&listed));
        assert!(!said.contains("SIGNATURE-"), "{said}");
        let other = if word == "rsa" { "ed25519" } else { "rsa" };
        for keys in [oms.to_owned(), format!("{oms}, \"{other}\"")] {
            let unlisted = policy(&keys);
            assert_eq!(unlisted.status.code(), Some(1), "{}", out(&unlisted));
            assert!(out(&unlisted).contains("SIGNATURE-KEY"), "{}", out(&unlisted));
            assert!(out(&unlisted).contains(&format!("an {name} key")), "{}", out(&unlisted));
        }
    }
}

#[test]
fn kinds_of_keys_are_told_apart() {
    for (kind, expected) in [(Kind::Rsa, KeyKind::Rsa), (Kind::Ed25519, KeyKind::Ed25519)] {
        let key = pki::Key::new(kind);
        let public = PublicKey::any_from_spki_der(key.spki()).unwrap();
        assert_eq!(public.kind(), expected);
        assert!(PublicKey::from_spki_der(key.spki()).is_err());
        assert!(!Beyond::default().counts(expected) && Beyond::of(&[expected]).counts(expected));
        let signature = key.sign(key.algorithm(), b"text");
        assert!(public.verifies(b"text", &signature) && !public.verifies(b"Text", &signature));
        assert!(!public.verifies_sha256(b"text", &signature));
    }
    for curve in Curve::ALL {
        assert!(Beyond::default().counts(curve.into()));
        assert_eq!(KeyKind::from(curve).curve(), Some(curve));
    }
}
