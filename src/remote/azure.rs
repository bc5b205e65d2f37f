//! Azure Blob Storage: what is asked, and how it answers. A state is a blob's entity tag. Account, endpoint and credentials
//! come from the usual variables of the environment or from the identity that a machine has; they are in no location, no
//! error and no record.

use super::cloud::{Answer, Ask, Cloud, Page, Row, Service, State, endpoint, is_yes, retry};
use super::files::Object;
use super::names::KeyFault;
use super::wire::{decoded, encoded, etag, header};
use crate::error::{Code, Error, Result};
use http::{Method, StatusCode};
use object_store::HeaderMap;
use object_store::azure::{
    AzureAuthorizer, AzureConfigKey, AzureCredential, AzureCredentialProvider, MicrosoftAzureBuilder,
};
use object_store::client::HttpRequest;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use std::ops::Range;

const PAGE: &str = "5000";
/// Where Azurite answers, and as whom, unless the environment says otherwise.
const EMULATOR: &str = "http://127.0.0.1:10000";
const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
/// What a refusal to put is called where there is a blob. One under a policy of immutability says so instead.
const TAKEN: [&str; 2] = ["BlobAlreadyExists", "BlobImmutableDueToPolicy"];

/// How a container is asked.
pub(super) struct Azure {
    /// The container's address, without a slash at its end.
    base: String,
    account: String,
    /// None where requests are anonymous.
    credentials: Option<AzureCredentialProvider>,
}

/// A container as the environment says to reach it.
pub(super) fn from_environment(container: &str, prefix: &str) -> Result<Cloud<Azure>> {
    let place = format!("az://{container}");
    let usage = |what: String| {
        Error::new(Code::Usage, what).at(place.as_str()).help(
            "set AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN unless the machine \
             has an identity",
        )
    };
    let mut builder = MicrosoftAzureBuilder::from_env().with_container_name(container).with_retry(retry());
    // As Azure's own command line has them.
    let also = [
        (AzureConfigKey::AccountName, "AZURE_STORAGE_ACCOUNT"),
        (AzureConfigKey::AccessKey, "AZURE_STORAGE_KEY"),
    ];
    for (key, name) in also {
        if builder.get_config_value(&key).is_none()
            && let Some(value) = std::env::var(name).ok().filter(|value| !value.is_empty())
        {
            builder = builder.with_config(key, value);
        }
    }
    let says_yes = |key| builder.get_config_value(&key).is_some_and(|value| is_yes(&value));
    let (is_emulator, is_nobody) =
        (says_yes(AzureConfigKey::UseEmulator), says_yes(AzureConfigKey::SkipSignature));
    let account = builder.get_config_value(&AzureConfigKey::AccountName);
    let account = account.or_else(|| is_emulator.then(|| EMULATOR_ACCOUNT.to_owned()));
    let account = account.ok_or_else(|| usage("the environment does not name an account".to_owned()))?;
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if account.is_empty() || !account.bytes().all(is_plain) {
        return Err(usage("the environment names what is no account".to_owned()));
    }
    let base = match builder.get_config_value(&AzureConfigKey::Endpoint) {
        _ if is_emulator => {
            let url = std::env::var("AZURITE_BLOB_STORAGE_URL").unwrap_or_else(|_| EMULATOR.to_owned());
            format!("{}/{account}", url.trim_end_matches('/'))
        }
        Some(endpoint) => endpoint,
        None => format!("https://{account}.blob.core.windows.net"),
    };
    let base = endpoint(&base, "AZURE_ALLOW_HTTP").map_err(usage)?;
    let credentials = match is_nobody {
        true => None,
        false => {
            let store = builder.build();
            let store = store
                .map_err(|_| usage("the environment does not say how to reach the container".to_owned()))?;
            Some(store.credentials().clone())
        }
    };
    let may_be_plain = base.starts_with("http://");
    let service = Azure { base: format!("{base}/{container}"), account, credentials };
    Cloud::new(service, place.clone(), prefix, may_be_plain)
}

impl Azure {
    fn blob(&self, key: &str) -> String {
        format!("{}/{}", self.base, encoded(key, true))
    }
}

impl Service for Azure {
    fn asks_page(&self, prefix: &str, from: Option<&str>) -> Ask<'static> {
        let mut query = format!("restype=container&comp=list&maxresults={PAGE}");
        for (name, value) in [("prefix", Some(prefix).filter(|prefix| !prefix.is_empty())), ("marker", from)]
        {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", encoded(value, false)));
            }
        }
        Ask::new(Method::GET, format!("{}?{query}", self.base))
    }

    fn page(&self, body: &[u8]) -> Result<Page> {
        page(body)
    }

    fn asks_state(&self, key: &str) -> Ask<'static> {
        Ask::new(Method::HEAD, self.blob(key))
    }

    fn state(&self, answer: &Answer) -> Option<State> {
        let size = header(&answer.headers, "content-length")?.parse().ok()?;
        // A folder of an account with a hierarchical namespace is no blob.
        let is_file = header(&answer.headers, "x-ms-resource-type").is_none_or(|kind| kind == "file");
        Some(State::new(size, self.tag(&answer.headers)?)).filter(|_| is_file)
    }

    fn asks_range(&self, key: &str, object: &Object, range: &Range<u64>) -> Ask<'static> {
        let mut ask = Ask::new(Method::GET, self.blob(key));
        ask.headers.push(("if-match", format!("\"{}\"", object.etag)));
        ask.headers.push(("range", format!("bytes={}-{}", range.start, range.end.saturating_sub(1))));
        ask
    }

    fn tag(&self, headers: &HeaderMap) -> Option<String> {
        header(headers, "etag").map(etag)
    }

    fn asks_put<'b>(&self, key: &str, bytes: &'b [u8]) -> Ask<'b> {
        let headers = vec![
            ("content-length", bytes.len().to_string()),
            ("content-type", "application/octet-stream".to_owned()),
            ("if-none-match", "*".to_owned()),
            ("x-ms-blob-type", "BlockBlob".to_owned()),
        ];
        Ask { method: Method::PUT, url: self.blob(key), headers, body: bytes }
    }

    fn is_taken(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        let said = header(headers, "x-ms-error-code");
        status == StatusCode::PRECONDITION_FAILED
            || (status == StatusCode::CONFLICT && said.is_some_and(|said| TAKEN.contains(&said)))
    }

    async fn authorize(&self, request: &mut HttpRequest) -> Option<()> {
        let Some(credentials) = &self.credentials else { return Some(()) };
        let credential = credentials.get_credential().await.ok()?;
        // The crate would end the program at a token that cannot stand in a header.
        if let AzureCredential::BearerToken(token) = &*credential
            && !token.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return None;
        }
        AzureAuthorizer::new(&credential, &self.account).try_authorize(request).ok()
    }
}

/// Reads an `EnumerationResults`.
fn page(body: &[u8]) -> Result<Page> {
    let odd = |what: &str| {
        Error::new(Code::Answer, format!("the listing cannot be read ({what})"))
            .help("check that the endpoint is Azure Blob Storage or an emulator of it")
    };
    let text = std::str::from_utf8(body).map_err(|_| odd("not UTF-8"))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut page, mut row, mut path) = (Page::default(), Row::default(), Vec::<String>::new());
    let (mut said, mut is_listing, mut is_encoded, mut is_folder) = (String::new(), false, false, false);
    let mut size = None;
    loop {
        match reader.read_event().map_err(|_| odd("no XML"))? {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                is_listing |= path.is_empty() && name == "EnumerationResults";
                if path.len() > 8 {
                    return Err(odd("too deep"));
                }
                if name == "Name" {
                    let mut attributes = tag.attributes().flatten();
                    is_encoded = attributes.any(|one| one.key.as_ref() == "Encoded" && *one.value == *"true");
                }
                path.push(name);
                said.clear();
            }
            Event::Text(text) => said.push_str(&text.xml10_content()),
            Event::GeneralRef(of) => {
                let unknown = || odd("an entity of its own");
                match of.resolve_char_ref().map_err(|_| unknown())? {
                    Some(letter) => said.push(letter),
                    None => said.push_str(resolve_predefined_entity(&of).ok_or_else(unknown)?),
                }
            }
            Event::End(_) => {
                let place: Vec<&str> = path.iter().map(String::as_str).collect();
                match place.as_slice() {
                    ["EnumerationResults", "Blobs", "Blob", "Name"] => {
                        let name = std::mem::take(&mut said);
                        let plain = if is_encoded { decoded(&name, false) } else { Some(name.clone()) };
                        row.fault = plain.is_none().then_some(KeyFault::NotText);
                        row.key = plain.unwrap_or(name);
                    }
                    ["EnumerationResults", "Blobs", "Blob", "Properties", property] => match *property {
                        "Content-Length" => size = said.trim().parse::<u64>().ok(),
                        "Etag" => row.tag = etag(&said),
                        "ResourceType" => is_folder = said.trim() == "directory",
                        _ => {}
                    },
                    ["EnumerationResults", "Blobs", "Blob"] => {
                        let mut row = std::mem::take(&mut row);
                        let known = size.take().filter(|_| !row.tag.is_empty());
                        if !std::mem::take(&mut is_folder) {
                            row.size = known.ok_or_else(|| odd("a blob without size and entity tag"))?;
                            page.objects.push(row);
                        }
                    }
                    ["EnumerationResults", "NextMarker"] => {
                        page.next = Some(std::mem::take(&mut said)).filter(|marker| !marker.is_empty());
                    }
                    _ => {}
                }
                path.pop();
                said.clear();
            }
            Event::DocType(_) => return Err(odd("a document type")),
            Event::Eof => break,
            _ => {}
        }
    }
    match is_listing && path.is_empty() {
        true => Ok(page),
        false => Err(odd("no list of blobs")),
    }
}
