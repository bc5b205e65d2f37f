//! The line typed after `:`: what it offers, what it means, what it remembers, and commands of the command line that
//! run beside the screens.

use crate::journey::Terminal;
use crate::support::{copy_of_samples, out, touchmark};
use crate::tui::{app, press, text, told, verified};
use touchmark::commands::{Flag, Screen, Shape};
use touchmark::tui::{Action, App, Effect, Ended, Folder, Popup, Renews, update};
use touchmark::view::ReviewWord;
use touchmark::workbench::JobKind;

fn type_in(app: &mut App, line: &str) -> Vec<Effect> {
    let mut effects = press(app, &[":"]);
    for c in line.chars() {
        let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
        effects.extend(press(app, &[&key]));
    }
    effects
}

fn offered(app: &App) -> Vec<&str> {
    app.palette.offers.iter().map(|offer| offer.shown.as_str()).collect()
}

fn typed(app: &App) -> &str {
    match &app.popup {
        Some(Popup::Palette { input, .. }) => input,
        _ => panic!("the palette is closed: {}", told(app)),
    }
}

fn run(app: &mut App, line: &str) -> Vec<Effect> {
    type_in(app, line);
    press(app, &["enter"])
}

#[test]
fn commands_of_every_screen_and_of_the_command_line_are_offered_everywhere() {
    for screen in Screen::ALL {
        let mut app = verified();
        app.go(screen);
        press(&mut app, &["f2"]);
        for name in [
            "mark",
            "legend",
            "edit",
            "gate",
            "trust list",
            "sign key",
            "policy check",
            "ledger show",
            "keymap check",
        ] {
            assert!(offered(&app).contains(&name), "{name} on {}", screen.word());
        }
    }
}

#[test]
fn a_command_of_another_screen_goes_there_first_or_says_what_it_needs() {
    let mut app = verified();
    app.go(Screen::Policy);
    run(&mut app, "mark-all");
    assert_eq!((app.screen, app.rows.marks() > 0), (Screen::Inventory, true));
    let mut app = verified();
    app.go(Screen::Policy);
    run(&mut app, "unmark");
    assert_eq!(app.screen, Screen::Policy);
    assert!(told(&app).contains("Inventory") && told(&app).contains("nothing is marked"), "{}", told(&app));
}

#[test]
fn names_are_found_by_a_part_and_faults_are_told_in_words() {
    let mut app = verified();
    type_in(&mut app, "qui");
    assert_eq!(press(&mut app, &["enter"]), [Effect::Quit]);
    let mut app = verified();
    assert!(run(&mut app, "stag prod").is_empty());
    assert_eq!(told(&app), "no command is called `stag`: did you mean `stage`?");
    let mut app = verified();
    run(&mut app, "mark this");
    assert_eq!(told(&app), "mark takes no arguments");
    run(&mut app, "inspect 'model.sig");
    assert_eq!(told(&app), "a quote is not closed");
    assert_eq!(typed(&app), "inspect 'model.sig", "the line is still there to be mended");
}

#[test]
fn what_is_typed_is_done() {
    let mut app = verified();
    app.go(Screen::Jobs);
    run(&mut app, "filter iris");
    assert_eq!((app.screen, app.rows.filter.as_str()), (Screen::Inventory, "iris"));
    run(&mut app, "sort level reverse");
    assert!(
        app.rows.sort().is_reversed && told(&app).contains("lowest level first, reversed"),
        "{}",
        told(&app)
    );
    run(&mut app, "sort weight");
    assert!(told(&app).contains("level"), "{}", told(&app));
    assert_eq!(run(&mut app, "stage prod"), [Effect::SetStage("prod".to_owned())]);
    let effects = run(&mut app, "snapshot 'my file.json'");
    assert_eq!(effects, [Effect::Start(JobKind::Snapshot("my file.json".into()))]);
    let mut app = verified();
    let subject = app.subject().unwrap();
    assert_eq!(
        run(&mut app, "review reject because it fails"),
        [Effect::Review(vec![subject], ReviewWord::Reject, "because it fails".to_owned())]
    );
    // To approve what fails is asked about, as after the key.
    assert!(run(&mut app, "review approve because it passed").is_empty());
    assert!(matches!(&app.popup, Some(Popup::Confirm(_))));
    app.popup = None;
    assert!(run(&mut app, "review reject").is_empty() && matches!(&app.popup, Some(Popup::Ask(_))));
}

#[test]
fn going_to_a_model_takes_its_name_or_the_part_that_only_it_has() {
    let mut app = verified();
    app.rows.set_filter("nothing is called so".to_owned());
    run(&mut app, "goto iris-base");
    assert_eq!(app.subject().unwrap().raw(), "lumen/iris-base");
    run(&mut app, "goto nobody/knows-me");
    assert!(told(&app).contains("no model is called nobody/knows-me"), "{}", told(&app));
    run(&mut app, "lineage lumen/iris-base");
    assert_eq!((app.screen, app.subject().unwrap().raw()), (Screen::Lineage, "lumen/iris-base"));
}

#[test]
fn tab_completes_names_then_values() {
    let mut app = verified();
    type_in(&mut app, "stag");
    press(&mut app, &["tab"]);
    assert_eq!(typed(&app), "stage ");
    assert!(offered(&app).contains(&"production"), "{:?}", offered(&app));
    press(&mut app, &["p", "tab"]);
    assert_eq!(typed(&app), "stage production ");
    for (line, offer) in [
        ("theme li", "light"),
        ("sort le", "level"),
        ("verify lumen/ir", "lumen/iris-base"),
        ("gate lumen/ir", "lumen/iris-base"),
        ("review ap", "approve"),
        ("policy show st", "strict"),
        ("policy ch", "policy check"),
        ("ledger checkpoint k", "ledger checkpoint key"),
        ("trust", "trust list"),
        ("goto iris-b", "lumen/iris-base"),
    ] {
        let mut app = verified();
        type_in(&mut app, line);
        assert!(offered(&app).contains(&offer), "{line}: {:?}", offered(&app));
    }
}

#[test]
fn flags_and_their_values_are_offered_once_they_are_known() {
    let flag = |name: &str, value: Option<&str>, choices: &[&str]| Flag {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        about: "what it does".to_owned(),
        required: name == "--stage",
    };
    let own = [flag("--stage", Some("STAGE"), &[]), flag("--in-full", None, &[])];
    let shapes = vec![
        Shape { flags: vec![flag("--format", Some("FORMAT"), &["human", "json"])], ..Shape::default() },
        Shape { path: "gate".to_owned(), flags: own.to_vec(), choices: Vec::new() },
    ];
    for (line, offer) in [
        ("gate lumen/iris-base --st", "--stage <STAGE>"),
        ("gate lumen/iris-base --stage p", "production"),
        ("gate lumen/iris-base --format j", "json"),
        ("gate --in-full lumen/ir", "lumen/iris-base"),
        ("gate lumen/iris-base ", "--stage <STAGE>"),
    ] {
        let mut app = verified();
        update(&mut app, Action::Shapes(shapes.clone()));
        type_in(&mut app, line);
        assert!(offered(&app).contains(&offer), "{line}: {:?}", offered(&app));
        assert!(text(&app, 120, 36).contains("gate <MODEL> --stage <STAGE> [OPTIONS]"));
    }
}

#[test]
fn files_are_completed_from_the_folder_that_is_being_typed() {
    let mut app = verified();
    let effects = type_in(&mut app, "inspect keys/");
    assert!(effects.contains(&Effect::ReadFolder("keys/".to_owned())), "{effects:?}");
    let names = ["a b.pem", "deep", "\u{202e}evil.pem", ".hidden"];
    let names = names.iter().map(|name| ((*name).to_owned(), *name == "deep")).collect();
    update(&mut app, Action::Folder(Folder { typed: "keys/".to_owned(), names, fault: None }));
    assert_eq!(offered(&app), ["keys/a b.pem", "keys/deep/"]);
    press(&mut app, &["tab"]);
    assert_eq!(typed(&app), "inspect 'keys/a b.pem' ");
    let [Effect::Run(asked)] = &press(&mut app, &["enter"])[..] else { panic!("{}", told(&app)) };
    assert_eq!(asked.words, ["inspect", "keys/a b.pem"]);
    // A folder is gone on in, and is read only once.
    let mut app = verified();
    assert_eq!(
        type_in(&mut app, "inspect x")
            .iter()
            .filter(|effect| matches!(effect, Effect::ReadFolder(_)))
            .count(),
        1
    );
    update(
        &mut app,
        Action::Folder(Folder { typed: String::new(), names: vec![("xs".to_owned(), true)], fault: None }),
    );
    assert_eq!(press(&mut app, &["tab"]), [Effect::ReadFolder("xs/".to_owned())]);
    assert_eq!(typed(&app), "inspect xs/");
}

#[test]
fn lines_are_remembered_and_come_back() {
    let mut app = verified();
    for line in ["stage dev", "sort level", "sort level", "stag prod"] {
        run(&mut app, line);
        app.popup = None;
    }
    assert_eq!(
        app.palette_history,
        ["stage dev", "sort level"],
        "what is no command is not kept, nor one twice"
    );
    press(&mut app, &[":", "up"]);
    assert_eq!(typed(&app), "sort level");
    press(&mut app, &["up", "up"]);
    assert_eq!(typed(&app), "stage dev");
    press(&mut app, &["down", "down"]);
    assert_eq!(typed(&app), "");
    press(&mut app, &["ctrl-p"]);
    assert_eq!(typed(&app), "sort level");
}

#[test]
fn a_command_that_needs_more_says_so_and_offers_it() {
    let mut app = verified();
    assert!(run(&mut app, "gate").iter().all(|effect| matches!(effect, Effect::ReadFolder(_))));
    assert_eq!((typed(&app), told(&app)), ("gate ", "gate needs <MODEL>"));
    let first = app.subject().unwrap();
    assert_eq!(offered(&app).first(), Some(&first.raw()), "the model under the cursor comes first");
}

fn ran(app: &mut App, line: &str) -> u64 {
    let effects = run(app, line);
    let [Effect::Run(asked)] = effects.as_slice() else { panic!("{effects:?} {}", told(app)) };
    asked.id
}

#[test]
fn what_a_command_prints_is_shown_as_it_comes_and_made_safe() {
    let mut app = verified();
    let id = ran(&mut app, "trust list --format json");
    assert_eq!(app.screen, Screen::Output);
    assert!(text(&app, 100, 30).contains("running · x cancels"));
    let lines = vec!["first \u{1b}[31mred\u{202e}".to_owned(), "z".repeat(250)];
    update(&mut app, Action::Printed(id, false, lines));
    update(&mut app, Action::Printed(id, true, vec!["error[E-USAGE]: no".to_owned()]));
    let shown = text(&app, 100, 30);
    assert!(shown.contains("first") && !shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
    assert_eq!(shown.matches('z').count(), 250, "a long line is broken, not cut");
    assert_eq!(press(&mut app, &["x"]), [Effect::CancelRun(id)]);
    let effects = update(&mut app, Action::Ended(id, Ended::Status(2)));
    assert_eq!(effects, [Effect::Renew { sources: false }]);
    let shown = text(&app, 100, 30);
    assert!(
        shown.contains("exit status 2: wrong usage") && shown.contains("touchmark trust list --format json"),
        "{shown}"
    );
    assert!(press(&mut app, &["x"]).is_empty() && told(&app).contains("nothing is running here"));
}

#[test]
fn outputs_are_kept_and_whoever_is_elsewhere_is_told() {
    let mut app = verified();
    let first = ran(&mut app, "ledger verify");
    update(&mut app, Action::Printed(first, false, vec!["of the first".to_owned()]));
    press(&mut app, &["esc"]);
    update(&mut app, Action::Ended(first, Ended::Status(0)));
    assert!(
        told(&app).contains("ledger verify · exit status 0") && told(&app).contains("Ctrl-o"),
        "{}",
        told(&app)
    );
    let second = ran(&mut app, "import one.json");
    assert_eq!(update(&mut app, Action::Ended(second, Ended::Status(0))), [Effect::Renew { sources: true }]);
    assert!(!text(&app, 100, 30).contains("of the first"));
    press(&mut app, &["["]);
    assert!(text(&app, 100, 30).contains("of the first"));
    assert!(press(&mut app, &["["]).is_empty() && told(&app).contains("oldest"));
    press(&mut app, &["]"]);
    assert!(text(&app, 100, 30).contains("2 of 2"));
    press(&mut app, &["]"]);
    assert!(told(&app).contains("newest"));
    // Many more than are kept.
    for _ in 0..40 {
        let id = ran(&mut app, "ledger verify");
        update(&mut app, Action::Ended(id, Ended::Status(0)));
    }
    assert_eq!(app.outputs.place(), (20, 20));
}

#[test]
fn output_without_end_is_kept_up_to_a_limit_that_is_told() {
    let mut app = verified();
    let id = ran(&mut app, "ledger export");
    for _ in 0..30 {
        update(&mut app, Action::Printed(id, false, vec!["line".to_owned(); 1000]));
    }
    let output = app.outputs.shown().unwrap();
    assert_eq!((output.lines.len(), output.is_cut), (20_000, true));
    app.scroll = usize::MAX / 2;
    assert!(text(&app, 100, 30).contains("more was printed than is kept"));
    // One line of many megabytes is no way around.
    let id = ran(&mut app, "ledger export");
    for _ in 0..10 {
        update(&mut app, Action::Printed(id, false, vec!["l".repeat(1 << 20)]));
    }
    assert!(app.outputs.shown().unwrap().is_cut);
}

#[test]
fn the_network_is_asked_about_and_a_no_sends_nothing() {
    for (line, asked) in [
        ("trust refresh", true),
        ("sign sigstore lumen/iris-base", true),
        ("sign key lumen/iris-base --tsa-url=https://tsa.example", true),
        ("sign key lumen/iris-base --private-key k.pem", false),
    ] {
        let mut app = verified();
        let effects = run(&mut app, line);
        assert_eq!(matches!(app.popup, Some(Popup::ConfirmNetwork(_))), asked, "{line}");
        assert_eq!(effects.is_empty(), asked, "{line}: {effects:?}");
        if asked {
            assert!(text(&app, 100, 30).contains("uses the network"));
            assert!(text(&app, 100, 30).contains("y runs it · n does not"));
            assert!(press(&mut app, &["n"]).is_empty() && app.outputs.shown().is_none());
        }
    }
}

#[test]
fn however_long_the_line_is_the_keys_that_answer_stay_in_view() {
    for many in [60, 200, 3000] {
        let mut app = verified();
        run(&mut app, &format!("trust refresh {}", "sigstore ".repeat(many / 9)));
        for (columns, rows) in [(80, 24), (120, 40), (60, 16)] {
            let shown = text(&app, columns, rows);
            assert!(shown.contains("y runs it · n does not"), "{many}, {columns}×{rows}: {shown}");
        }
    }
}

#[test]
fn a_command_that_runs_is_asked_about_before_quitting() {
    let mut app = verified();
    ran(&mut app, "ledger verify");
    press(&mut app, &["1", "q"]);
    assert!(text(&app, 100, 30).contains("1 command is still running"), "{}", text(&app, 100, 30));
}

#[test]
fn without_a_workspace_what_needs_none_still_runs() {
    let mut app = app("dark", None);
    let effects = run(&mut app, "inspect model.sig");
    let [Effect::Run(asked)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(asked.renews, Renews::Records);
}

#[test]
fn commands_run_in_a_real_terminal_and_what_they_ask_is_asked_there() {
    let dir = copy_of_samples();
    let key = dir.path().join("made by typing.pem");
    let mut terminal = Terminal::open(dir.path(), 120, 36);
    terminal.wait("of 43");
    terminal.keys(":trust list\r");
    terminal.wait("exit status 0");
    terminal.wait("touchmark trust list");
    terminal.keys(":policy show nobody\r");
    terminal.wait("exit status 2");
    terminal.wait("E-NOT-FOUND");
    terminal.keys("[");
    terminal.wait("1 of 2");
    // Passwords are typed on the terminal itself, twice.
    terminal.keys(&format!(":key generate '{}'\r", key.display()));
    terminal.wait("Password for the new key");
    terminal.gone("1 Inventory");
    terminal.keys("secret\r");
    terminal.wait("The same again");
    terminal.keys("secret\r");
    terminal.wait("exit status 0");
    assert!(key.exists());
    // What it wrote into the workspace is seen: an anchor more.
    terminal.keys(&format!(":trust add typed '{}.pub'\r", key.display()));
    terminal.wait("4 of 4");
    // One that would take long ends when it is asked to.
    let large = dir.path().join("large");
    std::fs::create_dir(&large).unwrap();
    std::fs::File::create(large.join("weights.bin")).unwrap().set_len(64 << 30).unwrap();
    terminal.keys(&format!(":digest '{}'\r", large.display()));
    terminal.wait("running · x cancels");
    terminal.keys("x");
    terminal.wait("! cancelled");
    terminal.keys("1");
    terminal.wait("9 anchors");
    terminal.wait("idle");
    terminal.quits();
    assert_eq!(terminal.ends(), 0);
}

#[cfg(unix)]
#[test]
fn a_command_under_a_read_only_workbench_records_nothing() {
    let dir = copy_of_samples();
    let ledger = || {
        let shown = touchmark(["ledger", "show", "--workspace", dir.path().to_str().unwrap()]);
        out(&shown)
    };
    for (arguments, recorded) in [(&["--read-only"][..], false), (&[], true)] {
        let mut terminal = Terminal::open_with(dir.path(), 120, 36, arguments);
        terminal.wait("of 43");
        terminal.keys(":verify acme/call-notes --explain\r");
        terminal.wait("exit status 0");
        terminal.keys("1");
        terminal.wait("Models");
        terminal.quits();
        assert_eq!(ledger().contains("acme/call-notes"), recorded, "{arguments:?}: {}", ledger());
    }
}
