//! ZIP archives, as PyTorch, NumPy and Keras write them: the directory at the end, what each entry's own
//! header says, and the pickles, arrays and configurations inside. Entries are unpacked up to a limit.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use super::found::Hazards;
use super::inflate::unpack;
use super::walked::walked;
use super::window::{Stop, Window};
use super::{keras, numpy};
use crate::inventory::model::hazard::{HazardKind, Tier};

/// Entries of one archive.
const MAX_ENTRIES: u64 = 100_000;
/// The directory.
const MAX_DIRECTORY: u64 = 32 * 1024 * 1024;
/// What one entry may unpack to.
const MAX_UNPACKED: usize = 64 * 1024 * 1024;
/// What of an entry that is larger than that tells what it is.
const START: usize = 64;
/// Weights of zeros come down to a thousandth; nobody stores gigabytes of them.
const BOMB_RATIO: u64 = 200;
const BOMB_BYTES: u64 = 1024 * 1024 * 1024;
/// The end record with the longest comment.
const MAX_END: u64 = 22 + 65_535;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

/// An entry, as the directory has it.
pub(super) struct Entry {
    /// Its name.
    pub name: String,
    method: u16,
    flags: u16,
    packed: u64,
    /// Its bytes, unpacked.
    pub size: u64,
    at: u64,
    /// Another name among its extra fields, which newer Pythons take (APPNOTE 4.6.9).
    is_renamed: bool,
}

struct Directory {
    at: u64,
    bytes: u64,
    entries: u64,
}

/// Looks at a file that was unpacked: its name, its bytes, and the budget that it takes from.
pub(super) type Each<'a> = dyn FnMut(&str, &[u8], &mut u64, &mut Hazards) + 'a;

/// Archives whose entries are all of a known kind; the others are never safe, whatever was seen inside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Arrays,
    Keras,
    Torch,
    Other(&'static str),
}

/// What entries say of a layout that is more than data: how a name begins or ends, and what that is.
const LAYOUTS: [(&str, &str); 6] = [
    ("/constants.pkl", "a TorchScript archive: it holds a program"),
    ("/.data/ts_code/", "a package of PyTorch: it holds a program"),
    ("/schema.json", "an archive of skops: it names the types that loading builds"),
    ("/mar-inf/manifest.json", "an archive of TorchServe: it names the program that serves it"),
    ("/meta-inf/manifest.mf", "an archive of Java"),
    ("/__main__.py", "an archive that Python runs"),
];
/// What Keras writes into its archive.
const KERAS_ENTRIES: [&str; 3] = ["config.json", "metadata.json", "model.weights.h5"];

impl Layout {
    fn of(entries: &[Entry], is_keras: bool) -> Self {
        let lower = |entry: &Entry| format!("/{}", entry.name.to_lowercase());
        if let Some((_, what)) =
            LAYOUTS.iter().find(|(mark, _)| entries.iter().any(|entry| lower(entry).contains(mark)))
        {
            return Layout::Other(what);
        }
        if entries.iter().any(|entry| lower(entry).contains("/code/")) {
            return Layout::Other("a TorchScript archive: it holds a program");
        }
        let is_kept = |entry: &Entry| {
            let name = entry.name.as_str();
            KERAS_ENTRIES.contains(&name) || name.starts_with("assets/") || name.ends_with('/')
        };
        let all = |test: &dyn Fn(&Entry) -> bool| !entries.is_empty() && entries.iter().all(test);
        if is_keras && all(&is_kept) {
            Layout::Keras
        } else if !is_keras && all(&|entry| entry.name.ends_with(".npy")) {
            Layout::Arrays
        } else if !is_keras && entries.iter().any(|entry| lower(entry).ends_with("/data.pkl")) {
            Layout::Torch
        } else {
            Layout::Other(if is_keras { "no archive as Keras writes it" } else { "a ZIP archive" })
        }
    }
}

/// Looks into an archive of `size` bytes that begins where the window does.
pub(super) fn look<R: Read + Seek>(
    window: &mut Window<'_, R>,
    size: u64,
    is_keras: bool,
    each: &mut Each<'_>,
    found: &mut Hazards,
) {
    let entries = match directory(window, size).and_then(|at| Ok((entries(window, &at)?, at))) {
        Ok((entries, at)) => {
            shape(&entries, &at, found);
            entries
        }
        Err(stop) => return unreadable("", stop, found),
    };
    let layout = Layout::of(&entries, is_keras);
    for entry in &entries {
        if let Err(stop) = inside(window, entry, layout, each, found) {
            unreadable(&entry.name, stop, found);
            if matches!(stop, Stop::Limit(_) | Stop::Io(_)) {
                return;
            }
        }
    }
    if let Layout::Other(what) = layout
        && !found.is_dangerous()
    {
        let why = format!("{what}, and of no kind that is known to be data");
        found.add(Tier::Unreadable, HazardKind::Archive, "", "", why);
    }
}

fn unreadable(place: &str, stop: Stop, found: &mut Hazards) {
    let why = format!("the archive cannot be read here: {stop}");
    found.add(Tier::Unreadable, HazardKind::Archive, place, "", why);
}

/// The entries of an archive of `size` bytes that begins where the window does.
pub(super) fn contents<R: Read + Seek>(window: &mut Window<'_, R>, size: u64) -> Result<Vec<Entry>, Stop> {
    let directory = directory(window, size)?;
    entries(window, &directory)
}

/// What an entry holds, up to a limit, and why there is no more.
pub(super) fn unpacked<R: Read + Seek>(
    window: &mut Window<'_, R>,
    entry: &Entry,
    limit: usize,
) -> Result<(Vec<u8>, Option<Stop>), Stop> {
    window.go(entry.at)?;
    let fixed: [u8; 30] = window.array()?;
    let half = |offset: usize| u16_at(&fixed, offset).map_or(0, u64::from);
    window.skip(half(26) + half(28))?;
    match entry.method {
        0 => {
            let count = usize::try_from(entry.packed).unwrap_or(limit).min(limit);
            let more = (count as u64) < entry.packed;
            let stop = more.then_some(Stop::Limit("it holds more bytes than are looked at"));
            window.bytes(count).map(|bytes| (bytes, stop))
        }
        8 => Ok(unpack(window, entry.packed, limit)),
        _ => Err(Stop::Broken("a packing that is not looked into")),
    }
}

/// What the directory alone tells.
fn shape(entries: &[Entry], directory: &Directory, found: &mut Hazards) {
    let mut names = BTreeSet::new();
    let mut ranges: Vec<(u64, u64, &str)> = Vec::new();
    let mut odd = |tier, name: &str, why: &str| found.add(tier, HazardKind::Archive, name, "", why);
    for entry in entries {
        let name = entry.name.as_str();
        if leaves(name) {
            odd(Tier::Dangerous, name, "an entry whose name leads out of the folder it is unpacked to");
        }
        if !names.insert(name) {
            odd(Tier::Suspicious, name, "two entries of one name: loaders differ in which they take");
        }
        if entry.size >= BOMB_BYTES && entry.size / entry.packed.max(1) >= BOMB_RATIO {
            odd(Tier::Suspicious, name, "it says that it unpacks to hundreds of times its size: a zip bomb");
        }
        ranges.push((entry.at, entry.at.saturating_add(entry.packed), name));
    }
    ranges.sort_unstable();
    for pair in ranges.windows(2) {
        if let [(_, end, _), (next, _, name)] = pair
            && end > next
        {
            odd(Tier::Suspicious, name, "entries share bytes: a zip bomb, or two readings of one archive");
        }
    }
    if let Some((_, _, name)) = ranges.iter().find(|(_, end, _)| *end > directory.at) {
        odd(Tier::Suspicious, name, "an entry reaches into the archive's directory");
    }
}

/// A path of its own, or up and out.
pub(super) fn leaves(name: &str) -> bool {
    let first = name.chars().next();
    matches!(first, Some('/' | '\\' | '~'))
        || name.split(['/', '\\']).any(|part| part == "..")
        || name.as_bytes().get(1) == Some(&b':')
        || name.contains("://")
        || name.contains('\0')
}

fn directory<R: Read + Seek>(window: &mut Window<'_, R>, size: u64) -> Result<Directory, Stop> {
    let start = size.saturating_sub(MAX_END);
    window.go(start)?;
    let tail = window.bytes(usize::try_from(size - start).map_err(|_| Stop::Cut)?)?;
    let ends_here = |at: usize| {
        let length = u16_at(&tail, at + 20).map(usize::from);
        tail.get(at..at + 4) == Some(END) && length.is_some_and(|length| at + 22 + length == tail.len())
    };
    let at = (0..tail.len().saturating_sub(21)).rev().find(|at| ends_here(*at));
    let at = at.ok_or(Stop::Broken("no directory at its end"))?;
    // Some loaders take the last record that they find, wherever it says that it ends.
    if tail.windows(END.len()).rposition(|window| window == END) != Some(at) {
        return Err(Stop::Broken("two directories, of which loaders take one or the other"));
    }
    let word = |offset: usize| u32_at(&tail, at + offset).map(u64::from).ok_or(Stop::Cut);
    let mut found = Directory {
        at: word(16)?,
        bytes: word(12)?,
        entries: u16_at(&tail, at + 10).map(u64::from).ok_or(Stop::Cut)?,
    };
    let locator = at.checked_sub(20).filter(|from| tail.get(*from..from + 4) == Some(LOCATOR_64));
    let mut end = start + at as u64;
    if let Some(locator) = locator {
        let record = u64_at(&tail, locator + 8).ok_or(Stop::Cut)?;
        window.go(record)?;
        if window.array::<4>()? != END_64 {
            return Err(Stop::Broken("its 64-bit directory is not where it says"));
        }
        let fields = window.bytes(52)?;
        let field = |offset: usize| u64_at(&fields, offset).ok_or(Stop::Cut);
        let large = Directory { at: field(44)?, bytes: field(36)?, entries: field(28)? };
        let differs = |small: u64, limit: u64, large: u64| small != limit && small != large;
        if differs(found.at, u32::MAX.into(), large.at)
            || differs(found.bytes, u32::MAX.into(), large.bytes)
            || differs(found.entries, u16::MAX.into(), large.entries)
        {
            return Err(Stop::Broken("its two directories disagree"));
        }
        found = large;
        end = record;
    }
    if found.entries > MAX_ENTRIES || found.bytes > MAX_DIRECTORY {
        return Err(Stop::Limit("more entries than are looked at"));
    }
    // Loaders differ in what they make of bytes before the archive or behind the directory.
    if found.at.checked_add(found.bytes) != Some(end) {
        return Err(Stop::Broken("its directory does not lie where it says"));
    }
    Ok(found)
}

fn entries<R: Read + Seek>(window: &mut Window<'_, R>, directory: &Directory) -> Result<Vec<Entry>, Stop> {
    window.go(directory.at)?;
    let bytes = window.bytes(usize::try_from(directory.bytes).map_err(|_| Stop::Cut)?)?;
    let mut rest = bytes.as_slice();
    let mut found = Vec::new();
    for _ in 0..directory.entries {
        let (fixed, after) = rest.split_at_checked(46).ok_or(Stop::Cut)?;
        if !fixed.starts_with(&CENTRAL) {
            return Err(Stop::Broken("its directory is damaged"));
        }
        let half = |offset: usize| u16_at(fixed, offset).ok_or(Stop::Cut);
        let word = |offset: usize| u32_at(fixed, offset).map(u64::from).ok_or(Stop::Cut);
        let (name, after) = after.split_at_checked(half(28)?.into()).ok_or(Stop::Cut)?;
        let (extra, after) = after.split_at_checked(half(30)?.into()).ok_or(Stop::Cut)?;
        let (_, after) = after.split_at_checked(half(32)?.into()).ok_or(Stop::Cut)?;
        rest = after;
        let mut wide = field(extra, 0x0001);
        let mut full = |small: u64| match small == u64::from(u32::MAX) {
            true => wide.split_first_chunk::<8>().map_or(Err(Stop::Cut), |(value, after)| {
                wide = after;
                Ok(u64::from_le_bytes(*value))
            }),
            false => Ok(small),
        };
        let (size, packed) = (full(word(24)?)?, full(word(20)?)?);
        found.push(Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            method: half(10)?,
            flags: half(8)?,
            packed,
            size,
            at: full(word(42)?)?,
            is_renamed: !field(extra, 0x7075).is_empty(),
        });
    }
    match rest.is_empty() {
        true => Ok(found),
        false => Err(Stop::Broken("its directory holds more than it counts")),
    }
}

/// One of the extra fields: 0x0001 holds 64-bit sizes, 0x7075 another name.
fn field(mut extra: &[u8], wanted: u16) -> &[u8] {
    while let Some(([a, b, c, d], after)) = extra.split_first_chunk::<4>() {
        let length = usize::from(u16::from_le_bytes([*c, *d])).min(after.len());
        let (field, rest) = after.split_at(length);
        if u16::from_le_bytes([*a, *b]) == wanted {
            return field;
        }
        extra = rest;
    }
    &[]
}

/// The entry's own header, then what it holds.
fn inside<R: Read + Seek>(
    window: &mut Window<'_, R>,
    entry: &Entry,
    layout: Layout,
    each: &mut Each<'_>,
    found: &mut Hazards,
) -> Result<(), Stop> {
    let name = entry.name.as_str();
    window.go(entry.at)?;
    let fixed: [u8; 30] = window.array()?;
    if !fixed.starts_with(&LOCAL) {
        return Err(Stop::Broken("the entry is not where the directory says"));
    }
    let half = |offset: usize| u16_at(&fixed, offset).unwrap_or(0);
    let own_name = window.bytes(half(26).into())?;
    window.skip(half(28).into())?;
    let mut odd = |why: &str| found.add(Tier::Suspicious, HazardKind::Archive, name, "", why);
    if entry.is_renamed {
        odd("the entry has a second name: loaders differ in which they take");
    }
    if String::from_utf8_lossy(&own_name) != name {
        odd("the entry gives itself another name than the directory does: loaders differ in which they take");
    }
    let sizes = [(18, entry.packed), (22, entry.size)];
    let differs = |(offset, size): (usize, u64)| {
        u32_at(&fixed, offset).is_some_and(|own| own != u32::MAX && u64::from(own) != size)
    };
    // Bit 3: the sizes follow the data, and are nought here.
    let follows = half(6) & 8 != 0 && (18..26).all(|at| fixed.get(at) == Some(&0));
    if half(8) != entry.method || !follows && sizes.into_iter().any(differs) {
        odd("the entry gives itself another size or packing than the directory does");
    }
    if entry.flags & 1 != 0 || half(6) & 1 != 0 {
        odd("it says that it is encrypted; some loaders do not care");
    }
    let Some(reading) = Reading::of(name, layout) else { return Ok(()) };
    match entry.method {
        0 => {
            let size = entry.packed;
            if let Reading::Whole = reading
                && size <= MAX_UNPACKED as u64
            {
                let bytes = window.bytes(usize::try_from(size).map_err(|_| Stop::Cut)?)?;
                each(name, &bytes, window.budget(), found);
                return Ok(());
            }
            let mut part = window.part(size)?;
            reading.read(&mut part, name, found);
        }
        8 => {
            let (bytes, stop) = unpack(window, entry.packed, MAX_UNPACKED);
            match reading {
                Reading::Whole => each(name, &bytes, window.budget(), found),
                _ => {
                    let mut budget = bytes.len() as u64 * 2;
                    reading.read(&mut Window::over(&bytes, &mut budget), name, found);
                }
            }
            if let Some(stop) = stop {
                return Err(stop);
            }
        }
        _ => return Err(Stop::Broken("a packing that is not looked into")),
    }
    Ok(())
}

/// How an entry is read.
#[derive(Clone, Copy)]
enum Reading {
    Pickle,
    /// Whatever it may be: as a file of its own, or by its start where it is too large for that.
    Whole,
    Array,
    KerasConfig,
    KerasWeights,
    Text,
}

impl Reading {
    fn of(name: &str, layout: Layout) -> Option<Self> {
        let lower = name.to_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
        if ends(&[".pkl", ".pickle"]) {
            Some(Reading::Pickle)
        } else if ends(&[".npy"]) {
            Some(Reading::Array)
        } else if layout == Layout::Keras {
            match name {
                "config.json" => Some(Reading::KerasConfig),
                "model.weights.h5" => Some(Reading::KerasWeights),
                _ => (!name.ends_with('/')).then_some(Reading::Text),
            }
        } else if lower == "config.json" {
            Some(Reading::KerasConfig)
        } else {
            // A storage of PyTorch: numbers, which may begin like anything.
            let is_storage = lower
                .rsplit_once("/data/")
                .is_some_and(|(_, last)| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()));
            (!is_storage && !lower.ends_with('/')).then_some(Reading::Whole)
        }
    }

    fn read<R: Read + Seek>(self, window: &mut Window<'_, R>, name: &str, found: &mut Hazards) {
        match self {
            Reading::Pickle => walked(window, name, found),
            Reading::Array => numpy::look(window, name, found),
            Reading::KerasConfig => keras::look_config(window, name, found),
            Reading::KerasWeights => keras::look_hdf5(window, name, found),
            Reading::Text => {
                let length = usize::try_from(window.left()).unwrap_or(usize::MAX);
                let is_text = length <= MAX_UNPACKED
                    && window
                        .bytes(length)
                        .is_ok_and(|bytes| !bytes.contains(&0) && std::str::from_utf8(&bytes).is_ok());
                if !is_text {
                    let why = "an entry that Keras does not write, or no text";
                    found.add(Tier::Unreadable, HazardKind::Archive, name, "", why);
                }
            }
            Reading::Whole => {
                let from = window.at();
                let count = usize::try_from(window.left()).unwrap_or(START).min(START);
                let start = window.bytes(count).unwrap_or_default();
                if !matters(&start) || window.go(from).is_err() {
                    return;
                }
                match start.starts_with(numpy::MAGIC) {
                    true => numpy::look(window, name, found),
                    false => walked(window, name, found),
                }
            }
        }
    }
}

/// Whether a start is one of a pickle or of an array.
fn matters(start: &[u8]) -> bool {
    matches!(start, [0x80, 2..=5, ..]) || start.starts_with(numpy::MAGIC)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
