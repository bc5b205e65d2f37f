//! Keyless signing at an instance of our own: what is made verifies, and whatever a service does wrong leads
//! to an error with a code and to no file.

use crate::instance::{At, Fault, Instance, Uses, behind_tls, get, now};
use crate::support::{err, out};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use touchmark::signing::{
    Credentials, HashAlgorithm, Login, Progress, SignOptions, SignedKeyless, sign_sigstore,
};
use touchmark::{Code, Error};
use zeroize::Zeroizing;

pub const DANA: &str = "dana@acme.test";

/// An instance, a model, the instance's documents, and a token of Dana's.
pub struct Bench {
    pub instance: Instance,
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn open(uses: Uses) -> Self {
        let bench = Bench { instance: Instance::start(), folder: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.path("model")).unwrap();
        fs::write(bench.path("model/weights.bin"), "weights").unwrap();
        bench.write("config.json", &bench.instance.config(uses));
        fs::write(bench.path("token"), bench.instance.token(DANA)).unwrap();
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    pub fn write(&self, name: &str, document: &Value) {
        fs::write(self.path(name), document.to_string()).unwrap();
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchmark"));
        command.args(["sign", "sigstore", &self.text("model"), "--trust-config", &self.text("config.json")]);
        command.args(more).stdin(Stdio::null());
        // What a build service puts here is not meant for these tests.
        for name in [
            "SIGSTORE_ID_TOKEN",
            "GITHUB_ACTIONS",
            "CIRCLECI",
            "BUILDKITE",
            "GCE_METADATA_HOST",
            "BROWSER",
            "DISPLAY",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub fn sign(&self, more: &[&str]) -> Output {
        let output = self.command(more).output().unwrap();
        crate::documents::hold(&output);
        output
    }

    pub fn sign_with_token(&self) -> Output {
        self.sign(&["--identity-token-file", &self.text("token"), "--timeout", "1"])
    }

    fn verify(&self, root: &str) -> Output {
        self.verify_as(root, DANA, &self.instance.issuer())
    }

    fn verify_as(&self, root: &str, identity: &str, issuer: &str) -> Output {
        crate::support::touchmark([
            "verify",
            "sigstore",
            &self.text("model"),
            "--trust-config",
            &self.text(root),
            "--identity",
            identity,
            "--identity-provider",
            issuer,
            "--explain",
        ])
    }

    /// Logs in through the library; `browser` is what stands for the person's.
    fn log_in(&self, login: Login) -> Result<SignedKeyless, Error> {
        let instance = touchmark::signing::Instance::read(&self.path("config.json"))?;
        let options = SignOptions {
            signature: self.path("model/model.sig"),
            hash: HashAlgorithm::Sha256,
            shard_size: None,
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            allow_symlinks: false,
            allow_lfs_pointers: false,
        };
        let timeout = Duration::from_secs(5);
        let with = Credentials::Login(login);
        sign_sigstore(&self.path("model"), &instance, with, &options, timeout, &Progress::default())
    }
}

/// Ends as an error with this status, code and text, on one line that no terminal obeys.
fn refused(done: &Output, status: i32, code: &str, says: &str) {
    let said = err(done);
    assert_eq!(done.status.code(), Some(status), "{said}{}", out(done));
    assert!(said.starts_with(&format!("error[{code}]")), "{code}: {said}");
    assert!(said.contains(says), "{says}: {said}");
    assert!(said.contains("help: "), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains("panicked"), "{said}");
}

#[test]
fn what_is_signed_at_an_instance_verifies_there() {
    for uses in [Uses::FirstLog, Uses::FirstLogAndStamps, Uses::SecondLog] {
        let bench = Bench::open(uses);
        let signed = bench.sign_with_token();
        assert_eq!(signed.status.code(), Some(0), "{uses:?} {}{}", out(&signed), err(&signed));
        assert!(out(&signed).contains(DANA) && out(&signed).contains("log entry"), "{}", out(&signed));
        let verified = bench.verify("config.json");
        assert_eq!(verified.status.code(), Some(0), "{uses:?} {}{}", out(&verified), err(&verified));
        // The trusted root alone says what to trust as well.
        bench.write("root.json", &bench.instance.trusted_root());
        assert_eq!(bench.verify("root.json").status.code(), Some(0));
        let other = bench.verify_as("root.json", "mallory@evil.test", &bench.instance.issuer());
        assert_eq!(other.status.code(), Some(1));
    }
}

#[test]
fn under_another_instance_it_does_not_verify() {
    let bench = Bench::open(Uses::FirstLog);
    assert_eq!(bench.sign_with_token().status.code(), Some(0));
    for instance in [&["--use-staging"][..], &[]] {
        let model = bench.text("model");
        let mut words =
            vec!["verify", "sigstore", &model, "--identity", DANA, "--identity-provider", "https://x"];
        words.extend(instance);
        let done = crate::support::touchmark(words);
        assert_eq!(done.status.code(), Some(1), "{}", out(&done));
        assert!(out(&done).contains("does not know"), "{}", out(&done));
    }
}

#[test]
fn json_says_in_whose_name_was_signed_and_where_it_is_logged() {
    let bench = Bench::open(Uses::FirstLog);
    let done = bench.sign(&["--identity-token", &bench.instance.token(DANA), "--format", "json"]);
    let document: Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!(document["schema"], "touchmark.signed/2");
    assert_eq!(document["signer"]["subject"], DANA);
    assert_eq!(document["signer"]["issuer"], bench.instance.issuer());
    assert_eq!(document["log"]["index"], 1005);
}

#[test]
fn whatever_a_service_does_wrong_is_told_and_leaves_the_old_signature() {
    use Fault::*;
    let of_v1 = [
        (At::Fulcio, Refuses, "E-REFUSED", "the audience is wrong"),
        (At::Fulcio, Down, "E-NETWORK", "status 500"),
        (At::Fulcio, Hangs, "E-NETWORK", "no answer within 1 seconds"),
        (At::Fulcio, Huge, "E-ANSWER", "larger than"),
        (At::Fulcio, Elsewhere, "E-ANSWER", "points elsewhere"),
        (At::Fulcio, Garbage, "E-ANSWER", "not valid JSON"),
        (At::Fulcio, OtherKey, "E-ANSWER", "for another key"),
        (At::Fulcio, OtherName, "E-ANSWER", "mallory@evil.test"),
        (At::Fulcio, OtherIssuer, "E-ANSWER", "https://issuer.evil.test"),
        (At::Fulcio, DetachedProof, "E-ANSWER", "proof of having been logged"),
        (At::Fulcio, OtherCertificateLog, "E-UNPROVEN", "CHAIN-SCT"),
        (At::Stamps, Down, "E-NETWORK", "timestamp authority"),
        (At::Stamps, Hangs, "E-NETWORK", "timestamp authority"),
        (At::Stamps, Garbage, "E-ANSWER", "no timestamp"),
        (At::Stamps, OtherKey, "E-UNPROVEN", "TIME-INVALID"),
        (At::Stamps, WrongBody, "E-UNPROVEN", "TIME-INVALID"),
        (At::Log, Refuses, "E-REFUSED", "transparency log"),
        (At::Log, Down, "E-NETWORK", "transparency log"),
        (At::Log, Hangs, "E-NETWORK", "transparency log"),
        (At::Log, Garbage, "E-ANSWER", "transparency log"),
        (At::Log, OtherKey, "E-UNPROVEN", "LOG-INVALID"),
        (At::Log, WrongProof, "E-UNPROVEN", "LOG-INVALID"),
        (At::Log, WrongPromise, "E-UNPROVEN", "LOG-INVALID"),
        (At::Log, WrongBody, "E-UNPROVEN", "LOG-INVALID"),
    ];
    let of_v2 = [
        (At::Log, Down, "E-NETWORK", "transparency log"),
        (At::Log, Garbage, "E-ANSWER", "transparency log"),
        (At::Log, OtherKey, "E-UNPROVEN", "LOG-INVALID"),
        (At::Log, WrongProof, "E-UNPROVEN", "LOG-INVALID"),
        (At::Log, WrongBody, "E-UNPROVEN", "LOG-INVALID"),
    ];
    for (uses, cases) in [(Uses::FirstLogAndStamps, &of_v1[..]), (Uses::SecondLog, &of_v2[..])] {
        let bench = Bench::open(uses);
        assert_eq!(bench.sign_with_token().status.code(), Some(0));
        let old = fs::read(bench.path("model/model.sig")).unwrap();
        for (at, fault, code, says) in cases {
            bench.instance.fail(*at, *fault);
            refused(&bench.sign_with_token(), 3, code, says);
            let files: Vec<_> = fs::read_dir(bench.path("model")).unwrap().collect();
            assert_eq!(files.len(), 2, "{at:?} {fault:?}: {files:?}");
            assert_eq!(fs::read(bench.path("model/model.sig")).unwrap(), old, "{at:?} {fault:?}");
        }
    }
}

#[test]
fn a_service_that_is_not_there_is_told() {
    let bench = Bench::open(Uses::FirstLog);
    let mut config = bench.instance.config(Uses::FirstLog);
    config["signingConfig"]["rekorTlogUrls"][0]["url"] = json!("http://127.0.0.1:1");
    bench.write("config.json", &config);
    refused(&bench.sign_with_token(), 3, "E-NETWORK", "transparency log (Rekor) cannot be reached");
    assert!(!bench.path("model/model.sig").exists());
}

#[test]
fn a_service_behind_tls_is_believed_when_the_platform_trusts_its_authority() {
    let bench = Bench::open(Uses::FirstLog);
    let (url, authority) = behind_tls(&bench.instance.url);
    let mut config = bench.instance.config(Uses::FirstLog);
    config["signingConfig"]["caUrls"][0]["url"] = json!(url);
    bench.write("config.json", &config);
    fs::write(bench.path("authority.pem"), authority).unwrap();
    let token = ["--identity-token-file", &bench.text("token")];
    let stranger = bench.command(&token).env_remove("SSL_CERT_FILE").output().unwrap();
    refused(&stranger, 3, "E-NETWORK", "cannot be trusted on the network");
    assert!(err(&stranger).contains("SSL_CERT_FILE"), "{}", err(&stranger));
    let done = bench.command(&token).env("SSL_CERT_FILE", bench.path("authority.pem")).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
}

#[test]
fn a_token_that_cannot_work_is_told_before_anything_is_sent() {
    let bench = Bench::open(Uses::FirstLog);
    bench.instance.fail(At::Fulcio, Fault::Down);
    let instance = &bench.instance;
    let cases = [
        (
            instance.token_saying(json!({ "sub": "x", "aud": "other" })),
            "another audience: expected sigstore, found other",
        ),
        (instance.token_saying(json!({ "sub": "x", "aud": [] })), "found none"),
        (instance.token_saying(json!({ "sub": "x", "exp": now() - 10 })), "expired at 20"),
        (instance.token_saying(json!({ "sub": "x", "nbf": now() + 3600 })), "not valid before"),
        (instance.token_saying(json!({})), "does not say who"),
        ("a.b".to_owned(), "not a signed identity token"),
    ];
    for (token, says) in cases {
        fs::write(bench.path("token"), token).unwrap();
        refused(&bench.sign_with_token(), 4, "E-TOKEN", says);
    }
}

#[test]
fn an_audience_that_only_the_authority_refuses_is_told_in_its_words() {
    let bench = Bench::open(Uses::FirstLog);
    let token = bench.instance.token_saying(json!({ "sub": "x", "aud": "other" }));
    let done = bench.sign(&["--identity-token", &token, "--client-id", "other"]);
    refused(&done, 3, "E-REFUSED", "error processing the identity token: audience");
}

#[test]
fn a_config_that_cannot_work_is_told_before_anything_is_sent() {
    let bench = Bench::open(Uses::FirstLog);
    let whole = bench.instance.config(Uses::FirstLogAndStamps);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut config = whole.clone();
        change(&mut config);
        config
    };
    let cases = [
        (bench.instance.trusted_root(), "not where to sign"),
        (
            changed(&|c| c["signingConfig"]["tsaConfig"] = json!({ "selector": "EXACT", "count": 2 })),
            "more than one timestamp authority",
        ),
        (changed(&|c| c["signingConfig"]["caUrls"][0]["url"] = json!("http://fulcio.example")), "not https"),
        (
            changed(&|c| c["signingConfig"]["caUrls"][0]["validFor"]["end"] = json!("2024-06-01T00:00:00Z")),
            "no certificate authority",
        ),
        (
            changed(&|c| {
                c["signingConfig"]["rekorTlogUrls"][0]["majorApiVersion"] = json!(2);
                c["signingConfig"]["tsaUrls"] = json!([]);
            }),
            "version 2 needs a timestamp authority",
        ),
    ];
    for (config, says) in cases {
        bench.write("config.json", &config);
        refused(&bench.sign_with_token(), 2, "E-CONFIG", says);
    }
}

#[test]
fn the_instances_inside_the_program_can_be_signed_with() {
    touchmark::signing::Instance::public_good().unwrap();
    touchmark::signing::Instance::staging().unwrap();
}

#[test]
fn an_instance_without_a_login_page_says_what_to_use_instead() {
    let bench = Bench::open(Uses::FirstLog);
    let mut config = bench.instance.config(Uses::FirstLog);
    config["signingConfig"]["oidcUrls"] = json!([]);
    bench.write("config.json", &config);
    refused(&bench.sign(&[]), 2, "E-CONFIG", "no identity provider");
}

#[test]
fn surroundings_without_credentials_are_listed() {
    let bench = Bench::open(Uses::FirstLog);
    let done = bench.sign(&["--use-ambient-credentials"]);
    refused(&done, 3, "E-CREDENTIALS", "GitHub Actions (GITHUB_ACTIONS), CircleCI (CIRCLECI), Buildkite");
    let done = bench.command(&["--use_ambient_credentials"]).env("GITHUB_ACTIONS", "true").output().unwrap();
    refused(&done, 3, "E-CREDENTIALS", "id-token: write");
}

#[test]
fn a_pipeline_signs_in_its_own_name() {
    let bench = Bench::open(Uses::FirstLog);
    let done = bench
        .command(&["--use-ambient-credentials"])
        .env("GITHUB_ACTIONS", "true")
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}/actions?v=2", bench.instance.issuer()))
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job-token")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let name = "https://github.com/acme/models/.github/workflows/sign.yml@refs/heads/main";
    let verified = bench.verify_as("config.json", name, &bench.instance.issuer());
    assert_eq!(verified.status.code(), Some(0), "{}", out(&verified));
    let token = bench.instance.token(DANA);
    let done =
        bench.command(&["--use-ambient-credentials"]).env("SIGSTORE_ID_TOKEN", token).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let host = bench.instance.url.trim_start_matches("http://");
    let done = bench.command(&["--use-ambient-credentials"]).env("GCE_METADATA_HOST", host).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let verified = bench.verify_as("config.json", "builder@acme.test", &bench.instance.issuer());
    assert_eq!(verified.status.code(), Some(0), "{}", out(&verified));
}

#[test]
fn the_account_behind_a_federated_login_is_the_issuer() {
    let bench = Bench::open(Uses::FirstLog);
    let behind = "https://accounts.example";
    let token = bench.instance.token_saying(json!({
        "sub": "x", "email": DANA, "federated_claims": { "connector_id": behind },
    }));
    let done = bench.sign(&["--identity-token", &token]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(bench.verify_as("config.json", DANA, behind).status.code(), Some(0));
}

fn no_code() -> Result<Zeroizing<String>, Error> {
    panic!("no code is to be copied")
}

/// Logs in as this client, with a browser that goes where it is sent.
fn login<'l>(client: Option<(&str, &str)>, visit: &'l dyn Fn(&str, bool) -> bool) -> Login<'l> {
    Login {
        client_id: client.map(|(id, _)| id.to_owned()),
        client_secret: client.map(|(_, secret)| Zeroizing::new(secret.to_owned())),
        out_of_band: false,
        patience: Duration::from_secs(5),
        visit,
        code: &no_code,
    }
}

fn browser(url: &str, by_hand: bool) -> bool {
    assert!(!by_hand);
    let url = url.to_owned();
    std::thread::spawn(move || {
        let (_, back, page) = get(&url);
        get(&back.unwrap_or_else(|| panic!("not sent back: {page}")));
    });
    true
}

#[test]
fn a_person_logs_in_with_a_browser() {
    let bench = Bench::open(Uses::FirstLog);
    let signed = bench.log_in(login(None, &browser)).unwrap();
    assert_eq!(signed.signer.subject.raw(), DANA);
    assert_eq!(bench.verify("config.json").status.code(), Some(0));
}

#[test]
fn a_client_of_ones_own_logs_in_with_its_secret() {
    let bench = Bench::open(Uses::FirstLog);
    let secret = "s3cret &+=";
    bench.log_in(login(Some(("acme", secret)), &browser)).unwrap();
    let error = bench.log_in(login(Some(("acme", "wrong")), &browser)).unwrap_err();
    assert_eq!(error.code, Code::Refused, "{error}");
    assert!(error.what.contains("invalid_client"), "{error}");
    bench.instance.fail(At::Login, Fault::SecretInForm);
    bench.log_in(login(Some(("acme", secret)), &browser)).unwrap();
}

#[test]
fn a_provider_that_lies_is_not_believed() {
    let bench = Bench::open(Uses::FirstLog);
    for (fault, code) in [
        (Fault::WrongNonce, Code::Answer),
        (Fault::OtherIssuer, Code::Answer),
        (Fault::Garbage, Code::Answer),
        (Fault::Down, Code::Network),
    ] {
        bench.instance.fail(At::Login, fault);
        let error = bench.log_in(login(None, &browser)).unwrap_err();
        assert_eq!(error.code, code, "{fault:?} {error}");
    }
    assert!(!bench.path("model/model.sig").exists());
}

#[test]
fn a_stranger_at_the_door_is_sent_away_and_the_login_goes_on() {
    let bench = Bench::open(Uses::FirstLog);
    let visit = |url: &str, _: bool| {
        let url = url.to_owned();
        std::thread::spawn(move || {
            let back = get(&url).1.unwrap();
            let (door, _) = back.split_once('?').unwrap();
            assert_eq!(get(&format!("{door}?code=stolen&state=guessed")).0, 400);
            assert_eq!(get(&door.replace("callback", "other")).0, 404);
            assert_eq!(get(&back).0, 200);
        });
        true
    };
    bench.log_in(login(None, &visit)).unwrap();
}

#[test]
fn a_login_that_leads_nowhere_ends() {
    let bench = Bench::open(Uses::FirstLog);
    let refusing = |url: &str, _: bool| {
        let url = url.to_owned();
        std::thread::spawn(move || {
            let back = get(&url).1.unwrap();
            let (door, query) = back.split_once('?').unwrap();
            let state = query.split_once("state=").unwrap().1;
            get(&format!("{door}?error=access_denied&error_description=not%20you%1b&state={state}"));
        });
        true
    };
    let error = bench.log_in(login(None, &refusing)).unwrap_err();
    assert_eq!(error.code, Code::Login);
    assert!(error.what.contains("not you") && !error.what.contains('\u{1b}'), "{error}");
    let begun = Instant::now();
    let impatient = Login { patience: Duration::from_millis(200), ..login(None, &|_, _| true) };
    let error = bench.log_in(impatient).unwrap_err();
    assert_eq!(error.code, Code::Login);
    assert!(
        error.what.contains("no answer came back") && begun.elapsed() < Duration::from_secs(3),
        "{error}"
    );
}

#[test]
fn without_a_browser_a_code_is_copied() {
    let bench = Bench::open(Uses::FirstLog);
    // The first has been asked for; the second is what is done where no browser opens.
    for flags in [&["--oauth-force-oob"][..], &[]] {
        let mut child = bench
            .command(flags)
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.find(|line| line.contains("http://")).unwrap();
        let code = get(url.trim()).2;
        writeln!(child.stdin.take().unwrap(), "{code}").unwrap();
        let said: Vec<String> = lines.collect();
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}{said:?}", out(&done));
        assert!(out(&done).contains(DANA));
    }
}

#[test]
fn tokens_and_secrets_are_not_shown() {
    let bench = Bench::open(Uses::FirstLog);
    let token = bench.instance.token(DANA);
    bench.instance.fail(At::Fulcio, Fault::Refuses);
    let done = bench.sign(&["--identity-token", &token, "-v"]);
    let payload = token.split('.').nth(1).unwrap();
    assert!(!err(&done).contains(payload) && !out(&done).contains(payload));
}
