//! Hubs and mirrors that answer what they should not, and what becomes of the token.

use super::hub::{FIRST, Mirror, SECOND, entry, judged};
use super::made::{parsed, records};
use super::oci::{ONE, only};
use super::served::{Served, reply};
use super::shop::Shop;
use crate::support::{err, out};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::process::Command;
use touchmark::Code;
use touchmark::fleet::{UnknownClass, WantedBasis};
use touchmark::remote::{KeyFault, Seen};
use touchmark::signing::Outcome;

fn listed(mirror: &Mirror, revision: &str) -> Result<Vec<Seen>, Code> {
    let mut found = Vec::new();
    let (_, files) = mirror.source(revision);
    files
        .list(&mut |seen| {
            found.push(seen);
            Ok(ControlFlow::Continue(()))
        })
        .map_err(|error| error.code)?;
    Ok(found)
}

#[test]
fn what_a_hub_says_of_a_revision_is_not_believed() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    for (answer, code) in [
        (reply(200, ""), Code::Malformed),
        (reply(200, "<html>"), Code::Malformed),
        (reply(200, "{}"), Code::Malformed),
        (reply(200, r#"["1111111111111111111111111111111111111111"]"#), Code::Malformed),
        (reply(200, r#"{"sha":"main"}"#), Code::Malformed),
        (reply(200, r#"{"sha":"../../../x"}"#), Code::Malformed),
        (reply(200, r#"{"sha":7}"#), Code::Malformed),
        (reply(200, json!({ "sha": FIRST.to_uppercase().replace('1', "A") }).to_string()), Code::Malformed),
        (reply(200, vec![b'{'; 17 << 20]), Code::TooLarge),
        (reply(401, "{}"), Code::Refused),
        (reply(403, "{}"), Code::Refused),
        (reply(404, "{}"), Code::NotFound),
        (reply(418, "{}"), Code::Malformed),
        (reply(302, ""), Code::Malformed),
        (reply(302, "").with("Location", "http://hub.example/x"), Code::Refused),
        (reply(302, "").with("Location", "https://user:secret@hub.example/x"), Code::Refused),
        (reply(302, "").with("Location", "file:///etc/passwd"), Code::Refused),
        (reply(302, "").with("Location", "/api/models/acme/tiny/revision/main"), Code::Malformed),
        (reply(429, "").with("Retry-After", "31"), Code::Network),
        (reply(503, "").with("Retry-After", "86400"), Code::Network),
    ] {
        let (status, headers, body) = (answer.status, answer.headers, answer.body);
        let said = format!("{status} {headers:?} {}", String::from_utf8_lossy(&body[..body.len().min(80)]));
        mirror.served.forget();
        mirror.fault(move |asked| {
            let mut answer = reply(status, body.clone());
            answer.headers = headers.clone();
            asked.path.contains("/revision/").then_some(answer)
        });
        assert_eq!(listed(&mirror, "").unwrap_err(), code, "{said}");
        assert!(mirror.served.asked("/revision/").len() <= 4, "three hops, and no second attempt: {said}");
    }
    // Another commit than the one that was named.
    mirror.fault(|asked| {
        asked.path.contains("/revision/").then(|| reply(200, json!({ "sha": SECOND }).to_string()))
    });
    assert_eq!(listed(&mirror, &format!("@{FIRST}")).unwrap_err(), Code::Malformed);
    assert!(listed(&mirror, "").is_ok());
    // A busy hub is asked again.
    mirror.fault(|asked| {
        (asked.path.contains("/revision/") && asked.before < 2)
            .then(|| reply(429, "").with("Retry-After", "0"))
    });
    assert_eq!(listed(&mirror, "").unwrap().len(), 5);
}

#[test]
fn what_a_hub_says_of_its_files_is_not_believed() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    let good = || entry("config.json", b"{}");
    let with = |name: &str, value: Value| {
        let mut entry = good();
        entry[name] = value;
        json!([entry]).to_string()
    };
    let lfs = |oid: &str, size: u64| with("lfs", json!({ "oid": oid, "size": size }));
    let sum = "a".repeat(64);
    for (answer, code) in [
        (String::new(), Code::Malformed),
        ("{}".to_owned(), Code::Malformed),
        ("null".to_owned(), Code::Malformed),
        ("[1]".to_owned(), Code::Malformed),
        (r#"[["file","config.json",2,"x"]]"#.to_owned(), Code::Malformed),
        (r#"[{"type":"file"}]"#.to_owned(), Code::Malformed),
        (with("path", json!(7)), Code::Malformed),
        (with("size", json!(-1)), Code::Malformed),
        (with("size", json!(null)), Code::Malformed),
        (with("size", json!(u64::MAX)), Code::Malformed),
        (with("oid", json!(null)), Code::Malformed),
        (with("oid", json!("xyz")), Code::Malformed),
        (lfs("", 2), Code::Malformed),
        (lfs("sha1:aaaa", 2), Code::Malformed),
        (lfs(&sum, 3), Code::Malformed),
        (json!([good(), good()]).to_string(), Code::Answer),
        ("[".repeat(100_000), Code::Malformed),
        (" ".repeat(17 << 20), Code::TooLarge),
    ] {
        let said = answer.chars().take(100).collect::<String>();
        mirror.fault(move |asked| asked.path.contains("/tree/").then(|| reply(200, answer.clone())));
        assert_eq!(listed(&mirror, "").unwrap_err(), code, "{said}");
    }
    let answer = lfs(&format!("sha256:{sum}"), 2);
    mirror.fault(move |asked| asked.path.contains("/tree/").then(|| reply(200, answer.clone())));
    let found = listed(&mirror, "").unwrap();
    assert!(matches!(&found[..], [Seen::Object(object)] if object.checksum.as_ref().unwrap().hex == sum));
    // Names that are no paths are findings, and the rest is listed.
    let odd = ["../up", "/etc/passwd", "a/../b", "a\u{202e}b", "a\\b", "", "a//b", "a\u{1b}[2J", "x/"];
    let mut entries: Vec<Value> = odd.iter().map(|path| entry(path, b"x")).collect();
    entries.push(json!({ "type": "submodule", "path": "sub", "size": 0, "oid": "x" }));
    entries.push(entry(&"a".repeat(300), b"x"));
    entries.push(good());
    let answer = Value::from(entries).to_string();
    mirror.fault(move |asked| asked.path.contains("/tree/").then(|| reply(200, answer.clone())));
    let found = listed(&mirror, "").unwrap();
    let faults: Vec<KeyFault> = found
        .iter()
        .filter_map(|seen| match seen {
            Seen::Odd { fault, .. } => Some(*fault),
            Seen::Object(_) => None,
        })
        .collect();
    assert_eq!((faults.len(), found.len()), (odd.len() + 2, odd.len() + 3), "{found:#?}");
    for fault in
        [KeyFault::Relative, KeyFault::Absolute, KeyFault::Hidden, KeyFault::NotAFile, KeyFault::TooLong]
    {
        assert!(faults.contains(&fault), "{fault:?} {faults:?}");
    }
    let record = only(judged(&shop, &mirror, "", WantedBasis::Recomputed).1);
    assert_eq!((record.class, record.outcome), (Some(UnknownClass::Names), Outcome::Unknown), "{record:#?}");
    // Pages without an end.
    mirror.served.forget();
    mirror.fault(|asked| {
        asked.path.contains("/tree/").then(|| {
            let next = asked.query.get("cursor").map_or(0, |cursor| cursor.parse::<u64>().unwrap()) + 1;
            reply(200, "[]").with("Link", format!("</x?recursive=true&cursor={next}>; rel=\"next\""))
        })
    });
    assert_eq!(listed(&mirror, "").unwrap_err(), Code::TooLarge);
    mirror.served.forget();
    mirror.fault(|asked| {
        asked.path.contains("/tree/").then(|| reply(200, "[]").with("Link", "</x?cursor=1>; rel=\"next\""))
    });
    assert!(listed(&mirror, "").unwrap().is_empty());
    assert_eq!(mirror.served.asked("/tree/").len(), 2, "the same page is not asked for again");
}

#[test]
fn bytes_that_break_off_are_gone_on_with_and_packed_ones_are_refused() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    let weights = shop.files[0].1.clone();
    let bytes = weights.clone();
    mirror.fault(move |asked| {
        let is_it = asked.path.contains("/resolve/") && asked.path.ends_with("safetensors");
        (is_it && asked.before == 0).then(|| reply(200, bytes.clone()).breaking_at(bytes.len() / 2))
    });
    let record = only(judged(&shop, &mirror, "", WantedBasis::Recomputed).1);
    assert_eq!(record.outcome, Outcome::Pass, "{record:#?}");
    let asked = mirror.served.asked("model.safetensors");
    assert_eq!(asked.len(), 2);
    assert!(asked[1].range().unwrap().0 > 0, "{:?}", asked[1]);
    assert!(asked.iter().all(|asked| asked.header("accept-encoding") == Some("identity")));
    mirror.fault(move |asked| {
        let is_it = asked.path.ends_with("safetensors");
        is_it.then(|| reply(200, weights.clone()).with("Content-Encoding", "br"))
    });
    let record = only(judged(&shop, &mirror, "", WantedBasis::Recomputed).1);
    assert_eq!(record.class, Some(UnknownClass::Unreadable), "{record:#?}");
    // One that is busy for too long: another attempt may succeed.
    let planned = {
        super::oci::forget(&shop);
        mirror.shelf.lock().unwrap().fault = None;
        shop.fleet.plan_by(vec![mirror.source("")], ONE, WantedBasis::Recomputed).unwrap()
    };
    mirror
        .fault(|asked| asked.path.contains("/resolve/").then(|| reply(503, "").with("Retry-After", "3600")));
    let run = touchmark::fleet::Run::open(&planned.location).unwrap();
    assert_eq!(shop.fleet.work(&run, 0).unwrap_err().code, Code::Network);
    mirror.shelf.lock().unwrap().fault = None;
    assert!(shop.fleet.work(&run, 0).unwrap().committed);
    assert_eq!(only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap()))).outcome, Outcome::Pass);
}

#[test]
fn the_token_is_shown_to_the_named_host_alone_and_stands_nowhere() {
    const TOKEN: &str = "hf_not_a_secret_of_anybody";
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    // Another host of this machine keeps what is large; it has another origin.
    let kept = mirror.shelf.clone();
    let store = Served::new(move |asked| {
        let files = &kept.lock().unwrap().files;
        let name = asked.path.trim_start_matches("/stored/");
        files.get(name).map_or_else(|| reply(404, ""), |bytes| reply(200, bytes.clone()).ranged(asked))
    });
    mirror.shelf.lock().unwrap().elsewhere = Some(store.host());
    let at = |name: &str| shop.path(name).to_str().unwrap().to_owned();
    let fleet = |token: &str, words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command.arg("fleet").args(words).args(["--workspace", shop.fleet.dir.path().to_str().unwrap()]);
        let done = command.env("HF_TOKEN", token).output().unwrap();
        let said = out(&done) + &err(&done);
        assert!(!said.contains(TOKEN), "{said}");
        (done.status.code().unwrap(), out(&done), said)
    };
    let (place, runs, key) = (mirror.place(""), at("runs"), at("key.pem"));
    let plan = ["plan", "--source", &place, "--out", &runs, "--shards", "1", "--format", "json"];
    let (status, told, said) = fleet(&format!("{TOKEN}\n"), &plan);
    assert_eq!(status, 0, "{said}");
    let planned: Value = serde_json::from_str(&told).unwrap();
    let run = planned["place"].as_str().unwrap();
    let (status, told, said) =
        fleet(TOKEN, &["work", "--plan", run, "--shard", "0", "--private-key", &key, "--format", "json"]);
    assert_eq!(status, 0, "{said}");
    let worked: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(worked["outcomes"]["pass"], 1, "{worked}");
    let (own, others) = (mirror.served.asked(""), store.asked(""));
    let bearer = format!("Bearer {TOKEN}");
    assert!(own.iter().all(|asked| asked.header("authorization") == Some(&bearer)), "{own:#?}");
    assert!(!others.is_empty() && others.iter().all(|asked| asked.header("authorization").is_none()));
    // Neither plan nor items nor records hold it.
    let mut waiting = vec![shop.path("runs")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false => assert!(!String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains("hf_not")),
            }
        }
    }
    // One who may not; and a token that cannot be sent is not sent.
    mirror.fault(|asked| asked.header("authorization").is_none().then(|| reply(401, "{}")));
    let (status, _, said) = fleet("", &plan);
    assert!(status != 0 && said.contains("E-REFUSED") && said.contains("HF_TOKEN"), "{said}");
    mirror.served.forget();
    for odd in ["two words", "hf\u{e9}", "hf_a\nhf_b"] {
        let (status, _, said) = fleet(odd, &plan);
        assert!(status == 2 && said.contains("HF_TOKEN") && !said.contains(odd), "{said}");
    }
    assert!(mirror.served.asked("").is_empty(), "nobody was asked");
    // A run cannot be put there.
    let (status, _, said) = fleet("", &["plan", "--source", &at("models"), "--out", &place]);
    assert!(status == 2 && said.contains("hub"), "{said}");
}
