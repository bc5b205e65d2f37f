//! Where models or a run lie: a folder, or a bucket with a prefix. It never holds credentials, and has one spelling.

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
}

impl Location {
    /// Reads `s3://bucket/prefix`, `file:PATH` or the path of a folder.
    ///
    /// # Errors
    /// `E-USAGE`.
    pub fn parse(text: &str) -> Result<Self> {
        let usage = |what: &str| {
            Error::new(Code::Usage, what).at(text).help("name a folder, or a bucket: s3://BUCKET/PREFIX")
        };
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

    /// A place below it.
    #[must_use]
    pub fn below(&self, key: &str) -> Self {
        match self {
            Location::Folder(path) => Location::Folder(path.join(key)),
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
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Folder(path) => write!(f, "file:{}", path.to_string_lossy()),
            Location::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Location::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}
