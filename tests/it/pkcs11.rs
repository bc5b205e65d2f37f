//! Keys in PKCS#11 tokens: the URI, and signing with SoftHSM. Without SoftHSM these tests say that they are
//! skipped, and fail in CI.

#[cfg(unix)]
use crate::support::at_a_terminal;
use crate::support::{err, out};
use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use touchmark::Code;
use touchmark::signing::{Curve, Pkcs11Uri, SigningKey};

const PIN: &str = "24680135";
const LABEL: &str = "Löffel & Gabel";
const TOKEN: &str = "token=L%C3%B6ffel%20&%20Gabel";
const CURVES: [(Curve, &str); 3] = [(Curve::P256, "p256"), (Curve::P384, "p384"), (Curve::P521, "p521")];

/// A token of its own, and a model to sign.
struct Hsm {
    dir: tempfile::TempDir,
    module: PathBuf,
}

impl Hsm {
    fn open() -> Option<Self> {
        Self::with("")
    }

    fn with(config: &str) -> Option<Self> {
        let folders =
            ["/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/local/lib/softhsm", "/opt/homebrew/lib/softhsm"];
        let module =
            folders.iter().map(|folder| PathBuf::from(folder).join("libsofthsm2.so")).find(|m| m.exists());
        let utility = Command::new("softhsm2-util").arg("--version").output();
        let (Some(module), Ok(_)) = (module, utility) else {
            assert!(std::env::var_os("CI").is_none(), "CI must have softhsm2");
            eprintln!("SKIPPED: signing with a token, SoftHSM is not installed");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let tokens = dir.path().join("tokens");
        fs::create_dir(&tokens).unwrap();
        let config = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n{config}\n",
            tokens.display()
        );
        fs::write(dir.path().join("softhsm2.conf"), config).unwrap();
        fs::create_dir(dir.path().join("model")).unwrap();
        fs::write(dir.path().join("model/weights.bin"), b"weights").unwrap();
        fs::write(dir.path().join("pin"), format!("{PIN}\n")).unwrap();
        let hsm = Hsm { dir, module };
        hsm.make_token(LABEL);
        Some(hsm)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command.env("SOFTHSM2_CONF", self.path("softhsm2.conf")).env_remove("TOUCHMARK_PIN");
        command
    }

    fn utility(&self, words: &[&str]) {
        let done = self.command("softhsm2-util").args(words).output().unwrap();
        assert!(done.status.success(), "softhsm2-util {words:?}: {}{}", out(&done), err(&done));
    }

    fn make_token(&self, label: &str) {
        self.utility(&["--init-token", "--free", "--label", label, "--so-pin", "98765432", "--pin", PIN]);
    }

    fn import(&self, pem: &str, label: &str, id: &str, more: &[&str]) {
        fs::write(self.path("import.pem"), pem).unwrap();
        let words = ["--import", "import.pem", "--token", LABEL, "--label", label, "--id", id, "--pin", PIN];
        self.utility(&[&words[..], more].concat());
        fs::remove_file(self.path("import.pem")).unwrap();
    }

    /// A new key in the token; its public half also in the file `LABEL.pub`.
    fn key(&self, curve: Curve, label: &str, id: &str, more: &[&str]) -> SigningKey {
        let key = SigningKey::generate(curve).unwrap();
        self.import(&key.to_pkcs8_pem().unwrap(), label, id, more);
        fs::write(self.path(&format!("{label}.pub")), key.public().to_pem()).unwrap();
        key
    }

    fn touchmark(&self, words: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_touchmark")).args(words).output().unwrap()
    }

    /// `sign pkcs11-key` with the PIN in its file.
    fn sign(&self, uri: &str) -> Output {
        let module = self.module.to_str().unwrap();
        let words = ["sign", "pkcs11-key", "model", "--module", module, "--pin-file", "pin", "--pkcs11-uri"];
        self.touchmark(&[&words[..], &[uri]].concat())
    }

    fn refusal(&self, uri: &str, status: i32) -> String {
        let refused = self.sign(uri);
        assert_eq!(refused.status.code(), Some(status), "{uri}: {}", err(&refused));
        assert!(!self.path("model/model.sig").exists());
        err(&refused)
    }

    fn verify(&self, public: &str) {
        let verified = self.touchmark(&["verify", "key", "model", "--public-key", public]);
        assert_eq!(verified.status.code(), Some(0), "{}{}", out(&verified), err(&verified));
        fs::remove_file(self.path("model/model.sig")).unwrap();
    }
}

#[test]
fn a_key_in_a_token_signs_on_every_curve() {
    let Some(hsm) = Hsm::open() else { return };
    for (number, (curve, name)) in CURVES.into_iter().enumerate() {
        hsm.key(curve, name, &format!("a{number}"), &[]);
    }
    for (number, (_, name)) in CURVES.into_iter().enumerate() {
        for uri in [
            format!("pkcs11:{TOKEN};object={name};type=private"),
            format!("PKCS11:id=%a{number};manufacturer=SoftHSM%20project;model=SoftHSM%20v2;{TOKEN}"),
        ] {
            let signed = hsm.sign(&uri);
            assert_eq!(signed.status.code(), Some(0), "{uri}: {}", err(&signed));
            assert!(err(&signed).is_empty(), "{}", err(&signed));
            hsm.verify(&format!("{name}.pub"));
        }
    }
}

#[test]
fn a_token_of_the_reference_s_users_works_with_the_uri_alone() {
    let Some(hsm) = Hsm::open() else { return };
    hsm.key(Curve::P256, "k", "01", &[]);
    let (pin, module) = (hsm.path("pin"), hsm.module.to_str().unwrap());
    let folder = hsm.module.parent().unwrap().display();
    let in_usual_folder = folder.to_string() != "/opt/homebrew/lib/softhsm";
    let uris = [
        format!("pkcs11:{TOKEN};object=k?pin-source=file:{}&module-path={module}", pin.display()),
        format!("pkcs11:object=k?pin-source={}&module-path={folder}&module-name=softhsm2", pin.display()),
        format!("pkcs11:object=k?pin-source=file://{}&module-name=softhsm2", pin.display()),
    ];
    for uri in uris.iter().take(if in_usual_folder { 3 } else { 2 }) {
        let signed = hsm.touchmark(&["sign", "pkcs11-key", "model", "--pkcs11_uri", uri]);
        assert_eq!(signed.status.code(), Some(0), "{uri}: {}", err(&signed));
        hsm.verify("k.pub");
    }
    let uri = format!("pkcs11:object=k?pin-value={PIN}&module-path={module}");
    let signed = hsm.touchmark(&["sign", "pkcs11-key", "model", "--pkcs11-uri", &uri]);
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    assert!(err(&signed).starts_with("! the PIN in the URI is readable"), "{}", err(&signed));
    assert!(!err(&signed).contains(PIN));
}

/// A root, an issuing authority, and a certificate for the key: PEM files of these names.
fn certify(hsm: &Hsm, key: &SigningKey) {
    let named = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(2045, 1, 1);
        params
    };
    let authority = |name: &str| {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
    };
    let (root_key, issuing_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let (root, issuing) = (authority("root"), authority("issuing"));
    let mut leaf = named("release");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let public = KeyPair::from_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
    let root_issuer = Issuer::from_params(&root, &root_key);
    let issuing_issuer = Issuer::from_params(&issuing, &issuing_key);
    for (name, certificate) in [
        ("root.pem", root.self_signed(&root_key).unwrap()),
        ("issuing.pem", issuing.signed_by(&issuing_key, &root_issuer).unwrap()),
        ("leaf.pem", leaf.signed_by(&public, &issuing_issuer).unwrap()),
    ] {
        fs::write(hsm.path(name), certificate.pem()).unwrap();
    }
}

#[test]
fn a_key_in_a_token_signs_with_its_certificate() {
    let Some(hsm) = Hsm::open() else { return };
    let module = hsm.module.to_str().unwrap();
    let sign = |name: &str| {
        let uri = format!("pkcs11:{TOKEN};object={name}");
        let words = ["sign", "pkcs11-certificate", "model", "--module", module, "--pin-file", "pin"];
        let chain = ["--signing-certificate", "leaf.pem", "--certificate_chain", "issuing.pem"];
        hsm.touchmark(&[&words[..], &chain, &["--pkcs11-uri", &uri]].concat())
    };
    for (number, (curve, name)) in CURVES.into_iter().enumerate() {
        // Without the public key in the token, the certificate says what it is.
        let more: &[&str] = if curve == Curve::P384 { &["--no-public-key"] } else { &[] };
        let key = hsm.key(curve, name, &format!("b{number}"), more);
        certify(&hsm, &key);
        let signed = sign(name);
        assert_eq!(signed.status.code(), Some(0), "{name}: {}", err(&signed));
        let verified = hsm.touchmark(&["verify", "certificate", "model", "--certificate-chain", "root.pem"]);
        assert_eq!(verified.status.code(), Some(0), "{name}: {}", out(&verified));
        fs::remove_file(hsm.path("model/model.sig")).unwrap();
    }
    // The certificate is the last key's. One token tells that it is another's; the other only by signing.
    let told = sign("p256");
    assert!(told.status.code() == Some(4) && err(&told).contains("for another key"), "{}", err(&told));
    certify(&hsm, &SigningKey::generate(Curve::P384).unwrap());
    let proved = sign("p384");
    assert!(
        proved.status.code() == Some(4) && err(&proved).contains("not by the public key"),
        "{}",
        err(&proved)
    );
    assert!(!hsm.path("model/model.sig").exists());
}

#[test]
fn a_token_or_a_key_that_is_not_there_or_not_alone_is_named_with_those_that_are() {
    let Some(hsm) = Hsm::open() else { return };
    assert!(hsm.refusal(&format!("pkcs11:{TOKEN}"), 2).contains("the token has no private key"));
    hsm.key(Curve::P256, "twin", "01", &[]);
    hsm.key(Curve::P256, "twin", "02", &[]);
    let said = hsm.refusal("pkcs11:token=other", 2);
    assert!(
        said.contains("error[E-NOT-FOUND]: no token")
            && said.contains("token=L%C3%B6ffel%20&%20Gabel serial=")
    );
    let said = hsm.refusal(&format!("pkcs11:{TOKEN};object=other"), 2);
    assert!(said.contains("no private key") && said.contains("object=twin id=%01"), "{said}");
    let said = hsm.refusal(&format!("pkcs11:{TOKEN};object=twin"), 2);
    assert!(said.contains("2 private keys") && said.contains("id=%01") && said.contains("id=%02"), "{said}");
    assert_eq!(hsm.sign(&format!("pkcs11:{TOKEN};object=twin;id=%02")).status.code(), Some(0));
    hsm.verify("twin.pub");
    hsm.make_token("second");
    let said = hsm.refusal("pkcs11:object=twin;id=%02", 2);
    assert!(said.contains("2 tokens") && said.contains("token=second serial="), "{said}");
    let first = said.split("token=").find(|token| token.starts_with("L%C3")).unwrap();
    let slot = first.split("slot-id=").nth(1).unwrap();
    let slot: String = slot.chars().take_while(char::is_ascii_digit).collect();
    for (uri, status) in [
        (format!("pkcs11:slot-id={slot};object=twin;id=%02?pin-source=none"), 0),
        ("pkcs11:slot-id=18446744073709551615".to_owned(), 2),
        ("pkcs11:library-manufacturer=SoftHSM;slot-id=1".to_owned(), 2),
        ("pkcs11:library-version=99.1".to_owned(), 2),
        ("pkcs11:type=data;object=twin".to_owned(), 2),
    ] {
        let done = hsm.sign(&uri);
        assert_eq!(done.status.code(), Some(status), "{uri}: {}", err(&done));
    }
}

#[test]
fn a_wrong_pin_is_told_and_nobody_is_asked_where_nobody_is() {
    let Some(hsm) = Hsm::open() else { return };
    hsm.key(Curve::P256, "k", "01", &[]);
    let module = hsm.module.to_str().unwrap();
    let words = ["sign", "pkcs11-key", "model", "--pkcs11-uri", "pkcs11:object=k", "--module", module];
    let run = |pin: Option<&str>| {
        let mut command = hsm.command(env!("CARGO_BIN_EXE_touchmark"));
        command.args(words).envs(pin.map(|pin| ("TOUCHMARK_PIN", pin))).output().unwrap()
    };
    for wrong in ["11111111", "1", &"9".repeat(300)] {
        let refused = run(Some(wrong));
        assert_eq!(refused.status.code(), Some(4), "{}", err(&refused));
        let said = err(&refused);
        assert!(said.contains("error[E-KEY]: the PIN is wrong") && said.contains("tries"), "{said}");
    }
    let refused = run(None);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert!(err(&refused).contains("--pin-file FILE or set TOUCHMARK_PIN"), "{}", err(&refused));
    assert_eq!(run(Some(PIN)).status.code(), Some(0));
    hsm.verify("k.pub");
    #[cfg(unix)]
    {
        let config = hsm.path("softhsm2.conf");
        let variables = [("SOFTHSM2_CONF", config.to_str().unwrap())];
        let (said, status) = at_a_terminal(hsm.dir.path(), &variables, &words, &[("PIN of token", PIN)]);
        assert_eq!(status, 0, "{said}");
        assert!(said.contains("Löffel") && !said.contains(PIN), "{said}");
        hsm.verify("k.pub");
    }
}

#[test]
fn keys_and_tokens_that_cannot_sign_models_are_refused() {
    let Some(hsm) = Hsm::open() else { return };
    let rsa = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem();
    hsm.import(&rsa, "rsa", "01", &[]);
    assert!(hsm.refusal("pkcs11:object=rsa", 4).contains("not an elliptic-curve key"));
    hsm.key(Curve::P256, "lonely", "02", &["--no-public-key"]);
    assert!(hsm.refusal("pkcs11:object=lonely", 4).contains("does not tell the public half"));
    let Some(hsm) = Hsm::with("slots.mechanisms = CKM_RSA_PKCS") else { return };
    hsm.key(Curve::P256, "k", "01", &[]);
    assert!(hsm.refusal("pkcs11:object=k", 4).contains("CKM_ECDSA"));
}

#[test]
fn a_module_that_is_missing_or_no_module_is_a_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("text.so"), "text").unwrap();
    let run = |uri: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command.args(["sign", "pkcs11-key", "model", "--pkcs11-uri", uri]).current_dir(dir.path());
        let done = command.stdin(Stdio::null()).output().unwrap();
        format!("{} {}", done.status.code().unwrap(), err(&done))
    };
    for (uri, said) in [
        ("pkcs11:token=a", "2 error[E-USAGE]: no PKCS#11 module is named"),
        ("pkcs11:token=a?module-path=/none.so", "4 error[E-READ]: the PKCS#11 module is not there: /none.so"),
        ("pkcs11:token=a?module-path=text.so", "4 error[E-READ]: this is no PKCS#11 module"),
        ("pkcs11:token=a?module-name=none", "4 error[E-READ]: the PKCS#11 module is in none of the usual"),
        ("pkcs11:token=a?module-name=../text", "2 error[E-USAGE]: a `module-name` with a path"),
        ("pkcs11:token=a?color=red", "2 error[E-USAGE]: not a PKCS#11 URI"),
    ] {
        let found = run(uri);
        assert!(found.starts_with(said), "{uri}: {found}");
    }
}

fn refused(uri: &str) -> String {
    let error = Pkcs11Uri::parse(uri).unwrap_err();
    assert!(matches!(error.code, Code::Usage | Code::TooLarge), "{error}");
    format!("{} {}", error.what, error.at.map(|at| at.screen()).unwrap_or_default())
}

#[test]
fn the_examples_of_rfc_7512_are_read() {
    let parsed = Pkcs11Uri::parse(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;\
         object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin",
    )
    .unwrap();
    assert_eq!(parsed.text("token"), Some("The Software PKCS#11 Softtoken"));
    assert_eq!(parsed.text("manufacturer"), Some("Snake Oil, Inc."));
    assert_eq!(parsed.bytes("id"), Some(&b"\x69\x95\x3e\x5c\xf4\xbd\xec\x91"[..]));
    assert_eq!((parsed.text("serial"), parsed.text("pin-source")), (Some(""), Some("file:/etc/token_pin")));
    let parsed =
        Pkcs11Uri::parse("pkcs11:slot-id=327;library-version=3?module-path=/a/b|c?&pin-value=the-pin")
            .unwrap();
    assert_eq!((parsed.slot_id(), parsed.library_version()), (Some(327), Some((3, 0))));
    assert_eq!(parsed.text("module-path"), Some("/a/b|c?"));
    assert_eq!(parsed.pin_value().unwrap().reveal(), "the-pin");
    assert!(!format!("{parsed:?}").contains("the-pin"));
    Pkcs11Uri::parse("pkcs11:").unwrap();
}

#[test]
fn a_uri_that_could_be_read_in_two_ways_is_refused_and_the_attribute_named() {
    for (uri, said) in [
        ("pkcs11", "begin"),
        ("http:token=a", "begin"),
        ("é", "begin"),
        ("pkcs11:token=a;token=a", "given twice token"),
        ("pkcs11:x-color=red", "not known x-color"),
        ("pkcs11:Token=a", "not known Token"),
        ("pkcs11:pin-value=1", "behind the `?` pin-value"),
        ("pkcs11:?token=a", "before the `?` token"),
        ("pkcs11:token", "without `=`"),
        ("pkcs11:token=a;", "without `=`"),
        ("pkcs11:token=a?", ""),
        ("pkcs11:token=a b", "must be written"),
        ("pkcs11:token=ä", "must be written"),
        ("pkcs11:token=a/b", "must be written"),
        ("pkcs11:token=%4", "hexadecimal digits token"),
        ("pkcs11:token=%+4", "hexadecimal digits token"),
        ("pkcs11:token=%zz", "hexadecimal digits token"),
        ("pkcs11:token=%ff", "not what it should be token"),
        ("pkcs11:token=a%00", "not what it should be token"),
        ("pkcs11:slot-id=+1", "not what it should be slot-id"),
        ("pkcs11:slot-id=18446744073709551616", "not what it should be slot-id"),
        ("pkcs11:library-version=1.", "not what it should be library-version"),
        ("pkcs11:library-version=1.256", "not what it should be library-version"),
        ("pkcs11:type=secret", "not what it should be type"),
        ("pkcs11:?pin-value=1&pin-source=a", "both given"),
    ] {
        if said.is_empty() {
            Pkcs11Uri::parse(uri).unwrap();
        } else {
            let found = refused(uri);
            assert!(found.contains(said), "{uri}: {found}");
        }
    }
    assert!(refused(&format!("pkcs11:token={}", "a".repeat(9000))).contains("more than 8192 bytes"));
    let secret = refused("pkcs11:?pin-value=geheim;geheim");
    assert!(!secret.contains("geheim"), "{secret}");
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(token in "[^\0]{0,40}", id in prop::collection::vec(any::<u8>(), 0..40), slot: u64) {
        let encode = |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let uri = format!(
            "pkcs11:slot-id={slot};id={};token={}?module-path={}",
            encode(&id), encode(token.as_bytes()), encode(token.as_bytes())
        );
        let parsed = Pkcs11Uri::parse(&uri).unwrap();
        prop_assert_eq!(parsed.bytes("id"), Some(&id[..]));
        prop_assert_eq!(parsed.text("token"), Some(&*token));
        prop_assert_eq!(parsed.text("module-path"), Some(&*token));
        prop_assert_eq!(parsed.slot_id(), Some(slot));
        prop_assert_eq!(parsed.text("object"), None);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(pkcs11:)?(token|id|slot-id|pin-value)?[=;?&%a-f0-9.é]{0,40}") {
        if let Ok(parsed) = Pkcs11Uri::parse(&text) {
            prop_assert!(text.starts_with("pkcs11:"));
            let _ = (format!("{parsed:?}"), parsed.slot_id(), parsed.library_version());
        }
    }
}

#[test]
fn a_key_in_a_token_signs_a_claim() {
    let Some(hsm) = Hsm::open() else { return };
    hsm.key(Curve::P256, "k", "01", &[]);
    let works = |words: &[&str]| {
        let done = hsm.touchmark(words);
        assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
        out(&done)
    };
    works(&["init", "."]);
    let module = hsm.module.to_str().unwrap();
    let uri = format!("pkcs11:{TOKEN};object=k");
    let by = ["--pkcs11-uri", &uri, "--module", module, "--pin-file", "pin", "--workspace", "."];
    works(&[&["attest", "config", "model", "--parameter", "a=1"][..], &by].concat());
    let listed = works(&["claims", "list", "model", "--public-key", "k.pub"]);
    assert!(listed.contains("✓ pass  line 1"), "{listed}");
    // A token that is not there signs nothing.
    let by =
        ["--pkcs11-uri", "pkcs11:token=other", "--module", module, "--pin-file", "pin", "--workspace", "."];
    let refused = hsm.touchmark(&[&["attest", "config", "model", "--parameter", "a=2"][..], &by].concat());
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert_eq!(fs::read_to_string(hsm.path("model/claims.jsonl")).unwrap().lines().count(), 1);
}
