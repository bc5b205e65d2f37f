//! A repository of the Hugging Face Hub, or of a mirror that answers as the hub does: the files of the commit that a
//! revision leads to, in a folder named as the repository is. The hub's SHA-256 of large files is the provider's word.
//! Nothing is ever put there.

use super::files::{Files, Object, Order, Seen, changed};
use super::hub_answers::{commit, files, is_commit};
use super::location::Location;
use super::web::{Asks, Failed, Web, With, unsent};
use super::wire::encoded;
use crate::error::{Code, Error, Result};
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Files of one repository: no model has more.
const MAX_FILES: usize = 100_000;
/// Pages of one listing.
const MAX_PAGES: usize = 1000;
/// The largest page, and the largest answer about a revision.
const MAX_DOCUMENT_BYTES: usize = 16 * 1024 * 1024;
/// The longest token: a header has to hold it.
const MAX_TOKEN: usize = 32 * 1024;
/// What the hub calls the revision that is meant where none is named.
const MAIN: &str = "main";
const TOKEN: &str = "HF_TOKEN";
const REFUSED: &str = "set HF_TOKEN to a token that may read the repository";
const ABSENT: &str = "check repository and revision; hubs hide what is not public: set HF_TOKEN";

/// A repository at a revision.
pub(super) struct Hub {
    asked: Asked,
    repository: String,
    revision: String,
    /// The commit that the revision led to when it was asked about.
    commit: Mutex<Option<String>>,
    /// The first listing. It is kept, so that a second one is the same.
    listed: Mutex<Option<Arc<Vec<Seen>>>>,
}

/// The host, and who asks.
struct Asked {
    web: Web,
    /// What stands behind `Authorization:`.
    token: Option<HeaderValue>,
}

impl Asks for Asked {
    async fn ask(&self, url: &Url, with: With<'_>) -> std::result::Result<Response, Failed> {
        // Bytes as they are: what is packed on the way has another size.
        let mut request = with(self.web.client.get(url.clone())).header(ACCEPT_ENCODING, "identity");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        request.send().await.map_err(unsent)
    }
}

/// The token of the environment.
fn token(place: &str) -> Result<Option<HeaderValue>> {
    let token = Zeroizing::new(std::env::var(TOKEN).unwrap_or_default());
    let token = token.trim();
    if token.is_empty() {
        return Ok(None);
    }
    let written = Zeroizing::new(format!("Bearer {token}"));
    let is_sent = token.len() <= MAX_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
    let value = HeaderValue::from_str(&written).ok().filter(|_| is_sent);
    let mut value = value.ok_or_else(|| {
        Error::new(Code::Usage, "the token in HF_TOKEN cannot be sent")
            .at(place)
            .help("set it again, or unset it")
    })?;
    value.set_sensitive(true);
    Ok(Some(value))
}

impl Hub {
    /// A repository of a hub. Nothing is asked yet.
    pub(super) fn new(host: &str, repository: &str, revision: Option<&str>) -> Result<Self> {
        let place = Location::Hub {
            host: host.to_owned(),
            repository: repository.to_owned(),
            revision: revision.map(str::to_owned),
        };
        let place = place.to_string();
        let token = token(&place)?;
        let web = Web::new((host, host), place, "hub", [REFUSED, ABSENT])?;
        Ok(Hub {
            asked: Asked { web, token },
            repository: repository.to_owned(),
            revision: revision.unwrap_or(MAIN).to_owned(),
            commit: Mutex::default(),
            listed: Mutex::default(),
        })
    }

    fn at(&self, below: &str) -> Result<Url> {
        let url = self.asked.web.base.join(below);
        url.map_err(|_| Error::new(Code::Internal, "an address cannot be made").at(below))
    }

    /// The commit that the revision leads to. It is asked about once.
    fn commit(&self) -> Result<String> {
        let mut kept = self.commit.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commit) = &*kept {
            return Ok(commit.clone());
        }
        let web = &self.asked.web;
        let below = format!("api/models/{}/revision/{}", self.repository, encoded(&self.revision, false));
        let plain = |request: RequestBuilder| request;
        let document =
            web.document(&self.asked, (&self.at(&below)?, &below), (&plain, true), MAX_DOCUMENT_BYTES)?;
        let found = commit(&document.bytes).ok_or_else(|| web.odd("a revision without a commit"))?;
        if is_commit(&self.revision) && found != self.revision {
            return Err(web.odd("another commit than was asked for"));
        }
        *kept = Some(found.clone());
        Ok(found)
    }

    /// What lies there, in order.
    fn listing(&self) -> Result<Arc<Vec<Seen>>> {
        if let Some(kept) = &*self.listed.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(kept.clone());
        }
        let (web, commit) = (&self.asked.web, self.commit()?);
        let (folder, mut seen, mut pages) = (format!("{}/", self.repository), Vec::new(), 0);
        let tree = format!("api/models/{}/tree/{commit}", self.repository);
        let mut query = Some("recursive=true".to_owned());
        while let Some(page) = query.take() {
            let below = format!("{tree}?{page}");
            let plain = |request: RequestBuilder| request;
            let document =
                web.document(&self.asked, (&self.at(&below)?, &tree), (&plain, true), MAX_DOCUMENT_BYTES)?;
            let found = files(&document.bytes, &folder, &commit).map_err(|what| web.odd(what))?;
            pages += 1;
            // A hub that gives the same page again would be asked for ever.
            query = document.next_page().filter(|next| *next != page);
            seen.extend(found);
            if seen.len() > MAX_FILES || pages > MAX_PAGES {
                return Err(Error::new(
                    Code::TooLarge,
                    format!("more than {MAX_FILES} files, or too many pages"),
                )
                .at(web.place()));
            }
        }
        seen.sort_by(|one, other| one.key().cmp(other.key()));
        let seen = Arc::new(seen);
        *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
        Ok(seen)
    }
}

impl Files for Hub {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        let mut order = Order::default();
        for seen in self.listing()?.iter() {
            if let Seen::Object(object) = seen {
                order.next(&object.key)?;
            }
            if take(seen.clone())?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn state(&self, key: &str) -> Result<Object> {
        let listing = self.listing()?;
        let from = listing.partition_point(|seen| seen.key() < key);
        let mut same = listing.iter().skip(from).take_while(|seen| seen.key() == key);
        let found = same.find_map(|seen| match seen {
            Seen::Object(object) => Some(object.clone()),
            Seen::Odd { .. } => None,
        });
        found.ok_or_else(|| Error::new(Code::NotFound, "no such object").at(key))
    }

    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        // What a file's bytes come to is known only of all of them.
        let (mut bytes, mut at) = (Vec::new(), 0_u64);
        self.stream(object, &mut |piece| {
            let end = at + piece.len() as u64;
            let from = usize::try_from(range.start.saturating_sub(at)).unwrap_or(usize::MAX).min(piece.len());
            let to = usize::try_from(range.end.saturating_sub(at)).unwrap_or(usize::MAX).min(piece.len());
            bytes.extend_from_slice(piece.get(from..to).unwrap_or_default());
            at = end;
            Ok(())
        })?;
        Ok(bytes)
    }

    /// The bytes of the commit that was planned, as long as the revision leads to it. Other bytes than those that were
    /// listed are an error after the last of them.
    fn stream(&self, object: &Object, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let gone = || changed(&object.key);
        let inside = object.key.strip_prefix(&self.repository).and_then(|rest| rest.strip_prefix('/'));
        let inside = inside.ok_or_else(|| Error::new(Code::NotFound, "no such object").at(&*object.key))?;
        let planned = object.version.as_deref().filter(|commit| is_commit(commit)).ok_or_else(gone)?;
        if self.commit()? != planned {
            return Err(gone());
        }
        let below = format!("{}/resolve/{planned}/{}", self.repository, encoded(inside, true));
        let is_large = object.checksum.is_some();
        let mut sum = Context::new(if is_large { &SHA256 } else { &SHA1_FOR_LEGACY_USE_ONLY });
        if !is_large {
            sum.update(format!("blob {}\0", object.size).as_bytes());
        }
        let looks = |headers: &HeaderMap| {
            let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
            if text("x-repo-commit").is_some_and(|commit| commit != planned) {
                return Err(gone());
            }
            match text(CONTENT_ENCODING.as_str()) {
                None | Some("identity") => Ok(()),
                Some(_) => Err(self.asked.web.odd("bytes that were packed on the way")),
            }
        };
        let web = &self.asked.web;
        web.bytes(&self.asked, (&self.at(&below)?, &object.key), object.size, &looks, &mut |piece| {
            sum.update(piece);
            take(piece)
        })?;
        match hex::encode(sum.finish()) == object.etag {
            true => Ok(()),
            false => Err(Error::new(Code::Changed, "the hub gives other bytes than it listed")
                .at(format!("{} {}", web.place(), object.key))
                .help("do not use the model; tell the operator of the mirror")),
        }
    }

    fn put_new(&self, key: &str, _: &[u8]) -> Result<bool> {
        Err(Error::new(Code::Usage, "nothing is put into a hub")
            .at(key)
            .help("name a folder or a bucket: s3://BUCKET/PREFIX"))
    }
}
