//! `policy preview`: what another policy would change is what it changes once it is saved, and nothing is saved.

use crate::support::copy_of_samples;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use touchmark::Code;
use touchmark::decision::{Decision, Standing};
use touchmark::inventory::ModelId;
use touchmark::maturity::Star;
use touchmark::policy::Became;
use touchmark::signing::Progress;
use touchmark::view::View;
use touchmark::view::flips::{Flip, Flips, Turn};
use touchmark::view::suspected::When;
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

fn open(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

/// A workspace of which everything is verified.
fn verified() -> (tempfile::TempDir, Workbench) {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let here: Vec<ModelId> = workbench
        .view()
        .models
        .iter()
        .filter(|model| model.location.is_some())
        .map(|model| model.id.clone())
        .collect();
    workbench.wait(workbench.start(JobKind::Verify(here))).unwrap();
    (dir, workbench)
}

fn standings(view: &View) -> BTreeMap<ModelId, Standing> {
    let standing = |(index, model): (usize, &touchmark::inventory::Model)| {
        (model.id.clone(), view.judgement.standing(index).unwrap())
    };
    view.models.iter().enumerate().map(standing).collect()
}

const EDITS: [(&str, &str); 9] = [
    ("# closed: refuse", "# shut: refuse"),
    ("min_level = 1", "min_level = 2"),
    ("subject = \"exact:CN=acme release,O=Acme\"", "subject = \"exact:CN=nobody,O=Acme\""),
    ("models = [\"lumen/*\"]", "models = [\"lumen/iris-large\"]"),
    ("keys = [\"p256\", \"p384\", \"p521\"]", "keys = [\"p521\"]"),
    ("[[stage]]", "[[deny_identity]]\nsubject = \"exact:CN=northwind release,O=Northwind\"\n\n[[stage]]"),
    ("files = [\"../keys/lumen.pub.pem\"]", "files = [\"../keys/vendor.pub.pem\"]"),
    ("on_missing = \"closed\"", "on_missing = \"open\""),
    ("\"calls-held-back\"", "\"other calls\""),
];

#[test]
fn what_it_shows_is_what_saving_changes() {
    let (dir, workbench) = verified();
    let file = workbench.policy_file().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let ledger = workbench.view().ledger.clone();
    let mut turns = Vec::new();
    for (from, to) in EDITS {
        assert!(text.contains(from), "{from}");
        let candidate = text.replace(from, to);
        let (before, files) = (workbench.view(), crate::support::names_below(dir.path()));
        let preview = workbench.preview_policy(&candidate, &Progress::default()).unwrap();
        assert_eq!(preview.faults, [], "{to}");
        assert!(std::sync::Arc::ptr_eq(&workbench.view(), &before), "nothing is published");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(crate::support::names_below(dir.path()), files);
        fs::write(&file, &candidate).unwrap();
        workbench.reload_policy().unwrap();
        assert_eq!(workbench.view().ledger, ledger, "nothing is recorded");
        let (was, is) = (standings(&before), standings(&workbench.view()));
        let flips: BTreeMap<ModelId, (Standing, Standing)> =
            preview.flips.models.iter().map(|flip| (flip.model.clone(), (flip.before, flip.after))).collect();
        let saved: BTreeMap<ModelId, (Standing, Standing)> = was
            .iter()
            .filter(|(id, standing)| is[*id] != **standing)
            .map(|(id, standing)| (id.clone(), (*standing, is[id])))
            .collect();
        assert_eq!(flips, saved, "{to}");
        assert_eq!(flips.len() + preview.flips.unchanged, was.len());
        turns.extend(preview.flips.models.iter().map(Flip::turn));
        assert_eq!(flips.is_empty(), to.starts_with("# shut"), "{to}");
        // And back again: the view that it is compared with is the current one.
        let back = workbench.preview_policy(&text, &Progress::default()).unwrap().flips;
        assert_eq!(back.models.len(), flips.len());
        assert!(back.models.iter().all(|flip| flips[&flip.model] == (flip.after, flip.before)));
        fs::write(&file, &text).unwrap();
        workbench.reload_policy().unwrap();
    }
    assert!(turns.contains(&Turn::LetIn) && turns.contains(&Turn::KeptOut), "{turns:?}");
}

fn flips(workbench: &Workbench, from: &str, to: &str) -> Flips {
    let text = workbench.view().policy_text.clone();
    let preview = workbench.preview_policy(&text.replace(from, to), &Progress::default()).unwrap();
    assert_eq!(preview.faults, []);
    preview.flips
}

#[test]
fn what_would_be_let_in_stands_first_and_each_change_has_its_reason() {
    let (_dir, workbench) = verified();
    // One rule lets in and another keeps out.
    let text = workbench.view().policy_text.clone();
    let candidate = text
        .replace("on_missing = \"closed\"", "on_missing = \"open\"")
        .replace("exact:CN=acme release,O=Acme", "exact:CN=nobody,O=Acme");
    let flips_of_both = workbench.preview_policy(&candidate, &Progress::default()).unwrap().flips;
    let turns: Vec<Turn> = flips_of_both.models.iter().map(Flip::turn).collect();
    assert!(turns.is_sorted(), "{turns:?}");
    assert_eq!(turns.first(), Some(&Turn::LetIn));
    assert!(turns.contains(&Turn::KeptOut), "{turns:?}");
    let refused = flips(&workbench, "exact:CN=acme release,O=Acme", "exact:CN=nobody,O=Acme");
    let kept_out: Vec<_> = refused.models.iter().filter(|flip| flip.turn() == Turn::KeptOut).collect();
    assert!(!kept_out.is_empty());
    for flip in kept_out {
        assert!(
            flip.model.raw().starts_with("acme/") || flip.before.tainted != flip.after.tainted,
            "{flip:?}"
        );
        assert_eq!((flip.before.decision, flip.after.decision), (Decision::Admit, Decision::Refuse));
        assert!(flip.by.is_some(), "{flip:?}");
    }
    // What is let in is let in for want of the reason that kept it out.
    let let_in = flips(&workbench, "on_missing = \"closed\"", "on_missing = \"open\"");
    let first = &let_in.models[0];
    let view = workbench.view();
    let (index, _) = view.model(&first.model).unwrap();
    let verdict = view.verdict(index).unwrap();
    assert_eq!(first.by.as_ref().map(|by| &by.code), verdict.reasons.first().map(|reason| &reason.code));
    assert_eq!(let_in.decided(), let_in.decisions.values().sum::<usize>());
    assert!(let_in.decisions.contains_key(&(Decision::Refuse, Decision::Admit)), "{:?}", let_in.decisions);
}

#[test]
fn an_invalid_policy_has_faults_and_no_flips() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let text = workbench.view().policy_text.clone();
    let preview = |text: &str| workbench.preview_policy(text, &Progress::default()).unwrap();
    let faulty = preview(&format!("{text}\n[nonsense]\n"));
    assert_eq!(faulty.faults.len(), 1);
    assert_eq!((faulty.lint, faulty.flips), (None, Flips::default()));
    let ended = preview(&text.replace("expires = 2045", "expires = 2020"));
    assert!(ended.faults[0].line.is_some(), "{:?}", ended.faults);
    let sound = preview(&text);
    assert_eq!((sound.faults.as_slice(), sound.flips.models.as_slice()), (&[][..], &[][..]));
    assert_eq!(sound.flips.unchanged, workbench.view().models.len());
}

#[test]
fn it_shows_what_the_linter_finds_anew_and_anchors_that_cannot_be_read() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let text = workbench.view().policy_text.clone();
    let preview = |text: &str| workbench.preview_policy(text, &Progress::default()).unwrap();
    let same = preview(&text);
    assert_eq!((same.new_findings.as_slice(), same.unreadable.as_slice()), (&[][..], &[][..]));
    let denied = "[[deny_identity]]\nsubject = 'regex:^.+$'\n";
    let broad = preview(&format!("{text}\n{denied}"));
    let codes: Vec<&str> = broad.new_findings.iter().map(|finding| finding.rule.code).collect();
    assert!(codes.contains(&"PATTERN-BROAD"), "{codes:?}");
    let all = broad.lint.unwrap();
    assert_eq!(all.findings.len(), same.lint.unwrap().findings.len() + codes.len());
    // A finding that moves to another line is not a new one.
    assert_eq!(preview(&format!("# moved\n{text}")).new_findings, []);
    let unread = preview(&text.replace("../keys/lumen.pub.pem", "../keys/none.pem"));
    assert_eq!(
        unread.unreadable.iter().map(|anchor| anchor.name.as_str()).collect::<Vec<_>>(),
        ["lumen-key"]
    );
    let unseen = preview(&text.replace("models = [\"vendor/*\"]", "models = [\"moon/*\"]"));
    assert!(unseen.new_findings.iter().any(|finding| finding.rule.code == "MODELS-UNMATCHED"));
}

#[test]
fn it_shows_what_the_policys_own_tests_come_to() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let text = workbench.view().policy_text.clone();
    let preview = |text: &str| workbench.preview_policy(text, &Progress::default()).unwrap();
    let same = preview(&text);
    assert!(same.tests.passing > 30 && same.tests.failing.is_empty(), "{:?}", same.tests.failing);
    let open = preview(&text.replace("on_missing = \"closed\"", "on_missing = \"open\""));
    let failing: Vec<&str> = open.tests.failing.iter().map(|(test, _)| test.name.as_str()).collect();
    assert!(!failing.is_empty() && open.tests.all() == same.tests.all(), "{failing:?}");
    let said = touchmark::report::preview(&open, "production", 0);
    let head = format!("{} of {} tests of this policy would fail:\n", failing.len(), open.tests.all());
    let lines = said.split_once(&head).unwrap().1;
    assert!(
        lines.starts_with(&format!("✗ {}\n    decision: expected refuse, found ", failing[0])),
        "{lines}"
    );
    // A policy without tests says nothing of them, and an invalid one tries none.
    let start = text.find("[[test]]").unwrap();
    let none = touchmark::report::preview(&preview(&text[..start]), "production", 0);
    assert!(!none.contains("test"), "{none}");
    assert_eq!(preview("schema = \"trust-policy/0.1\"\ncolour = 1\n").tests.all(), 0);
}

#[test]
fn nobody_waits_for_what_was_cancelled() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let progress = Progress::default();
    progress.cancel();
    let text = workbench.view().policy_text.clone();
    assert_eq!(workbench.preview_policy(&text, &progress).unwrap_err().code, Code::Cancelled);
}

#[test]
fn the_command_shows_what_changes_and_its_status_says_whether_anything_does() {
    let (dir, workbench) = verified();
    let text = workbench.view().policy_text.clone();
    drop(workbench);
    let run = |text: &str, more: &[&str]| {
        let new = dir.path().join("policies/new.toml");
        fs::write(&new, text).unwrap();
        let words = ["policy", "preview", new.to_str().unwrap(), "--workspace", dir.path().to_str().unwrap()];
        let done = crate::support::touchmark(words.iter().chain(more));
        (done.status.code(), crate::support::out(&done))
    };
    let (code, said) = run(&text, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("✓ no change") && said.contains("at stage production"), "{said}");
    assert!(said.contains(" tests of this policy pass\n"), "{said}");
    let (code, said) = run("schema = \"trust-policy/0.1\"\ncolour = 1\n", &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("colour"), "{said}");
    let open = text.replace("on_missing = \"closed\"", "on_missing = \"open\"");
    let (code, said) = run(&open, &["--limit", "1"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("  refuse → admit: ") && said.contains("more; use --limit 0 to list all"),
        "{said}"
    );
    let rows = |said: &str| {
        said.lines().skip_while(|line| !line.is_empty()).filter(|line| line.contains(" → ")).count()
    };
    let (_, all) = run(&open, &["--limit", "0"]);
    assert!(rows(&all) > rows(&said) && !all.contains("--limit"), "{all}");
    // Another stage, another answer.
    assert_eq!(run(&open, &["--stage", "dev"]).0, Some(0));
    let (_, json) = run(&open, &["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["stage"], "production");
    let failing = document["failing_tests"].as_array().unwrap();
    assert!(failing.iter().all(|test| test["passes"] == false) && !failing.is_empty(), "{failing:?}");
    assert!(document["passing_tests"].as_u64() > Some(10));
    let models = document["flips"]["models"].as_array().unwrap();
    assert_eq!(models.len(), rows(&all));
    assert_eq!((&models[0]["turn"], &models[0]["before"]["decision"]), (&"let-in".into(), &"refuse".into()));
    // What is new to the linter stands below.
    let (code, said) = run(&format!("{text}\n[[deny_identity]]\nsubject = 'regex:^.+$'\n"), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("new in this policy:\nerror ") || said.contains("  PATTERN-BROAD\n"), "{said}");
    assert!(dir.path().join("policies/samples.toml").exists());
    assert_eq!(fs::read_to_string(dir.path().join("policies/samples.toml")).unwrap(), text);
}

const RELEASE: &str = "CN=acme release,O=Acme";
const ORCHID: &str = "https://ci.orchid.example/orchid/speech/release.yml@refs/tags/v1";

/// The fingerprint of lumen's key, which is another one each time that the samples are made.
fn lumen() -> &'static str {
    let policy = include_str!("../../samples/policies/samples.toml");
    let (_, rest) = policy.split_once("id = \"lumen\"").unwrap();
    let (_, rest) = rest.split_once("exact:").unwrap();
    rest.split_once('"').unwrap().0
}

#[test]
fn an_identity_under_suspicion_is_split_by_when_it_signed_before_anything_is_saved() {
    let (dir, workbench) = verified();
    let text = fs::read_to_string(workbench.policy_file().unwrap()).unwrap();
    let before = workbench.view();
    let asked = |subject: &str, since: Option<&str>| {
        let since = since.map(|since| since.parse().unwrap());
        workbench.what_if_denied(subject, since, &Progress::default()).unwrap()
    };
    let always = asked(RELEASE, None);
    assert!(always.count(When::After) > 0, "{:?}", always.signed);
    assert_eq!(always.count(When::Before), 0);
    let kept_out: Vec<&str> = always
        .flips
        .models
        .iter()
        .filter(|flip| flip.turn() == Turn::KeptOut)
        .map(|flip| flip.model.raw())
        .collect();
    assert!(kept_out.contains(&"acme/claims-sorter"), "{kept_out:?}");
    // Where it runs, it would be refused at the stage of that place.
    let place = always.running.iter().find(|one| one.model.raw() == "acme/claims-sorter").unwrap();
    assert_eq!(place.deployed.place.raw(), "claims-desk/eu-1");
    assert_eq!((place.before, place.after), (Decision::Admit, Decision::Refuse));
    assert_eq!(place.let_in, None);
    // What is denied from a time on that has not come leaves what was signed before it.
    let later = asked(RELEASE, Some("2044-01-01T00:00:00Z"));
    assert_eq!(later.signed.len(), always.signed.len());
    assert_eq!(later.count(When::After), 0);
    assert_eq!(later.count(When::Before), always.count(When::After));
    assert_eq!(later.count(When::Without), always.count(When::Without));
    // What has a trusted time before then does not change.
    let (orchid, spared) = (asked(ORCHID, None), asked(ORCHID, Some("2044-01-01T00:00:00Z")));
    assert!(spared.count(When::Before) > 0, "{:?}", spared.signed);
    assert!(spared.flips.models.len() < orchid.flips.models.len(), "{:?}", spared.flips.models);
    // The moment itself is no longer before.
    let signed = always.signed.iter().find_map(|one| one.at).unwrap();
    let exactly = asked(RELEASE, Some(&signed.to_string()));
    assert!(exactly.signed.iter().filter(|one| one.at == Some(signed)).all(|one| one.when == When::After));
    // A key never has a trusted time here.
    let key = asked(lumen(), Some("2044-01-01T00:00:00Z"));
    assert!(key.count(When::Without) > 0 && key.count(When::Without) == key.signed.len());
    assert!(key.flips.models.iter().any(|flip| flip.model.raw() == "lumen/iris-base"));
    let nobody = asked("CN=nobody", None);
    assert_eq!((nobody.signed.len(), nobody.flips.models.len(), nobody.running.len()), (0, 0, 0));
    assert!(std::sync::Arc::ptr_eq(&workbench.view(), &before));
    assert_eq!(fs::read_to_string(workbench.policy_file().unwrap()).unwrap(), text);
    // The edit that is shown is the one that was judged.
    let added: Vec<&str> =
        always.edit.iter().filter(|line| line.became == Became::Added).map(|line| line.text.trim()).collect();
    assert_eq!(added, ["", "[[deny_identity]]", "subject = \"exact:CN=acme release,O=Acme\""]);
    // After a gate let it in, that is known.
    workbench.gate(&ModelId::new("acme/claims-sorter"), "production", false).unwrap();
    let again = asked(RELEASE, None);
    let place = again.running.iter().find(|one| one.model.raw() == "acme/claims-sorter").unwrap();
    assert!(place.let_in.is_some());
    drop(dir);
}

#[test]
fn the_command_says_what_would_follow_and_how_to_do_it() {
    let (dir, workbench) = verified();
    drop(workbench);
    let run = |words: &[&str]| {
        let words = [&["policy", "what-if", "--workspace", dir.path().to_str().unwrap()], words].concat();
        let done = crate::support::touchmark(&words);
        (done.status.code(), crate::support::out(&done))
    };
    let (code, said) = run(&["--deny", RELEASE, "--since", "2020-01-01T00:00:00Z"]);
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "if CN=acme release,O=Acme is denied since 2020-01-01T00:00:00Z",
        "signed after, by a trusted time; would not count: ",
        "admit → refuse: ",
        "where it runs\n  acme/claims-sorter  claims-desk/eu-1 (production)  admit → refuse",
        "+ after = 2020-01-01T00:00:00Z",
        "nothing was changed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (code, said) = run(&["--deny", "CN=nobody"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("it signed 0 things") && !said.contains("where it runs"), "{said}");
    let (code, json) = run(&["--deny", RELEASE, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &document["since"]), (Some(1), &serde_json::Value::Null));
    assert_eq!(document["running"][0]["deployed"]["place"], "claims-desk/eu-1");
    let policy = fs::read_to_string(dir.path().join("policies/samples.toml")).unwrap();
    assert!(!policy.contains("deny_identity"));
}

#[test]
fn a_change_is_named_by_whether_it_lets_the_model_in() {
    use Decision::{Admit, NotJudged, Refuse, Warn};
    let turn = |(was, is): (Decision, Decision), (before, after): (u8, u8)| {
        let standing = |decision, effective| Standing {
            own: effective,
            effective,
            tainted: false,
            decision,
            star: Star::default(),
        };
        let (before, after) = (standing(was, before), standing(is, after));
        Flip { model: ModelId::new("a/b"), before, after, by: None }.turn()
    };
    for (decisions, wanted) in [
        ((Refuse, Admit), Turn::LetIn),
        ((Refuse, Warn), Turn::LetIn),
        ((NotJudged, Admit), Turn::LetIn),
        ((Warn, Admit), Turn::Eased),
        ((NotJudged, Refuse), Turn::Eased),
        ((Admit, Refuse), Turn::KeptOut),
        ((Warn, NotJudged), Turn::KeptOut),
        ((Admit, Warn), Turn::Tightened),
        ((Refuse, NotJudged), Turn::Tightened),
    ] {
        assert_eq!(turn(decisions, (1, 1)), wanted, "{decisions:?}");
        assert_eq!(turn(decisions, (0, 2)), wanted, "the decision counts first: {decisions:?}");
    }
    assert_eq!(turn((Refuse, Refuse), (1, 2)), Turn::Raised);
    assert_eq!(turn((Refuse, Refuse), (2, 1)), Turn::Lowered);
}

#[test]
fn changes_of_one_kind_stand_in_the_order_of_the_models_and_name_the_check_that_was_found() {
    let (_dir, workbench) = verified();
    let found = flips(&workbench, "ban_formats = [\"pickle\"", "ban_formats = [\"safetensors\"");
    let models = &found.models;
    assert!(models.len() > 2, "{models:#?}");
    assert!(models.is_sorted_by_key(|flip| (flip.turn(), flip.model.clone())), "{models:#?}");
    let by = |flip: &Flip| flip.by.as_ref().map(|reason| reason.code.as_str().to_owned());
    let banned: Vec<_> = models.iter().filter(|flip| flip.turn() == Turn::KeptOut).map(by).collect();
    assert!(banned.contains(&Some("POLICY-FORMAT".to_owned())), "{banned:?}");
}
