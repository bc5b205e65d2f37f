//! Objects of cloud stores: one adapter, and for each service what it asks and how it answers. The pages of
//! listings, reads pinned to a state, puts where nothing is, and attempts are the same for all. It knows no service.
//!
//! `object_store` gives credentials, signatures and the HTTP client. Its own stores are not used: they end a whole listing
//! at one odd key, take `model/` and `model` for the same, and read answers without limits.

use super::files::{CHUNK, Checksum, Files, Object, Order, Seen, changed};
use super::hosts::is_loopback;
use super::names::{KeyFault, check_key};
use super::wire::header;
use crate::error::{Code, Error, Result};
use futures_util::{StreamExt, stream};
use http::{Method, Request, StatusCode};
use object_store::client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector};
use object_store::{ClientConfigKey, ClientOptions, HeaderMap, RetryConfig};
use std::ops::{ControlFlow, Range};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How often a request is made before it counts as failed for now.
const ATTEMPTS: u32 = 5;
/// The pause before the second attempt; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// How long one request may take.
const TIMEOUT: &str = "60 seconds";
const CONNECT: &str = "5 seconds";
/// Pieces of one object that are on their way at once.
const AT_ONCE: usize = 4;
/// The largest answer that is no object.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// Pages in a row without an object.
const MAX_EMPTY: u32 = 1000;

/// A request.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    /// The whole address. No credentials are in it.
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: &'a [u8],
}

impl Ask<'_> {
    /// A request without a body.
    pub(super) fn new(method: Method, url: String) -> Self {
        Ask { method, url, headers: Vec::new(), body: &[] }
    }
}

/// An answer that was not an error.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// One page of a listing.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<Row>,
    /// Where the next page begins; none after the last.
    pub(super) next: Option<String>,
}

/// One object of a page.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// As text; raw where that it is not.
    pub(super) key: String,
    /// Why the key is no path, where the service knows already.
    pub(super) fault: Option<KeyFault>,
    pub(super) size: u64,
    /// Names the state of its bytes: an entity tag or a generation.
    pub(super) tag: String,
}

/// What a service says of an object.
#[derive(Debug)]
pub(super) struct State {
    pub(super) size: u64,
    pub(super) tag: String,
    pub(super) version: Option<String>,
    pub(super) checksum: Option<Checksum>,
}

impl State {
    /// Of a service whose states have tags alone. MD5 and CRC are what such services sum, and neither stands for SHA-256.
    pub(super) fn new(size: u64, tag: String) -> Self {
        State { size, tag, version: None, checksum: None }
    }
}

/// What one kind of store asks, and how it answers. Keys are whole.
pub(super) trait Service: Send + Sync {
    /// A page of what begins with a prefix.
    fn asks_page(&self, prefix: &str, from: Option<&str>) -> Ask<'static>;
    /// Reads it.
    fn page(&self, body: &[u8]) -> Result<Page>;
    /// The state of an object.
    fn asks_state(&self, key: &str) -> Ask<'static>;
    /// Reads it.
    fn state(&self, answer: &Answer) -> Option<State>;
    /// Bytes of an object in that state and no other.
    fn asks_range(&self, key: &str, object: &Object, range: &Range<u64>) -> Ask<'static>;
    /// What to check where the service sends on to another place.
    fn elsewhere(&self) -> &'static str {
        "the service sends on to another place"
    }
    /// Which state bytes are of, where the answer says so.
    fn tag(&self, headers: &HeaderMap) -> Option<String>;
    /// Puts an object where none is.
    fn asks_put<'b>(&self, key: &str, bytes: &'b [u8]) -> Ask<'b>;
    /// Whether a refusal to put says that there is one.
    fn is_taken(&self, status: StatusCode, headers: &HeaderMap) -> bool;
    /// Shows who asks. None when that cannot be shown now.
    fn authorize(&self, request: &mut HttpRequest) -> impl Future<Output = Option<()>>;
}

/// Objects of a store.
pub(super) struct Cloud<S> {
    service: S,
    runtime: Runtime,
    client: HttpClient,
    /// As a location names it, without the prefix.
    place: String,
    prefix: String,
}

/// What became of one attempt.
enum Failed {
    /// It may work later.
    ForNow(String),
    For(Error),
}

/// How often the crate asks for credentials.
pub(super) fn retry() -> RetryConfig {
    RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() }
}

/// Whether a variable of the environment, or what the crate made of one, says yes.
pub(super) fn is_yes(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes" | "y")
}

/// An endpoint without a slash at its end: over TLS, or on this machine, or what somebody said may be without.
///
/// # Errors
/// Why it is not used.
pub(super) fn endpoint(text: &str, allows: &str) -> std::result::Result<String, String> {
    let endpoint = text.trim_end_matches('/');
    if endpoint.contains(['@', '?', '#']) {
        return Err("an endpoint holds no credentials and no query".to_owned());
    }
    let plain = endpoint.strip_prefix("http://");
    let is_here = plain.is_some_and(|rest| is_loopback(rest.split('/').next().unwrap_or_default()));
    let may_be_plain = plain.is_some() && std::env::var(allows).is_ok_and(|value| is_yes(&value));
    match endpoint.starts_with("https://") || is_here || may_be_plain {
        true => Ok(endpoint.to_owned()),
        false => {
            Err(format!("the endpoint is reached without TLS: name one with https://, or set {allows}=true"))
        }
    }
}

impl<S: Service> Cloud<S> {
    /// A store. Nothing is asked yet.
    pub(super) fn new(service: S, place: String, prefix: &str, may_be_plain: bool) -> Result<Self> {
        let options = ClientOptions::new()
            .with_config(ClientConfigKey::Timeout, TIMEOUT)
            .with_config(ClientConfigKey::ConnectTimeout, CONNECT)
            .with_allow_http(may_be_plain);
        let client = ReqwestConnector::default().connect(&options);
        let client =
            client.map_err(|_| Error::new(Code::Usage, "no HTTP client can be made").at(place.as_str()))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|cause| Error::new(Code::Internal, format!("no event loop can be made ({cause})")))?;
        Ok(Cloud { service, runtime, client, place, prefix: prefix.to_owned() })
    }

    fn whole(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) }
    }

    /// One attempt.
    async fn once(&self, ask: &Ask<'_>, key: &str, limit: usize) -> std::result::Result<Answer, Failed> {
        let internal = |what: &str| Failed::For(Error::new(Code::Internal, what.to_owned()));
        let mut request = Request::builder().method(ask.method.clone()).uri(ask.url.as_str());
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let body = match ask.body {
            [] => HttpRequestBody::empty(),
            body => HttpRequestBody::from(body.to_vec()),
        };
        let mut request = request.body(body).map_err(|_| internal("a request cannot be made"))?;
        if self.service.authorize(&mut request).await.is_none() {
            return Err(Failed::ForNow("no credentials can be had".to_owned()));
        }
        // What the client says names the address, which may hold a signature by now.
        let answer = self.client.execute(request).await;
        let answer = answer.map_err(|cause| Failed::ForNow(format!("no answer: {:?}", cause.kind())))?;
        let (parts, body) = answer.into_parts();
        // What an error says may be longer than the few bytes that were asked for.
        let limit = if parts.status.is_success() { limit } else { MAX_ANSWER };
        let said = header(&parts.headers, "content-length").and_then(|said| said.parse::<usize>().ok());
        let mut bytes = Vec::with_capacity(said.unwrap_or_default().min(limit));
        if ask.method != Method::HEAD {
            let mut stream = body.bytes_stream();
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(|_| Failed::ForNow("the answer broke off".to_owned()))?;
                if bytes.len() + piece.len() > limit {
                    let what = "the answer is longer than what was asked for";
                    return Err(Failed::For(Error::new(Code::Answer, what).at(self.place.as_str())));
                }
                bytes.extend_from_slice(&piece);
            }
        }
        let error = |code: Code, what: &str| {
            let place = format!("{}/{}", self.place, self.whole(key));
            Failed::For(Error::new(code, what.to_owned()).at(place.trim_end_matches('/')))
        };
        let is_put = !matches!(ask.method, Method::GET | Method::HEAD);
        match parts.status.as_u16() {
            200..=299 => Ok(Answer { headers: parts.headers, body: bytes }),
            _ if is_put && self.service.is_taken(parts.status, &parts.headers) => {
                Err(Failed::For(changed(key)))
            }
            404 => Err(error(Code::NotFound, "no such object or bucket")),
            412 | 416 => Err(Failed::For(changed(key))),
            401 | 403 => Err(error(Code::Refused, "access was refused")),
            300..=399 => Err(error(Code::Refused, self.service.elsewhere())),
            status @ (408 | 409 | 425 | 429 | 500..=599) => {
                Err(Failed::ForNow(format!("the service answered {status}")))
            }
            status => Err(error(Code::Answer, &format!("the service answered {status}"))),
        }
    }

    /// With all attempts. The pauses are the same each time, so many workers should not start at once.
    async fn ask(&self, ask: &Ask<'_>, key: &str, limit: usize) -> Result<Answer> {
        let (mut pause, mut last) = (PAUSE, String::new());
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            match self.once(ask, key, limit).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::ForNow(why)) => last = why,
            }
        }
        Err(self.for_now(&last))
    }

    fn for_now(&self, why: &str) -> Error {
        Error::new(Code::Network, format!("the object store cannot be used now ({why})"))
            .at(self.place.as_str())
            .help("try again later; nothing was committed")
    }

    async fn range(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        let length = range.end.saturating_sub(range.start);
        if length == 0 {
            return Ok(Vec::new());
        }
        let limit = usize::try_from(length).unwrap_or(usize::MAX);
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let ask = self.service.asks_range(&self.whole(&object.key), object, &range);
            let Answer { headers, body } =
                self.ask(&ask, &object.key, limit).await.map_err(|error| match error.code {
                    // It was there when it was listed.
                    Code::NotFound => changed(&object.key),
                    _ => error,
                })?;
            // A service that does not look at conditions would give other bytes.
            if self.service.tag(&headers).is_some_and(|tag| tag != object.etag) {
                return Err(changed(&object.key));
            }
            if body.len() as u64 == length {
                return Ok(body);
            }
            last = format!("{} of {length} bytes came", body.len());
        }
        Err(self.for_now(&last))
    }
}

fn clean(key: &str) -> Result<()> {
    check_key(key).map_err(|fault| Error::new(Code::Usage, fault.words()).at(key))
}

impl<S: Service> Files for Cloud<S> {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        let below = if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        let (mut order, mut from, mut empty) = (Order::default(), None::<String>, 0);
        loop {
            let ask = self.service.asks_page(&below, from.as_deref());
            let answer = self.runtime.block_on(self.ask(&ask, "", MAX_ANSWER))?;
            let page = self.service.page(&answer.body)?;
            empty = if page.objects.is_empty() { empty + 1 } else { 0 };
            if empty > MAX_EMPTY {
                return Err(Error::new(Code::Answer, "the listing does not end").at(self.place.as_str()));
            }
            for row in page.objects {
                order.next(&row.key)?;
                let Some(key) = row.key.strip_prefix(&below).map(str::to_owned) else {
                    return Err(
                        Error::new(Code::Answer, "the listing has what was not asked for").at(row.key)
                    );
                };
                // What consoles put where people make a folder.
                if row.size == 0 && (key.is_empty() || key.ends_with('/')) {
                    continue;
                }
                let seen = match row.fault.map_or_else(|| check_key(&key), Err) {
                    Err(fault) => Seen::Odd { key, fault },
                    Ok(()) => Seen::Object(Object {
                        key,
                        size: row.size,
                        etag: row.tag,
                        version: None,
                        checksum: None,
                    }),
                };
                if take(seen)?.is_break() {
                    return Ok(());
                }
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }

    fn state(&self, key: &str) -> Result<Object> {
        clean(key)?;
        let ask = self.service.asks_state(&self.whole(key));
        let answer = self.runtime.block_on(self.ask(&ask, key, MAX_ANSWER))?;
        let found = self.service.state(&answer).ok_or_else(|| {
            Error::new(Code::Answer, "the service does not say size and state").at(self.whole(key))
        })?;
        let State { size, tag, version, checksum } = found;
        Ok(Object { key: key.to_owned(), size, etag: tag, version, checksum })
    }

    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        clean(&object.key)?;
        self.runtime.block_on(self.range(object, range))
    }

    fn stream(&self, object: &Object, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.pieces(object, &mut |piece| take(&piece))
    }

    fn pieces(&self, object: &Object, take: &mut dyn FnMut(Vec<u8>) -> Result<()>) -> Result<()> {
        clean(&object.key)?;
        let many = object.size.div_ceil(CHUNK);
        let ranges = (0..many).map(|index| index * CHUNK..object.size.min((index + 1) * CHUNK));
        self.runtime.block_on(async {
            let mut pieces = stream::iter(ranges.map(|range| self.range(object, range))).buffered(AT_ONCE);
            while let Some(piece) = pieces.next().await {
                take(piece?)?;
            }
            Ok(())
        })
    }

    fn put_new(&self, key: &str, bytes: &[u8]) -> Result<bool> {
        clean(key)?;
        let ask = self.service.asks_put(&self.whole(key), bytes);
        match self.runtime.block_on(self.ask(&ask, key, MAX_ANSWER)) {
            Ok(_) => Ok(true),
            Err(error) if error.code == Code::Changed => Ok(false),
            Err(error) => Err(error),
        }
    }
}
