//! Objects of a bucket, over what speaks S3's protocol. Endpoint, region and credentials come from the usual variables
//! of the environment or from the role that a machine has; they are in no location, no error and no record.
//!
//! `object_store` gives the credentials, the signature of a request and the HTTP client. The four requests that are needed
//! are made here: its own client refuses whole listings for one odd key, and does not tell checksums.

use super::files::{CHUNK, Files, Object, Order, Seen, changed};
use super::hosts::is_loopback;
use super::names::{KeyFault, check_key};
use super::s3_answers::{checksum, decoded, encoded, etag, header, page};
use crate::error::{Code, Error, Result};
use futures_util::StreamExt;
use futures_util::stream;
use http::{Method, Request};
use object_store::HeaderMap;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsAuthorizer, AwsCredentialProvider};
use object_store::client::{HttpClient, HttpConnector, HttpRequestBody, ReqwestConnector};
use object_store::{ClientConfigKey, ClientOptions};
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
const PAGE: &str = "1000";

/// Objects of a bucket.
pub(super) struct S3 {
    runtime: Runtime,
    client: HttpClient,
    credentials: AwsCredentialProvider,
    region: String,
    /// Where the bucket's objects are, without a slash at its end.
    base: String,
    prefix: String,
}

/// A request.
struct Ask<'a> {
    method: Method,
    /// The object, below the prefix; none for the bucket itself.
    key: Option<&'a str>,
    query: Vec<(&'a str, String)>,
    headers: Vec<(&'static str, String)>,
    body: &'a [u8],
}

/// An answer that was not an error.
struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

/// What became of one attempt.
enum Failed {
    /// It may work later.
    ForNow(String),
    For(Error),
}

impl S3 {
    /// A bucket as the environment says to reach it.
    pub(super) fn from_environment(bucket: &str, prefix: &str) -> Result<Self> {
        let usage = |what: String| {
            Error::new(Code::Usage, what).at(format!("s3://{bucket}")).help(
                "set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not AWS",
            )
        };
        let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        let region = builder.get_config_value(&AmazonS3ConfigKey::Region);
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
        let may_be_http = ["AWS_ALLOW_HTTP"].iter().any(|name| {
            std::env::var(name).is_ok_and(|value| matches!(value.as_str(), "1" | "true" | "TRUE"))
        });
        let base = match &endpoint {
            Some(endpoint) => {
                let endpoint = endpoint.trim_end_matches('/');
                if endpoint.contains(['@', '?', '#']) {
                    return Err(usage("an endpoint holds no credentials and no query".to_owned()));
                }
                let plain = endpoint.strip_prefix("http://").unwrap_or_default();
                let is_here = is_loopback(plain.split('/').next().unwrap_or_default());
                let is_safe = endpoint.starts_with("https://") || may_be_http || is_here;
                if !is_safe {
                    return Err(usage("the endpoint is reached without TLS".to_owned())
                        .help("name an https:// endpoint, or set AWS_ALLOW_HTTP=true"));
                }
                format!("{endpoint}/{bucket}")
            }
            None if bucket.contains('.') => format!("https://s3.{region}.amazonaws.com/{bucket}"),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        let allows_http = base.starts_with("http://");
        let options = ClientOptions::new()
            .with_config(ClientConfigKey::Timeout, TIMEOUT)
            .with_config(ClientConfigKey::ConnectTimeout, CONNECT)
            .with_allow_http(allows_http);
        let client = ReqwestConnector::default().connect(&options);
        let client = client.map_err(|cause| usage(format!("no HTTP client can be made ({cause})")))?;
        let store = builder.with_allow_http(allows_http).build();
        let store =
            store.map_err(|_| usage("the environment does not say how to reach the bucket".to_owned()))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|cause| Error::new(Code::Internal, format!("no event loop can be made ({cause})")))?;
        Ok(S3 {
            runtime,
            client,
            credentials: store.credentials().clone(),
            region,
            base,
            prefix: prefix.to_owned(),
        })
    }

    fn whole(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) }
    }

    /// One attempt.
    async fn once(&self, ask: &Ask<'_>, limit: usize) -> std::result::Result<Answer, Failed> {
        let path = ask.key.map(|key| format!("/{}", encoded(&self.whole(key), true))).unwrap_or_default();
        let query: Vec<String> =
            ask.query.iter().map(|(name, value)| format!("{name}={}", encoded(value, false))).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let slash = if path.is_empty() { "/" } else { "" };
        let mut request =
            Request::builder().method(ask.method.clone()).uri(format!("{}{path}{slash}{query}", self.base));
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let internal = |what: &str| Failed::For(Error::new(Code::Internal, what.to_owned()));
        let body = match ask.body {
            [] => HttpRequestBody::empty(),
            body => HttpRequestBody::from(body.to_vec()),
        };
        let mut request = request.body(body).map_err(|_| internal("a request cannot be made"))?;
        let credential = self.credentials.get_credential().await;
        let credential = credential.map_err(|_| Failed::ForNow("no credentials can be had".to_owned()))?;
        AwsAuthorizer::new(&credential, "s3", &self.region)
            .try_authorize(&mut request, None)
            .map_err(|_| internal("a request cannot be signed"))?;
        let answer = self.client.execute(request).await;
        // What the client says names the address, and nothing of the credentials, which stand in headers.
        let answer = answer.map_err(|cause| Failed::ForNow(format!("no answer: {:?}", cause.kind())))?;
        let (parts, body) = answer.into_parts();
        let status = parts.status.as_u16();
        // What an error says may be longer than the few bytes that were asked for.
        let limit = if parts.status.is_success() { limit } else { MAX_ANSWER };
        // As long as it says to be, so that nothing is moved while it grows; what it says is not believed beyond the limit.
        let said =
            parts.headers.get("content-length").and_then(|said| said.to_str().ok()?.parse::<usize>().ok());
        let mut bytes = Vec::with_capacity(said.unwrap_or_default().min(limit));
        let mut stream = body.bytes_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| Failed::ForNow("the answer broke off".to_owned()))?;
            if bytes.len() + piece.len() > limit {
                return Err(Failed::For(Error::new(
                    Code::Answer,
                    "the answer is longer than what was asked for",
                )));
            }
            bytes.extend_from_slice(&piece);
        }
        let key = ask.key.unwrap_or_default();
        let error =
            |code: Code, what: &str| Failed::For(Error::new(code, what.to_owned()).at(self.whole(key)));
        match status {
            200..=299 => Ok(Answer { headers: parts.headers, body: bytes }),
            404 => Err(error(Code::NotFound, "no such object or bucket")),
            412 => Err(Failed::For(changed(key))),
            401 | 403 => Err(error(Code::Refused, "access was refused")),
            300..=399 => Err(error(Code::Refused, "the bucket is elsewhere: check AWS_REGION")),
            408 | 409 | 425 | 429 | 500..=599 => {
                Err(Failed::ForNow(format!("the service answered {status}")))
            }
            _ => Err(error(Code::Answer, &format!("the service answered {status}"))),
        }
    }

    /// With all attempts. The pauses are the same each time: whoever runs many workers starts them apart.
    async fn ask(&self, ask: &Ask<'_>, limit: usize) -> Result<Answer> {
        let (mut pause, mut last) = (PAUSE, String::new());
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            match self.once(ask, limit).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::ForNow(why)) => last = why,
            }
        }
        Err(for_now(&self.base, &last))
    }

    async fn range(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        let length = range.end.saturating_sub(range.start);
        if length == 0 {
            return Ok(Vec::new());
        }
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let ask = Ask {
                method: Method::GET,
                key: Some(&object.key),
                query: object.version.iter().map(|version| ("versionId", version.clone())).collect(),
                headers: vec![
                    ("if-match", format!("\"{}\"", object.etag)),
                    ("range", format!("bytes={}-{}", range.start, range.end - 1)),
                ],
                body: &[],
            };
            let limit = usize::try_from(length).unwrap_or(usize::MAX);
            let Answer { headers, body } = self.ask(&ask, limit).await?;
            // A service that does not look at `if-match` would give other bytes.
            if header(&headers, "etag").is_some_and(|tag| etag(tag) != object.etag) {
                return Err(changed(&object.key));
            }
            if body.len() as u64 == length {
                return Ok(body);
            }
            last = format!("{} of {length} bytes came", body.len());
        }
        Err(for_now(&self.base, &last))
    }
}

impl Files for S3 {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        let below = if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        let (mut order, mut from) = (Order::default(), None::<String>);
        loop {
            let mut query = vec![
                ("encoding-type", "url".to_owned()),
                ("list-type", "2".to_owned()),
                ("max-keys", PAGE.to_owned()),
                ("prefix", below.clone()),
            ];
            query.extend(from.take().map(|token| ("continuation-token", token)));
            query.sort();
            let ask = Ask { method: Method::GET, key: None, query, headers: Vec::new(), body: &[] };
            let answer = self.runtime.block_on(self.ask(&ask, MAX_ANSWER))?;
            let page = page(&answer.body)?;
            for row in page.objects {
                let whole = decoded(&row.key);
                let raw = whole.clone().unwrap_or_else(|| row.key.clone());
                order.next(&raw)?;
                let Some(key) = raw.strip_prefix(&below).map(str::to_owned) else {
                    return Err(Error::new(Code::Answer, "the listing has what was not asked for").at(raw));
                };
                // What consoles put where people make a folder.
                if row.size == 0 && (key.is_empty() || key.ends_with('/')) {
                    continue;
                }
                let seen = match (whole, check_key(&key)) {
                    (None, _) => Seen::Odd { key, fault: KeyFault::NotText },
                    (Some(_), Err(fault)) => Seen::Odd { key, fault },
                    (Some(_), Ok(())) => Seen::Object(Object {
                        key,
                        size: row.size,
                        etag: etag(&row.etag),
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
        check_key(key).map_err(|fault| Error::new(Code::Usage, fault.words()).at(key))?;
        let headers = vec![("x-amz-checksum-mode", "ENABLED".to_owned())];
        let ask = Ask { method: Method::HEAD, key: Some(key), query: Vec::new(), headers, body: &[] };
        let Answer { headers, .. } = self.runtime.block_on(self.ask(&ask, MAX_ANSWER))?;
        let odd =
            || Error::new(Code::Answer, "the service does not say size and entity tag").at(self.whole(key));
        let size = header(&headers, "content-length").and_then(|size| size.parse().ok()).ok_or_else(odd)?;
        let tag = header(&headers, "etag").map(etag).ok_or_else(odd)?;
        let version = header(&headers, "x-amz-version-id").filter(|version| *version != "null");
        Ok(Object {
            key: key.to_owned(),
            size,
            etag: tag,
            version: version.map(str::to_owned),
            checksum: checksum(&headers),
        })
    }

    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        check_key(&object.key).map_err(|fault| Error::new(Code::Usage, fault.words()).at(&*object.key))?;
        self.runtime.block_on(self.range(object, range))
    }

    fn stream(&self, object: &Object, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.pieces(object, &mut |piece| take(&piece))
    }

    fn pieces(&self, object: &Object, take: &mut dyn FnMut(Vec<u8>) -> Result<()>) -> Result<()> {
        check_key(&object.key).map_err(|fault| Error::new(Code::Usage, fault.words()).at(&*object.key))?;
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
        check_key(key).map_err(|fault| Error::new(Code::Usage, fault.words()).at(key))?;
        let headers = vec![("if-none-match", "*".to_owned())];
        let ask = Ask { method: Method::PUT, key: Some(key), query: Vec::new(), headers, body: bytes };
        match self.runtime.block_on(self.ask(&ask, MAX_ANSWER)) {
            Ok(_) => Ok(true),
            Err(error) if error.code == Code::Changed => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn for_now(base: &str, why: &str) -> Error {
    Error::new(Code::Network, format!("the object store cannot be used now ({why})"))
        .at(base)
        .help("try again later; nothing was committed")
}
