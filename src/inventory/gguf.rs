//! The few GGUF metadata entries that speak of origin, as far as they lie in the bytes at hand. The rest,
//! and everything after the first entry that does not fit, is left alone.

/// More entries than this are not looked at.
const MAX_ENTRIES: u64 = 10_000;
/// Longer strings are not kept.
const MAX_STRING: usize = 4096;

/// What a GGUF file says of itself.
#[derive(Default)]
pub(super) struct Origin {
    /// `general.architecture`.
    pub architecture: Option<String>,
    /// `general.license`.
    pub licence: Option<String>,
    /// The base models: the key that names each, and its address or `owner/name`.
    pub bases: Vec<(String, String)>,
}

/// Reads what the head of a file (magic included) holds.
pub(super) fn origin(head: &[u8]) -> Origin {
    let mut entries = Vec::new();
    // A short head ends the reading, not the file's validity.
    let _ = read_entries(&mut Cursor(head), &mut entries);
    let find = |key: &str| entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    let mut origin = Origin {
        architecture: find("general.architecture"),
        licence: find("general.license"),
        bases: Vec::new(),
    };
    for index in 0..64 {
        let key = |field: &str| format!("general.base_model.{index}.{field}");
        let named = match (find(&key("organization")), find(&key("name"))) {
            (Some(owner), Some(name)) => Some((key("name"), format!("{owner}/{}", name.replace(' ', "-")))),
            _ => None,
        };
        match find(&key("repo_url")).map(|url| (key("repo_url"), url)).or(named) {
            Some(base) => origin.bases.push(base),
            None => break,
        }
    }
    origin
}

fn read_entries(cursor: &mut Cursor<'_>, entries: &mut Vec<(String, String)>) -> Option<()> {
    cursor.take(4)?;
    // Version 1 counts in 32 bits and is extinct; a big-endian file reads as an absurd version.
    if !matches!(cursor.u32()?, 2 | 3) {
        return None;
    }
    cursor.u64()?;
    let count = cursor.u64()?.min(MAX_ENTRIES);
    for _ in 0..count {
        let key = cursor.string()?;
        let kind = cursor.u32()?;
        if kind == 8 {
            let value = cursor.string()?;
            if key.starts_with("general.") && value.len() <= MAX_STRING {
                entries.push((key, value));
            }
        } else {
            cursor.skip(kind)?;
        }
    }
    Some(())
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn string(&mut self) -> Option<String> {
        let length = usize::try_from(self.u64()?).ok()?;
        Some(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    /// Skips a value that is no string; arrays of arrays end the reading.
    fn skip(&mut self, kind: u32) -> Option<()> {
        if let Some(width) = width(kind) {
            self.take(width)?;
            return Some(());
        }
        if kind != 9 {
            return None;
        }
        let item = self.u32()?;
        let count = usize::try_from(self.u64()?).ok()?;
        if item == 8 {
            for _ in 0..count {
                self.string()?;
            }
        } else {
            self.take(count.checked_mul(width(item)?)?)?;
        }
        Some(())
    }
}

/// Bytes of a scalar of this type.
fn width(kind: u32) -> Option<usize> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}
