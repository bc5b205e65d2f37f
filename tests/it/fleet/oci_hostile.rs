//! Registries that lie, flood, wander and ask for secrets: what a model comes to then, and what never leaves.

use super::made::{parsed, records};
use super::oci::{ONE, forget, judged, only, source};
use super::shop::{Registry, Shop, TITLE, respond};
use crate::support::{err, out};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use touchmark::Code;
use touchmark::decision::Decision;
use touchmark::error::Result;
use touchmark::fleet::{FleetRecord, Run, UnknownClass, WantedBasis};
use touchmark::signing::Outcome;

fn planned(shop: &Shop, reference: &str) -> Result<touchmark::fleet::Planned> {
    shop.fleet.plan_by(vec![source(shop, reference)], ONE, WantedBasis::Recomputed)
}

fn refused(shop: &Shop, reference: &str) -> Code {
    planned(shop, reference).unwrap_err().code
}

/// Planned while the registry is honest, worked when it is not.
fn worked_with(shop: &Shop, basis: WantedBasis, fault: impl FnOnce()) -> FleetRecord {
    shop.registry.shelves.lock().unwrap().fault = None;
    forget(shop);
    let planned = shop.fleet.plan_by(vec![source(shop, ":v1")], ONE, basis).unwrap();
    shop.registry.shelves.lock().unwrap().asked.clear();
    fault();
    let run = shop.fleet.work_all(&planned);
    only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap())))
}

#[test]
fn other_bytes_under_a_digest_contradict_whether_somebody_signed_or_not() {
    let shop = Shop::new();
    shop.publish("v1");
    let unsigned = Shop::new();
    unsigned.registry.manifest(&unsigned.model(), Some("v1"));
    for (shop, code) in [(&shop, Some("FILES-CHANGED")), (&unsigned, None)] {
        let blob = shop.weights();
        let mut other = shop.files[0].1.clone();
        *other.last_mut().unwrap() ^= 1;
        shop.registry.fault(move |asked, stream| {
            let is_it = asked.path.ends_with(&blob);
            if is_it {
                respond(stream, "200 OK", &other);
            }
            is_it
        });
        let record = only(judged(shop, ":v1", WantedBasis::Recomputed).1);
        assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:#?}");
        assert_eq!(record.digests.contradicted, 1);
        assert_eq!(record.reasons[0], "DIGEST-CONTRADICTED");
        assert!(code.is_none_or(|code| record.checks.iter().any(|check| check.code == code)), "{record:#?}");
        // Whoever reads it in any other way is told as well.
        let (_, files) = source(shop, ":v1");
        let key = format!("acme/tiny:v1/blobs/sha256/{}", shop.weights().trim_start_matches("sha256:"));
        let object = files.state(&key).unwrap();
        assert_eq!(files.read(&object, 0..object.size).unwrap_err().code, Code::Changed);
    }
    // A small blob is read in any case, and contradicts in any case.
    let (blob, shop) = (super::shop::digest(&shop.files[1].1), shop);
    shop.registry.fault(move |asked, stream| {
        let is_it = asked.path.ends_with(&blob);
        if is_it {
            respond(stream, "200 OK", br#"{"a":1}"#);
        }
        is_it
    });
    let record = only(judged(&shop, ":v1", WantedBasis::RegistryDigest).1);
    assert_eq!((record.outcome, record.digests.contradicted), (Outcome::Fail, 1), "{record:#?}");
}

#[test]
fn a_blob_of_another_length_is_not_the_one_that_was_listed() {
    let shop = Shop::new();
    let mut model = shop.model();
    for (tag, size) in [("v1", 1_u64 << 23), ("v2", 5 << 20), ("v3", 1 << 47), ("v4", u64::MAX)] {
        model["layers"][0]["size"] = json!(size);
        shop.registry.manifest(&model, Some(tag));
    }
    for tag in [":v1", ":v2"] {
        let began = Instant::now();
        let record = only(judged(&shop, tag, WantedBasis::Recomputed).1);
        assert_eq!(record.class, Some(UnknownClass::Changed), "{tag}");
        assert!(began.elapsed() < Duration::from_secs(60), "{tag}");
    }
    let record = only(judged(&shop, ":v3", WantedBasis::Recomputed).1);
    assert_eq!(record.class, Some(UnknownClass::TooLarge));
    assert_eq!(refused(&shop, ":v4"), Code::Malformed);
    // Without end.
    shop.publish("v1");
    let blob = shop.weights();
    let record = worked_with(&shop, WantedBasis::Recomputed, || {
        shop.registry.fault(move |asked, stream| {
            let is_it = asked.path.ends_with(&blob);
            if is_it {
                endless(stream);
            }
            is_it
        });
    });
    assert_eq!(record.class, Some(UnknownClass::Changed));
}

fn endless(stream: &mut std::net::TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    let piece = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    while stream.write_all(&piece).is_ok() {}
}

#[test]
fn floods_end_at_a_limit() {
    let shop = Shop::new();
    shop.publish("v1");
    let is_manifest = |path: &str| path.ends_with("/manifests/v1");
    shop.registry.fault(move |asked, stream| {
        if is_manifest(&asked.path) {
            endless(stream);
        }
        is_manifest(&asked.path)
    });
    assert_eq!(refused(&shop, ":v1"), Code::TooLarge);
    shop.registry.fault(move |asked, stream| {
        if is_manifest(&asked.path) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n{");
        }
        is_manifest(&asked.path)
    });
    assert_eq!(refused(&shop, ":v1"), Code::TooLarge);
    // The tag is there all the same, and is counted.
    let record = only(judged(&shop, "", WantedBasis::Recomputed).1);
    assert_eq!((record.model.raw(), record.class), ("acme/tiny:v1", Some(UnknownClass::TooLarge)));
    // Lists that never end, or that always go on at the same place.
    for part in ["/referrers/", "/tags/list"] {
        shop.registry.fault(move |asked, stream| {
            let is_it = asked.path.contains(part);
            if is_it {
                let more = format!("Link: <https://other.example/x?n={}>; rel=\"next\"\r\n", asked.before);
                respond(stream, &format!("200 OK\r\n{more}"), br#"{"tags":["v1"],"manifests":[]}"#);
            }
            is_it
        });
        let tag = if part == "/tags/list" { "" } else { ":v1" };
        match planned(&shop, tag) {
            Err(error) => assert_eq!((error.code, part), (Code::TooLarge, "/referrers/")),
            Ok(planned) => assert_eq!((planned.plan.models, part), (1, "/tags/list")),
        }
    }
    shop.registry.shelves.lock().unwrap().fault = None;
    let about = shop.publish("v1");
    let many: Vec<Value> =
        (0..300).map(|n| json!({ "digest": format!("sha256:{n:064x}"), "size": 2 })).collect();
    shop.registry.shelves.lock().unwrap().referrers.as_mut().unwrap().insert(about, many.clone());
    assert_eq!(refused(&shop, ":v1"), Code::TooLarge);
    let tags: Vec<String> = (0..10_001).map(|n| format!("t{n}")).collect();
    let body = json!({ "tags": tags }).to_string();
    shop.registry.fault(move |asked, stream| {
        respond(stream, "200 OK", body.as_bytes());
        asked.path.contains("/tags/list")
    });
    assert_eq!(refused(&shop, ""), Code::TooLarge);
}

#[test]
fn indexes_end_whatever_they_lead_to() {
    let shop = Shop::new();
    let mut inner = shop.registry.manifest(&shop.model(), None);
    for depth in 0..6 {
        let index = json!({ "schemaVersion": 2, "manifests": [{ "digest": inner, "size": 1 }] });
        inner = shop.registry.manifest(&index, Some(&format!("d{depth}")));
    }
    assert_eq!(refused(&shop, ":d5"), Code::TooLarge);
    assert!(planned(&shop, ":d2").is_ok());
    // A circle is possible only with a lie about digests.
    let (a, b) = (format!("sha256:{:064x}", 1), format!("sha256:{:064x}", 2));
    let leads = |to: &str| json!({ "schemaVersion": 2, "manifests": [{ "digest": to, "size": 1 }] });
    let mut shelves = shop.registry.shelves.lock().unwrap();
    shelves.manifests.insert("loop".to_owned(), leads(&a).to_string().into_bytes());
    shelves.manifests.insert(a.clone(), leads(&b).to_string().into_bytes());
    shelves.manifests.insert(b, leads(&a).to_string().into_bytes());
    drop(shelves);
    assert_eq!(refused(&shop, ":loop"), Code::Malformed);
    let own = shop.registry.manifest(&leads(&format!("sha256:{:064x}", 9)), Some("gone"));
    assert_eq!(refused(&shop, ":gone"), Code::Malformed);
    assert_eq!(refused(&shop, &format!("@{own}")), Code::Malformed);
    assert_eq!(refused(&shop, &format!("@sha256:{:064x}", 9)), Code::NotFound);
    // Such a tag is there, and counts.
    shop.registry.shelves.lock().unwrap().manifests.retain(|name, _| name == "gone" || *name == own);
    let record = only(judged(&shop, "", WantedBasis::Recomputed).1);
    assert_eq!((record.model.raw(), record.class), ("acme/tiny:gone", Some(UnknownClass::Unreadable)));
}

#[test]
fn what_is_no_manifest_is_an_error_or_an_unknown_model_and_never_a_pass() {
    let shop = Shop::new();
    shop.publish("good");
    let layer = |extra: Value| {
        let mut layer = json!({ "digest": shop.weights(), "size": 3, "annotations": { TITLE: "x" } });
        layer.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "layers": [layer, { "digest": shop.weights(), "size": 4 }] }).to_string().into_bytes()
    };
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    for bytes in [
        Vec::new(),
        b"\xff\xfe\x00".to_vec(),
        b"[]".to_vec(),
        b"{\"layers\":7}".to_vec(),
        b"{\"layers\":[{\"digest\":7}]}".to_vec(),
        b"{\"layers\":[{\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"}]}".to_vec(),
        b"{\"layers\":[{\"digest\":\"x\",\"size\":-1}]}".to_vec(),
        layer(json!({})),
        deep,
    ] {
        shop.registry.raw_manifest_unread(&bytes, "bad");
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        assert_eq!(refused(&shop, ":bad"), Code::Malformed, "{shown}");
        let (_, found) = judged(&shop, "", WantedBasis::Recomputed);
        let bad = found.iter().find(|record| record.model.raw().ends_with(":bad")).unwrap();
        assert_eq!(bad.class, Some(UnknownClass::Unreadable), "{shown}");
        assert_eq!(found.len(), 2, "its neighbours are judged");
    }
    // Digests of other kinds lead nowhere, and titles never become paths.
    let odd = json!({
        "artifactType": "application/vnd.cncf.model.manifest.v1+json",
        "layers": [
            { "digest": "sha512:00", "size": 1, "annotations": { TITLE: "../../x" } },
            { "digest": "../../etc/passwd", "size": 1 },
            { "digest": format!("sha256:{}", "A".repeat(64)), "size": 1 },
        ],
    });
    shop.registry.manifest(&odd, Some("bad"));
    let record = only(judged(&shop, ":bad", WantedBasis::Recomputed).1);
    assert_eq!((record.outcome, record.objects), (Outcome::Missing, 3), "{record:#?}");
    // The registry says another digest than that of what it gives.
    shop.registry.fault(|asked, stream| {
        let is_it = asked.path.ends_with("/manifests/good");
        if is_it {
            let more = format!("Docker-Content-Digest: sha256:{:064x}\r\n", 1);
            respond(stream, &format!("200 OK\r\n{more}"), b"{}");
        }
        is_it
    });
    assert_eq!(refused(&shop, ":good"), Code::Malformed);
    assert_eq!(refused(&shop, ":nowhere"), Code::NotFound);
}

#[test]
fn a_registry_that_is_busy_is_asked_again_after_the_pause_that_it_asks_for() {
    let shop = Shop::new();
    shop.publish("v1");
    let busy = |many: usize, after: &'static str, status: &'static str| {
        shop.registry.shelves.lock().unwrap().asked.clear();
        shop.registry.fault(move |asked, stream| {
            let is_it = asked.path.ends_with("/manifests/v1") && asked.before < many;
            if is_it {
                respond(stream, &format!("{status}\r\n{after}"), b"");
            }
            is_it
        });
    };
    busy(1, "Retry-After: 1\r\n", "429 Too Many Requests");
    let began = Instant::now();
    planned(&shop, ":v1").unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    busy(2, "", "503 Service Unavailable");
    planned(&shop, ":v1").unwrap();
    // Longer than anybody waits: whoever tries again tries again.
    busy(usize::MAX, "Retry-After: 86400\r\n", "503 Service Unavailable");
    assert_eq!(refused(&shop, ":v1"), Code::Network);
    assert_eq!(shop.registry.asked("/manifests/v1").len(), 1);
    busy(usize::MAX, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", "500 Oh");
    assert_eq!(refused(&shop, ":v1"), Code::Network);
    assert_eq!(shop.registry.asked("/manifests/v1").len(), 5);
    // At work nothing is committed then.
    shop.registry.shelves.lock().unwrap().fault = None;
    let planned = planned(&shop, ":v1").unwrap();
    busy(usize::MAX, "Retry-After: 86400\r\n", "503 Service Unavailable");
    let run = Run::open(&planned.location).unwrap();
    assert_eq!(shop.fleet.work(&run, 0).unwrap_err().code, Code::Network);
}

#[test]
fn a_blob_may_be_sent_on_and_the_token_stays() {
    let shop = Shop::new();
    shop.publish("v1");
    shop.registry.shelves.lock().unwrap().token = Some(("t0ken".to_owned(), None));
    let elsewhere = Registry::new();
    elsewhere.blob(&shop.files[0].1);
    let send_on = |place: String| {
        let blob = shop.weights();
        shop.registry.fault(move |asked, stream| {
            let is_it = asked.path.contains(&blob) && asked.headers.contains_key("authorization");
            if is_it {
                respond(stream, &format!("307 Temporary Redirect\r\nLocation: {place}\r\n"), b"");
            }
            is_it
        });
    };
    let path = format!("/v2/acme/tiny/blobs/{}", shop.weights());
    let record = worked_with(&shop, WantedBasis::Recomputed, || {
        send_on(format!("http://localhost:{}{path}", elsewhere.port));
    });
    assert_eq!(record.outcome, Outcome::Pass, "{record:#?}");
    let there = elsewhere.asked("");
    assert!(!there.is_empty());
    assert!(there.iter().all(|asked| !asked.headers.contains_key("authorization")), "{there:?}");
    assert!(shop.registry.asked("/v2/").iter().any(|asked| asked.headers.contains_key("authorization")));
    for place in [
        "http://registry.invalid/x".to_owned(),
        "ftp://127.0.0.1/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "".to_owned(),
        path.clone(),
    ] {
        let record = worked_with(&shop, WantedBasis::Recomputed, || send_on(place.clone()));
        assert_eq!(record.class, Some(UnknownClass::Unreadable), "{place}");
    }
    // Manifests are not looked for elsewhere: nothing would prove which one a tag means.
    let port = elsewhere.port;
    shop.registry.fault(move |asked, stream| {
        let is_it = asked.path.contains("/manifests/v1");
        if is_it {
            let place = format!("http://127.0.0.1:{port}{}", asked.path);
            respond(stream, &format!("302 Found\r\nLocation: {place}\r\n"), b"");
        }
        is_it
    });
    assert_eq!(refused(&shop, ":v1"), Code::Malformed);
}

/// The program, with a folder of logins.
fn run(shop: &Shop, logins: &str, words: &[&str]) -> Output {
    let folder = shop.path("docker");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.json"), logins).unwrap();
    Command::new(env!("CARGO_BIN_EXE_touchmark"))
        .arg("fleet")
        .args(words)
        .args(["--workspace", shop.fleet.dir.path().to_str().unwrap()])
        .env("DOCKER_CONFIG", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_login_goes_to_the_service_of_tokens_and_is_never_told() {
    let shop = Shop::new();
    shop.publish("v1");
    // me:hunter2
    let secret = "bWU6aHVudGVyMg==";
    shop.registry.shelves.lock().unwrap().token = Some(("t0ken".to_owned(), Some(secret.to_owned())));
    let (place, runs) = (shop.place(":v1"), shop.path("runs"));
    let plan = |logins: &str| {
        let done = run(&shop, logins, &["plan", "--source", &place, "--out", runs.to_str().unwrap()]);
        let told = out(&done) + &err(&done);
        assert!(!told.contains("hunter2") && !told.contains(secret) && !told.contains("t0ken"), "{told}");
        (done.status.code().unwrap(), told)
    };
    let host = shop.registry.host();
    for key in [host.clone(), format!("https://{host}"), format!("http://{host}/v2/")] {
        let (status, told) = plan(&json!({ "auths": { key: { "auth": secret } } }).to_string());
        assert_eq!(status, 0, "{told}");
    }
    let by_name = json!({ "auths": { host.clone(): { "username": "me", "password": "hunter2" } } });
    assert_eq!(plan(&by_name.to_string()).0, 0);
    for asked in shop.registry.asked("/v2/") {
        let shown = asked.headers.get("authorization");
        assert!(shown.is_none_or(|shown| shown == "Bearer t0ken"), "{shown:?}");
    }
    assert!(
        shop.registry
            .asked("/token")
            .iter()
            .all(|asked| { asked.path == "/token?service=shop&scope=repository%3Aacme%2Ftiny%3Apull" })
    );
    // Whoever has no login, another's, or one that is none.
    for logins in [
        json!({}),
        json!({ "auths": { "other.example": { "auth": secret } } }),
        json!({ "auths": { host.clone(): {} }, "credsStore": "desktop" }),
        json!({ "auths": { host.clone(): { "auth": "bWU=" } } }),
        json!({ "auths": { host.clone(): { "auth": "bWU6aHVu\nCg==" } } }),
        json!({ "auths": 7 }),
    ] {
        let (status, told) = plan(&logins.to_string());
        assert_ne!(status, 0, "{told}");
        assert!(told.contains("docker login"), "{logins}: {told}");
    }
    for logins in ["", "hunter2", "{\"auths\":{\"hunter2\""] {
        let (status, told) = plan(logins);
        assert_eq!(status, 2, "{told}");
        assert!(told.contains("not a file of logins"), "{told}");
    }
}

#[test]
fn tokens_are_asked_for_over_tls_and_have_to_be_some() {
    let shop = Shop::new();
    shop.publish("v1");
    let port = shop.registry.port;
    let challenged = |challenge: String, token: &'static [u8]| {
        shop.registry.fault(move |asked, stream| {
            if asked.path.starts_with("/token") {
                respond(stream, "200 OK", token);
            } else {
                respond(stream, &format!("401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n"), b"");
            }
            true
        });
        refused(&shop, ":v1")
    };
    let own = format!("Bearer realm=\"http://127.0.0.1:{port}/token\"");
    for (challenge, token, code) in [
        ("Bearer realm=\"http://tokens.invalid/token\"".to_owned(), &b""[..], Code::Refused),
        ("Bearer realm=\"ftp://127.0.0.1/token\"".to_owned(), b"", Code::Refused),
        (format!("Bearer realm=\"http://me:x@127.0.0.1:{port}/token\""), b"", Code::Refused),
        ("Bearer realm=\"not a place\"".to_owned(), b"", Code::Malformed),
        ("Bearer service=\"x\"".to_owned(), b"", Code::Refused),
        ("Negotiate".to_owned(), b"", Code::Refused),
        ("Basic realm=\"x\"".to_owned(), b"", Code::Refused),
        (own.clone(), b"not json", Code::Malformed),
        (own.clone(), b"{}", Code::Malformed),
        (own.clone(), b"{\"token\":\"a\\r\\nX: y\"}", Code::Malformed),
        (own, b"{\"token\":\"wrong\"}", Code::Refused),
    ] {
        assert_eq!(challenged(challenge.clone(), token), code, "{challenge}");
    }
}
