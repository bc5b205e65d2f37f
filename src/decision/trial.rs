//! The tests of a policy: evidence that is given in words instead of seen, judged as evidence is. What a signature
//! proves is taken from the words; identities, roles, requirements, lineage and stages are judged by the same code as
//! for a model that was verified.

use super::anchoring::Anchoring;
use super::apply::apply_policy_to;
use super::evaluate::{Decision, Verdict};
use super::evidence::{Evidence, ModelEvidence};
use super::inputs::{Feeds, Joined, LineageFacts};
use super::made::RecordRef;
use super::predicates::{Under, predicates_by_words};
use super::review::{Glass, ReviewWord, StandingReview};
use super::verdict::{Seen, conclude};
use crate::attest::{Claims, Judge, Piece};
use crate::error::{Code, Error, Result};
use crate::inventory::{Basis, Binding, Fact, FactKey, Looked, Model, ModelId, ParentRef, Relation};
use crate::maturity::{Deployed, Gated, PolicySeal, ProfileLogs, Rubric, Since, Testimony, Usage};
use crate::policy::{
    Around, DigestBasis, Given, GivenClaim, GivenLogged, GivenSigner, Policy, PolicyTest, State, Wanted,
};
use crate::signing::{
    AnchorKind, AnchorUse, Bundle, Check, CheckCode, Envelope, FilesWhy, Identity, IdentityRule, LogEntry,
    Material, Method, Outcome, PartSeen, Recalled, RootDigest, Stage, TimeSource, Trust, TrustWhy,
    Verification, VerifyOptions, Why, sha256_hex,
};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a text says of where a value comes from.
const GIVEN: &str = "given";

/// What came of a test.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What came instead of what it expects; nothing when it passes.
    pub unexpected: Vec<Unexpected>,
    /// Everything that was concluded.
    pub verdict: Verdict,
    /// The checks; none when nobody looked at the files.
    pub verification: Option<Verification>,
}

/// What came instead of what a test expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unexpected {
    /// Another decision.
    Decision {
        /// What was expected.
        wanted: Decision,
        /// What came.
        came: Decision,
    },
    /// Another effective level.
    Level {
        /// What was expected.
        wanted: u8,
        /// What came.
        came: u8,
    },
    /// Without this reason, or it weighs less.
    Reason {
        /// Its code.
        wanted: String,
    },
}

impl Tried {
    /// Whether it passes.
    pub fn passes(&self) -> bool {
        self.unexpected.is_empty()
    }
}

/// Judges what a test gives, and compares it with what it expects.
///
/// # Errors
/// `E-INTERNAL`.
pub fn try_test(policy: &Policy, rubric: &Rubric, test: &PolicyTest, now: Timestamp) -> Result<Tried> {
    let now = test.at.unwrap_or(now);
    let mut all = BTreeMap::new();
    gather(&test.given, &mut all);
    let assumed = all.values().fold(None, |so_far: Option<Policy>, given| {
        so_far.as_ref().unwrap_or(policy).assuming(given).or(so_far)
    });
    let policy = assumed.as_ref().unwrap_or(policy);
    let mut joined: Vec<Joined> =
        all.values().map(|given| Joined { digest: root(given), model: ModelId::new(&given.model) }).collect();
    joined.sort_by_key(|one| one.digest);
    let (mut models, mut seen) = (Vec::new(), Vec::new());
    for given in all.values() {
        let model = model(given);
        seen.push(see(given, &model, policy, now)?);
        let mut parents: Vec<ModelId> = model.parents.iter().map(|parent| parent.id.clone()).collect();
        parents.sort();
        let lineage = LineageFacts { joined: joined.clone(), ..LineageFacts::default() };
        let deployments = match given.model == test.given.model {
            true => deployments(test, now),
            false => Vec::new(),
        };
        let gates = gates(&test.around, root(given), now);
        let usage = Usage { gates, deployments, ..Usage::default() };
        models.push(ModelEvidence { model, parents, seen: None, since: Since::Same, usage, lineage });
    }
    let evidence = Evidence {
        subject: ModelId::new(&test.given.model),
        models,
        reviews: reviews(test, now)?,
        ledger: Some(anchoring(&test.around, now)),
        seal: PolicySeal::Unsigned,
    };
    let (verification, verdict) =
        conclude(&evidence, seen, policy, rubric, &Feeds::default(), (&test.stage, now))?;
    Ok(Tried { unexpected: unexpected(test, &verdict), verdict, verification })
}

impl From<Wanted> for Decision {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Admit => Decision::Admit,
            Wanted::Warn => Decision::Warn,
            Wanted::Refuse => Decision::Refuse,
        }
    }
}

fn unexpected(test: &PolicyTest, verdict: &Verdict) -> Vec<Unexpected> {
    let wanted = Decision::from(test.expect.decision);
    let mut found = Vec::new();
    if wanted != verdict.decision {
        found.push(Unexpected::Decision { wanted, came: verdict.decision });
    }
    if let Some(wanted) = test.expect.effective_level.filter(|wanted| *wanted != verdict.effective) {
        found.push(Unexpected::Level { wanted, came: verdict.effective });
    }
    let weight = test.expect.decision.action();
    let came = |wanted: &str| {
        let mut named = verdict.reasons.iter().filter(|reason| reason.code.as_str() == wanted);
        named.any(|reason| reason.action >= weight)
    };
    let missing = test.expect.reasons.iter().filter(|wanted| !came(wanted));
    found.extend(missing.map(|wanted| Unexpected::Reason { wanted: wanted.clone() }));
    found
}

/// A model and its ancestors, each once: the first description of a name counts.
fn gather<'g>(given: &'g Given, all: &mut BTreeMap<ModelId, &'g Given>) {
    all.entry(ModelId::new(&given.model)).or_insert(given);
    given.parents.iter().for_each(|parent| gather(parent, all));
}

/// The root digest of its files.
fn root(given: &Given) -> RootDigest {
    let of_name = || sha256_hex(given.model.as_bytes()).parse().unwrap_or(RootDigest([0; 32]));
    given.digest.unwrap_or_else(of_name)
}

fn bundle_digest() -> String {
    sha256_hex(GIVEN.as_bytes())
}

fn is_logged(signer: &GivenSigner, log: Option<bool>) -> bool {
    log.unwrap_or(signer.method() == Method::Sigstore)
}

fn earlier(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now)
}

fn gates(around: &Around, root: RootDigest, now: Timestamp) -> Vec<Gated> {
    let gated = |stage: &String, let_in| Gated {
        stage: Untrusted::new(stage),
        let_in,
        root: Some(root),
        at: earlier(now, 1),
        relied: false,
        passed: None,
    };
    let admitted = around.admitted_at.iter().map(|stage| gated(stage, true));
    let mut gates: Vec<Gated> =
        admitted.chain(around.refused_at.iter().map(|stage| gated(stage, false))).collect();
    gates.sort();
    gates
}

/// Where it runs, where the test says what is logged there. Of a profile all fields are.
fn deployments(test: &PolicyTest, now: Timestamp) -> Vec<Deployed> {
    let deployed = |logged: &GivenLogged| {
        let logs = |profile: &&'static str| ProfileLogs {
            profile: (*profile).to_owned(),
            days: BTreeMap::from([(GIVEN.to_owned(), Some(logged.days))]),
        };
        Deployed {
            stage: Untrusted::new(&test.stage),
            place: GIVEN.into(),
            owner: None,
            since: Some(now),
            logs: logged.profiles.iter().map(logs).collect(),
        }
    };
    test.around.logged.iter().map(deployed).collect()
}

fn reviews(test: &PolicyTest, now: Timestamp) -> Result<Vec<StandingReview>> {
    let glass = test.around.glass.iter().flat_map(|glass| {
        let since = earlier(now, 1);
        let until = since.checked_add(SignedDuration::from_hours(i64::from(glass.hours))).unwrap_or(now);
        let stage = Untrusted::new(&test.stage);
        glass.by.iter().map(move |by| Glass { stage: stage.clone(), by: Untrusted::new(by), since, until })
    });
    let glass = glass.map(|glass| (ReviewWord::BreakGlass, Some(glass)));
    let rejected = test.around.rejected.then_some((ReviewWord::Reject, None));
    let hash = EvidenceDigest::of(GIVEN.as_bytes())?;
    let review = |(number, (word, glass))| StandingReview { record: RecordRef { number, hash }, word, glass };
    Ok((1..).zip(rejected.into_iter().chain(glass)).map(review).collect())
}

fn anchoring(around: &Around, now: Timestamp) -> Anchoring {
    let Some(ledger) = &around.ledger else { return Anchoring::default() };
    Anchoring {
        unanchored: u64::from(ledger.unanchored_records),
        since: Some(earlier(now, 24 * i64::from(ledger.unanchored_days))),
        ..Anchoring::default()
    }
}

fn model(given: &Given) -> Model {
    let mut model = Model::new(ModelId::new(&given.model), given.model.as_str());
    model.location = Some("model".into());
    model.signature = (given.state != State::Unsigned).then(|| "model/model.sig".into());
    model.formats = given.formats.clone();
    model.binding = given.signer.as_ref().filter(|_| given.bound).map(|signer| {
        Box::new(Binding {
            root_digest: Some(Untrusted::new(root(given).to_string())),
            identity: Some(Untrusted::new(&signer.subject)),
            issuer: signer.issuer.as_deref().map(Untrusted::new),
            log_entry: is_logged(signer, given.log).then(|| format!("{GIVEN}/0").into()),
            bundle_digest: Some(bundle_digest().into()),
            source: GIVEN.into(),
            ours: true,
        })
    });
    let fact = |key: FactKey, value: &String| Fact {
        key,
        value: Untrusted::new(value),
        basis: Basis::Declared,
        source: GIVEN.into(),
        place: GIVEN.into(),
    };
    let datasets = given.datasets.iter().map(|name| fact(FactKey::Dataset, name));
    let licences = given.licenses.iter().map(|name| fact(FactKey::Licence, name));
    datasets.chain(licences).for_each(|fact| model.facts.push(fact));
    for parent in &given.parents {
        model.parents.push(ParentRef {
            id: ModelId::new(&parent.model),
            relation: Relation::Finetune,
            basis: Basis::Declared,
            digest: None,
            source: GIVEN.into(),
            place: GIVEN.into(),
        });
    }
    model
}

/// What a verification and a look inside would have found.
fn see(given: &Given, model: &Model, policy: &Policy, now: Timestamp) -> Result<Option<Seen>> {
    let ahead = SignedDuration::from_secs(i64::from(given.ahead_seconds));
    let then = earlier(now, 24 * i64::from(given.age_days));
    let looked_at = then.checked_add(ahead).unwrap_or(then);
    let mut verification = Verification::not_looked(looked_at, Why::NotLooked);
    match given.state {
        State::Unverified => return Ok(None),
        State::Unsigned => {
            verification.set(Check::new(CheckCode::ParseAbsent, Outcome::Missing, Why::Nothing));
        }
        State::Signed | State::Tampered | State::Unreadable => {
            if let Some(signer) = &given.signer {
                prove(&mut verification, signer, (given.signed_at, given.log), policy);
            }
            observe(&mut verification, given, now);
        }
    }
    let (check, testimonies) = claims(given, model, &verification, policy, now)?;
    verification.set(check);
    let looked = Arc::new(Looked::of(model));
    apply_policy_to(&mut verification, model, (Some(&looked), &testimonies), policy, now);
    Ok(Some(Seen { verification, testimonies, looked: Some(looked) }))
}

/// What a look at the files found.
fn observe(verification: &mut Verification, given: &Given, now: Timestamp) {
    let files = |code, outcome| Check::new(code, outcome, FilesWhy::NotCompared);
    verification.set(match given.state {
        State::Tampered => files(CheckCode::FilesChanged, Outcome::Fail),
        State::Unreadable => files(CheckCode::FilesUnreadable, Outcome::Unknown),
        State::Signed if given.digest_basis != DigestBasis::Recomputed => {
            files(CheckCode::FilesRegistry, Outcome::Partial)
        }
        State::Signed | State::Unsigned | State::Unverified => Check::pass(Stage::Files, Why::Nothing),
    });
    verification.root_digest = Some(root(given));
    verification.bundle_digest = Some(bundle_digest());
    verification.hash = Some(given.hash);
    verification.curve = Some(given.key);
    verification.allow_symlinks = Some(given.symlinks);
    let report = Arc::make_mut(&mut verification.files);
    report.ignored.extend(given.ignored.iter().map(Untrusted::new));
    let is_by_provider = given.digest_basis == DigestBasis::ProviderChecksum;
    report.by_registry = u64::from(given.digest_basis != DigestBasis::Recomputed);
    report.by_provider = u64::from(is_by_provider);
    let oldest = |hours: u32| earlier(now, i64::from(hours));
    report.recalled = given.cached_hours.map(|hours| Recalled { parts: 1, bytes: 1, oldest: oldest(hours) });
    report.part = given.partial.then(|| PartSeen {
        only: vec!["*".into()],
        unused: Vec::new(),
        digests: 1,
        signed_beside: 1,
        here_beside: 0,
        apart: None,
    });
}

/// Every check of a signature passes, and names this signer; without its anchor nothing of it is proven.
fn prove(
    verification: &mut Verification,
    signer: &GivenSigner,
    (signed_at, log): (Option<Timestamp>, Option<bool>),
    policy: &Policy,
) {
    let method = signer.method();
    let is_logged = is_logged(signer, log);
    for stage in Stage::ALL {
        let passes = match stage {
            Stage::Identity | Stage::Policy => continue,
            Stage::Predicates => false,
            Stage::Log => is_logged,
            _ => true,
        };
        verification.set(match passes {
            true => Check::pass(stage, Why::Nothing),
            false => Check::plain(stage, Outcome::NotApplicable, Why::Nothing),
        });
    }
    verification.method = Some(method);
    verification.log = is_logged.then(|| LogEntry { log_id: GIVEN.into(), index: 0 });
    let source = if is_logged { TimeSource::Log } else { TimeSource::Authority };
    verification.signed_at = signed_at.map(|at| (at, source));
    let fingerprint = match signer.kind {
        AnchorKind::Key => signer.subject.clone(),
        AnchorKind::Ca | AnchorKind::Sigstore | AnchorKind::Tsa => {
            format!("sha256:{}", sha256_hex(signer.subject.as_bytes()))
        }
    };
    verification.signer = Some(Identity {
        method,
        subject: signer.subject.as_str().into(),
        issuer: signer.issuer.as_deref().map(Into::into),
        fingerprint: Some(fingerprint),
    });
    if !policy.trust.iter().any(|source| source.name == signer.anchor) {
        let why = TrustWhy::NoAnchor { method, others: Vec::new() };
        verification.set(Check::new(CheckCode::TrustNoAnchor, Outcome::Missing, why));
        for stage in [Stage::Signature, Stage::Chain, Stage::Time, Stage::Log] {
            verification.set(Check::unknown(stage, Why::After(Stage::Trust)));
        }
        verification.signed_at = None;
        verification.log = None;
        return;
    }
    verification.anchor = Some(AnchorUse {
        name: signer.anchor.clone(),
        kind: signer.kind,
        origin: GIVEN.to_owned(),
        digest: String::new(),
        age_days: None,
    });
}

/// The claims, each judged by itself, with a proven signer in the place of a verified signature.
fn claims(
    given: &Given,
    model: &Model,
    verified: &Verification,
    policy: &Policy,
    now: Timestamp,
) -> Result<(Check, Vec<Testimony>)> {
    let mut lines = Vec::new();
    for (number, claim) in given.claims.iter().enumerate() {
        lines.extend(line(claim, number, &root(given))?);
        lines.push(b'\n');
    }
    let bytes = if lines.is_empty() { Claims::Absent } else { Claims::Bytes(&lines) };
    let trust = Trust { anchors: Vec::new(), identity: IdentityRule::Later };
    let options = VerifyOptions::at(now);
    let judge = Judge { trust: &trust, options: &options, root: verified.root_of_files(), aliases: &[] };
    let under = Under { model: Some(model), policy, now };
    let verify = |line: usize| {
        let mut verification = Verification::not_looked(now, Why::ClaimOnly);
        if let Some(claim) = line.checked_sub(1).and_then(|at| given.claims.get(at)) {
            prove(&mut verification, &claim.signer, (claim.signed_at, None), policy);
            // Nothing is said of its key.
            verification.curve = policy.crypto.keys.first().copied();
        }
        vec![verification]
    };
    predicates_by_words(&[Piece { file: None, claims: bytes }], &judge, &under, verify)
}

/// A claim as a line of a file of claims, with a signature that nobody verifies.
fn line(claim: &GivenClaim, number: usize, root: &RootDigest) -> Result<Vec<u8>> {
    let predicate = &claim.states;
    let payload = format!(
        "{{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{{\"name\":\"model\",\"digest\":{{\"sha256\":\"{root}\"}}}}],\
         \"predicateType\":{},\"predicate\":{predicate}}}",
        serde_json::Value::from(claim.predicate.as_str())
    );
    let envelope = Envelope {
        payload_type: "application/vnd.in-toto+json".to_owned(),
        payload: payload.into_bytes(),
        // The same claim by two signers is two claims.
        signature: number.to_be_bytes().to_vec(),
    };
    let material = Material::Key { hint: Some(GIVEN.to_owned()), raw_bytes: None };
    let bundle = Bundle::to_json(&material, &envelope, &[])?;
    let document: serde_json::Value = serde_json::from_slice(&bundle).map_err(|cause| {
        Error::new(Code::Internal, format!("a claim cannot be written as JSON ({cause})"))
    })?;
    Ok(document.to_string().into_bytes())
}
