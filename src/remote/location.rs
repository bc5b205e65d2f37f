//! Where models or a run lie: a folder, a bucket with a prefix, or a repository of a registry. It never holds credentials,
//! and has one spelling.

use super::hosts::is_ipv6;
use super::names::check_key;
use crate::error::{Code, Error, Result};
use std::fmt;
use std::path::{Path, PathBuf};

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A folder of this machine, absolute.
    Folder(PathBuf),
    /// Objects of a bucket whose keys begin with a prefix.
    S3 {
        /// The bucket.
        bucket: String,
        /// The prefix without a slash at its end; empty for the whole bucket.
        prefix: String,
    },
    /// A repository of an OCI registry, or what one reference of it names. Models are read from it; nothing is put there.
    Oci {
        /// The registry's host, with its port where it has one.
        host: String,
        /// The repository.
        repository: String,
        /// The only reference that is meant; none for all tags.
        reference: Option<Reference>,
    },
}

/// What a repository names a manifest by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// A tag, which may move.
    Tag(String),
    /// `sha256:` and the digest, which does not.
    Digest(String),
}

impl Reference {
    /// As it is asked for.
    pub fn as_str(&self) -> &str {
        match self {
            Reference::Tag(text) | Reference::Digest(text) => text,
        }
    }
}

/// `:TAG` or `@DIGEST`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Tag(tag) => write!(f, ":{tag}"),
            Reference::Digest(digest) => write!(f, "@{digest}"),
        }
    }
}

impl Location {
    /// Reads `s3://bucket/prefix`, `oci://host/repository`, `file:PATH` or the path of a folder.
    ///
    /// # Errors
    /// `E-USAGE`.
    pub fn parse(text: &str) -> Result<Self> {
        let usage = |what: &str| {
            Error::new(Code::Usage, what).at(text).help(
                "name a folder, a bucket (s3://BUCKET/PREFIX) or a repository (oci://HOST/REPOSITORY:TAG)",
            )
        };
        if let Some(rest) = text.strip_prefix("oci://") {
            return repository(rest).map_err(|what| match what {
                Odd::Secret => Error::new(Code::Usage, "a location holds no credentials and no query")
                    .at(format!("oci://{}", rest.rsplit('@').next().unwrap_or_default()))
                    .help("log in with `docker login HOST`; then name oci://HOST/REPOSITORY:TAG"),
                Odd::Because(what) => usage(what),
            });
        }
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if rest.contains(['?', '#']) || bucket.contains(['@', ':']) {
                return Err(usage("a location holds no credentials and no query").help(
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them; then name \
                     s3://BUCKET/PREFIX",
                ));
            }
            let is_bucket = (3..=63).contains(&bucket.len())
                && bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
                && !bucket.contains("..")
                && bucket.starts_with(|c: char| c.is_ascii_alphanumeric())
                && bucket.ends_with(|c: char| c.is_ascii_alphanumeric());
            if !is_bucket {
                return Err(usage("not the name of a bucket"));
            }
            let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
            if !prefix.is_empty() {
                check_key(prefix).map_err(|fault| usage(fault.words()))?;
            }
            return Ok(Location::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
        }
        let path = match text.strip_prefix("file:") {
            Some(path) => path.strip_prefix("//").unwrap_or(path),
            None if text.contains("://") => {
                return Err(usage("a kind of place that this version does not know"));
            }
            None => text,
        };
        if path.is_empty() {
            return Err(usage("an empty path"));
        }
        let path = Path::new(path);
        let path = path.canonicalize().or_else(|_| std::path::absolute(path));
        path.map(Location::Folder).map_err(|cause| Error::read(Path::new(text), &cause))
    }

    /// Whether a run can be put there.
    pub fn takes_objects(&self) -> bool {
        !matches!(self, Location::Oci { .. })
    }

    /// A place below it.
    #[must_use]
    pub fn below(&self, key: &str) -> Self {
        match self {
            Location::Folder(path) => Location::Folder(path.join(key)),
            Location::Oci { host, repository, .. } => Location::Oci {
                host: host.clone(),
                repository: format!("{repository}/{key}"),
                reference: None,
            },
            Location::S3 { bucket, prefix } if prefix.is_empty() => {
                Location::S3 { bucket: bucket.clone(), prefix: key.to_owned() }
            }
            Location::S3 { bucket, prefix } => {
                Location::S3 { bucket: bucket.clone(), prefix: format!("{prefix}/{key}") }
            }
        }
    }

    /// The place that it lies in; none at the top.
    pub fn above(&self) -> Option<Self> {
        match self {
            Location::Folder(path) => path.parent().map(|path| Location::Folder(path.to_owned())),
            Location::S3 { prefix, .. } if prefix.is_empty() => None,
            Location::Oci { host, repository, .. } => {
                let (above, _) = repository.rsplit_once('/')?;
                Some(Location::Oci { host: host.clone(), repository: above.to_owned(), reference: None })
            }
            Location::S3 { bucket, prefix } => Some(Location::S3 {
                bucket: bucket.clone(),
                prefix: prefix.rsplit_once('/').map_or("", |(above, _)| above).to_owned(),
            }),
        }
    }

    /// Its own name: the last part.
    pub fn name(&self) -> String {
        match self {
            Location::Folder(path) => {
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Location::S3 { bucket, prefix } if prefix.is_empty() => bucket.clone(),
            Location::S3 { prefix, .. } => prefix.rsplit('/').next().unwrap_or_default().to_owned(),
            Location::Oci { repository, reference, .. } => {
                let last = repository.rsplit('/').next().unwrap_or_default();
                format!("{last}{}", reference.as_ref().map(Reference::to_string).unwrap_or_default())
            }
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Folder(path) => write!(f, "file:{}", path.to_string_lossy()),
            Location::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Location::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
            Location::Oci { host, repository, reference } => {
                write!(f, "oci://{host}/{repository}")?;
                reference.as_ref().map_or(Ok(()), |reference| reference.fmt(f))
            }
        }
    }
}

/// What is wrong with the name of a repository.
enum Odd {
    /// It may hold a secret: it is not repeated.
    Secret,
    Because(&'static str),
}

/// Reads `HOST/REPOSITORY`, `HOST/REPOSITORY:TAG` or `HOST/REPOSITORY@sha256:HEX`.
fn repository(text: &str) -> std::result::Result<Location, Odd> {
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    if text.contains(['?', '#']) || host.contains('@') {
        return Err(Odd::Secret);
    }
    let is_digits =
        |port: &str| !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) => (name, port.strip_prefix(':').or(port.is_empty().then_some("0"))),
        None => host.split_once(':').map_or((host, Some("0")), |(name, port)| (name, Some(port))),
    };
    let is_address = host.starts_with('[') && is_ipv6(name);
    let is_name =
        !host.starts_with('[') && name.len() <= 253 && name.split('.').all(|part| is_word(part, b"-"));
    if !(is_address || is_name) || !port.is_some_and(is_digits) {
        return Err(Odd::Because("not the host of a registry"));
    }
    let (path, reference) = match path.split_once('@') {
        Some((path, digest)) => {
            let hex = digest.strip_prefix("sha256:").unwrap_or_default();
            if hex.len() != 64 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(Odd::Because("not the digest of a manifest: sha256: and 64 digits, lower case"));
            }
            (path, Some(Reference::Digest(digest.to_owned())))
        }
        None => match path.rsplit_once(':') {
            Some((path, tag)) if is_tag(tag) => (path, Some(Reference::Tag(tag.to_owned()))),
            Some(_) => return Err(Odd::Because("not a tag")),
            None => (path, None),
        },
    };
    let is_lower = |part: &str| !part.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_repository =
        path.len() <= 255 && path.split('/').all(|part| is_word(part, b"._-") && is_lower(part));
    match is_repository {
        true => Ok(Location::Oci { host: host.to_ascii_lowercase(), repository: path.to_owned(), reference }),
        false => Err(Odd::Because("not the name of a repository (with a tag or a digest, not both)")),
    }
}

/// Letters and digits, with others between them.
fn is_word(part: &str, between: &[u8]) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric();
    part.bytes().all(|b| is_plain(b) || between.contains(&b))
        && part.bytes().next().is_some_and(is_plain)
        && part.bytes().next_back().is_some_and(is_plain)
}

/// Whether a word can be a tag.
pub(super) fn is_tag(word: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&word.len())
        && word.bytes().all(|b| is_plain(b) || matches!(b, b'.' | b'-'))
        && word.bytes().next().is_some_and(is_plain)
}
