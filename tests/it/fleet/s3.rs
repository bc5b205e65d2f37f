//! A fleet over S3: against moto, and against moto behind a proxy that fails on purpose. `TOUCHMARK_MOTO` names
//! `moto_server` (`pip install 'moto[server]'`).

use crate::support::{copy_of_samples, err, out, touchmark};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A server of its own, which ends with the test.
pub(super) struct Moto {
    child: Child,
    pub(super) port: u16,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn moto() -> Option<Moto> {
    let Some(program) = std::env::var_os("TOUCHMARK_MOTO") else {
        eprintln!("SKIPPED: a fleet over S3, TOUCHMARK_MOTO does not name moto_server");
        return None;
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(program)
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let moto = Moto { child, port };
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(120), "moto does not begin");
        std::thread::sleep(Duration::from_millis(100));
    }
    Some(moto)
}

/// One request; the status and the whole answer.
pub(super) fn ask(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n");
    // Nobody checks it; without one nothing may be overwritten.
    head.push_str("Authorization: AWS4-HMAC-SHA256 Credential=AKIDTEST/20261128/us-east-1/s3/aws4_request, ");
    head.push_str("SignedHeaders=host, Signature=0\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer)
}

/// Puts a folder into a bucket, with the provider's checksums if asked.
pub(super) fn upload(port: u16, folder: &Path, key: &str, with_checksums: bool) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let key = format!("{key}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            upload(port, &path, &key, with_checksums);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let sum = touchmark::signing::hash_bytes(touchmark::signing::HashAlgorithm::Sha256, &bytes);
        let sum = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sum);
        let headers = [("x-amz-checksum-sha256", sum.as_str()), ("x-amz-sdk-checksum-algorithm", "SHA256")];
        let headers = if with_checksums { &headers[..] } else { &[] };
        let (status, answer) = ask(port, "PUT", &format!("/{key}"), headers, &bytes);
        assert_eq!(status, 200, "{key}: {}", String::from_utf8_lossy(&answer));
    }
}

/// A workspace, a key, and how to reach the server.
pub(super) struct Shell {
    pub(super) dir: tempfile::TempDir,
    port: u16,
    /// The one time that all runs ask about.
    at: String,
    /// What else its commands find in their environment.
    pub(super) env: Vec<(&'static str, String)>,
}

impl Shell {
    pub(super) fn new(port: u16) -> Self {
        let dir = copy_of_samples();
        let key = dir.path().join("writer.pem");
        assert_eq!(
            touchmark(["key", "generate", key.to_str().unwrap(), "--no-password"]).status.code(),
            Some(0)
        );
        let at = touchmark::clock::this_second().to_string();
        Shell { dir, port, at, env: Vec::new() }
    }

    pub(super) fn run_over(&self, port: u16, words: &[&str]) -> Output {
        self.command(port, words).output().unwrap()
    }

    /// A command of the fleet that reaches the store at a port.
    pub(super) fn command(&self, port: u16, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command
            .arg("fleet")
            .args(words)
            .args(["--workspace", self.dir.path().to_str().unwrap()])
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
            .env("AWS_ACCESS_KEY_ID", "AKIDTEST")
            .env("AWS_SECRET_ACCESS_KEY", "not-a-secret-of-anybody")
            .env("AWS_REGION", "us-east-1")
            .env_remove("AWS_ALLOW_HTTP")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, words: &[&str], status: i32) -> Value {
        self.over(self.port, words, status)
    }

    #[track_caller]
    pub(super) fn over(&self, port: u16, words: &[&str], status: i32) -> Value {
        let done = self.run_over(port, &[words, &["--format", "json"]].concat());
        assert_eq!(done.status.code(), Some(status), "{words:?}: {}{}", out(&done), err(&done));
        assert!(!(out(&done) + &err(&done)).contains("not-a-secret"), "{words:?}");
        serde_json::from_slice(&done.stdout).unwrap()
    }

    pub(super) fn plan(&self, source: &str, out: &str, more: &[&str]) -> String {
        let words = ["plan", "--source", source, "--out", out, "--at", &self.at];
        let planned = self.run(&[&words[..], more].concat(), 0);
        planned["place"].as_str().unwrap().to_owned()
    }

    pub(super) fn work(&self, port: u16, run: &str, shard: &str, status: i32) -> Value {
        let key = self.dir.path().join("writer.pem");
        let key = key.to_str().unwrap();
        self.over(port, &["work", "--plan", run, "--shard", shard, "--private-key", key], status)
    }

    pub(super) fn seal(&self, run: &str) -> Value {
        let key = self.dir.path().join("writer.pem.pub");
        self.run(&["seal", run, "--public-key", key.to_str().unwrap()], 0)["sealed"].clone()
    }
}

#[test]
fn a_bucket_is_planned_worked_and_sealed_and_says_what_the_folder_says() {
    let Some(moto) = moto() else { return };
    let shell = Shell::new(moto.port);
    for bucket in ["/models", "/audit"] {
        assert_eq!(ask(moto.port, "PUT", bucket, &[], &[]).0, 200);
    }
    let models = shell.dir.path().join("models");
    upload(moto.port, &models, "models/hub", true);
    // What a console makes of a folder, and a name that needs care.
    ask(moto.port, "PUT", "/models/hub/acme/", &[], &[]);
    ask(moto.port, "PUT", "/models/hub/notes%20%2B%20%26%20%3C%C3%A9%3E.txt", &[], b"x");
    let mut roots = Vec::new();
    for shards in ["1", "3"] {
        let run = shell.plan("s3://models/hub", "s3://audit/runs", &["--shards", shards]);
        assert!(run.starts_with("s3://audit/runs/"), "{run}");
        for shard in 0..shards.parse::<u32>().unwrap() {
            assert_eq!(shell.work(moto.port, &run, &shard.to_string(), 0)["committed"], true);
        }
        assert_eq!(shell.work(moto.port, &run, "0", 0)["committed"], false);
        assert_eq!(shell.run(&["status", &run], 0)["done"], shards.parse::<u64>().unwrap());
        let sealed = shell.seal(&run);
        roots.push(sealed["root"].clone());
        let root = sealed["root"].as_str().unwrap().to_owned();
        let proof = shell.run(&["prove", &run, "lumen/iris-base", "--root", &root], 0);
        assert_eq!(proof["proofs"][0]["record"]["source"], "s3://models/hub");
        // From the folder the same comes out, but for the states of the objects.
        let runs = shell.dir.path().join("runs");
        let local = shell.plan(models.to_str().unwrap(), runs.to_str().unwrap(), &["--shards", "1"]);
        shell.work(moto.port, &local, "0", 0);
        assert_eq!(shell.seal(&local)["counts"], sealed["counts"]);
    }
    assert_eq!(roots[0], roots[1]);
    // By the provider's sums: nothing contradicts, and no file of weights is a pass by it.
    let run =
        shell.plan("s3://models/hub", "s3://audit/runs", &["--shards", "1", "--basis", "provider-checksum"]);
    shell.work(moto.port, &run, "0", 0);
    let sealed = shell.seal(&run);
    assert!(sealed["counts"]["digests"]["recomputed"].as_u64().unwrap() > 0, "{sealed}");
}

#[test]
fn large_objects_go_by_the_providers_sums_and_are_read_where_there_are_none() {
    let Some(moto) = moto() else { return };
    let shell = Shell::new(moto.port);
    for bucket in ["/models", "/audit"] {
        ask(moto.port, "PUT", bucket, &[], &[]);
    }
    let dir = shell.dir.path().join("large");
    fs::create_dir(&dir).unwrap();
    // More than two of the pieces that are read at once.
    fs::write(dir.join("w.safetensors"), vec![3; 20 << 20]).unwrap();
    let key = shell.dir.path().join("writer.pem");
    let signed = touchmark([
        "sign",
        "key",
        dir.to_str().unwrap(),
        "--private-key",
        key.to_str().unwrap(),
        "--signature",
        dir.join("model.sig").to_str().unwrap(),
    ]);
    assert_eq!(signed.status.code(), Some(0), "{}", err(&signed));
    upload(moto.port, &dir, "models/with/large", true);
    upload(moto.port, &dir, "models/without/large", false);
    for (source, digests) in [("with", [0, 1]), ("without", [1, 0])] {
        let source = format!("s3://models/{source}");
        let run = shell.plan(&source, "s3://audit/runs", &["--basis", "provider-checksum", "--shards", "1"]);
        shell.work(moto.port, &run, "0", 0);
        let counted = shell.seal(&run)["counts"]["digests"].clone();
        let counted = [counted["recomputed"].as_u64(), counted["provider-checksum"].as_u64()];
        assert_eq!(counted, digests.map(Some), "{source}");
    }
}

/// What goes wrong on the way.
#[derive(Default)]
pub(super) struct Faults {
    /// So many answers are 503 instead.
    pub(super) unavailable: AtomicU64,
    /// So many answers break off in the middle.
    short: AtomicU64,
    /// Objects whose key holds this are overwritten before they are read.
    changed: Mutex<Option<String>>,
    /// How often that was done.
    written: AtomicU64,
    /// Requests by method.
    pub(super) seen: Mutex<BTreeMap<String, u64>>,
    /// Objects whose key begins like this, the bucket before it, are not seen, although they can be put.
    pub(super) forgotten: Mutex<Option<String>>,
    /// When so many more requests were done, before their answer is told, the process dies.
    pub(super) dies_after: AtomicU64,
    pub(super) dies: Mutex<Option<u32>>,
}

fn take(counter: &AtomicU64) -> bool {
    counter.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// A proxy in front of the server; its port.
pub(super) fn proxy(to: u16, faults: Arc<Faults>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let faults = faults.clone();
            std::thread::spawn(move || drop(pass_on(stream, to, &faults)));
        }
    });
    port
}

fn pass_on(mut from: TcpStream, to: u16, faults: &Faults) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0; 1];
    while !request.ends_with(b"\r\n\r\n") {
        if from.read(&mut byte)? == 0 {
            return Ok(());
        }
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body)?;
    let line = head.lines().next().unwrap_or_default().to_owned();
    let method = line.split(' ').next().unwrap_or_default().to_owned();
    *faults.seen.lock().unwrap().entry(method.clone()).or_insert(0) += 1;
    if take(&faults.unavailable) {
        from.write_all(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        return from.shutdown(Shutdown::Both);
    }
    let is_read = method == "GET" || method == "HEAD";
    let forgotten = faults.forgotten.lock().unwrap().clone();
    if is_read && forgotten.is_some_and(|begin| line.contains(&begin)) {
        from.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        return from.shutdown(Shutdown::Both);
    }
    let is_ranged = head.lines().any(|line| line.to_ascii_lowercase().starts_with("range:"));
    if let Some(key) = faults.changed.lock().unwrap().clone()
        && is_ranged
        && line.contains(&key)
    {
        let path = line.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let (status, _) = ask(to, "PUT", path, &[], b"somebody wrote this meanwhile");
        faults.written.fetch_add(u64::from(status == 200), SeqCst);
    }
    // One request a connection: what comes back ends where the server closes.
    let head = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let mut request = head.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\r\n");
    request.push_str("\r\nConnection: close\r\n\r\n");
    let mut server = TcpStream::connect(("127.0.0.1", to))?;
    server.write_all(request.as_bytes())?;
    server.write_all(&body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    if take(&faults.dies_after) && faults.dies_after.load(SeqCst) == 0 {
        // Whoever began the process says which it is as soon as it knows.
        let id = loop {
            match faults.dies.lock().unwrap().take() {
                Some(id) => break id,
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        let id = rustix::process::Pid::from_raw(id.try_into().unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
        return from.shutdown(Shutdown::Both);
    }
    if is_ranged && take(&faults.short) {
        answer.truncate(answer.len() - 5);
    }
    from.write_all(&answer)?;
    from.shutdown(Shutdown::Both)
}

#[test]
fn a_store_that_fails_for_a_while_changes_nothing_and_one_that_fails_on_is_tried_again_later() {
    let Some(moto) = moto() else { return };
    let shell = Shell::new(moto.port);
    for bucket in ["/models", "/audit"] {
        ask(moto.port, "PUT", bucket, &[], &[]);
    }
    upload(moto.port, &shell.dir.path().join("models/lumen"), "models/lumen", false);
    let source = "s3://models/lumen";
    let run = shell.plan(source, "s3://audit/runs", &["--shards", "2"]);
    let faults = Arc::new(Faults::default());
    let port = proxy(moto.port, faults.clone());
    // Three answers are 503, four break off: nobody notices.
    faults.unavailable.store(3, SeqCst);
    faults.short.store(4, SeqCst);
    assert_eq!(shell.work(port, &run, "0", 0)["committed"], true);
    assert_eq!((faults.unavailable.load(SeqCst), faults.short.load(SeqCst)), (0, 0), "they were met");
    // It goes on failing: nothing is committed, and the engine is told to try again.
    faults.unavailable.store(1000, SeqCst);
    let error = shell.work(port, &run, "1", 75);
    assert_eq!(error["code"], "E-NETWORK", "{error}");
    faults.unavailable.store(0, SeqCst);
    assert_eq!(shell.run(&["status", &run], 0)["done"], 1);
    assert_eq!(shell.work(port, &run, "1", 0)["committed"], true);
    let sealed = shell.seal(&run);
    assert_eq!(sealed["missing"], Value::Array(Vec::new()));
    assert!(faults.seen.lock().unwrap().contains_key("HEAD"));
    // A server that nobody reaches.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(shell.work(gone, &run, "0", 75)["code"], "E-NETWORK");
}

#[test]
fn an_object_that_is_overwritten_while_it_is_read_is_unknown() {
    let Some(moto) = moto() else { return };
    let shell = Shell::new(moto.port);
    for bucket in ["/models", "/audit"] {
        ask(moto.port, "PUT", bucket, &[], &[]);
    }
    upload(moto.port, &shell.dir.path().join("models/lumen"), "models/lumen", false);
    let run = shell.plan("s3://models/lumen", "s3://audit/runs", &["--shards", "1"]);
    let faults = Arc::new(Faults::default());
    *faults.changed.lock().unwrap() = Some("iris-base/".to_owned());
    let port = proxy(moto.port, faults.clone());
    let worked = shell.work(port, &run, "0", 0);
    assert_eq!((worked["committed"].clone(), worked["unreadable"].clone()), (true.into(), 0.into()));
    assert!(faults.written.load(SeqCst) > 0);
    assert_eq!(shell.seal(&run)["counts"]["unknown"]["changed"], 1);
}

#[test]
fn http_is_for_this_machine_alone_unless_somebody_says_otherwise() {
    let shell = Shell::new(1);
    let done = |endpoint: &str| {
        Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(["fleet", "status", "s3://audit/runs/x"])
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "AKIDTEST")
            .env("AWS_SECRET_ACCESS_KEY", "not-a-secret-of-anybody")
            .env_remove("AWS_ALLOW_HTTP")
            .current_dir(shell.dir.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    for endpoint in [
        "http://storage.invalid",
        "http://10.0.0.1:9000",
        "http://127.0.0.1.example.invalid",
        "ftp://127.0.0.1",
    ] {
        let done = done(endpoint);
        assert_eq!(done.status.code(), Some(2), "{endpoint}: {}", err(&done));
        assert!(err(&done).contains("without TLS"), "{}", err(&done));
    }
    for endpoint in ["http://localhost:80@storage.invalid", "https://me:secret@storage.invalid"] {
        let done = done(endpoint);
        assert_eq!(done.status.code(), Some(2), "{endpoint}: {}", err(&done));
        assert!(
            err(&done).contains("holds no credentials") && !err(&done).contains("secret"),
            "{}",
            err(&done)
        );
    }
}
