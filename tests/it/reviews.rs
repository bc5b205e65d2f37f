//! Reviews of one model and of many at once: recorded together or not at all, taken back, and looked back on.

use crate::support::{copy_of_samples, err, out, touchmark};
use crate::tui::{cells, press, told, verified};
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use touchmark::inventory::ModelId;
use touchmark::signing::Outcome;
use touchmark::tui::{Action, App, Effect, Popup, update};
use touchmark::workbench::{JobKind, OpenOptions, ReviewAct, ReviewWord, View, Workbench};
use touchmark::{Code, Error};

fn open(dir: &Path) -> Workbench {
    Workbench::open(&OpenOptions { dir: Some(dir.to_owned()), ..OpenOptions::default() }).unwrap()
}

fn ids(view: &View) -> Vec<ModelId> {
    view.models.iter().map(|model| model.id.clone()).collect()
}

/// The word that is shown of a model.
fn shown(workbench: &Workbench, id: &ModelId) -> Option<ReviewWord> {
    let view = workbench.view();
    view.summary(view.model(id).unwrap().0).review
}

fn text(app: &App, columns: u16, rows: u16) -> String {
    let buffer = cells(app, columns, rows);
    let line = |y: u16| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..rows).map(|y| line(y) + "\n").collect()
}

#[test]
fn a_hundred_models_are_one_change_and_one_view() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let before = workbench.view();
    let all = ids(&before);
    let act = workbench.review_all(&all, ReviewWord::Approve, "looked through the list").unwrap();
    let after = workbench.view();
    assert_eq!(after.generation, before.generation + 1, "all of them made one view");
    assert_eq!(act.records.len(), all.len());
    assert!(act.records.windows(2).all(|two| two[0].1.number + 1 == two[1].1.number), "nothing came between");
    assert!(after.reviews.iter().all(|review| review.as_ref().unwrap().word == ReviewWord::Approve));
    workbench.verify_ledger().unwrap();
    // The same model named twice is reviewed once.
    let twice = [all[0].clone(), all[0].clone()];
    assert_eq!(workbench.review_all(&twice, ReviewWord::Approve, "x").unwrap().records.len(), 1);
}

#[test]
fn one_model_that_is_not_there_leaves_all_unreviewed() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let mut all = ids(&workbench.view());
    all.push(ModelId::new("no/such"));
    let error = workbench.review_all(&all, ReviewWord::Reject, "x").unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert_eq!(workbench.review_all(&[], ReviewWord::Reject, "x").unwrap_err().code, Code::Usage);
    assert!(workbench.view().reviews.iter().all(Option::is_none));
    assert_eq!(workbench.verify_ledger().unwrap(), 0, "nothing was recorded");
}

#[test]
fn undoing_brings_back_what_stood_before_and_undoing_that_what_stood_after() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let both = [ModelId::new("acme/claims-sorter"), ModelId::new("lumen/iris-base")];
    workbench.review(&both[0], ReviewWord::AskProducer, "who trained it?").unwrap();
    let act = workbench.review_all(&both, ReviewWord::Reject, "not these").unwrap();
    let back = workbench.undo_review(&act, "another list").unwrap();
    assert_eq!((back.word, back.records.len()), (ReviewWord::TakeBack, 2));
    assert_eq!(shown(&workbench, &both[0]), Some(ReviewWord::AskProducer), "the earlier word stands again");
    assert_eq!(shown(&workbench, &both[1]), None);
    assert_eq!(
        workbench.undo_review(&act, "x").unwrap_err().code,
        Code::NotFound,
        "it is taken back already"
    );
    // What took them back is taken back in turn.
    workbench.undo_review(&back, "it was the right list").unwrap();
    assert_eq!(both.each_ref().map(|id| shown(&workbench, id)), [Some(ReviewWord::Reject); 2]);
    // A program that reads the ledger anew comes to the same.
    let again = open(dir.path());
    assert_eq!(both.each_ref().map(|id| shown(&again, id)), [Some(ReviewWord::Reject); 2]);
    assert_eq!(workbench.view().reviews, again.view().reviews);
    let past = workbench.review_history(&both[0]).unwrap();
    let words: Vec<(ReviewWord, bool)> =
        past.iter().map(|past| (past.word, past.taken_back_by.is_none())).collect();
    assert_eq!(
        words,
        [
            (ReviewWord::TakeBack, true),
            (ReviewWord::TakeBack, false),
            (ReviewWord::Reject, true),
            (ReviewWord::AskProducer, true)
        ],
        "newest first, nothing deleted"
    );
    workbench.verify_ledger().unwrap();
}

#[test]
fn what_was_reviewed_meanwhile_is_left_as_it_is() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let both = [ModelId::new("acme/claims-sorter"), ModelId::new("lumen/iris-base")];
    let act = workbench.review_all(&both, ReviewWord::Approve, "fine").unwrap();
    let elsewhere = open(dir.path());
    elsewhere.take_back(&both[0], act.records[0].1.number, "not fine").unwrap();
    let back = workbench.undo_review(&act, "x").unwrap();
    assert_eq!(back.records.len(), 1, "only what still stood");
    assert_eq!(back.records[0].0, both[1]);
}

fn run(dir: &Path, words: &[&str]) -> Output {
    touchmark(words.iter().copied().chain(["--workspace", dir.to_str().unwrap()]))
}

fn works(dir: &Path, words: &[&str]) -> String {
    let done = run(dir, words);
    assert_eq!(done.status.code(), Some(0), "{words:?}: {}{}", out(&done), err(&done));
    out(&done) + &err(&done)
}

#[test]
fn the_command_line_reviews_several_models_and_takes_its_latest_word_back() {
    let dir = copy_of_samples();
    let dir = dir.path();
    let said = works(dir, &["review", "approve", "lumen/iris-base", "acme/claims-sorter", "--reason", "one"]);
    assert!(said.contains("2 models") && said.contains("records 1 to 2"), "{said}");
    let said = works(dir, &["review", "lumen/iris-base", "reject", "--reason", "as before"]);
    assert!(said.contains("record 3"), "MODEL WORD is understood as before: {said}");
    assert!(
        run(dir, &["review", "approve", "lumen/iris-base", "no/such", "--reason", "x"]).status.code()
            == Some(2)
    );
    works(dir, &["review", "--undo"]);
    let said = works(dir, &["review", "--undo", "--reason", "the wrong list"]);
    assert!(said.contains("took back `approved`") && said.contains("2 models"), "{said}");
    let done = run(dir, &["review", "--undo"]);
    assert!(err(&done).contains("no review of yours stands"), "{}", err(&done));
    let history = works(dir, &["review", "--history", "lumen/iris-base"]);
    let lines: Vec<&str> = history.lines().map(str::trim).collect();
    assert_eq!(lines.len(), 4, "{history}");
    assert!(lines[0].contains("took back record 1") && lines[0].contains("the wrong list"), "{history}");
    assert!(lines[2].contains("rejected") && lines[2].contains("taken back by record 4"), "{history}");
    let shown = works(dir, &["show", "lumen/iris-base"]);
    assert!(lines.iter().all(|line| shown.contains(line)), "show prints the same:\n{shown}");
    let ledger = works(dir, &["ledger", "show", "lumen/iris-base"]);
    assert!(ledger.contains("approved by ") && ledger.contains(": as before"), "{ledger}");
    for wrong in [
        &["review"][..],
        &["review", "approve", "--reason", "x"],
        &["review", "lumen/iris-base", "approve"],
        &["review", "maybe", "lumen/iris-base", "acme/claims-sorter", "--reason", "x"],
        &["review", "--undo", "lumen/iris-base"],
        &["review", "--history"],
        &["review", "--history", "lumen/iris-base", "--reason", "x"],
        &["review", "take-back", "lumen/iris-base", "--reason", "x"],
    ] {
        let done = run(dir, wrong);
        assert_eq!(done.status.code(), Some(2), "{wrong:?}: {}", out(&done));
        assert!(err(&done).contains("help:"), "{wrong:?}: {}", err(&done));
    }
}

#[test]
fn an_approval_of_what_fails_says_what_it_does_not_do() {
    let dir = copy_of_samples();
    run(dir.path(), &["verify", "acme/support-bot-7b"]);
    let said = works(dir.path(), &["review", "approve", "acme/support-bot-7b", "--reason", "trust me"]);
    assert!(said.contains("contradicts") && said.contains("lifts no failed check"), "{said}");
    let said = works(dir.path(), &["review", "approve", "lumen/iris-base", "--reason", "fine"]);
    assert!(!said.contains("lifts no"), "nothing contradicts this one: {said}");
}

/// Marks all models shown; those that an approval contradicts are some, and not all.
fn marked() -> (App, usize, usize) {
    let mut app = verified();
    press(&mut app, &["*"]);
    let view = app.view.clone().unwrap();
    let fails = (0..view.models.len()).filter(|at| view.summary(*at).outcome == Outcome::Fail).count();
    (app, view.models.len(), fails)
}

#[test]
fn a_hundred_models_take_five_keys_and_the_reason() {
    let (mut app, all, fails) = marked();
    assert!(fails > 0 && fails < all);
    let effects = press(&mut app, &["r", "a", "o", "k", "enter"]);
    let [Effect::Review(models, ReviewWord::Approve, reason)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((models.len(), reason.as_str()), (all - fails, "ok"), "those that fail are left out");
    let records = models.iter().map(|id| (id.clone(), some_record())).collect();
    let act = ReviewAct { word: ReviewWord::Approve, reason: "ok".into(), records };
    update(&mut app, Action::Reviewed(Ok(act.clone())));
    assert!(
        told(&app).contains("u takes it back") && told(&app).contains(&format!("{} models", all - fails))
    );
    assert_eq!(app.rows.marks(), fails, "what was left out stays marked");
    assert_eq!(press(&mut app, &["u"]).len(), 1);
    update(&mut app, Action::Undone(act.clone(), Ok(ReviewAct { word: ReviewWord::TakeBack, ..act })));
    assert!(told(&app).contains("took back"), "{}", told(&app));
    assert!(press(&mut app, &["u"]).is_empty() && told(&app).contains("this session has no review to undo"));
}

#[test]
fn a_review_can_be_taken_back_while_it_is_still_being_recorded() {
    let (mut app, ..) = marked();
    let effects = press(&mut app, &["r", "a", "o", "k", "enter"]);
    let [Effect::Review(models, ..)] = effects.as_slice() else { panic!("{effects:?}") };
    let records = models.iter().map(|id| (id.clone(), some_record())).collect();
    let act = ReviewAct { word: ReviewWord::Approve, reason: "ok".into(), records };
    assert!(press(&mut app, &["u"]).is_empty() && told(&app).contains("as soon as it is recorded"));
    // Once is enough.
    assert!(press(&mut app, &["u"]).is_empty() && told(&app).contains("already"), "{}", told(&app));
    let effects = update(&mut app, Action::Reviewed(Ok(act.clone())));
    assert!(matches!(effects.as_slice(), [Effect::Undo(back, _)] if *back == act), "{effects:?}");
    update(
        &mut app,
        Action::Undone(act.clone(), Ok(ReviewAct { word: ReviewWord::TakeBack, ..act.clone() })),
    );
    assert!(told(&app).contains("took back"), "{}", told(&app));
    // The next one is a review like any other.
    press(&mut app, &["*", "r", "a", "o", "k", "enter"]);
    assert!(update(&mut app, Action::Reviewed(Ok(act.clone()))).is_empty());
    assert!(told(&app).contains("u takes it back"), "{}", told(&app));
    // One that could not be recorded has nothing to take back.
    press(&mut app, &["*", "r", "a", "o", "k", "enter", "u"]);
    let error = touchmark::Error::new(touchmark::Code::Store, "no room");
    assert!(update(&mut app, Action::Reviewed(Err(error))).is_empty());
    assert!(matches!(press(&mut app, &["u"]).as_slice(), [Effect::Undo(back, _)] if *back == act));
}

fn some_record() -> touchmark::decision::RecordRef {
    let hash = touchmark::store::EvidenceDigest::of(b"a record").unwrap();
    touchmark::decision::RecordRef { number: 7, hash }
}

#[test]
fn mixed_marks_are_counted_before_anything_is_recorded() {
    let (mut app, all, fails) = marked();
    press(&mut app, &["r"]);
    let asked = text(&app, 80, 24);
    assert!(asked.contains(&format!("{} of {all}", all - fails)) && asked.contains("approve all"), "{asked}");
    press(&mut app, &["a"]);
    let asked = text(&app, 80, 24);
    assert!(asked.contains(&format!("{fails} FAIL")) && asked.contains("stay marked"), "{asked}");
    assert!(asked.contains("lifts no failed check"), "{asked}");
    // Without a reason nothing happens.
    assert!(press(&mut app, &["enter"]).is_empty() && told(&app).contains("needs a reason"));
    press(&mut app, &["esc"]);
    assert!(app.popup.is_none() && app.rows.marks() == all);
}

#[test]
fn approving_a_failure_asks_twice() {
    let (mut app, all, fails) = marked();
    assert!(press(&mut app, &["r", "A", "n", "o", "enter"]).is_empty(), "not yet");
    let asked = text(&app, 80, 24);
    assert!(asked.contains(&format!("{fails} of {all} models fail")), "{asked}");
    assert!(asked.contains("lifts no failed check"), "{asked}");
    let left = |key: &str| {
        let (mut app, ..) = marked();
        press(&mut app, &["r", "A", "n", "o", "enter", key])
    };
    for key in ["n", "esc", "q", "enter", "x"] {
        assert!(left(key).is_empty(), "{key}");
    }
    let effects = press(&mut app, &["y"]);
    assert!(
        matches!(effects.as_slice(), [Effect::Review(models, ReviewWord::Approve, _)] if models.len() == all),
        "{effects:?}"
    );
    // One that fails asks twice as well, and one that passes does not.
    for (id, asks) in [("acme/support-bot-7b", true), ("lumen/iris-base", false)] {
        let mut app = verified();
        let view = app.view.clone().unwrap();
        app.rows.seek(&view, &ModelId::new(id));
        app.follow();
        assert_eq!(press(&mut app, &["r", "a", "x", "enter"]).is_empty(), asks, "{id}");
        assert_eq!(matches!(app.popup, Some(Popup::Confirm(_))), asks, "{id}");
    }
    // A rejection of all of them contradicts nothing.
    let (mut app, ..) = marked();
    assert_eq!(press(&mut app, &["r", "x", "n", "o", "enter"]).len(), 1);
}

#[test]
fn a_rejection_that_stands_is_lifted_by_no_approval_and_both_faces_say_so() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ModelId::new("lumen/iris-base");
    workbench.wait(workbench.start(JobKind::Verify(vec![id.clone()])));
    workbench.review(&id, ReviewWord::Reject, "stolen key").unwrap();
    let mut app = crate::tui::app("dark", Some(&workbench.view()));
    let view: Arc<View> = workbench.view();
    app.rows.seek(&view, &id);
    app.follow();
    assert!(press(&mut app, &["r", "a", "o", "k", "enter"]).is_empty());
    let asked = text(&app, 80, 24);
    assert!(
        asked.contains("a rejection of this model stands") && asked.contains("lifts no failed check"),
        "{asked}"
    );
    press(&mut app, &["n"]);
    let effects = press(&mut app, &["r", "b", "o", "k", "enter"]);
    assert!(matches!(effects.as_slice(), [Effect::Review(_, ReviewWord::TakeBack, _)]), "{effects:?}");
    workbench.take_back_shown(std::slice::from_ref(&id), "another key").unwrap();
    assert_eq!(shown(&workbench, &id), None);
}

#[test]
fn what_could_not_be_recorded_says_so_and_keeps_the_marks() {
    let (mut app, all, _) = marked();
    press(&mut app, &["r", "x", "n", "o", "enter"]);
    let error = Error::new(Code::Write, "the disk is full").help("make room");
    update(&mut app, Action::Reviewed(Err(error)));
    assert!(
        told(&app).contains("nothing was recorded") && told(&app).contains("make room"),
        "{}",
        told(&app)
    );
    assert_eq!(app.rows.marks(), all);
    assert!(press(&mut app, &["u"]).is_empty(), "there is nothing to take back");
}

#[test]
fn the_history_of_a_model_opens_at_once_and_fills_in_what_was_read() {
    let dir = copy_of_samples();
    let workbench = open(dir.path());
    let id = ModelId::new("lumen/iris-base");
    let act = workbench.review_all(std::slice::from_ref(&id), ReviewWord::Approve, "fine\u{1b}[2J").unwrap();
    workbench.undo_review(&act, "not fine").unwrap();
    let mut app = crate::tui::app("dark", Some(&workbench.view()));
    let view = workbench.view();
    app.rows.seek(&view, &id);
    app.follow();
    assert_eq!(press(&mut app, &["H"]), [Effect::History(id.clone())]);
    assert!(text(&app, 80, 24).contains("reading the ledger"));
    update(&mut app, Action::History(id.clone(), workbench.review_history(&id)));
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("took back record 1") && drawn.contains("taken back by record 2"), "{drawn}");
    assert!(drawn.find("took back record 1") < drawn.find("approved by"), "newest first: {drawn}");
    assert!(!drawn.contains('\u{1b}'));
    // Read for somebody who has gone on meanwhile.
    press(&mut app, &["esc", "down"]);
    update(&mut app, Action::History(id.clone(), workbench.review_history(&id)));
    assert!(app.popup.is_none());
}
