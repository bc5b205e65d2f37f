//! That a plan and a seal of many models take what one of few takes, and so much more a model: requests and bytes, never a
//! clock. `cargo bench --bench million` measures a million.

use super::many::{Counting, Hub, commit, peak, planned, sealed};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use touchmark::fleet::{Limits, Run};
use touchmark::remote::Location;
use touchmark::signing::{Curve, SigningKey};
use touchmark::view::View;
use touchmark::workbench::{OpenOptions, Workbench};

/// Models of a shard.
const EACH: u64 = 500;
/// Where a child is told what to do.
const ASKED: &str = "TOUCHMARK_TEST_MANY";

fn view(dir: &Path) -> Arc<View> {
    std::fs::write(dir.join("touchmark.toml"), "schema = \"workspace/0.1\"\nname = \"many\"\n").unwrap();
    let options = OpenOptions { dir: Some(dir.to_owned()), read_only: true, ..OpenOptions::default() };
    Workbench::open(&options).unwrap().view()
}

fn limits() -> Limits {
    Limits { shards: None, bytes: u64::MAX, models: EACH }
}

/// Listings of the source; listings, gets and puts of a plan and of its seal; parts of the seal.
fn requests(models: u64) -> (u64, [u64; 3], [u64; 3], u64) {
    let dir = tempfile::tempdir().unwrap();
    let view = view(dir.path());
    let hub = Arc::new(Hub::new(models));
    let counting = Mutex::new(None);
    let run = planned(&view, hub.clone(), dir.path(), limits(), &|place: &Location| {
        let over = Arc::new(Counting::over(touchmark::remote::open(place)?));
        *counting.lock().unwrap() = Some(over.clone());
        Ok(over)
    });
    let lists = hub.lists.load(SeqCst);
    let counting = counting.into_inner().unwrap().unwrap();
    let of_plan = counting.taken();
    assert_eq!(run.plan.models, models);
    assert_eq!(run.plan.shards.len() as u64, models.div_ceil(EACH));
    let key = SigningKey::generate(Curve::P256).unwrap();
    let run = Run::over(run.location, counting.clone()).unwrap();
    commit(&run, &key, 2);
    counting.taken();
    let sealed = sealed(&run, &key, &view, dir.path()).sealed;
    assert_eq!((sealed.records, sealed.missing.len()), (models, 0));
    (lists, of_plan, counting.taken(), sealed.parts.len() as u64)
}

#[test]
fn requests_grow_with_shards_and_parts_and_not_with_models() {
    let (few, many) = (requests(1000), requests(6000));
    assert_eq!((few.0, many.0), (2, 2), "a source is listed twice, however much there is");
    let shards = (6000 - 1000) / EACH;
    let [lists, gets, puts] = few.1;
    assert_eq!(many.1, [lists, gets, puts + shards], "a plan puts its pieces, and one file a shard");
    let [lists, gets, puts] = few.2;
    // A statement, its results and its items, each asked for its state first.
    assert_eq!(many.2[..2], [lists, gets + 6 * shards], "a seal reads three files a shard");
    assert_eq!(many.2[2], puts + 2 * (many.3 - few.3), "it puts records and table of each part, and itself");
    assert_eq!((puts, few.3), (3, 1));
}

/// What this process is asked to do: `plan` or `seal`, with so many models, in a folder where a run may lie.
#[test]
fn child_of_the_test_of_memory() {
    let Ok(asked) = std::env::var(ASKED) else { return };
    let [what, models, dir] = asked.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{asked}") };
    let (models, dir) = (models.parse().unwrap(), Path::new(dir));
    let view = view(dir);
    let key = dir.join("key.pem");
    match what {
        "plan" => {
            let reach = |place: &Location| touchmark::remote::open(place);
            let run = planned(&view, Arc::new(Hub::new(models)), dir, limits(), &reach);
            println!("peak={}", peak().unwrap());
            let generated = SigningKey::generate(Curve::P256).unwrap();
            std::fs::write(&key, generated.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
            std::fs::write(dir.join("run"), run.location.to_string()).unwrap();
            commit(&Run::open(&run.location).unwrap(), &generated, 160);
        }
        _ => {
            let place = std::fs::read_to_string(dir.join("run")).unwrap();
            let run = Run::open(&Location::parse(&place).unwrap()).unwrap();
            let key = SigningKey::from_pem(&std::fs::read(&key).unwrap()).unwrap();
            let sealed = sealed(&run, &key, &view, dir).sealed;
            assert_eq!((sealed.records, sealed.missing.len()), (models, 0));
            println!("parts={}", sealed.parts.len());
            println!("peak={}", peak().unwrap());
        }
    }
}

fn child(what: &str, models: u64, dir: &Path) -> u64 {
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fleet::million::child_of_the_test_of_memory", "--nocapture"])
        .env(ASKED, format!("{what} {models} {}", dir.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{told}{}", String::from_utf8_lossy(&done.stderr));
    let number =
        |name: &str| told.split(name).nth(1).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    if let Some(parts) = number("parts=") {
        let parts: u64 = parts;
        assert!(parts > 1, "a part is full, so that more of them take no more: {parts}");
    }
    number("peak=").unwrap_or_else(|| panic!("no peak: {told}"))
}

#[test]
#[cfg(target_os = "linux")]
fn memory_grows_by_little_a_model() {
    let (few, many) = (7000, 14_000);
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // What a plan holds of a model is a few hashes, and what a seal holds is its key and its digest, some of them twice while
    // they are sorted. An item has 900 bytes, a record 6,000.
    for (what, most) in [("plan", 200), ("seal", 1500)] {
        let (small, large) = (child(what, few, one.path()), child(what, many, other.path()));
        let each = large.saturating_sub(small) / (many - few);
        assert!(each <= most, "{what}: {each} bytes a model, {small} and {large}");
    }
}
