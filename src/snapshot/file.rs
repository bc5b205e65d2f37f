//! The file of a snapshot: one line of canonical JSON (RFC 8785), `{"at":…,"content":{"about":…,"models":[…]},
//! "digest":…,"schema":…}`. The digest is SHA-256 over the bytes of `content` as they stand in the file, and so over
//! all but the time at which it was taken. It is written and read model by model.

use super::entry::{About, Entry};
use crate::disk;
use crate::error::{Code, Error, Result};
use crate::inventory::ModelId;
use crate::json::canonical;
use aws_lc_rs::digest::{Context, SHA256};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// A larger file is not read.
const LIMIT_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// One model, or what is said of the whole.
const LIMIT_OBJECT_BYTES: usize = 64 * 1024 * 1024;

const START: &str = "{\"at\":\"";
const CONTENT: &str = "\",\"content\":";
const ABOUT: &str = "{\"about\":";
const MODELS: &str = ",\"models\":[";
const DIGEST: &str = ",\"digest\":\"";
/// The schema that is written and read.
pub const SCHEMA: &str = "touchmark.snapshot/1";
const SCHEMA_FIELD: &str = "\",\"schema\":\"";

/// What names a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// SHA-256 over the content, hex.
    pub digest: String,
    /// How many models it holds.
    pub models: u64,
}

/// One model as its canonical bytes.
pub struct Raw {
    /// The inventory's key.
    pub id: ModelId,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Raw {
    /// What the bytes say.
    ///
    /// # Errors
    /// `E-MALFORMED`.
    pub fn entry(&self) -> Result<Entry> {
        serde_json::from_slice(&self.bytes).map_err(|cause| malformed(&cause).at(self.id.raw()))
    }

    /// Whether it can be read and is spelt as a snapshot spells it.
    ///
    /// # Errors
    /// `E-MALFORMED`.
    pub fn check(&self) -> Result<()> {
        self.entry()?;
        let value: serde_json::Value =
            serde_json::from_slice(&self.bytes).map_err(|cause| malformed(&cause))?;
        match canonical(&value) {
            Ok(bytes) if bytes == self.bytes => Ok(()),
            _ => Err(odd("a model is not in canonical form").at(self.id.raw())),
        }
    }
}

/// Writes a snapshot; the models come in the order of their ids.
///
/// # Errors
/// What `failed` makes of an error of `out`, and what comes with the models.
pub fn write(
    out: &mut dyn Write,
    failed: &dyn Fn(io::Error) -> Error,
    at: jiff::Timestamp,
    about: &About,
    models: &mut dyn Iterator<Item = Result<Raw>>,
) -> Result<Seal> {
    let internal =
        |cause: serde_json::Error| Error::new(Code::Internal, format!("cannot be written as JSON ({cause})"));
    let mut hash = Context::new(&SHA256);
    out.write_all([START, &at.to_string(), CONTENT].concat().as_bytes()).map_err(failed)?;
    let mut content = |bytes: &[u8]| {
        hash.update(bytes);
        out.write_all(bytes).map_err(failed)
    };
    content(ABOUT.as_bytes())?;
    content(&canonical(about).map_err(internal)?)?;
    content(MODELS.as_bytes())?;
    let mut count = 0;
    for raw in models {
        if count > 0 {
            content(b",")?;
        }
        content(&raw?.bytes)?;
        count += 1;
    }
    content(b"]}")?;
    let digest = hex::encode(hash.finish());
    out.write_all([DIGEST, &digest, SCHEMA_FIELD, SCHEMA, "\"}"].concat().as_bytes()).map_err(failed)?;
    Ok(Seal { digest, models: count })
}

/// Whether a file begins as a snapshot does.
pub fn is_snapshot(path: &Path) -> bool {
    disk::start(path, 128).is_ok_and(|(head, _)| {
        head.starts_with(START.as_bytes())
            && String::from_utf8_lossy(&head).contains(&[CONTENT, ABOUT].concat())
    })
}

/// A snapshot that is being read. What it says counts only once [`Reader::seal`] said that the digest fits.
pub struct Reader {
    path: PathBuf,
    from: BufReader<io::Take<File>>,
    hash: Option<Context>,
    at: jiff::Timestamp,
    about: About,
    last: Option<ModelId>,
    models: u64,
    /// The digest that was computed, and the one that stands in the file.
    end: Option<(String, String)>,
    /// Nothing that follows is to be relied on.
    is_broken: bool,
}

impl Reader {
    /// Begins to read.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`; `E-MALFORMED` when it is no snapshot.
    pub fn open(path: &Path) -> Result<Self> {
        let (file, metadata) = disk::open(path).map_err(|why| why.error(path))?;
        if metadata.len() > LIMIT_BYTES {
            return Err(Error::new(Code::TooLarge, format!("larger than {LIMIT_BYTES} bytes")).at_path(path));
        }
        if !is_snapshot(path) {
            return Err(Error::new(Code::Malformed, "not a snapshot of an inventory")
                .at_path(path)
                .help("`touchmark snapshot -o FILE` writes one; another program must not write it anew"));
        }
        let from = BufReader::with_capacity(1 << 16, file.take(LIMIT_BYTES));
        let nothing = About {
            workspace: "".into(),
            stage: "".into(),
            policy: "".into(),
            anchors: None,
            rubric: "".into(),
            ledger: super::entry::LedgerState { entries: 0, head: "".into() },
        };
        let mut reader = Reader {
            path: path.to_owned(),
            from,
            hash: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            about: nothing,
            last: None,
            models: 0,
            end: None,
            is_broken: false,
        };
        reader.begin().map_err(|error| reader.placed(error))?;
        Ok(reader)
    }

    /// When it was taken, as it says: no digest covers that.
    pub fn at(&self) -> jiff::Timestamp {
        self.at
    }

    /// What it says of the whole.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The digest that was computed and the number of models, once all were read.
    ///
    /// # Errors
    /// `E-MALFORMED` when it is not the digest that stands in the file, or the file was not read to its end.
    pub fn seal(&self) -> Result<Seal> {
        let (found, stated) =
            self.end.as_ref().ok_or_else(|| self.placed(odd("it was not read to its end")))?;
        if found != stated {
            return Err(self.placed(odd("its digest is not that of its content")).help(
                "it was changed after it was written, or damaged: take it from where it was kept, or take a new one",
            ));
        }
        Ok(Seal { digest: found.clone(), models: self.models })
    }

    fn begin(&mut self) -> Result<()> {
        self.expect(START)?;
        let mut at = Vec::new();
        while self.peek()? != Some(b'"') && at.len() < 64 {
            at.extend(self.byte()?);
        }
        let at = String::from_utf8(at).unwrap_or_default();
        let time: Option<jiff::Timestamp> = at.parse().ok();
        self.at = time.filter(|time| time.to_string() == at).ok_or_else(|| odd("`at` is not a time"))?;
        self.expect(CONTENT)?;
        self.hash = Some(Context::new(&SHA256));
        self.expect(ABOUT)?;
        self.about = serde_json::from_slice(&self.object()?).map_err(|cause| malformed(&cause))?;
        self.expect(MODELS)
    }

    fn model(&mut self) -> Result<Option<Raw>> {
        #[derive(Deserialize)]
        struct Named {
            id: ModelId,
        }
        if self.end.is_some() || self.is_broken {
            return Ok(None);
        }
        if self.peek()? == Some(b']') {
            self.finish()?;
            return Ok(None);
        }
        if self.models > 0 {
            self.expect(",")?;
        }
        let bytes = self.object()?;
        let Named { id } = serde_json::from_slice(&bytes).map_err(|cause| malformed(&cause))?;
        if self.last.as_ref().is_some_and(|last| *last >= id) {
            return Err(odd("its models are not in the order of their ids"));
        }
        self.models += 1;
        self.last = Some(id.clone());
        Ok(Some(Raw { id, bytes }))
    }

    fn finish(&mut self) -> Result<()> {
        self.expect("]}")?;
        let found = self.hash.take().map(|hash| hex::encode(hash.finish())).unwrap_or_default();
        self.expect(DIGEST)?;
        let mut rest = String::new();
        let read = (&mut self.from).take(1024).read_to_string(&mut rest);
        read.map_err(|cause| Error::read(&self.path, &cause))?;
        let (stated, schema) = rest.split_once(SCHEMA_FIELD).ok_or_else(|| odd("it ends too early"))?;
        match schema.strip_suffix("\"}") {
            Some(SCHEMA) => {}
            Some(other) if other.starts_with("touchmark.snapshot/") => {
                return Err(Error::new(
                    Code::Newer,
                    "this snapshot was written by a newer version of Touchmark",
                ));
            }
            _ => return Err(odd("there is more after its end, or less")),
        }
        self.end = Some((found, stated.to_owned()));
        Ok(())
    }

    /// The bytes of one object; that they are JSON is seen when they are parsed.
    fn object(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        loop {
            let read = self.from.fill_buf().map_err(|cause| Error::read(&self.path, &cause))?;
            if read.is_empty() {
                return Err(odd("it ends too early"));
            }
            let mut ended = None;
            for (index, byte) in read.iter().enumerate() {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_text => escaped = true,
                    b'"' => in_text = !in_text,
                    b'{' | b'[' if !in_text => depth += 1,
                    b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 {
                    ended = Some(index + 1);
                    break;
                }
            }
            let taken = ended.unwrap_or(read.len());
            bytes.extend_from_slice(read.get(..taken).unwrap_or_default());
            self.from.consume(taken);
            if bytes.len() > LIMIT_OBJECT_BYTES {
                return Err(Error::new(
                    Code::TooLarge,
                    format!("one model takes more than {LIMIT_OBJECT_BYTES} bytes"),
                ));
            }
            if ended.is_some() {
                break;
            }
        }
        if let Some(hash) = &mut self.hash {
            hash.update(&bytes);
        }
        Ok(bytes)
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        let read = self.from.fill_buf().map_err(|cause| Error::read(&self.path, &cause))?;
        Ok(read.first().copied())
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        let byte = self.peek()?.ok_or_else(|| odd("it ends too early"))?;
        self.from.consume(1);
        Ok(Some(byte))
    }

    fn expect(&mut self, text: &str) -> Result<()> {
        for wanted in text.bytes() {
            if self.byte()? != Some(wanted) {
                return Err(odd("it is not written as a snapshot is"));
            }
        }
        if let Some(hash) = &mut self.hash {
            hash.update(text.as_bytes());
        }
        Ok(())
    }

    fn placed(&self, error: Error) -> Error {
        match &error.at {
            Some(inside) => {
                let place = format!("{}: {}", self.path.to_string_lossy(), inside.raw());
                error.at(place)
            }
            None => error.at_path(&self.path),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Raw>;

    fn next(&mut self) -> Option<Result<Raw>> {
        let model = self.model().map_err(|error| self.placed(error));
        self.is_broken |= model.is_err();
        model.transpose()
    }
}

fn odd(what: &str) -> Error {
    Error::new(Code::Malformed, format!("the snapshot cannot be read: {what}"))
        .help("it is damaged, or another program wrote it anew; take a new one by `touchmark snapshot`")
}

/// The parser's message may quote the file.
fn malformed(cause: &serde_json::Error) -> Error {
    odd(match cause.classify() {
        serde_json::error::Category::Data => "a field is missing, or is not what it should be",
        _ => "a part of it is not JSON",
    })
}
