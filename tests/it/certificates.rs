//! Certificates through `verify`: each fault fails CHAIN alone, with its own code, and names the certificate.
//! Revocation lists. Hostile certificates: nothing panics, nothing is accepted, and the work is bounded.

use crate::bench::{Bench, Leaf, details, faults};
use crate::pki::*;
use crate::support::{err, out, touchmark};
use der::oid::AssociatedOid;
use proptest::prelude::*;
use std::path::Path;
use std::time::{Duration, Instant};
use touchmark::signing::{
    Anchor, ChainJudgement, ChainTime, CheckCode, Outcome, RevocationList, Stage, Trust, Verification,
    certificates_from_pem, code_info, judge_chain,
};
use x509_cert::ext::pkix::crl::CrlReason;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsages};

const ROOT: &str = "CN=root";
const ISSUING: &str = "CN=issuing";
const SIGNER: &str = "CN=ci,O=acme";

/// Root, issuing authority and signer, and what they say.
struct Three {
    keys: [Key; 3],
    root: Spec,
    issuing: Spec,
    leaf: Spec,
}

impl Three {
    fn new() -> Self {
        Three {
            keys: [Kind::P256, Kind::P384, Kind::P256].map(Key::new),
            root: Spec::ca(ROOT, ROOT),
            issuing: Spec::ca(ISSUING, ROOT),
            leaf: Spec::leaf(SIGNER, ISSUING),
        }
    }

    fn changed(change: fn(&mut Three)) -> Self {
        let mut three = Three::new();
        change(&mut three);
        three
    }

    /// Leaf, issuing authority, root.
    fn ders(&self) -> [Vec<u8>; 3] {
        let [root, issuing, leaf] = &self.keys;
        [self.leaf.issue(leaf, issuing), self.issuing.issue(issuing, root), self.root.issue(root, root)]
    }

    /// A model that was signed with it, with these certificates in the bundle, and the root trusted.
    fn bench(&self) -> Bench {
        let [leaf, issuing, root] = self.ders();
        let mut bench = Bench::new();
        bench.sign_under(&Leaf { der: leaf, key: Some(self.keys[2].pem()) }, &[issuing]);
        bench.trust = Trust::new(vec![Anchor::ca("authority", "test", &root, None).unwrap()]);
        bench
    }

    fn judge(&self, lists: &[Vec<u8>], time: ChainTime) -> ChainJudgement {
        let [leaf, issuing, root] = self.ders();
        let lists: Vec<RevocationList> =
            lists.iter().flat_map(|der| RevocationList::from_bytes("test.crl", der).unwrap()).collect();
        judge_chain(&[leaf, issuing], &[root], &lists.iter().collect::<Vec<_>>(), time)
    }
}

fn now() -> ChainTime {
    ChainTime::now(second(NOW))
}

fn second(at: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at).unwrap()
}

/// Fails CHAIN and nothing else, with everything that a person needs.
fn fails_chain(what: &str, verified: &Verification, code: &str, found: &[&str]) {
    let what = format!("{what}: {verified:#?}");
    assert_eq!(faults(verified), [(Stage::Chain, code)], "{what}");
    let check = verified.check(Stage::Chain).unwrap();
    assert!(
        check.words().expected.is_some()
            && check.words().remedy.is_some()
            && code_info(CheckCode::parse(code).unwrap()).is_some(),
        "{what}"
    );
    let said = check.words().found.as_ref().unwrap().raw().to_owned() + &details(verified, Stage::Chain);
    for part in found {
        assert!(said.contains(part), "no {part:?} in {said:?}: {what}");
    }
    assert!(!verified.signer_proven());
}

type Bad = (&'static str, &'static str, &'static [&'static str], fn(&mut Three));

#[rustfmt::skip]
const BAD: &[Bad] = &[
    ("an expired leaf", "CHAIN-EXPIRED", &["CN=ci,O=acme (serial "], |t| t.leaf.to = NOW - 1),
    ("a leaf of tomorrow", "CHAIN-NOT-YET-VALID", &["CN=ci,O=acme (serial "], |t| t.leaf.from = NOW + 1),
    ("an expired authority", "CHAIN-EXPIRED", &["CN=issuing (serial "], |t| t.issuing.to = NOW - DAY),
    ("an expired root", "CHAIN-EXPIRED", &["CN=root (serial "], |t| t.root.to = NOW - DAY),
    ("an authority without the CA flag", "CHAIN-NOT-CA", &["CN=issuing (serial "], |t| t.issuing.set(basic(false, None))),
    ("an authority without basic constraints", "CHAIN-NOT-CA", &["CN=issuing (serial "], |t| t.issuing.remove(BasicConstraints::OID)),
    ("an authority that may not sign certificates", "CHAIN-NOT-CA", &["CN=issuing (serial "], |t| t.issuing.set(usage(KeyUsages::CRLSign.into()))),
    ("a root without the CA flag", "CHAIN-NOT-CA", &["CN=root (serial "], |t| t.root.set(basic(false, None))),
    ("a path length exceeded", "CHAIN-PATH-LENGTH", &["CN=root (serial "], |t| t.root.set(basic(true, Some(0)))),
    ("a leaf that is not for signing", "CHAIN-USAGE", &["CN=ci,O=acme (serial "], |t| {
        t.leaf.set(usage(KeyUsages::KeyEncipherment.into()));
        t.leaf.set(purposes(&[SERVER_AUTH]));
    }),
    ("a name constraint violated", "CHAIN-NAMES", &["CN=ci,O=acme (serial ", "the DNS name ci.acne.example"], |t| {
        t.leaf.set(names(&["dns:ci.acne.example"]));
        t.issuing.set(constraints(&["dns:acme.example"], &[]));
    }),
    ("a name that the root excludes", "CHAIN-NAMES", &["CN=ci,O=acme (serial ", "is excluded"], |t| t.root.set(constraints(&[], &["dir:O=acme"]))),
    ("an unknown critical extension", "CHAIN-CRITICAL", &["CN=ci,O=acme (serial ", "1.3.6.1.4.1.99999.1"], |t| t.leaf.set(unknown(true))),
    ("an unknown critical extension of the root", "CHAIN-CRITICAL", &["CN=root (serial "], |t| t.root.set(unknown(true))),
    ("an authority on secp256k1", "CHAIN-KEY", &["CN=issuing (serial ", "secp256k1"], |t| t.keys[1] = Key::new(Kind::Secp256k1)),
    ("a signature over SHA-1", "CHAIN-ALGORITHM", &["CN=issuing (serial ", "SHA-1 with ECDSA"], |t| t.issuing.algorithm = Some("1.2.840.10045.4.1")),
    ("another authority's name", "CHAIN-UNTRUSTED", &["CN=ci,O=acme (serial ", "CN=somebody"], |t| t.leaf.issuer = "CN=somebody".into()),
    ("another key identifier", "CHAIN-UNTRUSTED", &["names another key"], |t| {
        t.leaf.set(issuer_key(b"one"));
        t.issuing.set(key_id(b"two"));
    }),
    ("seventy extensions", "CHAIN-INVALID", &["70 extensions; the limit is 64"], |t| {
        t.leaf.extensions.extend((0..68).map(|n| (oid(&format!("1.3.6.1.4.1.99999.9.{n}")), false, vec![5, 0])));
    }),
];

#[test]
fn each_fault_of_a_certificate_fails_chain_alone_and_names_the_certificate() {
    assert!(Three::new().bench().verify().signer_proven());
    for (what, code, found, change) in BAD {
        fails_chain(what, &Three::changed(*change).bench().verify(), code, found);
    }
}

#[test]
fn what_is_trusted_and_what_the_bundle_brings_decides_too() {
    let three = Three::new();
    let [leaf, issuing, root] = three.ders();
    let stranger = Key::new(Kind::P521);
    let trusting = |bundle: &[Vec<u8>], anchors: &[Vec<u8>]| {
        let mut bench = Bench::new();
        bench.sign_under(&Leaf { der: leaf.clone(), key: Some(three.keys[2].pem()) }, bundle);
        let anchors = anchors.iter().map(|der| Anchor::ca("authority", "test", der, None).unwrap()).collect();
        bench.trust = Trust::new(anchors);
        bench.verify()
    };
    let wrong = Spec::ca("CN=wrong", "CN=wrong").issue(&stranger, &stranger);
    let namesake = Spec::ca(ROOT, ROOT).issue(&stranger, &stranger);
    let own = std::slice::from_ref(&issuing);
    fails_chain(
        "a wrong authority",
        &trusting(own, &[wrong]),
        "CHAIN-UNTRUSTED",
        &["CN=issuing (serial ", "CN=root"],
    );
    fails_chain(
        "a namesake",
        &trusting(own, std::slice::from_ref(&namesake)),
        "CHAIN-SIGNATURE",
        &["CN=issuing (serial "],
    );
    fails_chain(
        "no intermediate",
        &trusting(&[], std::slice::from_ref(&root)),
        "CHAIN-UNTRUSTED",
        &["CN=issuing"],
    );
    fails_chain(
        "an intermediate trusted alone",
        &trusting(&[], own),
        "CHAIN-PARTIAL",
        &["CN=issuing (serial "],
    );
    fails_chain(
        "the leaf trusted alone",
        &trusting(own, std::slice::from_ref(&leaf)),
        "CHAIN-PARTIAL",
        &["CN=ci,O=acme (serial "],
    );
    for (bundle, anchors) in [
        (vec![], vec![issuing.clone(), root.clone()]),
        (vec![root.clone(), issuing.clone(), issuing.clone()], vec![root.clone()]),
        (vec![namesake.clone(), issuing.clone()], vec![namesake, root.clone()]),
    ] {
        let verified = trusting(&bundle, &anchors);
        assert_eq!(faults(&verified), [], "{verified:#?}");
    }
}

#[test]
fn weak_hashes_and_keys_of_old_authorities_are_refused() {
    // Made with OpenSSL, as no library at hand signs like this any more: leaf, authority, key of the leaf.
    for (file, code, found) in [
        ("rsa-1024", "CHAIN-KEY", "an RSA key of 1024 bits"),
        ("sha-1", "CHAIN-ALGORITHM", "SHA-1 with RSA"),
        ("md5", "CHAIN-ALGORITHM", "MD5 with RSA"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/weak-chains/{file}.pem"));
        let text = std::fs::read_to_string(path).unwrap();
        let key = text.split_at(text.find("-----BEGIN PRIVATE KEY").unwrap()).1.to_owned();
        let ders = certificates_from_pem(text.as_bytes()).unwrap();
        let mut bench = Bench::new();
        bench.sign_under(&Leaf { der: ders[0].clone(), key: Some(key) }, &[]);
        bench.trust = Trust::new(vec![Anchor::ca("authority", "test", &ders[1], None).unwrap()]);
        bench.options.at = "2027-06-01T00:00:00Z".parse().unwrap();
        fails_chain(file, &bench.verify(), code, &[found]);
    }
}

fn list(issuer: &str) -> List {
    List::of(issuer)
}

#[test]
fn a_revoked_certificate_fails_chain_with_date_and_reason() {
    let three = Three::new();
    let [root, issuing, leaf] = &three.keys;
    let of_leaf = list(ISSUING).revoking(three.leaf.serial, Some(CrlReason::KeyCompromise)).issue(issuing);
    let of_issuing = list(ROOT).revoking(three.issuing.serial, None).issue(root);
    for (der, found) in [
        (&of_leaf, ["CN=ci,O=acme (serial ", "revoked on 2026-05-22T00:00:00Z, reason: keyCompromise"]),
        (&of_issuing, ["CN=issuing (serial ", "revoked on 2026-05-22T00:00:00Z, reason: none given"]),
    ] {
        let mut bench = three.bench();
        bench.trust.anchors[0].crls = RevocationList::from_bytes("test.crl", der).unwrap();
        fails_chain("revoked", &bench.verify(), "CHAIN-REVOKED", &found);
        // As a file, by the command.
        let folder = bench.folder.path();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            path.to_string_lossy().into_owned()
        };
        let anchor = file("root.pem", pem("CERTIFICATE", &three.ders()[2]).as_bytes());
        let lists = file("lists.pem", pem("X509 CRL", der).as_bytes());
        let model = bench.model().to_string_lossy().into_owned();
        let words =
            ["verify", "certificate", &model, "--certificate-chain", &anchor, "--at", "2026-06-01T00:00:00Z"];
        assert_eq!(touchmark(words).status.code(), Some(0));
        let refused = touchmark(words.iter().copied().chain(["--crl", &lists, "--explain"]));
        assert_eq!(refused.status.code(), Some(1), "{}", err(&refused));
        assert!(
            out(&refused).contains("CHAIN-REVOKED") && out(&refused).contains(found[1]),
            "{}",
            out(&refused)
        );
        let unreadable = touchmark(words.iter().copied().chain(["--crl", &anchor]));
        assert_eq!(unreadable.status.code(), Some(4), "{}", err(&unreadable));
        assert!(err(&unreadable).contains("E-MALFORMED"), "{}", err(&unreadable));
    }
    let of_nobody = list(ISSUING).revoking(three.leaf.serial + 1, None).issue(issuing);
    let judged = three.judge(&[of_nobody], now());
    assert_eq!(judged.check.outcome, Outcome::Pass, "{:?}", judged.check);
    let told = judged
        .check
        .words()
        .details
        .iter()
        .any(|line| line.raw().contains("checked against the revocation list of CN=issuing"));
    assert!(told, "{:?}", judged.check);
    // Signed by the leaf itself, which is no authority.
    let forged = list(ISSUING).issue(leaf);
    assert_eq!(three.judge(&[forged], now()).check.code, "CHAIN-NOT-COVERED");
}

#[test]
fn a_revocation_list_that_cannot_be_used_is_told_and_does_not_count() {
    let three = Three::new();
    let [root, issuing, _] = &three.keys;
    let serial = three.leaf.serial;
    let revoking = || list(ISSUING).revoking(serial, None);
    let delta = (oid("2.5.29.27"), true, vec![2, 1, 1]);
    let scope = |der: Vec<u8>| (oid("2.5.29.28"), true, der);
    type Change = Box<dyn FnOnce(&mut List)>;
    let cases: Vec<(&str, Change)> = vec![
        ("it ended on 2026-05-31T23:59:59Z; it lists the certificate", Box::new(|l| l.to = Some(NOW - 1))),
        ("from after the time of the verification", Box::new(|l| l.from = NOW + 1)),
        ("until when", Box::new(|l| l.to = None)),
        ("the critical extension 2.5.29.27", Box::new(move |l| l.extensions.push(delta))),
        ("critical extension 1.3.6.1.4.1.99999.1", Box::new(|l| l.extensions.push(unknown(true)))),
        // onlyContainsCACerts, indirectCRL, onlySomeReasons
        (
            "another kind of certificate",
            Box::new(move |l| l.extensions.push(scope(vec![0x30, 3, 0x82, 1, 0xff]))),
        ),
        (
            "only some of the revocations",
            Box::new(move |l| l.extensions.push(scope(vec![0x30, 3, 0x84, 1, 0xff]))),
        ),
        (
            "only some of the revocations",
            Box::new(move |l| l.extensions.push(scope(vec![0x30, 4, 0x83, 2, 5, 0x60]))),
        ),
        ("scope cannot be read", Box::new(move |l| l.extensions.push(scope(vec![0x30, 3, 0x84])))),
    ];
    let unused = |what: &str, judged: ChainJudgement| {
        let check = judged.check;
        assert_eq!(
            (check.outcome, check.code.as_str()),
            (Outcome::Partial, "CHAIN-NOT-COVERED"),
            "{check:?}"
        );
        assert!(check.words().details.iter().any(|line| line.raw().contains(what)), "{what}: {check:?}");
        assert!(code_info(check.code).is_some() && judged.anchor.is_some());
    };
    for (what, change) in cases {
        let mut list = revoking();
        change(&mut list);
        unused(what, three.judge(&[list.issue(issuing)], now()));
    }
    unused("not signed by the issuer", three.judge(&[revoking().issue(root)], now()));
    unused("not by an issuer of these certificates", three.judge(&[list("CN=other").issue(issuing)], now()));
    let without = Three::changed(|t| t.issuing.set(usage(KeyUsages::KeyCertSign.into())));
    unused("cRLSign", without.judge(&[revoking().issue(&without.keys[1])], now()));
    // One that can be used beside it counts.
    let ended = List { to: Some(NOW - 1), ..list(ISSUING) }.issue(issuing);
    assert_eq!(three.judge(&[ended, revoking().issue(issuing)], now()).check.code, "CHAIN-REVOKED");
}

#[test]
fn a_signature_from_before_the_revocation_counts_if_a_trusted_time_says_so_and_no_key_was_stolen() {
    let three = Three::new();
    let issuing = &three.keys[1];
    let (revoked, before, after) = (NOW - 10 * DAY, NOW - 20 * DAY, NOW - 5 * DAY);
    let superseded = Some(CrlReason::Superseded);
    for (reason, since, signed, code) in [
        (superseded, None, Some(before), "CHAIN-REVOKED-LATER"),
        (superseded, None, Some(after), "CHAIN-REVOKED"),
        (superseded, None, Some(revoked), "CHAIN-REVOKED"),
        (superseded, None, None, "CHAIN-REVOKED"),
        (superseded, Some(before - DAY), Some(before), "CHAIN-REVOKED"),
        (superseded, Some(before + DAY), Some(before), "CHAIN-REVOKED-LATER"),
        (Some(CrlReason::KeyCompromise), None, Some(before), "CHAIN-REVOKED"),
        (Some(CrlReason::CaCompromise), None, Some(before), "CHAIN-REVOKED"),
    ] {
        let mut list = list(ISSUING);
        list.revoked.push((three.leaf.serial, revoked, reason, since));
        let time = ChainTime { signed: signed.map(second), ..now() };
        let check = three.judge(&[list.issue(issuing)], time).check;
        assert_eq!(check.code, code, "{reason:?} {since:?} {signed:?}: {check:?}");
        let outcome = if code == "CHAIN-REVOKED" { Outcome::Fail } else { Outcome::Partial };
        assert_eq!(check.outcome, outcome);
        let text = format!("{:?}", check.words());
        assert!(
            text.contains("2026-05-22") && (signed.is_none() || text.contains("it was signed at 2026-05-")),
            "{text}"
        );
    }
}

#[test]
fn validity_is_judged_at_the_trusted_time_and_else_now() {
    let three = Three::changed(|t| t.leaf.to = NOW - DAY);
    assert_eq!(three.judge(&[], now()).check.code, "CHAIN-EXPIRED");
    let then = ChainTime { signed: Some(second(NOW - 2 * DAY)), ..now() };
    assert_eq!(three.judge(&[], then).check.outcome, Outcome::Pass);
    let early = ChainTime { signed: Some(second(NOW - 500 * DAY)), ..now() };
    assert_eq!(three.judge(&[], early).check.code, "CHAIN-NOT-YET-VALID");
}

/// OpenSSL judges both so, too.
#[test]
fn a_signature_is_judged_over_the_bytes_as_they_came_and_never_over_bytes_written_anew() {
    let three = Three::changed(|t| t.leaf.set(unknown(false)));
    let [_, issuing_key, _] = &three.keys;
    let [leaf, issuing, root] = three.ders();
    let judge =
        |leaf: Vec<u8>| judge_chain(&[leaf, issuing.clone()], std::slice::from_ref(&root), &[], now()).check;
    assert_eq!(judge(leaf.clone()).outcome, Outcome::Pass);
    assert_ne!(with_signed_part(&leaf, spelled_out, None), leaf);
    assert_eq!(judge(with_signed_part(&leaf, spelled_out, Some(issuing_key))).outcome, Outcome::Pass);
    assert_eq!(judge(with_signed_part(&leaf, spelled_out, None)).code, "CHAIN-SIGNATURE");
}

#[test]
fn files_that_hold_no_revocation_list_are_refused_and_large_ones_too() {
    let good = list(ISSUING).issue(&Key::new(Kind::P256));
    let text = pem("X509 CRL", &good);
    assert_eq!(RevocationList::from_bytes("x", text.repeat(3).as_bytes()).unwrap().len(), 3);
    let code = |bytes: &[u8]| RevocationList::from_bytes("x", bytes).unwrap_err().code.as_str();
    for bad in [&b""[..], b"hello", &good[..good.len() - 1], &[&good[..], b"x"].concat(), &[0xff; 8]] {
        assert_eq!(code(bad), "E-MALFORMED");
    }
    assert_eq!(code(&text.as_bytes()[..text.len() / 2]), "E-MALFORMED");
    assert_eq!(code(text.repeat(65).as_bytes()), "E-TOO-LARGE");
    assert_eq!(code(&vec![0x30; 16 * 1024 * 1024 + 1]), "E-TOO-LARGE");
}

/// Cross-signed authorities that could be put into more orders than there is time.
#[test]
fn many_authorities_of_the_same_names_cost_a_bounded_number_of_signatures() {
    let keys: Vec<Key> = (0..20).map(|_| Key::new(Kind::P256)).collect();
    let root = Spec::ca("CN=elsewhere", "CN=elsewhere").issue(&keys[19], &keys[19]);
    let twin = |subject: &str, issuer: &str, serial: u64, key: &Key, signer: &Key| {
        let mut spec = Spec::ca(subject, issuer);
        spec.serial = serial;
        spec.issue(key, signer)
    };
    for (what, same_keys, names) in [
        ("two names, one key each", true, ["CN=a", "CN=b"]),
        ("two names, many keys", false, ["CN=a", "CN=b"]),
        ("one name, many keys", false, ["CN=a", "CN=a"]),
    ] {
        let key = |name: usize, index: usize| if same_keys { &keys[name] } else { &keys[name * 8 + index] };
        let mut chain = vec![Spec::leaf(SIGNER, "CN=a").issue(&keys[18], key(0, 0))];
        for index in 0..8 {
            let other = (index + 1) % 8;
            chain.push(twin(names[0], names[1], index as u64, key(0, index), key(1, other)));
            chain.push(twin(names[1], names[0], 100 + index as u64, key(1, index), key(0, other)));
        }
        let anchors = [
            root.clone(),
            twin("CN=a", "CN=a", 200, &keys[17], &keys[17]),
            twin("CN=b", "CN=b", 201, &keys[17], &keys[17]),
        ];
        let start = Instant::now();
        let judged = judge_chain(&chain, &anchors, &[], now());
        assert_eq!(judged.check.outcome, Outcome::Fail, "{what}");
        assert!(judged.signatures <= 128, "{what}: {}", judged.signatures);
        println!("{what}: {} signatures, {:?}", judged.signatures, start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(10), "{what}: {:?}", start.elapsed());
        // With a way to a root in it, it is found all the same.
        if same_keys {
            let trusted = twin("CN=b", "CN=b", 202, key(1, 0), key(1, 0));
            let judged = judge_chain(&chain, &[trusted], &[], now());
            assert_eq!(judged.check.outcome, Outcome::Pass, "{what}: {:?}", judged.check);
            assert!(judged.signatures <= 128);
        }
    }
}

/// Byte by byte, what an attacker may do to a file.
fn damage(der: &[u8], at: usize, kind: u8, byte: u8) -> Vec<u8> {
    let mut damaged = der.to_vec();
    let at = at % der.len();
    match kind {
        0 => damaged[at] ^= byte.max(1),
        1 => damaged.insert(at, byte),
        2 => drop(damaged.remove(at)),
        3 => damaged.truncate(at),
        4 => damaged[at] = 0x80 | (byte & 7),
        _ => damaged.extend_from_within(at..),
    }
    damaged
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Signed by the authority, so that it is not the signature that stops it.
    #[test]
    fn damaged_extensions_of_a_signed_certificate_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..6, any::<u8>()), 1..4),
        level in 0usize..3,
    ) {
        static KEYS: std::sync::OnceLock<[Key; 3]> = std::sync::OnceLock::new();
        let [root, issuing, leaf] = KEYS.get_or_init(|| Three::new().keys);
        let mut specs = [Spec::leaf(SIGNER, ISSUING), Spec::ca(ISSUING, ROOT), Spec::ca(ROOT, ROOT)];
        for spec in &mut specs {
            spec.set(names(&["dns:ci.acme.example", "uri:https://ci.acme.example/", "email:ci@acme.example", "ip:0a000001"]));
            spec.set(constraints(&["dns:acme.example", "uri:.acme.example", "email:acme.example"], &["dir:O=x", "ip:0b000000ff000000"]));
            spec.set(key_id(b"a key"));
            spec.set(issuer_key(b"a key"));
        }
        for (which, at, kind, byte) in changes {
            let extension = which.get(&specs[level].extensions).clone();
            if !extension.2.is_empty() {
                let der = damage(&extension.2, at.index(extension.2.len()), kind, byte);
                specs[level].set((extension.0, extension.1, der));
            }
        }
        let [of_leaf, of_issuing, of_root] = &specs;
        let chain = [of_leaf.issue(leaf, issuing), of_issuing.issue(issuing, root)];
        let judged = judge_chain(&chain, &[of_root.issue(root, root)], &[], now());
        prop_assert!(judged.check.outcome == Outcome::Pass || judged.anchor.is_none());
        prop_assert!(judged.signatures <= 8);
    }

    #[test]
    fn damaged_certificates_and_lists_neither_panic_nor_are_accepted(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0u8..6, any::<u8>()), 1..4), target in 0usize..4,
    ) {
        static GOOD: std::sync::OnceLock<([Vec<u8>; 3], Vec<u8>)> = std::sync::OnceLock::new();
        let (ders, list) = GOOD.get_or_init(|| {
            let three = Three::changed(|t| {
                t.leaf.set(names(&["dns:ci.acme.example", "uri:https://ci.acme.example/", "email:ci@acme.example"]));
                t.issuing.set(constraints(&["dns:acme.example", "uri:.acme.example", "email:acme.example"], &["dir:O=x"]));
                t.issuing.set(key_id(b"issuing"));
                t.leaf.set(issuer_key(b"issuing"));
            });
            let list = List::of(ISSUING).revoking(1, Some(CrlReason::Superseded)).issue(&three.keys[1]);
            (three.ders(), list)
        });
        let mut parts = [ders[0].clone(), ders[1].clone(), ders[2].clone(), list.clone()];
        for (at, kind, byte) in changes {
            let length = parts[target].len().max(1);
            if parts[target].is_empty() {
                break;
            }
            parts[target] = damage(&parts[target], at.index(length), kind, byte);
        }
        let [leaf, issuing, root, list_der] = &parts;
        let lists = RevocationList::from_bytes("x", list_der).unwrap_or_default();
        let judged = judge_chain(&[leaf.clone(), issuing.clone()], std::slice::from_ref(root), &lists.iter().collect::<Vec<_>>(), now());
        // A root is trusted as it stands, and a list that cannot be used is no fault.
        if target < 2 && parts[target] != ders[target] {
            prop_assert_eq!(judged.check.outcome, Outcome::Fail);
        }
        prop_assert!(judged.signatures <= 128);
    }
}
