//! A team on one PostgreSQL: three workbenches and ten command lines review and verify at once, and the server goes away in
//! the middle. Whatever anybody was told is recorded is there once, under the number that they were told.
//! `TOUCHMARK_LOAD_SECONDS` says for how long.

use crate::journey::Terminal;
use crate::server::{Server, database};
use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

const WORKBENCHES: usize = 3;
const LINES: usize = 10;
const MODELS: [&str; 4] = ["acme/receipt-reader", "lumen/iris-ocr", "lumen/iris-base", "lumen/iris-large"];

/// What one of them was told.
#[derive(Default)]
struct Told {
    /// The reason of each review, and the number of its record.
    reviews: BTreeMap<String, u64>,
    verifications: u64,
}

fn checkout(url: &str) -> tempfile::TempDir {
    let dir = copy_of_samples();
    let file = dir.path().join("touchmark.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("touchmark.db", url)).unwrap();
    dir
}

/// What a command line of a colleague says. One that begins while the server is away is told so, and tried again.
fn line(dir: &Path, words: &[&str]) -> Value {
    let began = Instant::now();
    loop {
        let given = words.iter().copied().chain(["--workspace", dir.to_str().unwrap(), "--format", "json"]);
        let done = touchmark(given);
        let said: Value = serde_json::from_str(&out(&done)).unwrap();
        if done.status.code() == Some(0) {
            return said;
        }
        let is_away = done.status.code() == Some(3) && said["code"] == "E-NETWORK";
        assert!(
            is_away && began.elapsed() < Duration::from_secs(60),
            "{words:?}: {}{}",
            out(&done),
            err(&done)
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn command_lines(url: &str, who: usize, until: Instant) -> Told {
    let (dir, mut told) = (checkout(url), Told::default());
    let mut round = 0;
    while Instant::now() < until || round < 2 {
        let model = MODELS[(who + round) % MODELS.len()];
        if (who + round).is_multiple_of(2) {
            let reason = format!("line {who} round {round}");
            let said = line(dir.path(), &["review", "approve", model, "--reason", &reason]);
            told.reviews.insert(reason, said["record"]["number"].as_u64().unwrap());
        } else {
            assert_eq!(line(dir.path(), &["verify", model])["outcome"], "pass");
            told.verifications += 1;
        }
        round += 1;
    }
    told
}

/// The number in `(record 12)`, where the screen says so.
fn number(screen: &str) -> Option<u64> {
    screen.split("(record ").nth(1)?.split(')').next()?.parse().ok()
}

/// Whether the screen tells what came of a verification, good or bad.
fn is_verified(screen: &str) -> bool {
    ["·", "✓", "✗", "?", "!"].iter().any(|sign| screen.contains(&format!("{sign} verified ")))
}

fn workbench(url: &str, who: usize, until: Instant) -> Told {
    let (dir, mut told) = (checkout(url), Told::default());
    let mut terminal = Terminal::open(dir.path(), 120, 30);
    terminal.wait("of 43");
    let mut round = 0;
    while Instant::now() < until || round < 2 {
        let reason = format!("bench {who} round {round}");
        terminal.keys(&format!(":review approve {reason}\r"));
        terminal.wait("(record ");
        told.reviews.insert(reason, number(&terminal.text()).unwrap());
        // In full: what was verified before is not up to date alone.
        terminal.keys("F");
        let began = Instant::now();
        while !is_verified(&terminal.text()) {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing is verified:\n{}", terminal.text());
            std::thread::sleep(Duration::from_millis(20));
        }
        told.verifications += 1;
        // Another message in its place, so that the next review is not taken for this one.
        terminal.gone("(record ");
        terminal.keys("j");
        round += 1;
    }
    terminal.quits();
    assert_eq!(terminal.ends(), 0);
    told
}

#[test]
fn three_workbenches_and_ten_command_lines_lose_nothing_and_a_restart_costs_nothing() {
    let Some(server) = Server::start() else { return };
    let seconds =
        std::env::var("TOUCHMARK_LOAD_SECONDS").ok().and_then(|many| many.parse().ok()).unwrap_or(10);
    let url = server.fresh();
    let dir = checkout(&url);
    // The first one makes the tables and scans.
    let done = touchmark(["--workspace", dir.path().to_str().unwrap(), "scan"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let told: Vec<Told> = std::thread::scope(|scope| {
        let url = &url;
        let lines = (0..LINES).map(|who| scope.spawn(move || command_lines(url, who, until)));
        let lines: Vec<_> = lines.collect();
        let benches = (0..WORKBENCHES).map(|who| scope.spawn(move || workbench(url, who, until)));
        let benches: Vec<_> = benches.collect();
        // All are at work by then.
        std::thread::sleep(Duration::from_secs(seconds) / 2);
        server.stop();
        server.run();
        lines.into_iter().chain(benches).map(|one| one.join().unwrap()).collect()
    });
    assert!(told.iter().all(|one| !one.reviews.is_empty() && one.verifications > 0), "everybody did both");
    let reviews: BTreeMap<&str, u64> =
        told.iter().flat_map(|one| &one.reviews).map(|(reason, number)| (reason.as_str(), *number)).collect();
    let verifications: u64 = told.iter().map(|one| one.verifications).sum();
    let benches: usize = told[LINES..].iter().map(|one| one.reviews.len()).sum();
    println!(
        "{} reviews ({benches} in workbenches) and {verifications} verifications in {} s",
        reviews.len(),
        began.elapsed().as_secs()
    );

    let root = dir.path().to_str().unwrap();
    let whole = touchmark(["--workspace", root, "ledger", "verify"]);
    assert_eq!(whole.status.code(), Some(0), "{}{}", out(&whole), err(&whole));
    let ledger = out(&touchmark(["--workspace", root, "ledger", "export"]));
    let records: Vec<Value> = ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<u64> = records.iter().map(|record| record["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=records.len() as u64).collect::<Vec<_>>(), "none is missing in between");
    let of = |kind: &str| records.iter().filter(|record| record["kind"] == kind).collect::<Vec<_>>();
    // Each review once, under its number; none that nobody made.
    let mut found = BTreeSet::new();
    for record in of("review") {
        let body: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
        let reason = body["reason"].as_str().unwrap().to_owned();
        assert_eq!(reviews.get(&*reason).copied(), record["seq"].as_u64(), "{reason}");
        assert!(found.insert(reason), "twice: {body}");
    }
    assert_eq!(found.len(), reviews.len());
    assert_eq!(of("verification").len() as u64, verifications);
    assert_eq!(records.len() as u64, reviews.len() as u64 + verifications);
    let held = server.sql(database(&url), "SELECT count(*) FROM touchmark.ledger").unwrap();
    assert_eq!(held, records.len().to_string());
}
