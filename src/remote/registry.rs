//! The few requests that are made of an OCI registry: documents within limits, and blobs that are checked against their
//! digests. Tokens are asked for as the registry says to, kept for one repository, and sent to no other host. It knows no
//! layout and no model.

use super::logins::{Login, login};
pub(super) use super::web::Document;
use super::web::{Asks, Failed, Web, With, body, unsent};
use crate::error::{Code, Error, Result};
use aws_lc_rs::digest::{Context, SHA256};
use reqwest::header::{ACCEPT, AUTHORIZATION, WWW_AUTHENTICATE};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// The largest answer with a token.
const MAX_TOKEN_BYTES: usize = 256 * 1024;
/// The longest token: a header has to hold it.
const MAX_TOKEN: usize = 32 * 1024;
const REFUSED: &str = "log in with `docker login`; logins that a helper keeps are not read";
const ABSENT: &str = "check repository and tag; some registries hide what is not public: `docker login`";

/// One repository of a registry.
pub(super) struct Registry {
    web: Web,
    repository: String,
    login: Option<Login>,
    /// What stands behind `Authorization:`, once the registry asked for it.
    token: Mutex<Option<String>>,
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
        let reached = if host == "docker.io" { "registry-1.docker.io" } else { host };
        let place = format!("oci://{host}/{repository}");
        let web = Web::new((host, reached), place, "registry", [REFUSED, ABSENT])?;
        Ok(Registry { web, repository: repository.to_owned(), login: login(host)?, token: Mutex::default() })
    }

    /// What lies below the repository, as `manifests/TAG`: a document of at most `limit` bytes.
    ///
    /// # Errors
    /// `E-NOT-FOUND`, `E-REFUSED`, `E-TOO-LARGE`; `E-MALFORMED` for what no registry answers; `E-NETWORK`.
    pub(super) fn document(&self, below: &str, accept: &str, limit: usize) -> Result<Document> {
        let url = self.at(below)?;
        let with = |request: RequestBuilder| request.header(ACCEPT, accept);
        self.web.document(self, (&url, below), (&with, false), limit)
    }

    /// All bytes of a blob. The last of them come before what does not come to the digest is an error.
    ///
    /// # Errors
    /// `E-CHANGED` when its bytes are not those of the digest, or not so many; `E-NOT-FOUND`, `E-REFUSED`,
    /// `E-MALFORMED`, `E-NETWORK`; what `take` gives.
    pub(super) fn blob(&self, hex: &str, size: u64, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let below = format!("blobs/sha256:{hex}");
        let url = self.at(&below)?;
        let mut sum = Context::new(&SHA256);
        self.web.bytes(self, (&url, &below), size, &|_| Ok(()), &mut |piece| {
            sum.update(piece);
            take(piece)
        })?;
        match hex::encode(sum.finish()) == hex {
            true => Ok(()),
            false => Err(Error::new(Code::Changed, "the registry gives other bytes than the digest names")
                .at(format!("{} {below}", self.web.place()))
                .help("do not use the model; tell the operator of the registry")),
        }
    }

    /// What shows who asks; none where nothing can.
    async fn token(&self, asked: Option<Challenge>) -> std::result::Result<Option<String>, Failed> {
        let basic = self.login.as_ref().map(|login| format!("Basic {}", login.as_str()));
        let (realm, service) = match asked {
            None => return Ok(None),
            Some(Challenge::Basic) => return Ok(basic),
            Some(Challenge::Bearer { realm, service }) => (realm, service),
        };
        let mut url =
            Url::parse(&realm).map_err(|_| self.web.odd("it names no service that gives tokens"))?;
        if !self.web.is_safe(&url) {
            return Err(Error::new(Code::Refused, "the registry's tokens are given without TLS")
                .at(self.web.place())
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
        let mut request = self.web.client.get(url);
        if let Some(basic) = basic {
            request = request.header(AUTHORIZATION, basic);
        }
        let answer = request.send().await.map_err(unsent)?;
        if answer.status().is_redirection() {
            return Err(self.web.odd("the service that gives tokens sends on").into());
        }
        self.web.good(answer.status(), answer.headers(), "the service that gives tokens")?;
        let bytes = body(answer, MAX_TOKEN_BYTES, "the service that gives tokens").await?;
        let said: Value =
            serde_json::from_slice(&bytes).map_err(|_| self.web.odd("a token that is no JSON"))?;
        let token = ["token", "access_token"].iter().find_map(|key| said.get(key)?.as_str());
        let is_good = |token: &&str| token.len() <= MAX_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
        let token = token.filter(is_good).ok_or_else(|| self.web.odd("an answer without a token"))?;
        Ok(Some(format!("Bearer {token}")))
    }

    fn at(&self, below: &str) -> Result<Url> {
        let url = self.web.base.join(&format!("v2/{}/{below}", self.repository));
        url.map_err(|_| Error::new(Code::Internal, "an address cannot be made").at(below))
    }

    pub(super) fn place(&self) -> String {
        self.web.place().to_owned()
    }

    /// An answer that no registry gives.
    pub(super) fn odd(&self, what: &str) -> Error {
        self.web.odd(what)
    }
}

impl Asks for Registry {
    /// One request of the registry itself, with a token where it asks for one.
    async fn ask(&self, url: &Url, with: With<'_>) -> std::result::Result<Response, Failed> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = |token: &Option<String>| {
            let request = with(self.web.client.get(url.clone()));
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
