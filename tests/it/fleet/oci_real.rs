//! A fleet over a registry that others wrote: Debian's `docker-registry`, which knows no list of referrers.

use super::oci::{judged, of_files, only};
use super::shop::{Shop, digest};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use touchmark::fleet::WantedBasis;
use touchmark::signing::Outcome;

struct Server {
    child: Child,
    port: u16,
    _store: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn server() -> Option<Server> {
    let store = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n",
        store.path().join("kept").display()
    );
    let file = store.path().join("config.yml");
    fs::write(&file, config).unwrap();
    let child = Command::new("docker-registry")
        .arg("serve")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = child else {
        eprintln!("SKIPPED: a fleet over a registry of others, docker-registry is not installed");
        return None;
    };
    let server = Server { child, port, _store: store };
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "docker-registry does not begin");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(server)
}

impl Server {
    /// One request; its status and its head.
    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer[9..12].parse().unwrap(), answer)
    }

    fn blob(&self, bytes: &[u8]) {
        let (status, head) =
            self.ask("POST", "/v2/acme/tiny/blobs/uploads/", "application/octet-stream", b"");
        assert_eq!(status, 202, "{head}");
        let place = head.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
        let place = place.split_once("/v2/").map(|(_, rest)| format!("/v2/{rest}")).unwrap();
        let sum = digest(bytes).replace(':', "%3A");
        let (status, head) =
            self.ask("PUT", &format!("{place}&digest={sum}"), "application/octet-stream", bytes);
        assert_eq!(status, 201, "{head}");
    }

    fn manifest(&self, manifest: &Value, reference: &str) {
        let kind = manifest["mediaType"].as_str().unwrap();
        let (status, head) = self.ask(
            "PUT",
            &format!("/v2/acme/tiny/manifests/{reference}"),
            kind,
            manifest.to_string().as_bytes(),
        );
        assert_eq!(status, 201, "{head}");
    }
}

#[test]
fn a_registry_of_others_is_read_like_ours() {
    let Some(server) = server() else { return };
    let mut shop = Shop::new();
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let with_kind = |mut manifest: Value| {
        manifest["mediaType"] = json!(kind);
        manifest
    };
    let model = with_kind(shop.model());
    let about = digest(model.to_string().as_bytes());
    let signature = with_kind(shop.signature(&about));
    for bytes in shop.registry.shelves.lock().unwrap().blobs.values() {
        server.blob(bytes);
    }
    server.manifest(&model, "v1");
    server.manifest(&model, "latest");
    let attached = digest(signature.to_string().as_bytes());
    server.manifest(&signature, &attached);
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{ "mediaType": kind, "digest": attached, "size": signature.to_string().len() }],
    });
    server.manifest(&index, &about.replace(':', "-"));
    shop.registry.port = server.port;
    for (basis, outcome) in
        [(WantedBasis::Recomputed, Outcome::Pass), (WantedBasis::RegistryDigest, Outcome::Partial)]
    {
        let record = only(judged(&shop, ":v1", basis).1);
        assert_eq!(of_files(&record), outcome, "{record:#?}");
    }
    let (_, found) = judged(&shop, "", WantedBasis::Recomputed);
    let names: Vec<&str> = found.iter().map(|record| record.model.raw()).collect();
    assert_eq!(names.len(), 2, "two tags of one signed model, and no tag of what is attached: {names:?}");
    assert!(found.iter().all(|record| record.outcome == Outcome::Pass), "{found:#?}");
}
