//! Lineage that is proved: claims that name parents by digest, what follows for each model along the edges, and why a
//! walk stops where it does.

use crate::decision::{at, model, signed};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchmark::attest::{
    Claimed, Domain, Input as Went, InputRole, NamedDigest, PredicateKind, Provenance, Said, Summary,
    Transformation, Validity,
};
use touchmark::decision::{
    Decision, Descent, Input, Judgement, Known, Stop, Touched, Verdict, apply_policy, digests_of, origins,
    proven,
};
use touchmark::inventory::{Basis, Looked, Model, ModelId, ParentRef, Relation};
use touchmark::lineage::{Digests, Graph, GraphFinding, Proven, Stated};
use touchmark::maturity::{
    CapReason, Completeness, EdgeOrder, Kinship, ParentSight, Pin, PolicySeal, Rubric, Since, SummaryStep,
    Support, Testimony, check_summary,
};
use touchmark::policy::{Policy, Role, parse};
use touchmark::signing::{
    About, AnchorKind, Identity, Method, Outcome, RootDigest, TimeSource, Verification,
};
use touchmark::text::Untrusted;
use touchmark::words::caps;

const NOW: &str = "2026-11-20T12:00:00Z";

const POLICY: &str = r#"
schema = "trust-policy/0.1"
name = "t"
version = "1"
[trust.ca]
kind = "x509"
files = ["ca.pem"]
[[publisher]]
id = "acme"
models = ["acme/*"]
trust = ["ca"]
identities = [{ subject = "exact:CN=acme" }]
roles = ["producer", "lineage"]
[[attester]]
id = "gate"
trust = ["ca"]
identities = [{ subject = "exact:CN=gate" }]
roles = ["verifier"]
[[attester]]
id = "intake"
trust = ["ca"]
identities = [{ subject = "exact:CN=intake" }]
roles = ["ingest"]
[artifact]
allow_resign_at_ingest = true
[freshness]
max_verification_age_days = 30
clock_skew_seconds = 300
[[trusted_summary]]
verifier = "https://gate.example"
signer = "gate"
kinds = ["vsa"]
min_properties = ["COSAI_AIMM_LEVEL_2"]
policy = "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
resource = "pkg:acme/base"
max_age_days = 90
max_hops_covered = 1
[lineage]
max_depth = 40
[[stage]]
name = "prod"
min_level = 0
on_missing = "warn"
"#;

fn policy() -> Policy {
    parse(POLICY, "t", None).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn id(name: &str) -> ModelId {
    ModelId::new(name)
}

/// The root digest of a model by its name.
fn root(name: &str) -> RootDigest {
    let mut bytes = [0; 32];
    for (at, byte) in name.bytes().enumerate() {
        bytes[at % 32] ^= byte.rotate_left(u32::try_from(at / 32).unwrap());
    }
    RootDigest(bytes)
}

fn hex(name: &str) -> String {
    root(name).to_string()
}

fn sha256(value: &str) -> NamedDigest {
    NamedDigest { domain: Domain::Sha256, algorithm: "sha256".into(), value: value.into() }
}

fn went(name: &str, role: InputRole, digest: &str) -> Went {
    Went { name: name.into(), role, digests: vec![sha256(digest)], verified_at: None }
}

fn base(name: &str) -> Went {
    went(name, InputRole::Base, &hex(name))
}

fn made_from(inputs: Vec<Went>) -> Provenance {
    Provenance {
        transformation: Some(Transformation::Finetune),
        started: Some(at("2026-10-01T00:00:00Z")),
        inputs,
        ..Provenance::default()
    }
}

fn from_scratch() -> Provenance {
    Provenance { transformation: Some(Transformation::Train), is_root: true, ..Provenance::default() }
}

fn testimony(digest: &str, said: Said) -> Testimony {
    let kind = match &said {
        Said::Summary(_) => PredicateKind::Summary,
        _ => PredicateKind::Provenance,
    };
    let signer = if kind == PredicateKind::Summary { "gate" } else { "acme" };
    Testimony {
        claimed: Claimed {
            digest: digest.to_owned(),
            line: 1,
            predicate_type: "p".into(),
            kind: Some(kind),
            validity: Validity::Valid,
            file: None,
            joined: Some(touchmark::attest::JoinedBy::Root),
            cosigners: Vec::new(),
            about: About::ThisModel,
            outcome: Outcome::Pass,
            because: None,
            signer: Some(Identity {
                method: Method::Certificate,
                subject: format!("CN={signer}").as_str().into(),
                issuer: None,
                fingerprint: None,
            }),
            signed_at: Some(at("2026-10-02T00:00:00Z")),
            said,
        },
        roles: [if signer == "gate" { Role::Verifier } else { Role::Lineage }].into_iter().collect(),
        whose: vec![signer.into()],
        meets: Vec::new(),
    }
}

fn claim(digest: &str, provenance: Provenance) -> Testimony {
    testimony(digest, Said::Provenance(Box::new(provenance)))
}

fn verification(name: &str) -> Verification {
    let mut verification = signed(Method::Certificate, "CN=acme", None, ("ca", AnchorKind::Ca));
    verification.root_digest = Some(root(name));
    verification.signed_at = Some((at("2026-09-01T00:00:00Z"), TimeSource::Authority));
    verification
}

fn parent(name: &str, relation: Relation, digest: Option<RootDigest>) -> ParentRef {
    ParentRef {
        id: id(name),
        relation,
        basis: Basis::Declared,
        digest,
        source: "README.md".into(),
        place: "base_model".into(),
    }
}

/// Models with their verifications and claims.
#[derive(Clone, Default)]
struct Family {
    members: BTreeMap<String, (Model, Option<Verification>, Vec<Testimony>)>,
}

impl Family {
    /// Adds a model that verifies, whose documents name these bases.
    fn with(mut self, name: &str, bases: &[&str]) -> Self {
        let mut member = model(name);
        for base in bases {
            member.parents.push(parent(base, Relation::Finetune, None));
        }
        self.members.insert(name.to_owned(), (member, Some(verification(name)), Vec::new()));
        self
    }

    fn says(mut self, name: &str, testimony: Testimony) -> Self {
        self.members.get_mut(name).unwrap().2.push(testimony);
        self
    }

    /// Adds a model whose claim proves its bases.
    fn proves(self, name: &str, bases: &[&str]) -> Self {
        let said =
            claim(&format!("claim of {name}"), made_from(bases.iter().map(|name| base(name)).collect()));
        self.with(name, bases).says(name, said)
    }

    fn root(self, name: &str) -> Self {
        self.with(name, &[]).says(name, claim(&format!("root {name}"), from_scratch()))
    }

    fn change(mut self, name: &str, change: impl FnOnce(&mut Model, &mut Option<Verification>)) -> Self {
        let (model, verification, _) = self.members.get_mut(name).unwrap();
        change(model, verification);
        self
    }

    fn judged(&self) -> Judged {
        self.judged_by(policy())
    }

    fn judged_by(&self, policy: Policy) -> Judged {
        let members: Vec<_> = self.members.values().cloned().collect();
        Judged::of(members, policy)
    }
}

/// A family, judged.
struct Judged {
    models: Vec<Model>,
    verified: Vec<Option<Verification>>,
    said: Vec<Vec<Testimony>>,
    policy: Policy,
    digests: Digests,
    proven: Proven,
    descent: Arc<Descent>,
    judgement: Judgement,
}

impl Judged {
    fn of(members: Vec<(Model, Option<Verification>, Vec<Testimony>)>, policy: Policy) -> Self {
        let mut judged = Judged {
            models: Vec::new(),
            verified: Vec::new(),
            said: Vec::new(),
            policy,
            digests: Digests::default(),
            proven: Proven::default(),
            descent: Arc::default(),
            judgement: Judgement::default(),
        };
        for (model, mut verification, mut said) in members {
            if let Some(verification) = &mut verification {
                apply_policy(verification, &model, Some(&Looked::of(&model)), &judged.policy, at(NOW));
            }
            said.sort_by(|a, b| a.claimed.digest.cmp(&b.claimed.digest));
            judged.models.push(model);
            judged.verified.push(verification);
            judged.said.push(said);
        }
        judged.digests = {
            let stated = Arc::new(Stated::of(&judged.models));
            digests_of(&judged.models, &|index| judged.known(index), stated)
        };
        judged.proven = proven(&judged.models, &|index| judged.known(index), &judged.digests, &judged.policy);
        judged.descent = Arc::new(Descent::shared(Arc::new(Graph::proved(&judged.models, &judged.proven))));
        judged.judgement = judged.asked(Judgement::of);
        judged
    }

    fn known(&self, index: usize) -> Known<'_> {
        Known {
            verification: self.verified[index].as_ref(),
            looked: None,
            testimonies: &self.said[index],
            usage: None,
            since: Since::Same,
        }
    }

    fn asked<T>(&self, ask: impl FnOnce(&Input<'_>) -> T) -> T {
        let rubric = Rubric::bundled().unwrap();
        ask(&Input {
            models: &self.models,
            descent: &self.descent,
            proven: &self.proven,
            stated: self.digests.stated(),
            verified: &|index| self.known(index),
            reviews: &|_| Vec::new(),
            ledger: None,
            policy: &self.policy,
            seal: &PolicySeal::Unsigned,
            feeds: None,
            stage: "prod",
            rubric: &rubric,
            now: at(NOW),
        })
    }

    fn index(&self, name: &str) -> usize {
        self.models.iter().position(|model| model.id == id(name)).unwrap()
    }

    fn kinship(&self, name: &str) -> Kinship {
        self.asked(|input| self.judgement.kinship(input, self.index(name)))
    }

    fn all(&self) -> BTreeMap<ModelId, (Kinship, Verdict)> {
        let of = |index: usize| {
            self.asked(|input| {
                let verdict = self.judgement.verdict(input, index).unwrap();
                (self.models[index].id.clone(), (self.judgement.kinship(input, index), verdict))
            })
        };
        (0..self.models.len()).map(of).collect()
    }

    fn ends(&self, name: &str) -> Vec<(u32, String, Stop)> {
        let ends = self.judgement.ends(self.index(name)).into_iter();
        ends.map(|end| (end.hops, end.model.called().to_owned(), end.stop)).collect()
    }

    fn findings(&self) -> Vec<GraphFinding> {
        self.descent.graph().findings()
    }
}

fn complete(declared: u32, verified: u32, open_ends: u32) -> Completeness {
    Completeness { declared, verified, open_ends }
}

#[test]
fn a_claim_in_its_role_that_names_both_by_digest_attests_the_edge_up_to_the_root() {
    let family = Family::default()
        .root("acme/base")
        .proves("acme/mid", &["acme/base"])
        .proves("acme/top", &["acme/mid"]);
    let judged = family.judged();
    let top = judged.kinship("acme/top");
    assert_eq!(top.completeness, complete(2, 2, 0));
    let [edge] = top.edges.as_slice() else { panic!("{top:?}") };
    assert_eq!((&edge.parent, edge.basis, edge.pin), (&id("acme/mid"), Basis::Attested, Pin::Digest));
    assert_eq!(
        (edge.relation, edge.in_role, edge.sight),
        (Relation::Finetune, Some(true), ParentSight::Verified)
    );
    assert_eq!((edge.order, edge.verified_before), (EdgeOrder::ParentFirst, None));
    assert!(!top.disagree && !top.denied_by_claims && !top.digests_differ && !top.on_cycle);
    assert_eq!(judged.kinship("acme/base").root, Some(Basis::Attested));
    assert_eq!(judged.kinship("acme/base").descendants, 2);
    assert_eq!(judged.ends("acme/top"), [(2, "acme/base".to_owned(), Stop::Root)]);
    // Without the claims the same edges are declared, and the base is an open end.
    let bare = Family::default()
        .with("acme/base", &[])
        .with("acme/mid", &["acme/base"])
        .with("acme/top", &["acme/mid"]);
    let judged = bare.judged();
    let top = judged.kinship("acme/top");
    assert_eq!(
        (top.completeness, top.edges[0].basis, top.edges[0].in_role),
        (complete(2, 0, 1), Basis::Declared, None)
    );
    assert_eq!(top.edges[0].pin, Pin::Name);
    assert_eq!(judged.ends("acme/top"), [(2, "acme/base".to_owned(), Stop::Open)]);
}

#[test]
fn a_claim_outside_of_its_signers_role_attests_nothing() {
    let mut input = base("acme/base");
    input.verified_at = Some(at("2026-10-03T00:00:00Z"));
    let mut said = claim("c", made_from(vec![input]));
    said.claimed.signed_at = Some(at("2020-01-01T00:00:00Z"));
    said.roles = [Role::Producer].into_iter().collect();
    said.claimed.outcome = Outcome::Partial;
    let family = Family::default()
        .with("acme/base", &[])
        .with("acme/top", &["acme/base"])
        .says("acme/top", said.clone());
    let judged = family.judged();
    let top = judged.kinship("acme/top");
    assert_eq!((top.edges[0].basis, top.edges[0].in_role), (Basis::Declared, Some(false)));
    assert_eq!((top.edges[0].order, top.edges[0].verified_before), (EdgeOrder::Unknown, None));
    assert_eq!(top.completeness, complete(1, 0, 1));
    assert_eq!(judged.proven.of_edge(&id("acme/top"), &id("acme/base")).count(), 1);
    // It does not add an edge either, and denies none.
    let family =
        Family::default().with("acme/base", &[]).with("acme/other", &[]).with("acme/top", &["acme/other"]);
    let top = family.says("acme/top", said).judged().kinship("acme/top");
    assert_eq!(top.edges.iter().map(|edge| edge.parent.raw()).collect::<Vec<_>>(), ["acme/other"]);
    assert!(!top.denied_by_claims && !top.disagree);
}

#[test]
fn claims_about_other_digests_replayed_ones_and_those_that_do_not_hold_prove_nothing() {
    let whole = claim("c", made_from(vec![base("acme/base")]));
    type Change = fn(&mut Testimony);
    let cases: [(&str, Change); 5] = [
        ("about another model", |said| said.claimed.about = About::AnotherModel),
        ("about nothing that is known", |said| said.claimed.about = About::Unknown),
        ("does not match its schema", |said| said.claimed.validity = Validity::Invalid(Vec::new())),
        ("of a kind that is not known", |said| said.claimed.validity = Validity::Unknown),
        ("by an unproven signer", |said| said.claimed.signer = None),
    ];
    for (case, change) in cases {
        let mut said = whole.clone();
        change(&mut said);
        let family = Family::default().with("acme/base", &[]).with("acme/top", &["acme/base"]);
        let judged = family.says("acme/top", said).judged();
        assert!(judged.proven.is_empty(), "{case}");
        assert_eq!(judged.kinship("acme/top").edges[0].basis, Basis::Declared, "{case}");
    }
    // The same claim with a digest that cannot be used: none, or two that differ.
    for digests in [vec![], vec![sha256("zz")], vec![sha256(&hex("acme/base")), sha256(&hex("acme/x"))]] {
        let input = Went { digests, ..base("acme/base") };
        let family = Family::default().with("acme/base", &[]).with("acme/top", &["acme/base"]);
        let judged = family.says("acme/top", claim("c", made_from(vec![input]))).judged();
        assert!(judged.proven.is_empty());
        assert!(!judged.kinship("acme/top").denied_by_claims);
    }
}

#[test]
fn a_name_never_joins_a_digest_does() {
    // The claim calls it by the name of a model that has other bytes, and is the digest of a third one.
    let odd = went("acme/base", InputRole::Base, &hex("acme/third"));
    let family = Family::default().with("acme/base", &[]).with("acme/third", &[]).with("acme/top", &[]);
    let judged = family.clone().says("acme/top", claim("c", made_from(vec![odd]))).judged();
    let top = judged.kinship("acme/top");
    assert_eq!(top.edges.iter().map(|edge| edge.parent.raw()).collect::<Vec<_>>(), ["acme/third"]);
    assert!(!top.digests_differ);
    // No model has that digest: the name in the claim is not the name of a model, and is marked so.
    let unknown = went("Acme/Base", InputRole::Base, &"ab".repeat(32));
    let judged = family.says("acme/top", claim("c", made_from(vec![unknown]))).judged();
    let top = judged.kinship("acme/top");
    let [edge] = top.edges.as_slice() else { panic!("{top:?}") };
    assert_eq!((edge.sight, edge.basis, edge.pin), (ParentSight::Unresolved, Basis::Attested, Pin::Digest));
    assert_eq!((edge.parent.called(), edge.parent.digest()), ("acme/base", Some(RootDigest([0xab; 32]))));
    assert_ne!(edge.parent, id("acme/base"));
    assert_ne!(ModelId::new(edge.parent.raw()), edge.parent, "no name folds to it");
    assert!(top.digests_differ, "a name that claims more than its digest");
    assert_eq!(judged.ends("acme/top"), [(1, "acme/base".to_owned(), Stop::Unresolved)]);
    let cap = judged.judgement.cap(judged.index("acme/top"));
    assert!(cap.is_none_or(|cap| cap.by[0].1 == CapReason::Unresolved));
}

#[test]
fn what_documents_state_of_a_digest_joins_only_what_was_not_verified() {
    let stated = |mut model: Model| {
        model.parents.push(parent("acme/absent", Relation::Finetune, Some(root("acme/absent"))));
        model
    };
    let family = Family::default()
        .with("acme/other", &[])
        .change("acme/other", |model, _| *model = stated(model.clone()));
    let said = claim("c", made_from(vec![base("acme/absent")]));
    let top =
        family.clone().with("acme/top", &[]).says("acme/top", said.clone()).judged().kinship("acme/top");
    assert_eq!(top.edges[0].parent, id("acme/absent"));
    // The model is there after all, and has another digest.
    let family = family.with("acme/absent", &[]).change("acme/absent", |_, verification| {
        verification.as_mut().unwrap().root_digest = Some(root("something else"));
    });
    let judged = family.with("acme/top", &[]).says("acme/top", said).judged();
    let top = judged.kinship("acme/top");
    assert_eq!(top.edges[0].parent.digest(), Some(root("acme/absent")));
    assert!(top.digests_differ);
    // What refers to it by another digest contradicts itself, and not the model whose digest was computed.
    let other = judged.kinship("acme/other");
    assert!(other.edges[0].pin_differs && !other.digests_differ);
    assert!(!judged.kinship("acme/absent").digests_differ);
}

#[test]
fn claims_that_deny_a_declared_parent_and_each_other_are_told() {
    let two = |first: &str, second: &str| {
        let family =
            Family::default().with("acme/a", &[]).with("acme/b", &[]).with("acme/top", &["acme/a", "acme/b"]);
        let said = family.says("acme/top", claim("1", made_from(vec![base(first)])));
        said.says("acme/top", claim("2", made_from(vec![base(second)]))).judged()
    };
    // Its list is complete, and leaves out a base that the documents name.
    let judged = two("acme/a", "acme/a");
    let top = judged.kinship("acme/top");
    assert!(top.denied_by_claims && top.disagree);
    let bases: Vec<(&str, Basis)> = top.edges.iter().map(|edge| (edge.parent.raw(), edge.basis)).collect();
    assert_eq!(bases, [("acme/a", Basis::Attested), ("acme/b", Basis::Contradicted)]);
    assert!(judged.findings().iter().any(|finding| finding.code() == "F-LINEAGE-CONFLICT"));
    // Two complete lists that differ.
    let top = two("acme/a", "acme/b").kinship("acme/top");
    assert!(top.disagree && !top.denied_by_claims);
    assert!(top.edges.iter().all(|edge| edge.basis == Basis::Contradicted), "{:?}", top.edges);
    // A root, they say.
    let family = Family::default().with("acme/a", &[]).with("acme/top", &["acme/a"]);
    let judged = family.says("acme/top", claim("1", from_scratch())).judged();
    let top = judged.kinship("acme/top");
    assert!(top.denied_by_claims && top.disagree);
    assert_eq!((top.root, top.edges[0].basis), (Some(Basis::Contradicted), Basis::Contradicted));
    assert!(judged.findings().iter().any(|finding| matches!(finding, GraphFinding::Denied { .. })));
    // What leads there by another way denies nothing.
    let family = Family::default()
        .root("acme/a")
        .proves("acme/b", &["acme/a"])
        .with("acme/top", &["acme/a", "acme/b"]);
    let top =
        family.says("acme/top", claim("1", made_from(vec![base("acme/b")]))).judged().kinship("acme/top");
    assert!(!top.denied_by_claims && !top.disagree, "{top:?}");
}

#[test]
fn a_child_older_than_its_parent_is_seen_and_a_time_within_the_skew_is_not() {
    let order = |claimed: Option<&str>, parent: Option<&str>| {
        let mut said = claim("c", made_from(vec![base("acme/base")]));
        said.claimed.signed_at = claimed.map(at);
        let family = Family::default().with("acme/base", &[]).change("acme/base", |_, verification| {
            verification.as_mut().unwrap().signed_at = parent.map(|time| (at(time), TimeSource::Authority));
        });
        family.with("acme/top", &["acme/base"]).says("acme/top", said).judged().kinship("acme/top").edges[0]
            .order
    };
    assert_eq!(order(Some("2026-08-31T00:00:00Z"), Some("2026-09-01T00:00:00Z")), EdgeOrder::ChildFirst);
    assert_eq!(order(Some("2026-09-01T00:05:00Z"), Some("2026-09-01T00:00:00Z")), EdgeOrder::Equal);
    assert_eq!(order(Some("2026-08-31T23:55:00Z"), Some("2026-09-01T00:00:00Z")), EdgeOrder::Equal);
    assert_eq!(order(Some("2026-09-01T00:05:01Z"), Some("2026-09-01T00:00:00Z")), EdgeOrder::ParentFirst);
    assert_eq!(order(None, Some("2026-09-01T00:00:00Z")), EdgeOrder::Unknown);
    assert_eq!(order(Some("2026-09-01T00:00:00Z"), None), EdgeOrder::Unknown);
    let verified = |time: &str| {
        let input = Went { verified_at: Some(at(time)), ..base("acme/base") };
        let family = Family::default().with("acme/base", &[]).with("acme/top", &["acme/base"]);
        family.says("acme/top", claim("c", made_from(vec![input]))).judged().kinship("acme/top").edges[0]
            .verified_before
    };
    assert_eq!(verified("2026-09-30T23:59:59Z"), Some(true));
    assert_eq!(verified("2026-10-01T00:00:01Z"), Some(false));
}

#[test]
fn a_diamond_is_counted_once_and_a_cycle_is_evidence() {
    let family = Family::default()
        .root("acme/root")
        .proves("acme/left", &["acme/root"])
        .proves("acme/right", &["acme/root"])
        .proves("acme/both", &["acme/left", "acme/right"])
        .proves("acme/below", &["acme/both"]);
    let judged = family.clone().judged();
    assert_eq!(judged.kinship("acme/both").completeness, complete(4, 4, 0));
    assert_eq!(judged.kinship("acme/below").completeness, complete(5, 5, 0));
    assert_eq!(judged.kinship("acme/root").descendants, 4);
    // One side is not signed: it is one edge less, and one open end more where it has no parents.
    let judged = family.clone().change("acme/left", |model, verification| {
        (model.signature, *verification) = (None, None);
    });
    let judged = judged.change("acme/both", |model, _| {
        model.parents.push(parent("acme/left", Relation::Finetune, Some(root("acme/left"))));
    });
    let judged = judged.judged();
    assert_eq!(judged.kinship("acme/both").completeness, complete(4, 3, 0));
    assert_eq!(
        judged.ends("acme/both"),
        [(1, "acme/left".to_owned(), Stop::Unsigned), (2, "acme/root".to_owned(), Stop::Root),]
    );
    let cycle = Family::default()
        .with("acme/a", &["acme/b"])
        .with("acme/b", &["acme/a"])
        .with("acme/c", &["acme/b"])
        .with("acme/alone", &[]);
    let judged = cycle.judged();
    assert!(judged.kinship("acme/a").on_cycle && judged.kinship("acme/b").on_cycle);
    assert!(!judged.kinship("acme/c").on_cycle);
    assert_eq!(judged.kinship("acme/c").completeness, complete(3, 0, 0));
    assert_eq!(judged.kinship("acme/c").support, Support::Contradicted);
    assert_eq!(judged.ends("acme/c"), [(1, "acme/b".to_owned(), Stop::Cycle)]);
    assert_eq!(judged.kinship("acme/alone"), *Kinship::none());
}

fn vsa() -> Summary {
    Summary {
        is_result: false,
        policy_uri: None,
        policies: Vec::new(),
        verifier: "https://gate.example".into(),
        resource: Some("pkg:acme/base".into()),
        policy: Some(sha256(&format!("{}aa", "0".repeat(62)))),
        passed: true,
        levels: vec!["COSAI_AIMM_LEVEL_3".into()],
        dependencies: Vec::new(),
        at: Some(at("2026-11-01T00:00:00Z")),
        inputs: Vec::new(),
    }
}

#[test]
fn what_is_concluded_of_a_summary_holds_no_longer_than_it_is_young_enough() {
    use touchmark::decision::{Anchors, By, ClaimsSeen, holds_by_claims};
    let (policy, anchors) = (policy(), Anchors::default());
    let nothing = crate::decision_edges::seen_with(ClaimsSeen::Absent, ClaimsSeen::Absent);
    let said = [testimony("vsa", Said::Summary(Box::new(vsa())))];
    let until = |said: &[Testimony], now: &str| {
        holds_by_claims(&nothing, said, &By { policy: &policy, anchors: &anchors, now: at(now) })
    };
    // It says so on 1 November, and 90 days is the most.
    assert_eq!(until(&said, "2027-01-30T00:00:00Z"), Some(at("2027-01-30T00:00:01Z")));
    let other = [testimony("other", Said::Provenance(Box::new(made_from(Vec::new()))))];
    assert_eq!(until(&other, "2027-01-30T00:00:00Z"), None);
}

#[test]
fn a_summary_counts_only_when_all_seven_steps_hold() {
    type Change = fn(&mut Testimony, &mut Summary);
    let cases: [(&[SummaryStep], Change); 13] = [
        (&[], |_, _| {}),
        (&[], |_, summary| summary.levels = vec!["COSAI_AIMM_LEVEL_2".into()]),
        (&[SummaryStep::Signer], |said, _| said.whose = vec!["intake".into()]),
        (&[SummaryStep::Signer], |said, _| said.claimed.outcome = Outcome::Fail),
        (&[SummaryStep::Signer], |said, _| said.claimed.signer = None),
        (&[SummaryStep::Subject], |said, _| said.claimed.about = About::AnotherModel),
        (&[SummaryStep::Resource], |_, summary| summary.resource = Some("pkg:acme/other".into())),
        (&[SummaryStep::Result], |_, summary| summary.passed = false),
        (&[SummaryStep::Level], |_, summary| summary.levels = vec!["COSAI_AIMM_LEVEL_1".into()]),
        (&[SummaryStep::Level], |_, summary| summary.levels = vec!["SLSA_BUILD_LEVEL_3".into()]),
        (&[SummaryStep::Policy], |_, summary| summary.policy = Some(sha256(&"bb".repeat(32)))),
        (&[SummaryStep::Age], |_, summary| summary.at = Some(at("2026-08-01T00:00:00Z"))),
        (&[SummaryStep::Age], |_, summary| summary.at = Some(at("2027-01-01T00:00:00Z"))),
    ];
    for (number, (steps, change)) in cases.into_iter().enumerate() {
        let (mut said, mut summary) = (testimony("v", Said::Nothing), vsa());
        said.claimed.kind = Some(PredicateKind::Summary);
        said.whose = vec!["gate".into()];
        change(&mut said, &mut summary);
        said.claimed.said = Said::Summary(Box::new(summary));
        let checked = check_summary(&said, &policy(), at(NOW)).unwrap();
        assert_eq!(checked.failed.iter().collect::<Vec<_>>(), steps, "{number}");
        assert_eq!(checked.holds(), steps.is_empty(), "{number}");
        let family = Family::default().with("acme/base", &["acme/gone"]).with("acme/top", &["acme/base"]);
        let family =
            family.says("acme/base", said).change("acme/base", |_, verification| *verification = None);
        let judged = family.judged();
        let edge = judged.kinship("acme/top").edges[0].clone();
        let expected = if steps.is_empty() { ParentSight::Summarised } else { ParentSight::NotVerified };
        assert_eq!(edge.sight, expected, "{number}");
    }
    // Another verifier is none that the policy knows.
    let other = Summary { verifier: "https://other.example".into(), ..vsa() };
    let said = testimony("v", Said::Summary(Box::new(other)));
    assert_eq!(check_summary(&said, &policy(), at(NOW)), None);
    // What the policy asks for and the summary does not say is not known.
    let silent = Summary { policy: None, at: None, ..vsa() };
    let mut said = testimony("v", Said::Summary(Box::new(silent)));
    said.claimed.signed_at = None;
    let checked = check_summary(&said, &policy(), at(NOW)).unwrap();
    assert_eq!(checked.unknown.iter().collect::<Vec<_>>(), [SummaryStep::Policy, SummaryStep::Age]);
    assert!(checked.failed.is_empty() && !checked.holds());
}

#[test]
fn rules_that_trust_a_summary_no_more_are_felt_by_what_derives_from_its_model() {
    let mut said = testimony("v", Said::Summary(Box::new(vsa())));
    said.claimed.kind = Some(PredicateKind::Summary);
    said.whose = vec!["gate".into()];
    let family = Family::default()
        .with("acme/base", &[])
        .with("acme/mid", &["acme/base"])
        .says("acme/base", said)
        .change("acme/base", |model, verification| {
            (model.signature, *verification) = (None, None);
        });
    let before = family.judged();
    let after = parse(&POLICY.replace("https://gate.example", "https://other.example"), "t", None).unwrap();
    let anew = family.judged_by(after);
    let open = |judged: &Judged| judged.kinship("acme/mid").completeness.open_ends;
    assert_eq!((open(&before), open(&anew)), (0, 1));
    let rules = Touched { models: Vec::new(), rules: true };
    let descent = before.descent.clone();
    let judgement = Judged { descent: descent.clone(), ..family.judged_by(anew.policy.clone()) }
        .asked(|input| before.judgement.after(input, &rules));
    let kept = Judged { descent, judgement, ..family.judged_by(anew.policy.clone()) };
    assert_eq!(open(&kept), 1);
    assert_eq!(kept.all(), anew.all());
}

#[test]
fn a_summary_stands_for_a_missing_signature_as_far_as_it_reaches() {
    let fail = "[lineage]\nunsigned_ancestor = \"fail\"";
    let decided = |hops: &str, is_summarised: bool, name: &str| {
        let text =
            POLICY.replace("[lineage]", fail).replace("max_hops_covered = 1", hops).replace("warn", "open");
        let family = Family::default()
            .with("acme/base", &[])
            .with("acme/mid", &["acme/base"])
            .with("acme/top", &["acme/mid"]);
        let family = match is_summarised {
            true => {
                let mut said = testimony("v", Said::Summary(Box::new(vsa())));
                said.claimed.kind = Some(PredicateKind::Summary);
                said.whose = vec!["gate".into()];
                family.says("acme/base", said)
            }
            false => family,
        };
        let family = family.change("acme/base", |model, verification| {
            model.signature = None;
            *verification = None;
        });
        let judged = family.judged_by(parse(&text, "t", None).unwrap());
        judged.judgement.standing(judged.index(name)).unwrap().decision
    };
    for (hops, is_summarised, mid, top) in [
        ("max_hops_covered = 1", true, Decision::Admit, Decision::Refuse),
        ("max_hops_covered = 2", true, Decision::Admit, Decision::Admit),
        ("", true, Decision::Admit, Decision::Admit),
        ("", false, Decision::Refuse, Decision::Refuse),
    ] {
        let found = (decided(hops, is_summarised, "acme/mid"), decided(hops, is_summarised, "acme/top"));
        assert_eq!(found, (mid, top), "{hops} {is_summarised}");
    }
}

#[test]
fn a_summary_stands_for_what_is_above_it_for_as_many_edges_as_the_policy_says() {
    let summary = testimony("v", Said::Summary(Box::new(vsa())));
    let family = Family::default()
        .with("acme/base", &["acme/gone"])
        .says("acme/base", summary)
        .change("acme/base", |_, verification| *verification = None)
        .proves("acme/mid", &["acme/base"])
        .proves("acme/top", &["acme/mid"]);
    // The base was not verified: that the claim means it is what the document's digest says.
    let family = family.change("acme/mid", |model, _| {
        model.parents = vec![parent("acme/base", Relation::Finetune, Some(root("acme/base")))].into();
    });
    let judged = family.judged();
    assert_eq!(judged.ends("acme/mid"), [(1, "acme/base".to_owned(), Stop::Summary { level: 3 })]);
    assert_eq!(judged.ends("acme/top"), [(2, "acme/base".to_owned(), Stop::Summary { level: 3 })]);
    let mid = judged.kinship("acme/mid");
    assert_eq!((mid.lowest_cap, mid.support), (Some(3), Support::Bridged));
    assert_eq!(mid.completeness, complete(1, 1, 0));
}

#[test]
fn a_model_that_was_signed_again_when_it_was_received_is_known_as_that() {
    let family = Family::default().with("acme/base", &[]).change("acme/base", |_, verification| {
        let identity = verification.as_mut().unwrap().signer.as_mut().unwrap();
        identity.subject = "CN=intake".into();
    });
    let family = family.proves("acme/top", &["acme/base"]);
    let edge = family.judged().kinship("acme/top").edges[0].clone();
    assert_eq!((edge.sight, edge.order), (ParentSight::Resigned, EdgeOrder::Unknown));
    let strict =
        parse(&POLICY.replace("allow_resign_at_ingest = true", "allow_resign_at_ingest = false"), "t", None);
    let edge = family.judged_by(strict.unwrap()).kinship("acme/top").edges[0].clone();
    assert_eq!(edge.sight, ParentSight::Contradicted);
}

#[test]
fn a_lineage_deeper_than_the_policy_looks_is_capped_and_says_so() {
    let name = |at: usize| format!("acme/m{at:05}");
    let chain = |many: usize| {
        let mut family = Family::default().root(&name(0));
        for at in 1..many {
            family = family.proves(&name(at), &[&name(at - 1)]);
        }
        family
    };
    let judged = chain(42).judged();
    let ends = |at: usize| judged.ends(&name(at));
    assert_eq!(ends(40), [(40, name(0), Stop::Root)]);
    assert_eq!(ends(41), [(40, name(1), Stop::Depth)]);
    let deep = chain(5000).judged();
    let last = deep.kinship(&name(4999));
    assert_eq!(last.completeness, complete(4999, 4999, 0));
    assert_eq!(deep.kinship(&name(0)).descendants, 4999);
    assert_eq!(deep.ends(&name(4999)), [(40, name(4959), Stop::Depth)]);
}

#[test]
fn a_family_of_ten_thousand_is_counted_in_one_pass() {
    let mut family = Family::default().root("acme/base");
    for at in 0..10_000 {
        family = family.with(&format!("acme/m{at}"), &["acme/base"]);
    }
    let judged = family.judged();
    assert_eq!(judged.kinship("acme/base").descendants, 10_000);
    assert_eq!(judged.kinship("acme/m9999").completeness, complete(1, 0, 0));
}

#[test]
fn every_reason_of_a_cap_reads_as_a_sentence() {
    for reason in [
        CapReason::Contradicted,
        CapReason::Tainted,
        CapReason::Summarised,
        CapReason::Unresolved,
        CapReason::Unsigned,
        CapReason::NotVerified,
        CapReason::Resigned,
        CapReason::Capped,
        CapReason::Derived,
        CapReason::Unexplored,
    ] {
        let cap = touchmark::decision::Cap {
            by: vec![(id("acme/base"), reason)],
            more: 0,
            on_cycle: false,
            max_depth: Some(7),
        };
        let said = caps::cap(&cap);
        assert!(said.raw().starts_with("capped by acme/base: "), "{}", said.raw());
        assert_eq!(reason == CapReason::Unexplored, said.raw().ends_with("beyond depth 7"), "{}", said.raw());
    }
}

/// Some families: of few models, so that they meet.
fn drawn() -> impl Strategy<Value = Vec<(usize, Vec<usize>, Vec<usize>, u8)>> {
    let parents = || prop::collection::vec(0..7_usize, 0..3);
    prop::collection::vec((0..7_usize, parents(), parents(), any::<u8>()), 1..8)
}

fn named(at: usize) -> String {
    format!("acme/m{at}")
}

fn family(drawn: &[(usize, Vec<usize>, Vec<usize>, u8)]) -> Family {
    let mut family = Family::default();
    for (at, declared, proved, kind) in drawn {
        let declared: Vec<String> = declared.iter().map(|at| named(*at)).collect();
        let declared: Vec<&str> = declared.iter().map(String::as_str).collect();
        family = family.with(&named(*at), &declared);
        if !proved.is_empty() {
            let inputs = proved.iter().map(|at| base(&named(*at))).collect();
            family = family.says(&named(*at), claim(&format!("{at} {kind}"), made_from(inputs)));
        }
        if kind % 5 == 0 {
            family = family.says(&named(*at), claim(&format!("{at} root"), from_scratch()));
        }
        if kind % 7 == 0 {
            family = family.change(&named(*at), |model, verification| {
                (model.signature, *verification) = (None, None);
            });
        }
        if kind % 4 == 1 {
            let summary =
                Summary { levels: vec![format!("COSAI_AIMM_LEVEL_{}", kind % 4).as_str().into()], ..vsa() };
            family =
                family.says(&named(*at), testimony(&format!("{at} vsa"), Said::Summary(Box::new(summary))));
        }
    }
    family
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_concluded_depends_on_no_order_and_on_no_number_of_threads(
        drawn in drawn(),
        keys in prop::collection::vec(any::<u32>(), 8),
    ) {
        let family = family(&drawn);
        let expected = family.judged().all();
        let mut members: Vec<_> = family.members.values().cloned().zip(keys).collect();
        members.sort_by_key(|(_, key)| *key);
        let members: Vec<_> = members.into_iter().map(|(member, _)| member).collect();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| Judged::of(members.clone(), policy()).all());
            prop_assert_eq!(&found, &expected);
        }
    }

    /// Whatever one model's claims become, what is kept of the others is what would be found anew.
    #[test]
    fn one_changed_claim_leaves_what_would_be_found_anew(
        drawn in drawn(),
        at in 0..8_usize,
        inputs in prop::collection::vec(0..9_usize, 0..3),
        is_root in any::<bool>(),
    ) {
        let family = family(&drawn);
        let before = family.judged();
        let at = at % before.models.len();
        let name = before.models[at].id.raw().to_owned();
        let mut changed = family.clone();
        let (_, _, said) = changed.members.get_mut(&name).unwrap();
        said.clear();
        let went = inputs.iter().map(|at| base(&named(*at))).collect();
        said.push(claim("new", Provenance { is_root, ..made_from(went) }));
        let anew = changed.judged();
        let join = |digest: &RootDigest| before.digests.model_of(digest).cloned();
        let origins = origins(&id(&name), &anew.said[at], &before.policy, &join);
        let (proven, ids) = match before.proven.with([(id(&name), origins)]) {
            Some((proven, ids)) => (proven, ids),
            None => (before.proven.clone(), Vec::new()),
        };
        prop_assert_eq!(&proven, &anew.proven);
        let graph = Arc::new(before.descent.graph().again(&before.models, &proven, &ids));
        prop_assert!(*graph == **anew.descent.graph());
        let descent = Arc::new(before.descent.followed_by(graph, &ids));
        let judgement = Judged { descent: descent.clone(), ..changed.judged() }
            .asked(|input| before.judgement.after(input, &Touched::models(vec![at])));
        let kept = Judged { descent, judgement, ..changed.judged() };
        prop_assert_eq!(kept.all(), anew.all());
    }

    /// Whatever the rules become, and then what one model is verified as, what is taken over is what would be found anew.
    #[test]
    fn other_rules_leave_what_would_be_found_anew(
        drawn in drawn(),
        edits in prop::collection::btree_set(0..RULES.len(), 0..4),
        at in 0..8_usize,
    ) {
        let family = family(&drawn);
        let before = family.judged();
        let at = at % before.models.len();
        let text = edits.iter().fold(POLICY.to_owned(), |text, edit| {
            let (from, to) = RULES[*edit];
            text.replace(from, to)
        });
        let mut members: Vec<_> = family.members.values().cloned().collect();
        let after = parse(&text, "t", None).unwrap();
        let anew = Judged::of(members.clone(), after.clone());
        let descent = before.descent.clone();
        let rules = Touched { models: Vec::new(), rules: true };
        let judgement = Judged { descent: descent.clone(), ..Judged::of(members.clone(), after.clone()) }
            .asked(|input| before.judgement.after(input, &rules));
        let kept = Judged { descent: descent.clone(), judgement, ..Judged::of(members.clone(), after.clone()) };
        prop_assert_eq!(kept.all(), anew.all());
        prop_assert_eq!(kept.judgement.standings(), anew.judgement.standings());
        // From there on it goes as from one that was made anew.
        let (model, verification, said) = &mut members[at];
        (model.signature, *verification) = (None, None);
        said.clear();
        let anew = Judged::of(members.clone(), before.policy.clone());
        let touched = Touched { models: vec![anew.index(members[at].0.id.raw())], rules: true };
        let judgement = anew.asked(|input| kept.judgement.after(input, &touched));
        let kept = Judged { judgement, ..Judged::of(members.clone(), before.policy.clone()) };
        prop_assert_eq!(kept.all(), anew.all());
    }
}

/// Edits of the policy, each of which says something of every model.
const RULES: [(&str, &str); 8] = [
    ("allow_resign_at_ingest = true", "allow_resign_at_ingest = false"),
    ("max_hops_covered = 1", "max_hops_covered = 3"),
    ("COSAI_AIMM_LEVEL_2", "COSAI_AIMM_LEVEL_1"),
    ("clock_skew_seconds = 300", "clock_skew_seconds = 3"),
    ("max_depth = 40", "max_depth = 1"),
    ("[lineage]", "[lineage]\nunsigned_ancestor = \"fail\""),
    ("[lineage]", "[lineage]\nmin_completeness = 0.1"),
    ("[artifact]", "[conflicts]\nstrategy = \"quorum\"\n[artifact]"),
];

#[test]
fn untrusted_names_of_inputs_are_kept_apart_from_ids() {
    for called in ["", "//", "acme/base//sha256:00", "\u{202e}x", &"x".repeat(5000)] {
        let digest = RootDigest([7; 32]);
        let placeholder = ModelId::of_digest(called, &digest);
        assert_eq!(placeholder.digest(), Some(digest), "{called}");
        assert_ne!(ModelId::new(placeholder.raw()), placeholder, "{called}");
        assert!(placeholder.raw().len() < 1200);
        assert_eq!(Untrusted::new(placeholder.called()).raw(), placeholder.called());
    }
    assert_eq!(id("acme/base@sha256:00").digest(), None);
}
