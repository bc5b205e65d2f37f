//! Keys in files: made, encrypted, shown, and signed with; and what a hostile key file may cost.

#[cfg(unix)]
use crate::support::at_a_terminal;
use crate::support::{err, out, touchmark};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use touchmark::Code;
use touchmark::signing::{Curve, PublicKey, Secret, SigningKey, describe_key};

const PASSWORD: &str = "correct horse 🐎 battery";

/// A folder with a model, a file with the password, and room for keys.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("model")).unwrap();
        fs::write(dir.path().join("model/weights.bin"), b"weights").unwrap();
        fs::write(dir.path().join("password"), format!("{PASSWORD}\n")).unwrap();
        Desk(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        self.run_with(words, None)
    }

    fn run_with(&self, words: &[&str], password: Option<&str>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command.args(words).current_dir(self.0.path()).stdin(Stdio::null()).env_remove("TOUCHMARK_PASSWORD");
        if let Some(password) = password {
            command.env("TOUCHMARK_PASSWORD", password);
        }
        command.output().unwrap()
    }

    /// Signs with the key and verifies with its public half.
    fn signs(&self, key: &str, public: &str) {
        let signed = self.run(&["sign", "key", "model", "--private-key", key, "--password-file", "password"]);
        assert_eq!(signed.status.code(), Some(0), "{key}: {}", err(&signed));
        let verified = self.run(&["verify", "key", "model", "--public-key", public]);
        assert_eq!(verified.status.code(), Some(0), "{key}: {}", out(&verified));
    }

    /// Runs OpenSSL; none, and said aloud, where there is none.
    fn openssl(&self, words: &[&str]) -> Option<Output> {
        let Ok(done) = Command::new("openssl").args(words).current_dir(self.0.path()).output() else {
            assert!(std::env::var_os("CI").is_none(), "CI must have openssl");
            eprintln!("SKIPPED: {words:?}, openssl is not installed");
            return None;
        };
        assert!(done.status.success(), "openssl {words:?}: {}", err(&done));
        Some(done)
    }
}

#[test]
fn a_made_key_signs_and_its_public_half_stands_beside_it() {
    for (name, shown) in [("p256", "P-256"), ("P-384", "P-384"), ("secp521r1", "P-521")] {
        let desk = Desk::new();
        let made = desk.run(&["key", "generate", "k.pem", "--curve", name, "--no-password"]);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
        let public = PublicKey::from_pem(&fs::read(desk.path("k.pem.pub")).unwrap()).unwrap();
        assert!(out(&made).contains(shown) && out(&made).contains(&public.fingerprint()), "{}", out(&made));
        assert!(err(&made).contains("not encrypted"), "{}", err(&made));
        desk.signs("k.pem", "k.pem.pub");
    }
    let desk = Desk::new();
    desk.run(&["key", "generate", "k.pem", "--no-password"]);
    assert_eq!(SigningKey::from_pem(&fs::read(desk.path("k.pem")).unwrap()).unwrap().curve(), Curve::P384);
}

#[test]
fn an_encrypted_key_signs_with_its_password_from_a_file_and_from_the_environment() {
    let desk = Desk::new();
    let made = desk.run(&["key", "generate", "k.pem", "--password-file", "password"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let pem = fs::read_to_string(desk.path("k.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{pem}");
    assert!(err(&made).is_empty(), "{}", err(&made));
    desk.signs("k.pem", "k.pem.pub");
    let words = ["sign", "key", "model", "--private-key", "k.pem"];
    assert_eq!(desk.run_with(&words, Some(PASSWORD)).status.code(), Some(0));
    // The file was asked for; the variable may be another key's.
    let both = [&words[..], &["--password-file", "password"]].concat();
    assert_eq!(desk.run_with(&both, Some("wrong")).status.code(), Some(0));
}

#[test]
fn a_wrong_or_missing_password_is_a_clear_error() {
    let desk = Desk::new();
    desk.run(&["key", "generate", "k.pem", "--password-file", "password"]);
    let words = ["sign", "key", "model", "--private-key", "k.pem"];
    let wrong = desk.run_with(&words, Some("wrong"));
    assert_eq!(wrong.status.code(), Some(4), "{}", err(&wrong));
    assert!(err(&wrong).contains("error[E-KEY]: the password is wrong") && err(&wrong).contains("k.pem"));
    let missing = desk.run(&words);
    assert_eq!(missing.status.code(), Some(2), "{}", err(&missing));
    assert!(err(&missing).contains("no terminal to ask on"), "{}", err(&missing));
    assert!(err(&missing).contains("--password-file FILE or set TOUCHMARK_PASSWORD"), "{}", err(&missing));
    assert!(!desk.path("model/model.sig").exists());
    for (content, status) in [("", 2), ("\n", 2), ("two\nlines\n", 2), (&*"x".repeat(5000), 2)] {
        fs::write(desk.path("odd"), content).unwrap();
        let odd = desk.run(&[&words[..], &["--password-file", "odd"]].concat());
        assert_eq!(odd.status.code(), Some(status), "{}", err(&odd));
    }
    assert_eq!(desk.run(&[&words[..], &["--password-file", "none"]].concat()).status.code(), Some(4));
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    let desk = Desk::new();
    desk.run(&["key", "generate", "k.pem", "--password-file", "password"]);
    let words = ["sign", "key", "model", "--private_key", "k.pem", "--password", PASSWORD];
    let with_equals = format!("--password={PASSWORD}");
    for words in [&words[..], &[&words[..5], &[&with_equals]].concat()] {
        let refused = desk.run(words);
        assert_eq!(refused.status.code(), Some(2));
        assert!(err(&refused).contains("--password-file"), "{}", err(&refused));
        assert!(!err(&refused).contains(PASSWORD), "{}", err(&refused));
    }
    assert!(!out(&touchmark(["sign", "key", "--help"])).contains("--password "));
}

#[test]
fn a_key_is_never_overwritten_without_force() {
    let desk = Desk::new();
    fs::write(desk.path("k.pem.pub"), "mine").unwrap();
    let refused = desk.run(&["key", "generate", "k.pem", "--no-password"]);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert!(err(&refused).contains("k.pem.pub") && err(&refused).contains("--force"), "{}", err(&refused));
    assert!(!desk.path("k.pem").exists());
    assert_eq!(fs::read_to_string(desk.path("k.pem.pub")).unwrap(), "mine");
    assert_eq!(desk.run(&["key", "generate", "k.pem", "--force", "--no-password"]).status.code(), Some(0));
    let before = fs::read(desk.path("k.pem")).unwrap();
    assert_eq!(desk.run(&["key", "generate", "k.pem", "--no-password"]).status.code(), Some(2));
    assert_eq!(fs::read(desk.path("k.pem")).unwrap(), before);
    assert_eq!(desk.run(&["key", "generate", "k.pem", "--force", "--no-password"]).status.code(), Some(0));
    assert_ne!(fs::read(desk.path("k.pem")).unwrap(), before);
    desk.signs("k.pem", "k.pem.pub");
    assert_eq!(
        desk.run(&["key", "generate", "no/such/folder/k.pem", "--no-password"]).status.code(),
        Some(4)
    );
    let left = fs::read_dir(desk.0.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".touchmark"));
    assert_eq!(left.count(), 0);
}

#[cfg(unix)]
#[test]
fn a_private_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    for words in [
        &["key", "generate", "k.pem", "--no-password"][..],
        &["key", "generate", "k.pem", "--force", "--no-password"],
    ] {
        assert_eq!(desk.run(words).status.code(), Some(0));
        assert_eq!(fs::metadata(desk.path("k.pem")).unwrap().permissions().mode() & 0o777, 0o600);
        // Somebody opened it up, and a link points elsewhere: a new pair is private again and a file again.
        fs::set_permissions(desk.path("k.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    }
    fs::write(desk.path("elsewhere"), "mine").unwrap();
    std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("link")).unwrap();
    assert_eq!(desk.run(&["key", "generate", "link", "--no-password"]).status.code(), Some(2));
    assert_eq!(desk.run(&["key", "generate", "link", "--force", "--no-password"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(desk.path("elsewhere")).unwrap(), "mine");
}

#[test]
fn show_names_curve_fingerprint_and_encryption_and_never_the_secret() {
    let desk = Desk::new();
    desk.run(&["key", "generate", "k.pem", "--curve", "P-521", "--password-file", "password"]);
    let print = PublicKey::from_pem(&fs::read(desk.path("k.pem.pub")).unwrap()).unwrap().fingerprint();
    let hidden = desk.run(&["key", "show", "k.pem"]);
    assert_eq!(hidden.status.code(), Some(0), "{}", err(&hidden));
    assert!(out(&hidden).contains("yes, PBKDF2-HMAC-SHA256 (600000 iterations), AES-256-CBC"));
    assert!(!out(&hidden).contains(&print) && out(&hidden).contains("unknown"), "{}", out(&hidden));
    let shown = desk.run(&["key", "show", "k.pem", "--password-file", "password"]);
    assert!(out(&shown).contains(&print) && out(&shown).contains("P-521"), "{}", out(&shown));
    let public = desk.run(&["key", "show", "k.pem.pub", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out(&public)).unwrap();
    assert_eq!(
        (&document["schema"], &document["private"], &document["fingerprint"]),
        (&"touchmark.key/1".into(), &false.into(), &print.into())
    );
    let other = desk.run(&["key", "show", "password"]);
    assert_eq!(other.status.code(), Some(4), "{}", err(&other));
}

#[test]
fn debug_prints_no_secret() {
    let key = SigningKey::generate(Curve::P256).unwrap();
    let secret = Secret::new(PASSWORD);
    assert_eq!(format!("{secret:?} {key:?}"), "Secret(…) SigningKey(P-256)");
    let pem = key.to_encrypted_pkcs8_pem(&secret).unwrap();
    let described = describe_key(pem.as_bytes(), Some(&secret)).unwrap();
    assert_eq!(described.public.as_ref(), Some(key.public()));
    let scalar = key.to_pkcs8_pem().unwrap().lines().nth(1).unwrap().to_owned();
    let said = format!("{described:?} {:?}", SigningKey::from_pem(pem.as_bytes()).unwrap_err());
    assert!(!said.contains(PASSWORD) && !said.contains(&scalar), "{said}");
}

#[test]
fn keys_that_openssl_encrypted_sign() {
    let desk = Desk::new();
    for curve in ["P-256", "P-384", "P-521"] {
        let option = format!("ec_paramgen_curve:{curve}");
        let words = ["genpkey", "-algorithm", "EC", "-pkeyopt", &option, "-out", "plain.pem"];
        if desk.openssl(&words).is_none() {
            return;
        }
        desk.openssl(&["pkey", "-in", "plain.pem", "-pubout", "-out", "public.pem"]);
        for how in [
            &["-v2", "aes-256-cbc"][..],
            &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512", "-iter", "100000"],
            &["-v2", "aes-128-cbc"],
            &["-scrypt"],
            &["-scrypt", "-scrypt_N", "8192", "-scrypt_r", "4", "-scrypt_p", "3"],
        ] {
            let words = ["pkcs8", "-topk8", "-in", "plain.pem", "-out", "k.pem", "-passout", "file:password"];
            desk.openssl(&[&words[..], how].concat());
            desk.signs("k.pem", "public.pem");
        }
    }
}

#[test]
fn what_openssl_encrypted_in_an_older_way_is_named_with_the_command_that_converts_it() {
    let desk = Desk::new();
    let plain = SigningKey::generate(Curve::P384).unwrap();
    fs::write(desk.path("plain.pem"), plain.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
    fs::write(desk.path("public.pem"), plain.public().to_pem()).unwrap();
    fs::copy(desk.path("password"), desk.path("again")).unwrap();
    let pass = ["-passout", "file:password", "-in", "plain.pem", "-out", "old.pem"];
    if desk.openssl(&[&["ec", "-aes256"][..], &pass].concat()).is_none() {
        return;
    }
    let legacy = fs::read_to_string(desk.path("old.pem")).unwrap();
    assert!(legacy.contains("Proc-Type: 4,ENCRYPTED"), "{legacy}");
    let others: [&[&str]; 2] = [
        &["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"],
        &["pkcs8", "-topk8", "-v2", "des3"],
    ];
    for how in [&["ec", "-aes256"][..], others[0], others[1]] {
        desk.openssl(&[how, &pass].concat());
        let sign = ["sign", "key", "model", "--private-key", "old.pem", "--password-file", "password"];
        let refused = desk.run(&sign);
        assert_eq!(refused.status.code(), Some(4), "{how:?}");
        assert!(err(&refused).contains("openssl pkcs8 -topk8 -in KEY -out CONVERTED"), "{}", err(&refused));
        // From one file OpenSSL would read two lines.
        let pass = ["-passin", "file:password", "-passout", "file:again"];
        desk.openssl(&[&["pkcs8", "-topk8", "-in", "old.pem", "-out", "new.pem"][..], &pass].concat());
        desk.signs("new.pem", "public.pem");
    }
}

#[test]
fn an_encrypted_key_of_another_kind_is_not_called_a_wrong_password() {
    let desk = Desk::new();
    let words =
        ["genpkey", "-algorithm", "ED25519", "-aes-256-cbc", "-pass", "file:password", "-out", "k.pem"];
    if desk.openssl(&words).is_none() {
        return;
    }
    let pem = fs::read(desk.path("k.pem")).unwrap();
    let error = SigningKey::from_pem_asking(&pem, || Ok(Secret::new(PASSWORD))).unwrap_err();
    assert!(error.what.contains("Ed25519 keys cannot sign"), "{error}");
}

#[test]
fn openssl_reads_what_we_encrypt() {
    let desk = Desk::new();
    for curve in ["P-256", "P-384", "P-521"] {
        let words = ["key", "generate", "k.pem", "--force", "--curve", curve, "--password-file", "password"];
        assert_eq!(desk.run(&words).status.code(), Some(0));
        let words = ["pkey", "-in", "k.pem", "-passin", "file:password", "-pubout"];
        let Some(read) = desk.openssl(&words) else { return };
        assert_eq!(out(&read), fs::read_to_string(desk.path("k.pem.pub")).unwrap());
        desk.openssl(&["pkey", "-pubin", "-in", "k.pem.pub", "-noout"]);
    }
}

/// DER, for key files that no honest program writes.
fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    assert!(body.len() < 256);
    let mut der =
        if body.len() < 128 { vec![tag, body.len() as u8] } else { vec![tag, 0x81, body.len() as u8] };
    der.extend(body);
    der
}

fn integer(value: u64) -> Vec<u8> {
    let bytes: Vec<u8> = [0].into_iter().chain(value.to_be_bytes()).collect();
    let first = bytes.windows(2).position(|pair| pair[0] != 0 || pair[1] >= 0x80).unwrap_or(8);
    tlv(2, &[bytes[first..].to_vec()])
}

fn oid(hex: &str) -> Vec<u8> {
    tlv(6, &[hex::decode(hex).unwrap()])
}

/// A PEM key under the given key derivation: PBES2, AES-256-CBC, some ciphertext.
fn encrypted_with(kdf: Vec<u8>) -> String {
    let cipher = tlv(0x30, &[oid("60864801650304012a"), tlv(4, &[vec![0; 16]])]);
    let pbes2 = tlv(0x30, &[oid("2a864886f70d01050d"), tlv(0x30, &[kdf, cipher])]);
    let der = tlv(0x30, &[pbes2, tlv(4, &[vec![7; 48]])]);
    let body = STANDARD.encode(der);
    format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----\n")
}

fn pbkdf2(iterations: u64) -> String {
    let prf = tlv(0x30, &[oid("2a864886f70d0209"), vec![5, 0]]);
    let params = tlv(0x30, &[tlv(4, &[vec![1; 8]]), integer(iterations), prf]);
    encrypted_with(tlv(0x30, &[oid("2a864886f70d01050c"), params]))
}

fn scrypt(n: u64, r: u64, p: u64) -> String {
    let params = tlv(0x30, &[tlv(4, &[vec![1; 8]]), integer(n), integer(r), integer(p)]);
    encrypted_with(tlv(0x30, &[oid("2b06010401da47040b"), params]))
}

#[test]
fn a_key_that_costs_too_much_to_decrypt_is_refused_at_once_and_the_bound_is_named() {
    let refusal = |pem: &str| {
        let began = Instant::now();
        let asked = || panic!("asked for a password for nothing");
        let error = SigningKey::from_pem_asking(pem.as_bytes(), asked).unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(1), "{error}");
        assert_eq!(describe_key(pem.as_bytes(), None).unwrap_err().code, error.code);
        format!("{error} {}", error.help.as_deref().unwrap_or_default())
    };
    for iterations in [0, 10_000_001, u64::from(u32::MAX), u64::from(u32::MAX) + 1, u64::MAX] {
        let said = refusal(&pbkdf2(iterations));
        assert!(said.contains("at most 10000000"), "{iterations}: {said}");
    }
    let odd = [(0, 8, 1), (1, 8, 1), (3, 8, 1), (1024, 0, 1), (1024, 8, 0), (u64::MAX, 8, 1)];
    let large = [
        (1 << 19, 8, 1),
        (1 << 62, 8, 1),
        (1 << 63, 65535, 65535),
        (2, 65535, 65535),
        (2, 8, 17),
        (2, 33, 1),
        (2, 65536, 1),
    ];
    for (n, r, p) in odd.into_iter().chain(large) {
        let said = refusal(&scrypt(n, r, p));
        assert!(said.contains("at most 256 MiB"), "{n} {r} {p}: {said}");
    }
    // The builder is right: honest parameters are tried, and the password is wrong.
    for pem in [pbkdf2(1000), scrypt(1024, 8, 1)] {
        let error = SigningKey::from_pem_asking(pem.as_bytes(), || Ok(Secret::new("x"))).unwrap_err();
        assert!(error.code == Code::Key && error.what.contains("wrong"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn at_a_terminal_the_password_is_asked_for_without_echo() {
    let desk = Desk::new();
    let folder = desk.0.path();
    let generate = ["key", "generate", "k.pem"];
    let (said, status) =
        at_a_terminal(folder, &[], &generate, &[("Password for the new key", PASSWORD), ("again", "other")]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("differ") && !desk.path("k.pem").exists(), "{said}");
    let (said, status) =
        at_a_terminal(folder, &[], &generate, &[("Password for the new key", PASSWORD), ("again", PASSWORD)]);
    assert_eq!(status, 0, "{said}");
    assert!(!said.contains("battery"), "{said}");
    let sign = ["sign", "key", "model", "--private-key", "k.pem"];
    let (said, status) = at_a_terminal(folder, &[], &sign, &[("Password of k.pem", PASSWORD)]);
    assert_eq!(status, 0, "{said}");
    assert!(!said.contains("battery"), "{said}");
    let (said, status) = at_a_terminal(folder, &[], &["key", "generate", "plain.pem", "--no-password"], &[]);
    assert_eq!(status, 0, "{said}");
}
