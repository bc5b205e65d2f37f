//! Requests to a registry or a hub over HTTP: documents within limits, and bytes that resume where they broke off. Redirects are
//! followed over TLS alone, and credentials stay with the host that they are for. It knows no registry, no hub and no model.

use super::files::changed;
use super::hosts::is_loopback;
use crate::error::{Code, Error, Result};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How often a request is made before it counts as failed for now.
const ATTEMPTS: u32 = 5;
/// How often one thing's bytes are gone on with.
const BYTES_ATTEMPTS: u32 = 10;
/// The pause before the second attempt; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// Whoever asks for a longer pause is asked again by whoever tries again.
const MAX_PAUSE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);
/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(60);
/// Other places that are sent on to.
const MAX_HOPS: usize = 3;
const AGENT: &str = concat!("touchmark/", env!("CARGO_PKG_VERSION"));

/// Who is asked.
pub(super) struct Web {
    runtime: Runtime,
    pub(super) client: Client,
    pub(super) base: Url,
    /// What it is: `registry`.
    who: &'static str,
    /// What helps where it refuses, and where it has no such thing.
    helps: [&'static str; 2],
    /// As a location names it.
    place: String,
}

/// A document as it came.
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) headers: HeaderMap,
}

impl Document {
    /// The query of the next page, where one is named: `<…?QUERY>; rel="next"`. Its host and path are not used.
    pub(super) fn next_page(&self) -> Option<String> {
        let link = self.headers.get("link")?.to_str().ok()?;
        let (target, rel) = link.strip_prefix('<')?.split_once('>')?;
        let query = target.split_once('?')?.1.split('#').next()?;
        (rel.contains("rel=\"next\"") || rel.contains("rel=next")).then(|| query.to_owned())
    }
}

/// What became of one attempt.
pub(super) enum Failed {
    /// It may work later, or after a pause that was asked for.
    ForNow(String, Option<Duration>),
    For(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::For(error)
    }
}

/// What becomes of a request before it is sent.
pub(super) type With<'w> = &'w (dyn Fn(RequestBuilder) -> RequestBuilder + Sync);

/// Looks at the headers of an answer before its bytes are taken.
pub(super) type Looks<'l> = &'l dyn Fn(&HeaderMap) -> Result<()>;
/// Takes bytes, in their order.
pub(super) type Takes<'t> = &'t mut dyn FnMut(&[u8]) -> Result<()>;

/// Shows who asks, as the one who is asked wants it shown. It is called for addresses of its own alone.
pub(super) trait Asks {
    /// One request.
    fn ask(&self, url: &Url, with: With<'_>) -> impl Future<Output = std::result::Result<Response, Failed>>;
}

impl Web {
    /// A host: over TLS, or on this machine without. Nothing is asked yet.
    pub(super) fn new(
        (host, reached): (&str, &str),
        place: String,
        who: &'static str,
        helps: [&'static str; 2],
    ) -> Result<Self> {
        let is_here = is_loopback(host);
        let scheme = if is_here { "http" } else { "https" };
        let usage = |what: String| Error::new(Code::Usage, what).at(place.as_str());
        let base = Url::parse(&format!("{scheme}://{reached}/"));
        let base = base.map_err(|_| usage(format!("not the host of a {who}")))?;
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
        Ok(Web { runtime, client, base, who, helps, place })
    }

    /// A document of at most `limit` bytes. Sent on it is only where `may_move`. `below` is what errors call it.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-REFUSED`, `E-TOO-LARGE`; `E-MALFORMED` for what nobody answers; `E-NETWORK`.
    pub(super) fn document(
        &self,
        asks: &impl Asks,
        (url, below): (&Url, &str),
        (with, may_move): (With<'_>, bool),
        limit: usize,
    ) -> Result<Document> {
        self.tries(ATTEMPTS, async || {
            let answer = match may_move {
                true => self.sent_on(asks, url, with).await?,
                false => asks.ask(url, with).await?,
            };
            if answer.status().is_redirection() {
                return Err(self.odd("it sends on what is no blob").into());
            }
            self.good(answer.status(), answer.headers(), below)?;
            let headers = answer.headers().clone();
            Ok(Document { bytes: body(answer, limit, below).await?, headers })
        })
    }

    /// All bytes of something that has `size` of them. `looks` sees the headers of each answer.
    ///
    /// # Errors
    /// `E-CHANGED` when there are not so many; `E-NOT-FOUND`, `E-REFUSED`, `E-MALFORMED`, `E-NETWORK`; what `come` and
    /// `looks` give.
    pub(super) fn bytes(
        &self,
        asks: &impl Asks,
        (url, below): (&Url, &str),
        size: u64,
        looks: Looks<'_>,
        come: Takes<'_>,
    ) -> Result<()> {
        let mut at = 0;
        self.tries(BYTES_ATTEMPTS, async || {
            self.go_on(asks, (url, below), size, &mut at, (looks, &mut *come)).await
        })
    }

    /// Attempts, until one works or none will.
    fn tries<T>(
        &self,
        attempts: u32,
        mut once: impl AsyncFnMut() -> std::result::Result<T, Failed>,
    ) -> Result<T> {
        self.runtime.block_on(async {
            let (mut pause, mut last) = (PAUSE, String::new());
            for attempt in 0..attempts {
                if attempt > 0 {
                    tokio::time::sleep(pause).await;
                    pause = MAX_PAUSE.min(pause * 2);
                }
                match once().await {
                    Ok(done) => return Ok(done),
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

    /// One attempt at bytes, from where the last one ended.
    async fn go_on(
        &self,
        asks: &impl Asks,
        (url, below): (&Url, &str),
        size: u64,
        at: &mut u64,
        (looks, come): (Looks<'_>, Takes<'_>),
    ) -> std::result::Result<(), Failed> {
        let from = *at;
        if from == size && from > 0 {
            return Ok(());
        }
        let ranged = |request: RequestBuilder| match from {
            0 => request,
            from => request.header(reqwest::header::RANGE, format!("bytes={from}-")),
        };
        let mut answer = self.sent_on(asks, url, &ranged).await?;
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(changed(below).into());
        }
        self.good(answer.status(), answer.headers(), below)?;
        looks(answer.headers())?;
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
        let mut came = 0_u64;
        while let Some(piece) =
            answer.chunk().await.map_err(|_| Failed::ForNow("the answer broke off".to_owned(), None))?
        {
            came += piece.len() as u64;
            let known = usize::try_from(skip).unwrap_or(usize::MAX).min(piece.len());
            skip -= known as u64;
            let new = piece.get(known..).unwrap_or_default();
            if at.saturating_add(new.len() as u64) > size {
                return Err(Error::new(Code::Changed, format!("longer than the {} said", self.who))
                    .at(below)
                    .into());
            }
            *at += new.len() as u64;
            come(new)?;
        }
        match *at == size {
            true => Ok(()),
            false if said == Some(came) => {
                Err(Error::new(Code::Changed, format!("shorter than the {} said", self.who)).at(below).into())
            }
            false => Err(Failed::ForNow(format!("{at} of {size} bytes came", at = *at), None)),
        }
    }

    /// Asks, and goes where it is sent on to: never without TLS off this machine, and elsewhere as nobody.
    async fn sent_on(
        &self,
        asks: &impl Asks,
        url: &Url,
        with: With<'_>,
    ) -> std::result::Result<Response, Failed> {
        let mut answer = asks.ask(url, with).await?;
        let mut url = url.clone();
        for _ in 0..MAX_HOPS {
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            let place = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            let next = place.and_then(|place| url.join(place).ok());
            let next = next.ok_or_else(|| self.odd("it sends on to nowhere"))?;
            if !self.is_safe(&next) {
                let what = format!("the {} sends on to a place without TLS", self.who);
                return Err(Error::new(Code::Refused, what).at(self.place.as_str()).into());
            }
            answer = match next.origin() == self.base.origin() {
                true => asks.ask(&next, with).await?,
                false => with(self.client.get(next.clone())).send().await.map_err(unsent)?,
            };
            url = next;
        }
        match answer.status().is_redirection() {
            true => Err(self.odd("it sends on again and again").into()),
            false => Ok(answer),
        }
    }

    /// Whether what is named may be asked: over TLS, or on this machine where the one who names it is; as nobody.
    pub(super) fn is_safe(&self, url: &Url) -> bool {
        let is_here = |url: &Url| url.scheme() == "http" && url.host_str().is_some_and(is_loopback);
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        is_anonymous && url.has_host() && (url.scheme() == "https" || is_here(&self.base) && is_here(url))
    }

    /// An error unless the status is that of an answer.
    pub(super) fn good(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        below: &str,
    ) -> std::result::Result<(), Failed> {
        let error = |code: Code, what: String| Error::new(code, what).at(format!("{} {below}", self.place));
        let [refused, absent] = self.helps;
        match status.as_u16() {
            200 | 206 => Ok(()),
            404 => {
                Err(error(Code::NotFound, format!("the {} has no such thing", self.who)).help(absent).into())
            }
            401 | 403 => {
                Err(error(Code::Refused, format!("the {} refused access", self.who)).help(refused).into())
            }
            408 | 425 | 429 | 500..=599 => {
                let asked = headers.get(RETRY_AFTER).and_then(|after| after.to_str().ok());
                let asked = asked.and_then(|after| after.trim().parse().ok()).map(Duration::from_secs);
                Err(Failed::ForNow(format!("the {} answered {}", self.who, status.as_u16()), asked))
            }
            status => Err(error(Code::Malformed, format!("the {} answered {status}", self.who)).into()),
        }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// An answer that nobody gives.
    pub(super) fn odd(&self, what: &str) -> Error {
        Error::new(Code::Malformed, format!("the {}'s answer cannot be used: {what}", self.who))
            .at(self.place.as_str())
    }

    fn for_now(&self, why: &str) -> Error {
        Error::new(Code::Network, format!("the {} cannot be used now ({why})", self.who))
            .at(self.place.as_str())
            .help("try again later; nothing was committed")
    }
}

/// What the client says names the address, and may name more.
pub(super) fn unsent(cause: reqwest::Error) -> Failed {
    let why = match () {
        () if cause.is_timeout() => "no answer in time",
        () if cause.is_connect() => "no connection",
        () => "no answer",
    };
    Failed::ForNow(why.to_owned(), None)
}

/// A body within a limit.
pub(super) async fn body(
    mut answer: Response,
    limit: usize,
    below: &str,
) -> std::result::Result<Vec<u8>, Failed> {
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

/// An object of JSON; a list would be read as the members of one.
pub(super) fn object<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    bytes.trim_ascii_start().starts_with(b"{").then(|| serde_json::from_slice(bytes).ok())?
}
