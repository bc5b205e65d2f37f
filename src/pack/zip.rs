//! The one form of zip that a pack has: members stored one after the other, sorted by name, with a fixed time and
//! nothing else in it. Any tool opens it; this reader takes no other form, so that nothing can hide in it. What the
//! members mean is not known here.

use crate::error::{Code, Error, Result};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Error as IoError, Read, Result as IoResult, Seek, SeekFrom, Write};
use std::sync::Arc;

/// The most members.
pub const LIMIT_MEMBERS: usize = 65_000;
/// The most bytes of a member: as of a piece of evidence.
pub const LIMIT_MEMBER_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes of a whole pack: numbers in it have 32 bits.
pub const LIMIT_PACK_BYTES: u64 = 2 * 1024 * 1024 * 1024;

const LIMIT_NAME_BYTES: usize = 120;
const LIMIT_DEPTH: usize = 3;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: u64 = 22;
/// Version 2.0; no flags; stored; 1980-01-01 00:00, the first moment that a zip can name.
const FORM: [u8; 10] = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];

/// Whether a member may be called so: letters, digits, `.`, `_` and `-` between slashes, no part that begins with a dot.
pub fn is_name(name: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_sign);
    name.len() <= LIMIT_NAME_BYTES && name.split('/').count() <= LIMIT_DEPTH && name.split('/').all(is_part)
}

/// Writes members as a zip.
///
/// # Errors
/// What writing gives, and where a number would not fit.
pub fn write(members: &BTreeMap<String, Arc<[u8]>>, out: &mut dyn Write) -> IoResult<()> {
    let (mut directory, mut offset) = (Vec::new(), 0_u32);
    for (name, bytes) in members {
        let head =
            Head { name, crc: crc32(bytes), size: u32::try_from(bytes.len()).map_err(IoError::other)? };
        let local = head.local();
        out.write_all(&local)?;
        out.write_all(bytes)?;
        directory.extend(head.central(offset));
        let length = u32::try_from(local.len()).map_err(IoError::other)?;
        let next = offset.checked_add(length).and_then(|end| end.checked_add(head.size));
        offset = next.ok_or_else(|| IoError::other("larger than a zip can be"))?;
    }
    out.write_all(&directory)?;
    let count = u16::try_from(members.len()).map_err(IoError::other)?;
    out.write_all(&end(count, u32::try_from(directory.len()).map_err(IoError::other)?, offset))
}

/// What stands before a member, and again in the directory.
struct Head<'n> {
    name: &'n str,
    crc: u32,
    size: u32,
}

impl Head<'_> {
    fn local(&self) -> Vec<u8> {
        let mut bytes = LOCAL.to_le_bytes().to_vec();
        self.both(&mut bytes);
        bytes.extend(self.name.as_bytes());
        bytes
    }

    fn central(&self, offset: u32) -> Vec<u8> {
        let mut bytes = CENTRAL.to_le_bytes().to_vec();
        // Made by version 2.0.
        bytes.extend([20, 0]);
        self.both(&mut bytes);
        // No comment, the first disk, no attributes.
        bytes.extend([0; 10]);
        bytes.extend(offset.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes
    }

    fn both(&self, bytes: &mut Vec<u8>) {
        bytes.extend(FORM);
        for number in [self.crc, self.size, self.size] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(u16::try_from(self.name.len()).unwrap_or(u16::MAX).to_le_bytes());
        // No extra fields.
        bytes.extend([0, 0]);
    }
}

fn end(count: u16, directory: u32, offset: u32) -> Vec<u8> {
    let mut bytes = END.to_le_bytes().to_vec();
    // One disk.
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    // No comment.
    bytes.extend([0, 0]);
    bytes
}

/// Where a member lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    size: u64,
    crc: u32,
}

/// The bytes of a member.
#[derive(Debug, Clone)]
pub struct Member {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the checksum of the zip fits them.
    pub is_sound: bool,
}

/// A pack whose form was checked: where its members lie.
pub struct Archive<R> {
    from: RefCell<R>,
    members: BTreeMap<String, Place>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory of a zip of this length, and holds each of its bytes outside of the members against the form.
    ///
    /// # Errors
    /// `E-MALFORMED` saying what is not in the form of a pack, `E-TOO-LARGE`, `E-READ`.
    pub fn open(mut from: R, length: u64) -> Result<Self> {
        if length > LIMIT_PACK_BYTES {
            return Err(Error::new(Code::TooLarge, format!("a pack of more than {LIMIT_PACK_BYTES} bytes")));
        }
        let directory_end = length.checked_sub(END_BYTES).ok_or_else(|| odd("it is cut off"))?;
        let tail = bytes_at(&mut from, directory_end, 22)?;
        let (count, size, offset) = (number(&tail, 10, 2)?, number(&tail, 12, 4)?, number(&tail, 16, 4)?);
        let as_written = end(narrow(count)?, narrow(size)?, narrow(offset)?);
        if tail != as_written {
            return Err(odd("it does not end as a pack does: something was cut off or added behind it"));
        }
        if offset.checked_add(size) != Some(directory_end) {
            return Err(odd("its directory does not lie where the end of the file says"));
        }
        let many: usize = narrow(count)?;
        if many > LIMIT_MEMBERS {
            return Err(Error::new(Code::TooLarge, format!("a pack of more than {LIMIT_MEMBERS} members")));
        }
        if size > u64::try_from(many * (CENTRAL_BYTES + 2 * LIMIT_NAME_BYTES)).unwrap_or(u64::MAX) {
            return Err(odd("its directory is larger than its members need"));
        }
        let directory = bytes_at(&mut from, offset, narrow(size)?)?;
        let members = places(&directory, many, offset)?;
        for (name, place) in &members {
            let head = Head { name, crc: place.crc, size: narrow(place.size)? };
            let before = u64::try_from(name.len()).unwrap_or_default() + LOCAL_BYTES;
            let found = bytes_at(&mut from, place.offset - before, narrow(before)?)?;
            if found != head.local() {
                return Err(
                    odd("what stands before a member is not what the directory says of it").at(name.as_str())
                );
            }
        }
        Ok(Archive { from: RefCell::new(from), members })
    }

    /// The names of the members, sorted, each with its size.
    pub fn members(&self) -> impl Iterator<Item = (&str, u64)> {
        self.members.iter().map(|(name, place)| (name.as_str(), place.size))
    }

    /// Whether there is such a member.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The bytes of a member; none when there is none of that name.
    ///
    /// # Errors
    /// `E-READ`, `E-MALFORMED` when the file was cut off meanwhile.
    pub fn read(&self, name: &str) -> Result<Option<Member>> {
        let Some(place) = self.members.get(name) else { return Ok(None) };
        let bytes = bytes_at(&mut *self.from.borrow_mut(), place.offset, narrow(place.size)?)?;
        Ok(Some(Member { is_sound: crc32(&bytes) == place.crc, bytes }))
    }
}

/// Where the members of a directory lie: one after the other from the start of the file, up to the directory itself.
fn places(directory: &[u8], many: usize, end: u64) -> Result<BTreeMap<String, Place>> {
    let (mut rest, mut next, mut last) = (directory, 0_u64, String::new());
    let mut members = BTreeMap::new();
    for _ in 0..many {
        let short = || odd("its directory is shorter than its members need");
        let (fixed, behind) = rest.split_at_checked(CENTRAL_BYTES).ok_or_else(short)?;
        let (crc, size, whole) = (number(fixed, 16, 4)?, number(fixed, 20, 4)?, number(fixed, 24, 4)?);
        let (length, offset) = (number(fixed, 28, 2)?, number(fixed, 42, 4)?);
        let (name, behind) = behind.split_at_checked(narrow(length)?).ok_or_else(short)?;
        let name = std::str::from_utf8(name).ok().filter(|name| is_name(name)).ok_or_else(|| {
            odd("a member has a name that no member may have").at(&*String::from_utf8_lossy(name))
        })?;
        let fault = |what: &str| odd(what).at(name);
        if name == last {
            return Err(fault("a member is there twice"));
        }
        if *name < *last {
            return Err(fault("its members are not sorted by name"));
        }
        if size != whole || number(fixed, 10, 2)? != 0 {
            return Err(fault("a member is compressed"));
        }
        if size > LIMIT_MEMBER_BYTES {
            return Err(Error::new(
                Code::TooLarge,
                format!("a member of more than {LIMIT_MEMBER_BYTES} bytes"),
            )
            .at(name));
        }
        if offset != next {
            return Err(fault("a member does not begin where the one before it ends"));
        }
        let head = Head { name, crc: narrow(crc)?, size: narrow(size)? };
        let written = head.central(narrow(offset)?);
        if rest.get(..written.len()) != Some(written.as_slice()) {
            return Err(fault(
                "a member has a time, a flag, an attribute or a field that a pack does not have",
            ));
        }
        let begins = offset + LOCAL_BYTES + length;
        next = begins + size;
        if next > end {
            return Err(fault("a member reaches into the directory"));
        }
        members.insert(name.to_owned(), Place { offset: begins, size, crc: head.crc });
        name.clone_into(&mut last);
        rest = behind;
    }
    if !rest.is_empty() {
        return Err(odd("its directory is longer than its members need"));
    }
    if next != end {
        return Err(odd("bytes that belong to no member stand before the directory"));
    }
    Ok(members)
}

fn odd(what: &str) -> Error {
    Error::new(Code::Malformed, format!("the pack was changed or is none: {what}"))
        .help("get it again from whoever made it; `touchmark audit pack` makes one")
}

fn bytes_at(from: &mut (impl Read + Seek), offset: u64, length: usize) -> Result<Vec<u8>> {
    let unread = |cause: IoError| Error::new(Code::Read, format!("the pack cannot be read ({cause})"));
    from.seek(SeekFrom::Start(offset)).map_err(unread)?;
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::UnexpectedEof => odd("it is cut off"),
        _ => unread(cause),
    })?;
    Ok(bytes)
}

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Result<u64> {
    let bytes = bytes.get(at..at + length).ok_or_else(|| odd("it is cut off"))?;
    Ok(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn narrow<T: TryFrom<u64>>(number: u64) -> Result<T> {
    T::try_from(number).map_err(|_| odd("a number in it is too large"))
}

/// The checksum of zips (CRC-32, ISO 3309).
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        let index = usize::try_from((sum ^ u32::from(*byte)) & 0xff).unwrap_or_default();
        TABLE.get(index).copied().unwrap_or_default() ^ (sum >> 8)
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[allow(clippy::indexing_slicing)] // made by the compiler, which refuses to go too far
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut sum, mut bit) = (index as u32, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
};
