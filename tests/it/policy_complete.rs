//! What the editor of the policy offers at its cursor: keys that fit the table, words of closed sets, names that the policy
//! and the inventory know; and that it writes only what was chosen.

use crate::policy_editor::Desk;
use crate::support::{copy_of_samples, even};
use crate::tui::{app, open, shown, text as drawn, told};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use insta::assert_snapshot;
use touchmark::commands::Screen;
use touchmark::inventory::ModelId;
use touchmark::policy::{BUILT_IN, parse};
use touchmark::tui::{Action, Completing, Text, update};
use touchmark::workbench::JobKind;

/// Puts a text into the editor, the cursor where `|` stands.
fn write(desk: &mut Desk, marked: &str) {
    let (before, after) = marked.split_once('|').unwrap();
    let editor = desk.app.editor.as_mut().unwrap();
    editor.text = Text::new(format!("{before}{after}"));
    editor.text.select(before.len()..before.len());
    editor.completing = None;
}

fn list(desk: &Desk) -> Option<&Completing> {
    desk.app.editor.as_ref().unwrap().listed()
}

/// What is offered where `|` stands.
fn offered(desk: &mut Desk, marked: &str) -> Vec<String> {
    write(desk, marked);
    desk.press(&["ctrl-space"]);
    list(desk).map(|list| list.offers.iter().map(|offer| offer.shown.clone()).collect()).unwrap_or_default()
}

/// The text and the cursor after the chosen one was taken.
fn now(desk: &Desk) -> String {
    let text = &desk.app.editor.as_ref().unwrap().text;
    let (before, after) = text.whole().split_at(text.cursor());
    format!("{before}|{after}")
}

#[test]
fn keys_and_words_are_offered_where_they_fit_and_nowhere_else() {
    let mut desk = Desk::editing();
    for (marked, all) in [
        ("own|", "owner"),
        ("OWN|", "owner"),
        // Those that begin so stand before those that have it inside.
        ("ex|", "expires, [[exception]], extends"),
        ("name = \"x\"\nversion = \"1\"\nna|", ""),
        ("[crypto]\n|", "hash, keys"),
        ("[crypto]\nhash = [\"sha256\"]\n|", "keys"),
        ("[crypto]\nhash = [\"|", "sha256, blake2b, blake3"),
        ("[crypto]\nhash = [\"sha256\", \"bl|\"", "blake2b, blake3"),
        ("[crypto]\nhash = |", "sha256, blake2b, blake3"),
        ("[crypto]\nhash = [\n  \"sha256\", # \"a, b\n  |\n]", "sha256, blake2b, blake3"),
        ("[[stage]]\nname = \"s\"\non_m|", "on_missing"),
        ("[[stage]]\non_missing = \"c|", "closed"),
        ("[[stage]]\non_missing = |", "open, warn, closed"),
        ("[[stage]]\non_missing = c|", "closed"),
        ("[[stage]]\nproduction = |", "true, false"),
        ("[[stage]]\nmin_level = |", "0, 1, 2, 3"),
        ("[[stage]]\nbreak_glass = { |", "approvers, max_hours, forbids"),
        ("[[stage]]\nbreak_glass = { approvers = 2, |", "max_hours, forbids"),
        ("[[stage]]\nbreak_glass = { forbids = [\"m|", "missing"),
        ("[[stage]]\nmin_level_by_risk = { high = |", "0, 1, 2, 3"),
        ("[[stage]]\nbreak_glass = { approvers = 2 }\nat = [\"|", "pull, load, periodic"),
        ("[trust.a]\nki|", "kind"),
        ("[trust.\"a b\"]\nkind = \"x|", ""),
        ("[[publisher]]\nidentities = [{ sub|", "subject"),
        ("[[publisher]]\nidentities = [{ subject = \"exact:x\", |", "issuer"),
        ("[[publisher]]\nidentities = [{ subject = \"exact:\\\"#\" }, { is|", "issuer"),
        ("[[require]]\nwhere = [\n  { path = \"a\", op = \"co|", "contains, covers, contains_level"),
        ("[[require]]\nfrom_role = \"ver|", "verifier"),
        ("crypto.hash = [\"sha|", "sha256"),
        ("[conflicts]\nstrategy = \"|", "strict, quorum, hierarchy, latest"),
        ("[[pub|", "[[publisher]]"),
        ("[pub|]]", "[[publisher]]"),
        ("[crypto]\n[cr|", ""),
        ("[tr|", "[trust., [[trusted_summary]], [controls]"),
        // What the table has further down is not offered again; what another one has is.
        ("[[stage]]\nproductio|\nproduction = true\n", ""),
        ("[[stage]]\nproductio|\n[[stage]]\nproduction = true\n", "production"),
        ("[[stage]]\nbreak_glass = { app| }\napprovers = 2\n", "approvers"),
        // Nothing is known of these.
        ("# own|", ""),
        ("name = \"x\" |", ""),
        ("name |", ""),
        ("name = \"|", ""),
        ("hash = |", ""),
        ("[unknown]\n|", ""),
        ("[crypto]\nhash = [\"sha256\" |", ""),
        ("[crypto]\nunknown = \"|", ""),
        ("[[stage]]\ncached_digests_max_hours = |", ""),
        ("\"own|", ""),
    ] {
        assert_eq!(offered(&mut desk, marked).join(", "), all, "{marked}");
    }
    assert!(told(&desk.app).contains("nothing is known"), "{}", told(&desk.app));
}

#[test]
fn names_of_the_policy_and_of_the_inventory_are_offered() {
    let mut desk = Desk::verified();
    desk.press(&["5", "e"]);
    for (marked, some, other) in [
        ("[trust.new]\nkind = \"key\"\n[[publisher]]\ntrust = [\"|", "new, samples-ca", "sigstore-public"),
        ("[[publisher]]\nid = \"ac|", "acme", "lumen"),
        ("[[publisher]]\nmodels = [\"acme/|", "acme/*, acme/receipt-reader", "lumen/iris-base"),
        ("[[publisher]]\nmodels = [\"receipt|", "acme/receipt-reader", "acme/*"),
        ("[[publisher]]\nidentities = [{ subject = \"|", "exact:CN=acme release,O=Acme", "exact:"),
        (
            "[[publisher]]\nidentities = [{ issuer = \"|",
            "CN=Touchmark Samples Issuing CA,O=Touchmark Samples, https://ci.orchid.example",
            "exact:CN=acme release,O=Acme",
        ),
        ("[[attester]]\nid = \"gate-x\"\n[[trusted_summary]]\nsigner = \"|", "gate-x, acme", "samples-ca"),
        ("[[stage]]\nname = \"trial\"\n[[stage]]\nfrom = \"|", "trial, production", "acme"),
        ("[[exception]]\ncontrol = \"|", "L1.01, CAP", "safety"),
        ("[controls]\nraise = [\"L1.1|", "L1.13", "CAP"),
        ("[[require]]\nid = \"safety\"\n[[stage]]\nrequire = [\"|", "safety, L1.13", "CAP"),
        ("[[require]]\nid = \"safety\"\n[[exception]]\nrequirement = \"|", "safety", "L1.13"),
        ("[[attester]]\ndomains = [\"privacy\", \"a\"]\n[[require]]\ndomain = \"|", "privacy, a", "acme"),
        ("[[require]]\npredicate = \"slsa|", "slsa-provenance-v1", "release-v0.1"),
        ("[[exception]]\nsubject = \"lumen|", "lumen/*, lumen/iris-base", "acme/*"),
        ("[[exception]]\nstages = [\"|", "production", "acme"),
    ] {
        let all = offered(&mut desk, marked);
        for one in some.split(", ").map(|one| one.trim_end_matches('…')) {
            assert!(all.iter().any(|name| name.starts_with(one)), "{marked}: {one} is not in {all:?}");
        }
        assert!(!all.iter().any(|name| name == other), "{marked}: {all:?}");
    }
    // Each once, whether the text or the policy in force names it.
    let all = offered(&mut desk, "[[stage]]\nname = \"production\"\n[[stage]]\nfrom = \"prod|");
    assert_eq!(all, ["production"]);
}

/// What nothing proves may be anybody's.
#[test]
fn only_a_proven_identity_is_offered() {
    for is_trusted in [true, false] {
        let dir = copy_of_samples();
        if !is_trusted {
            std::fs::write(dir.path().join("policies/samples.toml"), BUILT_IN[0].1).unwrap();
        }
        let workbench = open(dir.path(), false);
        workbench.wait(workbench.start(JobKind::Verify(vec![ModelId::new("acme/receipt-reader")])));
        let app = app("dark", Some(&workbench.view()));
        let mut desk = Desk { dir, workbench, app };
        desk.press(&["5", "e"]);
        let view = desk.app.view.clone().unwrap();
        let signer = view.verified.iter().flatten().find_map(|one| one.verification.signer.as_ref()).unwrap();
        let subject = format!("exact:{}", signer.subject.screen());
        let all = offered(&mut desk, "[[publisher]]\nidentities = [{ subject = \"|");
        assert_eq!(all.contains(&subject), is_trusted, "{subject}: {all:?}");
    }
}

#[test]
fn only_what_was_chosen_is_written_and_undone_at_once() {
    let mut desk = Desk::editing();
    for (marked, keys, after) in [
        ("own|", &["enter"][..], "owner = |"),
        ("own|", &["tab"], "owner = |"),
        ("[[stage]]\non_missing = \"c|\"\nx", &["enter"], "[[stage]]\non_missing = \"closed\"|\nx"),
        ("[[stage]]\non_missing = |", &["down", "enter"], "[[stage]]\non_missing = \"warn\"|"),
        ("[[stage]]\non_missing = |", &["up", "enter"], "[[stage]]\non_missing = \"closed\"|"),
        ("[[stage]]\non_missing = |", &["down", "down", "down", "tab"], "[[stage]]\non_missing = \"open\"|"),
        ("[[stage]]\nproduction = t|", &["enter"], "[[stage]]\nproduction = true|"),
        ("[crypto]\nhash = |", &["enter"], "[crypto]\nhash = [\"sha256\"]|"),
        ("[crypto]\nhash = [|]", &["enter"], "[crypto]\nhash = [\"sha256\"|]"),
        ("  [pub|]]\n", &["enter"], "  [[publisher]]|\n"),
        ("tru|", &["enter"], "[trust.|"),
        // Typing narrows the list, and taking a character back widens it.
        ("[[stage]]\non_missing = \"|", &["w", "enter"], "[[stage]]\non_missing = \"warn\"|"),
        ("[[stage]]\non_missing = \"w|", &["backspace", "enter"], "[[stage]]\non_missing = \"open\"|"),
        // The rest of a text can be typed, too.
        ("[[stage]]\non_missing = \"war|", &["n", "\"", "enter"], "[[stage]]\non_missing = \"warn\"\n|"),
        // It closes where nothing fits, and where the cursor goes.
        ("[[stage]]\non_missing = \"|", &["z", "enter"], "[[stage]]\non_missing = \"z\n|"),
        ("[[stage]]\non_missing = \"|\"", &["end", "enter"], "[[stage]]\non_missing = \"\"\n|"),
        ("own|", &["space", "tab"], "own   |"),
        ("own|", &["esc", "x"], "ownx|"),
    ] {
        write(&mut desk, marked);
        let before = desk.edited().to_owned();
        desk.press(&["ctrl-space"]);
        assert!(list(&desk).is_some(), "{marked}");
        assert_eq!(desk.edited(), before, "nothing is written unasked");
        desk.press(keys);
        assert_eq!(now(&desk), after, "{marked} {keys:?}");
        assert!(list(&desk).is_none(), "{marked} {keys:?}");
        assert_eq!(desk.app.screen, Screen::Editor);
    }
    write(&mut desk, "[[stage]]\non_missing = \"c|\"");
    desk.press(&["ctrl-space", "enter", "ctrl-z"]);
    assert_eq!(desk.edited(), "[[stage]]\non_missing = \"c\"");
}

#[test]
fn tab_asks_behind_a_word_that_was_begun_and_indents_elsewhere() {
    let mut desk = Desk::editing();
    for (marked, lists) in [
        ("own|", true),
        ("[[stage]]\non_missing = \"|", true),
        ("[[pub|", true),
        ("|", false),
        ("[crypto]\n  |", false),
        ("[[stage]]\non_missing = |", false),
        // Nothing is known of it.
        ("zzz|", false),
        ("owner = \"jo|", false),
    ] {
        write(&mut desk, marked);
        desk.press(&["tab"]);
        assert_eq!(list(&desk).is_some(), lists, "{marked}");
        let after = if lists { marked.to_owned() } else { marked.replace('|', "  |") };
        assert_eq!(now(&desk), after);
    }
    // What is written in full is no longer offered.
    write(&mut desk, "[[stage]]\nproduction = true|");
    desk.press(&["tab"]);
    assert_eq!(now(&desk), "[[stage]]\nproduction = true  |");
}

#[test]
fn commands_and_a_pasted_text_close_the_list() {
    let mut desk = Desk::editing();
    for keys in [&["ctrl-a"][..], &["ctrl-z"], &["f4"], &["ctrl-f", "esc"]] {
        assert!(!offered(&mut desk, "[[stage]]\non_|").is_empty());
        desk.press(keys);
        assert!(list(&desk).is_none(), "{keys:?}");
    }
    assert!(!offered(&mut desk, "[[stage]]\non_|").is_empty());
    desk.type_in("x");
    assert!(list(&desk).is_none());
    // The mouse moves the cursor.
    for kind in [MouseEventKind::ScrollUp, MouseEventKind::Down(MouseButton::Left)] {
        assert!(!offered(&mut desk, "[[stage]]\n\non_|").is_empty());
        desk.app.mouse = true;
        shown(&mut desk.app, 80, 24);
        let at = MouseEvent { kind, column: 10, row: 3, modifiers: KeyModifiers::NONE };
        update(&mut desk.app, Action::Mouse(at));
        assert!(list(&desk).is_none(), "{kind:?}");
    }
    // So does whatever changes the text meanwhile: Enter then takes nothing.
    assert!(!offered(&mut desk, "[[stage]]\non_|").is_empty());
    let editor = desk.app.editor.as_mut().unwrap();
    editor.take_file("# another text\n[[stage]]\nname = \"x\"\n");
    desk.press(&["enter"]);
    assert!(!desk.edited().contains("on_"), "{}", desk.edited());
}

#[test]
fn hostile_names_of_the_inventory_are_shown_safe_and_written_as_one_string() {
    let dir = tempfile::tempdir().unwrap();
    let head = "schema = \"workspace/0.1\"\nname = \"x\"\n[[source]]\nkind = \"models\"\npath = \"models\"\n";
    std::fs::write(dir.path().join("touchmark.toml"), head).unwrap();
    let name = "evil\"\\]\n\u{1b}[2J\u{202e}\u{e0041}x";
    let folder = dir.path().join("models/bad").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.json"), b"{\"model_type\":\"x\"}").unwrap();
    std::fs::write(folder.join("w.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    let workbench = open(dir.path(), false);
    workbench.wait(workbench.start(JobKind::Scan));
    let app = app("dark", Some(&workbench.view()));
    let mut desk = Desk { dir, workbench, app };
    desk.press(&["5", "e"]);
    let view = desk.app.view.clone().unwrap();
    let raw =
        view.models.iter().map(|model| model.id.raw().to_owned()).find(|id| id.contains("evil")).unwrap();
    let rest = "schema = \"trust-policy/0.1\"\nname = \"t\"\nversion = \"1\"\n[[risk]]\nclass = \"high\"\nmodels = [";
    assert!(offered(&mut desk, &format!("{rest}\"bad/ev|]\n")).len() == 1);
    for (columns, rows) in [(80, 24), (160, 50)] {
        let seen = drawn(&desk.app, columns, rows);
        assert_eq!(seen.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}'), None);
        assert!(seen.contains("bad/evil"), "{seen}");
    }
    desk.press(&["enter"]);
    let written = desk.edited().strip_prefix(rest).unwrap().strip_suffix("]\n").unwrap().to_owned();
    assert!(written.chars().all(|c| !c.is_control() && c != '\u{202e}' && c != '\u{e0041}'), "{written:?}");
    let read: toml::Value = format!("name = {written}").parse::<toml::Table>().unwrap()["name"].clone();
    assert_eq!(read.as_str(), Some(raw.as_str()));
    assert!(parse(desk.edited(), "", None).is_ok());
}

#[test]
fn the_list_stands_under_the_cursor_and_covers_its_line_nowhere() {
    let mut desk = Desk::editing();
    let comments: Vec<String> = (0..40).map(|row| format!("# {row}")).collect();
    for (columns, rows) in [(80, 24), (120, 36), (60, 16)] {
        for row in [0, 1, 5, 9, 11, 15, 30, 39] {
            let (before, after) = comments.split_at(row);
            let line = "[[stage]]\non_missing = \"|\"";
            write(&mut desk, &format!("{}\n{line}\n{}", before.join("\n"), after.join("\n")));
            // As it was typed: what stands above is in sight.
            shown(&mut desk.app, columns, rows);
            desk.press(&["ctrl-space"]);
            let seen = shown(&mut desk.app, columns, rows);
            let at = |text: &str| seen.lines().position(|line| line.contains(text));
            let cursor = at("on_missing = \"").unwrap_or_else(|| panic!("{row}: {seen}"));
            // Where there are few rows, the chosen one.
            for one in &["open", "warn", "closed"][..if rows < 24 { 1 } else { 3 }] {
                let there = seen
                    .lines()
                    .enumerate()
                    .any(|(y, line)| y != cursor && line.contains(&format!(" {one} ")));
                assert!(there, "{columns}x{rows} {row} {one}: {seen}");
            }
        }
    }
    // The chosen one stays in sight of a longer list, which has eight rows.
    let all = offered(&mut desk, "[controls]\nraise = [\"|");
    assert!(all.len() > 20);
    for step in 0..all.len() {
        let seen = shown(&mut desk.app, 80, 24);
        let chosen = &all[step];
        assert!(seen.contains(&format!(" {chosen} ")), "{chosen}: {seen}");
        let listed =
            seen.lines().filter(|line| all.iter().any(|id| line.contains(&format!(" {id} ")))).count();
        assert_eq!(listed, 8, "{seen}");
        desk.press(&["down"]);
    }
    assert_eq!(list(&desk).unwrap().chosen, 0);
    write(&mut desk, "schema = \"trust-policy/0.1\"\n\n[[stage]]\nname = \"production\"\non_|\n");
    desk.press(&["ctrl-space", "down"]);
    assert_snapshot!("completing-80x24", even(&shown(&mut desk.app, 80, 24)));
    assert_snapshot!("completing-160x50", even(&shown(&mut desk.app, 160, 50)));
}

#[test]
fn the_same_text_is_found_before_the_cursor() {
    let mut desk = Desk::editing();
    write(&mut desk, "one two one |two one");
    desk.press(&["f5"]);
    desk.type_in("one");
    desk.press(&["enter"]);
    let place = |desk: &Desk| desk.app.editor.as_ref().unwrap().text.selection().map(|part| part.start);
    let mut seen = Vec::new();
    for keys in [&[][..], &["f5"], &["f5"], &["f5"], &["f3"]] {
        desk.press(keys);
        seen.push(place(&desk));
    }
    assert_eq!(seen, [Some(16), Some(8), Some(0), Some(16), Some(0)]);
}
