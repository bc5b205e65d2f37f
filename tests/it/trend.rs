//! `report trend`: each input that is changed alone is told as the cause, what cannot be told is said to be unknown, and
//! nothing is written.

use crate::pki::{Key, Kind};
use crate::support::{copy_of_samples, err, names_below, out, touchmark};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use touchmark::Code;
use touchmark::decision::Decision;
use touchmark::inventory::ModelId;
use touchmark::signing::{Method, Progress};
use touchmark::view::continuity::SignerPart;
use touchmark::view::trend::{Missing, Proof, Shift, Trend, TrendCause, TrendGroup, TrendInput, TrendTotal};
use touchmark::workbench::{JobKind, OpenOptions, TrendPoint, Workbench};

const NOW: &str = "2026-11-25T12:00:00Z";
/// When verifications of `NOW` are older than the policy of the samples allows.
const LATER: &str = "2026-12-25T12:00:01Z";
const READER: &str = "acme/receipt-reader";
const BASE: &str = "northwind/harbour-7b";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn open(root: &Path, now: &str) -> Workbench {
    let options = OpenOptions { dir: Some(root.to_owned()), at: Some(at(now)), ..OpenOptions::default() };
    let workbench = Workbench::open(&options).unwrap();
    workbench.valid_policy().unwrap();
    workbench
}

fn scan(root: &Path) {
    let workbench = open(root, NOW);
    workbench.wait(workbench.start(JobKind::Scan)).unwrap();
}

/// Verifies the models for which this holds.
fn verify(root: &Path, now: &str, wanted: impl Fn(&ModelId) -> bool) {
    let workbench = open(root, now);
    let view = workbench.view();
    let here = view.models.iter().filter(|model| model.location.is_some() && wanted(&model.id));
    workbench.wait(workbench.start(JobKind::Verify(here.map(|model| model.id.clone()).collect()))).unwrap();
}

/// The samples, all of them verified, and a snapshot of that.
fn before() -> (tempfile::TempDir, TrendPoint) {
    let dir = copy_of_samples();
    verify(dir.path(), NOW, |_| true);
    let taken = snapshot(dir.path(), "before.json");
    (dir, taken)
}

fn snapshot(root: &Path, name: &str) -> TrendPoint {
    let file = root.join(name);
    open(root, NOW).snapshot(Some(&file), true, &Progress::default()).unwrap();
    TrendPoint::Snapshot(file)
}

fn edit(file: PathBuf, from: &str, to: &str) {
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from} in {}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

fn policy(root: &Path, from: &str, to: &str) {
    edit(root.join("policies/samples.toml"), from, to);
}

fn trend(root: &Path, now: &str, from: &TrendPoint, to: &TrendPoint) -> Trend {
    open(root, now).trend((from, to), None, &Progress::default()).unwrap()
}

fn since(root: &Path, now: &str, from: &TrendPoint) -> Trend {
    trend(root, now, from, &TrendPoint::Now)
}

fn group_of<'t>(trend: &'t Trend, model: &str) -> Option<&'t TrendGroup> {
    trend.groups.iter().find(|group| group.models.iter().any(|one| one.model.raw() == model))
}

fn causes(trend: &Trend, model: &str) -> Vec<(TrendCause, Proof)> {
    let group = group_of(trend, model).unwrap_or_else(|| panic!("{model} did not change: {trend:#?}"));
    group.causes.iter().map(|one| (one.cause.clone(), one.proof)).collect()
}

fn needed(cause: TrendCause) -> Vec<(TrendCause, Proof)> {
    vec![(cause, Proof::Needed)]
}

fn all_causes(trend: &Trend) -> BTreeSet<Vec<(TrendCause, Proof)>> {
    let of = |group: &TrendGroup| group.causes.iter().map(|one| (one.cause.clone(), one.proof)).collect();
    trend.groups.iter().map(of).collect()
}

/// The figures of a trend fit each other.
fn hold(trend: &Trend) {
    let models = trend.groups.iter().map(|group| group.models.len()).sum::<usize>();
    assert_eq!(models, trend.changed);
    let sums = |totals: &mut dyn Iterator<Item = (usize, usize)>| {
        totals.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    let of = |total: &TrendTotal<Decision>| (total.before, total.after);
    let (before, after) = sums(&mut trend.decisions.iter().map(of));
    assert_eq!((before, after), (trend.from.models, trend.to.models));
    assert_eq!(sums(&mut trend.levels.iter().map(|one| (one.before, one.after))), (before, after));
    let came = trend.groups.iter().filter(|group| group.before.is_none());
    let went = trend.groups.iter().filter(|group| group.after.is_none());
    let count = |groups: Vec<&TrendGroup>| groups.iter().map(|group| group.models.len()).sum::<usize>();
    assert_eq!(before + count(came.collect()), after + count(went.collect()));
    assert!(trend.groups.is_sorted_by_key(|group| group.shift));
}

#[test]
fn what_is_changed_alone_is_the_cause() {
    let (dir, from) = before();
    let root = dir.path();
    let same = since(root, NOW, &from);
    assert_eq!((same.changed, &same.differing), (0, &vec![]), "{same:#?}");
    assert_eq!(same.from.models, same.unchanged);
    let files = names_below(root);

    // Time alone: what a forecast says of that time.
    let later = since(root, LATER, &from);
    hold(&later);
    assert_eq!(later.differing, [TrendInput::Time]);
    assert_eq!(all_causes(&later), BTreeSet::from([needed(TrendCause::Time)]));
    let forecast = open(root, NOW).forecast(at(LATER), &Progress::default()).unwrap();
    assert_eq!(later.changed, forecast.changing);
    assert_eq!(group_of(&later, READER).unwrap().shift, Shift::KeptOut);
    assert_eq!(names_below(root), files, "nothing is written");

    // The policy alone.
    let strict = ("require = [\"L1.13\"]", "require = [\"L1.13\", \"L1.16\"]");
    policy(root, strict.0, strict.1);
    let stricter = since(root, NOW, &from);
    hold(&stricter);
    assert_eq!(stricter.differing, [TrendInput::Policy]);
    assert_eq!(all_causes(&stricter), BTreeSet::from([needed(TrendCause::Policy)]));
    let group = group_of(&stricter, READER).unwrap();
    assert_eq!((group.shift, group.reason.as_deref()), (Shift::KeptOut, Some("L1.16")));
    // The other way round they are let in.
    let after = snapshot(root, "after.json");
    policy(root, strict.1, strict.0);
    let back = since(root, NOW, &after);
    // Nobody recorded anything under the stricter policy: its text is not kept.
    assert_eq!(causes(&back, READER), [(TrendCause::Unknown { missing: Missing::Rules }, Proof::Stated)]);
    assert_eq!(group_of(&back, READER).unwrap().shift, Shift::LetIn);
    assert_eq!(back.from.inputs, None);
    // Both: either would have been enough.
    policy(root, strict.0, strict.1);
    let both = since(root, LATER, &from);
    assert_eq!(both.differing, [TrendInput::Policy, TrendInput::Time]);
    assert_eq!(
        causes(&both, READER),
        [(TrendCause::Policy, Proof::Enough), (TrendCause::Time, Proof::Needed)]
    );

    // An exception on top of the stricter policy; a verification keeps its text.
    verify(root, NOW, |id| id.raw() == "lumen/iris-base");
    let from = snapshot(root, "strict.json");
    policy(root, "[[stage]]\nname = \"dev\"", EXCEPTION);
    let excepted = since(root, NOW, &from);
    hold(&excepted);
    assert_eq!(excepted.differing, [TrendInput::Exceptions]);
    assert_eq!(all_causes(&excepted), BTreeSet::from([needed(TrendCause::Exception)]));
    assert_eq!((excepted.changed, group_of(&excepted, READER).unwrap().shift), (1, Shift::LetIn));

    // Another key in the place of one that is trusted.
    let from = snapshot(root, "excepted.json");
    fs::copy(root.join("keys/vendor.pub.pem"), root.join("keys/lumen.pub.pem")).unwrap();
    let anchored = since(root, NOW, &from);
    hold(&anchored);
    assert_eq!(anchored.differing, [TrendInput::Anchors]);
    assert_eq!(all_causes(&anchored), BTreeSet::from([needed(TrendCause::Anchors)]));
}

const EXCEPTION: &str = r#"[[exception]]
id = "EX-14"
control = "L1.16"
subject = "acme/receipt-reader"
stages = ["production"]
owner = "ml@acme.example"
approved_by = "ciso@acme.example"
reason = "until the bill is made"
created = 2026-10-01T00:00:00Z
expires = 2026-12-10T00:00:00Z

[[stage]]
name = "dev""#;

#[test]
fn evidence_is_told_by_what_of_it_differs() {
    let (dir, from) = before();
    let root = dir.path();
    // A rejection.
    let done = run(root, &["review", READER, "reject", "--reason", "no"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let rejected = since(root, NOW, &from);
    hold(&rejected);
    assert_eq!(rejected.differing, [TrendInput::Reviews]);
    assert_eq!((rejected.changed, causes(&rejected, READER)), (1, needed(TrendCause::Review)));
    let from = snapshot(root, "rejected.json");

    // Files that changed: at first nobody looked, then somebody did. What derives from them changes with them.
    let weights = root.join("models/northwind/harbour-7b/model.safetensors");
    let weights = if weights.exists() { weights } else { largest(&root.join("models/northwind/harbour-7b")) };
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
    scan(root);
    let unlooked = since(root, NOW, &from);
    hold(&unlooked);
    assert_eq!(unlooked.differing, [TrendInput::Evidence], "the rejection stands on both sides");
    assert_eq!(causes(&unlooked, BASE), needed(TrendCause::FilesChanged));
    assert_eq!(group_of(&unlooked, BASE).and_then(|group| group.after?.level), None, "nobody looked");
    verify(root, NOW, |id| id.raw() == BASE);
    let changed = since(root, NOW, &from);
    hold(&changed);
    assert_eq!(causes(&changed, BASE), needed(TrendCause::Files));
    let ancestor = needed(TrendCause::Ancestor { model: ModelId::new(BASE) });
    assert_eq!(all_causes(&changed), BTreeSet::from([needed(TrendCause::Files), ancestor]));
    assert!(changed.groups.iter().all(|group| group.shift < Shift::LetIn));
    let one = &group_of(&changed, BASE).unwrap().models[0];
    assert!(one.evidence_before.is_some() && one.evidence_before != one.evidence_after);

    // A bill that is gone, and a model.
    let from = snapshot(root, "tampered.json");
    fs::remove_file(root.join("boms/acme.cdx.json")).unwrap();
    fs::remove_dir_all(root.join("models/ternlab/tern-small")).unwrap();
    scan(root);
    let less = since(root, NOW, &from);
    hold(&less);
    assert_eq!(causes(&less, "ternlab/tern-small"), [(TrendCause::Removed, Proof::Stated)]);
    assert!(all_causes(&less).contains(&needed(TrendCause::Inventory)), "{less:#?}");
    // The same between two snapshots.
    let without = snapshot(root, "without.json");
    let more = trend(root, NOW, &from, &without);
    assert_eq!(more.changed, less.changed);
    // What changed in the inventory alone, no record keeps.
    let unknown = vec![(TrendCause::Unknown { missing: Missing::Unrecorded }, Proof::Stated)];
    assert!(all_causes(&more).contains(&unknown), "{more:#?}");
}

fn largest(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|one| one == "safetensors")).max().unwrap()
}

fn run(root: &Path, words: &[&str]) -> std::process::Output {
    let root = root.to_str().unwrap();
    touchmark(words.iter().copied().chain(["--at", NOW, "--workspace", root]))
}

#[test]
fn dates_and_records_are_judged_from_what_was_recorded_by_then() {
    let dir = copy_of_samples();
    let root = dir.path();
    verify(root, NOW, |id| id.raw() == READER || id.raw() == BASE);
    let first = open(root, NOW).view().ledger.entries;
    let written = open(root, NOW).view().verified.iter().flatten().count();
    assert_eq!((first, written), (2, 2));
    let time = {
        let mut last = None;
        let take = |entry: touchmark::store::LedgerEntry| {
            last = Some(entry.at);
            Ok(std::ops::ControlFlow::Continue(()))
        };
        open(root, NOW).show_ledger(None, take).unwrap();
        last.unwrap()
    };
    while touchmark::clock::this_second() <= time {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    verify(root, LATER, |id| id.raw().starts_with("acme/"));
    let from = TrendPoint::Record(first);
    let records = since(root, LATER, &from);
    hold(&records);
    assert_eq!((records.from.at, records.from.records, records.from.models), (at(NOW), 2, 2));
    assert!(records.not_recorded > 10, "{}", records.not_recorded);
    // One was verified again in time, the other one was not.
    assert_eq!(group_of(&records, READER), None);
    assert_eq!(causes(&records, BASE), needed(TrendCause::Time));
    assert_eq!(causes(&records, "acme/claims-sorter"), [(TrendCause::FirstVerified, Proof::Stated)]);
    let only = trend(root, LATER, &TrendPoint::Record(1), &from);
    assert_eq!((only.changed, only.to.models), (1, 2), "{only:#?}");
    // The same by the clock.
    let year = time.checked_add(SignedDuration::from_hours(24 * 365)).unwrap().to_string();
    let dated = since(root, &year, &TrendPoint::At(time));
    assert_eq!((dated.from.at, dated.from.records), (time, first));
    let early = since(root, &year, &TrendPoint::At(at("2020-01-01T00:00:00Z")));
    assert_eq!((early.from.records, early.from.models), (0, 0));
    assert!(early.groups.iter().all(|group| group.shift == Shift::Added));

    // A policy that was saved is in force from its record on.
    let workbench = open(root, LATER);
    let text = workbench.view().policy_text.clone();
    let strict = text.replacen("require = [\"L1.13\"]", "require = [\"L1.13\", \"L1.16\"]", 1);
    workbench.save_policy(&text, &strict, "stricter").unwrap();
    let saved = workbench.view().policy.digest.clone();
    let count = open(root, LATER).view().ledger.entries;
    let changed = trend(root, LATER, &TrendPoint::Record(count - 1), &TrendPoint::Record(count)).to;
    assert_eq!(changed.inputs.unwrap().policy.digest, saved);
    let earlier = trend(root, LATER, &TrendPoint::Record(1), &TrendPoint::Record(count - 1)).to;
    assert_ne!(earlier.inputs.unwrap().policy.digest, saved);

    let refused = |from: TrendPoint, to: TrendPoint| {
        open(root, LATER).trend((&from, &to), None, &Progress::default()).map(|_| ()).unwrap_err().code
    };
    assert_eq!(refused(TrendPoint::Record(9_999), TrendPoint::Now), Code::NotFound);
    assert_eq!(refused(TrendPoint::Now, from), Code::Usage);
}

#[test]
fn a_snapshot_of_another_ledger_gives_figures_and_no_causes() {
    let (other, from) = before();
    let dir = copy_of_samples();
    verify(dir.path(), LATER, |id| id.raw() == READER);
    let foreign = since(dir.path(), LATER, &from);
    hold(&foreign);
    let unknown = vec![(TrendCause::Unknown { missing: Missing::Ledger }, Proof::Stated)];
    assert_eq!(all_causes(&foreign), BTreeSet::from([unknown]));
    assert_eq!((foreign.from.inputs.clone(), foreign.from.records > 2), (None, true));
    // What only the snapshot saw: the bill changed between the verification and the snapshot.
    let root = other.path();
    let bill = root.join("boms/acme.cdx.json");
    let text = fs::read(&bill).unwrap();
    fs::remove_file(&bill).unwrap();
    scan(root);
    let from = snapshot(root, "without.json");
    fs::write(&bill, text).unwrap();
    scan(root);
    let seen = since(root, NOW, &from);
    assert!(seen.changed > 0);
    let unknown = vec![(TrendCause::Unknown { missing: Missing::Unrecorded }, Proof::Stated)];
    let mut all = all_causes(&seen);
    all.remove(&vec![(TrendCause::Added, Proof::Stated)]);
    assert_eq!(all, BTreeSet::from([unknown]));
}

fn sign(root: &Path, model: &str, key: &Path) {
    let folder = root.join("models").join(model);
    let signature = folder.join("model.sig");
    let _ = fs::remove_file(&signature);
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let words =
        ["sign", "key", &path(&folder), "--private-key", &path(key), "--signature", &path(&signature)];
    let done = touchmark(words);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
}

#[test]
fn another_signer_of_a_publisher_is_told_and_so_is_a_model_that_nobody_signed() {
    let (dir, from) = before();
    let root = dir.path();
    let key = root.join("keys/other.key");
    fs::write(&key, Key::new(Kind::P256).pem()).unwrap();
    let new = |name: &str| {
        let folder = root.join("models").join(name);
        crate::support::copy(&root.join("models").join(READER), &folder);
        fs::remove_file(folder.join("model.sig")).unwrap();
    };
    sign(root, "acme/form-filler", &key);
    ["acme/new-one", "vendor/new-one"].into_iter().for_each(new);
    scan(root);
    let quiet = since(root, NOW, &TrendPoint::Record(open(root, NOW).view().ledger.entries));
    let only_found: Vec<&str> = quiet.publishers.iter().map(|one| one.publisher.raw()).collect();
    assert_eq!(only_found, ["acme"], "vendor has models without a signature already");
    assert_eq!((quiet.publishers[0].changes.len(), quiet.publishers[0].unsigned.len()), (0, 1));
    let changed = ["acme/form-filler", "acme/new-one", "vendor/new-one"];
    verify(root, NOW, |id| changed.contains(&id.raw()));
    // The same key again is no other signer, nor is what was told once.
    sign(root, READER, &key);
    new("acme/newer");
    scan(root);
    verify(root, NOW, |id| id.raw() == READER);
    let told = since(root, NOW, &from);
    hold(&told);
    let [acme] = told.publishers.as_slice() else { panic!("{:#?}", told.publishers) };
    let [change] = acme.changes.as_slice() else { panic!("{acme:#?}") };
    assert!(acme.publisher.raw() == "acme" && acme.signed > 10, "{acme:#?}");
    assert_eq!(change.differs, [SignerPart::Method, SignerPart::Issuer, SignerPart::Signer]);
    let (was, is) = (&change.before, &change.after);
    assert_eq!((was.model.raw(), is.model.raw()), ("acme/form-filler", "acme/form-filler"));
    assert_eq!((was.method, is.method), (Method::Certificate, Method::Key));
    assert!(was.proven && !is.proven && was.record < is.record && was.bundle != is.bundle);
    let unsigned: Vec<(&str, bool)> =
        acme.unsigned.iter().map(|one| (one.model.raw(), one.record.is_some())).collect();
    assert_eq!(unsigned, [("acme/new-one", true), ("acme/newer", false)]);
    assert_eq!(causes(&told, "acme/new-one"), [(TrendCause::Added, Proof::Stated)]);
    assert_eq!(causes(&told, READER), needed(TrendCause::Signature));
    // One publisher alone.
    let one = |name: &str| open(root, NOW).trend((&from, &TrendPoint::Now), Some(name), &Progress::default());
    let acme = one("Acme").unwrap();
    hold(&acme);
    assert_eq!(acme.publishers, told.publishers);
    let named = |trend: &Trend, owner: &str| {
        let models = trend.groups.iter().flat_map(|group| &group.models);
        models.filter(|one| one.model.raw().starts_with(owner)).count()
    };
    assert_eq!((named(&acme, "acme/"), named(&told, "acme/")), (acme.changed, acme.changed));
    let vendor = one("vendor").unwrap();
    assert_eq!((vendor.publishers.len(), named(&vendor, "vendor/")), (0, vendor.changed));
    assert_eq!(one("nobody").unwrap_err().code, Code::NotFound);
    let file = root.join("before.json");
    let text = out(&run(root, &["report", "trend", "--from", file.to_str().unwrap()]));
    assert!(text.contains("another method and another issuer and another signer\n"), "{text}");
    assert!(
        text.contains("(declared, not proven)") && text.contains("the last scan, not verified"),
        "{text}"
    );
}

#[test]
fn the_command_says_what_changed_and_why() {
    let (dir, _) = before();
    let root = dir.path();
    let text = out(&run(root, &["report", "trend", "--from", "before.json"]));
    assert!(text.is_empty(), "a file is named from where one stands");
    let file = root.join("before.json");
    let file = file.to_str().unwrap();
    let text = out(&run(root, &["report", "trend", "--from", file]));
    assert!(
        text.starts_with("✓ no change  ") && text.contains("nothing that is judged from differs"),
        "{text}"
    );
    policy(root, "require = [\"L1.13\"]", "require = [\"L1.13\", \"L1.16\"]");
    let words = ["report", "trend", "--from", file, "--limit", "1"];
    let text = out(&run(root, &words));
    assert!(text.starts_with("! ") && text.contains(" changed at stage production\n"), "{text}");
    assert!(text.contains("→ refuse") && text.contains("\n    the policy\n"), "{text}");
    assert!(text.contains("more; use --limit 0 to list all"), "{text}");
    let json = |words: &[&str]| {
        let done = run(root, &[words, &["--format", "json"]].concat());
        (serde_json::from_slice::<Value>(&done.stdout).unwrap_or_default(), done.stdout)
    };
    let (document, bytes) = json(&words);
    assert_eq!(bytes, json(&words).1, "the same bytes again");
    assert_eq!(document["schema"], "touchmark.report-trend/1");
    assert_eq!(document["differing"], serde_json::json!(["policy"]));
    let listed = document["groups"].as_array().unwrap().iter();
    let listed = listed.map(|group| group["models"].as_array().unwrap().len()).sum::<usize>();
    assert_eq!(document["changed"], listed, "--limit shortens the text only");
    for (wrong, code) in [
        (&["--from", "no-such-file"][..], 4),
        (&["--from", "9999"], 2),
        (&["--from", "2030-01-01"], 2),
        (&["--from", file, "--stage", "dev"], 2),
        (&["--from", "0", "--stage", "no"], 2),
    ] {
        let done = run(root, &[&["report", "trend"], wrong].concat());
        assert_eq!(done.status.code(), Some(code), "{wrong:?} {}{}", out(&done), err(&done));
    }
}
