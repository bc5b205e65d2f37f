//! Google Cloud Storage, by its JSON API: what is asked, and how it answers. A state is an object's generation, which the
//! listing says already. Endpoint and credentials come from the usual variables of the environment or from the service
//! account that a machine has; they are in no location, no error and no record.

use super::cloud::{Answer, Ask, Cloud, Page, Row, Service, State, endpoint, is_yes, retry};
use super::files::Object;
use super::web::object;
use super::wire::{encoded, header};
use crate::error::{Code, Error, Result};
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, StatusCode};
use object_store::HeaderMap;
use object_store::client::HttpRequest;
use object_store::gcp::{GcpCredentialProvider, GoogleCloudStorageBuilder, GoogleConfigKey};
use serde::Deserialize;
use std::ops::Range;

const ENDPOINT: &str = "https://storage.googleapis.com";
/// What Google's own clients take for an emulator. Nobody is shown to it.
const EMULATOR: &str = "STORAGE_EMULATOR_HOST";
const PAGE: &str = "1000";

/// How a bucket is asked.
pub(super) struct Google {
    /// Without a slash at its end.
    base: String,
    bucket: String,
    /// None where requests are anonymous.
    credentials: Option<GcpCredentialProvider>,
}

/// A bucket as the environment says to reach it.
pub(super) fn from_environment(bucket: &str, prefix: &str) -> Result<Cloud<Google>> {
    let place = format!("gs://{bucket}");
    let usage = |what: String| {
        Error::new(Code::Usage, what).at(place.as_str()).help(
            "set GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT to a file of credentials, or \
             STORAGE_EMULATOR_HOST for an emulator",
        )
    };
    let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(retry());
    let emulator = std::env::var(EMULATOR).ok().filter(|host| !host.is_empty());
    let base = match &emulator {
        Some(host) if !host.contains("://") => format!("http://{host}"),
        Some(host) => host.clone(),
        None => builder.get_config_value(&GoogleConfigKey::BaseUrl).unwrap_or_else(|| ENDPOINT.to_owned()),
    };
    let base = endpoint(&base, "GOOGLE_ALLOW_HTTP").map_err(usage)?;
    let is_nobody = emulator.is_some()
        || builder.get_config_value(&GoogleConfigKey::SkipSignature).is_some_and(|value| is_yes(&value));
    let credentials = match is_nobody {
        true => None,
        false => {
            let store = builder.build();
            let store = store
                .map_err(|_| usage("the environment does not say how to reach the bucket".to_owned()))?;
            Some(store.credentials().clone())
        }
    };
    let may_be_plain = base.starts_with("http://");
    let service = Google { base, bucket: bucket.to_owned(), credentials };
    Cloud::new(service, place.clone(), prefix, may_be_plain)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    items: Vec<Item>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    name: String,
    size: String,
    generation: String,
}

impl Item {
    fn state(&self) -> Option<(u64, String)> {
        let is_number = !self.generation.is_empty() && self.generation.bytes().all(|b| b.is_ascii_digit());
        Some((self.size.parse().ok()?, self.generation.clone())).filter(|_| is_number)
    }
}

impl Google {
    fn objects(&self) -> String {
        format!("storage/v1/b/{}/o", self.bucket)
    }

    fn object(&self, key: &str, query: &str) -> String {
        format!("{}/{}/{}?{query}", self.base, self.objects(), encoded(key, false))
    }
}

impl Service for Google {
    fn asks_page(&self, prefix: &str, from: Option<&str>) -> Ask<'static> {
        let mut query = format!("fields=nextPageToken,items(name,size,generation)&maxResults={PAGE}");
        for (name, value) in
            [("prefix", Some(prefix).filter(|prefix| !prefix.is_empty())), ("pageToken", from)]
        {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", encoded(value, false)));
            }
        }
        Ask::new(Method::GET, format!("{}/{}?{query}", self.base, self.objects()))
    }

    fn page(&self, body: &[u8]) -> Result<Page> {
        let odd = |what: &str| {
            Error::new(Code::Answer, format!("the listing cannot be read ({what})"))
                .help("check that the endpoint is Google Cloud Storage or an emulator of it")
        };
        let listed: Listed = object(body).ok_or_else(|| odd("no list of objects"))?;
        let rows = listed.items.into_iter().map(|item| {
            let (size, tag) = item.state().ok_or_else(|| odd("an object without size and generation"))?;
            Ok(Row { key: item.name, fault: None, size, tag })
        });
        let objects = rows.collect::<Result<_>>()?;
        Ok(Page { objects, next: listed.next_page_token.filter(|token| !token.is_empty()) })
    }

    fn asks_state(&self, key: &str) -> Ask<'static> {
        Ask::new(Method::GET, self.object(key, "fields=name,size,generation"))
    }

    fn state(&self, answer: &Answer) -> Option<State> {
        object::<Item>(&answer.body)?.state().map(|(size, tag)| State::new(size, tag))
    }

    fn asks_range(&self, key: &str, object: &Object, range: &Range<u64>) -> Ask<'static> {
        let query = format!("alt=media&ifGenerationMatch={}", encoded(&object.etag, false));
        let mut ask = Ask::new(Method::GET, self.object(key, &query));
        // The bytes as they are stored: without this, what is stored as gzip is sent unpacked.
        ask.headers.push(("accept-encoding", "gzip".to_owned()));
        ask.headers.push(("range", format!("bytes={}-{}", range.start, range.end.saturating_sub(1))));
        ask
    }

    fn tag(&self, headers: &HeaderMap) -> Option<String> {
        header(headers, "x-goog-generation").map(str::to_owned)
    }

    fn asks_put<'b>(&self, key: &str, bytes: &'b [u8]) -> Ask<'b> {
        let name = encoded(key, false);
        let query = format!("uploadType=media&ifGenerationMatch=0&name={name}");
        let url = format!("{}/upload/{}?{query}", self.base, self.objects());
        let headers = vec![
            ("content-type", "application/octet-stream".to_owned()),
            ("content-length", bytes.len().to_string()),
        ];
        Ask { method: Method::POST, url, headers, body: bytes }
    }

    fn is_taken(&self, status: StatusCode, _: &HeaderMap) -> bool {
        status == StatusCode::PRECONDITION_FAILED
    }

    async fn authorize(&self, request: &mut HttpRequest) -> Option<()> {
        let Some(credentials) = &self.credentials else { return Some(()) };
        let credential = credentials.get_credential().await.ok()?;
        if !credential.bearer.is_empty() {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {}", credential.bearer)).ok()?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        Some(())
    }
}
