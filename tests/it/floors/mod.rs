//! The floors of the house: which room may use which, no circle of files, and what may be named where.
//!
//! `docs/architecture.md` draws the same table for people.

mod plan;

use plan::{Arrows, Package, Source, arrows, circles, sources};
use std::collections::{BTreeMap, BTreeSet};

/// Rooms from the ground up: a file or a folder, and the rooms that it may use. An arrow to a room that stands below
/// it here and is not listed is a fault, and so is one that is listed and not used: the table says what is.
/// `signing` stands for any room of that package, `ground` for any of the ground rooms.
const FLOORS: &[(&str, &[&str])] = &[
    // ground rooms
    ("text", &[]),
    ("error", &["text"]),
    ("clock", &[]),
    ("disk", &["error"]),
    ("progress", &["error"]),
    ("json", &["error", "text"]),
    // the signing core
    ("signing/pem", &[]),
    ("signing/http", &["error", "text"]),
    ("signing/hashing", &["ground"]),
    ("signing/check", &["text", "error", "signing/hashing"]),
    ("signing/words", &["text", "clock", "signing/check"]),
    ("signing/bundle", &["ground", "signing/check", "signing/hashing"]),
    ("signing/x509", &["ground", "signing/pem", "signing/check", "signing/words", "signing/hashing"]),
    ("signing/keys", &["ground", "signing/pem", "signing/check", "signing/hashing", "signing/x509"]),
    ("signing/card", &["error", "json", "text", "signing/check", "signing/bundle", "signing/keys"]),
    ("signing/time", &["ground", "signing/check", "signing/words", "signing/x509"]),
    ("signing/files", &["ground", "signing/check", "signing/words", "signing/hashing", "signing/bundle"]),
    (
        "signing/sigstore",
        &["ground", "signing/check", "signing/bundle", "signing/x509", "signing/keys", "signing/time"],
    ),
    (
        "signing/trust",
        &[
            "ground",
            "signing/check",
            "signing/http",
            "signing/pem",
            "signing/hashing",
            "signing/x509",
            "signing/keys",
            "signing/time",
            "signing/sigstore",
        ],
    ),
    (
        "signing/foreign",
        &[
            "ground",
            "signing/pem",
            "signing/check",
            "signing/hashing",
            "signing/bundle",
            "signing/x509",
            "signing/files",
            "signing/sigstore",
        ],
    ),
    (
        "signing/verify",
        &[
            "ground",
            "signing/check",
            "signing/words",
            "signing/hashing",
            "signing/bundle",
            "signing/x509",
            "signing/keys",
            "signing/time",
            "signing/files",
            "signing/sigstore",
            "signing/trust",
            "signing/card",
            "signing/foreign",
        ],
    ),
    (
        "signing/inspect",
        &[
            "ground",
            "signing/check",
            "signing/words",
            "signing/hashing",
            "signing/bundle",
            "signing/x509",
            "signing/keys",
            "signing/time",
            "signing/files",
            "signing/sigstore",
            "signing/trust",
            "signing/foreign",
        ],
    ),
    (
        "signing/sign",
        &[
            "ground",
            "signing/http",
            "signing/check",
            "signing/words",
            "signing/hashing",
            "signing/bundle",
            "signing/x509",
            "signing/keys",
            "signing/time",
            "signing/files",
            "signing/trust",
            "signing/verify",
            "signing/x509",
        ],
    ),
    (
        "signing/sign/keyless",
        &[
            "ground",
            "signing/pem",
            "signing/http",
            "signing/check",
            "signing/hashing",
            "signing/bundle",
            "signing/x509",
            "signing/keys",
            "signing/time",
            "signing/sigstore",
            "signing/trust",
            "signing/verify",
            "signing/sign",
        ],
    ),
    // its face, and what the fuzz targets call
    ("signing", &["progress", "signing"]),
    // the rooms on top of it
    ("tables", &["text"]),
    ("remote", &["text", "error", "json", "disk", "signing"]),
    ("attest", &["ground", "signing", "tables"]),
    ("inventory/model", &["text", "signing"]),
    ("inventory/weights", &["ground", "signing", "inventory/model"]),
    ("inventory/bills", &["ground", "signing", "inventory/model"]),
    ("inventory/workspace", &["ground", "tables", "inventory/model"]),
    ("inventory/places", &["ground", "signing", "inventory/model", "inventory/weights"]),
    (
        "inventory/scan",
        &[
            "ground",
            "signing",
            "inventory/model",
            "inventory/bills",
            "inventory/workspace",
            "inventory/places",
        ],
    ),
    ("inventory", &["inventory"]),
    ("policy", &["error", "json", "text", "signing", "tables", "attest", "inventory"]),
    ("store/record", &["error", "signing", "inventory"]),
    ("store/evidence", &["error"]),
    ("store/seal", &["signing"]),
    ("store/kept", &["text", "error", "signing", "inventory", "store/record"]),
    ("store/told", &[]),
    ("store/traits", &["ground", "signing", "inventory", "store/record", "store/evidence", "store/seal"]),
    (
        "store/sqlite",
        &[
            "ground",
            "signing",
            "inventory",
            "store/record",
            "store/evidence",
            "store/seal",
            "store/kept",
            "store/traits",
        ],
    ),
    (
        "store/postgres",
        &[
            "ground",
            "signing",
            "inventory",
            "store/record",
            "store/evidence",
            "store/seal",
            "store/kept",
            "store/traits",
            "store/sqlite",
            "store/told",
        ],
    ),
    ("store/server", &["error", "text", "store/told", "store/postgres"]),
    ("store", &["ground", "signing", "inventory", "store"]),
    ("snapshot", &["ground", "signing", "inventory"]),
    ("lineage", &["text", "signing", "inventory"]),
    ("maturity", &["ground", "signing", "tables", "attest", "inventory", "policy"]),
    (
        "decision",
        &["ground", "signing", "tables", "attest", "inventory", "policy", "store", "lineage", "maturity"],
    ),
    ("pack", &["error", "text", "signing", "inventory", "store", "decision"]),
    ("feed", &["text", "error", "json", "inventory", "store", "maturity", "decision"]),
    (
        "fleet",
        &["ground", "signing", "remote", "attest", "inventory", "policy", "store", "maturity", "decision"],
    ),
    (
        "incident",
        &["text", "error", "json", "signing", "tables", "inventory", "store", "lineage", "decision"],
    ),
    (
        "words",
        &[
            "text",
            "signing",
            "tables",
            "attest",
            "inventory",
            "policy",
            "lineage",
            "maturity",
            "decision",
            "pack",
        ],
    ),
    (
        "view",
        &[
            "ground",
            "signing",
            "tables",
            "attest",
            "inventory",
            "policy",
            "store",
            "lineage",
            "maturity",
            "decision",
            "incident",
        ],
    ),
    ("query", &["error", "text", "signing", "inventory", "lineage", "maturity", "decision", "view"]),
    (
        "dossier",
        &[
            "error",
            "text",
            "disk",
            "signing",
            "tables",
            "attest",
            "inventory",
            "store",
            "lineage",
            "maturity",
            "decision",
            "view",
        ],
    ),
    (
        "documents",
        &[
            "ground",
            "signing",
            "tables",
            "attest",
            "inventory",
            "policy",
            "store",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "feed",
            "fleet",
            "incident",
            "pack",
            "words",
            "view",
            "dossier",
        ],
    ),
    (
        "report",
        &[
            "ground",
            "signing",
            "tables",
            "attest",
            "inventory",
            "store",
            "policy",
            "store",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "feed",
            "incident",
            "pack",
            "words",
            "view",
        ],
    ),
    (
        "forms",
        &[
            "ground",
            "signing",
            "inventory",
            "policy",
            "store",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "incident",
            "words",
            "view",
            "dossier",
            "documents",
            "query",
            "report",
        ],
    ),
    (
        "workbench",
        &[
            "ground",
            "signing",
            "tables",
            "attest",
            "inventory",
            "policy",
            "store",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "feed",
            "fleet",
            "incident",
            "pack",
            "view",
            "report",
        ],
    ),
    ("guard", &["ground", "inventory", "policy", "decision", "view", "words", "report", "workbench"]),
    ("commands", &[]),
    // the screens
    ("tui/theme", &["ground", "tables"]),
    ("tui/keys", &["text"]),
    ("tui/keymap", &["ground", "tables", "commands", "tui/keys"]),
    ("tui/child", &[]),
    ("tui/terminal", &["text"]),
    ("tui/clipboard", &["text"]),
    (
        "tui/state",
        &[
            "ground",
            "signing",
            "tables",
            "inventory",
            "policy",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "incident",
            "words",
            "view",
            "query",
            "report",
            "forms",
            "workbench",
            "commands",
            "tui/theme",
        ],
    ),
    (
        "tui/update",
        &[
            "ground",
            "signing",
            "inventory",
            "lineage",
            "decision",
            "incident",
            "words",
            "view",
            "query",
            "forms",
            "workbench",
            "commands",
            "tui/theme",
            "tui/keys",
            "tui/state",
        ],
    ),
    (
        "tui/screens",
        &[
            "ground",
            "signing",
            "inventory",
            "policy",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "incident",
            "words",
            "view",
            "query",
            "report",
            "workbench",
            "commands",
            "tui/theme",
            "tui/state",
        ],
    ),
    ("tui/photograph", &["text", "forms", "tui/theme", "tui/state", "tui/screens"]),
    ("tui/exporting", &["ground", "view", "forms", "tui/state", "tui/photograph"]),
    ("tui/reporting", &["ground", "workbench", "tui/child", "tui/update"]),
    ("tui/remembering", &["ground", "view", "workbench", "tui/state", "tui/update"]),
    ("tui/opening", &["ground", "view", "query", "workbench", "tui/state", "tui/update", "tui/remembering"]),
    (
        "tui/plain",
        &[
            "ground",
            "signing",
            "inventory",
            "decision",
            "words",
            "view",
            "report",
            "workbench",
            "commands",
            "tui/keys",
            "tui/state",
            "tui/update",
            "tui/screens",
        ],
    ),
    (
        "tui/event_loop",
        &[
            "ground",
            "view",
            "query",
            "forms",
            "workbench",
            "commands",
            "tui/theme",
            "tui/child",
            "tui/terminal",
            "tui/clipboard",
            "tui/exporting",
            "tui/state",
            "tui/update",
            "tui/screens",
            "tui/plain",
            "tui/opening",
            "tui/remembering",
            "tui/reporting",
        ],
    ),
    ("tui", &["ground", "query", "workbench", "commands", "tui"]),
    // the command line
    ("cli/common", &["clock"]),
    ("cli/links", &["text"]),
    ("cli/secrets", &["ground", "signing"]),
    ("cli/snapshot_file", &["error", "snapshot", "report"]),
    ("cli/output", &["ground", "documents", "cli/common"]),
    ("cli/progress", &["progress", "report", "cli/output"]),
    ("cli/interrupt", &["ground", "cli/output", "cli/progress"]),
    ("cli/flags", &["error", "text", "disk", "signing", "cli/output", "cli/secrets"]),
    ("cli/ignored", &["error", "text", "signing", "cli/output"]),
    ("cli/forms", &["forms"]),
    ("cli/read_only", &["error", "commands"]),
    ("cli/shapes", &["commands"]),
    ("cli/shells", &["error"]),
    ("cli/manual", &["error", "text", "commands"]),
    ("cli/statuses", &["error", "commands"]),
    (
        "cli/session",
        &[
            "ground",
            "inventory",
            "view",
            "workbench",
            "cli/common",
            "cli/output",
            "cli/progress",
            "cli/flags",
        ],
    ),
    (
        "cli/signer",
        &["ground", "signing", "documents", "cli/output", "cli/progress", "cli/flags", "cli/secrets"],
    ),
    ("cli/judged", &["decision", "documents", "report", "view", "cli/output"]),
    ("cli/vouchers", &["error", "signing", "cli/flags"]),
    (
        "cli/commands",
        &[
            "ground",
            "signing",
            "remote",
            "attest",
            "inventory",
            "policy",
            "store",
            "snapshot",
            "lineage",
            "maturity",
            "decision",
            "feed",
            "fleet",
            "incident",
            "pack",
            "words",
            "view",
            "query",
            "dossier",
            "documents",
            "report",
            "forms",
            "workbench",
            "guard",
            "commands",
            "tui",
            "cli",
        ],
    ),
    ("cli", &["error", "commands", "cli"]),
    ("lib", &["ground", "signing"]),
    ("main", &["cli"]),
    ("fuzz", &["signing", "attest", "inventory", "feed", "incident"]),
];

/// Rooms that all others may use.
const GROUND: [&str; 6] = ["text", "error", "clock", "json", "disk", "progress"];

/// The room of a place: the longest name in the table that it lies in.
fn room_of<'t>(place: &str, floors: &[(&'t str, &[&str])]) -> Option<&'t str> {
    let rooms = floors.iter().map(|(room, _)| *room);
    rooms.filter(|room| is_in(place, room)).max_by_key(|room| room.len())
}

fn is_in(place: &str, room: &str) -> bool {
    place.strip_prefix(room).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

/// What a room's list says of another room.
fn covers(listed: &str, room: &str) -> bool {
    match listed {
        "ground" => GROUND.contains(&room),
        _ => room == listed || room.strip_prefix(listed).is_some_and(|rest| rest.starts_with('/')),
    }
}

/// Everything that a plan of arrows has against the table, in words.
fn faults(arrows: &Arrows, floors: &[(&str, &[&str])]) -> Vec<String> {
    let mut faults = Vec::new();
    let floor = |room: &str| floors.iter().position(|(known, _)| *known == room);
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        for (to, name) in to {
            let (Some(here), Some(there)) = (room_of(from, floors), room_of(to, floors)) else {
                faults.push(format!("{from} or {to} stands in no room of the table"));
                continue;
            };
            if here == there {
                continue;
            }
            let (Some(low), Some(high)) = (floor(there), floor(here)) else { continue };
            let listed =
                floors.get(high).and_then(|(_, listed)| listed.iter().find(|listed| covers(listed, there)));
            match listed {
                _ if low > high => {
                    faults.push(format!("{from} uses {to} ({name}): {there} stands above {here}"))
                }
                None => faults.push(format!("{from} uses {to} ({name}): {here} may not use {there}")),
                Some(listed) => drop(used.entry(here).or_default().insert(listed)),
            }
        }
    }
    for (room, listed) in floors {
        for listed in *listed {
            if !used.get(room).is_some_and(|used| used.contains(listed)) {
                faults.push(format!("the table lets {room} use {listed}, and it does not"));
            }
        }
    }
    for circle in circles(arrows) {
        let ties = circle.iter().flat_map(|from| {
            let to = arrows.get(from).into_iter().flatten().filter(|(to, _)| circle.contains(to));
            to.map(move |(to, name)| format!("\n    {from} -> {to} ({name})"))
        });
        faults.push(format!("a circle:{}", ties.collect::<String>()));
    }
    faults
}

#[test]
fn every_room_uses_only_what_the_table_of_floors_lets_it_use_and_no_files_form_a_circle() {
    let faults = faults(&arrows(&sources()), FLOORS);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_of_floors_stands_on_its_own_feet() {
    for (floor, (room, listed)) in FLOORS.iter().enumerate() {
        for listed in *listed {
            let below = FLOORS.iter().take(floor).any(|(below, _)| covers(listed, below));
            assert!(below, "{room} may use {listed}, which does not stand below it");
        }
    }
}

/// The sources with text added at the end of one file.
fn planted(place: &str, text: &str) -> Vec<Source> {
    let mut sources = sources();
    let source = sources.iter_mut().find(|source| source.place() == place);
    let source = source.unwrap_or_else(|| panic!("there is no {place}"));
    source.text.push_str(text);
    sources
}

fn new_faults(place: &str, text: &str) -> Vec<String> {
    faults(&arrows(&planted(place, text)), FLOORS)
}

#[test]
fn a_planted_upward_arrow_is_found_however_it_is_written() {
    let place = "policy/parse.rs";
    for text in [
        "use crate::decision::Judgement;\n",
        "use crate::{error::Error as E, decision::{self, Judgement as J}};\n",
        "fn planted() { let _ = crate::decision::Judgement::of; }\n",
        "use super::super::decision;\n",
        "use touchmark::decision::Verdict;\n",
        "mod inner { use super::super::super::decision::Verdict; }\n",
    ] {
        let found = new_faults(place, text);
        let names_it =
            |fault: &String| fault.starts_with(place) && fault.contains("decision stands above policy");
        assert!(found.iter().any(names_it), "{text}: {found:?}");
    }
    // What is no code is no arrow.
    for text in [
        "// use crate::decision::Judgement;\n",
        "const TEXT: &str = \"use crate::decision::Judgement;\";\n",
        "const RAW: &str = r#\"\" crate::decision::Judgement \"#;\n",
        "/* /* nested */ use crate::decision::Judgement; */\n",
        "#[cfg(test)]\nmod tests { use crate::decision::Judgement; }\n",
        "fn planted<'a>(c: char) -> bool { c == '\"' || c == '\\'' }\n",
    ] {
        assert_eq!(new_faults(place, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_planted_arrow_between_rooms_that_may_not_meet_is_found() {
    let found = new_faults("tui/theme/look.rs", "use crate::store::LedgerEntry;\n");
    assert!(found.iter().any(|fault| fault.contains("may not use store")), "{found:?}");
    let found = new_faults("signing/x509/names.rs", "use crate::verify::verify;\n");
    assert!(
        found.iter().any(|fault| fault.contains("signing/verify stands above signing/x509")),
        "{found:?}"
    );
    // A room's face is no way around.
    let found = new_faults("inventory/mod.rs", "pub use crate::view::View;\n");
    assert!(found.iter().any(|fault| fault.contains("view stands above inventory")), "{found:?}");
    let found = new_faults("text/clean.rs", "use crate::error::Error;\n");
    assert!(found.iter().any(|fault| fault.contains("error stands above text")), "{found:?}");
}

#[test]
fn a_planted_circle_is_found_over_several_files_and_through_names_that_are_handed_on() {
    // lanes uses graph; through the room's face, which hands the name on.
    let found = new_faults("lineage/graph.rs", "use super::Lanes;\nuse crate::lineage::lanes as planted;\n");
    let circle = found.iter().find(|fault| fault.starts_with("a circle:"));
    let circle = circle.unwrap_or_else(|| panic!("no circle in {found:?}"));
    assert!(circle.contains("lineage/graph.rs -> lineage/lanes.rs"), "{circle}");
    assert!(circle.contains("lineage/lanes.rs -> lineage/graph.rs"), "{circle}");
    let mut sources = planted("lineage/plausible.rs", "\nmod planted_end {}\n");
    for (name, text) in [
        ("one", "use super::two::Two;\npub struct One;"),
        ("two", "use super::three::Three;\npub struct Two;"),
        ("three", "pub struct Three(super::one::One);"),
    ] {
        let path = format!("lineage/{name}.rs");
        sources.push(Source { package: Package::Touchmark, path, text: text.to_owned() });
    }
    let found = faults(&arrows(&sources), FLOORS);
    let circle = found.iter().find(|fault| fault.starts_with("a circle:")).unwrap();
    assert!(
        ["one", "two", "three"].iter().all(|name| circle.contains(&format!("lineage/{name}.rs"))),
        "{circle}"
    );
}

#[test]
fn a_file_outside_of_every_room_is_found() {
    let mut sources = sources();
    let text = "use crate::policy::Policy;\n".to_owned();
    sources.push(Source { package: Package::Touchmark, path: "attic/box.rs".to_owned(), text });
    let found = faults(&arrows(&sources), FLOORS);
    assert!(
        found.iter().any(|fault| fault.contains("attic/box.rs") && fault.contains("no room")),
        "{found:?}"
    );
}

#[test]
fn the_page_on_the_architecture_names_every_room() {
    let page = include_str!("../../../docs/architecture.md");
    for (room, _) in FLOORS {
        let name = room.rsplit('/').next().unwrap();
        assert!(page.contains(&format!("`{name}")), "docs/architecture.md says nothing of {room}");
    }
}

fn only_under(words: &[&str], rooms: &[&str]) {
    for source in sources() {
        let place = source.place();
        for (number, line) in source.text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") || rooms.iter().any(|room| place.starts_with(room)) {
                continue;
            }
            for word in words {
                assert!(!code.contains(word), "{place}:{}: `{word}` belongs under {rooms:?}", number + 1);
            }
        }
    }
}

#[test]
fn the_terminal_is_named_only_under_tui() {
    only_under(&["ratatui::", "crossterm::"], &["tui/"]);
}

#[test]
fn arguments_are_named_only_under_cli() {
    only_under(&["clap::"], &["cli/"]);
}

#[test]
fn sql_is_written_only_in_the_store() {
    only_under(
        &["rusqlite", "use postgres::", "SELECT ", "INSERT ", "CREATE TABLE"],
        &["store/sqlite/", "store/postgres/"],
    );
}

#[test]
fn the_sigstore_crates_are_named_only_in_their_rooms() {
    only_under(
        &["sigstore_verify::", "sigstore_tuf::"],
        &["signing/sigstore/", "signing/sign/keyless/", "signing/trust/tuf.rs"],
    );
}

#[test]
fn the_network_is_used_only_by_the_rooms_whose_purpose_it_is() {
    only_under(
        &["ureq::", "rustls::", "std::net::", "TcpStream"],
        &["signing/http.rs", "signing/sign/keyless/", "remote/hosts.rs", "store/postgres/address.rs"],
    );
    only_under(&["reqwest::"], &["remote/web.rs", "remote/registry.rs", "remote/hub.rs"]);
    only_under(
        &["object_store::"],
        &["remote/s3.rs", "remote/s3_answers.rs", "remote/cloud.rs", "remote/google.rs", "remote/azure.rs"],
    );
}

#[test]
fn the_token_crate_is_named_only_in_its_module() {
    only_under(&["cryptoki::"], &["signing/keys/pkcs11.rs"]);
}

/// State and drawing are plain values: what they hold changes in `update` alone, and files are the event loop's.
#[test]
fn the_screens_state_holds_no_cell_and_reads_no_file() {
    let hidden = ["Cell<", "RefCell", "Mutex", "RwLock", "OnceLock", "LazyLock", "Atomic", "static "];
    let outside =
        ["std::fs", "fs::", "File::", "std::env", "Instant::now", "SystemTime", "this_second", "Theme::load"];
    for source in sources() {
        let place = source.place();
        if !(place.starts_with("tui/state/")
            || place.starts_with("tui/screens/")
            || place.starts_with("tui/update/"))
        {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            for word in hidden.iter().chain(&outside) {
                assert!(!code.replace("'static ", "").contains(word), "{place}:{}: `{word}`", number + 1);
            }
        }
    }
}

/// SHA-256 over lanes needs loads and stores through pointers, and nothing else may.
#[test]
fn unsafe_code_stands_in_one_room_and_every_block_says_why() {
    for source in sources() {
        let (name, text) = (source.place(), source.text);
        let is_kernel = name.starts_with("signing/hashing/kernel/");
        assert!(is_kernel || !text.contains("unsafe {") && !text.contains("unsafe fn"), "{name}");
        let allowed = text.contains("allow(unsafe_code)");
        assert_eq!(allowed, name == "signing/hashing/kernel/mod.rs", "{name}");
        let (blocks, reasons) = (text.matches("unsafe {").count(), text.matches("// SAFETY").count());
        assert!(blocks == reasons || name == "signing/hashing/kernel/mod.rs" && reasons == 1, "{name}");
        assert!(blocks <= 8, "{name}: {blocks} blocks");
    }
}

#[test]
fn the_rooms_that_the_build_digests_are_there() {
    let build = include_str!("../../../build.rs");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let (_, list) = build.split_once("let rooms = [").unwrap();
    let (rooms, list) = list.split_once("].map").unwrap();
    let (_, list) = list.split_once("let ground = [").unwrap();
    let (ground, _) = list.split_once("].map").unwrap();
    let named = |list: &str| list.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rooms: Vec<String> = named(rooms).iter().map(|room| format!("src/inventory/{room}")).collect();
    assert!(rooms.len() >= 5 && named(ground).len() >= 3);
    for place in rooms.iter().chain(&named(ground)) {
        assert!(root.join(place).exists(), "build.rs digests {place}, which is not there");
    }
}
