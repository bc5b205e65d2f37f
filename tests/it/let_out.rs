//! Copying and exporting, as a person does them, and the same forms on the command line.

use crate::support::{copy_of_samples, out, touchmark};
use crate::tui::{app, event, press, seen, text, told, verified};
use std::path::{Path, PathBuf};
use touchmark::commands::{Cmd, Screen, keys_of};
use touchmark::forms::{COLUMNS, FORMS, Form, Subject, write};
use touchmark::tui::clipboard::{Between, MOST_BYTES, copyable, pasted, sequence};
use touchmark::tui::{Action, App, Copy, Effect, Export, Popup, Seen, copies, update};

fn copy(app: &App, key: char) -> Copy {
    copies(app).into_iter().find(|copy| copy.key == key).unwrap()
}

fn ask_input(app: &mut App) -> String {
    app.popup.as_mut().and_then(Popup::input).map(|input| input.clone()).unwrap()
}

// ---- copying ----

#[test]
fn a_digest_is_copied_with_two_keys() {
    let mut app = verified();
    let index = app.rows.current().unwrap();
    let root = app.view.as_ref().unwrap().verification(index).unwrap().root_digest.unwrap().to_string();
    assert_eq!(root.len(), 64);
    let effects = press(&mut app, &["y", "d"]);
    assert_eq!(effects, [Effect::Copy { what: "root digest".to_owned(), text: root }]);
    assert!(app.popup.is_none());
}

#[test]
fn what_cannot_be_copied_says_why_and_the_list_shows_what_can() {
    let mut app = app("dark", Some(&seen().found));
    press(&mut app, &["y"]);
    let drawn = text(&app, 100, 30);
    assert!(drawn.contains("not verified yet: V computes it"), "{drawn}");
    let effects = press(&mut app, &["d"]);
    assert!(effects.is_empty() && told(&app).contains("not verified yet"), "{}", told(&app));
    let name = app.subject().unwrap().screen();
    press(&mut app, &["y"]);
    assert!(text(&app, 100, 30).contains(&name));
    let copied = press(&mut app, &["n"]);
    assert_eq!(copied, [Effect::Copy { what: "name".to_owned(), text: name }]);
}

#[test]
fn every_screen_copies_the_command_that_shows_the_same() {
    let mut app = verified();
    app.folder = Some("my models".into());
    for (screen, wanted) in [
        (Screen::Inventory, "touchmark show --workspace 'my models' "),
        (Screen::Verify, "touchmark verify --workspace 'my models' --explain "),
        (Screen::Lineage, "touchmark lineage --workspace 'my models' "),
        (Screen::Maturity, "touchmark score --workspace 'my models' --all "),
    ] {
        app.go(screen);
        let command = copy(&app, 'c').text.unwrap();
        assert!(command.starts_with(wanted), "{command}");
    }
}

#[test]
fn a_popup_that_explains_copies_what_it_says_and_stays() {
    let mut app = verified();
    press(&mut app, &["w"]);
    let effects = press(&mut app, &["y"]);
    let [Effect::Copy { what, text }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(what == "reasons" && text.contains("refuse at stage") && text.contains("FILES-"), "{text}");
    assert!(matches!(app.popup, Some(Popup::Why { .. })));
    press(&mut app, &["esc"]);
    press(&mut app, &["q"]);
    app.popup = Some(Popup::ConfirmQuit);
    assert_eq!(press(&mut app, &["y"]), [Effect::Quit], "there y means yes");
}

/// What a terminal takes out of an OSC 52.
fn taken(bytes: &[u8]) -> String {
    use base64::Engine;
    let text = std::str::from_utf8(bytes).unwrap();
    let inner = text.strip_prefix("\u{1b}]52;c;").unwrap().strip_suffix('\u{7}').unwrap();
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(inner).unwrap()).unwrap()
}

#[test]
fn a_terminal_takes_the_text_and_tmux_and_screen_pass_it_on() {
    let text = "sha256:".to_owned() + &"a1".repeat(32);
    assert_eq!(taken(&sequence(&text, Between::Nothing)), text);
    let tmux = sequence(&text, Between::Tmux);
    let inner = tmux.strip_prefix(b"\x1bPtmux;").unwrap().strip_suffix(b"\x1b\\").unwrap();
    assert_eq!(
        taken(&String::from_utf8(inner.to_vec()).unwrap().replace("\u{1b}\u{1b}", "\u{1b}").into_bytes()),
        text
    );
    let long = "x".repeat(2000);
    let through = String::from_utf8(sequence(&long, Between::Screen)).unwrap();
    let pieces: Vec<&str> = through.split("\u{1b}\\").filter(|piece| !piece.is_empty()).collect();
    assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() < 512));
    let joined: String = pieces.iter().map(|piece| piece.strip_prefix("\u{1b}P").unwrap()).collect();
    assert_eq!(taken(joined.as_bytes()), long);
}

#[test]
fn what_is_copied_can_be_pasted_anywhere_and_has_an_end() {
    assert_eq!(pasted("one\ntwo\n"), "one\ntwo");
    assert_eq!(pasted("a\u{1b}[201~\rrm"), "a␛[201~␍rm");
    assert!(sequence(&"x".repeat(MOST_BYTES), Between::Nothing).len() < 100_010);
    let lines = |line: &str, bytes: usize| {
        let many = bytes / (line.len() + 1);
        vec![line; many].join("\n") + &"y".repeat(bytes - many * (line.len() + 1) + 1)
    };
    let most = lines(&"x".repeat(100), MOST_BYTES);
    assert_eq!((most.len(), copyable("log", &most)), (MOST_BYTES, Ok(most.clone())));
    let why = copyable("log", &(most.clone() + "y")).unwrap_err();
    assert_eq!(why, "the log has 75.0 kB, and terminals copy at most 75.0 kB");
    // What counts is what is sent: a sign that cannot be seen takes more room once it is shown.
    assert!(copyable("log", &lines(&"\u{202e}".repeat(20), MOST_BYTES - 1000)).is_err());
    let of = |tmux: Option<&str>, screen: Option<&str>| {
        let (tmux, screen) = (tmux.map(str::to_owned), screen.map(str::to_owned));
        Between::of(&move |name| match name {
            "TMUX" => tmux.clone(),
            "STY" => screen.clone(),
            _ => None,
        })
    };
    assert_eq!(of(None, None), Between::Nothing);
    assert_eq!(of(Some("/tmp/t,1,0"), Some("1.pts")), Between::Tmux);
    assert_eq!((of(Some(""), Some("1.pts")), of(Some(""), Some(""))), (Between::Screen, Between::Nothing));
}

// ---- exporting ----

fn exported(effects: &[Effect]) -> Export {
    let [Effect::Export(export)] = effects else { panic!("{effects:?}") };
    (**export).clone()
}

#[test]
fn what_is_seen_is_exported_with_three_keys_under_a_name_that_fits() {
    let mut app = verified();
    assert_eq!(press(&mut app, &["e", "m"]), [Effect::FreeName("models.md".to_owned())]);
    assert_eq!(ask_input(&mut app), "models.md");
    let (proposed, free) = ("models.md".to_owned(), "models-2.md".to_owned());
    update(&mut app, Action::FreeName { proposed, free, folder: "/home/ann".to_owned() });
    let drawn = text(&app, 100, 30);
    assert!(drawn.contains("models-2.md") && drawn.contains("in /home/ann"), "{drawn}");
    let export = exported(&press(&mut app, &["enter"]));
    assert_eq!(
        (export.file, export.form, export.replaces),
        (PathBuf::from("models-2.md"), Form::Markdown, false)
    );
    let Seen::Whole(Subject::Models { rows, .. }) = export.seen else { panic!() };
    assert_eq!(rows, app.rows.shown());
    app.current = Some(touchmark::inventory::ModelId::new("acme/support-bot-7b"));
    app.go(Screen::Verify);
    app.current = Some(touchmark::inventory::ModelId::new("acme/support-bot-7b"));
    press(&mut app, &["e", "j"]);
    assert_eq!(ask_input(&mut app), "acme-support-bot-7b.verification.json");
}

#[test]
fn a_name_that_somebody_typed_meanwhile_stays() {
    let mut app = verified();
    press(&mut app, &["e", "c", "x"]);
    let (proposed, free) = ("models.csv".to_owned(), "models-2.csv".to_owned());
    update(&mut app, Action::FreeName { proposed, free, folder: String::new() });
    assert_eq!(ask_input(&mut app), "models.csvx");
}

#[test]
fn a_file_that_is_there_is_replaced_only_after_a_second_enter_on_the_same_name() {
    let mut app = verified();
    press(&mut app, &["e", "m"]);
    let export = exported(&press(&mut app, &["enter"]));
    update(&mut app, Action::Taken(Box::new(export)));
    let drawn = text(&app, 100, 30);
    assert!(drawn.contains("models.md is there already: Enter replaces it"), "{drawn}");
    let again = exported(&press(&mut app, &["enter"]));
    assert!(again.replaces);
    // The same, and another name.
    press(&mut app, &["e", "m"]);
    let export = exported(&press(&mut app, &["enter"]));
    assert!(!export.replaces, "what was said once is not said for ever");
    update(&mut app, Action::Taken(Box::new(export)));
    let other = exported(&press(&mut app, &["2", "enter"]));
    assert!(!other.replaces && other.file == Path::new("models.md2"));
}

#[test]
fn the_table_is_written_with_its_filter_and_its_order() {
    let mut app = verified();
    press(&mut app, &["/", "n", "o", "r", "t", "h", "enter", "e", "c"]);
    let export = exported(&press(&mut app, &["enter"]));
    let Seen::Whole(subject) = &export.seen else { panic!() };
    let view = app.view.clone().unwrap();
    let csv = write(subject, Form::Csv, &view, &[]).unwrap();
    let ids: Vec<&str> = app.rows.shown().iter().map(|row| view.models[*row as usize].id.raw()).collect();
    assert!(!ids.is_empty() && ids.len() < view.models.len());
    let lines: Vec<&str> = csv.lines().skip(1).collect();
    assert_eq!(lines.len(), ids.len());
    for (line, id) in lines.iter().zip(&ids) {
        assert!(line.contains(id), "{id} in {line}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&write(subject, Form::Json, &view, &[]).unwrap()).unwrap();
    let listed: Vec<&str> =
        json["models"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids);
    let markdown = write(subject, Form::Markdown, &view, &[]).unwrap();
    assert!(markdown.contains("filtered by north"), "{markdown}");
}

#[test]
fn every_offered_form_of_every_screen_can_be_written_and_the_others_say_why() {
    let export = keys_of(Cmd::Export).unwrap();
    for screen in Screen::ALL.into_iter().filter(|screen| export.is_on(*screen)) {
        for row in FORMS.iter().filter(|row| row.key.is_some()) {
            let mut app = verified();
            app.go(screen);
            let key = row.key.unwrap().to_string();
            press(&mut app, &["e", &key]);
            if !matches!(app.popup, Some(Popup::Ask(_))) {
                assert!(!told(&app).is_empty(), "{} on {} says nothing", row.word, screen.word());
                continue;
            }
            let export = exported(&press(&mut app, &["enter"]));
            if let Seen::Whole(subject) = &export.seen {
                let written = write(subject, row.form, app.view.as_ref().unwrap(), &[]).unwrap();
                assert!(written.len() > 100 && written.ends_with('\n'), "{} on {}", row.word, screen.word());
            }
        }
    }
}

#[test]
fn a_lineage_is_a_picture_and_a_graph() {
    let view = &seen().verified;
    let focus = touchmark::inventory::ModelId::new("acme/support-bot-7b");
    let rows = touchmark::lineage::lanes(&view.graph, &focus, 3, 2, 100);
    assert!(rows.len() > 1);
    let subject = Subject::Lineage { focus, rows };
    let of = |form| write(&subject, form, view, &[]).unwrap();
    assert!(of(Form::Svg).contains("acme/support-bot-7b") && of(Form::Svg).starts_with("<svg"));
    let (dot, mermaid) = (of(Form::Dot), of(Form::Mermaid));
    assert!(
        dot.starts_with("digraph") && dot.contains(" -> ") && dot.contains("acme/support-bot-7b"),
        "{dot}"
    );
    assert!(
        mermaid.starts_with("flowchart") && mermaid.contains("-->") | mermaid.contains("-.->"),
        "{mermaid}"
    );
}

#[test]
fn what_a_form_does_not_fit_is_refused() {
    let subject = Subject::Models { rows: vec![0], columns: COLUMNS.to_vec(), about: String::new() };
    assert!(write(&subject, Form::Svg, &seen().verified, &[]).is_err());
    assert!(write(&subject, Form::Csv, &seen().verified, &[]).is_ok());
}

// ---- the command line ----

#[test]
fn the_command_line_prints_the_same_forms() {
    let dir = copy_of_samples();
    let workspace = dir.path().to_str().unwrap();
    let run = |words: &[&str]| {
        let output = touchmark([words, &["--workspace", workspace]].concat());
        (out(&output), output.status.code())
    };
    let (csv, status) = run(&["list", "--as", "csv", "support-bot"]);
    assert_eq!(status, Some(0));
    assert!(csv.starts_with("status,model,reason,") && csv.lines().count() >= 2, "{csv}");
    let (html, _) = run(&["list", "--as", "html"]);
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("default-src 'none'"), "{html}");
    let (markdown, status) = run(&["verify", "acme/support-bot-7b", "--as", "markdown"]);
    assert!(markdown.starts_with("# Verification of acme/support-bot-7b"), "{markdown}");
    assert_eq!(status, Some(1), "a failure stays one in every form");
    let (json, _) = run(&["verify", "acme/support-bot-7b", "--as", "json"]);
    assert!(json.contains("touchmark.verification/1"), "{json}");
    let (shown, _) = run(&["show", "acme/support-bot-7b", "--as", "json"]);
    let (usual, _) = run(&["show", "acme/support-bot-7b", "--format", "json"]);
    assert_eq!(shown, usual);
    for (form, begins) in [("svg", "<svg"), ("dot", "digraph"), ("mermaid", "flowchart"), ("csv", "part,row")]
    {
        let (made, status) = run(&["lineage", "acme/support-bot-7b", "--as", form]);
        assert!(made.starts_with(begins) && status == Some(0), "{form}: {made}");
    }
    let (_, status) = run(&["list", "--as", "svg"]);
    assert_eq!(status, Some(2), "a table is no picture");
}

#[test]
fn a_key_pressed_while_the_name_is_asked_types_it() {
    let mut app = verified();
    press(&mut app, &["e", "m", "ctrl-u", "q", "enter"]);
    assert!(app.popup.is_none());
    assert!(update(&mut app, Action::Key(event("esc"))).is_empty());
    press(&mut app, &["e", "m", "ctrl-u", "enter"]);
    assert!(text(&app, 100, 30).contains("name a file"));
}

// ---- in a real terminal ----

#[cfg(unix)]
mod in_a_terminal {
    use super::*;
    use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
    use std::io::{Read, Write};
    use std::path::Path;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    /// The program in a pty, with every byte that it sent.
    struct Program {
        sent: Arc<Mutex<Vec<u8>>>,
        keys: Box<dyn Write + Send>,
        child: Box<dyn Child + Send + Sync>,
        _master: Box<dyn portable_pty::MasterPty + Send>,
    }

    impl Program {
        fn open(workspace: &Path, folder: &Path, variables: &[(&str, &str)]) -> Self {
            let size = PtySize { rows: 36, cols: 120, pixel_width: 0, pixel_height: 0 };
            let pty = native_pty_system().openpty(size).unwrap();
            let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_touchmark"));
            command.args(["open", workspace.to_str().unwrap()]);
            command.cwd(folder);
            command.env("TERM", "xterm-256color");
            ["NO_COLOR", "TMUX", "STY"].iter().for_each(|name| command.env_remove(name));
            variables.iter().for_each(|(name, value)| command.env(name, value));
            let child = pty.slave.spawn_command(command).unwrap();
            drop(pty.slave);
            let sent = Arc::new(Mutex::new(Vec::new()));
            let (mut reader, kept) = (pty.master.try_clone_reader().unwrap(), sent.clone());
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(read @ 1..) = reader.read(&mut bytes) {
                    kept.lock().unwrap().extend_from_slice(&bytes[..read]);
                }
            });
            let keys = pty.master.take_writer().unwrap();
            Program { sent, keys, child, _master: pty.master }
        }

        /// What its screen shows now.
        fn screen(&self) -> String {
            let mut screen = vt100::Parser::new(36, 120, 0);
            screen.process(&self.sent.lock().unwrap());
            screen.screen().contents()
        }

        /// Waits until its screen shows this.
        fn shows(&self, text: &str) {
            let began = Instant::now();
            while !self.screen().contains(text) {
                assert!(began.elapsed() < Duration::from_secs(60), "no {text:?}:\n{}", self.screen());
                std::thread::sleep(Duration::from_millis(20));
            }
        }

        /// Waits until something is so, and never for a time.
        fn wait(&self, what: &str, is_so: impl Fn(&[u8]) -> bool) {
            let began = Instant::now();
            while !is_so(&self.sent.lock().unwrap().clone()) {
                assert!(began.elapsed() < Duration::from_secs(60), "{what}:\n{}", self.screen());
                std::thread::sleep(Duration::from_millis(20));
            }
        }

        fn press(&mut self, keys: &str) {
            self.keys.write_all(keys.as_bytes()).unwrap();
            self.keys.flush().unwrap();
        }
    }

    impl Drop for Program {
        fn drop(&mut self) {
            let _ = self.child.kill();
        }
    }

    fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
        bytes.windows(wanted.len()).any(|window| window == wanted)
    }

    #[test]
    fn the_terminal_gets_the_name_and_the_file_is_where_it_was_said() {
        let (workspace, folder) = (copy_of_samples(), tempfile::tempdir().unwrap());
        let mut program = Program::open(workspace.path(), folder.path(), &[]);
        program.shows("support-bot");
        program.press("yp");
        let begins = b"\x1b]52;c;";
        program.wait("a request for the clipboard", |sent| holds(sent, begins));
        let sent = program.sent.lock().unwrap().clone();
        let at = sent.windows(begins.len()).position(|window| window == begins).unwrap();
        let end = at + sent[at..].iter().position(|byte| *byte == 7).unwrap();
        let path = taken(&sent[at..=end]);
        assert!(Path::new(&path).exists(), "{path}");
        std::fs::write(folder.path().join("models.csv"), "mine").unwrap();
        program.press("ec");
        program.shows("models-2.csv");
        program.press("\r");
        let written = folder.path().join("models-2.csv");
        program
            .wait("the file", |_| std::fs::read_to_string(&written).is_ok_and(|csv| csv.contains("acme/")));
        program.shows("wrote 43 models as CSV to ");
        assert_eq!(std::fs::read_to_string(folder.path().join("models.csv")).unwrap(), "mine");
        // The name of the file that is there: nothing is lost without a word.
        program.press("ec\u{15}models.csv\r");
        program.shows("is there already: Enter replaces it");
        assert_eq!(std::fs::read_to_string(folder.path().join("models.csv")).unwrap(), "mine");
        program.press("\r");
        let replaced = folder.path().join("models.csv");
        program.wait("the other file", |_| {
            std::fs::read_to_string(&replaced).is_ok_and(|csv| csv.contains("acme/"))
        });
    }

    #[test]
    fn more_than_terminals_take_is_not_sent_and_the_person_is_told_what_to_do() {
        let (workspace, folder) = (copy_of_samples(), tempfile::tempdir().unwrap());
        let mut program = Program::open(workspace.path(), folder.path(), &[]);
        program.shows("support-bot");
        program.press("*V");
        program.shows("fails: FILES-CHANGED");
        program.press(":ledger show --format json\r");
        program.shows("exit status 0");
        program.press("yr");
        program.shows("and terminals copy at most 75.0 kB");
        program.shows("e writes a file");
        assert!(!holds(&program.sent.lock().unwrap(), b"\x1b]52;"), "nothing of it was sent");
        // What fits is still copied.
        program.press("yc");
        program.wait("a request for the clipboard", |sent| holds(sent, b"\x1b]52;c;"));
    }

    #[test]
    fn what_screen_stands_between_is_passed_through_it() {
        let (workspace, folder) = (copy_of_samples(), tempfile::tempdir().unwrap());
        let mut program = Program::open(workspace.path(), folder.path(), &[("STY", "1.pts-0")]);
        program.shows("support-bot");
        program.press("yn");
        program.wait("a wrapped request", |sent| holds(sent, b"\x1bP\x1b]52;c;"));
    }
}
