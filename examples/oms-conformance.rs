//! The adapter of the OMS conformance suite: a thin door to [`touchmark::signing`], by the suite's own protocol. Build it
//! with `cargo build --release --example oms-conformance` and name the binary to the suite as its entrypoint.
//! `.ci/oms-suite` runs the suite's offline cases through it.
//!
//! `benchmark-model` times in the process: reading keys and starting up are no part of it.
#![allow(clippy::disallowed_methods)]

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use touchmark::disk::read_small;
use touchmark::signing::{
    Anchor, HashAlgorithm, IdentityRule, Method, Outcome, Progress, SignOptions, SigningKey, Trust,
    VerifyOptions, certificates_from_pem, digest, sign_certificate, sign_key, verify,
};

const USAGE: &str = "usage: oms-conformance sign-model | verify-model | digest-model | benchmark-model | capabilities \
                     [--FLAG VALUE]…";
const LIMIT_PEM_BYTES: u64 = 1024 * 1024;
/// Flags without a value.
const SWITCHES: [&str; 2] = ["ignore-unsigned-files", "use-staging"];

type Fallible<T> = Result<T, String>;

fn main() -> ExitCode {
    match run() {
        Ok(said) => {
            let _ = std::io::stdout().write_all(said.as_bytes());
            ExitCode::SUCCESS
        }
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<String> {
    let mut words = std::env::args().skip(1);
    let command = words.next().ok_or(USAGE)?;
    let mut given = Given(HashMap::new());
    while let Some(word) = words.next() {
        let name = word.strip_prefix("--").ok_or_else(|| format!("{word}: a flag is expected\n{USAGE}"))?;
        let value = if SWITCHES.contains(&name) { String::new() } else { words.next().ok_or(USAGE)? };
        given.0.entry(name.to_owned()).or_default().push(value);
    }
    match command.as_str() {
        "sign-model" => job(&given, "sign")?().map(|()| String::new()),
        "verify-model" => job(&given, "verify")?().map(|()| String::new()),
        "digest-model" => {
            let model = given.path("model-path")?;
            let digested = digest(&model, &given.sign_options()?, &Progress::default());
            Ok(format!("{}\n", digested.map_err(|error| error.to_string())?.root_digest))
        }
        "benchmark-model" => benchmark(&given),
        "capabilities" => Ok(format!(
            concat!(
                "{{\"flags\": [\"--hash-algorithm\", \"--shard-size\", \"--max-workers\"], ",
                "\"hash_algorithms\": [\"sha256\", \"blake2b\", \"blake3\"], \"benchmark_model\": true, ",
                "\"client_version\": \"{}\"}}\n"
            ),
            env!("CARGO_PKG_VERSION")
        )),
        _ => Err(USAGE.to_owned()),
    }
}

/// What the command line gives, each flag as often as it was given.
struct Given(HashMap<String, Vec<String>>);

impl Given {
    fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn text(&self, name: &str) -> Fallible<&str> {
        self.all(name).last().map(String::as_str).ok_or_else(|| format!("--{name} is missing"))
    }

    fn path(&self, name: &str) -> Fallible<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    fn paths(&self, name: &str) -> Vec<PathBuf> {
        self.all(name).iter().map(PathBuf::from).collect()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Fallible<Option<T>> {
        let Some(text) = self.all(name).last() else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("--{name} {text}: a number is expected"))
    }

    fn method(&self) -> Fallible<Method> {
        match self.text("method")? {
            "key" => Ok(Method::Key),
            "certificate" => Ok(Method::Certificate),
            "sigstore" => Ok(Method::Sigstore),
            other => Err(format!("--method {other}: key, certificate or sigstore is expected")),
        }
    }

    fn sign_options(&self) -> Fallible<SignOptions> {
        // Without a place nothing is written there, and nothing of that name is part of a model.
        let place = self.all("output-bundle").last().map_or("model.sig", String::as_str);
        let hash = match self.all("hash-algorithm").last() {
            Some(name) => {
                HashAlgorithm::from_name(name).ok_or_else(|| format!("{name}: not a hash of OMS"))?
            }
            None => HashAlgorithm::Sha256,
        };
        Ok(SignOptions {
            hash,
            shard_size: self.number("shard-size")?,
            ignore_paths: self.paths("ignore-paths"),
            ..SignOptions::to(place)
        })
    }
}

/// Signing or verifying with everything read that it takes, to be done any number of times.
fn job<'g>(given: &'g Given, operation: &str) -> Fallible<Box<dyn Fn() -> Fallible<()> + 'g>> {
    let model = given.path("model-path")?;
    let said = |error: touchmark::error::Error| error.to_string();
    match operation {
        "hash" => {
            let options = given.sign_options()?;
            Ok(Box::new(move || digest(&model, &options, &Progress::default()).map(drop).map_err(said)))
        }
        "sign" => signing(given, model),
        "verify" => verifying(given, model),
        other => Err(format!("--operation {other}: hash, sign or verify is expected")),
    }
}

fn signing<'g>(given: &'g Given, model: PathBuf) -> Fallible<Box<dyn Fn() -> Fallible<()> + 'g>> {
    given.text("output-bundle")?;
    let options = given.sign_options()?;
    let key = || {
        let pem = read_pem(&given.path("private-key")?)?;
        SigningKey::from_pem(&pem).map_err(|error| error.to_string())
    };
    let progress = Progress::default;
    Ok(match given.method()? {
        Method::Key => {
            let key = key()?;
            Box::new(move || {
                sign_key(&model, &key, &options, &progress()).map(drop).map_err(|e| e.to_string())
            })
        }
        Method::Certificate => {
            let (key, mut chain) = (key()?, Vec::new());
            for file in [given.path("signing-cert")?].into_iter().chain(given.paths("cert-chain")) {
                chain.extend(certificates_from_pem(&read_pem(&file)?).map_err(|error| error.to_string())?);
            }
            Box::new(move || {
                let now = jiff::Timestamp::now();
                let signed = sign_certificate(&model, &key, &chain, &options, now, &progress());
                signed.map(drop).map_err(|error| error.to_string())
            })
        }
        Method::Sigstore => Box::new(move || keyless(given, &model, &options)),
    })
}

#[cfg(feature = "keyless")]
fn keyless(given: &Given, model: &Path, options: &SignOptions) -> Fallible<()> {
    use touchmark::signing::{Credentials, DEFAULT_AUDIENCE, IdentityToken, Instance, sign_sigstore};
    let instance = if given.has("use-staging") { Instance::staging() } else { Instance::public_good() };
    let instance = instance.map_err(|error| error.to_string())?;
    let token = IdentityToken::parse(given.text("identity-token")?, DEFAULT_AUDIENCE, jiff::Timestamp::now());
    let credentials = Credentials::Token(token.map_err(|error| error.to_string())?);
    let patience = std::time::Duration::from_secs(30);
    let signed = sign_sigstore(model, &instance, credentials, options, patience, &Progress::default());
    signed.map(drop).map_err(|error| error.to_string())
}

#[cfg(not(feature = "keyless"))]
fn keyless(_: &Given, _: &Path, _: &SignOptions) -> Fallible<()> {
    Err("built without the feature `keyless`".to_owned())
}

fn verifying<'g>(given: &'g Given, model: PathBuf) -> Fallible<Box<dyn Fn() -> Fallible<()> + 'g>> {
    let bundle = given.path("bundle")?;
    let method = given.method()?;
    let (anchors, identity) = match method {
        Method::Key => {
            (vec![Anchor::read_key("--public-key", &given.path("public-key")?)], IdentityRule::AnchorDecides)
        }
        Method::Certificate => {
            let files = given.paths("cert-chain");
            let anchors = files.iter().map(|file| Anchor::read_ca("--cert-chain", file)).collect();
            (anchors, IdentityRule::AnchorDecides)
        }
        Method::Sigstore => {
            let anchor = if given.has("use-staging") { Anchor::staging() } else { Anchor::public_good() };
            let (subject, issuer) = (given.text("identity")?, given.text("identity-provider")?);
            let identity = IdentityRule::Exact { subject: subject.into(), issuer: Some(issuer.into()) };
            (vec![Ok(anchor)], identity)
        }
    };
    let anchors = anchors.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    let trust = Trust { anchors, identity };
    let options = VerifyOptions {
        method: Some(method),
        ignore_paths: given.paths("ignore-paths"),
        ignore_unsigned_files: given.has("ignore-unsigned-files"),
        ..VerifyOptions::at(jiff::Timestamp::now())
    };
    Ok(Box::new(move || {
        let verification = verify(&model, &bundle, &trust, &options, &Progress::default());
        let verification = verification.map_err(|error| error.to_string())?;
        match (verification.outcome(), verification.headline()) {
            (Outcome::Pass, _) => Ok(()),
            (outcome, None) => Err(outcome.word().to_owned()),
            (outcome, Some(check)) => Err(format!("{} {}", outcome.word(), check.code)),
        }
    }))
}

fn read_pem(path: &Path) -> Fallible<Vec<u8>> {
    read_small(path, LIMIT_PEM_BYTES).map_err(|error| error.to_string())
}

/// The times of a job that is done again and again, in milliseconds.
fn benchmark(given: &Given) -> Fallible<String> {
    if let Some(workers) = given.number("max-workers")? {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build_global();
        pool.map_err(|cause| cause.to_string())?;
    }
    let job = job(given, given.text("operation")?)?;
    let repeat: u32 = given.number("repeat")?.unwrap_or(1);
    let mut times = Vec::new();
    for _ in 0..repeat {
        let began = Instant::now();
        job()?;
        times.push(format!("{:.3}", began.elapsed().as_secs_f64() * 1000.0));
    }
    Ok(format!("{{\"times_ms\": [{}]}}\n", times.join(", ")))
}
