//! Who may say what of a model: the roles of publishers and attesters, by identity, anchor, time and model.

use touchmark::attest::PredicateKind;
use touchmark::decision::{apply_policy, apply_to_claim};
use touchmark::inventory::{Basis, Fact, FactKey, Model, ModelId, ParentRef, Relation};
use touchmark::policy::{Policy, Role, concerns, parse};
use touchmark::signing::{
    AnchorKind, AnchorUse, Check, Identity, Method, Outcome, Stage, TimeSource, Verification, Why,
};

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
    // One key needs no identities, and one without models covers all.
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
        ("models = [\"acme/*\"]\nvalid", "models = []\nvalid", "`models` in [[attester]] is empty"),
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

fn seen(subject: &str, by: &str, signed_at: Option<&str>) -> Verification {
    let mut seen = Verification::not_looked(NOW.parse().unwrap(), Why::NotLooked);
    for stage in Stage::ALL {
        seen.set(Check::pass(stage, Why::Nothing));
    }
    seen.set(Check::unknown(Stage::Identity, Why::Nothing));
    seen.method = Some(Method::Certificate);
    seen.allow_symlinks = Some(false);
    seen.signer = Some(signer(subject));
    seen.anchor = Some(anchor(by));
    seen.signed_at = signed_at.map(|at| (at.parse().unwrap(), TimeSource::Authority));
    seen
}

fn claim(
    text: &str,
    model: &str,
    subject: &str,
    by: &str,
    kind: Option<PredicateKind>,
) -> (String, Outcome, String) {
    let mut verification = seen(subject, by, Some(NOW));
    let model = Model::new(ModelId::new(model), model);
    apply_to_claim(&mut verification, &model, kind, &read(text), NOW.parse().unwrap());
    let check = verification.check(Stage::Identity).unwrap();
    (check.code.as_str().to_owned(), check.outcome, check.words().summary)
}

#[test]
fn a_claim_is_expected_of_whoever_has_a_role_for_its_kind() {
    use PredicateKind::{Card, Evaluation, Provenance, Result as Svr, Summary};
    let pass = |subject, by, kind, says: &str| {
        let (code, outcome, words) = claim(POLICY, "acme/bot", subject, by, Some(kind));
        assert!(
            code == "IDENTITY" && outcome == Outcome::Pass && words.contains(says),
            "{kind:?} {code} {words}"
        );
    };
    pass("CN=acme", "ca", Provenance, "publisher acme");
    pass("CN=lab", "ca", Evaluation, "attester lab with the role eval");
    pass("sha256:00", "key", Summary, "attester gate with the role verifier");
    pass("sha256:00", "key", Svr, "attester gate with the role verifier");
    let outside = |model, subject, by, kind| {
        let (code, outcome, words) = claim(POLICY, model, subject, by, kind);
        assert!(code == "IDENTITY-ROLE" && outcome == Outcome::Fail, "{kind:?} {code} {words}");
        words
    };
    assert!(outside("acme/bot", "CN=acme", "ca", Some(Evaluation)).contains("gives acme no role"));
    assert!(outside("acme/bot", "CN=lab", "ca", Some(Provenance)).contains("gives lab no role"));
    assert!(outside("edge/bot", "CN=edge", "ca", Some(Card)).contains("gives edge no role"));
    outside("acme/bot", "CN=lab", "ca", None);
    // A stranger stays a stranger, and a model without a publisher has attesters all the same.
    assert_eq!(claim(POLICY, "acme/bot", "CN=nobody", "ca", Some(Evaluation)).0, "IDENTITY-MISMATCH");
    assert_eq!(claim(POLICY, "edge/bot", "CN=lab", "ca", Some(Evaluation)).0, "IDENTITY-MISMATCH");
    assert_eq!(claim(POLICY, "nobody/bot", "sha256:00", "key", Some(Summary)).1, Outcome::Pass);
    let denied = POLICY.replace("exact:CN=eve", "exact:CN=lab");
    assert_eq!(claim(&denied, "acme/bot", "CN=lab", "ca", Some(Evaluation)).0, "IDENTITY-DENIED");
    let late = POLICY.replace("2027-01-01", "2026-02-01");
    let (code, _, words) = claim(&late, "acme/bot", "CN=lab", "ca", Some(Evaluation));
    assert_eq!((code.as_str(), words.contains("after")), ("IDENTITY-WINDOW", true), "{words}");
}

#[test]
fn where_no_roles_are_assigned_claims_are_judged_as_before() {
    let plain = POLICY.split("[[attester]]").next().unwrap();
    let plain = plain.replace("roles = [\"producer\", \"lineage\", \"build\"]\n", "");
    for kind in [PredicateKind::Evaluation, PredicateKind::Summary, PredicateKind::Card] {
        let (code, outcome, words) = claim(&plain, "acme/bot", "CN=acme", "ca", Some(kind));
        assert_eq!((code.as_str(), outcome), ("IDENTITY", Outcome::Pass), "{words}");
    }
}

fn signed(text: &str, model: &Model, subject: &str, by: &str) -> Verification {
    let mut verification = seen(subject, by, Some(NOW));
    apply_policy(&mut verification, model, None, &read(text), NOW.parse().unwrap());
    verification
}

#[test]
fn a_signature_made_at_ingest_counts_only_where_the_policy_says_so() {
    let model = Model::new(ModelId::new("acme/bot"), "acme/bot");
    let of = |text: &str, subject, by| {
        let check = signed(text, &model, subject, by).check(Stage::Identity).unwrap().clone();
        let resigned = matches!(&check.why, Why::Identity(why) if why.is_resigned());
        (check.code.as_str(), check.outcome, resigned)
    };
    let allowed = format!("{POLICY}[artifact]\nallow_resign_at_ingest = true\n");
    assert_eq!(of(&allowed, "sha256:00", "key"), ("IDENTITY", Outcome::Pass, true));
    assert_eq!(of(POLICY, "sha256:00", "key"), ("IDENTITY-MISMATCH", Outcome::Fail, false));
    // Another role is not enough, and the producer's own signature stays its own.
    assert_eq!(of(&allowed, "CN=lab", "ca"), ("IDENTITY-MISMATCH", Outcome::Fail, false));
    assert_eq!(of(&allowed, "CN=acme", "ca"), ("IDENTITY", Outcome::Pass, false));
    let ended = allowed.replace(
        "roles = [\"verifier\", \"ingest\"]",
        "roles = [\"verifier\", \"ingest\"]\nvalid_until = 2026-02-01T00:00:00Z",
    );
    assert_eq!(of(&ended, "sha256:00", "key"), ("IDENTITY-WINDOW", Outcome::Fail, false));
}

#[test]
fn a_denied_dataset_or_licence_is_found_whoever_says_it() {
    let deny = format!(
        "{POLICY}[artifact]\nban_formats = []\ndataset_deny = [\"bad/*\"]\nlicense_deny = [\"CC-BY-NC-*\"]\n"
    );
    let mut model = Model::new(ModelId::new("acme/bot"), "acme/bot");
    let code = |text: &str, model: &Model| {
        let check = signed(text, model, "CN=acme", "ca").check(Stage::Policy).unwrap().clone();
        (check.code.as_str(), check.words().found.map(|found| found.raw().to_owned()).unwrap_or_default())
    };
    assert_ne!(code(&deny, &model).0, "POLICY-DATASET");
    let parent = |id: &str| ParentRef {
        id: ModelId::new(id),
        relation: Relation::TrainedOn,
        basis: Basis::Declared,
        digest: None,
        source: "bom.json".into(),
        place: "".into(),
    };
    model.parents = vec![parent("good/set"), parent("bad/set")].into();
    let (is, found) = code(&deny, &model);
    assert_eq!((is, found.as_str()), ("POLICY-DATASET", "bad/set, according to bom.json"));
    // Weights from there are no data.
    model.parents = vec![ParentRef { relation: Relation::Finetune, ..parent("bad/set") }].into();
    assert_ne!(code(&deny, &model).0, "POLICY-DATASET");
    let licence = |text: &str| Fact {
        key: FactKey::Licence,
        value: text.into(),
        basis: Basis::Declared,
        source: "README.md".into(),
        place: "".into(),
    };
    model.facts = vec![licence("cc-by-nc-4.0")].into();
    assert_eq!(code(&deny, &model).0, "POLICY-LICENCE");
    model.facts = vec![licence("MIT")].into();
    assert_ne!(code(&deny, &model).0, "POLICY-LICENCE");
}

/// The page of the policy's keys, whose examples are one policy.
#[test]
fn the_examples_in_the_documentation_are_a_valid_policy_and_every_key_is_named() {
    let page = include_str!("../../docs/policy.md");
    let blocks = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let policy = read(&blocks.collect::<String>());
    assert!(policy.requirements.len() == 2 && policy.attesters.len() == 2 && policy.summaries.len() == 1);
    let (_, baseline) = touchmark::policy::BUILT_IN[0];
    let keys = baseline.lines().filter_map(|line| {
        let key = line
            .trim_start_matches("# ")
            .split(" = ")
            .next()
            .filter(|key| line.contains(" = ") && !key.contains(' '))?;
        Some(key)
    });
    for key in keys {
        assert!(
            page.contains(&format!("`{key}`")) || page.contains(&format!(".{key}`")),
            "docs/policy.md lacks `{key}`"
        );
    }
}
