//! Who may say what of a model: the roles of publishers and attesters, by identity, anchor, time and model.

use touchmark::policy::{Policy, Role, concerns, parse};
use touchmark::signing::{AnchorKind, AnchorUse, Identity, Method};

pub const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "roles"
version = "1"
[trust.ca]
kind = "x509"
files = ["ca.pem"]
[trust.key]
kind = "key"
files = ["key.pub"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ subject = "exact:CN=acme" }]
roles = ["producer", "lineage", "build"]
[[publisher]]
id = "edge"
models = ["edge/*"]
trust = ["ca"]
identities = [{ subject = "exact:CN=edge" }]
[[attester]]
id = "lab"
trust = ["ca"]
identities = [{ subject = "exact:CN=lab" }]
roles = ["eval"]
domains = ["safety"]
models = ["acme/*"]
valid_from = 2026-01-01T00:00:00Z
valid_until = 2027-01-01T00:00:00Z
[[attester]]
id = "gate"
trust = ["key"]
roles = ["verifier", "ingest"]
[[deny_identity]]
subject = "exact:CN=eve"
"#;

fn read(text: &str) -> Policy {
    parse(text, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"))
}

pub fn signer(subject: &str) -> Identity {
    let method = if subject.starts_with("sha256:") { Method::Key } else { Method::Certificate };
    Identity { method, subject: subject.into(), issuer: None, fingerprint: None }
}

pub fn anchor(name: &str) -> AnchorUse {
    let kind = if name == "key" { AnchorKind::Key } else { AnchorKind::Ca };
    AnchorUse { name: name.to_owned(), kind, origin: String::new(), digest: String::new(), age_days: None }
}

const NOW: &str = "2026-06-01T00:00:00Z";

fn roles(text: &str, model: &str, subject: &str, by: &str, signed_at: Option<&str>, now: &str) -> Vec<Role> {
    let signed_at = signed_at.map(|at| at.parse().unwrap());
    read(text).roles_of(model, &signer(subject), &anchor(by), signed_at, now.parse().unwrap()).into()
}

#[test]
fn a_publisher_has_its_roles_for_its_own_models_only() {
    let of = |model, subject, by| roles(POLICY, model, subject, by, None, NOW);
    assert_eq!(of("acme/bot", "CN=acme", "ca"), [Role::Producer, Role::Lineage, Role::Build]);
    assert_eq!(of("ACME/Bot", "CN=acme", "ca"), [Role::Producer, Role::Lineage, Role::Build]);
    // One without `roles` is the producer and no more.
    assert_eq!(of("edge/bot", "CN=edge", "ca"), [Role::Producer]);
    assert_eq!(of("edge/bot", "CN=acme", "ca"), []);
    assert_eq!(of("acme/bot", "CN=acme", "key"), []);
    assert_eq!(of("acme/bot", "CN=nobody", "ca"), []);
}

#[test]
fn an_attester_has_its_roles_inside_its_time_for_its_models() {
    let of = |model, signed_at, now| roles(POLICY, model, "CN=lab", "ca", signed_at, now);
    assert_eq!(of("acme/bot", Some(NOW), NOW), [Role::Eval]);
    assert_eq!(of("edge/bot", Some(NOW), NOW), []);
    assert_eq!(of("acme/bot", Some("2025-12-31T23:59:59Z"), NOW), []);
    assert_eq!(of("acme/bot", Some("2027-01-01T00:00:00Z"), NOW), []);
    // A trusted time inside the window stays inside; without one, now decides.
    assert_eq!(of("acme/bot", Some(NOW), "2030-01-01T00:00:00Z"), [Role::Eval]);
    assert_eq!(of("acme/bot", None, NOW), [Role::Eval]);
    assert_eq!(of("acme/bot", None, "2030-01-01T00:00:00Z"), []);
    // One key needs no identities, and one without models speaks of all.
    let gate = |by| roles(POLICY, "edge/bot", "sha256:00", by, None, NOW);
    assert_eq!(gate("key"), [Role::Verifier, Role::Ingest]);
    assert_eq!(gate("ca"), []);
}

#[test]
fn a_denied_signer_has_no_role() {
    let denied = POLICY.replace("exact:CN=eve", "exact:CN=lab");
    assert_eq!(roles(&denied, "acme/bot", "CN=lab", "ca", Some(NOW), NOW), []);
    let later = denied.replace("exact:CN=lab\"\n\"#", "");
    let later = later.trim_end().to_owned() + "\nafter = 2026-08-01T00:00:00Z\n";
    assert_eq!(roles(&later, "acme/bot", "CN=lab", "ca", Some(NOW), NOW), [Role::Eval]);
    assert_eq!(roles(&later, "acme/bot", "CN=lab", "ca", None, NOW), []);
}

#[test]
fn what_cannot_be_meant_is_a_fault_with_its_line_and_the_nearest_word() {
    for (from, to, says) in [
        ("roles = [\"eval\"]", "roles = [\"evil\"]", "did you mean `eval`"),
        ("roles = [\"eval\"]", "roles = []", "empty and allows nothing"),
        ("roles = [\"eval\"]", "", "has no `roles`"),
        ("roles = [\"eval\"]", "roles = [\"producer\"]", "cannot be a producer"),
        ("id = \"lab\"", "id = \"acme\"", "have the id `acme`"),
        ("domains = [\"safety\"]", "domain = [\"safety\"]", "unknown key `domain`"),
        ("models = [\"acme/*\"]\nvalid", "models = []\nvalid", "names nothing"),
        ("models = [\"acme/*\"]\nvalid", "models = [\"acme/\"]\nvalid", "can match no model"),
        ("exact:CN=lab", "CN=lab", "must start with `exact:`"),
        ("valid_until = 2027", "valid_until = 2025", "must be after"),
        ("identities = [{ subject = \"exact:CN=lab\" }]", "", "its anchor covers many signers"),
    ] {
        assert!(POLICY.contains(from), "{from}");
        let faults = parse(&POLICY.replacen(from, to, 1), "t", None).unwrap_err();
        let told =
            |fault: &touchmark::policy::PolicyError| fault.message.contains(says) && fault.line.is_some();
        assert!(faults.iter().any(told), "{to}: {faults:#?}");
    }
}

#[test]
fn roles_are_in_the_digest_and_a_policy_that_assigns_none_keeps_its_own() {
    let plain = POLICY
        .split("[[attester]]")
        .next()
        .unwrap()
        .replace("roles = [\"producer\", \"lineage\", \"build\"]\n", "");
    let named = plain.replace("exact:CN=acme\" }]\n", "exact:CN=acme\" }]\nroles = [\"producer\"]\n");
    assert_ne!(plain, named);
    assert_eq!(read(&plain).digest, read(&named).digest);
    assert!(
        !read(&plain).assigns_roles()
            && !String::from_utf8(read(&plain).canonical().unwrap()).unwrap().contains("\"roles\":[")
    );
    assert!(read(POLICY).assigns_roles());
    let order =
        POLICY.replace("[\"producer\", \"lineage\", \"build\"]", "[\"build\", \"producer\", \"lineage\"]");
    assert_eq!(read(POLICY).digest, read(&order).digest);
    let other = POLICY.replace("roles = [\"eval\"]", "roles = [\"eval\", \"data\"]");
    assert_ne!(read(POLICY).digest, read(&other).digest);
    let concern = concerns(&read(POLICY), &read(&other));
    assert!(concern.claims && !concern.everything && !concern.is_nothing(), "{concern:?}");
    let concern = concerns(
        &read(&plain),
        &read(&plain.replace("exact:CN=acme\" }]\n", "exact:CN=acme\" }]\nroles = [\"data\"]\n")),
    );
    assert!(concern.claims, "{concern:?}");
    assert!(!concerns(&read(&plain), &read(&named)).claims);
}
