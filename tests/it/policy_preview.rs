//! `policy preview`: what another policy would change is what it changes once it is saved, and nothing is saved.

use crate::support::copy_of_samples;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use touchmark::Code;
use touchmark::decision::{Decision, Standing};
use touchmark::inventory::ModelId;
use touchmark::signing::Progress;
use touchmark::view::View;
use touchmark::view::flips::{Flip, Flips, Turn};
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
fn nobody_waits_for_what_was_cancelled() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let progress = Progress::default();
    progress.cancel();
    let text = workbench.view().policy_text.clone();
    assert_eq!(workbench.preview_policy(&text, &progress).unwrap_err().code, Code::Cancelled);
}
