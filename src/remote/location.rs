//! Where models or a run lie: a folder, a bucket with a prefix, or a repository of a registry or hub. It never holds
//! credentials, and has one spelling.

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
    /// Objects of a bucket of Google Cloud Storage whose names begin with a prefix.
    Google {
        /// The bucket.
        bucket: String,
        /// The prefix without a slash at its end; empty for the whole bucket.
        prefix: String,
    },
    /// Blobs of a container of Azure Blob Storage whose names begin with a prefix. The account is the environment's to say.
    Azure {
        /// The container.
        container: String,
        /// The prefix without a slash at its end; empty for the whole container.
        prefix: String,
    },
    /// A repository of the Hugging Face Hub, or of a mirror that answers as the hub does, at one revision. Models are read
    /// from it; nothing is put there.
    Hub {
        /// The host, with its port where it has one.
        host: String,
        /// `OWNER/NAME`, or the name alone.
        repository: String,
        /// A branch, a tag or a commit; none for `main`.
        revision: Option<String>,
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

/// The kinds of locations, for errors.
const KINDS: &str = "name a folder, a bucket (s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX), a repository of \
    a registry (oci://HOST/REPOSITORY:TAG) or of a hub (hf-mirror://HOST/OWNER/NAME@REVISION)";

/// Places whose objects lie below a prefix of a bucket.
struct Buckets {
    scheme: &'static str,
    /// What is said where a name of a bucket could hold a secret.
    login: &'static str,
    /// Characters of a bucket's name beside small letters and digits.
    between: &'static [u8],
    made: fn(String, String) -> Location,
}

const BUCKETS: [Buckets; 3] = [
    Buckets {
        scheme: "s3://",
        login: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them; then name s3://BUCKET/PREFIX",
        between: b"-.",
        made: |bucket, prefix| Location::S3 { bucket, prefix },
    },
    Buckets {
        scheme: "gs://",
        login: "set GOOGLE_APPLICATION_CREDENTIALS, or run where a service account is attached; then name gs://BUCKET/PREFIX",
        between: b"-._",
        made: |bucket, prefix| Location::Google { bucket, prefix },
    },
    Buckets {
        scheme: "az://",
        login: "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or run where an identity is assigned; then name \
            az://CONTAINER/PREFIX",
        between: b"-",
        made: |container, prefix| Location::Azure { container, prefix },
    },
];

impl Location {
    /// Reads `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`, `az://CONTAINER/PREFIX`, `oci://HOST/REPOSITORY`,
    /// `hf-mirror://HOST/OWNER/NAME`, `file:PATH` or the path of a folder.
    ///
    /// # Errors
    /// `E-USAGE`.
    pub fn parse(text: &str) -> Result<Self> {
        let usage = |what: &str| Error::new(Code::Usage, what).at(text).help(KINDS);
        let secret = |scheme: &str, rest: &str, help: &'static str| {
            let shown = shown(rest, matches!(scheme, "oci://" | "hf-mirror://"));
            Error::new(Code::Usage, "a location holds no credentials and no query")
                .at(format!("{scheme}{shown}"))
                .help(help)
        };
        if let Some(rest) = text.strip_prefix("oci://") {
            return repository(rest).map_err(|what| match what {
                Odd::Secret => secret(
                    "oci://",
                    rest,
                    "log in with `docker login HOST`; then name oci://HOST/REPOSITORY:TAG",
                ),
                Odd::Because(what) => usage(what),
            });
        }
        if let Some(rest) = text.strip_prefix("hf-mirror://") {
            return hub(rest).map_err(|what| match what {
                Odd::Secret => secret(
                    "hf-mirror://",
                    rest,
                    "set HF_TOKEN; then name hf-mirror://HOST/OWNER/NAME@REVISION",
                ),
                Odd::Because(what) => usage(what),
            });
        }
        for kind in &BUCKETS {
            if let Some(rest) = text.strip_prefix(kind.scheme) {
                return bucket(kind, rest).map_err(|what| match what {
                    Odd::Secret => secret(kind.scheme, rest, kind.login),
                    Odd::Because(what) => usage(what),
                });
            }
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
        !matches!(self, Location::Oci { .. } | Location::Hub { .. })
    }

    /// The folder that is one model whatever lies in it, with a slash at its end; none where folders say for themselves.
    pub fn one_model(&self) -> Option<String> {
        match self {
            Location::Hub { repository, .. } => Some(format!("{repository}/")),
            _ => None,
        }
    }

    /// Scheme, bucket and prefix, where it is a bucket.
    fn bucket(&self) -> Option<(&'static Buckets, &str, &str)> {
        let [s3, google, azure] = &BUCKETS;
        match self {
            Location::S3 { bucket, prefix } => Some((s3, bucket, prefix)),
            Location::Google { bucket, prefix } => Some((google, bucket, prefix)),
            Location::Azure { container, prefix } => Some((azure, container, prefix)),
            Location::Folder(_) | Location::Hub { .. } | Location::Oci { .. } => None,
        }
    }

    /// A place below it.
    #[must_use]
    pub fn below(&self, key: &str) -> Self {
        if let Some((kind, bucket, prefix)) = self.bucket() {
            let prefix = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}/{key}") };
            return (kind.made)(bucket.to_owned(), prefix);
        }
        match self {
            Location::Folder(path) => Location::Folder(path.join(key)),
            Location::Oci { host, repository, .. } => Location::Oci {
                host: host.clone(),
                repository: format!("{repository}/{key}"),
                reference: None,
            },
            // Nothing lies below a repository of a hub, nor below what is left.
            other => other.clone(),
        }
    }

    /// The place that it lies in; none at the top.
    pub fn above(&self) -> Option<Self> {
        if let Some((kind, bucket, prefix)) = self.bucket() {
            let above = prefix.rsplit_once('/').map_or("", |(above, _)| above);
            return (!prefix.is_empty()).then(|| (kind.made)(bucket.to_owned(), above.to_owned()));
        }
        match self {
            Location::Folder(path) => path.parent().map(|path| Location::Folder(path.to_owned())),
            Location::Oci { host, repository, .. } => {
                let (above, _) = repository.rsplit_once('/')?;
                Some(Location::Oci { host: host.clone(), repository: above.to_owned(), reference: None })
            }
            _ => None,
        }
    }

    /// Its own name: the last part.
    pub fn name(&self) -> String {
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        match (self, self.bucket()) {
            (_, Some((_, bucket, ""))) => bucket.to_owned(),
            (_, Some((_, _, prefix))) => last(prefix),
            (Location::Folder(path), _) => {
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            }
            (Location::Oci { repository, reference, .. }, _) => {
                let reference = reference.as_ref().map(Reference::to_string).unwrap_or_default();
                format!("{}{reference}", last(repository))
            }
            (Location::Hub { repository, .. }, _) => last(repository),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((kind, bucket, prefix)) = self.bucket() {
            let slash = if prefix.is_empty() { "" } else { "/" };
            return write!(f, "{}{bucket}{slash}{prefix}", kind.scheme);
        }
        match self {
            Location::Folder(path) => write!(f, "file:{}", path.to_string_lossy()),
            Location::Oci { host, repository, reference } => {
                write!(f, "oci://{host}/{repository}")?;
                reference.as_ref().map_or(Ok(()), |reference| reference.fmt(f))
            }
            Location::Hub { host, repository, revision } => {
                write!(f, "hf-mirror://{host}/{repository}")?;
                revision.as_ref().map_or(Ok(()), |revision| write!(f, "@{revision}"))
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong with the name of a repository.
enum Odd {
    /// It may hold a secret: it is not repeated.
    Secret,
    Because(&'static str),
}

/// What may be repeated of a location that may hold a secret: nothing before an `@` and nothing after a `?`.
fn shown(rest: &str, has_ports: bool) -> &str {
    let host = rest.split('/').next().unwrap_or_default();
    match (rest.contains('@'), rest.contains(['?', '#'])) {
        (true, true) => "",
        (true, false) => rest.rsplit('@').next().unwrap_or_default(),
        (false, _) if host.contains(':') && !has_ports => "",
        (false, _) => rest.split(['?', '#']).next().unwrap_or_default(),
    }
}

/// Reads `BUCKET/PREFIX`.
fn bucket(kind: &Buckets, text: &str) -> std::result::Result<Location, Odd> {
    let (bucket, prefix) = text.split_once('/').unwrap_or((text, ""));
    if text.contains(['?', '#']) || bucket.contains(['@', ':']) {
        return Err(Odd::Secret);
    }
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_bucket = (3..=63).contains(&bucket.len())
        && bucket.bytes().all(|b| is_plain(b) || kind.between.contains(&b))
        && !bucket.contains("..")
        && bucket.bytes().next().is_some_and(is_plain)
        && bucket.bytes().next_back().is_some_and(is_plain);
    if !is_bucket {
        return Err(Odd::Because("not the name of a bucket"));
    }
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    if !prefix.is_empty() {
        check_key(prefix).map_err(|fault| Odd::Because(fault.words()))?;
    }
    Ok((kind.made)(bucket.to_owned(), prefix.to_owned()))
}

/// Whether it is a host, with or without a port.
fn is_host(host: &str) -> bool {
    let is_digits =
        |port: &str| !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) => (name, port.strip_prefix(':').or(port.is_empty().then_some("0"))),
        None => host.split_once(':').map_or((host, Some("0")), |(name, port)| (name, Some(port))),
    };
    let is_address = host.starts_with('[') && is_ipv6(name);
    let is_name =
        !host.starts_with('[') && name.len() <= 253 && name.split('.').all(|part| is_word(part, b"-"));
    (is_address || is_name) && port.is_some_and(is_digits)
}

/// Reads `HOST/NAME`, `HOST/OWNER/NAME` or `HOST/OWNER/NAME@REVISION`.
fn hub(text: &str) -> std::result::Result<Location, Odd> {
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    if text.contains(['?', '#']) || host.contains('@') {
        return Err(Odd::Secret);
    }
    if !is_host(host) {
        return Err(Odd::Because("not the host of a hub or of its mirror"));
    }
    let (repository, revision) = match path.split_once('@') {
        Some((repository, revision)) => (repository, Some(revision)),
        None => (path, None),
    };
    let is_part = |part: &str| {
        part.len() <= 96 && is_word(part, b"._-") && !part.contains("--") && !part.contains("..")
    };
    if !repository.split('/').all(is_part) || repository.split('/').count() > 2 {
        return Err(Odd::Because(
            "not a repository of a hub (OWNER/NAME, with @REVISION where it is not main)",
        ));
    }
    if let Some(revision) = revision {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/' | b'+');
        if revision.len() > 255 || !revision.bytes().all(is_plain) || check_key(revision).is_err() {
            return Err(Odd::Because("not a branch, a tag or a commit"));
        }
    }
    Ok(Location::Hub {
        host: host.to_ascii_lowercase(),
        repository: repository.to_owned(),
        revision: revision.map(str::to_owned),
    })
}

/// Reads `HOST/REPOSITORY`, `HOST/REPOSITORY:TAG` or `HOST/REPOSITORY@sha256:HEX`.
fn repository(text: &str) -> std::result::Result<Location, Odd> {
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    if text.contains(['?', '#']) || host.contains('@') {
        return Err(Odd::Secret);
    }
    if !is_host(host) {
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
