//! Unpacking deflated bytes up to a limit, whatever they promise. It knows no archive and no file.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};
use std::io::{Read, Seek};

use super::window::{Stop, Window};

const CHUNK: usize = 64 * 1024;
/// Nothing unpacks to that much by chance.
const ENOUGH: usize = 256 * 1024;

/// What `packed` bytes of the window unpack to, at most `limit` bytes; and why there is no more, if there
/// could be.
pub(super) fn unpack<R: Read + Seek>(
    window: &mut Window<'_, R>,
    packed: u64,
    limit: usize,
) -> (Vec<u8>, Option<Stop>) {
    unpack_as(window, packed, limit, DataFormat::Raw)
}

/// The same, with zlib's header and sum around it.
pub(super) fn unpack_zlib<R: Read + Seek>(
    window: &mut Window<'_, R>,
    packed: u64,
    limit: usize,
) -> (Vec<u8>, Option<Stop>) {
    unpack_as(window, packed, limit, DataFormat::Zlib)
}

/// Whether these bytes begin as deflated ones do, behind zlib's header: all of them unpack, as far as they go.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    let [method, check, ..] = head else { return false };
    let is_header = method & 0x0f == 8
        && method >> 4 <= 7
        && check & 0x20 == 0
        && (u16::from(*method) << 8 | u16::from(*check)).is_multiple_of(31);
    if !is_header {
        return false;
    }
    let mut state = InflateState::new_boxed(DataFormat::Zlib);
    let mut buffer = vec![0; CHUNK];
    let mut rest = head;
    let mut written = 0;
    loop {
        let step = inflate(&mut state, rest, &mut buffer, MZFlush::None);
        rest = rest.get(step.bytes_consumed..).unwrap_or_default();
        written += step.bytes_written;
        match step.status {
            Ok(MZStatus::StreamEnd) => return true,
            Ok(_) | Err(MZError::Buf) if written > ENOUGH => return true,
            Ok(_) | Err(MZError::Buf) if rest.is_empty() => return written > 0,
            Ok(_) | Err(MZError::Buf) if step.bytes_consumed > 0 || step.bytes_written > 0 => {}
            _ => return false,
        }
    }
}

fn unpack_as<R: Read + Seek>(
    window: &mut Window<'_, R>,
    packed: u64,
    limit: usize,
    format: DataFormat,
) -> (Vec<u8>, Option<Stop>) {
    let mut state = InflateState::new_boxed(format);
    let mut unpacked = Vec::new();
    let mut buffer = vec![0; CHUNK];
    let mut left = packed;
    loop {
        let count = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let input = match window.bytes(count) {
            Ok(input) => input,
            Err(stop) => return (unpacked, Some(stop)),
        };
        left -= count as u64;
        let mut rest = input.as_slice();
        loop {
            let step = inflate(&mut state, rest, &mut buffer, MZFlush::None);
            rest = rest.get(step.bytes_consumed..).unwrap_or_default();
            let new = buffer.get(..step.bytes_written).unwrap_or_default();
            if let Err(stop) = window.spend(new.len() as u64) {
                return (unpacked, Some(stop));
            }
            let room = limit.saturating_sub(unpacked.len());
            unpacked.extend_from_slice(new.get(..room).unwrap_or(new));
            if new.len() > room {
                return (unpacked, Some(Stop::Limit("it unpacks to more bytes than are looked at")));
            }
            match step.status {
                Ok(MZStatus::StreamEnd) => {
                    let end = window.at().saturating_sub(rest.len() as u64);
                    return (unpacked, window.go(end).err());
                }
                Ok(_) | Err(MZError::Buf) if step.bytes_consumed > 0 || step.bytes_written > 0 => {}
                Ok(_) | Err(MZError::Buf) => break,
                Err(_) => return (unpacked, Some(Stop::Broken("it cannot be unpacked"))),
            }
        }
        if left == 0 {
            return (unpacked, Some(Stop::Cut));
        }
    }
}
