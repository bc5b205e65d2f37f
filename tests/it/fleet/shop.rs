//! A small registry of the tests' own, on this machine, which can go wrong in any way; and a signed model to put into it.

use super::made::Fleet;
use crate::support::{err, touchmark};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use touchmark::signing::{Curve, SigningKey, sha256_hex};
use touchmark::workbench::{OpenOptions, Workbench};

pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub const TITLE: &str = "org.opencontainers.image.title";
/// Its weights are larger than what is read in any case.
pub const FLOATS: usize = 5 << 18;

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    /// Requests for this path before this one.
    pub before: usize,
}

/// Answers instead; false where it does not.
pub type Fault = Arc<dyn Fn(&Asked, &mut TcpStream) -> bool + Send + Sync>;

#[derive(Default)]
pub struct Shelves {
    /// By tag and by digest.
    pub manifests: BTreeMap<String, Vec<u8>>,
    pub blobs: BTreeMap<String, Vec<u8>>,
    /// What refers to a digest; none where the registry does not know the question.
    pub referrers: Option<BTreeMap<String, Vec<Value>>>,
    pub asked: Vec<Asked>,
    pub fault: Option<Fault>,
    /// The token that everything asks for, and the login that is needed to get it.
    pub token: Option<(String, Option<String>)>,
    /// Tags of one page.
    pub page: Option<usize>,
}

/// The registry. It ends with the process.
#[derive(Clone)]
pub struct Registry {
    pub port: u16,
    pub shelves: Arc<Mutex<Shelves>>,
}

pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(bytes))
}

impl Registry {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelves =
            Arc::new(Mutex::new(Shelves { referrers: Some(BTreeMap::new()), ..Shelves::default() }));
        let registry = Registry { port, shelves };
        let serving = registry.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        registry
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn fault(&self, fault: impl Fn(&Asked, &mut TcpStream) -> bool + Send + Sync + 'static) {
        self.shelves.lock().unwrap().fault = Some(Arc::new(fault));
    }

    pub fn asked(&self, word: &str) -> Vec<Asked> {
        let shelves = self.shelves.lock().unwrap();
        shelves.asked.iter().filter(|asked| asked.path.contains(word)).cloned().collect()
    }

    pub fn blob(&self, bytes: &[u8]) -> String {
        self.shelves.lock().unwrap().blobs.insert(digest(bytes), bytes.to_vec());
        digest(bytes)
    }

    pub fn layer(&self, kind: &str, bytes: &[u8], annotations: Value) -> Value {
        json!({
            "mediaType": kind, "digest": self.blob(bytes), "size": bytes.len(), "annotations": annotations
        })
    }

    /// Puts a manifest, under a tag where one is given.
    pub fn manifest(&self, manifest: &Value, tag: Option<&str>) -> String {
        self.raw_manifest(manifest.to_string().as_bytes(), tag)
    }

    pub fn raw_manifest(&self, bytes: &[u8], tag: Option<&str>) -> String {
        let digest = digest(bytes);
        let mut shelves = self.shelves.lock().unwrap();
        shelves.manifests.insert(digest.clone(), bytes.to_vec());
        if let Some(tag) = tag {
            shelves.manifests.insert(tag.to_owned(), bytes.to_vec());
        }
        if let Some(subject) =
            serde_json::from_slice::<Value>(bytes).ok().and_then(|it| it.get("subject").cloned())
        {
            let about = subject["digest"].as_str().unwrap().to_owned();
            let entry = json!({ "digest": digest, "size": bytes.len() });
            match &mut shelves.referrers {
                Some(referrers) => referrers.entry(about).or_default().push(entry),
                None => {
                    let tag = about.replace(':', "-");
                    let index = json!({ "schemaVersion": 2, "manifests": [entry] }).to_string();
                    shelves.manifests.insert(tag, index.into_bytes());
                }
            }
        }
        digest
    }

    /// Puts anything under a tag.
    pub fn raw_manifest_unread(&self, bytes: &[u8], tag: &str) {
        self.shelves.lock().unwrap().manifests.insert(tag.to_owned(), bytes.to_vec());
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        let (asked, fault) = {
            let mut shelves = self.shelves.lock().unwrap();
            let before = shelves.asked.iter().filter(|asked| asked.path == path).count();
            let asked = Asked { path, headers, before };
            shelves.asked.push(asked.clone());
            (asked, shelves.fault.clone())
        };
        if fault.is_some_and(|fault| fault(&asked, &mut stream)) {
            return;
        }
        let (status, more, body) = self.answer(&asked);
        respond(&mut stream, &format!("{status}\r\n{more}"), &body);
    }

    fn answer(&self, asked: &Asked) -> (&'static str, String, Vec<u8>) {
        let shelves = self.shelves.lock().unwrap();
        let none = ("404 Not Found", String::new(), br#"{"errors":[]}"#.to_vec());
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let shown = asked.headers.get("authorization").cloned();
        if let Some((token, login)) = &shelves.token {
            if path == "/token" {
                let is_he =
                    login.as_ref().is_none_or(|login| shown.as_ref() == Some(&format!("Basic {login}")));
                let body = json!({ "token": token }).to_string().into_bytes();
                return if is_he {
                    ("200 OK", String::new(), body)
                } else {
                    ("401 Unauthorized", String::new(), vec![])
                };
            }
            if shown != Some(format!("Bearer {token}")) {
                let realm = format!("http://127.0.0.1:{}/token", self.port);
                let more = format!(
                    "WWW-Authenticate: Bearer realm=\"{realm}\",service=\"shop\",scope=\"repository:x:pull,push\"\r\n"
                );
                return ("401 Unauthorized", more, vec![]);
            }
        }
        let Some(rest) = path.strip_prefix("/v2/acme/tiny/") else { return none };
        if rest == "tags/list" {
            let tags: Vec<&String> =
                shelves.manifests.keys().filter(|key| !key.starts_with("sha256:")).collect();
            let last = query.split('&').find_map(|pair| pair.strip_prefix("last="));
            let tags: Vec<&String> =
                tags.into_iter().filter(|tag| last.is_none_or(|last| tag.as_str() > last)).collect();
            let many = shelves.page.unwrap_or(usize::MAX).min(tags.len());
            let more = match tags.get(many.wrapping_sub(1)) {
                Some(last) if many < tags.len() => {
                    format!("Link: </v2/acme/tiny/tags/list?n=1000&last={last}>; rel=\"next\"\r\n")
                }
                _ => String::new(),
            };
            let body = json!({ "name": "acme/tiny", "tags": tags[..many] }).to_string().into_bytes();
            return ("200 OK", more, body);
        }
        if let Some(subject) = rest.strip_prefix("referrers/") {
            let Some(referrers) = &shelves.referrers else { return none };
            let found = referrers.get(subject).cloned().unwrap_or_default();
            let body = json!({ "schemaVersion": 2, "manifests": found }).to_string().into_bytes();
            return ("200 OK", String::new(), body);
        }
        if let Some(reference) = rest.strip_prefix("manifests/") {
            let found = shelves.manifests.get(reference);
            return found.map_or(none, |bytes| ("200 OK", String::new(), bytes.clone()));
        }
        let Some(bytes) = rest.strip_prefix("blobs/").and_then(|digest| shelves.blobs.get(digest)) else {
            return none;
        };
        let from = asked
            .headers
            .get("range")
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        match from {
            Some(from) => {
                let more = format!("Content-Range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len());
                ("206 Partial Content", more, bytes[from..].to_vec())
            }
            None => ("200 OK", String::new(), bytes.clone()),
        }
    }
}

/// `head` is the status, and further headers with their ends of lines.
pub fn respond(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = if head.contains("\r\n") { head.to_owned() } else { format!("{head}\r\n") };
    let head = format!("HTTP/1.1 {head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    // Whoever reads must not see the end before the bytes.
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read(&mut [0; 64]);
}

pub fn weights() -> Vec<u8> {
    let header = format!(r#"{{"w":{{"dtype":"F32","shape":[{FLOATS}],"data_offsets":[0,{}]}}}}"#, FLOATS * 4);
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![1; FLOATS * 4]].concat()
}

const CONFIG: &[u8] = br#"{"descriptor":{"name":"tiny"}}"#;

/// A registry, and a workspace whose policy trusts the key of the model in it.
pub struct Shop {
    pub registry: Registry,
    pub fleet: Fleet,
    pub files: Vec<(&'static str, Vec<u8>)>,
}

impl Shop {
    pub fn new() -> Self {
        Shop::by("")
    }

    /// `more` stands at the end of the policy's stage, which then refuses what is not available.
    pub fn by(more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        let works = |words: &[&str]| {
            let done = touchmark(words.iter().copied());
            assert_eq!(done.status.code(), Some(0), "{words:?}: {}", err(&done));
            done.stdout
        };
        works(&["key", "generate", &at("key.pem"), "--no-password"]);
        let files = vec![
            ("model.safetensors", weights()),
            ("tokenizer/vocab.json", br#"{"a":0}"#.to_vec()),
            ("config.json", CONFIG.to_vec()),
        ];
        for (name, bytes) in &files {
            let file = dir.path().join("models/acme/tiny").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        let key = at("key.pem");
        works(&[
            "sign",
            "key",
            &at("models/acme/tiny"),
            "--private-key",
            &key,
            "--signature",
            &at("tiny.sig"),
        ]);
        let shown = works(&["key", "show", &at("key.pem.pub"), "--format", "json"]);
        let shown: Value = serde_json::from_slice(&shown).unwrap();
        let finger = shown["fingerprint"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
        let mut policy = crate::looked::policy(&finger).replace("require = [\"L1.13\"]", more);
        if !more.is_empty() {
            policy = policy.replace("on_unavailable = \"open\"", "on_unavailable = \"closed\"");
        }
        fs::write(at("policy.toml"), policy).unwrap();
        let workspace =
            "schema = \"workspace/0.1\"\nname = \"w\"\npolicy = \"policy.toml\"\nstage = \"dev\"\n";
        fs::write(at("touchmark.toml"), workspace).unwrap();
        let options =
            OpenOptions { dir: Some(dir.path().to_owned()), read_only: true, ..OpenOptions::default() };
        let view = Workbench::open(&options).unwrap().view();
        let (out, key) = (tempfile::tempdir().unwrap(), SigningKey::generate(Curve::P384).unwrap());
        Shop { registry: Registry::new(), fleet: Fleet { dir, out, key, view, stage: "dev" }, files }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.fleet.dir.path().join(name)
    }

    pub fn bundle(&self) -> Vec<u8> {
        fs::read(self.path("tiny.sig")).unwrap()
    }

    pub fn place(&self, reference: &str) -> String {
        format!("oci://{}/acme/tiny{reference}", self.registry.host())
    }

    pub fn weights(&self) -> String {
        digest(&self.files[0].1)
    }

    /// The model's manifest.
    pub fn model(&self) -> Value {
        let layers: Vec<Value> = self.files[..2]
            .iter()
            .map(|(name, bytes)| {
                self.registry.layer("application/vnd.acme.file", bytes, json!({ TITLE: name }))
            })
            .collect();
        json!({
            "schemaVersion": 2,
            "artifactType": "application/vnd.cncf.model.manifest.v1+json",
            "config": self.registry.layer("application/vnd.cncf.model.config.v1+json", CONFIG, json!({})),
            "layers": layers,
        })
    }

    /// A manifest that attaches the signature to another.
    pub fn signature(&self, about: &str) -> Value {
        json!({
            "schemaVersion": 2,
            "artifactType": "application/vnd.model-signing.signature.v0.1",
            "config": self.registry.layer("application/vnd.oci.empty.v1+json", b"{}", json!({})),
            "layers": [self.registry.layer(BUNDLE, &self.bundle(), json!({}))],
            "subject": { "digest": about, "size": 1 },
        })
    }

    /// Puts the signed model; the digest of its manifest.
    pub fn publish(&self, tag: &str) -> String {
        let digest = self.registry.manifest(&self.model(), Some(tag));
        self.registry.manifest(&self.signature(&digest), None);
        digest
    }
}
