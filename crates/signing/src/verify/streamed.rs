//! A model whose files come as streams, from a network or out of an archive, and lie nowhere. It compares digests, and knows
//! neither folders nor paths: names are those of the statement.

use crate::bundle::document::Bundle;
use crate::bundle::manifest::Statement;
use crate::error::{Code, Error, ReadFault, Result};
use crate::files::enumerate::{Listing, covers};
use crate::files::localise::{ChangeKind, ChangedFile};
use crate::files::parts::{Part, signed_files};
use crate::files::report::FilesReport;
use crate::hashing::fresh::{Hasher, PartDigest};
use crate::progress::Progress;
use crate::text::Untrusted;
use crate::trust::anchor::Trust;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use super::compare::part_of;
use super::judge::judge;
use super::observed::{Comparison, Observed, SignatureSeen};
use super::options::VerifyOptions;
use super::parse;
use super::verification::Verification;

/// More files than one model has.
const MAX_FILES: usize = 1_000_000;
const MAX_NAME_BYTES: usize = 4096;
const PIECE: usize = 1024 * 1024;

/// A model of which the signature is at hand and the files come one after the other.
///
/// What comes is hashed as the signature asks for it and kept nowhere. Every file has to come before
/// [`verify`](Streamed::verify) is asked: one that did not is missing, and that fails.
///
/// ```
/// # use touchmark_signing::{Curve, SignOptions, SigningKey, sign_key};
/// use touchmark_signing::{Anchor, IdentityRule, Outcome, Progress, Streamed, Trust, VerifyOptions};
///
/// # let model = tempfile::tempdir()?;
/// # std::fs::write(model.path().join("model.safetensors"), b"weights")?;
/// # let key = SigningKey::generate(Curve::P256)?;
/// # let bundle = model.path().join("model.sig");
/// # sign_key(model.path(), &key, &SignOptions::to(&bundle), &Progress::default())?;
/// # let signature = std::fs::read(&bundle)?;
/// # let pem = key.public().to_pem();
/// # let anchor = Anchor::key("release key", "keys/release.pub", pem.as_bytes(), None)?;
/// # let trust = Trust { anchors: vec![anchor], identity: IdentityRule::AnchorDecides };
/// let mut model = Streamed::new(&signature)?;
/// let mut body: &[u8] = b"weights"; // anything that can be read
/// model.file("model.safetensors", &mut body, &Progress::default())?;
///
/// let verified = model.verify(&trust, &VerifyOptions::at(jiff::Timestamp::now()));
/// assert_eq!(verified.outcome(), Outcome::Pass);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Streamed {
    raw: Vec<u8>,
    statement: Statement,
    files: BTreeMap<String, File>,
}

struct File {
    size: u64,
    parts: Vec<PartDigest>,
}

impl Streamed {
    /// Reads the signature, which says how files are hashed. Nothing of it is believed yet.
    ///
    /// # Errors
    /// `E-MALFORMED`, `E-TOO-LARGE` for what is no signature of a model's files.
    pub fn new(bundle: &[u8]) -> Result<Self> {
        let statement = Statement::parse(&Bundle::parse(bundle)?.envelope.payload)?;
        Ok(Streamed { raw: bundle.to_vec(), statement, files: BTreeMap::new() })
    }

    /// Hashes one file to its end. `name` is its path below the model, parts divided by `/`.
    ///
    /// # Errors
    /// `E-USAGE` for a name that is no such path, or that came before; `E-TOO-LARGE` for more files than are taken; `E-READ`
    /// where the stream breaks off; `E-CANCELLED`. The file then has not come.
    pub fn file(&mut self, name: &str, from: &mut dyn Read, progress: &Progress) -> Result<()> {
        let mut hasher = self.hasher();
        let mut piece = vec![0; PIECE];
        loop {
            progress.check()?;
            match from.read(&mut piece) {
                Ok(0) => return self.add(name, hasher),
                Ok(read) => {
                    hasher.update(piece.get(..read).unwrap_or_default());
                    progress.add_bytes(read as u64);
                }
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Err(Error::read(Path::new(name), &cause)),
            }
        }
    }

    /// What a file is hashed with by someone who has its bytes piece by piece; [`add`](Streamed::add) takes it when all have
    /// come.
    pub fn hasher(&self) -> Hasher {
        let how = &self.statement.manifest.serialization;
        Hasher::new(how.hash, how.shard_size)
    }

    /// Takes a file all of whose bytes went through a [`hasher`](Streamed::hasher) of this model.
    ///
    /// # Errors
    /// `E-USAGE`, `E-TOO-LARGE`, as [`file`](Streamed::file).
    pub fn add(&mut self, name: &str, hasher: Hasher) -> Result<()> {
        let how = &self.statement.manifest.serialization;
        if hasher.algorithm() != how.hash || hasher.shard_size() != how.shard_size.filter(|size| *size > 0) {
            return Err(Error::new(Code::Usage, "hashed otherwise than the signature asks for").at(name));
        }
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\0', '\\']);
        if name.len() > MAX_NAME_BYTES || !name.split('/').all(is_part) {
            return Err(Error::new(Code::Usage, "not the path of a file below the model").at(name));
        }
        if self.files.contains_key(name) {
            return Err(Error::new(Code::Usage, "the file came before").at(name));
        }
        if self.files.len() >= MAX_FILES {
            return Err(Error::new(Code::TooLarge, format!("more than {MAX_FILES} files")));
        }
        let size = hasher.bytes();
        self.files.insert(name.to_owned(), File { size, parts: hasher.finish() });
        Ok(())
    }

    /// Verifies what came, as [`crate::verify()`] verifies a folder. Of the options, those that speak of a file system mean
    /// nothing here.
    pub fn verify(&self, trust: &Trust, options: &VerifyOptions) -> Verification {
        let observed = Observed {
            at: options.at,
            signature: SignatureSeen {
                name: Untrusted::default(),
                state: parse::state_of(&self.raw),
                others: Vec::new(),
            },
            comparison: Comparison::Compared,
            files: Arc::new(self.compared(options)),
            foreign: Vec::new(),
        };
        judge(&observed, Some(&self.raw), trust, &options.judging(), options.at)
    }

    fn compared(&self, options: &VerifyOptions) -> FilesReport {
        let how = &self.statement.manifest.serialization;
        let is_ignored = |name: &str| how.ignore_paths.iter().any(|ignored| covers(ignored, name));
        let (ignored, came): (Vec<_>, Vec<_>) = self.files.iter().partition(|(name, _)| is_ignored(name));
        let mut here: BTreeMap<&str, &File> =
            came.into_iter().map(|(name, file)| (name.as_str(), file)).collect();
        let nothing = Listing::default();
        let mut signed = signed_files(&self.statement, &nothing, Path::new(""));
        // The reference up to 1.0.0 calls a model that is one file `.`.
        if here.len() == 1
            && signed.len() == 1
            && let Some(only) = here.keys().next().copied()
            && let Some(parts) = signed.remove(".")
        {
            signed.insert(only, parts);
        }
        let part = part_of(&options.only, &mut signed, &mut here);
        let mut report = FilesReport {
            signed: signed.len() as u64,
            here: here.len() as u64,
            folder_bytes: Some(here.values().map(|file| file.size).sum()),
            ignored: ignored.into_iter().map(|(name, _)| Untrusted::new(name)).collect(),
            part,
            ..FilesReport::default()
        };
        for (name, parts) in &signed {
            match here.get(name) {
                Some(file) => file.compare(name, parts, &mut report),
                None => report.missing.push(Untrusted::new(*name)),
            }
        }
        let unsigned = here.iter().filter(|(name, _)| !signed.contains_key(*name));
        // OMS 6.3.2: an empty file has no shards, so nobody can sign one.
        let (empty, extra): (Vec<_>, Vec<_>) =
            unsigned.partition(|(_, file)| how.shard_size.is_some() && file.size == 0);
        let names =
            |files: Vec<(&&str, &&File)>| files.into_iter().map(|(name, _)| Untrusted::new(*name)).collect();
        (report.unsigned_empty, report.extra) = (names(empty), names(extra));
        report
    }
}

impl File {
    fn compare(&self, name: &str, parts: &[Part<'_>], report: &mut FilesReport) {
        let mut differing: Option<(&Part<'_>, Option<&[u8]>)> = None;
        let (mut many, mut is_unread, mut signed_size) = (0, false, None);
        for part in parts {
            report.compared += 1;
            let (start, end) = part.range.unwrap_or((0, self.size));
            signed_size = part.range.map(|(_, end)| end).or(signed_size);
            let at = self.parts.binary_search_by_key(&(start, end), |(range, _)| *range).ok();
            match at.and_then(|at| self.parts.get(at)).map(|(_, digest)| digest.as_slice()) {
                Some(digest) if digest == part.digest => {
                    report.matched += 1;
                    report.bytes += end - start;
                    continue;
                }
                // A range that is no shard of this size was not hashed: unknown, and no contradiction.
                None if end <= self.size => is_unread = true,
                found => {
                    differing = differing.or(Some((part, found)));
                    many += 1;
                }
            }
        }
        let is_longer = signed_size.is_some_and(|size| size < self.size);
        if differing.is_none() && is_unread && !is_longer {
            return report.unreadable.push((Untrusted::new(name), ReadFault::NotRead));
        }
        if differing.is_none() && !is_longer {
            report.matched_bytes += self.size;
            return;
        }
        let (expected, found) = differing
            .map(|(part, found)| (hex::encode(part.digest), found.map(hex::encode)))
            .unwrap_or_default();
        report.changed.push(ChangedFile {
            name: Untrusted::new(name),
            expected,
            found: found.unwrap_or_default(),
            size: self.size,
            kind: ChangeKind::default(),
            signed_size,
            promised_size: None,
            parts: Vec::new(),
            parts_changed: if signed_size.is_some() { many } else { 0 },
            parts_total: if signed_size.is_some() { parts.len() as u64 } else { 0 },
            same_as: None,
            note: None,
        });
    }
}
