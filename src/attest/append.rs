//! Appending claims. The file is written anew beside the old one and takes its name in one step, so that a reader
//! sees the old lines or the old and the new; every old byte is kept, known or not.

use super::claims::{Claim, LIMIT_CLAIMS, LIMIT_CLAIMS_BYTES, claims_in};
use crate::disk::{check_writable, lock_beside, name, read_small, settle, write_beside};
use crate::error::{Code, Error, Result};

use std::collections::HashMap;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;

/// What became of the bundles that were to be appended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    /// For each bundle the line that it has in the file, from 1, and whether it was there already.
    pub lines: Vec<(usize, bool)>,
}

impl Appended {
    /// How many lines were added.
    pub fn added(&self) -> usize {
        self.lines.iter().filter(|(_, already)| !already).count()
    }
}

/// How often to begin anew when a program that knows no lock writes meanwhile.
const ATTEMPTS: usize = 5;

/// Appends bundles, each as one line, to a file that need not exist yet. A bundle whose line is there already,
/// byte for byte, is not written again.
///
/// # Errors
/// `E-MALFORMED` for what is no bundle of a statement; `E-USAGE` when the file may not be appended to, or holds something else than claims;
/// `E-READ`, `E-WRITE`, `E-CHANGED`, `E-TOO-LARGE`: the file then is as it was.
pub fn append_claims(file: &Path, bundles: &[Vec<u8>]) -> Result<Appended> {
    let lines = bundles.iter().map(|bundle| to_line(bundle)).collect::<Result<Vec<_>>>()?;
    let _held = lock_beside(file)?;
    for _ in 0..ATTEMPTS {
        let old = read_old(file)?;
        let (bytes, metadata) =
            old.as_ref().map_or((&[][..], None), |(bytes, m)| (bytes.as_slice(), Some(m)));
        let (new, appended) = extended(file, bytes, &lines)?;
        if appended.added() == 0 {
            return Ok(appended);
        }
        let failed = |cause: std::io::Error| Error::write(file, &cause);
        let beside = write_beside(file, &new, 0o666)?;
        if let Some(metadata) = metadata {
            beside.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
        }
        let unchanged = match (read_old(file)?, &old) {
            (Some((now, _)), Some((before, _))) => now == *before,
            (now, before) => now.is_none() && before.is_none(),
        };
        if !unchanged {
            continue;
        }
        name(beside, file, true).map_err(failed)?;
        // The new name is on the disk only once the folder is.
        settle(file).map_err(failed)?;
        return Ok(appended);
    }
    Err(Error::new(Code::Changed, "another program keeps changing the file")
        .at_path(file)
        .help("nothing was written; try again when it has ended"))
}

/// Whether [`append_claims`] could append there: asked before hours of hashing.
///
/// # Errors
/// `E-USAGE`, `E-READ`, `E-WRITE`, `E-TOO-LARGE`.
pub fn check_appendable(file: &Path) -> Result<()> {
    read_old(file)?;
    check_writable(file)
}

/// The bundle on one line: white space between its tokens is left out, and nothing else is touched.
fn to_line(bundle: &[u8]) -> Result<Vec<u8>> {
    Claim::parse(1, bundle)?;
    let mut line = Vec::with_capacity(bundle.len());
    let (mut in_text, mut escaped) = (false, false);
    for &byte in bundle {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            in_text = byte == b'"';
        }
        line.push(byte);
    }
    // What we would refuse to read is not written.
    Claim::parse(1, &line)?;
    Ok(line)
}

/// None when there is no file yet.
fn read_old(file: &Path) -> Result<Option<(Vec<u8>, Metadata)>> {
    let metadata = match std::fs::symlink_metadata(file) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::read(file, &cause)),
    };
    let no = |what: &str, help: &str| Err(Error::new(Code::Usage, what).at_path(file).help(help));
    if metadata.is_symlink() {
        // A model's own link could lead to any file of whoever appends.
        return no("claims are not appended through a symbolic link", "name the file that it leads to");
    }
    if !metadata.is_file() {
        return no("claims are appended to a regular file only", "check the path");
    }
    if metadata.permissions().readonly() {
        return no("the file is read-only", "make it writable, if it may be appended to");
    }
    let bytes = read_small(file, LIMIT_CLAIMS_BYTES)?;
    let held = claims_in(&bytes).map_err(|_| too_large(file))?;
    // What later versions write beside claims is kept; a text, or somebody's other lines, are not ours to append to.
    if held.claims.is_empty() && !held.unknown.is_empty() {
        return no(
            "not a file of claims: nothing was appended to it",
            "name a new file, or one that holds Sigstore bundles, one a line",
        );
    }
    Ok(Some((bytes, metadata)))
}

fn too_large(file: &Path) -> Error {
    Error::new(Code::TooLarge, "the file would be too large to be read again")
        .at_path(file)
        .help(format!("at most {LIMIT_CLAIMS} claims and {LIMIT_CLAIMS_BYTES} bytes"))
}

/// The old bytes, a line end if the last line has none, and the new lines with the line ends of the file.
fn extended(file: &Path, old: &[u8], lines: &[Vec<u8>]) -> Result<(Vec<u8>, Appended)> {
    let end: &[u8] = match old.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && old.get(at - 1) == Some(&b'\r') => b"\r\n",
        _ => b"\n",
    };
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    let (mut total, mut filled) = (0, 0);
    for (index, line) in old.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            total = index + 1;
            known.entry(line).or_insert(index + 1);
        }
        filled += usize::from(!line.trim_ascii().is_empty());
    }
    if old.ends_with(b"\n") {
        // Blank lines at the end are lines as well.
        total = old.iter().filter(|byte| **byte == b'\n').count();
    }
    let mut new = old.to_vec();
    if !old.is_empty() && !old.ends_with(b"\n") {
        new.extend_from_slice(end);
    }
    let mut appended = Appended::default();
    for line in lines {
        if let Some(at) = known.get(line.as_slice()) {
            appended.lines.push((*at, true));
            continue;
        }
        total += 1;
        filled += 1;
        new.extend_from_slice(line);
        new.extend_from_slice(end);
        known.insert(line, total);
        appended.lines.push((total, false));
    }
    if new.len() as u64 > LIMIT_CLAIMS_BYTES || filled > LIMIT_CLAIMS {
        return Err(too_large(file));
    }
    Ok((new, appended))
}
