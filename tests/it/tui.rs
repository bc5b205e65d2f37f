//! The workbench as a person meets it: commands, themes, order and filter, and what the two faces share.
//! Hostile input, odd sizes, pasting and random keys are next door, in `tui_hostile`.

use crate::support::copy_of_samples;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use touchmark::commands::{self, Cmd, Keys, Screen, keyed};
use touchmark::inventory::{Model, ModelId};
use touchmark::tui::keys;
use touchmark::tui::theme::{self, BUILT_IN, Depth, Role, Theme};
use touchmark::tui::{Action, App, Drawn, Effect, JobNow, draw, update};
use touchmark::workbench::{Job, JobKind, JobState, OpenOptions, View, Workbench};
use touchmark::{Code, Error};

const DEPTHS: [Depth; 4] = [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::Mono];

/// What opens each popup from a screen where it can be opened.
pub const POPUPS: [&[&str]; 18] = [
    &[],
    &["?"],
    &[":"],
    &[":", "z", "z"],
    &["!"],
    &["w"],
    &["r"],
    &["r", "a", "n", "o"],
    &["*", "r", "A", "n", "o", "enter"],
    &["H"],
    &["T", "down"],
    &["L"],
    &["f"],
    &["ctrl-s"],
    &["ctrl-p"],
    &["y"],
    &["e"],
    &["e", "m"],
];

/// What was seen of the samples: as found, verified, and a job that can be made to run.
pub struct Seen {
    pub found: Arc<View>,
    pub verified: Arc<View>,
    pub jobs: Vec<Job>,
}

pub fn seen() -> &'static Seen {
    static SEEN: OnceLock<Seen> = OnceLock::new();
    SEEN.get_or_init(|| {
        let dir = copy_of_samples();
        let workbench = open(dir.path(), false);
        let found = workbench.view();
        let ids: Vec<ModelId> = found.models.iter().map(|model| model.id.clone()).collect();
        workbench.wait(workbench.start(JobKind::Verify(ids)));
        Seen { found, verified: workbench.view(), jobs: workbench.jobs() }
    })
}

pub fn open(dir: &Path, read_only: bool) -> Workbench {
    let options = OpenOptions { dir: Some(dir.to_owned()), read_only, ..OpenOptions::default() };
    Workbench::open(&options).unwrap()
}

pub fn app(theme: &str, view: Option<&Arc<View>>) -> App {
    let mut app = App::new(Theme::load(theme, Depth::True).unwrap(), theme::names());
    if let Some(view) = view {
        update(&mut app, Action::View(view.clone()));
    }
    app
}

pub fn verified() -> App {
    app("dark", Some(&seen().verified))
}

/// A job of the samples as if it still ran.
pub fn running() -> Vec<JobNow> {
    let mut jobs = seen().jobs.clone();
    jobs[0].state = JobState::Running;
    now(&jobs)
}

pub fn now(jobs: &[Job]) -> Vec<JobNow> {
    jobs.iter().map(|job| JobNow::of(job, Instant::now())).collect()
}

/// The key that the table writes so.
pub fn event(written: &str) -> KeyEvent {
    let (modifiers, base) = match written.strip_prefix("ctrl-") {
        Some(base) => (KeyModifiers::CONTROL, base),
        None => (KeyModifiers::NONE, written),
    };
    let code = match base {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "backspace" => KeyCode::Backspace,
        "insert" => KeyCode::Insert,
        "delete" => KeyCode::Delete,
        function if function.len() > 1 && function.starts_with('f') => {
            KeyCode::F(function[1..].parse().unwrap())
        }
        one => KeyCode::Char(one.chars().next().unwrap()),
    };
    KeyEvent::new(code, modifiers)
}

/// What the loop would still have to do: themes are loaded here, and searches go on to their end, as it does.
pub fn press(app: &mut App, keys: &[&str]) -> Vec<Effect> {
    let mut left = Vec::new();
    for key in keys {
        for effect in update(app, Action::Key(event(key))) {
            match effect {
                Effect::Theme(name) => {
                    let loaded = Theme::load(&name, Depth::True);
                    left.extend(update(app, Action::Theme(loaded)));
                }
                Effect::GoOn => while update(app, Action::GoOn).contains(&Effect::GoOn) {},
                other => left.push(other),
            }
        }
    }
    left
}

fn frame(app: &App, columns: u16, rows: u16) -> (Buffer, Drawn) {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut drawn = Drawn::default();
    terminal.draw(|frame| drawn = draw(app, frame)).unwrap();
    (terminal.backend().buffer().clone(), drawn)
}

pub fn cells(app: &App, columns: u16, rows: u16) -> Buffer {
    frame(app, columns, rows).0
}

/// Draws as the loop does: what the frame found out goes back into the state.
pub fn shown(app: &mut App, columns: u16, rows: u16) -> String {
    let (buffer, drawn) = frame(app, columns, rows);
    app.drew(drawn);
    written(&buffer, columns, rows)
}

pub fn text(app: &App, columns: u16, rows: u16) -> String {
    written(&cells(app, columns, rows), columns, rows)
}

fn written(buffer: &Buffer, columns: u16, rows: u16) -> String {
    let line = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..rows).map(line).collect::<Vec<_>>().join("\n")
}

pub fn told(app: &App) -> &str {
    app.message.as_ref().map_or("", |message| &message.text)
}

pub fn raw(app: &App) -> String {
    app.subject().unwrap().raw().to_owned()
}

fn empty_workspace() -> (tempfile::TempDir, Arc<View>) {
    let dir = tempfile::tempdir().unwrap();
    let text = "schema = \"workspace/0.1\"\nname = \"empty\"\nstage = \"dev\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), text).unwrap();
    let view = open(dir.path(), false).view();
    (dir, view)
}

// ---- commands ----

#[test]
fn every_command_has_a_name_a_description_and_keys_that_a_keyboard_can_produce() {
    for row in keyed() {
        assert!(!row.name.is_empty() && !row.help.is_empty() && !row.keys.is_empty(), "{}", row.name);
        assert!(!row.name.contains(' '), "{} cannot be typed as one word", row.name);
        assert_eq!(keyed().filter(|other| other.cmd == row.cmd).count(), 1, "{} stands twice", row.name);
        for key in row.keys {
            assert!(keys::is_valid(key), "{key} of {}", row.name);
            assert_eq!(keys::written(&event(key)).as_deref(), Some(*key), "{key} of {}", row.name);
        }
    }
}

#[test]
fn no_command_hides_another_that_works_on_the_same_screen() {
    for screen in Screen::ALL {
        for row in keyed().filter(|row| row.is_on(screen)) {
            let named = keyed().filter(|other| other.is_on(screen) && other.name == row.name);
            assert_eq!(named.count(), 1, "{} names one command of a screen", row.name);
            for key in row.keys_on(screen) {
                let found = commands::by_key(key, screen).unwrap();
                assert_eq!(found.name, row.name, "{key} on {}", screen.word());
            }
        }
    }
}

#[test]
fn the_key_bar_shows_keys_that_act_on_its_screen() {
    for screen in Screen::ALL {
        let mut app = verified();
        app.go(screen);
        let mut bar = text(&app, 250, 40).lines().last().unwrap().to_owned();
        if screen == Screen::Maturity {
            // It shows one model, or all: keys that act on the rows of all stand in the bar only then.
            assert!(!bar.contains("Enter models"), "{bar}");
            press(&mut app, &["a"]);
            bar = format!("{bar} │ {}", text(&app, 250, 40).lines().last().unwrap());
        }
        for row in keyed().filter(|row| !row.bar.is_empty()) {
            let first = |row: &Keys| row.keys_on(screen).next();
            let words = format!("{} {}", commands::shown(first(row).unwrap_or(row.keys[0])), row.bar);
            let shown = bar.split('│').any(|part| part.trim() == words);
            // Several screens may call what a key does by one word.
            let like = |other: &Keys| first(other) == first(row) && other.bar == row.bar;
            let is_meant = keyed().any(|other| like(other) && other.is_on(screen));
            assert_eq!(shown, is_meant, "{words:?} on {}: {bar}", screen.word());
        }
    }
}

/// Commands that may change nothing that is seen, and why that is no riddle.
const SILENT: [(&[Cmd], &str); 1] = [(
    &[Cmd::Up, Cmd::Down, Cmd::PageUp, Cmd::PageDown, Cmd::First, Cmd::Last],
    "a list shows by itself where it ends",
)];

/// Whether the command opens the screen that is open: the tab says so.
fn opens(cmd: Cmd, screen: Screen) -> bool {
    let of = match cmd {
        Cmd::Inventory => Screen::Inventory,
        Cmd::Lineage => Screen::Lineage,
        Cmd::Verify => Screen::Verify,
        Cmd::Maturity => Screen::Maturity,
        Cmd::Policy => Screen::Policy,
        Cmd::Incidents => Screen::Incidents,
        Cmd::Jobs => Screen::Jobs,
        _ => return false,
    };
    of == screen
}

#[test]
fn a_key_acts_or_says_why_not_and_never_does_nothing() {
    let (_dir, empty) = empty_workspace();
    let samples = copy_of_samples();
    let read_only = open(samples.path(), true).view();
    let failed = || Error::new(Code::Config, "the workspace file is not valid").at("touchmark.toml");
    type Make<'a> = Box<dyn Fn() -> App + 'a>;
    let states: Vec<(&str, Make<'_>)> = vec![
        ("opening", Box::new(|| app("dark", None))),
        (
            "failed",
            Box::new(|| {
                let mut app = app("dark", None);
                update(&mut app, Action::OpenFailed(failed()));
                app
            }),
        ),
        ("empty", Box::new(|| app("dark", Some(&empty)))),
        ("found", Box::new(|| app("dark", Some(&seen().found)))),
        ("verified", Box::new(verified)),
        (
            "read-only",
            Box::new(|| {
                let mut app = app("dark", Some(&read_only));
                app.read_only = true;
                app
            }),
        ),
        (
            "all marked, none shown",
            Box::new(|| {
                let mut app = verified();
                press(&mut app, &["*"]);
                app.rows.set_filter("nothing is called so".to_owned());
                app.message = None;
                app
            }),
        ),
    ];
    let mut dead = Vec::new();
    for (name, make) in &states {
        for screen in Screen::ALL {
            let on = || {
                let mut app = make();
                app.go(screen);
                app
            };
            let before = cells(&on(), 120, 40);
            for row in keyed().filter(|row| row.is_on(screen)) {
                let mut app = on();
                let effects = press(&mut app, &row.keys[..1]);
                let excused =
                    SILENT.iter().any(|(cmds, _)| cmds.contains(&row.cmd)) || opens(row.cmd, screen);
                if effects.is_empty() && app.message.is_none() && cells(&app, 120, 40) == before && !excused {
                    dead.push(format!("{} on {} while {name}", row.name, screen.word()));
                }
            }
        }
    }
    assert!(dead.is_empty(), "keys that do nothing and say nothing: {dead:#?}");
}

#[test]
fn read_only_refuses_to_record_a_review_and_says_so() {
    let mut app = verified();
    app.read_only = true;
    assert!(press(&mut app, &["r"]).is_empty());
    assert!(app.popup.is_none() && told(&app).contains("read-only"), "{}", told(&app));
}

#[test]
fn the_palette_does_not_reach_around_what_a_command_may_do() {
    for typed in ["stage dev", "filter x", "verify"] {
        let mut app = app("dark", None);
        press(&mut app, &[":"]);
        update(&mut app, Action::Paste(typed.to_owned()));
        assert!(press(&mut app, &["enter"]).is_empty(), "{typed}");
        assert!(told(&app).contains("still being opened"), "{typed}: {}", told(&app));
    }
    let mut app = verified();
    press(&mut app, &[":", "down", "down"]);
    update(&mut app, Action::Paste("quit".to_owned()));
    assert_eq!(press(&mut app, &["enter"]), [Effect::Quit], "a pasted name is chosen as a typed one is");
}

#[test]
fn a_row_of_the_lineage_that_is_not_in_the_inventory_says_so_even_when_models_are_marked() {
    let mut app = verified();
    press(&mut app, &["*", "2"]);
    app.lineage.rows[0].model = None;
    app.lineage.cursor = 0;
    for key in ["V", "M", "w", "r"] {
        assert!(press(&mut app, &[key]).is_empty() && app.popup.is_none(), "{key}");
        assert!(app.message.is_some(), "{key}");
    }
    // Its relatives can be drawn all the same, unless no source names it.
    app.lineage.rows[0].id = ModelId::new("nobody/names-it");
    assert!(press(&mut app, &["enter"]).is_empty() && app.message.is_some());
}

// ---- themes ----

fn luminance(color: Color) -> Option<f64> {
    let Color::Rgb(r, g, b) = color else { return None };
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b))
}

/// WCAG 2.2, contrast ratio; none for colours that the terminal chooses.
fn contrast(style: Style) -> Option<f64> {
    let (x, y) = (luminance(style.fg?)?, luminance(style.bg?)?);
    Some((x.max(y) + 0.05) / (x.min(y) + 0.05))
}

#[test]
fn every_theme_defines_every_role_at_every_depth_and_no_text_is_the_colour_of_its_ground() {
    assert_eq!(BUILT_IN.len(), 6);
    for (name, _) in BUILT_IN {
        for depth in DEPTHS {
            let theme = Theme::load(name, depth).unwrap();
            for role in Role::ALL {
                let style = theme.style(role);
                let (fg, bg) = (style.fg.unwrap(), style.bg.unwrap());
                assert!(fg != bg || fg == Color::Reset, "{name} {depth:?} {}", role.name());
                let none = depth == Depth::Mono || name == "mono";
                assert!(
                    !none || (fg, bg) == (Color::Reset, Color::Reset),
                    "{name} {depth:?} {}",
                    role.name()
                );
            }
        }
    }
}

#[test]
fn text_stands_out_from_every_ground_that_it_is_drawn_on() {
    for (name, _) in BUILT_IN {
        let theme = Theme::load(name, Depth::True).unwrap();
        for role in Role::ALL {
            let own = contrast(theme.style(role));
            if !matches!(name, "ansi16" | "mono") {
                assert!(own.is_some(), "{name} {} is a colour of the terminal", role.name());
                let same = (own.unwrap() - theme.contrast(role).unwrap()).abs() < 1e-9;
                assert!(same, "{name} {}: the program computes another contrast", role.name());
            }
            let Some(least) = role.least_contrast() else { continue };
            let least = if name == "high-contrast" { 7.0 } else { least };
            for ground in Role::GROUNDS {
                let found = theme.contrast_on(role, ground);
                let (role, ground) = (role.name(), ground.name());
                assert!(found.is_none_or(|ratio| ratio >= least), "{name} {role} on {ground}: {found:?}");
                assert!(found.is_some() || name == "mono", "{name} {role} on {ground} cannot be computed");
            }
        }
    }
}

#[test]
fn only_shapes_and_what_cannot_be_acted_on_may_be_faint() {
    let faint = Role::ALL.into_iter().filter(|role| role.least_contrast().is_none());
    let names: Vec<&str> = faint.map(Role::name).collect();
    assert_eq!(names, ["border", "beneath", "track"]);
}

#[test]
fn a_theme_inherits_what_it_does_not_say() {
    let dark = Theme::load("dark", Depth::True).unwrap();
    let text = "inherits = \"dark\"\n[palette]\npass = \"#00ff01\"\n[roles]\nmuted = { fg = \"#aaaaaa\", underline = true }\n";
    let mine = Theme::parse("mine", text, Depth::True).unwrap();
    for role in Role::ALL {
        match role {
            Role::Pass => assert_eq!(mine.style(role).fg, Some(Color::Rgb(0, 255, 1))),
            Role::Muted => assert!(mine.style(role).add_modifier.contains(Modifier::UNDERLINED)),
            _ => assert_eq!(mine.style(role), dark.style(role), "{}", role.name()),
        }
    }
}

#[test]
fn a_faulty_theme_file_is_refused_with_what_and_where() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.toml");
    let mine = path.to_string_lossy().into_owned();
    let inherits = |rest: &str| format!("inherits = \"dark\"\n{rest}");
    let cases = [
        (format!("inherits = {mine:?}\n"), Code::Config, "inherits from"),
        ("inherits = \"mine\"\n".to_owned(), Code::Config, "`mine`"),
        (inherits("[roles]\nglitter = { fg = \"text\" }\n"), Code::Config, "`glitter`"),
        (inherits("[roles]\ntitle = { fg = \"#12\" }\n"), Code::Config, "`title`"),
        (inherits("[roles]\ntitle = { fg = \"ansi-16\" }\n"), Code::Config, "`ansi-16`"),
        (inherits("[palette]\npass = \"greenish\"\n"), Code::Config, "`pass`"),
        (inherits("[palette]\nnobody-uses-me = \"#xyzxyz\"\n"), Code::Config, "`nobody-uses-me`"),
        (inherits("\n\nshiny = true\n"), Code::Config, "line 4"),
        ("[roles]\n".to_owned(), Code::Config, "not defined"),
        (format!("# {}\n", "x".repeat(10_000_000)), Code::TooLarge, "64 KiB"),
    ];
    for (text, code, what) in cases {
        std::fs::write(&path, &text).unwrap();
        let error = Theme::load(&mine, Depth::True).unwrap_err();
        let said = error.to_string();
        assert_eq!(error.code, code, "{said}");
        assert!(said.contains(what) && said.contains("mine.toml"), "wants {what}: {said}");
    }
    std::fs::write(&path, b"inherits = \"\xff\"").unwrap();
    assert_eq!(Theme::load(&mine, Depth::True).unwrap_err().code, Code::Read);
    let unknown = Theme::load("drak", Depth::True).unwrap_err();
    assert!(unknown.code == Code::NotFound && unknown.help.unwrap().contains("colour-blind"));
}

#[cfg(unix)]
#[test]
fn a_theme_that_is_no_file_is_refused_and_not_read_for_ever() {
    for name in ["/dev/zero", "/"] {
        assert!(Theme::load(name, Depth::True).unwrap_err().to_string().contains(name));
    }
}

#[test]
fn without_colours_every_status_is_still_a_sign_and_a_word() {
    let mut app = app("mono", Some(&seen().verified));
    let inventory = text(&app, 160, 50);
    for status in ["✓ pass", "✗ FAIL", "✓ admit", "✗ refuse"] {
        assert!(inventory.contains(status), "{status}:\n{inventory}");
    }
    press(&mut app, &["enter"]);
    let checks = text(&app, 160, 50);
    for check in &app.verified().unwrap().verification.checks {
        let status = format!("{} {}", check.outcome.glyph(), check.outcome.word());
        let row = |line: &&str| line.contains(&status) && line.contains(check.stage.name());
        assert!(checks.lines().any(|line| row(&line)), "{status} of {}:\n{checks}", check.stage.name());
    }
    for screen in Screen::ALL {
        app.go(screen);
        for cell in &cells(&app, 160, 50).content {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{}", screen.word());
        }
    }
}

// ---- order, filter, marks ----

#[test]
fn the_cursor_stays_on_its_model_when_the_order_changes() {
    let mut app = verified();
    press(&mut app, &["j", "j", "j"]);
    let chosen = raw(&app);
    for keys in [&["s", "m"][..], &["s", "g"], &["o"], &["s", "i"], &["s", "l"], &["o"], &["s", "l"]] {
        press(&mut app, keys);
        assert_eq!(raw(&app), chosen, "after {keys:?}, {}", app.rows.sort().word());
        assert_eq!(app.current.as_ref().unwrap().raw(), chosen);
    }
    press(&mut app, &["/"]);
    update(&mut app, Action::Paste(chosen.clone()));
    press(&mut app, &["enter", "esc"]);
    assert!(app.rows.filter.is_empty());
    assert_eq!(raw(&app), chosen, "clearing the filter keeps what it found");
}

#[test]
fn marks_outlive_sorting_and_filtering_and_a_new_view() {
    let mut app = verified();
    press(&mut app, &["space", "space"]);
    let marked = app.rows.marked();
    assert_eq!(marked.len(), 2);
    press(&mut app, &["s", "m", "o", "v", "/", "z", "z", "esc"]);
    update(&mut app, Action::View(seen().verified.clone()));
    assert_eq!(app.rows.marked(), marked);
    press(&mut app, &["esc"]);
    let Some(Effect::Start(JobKind::Verify(ids))) = press(&mut app, &["V"]).pop() else { panic!() };
    assert_eq!(ids, marked);
    assert_eq!(app.rows.marks(), 0);
}

#[test]
fn filtered_to_nothing_says_so_and_how_to_get_back() {
    let mut app = verified();
    press(&mut app, &["/", "q", "z", "q", "z", "q", "enter"]);
    for (columns, rows) in [(60, 16), (80, 24), (160, 50)] {
        let drawn = text(&app, columns, rows);
        assert!(drawn.contains("None of") && drawn.contains("Esc clears the filter"), "{drawn}");
    }
    press(&mut app, &["esc"]);
    assert_eq!(app.rows.shown().len(), app.rows.total());
}

#[test]
fn esc_closes_the_popup_then_clears_the_filter_then_goes_back() {
    let mut app = verified();
    press(&mut app, &["4", "3", "?", "esc"]);
    assert!(app.popup.is_none() && app.screen == Screen::Verify);
    press(&mut app, &["esc"]);
    assert!(app.screen == Screen::Maturity);
    press(&mut app, &["esc", "/", "a", "enter", "w", "esc"]);
    assert!(app.popup.is_none() && app.screen == Screen::Inventory && app.rows.filter == "a");
    assert!(press(&mut app, &["esc"]).is_empty() && app.rows.filter.is_empty());
    assert!(press(&mut app, &["esc", "esc"]).is_empty());
    assert!(told(&app).contains("q quits"), "{}", told(&app));
}

#[test]
fn ctrl_c_asks_once_and_gives_a_theme_that_was_only_tried_back() {
    let mut app = verified();
    press(&mut app, &["T", "down"]);
    assert_eq!(app.theme.name, "light");
    assert!(press(&mut app, &["ctrl-c"]).is_empty());
    assert!(app.popup.is_none() && app.theme.name == "dark");
    assert_eq!(press(&mut app, &["ctrl-c"]), [Effect::Quit]);
}

#[test]
fn refocusing_on_the_focus_leaves_no_step_to_go_back_to() {
    let mut app = verified();
    press(&mut app, &["2", "enter"]);
    assert!(app.lineage.trail.is_empty() && app.message.is_some());
}

/// A view of many models of which only documents speak.
pub fn many(models: usize) -> Arc<View> {
    Arc::new(holding((0..models).map(|i| format!("team/model-{i:06}"))))
}

/// A view of models of these names, of which only documents speak; nothing is judged.
pub fn holding(names: impl Iterator<Item = String>) -> View {
    let (_dir, empty) = empty_workspace();
    let mut models: Vec<Model> = names.map(|name| Model::new(ModelId::new(&name), name.as_str())).collect();
    models.sort_by(|a, b| a.id.cmp(&b.id));
    View {
        proven: Default::default(),
        digests: Default::default(),
        gates: Arc::default(),
        surfaces: Arc::default(),
        feeds: Arc::default(),
        drills: Arc::default(),
        seal: touchmark::maturity::PolicySeal::Unsigned,
        usage: Arc::default(),
        names: Arc::default(),
        generation: 1,
        workspace: empty.workspace.clone(),
        policy: empty.policy.clone(),
        policy_text: String::new(),
        policy_errors: Vec::new(),
        trust: empty.trust.clone(),
        ledger: empty.ledger.clone(),
        anchors: Vec::new(),
        stage: empty.stage.clone(),
        rubric: empty.rubric.clone(),
        findings: Arc::default(),
        graph: Arc::default(),
        verified: vec![None; models.len()].into(),
        states: Arc::default(),
        lost: Arc::default(),
        is_whole: true,
        judgement: Default::default(),
        reviews: vec![None; models.len()].into(),
        anchoring: None,
        at: empty.at,
        models: Arc::new(models),
    }
}

#[test]
fn of_100_000_models_exactly_the_rows_around_the_cursor_are_drawn() {
    let mut app = app("dark", Some(&many(100_000)));
    let names = |app: &App| -> Vec<String> {
        // Too low for the details, which would name the model under the cursor once more.
        let drawn = text(app, 80, 20);
        let words = drawn.split_whitespace().filter(|word| word.starts_with("team/model-"));
        words.map(str::to_owned).collect()
    };
    let first = names(&app);
    assert!(first.len() > 10 && first.len() < 20 && first[0] == "team/model-000000", "{first:?}");
    press(&mut app, &["G"]);
    assert_eq!(names(&app).last().unwrap(), "team/model-099999");
    press(&mut app, &["/", "0", "7", "7", "7", "7", "7", "enter"]);
    assert!(names(&app).contains(&"team/model-077777".to_owned()));
}

#[test]
fn scrolling_stops_at_the_end_so_that_one_key_comes_back() {
    let mut app = verified();
    for keys in [&["?"][..], &["5"], &["5", "tab"]] {
        press(&mut app, keys);
        let top = shown(&mut app, 80, 24);
        for _ in 0..100 {
            press(&mut app, &["pgdn"]);
            shown(&mut app, 80, 24);
        }
        let end = shown(&mut app, 80, 24);
        assert_ne!(end, top, "{keys:?}");
        press(&mut app, &["k"]);
        assert_ne!(shown(&mut app, 80, 24), end, "{keys:?}");
        press(&mut app, &["esc", "1"]);
    }
}
