//! Logs that others keep: read once for what they hold, and recorded in a case by digest. The log itself stays where it is.

use super::door::Workbench;
use super::incidents::name_of;
use crate::disk::open;
use crate::error::{Code, Error, Result};
use crate::incident::{Case, Entry, EvidenceEntry, Held, KeptFile, LIMIT_LINE, LogReader, LogSeen};
use crate::store::EvidenceDigest;
use crate::text::Untrusted;
use aws_lc_rs::digest::{Context, SHA256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The most bytes of a file.
const LIMIT_BYTES: u64 = 64 * 1024 * 1024 * 1024;
/// So much is read at a time.
const READ_AT_ONCE: usize = 1 << 16;

impl Workbench {
    /// Records what logs hold that somebody else keeps: one piece of evidence a file. All files are read before anything is
    /// recorded.
    ///
    /// # Errors
    /// `E-READ`, `E-TOO-LARGE`; `E-USAGE` when a file has none of the fields that the runbook takes, or it does not fit, or
    /// nothing may be written; `E-NOT-FOUND`, `E-STORE`, `E-WRITE`.
    pub fn import_logs(&self, number: u64, files: &[PathBuf], holder: &Untrusted) -> Result<Case> {
        self.writable()?;
        let case = self.case(number)?;
        let runbook = &case.opening.runbook;
        let profiles =
            || runbook.needed().flat_map(|profile| profile.required.iter().chain(&profile.recommended));
        let mut entries = Vec::new();
        for path in files {
            let (file, log) = read(path, LogReader::new(profiles().map(|field| field.id.as_str()))?)?;
            if log.fields.is_empty() {
                let what = format!("none of its {} records has a field that the runbook takes", log.records);
                return Err(Error::new(Code::Usage, what).at_path(path).help(
                    "records are JSON objects, one a line; `touchmark incident status CASE` lists the fields",
                ));
            }
            let fields = log.fields.iter().map(|seen| seen.field.clone()).collect();
            // What is kept for so many days goes from its oldest record on.
            let captured = log.from.unwrap_or_else(crate::clock::this_second);
            let held = Held::Elsewhere { holder: holder.clone(), file: Some(file) };
            entries.push(Entry::Evidence(EvidenceEntry { fields, captured, held, log: Some(log) }));
        }
        let mut case = case;
        for entry in entries {
            case = self.add_to_case(number, entry)?;
        }
        Ok(case)
    }
}

fn read(path: &Path, mut reader: LogReader) -> Result<(KeptFile, LogSeen)> {
    let (mut opened, _) = open(path).map_err(|unread| unread.error(path))?;
    let mut digest = Context::new(&SHA256);
    let (mut buffer, mut line, mut bytes, mut is_long) = (vec![0; READ_AT_ONCE], Vec::new(), 0_u64, false);
    loop {
        let read = opened.read(&mut buffer).map_err(|cause| Error::read(path, &cause))?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        digest.update(piece);
        bytes += piece.len() as u64;
        if bytes > LIMIT_BYTES {
            return Err(crate::disk::too_large(LIMIT_BYTES).at_path(path));
        }
        let mut parts = piece.split(|byte| *byte == b'\n');
        let last = parts.next_back().unwrap_or_default();
        for part in parts {
            line.extend_from_slice(part);
            end(&mut reader, &mut line, &mut is_long)?;
        }
        line.extend_from_slice(last);
        // The rest of a line that is too long is not held.
        if line.len() > LIMIT_LINE {
            is_long = true;
            line.clear();
        }
    }
    end(&mut reader, &mut line, &mut is_long)?;
    let sha256 = <[u8; 32]>::try_from(digest.finish().as_ref()).map(EvidenceDigest);
    let sha256 = sha256.map_err(|_| Error::new(Code::Internal, "a digest has another length"))?;
    Ok((KeptFile { sha256, bytes, name: name_of(path) }, reader.finish()))
}

fn end(reader: &mut LogReader, line: &mut Vec<u8>, is_long: &mut bool) -> Result<()> {
    match std::mem::take(is_long) {
        true => reader.too_long(),
        false => reader.line(line)?,
    }
    line.clear();
    Ok(())
}
