//! Certificate chains against OpenSSL: several hundred generated ones, good and bad. Where the verdicts
//! differ, the difference has a name and a reason in [`DIFFERENCES`]; any other difference fails.
//!
//! OpenSSL runs without `-x509_strict`, as the reference implementation does: it demands what RFC 5280 asks of
//! authorities, not of verifiers, and refuses the reference's own test authorities. `-purpose any`, because
//! OMS has its own leaf rule; `-auth_level 2`, so that weak keys and hashes are refused there, too;
//! `-policy`, because we look at certificate policies and any will do.

use crate::chain_drafts::{Draft, Keys, Level, Random};
use crate::pki::*;
use der::oid::AssociatedOid;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use touchmark::signing::{ChainTime, Outcome, judge_chain};
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectKeyIdentifier,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum We {
    AreStricter,
    AreLaxer,
}

/// Where we and OpenSSL differ, and why.
const DIFFERENCES: &[(&str, We, &str)] = &[
    ("last second", We::AreLaxer, "RFC 5280 4.1.2.5: notAfter is inclusive; OpenSSL ends one second before"),
    (
        "leaf rule",
        We::AreStricter,
        "OMS 8.2 and the reference: digitalSignature or codeSigning, which `-purpose any` leaves open",
    ),
    (
        "old root",
        We::AreStricter,
        "a root without basic constraints says nowhere that it is an authority (RFC 5280 6.1.4 k)",
    ),
    (
        "way back",
        We::AreLaxer,
        "OpenSSL takes the first issuer that fits by name and does not come back; we look at the others",
    ),
    (
        "name as host",
        We::AreLaxer,
        "a signer's common name is no host: DNS constraints are for alternative names (RFC 5280 4.2.1.10)",
    ),
    (
        "plain names",
        We::AreStricter,
        "under a constraint: a host that ends in a dot, is an address or stands behind a user (OpenSSL takes the user for the host)",
    ),
    ("serial twice", We::AreStricter, "issuer and serial number name one certificate (RFC 5280 4.1.2.2)"),
    ("two algorithms", We::AreStricter, "RFC 5280 4.1.1.2, also for a certificate that is itself trusted"),
    ("mixed", We::AreLaxer, "above a trusted intermediate certificate OpenSSL takes no more from the bundle"),
    (
        "extension twice",
        We::AreStricter,
        "RFC 5280 4.2 and 4.2.1.4: no extension and no policy twice; OpenSSL looks only at some",
    ),
    ("size", We::AreStricter, "limits: 64 extensions, 16 helpers, 8 certificates in a path"),
    ("algorithm", We::AreStricter, "only RSA PKCS #1 v1.5 and ECDSA on the NIST curves (rulings 10)"),
];

/// What is done to a good chain: its name, how many intermediate certificates it needs, what we say then
/// (empty: it holds), which differences from OpenSSL it may bring, and how it is done.
type Change = (&'static str, usize, &'static str, &'static [&'static str], fn(&mut Draft, &mut Random));

/// Any authority.
fn any(d: &Draft, r: &mut Random) -> usize {
    1 + r.below(d.root())
}

/// Any intermediate certificate.
fn middle(d: &Draft, r: &mut Random) -> usize {
    1 + r.below(d.root() - 1)
}

fn constrained(d: &mut Draft, r: &mut Random, names_of_leaf: &[&str], permitted: &[&str], excluded: &[&str]) {
    if !names_of_leaf.is_empty() {
        d.leaf().set(names(names_of_leaf));
    }
    let level = any(d, r);
    d.spec(level).set(constraints(permitted, excluded));
}

const POLICY: &str = "1.3.6.1.4.1.99999.2";

fn policies(list: &[&str]) -> Ext {
    let of = |text: &&str| x509_cert::ext::pkix::certpolicy::PolicyInformation {
        policy_identifier: oid(text),
        policy_qualifiers: None,
    };
    ext(false, &CertificatePolicies(list.iter().map(of).collect()))
}

/// requireExplicitPolicy 0.
fn explicit() -> Ext {
    (oid("2.5.29.36"), true, vec![0x30, 3, 0x80, 1, 0])
}

/// The root's new key, certified by its old one; it does not count for the path length.
fn rollover(d: &mut Draft) {
    let root = d.root();
    let subject = d.levels[root].spec.subject.clone();
    for level in root - 2..=root {
        d.spec(level).remove(SubjectKeyIdentifier::OID);
        d.spec(level).remove(AuthorityKeyIdentifier::OID);
    }
    d.spec(root).set(key_id(b"the old key"));
    d.spec(root).set(basic(true, Some((root - 2) as u8)));
    d.spec(root - 1).subject = subject.clone();
    d.spec(root - 1).set(issuer_key(b"the old key"));
    d.spec(root - 1).set(key_id(b"the new key"));
    d.spec(root - 2).issuer = subject;
    d.spec(root - 2).set(issuer_key(b"the new key"));
}

#[rustfmt::skip]
const CHANGES: &[Change] = &[
    ("good", 0, "", &[], |_, _| {}),
    ("good, deep", 4, "", &[], |_, _| {}),
    // validity
    ("leaf expired", 0, "CHAIN-EXPIRED", &[], |d, _| d.leaf().to = NOW - DAY),
    ("leaf of tomorrow", 0, "CHAIN-NOT-YET-VALID", &[], |d, _| d.leaf().from = NOW + DAY),
    ("authority expired", 1, "CHAIN-EXPIRED", &[], |d, r| { let l = any(d, r); d.spec(l).to = NOW - 1; }),
    ("authority of tomorrow", 1, "CHAIN-NOT-YET-VALID", &[], |d, r| { let l = any(d, r); d.spec(l).from = NOW + 1; }),
    ("first second", 1, "", &[], |d, r| { let l = r.below(d.levels.len()); d.spec(l).from = NOW; }),
    ("last second", 1, "", &["last second"], |d, r| { let l = r.below(d.levels.len()); d.spec(l).to = NOW; }),
    ("one second left", 1, "", &[], |d, r| { let l = r.below(d.levels.len()); d.spec(l).to = NOW + 1; }),
    ("ends before it begins", 0, "CHAIN-NOT-YET-VALID", &[], |d, _| { d.leaf().from = NOW + DAY; d.leaf().to = NOW - DAY; }),
    // who is an authority
    ("no basic constraints", 1, "CHAIN-NOT-CA", &[], |d, r| { let l = middle(d, r); d.spec(l).remove(BasicConstraints::OID); d.spec(l).remove(KeyUsage::OID); }),
    ("no CA flag", 1, "CHAIN-NOT-CA", &[], |d, r| { let l = middle(d, r); d.spec(l).set(basic(false, None)); }),
    ("root without CA flag", 0, "CHAIN-NOT-CA", &[], |d, _| d.top().set(basic(false, None))),
    ("root without basic constraints", 0, "CHAIN-NOT-CA", &["old root"], |d, _| d.top().remove(BasicConstraints::OID)),
    ("root of version 1", 0, "", &[], |d, _| { d.top().extensions.clear(); d.top().version = Version::V1; }),
    ("a leaf that is an authority", 0, "", &[], |d, _| d.leaf().set(basic(true, None))),
    ("path length kept", 1, "", &[], |d, _| { for l in 1..d.levels.len() { d.spec(l).set(basic(true, Some(l as u8 - 1))); } }),
    ("path length exceeded", 1, "CHAIN-PATH-LENGTH", &[], |d, r| { let l = 2 + r.below(d.root() - 1); d.spec(l).set(basic(true, Some(l as u8 - 2))); }),
    ("path length and a self-issued authority", 1, "", &["serial twice"], |d, _| rollover(d)),
    ("self-issued with the root's serial number", 1, "CHAIN-INVALID", &["serial twice"], |d, _| {
        rollover(d);
        let root = d.root();
        d.spec(root - 1).serial = d.levels[root].spec.serial;
    }),
    ("no keyCertSign", 1, "CHAIN-NOT-CA", &[], |d, r| { let l = any(d, r); d.spec(l).set(usage(KeyUsages::CRLSign.into())); }),
    ("no key usage", 1, "", &[], |d, r| { let l = any(d, r); d.spec(l).remove(KeyUsage::OID); }),
    // the leaf's usages
    ("leaf for encryption", 0, "CHAIN-USAGE", &["leaf rule"], |d, _| { d.leaf().set(usage(KeyUsages::KeyEncipherment.into())); d.leaf().set(purposes(&[SERVER_AUTH])); }),
    ("leaf without usages", 0, "CHAIN-USAGE", &["leaf rule"], |d, _| { d.leaf().remove(KeyUsage::OID); d.leaf().remove(ExtendedKeyUsage::OID); }),
    ("leaf for code only", 0, "", &["leaf rule"], |d, _| d.leaf().remove(KeyUsage::OID)),
    ("leaf for servers that may sign", 0, "", &["leaf rule"], |d, _| d.leaf().set(purposes(&[SERVER_AUTH]))),
    ("authority for servers", 1, "", &[], |d, r| { let l = any(d, r); d.spec(l).set(purposes(&[SERVER_AUTH])); }),
    // name constraints
    ("dns permitted", 1, "", &[], |d, r| constrained(d, r, &["dns:ci.acme.example"], &["dns:acme.example"], &[])),
    ("dns not permitted", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["dns:ci.acne.example"], &["dns:acme.example"], &[])),
    ("dns excluded", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["dns:ci.acme.example"], &[], &["dns:acme.example"])),
    ("dns beside the excluded", 1, "", &[], |d, r| constrained(d, r, &["dns:ci.notacme.example"], &[], &["dns:acme.example"])),
    ("dns with a final dot", 1, "CHAIN-NAMES", &["plain names"], |d, r| constrained(d, r, &["dns:ci.acme.example."], &[], &["dns:acme.example"])),
    ("uri permitted", 1, "", &[], |d, r| constrained(d, r, &["uri:https://ci.acme.example/a"], &["uri:ci.acme.example"], &[])),
    ("uri not permitted", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["uri:https://ci.acne.example/a"], &["uri:.acme.example"], &[])),
    ("uri excluded", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["uri:https://ci.acme.example/a"], &[], &["uri:.acme.example"])),
    ("uri that hides its host", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["uri:https://evil.example/@ci.acme.example/"], &["uri:ci.acme.example"], &[])),
    ("uri excluded that hides its host", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["uri:https://evil.example/@ci.acme.example/"], &[], &["uri:evil.example"])),
    ("uri with an at sign", 1, "", &[], |d, r| constrained(d, r, &["uri:https://ci.acme.example/w@main"], &["uri:ci.acme.example"], &[])),
    ("email permitted", 1, "", &[], |d, r| constrained(d, r, &["email:ci@acme.example"], &["email:acme.example"], &[])),
    ("email not permitted", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["email:ci@sub.acme.example"], &["email:acme.example"], &[])),
    ("email excluded", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["email:ci@sub.acme.example"], &[], &["email:.acme.example"])),
    ("uri of an address", 1, "CHAIN-NAMES", &["plain names"], |d, r| constrained(d, r, &["uri:https://10.0.0.1/"], &[], &["uri:.example"])),
    ("uri that hides its host behind a user", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["uri:https://ci.acme.example@evil.example/"], &["uri:ci.acme.example"], &[])),
    ("uri that hides its host behind user and password", 1, "CHAIN-NAMES", &["plain names"], |d, r| constrained(d, r, &["uri:https://ci.acme.example:x@evil.example/"], &["uri:ci.acme.example"], &[])),
    ("a self-issued authority that no constraint permits", 1, "", &["serial twice"], |d, _| {
        rollover(d);
        let issuing: Vec<String> = (1..6).map(|level| format!("dir:CN=issuing {level},O=authority")).collect();
        let permitted: Vec<&str> = issuing.iter().map(String::as_str).chain(["dir:O=acme"]).collect();
        d.top().set(constraints(&permitted, &[]));
    }),
    ("uri with a port", 1, "", &[], |d, r| constrained(d, r, &["uri:https://ci.acme.example:8443/"], &["uri:.acme.example"], &[])),
    ("uri permitted twice", 2, "", &[], |d, _| { d.leaf().set(names(&["uri:https://ci.acme.example/a"])); for l in [1, 2] { d.spec(l).set(constraints(&["uri:ci.acme.example"], &[])); } }),
    ("email permitted twice", 2, "", &[], |d, _| { d.leaf().set(names(&["email:ci@acme.example"])); for l in [1, 2] { d.spec(l).set(constraints(&["email:acme.example"], &[])); } }),
    ("email with two at signs", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["email:\"a@b\"@acme.example"], &[], &["email:acme.example"])),
    ("one mailbox permitted", 1, "", &[], |d, r| constrained(d, r, &["email:ci@acme.example"], &["email:ci@acme.example"], &[])),
    ("directory permitted", 1, "", &[], |d, _| { d.top().set(constraints(&["dir:O=authority", "dir:O=acme"], &[])); }),
    ("directory not permitted", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &[], &["dir:O=authority"], &[])),
    ("directory excluded", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &[], &[], &["dir:O=acme"])),
    ("directory in another case", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &[], &[], &["dir:O=ACME"])),
    ("address permitted", 1, "", &[], |d, r| constrained(d, r, &["ip:0a000001"], &["ip:0a000000ff000000"], &[])),
    ("address not permitted", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["ip:0b000001"], &["ip:0a000000ff000000"], &[])),
    ("constraints that exclude each other", 2, "CHAIN-NAMES", &[], |d, _| {
        d.leaf().set(names(&["dns:a.example"]));
        d.spec(1).set(constraints(&["dns:a.example"], &[]));
        d.top().set(constraints(&["dns:b.example"], &[]));
    }),
    ("a common name like a host", 1, "", &["name as host"], |d, r| { d.leaf().subject = "CN=host.acne.example".into(); constrained(d, r, &[], &["dns:acme.example"], &[]); }),
    ("empty constraint", 1, "", &[], |d, r| constrained(d, r, &["dns:a.example"], &["dns:"], &[])),
    ("empty constraint for e-mail", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["email:ci@acme.example"], &["email:"], &[])),
    ("empty constraint for e-mail that does not occur", 1, "", &[], |d, r| constrained(d, r, &["dns:a.example"], &["email:"], &[])),
    ("empty exclusion", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["dns:a.example"], &[], &["dns:"])),
    ("constraint of another kind", 1, "CHAIN-NAMES", &[], |d, r| constrained(d, r, &["id:1.2.3"], &["id:1.2.3"], &[])),
    ("constraint of another kind that does not occur", 1, "", &[], |d, r| constrained(d, r, &["dns:a.example"], &["id:1.2.3"], &[])),
    // extensions
    ("unknown critical extension", 1, "CHAIN-CRITICAL", &[], |d, r| { let l = r.below(d.levels.len()); d.spec(l).set(unknown(true)); }),
    ("unknown extension", 1, "", &[], |d, r| { let l = r.below(d.levels.len()); d.spec(l).set(unknown(false)); }),
    ("an extension twice", 1, "*", &["extension twice"], |d, r| { let l = r.below(d.levels.len()); d.spec(l).extensions.extend([unknown(false), unknown(false)]); }),
    ("seventy extensions", 0, "CHAIN-INVALID", &["size"], |d, _| {
        d.leaf().extensions.extend((0..70).map(|n| (oid(&format!("1.3.6.1.4.1.99999.9.{n}")), false, vec![5, 0])));
    }),
    ("damaged basic constraints", 1, "*", &[], |d, r| { let l = middle(d, r); d.spec(l).set((BasicConstraints::OID, true, vec![0x30, 3, 1, 1])); }),
    ("policy required and there", 1, "", &[], |d, _| { let root = d.root(); for l in 0..root { d.spec(l).set(policies(&[POLICY])); } d.spec(root - 1).set(explicit()); }),
    ("policy required and not there", 1, "CHAIN-INVALID", &[], |d, r| { let l = middle(d, r); d.spec(l).set(explicit()); }),
    ("a policy twice", 0, "CHAIN-INVALID", &["extension twice"], |d, _| d.leaf().set(policies(&[POLICY, POLICY]))),
    // names and keys
    ("wrong issuer name, right key", 1, "CHAIN-UNTRUSTED", &[], |d, r| { let l = r.below(d.root()); d.spec(l).issuer = "CN=somebody else".into(); }),
    ("right issuer name, wrong key", 1, "CHAIN-SIGNATURE", &[], |d, r| { let l = r.below(d.root()); d.levels[l].signer = d.unused.pop().unwrap(); }),
    ("issuer name in another case", 1, "", &[], |d, _| { d.leaf().issuer = d.leaf().issuer.to_uppercase().replace("CN", "cn"); }),
    ("key identifier of another key", 1, "CHAIN-UNTRUSTED", &[], |d, r| {
        let l = r.below(d.root());
        let id = d.key(d.levels[l + 1].key).id();
        d.spec(l + 1).set(key_id(&id));
        d.spec(l).set(issuer_key(b"another key"));
    }),
    ("serial number of another issuer", 1, "CHAIN-UNTRUSTED", &[], |d, r| { let l = r.below(d.root()); d.spec(l).set(issuer_serial("CN=root,O=authority", 1)); }),
    ("issuer by serial number", 1, "", &[], |d, r| {
        let l = r.below(d.root());
        let (issuer, serial) = (d.levels[l + 1].spec.issuer.clone(), d.levels[l + 1].spec.serial);
        d.spec(l).set(issuer_serial(&issuer, serial));
    }),
    ("the root's serial number again", 0, "", &[], |d, _| { let serial = d.top().serial; let root = d.root(); d.spec(root - 1).serial = serial; }),
    ("self-signed with another algorithm inside", 0, "CHAIN-INVALID", &["two algorithms"], |d, _| {
        d.leaf().issuer = d.leaf().subject.clone();
        d.leaf().remove(AuthorityKeyIdentifier::OID);
        // OpenSSL looks at the kind of the algorithm inside.
            d.levels[0].key = d.keys.of(Kind::Rsa);
            d.leaf().remove(SubjectKeyIdentifier::OID);
            d.levels[0].signer = d.levels[0].key;
        d.trusted = BTreeSet::from([0]);
        d.leaf().inner_algorithm = Some(SHA384_RSA);
    }),
    ("other algorithm inside than outside", 0, "*", &["two algorithms"], |d, _| d.leaf().inner_algorithm = Some(SHA384_RSA)),
    ("an authority on secp256k1", 0, "CHAIN-KEY", &["algorithm"], |d, r| { let l = any(d, r); d.rekey(l, Kind::Secp256k1); }),
    ("an authority with Ed25519", 0, "", &[], |d, r| { let l = any(d, r); d.rekey(l, Kind::Ed25519); }),
    ("an authority with RSA-PSS", 0, "", &[], |d, r| { let l = any(d, r); d.rekey(l, Kind::Rsa); d.spec(l - 1).algorithm = Some(RSA_PSS); }),
    ("an authority with RSA and SHA-384", 0, "", &[], |d, r| { let l = any(d, r); d.rekey(l, Kind::Rsa); d.spec(l - 1).algorithm = Some(SHA384_RSA); }),
    ("a leaf with RSA", 1, "", &[], |d, _| { d.levels[0].key = d.keys.of(Kind::Rsa); d.leaf().remove(SubjectKeyIdentifier::OID); }),
    // what is in the bundle, and what is trusted
    ("missing intermediate", 1, "CHAIN-UNTRUSTED", &[], |d, r| { let l = middle(d, r); d.without.insert(l); }),
    ("shuffled", 3, "", &[], |d, _| d.shuffled = true),
    ("doubled", 2, "", &[], |d, _| d.doubled = true),
    ("root in the bundle", 1, "", &[], |d, _| d.without.clear()),
    ("root in the bundle only", 1, "CHAIN-UNTRUSTED", &[], |d, _| { d.without.clear(); d.trusted.clear(); let s = d.stranger("CN=stranger"); d.also_trusted.push(s); }),
    ("wrong authority", 0, "CHAIN-UNTRUSTED", &[], |d, _| { d.trusted.clear(); let s = d.stranger("CN=stranger"); d.also_trusted.push(s); }),
    ("namesake of the root", 0, "*", &[], |d, _| { d.trusted.clear(); let s = d.stranger("CN=root,O=authority"); d.also_trusted.push(s); }),
    ("root and a namesake", 0, "", &["way back"], |d, _| { let s = d.stranger("CN=root,O=authority"); d.also_trusted.push(s); }),
    ("unrelated certificates", 1, "", &[], |d, _| { for n in 0..3 { let s = d.stranger(&format!("CN=stranger {n}")); d.before.push(s); } }),
    ("twenty unrelated certificates", 1, "CHAIN-UNTRUSTED", &["size"], |d, _| {
        let key = d.unused.pop().unwrap();
        d.before.extend((0..20).map(|n| { let s = format!("CN=stranger {n}"); Level { spec: Spec::ca(&s, &s), key, signer: key } }));
    }),
    ("intermediate trusted, root not", 1, "CHAIN-PARTIAL", &[], |d, r| { let l = middle(d, r); d.trusted = BTreeSet::from([l]); }),
    ("intermediate trusted, and the root, and not the one between", 3, "", &["mixed"], |d, _| { d.trusted.insert(1); d.without.insert(1); }),
    ("intermediate trusted, and the root", 1, "", &["mixed"], |d, r| { let l = middle(d, r); d.trusted.insert(l); d.without.insert(l); }),
    ("leaf trusted, root not", 0, "CHAIN-PARTIAL", &[], |d, _| d.trusted = BTreeSet::from([0])),
    ("self-signed and trusted", 0, "", &[], |d, _| {
        d.leaf().issuer = d.leaf().subject.clone();
        d.leaf().remove(AuthorityKeyIdentifier::OID);
        d.levels[0].signer = d.levels[0].key;
        d.trusted = BTreeSet::from([0]);
    }),
    ("self-signed and not trusted", 0, "CHAIN-UNTRUSTED", &[], |d, _| {
        d.leaf().issuer = d.leaf().subject.clone();
        d.leaf().remove(AuthorityKeyIdentifier::OID);
        d.levels[0].signer = d.levels[0].key;
    }),
    ("an intermediate under two roots", 1, "", &["way back"], |d, r| {
        let stranger = d.stranger("CN=stranger");
        let root = d.root();
        let mut twin = d.levels[root - 1].clone();
        twin.spec.issuer = "CN=stranger".into();
        twin.spec.serial = 77;
        twin.spec.remove(AuthorityKeyIdentifier::OID);
        twin.signer = stranger.key;
        if r.below(2) == 0 { d.before.push(twin) } else { d.after.push(twin) }
    }),
    ("an intermediate and a namesake", 1, "", &["way back"], |d, _| {
        let (subject, root) = (d.levels[1].spec.subject.clone(), d.levels[d.root()].clone());
        let mut twin = d.stranger(&subject);
        twin.spec.issuer = root.spec.subject;
        twin.signer = root.key;
        d.before.push(twin);
    }),
    ("an intermediate that was renewed", 1, "", &[], |d, _| {
        let mut old = d.levels[1].clone();
        old.spec.to = NOW - DAY;
        old.spec.serial = 78;
        d.before.push(old);
    }),
    ("two that issued each other", 1, "CHAIN-UNTRUSTED", &[], |d, _| {
        let key = d.unused.pop().unwrap();
        let (a, root) = (d.levels[1].clone(), d.root());
        for level in 2..root { d.without.insert(level); }
        let mut back = a.clone();
        back.spec = Spec::ca("CN=other", &a.spec.subject);
        back.key = key;
        back.signer = a.key;
        d.after.push(back);
        d.levels[1].spec.issuer = "CN=other".into();
        d.levels[1].spec.remove(AuthorityKeyIdentifier::OID);
        d.levels[1].signer = key;
    }),
    ("nine authorities", 9, "CHAIN-LIMIT", &["size"], |_, _| {}),
];

struct Case {
    label: String,
    /// What we must say, where one change alone was made.
    wanted: Option<&'static str>,
    may_differ: BTreeSet<&'static str>,
    chain: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
}

/// Each change alone, five times, then pairs of them.
fn cases() -> Vec<Case> {
    const ALONE: usize = 4;
    const PAIRS: usize = 120;
    let keys = Keys::new();
    let mut random = Random(20_260_601);
    let mut cases = Vec::new();
    for change in CHANGES {
        for round in 0..ALONE {
            let extra = if change.1 > 4 { 0 } else { random.below(3) };
            let mut draft = Draft::new(&keys, change.1 + extra, &mut random);
            (change.4)(&mut draft, &mut random);
            let (chain, anchors) = draft.issue(&mut random);
            cases.push(Case {
                label: format!("{} #{round}", change.0),
                wanted: Some(change.2),
                may_differ: change.3.iter().copied().collect(),
                chain,
                anchors,
            });
        }
    }
    let small: Vec<&Change> = CHANGES.iter().filter(|change| change.1 <= 4).collect();
    for round in 0..PAIRS {
        let (a, b) = (small[random.below(small.len())], small[random.below(small.len())]);
        let mut draft = Draft::new(&keys, a.1.max(b.1) + random.below(2), &mut random);
        (a.4)(&mut draft, &mut random);
        (b.4)(&mut draft, &mut random);
        let (chain, anchors) = draft.issue(&mut random);
        cases.push(Case {
            label: format!("{} + {} #{round}", a.0, b.0),
            wanted: None,
            may_differ: a.3.iter().chain(b.3).copied().collect(),
            chain,
            anchors,
        });
    }
    cases
}

/// Whether OpenSSL accepts it, and what it said.
fn openssl(folder: &Path, case: &Case) -> (bool, String) {
    let all = |list: &[Vec<u8>]| list.iter().map(|der| pem("CERTIFICATE", der)).collect::<String>();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("anchors"), all(&case.anchors)).unwrap();
    std::fs::write(folder.join("helpers"), all(&case.chain[1..])).unwrap();
    std::fs::write(folder.join("leaf"), all(&case.chain[..1])).unwrap();
    let mut command = Command::new("openssl");
    command.current_dir(folder).arg("verify").args(["-attime", &NOW.to_string(), "-purpose", "any"]);
    command.args([
        "-auth_level",
        "2",
        "-policy",
        "2.5.29.32.0",
        "-no-CApath",
        "-no-CAstore",
        "-CAfile",
        "anchors",
    ]);
    if case.chain.len() > 1 {
        command.args(["-untrusted", "helpers"]);
    }
    let said = command.arg("leaf").output().unwrap();
    (said.status.success(), String::from_utf8_lossy(&said.stderr).into_owned())
}

#[test]
fn hundreds_of_chains_are_judged_as_openssl_does_but_for_differences_that_have_a_reason() {
    if Command::new("openssl").arg("version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "openssl is not there");
        eprintln!("NOT TESTED: openssl is not there, so chains were not compared with it");
        return;
    }
    let cases = cases();
    assert!(cases.len() >= 300, "{}", cases.len());
    let folder = tempfile::tempdir().unwrap();
    let theirs: Vec<(bool, String)> = std::thread::scope(|scope| {
        let part = cases.len().div_ceil(4);
        let workers: Vec<_> = cases
            .chunks(part)
            .enumerate()
            .map(|(worker, cases)| {
                let folder = folder.path().join(worker.to_string());
                scope.spawn(move || cases.iter().map(|case| openssl(&folder, case)).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let now = ChainTime::now(jiff::Timestamp::from_second(NOW).unwrap());
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut wrong, mut held, mut refused) = (String::new(), 0, 0);
    for (case, (accepted, said)) in cases.iter().zip(&theirs) {
        let judged = judge_chain(&case.chain, &case.anchors, &[], now);
        let holds = judged.check.outcome == Outcome::Pass;
        let code = if holds { "" } else { judged.check.code.as_str() };
        assert_eq!(holds, judged.anchor.is_some(), "{}", case.label);
        if case.wanted.is_some_and(|wanted| if wanted == "*" { holds } else { wanted != code }) {
            writeln!(wrong, "{}: wanted {:?}, said {code:?}: {:?}", case.label, case.wanted, judged.check)
                .unwrap();
        }
        match (holds, accepted) {
            (true, true) => held += 1,
            (false, false) => refused += 1,
            _ => {
                let direction = if holds { We::AreLaxer } else { We::AreStricter };
                let known =
                    DIFFERENCES.iter().find(|(name, d, _)| case.may_differ.contains(name) && *d == direction);
                match known {
                    Some((name, ..)) => *seen.entry(name).or_default() += 1,
                    None => writeln!(
                        wrong,
                        "{}: we say {code:?} ({}), OpenSSL {accepted}: {said}",
                        case.label,
                        judged.check.words().summary
                    )
                    .unwrap(),
                }
            }
        }
    }
    println!("{} chains: {held} hold, {refused} do not, differences: {seen:?}", cases.len());
    assert!(wrong.is_empty(), "{wrong}");
    for (name, _, why) in DIFFERENCES {
        assert!(seen.contains_key(name), "there is no such difference any more: {name} ({why})");
    }
    assert!(held >= 80 && refused >= 120, "{held} {refused}");
}
