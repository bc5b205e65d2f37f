//! What is concluded of a model follows from its evidence, the policy, the anchors and the time alone: whatever was
//! done before, and as soon as one of them changes.

use crate::pki::{DAY, Key, Kind, List, NOW, Spec, pem};
use crate::support::{behind_its_back, copy, copy_of_samples, copy_with_seal, err, out, samples, touchmark};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use touchmark::attest::PredicateKind;
use touchmark::decision::{self, Question, Verdict, evaluate};
use touchmark::inventory::ModelId;
use touchmark::signing::{Outcome, Stage};
use touchmark::store::{EvidenceDigest, LedgerEntry, Place, RecordKind};
use touchmark::workbench::{JobKind, JobState, OpenOptions, ReviewWord, View, Workbench};

const AT: &str = "2026-12-01T00:00:00Z";

fn run(dir: &Path, words: &[&str]) -> Output {
    let mut all = vec!["--workspace", dir.to_str().unwrap(), "--at", AT];
    all.extend(words);
    touchmark(all)
}

fn json(dir: &Path, words: &[&str]) -> Value {
    let done = run(dir, &[words, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{words:?}: {}{}", out(&done), err(&done)))
}

fn open(dir: &Path) -> Workbench {
    open_at(dir, Some(AT), None)
}

fn open_at(dir: &Path, at: Option<&str>, stage: Option<&str>) -> Workbench {
    let at = at.map(|at| at.parse().unwrap());
    let stage = stage.map(str::to_owned);
    let options = OpenOptions { dir: Some(dir.to_owned()), at, stage, ..OpenOptions::default() };
    Workbench::open(&options).unwrap()
}

fn verify(workbench: &Workbench, ids: &[&str]) {
    let ids = ids.iter().map(|id| ModelId::new(id)).collect();
    let job = workbench.wait(workbench.start(JobKind::Verify(ids))).unwrap();
    assert!(matches!(job.state, JobState::Done(_)), "{:?}", job.state);
}

fn records(workbench: &Workbench) -> Vec<LedgerEntry> {
    let mut entries = Vec::new();
    let take = |entry| {
        entries.push(entry);
        Ok(std::ops::ControlFlow::Continue(()))
    };
    workbench.show_ledger(None, take).unwrap();
    entries.sort_by_key(|entry: &LedgerEntry| entry.seq);
    entries
}

fn policy_of(dir: &Path) -> PathBuf {
    dir.join("policies/samples.toml")
}

fn edit(dir: &Path, change: impl Fn(String) -> String) {
    let text = fs::read_to_string(policy_of(dir)).unwrap();
    fs::write(policy_of(dir), change(text)).unwrap();
}

/// An authority of our own in a copy of the samples, for the model `own/one`.
struct Own {
    root: Key,
    serial: u64,
}

const ROOT: &str = "CN=own root";

impl Own {
    fn in_copy(dir: &Path, ends: i64) -> Self {
        let [root, leaf] = [Kind::P256, Kind::P256].map(Key::new);
        let whole = |spec: Spec| Spec { to: NOW + 10 * 365 * DAY, ..spec };
        let of_root = whole(Spec::ca(ROOT, ROOT));
        let of_leaf = Spec { to: ends, ..Spec::leaf("CN=own release", ROOT) };
        let model = dir.join("models/own/one");
        copy(&samples().join("models/acme/receipt-reader"), &model);
        fs::remove_file(model.join("model.sig")).unwrap();
        let outside = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = outside.path().join(name);
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let root_pem = pem("CERTIFICATE", &of_root.issue(&root, &root));
        let key = file("leaf.key", &leaf.pem());
        let certificate = file("leaf.pem", &pem("CERTIFICATE", &of_leaf.issue(&leaf, &root)));
        let place = model.to_str().unwrap();
        let signed = touchmark([
            "sign",
            "certificate",
            place,
            "--private-key",
            &key,
            "--signing-certificate",
            &certificate,
            "--certificate-chain",
            &file("root.pem", &root_pem),
        ]);
        assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
        fs::write(dir.join("keys/own.pem"), root_pem).unwrap();
        let own = Own { root, serial: of_leaf.serial };
        fs::write(dir.join("keys/own.crl"), own.list(None)).unwrap();
        edit(dir, |text| {
            let anchor =
                "[trust.own]\nkind = \"x509\"\nfiles = [\"../keys/own.pem\"]\ncrls = [\"../keys/own.crl\"]\n";
            let publisher = format!(
                "[[publisher]]\nid = \"own\"\nmodels = [\"own/*\"]\ntrust = [\"own\"]\n\
                 identities = [{{ issuer = \"{ROOT}\", subject = \"exact:CN=own release\" }}]\n"
            );
            text.replacen("[trust.samples-ca]", &format!("{anchor}\n[trust.samples-ca]"), 1).replacen(
                "[[publisher]]",
                &format!("{publisher}\n[[publisher]]"),
                1,
            )
        });
        own
    }

    fn list(&self, revoked: Option<u64>) -> String {
        let list = List { to: Some(NOW + 5 * 365 * DAY), ..List::of(ROOT) };
        let list = match revoked {
            Some(serial) => list.revoking(serial, None),
            None => list,
        };
        pem("X509 CRL", &list.issue(&self.root))
    }
}

/// All that is concluded, as the commands say it.
#[derive(Debug, Clone, PartialEq)]
struct Concluded {
    rows: BTreeMap<String, Value>,
    score: Value,
    digest: String,
    entry: Value,
    verifications: usize,
}

fn concluded(dir: &Path, id: &str) -> Concluded {
    let rows = json(dir, &["list"])["models"].as_array().unwrap().clone();
    let rows = rows.into_iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect();
    let score = json(dir, &["score", id])["verdicts"][0]["verdict"].clone();
    let file = dir.join("now.snapshot");
    let taken = run(dir, &["snapshot", "--force", "--out", file.to_str().unwrap()]);
    assert_eq!(taken.status.code(), Some(0), "{}", err(&taken));
    let snapshot: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let models = snapshot["content"]["models"].as_array().unwrap();
    let entry = models.iter().find(|model| model["id"] == id).unwrap().clone();
    fs::remove_file(file).unwrap();
    let exported = out(&run(dir, &["ledger", "export"]));
    let verifications = exported.lines().filter(|line| line.contains("\"kind\":\"verification\"")).count();
    Concluded { rows, score, digest: snapshot["digest"].as_str().unwrap().to_owned(), entry, verifications }
}

fn outcome(workbench: &Workbench, id: &str) -> Outcome {
    let view = workbench.view();
    view.summary(view.model(&ModelId::new(id)).unwrap().0).outcome
}

#[test]
fn another_anchor_counts_at_once_without_hashing_and_the_old_one_restores_all() {
    let dir = copy_of_samples();
    let own = Own::in_copy(dir.path(), NOW + 9 * 365 * DAY);
    let (by_ca, by_key, listed) = ("acme/receipt-reader", "lumen/iris-base", "own/one");
    verify(&open(dir.path()), &[by_ca, by_key, listed]);
    let file = |name: &str| dir.path().join("keys").join(name);
    let other_ca = fs::read(file("own.pem")).unwrap();
    let other_key = fs::read(file("ternlab.pub.pem")).unwrap();
    let revoking = own.list(Some(own.serial)).into_bytes();
    let cases: [(&str, PathBuf, Option<Vec<u8>>); 6] = [
        (by_ca, file("samples-root-ca.pem"), Some(other_ca)),
        (by_ca, file("samples-root-ca.pem"), None),
        (by_ca, file("samples-root-ca.pem"), Some(b"no certificate".to_vec())),
        (by_key, file("lumen.pub.pem"), Some(other_key)),
        (by_key, file("lumen.pub.pem"), None),
        (listed, file("own.crl"), Some(revoking)),
    ];
    let workbench = open(dir.path());
    for (number, (id, path, bytes)) in cases.into_iter().enumerate() {
        let before = concluded(dir.path(), id);
        assert_eq!(before.rows[id]["outcome"], "pass", "{number}: {}", before.rows[id]);
        assert_eq!(before.verifications, 3);
        assert_eq!(outcome(&workbench, id), Outcome::Pass);
        let shown = workbench.view();
        let was = fs::read(&path).unwrap();
        match bytes {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let after = concluded(dir.path(), id);
        assert_ne!(after.rows[id]["outcome"], "pass", "{number}: {}", after.rows[id]);
        assert_ne!(after.score, before.score, "{number}");
        assert_ne!(after.digest, before.digest, "{number}");
        assert_ne!(after.entry, before.entry, "{number}");
        assert_eq!(after.verifications, 3, "nothing is recorded, {number}");
        workbench.reload_policy().unwrap();
        assert_ne!(outcome(&workbench, id), Outcome::Pass, "{number}");
        fs::write(&path, was).unwrap();
        assert_eq!(concluded(dir.path(), id), before, "{number}");
        workbench.reload_policy().unwrap();
        assert_eq!(concluded_in(&workbench.view()), concluded_in(&shown), "{number}");
    }
    assert_eq!(records(&workbench).len(), 3);
    let revoked = own.list(Some(own.serial + 1));
    let before = concluded(dir.path(), listed);
    fs::write(file("own.crl"), revoked).unwrap();
    let after = concluded(dir.path(), listed);
    assert_eq!(after.rows, before.rows, "a list that revokes another certificate changes no row");
}

#[test]
fn what_a_policy_says_in_comments_or_of_others_changes_nothing() {
    let dir = copy_of_samples();
    let ids = ["acme/receipt-reader", "lumen/iris-base", "acme/support-bot-7b"];
    verify(&open(dir.path()), &ids);
    let before = ids.map(|id| concluded(dir.path(), id));
    let text = fs::read_to_string(policy_of(dir.path())).unwrap();
    fs::write(policy_of(dir.path()), format!("{text}\n# Read once more by the board.\n")).unwrap();
    assert_eq!(ids.map(|id| concluded(dir.path(), id)), before);
    let publisher = "[[publisher]]\nid = \"zzz\"\nmodels = [\"zzz/*\"]\ntrust = [\"vendor-key\"]\n\
                     identities = [{ subject = \"exact:sha256:0000000000000000000000000000000000000000000000000000000000000000\" }]\n";
    let with = text.replacen("[[publisher]]", &format!("{publisher}\n[[publisher]]"), 1);
    fs::write(policy_of(dir.path()), with).unwrap();
    for (id, before) in ids.iter().zip(before) {
        let after = concluded(dir.path(), id);
        assert_eq!(after.rows, before.rows, "{id}");
        assert_eq!(after.score, before.score, "{id}");
        assert_ne!(after.digest, before.digest, "the policy is another");
    }
}

/// All that a view says, but for its number.
fn concluded_in(view: &View) -> Vec<impl PartialEq + std::fmt::Debug + use<>> {
    (0..view.models.len())
        .map(|index| {
            let verified = view.verified[index].as_ref();
            let seen = verified.map(|verified| (verified.verification.clone(), verified.seen.clone()));
            let standing = view.judgement.standings()[index];
            let review = view.reviews[index].clone();
            (view.models[index].id.clone(), seen, standing, view.verdict(index), review, view.cap(index))
        })
        .collect()
}

/// The verdict of each model is the pure function of the evidence that the view names for it.
fn is_the_pure_function_of_its_evidence(view: &View, store: &Path) {
    let store = touchmark::store::open(Place::File(store)).unwrap();
    for index in 0..view.models.len() {
        let (document, pieces) = view.evidence(index).unwrap();
        let kept = |digest: EvidenceDigest| {
            let is_it = |piece: &&Arc<[u8]>| EvidenceDigest::of(piece).unwrap() == digest;
            match pieces.iter().find(is_it) {
                Some(piece) => Ok(Some(piece.to_vec())),
                None => store.evidence(digest),
            }
        };
        let evidence = decision::Evidence::again(&document, &kept).unwrap();
        let question = Question { stage: view.stage.clone(), now: view.at, clock: None };
        let made =
            evaluate(&evidence, &view.policy, &view.rubric, &view.trust, &view.feeds, &question).unwrap();
        let shown = view.verdict(index).map(Verdict::by_gate);
        assert_eq!(Some(made.verdict), shown, "{:?}", view.models[index].id);
        assert_eq!(made.verification.as_ref(), view.verification(index), "{:?}", view.models[index].id);
        assert_eq!(made.inputs, view.inputs(index).unwrap());
    }
}

fn body(entry: &LedgerEntry) -> Value {
    serde_json::from_str(&entry.body).unwrap()
}

#[test]
fn a_gate_records_what_was_given_and_leaves_the_open_workbench_as_it_was() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ModelId::new("acme/receipt-reader");
    let stage = workbench.view().stage.clone();
    assert_eq!(stage, "production");
    for (number, (at, given)) in
        [("dev", true), ("staging", false), ("production", true), ("dev", false)].into_iter().enumerate()
    {
        let told = workbench.gate(&id, at, given).unwrap();
        assert_eq!(workbench.view().stage, stage, "{number}");
        let last = records(&workbench).pop().unwrap();
        assert_eq!(last.kind, RecordKind::Decision);
        let body = body(&last);
        assert_eq!(body["warnings_acknowledged"], given, "{number}");
        assert_eq!(body["inputs"]["stage"], at, "{number}");
        assert_eq!(body["verdict"], serde_json::to_value(&told).unwrap(), "{number}");
    }
    // The same by the command.
    let dir = copy_of_samples();
    for (words, given) in [(&["--allow-warn"][..], true), (&[], false)] {
        let words = [&["gate", "acme/receipt-reader", "--stage", "staging"], words].concat();
        run(dir.path(), &words);
        assert_eq!(body(&records(&open(dir.path())).pop().unwrap())["warnings_acknowledged"], given);
    }
}

#[test]
fn a_gate_decides_on_what_it_has_just_seen() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = "acme/receipt-reader";
    verify(&workbench, &[id]);
    // That gates decided before is known to each of the next ones.
    workbench.gate(&ModelId::new(id), "production", false).unwrap();
    let admitted = workbench.gate(&ModelId::new(id), "production", false).unwrap();
    let readme = dir.path().join("models").join(id).join("README.md");
    let text = fs::read_to_string(&readme).unwrap();
    fs::write(&readme, format!("{text}\nmore\n")).unwrap();
    assert_eq!(outcome(&workbench, id), Outcome::Pass, "nobody has looked yet");
    let refused = workbench.gate(&ModelId::new(id), "production", false).unwrap();
    assert_ne!(admitted, refused);
    assert_eq!(outcome(&workbench, id), Outcome::Fail);
    let entries = records(&workbench);
    let [.., seen, decided] = entries.as_slice() else { panic!("{}", entries.len()) };
    assert_eq!((&seen.kind, &decided.kind), (&RecordKind::Verification, &RecordKind::Decision));
    assert_eq!(body(seen)["outcome"], "fail");
    assert_eq!(body(decided)["verification"], body(seen)["verification"]);
    assert_eq!(body(decided)["verdict"], serde_json::to_value(&refused).unwrap());
    // And back.
    fs::write(&readme, text).unwrap();
    assert_eq!(workbench.gate(&ModelId::new(id), "production", false).unwrap(), admitted);
}

#[test]
fn a_gate_decides_by_anchors_and_policy_as_they_are_now() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ModelId::new("lumen/iris-base");
    // That gates decided before is known to each of the next ones.
    workbench.gate(&id, "production", false).unwrap();
    let admitted = workbench.gate(&id, "production", false).unwrap();
    let key = dir.path().join("keys/lumen.pub.pem");
    let was = fs::read(&key).unwrap();
    fs::copy(dir.path().join("keys/ternlab.pub.pem"), &key).unwrap();
    assert_ne!(workbench.gate(&id, "production", false).unwrap(), admitted, "nobody read the policy again");
    fs::write(&key, was).unwrap();
    assert_eq!(workbench.gate(&id, "production", false).unwrap(), admitted);
}

/// A few of the samples.
fn few(ids: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for part in ["keys", "policies"] {
        copy(&samples().join(part), &dir.path().join(part));
    }
    fs::copy(samples().join("touchmark.toml"), dir.path().join("touchmark.toml")).unwrap();
    fs::create_dir(dir.path().join("boms")).unwrap();
    for id in ids {
        copy(&samples().join("models").join(id), &dir.path().join("models").join(id));
    }
    dir
}

#[derive(Debug, Clone)]
enum Change {
    Verify(usize),
    Anchor(usize, usize),
    Policy(usize),
    Review(usize, bool),
    Stage(usize),
    File(usize),
    Scan,
    Gate(usize, usize),
    /// Only so many of its claims are left.
    Claims(usize, usize),
}

const FEW: [&str; 7] = [
    "lumen/iris-base",
    "acme/receipt-reader",
    "acme/support-bot-7b",
    "northwind/harbour-7b",
    "northwind/harbour-7b-instruct",
    "orchid/speech-1",
    "orchid/speech-1-distilled",
];
const STAGES: [&str; 3] = ["dev", "staging", "production"];
/// What each bit of a policy's number adds or replaces.
const POLICIES: [(&str, &str); 10] = [
    ("[crypto]", "# a comment\n[crypto]"),
    ("min_level = 1", "min_level = 2"),
    ("[[stage]]", "[lineage]\nmax_depth = 1\nunsigned_ancestor = \"warn\"\n\n[[stage]]"),
    ("strategy = \"strict\"", "strategy = \"latest\""),
    (
        "[[stage]]",
        "[[deny_identity]]\nsubject = \"exact:CN=acme release,O=Acme\"\nreason = \"x\"\n\n[[stage]]",
    ),
    ("[crypto]", "[controls]\nraise = [\"L1.08\"]\n\n[crypto]"),
    ("models = [\"lumen/*\"]", "models = [\"lumen/iris-large\"]"),
    ("keys = [\"p256\", \"p384\", \"p521\"]", "keys = [\"p521\"]"),
    ("max_verification_age_days = 30", "max_verification_age_days = 1"),
    (
        "[[stage]]",
        "[[publisher]]\nid = \"b\"\nmodels = [\"b/*\"]\ntrust = [\"lumen-key\"]\nidentities = [{ subject = \"exact:sha256:0000000000000000000000000000000000000000000000000000000000000000\" }]\n\n[[stage]]",
    ),
];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (0..FEW.len()).prop_map(Change::Verify),
        3 => (0usize..4, 0usize..4).prop_map(|(file, with)| Change::Anchor(file, with)),
        4 => (0usize..1 << POLICIES.len()).prop_map(Change::Policy),
        1 => (0..FEW.len(), any::<bool>()).prop_map(|(model, word)| Change::Review(model, word)),
        1 => (0usize..3).prop_map(Change::Stage),
        1 => (0..FEW.len()).prop_map(Change::File),
        1 => Just(Change::Scan),
        1 => (0..FEW.len(), 0usize..3).prop_map(|(model, stage)| Change::Gate(model, stage)),
        2 => (0..FEW.len(), 0usize..7).prop_map(|(model, left)| Change::Claims(model, left)),
    ]
}

fn make(workbench: &Workbench, dir: &Path, base: &str, change: &Change) {
    match *change {
        Change::Verify(model) => verify(workbench, &[FEW[model]]),
        Change::Anchor(file, with) => {
            let names =
                ["lumen.pub.pem", "samples-root-ca.pem", "samples-trusted-root.json", "samples-stamps.pem"];
            let path = dir.join("keys").join(names[file]);
            let original = || fs::read(samples().join("keys").join(names[file])).unwrap();
            match with {
                0 => fs::remove_file(path).or_else(|_| fs::write(dir.join("none"), "")).unwrap(),
                1 => fs::copy(samples().join("keys/ternlab.pub.pem"), path).map(drop).unwrap(),
                _ => fs::write(path, original()).unwrap(),
            }
            workbench.reload_policy().unwrap();
        }
        Change::Policy(number) => {
            let parts = POLICIES.iter().enumerate().filter(|(bit, _)| number & 1 << bit != 0);
            let text = parts.fold(base.to_owned(), |text, (_, (from, to))| text.replacen(from, to, 1));
            fs::write(policy_of(dir), text).unwrap();
            workbench.reload_policy().unwrap();
            assert_eq!(workbench.view().policy_errors, []);
        }
        Change::Review(model, word) => {
            let word = if word { ReviewWord::Approve } else { ReviewWord::Reject };
            workbench.review(&ModelId::new(FEW[model]), word, "seen").unwrap();
        }
        Change::Stage(stage) => workbench.set_stage(STAGES[stage]).unwrap(),
        Change::File(model) => {
            let path = dir.join("models").join(FEW[model]).join("README.md");
            let text = fs::read_to_string(&path).unwrap_or_default();
            fs::write(path, text + "\n").unwrap();
        }
        Change::Claims(model, left) => {
            let all = samples().join("models").join(FEW[model]).join("claims.jsonl");
            let text = fs::read_to_string(all).unwrap_or_default();
            let lines: String = text.lines().take(left).map(|line| format!("{line}\n")).collect();
            fs::write(dir.join("models").join(FEW[model]).join("claims.jsonl"), lines).unwrap();
        }
        Change::Scan => {
            workbench.wait(workbench.start(JobKind::Scan)).unwrap();
        }
        Change::Gate(model, stage) => {
            workbench.gate(&ModelId::new(FEW[model]), STAGES[stage], false).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn a_view_that_was_kept_up_to_date_is_one_that_was_made_anew(
        changes in proptest::collection::vec(change(), 1..14),
    ) {
        let dir = few(&FEW);
        let base = fs::read_to_string(policy_of(dir.path())).unwrap();
        let workbench = open(dir.path());
        for (number, change) in changes.iter().enumerate() {
            make(&workbench, dir.path(), &base, change);
            // Files that change show at the next look: both look now.
            let ids = FEW.map(ModelId::new);
            workbench.look_again(&ids).unwrap();
            let view = workbench.view();
            let anew = open_at(dir.path(), Some(AT), Some(&view.stage));
            anew.look_again(&ids).unwrap();
            let anew = anew.view();
            prop_assert_eq!(&view.models, &anew.models);
            prop_assert_eq!(concluded_in(&view), concluded_in(&anew), "after change {}", number);
        }
        is_the_pure_function_of_its_evidence(&workbench.view(), &dir.path().join("touchmark.db"));
    }
}

#[test]
fn the_verdicts_of_all_samples_are_the_pure_function_of_their_evidence() {
    let dir = tempfile::tempdir().unwrap();
    copy_with_seal(&samples(), dir.path());
    let workbench = open(dir.path());
    let view = workbench.view();
    let ids: Vec<&str> = view.models.iter().map(|model| model.id.raw()).collect();
    verify(&workbench, &ids);
    // Claims, roots, proved parents and summaries are among it.
    let view = workbench.view();
    let testimonies = || view.verified.iter().flatten().flat_map(|verified| verified.testimonies.iter());
    let kinds: BTreeSet<PredicateKind> = testimonies().filter_map(|one| one.claimed.kind).collect();
    assert!(
        [PredicateKind::Provenance, PredicateKind::Data, PredicateKind::Evaluation, PredicateKind::Summary]
            .iter()
            .all(|kind| kinds.contains(kind)),
        "{kinds:?}"
    );
    assert!(testimonies().filter(|one| one.claimed.counts()).count() > 10);
    for (root, child) in [(FEW[3], FEW[4]), (FEW[5], FEW[6])] {
        assert!(!view.proven.roots_of(&ModelId::new(root)).is_empty(), "{root}");
        assert!(view.proven.of_edge(&ModelId::new(child), &ModelId::new(root)).next().is_some(), "{child}");
    }
    let levels: BTreeSet<u8> = view.judgement.standings().iter().map(|standing| standing.effective).collect();
    assert_eq!(levels, BTreeSet::from([0, 1, 2, 3]));
    for stage in STAGES {
        workbench.set_stage(stage).unwrap();
        is_the_pure_function_of_its_evidence(&workbench.view(), &dir.path().join("touchmark.db"));
    }
}

/// The signer's certificate ends while the workbench is open.
#[test]
fn what_time_ends_is_over_in_an_open_workbench_too() {
    let dir = few(&["lumen/iris-base"]);
    let ends = jiff::Timestamp::now().as_second() + 6;
    Own::in_copy(dir.path(), ends);
    let workbench = open_at(dir.path(), None, None);
    verify(&workbench, &["own/one", "lumen/iris-base"]);
    let until = |workbench: &Workbench| {
        let view = workbench.view();
        view.verified[view.model(&ModelId::new("own/one")).unwrap().0].as_ref().unwrap().until
    };
    if jiff::Timestamp::now().as_second() < ends {
        assert_eq!(outcome(&workbench, "own/one"), Outcome::Pass);
        assert!(until(&workbench).is_some_and(|until| until.as_second() <= ends + 1));
    }
    while jiff::Timestamp::now().as_second() <= ends + 1 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let stage = workbench.view().stage.clone();
    workbench.set_stage(&stage).unwrap();
    let view = workbench.view();
    let check = view.verification_of(&ModelId::new("own/one")).unwrap().check(Stage::Chain).unwrap();
    assert_eq!(check.outcome, Outcome::Fail, "{check:?}");
    assert_eq!(outcome(&workbench, "lumen/iris-base"), Outcome::Pass);
    let at = view.at.to_string();
    let anew = open_at(dir.path(), Some(&at), None).view();
    assert_eq!(concluded_in(&view), concluded_in(&anew));
    assert_eq!(records(&workbench).len(), 2);
}

#[test]
fn a_verification_is_the_same_whatever_was_verified_before() {
    // How old an anchor is, its file's time says, which copying changes.
    let made = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_780_000_000);
    let bodies = |reverse: bool| {
        let dir = copy_of_samples();
        for key in fs::read_dir(dir.path().join("keys")).unwrap() {
            let file = fs::File::options().append(true).open(key.unwrap().path()).unwrap();
            file.set_modified(made).unwrap();
        }
        let workbench = open(dir.path());
        let view = workbench.view();
        let mut ids: Vec<&str> = view.models.iter().map(|model| model.id.raw()).collect();
        if reverse {
            ids.reverse();
            ids.iter().for_each(|id| verify(&workbench, &[id]));
        } else {
            verify(&workbench, &ids);
        }
        let found: BTreeMap<String, Value> = records(&workbench)
            .iter()
            .map(|entry| {
                let mut body = body(entry);
                // When, by whom and in which workspace it was made is all that may differ, how long it took, and what the
                // files were on disk: that is another thing for a copy of them.
                for name in ["took_ms", "made", "state"] {
                    body.as_object_mut().unwrap().remove(name).unwrap();
                }
                (entry.model.raw().to_owned(), body)
            })
            .collect();
        // What a bill names without a folder has nothing to be verified.
        assert!(found.len() > 35, "{}", found.len());
        found
    };
    let (one, other) = (bodies(false), bodies(true));
    assert!(one.keys().eq(other.keys()));
    for (id, body) in &one {
        assert_eq!(body, &other[id], "{id}");
    }
}

#[test]
fn records_that_are_gone_from_the_store_are_gone_from_an_open_workbench() {
    let dir = few(&["acme/call-notes", "acme/badge-check"]);
    let workbench = open(dir.path());
    verify(&workbench, &["acme/call-notes", "acme/badge-check"]);
    let counted = |workbench: &Workbench| workbench.view().verified.iter().flatten().count();
    assert_eq!(counted(&workbench), 2);
    let store = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let store = store.into_iter().find(|path| path.extension().is_some_and(|e| e == "db")).unwrap();
    let raw = rusqlite::Connection::open(store).unwrap();
    behind_its_back(&raw, |raw| raw.execute_batch("DELETE FROM ledger").unwrap());
    drop(raw);
    workbench.review(&ModelId::new("acme/badge-check"), ReviewWord::Reject, "its records are gone").unwrap();
    assert_eq!(counted(&workbench), 0);
    assert!(workbench.view().reviews.iter().flatten().count() == 1);
}

#[test]
fn a_scan_keeps_what_was_verified_and_judges_nothing_of_it_again() {
    let dir = few(&["acme/call-notes"]);
    let workbench = open(dir.path());
    verify(&workbench, &["acme/call-notes"]);
    let of = |view: &View| {
        let (index, _) = view.model(&ModelId::new("acme/call-notes")).unwrap();
        view.verified[index].clone().unwrap()
    };
    let before = of(&workbench.view());
    let new = dir.path().join("models/acme/another");
    fs::create_dir_all(&new).unwrap();
    fs::write(new.join("model.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    workbench.wait(workbench.start(JobKind::Scan)).unwrap();
    let view = workbench.view();
    assert!(view.model(&ModelId::new("acme/another")).is_some());
    assert!(Arc::ptr_eq(&before, &of(&view)));
}
