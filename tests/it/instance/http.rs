//! One exchange a connection over std's sockets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub authorization: Option<String>,
    /// `Metadata-Flavor`, which Google's metadata server insists on.
    pub flavor: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

pub struct Reply {
    status: u16,
    kind: &'static str,
    location: Option<String>,
    body: Vec<u8>,
}

impl Reply {
    pub fn json(status: u16, document: &serde_json::Value) -> Self {
        Reply { status, kind: "application/json", location: None, body: document.to_string().into_bytes() }
    }

    pub fn text(status: u16, text: &str) -> Self {
        Reply { status, kind: "text/plain", location: None, body: text.as_bytes().to_vec() }
    }

    pub fn bytes(kind: &'static str, body: Vec<u8>) -> Self {
        Reply { status: 200, kind, location: None, body }
    }

    pub fn redirect(location: &str) -> Self {
        Reply { location: Some(location.to_owned()), ..Reply::text(302, "") }
    }
}

/// Serves on a free port of loopback until `stopped`; gives the address.
pub fn serve(
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    stopped: impl Fn() -> bool + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if stopped() {
                return;
            }
            let answer = answer.clone();
            std::thread::spawn(move || stream.ok().and_then(|stream| exchange(stream, &*answer)));
        }
    });
    url
}

fn exchange(mut stream: TcpStream, answer: &dyn Fn(&Request) -> Reply) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let (head, mut body) = head_of(&mut stream)?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let length: usize = header("Content-Length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut part = [0u8; 4096];
    while body.len() < length {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&part[..read]);
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        authorization: header("Authorization"),
        flavor: header("Metadata-Flavor"),
        body,
    };
    let reply = answer(&request);
    let location = reply.location.map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} Status\r\nContent-Type: {}\r\nContent-Length: {}\r\n{location}Connection: close\r\n\r\n",
        reply.status,
        reply.kind,
        reply.body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&reply.body).ok()
}

fn head_of(stream: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut part = [0u8; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Some((String::from_utf8(bytes).ok()?, body));
        }
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    }
}

/// The same service behind TLS: its address, and the certificate of the authority that vouches for it.
pub fn behind_tls(plain: &str) -> (String, String) {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let chain: Vec<CertificateDer> = vec![certificate.der().clone()];
    let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = Arc::new(config.unwrap().with_no_client_auth().with_single_cert(chain, private).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let plain = plain.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for outer in listener.incoming() {
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut outer = rustls::StreamOwned::new(session, outer.unwrap());
            let Some((head, body)) = head_of(&mut outer) else { continue };
            let mut inner = TcpStream::connect(&plain).unwrap();
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut rest = vec![0u8; length.unwrap_or(0) - body.len()];
            outer.read_exact(&mut rest).unwrap();
            inner.write_all(&[head.into_bytes(), body, rest].concat()).unwrap();
            let mut answer = Vec::new();
            inner.read_to_end(&mut answer).unwrap();
            outer.write_all(&answer).unwrap();
            outer.conn.send_close_notify();
            outer.flush().unwrap();
        }
    });
    (url, certificate.pem())
}

/// What a browser would do: status, where it is sent, and the page.
pub fn get(url: &str) -> (u16, Option<String>, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, page) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let location = head.lines().find_map(|line| line.strip_prefix("Location: ")).map(str::to_owned);
    (status, location, page.to_owned())
}
