//! The workbench under attack: names that carry escapes, reorder text or never end, and hands that press
//! anything in any order.

use crate::nasty::{self, is_shown};
use crate::received::{assert_drawn, received};
use crate::tui::{POPUPS, app, cells, event, now, open, press, running, seen, text, told, verified};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use rayon::prelude::*;
use std::path::Path;
use std::sync::Arc;
use touchmark::commands::Screen;
use touchmark::inventory::ModelId;
use touchmark::tui::theme::{self, Depth, Theme};
use touchmark::tui::{Action, App, Effect, Popup, update};
use touchmark::workbench::{JobKind, ReviewWord, View};

/// A workspace in which everything that a text can be is one of `names`.
fn workspace(names: &[String]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let reference =
        |name: &str| serde_json::json!({ "type": "machine-learning-model", "group": name, "name": name });
    let components: Vec<serde_json::Value> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let parent = &names[(i + 1) % names.len()];
            serde_json::json!({
                "type": "machine-learning-model", "bom-ref": format!("{i}-{name}"), "group": name, "name": name,
                "version": name, "publisher": name, "description": name,
                "supplier": { "name": name }, "manufacturer": { "name": name },
                "licenses": [{ "license": { "name": name } }],
                "modelCard": { "modelParameters": { "task": name, "architectureFamily": name } },
                "pedigree": { "ancestors": [reference(parent)] },
            })
        })
        .collect();
    let bom = serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": components });
    std::fs::write(dir.path().join("all.cdx.json"), bom.to_string()).unwrap();
    std::fs::create_dir(dir.path().join("models")).unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"w\"\npolicy = \"p.toml\"\nstage = \"dev\"\n\
        [[source]]\nkind = \"bom\"\npath = \"all.cdx.json\"\n[[source]]\nkind = \"models\"\npath = \"models\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let policy = "schema = \"\\u001B[2J\"\n# \u{202e}reversed\u{2066}\n\"\\u001B]52;c;aGk=\\u0007\" = \"\\u202E\"\n[[stage]]\nname = \"\u{200b}\"\n";
    std::fs::write(dir.path().join("p.toml"), policy).unwrap();
    dir
}

#[cfg(unix)]
fn add_folders(dir: &Path, names: &[String]) {
    use std::os::unix::ffi::OsStrExt;
    let mut folders: Vec<Vec<u8>> =
        names.iter().map(|name| name.replace(['/', '\0'], "_").bytes().take(200).collect()).collect();
    folders.push(b"not\xff\xfeutf-8\x1b[2J".to_vec());
    for name in folders {
        let folder = dir.join("models").join(std::ffi::OsStr::from_bytes(&name));
        if std::fs::create_dir(&folder).is_err() {
            continue; // a file system that takes only UTF-8
        }
        let card = "---\nlicense: \"\\e[31m\\u202E\"\nbase_model: \"a\\u200Bb/\\e]52;c;aGk=\\a\"\n---\n";
        std::fs::write(folder.join("README.md"), card).unwrap();
        std::fs::write(folder.join("config.json"), b"{\"model_type\":\"\\u001b[2J\\u202e\"}").unwrap();
        std::fs::write(folder.join("weights\u{1b}[2J\u{202e}.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
        std::fs::write(folder.join("model.sig"), b"{\"mediaType\":\"\\u001b[2J\\u202e\"}").unwrap();
    }
}

#[cfg(not(unix))]
fn add_folders(_: &Path, _: &[String]) {}

fn is_safe(symbol: &str) -> bool {
    symbol.chars().all(is_shown) && symbol.chars().count() <= 8
}

fn assert_safe(buffer: &Buffer, place: &str) {
    for cell in &buffer.content {
        assert!(is_safe(cell.symbol()), "{:?} in a cell: {place}", cell.symbol());
    }
}

/// Every screen about the model under the cursor, after each of its tabs was looked at, and every popup, or of the
/// popups every third from this one on.
fn draw_all(make: &dyn Fn() -> App, sizes: &[(u16, u16)], third: Option<usize>) {
    for screen in Screen::ALL {
        for (number, keys) in POPUPS.into_iter().chain([&["tab"][..], &["tab", "tab"]]).enumerate() {
            if number > 0 && third.is_some_and(|third| (number + third) % 3 != 0) {
                continue;
            }
            let mut app = make();
            app.go(screen);
            keys.iter().for_each(|key| drop(update(&mut app, Action::Key(event(key)))));
            let (columns, rows) = sizes[number % sizes.len()];
            let place = format!("{keys:?} on {} {columns}×{rows}", screen.word());
            assert_safe(&cells(&app, columns, rows), &place);
            assert_drawn(&received(&app, columns, rows), &place);
        }
    }
}

#[test]
fn hostile_names_reach_no_cell_of_any_screen_or_popup() {
    let names = nasty::all();
    let dir = workspace(&names);
    add_folders(dir.path(), &names);
    let workbench = open(dir.path(), false);
    let ids: Vec<ModelId> = workbench.view().models.iter().map(|model| model.id.clone()).collect();
    assert!(ids.len() >= names.len(), "{} models of {} names", ids.len(), names.len());
    workbench.wait(workbench.start(JobKind::Verify(ids.clone())));
    for id in &ids {
        workbench.review(id, ReviewWord::Reject, &names[1]).unwrap();
    }
    let (view, jobs) = (workbench.view(), workbench.jobs());
    assert!(!view.policy_errors.is_empty(), "the policy is faulty, and its faults are shown");
    let theme = Theme::load("dark", Depth::True).unwrap();
    let jobs = now(&jobs);
    // Nothing else runs by the time that the last of them is drawn.
    (0..ids.len()).into_par_iter().for_each(|index| {
        let make = || {
            let mut app = App::new(theme.clone(), theme::names());
            update(&mut app, Action::View(view.clone()));
            update(&mut app, Action::Jobs(jobs.clone()));
            app.rows.cursor = index;
            app.current = app.subject();
            app
        };
        let turned: Vec<(u16, u16)> =
            (0..4).map(|i| [(60, 16), (80, 24), (110, 30), (200, 60)][(i + index) % 4]).collect();
        draw_all(&make, &turned, Some(index));
    });
}

/// A workspace of which only the names of models are `name`.
fn view_of(name: &str) -> Arc<View> {
    let dir = workspace(&[name.to_owned(), "plain".to_owned()]);
    open(dir.path(), true).view()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_may_be_a_models_name(name in "\\PC{1,40}|[\\x00-\\x{10ffff}]{1,60}", width in 60u16..220, height in 16u16..60) {
        let view = view_of(&name);
        let make = || {
            let mut app = app("dark", Some(&view));
            app.rows.cursor = usize::from(width) % 2;
            app.current = app.subject();
            app
        };
        draw_all(&make, &[(width, height)], None);
    }
}

#[test]
fn every_screen_and_popup_is_drawn_at_every_size() {
    let mut ask = verified();
    update(&mut ask, Action::Jobs(running()));
    press(&mut ask, &["q"]);
    assert!(matches!(ask.popup, Some(Popup::ConfirmQuit)));
    let mut apps = vec![ask, app("dark", None)];
    for screen in Screen::ALL {
        for keys in POPUPS {
            let mut app = verified();
            update(&mut app, Action::Jobs(running()));
            app.go(screen);
            press(&mut app, keys);
            apps.push(app);
        }
    }
    for (columns, rows) in [(0, 0), (1, 1), (20, 5), (59, 16), (60, 15), (60, 16), (80, 24), (200, 60)] {
        for app in &apps {
            let drawn = text(app, columns, rows);
            let small = columns < 60 || rows < 16;
            if columns >= 20 {
                assert_eq!(drawn.contains("needs at least"), small, "{columns}×{rows}:\n{drawn}");
            }
        }
    }
    for app in apps.iter().step_by(7) {
        cells(app, 500, 200);
    }
}

#[test]
fn pasting_never_runs_a_command() {
    const PASTE: &str = "q\nV:quit\n\u{1b}[31m\u{202e}";
    for screen in Screen::ALL {
        for keys in POPUPS.into_iter().chain([&["/"][..]]) {
            let mut app = verified();
            app.go(screen);
            // What the screen shows is asked for, whatever happens first.
            update(&mut app, Action::Resize);
            press(&mut app, keys);
            let shape = |app: &App| {
                let popup = app.popup.as_ref().map(std::mem::discriminant);
                (app.screen, popup, app.filtering, app.rows.marks(), app.current.clone())
            };
            let before = shape(&app);
            let effects = update(&mut app, Action::Paste(PASTE.to_owned()));
            // The policy that is edited takes any text, and nothing but its text changes.
            if let Some(editor) = app.editor.as_ref().filter(|_| app.popup.is_none()) {
                assert_eq!(effects, [Effect::LookAtEdited]);
                assert_eq!(shape(&app), before);
                assert!(editor.text.whole().contains(PASTE));
                continue;
            }
            assert!(effects.is_empty(), "{keys:?} on {}: {effects:?}", screen.word());
            let after = shape(&app);
            assert_eq!((after.0, after.1, after.2, after.3), (before.0, before.1, before.2, before.3));
            let filtering = app.filtering;
            let filter = app.rows.filter.clone();
            let typed = app.popup.as_mut().and_then(Popup::input).map(|input| input.clone());
            match typed.or(filtering.then_some(filter)) {
                Some(typed) => {
                    assert!(typed.contains("q V:quit") && !typed.chars().any(char::is_control), "{typed:?}");
                    assert!(!typed.contains('\u{202e}'), "{typed:?}");
                }
                None => assert!(told(&app).contains("ignored"), "{keys:?} on {}", screen.word()),
            }
        }
    }
}

#[test]
fn what_is_typed_has_an_end_however_often_it_is_pasted() {
    for keys in [&[":"][..], &["r", "a"], &["/"]] {
        let mut app = verified();
        press(&mut app, keys);
        for _ in 0..50 {
            update(&mut app, Action::Paste("é".repeat(100_000)));
        }
        let filter = app.rows.filter.len();
        let typed = app.popup.as_mut().and_then(Popup::input).map_or(filter, |input| input.len());
        assert!(typed > 0 && typed <= 4096, "{keys:?}: {typed} bytes");
    }
}

#[derive(Debug, Clone)]
enum Hand {
    Key(KeyEvent),
    Paste(String),
    Resize(u16, u16),
    News(u8),
}

fn hand() -> impl Strategy<Value = Hand> {
    let named = prop::sample::select(vec![
        "enter",
        "esc",
        "tab",
        "shift-tab",
        "up",
        "down",
        "left",
        "right",
        "pgup",
        "pgdn",
        "home",
        "end",
        "backspace",
        "space",
        "ctrl-d",
        "ctrl-u",
        "ctrl-w",
        "ctrl-l",
        "ctrl-c",
        "ctrl-z",
    ]);
    let command = prop::sample::select(b"12345678VMw/*uvsordReRLTSx!:?-hjklgGaq yWP".to_vec());
    prop_oneof![
        6 => command.prop_map(|byte| Hand::Key(KeyEvent::from(KeyCode::Char(char::from(byte))))),
        4 => named.prop_map(|key| Hand::Key(event(key))),
        1 => any::<char>().prop_map(|c| Hand::Key(KeyEvent::from(KeyCode::Char(c)))),
        1 => (any::<char>(), 0u8..64).prop_map(|(c, bits)|
            Hand::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::from_bits_truncate(bits)))),
        1 => (0u8..30).prop_map(|n| Hand::Key(KeyEvent::from(KeyCode::F(n)))),
        1 => "\\PC{0,30}|[\\x00-\\x{10ffff}]{0,20}|q\n:quit\n".prop_map(Hand::Paste),
        1 => (0u16..150, 0u16..50).prop_map(|(columns, rows)| Hand::Resize(columns, rows)),
        1 => any::<u8>().prop_map(Hand::News),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_pressed_the_workbench_draws_and_esc_leads_home(hands in prop::collection::vec(hand(), 60)) {
        let mut app = verified();
        let mut size = (80, 24);
        for (number, hand) in hands.into_iter().enumerate() {
            let may_quit = matches!(&hand, Hand::Key(_));
            let action = match hand {
                Hand::Key(key) => Action::Key(key),
                Hand::Paste(text) => Action::Paste(text),
                Hand::Resize(columns, rows) => {
                    size = (columns, rows);
                    Action::Resize
                }
                Hand::News(n) => match n % 5 {
                    0 => Action::View(seen().found.clone()),
                    1 => Action::View(seen().verified.clone()),
                    2 => Action::Jobs(running()),
                    3 => Action::Jobs(Vec::new()),
                    _ => Action::MessageOver,
                },
            };
            let effects = update(&mut app, action);
            // A new view may need a new survey, licences or cases, which are read beside the screens, and names in a
            // folder are read for what is typed, however it came there.
            let is_quiet = effects.iter().all(|effect| {
                matches!(
                    effect,
                    Effect::Survey
                        | Effect::Licences
                        | Effect::Cases(_)
                        | Effect::Preview { .. }
                        | Effect::StopPreview
                        | Effect::ReadFolder(_)
                        | Effect::LookAtEdited
                )
            });
            prop_assert!(may_quit || is_quiet, "{effects:?} without a key");
            if number % 6 == 0 {
                assert_safe(&cells(&app, size.0, size.1), "random keys");
            }
        }
        for _ in 0..70 {
            let effects = update(&mut app, Action::Key(event("esc")));
            prop_assert!(!effects.contains(&Effect::Quit), "Esc quits");
        }
        prop_assert!(app.screen == Screen::Inventory && app.popup.is_none() && !app.filtering);
        prop_assert!(app.rows.filter.is_empty() && app.rows.shown().len() == app.rows.total());
        assert_safe(&cells(&app, size.0, size.1), "home");
    }
}
