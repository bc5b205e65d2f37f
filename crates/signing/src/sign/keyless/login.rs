//! Logging in to get an identity token: OpenID Connect's authorization code with PKCE (RFC 7636), either by
//! a browser that comes back to this machine (RFC 8252) or by a code that the person copies.

use crate::error::{Code, Error, Result};
use crate::hashing::job::{HashAlgorithm, hash_bytes};
use crate::http::{Body, Client, Service, field_of, form};
use crate::json::{self, Object};
use crate::progress::Progress;
use crate::text;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

use super::token::{DEFAULT_AUDIENCE, IdentityToken};

/// How to log in.
pub struct Login<'l> {
    /// The client as which to log in, when it is not `sigstore`; the token is then for this audience.
    pub client_id: Option<String>,
    /// The client's secret, when it has one.
    pub client_secret: Option<Zeroizing<String>>,
    /// Have the person copy a code instead of waiting for a browser on this machine.
    pub out_of_band: bool,
    /// How long the person may take.
    pub patience: Duration,
    /// Shows the address, and says whether a browser opened it. With `true` a code will be asked for and no
    /// browser on this machine is wanted.
    pub visit: &'l dyn Fn(&str, bool) -> bool,
    /// Asks the person for the code.
    pub code: &'l dyn Fn() -> Result<Zeroizing<String>>,
}

impl std::fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
const CALLBACK: &str = "/auth/callback";
const LIMIT_REQUEST_BYTES: u64 = 16 * 1024;
/// Browsers open connections that they then do not use; the next one waits no longer than this.
const VISIT: Duration = Duration::from_secs(2);

/// What the issuer says of itself (OpenID Connect Discovery 1.0).
struct Issuer {
    name: String,
    authorization: Service,
    token: Service,
    /// The secret goes into the form and not into a header.
    secret_in_form: bool,
}

/// Made anew for each login, so that nobody else's answer is taken for ours.
struct Fresh {
    state: String,
    nonce: String,
    verifier: Zeroizing<String>,
}

/// Logs in at an issuer.
///
/// # Errors
/// `E-LOGIN`, `E-TOKEN`, `E-NETWORK`, `E-REFUSED`, `E-ANSWER`, `E-CANCELLED`.
pub(super) fn log_in(
    client: &Client,
    issuer: &Service,
    login: &Login,
    progress: &Progress,
) -> Result<IdentityToken> {
    let issuer = discover(client, issuer)?;
    let fresh = Fresh { state: random()?, nonce: random()?, verifier: Zeroizing::new(random()?) };
    if !login.out_of_band {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|cause| no_listener(&cause))?;
        let port = listener.local_addr().map_err(|cause| no_listener(&cause))?.port();
        let back = format!("http://localhost:{port}{CALLBACK}");
        if (login.visit)(&address(&issuer, login, &fresh, &back), false) {
            let code = wait_for(&listener, &fresh.state, login.patience, progress)?;
            return redeem(client, &issuer, login, &fresh, &code, &back);
        }
        // No browser here: the person has one elsewhere.
    }
    (login.visit)(&address(&issuer, login, &fresh, OUT_OF_BAND), true);
    let code = (login.code)()?;
    progress.check()?;
    redeem(client, &issuer, login, &fresh, code.trim(), OUT_OF_BAND)
}

fn discover(client: &Client, issuer: &Service) -> Result<Issuer> {
    let place = issuer.below("/.well-known/openid-configuration");
    let answer = client.call(&place, "say how to log in", &Body::Nothing, None)?;
    let document = json::parse(&answer, 16).map_err(|error| place.unusable(error.what))?;
    let field = |key: &str| {
        Object::root(&document)
            .and_then(|object| object.text(key))
            .map_err(|error| place.unusable(format!("{key}: {}", error.what)))
    };
    // Discovery 4.3: otherwise another issuer's tokens could be had in this one's name.
    let name = field("issuer")?;
    if name.trim_end_matches('/') != issuer.url.trim_end_matches('/') {
        return Err(place.unusable(format!("it calls itself {name}")));
    }
    let methods = document.get("token_endpoint_auth_methods_supported").and_then(|list| list.as_array());
    let offers = |method: &str| methods.is_some_and(|list| list.iter().any(|m| m == method));
    Ok(Issuer {
        name: name.to_owned(),
        authorization: Service::new("the login page", field("authorization_endpoint")?)?,
        token: Service::new("the identity provider", field("token_endpoint")?)?,
        secret_in_form: offers("client_secret_post") && !offers("client_secret_basic"),
    })
}

fn address(issuer: &Issuer, login: &Login, fresh: &Fresh, back: &str) -> String {
    let digest = hash_bytes(HashAlgorithm::Sha256, fresh.verifier.as_bytes());
    let query = form(&[
        ("response_type", "code"),
        ("client_id", client_id(login)),
        ("scope", "openid email"),
        ("redirect_uri", back),
        ("code_challenge", &URL_SAFE_NO_PAD.encode(digest)),
        ("code_challenge_method", "S256"),
        ("state", &fresh.state),
        ("nonce", &fresh.nonce),
    ]);
    let url = &issuer.authorization.url;
    format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' })
}

fn client_id<'l>(login: &'l Login) -> &'l str {
    login.client_id.as_deref().unwrap_or(DEFAULT_AUDIENCE)
}

/// The code against a token (RFC 6749, 4.1.3), which must be the answer to this login and no other.
fn redeem(
    client: &Client,
    issuer: &Issuer,
    login: &Login,
    fresh: &Fresh,
    code: &str,
    back: &str,
) -> Result<IdentityToken> {
    let id = client_id(login);
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", back),
        ("client_id", id),
        ("code_verifier", fresh.verifier.as_str()),
    ];
    let mut authorization = None;
    match &login.client_secret {
        Some(secret) if issuer.secret_in_form => fields.push(("client_secret", secret.as_str())),
        Some(secret) => authorization = Some(basic(id, secret)),
        None => {}
    }
    let authorization = authorization.as_ref().map(|value| ("Authorization", value.as_str()));
    let answer = client.call(&issuer.token, "give a token", &Body::Form(&fields), authorization)?;
    let answer = Zeroizing::new(answer);
    let document = json::parse(&answer, 16).map_err(|error| issuer.token.unusable(error.what))?;
    let Some(raw) = document.get("id_token").and_then(|token| token.as_str()) else {
        return Err(issuer.token.unusable("it holds no identity token"));
    };
    // It comes from the provider over TLS: that stands for its signature (OpenID Connect Core 3.1.3.7, 6).
    let token =
        IdentityToken::parse(raw, id, Timestamp::now()).map_err(|error| error.at(&issuer.token.url))?;
    if token.claim("iss") != Some(&issuer.name) {
        return Err(issuer.token.unusable("its token is another issuer's"));
    }
    if token.claim("nonce") != Some(&fresh.nonce) {
        return Err(issuer.token.unusable("its token is not the answer to this login"));
    }
    Ok(token)
}

/// `Basic` credentials (RFC 6749, 2.3.1: both are form-encoded first).
fn basic(id: &str, secret: &str) -> Zeroizing<String> {
    let encoded = |text: &str| Zeroizing::new(form(&[("", text)]).trim_start_matches('=').to_owned());
    let pair = Zeroizing::new(format!("{}:{}", *encoded(id), *encoded(secret)));
    Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

fn random() -> Result<String> {
    let mut bytes = [0u8; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Error::new(Code::Internal, "the system gives no random bytes"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn no_listener(cause: &std::io::Error) -> Error {
    Error::new(Code::Login, format!("this machine gives no port for the browser to come back to ({cause})"))
        .help("use --oauth-force-oob to copy a code instead")
}

/// Waits until the browser comes back with this login's state. Whoever else comes is sent away: any page and
/// any program on this machine can knock here.
fn wait_for(
    listener: &TcpListener,
    state: &str,
    patience: Duration,
    progress: &Progress,
) -> Result<Zeroizing<String>> {
    listener.set_nonblocking(true).map_err(|cause| no_listener(&cause))?;
    let until = Instant::now() + patience;
    while Instant::now() < until {
        progress.check()?;
        match listener.accept() {
            Ok((stream, _)) => {
                if let Some(code) = answer(stream, state) {
                    return code;
                }
            }
            Err(_) => std::thread::sleep(Duration::from_millis(25)),
        }
    }
    let waited = patience.as_secs();
    Err(Error::new(Code::Login, format!("no answer came back from the login page within {waited} seconds"))
        .help("try again, or use --oauth-force-oob to copy a code instead"))
}

/// One visit; none when it was not the awaited one.
fn answer(mut stream: TcpStream, state: &str) -> Option<Result<Zeroizing<String>>> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(VISIT)).ok()?;
    stream.set_write_timeout(Some(VISIT)).ok()?;
    let request = head_of(&mut stream)?;
    let target = request.lines().next()?.strip_prefix("GET ")?.split(' ').next()?.to_owned();
    let Some(query) = target.strip_prefix(CALLBACK).and_then(|rest| rest.strip_prefix('?')) else {
        reply(&mut stream, "404 Not Found", "Nothing is here.");
        return None;
    };
    if field_of(query, "state").as_deref() != Some(state) {
        reply(&mut stream, "400 Bad Request", "This is not the answer to the login that is under way.");
        return None;
    }
    if let Some(code) = field_of(query, "code").filter(|code| !code.is_empty()) {
        reply(&mut stream, "200 OK", "You are logged in. You may close this page.");
        return Some(Ok(Zeroizing::new(code)));
    }
    reply(&mut stream, "400 Bad Request", "The login failed. You may close this page.");
    let said = ["error_description", "error"].into_iter().find_map(|key| field_of(query, key));
    let said = said.unwrap_or_else(|| "it does not say why".to_owned());
    Some(Err(Error::new(
        Code::Login,
        format!("the login page refused: {}", text::clip(&text::screen(&said), 300)),
    )
    .help("log in again with an account that the instance accepts")))
}

fn head_of(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut limited = stream.take(LIMIT_REQUEST_BYTES);
    let mut part = [0u8; 1024];
    let until = Instant::now() + VISIT;
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = limited.read(&mut part).ok().filter(|read| *read > 0 && Instant::now() < until)?;
        bytes.extend_from_slice(part.get(..read)?);
    }
    String::from_utf8(bytes).ok()
}

fn reply(stream: &mut TcpStream, status: &str, line: &str) {
    let page = format!("<!doctype html><title>Touchmark</title><p>{line}</p>\n");
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        page.len()
    );
    // A browser that is gone has brought its code already.
    let _ = stream.write_all(format!("{head}{page}").as_bytes());
}
