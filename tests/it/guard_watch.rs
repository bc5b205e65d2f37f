//! Who may open what, held against a model of it that is too simple to be wrong: nothing is opened that is not decided as
//! it is now, and nobody waits for ever.

use proptest::prelude::*;
use std::collections::HashMap;
use std::fs;
use touchmark::guard::{
    Answer, Inode, Judged, Notices, Refusal, Seen, Stamp, Unknown, Watch, Word, files_below, stamp_of,
};

const LOADABLE: Seen = Seen { is_below: true, is_weights: true };
const README: Seen = Seen { is_below: true, is_weights: false };
const PATIENCE: u64 = 100;

fn stamp(number: u64, state: i64) -> Stamp {
    Stamp { inode: Inode { device: 1, number }, size: 1, modified: (state, 0), changed: (state, 0) }
}

fn inode(number: u64) -> Inode {
    Inode { device: 1, number }
}

fn word(let_in: bool) -> Word {
    Word { let_in, decision: if let_in { "admit" } else { "refuse" }.to_owned(), ..Word::default() }
}

/// Models 0, 1, … with the files 10, 11 and 20, 21, …
fn watch(models: usize) -> Watch<u32> {
    let mut watch = Watch::new(models, false, Unknown::Weights, PATIENCE);
    for model in 0..models {
        let first = 10 * (model as u64 + 1);
        watch.own(model, &[inode(first), inode(first + 1)]);
    }
    watch
}

fn decide(watch: &mut Watch<u32>, model: usize, let_in: bool) -> Vec<(u32, Answer)> {
    let first = 10 * (model as u64 + 1);
    watch.decided(model, Judged::Known(word(let_in), vec![stamp(first, 0), stamp(first + 1, 0)]))
}

fn is_refused(answer: &Answer, model: usize) -> bool {
    matches!(answer, Answer::Refuse(Refusal::Decided(of, _)) if *of == model)
}

#[test]
fn the_first_open_waits_and_the_next_ones_are_answered_at_once() {
    let mut watch = watch(2);
    assert!(watch.opened(1, stamp(10, 0), LOADABLE, 0).is_none());
    assert!(!watch.lets_in(&stamp(10, 0)));
    assert_eq!(watch.ask(), Some(0));
    assert_eq!(watch.ask(), None, "one at a time");
    assert_eq!(decide(&mut watch, 0, true), [(1, Answer::Allow)]);
    assert_eq!(watch.opened(2, stamp(11, 0), LOADABLE, 0), Some((2, Answer::Allow)));
    assert!(watch.lets_in(&stamp(11, 0)));
    // The other model is another matter.
    assert!(watch.opened(3, stamp(20, 0), LOADABLE, 0).is_none());
    assert_eq!(watch.ask(), Some(1));
    let answers = decide(&mut watch, 1, false);
    assert!(answers.len() == 1 && is_refused(&answers[0].1, 1), "{answers:?}");
    assert!(is_refused(&watch.opened(4, stamp(21, 0), LOADABLE, 0).unwrap().1, 1));
    assert_eq!(watch.waiting(), 0);
}

#[test]
fn a_file_that_differs_in_anything_is_verified_again() {
    let good = stamp(10, 0);
    let others = [
        Stamp { size: 2, ..good },
        Stamp { modified: (0, 1), ..good },
        Stamp { modified: (1, 0), ..good },
        Stamp { changed: (0, 1), ..good },
        Stamp { changed: (1, 0), ..good },
    ];
    for (at, other) in others.into_iter().enumerate() {
        let mut watch = watch(1);
        watch.opened(0, good, LOADABLE, 0);
        watch.ask();
        decide(&mut watch, 0, true);
        assert!(watch.lets_in(&good) && !watch.lets_in(&other), "{at}");
        assert!(watch.opened(1, other, LOADABLE, 0).is_none(), "{at}");
        assert_eq!(watch.ask(), Some(0));
        // The whole decision is gone, not only that of this file.
        assert!(!watch.lets_in(&stamp(11, 0)));
    }
    // A refused one is, too: it may have been repaired.
    let mut watch = watch(1);
    watch.opened(0, good, LOADABLE, 0);
    watch.ask();
    decide(&mut watch, 0, false);
    assert!(watch.opened(1, others[0], LOADABLE, 0).is_none());
    // The same number on another device is another file.
    let elsewhere = Stamp { inode: Inode { device: 2, number: 10 }, ..good };
    assert!(!watch.knows(elsewhere.inode));
}

#[test]
fn a_change_while_it_is_verified_makes_the_verification_worth_nothing() {
    for is_write in [true, false] {
        let mut watch = watch(1);
        watch.opened(1, stamp(10, 0), LOADABLE, 0);
        assert_eq!(watch.ask(), Some(0));
        if is_write {
            watch.touched(inode(11))
        } else {
            watch.stirred(0)
        }
        assert_eq!(decide(&mut watch, 0, true), []);
        assert!(!watch.lets_in(&stamp(10, 0)));
        // It is verified again, for who still waits.
        assert_eq!(watch.ask(), Some(0));
        assert_eq!(decide(&mut watch, 0, true), [(1, Answer::Allow)]);
        // Afterwards as well.
        if is_write {
            watch.touched(inode(10))
        } else {
            watch.stirred(0)
        }
        assert!(!watch.lets_in(&stamp(10, 0)));
    }
    let mut watch = watch(1);
    watch.opened(1, stamp(10, 0), LOADABLE, 0);
    watch.ask();
    assert_eq!(watch.decided(0, Judged::Changed), []);
    assert_eq!(watch.ask(), Some(0));
    // A failure is no decision: who waits is refused, and the next one asks again.
    let answers = watch.decided(0, Judged::Failed(word(false)));
    assert!(is_refused(&answers[0].1, 0));
    assert!(watch.opened(2, stamp(10, 0), LOADABLE, 0).is_none());
    assert_eq!(watch.ask(), Some(0));
    // Nor does a failure that was overtaken by a change refuse anybody.
    watch.stirred(0);
    assert_eq!(watch.decided(0, Judged::Failed(word(false))), []);
}

#[test]
fn nobody_waits_longer_than_patience() {
    let mut watch = watch(2);
    watch.opened(1, stamp(10, 0), LOADABLE, 5);
    watch.opened(2, stamp(20, 0), LOADABLE, 50);
    assert_eq!(watch.next_end(), Some(105));
    assert_eq!(watch.elapsed(104), []);
    assert_eq!(watch.elapsed(105), [(1, Answer::Refuse(Refusal::Patience(0)))]);
    assert_eq!(watch.waiting(), 1);
    assert_eq!(watch.elapsed(u64::MAX), [(2, Answer::Refuse(Refusal::Patience(1)))]);
    assert_eq!(watch.next_end(), None);
    // What was asked for goes on, for the next one.
    let mut watch = self::watch(1);
    watch.opened(1, stamp(10, 0), LOADABLE, 0);
    watch.ask();
    watch.elapsed(PATIENCE);
    assert_eq!(decide(&mut watch, 0, true), []);
    assert!(watch.lets_in(&stamp(10, 0)));
    watch.opened(7, stamp(10, 9), LOADABLE, 0);
    assert_eq!(watch.release(), [7]);
}

#[test]
fn files_of_no_model_follow_the_rule_for_them() {
    let outside = Seen { is_below: false, is_weights: true };
    for (unknown, weights, readme) in
        [(Unknown::Allow, true, true), (Unknown::Weights, false, true), (Unknown::Refuse, false, false)]
    {
        let mut watch = Watch::new(1, false, unknown, PATIENCE);
        for (seen, allowed) in [(LOADABLE, weights), (README, readme), (outside, true)] {
            let (_, answer) = watch.opened(1, stamp(99, 0), seen, 0).unwrap();
            let expected = if allowed { Answer::Allow } else { Answer::Refuse(Refusal::Unknown) };
            assert_eq!(answer, expected, "{unknown:?} {seen:?}");
        }
    }
}

#[test]
fn models_are_verified_ahead_in_their_order_and_whoever_waits_comes_first() {
    let mut watch = Watch::new(3, true, Unknown::Weights, PATIENCE);
    for model in 0..3 {
        watch.own(model, &[inode(10 * (model as u64 + 1))]);
    }
    watch.opened(1, stamp(30, 0), LOADABLE, 0);
    assert_eq!(watch.ask(), Some(2));
    watch.decided(2, Judged::Known(word(true), vec![stamp(30, 0)]));
    assert_eq!(watch.ask(), Some(0));
    watch.decided(0, Judged::Failed(word(false)));
    assert_eq!(watch.ask(), Some(1));
    watch.decided(1, Judged::Changed);
    // Nobody waits: what failed is tried again when it is opened.
    assert_eq!(watch.ask(), None);
    // A renewal starts from the beginning, and an old result is none.
    watch.renew(1, true);
    assert_eq!(watch.decided(0, Judged::Known(word(true), vec![stamp(10, 0)])), []);
    watch.own(0, &[inode(10)]);
    assert!(!watch.lets_in(&stamp(10, 0)));
    assert_eq!(watch.ask(), Some(0));
}

#[test]
fn a_file_of_two_models_opens_when_one_of_them_is_let_in() {
    let mut watch = watch(2);
    watch.own(1, &[inode(10), inode(20)]);
    watch.opened(1, stamp(10, 0), LOADABLE, 0);
    assert_eq!(watch.ask(), Some(0));
    assert_eq!(decide(&mut watch, 0, false), [], "the other one is not decided yet");
    assert_eq!(watch.ask(), Some(1));
    let answers = watch.decided(1, Judged::Known(word(true), vec![stamp(10, 0), stamp(20, 0)]));
    assert_eq!(answers, [(1, Answer::Allow)]);
    // The model that was refused stays refused.
    assert!(is_refused(&watch.opened(2, stamp(11, 0), LOADABLE, 0).unwrap().1, 0));
    // A file that its model has no more is of nobody.
    watch.own(0, &[inode(10)]);
    assert!(!watch.knows(inode(11)) && watch.knows(inode(10)));
}

#[test]
fn a_result_answers_only_those_whom_it_concerns() {
    // A failure of one model refuses nobody who waits for another.
    let mut watch = watch(2);
    watch.opened(1, stamp(10, 0), LOADABLE, 0);
    watch.opened(2, stamp(20, 0), LOADABLE, 0);
    assert_eq!(watch.ask(), Some(0));
    let answers = watch.decided(0, Judged::Failed(word(false)));
    assert!(answers.len() == 1 && answers[0].0 == 1, "{answers:?}");
    // A result that nobody asked for is none, whoever is verified now.
    assert_eq!(watch.ask(), Some(1));
    assert_eq!(decide(&mut watch, 0, true), []);
    assert!(!watch.lets_in(&stamp(10, 0)));
    assert_eq!(decide(&mut watch, 1, true), [(2, Answer::Allow)]);
}

#[test]
fn a_file_that_came_or_went_drops_the_decision() {
    let mut watch = watch(1);
    let let_in = |watch: &mut Watch<u32>| {
        watch.opened(1, stamp(10, 0), LOADABLE, 0);
        watch.ask();
        decide(watch, 0, true);
        assert!(watch.lets_in(&stamp(10, 0)));
    };
    let_in(&mut watch);
    watch.own(0, &[inode(10), inode(11)]);
    assert!(watch.lets_in(&stamp(10, 0)), "the same files");
    watch.own(0, &[inode(10), inode(11), inode(12)]);
    assert!(!watch.lets_in(&stamp(10, 0)));
    // A decision that leaves a file out does not speak for it, and whoever waits for that file goes on waiting.
    let_in(&mut watch);
    assert!(watch.opened(2, stamp(12, 0), LOADABLE, 0).is_none());
    assert_eq!(watch.ask(), Some(0));
    assert_eq!(decide(&mut watch, 0, false), []);
    assert_eq!(watch.elapsed(PATIENCE), [(2, Answer::Refuse(Refusal::Patience(0)))]);
    // One whose model is gone is refused when it is looked at next.
    let mut watch = self::watch(2);
    watch.opened(3, stamp(20, 0), LOADABLE, 0);
    watch.renew(1, false);
    assert_eq!(watch.ask(), None);
    assert_eq!(watch.elapsed(PATIENCE), [(3, Answer::Refuse(Refusal::Unknown))]);
}

/// What can happen.
#[derive(Debug, Clone)]
enum Step {
    Open(u64),
    Write(u64),
    Stir(usize),
    Decide(bool),
    Fail,
    Renew,
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let file = (1..3_u64, 0..2_u64).prop_map(|(model, file)| 10 * model + file);
    let step = prop_oneof![
        4 => file.clone().prop_map(Step::Open),
        2 => file.prop_map(Step::Write),
        1 => (0..2_usize).prop_map(Step::Stir),
        4 => any::<bool>().prop_map(Step::Decide),
        1 => Just(Step::Fail),
        1 => Just(Step::Renew),
        2 => (1..60_u64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    /// Files have states that only grow; a verification sees those at its start and at its end, as the judge does. An
    /// open is let in only when the latest finished verification of its model admitted exactly this state, with no sign
    /// of a change since.
    #[test]
    fn nothing_opens_that_is_not_decided_as_it_is(steps in steps()) {
        let mut watch = watch(2);
        let mut states: HashMap<u64, i64> = [(10, 0), (11, 0), (20, 0), (21, 0)].into();
        // By model: what was decided of which states.
        let mut known: [Option<(bool, HashMap<u64, i64>)>; 2] = [None, None];
        let mut verifying: Option<(usize, bool)> = None;
        let (mut now, mut next) = (0, 0);
        let mut waiting: HashMap<u32, (u64, u64)> = HashMap::new();
        for step in steps {
            let mut answers = Vec::new();
            match step {
                Step::Open(file) => {
                    next += 1;
                    waiting.insert(next, (file, now));
                    answers.extend(watch.opened(next, stamp(file, states[&file]), LOADABLE, now));
                }
                Step::Write(file) => {
                    *states.get_mut(&file).unwrap() += 1;
                    let model = file as usize / 10 - 1;
                    known[model] = None;
                    verifying = verifying.map(|(of, dirty)| (of, dirty || of == model));
                    watch.touched(inode(file));
                }
                Step::Stir(model) => {
                    known[model] = None;
                    verifying = verifying.map(|(of, dirty)| (of, dirty || of == model));
                    watch.stirred(model);
                }
                Step::Decide(let_in) => {
                    if let Some((model, dirty)) = verifying.take() {
                        let first = 10 * (model as u64 + 1);
                        let seen: HashMap<u64, i64> = [first, first + 1].map(|file| (file, states[&file])).into();
                        if !dirty {
                            known[model] = Some((let_in, seen.clone()));
                        }
                        let files = seen.iter().map(|(file, state)| stamp(*file, *state)).collect();
                        answers.extend(watch.decided(model, Judged::Known(word(let_in), files)));
                    }
                }
                Step::Fail => {
                    if let Some((model, _)) = verifying.take() {
                        known[model] = None;
                        answers.extend(watch.decided(model, Judged::Failed(word(false))));
                    }
                }
                Step::Renew => {
                    watch.renew(2, false);
                    watch.own(0, &[inode(10), inode(11)]);
                    watch.own(1, &[inode(20), inode(21)]);
                    known = [None, None];
                    verifying = None;
                }
                Step::Wait(time) => {
                    now += time;
                    answers.extend(watch.elapsed(now));
                }
            }
            for (ticket, answer) in answers {
                let (file, since) = waiting.remove(&ticket).expect("answered once");
                // Whoever waited gets the file as it is now.
                let state = states[&file];
                let model = file as usize / 10 - 1;
                let let_in = matches!(&known[model], Some((true, files)) if files[&file] == state);
                match answer {
                    Answer::Allow => prop_assert!(let_in, "{file} in state {state}"),
                    Answer::Refuse(Refusal::Patience(_)) => prop_assert!(now >= since + PATIENCE),
                    Answer::Refuse(_) => prop_assert!(!let_in, "{file} in state {state}"),
                }
            }
            for (file, state) in &states {
                let model = *file as usize / 10 - 1;
                let let_in = matches!(&known[model], Some((true, files)) if files[file] == *state);
                prop_assert_eq!(watch.lets_in(&stamp(*file, *state)), let_in);
            }
            prop_assert_eq!(watch.waiting(), waiting.len());
            if verifying.is_none() {
                verifying = watch.ask().map(|model| (model, false));
                prop_assert!(verifying.is_some() || waiting.is_empty(), "somebody waits for nothing");
            }
        }
        // In the end everybody has an answer.
        let late = watch.elapsed(now + PATIENCE);
        prop_assert_eq!(late.len(), waiting.len());
    }
}

#[test]
fn one_model_and_process_are_told_of_once_in_a_while() {
    let mut notices = Notices::default();
    assert_eq!(notices.tells(Some(1), 7, 0), Some(0));
    assert_eq!(notices.tells(Some(1), 7, 1), None);
    assert_eq!(notices.tells(Some(1), 7, 9_999), None);
    assert_eq!(notices.tells(Some(2), 7, 1), Some(0), "another model");
    assert_eq!(notices.tells(Some(1), 8, 1), Some(0), "another process");
    assert_eq!(notices.tells(None, 7, 1), Some(0), "no model");
    assert_eq!(notices.tells(Some(1), 7, 10_000), Some(2), "with the number of those between");
    assert_eq!(notices.tells(Some(1), 7, 10_001), None);
    assert_eq!(notices.tells(Some(1), 7, 20_001), Some(1));
    // A flood of processes is told of, and remembered no more.
    for process in 0..10_000 {
        assert_eq!(notices.tells(Some(3), process, 30_000), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn what_lies_below_a_folder_is_listed_without_opening_it() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::write(root.join("a/b/w.bin"), "w").unwrap();
    fs::write(root.join("elsewhere"), "e").unwrap();
    std::os::unix::fs::symlink("../elsewhere", root.join("a/link")).unwrap();
    std::os::unix::fs::symlink("..", root.join("a/loop")).unwrap();
    std::os::unix::fs::symlink("nothing", root.join("a/gone")).unwrap();
    fs::hard_link(root.join("a/b/w.bin"), root.join("a/same")).unwrap();
    // A pipe would hold back whoever opens it.
    assert!(std::process::Command::new("mkfifo").arg(root.join("a/pipe")).status().unwrap().success());
    let listed = files_below(&root.join("a")).unwrap();
    assert_eq!(listed.folders, [root.join("a"), root.join("a/b")]);
    let names: Vec<_> = listed.files.iter().map(|(path, _)| path.strip_prefix(&root).unwrap()).collect();
    assert_eq!(names, ["a/b/w.bin", "a/link", "a/same"].map(std::path::Path::new));
    assert_eq!(listed.files[0].1, listed.files[2].1, "one file of two names");
    assert_eq!(listed.files[1].1, stamp_of(&fs::metadata(root.join("elsewhere")).unwrap()).unwrap());
    assert_eq!(listed.elsewhere.len(), 3, "{:?}", listed.elsewhere);
    // One file, and nothing.
    let one = files_below(&root.join("elsewhere")).unwrap();
    assert_eq!((one.folders.len(), one.files.len()), (0, 1));
    assert!(files_below(&root.join("none")).unwrap().files.is_empty());
}
