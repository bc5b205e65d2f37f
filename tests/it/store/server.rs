//! What is PostgreSQL's own of a store: who may do what, tables that are not ours, a server that goes away, and many at
//! once.

use crate::server::{Server, database, shared};
use crate::support::{copy_of_samples, err, out, touchmark};
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;
use touchmark::error::Code;
use touchmark::inventory::ModelId;
use touchmark::store::ledger::verify;
use touchmark::store::server::{grant, shown};
use touchmark::store::{self, Place, RecordKind, Rights, Store};

fn open(url: &str, folder: &Path) -> touchmark::Result<Box<dyn Store>> {
    store::open(Place::Server { url, here: &folder.join("here.db") })
}

fn add(store: &mut dyn Store, body: &str) -> touchmark::Result<u64> {
    let at = jiff::Timestamp::from_second(7).unwrap();
    store.append(at, RecordKind::Review, &ModelId::new("m"), body).map(|entry| entry.seq)
}

#[test]
fn a_role_that_was_granted_appends_and_can_rewrite_nothing() {
    let Some(server) = shared() else { return };
    let (url, dir) = (server.fresh(), tempfile::tempdir().unwrap());
    let name = database(&url).to_owned();
    let (writer, reader) = (format!("w_{name}"), format!("r\"{name}"));
    server
        .sql("postgres", &format!("CREATE ROLE {writer} LOGIN; CREATE ROLE \"r\"\"{name}\" LOGIN"))
        .unwrap();
    let mut owner = open(&url, dir.path()).unwrap();
    add(&mut *owner, "1").unwrap();
    // Nothing is granted yet.
    assert_eq!(open(&server.url(&writer, &name), dir.path()).err().unwrap().code, Code::Write);
    grant(&url, &writer, false).unwrap();
    grant(&url, &reader, true).unwrap();
    let rights = |url: &str| shown(url).unwrap().rights;
    assert_eq!(rights(&url), Rights::Rewrites);
    assert_eq!(rights(&server.url(&writer, &name)), Rights::Appends);
    let looking = server.url(&format!("r%22{name}"), &name);
    assert_eq!(rights(&looking), Rights::Reads);
    let mut works = open(&server.url(&writer, &name), dir.path()).unwrap();
    assert_eq!(add(&mut *works, "2").unwrap(), 2);
    works.keep(b"facts").unwrap();
    store::replace(&mut *works, &touchmark::inventory::Scan::default()).unwrap();
    let mut looks = open(&looking, dir.path()).unwrap();
    assert_eq!(looks.entries(0).unwrap().len(), 2);
    assert_eq!(add(&mut *looks, "3").unwrap_err().code, Code::Write);
    for sql in [
        "UPDATE touchmark.ledger SET body = 'x'",
        "DELETE FROM touchmark.ledger",
        "TRUNCATE touchmark.ledger",
        "ALTER TABLE touchmark.ledger DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_stays ON touchmark.ledger",
        "CREATE TRIGGER t BEFORE INSERT ON touchmark.ledger EXECUTE FUNCTION touchmark.ledger_stays()",
        "CREATE TABLE touchmark.more (x int)",
        "DELETE FROM touchmark.evidence",
        "UPDATE touchmark.evidence SET bytes = ''",
        "UPDATE touchmark.version SET number = 9",
        // An entry that does not go on from the last one.
        "INSERT INTO touchmark.ledger VALUES (4, '', 'review', '', '', '', '')",
        "INSERT INTO touchmark.ledger VALUES (3, '', 'review', '', '', repeat('0', 64), '')",
        "INSERT INTO touchmark.evidence VALUES ('\\x00', 'another')",
    ] {
        assert!(server.sql_as(&writer, &name, sql).is_err(), "{sql}");
    }
    // The owner is stopped by the triggers, until they are taken away; then the store is not ours any more.
    assert!(server.sql(&name, "UPDATE touchmark.ledger SET body = 'x'").unwrap_err().contains("append-only"));
    assert!(server.sql(&name, "DELETE FROM touchmark.ledger").unwrap_err().contains("append-only"));
    assert!(server.sql(&name, "TRUNCATE touchmark.ledger").unwrap_err().contains("append-only"));
    assert_eq!(verify(&*owner).unwrap(), 2);
    assert_eq!(grant(&url, "owner", false).unwrap_err().code, Code::Usage);
    assert_eq!(grant(&url, "nobody-of-that-name", false).unwrap_err().code, Code::NotFound);
}

#[test]
fn tables_that_are_not_as_we_make_them_are_refused() {
    let Some(server) = shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    for (sql, told) in [
        ("ALTER TABLE touchmark.ledger DISABLE TRIGGER ledger_stays", "trigger ledger ledger_stays"),
        ("DROP TRIGGER ledger_goes_on ON touchmark.ledger", "trigger ledger ledger_goes_on"),
        ("CREATE RULE r AS ON INSERT TO touchmark.ledger DO ALSO NOTHING", "ledger"),
        ("ALTER TABLE touchmark.evidence DROP CONSTRAINT evidence_is_what_it_is_called", "check evidence"),
        ("ALTER TABLE touchmark.record ADD COLUMN more text", "column record.more"),
        ("ALTER TABLE touchmark.record ENABLE ROW LEVEL SECURITY", "table record"),
        ("CREATE TABLE touchmark.another (x int) INHERITS (touchmark.ledger)", "another"),
        ("CREATE VIEW touchmark.more AS SELECT 1", "more"),
        ("DROP INDEX touchmark.part_name", "index part part_name"),
        (
            "CREATE OR REPLACE FUNCTION touchmark.ledger_stays() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "function ledger_stays",
        ),
        ("UPDATE touchmark.version SET number = 0", "newer"),
        ("UPDATE touchmark.version SET number = 2", "newer"),
        ("DELETE FROM touchmark.version", "newer"),
    ] {
        let url = server.fresh();
        open(&url, dir.path()).unwrap();
        open(&url, dir.path()).unwrap();
        server.sql(database(&url), sql).unwrap();
        let error = open(&url, dir.path()).err().unwrap_or_else(|| panic!("{sql} goes unnoticed"));
        assert!(
            matches!(error.code, Code::Store | Code::Newer) && error.what.contains(told),
            "{sql}: {error}"
        );
    }
    // Somebody else's schema of our name.
    let url = server.fresh();
    server.sql(database(&url), "CREATE SCHEMA touchmark").unwrap();
    assert!(open(&url, dir.path()).is_err());
}

#[test]
fn a_server_that_goes_away_for_a_moment_costs_no_record_and_doubles_none() {
    let Some(server) = Server::start() else { return };
    let (url, dir) = (server.fresh(), tempfile::tempdir().unwrap());
    open(&url, dir.path()).unwrap();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (url, dir) = (&url, dir.path());
                scope.spawn(move || {
                    let mut store = open(url, dir).unwrap();
                    for number in 0..60 {
                        add(&mut *store, &format!("{{\"w\":{writer},\"n\":{number}}}")).unwrap();
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(120));
            server.stop();
            server.run();
        }
        writers.into_iter().for_each(|writer| writer.join().unwrap());
    });
    let store = open(&url, dir.path()).unwrap();
    assert_eq!(verify(&*store).unwrap(), 180);
    let bodies: std::collections::BTreeSet<String> =
        store::ledger::entries(&*store).map(|entry| entry.unwrap().body).collect();
    assert_eq!(bodies.len(), 180);
    // And one that stays away is an error that says so.
    server.stop();
    assert_eq!(open(&url, dir.path()).err().unwrap().code, Code::Network);
}

#[test]
fn twenty_that_open_an_empty_database_at_once_make_one_store() {
    let Some(server) = shared() else { return };
    let (url, dir) = (server.fresh(), tempfile::tempdir().unwrap());
    let ready = Barrier::new(20);
    std::thread::scope(|scope| {
        for number in 0..20 {
            let (url, dir, ready) = (&url, dir.path(), &ready);
            scope.spawn(move || {
                ready.wait();
                let mut store = open(url, dir).unwrap();
                for round in 0..10 {
                    add(&mut *store, &format!("{number} {round}")).unwrap();
                }
            });
        }
    });
    assert_eq!(verify(&*open(&url, dir.path()).unwrap()).unwrap(), 200);
}

#[test]
fn who_waits_in_a_runtime_can_ask_it_too() {
    let Some(server) = shared() else { return };
    let (url, dir) = (server.fresh(), tempfile::tempdir().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut store = open(&url, dir.path()).unwrap();
        assert_eq!(add(&mut *store, "1").unwrap(), 1);
        let mut seen = 0;
        store.all(&RecordKind::Review, &mut |some| seen += some.len()).unwrap();
        assert_eq!(seen, 1);
    });
}

#[test]
fn servers_that_are_none_and_users_that_are_none_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let code = |url: &str| open(url, dir.path()).err().unwrap().code;
    assert_eq!(code("postgres://ada@127.0.0.1:1/models"), Code::Network);
    assert_eq!(code("postgres://127.0.0.1:1"), Code::Config);
    let Some(server) = shared() else { return };
    assert_eq!(code(&server.url("owner", "no_such_database")), Code::NotFound);
    assert_eq!(code(&server.url("no_such_role", "postgres")), Code::Refused);
}

/// A text without when its sources were read, the digest of evidence that says how long a look took, and the id of the
/// workspace.
fn untimed(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !["  read ", "Rests on: ", "  workspace "].iter().any(|start| line.starts_with(start)))
        .collect()
}

/// The samples on a server.
fn workspace(url: &str) -> tempfile::TempDir {
    let dir = copy_of_samples();
    let file = dir.path().join("touchmark.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("store = \"touchmark.db\""));
    std::fs::write(&file, text.replace("touchmark.db", url)).unwrap();
    dir
}

#[test]
fn a_workspace_on_a_server_works_as_one_with_a_file() {
    let Some(server) = shared() else { return };
    let url = server.fresh();
    let (shared, alone) = (workspace(&url), copy_of_samples());
    let at = ["--at", "2026-11-25T12:00:00Z", "--workspace"];
    let run = |dir: &Path, words: &[&str]| {
        let given = at.iter().copied().chain([dir.to_str().unwrap()]).chain(words.iter().copied());
        touchmark(given)
    };
    for words in [
        &["scan"][..],
        &["verify", "acme/receipt-reader"],
        &["gate", "acme/receipt-reader", "--stage", "production"],
        &["list"],
        &["show", "acme/receipt-reader"],
        &["maturity"],
        &["ledger", "verify"],
    ] {
        let (one, other) = (run(shared.path(), words), run(alone.path(), words));
        assert_eq!(one.status.code(), other.status.code(), "{words:?}: {}", err(&one));
        assert_eq!(untimed(&out(&one)), untimed(&out(&other)), "{words:?}");
    }
    // What is recorded by one is there for another with a checkout of their own; who only looks leaves nothing.
    let colleague = workspace(&url);
    let records = || shown(&url).unwrap().records;
    let before = records();
    assert!(before > 0);
    let listed = |words: &[&str]| out(&run(colleague.path(), words));
    assert_eq!(listed(&["ledger", "show"]), out(&run(shared.path(), &["ledger", "show"])));
    let looked = run(colleague.path(), &["--read-only", "verify", "acme/receipt-reader"]);
    assert_eq!(looked.status.code(), Some(0), "{}", err(&looked));
    assert_eq!(listed(&["--read-only", "ledger", "show"]), listed(&["ledger", "show"]));
    assert_eq!(records(), before);
    assert_eq!(run(colleague.path(), &["verify", "acme/receipt-reader"]).status.code(), Some(0));
    assert!(records() > before);
}

#[test]
fn a_password_in_the_workspace_file_is_refused_and_not_repeated() {
    for url in [
        "postgres://ada:hunter2@db.acme.example/models",
        "postgresql://db.acme.example/models?user=ada&password=hunter2",
    ] {
        let dir = workspace(url);
        let done = touchmark(["--workspace", dir.path().to_str().unwrap(), "list"]);
        assert_eq!(done.status.code(), Some(2));
        let said = err(&done);
        assert!(
            said.contains("E-CONFIG") && said.contains("PGPASSWORD") && !said.contains("hunter2"),
            "{said}"
        );
    }
}

#[test]
fn it_is_said_where_the_store_is_and_who_may_do_what() {
    let dir = copy_of_samples();
    let root = dir.path().to_str().unwrap();
    let shown = touchmark(["--workspace", root, "store", "show"]);
    assert_eq!(shown.status.code(), Some(0));
    assert!(
        out(&shown).starts_with("store    touchmark.db (a file; SQLite)\nholds    0 records, 43 models"),
        "{}",
        out(&shown)
    );
    let refused = touchmark(["--workspace", root, "store", "grant", "ada"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("E-USAGE") && err(&refused).contains("nothing was changed"));
    let Some(server) = shared() else { return };
    let url = server.fresh();
    let role = format!("g_{}", database(&url));
    server.sql("postgres", &format!("CREATE ROLE {role} LOGIN")).unwrap();
    let dir = workspace(&url);
    let root = dir.path().to_str().unwrap();
    let shown = out(&touchmark(["--workspace", root, "store", "show"]));
    assert!(shown.contains("could rewrite the ledger") && shown.contains("PostgreSQL"), "{shown}");
    let granted = touchmark(["--workspace", root, "store", "grant", &role]);
    assert_eq!(granted.status.code(), Some(0), "{}", err(&granted));
    let theirs = workspace(&server.url(&role, database(&url)));
    let root = theirs.path().to_str().unwrap();
    let shown = touchmark(["--workspace", root, "--format", "json", "store", "show"]);
    crate::documents::hold(&shown);
    let document: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&document["kind"], &document["server"]["rights"]), (&"server".into(), &"appends".into()));
    assert_eq!(touchmark(["--workspace", root, "verify", "acme/receipt-reader"]).status.code(), Some(0));
}

#[test]
#[cfg(unix)]
fn a_file_of_passwords_that_others_may_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let dir = workspace("postgres://ada@127.0.0.1:1/models");
    let file = dir.path().join("pgpass");
    std::fs::write(&file, "127.0.0.1:1:models:ada:hunter2\n").unwrap();
    let told = |mode: u32| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["--workspace", dir.path().to_str().unwrap(), "list"])
            .env("PGPASSFILE", &file)
            .env_remove("PGPASSWORD")
            .output()
            .unwrap();
        err(&done)
    };
    assert!(told(0o600).contains("E-NETWORK"), "{}", told(0o600));
    let refused = told(0o644);
    assert!(
        refused.contains("E-CONFIG") && refused.contains("chmod 600") && !refused.contains("hunter2"),
        "{refused}"
    );
}
