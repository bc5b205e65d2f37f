//! Certificates as companies have them: in files of every form, with old names, old dates and old roots, under
//! authorities that sign in every way that counts; beside each the one that stays refused.

use crate::pki::{self, DAY, Key, Kind, NOW, Spec, pem};
use crate::support::{err, out};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::slice::from_ref;
use touchmark::signing::{
    CertificateFile, ChainTime, CheckCode, Outcome, RevocationList, Unused, certificates_from_pem,
    check_chain, judge_chain,
};

const CA: &str = "CN=root,O=acme";
const CI: &str = "CN=ci,O=acme";

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn touchmark_in(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
    command.args(words).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

/// A tag and what is in it; lengths of at most 65535 bytes.
fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..=0x7f => vec![tag, length[1]],
        0x80..=0xff => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content.to_vec()].concat()
}

/// A root, and a signer's certificate under it.
struct Chain {
    root_key: Key,
    root: Vec<u8>,
    leaf_key: Key,
    leaf: Vec<u8>,
}

impl Chain {
    fn of(kind: Kind) -> Self {
        let (root_key, leaf_key) = (Key::new(kind), Key::new(Kind::P256));
        let root = Spec::ca(CA, CA).issue(&root_key, &root_key);
        let leaf = Spec::leaf(CI, CA).issue(&leaf_key, &root_key);
        Chain { root_key, root, leaf_key, leaf }
    }
}

/// PKCS#7 around certificates, which nobody signed.
fn pkcs7(certificates: &[&[u8]]) -> Vec<u8> {
    let oid = |last: u8| wrap(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last]);
    let data = wrap(0x30, &oid(1));
    let parts = [wrap(2, &[1]), wrap(0x31, &[]), data, wrap(0xa0, &certificates.concat()), wrap(0x31, &[])];
    wrap(0x30, &[oid(2), wrap(0xa0, &wrap(0x30, &parts.concat()))].concat())
}

#[test]
fn certificates_are_read_in_every_form_and_under_every_label() {
    let Chain { root, leaf, .. } = Chain::of(Kind::P256);
    let one = pem("CERTIFICATE", &root);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(one.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("DER", root.clone()),
        ("X509 CERTIFICATE", pem("X509 CERTIFICATE", &root).into_bytes()),
        ("Latin-1 around it", [b"# Z\xfcrich, \xe9t\xe9\r\n", one.as_bytes(), b"\xff"].concat()),
        ("a byte-order mark", [b"\xef\xbb\xbf", one.as_bytes()].concat()),
        ("UTF-16", utf16),
        ("CRLF", one.replace('\n', "\r\n").into_bytes()),
        ("bag attributes", format!("Bag Attributes\n    friendlyName: root\n{one}").into_bytes()),
        ("PKCS#7 in DER", pkcs7(&[&root])),
        ("PKCS#7 in PEM", pem("PKCS7", &pkcs7(&[&root])).into_bytes()),
        ("CMS", pem("CMS", &pkcs7(&[&root])).into_bytes()),
    ];
    for (name, bytes) in forms {
        let read = CertificateFile::read(&bytes).unwrap();
        assert_eq!((read.certificates, read.notes), (vec![root.clone()], Vec::new()), "{name}");
    }
    let both = [pem("CERTIFICATE", &leaf), pem("PKCS7", &pkcs7(&[&root, &leaf]))].concat();
    assert_eq!(certificates_from_pem(both.as_bytes()).unwrap(), [leaf.clone(), root, leaf]);
}

#[test]
fn a_bad_certificate_is_named_and_the_others_are_used() {
    let Chain { root, leaf, .. } = Chain::of(Kind::P256);
    let bad = pem("CERTIFICATE", &[0, 0, 0]);
    let cut = pem("CERTIFICATE", &leaf).replace("-----END CERTIFICATE-----\n", "");
    let odd = pem("CERTIFICATE", &leaf).replace("MII", "M;I");
    let file = format!("# ours\n{bad}{}{cut}{odd}{}", pem("CERTIFICATE", &root), pem("CERTIFICATE", &leaf));
    let read = CertificateFile::read(file.as_bytes()).unwrap();
    assert_eq!(read.certificates, [root.clone(), leaf]);
    let told: Vec<(usize, Option<usize>)> = read.notes.iter().map(|note| (note.number, note.line)).collect();
    let line_of = |part: &str| Some(file.split_once(part).unwrap().0.lines().count() + 1);
    assert_eq!(told, [(1, Some(2)), (3, line_of(&cut)), (4, line_of(&odd))]);
    assert!(matches!(read.notes[0].unused, Unused::Certificate(_)));
    assert_eq!(
        [&read.notes[1].unused, &read.notes[2].unused].map(|unused| format!("{unused:?}")),
        ["CutOff", "NotBase64"]
    );
    assert!(read.notes[0].text().raw().starts_with("certificate 1 in the file (line 2) is not used"));
    // Without any that is good there is nothing to trust.
    let refused = CertificateFile::read(bad.as_bytes()).unwrap_err();
    assert!(refused.what.contains("certificate 1 in the file (line 1)"), "{}", refused.what);
}

#[test]
fn trust_settings_of_openssl_are_not_obeyed_and_that_is_said() {
    let Chain { root, .. } = Chain::of(Kind::P256);
    // X509_CERT_AUX: an alias, as `openssl x509 -setalias` writes it.
    let settings = wrap(0x30, &wrap(0x0c, b"ours"));
    let read =
        CertificateFile::read(pem("TRUSTED CERTIFICATE", &[root.clone(), settings].concat()).as_bytes());
    let read = read.unwrap();
    assert_eq!(read.certificates, from_ref(&root));
    assert_eq!(
        read.notes.iter().map(|note| note.unused.clone()).collect::<Vec<_>>(),
        [Unused::TrustSettings]
    );
    let plain = CertificateFile::read(pem("TRUSTED CERTIFICATE", &root).as_bytes()).unwrap();
    assert!(plain.notes.is_empty());
    // In a plain certificate nothing may follow.
    let followed = pem("CERTIFICATE", &[root, wrap(5, &[])].concat());
    assert!(CertificateFile::read(followed.as_bytes()).is_err());
}

#[test]
fn a_file_without_a_certificate_is_named_for_what_it_is() {
    let Chain { leaf_key, .. } = Chain::of(Kind::P256);
    let pfx = wrap(
        0x30,
        &[wrap(2, &[3]), wrap(0x30, &wrap(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]))]
            .concat(),
    );
    for (bytes, what) in [
        (pfx, "PKCS#12"),
        (leaf_key.pem().into_bytes(), "a private key and no certificate"),
        (pem("CERTIFICATE REQUEST", b"x").into_bytes(), "a certificate request"),
        (pem("X509 CRL", b"x").into_bytes(), "a revocation list"),
        (b"hello\n".to_vec(), "no certificate in the file"),
        (vec![0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2], "PKCS#7"),
    ] {
        let refused = CertificateFile::read(&bytes).unwrap_err();
        assert!(refused.what.contains(what), "{what}: {}", refused.what);
        assert!(refused.help.is_some(), "{what}");
    }
    let many = pem("CERTIFICATE", b"x").repeat(513);
    assert_eq!(CertificateFile::read(many.as_bytes()).unwrap_err().code.as_str(), "E-TOO-LARGE");
}

#[test]
fn the_program_names_a_bad_certificate_wherever_it_reads_a_file() {
    let chain = Chain::of(Kind::P256);
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(dir.path().join(name), text).unwrap();
    std::fs::create_dir(dir.path().join("model")).unwrap();
    write("model/w.bin", "weights".to_owned());
    write("ca.pem", pem("CERTIFICATE", b"bad") + &pem("CERTIFICATE", &chain.root));
    write("leaf.pem", pem("X509 CERTIFICATE", &chain.leaf));
    write("key.pem", chain.leaf_key.pem());
    let at = ["--at", "2026-06-01T00:00:00Z"];
    let sign =
        ["sign", "certificate", "model", "--private-key", "key.pem", "--signing-certificate", "leaf.pem"];
    let signed = touchmark_in(dir.path(), &[&sign[..], &["--certificate-chain", "ca.pem"], &at].concat());
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    let verify = ["verify", "certificate", "model", "--certificate-chain", "ca.pem"];
    let verified = touchmark_in(dir.path(), &[&verify[..], &at].concat());
    assert_eq!(verified.status.code(), Some(0), "{}{}", out(&verified), err(&verified));
    for said in [&signed, &verified] {
        assert!(err(said).contains("ca.pem") || err(said).contains("--certificate-chain"), "{}", err(said));
        assert!(err(said).contains("certificate 1 in the file (line 1) is not used"), "{}", err(said));
    }
    let space = dir.path().join("space");
    let made = touchmark_in(dir.path(), &["init", "space"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let add = ["--workspace", space.to_str().unwrap(), "trust", "add", "ours", "ca.pem"];
    let added = touchmark_in(dir.path(), &add);
    assert_eq!(added.status.code(), Some(0), "{}", err(&added));
    assert!(out(&added).contains("certificate 1 in the file (line 1) is not used"), "{}", out(&added));
}

#[test]
fn authorities_sign_with_every_algorithm_that_counts_and_with_no_other() {
    for (kind, algorithm) in [
        (Kind::Ed25519, None),
        (Kind::Rsa, Some(pki::RSA_PSS)),
        (Kind::Rsa, None),
        (Kind::P384, None),
        (Kind::P521, None),
    ] {
        let chain = Chain::of(kind);
        let mut spec = Spec::leaf(CI, CA);
        spec.algorithm = algorithm;
        let leaf = spec.issue(&chain.leaf_key, &chain.root_key);
        let roots = [chain.root.clone()];
        let check = check_chain(from_ref(&leaf), &roots, now());
        assert_eq!(check.outcome, Outcome::Pass, "{kind:?} {algorithm:?}: {:?}", check.why);
        // One bit of the signature.
        let mut forged = leaf;
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(check_chain(&[forged], &roots, now()).outcome, Outcome::Fail, "{kind:?}");
        // Another authority of the same name.
        let other = Chain::of(kind);
        assert_eq!(check_chain(&[other.leaf], &roots, now()).code, CheckCode::ChainSignature, "{kind:?}");
    }
}

/// A root of an algorithm that nothing here can sign with, and a signer's certificate under it, as OpenSSL makes them.
fn by_openssl(key: &[&str], root: &[&str], leaf: &[&str]) -> Option<(Vec<u8>, Vec<u8>)> {
    let dir = tempfile::tempdir().unwrap();
    let run = |words: &[&[&str]]| {
        let Ok(done) = Command::new("openssl").args(words.concat()).current_dir(dir.path()).output() else {
            assert!(std::env::var_os("CI").is_none(), "CI must have openssl");
            eprintln!("SKIPPED: certificates by openssl, which is not installed");
            return None;
        };
        assert!(done.status.success(), "openssl {words:?}: {}", String::from_utf8_lossy(&done.stderr));
        Some(())
    };
    let ext = "basicConstraints=critical,CA:TRUE";
    std::fs::write(dir.path().join("leaf.ext"), "keyUsage=critical,digitalSignature\n").unwrap();
    run(&[&["genpkey", "-out", "root.key"], key])?;
    let subject = ["-subj", "/CN=root", "-days", "3650", "-addext", ext, "-out", "root.pem"];
    run(&[&["req", "-x509", "-new", "-key", "root.key"], &subject, root])?;
    run(&[&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "leaf.key"]])?;
    run(&[&["req", "-new", "-key", "leaf.key", "-subj", "/CN=ci", "-out", "leaf.csr"]])?;
    let ca =
        ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "leaf.ext", "-days", "365"];
    run(&[&["x509", "-req", "-in", "leaf.csr", "-out", "leaf.pem"], &ca, leaf])?;
    let read = |name: &str| certificates_from_pem(&std::fs::read(dir.path().join(name)).unwrap()).unwrap();
    Some((read("root.pem").remove(0), read("leaf.pem").remove(0)))
}

#[test]
fn what_openssl_takes_for_authorities_counts_and_sha1_does_not() {
    const RSA: [&str; 4] = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    const P256: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    const P521: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"];
    const PSS: [&str; 2] = ["-sigopt", "rsa_padding_mode:pss"];
    let salt = |bytes: &'static str| [&PSS[..], &["-sigopt", bytes]].concat();
    let passes: Vec<(&[&str], Vec<&str>)> = vec![
        (&RSA, vec!["-sha224"]),
        (&RSA, vec!["-sha3-256"]),
        (&RSA, vec!["-sha3-384"]),
        (&RSA, vec!["-sha3-512"]),
        (&RSA, vec!["-sha512-256"]),
        (&P256, vec!["-sha224"]),
        (&P256, vec!["-sha3-256"]),
        (&P256, vec!["-sha3-512"]),
        (&P521, vec!["-sha3-384"]),
        (&P521, vec!["-sha224"]),
        (&RSA, [&["-sha256"], &salt("rsa_pss_saltlen:-1")[..]].concat()),
        (&RSA, [&["-sha256"], &salt("rsa_pss_saltlen:-2")[..]].concat()),
        (&RSA, [&["-sha384"], &salt("rsa_pss_saltlen:20")[..]].concat()),
        (&RSA, [&["-sha512"], &salt("rsa_pss_saltlen:0")[..]].concat()),
        (&["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"], [&["-sha256"], &PSS[..]].concat()),
        (&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"], vec!["-sha256"]),
        (&["-algorithm", "ED25519"], vec![]),
    ];
    for (key, leaf) in passes {
        let Some((root, leaf_der)) = by_openssl(key, &[], &leaf) else { return };
        let check = check_chain(from_ref(&leaf_der), from_ref(&root), Timestamp::now());
        assert_eq!(check.outcome, Outcome::Pass, "{key:?} {leaf:?}: {:?}", check.why);
        let mut forged = leaf_der;
        let middle = forged.len() - 40;
        forged[middle] ^= 1;
        assert_eq!(check_chain(&[forged], &[root], Timestamp::now()).outcome, Outcome::Fail, "{leaf:?}");
    }
    let refused: Vec<(&[&str], Vec<&str>)> = vec![
        (&RSA, vec!["-sha1"]),
        (&P256, vec!["-sha1"]),
        (&RSA, vec!["-md5"]),
        (&RSA, [&["-sha1"], &PSS[..]].concat()),
        (&RSA, [&["-sha256"], &PSS[..], &["-sigopt", "rsa_mgf1_md:sha1"]].concat()),
        (&["-algorithm", "ED448"], vec![]),
    ];
    for (key, leaf) in refused {
        let Some((root, leaf_der)) = by_openssl(key, &[], &leaf) else { return };
        let check = check_chain(&[leaf_der], &[root], Timestamp::now());
        assert_eq!(check.code, CheckCode::ChainAlgorithm, "{key:?} {leaf:?}: {:?}", check.why);
    }
}

#[test]
fn a_key_only_for_pss_keeps_its_own_hash() {
    let strict = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"];
    let hash = ["-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha256"];
    let salt = ["-pkeyopt", "rsa_pss_keygen_saltlen:32"];
    let key = [&strict[..], &hash, &salt].concat();
    let Some((root, leaf)) = by_openssl(&key, &[], &["-sha256"]) else { return };
    let check = check_chain(&[leaf], &[root], Timestamp::now());
    assert_eq!(check.outcome, Outcome::Pass, "{:?}", check.why);
}

/// The certificate with its subject and issuer as other bytes, signed again.
fn renamed(der: &[u8], from: &[u8], to: &[u8], signer: &Key) -> Vec<u8> {
    pki::with_signed_part(
        der,
        |tbs| {
            let at = |bytes: &[u8]| bytes.windows(from.len()).position(|window| window == from);
            let mut content = tbs.to_vec();
            let mut done = Vec::new();
            while let Some(place) = at(&content) {
                done.extend_from_slice(&content[..place]);
                done.extend_from_slice(to);
                content.drain(..place + from.len());
            }
            done.extend(content);
            // The same lengths all the way up: names of other lengths are written by the caller.
            assert_eq!(done.len(), tbs.len());
            done
        },
        Some(signer),
    )
}

#[test]
fn names_in_old_alphabets_are_shown_and_matched_as_text() {
    // `CN=abcd` in UTF8String is as long as two letters in BMPString and one in UniversalString.
    let utf8 = wrap(0x0c, b"abcd");
    for (value, text) in [
        (wrap(0x1e, "Zü".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>().as_slice()), "CN=Zü"),
        (wrap(0x1c, &u32::from('Ω').to_be_bytes()), "CN=Ω"),
        (wrap(0x14, b"M\xfcll"), "CN=Müll"),
        (wrap(0x13, b"a_b*"), "CN=a_b*"),
        (wrap(0x12, b"1234"), "CN=1234"),
    ] {
        let (root_key, leaf_key) = (Key::new(Kind::P256), Key::new(Kind::P256));
        let root =
            renamed(&Spec::ca("CN=abcd", "CN=abcd").issue(&root_key, &root_key), &utf8, &value, &root_key);
        let leaf = renamed(&Spec::leaf(CI, "CN=abcd").issue(&leaf_key, &root_key), &utf8, &value, &root_key);
        let check = check_chain(from_ref(&leaf), from_ref(&root), now());
        assert_eq!(check.outcome, Outcome::Pass, "{text}: {:?}", check.why);
        assert!(
            format!("{:?}", check.why).contains(text.trim_start_matches("CN=")),
            "{text}: {:?}",
            check.why
        );
        // The same text in UTF-8 is the same name.
        let plain = Spec::ca(text, text).issue(&root_key, &root_key);
        assert_eq!(check_chain(&[leaf], &[plain], now()).outcome, Outcome::Pass, "{text}");
        // Another text is not.
        let other = Spec::leaf(CI, "CN=abce").issue(&leaf_key, &root_key);
        assert_eq!(check_chain(&[other], &[root], now()).code, CheckCode::ChainUntrusted, "{text}");
    }
}

#[test]
fn excluded_names_stay_excluded_in_every_alphabet() {
    let utf8 = wrap(0x0c, b"abcd");
    for (old, text) in [(wrap(0x1e, &[0, b'Z', 0, 0xfc]), "Zü"), (wrap(0x14, b"Z\xfcge"), "Züge")] {
        let (root_key, leaf_key) = (Key::new(Kind::P256), Key::new(Kind::P256));
        let limited_to = |text: &str| {
            let excluded = format!("dir:CN={text}");
            Spec::ca(CA, CA).with(pki::constraints(&[], &[&excluded])).issue(&root_key, &root_key)
        };
        let named = |text: &str| Spec::leaf(&format!("CN={text}"), CA).issue(&leaf_key, &root_key);
        let (limited, leaf) = (limited_to("abcd"), named("abcd"));
        // As they came, and one or both in the old alphabet.
        let limited_old = renamed(&limited, &utf8, &old, &root_key);
        let leaf_old = renamed(&leaf, &utf8, &old, &root_key);
        for (root, signer) in [
            (&limited, &leaf),
            (&limited_old, &leaf_old),
            (&limited_old, &named(text)),
            (&limited_to(text), &leaf_old),
        ] {
            let check = check_chain(from_ref(signer), from_ref(root), now());
            assert_eq!(check.code, CheckCode::ChainNames, "{text}: {:?}", check.why);
        }
        let check = check_chain(&[leaf], &[limited_old], now());
        assert_eq!(check.outcome, Outcome::Pass, "{text}: {:?}", check.why);
    }
}

#[test]
fn constraints_hold_for_the_forms_that_occur() {
    let (root_key, leaf_key) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let under = |constraints: (&[&str], &[&str]), names: &[&str]| {
        let root = Spec::ca(CA, CA).with(pki::constraints(constraints.0, constraints.1));
        let leaf = Spec::leaf(CI, CA).with(pki::names(names)).issue(&leaf_key, &root_key);
        check_chain(&[leaf], &[root.issue(&root_key, &root_key)], now())
    };
    // A form that nobody reads constrains nobody who has no such name.
    for constraints in
        [(&["id:1.2.3"][..], &[][..]), (&[], &["id:1.2.3"]), (&[], &["email:"]), (&["uri:"], &[])]
    {
        let check = under(constraints, &["dns:ci.acme.example"]);
        assert_eq!(check.outcome, Outcome::Pass, "{constraints:?}: {:?}", check.why);
    }
    for (constraints, names) in [
        ((&["id:1.2.3"][..], &[][..]), &["id:1.2.3"][..]),
        ((&[], &["id:1.2.3"]), &["dns:a.example", "id:1.2.4"]),
        ((&[], &["email:"]), &["email:ci@acme.example"]),
        ((&["dns:other.example"], &[]), &["dns:ci.acme.example"]),
    ] {
        assert_eq!(under(constraints, names).code, CheckCode::ChainNames, "{constraints:?} {names:?}");
    }
}

/// What is in an element.
fn inside(der: &[u8]) -> &[u8] {
    &der[match der[1] {
        0..=0x7f => 2,
        long => 2 + usize::from(long & 0x7f),
    }..]
}

/// The certificate with its validity written otherwise, signed again.
fn dated(der: &[u8], from: (u8, &str), to: (u8, &str), signer: &Key) -> Vec<u8> {
    pki::with_signed_part(
        der,
        |tbs| {
            let tbs = inside(tbs);
            // The only sequence of two UTCTimes: SEQUENCE, 30 bytes.
            let place = tbs.windows(4).position(|window| window == [0x30, 0x1e, 0x17, 0x0d]).unwrap();
            let validity = [wrap(from.0, from.1.as_bytes()), wrap(to.0, to.1.as_bytes())].concat();
            let (before, after) = (&tbs[..place], &tbs[place + 32..]);
            wrap(0x30, &[before, &wrap(0x30, &validity), after].concat())
        },
        Some(signer),
    )
}

#[test]
fn dates_before_1970_and_without_end_are_read_in_both_forms() {
    let chain = Chain::of(Kind::P256);
    let (utc, general) = (0x17, 0x18);
    let root = |from, to| dated(&chain.root, from, to, &chain.root_key);
    let judged = |root: Vec<u8>| check_chain(from_ref(&chain.leaf), &[root], now());
    for (from, to) in [
        ((utc, "600101000000Z"), (utc, "490101000000Z")),
        ((general, "19500101000000Z"), (general, "20500101000000Z")),
        ((general, "19691231235959Z"), (general, "99991231235959Z")),
        ((utc, "500101000000Z"), (general, "99991231235959Z")),
    ] {
        let check = judged(root(from, to));
        assert_eq!(check.outcome, Outcome::Pass, "{from:?} {to:?}: {:?}", check.why);
    }
    // Ended before 1970, and told with its own dates.
    let ended = judged(root((utc, "600101000000Z"), (utc, "650101000000Z")));
    assert_eq!(ended.code, CheckCode::ChainExpired);
    let said = serde_json::to_string(&ended).unwrap();
    assert!(said.contains("1960-01-01T00:00:00Z") && said.contains("1965-01-01T00:00:00Z"), "{said}");
}

#[test]
fn an_end_that_is_none_is_shown_as_that() {
    let chain = Chain::of(Kind::P256);
    let dir = tempfile::tempdir().unwrap();
    for (name, to, shown) in [
        ("far.pem", "99991231235959Z", "no end (9999-12-31)"),
        ("near.pem", "99991230000000Z", "9999-12-30T00:00:00Z"),
    ] {
        let root = dated(&chain.root, (0x17, "600101000000Z"), (0x18, to), &chain.root_key);
        std::fs::write(dir.path().join(name), pem("CERTIFICATE", &root)).unwrap();
        let seen = touchmark_in(dir.path(), &["inspect", name]);
        assert_eq!(seen.status.code(), Some(0), "{}", err(&seen));
        assert!(out(&seen).contains(&format!("1960-01-01T00:00:00Z to {shown}")), "{}", out(&seen));
    }
}

#[test]
fn a_root_of_version_1_counts_when_it_is_named_and_never_between() {
    let (root_key, between_key, leaf_key) = (Key::new(Kind::Rsa), Key::new(Kind::P256), Key::new(Kind::P256));
    let bare = |subject: &str, issuer: &str| {
        let mut spec = Spec::ca(subject, issuer);
        spec.extensions.clear();
        spec.version = x509_cert::Version::V1;
        spec
    };
    let root = bare(CA, CA).issue(&root_key, &root_key);
    let leaf = Spec::leaf(CI, CA).issue(&leaf_key, &root_key);
    let check = check_chain(from_ref(&leaf), from_ref(&root), now());
    assert_eq!(check.outcome, Outcome::Pass, "{:?}", check.why);
    // Only the caller can name it: brought by the bundle it is a stranger.
    assert_eq!(check_chain(&[leaf, root], &[], now()).code, CheckCode::ChainUntrusted);
    // Between root and signer it says nothing of being an authority, whoever names it.
    let top = Spec::ca(CA, CA).issue(&root_key, &root_key);
    let between = bare("CN=between", CA).issue(&between_key, &root_key);
    let below = Spec::leaf(CI, "CN=between").issue(&leaf_key, &between_key);
    for anchors in [vec![top.clone()], vec![top, between.clone()]] {
        let check = check_chain(&[below.clone(), between.clone()], &anchors, now());
        assert_eq!(check.code, CheckCode::ChainNotCa, "{:?}", check.why);
        assert!(serde_json::to_string(&check).unwrap().contains("first-version"));
    }
    // A root of version 3 has to say that it is one.
    let mut silent = Spec::ca(CA, CA);
    silent.extensions.clear();
    let leaf = Spec::leaf(CI, CA).issue(&leaf_key, &root_key);
    let silent = silent.issue(&root_key, &root_key);
    assert_eq!(check_chain(&[leaf], &[silent], now()).code, CheckCode::ChainNotCa);
}

fn signs(dir: &Path, key: &Key, leaf: &[u8], root: &[u8]) {
    std::fs::create_dir_all(dir.join("model")).unwrap();
    std::fs::write(dir.join("model/w.bin"), b"weights").unwrap();
    std::fs::write(dir.join("key.pem"), key.pem()).unwrap();
    std::fs::write(dir.join("leaf.pem"), pem("CERTIFICATE", leaf)).unwrap();
    std::fs::write(dir.join("root.pem"), pem("CERTIFICATE", root)).unwrap();
    let words =
        ["sign", "certificate", "model", "--private-key", "key.pem", "--signing-certificate", "leaf.pem"];
    let at = ["--certificate-chain", "root.pem", "--at", "2026-06-01T00:00:00Z"];
    let signed = touchmark_in(dir, &[&words[..], &at].concat());
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
}

#[test]
fn a_signer_without_a_subject_goes_by_its_alternative_name() {
    let (root_key, leaf_key) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let root = Spec::ca(CA, CA).issue(&root_key, &root_key);
    let verify = |dir: &Path, identity: &str| {
        let words = ["verify", "certificate", "model", "--certificate-chain", "root.pem"];
        let with = ["--identity", identity, "--at", "2026-06-01T00:00:00Z"];
        touchmark_in(dir, &[&words[..], &with].concat())
    };
    for (names, identity, other) in [
        (
            &["dns:ci.acme.example", "uri:spiffe://acme.example/ci"][..],
            "spiffe://acme.example/ci",
            "ci.acme.example",
        ),
        (&["email:ci@acme.example"], "ci@acme.example", "ci@acme.example "),
        (&["dns:ci.acme.example"], "ci.acme.example", "acme.example"),
        // What reads like a subject is never taken for one.
        (&["uri:CN=ci,O=acme"], "URI:CN=ci,O=acme", "CN=ci,O=acme"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let leaf = Spec::leaf("", CA).with(pki::names(names)).issue(&leaf_key, &root_key);
        signs(dir.path(), &leaf_key, &leaf, &root);
        let known = verify(dir.path(), identity);
        assert_eq!(known.status.code(), Some(0), "{identity}: {}", out(&known));
        assert!(out(&known).contains(identity), "{}", out(&known));
        for other in [other, "CN=root,O=acme", ""] {
            let stranger = verify(dir.path(), other);
            assert_eq!(stranger.status.code(), Some(1), "{other:?}: {}", out(&stranger));
            assert!(out(&stranger).contains("IDENTITY"), "{}", out(&stranger));
        }
        let seen = touchmark_in(dir.path(), &["inspect", "model/model.sig"]);
        assert!(out(&seen).contains(names[0].split_once(':').unwrap().1), "{}", out(&seen));
    }
    // With a subject the alternative names are shown, and do not stand for it.
    let dir = tempfile::tempdir().unwrap();
    let leaf =
        Spec::leaf(CI, CA).with(pki::names(&["uri:spiffe://acme.example/ci"])).issue(&leaf_key, &root_key);
    signs(dir.path(), &leaf_key, &leaf, &root);
    assert_eq!(verify(dir.path(), CI).status.code(), Some(0));
    assert_eq!(verify(dir.path(), "spiffe://acme.example/ci").status.code(), Some(1));
}

#[test]
fn a_policy_names_a_signer_by_its_alternative_name() {
    let (root_key, leaf_key) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let root = Spec::ca(CA, CA).issue(&root_key, &root_key);
    let leaf = Spec::leaf("", CA).with(pki::names(&["uri:spiffe://acme.example/ci"]));
    let dir = tempfile::tempdir().unwrap();
    signs(dir.path(), &leaf_key, &leaf.issue(&leaf_key, &root_key), &root);
    for (subject, admitted) in [("spiffe://acme.example/ci", true), ("spiffe://acme.example/c", false)] {
        let policy = format!(
            r#"
schema = "trust-policy/0.1"
name = "ours"
version = "1"
default = "deny"
[trust.ours]
kind = "x509"
files = ["root.pem"]
[[publisher]]
id = "acme"
models = ["*"]
trust = ["ours"]
identities = [{{ issuer = "{CA}", subject = "exact:{subject}" }}]
"#
        );
        std::fs::write(dir.path().join("policy.toml"), policy).unwrap();
        let words =
            ["verify", "model", "--policy", "policy.toml", "--explain", "--at", "2026-06-01T00:00:00Z"];
        let judged = touchmark_in(dir.path(), &words);
        let said = out(&judged);
        assert_eq!(said.contains("IDENTITY-"), !admitted, "{subject}: {said}{}", err(&judged));
    }
}

#[test]
fn a_revocation_list_in_an_old_alphabet_counts() {
    let (utf8, old) = (wrap(0x0c, b"abcd"), wrap(0x14, b"Z\xfcge"));
    let (root_key, leaf_key) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let root = renamed(&Spec::ca("CN=abcd", "CN=abcd").issue(&root_key, &root_key), &utf8, &old, &root_key);
    let spec = Spec::leaf(CI, "CN=abcd");
    let leaf = renamed(&spec.issue(&leaf_key, &root_key), &utf8, &old, &root_key);
    let list = renamed(
        &pki::List::of("CN=abcd").revoking(spec.serial, None).issue(&root_key),
        &utf8,
        &old,
        &root_key,
    );
    let lists = RevocationList::from_bytes("test", &list).unwrap();
    let check = judge_chain(&[leaf], &[root], &[&lists[0]], ChainTime::now(now())).check;
    assert_eq!(check.code, CheckCode::ChainRevoked, "{:?}", check.why);
}

#[test]
fn a_hostile_certificate_costs_little() {
    let chain = Chain::of(Kind::P256);
    // A modulus of 8192 bits and the longest exponent that is read; what is longer is refused unread.
    let key = |bits: usize, exponent: &[u8]| {
        let mut modulus = vec![0xff; bits / 8];
        modulus.insert(0, 0);
        let both = [wrap(2, &modulus), wrap(2, exponent)].concat();
        let oid = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        wrap(0x30, &[wrap(0x30, &oid), wrap(3, &[&[0], wrap(0x30, &both).as_slice()].concat())].concat())
    };
    let with_key = |spki: &[u8]| {
        pki::with_signed_part(
            &chain.root,
            |tbs| {
                let from = chain.root_key.spki();
                let tbs = inside(tbs);
                let place = tbs.windows(from.len()).position(|window| window == from).unwrap();
                wrap(0x30, &[&tbs[..place], spki, &tbs[place + from.len()..]].concat())
            },
            None,
        )
    };
    let began = std::time::Instant::now();
    let longest = [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let mut leaf = Spec::leaf(CI, CA);
    leaf.algorithm = Some(pki::RSA_PSS);
    let leaf = Spec { inner_algorithm: Some(pki::RSA_PSS), ..leaf };
    let rsa = Key::new(Kind::Rsa);
    let leaf = leaf.issue(&chain.leaf_key, &rsa);
    let time = ChainTime::now(now());
    let slow = judge_chain(from_ref(&leaf), &[with_key(&key(8192, &longest))], &[], time);
    assert_eq!(slow.check.outcome, Outcome::Fail);
    for spki in [key(8200, &[3]), key(16384, &[3]), key(2048, &[0x7f; 9]), key(2048, &[1]), key(2048, &[2])] {
        let check = judge_chain(from_ref(&leaf), &[with_key(&spki)], &[], time).check;
        assert_eq!(check.outcome, Outcome::Fail, "{:?}", check.why);
    }
    assert!(began.elapsed().as_secs() < 20);
    let begins = "-----BEGIN CERTIFICATE-----\n".repeat(100_000);
    assert!(CertificateFile::read(begins.as_bytes()).is_err());
    let packed = STANDARD.encode(begins);
    assert!(CertificateFile::read(packed.as_bytes()).is_err());
}

#[test]
fn the_first_and_the_last_second_of_a_validity_count() {
    // The seconds at both ends count, as before dates were read as they are written.
    let chain = Chain::of(Kind::P256);
    let at = |seconds: i64| {
        check_chain(from_ref(&chain.leaf), from_ref(&chain.root), Timestamp::from_second(seconds).unwrap())
    };
    assert_eq!(at(NOW + 365 * DAY).outcome, Outcome::Pass);
    assert_eq!(at(NOW + 365 * DAY + 1).code, CheckCode::ChainExpired);
    assert_eq!(at(NOW - 365 * DAY - 1).code, CheckCode::ChainNotYetValid);
}
