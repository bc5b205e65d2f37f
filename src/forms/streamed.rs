//! A document as JSON, handed on piece by piece as it is made.

use crate::error::{Code, Error, Result};
use crate::json::to_writer;
use serde::Serialize;
use std::io::{self, Write};

/// Pieces are handed on when they have come to so many bytes.
const AT_ONCE: usize = 1 << 16;

struct Handing<'o> {
    out: &'o mut dyn FnMut(&[u8]) -> Result<()>,
    waiting: Vec<u8>,
    stopped_by: Option<Error>,
}

impl Handing<'_> {
    fn hand_on(&mut self) -> io::Result<()> {
        let done = (self.out)(&self.waiting);
        self.waiting.clear();
        done.map_err(|error| {
            self.stopped_by = Some(error);
            io::Error::from(io::ErrorKind::BrokenPipe)
        })
    }
}

impl Write for Handing<'_> {
    fn write(&mut self, some: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(some);
        if self.waiting.len() >= AT_ONCE {
            self.hand_on()?;
        }
        Ok(some.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The document, with a line break at its end.
///
/// # Errors
/// `E-INTERNAL`; what `out` gives.
pub(super) fn streamed(document: &impl Serialize, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut handing = Handing { out, waiting: Vec::new(), stopped_by: None };
    let written = to_writer(document, &mut handing).map_err(io::Error::from);
    let written = written.and_then(|()| handing.write_all(b"\n")).and_then(|()| handing.hand_on());
    match (written, handing.stopped_by) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(error)) => Err(error),
        (Err(cause), None) => {
            Err(Error::new(Code::Internal, format!("a document cannot be written ({cause})")))
        }
    }
}
