//! What in a model's folder can run code, or reach out of the folder, when the model is loaded: told by the
//! bytes, with limits, and never by loading anything. What cannot be read is never called safe. It knows no
//! policy and no level.

mod archive;
mod arrays;
mod beside;
mod found;
mod hdf5;
mod hidden;
mod imports;
mod inflate;
mod inside;
mod keras;
mod known;
mod numpy;
mod onnx;
mod parts;
mod pickle;
mod sealed;
mod tar;
mod template;
mod walked;
mod window;

use std::path::Path;

use crate::inventory::model::format::Format;
use crate::inventory::model::hazard::{HazardKind, Tier};
use inside::{File, Reader};

pub(in crate::inventory) use beside::{of_configuration, unlooked};
pub(in crate::inventory) use found::{Hazards, lines};
pub(super) use hidden::hidden;
pub(super) use inside::LOADED_AS_PICKLE;
pub(in crate::inventory) use parts::{Parts, parts, shape_line};
pub(super) use window::Stop;
use window::Window;

/// Bytes that are read of all files of one model together.
pub(in crate::inventory) const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// A template is read whole up to this length.
const MAX_TEMPLATE: u64 = 1024 * 1024;

/// What was found in a file, and whether it was of a format that is looked into to its end.
pub(super) struct Looked {
    /// What was found.
    pub found: Hazards,
    /// Whether the file was read as what it is: what is not told of it here is not there.
    pub is_read: bool,
}

/// Looks at one file whose head and format were read, and which a loader calls `name`; takes what it reads from
/// `budget`.
pub(super) fn look(
    path: &Path,
    size: u64,
    name: &str,
    head: &[u8],
    format: Option<Format>,
    budget: &mut u64,
) -> Looked {
    let mut found = Hazards::default();
    let file = File { name, head, format, depth: 0 };
    let reader = file.reader();
    let is_whole = head.len() as u64 == size;
    // Under its own name nobody takes it for a pickle, and its numbers are not read.
    let is_by_name = match format {
        Some(Format::Safetensors) => file.extension() == "safetensors",
        Some(Format::Gguf) => file.extension() == "gguf",
        _ => false,
    };
    let is_other = reader == Reader::Other && (is_by_name || inside::is_no_pickle(head));
    if is_whole {
        inside::look(&mut Window::over(head, budget), file, &mut found);
    } else if !is_other {
        match Window::open(path, 0, size, budget) {
            Ok(mut window) => inside::look(&mut window, file, &mut found),
            Err(stop) => found.add(Tier::Unreadable, HazardKind::Header, "", "", stop.to_string()),
        }
    }
    if matches!(file.extension().as_str(), "jinja" | "jinja2" | "j2") {
        template_file(path, size, head, is_whole, &mut found);
    }
    if format.is_none() && file.extension() == "safetensors" {
        header(head, size, &mut found);
    }
    Looked { found, is_read: !matches!(reader, Reader::Other) }
}

/// A template that a header holds; one that is too long to be read is none.
pub(super) fn of_template(text: Option<&str>, place: &str, found: &mut Hazards) {
    match text {
        Some(text) => template::look(text, place, found),
        None => found.add(Tier::Unreadable, HazardKind::Template, place, "", "longer than is looked at"),
    }
}

fn template_file(path: &Path, size: u64, head: &[u8], is_whole: bool, found: &mut Hazards) {
    let all = match is_whole {
        true => Some(head.to_vec()),
        false if size <= MAX_TEMPLATE => crate::disk::whole(path, MAX_TEMPLATE).ok(),
        false => None,
    };
    of_template(all.and_then(|bytes| String::from_utf8(bytes).ok()).as_deref(), "", found);
}

fn header(head: &[u8], size: u64, found: &mut Hazards) {
    let Some((length, [b'{', ..])) = head.split_first_chunk::<8>() else { return };
    let length = u64::from_le_bytes(*length);
    let why = match length > size.saturating_sub(8) {
        true => format!("the header says that it is {length} bytes long, and the file is not"),
        false => format!("the header says that it is {length} bytes long, more than the format allows"),
    };
    found.add(Tier::Unreadable, HazardKind::Header, "byte 0", "", why);
}
