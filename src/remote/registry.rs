//! The few requests that are made of an OCI registry, over HTTP: documents within limits, and blobs that are checked
//! against their digests. Tokens are asked for as the registry says to, kept for one repository, and sent to no other
//! host. It knows no layout and no model.

use super::files::changed;
use super::hosts::is_loopback;
use super::logins::{Login, login};
use crate::error::{Code, Error, Result};
use aws_lc_rs::digest::{Context, SHA256};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How often a request is made before it counts as failed for now.
const ATTEMPTS: u32 = 5;
/// How often one blob is gone on with.
const BLOB_ATTEMPTS: u32 = 10;
/// The pause before the second attempt; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// A registry that asks for a longer pause is asked again by whoever tries again.
const MAX_PAUSE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);
/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(60);
/// Other places that a blob is sent on to.
const MAX_HOPS: usize = 3;
/// The largest answer with a token.
const MAX_TOKEN_BYTES: usize = 256 * 1024;
/// The longest token: a header has to hold it.
const MAX_TOKEN: usize = 32 * 1024;
const AGENT: &str = concat!("touchmark/", env!("CARGO_PKG_VERSION"));

/// One repository of a registry.
pub(super) struct Registry {
    runtime: Runtime,
    client: Client,
    base: Url,
    repository: String,
    login: Option<Login>,
    /// What stands behind `Authorization:`, once the registry asked for it.
    token: Mutex<Option<String>>,
}

/// A document as it came.
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) headers: HeaderMap,
}

/// What became of one attempt.
enum Failed {
    /// It may work later, or after a pause that the registry asks for.
    ForNow(String, Option<Duration>),
    For(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::For(error)
    }
}

/// How a registry wants to be shown who asks.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

impl Registry {
    /// A repository. Nothing is asked yet.
    pub(super) fn new(host: &str, repository: &str) -> Result<Self> {
        let is_here = is_loopback(host);
        let reached = if host == "docker.io" { "registry-1.docker.io" } else { host };
        let scheme = if is_here { "http" } else { "https" };
        let place = format!("oci://{host}/{repository}");
        let usage = |what: String| Error::new(Code::Usage, what).at(&place);
        let base = Url::parse(&format!("{scheme}://{reached}/"));
        let base = base.map_err(|_| usage("not the host of a registry".to_owned()))?;
        let mut client = Client::builder()
            .redirect(Policy::none())
            .https_only(!is_here)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .user_agent(AGENT);
        if is_here {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| usage("no HTTP client can be made".to_owned()))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|cause| Error::new(Code::Internal, format!("no event loop can be made ({cause})")))?;
        Ok(Registry {
            runtime,
            client,
            base,
            repository: repository.to_owned(),
            login: login(host)?,
            token: Mutex::default(),
        })
    }

    /// What lies below the repository, as `manifests/TAG`: a document of at most `limit` bytes.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-REFUSED`, `E-TOO-LARGE`; `E-MALFORMED` for what no registry answers; `E-NETWORK`.
    pub(super) fn document(&self, below: &str, accept: &str, limit: usize) -> Result<Document> {
        let url = self.at(below)?;
        self.runtime.block_on(async {
            let (mut pause, mut last) = (PAUSE, String::new());
            for attempt in 0..ATTEMPTS {
                if attempt > 0 {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                let once = async {
                    let answer = self.ask(&url, |request| request.header(ACCEPT, accept)).await?;
                    if answer.status().is_redirection() {
                        return Err(self.odd("it sends on what is no blob").into());
                    }
                    self.good(answer.status(), answer.headers(), below)?;
                    let headers = answer.headers().clone();
                    Ok(Document { bytes: body(answer, limit, below).await?, headers })
                };
                match once.await {
                    Ok(document) => return Ok(document),
                    Err(Failed::For(error)) => return Err(error),
                    Err(Failed::ForNow(why, asked)) => {
                        last = why;
                        match asked {
                            Some(asked) if asked > MAX_PAUSE => break,
                            Some(asked) => pause = pause.max(asked),
                            None => {}
                        }
                    }
                }
            }
            Err(self.for_now(&last))
        })
    }

    /// All bytes of a blob. The last of them come before what does not come to the digest is an error.
    ///
    /// # Errors
    /// `E-CHANGED` when its bytes are not those of the digest, or not so many; `E-NOT-FOUND`, `E-REFUSED`,
    /// `E-MALFORMED`, `E-NETWORK`; what `take` gives.
    pub(super) fn blob(&self, hex: &str, size: u64, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let below = format!("blobs/sha256:{hex}");
        let url = self.at(&below)?;
        let (mut sum, mut at) = (Context::new(&SHA256), 0_u64);
        self.runtime.block_on(async {
            let (mut pause, mut last) = (PAUSE, String::new());
            for attempt in 0..BLOB_ATTEMPTS {
                if attempt > 0 {
                    tokio::time::sleep(pause).await;
                    pause = MAX_PAUSE.min(pause * 2);
                }
                let mut come = |piece: &[u8]| {
                    sum.update(piece);
                    take(piece)
                };
                match self.go_on((&url, &below), size, &mut at, &mut come).await {
                    Ok(()) => {
                        let came = hex::encode(sum.finish());
                        return if came == hex { Ok(()) } else { Err(self.other_bytes(&below)) };
                    }
                    Err(Failed::For(error)) => return Err(error),
                    Err(Failed::ForNow(why, asked)) => {
                        last = why;
                        match asked {
                            Some(asked) if asked > MAX_PAUSE => break,
                            Some(asked) => pause = pause.max(asked),
                            None => {}
                        }
                    }
                }
            }
            Err(self.for_now(&last))
        })
    }

    /// One attempt at a blob, from where the last one ended.
    async fn go_on(
        &self,
        (url, below): (&Url, &str),
        size: u64,
        at: &mut u64,
        come: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> std::result::Result<(), Failed> {
        let from = *at;
        if from == size && from > 0 {
            return Ok(());
        }
        let answer = self.sent_on(url, from).await?;
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(changed(below).into());
        }
        self.good(answer.status(), answer.headers(), below)?;
        // One that knows no ranges begins anew.
        let mut skip = match answer.status() {
            StatusCode::PARTIAL_CONTENT => {
                let range = answer.headers().get("content-range").and_then(|range| range.to_str().ok());
                if !range.is_some_and(|range| range.starts_with(&format!("bytes {from}-"))) {
                    return Err(self.odd("it gives another range than was asked for").into());
                }
                0
            }
            _ => from,
        };
        let said = answer.content_length();
        let (mut answer, mut came) = (answer, 0_u64);
        while let Some(piece) =
            answer.chunk().await.map_err(|_| Failed::ForNow("the answer broke off".to_owned(), None))?
        {
            came += piece.len() as u64;
            let known = usize::try_from(skip).unwrap_or(usize::MAX).min(piece.len());
            skip -= known as u64;
            let new = piece.get(known..).unwrap_or_default();
            if at.saturating_add(new.len() as u64) > size {
                return Err(Error::new(Code::Changed, "the blob is longer than its manifest says")
                    .at(below)
                    .into());
            }
            *at += new.len() as u64;
            come(new)?;
        }
        match *at == size {
            true => Ok(()),
            false if said == Some(came) => {
                Err(Error::new(Code::Changed, "the blob is shorter than its manifest says").at(below).into())
            }
            false => Err(Failed::ForNow(format!("{at} of {size} bytes came", at = *at), None)),
        }
    }

    /// Asks for a blob, and goes where it is sent on to: never without TLS off this machine, and with no token.
    async fn sent_on(&self, url: &Url, from: u64) -> std::result::Result<Response, Failed> {
        let ranged = |request: reqwest::RequestBuilder| match from {
            0 => request,
            from => request.header(RANGE, format!("bytes={from}-")),
        };
        let mut answer = self.ask(url, ranged).await?;
        let mut url = url.clone();
        for _ in 0..MAX_HOPS {
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            let place = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            let next = place.and_then(|place| url.join(place).ok());
            let next = next.ok_or_else(|| self.odd("it sends on to nowhere"))?;
            if !self.is_safe(&next) {
                return Err(Error::new(Code::Refused, "the registry sends on to a place without TLS")
                    .at(self.place())
                    .into());
            }
            answer = match next.origin() == self.base.origin() {
                true => self.ask(&next, ranged).await?,
                false => ranged(self.client.get(next.clone())).send().await.map_err(unsent)?,
            };
            url = next;
        }
        Err(self.odd("it sends on again and again").into())
    }

    /// One request of the registry itself, with a token where it asks for one.
    async fn ask(
        &self,
        url: &Url,
        with: impl Fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> std::result::Result<Response, Failed> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = |token: &Option<String>| {
            let request = with(self.client.get(url.clone()));
            match token {
                Some(token) => request.header(AUTHORIZATION, token),
                None => request,
            }
        };
        let answer = request(&kept).send().await.map_err(unsent)?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let asked = answer.headers().get_all(WWW_AUTHENTICATE).iter();
        let asked = asked.filter_map(|line| line.to_str().ok()).find_map(challenge);
        let Some(token) = self.token(asked).await? else { return Ok(answer) };
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        request(&Some(token)).send().await.map_err(unsent)
    }

    /// What shows who asks; none where nothing can.
    async fn token(&self, asked: Option<Challenge>) -> std::result::Result<Option<String>, Failed> {
        let basic = self.login.as_ref().map(|login| format!("Basic {}", login.as_str()));
        let (realm, service) = match asked {
            None => return Ok(None),
            Some(Challenge::Basic) => return Ok(basic),
            Some(Challenge::Bearer { realm, service }) => (realm, service),
        };
        let mut url = Url::parse(&realm).map_err(|_| self.odd("it names no service that gives tokens"))?;
        if !self.is_safe(&url) {
            return Err(Error::new(Code::Refused, "the registry's tokens are given without TLS")
                .at(self.place())
                .into());
        }
        {
            let mut query = url.query_pairs_mut();
            if let Some(service) = &service {
                query.append_pair("service", service);
            }
            // No more than is needed, whatever the registry would have asked for.
            query.append_pair("scope", &format!("repository:{}:pull", self.repository));
        }
        let mut request = self.client.get(url);
        if let Some(basic) = basic {
            request = request.header(AUTHORIZATION, basic);
        }
        let answer = request.send().await.map_err(unsent)?;
        if answer.status().is_redirection() {
            return Err(self.odd("the service that gives tokens sends on").into());
        }
        self.good(answer.status(), answer.headers(), "the service that gives tokens")?;
        let bytes = body(answer, MAX_TOKEN_BYTES, "the service that gives tokens").await?;
        let said: Value = serde_json::from_slice(&bytes).map_err(|_| self.odd("a token that is no JSON"))?;
        let token = ["token", "access_token"].iter().find_map(|key| said.get(key)?.as_str());
        let is_good = |token: &&str| token.len() <= MAX_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
        let token = token.filter(is_good).ok_or_else(|| self.odd("an answer without a token"))?;
        Ok(Some(format!("Bearer {token}")))
    }

    /// Whether what this registry names may be asked: over TLS, or on this machine where the registry is; as nobody.
    fn is_safe(&self, url: &Url) -> bool {
        let is_here = |url: &Url| url.scheme() == "http" && url.host_str().is_some_and(is_loopback);
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        is_anonymous && url.has_host() && (url.scheme() == "https" || is_here(&self.base) && is_here(url))
    }

    /// An error unless the status is that of an answer.
    fn good(&self, status: StatusCode, headers: &HeaderMap, below: &str) -> std::result::Result<(), Failed> {
        let error = |code: Code, what: &str| {
            Failed::For(Error::new(code, what.to_owned()).at(format!("{} {below}", self.place())))
        };
        match status.as_u16() {
            200 | 206 => Ok(()),
            404 => Err(Failed::For(
                Error::new(Code::NotFound, "the registry has no such thing")
                    .at(format!("{} {below}", self.place()))
                    .help(
                        "check repository and tag; some registries hide what is not public: `docker login`",
                    ),
            )),
            401 | 403 => Err(Failed::For(
                Error::new(Code::Refused, "the registry refused access")
                    .at(format!("{} {below}", self.place()))
                    .help("log in with `docker login`; logins that a helper keeps are not read"),
            )),
            408 | 425 | 429 | 500..=599 => {
                let asked = headers.get(RETRY_AFTER).and_then(|after| after.to_str().ok());
                let asked = asked.and_then(|after| after.trim().parse().ok()).map(Duration::from_secs);
                Err(Failed::ForNow(format!("the registry answered {}", status.as_u16()), asked))
            }
            status => Err(error(Code::Malformed, &format!("the registry answered {status}"))),
        }
    }

    fn at(&self, below: &str) -> Result<Url> {
        let url = self.base.join(&format!("v2/{}/{below}", self.repository));
        url.map_err(|_| Error::new(Code::Internal, "an address cannot be made").at(below))
    }

    pub(super) fn place(&self) -> String {
        format!("oci://{}/{}", self.base.authority(), self.repository)
    }

    /// An answer that no registry gives.
    pub(super) fn odd(&self, what: &str) -> Error {
        Error::new(Code::Malformed, format!("the registry's answer cannot be used: {what}")).at(self.place())
    }

    fn other_bytes(&self, below: &str) -> Error {
        Error::new(Code::Changed, "the registry gives other bytes than the digest names")
            .at(format!("{} {below}", self.place()))
            .help("do not use the model; tell the operator of the registry")
    }

    fn for_now(&self, why: &str) -> Error {
        Error::new(Code::Network, format!("the registry cannot be used now ({why})"))
            .at(self.place())
            .help("try again later; nothing was committed")
    }
}

/// What the client says names the address, and may name more.
fn unsent(cause: reqwest::Error) -> Failed {
    let why = match () {
        () if cause.is_timeout() => "no answer in time",
        () if cause.is_connect() => "no connection",
        () => "no answer",
    };
    Failed::ForNow(why.to_owned(), None)
}

async fn body(mut answer: Response, limit: usize, below: &str) -> std::result::Result<Vec<u8>, Failed> {
    let too_large = || Error::new(Code::TooLarge, format!("larger than {limit} bytes")).at(below);
    if answer.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large().into());
    }
    let mut bytes = Vec::new();
    let broke = |_| Failed::ForNow("the answer broke off".to_owned(), None);
    while let Some(piece) = answer.chunk().await.map_err(broke)? {
        if bytes.len() + piece.len() > limit {
            return Err(too_large().into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// `Bearer realm="…",service="…"`, or `Basic …`.
fn challenge(line: &str) -> Option<Challenge> {
    let (scheme, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (mut realm, mut service) = (None, None);
    let mut rest = rest.trim_start();
    while let Some((name, value)) = rest.split_once('=') {
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_once(',').unwrap_or((value, "")),
        };
        let slot = match name.trim().to_ascii_lowercase().as_str() {
            "realm" => &mut realm,
            "service" => &mut service,
            _ => &mut None,
        };
        *slot = Some(value.to_owned());
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Some(Challenge::Bearer { realm: realm?, service })
}
