//! A fleet over Google Cloud Storage: against a server that does what the documentation of the JSON API says of the few
//! requests that are made. Emulators that can be had from package registries do not look at preconditions.

use super::s3::Shell;
use super::served::{Asked, Reply, Served, decoded, reply};
use crate::support::{err, out};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use touchmark::signing::sha256_hex;

/// What a fault answers instead; none where it leaves the answer to the store.
type Fault = Box<dyn Fn(&Asked, &mut Objects) -> Option<Reply> + Send>;

/// By bucket and name: the bytes, and their generation.
#[derive(Default)]
struct Objects {
    all: BTreeMap<(String, String), (Vec<u8>, u64)>,
    clock: u64,
}

impl Objects {
    fn put(&mut self, bucket: &str, name: &str, bytes: &[u8]) {
        self.clock += 1;
        let at = (bucket.to_owned(), name.to_owned());
        self.all.insert(at, (bytes.to_vec(), 1_700_000_000_000_000 + self.clock));
    }
}

struct Store {
    served: Served,
    objects: Arc<Mutex<Objects>>,
    fault: Arc<Mutex<Option<Fault>>>,
}

/// Whoever asks shows this.
const TOKEN: &str = "ya29.not-a-secret-of-anybody";

impl Store {
    /// So many objects a page.
    fn new(page: usize) -> Self {
        let (objects, fault) =
            (Arc::new(Mutex::new(Objects::default())), Arc::new(Mutex::new(None::<Fault>)));
        let (kept, faults) = (objects.clone(), fault.clone());
        let served = Served::new(move |asked| {
            let mut objects = kept.lock().unwrap();
            let instead = faults.lock().unwrap().as_ref().and_then(|fault| fault(asked, &mut objects));
            instead.unwrap_or_else(|| answer(asked, &mut objects, page))
        });
        Store { served, objects, fault }
    }

    fn fault(&self, fault: impl Fn(&Asked, &mut Objects) -> Option<Reply> + Send + 'static) {
        *self.fault.lock().unwrap() = Some(Box::new(fault));
    }

    fn upload(&self, folder: &Path, bucket: &str, above: &str) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{above}/{}", path.file_name().unwrap().to_string_lossy());
            match path.is_dir() {
                true => self.upload(&path, bucket, &name),
                false => self.objects.lock().unwrap().put(bucket, &name, &fs::read(&path).unwrap()),
            }
        }
    }

    fn shell(&self) -> Shell {
        let mut shell = Shell::new(self.served.port);
        shell.env = vec![
            ("GOOGLE_BASE_URL", format!("http://{}", self.served.host())),
            ("GOOGLE_BEARER_TOKEN", TOKEN.to_owned()),
        ];
        shell
    }
}

fn answer(asked: &Asked, objects: &mut Objects, page: usize) -> Reply {
    if asked.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
        return reply(401, "{}");
    }
    let said = |name: &str, (bytes, generation): &(Vec<u8>, u64)| json!({ "name": name, "size": bytes.len().to_string(), "generation": generation.to_string() });
    let wants = |name: &str| asked.query.get(name).cloned();
    let upload = asked.path.strip_prefix("/upload");
    let below = upload.unwrap_or(&asked.path).strip_prefix("/storage/v1/b/").unwrap_or_default();
    let Some((bucket, rest)) = below.split_once("/o") else { return reply(404, "{}") };
    if bucket == "absent" {
        return reply(404, "{}");
    }
    if upload.is_some() {
        let name = wants("name").unwrap();
        let at = (bucket.to_owned(), name.clone());
        assert_eq!(wants("uploadType").as_deref(), Some("media"));
        if wants("ifGenerationMatch").as_deref() == Some("0") && objects.all.contains_key(&at) {
            return reply(412, "{}");
        }
        objects.put(bucket, &name, &asked.body);
        return reply(200, said(&name, &objects.all[&at]).to_string());
    }
    let Some(name) = rest.strip_prefix('/') else {
        let prefix = wants("prefix").unwrap_or_default();
        let found = objects.all.iter().filter(|((of, name), _)| of == bucket && name.starts_with(&prefix));
        let found: Vec<Value> = found.map(|((_, name), object)| said(name, object)).collect();
        let from = wants("pageToken").map_or(0, |token| token.parse::<usize>().unwrap());
        let to = found.len().min(from + page);
        let mut listed = json!({ "kind": "storage#objects" });
        if from < to {
            listed["items"] = found[from..to].into();
        }
        if to < found.len() {
            listed["nextPageToken"] = to.to_string().into();
        }
        return reply(200, listed.to_string());
    };
    let name = decoded(name);
    let Some(object) = objects.all.get(&(bucket.to_owned(), name.clone())) else { return reply(404, "{}") };
    if wants("ifGenerationMatch").is_some_and(|wanted| wanted != object.1.to_string()) {
        return reply(412, "{}");
    }
    match wants("alt").as_deref() {
        Some("media") => {
            assert_eq!(asked.header("accept-encoding"), Some("gzip"), "bytes as they are stored");
            reply(200, object.0.clone()).ranged(asked).with("x-goog-generation", object.1.to_string())
        }
        _ => reply(200, said(&name, object).to_string()),
    }
}

#[test]
fn a_bucket_of_google_is_planned_worked_and_sealed_and_says_what_the_folder_says() {
    let store = Store::new(7);
    let shell = store.shell();
    let models = shell.dir.path().join("models");
    store.upload(&models, "models", "hub");
    {
        let mut objects = store.objects.lock().unwrap();
        // What a console makes of a folder, a name that needs care, and what lies beside the prefix.
        objects.put("models", "hub/acme/", b"");
        objects.put("models", "hub/notes + & <é>?#%41.txt", b"x");
        objects.put("models", "hub-2/w.safetensors", b"x");
    }
    let mut roots = Vec::new();
    for shards in ["1", "3"] {
        let run = shell.plan("gs://models/hub", "gs://audit/runs", &["--shards", shards]);
        assert!(run.starts_with("gs://audit/runs/"), "{run}");
        for shard in 0..shards.parse::<u32>().unwrap() {
            assert_eq!(shell.work(0, &run, &shard.to_string(), 0)["committed"], true);
        }
        assert_eq!(shell.work(0, &run, "0", 0)["committed"], false);
        assert_eq!(shell.run(&["status", &run], 0)["done"], shards.parse::<u64>().unwrap());
        let sealed = shell.seal(&run);
        roots.push(sealed["root"].clone());
        let root = sealed["root"].as_str().unwrap().to_owned();
        let proof = shell.run(&["prove", &run, "lumen/iris-base", "--root", &root], 0);
        assert_eq!(proof["proofs"][0]["record"]["source"], "gs://models/hub");
        let runs = shell.dir.path().join("runs");
        let local = shell.plan(models.to_str().unwrap(), runs.to_str().unwrap(), &["--shards", "1"]);
        shell.work(0, &local, "0", 0);
        assert_eq!(shell.seal(&local)["counts"], sealed["counts"]);
    }
    assert_eq!(roots[0], roots[1]);
    assert!(store.served.asked("/o").iter().any(|asked| asked.query.contains_key("pageToken")), "pages");
    // MD5 and CRC32C stand for nothing: by the provider's sums all bytes are read.
    let more = ["--shards", "1", "--basis", "provider-checksum"];
    let run = shell.plan("gs://models/hub", "gs://audit/runs", &more);
    shell.work(0, &run, "0", 0);
    let digests = shell.seal(&run)["counts"]["digests"].clone();
    assert!(digests["recomputed"].as_u64().unwrap() > 0 && digests["provider-checksum"] == 0, "{digests}");
    // No credentials are kept.
    for ((_, name), (bytes, _)) in &store.objects.lock().unwrap().all {
        assert!(!String::from_utf8_lossy(bytes).contains(TOKEN), "{name}");
    }
}

#[test]
fn odd_names_are_findings_and_do_not_end_the_listing() {
    let store = Store::new(2);
    let shell = store.shell();
    let odd = ["../up", "a//b", "a/../b", "a\u{1b}[2J", "a\u{202e}b", "back\\slash", "model/"];
    {
        let mut objects = store.objects.lock().unwrap();
        for name in odd {
            objects.put("models", &format!("x/{name}"), b"bytes");
        }
        objects.put("models", "x/model", b"not the one with the slash");
        objects.put("models", "x/zoo/w.safetensors", b"weights");
    }
    let run = shell.plan("gs://models/x", "gs://audit", &["--shards", "1"]);
    let plan = {
        let objects = store.objects.lock().unwrap();
        let id = run.rsplit('/').next().unwrap();
        let (bytes, _) = &objects.all[&("audit".to_owned(), format!("{id}/plan.json"))];
        assert_eq!(sha256_hex(bytes), id);
        serde_json::from_slice::<Value>(bytes).unwrap()
    };
    assert_eq!(plan["models"], 1);
    let faults = plan["first_findings"].as_array().unwrap().iter().filter(|one| one.get("fault").is_some());
    assert_eq!(faults.count(), odd.len(), "{plan:#}");
    shell.work(0, &run, "0", 0);
}

#[test]
fn what_google_answers_is_not_believed() {
    let store = Store::new(1000);
    let shell = store.shell();
    store.objects.lock().unwrap().put("models", "x/w.safetensors", b"weights");
    let item = |name: &str, size: &str| json!({ "name": name, "size": size, "generation": "1" });
    let of = |items: Value| json!({ "items": items }).to_string();
    for (answer, word) in [
        ("".to_owned(), "no list"),
        ("[]".to_owned(), "no list"),
        ("<html>".to_owned(), "no list"),
        (of(json!([item("x/a", "-1")])), "size"),
        (of(json!([item("x/a", "")])), "size"),
        (of(json!([{ "name": "x/a", "size": "1", "generation": "../1" }])), "generation"),
        (of(json!([item("other/a", "1")])), "not asked for"),
        (of(json!([item("x/b", "1"), item("x/a", "1")])), "order"),
        (of(json!([item("x/a", "1"), item("x/a", "1")])), "order"),
        (json!({ "nextPageToken": "again" }).to_string(), "does not end"),
        ("x".repeat(17 << 20), "longer"),
    ] {
        let is_it = answer.clone();
        store.fault(move |asked, _| asked.path.ends_with("/models/o").then(|| reply(200, is_it.clone())));
        let done = shell.run_over(0, &["plan", "--source", "gs://models/x", "--out", "gs://audit"]);
        assert_ne!(done.status.code(), Some(0), "{word}: {}", out(&done));
        assert!(err(&done).contains(word) && !err(&done).contains(TOKEN), "{word}: {}", err(&done));
    }
    // One who may not, and a bucket that is not there.
    store.fault(|_, _| Some(reply(403, TOKEN)));
    let done = shell.run_over(0, &["plan", "--source", "gs://models/x", "--out", "gs://audit"]);
    assert!(err(&done).contains("E-REFUSED") && !err(&done).contains(TOKEN), "{}", err(&done));
    *store.fault.lock().unwrap() = None;
    let done = shell.run_over(0, &["plan", "--source", "gs://absent/x", "--out", "gs://audit"]);
    assert!(err(&done).contains("E-NOT-FOUND"), "{}", err(&done));
    assert!(store.objects.lock().unwrap().all.keys().all(|(bucket, _)| bucket != "audit"), "no run began");
}

#[test]
fn an_object_that_changes_is_unknown_and_one_that_breaks_off_is_read_again() {
    let store = Store::new(1000);
    let shell = store.shell();
    store.upload(&shell.dir.path().join("models/lumen"), "models", "lumen");
    let outcome = |shell: &Shell| {
        let run = shell.plan("gs://models/lumen", "gs://audit", &["--shards", "1"]);
        (run.clone(), shell.work(0, &run, "0", 0))
    };
    // 503 twice, then half of it, then all.
    store.fault(|asked, objects| {
        let is_it = asked.query.contains_key("alt") && asked.path.ends_with("safetensors");
        match asked.before {
            0 | 1 if is_it => Some(reply(503, "")),
            2 if is_it => Some(answer(asked, objects, 1)).map(|whole| {
                let half = whole.body.len() / 2;
                whole.breaking_at(half)
            }),
            _ => None,
        }
    });
    let (run, worked) = outcome(&shell);
    assert!(worked["outcomes"].get("unknown").is_none(), "{worked}");
    let good = shell.seal(&run)["counts"].clone();
    // Overwritten after it was listed: the condition says so; where it is not looked at, the generation of the answer does.
    for looks in [true, false] {
        store.objects.lock().unwrap().clock += 10;
        *store.fault.lock().unwrap() = None;
        store.upload(&shell.dir.path().join("models/lumen"), "models", "lumen");
        store.fault(move |asked, objects| {
            let is_it = asked.query.contains_key("alt") && asked.path.ends_with("safetensors");
            if is_it && asked.before < 1_000_000 {
                let (bucket, name) = ("models", decoded(asked.path.rsplit('/').next().unwrap()));
                let mut bytes = objects.all[&(bucket.to_owned(), name.clone())].0.clone();
                bytes[0] ^= 1;
                objects.put(bucket, &name, &bytes);
                if !looks {
                    let mut careless = asked.clone();
                    careless.query.remove("ifGenerationMatch");
                    return Some(answer(&careless, objects, 1));
                }
            }
            None
        });
        let (run, worked) = outcome(&shell);
        assert!(worked["outcomes"]["unknown"].as_u64().unwrap() > 0, "{looks}: {worked}");
        let counts = shell.seal(&run)["counts"].clone();
        assert!(counts["unknown"]["changed"].as_u64().unwrap() > 0, "{looks}: {counts}");
        assert_ne!(counts, good);
    }
    // A store that fails on is tried again by whoever tries again.
    *store.fault.lock().unwrap() = None;
    let run = shell.plan("gs://models/lumen", "gs://audit", &["--shards", "1"]);
    store.fault(|asked, _| asked.path.starts_with("/upload").then(|| reply(503, "")));
    let key = shell.dir.path().join("writer.pem");
    let key = key.to_str().unwrap();
    let done = shell.run_over(0, &["work", "--plan", &run, "--shard", "0", "--private-key", key]);
    assert_eq!(done.status.code(), Some(75), "{}", err(&done));
    *store.fault.lock().unwrap() = None;
    assert_eq!(shell.work(0, &run, "0", 0)["committed"], true);
}

#[test]
fn google_is_reached_as_the_environment_says_and_never_without_tls() {
    let store = Store::new(1000);
    store.objects.lock().unwrap().put("models", "x/w.safetensors", b"weights");
    let mut shell = store.shell();
    let plan = ["plan", "--source", "gs://models/x", "--out"];
    let try_with = |shell: &mut Shell, env: Vec<(&'static str, String)>| {
        shell.env = env;
        let runs = shell.dir.path().join("runs");
        shell.run_over(0, &[&plan[..], &[runs.to_str().unwrap()]].concat())
    };
    let host = store.served.host();
    // To an emulator nobody is shown, whatever else is set.
    store.fault(|asked, objects| {
        assert_eq!(asked.header("authorization"), None, "{asked:?}");
        let mut known = asked.clone();
        known.headers.insert("authorization".to_owned(), format!("Bearer {TOKEN}"));
        Some(answer(&known, objects, 1000))
    });
    for emulator in [host.clone(), format!("http://{host}/")] {
        let env = vec![("STORAGE_EMULATOR_HOST", emulator), ("GOOGLE_BEARER_TOKEN", TOKEN.to_owned())];
        let done = try_with(&mut shell, env);
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    }
    let env =
        vec![("GOOGLE_BASE_URL", format!("http://{host}")), ("GOOGLE_SKIP_SIGNATURE", "true".to_owned())];
    assert_eq!(try_with(&mut shell, env).status.code(), Some(0));
    store.served.forget();
    for (base, word) in [
        ("http://storage.example", "TLS"),
        ("http://user:secret@127.0.0.1", "credentials"),
        ("https://storage.example/?key=secret", "credentials"),
        ("ftp://storage.example", "TLS"),
    ] {
        let done = try_with(&mut shell, vec![("GOOGLE_BASE_URL", base.to_owned())]);
        assert_eq!(done.status.code(), Some(2), "{base}: {}", err(&done));
        assert!(err(&done).contains(word) && !err(&done).contains("secret"), "{base}: {}", err(&done));
    }
    // A file of credentials that is none, and one that is not there.
    let file = shell.dir.path().join("credentials.json");
    fs::write(&file, r#"{"private_key":"not-a-secret-of-anybody"}"#).unwrap();
    for path in [file.to_str().unwrap(), "/nowhere/at/all.json"] {
        for name in ["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT"] {
            let done = try_with(&mut shell, vec![(name, path.to_owned())]);
            assert_eq!(done.status.code(), Some(2), "{name} {path}: {}", err(&done));
            assert!(!err(&done).contains("not-a-secret"), "{}", err(&done));
        }
    }
    assert!(store.served.asked("").is_empty(), "nobody was asked");
}
