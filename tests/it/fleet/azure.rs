//! A fleet over Azure Blob Storage: against Azurite, whose program `TOUCHMARK_AZURITE` names (`npm install azurite`, then
//! `node_modules/.bin/azurite-blob`), and against a server that answers what no store should.

use super::s3::Shell;
use super::served::{Asked, Reply, Served, decoded, reply};
use crate::support::{err, out};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ACCOUNT: &str = "touchmark";

/// A server of its own, which ends with the test.
struct Azurite {
    child: Child,
    port: u16,
    _dir: tempfile::TempDir,
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The account's key: nobody's.
fn key() -> String {
    STANDARD.encode("not-a-secret-of-anybody, only long enough for a key")
}

fn azurite() -> Option<Azurite> {
    let Some(program) = std::env::var_os("TOUCHMARK_AZURITE") else {
        eprintln!("SKIPPED: a fleet over Azure, TOUCHMARK_AZURITE does not name azurite-blob");
        return None;
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    let child = Command::new(program)
        .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string(), "--silent", "--disableTelemetry"])
        .args(["--skipApiVersionCheck", "--inMemoryPersistence"])
        .current_dir(dir.path())
        .env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{}", key()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let azurite = Azurite { child, port, _dir: dir };
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(120), "Azurite does not begin");
        std::thread::sleep(Duration::from_millis(100));
    }
    Some(azurite)
}

impl Azurite {
    /// Puts something, signed by the account's key; the status.
    fn put(&self, path: &str, query: &str, body: &[u8]) -> u16 {
        let date = touchmark::clock::this_second().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let kind = if query.is_empty() { "x-ms-blob-type:BlockBlob\n" } else { "" };
        let headers = format!("{kind}x-ms-date:{date}\nx-ms-version:2023-11-03\n");
        let length = if body.is_empty() { String::new() } else { body.len().to_string() };
        let resource = format!("/{ACCOUNT}/{ACCOUNT}/{path}{}", query.replace("restype=", "\nrestype:"));
        let text = format!("PUT\n\n\n{length}\n\n\n\n\n\n\n\n\n{headers}{resource}");
        let signer = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(key()).unwrap());
        let signature = STANDARD.encode(hmac::sign(&signer, text.as_bytes()));
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let head = format!(
            "PUT /{ACCOUNT}/{path}{query} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{}\
             Authorization: SharedKey {ACCOUNT}:{signature}\r\nContent-Length: {}\r\n\r\n",
            self.port,
            headers.replace('\n', "\r\n"),
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
        assert!(status < 300, "{path}: {}", String::from_utf8_lossy(&answer));
        status
    }

    fn upload(&self, folder: &Path, above: &str) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{above}/{}", path.file_name().unwrap().to_string_lossy());
            match path.is_dir() {
                true => self.upload(&path, &name),
                false => drop(self.put(&name, "", &fs::read(&path).unwrap())),
            }
        }
    }

    fn shell(&self) -> Shell {
        let mut shell = Shell::new(self.port);
        shell.env = vec![
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT.to_owned()),
            ("AZURE_STORAGE_ACCOUNT_KEY", key()),
            ("AZURE_STORAGE_ENDPOINT", format!("http://127.0.0.1:{}/{ACCOUNT}", self.port)),
        ];
        for container in ["models", "audit"] {
            self.put(container, "restype=container", b"");
        }
        shell
    }
}

#[test]
fn a_container_is_planned_worked_and_sealed_and_says_what_the_folder_says() {
    let Some(azurite) = azurite() else { return };
    let shell = azurite.shell();
    let models = shell.dir.path().join("models");
    azurite.upload(&models, "models/hub");
    azurite.put("models/hub/notes%20%2B%20%26%20%3C%C3%A9%3E.txt", "", b"x");
    azurite.put("models/hub-2/w.safetensors", "", b"x");
    let mut roots = Vec::new();
    for shards in ["1", "3"] {
        let run = shell.plan("az://models/hub", "az://audit/runs", &["--shards", shards]);
        assert!(run.starts_with("az://audit/runs/"), "{run}");
        for shard in 0..shards.parse::<u32>().unwrap() {
            assert_eq!(shell.work(0, &run, &shard.to_string(), 0)["committed"], true);
        }
        assert_eq!(shell.work(0, &run, "0", 0)["committed"], false);
        assert_eq!(shell.run(&["status", &run], 0)["done"], shards.parse::<u64>().unwrap());
        let sealed = shell.seal(&run);
        roots.push(sealed["root"].clone());
        let root = sealed["root"].as_str().unwrap().to_owned();
        let proof = shell.run(&["prove", &run, "lumen/iris-base", "--root", &root], 0);
        assert_eq!(proof["proofs"][0]["record"]["source"], "az://models/hub");
        let runs = shell.dir.path().join("runs");
        let local = shell.plan(models.to_str().unwrap(), runs.to_str().unwrap(), &["--shards", "1"]);
        shell.work(0, &local, "0", 0);
        assert_eq!(shell.seal(&local)["counts"], sealed["counts"]);
    }
    assert_eq!(roots[0], roots[1]);
    // A plan that is there already is left as it is.
    let again = shell.plan("az://models/hub", "az://audit/runs", &["--shards", "1"]);
    assert!(again.starts_with("az://audit/runs/"));
    // What is overwritten after it was listed is unknown.
    let run = shell.plan("az://models/hub/lumen", "az://audit/runs", &["--shards", "1"]);
    azurite.upload(&models.join("lumen"), "models/hub/lumen");
    let worked = shell.work(0, &run, "0", 0);
    assert!(worked["outcomes"]["unknown"].as_u64().unwrap() > 0, "{worked}");
    assert!(shell.seal(&run)["counts"]["unknown"]["changed"].as_u64().unwrap() > 0);
}

#[test]
fn azurite_is_reached_as_the_emulator_and_by_the_names_of_azures_own_command_line() {
    let Some(azurite) = azurite() else { return };
    let mut shell = azurite.shell();
    azurite.put("models/x/w.safetensors", "", b"weights");
    let url = format!("http://127.0.0.1:{}", azurite.port);
    for env in [
        vec![
            ("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()),
            ("AZURITE_BLOB_STORAGE_URL", url.clone()),
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT.to_owned()),
            ("AZURE_STORAGE_ACCOUNT_KEY", key()),
        ],
        vec![
            ("AZURE_STORAGE_ACCOUNT", ACCOUNT.to_owned()),
            ("AZURE_STORAGE_KEY", key()),
            ("AZURE_STORAGE_ENDPOINT", format!("{url}/{ACCOUNT}/")),
        ],
    ] {
        shell.env = env;
        let run = shell.plan("az://models/x", "az://audit/runs", &["--shards", "1"]);
        assert!(run.starts_with("az://audit/runs/"), "{run}");
    }
    shell.env[1].1 = STANDARD.encode("another key");
    let done = shell.run_over(0, &["plan", "--source", "az://models/x", "--out", "az://audit/runs"]);
    assert!(err(&done).contains("E-REFUSED"), "{}{}", out(&done), err(&done));
    assert!(!err(&done).contains(&shell.env[1].1), "{}", err(&done));
}

/// What a SAS token is made of.
const SAS: &str = "sv=2023-11-03&sig=bm90LWEtc2VjcmV0LW9mLWFueWJvZHk%3D";

fn blob(name: &str, size: &str, more: &str) -> String {
    format!(
        "<Blob><Name>{name}</Name><Properties><Etag>0x8D</Etag><Content-Length>{size}</Content-Length>{more}\
         </Properties></Blob>"
    )
}

fn listed(blobs: &str, next: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"http://x\" \
         ContainerName=\"models\"><Prefix>x/</Prefix><Blobs>{blobs}</Blobs><NextMarker>{next}</NextMarker>\
         </EnumerationResults>"
    )
}

/// A shell whose store answers so.
fn asking(answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Served, Shell) {
    let served = Served::new(answers);
    let mut shell = Shell::new(served.port);
    shell.env = vec![
        ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT.to_owned()),
        ("AZURE_STORAGE_SAS_TOKEN", SAS.to_owned()),
        ("AZURE_STORAGE_ENDPOINT", format!("http://{}", served.host())),
    ];
    (served, shell)
}

#[test]
fn odd_names_and_folders_of_azure_do_not_end_the_listing() {
    let first = [
        blob("x/../up", "1", ""),
        blob("x//b", "1", ""),
        blob("x/a", "0", "<ResourceType>directory</ResourceType>"),
        blob("x/a/&#x1b;c", "1", ""),
        blob("x/a/&lt;b&gt; &amp; c", "1", ""),
    ];
    let encoded = blob("x/b%EF%BF%BE+d", "1", "").replace("<Name>", "<Name Encoded=\"true\">");
    let second = [blob("x/a/w.safetensors", "7", ""), encoded];
    let (first, second) = (listed(&first.concat(), "two &amp; two"), listed(&second.concat(), ""));
    let (served, shell) = asking(move |asked| {
        assert_eq!(asked.query["sig"], decoded("bm90LWEtc2VjcmV0LW9mLWFueWJvZHk%3D"));
        match asked.query.get("marker").map(String::as_str) {
            Some("two & two") => reply(200, second.clone()),
            _ => reply(200, first.clone()),
        }
    });
    let runs = shell.dir.path().join("runs");
    let run = shell.plan("az://models/x", runs.to_str().unwrap(), &["--shards", "1"]);
    assert!(served.asked("/models").iter().all(|asked| asked.query["prefix"] == "x/"));
    let plan = fs::read(Path::new(run.trim_start_matches("file:")).join("plan.json")).unwrap();
    assert!(!String::from_utf8_lossy(&plan).contains("sig"));
    let plan: serde_json::Value = serde_json::from_slice(&plan).unwrap();
    assert_eq!((&plan["models"], &plan["objects"]), (&1.into(), &2.into()), "{plan:#}");
    let findings = plan["first_findings"].as_array().unwrap();
    let faults: Vec<&str> = findings.iter().filter_map(|one| one["fault"].as_str()).collect();
    assert_eq!(faults, ["relative", "absolute", "hidden", "hidden"], "{plan:#}");
}

#[test]
fn what_azure_answers_is_not_believed() {
    let good = blob("x/w.safetensors", "7", "");
    for (answer, word) in [
        (reply(200, ""), "no list"),
        (reply(200, "<EnumerationResults><Blobs>"), "no list"),
        (reply(200, "<ListBucketResult/>"), "no list"),
        (reply(200, "<!DOCTYPE x><EnumerationResults/>"), "document type"),
        (reply(200, listed(&blob("x/a", "x", ""), "")), "size"),
        (reply(200, listed(&blob("x/a", "-1", ""), "")), "size"),
        (reply(200, listed(&good.replace("0x8D", ""), "")), "entity tag"),
        (reply(200, listed(&good.replace("x/w", "&own;"), "")), "entity"),
        (reply(200, listed(&blob("other/a", "1", ""), "")), "not asked for"),
        (reply(200, listed(&[good.clone(), blob("x/a", "1", "")].concat(), "")), "order"),
        (reply(200, listed("", "again")), "does not end"),
        (reply(200, [0xff, 0xfe]), "UTF-8"),
        (reply(403, SAS), "E-REFUSED"),
        (reply(404, SAS), "E-NOT-FOUND"),
        (reply(400, SAS), "answered 400"),
        (reply(302, SAS), "another place"),
    ] {
        let (status, body) = (answer.status, answer.body);
        let (_, shell) = asking(move |_| reply(status, body.clone()));
        let runs = shell.dir.path().join("runs");
        let done = shell.run_over(0, &["plan", "--source", "az://models/x", "--out", runs.to_str().unwrap()]);
        assert_ne!(done.status.code(), Some(0), "{word}: {}", out(&done));
        assert!(err(&done).contains(word) && !err(&done).contains("sig"), "{word}: {}", err(&done));
    }
}

#[test]
fn nothing_is_replaced_in_azure_whatever_a_refusal_is_called() {
    for (status, code, is_taken) in [
        (412, "ConditionNotMet", true),
        (409, "BlobAlreadyExists", true),
        (409, "BlobImmutableDueToPolicy", true),
        (409, "ContainerBeingDeleted", false),
        (403, "AuthorizationPermissionMismatch", false),
    ] {
        let (served, shell) = asking(move |asked| match asked.method.as_str() {
            "PUT" => {
                assert_eq!(
                    (asked.header("if-none-match"), asked.header("x-ms-blob-type")),
                    (Some("*"), Some("BlockBlob"))
                );
                reply(status, "").with("x-ms-error-code", code)
            }
            _ => reply(200, listed(&blob("x/w.safetensors", "7", ""), "")),
        });
        let done = shell.run_over(0, &["plan", "--source", "az://models/x", "--out", "az://audit"]);
        assert_eq!(done.status.code() == Some(0), is_taken, "{code}: {}{}", out(&done), err(&done));
        assert!(!(out(&done) + &err(&done)).contains("sig="), "{code}: {}", err(&done));
        assert!(!served.asked("/audit").is_empty());
    }
}

#[test]
fn azure_is_reached_as_the_environment_says_and_never_without_tls() {
    let (served, mut shell) = asking(|_| reply(200, listed("", "")));
    let runs = shell.dir.path().join("runs");
    let runs = runs.to_str().unwrap().to_owned();
    let account = ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT.to_owned());
    let at = |endpoint: &str| vec![account.clone(), ("AZURE_STORAGE_ENDPOINT", endpoint.to_owned())];
    let mut plan = |env: Vec<(&'static str, String)>| {
        shell.env = env;
        shell.run_over(0, &["plan", "--source", "az://models/x", "--out", &runs])
    };
    for (env, word) in [
        (vec![], "account"),
        (vec![("AZURE_STORAGE_ACCOUNT_NAME", "evil.example/".to_owned())], "no account"),
        (at("http://blob.example"), "TLS"),
        (at("http://user:secret@127.0.0.1"), "credentials"),
        (at("https://blob.example/?sig=secret"), "credentials"),
        (
            [
                at(&format!("http://{}", served.host())),
                vec![("AZURE_STORAGE_ACCOUNT_KEY", "no base64!".to_owned())],
            ]
            .concat(),
            "reach",
        ),
    ] {
        let done = plan(env);
        assert_eq!(done.status.code(), Some(2), "{word}: {}{}", out(&done), err(&done));
        assert!(err(&done).contains(word) && !err(&done).contains("secret"), "{word}: {}", err(&done));
        assert!(!err(&done).contains("no base64"), "{}", err(&done));
    }
    assert!(served.asked("").is_empty(), "nobody was asked");
    // A token with what cannot stand in a header ends nothing; nobody is shown then.
    let token = ("AZURE_STORAGE_TOKEN", "not\na token".to_owned());
    let done = plan([at(&format!("http://{}", served.host())), vec![token]].concat());
    assert_ne!(done.status.code(), Some(0), "{}", out(&done));
    assert!(err(&done).contains("no credentials") && !err(&done).contains("a token"), "{}", err(&done));
    // As nobody.
    let nobody = ("AZURE_SKIP_SIGNATURE", "true".to_owned());
    let done = plan([at(&format!("http://{}", served.host())), vec![nobody]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(served.asked("/models").iter().all(|asked| asked.header("authorization").is_none()));
}
