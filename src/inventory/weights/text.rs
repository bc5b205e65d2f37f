//! Text: UTF-8 to its last byte, without what no text holds. What is a program by its name or its first words is told
//! as one. It judges no configuration.

use super::hazards::{self, Hazards, Stop};
use super::media::Reading;

/// Endings of programs and of what is made into one.
const CODE: [&str; 62] = [
    "applescript",
    "asm",
    "bash",
    "bat",
    "bzl",
    "c",
    "cc",
    "cl",
    "cmake",
    "cmd",
    "coffee",
    "com",
    "cpp",
    "cs",
    "csh",
    "cu",
    "cuh",
    "cxx",
    "fish",
    "glsl",
    "go",
    "gradle",
    "groovy",
    "h",
    "hpp",
    "hta",
    "htm",
    "html",
    "ipynb",
    "java",
    "jinja2py",
    "js",
    "jsx",
    "ksh",
    "kt",
    "ll",
    "lua",
    "m",
    "metal",
    "mjs",
    "mk",
    "mm",
    "nix",
    "php",
    "pl",
    "pm",
    "ps1",
    "psm1",
    "ptx",
    "pxd",
    "py",
    "pyi",
    "pyw",
    "pyx",
    "r",
    "rb",
    "rs",
    "scala",
    "sh",
    "swift",
    "ts",
    "vbs",
];
/// Files that are programs by their whole name.
const CODE_NAMES: [&str; 8] = [
    "build",
    "cmakelists.txt",
    "containerfile",
    "dockerfile",
    "jenkinsfile",
    "justfile",
    "makefile",
    "rakefile",
];
/// How a program in text begins, whatever it is called.
const CODE_STARTS: [&str; 5] = ["#!", "<?php", "<html", "<!doctype html", "<script"];
/// What a picture in text (SVG) holds when it is more than a picture.
const CODE_IN_SVG: [&str; 6] = ["<script", "javascript:", "<foreignobject", "<!entity", " on", "<iframe"];
/// Tags by which a reader of YAML builds objects of Python.
const PYTHON_TAGS: [&[u8]; 2] = [b"!!python/", b"tag:yaml.org,2002:python/"];
/// A picture in text longer than this is not looked through.
const MAX_SVG: u64 = 4 * 1024 * 1024;
/// How much of a text is looked at twice, for what lies across.
const ACROSS: usize = 4096;

/// What a file is.
pub(super) enum Text {
    /// Text, and no program.
    Plain,
    /// A program, in our own words.
    Script(&'static str),
    /// What holds or may hold a program, in our own words.
    Code(&'static str),
    /// No text.
    No,
}

/// Whether these first bytes are text.
pub(super) fn is_text(head: &[u8]) -> bool {
    // It may be cut in the middle of a character.
    std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true) && !head.contains(&0)
}

/// Reads a file to its end, as text.
pub(super) fn look(file: &mut Reading<'_>, name: &str, found: &mut Hazards) -> Result<Text, Stop> {
    if !is_text(file.head) {
        return Ok(Text::No);
    }
    let is_yaml = [".yaml", ".yml"].iter().any(|end| name.to_lowercase().ends_with(end));
    let mut builds_objects = false;
    // A character that is cut goes before the next piece; so does what a line may go on with.
    let (mut cut, mut across) = (Vec::new(), Vec::new());
    let mut is_text = true;
    file.each(&mut |bytes| {
        let piece = [cut.as_slice(), bytes].concat();
        cut.clear();
        match std::str::from_utf8(&piece) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => {
                cut.extend(piece.get(error.valid_up_to()..).unwrap_or_default());
            }
            Err(_) => is_text = false,
        }
        is_text &= !bytes.contains(&0);
        across.extend(bytes);
        hazards::hidden(&across, found);
        builds_objects |= is_yaml && PYTHON_TAGS.iter().any(|tag| has(&across, tag));
        across.drain(..across.len().saturating_sub(ACROSS));
        is_text
    })?;
    match is_text && cut.is_empty() {
        true if builds_objects => Ok(Text::Code("YAML that builds objects of Python")),
        true => program(file, name),
        false => Ok(Text::No),
    }
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn program(file: &mut Reading<'_>, name: &str) -> Result<Text, Stop> {
    let last = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let extension = last.rsplit_once('.').map_or("", |(_, end)| end);
    if CODE.contains(&extension) || CODE_NAMES.contains(&last.as_str()) {
        return Ok(Text::Script("a program in text, by its name"));
    }
    let head = String::from_utf8_lossy(file.head);
    let start: String =
        head.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).chars().take(512).collect();
    let start = start.to_lowercase();
    if CODE_STARTS.iter().any(|code| start.starts_with(code)) {
        return Ok(Text::Script("a program in text, by its first words"));
    }
    let is_markup =
        start.starts_with("<?xml") || start.starts_with("<svg") || start.starts_with("<!doctype svg");
    if extension == "svg" || is_markup {
        let mut whole = Vec::new();
        if file.size > MAX_SVG {
            return Ok(Text::Code("a picture or document in text that may hold a program"));
        }
        file.each(&mut |bytes| {
            whole.extend(bytes);
            true
        })?;
        let whole = String::from_utf8_lossy(&whole).to_lowercase();
        let is_svg = extension == "svg" || whole.contains("<svg");
        if is_svg && CODE_IN_SVG.iter().any(|code| holds(&whole, code)) {
            return Ok(Text::Code("a picture in text that holds a program, or names what lies elsewhere"));
        }
        if whole.contains("<net ") && whole.contains("<layers") {
            return Ok(Text::Code("a model of OpenVINO: a program of its operators"));
        }
    }
    Ok(Text::Plain)
}

/// ` on` counts where it begins the name of an event.
fn holds(text: &str, code: &str) -> bool {
    text.match_indices(code).any(|(at, _)| {
        let after = text.get(at + code.len()..).unwrap_or_default();
        let name = after.find(|next: char| !next.is_ascii_lowercase()).unwrap_or(after.len());
        code != " on" || name > 2 && after.get(name..).is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}
