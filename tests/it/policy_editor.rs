//! The policy edited in the workbench: what keys do to its text, its faults while it is typed, and what saving writes,
//! refuses and records.

use crate::support::copy_of_samples;
use crate::tui::{app, event, open, press, shown, text, told};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use touchmark::Code;
use touchmark::commands::Screen;
use touchmark::decision::Decision;
use touchmark::inventory::ModelId;
use touchmark::signing::Progress;
use touchmark::tui::{Action, App, Differs, Effect, Looked, Motion, Popup, Text, difference, update};
use touchmark::workbench::{JobKind, OpenOptions, Workbench};

const POLICY: &str = "policies/samples.toml";

/// A workbench with its screens, and what the loop does between them.
pub struct Desk {
    pub dir: tempfile::TempDir,
    pub workbench: Workbench,
    pub app: App,
}

impl Desk {
    /// On the samples, all models verified.
    pub fn verified() -> Self {
        let desk = Desk::new();
        let ids: Vec<ModelId> = desk.workbench.view().models.iter().map(|model| model.id.clone()).collect();
        desk.workbench.wait(desk.workbench.start(JobKind::Verify(ids)));
        Desk { app: app("dark", Some(&desk.workbench.view())), ..desk }
    }

    pub fn new() -> Self {
        Desk::at(copy_of_samples())
    }

    fn at(dir: tempfile::TempDir) -> Self {
        let workbench = open(dir.path(), false);
        let app = app("dark", Some(&workbench.view()));
        Desk { dir, workbench, app }
    }

    pub fn editing() -> Self {
        let mut desk = Desk::new();
        desk.press(&["5", "e"]);
        desk
    }

    pub fn press(&mut self, keys: &[&str]) {
        for key in keys {
            let effects = press(&mut self.app, &[key]);
            self.carry(effects);
        }
    }

    pub fn type_in(&mut self, text: &str) {
        let effects = update(&mut self.app, Action::Paste(text.to_owned()));
        self.carry(effects);
    }

    fn carry(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let action = match effect {
                Effect::LookAtEdited => {
                    let Some(editor) = &self.app.editor else { continue };
                    let text = editor.text.whole();
                    let preview = self.workbench.preview_policy(text, &Progress::default()).unwrap();
                    Action::Looked(Looked { revision: editor.text.revision(), preview: Ok(preview) })
                }
                Effect::SavePolicy(saving) => {
                    let done = self.workbench.save_policy(&saving.before, &saving.after, &saving.reason);
                    let view = self.workbench.view();
                    let effects = update(&mut self.app, Action::View(view));
                    self.carry(effects);
                    Action::PolicySaved(done)
                }
                _ => continue,
            };
            let effects = update(&mut self.app, action);
            self.carry(effects);
        }
    }

    pub fn edited(&self) -> &str {
        self.app.editor.as_ref().unwrap().text.whole()
    }

    fn file(&self) -> String {
        fs::read_to_string(self.dir.path().join(POLICY)).unwrap()
    }

    fn see(&mut self) -> String {
        shown(&mut self.app, 120, 36)
    }
}

fn selecting(desk: &mut Desk, key: &str) {
    let mut event = event(key);
    event.modifiers |= KeyModifiers::SHIFT;
    let effects = update(&mut desk.app, Action::Key(event));
    desk.carry(effects);
}

// ---- the text ----

#[test]
fn keys_write_into_the_policy_and_mean_nothing_else_there() {
    let mut desk = Desk::editing();
    assert_eq!(desk.app.screen, Screen::Editor);
    let before = desk.file();
    // `q`, `1` and `:` are commands elsewhere.
    desk.press(&["q", "1", ":", "space", "enter"]);
    assert_eq!(desk.edited(), format!("q1: \n{before}"));
    assert_eq!(desk.app.screen, Screen::Editor);
    desk.press(&["backspace", "backspace"]);
    assert_eq!(desk.edited(), format!("q1:{before}"));
    assert_eq!(desk.file(), before, "nothing is written before it is saved");
    assert!(desk.see().contains("● edited"));
}

#[test]
fn what_was_typed_is_undone_word_by_word_and_done_again() {
    let mut desk = Desk::editing();
    let before = desk.edited().to_owned();
    desk.press(&["o", "n", "e", "space", "t", "w", "o"]);
    desk.press(&["ctrl-z"]);
    assert_eq!(desk.edited(), format!("one {before}"));
    desk.press(&["ctrl-z"]);
    assert_eq!(desk.edited(), before);
    desk.press(&["ctrl-z"]);
    assert!(told(&desk.app).contains("nothing to undo"), "{}", told(&desk.app));
    desk.press(&["ctrl-y", "ctrl-y"]);
    assert_eq!(desk.edited(), format!("one two{before}"));
    desk.press(&["ctrl-y"]);
    assert!(told(&desk.app).contains("nothing to redo"));
    // Where the cursor went elsewhere, another step begins; typing after undoing ends what could be done again.
    desk.press(&["ctrl-z", "x", "left", "right", "y", "ctrl-z"]);
    assert_eq!(desk.edited(), format!("one x{before}"));
    desk.press(&["z", "ctrl-y"]);
    assert_eq!(desk.edited(), format!("one xz{before}"));
}

#[test]
fn what_is_selected_is_replaced_cut_copied_and_pasted() {
    let mut desk = Desk::editing();
    let before = desk.edited().to_owned();
    for _ in 0..2 {
        selecting(&mut desk, "down");
    }
    let first: String = before.split_inclusive('\n').take(2).collect();
    assert_eq!(desk.app.editor.as_ref().unwrap().text.selected(), Some(first.as_str()));
    let effects = press(&mut desk.app, &["ctrl-c"]);
    assert!(matches!(&effects[..], [Effect::Copy { text, .. }] if *text == first), "{effects:?}");
    desk.press(&["ctrl-x"]);
    assert_eq!(desk.edited(), &before[first.len()..]);
    desk.press(&["ctrl-v", "ctrl-v"]);
    assert_eq!(desk.edited(), format!("{first}{before}"));
    desk.press(&["ctrl-a", "n"]);
    assert_eq!(desk.edited(), "n");
    // With nothing selected, the key asks to quit, as everywhere.
    desk.press(&["ctrl-c"]);
    assert!(
        told(&desk.app).contains("once more to quit; the edited policy is not saved"),
        "{}",
        told(&desk.app)
    );
}

#[test]
fn a_text_is_found_again_from_the_beginning_whatever_its_case() {
    let mut desk = Desk::editing();
    desk.press(&["ctrl-f"]);
    desk.type_in("PUBLISHER");
    desk.press(&["enter"]);
    assert!(told(&desk.app).contains("nowhere"), "{}", told(&desk.app));
    desk.press(&["ctrl-f", "ctrl-u"]);
    desk.type_in("[[publisher]]");
    desk.press(&["enter"]);
    let at = |desk: &Desk| desk.app.editor.as_ref().unwrap().text.selection().unwrap().start;
    let places: Vec<usize> = desk.edited().match_indices("[[publisher]]").map(|(at, _)| at).collect();
    assert!(places.len() > 2);
    assert_eq!(at(&desk), places[0]);
    for place in places[1..].iter().chain(&places[..1]) {
        desk.press(&["f3"]);
        assert_eq!(at(&desk), *place);
    }
}

#[test]
fn lines_keep_their_ends_and_a_new_one_gets_theirs() {
    let mut text = Text::new("a = 1\r\n  b = 2\r\n");
    text.go(Motion::Lines(1), false);
    text.go(Motion::End, false);
    assert!(text.new_line() && text.insert("c"));
    assert_eq!(text.whole(), "a = 1\r\n  b = 2\r\n  c\r\n");
    text.go(Motion::Home, false);
    text.delete_left();
    text.delete_left();
    text.delete_left();
    assert_eq!(text.whole(), "a = 1\r\n  b = 2c\r\n", "a line end of two bytes is one character");
    assert!(text.undo());
}

#[test]
fn up_and_down_keep_the_column_across_shorter_lines_and_wide_characters() {
    let mut text = Text::new("abcdef\n\n漢字漢字\n");
    text.go_to(0, 5);
    let columns: Vec<usize> = (0..3)
        .map(|_| {
            text.go(Motion::Lines(1), false);
            text.column_of(text.cursor())
        })
        .collect();
    assert_eq!(columns, [0, 4, 0], "half of a wide character is none");
    text.go(Motion::Lines(-3), false);
    assert_eq!(text.cursor(), 5);
}

fn motions() -> impl Strategy<Value = Motion> {
    use Motion::{Bottom, End, Home, Left, Lines, Right, Top, WordLeft, WordRight};
    let all = [Left, Right, WordLeft, WordRight, Home, End, Top, Bottom];
    prop_oneof![proptest::sample::select(all.to_vec()), (-4_isize..4).prop_map(Lines)]
}

/// What somebody does to a text.
#[derive(Debug, Clone)]
enum Act {
    Go(Motion, bool),
    Type(String),
    NewLine,
    Left,
    Right,
    Word,
    Undo,
    Redo,
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        (motions(), any::<bool>()).prop_map(|(motion, selects)| Act::Go(motion, selects)),
        "[a-c é漢\\n\u{301}]{1,3}".prop_map(Act::Type),
        Just(Act::NewLine),
        Just(Act::Left),
        Just(Act::Right),
        Just(Act::Word),
        Just(Act::Undo),
        Just(Act::Redo),
    ]
}

fn act(text: &mut Text, act: &Act) {
    match act {
        Act::Go(motion, selects) => text.go(*motion, *selects),
        Act::Type(typed) => drop(text.insert(typed)),
        Act::NewLine => drop(text.new_line()),
        Act::Left => text.delete_left(),
        Act::Right => text.delete_right(),
        Act::Word => text.delete_word(),
        Act::Undo => drop(text.undo()),
        Act::Redo => drop(text.redo()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_that_was_done_is_undone_to_the_byte_and_done_again(
        start in "[a-c \\t\\r\\né漢]{0,30}",
        done in proptest::collection::vec(acts(), 0..40),
    ) {
        let mut text = Text::new(start.clone());
        for one in &done {
            act(&mut text, one);
            prop_assert!(text.whole().is_char_boundary(text.cursor()));
            let lines: Vec<&str> = text.lines(0).map(|(_, line)| line).collect();
            prop_assert_eq!(lines.len(), text.rows());
            prop_assert!(text.row() < text.rows());
        }
        let end = text.whole().to_owned();
        while text.redo() {}
        let last = text.whole().to_owned();
        while text.undo() {}
        prop_assert_eq!(text.whole(), start.as_str());
        while text.redo() {}
        prop_assert_eq!(text.whole(), last.as_str());
        prop_assert!(text.change_to(&end));
        prop_assert_eq!(text.whole(), end.as_str());
        prop_assert!(last == end || text.undo());
    }

    #[test]
    fn a_difference_holds_both_texts(before in "([ab]\\n){0,12}", after in "([abc]\\n){0,12}") {
        let lines = difference(&before, &after);
        let (mut gone, mut new) = (0, 0);
        for line in &lines {
            match line {
                Differs::Both(_) => {}
                Differs::Gone(_) => gone += 1,
                Differs::New(_) => new += 1,
                Differs::Skipped(many) => prop_assert!(*many > 0),
            }
        }
        let (one, other) = (before.lines().count(), after.lines().count());
        prop_assert_eq!(one + new, other + gone);
        prop_assert_eq!(gone + new == 0, before == after);
        let is_kept = |wanted: &str, text: &str| text.lines().any(|line| line == wanted);
        for line in lines {
            match line {
                Differs::Both(line) => prop_assert!(is_kept(line, &before) && is_kept(line, &after)),
                Differs::Gone(line) => prop_assert!(is_kept(line, &before)),
                Differs::New(line) => prop_assert!(is_kept(line, &after)),
                Differs::Skipped(_) => {}
            }
        }
    }
}

// ---- faults ----

#[test]
fn a_fault_shows_at_its_line_while_it_is_typed_and_keeps_the_text_from_being_saved() {
    let mut desk = Desk::editing();
    let before = desk.file();
    desk.press(&["ctrl-end"]);
    desk.type_in("\nlicence = 1\n");
    let row = desk.edited().lines().count();
    let drawn = desk.see();
    let line = drawn.lines().find(|line| line.contains("licence = 1")).unwrap();
    assert!(line.contains(&format!("{row} ✗ ")), "{drawn}");
    assert!(drawn.contains("fault: it cannot be saved"), "{drawn}");
    desk.press(&["ctrl-s"]);
    assert!(desk.app.popup.is_none(), "it asks for no reason");
    assert!(told(&desk.app).contains("not saved") && told(&desk.app).contains(&format!("line {row}")));
    assert_eq!(desk.file(), before);
    desk.press(&["ctrl-home", "f4"]);
    assert_eq!(desk.app.editor.as_ref().unwrap().text.row() + 1, row);
    desk.press(&["ctrl-z"]);
    assert!(!desk.see().contains('✗'), "{}", desk.see());
}

// ---- saving ----

/// Adds a stage's level, so that the policy means something else.
fn raise(desk: &mut Desk) {
    desk.press(&["ctrl-f"]);
    desk.type_in("version = \"2026.11.1\"");
    desk.press(&["enter"]);
    desk.type_in("version = \"2026.11.2\"");
}

#[test]
fn saving_shows_what_changes_asks_why_writes_and_records_it() {
    let mut desk = Desk::editing();
    let before = desk.file();
    raise(&mut desk);
    desk.press(&["ctrl-s"]);
    let drawn = desk.see();
    assert!(
        drawn.contains("- version = \"2026.11.1\"") && drawn.contains("+ version = \"2026.11.2\""),
        "{drawn}"
    );
    desk.press(&["enter"]);
    assert!(desk.see().contains("say why"), "{}", desk.see());
    assert_eq!(desk.file(), before);
    desk.type_in("the new quarter");
    desk.press(&["enter"]);
    assert_eq!(desk.file(), before.replace("2026.11.1", "2026.11.2"));
    assert_eq!(desk.workbench.view().policy.version, "2026.11.2", "it is in force at once");
    assert!(told(&desk.app).contains("saved and in force"), "{}", told(&desk.app));
    let number: u64 = told(&desk.app).rsplit(' ').next().unwrap().parse().unwrap();
    let mut found = Vec::new();
    desk.workbench
        .show_ledger(None, |entry| {
            found.push(entry);
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    let entry = found.iter().find(|entry| entry.seq == number).unwrap();
    assert_eq!((entry.kind.as_str(), entry.model.raw()), ("policy-change", POLICY));
    let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
    assert_eq!(body["reason"], "the new quarter");
    assert_eq!(body["stage"], "production");
    assert_ne!(body["before"]["digest"], body["after"]["digest"]);
    assert_eq!(body["before"]["text"], touchmark::signing::sha256_hex(before.as_bytes()).as_str());
    assert!(body["made"]["by"]["id"].is_number() || body["made"]["by"]["name"].is_string(), "{body}");
    // Nothing is left to save, and Esc goes back.
    desk.press(&["ctrl-s"]);
    assert!(told(&desk.app).contains("nothing was changed"));
    desk.press(&["esc"]);
    assert_eq!(desk.app.screen, Screen::Policy);
    // The report on the policy tells it, within its period alone.
    let folder = desk.dir.path().to_string_lossy().into_owned();
    let changes = |more: &[&str]| -> serde_json::Value {
        let words = [&["report", "policy", "--as", "json", "--workspace", &folder][..], more].concat();
        let text = crate::support::out(&crate::support::touchmark(words));
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["changes"].clone()
    };
    let told = &changes(&[])[0];
    assert_eq!((&told["record"]["number"], &told["reason"]), (&number.into(), &body["reason"]));
    assert_eq!((&told["before"], &told["after"]), (&body["before"]["digest"], &body["after"]["digest"]));
    assert_eq!(changes(&["--to", "2020-01-01"]), serde_json::json!([]));
}

#[test]
fn a_file_that_somebody_else_changed_is_not_overwritten() {
    let mut desk = Desk::editing();
    raise(&mut desk);
    let other = desk.file().replace("owner = ", "# theirs\nowner = ");
    fs::write(desk.dir.path().join(POLICY), &other).unwrap();
    // Nobody has noticed yet.
    desk.press(&["ctrl-s"]);
    desk.type_in("mine");
    desk.press(&["enter"]);
    assert!(told(&desk.app).contains("changed meanwhile"), "{}", told(&desk.app));
    assert_eq!(desk.file(), other);
    // Now it is noticed.
    desk.workbench.reload_policy().unwrap();
    update(&mut desk.app, Action::View(desk.workbench.view()));
    assert!(desk.see().contains("changed on disk meanwhile"), "{}", desk.see());
    desk.press(&["ctrl-s"]);
    assert!(desk.app.popup.is_none() && told(&desk.app).contains("not overwritten"), "{}", told(&desk.app));
    let mine = desk.edited().to_owned();
    desk.press(&["ctrl-r"]);
    assert_eq!(desk.edited(), other);
    desk.press(&["ctrl-z"]);
    assert_eq!(desk.edited(), mine, "undoing brings it back");
    desk.press(&["ctrl-s"]);
    assert!(matches!(desk.app.popup, Some(Popup::SavePolicy(_))), "what it is held against is known now");
}

#[test]
fn a_file_that_changed_is_taken_where_nothing_was_edited() {
    let mut desk = Desk::editing();
    let other = desk.file() + "# theirs\n";
    fs::write(desk.dir.path().join(POLICY), &other).unwrap();
    desk.workbench.reload_policy().unwrap();
    update(&mut desk.app, Action::View(desk.workbench.view()));
    assert_eq!(desk.edited(), other);
    assert!(!desk.app.is_unsaved());
}

#[test]
fn what_was_edited_stays_until_it_is_saved_and_quitting_asks() {
    let mut desk = Desk::editing();
    raise(&mut desk);
    let mine = desk.edited().to_owned();
    desk.press(&["esc"]);
    assert!(told(&desk.app).contains("not saved"), "{}", told(&desk.app));
    assert_eq!(desk.app.screen, Screen::Policy);
    desk.press(&["1", "q"]);
    assert!(matches!(desk.app.popup, Some(Popup::ConfirmQuit)));
    assert!(text(&desk.app, 120, 36).contains("edited policy is not saved"));
    desk.press(&["n", "5", "e"]);
    assert_eq!(desk.edited(), mine);
    desk.press(&["ctrl-r", "esc", "1"]);
    assert_eq!(press(&mut desk.app, &["q"]), [Effect::Quit], "nothing is lost now");
}

#[test]
fn read_only_edits_and_saves_nothing() {
    let dir = copy_of_samples();
    let workbench = open(dir.path(), true);
    let text = fs::read_to_string(dir.path().join(POLICY)).unwrap();
    let error = workbench.save_policy(&text, &(text.clone() + "# x\n"), "why").unwrap_err();
    assert_eq!(error.code, Code::Usage);
    assert_eq!(fs::read_to_string(dir.path().join(POLICY)).unwrap(), text);
    let mut app = app("dark", Some(&workbench.view()));
    app.read_only = true;
    press(&mut app, &["5", "e"]);
    assert_eq!(app.screen, Screen::Policy);
    assert!(told(&app).contains("read-only"), "{}", told(&app));
}

#[test]
fn a_policy_is_saved_only_valid_and_for_a_reason() {
    let desk = Desk::new();
    let before = desk.file();
    let save =
        |after: &str, reason: &str| desk.workbench.save_policy(&before, after, reason).unwrap_err().code;
    assert_eq!(save(&(before.clone() + "# x\n"), " \n"), Code::Usage);
    assert_eq!(save(&(before.clone() + "x = 1\n"), "why"), Code::Config);
    let expired = before.replace("expires = 2045", "expires = 2025");
    assert_eq!(save(&expired, "why"), Code::Config);
    assert_eq!(desk.file(), before);
    desk.workbench.save_policy(&before, &(before.clone() + "# x\n"), "why").unwrap();
}

fn workspace(text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    fs::create_dir(dir.path().join("models")).unwrap();
    dir
}

#[test]
fn the_policy_inside_the_program_becomes_a_file_that_the_workspace_names() {
    let head = "# mine\nschema = \"workspace/0.1\"\nname = \"own\"\n";
    let rest = "\n# models\n[[source]] # first\nkind = \"models\"\npath = \"models\"\n";
    let mut desk = Desk::at(workspace(&format!("{head}{rest}")));
    desk.press(&["5", "e"]);
    assert!(desk.see().contains("the built-in policy"), "{}", desk.see());
    desk.press(&["ctrl-end"]);
    desk.type_in("# ours\n");
    let meant = desk.edited().to_owned();
    desk.press(&["ctrl-s"]);
    desk.type_in("our own");
    desk.press(&["enter"]);
    assert!(told(&desk.app).contains("saved and in force"), "{}", told(&desk.app));
    let file = desk.dir.path().join("policies/baseline.toml");
    assert_eq!(fs::read_to_string(&file).unwrap(), meant);
    let named = fs::read_to_string(desk.dir.path().join("touchmark.toml")).unwrap();
    assert_eq!(named, format!("{head}policy = \"policies/baseline.toml\"\n{rest}"));
    assert_eq!(desk.workbench.view().policy_text, meant);
    // The next program finds it, and the next change goes into the same file.
    let again = open(desk.dir.path(), false);
    assert_eq!(again.policy_file().unwrap(), file);
    desk.type_in("# more\n");
    desk.press(&["ctrl-s"]);
    desk.type_in("more");
    desk.press(&["enter"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{meant}# more\n"));
}

#[test]
fn a_policy_file_that_is_there_already_is_not_replaced_by_the_one_inside_the_program() {
    let desk = Desk::at(workspace("schema = \"workspace/0.1\"\n"));
    let file = desk.dir.path().join("policies/baseline.toml");
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, "theirs").unwrap();
    let text = desk.workbench.view().policy_text.clone();
    let error = desk.workbench.save_policy(&text, &(text.clone() + "# x\n"), "why").unwrap_err();
    assert_eq!(error.code, Code::Write, "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
    assert!(desk.workbench.policy_file().is_none());
}

// ---- what would change ----

/// The standing of a model at the stage.
fn decision(desk: &Desk, id: &str) -> Decision {
    let view = desk.workbench.view();
    let (index, _) = view.model(&ModelId::new(id)).unwrap();
    view.summary(index).decision
}

fn on(desk: &mut Desk, id: &str) {
    desk.app.go_about(Screen::Verify, ModelId::new(id));
}

#[test]
fn trusting_an_observed_signer_shows_what_flips_and_is_saved_only_when_asked() {
    const NIGHTLY: &str = "orchid/speech-1-nightly";
    let mut desk = Desk::verified();
    let before = desk.file();
    assert_eq!(decision(&desk, NIGHTLY), Decision::Refuse);
    on(&mut desk, NIGHTLY);
    desk.press(&["A"]);
    let menu = desk.see();
    assert!(menu.contains("trust this signer") && menu.contains("nightly"), "{menu}");
    desk.press(&["t"]);
    assert_eq!(desk.app.screen, Screen::Editor);
    assert_ne!(desk.edited(), before);
    let drawn = desk.see();
    assert!(drawn.contains("✗ refuse → ✓ admit"), "{drawn}");
    assert!(drawn.contains(NIGHTLY) && drawn.contains("refuse→admit"), "{drawn}");
    assert!(drawn.contains("reason:"), "{drawn}");
    let small = text(&desk.app, 80, 24);
    let new: Vec<&str> = small.lines().skip_while(|line| !line.contains(" + identities")).take(4).collect();
    assert!(new.concat().contains("heads/main"), "what was changed is in sight whole:\n{small}");
    assert_eq!(desk.file(), before, "an observed identity is offered, and never written by itself");
    // Leaving keeps the text, and writes nothing.
    desk.press(&["esc"]);
    assert_eq!(desk.file(), before);
    let drawn = desk.see();
    assert!(drawn.contains("● edited") && drawn.contains("of 43 models change"), "{drawn}");
    desk.press(&["ctrl-s"]);
    desk.type_in("their nightly builds are reviewed");
    desk.press(&["enter"]);
    assert_eq!(decision(&desk, NIGHTLY), Decision::Admit);
    let saved = desk.file();
    let new: Vec<&str> = saved.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    on(&mut desk, NIGHTLY);
    desk.press(&["A", "t"]);
    assert!(told(&desk.app).contains("trusts this signer for it already"), "{}", told(&desk.app));
}

#[test]
fn the_record_of_a_change_counts_what_it_changed() {
    let mut desk = Desk::verified();
    on(&mut desk, "orchid/speech-1-nightly");
    desk.press(&["A", "t"]);
    desk.type_in("why not");
    let counted = {
        let looked = desk.app.editor.as_ref().unwrap().looked.as_ref().unwrap();
        looked.preview.as_ref().unwrap().flips.decisions.clone()
    };
    let editor = desk.app.editor.as_ref().unwrap();
    let (before, after) = (editor.base.clone(), editor.text.whole().to_owned());
    let saved = desk.workbench.save_policy(&before, &after, "why not").unwrap();
    let recorded: Vec<_> = saved.changed.iter().map(|one| ((one.from, one.to), one.models)).collect();
    assert_eq!(recorded, counted.into_iter().collect::<Vec<_>>(), "as it was foretold");
    assert!(recorded.contains(&((Decision::Refuse, Decision::Admit), 1)), "{recorded:?}");
}

#[test]
fn a_signer_that_nothing_proves_cannot_be_trusted_or_denied() {
    let mut desk = Desk::new();
    desk.press(&["A", "t"]);
    assert!(told(&desk.app).contains("never verified"), "{}", told(&desk.app));
    let mut desk = Desk::verified();
    let view = desk.workbench.view();
    let unproven = (0..view.models.len())
        .find(|at| view.verification(*at).is_some_and(|v| v.signer.is_some() && !v.signer_proven()))
        .unwrap();
    on(&mut desk, view.models[unproven].id.raw());
    for key in ["t", "d"] {
        desk.press(&["A", key]);
        assert!(told(&desk.app).contains("proves its signer"), "{}", told(&desk.app));
    }
    assert!(desk.app.editor.is_none());
}

#[test]
fn a_signer_is_denied_from_a_time_and_a_text_that_is_no_time_says_so() {
    let mut desk = Desk::verified();
    on(&mut desk, "orchid/speech-1-distilled");
    desk.press(&["A", "d"]);
    desk.type_in("yesterday");
    desk.press(&["enter"]);
    assert!(told(&desk.app).contains("is no time") && desk.app.editor.is_none(), "{}", told(&desk.app));
    desk.press(&["A", "d"]);
    desk.type_in("2020-01-01T00:00:00Z");
    desk.press(&["enter"]);
    assert!(
        desk.edited().contains("[[deny_identity]]") && desk.edited().contains("after = 2020-01-01T00:00:00Z")
    );
    assert!(desk.see().contains("✓ admit → ✗ refuse"), "{}", desk.see());
}

#[test]
fn changes_add_up_until_they_are_saved_and_are_undone_one_by_one() {
    let mut desk = Desk::verified();
    on(&mut desk, "orchid/speech-1-nightly");
    let before = desk.file();
    desk.press(&["A", "r", "esc"]);
    let raised = desk.edited().to_owned();
    assert_eq!(raised, {
        let (head, stage) = before.split_at(before.find("name = \"production\"").unwrap());
        format!("{head}{}", stage.replacen("min_level = 1", "min_level = 2", 1))
    });
    desk.press(&["esc"]);
    on(&mut desk, "orchid/speech-1-nightly");
    desk.press(&["A", "a"]);
    desk.type_in("https://slsa.dev/provenance/v1");
    desk.press(&["enter", "esc"]);
    assert!(desk.edited().starts_with(raised.split("[[require]]").next().unwrap()));
    assert!(desk.edited().contains("predicate = \"https://slsa.dev/provenance/v1\""));
    desk.press(&["ctrl-z"]);
    assert_eq!(desk.edited(), raised);
    desk.press(&["ctrl-z"]);
    assert_eq!(desk.edited(), before);
}

#[test]
fn an_exception_for_the_chosen_control_is_proposed_with_its_end() {
    let mut desk = Desk::verified();
    desk.app.go_about(Screen::Maturity, ModelId::new("acme/support-bot-voice"));
    let control = desk.app.controls()[desk.app.control].0.id.to_string();
    desk.press(&["A"]);
    assert!(desk.see().contains(&format!("{control} of acme/support-bot-voice")), "{}", desk.see());
    desk.press(&["e", "enter"]);
    assert!(told(&desk.app).contains("has a reason"), "{}", told(&desk.app));
    assert!(desk.app.editor.is_none());
    desk.press(&["A", "e"]);
    desk.type_in("the vendor signs from June on");
    desk.press(&["enter"]);
    let text = desk.edited().to_owned();
    for line in [
        "[[exception]]",
        "id = \"EX-1\"",
        &format!("control = \"{control}\""),
        "subject = \"acme/support-bot-voice\"",
        "stages = [\"production\"]",
        "owner = \"model-governance@acme.example\"",
        "reason = \"the vendor signs from June on\"",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    let policy = touchmark::policy::parse(&text, "", None).unwrap();
    assert_eq!(policy.exceptions.len(), 1);
}

#[test]
fn a_digest_is_pinned_by_an_exception_for_these_bytes_alone() {
    const VOICE: &str = "acme/support-bot-voice";
    let mut desk = Desk::verified();
    let view = desk.workbench.view();
    let (index, _) = view.model(&ModelId::new(VOICE)).unwrap();
    let root = view.verification(index).unwrap().root_of_files().unwrap().to_string();
    desk.app.go_about(Screen::Maturity, ModelId::new(VOICE));
    let control = desk.app.controls()[desk.app.control].0.id.to_string();
    desk.press(&["A"]);
    // At 80 columns both ends of the digest show.
    let menu = text(&desk.app, 80, 24);
    let line = menu.lines().find(|line| line.contains("pin this digest")).unwrap();
    let (head, tail) = (format!("{control} of sha256:{}", &root[..6]), &root[root.len() - 6..]);
    assert!(line.contains(&head) && line.contains('…') && line.contains(tail), "{menu}");
    assert!(desk.see().contains(&format!("{control} of sha256:{root}")), "there is room for all of it");
    desk.press(&["p"]);
    desk.type_in("scanned on receipt");
    desk.press(&["enter"]);
    let policy = touchmark::policy::parse(desk.edited(), "", None).unwrap();
    let pinned = &policy.exceptions[0];
    assert_eq!(pinned.subject.as_written(), format!("sha256:{root}"));
    assert_eq!((pinned.excuses.as_str(), pinned.reason.as_str()), (control.as_str(), "scanned on receipt"));
    // Where nothing was verified as a whole, there is no digest to pin.
    let mut desk = Desk::verified();
    desk.app.go_about(Screen::Maturity, ModelId::new("acme/support-bot-7b"));
    desk.press(&["A", "p"]);
    assert!(told(&desk.app).contains("no verified root digest"), "{}", told(&desk.app));
}

#[test]
fn a_team_s_policy_is_edited_by_the_forms_as_far_as_it_may_say_something() {
    let dir = copy_of_samples();
    let team =
        "schema = \"trust-policy/0.1\"\nname = \"team\"\nversion = \"1\"\nextends = \"samples.toml\"\n";
    fs::write(dir.path().join("policies/team.toml"), team).unwrap();
    let file = dir.path().join("touchmark.toml");
    let workspace = fs::read_to_string(&file).unwrap();
    fs::write(&file, workspace.replace("policies/samples.toml", "policies/team.toml")).unwrap();
    let mut desk = Desk::at(dir);
    assert!(desk.workbench.view().policy_errors.is_empty());
    desk.press(&["5", "A", "r", "esc"]);
    let raised = format!("{team}\n[[stage]]\nname = \"production\"\nmin_level = 2\n");
    assert_eq!(desk.edited(), raised);
    desk.app.go(Screen::Policy);
    desk.press(&["A", "a"]);
    desk.type_in("https://slsa.dev/provenance/v1");
    desk.press(&["enter", "esc"]);
    assert!(desk.edited().starts_with(&raised) && desk.edited().contains("[[require]]"), "{}", desk.edited());
    desk.press(&["ctrl-s"]);
    desk.type_in("we ask for more");
    desk.press(&["enter"]);
    let view = desk.workbench.view();
    assert!(view.policy_errors.is_empty(), "{:?}", view.policy_errors);
    assert_eq!(view.policy.stage("production").unwrap().min_level, 2);
}

#[test]
fn what_is_probably_not_meant_shows_at_its_line() {
    let mut desk = Desk::editing();
    desk.press(&["ctrl-end"]);
    desk.type_in(
        "\n[[publisher]]\nid = \"nobody\"\nmodels = [\"nobody/*\"]\ntrust = [\"samples-sigstore\"]\nidentities = [{ issuer \
         = \"https://ci.nobody.example\", subject = \"regex:^https://git.nobody.example/release$\" }]\n",
    );
    let drawn = desk.see();
    let row = desk.edited().lines().count();
    assert!(drawn.contains(&format!("{row} ! ident")), "{drawn}");
    assert!(drawn.contains(&format!("! line {row}")) && drawn.contains("no decision changes"), "{drawn}");
}

// ---- on the screen ----

#[test]
fn the_tests_of_the_policy_stand_beside_it() {
    let mut desk = Desk::editing();
    desk.press(&["x"]);
    desk.press(&["backspace"]);
    let passing = shown(&mut desk.app, 160, 50);
    assert!(passing.contains(" tests pass") && !passing.contains("would fail"), "{passing}");
    let dir = copy_of_samples();
    let path = dir.path().join(POLICY);
    let policy = fs::read_to_string(&path).unwrap();
    fs::write(&path, policy.replace("on_missing = \"closed\"", "on_missing = \"open\"")).unwrap();
    let mut desk = Desk::at(dir);
    desk.press(&["5", "e", "x"]);
    desk.press(&["backspace"]);
    let failing = shown(&mut desk.app, 160, 50);
    assert!(failing.contains(" tests would fail") && failing.contains(" instead of refuse"), "{failing}");
}

#[test]
fn hostile_text_in_the_policy_reaches_no_cell() {
    let dir = copy_of_samples();
    let path = dir.path().join(POLICY);
    let nasty = "# \u{1b}[2J\u{202e}\u{200b}\u{7}\u{9b}31m\tz\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\n";
    fs::write(&path, nasty.repeat(3) + &fs::read_to_string(&path).unwrap()).unwrap();
    let mut desk = Desk::at(dir);
    desk.press(&["5", "e", "x", "ctrl-s"]);
    for popup in [true, false] {
        for (columns, rows) in [(60, 16), (80, 24), (160, 50)] {
            let drawn = text(&desk.app, columns, rows);
            let bad = |c: &char| c.is_control() && *c != '\n' || matches!(c, '\u{202e}' | '\u{200b}');
            assert_eq!(drawn.chars().find(bad), None, "{drawn}");
            assert!(popup || drawn.contains("1 "), "{drawn}");
        }
        desk.press(&["esc"]);
    }
}

#[test]
fn the_cursor_stays_in_sight_and_what_would_change_stands_below_where_there_is_no_room_beside() {
    let mut desk = Desk::editing();
    let wide = shown(&mut desk.app, 160, 50);
    assert!(wide.lines().any(|line| line.contains("samples.toml") && line.contains("If you save")), "{wide}");
    let small = shown(&mut desk.app, 80, 24);
    assert!(
        small.lines().any(|line| line.contains("If you save") && !line.contains("samples.toml")),
        "{small}"
    );
    desk.press(&["ctrl-end"]);
    let last = desk.edited().lines().count();
    let drawn = shown(&mut desk.app, 80, 24);
    assert!(drawn.contains(&format!("{last} ")), "{drawn}");
    desk.press(&["up", "pgup"]);
    desk.type_in(&"x".repeat(200));
    let drawn = shown(&mut desk.app, 80, 24);
    assert!(drawn.contains("xxxx"), "{drawn}");
    let begins =
        |line: &&str| line.contains(" = ") && line.chars().skip(8).take(3).all(|c| c.is_ascii_lowercase());
    assert!(drawn.lines().any(|line| begins(&line)), "the other lines keep their beginning:\n{drawn}");
    // A click goes to the place that it is on.
    desk.app.mouse = true;
    let click = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 1 + 7 + 2,
        row: 3,
        modifiers: KeyModifiers::NONE,
    };
    let editor = desk.app.editor.as_ref().unwrap();
    let left = if editor.text.row() == editor.window.top { editor.window.left } else { 0 };
    update(&mut desk.app, Action::Mouse(click));
    let editor = desk.app.editor.as_ref().unwrap();
    assert_eq!(editor.text.row(), editor.window.top);
    assert!(editor.text.column_of(editor.text.cursor()) <= left + 2);
}

#[test]
fn the_editor_says_how_to_begin_where_nothing_is_edited() {
    let mut desk = Desk::new();
    desk.app.go(Screen::Editor);
    assert!(desk.see().contains("not being edited"), "{}", desk.see());
    desk.press(&["ctrl-s"]);
    assert!(told(&desk.app).contains("not being edited"), "{}", told(&desk.app));
}

#[test]
fn a_policy_given_by_an_option_is_the_one_that_is_edited() {
    let dir = copy_of_samples();
    let own: &Path = &dir.path().join("policies/own.toml");
    fs::copy(dir.path().join(POLICY), own).unwrap();
    let options = OpenOptions {
        dir: Some(dir.path().to_owned()),
        policy: Some(own.to_owned()),
        ..OpenOptions::default()
    };
    let workbench = Workbench::open(&options).unwrap();
    let text = workbench.view().policy_text.clone();
    let saved = workbench.save_policy(&text, &(text.clone() + "# x\n"), "why").unwrap();
    assert_eq!(saved.file, own);
    assert!(fs::read_to_string(own).unwrap().ends_with("# x\n"));
    assert!(!fs::read_to_string(dir.path().join(POLICY)).unwrap().ends_with("# x\n"));
}
