//! Certificate chains, judged by us and by OpenSSL: some hundreds, good and bad, each with one thing changed.
//! Where the two differ, a table says why; any other difference fails.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints, RsaKeySize,
    SanType, SerialNumber,
};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use touchmark::signing::{Outcome, check_chain};

const AT: i64 = 1_780_000_000; // 2026-05-28

/// Keys are made once: kind and number.
fn key(kind: Kind, number: usize) -> &'static KeyPair {
    static KEYS: OnceLock<Mutex<HashMap<(Kind, usize), &'static KeyPair>>> = OnceLock::new();
    let mut keys = KEYS.get_or_init(Mutex::default).lock().unwrap();
    keys.entry((kind, number)).or_insert_with(|| {
        Box::leak(Box::new(match kind {
            Kind::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap(),
            Kind::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap(),
            Kind::P521 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap(),
            Kind::Rsa => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap(),
            Kind::Ed25519 => KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap(),
        }))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    P256,
    P384,
    P521,
    Rsa,
    Ed25519,
}

/// One certificate to be made.
#[derive(Clone)]
struct Spec {
    params: CertificateParams,
    kind: Kind,
    number: usize,
    /// Signs with another key than the one that the issuer's certificate holds.
    forged: bool,
    /// Names this issuer instead of its own.
    issuer_name: Option<&'static str>,
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// A moment, in seconds since 1970, in the type that rcgen wants and does not name.
macro_rules! second {
    ($seconds:expr) => {
        rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(u64::try_from($seconds).unwrap())
    };
}

/// Leaf first, then `between` intermediates, then the root.
fn good(between: usize, kind: Kind) -> Vec<Spec> {
    (0..between + 2)
        .map(|place| {
            let mut params = CertificateParams::default();
            params.distinguished_name = name(&format!("place {place}"));
            params.not_before = second!(AT - 1_000_000);
            params.not_after = second!(AT + 1_000_000);
            params.serial_number = Some(SerialNumber::from(place as u64 + 1));
            params.use_authority_key_identifier_extension = true;
            if place == 0 {
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
            } else {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            }
            let kind = if place == 0 && kind == Kind::Rsa { Kind::P256 } else { kind };
            Spec { params, kind, number: place, forged: false, issuer_name: None }
        })
        .collect()
}

/// DER, leaf first.
fn make(specs: &[Spec]) -> Vec<Vec<u8>> {
    let made = |place: usize| {
        let spec = &specs[place];
        let above = specs.get(place + 1).unwrap_or(spec);
        let signer = if spec.forged { key(above.kind, 90) } else { key(above.kind, above.number) };
        let mut issuer = above.params.clone();
        if let Some(other) = spec.issuer_name {
            issuer.distinguished_name = name(other);
        }
        let own = key(spec.kind, spec.number);
        spec.params.signed_by(own, &Issuer::from_params(&issuer, signer)).unwrap().der().to_vec()
    };
    (0..specs.len()).map(made).collect()
}

fn unknown_extension(critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
    extension.set_criticality(critical);
    extension
}

fn permitted(tree: GeneralSubtree) -> Option<NameConstraints> {
    Some(NameConstraints { permitted_subtrees: vec![tree], excluded_subtrees: Vec::new() })
}

fn excluded(tree: GeneralSubtree) -> Option<NameConstraints> {
    Some(NameConstraints { permitted_subtrees: Vec::new(), excluded_subtrees: vec![tree] })
}

fn dns(text: &str) -> SanType {
    SanType::DnsName(text.try_into().unwrap())
}

type Change = fn(&mut Vec<Spec>);

/// What is changed in the certificates; the second last is the topmost intermediate, or the leaf.
const CHANGES: &[(&str, Change)] = &[
    ("nothing", |_| {}),
    ("leaf ended", |s| s[0].params.not_after = second!(AT - 1)),
    ("leaf ends now", |s| s[0].params.not_after = second!(AT)),
    ("leaf begins now", |s| s[0].params.not_before = second!(AT)),
    ("leaf begins later", |s| s[0].params.not_before = second!(AT + 1)),
    ("issuer ended", |s| s[1].params.not_after = second!(AT - 1)),
    ("issuer begins later", |s| s[1].params.not_before = second!(AT + 1)),
    ("root ended", |s| s.last_mut().unwrap().params.not_after = second!(AT - 1)),
    ("root begins later", |s| s.last_mut().unwrap().params.not_before = second!(AT + 1)),
    ("issuer is no authority", |s| s[1].params.is_ca = IsCa::ExplicitNoCa),
    ("issuer does not say what it is", |s| s[1].params.is_ca = IsCa::NoCa),
    ("root is no authority", |s| s.last_mut().unwrap().params.is_ca = IsCa::ExplicitNoCa),
    ("issuer may not sign certificates", |s| s[1].params.key_usages = vec![KeyUsagePurpose::CrlSign]),
    ("issuer without usage", |s| s[1].params.key_usages = Vec::new()),
    ("root may not sign certificates", |s| {
        s.last_mut().unwrap().params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    }),
    ("root allows no intermediate", |s| {
        s.last_mut().unwrap().params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    }),
    ("root allows one intermediate", |s| {
        s.last_mut().unwrap().params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    }),
    ("issuer allows no intermediate", |s| s[1].params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
    ("leaf may only encipher", |s| {
        s[0].params.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
        s[0].params.extended_key_usages = Vec::new();
    }),
    ("leaf without usages", |s| {
        s[0].params.key_usages = Vec::new();
        s[0].params.extended_key_usages = Vec::new();
    }),
    ("leaf for code signing only", |s| s[0].params.key_usages = Vec::new()),
    ("leaf for servers", |s| {
        s[0].params.key_usages = Vec::new();
        s[0].params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    }),
    ("leaf is an authority", |s| s[0].params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
    ("leaf with an unknown critical extension", |s| {
        s[0].params.custom_extensions.push(unknown_extension(true));
    }),
    ("leaf with an unknown extension", |s| s[0].params.custom_extensions.push(unknown_extension(false))),
    ("issuer with an unknown critical extension", |s| {
        s[1].params.custom_extensions.push(unknown_extension(true));
    }),
    ("issuer with an unknown extension", |s| s[1].params.custom_extensions.push(unknown_extension(false))),
    ("leaf signed with another key", |s| s[0].forged = true),
    ("issuer signed with another key", |s| s[1].forged = true),
    ("leaf names another issuer", |s| s[0].issuer_name = Some("somebody else")),
    ("issuer names another issuer", |s| s[1].issuer_name = Some("somebody else")),
    ("leaf points to another key of its issuer", |s| {
        s[0].params.use_authority_key_identifier_extension = false;
        let identifier = vec![0x30, 0x06, 0x80, 0x04, 1, 2, 3, 4];
        s[0].params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 35], identifier));
    }),
    ("no key identifiers", |s| {
        s.iter_mut().for_each(|spec| spec.params.use_authority_key_identifier_extension = false);
    }),
    ("key identifiers of their own", |s| {
        for (place, spec) in (1u8..).zip(s.iter_mut()) {
            spec.params.key_identifier_method = KeyIdMethod::PreSpecified(vec![place; 8]);
        }
    }),
    ("name inside the permitted names", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::DnsName("acme.example".to_owned()));
        s[0].params.subject_alt_names = vec![dns("ci.acme.example")];
    }),
    ("name outside the permitted names", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::DnsName("acme.example".to_owned()));
        s[0].params.subject_alt_names = vec![dns("ci.acme.example.evil.example")];
    }),
    ("name that only ends as the permitted ones", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::DnsName("acme.example".to_owned()));
        s[0].params.subject_alt_names = vec![dns("notacme.example")];
    }),
    ("name among the excluded names", |s| {
        s[1].params.name_constraints = excluded(GeneralSubtree::DnsName("evil.example".to_owned()));
        s[0].params.subject_alt_names = vec![dns("ci.evil.example")];
    }),
    ("name beside the excluded names", |s| {
        s[1].params.name_constraints = excluded(GeneralSubtree::DnsName("evil.example".to_owned()));
        s[0].params.subject_alt_names = vec![dns("ci.acme.example")];
    }),
    ("constrained by the root", |s| {
        s.last_mut().unwrap().params.name_constraints =
            permitted(GeneralSubtree::DnsName("acme.example".to_owned()));
        s[0].params.subject_alt_names = vec![dns("ci.other.example")];
    }),
    ("address inside the permitted host", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::Rfc822Name("acme.example".to_owned()));
        s[0].params.subject_alt_names = vec![SanType::Rfc822Name("ci@acme.example".try_into().unwrap())];
    }),
    ("address outside the permitted host", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::Rfc822Name("acme.example".to_owned()));
        s[0].params.subject_alt_names = vec![SanType::Rfc822Name("ci@sub.acme.example".try_into().unwrap())];
    }),
    ("subject outside the permitted names", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::DirectoryName(name("somebody")));
    }),
    ("subject among the excluded names", |s| {
        s[1].params.name_constraints = excluded(GeneralSubtree::DirectoryName(name("place 0")));
    }),
    ("addresses constrained, none held", |s| {
        s[1].params.name_constraints = permitted(GeneralSubtree::Rfc822Name("acme.example".to_owned()));
    }),
    ("leaf signed by an Ed25519 authority", |s| s[1].kind = Kind::Ed25519),
];

/// What is brought along: helpers and anchors of a chain, leaf first.
type Bring = fn(&[Vec<u8>]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>);

const BROUGHT: &[(&str, Bring)] = &[
    ("as it should be", |c| (c[1..c.len() - 1].to_vec(), vec![c[c.len() - 1].clone()])),
    ("the root brought along too", |c| (c[1..].to_vec(), vec![c[c.len() - 1].clone()])),
    ("in another order", |c| {
        let mut helpers = c[1..c.len() - 1].to_vec();
        helpers.reverse();
        (helpers, vec![c[c.len() - 1].clone()])
    }),
    ("each twice", |c| {
        let helpers = &c[1..c.len() - 1];
        ([helpers, helpers, &c[..1]].concat(), vec![c[c.len() - 1].clone()])
    }),
    ("without the lowest intermediate", |c| {
        (c.get(2..c.len() - 1).unwrap_or_default().to_vec(), vec![c[c.len() - 1].clone()])
    }),
    ("with strangers", |c| {
        let mut helpers = make(
            &good(1, Kind::P256)
                .into_iter()
                .map(|mut spec| {
                    spec.number += 40;
                    spec
                })
                .collect::<Vec<_>>(),
        );
        helpers.extend(c[1..c.len() - 1].iter().cloned());
        (helpers, vec![c[c.len() - 1].clone()])
    }),
    ("the anchor is another of the same name", |c| {
        let between = c.len() - 2;
        let mut other = good(between, Kind::P256);
        other.iter_mut().for_each(|spec| spec.number += 60);
        (c[1..c.len() - 1].to_vec(), vec![make(&other).pop().unwrap()])
    }),
    ("two anchors of one name", |c| {
        let mut other = good(c.len() - 2, Kind::P256);
        other.iter_mut().for_each(|spec| spec.number += 60);
        (c[1..c.len() - 1].to_vec(), vec![make(&other).pop().unwrap(), c[c.len() - 1].clone()])
    }),
    ("an intermediate as the only anchor", |c| (Vec::new(), vec![c[1].clone()])),
    ("the leaf as its own anchor", |c| (Vec::new(), vec![c[0].clone()])),
    ("nothing trusted", |c| (c[1..].to_vec(), Vec::new())),
];

/// Differences that are meant: what is changed or brought along, who accepts, and why.
const MEANT: &[(&str, Accepts, &str)] = &[
    ("leaf may only encipher", Accepts::OpenSsl, "OMS 8.2: the leaf must be one for signing"),
    ("leaf without usages", Accepts::OpenSsl, "OMS 8.2: the leaf must be one for signing"),
    ("leaf for servers", Accepts::OpenSsl, "OMS 8.2: the leaf must be one for signing"),
    (
        "issuer does not say what it is",
        Accepts::OpenSsl,
        "RFC 5280 4.2.1.9: an authority says so; OpenSSL lets a self-signed one off unless told to be strict",
    ),
    ("leaf ends now", Accepts::Us, "RFC 5280 4.1.2.5: the last second belongs to the validity"),
    (
        "leaf points to another key of its issuer",
        Accepts::Us,
        "RFC 5280 4.2.1.1: the identifier helps to find the key; the signature under it decides",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accepts {
    OpenSsl,
    Us,
}

fn pem(certificates: &[Vec<u8>]) -> String {
    use base64::Engine;
    let body = |der: &Vec<u8>| base64::engine::general_purpose::STANDARD.encode(der);
    certificates
        .iter()
        .map(|der| format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body(der)))
        .collect()
}

/// OpenSSL's word, with what it said. `auth_level` 2 asks for 112 bits, as we do; `x509_strict` for RFC 5280.
fn openssl(dir: &Path, leaf: &[u8], helpers: &[Vec<u8>], anchors: &[Vec<u8>]) -> (bool, String) {
    fs::write(dir.join("leaf.pem"), pem(&[leaf.to_vec()])).unwrap();
    fs::write(dir.join("helpers.pem"), pem(helpers)).unwrap();
    fs::write(dir.join("anchors.pem"), pem(anchors)).unwrap();
    let mut command = Command::new("openssl");
    command.current_dir(dir).args(["verify", "-no-CApath", "-no-CAstore", "-auth_level", "2"]);
    command.args(["-attime", &AT.to_string(), "-purpose", "any"]);
    if !anchors.is_empty() {
        command.args(["-CAfile", "anchors.pem"]);
    } else {
        command.arg("-no-CAfile");
    }
    if !helpers.is_empty() {
        command.args(["-untrusted", "helpers.pem"]);
    }
    let output = command.arg("leaf.pem").output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn has_openssl() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok();
    assert!(there || std::env::var_os("CI").is_none(), "CI wants openssl");
    if !there {
        eprintln!("SKIPPED: openssl is not installed; chains are not compared with it");
    }
    there
}

#[test]
fn chains_are_judged_as_openssl_judges_them() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = jiff::Timestamp::from_second(AT).unwrap();
    let (mut compared, mut accepted) = (0, 0);
    let mut differences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut compare = |what: &str, shape: &str, chain: &[Vec<u8>], bring: Bring| {
        let (helpers, anchors) = bring(chain);
        let (theirs, said) = openssl(dir.path(), &chain[0], &helpers, &anchors);
        let mut presented = vec![chain[0].clone()];
        presented.extend(helpers);
        let check = check_chain(&presented, &anchors, at);
        let ours = check.outcome == Outcome::Pass;
        compared += 1;
        accepted += usize::from(ours && theirs);
        if ours != theirs {
            let who = if theirs { Accepts::OpenSsl } else { Accepts::Us };
            if !MEANT.iter().any(|(meant, accepts, _)| *meant == what && *accepts == who) {
                let told = format!("{shape}: {} {} | openssl: {said}", check.code, check.words().summary);
                differences.entry(format!("{what}: accepted by {who:?}")).or_default().push(told);
            }
        }
    };
    for kind in [Kind::P256, Kind::P384, Kind::P521, Kind::Rsa] {
        for between in 0..3 {
            let shape = format!("{kind:?} with {between} between");
            for (what, change) in CHANGES {
                let mut specs = good(between, kind);
                change(&mut specs);
                compare(what, &shape, &make(&specs), BROUGHT[0].1);
            }
            let chain = make(&good(between, kind));
            for (what, bring) in &BROUGHT[1..] {
                compare(what, &shape, &chain, *bring);
            }
        }
    }
    assert!(compared >= 300, "{compared}");
    assert!(accepted >= 100 && accepted * 4 < compared * 3, "{accepted} of {compared}");
    assert!(differences.is_empty(), "{} of {compared}: {differences:#?}", differences.len());
}
