//! How long planning and sealing a million models takes, and how much memory: a hub that is listed without being there, and
//! records as workers write them. `cargo bench --features fleet --bench million [-- MODELS]`; it needs /proc and about 6 GB in
//! the temporary folder (`TMPDIR`). Each step is a process of its own, so that its peak is its own.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(dead_code, missing_docs)]

#[path = "../tests/it/fleet/many.rs"]
mod many;

use many::{Hub, commit, peak, planned, sealed};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use touchmark::fleet::{Limits, Run};
use touchmark::remote::Location;
use touchmark::signing::{Curve, SigningKey};
use touchmark::workbench::{OpenOptions, Workbench};

/// Where a child is told what to do.
const ASKED: &str = "TOUCHMARK_BENCH_MANY";
/// Targets for a million: seconds of both steps together, and bytes of each.
const SECONDS: f64 = 60.0;
const BYTES: f64 = 1e9;

fn main() {
    if let Ok(asked) = std::env::var(ASKED) {
        return step(&asked);
    }
    let models: u64 = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let dir = tempfile::tempdir().unwrap();
    println!("{:<8}{:>10}{:>9}{:>10}{:>9}", "step", "models", "s", "peak MB", "files");
    let (mut seconds, mut most) = (0.0, 0.0_f64);
    for what in ["plan", "commit", "seal", "again"] {
        let done = Command::new(std::env::current_exe().unwrap())
            .env(ASKED, format!("{what} {models} {}", dir.path().display()))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(done.status.success(), "{what}");
        let told = String::from_utf8(done.stdout).unwrap();
        let numbers: Vec<f64> = told.split_whitespace().map(|word| word.parse().unwrap()).collect();
        let [took, peak, files] = numbers[..] else { panic!("{told}") };
        println!("{what:<8}{models:>10}{took:>9.1}{:>10.1}{files:>9}", peak / 1e6);
        if matches!(what, "plan" | "seal") {
            (seconds, most) = (seconds + took, most.max(peak));
        }
    }
    let scale = models as f64 / 1e6;
    let met = if seconds <= SECONDS * scale.max(0.1) && most <= BYTES { "met" } else { "not met" };
    println!(
        "plan and seal: {seconds:.1} s, at most {:.0} MB; target {SECONDS} s a million, {:.0} MB: {met}",
        most / 1e6,
        BYTES / 1e6
    );
}

/// One step: its seconds, its peak, and how many files it put.
fn step(asked: &str) {
    let [what, models, dir] = asked.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{asked}") };
    let (models, dir): (u64, _) = (models.parse().unwrap(), Path::new(dir));
    std::fs::write(dir.join("touchmark.toml"), "schema = \"workspace/0.1\"\nname = \"bench\"\n").unwrap();
    let options = OpenOptions { dir: Some(dir.to_owned()), read_only: true, ..OpenOptions::default() };
    let view = Workbench::open(&options).unwrap().view();
    let run = || {
        let place = std::fs::read_to_string(dir.join("run")).unwrap();
        Run::open(&Location::parse(&place).unwrap()).unwrap()
    };
    let key = || SigningKey::from_pem(&std::fs::read(dir.join("key.pem")).unwrap()).unwrap();
    let began = Instant::now();
    let files = match what {
        "plan" => {
            // As `fleet plan` cuts by default.
            let limits = Limits { shards: None, bytes: 256 << 30, models: 5000 };
            let reach = |place: &Location| touchmark::remote::open(place);
            let made = planned(&view, Arc::new(Hub::new(models)), dir, limits, &reach);
            assert_eq!(made.plan.models, models);
            std::fs::write(dir.join("run"), made.location.to_string()).unwrap();
            made.plan.shards.len()
        }
        "commit" => {
            let key = SigningKey::generate(Curve::P256).unwrap();
            std::fs::write(dir.join("key.pem"), key.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
            let run = run();
            commit(&run, &key, 13);
            run.plan.shards.len() * 2
        }
        _ => {
            let found = sealed(&run(), &key(), &view, dir).sealed;
            assert_eq!((found.records, found.missing.len()), (models, 0));
            found.parts.len() + found.tables.len()
        }
    };
    println!("{} {} {files}", began.elapsed().as_secs_f64(), peak().unwrap_or(0));
}
