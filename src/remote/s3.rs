//! What speaks S3's protocol: what is asked, and how it answers. A state is an entity tag and, where the bucket keeps several,
//! a version. Endpoint, region and credentials come from the usual variables of the environment or from the role that a machine
//! has; they are in no location, no error and no record.

use super::cloud::{Answer, Ask, Cloud, Page, Service, State, endpoint};
use super::files::Object;
use super::s3_answers::{checksum, page};
use super::wire::{encoded, etag, header};
use crate::error::{Code, Error, Result};
use http::{Method, StatusCode};
use object_store::HeaderMap;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsAuthorizer, AwsCredentialProvider};
use object_store::client::HttpRequest;
use std::ops::Range;

const PAGE: &str = "1000";

/// How a bucket is asked.
pub(super) struct S3 {
    credentials: AwsCredentialProvider,
    region: String,
    /// Where the bucket's objects are, without a slash at its end.
    base: String,
}

/// A bucket as the environment says to reach it.
pub(super) fn from_environment(bucket: &str, prefix: &str) -> Result<Cloud<S3>> {
    let place = format!("s3://{bucket}");
    let usage = |what: String| {
        Error::new(Code::Usage, what).at(place.as_str()).help(
            "set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not AWS",
        )
    };
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let region = builder.get_config_value(&AmazonS3ConfigKey::Region);
    let region = region.unwrap_or_else(|| "us-east-1".to_owned());
    let base = match builder.get_config_value(&AmazonS3ConfigKey::Endpoint) {
        Some(url) => format!("{}/{bucket}", endpoint(&url, "AWS_ALLOW_HTTP").map_err(usage)?),
        None if bucket.contains('.') => format!("https://s3.{region}.amazonaws.com/{bucket}"),
        None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
    };
    let may_be_plain = base.starts_with("http://");
    let store = builder.with_allow_http(may_be_plain).build();
    let store =
        store.map_err(|_| usage("the environment does not say how to reach the bucket".to_owned()))?;
    let service = S3 { credentials: store.credentials().clone(), region, base };
    Cloud::new(service, place.clone(), prefix, may_be_plain)
}

impl S3 {
    fn object(&self, key: &str) -> String {
        format!("{}/{}", self.base, encoded(key, true))
    }
}

impl Service for S3 {
    fn asks_page(&self, prefix: &str, from: Option<&str>) -> Ask<'static> {
        let mut query =
            vec![("encoding-type", "url"), ("list-type", "2"), ("max-keys", PAGE), ("prefix", prefix)];
        query.extend(from.map(|token| ("continuation-token", token)));
        // Signatures are over the query in order.
        query.sort_unstable();
        let query: Vec<String> =
            query.into_iter().map(|(name, value)| format!("{name}={}", encoded(value, false))).collect();
        Ask::new(Method::GET, format!("{}/?{}", self.base, query.join("&")))
    }

    fn page(&self, body: &[u8]) -> Result<Page> {
        page(body)
    }

    fn asks_state(&self, key: &str) -> Ask<'static> {
        let mut ask = Ask::new(Method::HEAD, self.object(key));
        ask.headers.push(("x-amz-checksum-mode", "ENABLED".to_owned()));
        ask
    }

    fn state(&self, answer: &Answer) -> Option<State> {
        let size = header(&answer.headers, "content-length")?.parse().ok()?;
        let version = header(&answer.headers, "x-amz-version-id").filter(|version| *version != "null");
        let (tag, version) = (self.tag(&answer.headers)?, version.map(str::to_owned));
        Some(State { size, tag, version, checksum: checksum(&answer.headers) })
    }

    fn asks_range(&self, key: &str, object: &Object, range: &Range<u64>) -> Ask<'static> {
        let version =
            object.version.as_ref().map(|version| format!("?versionId={}", encoded(version, false)));
        let mut ask = Ask::new(Method::GET, format!("{}{}", self.object(key), version.unwrap_or_default()));
        ask.headers.push(("if-match", format!("\"{}\"", object.etag)));
        ask.headers.push(("range", format!("bytes={}-{}", range.start, range.end.saturating_sub(1))));
        ask
    }

    fn elsewhere(&self) -> &'static str {
        "the bucket is elsewhere: check AWS_REGION"
    }

    fn tag(&self, headers: &HeaderMap) -> Option<String> {
        header(headers, "etag").map(etag)
    }

    fn asks_put<'b>(&self, key: &str, bytes: &'b [u8]) -> Ask<'b> {
        let headers = vec![("if-none-match", "*".to_owned())];
        Ask { method: Method::PUT, url: self.object(key), headers, body: bytes }
    }

    fn is_taken(&self, status: StatusCode, _: &HeaderMap) -> bool {
        status == StatusCode::PRECONDITION_FAILED
    }

    async fn authorize(&self, request: &mut HttpRequest) -> Option<()> {
        let credential = self.credentials.get_credential().await.ok()?;
        AwsAuthorizer::new(&credential, "s3", &self.region).try_authorize(request, None).ok()
    }
}
