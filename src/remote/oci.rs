//! Models of a registry, seen as files: what each tag leads to, as an OCI image layout of its own in a folder named
//! `REPOSITORY:TAG`. A blob's state is its digest. Nothing is ever put there.

use super::files::{Checksum, Files, Object, Order, Seen, changed};
use super::location::{Location, Reference, is_tag};
use super::names::KeyFault;
use super::registry::Registry;
use super::resolved::{Resolved, tags};
use crate::error::{Code, Error, Result};
use crate::signing::sha256_hex;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, Mutex, PoisonError};

/// Tags of one repository.
const MAX_TAGS: usize = 10_000;
/// So much of a listing is kept for the next one.
const MAX_KEPT: usize = 200_000;
const MARK: &str = "oci-layout";
const MARK_BYTES: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;
const INDEX: &str = "index.json";
const BLOBS: &str = "blobs/sha256/";

/// A repository, or one reference of it.
pub(super) struct Oci {
    registry: Registry,
    host: String,
    repository: String,
    reference: Option<Reference>,
    /// What the folder that was asked about last leads to.
    last: Mutex<Option<(String, Arc<Resolved>)>>,
    /// The first listing: whoever lists twice sees the same.
    listed: Mutex<Option<Vec<Seen>>>,
}

impl Oci {
    /// A place in a registry. Nothing is asked yet.
    pub(super) fn new(host: &str, repository: &str, reference: Option<Reference>) -> Result<Self> {
        Ok(Oci {
            registry: Registry::new(host, repository)?,
            host: host.to_owned(),
            repository: repository.to_owned(),
            reference,
            last: Mutex::default(),
            listed: Mutex::default(),
        })
    }

    fn folder(&self, reference: &Reference) -> String {
        format!("{}{reference}", self.repository)
    }

    /// The folder of a key with its reference, and what lies in it.
    fn parts<'k>(&self, key: &'k str) -> Result<(String, Reference, &'k str)> {
        let absent = || Error::new(Code::NotFound, "no such object").at(key);
        let rest = key.strip_prefix(&self.repository).ok_or_else(absent)?;
        let (named, inside) = rest.split_once('/').ok_or_else(absent)?;
        let reference = match (named.strip_prefix(':'), named.strip_prefix('@')) {
            (Some(tag), _) if is_tag(tag) => Reference::Tag(tag.to_owned()),
            (_, Some(digest)) => Reference::Digest(digest.to_owned()),
            _ => return Err(absent()),
        };
        Ok((self.folder(&reference), reference, inside))
    }

    /// What a folder leads to now.
    fn resolve(&self, folder: &str, reference: &Reference) -> Result<Arc<Resolved>> {
        let place = Location::Oci {
            host: self.host.clone(),
            repository: self.repository.clone(),
            reference: Some(reference.clone()),
        };
        let place = place.to_string();
        let place = place.strip_prefix("oci://").unwrap_or(&place);
        let found = Arc::new(Resolved::of(&self.registry, reference, place)?);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((folder.to_owned(), found.clone()));
        Ok(found)
    }

    /// The same as it was when somebody asked last.
    fn resolved(&self, folder: &str, reference: &Reference) -> Result<Arc<Resolved>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match last.filter(|(of, _)| of == folder) {
            Some((_, found)) => Ok(found),
            None => self.resolve(folder, reference),
        }
    }

    /// The objects of one folder, in order.
    fn objects(&self, folder: &str, reference: &Reference) -> Result<Vec<Object>> {
        let found = self.resolve(folder, reference)?;
        let documents = found.documents.iter().map(|(hex, bytes)| (hex, bytes.len() as u64));
        let blobs = found.blobs.iter().map(|(hex, size)| (hex, *size));
        let mut objects: Vec<Object> = documents
            .chain(blobs)
            .map(|(hex, size)| object(format!("{folder}/{BLOBS}{hex}"), size, hex))
            .collect();
        objects.sort_by(|one, other| one.key.cmp(&other.key));
        objects.push(written(folder, INDEX, &found.index));
        objects.push(written(folder, MARK, MARK_BYTES));
        Ok(objects)
    }

    /// What lies there. What a tag leads to may be too much, or no manifest: the tag is still there.
    fn look(&self) -> Result<Vec<Seen>> {
        if let Some(reference) = &self.reference {
            let objects = self.objects(&self.folder(reference), reference)?;
            return Ok(objects.into_iter().map(Seen::Object).collect());
        }
        let mut folders: Vec<(String, Reference)> = Vec::new();
        let mut seen = Vec::new();
        for tag in tags(&self.registry, MAX_TAGS)? {
            if !is_tag(&tag) {
                let key = format!("{}:{}", self.repository, tag.chars().take(200).collect::<String>());
                seen.push(Seen::Odd { key, fault: KeyFault::Hidden });
                continue;
            }
            let reference = Reference::Tag(tag);
            folders.push((self.folder(&reference), reference));
        }
        folders.sort_by(|(one, _), (other, _)| format!("{one}/").cmp(&format!("{other}/")));
        for (folder, reference) in folders {
            match self.objects(&folder, &reference) {
                Ok(objects) => seen.extend(objects.into_iter().map(Seen::Object)),
                // Gone since the tags were listed.
                Err(error) if error.code == Code::NotFound => {}
                Err(error) => {
                    let fault = match error.code {
                        Code::TooLarge => KeyFault::TooMany,
                        Code::Malformed | Code::Refused => KeyFault::Unreadable,
                        _ => return Err(error),
                    };
                    seen.push(Seen::Odd { key: format!("{folder}/{INDEX}"), fault });
                    seen.push(Seen::Object(written(&folder, MARK, MARK_BYTES)));
                }
            }
        }
        Ok(seen)
    }
}

impl Files for Oci {
    fn list(&self, take: &mut dyn FnMut(Seen) -> Result<ControlFlow<()>>) -> Result<()> {
        let kept = self.listed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let seen = match kept {
            Some(seen) => seen,
            None => {
                let seen = self.look()?;
                let keeps = (seen.len() <= MAX_KEPT).then(|| seen.clone());
                *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = keeps;
                seen
            }
        };
        let mut order = Order::default();
        for seen in seen {
            if let Seen::Object(object) = &seen {
                order.next(&object.key)?;
            }
            if take(seen)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn state(&self, key: &str) -> Result<Object> {
        let (folder, reference, _) = self.parts(key)?;
        let objects = self.objects(&folder, &reference)?;
        let found = objects.into_iter().find(|object| object.key == key);
        found.ok_or_else(|| Error::new(Code::NotFound, "no such object").at(key))
    }

    fn read(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        // A digest is of all bytes.
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

    fn stream(&self, object: &Object, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let (folder, reference, inside) = self.parts(&object.key)?;
        let gone = || changed(&object.key);
        let written = |bytes: &[u8]| sha256_hex(bytes) == object.etag && bytes.len() as u64 == object.size;
        match inside {
            MARK if written(MARK_BYTES) => take(MARK_BYTES),
            // A tag may lead elsewhere by now, and more may be attached.
            INDEX => {
                let found = self.resolve(&folder, &reference)?;
                if written(&found.index) { take(&found.index) } else { Err(gone()) }
            }
            _ => {
                let hex = inside.strip_prefix(BLOBS).filter(|hex| *hex == object.etag).ok_or_else(gone)?;
                let found = self.resolved(&folder, &reference)?;
                match (found.documents.get(hex), found.blobs.get(hex)) {
                    (Some(bytes), _) if bytes.len() as u64 == object.size => take(bytes),
                    (None, Some(size)) if *size == object.size => self.registry.blob(hex, *size, take),
                    _ => Err(gone()),
                }
            }
        }
    }

    fn put_new(&self, key: &str, _: &[u8]) -> Result<bool> {
        Err(Error::new(Code::Usage, "nothing is put into a registry")
            .at(key)
            .help("name a folder or a bucket: s3://BUCKET/PREFIX"))
    }
}

fn object(key: String, size: u64, hex: &str) -> Object {
    let checksum = Checksum { algorithm: "sha256".to_owned(), hex: hex.to_owned(), whole: true };
    Object { key, size, etag: hex.to_owned(), version: None, checksum: Some(checksum) }
}

/// What is written here, and stored nowhere.
fn written(folder: &str, name: &str, bytes: &[u8]) -> Object {
    let mut object = object(format!("{folder}/{name}"), bytes.len() as u64, &sha256_hex(bytes));
    object.checksum = None;
    object
}
