//! The only HTTP client of the program: blocking, no redirects, a limit on time and on size for every
//! answer, TLS except on this machine. It knows no service's language.

use crate::error::{Code, Error, Result};
use crate::text;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Certificates, log entries and timestamps are a few thousand bytes; a log entry can echo a chain.
const LIMIT_ANSWER_BYTES: u64 = 4 * 1024 * 1024;
const LIMIT_HEADER_BYTES: usize = 64 * 1024;
/// How much of what a service says in a refusal is shown.
const MESSAGE_COLUMNS: usize = 300;

/// A service: what it is called in messages, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) url: String,
}

impl Service {
    /// A service at a URL that a configuration names.
    ///
    /// # Errors
    /// `E-CONFIG` when a secret would travel in the clear, or the URL cannot be used.
    pub(super) fn new(name: &'static str, url: impl Into<String>) -> Result<Self> {
        let service = Self::in_the_open(name, url)?;
        match service.url.parse::<Uri>() {
            Ok(uri) if uri.scheme_str() == Some("https") || is_this_machine(&uri) => Ok(service),
            _ => Err(service.refused("its address is not https, so a token would travel in the clear")),
        }
    }

    /// As [`Service::new`], for one that no secret is sent to and whose answers prove themselves.
    ///
    /// # Errors
    /// `E-CONFIG` when the URL cannot be used.
    pub(super) fn in_the_open(name: &'static str, url: impl Into<String>) -> Result<Self> {
        let service = Service { name, url: url.into() };
        let refuse = |what: &str| Err(service.refused(what));
        let Ok(uri) = service.url.parse::<Uri>() else { return refuse("its address is not a URL") };
        let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        if authority.is_empty() || authority.contains('@') {
            return refuse("its address names no host, or names a user");
        }
        match uri.scheme_str() {
            Some("https" | "http") => Ok(service),
            _ => refuse("its address is not https, so a token would travel in the clear"),
        }
    }

    fn refused(&self, what: &str) -> Error {
        Error::new(Code::Config, format!("{} cannot be used: {what}", self.name))
            .at(&self.url)
            .help("the address should read https://HOST/PATH; plain http only on this machine")
    }

    /// The same service at another path below its address.
    pub(super) fn below(&self, path: &str) -> Self {
        Service { name: self.name, url: format!("{}{path}", self.url.trim_end_matches('/')) }
    }

    /// An answer that cannot be used. `why` may quote it.
    pub(super) fn unusable(&self, why: impl AsRef<str>) -> Error {
        let why = text::clip(&text::screen(why.as_ref()), MESSAGE_COLUMNS);
        Error::new(Code::Answer, format!("{} gave an answer that cannot be used: {why}", self.name))
            .at(&self.url)
            .help("nothing was written; check the address, or contact the operator of the service")
    }
}

/// Plain HTTP and no proxy only for what does not leave this machine.
fn is_this_machine(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What is sent.
pub(super) enum Body<'b> {
    Nothing,
    Json(&'b serde_json::Value),
    Form(&'b [(&'b str, &'b str)]),
    Bytes { kind: &'static str, bytes: &'b [u8] },
}

pub(super) struct Client {
    agent: ureq::Agent,
    timeout: Duration,
}

impl Client {
    /// Trusts the authorities of the platform (or of `SSL_CERT_FILE`, where set).
    pub(super) fn new(timeout: Duration) -> Self {
        let authorities = rustls_native_certs::load_native_certs().certs;
        let roots: RootCerts =
            authorities.iter().map(|der| Certificate::from_der(der.as_ref()).to_owned()).into();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(LIMIT_HEADER_BYTES)
            .timeout_global(Some(timeout))
            .user_agent(concat!("touchmark/", env!("CARGO_PKG_VERSION")))
            .build();
        Client { agent: config.into(), timeout }
    }

    /// One exchange; `doing` says what for, after the service's name: `… refused to issue a certificate`.
    /// `header` is one more.
    ///
    /// # Errors
    /// `E-NETWORK` (no connection, no answer in time, down), `E-REFUSED` with what the service said,
    /// `E-ANSWER` (too large, a redirect).
    pub(super) fn call(
        &self,
        service: &Service,
        doing: &str,
        body: &Body,
        header: Option<(&str, &str)>,
    ) -> Result<Vec<u8>> {
        let no_answer = |cause: ureq::Error| self.no_answer(service, &cause);
        let here = service.url.parse::<Uri>().is_ok_and(|uri| is_this_machine(&uri));
        let (kind, bytes) = match body {
            Body::Nothing => ("", Vec::new()),
            Body::Json(document) => ("application/json", document.to_string().into_bytes()),
            Body::Form(pairs) => ("application/x-www-form-urlencoded", form(pairs).into_bytes()),
            Body::Bytes { kind, bytes } => (*kind, bytes.to_vec()),
        };
        // A form can hold a client secret and a code.
        let bytes = zeroize::Zeroizing::new(bytes);
        let answer = match body {
            Body::Nothing => {
                let mut request = self.agent.get(&service.url).header("Accept", "application/json");
                if let Some((name, value)) = header {
                    request = request.header(name, value);
                }
                let mut request = request.config();
                if here {
                    request = request.proxy(None);
                }
                request.build().call()
            }
            _ => {
                let mut request = self.agent.post(&service.url).header("Content-Type", kind);
                if let Some((name, value)) = header {
                    request = request.header(name, value);
                }
                let mut request = request.config();
                if here {
                    request = request.proxy(None);
                }
                request.build().send(bytes.as_slice())
            }
        };
        let mut answer = answer.map_err(no_answer)?;
        let status = answer.status().as_u16();
        let bytes = answer.body_mut().with_config().limit(LIMIT_ANSWER_BYTES).read_to_vec();
        self.judge(service, doing, status, bytes)
    }

    /// A file of at most `limit_bytes`; none where the service has none of that name (403 or 404, which is what
    /// stores of objects say).
    ///
    /// # Errors
    /// As [`Client::call`].
    pub(super) fn fetch(&self, service: &Service, doing: &str, limit_bytes: u64) -> Result<Option<Vec<u8>>> {
        let mut request = self.agent.get(&service.url).config();
        if service.url.parse::<Uri>().is_ok_and(|uri| is_this_machine(&uri)) {
            request = request.proxy(None);
        }
        let mut answer = request.build().call().map_err(|cause| self.no_answer(service, &cause))?;
        let status = answer.status().as_u16();
        if matches!(status, 403 | 404) {
            return Ok(None);
        }
        // The reader counts a file of exactly its limit as too large.
        let bytes = answer.body_mut().with_config().limit(limit_bytes.saturating_add(1)).read_to_vec();
        let too_large = match &bytes {
            Ok(bytes) => bytes.len() as u64 > limit_bytes,
            Err(cause) => matches!(cause, ureq::Error::BodyExceedsLimit(_)),
        };
        if too_large {
            return Err(service.unusable(format!("it is larger than {limit_bytes} bytes")));
        }
        self.judge(service, doing, status, bytes).map(Some)
    }

    fn judge(
        &self,
        service: &Service,
        doing: &str,
        status: u16,
        bytes: std::result::Result<Vec<u8>, ureq::Error>,
    ) -> Result<Vec<u8>> {
        match status {
            200..=299 => bytes.map_err(|cause| self.no_answer(service, &cause)),
            300..=399 => Err(service.unusable(format!("it points elsewhere (status {status})"))),
            429 | 500.. => Err(Error::new(
                Code::Network,
                format!("{} is down or overloaded (status {status})", service.name),
            )
            .at(&service.url)
            .help("nothing was written; try again later, or ask the operator of the service")),
            _ => {
                let said = said(&bytes.unwrap_or_default());
                Err(Error::new(
                    Code::Refused,
                    format!("{} refused to {doing} (status {status}): {said}", service.name),
                )
                .at(&service.url)
                .help("nothing was written; what the service says above is why"))
            }
        }
    }

    fn no_answer(&self, service: &Service, cause: &ureq::Error) -> Error {
        let name = service.name;
        let error = match cause {
            ureq::Error::BodyExceedsLimit(limit) => {
                return service.unusable(format!("it is larger than {limit} bytes"));
            }
            ureq::Error::Timeout(_) => Error::new(
                Code::Network,
                format!("{name} gave no answer within {} seconds", self.timeout.as_secs_f32()),
            )
            .help("try again, or allow more time"),
            ureq::Error::HostNotFound => {
                Error::new(Code::Network, format!("{name} cannot be reached: its host is not known"))
                    .help("check the address and the connection to the network")
            }
            cause if tls_fault(cause) => {
                let cause = text::screen(&cause.to_string());
                Error::new(Code::Network, format!("{name} cannot be trusted on the network ({cause})")).help(
                    "if the instance has an authority of its own, name its certificate in SSL_CERT_FILE",
                )
            }
            ureq::Error::Protocol(cause) => return service.unusable(cause.to_string()),
            cause => {
                let cause = text::screen(&cause.to_string());
                Error::new(Code::Network, format!("{name} cannot be reached ({cause})"))
                    .help("check the address, the network and the proxy settings, and try again")
            }
        };
        error.at(&service.url)
    }
}

/// Handshakes fail inside of what reads and writes, so the fault comes wrapped.
fn tls_fault(cause: &ureq::Error) -> bool {
    match cause {
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => true,
        ureq::Error::Io(cause) => cause.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()),
        _ => false,
    }
}

/// What a service says in a refusal: the message in its JSON, else its text, made safe.
fn said(body: &[u8]) -> String {
    let document: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let field = |key: &str| document.as_ref()?.get(key)?.as_str().map(str::to_owned);
    let message = ["message", "error_description", "error"].into_iter().find_map(field);
    let message = message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    let message = text::screen(message.trim());
    if message.is_empty() { "it does not say why".to_owned() } else { text::clip(&message, MESSAGE_COLUMNS) }
}

/// `a=1&b=2`, percent-encoded.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The value of a key in `a=1&b=2`; none when it is absent, repeated or not UTF-8.
pub(super) fn field_of(query: &str, key: &str) -> Option<String> {
    let mut found = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(k, _)| *k == key);
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { decode(value) }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_reads_back() {
        let odd = "a b&c=d%+ü\n";
        assert_eq!(field_of(&form(&[("x", "1"), ("y", odd)]), "y").as_deref(), Some(odd));
        assert_eq!(field_of("y=%zz", "y"), None);
        assert_eq!(field_of("y=1&y=2", "y"), None);
    }

    #[test]
    fn nothing_travels_in_the_clear_except_on_this_machine() {
        for good in ["https://a.example", "http://127.0.0.1:1/x", "http://[::1]:1", "http://localhost:1"] {
            assert!(Service::new("it", good).is_ok(), "{good}");
        }
        for bad in
            ["http://a.example", "ftp://a", "a.example", "https://u@a.example", "http://127.0.0.1.a", ""]
        {
            assert!(Service::new("it", bad).is_err(), "{bad}");
        }
    }
}
