//! Identity tokens from the surroundings: what build services and clusters put where their jobs run.

use crate::disk::read_small;
use crate::error::{Code, Error, Result};
use crate::http::{Body, Client, Service, form};
use crate::json;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

const LIMIT_TOKEN_BYTES: u64 = 64 * 1024;
/// Where clusters mount a token for signing; cosign reads it as well.
const TOKEN_FILE: &str = "/var/run/sigstore/cosign/oidc-token";
/// Where Google's own libraries look for another metadata server than the usual one.
const METADATA_HOST: &str = "GCE_METADATA_HOST";

/// A place to look: its name, whether we are there, and how to ask.
struct Place {
    name: &'static str,
    looked_for: &'static str,
    is_here: fn(&str) -> bool,
    ask: fn(&Client, &str, Duration) -> Result<Zeroizing<String>>,
}

/// In this order; the first that is here answers, and when it cannot the others are not asked.
static PLACES: [Place; 6] = [
    Place {
        name: "a pipeline's variable",
        looked_for: "SIGSTORE_ID_TOKEN",
        is_here: |audience| variable(&token_variable(audience)).is_some(),
        ask: |_, audience, _| Ok(Zeroizing::new(variable(&token_variable(audience)).unwrap_or_default())),
    },
    Place {
        name: "GitHub Actions",
        looked_for: "GITHUB_ACTIONS",
        is_here: |_| says_true("GITHUB_ACTIONS"),
        ask: github,
    },
    Place {
        name: "CircleCI",
        looked_for: "CIRCLECI",
        is_here: |_| says_true("CIRCLECI"),
        ask: |_, audience, timeout| {
            let claims = serde_json::json!({ "aud": audience }).to_string();
            output_of("circleci", &["run", "oidc", "get", "--claims", &claims], timeout)
        },
    },
    Place {
        name: "Buildkite",
        looked_for: "BUILDKITE",
        is_here: |_| says_true("BUILDKITE"),
        ask: |_, audience, timeout| {
            output_of("buildkite-agent", &["oidc", "request-token", "--audience", audience], timeout)
        },
    },
    Place {
        name: "Google Cloud",
        looked_for: METADATA_HOST,
        is_here: |_| variable(METADATA_HOST).is_some() || is_google(),
        ask: google,
    },
    Place {
        name: "a cluster's token file",
        looked_for: TOKEN_FILE,
        is_here: |_| Path::new(TOKEN_FILE).is_file(),
        ask: |_, _, _| text(read_small(Path::new(TOKEN_FILE), LIMIT_TOKEN_BYTES)?),
    },
];

/// Whether there is a place to ask: told before hours of hashing, not after.
///
/// # Errors
/// `E-CREDENTIALS` with all places that were looked at.
pub(super) fn check(audience: &str) -> Result<()> {
    place(audience).map(|_| ())
}

/// A token for the audience from where this program runs.
///
/// # Errors
/// As [`check`]; what the place that is here fails with.
pub(super) fn token(client: &Client, audience: &str, timeout: Duration) -> Result<Zeroizing<String>> {
    (place(audience)?.ask)(client, audience, timeout)
}

fn place(audience: &str) -> Result<&'static Place> {
    PLACES.iter().find(|place| (place.is_here)(audience)).ok_or_else(|| {
        let looked: Vec<String> =
            PLACES.iter().map(|place| format!("{} ({})", place.name, place.looked_for)).collect();
        Error::new(Code::Credentials, "no identity token was found in the surroundings")
            .at(format!("looked for {}", looked.join(", ")))
            .help("give one with --identity-token-file, or leave --use-ambient-credentials out to log in")
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn says_true(name: &str) -> bool {
    variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// GitLab's custom: `SIGSTORE_ID_TOKEN` for the audience `sigstore`.
fn token_variable(audience: &str) -> String {
    let name = audience.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    format!("{}_ID_TOKEN", name.collect::<String>())
}

fn github(client: &Client, audience: &str, _timeout: Duration) -> Result<Zeroizing<String>> {
    const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
    let (Some(url), Some(bearer)) = (variable(URL), variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")) else {
        return Err(Error::new(Code::Credentials, "GitHub Actions gives this job no identity token")
            .at(URL)
            .help("the workflow needs `permissions: id-token: write`"));
    };
    let join = if url.contains('?') { '&' } else { '?' };
    let service =
        Service::new("GitHub's token service", format!("{url}{join}{}", form(&[("audience", audience)])))?;
    let authorization = Zeroizing::new(format!("Bearer {bearer}"));
    let answer = Zeroizing::new(client.call(
        &service,
        "give a token",
        &Body::Nothing,
        Some(("Authorization", &authorization)),
    )?);
    let document = json::parse(&answer, 8).map_err(|error| service.unusable(error.what))?;
    let token = document.get("value").and_then(serde_json::Value::as_str);
    token.map(|token| Zeroizing::new(token.to_owned())).ok_or_else(|| service.unusable("it holds no token"))
}

fn is_google() -> bool {
    let product = read_small(Path::new("/sys/class/dmi/id/product_name"), 256).unwrap_or_default();
    product.trim_ascii().starts_with(b"Google")
}

/// The metadata server is one hop away and speaks plain HTTP; the header keeps others from being led to ask it.
fn google(client: &Client, audience: &str, _timeout: Duration) -> Result<Zeroizing<String>> {
    let host = variable(METADATA_HOST).unwrap_or_else(|| "metadata.google.internal".to_owned());
    let query = form(&[("audience", audience), ("format", "full")]);
    let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/identity?{query}");
    let service = Service::in_the_open("Google's metadata server", url)?;
    let header = Some(("Metadata-Flavor", "Google"));
    text(client.call(&service, "give a token", &Body::Nothing, header)?)
}

/// What a program prints, within a time.
fn output_of(program: &str, arguments: &[&str], timeout: Duration) -> Result<Zeroizing<String>> {
    let failed = |why: String| {
        Error::new(Code::Credentials, format!("{program} gave no identity token ({why})"))
            .at(program)
            .help("check that this job may ask for identity tokens")
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| failed(cause.to_string()))?;
    let until = Instant::now() + timeout;
    let status = loop {
        match child.try_wait().map_err(|cause| failed(cause.to_string()))? {
            Some(status) => break status,
            None if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed("no answer in time".to_owned()));
            }
        }
    };
    let mut bytes = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let read = stdout.take(LIMIT_TOKEN_BYTES).read_to_end(&mut bytes);
        read.map_err(|cause| failed(cause.to_string()))?;
    }
    if !status.success() || bytes.is_empty() {
        return Err(failed(status.to_string()));
    }
    text(bytes)
}

fn text(bytes: Vec<u8>) -> Result<Zeroizing<String>> {
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|_| {
        Error::new(Code::Token, "the identity token is not text").help("expected a JSON Web Token")
    })
}
