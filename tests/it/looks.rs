//! How the screens look: every colour comes from a role, shapes alone are faint, the chosen row keeps its colours, what
//! lies beneath a popup loses them; themes of one's own; signs of ASCII; the mouse.

use crate::journey::Terminal as Pty;
use crate::support::copy_of_samples;
use crate::tui::{POPUPS, app, cells, event, press, seen, text, told, verified};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchmark::commands::Screen;
use touchmark::decision::Decision;
use touchmark::tui::theme::{self, BUILT_IN, Depth, Role, Shelf, Theme};
use touchmark::tui::{Action, App, Effect, Popup, Under, draw, needs_ascii, update};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

/// What the loop does about a survey.
fn surveyed(app: &mut App, effects: Vec<Effect>) {
    if effects.contains(&Effect::Survey) {
        let view = app.view.clone().unwrap();
        update(app, Action::Surveyed(view.generation, Arc::new(view.survey())));
    }
}

/// The maturity screen of the whole inventory.
fn whole() -> App {
    let mut app = verified();
    press(&mut app, &["4"]);
    while !app.whole {
        let effects = press(&mut app, &["tab"]);
        surveyed(&mut app, effects);
    }
    app
}

/// Every screen, as found, verified and with each popup over it.
fn every_state(mut each: impl FnMut(&str, &mut App)) {
    for view in [&seen().found, &seen().verified] {
        for screen in Screen::ALL {
            for keys in POPUPS {
                let mut app = app("dark", Some(view));
                app.go(screen);
                press(&mut app, keys);
                each(&format!("{} {keys:?}", screen.word()), &mut app);
            }
        }
    }
    each("the whole inventory", &mut whole());
}

// ---- colours ----

/// A theme in which every role has a colour and a ground of its own.
fn unique() -> (Theme, BTreeMap<(u8, u8, u8), &'static str>) {
    let mut text = String::from("background = \"#00ff00\"\n[roles]\n");
    let mut names = BTreeMap::from([((0, 255, 0), "background")]);
    for (number, role) in (1u8..).zip(Role::ALL) {
        text.push_str(&format!("{} = {{ fg = \"#01{number:02x}00\"", role.name()));
        names.insert((1, number, 0), role.name());
        // Grounds that dark has too; the others are drawn on these.
        if Theme::load("dark", Depth::True).unwrap().ink(role).bg.is_some() {
            text.push_str(&format!(", bg = \"#02{number:02x}00\""));
            names.insert((2, number, 0), role.name());
        }
        text.push_str(" }\n");
    }
    (Theme::parse("unique", &text, Depth::True).unwrap(), names)
}

fn rgb(color: Color) -> Option<(u8, u8, u8)> {
    match color {
        Color::Rgb(r, g, b) => Some((r, g, b)),
        _ => None,
    }
}

#[test]
fn every_colour_on_every_screen_is_one_that_a_role_gives() {
    let (theme, names) = unique();
    every_state(|state, app| {
        app.theme = theme.clone();
        for size in SIZES {
            for cell in &cells(app, size.0, size.1).content {
                for color in [cell.fg, cell.bg] {
                    let known = rgb(color).is_some_and(|color| names.contains_key(&color));
                    assert!(known, "{state} at {size:?}: {color:?} of {:?}", cell.symbol());
                }
            }
        }
    });
}

#[test]
fn what_is_faint_is_a_shape_or_lies_beneath_a_popup() {
    let (theme, names) = unique();
    every_state(|state, app| {
        app.theme = theme.clone();
        for (columns, rows) in SIZES {
            for cell in &cells(app, columns, rows).content {
                let role = rgb(cell.fg).and_then(|color| names.get(&color)).copied();
                let is_shape = cell
                    .symbol()
                    .chars()
                    .all(|c| c == ' ' || ('\u{2500}'..='\u{259f}').contains(&c) || "▰▱▮▯●".contains(c));
                let faint = matches!(role, Some("border" | "track"));
                assert!(!faint || is_shape, "{state}: {:?} is text in {role:?}", cell.symbol());
            }
        }
    });
}

#[test]
fn the_chosen_row_changes_its_ground_and_nothing_else() {
    for name in ["dark", "mono"] {
        let mut app = app(name, Some(&seen().verified));
        let row = |app: &App| {
            let drawn = draw_once(app, 120, 36);
            let list = drawn.1.into_iter().find_map(|hit| match hit.under {
                Under::List { chosen } => Some((hit.area, chosen)),
                _ => None,
            });
            (drawn.0, list.unwrap())
        };
        press(&mut app, &["4"]);
        let (before, (area, first)) = row(&app);
        press(&mut app, &["down"]);
        let (after, (_, second)) = row(&app);
        assert_eq!(second, first + 1, "{name}");
        let mut marked = 0;
        for x in area.x + 1..area.right() {
            let (plain, chosen) = (&before[(x, second)], &after[(x, second)]);
            assert_eq!((plain.symbol(), plain.fg), (chosen.symbol(), chosen.fg), "{name} at {x}");
            let reversed = chosen.modifier.contains(Modifier::REVERSED);
            marked += usize::from(chosen.bg != plain.bg || reversed);
            assert_eq!(chosen.modifier - Modifier::REVERSED, plain.modifier, "{name} at {x}");
        }
        assert_eq!(marked, usize::from(area.width) - 1, "{name}: all of the row can be seen to be chosen");
    }
}

#[test]
fn with_sixteen_colours_the_chosen_row_has_one_ground_and_one_ink() {
    for name in ["ansi16", "dark", "light"] {
        let mut app = app("dark", Some(&seen().verified));
        app.theme = Theme::load(name, Depth::Sixteen).unwrap();
        let (buffer, hits) = draw_once(&app, 120, 36);
        let (area, chosen) = hits
            .into_iter()
            .find_map(|hit| match hit.under {
                Under::List { chosen } => Some((hit.area, chosen)),
                _ => None,
            })
            .unwrap();
        let row: Vec<_> = (area.x..area.right()).map(|x| &buffer[(x, chosen)]).collect();
        assert!(row.iter().any(|cell| cell.symbol() == "✗"), "{name}: the row says how it stands");
        let looks: std::collections::HashSet<_> = row.iter().map(|cell| (cell.fg, cell.bg)).collect();
        assert_eq!(looks.len(), 1, "{name}: {looks:?}");
        assert!(row.iter().all(|cell| cell.modifier.is_empty()), "{name}");
        let (ink, ground) = looks.into_iter().next().unwrap();
        let plain = &buffer[(area.x, chosen + 1)];
        assert!(ink != ground && ground != plain.bg && ground != Color::Reset, "{name}: {ink} on {ground}");
    }
}

fn draw_once(app: &App, columns: u16, rows: u16) -> (Buffer, Vec<touchmark::tui::Hit>) {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut hits = Vec::new();
    terminal.draw(|frame| hits = draw(app, frame).hits).unwrap();
    (terminal.backend().buffer().clone(), hits)
}

#[test]
fn a_popup_dims_what_lies_beneath_but_for_the_one_that_tries_themes() {
    let mut app = verified();
    let header = |app: &App| {
        let buffer = cells(app, 120, 36);
        (0..20).map(|x| buffer[(x, 0)].fg).collect::<Vec<Color>>()
    };
    let bright = header(&app);
    press(&mut app, &["?"]);
    let beneath = app.theme.style(Role::Beneath).fg.unwrap();
    assert!(header(&app).iter().all(|color| *color == beneath));
    press(&mut app, &["esc", "T"]);
    assert_eq!(header(&app), bright);
}

#[test]
fn without_colours_no_line_is_underlined() {
    for (name, depth) in [("mono", Depth::True), ("dark", Depth::Mono), ("light", Depth::Mono)] {
        let theme = Theme::load(name, depth).unwrap();
        every_state(|state, app| {
            app.theme = theme.clone();
            for cell in &cells(app, 80, 24).content {
                assert!(!cell.modifier.contains(Modifier::UNDERLINED), "{name} {state}");
                assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name} {state}");
            }
        });
    }
}

// ---- ASCII ----

#[test]
fn with_ascii_every_cell_of_every_screen_is_ascii_and_the_columns_stay() {
    every_state(|state, app| {
        let before = cells(app, 120, 36);
        app.ascii = true;
        let after = cells(app, 120, 36);
        for (plain, ascii) in before.content.iter().zip(&after.content) {
            assert!(ascii.symbol().is_ascii(), "{state}: {:?}", ascii.symbol());
            assert!(!plain.symbol().is_ascii() || plain.symbol() == ascii.symbol(), "{state}");
            assert!(
                // A name may hold anything: its pictures of controls are no signs of ours.
                plain.symbol() == "?"
                    || ascii.symbol() != "?"
                    || plain.symbol().chars().all(|c| ('\u{2400}'..='\u{2426}').contains(&c)),
                "{state}: no sign for {:?}",
                plain.symbol()
            );
        }
    });
}

#[test]
fn a_locale_of_another_encoding_asks_for_ascii_and_none_does_not() {
    let asks = |set: &[(&str, &str)]| {
        needs_ascii(&|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert!(!asks(&[]));
    assert!(!asks(&[("LANG", "de_DE.UTF-8")]) && !asks(&[("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
    assert!(asks(&[("LANG", "C")]) && asks(&[("LC_ALL", "POSIX"), ("LANG", "en_GB.UTF-8")]));
    assert!(!asks(&[("LC_ALL", ""), ("LANG", "en_GB.UTF-8")]), "what is empty is not set");
    assert!(asks(&[("TOUCHMARK_ASCII", "1"), ("LANG", "en_GB.UTF-8")]));
    assert!(!asks(&[("TOUCHMARK_ASCII", "0"), ("LANG", "C")]));
}

// ---- themes of one's own ----

fn shelf(files: &[(&str, &str)]) -> (tempfile::TempDir, Shelf) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let folder = Some(dir.path().to_owned());
    (dir, Shelf { folder })
}

#[test]
fn a_theme_of_the_folder_inherits_from_another_one_there() {
    let (_dir, shelf) = shelf(&[
        ("base.toml", "inherits = \"light\"\n[palette]\npass = \"#003300\"\n"),
        ("mine.toml", "inherits = \"base\"\n[palette]\nfail = \"#330000\"\n"),
        ("notes.txt", "no theme"),
    ]);
    let mine = shelf.load("mine", Depth::True).unwrap();
    assert_eq!(mine.style(Role::Pass).fg, Some(Color::Rgb(0, 0x33, 0)));
    assert_eq!(mine.style(Role::Fail).fg, Some(Color::Rgb(0x33, 0, 0)));
    let light = Theme::load("light", Depth::True).unwrap();
    assert_eq!(mine.style(Role::Warn), light.style(Role::Warn));
    let names: Vec<String> = shelf.entries().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names[..BUILT_IN.len()], theme::names()[..]);
    assert_eq!(names[BUILT_IN.len()..], ["base", "mine"]);
}

#[test]
fn a_faulty_theme_is_named_with_its_line_and_does_not_hide_the_others() {
    let (_dir, shelf) = shelf(&[
        ("good.toml", "inherits = \"dark\"\n"),
        ("bad.toml", "inherits = \"dark\"\n[palette]\nshiny ==\n"),
        ("round.toml", "# it goes round\ninherits = \"round\"\n"),
        ("lost.toml", "\ninherits = \"nowhere\"\n"),
        ("dark.toml", "inherits = \"light\"\n"),
    ]);
    let mut app = verified();
    assert_eq!(press(&mut app, &["T"]), [Effect::Themes], "they are looked for when they are chosen");
    update(&mut app, Action::Themes(shelf.entries()));
    assert!(app.themes.contains(&"good".to_owned()) && !app.themes.contains(&"bad".to_owned()));
    let faults = app.theme_faults.join("\n");
    for words in
        ["bad: ", "line 3", "round: ", "too deeply", "lost: ", "line 2", "`nowhere`", "built-in theme"]
    {
        assert!(faults.contains(words), "{words}: {faults}");
    }
    let drawn = text(&app, 120, 40);
    assert!(drawn.contains("▸ dark") && drawn.contains("good") && drawn.contains("✗ bad: "), "{drawn}");
}

#[test]
fn the_background_is_followed_only_while_nobody_has_chosen() {
    let light = || Theme::load("light", Depth::True).unwrap();
    let mut app = verified();
    update(&mut app, Action::Background(light()));
    assert_eq!(app.theme.name, "light");
    let mut app = verified();
    update(&mut app, Action::Theme(Theme::load("high-contrast", Depth::True)));
    update(&mut app, Action::Background(light()));
    assert_eq!(app.theme.name, "high-contrast");
}

// ---- the whole inventory ----

#[test]
fn the_survey_counts_what_the_verdicts_say() {
    let view = &seen().verified;
    let survey = view.survey();
    let verdicts: Vec<_> = (0..view.models.len()).filter_map(|index| view.verdict(index)).collect();
    let judged: Vec<_> = verdicts.iter().filter(|verdict| verdict.decision != Decision::NotJudged).collect();
    assert!(!judged.is_empty() && survey.measured.models == judged.len());
    assert_eq!(survey.not_measured.all.models, verdicts.len() - judged.len());
    let mut gaps: BTreeMap<String, usize> = BTreeMap::new();
    for verdict in &judged {
        for must in &verdict.assessment.score.open_musts {
            *gaps.entry(must.to_string()).or_default() += 1;
        }
    }
    let found: BTreeMap<String, usize> =
        survey.gaps.iter().map(|gap| (gap.control.to_string(), gap.models)).collect();
    assert_eq!(found, gaps);
    assert!(survey.gaps.is_sorted_by(|a, b| a.models >= b.models));
    for level in 0..4u8 {
        let at = usize::from(level);
        let own = judged.iter().filter(|verdict| verdict.assessment.score.own == level).count();
        let effective = judged.iter().filter(|verdict| verdict.effective == level).count();
        assert_eq!(
            (survey.levels[at].own.models, survey.levels[at].effective.models),
            (own, effective),
            "level {level}"
        );
    }
    let models: usize = survey.producers.iter().map(|producer| producer.models).sum();
    assert_eq!(models, view.models.len());
}

#[test]
fn a_survey_is_made_once_for_a_view() {
    let mut app = whole();
    assert!(app.survey.is_some());
    for _ in 0..6 {
        assert!(press(&mut app, &["tab"]).is_empty(), "it is known already");
    }
    let mut newer = (*seen().verified).clone();
    newer.generation += 1;
    assert_eq!(update(&mut app, Action::View(Arc::new(newer))), [Effect::Survey]);
    let drawn = text(&app, 120, 36);
    assert!(drawn.contains("Producers") && drawn.contains("keeps most models back"), "{drawn}");
}

#[test]
fn the_chosen_control_says_what_to_do_and_who_at_every_size() {
    let mut app = verified();
    press(&mut app, &["4"]);
    for (columns, rows) in SIZES {
        let drawn = text(&app, columns, rows);
        for words in ["Level 1", "Inventory", "what to do", "who", "L1", "%"] {
            assert!(drawn.contains(words), "{columns}×{rows} {words}: {drawn}");
        }
    }
    let wide = text(&app, 200, 60);
    assert!(wide.contains("source") && wide.contains("cheapest way to L"), "{wide}");
}

// ---- the mouse ----

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Action {
    Action::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

/// Draws as the loop does, then does something with the mouse at the middle of what lies there.
fn at(app: &mut App, kind: MouseEventKind, find: impl Fn(&Under) -> bool) -> Vec<Effect> {
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    let mut drawn = None;
    terminal.draw(|frame| drawn = Some(draw(app, frame))).unwrap();
    let drawn = drawn.unwrap();
    let area = drawn.hits.iter().find(|hit| find(&hit.under)).expect("it is drawn").area;
    app.drew(drawn);
    update(app, mouse(kind, area.x + area.width / 2, area.y))
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

#[test]
fn the_mouse_is_off_until_it_is_asked_for() {
    let mut app = verified();
    at(&mut app, CLICK, |under| *under == Under::Keys(vec!["4".to_owned()]));
    assert_eq!(app.screen, Screen::Inventory);
    assert_eq!(press(&mut app, &["%"]), [Effect::Mouse(true)]);
    assert!(told(&app).contains("Shift"), "{}", told(&app));
    at(&mut app, CLICK, |under| *under == Under::Keys(vec!["4".to_owned()]));
    assert_eq!(app.screen, Screen::Maturity);
    assert_eq!(press(&mut app, &["%"]), [Effect::Mouse(false)]);
}

#[test]
fn a_click_chooses_a_row_and_the_wheel_moves_what_is_under_it() {
    let mut app = verified();
    press(&mut app, &["%", "4"]);
    let is_list = |under: &Under| matches!(under, Under::List { .. });
    let chosen = app.control;
    at(&mut app, MouseEventKind::ScrollDown, is_list);
    assert_eq!(app.control, chosen + 3);
    at(&mut app, CLICK, is_list);
    assert_eq!(app.control, 0, "the first line of the list");
    at(&mut app, CLICK, |under| *under == Under::PaneTab(2));
    assert_eq!((app.level, app.whole), (3, false));
    let effects = at(&mut app, CLICK, |under| *under == Under::PaneTab(3));
    assert!(app.whole && effects == [Effect::Survey]);
    press(&mut app, &["5"]);
    at(&mut app, MouseEventKind::ScrollDown, |under| *under == Under::Text);
    assert_eq!((app.scroll, app.side), (3, None));
    at(&mut app, CLICK, |under| *under == Under::Side);
    assert_eq!(app.side, Some(0));
}

#[test]
fn a_list_that_says_nothing_of_itself_is_found_where_it_was_drawn() {
    for (keys, name) in [(["%", "2"], "lineage"), (["%", "3"], "checks")] {
        for theme in ["dark", "mono"] {
            let mut app = app(theme, Some(&seen().verified));
            press(&mut app, &keys);
            let at_cursor = |app: &App| if name == "lineage" { app.lineage.cursor } else { app.check };
            press(&mut app, &["g"]);
            assert_eq!(at_cursor(&app), 0);
            at(&mut app, MouseEventKind::ScrollDown, |under| matches!(under, Under::List { .. }));
            assert!(at_cursor(&app) > 0, "{name} in {theme}");
        }
    }
}

#[test]
fn a_key_of_the_key_bar_can_be_clicked() {
    let mut app = verified();
    press(&mut app, &["%"]);
    at(&mut app, CLICK, |under| *under == Under::Command(touchmark::commands::Cmd::Why));
    assert!(matches!(app.popup, Some(Popup::Why { .. })));
    assert_eq!(event("esc").code, crossterm::event::KeyCode::Esc);
}

#[test]
fn a_click_beside_a_popup_closes_it_and_reaches_nothing_beneath() {
    let mut app = verified();
    press(&mut app, &["%", "T"]);
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    let mut drawn = None;
    terminal.draw(|frame| drawn = Some(draw(&app, frame))).unwrap();
    app.drew(drawn.unwrap());
    update(&mut app, mouse(CLICK, 30, 1));
    assert!(app.popup.is_none() && app.screen == Screen::Inventory);
}

#[test]
fn a_theme_is_tried_by_a_click_on_its_row() {
    let mut app = verified();
    press(&mut app, &["%", "T", "down", "down"]);
    assert_eq!(app.theme.name, "high-contrast");
    let effects = at(&mut app, CLICK, |under| matches!(under, Under::List { .. }));
    assert_eq!(effects, [Effect::Theme("dark".to_owned())], "the first row");
}

// ---- the terminal's background ----

const LIGHT: &str = "\x1b]11;rgb:ffff/ffff/f8f8\x1b\\";

fn ground(terminal: &Pty) -> vt100::Color {
    terminal.screen().lock().unwrap().screen().cell(10, 2).unwrap().bgcolor()
}

#[test]
fn a_light_terminal_gets_the_light_theme_and_its_answer_is_no_key() {
    let dir = copy_of_samples();
    let mut terminal = Pty::open(dir.path(), 100, 30);
    terminal.wait("touchmark");
    let dark = ground(&terminal);
    terminal.keys(LIGHT);
    let began = Instant::now();
    while ground(&terminal) == dark {
        assert!(began.elapsed() < Duration::from_secs(60), "it stays dark");
        std::thread::yield_now();
    }
    terminal.wait("support-bot");
    terminal.keys("4");
    terminal.wait("Level 1");
    let text = terminal.text();
    assert!(!text.contains("does nothing here") && !text.contains("rgb:"), "{text}");
    terminal.keys("1q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn an_answer_that_comes_late_changes_nothing_and_is_no_key() {
    let dir = copy_of_samples();
    let mut terminal = Pty::open(dir.path(), 100, 30);
    terminal.wait("support-bot");
    let dark = ground(&terminal);
    terminal.keys("4");
    terminal.wait("Level 1");
    terminal.keys(LIGHT);
    terminal.keys("5");
    terminal.wait("In force");
    assert_eq!(ground(&terminal), dark, "who has begun to work is left alone");
    let text = terminal.text();
    assert!(!text.contains("does nothing here") && !text.contains("rgb:"), "{text}");
    terminal.keys("1q");
    assert_eq!(terminal.ends(), 0);
}
